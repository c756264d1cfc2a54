import Crypto
import Foundation
import Testing

/// Real processes, real sockets, real files: each test has a fleet of its own.
@Suite(.serialized)
struct `Real agents and a real coordinator` {
    @Test func `split an order over the two cheapest warehouses and say why not the third`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()

        let answer = try await fleet.submit("4711", 20)
        let explanation = try await fleet.get("/v1/orders/4711/explanation")

        #expect(answer.status == 201)
        #expect(answer.order == "confirmed")
        #expect(answer.shipments == ["DAL": 8, "RNO": 12])
        #expect((answer.json["plan"] as? [String: Any])?["proved"] as? Bool == true)
        let sites = explanation.array("sites") ?? []
        let newark = sites.first { $0["warehouse"] as? String == "EWR" }
        #expect("\(newark ?? [:])".contains("dearer"))
        try await fleet.settle()
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 8))
        #expect(try fleet.stock("RNO") == Fleet.Stock(onHand: 12, held: 0, allocated: 12))
        #expect(try fleet.stock("EWR") == Fleet.Stock(onHand: 15, held: 0, allocated: 0))
    }

    @Test func `keep a decision when the coordinator is killed before anyone is told`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        for warehouse in fleet.warehouses { try fleet.startAgent(warehouse.code) }
        try fleet.startCoordinator(failpoint: "decision-durable")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        // It dies with the decision on disk: the client hears nothing.
        await #expect(throws: (any Error).self) { try await fleet.submit("4711", 20) }
        try await fleet.waitForCoordinatorToDie()
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 8, allocated: 0))
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()
        let again = try await fleet.submit("4711", 20)

        #expect(again.status == 200)
        #expect(again.shipments == ["DAL": 8, "RNO": 12])
        #expect(try fleet.allocated() == 20)
    }

    @Test func `release the votes of an attempt whose coordinator was killed before it decided`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        for warehouse in fleet.warehouses { try fleet.startAgent(warehouse.code) }
        try fleet.startCoordinator(failpoint: "decision-taken")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        await #expect(throws: (any Error).self) { try await fleet.submit("4711", 20) }
        try await fleet.waitForCoordinatorToDie()
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()

        #expect(try fleet.allocated() == 0)
        #expect(try await fleet.get("/v1/orders/4711").status == 404)
        #expect(try await fleet.submit("4711", 20).status == 201)
        try await fleet.settle()
        #expect(try fleet.allocated() == 20)
    }

    @Test func `survive an agent that is killed after it voted`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try fleet.startAgent("DAL")
        try fleet.startAgent("EWR")
        try fleet.startAgent("RNO", failpoint: "vote-durable")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        let answer = try await fleet.submit("4711", 20)
        try await fleet.waitForAgentToDie("RNO")
        #expect(try fleet.stock("RNO").held == 12)
        try fleet.startAgent("RNO")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()

        // Reno's vote was lost with it, so the order was solved without Reno.
        #expect(answer.status == 201)
        #expect(
            answer.shipments == ["DAL": 5, "EWR": 15] || answer.shipments == ["DAL": 8, "EWR": 12]
        )
        #expect(try fleet.stock("RNO") == Fleet.Stock(onHand: 12, held: 0, allocated: 0))
        #expect(try fleet.allocated() == 20)
    }

    @Test func `survive an agent that is killed after it confirmed`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try fleet.startAgent("DAL")
        try fleet.startAgent("EWR")
        try fleet.startAgent("RNO", failpoint: "confirmation-durable")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        let answer = try await fleet.submit("4711", 20)
        try await fleet.waitForAgentToDie("RNO")
        try fleet.startAgent("RNO")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()

        #expect(answer.shipments == ["DAL": 8, "RNO": 12])
        try await fleet.eventually("the order is settled") {
            try await fleet.get("/v1/orders/4711").json["settled"] as? Bool == true
        }
        #expect(try fleet.allocated() == 20)
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `send the order to the others when an agent cannot be reached, and say so`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try fleet.startAgent("DAL")
        try fleet.startAgent("EWR")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "EWR"])

        let answer = try await fleet.submit("4711", 20)
        let explanation = try await fleet.get("/v1/orders/4711/explanation")

        #expect(answer.status == 201)
        #expect(Set(answer.shipments.keys) == ["DAL", "EWR"])
        let reno = explanation.array("sites")?.first { $0["warehouse"] as? String == "RNO" }
        #expect("\(reno ?? [:])".contains("unreachable"))
        try fleet.startAgent("RNO")
        try await fleet.settle()
    }

    @Test func `decide nothing for want of a site that may have the stock`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try fleet.startAgent("DAL")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL"])

        let early = try await fleet.submit("4711", 20)
        try fleet.startAgent("RNO")
        try fleet.startAgent("EWR")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        let late = try await fleet.submit("4711", 20)

        #expect(early.status == 503)
        #expect(late.status == 201)
        try await fleet.settle()
    }

    @Test func `make one order of fifty submissions at once`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()

        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<50 { group.addTask { try await fleet.submit("4711", 20) } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }

        #expect(answers.filter { $0.status == 201 }.count == 1)
        #expect(answers.filter { $0.status == 200 }.count == 49)
        #expect(answers.allSatisfy { $0.shipments == ["DAL": 8, "RNO": 12] })
        try await fleet.settle()
        #expect(try fleet.allocated() == 20)
    }

    @Test func `sell ten units to a hundred buyers once each`() async throws {
        let fleet = try Fleet([
            Fleet.Warehouse("DAL", stock: [("PUMP", 4)]),
            Fleet.Warehouse("RNO", stock: [("PUMP", 3)], priceFactor: 130),
            Fleet.Warehouse("EWR", stock: [("PUMP", 3)], priceFactor: 160),
        ])
        try await fleet.start()

        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for buyer in 0..<100 {
                group.addTask { try await fleet.submit("buyer-\(buyer)", 1, of: "PUMP") }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }

        #expect(answers.filter { $0.order == "confirmed" }.count == 10)
        #expect(answers.filter { $0.order == "refused" }.count == 90)
        try await fleet.settle()
        #expect(try fleet.allocated("PUMP") == 10)
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `let a site manager's earlier cutoff, or closed day, move the very next order`()
        async throws
    {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 8)])])
        try await fleet.start()
        func leaves(_ answer: Answer) -> String? {
            let plan = answer.json["plan"] as? [String: Any]
            return (plan?["shipments"] as? [[String: Any]])?.first?["leaves"] as? String
        }

        let first = try #require(leaves(try await fleet.submit("before", 1)))
        // A cutoff moves what leaves today, a minute into the day; at night and on a day
        // off, when goods leave later, only closing that day does.
        var style = Date.ISO8601FormatStyle().year().month().day()
        style.timeZone = try #require(TimeZone(identifier: "America/Chicago"))
        if first == Date().formatted(style) {
            try fleet.command("DAL", "cutoff", "set", "--day", "all", "--time", "00:00")
        } else {
            try fleet.command("DAL", "holiday", "add", first, "Stocktaking")
        }
        let second = try #require(leaves(try await fleet.submit("after", 1)))
        #expect(first < second)
        try await fleet.settle()
    }

    @Test func `give the units of a cancelled order back`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        _ = try await fleet.submit("4711", 20)

        let cancelled = try await fleet.ask("POST", "/v1/orders/4711/cancel")
        let again = try await fleet.ask("POST", "/v1/orders/4711/cancel")

        #expect(cancelled.status == 200)
        #expect(cancelled.order == "cancelled")
        #expect(again.order == "cancelled")
        try await fleet.eventually("nothing is allocated") { try fleet.allocated() == 0 }
        try await fleet.settle()
        #expect(try await fleet.submit("4712", 20).shipments == ["DAL": 8, "RNO": 12])
    }

    @Test func `backorder what nobody has when the order allows it, and refuse it when not`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()

        let partial = try await fleet.submit("p", 40, completeness: "partial")
        let complete = try await fleet.submit("c", 40)

        #expect(partial.order == "backordered")
        #expect(partial.shipments.values.reduce(0, +) == 35)
        #expect(complete.order == "refused")
        #expect(complete.array("refusals")?.first?["reason"] as? String == "insufficientStock")
        try await fleet.settle()
    }

    @Test func `take a shop's order once, however often its webhook comes`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("IPOD2008RED", 5)])])
        try await fleet.start()
        let body = try Data(
            contentsOf: Fleet.root.appendingPathComponent("Examples/shopify/order_create.json")
        )
        func deliver(signedWith secret: String) async throws -> Answer {
            let key = SymmetricKey(data: Data(secret.utf8))
            let code = Data(HMAC<SHA256>.authenticationCode(for: body, using: key))
            return try await fleet.ask(
                "POST",
                "/shopify/webhooks",
                body: body,
                headers: [
                    ("Content-Type", "application/json"), ("X-Shopify-Topic", "orders/create"),
                    ("x-shopify-hmac-sha256", code.base64EncodedString()),
                    ("X-Shopify-Shop-Domain", "example.myshopify.com"),
                    ("X-Shopify-API-Version", "2026-07"),
                    ("X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
                ]
            )
        }

        let forged = try await deliver(signedWith: "another-secret")
        let first = try await deliver(signedWith: "end-to-end-secret")
        let again = try await deliver(signedWith: "end-to-end-secret")
        try await fleet.eventually("the order is decided") {
            try await fleet.get("/v1/orders/shopify-450789469").status == 200
        }

        #expect(forged.status == 401)
        #expect(first.status == 200)
        #expect(again.status == 200)
        #expect(try await fleet.get("/v1/orders/shopify-450789469").order == "confirmed")
        try await fleet.settle()
        #expect(try fleet.allocated("IPOD2008RED") == 1)
    }

    @Test func `answer what cannot be an order with the place and the remedy`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 5)])])
        try await fleet.start()

        let huge = try await fleet.ask(
            "POST",
            "/v1/orders",
            body: Data(repeating: UInt8(ascii: " "), count: 10_485_760)
        )
        let wrong = try await fleet.ask(
            "POST",
            "/v1/orders",
            body: Data(
                """
                {"id": "1", "destination": {"country": "XX", "postalCode": "75001"},
                 "lines": [{"sku": "VALVE-3IN", "quantity": -2}]}
                """
                .utf8
            )
        )
        let unknown = try await fleet.submit("2", 1, of: "VALVE-4IN")

        #expect(huge.status == 413)
        #expect(wrong.status == 422)
        let pointers = (wrong.array("errors") ?? []).compactMap { $0["pointer"] as? String }
        #expect(pointers.contains { $0.hasSuffix("/destination/country") })
        #expect(pointers.contains { $0.hasSuffix("/lines/0/quantity") })
        #expect(unknown.status == 422)
        #expect(unknown.json["code"] as? String == "line_not_sellable")
        try await fleet.settle()
    }
}
