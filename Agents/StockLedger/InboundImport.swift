package import AllocationModel

/// What a file of receipts came to, or would.
package struct InboundImportSummary: Hashable, Sendable {
    /// Rows read, without the header and blank ones.
    package internal(set) var rows = 0
    /// Rows that name another warehouse.
    package internal(set) var rowsElsewhere = 0
    package internal(set) var added = 0
    package internal(set) var changed = 0
    /// Receipts that the file did not name, where it names all there are.
    package internal(set) var removed = 0
    /// Rows of receipts that have come, or were taken back, already: they are passed over.
    package internal(set) var over = 0
    /// Columns that were not used, by name.
    package internal(set) var ignoredColumns: [String] = []
}

extension Books {
    /// Takes what a file says is on its way, whole or not at all.
    ///
    /// A row says how many of a SKU a receipt has in all, those that have come included, and on
    /// which day they are expected: read again after a part has come it changes nothing.
    ///
    /// - Parameters:
    ///   - rows: The file's rows, the header first.
    ///   - isSnapshot: Whether what the file does not name is expected no more.
    ///   - who: Who hands the file in.
    /// - Returns: What it came to.
    /// - Throws: `RowReport` of all that is wrong with the file; nothing is changed.
    package func importInbound(
        _ rows: [CSVRow],
        isSnapshot: Bool,
        who: String
    ) throws -> InboundImportSummary {
        var work = try InboundImport(self, who: who)
        guard let first = rows.first else {
            throw RowReport(RowFault(line: 1, "is missing; the file is empty"))
        }
        do {
            let columns = try InboundColumns(CSVHeader(first))
            for row in rows.dropFirst() where !CSVHeader.isBlank(row) {
                try work.take(row, in: columns)
            }
            return try work.finish(columns, isSnapshot: isSnapshot)
        } catch let fault as RowFault {
            throw RowReport(fault)
        }
    }
}

/// One row of a file of receipts, checked by itself.
private struct InboundRow {
    let line: Int
    let notice: InboundNotice
}

/// The columns of a file of receipts, by what people call them.
private struct InboundColumns {
    private let header: CSVHeader
    private let reference: Int
    private let sku: Int
    private let quantity: Int
    private let expected: Int
    private let kind: Int?
    private let origin: Int?
    private let warehouse: Int?
    let ignored: [String]

    init(_ header: CSVHeader) throws(RowFault) {
        self.header = header
        reference = try header.index(
            ofRequired: ["reference", "receipt", "po", "po_number", "transfer", "transfer_number"]
        )
        sku = try header.index(ofRequired: ["sku", "item", "part", "product"])
        quantity = try header.index(ofRequired: ["quantity", "qty", "units", "ordered"])
        expected = try header.index(
            ofRequired: ["expected", "expected_day", "expected_date", "eta", "due", "due_date"]
        )
        kind = header.index(ofAny: ["kind", "type"])
        origin = header.index(ofAny: ["from", "origin", "supplier", "vendor"])
        warehouse = header.index(ofAny: ["warehouse", "site", "location", "to"])
        let known =
            [reference, sku, quantity, expected]
            + [kind, origin, warehouse].compactMap(\.self)
        ignored = header.row.fields.indices.filter { !known.contains($0) }
            .map { header.row.fields[$0] }.filter { !$0.isEmpty }
    }

    func isElsewhere(_ row: CSVRow, than name: Warehouse.ID) -> Bool {
        guard let warehouse else { return false }
        let text = header.text(at: warehouse, of: row)
        return !text.isEmpty && text != name.rawValue
    }

    /// Reads a row, or adds to `report` all that is wrong with it and returns nil.
    func read(_ row: CSVRow, into report: inout RowReport) -> InboundRow? {
        let before = report.faultsTotal
        if let fault = header.widthFault(of: row) { report.add(fault) }
        func text(_ index: Int) -> String { header.text(at: index, of: row) }
        let name = report.take("reference", atLine: row.line) { () throws(ParseError) in
            try Receipt.ID(parsing: text(reference))
        }
        let code = report.take("sku", atLine: row.line) { () throws(ParseError) in
            try SKU(parsing: text(sku))
        }
        let day = report.take("expected", atLine: row.line) { () throws(ParseError) in
            try CivilDate(parsing: text(expected))
        }
        let units = report.take("quantity", atLine: row.line) { () throws(ParseError) in
            guard let number = Int64(text(quantity)), number > 0 else {
                throw ParseError("is ‘\(text(quantity))’; give a whole number of units, 1 or more")
            }
            return try Quantity(checking: number)
        }
        let word = kind.map(text) ?? ""
        let what = report.take("kind", atLine: row.line) {
            () throws(ParseError) -> InboundReceipt.Kind in
            if word.isEmpty { return .purchase }
            guard let found = InboundReceipt.Kind(rawValue: word.lowercased()) else {
                throw ParseError("is ‘\(word)’; write purchase or transfer, or leave it empty")
            }
            return found
        }
        guard report.faultsTotal == before, let name, let code, let day, let units, let what else {
            return nil
        }
        return InboundRow(
            line: row.line,
            notice: InboundNotice(
                reference: name,
                sku: code,
                kind: what,
                origin: origin.map(text) ?? "",
                expected: day,
                quantity: units
            )
        )
    }
}

/// One import in progress.
private struct InboundImport {
    private struct Key: Hashable {
        let reference: Receipt.ID
        let sku: SKU
    }

    private let books: Books
    private let who: String
    private let warehouse: Warehouse.ID
    private var summary = InboundImportSummary()
    private var report = RowReport()
    private var lines: [Key: Int] = [:]

    init(_ books: Books, who: String) throws {
        self.books = books
        self.who = who
        warehouse = try books.site().warehouse
    }

    mutating func take(_ row: CSVRow, in columns: InboundColumns) throws {
        summary.rows += 1
        if columns.isElsewhere(row, than: warehouse) {
            summary.rowsElsewhere += 1
            return
        }
        guard let row = columns.read(row, into: &report) else { return }
        let notice = row.notice
        let key = Key(reference: notice.reference, sku: notice.sku)
        if let other = lines.updateValue(row.line, forKey: key) {
            let what = "\(notice.sku) of \(notice.reference)"
            report.add(
                RowFault(
                    line: row.line,
                    field: "reference",
                    "names \(what) again, as line \(other) does; keep one of them"
                )
            )
            return
        }
        do {
            try enter(notice)
        } catch let refusal as InboundRefusal {
            report.add(RowFault(line: row.line, "cannot be taken: \(refusal)"))
        } catch let refusal as StockRefusal {
            report.add(RowFault(line: row.line, "cannot be taken: \(refusal)"))
        }
    }

    private mutating func enter(_ notice: InboundNotice) throws {
        guard let known = try books.inbound(notice.reference, of: notice.sku) else {
            try books.addInbound(notice, who: who)
            summary.added += 1
            return
        }
        // What the sender has not heard of yet is not expected a second time.
        guard known.status == .open, notice.quantity > known.received else {
            summary.over += 1
            return
        }
        guard known.expected != notice.expected || known.quantity != notice.quantity else { return }
        try books.changeInbound(
            notice.reference,
            of: notice.sku,
            expected: known.expected == notice.expected ? nil : notice.expected,
            quantity: notice.quantity,
            who: who
        )
        summary.changed += 1
    }

    mutating func finish(
        _ columns: InboundColumns,
        isSnapshot: Bool
    ) throws -> InboundImportSummary {
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
        summary.ignoredColumns = columns.ignored
        guard isSnapshot else { return summary }
        let open = try books.inbound(of: nil, onlyOpen: true, limit: Limits.inboundOpenMaximum)
        for receipt in open
        where lines[Key(reference: receipt.reference, sku: receipt.sku)] == nil {
            try books.removeInbound(
                receipt.reference,
                of: receipt.sku,
                reason: "not in the file",
                who: who
            )
            summary.removed += 1
        }
        return summary
    }
}
