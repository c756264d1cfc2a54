import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

extension Example {
    /// Order 4711, of which twelve valves more were ordered before.
    static var changed: OrderRecord {
        let order = confirmed.order
        return OrderRecord(
            order: order,
            outcome: confirmed.outcome,
            receivedAt: confirmed.receivedAt,
            decidedAt: confirmed.decidedAt,
            transaction: confirmed.transaction,
            isSettled: true,
            resourcings: [
                Resourcing(
                    wish: ResourcingWish(who: "ana", reason: "asked by phone"),
                    at: Timestamp(milliseconds: 0),
                    replaced: TransactionID(coordinator: "office", epoch: 7, counter: 1),
                    before: plan,
                    kept: [],
                    former: order.with(
                        order.lines.map { $0.quantity + 12 },
                        to: Destination(country: .us, postalCode: "10001")
                    )
                )
            ]
        )
    }
}

struct `The API's way to have an order changed` {
    private func post(
        _ body: String,
        for id: String = "4711",
        to office: OrderOffice = .example,
        asText: Bool = false
    ) async throws -> Answer {
        try await send(
            .post,
            "/v1/orders/\(id)/change",
            to: office,
            headers: asText
                ? [.contentType: "application/json", .accept: "text/plain"]
                : [.contentType: "application/json"],
            body: Array(body.utf8)
        )
    }

    private static let by = #""by": "ana", "reason": "asked by phone""#

    @Test func `passes on what is to be another, by whom and why`() async throws {
        let seen = Seen<OrderChange>()
        let wishes = Seen<ResourcingWish>()
        var office = OrderOffice.example
        office.change = { _, change, wish, _ in
            seen.add(change)
            wishes.add(wish)
            return .nothingToResource(Example.confirmed)
        }

        let answer = try await post(
            """
            {"lines": [{"line": 1, "quantity": 12}, {"line": "GASKET", "cancel": true}],
             "destination": {"country": "US", "postalCode": "10001", "residential": true},
             "backorder": true, \(Self.by)}
            """,
            to: office
        )

        #expect(answer.isProblem(.nothingToResource))
        #expect(
            seen.values == [
                OrderChange(
                    quantities: [
                        OrderChange.LineQuantity(line: "1", quantity: 12),
                        OrderChange.LineQuantity(line: "GASKET", quantity: nil),
                    ],
                    destination: Destination(
                        country: .us,
                        postalCode: "10001",
                        isResidential: true
                    ),
                    keepsDates: true
                )
            ]
        )
        #expect(
            wishes.values == [
                ResourcingWish(mayWait: true, who: "ana", reason: "asked by phone")
            ]
        )
    }

    @Test func `takes the days beside a destination for its days`() async throws {
        let seen = Seen<OrderChange>()
        var office = OrderOffice.example
        office.change = { _, change, _, _ in
            seen.add(change)
            return .unknownOrder
        }
        _ = try await post(
            """
            {"destination": {"country": "US", "postalCode": "10001"},
             "deliverBy": "2026-03-06", \(Self.by)}
            """,
            to: office
        )
        let change = try #require(seen.values.first)
        #expect(!change.keepsDates)
        #expect(change.destination?.delivery.by == Example.day(6))
    }

    @Test func `shows the order as it would be, and tells of it afterwards`() async throws {
        let body = #"{"lines": [{"line": "1", "quantity": 7}], "dryRun": true, \#(Self.by)}"#
        let answer = try await post(body)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["resourced"] == false)
        #expect(answer.text.contains(#""after":7"#), "\(answer.text)")
        let text = try await post(body, asText: true).text
        #expect(text.hasPrefix("Order 4711 would be changed and sourced so;"), "\(text)")
        #expect(text.contains("7 instead of"))

        let told = Example.changed.text
        #expect(told.contains("Changed 1970-01-01T00:00:00.000Z by ana, "), "\(told)")
        #expect(told.contains(": asked by phone."))
    }

    @Test(arguments: [
        (#"{"by": "ana"}"#, "/reason"),
        (#"{"lines": 3, \#(by)}"#, "/lines"),
        (#"{"lines": [{"quantity": 3}], \#(by)}"#, "/lines/0/line"),
        (#"{"lines": [{"line": "1"}], \#(by)}"#, "/lines/0/quantity"),
        (#"{"lines": [{"line": "1", "quantity": -1}], \#(by)}"#, "/lines/0/quantity"),
        (#"{"lines": [{"line": "1", "quantity": 1.5}], \#(by)}"#, "/lines/0/quantity"),
        (#"{"lines": [{"line": "1", "quantity": 1000000001}], \#(by)}"#, "/lines/0/quantity"),
        (#"{"lines": [{"line": "1", "quantity": 1, "cancel": true}], \#(by)}"#, "/lines/0/cancel"),
        (#"{"lines": [{"line": "1", "cancel": false}], \#(by)}"#, "/lines/0/cancel"),
        (#"{"lines": [{"line": "1", "amount": 1}], \#(by)}"#, "/lines/0/amount"),
        (#"{"lines": [{"line": "PUMP", "quantity": 1}], \#(by)}"#, "/lines/0/line"),
        (#"{"deliverBy": "2026-03-06", \#(by)}"#, "/deliverBy"),
        (#"{"destination": {"country": "US", "postalCode": "1"}, \#(by)}"#, "postalCode"),
        (#"{"destination": {"country": "US"}, \#(by)}"#, "/destination/postalCode"),
        (#"{"address": {}, \#(by)}"#, "/address"),
        (#"{\#(by)}"#, "is what the order is already"),
    ])
    func `names the field that is not understood, or not possible`(
        _ body: String,
        _ field: String
    ) async throws {
        let answer = try await post(body)
        #expect(answer.isProblem(.invalidChange), "\(answer.text)")
        #expect(answer.text.contains(field), "\(answer.text)")
    }

    @Test func `says what has shipped, and when to cancel instead`() async throws {
        var office = OrderOffice.example
        let body = #"{"lines": [{"line": "1", "quantity": 0}], \#(Self.by)}"#
        office.change = { _, _, _, _ in .unlawfulChange(.shipped(0, 12), Example.confirmed) }
        let shipped = try await post(body, to: office)
        #expect(shipped.isProblem(.invalidChange) && shipped.text.contains("12 that have shipped"))

        office.change = { _, _, _, _ in .unlawfulChange(.nothingLeft, Example.confirmed) }
        let all = try await post(body, to: office)
        #expect(all.text.contains("/v1/orders/4711/cancel"))
        #expect(try await post(body, for: "4712").isProblem(.unknownOrder))
    }
}
