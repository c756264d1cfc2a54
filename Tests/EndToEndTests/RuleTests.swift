import Foundation
import Testing

/// The office's rules, from a file on disk to the next order.
@Suite(.serialized)
struct `Rules of a real office` {
    private let rules = """
        rules:
          - rule: gold from Newark
            when: {segment: gold}
            then: {force: [EWR], customs-papers: yes}
            soft: [force]

        """

    private func office(
        _ fleet: Fleet,
        _ arguments: String...
    ) throws -> (status: Int32, output: String, words: String) {
        try fleet.run("holdfast-coordinator", arguments + ["--url", fleet.url])
    }

    private func path(_ name: String, of fleet: Fleet) -> String {
        fleet.folder.appendingPathComponent(name).path
    }

    private func order(
        _ id: String,
        by customer: String?,
        from fleet: Fleet
    ) async throws
        -> [String: Int]
    {
        let buyer = customer.map { "\"customer\": \"\($0)\"," } ?? ""
        let body = """
            {"id": "\(id)", \(buyer) "destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "VALVE-3IN", "quantity": 2}]}
            """
        return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8)).shipments
    }

    @Test func `hold from the next order on, after a restart too, and can be taken back`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        try fleet.write("id,segment\nACME-7,gold\n", to: "customers.csv")
        try fleet.write(rules, to: "rules.yaml")
        let file = path("rules.yaml", of: fleet)

        let before = try await order("1", by: "ACME-7", from: fleet)
        let imported = try office(
            fleet,
            "directory",
            "import",
            "customers",
            path("customers.csv", of: fleet)
        )
        let published = try office(fleet, "rules", "publish", file, "--comment", "gold")
        let after = try await order("2", by: "ACME-7", from: fleet)
        let guest = try await order("3", by: nil, from: fleet)
        fleet.killCoordinator()
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        let restarted = try await order("4", by: "ACME-7", from: fleet)
        try fleet.write("rules: []\n", to: "none.yaml")
        let none = try office(
            fleet,
            "rules",
            "publish",
            path("none.yaml", of: fleet),
            "--comment",
            "none"
        )
        let without = try await order("5", by: "ACME-7", from: fleet)
        let rolledBack = try office(fleet, "rules", "rollback", "1", "--comment", "back")
        let again = try await order("6", by: "ACME-7", from: fleet)

        #expect(imported.output == "1 taken; the directory has 1 customers\n")
        #expect(published.output == "version 1 is in force\n")
        #expect(none.output == "version 2 is in force\n")
        #expect(rolledBack.output == "version 3 is in force\n")
        #expect(before == ["DAL": 2])
        #expect(after == ["EWR": 2])
        #expect(guest == ["DAL": 2])
        #expect(restarted == ["EWR": 2])
        #expect(without == ["DAL": 2])
        #expect(again == ["EWR": 2])
        let explained = try await fleet.get("/v1/orders/2/explanation")
        let applied = explained.json["rules"] as? [String: Any]
        #expect(applied?["version"] as? Int == 1)
        let names = String(describing: applied?["applied"] ?? "nothing")
        #expect(names.contains("gold from Newark"), "\(names)")
        let first = try await fleet.get("/v1/orders/1/explanation")
        #expect((first.json["rules"] as? [String: Any])?["version"] as? Int == 0)
    }

    @Test func `are refused as a whole with the line of a slip`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        try fleet.write(
            rules.replacingOccurrences(of: "EWR", with: "EWD"),
            to: "rules.yaml"
        )
        let file = path("rules.yaml", of: fleet)

        let checked = try office(fleet, "rules", "check", file)
        let published = try office(fleet, "rules", "publish", file, "--comment", "gold")
        let listed = try office(fleet, "rules", "list", "--json")

        #expect(checked.status == 65)
        #expect(
            checked.output
                == "\(file):2: error: there is no warehouse ‘EWD’; did you mean ‘EWR’?\n"
        )
        #expect(published.status == 65)
        #expect(published.words.contains("line 2: there is no warehouse ‘EWD’"))
        #expect(listed.output == "{\"versions\":[]}\n")
    }

    @Test func `are tried on past orders, whose records replay to the same plan`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        try fleet.write("id,segment\nACME-7,gold\n", to: "customers.csv")
        try fleet.write(rules, to: "rules.yaml")
        try fleet.write("2\nnone-such\n", to: "ids.txt")
        let file = path("rules.yaml", of: fleet)
        let customers = path("customers.csv", of: fleet)
        _ = try office(fleet, "directory", "import", "customers", customers)
        _ = try await order("1", by: nil, from: fleet)
        _ = try await order("2", by: "ACME-7", from: fleet)
        _ = try await order("3", by: "ACME-7", from: fleet)

        let newest = try office(fleet, "rules", "try", file, "--last", "500")
        let json = try office(fleet, "rules", "try", file, "--last", "500", "--json")
        let named = try office(fleet, "rules", "try", file, "--orders", path("ids.txt", of: fleet))
        let replayed = try ["1", "2", "3"].map { try office(fleet, "replay", $0) }
        let listed = try office(fleet, "rules", "list", "--json")
        let scored = try office(fleet, "scorecard", "--by", "segment")

        #expect(newest.status == 0)
        let rows = scored.output.split(separator: "\n")
            .map { $0.split(separator: " ").prefix(4).joined(separator: " ") }
        #expect(rows.dropFirst().prefix(3) == ["gold 2 0.0 %", "guest 1 0.0 %", "all 3 0.0 %"])
        #expect(newest.output.hasPrefix("2 of 3 orders would have been placed otherwise.\n"))
        #expect(newest.output.contains("2 from EWR by ground"), "\(newest.output)")
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let changed = (document as? [String: Any])?["changed"] as? [[String: Any]] ?? []
        #expect(changed.compactMap { $0["order"] as? String } == ["3", "2"])
        #expect(named.output.hasPrefix("1 of 1 order would have been placed otherwise.\n"))
        #expect(named.output.contains("  none-such: it is not decided, or unknown\n"))
        #expect(replayed.allSatisfy { $0.status == 0 })
        #expect(
            replayed.allSatisfy { $0.output.contains(": the record leads to the same answer.\n") }
        )
        // Nothing is published by trying.
        #expect(listed.output == "{\"versions\":[]}\n")
    }
}
