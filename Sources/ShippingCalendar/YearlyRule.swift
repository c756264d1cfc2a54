import AllocationModel

/// `FREQ=YEARLY` of RFC 5545, as holidays use it.
///
/// In the order of the RFC: months, days of the month, weekdays by their place in
/// the month; what a part does not say is that of the first day.
struct YearlyRule: Hashable, Sendable {
    private var interval = 1
    private var count: Int?
    private var until: CivilDate?
    private var months: [Int] = []
    private var monthDays: [Int] = []
    private var weekdays: [Place] = []

    /// A weekday, and which of the month's: the fourth, the last (-1), or all (0).
    private struct Place: Hashable {
        let ordinal: Int
        let weekday: Weekday
    }

    init(parsing text: String) throws(ParseError) {
        var isYearly = false
        for part in text.uppercased().split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { throw ParseError("‘\(part)’ is no part of a rule") }
            let value = String(pair[1])
            switch pair[0] {
            case "FREQ": isYearly = value == "YEARLY"
            case "INTERVAL": interval = try Self.number(value, in: 1...100)
            case "COUNT": count = try Self.number(value, in: 1...10_000)
            case "UNTIL": until = try ICalendarEvent.day(String(value.prefix(8)))
            case "BYMONTH": months = try Self.numbers(value, in: 1...12)
            case "BYMONTHDAY": monthDays = try Self.numbers(value, in: -31...31)
            case "BYDAY": weekdays = try Self.places(value)
            case "WKST": break
            default: throw ParseError("has \(pair[0]), which is not read; \(Self.hint)")
            }
        }
        guard isYearly else { throw ParseError("is no yearly rule; \(Self.hint)") }
        guard weekdays.isEmpty || !months.isEmpty else {
            throw ParseError(
                "has BYDAY without BYMONTH, which counts within the year; name a month"
            )
        }
    }

    private static let hint =
        "write FREQ=YEARLY with BYMONTH, BYMONTHDAY or BYDAY, or list the days as RDATE"

    /// Returns the days of the rule, by rising date, none after `last`.
    ///
    /// The first day is one of them, as calendar programs have it, and counts.
    func days(from first: CivilDate, through last: CivilDate) -> [CivilDate] {
        var days = [first]
        var year = first.year
        while year <= last.year, days.count < count ?? .max {
            for day in self.days(of: year, from: first) where day > first {
                if day > until ?? last || days.count >= count ?? .max { break }
                days.append(day)
            }
            year += interval
        }
        return days.filter { $0 <= min(until ?? last, last) }
    }

    private func days(of year: Int, from first: CivilDate) -> [CivilDate] {
        // Days of the month in every month, as the RFC's table has it.
        let spread = months.isEmpty && !monthDays.isEmpty ? Array(1...12) : [first.month]
        return (months.isEmpty ? spread : months.sorted())
            .flatMap { month in
                (1...31).compactMap { CivilDate(year: year, month: month, day: $0) }
                    .filter { matches($0, first) }
            }
    }

    private func matches(_ day: CivilDate, _ first: CivilDate) -> Bool {
        let length = (28...31).last { CivilDate(year: day.year, month: day.month, day: $0) != nil }
        let fromEnd = day.day - (length ?? 31) - 1
        if monthDays.isEmpty && weekdays.isEmpty { return day.day == first.day }
        let isDay = monthDays.isEmpty || monthDays.contains { $0 == day.day || $0 == fromEnd }
        let isWeekday =
            weekdays.isEmpty
            || weekdays.contains { place in
                place.weekday == day.weekday
                    && (place.ordinal == 0 || place.ordinal == (day.day + 6) / 7
                        || place.ordinal == -((-fromEnd + 6) / 7))
            }
        return isDay && isWeekday
    }

    private static func number(
        _ text: String,
        in range: ClosedRange<Int>
    ) throws(ParseError) -> Int {
        guard let number = Int(text), range.contains(number), number != 0 else {
            throw ParseError(
                "‘\(text)’ is not a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private static func numbers(
        _ text: String,
        in range: ClosedRange<Int>
    ) throws(ParseError) -> [Int] {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            numbers.append(try number(String(part), in: range))
        }
        return numbers
    }

    /// Reads `4TH`, `-1MO` or `2SA,3SU`.
    private static func places(_ text: String) throws(ParseError) -> [Place] {
        let names: [String: Weekday] = [
            "MO": .monday, "TU": .tuesday, "WE": .wednesday, "TH": .thursday, "FR": .friday,
            "SA": .saturday, "SU": .sunday,
        ]
        var places: [Place] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let head = part.dropLast(2)
            let ordinal = head.isEmpty ? 0 : Int(head.first == "+" ? head.dropFirst() : head)
            guard let weekday = names[String(part.suffix(2))], let ordinal,
                (-5...5).contains(ordinal)
            else { throw ParseError("‘\(part)’ is not a weekday; write TH, 4TH or -1MO") }
            places.append(Place(ordinal: ordinal, weekday: weekday))
        }
        return places
    }
}
