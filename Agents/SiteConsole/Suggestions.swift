internal import AllocationModel

/// Finds the codes that a mistyped one was meant to be.
enum Suggestions {
    /// Slips of the finger that still suggest what was meant.
    private static let slipsMaximum = 2

    /// Returns the nearest of `known` within two slips, nearest first, then by code.
    static func nearest(to sku: SKU, among known: [SKU]) -> [SKU] {
        let wanted = Array(sku.code.uppercased().utf8)
        let found = known.compactMap { candidate -> (slips: Int, sku: SKU)? in
            let slips = slips(from: wanted, to: Array(candidate.code.uppercased().utf8))
            return slips <= slipsMaximum ? (slips, candidate) : nil
        }
        return found.sorted { ($0.slips, $0.sku) < ($1.slips, $1.sku) }
            .prefix(ConsoleLimits.suggestionsMaximum).map(\.sku)
    }

    /// Letters put in, left out, mistaken or swapped with their neighbour.
    ///
    /// Optimal string alignment, which is Levenshtein's distance and swaps. Codes
    /// that differ in length by more than counts are not looked at.
    static func slips(from left: [UInt8], to right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= slipsMaximum else { return slipsMaximum + 1 }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var next = [row + 1]
            next.reserveCapacity(right.count + 1)
            for column in right.indices {
                var best = min(
                    last[column + 1] + 1,
                    next[column] + 1,
                    last[column] + (byte == right[column] ? 0 : 1)
                )
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                next.append(best)
            }
            beforeLast = last
            last = next
        }
        return last[right.count]
    }
}
