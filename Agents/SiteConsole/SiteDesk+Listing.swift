internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    func stock(
        _ filter: ListFilter,
        after: SKU?,
        limit: Int,
        at now: Timestamp
    ) async throws -> StockPage {
        let limit = min(max(limit, 1), Limits.pageRowsMaximum)
        let wanted = StockFilter(text: filter.text, condition: filter.condition.inLedger)
        let found = try await ledger.read(at: now) { books in
            try books.list(wanted, after: after, limit: limit)
        }
        let isFull = found.count == limit
        return StockPage(rows: found.map(StockRow.init), next: isFull ? found.last?.entry.sku : nil)
    }

    func history(of sku: SKU, limit: Int, at now: Timestamp) async throws -> [HistoryRow] {
        let records = try await ledger.read(at: now) { books in
            guard let records = try books.history(of: sku, limit: limit) else {
                throw StockRefusal.unknownSKU(sku)
            }
            return records
        }
        return records.map(HistoryRow.init)
    }

    /// Returns the SKUs kept here that `sku` may have been meant to be.
    ///
    /// Looks only among those that begin alike, which the ledger finds at once
    /// however many it keeps: all but the last two letters, then half of them.
    func suggestions(for sku: SKU, at now: Timestamp) async throws -> [SKU] {
        let length = sku.code.count
        let prefixes = [max(1, length - 2), (length + 1) / 2].map { String(sku.code.prefix($0)) }
        return try await ledger.read(at: now) { books in
            for prefix in prefixes {
                let alike =
                    try books.list(
                        after: SKU(trusted: prefix),
                        limit: ConsoleLimits.suggestionRowsMaximum
                    )
                    .map(\.entry.sku).filter { $0.code.hasPrefix(prefix) }
                let nearest = Suggestions.nearest(to: sku, among: alike)
                if !nearest.isEmpty { return nearest }
            }
            return []
        }
    }
}

extension ListFilter.Condition {
    fileprivate var inLedger: StockFilter.Condition {
        switch self {
        case .any: .any
        case .promised: .promised
        case .short: .short
        case .exhausted: .exhausted
        }
    }
}

extension StockRow {
    init(_ stock: SKUStock) {
        sku = stock.entry.sku
        description = stock.entry.description
        onHand = stock.onHand.units
        safetyStock = stock.safetyStock.units
        held = stock.held.units
        allocated = stock.allocated.units
        available = stock.available.units
        shortfall = stock.shortfall.units
        lots = stock.lots.compactMap { lot in lot.lot.map { LotRow($0, lot) } }
    }
}

extension LotRow {
    fileprivate init(_ lot: Lot.ID, _ stock: LotStock) {
        self.lot = lot
        onHand = stock.onHand.units
        held = stock.held.units
        allocated = stock.allocated.units
        expires = stock.expires
        isQuarantined = stock.isQuarantined
        certificates = stock.certificates
    }
}

extension HistoryRow {
    init(_ record: JournalRecord) {
        entry = record.id
        at = record.at.iso8601
        kind = record.kind.rawValue
        lot = record.lot
        onHandDelta = record.onHandDelta
        heldDelta = record.heldDelta
        allocatedDelta = record.allocatedDelta
        onHand = record.onHand.units
        held = record.held.units
        allocated = record.allocated.units
        who = record.who
        reason = record.reason
        lotChange = record.lotChange?.words
        transaction = record.transaction?.description
        order = record.order?.rawValue
    }
}
