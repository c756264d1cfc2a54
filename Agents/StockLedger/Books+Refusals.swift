package import AllocationModel
import GRDB

/// What became of a pick that was refused.
package struct PickRefusalOutcome: Hashable, Sendable {
    package let refusal: PickRefusal
    package let order: Order.ID
    /// What it did to the stock.
    package let change: StockChange
}

/// Why a pick cannot be refused; nothing was changed.
package enum PickRefusalFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownOrder(Order.ID)
    /// It is not confirmed, so nobody picks it: in doubt, shipped or withdrawn.
    case notConfirmed(Order.ID, Reservation.Status)
    /// The office is sourcing it again, and has not said yet what of it this site ships.
    case beingResourced(Order.ID)
    /// The order takes nothing of it here.
    case notPicked(Order.ID, SKU, Lot.ID?)
    /// It takes the SKU from several lots.
    case lotNeeded(Order.ID, SKU, [Lot.ID])
    /// It takes fewer than that, or most of them were refused before.
    case tooMany(Order.ID, SKU, asked: Quantity, left: Quantity)

    package var description: String {
        switch self {
        case .unknownOrder(let order):
            "nothing is set aside here for order \(order); see ‘pick list’ for what is"
        case .notConfirmed(let order, let status):
            "order \(order) is \(status.rawValue), not confirmed; only what is to be picked can be "
                + "refused"
        case .beingResourced(let order):
            "the office is sourcing order \(order) again; wait for its word, and see ‘pick list’ for "
                + "what is then to be picked"
        case .notPicked(let order, let sku, let lot):
            "order \(order) takes no \(sku)" + (lot.map { " of lot \($0)" } ?? "")
                + " here; see ‘pick list’ for what it takes"
        case .lotNeeded(let order, let sku, let lots):
            "order \(order) takes \(sku) from lots "
                + lots.map(\.rawValue).joined(separator: " and ") + "; say which with --lot"
        case .tooMany(let order, let sku, let asked, let left):
            left.isZero
                ? "all \(sku) of order \(order) were refused before; wait for the office’s word"
                : "order \(order) takes \(left) x \(sku) that were not refused before, and \(asked) "
                    + "are more; refuse \(left) or fewer"
        }
    }
}

extension Books {
    /// Records that units which are set aside for an order cannot be picked, and corrects the stock.
    ///
    /// They are on hand no more. What a count had found missing before, and no refusal explains, is
    /// not taken off again. The reservation stays until the office has decided what ships instead.
    ///
    /// - Throws: `PickRefusalFault`, or `StockRefusal` for an unlawful text or quantity; nothing
    ///   is changed.
    package func refusePick(
        of order: Order.ID,
        _ sku: SKU,
        lot: Lot.ID? = nil,
        quantity: Quantity,
        because reason: PickRefusal.Reason,
        who: String
    ) throws -> PickRefusalOutcome {
        try check(who, field: "who")
        guard quantity > .zero else {
            throw StockRefusal.unlawful(field: "quantity", "is \(quantity); refuse 1 or more")
        }
        guard reason != .expired else {
            throw StockRefusal.unlawful(
                field: "reason",
                "is for the site to say; set the lot’s last day with ‘lot set-expiry’"
            )
        }
        let (record, pick) = try confirmedPick(of: order, sku, lot)
        guard let (id, stock) = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        try checkMultiple(quantity.units, of: stock.entry)
        let transaction = record.reservation.transaction
        let refusedBefore = try refusals(of: transaction)
            .filter { $0.sku == sku && $0.lot == pick.lot }
            .reduce(Quantity.zero) { $0 + $1.quantity }
        let left = pick.quantity.lessAtMost(refusedBefore)
        guard quantity <= left else {
            throw PickRefusalFault.tooMany(order, sku, asked: quantity, left: left)
        }
        let refusal = PickRefusal(
            transaction: transaction,
            sku: sku,
            lot: pick.lot,
            quantity: quantity,
            reason: reason,
            who: who,
            at: try nextInstant(of: transaction)
        )
        let known = try missingUnexplained(of: id, in: stock, lot: pick.lot)
        let change = try savepoint {
            let change = try adjust(
                sku,
                lot: pick.lot,
                by: -max(0, quantity.units - known),
                reason: "pick of order \(order) refused: \(reason.words)",
                who: who
            )
            try enter(refusal, of: order, id)
            return change
        }
        return PickRefusalOutcome(refusal: refusal, order: order, change: change)
    }

    /// Returns what was refused of one attempt, the earliest first.
    package func refusals(of transaction: TransactionID) throws -> [PickRefusal] {
        guard let id = try knownCoordinatorID(of: transaction.coordinator) else { return [] }
        return try refusals(
            where: "f.tx = ? AND f.coordinator = ?",
            [transaction.number, id],
            limit: Limits.pageRowsMaximum
        )
    }

    /// Returns all that was ever refused here, by rising attempt and time.
    ///
    /// At most `Limits.pageRowsMaximum`.
    package func refusals() throws -> [PickRefusal] {
        try refusals(where: "1", [], limit: Limits.pageRowsMaximum)
    }

    /// Returns what the coordinator has not noted yet, at most `limit`.
    ///
    /// Only of what is confirmed: of anything else nothing is left to be sourced otherwise.
    package func refusalsToTell(
        _ coordinator: Coordinator.ID,
        limit: Int
    ) throws -> [PickRefusal] {
        guard let id = try knownCoordinatorID(of: coordinator) else { return [] }
        return try refusals(
            where: """
                f.coordinator = ? AND f.is_noted = 0 AND EXISTS (
                    SELECT 1 FROM reservation AS r
                    WHERE r.tx = f.tx AND r.coordinator = f.coordinator AND r.status = 'confirmed')
                AND NOT EXISTS (
                    SELECT 1 FROM override_log AS o WHERE o.tx = f.tx
                        AND o.coordinator = f.coordinator AND o.decision IS NOT 'confirm')
                """,
            [id],
            limit: limit
        )
    }

    /// Remembers that the coordinator has a refusal in its log.
    package func markRefusalNoted(_ transaction: TransactionID, at instant: Timestamp) throws {
        guard let id = try knownCoordinatorID(of: transaction.coordinator) else { return }
        let isUntold: Bool? = try db.value(
            """
            SELECT 1 FROM pick_refusal WHERE tx = ? AND coordinator = ? AND at = ? AND is_noted = 0
            """,
            [transaction.number, id, instant.milliseconds]
        )
        guard isUntold == true else { return }
        try willWrite()
        try db.run(
            "UPDATE pick_refusal SET is_noted = 1 WHERE tx = ? AND coordinator = ? AND at = ?",
            [transaction.number, id, instant.milliseconds]
        )
    }

    /// Has every refusal told again: the coordinator has lost its log.
    package func tellRefusalsAgain(_ coordinator: Coordinator.ID) throws {
        guard let id = try knownCoordinatorID(of: coordinator) else { return }
        let noted: Int64? = try db.value(
            "SELECT count(*) FROM pick_refusal WHERE coordinator = ? AND is_noted = 1",
            [id]
        )
        guard let noted, noted > 0 else { return }
        try willWrite()
        try db.run(
            "UPDATE pick_refusal SET is_noted = 0 WHERE coordinator = ? AND is_noted = 1",
            [id]
        )
    }

    // MARK: Parts

    /// The reservation of an order that takes the SKU, and its pick of it.
    private func confirmedPick(
        of order: Order.ID,
        _ sku: SKU,
        _ lot: Lot.ID?
    ) throws -> (ReservationRecord, ReservationRecord.Pick) {
        let records = try records(
            where: "r.order_id = ?",
            [order.rawValue],
            limit: Limits.pageRowsMaximum
        )
        guard let last = records.last else { throw PickRefusalFault.unknownOrder(order) }
        let confirmed = try records.filter { record in
            try record.status == .confirmed
                && override(of: record.reservation.transaction)?.decision != .release
        }
        guard !confirmed.isEmpty else {
            throw PickRefusalFault.notConfirmed(order, last.status)
        }
        let taking = confirmed.filter { record in record.picks.contains { $0.sku == sku } }
        guard let record = taking.last else { throw PickRefusalFault.notPicked(order, sku, lot) }
        if try voteReplacing(record.reservation.transaction) != nil {
            throw PickRefusalFault.beingResourced(order)
        }
        let picks = record.picks.filter { $0.sku == sku && (lot == nil || $0.lot == lot) }
        guard picks.count <= 1 else {
            throw PickRefusalFault.lotNeeded(order, sku, picks.compactMap(\.lot))
        }
        guard let pick = picks.first else { throw PickRefusalFault.notPicked(order, sku, lot) }
        return (record, pick)
    }

    /// Units of a lot that are promised and not on hand, beyond those that refusals explain.
    private func missingUnexplained(
        of sku: Int64,
        in stock: SKUStock,
        lot: Lot.ID?
    ) throws -> Int64 {
        guard let row = stock.lots.first(where: { $0.lot == lot }) else { return 0 }
        let explained: Int64? = try db.value(
            """
            SELECT sum(f.quantity) FROM pick_refusal AS f
            JOIN reservation AS r ON r.tx = f.tx AND r.coordinator = f.coordinator
            WHERE f.sku = ? AND f.lot = ? AND r.status = 'confirmed' AND f.reason <> 'expired'
            """,
            [sku, lot?.rawValue ?? ""]
        )
        return max(0, -row.free - (explained ?? 0))
    }

    /// The time, or the moment after the last refusal of the attempt, which `at` tells apart.
    func nextInstant(of transaction: TransactionID) throws -> Timestamp {
        guard let last = try refusals(of: transaction).last?.at, last >= now else { return now }
        return Timestamp(milliseconds: last.milliseconds + 1)
    }

    func enter(_ refusal: PickRefusal, of order: Order.ID, _ sku: Int64) throws {
        let id = try coordinatorID(of: refusal.transaction.coordinator)
        try willWrite()
        try db.run(
            """
            INSERT INTO pick_refusal (
                tx, coordinator, at, order_id, sku, lot, quantity, reason, who)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                refusal.transaction.number, id, refusal.at.milliseconds, order.rawValue, sku,
                refusal.lot?.rawValue ?? "", refusal.quantity.units, refusal.reason.rawValue,
                refusal.who,
            ]
        )
    }

    private func refusals(
        where condition: String,
        _ arguments: StatementArguments,
        limit: Int
    ) throws -> [PickRefusal] {
        let bounded = max(0, min(limit, Limits.pageRowsMaximum))
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.name, f.tx, s.code, f.lot, f.quantity, f.reason, f.who, f.at
                    FROM pick_refusal AS f JOIN coordinator AS c ON c.id = f.coordinator
                    JOIN sku AS s ON s.id = f.sku
                    WHERE \(condition) ORDER BY f.tx, f.at LIMIT \(bounded)
                    """
            ),
            arguments: arguments
        )
        return rows.compactMap { row in
            guard let transaction = Self.transactionID(row[0], row[1]),
                let reason = PickRefusal.Reason(rawValue: row[5])
            else { return nil }
            let lot: String = row[3]
            return PickRefusal(
                transaction: transaction,
                sku: SKU(trusted: row[2]),
                lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
                quantity: Quantity(row[4]),
                reason: reason,
                who: row[6],
                at: Timestamp(milliseconds: row[7])
            )
        }
    }
}
