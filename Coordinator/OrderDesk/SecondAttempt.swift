package import AllocationModel
internal import AllocationProtocol

/// Why an order that was decided is sourced again, and what stays of it.
///
/// The decision in force stays in force until another has taken its place, in
/// one write; what it had set aside is given back only then.
package struct SecondAttempt: Hashable, Sendable {
    package let wish: ResourcingWish
    /// The attempt whose place it is to take.
    package let replaced: TransactionID
    /// The plan of that.
    package let before: Plan
    /// The sites of it that have shipped: their parts stay.
    package let kept: [Warehouse.ID]
    /// Which line of the order each line of what is asked for is.
    package let lines: [Int]
    package let at: Timestamp
    /// When the order came.
    package let receivedAt: Timestamp
    /// Whether it ends with the plan: nothing is reserved.
    package let isPreview: Bool
    /// All that has not shipped, where only what waits of it is asked for: sites are told of it.
    package let unshipped: Order?
    /// The sites that have missed a cutoff, where that is why: a plan is taken that relieves one.
    package let late: [Warehouse.ID]
    /// The order as it stands.
    package let former: Order
    /// The order as it is to be, where that is another: it is so once this is decided.
    package let changed: Order?

    package init(
        wish: ResourcingWish,
        of former: Order,
        replaced: TransactionID,
        before: Plan,
        kept: [Warehouse.ID],
        lines: [Int],
        at: Timestamp,
        receivedAt: Timestamp,
        isPreview: Bool,
        unshipped: Order? = nil,
        late: [Warehouse.ID] = [],
        changed: Order? = nil
    ) {
        self.former = former
        self.changed = changed
        self.late = late
        self.unshipped = unshipped
        self.wish = wish
        self.replaced = replaced
        self.before = before
        self.kept = kept
        self.lines = lines
        self.at = at
        self.receivedAt = receivedAt
        self.isPreview = isPreview
    }

    /// The order once it is decided.
    package var order: Order { changed ?? former }

    /// Returns what its evidence says that the sites were asked for.
    func asked(_ order: Order) -> AllocationProtocol.Evidence.Asked {
        Evidence.Asked(order: order, lines: lines, at: at)
    }

    /// Returns what a plan would leave waiting, where that is more than may wait.
    ///
    /// That is more than waits now, unless somebody has said so. By the lines of the whole order.
    func shortfall(of plan: Plan, for order: Order) -> [LineRefusal]? {
        // Of what waits, a follow-up may take as little as there is.
        if wish.isFollowUp, !plan.shipments.isEmpty { return nil }
        let waiting = before.backorders.reduce(Int64(0)) { $0 + $1.quantity.units }
        let then = plan.backorders.reduce(Int64(0)) { $0 + $1.quantity.units }
        guard wish.isFollowUp || (!wish.mayWait && then > waiting) else { return nil }
        return plan.backorders.map { backorder in
            let requested = order.lines[backorder.line].quantity
            return LineRefusal(
                line: lines[backorder.line],
                sku: backorder.sku,
                requested: requested,
                available: requested.lessAtMost(backorder.quantity),
                reason: .insufficientStock
            )
        }
    }

    /// Whether it is about sites that are late, and a plan leaves with them all that they had.
    ///
    /// Then it is no better, however it moves what others ship.
    func relievesNobody(by plan: Plan) -> Bool {
        guard !late.isEmpty else { return false }
        return before.demands.filter { late.contains($0.warehouse) }
            .allSatisfy { had in
                let has = plan.demands.first { $0.warehouse == had.warehouse }
                return had.lines.allSatisfy { line in
                    has?.lines.contains { $0.sku == line.sku && $0.quantity >= line.quantity }
                        ?? false
                }
            }
    }

    /// Returns the plan that one of what was asked for makes, by the lines of the whole order.
    func whole(_ plan: Plan, of order: Order) -> Plan {
        resourcing.whole(asked(order).inWholeOrder(plan))
    }

    /// The attempt whose place it takes at a site; what has shipped there keeps its own.
    func replaced(at warehouse: Warehouse.ID) -> TransactionID? {
        kept.contains(warehouse) ? nil : replaced
    }

    /// The sites that ship what stays where it is.
    var staying: [Warehouse.ID] {
        wish.isFollowUp ? before.warehouses.filter { !kept.contains($0) } : []
    }

    /// Returns what a follow-up's plan takes beyond what stays where it is.
    func taken(by plan: Plan) -> [BackorderBook.Taken] {
        plan.demands.flatMap { demand in
            let had = before.demands.first { $0.warehouse == demand.warehouse }
            return demand.lines.map { line in
                let before = staying.contains(demand.warehouse) ? had?.lines ?? [] : []
                let units = before.first { $0.sku == line.sku }?.quantity ?? .zero
                return BackorderBook.Taken(
                    warehouse: demand.warehouse,
                    sku: line.sku,
                    units: line.quantity.units - units.units
                )
            }
        }
    }

    /// What takes the place of a decision in its order's record.
    package var resourcing: Resourcing {
        Resourcing(
            wish: wish,
            at: at,
            replaced: replaced,
            before: before,
            kept: kept,
            former: former
        )
    }
}

extension OrderRecord {
    /// Returns the record once another decision has taken the place of the one in force.
    func resourced(
        as outcome: OrderOutcome,
        by transaction: TransactionID?,
        _ second: SecondAttempt,
        at now: Timestamp
    ) -> OrderRecord {
        OrderRecord(
            order: second.order,
            outcome: outcome,
            receivedAt: receivedAt,
            decidedAt: now,
            transaction: transaction,
            isSettled: false,
            overrides: overrides,
            shipments: shipments,
            refusedPicks: refusedPicks,
            resourcings: resourcings + [second.resourcing]
        )
    }

    /// The service level that the order goes by: its own, or what was last asked in its place.
    private var serviceLevelInForce: ServiceLevel {
        resourcings.last { $0.wish.serviceLevel != nil }?.wish.serviceLevel ?? order.serviceLevel
    }

    /// Returns what has not shipped of it, as an order of its own, and how to source that again.
    ///
    /// Nil where nothing is left: it was refused or cancelled, or all of it has shipped.
    func secondAttempt(
        for wish: ResourcingWish,
        at now: Timestamp,
        isPreview: Bool,
        late: [Warehouse.ID] = []
    ) -> (SecondAttempt, Order)? {
        guard
            let second = secondAttempt(
                for: wish,
                as: order,
                at: now,
                isPreview: isPreview,
                late: late
            ), let part = part(of: second, for: wish)
        else { return nil }
        return (second, part)
    }

    /// Returns how to source it again as a change has it, and what of it then has not shipped.
    ///
    /// What a person last said of warehouses still holds. No order where all that is then left of
    /// it has shipped; nil where nothing was left before, and nothing is wanted beyond that.
    ///
    /// - Throws: `OrderChange.Fault`.
    func secondAttempt(
        for change: OrderChange,
        _ wish: ResourcingWish,
        at now: Timestamp,
        isPreview: Bool
    ) throws(OrderChange.Fault) -> (SecondAttempt, Order?)? {
        guard case .confirmed? = outcome else { return nil }
        let shipped = shippedQuantities
        let wasOver = order.lines.map(\.quantity) == shipped
        let changed = try order.changed(by: change, shipped: shipped)
        let last = resourcings.last?.wish
        let wish = ResourcingWish(
            excluded: last?.excluded ?? [],
            forced: last?.forced ?? [],
            mayWait: wish.mayWait,
            who: wish.who,
            reason: wish.reason
        )
        guard
            let second = secondAttempt(for: wish, as: changed, at: now, isPreview: isPreview)
        else { return nil }
        let part = part(of: second, for: wish)
        return part == nil && wasOver ? nil : (second, part)
    }

    /// Returns how to source again what has not shipped of `order`: of it as it is, or is to be.
    ///
    /// Nil where it was refused or cancelled.
    private func secondAttempt(
        for wish: ResourcingWish,
        as order: Order,
        at now: Timestamp,
        isPreview: Bool,
        late: [Warehouse.ID] = []
    ) -> SecondAttempt? {
        guard case .confirmed(let plan)? = outcome, let transaction else { return nil }
        let shipped = shippedQuantities
        return SecondAttempt(
            wish: wish,
            of: self.order,
            replaced: transaction,
            before: plan,
            kept: plan.warehouses.filter { shipment(from: $0) != nil },
            lines: order.lines.indices.filter { order.lines[$0].quantity > shipped[$0] },
            at: now,
            receivedAt: receivedAt,
            isPreview: isPreview,
            late: late,
            changed: order == self.order ? nil : order
        )
    }

    /// Returns what is asked for by a second attempt, as an order; nil where that is nothing.
    private func part(of second: SecondAttempt, for wish: ResourcingWish) -> Order? {
        guard !second.lines.isEmpty else { return nil }
        let shipped = shippedQuantities
        let order = second.order
        return Order(
            id: order.id,
            lines: second.lines.map {
                Order.Line(
                    id: order.lines[$0].id,
                    sku: order.lines[$0].sku,
                    quantity: order.lines[$0].quantity.lessAtMost(shipped[$0]),
                    lots: order.lines[$0].lots
                )
            },
            destination: order.destination,
            serviceLevel: wish.serviceLevel ?? serviceLevelInForce,
            completeness: order.completeness,
            currency: order.currency,
            terms: order.terms
        )
    }

    /// Returns what has not shipped of it, once a site cannot pick a part, and how to source that.
    ///
    /// What a person last said of warehouses still holds. Nil where it is another decision's part
    /// that was refused, or nothing is left.
    func secondAttempt(
        after refused: RefusedPicks.Turn,
        at now: Timestamp
    ) -> (SecondAttempt, Order)? {
        guard transaction == refused.transaction else { return nil }
        let last = resourcings.last?.wish
        let wish = ResourcingWish(
            excluded: last?.excluded ?? [],
            forced: last?.forced ?? [],
            // What is not there cannot be kept.
            mayWait: true,
            who: refused.who,
            reason: refused.reason
        )
        return secondAttempt(for: wish, at: now, isPreview: false)
    }

    /// Returns what of it waits of these SKUs, as an order of its own, and how to source that.
    ///
    /// What a person last said of warehouses still holds. Nil where none of it waits.
    func followUp(
        on skus: [SKU],
        because reason: String,
        at now: Timestamp
    ) -> (SecondAttempt, Order)? {
        let last = resourcings.last?.wish
        let wish = ResourcingWish(
            excluded: last?.excluded ?? [],
            forced: last?.forced ?? [],
            mayWait: true,
            isFollowUp: true,
            who: "office",
            reason: reason
        )
        let waiting = (outcome?.plan?.backorders ?? []).filter { skus.contains($0.sku) }
        guard !waiting.isEmpty,
            let (whole, unshipped) = secondAttempt(for: wish, at: now, isPreview: false)
        else { return nil }
        let part = Order(
            id: order.id,
            lines: waiting.map {
                Order.Line(
                    id: order.lines[$0.line].id,
                    sku: $0.sku,
                    quantity: $0.quantity,
                    lots: order.lines[$0.line].lots
                )
            },
            destination: order.destination,
            serviceLevel: serviceLevelInForce,
            completeness: order.completeness,
            currency: order.currency,
            terms: order.terms
        )
        let second = SecondAttempt(
            wish: wish,
            of: order,
            replaced: whole.replaced,
            before: whole.before,
            kept: whole.kept,
            lines: waiting.map(\.line),
            at: now,
            receivedAt: receivedAt,
            isPreview: false,
            unshipped: unshipped
        )
        return (second, part)
    }
}
