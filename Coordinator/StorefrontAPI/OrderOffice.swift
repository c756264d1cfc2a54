package import AllocationModel

/// What the HTTP of the coordinator needs of the coordinator.
///
/// Closures, so that this module imports neither the desk nor the database.
/// What throws is answered with 500 and logged; what is expected to go wrong
/// has a case of its own.
package struct OrderOffice: Sendable {
    /// Places an order; the order's id is the idempotency key.
    package var submit: @Sendable (Order) async -> Submission
    /// Returns an order, or nil where the id is unknown.
    package var record: @Sendable (Order.ID) async throws -> OrderRecord?
    /// Returns a page of orders, newest first.
    package var list: @Sendable (OrderListing) async throws -> [OrderRecord]
    /// Returns orders that wait for stock, the one whose turn is next first.
    package var backorders: @Sendable (WaitingQuery) async throws -> [ListedBackorder]
    /// Returns why an order was placed as it was, or nil where nothing is known of that (yet).
    package var explanation: @Sendable (Order.ID) async throws -> Explanation?
    /// Solves a decided order again from its record; nil where there is no record to solve from.
    package var replay: @Sendable (Order.ID) async throws -> Replay?
    package var cancel: @Sendable (Order.ID) async -> Cancellation
    /// Sources what has not shipped of an order again; where it says true, shows how it would.
    package var resource: @Sendable (Order.ID, ResourcingWish, Bool) async -> ResourcingAnswer
    /// Makes a decided order another; where it says true, shows how it would be sourced then.
    package var change:
        @Sendable (Order.ID, OrderChange, ResourcingWish, Bool) async -> ResourcingAnswer
    /// Asks every site what it has of one SKU for one destination.
    package var availability: @Sendable (SKU, Destination) async -> AvailabilityAnswer
    /// Returns what an order would cost if it were placed now; its id means nothing.
    package var quote: @Sendable (Order) async -> QuoteAnswer
    /// Returns every agent of the office, by rising warehouse.
    package var standings: @Sendable () async -> [AgentStanding]
    /// Takes a webhook of Shopify's: headers in the order they came, and the body's bytes untouched.
    package var acceptWebhook: @Sendable ([HeaderLine], [UInt8]) async -> WebhookAnswer
    /// Answers what Shopify asks a carrier at checkout; headers and body as of `acceptWebhook`.
    package var carrierRates: @Sendable ([HeaderLine], [UInt8]) async -> CarrierRatesAnswer
    /// Returns whether orders can be taken, check by check.
    package var readiness: @Sendable () async -> [ReadinessCheck]
    /// Compares the decision log with itself.
    package var audit: @Sendable () async throws -> LogAudit
    /// Returns everything measured, in Prometheus's text format.
    package var metricsText: @Sendable () async -> String
    /// Adds up how well orders were filled.
    package var scorecard: @Sendable (ScorecardQuery) async throws -> Scorecard
    package var rules: RuleOffice
    package var alerts: AlertOffice
    package var events: EventOffice

    package init(
        submit: @escaping @Sendable (Order) async -> Submission,
        record: @escaping @Sendable (Order.ID) async throws -> OrderRecord?,
        list: @escaping @Sendable (OrderListing) async throws -> [OrderRecord],
        backorders: @escaping @Sendable (WaitingQuery) async throws -> [ListedBackorder],
        explanation: @escaping @Sendable (Order.ID) async throws -> Explanation?,
        replay: @escaping @Sendable (Order.ID) async throws -> Replay?,
        cancel: @escaping @Sendable (Order.ID) async -> Cancellation,
        resource:
            @escaping @Sendable (Order.ID, ResourcingWish, Bool) async -> ResourcingAnswer,
        change:
            @escaping @Sendable (Order.ID, OrderChange, ResourcingWish, Bool) async
            -> ResourcingAnswer,
        availability: @escaping @Sendable (SKU, Destination) async -> AvailabilityAnswer,
        quote: @escaping @Sendable (Order) async -> QuoteAnswer,
        standings: @escaping @Sendable () async -> [AgentStanding],
        acceptWebhook: @escaping @Sendable ([HeaderLine], [UInt8]) async -> WebhookAnswer,
        carrierRates: @escaping @Sendable ([HeaderLine], [UInt8]) async -> CarrierRatesAnswer,
        readiness: @escaping @Sendable () async -> [ReadinessCheck],
        audit: @escaping @Sendable () async throws -> LogAudit,
        metricsText: @escaping @Sendable () async -> String,
        scorecard: @escaping @Sendable (ScorecardQuery) async throws -> Scorecard,
        rules: RuleOffice,
        alerts: AlertOffice,
        events: EventOffice
    ) {
        self.events = events
        self.alerts = alerts
        self.scorecard = scorecard
        self.rules = rules
        self.submit = submit
        self.record = record
        self.list = list
        self.backorders = backorders
        self.explanation = explanation
        self.replay = replay
        self.cancel = cancel
        self.resource = resource
        self.change = change
        self.availability = availability
        self.standings = standings
        self.acceptWebhook = acceptWebhook
        self.quote = quote
        self.carrierRates = carrierRates
        self.readiness = readiness
        self.audit = audit
        self.metricsText = metricsText
    }
}

/// Which orders to add up.
package struct ScorecardQuery: Hashable, Sendable {
    /// The first and the last day on which they came, in UTC.
    package let days: ClosedRange<CivilDate>
    package let grouping: Scorecard.Grouping

    package init(days: ClosedRange<CivilDate>, grouping: Scorecard.Grouping) {
        self.days = days
        self.grouping = grouping
    }
}

/// Which orders to list.
package struct OrderListing: Hashable, Sendable {
    /// Only these, where given.
    package let status: OrderStatus?
    /// At most so many: one more than a page, which tells whether another page follows.
    package let limit: Int
    /// Only orders received before this one, where given.
    package let before: Order.ID?

    package init(status: OrderStatus?, limit: Int, before: Order.ID?) {
        self.status = status
        self.limit = limit
        self.before = before
    }
}

/// The answer to a question for availability.
package enum AvailabilityAnswer: Hashable, Sendable {
    /// By rising warehouse; sites that did not answer are missing.
    case sites([SiteAvailability])
    case unavailable(reason: String, retryAfterSeconds: Int)
}

/// One header of a request, as it came.
package struct HeaderLine: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The answer to a webhook.
package enum WebhookAnswer: Hashable, Sendable {
    /// Answered with 200: it is dealt with, or written down to be dealt with.
    case accepted(note: String)
    /// Answered with the status of the problem's code; Shopify will try again.
    case refused(Problem)
}

/// The answer to Shopify's question for rates at checkout.
package enum CarrierRatesAnswer: Hashable, Sendable {
    /// The document that Shopify reads; no rates where nothing can be shipped there.
    case rates(JSONValue)
    /// Answered with the status of the problem's code; the shop's own backup rates are shown.
    case refused(Problem)
}

/// What an audit of the decision log has found.
package struct LogAudit: Hashable, Sendable {
    /// A sentence for each contradiction of the log with itself: the file is damaged or was changed.
    package let findings: [String]
    /// What site managers have forced and was decided otherwise, the latest first.
    package let conflicts: [SiteOverride]
    /// A sentence for each lease that was written off when orders had drawn on it, the latest first.
    package let leaseConflicts: [String]

    package init(
        findings: [String],
        conflicts: [SiteOverride],
        leaseConflicts: [String] = []
    ) {
        self.findings = findings
        self.conflicts = conflicts
        self.leaseConflicts = leaseConflicts
    }
}

/// One thing that must hold before orders can be taken.
package struct ReadinessCheck: Hashable, Sendable {
    /// `decision-log`, `agents`.
    package let name: String
    package let isPassing: Bool
    /// What was found, for whoever must act on it.
    package let detail: String

    package init(name: String, isPassing: Bool, detail: String) {
        self.name = name
        self.isPassing = isPassing
        self.detail = detail
    }
}
