internal import AllocationModel
internal import AllocationProtocol
internal import Foundation
internal import GRDB

/// The statements that read.
enum Reading {
    // What a decision was that another has taken the place of, is kept with it.
    private static let orderColumns = """
        o.number, o.id, ifnull(r.request, o.request) AS request, o.status, ifnull(r.outcome, o.outcome) AS outcome,
        ifnull(r.evidence, o.evidence) AS evidence, o.currency, o.received_at,
        ifnull(r.decided_at, o.decided_at) AS decided_at, d.tx, d.state, d.superseded_by,
        EXISTS (
            SELECT 1 FROM decision b
            WHERE b.order_number = o.number AND b.superseded_by IS NOT NULL) AS is_resourced
        """

    /// The decision in force of an order, where there is one.
    private static let decisionInForce = """
        LEFT JOIN decision d ON d.order_number = o.number AND d.superseded_by IS NULL
        LEFT JOIN resourcing r ON r.replaced = d.tx
        """

    /// What has become of an order with its shipments: `OrderStatus.after`, for a listing.
    private static let statusSQL = """
        CASE
            WHEN o.status NOT IN ('confirmed', 'backordered')
                OR NOT EXISTS (SELECT 1 FROM shipment t WHERE t.tx = d.tx)
                    AND NOT EXISTS (
                        SELECT 1 FROM share_kept k JOIN decision b ON b.tx = k.tx
                        WHERE b.order_number = o.number) THEN o.status
            WHEN o.status = 'confirmed' AND NOT EXISTS (
                SELECT 1 FROM decision_share s WHERE s.tx = d.tx AND NOT EXISTS (
                    SELECT 1 FROM shipment t WHERE t.tx = s.tx AND t.warehouse = s.warehouse))
                THEN 'shipped'
            ELSE 'partly-shipped' END
        """

    static func order(
        _ id: Order.ID,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> LoggedOrder? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(orderColumns) FROM customer_order o
                \(decisionInForce) WHERE o.id = ?
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
                JOIN customer_order o ON o.number = d.order_number
                LEFT JOIN resourcing r ON r.replaced = d.tx WHERE d.tx = ?
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
                LEFT JOIN resourcing r ON r.replaced = d.tx
                WHERE d.state <> 'ended' OR (d.superseded_by IS NULL AND d.order_number IN (
                    SELECT order_number FROM decision WHERE state <> 'ended'))
                ORDER BY d.tx
                """
        )
        .map { row in
            let logged = try logged(row, of: coordinator, in: database)
            guard let transaction = logged.transaction else {
                preconditionFailure("a decision has a transaction")
            }
            let history = try history(of: transaction, in: database)
            let state: String = row["state"]
            // What contradicts itself is not taken up: it could be confirmed or
            // released, and either may break a promise.
            if let why = contradiction(history, state, logged) {
                throw DecisionLogError.unlawfulHistory(transaction, why)
            }
            return OpenDecision(
                transaction: transaction,
                isCancelled: history.isCancelled,
                isSuperseded: logged.isSuperseded,
                isSettled: logged.isSettled,
                warehouses: logged.warehouses.filter { !logged.kept.contains($0) },
                draws: logged.draws,
                shipments: logged.shipments,
                resourcings: logged.resourcings,
                order: logged.order
            )
        }
    }

    /// Folds what was written of an attempt.
    static func history(
        of transaction: TransactionID,
        in database: Database
    ) throws -> CommitHistory {
        let statement = try database.cachedStatement(
            sql: "SELECT entry FROM decision_record WHERE tx = ? ORDER BY number"
        )
        let entries = try String.fetchAll(statement, arguments: [transaction.number])
            .compactMap { CommitHistory.Entry(rawValue: $0) }
        do throws(CommitHistory.Unlawful) {
            return try CommitHistory.fold(entries)
        } catch {
            throw DecisionLogError.unlawfulHistory(transaction, "\(error)")
        }
    }

    /// Returns how an open decision contradicts its own history; nil where it does not.
    private static func contradiction(
        _ history: CommitHistory,
        _ state: String,
        _ logged: LoggedOrder
    ) -> String? {
        let isEnded = state == "ended" && !history.isOpen && history != .undecided
        if !isEnded && history.rawValue != state {
            return "it is \(state), and its records say \(history)"
        }
        let isCancelled = logged.status == .cancelled || logged.isSuperseded
        if history.isCancelled != isCancelled {
            return "it is \(state), and its order is \(logged.status)"
        }
        if logged.status == .refused { return "its order was refused" }
        if logged.warehouses.isEmpty { return "no warehouse has a share in it" }
        return nil
    }

    /// Folds the records of every attempt, and says which cannot have come about.
    private static func unlawfulHistories(in database: Database) throws -> [String] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT d.tx, d.state, o.status, r.entry FROM decision AS d
                JOIN customer_order AS o ON o.number = d.order_number
                LEFT JOIN decision_record AS r ON r.tx = d.tx ORDER BY d.tx, r.number
                """
        )
        var findings: [String] = []
        var row = try rows.next()?.copy()
        while let first = row, findings.count < findingsMaximum {
            let transaction: Int64 = first["tx"]
            var entries: [CommitHistory.Entry] = []
            while let next = row, next["tx"] == transaction {
                let word: String? = next["entry"]
                entries += word.flatMap { CommitHistory.Entry(rawValue: $0) }.map { [$0] } ?? []
                row = try rows.next()?.copy()
            }
            do throws(CommitHistory.Unlawful) {
                let history = try CommitHistory.fold(entries)
                let state: String = first["state"]
                let isEnded = state == "ended" && !history.isOpen && history != .undecided
                if !isEnded && history.rawValue != state {
                    findings.append(
                        "decision \(transaction) is \(state), and its records say \(history)"
                    )
                }
            } catch {
                findings.append("the records of decision \(transaction) cannot be: \(error)")
            }
        }
        return findings
    }

    /// Contradictions one audit names: more than that is one finding, that the file is bad.
    private static let findingsMaximum = 100

    static func sites(in database: Database) throws -> [Warehouse.ID: SiteHistory] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT warehouse, entry, chain, incarnation FROM site_mark"
        )
        var sites: [Warehouse.ID: SiteHistory] = [:]
        for row in rows {
            let chain: Int64 = row["chain"]
            sites[Warehouse.ID(trusted: row["warehouse"])] = SiteHistory(
                incarnation: row["incarnation"],
                mark: HistoryMark(entry: row["entry"], chain: UInt64(bitPattern: chain))
            )
        }
        return sites
    }

    static func history(in database: Database) throws -> LogHistory {
        let starts =
            try Row.fetchAll(
                database,
                sql: "SELECT epoch, id, decisions_before FROM start ORDER BY epoch"
            )
            .map { row in
                let id: Int64 = row["id"]
                return LogHistory.Start(
                    epoch: row["epoch"],
                    id: UInt64(bitPattern: id),
                    decisionsBefore: row["decisions_before"]
                )
            }
        let recovered = try Int64.fetchOne(database, sql: "SELECT recovered_epoch FROM meta")
        return LogHistory(
            starts: starts,
            decisions: try decisions(in: database),
            recovered: recovered ?? 0
        )
    }

    /// Decisions to confirm, and to give back what was confirmed.
    static func decisions(in database: Database) throws -> Int64 {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT (SELECT count(*) FROM decision)
                    + (SELECT count(*) FROM customer_order WHERE status = 'cancelled')
                    + (SELECT count(*) FROM resourcing)
                """
        ) ?? 0
    }

    /// The decisions that a site shares, by rising transaction, a page.
    static func shares(
        of warehouse: Warehouse.ID,
        after transaction: TransactionID?,
        limit: Int,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [LoggedShare] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT s.tx, o.status, ifnull(r.request, o.request) AS request, ifnull(r.outcome, o.outcome) AS outcome,
                    d.superseded_by IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM share_kept k
                        WHERE k.tx = s.tx AND k.warehouse = s.warehouse) AS given_back
                FROM decision_share s
                JOIN decision d ON d.tx = s.tx JOIN customer_order o ON o.number = d.order_number
                LEFT JOIN resourcing r ON r.replaced = d.tx
                WHERE s.warehouse = ? AND s.tx > ? ORDER BY s.tx LIMIT ?
                """,
            arguments: [warehouse.rawValue, transaction?.number ?? -1, limit]
        )
        return try rows.compactMap { row in
            let number: Int64 = row["tx"]
            guard let transaction = TransactionID(coordinator: coordinator, number: number) else {
                return nil
            }
            return LoggedShare(
                transaction: transaction,
                warehouse: warehouse,
                isCancelled: try row["given_back"] || status(of: row) == .cancelled,
                lines: try lines(of: warehouse, in: number, database),
                participants: try participants(in: number, database),
                request: bytes(row["request"]),
                outcome: bytes(row["outcome"]),
                draws: try draws(in: number, database)[warehouse] ?? [],
                shipment: try shipments(of: transaction, in: database)
                    .first { $0.warehouse == warehouse }
            )
        }
    }

    /// What of an attempt was drawn from leases, by site.
    private static func draws(
        in transaction: Int64,
        _ database: Database
    ) throws -> [Warehouse.ID: [Lease.Draw]] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT l.warehouse, l.id, l.sku, d.quantity FROM lease_draw AS d
                JOIN lease AS l ON l.id = d.lease WHERE d.tx = ? ORDER BY l.id
                """
        )
        var draws: [Warehouse.ID: [Lease.Draw]] = [:]
        for row in try Row.fetchAll(statement, arguments: [transaction]) {
            guard let id = try? LeaseID(parsing: row[1]) else { continue }
            draws[Warehouse.ID(trusted: row[0]), default: []]
                .append(
                    Lease.Draw(lease: id, sku: SKU(trusted: row[2]), quantity: Quantity(row[3]))
                )
        }
        return draws
    }

    static func leases(in database: Database) throws -> [LoggedLease] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT l.id, l.warehouse, l.sku, l.quantity, l.state,
                    (SELECT ifnull(sum(quantity), 0) FROM lease_draw WHERE lease = l.id)
                FROM lease AS l ORDER BY l.id
                """
        )
        .compactMap { row in
            guard let id = try? LeaseID(parsing: row[0]),
                let state = LoggedLease.State(rawValue: row[4])
            else { return nil }
            return LoggedLease(
                warehouse: Warehouse.ID(trusted: row[1]),
                lease: Lease(id: id, sku: SKU(trusted: row[2]), quantity: Quantity(row[3])),
                state: state,
                drawn: Quantity(row[5])
            )
        }
    }

    static func leaseConflicts(limit: Int, in database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT who || ' at ' || warehouse || ' wrote off the lease of ' || quantity || ' '
                    || sku || ', and orders had drawn ' || conflict || ' of it: ' || reason
                FROM lease WHERE conflict > 0 ORDER BY at DESC, id LIMIT ?
                """,
            arguments: [limit]
        )
    }

    private static func lines(
        of warehouse: Warehouse.ID,
        in transaction: Int64,
        _ database: Database
    ) throws -> [Reservation.Line] {
        let statement = try database.cachedStatement(
            sql:
                "SELECT sku, quantity FROM decision_line WHERE tx = ? AND warehouse = ? ORDER BY sku"
        )
        return try Row.fetchAll(statement, arguments: [transaction, warehouse.rawValue])
            .map {
                Reservation.Line(sku: SKU(trusted: $0["sku"]), quantity: Quantity($0["quantity"]))
            }
    }

    private static func participants(
        in transaction: Int64,
        _ database: Database
    ) throws -> [Warehouse.ID] {
        let statement = try database.cachedStatement(
            sql: "SELECT warehouse FROM decision_share WHERE tx = ? ORDER BY warehouse"
        )
        return try String.fetchAll(statement, arguments: [transaction])
            .map { Warehouse.ID(trusted: $0) }
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
                \(decisionInForce)
                WHERE (:status IS NULL OR :status = \(statusSQL))
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
            sql: """
                SELECT \(statusSQL) AS status, count(*) AS count FROM customer_order o
                \(decisionInForce) GROUP BY 1
                """
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
                FROM customer_order o
                LEFT JOIN decision d ON d.order_number = o.number AND d.superseded_by IS NULL
                WHERE o.status <> 'refused' AND d.tx IS NULL
                UNION ALL
                SELECT 'order ' || o.id || ' was refused and has a decision'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE o.status = 'refused'
                UNION ALL
                SELECT 'order ' || o.id || ' is confirmed and no warehouse has a share'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE o.status = 'confirmed' AND d.superseded_by IS NULL
                    AND NOT EXISTS (SELECT 1 FROM decision_share s WHERE s.tx = d.tx)
                UNION ALL
                SELECT 'decision ' || d.tx || ' is being cancelled and order ' || o.id || ' is not'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE d.state = 'cancelling' AND o.status <> 'cancelled'
                    AND d.superseded_by IS NULL
                UNION ALL
                SELECT 'order ' || o.id || ' is cancelled and decision ' || d.tx
                    || ' is still being confirmed'
                FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE d.state = 'confirming' AND o.status = 'cancelled'
                UNION ALL
                SELECT 'order ' || o.id || ' is backordered, and nothing of it waits'
                FROM customer_order o
                WHERE o.status = 'backordered' AND NOT EXISTS (
                    SELECT 1 FROM waiting_line w WHERE w.order_number = o.number)
                UNION ALL
                SELECT 'order ' || o.id || ' is ' || o.status || ', and waits'
                FROM customer_order o JOIN waiting_order w ON w.order_number = o.number
                WHERE o.status <> 'backordered'
                UNION ALL
                SELECT 'decision ' || s.tx || ' has nothing of ' || s.warehouse
                FROM decision_share s
                WHERE NOT EXISTS (
                    SELECT 1 FROM decision_line l
                    WHERE l.tx = s.tx AND l.warehouse = s.warehouse)
                UNION ALL
                SELECT 'the mark of ' || s.warehouse || ' is older than its vote in ' || s.tx
                FROM decision_share s LEFT JOIN site_mark m ON m.warehouse = s.warehouse
                WHERE m.entry IS NULL
                    OR (m.entry < s.mark_entry AND m.incarnation = s.incarnation)
                UNION ALL
                SELECT 'more is drawn from lease ' || l.id || ' of ' || l.warehouse
                    || ' than it is of'
                FROM lease l JOIN lease_draw w ON w.lease = l.id
                GROUP BY l.id
                HAVING sum(w.quantity) > l.quantity
                    OR (l.state = 'closed' AND sum(w.quantity) <> l.kept)
                UNION ALL
                SELECT 'decision ' || w.tx || ' draws on lease ' || l.id
                    || ' for what ' || l.warehouse || ' does not ship of it'
                FROM lease_draw w JOIN lease l ON l.id = w.lease
                WHERE NOT EXISTS (
                    SELECT 1 FROM decision_line d
                    WHERE d.tx = w.tx AND d.warehouse = l.warehouse AND d.sku = l.sku
                        AND d.quantity >= w.quantity)
                """
        )
        return try findings + supersededAmiss(in: database) + unlawfulHistories(in: database)
    }

    /// What is wrong of decisions whose place others have taken.
    private static func supersededAmiss(in database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT 'decision ' || d.tx || ' is superseded by another order''s'
                FROM decision d JOIN decision n ON n.tx = d.superseded_by
                WHERE n.order_number <> d.order_number
                UNION ALL
                SELECT 'decision ' || d.tx || ' is superseded and nobody says why'
                FROM decision d LEFT JOIN resourcing r ON r.replaced = d.tx
                WHERE d.superseded_by IS NOT r.tx
                UNION ALL
                SELECT 'the part of ' || k.warehouse || ' in decision ' || k.tx
                    || ' is kept, and has not shipped'
                FROM share_kept k LEFT JOIN shipment t
                    ON t.tx = k.tx AND t.warehouse = k.warehouse
                WHERE t.tx IS NULL
                    AND NOT EXISTS (SELECT 1 FROM customer_order WHERE is_rebuilt = 1)
                """
        )
    }

    private static func logged(
        _ row: Row,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> LoggedOrder {
        let number: Int64? = row["tx"]
        let transaction = number.flatMap { TransactionID(coordinator: coordinator, number: $0) }
        let warehouses = try participants(in: number ?? -1, database)
        let state: String? = row["state"]
        let superseding: Int64? = row["superseded_by"]
        let kept = try superseding == nil ? [] : self.kept(in: number ?? -1, database)
        let before =
            row["is_resourced"]
            ? try resourcings(upTo: number ?? -1, of: row["number"], coordinator, in: database)
            : []
        let shipped = try transaction.map { transaction in
            try before.flatMap { earlier in
                try shipments(of: earlier.replaced, in: database)
                    .filter { earlier.kept.contains($0.warehouse) }
            } + shipments(of: transaction, in: database)
        }
        let keptBefore = before.reduce(0) { $0 + $1.kept.count }
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
            status: try status(of: row)
                .after(shipments: shipped?.count ?? 0, of: warehouses.count + keptBefore),
            transaction: transaction,
            isSettled: state == nil || state == "ended",
            warehouses: warehouses,
            overrides: try transaction.map { try overrides(of: $0, in: database) } ?? [],
            shipments: shipped ?? [],
            refusedPicks: try pickRefusals(of: row["number"], coordinator, in: database),
            draws: try draws(in: number ?? -1, database),
            isSuperseded: superseding != nil,
            kept: kept,
            resourcings: before,
            dates: try DateReading.dates(of: row["number"], Order.ID(trusted: row["id"]), database),
            dateChanges: try DateReading.changes(
                of: row["number"],
                Order.ID(trusted: row["id"]),
                database
            )
        )
    }

    /// The sites whose parts of a superseded decision stay, by rising warehouse.
    private static func kept(
        in transaction: Int64,
        _ database: Database
    ) throws -> [Warehouse.ID] {
        let statement = try database.cachedStatement(
            sql: "SELECT warehouse FROM share_kept WHERE tx = ? ORDER BY warehouse"
        )
        return try String.fetchAll(statement, arguments: [transaction])
            .map { Warehouse.ID(trusted: $0) }
    }

    /// The decisions of an order that were superseded before `transaction`, the earliest first.
    private static func resourcings(
        upTo transaction: Int64,
        of order: Int64,
        _ coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [LoggedResourcing] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT r.replaced, r.who, r.reason, r.at, r.excluded, r.forced, r.service, r.outcome,
                    r.is_follow_up, r.request
                FROM decision AS d JOIN resourcing AS r ON r.replaced = d.tx
                WHERE d.order_number = ? AND d.tx < ? ORDER BY d.tx
                """
        )
        return try Row.fetchAll(statement, arguments: [order, transaction])
            .compactMap { row in
                let number: Int64 = row[0]
                guard let replaced = TransactionID(coordinator: coordinator, number: number)
                else { return nil }
                return LoggedResourcing(
                    wish: ResourcingWish(
                        excluded: warehouses(row[4]),
                        forced: warehouses(row[5]),
                        serviceLevel: try? ServiceLevel(parsing: row[6]),
                        isFollowUp: row[8],
                        who: row[1],
                        reason: row[2]
                    ),
                    at: Timestamp(milliseconds: row[3]),
                    replaced: replaced,
                    outcome: bytes(row[7]),
                    request: bytes(row[9]),
                    kept: try kept(in: number, database)
                )
            }
    }

    static func warehouses(_ text: String) -> [Warehouse.ID] {
        text.split(separator: "\n").map { Warehouse.ID(trusted: String($0)) }
    }

    /// What of one attempt has left, by rising warehouse.
    private static func shipments(
        of transaction: TransactionID,
        in database: Database
    ) throws -> [SiteShipment] {
        let statement = try database.cachedStatement(
            sql: "SELECT warehouse, who, at FROM shipment WHERE tx = ? ORDER BY warehouse"
        )
        return try Row.fetchAll(statement, arguments: [transaction.number])
            .map { row in
                SiteShipment(
                    warehouse: Warehouse.ID(trusted: row[0]),
                    report: ShipmentReport(
                        transaction: transaction,
                        who: row[1],
                        at: Timestamp(milliseconds: row[2])
                    )
                )
            }
    }

    /// What sites could not pick of an order, by rising attempt and time.
    private static func pickRefusals(
        of order: Int64,
        _ coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [SitePickRefusal] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT f.* FROM decision AS d JOIN pick_refusal AS f ON f.tx = d.tx
                WHERE d.order_number = ? ORDER BY f.tx, f.at, f.warehouse
                """
        )
        return try Row.fetchAll(statement, arguments: [order])
            .compactMap { pickRefusal($0, of: coordinator) }
    }

    /// What sites could not pick of decisions in force and have not shipped, the earliest first.
    static func openPickRefusals(
        limit: Int,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [Order.ID: [SitePickRefusal]] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT o.id, f.* FROM pick_refusal AS f JOIN decision AS d ON d.tx = f.tx
                JOIN customer_order AS o ON o.number = d.order_number
                WHERE d.superseded_by IS NULL AND o.status <> 'cancelled' AND NOT EXISTS (
                    SELECT 1 FROM shipment AS t WHERE t.tx = f.tx AND t.warehouse = f.warehouse)
                ORDER BY f.tx, f.at, f.warehouse LIMIT ?
                """,
            arguments: [limit]
        )
        return rows.reduce(into: [:]) { orders, row in
            guard let refusal = pickRefusal(row, of: coordinator) else { return }
            orders[Order.ID(trusted: row["id"]), default: []].append(refusal)
        }
    }

    private static func pickRefusal(
        _ row: Row,
        of coordinator: Coordinator.ID
    ) -> SitePickRefusal? {
        guard let transaction = TransactionID(coordinator: coordinator, number: row["tx"]),
            let reason = PickRefusal.Reason(rawValue: row["reason"])
        else { return nil }
        let lot: String = row["lot"]
        return SitePickRefusal(
            warehouse: Warehouse.ID(trusted: row["warehouse"]),
            refusal: PickRefusal(
                transaction: transaction,
                sku: SKU(trusted: row["sku"]),
                lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
                quantity: Quantity(row["quantity"]),
                reason: reason,
                who: row["who"],
                at: Timestamp(milliseconds: row["at"])
            )
        )
    }

    /// What site managers have forced of one attempt, by rising warehouse.
    static func overrides(
        of transaction: TransactionID,
        in database: Database
    ) throws -> [SiteOverride] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM site_override WHERE tx = ? ORDER BY warehouse"
        )
        return try Row.fetchAll(statement, arguments: [transaction.number])
            .compactMap { override($0, of: transaction.coordinator) }
    }

    /// What site managers have forced and was decided otherwise, the latest first.
    static func conflicts(
        limit: Int,
        of coordinator: Coordinator.ID,
        in database: Database
    ) throws -> [SiteOverride] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM site_override WHERE is_conflict = 1
                ORDER BY at DESC, tx DESC, warehouse LIMIT ?
                """,
            arguments: [limit]
        )
        .compactMap { override($0, of: coordinator) }
    }

    private static func override(_ row: Row, of coordinator: Coordinator.ID) -> SiteOverride? {
        guard let transaction = TransactionID(coordinator: coordinator, number: row["tx"]),
            let choice = HoldOverride.Choice(rawValue: row["choice"])
        else { return nil }
        return SiteOverride(
            warehouse: Warehouse.ID(trusted: row["warehouse"]),
            override: HoldOverride(
                transaction: transaction,
                choice: choice,
                who: row["who"],
                reason: row["reason"],
                at: Timestamp(milliseconds: row["at"])
            ),
            isConflict: row["is_conflict"] == 1
        )
    }

    private static func status(of row: Row) throws -> OrderStatus {
        let text: String = row["status"]
        guard let status = OrderStatus(rawValue: text) else {
            throw DatabaseError(message: "‘\(text)’ is not a status")
        }
        return status
    }

    static func bytes(_ data: Data) -> [UInt8] { Array(data) }
}

extension [UInt8] {
    /// The bytes as a BLOB.
    var database: Data { Data(self) }
}
