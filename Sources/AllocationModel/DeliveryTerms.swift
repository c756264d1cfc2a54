/// When a destination takes goods in.
///
/// All of it is in the destination's own time.
package struct DeliveryTerms: Hashable, Sendable {
    /// The days of the week on which somebody is there.
    package let receiving: Weekdays
    /// Between which hours of them; nil for all day.
    package let hours: HoursOfDay?
    /// The first day on which it wants them; nil for any.
    package let notBefore: CivilDate?
    /// From when on that first day; nil for all of it.
    package let notBeforeTime: TimeOfDay?
    /// The last day on which it takes them; nil for any.
    ///
    /// What would come later is not sent.
    package let by: CivilDate?
    /// Until when on that last day; nil for all of it.
    package let byTime: TimeOfDay?

    /// Every day, however soon or late.
    package static let any = DeliveryTerms(trusted: .everyDay)

    private init(
        trusted receiving: Weekdays,
        hours: HoursOfDay? = nil,
        notBefore: CivilDate? = nil,
        notBeforeTime: TimeOfDay? = nil,
        by: CivilDate? = nil,
        byTime: TimeOfDay? = nil
    ) {
        self.receiving = receiving
        self.hours = hours
        self.notBefore = notBefore
        self.notBeforeTime = notBeforeTime
        self.by = by
        self.byTime = byTime
    }

    /// Checks terms that came from outside.
    package init(
        checkingReceiving receiving: Weekdays,
        hours: HoursOfDay? = nil,
        notBefore: CivilDate? = nil,
        notBeforeTime: TimeOfDay? = nil,
        by: CivilDate? = nil,
        byTime: TimeOfDay? = nil
    ) throws(ParseError) {
        guard receiving != .none else {
            throw ParseError("are no days; name one at the least, or leave them out for all")
        }
        if let notBefore, let by, notBefore > by {
            throw ParseError(
                "nothing arrives both from \(notBefore) on and by \(by); give a later last day"
            )
        }
        if byTime != nil && by == nil {
            throw ParseError("a time by which it must arrive needs a day; give one")
        }
        if let byTime, let hours, byTime <= hours.from {
            throw ParseError(
                "\(byTime) is before anybody is there (\(hours)); give a later time, or the "
                    + "day before"
            )
        }
        try Self.checkFirst(notBefore, notBeforeTime, hours: hours, by: by, byTime)
        self.init(
            trusted: receiving,
            hours: hours,
            notBefore: notBefore,
            notBeforeTime: notBeforeTime,
            by: by,
            byTime: byTime
        )
    }

    private static func checkFirst(
        _ day: CivilDate?,
        _ time: TimeOfDay?,
        hours: HoursOfDay?,
        by last: CivilDate?,
        _ lastTime: TimeOfDay?
    ) throws(ParseError) {
        guard let time else { return }
        guard let day else {
            throw ParseError("a time before which it may not arrive needs a day; give one")
        }
        if let hours, time >= hours.until {
            throw ParseError(
                "from \(time) on nobody is there any more (\(hours)); give an earlier time, or the "
                    + "day after"
            )
        }
        if day == last, let lastTime, time > lastTime {
            throw ParseError(
                "nothing arrives both from \(time) on and by \(lastTime); give a later last time"
            )
        }
    }

    /// Checks the first and the last day, for a destination that takes goods in on all days.
    package init(notBefore: CivilDate?, by: CivilDate? = nil) throws(ParseError) {
        try self.init(checkingReceiving: .everyDay, notBefore: notBefore, by: by)
    }

    /// Returns a bid without the services that would arrive otherwise.
    ///
    /// A site of before these terms does not know them, and bids as if there were none.
    package func kept(by bid: Bid) -> Bid {
        let others = bid.services.filter { !takes($0) }
        guard !others.isEmpty else { return bid }
        return Bid(
            warehouse: bid.warehouse,
            offers: bid.offers,
            services: bid.services.filter(takes),
            fixedCost: bid.fixedCost,
            declines: bid.declines
                + others.map { service in
                    // What may come after the hour on the last day counts as the day after.
                    let isOnDay = takes(on: service.arrives)
                    let day =
                        isOnDay && isLateEnough(service) ? by?.adding(days: 1) : service.arrives
                    let late = day.flatMap { day in by.map { day > $0 } ?? false ? day : nil }
                    return Decline(
                        .service(service.code),
                        late.map(Decline.Reason.tooLate) ?? .noWorkingDay
                    )
                },
            incoming: bid.incoming
        )
    }

    /// Returns the same days of the week and hours, however soon or late.
    package var withoutDates: DeliveryTerms { DeliveryTerms(trusted: receiving, hours: hours) }

    /// Returns the same days of the week and hours, from the first to the last day of others.
    ///
    /// - Throws: `ParseError` where nothing could arrive on the last day within these hours.
    package func withDates(of other: DeliveryTerms) throws(ParseError) -> DeliveryTerms {
        try DeliveryTerms(
            checkingReceiving: receiving,
            hours: hours,
            notBefore: other.notBefore,
            notBeforeTime: other.notBeforeTime,
            by: other.by,
            byTime: other.byTime
        )
    }

    /// Whether goods may arrive on a day.
    package func takes(on day: CivilDate) -> Bool {
        receiving.contains(day.weekday) && day >= notBefore ?? day && day <= by ?? day
    }

    /// Whether what comes on a day by an hour of it is in time.
    ///
    /// Where hours count, what does not say by when it comes may come after them on the last day.
    package func isInTime(on day: CivilDate, by hour: TimeOfDay?) -> Bool {
        guard let by, day >= by else { return true }
        guard byTime != nil || hours != nil else { return day == by }
        return day == by && hour.map { $0 <= byTime ?? .endOfDay } ?? false
    }

    private func takes(_ service: Bid.Service) -> Bool {
        takes(on: service.arrives) && isInTime(on: service.arrives, by: service.arrivesBy)
            && isLateEnough(service)
    }

    /// Whether it is known not to come before the time on the first day.
    private func isLateEnough(_ service: Bid.Service) -> Bool {
        isLateEnough(on: service.arrives, from: service.arrivesFrom)
    }

    /// Whether what comes on a day from an hour of it on is not too early.
    ///
    /// What does not say from when it comes may come before the time on the first day.
    package func isLateEnough(on day: CivilDate, from hour: TimeOfDay?) -> Bool {
        guard let notBeforeTime, day == notBefore else { return true }
        return hour.map { $0 >= notBeforeTime } ?? false
    }
}

extension DeliveryTerms {
    /// `2026-03-06`, or `2026-03-06T13:00` where it may not arrive before a time of that day.
    package var notBeforeText: String? {
        notBefore.map { day in notBeforeTime.map { "\(day)T\($0)" } ?? "\(day)" }
    }

    /// `2026-03-06`, or `2026-03-06T12:00` where it must arrive by a time of that day.
    package var byText: String? {
        by.map { day in byTime.map { "\(day)T\($0)" } ?? "\(day)" }
    }

    /// Reads a day, with or without a time of it: `2026-03-06`, `2026-03-06T12:00`.
    package static func moment(
        parsing text: String
    ) throws(ParseError) -> (day: CivilDate, time: TimeOfDay?) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let day = try? CivilDate(parsing: String(parts[0])),
            parts.count == 1 || (try? TimeOfDay(parsing: String(parts[1]))) != nil
        else {
            throw ParseError(
                "‘\(text)’ is neither a day nor a time of one; write 2026-03-06, or "
                    + "2026-03-06T12:00 by the destination's clock, without a zone"
            )
        }
        return (day, parts.count == 1 ? nil : try TimeOfDay(parsing: String(parts[1])))
    }
}
