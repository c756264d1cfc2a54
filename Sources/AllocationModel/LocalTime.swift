/// A reading of a wall clock on a day, and how far that clock is ahead of UTC there and then.
///
/// So who reads it elsewhere needs no rules of its zone.
package struct LocalTime: Hashable, Sendable, CustomStringConvertible {
    package let date: CivilDate
    package let time: TimeOfDay
    /// Minutes; negative west of Greenwich.
    package let utcOffset: Int

    package init(date: CivilDate, time: TimeOfDay, utcOffset: Int) {
        self.date = date
        self.time = time
        self.utcOffset = utcOffset
    }

    /// The instant that it is.
    package var timestamp: Timestamp {
        let minutes = date.daysSinceEpoch * 1440 + time.minutesSinceMidnight - utcOffset
        return Timestamp(milliseconds: Int64(minutes) * 60_000)
    }

    /// ISO 8601, to the minute: `2026-03-04T14:30-06:00`.
    package var description: String {
        let minutes = abs(utcOffset)
        let offset = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(date)T\(time)\(utcOffset < 0 ? "-" : "+")\(offset.joined(separator: ":"))"
    }
}
