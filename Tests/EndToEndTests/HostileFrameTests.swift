import Foundation
import NIOCore
import NIOPosix
import SeededGenerator
import Testing

/// A site that opens its line as any other and then speaks no WebSocket that libnng would send.
@Suite(.serialized)
struct `A coordinator with a site that sends forged frames` {
    private let fleet: Fleet

    init() throws {
        fleet = try Fleet([
            Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 1000)]),
            Fleet.Warehouse("RNO", stock: [("VALVE-3IN", 1000)], priceFactor: 130),
        ])
    }

    /// What one line is sent, frame by frame, after it is open.
    private struct Forgery {
        let name: String
        let frames: [[UInt8]]
    }

    private var forgeries: [Forgery] {
        let limit = 8_388_608
        let piece = [UInt8](repeating: 0x41, count: 65_536)
        var chance = SeededGenerator(seed: 4711)
        let noise = (0..<400)
            .map { _ in
                (0..<Int.random(in: 1...300, using: &chance))
                    .map { _ in UInt8.random(in: 0...255, using: &chance) }
            }
        return [
            Forgery(name: "nothing", frames: []),
            Forgery(
                name: "a length of 2^63 - 1",
                frames: [[0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + piece]
            ),
            Forgery(
                name: "a length of 2^64 - 1",
                frames: [[0x82, 0xFF] + [UInt8](repeating: 0xFF, count: 8) + piece]
            ),
            Forgery(
                name: "one byte over the limit",
                frames: [Frame.bytes([UInt8](repeating: 0, count: limit + 1))]
            ),
            Forgery(
                name: "pieces without an end",
                frames: [Frame.bytes(piece, isLast: false)]
                    + Array(
                        repeating: Frame.bytes(piece, opcode: 0, isLast: false),
                        count: 512
                    )
            ),
            Forgery(
                name: "empty pieces without an end",
                frames: [Frame.bytes([], isLast: false)]
                    + Array(repeating: Frame.bytes([], opcode: 0, isLast: false), count: 20_000)
            ),
            Forgery(
                name: "pings without an end",
                frames: Array(repeating: Frame.bytes([1, 2, 3], opcode: 9), count: 20_000)
            ),
            Forgery(name: "no mask", frames: [[0x82, 4, 1, 2, 3, 4]]),
            Forgery(
                name: "bits that mean nothing",
                frames: [[0xF2, 0x84, 0, 0, 0, 0, 1, 2, 3, 4]]
            ),
            Forgery(name: "an end before a beginning", frames: [Frame.bytes([1], opcode: 0)]),
            Forgery(
                name: "messages too short for a request's number",
                frames: (0...7).map { Frame.bytes([UInt8](repeating: 0, count: $0)) }
            ),
            Forgery(
                name: "answers that nobody asked for",
                frames: (0..<5000)
                    .map { Frame.bytes([0x80, 0, UInt8($0 >> 8), UInt8($0 & 255), 8, 1]) }
            ),
            Forgery(
                name: "a farewell of noise",
                frames: [Frame.bytes([0xFF, 0xFF, 0xFF], opcode: 8)]
            ),
        ] + noise.map { Forgery(name: "noise", frames: [$0, $0]) }
            + noise.map {
                Forgery(name: "framed noise", frames: [Frame.bytes($0), Frame.bytes($0)])
            }
    }

    @Test func `serves the other sites, and that site once it is itself again`() async throws {
        try fleet.startAgent("DAL")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL"])
        let before = try fleet.coordinatorMemory()

        var lines = 0
        for (number, forgery) in forgeries.enumerated() {
            let line = number.isMultiple(of: 2) ? "bids" : "transactions"
            if try await send(forgery.frames, on: line) { lines += 1 }
            guard number < 14 || number.isMultiple(of: 100) else { continue }
            let answer = try await fleet.submit("order-\(number)", 1)
            #expect(answer.order == "confirmed", "after \(forgery.name): \(answer.text)")
        }

        #expect(lines == forgeries.count, "every line was opened")
        let grown = try fleet.coordinatorMemory() - before
        #expect(grown < 64 << 20, "it grew by \(grown) bytes")
        try fleet.startAgent("RNO")
        try await fleet.waitUntilActive(["DAL", "RNO"])
        try await fleet.settle()
    }

    /// Opens one of Reno's lines, sends `frames`, and returns whether it was opened.
    private func send(_ frames: [[UInt8]], on line: String) async throws -> Bool {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: fleet.agentsPort) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        let request =
            "GET /agents/\(fleet.token(of: "RNO"))/\(line) HTTP/1.1\r\n"
            + "Host: 127.0.0.1:\(fleet.agentsPort)\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: RogHwBvg4XCfFA2kgfHSng==\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: req.sp.nanomsg.org\r\n\r\n"
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var reading = inbound.makeAsyncIterator()
            let answer = try await reading.next().map { String(buffer: $0) } ?? ""
            do {
                for frame in frames { try await outbound.write(ByteBuffer(bytes: frame)) }
            } catch {
                // Cut off in the middle, as it should be.
            }
            return answer.hasPrefix("HTTP/1.1 101 ")
        }
    }
}

/// WebSocket frames as a client sends them.
private enum Frame {
    static func bytes(_ payload: [UInt8], opcode: UInt8 = 2, isLast: Bool = true) -> [UInt8] {
        let count = payload.count
        var bytes: [UInt8] = [(isLast ? 0x80 : 0) | opcode]
        if count < 126 {
            bytes.append(0x80 | UInt8(count))
        } else if count < 65_536 {
            bytes += [0x80 | 126, UInt8(count >> 8), UInt8(count & 255)]
        } else {
            bytes.append(0x80 | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        // A mask of zeros changes nothing.
        return bytes + [0, 0, 0, 0] + payload
    }
}
