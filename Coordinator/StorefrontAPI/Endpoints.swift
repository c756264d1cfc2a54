import AllocationModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore

extension Endpoint {
    /// Every route of the API, and what it asks of the office.
    static func all(office: OrderOffice) -> [Endpoint] {
        let orders = OrderEndpoints(office: office)
        let sites = SiteEndpoints(office: office)
        return [
            Endpoint(.post, "/v1/orders", orders.submit),
            Endpoint(.get, "/v1/orders", orders.list),
            Endpoint(.get, "/v1/orders/{id}", orders.show),
            Endpoint(.get, "/v1/orders/{id}/explanation", orders.explain),
            Endpoint(.get, "/v1/orders/{id}/replay", orders.replay),
            Endpoint(.post, "/v1/orders/{id}/cancel", orders.cancel),
            Endpoint(
                .post,
                "/v1/orders/{id}/resource",
                ResourcingEndpoint(office: office).answer
            ),
            Endpoint(.post, "/v1/orders/{id}/change", ChangeEndpoint(office: office).answer),
            Endpoint(.get, "/v1/backorders", BackorderEndpoint(office: office).list),
            EventEndpoint(office: office.events).endpoint,
            Endpoint(.get, "/v1/scorecard") { request, _ in
                try await scorecard(request, office: office)
            },
            Endpoint(.post, "/v1/quotes") { request, _ in
                try await quote(request, office: office)
            },
            Endpoint(.get, "/v1/availability", sites.availability),
            Endpoint(.get, "/v1/warehouses", sites.warehouses),
            Endpoint(.get, "/v1/audit") { request, _ in
                _ = try Query(of: request, known: [])
                return Response(try await office.audit().document)
            },
            Endpoint(.post, "/shopify/webhooks") { request, _ in
                try await shopifyWebhook(request, office: office)
            },
            Endpoint(.post, "/shopify/carrier-service") { request, _ in
                try await carrierRates(request, office: office)
            },
            Endpoint(.get, "/livez", needsAdmission: false) { _, _ in Response(text: "ok\n") },
            Endpoint(.get, "/readyz", needsAdmission: false) { request, _ in
                try await readiness(request, office: office)
            },
            Endpoint(.get, "/metrics", needsAdmission: false) { _, _ in
                Response(text: await office.metricsText(), type: MetricsText.contentType)
            },
            Endpoint(.get, "/openapi.yaml", needsAdmission: false) { _, _ in
                Response(text: OpenAPI.document, type: "application/yaml; charset=utf-8")
            },
        ] + RuleEndpoints(office: office.rules).all + AlertEndpoints(office: office.alerts).all
    }

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        needsAdmission: Bool = true,
        _ answer: @escaping Answer
    ) {
        self.init(method: method, path: path, needsAdmission: needsAdmission, answer: answer)
    }

    /// The signature is over the body as it came, so it is passed on as it came.
    private static func shopifyWebhook(
        _ request: Request,
        office: OrderOffice
    ) async throws -> Response {
        let body = try await request.bodyBytes()
        let headers = request.headers.map { HeaderLine($0.name.rawName, $0.value) }
        switch await office.acceptWebhook(headers, body) {
        case .accepted(let note): return Response(["note": .string(note)])
        case .refused(let problem): throw problem
        }
    }

    private static func carrierRates(
        _ request: Request,
        office: OrderOffice
    ) async throws -> Response {
        let body = try await request.bodyBytes()
        let headers = request.headers.map { HeaderLine($0.name.rawName, $0.value) }
        switch await office.carrierRates(headers, body) {
        case .rates(let document): return Response(document)
        case .refused(let problem): throw problem
        }
    }

    private static func quote(_ request: Request, office: OrderOffice) async throws -> Response {
        _ = try Query(of: request, known: [])
        try request.requireJSON()
        let order = try OrderDocument.orderToQuote(from: try await request.bodyBytes())
        switch await office.quote(order) {
        case .quoted(let quote):
            return request.prefersText
                ? Response(text: quote.text(of: order)) : Response(quote.document(of: order))
        case .unavailable(let reason, let seconds):
            throw Problem.unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    private static func readiness(
        _ request: Request,
        office: OrderOffice
    ) async throws -> Response {
        let query = try Query(of: request, known: ["verbose"])
        let checks = await office.readiness()
        let isReady = checks.allSatisfy(\.isPassing)
        var text = isReady ? "ready\n" : "not ready\n"
        // Whoever finds it failing wants to know what does.
        if query["verbose"] != nil || !isReady {
            for check in checks {
                text += "[\(check.isPassing ? "+" : "-")] \(check.name): \(check.detail)\n"
            }
        }
        return Response(text: text, status: isReady ? .ok : .serviceUnavailable)
    }
}

/// What clients do with orders.
struct OrderEndpoints: Sendable {
    let office: OrderOffice

    @Sendable func submit(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        try request.requireJSON()
        let key = try request.idempotencyKey()
        let order = try OrderDocument.order(
            from: try await request.bodyBytes(),
            idempotencyKey: key
        )
        switch await office.submit(order) {
        case .placed(let record): return try placed(record, status: .created)
        case .alreadyPlaced(let record): return try placed(record, status: .ok)
        case .alreadyPlacedDifferently(let difference, let record):
            throw Self.changed(order.id, in: difference, from: record)
        case .unavailable(let reason, let seconds):
            throw Problem.unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    /// A refused order is an order: it was placed, decided, and can be looked up and explained.
    ///
    /// Where the order could never be filled as it stands (nobody knows the SKU, or the
    /// quantity is not sold), the client must change it, and a 2xx would hide that.
    private func placed(
        _ record: OrderRecord,
        status: HTTPResponse.Status
    ) throws(Problem) -> Response {
        var faults = FieldFaults()
        for refusal in record.refusals {
            if let fault = refusal.fault { faults.add(fault) }
        }
        guard faults.isEmpty else {
            throw Problem(
                .lineNotSellable,
                "Order \(record.order.id) is refused: some of its lines cannot be sold as ordered.",
                hint: "Correct what ‘errors’ lists and send the order under a new id.",
                faults: faults
            )
        }
        var response = Response(record.document, status: status)
        response.headers[.location] = OrderPath.path(of: record.order.id)
        return response
    }

    private static func changed(
        _ id: Order.ID,
        in difference: Order.Difference,
        from record: OrderRecord
    ) -> Problem {
        var faults = FieldFaults()
        faults.add(
            FieldFault(
                JSONPointer.root.member(difference.rawValue),
                "differs from the order that was placed under this id",
                hint: "GET \(OrderPath.path(of: id)) shows what was placed."
            )
        )
        return Problem(
            .orderChanged,
            """
            Order \(id) was placed before, at \(record.receivedAt.iso8601), with other \
            \(difference.rawValue).
            """,
            hint: "Send the order unchanged to learn its outcome, or a new order under a new id.",
            faults: faults
        )
    }

    @Sendable func list(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        let query = try Query(of: request, known: ["status", "limit", "before"])
        let status = try query.parsed("status", by: Self.status(parsing:))
        let before = try query.parsed("before") { (text) throws(ParseError) in
            try Order.ID(parsing: text)
        }
        let limit =
            try query.parsed("limit", by: Self.limit(parsing:))
            ?? StorefrontLimits.ordersPerPageDefault
        let found = try await office.list(
            OrderListing(status: status, limit: limit + 1, before: before)
        )
        let page = found.prefix(limit)
        var next: JSONValue = nil
        if found.count > limit, let last = page.last {
            next = .string(Self.nextPath(after: last.order.id, limit: limit, status: status))
        }
        return Response(["orders": .array(page.map(\.summary)), "next": next])
    }

    private static func status(parsing text: String) throws(ParseError) -> OrderStatus {
        guard let status = OrderStatus(rawValue: text) else {
            let words = OrderStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError("‘\(text.prefix(64))’ is not a status; write one of \(words)")
        }
        return status
    }

    static func limit(parsing text: String) throws(ParseError) -> Int {
        let range = 1...StorefrontLimits.ordersPerPageMaximum
        guard let limit = Int(text), range.contains(limit) else {
            throw ParseError(
                "‘\(text.prefix(64))’ is not a number from 1 to \(range.upperBound)"
            )
        }
        return limit
    }

    private static func nextPath(after id: Order.ID, limit: Int, status: OrderStatus?) -> String {
        "/v1/orders?limit=\(limit)" + (status.map { "&status=\($0.rawValue)" } ?? "")
            + "&before=\(OrderPath.encoded(id))"
    }

    @Sendable func show(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let record = try await record(try OrderPath.id(context))
        return request.prefersText ? Response(text: record.text) : Response(record.document)
    }

    @Sendable func explain(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let id = try OrderPath.id(context)
        guard let explanation = try await office.explanation(id) else {
            throw try await withoutEvidence(id)
        }
        return request.prefersText
            ? Response(text: explanation.text) : Response(explanation.document)
    }

    @Sendable func replay(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let id = try OrderPath.id(context)
        guard let replay = try await office.replay(id) else { throw try await withoutEvidence(id) }
        return request.prefersText ? Response(text: replay.text) : Response(replay.document)
    }

    /// Why an order cannot be explained or solved again.
    private func withoutEvidence(_ id: Order.ID) async throws -> Problem {
        let record = try await record(id)
        return Problem(
            .noExplanation,
            record.outcome == nil
                ? "Order \(id) is not decided yet."
                : "Nothing is recorded of how \(id) was decided.",
            hint: record.outcome == nil
                ? "Ask again when it is." : "GET \(OrderPath.path(of: id)) shows the decision."
        )
    }

    @Sendable func cancel(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let id = try OrderPath.id(context)
        switch await office.cancel(id) {
        case .cancelled(let record), .alreadyCancelled(let record):
            return Response(record.document)
        case .alreadyShipped(let record):
            let verb = record.shipments.count == 1 ? "has shipped its part" : "have shipped"
            throw Problem(
                .alreadyShipped,
                "Order \(id) cannot be cancelled: \(record.shippers) \(verb), and shipped is shipped.",
                hint: """
                    Have the goods sent back, and see with the warehouses about the rest; nothing \
                    was changed.
                    """
            )
        case .nothingToCancel(let record):
            throw Problem(
                .nothingToCancel,
                "Order \(id) is \(record.status.rawValue), so there is nothing to cancel.",
                hint: "Nothing is held for it; no more needs to be done."
            )
        case .unknownOrder: throw Problem.unknownOrder(id.rawValue)
        case .unavailable(let reason, let seconds):
            throw Problem.unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    private func record(_ id: Order.ID) async throws -> OrderRecord {
        guard let record = try await office.record(id) else {
            throw Problem.unknownOrder(id.rawValue)
        }
        return record
    }
}

/// An order's address.
enum OrderPath {
    /// Reads the id in the path; one that no order can have is unknown, like any other.
    static func id(_ context: BasicRequestContext) throws(Problem) -> Order.ID {
        let text = context.parameters["id"] ?? ""
        guard let decoded = text.removingPercentEncoding,
            let id = try? Order.ID(parsing: decoded)
        else { throw Problem.unknownOrder(String(text)) }
        return id
    }

    static func path(of id: Order.ID) -> String { "/v1/orders/\(encoded(id))" }

    /// An id may hold a slash, a space or a question mark.
    static func encoded(_ id: Order.ID) -> String { encoded(id.rawValue) }

    static func encoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// What clients ask of sites.
private struct SiteEndpoints: Sendable {
    let office: OrderOffice

    @Sendable func availability(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        let query = try Query(of: request, known: ["sku", "country", "postalCode", "residential"])
        guard let sku = try query.parsed("sku", by: SKU.init(parsing:)) else {
            throw Query.problem("‘sku’ is missing.")
        }
        let destination = try destination(in: query)
        switch await office.availability(sku, destination) {
        case .sites(let sites):
            return Response([
                "sku": .string(sku.code), "warehouses": .array(sites.map(\.document)),
            ])
        case .unavailable(let reason, let seconds):
            throw Problem.unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    private func destination(in query: Query) throws(Problem) -> Destination {
        let country = try query.parsed("country", by: Country.init(parsing:)) ?? .us
        let isResidential =
            try query.parsed("residential") { (text) throws(ParseError) in
                guard text == "true" || text == "false" else {
                    throw ParseError("‘\(text.prefix(64))’ is neither true nor false")
                }
                return text == "true"
            } ?? false
        let destination = try query.parsed("postalCode") { (text) throws(ParseError) in
            try Destination(
                country: country,
                parsingPostalCode: text,
                isResidential: isResidential
            )
        }
        guard let destination else { throw Query.problem("‘postalCode’ is missing.") }
        return destination
    }

    @Sendable func warehouses(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        return Response(["warehouses": .array(await office.standings().map(\.document))])
    }
}

extension LineRefusal {
    /// The place in the order that its sender must change, where only a change can help.
    fileprivate var fault: FieldFault? {
        let pointer = JSONPointer.root.member("lines").element(line)
        return switch reason {
        case .unknownSKU:
            FieldFault(pointer.member("sku"), "‘\(sku)’: no warehouse carries it", hint: hint)
        case .notAMultiple:
            FieldFault(
                pointer.member("quantity"),
                "\(sku) is not sold in a quantity of \(requested)",
                hint: hint
            )
        case .notServed, .addressNotReached, .accessorialNotOffered, .tooLate,
            .insufficientStock, .contended, .noLawfulPlan, .lotsUnfit:
            nil
        }
    }
}

extension OrderRecord {
    /// An order in one line of a listing.
    fileprivate var summary: JSONValue {
        let plan = outcome?.plan
        return [
            "id": .string(order.id.rawValue), "status": .string(status.rawValue),
            "lineCount": .integer(Int64(order.lines.count)),
            "warehouses": .array((plan?.warehouses ?? []).map { .string($0.rawValue) }),
            "cost": .text(plan?.cost.decimal), "currency": .string(order.currency.code),
            "settled": .boolean(isSettled), "receivedAt": .string(receivedAt.iso8601),
            "decidedAt": .text(decidedAt?.iso8601),
        ]
    }
}
