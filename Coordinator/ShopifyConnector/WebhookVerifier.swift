package import AllocationModel
import Crypto
import Foundation

/// Decides whether a webhook came from the shop's own Shopify.
///
/// The signature is taken over the body as it arrived: nothing may parse and
/// write it anew before this has seen it. Refusals carry the statuses of
/// Shopify's own library, so that a shop's delivery log reads as it always does.
package struct WebhookVerifier: Sendable {
    private let keys: [SymmetricKey]

    /// Takes the app's client secrets, as Shopify shows them.
    ///
    /// After a rotation the old secret may sign for up to an hour, hence a list.
    /// A webhook made in the store's own settings has a secret of its own.
    ///
    /// - Throws: `ParseError` without a secret, or with an empty one, which anybody could sign with.
    package init(secrets: [String]) throws(ParseError) {
        guard !secrets.isEmpty, secrets.allSatisfy({ !$0.isEmpty }) else {
            throw ParseError("a Shopify secret is empty; set the app's client secret")
        }
        keys = secrets.map { SymmetricKey(data: Array($0.utf8)) }
    }

    /// Returns what the headers say of a delivery whose signature holds.
    ///
    /// - Throws: `WebhookFault` with the status to answer.
    package func verify(
        headers: [WebhookHeader],
        body: [UInt8]
    ) throws(WebhookFault) -> WebhookDelivery {
        guard !body.isEmpty else { throw .missingBody }
        let family = HeaderFamily(in: headers)
        let signature = try family.required("hmac-sha256")
        let topic = try family.required("topic")
        let shop = try family.required("shop-domain")
        let version = try family.required("api-version")
        let id = try family.required("webhook-id")
        guard isValid(signature, of: body) else { throw .badSignature }
        guard let topic = WebhookTopic(rawValue: topic.lowercased()) else {
            throw .unknownTopic(topic)
        }
        return WebhookDelivery(
            id: id,
            topic: topic,
            shop: shop.lowercased(),
            apiVersion: version,
            eventID: try family.optional("event-id"),
            triggeredAt: try family.optional("triggered-at").flatMap(Timestamp.init(rfc3339:))
        )
    }

    /// Checks the signature of a question for rates, which has no topic and no id.
    ///
    /// - Parameters:
    ///   - headers: As they came.
    ///   - body: As it came.
    ///   - takesUnsigned: Whether one without a signature is taken; a wrong one never is.
    /// - Throws: `WebhookFault` with the status to answer.
    package func verifyRates(
        headers: [WebhookHeader],
        body: [UInt8],
        takesUnsigned: Bool
    ) throws(WebhookFault) {
        guard !body.isEmpty else { throw .missingBody }
        let family = HeaderFamily(in: headers)
        if takesUnsigned, try family.optional("hmac-sha256") == nil { return }
        let signature = try family.required("hmac-sha256")
        guard isValid(signature, of: body) else { throw .badSignature }
    }

    private func isValid(_ signature: String, of body: [UInt8]) -> Bool {
        guard let code = Data(base64Encoded: signature) else { return false }
        var isValid = false
        for key in keys {
            // Compares in constant time: how long it takes tells nothing of the right signature.
            let matches = HMAC<SHA256>
                .isValidAuthenticationCode(
                    code,
                    authenticating: body,
                    using: key
                )
            isValid = isValid || matches
        }
        return isValid
    }
}

/// One header of a request, its name in any case.
package struct WebhookHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a verified delivery says of itself.
package struct WebhookDelivery: Hashable, Sendable {
    /// The same on every retry of one delivery: what to deduplicate by.
    package let id: String
    package let topic: WebhookTopic
    /// `example.myshopify.com`, in lower case.
    package let shop: String
    package let apiVersion: String
    /// The same on every delivery that one act of the merchant caused.
    package let eventID: String?
    /// When it happened at the shop; deliveries arrive late and out of order.
    package let triggeredAt: Timestamp?
}

/// The topics that mean something here.
package enum WebhookTopic: String, CaseIterable, Hashable, Sendable {
    case ordersCreate = "orders/create"
    case ordersCancelled = "orders/cancelled"
    /// Shopify requires an answer to the three compliance topics of every app.
    ///
    /// Nothing of a customer but the destination of an order is kept here.
    case customersDataRequest = "customers/data_request"
    case customersRedact = "customers/redact"
    case shopRedact = "shop/redact"
}

/// Why a webhook is not accepted.
package enum WebhookFault: Error, Hashable, Sendable {
    case missingBody
    case missingHeader(String)
    /// One header came twice and says two things.
    case contradictoryHeader(String)
    case badSignature
    case unknownTopic(String)

    /// The HTTP status that Shopify's own library answers with.
    package var status: Int {
        switch self {
        case .missingBody, .missingHeader, .contradictoryHeader: 400
        case .badSignature: 401
        case .unknownTopic: 404
        }
    }

    /// What is wrong, as a sentence.
    package var detail: String {
        switch self {
        case .missingBody: "The webhook has no body."
        case .missingHeader(let name): "The webhook has no header \(name)."
        case .contradictoryHeader(let name): "The header \(name) came twice with two values."
        case .badSignature: "The signature does not match the body under any secret."
        case .unknownTopic(let topic): "Nothing here listens to the topic ‘\(topic.prefix(64))’."
        }
    }

    /// What to do about it.
    package var hint: String {
        switch self {
        case .missingBody, .missingHeader, .contradictoryHeader:
            "Send the request as Shopify does; a proxy in between must pass headers and body on."
        case .badSignature:
            """
            Check the configured client secret, and that no proxy rewrites the body. A webhook \
            made in the store's settings is signed with the secret shown there.
            """
        case .unknownTopic:
            "Subscribe to one of \(WebhookTopic.allCases.map(\.rawValue).joined(separator: ", "))."
        }
    }
}

/// The headers of one family: `X-Shopify-*`, or `shopify-*` of the Events pipeline.
private struct HeaderFamily {
    let prefix: String
    let headers: [WebhookHeader]

    /// Picks the family whose signature is there, as Shopify's library does.
    init(in headers: [WebhookHeader]) {
        let hasEvents = headers.contains { $0.name.lowercased() == "shopify-hmac-sha256" }
        let hasClassic = headers.contains { $0.name.lowercased() == "x-shopify-hmac-sha256" }
        prefix = hasEvents && !hasClassic ? "shopify-" : "x-shopify-"
        self.headers = headers
    }

    func required(_ name: String) throws(WebhookFault) -> String {
        guard let value = try optional(name) else { throw .missingHeader(prefix + name) }
        return value
    }

    func optional(_ name: String) throws(WebhookFault) -> String? {
        var found: String?
        for header in headers where header.name.lowercased() == prefix + name {
            let value = header.value.trimmingCharacters(in: .whitespaces)
            if value.isEmpty { continue }
            guard found == nil || found == value else {
                throw .contradictoryHeader(prefix + name)
            }
            found = value
        }
        return found
    }
}

extension Timestamp {
    /// Reads `2023-03-29T18:00:27.877041743Z` or `2025-02-04T19:09:48+01:00`, to the millisecond.
    ///
    /// RFC 3339, any number of fractional digits; nil where it is anything else.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            let date = try? CivilDate(parsing: String(text.prefix(10))),
            let hour = Self.number(bytes[11..<13], 0...23), bytes[13] == UInt8(ascii: ":"),
            let minute = Self.number(bytes[14..<16], 0...59), bytes[16] == UInt8(ascii: ":"),
            // 60 is a leap second; it counts as the first of the next minute.
            let second = Self.number(bytes[17..<19], 0...60)
        else { return nil }
        var rest = bytes[19...]
        guard let fraction = Self.takeMilliseconds(&rest), let offset = Self.offset(rest) else {
            return nil
        }
        let minutes = date.daysSinceEpoch * 1440 + hour * 60 + minute - offset
        self.init(milliseconds: Int64(minutes) * 60_000 + Int64(second * 1000 + fraction))
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ range: ClosedRange<Int>) -> Int? {
        guard bytes.count == 2, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let value = bytes.reduce(0) { $0 * 10 + Int($1 - 48) }
        return range.contains(value) ? value : nil
    }

    /// Takes `.877041743` and returns 877; zero where no fraction is written.
    private static func takeMilliseconds(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        let digits = rest.dropFirst().prefix { (48...57).contains($0) }
        rest = rest.dropFirst(1 + digits.count)
        if digits.isEmpty { return nil }
        let padded = Array(digits.prefix(3)) + [UInt8](repeating: 48, count: 3)
        return padded.prefix(3).reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    /// Reads `Z` or `+01:00` as minutes east of UTC.
    private static func offset(_ rest: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(rest)
        if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
            bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            let hours = number(bytes[1..<3], 0...23), let minutes = number(bytes[4..<6], 0...59)
        else { return nil }
        let magnitude = hours * 60 + minutes
        return bytes[0] == UInt8(ascii: "-") ? -magnitude : magnitude
    }
}
