import AllocationModel
import AllocationProtocol
import BuyerRules
import Foundation
import OrderDesk
import Testing

/// Orders through the rows of `Examples/rules/template.yaml`, and through each row's “unless”.
struct `Solving by the template` {
    private let office: OfficeRules

    init() throws {
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = top.appending(path: "Examples/rules/template.yaml")
        office = try Ruled.office(String(contentsOf: path, encoding: .utf8))
    }

    @Test func `takes tier 1 from warehouse B though another is cheaper`() throws {
        let bids = [Ruled.bid("DAL", cents: 100), Ruled.bid("RNO", cents: 5000)]

        let plan = try office.plan(for: Ruled.order(by: "TIER-1"), from: bids)

        #expect(plan.warehouses == ["RNO"])
        #expect(try office.plan(for: Ruled.order(by: "TIER-3"), from: bids).warehouses == ["DAL"])
    }

    @Test func `refuses tier 1 what warehouse B cannot bring within 48 hours`() throws {
        let order = Ruled.order(by: "TIER-1")
        let services = [
            Ruled.Way("slow", days: 3, cents: 100), Ruled.Way("fast", days: 2, cents: 900),
        ]

        let plan = try office.plan(for: order, from: [Ruled.bid("RNO", by: services)])
        let late = office.result(for: order, from: [Ruled.bid("RNO", by: [services[0]])])

        #expect(plan.shipments.map(\.service) == ["fast"])
        guard case .unfillable(let refusals, _) = late else {
            Issue.record("\(late)")
            return
        }
        #expect(refusals.map(\.reason) == [.notServed])
    }

    @Test func `fills tier 2 at least cost, unless that takes more than 4 days`() throws {
        let order = Ruled.order(by: "TIER-2", type: .recurring)
        let four = [
            Ruled.Way("cheap", days: 4, cents: 100), Ruled.Way("fast", days: 1, cents: 900),
        ]
        let five = [
            Ruled.Way("cheap", days: 5, cents: 100), Ruled.Way("middle", days: 4, cents: 300),
            Ruled.Way("fast", days: 1, cents: 900),
        ]
        let late = [
            Ruled.Way("cheap", days: 6, cents: 100), Ruled.Way("fast", days: 5, cents: 900),
        ]
        func services(_ ways: [Ruled.Way]) throws -> [String] {
            try office.plan(for: order, from: [Ruled.bid("DAL", by: ways)]).shipments
                .map(\.service)
        }

        #expect(try services(four) == ["cheap"])
        // The cheapest of those that keep to the four days, and not simply the fastest.
        #expect(try services(five) == ["middle"])
        #expect(try services(late) == ["fast"])
    }

    @Test func `backorders for tier 2 what nobody has`() throws {
        let order = Ruled.order(by: "TIER-2", type: .recurring)

        let plan = try office.plan(for: order, from: [Ruled.bid("DAL", units: 12)])
        let other = office.result(
            for: Ruled.order(by: "TIER-3"),
            from: [Ruled.bid("DAL", units: 12)]
        )

        #expect(plan.backorders.map(\.quantity) == [8])
        guard case .unfillable = other else {
            Issue.record("\(other)")
            return
        }
    }

    @Test func `serves a guest from the closest, unless freight is over 100 dollars`() throws {
        let order = Ruled.order(by: nil, type: .oneTime)
        func warehouses(dallas cents: Int64) throws -> [Warehouse.ID] {
            let bids = [Ruled.bid("DAL", cents: cents), Ruled.bid("EWR", cents: 100)]
            return try office.plan(for: order, from: bids).warehouses
        }

        #expect(try warehouses(dallas: 10_000) == ["DAL"])
        #expect(try warehouses(dallas: 10_001) == ["EWR"])
    }

    @Test func `takes urgent maintenance from the fastest that has more than 5`() throws {
        let order = Ruled.order(by: nil, type: .maintenance, urgency: .urgent, units: 3)
        let slow = Ruled.bid("DAL", by: [Ruled.Way("slow", days: 3, cents: 100)], available: 50)
        func warehouses(reno available: Quantity) throws -> [Warehouse.ID] {
            let fast = Ruled.Way("fast", days: 1, cents: 9000)
            let reno = Ruled.bid("RNO", units: 3, by: [fast], available: available)
            return try office.plan(for: order, from: [slow, reno]).warehouses
        }

        #expect(try warehouses(reno: 6) == ["RNO"])
        #expect(try warehouses(reno: 5) == ["DAL"])
    }

    @Test func `ships abroad from warehouse C alone`() throws {
        let bids = [Ruled.bid("DAL", cents: 100), Ruled.bid("EWR", cents: 9000)]

        let abroad = try office.plan(for: Ruled.order(by: "TIER-3", to: "CA"), from: bids)
        let home = try office.plan(for: Ruled.order(by: "TIER-3"), from: bids)

        #expect(abroad.warehouses == ["EWR"])
        #expect(home.warehouses == ["DAL"])
    }
}

struct `Solving by rules` {
    @Test func `gives up soft effects in named steps and says which`() throws {
        let office = try Ruled.office(
            """
            relax:
              - {step: any warehouse, give-up: force}
              - {step: better late, give-up: lead-time-days}
            rules:
              - rule: pinned
                then: {force: [DAL], lead-time-days: 2}
                soft: [force, lead-time-days]
            """
        )
        let slow = [Ruled.Way("slow", days: 3, cents: 100)]
        let fast = [Ruled.Way("fast", days: 2, cents: 100)]
        func solved(_ bids: [Bid]) throws -> (sites: [Warehouse.ID], relaxed: [String]) {
            let solution = try #require(office.solution(for: Ruled.order(by: nil), from: bids))
            return (solution.plan.warehouses, solution.relaxed)
        }

        let kept = try solved([Ruled.bid("DAL", by: fast), Ruled.bid("RNO", by: fast)])
        let elsewhere = try solved([Ruled.bid("DAL", by: slow), Ruled.bid("RNO", by: fast)])
        let late = try solved([Ruled.bid("DAL", units: 2, by: slow), Ruled.bid("RNO", by: slow)])

        #expect(kept == (["DAL"], []))
        #expect(elsewhere == (["RNO"], ["any warehouse"]))
        #expect(late == (["RNO"], ["any warehouse", "better late"]))
    }

    @Test func `holds freight to its bound, and refuses where no plan keeps it`() throws {
        let office = try Ruled.office(
            "rules:\n- {rule: cap, then: {objective: fastest, freight: 10.00}}"
        )
        let ways = [
            Ruled.Way("fast", days: 1, cents: 1001), Ruled.Way("slow", days: 4, cents: 900),
        ]

        let plan = try office.plan(for: Ruled.order(by: nil), from: [Ruled.bid("DAL", by: ways)])
        let dear = office.result(for: Ruled.order(by: nil), from: [Ruled.bid("DAL", by: [ways[0]])])

        #expect(plan.shipments.map(\.service) == ["slow"])
        guard case .unfillable(let refusals, _) = dear else {
            Issue.record("\(dear)")
            return
        }
        #expect(refusals.map(\.reason) == [.noLawfulPlan])
    }

    @Test func `backorders no unit to be fast, near or in one shipment`() throws {
        for objective in ["fastest", "closest", "fewest-shipments"] {
            let office = try Ruled.office(
                """
                places: {DAL: 75261, EWR: 07114}
                rules:
                  - {rule: all, then: {objective: \(objective), completeness: partial}}
                """
            )
            let far = [Ruled.Way("slow", days: 30, cents: 50_000)]

            let plan = try office.plan(
                for: Ruled.order(by: nil),
                from: [Ruled.bid("DAL", units: 12), Ruled.bid("EWR", units: 8, by: far)]
            )

            #expect(plan.backorders == [], "\(objective)")
            #expect(plan.cost.decimal == "509.00", "\(objective)")
        }
    }

    @Test func `ships in one piece what is worth too little to split`() throws {
        let office = try Ruled.office("rules:\n- {rule: small, then: {no-split-under: 200.00}}")
        let bids = [
            Ruled.bid("DAL", units: 12, cents: 100), Ruled.bid("EWR", cents: 9000),
            Ruled.bid("RNO", units: 8, cents: 100),
        ]

        let small = try office.plan(for: Ruled.order(by: nil, value: "199.99"), from: bids)
        let large = try office.plan(for: Ruled.order(by: nil, value: "200.00"), from: bids)

        #expect(small.warehouses == ["EWR"])
        #expect(large.warehouses == ["DAL", "RNO"])
    }

    @Test func `accepts an order from the percentage on`() throws {
        let office = try Ruled.office(
            "rules:\n- {rule: most, then: {completeness: {at-least-percent: 60}}}"
        )

        let enough = office.result(for: Ruled.order(by: nil), from: [Ruled.bid("DAL", units: 12)])
        let few = office.result(for: Ruled.order(by: nil), from: [Ruled.bid("DAL", units: 11)])

        guard case .plan(let solution) = enough, case .unfillable(let refusals, _) = few else {
            Issue.record("\(enough) \(few)")
            return
        }
        #expect(solution.plan.backorders.map(\.quantity) == [8])
        #expect(refusals.map(\.available) == [11])
    }

    @Test func `keeps protected units for those they are kept for`() throws {
        let office = try Ruled.office(
            """
            protect:
              - {sku: VALVE-3IN, warehouse: DAL, units: 10, for: [tier-1]}
            rules: []
            """
        )
        let bids = [Ruled.bid("DAL", available: 25), Ruled.bid("RNO", cents: 5000)]

        let others = try office.plan(for: Ruled.order(by: "TIER-3"), from: bids)
        let own = try office.plan(for: Ruled.order(by: "TIER-1"), from: bids)

        #expect(own.warehouses == ["DAL"])
        #expect(others.demands.map { $0.lines[0].quantity } == [20])
        #expect(others.warehouses == ["RNO"])
    }

    @Test func `sends a SKU from eligible warehouses only, by services that may carry it`() throws {
        let profile = SKUProfile(sku: "VALVE-3IN", eligibleWarehouses: ["RNO"])
        let office = try Ruled.office(
            "rules:\n- {rule: ground, then: {no-air: yes, forbid-services: [rail]}}",
            profiles: [profile]
        )
        let ways = [
            Ruled.Way("air", days: 2, cents: 100, level: .twoDay),
            Ruled.Way("rail", days: 3, cents: 100), Ruled.Way("truck", days: 3, cents: 300),
            // What a rule says of a card it says of the card's services for goods with fees.
            Ruled.Way("rail+hazmat", days: 3, cents: 100),
        ]

        let plan = try office.plan(
            for: Ruled.order(by: nil),
            from: [Ruled.bid("DAL", cents: 1), Ruled.bid("RNO", by: ways)]
        )

        #expect(plan.shipments.map(\.service) == ["truck"])
    }

    @Test func `expedites what is worth enough, where there is such a service`() throws {
        let office = try Ruled.office("rules:\n- {rule: gift, then: {free-expedited-from: 500.00}}")
        let ways = [
            Ruled.Way("ground", days: 4, cents: 100),
            Ruled.Way("air", days: 2, cents: 3000, level: .twoDay),
        ]
        func service(_ value: String, _ ways: [Ruled.Way]) throws -> [String] {
            let order = Ruled.order(by: nil, value: value)
            return try office.plan(for: order, from: [Ruled.bid("DAL", by: ways)]).shipments
                .map(\.service)
        }

        #expect(try service("500.00", ways) == ["air"])
        #expect(try service("499.99", ways) == ["ground"])
        #expect(try service("500.00", [ways[0]]) == ["ground"])
    }

    @Test func `weighs days, miles and reluctance in money`() throws {
        let office = try Ruled.office(
            """
            places: {DAL: 75261, EWR: 07114}
            mixes: {balanced: {per-unit-day: 0.10}, near: {per-mile: 0.01}}
            rules:
              - {rule: days, when: {segment: tier-1}, then: {objective: balanced}}
              - {rule: miles, when: {segment: tier-2}, then: {objective: near}}
              - {rule: liked, when: {segment: tier-3}, then: {prefer: {DAL: 5.00}}}
            """
        )
        func service(
            _ customer: Customer.ID,
            _ first: Ruled.Way,
            _ second: Ruled.Way
        ) throws
            -> String
        {
            let bids = [Ruled.bid("DAL", by: [first]), Ruled.bid("EWR", by: [second])]
            return try office.plan(for: Ruled.order(by: customer), from: bids).shipments[0].service
        }

        // Twenty units a day later are worth two dollars.
        let slow = Ruled.Way("slow", days: 3, cents: 100)
        #expect(try service("TIER-1", Ruled.Way("fast", days: 2, cents: 299), slow) == "fast")
        #expect(try service("TIER-1", Ruled.Way("fast", days: 2, cents: 301), slow) == "slow")
        // Newark is some 1370 miles farther from Dallas: that is 13.70 dollars.
        let far = Ruled.Way("far", days: 3, cents: 100)
        #expect(try service("TIER-2", Ruled.Way("near", days: 3, cents: 1200), far) == "near")
        #expect(try service("TIER-2", Ruled.Way("near", days: 3, cents: 1700), far) == "far")
        // Others are used where they save five dollars.
        #expect(try service("TIER-3", Ruled.Way("liked", days: 3, cents: 599), far) == "liked")
        #expect(try service("TIER-3", Ruled.Way("liked", days: 3, cents: 601), far) == "far")
    }

    @Test func `charges for nothing but what carriers and sites ask`() throws {
        let office = try Ruled.office(
            """
            places: {DAL: 75261}
            rules:
              - {rule: near, then: {objective: closest, prefer: {RNO: 7.00}}}
            """
        )

        let plan = try office.plan(for: Ruled.order(by: nil), from: [Ruled.bid("DAL", cents: 900)])

        #expect(plan.cost.decimal == "9.00")
        #expect(plan.bound.decimal == "9.00")
        #expect(plan.isProved)
    }
}

/// Orders, bids and rules for these tests.
enum Ruled {
    /// A carrier service by what matters here.
    struct Way {
        let code: String
        let days: Int
        let cents: Int64
        let level: ServiceLevel

        init(_ code: String, days: Int, cents: Int64, level: ServiceLevel = .ground) {
            self.code = code
            self.days = days
            self.cents = cents
            self.level = level
        }
    }

    static let customers: [Customer.ID: Customer] = [
        "TIER-1": Customer(id: "TIER-1", segment: "tier-1"),
        "TIER-2": Customer(id: "TIER-2", segment: "tier-2"),
        "TIER-3": Customer(id: "TIER-3", segment: "tier-3"),
    ]

    static func office(_ text: String, profiles: [SKUProfile] = []) throws -> OfficeRules {
        let (set, faults) = RuleSet.reading(text)
        #expect(faults == [])
        return OfficeRules(
            version: 7,
            rules: CompiledRules(try #require(set)),
            customers: customers,
            profiles: Dictionary(uniqueKeysWithValues: profiles.map { ($0.sku, $0) })
        )
    }

    static func order(
        by customer: Customer.ID?,
        type: OrderType? = nil,
        urgency: Urgency = .normal,
        value: String? = nil,
        to country: String = "US",
        units: Quantity = 20
    ) -> Order {
        let isHome = country == "US"
        return Order(
            id: "4711",
            lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: units)],
            destination: Destination(
                country: isHome ? .us : (try? Country(parsing: country)) ?? .us,
                postalCode: isHome ? "75001" : "K1A 0B1"
            ),
            terms: OrderTerms(
                customer: customer,
                value: value.flatMap { try? Money(parsing: $0, in: .usd) },
                type: type,
                urgency: urgency
            )
        )
    }

    static func bid(_ warehouse: Warehouse.ID, units: Quantity = 20, cents: Int64 = 900) -> Bid {
        bid(warehouse, units: units, by: [Way("ground", days: 2, cents: cents)])
    }

    static func bid(_ warehouse: Warehouse.ID, available: Quantity) -> Bid {
        bid(warehouse, by: [Way("ground", days: 2, cents: 900)], available: available)
    }

    static func bid(
        _ warehouse: Warehouse.ID,
        units: Quantity = 20,
        by ways: [Way],
        available: Quantity? = nil
    ) -> Bid {
        guard let cutoff = TimeOfDay(hour: 14, minute: 0) else {
            preconditionFailure("a day has two o'clock")
        }
        // Orders come on Monday, 2 March 2026: `Example.monday`.
        let monday = CivilDate(daysSinceEpoch: 20_514)
        return Bid(
            warehouse: warehouse,
            offers: [
                Bid.Offer(
                    line: 0,
                    tiers: [Bid.Tier(quantity: units)],
                    unitWeight: Weight(grams: 450),
                    unitBillableWeight: Weight(grams: 450),
                    available: available
                )
            ],
            services: ways.map { way in
                Bid.Service(
                    code: way.code,
                    carrier: "UPS",
                    level: way.level,
                    tariff: .parcelTable(
                        ParcelTableTariff(
                            steps: [
                                ParcelTableTariff.Step(
                                    weightMaximum: 70_000,
                                    charge: Money(minorUnits: way.cents, currency: .usd).cost
                                )
                            ],
                            packagesMaximum: 9
                        )
                    ),
                    leaves: monday,
                    arrives: monday.adding(days: way.days),
                    cutoff: cutoff
                )
            }
        )
    }
}

extension OfficeRules {
    func result(for order: Order, from bids: [Bid]) -> Solution.Result {
        SolveTask(
            order: order,
            round: RoundID(order: order.id, attempt: 1),
            bids: bids,
            policy: SourcingPolicy(),
            ruling: ruling(on: order, receivedAt: Example.monday)
        )
        .run()
    }

    func solution(for order: Order, from bids: [Bid]) -> Solution? {
        guard case .plan(let solution) = result(for: order, from: bids) else { return nil }
        return solution
    }

    func plan(for order: Order, from bids: [Bid]) throws -> Plan {
        try #require(solution(for: order, from: bids)?.plan)
    }
}

struct `An office with rules` {
    private func decide(_ rules: OfficeRules?) throws -> (OrderRecord, Evidence) {
        var bench = Bench()
        if let rules { _ = bench.tell(.rulesChanged(rules)) }
        let order = Example.order("4711", 8)
        let decided = bench.vote(bench.solve(bench.bid(bench.submit(order))))
        guard case .placed(let record)? = decided.submissions.first,
            case .confirmed(let confirmation)? = decided.records.first?.content
        else { throw ParseError("is not decided") }
        return (record, confirmation.evidence)
    }

    @Test func `fills the next order by the rules that came, and notes their version`() throws {
        let rules = try Ruled.office("rules:\n- {rule: pinned, then: {force: [EWR]}}")

        let (before, evidenceBefore) = try decide(nil)
        let (after, evidenceAfter) = try decide(rules)

        #expect(before.outcome?.plan?.warehouses == ["DAL"])
        #expect(evidenceBefore.rulesVersion == 0)
        #expect(after.outcome?.plan?.warehouses == ["EWR"])
        #expect(evidenceAfter.rulesVersion == 7)
    }

    @Test func `explains by the rules of the decision, in money that is paid`() throws {
        let rules = try Ruled.office(
            """
            places: {EWR: 07114, DAL: 75261, RNO: 89502}
            rules:
              - {rule: near, then: {prefer: {EWR: 500.00}, shipments: 1}, soft: [shipments]}
            """
        )
        let (record, evidence) = try decide(rules)
        let ruling = rules.ruling(
            on: record.order,
            for: evidence.customer,
            profiles: [nil],
            receivedAt: record.receivedAt
        )

        let explanation = Explaining.explain(
            record,
            from: evidence,
            under: SourcingPolicy(),
            by: ruling
        )

        let usd = { Money(minorUnits: $0, currency: .usd) }
        #expect(record.outcome?.plan?.cost == usd(2500))
        // Dallas would be 16.00 cheaper: it is the preference that puts Newark first.
        #expect(
            explanation.sites.map(\.verdict) == [
                .dearer(by: usd(-1600)), .used(withoutIt: .costs(usd(-1600))),
                .dearer(by: usd(-1400)),
            ]
        )
        #expect(explanation.rules.version == 7)
        #expect(
            explanation.rules.applied == [
                .init(
                    rule: "near",
                    effect: "prefer: {EWR: 500.00}",
                    isSoft: false,
                    cost: .difference(usd(1600), days: 0, unitsShort: 0)
                ),
                .init(rule: "near", effect: "shipments: 1", isSoft: true, cost: .nothing),
            ]
        )
        #expect(explanation.rules.relaxed == [])
    }
}
