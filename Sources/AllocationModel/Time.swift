/// An instant that survives restarts: milliseconds since 1970-01-01T00:00:00Z.
///
/// For people to read and for entries in a log. No outcome depends on one, and
/// none crosses the wire as a deadline: the clocks of two warehouses differ.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Reads an instant with its zone, as of RFC 3339: `2026-03-04T12:00-05:00`, `2026-03-04T17:00:00Z`.
    ///
    /// Seconds may be left out; of their fraction what is less than a millisecond is dropped.
    package init(parsing text: String) throws(ParseError) {
        guard let instant = Self.instant(text) else {
            throw ParseError(
                "‘\(text)’ is not an instant; write 2026-03-04T12:00-05:00 or 2026-03-04T17:00Z"
            )
        }
        self = instant
    }

    private static func instant(_ text: String) -> Timestamp? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2, let date = try? CivilDate(parsing: String(halves[0])) else {
            return nil
        }
        guard let zoneStart = halves[1].firstIndex(where: { "Z+-".contains($0) }),
            let ahead = minutesAhead(halves[1][zoneStart...])
        else { return nil }
        let clock = halves[1][..<zoneStart].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 2 || clock.count == 3,
            let time = try? TimeOfDay(parsing: "\(clock[0]):\(clock[1])"),
            let past = clock.count == 2 ? 0 : millisecondsOfMinute(clock[2])
        else { return nil }
        let minutes = date.daysSinceEpoch * 1440 + time.minutesSinceMidnight - ahead
        return Timestamp(milliseconds: Int64(minutes) * 60_000 + past)
    }

    /// What a zone's clock is ahead of UTC by: `Z`, `-05:00`.
    private static func minutesAhead(_ zone: Substring) -> Int? {
        if zone == "Z" { return 0 }
        guard zone.utf8.count == 6, let clock = try? TimeOfDay(parsing: String(zone.dropFirst()))
        else { return nil }
        return zone.first == "-" ? -clock.minutesSinceMidnight : clock.minutesSinceMidnight
    }

    /// Reads seconds, with a fraction or without: `07`, `07.250`.
    private static func millisecondsOfMinute(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), parts.count <= 2,
            parts[0].count == 2, let seconds = Int64(parts[0]), seconds < 60
        else { return nil }
        guard parts.count == 2 else { return seconds * 1000 }
        guard !parts[1].isEmpty, let thousandths = Int64((parts[1] + "000").prefix(3)) else {
            return nil
        }
        return seconds * 1000 + thousandths
    }

    /// The day it falls on, in UTC.
    package var utcDay: CivilDate {
        let (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return CivilDate(daysSinceEpoch: Int(rest < 0 ? day - 1 : day))
    }

    /// The instant in ISO 8601, in UTC, to the millisecond.
    package var iso8601: String {
        var (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        if rest < 0 {
            day -= 1
            rest += 86_400_000
        }
        let date = CivilDate(daysSinceEpoch: Int(day))
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60]
            .map { padded(Int($0), to: 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(padded(Int(rest % 1000), to: 3))Z"
    }
}

/// A day of the week, Monday first, as ISO 8601 counts.
package enum Weekday: Int, CaseIterable, Hashable, Comparable, Sendable {
    case monday = 1
    case tuesday
    case wednesday
    case thursday
    case friday
    case saturday
    case sunday

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The three letters used in commands and files: `mon`.
    package var abbreviation: String {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][rawValue - 1]
    }

    /// Reads `mon` or `monday`, in any case.
    package init(parsing text: String) throws(ParseError) {
        let lowered = text.lowercased()
        for day in Weekday.allCases where lowered == day.abbreviation || lowered == "\(day)" {
            self = day
            return
        }
        throw ParseError("‘\(text)’ is not a weekday; write mon, tue, wed, thu, fri, sat or sun")
    }
}

/// A day on the wall calendar, in no particular time zone.
///
/// The proleptic Gregorian calendar from year 1 to 9999. Day numbers follow
/// Howard Hinnant's `days_from_civil` (“chrono-Compatible Low-Level Date
/// Algorithms”, 2013).
package struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Returns the date, or nil where the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2026-03-04`.
    package init(parsing text: String) throws(ParseError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let date = CivilDate(year: year, month: month, day: day)
        else { throw ParseError("‘\(text)’ is not a date; write year-month-day, as 2026-03-04") }
        self = date
    }

    /// Returns the date so many days after 1970-01-01.
    package init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = ((daysSinceEpoch + 3) % 7 + 7) % 7
        return Weekday(rawValue: index + 1) ?? .monday
    }

    /// Returns the date so many days later, or earlier where `days` is negative.
    package func adding(days: Int) -> CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch + days)
    }

    package var description: String {
        "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// Whether `year` has a 29 February.
    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A reading of a wall clock, to the minute: 00:00 to 23:59.
package struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let minutesSinceMidnight: Int

    /// Returns the reading, or nil where a clock has none such.
    package init?(hour: Int, minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        minutesSinceMidnight = hour * 60 + minute
    }

    /// Returns the reading so many minutes after midnight, or nil where a clock has none such.
    package init?(minutes: Int) {
        guard (0...1439).contains(minutes) else { return nil }
        self.init(minutesSinceMidnight: minutes)
    }

    private init(minutesSinceMidnight: Int) {
        self.minutesSinceMidnight = minutesSinceMidnight
    }

    /// The first minute of a day.
    package static let midnight = TimeOfDay(minutesSinceMidnight: 0)
    /// The last minute of a day.
    package static let endOfDay = TimeOfDay(minutesSinceMidnight: 1439)

    /// Reads `14:30`.
    package init(parsing text: String) throws(ParseError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 58 }),
            let hour = Int(parts[0]), let minute = Int(parts[1]),
            let time = TimeOfDay(hour: hour, minute: minute)
        else { throw ParseError("‘\(text)’ is not a time of day; write hours:minutes, as 14:30") }
        self = time
    }

    package var hour: Int { minutesSinceMidnight / 60 }
    package var minute: Int { minutesSinceMidnight % 60 }
    package var description: String { "\(padded(hour, to: 2)):\(padded(minute, to: 2))" }

    package static func < (left: Self, right: Self) -> Bool {
        left.minutesSinceMidnight < right.minutesSinceMidnight
    }
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
