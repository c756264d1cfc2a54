package import AllocationModel

/// A request to open a line: a WebSocket upgrade in the one form that libnng speaks.
///
/// Nothing of it is passed on but the path's meaning and the key. What goes to
/// the other side is written anew, so that no header, body or second request
/// can be smuggled past.
package struct UpgradeRequest: Hashable, Sendable {
    /// The path as sent, with its percent signs.
    package let path: String
    /// What the answer must prove to have read: 24 characters of base 64.
    package let key: String

    init(path: String, key: String) {
        self.path = path
        self.key = key
    }

    /// Reads a head that ends with its empty line.
    package init(parsing head: some Sequence<UInt8>) throws(ParseError) {
        let bytes = Array(head)
        guard bytes.allSatisfy({ (32...126).contains($0) || $0 == 13 || $0 == 10 }) else {
            throw ParseError("the request has bytes that are no text")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // CR LF is one character to Swift.
        guard text.hasSuffix("\r\n\r\n") else { throw ParseError("the request has no end") }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast(2)
        guard !lines.contains(where: { $0.contains { $0 == "\n" || $0 == "\r" } }) else {
            throw ParseError("a line ends by half")
        }
        path = try Self.path(of: lines.first ?? "")
        let headers = try Self.headers(lines.dropFirst())
        guard headers["upgrade"]?.lowercased() == "websocket", headers["connection"] != nil,
            headers["sec-websocket-version"] == "13",
            headers["sec-websocket-protocol"] == Self.subprotocol
        else { throw ParseError("the request asks for no line") }
        guard headers["content-length"] == nil, headers["transfer-encoding"] == nil else {
            throw ParseError("the request has a body")
        }
        guard let key = headers["sec-websocket-key"], Self.isKey(key) else {
            throw ParseError("the request has no key")
        }
        self.key = key
    }

    /// What the side that accepts speaks, as libnng names it to both.
    private static let subprotocol = "req.sp.nanomsg.org"

    private static func path(of line: Substring) throws(ParseError) -> String {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "GET", words[2] == "HTTP/1.1",
            words[1].hasPrefix("/")
        else { throw ParseError("the request begins with no ‘GET … HTTP/1.1’") }
        return String(words[1])
    }

    private static func headers(
        _ lines: some Sequence<Substring>
    ) throws(ParseError) -> [String: String] {
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line[..<colon].contains(" ")
            else { throw ParseError("a header has no name") }
            let name = line[..<colon].lowercased()
            guard headers[name] == nil else { throw ParseError("header ‘\(name)’ comes twice") }
            let value = line[line.index(after: colon)...]
            headers[name] = String(value.trimmingSpaces)
        }
        return headers
    }

    private static func isKey(_ text: String) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("==")
            && text.utf8.dropLast(2)
                .allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                        || $0 == 43 || $0 == 47
                }
    }

    /// The request for another path, as it is sent on.
    func text(for path: String, host: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Protocol: \(Self.subprotocol)\r\n\r\n"
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let head = drop { $0 == " " }
        guard let last = head.lastIndex(where: { $0 != " " }) else { return head.prefix(0) }
        return head[...last]
    }
}

/// The path of a site's line: `/agents/` and the caller, then `/bids` or `/transactions`.
struct LinePath: Hashable, Sendable {
    /// A site's name, or the word that stands for one.
    let caller: String
    let line: String

    init(caller: String, line: String) {
        self.caller = caller
        self.line = line
    }

    /// Reads a path with its percent signs.
    init(parsing path: String) throws(ParseError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, parts[1] == "agents",
            let caller = Self.decoded(parts[2]), !caller.isEmpty,
            Self.lines.contains(String(parts[3]))
        else { throw ParseError("there is no line at this path") }
        self.caller = caller
        line = String(parts[3])
    }

    /// The two lines of a site.
    private static let lines: Set<String> = ["bids", "transactions"]

    /// The path with its percent signs.
    var text: String { "/agents/\(Self.encoded(caller))/\(line)" }

    /// `text` as it may stand between two slashes.
    static func encoded(_ text: String) -> String {
        text.utf8
            .map { byte in
                isPlain(byte)
                    ? String(UnicodeScalar(byte))
                    : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
            .joined()
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                guard isPlain(byte) else { return nil }
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit),
                let low = rest.popFirst().flatMap(digit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95, 126: true
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
