/// What an agent has seen of a coordinator's log, kept to prove it if the log is ever lost.
package struct LogWitness: Hashable, Sendable {
    /// The epoch of the last session it voted in; zero before the first.
    package let epoch: Int64
    /// The random bits of that epoch's start.
    package let start: UInt64
    /// The most decisions that the log was said to hold.
    package let decisions: Int64

    /// Of an agent that was never in session.
    package static let none = LogWitness(epoch: 0, start: 0, decisions: 0)

    package init(epoch: Int64, start: UInt64, decisions: Int64) {
        self.epoch = epoch
        self.start = start
        self.decisions = decisions
    }
}

/// The starts of a coordinator, each with what its log then held: what tells a log from an older copy.
///
/// A copy that went on by itself has other random bits in its next start, and a
/// copy of the running start has fewer decisions than that start told of.
package struct LogHistory: Hashable, Sendable {
    private var starts: [Start]
    /// Decisions in the log: to confirm, and to cancel what was confirmed.
    package private(set) var decisions: Int64
    /// The epoch in which the log was last rebuilt from what every site held; zero for never.
    private let recovered: Int64

    /// One start of the coordinator.
    package struct Start: Hashable, Sendable {
        package let epoch: Int64
        package let id: UInt64
        /// What the log held before its first decision.
        package let decisionsBefore: Int64

        package init(epoch: Int64, id: UInt64, decisionsBefore: Int64) {
            self.epoch = epoch
            self.id = id
            self.decisionsBefore = decisionsBefore
        }
    }

    /// - Parameters:
    ///   - starts: Every start, by rising epoch; the last is the one under way.
    ///   - decisions: What the log holds now.
    ///   - recovered: The epoch in which it was last rebuilt from what every site held.
    package init(starts: [Start] = [], decisions: Int64 = 0, recovered: Int64 = 0) {
        self.starts = starts
        self.decisions = decisions
        self.recovered = recovered
    }

    /// Takes note of decisions that are written.
    package mutating func add(_ decisions: Int64) {
        self.decisions += decisions
    }

    /// Whether the log that `witness` saw is this one, or how this one came to be.
    package func contains(_ witness: LogWitness) -> Bool {
        // What was seen before a recovery is in what was recovered.
        guard witness.epoch > 0, witness.epoch >= recovered else { return true }
        guard let index = starts.firstIndex(where: { $0.epoch == witness.epoch }),
            starts[index].id == witness.start
        else { return false }
        let next = starts.index(after: index)
        let most = next < starts.endIndex ? starts[next].decisionsBefore : decisions
        return witness.decisions <= most
    }
}
