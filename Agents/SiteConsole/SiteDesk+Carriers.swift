internal import AllocationModel
internal import ShippingCalendar
internal import StockLedger

extension SiteDesk {
    func carryOut(_ command: CarrierCommand, _ asker: Asker) async throws -> SiteReply {
        switch command {
        case .list: .carriers(try await carriers(at: asker.now))
        case .setDays(let service, let pickup, let transit, let deliveryOnly, let hours):
            try await setDays(
                CarrierCalendars.Week(
                    pickup: Weekdays(pickup),
                    transit: Weekdays(transit),
                    deliveryOnly: Weekdays(deliveryOnly),
                    hours: hours
                ),
                of: service,
                asker
            )
        case .clearDays(let service): try await clearDays(of: service, asker)
        case .addHoliday(let carrier, let date, let name):
            try await change(asker) { books in
                try Self.checkIsKnown(carrier: carrier, to: books)
                try books.addCarrierHoliday(.init(date, name: name), of: carrier)
            }
        case .importHolidays(let carrier, let text, let last, let isDryRun):
            .carrierHolidays(
                try await importHolidays(
                    text,
                    of: carrier,
                    through: last,
                    isDryRun: isDryRun,
                    asker
                )
            )
        case .removeHoliday(let carrier, let date):
            try await removeHoliday(date, of: carrier, asker)
        case .listHolidays(let carrier):
            .carrierHolidays(try await holidays(of: carrier, at: asker.now))
        }
    }

    private func change(
        _ asker: Asker,
        _ change: @escaping @Sendable (Books) throws -> Void
    ) async throws -> SiteReply {
        try await ledger.perform(at: asker.now, change)
        return .done
    }

    /// The services that have rates today, then those with days of their own alone.
    private func carriers(at now: Timestamp) async throws -> [CarrierRow] {
        try await ledger.read(at: now) { books in
            let today = try books.today()
            let known = try books.carriersByService()
            let calendars = try books.carrierCalendars()
            let others = calendars.weeks.keys.sorted()
                .filter { service in !known.contains { $0.service == service } }
            let named: [(service: String, carrier: String?)] =
                known.map { ($0.service, $0.carrier) } + others.map { ($0, nil) }
            return named.map { service, carrier in
                let week = calendars.weeks[service] ?? .usual
                return CarrierRow(
                    service: service,
                    carrier: carrier,
                    isUsual: calendars.weeks[service] == nil,
                    pickup: week.pickup.days,
                    transit: week.transit.days,
                    deliveryOnly: week.deliveryOnly.days,
                    hours: week.hours,
                    nextHoliday: carrier.flatMap { calendars.holidays[$0] }?
                        .first { $0.date >= today }?
                        .date
                )
            }
        }
    }

    private func setDays(
        _ week: CarrierCalendars.Week,
        of service: String,
        _ asker: Asker
    ) async throws -> SiteReply {
        try await change(asker) { books in
            try Self.checkIsKnown(service, to: books)
            try books.setCarrierWeek(week, of: service)
        }
    }

    private func clearDays(of service: String, _ asker: Asker) async throws -> SiteReply {
        let found = try await ledger.perform(at: asker.now) {
            try $0.clearCarrierWeek(of: service)
        }
        guard found else {
            throw SiteFault(
                .refused,
                "‘\(service)’ has no days of its own",
                hint: "see carrier list"
            )
        }
        return .done
    }

    /// Adds the days of an iCalendar file, all or none; those that are there already stay.
    private func importHolidays(
        _ text: String,
        of carrier: String,
        through end: CivilDate?,
        isDryRun: Bool,
        _ asker: Asker
    ) async throws -> [CarrierHolidayRow] {
        let add: @Sendable (Books) throws -> [CarrierHolidayRow] = { books in
            try Self.checkIsKnown(carrier: carrier, to: books)
            let days = try Self.days(from: books.today(), through: end)
            let known = Set(
                try books.carrierCalendars().holidays[carrier, default: []].map(\.date)
            )
            let found = try HolidayFile(parsing: text, in: days).holidays
                .filter { !known.contains($0.date) }
            if !isDryRun {
                for holiday in found {
                    try books.addCarrierHoliday(
                        .init(holiday.date, name: holiday.name),
                        of: carrier
                    )
                }
            }
            return found.map {
                CarrierHolidayRow(carrier: carrier, date: $0.date, name: $0.name)
            }
        }
        return isDryRun
            ? try await ledger.read(at: asker.now, add)
            : try await ledger.perform(at: asker.now, add)
    }

    private func removeHoliday(
        _ date: CivilDate,
        of carrier: String,
        _ asker: Asker
    ) async throws -> SiteReply {
        let found = try await ledger.perform(at: asker.now) {
            try $0.removeCarrierHoliday(on: date, of: carrier)
        }
        guard found else {
            throw SiteFault(
                .refused,
                "\(date) is no holiday of ‘\(carrier)’",
                hint: "see carrier holidays"
            )
        }
        return .done
    }

    private func holidays(
        of carrier: String?,
        at now: Timestamp
    ) async throws -> [CarrierHolidayRow] {
        try await ledger.read(at: now) { books in
            if let carrier { try Self.checkIsKnown(carrier: carrier, to: books) }
            let found = try books.carrierCalendars().holidays
            return found.keys.sorted().filter { carrier == nil || $0 == carrier }
                .flatMap { name in
                    found[name, default: []]
                        .map { CarrierHolidayRow(carrier: name, date: $0.date, name: $0.name) }
                }
        }
    }

    /// Refuses a carrier of no rate card: its name is misspelt.
    private static func checkIsKnown(carrier: String, to books: Books) throws {
        let known = Set(
            try books.carriersByService().map(\.carrier)
                + books.carrierCalendars().holidays.keys
        )
        guard known.contains(carrier) else {
            throw StockRefusal.unlawful(
                field: "carrier",
                "is ‘\(carrier)’, of which there are no rates; known are "
                    + known.sorted().joined(separator: ", ")
            )
        }
    }
}
