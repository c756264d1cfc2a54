import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

struct `The API's replays` {
    private let text: HTTPFields = [.accept: "text/plain"]

    private func send(_ path: String, _ replay: Replay? = nil) async throws -> (Answer, Answer) {
        var office = OrderOffice.example
        if let replay { office.replay = { _ in replay } }
        return (
            try await StorefrontAPITests.send(.get, path, to: office),
            try await StorefrontAPITests.send(.get, path, to: office, headers: text)
        )
    }

    @Test func `say that the record leads to the same answer`() async throws {
        let (json, words) = try await send("/v1/orders/4711/replay")

        #expect(json.status == 200)
        #expect(json.json["same"] == true)
        #expect(json.json["recorded"] == json.json["repeated"])
        #expect(json.json["recordedEffort"] == ["nodes": 412, "solver": 1])
        #expect(
            words.text == """
                Order 4711: the record leads to the same answer.

                  recorded  8 from DAL by ups-ground, 12 from RNO by ups-ground; 104.95 USD
                  repeated  8 from DAL by ups-ground, 12 from RNO by ups-ground; 104.95 USD

                Recorded: solver 1, 412 nodes. Now: solver 1, 412 nodes.

                """
        )
    }

    @Test func `say what else it leads to, and that today's bounds were taken`() async throws {
        let other = Replay(
            record: Example.confirmed,
            answer: .plan(Example.backorderPlan),
            recorded: Replay.Effort(nodes: 412, solverVersion: 1),
            repeated: Replay.Effort(nodes: 3, solverVersion: 2),
            hasPolicy: false
        )

        let (json, words) = try await send("/v1/orders/4711/replay", other)

        #expect(json.json["same"] == false)
        #expect(json.json["repeated"]?["unitsShort"] == 12)
        #expect(json.json["policyRecorded"] == false)
        #expect(words.text.hasPrefix("Order 4711: the record leads to ANOTHER answer.\n"))
        #expect(words.text.contains("  repeated  8 from DAL by ups-ground, 12 on backorder; 43.70"))
        #expect(words.text.contains("today's were taken."))
    }

    @Test func `are not given of what is unknown, undecided or without a record`() async throws {
        var office = OrderOffice.example
        office.replay = { _ in nil }
        let without = try await StorefrontAPITests.send(.get, "/v1/orders/4711/replay", to: office)
        office.record = { _ in Example.pending }
        let undecided = try await StorefrontAPITests.send(
            .get,
            "/v1/orders/4711/replay",
            to: office
        )
        let (unknown, _) = try await send("/v1/orders/4712/replay")

        #expect(without.isProblem(.noExplanation))
        #expect(undecided.isProblem(.noExplanation))
        #expect(unknown.isProblem(.unknownOrder))
    }
}
