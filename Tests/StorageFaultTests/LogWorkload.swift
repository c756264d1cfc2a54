import AllocationModel
import AllocationProtocol
import DecisionLog
import GRDB
import Simulation
import Testing

/// What an office decides in a day, an append each, in a log on a simulated drive.
enum LogWorkload {
    static let office = Coordinator.ID(trusted: "office")
    private static let dallas = Warehouse.ID(trusted: "DAL")
    private static let reno = Warehouse.ID(trusted: "RNO")
    /// 2026-03-02T15:00:00Z.
    private static let monday = Timestamp(milliseconds: 1_772_463_600_000)
    static let file = "office.sqlite"

    static func open(on drive: SimulatedDrive) throws -> DecisionLog {
        try DecisionLog.open(at: drive.path(of: file), coordinator: office)
    }

    private static func transaction(_ counter: Int64) -> TransactionID {
        TransactionID(coordinator: office, epoch: 1, counter: counter)
    }

    private static func order(_ id: String, evidence: Int) -> DecidedOrder {
        DecidedOrder(
            id: Order.ID(trusted: id),
            request: Array(id.utf8),
            outcome: [0xC0],
            evidence: [UInt8](repeating: 0xEE, count: evidence),
            currency: .usd,
            receivedAt: monday,
            decidedAt: monday
        )
    }

    private static func confirmed(_ counter: Int64, evidence: Int = 300) -> LogEntry {
        .confirmed(
            ConfirmedEntry(
                order: order("order-\(counter)", evidence: evidence),
                transaction: transaction(counter),
                cost: Money(minorUnits: 104_95, currency: .usd),
                shares: [(dallas, 8), (reno, 12)]
                    .map { warehouse, quantity in
                        ShareEntry(
                            warehouse: warehouse,
                            mark: HistoryMark(entry: counter, chain: UInt64(counter)),
                            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: quantity)]
                        )
                    }
            )
        )
    }

    /// What is appended, one after the other; an empty one lets the log go and opens it again.
    static let appends: [[LogEntry]] = [
        [confirmed(1), .refused(RefusedEntry(order: order("none-left", evidence: 40)))],
        (2...9).map { confirmed($0) },
        [.ended(transaction(2)), .siteMark(dallas, HistoryMark(entry: 77, chain: 7))],
        [],
        // Larger than a page, and than many.
        [confirmed(10, evidence: 20_000)],
        [
            .cancelled(
                CancelledEntry(
                    transaction: transaction(2),
                    outcome: [0xCA],
                    cancelledAt: monday
                )
            )
        ],
        [
            .webhook(
                WebhookEntry(
                    id: "b54557e4",
                    topic: "orders/create",
                    shop: "valves.example",
                    body: Array("{}".utf8),
                    receivedAt: monday
                )
            ), .siteAdopted(reno, incarnation: 2, HistoryMark(entry: 3, chain: 33)),
        ],
        [],
        (3...6).map { .ended(transaction($0)) } + [confirmed(11)],
    ]

    /// What a log says, but for its starts, which are never the same.
    static func contents(of drive: SimulatedDrive) throws -> [String] {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        let queue = try DatabaseQueue(path: drive.path(of: file), configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            #expect(try damage(of: database) == [])
            return try StorageFaultTests.contents(
                of: database,
                without: ["start", "meta"],
                columns: ["event.epoch"]
            )
        }
    }

    /// What the log says after so many appends, for every number of them.
    static func states() async throws -> [[String]] {
        let drive = SimulatedDrive()
        try open(on: drive).close()
        var states = [try contents(of: drive.copy())]
        for entries in appends {
            let log = try open(on: drive)
            if !entries.isEmpty { _ = try await log.append(entries) }
            log.close()
            states.append(try contents(of: drive.copy()))
        }
        return states
    }
}
