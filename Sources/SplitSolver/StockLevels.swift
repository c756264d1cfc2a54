internal import AllocationModel

/// Looks for the stock levels at which another plan is better.
struct StockLevels {
    private let comparison: SolutionComparison
    private var count = QuestionCount(maximum: ExplanationLimits.stockSolvesMaximum)

    init(_ comparison: SolutionComparison) {
        self.comparison = comparison
    }

    var unasked: Int { count.unanswered }

    /// One site's stock of one line.
    fileprivate struct Pile: Hashable {
        let line: Int
        let warehouse: Int
        let available: Int64

        func precedes(_ other: Pile) -> Bool {
            (line, warehouse) < (other.line, other.warehouse)
        }
    }

    private var piles: [Pile] {
        comparison.problem.warehouses.enumerated()
            .flatMap { site, warehouse in
                warehouse.stock.map {
                    Pile(line: $0.line, warehouse: site, available: $0.available)
                }
            }
            .sorted { $0.precedes($1) }
    }
}

// More of a pile.

extension StockLevels {
    /// Returns the piles of which more makes a better plan, with the least that does.
    mutating func gains(_ isCancelled: () -> Bool) -> [SplitSensitivity.StockGain] {
        // A copy of its own: the closure below may not look at what counts the questions.
        let comparison = comparison
        let (lines, policy) = (comparison.problem.lines, comparison.policy)
        let short = piles.filter {
            $0.available < lines[$0.line].quantity && !policy.forbidden.contains($0.warehouse)
        }
        let findings = comparison.findings(among: short[...], &count, isCancelled) { piles in
            (comparison.problem(piles) { lines[$0.line].quantity }, policy)
        }
        return findings.compactMap { finding in
            guard isBetter(finding.plan) else {
                // Not ruled out, but no better plan is known.
                count.leave(1)
                return nil
            }
            return gain(finding, upTo: lines[finding.subject.line].quantity, isCancelled)
        }
    }

    private func isBetter(_ plan: SplitPlan) -> Bool {
        comparison.plan.map { plan.isBetter(than: $0, under: comparison.policy) } ?? true
    }

    /// Returns the least level with a better plan, between one without and one with it.
    ///
    /// More stock never costs more, so what lies between can be bisected.
    private mutating func gain(
        _ finding: SolutionComparison.Finding<Pile>,
        upTo most: Int64,
        _ isCancelled: () -> Bool
    ) -> SplitSensitivity.StockGain {
        let pile = finding.subject
        var (low, high) = (pile.available, most)
        var (best, difference) = (finding.plan, finding.difference)
        var isCertain = true
        while high - low > 1, count.mayAsk(isCancelled) {
            let level = low + (high - low) / 2
            let changed = comparison.problem([pile]) { _ in level }
            switch comparison.gain(by: changed, under: comparison.policy, isCancelled) {
            case .plan(let plan, let own) where isBetter(plan):
                (high, best, difference) = (level, plan, own)
            case .none:
                low = level
                isCertain = true
            case .plan, .unknown:
                low = level
                isCertain = false
            }
        }
        return SplitSensitivity.StockGain(
            line: pile.line,
            warehouse: pile.warehouse,
            available: pile.available,
            level: high,
            isLeast: high - low == 1 && isCertain && isSettled,
            plan: best,
            difference: difference
        )
    }

    /// Whether nothing better than the solution is possible as things are.
    private var isSettled: Bool {
        switch comparison.solution {
        case .plan(let plan): plan.isProved
        case .unfillable(let refusal): refusal.isProved
        }
    }
}

// Less of a pile.

extension StockLevels {
    /// Returns what each pile of the plan is to it.
    mutating func losses(_ isCancelled: () -> Bool) -> [SplitSensitivity.StockLoss] {
        guard let plan = comparison.plan else { return [] }
        var taken: [(pile: Pile, units: Int64)] = []
        for site in plan.costs.warehouses {
            for pick in site.picks {
                let pile = piles.first {
                    $0.line == pick.line && $0.warehouse == site.warehouse
                }
                if let pile { taken.append((pile, pick.quantity)) }
            }
        }
        // The scarcest first: if the work does not suffice for all, those are in danger.
        taken.sort {
            let spares = ($0.pile.available - $0.units, $1.pile.available - $1.units)
            return spares.0 == spares.1 ? $0.pile.precedes($1.pile) : spares.0 < spares.1
        }
        let losses = taken.compactMap {
            loss(of: $0.pile, taking: $0.units, from: plan, isCancelled)
        }
        return losses.sorted { ($0.line, $0.warehouse) < ($1.line, $1.warehouse) }
    }

    private mutating func loss(
        of pile: Pile,
        taking units: Int64,
        from plan: SplitPlan,
        _ isCancelled: () -> Bool
    ) -> SplitSensitivity.StockLoss? {
        guard let next = best(with: units - 1, in: pile, isCancelled) else {
            count.leave(1)
            return nil
        }
        return SplitSensitivity.StockLoss(
            line: pile.line,
            warehouse: pile.warehouse,
            available: pile.available,
            taken: units,
            next: next,
            flip: flip(of: pile, below: units, next, from: plan, isCancelled)
        )
    }

    /// Returns the best plan with so many units in a pile, or nil where it may not be asked.
    private mutating func best(
        with level: Int64,
        in pile: Pile,
        _ isCancelled: () -> Bool
    ) -> SplitExplanation.Alternative? {
        guard count.mayAsk(isCancelled) else { return nil }
        let changed = comparison.problem([pile]) { _ in level }
        return comparison.best(of: changed, under: comparison.policy, isCancelled)
    }

    /// Goes down in growing steps until other sites ship, then back to where that begins.
    ///
    /// Near the top the steps are small, where a flip is most worth knowing.
    private mutating func flip(
        of pile: Pile,
        below units: Int64,
        _ next: SplitExplanation.Alternative,
        from plan: SplitPlan,
        _ isCancelled: () -> Bool
    ) -> SplitSensitivity.Flip {
        var same = units
        var other = (level: units - 1, best: next)
        var step: Int64 = 1
        while !isFlipped(other.best, from: plan) {
            same = other.level
            if same == 0 { return .never }
            step *= 2
            let level = max(0, units - step)
            guard let best = best(with: level, in: pile, isCancelled) else { return .unknown }
            if case .unknown = best { return .unknown }
            other = (level, best)
        }
        if case .unknown = other.best { return .unknown }
        while same - other.level > 1 {
            let level = other.level + (same - other.level) / 2
            guard let best = best(with: level, in: pile, isCancelled) else { return .unknown }
            if case .unknown = best { return .unknown }
            if isFlipped(best, from: plan) { other = (level, best) } else { same = level }
        }
        return .below(other.level, other.best)
    }

    private func isFlipped(_ best: SplitExplanation.Alternative, from plan: SplitPlan) -> Bool {
        switch best {
        case .plan(let other, _): other.warehouses != plan.warehouses
        case .none, .unknown: true
        }
    }
}

extension SolutionComparison {
    /// Returns the problem with other quantities in some piles.
    fileprivate func problem(
        _ piles: ArraySlice<StockLevels.Pile>,
        holding level: (StockLevels.Pile) -> Int64
    ) -> SplitProblem {
        var warehouses = problem.warehouses
        for pile in piles {
            warehouses[pile.warehouse] = warehouses[pile.warehouse]
                .holding(level(pile), ofLine: pile.line)
        }
        return SplitProblem(lines: problem.lines, warehouses: warehouses)
    }
}

extension SplitProblem {
    /// Returns the problem with so many units of a line at one site.
    ///
    /// As `SplitSolver.sensitivity` changes it when it looks for stock levels.
    package func holding(_ units: Int64, ofLine line: Int, at warehouse: Int) -> SplitProblem {
        var warehouses = warehouses
        warehouses[warehouse] = warehouses[warehouse].holding(units, ofLine: line)
        return SplitProblem(lines: lines, warehouses: warehouses)
    }
}

extension SplitProblem.Site {
    fileprivate func holding(_ units: Int64, ofLine line: Int) -> Self {
        with(stock: stock.map { $0.line == line ? $0.holding(units) : $0 })
    }
}

extension SplitProblem.Stock {
    /// Units there are, whatever they cost.
    fileprivate var available: Int64 { tiers.reduce(0) { $0 + $1.quantity } }

    /// The same stock with so many units: the last tiers go first, and more is as scarce as the last.
    ///
    /// No lot has more than there is; what comes may be of any lot.
    fileprivate func holding(_ units: Int64) -> Self {
        let more = units - available
        var rest = units
        var held = tiers.map { tier in
            let taken = min(rest, tier.quantity)
            rest -= taken
            return SplitProblem.Tier(quantity: taken, scarcityCost: tier.scarcityCost)
        }
        if more > 0 {
            let last = held.popLast() ?? SplitProblem.Tier(quantity: 0)
            held.append(
                SplitProblem.Tier(
                    quantity: last.quantity + more,
                    scarcityCost: last.scarcityCost
                )
            )
        }
        let lots = lots.map {
            SplitProblem.LotQuantity(
                lot: $0.lot,
                quantity: more > 0 ? $0.quantity + more : min($0.quantity, units)
            )
        }
        return with(tiers: held, lots: lots)
    }
}
