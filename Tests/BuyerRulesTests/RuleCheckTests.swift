import AllocationModel
import BuyerRules
import Testing

struct `Checking rules` {
    private let vocabulary = RuleVocabulary(
        warehouses: ["DAL", "RNO", "SEA"],
        customers: [
            Customer(
                id: "ACME-7",
                company: "Acme",
                segment: "gold",
                contract: "C-1",
                tags: ["vip"]
            ),
            Customer(id: "BOLT-2", company: "Bolt", segment: "silver"),
        ],
        profiles: [SKUProfile(sku: "VALVE-3IN", handling: ["fragile"])]
    )

    private func check(_ text: String) throws -> [String] {
        let (set, faults) = RuleSet.reading(text)
        #expect(faults == [])
        return try #require(set).faults(knowing: vocabulary, on: Fixture.day)
            .map { "\($0.severity) \($0)" }
    }

    @Test func `finds warehouses that do not exist`() throws {
        #expect(
            try check(
                """
                places: {DAL: 75261, SAE: 98108}
                rules:
                  - rule: one
                    then: {force: [DLA], forbid: [XYZZY]}
                  - rule: two
                    then: {prefer: {RON: 1.00}}
                """
            ) == [
                "error line 1: there is no warehouse ‘SAE’; did you mean ‘SEA’?",
                "error line 3: there is no warehouse ‘DLA’; did you mean ‘DAL’?",
                "error line 3: there is no warehouse ‘XYZZY’; write one of: DAL, RNO, SEA",
                "error line 5: there is no warehouse ‘RON’; did you mean ‘RNO’?",
            ]
        )
    }

    @Test func `finds names that are near another, and warns of those nobody has`() throws {
        #expect(
            try check(
                """
                rules:
                  - {rule: a, when: {segment: glod}, then: {shipments: 1}}
                  - {rule: b, when: {tag: preferred}, then: {shipments: 1}}
                  - {rule: c, when: {sku: VALVE-3NI}, then: {shipments: 1}}
                  - {rule: d, when: {segment: guest}, then: {shipments: 1}}
                """
            ) == [
                "error line 2: no segment ‘glod’ is known; did you mean ‘gold’?",
                "warning line 3: no tag ‘preferred’ is known; "
                    + "import the directory, or correct the name",
                "error line 4: no sku ‘valve-3ni’ is known; did you mean ‘valve-3in’?",
            ]
        )
    }

    @Test func `finds rules that can never match`() throws {
        #expect(
            try check(
                """
                rules:
                  - {rule: a, when: {segment: guest, contract: C-1}, then: {shipments: 1}}
                  - {rule: b, when: {destination: domestic, country: CA}, then: {shipments: 2}}
                  - {rule: c, when: {destination: international, country: US}, then: {shipments: 3}}
                  - {rule: d, when: {customer: ACME-7, segment: silver}, then: {shipments: 4}}
                  - {rule: e, when: {country: CA, region: US-TX}, then: {shipments: 5}}
                  - {rule: f, until: 2026-03-03, then: {shipments: 6}}
                  - {rule: g, when: {customer: ACME-7, segment: gold, country: CA}, then: {no-air: yes}}
                """
            ) == [
                "error line 2: ‘a’ can never match: a guest has no contract; "
                    + "remove one of the two conditions, or the rule",
                "error line 3: ‘b’ can never match: none of its countries is US, where domestic "
                    + "orders go; remove one of the two conditions, or the rule",
                "error line 4: ‘c’ can never match: no order to US is international; "
                    + "remove one of the two conditions, or the rule",
                "error line 5: ‘d’ can never match: the directory has no customer who meets all "
                    + "of it; remove one of the two conditions, or the rule",
                "error line 6: ‘e’ can never match: none of its regions is in its countries; "
                    + "remove one of the two conditions, or the rule",
                "warning line 7: ‘f’ ended on 2026-03-03; remove it, or give a later day",
            ]
        )
    }

    @Test func `finds contradictions within a rule and between two`() throws {
        #expect(
            try check(
                """
                rules:
                  - {rule: a, then: {force: [DAL], forbid: [DAL]}}
                  - {rule: b, then: {objective: fastest, unless: {freight: 1.00, use: fastest}}}
                  - {rule: c, when: {segment: [gold, silver]}, then: {shipments: 1, no-air: yes}}
                  - {rule: d, when: {segment: gold}, then: {shipments: 2, no-air: yes}}
                  - {rule: e, when: {segment: gold, payment: cod}, then: {shipments: 3}}
                  - {rule: e, when: {segment: guest}, then: {shipments: 4}}
                """
            ) == [
                "error line 2: ‘a’ forces and forbids DAL; remove it from one of the two",
                "error line 3: ‘b’ gives up its objective for the same one; "
                    + "use another after ‘use:’",
                "warning line 5: ‘d’ repeats ‘no-air’ of ‘c’ on line 4; keep one of the two",
                "error line 5: ‘shipments’ of ‘d’ never counts: ‘c’ on line 4 is for the same "
                    + "orders and says otherwise; keep one of the two",
                "error line 7: ‘e’ is the name of the rule on line 6 too; "
                    + "explanations use the name; choose another",
            ]
        )
    }

    @Test func `asks where warehouses are when a rule asks how far`() throws {
        #expect(
            try check("places: {DAL: 75261}\nrules:\n- {rule: a, then: {objective: closest}}") == [
                "error line 3: ‘a’ asks how far, and nobody said where RNO, SEA is; "
                    + "give postal codes under ‘places:’"
            ]
        )
    }

    @Test func `is done with ten thousand rules by looking at those that could collide`() throws {
        let rules = (0..<10_000)
            .map { number in
                "  - {rule: r\(number), when: {customer: k-\(number)}, then: {shipments: 1}}"
            }
        let text = (["rules:"] + rules).joined(separator: "\n")

        let set = try #require(RuleSet.reading(text).set)

        #expect(set.rules.count == 10_000)
        #expect(set.rules.last?.line == 10_001)
        #expect(set.faults(knowing: RuleVocabulary(), on: Fixture.day) == [])
    }
}
