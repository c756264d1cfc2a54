import AllocationModel
import SeededGenerator
import ShippingCalendar
import Testing

struct `Site calendar` {
    // When an order is taken in UTC, and when it leaves Dallas. 2026-03-06 is a Friday.
    private static let departures = [
        ("2026-03-04 19:59:59.999", "2026-03-04"),
        ("2026-03-04 20:00", "2026-03-05"),
        // Friday before and after 14:00, Saturday, Sunday night.
        ("2026-03-06 19:59", "2026-03-06"),
        ("2026-03-06 20:00", "2026-03-09"),
        ("2026-03-07 12:00", "2026-03-09"),
        ("2026-03-09 04:59", "2026-03-09"),
        // On Monday the clock is an hour ahead of where it was on Friday.
        ("2026-03-09 18:59", "2026-03-09"),
        ("2026-03-09 19:00", "2026-03-10"),
        // Memorial Day, Monday 25 May, is in the calendar.
        ("2026-05-22 19:00", "2026-05-26"),
        ("2026-05-25 12:00", "2026-05-26"),
        // Leap day, and the year's end: Friday 1 January is in the calendar.
        ("2028-02-29 12:00", "2028-02-29"),
        ("2028-02-29 20:00", "2028-03-01"),
        ("2026-12-31 20:00", "2027-01-04"),
    ]

    @Test func `sends an order on the first working day whose cutoff has not passed`() throws {
        let calendar = try dallas(holidays: ["2026-05-25", "2027-01-01"])
        for (now, leaves) in Self.departures {
            let departure = calendar.departure(at: try utc(now))

            #expect(departure?.leaves == (try day(leaves)), "taken at \(now)")
        }
    }

    @Test func `says which cutoff the day depends on, and when that is`() throws {
        let departure = try #require(try dallas().departure(at: try utc("2026-03-07 12:00")))

        #expect(departure.cutoff == (try clock("14:00")))
        #expect(departure.cutoffDate == (try day("2026-03-09")))
        #expect(departure.cutoffInstant == (try utc("2026-03-09 19:00")))
    }

    @Test func `counts a cutoff as passed at its very instant`() throws {
        let calendar = try dallas()
        let cutoff = try utc("2026-03-04 20:00")

        #expect(calendar.departure(at: cutoff)?.leaves == (try day("2026-03-05")))
        let before = Timestamp(milliseconds: cutoff.milliseconds - 1)
        #expect(calendar.departure(at: before)?.leaves == (try day("2026-03-04")))
    }

    @Test func `passes a cutoff that spring skips when the clock jumps over it`() throws {
        let calendar = SiteCalendar(
            timeZone: try zone("America/Chicago"),
            cutoffs: Cutoffs(at: try clock("02:30"), on: .everyDay)
        )

        let before = calendar.departure(at: try utc("2026-03-08 07:59:59.999"))
        #expect(before?.leaves == (try day("2026-03-08")))
        let after = calendar.departure(at: try utc("2026-03-08 08:00"))
        #expect(after?.leaves == (try day("2026-03-09")))
    }

    @Test func `passes a cutoff that autumn repeats the first time`() throws {
        let calendar = SiteCalendar(
            timeZone: try zone("America/Chicago"),
            cutoffs: Cutoffs(at: try clock("01:30"), on: .everyDay)
        )

        #expect(
            calendar.departure(at: try utc("2026-11-01 06:29:59"))?.leaves
                == (try day("2026-11-01"))
        )
        // Half an hour later the clock reads 01:00 again; the cutoff stays passed.
        for now in ["2026-11-01 06:30", "2026-11-01 07:00", "2026-11-01 07:29"] {
            #expect(calendar.departure(at: try utc(now))?.leaves == (try day("2026-11-02")))
        }
    }

    @Test func `gives a service the cutoff of its own on the weekdays that name one`() throws {
        let two = try clock("14:00")
        let calendar = SiteCalendar(
            timeZone: try zone("America/Chicago"),
            cutoffs: Cutoffs([
                .init(.thursday, two), .init(.friday, two),
                .init(.friday, service: "ups-next-day", try clock("16:30")),
                .init(.saturday, service: "ups-next-day", try clock("10:00")),
            ])
        )
        // Friday 15:00 in Dallas.
        let now = try utc("2026-03-06 21:00")

        #expect(calendar.departure(at: now)?.leaves == (try day("2026-03-12")))
        #expect(
            calendar.departure(at: now, service: "ups-ground")?.leaves == (try day("2026-03-12"))
        )
        let nextDay = calendar.departure(at: now, service: "ups-next-day")
        #expect(nextDay?.leaves == (try day("2026-03-06")))
        #expect(nextDay?.cutoff == (try clock("16:30")))
        let evening = calendar.departure(at: try utc("2026-03-07 00:00"), service: "ups-next-day")
        #expect(evening?.leaves == (try day("2026-03-07")))
    }

    @Test func `leaves so many working days after the one whose cutoff it depends on`() throws {
        let calendar = try dallas(holidays: ["2026-03-10"], leadDays: 2)
        // Friday 13:00; Monday is the first day after it, Wednesday the second.
        let departure = calendar.departure(at: try utc("2026-03-06 19:00"))

        #expect(departure?.leaves == (try day("2026-03-11")))
        #expect(departure?.cutoffDate == (try day("2026-03-06")))
        #expect(departure?.cutoffInstant == (try utc("2026-03-06 20:00")))
    }

    @Test func `waits for a day on which the carrier picks up`() throws {
        let calendar = SiteCalendar(
            timeZone: try zone("America/Chicago"),
            cutoffs: Cutoffs(at: try clock("14:00"), on: .everyDay)
        )
        let carrier = CarrierCalendar(holidays: [try day("2026-03-09")])
        // Saturday: the site works, the carrier comes on Tuesday; until then there is time.
        let departure = calendar.departure(at: try utc("2026-03-07 12:00"), carrier: carrier)

        #expect(departure?.leaves == (try day("2026-03-10")))
        #expect(departure?.cutoffDate == (try day("2026-03-10")))
    }

    @Test func `finds no day where none is a working day`() throws {
        let closed = SiteCalendar(timeZone: try zone("America/Chicago"), cutoffs: Cutoffs([]))
        let now = try utc("2026-03-04 12:00")

        #expect(closed.departure(at: now) == nil)
        #expect(try dallas().departure(at: now, carrier: CarrierCalendar(pickupDays: .none)) == nil)
        let first = try day("2026-03-01")
        let shut = try dallas(holidays: (0..<400).map { "\(first.adding(days: $0))" })
        #expect(shut.departure(at: now) == nil)
    }

    @Test func `finds a working day at the end of the horizon and none beyond it`() throws {
        let today = try day("2026-03-04")
        for (closedDays, isFound) in [(366, true), (367, false)] {
            let calendar = SiteCalendar(
                timeZone: try zone("America/Chicago"),
                cutoffs: Cutoffs(at: try clock("14:00"), on: .everyDay),
                holidays: (0..<closedDays).map { .init(today.adding(days: $0), name: "closed") }
            )

            #expect((calendar.departure(at: try utc("2026-03-04 12:00")) != nil) == isFound)
        }
    }

    @Test func `joins leaving and arriving in one answer`() throws {
        // Friday after the cutoff, two days of transit: Monday, and Wednesday.
        let delivery = try dallas()
            .delivery(
                at: try utc("2026-03-06 20:00"),
                service: nil,
                transitDays: 2
            )

        #expect(delivery?.departure.leaves == (try day("2026-03-09")))
        #expect(delivery?.arrives == (try day("2026-03-11")))
    }

    @Test func `never leaves earlier for an order that is taken later`() throws {
        var random = SeededGenerator(seed: 26)
        let calendar = try dallas(holidays: ["2026-03-10", "2026-11-02"], leadDays: 1)
        let start = try utc("2026-01-01 00:00").milliseconds
        var instants = (0..<5000)
            .map { _ in
                Timestamp(
                    milliseconds: start + Int64.random(in: 0..<31_536_000_000, using: &random)
                )
            }
        instants.sort()
        let leaving = instants.compactMap { calendar.departure(at: $0)?.leaves }

        #expect(leaving.count == instants.count)
        #expect(leaving == leaving.sorted())
    }

    @Test func `answers the same at any moment up to the cutoff it names`() throws {
        var random = SeededGenerator(seed: 27)
        let calendar = try dallas(cutoff: "02:30", holidays: ["2026-05-25"])
        let start = try utc("2026-01-01 00:00").milliseconds
        for _ in 0..<2000 {
            let now = Timestamp(
                milliseconds: start + Int64.random(in: 0..<31_536_000_000, using: &random)
            )
            let departure = try #require(calendar.departure(at: now))
            let cutoff = departure.cutoffInstant
            let last = Timestamp(milliseconds: cutoff.milliseconds - 1)

            #expect(now < cutoff)
            #expect(calendar.departure(at: last) == departure)
            #expect(calendar.departure(at: cutoff) != departure)
        }
    }

    @Test(arguments: [(-1, 0), (61, 0), (0, -1), (0, 1381)])
    func `refuses a lead time that is none`(days: Int, minutes: Int) {
        #expect(throws: ParseError.self) {
            try LeadTime(checkingDays: days, minutes: minutes)
        }
    }
}
