/// Why bytes are not a JSON document, and where.
package struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counts from 1.
    package let line: Int
    /// Counts bytes of the line from 1.
    package let column: Int
    /// What was found and what belongs there.
    package let reason: String

    package init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    package var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSONValue {
    /// Reads one document, all of `bytes`, in UTF-8.
    ///
    /// - Throws: `JSONFault` at the first byte that cannot be read one way only.
    /// - Complexity: Linear in the bytes; the stack is bounded by `Limits.jsonDepthMaximum`.
    package init(parsing bytes: [UInt8]) throws(JSONFault) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    private var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONFault) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw fault("the document begins with a byte-order mark; send UTF-8 without one")
        }
        skipSpace()
        if offset == bytes.count { throw fault("the document is empty") }
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else {
            throw fault("\(found) after the end of the document; send one value only")
        }
        return value
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth <= Limits.jsonDepthMaximum else {
            throw fault("nested deeper than \(Limits.jsonDepthMaximum) levels")
        }
        switch peek {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte where byte == UInt8(ascii: "-") || isDigit(byte):
            return .number(try number())
        default: throw fault("\(found) where a value belongs")
        }
    }

    private mutating func members(depth: Int) throws(JSONFault) -> [JSONMember] {
        var members: [JSONMember] = []
        // Asked for membership only, so its order is never seen.
        var names: Set<String> = []
        offset += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return [] }
        while true {
            guard peek == UInt8(ascii: "\"") else {
                throw fault("\(found) where a member's name in double quotes belongs")
            }
            let start = offset
            let name = try string()
            guard names.insert(name).inserted else {
                offset = start
                throw fault("the member ‘\(name.prefix(64))’ appears twice in one object")
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else {
                throw fault("\(found) where the colon after a member's name belongs")
            }
            skipSpace()
            members.append(JSONMember(name, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else {
                throw fault("\(found) where a comma or the object's closing brace belongs")
            }
            skipSpace()
        }
    }

    private mutating func elements(depth: Int) throws(JSONFault) -> [JSONValue] {
        var elements: [JSONValue] = []
        offset += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return [] }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else {
                throw fault("\(found) where a comma or the array's closing bracket belongs")
            }
            skipSpace()
        }
    }

    private mutating func word(
        _ word: String,
        _ value: JSONValue
    ) throws(JSONFault) -> JSONValue {
        for byte in word.utf8 {
            guard take(byte) else {
                throw fault("\(found) inside a word; only true, false and null are words")
            }
        }
        return value
    }

    private mutating func number() throws(JSONFault) -> JSONNumber {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if isDigit(peek) { throw fault("a number begins with 0 and goes on; drop the 0") }
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return JSONNumber(trusted: String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func digits() throws(JSONFault) {
        guard isDigit(peek) else { throw fault("\(found) where a digit belongs") }
        while isDigit(peek) { offset += 1 }
    }

    // Strings.

    private mutating func string() throws(JSONFault) -> String {
        offset += 1
        var text = try run()
        while true {
            if take(UInt8(ascii: "\"")) { return text }
            guard take(UInt8(ascii: "\\")) else {
                throw offset == bytes.count
                    ? fault("the document ends inside a string; close the double quote")
                    : fault("\(found) inside a string; write it as an escape, such as \\n")
            }
            text.unicodeScalars.append(try escape())
            text += try run()
        }
    }

    /// Takes the bytes up to a quote, a backslash, a control character or the end.
    private mutating func run() throws(JSONFault) -> String {
        let start = offset
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            offset += 1
        }
        guard let text = String(validating: bytes[start..<offset], as: UTF8.self) else {
            offset = start
            throw fault("a string is not valid UTF-8")
        }
        return text
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        let mark = peek
        offset += 1
        switch mark {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            offset -= 1
            throw fault("\(found) after a backslash; JSON knows no such escape")
        }
    }

    private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(UInt16(first)), take(UInt8(ascii: "\\")),
            take(UInt8(ascii: "u"))
        else { throw fault("half of a surrogate pair; write both halves, or the character") }
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(UInt16(second)),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half of a surrogate pair; write both halves, or the character") }
        return scalar
    }

    /// Takes four hexadecimal digits.
    private mutating func codeUnit() throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
                byte < 0x80
            else { throw fault("\(found) where one of four hexadecimal digits belongs") }
            unit = unit << 4 + UInt32(digit)
            offset += 1
        }
        return unit
    }

    // Bytes.

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The byte at hand, in the words of a fault.
    private var found: String {
        guard let byte = peek else { return "the document ends" }
        guard (0x21...0x7E).contains(byte) else {
            return "a byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "‘\(Unicode.Scalar(byte))’"
    }

    private func fault(_ reason: String) -> JSONFault {
        let before = bytes[..<offset]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONFault(line: line, column: offset - lineStart + 1, reason: reason)
    }
}
