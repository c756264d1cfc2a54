package import AllocationModel

/// What the coordinator sends to one agent in one message.
///
/// One message is one transaction of the agent's ledger: it is answered whole,
/// after what it asks for is durable.
package struct RequestBatch: Hashable, Sendable {
    package let coordinator: Coordinator.ID
    /// The coordinator's epoch: an agent that has seen a higher one refuses the batch.
    package let epoch: Int64
    /// The session the requests belong to; nil until one is active.
    package let session: SessionID?
    /// Every attempt with a lower number has ended: a request to reserve for one is late.
    package let endedBelow: Int64
    /// 64 random bits of the coordinator's start: two logs that reached one epoch differ in it.
    package let start: UInt64
    /// How many decisions the coordinator's log then held.
    package let decisions: Int64
    package let requests: [Request]

    package init(
        coordinator: Coordinator.ID,
        epoch: Int64,
        session: SessionID? = nil,
        endedBelow: Int64 = 0,
        start: UInt64 = 0,
        decisions: Int64 = 0,
        requests: [Request]
    ) {
        self.coordinator = coordinator
        self.epoch = epoch
        self.session = session
        self.endedBelow = endedBelow
        self.start = start
        self.decisions = decisions
        self.requests = requests
    }
}

/// What one agent answers to one batch: an answer for each request, in order.
package struct AnswerBatch: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let boot: BootID
    package let answers: [Answer]
    /// Voted reservations that have waited for their outcome long enough to ask.
    package let inquiries: [TransactionID]
    /// Where the site's history stands with all that is said here; nil where nothing was read.
    package let mark: HistoryMark?
    /// What site managers have forced, until the coordinator has noted it.
    package let overrides: [HoldOverride]
    /// What has left the building, until the coordinator has noted it.
    package let shipments: [ShipmentReport]
    /// What cannot be picked of what is confirmed, until the coordinator has noted it.
    package let refusals: [PickRefusal]
    /// Counts that found other than what was recorded, or agree again, until they are noted.
    package let counts: [CountReport]
    /// What the site leases, once in each session, and what it would have ended.
    package let leases: [LeaseOffer]
    /// How it would carry what it leases, wherever that goes; with `leases`.
    package let standing: [StandingService]

    package init(
        warehouse: Warehouse.ID,
        boot: BootID,
        answers: [Answer],
        inquiries: [TransactionID] = [],
        mark: HistoryMark? = nil,
        overrides: [HoldOverride] = [],
        shipments: [ShipmentReport] = [],
        refusals: [PickRefusal] = [],
        counts: [CountReport] = [],
        leases: [LeaseOffer] = [],
        standing: [StandingService] = []
    ) {
        self.shipments = shipments
        self.refusals = refusals
        self.counts = counts
        self.leases = leases
        self.standing = standing
        self.overrides = overrides
        self.warehouse = warehouse
        self.boot = boot
        self.answers = answers
        self.inquiries = inquiries
        self.mark = mark
    }
}

/// 128 random bits that tell two starts of an agent apart.
package struct BootID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A coordinator's number for one attachment of one agent; votes count only within it.
package struct SessionID: Hashable, Comparable, Sendable {
    package let epoch: Int64
    package let number: Int64

    package init(epoch: Int64, number: Int64) {
        self.epoch = epoch
        self.number = number
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.epoch, left.number) < (right.epoch, right.number)
    }
}

/// How far a site's journal has come: the last entry, and the hash chained over all of them.
///
/// Two journals that agree in both have the same history. The entry's number
/// alone would not show a site that was restored and then went on writing.
package struct HistoryMark: Hashable, Sendable {
    package let entry: Int64
    package let chain: UInt64

    package static let empty = HistoryMark(entry: 0, chain: 0)

    package init(entry: Int64, chain: UInt64) {
        self.entry = entry
        self.chain = chain
    }
}

/// One thing a coordinator asks of an agent.
package enum Request: Hashable, Sendable {
    /// Who is there? Answered by `hello`; changes nothing.
    case greet
    /// Offers a session to the process that said hello. Answered by `attach`.
    case challenge(boot: BootID, session: SessionID, known: HistoryMark)
    /// The log was lost: what have you reserved? Answered by `holdings`; changes nothing.
    case report(SessionID, after: TransactionID?)
    /// The site has lost history: what it must hold. Answered by `restored` once durable.
    case restore(SessionID, Restoration)
    /// The session is active: the agent may vote. Answered by `ready`.
    case activate(SessionID)
    /// What could you ship of this? Answered by `bid`; changes nothing.
    case bid(BidRequest)
    /// Set these units aside and vote. Answered by `vote`.
    case reserve(ReserveRequest)
    /// The order is confirmed everywhere. Answered by `confirmed` once that is durable.
    case confirm(TransactionID)
    /// The attempt is over, or never was. Answered by `released`.
    case release(TransactionID)
    /// The confirmed order was cancelled by a logged decision. Answered by `released`.
    case cancel(TransactionID)
    /// What was forced is in the coordinator's log. Answered by `noted`.
    case noteOverride(TransactionID)
    /// A shipment is in the coordinator's log. Answered by `noted`.
    case noteShipment(TransactionID)
    /// A refused pick is in the coordinator's log. Answered by `noted`.
    case noteRefusal(TransactionID, at: Timestamp)
    /// All counts up to an entry of the site's journal were seen to. Answered by `countsNoted`.
    case noteCounts(through: Int64)
    /// A lease, or that it was written off, is in the coordinator's log. Answered by `leaseNoted`.
    ///
    /// Which of the two, because the one may be on its way while the other comes about.
    case noteLease(LeaseID, isWrittenOff: Bool)
    /// Nothing more is drawn from a lease; so many units were. Answered by `leaseNoted`.
    case closeLease(LeaseID, kept: Quantity)
    /// An order was decided on a lease while the site was cut off: its units, or that they are free.
    ///
    /// Answered by `confirmed`, or by `released` where the order was cancelled.
    case drain(Ruling)
}

/// One thing an agent answers.
package enum Answer: Hashable, Sendable {
    case hello(Hello)
    case attach(Attachment)
    case holdings(SessionID, Holdings)
    case restored(SessionID, Restored)
    case ready(SessionID)
    case bid(round: RoundID, Bid)
    case vote(TransactionID, Vote)
    case confirmed(TransactionID)
    case released(TransactionID)
    /// The override, the shipment or the refused pick need not be told again.
    case noted(TransactionID)
    case leaseNoted(LeaseID)
    /// The counts need not be told again.
    case countsNoted(through: Int64)
    /// The request was understood and not carried out.
    case refused(Refusal)
}

/// An agent's word on who it is.
package struct Hello: Hashable, Sendable {
    package let boot: BootID
    /// The highest epoch of this coordinator that the agent has heard.
    package let epochMaximum: Int64
    /// Rises when the ledger has lost history: the coordinator knows which it last spoke to.
    package let incarnation: Int64
    /// What of the coordinator's log the agent has seen.
    package let witness: LogWitness

    package init(
        boot: BootID,
        epochMaximum: Int64,
        incarnation: Int64,
        witness: LogWitness = .none
    ) {
        self.boot = boot
        self.epochMaximum = epochMaximum
        self.incarnation = incarnation
        self.witness = witness
    }
}

/// An agent's acceptance of a session, with the evidence of its history.
package struct Attachment: Hashable, Sendable {
    package let session: SessionID
    /// Where its journal stands.
    package let latest: HistoryMark
    /// The chain at the entry the coordinator knows of; nil if the journal is shorter.
    package let chainAtKnown: UInt64?
    /// The reservations it has voted for without hearing the outcome.
    package let inDoubt: [TransactionID]
    /// Those confirmed that, for all it knows, have not ended everywhere.
    ///
    /// One that the coordinator's log does not know proves that the log has lost decisions.
    package let confirmed: [TransactionID]

    package init(
        session: SessionID,
        latest: HistoryMark,
        chainAtKnown: UInt64?,
        inDoubt: [TransactionID],
        confirmed: [TransactionID] = []
    ) {
        self.session = session
        self.latest = latest
        self.chainAtKnown = chainAtKnown
        self.inDoubt = inDoubt
        self.confirmed = confirmed
    }
}

/// What a site must hold again, a page of it.
package struct Restoration: Hashable, Sendable {
    /// The life of the ledger that begins with this: durable before it is answered.
    package let incarnation: Int64
    package let rulings: [Ruling]

    package init(incarnation: Int64, rulings: [Ruling]) {
        self.incarnation = incarnation
        self.rulings = rulings
    }
}

/// A decision, as one site that shares it must know it.
package struct Ruling: Hashable, Sendable {
    /// What the site was asked to set aside.
    package let request: ReserveRequest
    package let isCancelled: Bool
    /// Where its units come from, if they were leased.
    package let draws: [Lease.Draw]
    /// That they have left the building, if the site has told of it.
    package let shipment: ShipmentReport?

    package init(
        request: ReserveRequest,
        isCancelled: Bool,
        draws: [Lease.Draw] = [],
        shipment: ShipmentReport? = nil
    ) {
        self.request = request
        self.isCancelled = isCancelled
        self.draws = draws
        self.shipment = shipment
    }
}

/// What a restoration came to.
package struct Restored: Hashable, Sendable {
    /// Where the site's history then stood.
    package let mark: HistoryMark
    /// Units that are promised again and are not there.
    package let shortfall: Int64
    /// A SKU that the site does not keep: its reservations wait for it to be imported.
    package let unknownSKU: SKU?

    package init(mark: HistoryMark, shortfall: Int64, unknownSKU: SKU? = nil) {
        self.mark = mark
        self.shortfall = shortfall
        self.unknownSKU = unknownSKU
    }
}

/// A page of a site's reservations for one coordinator, by rising transaction.
package struct Holdings: Hashable, Sendable {
    package let holdings: [Holding]
    package let isLast: Bool

    package init(holdings: [Holding], isLast: Bool) {
        self.holdings = holdings
        self.isLast = isLast
    }
}

/// A reservation as its site reports it where the decision log was lost.
package struct Holding: Hashable, Sendable {
    package let request: ReserveRequest
    package let status: Reservation.Status

    package init(request: ReserveRequest, status: Reservation.Status) {
        self.request = request
        self.status = status
    }
}

/// Names one fan-out of one order.
package struct RoundID: Hashable, Sendable {
    package let order: Order.ID
    package let attempt: Int64

    package init(order: Order.ID, attempt: Int64) {
        self.order = order
        self.attempt = attempt
    }
}

/// What a site needs to know of an order to bid on it.
package struct BidRequest: Hashable, Sendable {
    package let round: RoundID
    package let lines: [Line]
    package let destination: Destination
    package let serviceLevel: ServiceLevel
    package let currency: Currency
    package let purpose: Purpose
    /// Whether what other orders are being offered is offered to this one too.
    ///
    /// Told with the request for a bid alone: a request to reserve takes what is there anyway.
    package let insists: Bool
    /// What is left of the round's time when this is sent; a receiver drops it after that.
    package let remainingMilliseconds: Int64
    /// The number of the decided attempt whose place this one is to take, of the same coordinator.
    ///
    /// What a site has set aside for that counts as free for this.
    package let replacing: Int64?

    package init(
        round: RoundID,
        lines: [Line],
        destination: Destination,
        serviceLevel: ServiceLevel,
        currency: Currency,
        purpose: Purpose = .order,
        insists: Bool = false,
        remainingMilliseconds: Int64,
        replacing: Int64? = nil
    ) {
        self.replacing = replacing
        self.round = round
        self.lines = lines
        self.destination = destination
        self.serviceLevel = serviceLevel
        self.currency = currency
        self.purpose = purpose
        self.insists = insists && purpose == .order
        self.remainingMilliseconds = remainingMilliseconds
    }

    /// A SKU in a quantity; its index is the order line's.
    package struct Line: Hashable, Sendable {
        package let sku: SKU
        package let quantity: Quantity
        /// Whether the bid is to name every lot that could be shipped of it.
        ///
        /// And not only those that would be taken first: the buyer asks something of lots.
        package let namesEveryLot: Bool

        package init(sku: SKU, quantity: Quantity, namesEveryLot: Bool = false) {
            self.sku = sku
            self.quantity = quantity
            self.namesEveryLot = namesEveryLot
        }
    }

    /// What the bid is for.
    package enum Purpose: Int, CaseIterable, Hashable, Sendable {
        /// An order: quantities must be lawful multiples.
        case order = 0
        /// A look at what there is: all that is available is offered, whatever was asked.
        case availability = 1
        /// What an order would cost.
        ///
        /// As for an order, but nothing is kept for it, and what others are being offered is
        /// offered to it too.
        case quote = 2
    }
}

/// The request to set units aside for an attempt.
package struct ReserveRequest: Hashable, Sendable {
    package let transaction: TransactionID
    package let lines: [Reservation.Line]
    /// Every warehouse of the plan: lets a lost decision log be rebuilt from the agents.
    package let participants: [Warehouse.ID]
    /// The order as the site would bid on it: a refusal answers with a fresh bid.
    package let bid: BidRequest
    /// With `bid`, all of the order: kept with the reservation, for a log that is lost.
    package let completeness: Completeness
    /// How the plan has the units leave, for whoever picks them; nil where it is not known.
    package let carriage: Carriage?

    package init(
        transaction: TransactionID,
        lines: [Reservation.Line],
        participants: [Warehouse.ID],
        bid: BidRequest,
        completeness: Completeness = .complete,
        carriage: Carriage? = nil
    ) {
        self.carriage = carriage
        self.transaction = transaction
        self.lines = lines
        self.participants = participants
        self.bid = bid
        self.completeness = completeness
    }

    /// The order the attempt is for.
    package var order: Order.ID { bid.round.order }

    /// The decided attempt whose place this one is to take.
    ///
    /// Asking for it proves that decision: nothing else is ever replaced.
    package var replacing: TransactionID? {
        bid.replacing.flatMap { TransactionID(coordinator: transaction.coordinator, number: $0) }
    }
}

/// An agent's answer to a request to reserve.
package enum Vote: Hashable, Sendable {
    /// The units are set aside, durably; the agent is bound until it hears.
    case reserve(HistoryMark)
    /// They are not, and nothing was changed. The bid says what there is now.
    case refuse(VoteRefusal, Bid?)
}

/// Why a site did not reserve.
package enum VoteRefusal: Hashable, Sendable {
    case insufficientStock(sku: SKU, requested: Quantity, available: Quantity)
    case unknownSKU(SKU)
    /// The attempt has ended: the request came late.
    case late
    /// As much leaves on that day as the site can have leave.
    case dayFull(CivilDate)
    /// What it is to replace has left the building.
    case shipped
    /// The site takes no new reservations: its ledger cannot be written.
    case ledgerUnavailable
}

/// Why an agent did not carry a request out.
package enum Refusal: Hashable, Sendable {
    /// It has heard a higher epoch: the sender has been replaced.
    case staleEpoch(epochMaximum: Int64)
    /// The session is not the active one.
    case staleSession
    /// The challenge was for another process.
    case otherBoot
    /// It was asked to confirm what it has no record of.
    case unknownTransaction(TransactionID)
    /// A site manager has forced the reservation the other way.
    case overridden(TransactionID)
    /// The law of a reservation forbids it.
    case unlawful(TransactionID, Reservation.UnlawfulTransition)
    /// A vote is to take it over: it is given back once that has ended, either way.
    case beingReplaced(TransactionID)
    /// The request's time was over when it was read.
    case expired
    /// The ledger failed; nothing was changed.
    case ledgerUnavailable
}
