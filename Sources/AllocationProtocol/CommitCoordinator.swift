package import AllocationModel

/// One attempt to have every warehouse of a plan reserve, and then to make all of them confirm.
///
/// The coordinator of a two-phase commit with presumed abort. Only the decision
/// to confirm is written down, before any site or the client is told; an
/// attempt without one is released, because absence means release. Voting may
/// be given up at any instant; confirming never: it is repeated until every
/// site has acknowledged.
package struct CommitCoordinator: Hashable, Sendable {
    package let transaction: TransactionID
    private var state: State

    private enum State: Hashable, Sendable {
        /// Waiting for votes. Next: `settling` when all have voted to reserve, `over` otherwise.
        case voting([Part])
        /// Decided; sites are being told. Next: `over` when each has acknowledged the last word.
        case settling([Share], isCancelled: Bool, tries: Int)
        /// Nothing left to do. Next: `settling` when a confirmed order is cancelled.
        case over(Ending)
    }

    /// How an attempt ended.
    private enum Ending: Hashable, Sendable {
        case released
        case confirmed([Warehouse.ID])
        case cancelled
    }

    /// One warehouse's part in an attempt that is being voted on.
    private struct Part: Hashable, Sendable {
        let warehouse: Warehouse.ID
        /// The session in which its vote counts; nil where its units are drawn from a lease.
        let session: SessionID?
        var mark: HistoryMark?
    }

    /// One warehouse's part in a decided order.
    private struct Share: Hashable, Sendable {
        let warehouse: Warehouse.ID
        var stage: Stage
    }

    private enum Stage: Hashable, Sendable {
        case confirming
        case confirmed
        case releasing
        case released
        /// Asked to release what has left the building: the last word of the site.
        case shipped
        /// Asked to confirm what its manager has given back: the last word of the site.
        case overridden

        /// Whether the site has nothing more to say about a decision.
        func isLastWord(ofCancelled isCancelled: Bool) -> Bool {
            switch self {
            case .confirming, .releasing: false
            case .confirmed, .overridden: !isCancelled
            case .released, .shipped: isCancelled
            }
        }
    }

    /// What a warehouse is asked for, and in which session.
    package struct Participant: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let session: SessionID
        package let request: ReserveRequest

        package init(warehouse: Warehouse.ID, session: SessionID, request: ReserveRequest) {
            self.warehouse = warehouse
            self.session = session
            self.request = request
        }
    }

    /// Something that happened outside.
    package enum Event: Hashable, Sendable {
        case vote(Warehouse.ID, SessionID, Vote)
        /// The site's session ended, or its link failed: a vote may be lost.
        case sessionLost(Warehouse.ID)
        /// The time to vote, or to acknowledge, is over.
        case deadline
        /// The site has made the confirmation durable.
        case confirmed(Warehouse.ID)
        /// The site has given the units back.
        case released(Warehouse.ID)
        /// The site cannot give the units back: they have left the building.
        case shipped(Warehouse.ID)
        /// The site's manager has forced it to give the units back, and that stands.
        case overridden(Warehouse.ID)
        /// A lease that the site's units were to be drawn from is closed.
        case leaseClosed(Warehouse.ID)
        /// The site has voted and asks what became of it.
        case inquiry(Warehouse.ID)
        /// The customer withdrew.
        case cancel
        /// Another decision has taken its place; what these sites have shipped of it stays.
        ///
        /// It is written with the other, in one: no record follows from it.
        case supersede(keeping: [Warehouse.ID])
    }

    /// What the outside must now do, in the order of the fields.
    ///
    /// The record is durable before any message or result leaves; where it
    /// cannot be written, nothing is sent and the process stops.
    package struct Effects: Hashable, Sendable {
        package var record: Record?
        package var messages: [Message]
        package var result: Result?
        /// When to be told `deadline`, counted from now.
        package var deadline: Duration?
        package var notes: [Note]

        package init(
            record: Record? = nil,
            messages: [Message] = [],
            result: Result? = nil,
            deadline: Duration? = nil,
            notes: [Note] = []
        ) {
            self.record = record
            self.messages = messages
            self.result = result
            self.deadline = deadline
            self.notes = notes
        }
    }

    /// What must be written down.
    package enum Record: Hashable, Sendable {
        /// Every site has voted to reserve: the order is confirmed. With each site's history mark.
        case confirm([Voter])
        /// The confirmed order is withdrawn at every site.
        case cancel
        /// Every site has acknowledged the last word.
        case ended
    }

    /// A site that voted, and where its history then stood.
    package struct Voter: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let mark: HistoryMark

        package init(warehouse: Warehouse.ID, mark: HistoryMark) {
            self.warehouse = warehouse
            self.mark = mark
        }
    }

    /// A request to one site.
    package struct Message: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let request: Request

        package init(_ warehouse: Warehouse.ID, _ request: Request) {
            self.warehouse = warehouse
            self.request = request
        }
    }

    /// What became of the attempt, once.
    package enum Result: Hashable, Sendable {
        case confirmed
        /// A site refused; its fresh bid may be solved again.
        case refused(Warehouse.ID, VoteRefusal, Bid?)
        /// A site was lost before it voted.
        case lost(Warehouse.ID)
        /// Somebody did not vote in time: these.
        case timedOut([Warehouse.ID])
        case cancelled
    }

    /// An event understood and deliberately ignored.
    package enum Note: Hashable, Sendable {
        case lateVote(Warehouse.ID)
        case voteOfOtherSession(Warehouse.ID)
        case stranger(Warehouse.ID)
        /// The order is cancelled, and this site had shipped its part: a person must act.
        case shippedBeforeCancelled(Warehouse.ID)
        case nothingToDo
    }

    /// The sites that have not acknowledged the last word, of a decision that is being told.
    package var owing: [Warehouse.ID] {
        switch state {
        case .settling(let shares, let isCancelled, _):
            shares.filter { !$0.stage.isLastWord(ofCancelled: isCancelled) }.map(\.warehouse)
        case .voting, .over: []
        }
    }

    /// Starts an attempt.
    ///
    /// A site that has leased its units has agreed beforehand: it is not asked, and where all
    /// have, the attempt is decided at once.
    ///
    /// - Precondition: at least one warehouse; an order without warehouses needs no agreement.
    package static func begin(
        _ transaction: TransactionID,
        with participants: [Participant],
        drawing leased: [Warehouse.ID] = [],
        timing: ProtocolTiming
    ) -> (CommitCoordinator, Effects) {
        precondition(
            !participants.isEmpty || !leased.isEmpty,
            "an order without warehouses needs no agreement"
        )
        let parts =
            participants.map { Part(warehouse: $0.warehouse, session: $0.session) }
            + leased.map { Part(warehouse: $0, session: nil, mark: .empty) }
        var machine = CommitCoordinator(
            transaction: transaction,
            state: .voting(parts.sorted { $0.warehouse < $1.warehouse })
        )
        guard !participants.isEmpty else {
            let effects = machine.decide(parts, timing: timing)
            return (machine, effects)
        }
        let messages = participants.map { Message($0.warehouse, .reserve($0.request)) }
        return (machine, Effects(messages: messages, deadline: timing.voteDeadline))
    }

    /// Takes up a decision found in the log after a restart.
    ///
    /// Every site is told again: an acknowledgement before the restart may have been forgotten.
    /// Where nobody is left to be told, it has ended.
    package static func recover(
        _ transaction: TransactionID,
        at warehouses: [Warehouse.ID],
        isCancelled: Bool,
        timing: ProtocolTiming
    ) -> (CommitCoordinator, Effects) {
        guard !warehouses.isEmpty else {
            let ending: Ending = isCancelled ? .cancelled : .confirmed([])
            let machine = CommitCoordinator(transaction: transaction, state: .over(ending))
            return (machine, Effects(record: .ended))
        }
        let shares = warehouses.map {
            Share(warehouse: $0, stage: isCancelled ? .releasing : .confirming)
        }
        var machine = CommitCoordinator(
            transaction: transaction,
            state: .settling(shares, isCancelled: isCancelled, tries: 0)
        )
        let effects = machine.settle(shares, isCancelled: isCancelled, tries: 0, timing: timing)
        return (machine, effects)
    }

    /// Takes up a confirmed order whose sites have all acknowledged, so that it can be cancelled.
    package static func ended(
        _ transaction: TransactionID,
        at warehouses: [Warehouse.ID]
    ) -> CommitCoordinator {
        CommitCoordinator(transaction: transaction, state: .over(.confirmed(warehouses)))
    }

    private init(transaction: TransactionID, state: State) {
        self.transaction = transaction
        self.state = state
    }

    /// Whether nothing is left to send or to wait for.
    package var isFinished: Bool {
        switch state {
        case .over: true
        case .voting, .settling: false
        }
    }

    /// Whether the decision to confirm has been taken.
    package var isDecided: Bool {
        switch state {
        case .voting, .over(.released): false
        case .settling, .over(.confirmed), .over(.cancelled): true
        }
    }

    /// Whether the decision is to be given back: it was withdrawn, or another took its place.
    package var isCancelled: Bool {
        switch state {
        case .settling(_, let isCancelled, _): isCancelled
        case .over(.cancelled): true
        case .voting, .over(.released), .over(.confirmed): false
        }
    }

    /// Takes note of `event` and returns what must now be done, in the order of the fields.
    package mutating func handle(_ event: Event, timing: ProtocolTiming) -> Effects {
        switch state {
        case .voting(let parts): whileVoting(event, parts, timing: timing)
        case .settling(let shares, let isCancelled, let tries):
            whileSettling(event, shares, isCancelled: isCancelled, tries: tries, timing: timing)
        case .over(let ending): afterwards(event, ending, timing: timing)
        }
    }

    private mutating func whileVoting(
        _ event: Event,
        _ parts: [Part],
        timing: ProtocolTiming
    ) -> Effects {
        switch event {
        case .vote(let warehouse, let session, let vote):
            return count(vote, of: warehouse, in: session, among: parts, timing: timing)
        case .sessionLost(let warehouse):
            guard let part = parts.first(where: { $0.warehouse == warehouse }) else {
                return Effects(notes: [.stranger(warehouse)])
            }
            // Who has leased its units is out of session anyway.
            guard part.session != nil else { return Effects(notes: [.nothingToDo]) }
            return giveUp(parts, result: .lost(warehouse))
        case .leaseClosed(let warehouse):
            let isDrawn = parts.contains { $0.warehouse == warehouse && $0.session == nil }
            guard isDrawn else { return Effects(notes: [.nothingToDo]) }
            return giveUp(parts, result: .lost(warehouse))
        case .deadline:
            let silent = parts.filter { $0.mark == nil }.map(\.warehouse)
            return giveUp(parts, result: .timedOut(silent))
        case .cancel:
            return giveUp(parts, result: .cancelled)
        case .supersede:
            return Effects(notes: [.nothingToDo])
        // While a transaction is still voting, an inquiry gets no answer.
        case .inquiry:
            return Effects(notes: [.nothingToDo])
        case .confirmed(let warehouse), .released(let warehouse), .shipped(let warehouse),
            .overridden(let warehouse):
            return Effects(notes: [.stranger(warehouse)])
        }
    }

    private mutating func whileSettling(
        _ event: Event,
        _ shares: [Share],
        isCancelled: Bool,
        tries: Int,
        timing: ProtocolTiming
    ) -> Effects {
        switch event {
        case .confirmed(let warehouse):
            return acknowledge(warehouse, .confirmed, shares, isCancelled, tries)
        case .released(let warehouse):
            return acknowledge(warehouse, .released, shares, isCancelled, tries)
        case .shipped(let warehouse):
            return acknowledge(warehouse, .shipped, shares, isCancelled, tries)
        case .overridden(let warehouse):
            return acknowledge(warehouse, .overridden, shares, isCancelled, tries)
        case .deadline:
            return settle(shares, isCancelled: isCancelled, tries: tries + 1, timing: timing)
        case .inquiry(let warehouse), .vote(let warehouse, _, .reserve):
            guard let share = shares.first(where: { $0.warehouse == warehouse }) else {
                return Effects(notes: [.stranger(warehouse)])
            }
            return Effects(messages: [lastWord(to: share)].compactMap(\.self))
        case .vote(let warehouse, _, .refuse):
            return Effects(notes: [.lateVote(warehouse)])
        case .cancel:
            guard !isCancelled else { return Effects(notes: [.nothingToDo]) }
            return withdraw(shares, timing: timing)
        case .supersede(let kept):
            guard !isCancelled else { return Effects(notes: [.nothingToDo]) }
            return giveBack(shares.map(\.warehouse), but: kept, timing: timing)
        case .sessionLost, .leaseClosed:
            return Effects(notes: [.nothingToDo])
        }
    }

    private mutating func afterwards(
        _ event: Event,
        _ ending: Ending,
        timing: ProtocolTiming
    ) -> Effects {
        switch (ending, event) {
        case (.confirmed(let warehouses), .cancel):
            let shares = warehouses.map { Share(warehouse: $0, stage: .confirmed) }
            return withdraw(shares, timing: timing)
        case (.confirmed(let warehouses), .supersede(let kept)):
            return giveBack(warehouses, but: kept, timing: timing)
        case (.released, .supersede), (.cancelled, .supersede):
            return Effects(notes: [.nothingToDo])
        case (.released, .cancel), (.cancelled, .cancel):
            return Effects(notes: [.nothingToDo])
        case (.confirmed(let warehouses), .inquiry(let warehouse))
        where !warehouses.contains(warehouse),
            (.confirmed(let warehouses), .vote(let warehouse, _, .reserve))
        where !warehouses.contains(warehouse):
            return Effects(notes: [.stranger(warehouse)])
        case (_, .inquiry(let warehouse)):
            return Effects(messages: [answer(to: warehouse, after: ending)])
        case (_, .vote(let warehouse, _, .reserve)):
            return Effects(
                messages: [answer(to: warehouse, after: ending)],
                notes: [.lateVote(warehouse)]
            )
        case (_, .vote(let warehouse, _, .refuse)):
            return Effects(notes: [.lateVote(warehouse)])
        case (_, .sessionLost), (_, .deadline), (_, .confirmed), (_, .released), (_, .shipped),
            (_, .overridden), (_, .leaseClosed):
            return Effects(notes: [.nothingToDo])
        }
    }

    // Voting.

    private mutating func count(
        _ vote: Vote,
        of warehouse: Warehouse.ID,
        in session: SessionID,
        among parts: [Part],
        timing: ProtocolTiming
    ) -> Effects {
        var parts = parts
        guard let index = parts.firstIndex(where: { $0.warehouse == warehouse }) else {
            return Effects(notes: [.stranger(warehouse)])
        }
        guard parts[index].session == session else {
            return Effects(notes: [.voteOfOtherSession(warehouse)])
        }
        switch vote {
        case .refuse(let reason, let bid):
            return giveUp(parts, result: .refused(warehouse, reason, bid))
        case .reserve(let mark):
            parts[index].mark = mark
            guard parts.allSatisfy({ $0.mark != nil }) else {
                state = .voting(parts)
                return Effects()
            }
            return decide(parts, timing: timing)
        }
    }

    private mutating func decide(_ parts: [Part], timing: ProtocolTiming) -> Effects {
        let shares = parts.map { Share(warehouse: $0.warehouse, stage: .confirming) }
        var effects = settle(shares, isCancelled: false, tries: 0, timing: timing)
        effects.record = .confirm(
            parts.map { Voter(warehouse: $0.warehouse, mark: $0.mark ?? .empty) }
        )
        effects.result = .confirmed
        return effects
    }

    /// Releases every part; a release is sent once and not waited for: a site that misses it asks.
    private mutating func giveUp(_ parts: [Part], result: Result) -> Effects {
        state = .over(.released)
        return Effects(
            messages: parts.filter { $0.session != nil }
                .map { Message($0.warehouse, .release(transaction)) },
            result: result
        )
    }

    // Settling.

    private mutating func settle(
        _ shares: [Share],
        isCancelled: Bool,
        tries: Int,
        timing: ProtocolTiming
    ) -> Effects {
        state = .settling(shares, isCancelled: isCancelled, tries: tries)
        return Effects(
            messages: shares.compactMap { lastWord(to: $0) },
            deadline: timing.resendDelay(after: tries, of: transaction)
        )
    }

    private mutating func withdraw(_ shares: [Share], timing: ProtocolTiming) -> Effects {
        // A site that has not acknowledged the confirmation is told to give
        // the units back all the same: the order of the two does not matter to it.
        let withdrawn = shares.map { Share(warehouse: $0.warehouse, stage: .releasing) }
        var effects = settle(withdrawn, isCancelled: true, tries: 0, timing: timing)
        effects.record = .cancel
        effects.result = .cancelled
        return effects
    }

    /// Has every site but those give its units back, because another decision stands for them.
    private mutating func giveBack(
        _ warehouses: [Warehouse.ID],
        but kept: [Warehouse.ID],
        timing: ProtocolTiming
    ) -> Effects {
        let shares = warehouses.filter { !kept.contains($0) }
            .map { Share(warehouse: $0, stage: .releasing) }
        guard !shares.isEmpty else {
            state = .over(.cancelled)
            return Effects(record: .ended)
        }
        return settle(shares, isCancelled: true, tries: 0, timing: timing)
    }

    private mutating func acknowledge(
        _ warehouse: Warehouse.ID,
        _ stage: Stage,
        _ shares: [Share],
        _ isCancelled: Bool,
        _ tries: Int
    ) -> Effects {
        var shares = shares
        guard let index = shares.firstIndex(where: { $0.warehouse == warehouse }) else {
            return Effects(notes: [.stranger(warehouse)])
        }
        // A confirmation acknowledged after the order was withdrawn says nothing
        // about the withdrawal.
        guard stage.isLastWord(ofCancelled: isCancelled),
            !shares[index].stage.isLastWord(ofCancelled: isCancelled)
        else { return Effects(notes: [.nothingToDo]) }
        shares[index].stage = stage
        let notes: [Note] = stage == .shipped ? [.shippedBeforeCancelled(warehouse)] : []
        guard shares.allSatisfy({ $0.stage.isLastWord(ofCancelled: isCancelled) }) else {
            state = .settling(shares, isCancelled: isCancelled, tries: tries)
            return Effects(notes: notes)
        }
        state = .over(isCancelled ? .cancelled : .confirmed(shares.map(\.warehouse)))
        return Effects(record: .ended, notes: notes)
    }

    /// The decision, for a site that has not acknowledged it.
    private func lastWord(to share: Share) -> Message? {
        switch share.stage {
        case .confirming: Message(share.warehouse, .confirm(transaction))
        case .releasing: Message(share.warehouse, .cancel(transaction))
        case .confirmed, .released, .shipped, .overridden: nil
        }
    }

    private func answer(to warehouse: Warehouse.ID, after ending: Ending) -> Message {
        switch ending {
        case .released: Message(warehouse, .release(transaction))
        case .confirmed: Message(warehouse, .confirm(transaction))
        case .cancelled: Message(warehouse, .cancel(transaction))
        }
    }
}
