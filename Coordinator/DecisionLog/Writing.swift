internal import AllocationModel
internal import AllocationProtocol
internal import GRDB

/// The statements that write; each is prepared once and cached by the connection.
enum Writing {
    static func confirm(_ entry: ConfirmedEntry, in database: Database) throws -> Bool {
        let number = try insert(
            entry.order,
            status: entry.isBackordered ? .backordered : .confirmed,
            cost: entry.cost,
            in: database
        )
        let transaction = entry.transaction.number
        try run(
            "INSERT INTO decision (tx, order_number, state) VALUES (?, ?, 'confirming')",
            [transaction, number],
            in: database
        )
        for share in entry.shares {
            let warehouse = share.warehouse.rawValue
            let chain = Int64(bitPattern: share.mark.chain)
            try run(
                """
                INSERT INTO decision_share (tx, warehouse, mark_entry, mark_chain)
                VALUES (?, ?, ?, ?)
                """,
                [transaction, warehouse, share.mark.entry, chain],
                in: database
            )
            try run(
                """
                INSERT INTO site_mark (warehouse, entry, chain) VALUES (?, ?, ?)
                ON CONFLICT (warehouse) DO UPDATE SET entry = excluded.entry, chain = excluded.chain
                WHERE excluded.entry > entry
                """,
                [warehouse, share.mark.entry, chain],
                in: database
            )
            for line in share.lines {
                try run(
                    "INSERT INTO decision_line (tx, warehouse, sku, quantity) VALUES (?, ?, ?, ?)",
                    [transaction, warehouse, line.sku.code, line.quantity.units],
                    in: database
                )
            }
        }
        return true
    }

    static func refuse(_ entry: RefusedEntry, in database: Database) throws -> Bool {
        _ = try insert(entry.order, status: .refused, cost: nil, in: database)
        return true
    }

    static func cancel(_ entry: CancelledEntry, in database: Database) throws -> Bool {
        let transaction = entry.transaction.number
        try run(
            "UPDATE decision SET state = 'cancelling' WHERE tx = ? AND state <> 'cancelling'",
            [transaction],
            in: database
        )
        guard database.changesCount == 1 else {
            throw DecisionLogError.noSuchDecision(entry.transaction)
        }
        try run(
            """
            UPDATE customer_order SET status = 'cancelled', outcome = ?, cancelled_at = ?
            WHERE number = (SELECT order_number FROM decision WHERE tx = ?)
            """,
            [entry.outcome.database, entry.cancelledAt.milliseconds, transaction],
            in: database
        )
        return true
    }

    static func end(_ transaction: TransactionID, in database: Database) throws -> Bool {
        try run(
            "UPDATE decision SET state = 'ended' WHERE tx = ?",
            [transaction.number],
            in: database
        )
        guard database.changesCount == 1 else {
            throw DecisionLogError.noSuchDecision(transaction)
        }
        return true
    }

    static func receive(_ entry: WebhookEntry, in database: Database) throws -> Bool {
        try run(
            """
            INSERT INTO webhook (id, topic, shop, body, received_at, state)
            VALUES (?, ?, ?, ?, ?, 'waiting') ON CONFLICT (id) DO NOTHING
            """,
            [
                entry.id, entry.topic, entry.shop, entry.body.database,
                entry.receivedAt.milliseconds,
            ],
            in: database
        )
        return database.changesCount == 1
    }

    static func close(_ closing: WebhookClosing, in database: Database) throws -> Bool {
        try run(
            "UPDATE webhook SET state = ?, order_id = ?, note = ? WHERE id = ?",
            [closing.state.rawValue, closing.order?.rawValue, closing.note, closing.id],
            in: database
        )
        return database.changesCount == 1
    }

    static func retry(_ webhook: String, in database: Database) throws -> Bool {
        try run("UPDATE webhook SET tries = tries + 1 WHERE id = ?", [webhook], in: database)
        return database.changesCount == 1
    }

    private static func insert(
        _ order: DecidedOrder,
        status: OrderStatus,
        cost: Money?,
        in database: Database
    ) throws -> Int64 {
        try run(
            """
            INSERT INTO customer_order
                (id, request, status, outcome, evidence, cost_minor_units, currency, received_at,
                 decided_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                order.id.rawValue, order.request.database, status.rawValue,
                order.outcome.database, order.evidence.database, cost?.minorUnits,
                order.currency.code, order.receivedAt.milliseconds,
                order.decidedAt.milliseconds,
            ],
            in: database
        )
        return database.lastInsertedRowID
    }

    private static func run(
        _ sql: String,
        _ arguments: StatementArguments,
        in database: Database
    ) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
