import AllocationModel
import ShippingCalendar

func day(_ text: String) throws -> CivilDate { try CivilDate(parsing: text) }

func clock(_ text: String) throws -> TimeOfDay { try TimeOfDay(parsing: text) }

func zone(_ name: String) throws -> SiteTimeZone { try SiteTimeZone(parsing: name) }

/// Reads an instant in UTC, `2026-03-08 08:00` or `2026-03-08 08:00:30.250`.
func utc(_ text: String) throws -> Timestamp {
    let parts = text.split(separator: " ").map(String.init)
    let time = try clock(String(parts[1].prefix(5)))
    let rest = parts[1].dropFirst(6).split(separator: ".").map(String.init)
    let seconds = rest.first.flatMap { Int64($0) } ?? 0
    let milliseconds = rest.dropFirst().first.flatMap { Int64($0) } ?? 0
    let minutes = Int64(try day(parts[0]).daysSinceEpoch) * 1440 + Int64(time.minutesSinceMidnight)
    return Timestamp(milliseconds: (minutes * 60 + seconds) * 1000 + milliseconds)
}

/// Dallas, the office's own: Monday to Friday until 14:00 Chicago time.
func dallas(
    cutoff: String = "14:00",
    holidays: [String] = [],
    leadDays: Int = 0
) throws -> SiteCalendar {
    SiteCalendar(
        timeZone: try zone("America/Chicago"),
        cutoffs: Cutoffs(at: try clock(cutoff)),
        holidays: try holidays.map { .init(try day($0), name: "closed") },
        leadTimes: LeadTimes(usual: try LeadTime(checkingDays: leadDays))
    )
}
