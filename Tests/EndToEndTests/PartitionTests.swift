import NIOCore
import Testing

/// Lines that are cut, in one direction or both, while orders come.
@Suite(.serialized)
struct `A fleet whose lines are cut` {
    /// A site and what is held back of its line, and for how long.
    private struct Cut {
        let site: String
        let held: Set<Cable.Direction>
        let milliseconds: Int
        /// Whether the connections end before what was held has come.
        let endsInReset: Bool
    }

    private static let cuts = [
        Cut(site: "DAL", held: [.toCoordinator], milliseconds: 400, endsInReset: false),
        Cut(site: "RNO", held: [.toAgent], milliseconds: 400, endsInReset: false),
        Cut(site: "EWR", held: [.toAgent, .toCoordinator], milliseconds: 400, endsInReset: false),
        Cut(site: "DAL", held: [.toAgent, .toCoordinator], milliseconds: 300, endsInReset: true),
        Cut(site: "RNO", held: [.toCoordinator], milliseconds: 300, endsInReset: true),
        Cut(site: "EWR", held: [.toAgent], milliseconds: 300, endsInReset: true),
        // Longer than an exchange may take.
        Cut(site: "DAL", held: [.toCoordinator], milliseconds: 6500, endsInReset: false),
        Cut(site: "RNO", held: [.toAgent], milliseconds: 6500, endsInReset: true),
    ]

    @Test func `keeps every promise through partitions one way and both`() async throws {
        let fleet = try Fleet(Load.warehouses, onCables: true)
        try await fleet.start()

        let load = try await Load.run(on: fleet, seed: 3) { load in
            for cut in Self.cuts {
                try await load.goOn()
                let cable = try #require(fleet.cables[cut.site])
                let before = try await cable.tallied().bytesHeld
                try await cable.hold(cut.held)
                try await Task.sleep(for: .milliseconds(cut.milliseconds))
                if cut.endsInReset { try await cable.reset() }
                try await cable.hold([])
                let after = try await cable.tallied().bytesHeld
                #expect(after > before, "nothing was held back of \(cut.site)'s line")
                try await fleet.waitUntilActive([cut.site])
            }
            try await load.goOn()
        }

        try await load.audit()
    }

    @Test func `keeps every promise while connections are reset`() async throws {
        let fleet = try Fleet(Load.warehouses, onCables: true)
        try await fleet.start()

        let load = try await Load.run(on: fleet, seed: 4) { load in
            for round in 0..<12 {
                try await load.goOn()
                let site = fleet.warehouses[round % fleet.warehouses.count].code
                let cable = try #require(fleet.cables[site])
                let before = try await cable.tallied().resets
                try await cable.reset()
                #expect(try await cable.tallied().resets > before, "\(site) was not connected")
                try await fleet.waitUntilActive([site])
            }
            try await load.goOn()
        }

        try await load.audit()
    }

    @Test func `keeps every promise over slow lines`() async throws {
        let fleet = try Fleet(Load.warehouses, onCables: true)
        try await fleet.start()

        let load = try await Load.run(on: fleet, seed: 5) { load in
            for (site, milliseconds) in [("DAL", 40), ("RNO", 150), ("EWR", 1200)] {
                let cable = try #require(fleet.cables[site])
                try await cable.delay(by: .milliseconds(Int64(milliseconds)))
                try await load.goOn(for: 10)
                #expect(try await cable.tallied().bytesDelayed > 0, "\(site)")
            }
            for cable in fleet.cables.values { try await cable.delay(by: .zero) }
            try await load.goOn()
        }

        try await load.audit()
    }
}
