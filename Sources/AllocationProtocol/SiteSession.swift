package import AllocationModel

/// The coordinator's half of the handshake with one site.
///
/// HELLO, CHALLENGE, ATTACH, READY: a site is eligible only while its session
/// is active, and every vote of an older session is void. A site whose history
/// does not contain what the coordinator has evidence of is not activated: it
/// was restored from a backup, or it is another site under this one's name.
package struct SiteSession: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    private let epoch: Int64
    private var known: HistoryMark
    private var lastNumber: Int64
    private var state: State

    private enum State: Hashable, Sendable {
        /// Nobody has answered. Next: `challenged` on hello.
        case silent
        /// A session was offered and a mark asked about. Next: `activating` on attach, `silent` on loss.
        case challenged(BootID, SessionID, HistoryMark)
        /// The history was found whole. Next: `active` on ready, `silent` on loss.
        case activating(BootID, SessionID)
        /// Eligible. Next: `silent` on loss, `challenged` when another process says hello.
        case active(BootID, SessionID)
        /// Its history contradicts ours. Next: `challenged` when it says hello again.
        case amnesiac(BootID)
    }

    /// Something that happened on the link to the site.
    package enum Event: Hashable, Sendable {
        /// A connection was made, or it is time to see whether anybody is there.
        case probe
        case hello(Hello)
        case attached(Attachment)
        case ready(SessionID)
        /// It answered that a session is not the active one.
        case refusedStaleSession
        /// The link broke or did not answer.
        case lost
    }

    /// What the driver must do, in this order.
    package struct Effects: Hashable, Sendable {
        /// What this changed in who may be asked.
        package var change: Change?
        package var requests: [Request]
        /// In-doubt reservations the site reported: each is to be answered.
        package var inDoubt: [TransactionID]
        package var notes: [Note]

        package init(
            change: Change? = nil,
            requests: [Request] = [],
            inDoubt: [TransactionID] = [],
            notes: [Note] = []
        ) {
            self.change = change
            self.requests = requests
            self.inDoubt = inDoubt
            self.notes = notes
        }
    }

    /// A change in whether the site may be asked.
    package enum Change: Hashable, Sendable {
        case activated(SessionID)
        /// Undecided votes of the site are void.
        case deactivated
    }

    /// Something understood that an operator should be able to read.
    package enum Note: Hashable, Sendable {
        /// The site has heard a higher epoch: another coordinator has replaced this one.
        case fenced(epochMaximum: Int64)
        /// The site's history does not contain what it told us before.
        case amnesia(known: HistoryMark)
        /// An answer that belongs to no session under way.
        case ignored
    }

    /// Knows of the site only `known`, the last mark of its history in the decision log.
    package init(warehouse: Warehouse.ID, epoch: Int64, known: HistoryMark) {
        self.warehouse = warehouse
        self.epoch = epoch
        self.known = known
        lastNumber = 0
        state = .silent
    }

    /// The active session, if there is one.
    package var active: SessionID? {
        switch state {
        case .active(_, let session): session
        case .silent, .challenged, .activating, .amnesiac: nil
        }
    }

    /// Whether the site was refused for a history that contradicts ours.
    package var isAmnesiac: Bool {
        switch state {
        case .amnesiac: true
        case .silent, .challenged, .activating, .active: false
        }
    }

    /// Takes note of a mark that came with a vote.
    package mutating func learn(_ mark: HistoryMark) {
        if mark.entry > known.entry { known = mark }
    }

    /// Takes note of `event` and returns what must now be done, in the order of the fields.
    package mutating func handle(_ event: Event) -> Effects {
        switch (state, event) {
        case (.silent, .probe), (.challenged, .probe), (.activating, .probe),
            (.active, .probe), (.amnesiac, .probe):
            return Effects(requests: [.greet])

        case (.silent, .hello(let hello)), (.challenged, .hello(let hello)),
            (.activating, .hello(let hello)), (.amnesiac, .hello(let hello)):
            return challenge(hello, losing: nil)
        case (.active(let boot, _), .hello(let hello)):
            // The same process, still there: the probe was a ping.
            if boot == hello.boot && hello.epochMaximum <= epoch { return Effects() }
            return challenge(hello, losing: .deactivated)

        case (.challenged(let boot, let session, let asked), .attached(let attachment)):
            guard attachment.session == session else { return Effects(notes: [.ignored]) }
            return judge(attachment, from: boot, askedAbout: asked)
        case (.silent, .attached), (.activating, .attached), (.active, .attached),
            (.amnesiac, .attached):
            return Effects(notes: [.ignored])

        case (.activating(let boot, let session), .ready(let ready)):
            guard ready == session else { return Effects(notes: [.ignored]) }
            state = .active(boot, session)
            return Effects(change: .activated(session))
        case (.silent, .ready), (.challenged, .ready), (.active, .ready), (.amnesiac, .ready):
            return Effects(notes: [.ignored])

        case (.active, .refusedStaleSession):
            state = .silent
            return Effects(change: .deactivated, requests: [.greet])
        case (.challenged, .refusedStaleSession), (.activating, .refusedStaleSession):
            state = .silent
            return Effects(requests: [.greet])
        case (.silent, .refusedStaleSession), (.amnesiac, .refusedStaleSession):
            return Effects(notes: [.ignored])

        case (.active, .lost):
            state = .silent
            return Effects(change: .deactivated)
        case (.silent, .lost), (.challenged, .lost), (.activating, .lost), (.amnesiac, .lost):
            state = .silent
            return Effects()
        }
    }

    private mutating func challenge(_ hello: Hello, losing change: Change?) -> Effects {
        guard hello.epochMaximum <= epoch else {
            state = .silent
            return Effects(change: change, notes: [.fenced(epochMaximum: hello.epochMaximum)])
        }
        lastNumber += 1
        let session = SessionID(epoch: epoch, number: lastNumber)
        state = .challenged(hello.boot, session, known)
        return Effects(
            change: change,
            requests: [.challenge(boot: hello.boot, session: session, known: known)]
        )
    }

    private mutating func judge(
        _ attachment: Attachment,
        from boot: BootID,
        askedAbout asked: HistoryMark
    ) -> Effects {
        let contains = asked.entry == 0 || attachment.chainAtKnown == asked.chain
        guard contains else {
            state = .amnesiac(boot)
            return Effects(notes: [.amnesia(known: asked)])
        }
        // A vote that was still under way has told of more than was asked about.
        guard asked == known else {
            state = .silent
            return Effects(requests: [.greet])
        }
        learn(attachment.latest)
        state = .activating(boot, attachment.session)
        return Effects(
            requests: [.activate(attachment.session)],
            inDoubt: attachment.inDoubt
        )
    }
}
