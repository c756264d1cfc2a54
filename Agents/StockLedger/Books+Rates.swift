package import AllocationModel
package import Freight
import GRDB

/// A carrier's prices for one service, as a site manager hands them in.
package struct RateCardSource: Hashable, Sendable {
    /// The service's code, unique at the site: `ups-ground`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts.
    package let effective: CivilDate
    package let terms: ParcelRateCard.Terms
    /// A zone chart in CSV; nil for zones by distance from the site.
    package let chart: String?
    /// The chart's column that is meant, where it has one for each service.
    package let zoneColumn: String
    /// A rate table, or a flat list that has the service, in CSV.
    package let rates: String
    /// What packages to remote places cost more, in CSV; nil where none do.
    package let deliveryAreas: String?

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate,
        terms: ParcelRateCard.Terms,
        chart: String? = nil,
        zoneColumn: String = "zone",
        rates: String,
        deliveryAreas: String? = nil
    ) {
        self.service = service
        self.carrier = carrier
        self.level = level
        self.effective = effective
        self.terms = terms
        self.chart = chart
        self.zoneColumn = zoneColumn
        self.rates = rates
        self.deliveryAreas = deliveryAreas
    }
}

/// One version of a rate card in the ledger.
package struct RateCardVersion: Hashable, Sendable {
    package let version: Int64
    package let source: RateCardSource
}

/// The cards that count on one day at the site, by service.
package struct RateCards: Sendable {
    package let day: CivilDate
    package let parcel: [ParcelRateCard]
    package let ltl: [LTLRateCard]
    package let ftl: [FTLRateCard]
}

extension Books {
    /// The parcel cards that count today, by service.
    package func rateCards() throws -> [ParcelRateCard] {
        try cardsInForce().parcel
    }

    /// The less-than-truckload cards that count today, by service.
    package func ltlRateCards() throws -> [LTLRateCard] {
        try cardsInForce().ltl
    }

    /// The truckload cards that count today, by service.
    package func ftlRateCards() throws -> [FTLRateCard] {
        try cardsInForce().ftl
    }

    /// The codes of all services that have a card today.
    package func services() throws -> [String] {
        try carriersByService().map(\.service)
    }

    /// All services that have a card today, each with its carrier's name.
    package func carriersByService() throws -> [(service: String, carrier: String)] {
        let cards = try cardsInForce()
        return cards.parcel.map { ($0.service, $0.carrier) }
            + cards.ltl.map { ($0.service, $0.carrier) }
            + cards.ftl.map { ($0.service, $0.carrier) }
    }

    /// The cards that count on a day, by service; those of today are kept.
    package func rateCards(on day: CivilDate) throws -> RateCards {
        try day == today() ? cardsInForce() : cards(on: day)
    }

    /// Parsed once, and kept until one changes or the day does.
    private func cardsInForce() throws -> RateCards {
        let today = try today()
        if let kept = cache.read({ $0.rateCards }), kept.day == today { return kept }
        let cards = try cards(on: today)
        cache.change { $0.rateCards = cards }
        return cards
    }

    private func cards(on day: CivilDate) throws -> RateCards {
        RateCards(
            day: day,
            parcel: try parcelCards(on: day),
            ltl: try ltlCards(on: day),
            ftl: try ftlCards(on: day)
        )
    }

    private func parcelCards(on today: CivilDate) throws -> [ParcelRateCard] {
        try rowsInForce(of: "rate_card", on: today).map { try card(of: source(from: $0)) }
    }

    /// Every version of every card, by service, the latest first.
    package func rateCardVersions() throws -> [RateCardVersion] {
        try rowsOfVersions(in: "rate_card")
            .map { RateCardVersion(version: $0["version"], source: try source(from: $0)) }
    }

    /// Enters a card as its service's next version.
    ///
    /// - Returns: The version.
    /// - Throws: `RowReport` of all that is wrong with the files, `ParseError` or `StockRefusal`
    ///   for what is wrong with the rest; nothing is changed.
    package func importRates(_ source: RateCardSource) throws -> Int64 {
        try check(source.service, field: "service")
        try check(source.carrier, field: "carrier")
        _ = try card(of: source)
        try checkCode(source.service, isOnlyOf: .parcel)
        try willWrite()
        cache.change { $0.rateCards = nil }
        let terms = source.terms
        let days = terms.transitDaysByZone.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value)" }.joined(separator: ",")
        try db.run(
            """
            INSERT INTO rate_card (service, version, effective, carrier, level, divisor,
                packages_maximum, fuel_basis_points, residential_surcharge, handling,
                transit_days, transit_days_by_zone, chart, zone_column, rates, address_kinds,
                length_maximum, girth_maximum, delivery_areas, flight, oversize)
            SELECT ?1, ifnull(max(version), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20
            FROM rate_card WHERE service = ?1
            """,
            [
                source.service, source.effective.daysSinceEpoch, source.carrier,
                source.level.word, terms.divisor.cubicInchesPerPound, terms.packagesMaximum,
                terms.fuelBasisPoints, terms.residentialSurcharge.minorUnits,
                terms.handling.minorUnits, terms.transitDaysDefault, days, source.chart,
                source.zoneColumn, source.rates,
                terms.addressKinds.sorted().map(\.rawValue).joined(separator: ","),
                terms.size?.lengthInchesMaximum, terms.size?.girthInchesMaximum,
                source.deliveryAreas, terms.flight?.rawValue,
                terms.oversize.map { "\($0.amount.minorUnits):\($0.over.text)" }
                    .joined(separator: ";"),
            ]
        )
        return try latestVersion(of: source.service, in: "rate_card")
    }

    // MARK: Parts

    /// Returns the row of each service that counts on a day, by service.
    func rowsInForce(of table: String, on today: CivilDate) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM \(table) AS c
                    WHERE version = (
                        SELECT max(version) FROM \(table)
                        WHERE service = c.service AND effective <= ?)
                    ORDER BY service
                    """
            ),
            arguments: [today.daysSinceEpoch]
        )
    }

    /// Returns every version's row, by service, the latest first.
    func rowsOfVersions(in table: String) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM \(table) ORDER BY service, version DESC")
        )
    }

    /// Reads the names and numbers of a column such as `liftgate:6250,residential:8500`.
    ///
    /// - Throws: `ParseError` naming the card and the pair: a charge that cannot be read must not
    ///   pass for none.
    func pairs(in column: String, of row: Row) throws -> [(name: String, value: Int64)] {
        let text: String = row[column]
        if text.isEmpty { return [] }
        return try text.split(separator: ",", omittingEmptySubsequences: false)
            .map { pair in
                let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, let value = Int64(parts[1]) else {
                    let (service, version): (String, Int64) = (row["service"], row["version"])
                    throw ParseError(
                        "version \(version) of ‘\(service)’ has ‘\(pair)’ among its \(column); "
                            + "import the card again"
                    )
                }
                return (String(parts[0]), value)
            }
    }

    func latestVersion(of service: String, in table: String) throws -> Int64 {
        try db.row("SELECT max(version) FROM \(table) WHERE service = ?", [service])
            .map { $0[0] } ?? 1
    }

    /// What a service travels by, and where its cards are.
    enum RateTableName: String, CaseIterable {
        case parcel = "rate_card"
        case ltl = "ltl_rate_card"
        case ftl = "ftl_rate_card"

        var words: String {
            switch self {
            case .parcel: "a parcel service"
            case .ltl: "an LTL service"
            case .ftl: "a truckload service"
            }
        }
    }

    /// Refuses the code of a service that travels by something else, and one too many.
    func checkCode(_ service: String, isOnlyOf own: RateTableName) throws {
        for table in RateTableName.allCases where table != own {
            let found = try db.row(
                "SELECT 1 FROM \(table.rawValue) WHERE service = ? LIMIT 1",
                [service]
            )
            guard found == nil else {
                throw StockRefusal.unlawful(
                    field: "service",
                    "is ‘\(service)’, the code that \(table.words) has; give another"
                )
            }
        }
        let most = AllocationModel::Limits.bidServicesMaximum
        let known = Set(
            try RateTableName.allCases.flatMap { table in
                try String.fetchAll(db, sql: "SELECT DISTINCT service FROM \(table.rawValue)")
            }
        )
        guard known.contains(service) || known.count < most else {
            throw StockRefusal.unlawful(
                field: "service",
                "is ‘\(service)’, one more than the \(most) that a bid can name; give the code of "
                    + "one that is no longer used"
            )
        }
    }

    /// Returns what a version's files and terms come to.
    package func card(of source: RateCardSource) throws -> ParcelRateCard {
        let site = try site()
        let rates = try file(source.rates, as: "the rates", at: site)
        return try ParcelRateCard(
            service: source.service,
            carrier: source.carrier,
            level: source.level,
            terms: source.terms,
            chart: chart(of: source, at: site),
            rates: table(in: rates, for: source.service),
            deliveryAreas: areas(of: source, at: site)
        )
    }

    /// Reads one file of a card, and says of a fault in which of them it is.
    private func file(
        _ text: String,
        as name: String,
        at site: Site,
        _ zoneColumn: String = "zone"
    ) throws -> RateFile {
        do {
            return try RateFile(
                parsing: CSVReader.rows(of: Array(text.utf8)),
                currency: site.currency,
                zoneColumn: zoneColumn
            )
        } catch let report as RowReport {
            throw report.naming(name)
        } catch let fault as RowFault {
            throw RowReport(fault).naming(name)
        }
    }

    private func chart(of source: RateCardSource, at site: Site) throws -> ZoneChart {
        guard let text = source.chart else {
            return try ZoneChart(
                byDistanceFrom: Destination(country: site.country, postalCode: site.postalCode)
            )
        }
        let found = try file(text, as: "the zone chart", at: site, source.zoneColumn)
        guard case .chart(let chart) = found else {
            throw ParseError("the zone chart is a table of rates; give the files the other way")
        }
        return chart
    }

    private func areas(of source: RateCardSource, at site: Site) throws -> DeliveryAreas {
        guard let text = source.deliveryAreas else { return .none }
        let found = try file(text, as: "the delivery areas", at: site)
        guard case .deliveryAreas(let areas) = found else {
            throw ParseError(
                "the delivery areas are another file; begin it with dest_zip,commercial,residential"
            )
        }
        return areas
    }

    private func table(in file: RateFile, for service: String) throws -> RateTable {
        switch file {
        case .table(let table): return table
        case .list(let services):
            guard let found = services.first(where: { $0.service == service }) else {
                let names = services.map(\.service).joined(separator: ", ")
                throw ParseError("the rates have no service ‘\(service)’; they have \(names)")
            }
            return found.rates
        case .chart:
            throw ParseError("the rates are a zone chart; give the files the other way")
        case .deliveryAreas:
            throw ParseError("the rates are surcharges by area; give the files the other way")
        case .classes:
            throw ParseError("the rates are by freight class; give them to rates import-ltl")
        case .trucks:
            throw ParseError("the rates are of whole trucks; give them to rates import-ftl")
        }
    }

    /// - Throws: `ParseError` naming the card: a charge that cannot be read must not pass for none.
    private func oversize(of row: Row, in currency: Currency) throws -> [OversizeCharge] {
        let text: String = row["oversize"]
        return try text.split(separator: ";")
            .map { entry in
                let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, let amount = Int64(parts[0]) else {
                    let (service, version): (String, Int64) = (row["service"], row["version"])
                    throw ParseError(
                        "version \(version) of ‘\(service)’ has ‘\(entry)’ among its charges for "
                            + "oversize packages; import the card again"
                    )
                }
                return try OversizeCharge(
                    checking: Money(minorUnits: amount, currency: currency),
                    over: OversizeCharge.Bounds(parsing: String(parts[1]))
                )
            }
    }

    private func source(from row: Row) throws -> RateCardSource {
        let currency = try site().currency
        var daysByZone: [Zone: Int] = [:]
        for (name, days) in try pairs(in: "transit_days_by_zone", of: row) {
            daysByZone[try Zone(parsing: name)] = Int(days)
        }
        let kinds: String = row["address_kinds"]
        let (length, girth): (Int64?, Int64?) = (row["length_maximum"], row["girth_maximum"])
        return RateCardSource(
            service: row["service"],
            carrier: row["carrier"],
            level: try ServiceLevel(parsing: row["level"]),
            effective: CivilDate(daysSinceEpoch: row["effective"]),
            terms: try ParcelRateCard.Terms(
                currency: currency,
                divisor: try DimensionalDivisor(checking: row["divisor"]),
                packagesMaximum: row["packages_maximum"],
                size: try length.flatMap { length in
                    try girth.map { try ParcelSize(checkingLength: length, girth: $0) }
                },
                oversize: try oversize(of: row, in: currency),
                fuelBasisPoints: row["fuel_basis_points"],
                residentialSurcharge: Money(
                    minorUnits: row["residential_surcharge"],
                    currency: currency
                ),
                handling: Money(minorUnits: row["handling"], currency: currency),
                addressKinds: Set(
                    kinds.split(separator: ",")
                        .compactMap {
                            AddressKind(rawValue: String($0))
                        }
                ),
                flight: (row["flight"] as String?)
                    .flatMap(HazardousMaterials.Flight.init(rawValue:)),
                transitDaysByZone: daysByZone,
                transitDaysDefault: row["transit_days"]
            ),
            chart: row["chart"],
            zoneColumn: row["zone_column"],
            rates: row["rates"],
            deliveryAreas: row["delivery_areas"]
        )
    }
}
