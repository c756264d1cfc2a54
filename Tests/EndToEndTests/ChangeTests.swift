import Foundation
import Testing

/// Orders that are changed after they were decided, with real processes that die in between.
@Suite(.serialized)
struct `Real processes that change an order` {
    private func change(
        _ fleet: Fleet,
        _ wish: [String: Any],
        isPreview: Bool = false
    ) async throws -> Answer {
        var wish = wish
        wish["dryRun"] = isPreview
        wish["by"] = "ana"
        wish["reason"] = "asked by phone"
        return try await fleet.ask(
            "POST",
            "/v1/orders/4711/change",
            body: try JSONSerialization.data(withJSONObject: wish)
        )
    }

    private static func to(_ quantity: Int) -> [String: Any] {
        ["lines": [["line": "VALVE-3IN", "quantity": quantity]]]
    }

    private static var rest: [String: Any] {
        ["lines": [["line": "VALVE-3IN", "cancel": true]]]
    }

    /// Runs a command of the coordinator's, which must succeed.
    private func office(_ fleet: Fleet, _ arguments: String...) throws -> String {
        let (status, output, words) = try fleet.run(
            "holdfast-coordinator",
            arguments + ["--url", fleet.url]
        )
        #expect(status == 0, "\(arguments): \(words)")
        return output
    }

    /// Order 4711 takes all of Dallas's and Reno's valves.
    private func placed() async throws -> Fleet {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        return fleet
    }

    private func units(_ fleet: Fleet) async throws -> Int {
        try await fleet.get("/v1/orders/4711").shipments.values.reduce(0, +)
    }

    @Test func `set aside as much as it then asks for, and say who asked and why`() async throws {
        let fleet = try await placed()

        let shown = try office(
            fleet,
            "order",
            "change",
            "4711",
            "--line",
            "VALVE-3IN=7",
            "--reason",
            "asked",
            "--dry-run"
        )
        #expect(shown.contains("7 instead of 20 x VALVE-3IN"), "\(shown)")
        #expect(shown.contains("nothing was changed"))
        #expect(try fleet.allocated() == 20)

        let done = try office(
            fleet,
            "order",
            "change",
            "4711",
            "--line",
            "VALVE-3IN=7",
            "--by",
            "ana",
            "--reason",
            "asked by phone"
        )
        #expect(done.contains("Order 4711 is changed and sourced again."), "\(done)")
        try await fleet.settle()
        #expect(try await units(fleet) == 7)
        #expect(try fleet.allocated() == 7)

        // More again, and to another address.
        let moved = try office(
            fleet,
            "order",
            "change",
            "4711",
            "--line",
            "1=21",
            "--to",
            "10001",
            "--reason",
            "moved"
        )
        #expect(moved.contains("21 instead of 7 x VALVE-3IN; to"), "\(moved)")
        try await fleet.settle()
        #expect(try fleet.allocated() == 21)
        let order = try office(fleet, "order", "show", "4711")
        #expect(order.contains("by ana, 7 instead of 20 x VALVE-3IN: asked by phone"), "\(order)")
        #expect(order.contains("To 10001"), "\(order)")
        #expect(try office(fleet, "order", "explain", "4711").contains("moved"))
        let replayed = try office(fleet, "replay", "4711")
        #expect(!replayed.contains("differ"), "\(replayed)")

        // Sent again as it was placed it is this order, and as anything else it is not.
        #expect(try await fleet.submit("4711", 20).status == 200)
        #expect(try await fleet.submit("4711", 19).status == 422)

        #expect(try await fleet.ask("POST", "/v1/orders/4711/cancel").status == 200)
        try await fleet.settle()
        #expect(try fleet.allocated() == 0)
        for code in ["DAL", "RNO", "EWR"] { try fleet.command(code, "audit") }
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `cancel what has not shipped, and refuse less than has`() async throws {
        let fleet = try await placed()
        try fleet.command("RNO", "ship", "4711")
        try await fleet.eventually("the office knows that Reno has shipped") {
            try await fleet.get("/v1/orders/4711").order == "partly-shipped"
        }

        let less = try await change(fleet, Self.to(11))
        #expect(less.status == 422)
        #expect(less.text.contains("12 that have shipped"), "\(less.text)")
        #expect(try await fleet.ask("POST", "/v1/orders/4711/cancel").status == 409)

        #expect(try await change(fleet, Self.rest).status == 200)
        try await fleet.settle()
        let order = try await fleet.get("/v1/orders/4711")
        #expect(order.order == "shipped")
        #expect(order.array("lines")?.first?["quantity"] as? Int == 12)
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))
        #expect(try fleet.stock("RNO") == Fleet.Stock(onHand: 0, held: 0, allocated: 0))
        #expect(try await change(fleet, Self.rest).status == 422)
        #expect(try office(fleet, "order", "explain", "4711").contains("asked by phone"))

        // And more of it after all, from where there is some.
        #expect(try await change(fleet, Self.to(15)).status == 200)
        try await fleet.settle()
        #expect(try await units(fleet) == 3)
        #expect(try fleet.allocated() == 3)
        for code in ["DAL", "RNO", "EWR"] { try fleet.command(code, "audit") }
        #expect(try await fleet.findingsAtRest() == [])
    }

    // The decision is on disk, and nobody has been told.
    @Test func `go on where the coordinator dies between the decision and the release`()
        async throws
    {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-durable")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        _ = try? await change(fleet, Self.to(7))
        try await fleet.waitForCoordinatorToDie()

        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()
        #expect(try await units(fleet) == 7)
        #expect(try fleet.allocated() == 7)
        let change = try await fleet.get("/v1/orders/4711").array("resourcings")?.first?["change"]
        let lines = (change as? [String: Any])?["lines"] as? [[String: Any]]
        #expect(lines?.first?["before"] as? Int == 20 && lines?.first?["after"] as? Int == 7)
        #expect(try await fleet.submit("4711", 20).status == 200)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `leave the order as it was where the coordinator dies before the decision`()
        async throws
    {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-taken")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        _ = try? await change(fleet, Self.to(7))
        try await fleet.waitForCoordinatorToDie()

        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()
        try await fleet.eventually("no vote is in doubt") {
            try ["DAL", "RNO", "EWR"].allSatisfy { try fleet.stock($0).held == 0 }
        }
        #expect(try await fleet.get("/v1/orders/4711").shipments == ["DAL": 8, "RNO": 12])
        #expect(try await change(fleet, Self.to(7)).status == 200)
        try await fleet.settle()
        #expect(try fleet.allocated() == 7)
        #expect(try await fleet.findingsAtRest() == [])
    }
}
