package import AllocationModel
import Freight
import GRDB

/// How a stock file is to be taken.
package struct StockImportOptions: Hashable, Sendable {
    /// Check and count only.
    package var isDryRun = false
    /// The file is all there is: what it does not name is on hand no more.
    package var zeroesMissing = false
    /// Who hands the file in.
    package let who: String

    package init(who: String) {
        self.who = who
    }
}

/// What a stock file came to, or would.
package struct StockImportSummary: Hashable, Sendable {
    /// One difference the file makes.
    package struct Change: Hashable, Sendable {
        package let sku: SKU
        package let lot: Lot.ID?
        package let before: Quantity
        package let after: Quantity
    }

    /// Rows read, without the header and blank ones.
    package internal(set) var rows = 0
    /// Rows that name another warehouse.
    package internal(set) var rowsElsewhere = 0
    /// SKUs the ledger did not know.
    package internal(set) var created = 0
    /// Rows whose number on hand differed.
    package internal(set) var changed = 0
    /// Rows of stock that the file did not name, now at zero.
    package internal(set) var zeroed = 0
    /// The first `Limits.changesShownMaximum` of them.
    package internal(set) var changes: [Change] = []
    /// Columns that were not used, by name.
    package internal(set) var ignoredColumns: [String] = []
}

extension Books {
    /// Takes what a file says is on hand, whole or not at all.
    ///
    /// A row says how many of a SKU, or of a lot of it, are on hand; promises
    /// stay as they are, so a number below them leaves a shortfall. What a row
    /// leaves empty keeps its value. The file is read in pieces and never held:
    /// `next` returns its next bytes, and nil at its end. `progress` is called
    /// now and then with the rows read so far.
    ///
    /// - Throws: `RowReport` of all that is wrong with the file, or what `next` throws.
    package func importStock(
        _ options: StockImportOptions,
        progress: (Int) -> Void = { _ in },
        next: () throws -> [UInt8]?
    ) throws -> StockImportSummary {
        try check(options.who, field: "who")
        try willWrite()
        var work = try StockImport(self, options)
        var reader = CSVReader()
        do {
            while let bytes = try next() {
                for row in try reader.read(bytes) { try work.take(row, progress) }
            }
            if let row = try reader.finish() { try work.take(row, progress) }
        } catch let fault as RowFault {
            work.report.add(fault)
        }
        return try work.finish()
    }
}

/// One import in progress.
private struct StockImport {
    /// A SKU as the ledger has it.
    private struct Known {
        let id: Int64
        let stock: SKUStock
    }

    private let books: Books
    private let options: StockImportOptions
    private let warehouse: Warehouse.ID
    private var columns: StockColumns?
    private var summary = StockImportSummary()
    var report = RowReport()
    /// The line that named a SKU not kept by lot, by the SKU's row.
    ///
    /// Four bytes for each, because a file has a million.
    private var lines: [Int32] = []
    private var linesByLot: [LotKey: Int] = [:]

    private struct LotKey: Hashable {
        let sku: SKU
        let lot: Lot.ID?
    }

    init(_ books: Books, _ options: StockImportOptions) throws {
        self.books = books
        self.options = options
        warehouse = try books.site().warehouse
    }

    /// Whether rows are to be written: after a fault the rest is only checked.
    private var isWriting: Bool { report.isClean && !options.isDryRun }

    mutating func take(_ row: CSVRow, _ progress: (Int) -> Void) throws {
        guard let columns else {
            let found = try StockColumns(CSVHeader(row))
            summary.ignoredColumns = found.ignored
            columns = found
            return
        }
        if CSVHeader.isBlank(row) { return }
        summary.rows += 1
        if summary.rows % 1000 == 0 { progress(summary.rows) }
        if columns.isElsewhere(row, than: warehouse) {
            summary.rowsElsewhere += 1
            return
        }
        guard let row = columns.read(row, into: &report) else { return }
        try enter(row)
    }

    mutating func finish() throws -> StockImportSummary {
        if columns == nil && report.isClean {
            report.add(RowFault(line: 1, "is missing; the file is empty"))
        }
        if report.isClean && summary.rows > 0 && summary.rowsElsewhere == summary.rows {
            report.add(
                RowFault(
                    line: 2,
                    field: "warehouse",
                    "names \(warehouse) in no row of the file"
                )
            )
        }
        try report.throwUnlessClean()
        if options.zeroesMissing { try zeroMissing() }
        return summary
    }

    private mutating func enter(_ row: StockRow) throws {
        let known = try known(row.sku)
        guard isFirst(row, known), isLawful(row, known) else { return }
        let lot = known?.stock.lots.first { $0.lot == row.lot }
        let before = lot?.onHand.units ?? 0
        if known == nil { summary.created += 1 }
        if before != row.onHand { note(row.sku, row.lot, before, row.onHand) }
        guard isWriting else { return }
        let id = try write(row, known)
        if let name = row.lot { try write(name, as: lot, of: id, row) }
        if before != row.onHand {
            try append(row.onHand - before, sku: id, lot: row.lot?.rawValue ?? "")
        }
        if known == nil && row.lot == nil { mark(id, row.line) }
    }

    private func known(_ sku: SKU) throws -> Known? {
        try books.stockRow(of: sku).map { Known(id: $0.id, stock: $0.stock) }
    }

    /// Remembers the row's line, or reports the one that named its SKU and lot before.
    private mutating func isFirst(_ row: StockRow, _ known: Known?) -> Bool {
        var other: Int?
        if row.lot == nil, let known, !known.stock.entry.isLotTracked {
            let index = Int(known.id)
            other = index < lines.count && lines[index] > 0 ? Int(lines[index]) : nil
            if other == nil { mark(known.id, row.line) }
        } else if row.lot != nil || options.isDryRun || !report.isClean {
            other = linesByLot.updateValue(row.line, forKey: LotKey(sku: row.sku, lot: row.lot))
        }
        guard let other else { return true }
        report.add(
            RowFault(
                line: row.line,
                field: "sku",
                "names \(row.sku) again, as line \(other) does; keep one of them"
            )
        )
        return false
    }

    private mutating func mark(_ id: Int64, _ line: Int) {
        let index = Int(id)
        if index >= lines.count {
            lines.append(contentsOf: repeatElement(0, count: index + 1 - lines.count))
        }
        lines[index] = Int32(clamping: line)
    }

    /// Checks what a row says against what the ledger knows of its SKU.
    private mutating func isLawful(_ row: StockRow, _ known: Known?) -> Bool {
        if let entry = known?.stock.entry, entry.isLotTracked != (row.lot != nil) {
            report.add(
                RowFault(
                    line: row.line,
                    field: "lot",
                    entry.isLotTracked
                        ? "is empty, and \(row.sku) is kept by lot; name the lot"
                        : "is given, and \(row.sku) is not kept by lot; leave it empty"
                )
            )
            return false
        }
        if let message = fault(ofLimitedQuantity: row, known) {
            report.add(RowFault(line: row.line, field: "limited_quantity", message))
            return false
        }
        let multiple = row.facts.multiple ?? known?.stock.entry.sellingUnit.multiple ?? 1
        for (field, units) in [("on_hand", row.onHand), ("safety_stock", row.facts.safetyStock)] {
            guard let units, units % multiple != 0 else { continue }
            let below = units - units % multiple
            report.add(
                RowFault(
                    line: row.line,
                    field: field,
                    "is \(units), and \(row.sku) comes in multiples of \(multiple); "
                        + "the nearest are \(below) and \(below + multiple)"
                )
            )
            return false
        }
        return true
    }

    /// Says that a unit is too heavy for a package of limited quantities, or nothing.
    private func fault(ofLimitedQuantity row: StockRow, _ known: Known?) -> String? {
        let weight = row.facts.unitWeight ?? known?.stock.entry.unitWeight ?? .zero
        guard row.facts.hazmat?.isLimitedQuantity == true,
            weight > HazardousMaterials.limitedQuantityWeightMaximum
        else { return nil }
        return "is yes, and one \(row.sku) weighs \(weight.poundsBilled) lb; a package of limited "
            + "quantities weighs 66 lb (30 kg) at the most (49 CFR 173.150), so write no"
    }

    /// Writes what the file says of the SKU, where it is new or differs.
    private func write(_ row: StockRow, _ known: Known?) throws -> Int64 {
        let old = known?.stock.entry
        let facts = row.facts
        let entry = CatalogEntry(
            sku: row.sku,
            description: facts.description ?? old?.description ?? "",
            sellingUnit: SellingUnit(
                name: facts.unit ?? old?.sellingUnit.name ?? "each",
                multiple: facts.multiple ?? old?.sellingUnit.multiple ?? 1
            ),
            unitWeight: facts.unitWeight ?? old?.unitWeight ?? .zero,
            dimensions: facts.dimensions ?? old?.dimensions,
            carton: carton(facts, old),
            freightClass: facts.freightClass ?? old?.freightClass ?? .class70,
            unitsPerPallet: facts.unitsPerPallet ?? old?.unitsPerPallet,
            handling: facts.handling ?? old?.handling ?? "",
            hazmat: hazmat(facts, old?.hazmat),
            isLotTracked: row.lot != nil
        )
        let id: Int64
        if let known, entry == old {
            id = known.id
        } else {
            id = try books.writeCatalogEntry(entry, at: known?.id)
        }
        if let safety = facts.safetyStock, safety != known?.stock.safetyStock.units {
            try books.db.run("UPDATE sku SET safety_stock = ? WHERE id = ?", [safety, id])
        }
        return id
    }

    /// The carton's count and size, each as the file says it or else as it was.
    private func carton(_ facts: StockRow.Facts, _ old: CatalogEntry?) -> Carton? {
        guard let units = facts.unitsPerCarton ?? old?.carton?.units, units > 1 else { return nil }
        return Carton(
            units: units,
            dimensions: facts.cartonDimensions ?? old?.carton?.dimensions
        )
    }

    /// The material, and how much of it a unit holds, each as the file says it or else as it was.
    private func hazmat(_ facts: StockRow.Facts, _ old: Hazmat?) -> Hazmat? {
        guard let hazmat = facts.hazmat ?? old else { return nil }
        let isSame = old.map(hazmat.isSameMaterial) ?? false
        return Hazmat(
            number: hazmat.number,
            packingGroup: hazmat.packingGroup,
            isLimitedQuantity: hazmat.isLimitedQuantity,
            content: facts.content ?? (isSame ? old?.content : nil)
        )
    }

    /// Makes a lot, or changes what the file says otherwise of it.
    private func write(
        _ name: Lot.ID,
        as known: LotStock?,
        of sku: Int64,
        _ row: StockRow
    ) throws {
        guard let known else {
            try books.insertLot(
                name.rawValue,
                of: sku,
                LotFacts(expires: row.expires, certificates: row.certificates ?? [])
            )
            return
        }
        let facts = LotFacts(
            expires: row.expires ?? known.expires,
            certificates: row.certificates ?? known.certificates
        )
        try books.change(
            LotRow(sku: sku, lot: name.rawValue, facts: LotFacts(known)),
            to: facts,
            reason: nil,
            who: options.who
        )
    }

    private func append(_ delta: Int64, sku: Int64, lot: String) throws {
        try books.db.run(
            """
            INSERT INTO journal_entry (batch, sku, lot, kind, on_hand_delta, held_delta,
                allocated_delta, previous, who)
            SELECT ?, sku, lot, 'import', ?, 0, 0, entry, ? FROM stock WHERE sku = ? AND lot = ?
            """,
            [books.batch, delta, options.who, sku, lot]
        )
    }

    private mutating func note(_ sku: SKU, _ lot: Lot.ID?, _ before: Int64, _ after: Int64) {
        summary.changed += 1
        guard summary.changes.count < Limits.changesShownMaximum else { return }
        summary.changes.append(
            .init(sku: sku, lot: lot, before: Quantity(before), after: Quantity(after))
        )
    }

    /// Sets what the file did not name to zero on hand.
    private mutating func zeroMissing() throws {
        let rows = try Row.fetchCursor(
            books.db,
            sql: """
                SELECT s.code, k.sku, k.lot, k.on_hand FROM stock AS k
                JOIN sku AS s ON s.id = k.sku WHERE k.on_hand > 0 ORDER BY k.sku, k.lot
                """
        )
        // Collected first: a row must not change under the statement that reads it.
        var missing: [(code: String, sku: Int64, lot: String, onHand: Int64)] = []
        while let row = try rows.next() {
            let found = (code: row[0] as String, sku: row[1] as Int64, lot: row[2] as String)
            if !isNamed(found.code, found.sku, found.lot) {
                missing.append((found.code, found.sku, found.lot, row[3]))
            }
        }
        for row in missing {
            summary.zeroed += 1
            let lot = row.lot.isEmpty ? nil : Lot.ID(trusted: row.lot)
            note(SKU(trusted: row.code), lot, row.onHand, 0)
            if isWriting { try append(-row.onHand, sku: row.sku, lot: row.lot) }
        }
    }

    private func isNamed(_ code: String, _ id: Int64, _ lot: String) -> Bool {
        if lot.isEmpty { return Int(id) < lines.count && lines[Int(id)] > 0 }
        return linesByLot[LotKey(sku: SKU(trusted: code), lot: Lot.ID(trusted: lot))] != nil
    }
}
