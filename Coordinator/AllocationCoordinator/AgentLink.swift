internal import AllocationModel
internal import AllocationProtocol
internal import NNG
internal import OrderDesk
internal import Synchronization
internal import WireFormat

/// One of the two lines to an agent.
///
/// Requests wait while one message is under way, and then go together.
///
/// Nothing is decided here. A message that is not answered is reported with its
/// requests; whether it was carried out is unknown, and the protocol repeats it.
package final class AgentLink: Sendable {
    let warehouse: Warehouse.ID
    let kind: Kind
    private let outbox = Inbox<Office.Outgoing>()
    private let isConnected = Atomic<Bool>(false)
    private let counters: Mutex<Counters>

    /// Which of the two lines it is.
    package enum Kind: String, CaseIterable, Sendable {
        /// Bids, which may be slow.
        case bids
        /// Everything else, which may not wait behind a bid.
        case transactions
    }

    /// What a message costs and brings.
    struct Counters: Sendable {
        var messages = 0
        var requests = 0
        var bytesSent = 0
        var bytesReceived = 0
        var failures = 0
    }

    init(warehouse: Warehouse.ID, kind: Kind) {
        self.warehouse = warehouse
        self.kind = kind
        counters = Mutex(Counters())
    }

    var tally: Counters { counters.withLock { $0 } }
    var queued: Int { outbox.count }

    /// Whether the agent's end is there.
    var isUp: Bool { isConnected.load(ordering: .acquiring) }

    func noteConnection(_ isUp: Bool) {
        isConnected.store(isUp, ordering: .releasing)
    }

    func send(_ outgoing: Office.Outgoing) {
        outbox.put(outgoing)
    }

    func close() {
        outbox.close()
    }

    /// Sends until closed, one message at a time.
    func run(
        on context: consuming RequestContext,
        as coordinator: Coordinator.ID,
        start: UInt64,
        patience: Duration,
        heading: @Sendable () -> Office.Heading,
        report: @Sendable (Office.Event) -> Void
    ) async {
        var context = context
        while let waiting = await outbox.next(limit: Limits.batchRequestsMaximum) {
            // Requests of another session go in a message of their own; so does a
            // page of a restoration, which may be as large as a message can be.
            let session = waiting[0].session
            let together =
                waiting[0].request.isLarge
                ? waiting.prefix(1)
                : waiting.prefix { $0.session == session && !$0.request.isLarge }
            outbox.putBack(waiting.dropFirst(together.count))
            let requests = together.map(\.request)
            guard isUp else {
                report(.failed(warehouse, requests))
                continue
            }
            let heading = heading()
            let batch = RequestBatch(
                coordinator: coordinator,
                epoch: heading.epoch,
                session: session,
                endedBelow: heading.endedBelow,
                start: start,
                decisions: heading.decisions,
                requests: requests
            )
            do {
                let message = Wire.encode(batch)
                let answer = try await context.exchange(Message(message), timeout: patience)
                    .copyBytes()
                note(requests.count, sent: message.count, received: answer.count)
                let answers = try Wire.decodeAnswers(answer)
                report(.answered(warehouse, session, requests, answers))
            } catch {
                counters.withLock { $0.failures += 1 }
                report(.failed(warehouse, requests))
            }
        }
    }

    private func note(_ requests: Int, sent: Int, received: Int) {
        counters.withLock { counters in
            counters.messages += 1
            counters.requests += requests
            counters.bytesSent += sent
            counters.bytesReceived += received
        }
    }
}

extension Request {
    /// Whether it may take up a message by itself.
    fileprivate var isLarge: Bool {
        switch self {
        case .report, .restore: true
        case .drain(let ruling): ruling.draws.count > Self.drawsOfAnOrder
        case .greet, .challenge, .activate, .bid, .reserve, .confirm, .release, .cancel,
            .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease:
            false
        }
    }

    /// Draws that one order seldom exceeds: with as many lines, it is as long as they are.
    private static let drawsOfAnOrder = 32
}
