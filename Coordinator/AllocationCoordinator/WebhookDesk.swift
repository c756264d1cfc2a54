package import AllocationModel
package import DecisionLog
package import Logging

/// Takes webhooks in durably, and turns them into orders afterwards.
///
/// The sender is answered as soon as the webhook is on disk. Until its order is
/// decided it stays there, and is taken up again after a restart.
package final class WebhookDesk: Sendable {
    private let log: DecisionLog
    private let submit: @Sendable (Order) async -> Submission
    private let cancel: @Sendable (Order.ID) async -> Cancellation
    private let interpret: @Sendable (WebhookEntry) -> Reading
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let wake = Inbox<Void>()

    /// What a webhook means.
    package enum Reading: Sendable {
        case order(Order)
        /// The order is withdrawn.
        case cancellation(Order.ID)
        /// Nothing in it is to be allocated: why.
        case nothingToDo(String)
        /// It can never become an order: why, and what to do.
        case unusable(String)
    }

    package init(
        log: DecisionLog,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        interpret: @escaping @Sendable (WebhookEntry) -> Reading,
        submit: @escaping @Sendable (Order) async -> Submission,
        cancel: @escaping @Sendable (Order.ID) async -> Cancellation
    ) {
        self.log = log
        self.logger = logger
        self.now = now
        self.interpret = interpret
        self.submit = submit
        self.cancel = cancel
        wake.put(())
    }

    /// Makes a webhook durable; returns whether it is news, and not a repetition.
    package func receive(_ entry: WebhookEntry) async throws -> Bool {
        let isNews = try await log.append([.webhook(entry)])[0]
        if isNews { wake.put(()) }
        return isNews
    }

    /// Lets `run` end.
    package func stop() {
        wake.close()
    }

    /// Turns waiting webhooks into orders until stopped; throws where the log fails.
    package func run() async throws {
        while await wake.next() != nil {
            try await workThrough()
        }
    }

    private func workThrough() async throws {
        while true {
            let waiting = try await log.waitingWebhooks(
                limit: CoordinatorLimits.webhooksInBatchMaximum
            )
            guard !waiting.isEmpty else { return }
            let undecided = try await withThrowingTaskGroup(of: Bool.self) { group in
                for entry in waiting {
                    group.addTask { try await self.process(entry) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 0 : 1) }
            }
            guard undecided > 0 else { continue }
            // The warehouses could not be asked. The webhook waits on disk.
            do {
                try await Task.sleep(for: CoordinatorLimits.webhookRest)
            } catch {
                return
            }
        }
    }

    /// Returns whether the webhook was closed.
    private func process(_ entry: WebhookEntry) async throws -> Bool {
        switch interpret(entry) {
        case .nothingToDo(let why):
            try await close(entry, .ignored, order: nil, why)
            return true
        case .unusable(let why):
            logger.error(
                "a webhook cannot become an order",
                metadata: ["webhook": "\(entry.id)", "why": "\(why)"]
            )
            try await close(entry, .dead, order: nil, why)
            return true
        case .cancellation(let id):
            switch await cancel(id) {
            case .cancelled, .alreadyCancelled:
                try await close(entry, .done, order: id, "cancelled")
                return true
            case .alreadyShipped(let record):
                let names = record.shipments.map(\.warehouse.rawValue).joined(separator: ", ")
                logger.error(
                    "an order that has shipped cannot be cancelled; see to it with the customer",
                    metadata: ["order": "\(id)", "shipped": "\(names)"]
                )
                try await close(entry, .dead, order: id, "it has shipped, from \(names)")
                return true
            case .nothingToCancel:
                try await close(entry, .done, order: id, "it promised nothing")
                return true
            case .unknownOrder where isOld(entry):
                try await close(entry, .ignored, order: id, "the order never came")
                return true
            case .unknownOrder, .unavailable:
                // Webhooks overtake each other: its creation may be on the way.
                _ = try await log.append([.webhookTried(entry.id)])
                return false
            }
        case .order(let order):
            switch await submit(order) {
            case .placed(let record), .alreadyPlaced(let record):
                try await close(entry, .done, order: order.id, record.status.rawValue)
                return true
            case .alreadyPlacedDifferently(let difference, _):
                let why =
                    "order \(order.id) was placed before with other \(difference.rawValue); "
                    + "cancel it and place the change under a new id"
                logger.error("a webhook changes a placed order", metadata: ["why": "\(why)"])
                try await close(entry, .dead, order: order.id, why)
                return true
            case .unavailable:
                _ = try await log.append([.webhookTried(entry.id)])
                return false
            }
        }
    }

    /// Whether nothing that belongs to it can still be on the way.
    private func isOld(_ entry: WebhookEntry) -> Bool {
        now().milliseconds - entry.receivedAt.milliseconds
            > CoordinatorLimits.webhookDeliveryMilliseconds
    }

    private func close(
        _ entry: WebhookEntry,
        _ state: WebhookClosing.State,
        order: Order.ID?,
        _ note: String
    ) async throws {
        _ = try await log.append([
            .webhookClosed(
                WebhookClosing(id: entry.id, state: state, order: order, note: note)
            )
        ])
    }
}
