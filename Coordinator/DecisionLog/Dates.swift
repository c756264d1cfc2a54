package import AllocationModel
internal import GRDB

extension DecisionLog {
    /// Returns by which days all that waits is expected, and from which receipts.
    package func dates() async throws -> BackorderDates {
        try await perform { try DateReading.all(in: $0) }
    }
}

/// The statements that write by which days what waits is expected.
enum DateWriting {
    /// Puts what is known of some SKUs' receipts, and of some orders, in place of what was.
    ///
    /// All that is given back comes first, so that units may go from one order to another.
    static func write(_ dates: BackorderDates, in database: Database) throws -> Bool {
        var numbers: [Order.ID: Int64] = [:]
        for order in dates.orders {
            // What waits no more has been decided since.
            let number = try waiting(order.order, in: database)
            guard let number else { continue }
            numbers[order.order] = number
            try run("DELETE FROM waiting_part WHERE order_number = ?", [number], in: database)
        }
        for sku in dates.skus {
            try run("DELETE FROM inbound_receipt WHERE sku = ?", [sku.code], in: database)
        }
        for receipt in dates.receipts { try insert(receipt, in: database) }
        for order in dates.orders {
            guard let number = numbers[order.order] else { continue }
            try insert(order.expected, as: "expected", of: number, in: database)
            try insert(order.told, as: "told", of: number, in: database)
        }
        for change in dates.changes { try insert(change, in: database) }
        return true
    }

    private static func waiting(_ order: Order.ID, in database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT w.order_number FROM waiting_order AS w
                JOIN customer_order AS o ON o.number = w.order_number WHERE o.id = ?
                """
        )
        return try Int64.fetchOne(statement, arguments: [order.rawValue])
    }

    private static func insert(_ receipt: SiteReceipt, in database: Database) throws {
        try run(
            """
            INSERT INTO inbound_receipt (sku, warehouse, receipt, quantity, expected, leaves)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                receipt.sku.code, receipt.warehouse.rawValue, receipt.receipt.rawValue,
                receipt.quantity.units, receipt.expected.daysSinceEpoch,
                receipt.leaves?.daysSinceEpoch,
            ],
            in: database
        )
    }

    private static func insert(
        _ parts: [BackorderPart],
        as standing: String,
        of order: Int64,
        in database: Database
    ) throws {
        for (number, part) in parts.enumerated() {
            try run(
                """
                INSERT INTO waiting_part (order_number, standing, number, line, sku, quantity,
                    warehouse, receipt, expected, leaves, arrives)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    order, standing, number, part.line, part.sku.code, part.quantity.units,
                    part.warehouse.rawValue, part.receipt.rawValue, part.expected.daysSinceEpoch,
                    part.leaves?.daysSinceEpoch, part.arrives?.daysSinceEpoch,
                ],
                in: database
            )
        }
    }

    private static func insert(_ change: DateChange, in database: Database) throws {
        try run(
            """
            INSERT INTO date_change (order_number, line, sku, at, day_before, day_after, undated,
                is_later, warehouse, receipt)
            SELECT number, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM customer_order WHERE id = ?
            """,
            [
                change.line, change.sku.code, change.at.milliseconds,
                change.before?.daysSinceEpoch, change.after?.daysSinceEpoch,
                change.undated.units, change.isLater, change.warehouse?.rawValue,
                change.receipt?.rawValue, change.order.rawValue,
            ],
            in: database
        )
    }

    private static func run(
        _ sql: String,
        _ arguments: StatementArguments,
        in database: Database
    ) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

/// The statements that read by which days what waits is expected.
enum DateReading {
    /// How often an order's days may have moved in what is told of it: the latest count.
    private static let changesMaximum = 100

    static func all(in database: Database) throws -> BackorderDates {
        var dates = BackorderDates()
        dates.receipts =
            try Row.fetchAll(
                database,
                sql: """
                    SELECT warehouse, receipt, sku, quantity, expected, leaves FROM inbound_receipt
                    ORDER BY sku, warehouse, expected, receipt
                    """
            )
            .map { row in
                SiteReceipt(
                    warehouse: Warehouse.ID(trusted: row[0]),
                    receipt: Receipt.ID(trusted: row[1]),
                    sku: SKU(trusted: row[2]),
                    quantity: Quantity(row[3]),
                    expected: CivilDate(daysSinceEpoch: row[4]),
                    leaves: day(row[5])
                )
            }
        let orders = try Row.fetchAll(
            database,
            sql: """
                SELECT number, id FROM customer_order
                WHERE number IN (SELECT order_number FROM waiting_part) ORDER BY number
                """
        )
        for row in orders {
            let found = try self.dates(of: row[0], Order.ID(trusted: row[1]), database)
            if let found { dates.orders.append(found) }
        }
        return dates
    }

    static func dates(
        of number: Int64,
        _ order: Order.ID,
        _ database: Database
    ) throws -> OrderDates? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT standing, line, sku, quantity, warehouse, receipt, expected, leaves, arrives
                FROM waiting_part WHERE order_number = ? ORDER BY standing, number
                """
        )
        let rows = try Row.fetchAll(statement, arguments: [number])
        guard !rows.isEmpty else { return nil }
        func parts(_ standing: String) -> [BackorderPart] {
            rows.filter { $0[0] as String == standing }
                .map { row in
                    BackorderPart(
                        line: row[1],
                        sku: SKU(trusted: row[2]),
                        quantity: Quantity(row[3]),
                        warehouse: Warehouse.ID(trusted: row[4]),
                        receipt: Receipt.ID(trusted: row[5]),
                        expected: CivilDate(daysSinceEpoch: row[6]),
                        leaves: day(row[7]),
                        arrives: day(row[8])
                    )
                }
        }
        return OrderDates(order: order, expected: parts("expected"), told: parts("told"))
    }

    static func changes(
        of number: Int64,
        _ order: Order.ID,
        _ database: Database
    ) throws -> [DateChange] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT line, sku, at, day_before, day_after, undated, is_later, warehouse, receipt
                FROM date_change WHERE order_number = ? ORDER BY number DESC LIMIT ?
                """
        )
        return try Row.fetchAll(statement, arguments: [number, changesMaximum]).reversed()
            .map { row in
                DateChange(
                    order: order,
                    line: row[0],
                    sku: SKU(trusted: row[1]),
                    at: Timestamp(milliseconds: row[2]),
                    before: day(row[3]),
                    after: day(row[4]),
                    undated: Quantity(row[5]),
                    isLater: row[6],
                    warehouse: (row[7] as String?).map { Warehouse.ID(trusted: $0) },
                    receipt: (row[8] as String?).map { Receipt.ID(trusted: $0) }
                )
            }
    }

    private static func day(_ days: Int?) -> CivilDate? {
        days.map { CivilDate(daysSinceEpoch: $0) }
    }

    /// What is wrong of what is expected: units of a receipt that are promised twice, or to nobody.
    static func amiss(in database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT 'more is promised of receipt ' || p.receipt || ' at ' || p.warehouse
                    || ' than comes of ' || p.sku
                FROM waiting_part p LEFT JOIN inbound_receipt r
                    ON r.sku = p.sku AND r.warehouse = p.warehouse AND r.receipt = p.receipt
                WHERE p.standing = 'expected'
                GROUP BY p.sku, p.warehouse, p.receipt
                HAVING sum(p.quantity) > ifnull(max(r.quantity), 0)
                UNION ALL
                SELECT 'order ' || o.id || ' is promised more of line ' || p.line
                    || ' than waits of it'
                FROM waiting_part p JOIN customer_order o ON o.number = p.order_number
                LEFT JOIN waiting_line w ON w.order_number = p.order_number AND w.line = p.line
                    AND w.sku = p.sku
                WHERE p.standing = 'expected'
                GROUP BY p.order_number, p.line, p.sku
                HAVING sum(p.quantity) > ifnull(max(w.quantity), 0)
                """
        )
    }
}
