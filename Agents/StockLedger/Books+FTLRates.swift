import AllocationModel
package import Freight
import GRDB

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
        _ = try card(of: source)
        try willEnter(source, as: .ftl)
        let terms = source.terms
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
                accessorialsText(of: terms), terms.handling.minorUnits, terms.circuityPercent,
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
        return try freightSource(
            from: row,
            terms: FTLRateCard.Terms(
                currency: currency,
                weightMaximum: Weight(grams: row["weight_maximum"]),
                palletsMaximum: row["pallets_maximum"],
                trucksMaximum: row["trucks_maximum"],
                fuelBasisPoints: row["fuel_basis_points"],
                fuelPerMile: Money(minorUnits: row["fuel_per_mile"], currency: currency),
                accessorials: accessorials(of: row, in: currency),
                handling: Money(minorUnits: row["handling"], currency: currency),
                circuityPercent: row["circuity_percent"],
                transitDays: row["transit_days"],
                milesPerDay: row["miles_per_day"]
            )
        )
    }
}
