internal import AllocationModel
internal import HeapModule

/// Best-first branch and bound over boxes.
///
/// Ends with the best plan there is, or, when the budget does, with the least
/// bound of what is left. Ties are broken by index throughout.
struct TreeSearch {
    let model: SearchModel
    let budget: SolverBudget
    private(set) var incumbent: Candidate?
    /// No plan scores less; nil once it is certain that there is no plan.
    private(set) var bound: Int128? = 0
    private(set) var nodes: Int
    private var moves: Int

    private struct Node: Comparable {
        let bound: Int128
        /// Deeper nodes first, then older ones, where bounds are equal.
        let depth: Int
        let number: Int
        let prices: [Double]

        static func < (left: Self, right: Self) -> Bool {
            if left.bound != right.bound { return left.bound < right.bound }
            if left.depth != right.depth { return left.depth > right.depth }
            return left.number < right.number
        }
        static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    }

    /// How a node came from its parent.
    private struct Step {
        let parent: Int
        let decision: SearchBox.Decision?
    }

    /// What bounding a box taught.
    private struct Outcome {
        var bound: Int128
        var prices: [Double]
        var averages: Averages
    }

    /// Starts from what is known: a plan, and that none scores less than `bound`.
    init(_ model: SearchModel, within budget: SolverBudget, from incumbent: Candidate?, nodes: Int)
    {
        self.model = model
        self.budget = budget
        self.incumbent = incumbent
        self.nodes = nodes
        moves = SplitLimits.moves(within: budget) * SplitLimits.divesMaximum
    }

    mutating func run(isCancelled: () -> Bool) {
        var steps = [Step(parent: -1, decision: nil)]
        var open = Heap<Node>()
        open.insert(Node(bound: 0, depth: 0, number: 0, prices: startPrices()))
        while let node = open.popMin() {
            if isGoodEnough(node.bound) {
                bound = node.bound
                return
            }
            guard nodes < budget.nodes, !isCancelled() else {
                bound = node.bound
                return
            }
            nodes += 1
            var box = SearchBox(model)
            for decision in path(to: node.number, steps) { box.apply(decision, in: model) }
            guard box.tighten(model) else { continue }
            let outcome = outcome(of: box, from: node)
            if isHopeless(outcome.bound) { continue }
            guard let decisions = Branching(model, box, outcome.averages).decisions() else {
                consider(box)
                continue
            }
            for decision in decisions {
                steps.append(Step(parent: node.number, decision: decision))
                open.insert(
                    Node(
                        bound: outcome.bound,
                        depth: node.depth + 1,
                        number: steps.count - 1,
                        prices: outcome.prices
                    )
                )
            }
        }
        bound = incumbent?.rank.score
    }

    private func path(to number: Int, _ steps: [Step]) -> [SearchBox.Decision] {
        var decisions: [SearchBox.Decision] = []
        var current = number
        while current >= 0 {
            if let decision = steps[current].decision { decisions.append(decision) }
            current = steps[current].parent
        }
        return decisions.reversed()
    }

    private func isHopeless(_ bound: Int128) -> Bool {
        incumbent.map { bound >= $0.rank.score } ?? false
    }

    private func isGoodEnough(_ bound: Int128) -> Bool {
        guard let score = incumbent?.rank.score else { return false }
        let allowed = score / 1_000_000 * Int128(budget.gapMillionths)
        return bound >= score - allowed
    }

    private mutating func outcome(of box: SearchBox, from node: Node) -> Outcome {
        let relaxation = Relaxation(model, box)
        let isRoot = node.depth == 0
        var ascent = PriceAscent(model, from: node.prices)
        var best = Outcome(bound: node.bound, prices: node.prices, averages: Averages(model))
        for _ in 0..<(isRoot ? SplitLimits.rootAscents : SplitLimits.nodeAscents) {
            let answer = relaxation.answer(at: ascent.prices)
            best.averages.add(answer)
            let bound = model.scale.roundedUp(answer.bound)
            if bound > best.bound || ascent.isFirst {
                best.prices = ascent.prices
                best.bound = max(bound, best.bound)
            }
            if isHopeless(best.bound) { return best }
            guard ascent.step(answer, towards: incumbent?.rank.score) else { break }
        }
        if isRoot || nodes % SplitLimits.nodesPerDive == 0 { dive(box, best.averages) }
        return best
    }

    /// Returns prices that pay for the plan known, or those of the backorder where none is.
    private func startPrices() -> [Double] {
        if let incumbent { return averagePrices(of: incumbent) }
        return model.lines.map { $0.backorder.approximate }
    }

    /// Spreads the incumbent's score over its units by weight.
    private func averagePrices(of candidate: Candidate) -> [Double] {
        let weights = model.lines.map { line in
            line.piles.reduce(1.0) { max($0, Double(model.piles[$1].unitBillableWeight)) }
        }
        var total = 1.0
        for (index, line) in model.lines.enumerated() {
            total += Double(line.quantity) * weights[index]
        }
        return weights.map { candidate.rank.score.approximate * $0 / total }
    }

    private mutating func dive(_ box: SearchBox, _ averages: Averages) {
        for threshold in [0.5, 0.15] where moves > 0 {
            let allowed = model.slots.indices.map {
                box.slotUses[$0] != .closed && averages.slots[$0] >= threshold
            }
            var candidate = Construction(model: model, isAllowed: allowed).candidate()
            improve(&candidate)
        }
    }

    private mutating func improve(_ candidate: inout Candidate) {
        var search = LocalSearch(
            model: model,
            isAllowed: model.slots.map { _ in true },
            moves: min(moves, SplitLimits.moves(within: budget))
        )
        let before = search.moves
        search.improve(&candidate)
        moves -= before - max(0, search.moves)
        keep(candidate)
    }

    private mutating func consider(_ box: SearchBox) {
        var candidate = Candidate(model)
        let changes = model.arcs.indices.filter { box.arcLow[$0] > 0 }
            .map {
                Candidate.Change(arc: $0, difference: box.arcLow[$0])
            }
        if candidate.apply(changes) { keep(candidate) }
    }

    private mutating func keep(_ candidate: Candidate) {
        guard candidate.isLawful else { return }
        if incumbent.map({ candidate.rank < $0.rank }) ?? true { incumbent = candidate }
    }
}

/// What relaxations decided lately, averaged: a guess at how much of each is in a good plan.
struct Averages {
    private(set) var units: [Double]
    private(set) var slots: [Double]
    private(set) var sites: [Double]
    private var isEmpty = true

    init(_ model: SearchModel) {
        units = Array(repeating: 0, count: model.arcs.count)
        slots = Array(repeating: 0, count: model.slots.count)
        sites = Array(repeating: 0, count: model.sites.count)
    }

    mutating func add(_ answer: Relaxation.Answer) {
        // Recent answers weigh most; the first is taken whole.
        let weight = isEmpty ? 1 : 0.15
        isEmpty = false
        for index in units.indices { units[index] += weight * (answer.units[index] - units[index]) }
        for index in slots.indices {
            slots[index] += weight * ((answer.isSlotUsed[index] ? 1 : 0) - slots[index])
        }
        for index in sites.indices {
            sites[index] += weight * ((answer.isSiteUsed[index] ? 1 : 0) - sites[index])
        }
    }
}

/// Raises the bound by moving prices towards lines that are short.
///
/// A subgradient method with Polyak's step and a direction that remembers
/// (Camerini, Fratta and Maffioli, 1975).
struct PriceAscent {
    private(set) var prices: [Double]
    private(set) var isFirst = true
    private var direction: [Double]
    private var stepScale = 1.0
    private var best = -Double.infinity
    private var bestPrices: [Double]
    private var failures = 0

    init(_ model: SearchModel, from prices: [Double]) {
        self.prices = prices
        bestPrices = prices
        direction = prices.map { _ in 0 }
    }

    /// Moves the prices; returns false where there is no better direction.
    mutating func step(_ answer: Relaxation.Answer, towards target: Int128?) -> Bool {
        isFirst = false
        let bound = answer.bound.approximate
        if bound > best {
            best = bound
            bestPrices = prices
            failures = 0
        } else {
            failures += 1
            if failures >= 4 {
                stepScale /= 2
                failures = 0
                prices = bestPrices
                direction = direction.map { _ in 0 }
            }
        }
        for index in direction.indices {
            direction[index] = answer.shortage[index] + 0.6 * direction[index]
        }
        let square = direction.reduce(0) { $0 + $1 * $1 }
        if square < 1e-9 || stepScale < 0.01 { return false }
        let goal = target?.approximate ?? max(best, 1) * 1.1
        let step = stepScale * max(goal - bound, abs(goal) * 1e-6) / square
        for index in prices.indices { prices[index] += step * direction[index] }
        return true
    }
}
