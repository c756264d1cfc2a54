/// An order of which units wait for stock.
package struct WaitingOrder: Hashable, Sendable {
    package let order: Order.ID
    /// What waits, by rising line.
    package let lines: [Plan.Backorder]
    package let rank: BuyerRank
    /// The day by which the customer wants it, where he has said one.
    package let wantedBy: CivilDate?
    /// When the order came.
    package let since: Timestamp
    /// The only warehouses that may ship it, by the rules and by what people said; nil for any.
    package let sites: [Warehouse.ID]?

    package init(
        order: Order.ID,
        lines: [Plan.Backorder],
        rank: BuyerRank,
        wantedBy: CivilDate?,
        since: Timestamp,
        sites: [Warehouse.ID]? = nil
    ) {
        self.sites = sites
        self.order = order
        self.lines = lines
        self.rank = rank
        self.wantedBy = wantedBy
        self.since = since
    }

    /// Takes what a plan leaves waiting of an order; nil where it leaves nothing.
    package init?(
        of order: Order,
        in plan: Plan,
        rank: BuyerRank,
        since: Timestamp,
        sites: [Warehouse.ID]? = nil
    ) {
        guard !plan.backorders.isEmpty else { return nil }
        self.init(
            order: order.id,
            lines: plan.backorders.sorted { $0.line < $1.line },
            rank: rank,
            wantedBy: order.destination.delivery.by ?? order.terms.requestedBy,
            since: since,
            sites: sites
        )
    }

    /// Whether a warehouse may ship what waits of it.
    package func takes(from warehouse: Warehouse.ID) -> Bool {
        sites?.contains(warehouse) ?? true
    }

    /// What it waits for, each SKU once, by rising code.
    package var skus: [SKU] { Set(lines.map(\.sku)).sorted() }

    /// Whether its turn comes before another's: by rank, by the day it is wanted, by age.
    package func precedes(_ other: WaitingOrder) -> Bool {
        if rank.number != other.rank.number { return rank.number < other.rank.number }
        if wantedBy != other.wantedBy {
            guard let wantedBy else { return false }
            return other.wantedBy.map { wantedBy < $0 } ?? true
        }
        return (since, order) < (other.since, other.order)
    }
}

/// Before whom a buyer is served where several wait for the same goods.
package struct BuyerRank: Hashable, Sendable {
    /// The lower comes first.
    package let number: Int
    /// The rule that gives it; empty where none does.
    package let rule: String

    package init(number: Int, rule: String) {
        self.number = number
        self.rule = rule
    }

    /// Of whom no rule says anything: he comes last.
    package static let last = BuyerRank(number: Int(Int32.max), rule: "")
}

/// A page of the orders that wait.
package struct WaitingQuery: Hashable, Sendable {
    /// Only orders that wait for this, where given.
    package let sku: SKU?
    /// At most so many.
    package let limit: Int
    /// Only orders whose turn comes after this one's, where given.
    package let after: Order.ID?

    package init(sku: SKU? = nil, limit: Int, after: Order.ID? = nil) {
        self.sku = sku
        self.limit = limit
        self.after = after
    }
}
