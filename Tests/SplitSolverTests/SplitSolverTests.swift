import AllocationModel
import SplitSolver
import Testing

struct `Split solver` {
    @Test func `ships 8 from Dallas and 12 from Reno, and nothing from Newark`() throws {
        let solution = try solve(Background.problem())

        let best = try #require(plan(solution))
        #expect(
            best.assignments == [
                SplitAssignment(line: 0, warehouse: Background.dal, service: 0, quantity: 8),
                SplitAssignment(line: 0, warehouse: Background.rno, service: 0, quantity: 12),
            ]
        )
        // Two bases, two handlings, 20 valves of 4 kg at 1 for a gram.
        #expect(best.cost == Cost(90_000 + 140_000 + 40_000 + 80_000))
        #expect(best.isProved)
        #expect(best.bound == best.cost)
        #expect(best.costs.shipments.map(\.freight) == [Cost(122_000), Cost(188_000)])
    }

    @Test func `says which lines cannot be found and how much of each can`() throws {
        let solution = try solve(Background.problem(asking: 36))

        #expect(
            solution
                == .unfillable(SplitRefusal(unitsMaximum: [35], isProved: true, nodes: 1))
        )
    }

    @Test func `backorders what nobody has when the order may be partial`() throws {
        let solution = try solve(
            Background.problem(asking: 36),
            under: SplitPolicy(completeness: .partial)
        )

        let best = try #require(plan(solution))
        #expect(best.costs.backorderedUnits == [1])
        #expect(best.costs.backorder == Cost(500_000))
    }

    @Test func `takes whole boxes where a site opens none`() throws {
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 20)],
            warehouses: [
                Background.site(holding: 30, basePrice: 10, multiple: 12),
                Background.site(holding: 30, basePrice: 90_000),
            ]
        )

        let best = try #require(plan(try solve(problem)))

        #expect(best.assignments.map(\.quantity) == [12, 8])
    }

    @Test func `prefers fewer shipments among plans of equal cost`() throws {
        // One shipment by the dear service costs what two by the cheap ones do.
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 2)],
            warehouses: [
                Background.site(holding: 1, basePrice: 100_000),
                Background.site(holding: 1, basePrice: 100_000),
                Background.site(holding: 2, basePrice: 220_000),
            ]
        )

        let best = try #require(plan(try solve(problem)))

        #expect(best.warehouses == [2])
    }

    @Test func `prefers the earlier arrival among plans of equal cost`() throws {
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 2)],
            warehouses: [5, 3, 4].map { Background.site(holding: 2, basePrice: 10, eta: $0) }
        )

        let best = try #require(plan(try solve(problem)))

        #expect(best.warehouses == [1])
    }

    @Test func `prefers the earlier site of the input among plans alike in all else`() throws {
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 6), SplitProblem.Line(quantity: 4)],
            warehouses: (0..<4)
                .map { _ in
                    Background.site(holding: 6, basePrice: 10, lines: [0, 1])
                }
        )

        let best = try #require(plan(try solve(problem)))

        #expect(best.warehouses == [0])
    }

    @Test func `counts backordered before late units before cost in a lexicographic order`()
        throws
    {
        let late = [SplitProblem.LateLine(line: 0, penalty: .zero)]
        let stock = SplitProblem.Stock(
            line: 0,
            tiers: [SplitProblem.Tier(quantity: 9)],
            unitWeight: 1,
            unitBillableWeight: 1
        )
        let services = [
            Background.service(basePrice: 10, late: late),
            Background.service(basePrice: 90_000_000),
        ]
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 9)],
            warehouses: [SplitProblem.Site(stock: [stock], services: services)]
        )

        let best = try #require(
            plan(
                try solve(
                    problem,
                    under: SplitPolicy(completeness: .partial, objective: .lexicographic)
                )
            )
        )

        #expect(best.costs.backorderUnits == 0)
        #expect(best.assignments.map(\.service) == [1])
    }

    @Test func `answers with a lawful unproved plan when it is cancelled`() throws {
        // Nine units leave part of what either site has, so no sum of least costs is exact.
        let problem = Background.problem(asking: 9)
        let solution = try SplitSolver.solve(
            problem,
            under: SplitPolicy(),
            within: SolverBudget(priceRounds: 0),
            isCancelled: { true }
        )

        let best = try #require(plan(solution))
        #expect(!best.isProved)
        #expect(best.bound <= best.cost)
        _ = try Referee(problem: problem, policy: SplitPolicy()).judge(best.assignments)
    }

    @Test func `leaves no fewer units for the next site than it may give at once`() throws {
        let lines = [
            SplitProblem.Line(quantity: 14, minimumQuantity: 3),
            SplitProblem.Line(quantity: 5),
        ]
        let problem = SplitProblem(
            lines: lines,
            warehouses: [
                Background.site(holding: 13, basePrice: 90_000, lines: [0, 1]),
                Background.site(holding: 14, basePrice: 900_000),
            ]
        )
        let policy = SplitPolicy(completeness: .complete)

        // Cancelled at once, so that no later move mends the first plan.
        let solution = try SplitSolver.solve(
            problem,
            under: policy,
            within: SolverBudget(priceRounds: 0),
            isCancelled: { true }
        )

        let first = try #require(plan(solution))
        _ = try Referee(problem: problem, policy: policy).judge(first.assignments)
    }

    @Test func `proves one line of two thousand units over a dozen sites`() throws {
        let sites = (0..<12)
            .map { (index: Int) -> SplitProblem.Site in
                let held = 150 + 31 * index % 200
                let base = 60_000 + 7919 * index
                return Background.site(holding: Int64(held), basePrice: Int64(base))
            }
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 1500)],
            warehouses: sites
        )

        let best = try #require(plan(try solve(problem, nodes: 2000)))

        #expect(best.isProved)
        _ = try Referee(problem: problem, policy: SplitPolicy()).judge(best.assignments)
    }

    @Test func `stops early at a plan within the gap that was asked for`() throws {
        var source = ProblemSource(seed: 5, exactly: 4, by: 4, units: 12)
        let problem = source.problem()
        let policy = SplitPolicy(completeness: .partial)

        let loose = try #require(
            plan(
                try SplitSolver.solve(
                    problem,
                    under: policy,
                    within: SolverBudget(nodes: 20_000, gapMillionths: 500_000)
                )
            )
        )
        let exact = try #require(plan(try solve(problem, under: policy)))

        #expect(loose.nodes < exact.nodes)
        #expect(loose.gap.tenThousandths * 2 <= loose.cost.tenThousandths)
    }
}
