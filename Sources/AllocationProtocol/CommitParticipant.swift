package import AllocationModel

/// What a site does with each message about a transaction, given how far its reservation has come.
///
/// The participant of a two-phase commit with presumed abort. After an agent
/// has voted to reserve, a hold may no longer expire: it is in doubt until it
/// hears. A value decides; the desk reads the status, carries out the step and
/// writes, in one ledger transaction.
package enum CommitParticipant {
    /// A message about one transaction.
    package enum Event: String, CaseIterable, Hashable, Sendable {
        case reserve
        case confirm
        case release
        case cancel
    }

    /// What the desk must do.
    package enum Step: Hashable, Sendable {
        /// Try to set the units aside; the vote follows from whether there are enough.
        case attempt
        /// Write the transitions, in this order, then say so.
        case apply([Reservation.Event], Reply)
        /// Nothing to write.
        case reply(Reply)
    }

    /// What the site says.
    package enum Reply: Hashable, Sendable {
        case votedAlready
        case confirmed
        case released
        case late
        /// Asked to confirm what it has no record of: the site has lost history, or the message is forged.
        case unknownTransaction
        /// A site manager has forced it the other way; that stands, and is reported.
        case overridden
        /// A vote is to take it over: it is given back when that is confirmed, or asked again.
        case beingReplaced
        /// The law of a reservation forbids it.
        case unlawful(Reservation.UnlawfulTransition)
    }

    /// Returns what to do about `event` where the ledger has `status`, or nil for no record.
    ///
    /// What `release` gives back leaves no record: nothing that arrives later can
    /// confirm it. What `cancel` gives back keeps one, even where the site had
    /// only voted: a late `reserve` and `confirm` must not revive a withdrawn order.
    ///
    /// A reservation that was forced (`choice`) is left as it is by what contradicts
    /// it, and by what would begin it anew. What was forced proves no decision: units
    /// that are kept are a vote still, until the coordinator's word agrees; then it
    /// is a confirmation like any other, and `choice` is nil again.
    ///
    /// What a vote is to take over (`isBeingReplaced`) stays until that vote has ended: given back
    /// before, its units could be promised to somebody else.
    package static func step(
        after event: Event,
        given status: Reservation.Status?,
        forced choice: HoldOverride.Choice? = nil,
        isBeingReplaced: Bool = false
    ) -> Step {
        if isBeingReplaced, status == .confirmed, event == .cancel { return .reply(.beingReplaced) }
        switch (choice, event) {
        case (.release, .reserve): return .reply(.late)
        case (.release, .confirm): return .reply(.overridden)
        case (.confirm, .release): return .reply(.overridden)
        case (.confirm, .reserve):
            let isKept = status == .confirmed || status == .shipped
            return .reply(isKept ? .votedAlready : .late)
        case (.release, .release), (.release, .cancel), (.confirm, .confirm), (.confirm, .cancel),
            (nil, _):
            break
        }
        return switch (status, event) {
        case (nil, .reserve), (.expired, .reserve): .attempt
        case (.held, .reserve): .apply([.vote], .votedAlready)
        case (.voted, .reserve): .reply(.votedAlready)
        case (.confirmed, .reserve), (.shipped, .reserve): .reply(.confirmed)
        case (.released, .reserve): .reply(.late)

        case (nil, .confirm), (.expired, .confirm): .reply(.unknownTransaction)
        case (.held, .confirm): unlawful(.held, .confirm)
        case (.voted, .confirm): .apply([.confirm], .confirmed)
        case (.confirmed, .confirm), (.shipped, .confirm): .reply(.confirmed)
        // A cancelled order's confirm, repeated: the cancellation came after it.
        case (.released, .confirm): .reply(.confirmed)

        case (nil, .release), (.released, .release), (.expired, .release): .reply(.released)
        case (.held, .release), (.voted, .release): .apply([.release], .released)
        // A confirmed reservation is released by `cancel` alone: this one is
        // a late duplicate or a coordinator that has lost its log.
        case (.confirmed, .release): unlawful(.confirmed, .release)
        case (.shipped, .release): unlawful(.shipped, .release)

        case (nil, .cancel), (.released, .cancel), (.expired, .cancel): .reply(.released)
        // By way of confirmed, so that a record stays.
        case (.held, .cancel): .apply([.vote, .confirm, .release], .released)
        case (.voted, .cancel): .apply([.confirm, .release], .released)
        case (.confirmed, .cancel): .apply([.release], .released)
        case (.shipped, .cancel): unlawful(.shipped, .release)
        }
    }

    private static func unlawful(
        _ status: Reservation.Status,
        _ event: Reservation.Event
    ) -> Step {
        .reply(.unlawful(Reservation.UnlawfulTransition(status: status, event: event)))
    }
}
