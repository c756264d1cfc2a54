import AllocationModel
import BuyerRules
import Testing

struct `A rule file` {
    private func faults(_ text: String) -> [String] {
        let (set, faults) = RuleSet.reading(text)
        #expect((set == nil) == !faults.isEmpty)
        return faults.map(\.description)
    }

    @Test func `names the line and the nearest word of a slip`() {
        #expect(
            faults(
                """
                rules:
                  - rule: gold
                    when:
                      segmnt: gold
                      payment: crad
                    then:
                      objectiv: fastest
                      completeness: hole
                    soft: [forse]
                """
            ) == [
                "line 4: ‘segmnt’ means nothing here; did you mean ‘segment’?",
                "line 5: ‘crad’ is not known; did you mean ‘card’?",
                "line 7: ‘objectiv’ means nothing here; did you mean ‘objective’?",
                "line 8: ‘hole’ is no completeness; did you mean ‘whole’?",
                "line 9: ‘forse’ is nothing that can be given up; did you mean ‘force’?",
            ]
        )
    }

    @Test func `gives nothing where anything is wrong`() {
        let (set, faults) = RuleSet.reading(
            "rules:\n  - {rule: good, then: {shipments: 1}}\n  - {rule: bad, then: {shipments: x}}"
        )

        #expect(set == nil)
        #expect(faults.map(\.line) == [3])
    }

    @Test(arguments: [
        ("rules: [", 2), ("rules:\n  - rule: a\n   then: {}", 3), ("rules:\n\t- x", 2),
        ("a: &x [1]\nrules: *x", 1), ("rules:\n- *x", 2),
        ("rules: []\nrules: []", 1), ("- rules", 1), ("", 1),
        ("currency: DOLLARS\nrules: []", 1), ("rules:\n- {rule: a}", 2),
        ("rules:\n- {then: {shipments: 1}}", 2),
        ("rules:\n- rule: a\n  then: {unless: {freight: 1.00}}", 3),
        ("rules:\n- rule: a\n  then: {freight: 1.005}", 3),
        ("rules:\n- rule: a\n  then: {freight: -1.00}", 3),
        ("rules:\n- rule: a\n  then: {force: []}", 3),
        (
            "rules:\n- rule: a\n  when: {value: {at-least: 2.00, below: 1.00}}\n"
                + "  then: {no-air: yes}", 3
        ),
        ("rules:\n- rule: a\n  from: 2026-02-30\n  then: {no-air: yes}", 3),
        ("rules:\n- rule: a\n  from: 2026-02-02\n  until: 2026-02-01\n  then: {no-air: yes}", 4),
        ("rules:\n- rule: a\n  soft: [force]\n  then: {no-air: yes}", 3),
        ("rules: []\nprotect:\n- {sku: A, warehouse: DAL, units: 1}", 3),
        ("rules: []\nrelax:\n- {step: x}", 3),
    ])
    func `is refused with the line`(text: String, line: Int) {
        let (set, faults) = RuleSet.reading(text)

        #expect(set == nil)
        #expect(faults.first?.line == line, "\(faults)")
    }

    @Test func `may not be nested without end`() {
        let deep = String(repeating: "[", count: 100_000)
        let dashes = "rules:\n" + String(repeating: "- ", count: 100_000)

        #expect(RuleSet.reading(deep).faults.map(\.detail) == ["is nested too deeply"])
        #expect(RuleSet.reading(dashes).faults.map(\.line) == [2])
    }

    @Test func `is read whole`() throws {
        let (set, faults) = RuleSet.reading(
            """
            currency: EUR
            home: DE
            mixes:
              balanced: {per-unit-day: 2.00, per-mile: 0.01, per-warehouse: 5.00}
            places: {DAL: 75261}
            relax:
              - {step: elsewhere, give-up: force}
            protect:
              - {sku: VALVE-3IN, warehouse: DAL, units: 5, for: Gold}
            rules:
              - rule: everything
                then:
                  force: [DAL]
                  forbid: SEA
                  prefer: {RNO: 5.00}
                  objective: balanced
                  unless: {shipments: 2, use: fewest-shipments}
                  lead-time-days: 4
                  freight: 100.00
                  shipments: 3
                  warehouses: 2
                  sla-hours: 48
                  completeness: {at-least-percent: 80}
                  no-split-under: 200.00
                  only-where-more-than: 5
                  within-miles: 500
                  no-air: yes
                  forbid-services: [ups-next-day]
                  free-expedited-from: 500.00
                  split-freight: {buyer-percent: 40}
                  customs-papers: yes
                  contract-pricing: no
                  missed-cutoff: reroute
                  alerts: [sms, mail]
                  lots: {life-days: 30, certificates: [COA, EN 10204 3.1], single-lot: yes,
                    approved: [L-1, L-2], skus: SEAL-KIT}
                soft: [force]
            """
        )
        let euro = try Currency(parsing: "EUR")
        func money(_ text: String) throws -> Money { try Money(parsing: text, in: euro) }

        #expect(faults == [])
        let read = try #require(set)
        #expect(read.home.code == "DE")
        #expect(read.places.map(\.postalCode) == ["75261"])
        #expect(read.relaxations.map(\.kinds) == [[.force]])
        #expect(read.protections.map(\.buyers) == [["gold"]])
        let mix = ObjectiveMix(
            name: "balanced",
            perUnitDay: try money("2.00"),
            perMile: try money("0.01"),
            perWarehouse: try money("5.00")
        )
        let effects: Set<RuleEffect> = [
            .force(["DAL"]), .forbid(["SEA"]),
            .prefer([.init(warehouse: "RNO", worth: try money("5.00"))]),
            .objective(.mix(mix)), .unless(RuleException(shipments: 2, then: .fewestShipments)),
            .leadTimeDays(4), .freight(try money("100.00")), .shipments(3), .warehouses(2),
            .slaHours(48), .completeness(.atLeastPercent(80)), .noSplitUnder(try money("200.00")),
            .onlyWhereMoreThan(5), .withinMiles(500), .noAir(true),
            .forbidServices(["ups-next-day"]), .freeExpeditedFrom(try money("500.00")),
            .splitFreight(.shared(buyerPercent: 40)), .customsPapers(true),
            .contractPricing(false), .missedCutoff(.reroute), .alerts([.sms, .mail]),
            .lots(
                RuleLots(
                    LotNeeds(
                        lifeDays: 30,
                        certificates: ["COA", "EN 10204 3.1"],
                        isSingleLot: true,
                        approved: ["L-1", "L-2"]
                    ),
                    of: ["SEAL-KIT"]
                )
            ),
        ]
        #expect(Set(read.rules[0].effects) == effects)
        #expect(effects.count == EffectKind.allCases.count)
        #expect(read.rules[0].soft == [.force])
    }
}
