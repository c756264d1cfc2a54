import Foundation
import FuzzTargets
import Testing

/// What libFuzzer found worth keeping, read again: each a line of hexadecimal digits.
struct `Bytes that somebody made up` {
    @Test(arguments: FuzzTarget.allCases)
    func `are read or refused, and mean the same when written again`(_ target: FuzzTarget) throws {
        let lines = try Self.corpus(of: target)
        let isRead = lines.map { target.take($0) }

        #expect(isRead.contains(true), "none of \(lines.count) means anything")
        #expect(isRead.contains(false), "all of \(lines.count) mean something")
    }

    private static func corpus(of target: FuzzTarget) throws -> [[UInt8]] {
        let url = try #require(
            Bundle.module.url(
                forResource: target.rawValue,
                withExtension: "hex",
                subdirectory: "Corpus"
            )
        )
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .map { line in
                var bytes: [UInt8] = []
                var rest = line.utf8[...]
                while let high = rest.popFirst(), let low = rest.popFirst() {
                    let pair = String(decoding: [high, low], as: UTF8.self)
                    bytes.append(try #require(UInt8(pair, radix: 16)))
                }
                return bytes
            }
    }
}
