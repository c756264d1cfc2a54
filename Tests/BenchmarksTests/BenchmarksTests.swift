import AllocationModel
import Foundation
import SplitInstanceSource
import SplitInstances
import SplitSolver
import Testing

@testable import Benchmarks

/// What a benchmark makes of two solvers' answers.
struct `Benchmark comparison` {
    private func instance(_ objective: SplitPolicy.Objective = .weighted) -> SplitInstance {
        let drawn = InstanceSource.instance(
            of: InstanceFamily.all[0],
            InstanceSize(lines: 1, sites: 3, services: 3),
            seed: 1
        )
        return SplitInstance(
            id: drawn.id,
            problem: drawn.problem,
            policy: SplitPolicy(objective: objective),
            names: drawn.names
        )
    }

    private func answer(
        _ status: Answer.Status,
        cost: Int64? = nil,
        bound: Int64? = nil,
        short: Int64 = 0,
        foul: String? = nil
    ) -> Answer {
        let costs = cost.map {
            SplitCosts(
                shipments: [],
                warehouses: [],
                backorderedUnits: [short],
                backorder: .zero,
                total: Cost($0)
            )
        }
        return Answer(status: status, seconds: 1, costs: costs, bound: bound, foul: foul)
    }

    private func kind(
        _ own: Answer,
        _ peer: Answer,
        _ objective: SplitPolicy.Objective = .weighted
    ) -> Disagreement.Kind? {
        Disagreement.between(own, peer, on: instance(objective))?.kind
    }

    @Test func `is content with optima no further apart than their gaps`() {
        let own = answer(.optimal, cost: 10_001, bound: 10_000)

        #expect(kind(own, answer(.optimal, cost: 10_000, bound: 10_000)) == nil)
        #expect(kind(own, answer(.optimal, cost: 10_002, bound: 10_001)) == nil)
        #expect(kind(own, answer(.feasible, cost: 99_999, bound: 1)) == nil)
        #expect(kind(own, answer(.unknown)) == nil)
        #expect(kind(answer(.infeasible), answer(.infeasible)) == nil)
        #expect(kind(answer(.infeasible), answer(.unknown)) == nil)
        #expect(kind(answer(.unknown), answer(.infeasible)) == nil)
    }

    @Test func `says which bound a lawful plan is below`() {
        let own = answer(.optimal, cost: 10_001, bound: 10_000)

        #expect(
            kind(own, answer(.feasible, cost: 9999, bound: 1))
                == .belowOwnBound(bound: 10_000, cost: 9999)
        )
        #expect(
            kind(own, answer(.optimal, cost: 10_003, bound: 10_002))
                == .belowPeerBound(bound: 10_002, cost: 10_001)
        )
    }

    @Test func `says who refused an order that has a plan`() {
        let planned = answer(.feasible, cost: 5, bound: 0)

        #expect(kind(answer(.infeasible), planned) == .ownRefusal)
        #expect(kind(planned, answer(.infeasible)) == .peerRefusal)
        #expect(kind(planned, answer(.optimal, foul: "too late")) == .unlawful("too late"))
    }

    @Test func `compares units before costs in a lexicographic order`() {
        let (few, many) = (
            answer(.optimal, cost: 90, bound: 90, short: 1),
            answer(.optimal, cost: 50, bound: 50, short: 2)
        )

        #expect(kind(few, many, .lexicographic) == .units(own: [1, 0], peer: [2, 0]))
        #expect(kind(many, few, .lexicographic) == .units(own: [2, 0], peer: [1, 0]))
        // The peer has not claimed that there are no fewer.
        let open = answer(.feasible, cost: 50, bound: nil, short: 2)
        #expect(kind(few, open, .lexicographic) == nil)
        #expect(kind(few, answer(.optimal, cost: 91, bound: 91, short: 1), .lexicographic) != nil)
    }

    @Test func `knows no gap without a plan, nor while units are open`() {
        let (weighted, ranked) = (SplitPolicy(), SplitPolicy(objective: .lexicographic))

        #expect(answer(.feasible, cost: 200, bound: 150).gap(under: weighted) == 0.25)
        #expect(answer(.feasible, cost: 200, bound: 0).gap(under: weighted) == 1)
        #expect(answer(.feasible, cost: 200, bound: 0).gap(under: ranked) == nil)
        #expect(answer(.unknown, bound: 150).gap(under: weighted) == nil)
        #expect(answer(.infeasible).gap(under: weighted) == 0)
        #expect(answer(.optimal, cost: 0, bound: 0).gap(under: weighted) == 0)
    }

    @Test func `takes the middle of an odd and of an even number of times`() {
        #expect(Statistics.median([]) == nil)
        #expect(Statistics.median([7]) == 7)
        #expect(Statistics.median([9, 1, 4]) == 4)
        #expect(Statistics.median([9, 1, 4, 6]) == 5)
    }

    @Test func `names what disagrees before anything else, and then is not fine`() {
        let order = instance()
        let set = ProblemSet(size: OrderSize(1, 3), instances: [order], files: ["order.json"])
        let report = ProofReport(
            set: set,
            own: [answer(.optimal, cost: 10, bound: 10)],
            peers: [
                (.highs, .answers([answer(.optimal, cost: 9, bound: 9)])),
                (.cpsat, .absent("CP-SAT is not installed; pip install ortools")),
            ],
            gapMillionths: 0
        )

        #expect(!report.isFine)
        #expect(report.lines.count == 5)
        #expect(
            report.lines[1].contains("DISAGREEMENT with HiGHS: \(order.id): OUR BOUND IS WRONG")
        )
        #expect(report.lines[4] == "  CP-SAT    CP-SAT is not installed; pip install ortools")
    }

    @Test func `holds the default sets to their thresholds, and no others`() {
        let order = InstanceSource.instance(
            of: InstanceFamily.all[0],
            InstanceSize(lines: 1, sites: 20, services: 3),
            seed: 1
        )
        let set = ProblemSet(
            size: OrderSize(1, 20),
            instances: Array(repeating: order, count: 16),
            files: []
        )
        var slow = answer(.optimal, cost: 10, bound: 10)
        slow.nodes = 10_000
        let own = Array(repeating: slow, count: 16)

        let report = ProofReport(set: set, own: own, peers: [], gapMillionths: 100)
        let other = ProofReport(set: set, own: own, peers: [], gapMillionths: 0)

        #expect(!report.isFine)
        #expect(report.lines[1] == "  TOO MANY NODES: 160000, at most 7")
        #expect(other.isFine)
    }

    @Test func `restarts a site and an office that have orders open`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-recovery-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let times = try await RecoveryTimes(open: 3, repeats: 2, in: folder)

        #expect(times.open == 3)
        #expect(times.line.hasPrefix("3 open: a site answers after "))
    }

    @Test func `bids on orders of each size, with every kind of service`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-bids-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let times = try await BidTimes(skus: 500, requests: 200, in: folder)

        #expect(times.rows.map(\.lines) == [1, 20, 200])
        #expect(times.rows.map(\.bids) == [200, 10, 1])
        #expect(times.rows.allSatisfy { $0.bidBytes > $0.lines * 5 })
        #expect(times.evaluations.count == 5)
        #expect(times.lines.first == "One agent, 500 SKUs")
    }

    @Test(arguments: [("5x10", OrderSize(5, 10)), ("1x200", OrderSize(1, 200))])
    func `reads a size`(text: String, size: OrderSize) {
        #expect(OrderSize(argument: text) == size)
    }

    @Test(arguments: ["", "5", "5x", "x5", "0x5", "5x0", "501x5", "5x201", "5x5x5", "-1x5"])
    func `refuses what is no size`(text: String) {
        #expect(OrderSize(argument: text) == nil)
    }
}
