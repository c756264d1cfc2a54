internal import AllocationModel
internal import Freight
internal import StockLedger

extension SiteDesk {
    /// Returns a service's card of a day, with its prices to one destination or to all.
    func rateCard(
        of service: String,
        on day: CivilDate?,
        to postalCode: String?,
        _ asker: Asker
    ) async throws -> RateCardReport {
        try await ledger.read(at: asker.now) { books in
            let day = try day ?? books.today()
            let rows = try Self.rateRows(of: books, on: day)
            let versions = rows.filter { $0.service == service }
            guard !versions.isEmpty else {
                var known: [String] = []
                for row in rows where known.last != row.service { known.append(row.service) }
                throw SiteFault(
                    .refused,
                    "there are no rates for ‘\(service)’",
                    hint: known.isEmpty
                        ? "import some: rates import --help"
                        : "known are \(known.joined(separator: ", "))"
                )
            }
            guard let row = versions.first(where: \.isInForce) else {
                throw SiteFault(
                    .refused,
                    "no version of ‘\(service)’ counts on \(day)",
                    hint: "the first counts from \(versions.map(\.effective).min() ?? day) on"
                )
            }
            let destination = try postalCode.map { code throws in
                try Destination(country: books.site().country, parsingPostalCode: code)
            }
            return try Self.report(of: row, among: versions, to: destination, in: books)
        }
    }

    private static func report(
        of row: RateRow,
        among versions: [RateRow],
        to destination: Destination?,
        in books: Books
    ) throws -> RateCardReport {
        let parcel = try books.rateCardVersions()
            .first { $0.source.service == row.service && $0.version == row.version }
        let ltl = try books.ltlRateCardVersions()
            .first { $0.source.service == row.service && $0.version == row.version }
        let ftl = try books.ftlRateCardVersions()
            .first { $0.source.service == row.service && $0.version == row.version }
        let parcelCard = try parcel.map { try books.card(of: $0.source) }
        let ltlCard = try ltl.map { try books.card(of: $0.source) }
        let ftlCard = try ftl.map { try books.card(of: $0.source) }
        return RateCardReport(
            card: row,
            versions: versions,
            transitDays: parcelCard?.terms.transitDaysDefault ?? ltlCard?.terms.transitDays
                ?? ftlCard?.terms.transitDays,
            parcel: try parcelCard.map { try RateCardReport.Parcel($0, to: destination) },
            ltl: try ltlCard.map { try RateCardReport.LTL($0, to: destination) },
            ftl: try ftlCard.map { try RateCardReport.FTL($0, to: destination) }
        )
    }
}

extension RateCardReport.Parcel {
    fileprivate init(_ card: ParcelRateCard, to destination: Destination?) throws(SiteFault) {
        var wanted = Array(card.chart.rows.indices)
        if let destination {
            guard let row = card.chart.row(for: destination), card.chart.rows[row].zone != nil
            else { throw .notReached(destination, by: card.service) }
            wanted = [row]
        }
        let rows = wanted.map { card.chart.rows[$0] }
        let zones = Set(rows.compactMap(\.zone)).sorted()
        let columns = card.rates.columns.filter { zones.contains($0.zone) }
        let pounds = Set(columns.flatMap(\.steps).map(\.pounds)).sorted()
        self.init(
            divisor: card.terms.divisor.cubicInchesPerPound,
            packagesMaximum: card.terms.packagesMaximum,
            addressKinds: card.terms.addressKinds.sorted().map(\.rawValue),
            flight: card.flight.rawValue,
            lengthInchesMaximum: card.terms.size?.lengthInchesMaximum,
            girthInchesMaximum: card.terms.size?.girthInchesMaximum,
            oversize: card.terms.oversize.map {
                RateCardFiles.Oversize(amount: $0.amount.decimal, over: $0.over.text)
            },
            deliveryAreas: card.deliveryAreas.report(to: destination),
            transitDaysByZone: Dictionary(
                uniqueKeysWithValues: card.terms.transitDaysByZone.map { ($0.key.name, $0.value) }
            ),
            zones: zones.map { zone in
                let rows = rows.filter { $0.zone == zone }
                let days = rows.map { $0.transitDays ?? card.terms.transitDays(to: zone) }
                return RateCardReport.Zone(
                    zone: zone.name,
                    destinations: rows.map(\.area.description),
                    transitDays: Set(days).sorted()
                )
            },
            rates: pounds.map { pounds in
                let steps = columns.compactMap { column in
                    column.steps.first { $0.pounds == pounds }
                        .map { (column.zone.name, $0.price.decimal) }
                }
                return RateCardReport.Rate(
                    pounds: pounds,
                    prices: Dictionary(uniqueKeysWithValues: steps)
                )
            }
        )
    }
}

extension DeliveryAreas {
    /// Those of one destination, or all.
    fileprivate func report(to destination: Destination?) -> [RateCardReport.DeliveryArea] {
        let wanted = destination.map { surcharge(for: $0).map { [$0] } ?? [] }
        return (wanted ?? Array(surcharges.indices))
            .map { index in
                let surcharge = surcharges[index]
                return RateCardReport.DeliveryArea(
                    commercial: surcharge.commercial.decimal,
                    residential: surcharge.residential.decimal,
                    destinations: rows.filter { $0.surcharge == surcharge }
                        .map(\.area.description)
                )
            }
    }
}

extension RateCardReport.LTL {
    fileprivate init(_ card: LTLRateCard, to destination: Destination?) throws(SiteFault) {
        var lanes = card.rates.lanes
        if let destination {
            guard let row = card.rates.chart.row(for: destination) else {
                throw .notReached(destination, by: card.service)
            }
            lanes = [lanes[row]]
        }
        self.init(
            floor: card.terms.floor.decimal,
            accessorials: Dictionary(
                uniqueKeysWithValues: card.terms.accessorials
                    .map { ($0.key.rawValue, $0.value.decimal) }
            ),
            poundsMaximum: card.terms.weightMaximum.poundsBilled,
            breaks: card.rates.breaks,
            lanes: lanes.map { lane in
                RateCardReport.Lane(
                    destination: lane.area.description,
                    minimum: lane.minimumCharge.decimal,
                    transitDays: lane.transitDays ?? card.terms.transitDays,
                    classes: FreightClass.allCases.compactMap { freightClass in
                        lane.prices[freightClass]
                            .map {
                                RateCardReport.ClassPrices(
                                    freightClass: freightClass.name,
                                    prices: $0.map(\.decimal)
                                )
                            }
                    }
                )
            }
        )
    }
}

extension RateCardReport.FTL {
    fileprivate init(_ card: FTLRateCard, to destination: Destination?) throws(SiteFault) {
        var lanes = card.rates.lanes
        if let destination {
            guard let row = card.rates.chart.row(for: destination) else {
                throw .notReached(destination, by: card.service)
            }
            lanes = [lanes[row]]
        }
        self.init(
            poundsMaximum: card.terms.weightMaximum.poundsBilled,
            palletsMaximum: card.terms.palletsMaximum,
            trucksMaximum: card.terms.trucksMaximum,
            fuelPerMile: card.terms.fuelPerMile.decimal,
            accessorials: Dictionary(
                uniqueKeysWithValues: card.terms.accessorials
                    .map { ($0.key.rawValue, $0.value.decimal) }
            ),
            circuityPercent: card.terms.circuityPercent,
            milesPerDay: card.terms.milesPerDay,
            lanes: lanes.map(RateCardReport.TruckLane.init)
        )
    }
}

extension RateCardReport.TruckLane {
    fileprivate init(_ lane: FTLRateTable.Lane) {
        let (perMile, minimum, flat): (Money?, Money?, Money?) =
            switch lane.price {
            case .perMile(let price, let minimum): (price, minimum, nil)
            case .flat(let price): (nil, nil, price)
            }
        self.init(
            destination: lane.area.description,
            perMile: perMile?.decimal,
            minimum: minimum?.decimal,
            flat: flat?.decimal,
            miles: lane.miles,
            transitDays: lane.transitDays
        )
    }
}

extension SiteFault {
    fileprivate static func notReached(_ destination: Destination, by service: String) -> Self {
        SiteFault(
            .refused,
            "‘\(service)’ does not reach \(destination.postalCode)",
            hint: "see rates show \(service) for where it goes"
        )
    }
}
