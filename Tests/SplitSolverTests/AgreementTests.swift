import AllocationModel
import Foundation
import SplitSolver
import Testing

/// The solver against exhaustive search, over every feature at once.
struct `Split solver on small problems` {
    /// How many seeds to try: some thousands always, many more on request.
    private static func seeds(_ usual: Int, long: Int) -> Range<Int> {
        1..<(ProcessInfo.processInfo.environment["HOLDFAST_LONG"] == nil ? usual : long)
    }

    private struct Case {
        let seed: Int
        let problem: SplitProblem
        let policy: SplitPolicy

        init(seed: Int, sites: Int, lines: Int, units: Int) {
            var source = ProblemSource(seed: seed, sites: sites, lines: lines, units: units)
            self.seed = seed
            problem = source.problem()
            policy = source.policy()
        }

        var best: Verdict? {
            Oracle(problem: problem, policy: policy).best()?.ranked(under: policy)
        }

        func verdict(of plan: SplitPlan) throws -> Verdict {
            try Referee(problem: problem, policy: policy).judge(plan.assignments)
        }
    }

    private func expectAgreement(_ sample: Case) throws {
        switch try solve(sample.problem, under: sample.policy) {
        case .plan(let plan):
            let verdict = try sample.verdict(of: plan)
            #expect(plan.isProved, "seed \(sample.seed)")
            #expect(verdict.ranked(under: sample.policy) == sample.best, "seed \(sample.seed)")
            #expect(plan.cost.tenThousandths == verdict.cost, "seed \(sample.seed)")
            #expect(plan.bound == plan.cost, "seed \(sample.seed)")
        case .unfillable(let refusal):
            #expect(refusal.isProved, "seed \(sample.seed)")
            #expect(sample.best == nil, "seed \(sample.seed)")
        }
    }

    @Test func `finds the best plan, or that there is none, for one line`() throws {
        for seed in Self.seeds(900, long: 20_000) {
            try expectAgreement(Case(seed: seed, sites: 4, lines: 1, units: 8))
        }
    }

    @Test func `finds the best plan, or that there is none, for two lines`() throws {
        for seed in Self.seeds(900, long: 20_000) {
            try expectAgreement(Case(seed: seed, sites: 2, lines: 2, units: 4))
        }
    }

    @Test func `finds the best plan, or that there is none, for three lines`() throws {
        for seed in Self.seeds(250, long: 10_000) {
            try expectAgreement(Case(seed: seed, sites: 3, lines: 3, units: 3))
        }
    }

    @Test func `finds the best plan, or that there is none, for four lines at four sites`() throws {
        for seed in Self.seeds(30, long: 5000) {
            try expectAgreement(Case(seed: seed, sites: 4, lines: 4, units: 3))
        }
    }

    /// In each of these, goods that are billed as no weight ride by a parcel service or a truck.
    @Test func `charges no package for a shipment without a load`() throws {
        for seed in [1326, 6978, 7442, 19373] {
            try expectAgreement(Case(seed: seed, sites: 2, lines: 2, units: 4))
        }
        try expectAgreement(Case(seed: 8286, sites: 3, lines: 3, units: 3))
        try expectAgreement(Case(seed: 259, sites: 4, lines: 3, units: 3))
    }

    @Test func `never claims a bound above the best plan, however small the budget`() throws {
        for seed in Self.seeds(100, long: 10_000) {
            let sample = Case(seed: seed, sites: 4, lines: 3, units: 3)
            for nodes in [0, 1, 4] {
                let solution = try solve(sample.problem, under: sample.policy, nodes: nodes)
                switch solution {
                case .plan(let plan):
                    let best = try #require(sample.best, "seed \(seed)")
                    let verdict = try sample.verdict(of: plan).ranked(under: sample.policy)
                    #expect(best <= verdict, "seed \(seed)")
                    #expect(!plan.isProved || verdict.cost == best.cost, "seed \(seed)")
                    #expect(plan.bound <= plan.cost, "seed \(seed)")
                    // Of a plan with more units short or late the bound says nothing.
                    if verdict.backorderUnits == best.backorderUnits
                        && verdict.lateUnits == best.lateUnits
                    {
                        #expect(plan.bound.tenThousandths <= best.cost, "seed \(seed)")
                    } else {
                        #expect(plan.bound == .zero, "seed \(seed)")
                    }
                case .unfillable(let refusal):
                    #expect(!refusal.isProved || sample.best == nil, "seed \(seed)")
                }
            }
        }
    }

    @Test func `says how many units of each line could be found at most`() throws {
        var refused = 0
        for seed in Self.seeds(120, long: 5000) {
            let sample = Case(seed: seed, sites: 3, lines: 2, units: 4)
            guard case .unfillable(let refusal) = try solve(sample.problem, under: sample.policy)
            else { continue }
            refused += 1
            for line in sample.problem.lines.indices {
                #expect(
                    refusal.unitsMaximum[line] == mostUnits(of: line, in: sample),
                    "seed \(seed) line \(line)"
                )
            }
        }
        #expect(refused > 10)
    }

    /// Returns what exhaustive search finds of one line when all others are left short.
    private func mostUnits(of line: Int, in sample: Case) -> Int64? {
        let others = sample.problem.lines.indices.filter { $0 != line }
        let alone = SplitProblem(
            lines: sample.problem.lines,
            warehouses: sample.problem.warehouses.map { site in
                SplitProblem.Site(
                    fixedCost: site.fixedCost,
                    stock: site.stock.filter { $0.line == line },
                    services: site.services
                )
            }
        )
        let policy = SplitPolicy(
            completeness: .partial,
            warehousesMaximum: sample.policy.warehousesMaximum,
            shipmentsMaximum: sample.policy.shipmentsMaximum,
            objective: .lexicographic,
            forbidden: sample.policy.forbidden
        )
        let asked = sample.problem.lines[line].quantity
        let unasked = others.reduce(0) { $0 + sample.problem.lines[$1].quantity }
        return Oracle(problem: alone, policy: policy).best()
            .map {
                asked + unasked - $0.backorderUnits
            }
    }

    @Test func `explains every site by the best plan with it or without it`() throws {
        for seed in Self.seeds(20, long: 2000) {
            let sample = Case(seed: seed, sites: 3, lines: 2, units: 3)
            let solution = try solve(sample.problem, under: sample.policy)
            guard let best = plan(solution) else { continue }
            let explanation = try SplitSolver.explain(
                solution,
                of: sample.problem,
                under: sample.policy,
                within: SolverBudget(nodes: 20_000)
            )
            for (index, site) in explanation.warehouses.enumerated() {
                try expectAgreement(site, index, besides: best, in: sample)
            }
        }
    }

    private func expectAgreement(
        _ site: SplitExplanation.Site,
        _ index: Int,
        besides best: SplitPlan,
        in sample: Case
    ) throws {
        let isUsed = best.warehouses.contains(index)
        let varied = SplitPolicy(
            completeness: sample.policy.completeness,
            warehousesMaximum: sample.policy.warehousesMaximum,
            shipmentsMaximum: sample.policy.shipmentsMaximum,
            objective: sample.policy.objective,
            forced: isUsed
                ? sample.policy.forced.filter { $0 != index } : sample.policy.forced + [index],
            forbidden: isUsed ? sample.policy.forbidden + [index] : sample.policy.forbidden,
            preferences: sample.policy.preferences
        )
        let expected = Oracle(problem: sample.problem, policy: varied).best()
        switch site {
        case .used(.plan(let other, let difference)), .unused(.plan(let other, let difference)):
            let verdict = try Referee(problem: sample.problem, policy: varied)
                .judge(other.assignments)
            #expect(
                verdict.ranked(under: varied) == expected?.ranked(under: varied),
                "seed \(sample.seed) site \(index)"
            )
            #expect(difference == other.cost - best.cost)
        case .used(.none), .unused(.none), .noStock, .noService:
            #expect(expected == nil, "seed \(sample.seed) site \(index)")
        case .forbidden: #expect(sample.policy.forbidden.contains(index))
        case .used(.unknown), .unused(.unknown):
            Issue.record("seed \(sample.seed) site \(index): no answer")
        }
    }
}
