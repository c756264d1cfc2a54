package import AllocationModel
package import Freight
import GRDB

/// A truckload carrier's prices for one service, as a site manager hands them in.
package struct FTLRateCardSource: Hashable, Sendable {
    /// The service's code, unique at the site: `schneider-ftl`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts.
    package let effective: CivilDate
    package let terms: FTLRateCard.Terms
    /// What a truck costs by destination, in CSV.
    package let rates: String

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate,
        terms: FTLRateCard.Terms,
        rates: String
    ) {
        self.service = service
        self.carrier = carrier
        self.level = level
        self.effective = effective
        self.terms = terms
        self.rates = rates
    }
}

/// One version of a truckload rate card in the ledger.
package struct FTLRateCardVersion: Hashable, Sendable {
    package let version: Int64
    package let source: FTLRateCardSource
}

extension Books {
    /// The cards of the day, by service.
    func ftlCards(on today: CivilDate) throws -> [FTLRateCard] {
        try rowsInForce(of: "ftl_rate_card", on: today)
            .map { try card(of: ftlSource(from: $0)) }
    }

    /// Every version of every truckload card, by service, the latest first.
    package func ftlRateCardVersions() throws -> [FTLRateCardVersion] {
        try rowsOfVersions(in: "ftl_rate_card")
            .map { FTLRateCardVersion(version: $0["version"], source: try ftlSource(from: $0)) }
    }

    /// Enters a card as its service's next version.
    ///
    /// - Returns: The version.
    /// - Throws: `RowReport` of all that is wrong with the file, `ParseError` or `StockRefusal`
    ///   for what is wrong with the rest; nothing is changed.
    package func importFTLRates(_ source: FTLRateCardSource) throws -> Int64 {
        try check(source.service, field: "service")
        try check(source.carrier, field: "carrier")
        _ = try card(of: source)
        try checkCode(source.service, isOnlyOf: .ftl)
        try willWrite()
        cache.change { $0.rateCards = nil }
        let terms = source.terms
        let accessorials = terms.accessorials.sorted { $0.key < $1.key }
            .map { "\($0.key.rawValue):\($0.value.minorUnits)" }.joined(separator: ",")
        try db.run(
            """
            INSERT INTO ftl_rate_card (service, version, effective, carrier, level,
                weight_maximum, pallets_maximum, trucks_maximum, fuel_basis_points, fuel_per_mile,
                accessorials, handling, circuity_percent, transit_days, miles_per_day, rates)
            SELECT ?1, ifnull(max(version), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                ?13, ?14, ?15
            FROM ftl_rate_card WHERE service = ?1
            """,
            [
                source.service, source.effective.daysSinceEpoch, source.carrier,
                source.level.word, terms.weightMaximum.grams, terms.palletsMaximum,
                terms.trucksMaximum, terms.fuelBasisPoints, terms.fuelPerMile.minorUnits,
                accessorials, terms.handling.minorUnits, terms.circuityPercent,
                terms.transitDays, terms.milesPerDay, source.rates,
            ]
        )
        return try latestVersion(of: source.service, in: "ftl_rate_card")
    }

    /// Returns what a version's file and terms come to.
    package func card(of source: FTLRateCardSource) throws -> FTLRateCard {
        let site = try site()
        let file = try RateFile(
            parsing: CSVReader.rows(of: Array(source.rates.utf8)),
            currency: site.currency
        )
        guard case .trucks(let rates) = file else {
            throw ParseError(
                "the file has no rates of trucks; begin with dest_zip,per_mile,minimum,flat"
            )
        }
        return try FTLRateCard(
            service: source.service,
            carrier: source.carrier,
            level: source.level,
            terms: source.terms,
            rates: rates,
            origin: Destination(country: site.country, postalCode: site.postalCode)
        )
    }

    private func ftlSource(from row: Row) throws -> FTLRateCardSource {
        let currency = try site().currency
        var accessorials: [FTLRateCard.Accessorial: Money] = [:]
        for (name, amount) in try pairs(in: "accessorials", of: row) {
            accessorials[try FTLRateCard.Accessorial(parsing: name)] = Money(
                minorUnits: amount,
                currency: currency
            )
        }
        return FTLRateCardSource(
            service: row["service"],
            carrier: row["carrier"],
            level: try ServiceLevel(parsing: row["level"]),
            effective: CivilDate(daysSinceEpoch: row["effective"]),
            terms: try FTLRateCard.Terms(
                currency: currency,
                weightMaximum: Weight(grams: row["weight_maximum"]),
                palletsMaximum: row["pallets_maximum"],
                trucksMaximum: row["trucks_maximum"],
                fuelBasisPoints: row["fuel_basis_points"],
                fuelPerMile: Money(minorUnits: row["fuel_per_mile"], currency: currency),
                accessorials: accessorials,
                handling: Money(minorUnits: row["handling"], currency: currency),
                circuityPercent: row["circuity_percent"],
                transitDays: row["transit_days"],
                milesPerDay: row["miles_per_day"]
            ),
            rates: row["rates"]
        )
    }
}
