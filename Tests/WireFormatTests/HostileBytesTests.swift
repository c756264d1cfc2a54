import AllocationModel
import AllocationProtocol
import Testing
import WireFormat

// Bytes that no honest peer sends. A trap ends the test process, so finishing is a claim.
struct `Hostile bytes` {
    @Test func `are refused when the message is cut anywhere`() {
        for (name, bytes, decode) in Golden.messages {
            for length in 0..<bytes.count {
                // A cut between two fields leaves a shorter message, which may be lawful.
                guard let shorter = try? decode(Array(bytes.prefix(length))) else { continue }
                #expect(shorter.count <= length, "\(name) cut to \(length)")
            }
        }
    }

    @Test func `are refused or harmless when bits flip`() {
        var dice = Dice(seed: 1)
        var refusals = 0
        for _ in 0..<3000 {
            let (_, bytes, decode) = dice.pick(Golden.messages)
            var mutated = bytes
            for _ in 0..<dice.count(1...3) {
                mutated[dice.count(0...bytes.count - 1)] ^= 1 << UInt8(dice.count(0...7))
            }
            do throws(DecodingFault) {
                _ = try decode(mutated)
            } catch {
                refusals += 1
                #expect(!error.description.isEmpty)
            }
        }
        // Flips within a hash, a quantity or a date make another lawful message.
        #expect(refusals > 1500)
    }

    @Test func `are refused or harmless when pieces are cut, doubled or made up`() {
        var dice = Dice(seed: 2)
        for _ in 0..<3000 {
            let (_, bytes, decode) = dice.pick(Golden.messages)
            var mutated = bytes
            let start = dice.count(0...bytes.count - 1)
            let end = dice.count(start...bytes.count - 1)
            switch dice.count(0...2) {
            case 0: mutated.removeSubrange(start...end)
            case 1: mutated.insert(contentsOf: bytes[start...end], at: start)
            default:
                for index in start...min(end, start + 10) {
                    mutated[index] = UInt8(truncatingIfNeeded: dice.bits())
                }
            }
            _ = try? decode(mutated)
        }
    }

    @Test func `are refused or harmless when they are noise behind a version`() {
        var dice = Dice(seed: 3)
        for _ in 0..<3000 {
            let (_, _, decode) = dice.pick(Golden.messages)
            let noise = dice.list(0...60) { UInt8(truncatingIfNeeded: $0.bits()) }
            _ = try? decode(version + noise)
        }
    }

    @Test func `are refused unread when there are too many`() {
        let bytes = [UInt8](repeating: 0, count: Limits.messageBytesMaximum + 1)

        #expect(throws: DecodingFault.tooLarge(bytes: bytes.count)) {
            try Wire.decodeAnswers(bytes)
        }
    }

    @Test func `name a newer major version even when the rest makes no sense`() {
        #expect(throws: DecodingFault.newerVersion(major: 2)) {
            try Wire.decodeRequests([0x08, 0x02, 0xFF, 0xFF, 0xFF])
        }
        #expect(throws: DecodingFault.newerVersion(major: 300)) {
            try Wire.decodeEvidence([0x08, 0xAC, 0x02])
        }
    }

    @Test func `are refused without a version, or with one that never was`() {
        #expect(throws: DecodingFault.self) { try Wire.decodeRequests([]) }
        #expect(throws: DecodingFault.self) { try Wire.decodeRequests([0x10, 0x00]) }
        #expect(throws: DecodingFault.self) { try Wire.decodeRequests([0x08, 0x00]) }
        #expect(throws: DecodingFault.self) { try Wire.decodeRequests([0x0A, 0x01, 0x41]) }
    }

    @Test func `are read when a newer minor version adds fields`() throws {
        // Field 14, a number; field 200, a string; both unknown today.
        let bytes = Wire.encode(Sample.requests) + [0x70, 0x07] + [0xC2, 0x0C, 0x02, 0x41, 0x42]

        #expect(try Wire.decodeRequests(bytes) == Sample.requests)
    }

    // Two bytes stand for an empty request: four million would fit into one message.
    @Test func `are refused before a list that is too long is made`() {
        let requests = version + repeated(field(7, []), 257)
        let answers = version + repeated(field(8, []), 100_000)

        #expect(
            throws: DecodingFault.unlawful(field: "requests", why: "has more than 256 entries")
        ) {
            try Wire.decodeRequests(requests)
        }
        #expect(
            throws: DecodingFault.unlawful(field: "tariffs", why: "has more than 16384 entries")
        ) {
            try Wire.decodeAnswers(answers)
        }
    }

    @Test func `are refused when lists within lists add up to too many`() {
        // 256 answers, each a bid of 500 offers, each of 16 empty lots.
        let offer = repeated(field(4, []), 16)
        let answer = field(4, field(3, repeated(field(2, offer), 500)))
        let bytes = version + repeated(field(7, answer), 256)

        #expect(throws: DecodingFault.malformed(why: "it holds over 400000 messages")) {
            try Wire.decodeAnswers(bytes)
        }
    }

    @Test func `are refused when a packed list is too long`() {
        let table = field(3, [UInt8](repeating: 1, count: 401))
        let bytes = version + field(8, field(2, table))

        #expect(
            throws: DecodingFault.unlawful(
                field: "tariffs.parcel_table.weight_steps",
                why: "has more than 400 entries"
            )
        ) {
            try Wire.decodeAnswers(bytes)
        }
    }

    @Test func `are refused when they nest deeper than the contract`() {
        var bytes: [UInt8] = []
        for _ in 0..<5000 { bytes = field(4, bytes) }
        let groups = [UInt8](repeating: 0x1B, count: 100_000)

        #expect(throws: DecodingFault.self) {
            try Wire.decodeRequests(version + field(7, bytes))
        }
        #expect(throws: DecodingFault.self) { try Wire.decodeRequests(version + groups) }
        #expect(throws: DecodingFault.self) {
            try Wire.decodeRequests(version + field(7, field(8, groups)))
        }
    }

    @Test func `are refused when a length leads past the end`() {
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]

        #expect(throws: DecodingFault.self) {
            try Wire.decodeRequests(version + [0x3A] + huge)
        }
        #expect(throws: DecodingFault.self) {
            try Wire.decodeRequests(version + [0x3A] + [UInt8](repeating: 0xFF, count: 11))
        }
        #expect(throws: DecodingFault.self) { try Wire.decodeRequests(version + [0x39, 0x00]) }
    }
}

/// What every message begins with.
let version: [UInt8] = [0x08, 0x01]

func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(repeatElement(bytes, count: count).joined())
}

/// A field of bytes.
func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(UInt64(number << 3 | 2)) + varint(UInt64(bytes.count)) + bytes
}

func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}
