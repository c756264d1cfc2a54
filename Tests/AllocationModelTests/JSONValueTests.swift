import Foundation
import SeededGenerator
import Testing

@testable import AllocationModel

struct `JSON value` {
    private func parse(_ text: String) throws(JSONFault) -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    @Test func `reads what RFC 8259 allows`() throws {
        let cases: [(String, JSONValue)] = [
            ("null", nil), (" \t\r\n true \n", true), ("false", false), (#""""#, ""),
            ("0", 0), ("-0", .number(JSONNumber(trusted: "-0"))), ("123", 123), ("-7", -7),
            ("1.5e+3", .number(JSONNumber(trusted: "1.5e+3"))),
            ("0.0E-0", .number(JSONNumber(trusted: "0.0E-0"))),
            ("[]", []), ("{}", [:]), ("[ 1 , [ ] , { } ]", [1, [], [:]]),
            (#"{"sku":"VALVE-3IN","quantity":12}"#, ["sku": "VALVE-3IN", "quantity": 12]),
            (#"{"":{"":null}}"#, ["": ["": nil]]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC\ud83d\uDE9A""#, "Aé€🚚"),
            (#""\u0000""#, "\0"), ("\"Gdańsk 🚚\u{7F}\"", "Gdańsk 🚚\u{7F}"),
            ("\"\u{2028}\u{FFFF}\"", "\u{2028}\u{FFFF}"),
        ]

        for (text, expected) in cases {
            #expect(try parse(text) == expected, "\(text)")
        }
    }

    @Test func `keeps members in the order they were sent`() throws {
        let value = try parse(#"{"z":1,"a":2,"m":3}"#)

        guard case .object(let members) = value else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.name) == ["z", "a", "m"])
    }

    @Test func `refuses what RFC 8259 does not allow, and says where`() {
        let cases: [(String, Int, String)] = [
            ("", 1, "empty"), ("  ", 3, "empty"), ("\u{FEFF}{}", 1, "byte-order mark"),
            ("{} {}", 4, "after the end"), ("[1,]", 4, "value"), ("[1 2]", 4, "comma"),
            ("[,1]", 2, "value"), ("[", 2, "ends"), ("{", 2, "ends"), ("]", 1, "value"),
            (#"{"a":1,}"#, 8, "name"), (#"{"a" 1}"#, 6, "colon"), (#"{a:1}"#, 2, "name"),
            (#"{'a':1}"#, 2, "name"), (#"{"a":1 "b":2}"#, 8, "comma"), (#"{"a"}"#, 5, "colon"),
            (#"{1:1}"#, 2, "name"), ("// note\n1", 1, "value"), ("True", 1, "value"),
            ("truf", 4, "word"), ("nul", 4, "ends"), ("NaN", 1, "value"), ("Infinity", 1, "value"),
            ("+1", 1, "value"), ("01", 2, "drop the 0"), ("-01", 3, "drop the 0"),
            ("-", 2, "digit"), (".5", 1, "value"), ("1.", 3, "digit"), ("1.e3", 3, "digit"),
            ("1e", 3, "digit"), ("1e+", 4, "digit"), ("0x1F", 2, "after the end"),
            ("1_000", 2, "after the end"), ("--1", 2, "digit"),
            (#""abc"#, 5, "close the double quote"), ("\"a\tb\"", 3, "escape"),
            ("\"a\0b\"", 3, "escape"), (#""\x41""#, 3, "no such escape"),
            (#""\u12G4""#, 6, "hexadecimal"), (#""\u12"#, 6, "ends"), (#""\"#, 3, "no such escape"),
            (#""\ud83d""#, 8, "surrogate"), (#""\ude9a""#, 8, "surrogate"),
            (#""\ud83d\u0041""#, 14, "surrogate"), (#""\ud83dx""#, 8, "surrogate"),
            (#"{"sku":"A","sku":"B"}"#, 12, "twice"),
            (#"{"sku":"A","\u0073ku":"B"}"#, 12, "twice"),
        ]

        for (text, column, word) in cases {
            let fault = #expect(throws: JSONFault.self, "\(text)") { try parse(text) }
            #expect(fault?.line == 1, "\(text)")
            #expect(fault?.column == column, "\(text)")
            #expect(fault?.reason.contains(word) == true, "\(text): \(fault?.reason ?? "")")
        }
    }

    @Test func `counts lines in a fault`() {
        #expect(
            throws: JSONFault(line: 3, column: 12, reason: "‘x’ where a value belongs")
        ) {
            try parse("{\n  \"id\": 1,\n  \"lines\": x\n}")
        }
    }

    @Test func `refuses bytes that are not UTF-8`() {
        let cases: [[UInt8]] = [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0xC3, 0xA9],
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        ]

        for bytes in cases {
            #expect(throws: JSONFault.self) { try JSONValue(parsing: bytes) }
        }
    }

    @Test func `refuses nesting beyond the limit, however deep`() throws {
        let deepest = Limits.jsonDepthMaximum
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }

        _ = try parse(nested(deepest + 1))
        #expect(throws: JSONFault.self) { try parse(nested(deepest + 2)) }
        #expect(throws: JSONFault.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONFault.self) {
            try parse(String(repeating: #"{"a":"#, count: 1_000_000))
        }
    }

    @Test func `keeps whole numbers exact beyond 2^53`() throws {
        let cases: [(String, Int64?)] = [
            ("820982911946154508", 820_982_911_946_154_508),
            ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("0", 0), ("-0", 0),
            ("12.0", 12), ("1.2e1", 12), ("1200e-2", 12), ("0.00e999999999999999999999", 0),
            ("1E3", 1000), ("-2.50e1", -25),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("2.5", nil),
            ("1e-1", nil), ("1e19", nil), ("1e99999999999999999999999999", nil),
            ("1e-99999999999999999999999999", nil),
        ]

        for (text, expected) in cases {
            guard case .number(let number) = try parse(text) else {
                Issue.record("\(text) is no number")
                continue
            }
            #expect((try? number.integer()) == expected, "\(text)")
        }
    }

    @Test func `tells a fraction from a number that is too large`() {
        #expect(throws: ParseError("is 2.5; a whole number is needed")) {
            try JSONNumber(trusted: "2.5").integer()
        }
        #expect(throws: ParseError("is 1e30; that is too large")) {
            try JSONNumber(trusted: "1e30").integer()
        }
        let long = JSONNumber(trusted: String(repeating: "9", count: 100_000))
        #expect(throws: ParseError("is 99999999999999999999999999999...; that is too large")) {
            try long.integer()
        }
    }

    @Test func `writes what it reads`() throws {
        let text = #"{"id":"4711","n":-1.50e3,"t":true,"f":false,"z":null,"l":[1,"a",{}],"e":[]}"#

        #expect(try parse(text).text == text)
    }

    @Test func `writes control characters as escapes`() {
        let value: JSONValue = ["a\"b": "\\\n\r\t\0\u{1F}\u{7F}é"]

        #expect(value.text == #"{"a\"b":"\\\n\r\t\u0000\u001f\u007fé"}"#)
    }

    @Test func `finds members by name`() throws {
        let value = try parse(#"{"id":"4711","lines":[]}"#)

        #expect(value["id"] == "4711")
        #expect(value["none"] == nil)
        #expect(JSONValue.null["id"] == nil)
    }

    @Test func `escapes names in a pointer`() {
        let pointer = JSONPointer.root.member("a/b").element(3).member("m~n é")

        #expect(pointer.description == "#/a~1b/3/m~0n%20%C3%A9")
    }

    // Chance: the same seeds always, named in a failure.

    @Test func `never traps on random bytes`() {
        let alphabet =
            Array(#"{}[]",:\u0123456789abcdefdDnrt.eE+- "#.utf8) + [0x0A, 0xC3, 0xA9, 0xFF]
        for seed in 0..<20_000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let length = Int(random.next() % 48)
            let bytes = (0..<length)
                .map { _ in
                    seed % 4 == 0
                        ? UInt8(truncatingIfNeeded: random.next())
                        : alphabet[Int(random.next() % UInt64(alphabet.count))]
                }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect((try? JSONValue(parsing: value.bytes)) == value, "seed \(seed)")
        }
    }

    @Test func `agrees with Foundation on documents cut, changed and whole`() throws {
        for seed in 0..<3000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let value = randomValue(depth: 4, &random)
            let bytes = value.bytes

            #expect(try JSONValue(parsing: bytes) == value, "seed \(seed)")
            let read = try JSONSerialization.jsonObject(
                with: Data(bytes),
                options: [.fragmentsAllowed]
            )
            #expect(isSame(value, read), "seed \(seed): \(value.text)")

            // What we accept after damage, Foundation must accept too; it refuses
            // numbers beyond a double, so no exponent is made.
            var damaged = bytes
            let byte = UInt8(random.next() % 128)
            damaged[Int(random.next() % UInt64(bytes.count))] = byte
            let isExponent = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
            if !isExponent, (try? JSONValue(parsing: damaged)) != nil {
                #expect(throws: Never.self, "seed \(seed)") {
                    try JSONSerialization.jsonObject(
                        with: Data(damaged),
                        options: [.fragmentsAllowed]
                    )
                }
            }
        }
    }

    private func randomValue(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch random.next() % (depth == 0 ? 4 : 6) {
        case 0: return nil
        case 1: return .boolean(random.next() % 2 == 0)
        case 2: return .number(JSONNumber(Int64(truncatingIfNeeded: random.next())))
        case 3: return .string(randomText(&random))
        case 4:
            return .array(
                (0..<random.next() % 5).map { _ in randomValue(depth: depth - 1, &random) }
            )
        default:
            // The index keeps names apart.
            return .object(
                (0..<random.next() % 5)
                    .map { index in
                        JSONMember(
                            "\(index)" + randomText(&random),
                            randomValue(depth: depth - 1, &random)
                        )
                    }
            )
        }
    }

    private func randomText(_ random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\0", "é", "€", "🚚", "/", "\u{7F}"]
        var text = ""
        for _ in 0..<random.next() % 8 {
            text.unicodeScalars.append(scalars[Int(random.next() % UInt64(scalars.count))])
        }
        return text
    }

    private func isSame(_ value: JSONValue, _ other: Any) -> Bool {
        switch value {
        case .null: other is NSNull
        case .boolean(let boolean): (other as? Bool) == boolean
        case .number(let number): (other as? NSNumber)?.int64Value == (try? number.integer())
        case .string(let text): (other as? String) == text
        case .array(let elements):
            (other as? [Any])
                .map {
                    $0.count == elements.count && zip(elements, $0).allSatisfy { isSame($0, $1) }
                } ?? false
        case .object(let members):
            (other as? [String: Any])
                .map { object in
                    object.count == members.count
                        && members.allSatisfy { member in
                            object[member.name].map { isSame(member.value, $0) } ?? false
                        }
                } ?? false
        }
    }
}
