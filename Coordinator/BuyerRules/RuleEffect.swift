package import AllocationModel

/// One thing that a rule says about how an order is filled.
package enum RuleEffect: Hashable, Sendable {
    /// Ships from these warehouses only.
    case force([Warehouse.ID])
    /// Ships nothing from these warehouses.
    case forbid([Warehouse.ID])
    /// What any other warehouse must save to be used all the same, for each of these.
    case prefer([Preference])
    case objective(RuleObjective)
    /// When the objective is given up, and for which.
    case unless(RuleException)
    /// The most days from the order to its last arrival.
    case leadTimeDays(Int)
    /// The most that freight may come to.
    case freight(Money)
    case shipments(Int)
    case warehouses(Int)
    /// The service agreement: hours from the order to its last arrival.
    case slaHours(Int)
    case completeness(RuleCompleteness)
    /// An order worth less ships from one warehouse in one shipment.
    case noSplitUnder(Money)
    /// Ships a SKU only from warehouses that have more than so many units of it.
    case onlyWhereMoreThan(Quantity)
    /// Ships only from warehouses so near to the destination.
    case withinMiles(Int)
    /// Whether services that fly are ruled out: those faster than three days.
    case noAir(Bool)
    /// Carrier services that may not be used, by code.
    case forbidServices([String])
    /// From this value on the order travels by a two-day service at the seller's cost.
    case freeExpeditedFrom(Money)
    case splitFreight(SplitFreight)
    case customsPapers(Bool)
    case contractPricing(Bool)
    /// What is done about a part that has not left by its cutoff, beside saying so.
    case missedCutoff(MissedCutoff)
    case alerts([AlertChannel])
    /// What is asked of lots; of several rules all together.
    case lots(RuleLots)

    /// A warehouse that is liked better than others.
    package struct Preference: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let worth: Money

        package init(warehouse: Warehouse.ID, worth: Money) {
            self.warehouse = warehouse
            self.worth = worth
        }
    }
}

/// The kind of an effect, by the word that the rule file uses.
///
/// In the order in which soft effects are given up where the file does not say otherwise.
package enum EffectKind: String, CaseIterable, Hashable, Sendable {
    case prefer
    case unless
    case objective
    case freight
    case warehouses
    case shipments
    case noSplitUnder = "no-split-under"
    case withinMiles = "within-miles"
    case onlyWhereMoreThan = "only-where-more-than"
    case forbidServices = "forbid-services"
    case noAir = "no-air"
    case leadTimeDays = "lead-time-days"
    case slaHours = "sla-hours"
    case force
    case forbid
    case completeness
    case lots
    case freeExpeditedFrom = "free-expedited-from"
    case splitFreight = "split-freight"
    case customsPapers = "customs-papers"
    case contractPricing = "contract-pricing"
    case missedCutoff = "missed-cutoff"
    case alerts

    /// Whether another plan could come of an order because of it.
    package var shapesPlans: Bool {
        switch self {
        case .prefer, .unless, .objective, .freeExpeditedFrom, .lots: true
        case .splitFreight, .customsPapers, .contractPricing, .missedCutoff, .alerts: false
        case .freight, .warehouses, .shipments, .noSplitUnder, .withinMiles, .onlyWhereMoreThan,
            .forbidServices, .noAir, .leadTimeDays, .slaHours, .force, .forbid, .completeness:
            isConstraint
        }
    }

    /// Whether it narrows the lawful plans, so that giving it up could help.
    package var isConstraint: Bool {
        switch self {
        case .freight, .warehouses, .shipments, .noSplitUnder, .withinMiles, .onlyWhereMoreThan,
            .forbidServices, .noAir, .leadTimeDays, .slaHours, .force, .forbid, .completeness:
            true
        case .prefer, .unless, .objective, .freeExpeditedFrom, .splitFreight, .customsPapers,
            .contractPricing, .missedCutoff, .alerts, .lots:
            false
        }
    }
}

extension RuleEffect {
    package var kind: EffectKind {
        switch self {
        case .force: .force
        case .forbid: .forbid
        case .prefer: .prefer
        case .objective: .objective
        case .unless: .unless
        case .leadTimeDays: .leadTimeDays
        case .freight: .freight
        case .shipments: .shipments
        case .warehouses: .warehouses
        case .slaHours: .slaHours
        case .completeness: .completeness
        case .noSplitUnder: .noSplitUnder
        case .onlyWhereMoreThan: .onlyWhereMoreThan
        case .withinMiles: .withinMiles
        case .noAir: .noAir
        case .forbidServices: .forbidServices
        case .freeExpeditedFrom: .freeExpeditedFrom
        case .splitFreight: .splitFreight
        case .customsPapers: .customsPapers
        case .contractPricing: .contractPricing
        case .missedCutoff: .missedCutoff
        case .alerts: .alerts
        case .lots: .lots
        }
    }

    /// Whether it is an amount of the rule set's currency, and void for orders in another.
    var isMoney: Bool {
        switch self {
        case .prefer, .freight, .noSplitUnder, .freeExpeditedFrom: true
        case .unless(let exception): exception.freight != nil
        case .objective(.mix): true
        case .force, .forbid, .objective, .leadTimeDays, .shipments, .warehouses, .slaHours,
            .completeness, .onlyWhereMoreThan, .withinMiles, .noAir, .forbidServices,
            .splitFreight, .customsPapers, .contractPricing, .missedCutoff, .alerts, .lots:
            false
        }
    }
}

/// What is made least.
package enum RuleObjective: Hashable, Sendable {
    case leastCost
    /// Every unit as early as can be, then the cost.
    case fastest
    /// From as near as can be, then the cost.
    case closest
    /// As few shipments as can be, then the cost.
    case fewestShipments
    /// The cost with days, miles and shipments weighed in money.
    case mix(ObjectiveMix)

    /// The word that the rule file uses; nil for a mix, which has a name of its own.
    package var word: String? {
        switch self {
        case .leastCost: "least-cost"
        case .fastest: "fastest"
        case .closest: "closest"
        case .fewestShipments: "fewest-shipments"
        case .mix: nil
        }
    }

    static let named: [RuleObjective] = [.leastCost, .fastest, .closest, .fewestShipments]
}

/// What days, miles and shipments are worth, by a name that rules use.
package struct ObjectiveMix: Hashable, Sendable {
    package let name: String
    /// For each unit, for each day later than the soonest arrival offered.
    package let perUnitDay: Money
    /// For each warehouse used, for each mile to the destination.
    package let perMile: Money
    /// For each warehouse used.
    package let perWarehouse: Money

    package init(name: String, perUnitDay: Money, perMile: Money, perWarehouse: Money) {
        self.name = name
        self.perUnitDay = perUnitDay
        self.perMile = perMile
        self.perWarehouse = perWarehouse
    }
}

/// “Unless”: the bounds beyond which an objective is given up, and what takes its place.
package struct RuleException: Hashable, Sendable {
    /// Given up where the plan takes more days than this.
    package let leadTimeDays: Int?
    /// Given up where the plan's freight comes to more than this.
    package let freight: Money?
    /// Given up where the plan has more shipments than this.
    package let shipments: Int?
    package let then: RuleObjective

    package init(
        leadTimeDays: Int? = nil,
        freight: Money? = nil,
        shipments: Int? = nil,
        then: RuleObjective
    ) {
        self.leadTimeDays = leadTimeDays
        self.freight = freight
        self.shipments = shipments
        self.then = then
    }
}

/// How much of an order must be found before it is accepted.
package enum RuleCompleteness: Hashable, Sendable {
    case whole
    /// Each line in full or not at all.
    case lines
    /// As much as there is; the rest is backordered.
    case partial
    /// So much of the units, in hundredths; the rest is backordered.
    case atLeastPercent(Int)
}

/// What is done about a part of an order that has not left by its cutoff.
package enum MissedCutoff: String, CaseIterable, Hashable, Sendable {
    /// People are told.
    case alert
    /// They are told, and the order is sourced again.
    case reroute
}

/// Who pays what a split costs more than one shipment would.
package enum SplitFreight: Hashable, Sendable {
    case seller
    case buyer
    /// The buyer pays this part, in hundredths.
    case shared(buyerPercent: Int)
}

extension RuleEffect {
    /// The effect as a rule file would write it: `sla-hours: 48`.
    package var words: String { "\(kind.rawValue): \(value)" }

    private var value: String {
        switch self {
        case .force(let sites), .forbid(let sites): list(sites.map(\.rawValue))
        case .prefer(let preferences):
            "{" + preferences.map { "\($0.warehouse): \($0.worth.decimal)" }.joined(separator: ", ")
                + "}"
        case .objective(let objective): objective.name
        case .unless(let exception): exception.words
        case .leadTimeDays(let count), .shipments(let count), .warehouses(let count),
            .slaHours(let count), .withinMiles(let count):
            "\(count)"
        case .freight(let amount), .noSplitUnder(let amount), .freeExpeditedFrom(let amount):
            amount.decimal
        case .completeness(let wanted): wanted.words
        case .onlyWhereMoreThan(let units): "\(units)"
        case .noAir(let flag), .customsPapers(let flag), .contractPricing(let flag):
            flag ? "yes" : "no"
        case .forbidServices(let codes): list(codes)
        case .splitFreight(let payer): payer.words
        case .missedCutoff(let deed): deed.rawValue
        case .alerts(let channels): list(channels.map(\.rawValue))
        case .lots(let lots): lots.words
        }
    }

    private func list(_ words: [String]) -> String { "[" + words.joined(separator: ", ") + "]" }
}

/// What a rule asks of lots.
package struct RuleLots: Hashable, Sendable {
    package let needs: LotNeeds
    /// Of which SKUs; empty for those of the lines that meet the rule's own condition.
    package let skus: [SKU]

    package init(_ needs: LotNeeds, of skus: [SKU] = []) {
        self.needs = needs
        self.skus = skus
    }

    fileprivate var words: String {
        let certificates =
            needs.certificates.isEmpty
            ? nil : "certificates: [\(needs.certificates.joined(separator: ", "))]"
        let approved = needs.approved.map { lots in
            "approved: [\(lots.map(\.rawValue).joined(separator: ", "))]"
        }
        let parts = [
            needs.lifeDays.map { "life-days: \($0)" }, certificates,
            needs.isSingleLot ? "single-lot: yes" : nil, approved,
            skus.isEmpty ? nil : "skus: [\(skus.map(\.code).joined(separator: ", "))]",
        ]
        return "{" + parts.compactMap(\.self).joined(separator: ", ") + "}"
    }
}

extension RuleObjective {
    var name: String {
        if case .mix(let mix) = self { return mix.name }
        return word ?? ""
    }
}

extension RuleException {
    fileprivate var words: String {
        let bounds = [
            leadTimeDays.map { "lead-time-days: \($0)" }, freight.map { "freight: \($0.decimal)" },
            shipments.map { "shipments: \($0)" }, "use: \(then.name)",
        ]
        return "{" + bounds.compactMap(\.self).joined(separator: ", ") + "}"
    }
}

extension RuleCompleteness {
    fileprivate var words: String {
        switch self {
        case .whole: "whole"
        case .lines: "lines"
        case .partial: "partial"
        case .atLeastPercent(let percent): "{at-least-percent: \(percent)}"
        }
    }
}

extension SplitFreight {
    fileprivate var words: String {
        switch self {
        case .seller: "seller"
        case .buyer: "buyer"
        case .shared(let percent): "{buyer-percent: \(percent)}"
        }
    }
}
