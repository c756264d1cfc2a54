internal import AllocationModel
internal import SplitSolver

/// The amounts of stock at which an order would have been placed otherwise.
struct StockFlips {
    let levels: [Explanation.StockLevel]
    let unasked: Int

    /// Looks for them until `isCancelled`.
    init(around answer: RuledSolving.Answer, isCancelled: () -> Bool) {
        let problem = answer.problem
        let found = try? SplitSolver.sensitivity(
            of: .plan(answer.solved),
            to: problem.split,
            under: problem.policy,
            within: ExplanationLimits.budget(
                for: .plan(answer.solved),
                gapMillionths: problem.budget.gapMillionths
            ),
            asksOfRules: false,
            isCancelled: isCancelled
        )
        let flips = Flips(answer: answer)
        let all =
            (found?.gains ?? []).compactMap(flips.level)
            + (found?.losses ?? [])
            .compactMap(flips.level)
        levels = all.sorted {
            ($0.line, $0.warehouse, $0.level) < ($1.line, $1.warehouse, $1.level)
        }
        unasked = found?.unasked ?? 0
    }

    /// The solver's findings in the words of the order.
    private struct Flips {
        let answer: RuledSolving.Answer

        func level(_ gain: SplitSensitivity.StockGain) -> Explanation.StockLevel? {
            level(
                ofLine: gain.line,
                at: gain.warehouse,
                gain.available,
                gain.level,
                .plan(gain.plan, difference: .zero)
            )
        }

        func level(_ loss: SplitSensitivity.StockLoss) -> Explanation.StockLevel? {
            guard case .below(let level, let next) = loss.flip else { return nil }
            return self.level(ofLine: loss.line, at: loss.warehouse, loss.available, level, next)
        }

        private func level(
            ofLine line: Int,
            at warehouse: Int,
            _ available: Int64,
            _ level: Int64,
            _ next: SplitExplanation.Alternative
        ) -> Explanation.StockLevel? {
            let bids = answer.truth.bids
            var warehouses: [Warehouse.ID] = []
            var difference: Money?
            switch next {
            case .unknown: return nil
            case .none: break
            case .plan(let plan, _):
                let changed = answer.truth.split.holding(level, ofLine: line, at: warehouse)
                let there = answer.truth.with(split: changed, policy: answer.truth.policy)
                warehouses = plan.warehouses.map { bids[$0].warehouse }
                difference = there.costs(of: plan)
                    .map { $0.charged.money(in: answer.truth.order.currency) - answer.plan.cost }
            }
            return Explanation.StockLevel(
                warehouse: bids[warehouse].warehouse,
                line: line,
                available: Quantity(available),
                level: Quantity(level),
                warehouses: warehouses.sorted(),
                difference: difference
            )
        }
    }
}
