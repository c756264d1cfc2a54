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
                "lines": [["line": "1", "sku": "VALVE-3IN", "quantity": 4]],
            ]
        )
        #expect(listed.count == 2)
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
