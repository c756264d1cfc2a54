import AllocationModel
import SplitSolver
import Testing

/// What holds of every problem, large ones included.
struct `Split solver on any problem` {
    private func verdict(
        _ solution: SplitSolution,
        _ problem: SplitProblem,
        _ policy: SplitPolicy
    ) throws -> Verdict? {
        guard let plan = plan(solution) else { return nil }
        return try Referee(problem: problem, policy: policy).judge(plan.assignments)
            .ranked(under: policy)
    }

    @Test func `gives equal answers to equal questions`() throws {
        for seed in 1...15 {
            var source = ProblemSource(seed: seed, sites: 5, lines: 4, units: 9)
            let problem = source.problem()
            let policy = source.policy()

            let first = try solve(problem, under: policy, nodes: 50)
            let second = try solve(problem, under: policy, nodes: 50)

            #expect(first == second, "seed \(seed)")
        }
    }

    @Test func `finds the same cost whatever the order of sites and lines`() throws {
        for seed in 1...40 {
            var source = ProblemSource(seed: seed, sites: 4, lines: 3, units: 4)
            let problem = source.problem()
            let policy = source.policy()
            let renumbering = Renumbering(of: problem, seed: seed)
            let other = renumbering.renumbered(problem)
            let otherPolicy = renumbering.renumbered(policy)

            let one = try verdict(solve(problem, under: policy), problem, policy)
            let two = try verdict(solve(other, under: otherPolicy), other, otherPolicy)

            #expect(one == two, "seed \(seed)")
        }
    }

    @Test func `never costs more when a site has more`() throws {
        for seed in 1...40 {
            var source = ProblemSource(seed: seed, sites: 3, lines: 3, units: 4)
            let problem = source.problem()
            let policy = source.policy()
            let richer = SplitProblem(
                lines: problem.lines,
                warehouses: problem.warehouses.map { site in
                    SplitProblem.Site(
                        fixedCost: site.fixedCost,
                        stock: site.stock.map(withOneMore),
                        services: site.services
                    )
                }
            )

            let poor = try verdict(solve(problem, under: policy), problem, policy)
            let rich = try verdict(solve(richer, under: policy), richer, policy)

            if let poor { #expect(try #require(rich) <= poor, "seed \(seed)") }
        }
    }

    private func withOneMore(_ stock: SplitProblem.Stock) -> SplitProblem.Stock {
        SplitProblem.Stock(
            line: stock.line,
            tiers: stock.tiers + [SplitProblem.Tier(quantity: 1, scarcityCost: Cost(5))],
            pickCost: stock.pickCost,
            lots: stock.lots,
            unitWeight: stock.unitWeight,
            unitBillableWeight: stock.unitBillableWeight,
            freightClass: stock.freightClass,
            segregationGroup: stock.segregationGroup,
            multiple: stock.multiple
        )
    }

    @Test func `never ends worse than it began`() throws {
        for seed in 1...25 {
            var source = ProblemSource(seed: seed, sites: 5, lines: 5, units: 9)
            let problem = source.problem()
            let policy = source.policy()

            let first = try verdict(solve(problem, under: policy, nodes: 0), problem, policy)
            let last = try verdict(solve(problem, under: policy, nodes: 40), problem, policy)

            if let first { #expect(try #require(last) <= first, "seed \(seed)") }
        }
    }

    @Test func `answers large orders with lawful plans and bounds below them`() throws {
        for (sites, lines) in [(10, 20), (20, 20), (20, 100)] {
            var source = ProblemSource(seed: sites + lines, exactly: sites, by: lines, units: 30)
            let problem = source.problem()
            let policy = SplitPolicy(completeness: .partial)

            let best = try #require(plan(try solve(problem, under: policy, nodes: 1)))

            let verdict = try Referee(problem: problem, policy: policy).judge(best.assignments)
            #expect(verdict.cost == best.cost.tenThousandths)
            #expect(best.bound <= best.cost)
            #expect(best.bound > .zero)
        }
    }
}
