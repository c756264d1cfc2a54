package import AllocationModel

extension LTLRateCard {
    /// Returns a shipment's charge line by line, or nil where the offer does not carry it.
    ///
    /// The lines add up to the tariff's charge, to the minor unit: what rounding
    /// leaves over is in the fuel, or a line of its own where there is no fuel.
    ///
    /// - Precondition: the offer is of this card.
    package func breakdown(of load: Load, by offer: Offer) -> [ChargeLine]? {
        let classes = FreightClass.allCases.filter { load.weightByClass[$0.index] > 0 }
        guard classes.allSatisfy(offer.ratedClasses.contains),
            let total = offer.tariff.charge(for: load)
        else { return nil }
        let extras = offer.accessorials
            .map { ChargeLine(.accessorial, $0.rawValue, money(terms.charge(for: $0))) }
            .filter { $0.amount.minorUnits != 0 }
        let moved =
            total.money(in: currency).minorUnits
            - extras.reduce(0) { $0 + $1.amount.minorUnits }
        return lines(after: grossCharge(of: load, classes, by: offer), upTo: moved) + extras
    }

    /// What was agreed, from what the tariff itself asks to what moving the goods costs.
    private func lines(after billed: ChargeLine, upTo moved: Int64) -> [ChargeLine] {
        var lines = [billed]
        let gross = billed.amount.minorUnits
        var net = terms.discounted(gross)
        if net != gross {
            let percent = Percent.text(basisPoints: terms.discountBasisPoints)
            lines.append(ChargeLine(.discount, "discount \(percent)", money(net - gross)))
        }
        if net < terms.floor.minorUnits {
            let missing = terms.floor.minorUnits - net
            lines.append(ChargeLine(.floor, "up to the absolute minimum", money(missing)))
            net = terms.floor.minorUnits
        }
        guard moved != net else { return lines }
        guard terms.fuelBasisPoints > 0 else {
            return lines + [ChargeLine(.rounding, "rounding", money(moved - net))]
        }
        let percent = Percent.text(basisPoints: terms.fuelBasisPoints)
        return lines + [ChargeLine(.fuel, "fuel \(percent)", money(moved - net))]
    }

    private func money(_ minorUnits: Int64) -> Money {
        Money(minorUnits: minorUnits, currency: currency)
    }

    /// What the tariff itself asks, before anything agreed.
    private func grossCharge(
        of load: Load,
        _ classes: [FreightClass],
        by offer: Offer
    ) -> ChargeLine {
        let lane = rates.lanes[offer.lane]
        let ridden = classes.map { lane.prices[$0] ?? [] }
        let rated = offer.ratedClasses.compactMap { lane.prices[$0] }
        var best: (column: Int, amount: Int128) = (0, .max)
        for column in rates.breaks.indices {
            let lowest = rated.map { $0[column].minorUnits }.min() ?? 0
            var amount = Int128(missing(to: column, load)) * Int128(lowest)
            for (freightClass, prices) in zip(classes, ridden) {
                amount +=
                    Int128(load.weightByClass[freightClass.index])
                    * Int128(prices[column].minorUnits)
            }
            if amount < best.amount { best = (column, amount) }
        }
        // A hundredweight is 45 359.237 g.
        let hundredweight = Int128(Weight.poundHundredThousandths)
        let cents = Int64((best.amount * 1000 + hundredweight / 2) / hundredweight)
        guard cents > lane.minimumCharge.minorUnits else {
            return ChargeLine(.minimum, "minimum charge", lane.minimumCharge)
        }
        let parts = zip(classes, ridden)
            .map { freightClass, prices in
                let pounds = pounds(load.weightByClass[freightClass.index])
                let price = prices[best.column].decimal
                return "\(pounds) lb class \(freightClass.name) at \(price)/cwt"
            }
        let isShort = missing(to: best.column, load) > 0
        let deficit = isShort ? ", billed as \(rates.breaks[best.column]) lb" : ""
        return ChargeLine(.linehaul, parts.joined(separator: " + ") + deficit, money(cents))
    }

    /// The grams that a load lacks to a break.
    private func missing(to column: Int, _ load: Load) -> Int64 {
        max(0, Weight.gramsRoundedDown(pounds: Int64(rates.breaks[column])) - load.weight)
    }

    /// Whole pounds, for a person to read.
    private func pounds(_ grams: Int64) -> Int64 {
        let perPound = Weight.poundHundredThousandths
        return (grams * 100_000 + perPound / 2) / perPound
    }
}
