internal import AllocationModel
internal import AllocationProtocol
internal import Foundation
internal import GRDB

/// The statements that read.
enum Reading {
    private static let orderColumns = """
        o.number, o.id, o.request, o.status, o.outcome, o.evidence, o.currency, o.received_at,
        o.decided_at, d.tx, d.state
        """

    static func order(
        _ id: Order.ID,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> LoggedOrder? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(orderColumns) FROM customer_order o
                LEFT JOIN decision d ON d.order_number = o.number WHERE o.id = ?
                """
        )
        return try Row.fetchOne(statement, arguments: [id.rawValue])
            .map { try logged($0, of: coordinator, in: database) }
    }

    static func order(
        decidedBy transaction: TransactionID,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> LoggedOrder? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(orderColumns) FROM decision d
                JOIN customer_order o ON o.number = d.order_number WHERE d.tx = ?
                """
        )
        return try Row.fetchOne(statement, arguments: [transaction.number])
            .map { try logged($0, of: coordinator, in: database) }
    }

    static func openDecisions(
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [OpenDecision] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT \(orderColumns) FROM decision d
                JOIN customer_order o ON o.number = d.order_number
                WHERE d.state <> 'ended' ORDER BY d.tx
                """
        )
        .map { row in
            let logged = try logged(row, of: coordinator, in: database)
            guard let transaction = logged.transaction else {
                preconditionFailure("a decision has a transaction")
            }
            return OpenDecision(
                transaction: transaction,
                isCancelled: row["state"] == "cancelling",
                warehouses: logged.warehouses,
                order: logged.order
            )
        }
    }

    static func siteMarks(in database: Database) throws -> [Warehouse.ID: HistoryMark] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT warehouse, entry, chain FROM site_mark"
        )
        var marks: [Warehouse.ID: HistoryMark] = [:]
        for row in rows {
            let chain: Int64 = row["chain"]
            marks[Warehouse.ID(trusted: row["warehouse"])] = HistoryMark(
                entry: row["entry"],
                chain: UInt64(bitPattern: chain)
            )
        }
        return marks
    }

    static func orders(
        status: OrderStatus?,
        limit: Int,
        before: Order.ID?,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [LoggedOrder] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT \(orderColumns) FROM customer_order o
                LEFT JOIN decision d ON d.order_number = o.number
                WHERE (:status IS NULL OR o.status = :status)
                    AND (:before IS NULL
                        OR o.number < (SELECT number FROM customer_order WHERE id = :before))
                ORDER BY o.number DESC LIMIT :limit
                """,
            arguments: [
                "status": status?.rawValue, "before": before?.rawValue, "limit": limit,
            ]
        )
        .map { try logged($0, of: coordinator, in: database) }
    }

    static func waitingWebhooks(limit: Int, in database: Database) throws -> [WebhookEntry] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT id, topic, shop, body, received_at FROM webhook
                WHERE state = 'waiting' ORDER BY tries, number LIMIT ?
                """,
            arguments: [limit]
        )
        .map { row in
            WebhookEntry(
                id: row["id"],
                topic: row["topic"],
                shop: row["shop"],
                body: bytes(row["body"]),
                receivedAt: Timestamp(milliseconds: row["received_at"])
            )
        }
    }

    static func counts(in database: Database) throws -> [OrderStatus: Int] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT status, count(*) AS count FROM customer_order GROUP BY status"
        )
        var counts: [OrderStatus: Int] = [:]
        for row in rows { counts[try status(of: row)] = row["count"] }
        return counts
    }

    static func audit(in database: Database) throws -> [String] {
        var findings = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            .filter { $0 != "ok" }
        let broken = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").count
        if broken > 0 { findings.append("\(broken) rows refer to rows that do not exist") }
        findings += try String.fetchAll(
            database,
            sql: """
                SELECT 'order ' || o.id || ' is ' || o.status || ' without a decision'
                FROM customer_order o LEFT JOIN decision d ON d.order_number = o.number
                WHERE o.status <> 'refused' AND d.tx IS NULL
                UNION ALL
                SELECT 'order ' || o.id || ' was refused and has a decision'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE o.status = 'refused'
                UNION ALL
                SELECT 'order ' || o.id || ' is confirmed and no warehouse has a share'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE o.status = 'confirmed'
                    AND NOT EXISTS (SELECT 1 FROM decision_share s WHERE s.tx = d.tx)
                UNION ALL
                SELECT 'decision ' || d.tx || ' is being cancelled and order ' || o.id || ' is not'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE d.state = 'cancelling' AND o.status <> 'cancelled'
                UNION ALL
                SELECT 'order ' || o.id || ' is cancelled and decision ' || d.tx
                    || ' is still being confirmed'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE d.state = 'confirming' AND o.status = 'cancelled'
                UNION ALL
                SELECT 'decision ' || s.tx || ' has nothing of ' || s.warehouse
                FROM decision_share s
                WHERE NOT EXISTS (
                    SELECT 1 FROM decision_line l
                    WHERE l.tx = s.tx AND l.warehouse = s.warehouse)
                UNION ALL
                SELECT 'the mark of ' || s.warehouse || ' is older than its vote in ' || s.tx
                FROM decision_share s LEFT JOIN site_mark m ON m.warehouse = s.warehouse
                WHERE m.entry IS NULL OR m.entry < s.mark_entry
                """
        )
        return findings
    }

    private static func logged(
        _ row: Row,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> LoggedOrder {
        let number: Int64? = row["tx"]
        let transaction = number.flatMap { TransactionID(coordinator: coordinator, number: $0) }
        let statement = try database.cachedStatement(
            sql: "SELECT warehouse FROM decision_share WHERE tx = ? ORDER BY warehouse"
        )
        let warehouses = try String.fetchAll(statement, arguments: [number ?? -1])
            .map { Warehouse.ID(trusted: $0) }
        let state: String? = row["state"]
        return LoggedOrder(
            order: DecidedOrder(
                id: Order.ID(trusted: row["id"]),
                request: bytes(row["request"]),
                outcome: bytes(row["outcome"]),
                evidence: bytes(row["evidence"]),
                currency: try Currency(parsing: row["currency"]),
                receivedAt: Timestamp(milliseconds: row["received_at"]),
                decidedAt: Timestamp(milliseconds: row["decided_at"])
            ),
            status: try status(of: row),
            transaction: transaction,
            isSettled: state == nil || state == "ended",
            warehouses: warehouses
        )
    }

    private static func status(of row: Row) throws -> OrderStatus {
        let text: String = row["status"]
        guard let status = OrderStatus(rawValue: text) else {
            throw DatabaseError(message: "‘\(text)’ is not a status")
        }
        return status
    }

    private static func bytes(_ data: Data) -> [UInt8] { Array(data) }
}

extension [UInt8] {
    /// The bytes as a BLOB.
    var database: Data { Data(self) }
}
