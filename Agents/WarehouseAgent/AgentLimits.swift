/// The agent's bounds, each with its reason.
package enum AgentLimits {
    /// Messages of bids answered at once.
    ///
    /// The ledger reads them one by one: a second only hides the time on the wire.
    package static let bidWorkers = 2
    /// The longest pause between two attempts to reach the coordinator.
    ///
    /// A restart of it is noticed within this.
    package static let reconnectMaximum: Duration = .seconds(2)
}
