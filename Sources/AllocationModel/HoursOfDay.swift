/// Hours of a day between two readings of a clock, both included: 07:00-15:00.
///
/// They do not go over midnight.
package struct HoursOfDay: Hashable, Sendable, CustomStringConvertible {
    package let from: TimeOfDay
    package let until: TimeOfDay

    /// From midnight to the last minute.
    package static let all = HoursOfDay(trusted: .midnight, .endOfDay)

    private init(trusted from: TimeOfDay, _ until: TimeOfDay) {
        self.from = from
        self.until = until
    }

    /// Checks hours that came from outside.
    package init(checking from: TimeOfDay, until: TimeOfDay) throws(ParseError) {
        guard from < until else {
            throw ParseError(
                "\(from)-\(until) are no hours of one day; write the earlier time first, as "
                    + "07:00-15:00"
            )
        }
        self.init(trusted: from, until)
    }

    /// Reads `07:00-15:00`.
    package init(parsing text: String) throws(ParseError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = try? TimeOfDay(parsing: String(parts[0])),
            let until = try? TimeOfDay(parsing: String(parts[1]))
        else {
            throw ParseError(
                "‘\(text)’ are not hours of a day; write 07:00-15:00, until 23:59 at the latest"
            )
        }
        try self.init(checking: from, until: until)
    }

    package var description: String { "\(from)-\(until)" }

    /// Whether every hour of `other` is one of these.
    package func contains(_ other: HoursOfDay) -> Bool {
        from <= other.from && other.until <= until
    }

    /// Returns the hours that both have; nil where there are none.
    package func common(with other: HoursOfDay) -> HoursOfDay? {
        let (first, last) = (max(from, other.from), min(until, other.until))
        return first < last ? HoursOfDay(trusted: first, last) : nil
    }
}
