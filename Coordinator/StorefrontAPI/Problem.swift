package import AllocationModel

/// Every way in which a request can fail, by its stable code.
///
/// Clients switch on the code and never on a sentence. One file, one table:
/// the OpenAPI document lists the same codes, and a test holds the two together.
package enum ProblemCode: String, CaseIterable, Hashable, Sendable {
    // What came could not be read.
    case malformedJSON = "malformed_json"
    case unsupportedMediaType = "unsupported_media_type"
    case bodyTooLarge = "body_too_large"
    case invalidQuery = "invalid_query"
    // It could be read, and is no order.
    case invalidOrder = "invalid_order"
    case idempotencyKeyMismatch = "idempotency_key_mismatch"
    case orderChanged = "order_changed"
    case lineNotSellable = "line_not_sellable"
    // It is no rule file, or no directory.
    case invalidRules = "invalid_rules"
    case invalidDirectory = "invalid_directory"
    case invalidRemark = "invalid_remark"
    case invalidResourcing = "invalid_resourcing"
    case invalidChange = "invalid_change"
    // There is no such thing.
    case unknownOrder = "unknown_order"
    case noExplanation = "no_explanation"
    case unknownRules = "unknown_rules"
    case unknownAlert = "unknown_alert"
    case unknownEvent = "unknown_event"
    case unknownPath = "unknown_path"
    case methodNotAllowed = "method_not_allowed"
    // It cannot be done.
    case nothingToCancel = "nothing_to_cancel"
    case alreadyShipped = "already_shipped"
    case nothingToResource = "nothing_to_resource"
    case noLawfulPlan = "no_lawful_plan"
    // Not now.
    case unavailable
    case overloaded
    // Webhooks.
    case webhookMalformed = "webhook_malformed"
    case webhookSignature = "webhook_signature"
    case webhookTopic = "webhook_topic"
    case webhookUnusable = "webhook_unusable"
    // Ours.
    case internalError = "internal_error"

    /// The HTTP status it is answered with.
    package var status: Int {
        switch self {
        case .malformedJSON, .invalidQuery, .webhookMalformed: 400
        case .webhookSignature: 401
        case .unknownOrder, .noExplanation, .unknownRules, .unknownAlert, .unknownEvent,
            .unknownPath, .webhookTopic:
            404
        case .methodNotAllowed: 405
        case .nothingToCancel, .alreadyShipped, .nothingToResource, .noLawfulPlan: 409
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .invalidOrder, .idempotencyKeyMismatch, .orderChanged, .lineNotSellable,
            .invalidRules, .invalidDirectory, .invalidRemark, .invalidResourcing, .invalidChange,
            .webhookUnusable:
            422
        case .internalError: 500
        case .unavailable, .overloaded: 503
        }
    }

    /// The kind of problem in a few words, the same every time.
    package var title: String {
        switch self {
        case .malformedJSON: "The body is not JSON"
        case .unsupportedMediaType: "The body is not declared as JSON"
        case .bodyTooLarge: "The body is too large"
        case .invalidQuery: "The query is not understood"
        case .invalidOrder: "The order is not understood"
        case .idempotencyKeyMismatch: "The idempotency key is not the order's id"
        case .orderChanged: "The id belongs to another order"
        case .lineNotSellable: "A line cannot be sold as it was ordered"
        case .invalidRules: "The rules are not understood"
        case .invalidDirectory: "The directory's file is not understood"
        case .unknownRules: "There are no such rules"
        case .unknownAlert: "There is no such alert"
        case .unknownEvent: "There was no such event"
        case .invalidRemark: "The step is not understood"
        case .invalidResourcing: "The wish is not understood"
        case .invalidChange: "The order cannot be changed so"
        case .nothingToResource: "Nothing of the order waits to be shipped"
        case .noLawfulPlan: "There is no lawful plan"
        case .unknownOrder: "There is no such order"
        case .noExplanation: "There is no explanation of this order"
        case .unknownPath: "There is nothing at this address"
        case .methodNotAllowed: "The address does not answer to this method"
        case .nothingToCancel: "The order promises nothing"
        case .alreadyShipped: "Something of the order has shipped"
        case .unavailable: "Orders cannot be decided now"
        case .overloaded: "Too many requests are being answered"
        case .webhookMalformed: "The webhook is incomplete"
        case .webhookSignature: "The webhook's signature does not hold"
        case .webhookTopic: "Nothing listens to the webhook's topic"
        case .webhookUnusable: "The webhook's order is not understood"
        case .internalError: "Something failed here"
        }
    }
}

/// What went wrong with one request, and what to do: RFC 9457 with a code, a hint and pointers.
package struct Problem: Error, Hashable, Sendable {
    package let code: ProblemCode
    /// What is wrong this time, as a sentence.
    package let detail: String
    /// What to do about it, as a sentence.
    package let hint: String
    package let faults: FieldFaults
    /// After how long trying again makes sense, where it does.
    package let retryAfterSeconds: Int?
    /// The methods an address answers to, where the method was wrong.
    package let allowedMethods: [String]

    package init(
        _ code: ProblemCode,
        _ detail: String,
        hint: String,
        faults: FieldFaults = FieldFaults(),
        retryAfterSeconds: Int? = nil,
        allowedMethods: [String] = []
    ) {
        self.code = code
        self.detail = detail
        self.hint = hint
        self.faults = faults
        self.retryAfterSeconds = retryAfterSeconds
        self.allowedMethods = allowedMethods
    }

    /// Returns the answer's body, where `request` names the request in the log.
    package func document(request: String) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember("type", .string("urn:holdfast:problem:\(code.rawValue)")),
            JSONMember("title", .string(code.title)),
            JSONMember("status", .number(JSONNumber(Int64(code.status)))),
            JSONMember("detail", .string(detail)),
            JSONMember("instance", .string("urn:holdfast:request:\(request)")),
            JSONMember("code", .string(code.rawValue)),
            JSONMember("hint", .string(hint)),
        ]
        if !faults.isEmpty {
            members.append(JSONMember("errors", .array(faults.faults.map(\.document))))
        }
        if faults.unlistedCount > 0 {
            let count = JSONNumber(Int64(faults.unlistedCount))
            members.append(JSONMember("unlistedErrors", .number(count)))
        }
        return .object(members)
    }
}

extension Problem {
    /// Returns that an office which is asked to answer cannot do so now.
    package static func unavailable(_ reason: String, retryAfterSeconds: Int) -> Problem {
        Problem(
            .unavailable,
            reason,
            hint: "Nothing was decided and nothing is held. Send the same request again.",
            retryAfterSeconds: max(1, retryAfterSeconds)
        )
    }

    static func unknownOrder(_ id: String) -> Problem {
        Problem(
            .unknownOrder,
            "No order ‘\(id.prefix(Limits.identifierBytesMaximum))’ was placed.",
            hint: "Check the id; GET /v1/orders lists the newest orders."
        )
    }
}

extension FieldFault {
    fileprivate var document: JSONValue {
        [
            "pointer": .string(pointer.description), "detail": .string(detail),
            "hint": .string(hint),
        ]
    }
}
