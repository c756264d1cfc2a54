import AllocationModel
import Foundation
import SplitSolver
import Testing

/// What an explanation says, against exhaustive search with one thing changed.
struct `Split sensitivity on small problems` {
    private static func seeds(_ usual: Int, long: Int) -> Range<Int> {
        1..<(ProcessInfo.processInfo.environment["HOLDFAST_LONG"] == nil ? usual : long)
    }

    private struct Case {
        let seed: Int
        let draft: OrderDraft
        let best: Verdict?
        let solution: SplitSolution
        let found: SplitSensitivity

        init(seed: Int, nodes: Int = 20_000) throws {
            var source = ProblemSource(seed: seed, sites: 3, lines: 2, units: 4)
            let problem = source.problem()
            draft = OrderDraft(problem, under: source.policy())
            best = draft.best
            solution = try solve(problem, under: draft.splitPolicy, nodes: nodes)
            found = try SplitSolver.sensitivity(
                of: solution,
                to: problem,
                under: draft.splitPolicy,
                within: SolverBudget(nodes: nodes)
            )
            self.seed = seed
        }

        func changed(_ change: (inout OrderDraft) -> Void) -> OrderDraft {
            var changed = draft
            change(&changed)
            return changed
        }

        /// Whether the changed order has a better best plan than the order as it is.
        ///
        /// Plans that come to the same differ in shipments or days, which nobody pays for.
        func isBetter(_ other: Verdict?) -> Bool {
            guard let other else { return false }
            guard let best else { return true }
            return (other.backorderUnits, other.lateUnits, other.cost)
                < (best.backorderUnits, best.lateUnits, best.cost)
        }
    }

    @Test func `names the rules that cost something, and what they cost`() throws {
        var kinds: Set<String> = []
        for seed in Self.seeds(60, long: 5000) {
            let sample = try Case(seed: seed)
            let rules = sample.draft.rules.filter { rule in
                sample.isBetter(sample.changed { $0.lift(rule) }.best)
            }
            #expect(Set(sample.found.rules.map(\.rule)) == Set(rules), "seed \(seed)")
            #expect(sample.found.unasked == 0, "seed \(seed)")
            for cost in sample.found.rules {
                let lifted = sample.changed { $0.lift(cost.rule) }
                try expectBest(cost.without, of: lifted, seed)
                kinds.insert("\(cost.rule)".components(separatedBy: "(")[0])
                #expect((cost.difference == nil) == (sample.best == nil), "seed \(seed)")
                if let best = sample.best, let other = lifted.best, let difference = cost.difference
                {
                    #expect(difference.cost == Cost(best.cost - other.cost), "seed \(seed)")
                    #expect(difference.isExact, "seed \(seed)")
                }
            }
        }
        // The rest are too rare in so few problems; the cases by hand have every one.
        #expect(kinds.count > 4, "\(kinds)")
    }

    private func expectBest(_ plan: SplitPlan, of order: OrderDraft, _ seed: Int) throws {
        let verdict = try Referee(problem: order.problem, policy: order.splitPolicy)
            .judge(plan.assignments).ranked(under: order.splitPolicy)
        #expect(verdict == order.best, "seed \(seed)")
    }

    @Test func `finds every pile of which more is worth having, and the least that is`() throws {
        var seen = 0
        for seed in Self.seeds(60, long: 5000) {
            let sample = try Case(seed: seed)
            var expected: [[Int64]] = []
            for (line, asked) in sample.draft.lines.enumerated() {
                for (site, warehouse) in sample.draft.sites.enumerated() {
                    guard let stock = warehouse.stock.first(where: { $0.line == line }) else {
                        continue
                    }
                    let available = stock.tiers.reduce(0) { $0 + $1.quantity }
                    let level = (available..<max(available, asked.quantity)).map { $0 + 1 }
                        .first { level in
                            let more = sample.changed { $0.hold(level, of: line, at: site) }
                            return sample.isBetter(more.best)
                        }
                    if let level { expected.append([Int64(line), Int64(site), available, level]) }
                }
            }
            let found = sample.found.gains.map {
                [Int64($0.line), Int64($0.warehouse), $0.available, $0.level]
            }
            #expect(found == expected, "seed \(seed)")
            for gain in sample.found.gains {
                #expect(gain.isLeast, "seed \(seed)")
                let more = sample.changed { $0.hold(gain.level, of: gain.line, at: gain.warehouse) }
                try expectBest(gain.plan, of: more, seed)
                seen += 1
            }
        }
        #expect(seen > 20)
    }

    @Test func `says what becomes of a plan when one of its piles has less`() throws {
        var flips = [0, 0]
        for seed in Self.seeds(60, long: 5000) {
            let sample = try Case(seed: seed)
            guard let plan = plan(sample.solution) else { continue }
            let piles = plan.costs.warehouses
                .flatMap { site in site.picks.map { [Int64($0.line), Int64(site.warehouse)] } }
                .sorted { $0.lexicographicallyPrecedes($1) }
            let found = sample.found.losses.map { [Int64($0.line), Int64($0.warehouse)] }
            #expect(found == piles, "seed \(seed)")
            for loss in sample.found.losses {
                let less = { (level: Int64) in
                    sample.changed { $0.hold(level, of: loss.line, at: loss.warehouse) }
                }
                try expect(loss.next, of: less(loss.taken - 1), seed)
                switch loss.flip {
                case .below(let level, let best):
                    flips[0] += 1
                    try expect(best, of: less(level), seed)
                    if case .plan(let other, _) = best {
                        #expect(other.warehouses != plan.warehouses, "seed \(seed)")
                    }
                    expectSame(plan.warehouses, in: less(level + 1), seed)
                case .never:
                    flips[1] += 1
                    expectSame(plan.warehouses, in: less(0), seed)
                case .unknown: Issue.record("seed \(seed): no answer")
                }
            }
        }
        #expect(flips[0] > 20 && flips[1] > 2, "\(flips)")
    }

    private func expect(
        _ alternative: SplitExplanation.Alternative,
        of order: OrderDraft,
        _ seed: Int
    ) throws {
        switch alternative {
        case .plan(let plan, _): try expectBest(plan, of: order, seed)
        case .none: #expect(order.best == nil, "seed \(seed)")
        case .unknown: Issue.record("seed \(seed): no answer")
        }
    }

    /// Expects that no plan of an order is better than one that ships from just these sites.
    private func expectSame(_ sites: [Int], in order: OrderDraft, _ seed: Int) {
        var restricted = order
        restricted.policy.forced = sites
        restricted.policy.forbidden = order.sites.indices.filter { !sites.contains($0) }
        #expect(restricted.best == order.best, "seed \(seed)")
    }

    // However little work there is, what is said of a difference must be true.
    @Test func `never claims more than is proved`() throws {
        var open = 0
        for seed in Self.seeds(150, long: 5000) {
            let sample = try Case(seed: seed, nodes: 1)
            guard let best = sample.best else { continue }
            for cost in sample.found.rules {
                guard let other = sample.changed({ $0.lift(cost.rule) }).best,
                    let difference = cost.difference,
                    let least = difference.costMinimum, let most = difference.costMaximum
                else { continue }
                let truth = Cost(best.cost - other.cost)
                #expect(least <= truth && truth <= most, "seed \(seed) \(cost.rule)")
                if least < most { open += 1 }
            }
        }
        #expect(open > 0)
    }
}
