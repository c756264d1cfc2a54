import AllocationModel
import ArgumentParser
import Foundation
import SplitInstances
import SplitSolver

/// A solver to compare with, by the name of its script's argument.
enum PeerName: String, CaseIterable, ExpressibleByArgument {
    case highs
    case cpsat

    var title: String {
        switch self {
        case .highs: "HiGHS"
        case .cpsat: "CP-SAT"
        }
    }

    /// The Python package it comes with.
    var package: String {
        switch self {
        case .highs: "highspy"
        case .cpsat: "ortools"
        }
    }
}

/// Another solver, run by a script in a process of its own.
struct Peer {
    let name: PeerName
    let python: String

    /// What a peer made of a set of orders.
    enum Outcome {
        /// One for each order, in their order.
        case answers([Answer])
        /// It does not run here; the sentence says why.
        case absent(String)
    }

    private struct Line: Decodable {
        let status: Answer.Status
        let seconds: Double
        let bound: Int64?
        let plan: [[Int64]]?
    }

    /// Solves every order of a set in one process, so that it starts and warms up once.
    func answers(
        to set: ProblemSet,
        within limit: Duration,
        _ gapMillionths: Int64
    ) throws -> Outcome {
        guard let scripts = Bundle.module.url(forResource: "Peers", withExtension: nil) else {
            return .absent("its script is not in the bundle")
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Without bytecode beside the scripts: the bundle stays as it was built.
        process.arguments =
            [
                python, "-B", scripts.appendingPathComponent("peer.py").path, name.rawValue,
                "\(limit / .seconds(1))", "\(Double(gapMillionths) / 1_000_000)",
            ] + set.files
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: break
        case 69: return .absent("\(name.title) is not installed; pip install \(name.package)")
        case 127: return .absent("there is no \(python)")
        case let status: return .absent("its script ended with status \(status)")
        }
        // HiGHS greets on standard output whatever it is told.
        let lines = said.split(separator: UInt8(ascii: "\n"))
            .filter { $0.first == UInt8(ascii: "{") }
        guard lines.count == set.instances.count else {
            return .absent("it answered \(lines.count) of \(set.instances.count) orders")
        }
        return .answers(
            try zip(lines, set.instances)
                .map { line, instance in
                    let line = try JSONDecoder().decode(Line.self, from: Data(line))
                    return Self.answer(line, to: instance)
                }
        )
    }

    /// Prices a peer's plan by the product's own sums, or says what is wrong with it.
    private static func answer(_ line: Line, to instance: SplitInstance) -> Answer {
        var costs: SplitCosts?
        var foul: String?
        if let plan = line.plan {
            let assignments = plan.map {
                SplitAssignment(
                    line: Int($0[0]),
                    warehouse: Int($0[1]),
                    service: Int($0[2]),
                    quantity: $0[3]
                )
            }
            do throws(SplitProblem.Fault) {
                costs = try SplitSolver.evaluate(
                    assignments,
                    of: instance.problem,
                    under: instance.policy
                )
            } catch {
                foul = "\(error)"
            }
        }
        return Answer(
            status: line.status,
            seconds: line.seconds,
            costs: costs,
            bound: line.bound,
            foul: foul
        )
    }
}
