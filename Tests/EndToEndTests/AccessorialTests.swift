import Foundation
import Testing

/// Orders whose destination needs more of a carrier than the way.
@Suite(.serialized)
struct `Real agents and accessorials` {
    private func submit(
        _ fleet: Fleet,
        _ id: String,
        _ needs: String,
        quantity: Int = 30
    ) async throws -> Answer {
        let body = """
            {"id": "\(id)", "lines": [{"sku": "VALVE-3IN", "quantity": \(quantity)}],
             "destination": {"country": "US", "postalCode": "75001", "accessorials": [\(needs)]}}
            """
        return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
    }

    private func shipment(_ answer: Answer) -> [String: Any]? {
        let plan = answer.json["plan"] as? [String: Any]
        return (plan?["shipments"] as? [[String: Any]])?.first
    }

    private func fleet() async throws -> Fleet {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 200)])])
        try fleet.write(
            "dest_zip,class,mc,l5c,m5c,m1m\n000-999,70,40.00,20.00,15.00,10.00\n",
            to: "ltl.csv"
        )
        try fleet.command(
            "DAL",
            [
                "rates", "import-ltl", "--service", "ltl", "--carrier", "Example Freight",
                "--rates", fleet.folder.appendingPathComponent("ltl.csv").path,
                "--transit-days", "3", "--accessorial", "liftgate=62.50,appointment=25",
            ]
        )
        try await fleet.start()
        return fleet
    }

    private func office(_ fleet: Fleet, _ arguments: String...) throws -> String {
        let (status, output, words) = try fleet.run(
            "holdfast-coordinator",
            arguments + ["--url", fleet.url]
        )
        #expect(status == 0, "\(arguments): \(words)")
        return output
    }

    @Test func `charge what is asked for, in bid, plan and quote alike, and keep it in mind`()
        async throws
    {
        let fleet = try await fleet()
        // 30 valves of 6.8 kg are 450 lb, billed as 500 at 15.00 for each hundred: 75.00.
        let answer = try await submit(fleet, "4711", #""liftgate", "appointment""#)
        #expect(answer.order == "confirmed")
        #expect(shipment(answer)?["service"] as? String == "ltl")
        #expect(shipment(answer)?["freight"] as? String == "162.50")
        let destination = answer.json["destination"] as? [String: Any]
        #expect(destination?["accessorials"] as? [String] == ["appointment", "liftgate"])

        let quote = try fleet.command(
            "DAL",
            [
                "rates", "quote", "--to", "75001", "--sku", "VALVE-3IN", "--quantity", "30",
                "--accessorial", "liftgate,appointment",
            ]
        )
        #expect(quote.contains("162.50"), "\(quote)")
        #expect(quote.contains("62.50") && quote.contains("25.00"), "\(quote)")
        #expect(quote.contains("has no price of an appointment"), "\(quote)")
        let words = try office(fleet, "order", "explain", "4711")
        #expect(words.contains("with an appointment and a liftgate"), "\(words)")
        #expect(words.contains("declines ground: it has no price of an appointment"), "\(words)")
        let replayed = try office(fleet, "replay", "4711")
        #expect(!replayed.contains("differ"), "\(replayed)")

        // The same order is the same; one that changed its mind is told in what.
        let again = try await submit(fleet, "4711", #""appointment", "liftgate""#)
        #expect(again.order == "confirmed")
        let other = try await submit(fleet, "4711", #""liftgate""#)
        #expect(other.status == 422)
        #expect(other.text.contains("destination"), "\(other.text)")
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `charge the fee of hazardous goods where they ride, and only there`() async throws {
        let fleet = try await fleet()
        try fleet.write(
            "sku,on_hand,weight_g,un_number,packing_group\nGASOLINE,200,6800,UN1203,II\n",
            to: "hazmat.csv"
        )
        let path = { (name: String) in fleet.folder.appendingPathComponent(name).path }
        try fleet.command("DAL", "stock", "import", path("hazmat.csv"))
        try fleet.command(
            "DAL",
            [
                "rates", "import-ltl", "--service", "ltl", "--carrier", "Example Freight",
                "--rates", path("ltl.csv"), "--transit-days", "3",
                "--accessorial", "appointment=25,hazmat=30",
            ]
        )
        func order(_ id: String, _ lines: [(String, Int)]) async throws -> [String: Any]? {
            let lines = lines.map { #"{"sku": "\#($0.0)", "quantity": \#($0.1)}"# }
            let body = """
                {"id": "\(id)", "lines": [\(lines.joined(separator: ", "))],
                 "destination": {"country": "US", "postalCode": "75001",
                                 "accessorials": ["appointment"]}}
                """
            return shipment(try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8)))
        }
        let plain = try await order("plain", [("VALVE-3IN", 30)])
        let fuel = try await order("fuel", [("GASOLINE", 30)])
        let both = try await order("both", [("VALVE-3IN", 15), ("GASOLINE", 15)])

        #expect(plain?["service"] as? String == "ltl")
        #expect(plain?["freight"] as? String == "100.00")
        #expect(fuel?["service"] as? String == "ltl+hazmat")
        #expect(fuel?["freight"] as? String == "130.00")
        // One shipment with the fee is cheaper than two of them.
        #expect(both?["service"] as? String == "ltl+hazmat")
        #expect(both?["freight"] as? String == "130.00")
        let quote = try fleet.command(
            "DAL",
            [
                "rates", "quote", "--to", "75001", "--sku", "GASOLINE", "--quantity", "30",
                "--accessorial", "appointment",
            ]
        )
        #expect(quote.contains("130.00") && quote.contains("hazmat"), "\(quote)")
        let picks = try fleet.command("DAL", "pick", "list", "--json")
        #expect(picks.contains("ltl+hazmat"), "\(picks)")
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    // A truck costs 50.00, and 20.00 more with hazardous materials; LTL has no price of them.
    @Test func `charge a truck for its hazardous goods, and say who does not carry which line`()
        async throws
    {
        let fleet = try await fleet()
        let path = { (name: String) in fleet.folder.appendingPathComponent(name).path }
        try fleet.write(
            "sku,on_hand,weight_g,un_number,packing_group,net_content\n"
                + "GASOLINE,200,6800,UN1203,II,8 L\n",
            to: "hazmat.csv"
        )
        try fleet.write("dest_zip,flat\n000-999,50.00\n", to: "trucks.csv")
        try fleet.write(
            "weight_lb,1,2,3\n150,900,900,900\n",
            to: "air.csv"
        )
        try fleet.command("DAL", "stock", "import", path("hazmat.csv"))
        try fleet.command(
            "DAL",
            [
                "rates", "import-ftl", "--service", "truck", "--carrier", "Example Truckload",
                "--rates", path("trucks.csv"), "--transit-days", "3",
                "--accessorial", "hazmat=20",
            ]
        )
        try fleet.command(
            "DAL",
            [
                "rates", "import", "--service", "air", "--carrier", "Example Parcel",
                "--level", "next-day", "--rates", path("air.csv"), "--transit-days", "1",
            ]
        )
        func order(_ id: String, _ lines: [(String, Int)]) async throws -> [String: Any]? {
            let lines = lines.map { #"{"sku": "\#($0.0)", "quantity": \#($0.1)}"# }
            let body = """
                {"id": "\(id)", "lines": [\(lines.joined(separator: ", "))],
                 "destination": {"country": "US", "postalCode": "75001"}}
                """
            return shipment(try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8)))
        }
        let plain = try await order("plain", [("VALVE-3IN", 30)])
        let both = try await order("both", [("VALVE-3IN", 15), ("GASOLINE", 15)])

        #expect(plain?["service"] as? String == "truck")
        #expect(plain?["freight"] as? String == "50.00")
        #expect(both?["service"] as? String == "truck+hazmat")
        #expect(both?["freight"] as? String == "70.00")
        let words = try office(fleet, "order", "explain", "both")
        // Eight litres, where a package has five with passengers.
        #expect(
            words.contains("declines air for GASOLINE: the material may not go by air"),
            "\(words)"
        )
        let quote = try fleet.command(
            "DAL",
            ["rates", "quote", "--to", "75001", "--sku", "GASOLINE", "--quantity", "30"]
        )
        #expect(quote.contains("70.00") && quote.contains("hazmat"), "\(quote)")
        #expect(quote.contains("beyond 5 L a package"), "\(quote)")
        #expect(try !office(fleet, "replay", "both").contains("differ"))
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    // Ground comes between nine and five on any day: too early for ten, and in time for nine.
    @Test func `arrive no earlier than by a time of the first day`() async throws {
        let fleet = try await fleet()
        try fleet.command(
            "DAL",
            [
                "carrier", "set", "ground", "--pickup", "all", "--moves", "all",
                "--delivers", "09:00-17:00",
            ]
        )
        func order(_ id: String, _ member: String) async throws -> Answer {
            let body = """
                {"id": "\(id)", \(member) "lines": [{"sku": "VALVE-3IN", "quantity": 1}],
                 "destination": {"country": "US", "postalCode": "75001"}}
                """
            return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
        }
        let soonest = try #require(
            shipment(try await order("probe", ""))?["arrives"] as? String
        )
        let clock = DateFormatter()
        clock.dateFormat = "yyyy-MM-dd"
        clock.timeZone = TimeZone(secondsFromGMT: 0)
        let first = try #require(clock.date(from: soonest)).addingTimeInterval(5 * 86_400)
        let day = clock.string(from: first)
        let nextDay = clock.string(from: first.addingTimeInterval(86_400))

        let nine = try await order("nine", #""notBefore": "\#(day)T09:00","#)
        let ten = try await order("ten", #""notBefore": "\#(day)T10:00","#)

        #expect(shipment(nine)?["service"] as? String == "ground")
        #expect(shipment(nine)?["arrives"] as? String == day)
        #expect(shipment(ten)?["arrives"] as? String == nextDay)
        let destination = ten.json["destination"] as? [String: Any]
        #expect(destination?["notBefore"] as? String == "\(day)T10:00")
        #expect(try office(fleet, "order", "explain", "ten").contains("\(day) 10:00 on"))
        let other = try await order("ten", #""notBefore": "\#(day)T11:00","#)
        #expect(other.status == 422)
        #expect(other.text.contains("notBefore"), "\(other.text)")
        let quote = try fleet.command(
            "DAL",
            [
                "rates", "quote", "--to", "75001", "--sku", "VALVE-3IN", "--quantity", "1",
                "--not-before", "\(day)T10:00",
            ]
        )
        #expect(quote.contains("\(nextDay) from 09:00 by 17:00"), "\(quote)")
        #expect(try !office(fleet, "replay", "ten").contains("differ"))
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `carry nothing for which nobody has a price, and say what it is`() async throws {
        let fleet = try await fleet()
        // A parcel carrier comes to any door, and no further.
        let door = try await submit(fleet, "door", #""limited-access""#, quantity: 1)
        #expect(shipment(door)?["service"] as? String == "ground")
        let inside = try await submit(fleet, "inside", #""inside", "liftgate""#)
        #expect(inside.order == "refused")
        let refusal = inside.array("refusals")?.first
        #expect(refusal?["reason"] as? String == "accessorialNotOffered")
        #expect(refusal?["detail"] as? String == "No service has a price of delivery inside.")
        try fleet.command(
            "DAL",
            [
                "rates", "import-ltl", "--service", "ltl", "--carrier", "Example Freight",
                "--rates", fleet.folder.appendingPathComponent("ltl.csv").path,
                "--transit-days", "3", "--accessorial", "liftgate=62.50,inside=90",
            ]
        )
        let priced = try await submit(fleet, "priced", #""inside", "liftgate""#)
        #expect(shipment(priced)?["freight"] as? String == "227.50")
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }
}
