internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    /// Makes one change of stock and tells what it came to.
    func change(
        _ sku: SKU,
        _ lot: Lot.ID?,
        _ asker: Asker,
        _ work: @escaping @Sendable (Books, _ who: String) throws -> StockChange
    ) async throws -> SiteReply {
        let change = try await ledger.perform(at: asker.now) { try work($0, asker.who) }
        return .changed(
            ChangeReport(
                sku: sku,
                lot: lot,
                before: change.before.units,
                after: change.after.units,
                available: change.available.units,
                shortfall: change.shortfall.units
            )
        )
    }

    func setSafetyStock(
        of sku: SKU,
        to quantity: Int64,
        _ asker: Asker
    ) async throws -> SiteReply {
        let lawful: Quantity
        do throws(ParseError) {
            lawful = try Quantity(checking: quantity)
        } catch {
            throw ParseError("safety stock " + error.description)
        }
        try await ledger.perform(at: asker.now) { try $0.setSafetyStock(of: sku, to: lawful) }
        return .done
    }

    func holds(inDoubt: Bool, limit: Int, at now: Timestamp) async throws -> HoldList {
        let limit = min(max(limit, 1), ConsoleLimits.holdsListedMaximum)
        let statuses: [Reservation.Status] = inDoubt ? [.voted] : [.held, .voted, .confirmed]
        let records = try await ledger.read(at: now) { books in
            // One more than is shown tells whether there are more.
            try books.reservations(in: statuses, limit: limit + 1)
        }
        return HoldList(
            rows: records.prefix(limit).map { HoldRow($0, at: now) },
            isCutShort: records.count > limit
        )
    }
}

extension HoldRow {
    fileprivate init(_ record: ReservationRecord, at now: Timestamp) {
        transaction = record.reservation.transaction.description
        order = record.reservation.order.rawValue
        status = record.status.rawValue
        since = record.changed.iso8601
        seconds = max(0, now.milliseconds - record.changed.milliseconds) / 1000
        picks = record.picks.map(HoldPick.init)
    }
}

extension HoldPick {
    init(_ pick: ReservationRecord.Pick) {
        self.init(sku: pick.sku, lot: pick.lot, quantity: pick.quantity.units)
    }
}
