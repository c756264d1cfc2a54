internal import AllocationModel

/// What a solution hangs on: its rules and the stock there is.
///
/// All of it is found by solving the same order with one thing changed.
package struct SplitSensitivity: Hashable, Sendable {
    /// The rules that make the solution dearer than it were without them, each alone.
    ///
    /// In the order of `SplitRule`'s cases, then by line or site.
    package let rules: [RuleCost]
    /// What each pile of the plan is to it, by rising line, then site.
    package let losses: [StockLoss]
    /// The piles of which more would make a better plan, by rising line, then site.
    package let gains: [StockGain]
    /// Rules and piles that the budget or the limits left no work for.
    ///
    /// Zero says that the lists are complete.
    package let unasked: Int

    /// What a rule costs.
    package struct RuleCost: Hashable, Sendable {
        package let rule: SplitRule
        /// The best plan found without the rule.
        package let without: SplitPlan
        /// How much more the solution comes to; nil where the order has no plan under the rule.
        ///
        /// Its `costMinimum` is zero where the rule may cost nothing at all.
        package let difference: SplitDifference?
    }

    /// What becomes of a plan when a pile it takes from has less.
    ///
    /// As long as the pile holds `taken` units the plan stays the best.
    package struct StockLoss: Hashable, Sendable {
        package let line: Int
        package let warehouse: Int
        /// Units there are.
        package let available: Int64
        /// Units the plan takes.
        package let taken: Int64
        /// The best plan with one unit less than the plan takes.
        package let next: SplitExplanation.Alternative
        /// Where other sites begin to ship.
        package let flip: Flip
    }

    /// The stock level at which another set of sites becomes the cheapest.
    package enum Flip: Hashable, Sendable {
        /// With so many units the best plan ships from other sites, or there is none.
        ///
        /// With one unit more it still ships from the same.
        case below(Int64, SplitExplanation.Alternative)
        /// The same sites ship even if the pile is empty.
        case never
        /// The budget ended before it was found.
        case unknown
    }

    /// What more of a pile is good for.
    package struct StockGain: Hashable, Sendable {
        package let line: Int
        package let warehouse: Int
        /// Units there are.
        package let available: Int64
        /// With so many units there is a better plan than the solution.
        package let level: Int64
        /// Whether there certainly is none with one unit less.
        package let isLeast: Bool
        /// The best plan found at that level.
        package let plan: SplitPlan
        /// How much more the solution comes to; nil where the order has no plan as it is.
        package let difference: SplitDifference?
    }
}

extension SplitSolver {
    /// Returns what the rules cost, and at which stock levels another plan is better.
    ///
    /// Solves a bounded number of problems more, each within `budget`. Once
    /// `isCancelled` says true the rest is left unasked. Without `asksOfRules` only stock
    /// levels are looked for.
    ///
    /// - Precondition: `solution` is what `solve` returned for the same problem and policy.
    /// - Throws: As `solve` does.
    package static func sensitivity(
        of solution: SplitSolution,
        to problem: SplitProblem,
        under policy: SplitPolicy,
        within budget: SolverBudget,
        asksOfRules: Bool = true,
        isCancelled: () -> Bool = { false }
    ) throws(SplitProblem.Fault) -> SplitSensitivity {
        try SplitValidation(problem: problem, policy: policy).check()
        let comparison = SolutionComparison(
            to: solution,
            of: problem,
            under: policy,
            within: budget
        )
        var questions = RuleQuestions(comparison)
        let rules = asksOfRules ? questions.answers(isCancelled) : []
        var levels = StockLevels(comparison)
        let gains = levels.gains(isCancelled)
        let losses = levels.losses(isCancelled)
        return SplitSensitivity(
            rules: rules,
            losses: losses,
            gains: gains,
            unasked: questions.unasked + levels.unasked
        )
    }
}
