import AllocationModel
import SeededGenerator
import ShippingCalendar
import Testing

struct `Site time zone` {
    /// Zone, date, time, and the first instant in UTC at which the clock reads it or later.
    private static let readings = [
        // Chicago, 2026-03-08: 02:00 CST is 03:00 CDT. Nothing reads 02:30.
        ("America/Chicago", "2026-03-08", "01:59", "2026-03-08 07:59"),
        ("America/Chicago", "2026-03-08", "02:00", "2026-03-08 08:00"),
        ("America/Chicago", "2026-03-08", "02:30", "2026-03-08 08:00"),
        ("America/Chicago", "2026-03-08", "03:00", "2026-03-08 08:00"),
        ("America/Chicago", "2026-03-08", "03:01", "2026-03-08 08:01"),
        ("America/Chicago", "2026-03-08", "14:00", "2026-03-08 19:00"),
        // Chicago, 2026-11-01: 02:00 CDT is 01:00 CST. 01:30 is read twice.
        ("America/Chicago", "2026-11-01", "00:59", "2026-11-01 05:59"),
        ("America/Chicago", "2026-11-01", "01:00", "2026-11-01 06:00"),
        ("America/Chicago", "2026-11-01", "01:30", "2026-11-01 06:30"),
        ("America/Chicago", "2026-11-01", "02:00", "2026-11-01 08:00"),
        ("America/Chicago", "2026-11-01", "14:00", "2026-11-01 20:00"),
        // Phoenix never changes.
        ("America/Phoenix", "2026-03-08", "02:30", "2026-03-08 09:30"),
        ("America/Phoenix", "2026-11-01", "01:30", "2026-11-01 08:30"),
        // Lord Howe moves by half an hour: on 4 October 2026 from 02:00 to 02:30.
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03 15:30"),
        // And back on 5 April 2026, from 02:00 to 01:30.
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04 15:30"),
        // Kathmandu is 5:45 ahead.
        ("Asia/Kathmandu", "2026-06-30", "14:00", "2026-06-30 08:15"),
        // Sydney's summer is the other half of the year.
        ("Australia/Sydney", "2026-10-04", "02:30", "2026-10-03 16:00"),
        ("Australia/Sydney", "2026-04-05", "02:30", "2026-04-04 15:30"),
        // Leap day and year's end.
        ("America/Chicago", "2028-02-29", "14:00", "2028-02-29 20:00"),
        ("America/Chicago", "2026-12-31", "23:59", "2027-01-01 05:59"),
        ("UTC", "2026-12-31", "00:00", "2026-12-31 00:00"),
    ]

    @Test func `finds the first instant at which the clock reads a time or later`() throws {
        for (name, date, time, expected) in Self.readings {
            let instant = try zone(name).instant(of: try day(date), at: try clock(time))

            #expect(instant == (try utc(expected)), "\(name) \(date) \(time): \(instant.iso8601)")
        }
    }

    @Test func `shows the day before until midnight of its own clock`() throws {
        for (name, instant, expected) in [
            ("America/Chicago", "2026-03-04 05:59:59.999", "2026-03-03"),
            ("America/Chicago", "2026-03-04 06:00", "2026-03-04"),
            ("America/Chicago", "2026-07-04 04:59:59.999", "2026-07-03"),
            ("America/Chicago", "2026-07-04 05:00", "2026-07-04"),
            ("America/Chicago", "2028-03-01 05:59", "2028-02-29"),
            ("America/Chicago", "2027-01-01 05:59", "2026-12-31"),
            ("Asia/Kathmandu", "2026-03-03 18:14", "2026-03-03"),
            ("Asia/Kathmandu", "2026-03-03 18:15", "2026-03-04"),
            ("Pacific/Auckland", "2026-01-01 11:00", "2026-01-02"),
        ] {
            #expect(
                try zone(name).civilDate(of: utc(instant)) == day(expected),
                "\(name) \(instant)"
            )
        }
    }

    @Test func `says how far its clock is ahead, before and after a change`() throws {
        let chicago = try zone("America/Chicago")

        #expect(chicago.offset(at: try utc("2026-03-08 07:59:59.999")) == .seconds(-6 * 3600))
        #expect(chicago.offset(at: try utc("2026-03-08 08:00")) == .seconds(-5 * 3600))
    }

    @Test func `refuses what is no zone, and suggests the one that was meant`() {
        for (name, remedy) in [
            ("Chicago", "did you mean America/Chicago?"),
            ("america/chicago", "did you mean America/Chicago?"),
            ("new york", "did you mean America/New_York?"),
            ("US/Dallas", "give an IANA name such as America/Chicago"),
            ("CST", "give an IANA name such as America/Chicago"),
            ("GMT-6", "give an IANA name such as America/Chicago"),
            ("-06:00", "give an IANA name such as America/Chicago"),
            ("", "give an IANA name such as America/Chicago"),
            ("../../etc/passwd", "give an IANA name such as America/Chicago"),
            (String(repeating: "A/", count: 5000), "give an IANA name such as America/Chicago"),
        ] {
            let fault = #expect(throws: ParseError.self) { try SiteTimeZone(parsing: name) }
            #expect(fault?.description == "‘\(name)’ is not a time zone; \(remedy)")
        }
    }

    @Test func `survives instants and days at the ends of time`() throws {
        let chicago = try zone("America/Chicago")
        for milliseconds in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
            let date = chicago.civilDate(of: Timestamp(milliseconds: milliseconds))
            _ = chicago.instant(of: date, at: try clock("23:59"))
        }
        let first = try #require(CivilDate(year: 1, month: 1, day: 1))
        let last = try #require(CivilDate(year: 9999, month: 12, day: 31))
        let noon = try clock("12:00")

        #expect(chicago.civilDate(of: chicago.instant(of: first, at: noon)) == first)
        #expect(chicago.civilDate(of: chicago.instant(of: last, at: noon)) == last)
    }

    // The definition itself: at the instant the clock reads the time or later, and a
    // millisecond earlier it read less. Days that a zone skipped are not generated.
    @Test func `reads less than the wanted time until the instant it gives`() throws {
        for name in ["America/Chicago", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"] {
            let zone = try zone(name)
            var random = SeededGenerator(seed: 8)
            for _ in 0..<5000 {
                let number = Int.random(in: 11_000...46_000, using: &random)
                let minutes = Int.random(in: 0..<1440, using: &random)
                let time = try #require(TimeOfDay(hour: minutes / 60, minute: minutes % 60))
                let instant = zone.instant(of: CivilDate(daysSinceEpoch: number), at: time)
                let wanted = Int64(number) * 86_400_000 + Int64(minutes) * 60_000

                #expect(zone.shown(at: instant) >= wanted)
                let before = Timestamp(milliseconds: instant.milliseconds - 1)
                #expect(zone.shown(at: before) < wanted)
            }
        }
    }

    @Test func `shows the day and the minute that has begun`() throws {
        for name in ["America/Chicago", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"] {
            let zone = try zone(name)
            var random = SeededGenerator(seed: 9)
            for _ in 0..<5000 {
                let instant = Timestamp(
                    milliseconds: Int64.random(
                        in: -1_000_000_000_000...4_000_000_000_000,
                        using: &random
                    )
                )
                let (day, time) = zone.reading(at: instant)
                let minute =
                    Int64(day.daysSinceEpoch * 1440 + time.minutesSinceMidnight) * 60_000
                #expect((0..<60_000).contains(zone.shown(at: instant) - minute), "\(instant)")
            }
        }
        let chicago = try zone("America/Chicago")
        for milliseconds in [Int64.min, .max] {
            _ = chicago.reading(at: Timestamp(milliseconds: milliseconds))
        }
    }
}

extension SiteTimeZone {
    /// What the wall clock shows, as milliseconds since it showed 1970-01-01 00:00.
    fileprivate func shown(at instant: Timestamp) -> Int64 {
        instant.milliseconds + Int64(offset(at: instant) / .milliseconds(1))
    }
}
