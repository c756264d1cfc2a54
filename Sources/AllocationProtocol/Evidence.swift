package import AllocationModel

/// What an order was decided on: enough to reach the same plan again, bit for bit.
package struct Evidence: Hashable, Sendable {
    /// The bids of the round that was solved, by rising warehouse.
    package let bids: [Bid]
    /// Sites that were asked and did not answer in time.
    package let silent: [Warehouse.ID]
    /// Sites that were not in session, or whose link failed.
    package let unreachable: [Warehouse.ID]
    /// How often the order was solved before it was decided.
    package let attempts: Int
    /// Nodes the last search visited.
    package let nodes: Int64
    /// The version of the solver that made the plan.
    package let solverVersion: Int
    /// The version of the office's rules that were in force; 0 for none.
    package let rulesVersion: Int64
    /// What the directory said of whoever ordered.
    package let customer: Customer?
    /// What the directory said of the order's SKUs, by rising SKU, where it knows them.
    package let profiles: [SKUProfile]
    /// The bounds within which the order was split; nil where the record is older than them.
    package let policy: SourcingPolicy?

    package init(
        bids: [Bid],
        silent: [Warehouse.ID],
        unreachable: [Warehouse.ID],
        attempts: Int,
        nodes: Int64,
        solverVersion: Int,
        rulesVersion: Int64 = 0,
        customer: Customer? = nil,
        profiles: [SKUProfile] = [],
        policy: SourcingPolicy? = nil
    ) {
        self.policy = policy
        self.bids = bids
        self.silent = silent
        self.unreachable = unreachable
        self.attempts = attempts
        self.nodes = nodes
        self.solverVersion = solverVersion
        self.rulesVersion = rulesVersion
        self.customer = customer
        self.profiles = profiles
    }
}
