internal import AllocationModel

/// Solves an order with something changed, and compares the answer with the solution.
struct SolutionComparison {
    let solution: SplitSolution
    let problem: SplitProblem
    let policy: SplitPolicy
    private let budget: SolverBudget

    init(
        to solution: SplitSolution,
        of problem: SplitProblem,
        under policy: SplitPolicy,
        within budget: SolverBudget
    ) {
        self.solution = solution
        self.problem = problem
        self.policy = policy
        self.budget = budget
    }

    /// What a change that only allows more plans makes of the solution.
    enum Gain {
        /// No plan is better.
        case none
        /// The best plan found; not better than the solution where that is only not ruled out.
        case plan(SplitPlan, SplitDifference?)
        /// The budget ended before anything was known.
        case unknown
    }

    var plan: SplitPlan? {
        switch solution {
        case .plan(let plan): plan
        case .unfillable: nil
        }
    }

    /// Returns the best plan of a changed problem, whatever it comes to.
    ///
    /// A change can push sums out of bounds that were within; then it is unknown too.
    func best(
        of problem: SplitProblem,
        under policy: SplitPolicy,
        _ isCancelled: () -> Bool
    ) -> SplitExplanation.Alternative {
        guard
            let found = try? SplitSolver.solve(
                problem,
                under: policy,
                within: budget,
                isCancelled: isCancelled
            )
        else { return .unknown }
        switch found {
        case .plan(let found):
            return .plan(found, difference: found.cost - (plan?.cost ?? found.cost))
        case .unfillable(let refusal): return refusal.isProved ? .none : .unknown
        }
    }

    /// Returns what is gained by a changed problem in which every plan stays lawful.
    func gain(
        by problem: SplitProblem,
        under policy: SplitPolicy,
        _ isCancelled: () -> Bool
    ) -> Gain {
        switch (best(of: problem, under: policy, isCancelled), plan) {
        case (.plan(let found, _), nil): return .plan(found, nil)
        case (.none, _): return .none
        case (.unknown, _): return .unknown
        case (.plan(let found, _), let plan?):
            let better = betterOf(found, plan, for: problem, under: policy)
            if better.isBetter(than: plan, under: policy) {
                let difference = SplitDifference(of: plan, overRelaxed: better, under: policy)
                return .plan(better, difference)
            }
            if found.isProved { return .none }
            switch policy.objective {
            case .lexicographic: return .unknown
            case .weighted:
                if found.bound >= plan.cost { return .none }
                let difference = SplitDifference(of: plan, overRelaxed: better, under: policy)
                return .plan(better, difference)
            }
        }
    }

    /// Returns the plan found, or the solution's own where that comes to less after the change.
    ///
    /// A search that ended early knows nothing of the solution it starts beside.
    private func betterOf(
        _ found: SplitPlan,
        _ plan: SplitPlan,
        for problem: SplitProblem,
        under policy: SplitPolicy
    ) -> SplitPlan {
        guard
            let costs = try? SplitSolver.evaluate(plan.assignments, of: problem, under: policy)
        else { return found }
        let own = SplitPlan(
            assignments: plan.assignments,
            costs: costs,
            bound: found.bound,
            isProved: false,
            nodes: found.nodes
        )
        return own.isBetter(than: found, under: policy) ? own : found
    }
}

/// Questions that may still be asked, and those that were left.
struct QuestionCount {
    private var remaining: Int
    /// Questions that found no answer, for want of work or of a proof.
    private(set) var unanswered = 0

    init(maximum: Int) {
        remaining = maximum
    }

    /// Whether another question may be asked; if so, it is counted.
    mutating func mayAsk(_ isCancelled: () -> Bool) -> Bool {
        guard remaining > 0, !isCancelled() else { return false }
        remaining -= 1
        return true
    }

    mutating func leave(_ count: Int) {
        unanswered += count
    }
}

// Asking about many changes at once.

extension SolutionComparison {
    /// A change that may make a better plan, and the best plan found with it.
    struct Finding<Subject> {
        let subject: Subject
        let plan: SplitPlan
        let difference: SplitDifference?
    }

    /// Returns which of `subjects` gain anything alone, in their order.
    ///
    /// What a change gains, it gains with others besides it: where all of them
    /// together gain nothing, one question was enough; otherwise each half is asked.
    ///
    /// - Precondition: changing some of the subjects leaves every plan lawful.
    func findings<Subject>(
        among subjects: ArraySlice<Subject>,
        _ count: inout QuestionCount,
        _ isCancelled: () -> Bool,
        changing change: (ArraySlice<Subject>) -> (SplitProblem, SplitPolicy)
    ) -> [Finding<Subject>] {
        guard let first = subjects.first else { return [] }
        guard count.mayAsk(isCancelled) else {
            count.leave(subjects.count)
            return []
        }
        let (problem, policy) = change(subjects)
        let gain = gain(by: problem, under: policy, isCancelled)
        switch gain {
        case .none: return []
        case .plan(let plan, let difference):
            if subjects.count > 1 { break }
            return [Finding(subject: first, plan: plan, difference: difference)]
        case .unknown:
            if subjects.count > 1 { break }
            count.leave(1)
            return []
        }
        let middle = subjects.startIndex + subjects.count / 2
        let left = findings(among: subjects[..<middle], &count, isCancelled, changing: change)
        let right = findings(among: subjects[middle...], &count, isCancelled, changing: change)
        return left + right
    }
}
