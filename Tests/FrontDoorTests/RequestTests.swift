import AllocationModel
import SeededGenerator
import Testing

@testable import FrontDoor

struct `A request for a line` {
    private let key = "RogHwBvg4XCfFA2kgfHSng=="

    private func parse(_ text: String) throws -> UpgradeRequest {
        try UpgradeRequest(parsing: text.utf8)
    }

    @Test func `is read as libnng writes it, and written anew for another path`() throws {
        let request = try parse(asking("/agents/DAL%20x/bids"))

        #expect(request == UpgradeRequest(path: "/agents/DAL%20x/bids", key: key))
        let onward = request.text(for: "/agents/secret/bids", host: "localhost")
        #expect(try parse(onward) == UpgradeRequest(path: "/agents/secret/bids", key: key))
    }

    @Test func `passes nothing on but the key`() throws {
        let text = asking("/agents/DAL/bids")
            .replacing("Host:", with: "X-Forwarded-For: 10.0.0.1\r\nCookie: a=b\r\nHost:")

        let onward = try parse(text).text(for: "/p", host: "h")

        #expect(!onward.contains("Cookie"))
        #expect(!onward.contains("X-Forwarded-For"))
    }

    @Test func `is refused with anything that another reader could take otherwise`() throws {
        let good = asking("/agents/DAL/bids")
        for bad in [
            "", "\r\n\r\n", "GET\r\n\r\n",
            good.replacing("GET", with: "POST"),
            good.replacing("HTTP/1.1", with: "HTTP/1.0"),
            good.replacing("HTTP/1.1", with: "HTTP/1.1 "),
            good.replacing("GET /", with: "GET http://x/"),
            good.replacing("\r\nHost", with: "\nHost"),
            good.replacing("\r\nHost", with: "\rHost"),
            good.replacing("\r\nHost", with: "\r\n Host"),
            good.replacing("Host:", with: "Host :"),
            good.replacing("Host:", with: ":"),
            good.replacing("Host: 127.0.0.1:8471", with: "Host"),
            good.replacing("Host:", with: "Upgrade: h2c\r\nHost:"),
            good.replacing("Host:", with: "Transfer-Encoding: chunked\r\nHost:"),
            good.replacing("Version: 13", with: "Version: 8"),
            good.replacing("req.sp", with: "rep.sp"),
            good.replacing(key, with: "short=="),
            good.replacing(key, with: "RogHwBvg4XCfFA2kgfHS\"g=="),
            good.replacing("127.0.0.1", with: "caf\u{e9}"),
            good.replacing("127.0.0.1", with: "a\0b"),
            String(good.dropLast()),
        ] {
            #expect(throws: ParseError.self, "\(bad)") { try parse(bad) }
        }
    }

    // Structure-aware: begins with a good request, and changes bytes, lines and lengths of it.
    @Test func `is read or refused, whatever the bytes, and means what it says`() throws {
        var chance = SeededGenerator(seed: 4711)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = Array(asking("/agents/DAL/bids").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &chance) {
                let place = Int.random(in: 0..<bytes.count, using: &chance)
                switch Int.random(in: 0..<5, using: &chance) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &chance)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: [13, 10], at: place)
                case 3: bytes.insert(bytes[place], at: place)
                default:
                    let end = Int.random(in: place...bytes.count, using: &chance)
                    bytes.insert(contentsOf: bytes[place..<end], at: place)
                }
            }
            guard let request = try? UpgradeRequest(parsing: bytes) else { continue }
            read += 1
            #expect(request.path.hasPrefix("/"))
            #expect(request.path.utf8.allSatisfy { (33...126).contains($0) })
            let onward = request.text(for: request.path, host: "localhost")
            #expect(try parse(onward) == request)
        }
        #expect(read > 300, "most changes of a good request are refused, not all: \(read)")
    }
}

struct `The path of a line` {
    @Test func `keeps a site's name through its percent signs, whatever its letters`() throws {
        for name in ["DAL", "São Paulo #2", "a/b", "..", "%41", "100 %", "倉庫"] {
            let path = LinePath(caller: name, line: "transactions")

            #expect(try LinePath(parsing: path.text) == path)
        }
    }

    @Test func `is refused where it leads anywhere else`() throws {
        for path in [
            "", "/", "/agents/DAL", "/agents//bids", "/agents/DAL/bids/", "/agents/DAL/bids?x",
            "/agents/DAL/prices", "//agents/DAL/bids", "/Agents/DAL/bids", "/agents/D%4/bids",
            "/agents/D%zz/bids", "/agents/%FF/bids", "/agents/D AL/bids", "agents/DAL/bids",
        ] {
            #expect(throws: ParseError.self, "\(path)") { try LinePath(parsing: path) }
        }
    }
}

struct `A refusal` {
    @Test func `is told in an answer and read from it`() {
        for refusal in Refusal.allCases {
            #expect(Refusal.told(by: refusal.answer) == refusal)
            #expect(!refusal.hint.isEmpty)
        }
        #expect(Refusal.told(by: "HTTP/1.1 502 Bad Gateway\r\nServer: x\r\n\r\n") == nil)
    }
}
