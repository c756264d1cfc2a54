package import AllocationModel

/// Why a plan is as it is, for people who ask.
package struct SplitExplanation: Hashable, Sendable {
    /// One for each site, in the problem's order.
    package let warehouses: [Site]
    /// The best plan that ships from another set of sites.
    package let runnerUp: Alternative

    package init(warehouses: [Site], runnerUp: Alternative) {
        self.warehouses = warehouses
        self.runnerUp = runnerUp
    }

    /// A site's part in the plan, or why it has none.
    package enum Site: Hashable, Sendable {
        /// Ships; the alternative is the best plan without it.
        case used(without: Alternative)
        /// The policy forbids it.
        case forbidden
        /// Holds no lawful quantity of any line.
        case noStock
        /// Holds stock, but no service may or can carry a lawful quantity of it.
        case noService
        /// Could ship; the alternative is the best plan in which it does.
        case unused(using: Alternative)
    }

    /// What a plan under one more condition would cost.
    package enum Alternative: Hashable, Sendable {
        /// A plan whose total less the explained plan's is `difference`.
        ///
        /// Negative only if the explained plan is not proved, or if it has fewer
        /// backordered or late units in a lexicographic order.
        case plan(SplitPlan, difference: Cost)
        /// There is none.
        case none
        /// The budget ended before one was found.
        case unknown
    }
}
