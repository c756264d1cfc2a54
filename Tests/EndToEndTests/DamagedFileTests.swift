import Foundation
import Testing

/// Files whose bytes have rotted while their program was down.
@Suite(.serialized)
struct `A fleet whose files have rotted` {
    private let all = ["DAL", "RNO", "EWR"]

    /// Changes a byte in the middle of a file.
    private func rot(_ file: URL, at offset: UInt64) throws {
        let handle = try FileHandle(forUpdating: file)
        defer { try? handle.close() }
        try handle.seek(toOffset: offset)
        let byte = try handle.read(upToCount: 1)?.first ?? 0
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data([byte ^ 0x55]))
    }

    private func log(of name: String, in fleet: Fleet) -> URL {
        URL(fileURLWithPath: fleet.database(of: name).path + "-wal")
    }

    @Test func `gives a site back what the rotten end of its write-ahead log had`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.eventually("all is settled") {
            try await fleet.get("/v1/orders/4711").json["settled"] as? Bool == true
        }

        fleet.killAgent("DAL")
        // Its first frame, and so all that came after.
        try rot(log(of: "DAL", in: fleet), at: 32 + 24 + 100)
        #expect(try fleet.stock("DAL").allocated == 0, "nothing was lost")
        try fleet.startAgent("DAL")
        try await fleet.waitUntilActive(all)

        try await fleet.eventually("Dallas has its reservation again") {
            (try? fleet.stock("DAL"))?.allocated == 8
        }
        #expect(fleet.logs().contains("count its stock"))
        #expect(try await fleet.submit("4712", 10).shipments == ["EWR": 10])
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `decides nothing on a log whose end has rotted, until it is recovered`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).status == 201)
        try await fleet.settle()

        fleet.killCoordinator()
        try rot(log(of: "coordinator", in: fleet), at: 32 + 24 + 100)
        try fleet.startCoordinator()
        try await fleet.eventually("it finds that its log is not the one") {
            (try? await fleet.get("/readyz").status) == 503
        }
        #expect(try await fleet.submit("4712", 1).status == 503)
        #expect(try fleet.allocated() == 20)
        fleet.killCoordinator()
        try fleet.office("recover")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(all)

        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `serves from no ledger of which a page has rotted, and says what to do`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try fleet.command("DAL", "audit")
        // Units on hand, and nothing else: each page is sound.
        try fleet.tamper("DAL", "UPDATE stock SET on_hand = on_hand + 40")

        try fleet.startAgent("DAL")
        try await fleet.waitForAgentToDie("DAL")

        let words = fleet.log(of: "DAL")
        #expect(fleet.agentStatus("DAL") == 74)
        #expect(words.contains(fleet.database(of: "DAL").path))
        #expect(words.contains("VALVE-3IN is not the sum of its entries"))
        #expect(words.contains("hint: keep the file as it is"))
    }

    @Test func `serves from no file whose first page has rotted`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        fleet.killCoordinator()
        fleet.killAgent("DAL")
        for name in ["DAL", "coordinator"] {
            try? FileManager.default.removeItem(at: log(of: name, in: fleet))
            // The tree of the schema.
            for offset in UInt64(100)..<112 { try rot(fleet.database(of: name), at: offset) }
        }

        try fleet.startAgent("DAL")
        try fleet.startCoordinator()
        try await fleet.waitForAgentToDie("DAL")
        try await fleet.waitForCoordinatorToDie()

        #expect(fleet.agentStatus("DAL") == 74)
        #expect(fleet.log(of: "DAL").contains("\(fleet.database(of: "DAL").path) is damaged"))
        #expect(fleet.coordinatorStatus == 74)
        let words = fleet.log(of: "coordinator")
        #expect(words.contains("\(fleet.database(of: "coordinator").path) is damaged"))
        #expect(words.contains("holdfast-coordinator recover"))
    }
}
