package import AllocationModel

extension FTLRateCard {
    /// Returns a shipment's charge line by line, or nil where the offer does not carry it.
    ///
    /// The lines add up to the tariff's charge, to the minor unit.
    ///
    /// - Precondition: the offer is of this card.
    package func breakdown(of load: Load, by offer: Offer) -> [ChargeLine]? {
        guard let total = offer.tariff.charge(forWeight: load.weight),
            let trucks = offer.tariff.trucks(forWeight: load.weight)
        else { return nil }
        let extras = offer.accessorials
            .map { (name: $0.rawValue, amount: terms.charge(for: $0)) }
            .filter { $0.amount != 0 }
        let linehaul = linehaul(by: offer)
        let perTruck = offer.tariff.flat.money(in: currency).minorUnits
        let fuel = perTruck - linehaul.amount - extras.reduce(0) { $0 + $1.amount }
        var lines = [(linehaul.kind, linehaul.text, linehaul.amount)]
        if fuel != 0 { lines.append((.fuel, fuelText(by: offer), fuel)) }
        lines += extras.map { (.accessorial, $0.name, $0.amount) }
        let charges = lines.map { kind, text, amount in
            ChargeLine(
                kind,
                trucks > 1 ? "\(trucks) trucks, \(text)" : text,
                Money(minorUnits: amount * trucks, currency: currency)
            )
        }
        let sum = charges.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
        precondition(total.money(in: currency).minorUnits == sum, "a truck costs what it costs")
        return charges
    }

    private func linehaul(
        by offer: Offer
    ) -> (kind: ChargeLine.Kind, text: String, amount: Int64) {
        switch rates.lanes[offer.lane].price {
        case .flat(let price): return (.linehaul, "flat charge", price.minorUnits)
        case .perMile(let price, let minimum):
            let miles = offer.miles ?? 0
            let amount = Int64(miles) * price.minorUnits
            guard amount > minimum.minorUnits else {
                return (.minimum, "minimum charge", minimum.minorUnits)
            }
            return (.linehaul, "\(miles) miles at \(price.decimal)", amount)
        }
    }

    private func fuelText(by offer: Offer) -> String {
        var parts: [String] = []
        if terms.fuelBasisPoints > 0 {
            parts.append(Percent.text(basisPoints: terms.fuelBasisPoints))
        }
        if terms.fuelPerMile.minorUnits > 0 {
            parts.append("\(offer.miles ?? 0) miles at \(terms.fuelPerMile.decimal)")
        }
        return "fuel " + parts.joined(separator: " and ")
    }
}
