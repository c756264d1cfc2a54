internal import AllocationModel
package import Logging
internal import NNG
internal import ServiceLifecycle
internal import Synchronization

/// The site's end of the lines to its coordinator: dials, and answers what is asked.
///
/// Two lines, so that a confirm never waits behind bids. Transactions are
/// carried out one after the other, in the order in which they came; bids
/// several at once.
package final class WarehouseAgent: Service {
    private let responder: AgentResponder
    private let url: String
    private let logger: Logger
    private let connected = Mutex<[Line: Int]>([:])

    /// One of the two lines, by the last part of its path.
    package enum Line: String, CaseIterable, Hashable, Sendable {
        case bids
        case transactions

        /// Messages answered at once.
        var workers: Int {
            switch self {
            case .bids: AgentLimits.bidWorkers
            case .transactions: 1
            }
        }
    }

    /// - Parameters:
    ///   - responder: What answers.
    ///   - coordinatorURL: Where the coordinator listens, without a path.
    ///   - token: The site's own part of the path.
    ///   - logger: Told when a line comes and goes.
    package init(
        responder: AgentResponder,
        coordinatorURL: String,
        token: String,
        logger: Logger
    ) {
        self.responder = responder
        url = "\(coordinatorURL)/agents/\(token)"
        self.logger = logger
    }

    /// Whether both lines have a connection.
    ///
    /// It proves little: only an answered question does.
    package var isConnected: Bool {
        connected.withLock { lines in Line.allCases.allSatisfy { (lines[$0] ?? 0) > 0 } }
    }

    /// Answers until the service group shuts down, or the ledger says that the process must stop.
    package func run() async throws {
        try await cancelWhenGracefulShutdown { [self] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for line in Line.allCases {
                    let socket = try socket(for: line)
                    for _ in 0..<line.workers {
                        group.addTask { try await self.serve(socket) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func socket(for line: Line) throws -> Socket {
        let socket = try Socket(
            .reply,
            options: SocketOptions(
                receiveSizeMaximum: Limits.messageBytesMaximum,
                reconnectMaximum: AgentLimits.reconnectMaximum
            )
        ) { [self] event, _ in note(event, on: line) }
        _ = try socket.dial("\(url)/\(line.rawValue)")
        return socket
    }

    private func note(_ event: PipeEvent, on line: Line) {
        switch event {
        case .adding: break
        case .added: connected.withLock { $0[line, default: 0] += 1 }
        case .removed: connected.withLock { $0[line, default: 0] -= 1 }
        }
    }

    private func serve(_ socket: Socket) async throws {
        var context = try socket.replyContext()
        while !Task.isCancelled {
            do {
                let message = try await context.receive().copyBytes()
                let answer = try await responder.answer(message)
                try await context.send(Message(answer))
            } catch let error as NNGError {
                if error == .canceled || error == .closed { return }
                if error == .messageTooLarge {
                    logger.error("a message from the coordinator is too large; it was dropped")
                    continue
                }
                guard error.isOrdinary else { throw error }
            }
        }
    }
}
