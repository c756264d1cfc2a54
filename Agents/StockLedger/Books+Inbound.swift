package import AllocationModel
import GRDB

/// What is on its way to the site, and what is done when it comes.
extension Books {
    /// Announces a receipt; one that was closed or removed is expected anew, with what it adds.
    ///
    /// - Throws: `InboundRefusal` or `StockRefusal`; nothing is changed.
    @discardableResult
    package func addInbound(_ notice: InboundNotice, who: String) throws -> InboundReceipt {
        guard let found = try stockRow(of: notice.sku) else {
            throw StockRefusal.unknownSKU(notice.sku)
        }
        let known = try inbound(notice.reference, of: notice.sku)
        if let known, known.status == .open { throw InboundRefusal.known(known) }
        let had = known?.received.units ?? 0
        try checkInbound(notice.quantity.units, of: found.stock.entry, by: notice.expected)
        try check(who, field: "who")
        if !notice.origin.isEmpty { try check(notice.origin, field: "from") }
        guard try openInboundCount() < Limits.inboundOpenMaximum else {
            throw InboundRefusal.tooMany
        }
        let all = had + notice.quantity.units
        guard all <= AllocationModel::Limits.quantityMaximum else {
            throw StockRefusal.aboveMaximum(notice.sku)
        }
        try willWrite()
        if known == nil {
            try db.run(
                """
                INSERT INTO inbound_receipt (reference, sku, kind, origin, expected, quantity)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    notice.reference.rawValue, found.id, notice.kind.rawValue, notice.origin,
                    notice.expected.daysSinceEpoch, all,
                ]
            )
        } else {
            try db.run(
                """
                UPDATE inbound_receipt SET kind = ?, origin = ?, expected = ?, quantity = ?,
                    status = 'open' WHERE reference = ? AND sku = ?
                """,
                [
                    notice.kind.rawValue, notice.origin, notice.expected.daysSinceEpoch, all,
                    notice.reference.rawValue, found.id,
                ]
            )
        }
        return try note(.add, of: notice.reference, notice.sku, before: known, who: who)
    }

    /// Changes the day on which a receipt is expected, or how many it has in all, or both.
    ///
    /// - Throws: `InboundRefusal` or `StockRefusal`; nothing is changed.
    @discardableResult
    package func changeInbound(
        _ reference: Receipt.ID,
        of sku: SKU?,
        expected: CivilDate?,
        quantity: Quantity?,
        reason: String = "",
        who: String
    ) throws -> InboundReceipt {
        let receipt = try openInbound(reference, of: sku)
        guard expected != nil || quantity != nil else { throw InboundRefusal.nothingToChange }
        guard let found = try stockRow(of: receipt.sku) else {
            throw StockRefusal.unknownSKU(receipt.sku)
        }
        if let quantity, quantity <= receipt.received {
            throw InboundRefusal.fewerThanReceived(receipt)
        }
        // An overdue one may be cut short without anybody knowing a new day.
        let day = expected ?? receipt.expected
        if let expected, try expected < today() {
            throw InboundRefusal.passed(expected, today: try today())
        }
        let units = (quantity ?? receipt.quantity).units
        try checkMultiple(units - receipt.received.units, of: found.stock.entry)
        try check(who, field: "who")
        if !reason.isEmpty { try check(reason, field: "reason") }
        try willWrite()
        try db.run(
            "UPDATE inbound_receipt SET expected = ?, quantity = ? WHERE reference = ? AND sku = ?",
            [day.daysSinceEpoch, units, reference.rawValue, found.id]
        )
        return try note(.change, of: reference, receipt.sku, before: receipt, reason, who: who)
    }

    /// Takes back what was announced: what has come of it stays booked, and no more is expected.
    ///
    /// Without a SKU, all of the reference.
    ///
    /// - Throws: `InboundRefusal`; nothing is changed.
    @discardableResult
    package func removeInbound(
        _ reference: Receipt.ID,
        of sku: SKU?,
        reason: String = "",
        who: String
    ) throws -> [InboundReceipt] {
        let found = try openInbound(reference).filter { sku == nil || $0.sku == sku }
        guard !found.isEmpty else { throw InboundRefusal.unknown(reference, sku) }
        try check(who, field: "who")
        if !reason.isEmpty { try check(reason, field: "reason") }
        return try found.map { try end($0, as: .remove, reason, who: who) }
    }

    /// Books what has come of a receipt into stock, in the same write as the receipt's own record.
    ///
    /// Fewer than were announced leave the rest expected, unless it is to be closed; more than
    /// that are booked as they came.
    ///
    /// - Parameters:
    ///   - reference: The receipt.
    ///   - sku: Which of its SKUs; nil for all, or for the only one.
    ///   - units: How many came; nil for all that was open.
    ///   - lot: The lot of a SKU kept by lot, with the day on which it expires.
    ///   - closes: Whether no more of it is to come.
    ///   - who: Who has taken it in.
    /// - Returns: What has become of each SKU of it.
    /// - Throws: `InboundRefusal` or `StockRefusal`; nothing is changed.
    @discardableResult
    package func receiveInbound(
        _ reference: Receipt.ID,
        of sku: SKU? = nil,
        units: Int64? = nil,
        lot: (id: Lot.ID, expires: CivilDate?)? = nil,
        closing closes: Bool = false,
        who: String
    ) throws -> [InboundArrival] {
        if sku == nil, units == nil, lot == nil {
            let found = try openInbound(reference)
            guard !found.isEmpty else { throw InboundRefusal.unknown(reference, nil) }
            return try found.map {
                try receive($0, $0.open.units, into: nil, closing: closes, who: who)
            }
        }
        let receipt = try openInbound(reference, of: sku)
        return [
            try receive(
                receipt,
                units ?? receipt.open.units,
                into: lot,
                closing: closes,
                who: who
            )
        ]
    }

    private func receive(
        _ receipt: InboundReceipt,
        _ units: Int64,
        into lot: (id: Lot.ID, expires: CivilDate?)?,
        closing closes: Bool,
        who: String
    ) throws -> InboundArrival {
        guard units >= 0 else {
            throw StockRefusal.unlawful(field: "quantity", "is \(units); count 0 or more")
        }
        guard units > 0 else {
            guard closes else { throw InboundRefusal.noneReceived }
            try check(who, field: "who")
            return InboundArrival(
                receipt: try end(receipt, as: .close, "", who: who),
                units: .zero,
                change: nil
            )
        }
        if let lot { try enter(lot, of: receipt, who: who) }
        let row = try changeable(receipt.sku, lot?.id)
        let (after, isTooLarge) = row.onHand.addingReportingOverflow(units)
        guard !isTooLarge else { throw StockRefusal.aboveMaximum(receipt.sku) }
        let reason = "receipt \(receipt.reference)"
        let change = try record(.receive, of: row, to: after, reason: reason, who: who)
        let entry: Int64? = try db.value("SELECT max(id) FROM journal_entry")
        try insertEvent(.receive, of: receipt, at: row.sku, units: units, entry, "", who: who)
        let received = receipt.received.units + units
        let isClosed = closes || received >= receipt.quantity.units
        try db.run(
            "UPDATE inbound_receipt SET received = ?, status = ? WHERE reference = ? AND sku = ?",
            [
                received, isClosed ? "closed" : "open", receipt.reference.rawValue, row.sku,
            ]
        )
        guard let now = try inbound(receipt.reference, of: receipt.sku) else {
            throw InboundRefusal.unknown(receipt.reference, receipt.sku)
        }
        return InboundArrival(receipt: now, units: Quantity(units), change: change)
    }

    /// Enters the lot that comes in, or keeps what is known of it.
    private func enter(
        _ lot: (id: Lot.ID, expires: CivilDate?),
        of receipt: InboundReceipt,
        who: String
    ) throws {
        let sku = receipt.sku
        guard let found = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        guard found.stock.entry.isLotTracked else { throw StockRefusal.lotNotKept(sku) }
        let known = found.stock.lots.first { $0.lot == lot.id }
        guard known == nil || (lot.expires != nil && lot.expires != known?.expires) else { return }
        try setLot(
            lot.id,
            of: sku,
            expires: lot.expires ?? known?.expires,
            certificates: known?.certificates ?? [],
            reason: "receipt \(receipt.reference)",
            who: who
        )
    }

    // Reading.

    /// Returns what is on its way of a SKU and expected from a day on, the soonest first.
    package func openInbound(
        of sku: SKU,
        from day: CivilDate,
        limit: Int
    ) throws -> [InboundReceipt] {
        try receipts(
            """
            WHERE s.code = ? AND r.status = 'open' AND r.expected >= ?
            ORDER BY r.expected, r.reference LIMIT ?
            """,
            [sku.code, day.daysSinceEpoch, limit]
        )
    }

    /// Returns receipts by the day on which they are expected, at most `limit`.
    ///
    /// Only of `sku`, where one is given; where `isOpen`, only those that are on their way.
    package func inbound(
        of sku: SKU?,
        onlyOpen isOpen: Bool,
        limit: Int
    ) throws -> [InboundReceipt] {
        try receipts(
            """
            WHERE (?1 IS NULL OR s.code = ?1) AND (?2 = 0 OR r.status = 'open')
            ORDER BY r.expected, r.reference, s.code LIMIT ?3
            """,
            [sku?.code, isOpen, limit]
        )
    }

    /// Returns one receipt, whatever has become of it.
    package func inbound(_ reference: Receipt.ID, of sku: SKU) throws -> InboundReceipt? {
        try receipts("WHERE r.reference = ? AND s.code = ?", [reference.rawValue, sku.code]).first
    }

    /// How many receipts are on their way, and how many of them are overdue.
    package func inboundCounts() throws -> (open: Int, overdue: Int) {
        let row = try db.row(
            """
            SELECT count(*), count(*) FILTER (WHERE expected < ?) FROM inbound_receipt
            WHERE status = 'open'
            """,
            [try today().daysSinceEpoch]
        )
        return row.map { ($0[0], $0[1]) } ?? (0, 0)
    }

    /// Returns what was done with a receipt, the latest last.
    package func inboundEvents(of reference: Receipt.ID, limit: Int) throws -> [InboundEvent] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.code, e.kind, e.expected_before, e.expected, e.quantity_before,
                        e.quantity, e.received, e.who, e.reason, e.at
                    FROM inbound_event AS e JOIN sku AS s ON s.id = e.sku
                    WHERE e.reference = ? ORDER BY e.id DESC LIMIT ?
                    """
            ),
            arguments: [reference.rawValue, limit]
        )
        return rows.reversed()
            .compactMap { row in
                guard let kind = InboundEvent.Kind(rawValue: row[1]) else { return nil }
                return InboundEvent(
                    sku: SKU(trusted: row[0]),
                    kind: kind,
                    expectedBefore: (row[2] as Int?).map { CivilDate(daysSinceEpoch: $0) },
                    expected: CivilDate(daysSinceEpoch: row[3]),
                    quantityBefore: (row[4] as Int64?).map { Quantity($0) },
                    quantity: Quantity(row[5]),
                    received: Quantity(row[6]),
                    who: row[7],
                    reason: row[8],
                    at: Timestamp(milliseconds: row[9])
                )
            }
    }

    private func receipts(
        _ condition: String,
        _ arguments: StatementArguments
    ) throws -> [InboundReceipt] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT r.reference, s.code, r.kind, r.origin, r.expected, r.quantity, r.received,
                    r.status
                FROM inbound_receipt AS r JOIN sku AS s ON s.id = r.sku
                """ + "\n" + condition
        )
        return try Row.fetchAll(statement, arguments: arguments)
            .compactMap { row in
                guard let kind = InboundReceipt.Kind(rawValue: row[2]),
                    let status = InboundReceipt.Status(rawValue: row[7])
                else { return nil }
                return InboundReceipt(
                    reference: Receipt.ID(trusted: row[0]),
                    sku: SKU(trusted: row[1]),
                    kind: kind,
                    origin: row[3],
                    expected: CivilDate(daysSinceEpoch: row[4]),
                    quantity: Quantity(row[5]),
                    received: Quantity(row[6]),
                    status: status
                )
            }
    }

    /// Returns what is open of a reference, by rising SKU.
    func openInbound(_ reference: Receipt.ID) throws -> [InboundReceipt] {
        try receipts(
            "WHERE r.reference = ? AND r.status = 'open' ORDER BY s.code",
            [reference.rawValue]
        )
    }

    /// Returns the one open receipt that is meant.
    private func openInbound(_ reference: Receipt.ID, of sku: SKU?) throws -> InboundReceipt {
        let found = try openInbound(reference).filter { sku == nil || $0.sku == sku }
        guard let receipt = found.first else { throw InboundRefusal.unknown(reference, sku) }
        guard found.count == 1 else {
            throw InboundRefusal.severalSKUs(reference, found.map(\.sku))
        }
        return receipt
    }

    func openInboundCount() throws -> Int {
        try db.value("SELECT count(*) FROM inbound_receipt WHERE status = 'open'") ?? 0
    }

    // Writing.

    private func checkInbound(
        _ units: Int64,
        of entry: CatalogEntry,
        by expected: CivilDate
    ) throws {
        guard units > 0 else {
            throw StockRefusal.unlawful(field: "quantity", "is \(units); announce 1 or more")
        }
        try checkMultiple(units, of: entry)
        guard try expected >= today() else {
            throw InboundRefusal.passed(expected, today: try today())
        }
    }

    private func end(
        _ receipt: InboundReceipt,
        as kind: InboundEvent.Kind,
        _ reason: String,
        who: String
    ) throws -> InboundReceipt {
        try willWrite()
        try db.run(
            """
            UPDATE inbound_receipt SET status = ?
            WHERE reference = ? AND sku = (SELECT id FROM sku WHERE code = ?)
            """,
            [
                kind == .remove ? "removed" : "closed", receipt.reference.rawValue,
                receipt.sku.code,
            ]
        )
        return try note(
            kind,
            of: receipt.reference,
            receipt.sku,
            before: receipt,
            reason,
            who: who
        )
    }

    /// Writes down what was done with a receipt, and returns it as it is then.
    private func note(
        _ kind: InboundEvent.Kind,
        of reference: Receipt.ID,
        _ sku: SKU,
        before: InboundReceipt?,
        _ reason: String = "",
        who: String
    ) throws -> InboundReceipt {
        guard let now = try inbound(reference, of: sku),
            let id: Int64 = try db.value("SELECT id FROM sku WHERE code = ?", [sku.code])
        else { throw InboundRefusal.unknown(reference, sku) }
        try insertEvent(kind, of: now, at: id, before: before, units: 0, nil, reason, who: who)
        return now
    }

    private func insertEvent(
        _ kind: InboundEvent.Kind,
        of receipt: InboundReceipt,
        at sku: Int64,
        before: InboundReceipt? = nil,
        units: Int64,
        _ entry: Int64?,
        _ reason: String,
        who: String
    ) throws {
        try db.run(
            """
            INSERT INTO inbound_event (reference, sku, kind, expected_before, expected,
                quantity_before, quantity, received, entry, who, reason, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                receipt.reference.rawValue, sku, kind.rawValue, before?.expected.daysSinceEpoch,
                receipt.expected.daysSinceEpoch, before?.quantity.units, receipt.quantity.units,
                units, entry, who, reason, now.milliseconds,
            ]
        )
    }
}
