import AllocationModel
import ArgumentParser
import SplitInstances
import SplitSolver

/// Solves split problems that are kept in files, with neither agents nor a coordinator running.
struct Solve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solve",
        abstract: "Splits orders that are kept in files: what-ifs, captured orders, benchmarks.",
        discussion: """
            Each file holds one problem in the format alloc-instance/1, as JSON or compressed \
            with gzip: an order, what every warehouse offers for it, and a policy. Nothing is \
            reserved and nobody is asked. Examples/instances has some to begin with.

            A plan counts as proven when no lawful plan is cheaper by more than --gap. An order \
            that no lawful plan fills is an answer too, and not a failure. Exit status 65 says \
            that a file was malformed, 66 that one could not be read; the others are solved \
            all the same.

            Examples:
              holdfast-coordinator solve Examples/instances/valves-two-sites.json
              holdfast-coordinator solve --gap 0 --budget-ms 30000 order.json
              holdfast-coordinator solve --explain Examples/instances/pumps-reno-closed.json
              holdfast-coordinator solve --json captured/*.json.gz > answers.jsonl
              cat order.json | holdfast-coordinator solve -
            """
    )

    @Argument(help: "Files with a problem each, or - for standard input.")
    var files: [String]
    @Flag(name: .long, help: "Print one line of JSON for each problem.")
    var json = false
    @Flag(
        name: .long,
        help: "Say why each warehouse ships or not, what each rule costs, and what stock decides."
    )
    var explain = false
    @Option(name: .long, help: "Milliseconds that the explanation of one problem may take.")
    var explainBudgetMs: Int = 10_000
    @Option(name: .long, help: "Milliseconds that the search of one problem may take.")
    var budgetMs: Int = 1000
    @Option(name: .long, help: "Subproblems that the search of one problem may examine.")
    var nodes: Int = SolveLimits.nodesMaximum
    @Option(
        name: .long,
        help: "Percent of the cost that a plan may be off and still end the search; 0 proves it."
    )
    var gap = GapPercent(millionths: 100)

    func validate() throws {
        guard !files.isEmpty else {
            throw ValidationError("name a file to solve, or - for standard input")
        }
        guard (1...SolveLimits.budgetMillisecondsMaximum).contains(budgetMs) else {
            throw ValidationError("--budget-ms is 1 to \(SolveLimits.budgetMillisecondsMaximum)")
        }
        guard (1...SolveLimits.budgetMillisecondsMaximum).contains(explainBudgetMs) else {
            throw ValidationError(
                "--explain-budget-ms is 1 to \(SolveLimits.budgetMillisecondsMaximum)"
            )
        }
        guard (1...SolveLimits.nodesMaximum).contains(nodes) else {
            throw ValidationError("--nodes is 1 to \(SolveLimits.nodesMaximum)")
        }
    }

    func run() async throws {
        var status: Int32 = 0
        for file in files {
            do throws(SolveFault) {
                let instance = try instance(in: file)
                show(try answer(to: instance))
            } catch {
                complain(error.sentence)
                // A malformed file is the graver: it will not mend itself.
                if status != Exit.data { status = error.status }
            }
        }
        if status != 0 { throw ExitCode(status) }
    }

    private func instance(in file: String) throws(SolveFault) -> SplitInstance {
        let source = InstanceFile(path: file)
        let bytes = try source.bytes()
        do {
            return try SplitInstance(parsing: bytes)
        } catch {
            throw SolveFault("\(source.name): \(error)", status: Exit.data)
        }
    }

    private func answer(to instance: SplitInstance) throws(SolveFault) -> SolveAnswer {
        let clock = ContinuousClock()
        let budget = SolverBudget(nodes: nodes, gapMillionths: gap.millionths)
        let start = clock.now
        let deadline = start.advanced(by: .milliseconds(budgetMs))
        do throws(SplitProblem.Fault) {
            let solution = try SplitSolver.solve(
                instance.problem,
                under: instance.policy,
                within: budget,
                isCancelled: { clock.now >= deadline }
            )
            let elapsed = clock.now - start
            return SolveAnswer(
                instance: instance,
                solution: solution,
                explanation: try explanation(of: solution, to: instance),
                gap: gap,
                microseconds: Int64(elapsed / .microseconds(1))
            )
        } catch {
            let fault = SplitInstanceFault(error, in: instance.problem)
            throw SolveFault("\(instance.id): \(fault)", status: Exit.data)
        }
    }

    private func explanation(
        of solution: SplitSolution,
        to instance: SplitInstance
    ) throws(SplitProblem.Fault) -> SolveExplanation? {
        guard explain else { return nil }
        return try SolveExplanation(
            of: solution,
            to: instance,
            gap: gap,
            milliseconds: explainBudgetMs
        )
    }

    private func show(_ answer: SolveAnswer) {
        print(json ? answer.json.text : answer.text)
    }
}

/// A file that gave no answer, in words, and the exit status it means.
struct SolveFault: Error {
    let sentence: String
    let status: Int32

    init(_ sentence: String, status: Int32) {
        self.sentence = sentence
        self.status = status
    }
}

/// A part of a cost, written in percent and counted in millionths.
struct GapPercent: ExpressibleByArgument {
    let millionths: Int64

    init(millionths: Int64) {
        self.millionths = millionths
    }

    /// Reads `0.01`: 0 to 100 with at most four decimals.
    init?(argument: String) {
        let parts = argument.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : "0"
        guard parts.count <= 2, (1...3).contains(parts[0].count), (1...4).contains(decimals.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let whole = Int64(parts[0]),
            let rest = Int64(decimals + String(repeating: "0", count: 4 - decimals.count))
        else { return nil }
        millionths = whole * 10_000 + rest
        guard millionths <= 1_000_000 else { return nil }
    }

    var defaultValueDescription: String { description }
}

extension GapPercent: CustomStringConvertible {
    /// The percent as it would be written: `0.01`.
    var description: String {
        let rest = String(millionths % 10_000)
        let padded = String(repeating: "0", count: 4 - rest.count) + rest
        let decimals = padded.reversed().drop { $0 == "0" }.reversed()
        let whole = String(millionths / 10_000)
        return decimals.isEmpty ? whole : "\(whole).\(String(decimals))"
    }
}

/// The bounds of the command, each with its reason.
enum SolveLimits {
    /// A day: what runs longer is not awaited.
    static let budgetMillisecondsMaximum = 86_400_000
    /// More than any machine examines in a day, so that time ends the search.
    static let nodesMaximum = 1_000_000_000_000
    /// Bytes of one document, unpacked: the largest order with 200 warehouses fits.
    static let documentBytesMaximum = 268_435_456
}
