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

    // 500 valves of 6.8 kg are 3.4 t: eleven pallets of 48, so two trucks of six pallets.
    @Test func `import trucks, which then carry a large order for what they were quoted at`()
        async throws
    {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 600)])])
        try fleet.write(
            "dest_zip,per_mile,minimum,flat,transit_days\n750-759,2.75,650,,1\n",
            to: "trucks.csv"
        )
        try fleet.write(
            "sku,on_hand,weight_g,units_per_pallet\nVALVE-3IN,600,6800,48\n",
            to: "pallets.csv"
        )
        let path = { (name: String) in fleet.folder.appendingPathComponent(name).path }
        try fleet.command("DAL", "stock", "import", path("pallets.csv"))
        try fleet.command(
            "DAL",
            [
                "rates", "import-ftl", "--service", "schneider-ftl", "--carrier", "Schneider",
                "--rates", path("trucks.csv"), "--max-pallets", "6", "--max-trucks", "3",
                "--fuel-percent", "18",
            ]
        )
        try await fleet.start()

        let quote = try fleet.command(
            "DAL",
            "rates",
            "quote",
            "--to",
            "75001",
            "--sku",
            "VALVE-3IN",
            "--quantity",
            "500"
        )
        let shown = try fleet.command("DAL", "rates", "show", "schneider-ftl")
        let listed = try fleet.command("DAL", "rates", "list")
        let answer = try await fleet.submit("4711", 500)

        #expect(quote.contains("2 trucks, minimum charge"), "\(quote)")
        #expect(quote.contains("1534.00"), "\(quote)")
        #expect(shown.contains("44000 lb, 6 pallets"), "\(shown)")
        #expect(listed.contains("by truck"), "\(listed)")
        let plan = answer.json["plan"] as? [String: Any]
        let shipments = plan?["shipments"] as? [[String: Any]]
        #expect(shipments?.count == 1)
        #expect("\(shipments ?? [])".contains("1534.00"), "\(shipments ?? [])")
        #expect("\(shipments ?? [])".contains("schneider-ftl"))
    }

    // Six flanges in a carton of 20 x 20 x 20 in, 8000 in³ over 166 are 48.2 lb; two are a package of
    // 97. The site's other service has a divisor of 139.
    @Test func `import what carriers ask for cartons, and for heavy and large packages`()
        async throws
    {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20)])])
        let path = { (name: String) in fleet.folder.appendingPathComponent(name).path }
        try fleet.write("dest_zip,zone\n750-759,2\n", to: "zones.csv")
        try fleet.write("weight_lb,2\n50,3.00\n100,5.00\n150,9.00\n", to: "by-carton.csv")
        try fleet.write(
            """
            sku,on_hand,weight_g,units_per_carton,carton_length_in,carton_width_in,carton_height_in
            FLANGE,60,2000,6,20,20,20

            """,
            to: "flanges.csv"
        )
        try fleet.command("DAL", "stock", "import", path("flanges.csv"))
        try fleet.command(
            "DAL",
            [
                "rates", "import", "--service", "by-carton", "--carrier", "UPS", "--level",
                "ground",
                "--chart", path("zones.csv"), "--rates", path("by-carton.csv"), "--divisor", "166",
                "--oversize", "7.50:pounds=50,width=19", "--oversize", "90:girth=130",
                "--fuel-percent", "10", "--transit-days", "1",
            ]
        )
        try await fleet.start()

        let quote = try fleet.command(
            "DAL",
            ["rates", "quote", "--to", "75001", "--sku", "FLANGE", "--quantity", "12"]
        )
        let shown = try fleet.command("DAL", "rates", "show", "by-carton")
        let answer = try await fleet.submit("4711", 12, of: "FLANGE")

        // 5.00 and fuel, and 7.50 and fuel a carton: 8.25, which are 1.38 a unit.
        #expect(quote.contains("1 package of 97 lb, billed as 100 lb, zone 2"), "\(quote)")
        #expect(quote.contains("oversize, 12 x FLANGE"), "\(quote)")
        #expect(quote.contains("22.06"), "\(quote)")
        #expect(shown.contains("7.50 a package above pounds=50,width=19"), "\(shown)")
        let plan = answer.json["plan"] as? [String: Any]
        let shipments = plan?["shipments"] as? [[String: Any]]
        #expect(shipments?.count == 1)
        #expect("\(shipments ?? [])".contains("22.06"), "\(shipments ?? [])")
        #expect("\(shipments ?? [])".contains("by-carton"), "\(shipments ?? [])")
    }

    // Every day ships until 23:59, and the carrier picks up Monday to Friday.
    @Test func `promise what takes time to pick for the day on which it can leave`() async throws {
        let fleet = try Fleet([
            Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20), ("CABLE", 20)])
        ])
        try fleet.write("sku,on_hand,weight_g,handling\nCABLE,20,900,cutting\n", to: "cable.csv")
        try fleet.command(
            "DAL",
            "stock",
            "import",
            fleet.folder.appendingPathComponent("cable.csv").path
        )
        try await fleet.start()
        let shipment = { (answer: Answer) in
            let plan = answer.json["plan"] as? [String: Any]
            return (plan?["shipments"] as? [[String: Any]])?.first ?? [:]
        }
        let leaves = { (answer: Answer) in shipment(answer)["leaves"] as? String }

        let before = try leaves(await fleet.submit("before", 1, of: "CABLE"))
        try fleet.command("DAL", "lead", "set", "--handling", "cutting", "--days", "4")
        let after = try leaves(await fleet.submit("after", 1, of: "CABLE"))
        let quick = try await fleet.submit("valve", 1)
        let valve = leaves(quick)
        let both = { (id: String, last: String?) async throws -> Answer in
            let deliverBy = last.map { "\"deliverBy\": \"\($0)\"," } ?? ""
            let body = """
                {"id": "\(id)", "completeness": "partial", \(deliverBy)
                 "destination": {"country": "US", "postalCode": "75001"},
                 "lines": [{"sku": "VALVE-3IN", "quantity": 1}, {"sku": "CABLE", "quantity": 1}]}
                """
            return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
        }
        let together = try await both("together", nil)
        let hurried = try await both("hurried", shipment(quick)["arrives"] as? String)
        let listed = try fleet.command("DAL", "lead")
        let days = try fleet.command("DAL", "calendar", "show", "--handling", "cutting")

        let first = try #require(before)
        #expect(valve == first)
        // One shipment is the cheapest; where it would be late, the valve goes alone.
        #expect(leaves(together) == after)
        #expect(leaves(hurried) == first)
        #expect("\(shipment(together))".contains("CABLE"), "\(together)")
        #expect("\(shipment(hurried))".contains("VALVE-3IN"), "\(hurried)")
        #expect(!"\(shipment(hurried))".contains("CABLE"), "\(hurried)")
        let formatter = DateFormatter()
        formatter.dateFormat = "yyyy-MM-dd"
        formatter.timeZone = TimeZone(identifier: "UTC")
        let start = try #require(formatter.date(from: first))
        let end = try #require(after.flatMap { formatter.date(from: $0) })
        let later = Int(end.timeIntervalSince(start) / 86_400)
        #expect((2...6).contains(later), "\(first) \(after ?? "")")
        #expect(listed.contains("cutting"), "\(listed)")
        #expect(days.contains("ORDER BY"), "\(days)")
    }

    // Every day ships until 23:59; two days from now the carrier picks up, and on no other day.
    @Test func `promise goods for the day on which the carrier picks them up`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20)])])
        try await fleet.start()
        let calendar = try JSONSerialization.jsonObject(
            with: Data(try fleet.command("DAL", "calendar", "show", "--json").utf8)
        )
        let later = try #require((calendar as? [[String: Any]])?[2])
        let (date, weekday) = (later["date"] as? String, later["weekday"] as? String)

        try fleet.command("DAL", "carrier", "set", "ground", "--pickup", try #require(weekday))
        let answer = try await fleet.submit("4711", 1)
        let listed = try fleet.command("DAL", "carrier")

        let plan = answer.json["plan"] as? [String: Any]
        let shipment = (plan?["shipments"] as? [[String: Any]])?.first
        #expect(shipment?["leaves"] as? String == date)
        #expect(listed.contains("Example Parcel"), "\(listed)")
    }

    // Three days on the way, to a destination that takes goods in on Wednesdays.
    @Test func `keep to the days on which an order may arrive`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20)])])
        try await fleet.start()
        let body = { (id: String, more: String) in
            Data(
                """
                {"id": "\(id)", \(more)
                 "destination": {"country": "US", "postalCode": "75001", "receivingDays": ["wed"]},
                 "lines": [{"sku": "VALVE-3IN", "quantity": 1}]}
                """
                .utf8
            )
        }

        let usual = try await fleet.ask("POST", "/v1/orders", body: body("usual", ""))
        let plan = usual.json["plan"] as? [String: Any]
        let shipment = (plan?["shipments"] as? [[String: Any]])?.first
        let arrives = try #require(shipment?["arrives"] as? String)
        let late = try await fleet.ask(
            "POST",
            "/v1/orders",
            body: body("late", #""deliverBy": "2026-01-07","#)
        )
        let again = try await fleet.ask(
            "POST",
            "/v1/orders",
            body: body("usual", #""deliverBy": "\#(arrives)","#)
        )
        let inTime = try await fleet.ask(
            "POST",
            "/v1/orders",
            body: body("in-time", #""deliverBy": "\#(arrives)","#)
        )

        let formatter = DateFormatter()
        formatter.dateFormat = "yyyy-MM-dd"
        formatter.timeZone = TimeZone(identifier: "UTC")
        let date = try #require(formatter.date(from: arrives))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        #expect(calendar.component(.weekday, from: date) == 4)
        #expect(late.json["status"] as? String == "refused")
        let refusal = (late.json["refusals"] as? [[String: Any]])?.first
        #expect(refusal?["reason"] as? String == "tooLate")
        #expect("\(refusal ?? [:])".contains(arrives), "\(refusal ?? [:])")
        #expect(again.json["code"] as? String == "order_changed", "\(again.json)")
        #expect(inTime.json["status"] as? String == "confirmed")
    }

    @Test func `send from one site in two shipments what may not ride together`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 20)])])
        try fleet.write(
            """
            sku,on_hand,weight_g,un_number,packing_group
            GASOLINE,20,900,UN1203,II
            CHLORINE,20,900,UN1017,

            """,
            to: "hazardous.csv"
        )
        try fleet.command(
            "DAL",
            "stock",
            "import",
            fleet.folder.appendingPathComponent("hazardous.csv").path
        )
        try await fleet.start()

        let answer = try await fleet.ask(
            "POST",
            "/v1/orders",
            body: Data(
                """
                {"id": "4711", "destination": {"country": "US", "postalCode": "75001"},
                 "lines": [{"sku": "GASOLINE", "quantity": 1}, {"sku": "VALVE-3IN", "quantity": 1},
                           {"sku": "CHLORINE", "quantity": 1}]}
                """
                .utf8
            )
        )

        let plan = answer.json["plan"] as? [String: Any]
        let shipments = plan?["shipments"] as? [[String: Any]] ?? []
        let carried = shipments.map { shipment in
            (shipment["lines"] as? [[String: Any]] ?? []).compactMap { $0["sku"] as? String }
        }
        #expect(carried == [["GASOLINE", "VALVE-3IN"], ["CHLORINE"]], "\(answer.json)")
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
