/// How far a mistyped word is from the one that was meant.
package enum EditDistance {
    /// Returns the fewest bytes to put in, leave out, change or swap with their neighbour.
    ///
    /// Optimal string alignment, which is Levenshtein's distance and swaps. More than
    /// `most` is not told apart: words that differ in length by more are not looked at.
    package static func between(_ left: [UInt8], _ right: [UInt8], atMost most: Int) -> Int {
        guard abs(left.count - right.count) <= most else { return most + 1 }
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
