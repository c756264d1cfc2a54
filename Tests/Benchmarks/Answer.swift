import AllocationModel
import SplitInstances
import SplitSolver

/// What one solver made of one order.
struct Answer {
    let status: Status
    let seconds: Double
    /// What its plan comes to, as the product counts it; nil without a plan.
    let costs: SplitCosts?
    /// What no plan costs less than, or nil where the solver knows nothing.
    let bound: Int64?
    /// Subproblems examined, where that is counted.
    var nodes: Int?
    /// What is wrong with its plan, if it is not lawful.
    var foul: String?

    enum Status: String, Decodable {
        /// The plan is proved to be the best, within the gap that was asked for.
        case optimal
        case feasible
        /// There is proved to be no plan.
        case infeasible
        case unknown
    }

    var isProved: Bool { status == .optimal || status == .infeasible }

    var cost: Int64? { costs?.total.tenThousandths }

    /// Part of the cost that is not proved to be needed, or nil where nothing is known of it.
    func gap(under policy: SplitPolicy) -> Double? {
        if status == .infeasible { return 0 }
        guard let cost, let bound else { return nil }
        // A lexicographic bound of zero says that the units are not proved yet.
        if policy.objective == .lexicographic && bound == 0 && cost > 0 { return nil }
        return cost == 0 ? 0 : Double(max(0, cost - bound)) / Double(cost)
    }
}

/// The product's own solver.
struct OwnSolver {
    /// More than any machine examines in a day, so that time ends the search.
    private static let nodesMaximum = 1_000_000_000_000

    let gapMillionths: Int64

    /// Solves an order so many times; all answers are alike but for the time, of which the median counts.
    func answer(
        to instance: SplitInstance,
        within limit: Duration,
        repeats: Int
    ) throws -> Answer {
        var seconds: [Double] = []
        var answer: Answer?
        for _ in 0..<repeats {
            let clock = ContinuousClock()
            let start = clock.now
            let deadline = start + limit
            let solution = try SplitSolver.solve(
                instance.problem,
                under: instance.policy,
                within: SolverBudget(nodes: Self.nodesMaximum, gapMillionths: gapMillionths),
                isCancelled: { clock.now >= deadline }
            )
            let elapsed = (clock.now - start) / .seconds(1)
            seconds.append(elapsed)
            answer = self.answer(solution, under: instance.policy)
        }
        guard let answer else { preconditionFailure("an order is solved at least once") }
        return Answer(
            status: answer.status,
            seconds: Statistics.median(seconds) ?? 0,
            costs: answer.costs,
            bound: answer.bound,
            nodes: answer.nodes
        )
    }

    private func answer(_ solution: SplitSolution, under policy: SplitPolicy) -> Answer {
        switch solution {
        case .unfillable(let refusal):
            return Answer(
                status: refusal.isProved ? .infeasible : .unknown,
                seconds: 0,
                costs: nil,
                bound: nil,
                nodes: refusal.nodes
            )
        case .plan(let plan):
            let excess = Int128(plan.gap.tenThousandths) * 1_000_000
            let isKnown = policy.objective == .weighted || plan.bound > .zero
            let isWithin =
                isKnown && excess <= Int128(plan.cost.tenThousandths) * Int128(gapMillionths)
            return Answer(
                status: plan.isProved || isWithin ? .optimal : .feasible,
                seconds: 0,
                costs: plan.costs,
                bound: plan.bound.tenThousandths,
                nodes: plan.nodes
            )
        }
    }
}

/// Middles of measurements.
enum Statistics {
    /// Returns the middle value, or the mean of the middle two; nil of nothing.
    static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        if sorted.count == 1 { return last }
        return sorted.count % 2 == 1
            ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
