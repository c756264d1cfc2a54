import AllocationModel
import AllocationProtocol
import Testing

/// Dallas is asked; Reno has leased its part, and is not.
struct `Commit coordinator with a leased part` {
    private let dallas = Example.dallas
    private let reno = Example.reno
    private let timing = Example.timing

    private func begun() -> (CommitCoordinator, CommitCoordinator.Effects) {
        CommitCoordinator.begin(
            Example.transaction,
            with: [Example.participants[0]],
            drawing: [reno],
            timing: timing
        )
    }

    @Test func `asks the others alone, and decides with their votes`() {
        var (machine, effects) = begun()
        #expect(effects.messages.map(\.warehouse) == [dallas])

        effects = machine.handle(
            .vote(dallas, Example.sessionOfDallas, .reserve(Example.markOfDallas)),
            timing: timing
        )
        #expect(
            effects.record
                == .confirm([
                    CommitCoordinator.Voter(warehouse: dallas, mark: Example.markOfDallas),
                    CommitCoordinator.Voter(warehouse: reno, mark: .empty),
                ])
        )
        #expect(effects.messages.map(\.warehouse) == [dallas, reno], "both are told")
    }

    @Test func `decides at once where all of it is leased`() {
        let (machine, effects) = CommitCoordinator.begin(
            Example.transaction,
            with: [],
            drawing: [dallas, reno],
            timing: timing
        )
        #expect(effects.result == .confirmed)
        #expect(machine.isDecided)
        #expect(machine.owing == [dallas, reno])
    }

    @Test func `goes on without a session of the site whose part is leased`() {
        var (machine, _) = begun()
        let effects = machine.handle(.sessionLost(reno), timing: timing)
        #expect(effects.notes == [.nothingToDo])
        #expect(!machine.isFinished)
    }

    @Test func `counts no vote of the site whose part is leased`() {
        var (machine, _) = begun()
        let effects = machine.handle(
            .vote(reno, Example.sessionOfReno, .refuse(Example.dallasShort, nil)),
            timing: timing
        )
        #expect(effects.notes == [.voteOfOtherSession(reno)])
    }

    @Test func `is given up where the lease is closed before the decision, and not after`() {
        var (machine, _) = begun()
        var effects = machine.handle(.leaseClosed(dallas), timing: timing)
        #expect(effects.result == nil, "Dallas has no lease in it")
        effects = machine.handle(.leaseClosed(reno), timing: timing)
        #expect(effects.result == .lost(reno))
        #expect(effects.messages.map(\.warehouse) == [dallas])

        var (decided, _) = begun()
        _ = decided.handle(
            .vote(dallas, Example.sessionOfDallas, .reserve(Example.markOfDallas)),
            timing: timing
        )
        #expect(decided.handle(.leaseClosed(reno), timing: timing).result == nil)
        #expect(decided.isDecided)
    }
}
