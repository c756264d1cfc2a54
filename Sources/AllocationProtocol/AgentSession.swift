/// The agent's half of the handshake: whom it listens to, and in which session it may vote.
///
/// An agent votes only inside an active session, and refuses a coordinator of
/// an older epoch than the highest it has heard. The highest epoch is durable;
/// the session is not: a restarted agent must be greeted anew.
package struct AgentSession: Hashable, Sendable {
    private let boot: BootID
    private let incarnation: Int64
    private var epochMaximum: Int64
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

    package init(boot: BootID, incarnation: Int64, epochMaximum: Int64) {
        self.boot = boot
        self.incarnation = incarnation
        self.epochMaximum = epochMaximum
        state = .unattached
    }

    /// Judges a batch by its epoch.
    package mutating func admit(epoch: Int64) -> Admission {
        if epoch < epochMaximum {
            return Admission(
                epochToStore: nil,
                refusal: .staleEpoch(epochMaximum: epochMaximum)
            )
        }
        if epoch == epochMaximum { return Admission(epochToStore: nil, refusal: nil) }
        epochMaximum = epoch
        // Votes given to the predecessor are void until this epoch asks for them.
        state = .unattached
        return Admission(epochToStore: epoch, refusal: nil)
    }

    /// Returns the answer to `greet`.
    package var hello: Hello {
        Hello(boot: boot, epochMaximum: epochMaximum, incarnation: incarnation)
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
