import AllocationModel
import SplitSolver

/// Finds what the best plan comes to by looking at everything, site after site.
///
/// For each site every lawful content is priced over every division among its
/// services; the sites are then combined over every remainder of the order.
/// Exponential, and too simple to be wrong: for problems of a few units.
struct Oracle {
    let problem: SplitProblem
    let policy: SplitPolicy

    /// How far the sites so far have filled the order.
    private struct State: Hashable {
        var units: [Int64]
        var sites = 0
        var shipments = 0
        /// Sites that have shipped each line, as far as `noSplit` must know.
        var isStarted: [Bool]
    }

    /// Returns the best verdict, or nil where no plan is lawful.
    func best() -> Verdict? {
        var best: Verdict?
        for lots in lotChoices() {
            if let one = self.best(lots), best.map({ one < $0 }) ?? true { best = one }
        }
        return best
    }

    private func lotChoices() -> [[Int?]] {
        var choices: [[Int?]] = [[]]
        for (index, line) in problem.lines.enumerated() {
            let stocks = problem.warehouses.flatMap(\.stock).filter { $0.line == index }
            let lots = Set(stocks.flatMap(\.lots).map(\.lot)).sorted()
            let own: [Int?] = line.singleLot ? (lots.isEmpty ? [-1] : lots.map { $0 }) : [nil]
            choices = choices.flatMap { choice in own.map { choice + [$0] } }
        }
        return choices
    }

    private func best(_ lots: [Int?]) -> Verdict? {
        let nothing = problem.lines.map { _ in Int64(0) }
        var states: [State: Verdict] = [
            State(units: nothing, isStarted: problem.lines.map { _ in false }): Verdict()
        ]
        for site in problem.warehouses.indices {
            let contents = contents(of: site, lots)
            var next = policy.forced.contains(site) ? [:] : states
            for (state, verdict) in states {
                for (content, shipments, own) in contents {
                    guard let new = self.state(state, adding: content, shipments) else { continue }
                    let sum = verdict + own
                    if next[new].map({ sum < $0 }) ?? true { next[new] = sum }
                }
            }
            states = next
        }
        return states.compactMap { finished($0.key, $0.value) }.min()
    }

    private func state(_ state: State, adding content: [Int64], _ shipments: Int) -> State? {
        var new = state
        for (index, line) in problem.lines.enumerated() where content[index] > 0 {
            if line.noSplit && state.isStarted[index] { return nil }
            new.units[index] += content[index]
            new.isStarted[index] = line.noSplit
            if new.units[index] > line.quantity { return nil }
        }
        if let most = policy.warehousesMaximum {
            new.sites += 1
            if new.sites > most { return nil }
        }
        if let most = policy.shipmentsMaximum {
            new.shipments += shipments
            if new.shipments > most { return nil }
        }
        return new
    }

    private func finished(_ state: State, _ verdict: Verdict) -> Verdict? {
        var verdict = verdict
        for (line, units) in zip(problem.lines, state.units) {
            let short = line.quantity - units
            switch policy.completeness {
            case .complete: if short > 0 { return nil }
            case .lineComplete: if short > 0 && units > 0 { return nil }
            case .partial: break
            }
            if policy.objective == .lexicographic {
                verdict.backorderUnits += short
            } else {
                verdict.cost += short * line.backorderCost.tenThousandths
            }
        }
        return verdict
    }

    /// Returns every content a site could ship, with the best way to ship it by its shipments.
    private func contents(
        of index: Int,
        _ lots: [Int?]
    ) -> [([Int64], shipments: Int, Verdict)] {
        if policy.forbidden.contains(index) { return [] }
        let site = problem.warehouses[index]
        var reluctance: Int64 = 0
        for preference in policy.preferences where preference.warehouse == index {
            reluctance += preference.reluctance.tenThousandths
        }
        // One group at a time, since groups share nothing but the site.
        var contents: [[Int64]: [Int: Verdict]] = [
            problem.lines.map { _ in 0 }: [
                0: Verdict(cost: site.fixedCost.tenThousandths + reluctance)
            ]
        ]
        for group in Set(site.stock.map(\.segregationGroup)) {
            let stocks = site.stock.filter { $0.segregationGroup == group }
            var merged: [[Int64]: [Int: Verdict]] = [:]
            for (content, verdicts) in ways(of: stocks, site, lots) {
                for (other, others) in contents {
                    let sum = zip(content, other).map { $0 + $1 }
                    for (left, right) in product(verdicts, others) {
                        keep(
                            left.value + right.value,
                            left.key + right.key,
                            &merged[sum, default: [:]]
                        )
                    }
                }
            }
            contents = merged
        }
        return contents.flatMap { content, verdicts in
            verdicts.filter { $0.key > 0 }.map { (content, shipments: $0.key, $0.value) }
        }
    }

    private func product(
        _ left: [Int: Verdict],
        _ right: [Int: Verdict]
    ) -> [((key: Int, value: Verdict), (key: Int, value: Verdict))] {
        left.flatMap { one in right.map { (one, $0) } }
    }

    private func keep(_ verdict: Verdict, _ shipments: Int, _ into: inout [Int: Verdict]) {
        if into[shipments].map({ verdict < $0 }) ?? true { into[shipments] = verdict }
    }

    /// Returns every division of every content of one group among the services.
    private func ways(
        of stocks: [SplitProblem.Stock],
        _ site: SplitProblem.Site,
        _ lots: [Int?]
    ) -> [[Int64]: [Int: Verdict]] {
        let nothing = problem.lines.map { _ in Int64(0) }
        var ways: [[Int64]: [Int: Verdict]] = [nothing: [0: Verdict()]]
        for service in site.services {
            let loads = loads(of: stocks, by: service, lots)
            var next: [[Int64]: [Int: Verdict]] = [:]
            for (content, verdicts) in ways {
                for (load, verdict) in loads {
                    let sum = zip(content, load).map { $0 + $1 }
                    if stocks.contains(where: { sum[$0.line] > most(of: $0, lots) }) { continue }
                    let more = load == nothing ? 0 : 1
                    for (shipments, before) in verdicts {
                        keep(before + verdict, shipments + more, &next[sum, default: [:]])
                    }
                }
            }
            ways = next
        }
        var lawful: [[Int64]: [Int: Verdict]] = [:]
        for (content, verdicts) in ways {
            guard let cost = pileCosts(of: content, stocks) else { continue }
            lawful[content] = verdicts.mapValues { $0 + Verdict(cost: cost) }
        }
        return lawful
    }

    private func most(of stock: SplitProblem.Stock, _ lots: [Int?]) -> Int64 {
        var most = min(
            problem.lines[stock.line].quantity,
            stock.tiers.reduce(0) { $0 + $1.quantity }
        )
        if let lot = lots[stock.line] {
            most = min(most, stock.lots.first { $0.lot == lot }?.quantity ?? 0)
        }
        return most
    }

    private func pileCosts(of content: [Int64], _ stocks: [SplitProblem.Stock]) -> Int64? {
        var cost: Int64 = 0
        for stock in stocks where content[stock.line] > 0 {
            var rest = content[stock.line]
            if rest < problem.lines[stock.line].minimumQuantity { return nil }
            cost += stock.pickCost.tenThousandths
            for tier in stock.tiers {
                cost += min(rest, tier.quantity) * tier.scarcityCost.tenThousandths
                rest -= min(rest, tier.quantity)
            }
        }
        return cost
    }

    /// Returns every load of one service that it carries, with its verdict.
    private func loads(
        of stocks: [SplitProblem.Stock],
        by service: SplitProblem.Service,
        _ lots: [Int?]
    ) -> [([Int64], Verdict)] {
        var contents = [problem.lines.map { _ in Int64(0) }]
        for stock in stocks where !service.blockedLines.contains(stock.line) {
            contents = contents.flatMap { content in
                stride(from: 0, through: most(of: stock, lots), by: Int(stock.multiple))
                    .map {
                        var more = content
                        more[stock.line] = $0
                        return more
                    }
            }
        }
        return contents.compactMap { content in
            if content.allSatisfy({ $0 == 0 }) { return (content, Verdict()) }
            var verdict = Verdict(
                cost: service.handling.tenThousandths,
                shipments: 1,
                days: service.etaDay
            )
            var load = Load(weightByClass: FreightClass.allCases.map { _ in 0 })
            for stock in stocks where content[stock.line] > 0 {
                let units = content[stock.line]
                load.weight += units * stock.unitWeight
                var billed = stock.unitBillableWeight
                for packing in service.packings where packing.line == stock.line {
                    billed = packing.unitBillableWeight
                    verdict.cost += units * packing.unitCharge.tenThousandths
                }
                load.billableWeight += units * billed
                load.weightByClass[stock.freightClass.index] += units * stock.unitWeight
                for late in service.lateLines where late.line == stock.line {
                    if policy.objective == .lexicographic {
                        verdict.lateUnits += units
                    } else {
                        verdict.cost += units * late.penalty.tenThousandths
                    }
                }
            }
            guard let charge = service.tariff.charge(for: load) else { return nil }
            verdict.cost += charge.tenThousandths
            return (content, verdict)
        }
    }
}
