import Foundation
import SplitInstances

/// How long each solver took to prove the orders of one size.
struct ProofReport {
    let set: ProblemSet
    let own: [Answer]
    let peers: [(name: PeerName, outcome: Peer.Outcome)]
    let gapMillionths: Int64

    var isFine: Bool { disagreements.isEmpty && exceeded.isEmpty }

    private var disagreements: [String] {
        peers.flatMap {
            Comparison(set: set, own: own, peer: $0.outcome).disagreements(with: $0.name)
        }
    }

    private var nodes: Int { own.reduce(0) { $0 + ($1.nodes ?? 0) } }
    private var proved: Int { own.count { $0.isProved } }

    /// What the committed thresholds do not allow.
    private var exceeded: [String] {
        guard let most = BenchmarkThresholds.nodesMaximum(for: set, gapMillionths), nodes > most
        else { return [] }
        return ["TOO MANY NODES: \(nodes), at most \(most)"]
    }

    var lines: [String] {
        let title = "\(set.size): \(own.count) orders, to \(gapMillionths) millionths"
        return [title] + disagreements.map { "  " + $0 } + exceeded.map { "  " + $0 }
            + [ownLine] + peers.map { line(for: $0.name, $0.outcome) }
    }

    private var ownLine: String {
        let median = Statistics.median(own.filter(\.isProved).map(\.seconds))
        return "  holdfast  proved \(proved)/\(own.count)  median \(Shown.seconds(median))  "
            + "\(nodes) nodes"
    }

    private func line(for name: PeerName, _ outcome: Peer.Outcome) -> String {
        let title = name.title.padding(toLength: 8, withPad: " ", startingAt: 0)
        switch outcome {
        case .absent(let reason): return "  \(title)  \(reason)"
        case .answers(let answers):
            let median = Statistics.median(answers.filter(\.isProved).map(\.seconds))
            let ratios = zip(own, answers).filter { $0.isProved && $1.isProved }
                .map { $1.seconds / max($0.seconds, Shown.secondsMinimum) }
            return "  \(title)  proved \(answers.count { $0.isProved })/\(answers.count)  "
                + "median \(Shown.seconds(median))  "
                + "\(Shown.ratio(Statistics.median(ratios))) times as long on the "
                + "\(ratios.count) that both proved"
        }
    }
}

/// How far each solver's plans are proved after some times, for orders too large to prove.
struct GapReport {
    let set: ProblemSet
    let rows: [Row]

    /// The times: one to answer while a customer looks, one for an order, one for a batch.
    static let limits: [Duration] = [.milliseconds(10), .milliseconds(100), .seconds(1)]

    struct Row {
        let limit: Duration
        let own: [Answer]
        let peers: [(name: PeerName, outcome: Peer.Outcome)]
    }

    private var disagreements: [String] {
        rows.flatMap { row in
            row.peers.flatMap {
                Comparison(set: set, own: row.own, peer: $0.outcome).disagreements(with: $0.name)
            }
        }
    }

    var isFine: Bool { disagreements.isEmpty }

    var lines: [String] {
        ["\(set.size): \(set.instances.count) orders, median gap of those with one"]
            + disagreements.map { "  " + $0 }
            + rows.flatMap { row in
                ["  after \(Shown.seconds(row.limit / .seconds(1)))", line("holdfast", row.own)]
                    + row.peers.map { name, outcome in
                        switch outcome {
                        case .absent(let reason): "    \(name.title): \(reason)"
                        case .answers(let answers): line(name.title, answers)
                        }
                    }
            }
    }

    private func line(_ title: String, _ answers: [Answer]) -> String {
        let gaps = zip(answers, set.instances).compactMap { $0.gap(under: $1.policy) }
        let plans = answers.count { $0.costs != nil || $0.status == .infeasible }
        let padded = title.padding(toLength: 8, withPad: " ", startingAt: 0)
        return "    \(padded)  gap \(Shown.percent(Statistics.median(gaps)))  "
            + "answers \(plans)/\(answers.count)"
    }
}

/// The solver's answers beside a peer's.
struct Comparison {
    let set: ProblemSet
    let own: [Answer]
    let peer: Peer.Outcome

    func disagreements(with name: PeerName) -> [String] {
        guard case .answers(let answers) = peer else { return [] }
        return set.instances.indices.compactMap { index in
            Disagreement.between(own[index], answers[index], on: set.instances[index])
                .map { "DISAGREEMENT with \(name.title): \($0)" }
        }
    }
}
