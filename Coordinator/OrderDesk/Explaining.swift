package import AllocationModel
package import AllocationProtocol
internal import SplitSolver

/// Why an order was placed as it was, worked out anew from the evidence of the decision.
///
/// Asked for separately, so that placing an order does not pay for it.
package enum Explaining {
    /// Returns the explanation of a decided order.
    ///
    /// A pure function of the record and its evidence.
    package static func explain(
        _ record: OrderRecord,
        from evidence: Evidence,
        under policy: SourcingPolicy
    ) -> Explanation {
        let problem = SourcingProblem(order: record.order, bids: evidence.bids, policy: policy)
        let explained = explained(problem)
        var sites: [Explanation.Site] = []
        for (index, bid) in evidence.bids.enumerated() {
            sites.append(
                Explanation.Site(
                    warehouse: bid.warehouse,
                    verdict: verdict(
                        on: bid,
                        explained.map { $0.warehouses[index] },
                        in: record
                    ),
                    bid: bid
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
            sites: sites.sorted { $0.warehouse < $1.warehouse },
            runnerUp: explained.flatMap { runnerUp($0.runnerUp, problem) },
            attempts: evidence.attempts,
            nodes: evidence.nodes
        )
    }

    /// Solves again, which the evidence allows bit for bit, and asks the solver why.
    private static func explained(_ problem: SourcingProblem) -> SplitExplanation? {
        guard
            let solution = try? SplitSolver.solve(
                problem.split,
                under: problem.policy,
                within: problem.budget
            ),
            case .plan = solution
        else { return nil }
        return try? SplitSolver.explain(
            solution,
            of: problem.split,
            under: problem.policy,
            within: problem.budget
        )
    }

    private static func verdict(
        on bid: Bid,
        _ site: SplitExplanation.Site?,
        in record: OrderRecord
    ) -> Explanation.Verdict {
        let currency = record.order.currency
        switch site {
        case .used(.plan(_, let difference)):
            return .used(withoutIt: .costs(difference.money(in: currency)))
        case .used(.none):
            return .used(withoutIt: .impossible)
        case .used(.unknown):
            return .used(withoutIt: .undetermined)
        case .noStock, .noService:
            return .offeredNothing
        case .unused(.plan(_, let difference)):
            return .dearer(by: difference.money(in: currency))
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
        _ problem: SourcingProblem
    ) -> Explanation.RunnerUp? {
        guard case .plan(let plan, _) = alternative else { return nil }
        let translated = problem.plan(from: plan)
        return Explanation.RunnerUp(
            warehouses: translated.warehouses,
            cost: translated.cost
        )
    }
}
