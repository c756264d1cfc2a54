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
    /// Whether it ends with the plan: nothing is reserved.
    package let isPreview: Bool

    package init(
        wish: ResourcingWish,
        replaced: TransactionID,
        before: Plan,
        kept: [Warehouse.ID],
        lines: [Int],
        at: Timestamp,
        isPreview: Bool
    ) {
        self.wish = wish
        self.replaced = replaced
        self.before = before
        self.kept = kept
        self.lines = lines
        self.at = at
        self.isPreview = isPreview
    }

    /// Returns what its evidence says that the sites were asked for.
    func asked(_ order: Order) -> AllocationProtocol.Evidence.Asked {
        Evidence.Asked(order: order, lines: lines, at: at)
    }

    /// Returns what a plan would leave waiting, where that is more than may wait.
    ///
    /// That is more than waits now, unless somebody has said so. By the lines of the whole order.
    func shortfall(of plan: Plan, for order: Order) -> [LineRefusal]? {
        let waiting = before.backorders.reduce(Int64(0)) { $0 + $1.quantity.units }
        let then = plan.backorders.reduce(Int64(0)) { $0 + $1.quantity.units }
        guard !wish.mayWait, then > waiting else { return nil }
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

    /// What takes the place of a decision in its order's record.
    package var resourcing: Resourcing {
        Resourcing(wish: wish, at: at, replaced: replaced, before: before, kept: kept)
    }
}

extension OrderRecord {
    /// Returns the record once another decision has taken the place of the one in force.
    func resourced(
        as outcome: OrderOutcome,
        by transaction: TransactionID?,
        _ resourcing: Resourcing,
        at now: Timestamp
    ) -> OrderRecord {
        OrderRecord(
            order: order,
            outcome: outcome,
            receivedAt: receivedAt,
            decidedAt: now,
            transaction: transaction,
            isSettled: false,
            overrides: overrides,
            shipments: shipments,
            resourcings: resourcings + [resourcing]
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
        isPreview: Bool
    ) -> (SecondAttempt, Order)? {
        guard case .confirmed(let plan)? = outcome, let transaction else { return nil }
        let kept = plan.warehouses.filter { shipment(from: $0) != nil }
        let gone = keptShipments + plan.shipments.filter { kept.contains($0.warehouse) }
        var left = order.lines.map(\.quantity)
        for line in gone.flatMap(\.lines) where left.indices.contains(line.line) {
            left[line.line] = left[line.line].lessAtMost(line.quantity)
        }
        let lines = left.indices.filter { !left[$0].isZero }
        guard !lines.isEmpty else { return nil }
        let part = Order(
            id: order.id,
            lines: lines.map {
                Order.Line(
                    id: order.lines[$0].id,
                    sku: order.lines[$0].sku,
                    quantity: left[$0]
                )
            },
            destination: order.destination,
            serviceLevel: wish.serviceLevel ?? serviceLevelInForce,
            completeness: order.completeness,
            currency: order.currency,
            terms: order.terms
        )
        let second = SecondAttempt(
            wish: wish,
            replaced: transaction,
            before: plan,
            kept: kept,
            lines: lines,
            at: now,
            isPreview: isPreview
        )
        return (second, part)
    }
}
