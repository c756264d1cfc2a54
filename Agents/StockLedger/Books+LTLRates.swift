package import AllocationModel
package import Freight
import GRDB

/// A less-than-truckload carrier's prices for one service, as a site manager hands them in.
package struct LTLRateCardSource: Hashable, Sendable {
    /// The service's code, unique at the site: `saia-ltl`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts.
    package let effective: CivilDate
    package let terms: LTLRateCard.Terms
    /// The class tariff from here, in CSV.
    package let rates: String

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate,
        terms: LTLRateCard.Terms,
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

/// One version of a less-than-truckload rate card in the ledger.
package struct LTLRateCardVersion: Hashable, Sendable {
    package let version: Int64
    package let source: LTLRateCardSource
}

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
        try check(source.service, field: "service")
        try check(source.carrier, field: "carrier")
        _ = try card(of: source)
        try checkCode(source.service, isOnlyOf: .ltl)
        try willWrite()
        cache.change { $0.rateCards = nil }
        let terms = source.terms
        let accessorials = terms.accessorials.sorted { $0.key < $1.key }
            .map { "\($0.key.rawValue):\($0.value.minorUnits)" }.joined(separator: ",")
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
                terms.fuelBasisPoints, accessorials, terms.handling.minorUnits,
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
        var accessorials: [LTLRateCard.Accessorial: Money] = [:]
        for (name, amount) in try pairs(in: "accessorials", of: row) {
            accessorials[try LTLRateCard.Accessorial(parsing: name)] = Money(
                minorUnits: amount,
                currency: currency
            )
        }
        return LTLRateCardSource(
            service: row["service"],
            carrier: row["carrier"],
            level: try ServiceLevel(parsing: row["level"]),
            effective: CivilDate(daysSinceEpoch: row["effective"]),
            terms: try LTLRateCard.Terms(
                currency: currency,
                discountBasisPoints: row["discount_basis_points"],
                floor: Money(minorUnits: row["floor"], currency: currency),
                fuelBasisPoints: row["fuel_basis_points"],
                accessorials: accessorials,
                handling: Money(minorUnits: row["handling"], currency: currency),
                weightMaximum: Weight(grams: row["weight_maximum"]),
                transitDays: row["transit_days"]
            ),
            rates: row["rates"]
        )
    }
}
