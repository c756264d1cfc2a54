/// The solver's own bounds, each with its reason; the model's `Limits` hold as well.
package enum SplitLimits {
    /// Days between the first and the last arrival: ten years, so that a sum of days stays small.
    package static let daysMaximum = 3653
    /// The most a plan may cost or a shipment weigh: leaves `Int64` a factor of eight for sums.
    static let sumMaximum: Int64 = 1 << 60
    /// The most that the sites of one bid may add to that: two hundred of them fit, and the order.
    package static let siteSumMaximum = Int128(sumMaximum >> 8)
    /// The most any score of the search may be, so that its products with prices fit `Int128`.
    static let scoreMaximum: Int128 = 1 << 104
    /// Dives below the root that may use all their moves.
    static let divesMaximum = 10

    /// Returns the moves local search may try on one plan of so many arcs.
    ///
    /// More where more work is allowed, and where one look at every line takes more.
    static func moves(within budget: SolverBudget, arcs: Int) -> Int {
        (2000 + min(budget.nodes, 2000) * 20) * (1 + arcs / 500)
    }

    /// The most arcs of an order that is priced before it has a lawful plan.
    static let arcsPricedFirst = 20_000
    /// The most arcs of an order whose relaxation is solved: its time grows with their square.
    package static let arcsRelaxed = 30_000
    /// The most waiting rows that the first relaxation is given at once, not as they are violated.
    static let rowsAtFirst = 4000
    /// Returns the moves local search may try on a plan that prices begin from or have led to.
    static func sketchMoves(arcs: Int) -> Int { min(2000 * (1 + arcs / 500), 150_000) }
    /// Times that a plan does without one of its shipments, to see what that leads to.
    static let shakesMaximum = 40
    /// How much dearer than the best a sketch may be to be worth those moves.
    static let sketchReach = 0.1
    /// Rounds of slope scaling for the plan that prices begin from, and for each that they lead to.
    static let scalingRounds = 40
    static let sketchRounds = 8
    /// First plans that local search improves before the tree is begun.
    static let startsMaximum = 3
}
