import AllocationModel
import AllocationProtocol
import BuyerRules
import Testing

@testable import OrderDesk

struct `What people should know of an order` {
    private func signs(
        _ text: String = "rules: []",
        _ order: Order = Ruled.order(by: nil),
        from bids: [Bid],
        profiles: [SKUProfile] = []
    ) throws -> [AlertSign] {
        let rules = try Ruled.office(text, profiles: profiles)
        let past = try PastOrder(order, from: bids, by: rules)
        let alerts = OrderAlerts(order: order, ruling: past.ruling)
        switch try #require(past.record.outcome) {
        case .confirmed(let plan), .cancelled(let plan): return alerts.signs(of: plan, from: bids)
        case .refused(let refusals): return alerts.signs(of: refusals)
        }
    }

    private func subjects(_ signs: [AlertSign]) -> [String] {
        signs.map { sign in
            switch sign {
            case .raised(let subject, _, _): "+\(subject.kind.rawValue) \(subject.name)"
            case .cleared(let subject, _): "-\(subject.kind.rawValue) \(subject.name)"
            }
        }
    }

    @Test func `is nothing where all is well`() throws {
        #expect(try signs(from: [Ruled.bid("DAL")]) == [])
    }

    @Test func `is what waits for stock`() throws {
        let found = try signs(
            "rules:\n- {rule: some, then: {completeness: partial}}",
            from: [Ruled.bid("DAL", units: 12)]
        )

        #expect(
            found == [
                .raised(
                    Alert.Subject(.backorder, "4711"),
                    "order 4711 waits for 8 x VALVE-3IN"
                )
            ]
        )
    }

    @Test func `is that a service agreement was given up, and not that it was kept`() throws {
        let rules = "rules:\n- {rule: sla, then: {sla-hours: 48}, soft: [sla-hours]}"
        let ways = { (days: Int) in [Ruled.Way("ground", days: days, cents: 100)] }

        let kept = try signs(rules, from: [Ruled.bid("DAL", by: ways(2))])
        let missed = try signs(rules, from: [Ruled.bid("DAL", by: ways(3))])

        #expect(kept == [])
        #expect(subjects(missed) == ["+sla-missed 4711"])
    }

    @Test func `is what rules ask to be told, by their channels`() throws {
        let rules = "rules:\n- {rule: loud, then: {alerts: [sms, mail]}}"

        let placed = try signs(rules, from: [Ruled.bid("DAL")])
        let refused = try signs(rules, from: [Ruled.bid("DAL", units: 12)])

        #expect(
            placed == [
                .raised(
                    Alert.Subject(.orderPlaced, "4711"),
                    "order 4711: 20 x VALVE-3IN from DAL",
                    channels: [.sms, .mail]
                )
            ]
        )
        #expect(
            refused == [
                .raised(
                    Alert.Subject(.orderRefused, "4711"),
                    "order 4711 is refused: 20 x VALVE-3IN, 12 to be had",
                    channels: [.sms, .mail]
                )
            ]
        )
        #expect(try signs(from: [Ruled.bid("DAL", units: 12)]) == [])
    }

    @Test func `is which sites are below the reorder point, and which are above it again`() throws {
        let profile = SKUProfile(sku: "VALVE-3IN", reorderPoint: 10)
        let out = Bid(
            warehouse: "SEA",
            offers: [],
            services: [],
            declines: [Decline(.line(0), .noStock)]
        )
        let stranger = Bid(
            warehouse: "ATL",
            offers: [],
            services: [],
            declines: [Decline(.line(0), .unknownSKU)]
        )
        func found(dallas: Quantity, reno: Quantity) throws -> [String] {
            let ways = [Ruled.Way("ground", days: 2, cents: 100)]
            let dear = [Ruled.Way("ground", days: 2, cents: 9000)]
            return subjects(
                try signs(
                    from: [
                        stranger, Ruled.bid("DAL", by: ways, available: dallas),
                        Ruled.bid("RNO", by: dear, available: reno), out,
                    ],
                    profiles: [profile]
                )
            )
        }

        // Twenty leave Dallas; what is left is held against ten.
        #expect(
            try found(dallas: 30, reno: 20) == [
                "-below-reorder-point DAL VALVE-3IN", "-below-reorder-point RNO VALVE-3IN",
                "+below-reorder-point SEA VALVE-3IN",
            ]
        )
        #expect(try found(dallas: 29, reno: 20).first == "+below-reorder-point DAL VALVE-3IN")
    }

    @Test func `is over with the order when it is cancelled`() throws {
        let past = try PastOrder(Ruled.order(by: nil), from: [Ruled.bid("DAL")])
        let alerts = OrderAlerts(order: past.record.order, ruling: past.ruling)

        #expect(
            subjects(alerts.signsOfCancelling) == [
                "-backorder 4711", "-sla-missed 4711", "-promise-at-risk 4711",
            ]
        )
    }

    @Test func `is written with the decision, and not before`() throws {
        var bench = Bench()
        let order = Example.order("4711", 99, .partial)
        let solved = bench.solve(bench.bid(bench.submit(order)))
        let decided = bench.vote(solved)

        #expect(solved.signs == [])
        #expect(decided.records.count == 1)
        #expect(subjects(decided.signs) == ["+backorder 4711"])
    }
}
