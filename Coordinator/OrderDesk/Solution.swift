package import AllocationModel
package import AllocationProtocol
internal import BuyerRules
internal import SplitSolver

/// The work of turning bids into a plan: a value, so that it can be done anywhere and replayed.
package struct SolveTask: Hashable, Sendable {
    package let order: Order
    package let round: RoundID
    package let bids: [Bid]
    package let policy: SourcingPolicy
    /// What the office's rules say of the order.
    package let ruling: BuyerRuling

    /// - Precondition: the bids are by rising warehouse, at most one each.
    package init(
        order: Order,
        round: RoundID,
        bids: [Bid],
        policy: SourcingPolicy,
        ruling: BuyerRuling = .none
    ) {
        self.ruling = ruling
        self.order = order
        self.round = round
        self.bids = bids
        self.policy = policy
    }

    /// Whether it is for a quote: whoever has placed an order is served before.
    package var isForQuote: Bool { Quotes.owns(round) }

    /// Returns the cheapest lawful plan found, or why there is none.
    ///
    /// A pure function.
    package func run() -> Solution.Result {
        let lots = LotFitting(order, under: ruling.policy)
        let result = run(isRelaxed: false)
        guard lots.closesSome(of: bids) else { return explained(result, lots) }
        // What is not looked for bounds nothing: the relaxed problem does.
        return explained(Self.judged(result, by: run(isRelaxed: true)), lots)
    }

    /// Returns a result as far as it holds beside that of a problem with more plans.
    static func judged(
        _ result: Solution.Result,
        by relaxed: Solution.Result
    ) -> Solution.Result {
        switch (result, relaxed) {
        case (.plan(let found), .plan(let other)): .plan(found.bounded(by: other))
        // Nothing is known of the plans that were not looked for.
        case (.plan(let found), .undecided): .plan(found.unproved)
        case (.plan, .unfillable): result
        // A refusal is final, so it is never given for want of a proof.
        case (.unfillable, .plan), (.unfillable, .undecided), (.undecided, _): .undecided
        case (.unfillable, .unfillable): result
        }
    }

    private func explained(_ result: Solution.Result, _ lots: LotFitting) -> Solution.Result {
        guard case .unfillable(let refusals, let nodes) = result else { return result }
        return .unfillable(lots.explained(refusals, from: bids), nodes: nodes)
    }

    private func run(isRelaxed: Bool) -> Solution.Result {
        ruling.policy == .none
            ? runWithoutRules(isRelaxed: isRelaxed) : runUnderRules(isRelaxed: isRelaxed)
    }

    private func runUnderRules(isRelaxed: Bool) -> Solution.Result {
        let solving = RuledSolving(
            order: order,
            bids: bids,
            policy: policy,
            ruling: ruling,
            isRelaxed: isRelaxed
        )
        return switch solving.run() {
        case .plan(let answer, let relaxed, let nodes):
            .plan(Solution(plan: answer.plan, nodes: nodes, relaxed: relaxed))
        case .unfillable(let refusals, let nodes): .unfillable(refusals, nodes: nodes)
        case .undecided: .undecided
        }
    }

    private func runWithoutRules(isRelaxed: Bool) -> Solution.Result {
        let lots = LotFitting(order, under: .none, isRelaxed: isRelaxed)
        let problem = SourcingProblem(
            order: order,
            bids: bids.map { lots.narrowed($0) },
            policy: policy,
            isSingleLot: lots.isSingleLot
        )
        do {
            let solution = try SplitSolver.solve(
                problem.split,
                under: problem.policy,
                within: problem.budget
            )
            switch solution {
            case .plan(let plan):
                return .plan(
                    Solution(plan: problem.plan(from: plan), nodes: Int64(plan.nodes))
                )
            case .unfillable(let refusal) where !refusal.isProved:
                return .undecided
            case .unfillable(let refusal):
                return .unfillable(problem.refusals(from: refusal), nodes: Int64(refusal.nodes))
            }
        } catch {
            // The wire checks every number of a bid; what is still out of the
            // solver's bounds is an order that cannot be priced.
            return .undecided
        }
    }
}

/// A plan, and what finding it took.
package struct Solution: Hashable, Sendable {
    /// Rises with every change that can make another plan of the same bids.
    package static let solverVersion = 1

    package let plan: Plan
    package let nodes: Int64
    /// The steps of relaxation that it took, by name.
    package let relaxed: [String]

    package init(plan: Plan, nodes: Int64, relaxed: [String] = []) {
        self.plan = plan
        self.nodes = nodes
        self.relaxed = relaxed
    }

    /// Returns the solution, proved no further than the one of a problem with more plans.
    func bounded(by other: Solution) -> Solution {
        let isSame = plan.cost == other.plan.cost && plan.backorders == other.plan.backorders
        let bounds = [plan.bound, other.plan.bound]
        return Solution(
            plan: Plan(
                order: plan.order,
                shipments: plan.shipments,
                backorders: plan.backorders,
                cost: plan.cost,
                bound: bounds.min { $0.minorUnits < $1.minorUnits } ?? plan.bound,
                isProved: plan.isProved && other.plan.isProved && isSame
            ),
            nodes: nodes + other.nodes,
            relaxed: relaxed
        )
    }

    /// The same, where nothing is known of what it could cost less.
    var unproved: Solution {
        Solution(
            plan: Plan(
                order: plan.order,
                shipments: plan.shipments,
                backorders: plan.backorders,
                cost: plan.cost,
                bound: .zero(plan.cost.currency),
                isProved: false
            ),
            nodes: nodes,
            relaxed: relaxed
        )
    }

    /// What came of solving.
    package enum Result: Hashable, Sendable {
        case plan(Solution)
        /// No lawful plan, certainly.
        case unfillable([LineRefusal], nodes: Int64)
        /// The budget ended before there was a plan or the proof that there is none.
        case undecided
    }
}

/// An order and its bids as the solver sees them, and the way back.
struct SourcingProblem {
    let order: Order
    let bids: [Bid]
    let split: SplitProblem
    let policy: SplitPolicy
    let budget: SolverBudget

    init(
        order: Order,
        bids: [Bid],
        policy: SourcingPolicy,
        isSingleLot: (_ line: Int) -> Bool = { _ in false }
    ) {
        self.order = order
        self.bids = bids
        let firstDay = bids.flatMap(\.services).map(\.arrives.daysSinceEpoch).min() ?? 0
        let lots = Self.lotNumbers(in: bids)
        split = SplitProblem(
            lines: order.lines.enumerated()
                .map { index, line in
                    SplitProblem.Line(
                        quantity: line.quantity.units,
                        backorderCost: policy.backorderCost,
                        singleLot: isSingleLot(index)
                    )
                },
            warehouses: bids.map { Self.site(of: $0, from: firstDay, lots: lots) }
        )
        self.policy = SplitPolicy(
            completeness: order.completeness,
            warehousesMaximum: policy.warehousesMaximum
        )
        budget = SolverBudget(nodes: policy.nodesMaximum)
    }

    private init(copying other: SourcingProblem, split: SplitProblem, policy: SplitPolicy) {
        order = other.order
        bids = other.bids
        budget = other.budget
        self.split = split
        self.policy = policy
    }

    /// Returns the same order and bids as another problem.
    func with(split: SplitProblem? = nil, policy: SplitPolicy) -> SourcingProblem {
        SourcingProblem(copying: self, split: split ?? self.split, policy: policy)
    }

    private static func lotNumbers(in bids: [Bid]) -> [Lot.ID: Int] {
        let lots = Set(bids.flatMap(\.offers).flatMap(\.lots).map(\.lot)).sorted()
        return Dictionary(uniqueKeysWithValues: zip(lots, lots.indices))
    }

    private static func site(
        of bid: Bid,
        from firstDay: Int,
        lots: [Lot.ID: Int]
    ) -> SplitProblem.Site {
        SplitProblem.Site(
            fixedCost: bid.fixedCost,
            stock: bid.offers.map { offer in
                SplitProblem.Stock(
                    line: offer.line,
                    tiers: offer.tiers.map {
                        SplitProblem.Tier(
                            quantity: $0.quantity.units,
                            scarcityCost: $0.scarcityCost
                        )
                    },
                    pickCost: offer.pickCost,
                    lots: offer.lots.compactMap { lot in
                        lots[lot.lot]
                            .map {
                                SplitProblem.LotQuantity(lot: $0, quantity: lot.quantity.units)
                            }
                    },
                    unitWeight: offer.unitWeight.grams,
                    unitBillableWeight: offer.unitBillableWeight.grams,
                    freightClass: offer.freightClass,
                    segregationGroup: offer.segregationGroup,
                    multiple: offer.multiple
                )
            },
            services: bid.services.map {
                SplitProblem.Service(
                    // One bid for the year 1 makes all others late alike, and no problem void.
                    etaDay: min(
                        $0.arrives.daysSinceEpoch - firstDay,
                        SplitLimits.daysMaximum
                    ),
                    handling: $0.handling,
                    tariff: $0.tariff,
                    blockedLines: $0.blockedLines,
                    packings: $0.packings.map {
                        SplitProblem.Packing(
                            line: $0.line,
                            unitBillableWeight: $0.unitBillableWeight.grams,
                            unitCharge: $0.unitCharge
                        )
                    }
                )
            }
        )
    }

    /// Whether a plan of `order` can be made with `bid`, whatever the other sites bid.
    ///
    /// The wire bounds each number of a bid. What they mean together for this
    /// order is looked at here: a line that the order does not have, or costs
    /// that no sum holds, would make the whole order void, and one site may not
    /// do that to the others.
    static func isSound(_ bid: Bid, for order: Order, under policy: SourcingPolicy) -> Bool {
        let problem = SourcingProblem(order: order, bids: [bid], policy: policy)
        let cost = try? SplitSolver.worstCostOfSites(of: problem.split, under: problem.policy)
        return cost.map { $0 <= SplitLimits.siteSumMaximum } ?? false
    }

    // The way back.

    /// Returns the solver's plan in the words of the order, in whole minor units.
    ///
    /// The cost is what the office pays: freight, handling, picking and the
    /// sites' own charges. What a backorder weighs in the search is not part of it.
    func plan(from solved: SplitPlan) -> Plan {
        plan(from: solved.costs, gap: solved.gap, isProved: solved.isProved)
    }

    func plan(from costs: SplitCosts, gap: Cost, isProved: Bool) -> Plan {
        let currency = order.currency
        let cost = costs.charged.money(in: currency)
        return Plan(
            order: order.id,
            shipments: costs.shipments.map { shipment in
                let bid = bids[shipment.warehouse]
                let service = bid.services[shipment.service]
                return Plan.Shipment(
                    warehouse: bid.warehouse,
                    service: service.code,
                    carrier: service.carrier,
                    lines: shipment.contents.map {
                        Plan.ShipmentLine(
                            line: $0.line,
                            sku: order.lines[$0.line].sku,
                            quantity: Quantity($0.quantity)
                        )
                    },
                    freight: shipment.freight.money(in: currency),
                    handling: shipment.handling.money(in: currency),
                    leaves: service.leaves,
                    arrives: service.arrives,
                    arrivesBy: service.arrivesBy,
                    leavesBy: service.leavesBy,
                    lastCutoff: service.lastCutoff
                )
            },
            backorders: costs.backorderedUnits.enumerated()
                .compactMap { line, units in
                    units == 0
                        ? nil
                        : Plan.Backorder(
                            line: line,
                            sku: order.lines[line].sku,
                            quantity: Quantity(units)
                        )
                },
            cost: cost,
            bound: cost - gap.money(in: currency),
            isProved: isProved
        )
    }

    /// Returns why each line that stands in the way does.
    func refusals(from refusal: SplitRefusal?) -> [LineRefusal] {
        let short = order.lines.indices.compactMap { line -> LineRefusal? in
            let found = refusal?.unitsMaximum[line] ?? 0
            guard found < order.lines[line].quantity.units else { return nil }
            return lineRefusal(line, because: reason(for: line))
        }
        // Every line can be had by itself, or the budget ended: the order as a
        // whole is what has no plan.
        guard short.isEmpty else { return short }
        return order.lines.indices.map { lineRefusal($0, because: .noLawfulPlan) }
    }

    func lineRefusal(_ line: Int, because reason: LineRefusal.Reason) -> LineRefusal {
        LineRefusal(
            line: line,
            sku: order.lines[line].sku,
            requested: order.lines[line].quantity,
            available: offered(of: line),
            reason: reason
        )
    }

    private func offered(of line: Int) -> Quantity {
        bids.flatMap(\.offers).filter { $0.line == line }
            .reduce(.zero) { $0 + $1.quantity }
    }

    /// That no service is offered because each comes too late or does not deliver so, if so.
    private var isolation: LineRefusal.Reason? {
        guard bids.allSatisfy(\.services.isEmpty) else { return nil }
        let reason = Decline.Reason.addressNotReached(order.destination.addressKind)
        let reasons = bids.flatMap(\.declines)
            .compactMap { decline in
                if case .service = decline.subject { decline.reason } else { nil }
            }
        // The soonest of those that would come after the last day.
        let arrivals = reasons.compactMap { if case .tooLate(let day) = $0 { day } else { nil } }
        if let soonest = arrivals.min() { return .tooLate(soonest) }
        guard !reasons.isEmpty else { return nil }
        if reasons.allSatisfy({ $0 == reason }) {
            return .addressNotReached(order.destination.addressKind)
        }
        // Where some lack one thing and some another, the first of them is named.
        let lacking = reasons.compactMap { reason in
            if case .accessorialNotOffered(let needed) = reason { needed } else { nil }
        }
        guard lacking.count == reasons.count else { return nil }
        return lacking.min().map { .accessorialNotOffered($0) }
    }

    private func reason(for line: Int) -> LineRefusal.Reason {
        let reasons = bids.map { bid in
            bid.declines.filter { $0.subject == .line(line) }.map(\.reason)
        }
        if reasons.allSatisfy({ $0.contains(.unknownSKU) }) { return .unknownSKU }
        for case .notAMultiple(let below, let above) in reasons.joined() {
            return .notAMultiple(below: below, above: above)
        }
        if offered(of: line) >= order.lines[line].quantity { return isolation ?? .notServed }
        return .insufficientStock
    }
}
