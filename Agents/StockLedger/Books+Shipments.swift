package import AllocationModel
import GRDB

/// What has left the building for one order in one attempt.
package struct ShipmentRecord: Hashable, Sendable {
    package let report: ShipmentReport
    package let order: Order.ID
    /// Whether the coordinator has it in its log.
    package let isNoted: Bool
    /// Whether the order was cancelled when it had left: somebody must get it back.
    package let isCancelled: Bool
    /// What has left, lot by lot; empty where only the coordinator remembers it.
    package let picks: [ReservationRecord.Pick]
}

/// What became of a request to ship an order.
package enum ShipOutcome: Hashable, Sendable {
    /// It ships now, once the transaction is durable: all that the order has shipped here.
    case shipped([ShipmentRecord])
    /// It had shipped before; nothing was changed.
    case shippedBefore([ShipmentRecord])
}

/// Why an order does not ship; nothing was changed.
package enum ShipmentRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownOrder(Order.ID)
    /// It is not confirmed: in doubt, a quote's, or withdrawn.
    case notConfirmed(Order.ID, Reservation.Status)
    /// A site manager kept the units for it, and it was decided otherwise.
    case decidedOtherwise(Order.ID, TransactionID)
    /// The office is sourcing it again, and has not said yet what of it this site ships.
    case beingResourced(Order.ID)
    /// A part of it was refused, and what is there is promised to others.
    case pickRefused(Order.ID, SKU)
    /// Fewer are recorded on hand than it takes.
    case notOnHand(Order.ID, sku: SKU, lot: Lot.ID?, needed: Quantity, onHand: Quantity)

    package var description: String {
        switch self {
        case .unknownOrder(let order):
            "nothing is set aside here for order \(order); see ‘pick list’ for what is"
        case .notConfirmed(let order, .voted):
            "order \(order) is in doubt: the office has not said that it is confirmed; wait for its "
                + "word, and see ‘hold list --in-doubt’"
        case .notConfirmed(let order, .released), .notConfirmed(let order, .expired):
            "order \(order) was withdrawn, and its units are back in stock; put the goods back, or "
                + "ask the office for a new order"
        case .notConfirmed(let order, let status):
            "order \(order) is \(status.rawValue), not confirmed; only what is confirmed ships"
        case .decidedOtherwise(let order, let transaction):
            "order \(order) was never confirmed by the office; settle it with ‘hold settle "
                + "\(transaction)’"
        case .beingResourced(let order):
            "the office is sourcing order \(order) again; wait for its word, and see ‘pick list’ for "
                + "what is then to be shipped"
        case .pickRefused(let order, let sku):
            "\(sku) of order \(order) was refused, and what is there is promised to others; wait for "
                + "the office’s word, or if the goods turned up ‘stock adjust \(sku)’ and ship"
        case .notOnHand(let order, let sku, let lot, let needed, let onHand):
            "order \(order) takes \(needed) x \(sku)" + (lot.map { " of lot \($0)" } ?? "")
                + ", and \(onHand) are on record; count them first: ‘stock count \(sku)’"
        }
    }
}

extension Books {
    /// Takes what is confirmed for an order out of stock: it has left the building.
    ///
    /// All that the site has set aside for it, or nothing. Repeated, it changes nothing.
    ///
    /// - Throws: `ShipmentRefusal`, or `StockRefusal` for an unlawful text; nothing is changed.
    package func ship(_ order: Order.ID, who: String) throws -> ShipOutcome {
        try check(who, field: "who")
        let records = try records(
            where: "r.order_id = ?",
            [order.rawValue],
            limit: Limits.pageRowsMaximum
        )
        let confirmed = records.filter { $0.status == .confirmed }
        guard !confirmed.isEmpty else {
            let before = try shipments(of: order)
            guard before.isEmpty else { return .shippedBefore(before) }
            guard let last = records.last else { throw ShipmentRefusal.unknownOrder(order) }
            throw ShipmentRefusal.notConfirmed(order, last.status)
        }
        try savepoint {
            for record in confirmed {
                let transaction = record.reservation.transaction
                guard try override(of: transaction)?.decision != .release else {
                    throw ShipmentRefusal.decidedOtherwise(order, transaction)
                }
                if try voteReplacing(transaction) != nil {
                    throw ShipmentRefusal.beingResourced(order)
                }
                if let refusal = try missing(for: record) { throw refusal }
                try apply(.ship, to: transaction, who: who)
            }
        }
        return .shipped(try shipments(of: order))
    }

    /// Returns what is confirmed and has not left, first to leave first.
    ///
    /// At most `Limits.pageRowsMaximum`, whatever `limit` says.
    package func picks(limit: Int = Limits.pageRowsMaximum) throws -> [ReservationRecord] {
        try records(
            where: """
                r.status = 'confirmed'
                AND NOT EXISTS (SELECT 1 FROM override_log AS o
                    WHERE o.tx = r.tx AND o.coordinator = r.coordinator AND o.decision = 'release')
                AND NOT EXISTS (SELECT 1 FROM shipment AS t
                    WHERE t.tx = r.tx AND t.coordinator = r.coordinator)
                """,
            [],
            orderedBy: "r.leaves IS NULL, r.leaves, r.batch, r.tx, c.name",
            limit: limit
        )
    }

    /// Returns what an order has shipped here, the earliest attempt first.
    package func shipments(of order: Order.ID) throws -> [ShipmentRecord] {
        try shipments(where: "t.order_id = ?", [order.rawValue], limit: Limits.pageRowsMaximum)
    }

    /// Returns what the coordinator has not noted yet, at most `limit`.
    ///
    /// Not what a site manager kept for an order that the coordinator has not confirmed: that is
    /// told as an override, and proves no decision.
    package func shipmentsToTell(
        _ coordinator: Coordinator.ID,
        limit: Int
    ) throws -> [ShipmentReport] {
        guard let id = try knownCoordinatorID(of: coordinator) else { return [] }
        return try shipments(
            where: """
                t.coordinator = ? AND t.is_noted = 0
                AND NOT EXISTS (SELECT 1 FROM override_log AS o
                    WHERE o.tx = t.tx AND o.coordinator = t.coordinator
                        AND (o.decision IS NULL OR o.decision = 'release'))
                """,
            [id],
            limit: limit
        )
        .map(\.report)
    }

    /// Remembers that the coordinator has a shipment in its log.
    package func markShipmentNoted(_ transaction: TransactionID) throws {
        guard try shipment(of: transaction)?.isNoted == false else { return }
        let id = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            "UPDATE shipment SET is_noted = 1 WHERE tx = ? AND coordinator = ?",
            [transaction.number, id]
        )
    }

    /// Remembers that the order of a shipment was cancelled, when its goods had left.
    package func noteCancelled(_ transaction: TransactionID) throws {
        guard try shipment(of: transaction)?.isCancelled == false else { return }
        let id = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            "UPDATE shipment SET is_cancelled = 1 WHERE tx = ? AND coordinator = ?",
            [transaction.number, id]
        )
    }

    /// Returns what has left of one attempt, or nil.
    package func shipment(of transaction: TransactionID) throws -> ShipmentRecord? {
        guard let id = try knownCoordinatorID(of: transaction.coordinator) else { return nil }
        return try shipments(
            where: "t.tx = ? AND t.coordinator = ?",
            [transaction.number, id],
            limit: 1
        )
        .first
    }

    /// Has every shipment told again: the coordinator has lost its log.
    package func tellShipmentsAgain(_ coordinator: Coordinator.ID) throws {
        guard let id = try knownCoordinatorID(of: coordinator) else { return }
        let noted: Int64? = try db.value(
            "SELECT count(*) FROM shipment WHERE coordinator = ? AND is_noted = 1",
            [id]
        )
        guard let noted, noted > 0 else { return }
        try willWrite()
        try db.run(
            "UPDATE shipment SET is_noted = 0 WHERE coordinator = ? AND is_noted = 1",
            [id]
        )
    }

    /// Installs a shipment that the ledger has lost: the goods have left, whatever it records.
    ///
    /// Its units leave stock where they are on record. Where they are not, only the shipment is
    /// kept, so that nobody ships it twice; a count says what is there.
    package func restoreShipped(
        _ reservation: Reservation,
        _ report: ShipmentReport,
        participants: [Warehouse.ID],
        of asked: Order? = nil,
        by carriage: Carriage? = nil
    ) throws -> RestoreOutcome {
        struct NotThere: Error {}
        let transaction = reservation.transaction
        // Its order was cancelled, and its record has gone with that: the units left once.
        if try status(of: transaction) == nil, try shipment(of: transaction) != nil {
            try markShipmentNoted(transaction)
            return .known(.shipped)
        }
        var outcome = RestoreOutcome.restored(shortfall: .zero)
        do {
            try savepoint {
                outcome = try restore(
                    reservation,
                    participants: participants,
                    of: asked,
                    by: carriage
                )
                guard try status(of: transaction) == .confirmed else { return }
                if let record = try self.reservation(transaction),
                    try missing(for: record) != nil
                {
                    throw NotThere()
                }
                try enter(report, of: reservation.order)
                try apply(.ship, to: transaction, who: report.who)
            }
        } catch is NotThere {
            outcome = .restored(shortfall: .zero)
        }
        if case .unknownSKU = outcome { return outcome }
        try enter(report, of: reservation.order)
        try markShipmentNoted(transaction)
        return outcome
    }

    /// Shipments that the coordinator has not in its log yet, as far as anybody knows.
    package func shipmentsUntold() throws -> Int64 {
        try db.value("SELECT count(*) FROM shipment WHERE is_noted = 0") ?? 0
    }

    /// Enters the shipment of what is being shipped now.
    func enterShipment(of transaction: TransactionID, who: String) throws {
        guard let order = try reservation(transaction)?.reservation.order else { return }
        try enter(ShipmentReport(transaction: transaction, who: who, at: now), of: order)
    }

    /// Returns the shipped reservations of which no shipment is on record.
    func shipmentsNotOnRecord() throws -> [Finding] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.name, r.tx, r.order_id FROM reservation AS r
                JOIN coordinator AS c ON c.id = r.coordinator
                WHERE r.status = 'shipped' AND NOT EXISTS (
                    SELECT 1 FROM shipment AS t WHERE t.tx = r.tx AND t.coordinator = r.coordinator
                        AND t.order_id = r.order_id)
                ORDER BY r.tx, c.name LIMIT ?
                """,
            arguments: [Limits.findingsMaximum]
        )
        .map { row in
            let name = Self.transactionID(row[0], row[1]).map { "\($0)" } ?? "\(row[1] as Int64)"
            return Finding(
                kind: .shipmentNotOnRecord,
                description:
                    "\(name), order \(row[2] as String), has shipped, and no shipment of it "
                    + "is on record"
            )
        }
    }

    // MARK: Parts

    private func enter(_ report: ShipmentReport, of order: Order.ID) throws {
        let id = try coordinatorID(of: report.transaction.coordinator)
        try willWrite()
        try db.run(
            """
            INSERT INTO shipment (tx, coordinator, order_id, at, who) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [report.transaction.number, id, order.rawValue, report.at.milliseconds, report.who]
        )
    }

    /// The first of a reservation's lots that has fewer on hand than the reservation takes.
    ///
    /// Of what was refused it takes only what nobody else was promised.
    private func missing(for record: ReservationRecord) throws -> ShipmentRefusal? {
        let refused = try refusals(of: record.reservation.transaction)
        for pick in record.picks {
            let row = try availability(of: pick.sku)?.lots.first { $0.lot == pick.lot }
            let onHand = row?.onHand ?? .zero
            guard onHand < pick.quantity else {
                let isRefused = refused.contains { $0.sku == pick.sku && $0.lot == pick.lot }
                guard isRefused, let row, row.free < 0 else { continue }
                return .pickRefused(record.reservation.order, pick.sku)
            }
            return .notOnHand(
                record.reservation.order,
                sku: pick.sku,
                lot: pick.lot,
                needed: pick.quantity,
                onHand: onHand
            )
        }
        return nil
    }

    private func shipments(
        where condition: String,
        _ arguments: StatementArguments,
        limit: Int
    ) throws -> [ShipmentRecord] {
        let bounded = max(0, min(limit, Limits.pageRowsMaximum))
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.name, t.tx, t.order_id, t.at, t.who, t.is_noted, t.coordinator,
                        t.is_cancelled
                    FROM shipment AS t JOIN coordinator AS c ON c.id = t.coordinator
                    WHERE \(condition) ORDER BY t.tx, c.name LIMIT \(bounded)
                    """
            ),
            arguments: arguments
        )
        return try rows.compactMap { row in
            guard let transaction = Self.transactionID(row[0], row[1]) else { return nil }
            return ShipmentRecord(
                report: ShipmentReport(
                    transaction: transaction,
                    who: row[4],
                    at: Timestamp(milliseconds: row[3])
                ),
                order: Order.ID(trusted: row[2]),
                isNoted: row[5] == 1,
                isCancelled: row[7] == 1,
                picks: try picks(of: transaction.number, row[6])
            )
        }
    }
}
