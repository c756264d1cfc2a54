package import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// An order of which units wait for stock, with what it was placed as.
package struct ListedBackorder: Hashable, Sendable {
    package let waiting: WaitingOrder
    package let order: Order

    package init(waiting: WaitingOrder, order: Order) {
        self.waiting = waiting
        self.order = order
    }

    var document: JSONValue {
        [
            "order": .string(waiting.order.rawValue), "since": .string(waiting.since.iso8601),
            "wantedBy": .text(waiting.wantedBy?.description),
            "customer": .text(order.terms.customer?.rawValue),
            "rule": .text(waiting.rank.rule.isEmpty ? nil : waiting.rank.rule),
            "lines": .array(
                waiting.lines.map { order.document(line: $0.line, sku: $0.sku, $0.quantity) }
            ),
        ]
    }
}

/// What waits for stock.
struct BackorderEndpoint: Sendable {
    let office: OrderOffice

    @Sendable func list(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        let query = try Query(of: request, known: ["sku", "limit", "after"])
        let sku = try query.parsed("sku") { (text) throws(ParseError) in try SKU(parsing: text) }
        let after = try query.parsed("after") { (text) throws(ParseError) in
            try Order.ID(parsing: text)
        }
        let limit =
            try query.parsed("limit", by: OrderEndpoints.limit(parsing:))
            ?? StorefrontLimits.ordersPerPageDefault
        let found = try await office.backorders(
            WaitingQuery(sku: sku, limit: limit + 1, after: after)
        )
        let page = found.prefix(limit)
        var next: JSONValue = nil
        if found.count > limit, let last = page.last {
            next = .string(
                "/v1/backorders?limit=\(limit)"
                    + (sku.map { "&sku=\(OrderPath.encoded($0.code))" } ?? "")
                    + "&after=\(OrderPath.encoded(last.waiting.order))"
            )
        }
        return Response(["backorders": .array(page.map(\.document)), "next": next])
    }
}
