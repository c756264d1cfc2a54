/// What of a model a plan worth having may still use.
struct Reach {
    var arcs: [Bool]
    /// By slot: whether each way of charging it may be used, as `PricedWays` orders them.
    ///
    /// None where all may.
    var ways: [[Bool]]
    /// By pile: the fewest and the most units taken.
    var fewest: [Int64]
    var most: [Int64]

    /// All of a model.
    init(all model: SearchModel) {
        arcs = model.arcs.map { _ in true }
        ways = model.slots.map { _ in [] }
        fewest = model.piles.map { _ in 0 }
        most = model.piles.map(\.capacity)
    }

    /// Nothing of a model of which the slots may be charged in so many ways.
    init(noneOf model: SearchModel, ways counts: [Int]) {
        arcs = model.arcs.map { _ in false }
        ways = counts.map { Array(repeating: false, count: $0) }
        fewest = model.piles.map { _ in .max }
        most = model.piles.map { _ in 0 }
    }

    /// Whether it is too much for linear programs.
    func isTooLarge(for budget: SolverBudget) -> Bool {
        arcs.count { $0 } > budget.arcsRelaxed
    }

    func allows(way: Int, of slot: Int) -> Bool { ways[slot].isEmpty || ways[slot][way] }
}
