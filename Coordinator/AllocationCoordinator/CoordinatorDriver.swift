package import AllocationModel
package import AllocationProtocol
package import DecisionLog
package import Logging
package import OrderDesk
internal import Synchronization
internal import WireFormat

/// Moves events and effects between the office, the links, the log and whoever asks.
///
/// One loop owns the office. It takes everything that waits, steps the office
/// through it, makes what must be durable durable in one transaction, and only
/// then lets anything leave. If the log cannot be written it stops the process:
/// recovery reads the disk before anyone is told anything.
package final class CoordinatorDriver: Sendable {
    private let inbox = Inbox<Office.Event>()
    private let tasks = Inbox<SolveTask>()
    private let log: DecisionLog
    private let links: [Warehouse.ID: Links]
    private let coordinator: Coordinator.ID
    private let logger: Logger
    /// The channels that tell of every alert.
    private let alertChannels: [AlertChannel]
    private let now: @Sendable () -> Timestamp
    private let reached: @Sendable (Milestone) -> Void
    private let clients = Clients()
    private let board = Mutex(Board())

    /// A point between a decision and its telling, at which a fault test stops the process.
    package enum Milestone: String, CaseIterable, Sendable {
        /// Every site has voted; nothing is written.
        case decisionTaken = "decision-taken"
        /// It is on disk; nobody has been told.
        case decisionDurable = "decision-durable"
    }

    private struct Links: Sendable {
        let bids: AgentLink
        let transactions: AgentLink
    }

    /// What others may read of the office, as of the last step.
    private struct Board: Sendable {
        var sites: [OrderDesk.Site] = []
        var amnesiac: Set<Warehouse.ID> = []
        var quarantined: Set<Warehouse.ID> = []
        var heading = Office.Heading(epoch: 0, endedBelow: 0, decisions: 0)
        /// Why no order is taken, where the log is not whole.
        var obstacle: String?
        var lastHeard: [Warehouse.ID: Timestamp] = [:]
        var ordersUnderWay = 0
        var fencedBy: Int64?
        var isRecovered = false
        var counters = Counters()

        /// Counts what is to be counted of a note.
        mutating func take(_ note: Office.Note) {
            switch note {
            case .session(_, .fenced(let epochMaximum)): fencedBy = epochMaximum
            case .session(_, .amnesia): counters.amnesias += 1
            case .session(_, .duplicateIdentity): counters.duplicates += 1
            case .shippedBeforeCancelled: counters.shippedBeforeCancelled += 1
            case .shipped: counters.shipments += 1
            case .misfit: counters.misfits += 1
            case .overridden(let forced):
                counters.overrides += 1
                if forced.isConflict { counters.overrideConflicts += 1 }
            case .lease(.granted): counters.leasesGranted += 1
            case .lease(.writtenOff(_, _, _, let conflict)):
                if !conflict.isZero { counters.leaseConflicts += 1 }
            case .followedUp: counters.followUps += 1
            case .pickRefused: counters.refusedPicks += 1
            case .cutoffMissed(_, let warehouses, _): counters.missedCutoffs += warehouses.count
            case .lease(.closed), .activated, .deactivated, .session(_, .restored),
                .session(_, .cannotRestore),
                .session(_, .ignored), .refused, .logDoubted, .recoveryWaits, .logRebuilt,
                .rebuiltWithout, .notRebuilt, .shippedUndecided, .pickRefusedUndecided:
                break
            }
        }
    }

    /// What the coordinator has done since it started.
    package struct Counters: Hashable, Sendable {
        package var appends = 0
        package var records = 0
        package var solves = 0
        package var nodes: Int64 = 0
        package var unproved = 0
        package var misfits = 0
        /// Sites found without history that they had told of.
        package var amnesias = 0
        /// Sites under whose name two processes answered.
        package var duplicates = 0
        /// Orders cancelled after a site had shipped its part.
        package var shippedBeforeCancelled = 0
        /// Parts of orders that sites have shipped.
        package var shipments = 0
        /// Reservations that site managers have forced, and those of them decided otherwise.
        package var overrides = 0
        package var overrideConflicts = 0
        /// Leases that sites have granted, and those written off when orders had drawn on them.
        package var leasesGranted = 0
        package var leaseConflicts = 0
        /// Orders sourced again because stock had come for what waited.
        package var followUps = 0
        /// Picks that sites have refused.
        package var refusedPicks = 0
        /// Parts of orders that sites should have shipped by a cutoff, and have not told of.
        package var missedCutoffs = 0
        package var messages = 0
        package var requests = 0
        package var bytesSent = 0
        package var bytesReceived = 0
        package var failures = 0
    }

    /// - Parameters:
    ///   - log: Where decisions are written.
    ///   - warehouses: The sites that may be asked.
    ///   - logger: Told what an operator should be able to read.
    ///   - alertChannels: Those that tell of every alert.
    ///   - now: The wall clock, for people to read; no outcome depends on it.
    ///   - reached: Called at each milestone.
    package init(
        log: DecisionLog,
        warehouses: [Warehouse.ID],
        logger: Logger,
        alertChannels: [AlertChannel] = [],
        now: @escaping @Sendable () -> Timestamp,
        reached: @escaping @Sendable (Milestone) -> Void = { _ in }
    ) {
        self.log = log
        coordinator = log.coordinator
        self.logger = logger
        self.alertChannels = alertChannels
        self.now = now
        self.reached = reached
        var links: [Warehouse.ID: Links] = [:]
        for warehouse in warehouses {
            links[warehouse] = Links(
                bids: AgentLink(warehouse: warehouse, kind: .bids),
                transactions: AgentLink(warehouse: warehouse, kind: .transactions)
            )
        }
        self.links = links
    }

    // What the connections say.

    /// Notes that an agent's end of a link has come or gone.
    package func noteConnection(_ warehouse: Warehouse.ID, _ kind: AgentLink.Kind, isUp: Bool) {
        guard let links = links[warehouse] else { return }
        switch kind {
        case .bids: links.bids.noteConnection(isUp)
        case .transactions: links.transactions.noteConnection(isUp)
        }
        if !isUp {
            inbox.put(.linkLost(warehouse))
        } else if links.bids.isUp && links.transactions.isUp {
            inbox.put(.probe(warehouse))
        }
    }

    // What clients ask.

    /// Places an order, and returns once it is decided.
    package func submit(_ order: Order) async -> Submission {
        let isFull = board.withLock { $0.ordersUnderWay >= CoordinatorLimits.ordersUnderWayMaximum }
        guard !isFull, isReady else {
            return .unavailable(
                reason: isFull ? "too many orders are under way" : obstacle,
                retryAfterSeconds: 1
            )
        }
        return await clients.ask { [inbox] client in
            inbox.put(.submitted(order, by: client))
        }
    }

    /// Withdraws an order, and returns once that is decided.
    package func cancel(_ id: Order.ID) async -> Cancellation {
        guard isReady else {
            return .unavailable(reason: obstacle, retryAfterSeconds: 1)
        }
        return await clients.askToCancel { [inbox] client in
            inbox.put(.cancelAsked(id, by: client))
        }
    }

    /// Sources what has not shipped of a decided order again, and returns once that is decided.
    ///
    /// As a preview it returns the plan, and changes nothing.
    package func resource(
        _ id: Order.ID,
        _ wish: ResourcingWish,
        isPreview: Bool
    ) async -> ResourcingAnswer {
        guard isReady else {
            return .unavailable(reason: obstacle, retryAfterSeconds: 1)
        }
        return await clients.askToResource { [inbox] client in
            inbox.put(.resourcingAsked(id, wish, isPreview: isPreview, by: client))
        }
    }

    /// Makes a decided order another, and returns once what has not shipped is sourced as that.
    ///
    /// As a preview it returns the plan, and changes nothing.
    package func change(
        _ id: Order.ID,
        _ change: OrderChange,
        _ wish: ResourcingWish,
        isPreview: Bool
    ) async -> ResourcingAnswer {
        guard isReady else {
            return .unavailable(reason: obstacle, retryAfterSeconds: 1)
        }
        return await clients.askToResource { [inbox] client in
            inbox.put(.changeAsked(id, change, wish, isPreview: isPreview, by: client))
        }
    }

    /// Returns what each site that answers in time has of a SKU.
    package func availability(
        of sku: SKU,
        to destination: Destination,
        in currency: Currency
    ) async -> [SiteAvailability] {
        await clients.askForAvailability { [inbox] client in
            inbox.put(.availabilityAsked(sku, destination, currency, by: client))
        }
    }

    /// Returns what an order would cost if it were placed now; nothing is kept for it.
    package func quote(_ order: Order) async -> QuoteAnswer {
        guard isReady else {
            return .unavailable(reason: obstacle, retryAfterSeconds: 1)
        }
        guard standings().contains(where: { $0.state == .active }) else {
            return .unavailable(
                reason: "no warehouse's agent is in session",
                retryAfterSeconds: 2
            )
        }
        return await clients.askForQuote { [inbox] client in
            inbox.put(.quoteAsked(order, by: client))
        }
    }

    /// Returns what was decided of an order, if it was.
    package func record(of id: Order.ID) async throws -> OrderRecord? {
        try await log.order(id).map { try Recording.record(from: $0) }
    }

    /// Returns the newest orders first, at most `limit`, of those received before `before`.
    package func records(
        status: OrderStatus?,
        limit: Int,
        before: Order.ID?
    ) async throws -> [OrderRecord] {
        try await log.orders(status: status, limit: limit, before: before)
            .map { try Recording.record(from: $0) }
    }

    /// Returns orders that wait for stock, the one whose turn is next first.
    package func backorders(
        _ query: WaitingQuery
    ) async throws -> [(waiting: WaitingOrder, order: Order, dates: OrderDates?)] {
        try await log.waiting(query)
            .map { ($0.waiting, try Wire.decodeOrder($0.request), $0.dates) }
    }

    /// Compares the log with itself, and returns what was forced and decided otherwise.
    ///
    /// - Complexity: Reads all of the log, and nothing is decided meanwhile.
    package func audit() async throws -> Audit {
        Audit(
            findings: try await log.audit(),
            conflicts: try await log.conflicts(),
            leaseConflicts: try await log.leaseConflicts()
        )
    }

    /// What an audit of the log has found.
    package struct Audit: Sendable {
        package let findings: [String]
        package let conflicts: [SiteOverride]
        /// A sentence for each lease that was written off when orders had drawn on it.
        package let leaseConflicts: [String]
    }

    /// Returns a decided order with what it was decided from, if it was.
    package func decision(on id: Order.ID) async throws -> Decision? {
        try await log.order(id).map { try Decision($0) }
    }

    /// Returns the newest decisions first, at most `limit`, of orders received before `before`.
    package func decisions(limit: Int, before: Order.ID?) async throws -> [Decision] {
        try await log.orders(status: nil, limit: limit, before: before).map { try Decision($0) }
    }

    /// A decided order, and what it was decided from.
    package struct Decision: Sendable {
        package let record: OrderRecord
        package let evidence: Evidence

        init(_ logged: LoggedOrder) throws {
            record = try Recording.record(from: logged)
            evidence = try Wire.decodeEvidence(logged.order.evidence)
        }
    }

    /// Returns the plan of an order that lags, where it has one.
    package func plan(of order: LaggingOrder) throws -> Plan? {
        try Wire.decodeOutcome(order.outcome).plan
    }

    /// Has the next order filled by other rules, or by what other directories say.
    package func adopt(_ rules: OfficeRules) {
        inbox.put(.rulesChanged(rules))
    }

    /// Returns where each agent stands, by rising warehouse.
    package func standings() -> [AgentStanding] {
        board.withLock { board in
            board.sites.map { site in
                let links = links[site.warehouse]
                let isUp = links?.transactions.isUp == true && links?.bids.isUp == true
                let state: AgentStanding.State =
                    if board.amnesiac.contains(site.warehouse) {
                        .amnesiac
                    } else if site.session != nil {
                        .active
                    } else {
                        isUp ? .attaching : .unreachable
                    }
                return AgentStanding(
                    warehouse: site.warehouse,
                    state: state,
                    queued: (links?.bids.queued ?? 0) + (links?.transactions.queued ?? 0),
                    unacknowledged: 0,
                    lastHeard: board.lastHeard[site.warehouse]
                )
            }
        }
    }

    /// Whether orders can be taken: recovery is over, and no other coordinator has replaced this one.
    package var isReady: Bool {
        board.withLock { $0.isRecovered && $0.fencedBy == nil && $0.obstacle == nil }
    }

    /// Why orders cannot be taken, where they cannot.
    package var obstacle: String {
        board.withLock { board in
            if let epoch = board.fencedBy {
                return "a coordinator of epoch \(epoch) has replaced this one; stop this one"
            }
            return board.obstacle ?? "the coordinator is still recovering"
        }
    }

    /// Sites under whose name two processes answer, by rising warehouse.
    package var quarantined: [Warehouse.ID] { board.withLock { $0.quarantined }.sorted() }

    /// The epoch of the coordinator that has replaced this one, if one has.
    package var fencedBy: Int64? { board.withLock { $0.fencedBy } }

    /// What has been done since the start.
    package var counters: Counters {
        var counters = board.withLock { $0.counters }
        for warehouse in links.keys.sorted() {
            guard let links = links[warehouse] else { continue }
            for tally in [links.bids.tally, links.transactions.tally] {
                counters.messages += tally.messages
                counters.requests += tally.requests
                counters.bytesSent += tally.bytesSent
                counters.bytesReceived += tally.bytesReceived
                counters.failures += tally.failures
            }
        }
        return counters
    }

    /// Orders submitted and not yet settled.
    package var ordersUnderWay: Int { board.withLock { $0.ordersUnderWay } }

    // The loop.

    /// Runs until `stop`; throws where the log cannot be written.
    ///
    /// - Throws: What the log throws; then nothing was said of what could not be written.
    package func run(_ office: consuming Office, over lines: AgentLines) async throws {
        var office = office
        let log = log
        let now = now
        board.withLock { $0.heading = office.heading }
        // Where the log is to be rebuilt, it is read afterwards.
        let recovered =
            office.obstacle == nil
            ? try await log.openDecisions().map { try Recording.found($0) } : []
        try await withThrowingDiscardingTaskGroup { group in
            for warehouse in links.keys.sorted() {
                guard let pair = links[warehouse] else { continue }
                for link in [pair.bids, pair.transactions] {
                    group.addTask { [self, coordinator, inbox] in
                        guard let context = try lines.context(for: warehouse, link.kind) else {
                            return
                        }
                        await link.run(
                            on: context,
                            as: coordinator,
                            start: log.start,
                            patience: CoordinatorLimits.exchangePatience,
                            heading: { board.withLock { $0.heading } },
                            report: { inbox.put($0) }
                        )
                    }
                }
                group.addTask { [self] in await probe(warehouse) }
            }
            group.addTask { [tasks, inbox] in
                // One solver at a time: solving never takes the last thread of the pool.
                while let waiting = await tasks.next(limit: 1) {
                    for task in waiting { inbox.put(.solved(task, task.run())) }
                }
            }
            do {
                let unfinished =
                    office.obstacle == nil ? try await unfinished(of: office) : Office.Unfinished()
                let first = office.recover(recovered, unfinished: unfinished, now: now())
                try await carryOut(first, under: office.heading, in: &group)
                post(office, isRecovered: true)
                while let events = await inbox.next(limit: CoordinatorLimits.eventsInStepMaximum) {
                    var effects = Office.Effects()
                    let instant = now()
                    for event in events {
                        hear(event, at: instant)
                        office.handle(event, now: instant, into: &effects)
                    }
                    try await carryOut(effects, under: office.heading, in: &group)
                    post(office, isRecovered: true)
                }
            } catch {
                // Whoever waits for a message or an event does not hear of a cancellation.
                stop()
                throw error
            }
            group.cancelAll()
        }
    }

    /// Ends `run` once what is under way has been carried out.
    package func stop() {
        inbox.close()
        tasks.close()
        for pair in links.values {
            pair.bids.close()
            pair.transactions.close()
        }
        clients.close()
    }

    /// Returns what is to go on, once what waits and an older program did not list is listed.
    private func unfinished(of office: borrowing Office) async throws -> Office.Unfinished {
        while true {
            let unlisted = try await log.unlistedBackorders(limit: 500)
            guard !unlisted.isEmpty else { break }
            let waiting = try unlisted.compactMap {
                office.waiting(try Recording.record(from: $0))
            }
            guard try await log.append(waiting.map { .waiting($0) }).contains(true) else { break }
        }
        return try await unfinished()
    }

    private func unfinished() async throws -> Office.Unfinished {
        let limit = CoordinatorLimits.waitingMaximum
        return Office.Unfinished(
            waiting: try await log.waiting(WaitingQuery(limit: limit)).map(\.waiting),
            refusals: try await log.openPickRefusals(limit: limit),
            departures: try await log.departures(limit: CoordinatorLimits.departuresMaximum),
            dates: try await log.dates()
        )
    }

    private func carryOut(
        _ effects: Office.Effects,
        under heading: Office.Heading,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        let signs = effects.signs + effects.notes.compactMap(\.sign)
        if !effects.records.isEmpty || !effects.keepings.isEmpty || !signs.isEmpty {
            let instant = now()
            let first = effects.keepings.filter(\.precedesRecords)
            let last = effects.keepings.filter { !$0.precedesRecords }
            let entries =
                first.compactMap { Recording.entry(for: $0) }
                + effects.records.map { Recording.entry(for: $0) }
                + last.compactMap { Recording.entry(for: $0) }
                + signs.map { .alert($0, by: alertChannels, at: instant) }
            let isDecision = effects.records.contains(where: \.isConfirmation)
            if isDecision { reached(.decisionTaken) }
            _ = try await log.append(entries)
            if isDecision { reached(.decisionDurable) }
            board.withLock {
                $0.counters.appends += 1
                $0.counters.records += entries.count
            }
        }
        board.withLock { $0.heading = heading }
        if effects.rereadsLog {
            let found = try await log.openDecisions().map { try Recording.found($0) }
            let history = try await log.currentHistory()
            inbox.put(.recovered(found, history, unfinished: try await unfinished()))
        }
        for outgoing in effects.requests {
            guard let pair = links[outgoing.warehouse] else { continue }
            switch outgoing.request {
            case .bid: pair.bids.send(outgoing)
            case .greet, .challenge, .report, .restore, .activate, .reserve, .confirm, .release,
                .cancel, .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease,
                .closeLease,
                .drain:
                pair.transactions.send(outgoing)
            }
        }
        // A search at a time: a storefront's quotes may not keep its orders waiting.
        tasks.put(contentsOf: effects.tasks.filter(\.isForQuote))
        tasks.put(contentsOf: effects.tasks.filter { !$0.isForQuote }, aheadOf: \.isForQuote)
        for timer in effects.timers {
            group.addTask { [inbox] in
                try? await Task.sleep(for: timer.after)
                inbox.put(.timer(timer.order, timer.token))
            }
        }
        for answer in effects.answers { clients.answer(answer) }
        lookUp(effects, in: &group)
        for note in effects.notes { say(note) }
    }

    private func lookUp(
        _ effects: Office.Effects,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        guard
            !effects.lookups.isEmpty || !effects.attemptLookups.isEmpty || !effects.proofs.isEmpty
                || !effects.rulingLookups.isEmpty || !effects.overrideLookups.isEmpty
                || !effects.shipmentLookups.isEmpty || !effects.refusalLookups.isEmpty
        else { return }
        group.addTask { [self] in
            do {
                try await answer(effects)
            } catch {
                stop()
                throw error
            }
        }
    }

    /// Reads what is asked of the log, and puts what it finds before the office.
    private func answer(_ effects: Office.Effects) async throws {
        for logged in try await log.orders(effects.lookups) {
            inbox.put(.found(logged.id, try logged.order.map { try Recording.found($0) }))
        }
        for inquiry in effects.attemptLookups {
            let found = try await Self.standing(
                of: inquiry.transaction,
                at: inquiry.warehouse,
                in: log
            )
            inbox.put(.attemptFound(inquiry.transaction, inquiry.warehouse, found))
        }
        for proof in effects.proofs {
            let found = try await Self.standing(
                of: proof.transaction,
                at: proof.warehouse,
                in: log
            )
            inbox.put(.proofFound(proof.transaction, proof.warehouse, found))
        }
        for lookup in effects.overrideLookups {
            let found = try await Self.standing(
                of: lookup.override.transaction,
                at: lookup.warehouse,
                in: log
            )
            let isKnown = try await log.hasOverride(
                of: lookup.override.transaction,
                at: lookup.warehouse
            )
            inbox.put(
                .overrideFound(lookup.override, lookup.warehouse, found, isKnown: isKnown)
            )
        }
        for shipment in effects.shipmentLookups {
            let found = try await log.order(decidedBy: shipment.report.transaction)
                .map { try Recording.found($0) }
            inbox.put(.shipmentFound(Office.ShipmentFound(shipment, found)))
        }
        for refusal in effects.refusalLookups {
            let found = try await log.order(decidedBy: refusal.refusal.transaction)
                .map { try Recording.found($0) }
            inbox.put(.refusalFound(Office.RefusalFound(refusal, found)))
        }
        for lookup in effects.rulingLookups {
            let limit = ProtocolLimits.pageMaximum
            // One more than is sent tells whether there are more.
            let shares = try await log.shares(
                of: lookup.warehouse,
                after: lookup.query.after,
                limit: limit + 1
            )
            inbox.put(
                .rulingsFound(
                    lookup.warehouse,
                    lookup.query.session,
                    try shares.prefix(limit).map { try Recording.ruling(from: $0) },
                    isLast: shares.count <= limit
                )
            )
        }
    }

    private static func standing(
        of transaction: TransactionID,
        at warehouse: Warehouse.ID,
        in log: DecisionLog
    ) async throws -> Office.AttemptFound {
        guard let logged = try await log.order(decidedBy: transaction) else { return .absent }
        return logged.isInForce(at: warehouse) ? .confirmed : .cancelled
    }

    /// Asks a site that is connected and not in session who it is; one in session, whether it is there.
    private func probe(_ warehouse: Warehouse.ID) async {
        while !Task.isCancelled {
            let isActive = board.withLock { board in
                board.sites.contains { $0.warehouse == warehouse && $0.session != nil }
            }
            do {
                try await Task.sleep(
                    for: isActive
                        ? CoordinatorLimits.heartbeat : CoordinatorLimits.reconnection
                )
            } catch {
                return
            }
            guard let pair = links[warehouse], pair.bids.isUp, pair.transactions.isUp else {
                continue
            }
            inbox.put(.probe(warehouse))
        }
    }

    private func hear(_ event: Office.Event, at instant: Timestamp) {
        guard case .answered(let warehouse, _, _, _) = event else { return }
        board.withLock { $0.lastHeard[warehouse] = instant }
    }

    private func post(_ office: borrowing Office, isRecovered: Bool) {
        let sites = office.sites
        let amnesiac = Set(sites.map(\.warehouse).filter { office.isAmnesiac($0) })
        let quarantined = Set(sites.map(\.warehouse).filter { office.isQuarantined($0) })
        let ordersUnderWay = office.ordersUnderWay
        let obstacle = office.obstacle
        board.withLock { board in
            board.quarantined = quarantined
            board.obstacle = obstacle
            board.sites = sites
            board.amnesiac = amnesiac
            board.ordersUnderWay = ordersUnderWay
            board.isRecovered = isRecovered
        }
    }

    private func say(_ note: Office.Note) {
        board.withLock { $0.take(note) }
        logger.say(note)
    }
}
