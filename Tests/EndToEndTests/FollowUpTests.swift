import Foundation
import Testing

/// Orders that wait for stock, with real processes that die when it comes.
@Suite(.serialized)
struct `Real processes that follow up what waits` {
    private static let sites = ["DAL", "RNO", "EWR"]

    /// Runs a command of the coordinator's, which must succeed.
    private func office(_ fleet: Fleet, _ arguments: String...) throws -> String {
        let (status, output, words) = try fleet.run(
            "holdfast-coordinator",
            arguments + ["--url", fleet.url]
        )
        #expect(status == 0, "\(arguments): \(words)")
        return output
    }

    /// Order 4711 takes all valves that there are, and 5 more.
    private func placed() async throws -> Fleet {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        let order = try await fleet.submit("4711", 40, completeness: "partial")
        #expect(order.shipments == ["DAL": 8, "RNO": 12, "EWR": 15])
        #expect(order.order == "backordered")
        try await fleet.settle()
        return fleet
    }

    private func haveStockCome(_ fleet: Fleet, at site: String, onHand: Int) throws {
        let file = fleet.folder.appendingPathComponent("\(site)-arrival.csv")
        try Data("sku,on_hand,weight_g\nVALVE-3IN,\(onHand),6800\n".utf8).write(to: file)
        try fleet.command(site, "stock", "import", file.path)
    }

    private func expectAll(
        _ fleet: Fleet,
        _ shipments: [String: Int] = ["DAL": 13, "RNO": 12, "EWR": 15],
        beside others: Int = 0
    ) async throws {
        try await fleet.eventually("4711 is confirmed") {
            try await fleet.get("/v1/orders/4711").order == "confirmed"
        }
        try await fleet.settle()
        #expect(try await fleet.get("/v1/orders/4711").shipments == shipments)
        try await fleet.eventually("all is allocated") { try fleet.allocated() == 40 + others }
        for code in Self.sites { try fleet.command(code, "audit") }
    }

    @Test func `confirm what waited once stock is imported, and say why`() async throws {
        let fleet = try await placed()
        let listed = try office(fleet, "backorder", "list")
        #expect(listed.contains("4711") && listed.contains("VALVE-3IN  5"), "\(listed)")
        let waiting = try await fleet.get("/v1/backorders?sku=VALVE-3IN").array("backorders")
        #expect(waiting?.first?["order"] as? String == "4711")
        #expect(try await fleet.get("/v1/backorders?sku=HOSE").array("backorders")?.count == 0)
        #expect(try office(fleet, "alerts").contains("waits for 5 x VALVE-3IN"))
        let before = try await fleet.get("/v1/orders/4711")

        try haveStockCome(fleet, at: "DAL", onHand: 13)

        try await expectAll(fleet)
        #expect(try await fleet.get("/v1/backorders").array("backorders")?.count == 0)
        let after = try await fleet.get("/v1/orders/4711")
        let resourcing = after.array("resourcings")?.first
        #expect(resourcing?["by"] as? String == "office")
        #expect(resourcing?["reason"] as? String == "stock of VALVE-3IN at DAL")
        #expect(resourcing?["followUp"] as? Bool == true)
        // What was promised leaves and arrives as it was promised.
        let kept = try #require(
            (before.json["plan"] as? [String: Any])?["shipments"] as? [NSDictionary]
        )
        let now = (after.json["plan"] as? [String: Any])?["shipments"] as? [NSDictionary]
        for shipment in kept { #expect(now?.contains(shipment) == true) }

        #expect(try office(fleet, "order", "show", "4711").contains("by office, with what is"))
        #expect(try office(fleet, "order", "explain", "4711").contains("stock of VALVE-3IN at DAL"))
        #expect(try !office(fleet, "replay", "4711").contains("differ"))
        #expect(try !office(fleet, "alerts").contains("backorder"))
        let resolved = try office(fleet, "alerts", "list", "--state", "resolved")
        #expect(resolved.contains("backorder"))
        try fleet.office("audit")

        #expect(try await fleet.ask("POST", "/v1/orders/4711/cancel").status == 200)
        try await fleet.settle()
        #expect(try fleet.allocated() == 0)
        #expect(try await fleet.findingsAtRest() == [])
    }

    // Nobody has been told of the decision: kill -9 between it and the first word of it.
    @Test func `go on where the coordinator dies between the decision and its telling`()
        async throws
    {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-durable")
        try await fleet.waitUntilActive(Self.sites)

        try haveStockCome(fleet, at: "DAL", onHand: 13)
        try await fleet.waitForCoordinatorToDie()

        try fleet.startCoordinator()
        try await expectAll(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `find by themselves what came when the coordinator dies before the decision`()
        async throws
    {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-taken")
        try await fleet.waitUntilActive(Self.sites)

        try haveStockCome(fleet, at: "DAL", onHand: 13)
        try await fleet.waitForCoordinatorToDie()
        #expect(try fleet.stock("RNO").allocated == 12)

        try fleet.startCoordinator()
        try await expectAll(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `wait for a site that has a part of the order, and is down when stock comes`()
        async throws
    {
        let fleet = try await placed()
        fleet.killAgent("EWR")
        try haveStockCome(fleet, at: "DAL", onHand: 13)
        try await Task.sleep(for: .seconds(6))
        #expect(try await fleet.get("/v1/orders/4711").order == "backordered")
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 13, held: 0, allocated: 8))

        try fleet.startAgent("EWR")
        try await expectAll(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `give what comes to whoever has waited longest, and the rest to the next`()
        async throws
    {
        let fleet = try await placed()
        let other = try await fleet.submit("4712", 5, completeness: "partial")
        #expect(other.order == "backordered" && other.shipments.isEmpty)
        let listed = try await fleet.get("/v1/backorders").array("backorders")
        #expect(listed?.map { $0["order"] as? String } == ["4711", "4712"])

        try haveStockCome(fleet, at: "RNO", onHand: 19)

        try await expectAll(fleet, ["DAL": 8, "RNO": 17, "EWR": 15], beside: 2)
        let second = try await fleet.get("/v1/orders/4712")
        #expect(second.order == "backordered" && second.shipments == ["RNO": 2])
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `leave what has shipped, and ship the rest from there when it comes`() async throws {
        let fleet = try await placed()
        try fleet.command("RNO", "ship", "4711")
        try await fleet.eventually("the office knows that Reno has shipped") {
            try await fleet.get("/v1/orders/4711").order == "partly-shipped"
        }

        try haveStockCome(fleet, at: "RNO", onHand: 5)

        try await fleet.eventually("Reno has the rest") {
            try await fleet.get("/v1/orders/4711").shipments == ["DAL": 8, "RNO": 5, "EWR": 15]
        }
        try await fleet.settle()
        for code in ["DAL", "RNO", "EWR"] {
            try await fleet.eventually("\(code) ships") {
                (try? fleet.command(code, "ship", "4711")) != nil
            }
        }
        try await fleet.eventually("all of it has shipped") {
            try await fleet.get("/v1/orders/4711").order == "shipped"
        }
        #expect(try fleet.stock("RNO") == Fleet.Stock(onHand: 0, held: 0, allocated: 0))
        #expect(try await fleet.findingsAtRest() == [])
    }
}
