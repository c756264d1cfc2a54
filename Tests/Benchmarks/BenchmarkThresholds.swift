import SplitInstances

/// What the solver must do on the default sets, in counts that no machine changes.
///
/// A change that needs more is either a mistake or worth a line in its commit.
enum BenchmarkThresholds {
    /// The gap that the thresholds are for.
    static let gapMillionths: Int64 = 100

    /// Subproblems examined for a whole set, at most: a third more than were.
    private static let nodesMaximum: [OrderSize: Int] = [
        OrderSize(1, 20): 7,
        OrderSize(5, 10): 200,
        OrderSize(10, 5): 1550,
    ]

    /// Returns the most subproblems for a default set, or nil for any other.
    static func nodesMaximum(for set: ProblemSet, _ gapMillionths: Int64) -> Int? {
        guard gapMillionths == Self.gapMillionths, set.instances.count == 16,
            set.instances.first?.id.hasSuffix("-1") == true
        else { return nil }
        return nodesMaximum[set.size]
    }
}
