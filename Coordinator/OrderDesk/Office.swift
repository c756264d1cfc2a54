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
    private var quotes = Quotes()
    /// What waits for stock, and whose turn it is.
    private var backorders = BackorderBook()
    /// What sites could not pick, and nothing ships in place of yet.
    private var refused = RefusedPicks()
    /// What has yet to leave, and what of it should have.
    private var departures: DepartureBook
    /// Whether the next look at departures is on its way.
    private var isWatching = false
    /// The orders of which the log is asked because something of them should have left.
    private var watched: Set<Order.ID> = []
    /// By which days it is expected.
    private var dates = DateBook()
    /// Whether the next tick of the follow-ups is on its way.
    private var isTicking = false
    /// What the log has held; an agent that has seen more proves it an older copy.
    private var history: LogHistory
    private var standing: Standing

    /// Whether the log is known to hold every decision.
    private enum Standing: Sendable {
        case whole
        /// A site has seen decisions that it lacks: nothing is decided, and nobody released.
        case doubted(String)
        /// It is being rebuilt from what the sites hold: nothing else is done.
        case recovering(LogRecovery)
    }

    /// An order under way and who waits for it.
    private struct Case: Sendable {
        /// The order as it stands.
        var order: Order
        let receivedAt: Timestamp
        var waiting: [Client]
        /// Nil until the log has said that the order is new.
        var process: OrderProcess?
        /// What may take its place, while that is not decided.
        var second: Second?
        /// Decisions whose place another has taken, as long as they are being given back.
        var leaving: [OrderProcess] = []
        /// The sites whose acknowledgement is awaited.
        var owing: [Warehouse.ID] = []
        /// Whether something of it has left the building.
        var hasShipped = false
    }

    /// A second attempt of a decided order that is under way.
    private struct Second: Sendable {
        var process: OrderProcess
        let attempt: SecondAttempt
        let client: ClientID
        /// The order as it stands.
        let record: OrderRecord
    }

    /// Somebody who wants a decided order sourced again.
    private struct Resourcer: Sendable {
        let client: ClientID
        let wish: ResourcingWish
        let isPreview: Bool
        /// What is to be sourced of it, where the office itself follows up.
        var turn: BackorderBook.Turn?
        /// What a site could not pick of it, where that is why.
        var refused: RefusedPicks.Turn?
        /// The sites that have missed a cutoff, where the office itself asks because of them.
        var late: [Warehouse.ID] = []
        /// What of the order is to be other than it is, where that is why.
        var change: OrderChange?

        init(
            _ client: ClientID,
            _ wish: ResourcingWish,
            isPreview: Bool = false,
            turn: BackorderBook.Turn? = nil,
            refused: RefusedPicks.Turn? = nil,
            late: [Warehouse.ID] = [],
            change: OrderChange? = nil
        ) {
            self.client = client
            self.wish = wish
            self.isPreview = isPreview
            self.turn = turn
            self.refused = refused
            self.late = late
            self.change = change
        }
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
        /// An order that is decided is to be sourced again, or to be shown how it would be.
        case resourcingAsked(Order.ID, ResourcingWish, isPreview: Bool, by: ClientID)
        /// An order that is decided is to be another, or to be shown how it would be.
        case changeAsked(Order.ID, OrderChange, ResourcingWish, isPreview: Bool, by: ClientID)
        case availabilityAsked(SKU, Destination, Currency, by: ClientID)
        /// What an order would cost is to be told; it is not placed, and its id means nothing.
        case quoteAsked(Order, by: ClientID)
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
        /// A page of the decisions that a site shares.
        case rulingsFound(Warehouse.ID, SessionID, [Ruling], isLast: Bool)
        /// What the log says of an attempt that a site has confirmed.
        case proofFound(TransactionID, Warehouse.ID, AttemptFound)
        /// What the log says of an attempt that a site manager has forced.
        ///
        /// `isKnown` where the override is in the log already: it is no news.
        case overrideFound(HoldOverride, Warehouse.ID, AttemptFound, isKnown: Bool)
        /// What the log says of an attempt of which a site has shipped its part.
        case shipmentFound(ShipmentFound)
        /// What the log says of an attempt of which a site cannot pick a part.
        case refusalFound(RefusalFound)
        /// Other rules, or other directories, are in force from the next order on.
        case rulesChanged(OfficeRules)
        /// The log has been rebuilt: what it says is not acknowledged by all.
        case recovered([Found], LogHistory, unfinished: Unfinished = Unfinished())
    }

    /// What the office goes on with of decided orders, from the log.
    package struct Unfinished: Sendable {
        /// What waits for stock.
        package let waiting: [WaitingOrder]
        /// What sites could not pick of decisions in force and have not shipped, by order.
        package let refusals: [Order.ID: [SitePickRefusal]]
        /// What has yet to leave.
        package let departures: [DueDeparture]
        /// By which days what waits was expected.
        package let dates: BackorderDates

        package init(
            waiting: [WaitingOrder] = [],
            refusals: [Order.ID: [SitePickRefusal]] = [:],
            departures: [DueDeparture] = [],
            dates: BackorderDates = BackorderDates()
        ) {
            self.waiting = waiting
            self.refusals = refusals
            self.departures = departures
            self.dates = dates
        }
    }

    /// A decided order, from the log.
    package struct Found: Sendable {
        package let record: OrderRecord
        package let warehouses: [Warehouse.ID]
        /// What of it was drawn from leases, by site.
        package let draws: [Warehouse.ID: [Lease.Draw]]
        /// Whether another decision has taken the place of this one.
        package let isSuperseded: Bool
        /// The sites whose parts stay all the same: they had shipped.
        package let kept: [Warehouse.ID]

        package init(
            record: OrderRecord,
            warehouses: [Warehouse.ID],
            draws: [Warehouse.ID: [Lease.Draw]] = [:],
            isSuperseded: Bool = false,
            kept: [Warehouse.ID] = []
        ) {
            self.isSuperseded = isSuperseded
            self.kept = kept
            self.record = record
            self.warehouses = warehouses
            self.draws = draws
        }
    }

    /// What the log says of an attempt of which a site has shipped its part.
    package struct ShipmentFound: Hashable, Sendable {
        package let shipment: SiteShipment
        /// Nil where no order that the site shares was decided by it.
        package let order: Order.ID?
        package let isCancelled: Bool
        /// Whether the shipment is in the log already: it is no news.
        package let isKnown: Bool

        /// Holds a shipment against what the attempt has decided, where it has decided anything.
        package init(_ shipment: SiteShipment, _ found: Found?) {
            let found = found.flatMap { $0.warehouses.contains(shipment.warehouse) ? $0 : nil }
            self.shipment = shipment
            order = found?.record.order.id
            isCancelled =
                found.map { found in
                    found.isSuperseded
                        ? !found.kept.contains(shipment.warehouse)
                        : found.record.status == .cancelled
                } ?? false
            isKnown = found?.record.shipment(from: shipment.warehouse) != nil
        }
    }

    /// What the log says of an attempt of which a site cannot pick a part.
    package struct RefusalFound: Hashable, Sendable {
        package let refusal: SitePickRefusal
        /// Nil where no order that the site shares was decided by it.
        package let order: Order.ID?
        /// Whether nothing of it is to be picked there any more: it was replaced, or has left.
        package let isOver: Bool
        /// Whether the refusal is in the log already: it is no news.
        package let isKnown: Bool

        /// Holds a refusal against what the attempt has decided, where it has decided anything.
        package init(_ refusal: SitePickRefusal, _ found: Found?) {
            let found = found.flatMap { $0.warehouses.contains(refusal.warehouse) ? $0 : nil }
            self.refusal = refusal
            order = found?.record.order.id
            isOver =
                found.map { found in
                    found.isSuperseded || found.record.status == .cancelled
                        || found.record.shipment(from: refusal.warehouse) != nil
                } ?? true
            isKnown = found?.record.refusedPicks.contains(refusal) ?? false
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
        /// Durable, all of them and what is kept, before anything below leaves.
        ///
        /// In this order, but for what is kept that `precedesRecords`.
        package var records: [Record] = []
        package var keepings: [Keeping] = []
        /// What people should know of, or no more.
        package var signs: [AlertSign] = []
        /// Whether the log is to be read as after a restart, and answered with `recovered`.
        package var rereadsLog = false
        package var requests: [Outgoing] = []
        package var tasks: [SolveTask] = []
        package var lookups: [Order.ID] = []
        package var attemptLookups: [Inquiry] = []
        /// Attempts that a site has confirmed, to be answered with `proofFound`.
        package var proofs: [Inquiry] = []
        package var rulingLookups: [RulingLookup] = []
        /// To be answered with `overrideFound`.
        package var overrideLookups: [OverrideLookup] = []
        /// To be answered with `shipmentFound`.
        package var shipmentLookups: [SiteShipment] = []
        /// To be answered with `refusalFound`.
        package var refusalLookups: [SitePickRefusal] = []
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

        package init(
            order: Order,
            receivedAt: Timestamp,
            decidedAt: Timestamp,
            content: OrderProcess.Record
        ) {
            self.order = order
            self.receivedAt = receivedAt
            self.decidedAt = decidedAt
            self.content = content
        }

        /// Whether it is the decision that sites are bound by.
        package var isConfirmation: Bool {
            switch content {
            case .confirmed, .resourced: true
            case .refused, .cancelled, .ended: false
            }
        }
    }

    /// What must be written down of the sites and of the log itself.
    package enum Keeping: Sendable {
        /// The site's history goes on from here, whatever it was before.
        case site(Warehouse.ID, SiteSession.Adoption)
        /// The site's history has come at least so far.
        case mark(Warehouse.ID, HistoryMark)
        /// The log lacks decisions: it must be recovered.
        case doubt(String)
        case epoch(Int64)
        /// A site manager has forced a reservation.
        case override(SiteOverride)
        /// A site's part of an order has left the building.
        case shipment(SiteShipment)
        /// A site cannot pick a part of an order.
        case refusal(SitePickRefusal)
        /// What has become of a lease.
        case lease(LeaseBook.Change)
        /// By which days what waits is expected, and from which receipts.
        case dates(BackorderDates)
        /// A decision that the sites have told of; the log may know it.
        ///
        /// Where another of its order is in force, it takes that one's place, but for what these
        /// sites have shipped of it.
        case rebuilt(Record, isCancelled: Bool, keeping: [Warehouse.ID])
        /// The log is whole again.
        case recovered

        /// Whether it is written before the records: a decision may draw on it.
        package var precedesRecords: Bool {
            switch self {
            case .lease(.granted): true
            case .lease(.closed), .lease(.writtenOff), .site, .mark, .doubt, .epoch, .override,
                .shipment, .refusal, .dates, .rebuilt, .recovered:
                false
            }
        }
    }

    /// What a site manager has forced, to be held against the log.
    package struct OverrideLookup: Hashable, Sendable {
        package let override: HoldOverride
        package let warehouse: Warehouse.ID
    }

    /// A page of the decisions that a site shares, to be read from the log.
    package struct RulingLookup: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let query: SiteSession.RulingQuery
    }

    /// A request to one site, and the session it belongs to.
    package struct Outgoing: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let session: SessionID?
        package let request: Request

        package init(warehouse: Warehouse.ID, session: SessionID?, request: Request) {
            self.warehouse = warehouse
            self.session = session
            self.request = request
        }
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
        case resourcing(ClientID, ResourcingAnswer)
        /// What each site has; empty where nobody answered.
        case availability(ClientID, [SiteAvailability])
        case quote(ClientID, QuoteAnswer)
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
        /// The order is cancelled, and the site had shipped its part.
        case shippedBeforeCancelled(Order.ID, TransactionID, Warehouse.ID)
        /// A site's part of an order has left; where that is cancelled, a person must act.
        case shipped(Order.ID, SiteShipment, isCancelled: Bool)
        /// A site says that it has shipped what it was never asked to.
        case shippedUndecided(SiteShipment)
        /// A site cannot pick a part of an order: it is sourced again.
        case pickRefused(Order.ID, SitePickRefusal)
        /// A site says that it cannot pick what it was never asked to.
        case pickRefusedUndecided(SitePickRefusal)
        /// A site manager has forced a reservation; where that is a conflict, a person must act.
        case overridden(SiteOverride)
        /// A site has leased units, or a lease has ended.
        ///
        /// Where orders had drawn on one that was written off, a person must act.
        case lease(LeaseBook.Change)
        /// Stock has come for what waits of an order: it is sourced again.
        case followedUp(Order.ID, because: String)
        /// These sites should have shipped their parts of an order, and have not said so.
        case cutoffMissed(Order.ID, [Warehouse.ID], isSourcedAgain: Bool)
        /// A site has seen decisions that the log lacks: why it is thought so.
        case logDoubted(String)
        /// The log cannot be rebuilt before these sites have told what they hold.
        case recoveryWaits([Warehouse.ID])
        /// It is rebuilt, with so many decisions that the sites have told of.
        case logRebuilt(decisions: Int)
        /// Of a decision that was rebuilt, these sites hold nothing.
        case rebuiltWithout(TransactionID, [Warehouse.ID])
        /// What the sites told of an attempt names no order.
        case notRebuilt(TransactionID)
    }

    /// What the log has evidence of, of one site's history.
    package struct Evidence: Hashable, Sendable {
        package let mark: HistoryMark
        package let incarnation: Int64

        package init(mark: HistoryMark, incarnation: Int64 = 0) {
            self.mark = mark
            self.incarnation = incarnation
        }
    }

    /// Opens an office that knows of no order.
    ///
    /// - Parameters:
    ///   - desk: Its sites and policy.
    ///   - evidence: What the log knows of each site's history.
    ///   - history: What the log has held.
    ///   - isRecovering: Whether the log was lost and is to be rebuilt from the sites first.
    package init(
        desk: OrderDesk,
        evidence: [Warehouse.ID: Evidence] = [:],
        history: LogHistory = LogHistory(),
        isRecovering: Bool = false
    ) {
        self.desk = desk
        self.history = history
        departures = DepartureBook(grace: desk.timing.missedCutoffs)
        let warehouses = desk.sites.map(\.warehouse)
        standing = isRecovering ? .recovering(LogRecovery(of: warehouses)) : .whole
        sessions = warehouses.map { warehouse in
            SiteSession(
                warehouse: warehouse,
                epoch: desk.epoch,
                known: evidence[warehouse]?.mark ?? .empty,
                incarnation: evidence[warehouse]?.incarnation ?? 0,
                isReportWanted: isRecovering
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

    /// Whether two processes answer under a site's name.
    package func isQuarantined(_ warehouse: Warehouse.ID) -> Bool {
        sessions.first { $0.warehouse == warehouse }?.isQuarantined ?? false
    }

    /// Why no order is taken; nil where the log is whole.
    package var obstacle: String? {
        switch standing {
        case .whole: nil
        case .doubted(let why): why
        case .recovering(let recovery):
            recovery.missing.isEmpty
                ? "the decision log is being rebuilt"
                : "the decision log is being rebuilt; waiting for "
                    + recovery.missing.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// What heads every message to a site.
    package struct Heading: Hashable, Sendable {
        package let epoch: Int64
        /// Every attempt with a lower number has ended.
        package let endedBelow: Int64
        /// Decisions in the log.
        package let decisions: Int64

        package init(epoch: Int64, endedBelow: Int64, decisions: Int64) {
            self.epoch = epoch
            self.endedBelow = endedBelow
            self.decisions = decisions
        }
    }

    /// What heads every message from now on, once the effects so far are durable.
    package var heading: Heading {
        let endedBelow: Int64 =
            switch standing {
            case .whole: attempts.keys.min() ?? desk.nextNumber
            // What has ended is not known.
            case .doubted, .recovering: 0
            }
        return Heading(
            epoch: desk.epoch,
            endedBelow: endedBelow,
            decisions: history.decisions
        )
    }

    /// Takes up the decisions that some site may not have acknowledged, after a restart.
    ///
    /// With them, all that waits for stock, what sites could not pick, and what has yet to leave.
    package mutating func recover(
        _ found: [Found],
        unfinished: Unfinished = Unfinished(),
        now: Timestamp
    ) -> Effects {
        var effects = Effects()
        for order in unfinished.waiting { backorders.note(order) }
        dates.restore(unfinished.dates, of: desk.sites.map(\.warehouse), for: backorders)
        for (order, refusals) in unfinished.refusals {
            for refusal in refusals { refused.note(refusal, of: order) }
        }
        for order in unfinished.departures { departures.note(order) }
        wake(into: &effects)
        watch(now: now, into: &effects)
        desk.today = Self.day(of: now)
        let givingBack = Set(found.filter(\.isSuperseded).map(\.record.order.id))
        for item in found where !item.isSuperseded {
            let record = item.record
            guard let plan = record.outcome?.plan, let transaction = record.transaction else {
                continue
            }
            cases[record.order.id] = Case(
                order: record.order,
                receivedAt: record.receivedAt,
                waiting: [],
                process: .ended(
                    record.order,
                    plan: plan,
                    transaction: transaction,
                    warehouses: item.warehouses,
                    isCancelled: record.status == .cancelled,
                    receivedAt: record.receivedAt
                ),
                hasShipped: !record.shipments.isEmpty
            )
            // Then it is here because one whose place it has taken is being given back.
            if record.isSettled && givingBack.contains(record.order.id) { continue }
            let (process, wanted) = recovered(item, plan, transaction)
            cases[record.order.id]?.process = process
            carry(wanted, of: record.order.id, now: now, into: &effects)
            tidy(record.order.id, into: &effects)
        }
        for item in found where item.isSuperseded {
            let record = item.record
            guard let plan = record.outcome?.plan, let transaction = record.transaction,
                cases[record.order.id] != nil
            else { continue }
            let (process, wanted) = recovered(item, plan, transaction)
            cases[record.order.id]?.leaving.append(process)
            pass(wanted, of: record.order.id, now: now, into: &effects)
            tidy(record.order.id, into: &effects)
        }
        return effects
    }

    private mutating func recovered(
        _ item: Found,
        _ plan: Plan,
        _ transaction: TransactionID
    ) -> (OrderProcess, OrderProcess.Effects) {
        OrderProcess.recover(
            item.record.order,
            plan: plan,
            transaction: transaction,
            warehouses: item.warehouses,
            draws: item.draws,
            isCancelled: item.isSuperseded || item.record.status == .cancelled,
            receivedAt: item.record.receivedAt,
            at: &desk
        )
    }

    /// Takes one event and adds what must now be done to `effects`.
    package mutating func handle(_ event: Event, now: Timestamp, into effects: inout Effects) {
        desk.today = Self.day(of: now)
        route(event, now: now, into: &effects)
        takeTurns(into: &effects)
        sourceRefusedPicks(into: &effects)
        settleDates(now: now, into: &effects)
        wake(into: &effects)
        watch(now: now, into: &effects)
    }

    private mutating func route(_ event: Event, now: Timestamp, into effects: inout Effects) {
        switch event {
        case .submitted(let order, let client):
            submit(order, by: client, now: now, into: &effects)
        case .cancelAsked(let id, let client):
            cancel(id, by: client, now: now, into: &effects)
        case .resourcingAsked(let id, let wish, let isPreview, let client):
            resource(id, by: Resourcer(client, wish, isPreview: isPreview), into: &effects)
        case .changeAsked(let id, let change, let wish, let isPreview, let client):
            let asker = Resourcer(client, wish, isPreview: isPreview, change: change)
            resource(id, by: asker, into: &effects)
        case .availabilityAsked(let sku, let destination, let currency, let client):
            surveys.begin(
                sku,
                to: destination,
                in: currency,
                for: client,
                at: desk,
                into: &effects
            )
        case .quoteAsked(let order, let client):
            quotes.begin(order, for: client, at: desk, now: now, into: &effects)
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
        case .solved(let task, let result) where Quotes.owns(task.round):
            quotes.take(result, of: task.round, into: &effects)
        case .solved(let task, let result):
            tell(task.order.id, .solved(task.round, result), now: now, into: &effects)
        case .timer(let id, AvailabilitySurveys.token):
            survey(.deadline, of: id, into: &effects)
        case .timer(Self.departureLooks, Self.departuresToken):
            lookAtDepartures(now: now, into: &effects)
        case .timer(Self.followUps, Self.followUpsToken):
            lookForStock(into: &effects)
        case .timer(let id, let token):
            tell(id, .timer(token), now: now, into: &effects)
        case .rulingsFound(let warehouse, let session, let rulings, let isLast):
            let event = SiteSession.Event.rulings(session, rulings, isLast: isLast)
            step(warehouse, event, now: now, into: &effects)
        case .proofFound(let transaction, let warehouse, let found):
            judge(found, of: transaction, confirmedBy: warehouse, now: now, into: &effects)
        case .overrideFound(let override, let warehouse, let found, let isKnown):
            judge(override, at: warehouse, found, isKnown: isKnown, into: &effects)
        case .shipmentFound(let found):
            judge(found, now: now, into: &effects)
        case .refusalFound(let found):
            judge(found, into: &effects)
        case .recovered(let found, let history, let unfinished):
            takeUp(found, history, unfinished, now: now, into: &effects)
        case .rulesChanged(let rules):
            desk.rules = rules
        }
    }

    // Clients.

    private mutating func submit(
        _ order: Order,
        by client: ClientID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        if let obstacle {
            effects.answers.append(.submission(client, unavailable(obstacle)))
            return
        }
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
        if let obstacle {
            effects.answers.append(
                .cancellation(
                    client,
                    .unavailable(reason: obstacle, retryAfterSeconds: Self.retryAfterSeconds)
                )
            )
            return
        }
        if let known = cases[id], !known.hasShipped {
            cases[id]?.waiting.append(Client(id: client, order: nil))
            if cases[id]?.process != nil { tell(id, .cancel, now: now, into: &effects) }
            // Without a process the look-up under way decides.
            return
        }
        strangers[id, default: []].append(client)
        lookUp(id, into: &effects)
    }

    /// Clients who asked to cancel what only the log can judge, until it has answered.
    ///
    /// That is an order that is not under way, or of which something has shipped.
    private var strangers: [Order.ID: [ClientID]] = [:]

    /// Whoever wants a decided order sourced again, until the log has said how it stands.
    private var resourcers: [Order.ID: [Resourcer]] = [:]

    private mutating func resource(
        _ id: Order.ID,
        by asker: Resourcer,
        into effects: inout Effects
    ) {
        if let obstacle {
            return effects.answers.append(.resourcing(asker.client, notResourced(obstacle)))
        }
        let known = desk.sites.map(\.warehouse)
        let strangers = asker.wish.warehouses.filter { !known.contains($0) }
        guard strangers.isEmpty else {
            return effects.answers.append(
                .resourcing(asker.client, .unknownWarehouses(strangers))
            )
        }
        resourcers[id, default: []].append(asker)
        lookUp(id, into: &effects)
    }

    private func notResourced(_ reason: String) -> ResourcingAnswer {
        .unavailable(reason: reason, retryAfterSeconds: Self.retryAfterSeconds)
    }

    /// Begins to source a decided order again, or says why not.
    private mutating func resource(
        _ found: Found?,
        of id: Order.ID,
        by asker: Resourcer,
        now: Timestamp,
        into effects: inout Effects
    ) {
        let answer: ResourcingAnswer? =
            if let found {
                switch cases[id] {
                case let known? where known.second != nil:
                    notResourced("it is being sourced again for somebody else")
                case let known? where known.process?.isGivenBack == true:
                    notResourced("it is being cancelled")
                default:
                    found.record.outcome == nil ? notResourced("it is not decided yet") : nil
                }
            } else {
                cases[id] == nil ? .unknownOrder : notResourced("it is not decided yet")
            }
        if let answer { return say(answer, to: asker.client, of: id, into: &effects) }
        guard let found else { return }
        let second: (attempt: SecondAttempt, part: Order?)?
        do throws(OrderChange.Fault) {
            second = try secondAttempt(at: found.record, for: asker, now: now)
        } catch {
            let answer = ResourcingAnswer.unlawfulChange(error, found.record)
            return say(answer, to: asker.client, of: id, into: &effects)
        }
        guard let second else {
            let answer = ResourcingAnswer.nothingToResource(found.record)
            return say(answer, to: asker.client, of: id, into: &effects)
        }
        if let obstacle = obstacle(to: second.attempt, of: found.record) {
            return say(notResourced(obstacle), to: asker.client, of: id, into: &effects)
        }
        if second.attempt.wish.isFollowUp {
            effects.notes.append(.followedUp(id, because: second.attempt.wish.reason))
        }
        begin(second.attempt, of: second.part, at: found, for: asker.client, now, into: &effects)
    }

    /// Begins on what is to take the place of a decision.
    ///
    /// Where `part` is nil, all that is left has shipped, and there is nothing to ask for.
    private mutating func begin(
        _ attempt: SecondAttempt,
        of part: Order?,
        at found: Found,
        for client: ClientID,
        _ now: Timestamp,
        into effects: inout Effects
    ) {
        let record = found.record
        let id = record.order.id
        if cases[id] == nil {
            cases[id] = Case(
                order: record.order,
                receivedAt: record.receivedAt,
                waiting: [],
                process: .ended(
                    record.order,
                    plan: attempt.before,
                    transaction: attempt.replaced,
                    warehouses: found.warehouses,
                    receivedAt: record.receivedAt
                ),
                hasShipped: !record.shipments.isEmpty
            )
        }
        let (process, wanted) =
            part.map { OrderProcess.begin(attempt, of: $0, at: &desk) }
            ?? OrderProcess.close(attempt, at: &desk)
        cases[id]?.second = Second(
            process: process,
            attempt: attempt,
            client: client,
            record: record
        )
        _ = carrySecond(wanted, of: id, now: now, into: &effects)
        tidy(id, into: &effects)
    }

    private func secondAttempt(
        at record: OrderRecord,
        for asker: Resourcer,
        now: Timestamp
    ) throws(OrderChange.Fault) -> (SecondAttempt, Order?)? {
        if let change = asker.change {
            return try record.secondAttempt(
                for: change,
                asker.wish,
                at: now,
                isPreview: asker.isPreview
            )
        }
        if let refused = asker.refused { return record.secondAttempt(after: refused, at: now) }
        if let turn = asker.turn {
            return record.followUp(on: turn.skus, because: asker.wish.reason, at: now)
        }
        return record.secondAttempt(
            for: asker.wish,
            at: now,
            isPreview: asker.isPreview,
            late: asker.late
        )
    }

    /// Why a follow-up has to wait; nil where nothing is in its way.
    ///
    /// The sites that have something of it already are asked to take it over as it is.
    private func obstacle(to attempt: SecondAttempt, of record: OrderRecord) -> String? {
        guard attempt.wish.isFollowUp else { return nil }
        guard record.isSettled else { return "the sites have yet to acknowledge what was decided" }
        return attempt.staying.first { desk.session(of: $0) == nil }
            .map { "\($0), which ships a part of it, is out of reach" }
    }

    /// Answers whoever asked for a second attempt: somebody outside, or the office itself.
    private mutating func say(
        _ answer: ResourcingAnswer,
        to client: ClientID,
        of id: Order.ID,
        into effects: inout Effects
    ) {
        if client == Self.pickers { return hear(answer, onRefusedPicksOf: id, into: &effects) }
        if client == Self.watchman { return endLooking(after: answer, at: id, into: &effects) }
        guard client == Self.itself else {
            return effects.answers.append(.resourcing(client, answer))
        }
        switch answer {
        case .resourced: break
        case .unfillable: backorders.end(id, .cannot)
        case .nothingToResource, .unknownOrder, .unlawfulChange:
            backorders.end(id, .cannot)
            noteNothingWaiting(of: id, into: &effects)
        case .unavailable, .previewed, .unknownWarehouses: backorders.end(id, .stumbled)
        }
    }

    // Picks that sites refuse.

    /// Stands among those who ask the office for the sites that could not pick a part.
    private static let pickers = ClientID.max - 1

    /// Has those sourced again of which a site could not pick a part.
    private mutating func sourceRefusedPicks(into effects: inout Effects) {
        guard case .whole = standing else { return }
        for turn in refused.nextTurns() {
            let wish = ResourcingWish(who: turn.who, reason: turn.reason)
            resourcers[turn.order, default: []]
                .append(Resourcer(Self.pickers, wish, refused: turn))
            lookUp(turn.order, into: &effects)
        }
    }

    /// Takes in what has become of an order of which a site could not pick a part.
    private mutating func hear(
        _ answer: ResourcingAnswer,
        onRefusedPicksOf id: Order.ID,
        into effects: inout Effects
    ) {
        switch answer {
        // With the decision it was forgotten.
        case .resourced: break
        case .unfillable(let refusals, _):
            if let words = refused.words(of: id) {
                let lines = refusals.map {
                    "\($0.requested) x \($0.sku), \($0.available) to be had"
                }
                effects.signs.append(
                    .raised(
                        Alert.Subject(.pickRefused, id.rawValue),
                        "order \(id) cannot be picked (\(words)), and no lawful plan is left: "
                            + lines.joined(separator: "; ")
                    )
                )
            }
            refused.postpone(id)
        case .nothingToResource, .unknownOrder, .unlawfulChange:
            forgetRefusedPicks(of: id, because: "nothing of it is to be picked", into: &effects)
        case .unavailable, .previewed, .unknownWarehouses: refused.postpone(id)
        }
    }

    /// Takes note that what sites could not pick of an order is settled.
    private mutating func forgetRefusedPicks(
        of id: Order.ID,
        because reason: String,
        into effects: inout Effects
    ) {
        guard refused.remove(id) else { return }
        effects.signs.append(.cleared(Alert.Subject(.pickRefused, id.rawValue), reason))
    }

    /// Takes note that what sites could not pick is settled, by what is written of an order.
    private mutating func noteRefusedPicks(
        _ record: OrderProcess.Record,
        of id: Order.ID,
        into effects: inout Effects
    ) {
        switch record {
        case .resourced:
            forgetRefusedPicks(of: id, because: "the order is sourced otherwise", into: &effects)
        case .cancelled:
            forgetRefusedPicks(of: id, because: "the order is cancelled", into: &effects)
        case .confirmed, .refused, .ended: break
        }
    }

    /// Asks the log about an attempt of which a site cannot pick a part.
    private func hear(
        _ refusal: PickRefusal,
        at warehouse: Warehouse.ID,
        into effects: inout Effects
    ) {
        guard refusal.transaction.coordinator == desk.coordinator, case .whole = standing else {
            return
        }
        effects.refusalLookups.append(SitePickRefusal(warehouse: warehouse, refusal: refusal))
    }

    /// Writes a refusal down, and has the order sourced again and the site told that it is known.
    private mutating func judge(_ found: RefusalFound, into effects: inout Effects) {
        guard case .whole = standing else { return }
        let refusal = found.refusal
        send(
            .noteRefusal(refusal.refusal.transaction, at: refusal.refusal.at),
            to: refusal.warehouse,
            into: &effects
        )
        guard let order = found.order else {
            return effects.notes.append(.pickRefusedUndecided(refusal))
        }
        guard !found.isKnown else { return }
        effects.keepings.append(.refusal(refusal))
        if let session = sessions.first(where: { $0.warehouse == refusal.warehouse }) {
            effects.keepings.append(.mark(session.warehouse, session.mark))
        }
        // What the log is being asked of the order may lack this.
        if lookups[order] != nil { lookups[order] = true }
        effects.notes.append(.pickRefused(order, refusal))
        guard !found.isOver else { return }
        refused.note(refusal, of: order)
        effects.signs.append(
            .raised(
                Alert.Subject(.pickRefused, order.rawValue),
                "order \(order) cannot be picked (\(refused.words(of: order) ?? "")); it is sourced "
                    + "again"
            )
        )
    }

    /// Has people know where a count found other than what was recorded, until one agrees.
    private func hear(
        _ counts: [CountReport],
        at warehouse: Warehouse.ID,
        into effects: inout Effects
    ) {
        guard let last = counts.last else { return }
        for report in counts {
            let lot = report.lot.map { ", lot \($0)" } ?? ""
            let subject = Alert.Subject(.stockDrift, "\(warehouse) \(report.sku)\(lot)")
            let found = "\(report.counted) x \(report.sku)\(lot)"
            effects.signs.append(
                report.agrees
                    ? .cleared(subject, "\(warehouse) counted \(found), as was recorded")
                    : .raised(
                        subject,
                        "\(warehouse) counted \(found) where \(report.recorded) were recorded; "
                            + "\(report.who) did at \(report.at.iso8601)"
                    )
            )
        }
        send(.noteCounts(through: last.entry), to: warehouse, into: &effects)
    }

    // Departures.

    /// Stands for the office among those who ask it, where a cutoff was missed.
    private static let watchman = ClientID.max - 2
    /// Stands for all looks at departures among the timers of orders.
    private static let departureLooks = Order.ID(trusted: "departures")
    /// Tells their timer from an order's, and from that of the follow-ups.
    private static let departuresToken = -2

    /// Has the next look come, as long as anything has yet to leave.
    private mutating func watch(now: Timestamp, into effects: inout Effects) {
        guard !isWatching, let pause = departures.pause(at: now) else { return }
        isWatching = true
        effects.timers.append(
            Timer(order: Self.departureLooks, token: Self.departuresToken, after: pause)
        )
    }

    /// Asks the log about the orders of which something should have left by now.
    private mutating func lookAtDepartures(now: Timestamp, into effects: inout Effects) {
        isWatching = false
        guard case .whole = standing else { return }
        for id in departures.nextLooks(at: now) {
            watched.insert(id)
            lookUp(id, into: &effects)
        }
    }

    /// Looks at an order of which something should have left, by what the log says of it.
    private mutating func look(
        at found: Found,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        let record = found.record
        guard case .confirmed(let plan)? = record.outcome else { return departures.remove(id) }
        let left = plan.warehouses.filter { record.shipment(from: $0) != nil }
        let findings = departures.look(at: id, plan.departures(without: left), now: now)
        effects.signs += findings.news.map { missed($0, by: id) }
        guard !findings.open.isEmpty else { return }
        let late = findings.open.map(\.warehouse)
        let ruling = desk.rules.ruling(on: record.order, receivedAt: record.receivedAt)
        guard ruling.reroutesMissedCutoffs else {
            _ = departures.end(id, .cannot)
            return effects.notes.append(.cutoffMissed(id, late, isSourcedAgain: false))
        }
        // Who is out of reach may have shipped and not told; so may who has yet to acknowledge.
        guard record.isSettled, late.allSatisfy({ desk.session(of: $0) != nil }) else {
            _ = departures.end(id, .unheard)
            return
        }
        effects.notes.append(.cutoffMissed(id, late, isSourcedAgain: true))
        // What a person last said of warehouses still holds.
        let last = record.resourcings.last?.wish
        let wish = ResourcingWish(
            excluded: last?.excluded ?? [],
            forced: last?.forced ?? [],
            who: "office",
            reason: "missed cutoff of " + late.map(\.rawValue).joined(separator: ", ")
        )
        let asker = Resourcer(Self.watchman, wish, late: late)
        resource(found, of: id, by: asker, now: now, into: &effects)
    }

    /// Takes note of how it ended that an order was to be sourced again for a missed cutoff.
    private mutating func endLooking(
        after answer: ResourcingAnswer,
        at id: Order.ID,
        into effects: inout Effects
    ) {
        let (ending, why): (DepartureBook.Ending, (Plan.Departure) -> String) =
            switch answer {
            // What is written of it has said so.
            case .resourced: (.unheard, { _ in "" })
            case .previewed(let comparison):
                (
                    .stays(comparison.plan),
                    { part in
                        let then = comparison.plan.departures()
                            .first { $0.warehouse == part.warehouse }
                        return "no other plan is better, and it would leave by "
                            + (then.map { "\($0.leavesBy)" } ?? "the next cutoff")
                    }
                )
            case .unfillable: (.cannot, { _ in "no other plan is lawful, so this one stays" })
            case .nothingToResource, .unknownOrder, .unknownWarehouses, .unlawfulChange:
                (.cannot, { _ in "" })
            case .unavailable(let reason, _):
                (.stumbled, { _ in "it could not be sourced again: \(reason)" })
            }
        for part in departures.end(id, ending) {
            let reason = why(part)
            if !reason.isEmpty { effects.signs.append(missed(part, by: id, reason)) }
        }
    }

    private func missed(
        _ part: Plan.Departure,
        by id: Order.ID,
        _ why: String? = nil
    ) -> AlertSign {
        .raised(
            Self.subject(of: part.warehouse, id),
            "\(part.warehouse) should have shipped its part of order \(id) by \(part.leavesBy), "
                + "and has not told that it has" + (why.map { "; \($0)" } ?? "")
        )
    }

    private static func subject(of warehouse: Warehouse.ID, _ id: Order.ID) -> Alert.Subject {
        Alert.Subject(.missedCutoff, "\(id) \(warehouse)")
    }

    /// Takes note of what has yet to leave, or no more, by what is written of an order.
    private mutating func noteDepartures(
        _ record: OrderProcess.Record,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        switch record {
        case .confirmed(let decision): departures.note(id, decision.plan.departures())
        case .resourced(let decision, let second):
            let parts = decision.plan.departures()
            effects.signs += second.before.departures(without: second.kept)
                .filter { departures.isMissed($0, at: now) && !parts.contains($0) }
                .map {
                    AlertSign.cleared(
                        Self.subject(of: $0.warehouse, id),
                        "it is sourced otherwise"
                    )
                }
            departures.note(id, parts)
        case .cancelled(_, let plan):
            effects.signs += plan.departures().filter { departures.isMissed($0, at: now) }
                .map {
                    AlertSign.cleared(
                        Self.subject(of: $0.warehouse, id),
                        "the order is cancelled"
                    )
                }
            departures.remove(id)
        case .refused, .ended: break
        }
    }

    // Follow-ups.

    /// Stands for the office among those who ask it.
    private static let itself = ClientID.max
    /// Stands for all follow-ups among the timers of orders.
    private static let followUps = Order.ID(trusted: "follow-ups")
    /// Tells their timer from an order's, whose tokens count from one.
    private static let followUpsToken = -1

    /// Has the next tick come, as long as anything waits.
    private mutating func wake(into effects: inout Effects) {
        guard let pause = desk.timing.followUps, !isTicking,
            !backorders.isEmpty || !refused.isEmpty
        else { return }
        isTicking = true
        effects.timers.append(
            Timer(order: Self.followUps, token: Self.followUpsToken, after: pause)
        )
    }

    /// Asks the sites what they have of what is waited for.
    private mutating func lookForStock(into effects: inout Effects) {
        isTicking = false
        refused.advance()
        guard case .whole = standing, !backorders.isEmpty else { return }
        let skus = backorders.nextAsked()
        if let result = surveys.begin(skus, at: desk, into: &effects) {
            take(result, of: skus)
        }
    }

    private mutating func survey(
        _ event: SourcingRound.Event,
        of id: Order.ID,
        into effects: inout Effects
    ) {
        if let (skus, result) = surveys.handle(event, of: id, into: &effects) {
            take(result, of: skus)
        }
        quotes.handle(event, of: id, under: desk.policy, into: &effects)
    }

    private mutating func take(_ result: SourcingRound.Result, of skus: [SKU]) {
        for bid in result.bids {
            let found = skus.enumerated()
                .map { line, sku in
                    let units = bid.offers.first { $0.line == line }?.quantity.units ?? 0
                    return (sku: sku, units: units)
                }
            // With the stock: what has come is one or the other.
            let asked = skus.enumerated().filter { !backorders.wasTouched($0.element) }
            dates.hear(
                bid.incoming,
                of: asked.map { (line: $0.offset, sku: $0.element) },
                at: bid.warehouse
            )
            backorders.hear(found, at: bid.warehouse)
        }
    }

    /// Works out by which days what waits is expected, where something has changed.
    private mutating func settleDates(now: Timestamp, into effects: inout Effects) {
        guard case .whole = standing else { return }
        let settled = dates.settle(backorders, at: now, on: Self.day(of: now))
        if !settled.dates.isEmpty { effects.keepings.append(.dates(settled.dates)) }
        effects.signs += settled.signs
    }

    /// Has those sourced again whose turn it is.
    private mutating func takeTurns(into effects: inout Effects) {
        guard case .whole = standing, desk.timing.followUps != nil else { return }
        for turn in backorders.nextTurns() {
            let skus = turn.skus.prefix(3).map(\.code).joined(separator: ", ")
            let more = turn.skus.count > 3 ? " and others" : ""
            let sites = turn.warehouses.prefix(3).map(\.rawValue).joined(separator: ", ")
            let wish = ResourcingWish(
                isFollowUp: true,
                who: "office",
                reason: "stock of \(skus)\(more) at \(sites)"
            )
            resourcers[turn.order, default: []]
                .append(Resourcer(Self.itself, wish, turn: turn))
            lookUp(turn.order, into: &effects)
        }
    }

    /// Takes note of what waits, or no more, by what is written of an order.
    private mutating func noteWaiting(
        _ record: OrderProcess.Record,
        of order: Order,
        into effects: inout Effects
    ) {
        switch record {
        case .confirmed(let decision), .resourced(let decision, _):
            guard let waiting = decision.waiting else {
                return noteNothingWaiting(of: order.id, into: &effects)
            }
            backorders.note(waiting)
            dates.note(waiting)
            if case .confirmed = record { dates.learn(from: decision.evidence.bids, on: order) }
        case .cancelled: noteNothingWaiting(of: order.id, into: &effects)
        case .refused, .ended: break
        }
    }

    private mutating func noteNothingWaiting(of id: Order.ID, into effects: inout Effects) {
        backorders.remove(id)
        guard dates.remove(id) else { return }
        let subject = Alert.Subject(.backorderSlipped, id.rawValue)
        effects.signs.append(.cleared(subject, "nothing of the order waits any more"))
    }

    /// Returns what waits of an order that was decided when nobody listed that.
    package func waiting(_ record: OrderRecord) -> WaitingOrder? {
        guard case .confirmed(let plan)? = record.outcome else { return nil }
        let ruling = desk.rules.ruling(on: record.order, receivedAt: record.receivedAt)
        return WaitingOrder(
            of: record.order,
            in: plan,
            rank: ruling.rank,
            since: record.receivedAt
        )
    }

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
        let resourcing = resourcers.removeValue(forKey: id) ?? []
        let isWatched = watched.remove(id) != nil
        guard let found else {
            begin(id, now: now, into: &effects)
            for client in cancelling {
                effects.answers.append(.cancellation(client, .unknownOrder))
            }
            for asker in resourcing {
                resource(nil, of: id, by: asker, now: now, into: &effects)
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
            let difference = found.record.difference(from: order)
            let answer: Submission =
                difference.map { .alreadyPlacedDifferently($0, found.record) }
                ?? .alreadyPlaced(found.record)
            effects.answers.append(.submission(client.id, answer))
        }
        if !cancelling.isEmpty { reopen(found, for: cancelling, now: now, into: &effects) }
        for asker in resourcing {
            resource(found, of: id, by: asker, now: now, into: &effects)
        }
        if isWatched { look(at: found, of: id, now: now, into: &effects) }
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
        tidy(id, into: &effects)
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
        // Shipped is shipped: nothing is decided that a site could not carry out.
        guard record.shipments.isEmpty else {
            for client in clients {
                effects.answers.append(.cancellation(client, .alreadyShipped(record)))
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

    private func unavailable(_ reason: String) -> Submission {
        .unavailable(reason: reason, retryAfterSeconds: Self.retryAfterSeconds)
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
        // Whoever cancels an order cancels what was to take its place first.
        let isDecided =
            cases[id]?.second != nil && tellSecond(id, event, now: now, into: &effects)
        // What has taken the first one's place has heard it.
        if !isDecided { tellFirst(id, event, now: now, into: &effects) }
        if cases[id]?.leaving.isEmpty == false {
            tellLeaving(id, event, now: now, into: &effects)
        }
        tidy(id, into: &effects)
    }

    private mutating func tellFirst(
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

    /// Tells what is to take a decision's place; it passes by what is not its own.
    ///
    /// Returns whether it has taken that place.
    private mutating func tellSecond(
        _ id: Order.ID,
        _ event: OrderProcess.Event,
        now: Timestamp,
        into effects: inout Effects
    ) -> Bool {
        guard var second = cases[id]?.second else { return false }
        let before = second.process.transaction
        cases[id]?.second = nil
        let wanted = second.process.handle(event, at: &desk)
        cases[id]?.second = second
        if let before, before != second.process.transaction {
            attempts[before.number] = nil
        }
        return carrySecond(wanted, of: id, now: now, into: &effects)
    }

    /// Tells those whose place another has taken what concerns their own attempts.
    private mutating func tellLeaving(
        _ id: Order.ID,
        _ event: OrderProcess.Event,
        now: Timestamp,
        into effects: inout Effects
    ) {
        switch event {
        case .commit, .timer: break
        case .bid, .bidLost, .solved, .siteLost, .leasesClosed, .cancel, .supersede: return
        }
        for index in cases[id]?.leaving.indices ?? 0..<0 {
            guard var process = cases[id]?.leaving[index] else { continue }
            let wanted = process.handle(event, at: &desk)
            cases[id]?.leaving[index] = process
            pass(wanted, of: id, now: now, into: &effects)
            noteEndings(in: wanted, of: process, id, into: &effects)
        }
    }

    /// Passes on what an order's process wants.
    private mutating func carry(
        _ wanted: OrderProcess.Effects,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let process = cases[id]?.process else { return }
        if let transaction = process.transaction { attempts[transaction.number] = id }
        noteEndings(in: wanted, of: process, id, into: &effects)
        pass(wanted, of: id, now: now, into: &effects)
        if let answer = wanted.answer {
            // Whoever placed it is told by when what waits of it is expected.
            settleDates(now: now, into: &effects)
            reply(answer, of: id, now: now, into: &effects)
        }
    }

    /// Passes on what a second attempt wants; with its decision it takes the first one's place.
    ///
    /// Returns whether it has.
    private mutating func carrySecond(
        _ wanted: OrderProcess.Effects,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) -> Bool {
        guard let second = cases[id]?.second else { return false }
        if let transaction = second.process.transaction { attempts[transaction.number] = id }
        pass(wanted, of: id, as: second.attempt.order, now: now, into: &effects)
        let isDecided = wanted.records.contains {
            if case .resourced = $0 { true } else { false }
        }
        if isDecided {
            supersede(by: second, of: id, now: now, into: &effects)
            noteEndings(in: wanted, of: second.process, id, into: &effects)
        }
        if let answer = wanted.answer {
            if !isDecided { cases[id]?.second = nil }
            reply(answer, to: second, now: now, into: &effects)
        }
        return isDecided
    }

    /// Puts a second attempt that is decided in the first one's place, and has that given back.
    private mutating func supersede(
        by second: Second,
        of id: Order.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard var first = cases[id]?.process else { return }
        let wanted = first.handle(.supersede(keeping: second.attempt.kept), at: &desk)
        cases[id]?.process = second.process
        cases[id]?.order = second.attempt.order
        cases[id]?.second = nil
        cases[id]?.leaving.append(first)
        history.add(2)
        pass(wanted, of: id, now: now, into: &effects)
        noteEndings(in: wanted, of: first, id, into: &effects)
    }

    /// Passes on what any of an order's processes wants, but for its answer.
    ///
    /// What it writes is written of the order as it stands, or `as` that is to be.
    private mutating func pass(
        _ wanted: OrderProcess.Effects,
        of id: Order.ID,
        as changed: Order? = nil,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let known = cases[id] else { return }
        let order = changed ?? known.order
        if !wanted.records.isEmpty && lookups[id] != nil { lookups[id] = true }
        effects.signs += wanted.signs
        for record in wanted.records {
            noteWaiting(record, of: order, into: &effects)
            noteRefusedPicks(record, of: id, into: &effects)
            noteDepartures(record, of: id, now: now, into: &effects)
        }
        effects.records += wanted.records.map {
            Record(
                order: order,
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
        for message in wanted.messages {
            send(message.request, to: message.warehouse, into: &effects)
        }
        if let task = wanted.task { effects.tasks.append(task) }
        effects.timers += wanted.timers.map {
            Timer(order: id, token: $0.token, after: $0.after)
        }
    }

    /// Forgets what is over of an order, and takes note of who has yet to acknowledge what.
    private mutating func tidy(_ id: Order.ID, into effects: inout Effects) {
        guard let known = cases[id] else { return }
        for process in known.leaving {
            guard let transaction = process.lastTransaction else { continue }
            attempts[transaction.number] = process.isFinished ? nil : id
        }
        cases[id]?.leaving.removeAll(where: \.isFinished)
        let leaving = known.leaving.filter { !$0.isFinished }
        guard let process = known.process else { return }
        let owing = Set(process.owing + leaving.flatMap(\.owing)).sorted()
        desk.note(owing: owing, insteadOf: known.owing)
        cases[id]?.owing = owing
        guard process.isFinished else { return }
        if let transaction = process.transaction { attempts[transaction.number] = nil }
        guard known.second == nil, leaving.isEmpty else { return }
        // Whoever still waits asked while the last word was on its way.
        if known.waiting.isEmpty {
            cases[id] = nil
        } else {
            cases[id]?.process = nil
            lookUp(id, into: &effects)
        }
    }

    /// Sends what concerns an attempt, in session alone.
    ///
    /// A site that is out of session may be about to be restored, and what it
    /// answered before says nothing of what it holds after. Its new session is
    /// told the last word of everything that settles.
    private func send(
        _ request: Request,
        to warehouse: Warehouse.ID,
        into effects: inout Effects
    ) {
        guard let session = desk.session(of: warehouse) else { return }
        effects.requests.append(
            Outgoing(warehouse: warehouse, session: session, request: request)
        )
    }

    /// Takes note of what an order's process has decided, and of what a person must know.
    private mutating func noteEndings(
        in wanted: OrderProcess.Effects,
        of process: OrderProcess,
        _ id: Order.ID,
        into effects: inout Effects
    ) {
        for record in wanted.records {
            switch record {
            case .confirmed, .cancelled:
                history.add(1)
            case .ended:
                // What was acknowledged is not repeated: from here on, a site
                // without it has lost history.
                for session in sessions where process.warehouses.contains(session.warehouse) {
                    effects.keepings.append(.mark(session.warehouse, session.mark))
                }
            // Counted where it takes the other's place.
            case .refused, .resourced:
                break
            }
        }
        for case .shippedBeforeCancelled(let warehouse) in wanted.notes {
            guard let transaction = process.lastTransaction else { continue }
            effects.notes.append(.shippedBeforeCancelled(id, transaction, warehouse))
        }
    }

    /// Answers whoever asked for a second attempt.
    private mutating func reply(
        _ answer: OrderProcess.Answer,
        to second: Second,
        now: Timestamp,
        into effects: inout Effects
    ) {
        func comparison(with plan: Plan) -> ResourcingComparison {
            ResourcingComparison(
                record: second.record,
                plan: plan,
                kept: second.attempt.kept,
                changed: second.attempt.changed
            )
        }
        let said: ResourcingAnswer =
            switch answer {
            case .previewed(let plan): .previewed(comparison(with: plan))
            case .unfillable(let refusals): .unfillable(refusals, second.record)
            case .unavailable(let reason): notResourced(reason)
            case .withdrawn: notResourced("it was cancelled, or has shipped, meanwhile")
            case .decided(let outcome, let transaction):
                .resourced(
                    second.record.resourced(
                        as: outcome,
                        by: transaction,
                        second.attempt,
                        at: now
                    ),
                    comparison(with: outcome.plan ?? second.attempt.before)
                )
            }
        if let plan = said.decidedPlan {
            backorders.end(second.record.order.id, .took(second.attempt.taken(by: plan)))
        }
        say(said, to: second.client, of: second.record.order.id, into: &effects)
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
        case .previewed, .unfillable:
            preconditionFailure("only a second attempt is previewed, or has no plan")
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
        case .previewed, .unfillable:
            preconditionFailure("only a second attempt is previewed, or has no plan")
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
            isSettled: false,
            dates: dates[known.order.id]
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
        if wanted.notes.contains(where: \.isFencing) { yieldLeases(now: now, into: &effects) }
        if let adoption = wanted.adoption {
            effects.keepings.append(.site(warehouse, adoption))
        }
        // A heartbeat belongs to the session: what comes with it is worth no more than that.
        let inForce = desk.session(of: warehouse)
        effects.requests += wanted.requests.map {
            Outgoing(
                warehouse: warehouse,
                session: $0 == .greet && wanted.change == nil ? inForce : nil,
                request: $0
            )
        }
        switch wanted.change {
        case .activated(let session):
            desk.note(session, of: warehouse)
            backorders.forget(warehouse)
            effects.notes.append(.activated(warehouse))
            tellLastWords(to: warehouse, now: now, into: &effects)
        case .deactivated:
            desk.note(nil, of: warehouse)
            effects.notes.append(.deactivated(warehouse))
            for id in cases.keys.sorted() {
                tell(id, .siteLost(warehouse), now: now, into: &effects)
            }
        case nil:
            break
        }
        desk.note(isCutOff: isCutOff(sessions[index]), of: warehouse)
        if let query = wanted.query {
            // It has lost history, and may not know what it has leased.
            if query.after == nil {
                for change in desk.leases.close(of: warehouse) {
                    keep(change, mark: nil, now: now, into: &effects)
                }
            }
            effects.rulingLookups.append(RulingLookup(warehouse: warehouse, query: query))
        }
        noteReport(wanted, of: warehouse, now: now, into: &effects)
        // What settles has just been told.
        for transaction in wanted.inDoubt where attempts[transaction.number] == nil {
            inquire(transaction, at: warehouse, now: now, into: &effects)
        }
        for transaction in wanted.confirmed where attempts[transaction.number] == nil {
            guard transaction.coordinator == desk.coordinator else { continue }
            effects.proofs.append(Inquiry(transaction: transaction, warehouse: warehouse))
        }
    }

    /// Tells a site that has come into session what it may have missed.
    private mutating func tellLastWords(
        to warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        for number in attempts.keys.sorted() {
            guard let id = attempts[number],
                let transaction = TransactionID(coordinator: desk.coordinator, number: number)
            else { continue }
            tell(id, .commit(transaction, .inquiry(warehouse)), now: now, into: &effects)
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
        let isInForce = isInForce(session, at: warehouse)
        // A heartbeat that says nothing else is evidence of nothing that must not be lost.
        let saysAnything =
            !batch.leases.isEmpty || !batch.shipments.isEmpty || !batch.refusals.isEmpty
            || requests.contains { $0 != .greet }
        if let mark = batch.mark, isInForce, saysAnything { learn(mark, of: warehouse) }
        for (request, answer) in zip(requests, batch.answers) {
            take(answer, to: request, in: session, from: warehouse, now: now, into: &effects)
        }
        for transaction in batch.inquiries {
            inquire(transaction, at: warehouse, now: now, into: &effects)
        }
        for override in batch.overrides { hear(override, at: warehouse, into: &effects) }
        if isInForce, self.isInForce(session, at: warehouse) {
            for report in batch.shipments { hear(report, at: warehouse, into: &effects) }
            for refusal in batch.refusals { hear(refusal, at: warehouse, into: &effects) }
            hear(batch.counts, at: warehouse, into: &effects)
        }
        if let mark = batch.mark, isInForce, self.isInForce(session, at: warehouse),
            case .whole = standing
        {
            hearLeases(in: batch, at: mark, from: warehouse, now: now, into: &effects)
        }
    }

    /// Takes in what a site says of its leases, where its history stands at `mark`.
    private mutating func hearLeases(
        in batch: AnswerBatch,
        at mark: HistoryMark,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        desk.leases.note(batch.standing, of: warehouse)
        for offer in batch.leases {
            let consequence = desk.leases.hear(offer, from: warehouse)
            if let change = consequence.change {
                keep(change, mark: mark, now: now, into: &effects)
            }
            if let request = consequence.request {
                send(request, to: warehouse, into: &effects)
            }
        }
    }

    /// Leaves what sites have leased to the coordinator that has replaced this one.
    private mutating func yieldLeases(now: Timestamp, into effects: inout Effects) {
        guard !desk.leases.isReplaced else { return }
        desk.leases.yield()
        for id in cases.keys.sorted() {
            for warehouse in sessions.map(\.warehouse) {
                tell(id, .leasesClosed(warehouse), now: now, into: &effects)
            }
        }
    }

    /// Writes what has become of a lease, and has every attempt begin anew that it takes units from.
    ///
    /// With a grant, the site's history is written down as far as it holds it: a
    /// site that has forgotten the grant is then known to have lost history.
    private mutating func keep(
        _ change: LeaseBook.Change,
        mark: HistoryMark?,
        now: Timestamp,
        into effects: inout Effects
    ) {
        effects.keepings.append(.lease(change))
        effects.notes.append(.lease(change))
        switch change {
        case .granted(let warehouse, _):
            if let mark { effects.keepings.append(.mark(warehouse, mark)) }
        case .closed(let warehouse, _, _), .writtenOff(let warehouse, _, _, _):
            for id in cases.keys.sorted() {
                tell(id, .leasesClosed(warehouse), now: now, into: &effects)
            }
        }
    }

    /// Whether a site is out of reach, and nothing else is known to be wrong with it.
    private func isCutOff(_ session: SiteSession) -> Bool {
        session.active == nil && !session.isAmnesiac && !session.isQuarantined
    }

    private static func day(of now: Timestamp) -> CivilDate {
        CivilDate(daysSinceEpoch: Int(now.milliseconds / 86_400_000))
    }

    /// Holds what a site manager has forced against what was decided.
    private func hear(
        _ override: HoldOverride,
        at warehouse: Warehouse.ID,
        into effects: inout Effects
    ) {
        // While it is not decided there is nothing to hold it against: it is told again.
        guard override.transaction.coordinator == desk.coordinator, case .whole = standing,
            isDecidedOrOver(override.transaction)
        else { return }
        effects.overrideLookups.append(
            OverrideLookup(override: override, warehouse: warehouse)
        )
    }

    /// Asks the log about an attempt of which a site has shipped its part.
    private func hear(
        _ report: ShipmentReport,
        at warehouse: Warehouse.ID,
        into effects: inout Effects
    ) {
        guard report.transaction.coordinator == desk.coordinator, case .whole = standing else {
            return
        }
        effects.shipmentLookups.append(SiteShipment(warehouse: warehouse, report: report))
    }

    /// Writes a shipment down, and has the site told that it is; until then the site repeats it.
    ///
    /// With it, how far the site's history then was: a site that has forgotten it is known to.
    private mutating func judge(
        _ found: ShipmentFound,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard case .whole = standing else { return }
        let shipment = found.shipment
        send(.noteShipment(shipment.report.transaction), to: shipment.warehouse, into: &effects)
        guard let order = found.order else {
            return effects.notes.append(.shippedUndecided(shipment))
        }
        guard !found.isKnown else { return }
        effects.keepings.append(.shipment(shipment))
        if let session = sessions.first(where: { $0.warehouse == shipment.warehouse }) {
            effects.keepings.append(.mark(session.warehouse, session.mark))
        }
        effects.notes.append(.shipped(order, shipment, isCancelled: found.isCancelled))
        if refused.remove(order, at: shipment.warehouse) {
            effects.signs.append(
                .cleared(Alert.Subject(.pickRefused, order.rawValue), "it has shipped all the same")
            )
        }
        if departures.isLate(order, at: now) {
            effects.signs.append(
                .cleared(Self.subject(of: shipment.warehouse, order), "it has left")
            )
        }
        cases[order]?.hasShipped = true
        // What was to be sourced again is not what it was.
        _ = tellSecond(order, .cancel, now: now, into: &effects)
        tidy(order, into: &effects)
        // What the log is being asked of the order may lack this.
        if lookups[order] != nil { lookups[order] = true }
    }

    private func isDecidedOrOver(_ transaction: TransactionID) -> Bool {
        guard let id = attempts[transaction.number] else { return true }
        if cases[id]?.second?.process.transaction == transaction { return false }
        return cases[id]?.process?.isDecided ?? true
    }

    /// Writes an override down, and says where it is not what was decided.
    private func judge(
        _ override: HoldOverride,
        at warehouse: Warehouse.ID,
        _ found: AttemptFound,
        isKnown: Bool,
        into effects: inout Effects
    ) {
        guard case .whole = standing, isDecidedOrOver(override.transaction) else { return }
        send(.noteOverride(override.transaction), to: warehouse, into: &effects)
        guard !isKnown else { return }
        let isConflict =
            switch (override.choice, found) {
            case (.confirm, .absent), (.release, .confirmed): true
            // A cancellation reaches a site that kept the units.
            case (.confirm, .confirmed), (.confirm, .cancelled), (.release, .absent),
                (.release, .cancelled):
                false
            }
        let forced = SiteOverride(
            warehouse: warehouse,
            override: override,
            isConflict: isConflict
        )
        effects.keepings.append(.override(forced))
        effects.notes.append(.overridden(forced))
    }

    private mutating func take(
        _ answer: Answer,
        to request: Request,
        in session: SessionID?,
        from warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        if let (event, transaction) = acknowledgement(of: request, by: answer, from: warehouse) {
            return acknowledge(event, of: transaction, in: session, now: now, into: &effects)
        }
        switch (request, answer) {
        case (.greet, .hello(let hello)):
            meet(hello, at: warehouse, now: now, into: &effects)
        case (.challenge, .attach(let attachment)):
            step(warehouse, .attached(attachment), now: now, into: &effects)
        case (.report, .holdings(let session, let page)):
            step(warehouse, .reported(session, page), now: now, into: &effects)
        case (.restore, .restored(let session, let restored)):
            step(warehouse, .restored(session, restored), now: now, into: &effects)
        case (.activate, .ready(let ready)):
            step(warehouse, .ready(ready), now: now, into: &effects)
        case (.bid(let asked), .bid(let round, let bid)):
            take(bid, of: round, for: asked, from: warehouse, now: now, into: &effects)
        case (.reserve(let asked), .vote(let transaction, let vote)):
            guard transaction == asked.transaction, let session else {
                return effects.notes.append(.misfit(warehouse))
            }
            if case .reserve(let mark) = vote, isInForce(session, at: warehouse) {
                learn(mark, of: warehouse)
            }
            deliver(
                .vote(warehouse, session, vote),
                about: transaction,
                from: warehouse,
                now: now,
                into: &effects
            )
        case (.release(let asked), .released(let transaction)) where asked == transaction:
            // A release is neither awaited nor acknowledged.
            break
        case (.release(let asked), .refused(.overridden(let transaction)))
        where asked == transaction:
            // Nor here: the conflict comes with the override itself.
            break
        case (.noteOverride(let asked), .noted(let transaction)) where asked == transaction,
            (.noteShipment(let asked), .noted(let transaction)) where asked == transaction,
            (.noteRefusal(let asked, _), .noted(let transaction)) where asked == transaction:
            break
        case (.noteLease(let asked, _), .leaseNoted(let lease)) where asked == lease,
            (.closeLease(let asked, _), .leaseNoted(let lease)) where asked == lease:
            break
        case (.noteCounts(let asked), .countsNoted(let entry)) where asked == entry:
            break
        case (_, .refused(let refusal)):
            take(refusal, of: request, in: session, from: warehouse, now: now, into: &effects)
        case (_, .hello), (_, .attach), (_, .holdings), (_, .restored), (_, .ready), (_, .bid),
            (_, .vote), (_, .confirmed), (_, .released), (_, .noted), (_, .leaseNoted),
            (_, .countsNoted):
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
        let isSurvey = round.attempt == AvailabilitySurveys.attempt
        // A bid of a round that is over is for what was asked then, and means nothing any more.
        let asking = [cases[id]?.second?.process, cases[id]?.process]
            .first { $0?.round == round }
        let order = isSurvey ? quotes.order(of: id) : asking??.order
        let isSound = order.map { SourcingProblem.isSound(bid, for: $0, under: desk.policy) }
        guard round == asked.round, bid.warehouse == warehouse, isSound ?? true else {
            effects.notes.append(.misfit(warehouse))
            return fail(.bid(asked), at: warehouse, now: now, into: &effects)
        }
        if isSurvey {
            survey(.bid(bid), of: id, into: &effects)
        } else {
            let kept = asked.destination.delivery.kept(by: bid)
            tell(id, .bid(round, kept), now: now, into: &effects)
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
            if case .recovering = standing {
                return raise(above: epochMaximum, into: &effects)
            }
            effects.notes.append(.session(warehouse, .fenced(epochMaximum: epochMaximum)))
            yieldLeases(now: now, into: &effects)
        case .unknownTransaction, .overridden, .unlawful, .beingReplaced, .expired,
            .ledgerUnavailable:
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
        case .challenge(_, let offered, _), .report(let offered, _), .restore(let offered, _),
            .activate(let offered):
            refused = offered
        case .greet, .bid, .reserve, .confirm, .release, .cancel, .noteOverride, .noteShipment,
            .noteRefusal, .noteCounts,
            .noteLease, .closeLease, .drain:
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
        case .greet, .challenge, .report, .restore, .activate:
            step(warehouse, .lost, now: now, into: &effects)
        case .bid(let asked) where asked.round.attempt == AvailabilitySurveys.attempt:
            survey(.lost(warehouse), of: asked.round.order, into: &effects)
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
        case .confirm, .release, .cancel, .noteOverride, .noteShipment, .noteRefusal, .noteCounts,
            .noteLease,
            .closeLease,
            .drain:
            // Repeated by its order's timer, or asked about by the site.
            break
        }
    }

    private mutating func learn(_ mark: HistoryMark, of warehouse: Warehouse.ID) {
        guard let index = sessions.firstIndex(where: { $0.warehouse == warehouse }) else { return }
        sessions[index].learn(mark)
    }

    /// Returns what an answer acknowledges, where it is a site's last word on a decision.
    private func acknowledgement(
        of request: Request,
        by answer: Answer,
        from warehouse: Warehouse.ID
    ) -> (CommitCoordinator.Event, TransactionID)? {
        switch (request, answer) {
        // It was confirmed before this repetition was read.
        case (.reserve(let asked), .confirmed(let transaction))
        where asked.transaction == transaction:
            (.confirmed(warehouse), transaction)
        case (.confirm(let asked), .confirmed(let transaction)) where asked == transaction:
            (.confirmed(warehouse), transaction)
        // The conflict comes with the override itself: what is confirmed here, ends.
        case (.confirm(let asked), .refused(.overridden(let transaction)))
        where asked == transaction:
            (.overridden(warehouse), transaction)
        case (.cancel(let asked), .released(let transaction)) where asked == transaction:
            (.released(warehouse), transaction)
        case (.drain(let ruling), .confirmed(let transaction))
        where ruling.request.transaction == transaction && !ruling.isCancelled:
            (.confirmed(warehouse), transaction)
        case (.drain(let ruling), .released(let transaction))
        where ruling.request.transaction == transaction && ruling.isCancelled:
            (.released(warehouse), transaction)
        case (.drain(let ruling), .refused(.unlawful(let transaction, let why)))
        where ruling.request.transaction == transaction && why.status == .shipped:
            (.shipped(warehouse), transaction)
        // It cannot give back what has left the building, however often it is asked.
        case (.cancel(let asked), .refused(.unlawful(let transaction, let why)))
        where asked == transaction && why.status == .shipped:
            (.shipped(warehouse), transaction)
        case (_, _): nil
        }
    }

    /// Whether a request was sent in the session that is in force.
    private func isInForce(_ session: SessionID?, at warehouse: Warehouse.ID) -> Bool {
        session != nil && session == desk.session(of: warehouse)
    }

    /// Takes an acknowledgement, which counts, like a vote, only within its session.
    private mutating func acknowledge(
        _ event: CommitCoordinator.Event,
        of transaction: TransactionID,
        in session: SessionID?,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let warehouse = event.warehouse, isInForce(session, at: warehouse) else { return }
        deliver(event, about: transaction, from: warehouse, now: now, into: &effects)
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
        if case .whole = standing, case .vote(_, _, .reserve) = event {
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
        // Absence means release only where the log is whole.
        guard case .whole = standing else { return }
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
        guard attempts[transaction.number] == nil, case .whole = standing else { return }
        let request: Request =
            switch found {
            case .confirmed: .confirm(transaction)
            case .cancelled: .cancel(transaction)
            case .absent: .release(transaction)
            }
        send(request, to: warehouse, into: &effects)
    }

    // A log that was lost.

    /// Lets a site's session go on where what the site has seen of the log is in it.
    private mutating func meet(
        _ hello: Hello,
        at warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        switch standing {
        case .whole:
            guard history.contains(hello.witness) else {
                let seen = hello.witness
                return doubt(
                    "\(warehouse) has seen \(seen.decisions) decisions in epoch \(seen.epoch) that "
                        + "the decision log does not hold",
                    now: now,
                    into: &effects
                )
            }
        case .doubted:
            // Whoever is in session may stay, to be told what was decided.
            guard desk.session(of: warehouse) != nil else { return }
        case .recovering:
            break
        }
        step(warehouse, .hello(hello), now: now, into: &effects)
    }

    /// Judges what the log says of an attempt that a site has confirmed.
    private mutating func judge(
        _ found: AttemptFound,
        of transaction: TransactionID,
        confirmedBy warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        switch found {
        case .confirmed:
            break
        case .cancelled:
            if attempts[transaction.number] == nil {
                send(.cancel(transaction), to: warehouse, into: &effects)
            }
        case .absent:
            doubt(
                "\(warehouse) has confirmed \(transaction), which the decision log does not hold",
                now: now,
                into: &effects
            )
        }
    }

    /// Stops deciding: a log that lacks decisions would release what was promised.
    private mutating func doubt(
        _ why: String,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard case .whole = standing else { return }
        standing = .doubted(why)
        effects.keepings.append(.doubt(why))
        effects.notes.append(.logDoubted(why))
        for id in cases.keys.sorted() where cases[id]?.process?.isDecided != true {
            reply(.unavailable(why), of: id, now: now, into: &effects)
            if let transaction = cases[id]?.process?.transaction {
                attempts[transaction.number] = nil
            }
            cases[id] = nil
        }
        for id in cases.keys.sorted() {
            guard let second = cases[id]?.second else { continue }
            reply(.unavailable(why), to: second, now: now, into: &effects)
            if let transaction = second.process.transaction { attempts[transaction.number] = nil }
            cases[id]?.second = nil
            tidy(id, into: &effects)
        }
    }

    /// Begins an epoch that no site has heard, and with it every site's report.
    private mutating func raise(above epochMaximum: Int64, into effects: inout Effects) {
        guard epochMaximum >= desk.epoch, epochMaximum < TransactionID.epochMaximum else { return }
        desk.raise(to: epochMaximum + 1)
        effects.keepings.append(.epoch(desk.epoch))
        standing = .recovering(LogRecovery(of: desk.sites.map(\.warehouse)))
        sessions = sessions.map { session in
            SiteSession(
                warehouse: session.warehouse,
                epoch: desk.epoch,
                known: .empty,
                isReportWanted: true
            )
        }
        effects.requests += desk.sites.map {
            Outgoing(warehouse: $0.warehouse, session: nil, request: .greet)
        }
    }

    /// Takes in what a site tells of its reservations; with the last site's word the log is rebuilt.
    private mutating func noteReport(
        _ wanted: SiteSession.Effects,
        of warehouse: Warehouse.ID,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard case .recovering(var recovery) = standing else { return }
        for case .report(_, nil) in wanted.requests { recovery.restart(warehouse) }
        guard let page = wanted.report else {
            standing = .recovering(recovery)
            return
        }
        recovery.note(page, of: warehouse)
        standing = .recovering(recovery)
        guard page.isLast else { return }
        guard recovery.missing.isEmpty else {
            effects.notes.append(.recoveryWaits(recovery.missing))
            return
        }
        let rebuilt = recovery.rebuilt()
        var wholes: [Order.ID: Whole] = [:]
        for decision in rebuilt {
            keep(decision, of: &wholes, now: now, into: &effects)
        }
        effects.keepings.append(.recovered)
        effects.notes.append(.logRebuilt(decisions: rebuilt.count))
        effects.rereadsLog = true
    }

    /// An order as the decisions tell of it that were rebuilt so far, and what has shipped of it.
    private struct Whole {
        let order: Order
        let gone: [LogRecovery.Share]
    }

    /// Writes down a decision that was rebuilt.
    ///
    /// `wholes` are the orders as earlier decisions tell of them: a later one is of what had not
    /// shipped alone.
    private func keep(
        _ rebuilt: LogRecovery.Rebuilt,
        of wholes: inout [Order.ID: Whole],
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard let told = Rebuilding.order(rebuilt.request) else {
            effects.notes.append(.notRebuilt(rebuilt.transaction))
            return
        }
        let before = wholes[told.id]
        let gone = (before?.gone ?? []) + rebuilt.kept
        let order = before.map { Rebuilding.order($0.order, asOf: told, after: gone) } ?? told
        wholes[order.id] = Whole(order: order, gone: gone)
        if !rebuilt.missing.isEmpty {
            effects.notes.append(.rebuiltWithout(rebuilt.transaction, rebuilt.missing))
        }
        let plan = Rebuilding.plan(
            for: order,
            rebuilt.shares,
            without: gone,
            at: now
        )
        let confirmation = OrderProcess.Confirmation(
            transaction: rebuilt.transaction,
            plan: plan,
            shares: rebuilt.shares.map { share in
                OrderProcess.Share(
                    warehouse: share.warehouse,
                    lines: share.lines.sorted { $0.sku < $1.sku },
                    mark: .empty
                )
            },
            evidence: AllocationProtocol.Evidence(
                bids: [],
                silent: [],
                unreachable: [],
                attempts: 0,
                nodes: 0,
                solverVersion: 0
            ),
            waiting: WaitingOrder(of: order, in: plan, rank: .last, since: now)
        )
        let record = Record(
            order: order,
            receivedAt: now,
            decidedAt: now,
            content: .confirmed(confirmation)
        )
        effects.keepings.append(
            .rebuilt(
                record,
                isCancelled: rebuilt.isCancelled,
                keeping: rebuilt.kept.map(\.warehouse)
            )
        )
    }

    /// Goes to work with the log that was rebuilt.
    private mutating func takeUp(
        _ found: [Found],
        _ history: LogHistory,
        _ unfinished: Unfinished,
        now: Timestamp,
        into effects: inout Effects
    ) {
        guard case .recovering = standing else { return }
        standing = .whole
        self.history = history
        desk.leases.loseAll()
        let recovered = recover(found, unfinished: unfinished, now: now)
        effects.records += recovered.records
        effects.timers += recovered.timers
        for session in sessions.map(\.warehouse) {
            step(session, .logRebuilt, now: now, into: &effects)
        }
    }
}

extension SiteSession.Note {
    /// Whether it says that another coordinator has replaced this one.
    fileprivate var isFencing: Bool {
        switch self {
        case .fenced: true
        case .amnesia, .restored, .cannotRestore, .duplicateIdentity, .ignored: false
        }
    }
}

extension CommitCoordinator.Event {
    /// The site that the event is about.
    fileprivate var warehouse: Warehouse.ID? {
        switch self {
        case .vote(let warehouse, _, _), .sessionLost(let warehouse), .confirmed(let warehouse),
            .released(let warehouse), .shipped(let warehouse), .overridden(let warehouse),
            .leaseClosed(let warehouse), .inquiry(let warehouse):
            warehouse
        case .deadline, .cancel, .supersede: nil
        }
    }
}

extension ResourcingAnswer {
    /// The plan that was decided, if one was.
    fileprivate var decidedPlan: Plan? {
        if case .resourced(let record, _) = self { record.outcome?.plan } else { nil }
    }
}
