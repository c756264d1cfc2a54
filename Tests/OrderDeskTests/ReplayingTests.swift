import AllocationModel
import AllocationProtocol
import OrderDesk
import Testing

/// An order that was decided from these bids, as its record tells.
struct PastOrder {
    let record: OrderRecord
    let evidence: Evidence
    let ruling: BuyerRuling

    init(
        _ order: Order,
        from bids: [Bid],
        by rules: OfficeRules = .none,
        under policy: SourcingPolicy = SourcingPolicy()
    ) throws {
        ruling = rules.ruling(on: order, receivedAt: Example.monday)
        let task = SolveTask(
            order: order,
            round: RoundID(order: order.id, attempt: 1),
            bids: bids,
            policy: policy,
            ruling: ruling
        )
        let outcome: OrderOutcome
        let nodes: Int64
        switch task.run() {
        case .plan(let solution): (outcome, nodes) = (.confirmed(solution.plan), solution.nodes)
        case .unfillable(let refusals, let searched):
            (outcome, nodes) = (.refused(refusals), searched)
        case .undecided: throw ParseError("is not decided")
        }
        record = OrderRecord(
            order: order,
            outcome: outcome,
            receivedAt: Example.monday,
            decidedAt: Example.monday,
            transaction: nil,
            isSettled: true
        )
        evidence = Evidence(
            bids: bids,
            silent: [],
            unreachable: [],
            attempts: 1,
            nodes: nodes,
            solverVersion: Solution.solverVersion,
            rulesVersion: ruling.version,
            customer: ruling.customer,
            profiles: ruling.knownProfiles,
            policy: policy
        )
    }

    func explanation(isCancelled: @escaping () -> Bool = { false }) -> Explanation {
        Explaining.explain(
            record,
            from: evidence,
            under: SourcingPolicy(),
            by: ruling,
            isCancelled: isCancelled
        )
    }
}

extension Evidence {
    /// The same evidence with other bids, another count of attempts, or no policy.
    fileprivate func with(
        bids: [Bid]? = nil,
        attempts: Int? = nil,
        policy: SourcingPolicy?
    ) -> Evidence {
        Evidence(
            bids: bids ?? self.bids,
            silent: silent,
            unreachable: unreachable,
            attempts: attempts ?? self.attempts,
            nodes: nodes,
            solverVersion: solverVersion,
            rulesVersion: rulesVersion,
            customer: customer,
            profiles: profiles,
            policy: policy
        )
    }
}

struct `Replaying a decision` {
    private let valves = Example.valves.sorted { $0.key < $1.key }
        .map { Example.bid($0.key, $0.value) }

    private func replay(
        _ past: PastOrder,
        from evidence: Evidence? = nil,
        under policy: SourcingPolicy = SourcingPolicy()
    ) -> Replay {
        Replaying.replay(
            past.record,
            from: evidence ?? past.evidence,
            under: policy,
            by: past.ruling
        )
    }

    @Test func `leads to the same answer, be it a plan, a backorder or a refusal`() throws {
        let orders: [(Order, OrderStatus)] = [
            (Example.order("1", 20), .confirmed), (Example.order("2", 99, .partial), .backordered),
            (Example.order("3", 99), .refused),
        ]
        for (order, status) in orders {
            let past = try PastOrder(order, from: valves)
            let replay = replay(past)

            #expect(past.record.status == status)
            #expect(replay.isSame, "\(status)")
            #expect(replay.recorded == replay.repeated, "\(status)")
        }
    }

    @Test func `of an order that was cancelled leads to the plan that it had`() throws {
        let past = try PastOrder(Example.order(), from: valves)
        let plan = try #require(past.record.outcome?.plan)
        let cancelled = OrderRecord(
            order: past.record.order,
            outcome: .cancelled(plan),
            receivedAt: Example.monday,
            decidedAt: Example.monday,
            transaction: nil,
            isSettled: true
        )

        let replay = Replaying.replay(
            cancelled,
            from: past.evidence,
            under: SourcingPolicy(),
            by: past.ruling
        )

        #expect(replay.isSame)
    }

    @Test func `notices a record that was changed`() throws {
        let past = try PastOrder(Example.order(), from: valves)
        let other = valves.filter { $0.warehouse != Example.dallas } + [Example.bid("DAL", 7)]

        let replay = replay(
            past,
            from: past.evidence.with(
                bids: other.sorted { $0.warehouse < $1.warehouse },
                policy: past.evidence.policy
            )
        )

        #expect(!replay.isSame)
        #expect(replay.answer.plan != nil)
    }

    @Test func `takes the bounds of then, and today's only where the record has none`() throws {
        let past = try PastOrder(Example.order(), from: valves)
        let today = SourcingPolicy(warehousesMaximum: 1)

        let recorded = replay(past, under: today)
        let older = replay(past, from: past.evidence.with(policy: nil), under: today)

        #expect(recorded.isSame && recorded.hasPolicy)
        #expect(!older.isSame && !older.hasPolicy)
        #expect(older.answer.plan == nil)
    }

    @Test func `follows the rules of then`() throws {
        let rules = try Ruled.office("rules:\n- {rule: pinned, then: {force: [RNO]}}")
        let bids = [Ruled.bid("DAL", cents: 100), Ruled.bid("RNO", cents: 5000)]
        let past = try PastOrder(Ruled.order(by: nil), from: bids, by: rules)

        #expect(past.record.outcome?.plan?.warehouses == ["RNO"])
        #expect(replay(past).isSame)
        let without = Replaying.replay(
            past.record,
            from: past.evidence,
            under: SourcingPolicy(),
            by: .none
        )
        #expect(without.answer.plan?.warehouses == ["DAL"])
        #expect(!without.isSame)
    }

    @Test func `is not possible of an order that was rebuilt from what the sites hold`() throws {
        let past = try PastOrder(Example.order(), from: valves)

        #expect(Replaying.isPossible(from: past.evidence))
        #expect(!Replaying.isPossible(from: past.evidence.with(bids: [], attempts: 0, policy: nil)))
    }
}

struct `Trying a draft on a past order` {
    private let bids = [Ruled.bid("DAL", cents: 100), Ruled.bid("RNO", cents: 5000)]

    private func trial(_ draft: OfficeRules, on past: PastOrder) -> RuleTrial {
        Replaying.trial(
            of: past.record,
            from: past.evidence,
            under: SourcingPolicy(),
            by: draft.ruling(onPast: past.record, as: past.evidence)
        )
    }

    @Test func `says what would have come of it, and by which rules`() throws {
        let past = try PastOrder(Ruled.order(by: "TIER-1"), from: bids)
        let draft = try Ruled.office(
            """
            rules:
              - {rule: gold, when: {segment: tier-1}, then: {force: [RNO], alerts: [log]}}
              - {rule: silver, when: {segment: tier-2}, then: {force: [DAL]}}
            """
        )

        let trial = trial(draft, on: past)

        #expect(trial.isChanged)
        #expect(trial.answer.plan?.warehouses == ["RNO"])
        #expect(trial.rules == ["gold"])
        #expect(trial.relaxed == [])
    }

    @Test func `says that nothing would be otherwise`() throws {
        let past = try PastOrder(Ruled.order(by: "TIER-1"), from: bids)
        let draft = try Ruled.office("rules:\n- {rule: cheap, then: {objective: least-cost}}")

        let trial = trial(draft, on: past)

        #expect(!trial.isChanged)
        #expect(trial.rules == ["cheap"])
    }

    @Test func `names what would have been given up, and refusals`() throws {
        let past = try PastOrder(Ruled.order(by: nil), from: bids)
        let draft = { (soft: String) in
            try Ruled.office("rules:\n- {rule: near, then: {lead-time-days: 1}\(soft)}")
        }

        let relaxed = try trial(draft(", soft: [lead-time-days]"), on: past)
        let refused = try trial(draft(""), on: past)

        #expect(!relaxed.isChanged)
        #expect(relaxed.relaxed.count == 1)
        #expect(refused.isChanged)
        #expect(refused.answer.plan == nil)
    }

    @Test func `takes the buyer that the record names, else the one in the directory`() throws {
        let draft = try Ruled.office(
            "rules:\n- {rule: gold, when: {segment: tier-1}, then: {force: [RNO]}}"
        )
        // Ordered before there was a directory.
        let early = try PastOrder(Ruled.order(by: "TIER-1"), from: bids)
        // Ordered when the customer's segment was another.
        let once = OfficeRules(
            version: 1,
            rules: draft.rules,
            customers: ["TIER-1": Customer(id: "TIER-1", segment: "tier-9")]
        )
        let other = try PastOrder(Ruled.order(by: "TIER-1"), from: bids, by: once)

        #expect(early.evidence.customer == nil)
        #expect(trial(draft, on: early).answer.plan?.warehouses == ["RNO"])
        #expect(trial(draft, on: other).answer.plan?.warehouses == ["DAL"])
    }
}

struct `What rules cost an order` {
    private func applied(
        _ text: String,
        _ order: Order = Ruled.order(by: nil),
        from bids: [Bid],
        profiles: [SKUProfile] = []
    ) throws -> [Explanation.Rules.Applied] {
        let rules = try Ruled.office(text, profiles: profiles)
        return try PastOrder(order, from: bids, by: rules).explanation().rules.applied
    }

    private func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }

    @Test func `is the difference to the order solved without them, in money and days`() throws {
        let bids = [
            Ruled.bid("DAL", by: [Ruled.Way("slow", days: 4, cents: 100)]),
            Ruled.bid("RNO", by: [Ruled.Way("fast", days: 1, cents: 900)]),
        ]

        let found = try applied(
            """
            rules:
              - {rule: quick, then: {lead-time-days: 2, warehouses: 1, customs-papers: yes}}
            """,
            from: bids
        )

        #expect(
            found.map(\.effect) == ["warehouses: 1", "lead-time-days: 2", "customs-papers: yes"]
        )
        #expect(
            found.map(\.cost) == [
                .nothing, .difference(usd(800), days: -3, unitsShort: 0), nil,
            ]
        )
    }

    @Test func `counts the units that they leave short`() throws {
        let found = try applied(
            "rules:\n- {rule: local, then: {force: [DAL], completeness: partial}}",
            from: [Ruled.bid("DAL", units: 5, cents: 100), Ruled.bid("RNO", units: 15, cents: 900)]
        )

        let force = try #require(found.first { $0.effect == "force: [DAL]" })
        #expect(force.cost == .difference(usd(-900), days: 0, unitsShort: 15))
    }

    @Test func `is the order itself where it is refused because of them`() throws {
        let found = try applied(
            "rules:\n- {rule: quick, then: {lead-time-days: 1, no-air: yes}}",
            from: [Ruled.bid("DAL", cents: 900)]
        )

        #expect(found.map(\.effect) == ["no-air: yes", "lead-time-days: 1"])
        #expect(found.map(\.cost) == [.nothing, .order(usd(900))])
    }

    @Test func `is said of the SKU directory and of stock kept for others too`() throws {
        let bids = [Ruled.bid("DAL", cents: 100), Ruled.bid("RNO", cents: 900)]
        let profile = SKUProfile(sku: "VALVE-3IN", eligibleWarehouses: ["RNO"])

        let eligible = try applied("rules: []", from: bids, profiles: [profile])
        let kept = try applied(
            """
            protect:
              - {sku: VALVE-3IN, warehouse: DAL, units: 5, for: [tier-1]}
            rules: []
            """,
            from: bids
        )

        #expect(eligible.map(\.effect) == ["VALVE-3IN from RNO only"])
        #expect(eligible.map(\.cost) == [.difference(usd(800), days: 0, unitsShort: 0)])
        #expect(kept.map(\.effect) == ["5 x VALVE-3IN at DAL"])
        #expect(kept.map(\.cost) == [.difference(usd(800), days: 0, unitsShort: 0)])
    }

    @Test func `is left open when time is up, and counted`() throws {
        let rules = try Ruled.office("rules:\n- {rule: quick, then: {lead-time-days: 2}}")
        let past = try PastOrder(Ruled.order(by: nil), from: [Ruled.bid("DAL")], by: rules)

        let explanation = past.explanation(isCancelled: { true })

        #expect(explanation.rules.applied.map(\.cost) == [.undetermined])
        #expect(explanation.unasked > 0)
    }
}

struct `Stock levels at which an order flips` {
    /// The plan of the order with so many units at one site.
    private func plan(
        of order: Order,
        with units: Quantity,
        at warehouse: Warehouse.ID
    ) throws -> Plan? {
        let bids = Example.valves.sorted { $0.key < $1.key }
            .map { Example.bid($0.key, $0.key == warehouse ? units : $0.value) }
        return try PastOrder(order, from: bids).record.outcome?.plan
    }

    @Test func `are those at which solving with that stock gives another plan`() throws {
        for quantity: Quantity in [5, 11, 20, 27, 34] {
            let order = Example.order("4711", quantity)
            let bids = Example.valves.sorted { $0.key < $1.key }
                .map { Example.bid($0.key, $0.value) }
            let past = try PastOrder(order, from: bids)
            let base = try #require(past.record.outcome?.plan)

            let levels = past.explanation().stockLevels

            #expect(!levels.isEmpty, "\(quantity)")
            for level in levels {
                let there = try plan(of: order, with: level.level, at: level.warehouse)
                #expect(there?.warehouses ?? [] == level.warehouses, "\(quantity) \(level)")
                #expect(
                    there.map { $0.cost - base.cost } == level.difference,
                    "\(quantity) \(level)"
                )
                // One unit nearer to what there is, nothing has flipped yet.
                let isMore = level.level > level.available
                let nearer = isMore ? level.level.units - 1 : level.level.units + 1
                let before = try plan(of: order, with: Quantity(nearer), at: level.warehouse)
                if isMore {
                    #expect(before?.cost == base.cost, "\(quantity) \(level)")
                } else {
                    #expect(before?.warehouses == base.warehouses, "\(quantity) \(level)")
                }
            }
        }
    }
}
