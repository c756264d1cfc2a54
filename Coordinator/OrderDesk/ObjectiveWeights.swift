internal import AllocationModel
internal import BuyerRules
internal import SplitSolver

/// What an objective makes days, miles and shipments weigh in a problem.
///
/// Nobody is charged any of it: plans are priced again without.
struct ObjectiveWeights {
    /// For each unit and each day later than the soonest arrival.
    private(set) var unitDay: Int64 = 0
    private(set) var mile: Int64 = 0
    private(set) var warehouse: Int64 = 0
    private(set) var shipment: Int64 = 0
    /// For each unit left short: more than anything above could save.
    private(set) var backorder: Int64

    /// The most that each of them may add up to, so that the sums of a problem hold.
    private static let sumMaximum: Int64 = 1 << 56
    /// Beyond every mile on Earth: what an unknown distance counts for.
    static let unknownMiles = 12_437

    // What is made least first weighs so much that the cost decides only among equals: in
    // ten-thousandths, 1000 dollars a unit and day, 100 a mile, 10 000 a shipment.
    private static let unitDayFirst: Int64 = 10_000_000
    private static let mileFirst: Int64 = 1_000_000
    private static let shipmentFirst: Int64 = 100_000_000

    init(
        _ objective: RuleObjective,
        over problem: SplitProblem,
        backorder least: Cost
    ) {
        let units = problem.lines.reduce(Int64(1)) { $0 + $1.quantity }
        let sites = Int64(max(1, problem.warehouses.count))
        let services = problem.warehouses.flatMap(\.services)
        let days = Int64(services.map(\.etaDay).max() ?? 0)
        let allDays = services.reduce(Int64(1)) { $0 + Int64($1.etaDay) }
        let shipments = Int64(max(1, services.count))
        backorder = least.tenThousandths
        let unitDayMost = max(1, Self.sumMaximum / units / allDays)
        switch objective {
        case .leastCost: return
        case .fastest: unitDay = min(Self.unitDayFirst, unitDayMost)
        case .closest: mile = Self.mileFirst
        case .fewestShipments: shipment = Self.shipmentFirst
        case .mix(let mix):
            unitDay = min(mix.perUnitDay.cost.tenThousandths, unitDayMost)
            mile = min(mix.perMile.cost.tenThousandths, Self.mileFirst)
            warehouse = min(mix.perWarehouse.cost.tenThousandths, Self.shipmentFirst)
        }
        let most = Self.sumMaximum / units
        // The weights of all that a plan could use at once: shipping a unit is never dearer.
        let heaviest =
            unitDay * days + mile * Int64(Self.unknownMiles) * sites + warehouse * sites
            + shipment * shipments
        if heaviest > most / 2 {
            let scale = heaviest / max(1, most / 2) + 1
            unitDay = Self.scaled(unitDay, by: scale)
            mile = Self.scaled(mile, by: scale)
            warehouse = Self.scaled(warehouse, by: scale)
            shipment = Self.scaled(shipment, by: scale)
        }
        backorder = max(backorder, min(most, min(2 * heaviest, Limits.costMaximum)))
    }

    private static func scaled(_ weight: Int64, by scale: Int64) -> Int64 {
        weight == 0 ? 0 : max(1, weight / scale)
    }

    /// Returns the problem with these weights on it.
    func weighed(_ problem: SplitProblem) -> SplitProblem {
        let lines = problem.lines.indices
        return SplitProblem(
            lines: problem.lines.map {
                SplitProblem.Line(
                    quantity: $0.quantity,
                    backorderCost: Cost(backorder),
                    noSplit: $0.noSplit,
                    minimumQuantity: $0.minimumQuantity,
                    singleLot: $0.singleLot
                )
            },
            warehouses: problem.warehouses.map { site in
                SplitProblem.Site(
                    fixedCost: site.fixedCost,
                    stock: site.stock,
                    services: site.services.map { service in
                        SplitProblem.Service(
                            etaDay: service.etaDay,
                            handling: service.handling + Cost(shipment),
                            tariff: service.tariff,
                            blockedLines: service.blockedLines,
                            lateLines: unitDay == 0 || service.etaDay == 0
                                ? []
                                : lines.map {
                                    SplitProblem.LateLine(
                                        line: $0,
                                        penalty: Cost(unitDay * Int64(service.etaDay))
                                    )
                                },
                            packings: service.packings
                        )
                    }
                )
            }
        )
    }

    /// Returns what each site must save to be used all the same.
    func reluctances(
        at sites: [(warehouse: Warehouse.ID, miles: Int?)],
        preferring preferences: [RuleEffect.Preference]
    ) -> [SplitPolicy.Preference] {
        let most = preferences.map(\.worth.cost).max() ?? .zero
        return sites.enumerated()
            .compactMap { index, site in
                let own = preferences.first { $0.warehouse == site.warehouse }?.worth.cost ?? .zero
                let reluctance =
                    (most - own)
                    + Cost(mile * Int64(site.miles ?? Self.unknownMiles) + warehouse)
                return reluctance == .zero
                    ? nil : SplitPolicy.Preference(warehouse: index, reluctance: reluctance)
            }
    }
}
