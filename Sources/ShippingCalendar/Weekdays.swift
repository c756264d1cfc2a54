package import AllocationModel

/// A set of days of the week.
package struct Weekdays: Hashable, Sendable {
    /// Bit 0 is Monday.
    private var bits: UInt8

    package static let none: Weekdays = []
    package static let mondayToFriday: Weekdays = [
        .monday, .tuesday, .wednesday, .thursday, .friday,
    ]
    package static let everyDay = Weekdays(Weekday.allCases)

    package init(_ days: some Sequence<Weekday>) {
        bits = days.reduce(0) { $0 | Self.bit(of: $1) }
    }

    /// Whether `day` is one of them.
    package func contains(_ day: Weekday) -> Bool {
        bits & Self.bit(of: day) != 0
    }

    /// The days in the order of the week.
    package var days: [Weekday] { Weekday.allCases.filter(contains) }

    func contains(dayNumber: Int) -> Bool {
        bits & (1 << UInt8(weekdayIndex(ofDay: dayNumber))) != 0
    }

    private static func bit(of day: Weekday) -> UInt8 { 1 << UInt8(day.rawValue - 1) }
}

extension Weekdays: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Weekday...) {
        self.init(elements)
    }
}

/// Returns 0 for a Monday to 6 for a Sunday; day 0, 1970-01-01, was a Thursday.
func weekdayIndex(ofDay number: Int) -> Int {
    ((number + 3) % 7 + 7) % 7
}

/// Days on which nobody works, looked up by number.
struct DaySet: Hashable, Sendable {
    /// Rising, without repetition.
    private let numbers: [Int]

    init(_ dates: some Sequence<CivilDate>) {
        var rising: [Int] = []
        for number in dates.map(\.daysSinceEpoch).sorted() where rising.last != number {
            rising.append(number)
        }
        numbers = rising
    }

    func contains(_ number: Int) -> Bool {
        var low = 0
        var high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < numbers.count && numbers[low] == number
    }
}
