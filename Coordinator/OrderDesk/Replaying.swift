package import AllocationModel
package import AllocationProtocol
internal import BuyerRules

/// Solving decided orders again from their records: to prove a decision, or to try other rules.
///
/// Pure functions of record, evidence and rules.
package enum Replaying {
    /// Solves a decided order again as it was solved then.
    ///
    /// `policy` is taken where the record is older than the policy in it.
    package static func replay(
        _ record: OrderRecord,
        from evidence: Evidence,
        under policy: SourcingPolicy,
        by ruling: BuyerRuling
    ) -> Replay {
        let solved = solve(record, from: evidence, under: policy, by: ruling)
        return Replay(
            record: record,
            answer: solved.answer,
            recorded: Replay.Effort(
                nodes: evidence.nodes,
                solverVersion: evidence.solverVersion
            ),
            repeated: Replay.Effort(
                nodes: solved.nodes,
                solverVersion: Solution.solverVersion
            ),
            hasPolicy: evidence.policy != nil
        )
    }

    /// Solves a decided order as other rules would have had it.
    package static func trial(
        of record: OrderRecord,
        from evidence: Evidence,
        under policy: SourcingPolicy,
        by ruling: BuyerRuling
    ) -> RuleTrial {
        let solved = solve(record, from: evidence, under: policy, by: ruling)
        var rules: [String] = []
        for applied in ruling.policy.effects where !rules.contains(applied.rule) {
            rules.append(applied.rule)
        }
        return RuleTrial(
            record: record,
            answer: solved.answer,
            rules: rules,
            relaxed: solved.relaxed
        )
    }

    /// Whether the record tells what every site offered, so that it can be solved again.
    ///
    /// An order that was rebuilt from what the sites hold has none of it.
    package static func isPossible(from evidence: Evidence) -> Bool {
        evidence.attempts > 0
    }

    private static func solve(
        _ record: OrderRecord,
        from evidence: Evidence,
        under policy: SourcingPolicy,
        by ruling: BuyerRuling
    ) -> (answer: SourcingAnswer, relaxed: [String], nodes: Int64) {
        let asked = evidence.asked
        let task = SolveTask(
            order: asked?.order ?? record.order,
            round: RoundID(order: record.order.id, attempt: 0),
            bids: evidence.bids,
            policy: evidence.policy ?? policy,
            ruling: ruling
        )
        return switch task.run() {
        case .plan(let solution):
            (
                .plan(whole(asked?.inWholeOrder(solution.plan) ?? solution.plan, of: record)),
                solution.relaxed,
                solution.nodes
            )
        case .unfillable(let refusals, let nodes):
            (.refused(asked?.inWholeOrder(refusals) ?? refusals), [], nodes)
        case .undecided: (.undecided, [], 0)
        }
    }

    /// Returns the plan that the last decision of an order makes of one of what it asked for.
    private static func whole(_ plan: Plan, of record: OrderRecord) -> Plan {
        record.resourcings.last?.whole(plan) ?? plan
    }
}
