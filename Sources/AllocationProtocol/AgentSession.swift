/// The agent's half of the handshake: whom it listens to, and in which session it may vote.
///
/// An agent votes only inside an active session, and refuses a coordinator of
/// an older epoch than the highest it has heard. The highest epoch is durable;
/// the session is not: a restarted agent must be greeted anew.
package struct AgentSession: Hashable, Sendable {
    private let boot: BootID
    private var incarnation: Int64
    private var epochMaximum: Int64
    /// The random bits of the start that reached `epochMaximum`.
    private var start: UInt64
    private var witness: LogWitness
    private var state: State

    private enum State: Hashable, Sendable {
        /// No session. Next: `offered`.
        case unattached
        /// Accepted, not yet active. Next: `active`, or `offered` anew.
        case offered(SessionID)
        /// Votes count. Next: `offered` by a newer challenge.
        case active(SessionID)
    }

    /// What the desk must do about a batch before it looks at the requests.
    package struct Admission: Hashable, Sendable {
        /// Set where the epoch is news: it must be durable before any answer leaves.
        package let epochToStore: Int64?
        /// Set where the whole batch is refused.
        package let refusal: Refusal?
    }

    package init(
        boot: BootID,
        incarnation: Int64,
        epochMaximum: Int64,
        start: UInt64 = 0,
        witness: LogWitness = .none
    ) {
        self.boot = boot
        self.incarnation = incarnation
        self.epochMaximum = epochMaximum
        self.start = start
        self.witness = witness
        state = .unattached
    }

    /// Judges a batch by its epoch, and by the start that reached it.
    ///
    /// Of two starts that claim one epoch, the first heard is believed: the
    /// other runs on an older copy of the log.
    package mutating func admit(epoch: Int64, start: UInt64 = 0) -> Admission {
        if epoch < epochMaximum || (epoch == epochMaximum && start != self.start) {
            return Admission(
                epochToStore: nil,
                refusal: .staleEpoch(epochMaximum: epochMaximum)
            )
        }
        if epoch == epochMaximum { return Admission(epochToStore: nil, refusal: nil) }
        epochMaximum = epoch
        self.start = start
        // Votes given to the predecessor are void until this epoch asks for them.
        state = .unattached
        return Admission(epochToStore: epoch, refusal: nil)
    }

    /// Returns the answer to `greet`.
    package var hello: Hello {
        Hello(
            boot: boot,
            epochMaximum: epochMaximum,
            incarnation: incarnation,
            witness: witness
        )
    }

    /// Accepts a session if it was meant for this process and is newer than the last.
    package mutating func accept(_ session: SessionID, for boot: BootID) -> Refusal? {
        guard boot == self.boot else { return .otherBoot }
        switch state {
        case .unattached:
            state = .offered(session)
            return nil
        case .offered(let current), .active(let current):
            // Repeated as it was: the answer was lost.
            if session == current { return nil }
            guard session > current else { return .staleSession }
            state = .offered(session)
            return nil
        }
    }

    /// Whether a report or a restoration in `session` is in its place: the session is offered.
    ///
    /// In the active one it was carried out before, and is only answered again.
    package func attachment(in session: SessionID) -> AttachmentStep {
        switch state {
        case .unattached: .refused(.staleSession)
        case .offered(let offered): offered == session ? .underWay : .refused(.staleSession)
        case .active(let current): current == session ? .over : .refused(.staleSession)
        }
    }

    /// What a request that belongs to attaching is to its session.
    package enum AttachmentStep: Hashable, Sendable {
        case underWay
        case over
        case refused(Refusal)
    }

    /// Begins the ledger's life `incarnation`, in which what was lost is restored.
    package mutating func begin(incarnation: Int64) {
        self.incarnation = incarnation
    }

    /// Takes note of what the coordinator says of its log; returns what is to be kept, if it is news.
    ///
    /// In a session alone: until then the log is not known to be the one seen before.
    package mutating func witness(decisions: Int64) -> LogWitness? {
        guard case .active = state else { return nil }
        let isNews = witness.epoch != epochMaximum || witness.start != start
        guard isNews || decisions > witness.decisions else { return nil }
        witness = LogWitness(epoch: epochMaximum, start: start, decisions: decisions)
        return witness
    }

    /// Makes the accepted session active.
    package mutating func activate(_ session: SessionID) -> Refusal? {
        switch state {
        case .unattached:
            return .staleSession
        case .offered(let offered):
            guard offered == session else { return .staleSession }
            state = .active(session)
            return nil
        case .active(let current):
            return current == session ? nil : .staleSession
        }
    }

    /// Whether a request to reserve in `session` may be voted on.
    package func mayVote(in session: SessionID?) -> Bool {
        switch state {
        case .active(let current): current == session
        case .unattached, .offered: false
        }
    }
}
