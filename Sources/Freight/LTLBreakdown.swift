package import AllocationModel

/// One line of what a shipment costs, as an invoice shows it.
package struct ChargeLine: Hashable, Sendable {
    package let text: String
    /// Less than nothing for a discount.
    package let amount: Money

    package init(_ text: String, _ amount: Money) {
        self.text = text
        self.amount = amount
    }
}

extension LTLRateCard {
    /// Returns a shipment's charge line by line, or nil where the card does not carry it.
    ///
    /// The lines add up to the tariff's charge, to the minor unit: what rounding
    /// leaves over is in the fuel.
    package func breakdown(
        of load: Load,
        to destination: Destination,
        accessorials: Set<Accessorial> = []
    ) -> [ChargeLine]? {
        let classes = FreightClass.allCases.filter { load.weightByClass[$0.index] > 0 }
        guard let row = rates.chart.row(for: destination),
            case .offered(let offer) = tariff(
                to: destination,
                carrying: Set(classes),
                accessorials: accessorials
            ),
            offer.unratedClasses.isEmpty, let total = offer.tariff.charge(for: load)
        else { return nil }
        let asked = accessorials.union(destination.isResidential ? [.residential] : [])
        let extras = asked.sorted()
            .map { ChargeLine($0.rawValue, money(terms.charge(for: $0))) }
            .filter { $0.amount.minorUnits != 0 }
        let lane = rates.lanes[row]
        let moved =
            total.money(in: currency).minorUnits
            - extras.reduce(0) { $0 + $1.amount.minorUnits }
        let billed = grossCharge(of: load, classes: classes, on: lane)
        var lines = [ChargeLine(billed.text, money(billed.amount))]
        let discount = terms.discounted(billed.amount) - billed.amount
        var net = billed.amount + discount
        if discount != 0 { lines.append(ChargeLine("discount", money(discount))) }
        if net < terms.floor.minorUnits {
            lines.append(
                ChargeLine("up to the absolute minimum", money(terms.floor.minorUnits - net))
            )
            net = terms.floor.minorUnits
        }
        if moved != net { lines.append(ChargeLine("fuel", money(moved - net))) }
        return lines + extras
    }

    private func money(_ minorUnits: Int64) -> Money {
        Money(minorUnits: minorUnits, currency: currency)
    }

    /// What the tariff itself asks, before anything agreed.
    private func grossCharge(
        of load: Load,
        classes: [FreightClass],
        on lane: LTLRateTable.Lane
    ) -> (text: String, amount: Int64) {
        var best: (column: Int, amount: Int128)?
        for (column, pounds) in rates.breaks.enumerated() {
            let prices = classes.map { Int128(lane.prices[$0]?[column].minorUnits ?? 0) }
            let short = max(0, Weight.gramsRoundedDown(pounds: Int64(pounds)) - load.weight)
            let amount = zip(classes, prices)
                .reduce(Int128(short) * (prices.min() ?? 0)) {
                    $0 + Int128(load.weightByClass[$1.0.index]) * $1.1
                }
            if best == nil || amount < best?.amount ?? 0 { best = (column, amount) }
        }
        let column = best?.column ?? 0
        // A hundredweight is 45 359.237 g.
        let hundredweight = Int128(Weight.poundHundredThousandths)
        let cents = Int64(((best?.amount ?? 0) * 1000 + hundredweight / 2) / hundredweight)
        guard cents > lane.minimumCharge.minorUnits else {
            return ("minimum charge", lane.minimumCharge.minorUnits)
        }
        let perPound = Weight.poundHundredThousandths
        let pounds = (load.weight * 100_000 + perPound / 2) / perPound
        let from = rates.breaks[column]
        let names = classes.map { "class \($0.name)" }.joined(separator: ", ")
        let short = load.weight < Weight.gramsRoundedDown(pounds: Int64(from))
        return (
            short ? "\(pounds) lb as \(from) lb, \(names)" : "\(pounds) lb, \(names)", cents
        )
    }
}
