package import AllocationModel
package import Foundation

/// How commands and replies look on the socket, and listings under `--json`: one JSON document.
package enum SiteJSON {
    /// - Throws: `EncodingError`, which our own values never cause.
    package static func bytes(of value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        // Sorted, so that the same data is the same text on every run.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// - Throws: `ParseError` saying which member cannot be read.
    package static func read<Value: Decodable>(
        _ type: Value.Type,
        from bytes: Data
    ) throws(ParseError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch let error as DecodingError {
            throw ParseError(Self.sentence(for: error))
        } catch {
            throw ParseError("cannot be read: \(error)")
        }
    }

    private static func sentence(for error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context),
            .typeMismatch(_, let context), .valueNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path) \(context.debugDescription)"
        @unknown default:
            return "cannot be read: \(error)"
        }
    }
}
