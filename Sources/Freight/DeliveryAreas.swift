package import AllocationModel

/// What a carrier adds for each package to places that are far from its roads.
///
/// As carriers publish it: lists of ZIP codes with a surcharge, to companies and to residences.
package struct DeliveryAreas: Hashable, Sendable {
    /// One surcharge for each package.
    package struct Surcharge: Hashable, Comparable, Sendable {
        package let commercial: Money
        package let residential: Money

        package init(commercial: Money, residential: Money) {
            self.commercial = commercial
            self.residential = residential
        }

        func amount(toResidence: Bool) -> Int64 {
            (toResidence ? residential : commercial).minorUnits
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.residential.minorUnits, left.commercial.minorUnits)
                < (right.residential.minorUnits, right.commercial.minorUnits)
        }
    }

    /// A row of the file.
    package struct Row: Hashable, Sendable {
        package let area: ZoneChart.Area
        package let surcharge: Surcharge

        package init(_ area: ZoneChart.Area, _ surcharge: Surcharge) {
            self.area = area
            self.surcharge = surcharge
        }
    }

    package let rows: [Row]
    /// The distinct surcharges, rising.
    package let surcharges: [Surcharge]
    /// Row i of the chart is row i here.
    private let chart: ZoneChart
    /// By row, the index of its surcharge.
    private let indices: [Int]

    /// No place costs more than another.
    package static let none = DeliveryAreas()

    private init() {
        rows = []
        surcharges = []
        indices = []
        guard let empty = try? ZoneChart([]) else { preconditionFailure("no row contradicts") }
        chart = empty
    }

    /// - Throws: `ChartFault` naming the first row, by index, that cannot stand.
    package init(_ rows: [Row]) throws(ChartFault) {
        chart = try ZoneChart(
            rows.indices.map { ZoneChart.Row(rows[$0].area, zone: Zone(number: $0)) }
        )
        self.rows = rows
        let distinct = Set(rows.map(\.surcharge)).sorted()
        surcharges = distinct
        indices = rows.map { row in distinct.firstIndex(of: row.surcharge) ?? 0 }
    }

    /// What a package costs more at the most, in minor units, whoever receives it.
    var dearest: Int64 {
        surcharges.map { max($0.commercial.minorUnits, $0.residential.minorUnits) }.max() ?? 0
    }

    /// Returns which of `surcharges` a destination has; nil where none does.
    package func surcharge(for destination: Destination) -> Int? {
        chart.row(for: destination).map { indices[$0] }
    }
}

/// `dest_zip,commercial,residential`.
struct DeliveryAreaRows {
    private let header: CSVHeader
    private let body: [CSVRow]
    private let currency: Currency
    private let destination: Int
    private let commercial: Int
    private let residential: Int

    init(_ header: CSVHeader, _ body: [CSVRow], currency: Currency) throws(RowReport) {
        self.header = header
        self.body = body
        self.currency = currency
        do {
            destination = try header.index(ofRequired: RateFile.Names.destination)
            commercial = try header.index(ofRequired: RateFile.Names.commercial)
            residential = try header.index(ofRequired: RateFile.Names.residential)
        } catch {
            throw RowReport(error)
        }
    }

    func areas() throws(RowReport) -> DeliveryAreas {
        var report = RowReport()
        let rows = body.map { row(of: $0, into: &report) }
        if rows.isEmpty && report.isClean {
            report.add(RowFault(line: header.row.line, "has no rows below it; add the areas"))
        }
        try report.throwUnlessClean()
        let areas: DeliveryAreas
        do throws(ChartFault) {
            areas = try DeliveryAreas(rows.compactMap(\.self))
        } catch {
            let other = error.otherRow.map { "; line \(body[$0].line) does too" } ?? ""
            throw RowReport(
                RowFault(line: body[error.row].line, field: "dest_zip", error.message + other)
            )
        }
        guard areas.surcharges.count <= Limits.deliverySurchargesMaximum else {
            throw RowReport(
                RowFault(
                    line: header.row.line,
                    "has \(areas.surcharges.count) different surcharges below it; a carrier has at "
                        + "most \(Limits.deliverySurchargesMaximum)"
                )
            )
        }
        return areas
    }

    private func row(of row: CSVRow, into report: inout RowReport) -> DeliveryAreas.Row? {
        let name = header.text(at: destination, of: row)
        let area = report.take("dest_zip", atLine: row.line) { () throws(ParseError) in
            try ZoneChart.Area(parsing: name)
        }
        let company = amount(at: commercial, of: row, into: &report)
        let home = amount(at: residential, of: row, into: &report)
        guard let area, let company, let home else { return nil }
        return DeliveryAreas.Row(
            area,
            DeliveryAreas.Surcharge(commercial: company, residential: home)
        )
    }

    private func amount(at column: Int, of row: CSVRow, into report: inout RowReport) -> Money? {
        let name = header.text(at: column, of: header.row).lowercased()
        return report.take(name, atLine: row.line) { () throws(ParseError) in
            let money = try Money(parsing: header.text(at: column, of: row), in: currency)
            guard (0...Limits.packageChargeMaximum).contains(money.minorUnits) else {
                let most = Money(minorUnits: Limits.packageChargeMaximum, currency: currency)
                throw ParseError(
                    "‘\(money.decimal)’ is no surcharge of a package; write 0 to \(most.decimal)"
                )
            }
            return money
        }
    }
}
