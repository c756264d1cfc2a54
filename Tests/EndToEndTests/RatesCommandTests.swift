import Foundation
import Testing

@Suite(.serialized)
struct `The rates commands` {
    // 15 valves of 6.8 kg are 224.9 lb: a package of 150 lb at 45.50 and one of 75 at 28.00.
    @Test func `quote the cents that an order then costs, whether or not the agent runs`()
        async throws
    {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20)])])
        let quote = [
            "rates", "quote", "--to", "75001", "--sku", "VALVE-3IN", "--quantity", "15",
        ]
        let beforehand = try fleet.command("DAL", quote + ["--json"])
        try await fleet.start()

        let table = try fleet.command("DAL", quote)
        let asked = try fleet.command("DAL", quote + ["--json"])
        let answer = try await fleet.submit("4711", 15)

        #expect(asked == beforehand)
        let lines = table.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("ground   Example Parcel, ground, zone 2"))
        #expect(lines[2].hasSuffix("1 package of 150 lb, zone 2                  45.50"))
        #expect(lines[3].hasSuffix("1 package of 75 lb, billed as 80 lb, zone 2  28.00"))
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(asked.utf8)) as? [String: Any]
        )
        let services = report["services"] as? [[String: Any]]
        let offer = services?.first?["offer"] as? [String: Any]
        let plan = answer.json["plan"] as? [String: Any]
        let shipment = (plan?["shipments"] as? [[String: Any]])?.first
        #expect(offer?["freight"] as? String == "73.50")
        #expect("\(shipment ?? [:])".contains("73.50"), "\(shipment ?? [:])")
        #expect(offer?["leaves"] as? String == shipment?["leaves"] as? String)
        #expect(offer?["arrives"] as? String == shipment?["arrives"] as? String)
    }

    @Test func `show a card, and refuse what means nothing with a hint`() throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20)])])
        let run = { (arguments: [String]) in
            try fleet.run(
                "holdfast-agent",
                ["rates"] + arguments + ["--config", fleet.configuration(of: "DAL")]
            )
        }

        let shown = try run(["show", "ground"])
        let unknown = try run(["show", "grond"])
        let short = try run([
            "quote", "--to", "75001", "--sku", "VALVE-3IN", "--sku", "PUMP", "--quantity", "1",
        ])

        #expect(shown.status == 0)
        #expect(shown.output.contains("2     3     000-999"))
        #expect(shown.output.contains("\n     150   45.50"))
        #expect(unknown.status == 1)
        #expect(unknown.words.contains("hint: known are ground"))
        #expect(short.status == 64)
        #expect(short.words.contains("2 --sku and 1 --quantity; give one quantity for each SKU"))
    }
}
