package import AllocationModel

/// The days on which a carrier picks up, and those on which its network moves.
///
/// Not the site's: a carrier works on holidays the site keeps, and the reverse.
package struct CarrierCalendar: Hashable, Sendable {
    package let pickupDays: Weekdays
    /// The days that count as transit, and on which it delivers.
    package let transitDays: Weekdays
    /// Days on which it delivers what is due, and which do not count as transit otherwise.
    ///
    /// Saturday, for a service with Saturday delivery: what is two days on the way and leaves on
    /// Thursday arrives on Saturday, and what leaves on Friday on Tuesday.
    package let deliveryOnlyDays: Weekdays
    /// The days on which it neither picks up nor moves, by rising date.
    package let holidays: [CivilDate]
    private let closed: DaySet

    /// Monday to Friday and no holidays.
    package static let mondayToFriday = CarrierCalendar()

    package init(
        pickupDays: Weekdays = .mondayToFriday,
        transitDays: Weekdays = .mondayToFriday,
        deliveryOnlyDays: Weekdays = .none,
        holidays: [CivilDate] = []
    ) {
        self.pickupDays = pickupDays
        self.transitDays = transitDays
        self.deliveryOnlyDays = deliveryOnlyDays
        self.holidays = holidays.sorted()
        closed = DaySet(holidays)
    }

    private init(_ other: Self, on week: CarrierCalendars.Week) {
        pickupDays = week.pickup
        transitDays = week.transit
        deliveryOnlyDays = week.deliveryOnly
        holidays = other.holidays
        closed = other.closed
    }

    /// Returns the same holidays with other days of the week.
    func on(_ week: CarrierCalendars.Week) -> CarrierCalendar {
        CarrierCalendar(self, on: week)
    }

    func picksUp(onDay number: Int) -> Bool {
        pickupDays.contains(dayNumber: number) && !closed.contains(number)
    }

    func moves(onDay number: Int) -> Bool {
        transitDays.contains(dayNumber: number) && !closed.contains(number)
    }

    /// Whether it delivers, and moves nothing else.
    private func delivers(onDay number: Int) -> Bool {
        deliveryOnlyDays.contains(dayNumber: number) && !closed.contains(number)
    }

    /// Returns the day on which what leaves on `leaving` arrives, or nil beyond the horizon.
    ///
    /// The day of leaving is day zero; each day on which the carrier moves counts
    /// one, and a day on which it only delivers counts where it is the last. If
    /// the customer does not receive on the last, it is the carrier's next day on
    /// which they do.
    package func arrival(
        leaving: CivilDate,
        transitDays: Int,
        receiving: Weekdays = .everyDay
    ) -> CivilDate? {
        guard (0...Limits.transitDaysMaximum).contains(transitDays) else { return nil }
        let first = leaving.daysSinceEpoch
        var left = transitDays
        for number in first...(first + Limits.calendarHorizonDays) {
            // A courier that needs no transit day delivers on the day it picks up.
            let isMoving = moves(onDay: number) || (transitDays == 0 && number == first)
            guard isMoving else {
                if number > first && left <= 1 && delivers(onDay: number)
                    && receiving.contains(dayNumber: number)
                {
                    return CivilDate(daysSinceEpoch: number)
                }
                continue
            }
            if number > first && left > 0 { left -= 1 }
            if left == 0 && receiving.contains(dayNumber: number) {
                return CivilDate(daysSinceEpoch: number)
            }
        }
        return nil
    }
}
