package import AllocationModel

/// One day of a site's calendar, as a site manager looks at it beforehand.
package struct ShippingDay: Hashable, Sendable {
    package let date: CivilDate
    /// Until when an order must be in; nil where nothing leaves.
    package let cutoff: TimeOfDay?
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

    package var ships: Bool { cutoff != nil }
}

extension SiteCalendar {
    /// Returns each of so many days, as `departure` sees it with no lead time.
    ///
    /// - Precondition: `days` is between zero and `Limits.previewDaysMaximum`.
    package func shippingDays(
        from first: CivilDate,
        days: Int,
        service: String? = nil,
        carrier: CarrierCalendar? = nil
    ) -> [ShippingDay] {
        precondition((0...Limits.previewDaysMaximum).contains(days), "a preview is a few weeks")
        return (0..<days).map { day(first.adding(days: $0), service: service, carrier: carrier) }
    }

    private func day(
        _ date: CivilDate,
        service: String?,
        carrier: CarrierCalendar?
    ) -> ShippingDay {
        guard let usual = cutoffs.time(on: date.weekday, for: service) else {
            return ShippingDay(date: date, cutoff: nil, remark: .noCutoff)
        }
        let special = holidays.first { $0.date == date }
        if let special, special.cutoff == nil {
            return ShippingDay(date: date, cutoff: nil, remark: .closed(special.name))
        }
        if let carrier, !carrier.picksUp(onDay: date.daysSinceEpoch) {
            return ShippingDay(date: date, cutoff: nil, remark: .noPickup)
        }
        return ShippingDay(
            date: date,
            cutoff: special?.cutoff.map { min($0, usual) } ?? usual,
            remark: special.map { .halfDay($0.name) }
        )
    }
}
