import Foundation
import RaterStub
import Testing

/// Real agents whose ground service is priced by a live rater.
@Suite(.serialized)
struct `Real agents and a live rater` {
    private static let key = "EZTKendtoend0123456789"

    private func fleet(
        _ stub: RaterStub,
        more: String = "",
        bidMilliseconds: Int = 4000
    ) throws -> Fleet {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 100)])])
        try fleet.write(Self.key + "\n", to: "rater.key")
        let path = fleet.configuration(of: "DAL")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try fleet.write(
            text + """
                rater:
                  url: \(stub.url)
                  apiKeyFile: rater.key
                  services: [ground=UPS/Ground]
                  timeoutMilliseconds: 500
                \(more)

                """,
            to: "DAL.yaml"
        )
        try fleet.configureCoordinator(
            "timing:\n  bidDeadlineMilliseconds: \(bidMilliseconds)\n"
        )
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

    private func shipment(_ answer: Answer) -> [String: Any]? {
        let plan = answer.json["plan"] as? [String: Any]
        return (plan?["shipments"] as? [[String: Any]])?.first
    }

    private func pricing(_ fleet: Fleet, _ order: String) async throws -> [String: Any]? {
        let why = try await fleet.get("/v1/orders/\(order)/explanation").json
        let site = (why["sites"] as? [[String: Any]])?.first
        return (site?["services"] as? [[String: Any]])?.first
    }

    // A valve of 6.8 kg is 15 lb; three are 45 lb. By the card they cost 8 + 50 × 0.25 = 20.50.
    @Test func `ship for the rater's cents, which the quote and the explanation say too`()
        async throws
    {
        let stub = try await RaterStub(.prices(base: 500, perPound: 10))
        let fleet = try fleet(stub)
        let quote = [
            "rates", "quote", "--to", "75001", "--sku", "VALVE-3IN", "--quantity", "3",
        ]
        let beforehand = try fleet.command("DAL", quote)
        try await fleet.start()

        let answer = try await fleet.submit("4711", 3)
        #expect(answer.order == "confirmed")
        #expect(shipment(answer)?["freight"] as? String == "9.50")
        let asked = stub.requests.count
        #expect(asked == 6)
        let quoted = try fleet.command("DAL", quote)
        // The agent knows these prices.
        #expect(stub.requests.count == asked)

        for table in [beforehand, quoted] {
            #expect(table.contains("1 package of 45 lb, by the live rater"), "\(table)")
            #expect(table.contains("9.50"), "\(table)")
        }
        let service = try await pricing(fleet, "4711")
        #expect(service?["pricing"] as? String == "rater")
        #expect(service?["raterFailure"] is NSNull)
        let words = try office(fleet, "order", "explain", "4711")
        #expect(words.contains(", priced by the live rater"), "\(words)")
        let replayed = try office(fleet, "replay", "4711")
        #expect(!replayed.contains("differ"), "\(replayed)")
        let doctor = try fleet.command("DAL", "doctor")
        #expect(doctor.contains("\(stub.url) answers in "), "\(doctor)")
        #expect(!fleet.logs().contains(Self.key))
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
        try await stub.close()
    }

    @Test func `ship by the card whatever the rater does, and say what it did`() async throws {
        let stub = try await RaterStub(.stalls)
        let fleet = try fleet(stub, more: "  failures: 100\n  keepSeconds: 0\n")
        try await fleet.start()
        for (index, (behaviour, failure)) in [
            (RaterStub.Behaviour.stalls, "late"), (.hangsMidway, "late"),
            (.breaksOff, "unreachable"), (.closes, "unreachable"), (.floods, "malformed"),
            (.raw("noise\r\n\r\n"), "malformed"), (.body("{\"rates\": 5}"), "malformed"),
            (.body("{}", status: 500), "refused"),
            (.body(RaterStub.answer("5.00", service: "Express")), "notOffered"),
            (.body(RaterStub.answer("-5.00")), "absurd"),
            (.body(RaterStub.answer("5.00", currency: "CAD")), "otherCurrency"),
        ]
        .enumerated() {
            stub.behave(behaviour)
            let id = "order-\(index)"
            let answer = try await fleet.submit(id, 3)
            #expect(answer.order == "confirmed", "\(behaviour)")
            #expect(shipment(answer)?["freight"] as? String == "20.50", "\(behaviour)")
            let service = try await pricing(fleet, id)
            #expect(service?["pricing"] as? String == "card", "\(behaviour)")
            #expect(service?["raterFailure"] as? String == failure, "\(behaviour)")
        }
        let words = try office(fleet, "order", "explain", "order-0")
        #expect(
            words.contains("priced by the card: the live rater did not answer in time"),
            "\(words)"
        )
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
        try await stub.close()
    }

    @Test func `answer many clients at once whatever the rater does meanwhile`() async throws {
        let stub = try await RaterStub(.stalls)
        let fleet = try fleet(stub, more: "  failures: 4\n  pauseSeconds: 1\n  keepSeconds: 0\n")
        try await fleet.start()
        let behaviours: [RaterStub.Behaviour] = [
            .prices(base: 500, perPound: 10), .stalls, .hangsMidway, .breaksOff, .closes,
            .prices(base: 500, perPound: 10), .raw("noise\r\n\r\n"), .body("{}", status: 500),
        ]
        let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
            for client in 0..<8 {
                group.addTask {
                    var answers: [Answer] = []
                    for turn in 0..<6 {
                        stub.behave(behaviours[(client + turn) % behaviours.count])
                        answers.append(try await fleet.submit("\(client)-\(turn)", 1 + turn % 3))
                    }
                    return answers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answers.count == 48)
        // By the card 1, 2 and 3 valves are billed as 20, 30 and 50 lb.
        let lawful = [["6.50", "13.00"], ["8.00", "15.50"], ["9.50", "20.50"]]
        for answer in answers {
            #expect(answer.order == "confirmed", "\(answer.text)")
            let units = answer.shipments["DAL"] ?? 0
            let freight = shipment(answer)?["freight"] as? String ?? ""
            #expect(lawful[units - 1].contains(freight), "\(units): \(freight)")
        }
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
        try await stub.close()
    }

    @Test func `leave a dead rater alone after it failed, and take it up when it is back`()
        async throws
    {
        let stub = try await RaterStub(.stalls)
        let fleet = try fleet(stub, more: "  failures: 2\n  pauseSeconds: 2\n")
        try await fleet.start()

        // Three weights at once: two time-outs are enough.
        _ = try await fleet.submit("first", 3)
        let asked = stub.requests.count
        let second = try await fleet.submit("second", 3)
        #expect(stub.requests.count == asked)
        #expect(shipment(second)?["freight"] as? String == "20.50")
        let service = try await pricing(fleet, "second")
        #expect(service?["raterFailure"] as? String == "suspended")
        #expect(fleet.log(of: "DAL").contains("the live rater did not answer in time"))

        stub.behave(.prices(base: 500, perPound: 10))
        try await Task.sleep(for: .seconds(2))
        // One call is let through, which is answered; from then on all are.
        _ = try await fleet.submit("third", 3)
        let fourth = try await fleet.submit("fourth", 3)
        #expect(shipment(fourth)?["freight"] as? String == "9.50")
        #expect(fleet.log(of: "DAL").contains("the live rater answers again"))
        try await stub.close()
    }

    @Test func `are told by name what is wrong with a rater's configuration`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 1)])])
        let path = fleet.configuration(of: "DAL")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (lines, words) in [
            ("services: [ground=UPS/Ground]", "‘rater.url’ is missing"),
            (
                "url: ftp://rater.example\n  services: [ground=UPS/Ground]",
                "‘rater.url’ is no address"
            ),
            (
                "url: http://rater.example/rates\n  services: [ground=UPS/Ground]",
                "would send the key unencrypted"
            ),
            ("url: https://key@rater.example\n  services: [ground=UPS/Ground]", "is no address"),
            ("url: https://rater.example", "‘rater.services’ lists 0 services"),
            ("url: https://rater.example\n  services: [ground]", "‘rater.services’ has ‘ground’"),
            ("url: https://rater.example\n  services: [ground=UPS]", "is not a carrier"),
            (
                "url: https://rater.example\n  services: [a=UPS/A, a=UPS/B]",
                "‘rater.services’ names ‘a’ twice"
            ),
            (
                "url: https://rater.example\n  services: [a=UPS/A]\n  timeoutMilliseconds: 5",
                "‘rater.timeoutMilliseconds’ is ‘5’"
            ),
            (
                "url: https://rater.example\n  services: [a=UPS/A]\n  box: 12x9",
                "‘12x9’ is not a box"
            ),
        ] {
            try fleet.write(text + "rater:\n  \(lines)\n", to: "DAL.yaml")
            #expect {
                try fleet.command("DAL", "rates", "list")
            } throws: {
                "\($0)".contains(words)
            }
        }
        try fleet.write(
            text + "rater:\n  url: https://rater.example\n  services: [ground=UPS/Ground]\n",
            to: "DAL.yaml"
        )
        // A command that needs no prices goes on without the key; the agent does not.
        #expect(try fleet.command("DAL", "rates", "list").contains("ground"))
        #expect {
            try fleet.command("DAL", "run")
        } throws: {
            "\($0)".contains("‘rater.apiKeyFile’ is missing")
        }
    }
}
