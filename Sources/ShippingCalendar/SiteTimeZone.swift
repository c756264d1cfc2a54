package import AllocationModel
// The one file of this module that knows Foundation: its time-zone rules are
// the only thing taken from it, and only while a zone is being made.
private import Foundation

/// The rules by which a place's wall clock follows the sun and its government.
///
/// Made once, when a calendar is loaded: the changes of the clock from
/// `Limits.timeZoneYears` are read into a table, and every question after that
/// is a search in it. Outside those years the nearest known offset counts.
package struct SiteTimeZone: Hashable, Sendable, CustomStringConvertible {
    /// A stretch of time in which the clock does not change.
    private struct Period {
        /// Milliseconds since 1970 at which it begins; the first begins long before.
        let start: Int64
        /// What the clock is ahead of UTC, in milliseconds.
        let offset: Int64
    }

    /// The zone's IANA name: `America/Chicago`.
    package let name: String
    private let periods: [Period]

    /// Reads an IANA name that came from outside.
    ///
    /// An offset such as `GMT-6` or an abbreviation such as `CST` is refused: it
    /// would be wrong for half of the year.
    package init(parsing name: String) throws(ParseError) {
        guard name == "UTC" || Self.isRegional(name), let zone = TimeZone(identifier: name) else {
            throw ParseError("‘\(name)’ is not a time zone; \(Self.hint(for: name))")
        }
        self.name = name
        periods = Self.periods(of: zone)
    }

    package var description: String { name }

    // The name decides the rules; comparing the tables would say the same, slowly.
    package static func == (left: Self, right: Self) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }

    /// What the wall clock is ahead of UTC.
    package func offset(at instant: Timestamp) -> Duration {
        .milliseconds(offsetMilliseconds(at: clamped(instant)))
    }

    /// Returns the day that the wall calendar shows.
    package func civilDate(of instant: Timestamp) -> CivilDate {
        CivilDate(daysSinceEpoch: dayNumber(of: instant))
    }

    /// Returns what the wall calendar and the wall clock show, to the minute that has begun.
    package func reading(at instant: Timestamp) -> (day: CivilDate, time: TimeOfDay) {
        let utc = clamped(instant)
        let date = civilDate(of: instant)
        let local = utc + offsetMilliseconds(at: utc) - Int64(date.daysSinceEpoch) * day
        let minutes = Int(local / 60_000)
        return (date, TimeOfDay(hour: minutes / 60, minute: minutes % 60) ?? .endOfDay)
    }

    /// Returns the first instant at which the wall clock reads `time` on `date`, or later.
    ///
    /// Where spring skips that time, the instant of the change: at it the clock
    /// already reads later. Where autumn repeats it, its first occurrence.
    package func instant(of date: CivilDate, at time: TimeOfDay) -> Timestamp {
        instant(ofDay: date.daysSinceEpoch, at: time)
    }

    /// The day shown, as days since 1970-01-01.
    func dayNumber(of instant: Timestamp) -> Int {
        let utc = clamped(instant)
        let local = utc + offsetMilliseconds(at: utc)
        return Int((local - (local % day + day) % day) / day)
    }

    func instant(ofDay number: Int, at time: TimeOfDay) -> Timestamp {
        let bounded = Int64(min(max(number, -Self.daysMaximum), Self.daysMaximum))
        let reading = bounded * day + Int64(time.minutesSinceMidnight) * 60_000
        // The readings at which periods end rise from one to the next, because
        // two changes are further apart than any change is large. So the first
        // period that ends after `reading` is the first to show it or later.
        var low = 0
        var high = periods.count - 1
        while low < high {
            let middle = (low + high) / 2
            let end = periods[middle + 1].start + periods[middle].offset
            if end > reading { high = middle } else { low = middle + 1 }
        }
        return Timestamp(milliseconds: max(periods[low].start, reading - periods[low].offset))
    }

    private func offsetMilliseconds(at milliseconds: Int64) -> Int64 {
        var low = 0
        var high = periods.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if periods[middle].start <= milliseconds { low = middle } else { high = middle - 1 }
        }
        return periods[low].offset
    }

    /// Keeps sums with offsets and whole days far from overflow.
    private func clamped(_ instant: Timestamp) -> Int64 {
        let bound = Int64(Self.daysMaximum) * day
        return min(max(instant.milliseconds, -bound), bound)
    }

    /// Ten thousand years: more than `CivilDate` counts.
    private static let daysMaximum = 3_652_425
}

private let day: Int64 = 86_400_000

extension SiteTimeZone {
    private static func periods(of zone: TimeZone) -> [Period] {
        var date = newYear(of: Limits.timeZoneYears.lowerBound)
        let end = newYear(of: Limits.timeZoneYears.upperBound)
        var periods = [period(from: date, in: zone, startingAt: .min / 2)]
        while let change = zone.nextDaylightSavingTimeTransition(after: date), change < end {
            // Some changes are of the zone's name alone.
            let next = period(from: change, in: zone, startingAt: milliseconds(change))
            if next.offset != periods.last?.offset { periods.append(next) }
            date = change
        }
        return periods
    }

    private static func period(
        from date: Date,
        in zone: TimeZone,
        startingAt start: Int64
    ) -> Period {
        Period(start: start, offset: Int64(zone.secondsFromGMT(for: date)) * 1000)
    }

    /// Changes of the clock fall on whole seconds, which a Double holds exactly.
    private static func milliseconds(_ date: Date) -> Int64 {
        Int64(date.timeIntervalSince1970) * 1000
    }

    private static func newYear(of year: Int) -> Date {
        let number = CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0
        return Date(timeIntervalSince1970: Double(number) * 86_400)
    }

    private static func isRegional(_ name: String) -> Bool {
        name.contains("/") && name.utf8.count <= Limits.identifierBytesMaximum
    }

    private static func hint(for name: String) -> String {
        let city = name.lowercased().split(separator: "/").last
            .map {
                $0.split { $0 == " " || $0 == "_" }.joined(separator: "_")
            }
        let match = TimeZone.knownTimeZoneIdentifiers.first { known in
            known.lowercased().split(separator: "/").last.map(String.init) == city
        }
        guard let match else { return "give an IANA name such as America/Chicago" }
        return "did you mean \(match)?"
    }
}
