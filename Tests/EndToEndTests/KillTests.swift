import Foundation
import SeededGenerator
import Testing

/// Processes that are killed, again and again, while orders come.
@Suite(.serialized)
struct `A fleet whose processes are killed` {
    /// For a night: `HOLDFAST_KILLS=500 swift test --no-parallel --filter 'are killed at random'`.
    private static let kills =
        ProcessInfo.processInfo.environment["HOLDFAST_KILLS"].flatMap { Int($0) } ?? 30

    @Test func `keeps every promise while processes are killed at random`() async throws {
        let fleet = try Fleet(Load.warehouses)
        try await fleet.start()
        var random = SeededGenerator(seed: UInt64(Self.kills))
        var killed: [String: Int] = [:]

        let load = try await Load.run(on: fleet, seed: 1) { load in
            for kill in 1...Self.kills {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...250, using: &random)))
                let victim = try Self.killSomeone(of: fleet, using: &random)
                killed[victim, default: 0] += 1
                // Two in a row often come before the first has recovered.
                if kill.isMultiple(of: 3) { try await load.goOn() }
            }
        }

        #expect(Set(killed.keys) == ["DAL", "RNO", "EWR", "coordinator"])
        try await load.audit()
        let words = killed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print("\(load.answered) orders answered over kills of \(words.joined(separator: ", "))")
    }

    /// Kills one process and starts it again, and returns its name.
    private static func killSomeone(
        of fleet: Fleet,
        using random: inout SeededGenerator
    ) throws -> String {
        if Int.random(in: 0..<3, using: &random) == 0 {
            fleet.killCoordinator()
            try fleet.startCoordinator()
            return "coordinator"
        }
        let site = fleet.warehouses.randomElement(using: &random)?.code ?? ""
        fleet.killAgent(site)
        try fleet.startAgent(site)
        return site
    }

    @Test func `keeps every promise while processes are stopped and continued`() async throws {
        let fleet = try Fleet(Load.warehouses)
        try await fleet.start()

        let load = try await Load.run(on: fleet, seed: 2) { load in
            // One longer than an exchange may take, so that what was asked is given up.
            for (name, milliseconds) in [
                ("DAL", 300), ("coordinator", 500), ("RNO", 6500), ("coordinator", 6500),
                ("EWR", 1500), ("DAL", 40),
            ] {
                try await load.goOn()
                Self.pause(name, true, of: fleet)
                try await Task.sleep(for: .milliseconds(milliseconds))
                #expect(Self.isStopped(name, of: fleet), "\(name) was not stopped")
                Self.pause(name, false, of: fleet)
            }
            try await load.goOn()
        }

        try await load.audit()
    }

    private static func pause(_ name: String, _ isPaused: Bool, of fleet: Fleet) {
        name == "coordinator"
            ? fleet.pauseCoordinator(isPaused) : fleet.pauseAgent(name, isPaused)
    }

    private static func isStopped(_ name: String, of fleet: Fleet) -> Bool {
        fleet.state(of: name) == "T"
    }
}
