internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    /// Carries out what is asked of lots.
    func carryOut(_ command: LotCommand, _ asker: Asker) async throws -> SiteReply {
        switch command {
        case .list(let query, let limit):
            .lots(try await lots(query, limit: limit, at: asker.now))
        case .show(let sku, let lot, let limit):
            .lot(
                try await ledger.read(at: asker.now) {
                    try Self.report(of: lot, of: sku, limit: limit, in: $0)
                }
            )
        case .setExpiry(let sku, let lot, let expires, let reason):
            try await change(lot, of: sku, asker) { books in
                try books.setExpiry(
                    of: lot,
                    of: sku,
                    to: expires,
                    reason: reason,
                    who: asker.who
                )
            }
        case .certify(let sku, let lot, let certificates, let isWithdrawn, let reason):
            try await change(lot, of: sku, asker) { books in
                try books.certify(
                    lot,
                    of: sku,
                    with: certificates,
                    isWithdrawn: isWithdrawn,
                    reason: reason,
                    who: asker.who
                )
            }
        case .quarantine(let sku, let lot, let reason):
            try await bar(true, lot, of: sku, reason: reason, asker)
        case .release(let sku, let lot, let reason):
            try await bar(false, lot, of: sku, reason: reason, asker)
        }
    }

    private func lots(_ query: LotQuery, limit: Int, at now: Timestamp) async throws -> LotList {
        let conditions = [
            query.isExpired ? LotFilter.Condition.expired : nil,
            query.expiringWithinDays.map { .expiring(withinDays: $0) },
            query.isQuarantined ? .quarantined : nil,
        ]
        .compactMap(\.self)
        guard conditions.count <= 1 else {
            throw SiteFault(
                .badInput,
                "lots are asked for by two things at once",
                hint: "ask for the expired, the expiring or the quarantined"
            )
        }
        if let days = query.expiringWithinDays,
            !(0...ConsoleLimits.lotDaysMaximum).contains(days)
        {
            throw SiteFault(
                .badInput,
                "\(days) days are asked for",
                hint: "ask for 0 to \(ConsoleLimits.lotDaysMaximum)"
            )
        }
        let filter = LotFilter(
            sku: query.sku,
            condition: conditions.first ?? .any,
            includesEmpty: query.includesEmpty
        )
        let most = min(max(1, limit), ConsoleLimits.lotsListedMaximum)
        let found = try await ledger.read(at: now) { books in
            // One more than is shown tells whether there are more.
            try books.lots(filter, limit: most + 1)
        }
        return LotList(
            rows: found.prefix(most).map(LotStateRow.init),
            isCutShort: found.count > most
        )
    }

    private func bar(
        _ isQuarantined: Bool,
        _ lot: Lot.ID,
        of sku: SKU,
        reason: String,
        _ asker: Asker
    ) async throws -> SiteReply {
        try await change(lot, of: sku, asker) { books in
            let known = try books.lot(lot, of: sku)
            guard known.stock.isQuarantined != isQuarantined else { return }
            try books.setQuarantine(
                isQuarantined,
                of: lot,
                of: sku,
                reason: reason,
                who: asker.who
            )
        }
    }

    private func change(
        _ lot: Lot.ID,
        of sku: SKU,
        _ asker: Asker,
        _ work: @escaping @Sendable (Books) throws -> Void
    ) async throws -> SiteReply {
        .lot(
            try await ledger.perform(at: asker.now) { books in
                try work(books)
                // What had been set aside of a lot that has no day left is seen to at once.
                try books.freeExpired()
                return try Self.report(of: lot, of: sku, limit: 1, in: books)
            }
        )
    }

    private static func report(
        of lot: Lot.ID,
        of sku: SKU,
        limit: Int,
        in books: Books
    ) throws -> LotReport {
        LotReport(
            lot: LotStateRow(try books.lot(lot, of: sku)),
            available: try books.availability(of: sku)?.available.units ?? 0,
            history: try books.history(of: sku, lot: lot, limit: limit)?.map(HistoryRow.init) ?? []
        )
    }
}

extension LotStateRow {
    fileprivate init(_ record: LotRecord) {
        sku = record.sku
        lot = record.lot
        description = record.description
        onHand = record.stock.onHand.units
        held = record.stock.held.units
        allocated = record.stock.allocated.units
        expires = record.stock.expires
        daysLeft = record.daysLeft
        isExpired = record.isExpired
        isQuarantined = record.stock.isQuarantined
        certificates = record.stock.certificates
    }
}

extension LotChange {
    /// What differs: `expires 2027-06-30, before 2027-03-31`.
    var words: String {
        if before.expires != after.expires {
            return "expires \(Self.words(after.expires)), before \(Self.words(before.expires))"
        }
        return "certificates \(Self.words(after.certificates)), before "
            + Self.words(before.certificates)
    }

    private static func words(_ day: CivilDate?) -> String { day.map { "\($0)" } ?? "never" }

    private static func words(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.joined(separator: "; ")
    }
}
