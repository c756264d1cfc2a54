import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

struct `The API's alerts` {
    private func post(
        _ path: String,
        _ body: String,
        to office: OrderOffice = .example
    ) async throws -> Answer {
        try await send(
            .post,
            path,
            to: office,
            headers: [.contentType: "application/json"],
            body: Array(body.utf8)
        )
    }

    @Test func `are listed with what was told of them`() async throws {
        let answer = try await send(.get, "/v1/alerts")

        #expect(answer.status == 200)
        #expect(
            answer.json["alerts"] == [
                [
                    "number": 7, "kind": "below-reorder-point", "subject": "DAL VALVE-3IN",
                    "detail": "DAL has 3 x VALVE-3IN left; it is reordered below 10",
                    "state": "acknowledged", "openedAt": "1970-01-01T00:00:00.000Z",
                    "seenAt": "1970-01-01T00:01:00.000Z", "timesSeen": 2,
                    "acknowledged": [
                        "by": "ana", "comment": "", "at": "1970-01-01T00:00:05.000Z",
                    ],
                    "resolved": nil,
                    "deliveries": [
                        [
                            "event": "opened", "channel": "mail", "state": "dead", "tries": 10,
                            "note": "the relay said 550",
                        ]
                    ],
                ]
            ]
        )
    }

    @Test func `are those that are not over, unless others are asked for`() async throws {
        let seen = Seen<[Alert.State]>()
        var office = OrderOffice.example
        office.alerts.list = { states, _, _ in
            seen.add(states)
            return []
        }
        for query in ["", "?state=resolved", "?state=all&limit=200&before=9"] {
            #expect(try await send(.get, "/v1/alerts\(query)", to: office).status == 200)
        }
        #expect(seen.values == [[.open, .acknowledged], [.resolved], Alert.State.allCases])
        for query in ["state=new", "limit=0", "limit=201", "before=0", "before=x", "kind=x"] {
            let answer = try await send(.get, "/v1/alerts?\(query)")
            #expect(answer.isProblem(.invalidQuery), "\(query)")
        }
    }

    @Test func `are taken up without a reason, and ended with one`() async throws {
        let seen = Seen<[String]>()
        var office = OrderOffice.example
        office.alerts.take = { step, number, remark in
            seen.add([step.rawValue, "\(number)", remark.who, remark.comment])
            return Example.alert
        }

        _ = try await post("/v1/alerts/7/acknowledge", #"{"by":"ana"}"#, to: office)
        _ = try await post("/v1/alerts/7/acknowledge", #"{"by":"a","comment":"b"}"#, to: office)
        let resolved = try await post(
            "/v1/alerts/7/resolve",
            #"{"by":"bob","comment":"recounted"}"#,
            to: office
        )

        #expect(resolved.json["number"] == 7)
        #expect(
            seen.values == [
                ["acknowledge", "7", "ana", ""], ["acknowledge", "7", "a", "b"],
                ["resolve", "7", "bob", "recounted"],
            ]
        )
        for (step, body, pointer) in [
            ("resolve", #"{"by":"ana"}"#, "#/comment"), ("resolve", #"{"comment":"x"}"#, "#/by"),
            ("acknowledge", #"{"by":""}"#, "#/by"), ("acknowledge", "[]", "#"),
            ("acknowledge", #"{"by":"a","at":"b"}"#, "#/at"),
        ] {
            let answer = try await post("/v1/alerts/7/\(step)", body)
            #expect(answer.isProblem(.invalidRemark), "\(body)")
            #expect(answer.pointers == [pointer], "\(body)")
        }
    }

    @Test func `are told again, and unknown where there are none`() async throws {
        let again = try await send(.post, "/v1/alerts/7/redeliver")
        let unknown = try await post("/v1/alerts/8/resolve", #"{"by":"a","comment":"b"}"#)

        #expect(again.json["deliveries"] == 1)
        #expect(unknown.isProblem(.unknownAlert))
        for path in ["8", "x", "0"] {
            let answer = try await send(.post, "/v1/alerts/\(path)/redeliver")
            #expect(answer.isProblem(.unknownAlert), "\(path)")
        }
    }

    @Test func `are described with every kind`() {
        for kind in Alert.Kind.allCases {
            #expect(OpenAPI.document.contains("- \(kind.rawValue)\n"), "\(kind)")
        }
    }
}
