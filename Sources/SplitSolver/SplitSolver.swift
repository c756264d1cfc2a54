internal import AllocationModel

/// Finds the cheapest lawful way to fill an order from given bids.
///
/// A function of its arguments: no clock, no chance, no state. Among plans of
/// equal cost the one with fewer shipments is better, then the one whose
/// shipments' days of arrival add up to less. What is then still equal is
/// decided by what lines and sites are, and not by the order they come in.
package enum SplitSolver {
    /// Returns the best plan found, with proof or bound, or says why there is none.
    ///
    /// `isCancelled` is asked at every node; once it says true, the answer is as
    /// if the budget had ended.
    ///
    /// - Throws: A fault where a number or an index of the arguments is out of
    ///   bounds; then nothing has been searched.
    package static func solve(
        _ problem: SplitProblem,
        under policy: SplitPolicy,
        within budget: SolverBudget,
        isCancelled: () -> Bool = { false }
    ) throws(SplitProblem.Fault) -> SplitSolution {
        guard budget.nodes >= 0, budget.gapMillionths >= 0, budget.priceRounds >= 0 else {
            throw .outOfBounds(.budget, field: "a number")
        }
        try SplitValidation(problem: problem, policy: policy).check()
        let order = CanonicalOrder(of: problem, under: policy)
        let search = try SplitSearch(
            order.arranged(problem),
            under: order.arranged(policy),
            within: budget
        )
        switch try search.solution(isCancelled: isCancelled) {
        case .plan(let plan):
            let assignments = order.restored(plan.assignments)
            return .plan(
                SplitPlan(
                    assignments: assignments,
                    costs: try SplitEvaluation(problem: problem, policy: policy)
                        .costs(of: assignments),
                    bound: plan.bound,
                    isProved: plan.isProved,
                    nodes: plan.nodes
                )
            )
        case .unfillable(let refusal):
            return .unfillable(
                SplitRefusal(
                    unitsMaximum: order.restored(byLine: refusal.unitsMaximum),
                    isProved: refusal.isProved,
                    nodes: refusal.nodes
                )
            )
        }
    }

    /// Returns no less than what the sites of any plan cost together.
    ///
    /// A bid by itself that makes more than `SplitLimits.siteSumMaximum` of it,
    /// or throws, would make a problem that cannot be solved of everybody's.
    ///
    /// - Throws: As `solve` does.
    package static func worstCostOfSites(
        of problem: SplitProblem,
        under policy: SplitPolicy
    ) throws(SplitProblem.Fault) -> Int128 {
        let validation = SplitValidation(problem: problem, policy: policy)
        try validation.check()
        return validation.worstCostOfSites()
    }

    /// Returns what `assignments` cost, under headings.
    ///
    /// The same sums that the search made least: every cost shown is one solved.
    ///
    /// - Throws: `unlawful` where the plan breaks the problem or the policy, or
    ///   another fault where an argument is out of bounds.
    package static func evaluate(
        _ assignments: [SplitAssignment],
        of problem: SplitProblem,
        under policy: SplitPolicy
    ) throws(SplitProblem.Fault) -> SplitCosts {
        try SplitValidation(problem: problem, policy: policy).check()
        return try SplitEvaluation(problem: problem, policy: policy).costs(of: assignments)
    }

    /// Returns why each site is or is not in a solution, and the best other set of sites.
    ///
    /// Solves one problem more for each site, each within `budget`.
    ///
    /// - Precondition: `solution` is what `solve` returned for the same problem and policy.
    /// - Throws: As `solve` does.
    package static func explain(
        _ solution: SplitSolution,
        of problem: SplitProblem,
        under policy: SplitPolicy,
        within budget: SolverBudget,
        isCancelled: () -> Bool = { false }
    ) throws(SplitProblem.Fault) -> SplitExplanation {
        try SplitValidation(problem: problem, policy: policy).check()
        let alternatives = SplitAlternatives(
            to: solution,
            of: problem,
            under: policy,
            within: budget
        )
        return try alternatives.explanation(isCancelled: isCancelled)
    }
}
