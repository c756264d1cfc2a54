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
                    rates: files.rates,
                    deliveryAreas: files.deliveryAreas
                )
            )
        }
        return .ratesImported(version: version)
    }

    func rates(at now: Timestamp) async throws -> [RateRow] {
        try await ledger.read(at: now) { try Self.rateRows(of: $0, on: $0.today()) }
    }

    /// Every version of every card; of each service the one that counts on `day` is in force.
    static func rateRows(of books: Books, on day: CivilDate) throws -> [RateRow] {
        let currency = try books.site().currency
        var inForce: Set<String> = []
        // Of each service the latest version comes first.
        let parcel = try books.rateCardVersions()
            .map { found in
                RateRow(
                    found,
                    in: currency,
                    isInForce: found.source.effective <= day
                        && inForce.insert(found.source.service).inserted
                )
            }
        let ltl = try books.ltlRateCardVersions()
            .map { found in
                RateRow(
                    found,
                    mode: "ltl",
                    discountBasisPoints: found.source.terms.discountBasisPoints,
                    isInForce: found.source.effective <= day
                        && inForce.insert(found.source.service).inserted
                )
            }
        let ftl = try books.ftlRateCardVersions()
            .map { found in
                RateRow(
                    found,
                    mode: "ftl",
                    isInForce: found.source.effective <= day
                        && inForce.insert(found.source.service).inserted
                )
            }
        return parcel + ltl + ftl
    }

    /// Parses the file and enters the card as its service's next version.
    func importFTLRates(_ file: FTLRateFile, _ asker: Asker) async throws -> SiteReply {
        let version = try await ledger.perform(at: asker.now) { books in
            let currency = try books.site().currency
            return try books.importFTLRates(
                FTLRateCardSource(
                    service: file.service,
                    carrier: file.carrier,
                    level: file.level,
                    effective: file.effective ?? books.today(),
                    terms: try FTLRateCard.Terms(file.terms, currency: currency),
                    rates: file.rates
                )
            )
        }
        return .ratesImported(version: version)
    }

    /// Parses the file and enters the card as its service's next version.
    func importLTLRates(_ file: LTLRateFile, _ asker: Asker) async throws -> SiteReply {
        let version = try await ledger.perform(at: asker.now) { books in
            let currency = try books.site().currency
            return try books.importLTLRates(
                LTLRateCardSource(
                    service: file.service,
                    carrier: file.carrier,
                    level: file.level,
                    effective: file.effective ?? books.today(),
                    terms: try LTLRateCard.Terms(file.terms, currency: currency),
                    rates: file.rates
                )
            )
        }
        return .ratesImported(version: version)
    }
}

extension RateRow {
    fileprivate init(_ found: RateCardVersion, in currency: Currency, isInForce: Bool) {
        let source = found.source
        self.init(
            service: source.service,
            version: found.version,
            effective: source.effective,
            isInForce: isInForce,
            carrier: source.carrier,
            level: source.level,
            mode: "parcel",
            currency: currency.code,
            isByDistance: source.chart == nil,
            discountBasisPoints: nil,
            fuelBasisPoints: source.terms.fuelBasisPoints,
            residentialSurcharge: source.terms.residentialSurcharge.decimal,
            handling: source.terms.handling.decimal
        )
    }

    fileprivate init<Terms>(
        _ found: FreightCardVersion<Terms>,
        mode: String,
        discountBasisPoints: Int64? = nil,
        isInForce: Bool
    ) {
        let source = found.source
        self.init(
            service: source.service,
            version: found.version,
            effective: source.effective,
            isInForce: isInForce,
            carrier: source.carrier,
            level: source.level,
            mode: mode,
            currency: source.terms.currency.code,
            isByDistance: false,
            discountBasisPoints: discountBasisPoints,
            fuelBasisPoints: source.terms.fuelBasisPoints,
            residentialSurcharge: source.terms.accessorials[.residential]?.decimal
                ?? Money.zero(source.terms.currency).decimal,
            handling: source.terms.handling.decimal
        )
    }
}

/// Reads what each accessorial costs.
private func charges(
    of accessorials: [String: String],
    in currency: Currency
) throws(ParseError) -> [Accessorial: Money] {
    var charges: [Accessorial: Money] = [:]
    for (name, amount) in accessorials.sorted(by: { $0.key < $1.key }) {
        charges[try Accessorial(parsing: name)] =
            try Money(parsing: amount, in: currency)
    }
    return charges
}

extension FTLRateCard.Terms {
    /// - Throws: `ParseError` naming the term that cannot be read.
    fileprivate init(_ terms: FTLRateFile.Terms, currency: Currency) throws(ParseError) {
        let most = Limits.truckWeightMaximum.poundsRoundedUp
        if let pounds = terms.poundsMaximum, !(1...most).contains(pounds) {
            throw ParseError("a truck carries 1 to \(most) lb, not \(pounds)")
        }
        try self.init(
            currency: currency,
            weightMaximum: terms.poundsMaximum.map { Weight(pounds: $0) }
                ?? Limits.truckWeightDefault,
            palletsMaximum: terms.palletsMaximum ?? Limits.truckPalletsDefault,
            trucksMaximum: terms.trucksMaximum,
            fuelBasisPoints: terms.fuelBasisPoints,
            fuelPerMile: Money(parsing: terms.fuelPerMile, in: currency),
            accessorials: charges(of: terms.accessorials, in: currency),
            handling: Money(parsing: terms.handling, in: currency),
            circuityPercent: terms.circuityPercent ?? Limits.circuityPercentDefault,
            transitDays: terms.transitDays,
            milesPerDay: terms.milesPerDay ?? Limits.truckMilesPerDayDefault
        )
    }
}

extension LTLRateCard.Terms {
    /// - Throws: `ParseError` naming the term that cannot be read.
    fileprivate init(_ terms: LTLRateFile.Terms, currency: Currency) throws(ParseError) {
        if let pounds = terms.poundsMaximum,
            !(1...Limits.ltlWeightMaximum.poundsRoundedUp).contains(pounds)
        {
            throw ParseError(
                "a shipment weighs 1 to \(Limits.ltlWeightMaximum.poundsRoundedUp) lb, "
                    + "not \(pounds)"
            )
        }
        try self.init(
            currency: currency,
            discountBasisPoints: terms.discountBasisPoints,
            floor: Money(parsing: terms.floor, in: currency),
            fuelBasisPoints: terms.fuelBasisPoints,
            accessorials: charges(of: terms.accessorials, in: currency),
            handling: Money(parsing: terms.handling, in: currency),
            weightMaximum: terms.poundsMaximum.map { Weight(pounds: $0) }
                ?? Limits.ltlWeightMaximum,
            transitDays: terms.transitDays
        )
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
            size: ParcelSize(
                checkingLength: terms.lengthInchesMaximum,
                girth: terms.girthInchesMaximum
            ),
            oversize: terms.oversize.map { charge throws(ParseError) in
                try OversizeCharge(
                    checking: Money(parsing: charge.amount, in: currency),
                    over: OversizeCharge.Bounds(parsing: charge.over)
                )
            },
            fuelBasisPoints: terms.fuelBasisPoints,
            residentialSurcharge: Money(parsing: terms.residentialSurcharge, in: currency),
            handling: Money(parsing: terms.handling, in: currency),
            addressKinds: Set(
                try terms.addressKinds.map { text throws(ParseError) in
                    try AddressKind(parsing: text)
                }
            ),
            flight: terms.flight.map { text throws(ParseError) in
                try HazardousMaterials.Flight(parsing: text)
            },
            transitDaysByZone: daysByZone,
            transitDaysDefault: terms.transitDays
        )
    }
}
