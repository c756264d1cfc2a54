package import AllocationModel
import GRDB

/// Which SKUs a listing is to show.
package struct StockFilter: Hashable, Sendable {
    /// What is to be true of a SKU's numbers.
    package enum Condition: String, CaseIterable, Hashable, Sendable {
        case any
        /// Something of it is held or allocated.
        case promised
        /// More of it is promised than is on hand.
        case short
        /// Its safety stock leaves nothing to promise.
        case exhausted
    }

    /// Part of the code or the description, in any case; empty for all.
    package let text: String
    package let condition: Condition

    package init(text: String = "", condition: Condition = .any) {
        self.text = text
        self.condition = condition
    }
}

/// One entry of the journal, with what the row came to by it.
package struct JournalRecord: Hashable, Sendable {
    package let id: Int64
    package let at: Timestamp
    package let kind: JournalKind
    /// Nil where the SKU is not kept by lot.
    package let lot: Lot.ID?
    package let onHandDelta: Int64
    package let heldDelta: Int64
    package let allocatedDelta: Int64
    /// The row's numbers after the entry.
    package let onHand: Quantity
    package let held: Quantity
    package let allocated: Quantity
    package let transaction: TransactionID?
    /// Nil where the reservation has been forgotten since.
    package let order: Order.ID?
    package let who: String?
    package let reason: String?
    /// What it changed of a lot besides its numbers.
    package let lotChange: LotChange?
}

extension Books {
    /// Returns a page of what the site keeps, by rising SKU.
    ///
    /// The next page begins `after` the last SKU of this one. A page has at most
    /// `Limits.pageRowsMaximum` rows, whatever `limit` says.
    package func list(
        _ filter: StockFilter = StockFilter(),
        after: SKU? = nil,
        limit: Int = Limits.pageRowsMaximum
    ) throws -> [SKUStock] {
        let codes = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.code FROM sku AS s
                    WHERE s.code > ?1
                        AND (?2 = '' OR instr(lower(s.code || ' ' || s.description), ?2) > 0)
                        AND \(Self.sql(for: filter.condition, on: today()))
                    ORDER BY s.code LIMIT ?3
                    """
            ),
            arguments: [
                after?.code ?? "", filter.text.lowercased(),
                max(0, min(limit, Limits.pageRowsMaximum)),
            ]
        )
        return try codes.compactMap { try availability(of: SKU(trusted: $0)) }
    }

    /// Explains how a SKU's stock came to be what it is: its entries, the latest first.
    ///
    /// Each row of stock is walked back from its last entry to its first, so the
    /// balance beside each entry is what the row was, and the walk ends at zero.
    ///
    /// Of one lot alone where one is named. Nil where the site does not keep the SKU; at most
    /// `Limits.pageRowsMaximum` entries, whatever `limit` says.
    package func history(
        of sku: SKU,
        lot: Lot.ID? = nil,
        limit: Int = Limits.pageRowsMaximum
    ) throws -> [JournalRecord]? {
        guard let id = try skuID(of: sku) else { return nil }
        return
            try Row.fetchAll(
                db.cachedStatement(sql: Self.historySQL),
                arguments: [id, max(0, min(limit, Limits.pageRowsMaximum)), lot?.rawValue]
            )
            .compactMap(Self.journalRecord)
    }

    private static func sql(for condition: StockFilter.Condition, on today: CivilDate) -> String {
        switch condition {
        case .any: "1"
        case .promised:
            "EXISTS (SELECT 1 FROM stock WHERE sku = s.id AND held + allocated > 0)"
        case .short:
            "EXISTS (SELECT 1 FROM stock WHERE sku = s.id AND held + allocated > on_hand)"
        case .exhausted:
            """
            (SELECT ifnull(sum(on_hand - held - allocated), 0) FROM stock
                WHERE sku = s.id AND is_quarantined = 0
                    AND (expires IS NULL OR expires >= \(today.daysSinceEpoch))) <= s.safety_stock
            """
        }
    }

    private static let historySQL = """
        WITH RECURSIVE walk (id, on_hand, held, allocated) AS (
            SELECT entry, on_hand, held, allocated FROM stock
            WHERE sku = ?1 AND entry IS NOT NULL AND (?3 IS NULL OR lot = ?3)
            UNION ALL
            SELECT e.previous, walk.on_hand - e.on_hand_delta, walk.held - e.held_delta,
                walk.allocated - e.allocated_delta
            FROM walk JOIN journal_entry AS e ON e.id = walk.id
            WHERE e.previous IS NOT NULL
            ORDER BY 1 DESC LIMIT ?2)
        SELECT e.id, b.at, ifnull(f.kind, e.kind), e.lot, e.on_hand_delta, e.held_delta,
            e.allocated_delta, walk.on_hand, walk.held, walk.allocated, c.name, e.tx, r.order_id,
            e.who, e.reason, f.expires_before, f.expires, f.certificates_before, f.certificates
        FROM walk JOIN journal_entry AS e ON e.id = walk.id
        LEFT JOIN batch AS b ON b.lsn = e.batch
        LEFT JOIN lot_event AS f ON f.entry = e.id
        LEFT JOIN coordinator AS c ON c.id = e.coordinator
        LEFT JOIN reservation AS r ON r.tx = e.tx AND r.coordinator = e.coordinator
        ORDER BY e.id DESC
        """

    private static func journalRecord(_ row: Row) -> JournalRecord? {
        guard let kind = JournalKind(rawValue: row[2]) else { return nil }
        let lot: String = row[3]
        let coordinator: String? = row[10]
        let number: Int64? = row[11]
        var transaction: TransactionID?
        if let coordinator, let number {
            transaction = TransactionID(
                coordinator: Coordinator.ID(trusted: coordinator),
                number: number
            )
        }
        return JournalRecord(
            id: row[0],
            at: Timestamp(milliseconds: row[1] ?? 0),
            kind: kind,
            lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
            onHandDelta: row[4],
            heldDelta: row[5],
            allocatedDelta: row[6],
            onHand: Quantity(row[7]),
            held: Quantity(row[8]),
            allocated: Quantity(row[9]),
            transaction: transaction,
            order: (row[12] as String?).map { Order.ID(trusted: $0) },
            who: row[13],
            reason: row[14],
            lotChange: (row[17] as String?)
                .map { before in
                    LotChange(
                        before: LotFacts(
                            expires: (row[15] as Int?).map { CivilDate(daysSinceEpoch: $0) },
                            certificates: Self.certificates(before)
                        ),
                        after: LotFacts(
                            expires: (row[16] as Int?).map { CivilDate(daysSinceEpoch: $0) },
                            certificates: Self.certificates(row[18])
                        )
                    )
                }
        )
    }
}
