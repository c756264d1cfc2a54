internal import AllocationModel

/// The problem as the search sees it: only what a plan could use, in scores.
///
/// A *pile* is one site's stock of one line, a *slot* a shipment that could be
/// (site, service, segregation group), an *arc* the way of a pile into a slot.
/// A candidate plan is one quantity for each arc.
struct SearchModel {
    struct Line {
        let quantity: Int64
        /// Counted for each unit that is not shipped.
        let backorder: Int128
        let mustBeWhole: Bool
        let mayBeEmpty: Bool
        let noSplit: Bool
        /// The lots it could come from, each once, rising; empty unless a single lot is asked for.
        let lots: [Int]
        var piles: [Int] = []
    }

    struct Site {
        let index: Int
        let opening: Int128
        let isForced: Bool
        /// Whether it holds a lawful quantity of any line, even one that no service takes.
        let hasStock: Bool
        var slots: [Int] = []
        var piles: [Int] = []
    }

    struct Pile {
        let line: Int
        let site: Int
        let capacity: Int64
        let minimum: Int64
        let multiple: Int64
        let pick: Int128
        let tiers: [Segment]
        let unitWeight: Int64
        let classIndex: Int
        /// Units of each of the line's lots, in their order.
        let lotQuantities: [Int64]
        var arcs: [Int] = []

        /// Whether each unit costs no less than the one before.
        var isConvex: Bool {
            zip(tiers, tiers.dropFirst()).allSatisfy { $0.slope <= $1.slope }
        }
    }

    struct Slot {
        let site: Int
        let service: Int
        let tariff: Tariff
        /// Handling, and what makes fewer and earlier shipments win ties.
        let opening: Int128
        var arcs: [Int] = []
    }

    struct Arc {
        let line: Int
        let pile: Int
        let slot: Int
        let late: Int128
        /// What the carrier charges for each unit beside the tariff.
        let charge: Int128
        /// What one unit adds to the load that the slot's tariff bounds.
        let unitLoad: Int64

        /// What each unit costs by this way, whatever rides with it.
        var perUnit: Int128 { late + charge }
    }

    /// A stretch of units that cost the same each.
    struct Segment {
        let length: Int64
        let slope: Int128
    }

    let scale: ScoreScale
    private(set) var lines: [Line]
    private(set) var sites: [Site] = []
    private(set) var piles: [Pile] = []
    private(set) var slots: [Slot] = []
    private(set) var arcs: [Arc] = []
    let warehousesMaximum: Int
    let shipmentsMaximum: Int
    /// A forced site has nothing that could be shipped.
    private(set) var isImpossible = false

    /// - Precondition: the problem and the policy are valid.
    init(_ problem: SplitProblem, under policy: SplitPolicy) throws(SplitProblem.Fault) {
        let scale = try ScoreScale(problem, under: policy)
        self.scale = scale
        warehousesMaximum = policy.warehousesMaximum ?? .max
        shipmentsMaximum = policy.shipmentsMaximum ?? .max
        lines = problem.lines.enumerated()
            .map { index, line in
                Line(
                    quantity: line.quantity,
                    backorder: scale.backorder(of: line),
                    mustBeWhole: policy.completeness != .partial,
                    mayBeEmpty: policy.completeness != .complete,
                    noSplit: line.noSplit,
                    lots: line.singleLot ? Self.lots(of: index, in: problem) : []
                )
            }
        for index in problem.warehouses.indices {
            let isForced = policy.forced.contains(index)
            let before = arcs.count
            if !policy.forbidden.contains(index) {
                add(problem.warehouses[index], index, isForced, of: problem, under: policy)
            }
            if isForced && arcs.count == before { isImpossible = true }
        }
    }

    private static func lots(of line: Int, in problem: SplitProblem) -> [Int] {
        let lots = problem.warehouses.flatMap(\.stock).filter { $0.line == line }.flatMap(\.lots)
        return Set(lots.map(\.lot)).sorted()
    }

    private mutating func add(
        _ site: SplitProblem.Site,
        _ index: Int,
        _ isForced: Bool,
        of problem: SplitProblem,
        under policy: SplitPolicy
    ) {
        let reluctance = policy.preferences.first { $0.warehouse == index }?.reluctance ?? .zero
        let opening = scale.score(site.fixedCost + reluctance)
        let number = sites.count
        let stocks = site.stock.sorted { $0.line < $1.line }
        let candidates = stocks.map { pile(of: $0, at: number, in: problem) }
        sites.append(
            Site(
                index: index,
                opening: opening,
                isForced: isForced,
                hasStock: candidates.contains { $0.capacity > 0 }
            )
        )
        var pileOfStock: [Int?] = stocks.map { _ in nil }
        let groups = Set(stocks.map(\.segregationGroup)).sorted()
        for (serviceIndex, service) in site.services.enumerated() {
            for group in groups {
                let riding = stocks.indices.filter {
                    stocks[$0].segregationGroup == group && candidates[$0].capacity > 0
                        && !service.blockedLines.contains(stocks[$0].line)
                        && Self.carries(service, stocks[$0], candidates[$0].multiple)
                }
                if riding.isEmpty { continue }
                let slot = slots.count
                slots.append(
                    Slot(
                        site: number,
                        service: serviceIndex,
                        tariff: service.tariff,
                        opening: scale.opening(of: service)
                    )
                )
                sites[number].slots.append(slot)
                for entry in riding {
                    let pile = pileOfStock[entry] ?? append(candidates[entry])
                    pileOfStock[entry] = pile
                    append(
                        Arc(
                            line: stocks[entry].line,
                            pile: pile,
                            slot: slot,
                            late: scale.late(stocks[entry].line, by: service),
                            charge: scale.charge(stocks[entry].line, by: service),
                            unitLoad: service.tariff.isByBillableWeight
                                ? service.unitBillableWeight(of: stocks[entry])
                                : stocks[entry].unitWeight
                        )
                    )
                }
            }
        }
    }

    private mutating func append(_ pile: Pile) -> Int {
        piles.append(pile)
        sites[pile.site].piles.append(piles.count - 1)
        lines[pile.line].piles.append(piles.count - 1)
        return piles.count - 1
    }

    private mutating func append(_ arc: Arc) {
        arcs.append(arc)
        slots[arc.slot].arcs.append(arcs.count - 1)
        piles[arc.pile].arcs.append(arcs.count - 1)
    }

    private static func carries(
        _ service: SplitProblem.Service,
        _ stock: SplitProblem.Stock,
        _ units: Int64
    ) -> Bool {
        let load = Load(
            weight: units * stock.unitWeight,
            billableWeight: units * service.unitBillableWeight(of: stock)
        )
        return service.tariff.charge(for: load) != nil
    }

    private func pile(
        of stock: SplitProblem.Stock,
        at site: Int,
        in problem: SplitProblem
    ) -> Pile {
        let line = problem.lines[stock.line]
        var lotQuantities: [Int64] = []
        var held = min(stock.tiers.reduce(0) { $0 + $1.quantity }, line.quantity)
        if line.singleLot {
            lotQuantities = lines[stock.line].lots
                .map { lot in
                    stock.lots.first { $0.lot == lot }?.quantity ?? 0
                }
            held = min(held, lotQuantities.max() ?? 0)
        }
        let capacity = held / stock.multiple * stock.multiple
        let minimum = max(1, line.minimumQuantity).rounded(upToMultipleOf: stock.multiple)
        return Pile(
            line: stock.line,
            site: site,
            capacity: capacity < minimum ? 0 : capacity,
            minimum: minimum,
            multiple: stock.multiple,
            pick: scale.score(stock.pickCost),
            tiers: stock.tiers.map {
                Segment(length: $0.quantity, slope: scale.score($0.scarcityCost))
            },
            unitWeight: stock.unitWeight,
            classIndex: stock.freightClass.index,
            lotQuantities: lotQuantities
        )
    }
}

extension SearchModel {
    /// Whether a shipment by a slot may have no load at all, and then costs no package.
    func mayWeighNothing(_ slot: Int) -> Bool {
        slots[slot].arcs.contains { arcs[$0].unitLoad == 0 }
    }

    /// Returns no more than any plan costs: each unit where it costs least.
    ///
    /// What is fixed is shared by all that could ride, so that a unit pays the least
    /// that it can, and a pile gives no more than it holds. That is the linear
    /// relaxation with each fixed charge tied to a whole load, solved line by line.
    func leastCost() -> Double {
        let freight = slots.indices.map { leastFreight(of: $0) }
        let siteShares = sites.map { site in
            let most = site.piles.reduce(0.0) {
                $0 + Double(piles[$1].unitWeight) * Double(piles[$1].capacity)
            }
            return most > 0 ? scale.costBelow(site.opening) / most : 0
        }
        var sum = 0.0
        for line in lines {
            var sources = line.piles.map { index in
                let pile = piles[index]
                let scarcity = scale.costBelow(pile.tiers.map(\.slope).min() ?? 0)
                let pick = scale.costBelow(pile.pick) / Double(pile.capacity)
                let site = siteShares[pile.site] * Double(pile.unitWeight)
                let ways = pile.arcs.map { arc in
                    scale.costBelow(arcs[arc].perUnit)
                        + freight[arcs[arc].slot].cost(of: arcs[arc], pile)
                }
                return (cost: scarcity + pick + site + (ways.min() ?? 0), units: pile.capacity)
            }
            if !line.mustBeWhole || line.mayBeEmpty {
                sources.append((scale.costBelow(line.backorder), line.quantity))
            }
            var missing = line.quantity
            for source in sources.sorted(by: { $0.cost < $1.cost }) {
                let units = min(missing, source.units)
                sum += source.cost * Double(units)
                missing -= units
            }
        }
        // A millionth covers all rounding of this sum many times over; what tariffs
        // round off their shipments is theirs.
        let roundedOff = slots.reduce(0) { $0 + $1.tariff.roundedOffMaximum }
        return max(0, sum * (1 - 1e-6) - roundedOff)
    }

    /// What a shipment costs at least for each unit of load, however full it is.
    private struct LeastFreight {
        let perLoad: Double
        /// By freight class, for each unit of weight; empty where class is all one.
        var perWeight: [Double] = []

        func cost(of arc: Arc, _ pile: Pile) -> Double {
            let rate = perWeight.isEmpty ? 0 : perWeight[pile.classIndex] * Double(pile.unitWeight)
            return perLoad * Double(arc.unitLoad) + rate
        }
    }

    private func leastFreight(of index: Int) -> LeastFreight {
        let slot = slots[index]
        let all = slot.arcs.reduce(0.0) {
            $0 + Double(arcs[$1].unitLoad) * Double(piles[arcs[$1].pile].capacity)
        }
        let most = min(all, Double(slot.tariff.loadMaximum))
        if most <= 0 { return LeastFreight(perLoad: 0) }
        let opening = scale.costBelow(slot.opening) / most
        switch slot.tariff {
        case .parcel(let tariff):
            let base = Double(tariff.base.tenThousandths)
            let share = base / min(most, Double(tariff.packageWeightMaximum))
            return LeastFreight(perLoad: opening + share + Double(tariff.rate.tenThousandths))
        case .fullTruckload(let tariff):
            let share = Double(tariff.flat.tenThousandths) / min(most, Double(tariff.capacity))
            return LeastFreight(perLoad: opening + share)
        case .parcelTable(let table):
            // A load that is no more than one row allows is billed by that row or a dearer one.
            let shares = table.steps.map {
                Double($0.charge.tenThousandths) / min(most, Double($0.weightMaximum))
            }
            return LeastFreight(perLoad: opening + (shares.min() ?? 0))
        case .lessThanTruckload(let tariff):
            let accessorial = Double(tariff.accessorial.tenThousandths) / most
            let minimum = Double(tariff.minimumCharge.tenThousandths) / most
            let rates = (0..<FreightClass.allCases.count).map { tariff.leastRate($0, upTo: most) }
            let used = Set(slot.arcs.map { piles[arcs[$0].pile].classIndex })
            if used.allSatisfy({ rates[$0] <= minimum }) {
                return LeastFreight(perLoad: opening + accessorial + minimum)
            }
            return LeastFreight(perLoad: opening + accessorial, perWeight: rates)
        }
    }
}

extension LTLTariff {
    /// Returns the least that a unit of weight of a class adds to a load of at most `most`.
    ///
    /// Below a break, what lacks to it is billed too, and the lighter the load the more lacks.
    fileprivate func leastRate(_ classIndex: Int, upTo most: Double) -> Double {
        let least = breaks.map { entry in
            let deficit = Double(entry.deficit.tenThousandths)
            let lack = max(0, deficit * (Double(entry.from) / most - 1))
            return Double(entry.rates[classIndex].tenThousandths) + lack
        }
        return (least.min() ?? 0) / Double(rateWeight)
    }
}

extension Int64 {
    /// - Precondition: neither is negative and `multiple` is positive.
    func rounded(upToMultipleOf multiple: Int64) -> Int64 {
        (self + multiple - 1) / multiple * multiple
    }
}

extension LTLTariff {
    /// Whether a charge may be less than its rates come to: by half a `chargeUnit` at most.
    var isRounded: Bool { rateWeight * chargeUnit.tenThousandths > 1 }
}

extension Tariff {
    /// The most that a charge is less than its rates come to.
    var roundedOffMaximum: Double {
        guard case .lessThanTruckload(let ltl) = self, ltl.isRounded else { return 0 }
        return Double(ltl.chargeUnit.tenThousandths) / 2
    }

    /// Whether the load it bounds is the billable weight and not the actual one.
    var isByBillableWeight: Bool {
        switch self {
        case .parcel, .parcelTable: true
        case .lessThanTruckload, .fullTruckload: false
        }
    }

    /// The most load it carries.
    var loadMaximum: Int64 {
        switch self {
        case .parcel(let parcel):
            product(parcel.packageWeightMaximum, parcel.packagesMaximum)
        case .parcelTable(let table):
            product(table.packageWeightMaximum, table.packagesMaximum)
        case .lessThanTruckload(let ltl): ltl.weightMaximum
        case .fullTruckload(let truck): product(truck.capacity, truck.trucksMaximum)
        }
    }

    /// Returns the product, or what no load reaches where that is less.
    private func product(_ left: Int64, _ right: Int64) -> Int64 {
        let (product, hasOverflowed) = left.multipliedReportingOverflow(by: right)
        return hasOverflowed ? SplitLimits.sumMaximum : min(product, SplitLimits.sumMaximum)
    }
}
