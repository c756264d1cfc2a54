internal import AllocationModel
internal import SplitSolver

extension Tariff {
    /// Reads a tariff, with a rate in every break for the class of all that may ride.
    init(
        _ field: InstanceField,
        carrying stock: [SplitProblem.Stock]
    ) throws(SplitInstanceFault) {
        try field.object("a tariff")
        let kind = try field["kind"]
            .word([
                ("parcel", TariffKind.parcel), ("parcelTable", .parcelTable), ("ltl", .ltl),
                ("ftl", .ftl),
            ])
        self =
            switch kind {
            case .parcel: .parcel(try ParcelTariff(field))
            case .parcelTable: .parcelTable(try ParcelTableTariff(field))
            case .ltl: .lessThanTruckload(try LTLTariff(field, carrying: stock))
            case .ftl: .fullTruckload(try FTLTariff(field))
            }
    }
}

private enum TariffKind {
    case parcel
    case parcelTable
    case ltl
    case ftl
}

extension ParcelTariff {
    fileprivate init(_ field: InstanceField) throws(SplitInstanceFault) {
        try field.object("a parcel tariff", of: ["kind", "base", "rate", "cap", "maxPackages"])
        self.init(
            base: try field["base"].cost(),
            rate: try field["rate"].cost("a rate"),
            packageWeightMaximum: try field["cap"].integer(.capacity),
            packagesMaximum: try field["maxPackages"].integer(.pieces)
        )
    }
}

extension ParcelTableTariff {
    fileprivate init(_ field: InstanceField) throws(SplitInstanceFault) {
        try field.object("a parcel table", of: ["kind", "steps", "maxPackages"])
        var steps: [Step] = []
        for element in try field["steps"].array(of: "steps", 1...Limits.tariffStepsMaximum) {
            let (weight, charge) = try element.pair(of: "[most weight, charge]")
            let step = Step(
                weightMaximum: try weight.integer(.capacity),
                charge: try charge.cost("a charge")
            )
            if let last = steps.last {
                guard last.weightMaximum < step.weightMaximum else {
                    throw weight.fault(
                        "\(step.weightMaximum) is not above the step before",
                        hint: "sort the steps by rising weight"
                    )
                }
                guard last.charge <= step.charge else {
                    throw charge.fault(
                        "\(step.charge.tenThousandths) is below the charge of the step before",
                        hint: "a heavier package costs no less"
                    )
                }
            }
            steps.append(step)
        }
        self.init(steps: steps, packagesMaximum: try field["maxPackages"].integer(.pieces))
    }
}

extension FTLTariff {
    fileprivate init(_ field: InstanceField) throws(SplitInstanceFault) {
        try field.object("a truckload tariff", of: ["kind", "flat", "capacity", "maxTrucks"])
        self.init(
            flat: try field["flat"].cost(),
            capacity: try field["capacity"].integer(.capacity),
            trucksMaximum: try field["maxTrucks"].integer(.pieces)
        )
    }
}

extension LTLTariff {
    fileprivate init(
        _ field: InstanceField,
        carrying stock: [SplitProblem.Stock]
    ) throws(SplitInstanceFault) {
        try field.object(
            "an LTL tariff",
            of: ["kind", "minCharge", "accessorial", "maxWeight", "breaks", "per", "unit"]
        )
        let minimumCharge = try field["minCharge"].cost("a charge")
        let accessorial = try field["accessorial"].cost("a charge")
        let weightMaximum = try field["maxWeight"].integer(.loadMaximum)
        let rateWeight = field["per"].isAbsent ? 1 : try field["per"].integer(.rateWeight)
        let chargeUnit = field["unit"].isAbsent ? 1 : try field["unit"].integer(.chargeUnit)
        guard minimumCharge.tenThousandths % chargeUnit == 0 else {
            throw field["minCharge"]
                .fault(
                    "\(minimumCharge.tenThousandths) is no multiple of the unit, \(chargeUnit)",
                    hint: "charges are whole units"
                )
        }
        var breaks: [Break] = []
        for element in try field["breaks"].array(of: "breaks", 1...Limits.tariffStepsMaximum) {
            breaks.append(try Break(element, carrying: stock))
        }
        self.init(
            minimumCharge: minimumCharge,
            accessorial: accessorial,
            weightMaximum: weightMaximum,
            rateWeight: rateWeight,
            chargeUnit: Cost(chargeUnit),
            breaks: breaks
        )
    }
}

extension LTLTariff.Break {
    fileprivate init(
        _ field: InstanceField,
        carrying stock: [SplitProblem.Stock]
    ) throws(SplitInstanceFault) {
        try field.object("a break", of: ["from", "rates", "deficit"])
        self.init(
            from: try field["from"].integer(.breakWeight),
            rates: try Self.rates(field["rates"], carrying: stock),
            deficit: try field["deficit"].cost("a rate")
        )
    }

    /// Returns a rate for every class; where the file has none, the dearest that it has.
    ///
    /// A class without a rate rides in no shipment, so its rate is never
    /// charged; the dearest leaves all bounds on sums as they are.
    private static func rates(
        _ field: InstanceField,
        carrying stock: [SplitProblem.Stock]
    ) throws(SplitInstanceFault) -> [Cost] {
        var rates = [Cost?](repeating: nil, count: FreightClass.allCases.count)
        for member in try field.object("the rates") {
            let rate = field[member.name]
            let freightClass = try InstanceField.freightClass(member.name, at: rate)
            rates[freightClass.index] = try rate.cost("a rate")
        }
        guard let dearest = rates.compactMap(\.self).max() else {
            throw field.fault("is empty", hint: "give a rate for each class, as {\"85\": 4200}")
        }
        for entry in stock where rates[entry.freightClass.index] == nil {
            let name = entry.freightClass.name
            throw field.fault(
                "has no rate for class \(name), which is that of line \(entry.line)",
                hint: "add \"\(name)\", or put the line among the service's blocked"
            )
        }
        return rates.map { $0 ?? dearest }
    }
}
