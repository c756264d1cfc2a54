package import AllocationModel

/// When what is ordered now would leave a warehouse, and arrive.
///
/// The only place that answers it: bid, promise, pick list and report all ask
/// here. Pure: the time comes in with the question.
package struct SiteCalendar: Hashable, Sendable {
    package let timeZone: SiteTimeZone
    package let cutoffs: Cutoffs
    /// By rising date.
    package let holidays: [Holiday]
    /// What pick and pack take between taking an order and its leaving.
    package let leadTimes: LeadTimes
    private let closed: DaySet
    private let halves: [HalfDay]

    package init(
        timeZone: SiteTimeZone,
        cutoffs: Cutoffs,
        holidays: [Holiday] = [],
        leadTimes: LeadTimes = LeadTimes()
    ) {
        self.timeZone = timeZone
        self.cutoffs = cutoffs
        self.holidays = holidays.sorted { $0.date < $1.date }
        self.leadTimes = leadTimes
        closed = DaySet(holidays.filter { $0.cutoff == nil }.map(\.date))
        halves = self.holidays.compactMap { holiday in
            holiday.cutoff.map { HalfDay(number: holiday.date.daysSinceEpoch, cutoff: $0) }
        }
    }

    /// A day on which the site does not ship, or only until noon.
    package struct Holiday: Hashable, Sendable {
        package let date: CivilDate
        package let name: String
        /// Until when a half day ships; nil where the day does not ship at all.
        ///
        /// A service whose own cutoff is earlier keeps it.
        package let cutoff: TimeOfDay?

        package init(_ date: CivilDate, name: String, cutoff: TimeOfDay? = nil) {
            self.date = date
            self.name = name
            self.cutoff = cutoff
        }
    }

    private struct HalfDay: Hashable {
        let number: Int
        let cutoff: TimeOfDay
    }

    /// The day on which goods would leave, and until when that holds.
    package struct Departure: Hashable, Sendable {
        package let leaves: CivilDate
        /// The local time until which an order leaves on that day.
        package let cutoff: TimeOfDay
        /// The day of that cutoff: `leaves` itself, or earlier by the lead time.
        package let cutoffDate: CivilDate
        /// The first instant that is too late.
        package let cutoffInstant: Timestamp
    }

    /// A departure, and the day on which what left then arrives.
    package struct Delivery: Hashable, Sendable {
        package let departure: Departure
        package let arrives: CivilDate
        /// From when on that day; nil where it may arrive at any hour of its first day.
        package let arrivesFrom: TimeOfDay?
        /// By when on that day; nil where nobody has said anything of hours.
        package let arrivesBy: TimeOfDay?
    }

    /// Returns when an order that is taken at `now` would leave.
    ///
    /// It leaves on the first day on which the site ships by `service`, the
    /// carrier picks up, there is room, and the cutoff of the working day the lead time
    /// before has not passed. At exactly the cutoff's instant it has.
    ///
    /// - Parameters:
    ///   - now: The time of asking.
    ///   - service: The carrier service's code, which may have cutoffs of its own.
    ///   - carrier: Whose pick-up days count; nil where the site's own days decide alone.
    ///   - lead: What pick and pack take; nil for what is usual at the site.
    ///   - hasRoom: Whether the goods may leave on a day beside all else that does.
    /// - Returns: Nil where no day of the horizon will do.
    package func departure(
        at now: Timestamp,
        service: String? = nil,
        carrier: CarrierCalendar? = nil,
        lead: LeadTime? = nil,
        hasRoom: (CivilDate) -> Bool = { _ in true }
    ) -> Departure? {
        let week = Week(days: cutoffs.week(for: service), lead: lead ?? leadTimes.usual)
        let today = timeZone.dayNumber(of: now)
        let horizon = today + Limits.calendarHorizonDays
        guard var deadline = openDay(from: today, until: horizon, in: week) else { return nil }
        if deadline.instant <= now {
            guard let next = openDay(from: deadline.number + 1, until: horizon, in: week)
            else { return nil }
            deadline = next
        }
        var leaving = deadline.number
        for _ in 0..<week.lead.days {
            guard let next = workingDay(from: leaving + 1, until: horizon, in: week)
            else { return nil }
            leaving = next
        }
        while !(carrier?.picksUp(onDay: leaving) ?? true)
            || !hasRoom(CivilDate(daysSinceEpoch: leaving))
        {
            // Leaving a working day later, the order may come in one later too.
            guard let next = workingDay(from: leaving + 1, until: horizon, in: week),
                let later = openDay(from: deadline.number + 1, until: horizon, in: week)
            else { return nil }
            leaving = next
            deadline = later
        }
        return Departure(
            leaves: CivilDate(daysSinceEpoch: leaving),
            cutoff: deadline.time,
            cutoffDate: CivilDate(daysSinceEpoch: deadline.number),
            cutoffInstant: deadline.instant
        )
    }

    /// Returns when an order that is taken at `now` would leave and arrive.
    ///
    /// - Parameters:
    ///   - now: The time of asking.
    ///   - service: The carrier service's code, which may have cutoffs of its own.
    ///   - transitDays: The carrier's working days on the way.
    ///   - carrier: Whose pick-up and transit days, and hours of delivery, count.
    ///   - terms: When the customer takes goods in; nothing leaves to arrive before the first day,
    ///     or on it before its time.
    ///   - lead: What pick and pack take; nil for what is usual at the site.
    ///   - hasRoom: Whether the goods may leave on a day beside all else that does.
    /// - Returns: Nil where no day of the horizon will do; what is late is returned.
    package func delivery(
        at now: Timestamp,
        service: String?,
        transitDays: Int,
        carrier: CarrierCalendar = .mondayToFriday,
        to terms: DeliveryTerms = .any,
        lead: LeadTime? = nil,
        hasRoom: (CivilDate) -> Bool = { _ in true }
    ) -> Delivery? {
        let first = carrier.firstDay(to: terms)
        func arrival(leaving day: CivilDate) -> CivilDate? {
            carrier.arrival(leaving: day, transitDays: transitDays, to: terms)
        }
        let departure = departure(
            at: now,
            service: service,
            carrier: carrier,
            lead: lead,
            hasRoom: { day in
                guard let first else { return hasRoom(day) }
                return arrival(leaving: day).map { $0 >= first } ?? false && hasRoom(day)
            }
        )
        guard let departure, let arrives = arrival(leaving: departure.leaves) else { return nil }
        return Delivery(
            departure: departure,
            arrives: arrives,
            arrivesFrom: carrier.earliestHour(to: terms),
            arrivesBy: carrier.latestHour(to: terms)
        )
    }

    /// Returns the departure with the latest cutoff that still arrives by `date`.
    ///
    /// The inverse of `delivery` where every day has room: an order taken before
    /// its cutoff arrives by then, and one taken at it or later does not.
    ///
    /// - Parameters:
    ///   - date: The last day on which the goods may arrive.
    ///   - service: The carrier service's code, which may have cutoffs of its own.
    ///   - transitDays: The carrier's working days on the way.
    ///   - carrier: Whose pick-up and transit days, and hours of delivery, count.
    ///   - terms: On which days and hours the customer takes goods in, and by which on the last.
    ///   - lead: What pick and pack take; nil for what is usual at the site.
    /// - Returns: Nil where no cutoff of the year before will do.
    package func lastDeparture(
        toArriveBy date: CivilDate,
        service: String?,
        transitDays: Int,
        carrier: CarrierCalendar = .mondayToFriday,
        to terms: DeliveryTerms = .any,
        lead: LeadTime? = nil
    ) -> Departure? {
        let week = Week(days: cutoffs.week(for: service), lead: lead ?? leadTimes.usual)
        let last = date.daysSinceEpoch
        for number in (last - Limits.calendarHorizonDays...last).reversed() {
            guard let day = openDay(from: number, until: number, in: week) else { continue }
            let before = Timestamp(milliseconds: day.instant.milliseconds - 1)
            let found = delivery(
                at: before,
                service: service,
                transitDays: transitDays,
                carrier: carrier,
                to: terms,
                lead: week.lead
            )
            if let found, found.arrives <= date { return found.departure }
        }
        return nil
    }

    /// Returns until when goods must be on their way to leave on a day.
    ///
    /// - Parameters:
    ///   - date: The day on which they leave.
    ///   - service: The carrier service's code, which may have cutoffs of its own.
    /// - Returns: Nil where nothing leaves on the date.
    package func leavesBy(on date: CivilDate, service: String?) -> LocalTime? {
        let week = Week(days: cutoffs.week(for: service), lead: .none)
        let number = date.daysSinceEpoch
        return openDay(from: number, until: number, in: week).map(local)
    }

    /// Returns until when goods that are picked and packed may leave and still arrive by `date`.
    ///
    /// - Parameters:
    ///   - date: The last day on which the goods may arrive.
    ///   - service: The carrier service's code, which may have cutoffs of its own.
    ///   - transitDays: The carrier's working days on the way.
    ///   - carrier: Whose pick-up and transit days, and hours of delivery, count.
    ///   - terms: On which days and hours the customer takes goods in, and by which on the last.
    /// - Returns: Nil where no cutoff of the year before will do.
    package func lastCutoff(
        toArriveBy date: CivilDate,
        service: String?,
        transitDays: Int,
        carrier: CarrierCalendar,
        to terms: DeliveryTerms
    ) -> LocalTime? {
        lastDeparture(
            toArriveBy: date,
            service: service,
            transitDays: transitDays,
            carrier: carrier,
            to: terms,
            lead: LeadTime.none
        )
        .flatMap { leavesBy(on: $0.leaves, service: service) }
    }

    private func local(_ day: OpenDay) -> LocalTime {
        let reading = day.number * 1440 + day.time.minutesSinceMidnight
        let minutes = Int((day.instant.milliseconds / 60_000))
        return LocalTime(
            date: CivilDate(daysSinceEpoch: day.number),
            time: day.time,
            utcOffset: reading - minutes
        )
    }

    /// A working day and its cutoff.
    private struct OpenDay {
        let number: Int
        let time: TimeOfDay
        let instant: Timestamp
    }

    /// The cutoffs of a service, Monday first, and what pick and pack take before them.
    private struct Week {
        let days: [TimeOfDay?]
        let lead: LeadTime
    }

    /// Returns the working day that has the deadline of what leaves on a working day.
    ///
    /// - Parameters:
    ///   - date: The day on which it leaves.
    ///   - service: The carrier service's code, which may have cutoffs of its own.
    ///   - lead: What pick and pack take.
    /// - Returns: Day and time, or nil where nothing leaves on the date, or no such day came before.
    package func deadline(
        toLeaveOn date: CivilDate,
        service: String?,
        lead: LeadTime
    ) -> (date: CivilDate, time: TimeOfDay)? {
        let week = Week(days: cutoffs.week(for: service), lead: lead)
        let last = date.daysSinceEpoch
        guard workingDay(from: last, until: last, in: week) != nil else { return nil }
        var number = last
        var left = lead.days
        while left > 0 {
            number -= 1
            guard number > last - Limits.calendarHorizonDays else { return nil }
            if workingDay(from: number, until: number, in: week) != nil { left -= 1 }
        }
        return openDay(from: number, until: number, in: week)
            .map { (CivilDate(daysSinceEpoch: $0.number), $0.time) }
    }

    private func openDay(from first: Int, until last: Int, in week: Week) -> OpenDay? {
        guard let number = workingDay(from: first, until: last, in: week),
            let time = cutoff(ofDay: number, in: week)
        else { return nil }
        return OpenDay(
            number: number,
            time: time,
            instant: timeZone.instant(ofDay: number, at: time)
        )
    }

    /// The weekday's cutoff, or that of the half day where it is earlier, less the lead time.
    private func cutoff(ofDay number: Int, in week: Week) -> TimeOfDay? {
        guard let usual = week.days[weekdayIndex(ofDay: number)] else { return nil }
        let half = halves.first { $0.number == number }
        return week.lead.deadline(before: half.map { min(usual, $0.cutoff) } ?? usual)
    }

    private func workingDay(from first: Int, until last: Int, in week: Week) -> Int? {
        var number = first
        while number <= last {
            if week.days[weekdayIndex(ofDay: number)] != nil && !closed.contains(number) {
                return number
            }
            number += 1
        }
        return nil
    }
}
