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
    /// Between which hours it delivers, by the destination's clock; nil where that is not known.
    package let deliveryHours: HoursOfDay?
    /// The days on which it neither picks up nor moves, by rising date.
    package let holidays: [CivilDate]
    private let closed: DaySet

    /// Monday to Friday and no holidays.
    package static let mondayToFriday = CarrierCalendar()

    package init(
        pickupDays: Weekdays = .mondayToFriday,
        transitDays: Weekdays = .mondayToFriday,
        deliveryOnlyDays: Weekdays = .none,
        deliveryHours: HoursOfDay? = nil,
        holidays: [CivilDate] = []
    ) {
        self.pickupDays = pickupDays
        self.transitDays = transitDays
        self.deliveryOnlyDays = deliveryOnlyDays
        self.deliveryHours = deliveryHours
        self.holidays = holidays.sorted()
        closed = DaySet(holidays)
    }

    private init(_ other: Self, on week: CarrierCalendars.Week) {
        pickupDays = week.pickup
        transitDays = week.transit
        deliveryOnlyDays = week.deliveryOnly
        deliveryHours = week.hours
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
    ///
    /// Where some of the carrier's hours are not the customer's, the goods may come when nobody is
    /// there: they count as arriving the next time that it delivers. So they do where it may come
    /// after the hour by which they must be there on the last day. A carrier whose hours are not
    /// known comes at any; one that has no hour in common with the customer never arrives.
    package func arrival(
        leaving: CivilDate,
        transitDays: Int,
        to terms: DeliveryTerms = .any
    ) -> CivilDate? {
        guard (0...Limits.transitDaysMaximum).contains(transitDays),
            let hours = hours(at: terms)
        else { return nil }
        let receiving = terms.receiving
        let first = leaving.daysSinceEpoch
        var left = transitDays
        var isFirstTry = terms.hours?.contains(deliveryHours ?? .all) == false
        /// Whether what is due is there for certain, or to be tried once more.
        func isThere(onDay number: Int) -> CivilDate? {
            if isFirstTry {
                isFirstTry = false
                return nil
            }
            let day = CivilDate(daysSinceEpoch: number)
            return day == terms.by && !terms.isInTime(on: day, by: hours.until) ? nil : day
        }
        for number in first...(first + Limits.calendarHorizonDays) {
            // A courier that needs no transit day delivers on the day it picks up.
            let isMoving = moves(onDay: number) || (transitDays == 0 && number == first)
            guard isMoving else {
                if number > first && left <= 1 && delivers(onDay: number)
                    && receiving.contains(dayNumber: number), let day = isThere(onDay: number)
                {
                    return day
                }
                continue
            }
            if number > first && left > 0 { left -= 1 }
            if left == 0 && receiving.contains(dayNumber: number), let day = isThere(onDay: number)
            {
                return day
            }
        }
        return nil
    }

    /// Returns the first day on which goods may arrive whenever on it this carrier comes.
    ///
    /// The day after the first, where it may come before the time from which they are wanted on it.
    package func firstDay(to terms: DeliveryTerms) -> CivilDate? {
        terms.notBefore.map { day in
            guard let time = terms.notBeforeTime, let hours = hours(at: terms), hours.from < time
            else { return day }
            return day.adding(days: 1)
        }
    }

    /// Returns from when on its day what arrives may be there; nil where no such time is asked for.
    package func earliestHour(to terms: DeliveryTerms) -> TimeOfDay? {
        terms.notBeforeTime == nil ? nil : hours(at: terms)?.from
    }

    /// Returns by when on its day what arrives is there; nil where nobody speaks of hours.
    package func latestHour(to terms: DeliveryTerms) -> TimeOfDay? {
        let isSaid = deliveryHours != nil || terms.hours != nil || terms.byTime != nil
        return isSaid ? hours(at: terms)?.until : nil
    }

    /// Whether it ever delivers when somebody is there.
    package func sharesAnHour(with terms: DeliveryTerms) -> Bool { hours(at: terms) != nil }

    /// The hours at which it delivers and somebody is there; nil for none.
    private func hours(at terms: DeliveryTerms) -> HoursOfDay? {
        (deliveryHours ?? .all).common(with: terms.hours ?? .all)
    }
}
