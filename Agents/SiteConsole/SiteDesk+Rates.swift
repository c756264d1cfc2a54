internal import AllocationModel
internal import Freight
internal import StockLedger

extension SiteDesk {
    /// Parses the files and enters the card as its service's next version.
    func importRates(_ files: RateCardFiles, _ asker: Asker) async throws -> SiteReply {
        let version = try await ledger.perform(at: asker.now) { books in
            let currency = try books.site().currency
            return try books.importRates(
                RateCardSource(
                    service: files.service,
                    carrier: files.carrier,
                    level: files.level,
                    effective: files.effective ?? books.today(),
                    terms: try ParcelRateCard.Terms(files.terms, currency: currency),
                    chart: files.chart,
                    zoneColumn: files.zoneColumn,
                    rates: files.rates
                )
            )
        }
        return .ratesImported(version: version)
    }

    func rates(at now: Timestamp) async throws -> [RateRow] {
        try await ledger.read(at: now) { books in
            let today = try books.today()
            let currency = try books.site().currency
            var servicesInForce: Set<String> = []
            // Of each service the latest version comes first.
            return try books.rateCardVersions()
                .map { found in
                    let source = found.source
                    let isInForce =
                        source.effective <= today && servicesInForce.insert(source.service).inserted
                    return RateRow(
                        service: source.service,
                        version: found.version,
                        effective: source.effective,
                        isInForce: isInForce,
                        carrier: source.carrier,
                        level: source.level,
                        currency: currency.code,
                        isByDistance: source.chart == nil,
                        fuelBasisPoints: source.terms.fuelBasisPoints,
                        residentialSurcharge: source.terms.residentialSurcharge.decimal,
                        handling: source.terms.handling.decimal
                    )
                }
        }
    }
}

extension ParcelRateCard.Terms {
    /// - Throws: `ParseError` naming the term that cannot be read.
    fileprivate init(
        _ terms: RateCardFiles.Terms,
        currency: Currency
    ) throws(ParseError) {
        var daysByZone: [Zone: Int] = [:]
        for (name, days) in terms.transitDaysByZone.sorted(by: { $0.key < $1.key }) {
            daysByZone[try Zone(parsing: name)] = days
        }
        try self.init(
            currency: currency,
            divisor: DimensionalDivisor(checking: terms.divisor),
            fuelBasisPoints: terms.fuelBasisPoints,
            residentialSurcharge: Money(parsing: terms.residentialSurcharge, in: currency),
            handling: Money(parsing: terms.handling, in: currency),
            transitDaysByZone: daysByZone,
            transitDaysDefault: terms.transitDays
        )
    }
}
