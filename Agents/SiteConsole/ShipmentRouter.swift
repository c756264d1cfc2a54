package import AllocationModel
internal import Foundation
internal import HTTPTypes
package import Hummingbird

/// What a warehouse system asks over HTTP: what is to be picked, what cannot be, and what has left.
///
/// Whoever reaches it may ship, so it belongs on loopback, and it is deaf to web pages: they can
/// send no JSON without asking first, and name another host.
package enum ShipmentRouter {
    package typealias Context = ObservationRouter.Context

    /// Adds the routes; `now` is the wall clock, asked for each request.
    package static func add(
        to router: Router<Context>,
        for desk: SiteDesk,
        now: @escaping @Sendable () -> Timestamp
    ) {
        router.get("/v1/picks") { request, _ in
            await answer(request) {
                let limit = try limit(of: request)
                let reply = await desk.carryOut(.listPicks(limit: limit), now: now(), who: "http")
                guard case .picks(let list) = reply else { throw ShipmentProblem(reply) }
                let document = PickDocument(picks: list.rows, isCutShort: list.isCutShort)
                return try response(.ok, document)
            }
        }
        router.post("/v1/shipments") { request, _ in
            await answer(request) {
                let asked = try await shipment(in: request)
                let reply = await desk.carryOut(
                    .ship(order: asked.order),
                    now: now(),
                    who: asked.who
                )
                guard case .shipped(let report) = reply else { throw ShipmentProblem(reply) }
                return try response(report.isRepeated ? .ok : .created, report)
            }
        }
        router.post("/v1/picks/refusals") { request, _ in
            await answer(request) {
                let (pick, who) = try refusal(in: JSONField(try await document(in: request)))
                let reply = await desk.carryOut(.refusePick(pick), now: now(), who: who)
                guard case .pickRefused(let report) = reply else {
                    throw ShipmentProblem(reply, as: .refusedPick)
                }
                return try response(.created, report)
            }
        }
    }

    // Reading.

    private static func limit(of request: Request) throws(ShipmentProblem) -> Int {
        let given = request.uri.queryParameters
        guard given.allSatisfy({ $0.key == "limit" }) else {
            throw ShipmentProblem(
                .badRequest,
                "invalid_query",
                "‘limit’ is the only parameter here.",
                hint: "GET /v1/picks?limit=100"
            )
        }
        guard let text = given["limit"] else { return ConsoleLimits.holdsListedMaximum }
        guard let limit = Int(text), (1...ConsoleLimits.holdsListedMaximum).contains(limit) else {
            throw ShipmentProblem(
                .badRequest,
                "invalid_query",
                "‘limit’ is ‘\(text.prefix(64))’.",
                hint: "Ask for 1 to \(ConsoleLimits.holdsListedMaximum)."
            )
        }
        return limit
    }

    private struct Asked {
        let order: Order.ID
        let who: String
    }

    private static func shipment(in request: Request) async throws -> Asked {
        try shipment(in: JSONField(try await document(in: request)))
    }

    /// Reads a body of so many bytes as JSON; `example` shows what belongs there.
    static func document(
        in request: Request,
        upTo bytes: Int = ConsoleLimits.shipmentBytesMaximum,
        example: String = #"{"order": "4711"}"#,
        remedy: String = "Send one order or one change in each request."
    ) async throws -> JSONValue {
        let type = request.headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased() }
        guard type?.trimmingCharacters(in: .whitespaces) == "application/json" else {
            throw ShipmentProblem(
                .unsupportedMediaType,
                "unsupported_media_type",
                "The body is not declared as JSON.",
                hint: "Send it with the header ‘Content-Type: application/json’."
            )
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: bytes)
        } catch {
            throw ShipmentProblem(
                .contentTooLarge,
                "body_too_large",
                "The body is larger than \(bytes) bytes.",
                hint: remedy
            )
        }
        do throws(JSONFault) {
            return try JSONValue(parsing: Array(body.readableBytesView))
        } catch {
            throw ShipmentProblem(
                .badRequest,
                "malformed_json",
                "The body cannot be read as JSON: \(error).",
                hint: "Send an object, as \(example)."
            )
        }
    }

    private static func shipment(in field: JSONField) throws(ShipmentProblem) -> Asked {
        var faults = FieldFaults()
        let hint = #"Send {"order": "4711"}, with "by" for who ships it."#
        for member in field.members(hint: hint, &faults) ?? []
        where !["order", "by"].contains(member.name) {
            let place = field.pointer.member(member.name)
            faults.add(FieldFault(place, "is not a known field", hint: hint))
        }
        let order = order(in: field["order"], hint: hint, &faults)
        let who = shipper(field["by"], &faults)
        guard let order, let who, faults.isEmpty else {
            throw ShipmentProblem(
                .unprocessableContent,
                "invalid_shipment",
                faults.faults.map(\.description).joined(separator: ". "),
                hint: "Correct it and send it again; nothing was shipped."
            )
        }
        return Asked(order: order, who: who)
    }

    /// An order's id, which some systems write as a number.
    private static func order(
        in field: JSONField,
        hint: String,
        _ faults: inout FieldFaults
    ) -> Order.ID? {
        guard let text = field.name(hint: "Give the order's id as a string.", &faults) else {
            return nil
        }
        do throws(ParseError) {
            return try Order.ID(parsing: text)
        } catch {
            faults.add(FieldFault(field.pointer, error, hint: hint))
            return nil
        }
    }

    private static func refusal(
        in field: JSONField
    ) throws(ShipmentProblem) -> (PickToRefuse, who: String) {
        var faults = FieldFaults()
        let hint =
            #"Send {"order": "4711", "sku": "VALVE-3IN", "quantity": 3, "reason": "damaged"}, "#
            + #"with "lot" where it takes several, and "by" for who says so."#
        let known = ["order", "sku", "lot", "quantity", "reason", "by"]
        for member in field.members(hint: hint, &faults) ?? [] where !known.contains(member.name) {
            let place = field.pointer.member(member.name)
            faults.add(FieldFault(place, "is not a known field", hint: hint))
        }
        let order = order(in: field["order"], hint: hint, &faults)
        let sku = field["sku"]
            .parsed(hint: "Give the SKU as a string.", &faults) {
                text throws(ParseError) in try SKU(parsing: text)
            }
        var lot: Lot.ID?
        if !field["lot"].isAbsent {
            lot = field["lot"]
                .parsed(hint: "Give the lot as a string.", &faults) {
                    text throws(ParseError) in try Lot.ID(parsing: text)
                }
        }
        let quantity = field["quantity"]
            .integer(hint: "Give the units that cannot be picked.", &faults)
        let reason = field["reason"]
            .parsed(hint: "Give damaged or not-found.", &faults) {
                text throws(ParseError) in
                guard let reason = PickRefusal.Reason(rawValue: text) else {
                    throw ParseError("is ‘\(text.prefix(64))’")
                }
                return reason
            }
        let who = shipper(field["by"], &faults)
        guard let order, let sku, let quantity, let reason, let who, faults.isEmpty else {
            throw ShipmentProblem(
                .unprocessableContent,
                "invalid_refusal",
                faults.faults.map(\.description).joined(separator: ". "),
                hint: "Correct it and send it again; nothing was changed."
            )
        }
        return (
            PickToRefuse(order: order, sku: sku, lot: lot, quantity: quantity, reason: reason), who
        )
    }

    /// Who says so, where that is told.
    static func shipper(_ field: JSONField, _ faults: inout FieldFaults) -> String? {
        guard !field.isAbsent else { return "http" }
        let hint = "Give a name of at most \(ConsoleLimits.shipperBytesMaximum) bytes."
        guard let text = field.text(hint: hint, &faults) else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPlain, (1...ConsoleLimits.shipperBytesMaximum).contains(text.utf8.count) else {
            faults.add(FieldFault(field.pointer, "is no name", hint: hint))
            return nil
        }
        return text
    }

    // Answering.

    private struct PickDocument: Encodable {
        let picks: [PickRow]
        let isCutShort: Bool
    }

    /// Answers a request that is for this machine and from no web page; problems too.
    static func answer(
        _ request: Request,
        _ work: () async throws -> Response
    ) async -> Response {
        do {
            guard isThisMachine(request.head.authority ?? "") else {
                throw ShipmentProblem(
                    .misdirectedRequest,
                    "wrong_host",
                    "The request names another host than this machine.",
                    hint: "Ask 127.0.0.1 or localhost."
                )
            }
            guard request.method == .get || !LocalSender.isElsewhere(request) else {
                throw ShipmentProblem(
                    .forbidden,
                    "from_a_web_page",
                    "The request was sent by a web page.",
                    hint: "Send it from the warehouse system itself."
                )
            }
            return try await work()
        } catch let problem as ShipmentProblem {
            return problem.response
        } catch {
            return ShipmentProblem(
                .internalServerError,
                "internal_error",
                "The request failed for a reason that lies here.",
                hint: "Send it again: what is under the same key or of the same order counts once."
            )
            .response
        }
    }

    /// Whether the sender means this machine: a page whose name was bent to loopback does not.
    static func isThisMachine(_ authority: String) -> Bool {
        authority.isEmpty
            || ["127.0.0.1", "localhost", "[::1]"]
                .contains { authority == $0 || authority.hasPrefix($0 + ":") }
    }

    /// An answer that is no problem.
    static func response(
        _ status: HTTPResponse.Status,
        _ document: some Encodable
    ) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try SiteJSON.bytes(of: document)))
        )
    }
}
