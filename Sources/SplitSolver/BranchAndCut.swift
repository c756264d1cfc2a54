internal import HeapModule

/// Branch and cut over a formulation: best bound first, with dives.
///
/// Ends with the best plan there is, or, when the budget does, with the least
/// bound of what is left. Ties are broken by index throughout.
struct BranchAndCut: ~Copyable {
    /// What is made least; a lexicographic order takes them in turn.
    enum Goal { case shortUnits, lateUnits, money }

    let model: SearchModel
    let budget: SolverBudget
    let isLexicographic: Bool
    private var bench: PlanBench
    /// What no plan costs less than, as was known before.
    private let knownBound: Double
    var incumbent: RankedPlan? { bench.best }
    private(set) var nodes = 0
    /// What is proved of the last goal reached; nil once it is certain that there is no plan.
    private(set) var bound: Double? = 0
    private(set) var goal = Goal.money
    private(set) var isExhausted = false
    /// Whether the order is too large for linear programs, or they are not wanted.
    private let isIdle: Bool
    private var formulation: Formulation
    private var simplex: DualSimplex
    private var cuts: CutSeparation
    private var lower: [Double]
    private var upper: [Double]
    private var steps: [Step] = []
    private var scale = 1.0
    private var gains: BranchingGains
    /// The count of nodes from which plans are made of a point again.
    private var nextRound = 0
    private var roundsPause = pauseMinimum

    private static let pauseMinimum = 4
    private static let pauseMaximum = 64

    private struct Step {
        let parent: Int
        let column: Int
        let low: Double
        let high: Double
    }

    private struct Node: Comparable {
        let bound: Double
        let depth: Int
        let number: Int

        static func < (left: Self, right: Self) -> Bool {
            if left.bound != right.bound { return left.bound < right.bound }
            if left.depth != right.depth { return left.depth > right.depth }
            return left.number < right.number
        }
    }

    /// Begins a search within reach, or one only of the plans that there are if it is to be `idle`.
    init(
        _ model: SearchModel,
        within reach: Reach,
        above bound: Double = 0,
        isLexicographic: Bool,
        isIdle: Bool = false,
        within budget: SolverBudget,
        on bench: consuming PlanBench
    ) {
        self.isIdle = isIdle || reach.isTooLarge(for: budget)
        let reach = self.isIdle ? Reach(noneOf: model, ways: reach.ways.map { $0.count }) : reach
        knownBound = bound
        self.model = model
        self.budget = budget
        self.isLexicographic = isLexicographic
        self.bench = bench
        formulation = Formulation(model, within: reach, isLexicographic: isLexicographic)
        simplex = DualSimplex(formulation.program, Arena())
        cuts = CutSeparation()
        lower = formulation.program.lower
        upper = formulation.program.upper
        gains = BranchingGains(columns: lower.count)
    }

    mutating func run(isCancelled: () -> Bool, through last: Goal = .money) {
        if isIdle {
            goal = isLexicographic ? .shortUnits : .money
            bound = rootBound
            return
        }
        let goals: [Goal] = isLexicographic ? [.shortUnits, .lateUnits, .money] : [.money]
        for goal in goals {
            self.goal = goal
            setCosts()
            search(isCancelled)
            guard isExhausted, let incumbent else { return }
            if goal == last { return }
            if goal != .money { hold(goal, at: value(of: incumbent, goal)) }
        }
    }

    /// Takes it as proved that no plan is better than the best, or that there is none.
    ///
    /// - Precondition: Cost is all that counts.
    mutating func close() {
        isExhausted = true
        bound = incumbent == nil ? nil : cutoff
    }

    // MARK: Goals

    private func costs(of goal: Goal) -> [Double] {
        switch goal {
        case .shortUnits: formulation.shortCosts
        case .lateUnits: formulation.lateCosts
        case .money: formulation.moneyCosts
        }
    }

    private mutating func setCosts() {
        let reach = incumbent.map { value(of: $0, goal) } ?? 1e6
        scale = 1024 / powerOfTwo(atLeast: max(1, reach))
        simplex.setCosts(costs(of: goal).map { $0 * scale })
        gains = BranchingGains(columns: lower.count)
    }

    /// Allows no plan that is worse in an earlier goal than the best.
    private mutating func hold(_ goal: Goal, at value: Double) {
        let costs = costs(of: goal)
        let columns = costs.indices.filter { costs[$0] != 0 }
        let terms = columns.map { ($0, costs[$0] * formulation.step[$0]) }
        if terms.isEmpty { return }
        simplex.change(
            removing: { _ in false },
            adding: [formulation.constraint(terms, from: 0, to: value, isPermanent: true)]
        )
    }

    func value(of candidate: RankedPlan, _ goal: Goal) -> Double {
        let parts = model.scale.parts(of: candidate.rank.score)
        switch goal {
        case .shortUnits: return Double(parts.backordered)
        case .lateUnits: return Double(parts.late)
        case .money: return parts.money
        }
    }

    /// Bounds above this cannot hold a plan worth having.
    private var cutoff: Double {
        guard let incumbent else { return .infinity }
        let value = value(of: incumbent, goal)
        return goal == .money ? model.scale.cutoff(below: value, within: budget) : value - 1 + 1e-6
    }

    /// What is certain of the goal before anything is solved.
    private var rootBound: Double {
        goal == .money && !isLexicographic
            ? min(max(knownBound, model.leastCost()), cutoff) : 0
    }

    // MARK: The tree

    private mutating func search(_ isCancelled: () -> Bool) {
        var open = Heap<Node>()
        var closedBound = Double.infinity
        steps = [Step(parent: -1, column: -1, low: 0, high: 0)]
        var current: Node? = Node(bound: rootBound, depth: 0, number: 0)
        var isFresh = true
        isExhausted = false
        while let node = current ?? open.popMin() {
            let isChild = current != nil
            current = nil
            if node.bound > cutoff {
                closedBound = min(closedBound, node.bound)
                continue
            }
            guard nodes < budget.nodes, !isCancelled() else {
                bound = min(node.bound, open.min?.bound ?? .infinity, closedBound, cutoff)
                return
            }
            nodes += 1
            if !isChild || isFresh { load(node.number) } else { apply(steps[node.number]) }
            isFresh = false
            guard propagate() else { continue }
            let outcome = relax(node, isCancelled)
            guard let reached = outcome else { continue }
            if isCancelled() {
                bound = min(reached, open.min?.bound ?? .infinity, closedBound, cutoff)
                return
            }
            if reached > cutoff {
                closedBound = min(closedBound, reached)
                continue
            }
            if node.depth == 0 || nodes >= nextRound { round(isCancelled) }
            if reached > cutoff {
                closedBound = min(closedBound, reached)
                continue
            }
            let decision = decide(node, reached) ?? takePoint(reached, &closedBound)
            switch decision {
            case .none:
                continue
            case .some(let split):
                let first = push(node, split, reached, isUp: split.isUpFirst)
                let second = push(node, split, reached, isUp: !split.isUpFirst)
                if let second { open.insert(second) }
                current = first
                if first == nil { isFresh = true }
            }
        }
        isExhausted = true
        bound = incumbent == nil && closedBound == .infinity ? nil : min(closedBound, cutoff)
    }

    private mutating func push(
        _ node: Node,
        _ split: Split,
        _ bound: Double,
        isUp: Bool
    ) -> Node? {
        let column = split.column
        let (low, high) = simplex.bounds(column)
        let step =
            isUp
            ? Step(parent: node.number, column: column, low: split.up, high: high)
            : Step(parent: node.number, column: column, low: low, high: split.down)
        steps.append(step)
        let estimate = isUp ? split.upBound : split.downBound
        return Node(
            bound: max(bound, estimate),
            depth: node.depth + 1,
            number: steps.count - 1
        )
    }

    private mutating func load(_ number: Int) {
        for column in lower.indices { simplex.setBounds(column, lower[column], upper[column]) }
        if !formulation.curves.isEmpty {
            simplex.removeLocalRows()
        }
        var path: [Int] = []
        var current = number
        while current > 0 {
            path.append(current)
            current = steps[current].parent
        }
        for index in path.reversed() { apply(steps[index]) }
    }

    private mutating func apply(_ step: Step) {
        if step.column < 0 { return }
        let (low, high) = simplex.bounds(step.column)
        simplex.setBounds(step.column, max(low, step.low), min(high, step.high))
    }

    // MARK: Bounds of columns

    private mutating func propagate() -> Bool {
        for _ in 0..<3 {
            var hasChanged = false
            for row in simplex.program.rows where row.isPermanent {
                guard let changed = tighten(row) else { return false }
                if changed { hasChanged = true }
            }
            for row in formulation.lazyRows {
                guard let changed = tighten(row) else { return false }
                if changed { hasChanged = true }
            }
            if !hasChanged { break }
        }
        return true
    }

    /// Tightens bounds by one row; returns whether any changed, or nil where none is left.
    private mutating func tighten(_ row: LinearProgram.Constraint) -> Bool? {
        var least = 0.0
        var most = 0.0
        for index in row.columns.indices {
            let value = row.values[index]
            let (low, high) = simplex.bounds(row.columns[index])
            least += value > 0 ? value * low : value * high
            most += value > 0 ? value * high : value * low
        }
        let slack = 1e-9
        if least > row.high + slack * 10 || most < row.low - slack * 10 { return nil }
        if most <= row.high && least >= row.low { return false }
        var hasChanged = false
        for index in row.columns.indices {
            let column = row.columns[index]
            let value = row.values[index]
            var (low, high) = simplex.bounds(column)
            if high - low <= 0 { continue }
            let reach = value.magnitude * (high - low)
            if row.high < .infinity, reach > row.high - least + slack {
                let room = (row.high - least) / value.magnitude
                if value > 0 { high = rounded(low + room, column, .down) }
                if value < 0 { low = rounded(high - room, column, .up) }
            }
            if row.low > -.infinity, reach > most - row.low + slack {
                let room = (most - row.low) / value.magnitude
                if value > 0 { low = max(low, rounded(high - room, column, .up)) }
                if value < 0 { high = min(high, rounded(low + room, column, .down)) }
            }
            let (oldLow, oldHigh) = simplex.bounds(column)
            low = max(low, oldLow)
            high = min(high, oldHigh)
            if low > high { if low > high + 1e-9 { return nil } else { low = high } }
            if low > oldLow || high < oldHigh {
                if low - oldLow + oldHigh - high > 1e-6 * (oldHigh - oldLow) {
                    simplex.setBounds(column, low, high)
                    hasChanged = true
                    least += value > 0 ? value * (low - oldLow) : value * (high - oldHigh)
                    most += value > 0 ? value * (high - oldHigh) : value * (low - oldLow)
                }
            }
        }
        return hasChanged
    }

    private func rounded(
        _ value: Double,
        _ column: Int,
        _ rule: FloatingPointRoundingRule
    ) -> Double {
        guard formulation.isInteger[column] else {
            return rule == .up ? value - 1e-9 : value + 1e-9
        }
        let number = value / formulation.step[column]
        let whole = rule == .up ? (number - 1e-6).rounded(.up) : (number + 1e-6).rounded(.down)
        return whole * formulation.step[column]
    }

    // MARK: Relaxation

    /// Returns what no plan of the node can beat, or nil where it holds none.
    private mutating func relax(_ node: Node, _ isCancelled: () -> Bool) -> Double? {
        var best = node.bound
        let rounds = 400
        var stalls = 0
        if nodes == 1 && formulation.lazyRows.count <= SplitLimits.rowsAtFirst {
            simplex.change(removing: { _ in false }, adding: formulation.lazyRows.map(\.pooled))
        }
        for _ in 0..<rounds {
            if isCancelled() { return best }
            var outcome = simplex.solve(
                cutoff: cutoff * scale * 1.0000001,
                iterations: 5000,
                isCancelled
            )
            if outcome == .infeasible && simplex.isProvedInfeasible() { return nil }
            var reached = simplex.safeBound() / scale
            if outcome != .optimal && reached <= cutoff && !isCancelled() {
                simplex.startOver()
                outcome = simplex.solve(cutoff: .infinity, iterations: 20_000, isCancelled)
                if outcome == .infeasible && simplex.isProvedInfeasible() { return nil }
                reached = simplex.safeBound() / scale
            }
            if reached > best + 1e-5 * best.magnitude { stalls = 0 } else { stalls += 1 }
            best = max(best, reached)
            if best > cutoff || outcome != .optimal { break }
            switch fix(reached, isRoot: node.depth == 0 && goal == .money) {
            case .nothing: break
            case .bounds: continue
            case .everything: return nil
            }
            let added = cuts.violated(formulation, simplex, stalls < (node.depth == 0 ? 5 : 3))
            if added.isEmpty { break }
            formulation.addLazy(added.filter { !$0.isLocal && !$0.isPooled })
            let isIdle = (0..<simplex.size).map { simplex.size > 50 && simplex.isIdle($0) }
            simplex.change(removing: { isIdle[$0] }, adding: added)
        }
        return best
    }

    /// Tightens what no plan better than the best can pass, by reduced costs.
    ///
    /// A column out of the basis that moves from its bound costs its reduced cost,
    /// whatever else moves.
    private mutating func fix(_ reached: Double, isRoot: Bool) -> Fixing {
        if cutoff == .infinity { return .nothing }
        let room = (cutoff - reached) * scale + 1e-6 * (1 + cutoff.magnitude * scale)
        var hasFixed = false
        for column in lower.indices where formulation.isInteger[column] {
            let cost = simplex.reducedCost(column)
            let (low, high) = simplex.bounds(column)
            let step = formulation.step[column]
            if low >= high || cost.magnitude * (high - low) <= room { continue }
            let steps = (room / (cost.magnitude * step) + 1e-6).rounded(.down)
            if steps * step >= high - low { continue }
            hasFixed = true
            if cost > 0 {
                simplex.setBounds(column, low, min(high, low + steps * step))
            } else {
                simplex.setBounds(column, max(low, high - steps * step), high)
            }
        }
        if !isRoot || !hasFixed { return .nothing }
        guard propagate() else { return .everything }
        for column in lower.indices { (lower[column], upper[column]) = simplex.bounds(column) }
        compress()
        return .bounds
    }

    /// What fixing has changed of the relaxation's point.
    private enum Fixing { case nothing, bounds, everything }

    /// Drops the columns that are fixed at zero, once they are many.
    private mutating func compress() {
        let isDead = lower.indices.map {
            lower[$0] == 0 && upper[$0] == 0 && !simplex.isBasic($0)
        }
        guard let zero = isDead.firstIndex(of: true),
            isDead.count(where: { $0 }) * 5 > isDead.count
        else { return }
        var next = 0
        let number: [Int?] = isDead.indices.map { column in
            if isDead[column] && column != zero { return nil }
            next += 1
            return next - 1
        }
        simplex = simplex.keeping(number)
        formulation.keep(number, zero: number[zero] ?? 0)
        lower = simplex.program.lower
        upper = simplex.program.upper
        gains = BranchingGains(columns: lower.count)
    }

    // MARK: Plans

    /// Returns the best plan, with ties moved to earlier lines and sites unless cancelled.
    mutating func settled(_ isCancelled: () -> Bool) -> RankedPlan { bench.settled(isCancelled) }

    /// Makes plans of the point; the longer that has brought nothing, the longer it waits to again.
    private mutating func round(_ isCancelled: () -> Bool) {
        let before = bench.best?.rank
        defer {
            let isBetter = bench.best.map { best in before.map { best.rank < $0 } ?? true } ?? false
            roundsPause = isBetter ? Self.pauseMinimum : min(roundsPause * 2, Self.pauseMaximum)
            nextRound = nodes + roundsPause
        }
        for flow in formulation.flows {
            bench.wish(simplex.solution(flow.column) / formulation.step[flow.column], by: flow.arc)
        }
        bench.roundWishes(isCancelled)
        for threshold in [0.5, 0.2] {
            bench.build(isCancelled) { slot in
                formulation.switches[slot].reduce(0) { $0 + simplex.solution($1) } >= threshold
            }
        }
    }

    /// Offers the point as a plan; returns a split where another of the node may be better.
    ///
    /// Some charges are rounded, and rows know them only before: then another point
    /// may cost less than this one, until the bound is above the best or there is no other.
    private mutating func takePoint(_ reached: Double, _ closedBound: inout Double) -> Split? {
        takePoint()
        if goal == .money && formulation.hasRoundedCharges && reached <= cutoff {
            return pointSplit()
        }
        closedBound = min(closedBound, reached)
        return nil
    }

    /// Takes a point without fractions as the plan it is.
    private mutating func takePoint() {
        for flow in formulation.flows {
            let steps = simplex.solution(flow.column) / formulation.step[flow.column]
            bench.wish(steps.rounded(), by: flow.arc)
        }
        bench.takeWishes()
    }

    // MARK: Branching

    struct Split {
        let column: Int
        let down: Double
        let up: Double
        /// How far the point is from down to up; known before any trial moves the point.
        var fraction = 0.5
        var isUpFirst = true
        var downBound = 0.0
        var upBound = 0.0
    }

    private mutating func decide(_ node: Node, _ reached: Double) -> Split? {
        var found: [(split: Split, merit: Double)] = []
        for isFlowTurn in [false, true] where found.isEmpty {
            for column in lower.indices where formulation.isInteger[column] {
                if formulation.isFlow[column] != isFlowTurn || formulation.isLoad[column] {
                    continue
                }
                let step = formulation.step[column]
                let number = simplex.solution(column) / step
                let down = (number + 1e-6).rounded(.down)
                let fraction = number - down
                if fraction < 1e-6 { continue }
                let split = Split(
                    column: column,
                    down: down * step,
                    up: (down + 1) * step,
                    fraction: fraction
                )
                found.append((split, gains.merit(column, fraction)))
            }
        }
        if found.isEmpty { return curveSplit() }
        found.sort {
            $0.merit > $1.merit || ($0.merit == $1.merit && $0.split.column < $1.split.column)
        }
        return strongest(found.prefix(node.depth < 8 ? 10 : 5).map(\.split), reached)
    }

    private mutating func strongest(_ splits: [Split], _ reached: Double) -> Split? {
        var best: Split?
        var bestMerit = -1.0
        var hasTried = false
        for candidate in splits {
            var split = candidate
            let column = split.column
            let fraction = split.fraction
            var down = gains.down(column) * fraction
            var up = gains.up(column) * (1 - fraction)
            if !gains.isReliable(column) {
                let (low, high) = simplex.bounds(column)
                if !hasTried { simplex.save() }
                hasTried = true
                down = trial(column, low, split.down, reached)
                up = trial(column, split.up, high, reached)
                gains.note(column, fraction, down: down, up: up)
                split.downBound = 0
            }
            let merit = max(down, 1e-6) * max(up, 1e-6)
            split.isUpFirst = formulation.isFlow[column] ? up < down : true
            if merit > bestMerit {
                bestMerit = merit
                best = split
            }
        }
        if hasTried { simplex.goBack() }
        return best
    }

    private mutating func trial(
        _ column: Int,
        _ low: Double,
        _ high: Double,
        _ reached: Double
    ) -> Double {
        let (oldLow, oldHigh) = simplex.bounds(column)
        simplex.goBack()
        simplex.setBounds(column, low, high)
        let outcome = simplex.attempt(cutoff: cutoff * scale, iterations: 40)
        let gain =
            outcome == .infeasible || outcome == .cutOff
            ? max(reached * 0.05, min(1e12, cutoff - reached))
            : max(0, simplex.objective / scale - reached)
        simplex.setBounds(column, oldLow, oldHigh)
        return gain
    }

    /// Returns a split beside the point, or nil where it is the node's only one.
    private func pointSplit() -> Split? {
        for flow in formulation.flows {
            let step = formulation.step[flow.column]
            let (low, high) = simplex.bounds(flow.column)
            let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
            if last - first < 0.5 { continue }
            let number = (simplex.solution(flow.column) / step).rounded()
            let down = min(max(number, first), last - 1)
            return Split(
                column: flow.column,
                down: down * step,
                up: (down + 1) * step,
                isUpFirst: number > down
            )
        }
        return nil
    }

    /// Splits the load of a curve where the line below it is furthest from it.
    private func curveSplit() -> Split? {
        var best: Split?
        var most = 1e-3
        for curve in formulation.curves {
            let load = (simplex.solution(curve.load) / curve.loadScale).rounded()
            let charge = simplex.solution(curve.charge) / curve.chargeScale
            let (low, high) = simplex.bounds(curve.load)
            let (first, last) = (low / curve.loadScale, high / curve.loadScale)
            if last - first < 0.5 { continue }
            let gap = curve.value(at: load) - charge
            if gap <= most { continue }
            most = gap
            let down = min(max(load, first.rounded(.up)), (last - 1).rounded(.down))
            best = Split(
                column: curve.load,
                down: down * curve.loadScale,
                up: (down + 1) * curve.loadScale
            )
        }
        return best
    }
}

/// What branching on each column has gained, per unit of fraction.
struct BranchingGains {
    private var sums: [Double]
    private var counts: [Int]
    private var total = 0.0
    private var number = 0

    init(columns: Int) {
        sums = Array(repeating: 0, count: columns * 2)
        counts = Array(repeating: 0, count: columns)
    }

    func isReliable(_ column: Int) -> Bool { counts[column] >= 4 }

    func down(_ column: Int) -> Double { mean(column, 0) }
    func up(_ column: Int) -> Double { mean(column, 1) }

    private func mean(_ column: Int, _ side: Int) -> Double {
        if counts[column] > 0 { return sums[column * 2 + side] / Double(counts[column]) }
        return number > 0 ? total / Double(number) : 1
    }

    func merit(_ column: Int, _ fraction: Double) -> Double {
        max(down(column) * fraction, 1e-6) * max(up(column) * (1 - fraction), 1e-6)
    }

    mutating func note(_ column: Int, _ fraction: Double, down: Double, up: Double) {
        sums[column * 2] += down / fraction
        sums[column * 2 + 1] += up / (1 - fraction)
        counts[column] += 1
        total += (down / fraction + up / (1 - fraction)) / 2
        number += 1
    }
}
