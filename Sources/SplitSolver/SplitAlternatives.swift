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
        var sites: [SplitExplanation.Site] = []
        var runnerUp = Alternative.none
        for index in problem.warehouses.indices {
            let site = try explanation(of: index, isCancelled)
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
        _ isCancelled: () -> Bool
    ) throws(SplitProblem.Fault) -> SplitExplanation.Site {
        if policy.forbidden.contains(index) { return .forbidden }
        let offer = SiteOffer(of: problem.warehouses[index], in: problem)
        if !offer.hasStock { return .noStock }
        if !offer.hasService { return .noService }
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
        // What was asked last is not worth an answer that nobody awaits.
        if isCancelled() { return .unknown }
        var varied = PolicyDraft(policy)
        varied.forced = (policy.forced + [site].compactMap(\.self)).filter { $0 != other }
        varied.forbidden = policy.forbidden + [other].compactMap(\.self)
        let found = try SplitSolver.solve(
            problem,
            under: varied.policy,
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
        case (.plan(let one, _), .plan(let other, _)):
            other.isBetter(than: one, under: policy) ? right : left
        case (.plan, .unknown), (.plan, .none), (.unknown, .none): left
        case (.none, _), (.unknown, .plan), (.unknown, .unknown): right
        }
    }
}
