/// What a person asks where an order that was decided is to be sourced again.
///
/// It binds the round that follows beside the office's rules, and is kept with its decision.
package struct ResourcingWish: Hashable, Sendable {
    /// Warehouses that may ship nothing of it, by rising name.
    package let excluded: [Warehouse.ID]
    /// The only warehouses that may, by rising name; empty where all others may.
    package let forced: [Warehouse.ID]
    /// The service level that takes the order's place; nil where it stays.
    package let serviceLevel: ServiceLevel?
    /// Whether more of it may then be on backorder than is now.
    ///
    /// What is promised is not given up for want of a word.
    package let mayWait: Bool
    /// Whether stock has come for what waits of it: what is allocated stays where it is.
    package let isFollowUp: Bool
    /// Who asked for it.
    package let who: String
    package let reason: String

    package init(
        excluded: [Warehouse.ID] = [],
        forced: [Warehouse.ID] = [],
        serviceLevel: ServiceLevel? = nil,
        mayWait: Bool = false,
        isFollowUp: Bool = false,
        who: String,
        reason: String
    ) {
        self.mayWait = mayWait
        self.isFollowUp = isFollowUp
        self.excluded = excluded
        self.forced = forced
        self.serviceLevel = serviceLevel
        self.who = who
        self.reason = reason
    }

    /// Whether a warehouse may ship anything of the order.
    package func allows(_ warehouse: Warehouse.ID) -> Bool {
        !excluded.contains(warehouse) && (forced.isEmpty || forced.contains(warehouse))
    }

    /// The warehouses that it names, each once, by rising name.
    package var warehouses: [Warehouse.ID] { Set(excluded + forced).sorted() }
}

/// What a decided order's place was taken of: a decision that has been superseded.
package struct Resourcing: Hashable, Sendable {
    package let wish: ResourcingWish
    package let at: Timestamp
    /// The attempt that was in force before.
    package let replaced: TransactionID
    /// Its plan, with what stays and what was given back.
    package let before: Plan
    /// The warehouses of that plan that had shipped: their parts stay as they are.
    package let kept: [Warehouse.ID]
    /// The order as it was then.
    package let former: Order

    package init(
        wish: ResourcingWish,
        at: Timestamp,
        replaced: TransactionID,
        before: Plan,
        kept: [Warehouse.ID],
        former: Order
    ) {
        self.former = former
        self.wish = wish
        self.at = at
        self.replaced = replaced
        self.before = before
        self.kept = kept
    }

    /// What of the plan before had shipped, and stays.
    package var keptShipments: [Plan.Shipment] {
        before.shipments.filter { kept.contains($0.warehouse) }
    }
}

extension Resourcing {
    /// Returns the plan that a plan of what was asked for makes, by the lines of the whole order.
    ///
    /// A follow-up asks for what waits alone, and what is allocated stays as it is beside that.
    package func whole(_ plan: Plan) -> Plan {
        guard wish.isFollowUp else { return plan }
        let staying = before.shipments.filter { !kept.contains($0.warehouse) }
        let backorders = before.backorders.compactMap { waiting -> Plan.Backorder? in
            let shipped = plan.shipments.flatMap(\.lines).filter { $0.line == waiting.line }
                .reduce(Quantity.zero) { $0 + $1.quantity }
            let left = waiting.quantity.lessAtMost(shipped)
            return left.isZero
                ? nil : Plan.Backorder(line: waiting.line, sku: waiting.sku, quantity: left)
        }
        let gone = keptShipments.reduce(Money.zero(before.cost.currency)) {
            $0 + $1.freight + $1.handling
        }
        let cost = before.cost - gone + plan.cost
        let gap = (before.cost - before.bound) + (plan.cost - plan.bound)
        return Plan(
            order: plan.order,
            shipments: (staying + plan.shipments)
                .sorted {
                    ($0.warehouse, $0.service, $0.leaves) < ($1.warehouse, $1.service, $1.leaves)
                },
            backorders: backorders,
            cost: cost,
            bound: gap.minorUnits <= cost.minorUnits ? cost - gap : .zero(cost.currency),
            isProved: before.isProved && plan.isProved
        )
    }
}

/// The plan that would take another's place, beside the one in force.
package struct ResourcingComparison: Hashable, Sendable {
    /// The order as it stands.
    package let record: OrderRecord
    /// What would ship of what has not shipped yet.
    package let plan: Plan
    /// The warehouses of the plan in force that have shipped: their parts stay.
    package let kept: [Warehouse.ID]
    /// The order as it would be with the plan; nil where it stays as it is.
    package let changed: Order?

    package init(
        record: OrderRecord,
        plan: Plan,
        kept: [Warehouse.ID],
        changed: Order? = nil
    ) {
        self.record = record
        self.plan = plan
        self.kept = kept
        self.changed = changed
    }

    /// What the part of the plan in force that would be given back costs.
    ///
    /// Of what has shipped, freight and handling are taken away: a plan keeps
    /// what a warehouse charges for picking in one sum.
    package var costBefore: Money {
        let currency = record.order.currency
        guard let before = record.outcome?.plan else { return .zero(currency) }
        return before.shipments.filter { kept.contains($0.warehouse) }
            .reduce(before.cost) { $0 - $1.freight - $1.handling }
    }

    /// What the new plan costs more; negative where it costs less.
    package var difference: Money { plan.cost - costBefore }
}

/// The answer to whoever asked for an order to be sourced again.
package enum ResourcingAnswer: Hashable, Sendable {
    /// So it would be done now; nothing was changed.
    case previewed(ResourcingComparison)
    /// It is decided: the order as it now stands, and what it was before.
    case resourced(OrderRecord, ResourcingComparison)
    /// No lawful plan is left of what may ship it: why, by the order's lines. Nothing was changed.
    case unfillable([LineRefusal], OrderRecord)
    /// Nothing of it waits: it was refused or cancelled, or all of it has shipped.
    case nothingToResource(OrderRecord)
    /// It cannot be changed so. Nothing was changed.
    case unlawfulChange(OrderChange.Fault, OrderRecord)
    /// These are no warehouses of the office.
    case unknownWarehouses([Warehouse.ID])
    case unknownOrder
    /// Nothing was changed; the same may be asked again.
    case unavailable(reason: String, retryAfterSeconds: Int)
}
