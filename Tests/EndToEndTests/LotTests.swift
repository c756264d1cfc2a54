import Foundation
import Testing

/// Real processes that keep goods by lot: what a site manager says of a lot is in the next plan.
@Suite(.serialized)
struct `Lots of real sites` {
    private func day(_ days: Int) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyy-MM-dd"
        return format.string(from: Date(timeIntervalSinceNow: Double(days) * 86_400))
    }

    /// Dallas has 8 kits of a lot that soon expires; Reno, which is dearer, 20 of one that keeps.
    private func started() async throws -> Fleet {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        for (site, row) in [
            ("DAL", "8,L-OLD,\(day(20)),RoHS"), ("RNO", "20,L-NEW,\(day(400)),"),
        ] {
            let name = "lots-\(site).csv"
            try fleet.write(
                "sku,on_hand,lot,expires,certificates,weight_g\nSEAL-KIT,\(row),450\n",
                to: name
            )
            let path = fleet.folder.appendingPathComponent(name).path
            try fleet.command(site, "stock", "import", path)
        }
        return fleet
    }

    private func order(
        _ fleet: Fleet,
        _ id: String,
        _ units: Int,
        lots: String = "null",
        customer: String? = nil
    ) async throws -> Answer {
        let buyer = customer.map { "\"customer\": \"\($0)\"," } ?? ""
        let needs = lots == "null" ? "" : ", \"lots\": \(lots)"
        let body = """
            {"id": "\(id)", \(buyer) "destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "SEAL-KIT", "quantity": \(units)\(needs)}]}
            """
        return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
    }

    private func picks(_ fleet: Fleet, _ site: String, _ order: String) throws -> [String: Int] {
        let output = try fleet.command(site, "hold", "list", "--json")
        let rows =
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] ?? []
        var found: [String: Int] = [:]
        for row in rows where row["order"] as? String == order {
            for pick in row["picks"] as? [[String: Any]] ?? [] {
                found[pick["lot"] as? String ?? "-"] = pick["quantity"] as? Int
            }
        }
        return found
    }

    @Test func `are changed by their manager, and are so in the very next plan`() async throws {
        let fleet = try await started()
        #expect(try await order(fleet, "1", 2).shipments == ["DAL": 2])

        try fleet.command(
            "DAL",
            "lot",
            "quarantine",
            "SEAL-KIT",
            "L-OLD",
            "--reason",
            "recall 118"
        )
        #expect(try await order(fleet, "2", 2).shipments == ["RNO": 2])
        try fleet.command("DAL", "lot", "release", "SEAL-KIT", "L-OLD", "--reason", "checked")
        #expect(try await order(fleet, "3", 2).shipments == ["DAL": 2])

        let shown = try fleet.command("DAL", "lot", "show", "SEAL-KIT", "L-OLD", "--json")
        for word in ["quarantine", "recall 118", "clear", "checked", "RoHS"] {
            #expect(shown.contains(word), "\(shown)")
        }
        let listed = try fleet.command("DAL", "lot", "list", "--within-days", "30")
        #expect(listed.contains("L-OLD") && !listed.contains("expired"), "\(listed)")
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `are taken as the buyer asks, by order, rule and directory`() async throws {
        let fleet = try await started()
        // Dallas's lot has 20 days left, and fewer when it arrives.
        let life = try await order(fleet, "1", 2, lots: #"{"lifeDays": 25}"#)
        #expect(life.shipments == ["RNO": 2])
        #expect(try picks(fleet, "RNO", "1") == ["L-NEW": 2])
        let few = try await order(fleet, "2", 2, lots: #"{"lifeDays": 3}"#)
        #expect(few.shipments == ["DAL": 2])

        let refused = try await order(fleet, "3", 2, lots: #"{"certificates": ["COA"]}"#)
        #expect(refused.order == "refused")
        #expect(refused.array("refusals")?.first?["reason"] as? String == "lotsUnfit")
        try fleet.command(
            "RNO",
            "lot",
            "certify",
            "SEAL-KIT",
            "L-NEW",
            "COA",
            "--reason",
            "papers came"
        )
        let papers = try await order(fleet, "4", 2, lots: #"{"certificates": ["coa"]}"#)
        #expect(papers.shipments == ["RNO": 2])
        let single = try await order(fleet, "5", 9, lots: #"{"singleLot": true}"#)
        #expect(single.shipments == ["RNO": 9])
        let approved = try await order(fleet, "6", 1, lots: #"{"approved": ["L-OLD"]}"#)
        #expect(approved.shipments == ["DAL": 1])

        try fleet.write("id,segment\nACME-7,gold\n", to: "customers.csv")
        try fleet.write(
            """
            rules:
              - rule: gold wants fresh kits
                when: {segment: gold}
                then: {lots: {life-days: 90, skus: [SEAL-KIT]}}

            """,
            to: "rules.yaml"
        )
        for arguments in [
            ["directory", "import", "customers", "customers.csv"],
            ["rules", "publish", "rules.yaml", "--comment", "fresh"],
        ] {
            let named = arguments.map {
                $0.hasSuffix(".csv") || $0.hasSuffix(".yaml")
                    ? fleet.folder.appendingPathComponent($0).path : $0
            }
            let (status, _, words) = try fleet.run(
                "holdfast-coordinator",
                named + ["--url", fleet.url]
            )
            #expect(status == 0, "\(words)")
        }
        let gold = try await order(fleet, "7", 2, customer: "ACME-7")
        #expect(gold.shipments == ["RNO": 2])
        #expect(try await order(fleet, "8", 2).shipments == ["DAL": 2])

        let (_, explained, _) = try fleet.run(
            "holdfast-coordinator",
            ["order", "explain", "7", "--url", fleet.url]
        )
        for words in ["gold wants fresh kits", "lot L-OLD of SEAL-KIT is not taken", "days left"] {
            #expect(explained.contains(words), "\(explained)")
        }
        for id in ["1", "5", "7"] {
            let (status, replayed, words) = try fleet.run(
                "holdfast-coordinator",
                ["replay", id, "--url", fleet.url]
            )
            #expect(status == 0, "\(replayed) \(words)")
        }
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `that expire while they are set aside have their orders sourced again`()
        async throws
    {
        let fleet = try await started()
        #expect(try await order(fleet, "1", 5).shipments == ["DAL": 5])
        try fleet.command(
            "DAL",
            "lot",
            "set-expiry",
            "SEAL-KIT",
            "L-OLD",
            day(-3),
            "--reason",
            "label was misread"
        )

        try await fleet.eventually("Reno ships in its place") {
            try await fleet.get("/v1/orders/1").shipments == ["RNO": 5]
        }
        try await fleet.eventually("Dallas has nothing set aside") {
            try fleet.stock("DAL", "SEAL-KIT").allocated == 0
        }
        let order = try await fleet.get("/v1/orders/1")
        let refused = order.array("refusedPicks")?.first
        #expect(refused?["reason"] as? String == "expired" && refused?["quantity"] as? Int == 5)
        #expect(try fleet.stock("DAL", "SEAL-KIT").onHand == 8)
        let history = try fleet.command("DAL", "lot", "show", "SEAL-KIT", "L-OLD")
        #expect(history.contains("set aside for order 1"), "\(history)")
        let (_, alerts, _) = try fleet.run(
            "holdfast-coordinator",
            ["alerts", "list", "--state", "resolved", "--url", fleet.url]
        )
        #expect(alerts.contains("pick-refused") && alerts.contains("expired"), "\(alerts)")
        #expect(try await fleet.findingsAtRest() == [])
    }
}
