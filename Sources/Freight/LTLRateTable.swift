package import AllocationModel

/// What a less-than-truckload carrier's tariff says, before discount and fuel.
///
/// As carriers exchange it: a row for each lane and class, with a minimum charge
/// and the price of a hundredweight from each weight on.
package struct LTLRateTable: Hashable, Sendable {
    /// The pounds from which the columns of prices hold: rising, the first 0.
    package let breaks: [Int]
    /// Where the carrier goes, in the order of the file.
    package let lanes: [Lane]
    package let currency: Currency
    /// Row i of the chart is lane i.
    package let chart: ZoneChart

    /// One destination.
    package struct Lane: Hashable, Sendable {
        package let area: ZoneChart.Area
        /// The least any shipment costs, before the discount.
        package let minimumCharge: Money
        /// Carrier days on the way; nil where the file does not say.
        package let transitDays: Int?
        /// The price of a hundredweight by break, of each class that the lane rates.
        package let prices: [FreightClass: [Money]]

        package init(
            area: ZoneChart.Area,
            minimumCharge: Money,
            transitDays: Int?,
            prices: [FreightClass: [Money]]
        ) {
            self.area = area
            self.minimumCharge = minimumCharge
            self.transitDays = transitDays
            self.prices = prices
        }
    }

    /// - Throws: `ChartFault` naming the first lane, by index, that cannot stand.
    package init(
        breaks: [Int],
        lanes: [Lane],
        currency: Currency
    ) throws(ChartFault) {
        precondition(breaks.first == 0, "the lightest shipment has a price")
        chart = try ZoneChart(
            lanes.enumerated()
                .map { number, lane in
                    ZoneChart.Row(
                        lane.area,
                        zone: Zone(number: number),
                        transitDays: lane.transitDays
                    )
                }
        )
        self.breaks = breaks
        self.lanes = lanes
        self.currency = currency
    }
}

/// `dest_zip,class,mc,l5c,m5c,m1m,m2m,m5m,m10m,m20m[,m30m,m40m][,transit_days]`.
struct LTLRows {
    private let header: CSVHeader
    private let body: [CSVRow]
    private let currency: Currency
    private let destination: Int
    private let freightClass: Int
    private let minimum: Int
    private let transit: Int?
    /// Columns of prices, by rising break.
    private let columns: [(column: Int, pounds: Int)]

    /// What carriers call their breaks: less than 500 pounds, 500 and more, and so on.
    private static let names: [(name: String, pounds: Int)] = [
        ("l5c", 0), ("m5c", 500), ("m1m", 1000), ("m2m", 2000), ("m5m", 5000), ("m10m", 10_000),
        ("m20m", 20_000), ("m30m", 30_000), ("m40m", 40_000),
    ]

    init(
        _ header: CSVHeader,
        _ body: [CSVRow],
        currency: Currency
    ) throws(RowReport) {
        self.header = header
        self.body = body
        self.currency = currency
        do {
            destination = try header.index(ofRequired: RateFile.Names.destination)
            freightClass = try header.index(ofRequired: RateFile.Names.freightClass)
            minimum = try header.index(ofRequired: RateFile.Names.minimum)
            _ = try header.index(ofRequired: ["l5c"])
        } catch {
            throw RowReport(error)
        }
        transit = header.index(ofAny: RateFile.Names.transit)
        columns = Self.names.compactMap { name, pounds in
            header.index(ofAny: [name]).map { ($0, pounds) }
        }
    }

    func table() throws(RowReport) -> LTLRateTable {
        var report = RowReport()
        var lanes: [OpenLane] = []
        var laneByName: [String: Int] = [:]
        for row in body {
            let name = header.text(at: destination, of: row)
            let index = laneByName[name] ?? lanes.count
            if index == lanes.count {
                guard let lane = lane(named: name, from: row, into: &report) else { continue }
                laneByName[name] = index
                lanes.append(lane)
            }
            add(row, to: &lanes[index], &report)
        }
        if lanes.isEmpty && report.isClean {
            report.add(RowFault(line: header.row.line, "has no rows below it; add the rates"))
        }
        try report.throwUnlessClean()
        do {
            return try LTLRateTable(
                breaks: columns.map(\.pounds),
                lanes: lanes.map(\.lane),
                currency: currency
            )
        } catch {
            let other = error.otherRow.map { "; line \(lanes[$0].line) does too" } ?? ""
            throw RowReport(
                RowFault(line: lanes[error.row].line, field: "dest_zip", error.message + other)
            )
        }
    }

    /// A lane while its rows are read.
    private struct OpenLane {
        let line: Int
        let area: ZoneChart.Area
        let minimumCharge: Money
        let transitDays: Int?
        var prices: [FreightClass: [Money]] = [:]

        var lane: LTLRateTable.Lane {
            LTLRateTable.Lane(
                area: area,
                minimumCharge: minimumCharge,
                transitDays: transitDays,
                prices: prices
            )
        }
    }

    private func lane(
        named name: String,
        from row: CSVRow,
        into report: inout RowReport
    ) -> OpenLane? {
        let area = report.take("dest_zip", atLine: row.line) { () throws(ParseError) in
            try ZoneChart.Area(parsing: name)
        }
        let minimumCharge = amount(at: minimum, of: row, into: &report)
        let days = transitDays(of: row, into: &report)
        guard let area, let minimumCharge else { return nil }
        return OpenLane(
            line: row.line,
            area: area,
            minimumCharge: minimumCharge,
            transitDays: days
        )
    }

    private func add(_ row: CSVRow, to lane: inout OpenLane, _ report: inout RowReport) {
        let found = report.take("class", atLine: row.line) { () throws(ParseError) in
            try FreightClass(parsing: header.text(at: freightClass, of: row))
        }
        let prices = columns.map { amount(at: $0.column, of: row, into: &report) }
        let least = amount(at: minimum, of: row, into: &report)
        let days = transitDays(of: row, into: &report)
        guard let found, let least, prices.allSatisfy({ $0 != nil }) else { return }
        if lane.prices[found] != nil {
            fault("class", "is rated a second time on the lane of line \(lane.line)")
        }
        if least != lane.minimumCharge {
            let first = lane.minimumCharge.decimal
            fault("mc", "is \(least.decimal), and \(first) on line \(lane.line)")
        }
        if days != lane.transitDays {
            fault("transit_days", "differs from that of line \(lane.line), for one lane")
        }
        lane.prices[found] = prices.compactMap(\.self)

        func fault(_ field: String, _ message: String) {
            report.add(RowFault(line: row.line, field: field, message))
        }
    }

    private func amount(at column: Int, of row: CSVRow, into report: inout RowReport) -> Money? {
        let name = header.text(at: column, of: header.row).lowercased()
        return report.take(name, atLine: row.line) { () throws(ParseError) in
            let money = try Money(parsing: header.text(at: column, of: row), in: currency)
            guard (0...Limits.hundredweightPriceMaximum).contains(money.minorUnits) else {
                throw ParseError("‘\(money.decimal)’ is no price of a hundredweight")
            }
            return money
        }
    }

    private func transitDays(of row: CSVRow, into report: inout RowReport) -> Int? {
        guard let transit, case let text = header.text(at: transit, of: row), !text.isEmpty else {
            return nil
        }
        return report.take("transit_days", atLine: row.line) { () throws(ParseError) in
            try wholeNumber(
                text,
                in: 0...Limits.transitDaysMaximum,
                unit: "days",
                spelled: ["day", "days"]
            )
        }
    }
}
