/// Where plans are made: one draft, tried and improved again and again, and the best so far.
struct PlanBench: ~Copyable {
    let model: SearchModel
    private(set) var best: RankedPlan?
    private let arena: Arena
    private let tables: SearchTables
    private let construction: Construction
    private var draft: Draft
    private let all: Row<Bool>
    private let allowed: Row<Bool>
    /// What the last plan was built of; the same again would come to the same.
    private let builtOf: Row<Bool>
    private var hasBuilt = false
    private let wishes: Row<Double>
    private var search: LocalSearch
    private var scaling: SlopeScaling
    private let movesEach: Int
    private var movesLeft: Int

    init(_ model: SearchModel, within budget: SolverBudget) {
        self.model = model
        let arena = Arena()
        let tables = SearchTables(model, in: arena)
        self.arena = arena
        self.tables = tables
        construction = Construction(model, tables)
        draft = Draft(model, tables)
        all = arena.row(model.slots.count, of: true)
        allowed = arena.row(model.slots.count, of: true)
        builtOf = arena.row(model.slots.count, of: true)
        wishes = arena.row(model.arcs.count, of: 0)
        scaling = SlopeScaling(model, tables, in: arena)
        search = LocalSearch(model, tables, in: arena, isAllowed: all, moves: 0)
        movesEach = SplitLimits.moves(within: budget, arcs: model.arcs.count)
        movesLeft = movesEach * SplitLimits.divesMaximum
    }

    /// Makes a few quick plans; once cancelled, leaves them as they are.
    mutating func start(_ isCancelled: () -> Bool) {
        draft.clear()
        var starts = [draft.plan]
        construction.complete(&draft, by: all)
        starts.append(draft.plan)
        for site in model.sites.indices {
            draft.clear()
            for slot in model.slots.indices { allowed[slot] = model.slots[slot].site == site }
            construction.complete(&draft, by: allowed)
            starts.append(draft.plan)
        }
        // The sort is stable, so equal starts keep the order of the sites.
        scaling.run(rounds: SplitLimits.scalingRounds, by: all, isCancelled)
        takeScaled(by: all)
        let promising = [starts[1], draft.plan] + starts.sorted { $0.rank < $1.rank }
        for start in promising.prefix(SplitLimits.startsMaximum) {
            draft.restore(start)
            improve(by: movesEach, isCancelled)
        }
        improveBest(isCancelled)
    }

    /// Makes one quick plan, by the best of what comes first to mind; it may be unlawful.
    mutating func sketch(_ isCancelled: () -> Bool) {
        scaling.run(rounds: SplitLimits.scalingRounds, by: all, isCancelled)
        takeScaled(by: all)
        if !draft.isLawful { restoreQuickest() }
        improve(by: SplitLimits.sketchMoves(arcs: model.arcs.count), isCancelled)
    }

    /// Becomes the best of what comes first to mind, or stays what it is if that is better.
    private mutating func restoreQuickest() {
        var best = draft.plan
        draft.clear()
        construction.complete(&draft, by: all)
        if draft.rank < best.rank { best = draft.plan }
        for site in model.sites.indices {
            draft.clear()
            for slot in model.slots.indices { allowed[slot] = model.slots[slot].site == site }
            construction.complete(&draft, by: allowed)
            if draft.rank < best.rank { best = draft.plan }
        }
        draft.restore(best)
    }

    /// What a unit of each line costs in the plan that scaling found.
    var prices: [Double] { model.lines.indices.map { scaling.prices[$0] } }

    /// Makes a plan of what scaling found, and of what that lacks, by the slots that are allowed.
    private mutating func takeScaled(by isAllowed: Row<Bool>) {
        draft.clear()
        for line in model.lines.indices {
            for index in tables.lineArcs[line] {
                let arc = tables.arcsByLine[index]
                if scaling.bestUnits[arc] > 0 { draft.stage(arc, scaling.bestUnits[arc]) }
            }
            _ = draft.apply()
        }
        if !draft.isLawful { construction.complete(&draft, by: isAllowed) }
        if !draft.isLawful { construction.complete(&draft, by: all) }
    }

    /// Makes a plan by the slots that are allowed, and moves only a little of it.
    mutating func sketch(_ isCancelled: () -> Bool, by isAllowed: (Int) -> Bool) {
        draft.clear()
        for slot in model.slots.indices { allowed[slot] = isAllowed(slot) }
        construction.complete(&draft, by: allowed)
        let quick = draft.plan
        scaling.run(rounds: SplitLimits.sketchRounds, by: allowed, isCancelled)
        takeScaled(by: allowed)
        if quick.rank < draft.rank { draft.restore(quick) }
        if let best, draft.isLawful, isFar(draft.rank, from: best.rank) { return }
        improve(by: SplitLimits.sketchMoves(arcs: model.arcs.count), isCancelled)
    }

    /// Whether a plan costs so much more than another that a few moves will not mend it.
    private func isFar(_ rank: Rank, from best: Rank) -> Bool {
        let (value, least) = (rank.score.approximate, best.score.approximate)
        return value > least * (1 + SplitLimits.sketchReach)
    }

    /// Has moves use no slot but those within reach.
    func keep(within reach: Reach) {
        for slot in model.slots.indices {
            all[slot] = model.slots[slot].arcs.contains { reach.arcs[$0] }
        }
    }

    /// Improves the best plan at length.
    mutating func polish(_ isCancelled: () -> Bool) { improveBest(isCancelled) }

    /// Has the best plan do without each of its shipments in turn for a while.
    mutating func shake(_ isCancelled: () -> Bool) {
        var turns = SplitLimits.shakesMaximum
        var last = -1
        var slot = 0
        let slots = model.slots.count
        // Goes round until all have been tried since the plan was last improved.
        while let best, turns > 0, slot - last <= slots, !isCancelled() {
            draft.restore(best)
            if draft.isUsed(slot: slot % slots) {
                turns -= 1
                search.moves = SplitLimits.sketchMoves(arcs: model.arcs.count)
                search.improve(&draft, without: slot % slots, isCancelled)
                if keep() { last = slot }
            }
            slot += 1
        }
    }

    /// Adds to what the next plan should take by an arc, in multiples.
    func wish(_ steps: Double, by arc: Int) { wishes[arc] += steps }

    /// Makes a plan of what is wished, rounded down, and of what that lacks.
    mutating func roundWishes(_ isCancelled: () -> Bool) {
        draft.clear()
        allowed.fill(false)
        for arc in model.arcs.indices where wishes[arc] > 0.01 {
            allowed[model.arcs[arc].slot] = true
            let multiple = model.piles[model.arcs[arc].pile].multiple
            let units = Int64((wishes[arc] + 1e-6).rounded(.down)) * multiple
            if units > 0 {
                draft.stage(arc, units)
                _ = draft.apply()
            }
        }
        wishes.fill(0)
        construction.complete(&draft, by: allowed)
        improveWithinBudget(isCancelled)
    }

    /// Takes what is wished as the plan it is.
    mutating func takeWishes() {
        draft.clear()
        for arc in model.arcs.indices where wishes[arc] > 0.5 {
            let multiple = model.piles[model.arcs[arc].pile].multiple
            draft.stage(arc, Int64(wishes[arc].rounded()) * multiple)
        }
        wishes.fill(0)
        if draft.apply() { _ = keep() }
    }

    /// Makes a plan by the slots that are allowed.
    mutating func build(_ isCancelled: () -> Bool, by isAllowed: (Int) -> Bool) {
        var isNew = !hasBuilt
        for slot in model.slots.indices {
            allowed[slot] = isAllowed(slot)
            if allowed[slot] != builtOf[slot] { isNew = true }
        }
        if !isNew { return }
        hasBuilt = true
        builtOf.copy(from: allowed, count: model.slots.count)
        draft.clear()
        construction.complete(&draft, by: allowed)
        improveWithinBudget(isCancelled)
    }

    /// Returns the best plan, with ties moved to earlier lines and sites unless cancelled.
    ///
    /// - Precondition: There is one.
    mutating func settled(_ isCancelled: () -> Bool) -> RankedPlan {
        guard let best else { preconditionFailure("a plan was found") }
        if isCancelled() { return best }
        draft.restore(best)
        search.settleTies(of: &draft)
        return draft.plan
    }

    private mutating func improveWithinBudget(_ isCancelled: () -> Bool) {
        if movesLeft <= 0 || (draft.isLawful && draft.rank == best?.rank) { return }
        let given = min(movesLeft, movesEach)
        let isBetter = improve(by: given, isCancelled)
        movesLeft -= given - max(0, search.moves)
        if isBetter { improveBest(isCancelled) }
    }

    private mutating func improveBest(_ isCancelled: () -> Bool) {
        guard let best else { return }
        draft.restore(best)
        search.moves = movesEach
        search.improve(&draft, opensSites: true, isCancelled)
        _ = keep()
    }

    @discardableResult
    private mutating func improve(by moves: Int, _ isCancelled: () -> Bool) -> Bool {
        search.moves = moves
        search.improve(&draft, opensSites: false, isCancelled)
        return keep()
    }

    /// Keeps the draft if it is the best so far.
    private mutating func keep() -> Bool {
        guard draft.isLawful, best.map({ draft.rank < $0.rank }) ?? true else { return false }
        best = draft.plan
        return true
    }
}
