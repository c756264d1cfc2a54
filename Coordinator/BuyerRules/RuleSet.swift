package import AllocationModel

/// Every rule of the office, as the file writes them.
package struct RuleSet: Hashable, Sendable {
    /// What its amounts are in; they do not hold for orders in another currency.
    package let currency: Currency
    /// Destinations elsewhere are international.
    package let home: Country
    package let rules: [Rule]
    /// What is given up, in this order, where soft effects leave no plan.
    package let relaxations: [Relaxation]
    package let protections: [Protection]
    /// Where warehouses are, for what asks how far; those not named are nowhere.
    package let places: [Place]

    package init(
        currency: Currency = .usd,
        home: Country = .us,
        rules: [Rule] = [],
        relaxations: [Relaxation] = [],
        protections: [Protection] = [],
        places: [Place] = []
    ) {
        self.currency = currency
        self.home = home
        self.rules = rules
        self.relaxations = relaxations
        self.protections = protections
        self.places = places
    }

    /// A warehouse and where it is.
    package struct Place: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let postalCode: String
        package let line: Int

        package init(warehouse: Warehouse.ID, postalCode: String, line: Int) {
            self.warehouse = warehouse
            self.postalCode = postalCode
            self.line = line
        }
    }

    /// A named step in which soft effects are given up.
    package struct Relaxation: Hashable, Sendable {
        package let name: String
        package let kinds: [EffectKind]

        package init(name: String, kinds: [EffectKind]) {
            self.name = name
            self.kinds = kinds
        }
    }
}

/// One rule: for whom, and what.
package struct Rule: Hashable, Sendable {
    package let name: String
    /// Where it begins in its file.
    package let line: Int
    package let condition: RuleCondition
    /// At most one of each kind, in the order of the kinds.
    package let effects: [RuleEffect]
    /// The kinds of its effects that may be given up.
    package let soft: [EffectKind]
    /// The first day on which it holds.
    package let from: CivilDate?
    /// The last day on which it holds.
    package let until: CivilDate?

    package init(
        name: String,
        line: Int = 0,
        condition: RuleCondition = RuleCondition(),
        effects: [RuleEffect],
        soft: [EffectKind] = [],
        from: CivilDate? = nil,
        until: CivilDate? = nil
    ) {
        self.name = name
        self.line = line
        self.condition = condition
        self.effects = effects
        self.soft = soft
        self.from = from
        self.until = until
    }

    func holds(on day: CivilDate) -> Bool {
        (from.map { $0 <= day } ?? true) && (until.map { day <= $0 } ?? true)
    }
}

/// How specific a rule is; the more specific one wins.
package enum RuleLevel: Int, Comparable, Hashable, Sendable {
    case contract
    case customer
    case segment
    case standard

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The orders that a rule is for.
///
/// All its parts must be met, each by any of its words. An empty part is met by every order. Words are lower case.
package struct RuleCondition: Hashable, Sendable {
    package var words: [Dimension: Set<String>] = [:]
    /// Nil where any destination is meant.
    package var isInternational: Bool?
    package var valueMinimum: Money?
    /// Values from this on are not meant.
    package var valueEnd: Money?
    /// The requested day is at most so many days after the order's.
    package var requestedWithinDays: Int?
    /// Whether any line is hazardous; nil where either is meant.
    package var isHazardous: Bool?

    package init() {}

    /// What words a condition may name.
    package enum Dimension: String, CaseIterable, Hashable, Sendable {
        case contract
        case customer
        case company
        case tag
        case segment
        case sku
        case handling
        case freightClass = "freight-class"
        /// What the SKU directory asks of lots.
        ///
        /// As `life`, `single-lot`, `approved`, `certificate` or a certificate's name.
        case lotNeeds = "lot-needs"
        case region
        case country
        case type = "order-type"
        case payment
        case urgency
    }

    /// How many parts there are to meet.
    package var partCount: Int {
        words.count
            + [
                isInternational != nil, valueMinimum != nil, valueEnd != nil,
                requestedWithinDays != nil, isHazardous != nil,
            ]
            .count { $0 }
    }

    package var level: RuleLevel {
        if words[.contract] != nil { return .contract }
        if words[.customer] != nil || words[.company] != nil { return .customer }
        if words[.segment] != nil || words[.tag] != nil { return .segment }
        return .standard
    }
}

/// Units of a SKU kept at a warehouse for some segments, released as a day nears.
package struct Protection: Hashable, Sendable {
    package let line: Int
    package let sku: SKU
    package let warehouse: Warehouse.ID
    package let units: Quantity
    /// Segments, contracts or tags whose orders may use the units; lower case.
    package let buyers: [String]
    /// The first day on which nothing is kept; nil where it is kept for ever.
    package let until: CivilDate?
    /// Over so many days before `until` the units are released, the same number each day.
    package let releaseDays: Int

    package init(
        line: Int = 0,
        sku: SKU,
        warehouse: Warehouse.ID,
        units: Quantity,
        buyers: [String],
        until: CivilDate? = nil,
        releaseDays: Int = 0
    ) {
        self.line = line
        self.sku = sku
        self.warehouse = warehouse
        self.units = units
        self.buyers = buyers
        self.until = until
        self.releaseDays = releaseDays
    }

    /// Returns how many units are still kept on `day`, a part of one rounded up.
    package func kept(on day: CivilDate) -> Quantity {
        guard let until else { return units }
        let left = until.daysSinceEpoch - day.daysSinceEpoch
        guard left > 0 else { return .zero }
        guard left <= releaseDays else { return units }
        let (days, all) = (Int64(releaseDays), units.units)
        return Quantity((all * Int64(left) + days - 1) / days)
    }
}
