internal import AllocationModel
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

    func addHoliday(_ date: CivilDate, name: String, _ asker: Asker) async throws -> SiteReply {
        try await ledger.perform(at: asker.now) { books in
            try books.addHoliday(SiteCalendar.Holiday(date, name: name))
        }
        return .done
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
            .map { HolidayRow(date: $0.date, name: $0.name) }
    }
}
