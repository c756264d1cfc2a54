internal import AllocationModel

/// One solve from first plan to answer.
struct SplitSearch {
    private let problem: SplitProblem
    private let policy: SplitPolicy
    private let model: SearchModel
    private let budget: SolverBudget

    init(
        _ problem: SplitProblem,
        _ policy: SplitPolicy,
        _ model: SearchModel,
        within budget: SolverBudget
    ) {
        self.problem = problem
        self.policy = policy
        self.model = model
        self.budget = budget
    }

    func solution(isCancelled: () -> Bool) throws(SplitProblem.Fault) -> SplitSolution {
        if model.isImpossible {
            return try refusal(isProved: true, nodes: 0, isCancelled)
        }
        var tree = TreeSearch(model, within: budget, from: firstPlan(), nodes: 0)
        tree.run(isCancelled: isCancelled)
        guard var best = tree.incumbent else {
            return try refusal(isProved: tree.bound == nil, nodes: tree.nodes, isCancelled)
        }
        let all = model.slots.map { _ in true }
        LocalSearch(model: model, isAllowed: all, moves: 0).settleTies(of: &best)
        return .plan(try plan(best, bound: tree.bound ?? best.rank.score, nodes: tree.nodes))
    }

    /// Returns the best of a few quick plans, or nil where none is lawful.
    private func firstPlan() -> Candidate? {
        let all = model.slots.map { _ in true }
        var starts = [Candidate(model), Construction(model: model, isAllowed: all).candidate()]
        starts += model.sites.indices.map { site in
            let alone = model.slots.map { $0.site == site }
            return Construction(model: model, isAllowed: alone).candidate()
        }
        // The sort is stable, so equal starts keep the order of the sites.
        let promising = [starts[1]] + starts.sorted { $0.rank < $1.rank }
        var best: Candidate?
        for start in promising.prefix(SplitLimits.startsMaximum) {
            var candidate = start
            var search = LocalSearch(
                model: model,
                isAllowed: all,
                moves: SplitLimits.moves(within: budget)
            )
            search.improve(&candidate)
            guard candidate.isLawful else { continue }
            if best.map({ candidate.rank < $0.rank }) ?? true { best = candidate }
        }
        return best
    }

    private func plan(
        _ candidate: Candidate,
        bound: Int128,
        nodes: Int
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
        let score = candidate.rank.score
        let costBound = model.scale.costBound(min(bound, score), besides: score)
        return SplitPlan(
            assignments: assignments,
            costs: costs,
            bound: costBound ?? .zero,
            isProved: costBound == costs.total,
            nodes: nodes
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
        let start = SplitSearch(alone, relaxed, model, within: share).firstPlan()
        var tree = TreeSearch(model, within: share, from: start, nodes: 0)
        tree.run(isCancelled: isCancelled)
        return problem.lines[line].quantity - model.scale.backorderUnits(tree.bound ?? 0)
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
                    stock: site.stock.filter { $0.line == line }.map(\.asLineZero),
                    services: site.services.map { $0.keeping(line) }
                )
            }
        )
    }
}

extension SplitProblem.Stock {
    fileprivate var asLineZero: SplitProblem.Stock {
        SplitProblem.Stock(
            line: 0,
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
                }
        )
    }
}
