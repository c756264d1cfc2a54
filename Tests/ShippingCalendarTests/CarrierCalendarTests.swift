import AllocationModel
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
            carrier.arrival(leaving: leaving, transitDays: 1, receiving: [.tuesday])
                == (try day("2026-03-10"))
        )
        // A customer who receives on Saturdays only waits for ever for this carrier.
        #expect(carrier.arrival(leaving: leaving, transitDays: 1, receiving: [.saturday]) == nil)
        #expect(carrier.arrival(leaving: leaving, transitDays: 1, receiving: .none) == nil)
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
}
