import Foundation
import Testing

/// Orders to addresses that not every carrier reaches.
@Suite(.serialized)
struct `Real agents and post office boxes` {
    private func submit(_ fleet: Fleet, _ id: String, _ address: String) async throws -> Answer {
        let body = """
            {"id": "\(id)", "lines": [{"sku": "VALVE-3IN", "quantity": 1}],
             "destination": {"country": "US", \(address)}}
            """
        return try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
    }

    @Test func `refuse them until a service reaches them, and say so`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 8)])])
        try await fleet.start()
        let box = #""postalCode": "75001", "addressLines": ["P.O. Box 12"]"#
        let military = #""postalCode": "09012", "region": "AE""#

        for (id, address, words) in [
            ("4711", box, "No service delivers to post office boxes."),
            ("4712", military, "No service delivers to military addresses (APO, FPO, DPO)."),
        ] {
            let answer = try await submit(fleet, id, address)
            #expect(answer.order == "refused")
            let refusal = answer.array("refusals")?.first
            #expect(refusal?["reason"] as? String == "addressNotReached")
            #expect(refusal?["detail"] as? String == words)
        }
        try fleet.command(
            "DAL",
            [
                "rates", "import", "--service", "usps", "--carrier", "USPS", "--level", "ground",
                "--chart", fleet.folder.appendingPathComponent("DAL-zones.csv").path,
                "--rates", fleet.folder.appendingPathComponent("DAL-rates.csv").path,
                "--transit-days", "3", "--reaches", "po-box,military",
            ]
        )

        for (id, address) in [("4713", box), ("4714", military)] {
            let answer = try await submit(fleet, id, address)
            #expect(answer.order == "confirmed")
            let plan = answer.json["plan"] as? [String: Any]
            let shipment = (plan?["shipments"] as? [[String: Any]])?.first
            #expect(shipment?["service"] as? String == "usps")
        }
        let why = try await fleet.get("/v1/orders/4713/explanation").text
        #expect(why.contains("declines ground: it does not deliver to post office boxes"))
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }
}
