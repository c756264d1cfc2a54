import AllocationModel
import AllocationProtocol
import Foundation
import Testing
import WireFormat

// Random lawful messages, changed by whoever knows the encoding: fields doubled, dropped, moved,
// renumbered, grafted from other messages, and numbers at the edges of their types.
// HOLDFAST_FUZZ_ROUNDS asks for more rounds than a run of all tests has time for, and
// HOLDFAST_FUZZ_SEED for others.
struct `A structured forgery` {
    @Test func `is refused, or read as a message that means the same when written again`() {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["HOLDFAST_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 4000
        var dice = Dice(seed: environment["HOLDFAST_FUZZ_SEED"].flatMap { UInt64($0) } ?? 47)
        var accepted = 0
        for round in 0..<rounds {
            let (bytes, rewrite) = Self.message(&dice)
            var fields = Forgery.fields(of: bytes, depth: 0) ?? []
            let donor = Forgery.fields(of: Self.message(&dice).bytes, depth: 0) ?? []
            for _ in 0..<dice.count(1...3) { Forgery.change(&fields, from: donor, &dice) }
            let forged = Forgery.bytes(of: fields)
            do throws(DecodingFault) {
                let written = try rewrite(forged)
                accepted += 1
                let again = try? rewrite(written)
                #expect(again == written, "round \(round)")
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        // Forgeries of what may be left out or be any number are lawful messages.
        #expect(accepted > rounds / 50)
        #expect(accepted < rounds)
    }

    private static func rewrite(_ place: Int) -> Golden.Rewrite {
        Golden.messages[place].rewrite
    }

    private static func message(_ dice: inout Dice) -> (bytes: [UInt8], rewrite: Golden.Rewrite) {
        switch dice.count(0...9) {
        case 0...3: (Wire.encode(dice.requestBatch()), rewrite(0))
        case 4...7: (Wire.encode(dice.answerBatch()), rewrite(1))
        case 8: (Wire.encode(dice.storedOrder()), rewrite(2))
        default: (Wire.encode(dice.evidence()), rewrite(6))
        }
    }
}

/// Protocol Buffers without their contract: numbered fields, and what is in them.
private enum Forgery {
    struct Field {
        var number: UInt64
        var value: Value
    }

    indirect enum Value {
        case number(UInt64)
        case bytes([UInt8])
        case message([Field])
    }

    /// Reads `bytes` as fields, if that is what they are.
    static func fields(of bytes: some Sequence<UInt8>, depth: Int) -> [Field]? {
        var rest = Array(bytes)[...]
        var fields: [Field] = []
        while !rest.isEmpty {
            guard let tag = varint(&rest), tag >> 3 > 0 else { return nil }
            switch tag & 7 {
            case 0:
                guard let number = varint(&rest) else { return nil }
                fields.append(Field(number: tag >> 3, value: .number(number)))
            case 2:
                guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
                let content = rest.prefix(Int(length))
                rest = rest.dropFirst(Int(length))
                let nested = depth < 8 ? self.fields(of: content, depth: depth + 1) : nil
                let value: Value =
                    if let nested, !nested.isEmpty { .message(nested) } else {
                        .bytes(Array(content))
                    }
                fields.append(Field(number: tag >> 3, value: value))
            default: return nil
            }
        }
        return fields
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    static func bytes(of fields: [Field]) -> [UInt8] {
        fields.flatMap { one -> [UInt8] in
            switch one.value {
            case .number(let number):
                WireFormatTests.varint(one.number << 3) + WireFormatTests.varint(number)
            case .bytes(let bytes): field(Int(one.number), bytes)
            case .message(let inner): field(Int(one.number), self.bytes(of: inner))
            }
        }
    }

    private static let edges: [UInt64] = [
        0, 1, 2, 127, 128, 255, 65_535, 1 << 31 - 1, 1 << 31, 1 << 32 - 1, 1 << 32, 1 << 53,
        1 << 63 - 1, 1 << 63, .max, .max - 1,
    ]

    /// Changes one field at any depth.
    static func change(_ fields: inout [Field], from donor: [Field], _ dice: inout Dice) {
        guard !fields.isEmpty else { return }
        let place = dice.count(0...fields.count - 1)
        if case .message(var inner) = fields[place].value, dice.count(0...3) > 0 {
            change(&inner, from: donor, &dice)
            fields[place].value = .message(inner)
            return
        }
        switch dice.count(0...6) {
        case 0: fields.remove(at: place)
        case 1:
            let copies = Array(repeating: fields[place], count: dice.pick([1, 1, 2, 17, 300]))
            fields.insert(contentsOf: copies, at: place)
        case 2: fields.swapAt(place, dice.count(0...fields.count - 1))
        case 3: fields[place].number = UInt64(dice.count(1...20))
        case 4:
            let graft = donor.isEmpty ? fields[place] : dice.pick(donor)
            fields[place].value = graft.value
        case 5: fields[place].value = .number(dice.pick(edges))
        default:
            fields[place].value = .bytes(
                dice.pick([
                    [], [0], [0xFF, 0xFE], Array("ALPHA".utf8), Array(" x".utf8),
                    [UInt8](repeating: 0x41, count: 65), [UInt8](repeating: 1, count: 402),
                ])
            )
        }
    }
}
