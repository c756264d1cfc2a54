package import AllocationModel

/// What one parcel service costs from one warehouse: a chart, a table and surcharges.
///
/// Everything a bid asks is worked out once, when the card is made; a bid
/// looks its destination up and takes a tariff that is shared, not copied.
package struct ParcelRateCard: Hashable, Sendable {
    /// The service's code, unique in the warehouse: `ups-ground`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    package let terms: Terms
    package let chart: ZoneChart
    package let rates: RateTable
    package let deliveryAreas: DeliveryAreas

    /// By row of the chart; nil where the area is not served.
    private let termsByRow: [ZoneTerms?]
    /// By column of the rates.
    private let tariffs: [ZoneTariffs]

    /// - Throws: `ParseError` where surcharges and rates are in two currencies.
    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        terms: Terms,
        chart: ZoneChart,
        rates: RateTable,
        deliveryAreas: DeliveryAreas = .none
    ) throws(ParseError) {
        guard terms.handling.currency == rates.currency else {
            throw ParseError(
                "the rates are in \(rates.currency) and the surcharges in "
                    + "\(terms.handling.currency); give one currency"
            )
        }
        self.service = service
        self.carrier = carrier
        self.level = level
        self.terms = terms
        self.chart = chart
        self.rates = rates
        self.deliveryAreas = deliveryAreas
        termsByRow = chart.rows.map { row in
            guard let zone = row.zone else { return nil }
            return ZoneTerms(
                zone: zone,
                column: rates.column(of: zone),
                transitDays: row.transitDays ?? terms.transitDays(to: zone)
            )
        }
        tariffs = rates.columns.map {
            ZoneTariffs($0, terms: terms, areas: deliveryAreas)
        }
    }

    package var currency: Currency { rates.currency }

    /// Whether it flies, and on what.
    package var flight: HazardousMaterials.Flight { terms.flight ?? .usual(for: level) }

    /// What a bid says of this service for one destination.
    package enum Answer: Hashable, Sendable {
        case offered(Offer)
        case declined(Decline.Reason)
    }

    /// The service's terms for one destination.
    package struct Offer: Hashable, Sendable {
        /// Freight by billable grams, surcharges included, in whole minor units.
        package let tariff: ParcelTableTariff
        /// Charged once for each shipment.
        package let handling: Cost
        package let zone: Zone
        /// Carrier days on the way.
        package let transitDays: Int
        /// The index of its zone's column of the rates.
        let column: Int
        let isResidential: Bool
        /// What each package costs more for where it goes, in minor units.
        let areaSurcharge: Int64
    }

    /// Returns the tariff to a destination, or why there is none.
    ///
    /// - Complexity: A look-up; the tariff's steps are shared with the card.
    package func tariff(to destination: Destination) -> Answer {
        let kind = destination.addressKind
        guard terms.reaches(kind) else { return .declined(.addressNotReached(kind)) }
        if let needed = destination.accessorials.filter({ !$0.isMootForParcels }).min() {
            return .declined(.accessorialNotOffered(needed))
        }
        guard let row = chart.row(for: destination), let found = termsByRow[row] else {
            return .declined(.notServed)
        }
        guard let column = found.column else {
            return .declined(.noRate(zone: found.zone.name))
        }
        let area = deliveryAreas.surcharge(for: destination)
        let isResidential = destination.isResidential
        return .offered(
            Offer(
                tariff: tariffs[column].tariff(inArea: area, toResidence: isResidential),
                handling: terms.handling.cost,
                zone: found.zone,
                transitDays: found.transitDays,
                column: column,
                isResidential: isResidential,
                areaSurcharge: area.map {
                    deliveryAreas.surcharges[$0].amount(toResidence: isResidential)
                } ?? 0
            )
        )
    }

    /// The terms to the dearest residences in one row of the chart; nil where it is not served.
    func offer(inRow row: Int) -> Offer? {
        guard let found = termsByRow[row], let column = found.column else { return nil }
        return Offer(
            tariff: tariffs[column].dearest,
            handling: terms.handling.cost,
            zone: found.zone,
            transitDays: found.transitDays,
            column: column,
            isResidential: true,
            areaSurcharge: deliveryAreas.dearest
        )
    }

    /// The most one package may weigh in a zone: what a single unit may not exceed.
    package func packageWeightMaximum(in zone: Zone) -> Weight? {
        rates.column(of: zone)
            .map {
                Weight(
                    grams: tariffs[$0].tariff(inArea: nil, toResidence: false)
                        .packageWeightMaximum
                )
            }
    }
}

extension ParcelRateCard {
    /// What the service adds to its table, and allows.
    package struct Terms: Hashable, Sendable {
        package let divisor: DimensionalDivisor
        package let packagesMaximum: Int
        /// How large one unit may be; nil where the carrier takes any.
        package let size: ParcelSize?
        /// What heavy and large packages cost more; of several that apply, the dearest.
        package let oversize: [OversizeCharge]
        package let fuelBasisPoints: Int64
        /// For each package to a residence.
        package let residentialSurcharge: Money
        /// For each shipment: picking, packing, the label.
        package let handling: Money
        /// Addresses that it delivers to beside those in a street.
        package let addressKinds: Set<AddressKind>
        /// Whether it flies; nil for what is usual for its level.
        package let flight: HazardousMaterials.Flight?
        /// Carrier days to a zone where the chart's row gives none.
        package let transitDaysByZone: [Zone: Int]
        /// Carrier days to a zone that is not among them.
        package let transitDaysDefault: Int

        /// - Throws: `ParseError` naming the term that is out of range.
        package init(
            currency: Currency,
            divisor: DimensionalDivisor = .standard,
            packagesMaximum: Int = Limits.packagesMaximum,
            size: ParcelSize? = nil,
            oversize: [OversizeCharge] = [],
            fuelBasisPoints: Int64 = 0,
            residentialSurcharge: Money? = nil,
            handling: Money? = nil,
            addressKinds: Set<AddressKind> = [],
            flight: HazardousMaterials.Flight? = nil,
            transitDaysByZone: [Zone: Int] = [:],
            transitDaysDefault: Int
        ) throws(ParseError) {
            self.divisor = divisor
            self.packagesMaximum = packagesMaximum
            self.size = size
            self.oversize = oversize
            self.fuelBasisPoints = fuelBasisPoints
            self.residentialSurcharge = residentialSurcharge ?? .zero(currency)
            self.handling = handling ?? .zero(currency)
            self.addressKinds = addressKinds
            self.flight = flight
            self.transitDaysByZone = transitDaysByZone
            self.transitDaysDefault = transitDaysDefault
            try check(currency: currency)
        }

        /// Whether one unit by itself is no larger than the carrier takes.
        package func takes(_ dimensions: Dimensions?) -> Bool {
            size?.takes(dimensions) ?? true
        }

        /// Whether it delivers to addresses of a kind.
        package func reaches(_ kind: AddressKind) -> Bool {
            kind == .street || addressKinds.contains(kind)
        }

        /// Returns the carrier days to a zone whose chart row gives none.
        package func transitDays(to zone: Zone) -> Int {
            transitDaysByZone[zone] ?? transitDaysDefault
        }

        /// Returns what a package costs whose table price is `price`, in minor units.
        ///
        /// Fuel is charged on price and the surcharges of residence and area together, as
        /// UPS and FedEx do, and rounded half up to the minor unit for each package.
        package func charge(
            forPrice price: Int64,
            toResidence: Bool,
            areaSurcharge: Int64 = 0
        ) -> Int64 {
            let base =
                price + areaSurcharge + (toResidence ? residentialSurcharge.minorUnits : 0)
            return base + (base * fuelBasisPoints + 5000) / 10_000
        }

        private func check(currency: Currency) throws(ParseError) {
            guard (1...Limits.packagesMaximum).contains(packagesMaximum) else {
                throw ParseError("a shipment has 1 to \(Limits.packagesMaximum) packages")
            }
            guard (0...Limits.fuelBasisPointsMaximum).contains(fuelBasisPoints) else {
                throw ParseError(
                    "a fuel surcharge is 0 to \(Limits.fuelBasisPointsMaximum / 100) percent"
                )
            }
            for money in [residentialSurcharge, handling] {
                guard money.currency == currency,
                    (0...Limits.packageChargeMaximum).contains(money.minorUnits)
                else { throw ParseError("‘\(money)’ is not a surcharge in \(currency)") }
            }
            guard oversize.count <= Limits.oversizeChargesMaximum,
                oversize.allSatisfy({ $0.amount.currency == currency })
            else {
                throw ParseError(
                    "a card has at most \(Limits.oversizeChargesMaximum) charges for oversize "
                        + "packages, in \(currency)"
                )
            }
            for days in transitDaysByZone.values.sorted() + [transitDaysDefault] {
                guard (0...Limits.transitDaysMaximum).contains(days) else {
                    throw ParseError(
                        "transit takes 0 to \(Limits.transitDaysMaximum) carrier days, "
                            + "not \(days)"
                    )
                }
            }
        }
    }

    /// What one row of the chart comes to.
    private struct ZoneTerms: Hashable {
        let zone: Zone
        let column: Int?
        let transitDays: Int
    }

    /// One zone's tariffs: to companies and to residences, by what their area costs more.
    private struct ZoneTariffs: Hashable {
        /// Without a surcharge first, then by rising surcharge.
        private let commercial: [ParcelTableTariff]
        private let residential: [ParcelTableTariff]
        /// To a residence in the dearest area.
        let dearest: ParcelTableTariff

        init(_ column: RateTable.Column, terms: Terms, areas: DeliveryAreas) {
            func tariffs(toResidence: Bool) -> [ParcelTableTariff] {
                ([0] + areas.surcharges.map { $0.amount(toResidence: toResidence) })
                    .map { Self.tariff(column, terms, surcharge: $0, toResidence: toResidence) }
            }
            commercial = tariffs(toResidence: false)
            residential = tariffs(toResidence: true)
            dearest = Self.tariff(column, terms, surcharge: areas.dearest, toResidence: true)
        }

        func tariff(inArea area: Int?, toResidence: Bool) -> ParcelTableTariff {
            (toResidence ? residential : commercial)[area.map { $0 + 1 } ?? 0]
        }

        private static func tariff(
            _ column: RateTable.Column,
            _ terms: Terms,
            surcharge: Int64,
            toResidence: Bool
        ) -> ParcelTableTariff {
            let steps = column.steps.map { step in
                let charge = terms.charge(
                    forPrice: step.price.minorUnits,
                    toResidence: toResidence,
                    areaSurcharge: surcharge
                )
                let money = Money(minorUnits: charge, currency: step.price.currency)
                // A SKU of one pound is stored as 454 g, rounded up; it must not
                // be billed as two. So a step reaches to the same rounded gram.
                return ParcelTableTariff.Step(
                    weightMaximum: Weight(pounds: Int64(step.pounds)).grams,
                    charge: money.cost
                )
            }
            return ParcelTableTariff(steps: steps, packagesMaximum: Int64(terms.packagesMaximum))
        }
    }
}
