import Foundation
import Testing

/// Orders that a warehouse has not shipped by its cutoff, with real processes and a real clock.
@Suite(.serialized)
struct `Real processes that miss a cutoff` {
    private static let sites = ["DAL", "RNO"]

    /// A zone in which it is neither early nor late now, and what its clock reads in a while.
    private static func zone() throws -> TimeZone {
        for name in ["America/Chicago", "Asia/Tokyo", "Europe/Berlin"] {
            guard let zone = TimeZone(identifier: name) else { continue }
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            if (2...20).contains(calendar.component(.hour, from: Date())) { return zone }
        }
        throw FleetError("it is night everywhere")
    }

    private static func reading(of instant: Date, in zone: TimeZone) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = zone
        formatter.dateFormat = "HH:mm"
        return formatter.string(from: instant)
    }

    private func order(_ id: String, _ more: String = "", from fleet: Fleet) async throws -> Answer
    {
        let body = """
            {"id": "\(id)", \(more)
             "destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "VALVE-3IN", "quantity": 5}]}
            """
        return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
    }

    /// Runs a command of the coordinator's, which must succeed.
    @discardableResult
    private func office(_ fleet: Fleet, _ arguments: String...) throws -> String {
        let (status, output, words) = try fleet.run(
            "holdfast-coordinator",
            arguments + ["--url", fleet.url]
        )
        #expect(status == 0, "\(arguments): \(words)")
        return output
    }

    private func shipment(_ answer: Answer) throws -> [String: Any] {
        let plan = answer.json["plan"] as? [String: Any]
        return try #require((plan?["shipments"] as? [[String: Any]])?.first, "\(answer.text)")
    }

    /// Two sites in one zone that ship every day until 23:59; Dallas is the cheaper.
    private func fleet(in zone: TimeZone) async throws -> Fleet {
        let fleet = try Fleet([
            Fleet.Warehouse("DAL", timeZone: zone.identifier, stock: [("VALVE-3IN", 20)]),
            Fleet.Warehouse(
                "RNO",
                timeZone: zone.identifier,
                stock: [("VALVE-3IN", 20)],
                priceFactor: 130
            ),
        ])
        try fleet.configureCoordinator("timing:\n  missedCutoffMilliseconds: 1\n")
        for site in Self.sites {
            try fleet.command(
                site,
                "carrier",
                "set",
                "ground",
                "--pickup",
                "all",
                "--moves",
                "all",
                "--delivers",
                "08:00-17:00"
            )
        }
        try await fleet.start()
        let file = fleet.folder.appendingPathComponent("rules.yaml")
        let rules = "rules:\n- {rule: on-time, then: {missed-cutoff: reroute}}\n"
        try Data(rules.utf8).write(to: file)
        try office(fleet, "rules", "publish", file.path, "--comment", "on time")
        return fleet
    }

    // Dallas' cutoff is the next full minute, or the one after. The coordinator is killed meanwhile.
    @Test func `source again what then comes too late, and keep what no plan is better for`()
        async throws
    {
        let zone = try Self.zone()
        let fleet = try await fleet(in: zone)
        let arrives = try #require(
            try shipment(await order("probe", from: fleet))["arrives"] as? String
        )
        let now = Date().timeIntervalSince1970
        let cutoff = Date(timeIntervalSince1970: ((now + 12) / 60).rounded(.up) * 60)
        let time = Self.reading(of: cutoff, in: zone)
        try fleet.command("DAL", "cutoff", "set", "--day", "all", "--time", time)

        let hurried = try await order(
            "hurried",
            "\"deliverBy\": \"\(arrives)T17:00\",",
            from: fleet
        )
        let patient = try await order("patient", from: fleet)
        try await fleet.settle()
        fleet.killCoordinator()
        try fleet.startCoordinator()

        #expect(hurried.shipments == ["DAL": 5] && patient.shipments == ["DAL": 5])
        let leavesBy = try #require(try shipment(hurried)["leavesBy"] as? String)
        #expect(leavesBy.contains("T\(time)"), "\(leavesBy)")
        #expect(try shipment(hurried)["lastCutoff"] as? String == leavesBy)
        #expect(try shipment(hurried)["arrivesBy"] as? String == "17:00")
        #expect(try shipment(patient)["lastCutoff"] is NSNull)
        // The clock has to get there: a minute and a quarter at the most.
        for _ in 0..<4 where Date() < cutoff {
            try await Task.sleep(for: .seconds(max(0, min(20, cutoff.timeIntervalSinceNow))))
        }
        try await fleet.eventually("the order is sourced again") {
            try await fleet.get("/v1/orders/hurried").shipments == ["RNO": 5]
        }

        let again = try await fleet.get("/v1/orders/hurried")
        let resourcing = again.array("resourcings")?.first
        #expect(resourcing?["by"] as? String == "office")
        #expect(resourcing?["reason"] as? String == "missed cutoff of DAL")
        #expect(try shipment(again)["arrives"] as? String == arrives)
        #expect(try !office(fleet, "replay", "hurried").contains("differ"))
        let resolved = try office(fleet, "alerts", "list", "--state", "resolved")
        #expect(resolved.contains("missed-cutoff"), "\(resolved)")
        #expect(resolved.contains("its part of order hurried"), "\(resolved)")
        // Of what need not hurry nothing is moved; the alert ends when it ships.
        try await fleet.eventually("the other order is told of") {
            try office(fleet, "alerts").contains("no other plan is better")
        }
        #expect(try await fleet.get("/v1/orders/patient").shipments == ["DAL": 5])
        try fleet.command("DAL", "ship", "patient")
        try await fleet.eventually("it has left") {
            try await fleet.get("/v1/orders/patient").order == "shipped"
        }
        try await fleet.eventually("the alert is over") {
            try !office(fleet, "alerts").contains("order patient")
        }
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }
}
