import DecisionLog
import SeededGenerator
import Simulation
import Testing

/// The office's log over a disk of which one call fails, each in turn.
@Suite(.serialized)
struct `A decision log on a disk that fails` {
    private static let callsMinimum = 100

    @Test func `keeps what it acknowledged, and nothing by halves, whichever call fails`()
        async throws
    {
        let base = SimulatedDrive()
        try LogWorkload.open(on: base).close()
        let states = try await LogWorkload.states()
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

    @Test func `is made whole or not at all, whichever call fails`() async throws {
        let states = try await LogWorkload.states()
        var call = 0
        var isTouched = true
        while isTouched {
            call += 1
            isTouched = false
            for fault in DriveFault.tried(at: call) {
                let wasMet = try await meet(fault, on: SimulatedDrive(), states)
                isTouched = isTouched || wasMet
                // What comes after the making is the other test's.
                if call > Self.callsOfMaking { return }
            }
        }
    }

    private static let callsOfMaking = 60

    /// Appends over a fault and recovers from it; false where it was not met.
    private func meet(
        _ fault: DriveFault,
        on drive: SimulatedDrive,
        _ states: [[String]]
    ) async throws -> Bool {
        defer { withExtendedLifetime(drive) {} }
        fault.plan(on: drive)
        var done = 0
        var epoch: Int64 = 0
        do {
            var log = try LogWorkload.open(on: drive)
            epoch = log.epoch
            for entries in LogWorkload.appends {
                if entries.isEmpty {
                    log.close()
                    log = try LogWorkload.open(on: drive)
                    #expect(log.epoch > epoch, "\(fault)")
                    epoch = log.epoch
                } else {
                    do {
                        _ = try await log.append(entries)
                    } catch let error as DecisionLogError {
                        // It keeps to it: another sync could say that all is well.
                        await #expect(throws: error, "\(fault)") { try await log.counts() }
                        throw error
                    }
                }
                done += 1
            }
            log.close()
        } catch let error as DecisionLogError {
            #expect("\(error)".contains(LogWorkload.file), "\(fault): \(error)")
        }
        guard drive.hasFailed else { return false }
        drive.end(fault.ending)
        try await recover(from: drive.copy(), after: done, of: epoch, states, fault)
        return true
    }

    private func recover(
        from drive: SimulatedDrive,
        after done: Int,
        of epoch: Int64,
        _ states: [[String]],
        _ fault: DriveFault
    ) async throws {
        var log = try LogWorkload.open(on: drive)
        #expect(log.epoch > epoch, "\(fault): an epoch was used twice")
        #expect(try await log.audit() == [], "\(fault)")
        log.close()
        let found = try LogWorkload.contents(of: drive)
        let lawful = states[done...].prefix(2)
        guard let index = lawful.lastIndex(of: found) else {
            Issue.record("\(fault): not what was acknowledged after \(done) appends")
            return
        }
        log = try LogWorkload.open(on: drive)
        for entries in LogWorkload.appends[index...] where !entries.isEmpty {
            _ = try await log.append(entries)
        }
        log.close()
        #expect(try LogWorkload.contents(of: drive) == states.last, "\(fault)")
    }

    @Test func `says which file cannot be written, and what to do`() throws {
        let drive = SimulatedDrive()
        try LogWorkload.open(on: drive).close()
        drive.setProtected(true)

        let error = #expect(throws: DecisionLogError.self) { try LogWorkload.open(on: drive) }

        #expect(error == .cannotOpen(drive.path(of: LogWorkload.file)))
    }

    @Test func `goes back to the last append that is whole where its write-ahead log has rotted`()
        async throws
    {
        let states = try await LogWorkload.states()
        let original = SimulatedDrive()
        let log = try LogWorkload.open(on: original)
        for entries in LogWorkload.appends where !entries.isEmpty {
            _ = try await log.append(entries)
        }
        original.end(.killed)
        let name = LogWorkload.file + "-wal"
        let size = try #require(original.size(of: name))
        var random = SeededGenerator(seed: 4711)
        var lost = 0
        for _ in 0..<200 {
            let drive = original.copy()
            let offset = Int64.random(in: 0..<size, using: &random)
            drive.rot(name, at: offset, bits: UInt8.random(in: 1...255, using: &random))
            let again = try LogWorkload.open(on: drive)
            #expect(try await again.audit() == [], "byte \(offset) of \(size)")
            again.close()
            let found = try LogWorkload.contents(of: drive)
            #expect(states.contains(found), "byte \(offset) of \(size)")
            if found != states.last { lost += 1 }
        }
        #expect(lost > 0, "nothing was ever lost: the log was not read")
        log.close()
    }
}
