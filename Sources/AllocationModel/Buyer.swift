/// Whoever orders, as the office's directory knows them.
///
/// Storefronts no longer send a customer's tags with an order, so the office
/// keeps its own directory.
package struct Customer: Hashable, Sendable {
    package typealias ID = Identifier<Customer>

    package let id: ID
    /// The company the customer buys for; empty where there is none.
    package let company: String
    /// The one class of customers this one belongs to; empty where there is none.
    package let segment: String
    /// The contract whose terms hold; empty where there is none.
    package let contract: String
    package let tags: [String]

    package init(
        id: ID,
        company: String = "",
        segment: String = "",
        contract: String = "",
        tags: [String] = []
    ) {
        self.id = id
        self.company = company
        self.segment = segment
        self.contract = contract
        self.tags = tags
    }
}

/// What the office knows of a SKU beyond what the sites count.
package struct SKUProfile: Hashable, Sendable {
    package let sku: SKU
    /// The only warehouses that may ship it; empty where all may.
    package let eligibleWarehouses: [Warehouse.ID]
    /// The only countries it may go to (`US`), or regions of one (`US-TX`); empty where all are.
    package let regions: [String]
    /// Words such as `fragile` or `cold-chain`, for rules to match.
    package let handling: [String]
    package let isHazardous: Bool
    package let freightClass: FreightClass?
    /// Below so many units a site is to reorder; nil where nobody is told.
    package let reorderPoint: Quantity?
    /// What is asked of its lots, whoever buys it.
    package let lots: LotNeeds

    package init(
        sku: SKU,
        eligibleWarehouses: [Warehouse.ID] = [],
        regions: [String] = [],
        handling: [String] = [],
        isHazardous: Bool = false,
        freightClass: FreightClass? = nil,
        reorderPoint: Quantity? = nil,
        lots: LotNeeds = .none
    ) {
        self.sku = sku
        self.eligibleWarehouses = eligibleWarehouses
        self.regions = regions
        self.handling = handling
        self.isHazardous = isHazardous
        self.freightClass = freightClass
        self.reorderPoint = reorderPoint
        self.lots = lots
    }

    /// Whether it may be sent to `destination`.
    package func mayGo(to destination: Destination) -> Bool {
        let country = destination.country.code
        return regions.isEmpty || regions.contains(country)
            || regions.contains("\(country)-\(destination.region)")
    }
}

/// What an order says of itself besides what is to be shipped where.
///
/// Sites never see it: only the office's rules do.
package struct OrderTerms: Hashable, Sendable {
    /// Nil for a guest.
    package let customer: Customer.ID?
    /// What the buyer pays, in the order's currency; nil where the sender does not say.
    package let value: Money?
    package let payment: PaymentMethod?
    package let type: OrderType?
    package let urgency: Urgency
    /// The day by which the customer wants it.
    package let requestedBy: CivilDate?
    /// Tags of this order alone; rules match them like the customer's.
    package let tags: [String]

    package init(
        customer: Customer.ID? = nil,
        value: Money? = nil,
        payment: PaymentMethod? = nil,
        type: OrderType? = nil,
        urgency: Urgency = .normal,
        requestedBy: CivilDate? = nil,
        tags: [String] = []
    ) {
        self.customer = customer
        self.value = value
        self.payment = payment
        self.type = type
        self.urgency = urgency
        self.requestedBy = requestedBy
        self.tags = tags
    }
}

/// How an order is paid.
package enum PaymentMethod: String, CaseIterable, Hashable, Sendable {
    case card
    /// Against an invoice.
    case terms
    case prepaid
    /// Cash on delivery.
    case cod
}

/// Why something is ordered.
package enum OrderType: String, CaseIterable, Hashable, Sendable {
    /// Replenishment for maintenance, repair and operations.
    case maintenance
    /// One part in place of one that broke.
    case replacement
    case recurring
    case oneTime = "one-time"
}

/// How much waiting hurts.
package enum Urgency: String, CaseIterable, Hashable, Sendable {
    case normal
    case urgent
}
