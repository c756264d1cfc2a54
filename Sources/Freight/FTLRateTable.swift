package import AllocationModel

/// What a truckload carrier asks for one truck, by where it goes.
///
/// As shippers keep it: a row for each lane, by the mile with a least charge, or flat.
package struct FTLRateTable: Hashable, Sendable {
    /// Where the carrier goes, in the order of the file.
    package let lanes: [Lane]
    package let currency: Currency
    /// Row i of the chart is lane i.
    package let chart: ZoneChart

    /// One destination.
    package struct Lane: Hashable, Sendable {
        package let area: ZoneChart.Area
        package let price: Price
        /// Miles by road, where the file knows them; nil for the distance and its circuity.
        package let miles: Int?
        /// Carrier days on the way; nil where the file does not say.
        package let transitDays: Int?

        package init(
            area: ZoneChart.Area,
            price: Price,
            miles: Int? = nil,
            transitDays: Int? = nil
        ) {
            self.area = area
            self.price = price
            self.miles = miles
            self.transitDays = transitDays
        }
    }

    /// What one truck costs, before fuel.
    package enum Price: Hashable, Sendable {
        case perMile(Money, minimum: Money)
        case flat(Money)
    }

    /// - Throws: `ChartFault` naming the first lane, by index, that cannot stand.
    package init(lanes: [Lane], currency: Currency) throws(ChartFault) {
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
        self.lanes = lanes
        self.currency = currency
    }
}

/// `dest_zip,per_mile,minimum,flat[,miles][,transit_days]`.
struct FTLRows {
    private let header: CSVHeader
    private let body: [CSVRow]
    private let currency: Currency
    private let destination: Int
    private let perMile: Int?
    private let minimum: Int?
    private let flat: Int?
    private let miles: Int?
    private let transit: Int?

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
        } catch {
            throw RowReport(error)
        }
        perMile = header.index(ofAny: RateFile.Names.perMile)
        minimum = header.index(ofAny: RateFile.Names.minimum)
        flat = header.index(ofAny: RateFile.Names.flat)
        miles = header.index(ofAny: RateFile.Names.miles)
        transit = header.index(ofAny: RateFile.Names.transit)
    }

    func table() throws(RowReport) -> FTLRateTable {
        var report = RowReport()
        var lanes: [FTLRateTable.Lane] = []
        for row in body {
            if let lane = lane(of: row, into: &report) { lanes.append(lane) }
        }
        if lanes.isEmpty && report.isClean {
            report.add(RowFault(line: header.row.line, "has no rows below it; add the rates"))
        }
        try report.throwUnlessClean()
        do {
            return try FTLRateTable(lanes: lanes, currency: currency)
        } catch {
            let other = error.otherRow.map { "; line \(body[$0].line) does too" } ?? ""
            throw RowReport(
                RowFault(line: body[error.row].line, field: "dest_zip", error.message + other)
            )
        }
    }

    private func lane(of row: CSVRow, into report: inout RowReport) -> FTLRateTable.Lane? {
        let area = report.take("dest_zip", atLine: row.line) { () throws(ParseError) in
            try ZoneChart.Area(parsing: header.text(at: destination, of: row))
        }
        let price = price(of: row, into: &report)
        let miles = number(
            "miles",
            at: miles,
            of: row,
            in: 1...Limits.truckMilesMaximum,
            unit: ("miles", ["mi", "mile", "miles"]),
            into: &report
        )
        let days = number(
            "transit_days",
            at: transit,
            of: row,
            in: 0...Limits.transitDaysMaximum,
            unit: ("days", ["day", "days"]),
            into: &report
        )
        guard let area, let price else { return nil }
        let lane = FTLRateTable.Lane(area: area, price: price, miles: miles, transitDays: days)
        if case .country = area, miles == nil {
            // Only places in the United States are known well enough to measure to.
            if case .perMile = price {
                fault("miles", "are missing; a country is no place to measure to, so give them")
            }
            if days == nil { fault("transit_days", "are missing; give them for a country") }
        }
        return lane

        func fault(_ field: String, _ message: String) {
            report.add(RowFault(line: row.line, field: field, message))
        }
    }

    /// By the mile with a least charge, or flat: one of the two.
    private func price(of row: CSVRow, into report: inout RowReport) -> FTLRateTable.Price? {
        let faultsBefore = report.faultsTotal
        let perMile = amount("per_mile", at: perMile, of: row, into: &report)
        let minimum = amount("minimum", at: minimum, of: row, into: &report)
        let flat = amount("flat", at: flat, of: row, into: &report)
        guard report.faultsTotal == faultsBefore else { return nil }
        switch (perMile, minimum, flat) {
        case (nil, nil, let flat?): return .flat(flat)
        case (let perMile?, let minimum?, nil): return .perMile(perMile, minimum: minimum)
        case (.some, nil, nil):
            fault("minimum", "is missing; a truck to the next street costs something, so give it")
        case (nil, _, nil):
            fault("per_mile", "is missing; give per_mile and minimum, or flat")
        case (_, _, .some):
            fault("flat", "is given beside a price by the mile; keep one of them")
        }
        return nil

        func fault(_ field: String, _ message: String) {
            report.add(RowFault(line: row.line, field: field, message))
        }
    }

    private func amount(
        _ field: String,
        at column: Int?,
        of row: CSVRow,
        into report: inout RowReport
    ) -> Money? {
        guard let column, case let text = header.text(at: column, of: row), !text.isEmpty else {
            return nil
        }
        let most = field == "per_mile" ? Limits.milePriceMaximum : Limits.truckChargeMaximum
        return report.take(field, atLine: row.line) { () throws(ParseError) in
            let money = try Money(parsing: text, in: currency)
            guard (1...most).contains(money.minorUnits) else {
                let dearest = Money(minorUnits: most, currency: currency).decimal
                throw ParseError("is \(money.decimal); write more than 0 and at most \(dearest)")
            }
            return money
        }
    }

    private func number(
        _ field: String,
        at column: Int?,
        of row: CSVRow,
        in range: ClosedRange<Int>,
        unit: (name: String, spelled: [String]),
        into report: inout RowReport
    ) -> Int? {
        guard let column, case let text = header.text(at: column, of: row), !text.isEmpty else {
            return nil
        }
        return report.take(field, atLine: row.line) { () throws(ParseError) in
            try wholeNumber(text, in: range, unit: unit.name, spelled: unit.spelled)
        }
    }
}
