/// How good a plan is: lawful before unlawful, then by score.
struct Rank: Comparable, BitwiseCopyable {
    var violations: Int64
    var score: Int128

    @inline(__always)
    static func < (left: Self, right: Self) -> Bool {
        left.violations != right.violations
            ? left.violations < right.violations : left.score < right.score
    }
}

/// A plan of the search, by arc, and its rank.
struct RankedPlan {
    let quantities: [Int64]
    let rank: Rank

    var isLawful: Bool { rank.violations == 0 }
}
