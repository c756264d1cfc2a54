package import AllocationModel

/// What one less-than-truckload service costs from one warehouse.
///
/// The order of a carrier's rating: the cheapest break that the weight can be
/// billed at, its rates by class, what lacks to the break at the lowest rate
/// that rides along (deficit rating); no less than the lane's minimum charge;
/// less the discount, no less than its floor; fuel on that; accessorials.
///
/// Weights are billed to the gram, and a shipment is rounded half up to the
/// minor unit once, at the end: a carrier that bills whole pounds may differ by
/// less than the price of one.
package struct LTLRateCard: FreightCard, Hashable {
    /// The service's code, unique in the warehouse: `saia-ltl`.
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    package let terms: Terms
    package let rates: LTLRateTable

    /// - Throws: `ParseError` where terms and rates are in two currencies.
    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        terms: Terms,
        rates: LTLRateTable
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
    }

    /// What a bid says of this service for one destination and some classes of goods.
    package enum Answer: Hashable, Sendable {
        case offered(Offer)
        case declined(Decline.Reason)
    }

    /// The service's terms for one destination.
    package struct Offer: Hashable, Sendable {
        package let tariff: LTLTariff
        /// Charged once for each shipment.
        package let handling: Cost
        /// Carrier days on the way.
        package let transitDays: Int
        /// Classes that were asked about and that the lane does not rate.
        package let unratedClasses: Set<FreightClass>
        /// Those that it does, by rising class.
        let ratedClasses: [FreightClass]
        /// The index of its lane.
        let lane: Int
        /// What is asked of the carrier beside the way, a residence's among it.
        let accessorials: [Accessorial]
    }

    /// Returns the tariff to a destination, or why there is none.
    ///
    /// - Parameters:
    ///   - destination: Where the goods go; a residence has its accessorial, and so has what
    ///     is asked for there. What is asked for and has no price is declined.
    ///   - classes: The classes that may ride. What lacks to a break is rated at the
    ///     lowest rate among them, whichever of them ride in the end.
    ///   - accessorials: What else is asked of the carrier.
    /// - Returns: The terms, with the classes that the lane does not rate.
    package func tariff(
        to destination: Destination,
        carrying classes: Set<FreightClass>,
        accessorials: Set<Accessorial> = []
    ) -> Answer {
        // A truck finds no dock at either.
        let kind = destination.addressKind
        guard kind == .street else { return .declined(.addressNotReached(kind)) }
        guard let index = rates.chart.row(for: destination) else { return .declined(.notServed) }
        let lane = rates.lanes[index]
        let rated = FreightClass.allCases.filter { classes.contains($0) && lane.prices[$0] != nil }
        guard !rated.isEmpty else { return .declined(.noRate(zone: lane.area.description)) }
        if let unpriced = terms.unpriced(at: destination, beside: accessorials) {
            return .declined(.accessorialNotOffered(unpriced))
        }
        let extras = terms.extras(at: destination, beside: accessorials)
        let money = { Money(minorUnits: $0, currency: currency) }
        return .offered(
            Offer(
                tariff: LTLTariff(
                    minimumCharge: money(terms.withFuel(leastNet(of: lane))).cost,
                    accessorial: money(extras.charge).cost,
                    weightMaximum: terms.weightMaximum.grams,
                    rateWeight: Weight.poundHundredThousandths,
                    chargeUnit: Cost(Cost.perMinorUnit(of: currency)),
                    breaks: breaks(of: lane, rating: rated)
                ),
                handling: terms.handling.cost,
                transitDays: lane.transitDays ?? terms.transitDays,
                unratedClasses: classes.subtracting(rated),
                ratedClasses: rated,
                lane: index,
                accessorials: extras.asked
            )
        )
    }

    /// The lane that an offer is of, as the file names it.
    package func laneName(of offer: Offer) -> String { rates.lanes[offer.lane].area.description }

    /// The lane's minimum charge less the discount, no less than the floor.
    func leastNet(of lane: LTLRateTable.Lane) -> Int64 {
        max(terms.discounted(lane.minimumCharge.minorUnits), terms.floor.minorUnits)
    }

    private func breaks(
        of lane: LTLRateTable.Lane,
        rating rated: [FreightClass]
    ) -> [LTLTariff.Break] {
        rates.breaks.indices.map { column in
            let prices = FreightClass.allCases.map { entry in
                lane.prices[entry].map { terms.rate(forPrice: $0[column]) }
            }
            // A class without a rate rides in no shipment; the dearest is never charged.
            let dearest = prices.compactMap(\.self).max() ?? .zero
            let lowest = rated.compactMap { prices[$0.index] }.min() ?? .zero
            return LTLTariff.Break(
                // Down to the gram: goods that weigh the break are not short of it.
                from: Weight.gramsRoundedDown(pounds: Int64(rates.breaks[column])),
                rates: prices.map { $0 ?? dearest },
                deficit: rates.breaks[column] == 0 ? .zero : lowest
            )
        }
    }
}

extension LTLRateCard {
    /// What a carrier does besides moving goods from dock to dock, at a price for each shipment.
    package typealias Accessorial = AllocationModel.Accessorial

    /// What was agreed with the carrier, beside its tariff.
    package struct Terms: FreightTerms, Hashable {
        package let currency: Currency
        package let discountBasisPoints: Int64
        /// The least that the discount leaves, before fuel.
        package let floor: Money
        package let fuelBasisPoints: Int64
        /// What each accessorial costs.
        ///
        /// One that is not named is declined where it is asked for; where it follows from the
        /// address (a residence) it costs nothing.
        package let accessorials: [Accessorial: Money]
        /// For each shipment: wrapping, the pallet, the papers.
        package let handling: Money
        /// What is heavier rides as a volume shipment or a truckload.
        ///
        /// The linear-foot rule, stated in weight: how goods stack is not known before they do.
        package let weightMaximum: Weight
        /// Carrier days where the lane does not say.
        package let transitDays: Int

        /// - Throws: `ParseError` naming the term that is out of range.
        package init(
            currency: Currency,
            discountBasisPoints: Int64 = 0,
            floor: Money? = nil,
            fuelBasisPoints: Int64 = 0,
            accessorials: [Accessorial: Money] = [:],
            handling: Money? = nil,
            weightMaximum: Weight = Limits.ltlWeightMaximum,
            transitDays: Int
        ) throws(ParseError) {
            self.currency = currency
            self.discountBasisPoints = discountBasisPoints
            self.floor = floor ?? .zero(currency)
            self.fuelBasisPoints = fuelBasisPoints
            self.accessorials = accessorials
            self.handling = handling ?? .zero(currency)
            self.weightMaximum = weightMaximum
            self.transitDays = transitDays
            try check()
        }

        private func check() throws(ParseError) {
            guard (0...10_000).contains(discountBasisPoints) else {
                throw ParseError("a discount is 0 to 100 percent")
            }
            guard (0...Limits.ltlFuelBasisPointsMaximum).contains(fuelBasisPoints) else {
                throw ParseError(
                    "a fuel surcharge is 0 to \(Limits.ltlFuelBasisPointsMaximum / 100) percent"
                )
            }
            try checkCharges(beside: [floor, handling])
            guard (1...Limits.ltlWeightMaximum.grams).contains(weightMaximum.grams) else {
                throw ParseError(
                    "a shipment weighs 1 to \(Limits.ltlWeightMaximum.poundsRoundedUp) lb"
                )
            }
            guard (0...Limits.transitDaysMaximum).contains(transitDays) else {
                throw ParseError(
                    "transit takes 0 to \(Limits.transitDaysMaximum) carrier days, "
                        + "not \(transitDays)"
                )
            }
        }

        func discounted(_ amount: Int64) -> Int64 {
            (amount * (10_000 - discountBasisPoints) + 5000) / 10_000
        }

        func withFuel(_ amount: Int64) -> Int64 {
            amount + (amount * fuelBasisPoints + 5000) / 10_000
        }

        /// A price of a hundredweight as a rate: net of the discount, with fuel.
        ///
        /// For 453.592 37 kg × 100, which are a thousand hundredweight and a whole number
        /// of grams: so three more digits are kept than the tariff has.
        func rate(forPrice price: Money) -> Cost {
            let gross = Int128(price.cost.tenThousandths) * 1000
            let share = Int128(10_000 - discountBasisPoints) * Int128(10_000 + fuelBasisPoints)
            return Cost(Int64((gross * share + 50_000_000) / 100_000_000))
        }
    }
}

extension Weight {
    /// Returns whole pounds in grams, rounded down.
    static func gramsRoundedDown(pounds: Int64) -> Int64 {
        pounds * poundHundredThousandths / 100_000
    }
}
