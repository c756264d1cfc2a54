package import AllocationModel
import GRDB

extension Books {
    /// Enters a SKU in the catalog, or replaces what the catalog says of it.
    ///
    /// - Throws: `StockRefusal` where the SKU has stock and its lot tracking would change.
    package func setCatalogEntry(_ entry: CatalogEntry) throws {
        let known = try stockRow(of: entry.sku)
        if let old = known?.stock.entry, old.isLotTracked != entry.isLotTracked {
            let entries = try history(of: entry.sku, limit: 1) ?? []
            guard entries.isEmpty else { throw StockRefusal.lotTrackingKept(entry.sku) }
        }
        try writeCatalogEntry(entry, at: known?.id)
    }

    /// Writes the row of a SKU, new or at `id`, and returns which it is.
    @discardableResult
    func writeCatalogEntry(_ entry: CatalogEntry, at id: Int64?) throws -> Int64 {
        try willWrite()
        let arguments: StatementArguments = [
            entry.sku.code, entry.description, entry.sellingUnit.name, entry.sellingUnit.multiple,
            entry.unitWeight.grams, entry.dimensions?.length, entry.dimensions?.width,
            entry.dimensions?.height, entry.freightClass.rawValue, entry.isLotTracked,
            entry.unitsPerPallet, entry.handling, entry.hazmat?.number,
            entry.hazmat?.packingGroup?.rawValue, entry.hazmat?.isLimitedQuantity ?? false,
            entry.carton?.units, entry.carton?.dimensions?.length,
            entry.carton?.dimensions?.width, entry.carton?.dimensions?.height,
            entry.hazmat?.content?.thousandths, entry.hazmat?.content?.kind.rawValue,
        ]
        guard let id else {
            try db.run(
                """
                INSERT INTO sku (code, description, unit, multiple, unit_weight, length, width,
                    height, freight_class, is_lot_tracked, units_per_pallet, handling,
                    un_number, packing_group, is_limited_quantity, units_per_carton, carton_length,
                    carton_width, carton_height, content, content_unit)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                arguments
            )
            let id = db.lastInsertedRowID
            try insertUnlottedStock(of: id, unless: entry.isLotTracked)
            return id
        }
        try clearUnusedStock(of: id, unless: entry.isLotTracked)
        try db.run(
            """
            UPDATE sku SET (code, description, unit, multiple, unit_weight, length, width,
                height, freight_class, is_lot_tracked, units_per_pallet, handling,
                un_number, packing_group, is_limited_quantity, units_per_carton, carton_length,
                carton_width, carton_height, content, content_unit) =
                (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            WHERE id = ?
            """,
            arguments + [id]
        )
        try insertUnlottedStock(of: id, unless: entry.isLotTracked)
        return id
    }

    /// Makes the empty row of a new lot.
    func insertLot(_ lot: String, of sku: Int64, _ facts: LotFacts = .none) throws {
        try willWrite()
        try db.run(
            "INSERT INTO stock (sku, lot, expires, certificates) VALUES (?, ?, ?, ?)",
            [sku, lot, facts.expires?.daysSinceEpoch, facts.certificates.joined(separator: "\n")]
        )
    }

    private func insertUnlottedStock(of sku: Int64, unless isLotTracked: Bool) throws {
        if isLotTracked { return }
        try db.run("INSERT OR IGNORE INTO stock (sku, lot) VALUES (?, '')", [sku])
    }

    /// Lets go of rows that never had stock and are of the other kind.
    private func clearUnusedStock(of sku: Int64, unless isLotTracked: Bool) throws {
        try db.run(
            "DELETE FROM stock WHERE sku = ? AND entry IS NULL AND (lot <> '') <> ?",
            [sku, isLotTracked]
        )
    }
}
