package import AllocationModel
package import AllocationProtocol

/// What every order's process needs to know of the office: the sites, the policy, the next number.
package struct OrderDesk: Sendable {
    package let coordinator: Coordinator.ID
    package private(set) var epoch: Int64
    package let policy: SourcingPolicy
    package let timing: ProtocolTiming
    /// The rules by which the next order is filled.
    package var rules = OfficeRules.none
    private var counter: Int64 = 0
    private var roundCount: Int64 = 0
    private var timerCount = 0
    /// What sites have leased.
    package internal(set) var leases = LeaseBook()
    /// The day, for what is promised of sites that cannot be asked; in UTC.
    var today = CivilDate(daysSinceEpoch: 0)
    /// Every site of the office, by rising warehouse.
    package private(set) var sites: [Site]

    /// A site, and the session in which it may be asked.
    package struct Site: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package var session: SessionID?
        /// Whether what it has leased may be drawn on: it is out of reach, and no more is wrong.
        package fileprivate(set) var isCutOff = false
        /// Decisions that it has been told, or is to be, and has not acknowledged.
        package fileprivate(set) var owing = 0

        /// Whether it is asked for bids.
        var mayBid: Bool { session != nil && owing < OrderDesk.owingMaximum }

        /// Whether its leases may bid for it.
        var mayBeDrawnOn: Bool { isCutOff && owing < OrderDesk.owingMaximum }
    }

    /// Decisions that a site may leave unacknowledged before it gets no more orders.
    ///
    /// A quarter of the orders that may be under way: a site that votes and
    /// never acknowledges keeps each order open, and may not keep the office's
    /// whole book.
    package static let owingMaximum = 1024

    /// Opens a desk at which no site is in session yet.
    package init(
        coordinator: Coordinator.ID,
        epoch: Int64,
        warehouses: [Warehouse.ID],
        policy: SourcingPolicy,
        timing: ProtocolTiming,
        leases: LeaseBook = LeaseBook()
    ) {
        self.leases = leases
        self.coordinator = coordinator
        self.epoch = epoch
        self.policy = policy
        self.timing = timing
        sites = warehouses.sorted().map { Site(warehouse: $0, session: nil) }
    }

    /// Takes note that a site may be asked in `session`, or no longer.
    package mutating func note(_ session: SessionID?, of warehouse: Warehouse.ID) {
        guard let index = sites.firstIndex(where: { $0.warehouse == warehouse }) else { return }
        sites[index].session = session
    }

    /// Takes note of whether a site is out of reach, and nothing else is wrong with it.
    mutating func note(isCutOff: Bool, of warehouse: Warehouse.ID) {
        guard let index = sites.firstIndex(where: { $0.warehouse == warehouse }) else { return }
        sites[index].isCutOff = isCutOff
    }

    /// What the sites that are cut off have leased of an order.
    func standingBids(on order: Order) -> [Bid] {
        sites.filter(\.mayBeDrawnOn)
            .compactMap { leases.standingBid(of: $0.warehouse, on: order, at: today) }
            .filter { SourcingProblem.isSound($0, for: order, under: policy) }
    }

    /// Takes note that one order awaits the acknowledgements of other sites than before.
    mutating func note(owing: [Warehouse.ID], insteadOf before: [Warehouse.ID]) {
        guard owing != before else { return }
        for index in sites.indices {
            if before.contains(sites[index].warehouse) { sites[index].owing -= 1 }
            if owing.contains(sites[index].warehouse) { sites[index].owing += 1 }
        }
    }

    /// Returns the session in which a site may be asked, if it may.
    package func session(of warehouse: Warehouse.ID) -> SessionID? {
        sites.first { $0.warehouse == warehouse }?.session
    }

    /// Begins a higher epoch; every session of the one before is over.
    mutating func raise(to epoch: Int64) {
        self.epoch = epoch
        for index in sites.indices { sites[index].session = nil }
    }

    /// The number that the next transaction will have.
    var nextNumber: Int64 {
        TransactionID(coordinator: coordinator, epoch: epoch, counter: counter + 1).number
    }

    /// Returns a transaction id that was never used before.
    package mutating func nextTransaction() -> TransactionID {
        counter += 1
        return TransactionID(coordinator: coordinator, epoch: epoch, counter: counter)
    }

    /// Returns a round's number that was never used before in this start.
    ///
    /// By desk and not by order: an order that was withdrawn may come again,
    /// and a bid or a solution of its former life must not pass for its own.
    package mutating func nextRound() -> Int64 {
        roundCount += 1
        return roundCount
    }

    /// Returns a timer's token that was never used before in this start: see `nextRound`.
    package mutating func nextTimer() -> Int {
        timerCount += 1
        return timerCount
    }

    /// How often one order is solved.
    ///
    /// Each refusal takes away something that was offered, so twice the sites
    /// and a few suffice unless the stock moves.
    package var attemptsMaximum: Int { 2 * sites.count + 4 }

    /// Returns what sites are told of an order.
    ///
    /// What they have set aside in the attempt `replaced` counts as free for it. Of the SKUs in
    /// `lots` every lot is to be named.
    package func bidRequest(
        for order: Order,
        round: RoundID,
        insists: Bool = false,
        replacing replaced: TransactionID? = nil,
        naming lots: Set<SKU> = []
    ) -> BidRequest {
        BidRequest(
            round: round,
            lines: order.bidLines(naming: lots),
            destination: order.destination,
            serviceLevel: order.serviceLevel,
            currency: order.currency,
            insists: insists,
            remainingMilliseconds: timing.bidDeadline.wholeMilliseconds,
            replacing: replaced?.number
        )
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension Plan {
    /// What each warehouse is asked to set aside, by rising warehouse and SKU, of whatever lots.
    package var demands: [Demand] { demands { _ in .any } }

    /// What one warehouse is asked to set aside for an order.
    package struct Demand: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let lines: [Reservation.Line]
    }
}

extension Order {
    /// What sites are asked of its lines, of these SKUs with every lot.
    func bidLines(naming lots: Set<SKU>) -> [BidRequest.Line] {
        lines.map {
            BidRequest.Line(
                sku: $0.sku,
                quantity: $0.quantity,
                namesEveryLot: lots.contains($0.sku)
            )
        }
    }
}
