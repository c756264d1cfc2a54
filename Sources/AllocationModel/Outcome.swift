/// What became of an order.
package enum OrderOutcome: Hashable, Sendable {
    /// Confirmed at every warehouse of its plan; the plan may hold backorders.
    case confirmed(Plan)
    /// No lawful plan: nothing was promised. Why, for each line that stood in the way.
    case refused([LineRefusal])
    /// Was confirmed, then withdrawn: every unit goes back to stock.
    case cancelled(Plan)

    /// The word used in JSON, listings and the database.
    package var status: OrderStatus {
        switch self {
        case .confirmed(let plan): plan.backorders.isEmpty ? .confirmed : .backordered
        case .refused: .refused
        case .cancelled: .cancelled
        }
    }

    /// The plan, where there is one.
    package var plan: Plan? {
        switch self {
        case .confirmed(let plan), .cancelled(let plan): plan
        case .refused: nil
        }
    }
}

/// How far an order has come, in one word.
package enum OrderStatus: String, CaseIterable, Hashable, Sendable {
    /// Accepted, not decided yet. Next: any other.
    case pending
    /// Everything is promised. Next: `cancelled`, `partlyShipped`, `shipped`.
    case confirmed
    /// Accepted, but for some units that nobody can ship yet. Next: `cancelled`, `partlyShipped`.
    case backordered
    /// Some warehouse has shipped its part, and something of it waits. Next: `shipped`.
    case partlyShipped = "partly-shipped"
    /// Every warehouse of the plan has shipped its part, and that is all of it. Final.
    case shipped
    /// Nothing was promised. Final.
    case refused
    /// Withdrawn after it was confirmed. Final.
    case cancelled
}

extension OrderStatus {
    /// Returns what an order comes to when so many of its warehouses have shipped their parts.
    ///
    /// One that was withdrawn stays so, whoever had shipped.
    package func after(shipments: Int, of warehouses: Int) -> OrderStatus {
        guard shipments > 0 else { return self }
        return switch self {
        case .confirmed: shipments >= warehouses ? .shipped : .partlyShipped
        case .backordered: .partlyShipped
        case .pending, .partlyShipped, .shipped, .refused, .cancelled: self
        }
    }
}

/// Why one line could not be filled.
package struct LineRefusal: Hashable, Sendable {
    /// Index in the order's lines.
    package let line: Int
    package let sku: SKU
    package let requested: Quantity
    /// The most that all sites together could ship of it.
    package let available: Quantity
    package let reason: Reason

    package init(
        line: Int,
        sku: SKU,
        requested: Quantity,
        available: Quantity,
        reason: Reason
    ) {
        self.line = line
        self.sku = sku
        self.requested = requested
        self.available = available
        self.reason = reason
    }

    /// Why, in the order in which a person would want to know.
    package enum Reason: Hashable, Sendable {
        /// Every site answered, and none carries it.
        case unknownSKU
        /// There is enough of it, and too little of lots that meet what is asked of them.
        case lotsUnfit
        /// The quantity cannot be sold; the two nearest that can.
        case notAMultiple(below: Quantity, above: Quantity)
        /// There is stock, but no service that reaches the destination in time.
        case notServed
        /// There is stock, but no service that delivers to addresses of this kind.
        case addressNotReached(AddressKind)
        /// There is stock, but no service that does what the destination needs.
        case accessorialNotOffered(Accessorial)
        /// There is stock, and it would arrive on this day at the soonest, after it is wanted.
        case tooLate(CivilDate)
        /// All sites together have less than was asked for.
        case insufficientStock
        /// Stock was there, but others took it while the order was being placed.
        case contended
        /// There is enough of this line, but the order as a whole has no lawful plan.
        case noLawfulPlan
    }
}

/// An order, what became of it, and when.
package struct OrderRecord: Hashable, Sendable {
    package let order: Order
    package let outcome: OrderOutcome?
    package let receivedAt: Timestamp
    package let decidedAt: Timestamp?
    /// The attempt that was confirmed.
    package let transaction: TransactionID?
    /// Whether every site has acknowledged the decision.
    package let isSettled: Bool
    /// What site managers have forced of it, by rising warehouse.
    package let overrides: [SiteOverride]
    /// What of it has left, by rising attempt and warehouse.
    package let shipments: [SiteShipment]
    /// What sites could not pick of it, by rising attempt and time.
    package let refusedPicks: [SitePickRefusal]
    /// The decisions whose place the one in force has taken, the earliest first.
    package let resourcings: [Resourcing]
    /// By which days what waits of it is expected; nil where nothing is known of that.
    package let dates: OrderDates?
    /// How those days have moved, the earliest first.
    package let dateChanges: [DateChange]

    package init(
        order: Order,
        outcome: OrderOutcome?,
        receivedAt: Timestamp,
        decidedAt: Timestamp?,
        transaction: TransactionID?,
        isSettled: Bool,
        overrides: [SiteOverride] = [],
        shipments: [SiteShipment] = [],
        refusedPicks: [SitePickRefusal] = [],
        resourcings: [Resourcing] = [],
        dates: OrderDates? = nil,
        dateChanges: [DateChange] = []
    ) {
        self.dates = dates
        self.dateChanges = dateChanges
        self.overrides = overrides
        self.shipments = shipments
        self.refusedPicks = refusedPicks
        self.resourcings = resourcings
        self.order = order
        self.outcome = outcome
        self.receivedAt = receivedAt
        self.decidedAt = decidedAt
        self.transaction = transaction
        self.isSettled = isSettled
    }

    package var status: OrderStatus {
        guard let outcome else { return .pending }
        return outcome.status.after(
            shipments: shipments.count,
            of: (outcome.plan?.warehouses.count ?? 0) + keptParts
        )
    }

    /// Parts of decisions that were superseded which had shipped before.
    package var keptParts: Int { resourcings.reduce(0) { $0 + $1.kept.count } }

    /// What stays of the decisions that were superseded: it had shipped before.
    package var keptShipments: [Plan.Shipment] { resourcings.flatMap(\.keptShipments) }

    /// The order as it was placed, before anything of it was changed.
    package var placed: Order { resourcings.first?.former ?? order }

    /// The decisions that were superseded, each with the order as it has been since.
    package var revisions: [(of: Resourcing, to: Order)] {
        let later = resourcings.dropFirst().map(\.former) + [order]
        return zip(resourcings, later).map { (of: $0, to: $1) }
    }

    /// How an order that came under the same id differs; nil where it is this one.
    ///
    /// Whoever sends an order again knows it as it was placed, or as it is now.
    package func difference(from other: Order) -> Order.Difference? {
        guard let difference = other.difference(from: placed) else { return nil }
        return other.difference(from: order) == nil ? nil : difference
    }

    /// How much of each line of the order has shipped.
    package var shippedQuantities: [Quantity] {
        var shipped = order.lines.map { _ in Quantity.zero }
        let parts = outcome?.plan?.shipments.filter { shipment(from: $0.warehouse) != nil } ?? []
        for line in (keptShipments + parts).flatMap(\.lines)
        where shipped.indices.contains(line.line) {
            shipped[line.line] = shipped[line.line] + line.quantity
        }
        return shipped
    }

    /// What one warehouse of the plan in force has shipped, if it has.
    package func shipment(from warehouse: Warehouse.ID) -> SiteShipment? {
        shipments.first { $0.warehouse == warehouse && $0.report.transaction == transaction }
    }
}

/// The answer to an order that was submitted.
package enum Submission: Hashable, Sendable {
    /// Decided now.
    case placed(OrderRecord)
    /// Decided before; this is the same answer again.
    case alreadyPlaced(OrderRecord)
    /// The id belongs to another order: the field in which this one differs.
    case alreadyPlacedDifferently(Order.Difference, OrderRecord)
    /// Nothing was decided and nothing is held; the same order may be sent again.
    case unavailable(reason: String, retryAfterSeconds: Int)
}

/// The answer to a request to cancel.
package enum Cancellation: Hashable, Sendable {
    case cancelled(OrderRecord)
    case alreadyCancelled(OrderRecord)
    /// Something of it has left the building: nothing was decided.
    case alreadyShipped(OrderRecord)
    /// A refused order has nothing to cancel.
    case nothingToCancel(OrderRecord)
    case unknownOrder
    case unavailable(reason: String, retryAfterSeconds: Int)
}

/// What one site has of one SKU for one destination.
package struct SiteAvailability: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let available: Quantity
    /// The soonest service, if any reaches the destination.
    package let leaves: CivilDate?
    package let arrives: CivilDate?
    package let service: String?
    /// Why there is nothing, where there is nothing.
    package let decline: Decline.Reason?

    package init(
        warehouse: Warehouse.ID,
        available: Quantity,
        leaves: CivilDate?,
        arrives: CivilDate?,
        service: String?,
        decline: Decline.Reason?
    ) {
        self.warehouse = warehouse
        self.available = available
        self.leaves = leaves
        self.arrives = arrives
        self.service = service
        self.decline = decline
    }
}

/// What the coordinator knows of one agent.
package struct AgentStanding: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let state: State
    /// Requests waiting to be sent to it.
    package let queued: Int
    /// Reservations decided and not yet acknowledged by it.
    package let unacknowledged: Int
    package let lastHeard: Timestamp?

    package init(
        warehouse: Warehouse.ID,
        state: State,
        queued: Int,
        unacknowledged: Int,
        lastHeard: Timestamp?
    ) {
        self.warehouse = warehouse
        self.state = state
        self.queued = queued
        self.unacknowledged = unacknowledged
        self.lastHeard = lastHeard
    }

    /// Whether it may be asked.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// In session: it bids and votes.
        case active
        /// Connected, and not yet in session.
        case attaching
        /// Not connected.
        case unreachable
        /// Its history contradicts what it told us before; it needs a count.
        case amnesiac
    }
}
