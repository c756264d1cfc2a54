internal import AllocationModel
internal import Freight
internal import ShippingCalendar
internal import StockLedger

extension SiteDesk {
    /// Sets a cutoff on each of `days`.
    func setCutoff(
        _ time: TimeOfDay,
        on days: [Weekday],
        service: String?,
        _ asker: Asker
    ) async throws -> SiteReply {
        try await ledger.perform(at: asker.now) { books in
            for day in days {
                try books.setCutoff(Cutoffs.Entry(day, service: service, time))
            }
        }
        return .done
    }

    /// Takes cutoffs away; on days that have none there is nothing to do.
    func removeCutoff(
        on days: [Weekday],
        service: String?,
        _ asker: Asker
    ) async throws -> SiteReply {
        let found = try await ledger.perform(at: asker.now) { books in
            var found = false
            for day in days {
                found = try books.removeCutoff(day, service: service) || found
            }
            return found
        }
        guard found else {
            let whose = service.map { "of ‘\($0)’" } ?? "by default"
            let named = days.map(\.abbreviation).joined(separator: ", ")
            throw SiteFault(
                .refused,
                "there is no cutoff \(whose) on \(named)",
                hint: "see cutoff list"
            )
        }
        return .done
    }

    func cutoffs(at now: Timestamp) async throws -> [CutoffRow] {
        try await ledger.read(at: now) { try $0.cutoffs() }
            .map { CutoffRow(weekday: $0.weekday, service: $0.service, time: $0.time) }
    }

    /// Makes a day, the days from it to `last` and the same ones of later years holidays, all or none.
    func add(
        _ holiday: SiteCalendar.Holiday,
        to last: CivilDate?,
        years: Int?,
        _ asker: Asker
    ) async throws -> SiteReply {
        let days = try Self.days(from: holiday.date, through: last, inYears: years)
        try await ledger.perform(at: asker.now) { books in
            for day in days {
                try books.addHoliday(.init(day, name: holiday.name, cutoff: holiday.cutoff))
            }
        }
        return .done
    }

    /// The days from `first` on, and the same ones of the years after it.
    ///
    /// A 29 February that a year does not have is left out of it.
    static func days(
        from first: CivilDate,
        through last: CivilDate?,
        inYears years: Int?
    ) throws -> [CivilDate] {
        let last = last ?? first
        let length = last.daysSinceEpoch - first.daysSinceEpoch + 1
        guard (1...ConsoleLimits.closureDaysMaximum).contains(length) else {
            let most = ConsoleLimits.closureDaysMaximum
            throw StockRefusal.unlawful(
                field: "through",
                length < 1
                    ? "is \(last), which is before \(first)"
                    : "is \(last), which is \(length) days from \(first); close \(most) at most"
            )
        }
        let years = years ?? 1
        guard (1...ConsoleLimits.holidayYearsMaximum).contains(years) else {
            throw StockRefusal.unlawful(
                field: "years",
                "are \(years); give 1 to \(ConsoleLimits.holidayYearsMaximum)"
            )
        }
        return (0..<years)
            .flatMap { year in
                (0..<length)
                    .compactMap { offset in
                        let day = first.adding(days: offset)
                        return CivilDate(year: day.year + year, month: day.month, day: day.day)
                    }
            }
    }

    /// Adds the days of an iCalendar file, all or none; those that are there already stay.
    ///
    /// - Returns: The days that were added, or would be.
    func importHolidays(
        _ text: String,
        through end: CivilDate?,
        isDryRun: Bool,
        _ asker: Asker
    ) async throws -> [HolidayRow] {
        let add: @Sendable (Books) throws -> [SiteCalendar.Holiday] = { books in
            let today = try books.today()
            let known = Set(try books.holidays().map(\.date))
            let found = try HolidayFile(parsing: text, in: Self.days(from: today, through: end))
                .holidays.filter { !known.contains($0.date) }
            if !isDryRun { for holiday in found { try books.addHoliday(holiday) } }
            return found
        }
        let found =
            isDryRun
            ? try await ledger.read(at: asker.now, add)
            : try await ledger.perform(at: asker.now, add)
        return found.map(HolidayRow.init)
    }

    /// The days that a calendar file is read for: to the end of next year, if nobody says.
    static func days(
        from today: CivilDate,
        through end: CivilDate?
    ) throws -> ClosedRange<CivilDate> {
        let last = end ?? CivilDate(year: today.year + 1, month: 12, day: 31) ?? today
        guard today <= last else {
            throw StockRefusal.unlawful(field: "through", "is \(last), which is past")
        }
        return today...last
    }

    /// Says of each of so many days whether it ships, from `first` or today on.
    func calendar(
        from first: CivilDate?,
        _ days: Int,
        of service: String?,
        _ handling: String?,
        _ asker: Asker
    ) async throws -> [CalendarRow] {
        guard (1...Limits.previewDaysMaximum).contains(days) else {
            throw ParseError("a preview shows 1 to \(Limits.previewDaysMaximum) days")
        }
        let handling = try handling.map { text throws(ParseError) in
            try HandlingClass.name(parsing: text)
        }
        return try await ledger.read(at: asker.now) { books in
            if let service { try Self.checkIsKnown(service, to: books) }
            let first = try first ?? books.today()
            let book = ShippingBook(
                capacities: try books.capacities(),
                taken: try books.loads(from: first, through: first.adding(days: days))
            )
            let calendar = try books.calendar()
            let carriers = try books.carrierCalendars()
            let carrier = try books.carriersByService().first { $0.service == service }
                .map { carriers.calendar(of: $0.service, by: $0.carrier) }
            return
                calendar.shippingDays(
                    from: first,
                    days: days,
                    service: service,
                    carrier: carrier ?? .mondayToFriday,
                    lead: calendar.leadTimes.time(for: handling ?? "")
                )
                .map { CalendarRow($0, book) }
        }
    }

    /// Refuses a service that has no rates: its name is misspelt.
    static func checkIsKnown(_ service: String, to books: Books) throws {
        let known = try books.services()
        guard known.contains(service) else {
            throw StockRefusal.unlawful(
                field: "service",
                "is ‘\(service)’, which has no rates; known are \(known.joined(separator: ", "))"
            )
        }
    }

    func removeHoliday(_ date: CivilDate, _ asker: Asker) async throws -> SiteReply {
        let found = try await ledger.perform(at: asker.now) { try $0.removeHoliday(on: date) }
        guard found else {
            throw SiteFault(.refused, "\(date) is no holiday", hint: "see holiday list")
        }
        return .done
    }

    func holidays(at now: Timestamp) async throws -> [HolidayRow] {
        try await ledger.read(at: now) { try $0.holidays() }
            .map(HolidayRow.init)
    }
}

extension HolidayRow {
    fileprivate init(_ holiday: SiteCalendar.Holiday) {
        self.init(date: holiday.date, name: holiday.name, cutoff: holiday.cutoff)
    }
}

extension CalendarRow {
    fileprivate init(_ day: ShippingDay, _ book: ShippingBook) {
        let (remark, holiday): (String?, String?) =
            switch day.remark {
            case nil: (nil, nil)
            case .noCutoff: ("no-cutoff", nil)
            case .noPickup: ("no-pickup", nil)
            case .closed(let name): ("closed", name)
            case .halfDay(let name): ("half-day", name)
            }
        self.init(
            date: day.date,
            weekday: day.date.weekday,
            ships: day.ships,
            cutoff: day.cutoff,
            orderByDate: day.orderBy?.date,
            orderByTime: day.orderBy?.time,
            remark: remark,
            holiday: holiday,
            capacity: book.capacity(on: day.date).map(DayAmount.init),
            taken: DayAmount(book.taken(on: day.date)),
            isFull: book.isFull(on: day.date)
        )
    }
}
