package import AllocationModel
package import AllocationProtocol
package import BuyerRules
internal import Freight

/// The rules in force and the directories they look into.
package struct OfficeRules: Sendable {
    /// The version of the published rule set; 0 while none is.
    package let version: Int64
    package let rules: CompiledRules
    package let customers: [Customer.ID: Customer]
    package let profiles: [SKU: SKUProfile]
    private let places: [(warehouse: Warehouse.ID, at: Destination)]

    package init(
        version: Int64,
        rules: CompiledRules,
        customers: [Customer.ID: Customer] = [:],
        profiles: [SKU: SKUProfile] = [:]
    ) {
        self.version = version
        self.rules = rules
        self.customers = customers
        self.profiles = profiles
        places = rules.set.places.map {
            ($0.warehouse, Destination(country: .us, postalCode: $0.postalCode))
        }
    }

    /// No rules and no directories.
    package static let none = OfficeRules(version: 0, rules: CompiledRules(RuleSet()))

    /// Returns how the order is to be filled.
    package func ruling(on order: Order, receivedAt: Timestamp) -> BuyerRuling {
        ruling(
            on: order,
            for: order.terms.customer.flatMap { customers[$0] },
            profiles: order.lines.map { profiles[$0.sku] },
            receivedAt: receivedAt
        )
    }

    /// Returns how a decided order was to be filled.
    package func ruling(on record: OrderRecord, as evidence: Evidence) -> BuyerRuling {
        let order = evidence.asked?.order ?? record.order
        return ruling(
            on: order,
            for: evidence.customer,
            profiles: order.lines.map { line in
                evidence.profiles.first { $0.sku == line.sku }
            },
            receivedAt: evidence.asked?.at ?? record.receivedAt
        )
    }

    /// Returns how a decided order would be filled by these rules.
    ///
    /// The record says who the buyer was and what the SKUs were; the directories, where it
    /// says nothing, as for orders that are older than they.
    package func ruling(onPast record: OrderRecord, as evidence: Evidence) -> BuyerRuling {
        let order = evidence.asked?.order ?? record.order
        return ruling(
            on: order,
            for: evidence.customer ?? order.terms.customer.flatMap { customers[$0] },
            profiles: order.lines.map { line in
                evidence.profiles.first { $0.sku == line.sku } ?? profiles[line.sku]
            },
            receivedAt: evidence.asked?.at ?? record.receivedAt
        )
    }

    /// Returns how the order is to be filled, given what the directories said of it.
    package func ruling(
        on order: Order,
        for customer: Customer?,
        profiles: [SKUProfile?],
        receivedAt: Timestamp
    ) -> BuyerRuling {
        let day = receivedAt.utcDay
        let facts = BuyerFacts(order: order, customer: customer, profiles: profiles, day: day)
        var miles: [Warehouse.ID: Int] = [:]
        for place in places {
            miles[place.warehouse] = Distance.miles(from: place.at, to: order.destination)
        }
        return BuyerRuling(
            version: version,
            policy: rules.policy(for: facts),
            customer: customer,
            profiles: profiles,
            day: day,
            miles: miles
        )
    }
}

/// How one order is to be filled by one version of the rules.
package struct BuyerRuling: Hashable, Sendable {
    package let version: Int64
    package let policy: BuyerPolicy
    /// What the directories said, so that the order can be ruled on again.
    package let customer: Customer?
    package let profiles: [SKUProfile?]
    /// The day from which lead times count: the order's, in UTC.
    package let day: CivilDate
    /// How far each warehouse is from the destination, where that is known.
    package let miles: [Warehouse.ID: Int]

    /// Before whom the buyer is served where several wait.
    package var rank: BuyerRank { policy.rank }

    /// Whether an order is sourced again of which a part has not left by its cutoff.
    var reroutesMissedCutoffs: Bool {
        policy.applied(.missedCutoff)?.effect == .missedCutoff(.reroute)
    }

    /// The profiles that the directory has, each once, by rising SKU.
    package var knownProfiles: [SKUProfile] {
        Set(profiles.compactMap(\.self)).sorted { $0.sku < $1.sku }
    }

    /// Nothing is said of the order.
    package static let none = BuyerRuling(
        version: 0,
        policy: .none,
        customer: nil,
        profiles: [],
        day: CivilDate(daysSinceEpoch: 0),
        miles: [:]
    )
}
