import AllocationModel
package import Freight
import GRDB

extension Books {
    /// The cards of the day, by service.
    func ltlCards(on today: CivilDate) throws -> [LTLRateCard] {
        try rowsInForce(of: "ltl_rate_card", on: today)
            .map { try card(of: ltlSource(from: $0)) }
    }

    /// Every version of every less-than-truckload card, by service, the latest first.
    package func ltlRateCardVersions() throws -> [LTLRateCardVersion] {
        try rowsOfVersions(in: "ltl_rate_card")
            .map { LTLRateCardVersion(version: $0["version"], source: try ltlSource(from: $0)) }
    }

    /// Enters a card as its service's next version.
    ///
    /// - Returns: The version.
    /// - Throws: `RowReport` of all that is wrong with the file, `ParseError` or `StockRefusal`
    ///   for what is wrong with the rest; nothing is changed.
    package func importLTLRates(_ source: LTLRateCardSource) throws -> Int64 {
        _ = try card(of: source)
        try willEnter(source, as: .ltl)
        let terms = source.terms
        try db.run(
            """
            INSERT INTO ltl_rate_card (service, version, effective, carrier, level,
                discount_basis_points, floor, fuel_basis_points, accessorials, handling,
                weight_maximum, transit_days, rates)
            SELECT ?1, ifnull(max(version), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
            FROM ltl_rate_card WHERE service = ?1
            """,
            [
                source.service, source.effective.daysSinceEpoch, source.carrier,
                source.level.word, terms.discountBasisPoints, terms.floor.minorUnits,
                terms.fuelBasisPoints, accessorialsText(of: terms), terms.handling.minorUnits,
                terms.weightMaximum.grams, terms.transitDays, source.rates,
            ]
        )
        return try latestVersion(of: source.service, in: "ltl_rate_card")
    }

    /// Returns what a version's file and terms come to.
    package func card(of source: LTLRateCardSource) throws -> LTLRateCard {
        let file = try RateFile(
            parsing: CSVReader.rows(of: Array(source.rates.utf8)),
            currency: try site().currency
        )
        guard case .classes(let rates) = file else {
            throw ParseError(
                "the file has no rates by freight class; begin with dest_zip,class,mc,l5c,m5c"
            )
        }
        return try LTLRateCard(
            service: source.service,
            carrier: source.carrier,
            level: source.level,
            terms: source.terms,
            rates: rates
        )
    }

    private func ltlSource(from row: Row) throws -> LTLRateCardSource {
        let currency = try site().currency
        return try freightSource(
            from: row,
            terms: LTLRateCard.Terms(
                currency: currency,
                discountBasisPoints: row["discount_basis_points"],
                floor: Money(minorUnits: row["floor"], currency: currency),
                fuelBasisPoints: row["fuel_basis_points"],
                accessorials: accessorials(of: row, in: currency),
                handling: Money(minorUnits: row["handling"], currency: currency),
                weightMaximum: Weight(grams: row["weight_maximum"]),
                transitDays: row["transit_days"]
            )
        )
    }
}
