import AllocationModel
import SplitSolver
import Testing

/// A plan's rules and stock, in cases that can be added up by hand.
///
/// A valve weighs 4 kg and 15 fill a package. Dallas charges 9 for a package,
/// Reno 14 and Newark 90; a kilogram is 0.10 and a shipment 2 everywhere.
struct `Split sensitivity` {
    private func sensitivity(_ draft: OrderDraft) throws -> SplitSensitivity {
        let (problem, policy) = (draft.problem, draft.splitPolicy)
        let solution = try solve(problem, under: policy)
        return try SplitSolver.sensitivity(
            of: solution,
            to: problem,
            under: policy,
            within: SolverBudget(nodes: 20_000)
        )
    }

    /// A change to the order of some valves that a rule makes dearer.
    private struct RuleCase {
        let rule: SplitRule
        let quantity: Int64
        let cost: Int64
        /// The sites that ship without the rule, and what that comes to.
        let without: ([Int], Int64)
        let change: (inout OrderDraft) -> Void
    }

    private let ruleCases = [
        // One site has 15, at 90 + 6 + 2; Dallas and Reno come to 9 + 14 + 6 + 4.
        RuleCase(rule: .noSplit(line: 0), quantity: 15, cost: 650_000, without: ([0, 1], 330_000)) {
            $0.lines[0].noSplit = true
        },
        RuleCase(rule: .warehousesMaximum, quantity: 15, cost: 650_000, without: ([0, 1], 330_000))
        {
            $0.policy.warehousesMaximum = 1
        },
        RuleCase(rule: .shipmentsMaximum, quantity: 15, cost: 650_000, without: ([0, 1], 330_000)) {
            $0.policy.shipmentsMaximum = 1
        },
        RuleCase(
            rule: .singleLot(line: 0),
            quantity: 15,
            cost: 650_000,
            without: ([0, 1], 330_000)
        ) {
            $0.lines[0].singleLot = true
            for site in $0.sites.indices {
                $0.sites[site].stock = $0.sites[site].stock
                    .map {
                        changed($0, lots: [.init(lot: site, quantity: 99)])
                    }
            }
        },
        // Dallas and Newark at 9 + 90 + 8 + 4, where Dallas and Reno are 9 + 14 + 8 + 4.
        RuleCase(
            rule: .forbidden(warehouse: 1),
            quantity: 20,
            cost: 760_000,
            without: ([0, 1], 350_000)
        ) {
            $0.policy.forbidden = [1]
        },
        RuleCase(
            rule: .forced(warehouse: 2),
            quantity: 20,
            cost: 760_000,
            without: ([0, 1], 350_000)
        ) {
            $0.policy.forced = [2]
        },
        // Boxes of five: 5 from Dallas and 15 from Newark.
        RuleCase(rule: .multiple(line: 0), quantity: 20, cost: 760_000, without: ([0, 1], 350_000))
        {
            $0.changeStock(of: 0) { changed($0, multiple: 5) }
        },
        // Dallas' 8 are too few: Reno and Newark at 14 + 90 + 8 + 4.
        RuleCase(
            rule: .minimumQuantity(line: 0),
            quantity: 20,
            cost: 810_000,
            without: ([0, 1], 350_000)
        ) {
            $0.lines[0].minimumQuantity = 9
        },
        // Nine from Reno at 14 + 3.6 + 2; eight from Dallas and one for 3 never shipped.
        RuleCase(rule: .completeness, quantity: 9, cost: 24_000, without: ([0], 172_000)) {
            $0.lines[0].backorderCost = Cost(30_000)
        },
        // Reno at 14 + 3.2 + 2 where Dallas would be 9 + 3.2 + 2.
        RuleCase(rule: .blocked(line: 0), quantity: 8, cost: 50_000, without: ([0], 142_000)) {
            $0.sites[0].services = $0.sites[0].services.map { changed($0, blocked: [0]) }
        },
        RuleCase(rule: .lateness(line: 0), quantity: 8, cost: 50_000, without: ([0], 142_000)) {
            $0.sites[0].services = $0.sites[0].services
                .map {
                    changed($0, late: [.init(line: 0, penalty: Cost(10_000))])
                }
        },
    ]

    @Test func `says what each rule costs, and what ships without it`() throws {
        for sample in ruleCases {
            var draft = OrderDraft(
                Background.problem(asking: sample.quantity),
                under: SplitPolicy()
            )
            sample.change(&draft)

            let rules = try sensitivity(draft).rules

            #expect(rules.map(\.rule) == [sample.rule])
            let found = try #require(rules.first)
            let difference = try #require(found.difference)
            #expect(difference.cost == Cost(sample.cost), "\(sample.rule)")
            #expect(difference.isExact, "\(sample.rule)")
            #expect(found.without.warehouses == sample.without.0, "\(sample.rule)")
            #expect(found.without.cost == Cost(sample.without.1), "\(sample.rule)")
        }
    }

    @Test func `leaves out rules that cost nothing`() throws {
        var draft = OrderDraft(Background.problem(), under: SplitPolicy())
        draft.policy.warehousesMaximum = 2
        draft.policy.shipmentsMaximum = 3
        draft.policy.forced = [Background.rno]
        draft.lines[0].minimumQuantity = 8

        let found = try sensitivity(draft)

        #expect(found.rules == [])
        #expect(found.unasked == 0)
    }

    @Test func `finds the one of a dozen lines whose rule costs something`() throws {
        var draft = OrderDraft(Background.problem(), under: SplitPolicy())
        for line in 1..<12 {
            draft.lines.append(draft.lines[0])
            draft.lines[line].quantity = 1
            draft.lines[line].noSplit = true
            let stock = SplitProblem.Stock(
                line: line,
                tiers: [.init(quantity: 1)],
                unitWeight: 0,
                unitBillableWeight: 0
            )
            draft.sites[Background.rno].stock.append(stock)
        }
        draft.lines[0].quantity = 15
        draft.lines[0].noSplit = true

        let found = try sensitivity(draft)

        // The others weigh nothing and ride from Reno. With Newark's 98 that is a shipment more for
        // 2; Dallas and Reno come to 33 for all.
        #expect(found.rules.map(\.rule) == [.noSplit(line: 0)])
        #expect(found.rules.first?.difference?.cost == Cost(980_000 + 20_000 - 330_000))
    }

    @Test func `names the rules that leave an order without a plan`() throws {
        var draft = OrderDraft(Background.problem(), under: SplitPolicy())
        draft.policy.warehousesMaximum = 1

        let rules = try sensitivity(draft).rules

        #expect(rules.map(\.rule) == [.completeness, .warehousesMaximum])
        #expect(rules.map(\.difference) == [nil, nil])
        // Newark's 15 at 90 + 6 + 2, and five for 50 each not shipped.
        #expect(rules.first?.without.cost == Cost(980_000 + 2_500_000))
        #expect(rules.last?.without.cost == Cost(350_000))
    }

    // With one valve less in Dallas or Reno the two no longer suffice.
    @Test func `says at which stock other sites ship`() throws {
        let found = try sensitivity(OrderDraft(Background.problem(), under: SplitPolicy()))

        try #require(found.losses.count == 2)
        for (loss, site, units) in [(found.losses[0], 0, Int64(8)), (found.losses[1], 1, 12)] {
            #expect(loss.warehouse == site)
            #expect(loss.available == units)
            #expect(loss.taken == units)
            guard case .below(let level, .plan(let plan, let difference)) = loss.flip else {
                Issue.record("\(loss.flip)")
                continue
            }
            #expect(level == units - 1)
            #expect(plan.warehouses == [Background.dal, Background.ewr])
            #expect(difference == Cost(760_000))
            #expect(loss.next == .plan(plan, difference: difference))
        }
    }

    // Nine of twelve from Reno will do for 20 if Dallas has eleven; Newark takes over below.
    @Test func `looks on below the first unit for where other sites ship`() throws {
        var draft = OrderDraft(Background.problem(), under: SplitPolicy())
        draft.hold(11, of: 0, at: Background.dal)
        draft.lines[0].quantity = 13

        let found = try sensitivity(draft)

        // Thirteen from Dallas and Reno: 9 + 14 + 5.2 + 4, with up to eleven from Dallas. With
        // none from there Reno lacks one; with one, it does not.
        let dallas = try #require(found.losses.first { $0.warehouse == Background.dal })
        guard case .below(0, .plan(let other, _)) = dallas.flip else {
            Issue.record("\(dallas)")
            return
        }
        #expect(other.warehouses == [Background.rno, Background.ewr] || other.warehouses == [2])
    }

    @Test func `says with how many more units a better plan is possible`() throws {
        let found = try sensitivity(OrderDraft(Background.problem(), under: SplitPolicy()))

        // Only Dallas alone is cheaper, with two packages at 18 + 8 + 2: fewer than 20 gain nothing.
        #expect(found.gains.map(\.warehouse) == [Background.dal])
        let gain = try #require(found.gains.first)
        #expect(gain.available == 8)
        #expect(gain.level == 20)
        #expect(gain.isLeast)
        #expect(gain.plan.cost == Cost(280_000))
        #expect(gain.difference?.cost == Cost(70_000))
    }

    @Test func `says with how many more units an order could be filled at all`() throws {
        let draft = OrderDraft(Background.problem(asking: 40), under: SplitPolicy())

        let found = try sensitivity(draft)

        // Five are missing, wherever they come from.
        #expect(found.gains.map(\.level) == [13, 17, 20])
        #expect(found.gains.allSatisfy { $0.isLeast && $0.difference == nil })
        #expect(found.losses == [])
    }

    @Test func `asks nothing once it is cancelled, and says so`() throws {
        var draft = OrderDraft(Background.problem(), under: SplitPolicy())
        draft.policy.warehousesMaximum = 2
        let solution = try solve(draft.problem, under: draft.splitPolicy)

        let found = try SplitSolver.sensitivity(
            of: solution,
            to: draft.problem,
            under: draft.splitPolicy,
            within: SolverBudget(),
            isCancelled: { true }
        )
        let sites = try SplitSolver.explain(
            solution,
            of: draft.problem,
            under: draft.splitPolicy,
            within: SolverBudget(),
            isCancelled: { true }
        )

        #expect(found.rules == [] && found.losses == [] && found.gains == [])
        // Two rules, three piles that could have more and two that could have less.
        #expect(found.unasked == 7)
        #expect(
            sites.warehouses
                == [.used(without: .unknown), .used(without: .unknown), .unused(using: .unknown)]
        )
    }

    @Test func `tells how far apart two plans are that are not proved`() {
        let (plan, other) = (unproved(cost: 100, bound: 90), unproved(cost: 130, bound: 120))

        let weighted = SplitDifference(of: other, over: plan, under: SplitPolicy())
        let ranked = SplitDifference(
            of: other,
            over: plan,
            under: SplitPolicy(objective: .lexicographic)
        )

        #expect(weighted.cost == Cost(30))
        #expect(weighted.costMinimum == Cost(20))
        #expect(weighted.costMaximum == Cost(40))
        #expect(!weighted.isExact)
        #expect(ranked.costMinimum == nil)
        #expect(ranked.costMaximum == nil)
    }

    private func unproved(cost: Int64, bound: Int64) -> SplitPlan {
        SplitPlan(
            assignments: [],
            costs: SplitCosts(
                shipments: [],
                warehouses: [],
                backorderedUnits: [],
                backorder: .zero,
                total: Cost(cost)
            ),
            bound: Cost(bound),
            isProved: false,
            nodes: 1
        )
    }

    @Test func `gives an alternative of a proved plan work in proportion`() throws {
        let quick = SplitRefusal(unitsMaximum: [], isProved: true, nodes: 1)
        let long = SplitRefusal(unitsMaximum: [], isProved: true, nodes: 1000)
        let vain = SplitRefusal(unitsMaximum: [], isProved: false, nodes: 1000)

        let budgets = [quick, long, vain]
            .map {
                ExplanationLimits.budget(for: .unfillable($0), gapMillionths: 7)
            }

        #expect(budgets.map(\.nodes) == [256, 4000, 256])
        #expect(budgets.map(\.gapMillionths) == [7, 7, 7])
    }
}
