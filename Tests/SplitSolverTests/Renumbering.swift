import AllocationModel
import SplitSolver

/// The same problem with its lines, sites and services in another order.
struct Renumbering {
    /// By new index, the old one.
    private let lines: [Int]
    private let sites: [Int]
    /// By old site and new index, the old one.
    private let services: [[Int]]
    /// By old index, the new one.
    private let newLines: [Int]
    private let newSites: [Int]

    init(of problem: SplitProblem, seed: Int) {
        var random = SplitMix64(seed: seed)
        lines = problem.lines.indices.shuffled(using: &random)
        sites = problem.warehouses.indices.shuffled(using: &random)
        services = problem.warehouses.map { $0.services.indices.shuffled(using: &random) }
        newLines = Self.inverse(of: lines)
        newSites = Self.inverse(of: sites)
    }

    private static func inverse(of order: [Int]) -> [Int] {
        order.indices.sorted { order[$0] < order[$1] }
    }

    func renumbered(_ problem: SplitProblem) -> SplitProblem {
        SplitProblem(
            lines: lines.map { problem.lines[$0] },
            warehouses: sites.map { renumbered(problem.warehouses[$0], services[$0]) }
        )
    }

    private func renumbered(_ site: SplitProblem.Site, _ order: [Int]) -> SplitProblem.Site {
        SplitProblem.Site(
            fixedCost: site.fixedCost,
            stock: site.stock
                .map { stock in
                    SplitProblem.Stock(
                        line: newLines[stock.line],
                        tiers: stock.tiers,
                        pickCost: stock.pickCost,
                        lots: stock.lots.reversed(),
                        unitWeight: stock.unitWeight,
                        unitBillableWeight: stock.unitBillableWeight,
                        freightClass: stock.freightClass,
                        segregationGroup: stock.segregationGroup,
                        multiple: stock.multiple
                    )
                }
                .sorted { $0.line < $1.line },
            services: order.map { index in
                let service = site.services[index]
                return SplitProblem.Service(
                    etaDay: service.etaDay,
                    handling: service.handling,
                    tariff: service.tariff,
                    blockedLines: service.blockedLines.map { newLines[$0] },
                    lateLines: service.lateLines.map {
                        SplitProblem.LateLine(line: newLines[$0.line], penalty: $0.penalty)
                    },
                    packings: service.packings.reversed()
                        .map {
                            SplitProblem.Packing(
                                line: newLines[$0.line],
                                unitBillableWeight: $0.unitBillableWeight,
                                unitCharge: $0.unitCharge
                            )
                        }
                )
            }
        )
    }

    func renumbered(_ policy: SplitPolicy) -> SplitPolicy {
        SplitPolicy(
            completeness: policy.completeness,
            warehousesMaximum: policy.warehousesMaximum,
            shipmentsMaximum: policy.shipmentsMaximum,
            objective: policy.objective,
            forced: policy.forced.map { newSites[$0] },
            forbidden: policy.forbidden.map { newSites[$0] },
            preferences: policy.preferences.map {
                SplitPolicy.Preference(
                    warehouse: newSites[$0.warehouse],
                    reluctance: $0.reluctance
                )
            }
        )
    }

    /// Returns a plan of the renumbered problem as one of the first.
    func restored(_ plan: [SplitAssignment]) -> [SplitAssignment] {
        plan.map {
            SplitAssignment(
                line: lines[$0.line],
                warehouse: sites[$0.warehouse],
                service: services[sites[$0.warehouse]][$0.service],
                quantity: $0.quantity
            )
        }
        .sorted {
            ($0.line, $0.warehouse, $0.service) < ($1.line, $1.warehouse, $1.service)
        }
    }
}
