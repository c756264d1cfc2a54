import AllocationModel
import BuyerRules
import Testing

/// What rules and the SKU directory ask of lots.
struct `A policy about lots` {
    private let kit: SKU = "SEAL-KIT"

    private func facts(_ lines: [(SKU, SKUProfile?)], segment: String? = nil) throws -> BuyerFacts {
        let one = try Fixture.facts(segment: segment)
        let order = Order(
            id: "4711",
            lines: lines.enumerated()
                .map { index, line in
                    Order.Line(
                        id: Identifier(trusted: "\(index + 1)"),
                        sku: line.0,
                        quantity: 20
                    )
                },
            destination: one.order.destination,
            terms: one.order.terms
        )
        return BuyerFacts(
            order: order,
            customer: one.customer,
            profiles: lines.map(\.1),
            day: Fixture.day
        )
    }

    private func needs(_ text: String, _ facts: BuyerFacts) throws -> [LotNeeds] {
        let policy = try Fixture.compiled(text).policy(for: facts)
        return facts.order.lines.indices.map { policy.lots(ofLine: $0) }
    }

    @Test func `asks of the lines alone that its rule is about`() throws {
        let cold = SKUProfile(sku: "RESIN-A", handling: ["cold-chain"])
        let facts = try facts([(kit, nil), ("VALVE-3IN", nil), ("RESIN-A", cold)])
        let life = LotNeeds(lifeDays: 30)
        for (rule, expected) in [
            ("when: {sku: [SEAL-KIT]}\n    then: {lots: {life-days: 30}}", [life, .none, .none]),
            (
                "when: {handling: [cold-chain]}\n    then: {lots: {life-days: 30}}",
                [.none, .none, life]
            ),
            ("then: {lots: {life-days: 30, skus: [VALVE-3IN]}}", [.none, life, .none]),
            ("then: {lots: {life-days: 30}}", [life, life, life]),
        ] {
            #expect(try needs("rules:\n  - rule: a\n    \(rule)\n", facts) == expected)
        }
    }

    @Test func `asks for all that its rules and the directory ask for together`() throws {
        let profile = SKUProfile(
            sku: kit,
            lots: LotNeeds(lifeDays: 10, certificates: ["COA"])
        )
        let rules = """
            rules:
              - rule: everybody
                then: {lots: {life-days: 60, certificates: [coa, RoHS]}}
              - rule: gold
                when: {segment: gold}
                then: {lots: {life-days: 30, single-lot: yes, approved: [L-1, L-2]}}
              - rule: L-2 is enough
                when: {sku: [SEAL-KIT]}
                then: {lots: {approved: [L-2, L-3]}}

            """

        let gold = try needs(rules, facts([(kit, profile)], segment: "gold"))
        let guest = try needs("rules: []\n", facts([(kit, profile)]))

        #expect(
            gold
                == [
                    LotNeeds(
                        lifeDays: 60,
                        certificates: ["COA", "RoHS"],
                        isSingleLot: true,
                        approved: ["L-2"]
                    )
                ]
        )
        #expect(guest == [profile.lots])
    }

    @Test func `matches SKUs by what the directory asks of their lots`() throws {
        let papers = SKUProfile(sku: kit, lots: LotNeeds(certificates: ["COA"]))
        let life = SKUProfile(sku: kit, lots: LotNeeds(lifeDays: 0, isSingleLot: true))
        for (word, profile, matches) in [
            ("certificate", papers, true), ("coa", papers, true), ("life", papers, false),
            ("life", life, true), ("single-lot", life, true), ("certificate", life, false),
        ] {
            let rules = """
                rules:
                  - rule: with care
                    when: {lot-needs: [\(word)]}
                    then: {forbid: [SEA]}

                """
            let said = try Fixture.compiled(rules).says(facts([(kit, profile)]))
            #expect(said.isEmpty != matches, "\(word)")
            #expect(try Fixture.compiled(rules).says(facts([(kit, nil)])).isEmpty)
        }
    }

    @Test func `is refused where it asks nothing, or what cannot be`() throws {
        for (lots, detail) in [
            ("{skus: [SEAL-KIT]}", "asks nothing of lots"),
            ("{life-days: -1}", "does not fit here"), ("{life-days: 36501}", "does not fit here"),
            ("{certificates: ['A;B']}", "is no name"), ("{approved: []}", "names nothing"),
            ("{shelf-life: 3, single-lot: yes}", "means nothing here"),
        ] {
            let (_, faults) = RuleSet.reading(
                "rules:\n  - rule: a\n    then: {lots: \(lots)}\n"
            )
            #expect(faults.contains { $0.detail.contains(detail) }, "\(faults)")
        }
        let soft = RuleSet.reading(
            "rules:\n  - rule: a\n    then: {lots: {life-days: 3}}\n    soft: [lots]\n"
        )
        #expect(soft.faults.contains { $0.detail.contains("nothing that can be given up") })
    }

    @Test func `is checked against the SKUs that the directory has`() throws {
        let (set, _) = RuleSet.reading(
            "rules:\n  - rule: a\n    then: {lots: {life-days: 3, skus: [SEAL-KTI]}}\n"
        )
        let faults = try #require(set)
            .faults(
                knowing: RuleVocabulary(profiles: [SKUProfile(sku: kit)]),
                on: Fixture.day
            )
        #expect(faults.contains { $0.detail.contains("no SKU ‘SEAL-KTI’ is known") })
    }

    @Test func `says what it asks as a rule file would write it`() throws {
        let effect = RuleEffect.lots(
            RuleLots(
                LotNeeds(lifeDays: 30, certificates: ["COA"], isSingleLot: true, approved: ["L-1"]),
                of: [kit]
            )
        )
        let text =
            "lots: {life-days: 30, certificates: [COA], single-lot: yes, approved: [L-1], "
            + "skus: [SEAL-KIT]}"
        #expect(effect.words == text)
        let (set, _) = RuleSet.reading("rules:\n  - rule: a\n    then: {\(text)}\n")
        #expect(set?.rules.first?.effects == [effect])
    }

    @Test func `is read from the directory's columns`() throws {
        let text = """
            sku,lot_life_days,lot_certificates,single_lot
            SEAL-KIT,30,COA; EN 10204 3.1,yes
            VALVE-3IN,,,

            """
        let profiles = try DirectoryReading.profiles(from: Array(text.utf8))
        #expect(
            profiles.map(\.lots)
                == [
                    LotNeeds(
                        lifeDays: 30,
                        certificates: ["COA", "EN 10204 3.1"],
                        isSingleLot: true
                    ), .none,
                ]
        )
        #expect(throws: RowReport.self) {
            try DirectoryReading.profiles(from: Array("sku,lot_life_days\nA,soon\n".utf8))
        }
    }
}
