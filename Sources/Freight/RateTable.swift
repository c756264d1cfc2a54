package import AllocationModel

/// What a package costs by zone and billable pounds, before surcharges.
package struct RateTable: Hashable, Sendable {
    /// Up to this many pounds, a package costs so much.
    package struct Step: Hashable, Sendable {
        package let pounds: Int
        package let price: Money

        package init(pounds: Int, price: Money) {
            self.pounds = pounds
            self.price = price
        }
    }

    /// The steps of one zone, by rising weight.
    package struct Column: Hashable, Sendable {
        package let zone: Zone
        package let steps: [Step]
    }

    /// By rising zone.
    package let columns: [Column]
    package let currency: Currency

    /// - Throws: `RateFault` naming the zone and weight that cannot stand.
    package init(
        _ steps: [(zone: Zone, step: Step)],
        currency: Currency
    ) throws(RateFault) {
        var stepsByZone: [Zone: [Step]] = [:]
        for (zone, step) in steps { stepsByZone[zone, default: []].append(step) }
        var columns: [Column] = []
        for zone in stepsByZone.keys.sorted() {
            let rising = (stepsByZone[zone] ?? []).sorted { $0.pounds < $1.pounds }
            try Self.check(rising, of: zone, currency: currency)
            columns.append(Column(zone: zone, steps: rising))
        }
        guard !columns.isEmpty else { throw RateFault("has no rate; give at least one price") }
        guard columns.count <= Limits.zonesMaximum else {
            throw RateFault(
                "has \(columns.count) zones; at most \(Limits.zonesMaximum) are allowed"
            )
        }
        self.columns = columns
        self.currency = currency
    }

    /// Returns the index in `columns` of a zone, or nil where the table does not rate it.
    package func column(of zone: Zone) -> Int? {
        columns.firstIndex { $0.zone == zone }
    }

    private static func check(
        _ steps: [Step],
        of zone: Zone,
        currency: Currency
    ) throws(RateFault) {
        for step in steps {
            if let message = step.fault(currency: currency) {
                throw RateFault(message, zone: zone, pounds: step.pounds)
            }
        }
        for (lighter, heavier) in zip(steps, steps.dropFirst()) {
            if lighter.pounds == heavier.pounds {
                throw RateFault(
                    "is a second rate for this zone and weight; remove one",
                    zone: zone,
                    pounds: heavier.pounds
                )
            }
            if lighter.price.minorUnits > heavier.price.minorUnits {
                throw RateFault(
                    "costs \(heavier.price.decimal), less than \(lighter.price.decimal) at "
                        + "\(lighter.pounds) lb; correct one of them",
                    zone: zone,
                    pounds: heavier.pounds
                )
            }
        }
    }
}

extension RateTable.Step {
    /// Returns what is wrong with the step by itself, or nil.
    fileprivate func fault(currency: Currency) -> String? {
        guard (1...Limits.packagePoundsMaximum).contains(pounds) else {
            return "is for \(pounds) lb; a package weighs 1 to \(Limits.packagePoundsMaximum) lb"
        }
        guard price.currency == currency else {
            return "is in \(price.currency) in a table in \(currency); give one currency"
        }
        guard (0...Limits.packageChargeMaximum).contains(price.minorUnits) else {
            return "is \(price.decimal); a package costs 0 to \(Self.dearest(in: currency))"
        }
        return nil
    }

    private static func dearest(in currency: Currency) -> String {
        Money(minorUnits: Limits.packageChargeMaximum, currency: currency).decimal
    }
}

/// Why a rate table cannot stand.
package struct RateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where one rate is at fault, its zone.
    package let zone: Zone?
    /// Where one rate is at fault, its weight.
    package let pounds: Int?
    /// Completes a sentence whose subject is the rate, or else the table.
    package let message: String

    init(_ message: String, zone: Zone? = nil, pounds: Int? = nil) {
        self.zone = zone
        self.pounds = pounds
        self.message = message
    }

    package var description: String {
        guard let zone, let pounds else { return message }
        return "zone \(zone) at \(pounds) lb: \(message)"
    }
}
