/// How far the ledger's history has come: its last batch, and the hash chained over all of them.
///
/// Two ledgers that agree in both have the same history. The number alone would
/// not show a ledger that was restored from a copy and then went on writing.
package struct JournalMark: Hashable, Sendable {
    /// The batch's number, from 1; 0 before the first.
    package let entry: Int64
    package let chain: UInt64

    package static let empty = JournalMark(entry: 0, chain: 0)

    package init(entry: Int64, chain: UInt64) {
        self.entry = entry
        self.chain = chain
    }
}

/// FNV-1a over 64 bits (Fowler, Noll, Vo, 1991): the hash of the history chain.
///
/// Guards against loss and mix-up, not against a forger, who could write the
/// database as he liked. Every field enters with a fixed width or its length,
/// so that no two histories run together.
struct JournalHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ number: UInt64) {
        var rest = number
        for _ in 0..<8 {
            combine(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func combine(_ number: Int64) {
        combine(UInt64(bitPattern: number))
    }

    mutating func combine(_ text: String) {
        combine(UInt64(text.utf8.count))
        for byte in text.utf8 { combine(byte) }
    }

    private mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
