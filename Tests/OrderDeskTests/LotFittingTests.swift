import AllocationModel
import AllocationProtocol
import BuyerRules
import SeededGenerator
import Testing

@testable import OrderDesk

/// What buyers ask of lots, held against what sites offer, and what that does to the plan.
struct `Solving with lots` {
    /// Orders come on Monday, 2 March 2026.
    private let monday = CivilDate(daysSinceEpoch: 20_514)

    private func lot(
        _ name: Lot.ID,
        _ units: Quantity,
        days: Int? = nil,
        _ certificates: String...
    ) -> Bid.LotOffer {
        Bid.LotOffer(
            lot: name,
            quantity: units,
            expires: days.map { monday.adding(days: $0) },
            certificates: certificates
        )
    }

    private func bid(
        _ warehouse: Warehouse.ID,
        units: Quantity = 20,
        by ways: [Ruled.Way] = [Ruled.Way("ground", days: 2, cents: 900)],
        _ lots: [Bid.LotOffer]
    ) -> Bid {
        let bid = Ruled.bid(warehouse, units: units, by: ways)
        return Bid(
            warehouse: warehouse,
            offers: bid.offers.map {
                Bid.Offer(
                    line: $0.line,
                    tiers: $0.tiers,
                    lots: lots,
                    unitWeight: $0.unitWeight,
                    unitBillableWeight: $0.unitBillableWeight
                )
            },
            services: bid.services
        )
    }

    private func order(_ needs: LotNeeds, _ completeness: Completeness = .complete) -> Order {
        Order(
            id: "4711",
            lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: 20, lots: needs)],
            destination: Example.destination,
            completeness: completeness,
            terms: OrderTerms(customer: "TIER-1")
        )
    }

    private func plan(
        _ order: Order,
        _ bids: [Bid],
        by office: OfficeRules = .none
    ) throws -> Plan {
        let result = office.result(for: order, from: bids)
        guard case .plan(let solution) = result else {
            throw Unfilled(result: result)
        }
        return solution.plan
    }

    private struct Unfilled: Error {
        let result: Solution.Result
    }

    private func refusals(
        _ order: Order,
        _ bids: [Bid],
        by office: OfficeRules = .none
    ) -> [LineRefusal] {
        if case .unfillable(let refusals, _) = office.result(for: order, from: bids) {
            return refusals
        }
        return []
    }

    // Dallas's lot has 30 days left on Wednesday, when ground arrives, and not on Thursday.
    @Test func `takes a site whose lot has the life that is asked on the day of arrival`() throws {
        let bids = [
            bid("DAL", by: [Ruled.Way("ground", days: 2, cents: 100)], [lot("L-1", 20, days: 32)]),
            bid("RNO", by: [Ruled.Way("ground", days: 3, cents: 900)], [lot("L-2", 20, days: 99)]),
        ]

        #expect(try plan(order(LotNeeds(lifeDays: 30)), bids).warehouses == ["DAL"])
        #expect(try plan(order(LotNeeds(lifeDays: 31)), bids).warehouses == ["RNO"])
        let refused = refusals(order(LotNeeds(lifeDays: 97)), bids)
        #expect(refused.map(\.reason) == [.lotsUnfit] && refused.map(\.available) == [0])
    }

    @Test func `pays for the faster service where the cheaper would come too late in a lot's life`()
        throws
    {
        let ways = [
            Ruled.Way("ground", days: 5, cents: 100), Ruled.Way("air", days: 1, cents: 4000),
        ]
        let dallas = bid("DAL", by: ways, [lot("L-1", 20, days: 33)])

        #expect(try plan(order(.none), [dallas]).shipments.map(\.service) == ["ground"])
        let needs = LotNeeds(lifeDays: 30)
        #expect(try plan(order(needs), [dallas]).shipments.map(\.service) == ["air"])
        #expect(refusals(order(LotNeeds(lifeDays: 33)), [dallas]).map(\.reason) == [.lotsUnfit])
    }

    // Twelve could come by air and eight by ground: that plan is not looked for, and not denied.
    @Test func `calls no plan proved where one over several services might be cheaper`() throws {
        let ways = [
            Ruled.Way("ground", days: 5, cents: 100), Ruled.Way("air", days: 1, cents: 4000),
        ]
        let mixed = [lot("L-1", 12, days: 33), lot("L-2", 8, days: 90)]
        let needs = LotNeeds(lifeDays: 30)

        let found = try plan(order(needs), [bid("DAL", by: ways, mixed)])
        let other = try plan(order(needs), [bid("DAL", by: ways, [lot("L-2", 20, days: 90)])])

        #expect(found.shipments.map(\.service) == ["air"])
        #expect(!found.isProved && found.cost.minorUnits == 4000 && found.bound.minorUnits == 100)
        #expect(other.shipments.map(\.service) == ["ground"] && other.isProved)
    }

    // The bid names the older lot first; of the younger one there is enough.
    // Whatever the relaxed problem leaves open, is open.
    @Test func `concludes no more than the problem with more plans allows`() {
        func solution(_ cents: Int64, isProved: Bool = true) -> Solution {
            let cost = Money(minorUnits: cents, currency: .usd)
            return Solution(
                plan: Plan(
                    order: "4711",
                    shipments: [],
                    backorders: [],
                    cost: cost,
                    bound: cost,
                    isProved: isProved
                ),
                nodes: 1
            )
        }
        func judged(_ relaxed: Solution.Result) -> Plan? {
            guard
                case .plan(let found) = SolveTask.judged(.plan(solution(900)), by: relaxed)
            else { return nil }
            return found.plan
        }
        #expect(judged(.plan(solution(900)))?.isProved == true)
        #expect(judged(.plan(solution(900, isProved: false)))?.isProved == false)
        let open = judged(.plan(solution(700)))
        #expect(open?.isProved == false && open?.bound.minorUnits == 700)
        let unknown = judged(.undecided)
        #expect(unknown?.isProved == false && unknown?.bound == .zero(.usd))
        #expect(unknown?.cost.minorUnits == 900)

        let refused = Solution.Result.unfillable([], nodes: 1)
        #expect(SolveTask.judged(refused, by: refused) == refused)
        #expect(SolveTask.judged(refused, by: .undecided) == .undecided)
        #expect(SolveTask.judged(refused, by: .plan(solution(900))) == .undecided)
    }

    @Test func `passes over lots without the papers that are asked for`() throws {
        let dallas = bid(
            "DAL",
            [lot("L-1", 20, days: 40, "RoHS"), lot("L-2", 12, days: 90, "coa", "RoHS")]
        )
        let reno = bid("RNO", by: [Ruled.Way("ground", days: 2, cents: 9900)], [lot("L-3", 20)])
        let needs = LotNeeds(certificates: ["COA"])

        #expect(refusals(order(needs), [dallas, reno]).map(\.available) == [12])
        let partial = try plan(order(needs, .partial), [dallas, reno])
        #expect(partial.warehouses == ["DAL"])
        #expect(partial.backorders.map(\.quantity) == [8])
    }

    @Test func `takes the lots alone that the buyer has approved`() throws {
        let bids = [
            bid("DAL", by: [Ruled.Way("ground", days: 2, cents: 100)], [lot("L-1", 20)]),
            bid("RNO", [lot("L-2", 8), lot("L-3", 20)]),
        ]

        #expect(try plan(order(.none), bids).warehouses == ["DAL"])
        #expect(try plan(order(LotNeeds(approved: ["L-3"])), bids).warehouses == ["RNO"])
        #expect(refusals(order(LotNeeds(approved: ["L-2"])), bids).map(\.available) == [8])
    }

    @Test func `takes one lot at every site that ships, and tells each which`() throws {
        let dallas = bid(
            "DAL",
            by: [Ruled.Way("ground", days: 2, cents: 100)],
            [lot("L-1", 12, days: 40), lot("L-2", 8, days: 90)]
        )
        let reno = bid("RNO", [lot("L-2", 12, days: 90), lot("L-9", 8)])
        let asked = order(LotNeeds(isSingleLot: true))

        let plan = try plan(asked, [dallas, reno])
        let terms = LotFitting(asked, under: .none).terms(of: plan, from: [dallas, reno])

        #expect(plan.warehouses == ["DAL", "RNO"])
        #expect(plan.shipments.flatMap(\.lines).map(\.quantity) == [8, 12])
        #expect(Set(terms.values) == [LotTerms(approved: ["L-2"])])
        // No lot has 20 at Dallas alone, however much its lots have together.
        #expect(refusals(asked, [dallas]).map(\.reason) == [.lotsUnfit])
    }

    @Test func `asks sites for the life that is left when the last of it arrives`() throws {
        let dallas = bid("DAL", [lot("L-1", 20, days: 90)])
        let asked = order(LotNeeds(lifeDays: 30, certificates: []))

        let plan = try plan(asked, [dallas])
        let terms = LotFitting(asked, under: .none).terms(of: plan, from: [dallas])

        let place = LotPlace(warehouse: "DAL", line: 0)
        #expect(terms == [place: LotTerms(keepsUntil: monday.adding(days: 32))])
        let demands = plan.demands { terms[$0] ?? .any }
        #expect(demands.first?.lines.first?.lots.keepsUntil == monday.adding(days: 32))
        #expect(plan.demands.first?.lines.first?.lots == .any)
    }

    @Test func `believes that goods keep which are kept without lots, and nothing else of them`()
        throws
    {
        let dallas = bid("DAL", [])

        #expect(try plan(order(LotNeeds(lifeDays: 30)), [dallas]).warehouses == ["DAL"])
        for needs in [
            LotNeeds(certificates: ["COA"]), LotNeeds(isSingleLot: true),
            LotNeeds(approved: ["L-1"]),
        ] {
            #expect(refusals(order(needs), [dallas]).map(\.reason) == [.lotsUnfit])
            let rejected = LotFitting(order(needs), under: .none).rejections(of: dallas)
            #expect(rejected.map(\.misfit) == [.keptWithoutLots])
        }
    }

    // An agent of before names the lots alone that it would take first.
    @Test func `counts no unit of an offer whose lots are not named`() throws {
        let dallas = bid("DAL", units: 20, [lot("L-1", 20, days: 10)])
        let asked = order(LotNeeds(lifeDays: 30))

        #expect(refusals(asked, [dallas]).map(\.available) == [0])
        let rejected = LotFitting(asked, under: .none).rejections(of: dallas)
        #expect(rejected.map(\.misfit) == [.tooOld] && rejected.map(\.daysLeft) == [8])
    }

    // Property: whatever is drawn, no shipment of a plan is larger than what its site has of lots
    // that will do on the day on which it arrives.
    @Test func `never plans more of a line than fitting lots have, over many draws`() throws {
        var random = SeededGenerator(seed: 4711)
        func draw(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        var plans = 0
        for _ in 0..<300 {
            let bids = ["DAL", "RNO", "EWR"]
                .map { (name: String) -> Bid in
                    let lots = (0..<draw(4))
                        .map { index in
                            lot(
                                Lot.ID(trusted: "L-\(index)"),
                                Quantity(Int64(1 + draw(20))),
                                days: draw(3) == 0 ? nil : 25 + draw(20)
                            )
                        }
                    let ways = (0..<1 + draw(3))
                        .map { index in
                            Ruled.Way(
                                "way-\(index)",
                                days: 1 + 2 * index,
                                cents: Int64(5000 - 1500 * index + draw(900))
                            )
                        }
                    let units = lots.reduce(Int64(0)) { $0 + $1.quantity.units }
                    return bid(
                        Warehouse.ID(trusted: name),
                        units: Quantity(max(1, min(20, units))),
                        by: ways,
                        lots
                    )
                }
            let needs = LotNeeds(lifeDays: 20 + draw(15), isSingleLot: draw(3) == 0)
            guard let plan = try? plan(order(needs, .partial), bids), !plan.shipments.isEmpty
            else { continue }
            plans += 1
            for site in plan.warehouses {
                let shipments = plan.shipments.filter { $0.warehouse == site }
                let units = shipments.flatMap(\.lines).reduce(Int64(0)) { $0 + $1.quantity.units }
                let last = try #require(shipments.map(\.arrives).max())
                let lots = try #require(bids.first { $0.warehouse == site }?.offers.first?.lots)
                let fit = lots.filter {
                    !Lot.isExpired($0.expires, on: last.adding(days: needs.lifeDays ?? 0))
                }
                let most =
                    needs.isSingleLot
                    ? fit.map(\.quantity.units).max() ?? 0
                    : fit.reduce(0) { $0 + $1.quantity.units }
                #expect(lots.isEmpty || units <= most)
            }
        }
        #expect(plans > 100)
    }
}

/// What rules and the SKU directory ask of lots.
struct `Rules about lots` {
    private let monday = CivilDate(daysSinceEpoch: 20_514)

    private func bid(_ warehouse: Warehouse.ID, days: Int, cents: Int64) -> Bid {
        let bid = Ruled.bid(warehouse, cents: cents)
        return Bid(
            warehouse: warehouse,
            offers: bid.offers.map {
                Bid.Offer(
                    line: $0.line,
                    tiers: $0.tiers,
                    lots: [
                        Bid.LotOffer(
                            lot: "L-1",
                            quantity: 20,
                            expires: monday.adding(days: days)
                        )
                    ],
                    unitWeight: $0.unitWeight,
                    unitBillableWeight: $0.unitBillableWeight
                )
            },
            services: bid.services
        )
    }

    private let rules = """
        rules:
          - rule: a year for tier 1
            when: {segment: tier-1}
            then:
              lots: {life-days: 60}

        """

    @Test func `hold for the buyers that they name, and say what they cost`() throws {
        let office = try Ruled.office(rules)
        let bids = [bid("DAL", days: 40, cents: 100), bid("RNO", days: 400, cents: 900)]
        let order = Ruled.order(by: "TIER-1")

        let plan = try office.plan(for: order, from: bids)
        let other = try office.plan(for: Ruled.order(by: "TIER-3"), from: bids)

        #expect(plan.warehouses == ["RNO"])
        #expect(other.warehouses == ["DAL"])

        let evidence = Evidence(
            bids: bids,
            silent: [],
            unreachable: [],
            attempts: 1,
            nodes: 1,
            solverVersion: 1,
            rulesVersion: 7,
            customer: Ruled.customers["TIER-1"]
        )
        let record = OrderRecord(
            order: order,
            outcome: .confirmed(plan),
            receivedAt: Example.monday,
            decidedAt: Example.monday,
            transaction: nil,
            isSettled: true
        )
        let explained = Explaining.explain(
            record,
            from: evidence,
            under: SourcingPolicy(),
            by: office.ruling(on: record, as: evidence)
        )
        let applied = explained.rules.applied.filter { $0.effect.hasPrefix("lots") }
        #expect(applied.map(\.effect) == ["lots: {life-days: 60}"])
        let eight = Money(minorUnits: 800, currency: .usd)
        #expect(applied.map(\.cost) == [.difference(eight, days: 0, unitsShort: 0)])
        let dallas = explained.sites.first { $0.warehouse == "DAL" }
        #expect(dallas?.verdict == .offeredNothing)
        #expect(
            dallas?.rejections
                == [LotRejection(line: 0, lot: "L-1", quantity: 20, misfit: .tooOld, daysLeft: 38)]
        )
    }

    @Test func `hold for a SKU by the directory alone`() throws {
        let profile = SKUProfile(sku: "VALVE-3IN", lots: LotNeeds(lifeDays: 60))
        let office = try Ruled.office("rules: []\n", profiles: [profile])
        let bids = [bid("DAL", days: 40, cents: 100), bid("RNO", days: 400, cents: 900)]

        #expect(try office.plan(for: Ruled.order(by: nil), from: bids).warehouses == ["RNO"])
    }
}
