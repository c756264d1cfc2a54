package import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// An order of which units wait for stock, with what it was placed as.
package struct ListedBackorder: Hashable, Sendable {
    package let waiting: WaitingOrder
    package let order: Order
    /// By which days it is expected; nil where nothing is known of that.
    package let dates: OrderDates?

    package init(waiting: WaitingOrder, order: Order, dates: OrderDates? = nil) {
        self.waiting = waiting
        self.order = order
        self.dates = dates
    }

    var document: JSONValue {
        [
            "order": .string(waiting.order.rawValue), "since": .string(waiting.since.iso8601),
            "wantedBy": .text(waiting.wantedBy?.description),
            "customer": .text(order.terms.customer?.rawValue),
            "rule": .text(waiting.rank.rule.isEmpty ? nil : waiting.rank.rule),
            "lines": .array(
                waiting.lines.map { order.document(waiting: $0, dates) }
            ),
        ]
    }
}

extension Order {
    /// A line that waits, and what it is expected from.
    func document(waiting line: Plan.Backorder, _ dates: OrderDates?) -> JSONValue {
        [
            "line": .string(lineName(line.line)), "sku": .string(line.sku.code),
            "quantity": .quantity(line.quantity),
            "expectedBy": .text(
                dates?.day(of: line.line, waiting: line.quantity)?.description
            ),
            "toldBy": .text(dates?.dayTold(of: line.line)?.description),
            "expected": .array((dates?.parts(of: line.line) ?? []).map(\.document)),
        ]
    }
}

extension OrderDates {
    /// The day by which the customer was told to expect a line, where it is later now.
    func dayTold(of line: Int) -> CivilDate? {
        told.filter { $0.line == line }.map(\.expected).max()
    }
}

extension BackorderPart {
    fileprivate var document: JSONValue {
        [
            "quantity": .quantity(quantity), "warehouse": .string(warehouse.rawValue),
            "receipt": .string(receipt.rawValue), "expected": .string(expected.description),
            "leaves": .text(leaves?.description), "arrives": .text(arrives?.description),
        ]
    }
}

extension DateChange {
    /// One move of a day, in an order's history.
    func document(in order: Order) -> JSONValue {
        [
            "at": .string(at.iso8601), "line": .string(order.lineName(line)),
            "sku": .string(sku.code), "before": .text(before?.description),
            "after": .text(after?.description), "undated": .quantity(undated),
            "later": .boolean(isLater), "warehouse": .text(warehouse?.rawValue),
            "receipt": .text(receipt?.rawValue),
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
