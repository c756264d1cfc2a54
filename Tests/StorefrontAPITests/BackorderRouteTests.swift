import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

struct `The API's backorders` {
    @Test func `say who waits for what, since when, and by which rule he comes before others`()
        async throws
    {
        let answer = try await send(.get, "/v1/backorders")

        #expect(answer.status == 200)
        #expect(answer.json["next"] == .null)
        guard case .array(let listed)? = answer.json["backorders"] else {
            Issue.record("nothing is listed")
            return
        }
        #expect(
            listed.first == [
                "order": "4711", "since": "1970-01-01T00:00:00.000Z",
                "wantedBy": .string(Example.day(31).description), "customer": nil,
                "rule": "tier one",
                "lines": [
                    [
                        "line": "1", "sku": "VALVE-3IN", "quantity": 4, "expectedBy": nil,
                        "toldBy": nil, "expected": [],
                    ]
                ],
            ]
        )
        #expect(listed.count == 2)
    }

    @Test func `say by when they are expected, from what, and that it is later than was told`()
        async throws
    {
        var office = OrderOffice.example
        office.backorders = { _ in [Example.waitingForReceipts] }

        let answer = try await send(.get, "/v1/backorders", to: office)

        guard case .array(let listed)? = answer.json["backorders"],
            case .array(let lines)? = listed.first?["lines"]
        else {
            Issue.record("nothing is listed")
            return
        }
        let part: JSONValue = [
            "quantity": 3, "warehouse": "RNO", "receipt": "PO-1001",
            "expected": .string(Example.day(9).description),
            "leaves": .string(Example.day(10).description), "arrives": nil,
        ]
        #expect(
            lines.first == [
                "line": "1", "sku": "VALVE-3IN", "quantity": 4, "expectedBy": nil,
                "toldBy": .string(Example.day(8).description), "expected": [part],
            ]
        )
    }

    @Test func `stand with their days in the order, and how those have moved`() throws {
        let text = Example.dated.text
        let day = { Example.day($0).words }
        #expect(
            text.contains(
                "  3 expected \(day(9)) at RNO (PO-1001), leaves \(day(10)).\n"
                    + "  No day is known of 9.\n  Later than was told: \(day(8))."
            ),
            "\(text)"
        )
        #expect(
            text.contains("from \(day(8)) to \(day(9)) (PO-1001 at RNO), and 9 for no day: later.")
        )
        guard case .array(let changes)? = Example.dated.document["dateChanges"] else {
            Issue.record("no change is told")
            return
        }
        #expect(changes.count == 1 && changes.first?["later"] == true)
    }

    @Test func `are given in pages, each with the address of the next`() async throws {
        let seen = Seen<WaitingQuery>()
        var office = OrderOffice.example
        office.backorders = { query in
            seen.add(query)
            return [Example.waitingLonger, Example.waiting]
        }

        let answer = try await send(
            .get,
            "/v1/backorders?limit=1&sku=VALVE-3IN&after=4700",
            to: office
        )

        #expect(
            seen.values == [
                WaitingQuery(sku: "VALVE-3IN", limit: 2, after: "4700")
            ]
        )
        #expect(
            answer.json["next"]
                == "/v1/backorders?limit=1&sku=VALVE-3IN&after=a%2Fb"
        )
    }

    @Test(arguments: ["limit=0", "limit=201", "limit=x", "status=open", "sku=", "after="])
    func `are not listed by what nobody can read`(_ query: String) async throws {
        #expect(try await send(.get, "/v1/backorders?\(query)").status == 400)
    }
}
