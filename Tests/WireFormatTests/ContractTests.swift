import AllocationModel
import AllocationProtocol
import Foundation
import Testing

@testable import WireFormat

struct `The contract` {
    // The bytes are the contract: another version, or a peer in another language, holds them.
    @Test func `keeps its bytes`() throws {
        #expect(Wire.encode(Sample.requests) == Golden.requests)
        #expect(Wire.encode(Sample.answers) == Golden.answers)
        #expect(Wire.encode(Sample.order) == Golden.order)
        #expect(Wire.encode(OrderOutcome.confirmed(Sample.plan)) == Golden.confirmed)
        #expect(Wire.encode(OrderOutcome.refused(Sample.refusals)) == Golden.refused)
        #expect(Wire.encode(OrderOutcome.cancelled(Sample.plan)) == Golden.cancelled)
        #expect(Wire.encode(Sample.evidence) == Golden.evidence)
    }

    @Test func `gives the meaning of its bytes`() throws {
        #expect(try Wire.decodeRequests(Golden.requests) == Sample.requests)
        #expect(try Wire.decodeAnswers(Golden.answers) == Sample.answers)
        #expect(try Wire.decodeOrder(Golden.order) == Sample.order)
        #expect(try Wire.decodeOutcome(Golden.confirmed) == .confirmed(Sample.plan))
        #expect(try Wire.decodeOutcome(Golden.refused) == .refused(Sample.refusals))
        #expect(try Wire.decodeOutcome(Golden.cancelled) == .cancelled(Sample.plan))
        #expect(try Wire.decodeEvidence(Golden.evidence) == Sample.evidence)
    }

    @Test func `numbers every freight class`() throws {
        for freightClass in FreightClass.allCases {
            let proto = ProtoFreightClass(freightClass)

            #expect(
                "\(proto)" == "freightClass" + freightClass.name.replacing(".", with: "_")
                    || "\(proto)".hasSuffix(freightClass.name.replacing(".", with: ""))
            )
            #expect(try proto.decoded() == freightClass)
        }
    }

    // What `Shape` does not list would be allocated uncounted.
    @Test func `has a bound for everything in it that takes memory`() throws {
        let contract = try Contract()
        for root in [
            Shape.requestBatch, .answerBatch, .storedOrder, .storedOutcome, .evidence,
        ] {
            try expect(root, covers: contract)
        }
    }

    private func expect(_ shape: Shape, covers contract: Contract) throws {
        let fields = try #require(contract.messages[shape.name])
        for field in fields {
            let bound = shape.fields[field.number]
            switch bound {
            case .numbers(let name, _):
                #expect(name == field.name)
                #expect(field.isRepeated && Contract.numbers.contains(field.type), "\(name)")
            case .leaf(let name, _):
                #expect(name == field.name)
                #expect(
                    contract.isLeaf(field.type),
                    "\(shape.name).\(name) has lists in it"
                )
            case .message(let name, _, let inner):
                #expect(name == field.name)
                #expect(inner.name == field.type)
                try expect(inner, covers: contract)
            case nil:
                #expect(
                    !field.isRepeated && contract.messages[field.type] == nil,
                    "\(shape.name).\(field.name) is not bounded"
                )
            }
        }
    }
}

/// The messages of `holdfast.proto`, read from its text as far as lists and messages go.
private struct Contract {
    struct Field {
        let name: String
        let number: Int
        let type: String
        let isRepeated: Bool
    }

    static let numbers: Set<String> = ["int32", "int64", "sint64", "fixed64"]

    private(set) var messages: [String: [Field]] = [:]

    init() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/WireFormat/holdfast.proto")
        let text = try String(contentsOf: path, encoding: .utf8)
        var open: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { " ;".contains($0) }).map(String.init)
            guard let first = words.first, first != "//" else { continue }
            if words.last == "{" || line.hasSuffix("{}") {
                open.append(first == "message" ? words[1] : first)
                if first == "message" { messages[words[1]] = [] }
            }
            if words.last == "}" || line.hasSuffix("{}") { open.removeLast() }
            guard let equals = words.firstIndex(of: "="), equals >= 2, open.last != "enum",
                let message = open.last(where: { messages[$0] != nil }),
                let number = Int(words[equals + 1])
            else { continue }
            messages[message]?
                .append(
                    Field(
                        name: words[equals - 1],
                        number: number,
                        type: words[equals - 2],
                        isRepeated: first == "repeated"
                    )
                )
        }
    }

    /// Whether nothing of this type has to be counted.
    func isLeaf(_ type: String) -> Bool {
        (messages[type] ?? []).allSatisfy { !$0.isRepeated && messages[$0.type] == nil }
    }
}
