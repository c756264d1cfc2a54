/// A Swift file as its words, without comments and without what strings say.
///
/// A checker that read lines would take fright at its own examples.
struct SourceFile {
    /// A word or a mark of punctuation.
    struct Token: Equatable {
        let text: String
        /// Counted from 1.
        let line: Int
    }

    let path: String
    let lines: [String]
    let tokens: [Token]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.scanCode(until: nil)
        tokens = scanner.tokens
    }

    private var components: [Substring] { path.split(separator: "/") }

    /// Whether this is a part of the product, and not of its tests or the package's manifest.
    var isProduct: Bool {
        components.count > 2 && ["Sources", "Agents", "Coordinator"].contains(components[0])
    }

    /// Whether a tool wrote it.
    var isGenerated: Bool { components.contains("Generated") }

    /// Whether its functions are tests: tables of cases are as long as there are cases.
    var isTable: Bool { path.hasPrefix("Tests/") && path.hasSuffix("Tests.swift") }

    /// The module's name: the folder below `Sources`, `Agents`, `Coordinator` or `Tests`.
    var module: String { components.count > 1 ? String(components[1]) : "" }

    func finding(_ token: Token, _ message: String) -> Finding {
        Finding(path: path, line: token.line, message: message)
    }

    /// The token so far after the one at `index`, or an empty one past the end.
    func token(_ index: Int) -> Token {
        tokens.indices.contains(index) ? tokens[index] : Token(text: "", line: 0)
    }

    /// Whether the token at `index` is the first of its line.
    func beginsLine(_ index: Int) -> Bool {
        index == 0 || token(index - 1).line < token(index).line
    }

    /// The index of the mark that closes the one at `open`, or of the last token.
    func closing(_ open: Int, _ left: String, _ right: String) -> Int {
        var depth = 0
        for index in open..<tokens.count {
            if tokens[index].text == left { depth += 1 }
            if tokens[index].text == right { depth -= 1 }
            if depth == 0 { return index }
        }
        return max(open, tokens.count - 1)
    }
}

/// Something that a rule forbids, and where it is.
struct Finding: Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// Reads Swift far enough to tell code from comments and strings.
private struct Scanner {
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")

    let bytes: [UInt8]
    var position = 0
    var line = 1
    var tokens: [SourceFile.Token] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    /// Whether the two marks come next.
    private func isNext(_ first: UInt8, _ second: UInt8) -> Bool {
        byte() == first && byte(1) == second
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    /// Reads code to the end of the file, or to the bracket that ends an interpolation.
    mutating func scanCode(until end: UInt8?) {
        var depth = 0
        while position < bytes.count {
            if isNext(Self.slash, Self.slash) {
                while position < bytes.count, byte() != UInt8(ascii: "\n") { advance() }
            } else if isNext(Self.slash, Self.star) {
                scanBlockComment()
            } else if let hashes = hashesOfString() {
                scanString(hashes: hashes)
            } else if isWord(byte()) {
                scanWord()
            } else {
                if end != nil, byte() == UInt8(ascii: "(") { depth += 1 }
                if byte() == end {
                    if depth == 0 { return }
                    depth -= 1
                }
                if byte() > 32 { append(String(UnicodeScalar(byte()))) }
                advance()
            }
        }
    }

    private mutating func append(_ text: String) {
        tokens.append(SourceFile.Token(text: text, line: line))
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "@"),
            UInt8(ascii: "`"), 128...255:
            true
        default: false
        }
    }

    private mutating func scanWord() {
        let start = position
        if byte() == UInt8(ascii: "`") {
            repeat { advance() } while position < bytes.count && byte() != UInt8(ascii: "`")
            advance()
        } else {
            repeat { advance() } while isWord(byte()) && byte() != UInt8(ascii: "`")
        }
        append(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if isNext(Self.slash, Self.star) {
                depth += 1
                advance(2)
            } else if isNext(Self.star, Self.slash) {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && position < bytes.count
    }

    /// The number of hashes before a quotation mark here, or nil where no string begins.
    private func hashesOfString() -> Int? {
        var count = 0
        while byte(count) == UInt8(ascii: "#") { count += 1 }
        return byte(count) == UInt8(ascii: "\"") ? count : nil
    }

    private func isRun(of mark: UInt8, _ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == mark }
    }

    private mutating func scanString(hashes: Int) {
        append("\"\"")
        advance(hashes)
        let quotes = isRun(of: UInt8(ascii: "\""), 3, at: 0) ? 3 : 1
        advance(quotes)
        while position < bytes.count {
            if isRun(of: UInt8(ascii: "\""), quotes, at: 0),
                isRun(of: UInt8(ascii: "#"), hashes, at: quotes)
            {
                advance(quotes + hashes)
                return
            }
            let isEscape =
                byte() == UInt8(ascii: "\\") && isRun(of: UInt8(ascii: "#"), hashes, at: 1)
            if isEscape, byte(1 + hashes) == UInt8(ascii: "(") {
                advance(2 + hashes)
                scanCode(until: UInt8(ascii: ")"))
                advance()
            } else {
                advance(isEscape ? 2 + hashes : 1)
            }
        }
    }
}
