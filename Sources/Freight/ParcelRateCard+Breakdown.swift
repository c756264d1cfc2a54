package import AllocationModel

extension ParcelRateCard {
    /// Returns a shipment's charge line by line, or nil where the offer does not carry it.
    ///
    /// Worked out from the carrier's table and terms, and not from the tariff:
    /// the lines add up to the tariff's charge because both are right.
    ///
    /// - Precondition: the offer is of this card.
    package func breakdown(of load: Load, by offer: Offer) -> [ChargeLine]? {
        guard offer.tariff.charge(forBillableWeight: load.billableWeight) != nil else {
            return nil
        }
        let steps = rates.columns[offer.column].steps
        let heaviest = steps[steps.count - 1]
        let packageWeight = Weight(pounds: Int64(heaviest.pounds)).grams
        let full = load.billableWeight / packageWeight
        let rest = Weight(grams: load.billableWeight % packageWeight)
        let last = rest > .zero ? steps.first { Weight(pounds: Int64($0.pounds)) >= rest } : nil
        let isFull = rest.poundsBilled == heaviest.pounds
        let count = full + (isFull ? 1 : 0)
        var packages = count > 0 ? [Package(count: count, step: heaviest)] : []
        if let last, !isFull { packages.append(Package(count: 1, step: last, weight: rest)) }
        return packages.map { package in
            ChargeLine(
                .packages,
                "\(package.text), zone \(offer.zone)",
                money(package.count * package.step.price.minorUnits)
            )
        } + surcharges(on: packages, by: offer)
    }

    /// Returns what oversize units of a SKU are charged beside `breakdown`; nil for none.
    package func oversizeLine(
        for sku: SKU,
        _ goods: ParcelGoods,
        _ billing: ParcelBilling
    ) -> ChargeLine? {
        guard billing.unitCharge > 0 else { return nil }
        let units = goods.units == 1 ? "\(sku)" : "\(goods.units) x \(sku)"
        return ChargeLine(
            .oversize,
            "oversize, \(units)",
            money(goods.units * billing.unitCharge)
        )
    }

    /// Packages of one price.
    private struct Package {
        let count: Int64
        let step: RateTable.Step
        /// The weight of a single one that is lighter than its step.
        var weight: Weight?

        var text: String {
            let pounds = weight?.poundsBilled ?? Int64(step.pounds)
            let billed = pounds == step.pounds ? "" : ", billed as \(step.pounds) lb"
            return (count == 1 ? "1 package" : "\(count) packages") + " of \(pounds) lb\(billed)"
        }
    }

    /// Fuel is rounded for each package, as the carrier does.
    private func surcharges(on packages: [Package], by offer: Offer) -> [ChargeLine] {
        let home = offer.isResidential ? terms.residentialSurcharge.minorUnits : 0
        let extra = home + offer.areaSurcharge
        let count = packages.reduce(0) { $0 + $1.count }
        let fuel = packages.reduce(Int64(0)) { sum, package in
            let base = package.step.price.minorUnits + extra
            return sum + package.count * (terms.charge(forPrice: base, toResidence: false) - base)
        }
        var lines: [ChargeLine] = []
        let named = [
            (ChargeLine.Kind.residential, "residence", home),
            (.deliveryArea, "delivery area", offer.areaSurcharge),
        ]
        for (kind, name, amount) in named where amount != 0 && count > 0 {
            let text = count == 1 ? name : "\(name), \(count) packages"
            lines.append(ChargeLine(kind, text, money(amount * count)))
        }
        if fuel != 0 {
            let percent = Percent.text(basisPoints: terms.fuelBasisPoints)
            lines.append(ChargeLine(.fuel, "fuel \(percent)", money(fuel)))
        }
        return lines
    }

    private func money(_ minorUnits: Int64) -> Money {
        Money(minorUnits: minorUnits, currency: currency)
    }
}

extension Weight {
    /// The least number of whole pounds that weigh as much, counted as weights are kept.
    ///
    /// Ten pounds are kept as 4536 grams, rounded up, and are ten pounds and no eleven.
    package var poundsBilled: Int64 {
        let pounds = poundsRoundedUp
        return pounds > 0 && Weight(pounds: pounds - 1) >= self ? pounds - 1 : pounds
    }
}
