internal import AllocationModel

/// Solves what a plan is compared with: the order with one site more or one less.
///
/// Every plan from another set of sites lacks a site of this plan or has one
/// more, so the best of these alternatives is the runner-up.
struct SplitAlternatives {
    private let problem: SplitProblem
    private let policy: SplitPolicy
    private let solution: SplitSolution
    private let budget: SolverBudget

    typealias Alternative = SplitExplanation.Alternative

    init(
        to solution: SplitSolution,
        of problem: SplitProblem,
        under policy: SplitPolicy,
        within budget: SolverBudget
    ) {
        self.problem = problem
        self.policy = policy
        self.solution = solution
        self.budget = budget
    }

    func explanation(
        isCancelled: () -> Bool
    ) throws(SplitProblem.Fault) -> SplitExplanation {
        let model = try SearchModel(problem, under: policy)
        var sites: [SplitExplanation.Site] = []
        var runnerUp = Alternative.none
        for index in problem.warehouses.indices {
            let site = try explanation(of: index, model, isCancelled)
            sites.append(site)
            switch site {
            case .used(let without):
                if !policy.forced.contains(index) { runnerUp = better(runnerUp, without) }
            case .unused(let using): runnerUp = better(runnerUp, using)
            case .forbidden, .noStock, .noService: break
            }
        }
        return SplitExplanation(warehouses: sites, runnerUp: runnerUp)
    }

    private func explanation(
        of index: Int,
        _ model: SearchModel,
        _ isCancelled: () -> Bool
    ) throws(SplitProblem.Fault) -> SplitExplanation.Site {
        if policy.forbidden.contains(index) { return .forbidden }
        guard let site = model.sites.first(where: { $0.index == index }), site.hasStock else {
            return .noStock
        }
        if site.piles.isEmpty { return .noService }
        switch solution {
        case .unfillable(let refusal): return .unused(using: refusal.isProved ? .none : .unknown)
        case .plan(let plan):
            return plan.warehouses.contains(index)
                ? .used(without: try alternative(to: plan, forbidding: index, isCancelled))
                : .unused(using: try alternative(to: plan, forcing: index, isCancelled))
        }
    }

    private func alternative(
        to plan: SplitPlan,
        forcing site: Int? = nil,
        forbidding other: Int? = nil,
        _ isCancelled: () -> Bool
    ) throws(SplitProblem.Fault) -> Alternative {
        let varied = SplitPolicy(
            completeness: policy.completeness,
            warehousesMaximum: policy.warehousesMaximum,
            shipmentsMaximum: policy.shipmentsMaximum,
            objective: policy.objective,
            forced: (policy.forced + [site].compactMap(\.self)).filter { $0 != other },
            forbidden: policy.forbidden + [other].compactMap(\.self),
            preferences: policy.preferences
        )
        let found = try SplitSolver.solve(
            problem,
            under: varied,
            within: budget,
            isCancelled: isCancelled
        )
        switch found {
        case .plan(let found): return .plan(found, difference: found.cost - plan.cost)
        case .unfillable(let refusal): return refusal.isProved ? .none : .unknown
        }
    }

    private func better(_ left: Alternative, _ right: Alternative) -> Alternative {
        switch (left, right) {
        case (.plan(let one, _), .plan(let other, _)): isBetter(other, one) ? right : left
        case (.plan, .unknown), (.plan, .none), (.unknown, .none): left
        case (.none, _), (.unknown, .plan), (.unknown, .unknown): right
        }
    }

    private func isBetter(_ one: SplitPlan, _ other: SplitPlan) -> Bool {
        let isLexicographic = policy.objective == .lexicographic
        let units = { (plan: SplitPlan) -> (Int64, Int64) in
            isLexicographic ? (plan.costs.backorderUnits, plan.costs.lateUnits) : (0, 0)
        }
        return units(one) != units(other) ? units(one) < units(other) : one.cost < other.cost
    }
}
