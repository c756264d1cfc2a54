package import AllocationModel
import GRDB

/// What a site manager's change came to.
package struct StockChange: Hashable, Sendable {
    /// On hand of the row that changed, before and after.
    package let before: Quantity
    package let after: Quantity
    /// What may be promised of the SKU now.
    package let available: Quantity
    /// Units promised that are not there: somebody must decide whom to tell.
    package let shortfall: Quantity
}

extension Books {
    /// Adds to or takes from what is on hand, for a reason.
    ///
    /// What the change leaves missing of promised units is recorded as a
    /// shortfall, not refused: the goods are where they are.
    ///
    /// - Throws: `StockRefusal`; nothing is changed.
    @discardableResult
    package func adjust(
        _ sku: SKU,
        lot: Lot.ID? = nil,
        by delta: Int64,
        reason: String,
        who: String
    ) throws -> StockChange {
        let row = try changeable(sku, lot)
        let (after, isTooLarge) = row.onHand.addingReportingOverflow(delta)
        guard !isTooLarge else { throw StockRefusal.aboveMaximum(sku) }
        guard after >= 0 else {
            throw StockRefusal.belowZero(sku, onHand: Quantity(row.onHand), delta: delta)
        }
        return try record(.adjust, of: row, to: after, reason: reason, who: who)
    }

    /// Records a physical count: what is on hand is what was counted.
    ///
    /// A count that finds nothing changed is recorded too. One that finds fewer
    /// than are promised leaves a shortfall: see `adjust`.
    ///
    /// - Throws: `StockRefusal`; nothing is changed.
    @discardableResult
    package func count(
        _ sku: SKU,
        lot: Lot.ID? = nil,
        counted: Int64,
        who: String
    ) throws -> StockChange {
        let row = try changeable(sku, lot)
        guard counted >= 0 else {
            throw StockRefusal.unlawful(field: "counted", "is \(counted); count 0 or more")
        }
        let previous = try lastEntry(of: row)
        let change = try record(.count, of: row, to: counted, reason: nil, who: who)
        try reportCount(of: row, after: previous, counted: counted, who: who)
        return change
    }

    /// Sets how many units of a SKU are kept back from promising.
    ///
    /// More than there are may be kept back: then nothing new is promised.
    ///
    /// - Throws: `StockRefusal`; nothing is changed.
    package func setSafetyStock(of sku: SKU, to quantity: Quantity) throws {
        guard let found = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        try checkMultiple(quantity.units, of: found.stock.entry)
        try willWrite()
        try db.run("UPDATE sku SET safety_stock = ? WHERE id = ?", [quantity.units, found.id])
    }

    // MARK: Parts

    /// A row of stock that a change may be made to.
    struct ChangeableRow {
        let entry: CatalogEntry
        let sku: Int64
        let lot: String
        let onHand: Int64
    }

    func changeable(_ sku: SKU, _ lot: Lot.ID?) throws -> ChangeableRow {
        guard let (id, stock) = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        if stock.entry.isLotTracked && lot == nil { throw StockRefusal.lotNeeded(sku) }
        guard let row = stock.lots.first(where: { $0.lot == lot }) else {
            guard let lot, stock.entry.isLotTracked else { throw StockRefusal.lotNotKept(sku) }
            throw StockRefusal.unknownLot(sku, lot)
        }
        return ChangeableRow(
            entry: stock.entry,
            sku: id,
            lot: lot?.rawValue ?? "",
            onHand: row.onHand.units
        )
    }

    func record(
        _ kind: JournalKind,
        of row: ChangeableRow,
        to after: Int64,
        reason: String?,
        who: String
    ) throws -> StockChange {
        guard after <= AllocationModel::Limits.quantityMaximum else {
            throw StockRefusal.aboveMaximum(row.entry.sku)
        }
        try checkMultiple(after, of: row.entry)
        try append(kind, of: row, delta: after - row.onHand, reason: reason, who: who)
        let stock = try availability(of: row.entry.sku)
        return StockChange(
            before: Quantity(row.onHand),
            after: Quantity(after),
            available: stock?.available ?? .zero,
            shortfall: stock?.shortfall ?? .zero
        )
    }

    func append(
        _ kind: JournalKind,
        of row: ChangeableRow,
        delta: Int64,
        reason: String?,
        who: String
    ) throws {
        try check(who, field: "who")
        if let reason { try check(reason, field: "reason") }
        try willWrite()
        try db.run(
            """
            INSERT INTO journal_entry (batch, sku, lot, kind, on_hand_delta, held_delta,
                allocated_delta, previous, who, reason)
            SELECT ?, sku, lot, ?, ?, 0, 0, entry, ?, ? FROM stock WHERE sku = ? AND lot = ?
            """,
            [batch, kind.rawValue, delta, who, reason, row.sku, row.lot]
        )
    }

    /// Refuses a count that no selling unit of the SKU could have; zero is lawful.
    func checkMultiple(_ units: Int64, of entry: CatalogEntry) throws {
        guard units > 0, entry.sellingUnit.nearestLawful(to: Quantity(units)) != nil else { return }
        let multiple = entry.sellingUnit.multiple
        let below = units - units % multiple
        throw StockRefusal.notAMultiple(
            entry.sku,
            of: multiple,
            below: below,
            above: below + multiple
        )
    }

    /// Refuses what would not fit a line on paper.
    func check(_ text: String, field: String) throws {
        guard !text.isEmpty else { throw StockRefusal.unlawful(field: field, "is empty") }
        guard text.utf8.count <= Limits.textBytesMaximum else {
            throw StockRefusal.unlawful(
                field: field,
                "is longer than \(Limits.textBytesMaximum) bytes"
            )
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw StockRefusal.unlawful(field: field, "contains a control character") }
    }
}
