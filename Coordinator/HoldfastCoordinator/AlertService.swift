import AlertDelivery
import AllocationCoordinator
import AllocationModel
import AsyncHTTPClient
import DecisionLog
import Foundation
import Logging
import ServiceLifecycle

/// Watches for what is late, and sends what the outbox holds.
struct AlertService: Service {
    let log: DecisionLog
    let driver: CoordinatorDriver
    let settings: AlertSettings
    let logger: Logger

    /// How often it looks: a message leaves, and what is late is seen, a second late at most.
    private static let pause = Duration.seconds(1)
    /// Messages sent at once.
    private static let messagesMaximum = 16

    func run() async throws {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(redirectConfiguration: .disallow)
        )
        let post = AlertPost(log: log, settings: settings, logger: logger, client: client)
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await watch() }
                    // Apart: a receiver that takes its time must not keep the watch waiting.
                    group.addTask {
                        while true {
                            try await Task.sleep(for: Self.pause)
                            try await post.send(atMost: Self.messagesMaximum)
                        }
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
        } catch is CancellationError {
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func watch() async throws {
        var watch = AlertWatch(log: log, driver: driver, settings: settings)
        while true {
            try await Task.sleep(for: Self.pause)
            try await watch.look()
        }
    }
}

/// Looks at what is late by the clock, and at what is so no more.
struct AlertWatch {
    let log: DecisionLog
    let driver: CoordinatorDriver
    let settings: AlertSettings
    /// Since when a site has been out of session, as this watch has seen it.
    private var silentSince: [Warehouse.ID: ContinuousClock.Instant] = [:]
    private var isSilent: [Warehouse.ID: Bool] = [:]
    private var turns = 0

    /// Orders and webhooks that are told of at once: whoever has more has one trouble, not many.
    private static let laggingMaximum = 100
    /// Turns between two looks at the log.
    private static let turnsBetweenReadings = 5

    init(log: DecisionLog, driver: CoordinatorDriver, settings: AlertSettings) {
        self.log = log
        self.driver = driver
        self.settings = settings
    }

    mutating func look() async throws {
        guard driver.isReady else { return }
        var signs = siteSigns(at: .now)
        if turns % Self.turnsBetweenReadings == 0 { signs += try await orderSigns(at: wallClock()) }
        turns += 1
        guard !signs.isEmpty else { return }
        let now = wallClock()
        _ = try await log.append(signs.map { .alert($0, by: settings.channels, at: now) })
    }

    /// Returns which sites have fallen silent, and which have come back.
    ///
    /// At the first look also which are there: a watch before this one may have missed them.
    private mutating func siteSigns(at instant: ContinuousClock.Instant) -> [AlertSign] {
        var signs: [AlertSign] = []
        for standing in driver.standings() {
            let warehouse = standing.warehouse
            let subject = Alert.Subject(.siteSilent, warehouse.rawValue)
            guard standing.state != .active else {
                silentSince[warehouse] = nil
                if isSilent.updateValue(false, forKey: warehouse) != false {
                    signs.append(.cleared(subject, "\(warehouse) is in session again"))
                }
                continue
            }
            let since = silentSince[warehouse] ?? instant
            silentSince[warehouse] = since
            guard instant - since >= settings.siteSilentAfter, isSilent[warehouse] != true else {
                continue
            }
            isSilent[warehouse] = true
            signs.append(
                .raised(
                    subject,
                    "\(warehouse) has not been in session for "
                        + "\(settings.siteSilentAfter.components.seconds) seconds; "
                        + "orders go to the others"
                )
            )
        }
        return signs
    }

    private func orderSigns(at now: Timestamp) async throws -> [AlertSign] {
        let patience = settings.orderLagsAfter.components.seconds * 1000
        let before = Timestamp(milliseconds: now.milliseconds - patience)
        return try await laggingSigns(before, at: now) + (try await stuckSigns(before))
    }

    /// Returns which orders sites have not acknowledged, and which they have since.
    private func laggingSigns(_ before: Timestamp, at now: Timestamp) async throws -> [AlertSign] {
        var signs: [AlertSign] = []
        for order in try await log.lagging(decidedBefore: before, limit: Self.laggingMaximum) {
            let sites = order.warehouses.map(\.rawValue).joined(separator: ", ")
            signs.append(
                .raised(
                    Alert.Subject(.holdInDoubt, order.id.rawValue),
                    "order \(order.id) was decided at \(order.decidedAt.iso8601), and not every one "
                        + "of \(sites) has acknowledged it"
                )
            )
            let leaves = try driver.plan(of: order)?.shipments.map(\.leaves).min()
            guard let leaves, leaves <= now.utcDay else { continue }
            signs.append(
                .raised(
                    Alert.Subject(.promiseAtRisk, order.id.rawValue),
                    "order \(order.id) was to leave on \(leaves), and not every one of \(sites) "
                        + "has acknowledged it"
                )
            )
        }
        for kind in [Alert.Kind.holdInDoubt, .promiseAtRisk] {
            signs += try await log.settled(amongAlertsOf: kind)
                .map { .cleared(Alert.Subject(kind, $0), "every site has acknowledged it") }
        }
        return signs
    }

    /// Returns which webhooks wait to become orders, and which wait no more.
    private func stuckSigns(_ before: Timestamp) async throws -> [AlertSign] {
        let waiting = try await log.waitingWebhooks(
            receivedBefore: before,
            limit: Self.laggingMaximum
        )
        let stuck = waiting.map { webhook in
            AlertSign.raised(
                Alert.Subject(.orderStuck, webhook.id),
                "webhook \(webhook.id) was tried \(webhook.tries) times, and its order cannot be decided"
            )
        }
        let done = try await log.webhooksDone()
            .map { AlertSign.cleared(Alert.Subject(.orderStuck, $0), "it is dealt with") }
        return stuck + done
    }
}

/// Sends what waits in the outbox, and writes down what came of it.
struct AlertPost: Sendable {
    let log: DecisionLog
    let settings: AlertSettings
    let logger: Logger
    let client: HTTPClient

    func send(atMost count: Int) async throws {
        let due = try await log.dueDeliveries(at: wallClock(), limit: count)
        guard !due.isEmpty else { return }
        try await withThrowingTaskGroup { group in
            for item in due { group.addTask { try await send(item) } }
            try await group.waitForAll()
        }
    }

    private func send(_ due: DueDelivery) async throws {
        let message = AlertMessage(due.delivery, of: due.alert, from: log.coordinator)
        let result: DeliveryResult =
            switch await sent(message, by: due.delivery.channel) {
            case .done(let note): .done(note)
            case .refused(let note): .dead(note)
            case .failed(let note, let seconds): failed(due.delivery, note, seconds ?? 0)
            }
        if case .dead(let note) = result {
            logger.error(
                "an alert could not be told; ‘alerts redeliver’ sends it again",
                metadata: [
                    "alert": "\(due.alert.number)", "channel": "\(due.delivery.channel.rawValue)",
                    "why": "\(note)",
                ]
            )
        }
        try await log.close(due.delivery.number, result)
    }

    private func failed(
        _ delivery: Alert.Delivery,
        _ note: String,
        _ seconds: Int64
    ) -> DeliveryResult {
        let again = RetrySchedule.next(
            afterFailures: Int(clamping: delivery.tries + 1),
            at: wallClock(),
            atLeast: seconds
        )
        return again.map { .failed(note, again: $0) } ?? .dead(note)
    }

    private func sent(
        _ message: AlertMessage,
        by channel: AlertChannel
    ) async -> SendingResult {
        switch channel {
        case .log:
            logger.warning(
                "alert: \(message.alert.detail)",
                metadata: [
                    "alert": "\(message.alert.number)",
                    "kind": "\(message.alert.subject.kind.rawValue)",
                    "event": "\(message.event.rawValue)",
                ]
            )
            return .done("logged")
        case .webhook:
            guard let webhook = settings.webhook else { return Self.missing(channel) }
            return await webhook.send(message, at: wallClock(), with: client)
        case .mail:
            guard let mail = settings.mail else { return Self.missing(channel) }
            return await mail.send(message, at: wallClock())
        case .sms:
            guard let texts = settings.textMessages else { return Self.missing(channel) }
            return await texts.send(message, with: client)
        }
    }

    /// A rule may name a channel that the configuration does not have.
    private static func missing(_ channel: AlertChannel) -> SendingResult {
        .refused("alerts.\(channel.rawValue) is not in the configuration")
    }
}
