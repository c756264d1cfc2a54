import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What people do with alerts.
struct AlertEndpoints: Sendable {
    let office: AlertOffice

    var all: [Endpoint] {
        [
            Endpoint(.get, "/v1/alerts", list),
            Endpoint(.post, "/v1/alerts/{id}/acknowledge") { request, context in
                try await take(.acknowledge, request, context)
            },
            Endpoint(.post, "/v1/alerts/{id}/resolve") { request, context in
                try await take(.resolve, request, context)
            },
            Endpoint(.post, "/v1/alerts/{id}/redeliver", redeliver),
        ]
    }

    @Sendable private func list(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        let query = try Query(of: request, known: ["state", "limit", "before"])
        let states = try query.parsed("state", by: Self.states(parsing:)) ?? [.open, .acknowledged]
        let limit =
            try query.parsed("limit", by: Self.limit(parsing:))
            ?? StorefrontLimits.ordersPerPageDefault
        let before = try query.parsed("before") { (text) throws(ParseError) in
            guard let number = Int64(text), number > 0 else {
                throw ParseError("‘\(text.prefix(64))’ is not the number of an alert")
            }
            return number
        }
        let alerts = try await office.list(states, limit, before)
        return Response(["alerts": .array(alerts.map(\.document))])
    }

    private static func states(parsing text: String) throws(ParseError) -> [Alert.State] {
        if text == "all" { return Alert.State.allCases }
        guard let state = Alert.State(rawValue: text) else {
            let words = Alert.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError("‘\(text.prefix(64))’ is not a state; write one of \(words), all")
        }
        return [state]
    }

    private static func limit(parsing text: String) throws(ParseError) -> Int {
        let range = 1...StorefrontLimits.ordersPerPageMaximum
        guard let limit = Int(text), range.contains(limit) else {
            throw ParseError("‘\(text.prefix(64))’ is not a number from 1 to \(range.upperBound)")
        }
        return limit
    }

    private func take(
        _ step: AlertOffice.Step,
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let number = try Self.number(context)
        let wish = try await Wish(of: request, known: ["by", "comment"], orElse: .invalidRemark)
        let remark = Alert.Remark(
            who: try wish.remark("by"),
            // Taking something up needs no reason; ending it does.
            comment: step == .acknowledge && wish.document["comment"].isAbsent
                ? "" : try wish.remark("comment"),
            at: office.now()
        )
        guard let alert = try await office.take(step, number, remark) else {
            throw Self.unknownAlert("\(number)")
        }
        return Response(alert.document)
    }

    @Sendable private func redeliver(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let number = try Self.number(context)
        guard let count = try await office.redeliver(number) else {
            throw Self.unknownAlert("\(number)")
        }
        return Response(["deliveries": .integer(Int64(count))])
    }

    private static func number(_ context: BasicRequestContext) throws(Problem) -> Int64 {
        let text = context.parameters["id"] ?? ""
        guard let number = Int64(text), number > 0 else { throw unknownAlert(String(text)) }
        return number
    }

    private static func unknownAlert(_ text: String) -> Problem {
        Problem(
            .unknownAlert,
            "There is no alert ‘\(text.prefix(Limits.identifierBytesMaximum))’.",
            hint: "GET /v1/alerts lists them."
        )
    }
}

extension Alert {
    /// The alert as the API answers it.
    var document: JSONValue {
        [
            "number": .integer(number), "kind": .string(subject.kind.rawValue),
            "subject": .string(subject.name), "detail": .string(detail),
            "state": .string(state.rawValue), "openedAt": .string(openedAt.iso8601),
            "seenAt": .string(seenAt.iso8601), "timesSeen": .integer(timesSeen),
            "acknowledged": acknowledged?.document ?? .null,
            "resolved": resolved?.document ?? .null,
            "deliveries": .array(deliveries.map(\.document)),
        ]
    }
}

extension Alert.Remark {
    fileprivate var document: JSONValue {
        [
            "by": .text(who.isEmpty ? nil : who), "comment": .string(comment),
            "at": .string(at.iso8601),
        ]
    }
}

extension Alert.Delivery {
    fileprivate var document: JSONValue {
        [
            "event": .string(event.rawValue), "channel": .string(channel.rawValue),
            "state": .string(state.rawValue), "tries": .integer(tries), "note": .string(note),
        ]
    }
}
