package import AllocationModel

/// A carrier's distance band from a warehouse to a destination: `2` to `8`, `302`.
///
/// Not a time zone. Its name is whatever the carrier's chart prints.
package struct Zone: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let name: String

    /// Reads a zone as charts and the headers of rate tables write it: `5`, `Zone 5`, `005`.
    package init(parsing text: String) throws(ParseError) {
        var name = text.lowercased()[...]
        if name.hasPrefix("zone") { name = name.dropFirst(4).drop { $0 == " " || $0 == "_" } }
        // Charts and rate tables of one carrier differ in leading zeros.
        let isNumber = name.utf8.allSatisfy { (48...57).contains($0) }
        if isNumber, name.utf8.count > 1 { name = name.drop { $0 == "0" } }
        guard (1...Limits.zoneBytesMaximum).contains(name.utf8.count),
            name.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) })
        else { throw ParseError("‘\(text)’ is not a zone; write it as the rate table does: 5") }
        self.name = name.uppercased()
    }

    /// Wraps the name of a band of this module.
    init(number: Int) {
        name = String(number)
    }

    package var description: String { name }

    /// By number where both are numbers, so that 10 follows 9.
    package static func < (left: Self, right: Self) -> Bool {
        (left.name.utf8.count, left.name) < (right.name.utf8.count, right.name)
    }
}
