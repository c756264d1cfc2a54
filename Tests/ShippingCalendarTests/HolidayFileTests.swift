import AllocationModel
import SeededGenerator
import ShippingCalendar
import Testing

struct `Holiday file` {
    private func events(_ body: String, through last: String = "2028-12-31") throws -> [String] {
        let text = "BEGIN:VCALENDAR\r\n" + body.replacing("\n", with: "\r\n") + "\r\nEND:VCALENDAR"
        return try HolidayFile(parsing: text, in: day("2026-01-01")...day(last)).holidays
            .map { "\($0.date) \($0.name)" }
    }

    private func faults(_ body: String) throws -> [String] {
        do {
            _ = try events(body)
            return []
        } catch let report as RowReport {
            return report.faults.map(\.description)
        }
    }

    @Test func `reads Thanksgiving by its rule, and the years it is left out of`() throws {
        #expect(
            try events(
                """
                BEGIN:VEVENT
                UID:1@example.com
                SUMMARY:Thanksgiving
                DTSTART;VALUE=DATE:20261126
                DTEND;VALUE=DATE:20261127
                RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
                EXDATE;VALUE=DATE:20271125
                END:VEVENT
                """
            ) == ["2026-11-26 Thanksgiving", "2028-11-23 Thanksgiving"]
        )
    }

    @Test func `reads closures of several days, by end or by duration`() throws {
        #expect(
            try events(
                """
                BEGIN:VEVENT
                SUMMARY:Inventory
                DTSTART;VALUE=DATE:20261230
                DTEND;VALUE=DATE:20270102
                END:VEVENT
                BEGIN:VEVENT
                SUMMARY:Move
                DTSTART:20270601
                DURATION:P2D
                END:VEVENT
                """
            ) == [
                "2026-12-30 Inventory", "2026-12-31 Inventory", "2027-01-01 Inventory",
                "2027-06-01 Move", "2027-06-02 Move",
            ]
        )
    }

    @Test func `puts folded lines together and takes text out of its escapes`() throws {
        #expect(
            try events(
                """
                BEGIN:VEVENT
                SUMMARY;LANGUAGE=en:Founders' Day\\, and the
                  day after\\; closed
                DTSTART;VALUE=DATE:20260504
                RDATE;VALUE=DATE:20270505,20280506
                END:VEVENT
                """
            ) == [
                "2026-05-04 Founders' Day, and the day after; closed",
                "2027-05-05 Founders' Day, and the day after; closed",
                "2028-05-06 Founders' Day, and the day after; closed",
            ]
        )
    }

    @Test func `keeps 29 February to leap years`() throws {
        #expect(
            try events(
                """
                BEGIN:VEVENT
                SUMMARY:Leap day
                DTSTART;VALUE=DATE:20240229
                RRULE:FREQ=YEARLY
                END:VEVENT
                """
            ) == ["2028-02-29 Leap day"]
        )
    }

    @Test func `leaves out notes and what was cancelled`() throws {
        for line in ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"] {
            #expect(
                try events(
                    """
                    BEGIN:VEVENT
                    SUMMARY:Flag Day
                    DTSTART;VALUE=DATE:20260614
                    \(line)
                    END:VEVENT
                    """
                )
                .isEmpty
            )
        }
    }

    @Test func `refuses what it cannot read, by line`() throws {
        let cases = [
            ("DTSTART:20261126T090000Z", "line 4 (DTSTART) ‘20261126T090000Z’ is a time of day"),
            ("DTSTART;VALUE=DATE:20261131", "‘20261131’ is not a day; write 20261126"),
            ("RRULE:FREQ=MONTHLY;BYMONTHDAY=1", "is no yearly rule"),
            ("RRULE:FREQ=YEARLY;BYDAY=20MO", "‘20MO’ is not a weekday"),
            ("RRULE:FREQ=YEARLY;BYDAY=1MO", "has BYDAY without BYMONTH"),
            ("RRULE:FREQ=YEARLY;BYWEEKNO=20", "has BYWEEKNO, which is not read"),
            ("EXRULE:FREQ=YEARLY", "is not read; list the days"),
            ("DURATION:PT8H", "‘PT8H’ is not whole days"),
            ("DTEND;VALUE=DATE:20200101", "is an event of"),
        ]
        for (line, message) in cases {
            let found = try faults(
                """
                BEGIN:VEVENT
                SUMMARY:Closed
                \(line)
                \(line.hasPrefix("DTSTART") ? "" : "DTSTART;VALUE=DATE:20261126\n")END:VEVENT
                """
            )
            #expect(found.contains { $0.contains(message.split(separator: ") ").last ?? "") })
        }
        #expect(try faults("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261126").count == 1)
        #expect(throws: RowReport.self) {
            try HolidayFile(parsing: "date,name\n", in: day("2026-01-01")...day("2027-01-01"))
        }
    }
}

struct `Half days and previews` {
    private func calendar() throws -> SiteCalendar {
        SiteCalendar(
            timeZone: try SiteTimeZone(parsing: "America/Chicago"),
            cutoffs: Cutoffs([
                .init(.monday, try clock("15:00")), .init(.tuesday, try clock("15:00")),
                .init(.wednesday, try clock("15:00")), .init(.thursday, try clock("15:00")),
                .init(.friday, try clock("15:00")),
                .init(.thursday, service: "early", try clock("10:00")),
            ]),
            holidays: [
                .init(try day("2026-12-24"), name: "Christmas Eve", cutoff: try clock("11:30")),
                .init(try day("2026-12-25"), name: "Christmas"),
            ]
        )
    }

    @Test func `end at a cutoff of their own, unless the service's is earlier`() throws {
        let calendar = try calendar()
        let zone = calendar.timeZone
        let eve = try day("2026-12-24")

        let before = zone.instant(of: eve, at: try clock("11:29"))
        #expect(calendar.departure(at: before)?.leaves == eve)
        #expect(calendar.departure(at: before)?.cutoff == (try clock("11:30")))
        let after = zone.instant(of: eve, at: try clock("11:30"))
        #expect(calendar.departure(at: after)?.leaves == (try day("2026-12-28")))
        let early = zone.instant(of: eve, at: try clock("10:00"))
        #expect(
            calendar.departure(at: early, service: "early")?.leaves == (try day("2026-12-28"))
        )
    }

    @Test func `show each day's cutoff, and why there is none`() throws {
        let days = try calendar()
            .shippingDays(from: day("2026-12-23"), days: 4, carrier: .mondayToFriday)

        #expect(days.map(\.ships) == [true, true, false, false])
        #expect(days.map { $0.cutoff?.description } == ["15:00", "11:30", nil, nil])
        #expect(
            days.map(\.remark) == [
                nil, .halfDay("Christmas Eve"), .closed("Christmas"), .noCutoff,
            ]
        )
        let idle = CarrierCalendar(holidays: [try day("2026-12-23")])
        #expect(
            try calendar().shippingDays(from: day("2026-12-23"), days: 1, carrier: idle)
                .map(\.remark) == [.noPickup]
        )
    }

    // Forward from just before and from the very instant: the answer lies between the two.
    @Test func `know the last cutoff to arrive by a day`() throws {
        let calendar = try calendar()
        for offset in 0..<40 {
            let date = try day("2026-12-10").adding(days: offset)
            for transit in 0...5 {
                let found = try #require(
                    calendar.lastDeparture(toArriveBy: date, service: nil, transitDays: transit)
                )
                let cutoff = found.cutoffInstant
                let before = calendar.delivery(
                    at: Timestamp(milliseconds: cutoff.milliseconds - 1),
                    service: nil,
                    transitDays: transit
                )
                let at = calendar.delivery(at: cutoff, service: nil, transitDays: transit)

                #expect(before?.departure == found)
                #expect(try #require(before).arrives <= date)
                #expect(try #require(at).arrives > date)
            }
        }
    }

    @Test func `know the last cutoff to arrive by an hour of a day`() throws {
        var random = SeededGenerator(seed: 16)
        let calendar = try calendar()
        var dayBefore = 0
        for _ in 0..<400 {
            let hours = { (random: inout SeededGenerator) throws -> HoursOfDay in
                let from = Int.random(in: 0...14, using: &random)
                return try HoursOfDay(
                    parsing: "\(from):00-\(from + Int.random(in: 1...9, using: &random)):00"
                )
            }
            let last = try day("2026-12-10").adding(days: .random(in: 0..<40, using: &random))
            let receiving = Bool.random(using: &random) ? try hours(&random) : nil
            let hour = Int.random(in: 15...20, using: &random)
            let terms = try DeliveryTerms(
                checkingReceiving: .mondayToFriday,
                hours: receiving,
                by: last,
                byTime: TimeOfDay(hour: hour, minute: 0)
            )
            let delivers = try hours(&random)
            let carrier = CarrierCalendar(deliveryHours: delivers)
            let found = calendar.lastDeparture(
                toArriveBy: last,
                service: nil,
                transitDays: 1,
                carrier: carrier,
                to: terms
            )
            guard let found else {
                #expect(receiving != nil && receiving?.common(with: delivers) == nil)
                continue
            }
            let delivery = { (instant: Timestamp) in
                calendar.delivery(
                    at: instant,
                    service: nil,
                    transitDays: 1,
                    carrier: carrier,
                    to: terms
                )
            }
            let cutoff = found.cutoffInstant
            let before = try #require(delivery(Timestamp(milliseconds: cutoff.milliseconds - 1)))
            let at = try #require(delivery(cutoff))
            #expect(before.departure == found)
            #expect(
                before.arrives <= last && terms.isInTime(on: before.arrives, by: before.arrivesBy)
            )
            #expect(at.arrives > last)
            if before.arrives < last { dayBefore += 1 }
        }
        #expect(dayBefore > 50)
    }
}
