package import AllocationModel
package import AllocationProtocol

/// One thing to be made durable.
package enum LogEntry: Sendable {
    case confirmed(ConfirmedEntry)
    case refused(RefusedEntry)
    case cancelled(CancelledEntry)
    /// Another decision takes the place of the one in force: both, or neither.
    case resourced(ResourcedEntry)
    /// What an order waits for that was written when nobody said so.
    case waiting(WaitingOrder)
    /// By which days what waits is expected, and from which receipts.
    case dates(BackorderDates)
    /// Every site has acknowledged the last word on the attempt.
    case ended(TransactionID)
    case webhook(WebhookEntry)
    case webhookClosed(WebhookClosing)
    /// The webhook's order could not be decided yet: others take precedence next time.
    case webhookTried(String)
    /// A site's history goes on from here, whatever it was before.
    case siteAdopted(Warehouse.ID, incarnation: Int64, HistoryMark)
    /// A site's history has come at least so far.
    case siteMark(Warehouse.ID, HistoryMark)
    /// A site manager has forced a reservation; told again, it is not news.
    case overridden(SiteOverride)
    /// A site's part of an order has left the building; told again, it is not news.
    case shipped(SiteShipment)
    /// A site cannot pick a part of an order; told again, it is not news.
    case pickRefused(SitePickRefusal)
    /// What has become of a lease; told again, it is not news.
    case lease(LeaseEntry)
    /// An alert begins, goes on or ends; told by these channels, and by those that rules name.
    case alert(AlertSign, by: [AlertChannel], at: Timestamp)
    /// The log lacks decisions that sites have seen: nothing is decided until it is recovered.
    case doubted(String)
    /// An epoch that no site has heard yet begins.
    case epochRaised(Int64)
    /// A decision that the sites have told of; the log may know it.
    ///
    /// Where another of the order is in force, it takes that one's place; `keeping` are the sites
    /// that had shipped their parts of that.
    case rebuilt(ConfirmedEntry, isCancelled: Bool, keeping: [Warehouse.ID])
    /// Every site has told of its decisions: the log is whole again.
    case recovered
}

/// An order as it was asked and decided; the bytes are the wire format's.
package struct DecidedOrder: Hashable, Sendable {
    package let id: Order.ID
    package let request: [UInt8]
    package let outcome: [UInt8]
    package let evidence: [UInt8]
    package let currency: Currency
    package let receivedAt: Timestamp
    package let decidedAt: Timestamp

    package init(
        id: Order.ID,
        request: [UInt8],
        outcome: [UInt8],
        evidence: [UInt8],
        currency: Currency,
        receivedAt: Timestamp,
        decidedAt: Timestamp
    ) {
        self.id = id
        self.request = request
        self.outcome = outcome
        self.evidence = evidence
        self.currency = currency
        self.receivedAt = receivedAt
        self.decidedAt = decidedAt
    }
}

/// The decision to confirm an order at every warehouse of its plan.
package struct ConfirmedEntry: Sendable {
    package let order: DecidedOrder
    package let transaction: TransactionID
    /// What of it waits for stock; nil where nothing does.
    package let waiting: WaitingOrder?
    /// Until when the first part of it is to leave; nil where no site has said.
    package let leavesBy: Timestamp?
    package let cost: Money
    package let shares: [ShareEntry]

    package init(
        order: DecidedOrder,
        transaction: TransactionID,
        waiting: WaitingOrder? = nil,
        leavesBy: Timestamp? = nil,
        cost: Money,
        shares: [ShareEntry]
    ) {
        self.order = order
        self.transaction = transaction
        self.waiting = waiting
        self.leavesBy = leavesBy
        self.cost = cost
        self.shares = shares
    }
}

/// What one site promised in a decision.
package struct ShareEntry: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let mark: HistoryMark
    package let lines: [Reservation.Line]
    /// What of the site's leases the units are drawn from: durable with the decision.
    package let draws: [Lease.Draw]

    package init(
        warehouse: Warehouse.ID,
        mark: HistoryMark,
        lines: [Reservation.Line],
        draws: [Lease.Draw] = []
    ) {
        self.draws = draws
        self.warehouse = warehouse
        self.mark = mark
        self.lines = lines
    }
}

/// An order that has no lawful plan.
package struct RefusedEntry: Sendable {
    package let order: DecidedOrder

    package init(order: DecidedOrder) {
        self.order = order
    }
}

/// The decision to withdraw a confirmed order at every site.
package struct CancelledEntry: Sendable {
    package let transaction: TransactionID
    package let outcome: [UInt8]
    package let cancelledAt: Timestamp

    package init(transaction: TransactionID, outcome: [UInt8], cancelledAt: Timestamp) {
        self.transaction = transaction
        self.outcome = outcome
        self.cancelledAt = cancelledAt
    }
}

/// The decision to confirm an order anew, in the place of the one in force.
package struct ResourcedEntry: Sendable {
    package let confirmation: ConfirmedEntry
    /// The decision whose place it takes.
    package let replaced: TransactionID
    package let wish: ResourcingWish
    /// The sites that had shipped their parts of it: those are not given back.
    package let kept: [Warehouse.ID]

    package init(
        confirmation: ConfirmedEntry,
        replaced: TransactionID,
        wish: ResourcingWish,
        kept: [Warehouse.ID]
    ) {
        self.confirmation = confirmation
        self.replaced = replaced
        self.wish = wish
        self.kept = kept
    }
}

/// What has become of a lease.
package enum LeaseEntry: Hashable, Sendable {
    case granted(Warehouse.ID, Lease)
    /// Nothing more is drawn from it; so many units were.
    case closed(Warehouse.ID, Lease, kept: Quantity)
    /// The site manager has said that it counts no more, when orders had drawn so many more units.
    case writtenOff(Warehouse.ID, Lease, LeaseWriteOff, conflict: Quantity)
}

/// A lease as the log gives it back.
package struct LoggedLease: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let lease: Lease
    package let state: State
    /// What decisions have drawn.
    package let drawn: Quantity

    /// How far a lease has come.
    package enum State: String, CaseIterable, Hashable, Sendable {
        case open
        case closed
        /// The log was lost since: what was drawn may be more than it knows.
        case lost
        case writtenOff = "written-off"
    }
}

/// A webhook as it came, to be processed after it was acknowledged.
package struct WebhookEntry: Hashable, Sendable {
    /// The sender's id of the delivery, the same on every retry.
    package let id: String
    package let topic: String
    package let shop: String
    package let body: [UInt8]
    package let receivedAt: Timestamp

    package init(
        id: String,
        topic: String,
        shop: String,
        body: [UInt8],
        receivedAt: Timestamp
    ) {
        self.id = id
        self.topic = topic
        self.shop = shop
        self.body = body
        self.receivedAt = receivedAt
    }
}

/// What became of a webhook.
package struct WebhookClosing: Hashable, Sendable {
    package let id: String
    package let state: State
    package let order: Order.ID?
    package let note: String

    package init(id: String, state: State, order: Order.ID?, note: String) {
        self.id = id
        self.state = state
        self.order = order
        self.note = note
    }

    /// How it was closed.
    package enum State: String, Hashable, Sendable {
        /// Its order was decided.
        case done
        /// There was nothing to allocate.
        case ignored
        /// It can never be processed: the note says why.
        case dead
    }
}

/// A decided order as the log gives it back.
package struct LoggedOrder: Hashable, Sendable {
    package let order: DecidedOrder
    package let status: OrderStatus
    package let transaction: TransactionID?
    /// Whether every site has acknowledged the last word.
    package let isSettled: Bool
    package let warehouses: [Warehouse.ID]
    /// What site managers have forced of it, by rising warehouse.
    package let overrides: [SiteOverride]
    /// What of it has left, by rising warehouse.
    package let shipments: [SiteShipment]
    /// What sites could not pick of it, by rising attempt and time.
    package let refusedPicks: [SitePickRefusal]
    /// What of it was drawn from leases, by site.
    package let draws: [Warehouse.ID: [Lease.Draw]]
    /// Whether another decision has taken the place of this one.
    package let isSuperseded: Bool
    /// The sites whose parts of it stay although it was superseded: they had shipped.
    package let kept: [Warehouse.ID]
    /// The decisions whose place the one in force has taken, the earliest first.
    package let resourcings: [LoggedResourcing]
    /// By which days what waits of it is expected; nil where nothing is known of that.
    package let dates: OrderDates?
    /// How those days have moved, the earliest first.
    package let dateChanges: [DateChange]

    /// Whether the site's part of this decision stands.
    package func isInForce(at warehouse: Warehouse.ID) -> Bool {
        isSuperseded ? kept.contains(warehouse) : status != .cancelled
    }
}

/// A superseded decision, and why another has taken its place.
package struct LoggedResourcing: Hashable, Sendable {
    package let wish: ResourcingWish
    package let at: Timestamp
    package let replaced: TransactionID
    /// What the order had come to, as the wire format keeps it.
    package let outcome: [UInt8]
    /// The order as it was then, as the wire format keeps it.
    package let request: [UInt8]
    package let kept: [Warehouse.ID]
}

/// A decision that a site shares, with what the site was asked to set aside.
package struct LoggedShare: Hashable, Sendable {
    package let transaction: TransactionID
    package let warehouse: Warehouse.ID
    package let isCancelled: Bool
    package let lines: [Reservation.Line]
    /// Every warehouse of the plan.
    package let participants: [Warehouse.ID]
    /// The order as the wire format keeps it.
    package let request: [UInt8]
    /// The plan, as the wire format keeps it.
    package let outcome: [UInt8]
    /// What of the site's leases it was drawn from.
    package let draws: [Lease.Draw]
    /// That the site's part has left, if it has told of it.
    package let shipment: SiteShipment?
}

/// What the log knows of a site's history.
package struct SiteHistory: Hashable, Sendable {
    /// The life of the site's ledger that the mark belongs to; zero where it is not known.
    package let incarnation: Int64
    package let mark: HistoryMark
}

/// Whether the log can be trusted to hold every decision.
package enum LogStanding: Hashable, Sendable {
    case whole
    /// A site has seen decisions that the log lacks: why it is thought so.
    case doubted(String)
    /// An operator has asked for it to be rebuilt from the sites.
    case recovering
}

/// A decision that some site may not have acknowledged.
package struct OpenDecision: Hashable, Sendable {
    package let transaction: TransactionID
    /// Whether it is to be given back: the order was cancelled, or sourced again.
    package let isCancelled: Bool
    /// Whether another decision has taken its place.
    package let isSuperseded: Bool
    /// Whether all have acknowledged it: then one whose place it has taken is open.
    package let isSettled: Bool
    /// Those that are to acknowledge it.
    package let warehouses: [Warehouse.ID]
    /// What of it was drawn from leases, by site.
    package let draws: [Warehouse.ID: [Lease.Draw]]
    /// What of it has left, by rising warehouse.
    package let shipments: [SiteShipment]
    package let resourcings: [LoggedResourcing]
    package let order: DecidedOrder
}

/// An order that waits, as the log lists it.
package struct LoggedWaiting: Hashable, Sendable {
    package let waiting: WaitingOrder
    /// By which days it is expected; nil where nothing is known of that.
    package let dates: OrderDates?
    /// The order as the wire format keeps it.
    package let request: [UInt8]
}
