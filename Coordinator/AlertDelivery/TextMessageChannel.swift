package import AllocationModel
package import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// Tells a person's telephone, by a gateway that takes HTTP.
///
/// Gateways differ, so the request is a template: `{to}` and `{text}` in the
/// address are percent-encoded, in the body they are escaped as in JSON.
package struct TextMessageChannel: Sendable {
    private let url: String
    private let recipients: [String]
    /// Sent by POST where it is given; else the address is asked for by GET.
    private let body: String?
    private let token: String?

    /// A text message of three parts at most, where each has 153 characters.
    package static let lengthMaximum = 459

    /// - Throws: `ParseError` where the message would not be in the request.
    package init(
        url: String,
        to recipients: [String],
        body: String?,
        token: String?
    ) throws(ParseError) {
        guard !recipients.isEmpty else { throw ParseError("nobody is named who is to be told") }
        let template = url + (body ?? "")
        for part in ["{to}", "{text}"] where !template.contains(part) {
            throw ParseError("neither the address nor the body has ‘\(part)’ in it")
        }
        self.url = url
        self.recipients = recipients
        self.body = body
        self.token = token
    }

    /// Sends a message once to everybody, and returns what came of it.
    package func send(_ message: AlertMessage, with client: HTTPClient) async -> SendingResult {
        var done = 0
        for recipient in recipients {
            let result = await HTTPSending.send(
                request(to: recipient, Self.shortened(message.headline)),
                with: client
            )
            guard case .done = result else {
                // Whoever was told already is told again rather than the others never.
                return result
            }
            done += 1
        }
        return .done("\(done) told")
    }

    static func shortened(_ text: String) -> String {
        text.count <= lengthMaximum ? text : text.prefix(lengthMaximum - 1) + "…"
    }

    func request(to recipient: String, _ text: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            url: url.replacing("{to}", with: Self.percentEncoded(recipient))
                .replacing("{text}", with: Self.percentEncoded(text))
        )
        request.headers.add(name: "user-agent", value: "Holdfast")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            let filled = body.replacing("{to}", with: Self.escaped(recipient))
                .replacing("{text}", with: Self.escaped(text))
            request.body = .bytes(ByteBuffer(string: filled))
        }
        return request
    }

    private static func percentEncoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// The text as it stands between the quotes of a JSON string.
    private static func escaped(_ text: String) -> String {
        let quoted = String(decoding: JSONValue.string(text).bytes, as: UTF8.self)
        return String(quoted.dropFirst().dropLast())
    }
}
