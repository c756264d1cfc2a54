import Crypto
import Foundation
import Testing

@Suite(.serialized)
struct `Quotes` {
    @Test func `say what an order then costs, and keep nothing of it`() async throws {
        let fleet = try Fleet([
            Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 8)]),
            Fleet.Warehouse("RNO", stock: [("VALVE-3IN", 12)]),
        ])
        try await fleet.start()
        let body = #"""
            {"destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "VALVE-3IN", "quantity": 20}]}
            """#
        try fleet.write(body, to: "cart.json")
        let path = fleet.folder.appendingPathComponent("cart.json").path

        let quoted = try await fleet.ask("POST", "/v1/quotes", body: Data(body.utf8))
        let again = try await fleet.ask("POST", "/v1/quotes", body: Data(body.utf8))
        let (status, words, _) = try fleet.run(
            "holdfast-coordinator",
            ["order", "quote", path, "--url", fleet.url]
        )
        let before = try fleet.stock("DAL")
        let placed = try await fleet.submit("4711", 20)
        let nothing = try await fleet.ask("POST", "/v1/quotes", body: Data(body.utf8))

        #expect(quoted.status == 200)
        #expect(quoted.body == again.body)
        let option = try #require((quoted.json["options"] as? [[String: Any]])?.first)
        let plan = try #require(option["plan"] as? [String: Any])
        let order = try #require(placed.json["plan"] as? [String: Any])
        #expect(plan["cost"] as? String == order["cost"] as? String)
        let shipments = { (plan: [String: Any]) in
            (plan["shipments"] as? [[String: Any]] ?? [])
                .map { shipment in
                    ["warehouse", "service", "leaves", "arrives", "freight", "handling"]
                        .map { shipment[$0] as? String ?? "" }
                }
        }
        #expect(shipments(plan).count == 2)
        #expect(shipments(plan) == shipments(order))
        #expect(status == 0)
        #expect(words.contains("for shipping, arrives by"), "\(words)")
        #expect(before == Fleet.Stock(onHand: 8, held: 0, allocated: 0))
        #expect(nothing.status == 200)
        #expect((nothing.json["options"] as? [Any])?.isEmpty == true)
        #expect("\(nothing.json["refusals"] ?? "")".contains("insufficientStock"))
    }

    @Test func `answer what a checkout of Shopify's asks, if it is Shopify`() async throws {
        let fleet = try Fleet([
            Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 8)]),
            Fleet.Warehouse("RNO", stock: [("VALVE-3IN", 12)]),
        ])
        try await fleet.start()
        let body = try Data(
            contentsOf: Fleet.root.appendingPathComponent("Examples/shopify/carrier_service.json")
        )
        let ask = { (signed: Data) in
            let code = Data(
                HMAC<SHA256>
                    .authenticationCode(
                        for: signed,
                        using: SymmetricKey(data: Data("end-to-end-secret".utf8))
                    )
            )
            return try await fleet.ask(
                "POST",
                "/shopify/carrier-service",
                body: body,
                headers: [("X-Shopify-Hmac-Sha256", code.base64EncodedString())]
            )
        }

        let answer = try await ask(body)
        let forged = try await ask(Data("something else".utf8))
        let unsigned = try await fleet.ask("POST", "/shopify/carrier-service", body: body)
        let order = try await fleet.submit("4711", 20)

        #expect(answer.status == 200)
        let rate = try #require((answer.json["rates"] as? [[String: Any]])?.first)
        #expect(rate["service_code"] as? String == "ground")
        let plan = order.json["plan"] as? [String: Any]
        let hundredths = (plan?["shipments"] as? [[String: Any]] ?? [])
            .flatMap { [$0["freight"], $0["handling"]] }
            .compactMap { ($0 as? String)?.replacing(".", with: "") }
            .compactMap { Int($0) }
            .reduce(0, +)
        #expect(hundredths > 0)
        #expect(rate["total_price"] as? String == "\(hundredths)")
        #expect(forged.status == 401)
        #expect(unsigned.status == 400)
    }
}
