import AllocationModel
import Foundation
import SplitInstanceSource
import SplitInstances
import SplitSolver
import Testing

/// How much work the search needs, counted and not timed.
///
/// `node-counts.txt` has, for a fixed set of drawn orders, the most nodes each
/// may take and the cost that must come of it. Fewer nodes or a lower cost are
/// an improvement: write the file anew, read the difference, and commit it.
///
///     HOLDFAST_WRITE_NODE_COUNTS=1 swift test --filter 'Solver work'
struct `Solver work` {
    /// Enough to prove most of the orders, and little enough for a debug build.
    private static let nodesMaximum = 200

    private static let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("node-counts.txt")

    /// The fixed set: every family, and sizes from one line at many sites to many lines.
    private static let orders: [SplitInstance] = {
        let sizes = [(1, 30), (3, 12), (5, 10), (10, 5), (8, 8)]
        return (0..<40)
            .map { index in
                let (lines, sites) = sizes[index % sizes.count]
                return InstanceSource.instance(
                    of: InstanceFamily.all[index % InstanceFamily.all.count],
                    InstanceSize(lines: lines, sites: sites, services: 3 + index % 4),
                    seed: UInt64(500 + index)
                )
            }
    }()

    /// What one order took: a line of the table.
    private struct Count: Equatable {
        let id: String
        let nodes: Int
        let cost: Int64
        let isProved: Bool

        init(of order: SplitInstance) throws {
            let solution = try SplitSolver.solve(
                order.problem,
                under: order.policy,
                within: SolverBudget(nodes: nodesMaximum)
            )
            let best = try #require(plan(solution), "\(order.id)")
            id = order.id
            nodes = best.nodes
            cost = best.cost.tenThousandths
            isProved = best.isProved
        }

        init?(_ line: Substring) {
            let words = line.split(separator: " ")
            guard words.count == 4, let nodes = Int(words[1]), let cost = Int64(words[2]) else {
                return nil
            }
            id = String(words[0])
            self.nodes = nodes
            self.cost = cost
            isProved = words[3] == "proved"
        }

        var line: String {
            "\(id) \(nodes) \(cost) \(isProved ? "proved" : "open")"
        }
    }

    private static let heading = "# order, most nodes, most cost, whether it must be proved\n"

    @Test func `stays within the committed counts`() throws {
        let counts = try Self.orders.map(Count.init)
        if ProcessInfo.processInfo.environment["HOLDFAST_WRITE_NODE_COUNTS"] != nil {
            let lines = counts.map { $0.line + "\n" }.joined()
            try Data((Self.heading + lines).utf8).write(to: Self.table)
        }
        let text = String(decoding: try Data(contentsOf: Self.table), as: UTF8.self)
        let committed = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(Count.init)

        try #require(committed.count == counts.count)
        for (limit, count) in zip(committed, counts) {
            let limit = try #require(limit)
            #expect(count.id == limit.id)
            #expect(count.nodes <= limit.nodes, "\(count.id)")
            #expect(count.cost <= limit.cost, "\(count.id)")
            #expect(count.isProved || !limit.isProved, "\(count.id)")
        }
    }
}
