/// When a destination takes goods in.
package struct DeliveryTerms: Hashable, Sendable {
    /// The days of the week on which somebody is there.
    package let receiving: Weekdays
    /// The first day on which it wants them; nil for any.
    package let notBefore: CivilDate?
    /// The last day on which it takes them; nil for any.
    ///
    /// What would come later is not sent.
    package let by: CivilDate?

    /// Every day, however soon or late.
    package static let any = DeliveryTerms(trusted: .everyDay)

    private init(trusted receiving: Weekdays, notBefore: CivilDate? = nil, by: CivilDate? = nil) {
        self.receiving = receiving
        self.notBefore = notBefore
        self.by = by
    }

    /// Checks terms that came from outside.
    package init(
        checkingReceiving receiving: Weekdays,
        notBefore: CivilDate? = nil,
        by: CivilDate? = nil
    ) throws(ParseError) {
        guard receiving != .none else {
            throw ParseError("are no days; name one at the least, or leave them out for all")
        }
        if let notBefore, let by, notBefore > by {
            throw ParseError(
                "nothing arrives both from \(notBefore) on and by \(by); give a later last day"
            )
        }
        self.init(trusted: receiving, notBefore: notBefore, by: by)
    }

    /// Checks the first and the last day, for a destination that takes goods in on all days.
    package init(notBefore: CivilDate?, by: CivilDate? = nil) throws(ParseError) {
        try self.init(checkingReceiving: .everyDay, notBefore: notBefore, by: by)
    }

    /// Returns a bid without the services that would arrive otherwise.
    ///
    /// A site of before these terms does not know them, and bids as if there were none.
    package func kept(by bid: Bid) -> Bid {
        let others = bid.services.filter { !takes(on: $0.arrives) }
        guard !others.isEmpty else { return bid }
        return Bid(
            warehouse: bid.warehouse,
            offers: bid.offers,
            services: bid.services.filter { takes(on: $0.arrives) },
            fixedCost: bid.fixedCost,
            declines: bid.declines
                + others.map { service in
                    let isLate = by.map { service.arrives > $0 } ?? false
                    return Decline(
                        .service(service.code),
                        isLate ? .tooLate(service.arrives) : .noWorkingDay
                    )
                }
        )
    }

    /// Returns the same days of the week, however soon or late.
    package var withoutDates: DeliveryTerms { DeliveryTerms(trusted: receiving) }

    /// Whether goods may arrive on a day.
    package func takes(on day: CivilDate) -> Bool {
        receiving.contains(day.weekday) && day >= notBefore ?? day && day <= by ?? day
    }
}
