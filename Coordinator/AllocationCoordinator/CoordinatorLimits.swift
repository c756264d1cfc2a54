/// The coordinator's bounds, each with its reason.
package enum CoordinatorLimits {
    /// Orders under way at once; above it the office says 503.
    ///
    /// At 100 kB of bids each, the most that a small office machine holds.
    package static let ordersUnderWayMaximum = 4096
    /// Events in one step: bounds the records of one transaction, and so its time.
    package static let eventsInStepMaximum = 4096
    /// How long one message to an agent may take before it counts as lost.
    package static let exchangePatience: Duration = .seconds(5)
    /// How often a site in session is asked whether it is there.
    package static let heartbeat: Duration = .seconds(5)
    /// How often a connected site that is not in session is greeted.
    ///
    /// It is greeted at once when it connects; this is for when that was lost.
    /// Longer than three exchanges over any line, for a greeting begins anew.
    package static let reconnection: Duration = .seconds(2)
    /// Orders that are followed up when stock comes; what waits beyond is, after the next start.
    package static let waitingMaximum = 100_000
    /// Orders whose departures are watched; what is due beyond is, after the next start.
    package static let departuresMaximum = 100_000
    /// Webhooks taken from the log at once.
    package static let webhooksInBatchMaximum = 64
    /// How long a webhook whose order could not be decided rests before it is tried again.
    package static let webhookRest: Duration = .seconds(2)
    /// How long a webhook may be under way: Shopify retries for four hours.
    package static let webhookDeliveryMilliseconds: Int64 = 5 * 3_600_000
}
