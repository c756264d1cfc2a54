import Foundation
import Testing

/// Sites that lease units, and are then frozen or told to take them back.
@Suite(.serialized)
struct `Real agents that lease stock` {
    /// Reno has leased five valves, and has said so.
    private func leasing() async throws -> Fleet {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        try fleet.command("RNO", "lease", "grant", "VALVE-3IN", "5")
        try await fleet.eventually("the lease is known") {
            try await fleet.get("/metrics").text.contains("holdfast_leases_total 1")
        }
        return fleet
    }

    // A half of Reno's twelve valves; nobody grants anything.
    @Test func `lease by a rule, and top up what orders have drawn`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        try fleet.command("RNO", "lease", "rule", "set", "--percent", "50")
        let rules = try fleet.command("RNO", "lease", "rule")
        #expect(rules.contains("(others)") && rules.contains("50%"))
        try await fleet.eventually("the lease is known") {
            try await fleet.get("/metrics").text.contains("holdfast_leases_total 1")
        }
        try await freeze("RNO", of: fleet)

        let answer = try await fleet.submit("4711", 29)
        #expect(answer.shipments == ["DAL": 8, "EWR": 15, "RNO": 6])

        fleet.pauseAgent("RNO", false)
        try await fleet.eventually("Reno has taken it in, and leased again") {
            try fleet.stock("RNO") == Fleet.Stock(onHand: 12, held: 0, allocated: 6)
                && fleet.command("RNO", "lease", "list").contains("lease rules")
        }
        // All that is left is leased: the counter may have it once the rule is gone.
        try fleet.command("RNO", "lease", "rule", "remove")
        try await fleet.eventually("the office has closed it") {
            try !fleet.command("RNO", "lease", "list", "--json").contains("setAside\":6")
        }
        #expect(try await fleet.submit("4712", 6).shipments == ["RNO": 6])
        try fleet.command("RNO", "audit")
        #expect(try fleet.findingsOnDisk() == [])
    }

    private func freeze(_ code: String, of fleet: Fleet) async throws {
        fleet.pauseAgent(code, true)
        try await fleet.eventually("\(code) is out of session") {
            let sites = try await fleet.get("/v1/warehouses").array("warehouses") ?? []
            return sites.contains {
                $0["warehouse"] as? String == code && $0["state"] as? String != "active"
            }
        }
    }

    @Test func `have an order confirmed from the lease of a site that is frozen, and take it in`()
        async throws
    {
        let fleet = try await leasing()
        try await freeze("RNO", of: fleet)

        // Dallas and Newark have 23 between them.
        let answer = try await fleet.submit("4711", 28)
        #expect(answer.status == 201)
        #expect(answer.shipments == ["DAL": 8, "EWR": 15, "RNO": 5])
        #expect(try await fleet.submit("4712", 1).status == 503, "nothing is left of the lease")

        fleet.pauseAgent("RNO", false)
        try await fleet.eventually("Reno has taken it in") {
            try fleet.stock("RNO") == Fleet.Stock(onHand: 12, held: 0, allocated: 5)
        }
        try fleet.command("RNO", "audit")
        let listed = try fleet.command("RNO", "lease", "list", "--all", "--json")
        #expect(listed.contains("\"drawn\":5"))
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `survive the coordinator's end between the decision and the draining`()
        async throws
    {
        let fleet = try await leasing()
        try await freeze("RNO", of: fleet)
        #expect(try await fleet.submit("4711", 28).status == 201)
        fleet.killCoordinator()
        try fleet.startCoordinator()
        fleet.pauseAgent("RNO", false)
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        try await fleet.eventually("Reno has taken it in") {
            try fleet.stock("RNO").allocated == 5
        }
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `get back what nobody has drawn`() async throws {
        let fleet = try await leasing()
        let listed = try fleet.command("RNO", "lease", "list", "--json")
        let lease = try #require(
            listed.split(separator: "\"").first { $0.utf8.count == 32 }.map(String.init)
        )
        try fleet.command("RNO", "lease", "revoke", lease, "--reason", "counter is full")

        try await fleet.eventually("the lease is closed") {
            try fleet.command("RNO", "lease", "list", "--json").contains("[]")
        }
        #expect(try fleet.command("RNO", "lease", "list", "--all", "--json").contains("closed"))
        #expect(try fleet.findingsOnDisk() == [])
    }
}
