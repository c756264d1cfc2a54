import AllocationModel
import Freight

/// One row of a stock file, checked by itself.
struct StockRow {
    let line: Int
    let sku: SKU
    let onHand: Int64
    let lot: Lot.ID?
    let expires: CivilDate?
    /// Nil where the file says nothing of them.
    let certificates: [String]?
    let facts: Facts

    /// What a file says of a SKU besides its stock; nil where it says nothing.
    struct Facts {
        var description: String?
        var unit: String?
        var multiple: Int64?
        var unitWeight: Weight?
        var dimensions: Dimensions?
        /// One says that it comes in no carton.
        var unitsPerCarton: Int64?
        var cartonDimensions: Dimensions?
        var freightClass: FreightClass?
        var unitsPerPallet: Int64?
        var handling: String?
        var hazmat: Hazmat?
        /// How much of the material a unit holds; means nothing of what is not hazardous.
        var content: Hazmat.Content?
        var safetyStock: Int64?
    }
}

/// The columns of a stock file, by what people call them.
struct StockColumns {
    private let header: CSVHeader
    private let sku: Int
    private let onHand: Int
    private let warehouse: Int?
    private let lot: Int?
    private let expiry: Int?
    private let certificates: Int?
    private let description: Int?
    private let unit: Int?
    private let multiple: Int?
    private let freightClass: Int?
    private let unitsPerCarton: Int?
    private let unitsPerPallet: Int?
    private let handling: Int?
    private let unNumber: Int?
    private let packingGroup: Int?
    private let limitedQuantity: Int?
    private let content: Int?
    private let safetyStock: Int?
    private let weights: [(index: Int, unit: Measure)]
    private let sides: [(indices: [Int], unit: Measure)]
    private let cartonSides: [(indices: [Int], unit: Measure)]
    /// Names of columns that say nothing to a ledger, or nothing known.
    let ignored: [String]

    /// - Throws: `RowFault` where the SKU or the quantity has no column.
    init(_ header: CSVHeader) throws(RowFault) {
        self.header = header
        sku = try header.index(ofRequired: Names.sku)
        onHand = try header.index(ofRequired: Names.onHand)
        warehouse = header.index(ofAny: Names.warehouse)
        lot = header.index(ofAny: Names.lot)
        expiry = header.index(ofAny: Names.expiry)
        certificates = header.index(ofAny: Names.certificates)
        description = header.index(ofAny: Names.description)
        unit = header.index(ofAny: Names.unit)
        multiple = header.index(ofAny: Names.multiple)
        freightClass = header.index(ofAny: Names.freightClass)
        unitsPerCarton = header.index(ofAny: Names.unitsPerCarton)
        unitsPerPallet = header.index(ofAny: Names.unitsPerPallet)
        handling = header.index(ofAny: Names.handling)
        unNumber = header.index(ofAny: Names.unNumber)
        packingGroup = header.index(ofAny: Names.packingGroup)
        limitedQuantity = header.index(ofAny: Names.limitedQuantity)
        content = header.index(ofAny: Names.content)
        safetyStock = header.index(ofAny: Names.safetyStock)
        weights = Measure.weights.compactMap { measure in
            header.index(ofAny: measure.names(of: "unit_weight") + measure.names(of: "weight"))
                .map { ($0, measure) }
        }
        sides = Self.sides(["length", "width", "height"], in: header)
        cartonSides = Self.sides(["carton_length", "carton_width", "carton_height"], in: header)
        let known =
            [
                sku, onHand, warehouse, lot, expiry, description, unit, multiple, freightClass,
                unitsPerCarton, unitsPerPallet, handling, unNumber, packingGroup, limitedQuantity,
                content, safetyStock, certificates,
            ]
            .compactMap(\.self) + weights.map(\.index) + (sides + cartonSides).flatMap(\.indices)
        ignored = header.row.fields.indices.filter { !known.contains($0) }
            .map { header.row.fields[$0] }.filter { !$0.isEmpty }
    }

    /// Returns the columns of three sides, for each unit of length in which the file has all.
    private static func sides(
        _ names: [String],
        in header: CSVHeader
    ) -> [(indices: [Int], unit: Measure)] {
        Measure.lengths.compactMap { measure in
            let found = names.compactMap { header.index(ofAny: measure.names(of: $0)) }
            return found.count == 3 ? (found, measure) : nil
        }
    }

    /// Whether the row is of another warehouse than `name`, in a file of several.
    func isElsewhere(_ row: CSVRow, than name: Warehouse.ID) -> Bool {
        guard let warehouse else { return false }
        let text = text(at: warehouse, of: row)
        return !text.isEmpty && text != name.rawValue
    }

    /// Reads a row, or adds to `report` all that is wrong with it and returns nil.
    func read(_ row: CSVRow, into report: inout RowReport) -> StockRow? {
        let faultsBefore = report.faultsTotal
        if let fault = header.widthFault(of: row) { report.add(fault) }
        let code = text(at: sku, of: row)
        if code.isEmpty {
            report.add(
                RowFault(
                    line: row.line,
                    field: "sku",
                    "is empty; give the SKU, or remove a row of totals"
                )
            )
        }
        let found =
            code.isEmpty
            ? nil
            : take("sku", code, row, &report) { text throws(ParseError) in
                try SKU(parsing: text)
            }
        let quantity = take("on_hand", text(at: onHand, of: row), row, &report) {
            text throws(ParseError) in try wholeUnits(text)
        }
        let lot = optional("lot", lot, row, &report) { text throws(ParseError) in
            try Lot.ID(parsing: text)
        }
        let expires = optional("expiry", expiry, row, &report) { text throws(ParseError) in
            try CivilDate(parsing: text)
        }
        let papers = optional("certificates", certificates, row, &report, certificates(in:))
        for (field, isGiven) in [("expiry", expires != nil), ("certificates", papers != nil)]
        where isGiven && lot == nil {
            report.add(
                RowFault(
                    line: row.line,
                    field: field,
                    "has no lot to belong to; name the lot"
                )
            )
        }
        let facts = facts(of: row, into: &report)
        guard report.faultsTotal == faultsBefore, let found, let quantity else { return nil }
        return StockRow(
            line: row.line,
            sku: found,
            onHand: quantity,
            lot: lot,
            expires: expires,
            certificates: papers,
            facts: facts
        )
    }

    private func certificates(in text: String) throws(ParseError) -> [String] {
        try LotFacts.certificates(parsing: text)
    }

    private func facts(of row: CSVRow, into report: inout RowReport) -> StockRow.Facts {
        var facts = StockRow.Facts()
        facts.description = optional("description", description, row, &report, line)
        facts.unit = optional("unit", unit, row, &report, line)
        facts.multiple = optional("multiple", multiple, row, &report) {
            text throws(ParseError) in
            let multiple = try wholeUnits(text)
            guard multiple > 0 else { throw ParseError("is 0; goods are sold at least singly") }
            return multiple
        }
        facts.freightClass = optional("freight_class", freightClass, row, &report) {
            text throws(ParseError) in try FreightClass(parsing: text)
        }
        facts.unitsPerPallet = optional("units_per_pallet", unitsPerPallet, row, &report) {
            text throws(ParseError) in
            let units = try wholeUnits(text)
            guard (1...AllocationModel::Limits.unitsPerPalletMaximum).contains(units) else {
                throw ParseError("is \(units); leave it empty if nobody knows")
            }
            return units
        }
        facts.handling = optional("handling", handling, row, &report) {
            text throws(ParseError) in try HandlingClass.name(parsing: text)
        }
        facts.hazmat = hazmat(of: row, into: &report)
        facts.content = optional("net_content", content, row, &report) {
            text throws(ParseError) in try Hazmat.Content(parsing: text)
        }
        facts.safetyStock = optional("safety_stock", safetyStock, row, &report) {
            text throws(ParseError) in try wholeUnits(text)
        }
        for (index, measure) in weights where facts.unitWeight == nil {
            facts.unitWeight = optional("unit_weight", index, row, &report) {
                text throws(ParseError) in Weight(grams: try measure.whole(text))
            }
        }
        facts.dimensions = dimensions("dimensions", sides, row, &report)
        facts.unitsPerCarton = optional("units_per_carton", unitsPerCarton, row, &report) {
            text throws(ParseError) in
            let units = try wholeUnits(text)
            guard (1...AllocationModel::Limits.unitsPerCartonMaximum).contains(units) else {
                throw ParseError("is \(units); write 1 for what comes in no carton")
            }
            return units
        }
        facts.cartonDimensions = dimensions("carton dimensions", cartonSides, row, &report)
        return facts
    }

    /// Reads three sides in the first unit of length in which the row has them.
    private func dimensions(
        _ field: String,
        _ sides: [(indices: [Int], unit: Measure)],
        _ row: CSVRow,
        _ report: inout RowReport
    ) -> Dimensions? {
        for (indices, measure) in sides {
            let found = indices.compactMap { index in
                optional(field, index, row, &report) { text throws(ParseError) in
                    let side = try measure.whole(text)
                    guard side > 0 else { throw ParseError("is 0; leave it empty if unknown") }
                    return side
                }
            }
            if found.count == 3 {
                return Dimensions(length: found[0], width: found[1], height: found[2])
            }
        }
        return nil
    }

    /// Reads the number of 49 CFR 172.101, and what else it takes to find the material there.
    private func hazmat(of row: CSVRow, into report: inout RowReport) -> Hazmat? {
        let faultsBefore = report.faultsTotal
        let number = optional("un_number", unNumber, row, &report) { text throws(ParseError) in
            try Hazmat.number(parsing: text)
        }
        let group = optional("packing_group", packingGroup, row, &report) {
            text throws(ParseError) in try Hazmat.PackingGroup(parsing: text)
        }
        let isLimited = optional("limited_quantity", limitedQuantity, row, &report) {
            text throws(ParseError) in try yesOrNo(text)
        }
        guard report.faultsTotal == faultsBefore else { return nil }
        guard let number else {
            if group != nil || isLimited == true {
                report.add(
                    RowFault(
                        line: row.line,
                        field: "un_number",
                        "is empty, and the row has a packing group or a limited quantity; give it"
                    )
                )
            }
            return nil
        }
        let hazmat = Hazmat(
            number: number,
            packingGroup: group,
            isLimitedQuantity: isLimited ?? false
        )
        if let message = fault(of: hazmat) {
            report.add(RowFault(line: row.line, field: "un_number", message))
            return nil
        }
        return hazmat
    }

    /// Says what the table of 49 CFR 172.101 does not have of a material, or nil.
    private func fault(of hazmat: Hazmat) -> String? {
        let group = hazmat.packingGroup.map { " in packing group \($0.numeral)" } ?? ""
        guard HazardousMaterials.isKnown(hazmat) else {
            return "is \(hazmat.name)\(group), which 49 CFR 172.101 does not have; correct it"
        }
        guard hazmat.isLimitedQuantity, !HazardousMaterials.allowsLimitedQuantity(hazmat) else {
            return nil
        }
        return "is \(hazmat.name)\(group), which is no limited quantity in any package; "
            + "write no for limited_quantity"
    }

    private func take<Value>(
        _ field: String,
        _ text: String,
        _ row: CSVRow,
        _ report: inout RowReport,
        _ parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        report.take(field, atLine: row.line) { () throws(ParseError) in try parse(text) }
    }

    /// Returns the field without outer spaces.
    ///
    /// A million rows have ten million fields, nearly all of them plain: those
    /// are not walked character by character.
    private func text(at index: Int, of row: CSVRow) -> String {
        guard index < row.fields.count else { return "" }
        let field = row.fields[index]
        guard let first = field.utf8.first, let last = field.utf8.last else { return "" }
        let isPlain = (33...126).contains(first) && (33...126).contains(last)
        return isPlain ? field : header.text(at: index, of: row)
    }

    /// As `take`, and nil where the file has no such column or nothing in it.
    private func optional<Value>(
        _ field: String,
        _ index: Int?,
        _ row: CSVRow,
        _ report: inout RowReport,
        _ parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        guard let index, case let text = text(at: index, of: row), !text.isEmpty else {
            return nil
        }
        return take(field, text, row, &report, parse)
    }

    private func line(_ text: String) throws(ParseError) -> String {
        guard text.utf8.count <= Limits.textBytesMaximum else {
            throw ParseError("is longer than \(Limits.textBytesMaximum) bytes; shorten it")
        }
        if text.utf8.allSatisfy({ (32...126).contains($0) }) { return text }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw ParseError("contains a line end or another control character; remove it") }
        return text
    }

    /// What exports of the common ERPs and warehouse systems call the columns.
    private enum Names {
        static let sku = [
            "sku", "item", "item_no", "item_number", "item_code", "ItemCode", "part_number",
            "part_no", "product_code",
        ]
        static let onHand = [
            "on_hand", "qty_on_hand", "quantity_on_hand", "QuantityOnHand", "onhand", "physical",
            "InStock", "quantity", "qty",
        ]
        static let warehouse = ["warehouse", "location", "site", "whse", "WhsCode"]
        static let lot = ["lot", "lot_no", "lot_number", "batch", "batch_no"]
        static let expiry = [
            "expiry", "expires", "exp_date", "expiry_date", "expiration", "expiration_date",
            "best_by",
        ]
        static let certificates = ["certificates", "certificate", "certs", "coa"]
        static let description = ["description", "item_description", "name", "item_name"]
        static let unit = ["unit", "uom", "unit_of_measure"]
        static let multiple = ["multiple", "order_multiple", "pack", "pack_size", "pack_qty"]
        static let freightClass = ["freight_class", "class", "nmfc_class"]
        static let unitsPerCarton = [
            "units_per_carton", "carton_qty", "qty_per_carton", "case_pack", "case_qty",
            "units_per_case", "per_carton",
        ]
        static let unitsPerPallet = [
            "units_per_pallet", "per_pallet", "pallet_qty", "qty_per_pallet",
        ]
        static let handling = ["handling", "handling_class", "pick_class"]
        static let unNumber = ["un_number", "un", "un_no", "id_number"]
        static let packingGroup = ["packing_group", "pg"]
        static let content = ["net_content", "net_contents"]
        static let limitedQuantity = ["limited_quantity", "ltd_qty", "lq"]
        static let safetyStock = ["safety_stock", "safety", "min_stock"]
    }
}

private func yesOrNo(_ text: String) throws(ParseError) -> Bool {
    switch text.lowercased() {
    case "yes", "y", "true", "1": return true
    case "no", "n", "false", "0": return false
    default: throw ParseError("is ‘\(text)’; write yes or no")
    }
}

/// Reads a count of units as exports write it: `12`, `12.000`.
private func wholeUnits(_ text: String) throws(ParseError) -> Int64 {
    if text.isEmpty { throw ParseError("is empty; write 0 where there are none") }
    if text.contains(",") {
        throw ParseError("is ‘\(text)’; write the number without separators, as 1234")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts[0].hasPrefix("-") ? parts[0].dropFirst() : parts[0]
    let isNumber =
        !digits.isEmpty && parts.count <= 2 && (parts.count == 1 || !parts[1].isEmpty)
        && (digits + (parts.count == 2 ? parts[1] : "")).utf8
            .allSatisfy {
                (48...57).contains($0)
            }
    guard isNumber else { throw ParseError("is ‘\(text)’; write a whole number such as 12") }
    if parts.count == 2, parts[1].contains(where: { $0 != "0" }) {
        throw ParseError("is \(text); count whole units of the smallest size sold")
    }
    guard let units = Int64(parts[0]), units <= AllocationModel::Limits.quantityMaximum else {
        throw ParseError(
            "is \(text); at most \(AllocationModel::Limits.quantityMaximum) are allowed"
        )
    }
    if units < 0 { throw ParseError("is \(text); stock is never negative, so count it first") }
    return units
}

/// A unit in which files give weights or lengths, and what it is in grams or millimetres.
private struct Measure {
    let suffixes: [String]
    /// Hundred-thousandths of a gram or a millimetre in one.
    let hundredThousandths: Int64
    let maximum: Int64

    static let weights = [
        Measure(["g", "grams"], 100_000, AllocationModel::Limits.unitWeightMaximum),
        Measure(["kg"], 100_000_000, AllocationModel::Limits.unitWeightMaximum),
        Measure(
            ["lb", "lbs"],
            Weight.poundHundredThousandths,
            AllocationModel::Limits.unitWeightMaximum
        ),
    ]
    // 30 m: nothing longer travels.
    static let lengths = [
        Measure(["mm"], 100_000, 30_000), Measure(["cm"], 1_000_000, 30_000),
        Measure(["in", "inches"], 2_540_000, 30_000),
    ]

    init(_ suffixes: [String], _ hundredThousandths: Int64, _ maximum: Int64) {
        self.suffixes = suffixes
        self.hundredThousandths = hundredThousandths
        self.maximum = maximum
    }

    func names(of subject: String) -> [String] { suffixes.map { "\(subject)_\($0)" } }

    /// Reads a decimal of at most four places and returns whole grams or millimetres, rounded up.
    func whole(_ text: String) throws(ParseError) -> Int64 {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        let digits = parts.joined()
        guard parts.count <= 2, !digits.isEmpty, decimals.utf8.count <= 4,
            digits.utf8.count <= 12, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(digits + String(repeating: "0", count: 4 - decimals.utf8.count))
        else { throw ParseError("is ‘\(text)’; write a number such as 12.5") }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: hundredThousandths)
        guard !isTooLarge, product / 1_000_000_000 < maximum else {
            throw ParseError("is \(text); that is more than anything that travels")
        }
        return (product + 999_999_999) / 1_000_000_000
    }
}
