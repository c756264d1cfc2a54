import Foundation
import Testing

/// What a site manager and a warehouse system change at a real agent, and what the office then promises.
@Suite(.serialized)
struct `Real agents with a page` {
    private func quoted(_ fleet: Fleet, _ quantity: Int) async throws -> [String: Any]? {
        let body = """
            {"destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "VALVE-3IN", "quantity": \(quantity)}]}
            """
        let answer = try await fleet.ask("POST", "/v1/quotes", body: Data(body.utf8))
        let plan = (answer.json["options"] as? [[String: Any]])?.first?["plan"] as? [String: Any]
        return (plan?["shipments"] as? [[String: Any]])?.first
    }

    private func day(after day: String) throws -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyy-MM-dd"
        let date = try #require(format.date(from: day))
        return format.string(from: date.addingTimeInterval(86_400))
    }

    @Test func `move a promise by a holiday from the page, and bid what a warehouse system says`()
        async throws
    {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 8)])])
        let agent = try fleet.serveHTTP("DAL", "drop:\n  folder: drop\n  stillSeconds: 1\n")
        // A carrier that comes every day, so that a holiday moves things by one day.
        let all = "mon,tue,wed,thu,fri,sat,sun"
        try fleet.command(
            "DAL",
            "carrier",
            "set",
            "ground",
            "--pickup",
            all,
            "--moves",
            all
        )
        try await fleet.start()

        // The page.
        let page = try await fleet.ask("GET", "/", at: agent)
        #expect(page.status == 200)
        #expect(page.text.contains("<h1>DAL DAL</h1>"))
        let before = try #require(try await quoted(fleet, 5))
        let leaves = try #require(before["leaves"] as? String)
        let arrives = try #require(before["arrives"] as? String)
        let form = Data("date=\(leaves)&name=Inventory+%26+Co".utf8)
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        let foreign = try await fleet.ask(
            "POST",
            "/holidays",
            at: agent,
            body: form,
            headers: [type, ("Origin", "https://evil.example")]
        )
        #expect(foreign.status == 403)
        #expect(try await quoted(fleet, 5)?["leaves"] as? String == leaves)
        let bent = try await fleet.ask(
            "GET",
            "/",
            at: agent,
            headers: [("Host", "evil.example")]
        )
        #expect(bent.status == 421)
        // The client follows the redirect, as a browser does.
        let set = try await fleet.ask(
            "POST",
            "/holidays",
            at: agent,
            body: form,
            headers: [type, ("Origin", agent)]
        )
        #expect(set.status == 200 || set.status == 303)
        let after = try #require(try await quoted(fleet, 5))
        #expect(after["leaves"] as? String == (try day(after: leaves)))
        #expect(after["arrives"] as? String == (try day(after: arrives)))
        #expect(
            try await fleet.ask("GET", "/", at: agent).text.contains("Inventory &amp; Co")
        )

        // The counts of a warehouse system.
        #expect(try await quoted(fleet, 20) == nil)
        let counts = Data(#"{"stock": [{"sku": "VALVE-3IN", "onHand": 30}]}"#.utf8)
        #expect(try await fleet.ask("PUT", "/v1/stock", at: agent, body: counts).status == 200)
        #expect(try await quoted(fleet, 20) != nil)
        let change = Data(#"{"sku": "VALVE-3IN", "delta": -20, "reason": "sold"}"#.utf8)
        let key = [("Idempotency-Key", "sale-1")]
        for status in [201, 200] {
            let path = "/v1/stock/adjustments"
            let told = try await fleet.ask("POST", path, at: agent, body: change, headers: key)
            #expect(told.status == status)
        }
        #expect(try fleet.stock("DAL").onHand == 10)

        // Its files, in the folder that the agent makes.
        try await fleet.eventually("there is a folder") {
            FileManager.default.fileExists(
                atPath: fleet.folder.appendingPathComponent("drop").path
            )
        }
        try fleet.write("sku,on_hand\nVALVE-3IN,25\n", to: "drop/counts.csv")
        try await fleet.eventually("the file is imported") {
            try fleet.stock("DAL").onHand == 25
        }
        try fleet.write("sku,on_hand\nVALVE-3IN,lots\n", to: "drop/bad.csv")
        let files = FileManager.default
        let failed = fleet.folder.appendingPathComponent("drop/failed").path
        try await fleet.eventually("the file is put aside") {
            try files.contentsOfDirectory(atPath: failed).count == 2
        }
        #expect(try await quoted(fleet, 25) != nil)
        try await fleet.settle()
    }
}
