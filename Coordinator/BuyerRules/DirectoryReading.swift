package import AllocationModel

/// Reads the office's directories of customers and SKUs from CSV or JSON.
///
/// A file is taken whole or not at all: every row that is wrong is reported.
package enum DirectoryReading {
    /// Entries one file may have: ten times the customers that the budgets are stated for.
    package static let entriesMaximum = 1_000_000

    /// Reads customers: `id` and any of `company`, `segment`, `contract`, `tags`.
    ///
    /// - Throws: `RowReport`; the line of a JSON file's fault is the entry's place, from 1.
    package static func customers(from bytes: [UInt8]) throws(RowReport) -> [Customer] {
        var table = try DirectoryTable(
            bytes,
            columns: ["id", "company", "segment", "contract", "tags"]
        )
        var customers: [Customer] = []
        for row in table.rows {
            let id = table.parsed(row, "id") { (text) throws(ParseError) in
                try Customer.ID(parsing: text)
            }
            let company = table.word(row, "company")
            let segment = table.word(row, "segment")
            let contract = table.word(row, "contract")
            let tags = table.words(row, "tags")
            guard let id, table.isFirst(id.rawValue, row) else { continue }
            customers.append(
                Customer(
                    id: id,
                    company: company,
                    segment: segment,
                    contract: contract,
                    tags: tags
                )
            )
        }
        try table.report.throwUnlessClean()
        return customers
    }

    /// Reads SKUs, a row each.
    ///
    /// The columns are `sku` and any of `warehouses`, `regions`, `handling`, `hazmat`,
    /// `freight_class`, `reorder_point`, and of what is asked of lots `lot_life_days`,
    /// `lot_certificates` and `single_lot`.
    ///
    /// - Throws: As `customers` does.
    package static func profiles(from bytes: [UInt8]) throws(RowReport) -> [SKUProfile] {
        var table = try DirectoryTable(
            bytes,
            columns: [
                "sku", "warehouses", "regions", "handling", "hazmat", "freight_class",
                "reorder_point", "lot_life_days", "lot_certificates", "single_lot",
            ]
        )
        var profiles: [SKUProfile] = []
        for row in table.rows {
            let sku = table.parsed(row, "sku") { (text) throws(ParseError) in
                try SKU(parsing: text)
            }
            let warehouses = table.words(row, "warehouses")
                .compactMap { name in
                    table.take(row, "warehouses") { () throws(ParseError) in
                        try Warehouse.ID(parsing: name)
                    }
                }
            let regions = table.words(row, "regions")
                .compactMap { text in
                    table.take(row, "regions") { () throws(ParseError) in try region(text) }
                }
            let handling = table.words(row, "handling")
            let isHazardous = table.optional(row, "hazmat", by: flag(_:)) ?? false
            let freightClass = table.optional(row, "freight_class") { (text) throws(ParseError) in
                try FreightClass(parsing: text)
            }
            let reorderPoint = table.optional(row, "reorder_point", by: quantity(_:))
            let lots = lots(of: row, in: &table)
            guard let sku, table.isFirst(sku.code, row) else { continue }
            profiles.append(
                SKUProfile(
                    sku: sku,
                    eligibleWarehouses: warehouses,
                    regions: regions,
                    handling: handling,
                    isHazardous: isHazardous,
                    freightClass: freightClass,
                    reorderPoint: reorderPoint,
                    lots: lots
                )
            )
        }
        try table.report.throwUnlessClean()
        return profiles
    }

    private static func lots(
        of row: DirectoryTable.Row,
        in table: inout DirectoryTable
    ) -> LotNeeds {
        let days = table.optional(row, "lot_life_days") { (text) throws(ParseError) in
            guard let days = Int(text), (0...LotNeeds.lifeDaysMaximum).contains(days) else {
                throw ParseError(
                    "‘\(text.prefix(32))’ is no number of days up to \(LotNeeds.lifeDaysMaximum)"
                )
            }
            return days
        }
        let certificates = table.words(row, "lot_certificates")
            .compactMap { name in
                table.take(row, "lot_certificates") { () throws(ParseError) in
                    try LotCertificate.name(parsing: name)
                }
            }
        if certificates.count > LotNeeds.certificatesMaximum {
            table.fault(
                row,
                "lot_certificates",
                "names \(certificates.count); at most \(LotNeeds.certificatesMaximum) are allowed"
            )
        }
        return LotNeeds(
            lifeDays: days,
            certificates: certificates,
            isSingleLot: table.optional(row, "single_lot", by: flag(_:)) ?? false
        )
    }

    private static func region(_ text: String) throws(ParseError) -> String {
        let parts = text.uppercased().split(separator: "-", maxSplits: 1).map(String.init)
        guard let country = parts.first else {
            throw ParseError("is empty; write a country as US, or a region as US-TX")
        }
        _ = try Country(parsing: country)
        return parts.joined(separator: "-")
    }

    private static func flag(_ text: String) throws(ParseError) -> Bool {
        switch text.lowercased() {
        case "yes", "true", "1": return true
        case "no", "false", "0": return false
        default: throw ParseError("‘\(text.prefix(32))’ is neither yes nor no")
        }
    }

    private static func quantity(_ text: String) throws(ParseError) -> Quantity {
        guard let units = Int64(text) else {
            throw ParseError("‘\(text.prefix(32))’ is not a whole number")
        }
        return try Quantity(checking: units)
    }
}

/// Rows under names, from CSV or JSON alike.
private struct DirectoryTable {
    /// A line, and its fields by column.
    struct Row {
        let line: Int
        let fields: [String: [String]]
    }

    private(set) var rows: [Row] = []
    private(set) var report = RowReport()
    private var firstLines: [String: Int] = [:]
    private let columns: [String]

    init(_ bytes: [UInt8], columns: [String]) throws(RowReport) {
        self.columns = columns
        let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "[") {
            try readJSON(bytes)
        } else {
            try readCSV(bytes)
        }
        guard rows.count <= DirectoryReading.entriesMaximum else {
            throw RowReport(
                RowFault(
                    line: 1,
                    "has \(rows.count) entries under it; at most "
                        + "\(DirectoryReading.entriesMaximum) are allowed"
                )
            )
        }
    }

    private mutating func readCSV(_ bytes: [UInt8]) throws(RowReport) {
        let all: [CSVRow]
        do {
            all = try CSVReader.rows(of: bytes)
        } catch {
            throw RowReport(error)
        }
        guard let head = all.first else {
            throw RowReport(
                RowFault(
                    line: 1,
                    "is empty; begin with the columns \(columns.joined(separator: ","))"
                )
            )
        }
        let names = head.fields.map { Self.normalized($0) }
        for (index, name) in names.enumerated() {
            if !columns.contains(name) {
                let hint = NearestWord.hint(for: name, among: columns)
                report.add(RowFault(line: head.line, "has a column ‘\(name)’; \(hint)"))
            } else if names[..<index].contains(name) {
                report.add(RowFault(line: head.line, "has two columns ‘\(name)’; remove one"))
            }
        }
        if let key = columns.first, !names.contains(key) {
            report.add(RowFault(line: head.line, "has no column ‘\(key)’; add it"))
        }
        try report.throwUnlessClean()
        for row in all.dropFirst() where !CSVHeader.isBlank(row) {
            guard row.fields.count <= names.count else {
                report.add(
                    RowFault(
                        line: row.line,
                        "has \(row.fields.count) fields under \(names.count) columns; "
                            + "quote a field with a comma"
                    )
                )
                continue
            }
            rows.append(
                Row(
                    line: row.line,
                    fields: Dictionary(
                        uniqueKeysWithValues: zip(names, row.fields)
                            .map { ($0, [Self.trimmed($1)]) }
                    )
                )
            )
        }
    }

    private mutating func readJSON(_ bytes: [UInt8]) throws(RowReport) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw RowReport(RowFault(line: 1, "is not JSON: \(error)"))
        }
        guard case .array(let elements) = document else { return }
        for (index, element) in elements.enumerated() {
            guard case .object(let members) = element else {
                report.add(RowFault(line: index + 1, "is \(element.kind) and not an object"))
                continue
            }
            var fields: [String: [String]] = [:]
            for member in members {
                let name = Self.normalized(member.name)
                guard columns.contains(name) else {
                    let hint = NearestWord.hint(for: name, among: columns)
                    report.add(
                        RowFault(line: index + 1, "has a field ‘\(member.name)’; \(hint)")
                    )
                    continue
                }
                fields[name] = texts(of: member.value, name, atEntry: index + 1)
            }
            rows.append(Row(line: index + 1, fields: fields))
        }
    }

    private mutating func texts(of value: JSONValue, _ name: String, atEntry line: Int) -> [String]
    {
        switch value {
        case .null: return []
        case .string(let text): return [text]
        case .number(let number): return [number.text]
        case .boolean(let flag): return [flag ? "yes" : "no"]
        case .array(let elements):
            return elements.flatMap { element -> [String] in
                if case .string(let text) = element { return [text] }
                report.add(
                    RowFault(line: line, field: name, "holds \(element.kind) and not strings alone")
                )
                return []
            }
        case .object:
            report.add(RowFault(line: line, field: name, "is an object and not text"))
            return []
        }
    }

    // Fields.

    /// Returns what `parse` makes of a field that must be there.
    mutating func parsed<Value>(
        _ row: Row,
        _ name: String,
        by parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        let text = row.fields[name]?.first ?? ""
        return take(row, name) { () throws(ParseError) in try parse(text) }
    }

    /// Returns what `parse` makes of a field, or nil where it is empty.
    mutating func optional<Value>(
        _ row: Row,
        _ name: String,
        by parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        guard let text = row.fields[name]?.first, !text.isEmpty else { return nil }
        return take(row, name) { () throws(ParseError) in try parse(text) }
    }

    mutating func take<Value>(
        _ row: Row,
        _ name: String,
        _ parse: () throws(ParseError) -> Value
    ) -> Value? {
        report.take(name, atLine: row.line, parse)
    }

    mutating func fault(_ row: Row, _ name: String, _ message: String) {
        report.add(RowFault(line: row.line, field: name, message))
    }

    mutating func word(_ row: Row, _ name: String) -> String {
        let text = row.fields[name]?.first ?? ""
        return take(row, name) { () throws(ParseError) in try Self.checked(text) } ?? ""
    }

    /// Reads words between semicolons, or a JSON array of them.
    mutating func words(_ row: Row, _ name: String) -> [String] {
        let texts = row.fields[name] ?? []
        let words =
            texts.count == 1
            ? texts[0].split(separator: ";").map { Self.trimmed(String($0)) }.filter { !$0.isEmpty }
            : texts
        guard words.count <= Limits.tagsMaximum else {
            report.add(
                RowFault(
                    line: row.line,
                    field: name,
                    "holds \(words.count) words; at most \(Limits.tagsMaximum) are allowed"
                )
            )
            return []
        }
        return words.compactMap { word in
            take(row, name) { () throws(ParseError) in try Self.checked(word) }
        }
    }

    /// Whether the key is used here first; else that is a fault.
    mutating func isFirst(_ key: String, _ row: Row) -> Bool {
        if let line = firstLines[key] {
            report.add(
                RowFault(line: row.line, field: columns[0], "‘\(key)’ is on line \(line) too")
            )
            return false
        }
        firstLines[key] = row.line
        return true
    }

    private static func checked(_ text: String) throws(ParseError) -> String {
        guard text.utf8.count <= Limits.tagBytesMaximum else {
            throw ParseError(
                "has \(text.utf8.count) bytes; at most \(Limits.tagBytesMaximum) are allowed"
            )
        }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        guard isPlain else { throw ParseError("contains a control character; remove it") }
        return text
    }

    private static func normalized(_ name: String) -> String {
        trimmed(name).lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }
            .joined(separator: "_")
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
