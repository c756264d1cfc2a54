import Foundation
import Testing

/// Disks that have no room, or may only be read; each is mounted for its test.
@Suite(.serialized, .enabled(if: SmallDisk.isAllowed, "this user may not mount a tmpfs"))
struct `A fleet with small disks of its own (needs leave to mount)` {
    /// Room for the ledger, and for what is set aside beside it.
    private static let ofASite = ["DAL": 100]

    @Test func `votes no at a site whose disk is full, and yes when there is room`() async throws {
        let fleet = try Fleet(Fleet.valves, mebibytes: Self.ofASite)
        let disk = try #require(fleet.disks["DAL"])
        try await fleet.start()
        try disk.fill()

        // The first to reserve finds out; after it Dallas says no and goes on bidding.
        let first = try await fleet.submit("4711", 14)
        let second = try await fleet.submit("4712", 13)

        #expect(first.shipments["DAL"] == nil && first.shipments.values.reduce(0, +) == 14)
        #expect(second.shipments["DAL"] == nil && second.shipments.values.reduce(0, +) == 13)
        #expect(fleet.agentStatus("DAL") == nil, "the agent ended")
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))
        try disk.makeRoom()
        try await fleet.eventually("Dallas takes reservations again") {
            try await fleet.submit("\(UUID())", 8).shipments == ["DAL": 8]
        }
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `confirms at a site whose disk is full what it has voted for`() async throws {
        let fleet = try Fleet(Fleet.valves, mebibytes: Self.ofASite)
        let disk = try #require(fleet.disks["DAL"])
        for warehouse in fleet.warehouses { try fleet.startAgent(warehouse.code) }
        try fleet.startCoordinator(failpoint: "decision-durable")
        try await fleet.waitUntilActive(fleet.warehouses.map(\.code))
        await #expect(throws: (any Error).self) { try await fleet.submit("4711", 20) }
        try await fleet.waitForCoordinatorToDie()
        #expect(try fleet.stock("DAL").held == 8)

        try disk.fill()
        // An agent that stops there is started again on a disk without room.
        fleet.killAgent("DAL")
        try fleet.startAgent("DAL")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])

        try await fleet.settle()
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 8))
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `stops a coordinator whose disk is full, and goes on where there is room`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves, mebibytes: ["coordinator": 2])
        let disk = try #require(fleet.disks["coordinator"])
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).status == 201)
        try disk.fill()

        // What may be on disk or not is told to nobody.
        let answer = try? await fleet.submit("4712", 5)
        #expect(answer?.status != 201, "\(answer?.text ?? "") \(fleet.disks)")
        try await fleet.waitForCoordinatorToDie()

        #expect(fleet.coordinatorStatus == 74)
        #expect(fleet.log(of: "coordinator").contains("the disk of \(disk.folder.path)"))
        #expect(fleet.log(of: "coordinator").contains("free some space"))
        try fleet.startCoordinator()
        try await fleet.waitForCoordinatorToDie()
        #expect(fleet.coordinatorStatus == 74, "it began an epoch that is not on disk")

        try disk.makeRoom()
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        #expect(try await fleet.submit("4712", 5).shipments == ["EWR": 5])
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `says of a disk that may only be read which file it is and what to do`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves, mebibytes: ["coordinator": 2, "DAL": 100])
        for disk in fleet.disks.values { try disk.setReadOnly(true) }

        try fleet.startAgent("DAL")
        try fleet.startCoordinator()
        try await fleet.waitForAgentToDie("DAL")
        try await fleet.waitForCoordinatorToDie()

        #expect(fleet.agentStatus("DAL") == 77)
        #expect(fleet.log(of: "DAL").contains(fleet.database(of: "DAL").path))
        #expect(fleet.log(of: "DAL").contains("hint: "))
        #expect(fleet.coordinatorStatus == 69 || fleet.coordinatorStatus == 74)
        #expect(fleet.log(of: "coordinator").contains(fleet.database(of: "coordinator").path))
    }
}
