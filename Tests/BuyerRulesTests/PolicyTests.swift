import AllocationModel
import BuyerRules
import Testing

struct `Buyer policy` {
    @Test func `follows the contract before the customer, the segment and the rest`() throws {
        let rules = try Fixture.compiled(
            """
            rules:
              - {rule: rest, then: {shipments: 9}}
              - {rule: segment, when: {segment: gold}, then: {shipments: 8}}
              - {rule: tag, when: {tag: vip, payment: card}, then: {shipments: 7}}
              - {rule: company, when: {company: Acme Inc}, then: {shipments: 6}}
              - {rule: customer, when: {customer: ACME-7, payment: card}, then: {shipments: 5}}
              - {rule: contract, when: {contract: C-1}, then: {shipments: 4}}
            """
        )
        func rule(_ facts: BuyerFacts) -> String? { rules.policy(for: facts).effects.first?.rule }

        #expect(try rule(Fixture.facts()) == "rest")
        #expect(try rule(Fixture.facts(segment: "Gold")) == "segment")
        #expect(
            try rule(
                Fixture.facts(segment: "gold", customer: "BOLT-2", tags: ["VIP"], payment: .card)
            ) == "tag"
        )
        #expect(try rule(Fixture.facts(segment: "gold", company: "ACME Inc")) == "company")
        #expect(
            try rule(Fixture.facts(segment: "gold", company: "Acme Inc", payment: .card))
                == "customer"
        )
        #expect(
            try rule(
                Fixture.facts(segment: "gold", contract: "C-1", company: "Acme Inc", payment: .card)
            ) == "contract"
        )
    }

    @Test func `ranks a buyer by the rules for him, the contract's first, then by their place`()
        throws
    {
        let rules = try Fixture.compiled(
            """
            rules:
              - {rule: rest, then: {shipments: 9}}
              - {rule: tag, when: {tag: vip}, then: {shipments: 7}}
              - {rule: segment, when: {segment: gold, payment: card}, then: {shipments: 8}}
              - {rule: customer, when: {customer: ACME-7}, then: {shipments: 5}}
              - {rule: contract, when: {contract: C-1}, then: {shipments: 4}}
            """
        )
        func rank(_ facts: BuyerFacts) -> BuyerRank { rules.policy(for: facts).rank }

        let ranks = try [
            rank(Fixture.facts(segment: "gold", contract: "C-1", tags: ["vip"])),
            rank(Fixture.facts(segment: "gold", tags: ["vip"])),
            // The rule that asks for more decides what is done; who stands first, whose turn it is.
            rank(
                Fixture.facts(segment: "gold", customer: "BOLT-2", tags: ["vip"], payment: .card)
            ),
            rank(Fixture.facts(segment: "gold", customer: "BOLT-2", payment: .card)),
            rank(Fixture.facts()),
        ]
        #expect(ranks.map(\.rule) == ["contract", "customer", "tag", "segment", ""])
        #expect(ranks.map(\.number) == ranks.map(\.number).sorted())
        #expect(Set(ranks.map(\.number)).count == ranks.count)
    }

    @Test func `takes of equals the rule that asks for more, then the earlier one`() throws {
        let rules = try Fixture.compiled(
            """
            rules:
              - {rule: first, when: {segment: gold}, then: {shipments: 3}}
              - {rule: second, when: {tag: vip}, then: {shipments: 2}}
              - {rule: third, when: {segment: gold, payment: cod}, then: {shipments: 1}}
            """
        )
        func rule(_ facts: BuyerFacts) -> String? { rules.policy(for: facts).effects.first?.rule }

        #expect(try rule(Fixture.facts(segment: "gold", tags: ["vip"])) == "first")
        #expect(try rule(Fixture.facts(segment: "gold", tags: ["vip"], payment: .cod)) == "third")
    }

    @Test func `matches every part that a rule names and nothing less`() throws {
        let rules = try Fixture.compiled(
            """
            rules:
              - rule: all
                when:
                  sku: [VALVE-3IN, HOSE]
                  handling: fragile
                  freight-class: "77.5"
                  hazmat: yes
                  region: us-tx
                  country: US
                  destination: domestic
                  payment: [cod, card]
                  value: {at-least: 100.00, below: 200.00}
                  requested-within-days: 3
                then: {no-air: yes}
            """
        )
        let profile = SKUProfile(
            sku: "VALVE-3IN",
            handling: ["Fragile"],
            isHazardous: true,
            freightClass: .class77h
        )
        let soon = Fixture.day.adding(days: 3)
        func isMatched(_ facts: BuyerFacts) -> Bool { !rules.policy(for: facts).effects.isEmpty }
        func facts(
            payment: PaymentMethod = .cod,
            value: String? = "100.00",
            region: String = "TX",
            profile: SKUProfile? = profile,
            by day: CivilDate? = soon
        ) throws -> BuyerFacts {
            try Fixture.facts(
                payment: payment,
                value: value,
                region: region,
                profile: profile,
                requestedBy: day
            )
        }

        #expect(isMatched(try facts()))
        #expect(isMatched(try facts(value: "199.99")))
        #expect(!isMatched(try facts(payment: .terms)))
        #expect(!isMatched(try facts(value: "99.99")))
        #expect(!isMatched(try facts(value: "200.00")))
        #expect(!isMatched(try facts(value: nil)))
        #expect(!isMatched(try facts(region: "OK")))
        #expect(!isMatched(try facts(profile: nil)))
        #expect(!isMatched(try facts(by: soon.adding(days: 1))))
        #expect(!isMatched(try facts(by: nil)))
    }

    @Test func `holds from its first day to its last`() throws {
        let rules = try Fixture.compiled(
            """
            rules:
              - {rule: spring, from: 2026-03-01, until: 2026-03-31, then: {shipments: 1}}
            """
        )
        func count(_ day: String) throws -> Int {
            let day = try CivilDate(parsing: day)
            return rules.policy(for: try Fixture.facts(on: day)).effects.count
        }

        #expect(try count("2026-02-28") == 0)
        #expect(try count("2026-03-01") == 1)
        #expect(try count("2026-03-31") == 1)
        #expect(try count("2026-04-01") == 0)
    }

    @Test func `gives up what is soft in the steps of the file, and nothing that is hard`() throws {
        let rules = try Fixture.compiled(
            """
            relax:
              - {step: any site at all, give-up: [force, within-miles]}
            rules:
              - rule: gold
                when: {segment: gold}
                then: {force: [DAL], within-miles: 300, lead-time-days: 2, shipments: 1}
                soft: [force, within-miles, lead-time-days]
            """
        )

        let policy = rules.policy(for: try Fixture.facts(segment: "gold"))

        #expect(policy.steps.map(\.name) == ["any site at all", "without lead-time-days"])
        #expect(
            policy.effects(afterSteps: 0) == [
                .shipments(1), .withinMiles(300), .leadTimeDays(2), .force(["DAL"]),
            ]
        )
        #expect(policy.effects(afterSteps: 1) == [.shipments(1), .leadTimeDays(2)])
        #expect(policy.effects(afterSteps: 2) == [.shipments(1)])
    }

    @Test func `adds up what is forbidden, but not against a more specific force`() throws {
        let rules = try Fixture.compiled(
            """
            rules:
              - {rule: flood, then: {forbid: [ATL, RNO]}}
              - {rule: gold, when: {segment: gold}, then: {forbid: [SEA]}}
              - {rule: pinned, when: {contract: C-1}, then: {force: [RNO]}}
            """
        )

        #expect(
            try rules.says(Fixture.facts(segment: "gold")) == [
                Said("gold", .forbid(["SEA"])), Said("flood", .forbid(["ATL", "RNO"])),
            ]
        )
        #expect(
            try rules.says(Fixture.facts(segment: "gold", contract: "C-1")) == [
                Said("pinned", .force(["RNO"])), Said("gold", .forbid(["SEA"])),
                Said("flood", .forbid(["ATL"])),
            ]
        )
    }

    @Test func `counts amounts in the file's currency only`() throws {
        let rules = try Fixture.compiled(
            """
            currency: USD
            rules:
              - {rule: cheap, then: {freight: 100.00, shipments: 2}}
              - {rule: dear, when: {value: {at-least: 1.00}}, then: {no-air: yes}}
            """
        )
        let yen = try Currency(parsing: "JPY")

        #expect(try rules.says(Fixture.facts(value: "9.00")).count == 3)
        #expect(
            try rules.says(Fixture.facts(value: "900", currency: yen)) == [
                Said("cheap", .shipments(2))
            ]
        )
    }

    @Test func `keeps protected units from others and releases them as the day nears`() throws {
        let rules = try Fixture.compiled(
            """
            protect:
              - sku: VALVE-3IN
                warehouse: DAL
                units: 10
                for: [gold]
                until: 2026-03-11
                release-days: 4
            rules: []
            """
        )
        func kept(_ segment: String, on day: String) throws -> [Int64] {
            let facts = try Fixture.facts(segment: segment, on: try CivilDate(parsing: day))
            return rules.policy(for: facts).kept.map(\.units.units)
        }

        #expect(try kept("tin", on: "2026-03-04") == [10])
        #expect(try kept("tin", on: "2026-03-07") == [10])
        #expect(try kept("tin", on: "2026-03-08") == [8])
        #expect(try kept("tin", on: "2026-03-09") == [5])
        #expect(try kept("tin", on: "2026-03-10") == [3])
        #expect(try kept("tin", on: "2026-03-11") == [])
        #expect(try kept("gold", on: "2026-03-04") == [])
    }

    @Test func `takes a SKU only from where it may ship, to where it may go`() throws {
        let rules = CompiledRules(RuleSet())
        let locked = SKUProfile(sku: "VALVE-3IN", eligibleWarehouses: ["RNO"], regions: ["US-TX"])

        #expect(
            rules.policy(for: try Fixture.facts(profile: locked)).eligible == [0: ["RNO"]]
        )
        #expect(
            rules.policy(for: try Fixture.facts(region: "OK", profile: locked)).eligible == [0: []]
        )
        #expect(rules.policy(for: try Fixture.facts()).eligible == [:])
    }

    // The budget is a policy in 100 microseconds with 10,000 rules. What that takes is counted:
    // the rules that an order looks at, however many there are.
    @Test func `looks at the rules of its own names only, however many there are`() throws {
        let rules = (0..<10_000)
            .map { number in
                var condition = RuleCondition()
                switch number % 5 {
                case 0: condition.words[.contract] = ["c-\(number)"]
                case 1: condition.words[.customer] = ["k-\(number)"]
                case 2: condition.words = [.segment: ["gold"], .sku: ["sku-\(number)"]]
                case 3: condition.words[.tag] = ["tag-\(number)"]
                default: condition.words = [.segment: ["s-\(number % 1000)"], .payment: ["cod"]]
                }
                return Rule(name: "\(number)", condition: condition, effects: [.shipments(1)])
            }
        let compiled = CompiledRules(RuleSet(rules: rules))

        let facts = try Fixture.facts(
            segment: "s-4",
            contract: "c-5",
            customer: "k-6",
            tags: ["tag-8"],
            payment: .cod
        )
        let (policy, examined) = compiled.answer(for: facts)

        #expect(policy.effects.map(\.rule) == ["5"])
        #expect(examined == 13)
        // A segment with two thousand rules of its own, each for one SKU.
        let gold = compiled.answer(for: try Fixture.facts(segment: "gold", sku: "SKU-2"))
        #expect(gold.policy.effects.map(\.rule) == ["2"])
        #expect(gold.rulesExamined == 1)
    }
}
