import AllocationModel
import SplitInstanceSource
import SplitInstances
import SplitSolver
import Testing

/// What holds of orders as distributors get them, whatever else is true of them.
struct `Split solver on drawn orders` {
    /// One order of each family, in one size after another, with a seed of its own.
    private static func orders(_ sizes: [(lines: Int, sites: Int)]) -> [SplitInstance] {
        InstanceFamily.all.enumerated()
            .map { index, family in
                let (lines, sites) = sizes[index % sizes.count]
                return InstanceSource.instance(
                    of: family,
                    InstanceSize(lines: lines, sites: sites, services: 3 + index % 4),
                    seed: UInt64(100 * lines + index)
                )
            }
    }

    /// Sizes of which most are proved within `nodes`.
    private static let small = orders([(1, 8), (3, 3), (2, 5)])
    private static let large = orders([(6, 6), (10, 8), (8, 4)])
    private static let nodes = 20

    private func solve(_ order: SplitInstance, nodes: Int) throws -> SplitSolution {
        try solve(order, SolverBudget(nodes: nodes))
    }

    private func solve(_ order: SplitInstance, _ budget: SolverBudget) throws -> SplitSolution {
        try SplitSolver.solve(order.problem, under: order.policy, within: budget)
    }

    private func verdict(of plan: SplitPlan, for order: SplitInstance) throws -> Verdict {
        try Referee(problem: order.problem, policy: order.policy).judge(plan.assignments)
            .ranked(under: order.policy)
    }

    private func with(
        _ order: SplitInstance,
        problem: SplitProblem? = nil,
        policy: SplitPolicy? = nil
    ) -> SplitInstance {
        SplitInstance(
            id: order.id,
            problem: problem ?? order.problem,
            policy: policy ?? order.policy,
            names: order.names
        )
    }

    /// Prices leave out sites, ways and units that no better plan uses; this searches all of it.
    @Test(arguments: 0..<8, [100, 2000])
    func `finds with prices what it finds without any`(_ part: Int, _ rounds: Int) throws {
        for index in 0..<15 {
            let family = InstanceFamily.all[(part * 15 + index) % InstanceFamily.all.count]
            let (lines, sites) = [(2, 4), (3, 6), (4, 8), (6, 6), (2, 8)][index % 5]
            let order = InstanceSource.instance(
                of: family,
                InstanceSize(lines: lines, sites: sites, services: 3 + index % 4),
                seed: UInt64(9000 + part * 15 + index)
            )
            if order.policy.objective != .weighted { continue }
            let with = plan(try solve(order, SolverBudget(nodes: 400, priceRounds: rounds)))
            let without = plan(try solve(order, SolverBudget(nodes: 400, priceRounds: 0)))
            guard let with, let without else {
                #expect((with == nil) == (without == nil), "\(order.id)")
                continue
            }

            #expect(with.bound <= without.cost, "\(order.id)")
            #expect(without.bound <= with.cost, "\(order.id)")
            if with.isProved && without.isProved {
                #expect(with.cost == without.cost, "\(order.id)")
            }
        }
    }

    @Test func `bounds every plan from below before any relaxation is solved`() throws {
        var (shares, count) = (0.0, 0)
        for order in Self.small + Self.large where order.policy.objective == .weighted {
            guard let first = plan(try solve(order, nodes: 0)),
                let best = plan(try solve(order, nodes: Self.nodes))
            else { continue }

            #expect(first.bound <= best.cost, "\(order.id)")
            #expect(first.bound <= best.bound, "\(order.id)")
            shares += Double(first.bound.tenThousandths) / Double(best.cost.tenThousandths)
            count += 1
        }

        #expect(count >= 20)
        // Two thirds of the cost on average; a bound of nothing would hold too.
        #expect(shares / Double(count) > 0.6, "\(shares / Double(count))")
    }

    @Test func `ends with a lawful plan soon after it is cancelled, wherever that is`() throws {
        let order = try #require(Self.large.first { $0.policy.objective == .weighted })
        for allowed in [0, 1, 20, 100, 150, 300] {
            var asked = 0
            let solution = try SplitSolver.solve(
                order.problem,
                under: order.policy,
                within: SolverBudget(),
                isCancelled: {
                    asked += 1
                    return asked > allowed
                }
            )

            // The lines and sites of each plan that was yet to be improved are passed over.
            #expect(asked - allowed < 200, "\(asked)")
            let best = try #require(plan(solution))
            #expect(try verdict(of: best, for: order).cost == best.cost.tenThousandths)
        }
    }

    @Test func `ships every kind of order lawfully, at the cost and above the bound it states`()
        throws
    {
        var filled = 0
        let orders = Self.small + Self.large
        for order in orders {
            guard let best = plan(try solve(order, nodes: 2)) else { continue }
            filled += 1
            let verdict = try verdict(of: best, for: order)
            #expect(best.cost.tenThousandths == verdict.cost, "\(order.id)")
            #expect(best.bound <= best.cost, "\(order.id)")
            #expect(!best.isProved || best.bound == best.cost, "\(order.id)")
        }
        #expect(filled * 100 >= orders.count * 95, "\(filled) of \(orders.count)")
    }

    @Test func `never ends worse than the plan it began with`() throws {
        for order in Self.large {
            guard let first = plan(try solve(order, nodes: 0)) else { continue }

            let last = try #require(plan(try solve(order, nodes: 2)), "\(order.id)")

            #expect(
                try verdict(of: last, for: order) <= verdict(of: first, for: order),
                "\(order.id)"
            )
        }
    }

    /// As of orders so large that their linear programs are not worth beginning.
    @Test func `looks for plans by prices alone for as long as it may`() throws {
        var (improved, unproved) = (0, 0)
        for order in Self.orders([(12, 12)]) where order.policy.objective == .weighted {
            func best(_ nodes: Int) throws -> SplitPlan? {
                plan(try solve(order, SolverBudget(nodes: nodes, priceRounds: 3, arcsRelaxed: 0)))
            }
            guard let first = try best(0) else { continue }
            let last = try #require(try best(40), "\(order.id)")

            #expect(first.nodes == 0)
            #expect(last.nodes <= 40)
            let known = plan(try solve(order, nodes: 4))
            #expect(try last.bound <= #require(known).cost, "\(order.id)")
            #expect(try verdict(of: last, for: order).cost == last.cost.tenThousandths)
            #expect(last.cost <= first.cost, "\(order.id)")
            if last.cost < first.cost { improved += 1 }
            if !last.isProved { unproved += 1 }
        }
        #expect(improved >= 1)
        #expect(unproved >= 5)
    }

    /// A site that could ship in many ways has more sets of them than are tried.
    @Test func `bounds by prices alone what sites with many ways could ship`() throws {
        let best = try firstPlan(of: "rich-mixed", lines: 30, sites: 5, services: 4, seed: 7)

        #expect(best.bound.tenThousandths * 100 >= best.cost.tenThousandths * 95)
    }

    /// Lines that only several sites fill together are left out one by one, and come back whole.
    @Test func `begins with a plan that is near the best of whole lines`() throws {
        let best = try firstPlan(of: "line-complete", lines: 40, sites: 10, services: 5, seed: 9)

        #expect(best.bound.tenThousandths * 100 >= best.cost.tenThousandths * 97)
    }

    /// Returns what is found of an order before any linear program is solved.
    private func firstPlan(
        of name: String,
        lines: Int,
        sites: Int,
        services: Int,
        seed: UInt64
    ) throws -> SplitPlan {
        let family = try #require(InstanceFamily.all.first { $0.name == name })
        let size = InstanceSize(lines: lines, sites: sites, services: services)
        let order = InstanceSource.instance(of: family, size, seed: seed)
        return try #require(plan(try solve(order, nodes: 0)))
    }

    @Test func `claims with a small budget nothing that a larger one disproves`() throws {
        for order in Self.small {
            let large = try solve(order, nodes: Self.nodes)
            for nodes in [0, 1, 4] {
                switch (try solve(order, nodes: nodes), large) {
                case (.plan(let early), .plan(let late)):
                    let best = try verdict(of: late, for: order)
                    if early.isProved {
                        #expect(try verdict(of: early, for: order) == best, "\(order.id)")
                    }
                    // Of a plan with more units short or late the bound says nothing.
                    let isWeighted = order.policy.objective == .weighted
                    #expect(!isWeighted || early.bound <= late.cost, "\(order.id)")
                case (.plan, .unfillable(let refusal)):
                    Issue.record("\(order.id): \(refusal) after a plan")
                case (.unfillable(let refusal), .plan):
                    #expect(!refusal.isProved, "\(order.id)")
                case (.unfillable, .unfillable): break
                }
            }
        }
    }

    /// The same search, step by step: the same plan, bound and count of nodes, proved or not.
    @Test func `finds the same plan whatever the order of lines, sites and services`() throws {
        for (seed, order) in (Self.small + Self.large).enumerated() {
            let renumbering = Renumbering(of: order.problem, seed: seed)
            let one = try solve(order, nodes: Self.nodes)
            let other = try SplitSolver.solve(
                renumbering.renumbered(order.problem),
                under: renumbering.renumbered(order.policy),
                within: SolverBudget(nodes: Self.nodes)
            )
            guard let one = plan(one), let other = plan(other) else {
                #expect(plan(one) == nil && plan(other) == nil, "\(order.id)")
                continue
            }
            #expect(renumbering.restored(other.assignments) == one.assignments, "\(order.id)")
            #expect(other.bound == one.bound, "\(order.id)")
            #expect(other.nodes == one.nodes, "\(order.id)")
        }
    }

    @Test func `never costs more when the sites hold more`() throws {
        for order in Self.small {
            let richer = with(order, problem: restocked(order.problem))
            guard let poor = plan(try solve(order, nodes: Self.nodes)) else { continue }

            let rich = try #require(plan(try solve(richer, nodes: Self.nodes)), "\(order.id)")

            if rich.isProved {
                #expect(
                    try verdict(of: rich, for: richer) <= verdict(of: poor, for: order),
                    "\(order.id)"
                )
            }
            let isWeighted = order.policy.objective == .weighted
            #expect(!isWeighted || rich.bound <= poor.cost, "\(order.id)")
        }
    }

    /// The problem with a dozen units more of everything that is in stock.
    private func restocked(_ problem: SplitProblem) -> SplitProblem {
        SplitProblem(
            lines: problem.lines,
            warehouses: problem.warehouses.map { site in
                SplitProblem.Site(
                    fixedCost: site.fixedCost,
                    stock: site.stock.map { stock in
                        SplitProblem.Stock(
                            line: stock.line,
                            tiers: stock.tiers + [SplitProblem.Tier(quantity: 12)],
                            pickCost: stock.pickCost,
                            lots: stock.lots.map {
                                SplitProblem.LotQuantity(lot: $0.lot, quantity: $0.quantity + 12)
                            },
                            unitWeight: stock.unitWeight,
                            unitBillableWeight: stock.unitBillableWeight,
                            freightClass: stock.freightClass,
                            segregationGroup: stock.segregationGroup,
                            multiple: stock.multiple
                        )
                    },
                    services: site.services
                )
            }
        )
    }

    @Test func `never ships from a site once it is forbidden`() throws {
        for order in Self.small {
            guard let free = plan(try solve(order, nodes: Self.nodes)),
                let site = free.warehouses.first(where: { !order.policy.forced.contains($0) })
            else { continue }
            let policy = SplitPolicy(
                completeness: order.policy.completeness,
                warehousesMaximum: order.policy.warehousesMaximum,
                shipmentsMaximum: order.policy.shipmentsMaximum,
                objective: order.policy.objective,
                forced: order.policy.forced,
                forbidden: order.policy.forbidden + [site],
                preferences: order.policy.preferences
            )
            let stricter = with(order, policy: policy)

            guard let bound = plan(try solve(stricter, nodes: Self.nodes)) else { continue }

            #expect(!bound.warehouses.contains(site), "\(order.id)")
            if free.isProved {
                #expect(
                    try verdict(of: free, for: order) <= verdict(of: bound, for: stricter),
                    "\(order.id)"
                )
            }
        }
    }
}
