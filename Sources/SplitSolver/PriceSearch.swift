internal import AllocationModel

/// Bounds an order's cost by prices, site by site, and finds what no better plan uses.
///
/// Prices tell sites apart long before a linear program does: what they leave is a
/// much smaller order. A tree over the sites, and the ways of charging, that are
/// neither clearly in nor out is searched the same way, for as many rounds as the budget has.
struct PriceSearch: ~Copyable {
    private let model: SearchModel
    private let budget: SolverBudget
    private var choices: SiteChoices
    private var offers: PriceModel
    private let soldOfSite: Row<Double>
    /// The best bound of the last climb.
    private var best = -Double.infinity
    private var cutoff: Double
    private var rounds = 0
    /// The nodes visited of trees that only look for plans.
    private(set) var nodes = 0
    /// By depth: what its node is, to come back to.
    private var states: [State] = []
    /// The sets of slots that plans have been made of.
    private var seen: Set<[Bool]> = []
    private let arena: Arena
    /// What plans that may be better could use.
    private(set) var reach: Reach
    /// The least that such plans may cost, or infinity where there are none.
    private(set) var bound = Double.infinity

    /// What prices begin at, of what units cost.
    private static let startingShare = 0.9
    /// Steps at the root, and at every other node.
    private static let stepsAtRoot = 40
    private static let steps = 8
    private static let depthMaximum = 60
    /// The same of a tree that only looks for plans.
    private static let wanderDepthMaximum = 24

    /// Begins with what the units of a plan cost each, and a little less: a plan costs too much.
    init(_ model: SearchModel, from prices: [Double], within budget: SolverBudget) {
        let arena = Arena()
        self.arena = arena
        self.model = model
        self.budget = budget
        cutoff = .infinity
        let start = zip(model.lines, prices)
            .map { line, price in
                let isBound = line.mustBeWhole && !line.mayBeEmpty
                let scaled = price * Self.startingShare
                return isBound ? scaled : min(scaled, model.scale.costBelow(line.backorder))
            }
        let value = model.lines.indices.reduce(0.0) {
            $0 + start[$1] * Double(model.lines[$1].quantity)
        }
        let table = PricedWays(model, in: arena)
        choices = SiteChoices(model, table, forfeit: -4 * value, in: arena)
        let priceMaximum = arena.row(
            model.lines.map {
                $0.mustBeWhole && !$0.mayBeEmpty ? .infinity : model.scale.costBelow($0.backorder)
            }
        )
        offers = PriceModel(
            model,
            from: start,
            priceMaximum,
            constant: choices.certainShortage,
            in: arena
        )
        soldOfSite = arena.row(model.piles.count, of: 0)
        var counts = model.slots.map { _ in 0 }
        for way in 0..<table.ways { counts[table.waySlot[way]] += 1 }
        reach = Reach(noneOf: model, ways: counts)
    }

    private var table: PricedWays { choices.table }

    /// Looks for better plans on the bench, and for what is within reach of better ones still.
    mutating func run(_ bench: inout PlanBench, _ isCancelled: () -> Bool) {
        guard choices.tighten() else { return }
        lowerCutoff(bench)
        obeyVerdicts()
        let steps = min(Self.stepsAtRoot, budget.priceRounds)
        if climb(steps: steps, plansEvery: 4, &bench, isCancelled) { return }
        if bench.best == nil { bench.start(isCancelled) }
        guard bench.best != nil else { return leave(at: best) }
        lowerCutoff(bench)
        var root = Reach(noneOf: model, ways: reach.ways.map { $0.count })
        note(in: &root)
        bench.keep(within: root)
        bench.polish(isCancelled)
        lowerCutoff(bench)
        explore(depth: 0, &bench, isCancelled)
        if bound < .infinity { bench.shake(isCancelled) }
        if bound < .infinity && reach.isTooLarge(for: budget) { wander(&bench, isCancelled) }
    }

    // MARK: The tree

    private mutating func explore(
        depth: Int,
        _ bench: inout PlanBench,
        _ isCancelled: () -> Bool
    ) {
        if climb(steps: Self.steps, plansEvery: Self.steps, &bench, isCancelled) { return }
        guard rounds < budget.priceRounds, depth < Self.depthMaximum, !isCancelled(),
            let question = question()
        else { return leave(at: best) }
        noteState(at: depth)
        for answer in [true, false] {
            if !answer { restore(states[depth]) }
            choices.answer(question, answer)
            guard choices.tighten() else { continue }
            obeyVerdicts()
            explore(depth: depth + 1, &bench, isCancelled)
        }
        restore(states[depth])
    }

    /// Looks for plans only, for as long as it may: an order so large has no other search.
    ///
    /// What the offers are for is followed but for a few questions, one more at every pass:
    /// most of what is wrong with such plans is wrong early (Harvey and Ginsberg, 1995).
    private mutating func wander(_ bench: inout PlanBench, _ isCancelled: () -> Bool) {
        var before = -1
        for turns in 1...Self.wanderDepthMaximum where nodes > before {
            before = nodes
            wander(depth: 0, turns: turns, &bench, isCancelled)
        }
    }

    private mutating func wander(
        depth: Int,
        turns: Int,
        _ bench: inout PlanBench,
        _ isCancelled: () -> Bool
    ) {
        guard nodes < budget.nodes, !isCancelled() else { return }
        nodes += 1
        let best = bench.best?.rank
        let isDone = climb(steps: Self.steps, plansEvery: Self.steps, &bench, isCancelled)
        if bench.best?.rank != best {
            bench.polish(isCancelled)
            lowerCutoff(bench)
        }
        guard !isDone, depth < Self.wanderDepthMaximum, let question = question() else { return }
        noteState(at: depth)
        for isFollowed in [true, false] where isFollowed || turns > 0 {
            if !isFollowed { restore(states[depth]) }
            choices.answer(question, isFollowed == isLikely(question))
            guard choices.tighten() else { continue }
            obeyVerdicts()
            wander(depth: depth + 1, turns: turns - (isFollowed ? 0 : 1), &bench, isCancelled)
        }
        restore(states[depth])
    }

    /// Whether the offers are more for it than against.
    private func isLikely(_ question: SiteChoices.Question) -> Bool {
        switch question {
        case .site(let site): offers.use(of: site) > 0.5
        case .way(let way): offers.use(of: way, at: table.cellSite[table.wayCell[way]]) > 0.5
        }
    }

    /// Leaves a node for later: its plans cost no less than so much.
    private mutating func leave(at least: Double) {
        bound = min(bound, least)
        addToReach()
    }

    /// Returns what the offers are least at one about, or else what is not decided yet.
    private func question() -> SiteChoices.Question? {
        var best: (question: SiteChoices.Question, merit: Double)?
        func consider(_ question: SiteChoices.Question, _ merit: Double) {
            if merit > best?.merit ?? 0 { best = (question, merit) }
        }
        for site in model.sites.indices where choices.verdicts[site] == .free {
            let use = offers.use(of: site)
            consider(.site(site), min(use, 1 - use))
        }
        if let best, best.merit > 0.02 { return best.question }
        best = nil
        let ways = (0..<table.ways)
            .filter { way in
                let site = table.cellSite[table.wayCell[way]]
                return choices.isUndecided(way)
                    && (choices.verdicts[site] == .open || offers.use(of: site) > 0.5)
            }
        let uses = ways.map { offers.use(of: $0, at: table.cellSite[table.wayCell[$0]]) }
        for (way, use) in zip(ways, uses) { consider(.way(way), min(use, 1 - use)) }
        if let best, best.merit > 0.02 { return best.question }
        best = nil
        for site in model.sites.indices where choices.verdicts[site] == .free {
            consider(.site(site), 1e-9 + offers.use(of: site))
        }
        if let best { return best.question }
        for (way, use) in zip(ways, uses) { consider(.way(way), 1e-9 + use) }
        return best?.question
    }

    /// What a node is, to come back to.
    private struct State {
        let verdicts: Row<SiteChoices.Verdict>
        let isClosed: Row<Bool>
        let isForced: Row<Bool>
        let isShut: Row<Bool>
        let pileLow: Row<Double>
        let pileHigh: Row<Double>
        let centre: Row<Double>
        var stride: Double

        init(_ choices: borrowing SiteChoices, _ offers: borrowing PriceModel, in arena: Arena) {
            verdicts = arena.copy(of: choices.verdicts)
            isClosed = arena.copy(of: choices.isClosed)
            isForced = arena.copy(of: choices.isForced)
            isShut = arena.copy(of: choices.isShut)
            pileLow = arena.copy(of: choices.pileLow)
            pileHigh = arena.copy(of: choices.pileHigh)
            centre = arena.copy(of: offers.centre)
            stride = offers.stride
        }

        mutating func note(_ choices: borrowing SiteChoices, _ offers: borrowing PriceModel) {
            verdicts.copy(from: choices.verdicts, count: verdicts.count)
            isClosed.copy(from: choices.isClosed, count: isClosed.count)
            isForced.copy(from: choices.isForced, count: isForced.count)
            isShut.copy(from: choices.isShut, count: isShut.count)
            pileLow.copy(from: choices.pileLow, count: pileLow.count)
            pileHigh.copy(from: choices.pileHigh, count: pileHigh.count)
            centre.copy(from: offers.centre, count: centre.count)
            stride = offers.stride
        }
    }

    private mutating func noteState(at depth: Int) {
        if depth < states.count {
            states[depth].note(choices, offers)
        } else {
            states.append(State(choices, offers, in: arena))
        }
    }

    private mutating func restore(_ state: State) {
        choices.verdicts.copy(from: state.verdicts, count: state.verdicts.count)
        choices.isClosed.copy(from: state.isClosed, count: state.isClosed.count)
        choices.isForced.copy(from: state.isForced, count: state.isForced.count)
        choices.isShut.copy(from: state.isShut, count: state.isShut.count)
        choices.pileLow.copy(from: state.pileLow, count: state.pileLow.count)
        choices.pileHigh.copy(from: state.pileHigh, count: state.pileHigh.count)
        offers.centre.copy(from: state.centre, count: state.centre.count)
        offers.stride = state.stride
        obeyVerdicts()
    }

    private mutating func addToReach() {
        var grown = reach
        note(in: &grown)
        reach = grown
    }

    /// Notes what plans within the verdicts may use.
    private func note(in reach: inout Reach) {
        for pile in model.piles.indices {
            reach.fewest[pile] = min(reach.fewest[pile], Int64(choices.pileLow[pile]))
            reach.most[pile] = max(reach.most[pile], Int64(choices.pileHigh[pile]))
        }
        var numbers = model.slots.map { _ in 0 }
        for way in 0..<table.ways {
            let slot = table.waySlot[way]
            let number = numbers[slot]
            numbers[slot] += 1
            if choices.isClosed[way] || choices.verdicts[model.slots[slot].site] == .closed {
                continue
            }
            reach.ways[slot][number] = true
            for index in 0..<table.cellPiles[table.wayCell[way]].count {
                let entry = table.wayEntries[way] + index
                if choices.isShut[entry] { continue }
                let pile = table.pilesByCell[table.cellPiles[table.wayCell[way]].lowerBound + index]
                if choices.pileHigh[pile] > 0 { reach.arcs[table.entryArc[entry]] = true }
            }
        }
    }

    // MARK: Prices

    /// Moves the prices for some steps; returns whether no plan within the verdicts is better.
    private mutating func climb(
        steps: Int,
        plansEvery: Int,
        _ bench: inout PlanBench,
        _ isCancelled: () -> Bool
    ) -> Bool {
        let lines = model.lines.count
        choices.prices.copy(from: offers.centre, count: lines)
        var centre = evaluate()
        best = centre
        if best > cutoff { return true }
        guard ruleOut(at: best) else { return true }
        var stalls = 0
        let isSlow = model.arcs.count > SplitLimits.arcsPricedFirst
        for step in 1...steps {
            if isCancelled() { break }
            // Without a plan, as if the best were a twentieth dearer than the bound.
            let gap = cutoff < .infinity ? cutoff - best : 0.05 * best.magnitude
            offers.settle(sweeps: 24, within: max(1, gap * 0.01) * 0.01)
            let hope = offers.value() - centre
            if hope < max(0.5, 0.004 * gap) { break }
            choices.prices.copy(from: offers.prices, count: lines)
            let reached = evaluate()
            if reached > best {
                best = reached
            }
            if best > cutoff { return true }
            if reached >= best, !ruleOut(at: reached) { return true }
            if step % (isSlow ? 2 * plansEvery : plansEvery) == 0 {
                plan(&bench, isCancelled)
                if best > cutoff { return true }
            }
            if reached >= centre + 0.1 * hope {
                offers.centre.copy(from: offers.prices, count: lines + 1)
                if reached >= centre + 0.6 * hope { offers.stride = min(offers.stride * 1.6, 50) }
                centre = reached
                stalls = 0
            } else {
                stalls += 1
                if stalls >= 3 {
                    offers.stride = max(offers.stride * 0.6, 1e-3)
                    stalls = 0
                }
            }
        }
        return best > cutoff
    }

    /// Returns the bound at the prices, and has the model learn what the sites chose.
    private mutating func evaluate() -> Double {
        rounds += 1
        let bound = choices.bound()
        for site in 0..<model.sites.count where choices.verdicts[site] != .closed {
            for (index, pile) in model.sites[site].piles.enumerated() {
                soldOfSite[index] = choices.offered[pile]
            }
            let isTaken = choices.isTaken
            let ways = table.siteCells[site].lazy
                .flatMap { [table] in table.cellWays[$0] }
                .filter { isTaken[$0] }
            offers.add(soldOfSite, costing: choices.offerCosts[site], by: ways, of: site)
        }
        return bound
    }

    /// Rules out what the bound allows; returns false where no plan worth having is left.
    private mutating func ruleOut(at bound: Double) -> Bool {
        if cutoff == .infinity { return true }
        choices.ruleOut(above: cutoff, at: bound)
        guard choices.tighten() else { return false }
        obeyVerdicts()
        return true
    }

    private mutating func obeyVerdicts() {
        for site in 0..<model.sites.count { offers.rule(site, choices.verdicts[site]) }
        offers.drop(by: choices.isClosed, outside: choices.pileLow, choices.pileHigh)
    }

    // MARK: Plans

    /// Makes a plan of what the sites would choose, and one of what their offers come to together.
    private mutating func plan(_ bench: inout PlanBench, _ isCancelled: () -> Bool) {
        for slots in [slotsTaken(), slotsOffered()] {
            if !seen.insert(slots).inserted { continue }
            bench.sketch(isCancelled) { slots[$0] }
        }
        lowerCutoff(bench)
    }

    private mutating func lowerCutoff(_ bench: borrowing PlanBench) {
        guard let plan = bench.best else { return }
        let value = model.scale.parts(of: plan.rank.score).money
        cutoff = min(cutoff, model.scale.cutoff(below: value, within: budget))
    }

    private func slotsTaken() -> [Bool] {
        var isTaken = model.slots.map { _ in false }
        for way in 0..<table.ways where choices.isTaken[way] && !choices.isClosed[way] {
            if choices.isChosen[table.cellSite[table.wayCell[way]]] {
                isTaken[table.waySlot[way]] = true
            }
        }
        return isTaken
    }

    private func slotsOffered() -> [Bool] {
        var isTaken = model.slots.map { _ in false }
        for site in model.sites.indices where offers.use(of: site) > 0.35 {
            for way in offers.mainWays(of: site) { isTaken[table.waySlot[way]] = true }
        }
        return isTaken
    }
}
