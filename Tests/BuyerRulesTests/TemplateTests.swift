import AllocationModel
import BuyerRules
import Testing

/// `Examples/rules/template.yaml`: each row, an order that it is for, and one just beside it.
struct `The template every distributor starts from` {
    private let rules: CompiledRules

    init() throws {
        rules = try Fixture.compiled(try Fixture.example("rules/template.yaml"))
    }

    @Test func `has nothing that a check would object to`() {
        let sites: [Warehouse.ID] = ["ATL", "DAL", "EWR", "RNO", "SEA"]

        let faults = rules.set.faults(knowing: RuleVocabulary(warehouses: sites), on: Fixture.day)

        #expect(faults == [])
    }

    @Test func `takes tier 1 always from warehouse B, within 48 hours`() throws {
        let row = "Tier 1 (contract)"

        #expect(
            try rules.says(Fixture.facts(segment: "tier-1")) == [
                Said(row, .slaHours(48)), Said(row, .force(["RNO"])),
            ]
        )
        #expect(try rules.says(Fixture.facts(segment: "tier-3")) == [])
    }

    @Test func `fills tier 2 at least cost unless it takes more than 4 days`() throws {
        let row = "Tier 2 (recurring)"

        #expect(
            try rules.says(Fixture.facts(segment: "tier-2", type: .recurring)) == [
                Said(row, .unless(RuleException(leadTimeDays: 4, then: .fastest))),
                Said(row, .objective(.leastCost)), Said(row, .completeness(.partial)),
            ]
        )
        #expect(try rules.says(Fixture.facts(segment: "tier-2", type: .replacement)) == [])
    }

    @Test func `serves a guest from the closest unless freight is over 100 dollars`() throws {
        let row = "one-time, guest"
        let exception = RuleException(freight: try Fixture.usd("100.00"), then: .leastCost)

        #expect(
            try rules.says(Fixture.facts(type: .oneTime)) == [
                Said(row, .unless(exception)), Said(row, .objective(.closest)),
                Said(row, .contractPricing(false)),
            ]
        )
        #expect(try rules.says(Fixture.facts(segment: "tier-3", type: .oneTime)) == [])
    }

    @Test func `takes urgent maintenance from the fastest with more than 5, and tells by SMS`()
        throws
    {
        let row = "MRO urgent"

        #expect(
            try rules.says(Fixture.facts(type: .maintenance, urgency: .urgent)) == [
                Said(row, .objective(.fastest)), Said(row, .onlyWhereMoreThan(5)),
                Said(row, .alerts([.sms])),
            ]
        )
        #expect(try rules.says(Fixture.facts(type: .maintenance)) == [])
    }

    @Test func `ships abroad from warehouse C with customs papers`() throws {
        let row = "international"

        #expect(
            try rules.says(Fixture.facts(segment: "tier-3", to: "CA", region: "ON")) == [
                Said(row, .force(["EWR"])), Said(row, .customsPapers(true)),
            ]
        )
        #expect(try rules.says(Fixture.facts(segment: "tier-3", to: "US")) == [])
    }

    @Test func `lets rows that match together each say their part`() throws {
        let said = try rules.says(
            Fixture.facts(segment: "tier-1", type: .maintenance, urgency: .urgent)
        )

        #expect(
            said == [
                Said("MRO urgent", .objective(.fastest)),
                Said("MRO urgent", .onlyWhereMoreThan(5)),
                Said("Tier 1 (contract)", .slaHours(48)),
                Said("Tier 1 (contract)", .force(["RNO"])),
                Said("MRO urgent", .alerts([.sms])),
            ]
        )
    }
}
