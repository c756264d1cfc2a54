import AllocationModel
import ArgumentParser
import Foundation
import SplitInstanceSource
import SplitInstances
import SplitSolver

/// Runs the solver and its peers on the same drawn orders, and compares what they say.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-benchmarks",
        abstract: "Compares the solver with HiGHS and OR-Tools CP-SAT on the same orders.",
        discussion: """
            Draws orders of each size, solves them here and with each peer that is installed, \
            all with one thread, and prints how long each took to prove the optimum; for each \
            --large-size what gap is reached after 10 ms, 100 ms and 1 s. A peer's time is that \
            of its search alone. Every plan of a peer is checked and priced here.

            Two solvers that contradict each other about an optimum are reported first of all. \
            Then, or when the solver examines more subproblems than the thresholds allow, the exit \
            status is 1. Times are only ever printed.

            The peers are Python packages: pip install highspy ortools.

            Examples:
              holdfast-benchmarks
              holdfast-benchmarks --size 5x10 --count 32 --peer highs
              holdfast-benchmarks --large-size 100x20 --python .venv/bin/python
            """
    )

    @Option(name: .long, help: "Lines x sites to prove, like 5x10; may be given several times.")
    var size: [OrderSize] = []
    @Option(name: .long, help: "Lines x sites to measure the gap of; may be given several times.")
    var largeSize: [OrderSize] = []
    @Option(name: .long, help: "Orders of each size, from all families in turn.")
    var count = 16
    @Option(name: .long, help: "The first order's seed.")
    var seed: UInt64 = 1
    @Option(name: .long, help: "Times the solver here solves each; the median counts.")
    var repeats = 3
    @Option(name: .long, help: "Seconds that any search of one order may take.")
    var seconds = 60
    @Option(name: .long, help: "Millionths of the cost that a proved plan may be off.")
    var gapMillionths: Int64 = 100
    @Option(name: .long, help: "A peer to compare with; may be given several times.")
    var peer: [PeerName] = []
    @Option(name: .long, help: "The Python to run peers with.")
    var python = "python3"

    @Flag(help: "Only time policies: 10,000 buyer rules, 100,000 customers.")
    var rules = false

    @Flag(help: "Only time restarts: with 1, 1,000 and 100,000 orders open.")
    var recovery = false

    @Flag(help: "Only time one agent's bids, on a million SKUs, and what they are made of.")
    var bids = false

    func validate() throws {
        guard (1...1000).contains(count), (1...99).contains(repeats) else {
            throw ValidationError("--count is 1 to 1000 and --repeats 1 to 99")
        }
        guard (1...86_400).contains(seconds), (0...1_000_000).contains(gapMillionths) else {
            throw ValidationError("--seconds is 1 to 86400 and --gap-millionths 0 to 1000000")
        }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-benchmarks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        if recovery {
            for open in [1, 1000, 100_000] {
                print(try await RecoveryTimes(open: open, repeats: repeats, in: folder).line)
            }
            return
        }
        if bids {
            let times = try await BidTimes(skus: 1_000_000, requests: 40_000, in: folder)
            return print(times.lines.joined(separator: "\n"))
        }
        if rules {
            let times = try RuleTimes(rules: 10_000, customers: 100_000, orders: 10_000)
            return print(times.lines.joined(separator: "\n"))
        }
        let areGiven = !(size + largeSize).isEmpty
        let small = areGiven ? size : [OrderSize(1, 20), OrderSize(5, 10), OrderSize(10, 5)]
        let peers = (peer.isEmpty ? PeerName.allCases : peer).map { Peer(name: $0, python: python) }
        var isFine = true
        for size in small {
            let report = try proofs(of: try ProblemSet(size, self, in: folder), against: peers)
            print(report.lines.joined(separator: "\n"), terminator: "\n\n")
            isFine = isFine && report.isFine
        }
        for size in largeSize {
            let report = try gaps(of: try ProblemSet(size, self, in: folder), against: peers)
            print(report.lines.joined(separator: "\n"), terminator: "\n\n")
            isFine = isFine && report.isFine
        }
        if !isFine { throw ExitCode(1) }
    }

    private func proofs(of set: ProblemSet, against peers: [Peer]) throws -> ProofReport {
        let limit = Duration.seconds(seconds)
        let own = OwnSolver(gapMillionths: gapMillionths)
        return ProofReport(
            set: set,
            own: try set.instances.map { try own.answer(to: $0, within: limit, repeats: repeats) },
            peers: try peers.map { peer in
                (peer.name, try peer.answers(to: set, within: limit, gapMillionths))
            },
            gapMillionths: gapMillionths
        )
    }

    private func gaps(of set: ProblemSet, against peers: [Peer]) throws -> GapReport {
        let own = OwnSolver(gapMillionths: gapMillionths)
        let rows = try GapReport.limits.map { limit in
            GapReport.Row(
                limit: limit,
                own: try set.instances.map { try own.answer(to: $0, within: limit, repeats: 1) },
                peers: try peers.map { peer in
                    (peer.name, try peer.answers(to: set, within: limit, gapMillionths))
                }
            )
        }
        return GapReport(set: set, rows: rows)
    }
}

/// Lines and sites of the orders to draw.
struct OrderSize: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let lines: Int
    let sites: Int

    init(_ lines: Int, _ sites: Int) {
        self.lines = lines
        self.sites = sites
    }

    /// Reads `5x10`.
    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
            .map { Int($0) ?? 0 }
        guard parts.count == 2, (1...Limits.orderLinesMaximum).contains(parts[0]),
            (1...Limits.warehousesMaximum).contains(parts[1])
        else { return nil }
        self.init(parts[0], parts[1])
    }

    var description: String { "\(lines)x\(sites)" }
}

/// Drawn orders of one size, on file for whoever is to solve them.
struct ProblemSet {
    let size: OrderSize
    let instances: [SplitInstance]
    let files: [String]

    init(size: OrderSize, instances: [SplitInstance], files: [String]) {
        self.size = size
        self.instances = instances
        self.files = files
    }

    fileprivate init(_ size: OrderSize, _ options: Benchmarks, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.size = size
        instances = (0..<options.count)
            .map { index in
                let seed = options.seed &+ UInt64(index)
                return InstanceSource.instance(
                    of: InstanceFamily.all[index % InstanceFamily.all.count],
                    InstanceSize(
                        lines: size.lines,
                        sites: size.sites,
                        services: InstanceSource.services(ofSeed: seed)
                    ),
                    seed: seed
                )
            }
        files = instances.map { folder.appendingPathComponent("\($0.id).json").path }
        for (instance, file) in zip(instances, files) {
            try Data(instance.text.utf8).write(to: URL(fileURLWithPath: file))
        }
    }
}
