package import AllocationModel
internal import BuyerRules
internal import SplitSolver

/// Solves an order under a buyer's policy.
///
/// Soft effects are given up step by step until there is a plan. Within a step
/// the objective's plan is the answer, unless it exceeds what the policy bears:
/// then the objective within those bounds, and then the one that takes its place.
struct RuledSolving {
    let order: Order
    let bids: [Bid]
    let policy: SourcingPolicy
    let ruling: BuyerRuling
    /// See `LotFitting.isRelaxed`.
    var isRelaxed = false

    /// A plan, and the problem that it is the answer to.
    struct Answer {
        /// With the weights of the objective.
        let problem: SourcingProblem
        /// Without them: what things cost.
        let truth: SourcingProblem
        let solved: SplitPlan
        let plan: Plan
    }

    /// What came of solving.
    enum Result {
        case plan(Answer, relaxed: [String], nodes: Int64)
        case unfillable([LineRefusal], nodes: Int64)
        case undecided
    }

    private enum Found {
        case plan(Answer)
        case unfillable([LineRefusal])
        case undecided
    }

    func run() -> Result {
        var nodes: Int64 = 0
        var refusals: [LineRefusal] = []
        var isUndecided = false
        for step in 0...ruling.policy.steps.count {
            let constraints = RuleConstraints(
                ruling.policy.effects(afterSteps: step),
                for: order,
                on: ruling.day
            )
            switch expedited(constraints, &nodes) {
            case .plan(let answer):
                let relaxed = ruling.policy.steps.prefix(step).map(\.name)
                return .plan(answer, relaxed: relaxed, nodes: nodes)
            case .unfillable(let lines): refusals = lines
            case .undecided: isUndecided = true
            }
        }
        // A refusal is final, so it is never given for want of a proof.
        return isUndecided ? .undecided : .unfillable(refusals, nodes: nodes)
    }

    /// Finds a plan with the faster service that the buyer is given, or else without.
    private func expedited(_ constraints: RuleConstraints, _ nodes: inout Int64) -> Found {
        let first = bounded(constraints, &nodes)
        guard constraints.levelWanted != nil else { return first }
        if case .plan(let answer) = first, answer.plan.backorders.isEmpty { return first }
        var slower = constraints
        slower.levelWanted = nil
        return bounded(slower, &nodes)
    }

    /// Finds a plan within the bounds that only a whole plan can be held against.
    private func bounded(_ constraints: RuleConstraints, _ nodes: inout Int64) -> Found {
        let found = excepted(constraints, &nodes)
        guard case .plan(let answer) = found else { return found }
        guard isEnough(answer.plan, for: constraints) else {
            return .unfillable(shortfalls(of: answer.plan))
        }
        guard let maximum = constraints.freightMaximum else { return found }
        if answer.plan.freight.minorUnits <= maximum.minorUnits { return found }
        // Dearer than the bound: is there any plan that is not?
        var cheaper = constraints
        cheaper.objective = .leastCost
        cheaper.preferences = []
        for isFreightAlone in [false, true] {
            let other = solve(cheaper, freightAlone: isFreightAlone, &nodes)
            guard case .plan(let candidate) = other else { return other }
            if candidate.plan.freight.minorUnits <= maximum.minorUnits,
                isEnough(candidate.plan, for: constraints)
            {
                return other
            }
        }
        return .unfillable(
            order.lines.indices.map { answer.truth.lineRefusal($0, because: .noLawfulPlan) }
        )
    }

    /// Finds the objective's plan, or what takes its place where that exceeds the exception.
    private func excepted(_ constraints: RuleConstraints, _ nodes: inout Int64) -> Found {
        let first = solve(constraints, &nodes)
        guard case .plan(let answer) = first, let exception = constraints.exception,
            exceeds(answer.plan, exception)
        else { return first }
        var narrowed = constraints
        if let days = exception.leadTimeDays { narrowed.arriveBy(ruling.day.adding(days: days)) }
        if let shipments = exception.shipments { narrowed.ship(atMost: shipments) }
        if exception.leadTimeDays != nil || exception.shipments != nil,
            case .plan(let within) = solve(narrowed, &nodes),
            within.plan.unitsShort <= answer.plan.unitsShort, !exceeds(within.plan, exception)
        {
            return .plan(within)
        }
        var instead = constraints
        instead.objective = exception.then
        guard case .plan(let other) = solve(instead, &nodes),
            other.plan.unitsShort <= answer.plan.unitsShort
        else { return first }
        return .plan(other)
    }

    private func exceeds(_ plan: Plan, _ exception: RuleException) -> Bool {
        if let days = exception.leadTimeDays, let last = plan.shipments.map(\.arrives).max(),
            last > ruling.day.adding(days: days)
        {
            return true
        }
        if let freight = exception.freight, plan.freight.minorUnits > freight.minorUnits {
            return true
        }
        return exception.shipments.map { plan.shipments.count > $0 } ?? false
    }

    // Completeness in hundredths.

    private func isEnough(_ plan: Plan, for constraints: RuleConstraints) -> Bool {
        let asked = order.lines.reduce(Int64(0)) { $0 + $1.quantity.units }
        return (asked - plan.unitsShort) * 100 >= asked * Int64(constraints.percentMinimum)
    }

    private func shortfalls(of plan: Plan) -> [LineRefusal] {
        plan.backorders.map { short in
            LineRefusal(
                line: short.line,
                sku: short.sku,
                requested: order.lines[short.line].quantity,
                available: order.lines[short.line].quantity.lessAtMost(short.quantity),
                reason: .insufficientStock
            )
        }
    }

    // One search.

    private func solve(
        _ constraints: RuleConstraints,
        freightAlone: Bool = false,
        _ nodes: inout Int64
    ) -> Found {
        let truth = truth(under: constraints)
        let problem = weighed(truth, by: constraints, freightAlone: freightAlone)
        do {
            let solution = try SplitSolver.solve(
                problem.split,
                under: problem.policy,
                within: problem.budget
            )
            switch solution {
            case .plan(let solved):
                nodes += Int64(solved.nodes)
                let costs = try truth.priced(solved)
                let plan = truth.plan(
                    from: costs,
                    gap: min(solved.gap, costs.charged),
                    isProved: solved.isProved
                )
                return .plan(Answer(problem: problem, truth: truth, solved: solved, plan: plan))
            case .unfillable(let refusal):
                nodes += Int64(refusal.nodes)
                return refusal.isProved ? .unfillable(problem.refusals(from: refusal)) : .undecided
            }
        } catch {
            return .undecided
        }
    }

    private func truth(under constraints: RuleConstraints) -> SourcingProblem {
        let lots = LotFitting(order, under: ruling.policy, isRelaxed: isRelaxed)
        let narrowed = bids.map {
            // Lots last: which of them will do hangs on the services that may carry anything.
            lots.narrowed(ruling.narrowed($0, for: order, under: constraints))
        }
        let base = SourcingProblem(
            order: order,
            bids: narrowed,
            policy: policy,
            isSingleLot: lots.isSingleLot
        )
        let ruledOut = bids.indices.filter {
            !constraints.allows(bids[$0].warehouse, at: ruling.miles[bids[$0].warehouse])
        }
        let warehousesMaximum = [policy.warehousesMaximum, constraints.warehousesMaximum]
            .compactMap(\.self).min()
        return base.with(
            policy: SplitPolicy(
                completeness: constraints.completeness,
                warehousesMaximum: warehousesMaximum,
                shipmentsMaximum: constraints.shipmentsMaximum,
                forbidden: ruledOut
            )
        )
    }

    private func weighed(
        _ truth: SourcingProblem,
        by constraints: RuleConstraints,
        freightAlone: Bool
    ) -> SourcingProblem {
        let weights = ObjectiveWeights(
            constraints.objective,
            over: truth.split,
            backorder: policy.backorderCost
        )
        let sites = bids.map { ($0.warehouse, ruling.miles[$0.warehouse]) }
        let split = freightAlone ? truth.split.freightAlone : truth.split
        return truth.with(
            split: weights.weighed(split),
            policy: SplitPolicy(
                completeness: truth.policy.completeness,
                warehousesMaximum: truth.policy.warehousesMaximum,
                shipmentsMaximum: truth.policy.shipmentsMaximum,
                forbidden: truth.policy.forbidden,
                preferences: weights.reluctances(at: sites, preferring: constraints.preferences)
            )
        )
    }
}

extension Plan {
    /// What carriers get for it.
    package var freight: Money {
        shipments.reduce(.zero(cost.currency)) { $0 + $1.freight }
    }

    /// Units that are backordered.
    var unitsShort: Int64 { backorders.reduce(0) { $0 + $1.quantity.units } }
}

extension SourcingProblem {
    /// Returns what a plan of the same assignments costs here.
    fileprivate func priced(_ plan: SplitPlan) throws -> SplitCosts {
        try SplitSolver.evaluate(plan.assignments, of: split, under: policy)
    }

    /// Returns the same, or nil where the plan is not lawful here.
    func costs(of plan: SplitPlan) -> SplitCosts? { try? priced(plan) }
}

extension SplitCosts {
    /// What the office pays: no backorder, lateness or reluctance is part of it.
    var charged: Cost {
        let late = shipments.reduce(Cost.zero) { $0 + $1.late }
        let preference = warehouses.reduce(Cost.zero) { $0 + $1.preference }
        return total - backorder - late - preference
    }
}

extension SplitProblem {
    /// The same problem where nothing but carriers costs anything.
    fileprivate var freightAlone: SplitProblem {
        SplitProblem(
            lines: lines,
            warehouses: warehouses.map { site in
                Site(
                    stock: site.stock.map { stock in
                        Stock(
                            line: stock.line,
                            tiers: stock.tiers.map { Tier(quantity: $0.quantity) },
                            lots: stock.lots,
                            unitWeight: stock.unitWeight,
                            unitBillableWeight: stock.unitBillableWeight,
                            freightClass: stock.freightClass,
                            segregationGroup: stock.segregationGroup,
                            multiple: stock.multiple
                        )
                    },
                    services: site.services.map {
                        Service(
                            etaDay: $0.etaDay,
                            tariff: $0.tariff,
                            blockedLines: $0.blockedLines,
                            packings: $0.packings
                        )
                    }
                )
            }
        )
    }
}
