import AllocationModel
import SeededGenerator
import ShippingCalendar
import Testing

struct `Carrier calendar` {
    // Leaving, transit days, arriving, Monday to Friday. 2026-03-06 is a Friday.
    private static let arrivals = [
        ("2026-03-04", 1, "2026-03-05"),
        ("2026-03-04", 2, "2026-03-06"),
        ("2026-03-04", 3, "2026-03-09"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-03-06", 5, "2026-03-13"),
        // Left on a Saturday, Monday is its first day of transit.
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-04", 0, "2026-03-04"),
        // Over the leap day and the year's end.
        ("2028-02-28", 2, "2028-03-01"),
        ("2026-12-31", 1, "2027-01-01"),
    ]

    @Test func `counts its own working days on the way`() throws {
        for (leaving, transit, arrives) in Self.arrivals {
            let arrival = CarrierCalendar.mondayToFriday.arrival(
                leaving: try day(leaving),
                transitDays: transit
            )

            #expect(arrival == (try day(arrives)), "\(leaving) + \(transit)")
        }
    }

    @Test func `does not move on its own holidays`() throws {
        let carrier = CarrierCalendar(holidays: [try day("2026-12-25"), try day("2027-01-01")])

        #expect(
            carrier.arrival(leaving: try day("2026-12-24"), transitDays: 1)
                == (try day("2026-12-28"))
        )
        #expect(
            carrier.arrival(leaving: try day("2026-12-31"), transitDays: 1)
                == (try day("2027-01-04"))
        )
    }

    @Test func `waits for a day on which the customer receives`() throws {
        let carrier = CarrierCalendar.mondayToFriday
        let leaving = try day("2026-03-04")

        #expect(
            carrier.arrival(
                leaving: leaving,
                transitDays: 1,
                to: try DeliveryTerms(checkingReceiving: [.tuesday])
            ) == (try day("2026-03-10"))
        )
        // A customer who receives on Saturdays only waits for ever for this carrier.
        let saturdays = try DeliveryTerms(checkingReceiving: [.saturday])
        #expect(carrier.arrival(leaving: leaving, transitDays: 1, to: saturdays) == nil)
    }

    // Leaves on Thursday the 5th, one day on the way; the customer is there Monday to Friday.
    @Test(
        arguments: [
            // What is due on Friday comes while somebody is there, or may not: then it is Monday.
            ("09:00-15:00", "07:00-15:00", nil, "2026-03-06", "15:00"),
            ("09:00-17:00", "07:00-15:00", nil, "2026-03-09", "15:00"),
            ("06:00-12:00", "07:00-15:00", nil, "2026-03-09", "12:00"),
            (nil, "07:00-15:00", nil, "2026-03-09", "15:00"),
            ("09:00-17:00", nil, nil, "2026-03-06", "17:00"),
            (nil, nil, nil, "2026-03-06", nil),
            // Nobody is ever there when it comes.
            ("17:00-21:00", "07:00-15:00", nil, nil, nil),
            // By an hour of the last day for certain, or not that day.
            ("08:00-10:30", nil, "2026-03-06T10:30", "2026-03-06", "10:30"),
            ("08:00-10:30", nil, "2026-03-06T10:29", "2026-03-09", "10:30"),
            (nil, nil, "2026-03-06T12:00", "2026-03-09", "23:59"),
            (nil, nil, "2026-03-06T23:59", "2026-03-06", "23:59"),
            (nil, nil, "2026-03-09T12:00", "2026-03-06", "23:59"),
            ("09:00-17:00", "07:00-15:00", "2026-03-09T15:00", "2026-03-09", "15:00"),
            ("09:00-17:00", "07:00-15:00", "2026-03-09T12:00", "2026-03-10", "15:00"),
        ] as [(String?, String?, String?, String?, String?)]
    )
    func `counts as arrived when it comes within the hours for certain, or the time after`(
        delivers: String?,
        receives: String?,
        deadline: String?,
        arrives: String?,
        latest: String?
    ) throws {
        let hours = try delivers.map { try HoursOfDay(parsing: $0) }
        let last = try deadline.map { try DeliveryTerms.moment(parsing: $0) }
        let carrier = CarrierCalendar(deliveryHours: hours)
        let terms = try DeliveryTerms(
            checkingReceiving: .mondayToFriday,
            hours: receives.map { try HoursOfDay(parsing: $0) },
            by: last?.day,
            byTime: last?.time
        )

        let found = carrier.arrival(leaving: try day("2026-03-05"), transitDays: 1, to: terms)

        #expect(found?.description == arrives)
        #expect(carrier.latestHour(to: terms)?.description == latest)
    }

    // The mirror of a time by which goods must be there: a carrier that may come before it comes
    // too early.
    @Test(
        arguments: [
            ("13:00-17:00", nil, "13:00", "2026-03-06", "13:00"),
            ("12:59-17:00", nil, "13:00", "2026-03-07", "12:59"),
            (nil, nil, "13:00", "2026-03-07", "00:00"),
            (nil, nil, "00:00", "2026-03-06", "00:00"),
            // Nobody is there before one: what comes earlier comes again.
            ("08:00-17:00", "13:00-18:00", "13:00", "2026-03-06", "13:00"),
            ("08:00-17:00", "12:00-18:00", "13:00", "2026-03-07", "12:00"),
            ("08:00-17:00", nil, nil, "2026-03-06", nil),
        ] as [(String?, String?, String?, String, String?)]
    )
    func `counts a day as the first where it comes late enough for certain, or the day after`(
        delivers: String?,
        receives: String?,
        time: String?,
        first: String,
        earliest: String?
    ) throws {
        let carrier = CarrierCalendar(
            deliveryHours: try delivers.map { try HoursOfDay(parsing: $0) }
        )
        let terms = try DeliveryTerms(
            checkingReceiving: .everyDay,
            hours: receives.map { try HoursOfDay(parsing: $0) },
            notBefore: day("2026-03-06"),
            notBeforeTime: time.map { try TimeOfDay(parsing: $0) }
        )

        #expect(carrier.firstDay(to: terms)?.description == first)
        #expect(carrier.earliestHour(to: terms)?.description == earliest)
    }

    @Test func `gives no day for a transit that no carrier takes`() throws {
        let leaving = try day("2026-03-04")

        #expect(CarrierCalendar.mondayToFriday.arrival(leaving: leaving, transitDays: -1) == nil)
        #expect(
            CarrierCalendar.mondayToFriday.arrival(
                leaving: leaving,
                transitDays: Limits.transitDaysMaximum + 1
            ) == nil
        )
        #expect(
            CarrierCalendar(transitDays: .none).arrival(leaving: leaving, transitDays: 1) == nil
        )
    }

    @Test func `lists its days in the order of the week`() {
        let days: Weekdays = [.saturday, .monday, .friday]

        #expect(days.days == [.monday, .friday, .saturday])
        #expect(Weekdays.everyDay.days == Weekday.allCases)
        #expect(Weekdays.none.days.isEmpty)
    }

    // 2026-03-05 is a Thursday.
    @Test(arguments: [
        ("2026-03-05", 2, "2026-03-07"), ("2026-03-06", 1, "2026-03-07"),
        ("2026-03-06", 2, "2026-03-10"), ("2026-03-04", 2, "2026-03-06"),
        ("2026-03-06", 0, "2026-03-06"), ("2026-03-05", 3, "2026-03-10"),
    ])
    func `delivers on Saturday what is due on it, and counts it for nothing else`(
        leaves: String,
        days: Int,
        arrives: String
    ) throws {
        let carrier = CarrierCalendar(deliveryOnlyDays: [.saturday])

        #expect(
            carrier.arrival(leaving: try day(leaves), transitDays: days) == (try day(arrives))
        )
    }

    @Test func `delivers on Monday where nobody receives on Saturday, or it is a holiday`() throws {
        let carrier = CarrierCalendar(deliveryOnlyDays: [.saturday])
        let closed = CarrierCalendar(
            deliveryOnlyDays: [.saturday],
            holidays: [try day("2026-03-07")]
        )
        let thursday = try day("2026-03-05")

        #expect(
            carrier.arrival(
                leaving: thursday,
                transitDays: 2,
                to: try DeliveryTerms(checkingReceiving: .mondayToFriday)
            ) == (try day("2026-03-09"))
        )
        #expect(closed.arrival(leaving: thursday, transitDays: 2) == (try day("2026-03-09")))
    }

    @Test func `is never later for delivering on more days`() throws {
        var random = SeededGenerator(seed: 7)
        var sooner = 0
        for _ in 0..<5000 {
            let days = { (random: inout SeededGenerator) in
                Weekdays(bits: .random(in: 1...127, using: &random)) ?? .everyDay
            }
            let (transit, more) = (days(&random), days(&random))
            let leaving = try day("2026-03-02").adding(days: .random(in: 0...13, using: &random))
            let transitDays = Int.random(in: 0...6, using: &random)
            let plain = CarrierCalendar(transitDays: transit)
                .arrival(leaving: leaving, transitDays: transitDays)
            let extended = CarrierCalendar(transitDays: transit, deliveryOnlyDays: more)
                .arrival(leaving: leaving, transitDays: transitDays)
            let found = try #require(extended)
            let usual = try #require(plain)
            #expect(found <= usual)
            if found < usual {
                #expect(more.contains(found.weekday) && !transit.contains(found.weekday))
                sooner += 1
            }
        }
        #expect(sooner > 500)
    }
}
