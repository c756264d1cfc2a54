package import AllocationModel
package import AllocationProtocol
internal import Freight
package import LiveRating
package import Logging
internal import Synchronization
package import WarehouseDesk
internal import WireFormat

/// Turns one message into its answer: decode, have the desk carry it out, encode.
///
/// What cannot be decoded changes nothing and is answered all the same, with no
/// answers in it: whoever sent it must not wait, and a counter and the log say why.
package final class AgentResponder: Sendable {
    private let desk: WarehouseDesk
    private let warehouse: Warehouse.ID
    private let boot: BootID
    private let rater: LiveRater?
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let reached: @Sendable (Milestone) -> Void
    private let tally = Mutex(Counters())
    private let start: ContinuousClock.Instant
    private let heard: Mutex<ContinuousClock.Instant>

    /// A point between a write and its telling, at which a fault test stops the process.
    package enum Milestone: String, CaseIterable, Sendable {
        /// A vote to reserve is on disk; the coordinator has not heard.
        case voteDurable = "vote-durable"
        /// A confirmation is on disk; the coordinator has not heard.
        case confirmationDurable = "confirmation-durable"
    }

    /// What has been answered since the start.
    package struct Counters: Hashable, Sendable {
        package var messages = 0
        package var requests = 0
        package var bids = 0
        package var votes = 0
        package var refusals = 0
        package var malformed = 0
    }

    /// - Parameters:
    ///   - desk: What carries requests out.
    ///   - warehouse: Whose answers these are.
    ///   - boot: The desk's.
    ///   - rater: Asked before bids are made, where the site has one.
    ///   - logger: Told of every message that cannot be read.
    ///   - now: The wall clock.
    ///   - reached: Called at each milestone.
    package init(
        desk: WarehouseDesk,
        warehouse: Warehouse.ID,
        boot: BootID,
        rater: LiveRater? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        reached: @escaping @Sendable (Milestone) -> Void = { _ in }
    ) {
        self.desk = desk
        self.warehouse = warehouse
        self.boot = boot
        self.rater = rater
        self.logger = logger
        self.now = now
        self.reached = reached
        start = .now
        heard = Mutex(start)
    }

    /// What has been answered since the start.
    package var counters: Counters { tally.withLock { $0 } }

    /// How long ago the coordinator last spoke, or this process began where it has not yet.
    package var silence: Duration {
        heard.withLock { ContinuousClock.now - $0 }
    }

    /// Returns the answer to one message.
    ///
    /// - Throws: What the ledger throws where the process must stop.
    package func answer(_ message: [UInt8]) async throws -> [UInt8] {
        let received = ContinuousClock.now
        let batch: RequestBatch
        do {
            batch = try Wire.decodeRequests(message)
        } catch {
            tally.withLock { $0.malformed += 1 }
            logger.error(
                "a message from the coordinator cannot be read",
                metadata: ["why": "\(error)", "bytes": "\(message.count)"]
            )
            return Wire.encode(AnswerBatch(warehouse: warehouse, boot: boot, answers: []))
        }
        let answers = try await desk.answer(
            batch,
            now: now(),
            uptime: ContinuousClock.now - start,
            live: try await liveRates(for: batch, since: received),
            age: { ContinuousClock.now - received }
        )
        count(answers)
        // One that is fenced knows nothing of what is decided now.
        if !answers.answers.contains(where: \.isFencing) { heard.withLock { $0 = received } }
        for case .refused(.overridden(let transaction)) in answers.answers {
            logger.error(
                "the order was decided otherwise than its reservation was forced here",
                metadata: ["transaction": "\(transaction)", "hint": "see ‘hold forced’"]
            )
        }
        for answer in answers.answers {
            switch answer {
            case .vote(_, .reserve): reached(.voteDurable)
            case .confirmed: reached(.confirmationDurable)
            case .vote(_, .refuse), .hello, .attach, .holdings, .restored, .ready, .bid,
                .released, .noted, .leaseNoted, .countsNoted, .refused:
                break
            }
        }
        return Wire.encode(answers)
    }

    /// Asks the rater for what the bids of a batch hang on, if there is one.
    ///
    /// It has half of what is left of the round, so that the bid is made and sent in the
    /// other half. Nothing else waits for it: what a refused vote bids anew is priced by
    /// what is known.
    private func liveRates(
        for batch: RequestBatch,
        since received: ContinuousClock.Instant
    ) async throws -> LiveRates? {
        guard let rater else { return nil }
        let services = rater.services
        let left = batch.requests.compactMap { request in
            if case .bid(let asked) = request { asked.remainingMilliseconds } else { nil }
        }
        guard let shortest = left.min() else {
            return LiveRates(services: services) { rater.known($0) }
        }
        let packages = try await desk.packagesToRate(for: batch, by: services, now: now())
        let patience = (.milliseconds(shortest) - (ContinuousClock.now - received)) / 2
        let answers = await rater.ask(packages, within: patience)
        return LiveRates(services: services) { answers[$0] ?? rater.known($0) }
    }

    private func count(_ batch: AnswerBatch) {
        tally.withLock { counters in
            counters.messages += 1
            counters.requests += batch.answers.count
            for answer in batch.answers {
                switch answer {
                case .bid: counters.bids += 1
                case .vote: counters.votes += 1
                case .refused: counters.refusals += 1
                case .hello, .attach, .holdings, .restored, .ready, .confirmed, .released,
                    .noted, .leaseNoted, .countsNoted:
                    break
                }
            }
        }
    }
}

extension Answer {
    /// Whether it turns an older coordinator away.
    fileprivate var isFencing: Bool {
        if case .refused(.staleEpoch) = self { true } else { false }
    }
}
