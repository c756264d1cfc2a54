/// How far an attempt has come by what was written of it: the fold of its records.
///
/// Recovery trusts nothing else. A record that cannot follow the ones before
/// says that the log is not what it was, and nothing is taken up from it.
package enum CommitHistory: String, CaseIterable, Hashable, Sendable {
    /// Nothing is written: absence means release.
    case undecided
    /// To be confirmed at every site. Next: `confirmed`, `cancelling`.
    case confirming
    /// Every site has acknowledged. Next: `cancelling`.
    case confirmed
    /// To be given back at every site. Next: `cancelled`.
    case cancelling
    /// Every site has acknowledged that. Final.
    case cancelled

    /// A record of an attempt, without what it carries.
    package enum Entry: String, CaseIterable, Hashable, Sendable {
        case confirm
        case cancel
        case ended
    }

    /// A record that cannot follow what is written before it.
    package struct Unlawful: Error, Hashable, Sendable, CustomStringConvertible {
        package let history: CommitHistory
        package let entry: Entry

        package init(_ history: CommitHistory, _ entry: Entry) {
            self.history = history
            self.entry = entry
        }

        package var description: String {
            switch entry {
            case .confirm: "it is confirmed where it was \(history.rawValue)"
            case .cancel: "it is cancelled where it was \(history.rawValue)"
            case .ended: "it has ended where it was \(history.rawValue)"
            }
        }
    }

    /// Returns how far the attempt has come with `entry`, or says that it cannot follow.
    package func next(after entry: Entry) throws(Unlawful) -> CommitHistory {
        switch (self, entry) {
        case (.undecided, .confirm): return .confirming
        case (.confirming, .ended): return .confirmed
        case (.confirming, .cancel), (.confirmed, .cancel): return .cancelling
        case (.cancelling, .ended): return .cancelled
        case (.undecided, .cancel), (.undecided, .ended), (.confirming, .confirm),
            (.confirmed, .confirm), (.confirmed, .ended), (.cancelling, .confirm),
            (.cancelling, .cancel), (.cancelled, .confirm), (.cancelled, .cancel),
            (.cancelled, .ended):
            throw Unlawful(self, entry)
        }
    }

    /// Folds the records of one attempt, in the order in which they were written.
    package static func fold(
        _ entries: some Sequence<Entry>
    ) throws(Unlawful) -> CommitHistory {
        var history = CommitHistory.undecided
        for entry in entries { history = try history.next(after: entry) }
        return history
    }

    /// Whether some site may not have acknowledged the last word.
    package var isOpen: Bool {
        switch self {
        case .confirming, .cancelling: true
        case .undecided, .confirmed, .cancelled: false
        }
    }

    /// Whether the order was withdrawn.
    package var isCancelled: Bool {
        switch self {
        case .cancelling, .cancelled: true
        case .undecided, .confirming, .confirmed: false
        }
    }
}

extension CommitCoordinator.Record {
    /// What the record is to the attempt's history.
    package var entry: CommitHistory.Entry {
        switch self {
        case .confirm: .confirm
        case .cancel: .cancel
        case .ended: .ended
        }
    }
}
