package import AllocationModel

/// Which key may speak for which site.
///
/// The office's list, and the only thing that gives a certificate a meaning
/// here: one that is not on it is a stranger's, whoever signed it. A revoked
/// key stays on it for ever, so that it is known when it comes again. Nothing is
/// ever removed.
package struct Enrolment: Hashable, Sendable {
    /// One key of one site.
    package struct Entry: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let key: KeyFingerprint
        /// The key of the authority that signed its certificate.
        package let authority: KeyFingerprint
        package let enrolled: CivilDate
        package let expires: CivilDate
        /// The day it was shut out, if it was.
        package fileprivate(set) var revoked: CivilDate?

        package init(
            warehouse: Warehouse.ID,
            key: KeyFingerprint,
            authority: KeyFingerprint,
            enrolled: CivilDate,
            expires: CivilDate,
            revoked: CivilDate? = nil
        ) {
            self.warehouse = warehouse
            self.key = key
            self.authority = authority
            self.enrolled = enrolled
            self.expires = expires
            self.revoked = revoked
        }
    }

    /// What the list says of a key.
    package enum Standing: Hashable, Sendable {
        case enrolled(Warehouse.ID)
        case revoked(Warehouse.ID)
        case unknown
    }

    /// Every key ever enrolled, in the order of enrolment.
    package private(set) var entries: [Entry] = []
    private var places: [KeyFingerprint: Int] = [:]

    package init() {}

    /// Returns what the list says of `key`.
    package func standing(of key: KeyFingerprint) -> Standing {
        guard let place = places[key] else { return .unknown }
        let entry = entries[place]
        return entry.revoked == nil ? .enrolled(entry.warehouse) : .revoked(entry.warehouse)
    }

    /// Adds a key.
    ///
    /// - Throws: Where it is on the list already: a key speaks for one site.
    package mutating func enrol(_ entry: Entry) throws(ParseError) {
        guard places[entry.key] == nil else {
            throw ParseError("key \(entry.key.short) is on the list twice")
        }
        guard entries.count < DoorLimits.enrolmentsMaximum else {
            throw ParseError("the list has more than \(DoorLimits.enrolmentsMaximum) keys")
        }
        places[entry.key] = entries.count
        entries.append(entry)
    }

    /// Shuts out every key of `warehouse` that `isMeant` chooses, and returns them.
    package mutating func revoke(
        _ warehouse: Warehouse.ID,
        on date: CivilDate,
        where isMeant: (Entry) -> Bool = { _ in true }
    ) -> [Entry] {
        var found: [Entry] = []
        for place in entries.indices
        where entries[place].warehouse == warehouse && entries[place].revoked == nil
            && isMeant(entries[place])
        {
            entries[place].revoked = date
            found.append(entries[place])
        }
        return found
    }

    // As text: a line for each key.

    private static let heading = """
        # Keys of the sites. Written by ‘holdfast-coordinator agents’; the coordinator that runs
        # reads it again within a second. Columns: key, authority, enrolled, expires, revoked, site.

        """

    /// The list as its file holds it.
    package var text: String {
        Self.heading
            + entries.map { entry in
                let revoked = entry.revoked.map(\.description) ?? "-"
                return "\(entry.key)\t\(entry.authority)\t\(entry.enrolled)\t\(entry.expires)"
                    + "\t\(revoked)\t\(entry.warehouse)\n"
            }
            .joined()
    }

    /// Reads what `text` wrote.
    ///
    /// - Throws: `ParseError` with the line. A list that ends in the middle of
    ///   one is refused: what is missing might be a revocation.
    package init(parsing text: String) throws(ParseError) {
        guard text.utf8.count <= DoorLimits.enrolmentBytesMaximum else {
            throw ParseError("the list is longer than \(DoorLimits.enrolmentBytesMaximum) bytes")
        }
        guard text.isEmpty || text.utf8.last == UInt8(ascii: "\n") else {
            throw ParseError("the last line is cut off")
        }
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do throws(ParseError) {
                try enrol(try Self.entry(line))
            } catch {
                throw ParseError("line \(number): \(error)")
            }
        }
    }

    private static func entry(_ line: Substring) throws(ParseError) -> Entry {
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard columns.count == 6 else {
            throw ParseError("has \(columns.count) columns; there must be 6, between tabs")
        }
        return Entry(
            warehouse: try Warehouse.ID(parsing: columns[5]),
            key: try KeyFingerprint(parsing: columns[0]),
            authority: try KeyFingerprint(parsing: columns[1]),
            enrolled: try CivilDate(parsing: columns[2]),
            expires: try CivilDate(parsing: columns[3]),
            revoked: columns[4] == "-" ? nil : try CivilDate(parsing: columns[4])
        )
    }
}
