package import AllocationModel

/// One day of a site's calendar, as a site manager looks at it beforehand.
package struct ShippingDay: Hashable, Sendable {
    package let date: CivilDate
    /// Until when an order must be in that takes no time to pick; nil where nothing leaves.
    package let cutoff: TimeOfDay?
    /// The day and time by which an order must be in to leave on it; nil where nothing does.
    package let orderBy: Deadline?
    /// What is unusual about the day, or why nothing leaves; nil on a usual one.
    package let remark: Remark?

    /// Why a day is not as its weekday usually is.
    package enum Remark: Hashable, Sendable {
        /// The weekday has no cutoff.
        case noCutoff
        case closed(String)
        case halfDay(String)
        /// The carrier does not pick up.
        case noPickup
    }

    /// A moment of the site's calendar and clock.
    package struct Deadline: Hashable, Sendable {
        package let date: CivilDate
        package let time: TimeOfDay
    }

    package var ships: Bool { cutoff != nil }
}

extension SiteCalendar {
    /// Returns each of so many days, as `departure` sees it.
    ///
    /// - Precondition: `days` is between zero and `Limits.previewDaysMaximum`.
    package func shippingDays(
        from first: CivilDate,
        days: Int,
        service: String? = nil,
        carrier: CarrierCalendar? = nil,
        lead: LeadTime? = nil
    ) -> [ShippingDay] {
        precondition((0...Limits.previewDaysMaximum).contains(days), "a preview is a few weeks")
        return (0..<days)
            .map {
                day(
                    first.adding(days: $0),
                    service: service,
                    carrier: carrier,
                    lead: lead ?? leadTimes.usual
                )
            }
    }

    private func day(
        _ date: CivilDate,
        service: String?,
        carrier: CarrierCalendar?,
        lead: LeadTime
    ) -> ShippingDay {
        let idle = { (remark: ShippingDay.Remark) in
            ShippingDay(date: date, cutoff: nil, orderBy: nil, remark: remark)
        }
        guard let usual = cutoffs.time(on: date.weekday, for: service) else {
            return idle(.noCutoff)
        }
        let special = holidays.first { $0.date == date }
        if let special, special.cutoff == nil { return idle(.closed(special.name)) }
        if let carrier, !carrier.picksUp(onDay: date.daysSinceEpoch) { return idle(.noPickup) }
        return ShippingDay(
            date: date,
            cutoff: special?.cutoff.map { min($0, usual) } ?? usual,
            orderBy: deadline(toLeaveOn: date, service: service, lead: lead)
                .map { ShippingDay.Deadline(date: $0.date, time: $0.time) },
            remark: special.map { .halfDay($0.name) }
        )
    }
}
