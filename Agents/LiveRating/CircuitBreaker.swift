/// Whether a rater is asked, or left alone because it has failed.
///
///     closed -- failures in a row --> open -- the pause is over --> half open, with one probe
///       ^                               ^------- the probe fails ------'            |
///       '------------------------------ the probe succeeds -------------------------'
///
/// Pure: time comes in, on any clock that only runs forward.
package struct CircuitBreaker: Hashable, Sendable {
    private let failuresMaximum: Int
    private let pause: Duration
    private var state = State.closed(failures: 0)
    /// Rises with each change of state: what was asked before one says nothing after it.
    private var generation = 0

    private enum State: Hashable {
        /// Asked. Next: `open`, after so many failures in a row.
        case closed(failures: Int)
        /// Left alone. Next: `halfOpen`, when the time has come.
        case open(until: Duration)
        /// One is asked, and nobody else. Next: `closed` or `open`, as it goes.
        ///
        /// Where nobody says how it went, another probe is let through after the pause.
        case halfOpen(again: Duration)
    }

    /// - Precondition: `failures` and `pause` are positive.
    package init(failures: Int, pause: Duration) {
        precondition(failures > 0 && pause > .zero, "a breaker opens for some time")
        failuresMaximum = failures
        self.pause = pause
    }

    /// Leave to ask once, given back with how it went.
    package struct Leave: Hashable, Sendable {
        fileprivate let generation: Int
    }

    /// What an answer did to the breaker.
    package enum Change: Hashable, Sendable {
        case opened
        case closed
    }

    /// Whether the rater is asked as usual.
    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Returns leave to ask at `now`, or nil where the rater is left alone.
    package mutating func leave(at now: Duration) -> Leave? {
        switch state {
        case .closed: break
        case .open(let until):
            guard now >= until else { return nil }
            move(to: .halfOpen(again: now + pause))
        case .halfOpen(let again):
            guard now >= again else { return nil }
            move(to: .halfOpen(again: now + pause))
        }
        return Leave(generation: generation)
    }

    /// Notes how it went, and returns what that changed.
    package mutating func note(
        isSuccess: Bool,
        for leave: Leave,
        at now: Duration
    ) -> Change? {
        guard leave.generation == generation else { return nil }
        switch (state, isSuccess) {
        case (.closed, true):
            state = .closed(failures: 0)
            return nil
        case (.closed(let failures), false) where failures + 1 < failuresMaximum:
            state = .closed(failures: failures + 1)
            return nil
        case (.halfOpen, true):
            move(to: .closed(failures: 0))
            return .closed
        case (.closed, false):
            move(to: .open(until: now + pause))
            return .opened
        case (.halfOpen, false):
            // Still open, to whoever looks: nothing new to say.
            move(to: .open(until: now + pause))
            return nil
        case (.open, _):
            return nil
        }
    }

    private mutating func move(to next: State) {
        state = next
        generation += 1
    }
}
