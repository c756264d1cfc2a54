package import AllocationModel
internal import GRDB
internal import Synchronization

extension DecisionLog {
    // Events.

    /// Returns the events after one, by rising number, at most `limit`.
    ///
    /// They are written by the tables' triggers, in the transaction that they tell of: none is
    /// forgotten, and none is told of what did not last.
    package func events(after number: Int64, limit: Int) async throws -> [OfficeEvent] {
        try await perform { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT e.number, e.kind, o.id, e.alert, e.warehouse, s.id
                    FROM event AS e JOIN start AS s ON s.epoch = e.epoch
                        LEFT JOIN customer_order AS o ON o.number = e.order_number
                    WHERE e.number > ? ORDER BY e.number LIMIT ?
                    """,
                arguments: [number, limit]
            )
            .compactMap { row in
                guard let kind = OfficeEvent.Kind(rawValue: row[1]) else { return nil }
                let subject: OfficeEvent.Subject
                if let id: String = row[2] {
                    subject = .order(Order.ID(trusted: id))
                } else if let alert: Int64 = row[3] {
                    subject = .alert(alert)
                } else {
                    return nil
                }
                let warehouse: String? = row[4]
                let start: Int64 = row[5]
                return OfficeEvent(
                    mark: OfficeEvent.Mark(start: UInt64(bitPattern: start), number: row[0]),
                    kind: kind,
                    subject: subject,
                    warehouse: warehouse.map { Warehouse.ID(trusted: $0) }
                )
            }
        }
    }

    /// Returns whether it has told of this event, and not another log of one with its number.
    package func knows(_ mark: OfficeEvent.Mark) async throws -> Bool {
        try await perform { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM event AS e JOIN start AS s ON s.epoch = e.epoch
                        WHERE e.number = ? AND s.id = ?)
                    """,
                arguments: [mark.number, Int64(bitPattern: mark.start)]
            ) ?? false
        }
    }

    /// Returns the number of the last event; 0 where there is none.
    package func lastEvent() async throws -> Int64 {
        try await perform {
            try Int64.fetchOne($0, sql: "SELECT max(number) FROM event") ?? 0
        }
    }

    /// Has something to say whenever there may be new events; it ends when the log is closed.
    package func news() -> AsyncStream<Void> { listeners.listen() }
}

/// Those who wait for news; what each has not taken yet is one piece of it.
final class Listeners: Sendable {
    private let state = Mutex(State())

    private struct State {
        var count = 0
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var isOver = false
    }

    func listen() -> AsyncStream<Void> {
        let (stream, listener) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let number: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.count += 1
            state.listeners[state.count] = listener
            return state.count
        }
        guard let number else {
            listener.finish()
            return stream
        }
        listener.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func tell() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    func end() {
        let listeners = state.withLock { state in
            state.isOver = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
