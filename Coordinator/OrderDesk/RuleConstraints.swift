internal import AllocationModel
internal import BuyerRules

/// What a policy demands of one order's plan, with some of its soft effects given up.
struct RuleConstraints {
    var forced: [Warehouse.ID]?
    var forbidden: [Warehouse.ID] = []
    var milesMaximum: Int?
    /// A warehouse must have more than this of a SKU; nil where any stock will do.
    var stockFloor: Quantity?
    /// The last day of arrival.
    var lastDay: CivilDate?
    var mayFly = true
    var forbiddenServices: [String] = []
    /// Services slower than this are passed over as long as there is a plan without them.
    var levelWanted: ServiceLevel?
    var freightMaximum: Money?
    var shipmentsMaximum: Int?
    var warehousesMaximum: Int?
    var completeness: Completeness
    var percentMinimum = 0
    var preferences: [RuleEffect.Preference] = []
    var objective = RuleObjective.leastCost
    var exception: RuleException?

    init(_ effects: [RuleEffect], for order: Order, on day: CivilDate) {
        completeness = order.completeness
        for effect in effects { take(effect, for: order, on: day) }
    }

    private mutating func take(_ effect: RuleEffect, for order: Order, on day: CivilDate) {
        switch effect {
        case .force(let sites): forced = sites
        case .forbid(let sites): forbidden += sites
        case .prefer(let preferences): self.preferences = preferences
        case .objective(let objective): self.objective = objective
        case .unless(let exception): self.exception = exception
        case .leadTimeDays(let days): arriveBy(day.adding(days: days))
        // Days are all that calendars know: 47 hours are one day and a part that is not counted.
        case .slaHours(let hours): arriveBy(day.adding(days: hours / 24))
        case .freight(let maximum): freightMaximum = maximum
        case .shipments(let maximum): ship(atMost: maximum)
        case .warehouses(let maximum): use(atMost: maximum)
        case .completeness(let wanted): take(wanted)
        case .noSplitUnder(let value):
            guard let worth = order.terms.value, worth.currency == value.currency,
                worth.minorUnits < value.minorUnits
            else { return }
            ship(atMost: 1)
            use(atMost: 1)
        case .onlyWhereMoreThan(let floor): stockFloor = floor
        case .withinMiles(let miles): milesMaximum = miles
        case .noAir(let isRuledOut): mayFly = !isRuledOut
        case .forbidServices(let codes): forbiddenServices += codes
        case .freeExpeditedFrom(let value):
            guard let worth = order.terms.value, worth.currency == value.currency,
                worth.minorUnits >= value.minorUnits
            else { return }
            levelWanted = .twoDay
        case .lots, .splitFreight, .customsPapers, .contractPricing, .missedCutoff, .alerts:
            // What is asked of lots (`LotFitting`), or said of a plan once there is one.
            return
        }
    }

    private mutating func take(_ wanted: RuleCompleteness) {
        switch wanted {
        case .whole: completeness = .complete
        case .lines: completeness = .lineComplete
        case .partial: completeness = .partial
        case .atLeastPercent(let percent):
            completeness = .partial
            percentMinimum = percent
        }
    }

    mutating func arriveBy(_ day: CivilDate) {
        lastDay = lastDay.map { min($0, day) } ?? day
    }

    mutating func ship(atMost maximum: Int) {
        shipmentsMaximum = shipmentsMaximum.map { min($0, maximum) } ?? maximum
    }

    private mutating func use(atMost maximum: Int) {
        warehousesMaximum = warehousesMaximum.map { min($0, maximum) } ?? maximum
    }

    // What they leave of a bid.

    /// Whether the warehouse may ship anything.
    func allows(_ warehouse: Warehouse.ID, at miles: Int?) -> Bool {
        if let forced, !forced.contains(warehouse) { return false }
        if forbidden.contains(warehouse) { return false }
        if let milesMaximum { return miles.map { $0 <= milesMaximum } ?? false }
        return true
    }

    /// Whether a service may carry anything.
    func allows(_ service: Bid.Service) -> Bool {
        if let lastDay, service.arrives > lastDay { return false }
        // A parcel that is there sooner than in three days has flown.
        if !mayFly, service.level > .threeDay { return false }
        if let levelWanted, service.level < levelWanted { return false }
        return !forbiddenServices.contains(service.code)
            && !forbiddenServices.contains(service.cardCode)
    }
}

extension BuyerRuling {
    /// Returns which of some sites may ship what waits of an order; nil where they are all there are.
    ///
    /// By the rules, with all that is soft given up.
    func sites(
        for backorders: [Plan.Backorder],
        of order: Order,
        among sites: [Warehouse.ID],
        all: Int
    ) -> [Warehouse.ID]? {
        guard !backorders.isEmpty else { return nil }
        let constraints = RuleConstraints(
            policy.effects(afterSteps: policy.steps.count),
            for: order,
            on: day
        )
        let skus = Set(backorders.map(\.sku))
        let eligible = order.lines.indices.filter { skus.contains(order.lines[$0].sku) }
            .compactMap { policy.eligible[$0] }
        let allowed = sites.filter { warehouse in
            constraints.allows(warehouse, at: miles[warehouse])
                && eligible.allSatisfy { $0.contains(warehouse) }
        }
        return allowed.count == all ? nil : allowed
    }

    /// Returns what the constraints and the ruling leave of a bid; its services keep their places.
    func narrowed(_ bid: Bid, for order: Order, under constraints: RuleConstraints) -> Bid {
        let everyLine = Array(order.lines.indices)
        return Bid(
            warehouse: bid.warehouse,
            offers: bid.offers.compactMap { narrowed($0, of: bid.warehouse, under: constraints) },
            services: bid.services.map { service in
                constraints.allows(service) ? service : service.blocking(everyLine)
            },
            fixedCost: bid.fixedCost,
            declines: bid.declines,
            incoming: bid.incoming
        )
    }

    private func narrowed(
        _ offer: Bid.Offer,
        of warehouse: Warehouse.ID,
        under constraints: RuleConstraints
    ) -> Bid.Offer? {
        if let eligible = policy.eligible[offer.line], !eligible.contains(warehouse) { return nil }
        let kept = policy.kept.filter { $0.line == offer.line && $0.warehouse == warehouse }
            .reduce(Quantity.zero) { $0 + $1.units }
        guard constraints.stockFloor != nil || !kept.isZero else { return offer }
        // A site that does not say what else it has is taken to have no more than it offers.
        let free = (offer.available ?? offer.quantity).lessAtMost(kept)
        if let floor = constraints.stockFloor, free <= floor { return nil }
        return offer.atMost(free.units - free.units % offer.multiple, of: offer.lots)
    }
}

extension Bid.Service {
    /// Returns the service where exactly these lines may not ride.
    func blocking(_ lines: [Int]) -> Self {
        Bid.Service(
            code: code,
            carrier: carrier,
            level: level,
            tariff: tariff,
            handling: handling,
            zone: zone,
            leaves: leaves,
            arrives: arrives,
            arrivesFrom: arrivesFrom,
            arrivesBy: arrivesBy,
            cutoff: cutoff,
            cutoffDate: cutoffDate,
            leavesBy: leavesBy,
            lastCutoff: lastCutoff,
            blockedLines: lines,
            packings: packings,
            pricing: pricing
        )
    }
}

extension Bid.Offer {
    /// Returns the offer cut down to so many units of some of its lots, or nil where none are left.
    ///
    /// Each lot keeps what it has: together they may have more than is offered.
    func atMost(_ units: Int64, of lots: [Bid.LotOffer]) -> Self? {
        guard units > 0 else { return nil }
        guard units < quantity.units || lots.count < self.lots.count else { return self }
        var left = units
        let tiers = tiers.compactMap { tier -> Bid.Tier? in
            let taken = min(left, tier.quantity.units)
            left -= taken
            return taken == 0
                ? nil : Bid.Tier(quantity: Quantity(taken), scarcityCost: tier.scarcityCost)
        }
        return Bid.Offer(
            line: line,
            tiers: tiers,
            lots: lots,
            pickCost: pickCost,
            unitWeight: unitWeight,
            unitBillableWeight: unitBillableWeight,
            freightClass: freightClass,
            segregationGroup: segregationGroup,
            multiple: multiple,
            available: available
        )
    }
}
