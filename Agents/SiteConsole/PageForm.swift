internal import AllocationModel
internal import Foundation

/// The fields of a form as a browser sends it, by name.
struct PageForm: Hashable, Sendable {
    private var values: [String: [String]] = [:]

    init(_ values: [String: [String]] = [:]) {
        self.values = values
    }

    /// The field's text without blanks around it; empty where there is none.
    subscript(name: String) -> String {
        get { (values[name]?.first ?? "").trimmingCharacters(in: .whitespaces) }
        set { values[name] = [newValue] }
    }

    /// Every value of a field that may be ticked several times.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    private mutating func add(_ value: String, to name: String) throws(ParseError) {
        values[name, default: []].append(value)
        guard values.count <= ConsoleLimits.pageFieldsMaximum,
            values[name, default: []].count <= ConsoleLimits.pageFieldsMaximum
        else { throw ParseError("the form has too many fields; send it from the page") }
    }

    /// Reads `application/x-www-form-urlencoded`.
    init(urlEncoded body: Data) throws(ParseError) {
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let name = try Self.decoded(parts[0])
            try add(parts.count > 1 ? Self.decoded(parts[1]) : "", to: name)
        }
    }

    private static func decoded(_ bytes: Data) throws(ParseError) -> String {
        var decoded = Data()
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(Self.digit),
                    let low = rest.popFirst().flatMap(Self.digit)
                else { throw ParseError("the form is not encoded as one; send it from the page") }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        return try text(decoded, of: "the form")
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func text(_ bytes: Data, of what: String) throws(ParseError) -> String {
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw ParseError("\(what) is not UTF-8 text; save it as UTF-8")
        }
        return text
    }

    /// Reads `multipart/form-data`, files too: as text, under the names of their fields.
    init(multipart body: Data, boundary: String) throws(ParseError) {
        let broken = ParseError("the form cannot be taken apart; send it from the page")
        let mark = Data("--\(boundary)".utf8)
        let blank = Data("\r\n\r\n".utf8)
        guard !boundary.isEmpty, boundary.utf8.count <= ConsoleLimits.pageBoundaryBytesMaximum,
            body.starts(with: mark)
        else { throw broken }
        let separator = Data("\r\n".utf8) + mark
        var rest = body.dropFirst(mark.count)
        while !rest.starts(with: Data("--".utf8)) {
            guard rest.starts(with: Data("\r\n".utf8)), let head = rest.range(of: blank),
                let end = rest.range(of: separator, in: head.upperBound..<rest.endIndex)
            else { throw broken }
            let headers = String(decoding: rest[rest.startIndex..<head.lowerBound], as: UTF8.self)
            guard let name = Self.fieldName(in: headers) else { throw broken }
            let value = rest[head.upperBound..<end.lowerBound]
            try add(Self.text(value, of: "the field ‘\(name)’"), to: name)
            rest = rest[end.upperBound...]
        }
    }

    /// The name in `Content-Disposition: form-data; name="calendar"; filename="us.ics"`.
    private static func fieldName(in headers: String) -> String? {
        for line in headers.split(whereSeparator: \.isNewline)
        where line.lowercased().hasPrefix("content-disposition:") {
            for part in line.split(separator: ";") {
                let text = part.trimmingCharacters(in: .whitespaces)
                guard text.hasPrefix("name=\""), text.hasSuffix("\""), text.count > 6 else {
                    continue
                }
                return String(text.dropFirst(6).dropLast())
            }
        }
        return nil
    }
}
