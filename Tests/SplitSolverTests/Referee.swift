import AllocationModel
import SplitSolver

/// What a plan comes to, as the referee counts it: what the best plan has least of.
struct Verdict: Comparable {
    var backorderUnits: Int64 = 0
    var lateUnits: Int64 = 0
    var cost: Int64 = 0
    var shipments = 0
    var days = 0

    static func < (left: Self, right: Self) -> Bool {
        (left.backorderUnits, left.lateUnits, left.cost, left.shipments, left.days)
            < (right.backorderUnits, right.lateUnits, right.cost, right.shipments, right.days)
    }

    static func + (left: Self, right: Self) -> Self {
        Verdict(
            backorderUnits: left.backorderUnits + right.backorderUnits,
            lateUnits: left.lateUnits + right.lateUnits,
            cost: left.cost + right.cost,
            shipments: left.shipments + right.shipments,
            days: left.days + right.days
        )
    }

    /// In a weighted order units short and late have their price and no rank.
    func ranked(under policy: SplitPolicy) -> Verdict {
        if policy.objective == .lexicographic { return self }
        var ranked = self
        ranked.backorderUnits = 0
        ranked.lateUnits = 0
        return ranked
    }
}

/// Judges plans by SOLVER.md's rules, with none of the solver's code.
struct Referee {
    let problem: SplitProblem
    let policy: SplitPolicy

    struct Foul: Error, CustomStringConvertible {
        let description: String
    }

    private func require(_ condition: Bool, _ foul: String) throws {
        if !condition { throw Foul(description: foul) }
    }

    /// Returns the plan's verdict, or throws what makes it unlawful.
    func judge(_ plan: [SplitAssignment]) throws -> Verdict {
        var verdict = Verdict()
        var shipments: [[Int]: [SplitAssignment]] = [:]
        var piles: [[Int]: Int64] = [:]
        for one in plan {
            let site = problem.warehouses[one.warehouse]
            let stock = site.stock.first { $0.line == one.line }
            try require(stock != nil, "no stock: \(one)")
            guard let stock else { continue }
            try require(one.quantity > 0 && one.quantity % stock.multiple == 0, "units: \(one)")
            try require(!policy.forbidden.contains(one.warehouse), "forbidden: \(one)")
            let isBlocked = site.services[one.service].blockedLines.contains(one.line)
            try require(!isBlocked, "blocked: \(one)")
            shipments[[one.warehouse, one.service, stock.segregationGroup], default: []]
                .append(one)
            piles[[one.line, one.warehouse], default: 0] += one.quantity
        }
        for (key, contents) in shipments {
            verdict = verdict + (try judge(shipment: key, contents))
        }
        for (key, units) in piles { verdict.cost += try cost(ofPile: key[0], key[1], units) }
        let used = Set(plan.map(\.warehouse))
        for site in used {
            verdict.cost += problem.warehouses[site].fixedCost.tenThousandths
            for preference in policy.preferences where preference.warehouse == site {
                verdict.cost += preference.reluctance.tenThousandths
            }
        }
        for (index, line) in problem.lines.enumerated() {
            verdict = verdict + (try judge(line, index, piles))
        }
        try require(used.count <= policy.warehousesMaximum ?? 1000, "too many sites")
        try require(shipments.count <= policy.shipmentsMaximum ?? 1000, "too many shipments")
        try require(policy.forced.allSatisfy(used.contains), "forced site unused")
        return verdict
    }

    private func judge(shipment key: [Int], _ contents: [SplitAssignment]) throws -> Verdict {
        let site = problem.warehouses[key[0]]
        let service = site.services[key[1]]
        var verdict = Verdict(shipments: 1, days: service.etaDay)
        var load = Load(weightByClass: FreightClass.allCases.map { _ in 0 })
        for one in contents {
            for stock in site.stock where stock.line == one.line {
                load.weight += stock.unitWeight * one.quantity
                let own = service.packings.filter { $0.line == one.line }
                let billed = own.first?.unitBillableWeight ?? stock.unitBillableWeight
                load.billableWeight += billed * one.quantity
                verdict.cost += own.reduce(0) { $0 + $1.unitCharge.tenThousandths * one.quantity }
                load.weightByClass[stock.freightClass.index] += stock.unitWeight * one.quantity
            }
            for late in service.lateLines where late.line == one.line {
                verdict.lateUnits += one.quantity
                if policy.objective == .weighted {
                    verdict.cost += late.penalty.tenThousandths * one.quantity
                }
            }
        }
        guard let charge = service.tariff.charge(for: load) else {
            throw Foul(description: "shipment \(key) is too heavy")
        }
        verdict.cost += charge.tenThousandths + service.handling.tenThousandths
        return verdict
    }

    private func cost(ofPile line: Int, _ site: Int, _ units: Int64) throws -> Int64 {
        guard let stock = problem.warehouses[site].stock.first(where: { $0.line == line }) else {
            return 0
        }
        var cost = stock.pickCost.tenThousandths
        var rest = units
        for tier in stock.tiers {
            cost += min(rest, tier.quantity) * tier.scarcityCost.tenThousandths
            rest -= min(rest, tier.quantity)
        }
        try require(rest == 0, "line \(line) at \(site) is above stock")
        try require(
            units >= problem.lines[line].minimumQuantity,
            "line \(line) at \(site): minimum"
        )
        return cost
    }

    private func judge(
        _ line: SplitProblem.Line,
        _ index: Int,
        _ piles: [[Int]: Int64]
    ) throws -> Verdict {
        let own = piles.filter { $0.key[0] == index }
        let short = line.quantity - own.values.reduce(0, +)
        try require(short >= 0, "line \(index) is above order")
        try require(short == 0 || policy.completeness != .complete, "line \(index) is short")
        try require(
            short == 0 || short == line.quantity || policy.completeness == .partial,
            "line \(index) is partly short"
        )
        try require(!line.noSplit || own.count <= 1, "line \(index) is split")
        if line.singleLot && !own.isEmpty {
            let lots = Set(problem.warehouses.flatMap(\.stock).flatMap(\.lots).map(\.lot))
            let hasLot = lots.contains { lot in
                own.allSatisfy { key, units in
                    problem.warehouses[key[1]].stock
                        .contains { stock in
                            stock.line == index
                                && stock.lots.contains { $0.lot == lot && $0.quantity >= units }
                        }
                }
            }
            try require(hasLot, "line \(index) mixes lots")
        }
        let price = policy.objective == .weighted ? line.backorderCost.tenThousandths : 0
        return Verdict(backorderUnits: short, cost: short * price)
    }
}
