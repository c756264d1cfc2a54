import Foundation
import Testing

/// Goods that leave, and an office that learns of it.
@Suite(.serialized)
struct `Real agents that ship` {
    private func eventually(_ status: String, in fleet: Fleet) async throws {
        try await fleet.eventually("the order is \(status)") {
            try await fleet.get("/v1/orders/4711").order == status
        }
    }

    private func shippedAt(_ code: String, in fleet: Fleet) async throws -> String? {
        let plan = try await fleet.get("/v1/orders/4711").json["plan"] as? [String: Any]
        let shipments = plan?["shipments"] as? [[String: Any]] ?? []
        return shipments.first { $0["warehouse"] as? String == code }?["shippedAt"] as? String
    }

    @Test func `ship an order site by site, which is then shipped in part, in full, and for good`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        let picks = try fleet.command("DAL", "pick", "list")
        #expect(picks.contains("4711") && picks.contains("VALVE-3IN") && picks.contains("ground"))

        // Nobody hears of the first shipment before the agent is started again.
        fleet.killCoordinator()
        let first = try fleet.command("DAL", "ship", "4711", "--json")
        #expect(first.contains("\"isRepeated\":false"))
        fleet.killAgent("DAL")
        try fleet.startAgent("DAL")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await eventually("partly-shipped", in: fleet)
        #expect(try await shippedAt("DAL", in: fleet) != nil)
        #expect(try await shippedAt("RNO", in: fleet) == nil)
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 0, held: 0, allocated: 0))

        let early = try await fleet.ask("POST", "/v1/orders/4711/cancel")
        #expect(early.status == 409)
        #expect(early.json["code"] as? String == "already_shipped")
        #expect((early.json["detail"] as? String)?.contains("DAL has shipped") == true)

        try fleet.command("RNO", "ship", "4711")
        try await eventually("shipped", in: fleet)
        #expect(try await fleet.ask("POST", "/v1/orders/4711/cancel").status == 409)
        #expect(try await fleet.get("/v1/orders/4711").order == "shipped")
        #expect(try await fleet.get("/v1/orders?status=shipped").array("orders")?.count == 1)
        let again = try fleet.command("DAL", "ship", "4711", "--json")
        #expect(again.contains("\"isRepeated\":true") && again.contains("\"isKnownToOffice\":true"))
        #expect(try fleet.command("DAL", "pick", "list", "--json").contains("[]"))

        let (status, _, words) = try fleet.run(
            "holdfast-agent",
            ["ship", "4712", "--config", fleet.configuration(of: "DAL")]
        )
        #expect(status == 1)
        #expect(words.contains("nothing is set aside here for order 4712"))
        for code in ["DAL", "RNO", "EWR"] { try fleet.command(code, "audit") }
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `do not pick again what had left when an old copy is put back`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).status == 201)
        try await fleet.settle()
        fleet.killAgent("DAL")
        let file = fleet.database(of: "DAL")
        let copy = file.deletingLastPathComponent().appendingPathComponent("old.sqlite")
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file.path + suffix)
        {
            try FileManager.default.copyItem(atPath: file.path + suffix, toPath: copy.path + suffix)
        }
        try fleet.startAgent("DAL")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try fleet.command("DAL", "ship", "4711")
        try await eventually("partly-shipped", in: fleet)
        // A decision after it, so that the office notices what the copy lacks.
        #expect(try await fleet.submit("4712", 5).status == 201)
        try await fleet.settle()

        fleet.killAgent("DAL")
        for suffix in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: file.path + suffix)
            try? FileManager.default.copyItem(
                atPath: copy.path + suffix,
                toPath: file.path + suffix
            )
        }
        try fleet.startAgent("DAL")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        try await fleet.eventually("nothing is to be picked at Dallas") {
            try fleet.command("DAL", "pick", "list", "--json").contains("[]")
        }
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 0, held: 0, allocated: 0))
        try fleet.command("DAL", "audit")
        #expect(try fleet.findingsOnDisk() == [])
    }
}
