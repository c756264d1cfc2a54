import AllocationModel
import AllocationProtocol
import Testing

struct `Commit participant` {
    private typealias Step = CommitParticipant.Step
    private typealias Status = Reservation.Status

    private func unlawful(_ status: Status, _ event: Reservation.Event) -> Step {
        .reply(.unlawful(Reservation.UnlawfulTransition(status: status, event: event)))
    }

    /// One column for each message, in the order reserve, confirm, release, cancel.
    private var table: [(status: Status?, steps: [Step])] {
        [
            (nil, [.attempt, .reply(.unknownTransaction), .reply(.released), .reply(.released)]),
            (
                .held,
                [
                    .apply([.vote], .votedAlready), unlawful(.held, .confirm),
                    .apply([.release], .released), .apply([.vote, .confirm, .release], .released),
                ]
            ),
            (
                .voted,
                [
                    .reply(.votedAlready), .apply([.confirm], .confirmed),
                    .apply([.release], .released), .apply([.confirm, .release], .released),
                ]
            ),
            (
                .confirmed,
                [
                    .reply(.confirmed), .reply(.confirmed), unlawful(.confirmed, .release),
                    .apply([.release], .released),
                ]
            ),
            (
                .released,
                [.reply(.late), .reply(.confirmed), .reply(.released), .reply(.released)]
            ),
            (
                .expired,
                [.attempt, .reply(.unknownTransaction), .reply(.released), .reply(.released)]
            ),
            (
                .shipped,
                [
                    .reply(.confirmed), .reply(.confirmed), unlawful(.shipped, .release),
                    unlawful(.shipped, .release),
                ]
            ),
        ]
    }

    @Test func `follows the table for every status and message`() {
        #expect(table.map(\.status) == [nil] + Status.allCases)
        for (status, steps) in table {
            for (event, step) in zip(CommitParticipant.Event.allCases, steps) {
                #expect(
                    CommitParticipant.step(after: event, given: status) == step,
                    "\(event) where \(String(describing: status))"
                )
            }
        }
    }

    // Given back before, its units could be promised to somebody else while the vote counts on them.
    @Test func `keeps what a vote is to take over until that vote has ended`() {
        for (status, steps) in table {
            for (event, step) in zip(CommitParticipant.Event.allCases, steps) {
                let isKept = status == .confirmed && event == .cancel
                let found = CommitParticipant.step(
                    after: event,
                    given: status,
                    isBeingReplaced: true
                )
                #expect(
                    found == (isKept ? .reply(.beingReplaced) : step),
                    "\(event) where \(String(describing: status))"
                )
            }
        }
    }

    /// As `table`, where the site's manager has forced the reservation; only what can then be.
    private var forced: [(choice: HoldOverride.Choice, status: Status?, steps: [Step])] {
        [
            (
                .confirm, .confirmed,
                [
                    .reply(.votedAlready), .reply(.confirmed), .reply(.overridden),
                    .apply([.release], .released),
                ]
            ),
            (
                .confirm, .released,
                [.reply(.late), .reply(.confirmed), .reply(.overridden), .reply(.released)]
            ),
            (
                .confirm, .shipped,
                [
                    .reply(.votedAlready), .reply(.confirmed), .reply(.overridden),
                    unlawful(.shipped, .release),
                ]
            ),
            (
                .release, nil,
                [.reply(.late), .reply(.overridden), .reply(.released), .reply(.released)]
            ),
        ]
    }

    // An override stands: what contradicts it is answered so, and never carried out.
    @Test func `follows the table for what was forced`() {
        for (choice, status, steps) in forced {
            for (event, step) in zip(CommitParticipant.Event.allCases, steps) {
                #expect(
                    CommitParticipant.step(after: event, given: status, forced: choice) == step,
                    "\(event) where \(String(describing: status)) was forced to \(choice)"
                )
            }
        }
    }

    @Test func `applies only what the law of a reservation allows`() {
        for status in Status.allCases {
            for event in CommitParticipant.Event.allCases {
                guard
                    case .apply(let transitions, _) = CommitParticipant.step(
                        after: event,
                        given: status
                    )
                else { continue }

                #expect(throws: Never.self) {
                    try transitions.reduce(status) { try $0.next(after: $1) }
                }
            }
        }
    }

    // The sentence of ARCHITECTURE.md: after an agent has voted to reserve, a hold may no longer
    // expire. No message and no status leads from a vote to anything but what it is told.
    @Test
    func `no longer lets a hold expire after its agent has voted: it is in doubt until it hears`() {
        for event in CommitParticipant.Event.allCases {
            switch CommitParticipant.step(after: event, given: .voted) {
            case .attempt: Issue.record("\(event) starts a voted reservation anew")
            case .apply(let transitions, _):
                #expect(transitions.allSatisfy { $0 == .confirm || $0 == .release })
            case .reply(let reply): #expect(reply == .votedAlready)
            }
        }
        #expect(throws: Reservation.UnlawfulTransition(status: .voted, event: .expire)) {
            try Status.voted.next(after: .expire)
        }
    }

    @Test func `answers a repeated message as it answered the first`() throws {
        for status in [nil] + Status.allCases {
            for event in CommitParticipant.Event.allCases {
                let first = CommitParticipant.step(after: event, given: status)
                guard case .apply(let transitions, let reply) = first else { continue }
                let start = try #require(status)
                let next = try transitions.reduce(start) { try $0.next(after: $1) }

                let second = CommitParticipant.step(after: event, given: next)

                #expect(second == .reply(reply), "\(event) where \(String(describing: status))")
            }
        }
    }

    @Test func `confirms nothing it has not voted for`() {
        for status in [nil] + Status.allCases where status != .voted {
            for event in CommitParticipant.Event.allCases {
                // A cancellation passes through confirmed, and does not stay there.
                if case .apply(let transitions, _) = CommitParticipant.step(
                    after: event,
                    given: status
                ), transitions.last == .confirm {
                    Issue.record("\(event) confirms where \(String(describing: status))")
                }
            }
        }
    }

    @Test func `gives a confirmed reservation back to a logged cancellation alone`() {
        #expect(
            CommitParticipant.step(after: .release, given: .confirmed)
                == unlawful(.confirmed, .release)
        )
        #expect(
            CommitParticipant.step(after: .cancel, given: .confirmed)
                == .apply([.release], .released)
        )
    }
}
