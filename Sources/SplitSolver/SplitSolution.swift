package import AllocationModel

/// The answer to a split problem.
package enum SplitSolution: Hashable, Sendable {
    case plan(SplitPlan)
    case unfillable(SplitRefusal)
}

/// Which site ships what, what that costs, and how much less any plan could cost.
package struct SplitPlan: Hashable, Sendable {
    /// By rising line, then site, then service; no two alike.
    package let assignments: [SplitAssignment]
    /// What `SplitSolver.evaluate` makes of the assignments.
    package let costs: SplitCosts
    /// No lawful plan costs less.
    ///
    /// In a lexicographic order, none with as few backordered and late units;
    /// zero while those are not proved to be the fewest.
    package let bound: Cost
    /// Whether `bound` is the cost: no lawful plan costs less.
    ///
    /// In a lexicographic order, none has fewer backordered or late units either.
    package let isProved: Bool
    /// Subproblems examined.
    package let nodes: Int

    package init(
        assignments: [SplitAssignment],
        costs: SplitCosts,
        bound: Cost,
        isProved: Bool,
        nodes: Int
    ) {
        self.assignments = assignments
        self.costs = costs
        self.bound = bound
        self.isProved = isProved
        self.nodes = nodes
    }

    package var cost: Cost { costs.total }

    /// The most any lawful plan could save.
    package var gap: Cost { cost - bound }

    /// The sites that ship, rising.
    package var warehouses: [Int] { costs.warehouses.map(\.warehouse) }
}

/// Units of one line from one site by one service.
package struct SplitAssignment: Hashable, Sendable {
    package let line: Int
    package let warehouse: Int
    package let service: Int
    package let quantity: Int64

    package init(line: Int, warehouse: Int, service: Int, quantity: Int64) {
        self.line = line
        self.warehouse = warehouse
        self.service = service
        self.quantity = quantity
    }
}

/// Why an order has no plan.
package struct SplitRefusal: Hashable, Sendable {
    /// For each line, the most units that some lawful plan for the line alone could ship.
    ///
    /// A line for which this is less than was asked is a reason by itself. Where
    /// none is, the lines fit one by one but not together.
    package let unitsMaximum: [Int64]
    /// Whether there certainly is no plan; otherwise the budget ended before one was found.
    package let isProved: Bool
    /// Subproblems examined.
    package let nodes: Int

    package init(unitsMaximum: [Int64], isProved: Bool, nodes: Int) {
        self.unitsMaximum = unitsMaximum
        self.isProved = isProved
        self.nodes = nodes
    }
}

/// Everything a plan costs, under headings that add up to the total.
package struct SplitCosts: Hashable, Sendable {
    /// By rising site, service and segregation group.
    package let shipments: [Shipment]
    /// By rising site.
    package let warehouses: [SiteCosts]
    /// Units not shipped, for every line of the problem.
    package let backorderedUnits: [Int64]
    /// What those count for; zero in a lexicographic order.
    package let backorder: Cost
    /// The sum of all headings: what was made least.
    package let total: Cost

    package init(
        shipments: [Shipment],
        warehouses: [SiteCosts],
        backorderedUnits: [Int64],
        backorder: Cost,
        total: Cost
    ) {
        self.shipments = shipments
        self.warehouses = warehouses
        self.backorderedUnits = backorderedUnits
        self.backorder = backorder
        self.total = total
    }

    package var backorderUnits: Int64 { backorderedUnits.reduce(0, +) }
    package var lateUnits: Int64 { shipments.reduce(0) { $0 + $1.lateUnits } }

    /// What leaves one site by one service in one segregation group.
    package struct Shipment: Hashable, Sendable {
        package let warehouse: Int
        package let service: Int
        package let segregationGroup: Int
        /// By rising line.
        package let contents: [Content]
        package let load: Load
        package let freight: Cost
        package let handling: Cost
        /// What its late units count for; zero in a lexicographic order.
        package let late: Cost
        package let lateUnits: Int64
        package let etaDay: Int

        package init(
            warehouse: Int,
            service: Int,
            segregationGroup: Int,
            contents: [Content],
            load: Load,
            freight: Cost,
            handling: Cost,
            late: Cost,
            lateUnits: Int64,
            etaDay: Int
        ) {
            self.warehouse = warehouse
            self.service = service
            self.segregationGroup = segregationGroup
            self.contents = contents
            self.load = load
            self.freight = freight
            self.handling = handling
            self.late = late
            self.lateUnits = lateUnits
            self.etaDay = etaDay
        }
    }

    /// Units of a line in a shipment.
    package struct Content: Hashable, Sendable {
        package let line: Int
        package let quantity: Int64

        package init(line: Int, quantity: Int64) {
            self.line = line
            self.quantity = quantity
        }
    }

    /// What a site costs beside its shipments.
    package struct SiteCosts: Hashable, Sendable {
        package let warehouse: Int
        package let fixed: Cost
        /// The policy's reluctance to use it.
        package let preference: Cost
        /// By rising line.
        package let picks: [Pick]

        package init(warehouse: Int, fixed: Cost, preference: Cost, picks: [Pick]) {
            self.warehouse = warehouse
            self.fixed = fixed
            self.preference = preference
            self.picks = picks
        }
    }

    /// What taking a line from a site costs, over all its shipments.
    package struct Pick: Hashable, Sendable {
        package let line: Int
        package let quantity: Int64
        package let pick: Cost
        package let scarcity: Cost

        package init(line: Int, quantity: Int64, pick: Cost, scarcity: Cost) {
            self.line = line
            self.quantity = quantity
            self.pick = pick
            self.scarcity = scarcity
        }
    }
}
