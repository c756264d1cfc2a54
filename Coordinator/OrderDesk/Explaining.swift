package import AllocationModel
package import AllocationProtocol
internal import BuyerRules
internal import SplitSolver

/// Why an order was placed as it was, worked out anew from the evidence of the decision.
///
/// Asked for separately, so that placing an order does not pay for it.
package enum Explaining {
    /// Returns the explanation of a decided order.
    ///
    /// A pure function of the record and its evidence, as long as `isCancelled` says false;
    /// what has not been answered when it says true is counted as unasked. `policy` is taken
    /// where the record is older than the policy in it.
    package static func explain(
        _ record: OrderRecord,
        from evidence: Evidence,
        under policy: SourcingPolicy,
        by ruling: BuyerRuling = .none,
        isCancelled: @escaping () -> Bool = { false }
    ) -> Explanation {
        let solving = RuledSolving(
            order: evidence.asked?.order ?? record.order,
            bids: evidence.bids,
            policy: evidence.policy ?? policy,
            ruling: ruling
        )
        let answer = Self.answer(of: solving)
        let explained = answer.flatMap { Self.explained($0, isCancelled) }
        let applied = RuleCosting(
            solving: solving,
            plan: answer?.answer.plan,
            isCancelled: isCancelled
        )
        .applied()
        let flips = (answer?.answer).map { StockFlips(around: $0, isCancelled: isCancelled) }
        let lots = LotFitting(solving.order, under: ruling.policy)
        var sites: [Explanation.Site] = []
        for (index, bid) in evidence.bids.enumerated() {
            sites.append(
                Explanation.Site(
                    warehouse: bid.warehouse,
                    verdict: verdict(
                        on: bid,
                        explained.map { $0.warehouses[index] },
                        beside: answer?.answer,
                        in: record
                    ),
                    bid: bid,
                    rejections: lots.rejections(of: bid)
                )
            )
        }
        sites += evidence.silent.map {
            Explanation.Site(warehouse: $0, verdict: .silent, bid: nil)
        }
        sites += evidence.unreachable.map {
            Explanation.Site(warehouse: $0, verdict: .unreachable, bid: nil)
        }
        return Explanation(
            record: record,
            asked: evidence.asked?.order ?? record.order,
            sites: sites.sorted { $0.warehouse < $1.warehouse },
            runnerUp: explained.flatMap { runnerUp($0.runnerUp, answer?.answer) },
            attempts: evidence.attempts,
            nodes: evidence.nodes,
            rules: Explanation.Rules(
                version: ruling.version,
                applied: applied,
                relaxed: answer?.relaxed ?? []
            ),
            stockLevels: flips?.levels ?? [],
            unasked: RuleCosting.unasked(in: applied) + (flips?.unasked ?? 0)
        )
    }

    /// Solves again, which the evidence allows bit for bit.
    private static func answer(
        of solving: RuledSolving
    ) -> (answer: RuledSolving.Answer, relaxed: [String])? {
        switch solving.run() {
        case .plan(let answer, let relaxed, _): (answer, relaxed)
        case .unfillable, .undecided: nil
        }
    }

    /// Asks the solver why.
    private static func explained(
        _ solved: (answer: RuledSolving.Answer, relaxed: [String]),
        _ isCancelled: () -> Bool
    ) -> SplitExplanation? {
        let answer = solved.answer
        return try? SplitSolver.explain(
            .plan(answer.solved),
            of: answer.problem.split,
            under: answer.problem.policy,
            within: answer.problem.budget,
            isCancelled: isCancelled
        )
    }

    /// Returns what another plan costs more, in money that somebody would pay.
    private static func difference(
        of other: SplitPlan,
        from answer: RuledSolving.Answer?,
        in currency: Currency
    ) -> Money? {
        guard let answer, let costs = answer.truth.costs(of: other) else { return nil }
        return costs.charged.money(in: currency) - answer.plan.cost
    }

    private static func verdict(
        on bid: Bid,
        _ site: SplitExplanation.Site?,
        beside answer: RuledSolving.Answer?,
        in record: OrderRecord
    ) -> Explanation.Verdict {
        let currency = record.order.currency
        switch site {
        case .used(.plan(let other, _)):
            let more = difference(of: other, from: answer, in: currency)
            return .used(withoutIt: more.map { .costs($0) } ?? .undetermined)
        case .used(.none):
            return .used(withoutIt: .impossible)
        case .used(.unknown):
            return .used(withoutIt: .undetermined)
        case .noStock, .noService:
            return .offeredNothing
        case .unused(.plan(let other, _)):
            return difference(of: other, from: answer, in: currency).map { .dearer(by: $0) }
                ?? .undetermined
        case .unused(.none), .forbidden:
            return .unlawful
        case .unused(.unknown):
            return .undetermined
        case nil:
            // The order was refused: there is no plan to compare with.
            return bid.offers.isEmpty || bid.services.isEmpty ? .offeredNothing : .unlawful
        }
    }

    private static func runnerUp(
        _ alternative: SplitExplanation.Alternative,
        _ answer: RuledSolving.Answer?
    ) -> Explanation.RunnerUp? {
        guard case .plan(let other, _) = alternative, let answer,
            let costs = answer.truth.costs(of: other)
        else { return nil }
        let plan = answer.truth.plan(from: costs, gap: .zero, isProved: other.isProved)
        return Explanation.RunnerUp(warehouses: plan.warehouses, cost: plan.cost)
    }
}
