package import AllocationModel

/// What makes a plan lawful and which lawful plan is best.
package struct SplitPolicy: Hashable, Sendable {
    package let completeness: Completeness
    /// The most sites that may ship, or nil.
    package let warehousesMaximum: Int?
    /// The most shipments there may be, or nil.
    package let shipmentsMaximum: Int?
    package let objective: Objective
    /// Sites that must each ship at least one unit.
    package let forced: [Int]
    /// Sites that may ship nothing.
    package let forbidden: [Int]
    /// At most one for each site.
    package let preferences: [Preference]

    package init(
        completeness: Completeness = .complete,
        warehousesMaximum: Int? = nil,
        shipmentsMaximum: Int? = nil,
        objective: Objective = .weighted,
        forced: [Int] = [],
        forbidden: [Int] = [],
        preferences: [Preference] = []
    ) {
        self.completeness = completeness
        self.warehousesMaximum = warehousesMaximum
        self.shipmentsMaximum = shipmentsMaximum
        self.objective = objective
        self.forced = forced
        self.forbidden = forbidden
        self.preferences = preferences
    }

    /// What is made least.
    package enum Objective: Hashable, Sendable {
        /// The sum of all costs, with those of backordered and late units.
        case weighted
        /// Backordered units, then late units, then the other costs.
        case lexicographic
    }

    /// Reluctance to use a site, as the cost it must save to be used all the same.
    ///
    /// Counted once in the total if the site ships anything, under its own
    /// heading: nobody is ever charged it. To prefer a site, give this to the others.
    package struct Preference: Hashable, Sendable {
        package let warehouse: Int
        package let reluctance: Cost

        package init(warehouse: Int, reluctance: Cost) {
            self.warehouse = warehouse
            self.reluctance = reluctance
        }
    }
}

/// How much work a solution is worth.
///
/// Counted and never timed, so that the same problem has the same answer on
/// every machine.
package struct SolverBudget: Hashable, Sendable {
    /// Subproblems examined at most.
    package let nodes: Int
    /// Millionths of the cost that the plan may be off and still end the search; 0 to prove it.
    package let gapMillionths: Int64
    /// Times that every site is asked at most what it would ship at given prices.
    ///
    /// Prices leave a much smaller order to search; without any, all of it is searched.
    package let priceRounds: Int
    /// The most ways for a pile to ride of an order whose linear program is solved.
    ///
    /// Plans of a larger one are looked for by prices for as long as the budget lasts.
    package let arcsRelaxed: Int

    package init(
        nodes: Int = 100_000,
        gapMillionths: Int64 = 0,
        priceRounds: Int = 100,
        arcsRelaxed: Int = SplitLimits.arcsRelaxed
    ) {
        self.nodes = nodes
        self.gapMillionths = gapMillionths
        self.priceRounds = priceRounds
        self.arcsRelaxed = arcsRelaxed
    }
}
