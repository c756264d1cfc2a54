package import AllocationModel
internal import AllocationProtocol
internal import Foundation
internal import GRDB

extension DecisionLog {
    /// Returns orders that wait for stock, the one whose turn is next first.
    package func waiting(_ query: WaitingQuery) async throws -> [LoggedWaiting] {
        try await perform { try Reading.waiting(query, in: $0) }
    }

    /// Returns backordered orders of which the log does not list what waits, at most `limit`.
    ///
    /// An older program wrote them.
    package func unlistedBackorders(limit: Int) async throws -> [LoggedOrder] {
        let coordinator = coordinator
        return try await perform { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM customer_order WHERE status = 'backordered'
                        AND number NOT IN (SELECT order_number FROM waiting_order)
                    ORDER BY number LIMIT ?
                    """,
                arguments: [limit]
            )
            .compactMap {
                try Reading.order(Order.ID(trusted: $0), of: coordinator, in: database)
            }
        }
    }
}

extension DecisionLog {
    /// Returns orders of which parts have yet to leave, at most `limit`, the first due first.
    package func departures(limit: Int) async throws -> [DueDeparture] {
        try await perform { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT o.id, d.leaves_by
                    FROM departure AS d JOIN customer_order AS o ON o.number = d.order_number
                    ORDER BY d.leaves_by, d.order_number LIMIT ?
                    """,
                arguments: [limit]
            )
            .map { row in
                DueDeparture(
                    order: Order.ID(trusted: row[0]),
                    at: Timestamp(milliseconds: row[1])
                )
            }
        }
    }
}

extension Reading {
    /// What stands for a day that nobody has named: later than any.
    static let noDay = Int(Int32.max)

    static func waiting(_ query: WaitingQuery, in database: Database) throws -> [LoggedWaiting] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT w.order_number, o.id, o.request, w.rank, w.rule, w.wanted_by, w.since,
                    w.sites
                FROM waiting_order AS w JOIN customer_order AS o ON o.number = w.order_number
                WHERE (?1 IS NULL OR EXISTS (
                        SELECT 1 FROM waiting_line AS l
                        WHERE l.order_number = w.order_number AND l.sku = ?1))
                    AND (?2 IS NULL OR (w.rank, w.wanted_by, w.since, w.order_number) > (
                        SELECT b.rank, b.wanted_by, b.since, b.order_number
                        FROM waiting_order AS b
                        JOIN customer_order AS c ON c.number = b.order_number WHERE c.id = ?2))
                ORDER BY w.rank, w.wanted_by, w.since, w.order_number LIMIT ?3
                """,
            arguments: [query.sku?.code, query.after?.rawValue, query.limit]
        )
        return try rows.map { row in
            let wanted: Int = row["wanted_by"]
            let sites: String? = row["sites"]
            return LoggedWaiting(
                waiting: WaitingOrder(
                    order: Order.ID(trusted: row["id"]),
                    lines: try waitingLines(of: row["order_number"], in: database),
                    rank: BuyerRank(number: row["rank"], rule: row["rule"]),
                    wantedBy: wanted == noDay ? nil : CivilDate(daysSinceEpoch: wanted),
                    since: Timestamp(milliseconds: row["since"]),
                    sites: sites.map { warehouses($0) }
                ),
                dates: try DateReading.dates(
                    of: row["order_number"],
                    Order.ID(trusted: row["id"]),
                    database
                ),
                request: bytes(row["request"])
            )
        }
    }

    private static func waitingLines(
        of number: Int64,
        in database: Database
    ) throws -> [Plan.Backorder] {
        let statement = try database.cachedStatement(
            sql: "SELECT line, sku, quantity FROM waiting_line WHERE order_number = ? ORDER BY line"
        )
        return try Row.fetchAll(statement, arguments: [number])
            .map { row in
                Plan.Backorder(line: row[0], sku: SKU(trusted: row[1]), quantity: Quantity(row[2]))
            }
    }
}
