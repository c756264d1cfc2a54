import AllocationModel

extension ProtoTariff {
    init(_ tariff: Tariff) {
        switch tariff {
        case .parcel(let tariff): parcel = ProtoParcel(tariff)
        case .parcelTable(let tariff): parcelTable = ProtoParcelTable(tariff)
        case .lessThanTruckload(let tariff): lessThanTruckload = ProtoLessThanTruckload(tariff)
        case .fullTruckload(let tariff): fullTruckload = ProtoFullTruckload(tariff)
        }
    }

    func decoded() throws(DecodingFault) -> Tariff {
        switch kind {
        case .parcel(let proto):
            try within("parcel") { () throws(DecodingFault) in .parcel(try proto.decoded()) }
        case .parcelTable(let proto):
            try within("parcel_table") { () throws(DecodingFault) in
                .parcelTable(try proto.decoded())
            }
        case .lessThanTruckload(let proto):
            try within("less_than_truckload") { () throws(DecodingFault) in
                .lessThanTruckload(try proto.decoded())
            }
        case .fullTruckload(let proto):
            try within("full_truckload") { () throws(DecodingFault) in
                .fullTruckload(try proto.decoded())
            }
        case nil:
            throw .missing("kind")
        }
    }
}

/// Why a tariff whose arithmetic would not fit is refused.
private let chargesTooMuch = "charges more for its largest load than any shipment may cost"

extension ProtoParcel {
    init(_ tariff: ParcelTariff) {
        base = tariff.base.tenThousandths
        rate = tariff.rate.tenThousandths
        packageWeightMaximum = tariff.packageWeightMaximum
        packagesMaximum = tariff.packagesMaximum
    }

    func decoded() throws(DecodingFault) -> ParcelTariff {
        let base = try Check.cost(base, "base")
        let rate = try Check.cost(rate, "rate")
        let weight = try Check.number(
            packageWeightMaximum,
            in: 1...Limits.loadWeightMaximum,
            "package_weight_maximum"
        )
        let packages = try Check.number(
            packagesMaximum,
            in: 1...Limits.piecesMaximum,
            "packages_maximum"
        )
        try Check.product(
            base.tenThousandths,
            packages,
            atMost: Limits.costMaximum,
            "base",
            chargesTooMuch
        )
        try Check.product(
            rate.tenThousandths,
            weight,
            packages,
            atMost: Limits.costMaximum,
            "rate",
            chargesTooMuch
        )
        return ParcelTariff(
            base: base,
            rate: rate,
            packageWeightMaximum: weight,
            packagesMaximum: packages
        )
    }
}

extension ProtoParcelTable {
    init(_ tariff: ParcelTableTariff) {
        packagesMaximum = tariff.packagesMaximum
        let weights = tariff.steps.map(\.weightMaximum)
        if let pounds = Self.pounds(of: weights) {
            weightUnit = .pound
            weightSteps = Self.shortened(Self.differences(of: pounds))
        } else {
            weightSteps = Self.shortened(Self.differences(of: weights))
        }
        let charges = tariff.steps.map(\.charge.tenThousandths)
        chargeUnit = max(1, charges.reduce(0, greatestCommonDivisor))
        chargeSteps = Self.differences(of: charges.map { $0 / chargeUnit })
    }

    func decoded() throws(DecodingFault) -> ParcelTableTariff {
        let packages = try Check.number(
            packagesMaximum,
            in: 1...Limits.piecesMaximum,
            "packages_maximum"
        )
        let unit = try Check.number(chargeUnit, in: 1...Limits.costMaximum, "charge_unit")
        let rows = try chargeSteps.orFault(ifEmpty: "charge_steps").count
        guard weightSteps.count <= rows else {
            throw .unlawful(field: "weight_steps", why: "has more rows than charge_steps")
        }
        var steps: [ParcelTableTariff.Step] = []
        steps.reserveCapacity(rows)
        var weight: Int64 = 0
        var charge: Int64 = 0
        for index in 0..<rows {
            weight = try row(after: weight, at: index)
            charge = try charged(after: charge, at: index, unit: unit)
            steps.append(.init(weightMaximum: try grams(weight), charge: Cost(charge)))
        }
        guard ParcelTableTariff.areLawful(steps) else {
            throw .unlawful(
                field: "weight_steps",
                why: "gives rows that do not rise in weight and charge"
            )
        }
        try Check.product(
            charge,
            packages,
            atMost: Limits.costMaximum,
            "charge_steps",
            chargesTooMuch
        )
        return ParcelTableTariff(steps: steps, packagesMaximum: packages)
    }

    /// The weight of row `index`, in the table's unit, above that of the row before.
    private func row(after weight: Int64, at index: Int) throws(DecodingFault) -> Int64 {
        guard let last = weightSteps.last else { throw .missing("weight_steps") }
        let step = index < weightSteps.count ? weightSteps[index] : last
        let rise = try Check.number(
            step,
            in: 1...Limits.loadWeightMaximum,
            "weight_steps[\(index)]"
        )
        return try Check.loadWeight(weight + rise, "weight_steps")
    }

    /// The charge of row `index` above that of the row before.
    private func charged(
        after charge: Int64,
        at index: Int,
        unit: Int64
    ) throws(DecodingFault) -> Int64 {
        let step = try Check.number(
            chargeSteps[index],
            in: 0...(Limits.costMaximum - charge) / unit,
            "charge_steps[\(index)]"
        )
        return charge + step * unit
    }

    private func grams(_ weight: Int64) throws(DecodingFault) -> Int64 {
        switch weightUnit {
        case .gram: return weight
        case .pound:
            guard weight <= Self.poundsMaximum else {
                throw .unlawful(field: "weight_steps", why: "adds up to \(weight) pounds")
            }
            return Weight(pounds: weight).grams
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "weight_unit", why: "is \(value), which is unknown")
        }
    }

    /// Above any package, and far from where pounds in hundred-thousandths of a gram overflow.
    private static let poundsMaximum: Int64 = 1_000_000

    /// Returns the weights in pounds if each is a whole number of them, rounded up to the gram.
    private static func pounds(of weights: [Int64]) -> [Int64]? {
        var pounds: [Int64] = []
        pounds.reserveCapacity(weights.count)
        for weight in weights {
            guard weight <= Weight(pounds: poundsMaximum).grams else { return nil }
            let whole = weight * 100_000 / Weight.poundHundredThousandths
            guard whole > 0, Weight(pounds: whole).grams == weight else { return nil }
            pounds.append(whole)
        }
        return pounds
    }

    private static func differences(of values: [Int64]) -> [Int64] {
        var before: Int64 = 0
        return values.map { value in
            defer { before = value }
            return value - before
        }
    }

    /// Drops what repeating the last step brings back.
    private static func shortened(_ steps: [Int64]) -> [Int64] {
        var steps = steps
        while steps.count > 1 && steps[steps.count - 1] == steps[steps.count - 2] {
            steps.removeLast()
        }
        return steps
    }
}

private func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
}

extension ProtoLessThanTruckload {
    init(_ tariff: LTLTariff) {
        minimumCharge = tariff.minimumCharge.tenThousandths
        accessorial = tariff.accessorial.tenThousandths
        weightMaximum = tariff.weightMaximum
        // What is usual is not sent.
        if tariff.rateWeight != 1 { rateWeight = tariff.rateWeight }
        if tariff.chargeUnit != Cost(1) { chargeUnit = tariff.chargeUnit.tenThousandths }
        breaks = tariff.breaks.map { entry in
            var proto = Break()
            proto.from = entry.from
            proto.deficit = entry.deficit.tenThousandths
            proto.rates = entry.rates.map(\.tenThousandths)
            return proto
        }
    }

    func decoded() throws(DecodingFault) -> LTLTariff {
        let weight = try Check.loadWeight(weightMaximum, "weight_maximum")
        let rateWeight = try Check.number(
            self.rateWeight == 0 ? 1 : self.rateWeight,
            in: 1...Limits.rateWeightMaximum,
            "rate_weight"
        )
        let chargeUnit = try Check.number(
            self.chargeUnit == 0 ? 1 : self.chargeUnit,
            in: 1...Limits.chargeUnitMaximum,
            "charge_unit"
        )
        let minimumCharge = try Check.cost(minimumCharge, "minimum_charge")
        try Check.product(
            minimumCharge.tenThousandths,
            rateWeight,
            atMost: Limits.rateSumMaximum,
            "minimum_charge",
            chargesTooMuch
        )
        guard minimumCharge.tenThousandths % chargeUnit == 0 else {
            throw .unlawful(
                field: "minimum_charge",
                why: "is no multiple of the charge unit, \(chargeUnit)"
            )
        }
        return LTLTariff(
            minimumCharge: minimumCharge,
            accessorial: try Check.cost(accessorial, "accessorial"),
            weightMaximum: weight,
            rateWeight: rateWeight,
            chargeUnit: Cost(chargeUnit),
            breaks: try breaks.orFault(ifEmpty: "breaks")
                .decoded("breaks") { (proto) throws(DecodingFault) in
                    try proto.decoded(weightMaximum: weight, rateWeight: rateWeight)
                }
        )
    }
}

extension ProtoLessThanTruckload.Break {
    func decoded(
        weightMaximum: Int64,
        rateWeight: Int64
    ) throws(DecodingFault) -> LTLTariff.Break {
        guard rates.count == FreightClass.allCases.count else {
            throw .unlawful(
                field: "rates",
                why: "has \(rates.count) rates, not \(FreightClass.allCases.count)"
            )
        }
        // A sum of rates is divided by `rateWeight` when it is done, so it must fit before.
        let sumMaximum =
            min(
                Limits.costMaximum,
                Limits.rateSumMaximum / rateWeight
            ) * rateWeight
        let from = try Check.loadWeight(from, "from")
        let deficit = try Check.cost(deficit, "deficit")
        try Check.product(
            deficit.tenThousandths,
            from,
            atMost: sumMaximum,
            "deficit",
            chargesTooMuch
        )
        let rates = try rates.decoded("rates") { (rate) throws(DecodingFault) in
            try Check.cost(rate, "")
        }
        try Check.product(
            rates.max()?.tenThousandths ?? 0,
            weightMaximum,
            atMost: sumMaximum,
            "rates",
            chargesTooMuch
        )
        return LTLTariff.Break(from: from, rates: rates, deficit: deficit)
    }
}

extension ProtoFullTruckload {
    init(_ tariff: FTLTariff) {
        flat = tariff.flat.tenThousandths
        capacity = tariff.capacity
        trucksMaximum = tariff.trucksMaximum
    }

    func decoded() throws(DecodingFault) -> FTLTariff {
        let flat = try Check.cost(flat, "flat")
        let trucks = try Check.number(
            trucksMaximum,
            in: 1...Limits.piecesMaximum,
            "trucks_maximum"
        )
        try Check.product(
            flat.tenThousandths,
            trucks,
            atMost: Limits.costMaximum,
            "flat",
            chargesTooMuch
        )
        return FTLTariff(
            flat: flat,
            capacity: try Check.number(capacity, in: 1...Limits.loadWeightMaximum, "capacity"),
            trucksMaximum: trucks
        )
    }
}
