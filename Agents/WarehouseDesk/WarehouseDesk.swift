package import AllocationModel
package import AllocationProtocol
internal import Freight
internal import ShippingCalendar
package import StockLedger
internal import Synchronization

/// Answers each message of a coordinator: one message, one ledger transaction, one sync.
///
/// What it says it has done is durable before it is said: the answer is made
/// inside the transaction, and returned after the commit. A request that fails
/// changes nothing, and the others of its batch stand.
package final class WarehouseDesk: Sendable {
    let ledger: StockLedger
    private let warehouse: Warehouse.ID
    private let boot: BootID
    private let incarnation: Int64
    private let timing: ProtocolTiming
    private let state: Mutex<State>

    private struct State {
        var sessions: [Coordinator.ID: AgentSession] = [:]
        var doubts = DoubtClock()
        var bidHolds = BidHolds()
        /// Whether the disk was full when last written to.
        ///
        /// The space set aside is then for confirming and releasing.
        var isFull = false
        /// The leases that each coordinator has noted in its session.
        var leasesNoted: [Coordinator.ID: NotedLeases] = [:]
    }

    private struct NotedLeases {
        let session: SessionID
        var leases: Set<LeaseID> = []
    }

    /// Opens a desk whose sessions are all to be made anew.
    ///
    /// `boot` is 128 bits of chance that tell this start from any other.
    package init(
        ledger: StockLedger,
        warehouse: Warehouse.ID,
        boot: BootID,
        incarnation: Int64,
        timing: ProtocolTiming
    ) {
        self.ledger = ledger
        self.warehouse = warehouse
        self.boot = boot
        self.incarnation = incarnation
        self.timing = timing
        state = Mutex(State())
    }

    /// Carries out a batch and returns its answers.
    ///
    /// - Parameters:
    ///   - batch: What the coordinator asks.
    ///   - now: The wall clock, for cutoffs and for people to read.
    ///   - uptime: A clock that only runs forward, for when to ask again.
    ///   - live: What a live rater has said, where the site has one.
    ///   - age: How long ago the batch was received, asked when its turn has come.
    /// - Returns: An answer for each request, in order.
    /// - Throws: `LedgerFault` where the process must stop: whether the batch is
    ///   on disk is unknown, so nothing may be answered.
    package func answer(
        _ batch: RequestBatch,
        now: Timestamp,
        uptime: Duration,
        live: LiveRates? = nil,
        age: @escaping @Sendable () -> Duration
    ) async throws -> AnswerBatch {
        state.withLock { $0.bidHolds.advance(to: uptime) }
        if state.withLock({ $0.isFull }), try await !ledger.isDiskFull() {
            state.withLock { $0.isFull = false }
        }
        do {
            if batch.requests.allSatisfy(\.changesNothing) {
                return try await ledger.read(at: now) { [self] books in
                    try answerBids(batch, in: books, live: live, after: age())
                }
            }
            return try await ledger.perform(at: now) { [self] books in
                try carryOut(batch, in: books, uptime: uptime, live: live)
            }
        } catch let fault as LedgerFault where !fault.mustStop {
            if fault == .full { state.withLock { $0.isFull = true } }
            return unavailable(batch)
        }
    }

    /// As `answer`, on the calling thread: for the simulator.
    ///
    /// - Parameters:
    ///   - batch: What the coordinator asks.
    ///   - now: The wall clock, for cutoffs and for people to read.
    ///   - uptime: A clock that only runs forward, for when to ask again.
    ///   - age: How long ago the batch was received.
    /// - Returns: An answer for each request, in order.
    /// - Throws: `LedgerFault` where the process must stop.
    package func answerAndWait(
        _ batch: RequestBatch,
        now: Timestamp,
        uptime: Duration,
        age: Duration = .zero
    ) throws -> AnswerBatch {
        state.withLock { $0.bidHolds.advance(to: uptime) }
        if state.withLock({ $0.isFull }), !ledger.isDiskFullAndWait() {
            state.withLock { $0.isFull = false }
        }
        do {
            if batch.requests.allSatisfy(\.changesNothing) {
                return try ledger.readAndWait(at: now) {
                    try answerBids(batch, in: $0, live: nil, after: age)
                }
            }
            return try ledger.performAndWait(at: now) {
                try carryOut(batch, in: $0, uptime: uptime, live: nil)
            }
        } catch let fault as LedgerFault where !fault.mustStop {
            if fault == .full { state.withLock { $0.isFull = true } }
            return unavailable(batch)
        }
    }

    /// Nothing was changed: the votes are no, and the rest is repeated.
    private func unavailable(_ batch: RequestBatch) -> AnswerBatch {
        reply(batch.requests.map { _ in .refused(.ledgerUnavailable) })
    }

    /// What people at the site have said, and the coordinator has not in its log yet.
    private struct WordsToTell {
        var overrides: [HoldOverride] = []
        var shipments: [ShipmentReport] = []
        var refusals: [PickRefusal] = []
        var counts: [CountReport] = []
    }

    private func reply(
        _ answers: [Answer],
        asking doubts: [TransactionID] = [],
        telling told: WordsToTell = WordsToTell(),
        leasing leases: (offers: [LeaseOffer], standing: [StandingService]) = ([], []),
        at mark: HistoryMark? = nil
    ) -> AnswerBatch {
        AnswerBatch(
            warehouse: warehouse,
            boot: boot,
            answers: answers,
            inquiries: doubts,
            mark: mark,
            overrides: told.overrides,
            shipments: told.shipments,
            refusals: told.refusals,
            counts: told.counts,
            leases: leases.offers,
            standing: leases.standing
        )
    }

    // Bids.

    private func answerBids(
        _ batch: RequestBatch,
        in books: Books,
        live: LiveRates?,
        after age: Duration
    ) throws -> AnswerBatch {
        let rule = try rule(in: books)
        let live = try live?.pricing(in: books)
        var cache: [SKU: SKUStock?] = [:]
        return reply(
            try batch.requests.map { request in
                guard case .bid(let asked) = request else {
                    preconditionFailure("a batch that changes nothing holds bids alone")
                }
                guard age < .milliseconds(asked.remainingMilliseconds) else {
                    return .refused(.expired)
                }
                let replaced = asked.replaced(by: batch.coordinator)
                let bid = try bid(
                    on: asked,
                    of: batch.coordinator,
                    by: rule,
                    live: live,
                    in: books
                ) { sku in
                    if let replaced {
                        return try books.availability(
                            of: sku,
                            replacing: replaced,
                            for: asked.round.order
                        )
                    }
                    if let known = cache[sku] { return known }
                    let stock = try books.availability(of: sku)
                    cache[sku] = .some(stock)
                    return stock
                }
                return .bid(round: asked.round, bid)
            },
            at: HistoryMark(entry: books.mark.entry, chain: books.mark.chain)
        )
    }

    /// Bids, and keeps what is scarce of it from the bids on other orders for a moment.
    private func bid(
        on asked: BidRequest,
        of coordinator: Coordinator.ID,
        by rule: BiddingRule,
        keepingNothingBack: Bool = false,
        live: LivePricing?,
        in books: Books,
        stock: (SKU) throws -> SKUStock?
    ) throws -> Bid {
        let holder = BidHolds.Holder(coordinator: coordinator, order: asked.round.order)
        let bid = try rule.bid(
            on: asked,
            at: books.now,
            book: books.shippingBook(without: asked.round.order),
            held: { sku in
                keepingNothingBack
                    ? .zero
                    : state.withLock { $0.bidHolds.units(of: sku, heldByOthersThan: holder) }
            },
            live: live,
            incoming: { sku in
                try books.openInbound(
                    of: sku,
                    from: books.today(),
                    limit: AllocationModel::Limits.bidReceiptsMaximum
                )
            },
            stock: stock
        )
        state.withLock {
            $0.bidHolds.keep(bid, on: asked, for: holder, lasting: timing.bidHold)
        }
        return bid
    }

    func rule(in books: Books) throws -> BiddingRule {
        BiddingRule(
            warehouse: warehouse,
            calendar: try books.calendar(),
            carriers: try books.carrierCalendars(),
            cards: try books.rateCards(),
            ltlCards: try books.ltlRateCards(),
            ftlCards: try books.ftlRateCards()
        )
    }

    // Everything else.

    /// An answer, but for the mark of the history that only the end of the transaction gives.
    enum Draft {
        case ready(Answer)
        case voted(TransactionID)
        case restored(SessionID, shortfall: Int64, unknownSKU: SKU?)
    }

    private func carryOut(
        _ batch: RequestBatch,
        in books: Books,
        uptime: Duration,
        live: LiveRates?
    ) throws -> AnswerBatch {
        let live = try live?.pricing(in: books)
        var session = try session(of: batch.coordinator, in: books)
        let admission = session.admit(epoch: batch.epoch, start: batch.start)
        if let refusal = admission.refusal {
            return reply(batch.requests.map { _ in .refused(refusal) })
        }
        if let epoch = admission.epochToStore {
            try books.storeEpoch(epoch, start: batch.start, of: batch.coordinator)
        }
        // Outside a session its log may be another's, and what it says ended may not have. A
        // heartbeat ends nothing: it writes nothing either.
        if session.mayVote(in: batch.session), batch.requests.contains(where: { $0 != .greet }) {
            try books.end(below: batch.endedBelow, of: batch.coordinator)
        }
        // With a heartbeat, so that it is told with the same; a full disk has no room for it.
        if batch.requests.contains(.greet), !state.withLock({ $0.isFull }) {
            try books.freeExpired()
        }
        var drafts: [Draft] = []
        var isHeartbeat = false
        var isActivation = false
        for request in batch.requests {
            switch request {
            case .greet: isHeartbeat = true
            case .activate: isActivation = true
            case .challenge, .report, .restore, .bid, .reserve, .confirm, .release, .cancel,
                .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease,
                .drain:
                break
            }
            drafts.append(
                try draft(request, of: batch, in: books, session: &session, live)
            )
        }
        // With what is written anyway, and at the start of a session: that costs no sync.
        if books.isWritten || isActivation {
            try keepWitness(of: batch, in: books, session: &session)
        }
        let mark = try books.seal()
        let known = HistoryMark(entry: mark.entry, chain: mark.chain)
        let answers = drafts.map { draft -> Answer in
            switch draft {
            case .ready(let answer): answer
            case .voted(let transaction): .vote(transaction, .reserve(known))
            case .restored(let session, let shortfall, let sku):
                .restored(
                    session,
                    Restored(mark: known, shortfall: shortfall, unknownSKU: sku)
                )
            }
        }
        let doubts = try isHeartbeat ? doubts(of: batch.coordinator, in: books, uptime) : []
        let told = try isHeartbeat ? wordsToTell(batch.coordinator, in: books) : WordsToTell()
        let leases =
            isHeartbeat && session.mayVote(in: batch.session)
            ? try leasesToTell(batch.coordinator, batch.session, in: books) : ([], [])
        // Only now: a batch that throws leaves the session as it was.
        let settled = session
        state.withLock { $0.sessions[batch.coordinator] = settled }
        noteLeases(in: batch)
        return reply(answers, asking: doubts, telling: told, leasing: leases, at: known)
    }

    private func wordsToTell(
        _ coordinator: Coordinator.ID,
        in books: Books
    ) throws -> WordsToTell {
        WordsToTell(
            overrides: try books.overridesToTell(
                coordinator,
                limit: ProtocolLimits.overridesMaximum
            ),
            shipments: try books.shipmentsToTell(
                coordinator,
                limit: ProtocolLimits.shipmentsMaximum
            ),
            refusals: try books.refusalsToTell(
                coordinator,
                limit: ProtocolLimits.refusalsMaximum
            ),
            counts: try books.countsToTell(coordinator, limit: ProtocolLimits.countsMaximum)
        )
    }

    private func session(of coordinator: Coordinator.ID, in books: Books) throws -> AgentSession {
        if let known = state.withLock({ $0.sessions[coordinator] }) { return known }
        guard let notes = try books.notes(of: coordinator) else {
            return AgentSession(boot: boot, incarnation: incarnation, epochMaximum: 0)
        }
        return AgentSession(
            boot: boot,
            incarnation: notes.incarnation,
            epochMaximum: notes.epochMaximum,
            start: notes.start,
            witness: LogWitness(
                epoch: notes.witnessEpoch,
                start: notes.witnessStart,
                decisions: notes.witnessDecisions
            )
        )
    }

    private func keepWitness(
        of batch: RequestBatch,
        in books: Books,
        session: inout AgentSession
    ) throws {
        guard let witness = session.witness(decisions: batch.decisions) else { return }
        try books.storeWitness(
            of: batch.coordinator,
            epoch: witness.epoch,
            start: witness.start,
            decisions: witness.decisions
        )
    }

    private func doubts(
        of coordinator: Coordinator.ID,
        in books: Books,
        _ uptime: Duration
    ) throws -> [TransactionID] {
        let voted =
            try books.inDoubt().filter { $0.coordinator == coordinator }
            + books.forcedAndUnheard(of: coordinator)
        return state.withLock {
            $0.doubts.due(among: voted, of: coordinator, at: uptime, timing: timing)
        }
    }

    private func draft(
        _ request: Request,
        of batch: RequestBatch,
        in books: Books,
        session: inout AgentSession,
        _ live: LivePricing?
    ) throws -> Draft {
        switch request {
        case .greet:
            return .ready(.hello(session.hello))
        case .challenge(let boot, let offered, let known):
            if let refusal = session.accept(offered, for: boot) {
                return .ready(.refused(refusal))
            }
            return .ready(.attach(try attachment(offered, known, batch.coordinator, in: books)))
        case .report(let offered, let after):
            return .ready(try report(offered, after, batch.coordinator, in: books, session))
        case .restore(let offered, let restoration):
            return try restore(restoration, offered, of: batch, in: books, session: &session)
        case .activate(let offered):
            if let refusal = session.activate(offered) { return .ready(.refused(refusal)) }
            return .ready(.ready(offered))
        case .bid(let asked):
            let bid = try bid(on: asked, of: batch.coordinator, live: live, in: books)
            return .ready(.bid(round: asked.round, bid))
        case .reserve(let asked):
            guard asked.transaction.coordinator == batch.coordinator,
                session.mayVote(in: batch.session)
            else { return .ready(.refused(.staleSession)) }
            return try reserve(asked, of: batch.coordinator, live: live, in: books)
        case .confirm(let transaction), .release(let transaction), .cancel(let transaction):
            // A coordinator speaks for its own attempts alone.
            guard transaction.coordinator == batch.coordinator else {
                return .ready(.refused(.unknownTransaction(transaction)))
            }
            try note(request, of: transaction, in: books)
            return try step(request.event, transaction, nil, in: books)
        case .noteOverride(let transaction), .noteShipment(let transaction),
            .noteRefusal(let transaction, _):
            guard transaction.coordinator == batch.coordinator else {
                return .ready(.refused(.unknownTransaction(transaction)))
            }
            try remember(request, in: books)
            return .ready(.noted(transaction))
        case .noteCounts(let entry):
            try books.markCountsNoted(through: entry, of: batch.coordinator)
            return .ready(.countsNoted(through: entry))
        case .noteLease(let lease, let isWrittenOff):
            if isWrittenOff, try isOwn(lease, batch.coordinator, in: books) {
                try books.markReported(lease)
            }
            return .ready(.leaseNoted(lease))
        case .closeLease(let lease, let kept):
            if try isOwn(lease, batch.coordinator, in: books) {
                try books.close(lease, keeping: kept)
            }
            return .ready(.leaseNoted(lease))
        case .drain(let ruling):
            guard ruling.request.transaction.coordinator == batch.coordinator,
                session.mayVote(in: batch.session)
            else { return .ready(.refused(.staleSession)) }
            return try drain(ruling, in: books)
        }
    }

    /// Remembers what of people's words at the site the coordinator has in its log.
    private func remember(_ request: Request, in books: Books) throws {
        switch request {
        case .noteOverride(let transaction): try books.markNoted(transaction)
        case .noteShipment(let transaction): try books.markShipmentNoted(transaction)
        case .noteRefusal(let transaction, let instant):
            try books.markRefusalNoted(transaction, at: instant)
        case .greet, .challenge, .report, .restore, .activate, .bid, .reserve, .confirm, .release,
            .cancel, .noteCounts, .noteLease, .closeLease, .drain:
            break
        }
    }

    /// Tries to set the units aside; what the order was offered is no longer kept for it.
    private func reserve(
        _ asked: ReserveRequest,
        of coordinator: Coordinator.ID,
        live: LivePricing?,
        in books: Books
    ) throws -> Draft {
        if state.withLock({ $0.isFull }) {
            return .ready(.vote(asked.transaction, .refuse(.ledgerUnavailable, nil)))
        }
        let holder = BidHolds.Holder(coordinator: coordinator, order: asked.order)
        state.withLock { $0.bidHolds.drop(holder) }
        return try step(.reserve, asked.transaction, asked, live: live, in: books)
    }

    /// Keeps in mind what a coordinator has noted in its session: that is told no more in it.
    private func noteLeases(in batch: RequestBatch) {
        guard let session = batch.session else { return }
        let noted = batch.requests.compactMap { request in
            if case .noteLease(let lease, false) = request { lease } else { nil }
        }
        guard !noted.isEmpty else { return }
        state.withLock { state in
            var known = state.leasesNoted[batch.coordinator] ?? NotedLeases(session: session)
            if known.session != session { known = NotedLeases(session: session) }
            known.leases.formUnion(noted)
            state.leasesNoted[batch.coordinator] = known
        }
    }

    /// The leases that the coordinator has noted in the session that is in force.
    func leasesNoted(
        by coordinator: Coordinator.ID,
        in session: SessionID
    ) -> Set<LeaseID> {
        let noted = state.withLock { $0.leasesNoted[coordinator] }
        return noted?.session == session ? noted?.leases ?? [] : []
    }

    /// Keeps the coordinator's word on what was forced for want of it.
    private func note(
        _ request: Request,
        of transaction: TransactionID,
        in books: Books
    ) throws {
        switch request {
        case .confirm: try books.note(.confirm, onForced: transaction)
        case .release: try books.note(.release, onForced: transaction)
        case .cancel:
            try books.note(.cancel, onForced: transaction)
            try books.noteCancelled(transaction)
        case .greet, .challenge, .report, .restore, .activate, .bid, .reserve, .noteOverride,
            .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease, .drain:
            break
        }
    }

    private func attachment(
        _ session: SessionID,
        _ known: HistoryMark,
        _ coordinator: Coordinator.ID,
        in books: Books
    ) throws -> Attachment {
        let latest = books.markBefore
        return Attachment(
            session: session,
            latest: HistoryMark(entry: latest.entry, chain: latest.chain),
            chainAtKnown: try books.chain(at: known.entry),
            inDoubt: Array(
                (try books.inDoubt().filter { $0.coordinator == coordinator }
                    + books.forcedAndUnheard(of: coordinator))
                    .prefix(ProtocolLimits.attachmentMaximum)
            ),
            confirmed: try books.confirmedAndOpen(
                of: coordinator,
                limit: ProtocolLimits.attachmentMaximum
            )
        )
    }

    private func bid(
        on asked: BidRequest,
        of coordinator: Coordinator.ID,
        keepingNothingBack: Bool = false,
        live: LivePricing?,
        in books: Books
    ) throws -> Bid {
        let replaced = asked.replaced(by: coordinator)
        return try bid(
            on: asked,
            of: coordinator,
            by: rule(in: books),
            keepingNothingBack: keepingNothingBack,
            live: live,
            in: books
        ) {
            try books.availability(of: $0, replacing: replaced, for: asked.round.order)
        }
    }

    /// Carries out what `CommitParticipant` says, in a savepoint of its own.
    func step(
        _ event: CommitParticipant.Event,
        _ transaction: TransactionID,
        _ asked: ReserveRequest?,
        live: LivePricing? = nil,
        in books: Books
    ) throws -> Draft {
        switch CommitParticipant.step(
            after: event,
            given: try books.status(of: transaction),
            forced: try books.override(of: transaction)?.standing,
            isBeingReplaced: try event == .cancel && books.voteReplacing(transaction) != nil
        ) {
        case .attempt:
            guard let asked else {
                preconditionFailure("only a request to reserve is attempted")
            }
            return try attempt(asked, live: live, in: books)
        case .apply(let changes, let answer):
            try books.savepoint {
                for change in changes { _ = try books.apply(change, to: transaction) }
            }
            return try draft(answer, transaction, asked, in: books)
        case .reply(let answer):
            return try draft(answer, transaction, asked, in: books)
        }
    }

    private func attempt(
        _ asked: ReserveRequest,
        live: LivePricing?,
        in books: Books
    ) throws -> Draft {
        if let replaced = asked.replacing, replaced < asked.transaction {
            try hearDecision(on: replaced, for: asked.order, in: books)
        }
        let reservation = Reservation(
            transaction: asked.transaction,
            order: asked.order,
            lines: asked.lines
        )
        let outcome = try books.savepoint {
            try books.reserve(
                reservation,
                participants: asked.participants,
                of: asked.wholeOrder,
                by: asked.carriage,
                replacing: asked.replacing
            )
        }
        let refusal: VoteRefusal
        switch outcome {
        case .reserved:
            return .voted(asked.transaction)
        case .insufficient(let sku, let requested, let available):
            refusal = .insufficientStock(sku: sku, requested: requested, available: available)
        case .unknownSKU(let sku):
            refusal = .unknownSKU(sku)
        case .dayFull(let day):
            refusal = .dayFull(day)
        case .shipped:
            refusal = .shipped
        case .late:
            return .ready(.vote(asked.transaction, .refuse(.late, nil)))
        }
        let bid = try bid(
            on: asked.bid,
            of: asked.transaction.coordinator,
            keepingNothingBack: true,
            live: live,
            in: books
        )
        return .ready(.vote(asked.transaction, .refuse(refusal, bid)))
    }

    /// Confirms what is to be replaced where that word has not come yet: only a decision is replaced.
    private func hearDecision(
        on replaced: TransactionID,
        for order: Order.ID,
        in books: Books
    ) throws {
        guard let record = try books.reservation(replaced), record.status == .voted,
            record.reservation.order == order
        else { return }
        try books.note(.confirm, onForced: replaced)
        try books.savepoint { _ = try books.apply(.confirm, to: replaced) }
    }

    private func draft(
        _ answer: CommitParticipant.Reply,
        _ transaction: TransactionID,
        _ asked: ReserveRequest?,
        in books: Books
    ) throws -> Draft {
        switch answer {
        case .votedAlready: return .voted(transaction)
        case .confirmed: return .ready(.confirmed(transaction))
        case .released: return .ready(.released(transaction))
        case .late: return .ready(.vote(transaction, .refuse(.late, nil)))
        case .unknownTransaction:
            // Of what has ended everywhere no record need be left: the word came late.
            let isOver = try transaction.number < books.endedBelow(of: transaction.coordinator)
            return .ready(.refused(isOver ? .expired : .unknownTransaction(transaction)))
        case .overridden: return .ready(.refused(.overridden(transaction)))
        case .beingReplaced: return .ready(.refused(.beingReplaced(transaction)))
        case .unlawful(let why): return .ready(.refused(.unlawful(transaction, why)))
        }
    }
}

extension BidRequest {
    /// The decided attempt whose place this one is to take.
    func replaced(by coordinator: Coordinator.ID) -> TransactionID? {
        replacing.flatMap { TransactionID(coordinator: coordinator, number: $0) }
    }
}

extension Request {
    /// What it is to the participant of a two-phase commit.
    fileprivate var event: CommitParticipant.Event {
        switch self {
        case .reserve: .reserve
        case .confirm: .confirm
        case .cancel: .cancel
        case .release, .greet, .challenge, .report, .restore, .activate, .bid, .noteOverride,
            .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease, .drain:
            .release
        }
    }

    /// Whether carrying it out writes nothing and needs no session.
    fileprivate var changesNothing: Bool {
        switch self {
        case .bid: true
        case .greet, .challenge, .report, .restore, .activate, .reserve, .confirm, .release,
            .cancel, .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease,
            .closeLease, .drain:
            false
        }
    }
}

/// When to ask what became of each vote: again and again, at growing intervals, for ever.
struct DoubtClock {
    private var doubts: [TransactionID: Doubt] = [:]

    private struct Doubt {
        var tries: Int
        var due: Duration
    }

    /// Returns those of `voted` whose time has come, and forgets all that are no longer in doubt.
    ///
    /// No more than one message asks about: the others are due still when it is asked again.
    mutating func due(
        among voted: [TransactionID],
        of coordinator: Coordinator.ID,
        at uptime: Duration,
        timing: ProtocolTiming
    ) -> [TransactionID] {
        var next = doubts.filter { $0.key.coordinator != coordinator }
        var due: [TransactionID] = []
        for transaction in voted {
            var doubt =
                doubts[transaction]
                ?? Doubt(tries: 0, due: uptime + timing.inquiryDelay(after: 0))
            if doubt.due <= uptime && due.count < ProtocolLimits.inquiriesMaximum {
                due.append(transaction)
                doubt.tries += 1
                doubt.due = uptime + timing.inquiryDelay(after: doubt.tries)
            }
            next[transaction] = doubt
        }
        doubts = next
        return due
    }
}
