import Foundation
import Testing

/// Orders that the office has sourced again, with real processes that die in between.
@Suite(.serialized)
struct `Real processes that source an order again` {
    private static var flood: [String: Any] {
        ["exclude": ["DAL"], "by": "ana", "reason": "the dock is flooded"]
    }

    private func ask(
        _ fleet: Fleet,
        _ wish: [String: Any] = flood,
        isPreview: Bool = false
    ) async throws -> Answer {
        var wish = wish
        wish["dryRun"] = isPreview
        return try await fleet.ask(
            "POST",
            "/v1/orders/4711/resource",
            body: try JSONSerialization.data(withJSONObject: wish)
        )
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

    private func expectWithoutDallas(_ fleet: Fleet) async throws {
        try await fleet.settle()
        let order = try await fleet.get("/v1/orders/4711")
        #expect(order.shipments["DAL"] == nil)
        #expect(order.shipments.values.reduce(0, +) == 20)
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))
        #expect(try fleet.allocated() == 20)
        for code in ["DAL", "RNO", "EWR"] { try fleet.command(code, "audit") }
    }

    @Test func `show the cost first, and change nothing then`() async throws {
        let fleet = try await placed()

        let text = try office(
            fleet,
            "order",
            "resource",
            "4711",
            "--exclude",
            "DAL",
            "--reason",
            "flood",
            "--dry-run"
        )
        #expect(text.contains("would be sourced so; nothing was changed"))
        #expect(text.contains("USD more"))
        let shown = try await ask(fleet, isPreview: true)
        #expect(shown.status == 200)
        #expect(shown.json["resourced"] as? Bool == false)
        #expect(try await fleet.get("/v1/orders/4711").shipments == ["DAL": 8, "RNO": 12])
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 8))
    }

    @Test func `give back what is not used any more, and say who asked and why`() async throws {
        let fleet = try await placed()

        let text = try office(
            fleet,
            "order",
            "resource",
            "4711",
            "--exclude",
            "DAL",
            "--by",
            "ana",
            "--reason",
            "the dock is flooded"
        )
        #expect(text.contains("Order 4711 is sourced again."))
        try await expectWithoutDallas(fleet)

        let shown = try office(fleet, "order", "show", "4711")
        #expect(shown.contains("by ana, without DAL: the dock is flooded"))
        let explained = try office(fleet, "order", "explain", "4711")
        #expect(explained.contains("by ana, without DAL: the dock is flooded"))
        let replayed = try office(fleet, "replay", "4711")
        #expect(!replayed.contains("differ"), "\(replayed)")

        // And again, from Dallas alone as far as that goes: the order cannot be filled so.
        let wish: [String: Any] = ["force": ["DAL"], "by": "ana", "reason": "the dock is dry"]
        let refused = try await ask(fleet, wish)
        #expect(refused.status == 409)
        #expect(refused.json["code"] as? String == "no_lawful_plan")
        let stranger = try await ask(fleet, ["exclude": ["XYZ"], "by": "ana", "reason": "a slip"])
        #expect(stranger.status == 422)
        try await expectWithoutDallas(fleet)

        #expect(try await fleet.ask("POST", "/v1/orders/4711/cancel").status == 200)
        try await fleet.settle()
        #expect(try fleet.allocated() == 0)
        #expect(try await fleet.findingsAtRest() == [])
    }

    // The decision is on disk, and nobody has been told: kill -9 between it and the first release.
    @Test func `go on where the coordinator dies between the decision and the release`()
        async throws
    {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-durable")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        _ = try? await ask(fleet)
        try await fleet.waitForCoordinatorToDie()
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 8))

        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await expectWithoutDallas(fleet)
        let order = try await fleet.get("/v1/orders/4711")
        let resourcings = order.array("resourcings")
        #expect(resourcings?.first?["by"] as? String == "ana")
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `leave the order as it was where the coordinator dies before the decision`()
        async throws
    {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-taken")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        _ = try? await ask(fleet)
        try await fleet.waitForCoordinatorToDie()

        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()
        try await fleet.eventually("no vote is in doubt") {
            try ["DAL", "RNO", "EWR"].allSatisfy { try fleet.stock($0).held == 0 }
        }
        #expect(try await fleet.get("/v1/orders/4711").shipments == ["DAL": 8, "RNO": 12])
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 8))
        // What it stands as can be sourced again.
        #expect(try await ask(fleet).status == 200)
        try await expectWithoutDallas(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `do without a site that is down, and have it give back later`() async throws {
        let fleet = try await placed()
        fleet.killAgent("DAL")
        try await fleet.waitUntilActive(["RNO", "EWR"])

        #expect(try await ask(fleet).status == 200)
        #expect(try await fleet.get("/v1/orders/4711").shipments["DAL"] == nil)

        try fleet.startAgent("DAL")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await expectWithoutDallas(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `keep what has shipped, and source the rest alone`() async throws {
        let fleet = try await placed()
        try fleet.command("RNO", "ship", "4711")
        try await fleet.eventually("the office knows that Reno has shipped") {
            try await fleet.get("/v1/orders/4711").order == "partly-shipped"
        }

        #expect(try await ask(fleet).status == 200)
        try await fleet.settle()

        let order = try await fleet.get("/v1/orders/4711")
        #expect(order.shipments == ["EWR": 8])
        #expect(order.order == "partly-shipped")
        let kept = order.array("resourcings")?.first?["kept"] as? [[String: Any]]
        #expect(kept?.first?["warehouse"] as? String == "RNO")
        #expect(kept?.first?["shippedAt"] is String)
        #expect(try fleet.stock("RNO") == Fleet.Stock(onHand: 0, held: 0, allocated: 0))
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))

        try fleet.command("EWR", "ship", "4711")
        try await fleet.eventually("all of it has shipped") {
            try await fleet.get("/v1/orders/4711").order == "shipped"
        }
        let done = try await ask(fleet)
        #expect(done.status == 409)
        #expect(done.json["code"] as? String == "nothing_to_resource")
        for code in ["DAL", "RNO", "EWR"] { try fleet.command(code, "audit") }
        #expect(try await fleet.findingsAtRest() == [])
    }
}
