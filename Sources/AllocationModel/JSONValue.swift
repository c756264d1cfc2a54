/// A JSON document as it was written: numbers stay text, members stay in order.
///
/// No number passes through floating point, so an order number above 2^53 or an
/// amount of money is exactly what the sender wrote. `JSONValue(parsing:)` is
/// strict: RFC 8259, plus what that document leaves open is refused (a member
/// twice, a lone surrogate, a byte-order mark), since two readers could differ on it.
package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// Each name at most once, where the value was parsed.
    case object([JSONMember])

    /// Returns the member of that name, or nil where this is no object or has none.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What it is, in the words of a fault: `a string`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A name and its value in a JSON object.
package struct JSONMember: Hashable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// A JSON number, as the text that was sent.
package struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    /// Lawful by RFC 8259 section 6: `-12.50e3`.
    package let text: String

    /// Wraps text that the parser has checked.
    init(trusted text: String) {
        self.text = text
    }

    package init(_ integer: Int64) {
        text = String(integer)
    }

    package var description: String { text }

    /// Whether it is written with digits and a sign alone, so that its text names one thing.
    package var isIntegerLiteral: Bool {
        text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isDigit($0) }
    }

    /// Returns the value where it is a whole number, however it is written: `12`, `12.0`, `1.2e1`.
    ///
    /// - Throws: `ParseError` where it has a fraction or does not fit 64 bits.
    package func integer() throws(ParseError) -> Int64 {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let magnitude = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let significand = magnitude.prefix { !isExponentMark($0) }
        let whole = significand.prefix { $0 != UInt8(ascii: ".") }
        let fraction = significand.dropFirst(whole.count + 1)
        var digits = Array((Array(whole) + Array(fraction)).drop { $0 == UInt8(ascii: "0") })
        if digits.isEmpty { return 0 }
        var scale = Self.exponent(in: magnitude.dropFirst(significand.count + 1)) - fraction.count
        while scale < 0 && digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            scale += 1
        }
        guard scale >= 0 else { throw ParseError("is \(shortText); a whole number is needed") }
        // 2^63 has 19 digits.
        guard digits.count + scale <= 19 else { throw tooLarge }
        let sign: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: scale)
        guard let value = Int64(String(decoding: sign + digits + zeros, as: UTF8.self)) else {
            throw tooLarge
        }
        return value
    }

    private var tooLarge: ParseError { ParseError("is \(shortText); that is too large") }

    /// The text as a fault quotes it: a million digits are not repeated to their sender.
    private var shortText: String { text.utf8.count <= 32 ? text : text.prefix(29) + "..." }

    /// Beyond what any document has digits for, so that adding a digit count cannot overflow.
    private static let exponentMaximum = 1_000_000_000_000

    private static func exponent(in text: some Collection<UInt8>) -> Int {
        let isNegative = text.first == UInt8(ascii: "-")
        var magnitude = 0
        for byte in text where isDigit(byte) {
            magnitude = min(exponentMaximum, magnitude * 10 + Int(byte - UInt8(ascii: "0")))
        }
        return isNegative ? -magnitude : magnitude
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isExponentMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
}

// Literals, so that an answer reads in Swift as it does in JSON.

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember($0.0, $0.1) })
    }

    package init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int64) {
        self = .number(JSONNumber(value))
    }

    package init(booleanLiteral value: Bool) {
        self = .boolean(value)
    }

    package init(nilLiteral: ()) {
        self = .null
    }
}

extension JSONValue {
    /// The document in UTF-8 without spaces: one line, whatever its strings hold.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    /// The document as text without spaces.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .boolean(let value): output += (value ? "true" : "false").utf8
        case .number(let number): output += number.text.utf8
        case .string(let text): Self.write(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output += #"\""#.utf8
            case UInt8(ascii: "\\"): output += #"\\"#.utf8
            case 0x0A: output += #"\n"#.utf8
            case 0x0D: output += #"\r"#.utf8
            case 0x09: output += #"\t"#.utf8
            case 0..<0x20, 0x7F:
                output += #"\u00"#.utf8
                output.append(hexadecimalDigit(byte >> 4))
                output.append(hexadecimalDigit(byte & 0xF))
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
