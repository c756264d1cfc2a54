/// What an explanation may cost, each bound with its reason.
package enum ExplanationLimits {
    /// Problems solved to find what the rules cost: a dozen rules, bisected out of a thousand.
    static let ruleSolvesMaximum = 120
    /// Problems solved to find stock levels: some twenty piles, each bisected over its units.
    static let stockSolvesMaximum = 240
    /// Nodes for each problem, at least: what proves most orders of a few lines.
    static let nodesMinimum = 256
    /// Times the plan's own nodes that a problem beside it may take: a rule less is harder to prove.
    static let nodesPerPlanNode = 4

    /// Returns what one question about `solution` is worth.
    ///
    /// In proportion to the solution's own search, so that what was quick to
    /// solve is quick to explain. One that was not proved is asked less of: its
    /// neighbours would not be proved either, and there are many of them.
    package static func budget(
        for solution: SplitSolution,
        gapMillionths: Int64
    ) -> SolverBudget {
        let (nodes, isProved) =
            switch solution {
            case .plan(let plan): (plan.nodes, plan.isProved)
            case .unfillable(let refusal): (refusal.nodes, refusal.isProved)
            }
        let (product, isOver) = nodes.multipliedReportingOverflow(by: nodesPerPlanNode)
        let worth = isProved && !isOver ? product : nodesMinimum
        return SolverBudget(nodes: max(nodesMinimum, worth), gapMillionths: gapMillionths)
    }
}
