/// A set of days of the week.
package struct Weekdays: Hashable, Sendable {
    /// Bit 0 is Monday.
    package let bits: UInt8

    package static let none: Weekdays = []
    package static let mondayToFriday: Weekdays = [
        .monday, .tuesday, .wednesday, .thursday, .friday,
    ]
    package static let everyDay = Weekdays(Weekday.allCases)

    package init(_ days: some Sequence<Weekday>) {
        bits = days.reduce(0) { $0 | Self.bit(of: $1) }
    }

    /// Reads what `bits` was; nil where a bit is no day's.
    package init?(bits: Int) {
        guard (0...127).contains(bits) else { return nil }
        self.bits = UInt8(bits)
    }

    /// Whether `day` is one of them.
    package func contains(_ day: Weekday) -> Bool {
        bits & Self.bit(of: day) != 0
    }

    /// The days in the order of the week.
    package var days: [Weekday] { Weekday.allCases.filter(contains) }

    private static func bit(of day: Weekday) -> UInt8 { 1 << UInt8(day.rawValue - 1) }
}

extension Weekdays: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Weekday...) {
        self.init(elements)
    }
}
