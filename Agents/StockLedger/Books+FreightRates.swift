package import AllocationModel
package import Freight
import GRDB

/// A carrier of freight's prices for one service, as a site manager hands them in.
package struct FreightCardSource<Terms: FreightTerms & Hashable>: Hashable, Sendable {
    /// The service's code, unique at the site: `saia-ltl`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts.
    package let effective: CivilDate
    package let terms: Terms
    /// What it charges from here, in CSV: by class, or by the truck.
    package let rates: String

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate,
        terms: Terms,
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

/// One version of a freight carrier's rate card in the ledger.
package struct FreightCardVersion<Terms: FreightTerms & Hashable>: Hashable, Sendable {
    package let version: Int64
    package let source: FreightCardSource<Terms>
}

/// A less-than-truckload carrier's: its class tariff and what was agreed beside it.
package typealias LTLRateCardSource = FreightCardSource<LTLRateCard.Terms>

/// One version of a less-than-truckload rate card in the ledger.
package typealias LTLRateCardVersion = FreightCardVersion<LTLRateCard.Terms>

/// A truckload carrier's: what a truck costs by destination, and what was agreed beside it.
package typealias FTLRateCardSource = FreightCardSource<FTLRateCard.Terms>

/// One version of a truckload rate card in the ledger.
package typealias FTLRateCardVersion = FreightCardVersion<FTLRateCard.Terms>

extension Books {
    /// Checks what kinds of cards have in common, before one is written.
    func willEnter<Terms>(_ source: FreightCardSource<Terms>, as kind: RateTableName) throws {
        try check(source.service, field: "service")
        try check(source.carrier, field: "carrier")
        try checkCode(source.service, isOnlyOf: kind)
        try willWrite()
        cache.change { $0.rateCards = nil }
    }

    func freightSource<Terms>(from row: Row, terms: Terms) throws -> FreightCardSource<Terms> {
        FreightCardSource(
            service: row["service"],
            carrier: row["carrier"],
            level: try ServiceLevel(parsing: row["level"]),
            effective: CivilDate(daysSinceEpoch: row["effective"]),
            terms: terms,
            rates: row["rates"]
        )
    }

    /// As the column of accessorials has them: `hazmat:3000,liftgate:6250`.
    func accessorialsText(of terms: some FreightTerms) -> String {
        terms.accessorials.sorted { $0.key < $1.key }
            .map { "\($0.key.rawValue):\($0.value.minorUnits)" }.joined(separator: ",")
    }

    func accessorials(of row: Row, in currency: Currency) throws -> [Accessorial: Money] {
        var accessorials: [Accessorial: Money] = [:]
        for (name, amount) in try pairs(in: "accessorials", of: row) {
            accessorials[try Accessorial(parsing: name)] = Money(
                minorUnits: amount,
                currency: currency
            )
        }
        return accessorials
    }
}
