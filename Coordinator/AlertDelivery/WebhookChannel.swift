package import AllocationModel
package import AsyncHTTPClient
internal import Crypto
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// Tells a program, by a signed request.
///
/// Standard Webhooks 1.0.0: `webhook-id` is the same over retries, the
/// signature is over id, time of the attempt and body.
package struct WebhookChannel: Sendable {
    package let url: String
    private let secret: SymmetricKey

    /// - Throws: `ParseError` where the secret is none of Standard Webhooks'.
    package init(url: String, secret text: String) throws(ParseError) {
        self.url = url
        let encoded = text.hasPrefix("whsec_") ? text.dropFirst(6) : text[...]
        guard let bytes = Data(base64Encoded: String(encoded)), (24...64).contains(bytes.count)
        else {
            throw ParseError(
                "the secret is not ‘whsec_’ with the base64 of 24 to 64 bytes; make one with: "
                    + "echo whsec_$(openssl rand -base64 32)"
            )
        }
        secret = SymmetricKey(data: bytes)
    }

    /// Returns the value of `webhook-signature`.
    package func signature(of body: [UInt8], id: String, seconds: Int64) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: secret)
        return "v1," + Data(code).base64EncodedString()
    }

    /// Sends a message once, signed for `now`, and returns what came of it.
    package func send(
        _ message: AlertMessage,
        at now: Timestamp,
        with client: HTTPClient
    ) async -> SendingResult {
        let body = message.payload.bytes
        let seconds = now.milliseconds / 1000
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "Holdfast")
        request.headers.add(name: "webhook-id", value: message.id)
        request.headers.add(name: "webhook-timestamp", value: "\(seconds)")
        request.headers.add(
            name: "webhook-signature",
            value: signature(of: body, id: message.id, seconds: seconds)
        )
        request.body = .bytes(ByteBuffer(bytes: body))
        return await HTTPSending.send(request, with: client)
    }
}

/// One request, and what its answer means.
enum HTTPSending {
    static let patience: TimeAmount = .seconds(20)

    static func send(_ request: HTTPClientRequest, with client: HTTPClient) async -> SendingResult {
        do {
            let response = try await client.execute(request, timeout: patience)
            let status = Int(response.status.code)
            switch status {
            case 200..<300: return .done("\(status)")
            // “Gone”: by Standard Webhooks the receiver wants nothing more.
            case 410: return .refused("answered \(status)")
            default:
                let wait = response.headers.first(name: "retry-after").flatMap { Int64($0) }
                return .failed("answered \(status)", retryAfterSeconds: wait)
            }
        } catch {
            return .failed("\(error)")
        }
    }
}
