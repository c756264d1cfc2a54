import AllocationModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Request {
    /// Returns the body's bytes, never more than `maximum` of them.
    ///
    /// - Throws: `Problem` with code `body_too_large`, as soon as that is known.
    func bodyBytes(atMost maximum: Int = Limits.requestBytesMaximum) async throws -> [UInt8] {
        let declared = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard declared <= maximum else { throw Self.bodyTooLarge(maximum) }
        var bytes: [UInt8] = []
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= maximum else {
                throw Self.bodyTooLarge(maximum)
            }
            bytes += buffer.readableBytesView
        }
        return bytes
    }

    private static func bodyTooLarge(_ maximum: Int) -> Problem {
        Problem(
            .bodyTooLarge,
            "The body has more than \(maximum) bytes.",
            hint: maximum == Limits.requestBytesMaximum
                ? "Split the order; one of \(Limits.orderLinesMaximum) lines is far smaller."
                : "Split the file."
        )
    }

    /// Refuses a body that is not declared as JSON, such as a form's.
    func requireJSON() throws(Problem) {
        let declared = headers[.contentType] ?? ""
        let parts = declared.lowercased().split(separator: ";")
            .map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        let type = parts.first ?? ""
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }
        let isJSON =
            type == "application/json"
            || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        let isUTF8 = ["charset=utf-8", "charset=\"utf-8\"", nil].contains(charset)
        guard isJSON && isUTF8 else {
            throw Problem(
                .unsupportedMediaType,
                declared.isEmpty
                    ? "The request has no Content-Type."
                    : "The Content-Type is ‘\(declared.prefix(64))’.",
                hint: "Send JSON in UTF-8 with the header ‘Content-Type: application/json’."
            )
        }
    }

    /// Returns the idempotency key, with or without the quotes of a structured field.
    ///
    /// - Throws: `Problem` with code `idempotency_key_mismatch` where the quotes do not close.
    func idempotencyKey() throws(Problem) -> String? {
        guard let field = headers[.idempotencyKey] else { return nil }
        let text = field.trimmingCharacters(in: .whitespaces)
        guard text.hasPrefix("\"") else { return text.isEmpty ? nil : text }
        var key = ""
        var isEscaped = false
        for character in text.dropFirst() {
            if isEscaped {
                key.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                return key
            } else {
                key.append(character)
            }
        }
        throw Problem(
            .idempotencyKeyMismatch,
            "The header Idempotency-Key opens a quote and does not close it.",
            hint: "Write the key in double quotes, or without any."
        )
    }

    /// Whether the client would rather read text than JSON; equal wishes mean JSON.
    var prefersText: Bool {
        guard let accept = headers[.accept] else { return false }
        let ranges = accept.lowercased().split(separator: ",").map(MediaRange.init)
        return MediaRange.quality(of: "text", "plain", in: ranges)
            > MediaRange.quality(of: "application", "json", in: ranges)
    }
}

/// One member of an `Accept` header: RFC 9110 section 12.5.1.
private struct MediaRange {
    let type: String
    let subtype: String
    /// In thousandths, so that equal wishes are equal.
    let quality: Int

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let names = (parts.first ?? "").split(separator: "/", maxSplits: 1).map(String.init)
        type = names.first ?? ""
        subtype = names.count == 2 ? names[1] : ""
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
        quality = weight.map(Self.thousandths) ?? 1000
    }

    /// The quality that the most specific range gives to a media type.
    static func quality(of type: String, _ subtype: String, in ranges: [MediaRange]) -> Int {
        let exact = ranges.first { $0.type == type && $0.subtype == subtype }
        let family = ranges.first { $0.type == type && $0.subtype == "*" }
        let any = ranges.first { $0.type == "*" && $0.subtype == "*" }
        return (exact ?? family ?? any)?.quality ?? 0
    }

    /// Reads `0.8` as 800; what is no weight weighs nothing.
    private static func thousandths(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int($0) }), (0...1).contains(whole) else {
            return 0
        }
        let decimals = (parts.count == 2 ? String(parts[1]) : "").prefix(3)
        let padded = decimals + String(repeating: "0", count: 3 - decimals.count)
        return min(1000, whole * 1000 + max(0, Int(padded) ?? 0))
    }
}

/// The parameters after the question mark, each at most once and none unknown.
struct Query {
    private var values: [String: String] = [:]

    /// - Throws: `Problem` with code `invalid_query` that names every parameter that is wrong.
    init(of request: Request, known: [String]) throws(Problem) {
        var faults: [String] = []
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(pair[0]), known.contains(name) else {
                faults.append(Self.unknown(String(pair[0]), among: known))
                continue
            }
            guard let value = Self.decoded(pair.count == 2 ? pair[1] : "") else {
                faults.append("‘\(name)’ is not percent-encoded UTF-8.")
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                faults.append("‘\(name)’ is given twice.")
            }
        }
        guard faults.isEmpty else {
            throw Self.problem(faults.prefix(Limits.fieldFaultsMaximum).joined(separator: " "))
        }
    }

    subscript(name: String) -> String? { values[name] }

    /// Returns what a parameter means to `parse`, or nil where it is not given.
    func parsed<Value>(
        _ name: String,
        by parse: (String) throws(ParseError) -> Value
    ) throws(Problem) -> Value? {
        guard let text = values[name] else { return nil }
        do throws(ParseError) {
            return try parse(text)
        } catch {
            throw Self.problem("‘\(name)’: \(error).")
        }
    }

    static func problem(_ detail: String) -> Problem {
        Problem(
            .invalidQuery,
            detail,
            hint: "GET /openapi.yaml describes the parameters of every address."
        )
    }

    private static func unknown(_ name: String, among known: [String]) -> String {
        let quoted = "‘\(name.prefix(64))’ is not a known parameter"
        if known.isEmpty { return "\(quoted); this address takes none." }
        let meant = suggestion(for: name, among: known).map { "did you mean ‘\($0)’?" }
        return "\(quoted); \(meant ?? "known are \(known.joined(separator: ", "))")."
    }

    /// A form writes a space as a plus sign.
    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
