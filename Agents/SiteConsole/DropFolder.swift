package import AllocationModel
internal import Foundation

/// A folder into which a warehouse system puts stock files, each of which is imported once.
///
/// A file is taken when it has been still for a while. It is *claimed* first:
/// moved to `taking/` under a name that no other file ever has, which is also the
/// key of its import. The ledger keeps the key in the transaction that takes the
/// file, so whatever ends the agent between the two, the file is found there
/// again and not imported a second time, when its counts may be old. Then it goes
/// to `done/` or `failed/`, with a report beside it.
///
/// What lies in `taking/` is the agent's; only its one loop may look.
package struct DropFolder: Sendable {
    /// What came of a look, for the log.
    package enum Note: Hashable, Sendable {
        case imported(name: String, rows: Int, changed: Int)
        /// It was imported before the agent ended: only its move was missing.
        case importedBefore(name: String)
        case failed(name: String, reason: String)
        /// Nothing can be done now; the next look tries again.
        case obstacle(String)
        /// Lies there and is no file that is taken.
        case leftAlone(name: String)
    }

    /// Where it is and how its files are meant.
    package struct Settings: Hashable, Sendable {
        package let path: String
        /// Whether each file names all there is.
        package let isSnapshot: Bool
        /// How long a file must have been still.
        package let stillness: Duration

        package init(path: String, isSnapshot: Bool, stillness: Duration) {
            self.path = path
            self.isSnapshot = isSnapshot
            self.stillness = stillness
        }
    }

    private let settings: Settings
    private let desk: SiteDesk
    private var waiting: [String: Waiting] = [:]
    private var leftAlone: Set<String> = []

    /// A file that may still be growing.
    private struct Waiting: Hashable, Sendable {
        let size: Int64
        let modified: Double
        let number: Int64
        let since: ContinuousClock.Instant

        func isSame(as other: Self) -> Bool {
            size == other.size && modified == other.modified && number == other.number
        }
    }

    package init(_ settings: Settings, desk: SiteDesk) {
        self.settings = settings
        self.desk = desk
    }

    /// Takes what was claimed before and what has been still for long enough.
    ///
    /// `instant` is the time of this process, `now` that of the wall clock.
    package mutating func look(at instant: ContinuousClock.Instant, now: Timestamp) async -> [Note]
    {
        var notes: [Note] = []
        do {
            for folder in [Folder.taking, .done, .failed] {
                try FileManager.default.createDirectory(
                    atPath: path(folder),
                    withIntermediateDirectories: true
                )
            }
            for claim in try names(in: path(.taking)) where Self.isClaim(claim) {
                notes.append(try await take(claim, now: now))
            }
            for name in try still(at: instant, &notes) {
                let claim = Self.claim(for: name, at: now)
                try move(settings.path + "/" + name, to: path(.taking) + "/" + claim)
                notes.append(try await take(claim, now: now))
            }
        } catch {
            // What was done before it stays told.
            notes.append(.obstacle("\(settings.path): \(error.localizedDescription)"))
        }
        return notes
    }

    // Claiming.

    private enum Folder: String {
        case taking
        case done
        case failed
    }

    private func path(_ folder: Folder) -> String { settings.path + "/" + folder.rawValue }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// The files that have not changed for a while, by name.
    private mutating func still(
        at instant: ContinuousClock.Instant,
        _ notes: inout [Note]
    ) throws -> [String] {
        var seen: [String: Waiting] = [:]
        var still: [String] = []
        var odd: Set<String> = []
        for name in try names(in: settings.path) where Folder(rawValue: name) == nil {
            // Half a file has such a name, by the custom of those who write them.
            if name.hasPrefix(".") { continue }
            // Links are not followed: they would let others' files be read.
            let facts = try? FileManager.default.attributesOfItem(
                atPath: settings.path + "/" + name
            )
            guard let facts else { continue }
            guard name.lowercased().hasSuffix(".csv"),
                facts[.type] as? FileAttributeType == .typeRegular
            else {
                odd.insert(name)
                continue
            }
            let file = Waiting(
                size: (facts[.size] as? NSNumber)?.int64Value ?? 0,
                modified: (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0,
                number: (facts[.systemFileNumber] as? NSNumber)?.int64Value ?? 0,
                since: instant
            )
            let before = waiting[name].flatMap { $0.isSame(as: file) ? $0 : nil }
            seen[name] = before ?? file
            if let before, before.since.duration(to: instant) >= settings.stillness {
                still.append(name)
            }
        }
        notes += odd.subtracting(leftAlone).sorted().map { .leftAlone(name: $0) }
        leftAlone = odd
        waiting = seen
        return still
    }

    /// `20261201T161700Z-1A2B3C4D5E6F-stock.csv`: sorted by time, and no other file's ever.
    static func claim(for name: String, at now: Timestamp) -> String {
        let time = now.iso8601.prefix { $0 != "." }
            .filter { $0 != "-" && $0 != ":" && $0 != "Z" }
        let chance = UUID().uuidString.filter { $0 != "-" }.prefix(12)
        var tail = name
        // A file's name has 255 bytes at the most.
        while tail.utf8.count > 200 { tail.removeFirst() }
        return "\(time)Z-\(chance)-\(tail)"
    }

    /// Whether it is a name that `claim` gives: reports and strangers' files are not.
    private static func isClaim(_ name: String) -> Bool {
        let parts = name.split(separator: "-", maxSplits: 2)
        return parts.count == 3 && parts[0].hasSuffix("Z") && parts[1].count == 12
            && name.lowercased().hasSuffix(".csv")
    }

    /// What the import of a claimed file is kept under: the part of its name that is its own.
    private static func key(of claim: String) -> String {
        "drop:" + claim.split(separator: "-", maxSplits: 2).prefix(2).joined(separator: "-")
    }

    private static func name(of claim: String) -> String {
        String(claim.split(separator: "-", maxSplits: 2).last ?? "")
    }

    /// Moves a file within the folder, for good before anything depends on it.
    private func move(_ from: String, to: String) throws {
        try FileManager.default.moveItem(atPath: from, toPath: to)
        for path in [to, from] {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard let handle = FileHandle(forReadingAtPath: folder) else { continue }
            try handle.synchronize()
            try handle.close()
        }
    }

    // Taking.

    private func take(_ claim: String, now: Timestamp) async throws -> Note {
        let reply = try await reply(to: claim, now: now)
        let name = Self.name(of: claim)
        switch reply {
        case .imported(let outcome):
            try finish(claim, in: .done, Self.report(of: name, outcome, now: now))
            return .imported(
                name: name,
                rows: outcome.rows,
                changed: outcome.changed
            )
        case .repeated(.imported(let outcome)):
            try finish(claim, in: .done, Self.report(of: name, outcome, now: now))
            return .importedBefore(name: name)
        case .failed(let fault):
            switch fault.kind {
            case .badInput, .refused, .keyTaken:
                try finish(claim, in: .failed, Self.report(of: name, fault, now: now))
                return .failed(name: name, reason: fault.message)
            case .busy, .unavailable, .storageFailed:
                return .obstacle("\(name): \(fault)")
            }
        default:
            return .obstacle("\(name): the ledger answered something else")
        }
    }

    private func reply(to claim: String, now: Timestamp) async throws -> SiteReply {
        guard let file = FileHandle(forReadingAtPath: path(.taking) + "/" + claim) else {
            return .failed(SiteFault(.unavailable, "it cannot be read"))
        }
        defer { try? file.close() }
        let options = ImportOptions(isSnapshot: settings.isSnapshot, key: Self.key(of: claim))
        let begun = await ask(.beginImport(options), now)
        guard case .importUnderWay(let progress) = begun else { return begun }
        do {
            while let piece = try file.read(upToCount: ConsoleLimits.pieceBytes), !piece.isEmpty {
                let taken = await ask(.appendImport(progress.id, piece: piece), now)
                guard case .importUnderWay = taken else {
                    _ = await ask(.abandonImport(progress.id), now)
                    return taken
                }
            }
        } catch {
            _ = await ask(.abandonImport(progress.id), now)
            throw error
        }
        return await ask(.finishImport(progress.id), now)
    }

    private func ask(_ command: SiteCommand, _ now: Timestamp) async -> SiteReply {
        await desk.carryOut(command, now: now, who: "drop folder")
    }

    /// Writes the report, then moves the file to it: so a file that is there has been told of.
    private func finish(_ claim: String, in folder: Folder, _ report: String) throws {
        let place = path(folder) + "/" + claim
        try Data(report.utf8).write(to: URL(fileURLWithPath: place + ".txt"), options: .atomic)
        try move(path(.taking) + "/" + claim, to: place)
    }

    // Reports.

    private static func report(of name: String, _ outcome: ImportOutcome, now: Timestamp) -> String
    {
        var lines = [
            "\(name) was imported; looked at \(now.iso8601).", "",
            "rows            \(outcome.rows)", "of other sites  \(outcome.rowsElsewhere)",
            "new SKUs        \(outcome.created)", "changed         \(outcome.changed)",
            "zeroed          \(outcome.zeroed)",
        ]
        if !outcome.ignoredColumns.isEmpty {
            lines.append("columns not used: " + outcome.ignoredColumns.joined(separator: ", "))
        }
        if !outcome.shortfalls.isEmpty {
            lines.append(
                "fewer are on hand than are promised of "
                    + outcome.shortfalls.map(\.code).joined(separator: ", ")
                    + "; see ‘holdfast-agent hold list’ for whom to tell"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func report(of name: String, _ fault: SiteFault, now: Timestamp) -> String {
        let lines =
            [
                "\(name) was not imported; looked at \(now.iso8601). Nothing was changed.", "",
                fault.message,
            ] + fault.details.map { "  " + $0 } + [
                "", "Mend the file and put it into the folder again.",
            ]
        return lines.joined(separator: "\n") + "\n"
    }
}
