import Foundation
import Testing

/// What waits has a date by what is on its way, with real processes that die in between.
@Suite(.serialized)
struct `Real processes that date what waits` {
    private static let sites = ["DAL", "RNO", "EWR"]

    private func office(_ fleet: Fleet, _ arguments: String...) throws -> String {
        let (status, output, words) = try fleet.run(
            "holdfast-coordinator",
            arguments + ["--url", fleet.url]
        )
        #expect(status == 0, "\(arguments): \(words)")
        return output
    }

    /// The day so many days from today, in UTC.
    private func day(_ days: Int) -> String {
        let formatter = DateFormatter()
        formatter.calendar = Calendar(identifier: .iso8601)
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.string(from: Date(timeIntervalSinceNow: Double(days) * 86_400))
    }

    private func line(_ fleet: Fleet, _ id: String) async throws -> [String: Any] {
        let plan = try await fleet.get("/v1/orders/\(id)").json["plan"] as? [String: Any]
        return (plan?["backorders"] as? [[String: Any]])?.first ?? [:]
    }

    private func expectedBy(_ fleet: Fleet, _ id: String) async throws -> String? {
        try await line(fleet, id)["expectedBy"] as? String
    }

    @Test func `tell the day, its slip, and that it has come, through a crash of the office`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        try fleet.command("DAL", "inbound", "add", "PO-1001", "VALVE-3IN", "40", "--day", day(9))

        let placed = try await fleet.submit("4711", 40, completeness: "partial")
        #expect(placed.order == "backordered")
        let plan = placed.json["plan"] as? [String: Any]
        let waiting = (plan?["backorders"] as? [[String: Any]])?.first
        #expect(waiting?["expectedBy"] as? String == day(9))
        let part = (waiting?["expected"] as? [[String: Any]])?.first
        #expect(part?["receipt"] as? String == "PO-1001" && part?["quantity"] as? Int == 5)
        #expect((part?["leaves"] as? String ?? "") > day(9))
        #expect((part?["arrives"] as? String ?? "") > part?["leaves"] as? String ?? "x")
        try await fleet.settle()
        #expect(try office(fleet, "backorder", "list").contains("\(day(9)) (PO-1001 at DAL)"))

        fleet.killCoordinator()
        try fleet.command(
            "DAL",
            ["inbound", "change", "PO-1001", "--day", day(16), "--reason", "port strike"]
        )
        try fleet.startCoordinator()
        #expect(try await expectedBy(fleet, "4711") == day(9), "the log keeps what was told")
        try await fleet.waitUntilActive(Self.sites)
        try await fleet.eventually("the day moves") {
            try await expectedBy(fleet, "4711") == day(16)
        }
        #expect(try await line(fleet, "4711")["toldBy"] as? String == day(9))
        #expect(try office(fleet, "alerts").contains("told for \(day(9)), now for \(day(16))"))
        let shown = try office(fleet, "order", "show", "4711")
        #expect(shown.contains("Later than was told") && shown.contains(": later."))
        let history = try await fleet.get("/v1/orders/4711").array("dateChanges")
        #expect(history?.last?["later"] as? Bool == true)
        #expect(try fleet.command("DAL", "inbound", "history", "PO-1001").contains("port strike"))

        try fleet.command("DAL", "inbound", "receive", "PO-1001", "--quantity", "38", "--close")
        try await fleet.eventually("4711 is confirmed") {
            try await fleet.get("/v1/orders/4711").order == "confirmed"
        }
        try await fleet.settle()
        #expect(try !office(fleet, "alerts").contains("backorder"))
        let resolved = try office(fleet, "alerts", "list", "--state", "resolved")
        #expect(resolved.contains("backorder-slipped"))
        #expect(try await fleet.get("/v1/orders/4711").shipments["DAL"] == 13)
        #expect(try fleet.stock("DAL").onHand == 46)
        for code in Self.sites { try fleet.command(code, "audit") }
        try fleet.office("audit")
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `promise each unit of a receipt to one order, in their turn`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        for (id, units) in [("4711", 40), ("4712", 4), ("4713", 4)] {
            let placed = try await fleet.submit(id, units, completeness: "partial")
            #expect(placed.order == "backordered")
        }
        try await fleet.settle()
        #expect(try await expectedBy(fleet, "4711") == nil)

        let file = fleet.folder.appendingPathComponent("inbound.csv")
        try Data(
            """
            po,sku,qty,eta,supplier
            PO-1,VALVE-3IN,7,\(day(5)),Acme
            PO-2,VALVE-3IN,3,\(day(8)),Acme
            """
            .utf8
        )
        .write(to: file)
        try fleet.command("RNO", "inbound", "import", file.path)

        // Five and two of PO-1; two of PO-2, and the last one for whom three have no day.
        try await fleet.eventually("the last one is told of the unit that is left") {
            let parts = try await line(fleet, "4713")["expected"] as? [[String: Any]]
            return parts?.first?["quantity"] as? Int == 1
        }
        #expect(try await expectedBy(fleet, "4711") == day(5))
        #expect(try await expectedBy(fleet, "4712") == day(8))
        #expect(try await expectedBy(fleet, "4713") == nil)
        try fleet.office("audit")

        // What waits is taken back with its receipt: it has slipped, for two of them.
        try fleet.command("RNO", "inbound", "remove", "PO-2")
        try await fleet.eventually("4712 waits for two without a day") {
            try await expectedBy(fleet, "4712") == nil
        }
        #expect(try office(fleet, "alerts").contains("4712 waits longer"))
        #expect(try !office(fleet, "alerts").contains("4711 waits longer"))
        #expect(try fleet.findingsOnDisk() == [])
    }
}
