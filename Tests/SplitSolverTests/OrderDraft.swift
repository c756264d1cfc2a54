import AllocationModel
import SplitSolver

/// A problem and its policy with parts that can be changed, for what-ifs by hand.
struct OrderDraft {
    var lines: [Line]
    var sites: [Site]
    var policy: Policy

    struct Line {
        var quantity: Int64
        var backorderCost: Cost
        var noSplit: Bool
        var minimumQuantity: Int64
        var singleLot: Bool
    }

    struct Site {
        var fixedCost: Cost
        var stock: [SplitProblem.Stock]
        var services: [SplitProblem.Service]
    }

    struct Policy {
        var completeness: Completeness
        var warehousesMaximum: Int?
        var shipmentsMaximum: Int?
        var objective: SplitPolicy.Objective
        var forced: [Int]
        var forbidden: [Int]
        var preferences: [SplitPolicy.Preference]
    }

    init(_ problem: SplitProblem, under policy: SplitPolicy) {
        lines = problem.lines.map {
            Line(
                quantity: $0.quantity,
                backorderCost: $0.backorderCost,
                noSplit: $0.noSplit,
                minimumQuantity: $0.minimumQuantity,
                singleLot: $0.singleLot
            )
        }
        sites = problem.warehouses.map {
            Site(fixedCost: $0.fixedCost, stock: $0.stock, services: $0.services)
        }
        self.policy = Policy(
            completeness: policy.completeness,
            warehousesMaximum: policy.warehousesMaximum,
            shipmentsMaximum: policy.shipmentsMaximum,
            objective: policy.objective,
            forced: policy.forced,
            forbidden: policy.forbidden,
            preferences: policy.preferences
        )
    }

    var problem: SplitProblem {
        SplitProblem(
            lines: lines.map {
                SplitProblem.Line(
                    quantity: $0.quantity,
                    backorderCost: $0.backorderCost,
                    noSplit: $0.noSplit,
                    minimumQuantity: $0.minimumQuantity,
                    singleLot: $0.singleLot
                )
            },
            warehouses: sites.map {
                SplitProblem.Site(
                    fixedCost: $0.fixedCost,
                    stock: $0.stock,
                    services: $0.services
                )
            }
        )
    }

    var splitPolicy: SplitPolicy {
        SplitPolicy(
            completeness: policy.completeness,
            warehousesMaximum: policy.warehousesMaximum,
            shipmentsMaximum: policy.shipmentsMaximum,
            objective: policy.objective,
            forced: policy.forced,
            forbidden: policy.forbidden,
            preferences: policy.preferences
        )
    }

    /// What exhaustive search makes of it.
    var best: Verdict? {
        Oracle(problem: problem, policy: splitPolicy).best()?.ranked(under: splitPolicy)
    }
}

extension OrderDraft {
    /// Every rule there could be; those that do not apply change nothing.
    var rules: [SplitRule] {
        [.completeness, .warehousesMaximum, .shipmentsMaximum]
            + sites.indices.flatMap {
                [SplitRule.forced(warehouse: $0), .forbidden(warehouse: $0)]
            }
            + lines.indices.flatMap {
                [
                    SplitRule.noSplit(line: $0), .minimumQuantity(line: $0), .singleLot(line: $0),
                    .multiple(line: $0), .blocked(line: $0), .lateness(line: $0),
                ]
            }
    }

    mutating func lift(_ rule: SplitRule) {
        switch rule {
        case .completeness: policy.completeness = .partial
        case .warehousesMaximum: policy.warehousesMaximum = nil
        case .shipmentsMaximum: policy.shipmentsMaximum = nil
        case .forced(let site): policy.forced.removeAll { $0 == site }
        case .forbidden(let site): policy.forbidden.removeAll { $0 == site }
        case .noSplit(let line): lines[line].noSplit = false
        case .minimumQuantity(let line): lines[line].minimumQuantity = 0
        case .singleLot(let line): lines[line].singleLot = false
        case .multiple(let line): changeStock(of: line) { changed($0, multiple: 1) }
        case .blocked(let line):
            changeServices { service in
                changed(service, blocked: service.blockedLines.filter { $0 != line })
            }
        case .lateness(let line):
            changeServices { service in
                changed(service, late: service.lateLines.filter { $0.line != line })
            }
        }
    }

    /// Leaves a pile with so many units; more come at the price of the last, of any lot.
    mutating func hold(_ units: Int64, of line: Int, at site: Int) {
        sites[site].stock = sites[site].stock
            .map { stock in
                guard stock.line == line else { return stock }
                var tiers: [SplitProblem.Tier] = []
                var rest = units
                for (index, tier) in stock.tiers.enumerated() {
                    let isLast = index == stock.tiers.count - 1
                    let taken = isLast ? rest : min(rest, tier.quantity)
                    tiers.append(.init(quantity: taken, scarcityCost: tier.scarcityCost))
                    rest -= taken
                }
                let more = units - stock.tiers.reduce(0) { $0 + $1.quantity }
                let lots = stock.lots.map {
                    SplitProblem.LotQuantity(
                        lot: $0.lot,
                        quantity: more > 0 ? $0.quantity + more : min(units, $0.quantity)
                    )
                }
                return changed(stock, tiers: tiers, lots: lots)
            }
    }

    mutating func changeStock(
        of line: Int,
        _ change: (SplitProblem.Stock) -> SplitProblem.Stock
    ) {
        for site in sites.indices {
            sites[site].stock = sites[site].stock.map { $0.line == line ? change($0) : $0 }
        }
    }

    mutating func changeServices(_ change: (SplitProblem.Service) -> SplitProblem.Service) {
        for site in sites.indices { sites[site].services = sites[site].services.map(change) }
    }
}

/// Returns a pile with some of its fields changed.
func changed(
    _ stock: SplitProblem.Stock,
    tiers: [SplitProblem.Tier]? = nil,
    lots: [SplitProblem.LotQuantity]? = nil,
    multiple: Int64? = nil
) -> SplitProblem.Stock {
    SplitProblem.Stock(
        line: stock.line,
        tiers: tiers ?? stock.tiers,
        pickCost: stock.pickCost,
        lots: lots ?? stock.lots,
        unitWeight: stock.unitWeight,
        unitBillableWeight: stock.unitBillableWeight,
        freightClass: stock.freightClass,
        segregationGroup: stock.segregationGroup,
        multiple: multiple ?? stock.multiple
    )
}

/// Returns a service with some of its fields changed.
func changed(
    _ service: SplitProblem.Service,
    blocked: [Int]? = nil,
    late: [SplitProblem.LateLine]? = nil
) -> SplitProblem.Service {
    SplitProblem.Service(
        etaDay: service.etaDay,
        handling: service.handling,
        tariff: service.tariff,
        blockedLines: blocked ?? service.blockedLines,
        lateLines: late ?? service.lateLines,
        packings: service.packings
    )
}
