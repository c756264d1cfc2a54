internal import AllocationModel

/// The checks that let everything after them add and multiply without looking.
struct SplitValidation {
    let problem: SplitProblem
    let policy: SplitPolicy

    typealias Fault = SplitProblem.Fault
    typealias Place = SplitProblem.Place

    /// Refuses numbers out of bounds, indices that name nothing, and sums that could overflow.
    func check() throws(Fault) {
        guard (1...Limits.orderLinesMaximum).contains(problem.lines.count) else {
            throw .outOfBounds(.problem, field: "the number of lines")
        }
        guard problem.warehouses.count <= Limits.warehousesMaximum else {
            throw .outOfBounds(.problem, field: "the number of warehouses")
        }
        for (index, line) in problem.lines.enumerated() { try check(line, at: .line(index)) }
        for (index, site) in problem.warehouses.enumerated() { try check(site, index) }
        try checkDays()
        try checkPolicy()
        try checkSums()
    }

    private func check(_ line: SplitProblem.Line, at place: Place) throws(Fault) {
        try bound(line.quantity, 1...Limits.quantityMaximum, place, "quantity")
        try bound(line.backorderCost, place, "backorderCost")
        try bound(line.minimumQuantity, 0...Limits.quantityMaximum, place, "minimumQuantity")
    }

    private func check(_ site: SplitProblem.Site, _ index: Int) throws(Fault) {
        try bound(site.fixedCost, .warehouse(index), "fixedCost")
        guard site.services.count <= Limits.bidServicesMaximum else {
            throw .outOfBounds(.warehouse(index), field: "the number of services")
        }
        try distinct(
            site.stock.map(\.line),
            below: problem.lines.count,
            .warehouse(index),
            "stock lines"
        )
        for (entry, stock) in site.stock.enumerated() {
            try check(stock, at: .stock(warehouse: index, entry: entry))
        }
        for (number, service) in site.services.enumerated() {
            try check(service, at: .service(warehouse: index, service: number))
        }
    }

    private func check(_ stock: SplitProblem.Stock, at place: Place) throws(Fault) {
        guard stock.tiers.count <= Limits.bidTiersMaximum else {
            throw .outOfBounds(place, field: "the number of tiers")
        }
        guard stock.lots.count <= Limits.bidLotsMaximum else {
            throw .outOfBounds(place, field: "the number of lots")
        }
        for tier in stock.tiers {
            try bound(tier.quantity, 0...Limits.quantityMaximum, place, "tier quantity")
            try bound(tier.scarcityCost, place, "scarcityCost")
        }
        for lot in stock.lots {
            try bound(lot.quantity, 0...Limits.quantityMaximum, place, "lot quantity")
        }
        try distinct(stock.lots.map(\.lot), below: .max, place, "lots")
        try bound(stock.pickCost, place, "pickCost")
        try bound(stock.unitWeight, 0...Limits.unitWeightMaximum, place, "unitWeight")
        try bound(
            stock.unitBillableWeight,
            0...Limits.unitWeightMaximum,
            place,
            "unitBillableWeight"
        )
        try bound(stock.multiple, 1...Limits.quantityMaximum, place, "multiple")
    }

    private func check(_ service: SplitProblem.Service, at place: Place) throws(Fault) {
        try bound(service.handling, place, "handling")
        try distinct(service.blockedLines, below: problem.lines.count, place, "blockedLines")
        try distinct(
            service.lateLines.map(\.line),
            below: problem.lines.count,
            place,
            "lateLines"
        )
        for late in service.lateLines { try bound(late.penalty, place, "late penalty") }
        try distinct(
            service.packings.map(\.line),
            below: problem.lines.count,
            place,
            "packings"
        )
        for packing in service.packings {
            try bound(packing.unitCharge, place, "unitCharge")
            try bound(
                packing.unitBillableWeight,
                0...Limits.unitWeightMaximum,
                place,
                "packing's unitBillableWeight"
            )
        }
        try check(service.tariff, at: place)
    }

    private func check(_ tariff: Tariff, at place: Place) throws(Fault) {
        switch tariff {
        case .parcel(let parcel):
            try bound(parcel.base, place, "tariff base")
            try bound(parcel.rate, place, "tariff rate")
            try bound(parcel.packageWeightMaximum, place, "tariff package weight")
        case .parcelTable(let table):
            guard table.steps.count <= Limits.tariffStepsMaximum else {
                throw .outOfBounds(place, field: "the number of tariff steps")
            }
            try bound(table.packageWeightMaximum, place, "tariff package weight")
            for step in table.steps { try bound(step.charge, place, "tariff charge") }
        case .lessThanTruckload(let ltl):
            try check(ltl, at: place)
        case .fullTruckload(let truck):
            try bound(truck.flat, place, "tariff flat")
            try bound(truck.capacity, place, "tariff capacity")
        }
    }

    private func check(_ ltl: LTLTariff, at place: Place) throws(Fault) {
        guard ltl.breaks.count <= Limits.tariffStepsMaximum else {
            throw .outOfBounds(place, field: "the number of tariff breaks")
        }
        try bound(ltl.minimumCharge, place, "tariff minimumCharge")
        try bound(ltl.accessorial, place, "tariff accessorial")
        guard ltl.minimumCharge.tenThousandths <= SplitLimits.sumMaximum / ltl.rateWeight else {
            throw .outOfBounds(place, field: "tariff minimumCharge")
        }
        try bound(ltl.weightMaximum, place, "tariff weightMaximum")
        for entry in ltl.breaks {
            try bound(entry.from, place, "tariff break")
            try bound(entry.deficit, place, "tariff deficit")
            for rate in entry.rates { try bound(rate, place, "tariff rate") }
        }
    }

    private func checkDays() throws(Fault) {
        let days = problem.warehouses.flatMap { $0.services.map(\.etaDay) }
        guard let first = days.min(), let last = days.max() else { return }
        let (span, hasOverflowed) = last.subtractingReportingOverflow(first)
        guard !hasOverflowed, span <= SplitLimits.daysMaximum else {
            throw .outOfBounds(.problem, field: "the span of etaDays")
        }
    }

    private func checkPolicy() throws(Fault) {
        let sites = problem.warehouses.count
        for maximum in [policy.warehousesMaximum, policy.shipmentsMaximum] {
            if let maximum, maximum < 0 { throw .outOfBounds(.policy, field: "a maximum") }
        }
        try distinct(policy.forced, below: sites, .policy, "forced")
        try distinct(policy.forbidden, below: sites, .policy, "forbidden")
        try distinct(policy.preferences.map(\.warehouse), below: sites, .policy, "preferences")
        for preference in policy.preferences {
            try bound(preference.reluctance, .policy, "reluctance")
        }
    }

    /// Bounds what the dearest conceivable plan weighs and costs.
    private func checkSums() throws(Fault) {
        for (index, site) in problem.warehouses.enumerated() {
            for (number, service) in site.services.enumerated() {
                let load = WorstLoad(of: site, by: service, lines: problem.lines)
                guard load.largest <= SplitLimits.sumMaximum else {
                    throw .tooLarge(.warehouse(index))
                }
                let worst = worstCost(of: service, carrying: load, from: site)
                guard worst <= SplitLimits.sumMaximum else {
                    throw .tooLarge(.service(warehouse: index, service: number))
                }
            }
        }
        guard worstTotal() <= SplitLimits.sumMaximum else { throw .tooLarge(.problem) }
    }

    /// Returns no less than the total of any plan.
    func worstTotal() -> Int128 {
        var total = policy.preferences.reduce(Int128(0)) { $0 + cost($1.reluctance) }
        for line in problem.lines { total += Int128(line.quantity) * cost(line.backorderCost) }
        return total + worstCostOfSites()
    }

    /// Returns no less than what the sites of any plan cost together.
    func worstCostOfSites() -> Int128 {
        var total = Int128(0)
        for site in problem.warehouses {
            total += worstCost(of: site)
            for service in site.services {
                let load = WorstLoad(of: site, by: service, lines: problem.lines)
                total += worstCost(of: service, carrying: load, from: site)
            }
        }
        return total
    }

    private func worstCost(of site: SplitProblem.Site) -> Int128 {
        site.stock.reduce(Int128(site.fixedCost.tenThousandths)) { sum, stock in
            stock.tiers.reduce(sum + Int128(stock.pickCost.tenThousandths)) {
                let units = min($1.quantity, problem.lines[stock.line].quantity)
                return $0 + Int128(units) * Int128($1.scarcityCost.tenThousandths)
            }
        }
    }

    private func worstCost(
        of service: SplitProblem.Service,
        carrying load: WorstLoad,
        from site: SplitProblem.Site
    ) -> Int128 {
        let groups = Int128(Set(site.stock.map(\.segregationGroup)).count)
        let late = service.lateLines.reduce(Int128(0)) {
            $0 + Int128(problem.lines[$1.line].quantity) * cost($1.penalty)
        }
        let charges = service.packings.reduce(Int128(0)) {
            $0 + Int128(problem.lines[$1.line].quantity) * cost($1.unitCharge)
        }
        return late + charges
            + groups * (load.worstCharge(of: service.tariff) + cost(service.handling))
    }

    private func cost(_ cost: Cost) -> Int128 { Int128(cost.tenThousandths) }

    private func bound(
        _ value: Int64,
        _ range: ClosedRange<Int64>,
        _ place: Place,
        _ field: String
    ) throws(Fault) {
        guard range.contains(value) else { throw .outOfBounds(place, field: field) }
    }

    private func bound(_ value: Cost, _ place: Place, _ field: String) throws(Fault) {
        try bound(value.tenThousandths, 0...Limits.costMaximum, place, field)
    }

    private func bound(_ weight: Int64, _ place: Place, _ field: String) throws(Fault) {
        try bound(weight, 0...SplitLimits.sumMaximum, place, field)
    }

    private func distinct(
        _ indices: [Int],
        below end: Int,
        _ place: Place,
        _ field: String
    ) throws(Fault) {
        guard indices.allSatisfy({ 0 <= $0 && $0 < end }), Set(indices).count == indices.count
        else { throw .badIndex(place, field: field) }
    }
}

/// The heaviest load a site could ship in one shipment, whatever the plan.
private struct WorstLoad {
    private var weight: Int128 = 0
    private var billableWeight: Int128 = 0

    init(
        of site: SplitProblem.Site,
        by service: SplitProblem.Service,
        lines: [SplitProblem.Line]
    ) {
        for stock in site.stock {
            let units = Int128(lines[stock.line].quantity)
            weight += units * Int128(stock.unitWeight)
            billableWeight += units * Int128(service.unitBillableWeight(of: stock))
        }
    }

    var largest: Int128 { max(weight, billableWeight) }

    /// Returns no less than any charge the tariff computes on the way to its answer.
    func worstCharge(of tariff: Tariff) -> Int128 {
        switch tariff {
        case .parcel(let parcel):
            let packages = billableWeight / Int128(parcel.packageWeightMaximum) + 1
            return packages * Int128(parcel.base.tenThousandths)
                + billableWeight * Int128(parcel.rate.tenThousandths)
        case .parcelTable(let table):
            let packages = billableWeight / Int128(table.packageWeightMaximum) + 1
            let last = table.steps[table.steps.count - 1].charge
            return packages * Int128(last.tenThousandths)
        case .lessThanTruckload(let ltl):
            let dearest = ltl.breaks.map(worstCharge(of:)).max() ?? 0
            // The sum is divided last, so that it must fit before.
            guard dearest <= Int128(SplitLimits.sumMaximum) else { return dearest }
            let unit = Int128(ltl.chargeUnit.tenThousandths)
            return max(
                dearest / Int128(ltl.rateWeight) + unit,
                Int128(ltl.minimumCharge.tenThousandths)
            ) + Int128(ltl.accessorial.tenThousandths)
        case .fullTruckload(let truck):
            let trucks = weight / Int128(truck.capacity) + 1
            return trucks * Int128(truck.flat.tenThousandths)
        }
    }

    private func worstCharge(of entry: LTLTariff.Break) -> Int128 {
        let rate = entry.rates.reduce(Int128(0)) { max($0, Int128($1.tenThousandths)) }
        return weight * rate + Int128(entry.deficit.tenThousandths) * Int128(entry.from)
    }
}
