import AllocationModel
import AllocationProtocol
import DecisionLog
import Foundation
import GRDB

let office = Coordinator.ID(trusted: "office")
let dallas = Warehouse.ID(trusted: "DAL")
let reno = Warehouse.ID(trusted: "RNO")
/// 2026-03-02T15:00:00Z.
let monday = Timestamp(milliseconds: 1_772_463_600_000)

func transaction(_ counter: Int64, epoch: Int64 = 1) -> TransactionID {
    TransactionID(coordinator: office, epoch: epoch, counter: counter)
}

func decided(_ id: String, outcome: [UInt8] = [0xC0]) -> DecidedOrder {
    DecidedOrder(
        id: Order.ID(trusted: id),
        request: Array(id.utf8),
        outcome: outcome,
        evidence: [0xEE, 0x01],
        currency: .usd,
        receivedAt: monday,
        decidedAt: Timestamp(milliseconds: monday.milliseconds + 40)
    )
}

/// Eight valves from Dallas and twelve from Reno.
let eightAndTwelve = [
    ShareEntry(
        warehouse: dallas,
        mark: HistoryMark(entry: 41, chain: 0xFFFF_0000_DA11_A500),
        lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 8)]
    ),
    ShareEntry(
        warehouse: reno,
        mark: HistoryMark(entry: 17, chain: 0xA50),
        lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 12)]
    ),
]

func confirmed(
    _ id: String,
    _ counter: Int64,
    shares: [ShareEntry] = eightAndTwelve,
    isBackordered: Bool = false
) -> LogEntry {
    .confirmed(
        ConfirmedEntry(
            order: decided(id),
            transaction: transaction(counter),
            waiting: isBackordered ? waiting(Order.ID(trusted: id)) : nil,
            cost: Money(minorUnits: 104_95, currency: .usd),
            shares: shares
        )
    )
}

/// Four valves of an order that wait.
func waiting(
    _ id: Order.ID,
    rank: BuyerRank = .last,
    wantedBy: CivilDate? = nil,
    after seconds: Int64 = 0
) -> WaitingOrder {
    WaitingOrder(
        order: id,
        lines: [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 4)],
        rank: rank,
        wantedBy: wantedBy,
        since: Timestamp(milliseconds: monday.milliseconds + seconds * 1000)
    )
}

func refused(_ id: String) -> LogEntry {
    .refused(RefusedEntry(order: decided(id, outcome: [0x0F])))
}

func cancelled(_ counter: Int64) -> LogEntry {
    .cancelled(
        CancelledEntry(
            transaction: transaction(counter),
            outcome: [0xCA],
            cancelledAt: Timestamp(milliseconds: monday.milliseconds + 9000)
        )
    )
}

func webhook(_ id: String, at seconds: Int64 = 0) -> WebhookEntry {
    WebhookEntry(
        id: id,
        topic: "orders/create",
        shop: "valves.example",
        body: Array("{\"id\":\(id.utf8.count)}".utf8),
        receivedAt: Timestamp(milliseconds: monday.milliseconds + seconds * 1000)
    )
}

/// A folder with one decision log, gone after the test.
final class LogFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "holdfast-log-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    var path: String { url.appendingPathComponent("decisions.db").path }

    func open(raisingEpoch: Bool = true) throws -> DecisionLog {
        try DecisionLog.open(at: path, coordinator: office, raisingEpoch: raisingEpoch)
    }

    /// Opens the log, lets `work` use it, and lets the file go.
    func using<Value>(
        raisingEpoch: Bool = true,
        _ work: (DecisionLog) async throws -> Value
    ) async throws -> Value {
        let log = try open(raisingEpoch: raisingEpoch)
        defer { log.close() }
        return try await work(log)
    }

    /// Works on the file past the log's own code, as somebody with a shell could.
    func raw<Value>(_ work: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let value = try queue.write(work)
        try queue.close()
        return value
    }

    func execute(_ sql: String) throws {
        try raw { try $0.execute(sql: sql) }
    }

    /// Returns what SQLite says against `sql`; nil where it lets it pass.
    func objection(to sql: String) throws -> String? {
        do {
            try execute(sql)
            return nil
        } catch let error as DatabaseError {
            return error.message
        }
    }
}
