internal import AllocationModel
internal import ShippingCalendar
internal import StockLedger

extension SiteDesk {
    func carryOut(_ command: LeadTimeCommand, _ asker: Asker) async throws -> SiteReply {
        switch command {
        case .set(let handling, let days, let minutes):
            try await setLeadTime(of: handling, days: days, minutes: minutes, asker)
        case .remove(let handling): try await removeLeadTime(of: handling, asker)
        case .list: .leadTimes(try await leadTimes(at: asker.now))
        }
    }

    /// Sets what goods of a class take, or with nil what is usual.
    private func setLeadTime(
        of handling: String?,
        days: Int,
        minutes: Int,
        _ asker: Asker
    ) async throws -> SiteReply {
        let name = try handling.map { text throws(ParseError) in
            try HandlingClass.name(parsing: text)
        }
        let time = try LeadTime(checkingDays: days, minutes: minutes)
        try await ledger.perform(at: asker.now) { try $0.setLeadTime(time, of: name) }
        return .done
    }

    private func removeLeadTime(of handling: String, _ asker: Asker) async throws -> SiteReply {
        let name = try HandlingClass.name(parsing: handling)
        let found = try await ledger.perform(at: asker.now) { try $0.removeLeadTime(of: name) }
        guard found else {
            throw SiteFault(
                .refused,
                "‘\(name)’ has no lead time of its own",
                hint: "see lead list"
            )
        }
        return .done
    }

    /// What is usual first, then each class by name; those of SKUs without a time of their own too.
    private func leadTimes(at now: Timestamp) async throws -> [LeadTimeRow] {
        let (times, counts) = try await ledger.read(at: now) { books in
            (try books.leadTimes(), try books.handlingCounts())
        }
        let names = Set(times.byClass.keys).union(counts.keys).subtracting([""]).sorted()
        return ([nil] + names)
            .map { name in
                let time = name.map(times.time) ?? times.usual
                return LeadTimeRow(
                    handling: name,
                    isUsual: name.map { times.byClass[$0] == nil } ?? true,
                    days: time.days,
                    minutes: time.minutes,
                    skus: counts[name ?? ""] ?? 0
                )
            }
    }
}
