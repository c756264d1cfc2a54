/// Asks what each rule costs, by solving the order without it.
struct RuleQuestions {
    private let comparison: SolutionComparison
    private var count = QuestionCount(maximum: ExplanationLimits.ruleSolvesMaximum)

    init(_ comparison: SolutionComparison) {
        self.comparison = comparison
    }

    var unasked: Int { count.unanswered }

    /// Returns the rules that may cost something, with the best plans without them.
    mutating func answers(_ isCancelled: () -> Bool) -> [SplitSensitivity.RuleCost] {
        let (problem, policy) = (comparison.problem, comparison.policy)
        var costs: [SplitSensitivity.RuleCost] = []
        for rules in SplitRule.all(of: problem, under: policy) {
            let findings = comparison.findings(among: rules[...], &count, isCancelled) {
                let relaxed = RelaxedOrder(problem, policy, without: $0)
                return (relaxed.problem, relaxed.policy)
            }
            costs += findings.map {
                SplitSensitivity.RuleCost(
                    rule: $0.subject,
                    without: $0.plan,
                    difference: $0.difference
                )
            }
        }
        return costs
    }
}
