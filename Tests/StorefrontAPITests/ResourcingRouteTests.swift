import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

extension Example {
    /// Order 4711, which was to ship otherwise before Dallas was flooded.
    static var resourced: OrderRecord {
        OrderRecord(
            order: confirmed.order,
            outcome: confirmed.outcome,
            receivedAt: confirmed.receivedAt,
            decidedAt: confirmed.decidedAt,
            transaction: confirmed.transaction,
            isSettled: true,
            resourcings: [
                Resourcing(
                    wish: ResourcingWish(
                        excluded: ["DAL"],
                        serviceLevel: .twoDay,
                        who: "ana",
                        reason: "the dock is flooded"
                    ),
                    at: Timestamp(milliseconds: 0),
                    replaced: TransactionID(coordinator: "office", epoch: 7, counter: 1),
                    before: plan,
                    kept: ["RNO"],
                    former: confirmed.order
                )
            ]
        )
    }
}

struct `The API's way to have an order sourced again` {
    private func post(
        _ body: String,
        for id: String = "4711",
        to office: OrderOffice = .example,
        asText: Bool = false
    ) async throws -> Answer {
        try await send(
            .post,
            "/v1/orders/\(id)/resource",
            to: office,
            headers: asText
                ? [.contentType: "application/json", .accept: "text/plain"]
                : [.contentType: "application/json"],
            body: Array(body.utf8)
        )
    }

    @Test func `passes on what is asked, by whom and why`() async throws {
        let seen = Seen<ResourcingWish>()
        var office = OrderOffice.example
        office.resource = { _, wish, isPreview in
            seen.add(wish)
            return isPreview ? .unknownOrder : .nothingToResource(Example.confirmed)
        }

        let answer = try await post(
            """
            {"exclude": ["RNO", "DAL", "DAL"], "force": ["EWR"], "serviceLevel": "two-day",
             "backorder": true, "by": "ana", "reason": "the dock is flooded"}
            """,
            to: office
        )

        #expect(answer.isProblem(.nothingToResource))
        #expect(
            seen.values == [
                ResourcingWish(
                    excluded: ["DAL", "RNO"],
                    forced: ["EWR"],
                    serviceLevel: .twoDay,
                    mayWait: true,
                    who: "ana",
                    reason: "the dock is flooded"
                )
            ]
        )
        let preview = try await post(
            #"{"by": "ana", "reason": "a look", "dryRun": true}"#,
            to: office
        )
        #expect(preview.isProblem(.unknownOrder))
    }

    @Test func `shows both plans and what the new one costs more`() async throws {
        let body = #"{"exclude": ["DAL"], "by": "ana", "reason": "flood", "dryRun": true}"#
        let answer = try await post(body)

        #expect(answer.status == 200)
        #expect(answer.json["resourced"] == false)
        #expect(answer.json["costBefore"] == "104.95" && answer.json["difference"] == "0.00")
        let text = try await post(body, asText: true).text
        #expect(text.hasPrefix("Order 4711 would be sourced so; nothing was changed."))
        #expect(text.contains("Not: DAL ships 8 x VALVE-3IN by UPS (ups-ground)."))
        #expect(text.hasSuffix("Before 104.95 USD: that is as much.\n"))
    }

    @Test(arguments: [
        (#"{"by": "ana"}"#, "/reason"),
        (#"{"reason": "flood"}"#, "/by"),
        (#"{"by": "ana", "reason": "flood", "exclude": "DAL"}"#, "/exclude"),
        (#"{"by": "ana", "reason": "flood", "exclude": [""]}"#, "/exclude/0"),
        (#"{"by": "ana", "reason": "flood", "exclude": ["DAL"], "force": ["DAL"]}"#, "/force"),
        (#"{"by": "ana", "reason": "flood", "serviceLevel": "soon"}"#, "/serviceLevel"),
        (#"{"by": "ana", "reason": "flood", "dryRun": "yes"}"#, "/dryRun"),
        (#"{"by": "ana", "reason": "flood", "without": ["DAL"]}"#, "/without"),
    ])
    func `names the field that is not understood`(_ body: String, _ field: String) async throws {
        let answer = try await post(body)
        #expect(answer.isProblem(.invalidResourcing), "\(answer.text)")
        #expect(answer.text.contains(field), "\(answer.text)")
    }

    @Test func `says which warehouse it does not know, and why there is no plan`() async throws {
        var office = OrderOffice.example
        office.resource = { _, _, _ in .unknownWarehouses(["XYZ"]) }
        let body = #"{"exclude": ["XYZ"], "by": "ana", "reason": "flood"}"#
        let stranger = try await post(body, to: office)
        #expect(stranger.isProblem(.invalidResourcing) && stranger.text.contains("XYZ"))

        office.resource = { _, _, _ in
            .unfillable(
                [
                    LineRefusal(
                        line: 0,
                        sku: "VALVE-3IN",
                        requested: 20,
                        available: 12,
                        reason: .insufficientStock
                    )
                ],
                Example.confirmed
            )
        }
        let refused = try await post(body, to: office)
        #expect(refused.isProblem(.noLawfulPlan) && refused.text.contains("VALVE-3IN"))
        #expect(try await post(body, for: "4712").isProblem(.unknownOrder))
    }

    @Test func `is told of in the order afterwards`() {
        let text = Example.resourced.text
        #expect(text.contains("by ana, without DAL, by two-day: the dock is flooded."))
        #expect(Example.resourced.document["resourcings"]?.isEmptyArray == false)
    }
}

extension JSONValue {
    fileprivate var isEmptyArray: Bool {
        if case .array(let all) = self { all.isEmpty } else { false }
    }
}
