import AllocationModel
import SplitSolver

/// Dallas has 8 and is near, Reno has 12 and is next, Newark has 15 and is far.
enum Background {
    static let dal = 0
    static let rno = 1
    static let ewr = 2

    static func problem(asking quantity: Int64 = 20) -> SplitProblem {
        SplitProblem(
            lines: [SplitProblem.Line(quantity: quantity, backorderCost: Cost(500_000))],
            warehouses: [
                site(holding: 8, basePrice: 90_000, eta: 2),
                site(holding: 12, basePrice: 140_000, eta: 4),
                site(holding: 15, basePrice: 900_000, eta: 3),
            ]
        )
    }

    /// A site with valves of 4 kg and one parcel service: a base and 10 for a kilogram.
    static func site(
        holding units: Int64,
        basePrice: Int64,
        eta: Int = 2,
        lines: [Int] = [0],
        multiple: Int64 = 1
    ) -> SplitProblem.Site {
        SplitProblem.Site(
            stock: lines.map { line in
                SplitProblem.Stock(
                    line: line,
                    tiers: [SplitProblem.Tier(quantity: units)],
                    unitWeight: 4000,
                    unitBillableWeight: 4000,
                    multiple: multiple
                )
            },
            services: [service(basePrice: basePrice, eta: eta)]
        )
    }

    static func service(
        basePrice: Int64,
        eta: Int = 2,
        blocked: [Int] = [],
        late: [SplitProblem.LateLine] = []
    ) -> SplitProblem.Service {
        SplitProblem.Service(
            etaDay: eta,
            handling: Cost(20_000),
            tariff: .parcel(
                ParcelTariff(
                    base: Cost(basePrice),
                    rate: Cost(1),
                    packageWeightMaximum: 60_000,
                    packagesMaximum: 10
                )
            ),
            blockedLines: blocked,
            lateLines: late
        )
    }
}

/// A solution's plan, or nil.
func plan(_ solution: SplitSolution) -> SplitPlan? {
    switch solution {
    case .plan(let plan): plan
    case .unfillable: nil
    }
}

/// Solves with a budget that proves every small problem.
func solve(
    _ problem: SplitProblem,
    under policy: SplitPolicy = SplitPolicy(),
    nodes: Int = 20_000
) throws -> SplitSolution {
    try SplitSolver.solve(problem, under: policy, within: SolverBudget(nodes: nodes))
}
