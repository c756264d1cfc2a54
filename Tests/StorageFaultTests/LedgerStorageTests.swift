import AllocationModel
import SeededGenerator
import Simulation
import Testing

@testable import StockLedger

/// The site's ledger over a disk of which one call fails, each in turn.
@Suite(.serialized)
struct `A ledger on a disk that fails` {
    /// Calls that a disk is asked at least: fewer, and the fault would not be where it is thought to be.
    private static let callsMinimum = 100

    @Test func `keeps what it acknowledged, and nothing by halves, whichever call fails`()
        async throws
    {
        let base = try await LedgerWorkload.made()
        let states = try await LedgerWorkload.states(from: base)
        var call = 0
        var isTouched = true
        while isTouched {
            call += 1
            isTouched = false
            for fault in DriveFault.tried(at: call) {
                let wasMet = try await meet(fault, on: base.copy(), states)
                isTouched = isTouched || wasMet
            }
        }
        #expect(call > Self.callsMinimum)
    }

    /// Runs the steps over a fault and recovers from it; false where it was not met.
    private func meet(
        _ fault: DriveFault,
        on drive: SimulatedDrive,
        _ states: [[String]]
    ) async throws -> Bool {
        defer { withExtendedLifetime(drive) {} }
        fault.plan(on: drive)
        var done = 0
        var wasFull = false
        do {
            let ledger = try LedgerWorkload.open(on: drive)
            do {
                for step in LedgerWorkload.steps {
                    try await step(ledger)
                    done += 1
                }
            } catch let error as LedgerFault where error.mustStop {
                // It keeps to it: another sync could say that all is well.
                #expect(throws: error, "\(fault)") { try LedgerWorkload.contents(of: ledger) }
            } catch LedgerFault.full {
                #expect(fault.failure == .full, "\(fault)")
                #expect(try LedgerWorkload.contents(of: ledger) == states[done], "\(fault)")
                wasFull = true
                // Somebody makes room, and the agent goes on.
                drive.failNoMore()
                for step in LedgerWorkload.steps[done...] { try await step(ledger) }
                done = LedgerWorkload.steps.count
            }
        } catch let error as LedgerFault {
            #expect(done == 0, "\(fault): \(error)")
            #expect(!error.hint.isEmpty)
        }
        guard wasFull || drive.hasFailed else { return false }
        drive.end(fault.ending)
        try await recover(from: drive.copy(), after: done, states, fault)
        return true
    }

    /// Opens what is left, finds all that was acknowledged in it, and goes on to the end.
    private func recover(
        from drive: SimulatedDrive,
        after done: Int,
        _ states: [[String]],
        _ fault: DriveFault
    ) async throws {
        defer { withExtendedLifetime(drive) {} }
        let ledger = try LedgerWorkload.open(on: drive)
        let found = try LedgerWorkload.contents(of: ledger)
        // The step that failed may have come through: nobody was told of it.
        let lawful = states[done...].prefix(2)
        guard let index = lawful.firstIndex(of: found) else {
            Issue.record("\(fault): not what was acknowledged after \(done) steps")
            return
        }
        #expect(try ledger.readAndWait(at: LedgerWorkload.monday) { try $0.audit() } == [])
        for step in LedgerWorkload.steps[index...] { try await step(ledger) }
        #expect(try LedgerWorkload.contents(of: ledger) == states.last, "\(fault)")
    }

    @Test func `keeps what it acknowledged through power cuts that keep any part of a write`()
        async throws
    {
        let base = try await LedgerWorkload.made()
        let states = try await LedgerWorkload.states(from: base)
        var cuts = 0
        for seed in UInt64(1)...60 {
            var random = SeededGenerator(seed: seed)
            let call = Int.random(in: 1...150, using: &random)
            let fault = DriveFault(failure: .powerLoss, lasts: false, call: call)
            if try await meet(fault, on: base.copy(), states) { cuts += 1 }
        }
        #expect(cuts > 40)
    }

    @Test func `says which file cannot be written, and what to do`() async throws {
        let drive = try await LedgerWorkload.made()
        drive.setProtected(true)

        let fault = #expect(throws: LedgerFault.self) {
            let ledger = try LedgerWorkload.open(on: drive)
            try ledger.performAndWait(at: LedgerWorkload.monday) { books in
                _ = try books.count("FITTING-1", counted: 4, who: "ana")
            }
        }

        #expect(fault == .notWritable(path: drive.path(of: LedgerWorkload.file)))
        #expect(fault?.mustStop == true)
    }
}

/// The site's ledger on a medium that rots.
struct `A ledger whose bytes have rotted` {
    /// A drive as a killed agent leaves it, its last steps in the write-ahead log.
    private func killed() async throws -> SimulatedDrive {
        let drive = try await LedgerWorkload.made()
        defer { withExtendedLifetime(drive) {} }
        let ledger = try LedgerWorkload.open(on: drive)
        for step in LedgerWorkload.steps.prefix(8) { try await step(ledger) }
        drive.end(.killed)
        return drive
    }

    @Test func `goes back to the last transaction that is whole where its log has rotted`()
        async throws
    {
        let states = try await LedgerWorkload.states(from: LedgerWorkload.made())
        let original = try await killed()
        let name = LedgerWorkload.file + "-wal"
        let size = try #require(original.size(of: name))
        var random = SeededGenerator(seed: 4711)
        var lost: Set<Int> = []
        for _ in 0..<200 {
            let drive = original.copy()
            defer { withExtendedLifetime(drive) {} }
            let offset = Int64.random(in: 0..<size, using: &random)
            drive.rot(name, at: offset, bits: UInt8.random(in: 1...255, using: &random))

            let ledger = try LedgerWorkload.open(on: drive)
            let found = try LedgerWorkload.contents(of: ledger)

            let index = states.prefix(9).firstIndex(of: found)
            #expect(index != nil, "byte \(offset) of \(size)")
            #expect(try ledger.readAndWait(at: LedgerWorkload.monday) { try $0.audit() } == [])
            index.map { _ = lost.insert(8 - $0) }
        }
        #expect(lost.count > 1, "nothing was ever lost: the log was not read")
    }

    @Test func `says other units than it has of no SKU without being found out`() async throws {
        let drive = try await killed()
        defer { withExtendedLifetime(drive) {} }
        // All of it in the pages, none in the log.
        try await LedgerWorkload.open(on: drive).checkpoint()
        drive.end(.killed)
        let whole = drive.copy()
        defer { withExtendedLifetime(whole) {} }
        let truth = try stock(LedgerWorkload.open(on: whole))
        let size = try #require(drive.size(of: LedgerWorkload.file))
        var random = SeededGenerator(seed: 4711)
        var found = 0
        for _ in 0..<600 {
            let rotten = drive.copy()
            defer { withExtendedLifetime(rotten) {} }
            let offset = Int64.random(in: 0..<size, using: &random)
            rotten.rot(
                LedgerWorkload.file,
                at: offset,
                bits: UInt8.random(in: 1...255, using: &random)
            )
            do {
                let ledger = try LedgerWorkload.open(on: rotten)
                let findings = try ledger.readAndWait(at: LedgerWorkload.monday) { try $0.audit() }
                if findings.isEmpty {
                    #expect(try stock(ledger) == truth, "byte \(offset) of \(size)")
                } else {
                    found += 1
                }
            } catch let fault as LedgerFault {
                #expect("\(fault)".contains(rotten.path(of: LedgerWorkload.file)))
                found += 1
            }
        }
        #expect(found > 50)
    }

    private func stock(_ ledger: StockLedger) throws -> [String] {
        try ledger.readAndWait(at: LedgerWorkload.monday) { books in
            try (0..<12)
                .map { index in
                    let stock = try books.availability(of: SKU(trusted: "FITTING-\(index)"))
                    return stock.map { "\($0.onHand) \($0.held) \($0.allocated)" } ?? "nothing"
                }
        }
    }
}
