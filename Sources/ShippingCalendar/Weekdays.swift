import AllocationModel

extension Weekdays {
    func contains(dayNumber: Int) -> Bool {
        bits & (1 << UInt8(weekdayIndex(ofDay: dayNumber))) != 0
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
