import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

struct `The API's rules` {
    private func post(
        _ path: String,
        _ body: String,
        to office: OrderOffice = .example
    )
        async throws -> Answer
    {
        try await send(
            .post,
            path,
            to: office,
            headers: [.contentType: "application/json"],
            body: Array(body.utf8)
        )
    }

    @Test func `are listed, the newest first`() async throws {
        let answer = try await send(.get, "/v1/rules")

        #expect(answer.status == 200)
        guard case .array(let versions)? = answer.json["versions"] else {
            Issue.record("\(answer.text)")
            return
        }
        #expect(versions.map { $0["version"] } == [2, 1])
        #expect(versions.map { $0["inForce"] } == [true, false])
        #expect(versions.map { $0["restores"] } == [1, nil as JSONValue])
        #expect(versions.allSatisfy { $0["text"] == nil })
    }

    @Test func `are shown by version, as text the file alone`() async throws {
        let json = try await send(.get, "/v1/rules/1")
        let text = try await send(.get, "/v1/rules/1", headers: [.accept: "text/plain"])

        #expect(json.json["text"] == "rules: []\n")
        #expect(text.text == "rules: []\n")
        for path in ["3", "0", "-1", "x", "99999999999999999999"] {
            #expect(try await send(.get, "/v1/rules/\(path)").isProblem(.unknownRules), "\(path)")
        }
    }

    @Test func `are checked without being published`() async throws {
        var office = OrderOffice.example
        office.rules.publish = { _ in
            Issue.record("published")
            return .unknownVersion
        }

        let good = try await post("/v1/rules/check", #"{"text":"rules: []"}"#, to: office)
        let bad = try await post("/v1/rules/check", #"{"text":"rulez"}"#, to: office)

        #expect(good.text == #"{"findings":[]}"#)
        #expect(
            bad.json["findings"] == [
                [
                    "line": 4, "error": true, "detail": "‘segmnt’ means nothing here",
                    "hint": "did you mean ‘segment’?",
                ]
            ]
        )
    }

    @Test func `are tried on past orders, and say what would have been otherwise`() async throws {
        let newest = try await post("/v1/rules/try", #"{"text":"rules: []","last":2}"#)
        let named = try await post("/v1/rules/try", #"{"text":"rules: []","orders":["9"]}"#)

        #expect(newest.status == 200)
        guard case .array(let trials)? = newest.json["trials"] else {
            Issue.record("\(newest.text)")
            return
        }
        #expect(trials.map { $0["order"] } == ["4711"])
        #expect(trials.map { $0["changed"] } == [true])
        #expect(trials[0]["before"]?["cost"] == "104.95")
        #expect(trials[0]["before"]?["freight"] == "99.95")
        #expect(trials[0]["before"]?["lastArrival"] == "2026-03-06")
        #expect(trials[0]["after"]?["status"] == "backordered")
        #expect(trials[0]["after"]?["unitsShort"] == 12)
        #expect(trials[0]["rules"] == ["gold"])
        #expect(trials[0]["relaxed"] == ["better late"])
        #expect(newest.json["last"] == "4700")
        #expect(newest.json["complete"] == false)
        #expect(
            newest.json["passedOver"] == [
                ["order": "4700", "reason": "what the sites offered is not on record"]
            ]
        )
        #expect(
            named.json["passedOver"] == [["order": "9", "reason": "it is not decided, or unknown"]]
        )
        #expect(named.json["complete"] == true)
    }

    @Test func `are tried on the orders that were meant, or on none`() async throws {
        let seen = Seen<RuleTryout.Orders>()
        var office = OrderOffice.example
        office.rules.tryOut = { tryout in
            seen.add(tryout.orders)
            return .tried([], isComplete: true)
        }

        _ = try await post("/v1/rules/try", #"{"text":"x","last":50}"#, to: office)
        _ = try await post("/v1/rules/try", #"{"text":"x","last":1,"before":"7"}"#, to: office)
        _ = try await post("/v1/rules/try", #"{"text":"x","orders":["7","8"]}"#, to: office)

        #expect(
            seen.values == [.last(50, before: nil), .last(1, before: "7"), .named(["7", "8"])]
        )
        for (body, pointer) in [
            (#"{"text":"x"}"#, "#/last"), (#"{"text":"x","last":51}"#, "#/last"),
            (#"{"text":"x","last":0}"#, "#/last"), (#"{"text":"x","last":"9"}"#, "#/last"),
            (#"{"text":"x","last":9,"before":""}"#, "#/before"),
            (#"{"text":"x","orders":[]}"#, "#/orders"),
            (#"{"text":"x","orders":[7]}"#, "#/orders/0"),
            (#"{"text":"x","orders":["7"],"last":3}"#, "#/last"), (#"{"last":3}"#, "#/text"),
        ] {
            let answer = try await post("/v1/rules/try", body)
            #expect(answer.isProblem(.invalidRules), "\(body)")
            #expect(answer.pointers == [pointer], "\(body)")
        }
        let faulty = try await post("/v1/rules/try", #"{"text":"rulez","last":3}"#)
        #expect(faulty.isProblem(.invalidRules))
    }

    @Test func `are published with a comment and a name`() async throws {
        let seen = Seen<RulePublication>()
        var office = OrderOffice.example
        let publish = office.rules.publish
        office.rules.publish = { publication in
            seen.add(publication)
            return try await publish(publication)
        }

        let published = try await post(
            "/v1/rules",
            #"{"text":"rules: []","comment":"spring","by":"ada"}"#,
            to: office
        )
        let restored = try await post(
            "/v1/rules/1/restore",
            #"{"comment":"back","by":"bob"}"#,
            to: office
        )

        #expect(published.status == 201)
        #expect(published.json["published"]?["version"] == 2)
        #expect(restored.status == 201)
        #expect(
            seen.values == [
                RulePublication(source: .text("rules: []"), comment: "spring", publishedBy: "ada"),
                RulePublication(source: .version(1), comment: "back", publishedBy: "bob"),
            ]
        )
    }

    @Test func `are refused with every line that is wrong`() async throws {
        let answer = try await post("/v1/rules", #"{"text":"rulez","comment":"a","by":"b"}"#)

        #expect(answer.isProblem(.invalidRules))
        #expect(answer.errors("detail") == ["line 4: ‘segmnt’ means nothing here"])
        #expect(answer.errors("hint") == ["did you mean ‘segment’?"])
    }

    @Test func `need a text, a comment and a name`() async throws {
        for (body, pointer) in [
            (#"{"comment":"a","by":"b"}"#, "#/text"), (#"{"text":"x","by":"b"}"#, "#/comment"),
            (#"{"text":"x","comment":"","by":"b"}"#, "#/comment"),
            (#"{"text":"x","comment":"a","by":"b\n"}"#, "#/by"),
            (#"{"text":"x","comment":"a","by":"b","who":"c"}"#, "#/who"), ("[]", "#"),
        ] {
            let answer = try await post("/v1/rules", body)
            #expect(answer.isProblem(.invalidRules), "\(body)")
            #expect(answer.pointers == [pointer], "\(body)")
        }
        #expect(try await post("/v1/rules", "{").isProblem(.malformedJSON))
        #expect(
            try await post("/v1/rules/9/restore", #"{"comment":"a","by":"b"}"#)
                .isProblem(.unknownRules)
        )
    }

    @Test func `look into directories that are imported whole or not at all`() async throws {
        let path = "/v1/directories/customers"

        let taken = try await send(.post, path + "?replace=true", body: Array("abc".utf8))
        let refused = try await send(.post, path, body: [])

        #expect(taken.text == #"{"imported":3,"total":100}"#)
        #expect(refused.isProblem(.invalidDirectory))
        #expect(refused.errors("detail") == ["line 3, id: is empty"])
        #expect(try await send(.post, "/v1/directories/lots", body: []).isProblem(.unknownPath))
        #expect(
            try await send(.post, path + "?replace=maybe", body: []).isProblem(.invalidQuery)
        )
    }
}
