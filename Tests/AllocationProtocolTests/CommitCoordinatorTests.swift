import AllocationModel
import AllocationProtocol
import Testing

private typealias Effects = CommitCoordinator.Effects
private typealias Event = CommitCoordinator.Event
private typealias Message = CommitCoordinator.Message
private typealias Voter = CommitCoordinator.Voter

struct `Commit coordinator` {
    private let dallas = Example.dallas
    private let reno = Example.reno
    private let newark = Example.newark
    private let transaction = Example.transaction
    private let timing = Example.timing

    private var dallasVotes: Event {
        .vote(dallas, Example.sessionOfDallas, .reserve(Example.markOfDallas))
    }
    private var renoVotes: Event {
        .vote(reno, Example.sessionOfReno, .reserve(Example.markOfReno))
    }
    private var dallasRefuses: Event {
        .vote(dallas, Example.sessionOfDallas, .refuse(Example.dallasShort, nil))
    }
    private var newarkVotes: Event {
        .vote(newark, Example.sessionOfDallas, .reserve(Example.markOfDallas))
    }

    private func machine(after events: Event...) -> CommitCoordinator {
        var machine =
            CommitCoordinator.begin(
                transaction,
                with: Example.participants,
                timing: timing
            )
            .0
        for event in events {
            _ = machine.handle(event, timing: timing)
        }
        return machine
    }

    private func pause(after tries: Int) -> Duration {
        timing.resendDelay(after: tries, of: transaction)
    }

    private var releases: [Message] {
        [Message(dallas, .release(transaction)), Message(reno, .release(transaction))]
    }
    private var confirms: [Message] {
        [Message(dallas, .confirm(transaction)), Message(reno, .confirm(transaction))]
    }
    private var cancels: [Message] {
        [Message(dallas, .cancel(transaction)), Message(reno, .cancel(transaction))]
    }

    private func expect(
        _ event: Event,
        from start: CommitCoordinator,
        gives effects: Effects,
        location: SourceLocation = #_sourceLocation
    ) -> CommitCoordinator {
        var machine = start
        let answer = machine.handle(event, timing: timing)

        #expect(answer == effects, "\(event)", sourceLocation: location)
        return machine
    }

    private func expectUnmoved(
        by event: Event,
        from start: CommitCoordinator,
        giving effects: Effects,
        location: SourceLocation = #_sourceLocation
    ) {
        let machine = expect(event, from: start, gives: effects, location: location)

        #expect(machine == start, "\(event)", sourceLocation: location)
    }

    // Voting.

    @Test func `asks every warehouse of the plan to reserve`() {
        let (machine, effects) = CommitCoordinator.begin(
            transaction,
            with: Example.participants,
            timing: timing
        )

        #expect(
            effects
                == Effects(
                    messages: Example.participants.map {
                        Message($0.warehouse, .reserve($0.request))
                    },
                    deadline: .seconds(2)
                )
        )
        #expect(!machine.isFinished)
        #expect(!machine.isDecided)
        #expect(!machine.isCancelled)
        #expect(machine.transaction == transaction)
    }

    @Test func `begins with at least one warehouse`() async {
        await #expect(processExitsWith: .failure) {
            _ = CommitCoordinator.begin(Example.transaction, with: [], timing: Example.timing)
        }
    }

    @Test func `waits while a vote is missing`() {
        let waiting = expect(dallasVotes, from: machine(), gives: Effects())

        #expect(!waiting.isDecided)
        #expect(!waiting.isFinished)
    }

    // The record is the first field of the effects: it is durable before a site or the client hears.
    @Test func `confirms once the last warehouse votes to reserve`() {
        let voters = [
            Voter(warehouse: dallas, mark: Example.markOfDallas),
            Voter(warehouse: reno, mark: Example.markOfReno),
        ]
        let effects = Effects(
            record: .confirm(voters),
            messages: confirms,
            result: .confirmed,
            deadline: pause(after: 0)
        )
        for (first, last) in [(dallasVotes, renoVotes), (renoVotes, dallasVotes)] {
            let decided = expect(last, from: machine(after: first), gives: effects)

            #expect(decided.isDecided)
            #expect(!decided.isFinished)
        }
    }

    @Test func `counts a vote that comes twice once`() {
        let once = machine(after: dallasVotes)

        expectUnmoved(by: dallasVotes, from: once, giving: Effects())
    }

    @Test func `counts no vote of another session`() {
        for session in [Example.sessionBefore, Example.sessionOfDallas] {
            expectUnmoved(
                by: .vote(reno, session, .reserve(Example.markOfReno)),
                from: machine(after: dallasVotes),
                giving: Effects(notes: [.voteOfOtherSession(reno)])
            )
        }
        expectUnmoved(
            by: .vote(reno, Example.sessionBefore, .refuse(.late, nil)),
            from: machine(after: dallasVotes),
            giving: Effects(notes: [.voteOfOtherSession(reno)])
        )
    }

    @Test func `counts no vote of a warehouse that was not asked`() {
        expectUnmoved(
            by: newarkVotes,
            from: machine(after: dallasVotes),
            giving: Effects(notes: [.stranger(newark)])
        )
    }

    @Test func `writes nothing down when it releases, because absence means release`() {
        let endings: [(Event, CommitCoordinator.Result)] = [
            (
                .vote(
                    dallas,
                    Example.sessionOfDallas,
                    .refuse(Example.dallasShort, Example.bid(from: dallas))
                ),
                .refused(dallas, Example.dallasShort, Example.bid(from: dallas))
            ),
            (.sessionLost(reno), .lost(reno)),
            (.sessionLost(dallas), .lost(dallas)),
            (.deadline, .timedOut([reno])),
            (.cancel, .cancelled),
        ]
        for (event, result) in endings {
            let over = expect(
                event,
                from: machine(after: dallasVotes),
                gives: Effects(messages: releases, result: result)
            )

            #expect(over.isFinished)
            #expect(!over.isDecided)
            #expect(!over.isCancelled)
        }
    }

    @Test func `names every warehouse that did not vote in time`() {
        _ = expect(
            .deadline,
            from: machine(),
            gives: Effects(messages: releases, result: .timedOut([dallas, reno]))
        )
    }

    @Test func `is not given up for a warehouse it did not ask`() {
        expectUnmoved(
            by: .sessionLost(newark),
            from: machine(),
            giving: Effects(notes: [.stranger(newark)])
        )
    }

    @Test func `answers no inquiry while votes are still counted`() {
        for site in [dallas, reno, newark] {
            expectUnmoved(
                by: .inquiry(site),
                from: machine(after: dallasVotes),
                giving: Effects(notes: [.nothingToDo])
            )
        }
    }

    @Test func `takes no acknowledgement of what it has not decided`() {
        for event in [Event.confirmed(dallas), .released(dallas)] {
            expectUnmoved(
                by: event,
                from: machine(after: dallasVotes),
                giving: Effects(notes: [.stranger(dallas)])
            )
        }
    }

    // Confirming.

    private var confirming: CommitCoordinator { machine(after: dallasVotes, renoVotes) }

    @Test func `resends until every site has acknowledged`() {
        let half = expect(.confirmed(dallas), from: confirming, gives: Effects())
        var waiting = half
        for tries in 1...3 {
            waiting = expect(
                .deadline,
                from: waiting,
                gives: Effects(
                    messages: [Message(reno, .confirm(transaction))],
                    deadline: pause(after: tries)
                )
            )
        }
        let over = expect(.confirmed(reno), from: waiting, gives: Effects(record: .ended))

        #expect(over.isFinished)
        #expect(over.isDecided)
    }

    @Test func `never gives up confirming, however often it has asked`() {
        var waiting = confirming
        for _ in 0..<1000 {
            let effects = waiting.handle(.deadline, timing: timing)

            #expect(effects.messages == confirms)
            #expect(effects.record == nil && effects.result == nil)
        }
        #expect(waiting.handle(.deadline, timing: timing).deadline == pause(after: 1001))
    }

    @Test func `may be forgotten only after the last acknowledgement`() {
        let half = expect(.confirmed(reno), from: confirming, gives: Effects())

        #expect(!half.isFinished)
        expectUnmoved(
            by: .confirmed(reno),
            from: half,
            giving: Effects(notes: [.nothingToDo])
        )
        expectUnmoved(
            by: .confirmed(newark),
            from: half,
            giving: Effects(notes: [.stranger(newark)])
        )
        // A site's word that it gave the units back is no acknowledgement of a confirmation.
        expectUnmoved(
            by: .released(dallas),
            from: half,
            giving: Effects(notes: [.nothingToDo])
        )
    }

    @Test func `answers an inquiry and a late vote with the decision`() {
        let answer = Effects(messages: [Message(reno, .confirm(transaction))])
        expectUnmoved(by: .inquiry(reno), from: confirming, giving: answer)
        expectUnmoved(by: renoVotes, from: confirming, giving: answer)
        // A site in a new session votes again for what it has still not heard of.
        expectUnmoved(
            by: .vote(reno, SessionID(epoch: 3, number: 8), .reserve(Example.markOfReno)),
            from: confirming,
            giving: answer
        )
        let stranger = Effects(notes: [.stranger(newark)])
        expectUnmoved(by: .inquiry(newark), from: confirming, giving: stranger)
        expectUnmoved(by: newarkVotes, from: confirming, giving: stranger)
    }

    @Test func `is not moved from a decision by a refusal or a lost session`() {
        expectUnmoved(
            by: dallasRefuses,
            from: confirming,
            giving: Effects(notes: [.lateVote(dallas)])
        )
        expectUnmoved(
            by: .sessionLost(dallas),
            from: confirming,
            giving: Effects(notes: [.nothingToDo])
        )
    }

    // Cancelling.

    private var cancelling: CommitCoordinator { machine(after: dallasVotes, renoVotes, .cancel) }

    @Test func `withdraws a confirmed order at every warehouse, by a logged decision`() {
        let effects = Effects(
            record: .cancel,
            messages: cancels,
            result: .cancelled,
            deadline: pause(after: 0)
        )
        let starts = [
            confirming, machine(after: dallasVotes, renoVotes, .confirmed(dallas), .deadline),
            machine(after: dallasVotes, renoVotes, .confirmed(dallas), .confirmed(reno)),
            CommitCoordinator.ended(transaction, at: [dallas, reno]),
        ]
        for start in starts {
            let cancelled = expect(.cancel, from: start, gives: effects)

            #expect(cancelled.isCancelled)
            #expect(cancelled.isDecided)
            #expect(!cancelled.isFinished)
        }
    }

    @Test func `resends a cancellation until every site has given the units back`() {
        let half = expect(.released(reno), from: cancelling, gives: Effects())
        let waiting = expect(
            .deadline,
            from: half,
            gives: Effects(
                messages: [Message(dallas, .cancel(transaction))],
                deadline: pause(after: 1)
            )
        )
        let over = expect(.released(dallas), from: waiting, gives: Effects(record: .ended))

        #expect(over.isFinished)
        #expect(over.isCancelled)
    }

    @Test func `takes a late confirmation for no word on the withdrawal`() {
        for event in [Event.confirmed(dallas), .cancel, .sessionLost(reno)] {
            expectUnmoved(
                by: event,
                from: cancelling,
                giving: Effects(notes: [.nothingToDo])
            )
        }
        expectUnmoved(
            by: dallasRefuses,
            from: cancelling,
            giving: Effects(notes: [.lateVote(dallas)])
        )
        expectUnmoved(
            by: .released(newark),
            from: cancelling,
            giving: Effects(notes: [.stranger(newark)])
        )
    }

    @Test func `answers an inquiry about a withdrawn order with the withdrawal`() {
        let answer = Effects(messages: [Message(reno, .cancel(transaction))])
        expectUnmoved(by: .inquiry(reno), from: cancelling, giving: answer)
        expectUnmoved(by: renoVotes, from: cancelling, giving: answer)
    }

    // Over.

    @Test func `answers whoever still asks when it is over`() {
        let endings: [(CommitCoordinator, Request)] = [
            (machine(after: .deadline), .release(transaction)),
            (
                machine(after: dallasVotes, renoVotes, .confirmed(dallas), .confirmed(reno)),
                .confirm(transaction)
            ),
            (
                machine(
                    after: dallasVotes,
                    renoVotes,
                    .cancel,
                    .released(dallas),
                    .released(reno)
                ),
                .cancel(transaction)
            ),
        ]
        for (over, request) in endings {
            #expect(over.isFinished)
            expectUnmoved(
                by: .inquiry(reno),
                from: over,
                giving: Effects(messages: [Message(reno, request)])
            )
            expectUnmoved(
                by: renoVotes,
                from: over,
                giving: Effects(messages: [Message(reno, request)], notes: [.lateVote(reno)])
            )
            expectUnmoved(
                by: dallasRefuses,
                from: over,
                giving: Effects(notes: [.lateVote(dallas)])
            )
            for event in [
                Event.sessionLost(reno), .deadline, .confirmed(reno), .released(reno),
            ] {
                expectUnmoved(by: event, from: over, giving: Effects(notes: [.nothingToDo]))
            }
        }
    }

    @Test func `has nothing to withdraw where nothing was confirmed or all is withdrawn`() {
        let withdrawn = machine(
            after: dallasVotes,
            renoVotes,
            .cancel,
            .released(dallas),
            .released(reno)
        )
        for over in [machine(after: .deadline), withdrawn] {
            expectUnmoved(by: .cancel, from: over, giving: Effects(notes: [.nothingToDo]))
        }
    }

    @Test func `is lost to a late vote only after it was given up`() {
        let over = machine(after: dallasVotes, .deadline)

        _ = expect(
            renoVotes,
            from: over,
            gives: Effects(
                messages: [Message(reno, .release(transaction))],
                notes: [.lateVote(reno)]
            )
        )
    }

    // Recovery.

    @Test func `tells every site again what it finds in the log`() {
        for (isCancelled, messages) in [(false, confirms), (true, cancels)] {
            let (machine, effects) = CommitCoordinator.recover(
                transaction,
                at: [dallas, reno],
                isCancelled: isCancelled,
                timing: timing
            )

            #expect(effects == Effects(messages: messages, deadline: pause(after: 0)))
            #expect(machine.isDecided)
            #expect(machine.isCancelled == isCancelled)
            #expect(machine == (isCancelled ? cancelling : confirming))
        }
    }
}

extension `Commit coordinator` {
    // What has left the building cannot come back by being asked for.
    @Test func `ends a cancellation at a site that has shipped, and says so`() {
        let cancelling = machine(after: dallasVotes, renoVotes, .cancel)
        let half = expect(
            .shipped(dallas),
            from: cancelling,
            gives: Effects(notes: [.shippedBeforeCancelled(dallas)])
        )
        #expect(!half.isFinished)
        let resent = expect(
            .deadline,
            from: half,
            gives: Effects(
                messages: [Message(reno, .cancel(transaction))],
                deadline: pause(after: 1)
            )
        )
        let over = expect(.released(reno), from: resent, gives: Effects(record: .ended))

        #expect(over.isFinished)
        #expect(over.isCancelled)
    }

    @Test func `takes a shipment for no answer to a confirmation`() {
        let confirming = machine(after: dallasVotes, renoVotes)
        let same = expect(
            .shipped(dallas),
            from: confirming,
            gives: Effects(notes: [.nothingToDo])
        )
        #expect(same == confirming)
        let voting = machine()
        #expect(
            expect(.shipped(dallas), from: voting, gives: Effects(notes: [.stranger(dallas)]))
                == voting
        )
    }
}

struct `Protocol timing` {
    @Test func `doubles each pause up to the longest`() {
        let timing = ProtocolTiming.local

        let doubled = [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]
        for (tries, milliseconds) in doubled.enumerated() {
            let pause = timing.resendDelay(after: tries, of: Example.transaction)
            let longest = Duration.milliseconds(milliseconds)
            #expect(pause <= longest && pause > longest * 3 / 4)
        }
        #expect(
            (0...4).map { timing.inquiryDelay(after: $0) }
                == [4, 8, 16, 30, 30].map { .seconds($0) }
        )
        #expect(timing.resendDelay(after: .max, of: Example.transaction) > .milliseconds(7500))
    }

    // A coordinator that restarts tells a thousand sites at once; it need not repeat it at once.
    @Test func `spreads the repetitions of what was sent together`() {
        let pauses = (1...200)
            .map { counter in
                ProtocolTiming.local.resendDelay(
                    after: 3,
                    of: TransactionID(coordinator: "office", epoch: 3, counter: counter)
                )
            }

        #expect(Set(pauses).count > 100)
        #expect(pauses.allSatisfy { $0 <= .milliseconds(1600) && $0 > .milliseconds(1200) })
    }

    // An agent that asked sooner would ask while its vote may still be counted.
    @Test func `asks no sooner than twice the time to vote`() {
        #expect(ProtocolTiming.local.inquiryMinimum == ProtocolTiming.local.voteDeadline * 2)
    }
}
