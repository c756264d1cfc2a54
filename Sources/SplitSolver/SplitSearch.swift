internal import AllocationModel

/// One solve from first plan to answer.
struct SplitSearch {
    private let problem: SplitProblem
    private let policy: SplitPolicy
    private let model: SearchModel
    private let budget: SolverBudget

    init(
        _ problem: SplitProblem,
        under policy: SplitPolicy,
        within budget: SolverBudget
    ) throws(SplitProblem.Fault) {
        self.problem = problem
        self.policy = policy
        model = try SearchModel(problem, under: policy)
        self.budget = budget
    }

    func solution(isCancelled: () -> Bool) throws(SplitProblem.Fault) -> SplitSolution {
        if model.isImpossible {
            return try refusal(isProved: true, nodes: 0, isCancelled)
        }
        var bench = PlanBench(model, within: budget)
        let known = price(&bench, isCancelled)
        var tree = BranchAndCut(
            model,
            within: known.reach,
            above: known.bound,
            isLexicographic: policy.objective == .lexicographic,
            isIdle: known.isProved || isCancelled(),
            within: budget,
            on: bench
        )
        if known.isProved { tree.close() } else { tree.run(isCancelled: isCancelled) }
        guard tree.incumbent != nil else {
            let nodes = known.nodes + tree.nodes
            return try refusal(isProved: tree.bound == nil, nodes: nodes, isCancelled)
        }
        return .plan(try plan(tree.settled(isCancelled), tree, after: known.nodes))
    }

    /// Makes first plans, and finds by prices what better ones could use.
    private func price(
        _ bench: inout PlanBench,
        _ isCancelled: () -> Bool
    ) -> (reach: Reach, bound: Double, isProved: Bool, nodes: Int) {
        guard policy.objective == .weighted, budget.priceRounds > 0 else {
            bench.start(isCancelled)
            return (Reach(all: model), 0, false, 0)
        }
        bench.sketch(isCancelled)
        // A lawful plan comes before a bound where each takes long.
        if bench.best == nil && model.arcs.count > SplitLimits.arcsPricedFirst {
            bench.start(isCancelled)
        }
        var search = PriceSearch(model, from: bench.prices, within: budget)
        search.run(&bench, isCancelled)
        return (search.reach, search.bound, search.bound == .infinity, search.nodes)
    }

    private func plan(
        _ candidate: RankedPlan,
        _ tree: borrowing BranchAndCut,
        after nodes: Int
    ) throws(SplitProblem.Fault) -> SplitPlan {
        let assignments = model.arcs.indices.filter { candidate.quantities[$0] > 0 }
            .map { arc in
                let slot = model.slots[model.arcs[arc].slot]
                return SplitAssignment(
                    line: model.arcs[arc].line,
                    warehouse: model.sites[slot.site].index,
                    service: slot.service,
                    quantity: candidate.quantities[arc]
                )
            }
            .sorted {
                ($0.line, $0.warehouse, $0.service) < ($1.line, $1.warehouse, $1.service)
            }
        let costs = try SplitEvaluation(problem: problem, policy: policy).costs(of: assignments)
        var bound = Cost.zero
        if tree.goal == .money, let least = tree.bound, least > 0 {
            bound = min(costs.total, model.scale.leastCost(ofPlansWorth: least))
        }
        return SplitPlan(
            assignments: assignments,
            costs: costs,
            bound: bound,
            isProved: tree.goal == .money && bound == costs.total,
            nodes: nodes + tree.nodes
        )
    }

    private func refusal(
        isProved: Bool,
        nodes: Int,
        _ isCancelled: () -> Bool
    ) throws(SplitProblem.Fault) -> SplitSolution {
        var unitsMaximum: [Int64] = []
        for line in problem.lines.indices {
            unitsMaximum.append(try mostUnits(of: line, isCancelled))
        }
        return .unfillable(
            SplitRefusal(unitsMaximum: unitsMaximum, isProved: isProved, nodes: nodes)
        )
    }

    /// Returns no fewer units than any lawful plan for the line alone ships.
    private func mostUnits(
        of line: Int,
        _ isCancelled: () -> Bool
    ) throws(SplitProblem.Fault) -> Int64 {
        if isCancelled() { return model.mostHeld(of: line) }
        let alone = problem.keeping(line)
        let relaxed = SplitPolicy(
            completeness: .partial,
            warehousesMaximum: policy.warehousesMaximum,
            shipmentsMaximum: policy.shipmentsMaximum,
            objective: .lexicographic,
            forbidden: policy.forbidden
        )
        let model = try SearchModel(alone, under: relaxed)
        let share = SolverBudget(nodes: budget.nodes / problem.lines.count)
        var bench = PlanBench(model, within: share)
        bench.start(isCancelled)
        let start = bench.best
        var tree = BranchAndCut(
            model,
            within: Reach(all: model),
            isLexicographic: true,
            within: share,
            on: bench
        )
        tree.run(isCancelled: isCancelled, through: .shortUnits)
        let short = tree.bound.map { min($0, start.map { tree.value(of: $0, .shortUnits) } ?? $0) }
        return problem.lines[line].quantity - Int64((short ?? 0).rounded(.up))
    }
}

extension SplitProblem {
    /// Returns the problem of one line, as line 0, at the same sites.
    fileprivate func keeping(_ line: Int) -> SplitProblem {
        SplitProblem(
            lines: [lines[line]],
            warehouses: warehouses.map { site in
                Site(
                    fixedCost: site.fixedCost,
                    stock: site.stock.filter { $0.line == line }.map { $0.moved(toLine: 0) },
                    services: site.services.map { $0.keeping(line) }
                )
            }
        )
    }
}

extension SplitProblem.Stock {
    /// Returns the stock as that of another line, or of the same by another number.
    func moved(toLine line: Int) -> SplitProblem.Stock {
        SplitProblem.Stock(
            line: line,
            tiers: tiers,
            pickCost: pickCost,
            lots: lots,
            unitWeight: unitWeight,
            unitBillableWeight: unitBillableWeight,
            freightClass: freightClass,
            segregationGroup: segregationGroup,
            multiple: multiple
        )
    }
}

extension SplitProblem.Service {
    fileprivate func keeping(_ line: Int) -> SplitProblem.Service {
        SplitProblem.Service(
            etaDay: etaDay,
            handling: handling,
            tariff: tariff,
            blockedLines: blockedLines.contains(line) ? [0] : [],
            lateLines: lateLines.filter { $0.line == line }
                .map {
                    SplitProblem.LateLine(line: 0, penalty: $0.penalty)
                },
            packings: packings.filter { $0.line == line }
                .map {
                    SplitProblem.Packing(
                        line: 0,
                        unitBillableWeight: $0.unitBillableWeight,
                        unitCharge: $0.unitCharge
                    )
                }
        )
    }
}
