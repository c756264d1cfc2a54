package import AllocationModel
package import AllocationProtocol
import SwiftProtobuf

/// Messages to bytes and, suspiciously, back.
///
/// `holdfast.proto` is the contract. What was encoded here decodes to an equal
/// value, as long as it was within `Limits`; whatever else is decoded either
/// gives a value that no part of the program can trap on, or a fault.
package enum Wire {
    /// Rises when a peer of the version before could misunderstand a message.
    static let versionMajor: Int32 = 1
    /// Rises when fields are added that such a peer may ignore.
    static let versionMinor: Int32 = 0

    /// Encodes a batch of requests.
    ///
    /// A batch at every limit at once can exceed `Limits.messageBytesMaximum`,
    /// and its receiver refuses it: send fewer requests then.
    package static func encode(_ batch: RequestBatch) -> [UInt8] {
        serialized(ProtoRequestBatch(batch))
    }

    /// Decodes a batch of requests from a coordinator.
    package static func decodeRequests(
        _ bytes: [UInt8]
    ) throws(DecodingFault) -> RequestBatch {
        try parsed(bytes, as: ProtoRequestBatch.self, of: .requestBatch).decoded()
    }

    /// Encodes a batch of answers.
    package static func encode(_ batch: AnswerBatch) -> [UInt8] {
        serialized(ProtoAnswerBatch(batch))
    }

    /// Decodes a batch of answers from an agent.
    package static func decodeAnswers(
        _ bytes: [UInt8]
    ) throws(DecodingFault) -> AnswerBatch {
        try parsed(bytes, as: ProtoAnswerBatch.self, of: .answerBatch).decoded()
    }

    /// Encodes an order for the decision log.
    package static func encode(_ order: Order) -> [UInt8] {
        serialized(ProtoStoredOrder(order))
    }

    /// Decodes an order from the decision log.
    package static func decodeOrder(
        _ bytes: [UInt8]
    ) throws(DecodingFault) -> Order {
        try parsed(bytes, as: ProtoStoredOrder.self, of: .storedOrder).decoded()
    }

    /// Encodes an outcome for the decision log.
    ///
    /// - Precondition: a plan's amounts are of one currency.
    package static func encode(_ outcome: OrderOutcome) -> [UInt8] {
        serialized(ProtoStoredOutcome(outcome))
    }

    /// Decodes an outcome from the decision log.
    package static func decodeOutcome(
        _ bytes: [UInt8]
    ) throws(DecodingFault) -> OrderOutcome {
        try parsed(bytes, as: ProtoStoredOutcome.self, of: .storedOutcome).decoded()
    }

    /// Encodes the evidence of a decision for the decision log.
    package static func encode(_ evidence: Evidence) -> [UInt8] {
        serialized(ProtoEvidence(evidence))
    }

    /// Decodes the evidence of a decision from the decision log.
    package static func decodeEvidence(
        _ bytes: [UInt8]
    ) throws(DecodingFault) -> Evidence {
        try parsed(bytes, as: ProtoEvidence.self, of: .evidence).decoded()
    }

    private static func serialized(_ message: some Message) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            preconditionFailure("a message without required fields and under 2 GB has bytes")
        }
    }

    /// Checks size, version and shape, in this order, and only then decodes.
    private static func parsed<Proto: Message>(
        _ bytes: [UInt8],
        as type: Proto.Type,
        of shape: Shape
    ) throws(DecodingFault) -> Proto {
        guard bytes.count <= Limits.messageBytesMaximum else {
            throw .tooLarge(bytes: bytes.count)
        }
        try checkVersion(bytes.span)
        try shape.check(bytes.span)
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        do {
            return try Proto(serializedBytes: bytes, options: options)
        } catch {
            throw .malformed(why: "\(error)")
        }
    }

    /// Reads the version, which is the first field of every message of every version.
    private static func checkVersion(_ bytes: Span<UInt8>) throws(DecodingFault) {
        var cursor = Cursor()
        let (number, kind) = try cursor.tag(in: bytes, to: bytes.count)
        guard number == 1, kind == .varint else {
            throw .malformed(why: "it does not begin with its version")
        }
        let major = try cursor.varint(in: bytes, to: bytes.count)
        guard major <= UInt64(versionMajor) else {
            throw .newerVersion(major: Int(clamping: major))
        }
        guard major > 0 else { throw .malformed(why: "its version is 0; there was none") }
    }
}
