package import AllocationModel

/// What one truckload service costs from one warehouse: whole trucks, each at one price.
///
/// By the mile a truck costs its miles and no less than the lane's minimum; fuel is
/// a percentage of that or a price of the mile; accessorials are asked of each truck.
/// Every part is a whole number of minor units, so nothing is rounded later.
package struct FTLRateCard: FreightCard, Hashable {
    /// The service's code, unique in the warehouse: `schneider-ftl`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    package let terms: Terms
    package let rates: FTLRateTable
    /// Where its trucks are loaded.
    package let origin: Destination

    /// - Throws: `ParseError` where terms and rates are in two currencies.
    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        terms: Terms,
        rates: FTLRateTable,
        origin: Destination
    ) throws(ParseError) {
        guard terms.currency == rates.currency else {
            throw ParseError(
                "the rates are in \(rates.currency) and the charges in \(terms.currency); "
                    + "give one currency"
            )
        }
        self.service = service
        self.carrier = carrier
        self.level = level
        self.terms = terms
        self.rates = rates
        self.origin = origin
    }

    /// Goods as a truck looks at them.
    package struct Goods: Hashable, Sendable {
        package let units: Int64
        package let unitWeight: Weight
        /// Nil where the site does not know: such goods are counted by weight alone.
        package let unitsPerPallet: Int64?

        package init(units: Int64, unitWeight: Weight, unitsPerPallet: Int64?) {
            self.units = units
            self.unitWeight = unitWeight
            self.unitsPerPallet = unitsPerPallet
        }
    }

    /// What a bid says of this service for one destination and some goods.
    package enum Answer: Hashable, Sendable {
        case offered(Offer)
        case declined(Decline.Reason)
    }

    /// The service's terms for one destination.
    package struct Offer: Hashable, Sendable {
        package let tariff: FTLTariff
        /// Charged once for each shipment.
        package let handling: Cost
        /// Carrier days on the way.
        package let transitDays: Int
        /// The index of its lane.
        let lane: Int
        /// By road; nil where nothing is charged by the mile and nobody knows.
        let miles: Int?
        /// What is asked of the carrier beside the way, a residence's among it.
        let accessorials: [Accessorial]
    }

    /// What a carrier does besides moving goods from dock to dock; here at a price for each truck.
    package typealias Accessorial = AllocationModel.Accessorial

    /// Returns the tariff to a destination, or why there is none.
    ///
    /// - Parameters:
    ///   - destination: Where the goods go; a residence has its accessorial, and so has what
    ///     is asked for there. What is asked for and has no price is declined.
    ///   - goods: The most that could ride of each SKU; what the tariff says holds for any
    ///     part of them.
    ///   - accessorials: What else is asked of the carrier.
    /// - Returns: The terms.
    package func tariff(
        to destination: Destination,
        carrying goods: [Goods],
        accessorials: Set<Accessorial> = []
    ) -> Answer {
        // A truck finds no dock at either.
        let kind = destination.addressKind
        guard kind == .street else { return .declined(.addressNotReached(kind)) }
        guard let index = rates.chart.row(for: destination) else { return .declined(.notServed) }
        let lane = rates.lanes[index]
        let miles = lane.miles ?? self.miles(to: destination)
        guard let days = lane.transitDays ?? transitDays(over: miles),
            let linehaul = linehaul(of: lane, over: miles), let fuel = fuel(on: linehaul, miles)
        else { return .declined(.noRate(zone: lane.area.description)) }
        if let unpriced = terms.unpriced(at: destination, beside: accessorials) {
            return .declined(.accessorialNotOffered(unpriced))
        }
        let extras = terms.extras(at: destination, beside: accessorials)
        let flat = Money(minorUnits: linehaul + fuel + extras.charge, currency: currency)
        return .offered(
            Offer(
                tariff: FTLTariff(
                    flat: flat.cost,
                    capacity: terms.capacity(carrying: goods),
                    trucksMaximum: Int64(terms.trucksMaximum)
                ),
                handling: terms.handling.cost,
                transitDays: days,
                lane: index,
                miles: miles,
                accessorials: extras.asked
            )
        )
    }

    /// Miles by road: the straight line times the circuity, rounded up.
    private func miles(to destination: Destination) -> Int? {
        Distance.miles(from: origin, to: destination)
            .map { ($0 * terms.circuityPercent + 99) / 100 }
    }

    private func transitDays(over miles: Int?) -> Int? {
        if let days = terms.transitDays { return days }
        return miles.map {
            min(Limits.transitDaysMaximum, max(1, ($0 + terms.milesPerDay - 1) / terms.milesPerDay))
        }
    }

    /// In minor units; nil where the miles are not known and the price is by the mile.
    private func linehaul(of lane: FTLRateTable.Lane, over miles: Int?) -> Int64? {
        switch lane.price {
        case .flat(let price): price.minorUnits
        case .perMile(let price, let minimum):
            miles.map { max(minimum.minorUnits, Int64($0) * price.minorUnits) }
        }
    }

    private func fuel(on linehaul: Int64, _ miles: Int?) -> Int64? {
        let share = (linehaul * terms.fuelBasisPoints + 5000) / 10_000
        guard terms.fuelPerMile.minorUnits > 0 else { return share }
        return miles.map { share + Int64($0) * terms.fuelPerMile.minorUnits }
    }
}

extension FTLRateCard {
    /// What was agreed with the carrier, beside its rates.
    package struct Terms: FreightTerms, Hashable {
        package let currency: Currency
        /// What one truck carries.
        package let weightMaximum: Weight
        /// Pallets that one truck carries.
        package let palletsMaximum: Int
        /// Trucks of one shipment.
        package let trucksMaximum: Int
        package let fuelBasisPoints: Int64
        package let fuelPerMile: Money
        /// What each accessorial costs a truck; one that is not named costs nothing.
        package let accessorials: [Accessorial: Money]
        /// For each shipment: loading, the papers.
        package let handling: Money
        /// Miles by road for a hundred in a straight line.
        package let circuityPercent: Int
        /// Carrier days where the lane does not say; nil for the miles of a day.
        package let transitDays: Int?
        package let milesPerDay: Int

        /// - Throws: `ParseError` naming the term that is out of range.
        package init(
            currency: Currency,
            weightMaximum: Weight = Limits.truckWeightDefault,
            palletsMaximum: Int = Limits.truckPalletsDefault,
            trucksMaximum: Int = 1,
            fuelBasisPoints: Int64 = 0,
            fuelPerMile: Money? = nil,
            accessorials: [Accessorial: Money] = [:],
            handling: Money? = nil,
            circuityPercent: Int = Limits.circuityPercentDefault,
            transitDays: Int? = nil,
            milesPerDay: Int = Limits.truckMilesPerDayDefault
        ) throws(ParseError) {
            self.currency = currency
            self.weightMaximum = weightMaximum
            self.palletsMaximum = palletsMaximum
            self.trucksMaximum = trucksMaximum
            self.fuelBasisPoints = fuelBasisPoints
            self.fuelPerMile = fuelPerMile ?? .zero(currency)
            self.accessorials = accessorials
            self.handling = handling ?? .zero(currency)
            self.circuityPercent = circuityPercent
            self.transitDays = transitDays
            self.milesPerDay = milesPerDay
            try checkTruck()
            try checkCharges()
            try checkWay()
        }

        private func checkTruck() throws(ParseError) {
            guard (1...Limits.truckWeightMaximum.grams).contains(weightMaximum.grams) else {
                throw ParseError(
                    "a truck carries 1 to \(Limits.truckWeightMaximum.poundsRoundedUp) lb"
                )
            }
            guard (1...Limits.truckPalletsMaximum).contains(palletsMaximum) else {
                throw ParseError(
                    "a truck carries 1 to \(Limits.truckPalletsMaximum) pallets, "
                        + "not \(palletsMaximum)"
                )
            }
            guard (1...Limits.trucksMaximum).contains(trucksMaximum) else {
                throw ParseError(
                    "a shipment is 1 to \(Limits.trucksMaximum) trucks, not \(trucksMaximum)"
                )
            }
        }

        private func checkCharges() throws(ParseError) {
            guard (0...Limits.ltlFuelBasisPointsMaximum).contains(fuelBasisPoints) else {
                throw ParseError(
                    "a fuel surcharge is 0 to \(Limits.ltlFuelBasisPointsMaximum / 100) percent"
                )
            }
            try checkCharges(beside: [handling])
            guard fuelPerMile.currency == currency,
                (0...Limits.milePriceMaximum).contains(fuelPerMile.minorUnits)
            else { throw ParseError("‘\(fuelPerMile)’ is not a charge in \(currency)") }
        }

        private func checkWay() throws(ParseError) {
            guard (100...Limits.circuityPercentMaximum).contains(circuityPercent) else {
                throw ParseError(
                    "roads are 100 to \(Limits.circuityPercentMaximum) percent of the straight "
                        + "line, not \(circuityPercent)"
                )
            }
            guard (0...Limits.transitDaysMaximum).contains(transitDays ?? 0) else {
                throw ParseError(
                    "transit takes 0 to \(Limits.transitDaysMaximum) carrier days, "
                        + "not \(transitDays ?? 0)"
                )
            }
            guard (1...Limits.truckMilesMaximum).contains(milesPerDay) else {
                throw ParseError(
                    "a truck drives 1 to \(Limits.truckMilesMaximum) miles a day, "
                        + "not \(milesPerDay)"
                )
            }
        }
    }
}

extension FTLRateCard.Terms {
    /// Returns the grams up to which one truck carries any part of `goods`.
    ///
    /// A tariff counts weight and not pallets. So a truck is full at the weight of the
    /// lightest of the goods that fill its pallets, if that is less than what it carries:
    /// whatever weighs no more stands on no more pallets. That is exact for one SKU and
    /// wherever all of the goods fit on one truck's pallets; for others a truck may be
    /// counted full that has room. SKUs share pallets.
    package func capacity(carrying goods: [FTLRateCard.Goods]) -> Int64 {
        let stacked = goods.filter { $0.unitsPerPallet != nil && $0.units > 0 }
            .sorted { $0.gramsPerPallet < $1.gramsPerPallet }
        var weight: Int128 = 0
        var left = Int128(palletsMaximum) * FTLRateCard.Goods.palletShares
        for item in stacked {
            guard item.shares <= left else {
                weight += left * item.gramsPerPallet / FTLRateCard.Goods.palletShares
                return max(1, Int64(min(weight, Int128(weightMaximum.grams))))
            }
            weight += Int128(item.units) * Int128(item.unitWeight.grams)
            left -= item.shares
        }
        return weightMaximum.grams
    }
}

extension FTLRateCard.Goods {
    /// What a pallet is divided into, so that a unit's part of it is a whole number.
    fileprivate static let palletShares: Int128 = 1_000_000_000

    /// The part of pallets that all units take, rounded up; none where it is not known.
    fileprivate var shares: Int128 {
        guard let unitsPerPallet else { return 0 }
        let whole = Int128(units) * Self.palletShares
        return (whole + Int128(unitsPerPallet) - 1) / Int128(unitsPerPallet)
    }

    /// What a full pallet weighs.
    fileprivate var gramsPerPallet: Int128 {
        Int128(unitsPerPallet ?? 0) * Int128(unitWeight.grams)
    }

    /// Returns the pallets that goods stand on, shared by SKUs; the last is perhaps not full.
    package static func pallets(of goods: [Self]) -> Int64 {
        let shares = goods.reduce(Int128(0)) { $0 + $1.shares }
        return Int64(clamping: (shares + palletShares - 1) / palletShares)
    }
}
