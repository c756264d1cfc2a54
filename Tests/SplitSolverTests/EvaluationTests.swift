import AllocationModel
import SplitSolver
import Testing

struct `Split evaluation` {
    private let problem = Background.problem()

    private func assignment(
        _ warehouse: Int,
        _ quantity: Int64,
        line: Int = 0,
        service: Int = 0
    ) -> SplitAssignment {
        SplitAssignment(line: line, warehouse: warehouse, service: service, quantity: quantity)
    }

    private func fault(
        _ plan: [SplitAssignment],
        of problem: SplitProblem,
        under policy: SplitPolicy
    ) -> SplitProblem.Fault? {
        do {
            _ = try SplitSolver.evaluate(plan, of: problem, under: policy)
            return nil
        } catch {
            return error
        }
    }

    private func violation(
        _ plan: [SplitAssignment],
        of problem: SplitProblem? = nil,
        under policy: SplitPolicy = SplitPolicy()
    ) -> SplitProblem.Violation? {
        switch fault(plan, of: problem ?? self.problem, under: policy) {
        case .unlawful(let violation): violation
        case .outOfBounds, .badIndex, .tooLarge, nil: nil
        }
    }

    @Test func `shows the cents that were solved, under headings that add up`() throws {
        for seed in 1...60 {
            var source = ProblemSource(seed: seed, sites: 3, lines: 3, units: 4)
            let problem = source.problem()
            let policy = source.policy()
            guard let best = plan(try solve(problem, under: policy, nodes: 5)) else { continue }

            let costs = try SplitSolver.evaluate(best.assignments, of: problem, under: policy)

            let verdict = try Referee(problem: problem, policy: policy).judge(best.assignments)
            #expect(costs == best.costs, "seed \(seed)")
            #expect(costs.total.tenThousandths == verdict.cost, "seed \(seed)")
            let shipments = costs.shipments.reduce(Cost.zero) {
                $0 + $1.freight + $1.handling + $1.late
            }
            let picks = costs.warehouses.flatMap(\.picks)
                .reduce(Cost.zero) {
                    $0 + $1.pick + $1.scarcity
                }
            let fixed = costs.warehouses.reduce(Cost.zero) { $0 + $1.fixed + $1.preference }
            #expect(costs.total == shipments + picks + fixed + costs.backorder, "seed \(seed)")
            #expect(costs.shipments.count == verdict.shipments, "seed \(seed)")
            if policy.objective == .lexicographic {
                #expect(costs.lateUnits == verdict.lateUnits, "seed \(seed)")
            }
        }
    }

    @Test func `refuses a plan for each thing that makes one unlawful`() {
        let whole = [assignment(0, 8), assignment(1, 12)]
        #expect(violation(whole) == nil)
        #expect(violation([assignment(0, 8)]) == .incomplete(line: 0))
        #expect(
            violation([assignment(0, 9), assignment(1, 11)])
                == .aboveStock(line: 0, warehouse: 0)
        )
        #expect(violation(whole + [assignment(2, 1)]) == .aboveOrder(line: 0))
        #expect(
            violation(whole, under: SplitPolicy(forbidden: [1])) == .forbidden(warehouse: 1)
        )
        #expect(
            violation(whole, under: SplitPolicy(forced: [2])) == .forcedUnused(warehouse: 2)
        )
        #expect(
            violation(whole, under: SplitPolicy(warehousesMaximum: 1)) == .tooManyWarehouses
        )
        #expect(violation(whole, under: SplitPolicy(shipmentsMaximum: 1)) == .tooManyShipments)
    }

    @Test func `refuses a plan that breaks a condition of the line or the service`() {
        func problem(_ line: SplitProblem.Line, blocked: [Int] = []) -> SplitProblem {
            let stock = SplitProblem.Stock(
                line: 0,
                tiers: [SplitProblem.Tier(quantity: 400)],
                lots: [.init(lot: 7, quantity: 10), .init(lot: 8, quantity: 390)],
                unitWeight: 4000,
                unitBillableWeight: 4000,
                multiple: 2
            )
            let site = SplitProblem.Site(
                stock: [stock],
                services: [Background.service(basePrice: 1, blocked: blocked)]
            )
            return SplitProblem(lines: [line], warehouses: [site, site])
        }
        let twenty = SplitProblem.Line(quantity: 20)
        let split = [assignment(0, 10), assignment(1, 10)]

        #expect(
            violation([assignment(0, 3)], of: problem(twenty))
                == .notAMultiple(line: 0, warehouse: 0)
        )
        #expect(
            violation(split, of: problem(twenty, blocked: [0]))
                == .blocked(line: 0, warehouse: 0, service: 0)
        )
        #expect(
            violation(split, of: problem(SplitProblem.Line(quantity: 20, noSplit: true)))
                == .split(line: 0)
        )
        #expect(
            violation(split, of: problem(SplitProblem.Line(quantity: 20, minimumQuantity: 11)))
                == .belowMinimum(line: 0, warehouse: 0)
        )
        #expect(
            violation(
                [assignment(0, 392)],
                of: problem(SplitProblem.Line(quantity: 392, singleLot: true))
            )
                == .aboveCarrier(warehouse: 0, service: 0)
        )
        #expect(
            violation(
                [assignment(0, 140), assignment(1, 60)],
                of: problem(SplitProblem.Line(quantity: 200, singleLot: true))
            ) == nil
        )
    }

    @Test func `refuses a line from two lots where one is asked for`() {
        func site(lot: Int) -> SplitProblem.Site {
            let stock = SplitProblem.Stock(
                line: 0,
                tiers: [SplitProblem.Tier(quantity: 10)],
                lots: [.init(lot: lot, quantity: 10)],
                unitWeight: 1,
                unitBillableWeight: 1
            )
            return SplitProblem.Site(
                stock: [stock],
                services: [Background.service(basePrice: 1)]
            )
        }
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 20, singleLot: true)],
            warehouses: [site(lot: 1), site(lot: 2)]
        )

        #expect(
            violation([assignment(0, 10), assignment(1, 10)], of: problem)
                == .mixedLots(line: 0)
        )
    }

    @Test func `refuses assignments that name nothing or come twice`() {
        let policy = SplitPolicy()

        #expect(
            fault([assignment(9, 8)], of: problem, under: policy)
                == .badIndex(.assignment(0), field: "an index")
        )
        #expect(
            fault([assignment(0, 4), assignment(0, 4)], of: problem, under: policy)
                == .badIndex(.assignment(1), field: "its line, warehouse and service")
        )
        #expect(
            fault([assignment(0, .max)], of: problem, under: policy)
                == .outOfBounds(.assignment(0), field: "quantity")
        )
    }
}

struct `Split validation` {
    private func fault(
        _ problem: SplitProblem,
        _ policy: SplitPolicy = SplitPolicy(),
        _ budget: SolverBudget = SolverBudget(nodes: 10)
    ) -> SplitProblem.Fault? {
        do {
            _ = try SplitSolver.solve(problem, under: policy, within: budget)
            return nil
        } catch {
            return error
        }
    }

    private func problem(
        quantity: Int64 = 5,
        tier: Int64 = 9,
        line: Int = 0,
        weight: Int64 = 1,
        multiple: Int64 = 1,
        pick: Int64 = 0,
        service: SplitProblem.Service? = nil
    ) -> SplitProblem {
        SplitProblem(
            lines: [SplitProblem.Line(quantity: quantity)],
            warehouses: [
                SplitProblem.Site(
                    stock: [
                        SplitProblem.Stock(
                            line: line,
                            tiers: [SplitProblem.Tier(quantity: tier)],
                            pickCost: Cost(pick),
                            unitWeight: weight,
                            unitBillableWeight: weight,
                            multiple: multiple
                        )
                    ],
                    services: [service ?? Background.service(basePrice: 1)]
                )
            ]
        )
    }

    private func service(_ tariff: Tariff) -> SplitProblem.Service {
        SplitProblem.Service(etaDay: 1, tariff: tariff)
    }

    @Test func `refuses numbers out of bounds, naming where they are`() {
        let stock = SplitProblem.Place.stock(warehouse: 0, entry: 0)
        #expect(fault(problem()) == nil)
        #expect(fault(problem(quantity: 0)) == .outOfBounds(.line(0), field: "quantity"))
        #expect(fault(problem(quantity: .max)) == .outOfBounds(.line(0), field: "quantity"))
        #expect(fault(problem(tier: -1)) == .outOfBounds(stock, field: "tier quantity"))
        #expect(fault(problem(weight: -1)) == .outOfBounds(stock, field: "unitWeight"))
        #expect(fault(problem(multiple: 0)) == .outOfBounds(stock, field: "multiple"))
        #expect(fault(problem(pick: -1)) == .outOfBounds(stock, field: "pickCost"))
        #expect(
            fault(SplitProblem(lines: [], warehouses: []))
                == .outOfBounds(.problem, field: "the number of lines")
        )
        #expect(
            fault(problem(), SplitPolicy(), SolverBudget(nodes: -1))
                == .outOfBounds(.budget, field: "a number")
        )
    }

    @Test func `refuses indices that name nothing or the same thing twice`() {
        #expect(
            fault(problem(line: 1)) == .badIndex(.warehouse(0), field: "stock lines")
        )
        #expect(
            fault(problem(service: Background.service(basePrice: 1, blocked: [3])))
                == .badIndex(.service(warehouse: 0, service: 0), field: "blockedLines")
        )
        #expect(
            fault(problem(), SplitPolicy(forced: [0, 0])) == .badIndex(.policy, field: "forced")
        )
        #expect(
            fault(problem(), SplitPolicy(forbidden: [-1]))
                == .badIndex(.policy, field: "forbidden")
        )
    }

    @Test func `refuses sums that do not fit before adding them up`() {
        let dear = Cost(Limits.costMaximum)
        let parcel = service(
            .parcel(
                ParcelTariff(
                    base: dear,
                    rate: dear,
                    packageWeightMaximum: 1,
                    packagesMaximum: .max
                )
            )
        )
        let heavy = problem(
            quantity: Limits.quantityMaximum,
            weight: Limits.unitWeightMaximum,
            service: parcel
        )

        #expect(fault(heavy) == .tooLarge(.service(warehouse: 0, service: 0)))
        #expect(
            fault(
                SplitProblem(
                    lines: (0..<500)
                        .map { _ in
                            SplitProblem.Line(
                                quantity: Limits.quantityMaximum,
                                backorderCost: dear
                            )
                        },
                    warehouses: []
                ),
                SplitPolicy(completeness: .partial)
            )
                == .tooLarge(.problem)
        )
    }

    @Test func `solves what is largest without overflow`() throws {
        let truck = service(
            .fullTruckload(
                FTLTariff(flat: Cost(10_000_000), capacity: 20_000_000, trucksMaximum: 1 << 40)
            )
        )
        let large = problem(
            quantity: Limits.quantityMaximum,
            tier: Limits.quantityMaximum,
            weight: 20_000,
            service: truck
        )

        let best = try #require(plan(try solve(large)))

        #expect(best.cost == Cost(10_000_000 * 1_000_000))
        #expect(best.isProved)
    }

    // Its score counts units twice, above the cost.
    @Test func `solves a million units in a lexicographic order`() throws {
        let million = problem(quantity: 1_000_000, tier: 1_000_000, weight: 20)
        let policy = SplitPolicy(completeness: .partial, objective: .lexicographic)

        let best = try #require(plan(try solve(million, under: policy)))

        // What ten packages of 60 kg hold.
        #expect(best.costs.backorderUnits == 1_000_000 - 30_000)
        #expect(best.isProved)
    }
}

struct `Split explanation` {
    @Test func `says what using Newark would cost more`() throws {
        let problem = Background.problem()
        let solution = try solve(problem)

        let explanation = try SplitSolver.explain(
            solution,
            of: problem,
            under: SplitPolicy(),
            within: SolverBudget(nodes: 1000)
        )

        // The cheapest plan with Newark is Dallas 8 + Newark 12: Newark's base for Reno's.
        guard case .unused(.plan(let alternative, let difference)) = explanation.warehouses[2]
        else {
            Issue.record("\(explanation.warehouses[2])")
            return
        }
        #expect(difference == Cost(900_000 - 140_000))
        #expect(alternative.warehouses == [Background.dal, Background.ewr])
        #expect(alternative.assignments.map(\.quantity) == [8, 12])
        guard case .plan(let runnerUp, difference) = explanation.runnerUp else {
            Issue.record("\(explanation.runnerUp)")
            return
        }
        #expect(runnerUp.assignments == alternative.assignments)
        guard case .used(.plan(let withoutDallas, let loss)) = explanation.warehouses[0] else {
            Issue.record("\(explanation.warehouses[0])")
            return
        }
        #expect(withoutDallas.warehouses == [Background.rno, Background.ewr])
        #expect(loss == Cost(900_000 - 90_000))
    }

    @Test func `tells a forbidden site from one without stock and one without a service`() throws {
        let blocked = SplitProblem.Site(
            stock: Background.site(holding: 9, basePrice: 1).stock,
            services: [Background.service(basePrice: 1, blocked: [0])]
        )
        let problem = SplitProblem(
            lines: [SplitProblem.Line(quantity: 5)],
            warehouses: [
                Background.site(holding: 9, basePrice: 1),
                Background.site(holding: 9, basePrice: 1),
                Background.site(holding: 0, basePrice: 1), blocked,
            ]
        )
        let policy = SplitPolicy(forbidden: [1])
        let solution = try solve(problem, under: policy)

        let explanation = try SplitSolver.explain(
            solution,
            of: problem,
            under: policy,
            within: SolverBudget(nodes: 1000)
        )

        #expect(
            explanation.warehouses == [.used(without: .none), .forbidden, .noStock, .noService]
        )
        #expect(explanation.runnerUp == .none)
    }
}
