package import AllocationModel
package import AllocationProtocol

/// Every order under way, every site's session, and who waits for an answer.
///
/// It routes: an event to the one order or site it concerns, and what that one
/// wants to the one place that can do it. A value, stepped by a driver that
/// makes the records durable before anything else leaves, and by the simulator.
package struct Office: Sendable {
    private var desk: OrderDesk
    private var sessions: [SiteSession]
    private var cases: [Order.ID: Case] = [:]
    /// Which order an attempt under way belongs to, by transaction number.
    private var attempts: [Int64: Order.ID] = [:]
    private var surveys = AvailabilitySurveys()

    /// An order under way and who waits for it.
    private struct Case: Sendable {
        let order: Order
        let receivedAt: Timestamp
        var waiting: [Client]
        /// Nil until the log has said that the order is new.
        var process: OrderProcess?
    }

    private struct Client: Sendable {
        let id: ClientID
        let order: Order?
    }

    /// Whoever waits for an answer: a number the driver gives out.
    package typealias ClientID = UInt64

    /// Something that happened outside.
    package enum Event: Sendable {
        case submitted(Order, by: ClientID)
        case cancelAsked(Order.ID, by: ClientID)
        case availabilityAsked(SKU, Destination, Currency, by: ClientID)
        /// What the log knows of an order that was looked up.
        case found(Order.ID, Found?)
        /// What the log knows of an attempt that a site asked about.
        case attemptFound(TransactionID, Warehouse.ID, AttemptFound)
        /// It is time to see whether a site is there.
        case probe(Warehouse.ID)
        /// One message was answered; the answers are for the requests, in order.
        case answered(Warehouse.ID, SessionID?, [Request], AnswerBatch)
        /// One message was not answered; whether it was carried out is unknown.
        case failed(Warehouse.ID, [Request])
        /// The link to a site broke.
        case linkLost(Warehouse.ID)
        case solved(SolveTask, Solution.Result)
        case timer(Order.ID, Int)
    }

    /// A decided order, from the log.
    package struct Found: Sendable {
        package let record: OrderRecord
        package let warehouses: [Warehouse.ID]

        package init(record: OrderRecord, warehouses: [Warehouse.ID]) {
            self.record = record
            self.warehouses = warehouses
        }
    }

    /// What the log says of an attempt.
    package enum AttemptFound: Hashable, Sendable {
        case confirmed
        case cancelled
        /// Never decided: absence means release.
        case absent
    }

    /// What the outside must now do, in the order of the fields.
    package struct Effects: Sendable {
        /// Durable, all of them, before anything below leaves.
        package var records: [Record] = []
        package var requests: [Outgoing] = []
        package var tasks: [SolveTask] = []
        package var lookups: [Order.ID] = []
        package var attemptLookups: [Inquiry] = []
        package var answers: [ClientAnswer] = []
        package var timers: [Timer] = []
        package var notes: [Note] = []

        package init() {}
    }

    /// A record of one order.
    package struct Record: Sendable {
        package let order: Order
        package let receivedAt: Timestamp
        package let decidedAt: Timestamp
        package let content: OrderProcess.Record

        /// Whether it is the decision that sites are bound by.
        package var isConfirmation: Bool {
            switch content {
            case .confirmed: true
            case .refused, .cancelled, .ended: false
            }
        }
    }

    /// A request to one site, and the session it belongs to.
    package struct Outgoing: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let session: SessionID?
        package let request: Request
    }

    /// A question about an attempt that only the log can answer.
    package struct Inquiry: Hashable, Sendable {
        package let transaction: TransactionID
        package let warehouse: Warehouse.ID
    }

    /// A wish to be told `timer(order, token)` after a while.
    package struct Timer: Hashable, Sendable {
        package let order: Order.ID
        package let token: Int
        package let after: Duration
    }

    /// What to tell a client.
    package enum ClientAnswer: Sendable {
        case submission(ClientID, Submission)
        case cancellation(ClientID, Cancellation)
        /// What each site has; empty where nobody answered.
        case availability(ClientID, [SiteAvailability])
    }

    /// Something an operator should be able to read.
    package enum Note: Hashable, Sendable {
        case activated(Warehouse.ID)
        case deactivated(Warehouse.ID)
        case session(Warehouse.ID, SiteSession.Note)
        /// The site refused to carry a request out.
        case refused(Warehouse.ID, Refusal)
        /// The answers do not fit the requests.
        case misfit(Warehouse.ID)
    }

    /// Opens an office that knows of no order.
    ///
    /// - Parameters:
    ///   - desk: Its sites and policy.
    ///   - marks: The newest mark of each site's history in the log.
    package init(desk: OrderDesk, marks: [Warehouse.ID: HistoryMark]) {
        self.desk = desk
        sessions = desk.sites.map {
            SiteSession(
                warehouse: $0.warehouse,
                epoch: desk.epoch,
                known: marks[$0.warehouse] ?? .empty
            )
        }
    }

    // What the outside may ask.

    /// Orders under way.
    package var ordersUnderWay: Int { cases.count }

    package var timing: ProtocolTiming { desk.timing }
    package var policy: SourcingPolicy { desk.policy }

    /// The session in which each site may be asked, if it may, by rising warehouse.
    package var sites: [OrderDesk.Site] { desk.sites }

    /// Whether a site's history contradicts what it told us before.
    package func isAmnesiac(_ warehouse: Warehouse.ID) -> Bool {
        sessions.first { $0.warehouse == warehouse }?.isAmnesiac ?? false
    }

    /// Takes up the decisions that some site may not have acknowledged, after a restart.
    package mutating func recover(
        _ found: [Found],
        now: Timestamp
    ) -> Effects {
        var effects = Effects()
        for item in found {
            let record = item.record
            guard let plan = record.outcome?.plan, let transaction = record.transaction else {
                continue
            }
            let (process, wanted) = OrderProcess.recover(
                record.order,
                plan: plan,
                transaction: transaction,
                warehouses: item.warehouses,
                isCancelled: record.status == .cancelled,
                receivedAt: record.receivedAt,
                at: &desk
            )
            cases[record.order.id] = Case(
                order: record.order,
                receivedAt: record.receivedAt,
                waiting: [],
                process: process
            )
            carry(wanted, of: record.order.id, now: now, into: &effects)
        }
        return effects
    }

    /// Takes one event and adds what must now be done to `effects`.
    package mutating func handle(_ event: Event, now: Timestamp, into effects: inout Effects) {
        switch event {
        case .submitted(let order, let client):
            submit(order, by: client, now: now, into: &effects)
        case .cancelAsked(let id, let client):
            cancel(id, by: client, now: now, into: &effects)
        case .availabilityAsked(let sku, let destination, let currency, let client):
            surveys.begin(
                sku,
                to: destination,
                in: currency,
                for: client,
                at: desk,
                into: &effects
            )
        case .found(let id, let found):
            take(found, of: id, now: now, into: &effects)
        case .attemptFound(let transaction, let warehouse, let found):
            answer(transaction, warehouse, found, into: &effects)
        case .probe(let warehouse):
            step(warehouse, .probe, now: now, into: &effects)
        case .answered(let warehouse, let session, let requests, let batch):
            take(
                batch,
                to: requests,
                in: session,
                from: warehouse,
                now: now,
                into: &effects
            )
        case .failed(let warehouse, let requests):
            for request in requests { fail(request, at: warehouse, now: now, into: &effects) }
        case .linkLost(let warehouse):
            step(warehouse, .lost, now: now, into: &effects)
        case .solved(let task, let result):
            tell(task.order.id, .solved(task.round, result), now: now, into: &effects)
        case .timer(let id, AvailabilitySurveys.token):
            surveys.handle(.deadline, of: id, into: &effects)
        case .timer(let id, let token):
            tell(id, .timer(token), now: now, into: &effects)
        }
    }

    // Clients.

    private mutating func submit(
        _ order: Order,
        by client: ClientID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        if let known = cases[order.id] {
            if let process = known.process, !process.isDecided,
                let difference = order.difference(from: known.order)
            {
                effects.answers.append(
                    .submission(
                        client,
                        .alreadyPlacedDifferently(difference, pending(known))
                    )
                )
                return
            }
            cases[order.id]?.waiting.append(Client(id: client, order: order))
            // Decided in this process and still settling: the log has the answer.
            if known.process?.isDecided == true { lookUp(order.id, into: &effects) }
            return
        }
        cases[order.id] = Case(
            order: order,
            receivedAt: now,
            waiting: [Client(id: client, order: order)],
            process: nil
        )
        lookUp(order.id, into: &effects)
    }

    /// Orders the log is being asked about, and whether a record has been written since.
    private var lookups: [Order.ID: Bool] = [:]

    /// Asks the log about an order, unless it is being asked already.
    private mutating func lookUp(_ id: Order.ID, into effects: inout Effects) {
        guard lookups[id] == nil else { return }
        lookups[id] = false
        effects.lookups.append(id)
    }

    private mutating func cancel(
        _ id: Order.ID,
        by client: ClientID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        if cases[id] != nil {
            cases[id]?.waiting.append(Client(id: client, order: nil))
            if cases[id]?.process != nil { tell(id, .cancel, now: now, into: &effects) }
            // Without a process the look-up under way decides.
            return
        }
        strangers[id, default: []].append(client)
        lookUp(id, into: &effects)
    }

    /// Clients who asked to cancel an order that is not under way, until the log has answered.
    private var strangers: [Order.ID: [ClientID]] = [:]

    /// Goes on with what was waiting for the log's word on an order.
    private mutating func take(
        _ found: Found?,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let isTooOld = lookups.removeValue(forKey: id) else { return }
        // What was read before a record was written may lack it: an order begun
        // on its word could be placed twice.
        guard !isTooOld else { return lookUp(id, into: &effects) }
        let cancelling = strangers.removeValue(forKey: id) ?? []
        guard let found else {
            begin(id, now: now, into: &effects)
            for client in cancelling {
                effects.answers.append(.cancellation(client, .unknownOrder))
            }
            return
        }
        let waiting = cases[id]?.waiting ?? []
        if cases[id]?.process == nil { cases[id] = nil } else { cases[id]?.waiting = [] }
        for client in waiting {
            guard let order = client.order else {
                reopen(found, for: [client.id], now: now, into: &effects)
                continue
            }
            let difference = order.difference(from: found.record.order)
            let answer: Submission =
                difference.map { .alreadyPlacedDifferently($0, found.record) }
                ?? .alreadyPlaced(found.record)
            effects.answers.append(.submission(client.id, answer))
        }
        if !cancelling.isEmpty { reopen(found, for: cancelling, now: now, into: &effects) }
    }

    /// Starts on an order that the log does not know.
    private mutating func begin(_ id: Order.ID, now: Timestamp, into effects: inout Effects) {
        guard let known = cases[id], known.process == nil else { return }
        // Cancelled while the log was being asked: it is never begun.
        guard known.waiting.allSatisfy({ $0.order != nil }) else {
            reply(.withdrawn, of: id, now: now, into: &effects)
            cases[id] = nil
            return
        }
        turnAwayThoseWhoDiffer(from: known, into: &effects)
        let (process, wanted) = OrderProcess.begin(
            known.order,
            receivedAt: known.receivedAt,
            at: &desk
        )
        cases[id]?.process = process
        carry(wanted, of: id, now: now, into: &effects)
        // Somebody asked to cancel it while the log was asked.
        if known.waiting.contains(where: { $0.order == nil }) {
            tell(id, .cancel, now: now, into: &effects)
        }
    }

    /// Answers those who sent another order under the same id while the log was being asked.
    private mutating func turnAwayThoseWhoDiffer(
        from known: Case,
        into effects: inout Effects
    ) {
        for client in known.waiting {
            guard let difference = client.order?.difference(from: known.order) else { continue }
            cases[known.order.id]?.waiting.removeAll { $0.id == client.id }
            effects.answers.append(
                .submission(client.id, .alreadyPlacedDifferently(difference, pending(known)))
            )
        }
    }

    /// Cancels a decided order that is not under way.
    private mutating func reopen(
        _ found: Found,
        for clients: [ClientID],
        now: Timestamp,
        into effects: inout Effects
    ) {
        let record = found.record
        guard record.status != .cancelled else {
            for client in clients {
                effects.answers.append(.cancellation(client, .alreadyCancelled(record)))
            }
            return
        }
        guard let plan = record.outcome?.plan, let transaction = record.transaction else {
            for client in clients {
                effects.answers.append(.cancellation(client, .nothingToCancel(record)))
            }
            return
        }
        let waiting = clients.map { Client(id: $0, order: nil) }
        if cases[record.order.id] == nil {
            cases[record.order.id] = Case(
                order: record.order,
                receivedAt: record.receivedAt,
                waiting: waiting,
                process: .ended(
                    record.order,
                    plan: plan,
                    transaction: transaction,
                    warehouses: found.warehouses,
                    receivedAt: record.receivedAt
                )
            )
        } else {
            cases[record.order.id]?.waiting += waiting
        }
        tell(record.order.id, .cancel, now: now, into: &effects)
    }

    private func pending(_ known: Case) -> OrderRecord {
        OrderRecord(
            order: known.order,
            outcome: nil,
            receivedAt: known.receivedAt,
            decidedAt: nil,
            transaction: nil,
            isSettled: false
        )
    }

    // Orders.

    private mutating func tell(
        _ id: Order.ID,
        _ event: OrderProcess.Event,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard var process = cases[id]?.process else { return }
        let before = process.transaction
        // One reference while it changes: no copy of the process is made.
        cases[id]?.process = nil
        let wanted = process.handle(event, at: &desk)
        cases[id]?.process = process
        if let before, before != process.transaction {
            attempts[before.number] = nil
        }
        carry(wanted, of: id, now: now, into: &effects)
    }

    /// Passes on what an order's process wants.
    private mutating func carry(
        _ wanted: OrderProcess.Effects,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let known = cases[id], let process = known.process else { return }
        if let transaction = process.transaction { attempts[transaction.number] = id }
        if !wanted.records.isEmpty && lookups[id] != nil { lookups[id] = true }
        effects.records += wanted.records.map {
            Record(
                order: known.order,
                receivedAt: known.receivedAt,
                decidedAt: now,
                content: $0
            )
        }
        effects.requests += wanted.bids.map {
            Outgoing(
                warehouse: $0.warehouse,
                session: desk.session(of: $0.warehouse),
                request: .bid($0.request)
            )
        }
        effects.requests += wanted.messages.map {
            Outgoing(
                warehouse: $0.warehouse,
                session: desk.session(of: $0.warehouse),
                request: $0.request
            )
        }
        if let task = wanted.task { effects.tasks.append(task) }
        effects.timers += wanted.timers.map {
            Timer(order: id, token: $0.token, after: $0.after)
        }
        if let answer = wanted.answer {
            reply(answer, of: id, now: now, into: &effects)
        }
        if process.isFinished {
            if let transaction = process.transaction { attempts[transaction.number] = nil }
            // Whoever still waits asked while the last word was on its way.
            if cases[id]?.waiting.isEmpty == false {
                cases[id]?.process = nil
                lookUp(id, into: &effects)
            } else {
                cases[id] = nil
            }
        }
    }

    private mutating func reply(
        _ answer: OrderProcess.Answer,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let known = cases[id] else { return }
        cases[id]?.waiting = []
        var isFirst = true
        for client in known.waiting {
            guard client.order != nil else {
                effects.answers.append(
                    .cancellation(client.id, cancellation(answer, known, now: now))
                )
                continue
            }
            effects.answers.append(
                .submission(client.id, submission(answer, known, isFirst, now: now))
            )
            isFirst = false
        }
    }

    private func submission(
        _ answer: OrderProcess.Answer,
        _ known: Case,
        _ isFirst: Bool,
        now: Timestamp
    ) -> Submission {
        switch answer {
        case .decided(let outcome, let transaction):
            let record = record(known, outcome, transaction, now: now)
            // Who waits for the log's word on a decided order did not place it now.
            let isPlacedNow = isFirst && record.status != .cancelled
            return isPlacedNow ? .placed(record) : .alreadyPlaced(record)
        case .unavailable(let reason):
            return .unavailable(reason: reason, retryAfterSeconds: Self.retryAfterSeconds)
        case .withdrawn:
            return .unavailable(
                reason: "it was cancelled before it was decided",
                retryAfterSeconds: Self.retryAfterSeconds
            )
        }
    }

    private func cancellation(
        _ answer: OrderProcess.Answer,
        _ known: Case,
        now: Timestamp
    ) -> Cancellation {
        switch answer {
        case .decided(let outcome, let transaction):
            let record = record(known, outcome, transaction, now: now)
            return record.status == .cancelled ? .cancelled(record) : .nothingToCancel(record)
        case .withdrawn:
            return .cancelled(pending(known))
        case .unavailable(let reason):
            return .unavailable(reason: reason, retryAfterSeconds: Self.retryAfterSeconds)
        }
    }

    private func record(
        _ known: Case,
        _ outcome: OrderOutcome,
        _ transaction: TransactionID?,
        now: Timestamp
    ) -> OrderRecord {
        OrderRecord(
            order: known.order,
            outcome: outcome,
            receivedAt: known.receivedAt,
            decidedAt: now,
            transaction: transaction,
            isSettled: false
        )
    }

    /// Agents reconnect within a second or two of a restart.
    private static let retryAfterSeconds = 2

    // Sites.

    private mutating func step(
        _ warehouse: Warehouse.ID,
        _ event: SiteSession.Event,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let index = sessions.firstIndex(where: { $0.warehouse == warehouse }) else { return }
        let wanted = sessions[index].handle(event)
        effects.notes += wanted.notes.map { .session(warehouse, $0) }
        effects.requests += wanted.requests.map {
            Outgoing(warehouse: warehouse, session: nil, request: $0)
        }
        switch wanted.change {
        case .activated(let session):
            desk.note(session, of: warehouse)
            effects.notes.append(.activated(warehouse))
        case .deactivated:
            desk.note(nil, of: warehouse)
            effects.notes.append(.deactivated(warehouse))
            for id in cases.keys.sorted() {
                tell(id, .siteLost(warehouse), now: now, into: &effects)
            }
        case nil:
            break
        }
        for transaction in wanted.inDoubt {
            inquire(transaction, at: warehouse, now: now, into: &effects)
        }
    }

    private mutating func take(
        _ batch: AnswerBatch,
        to requests: [Request],
        in session: SessionID?,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard batch.warehouse == warehouse, batch.answers.count == requests.count else {
            effects.notes.append(.misfit(warehouse))
            for request in requests { fail(request, at: warehouse, now: now, into: &effects) }
            return
        }
        for (request, answer) in zip(requests, batch.answers) {
            take(answer, to: request, in: session, from: warehouse, now: now, into: &effects)
        }
        for transaction in batch.inquiries {
            inquire(transaction, at: warehouse, now: now, into: &effects)
        }
    }

    private mutating func take(
        _ answer: Answer,
        to request: Request,
        in session: SessionID?,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        switch (request, answer) {
        case (.greet, .hello(let hello)):
            step(warehouse, .hello(hello), now: now, into: &effects)
        case (.challenge, .attach(let attachment)):
            step(warehouse, .attached(attachment), now: now, into: &effects)
        case (.activate, .ready(let ready)):
            step(warehouse, .ready(ready), now: now, into: &effects)
        case (.bid(let asked), .bid(let round, let bid)):
            take(bid, of: round, for: asked, from: warehouse, now: now, into: &effects)
        case (.reserve(let asked), .vote(let transaction, let vote)):
            guard transaction == asked.transaction, let session else {
                return effects.notes.append(.misfit(warehouse))
            }
            if case .reserve(let mark) = vote { learn(mark, of: warehouse) }
            deliver(
                .vote(warehouse, session, vote),
                about: transaction,
                from: warehouse,
                now: now,
                into: &effects
            )
        case (.reserve(let asked), .confirmed(let transaction))
        where asked.transaction == transaction:
            // It was confirmed before this repetition was read.
            let event = CommitCoordinator.Event.confirmed(warehouse)
            deliver(event, about: transaction, from: warehouse, now: now, into: &effects)
        case (.confirm(let asked), .confirmed(let transaction)) where asked == transaction:
            let event = CommitCoordinator.Event.confirmed(warehouse)
            deliver(event, about: transaction, from: warehouse, now: now, into: &effects)
        case (.release(let asked), .released(let transaction)) where asked == transaction:
            // A release is neither awaited nor acknowledged.
            break
        case (.cancel(let asked), .released(let transaction)) where asked == transaction:
            let event = CommitCoordinator.Event.released(warehouse)
            deliver(event, about: transaction, from: warehouse, now: now, into: &effects)
        case (_, .refused(let refusal)):
            take(refusal, of: request, in: session, from: warehouse, now: now, into: &effects)
        case (_, .hello), (_, .attach), (_, .ready), (_, .bid), (_, .vote), (_, .confirmed),
            (_, .released):
            effects.notes.append(.misfit(warehouse))
            fail(request, at: warehouse, now: now, into: &effects)
        }
    }

    private mutating func take(
        _ bid: Bid,
        of round: RoundID,
        for asked: BidRequest,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        let id = asked.round.order
        guard round == asked.round, bid.warehouse == warehouse else {
            effects.notes.append(.misfit(warehouse))
            return fail(.bid(asked), at: warehouse, now: now, into: &effects)
        }
        if round.attempt == AvailabilitySurveys.attempt {
            surveys.handle(.bid(bid), of: id, into: &effects)
        } else {
            tell(id, .bid(round, bid), now: now, into: &effects)
        }
    }

    private mutating func take(
        _ refusal: Refusal,
        of request: Request,
        in session: SessionID?,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        effects.notes.append(.refused(warehouse, refusal))
        switch refusal {
        case .staleSession, .otherBoot:
            return dropSession(refusing: request, in: session, of: warehouse, now, &effects)
        case .staleEpoch(let epochMaximum):
            effects.notes.append(.session(warehouse, .fenced(epochMaximum: epochMaximum)))
        case .unknownTransaction, .unlawful, .expired, .ledgerUnavailable:
            break
        }
        fail(request, at: warehouse, now: now, into: &effects)
    }

    /// Starts the handshake anew where the session that was refused is the one in force.
    private mutating func dropSession(
        refusing request: Request,
        in session: SessionID?,
        of warehouse: Warehouse.ID,
        _ now: Timestamp,
        _ effects: inout Effects
    ) {
        let refused: SessionID?
        switch request {
        case .challenge(_, let offered, _), .activate(let offered): refused = offered
        case .greet, .bid, .reserve, .confirm, .release, .cancel:
            refused = session
            fail(request, at: warehouse, now: now, into: &effects)
        }
        // A refusal of an older one came late.
        let active = desk.session(of: warehouse)
        guard active == nil || active == refused else { return }
        step(warehouse, .refusedStaleSession, now: now, into: &effects)
    }

    /// Goes on without the answer to a request that may or may not have been carried out.
    private mutating func fail(
        _ request: Request,
        at warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        switch request {
        case .greet, .challenge, .activate:
            step(warehouse, .lost, now: now, into: &effects)
        case .bid(let asked) where asked.round.attempt == AvailabilitySurveys.attempt:
            surveys.handle(.lost(warehouse), of: asked.round.order, into: &effects)
        case .bid(let asked):
            tell(asked.round.order, .bidLost(asked.round, warehouse), now: now, into: &effects)
        case .reserve(let asked):
            deliver(
                .sessionLost(warehouse),
                about: asked.transaction,
                from: warehouse,
                now: now,
                into: &effects
            )
        case .confirm, .release, .cancel:
            // Repeated by its order's timer, or asked about by the site.
            break
        }
    }

    private mutating func learn(_ mark: HistoryMark, of warehouse: Warehouse.ID) {
        guard let index = sessions.firstIndex(where: { $0.warehouse == warehouse }) else { return }
        sessions[index].learn(mark)
    }

    private mutating func deliver(
        _ event: CommitCoordinator.Event,
        about transaction: TransactionID,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        if let id = attempts[transaction.number] {
            return tell(id, .commit(transaction, event), now: now, into: &effects)
        }
        // A vote for an attempt that was given up: the site waits to be told.
        if case .vote(_, _, .reserve) = event {
            effects.attemptLookups.append(
                Inquiry(transaction: transaction, warehouse: warehouse)
            )
        }
    }

    /// Answers a site that asks what became of its vote.
    private mutating func inquire(
        _ transaction: TransactionID,
        at warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard transaction.coordinator == desk.coordinator else { return }
        if let id = attempts[transaction.number] {
            return tell(
                id,
                .commit(transaction, .inquiry(warehouse)),
                now: now,
                into: &effects
            )
        }
        effects.attemptLookups.append(Inquiry(transaction: transaction, warehouse: warehouse))
    }

    private mutating func answer(
        _ transaction: TransactionID,
        _ warehouse: Warehouse.ID,
        _ found: AttemptFound,
        into effects: inout Effects
    ) {
        // Taken up again meanwhile: its own process answers.
        guard attempts[transaction.number] == nil else { return }
        let request: Request =
            switch found {
            case .confirmed: .confirm(transaction)
            case .cancelled: .cancel(transaction)
            case .absent: .release(transaction)
            }
        effects.requests.append(
            Outgoing(
                warehouse: warehouse,
                session: desk.session(of: warehouse),
                request: request
            )
        )
    }
}
