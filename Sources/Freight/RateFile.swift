package import AllocationModel

/// What one CSV file of a carrier's prices turned out to be.
///
/// Carriers and their customers exchange six shapes, told apart by the header:
/// a zone chart (`dest_zip,zone[,transit_days]`), a rate table (`weight_lb` and
/// a column for each zone), a flat list (`service,zone,weight_lb,price`), a
/// class tariff (`dest_zip,class,mc,l5c,m5c,m1m,…`), what is charged for each
/// package to remote places (`dest_zip,commercial,residential`), and what a whole
/// truck costs (`dest_zip,per_mile,minimum,flat[,miles][,transit_days]`).
package enum RateFile: Hashable, Sendable {
    case chart(ZoneChart)
    case table(RateTable)
    /// One table for each service, by rising code.
    case list([ServiceRates])
    case classes(LTLRateTable)
    case deliveryAreas(DeliveryAreas)
    case trucks(FTLRateTable)

    /// One service of a flat list.
    package struct ServiceRates: Hashable, Sendable {
        package let service: String
        package let rates: RateTable
    }

    /// Reads a file of any of these shapes.
    ///
    /// A carrier's chart may have a column for each service; `zoneColumn` says
    /// which one is meant.
    ///
    /// - Throws: `RowReport` of all that is wrong: the file is taken whole or not at all.
    package init(
        parsing rows: [CSVRow],
        currency: Currency,
        zoneColumn: String = "zone"
    ) throws(RowReport) {
        let header = try Self.header(of: rows)
        let body = rows.dropFirst().filter { !CSVHeader.isBlank($0) }
        var report = RowReport()
        for row in body {
            if let fault = header.widthFault(of: row) { report.add(fault) }
        }
        try report.throwUnlessClean()
        if header.index(ofAny: Names.freightClass) != nil {
            self = .classes(try LTLRows(header, body, currency: currency).table())
        } else if header.index(ofAny: Names.perMile + Names.flat) != nil {
            self = .trucks(try FTLRows(header, body, currency: currency).table())
        } else if header.index(ofAny: Names.commercial + Names.residential) != nil {
            self = .deliveryAreas(try DeliveryAreaRows(header, body, currency: currency).areas())
        } else if header.index(ofAny: Names.price) != nil {
            self = .list(try FlatList(header, body, currency: currency).services())
        } else if header.index(ofAny: Names.weight) != nil {
            self = .table(try RateColumns(header, body, currency: currency).table())
        } else if header.index(ofAny: Names.destination) != nil {
            self = .chart(try ChartRows(header, body, zoneColumn: zoneColumn).chart())
        } else {
            throw RowReport(
                RowFault(
                    line: header.row.line,
                    "is no header of rates; begin with dest_zip,zone or weight_lb,2,3,4 or "
                        + "service,zone,weight_lb,price or dest_zip,class,mc,l5c,m5c or "
                        + "dest_zip,commercial,residential or dest_zip,per_mile,minimum,flat"
                )
            )
        }
    }

    private static func header(of rows: [CSVRow]) throws(RowReport) -> CSVHeader {
        guard let first = rows.first else {
            throw RowReport(RowFault(line: 1, "is missing; the file is empty"))
        }
        do {
            return try CSVHeader(first)
        } catch {
            throw RowReport(error)
        }
    }

    /// What people call the columns.
    enum Names {
        static let freightClass = ["class", "freight_class"]
        static let minimum = ["mc", "minimum", "min_charge"]
        static let price = ["price", "rate", "charge"]
        static let weight = [
            "weight_lb", "weight", "weight_lbs", "lb", "lbs", "pounds", "billable_lb",
        ]
        static let destination = ["dest_zip", "destination_zip", "zip", "destination", "dest"]
        static let transit = ["transit_days", "transit", "days"]
        static let service = ["service", "service_code"]
        static let zone = ["zone"]
        static let perMile = ["per_mile", "rate_per_mile", "rpm"]
        static let flat = ["flat", "flat_rate"]
        static let miles = ["miles", "distance_miles", "mi"]
        static let commercial = ["commercial"]
        static let residential = ["residential"]
    }
}

/// `dest_zip,zone[,transit_days]`.
private struct ChartRows {
    let header: CSVHeader
    let body: [CSVRow]
    let destination: Int
    let zone: Int
    let transit: Int?

    init(_ header: CSVHeader, _ body: [CSVRow], zoneColumn: String) throws(RowReport) {
        self.header = header
        self.body = body
        do {
            destination = try header.index(ofRequired: RateFile.Names.destination)
            zone = try header.index(ofRequired: [zoneColumn])
        } catch {
            throw RowReport(error)
        }
        transit = header.index(ofAny: RateFile.Names.transit)
    }

    func chart() throws(RowReport) -> ZoneChart {
        var report = RowReport()
        let rows = body.map { row(of: $0, into: &report) }
        try report.throwUnlessClean()
        do {
            return try ZoneChart(rows.compactMap(\.self))
        } catch {
            let other = error.otherRow.map { "; line \(body[$0].line) does too" } ?? ""
            throw RowReport(
                RowFault(line: body[error.row].line, field: "dest_zip", error.message + other)
            )
        }
    }

    private func row(of row: CSVRow, into report: inout RowReport) -> ZoneChart.Row? {
        let name = header.text(at: destination, of: row)
        let area = report.take("dest_zip", atLine: row.line) { () throws(ParseError) in
            try ZoneChart.Area(parsing: name)
        }
        let zoneText = header.text(at: zone, of: row)
        var found: Zone?
        if zoneText != "-" {
            found = report.take("zone", atLine: row.line) { () throws(ParseError) in
                try Zone(parsing: zoneText)
            }
        }
        var days: Int?
        if let transit, case let text = header.text(at: transit, of: row), !text.isEmpty {
            days = report.take("transit_days", atLine: row.line) { () throws(ParseError) in
                try wholeNumber(
                    text,
                    in: 0...Limits.transitDaysMaximum,
                    unit: "days",
                    spelled: ["day", "days"]
                )
            }
        }
        return area.map { ZoneChart.Row($0, zone: found, transitDays: days) }
    }
}

extension ZoneChart.Area: CustomStringConvertible {
    package var description: String {
        switch self {
        case .prefixes(let range): Self.text(range, digits: 3)
        case .codes(let range): Self.text(range, digits: 5)
        case .country(let country): country.code
        }
    }

    private static func text(_ range: ClosedRange<Int>, digits: Int) -> String {
        let ends = [range.lowerBound, range.upperBound]
            .map { String(repeating: "0", count: digits - String($0).count) + String($0) }
        return range.count == 1 ? ends[0] : ends.joined(separator: "-")
    }

    /// Reads `750`, `750-754`, `99501`, `99501-99524` or a country's code.
    package init(parsing text: String) throws(ParseError) {
        if text.utf8.count == 2, text.utf8.allSatisfy({ (65...90).contains($0) }) {
            self = .country(try Country(parsing: text))
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        let widths = Set(ends.map(\.utf8.count))
        let isDigits = ends.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard ends.count <= 2, isDigits, widths == [3] || widths == [5],
            let first = ends.first.flatMap({ Int($0) }), let last = ends.last.flatMap({ Int($0) }),
            first <= last
        else {
            throw ParseError(
                "‘\(text)’ is no destination; write 750 or 750-754, 99501 or 99501-99524, or CA, "
                    + "with leading zeros"
            )
        }
        self = widths == [3] ? .prefixes(first...last) : .codes(first...last)
    }
}

/// `weight_lb`, and a column for each zone.
private struct RateColumns {
    let header: CSVHeader
    let body: [CSVRow]
    let currency: Currency
    let weight: Int
    let zones: [(column: Int, zone: Zone)]

    init(_ header: CSVHeader, _ body: [CSVRow], currency: Currency) throws(RowReport) {
        self.header = header
        self.body = body
        self.currency = currency
        let weight = header.index(ofAny: RateFile.Names.weight) ?? 0
        self.weight = weight
        var report = RowReport()
        var zones: [(column: Int, zone: Zone)] = []
        for column in 0..<header.count where column != weight {
            let name = header.text(at: column, of: header.row)
            let zone = report.take(name, atLine: header.row.line) { () throws(ParseError) in
                try Zone(parsing: name)
            }
            if let zone { zones.append((column, zone)) }
        }
        try report.throwUnlessClean()
        self.zones = zones
    }

    func table() throws(RowReport) -> RateTable {
        var rates = RateLines(currency: currency)
        for row in body {
            let pounds = rates.pounds(header.text(at: weight, of: row), atLine: row.line)
            guard let pounds else { continue }
            for (column, zone) in zones {
                let price = header.text(at: column, of: row)
                // A carrier leaves blank what it does not carry.
                guard !price.isEmpty && price != "-" else { continue }
                rates.add(price, zone: zone, pounds: pounds, field: "zone \(zone)", row.line)
            }
        }
        return try rates.table(headerLine: header.row.line)
    }
}

/// `service,zone,weight_lb,price`.
private struct FlatList {
    let header: CSVHeader
    let body: [CSVRow]
    let currency: Currency
    let service: Int
    let zone: Int
    let weight: Int
    let price: Int

    init(_ header: CSVHeader, _ body: [CSVRow], currency: Currency) throws(RowReport) {
        self.header = header
        self.body = body
        self.currency = currency
        do {
            service = try header.index(ofRequired: RateFile.Names.service)
            zone = try header.index(ofRequired: RateFile.Names.zone)
            weight = try header.index(ofRequired: RateFile.Names.weight)
            price = try header.index(ofRequired: RateFile.Names.price)
        } catch {
            throw RowReport(error)
        }
    }

    func services() throws(RowReport) -> [RateFile.ServiceRates] {
        var rows: [String: [CSVRow]] = [:]
        var report = RowReport()
        for row in body {
            let name = report.take("service", atLine: row.line) { () throws(ParseError) in
                try Identifier<RateFile>(parsing: header.text(at: service, of: row)).rawValue
            }
            if let name { rows[name, default: []].append(row) }
        }
        var services: [RateFile.ServiceRates] = []
        for name in rows.keys.sorted() {
            do throws(RowReport) {
                let rates = try table(of: rows[name] ?? [])
                services.append(RateFile.ServiceRates(service: name, rates: rates))
            } catch {
                for fault in error.faults { report.add(fault) }
            }
        }
        if services.isEmpty && report.isClean {
            report.add(RowFault(line: header.row.line, "has no rows below it; add the rates"))
        }
        try report.throwUnlessClean()
        return services
    }

    private func table(of rows: [CSVRow]) throws(RowReport) -> RateTable {
        var rates = RateLines(currency: currency)
        for row in rows {
            let pounds = rates.pounds(header.text(at: weight, of: row), atLine: row.line)
            let zone = rates.zone(header.text(at: zone, of: row), atLine: row.line)
            guard let pounds, let zone else { continue }
            rates.add(
                header.text(at: price, of: row),
                zone: zone,
                pounds: pounds,
                field: "price",
                row.line
            )
        }
        return try rates.table(headerLine: header.row.line)
    }
}

/// The rates of one table as they are read, with the lines they came from.
private struct RateLines {
    let currency: Currency
    private var steps: [(zone: Zone, step: RateTable.Step)] = []
    private var lines: [Place: Int] = [:]
    private var report = RowReport()

    init(currency: Currency) {
        self.currency = currency
    }

    private struct Place: Hashable {
        let zone: Zone
        let pounds: Int
    }

    mutating func pounds(_ text: String, atLine line: Int) -> Int? {
        report.take("weight_lb", atLine: line) { () throws(ParseError) in
            try wholeNumber(
                text,
                in: 1...Limits.packagePoundsMaximum,
                unit: "pounds",
                spelled: ["lb", "lbs"]
            )
        }
    }

    mutating func zone(_ text: String, atLine line: Int) -> Zone? {
        report.take("zone", atLine: line) { () throws(ParseError) in try Zone(parsing: text) }
    }

    mutating func add(_ price: String, zone: Zone, pounds: Int, field: String, _ line: Int) {
        let money = report.take(field, atLine: line) { () throws(ParseError) in
            try Money(parsing: price, in: currency)
        }
        guard let money else { return }
        let place = Place(zone: zone, pounds: pounds)
        if let other = lines[place] {
            report.add(
                RowFault(
                    line: line,
                    field: field,
                    "is a second rate for zone \(zone) at \(pounds) lb; line \(other) has one"
                )
            )
        }
        lines[place] = line
        steps.append((zone, RateTable.Step(pounds: pounds, price: money)))
    }

    func table(headerLine: Int) throws(RowReport) -> RateTable {
        try report.throwUnlessClean()
        do {
            return try RateTable(steps, currency: currency)
        } catch {
            guard let zone = error.zone, let pounds = error.pounds,
                let line = lines[Place(zone: zone, pounds: pounds)]
            else { throw RowReport(RowFault(line: headerLine, error.message)) }
            throw RowReport(RowFault(line: line, field: "zone \(zone)", error.message))
        }
    }
}

/// Reads a whole number that may carry its unit, as rate tables do.
func wholeNumber(
    _ text: String,
    in range: ClosedRange<Int>,
    unit: String,
    spelled suffixes: [String]
) throws(ParseError) -> Int {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text.dropFirst(digits.count).lowercased().filter { $0 != " " && $0 != "." }
    guard rest.isEmpty || suffixes.contains(rest), let number = Int(digits), range.contains(number)
    else {
        throw ParseError(
            "‘\(text)’ is not a number of \(unit); write "
                + "\(range.lowerBound) to \(range.upperBound), whole"
        )
    }
    return number
}
