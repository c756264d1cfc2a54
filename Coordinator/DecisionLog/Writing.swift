internal import AllocationModel
internal import AllocationProtocol
internal import GRDB

/// The statements that write; each is prepared once and cached by the connection.
enum Writing {
    static func confirm(_ entry: ConfirmedEntry, in database: Database) throws -> Bool {
        let number = try insert(
            entry.order,
            status: entry.waiting == nil ? .confirmed : .backordered,
            cost: entry.cost,
            in: database
        )
        try decide(entry, for: number, in: database)
        if let waiting = entry.waiting { try insert(waiting, of: number, in: database) }
        try insertDeparture(of: entry, number, in: database)
        return true
    }

    /// Keeps until when the first part of a decision is to leave.
    private static func insertDeparture(
        of entry: ConfirmedEntry,
        _ number: Int64,
        in database: Database
    ) throws {
        guard let instant = entry.leavesBy else { return }
        try run(
            "INSERT INTO departure (order_number, leaves_by) VALUES (?, ?)",
            [number, instant.milliseconds],
            in: database
        )
    }

    /// Writes a decision on an order that is in the log.
    private static func decide(
        _ entry: ConfirmedEntry,
        for number: Int64,
        in database: Database
    ) throws {
        let transaction = entry.transaction.number
        try run(
            "INSERT INTO decision (tx, order_number, state) VALUES (?, ?, 'confirming')",
            [transaction, number],
            in: database
        )
        try record(.confirm, of: transaction, in: database)
        try insertShares(of: entry, in: database)
    }

    /// Writes a decision in the place of the one in force, which is to be given back.
    static func resource(_ entry: ResourcedEntry, in database: Database) throws -> Bool {
        let confirmation = entry.confirmation
        let replaced = entry.replaced.number
        let number = try Int64.fetchOne(
            database,
            sql: """
                SELECT o.number FROM decision AS d
                JOIN customer_order AS o ON o.number = d.order_number
                WHERE d.tx = ? AND d.superseded_by IS NULL AND o.id = ?
                    AND o.status IN ('confirmed', 'backordered')
                """,
            arguments: [replaced, confirmation.order.id.rawValue]
        )
        guard let number else { throw DecisionLogError.noSuchDecision(entry.replaced) }
        try run(
            "UPDATE decision SET superseded_by = ?, state = 'cancelling' WHERE tx = ?",
            [confirmation.transaction.number, replaced],
            in: database
        )
        try record(.cancel, of: replaced, in: database)
        try decide(confirmation, for: number, in: database)
        try insert(entry, of: number, in: database)
        try run(
            """
            UPDATE customer_order
            SET request = ?, status = ?, outcome = ?, evidence = ?, cost_minor_units = ?,
                decided_at = ?
            WHERE number = ?
            """,
            [
                confirmation.order.request.database,
                (confirmation.waiting == nil ? OrderStatus.confirmed : .backordered).rawValue,
                confirmation.order.outcome.database, confirmation.order.evidence.database,
                confirmation.cost.minorUnits, confirmation.order.decidedAt.milliseconds, number,
            ],
            in: database
        )
        if let waiting = confirmation.waiting { try insert(waiting, of: number, in: database) }
        try insertDeparture(of: confirmation, number, in: database)
        return true
    }

    /// Keeps what the order had come to, and why it was sourced again.
    private static func insert(
        _ entry: ResourcedEntry,
        of number: Int64,
        in database: Database
    ) throws {
        let replaced = entry.replaced.number
        try run(
            """
            INSERT INTO resourcing (replaced, tx, who, reason, at, excluded, forced, service,
                is_follow_up, request, outcome, evidence, decided_at)
            SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, request, outcome, evidence, decided_at
            FROM customer_order WHERE number = ?
            """,
            [
                replaced, entry.confirmation.transaction.number, entry.wish.who, entry.wish.reason,
                entry.confirmation.order.decidedAt.milliseconds,
                entry.wish.excluded.map(\.rawValue).joined(separator: "\n"),
                entry.wish.forced.map(\.rawValue).joined(separator: "\n"),
                entry.wish.serviceLevel?.word ?? "", entry.wish.isFollowUp, number,
            ],
            in: database
        )
        for warehouse in entry.kept {
            try run(
                "INSERT INTO share_kept (tx, warehouse) VALUES (?, ?)",
                [replaced, warehouse.rawValue],
                in: database
            )
        }
    }

    /// Lists what an order waits for, where that was written before anybody said so.
    static func wait(_ waiting: WaitingOrder, in database: Database) throws -> Bool {
        let number = try Int64.fetchOne(
            database,
            sql: """
                SELECT number FROM customer_order WHERE id = ? AND status = 'backordered'
                    AND number NOT IN (SELECT order_number FROM waiting_order)
                """,
            arguments: [waiting.order.rawValue]
        )
        guard let number else { return false }
        try insert(waiting, of: number, in: database)
        return true
    }

    private static func insert(
        _ waiting: WaitingOrder,
        of number: Int64,
        in database: Database
    ) throws {
        try run(
            """
            INSERT INTO waiting_order (order_number, rank, rule, wanted_by, since, sites)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                number, waiting.rank.number, waiting.rank.rule,
                waiting.wantedBy?.daysSinceEpoch ?? Reading.noDay, waiting.since.milliseconds,
                waiting.sites.map { $0.map(\.rawValue).joined(separator: "\n") },
            ],
            in: database
        )
        for line in waiting.lines {
            try run(
                "INSERT INTO waiting_line (order_number, line, sku, quantity) VALUES (?, ?, ?, ?)",
                [number, line.line, line.sku.code, line.quantity.units],
                in: database
            )
        }
    }

    private static func insertShares(
        of entry: ConfirmedEntry,
        in database: Database
    ) throws {
        let transaction = entry.transaction.number
        for share in entry.shares {
            let warehouse = share.warehouse.rawValue
            let chain = Int64(bitPattern: share.mark.chain)
            try run(
                """
                INSERT INTO decision_share (tx, warehouse, mark_entry, mark_chain, incarnation)
                VALUES (?1, ?2, ?3, ?4,
                    ifnull((SELECT incarnation FROM site_mark WHERE warehouse = ?2), 0))
                """,
                [transaction, warehouse, share.mark.entry, chain],
                in: database
            )
            _ = try mark(share.warehouse, share.mark, in: database)
            for line in share.lines {
                try run(
                    "INSERT INTO decision_line (tx, warehouse, sku, quantity) VALUES (?, ?, ?, ?)",
                    [transaction, warehouse, line.sku.code, line.quantity.units],
                    in: database
                )
            }
            for draw in share.draws {
                try run(
                    "INSERT INTO lease_draw (lease, tx, quantity) VALUES (?, ?, ?)",
                    [draw.lease.description, transaction, draw.quantity.units],
                    in: database
                )
            }
        }
    }

    /// Writes what has become of a lease; one that is not known is written first.
    static func lease(_ entry: LeaseEntry, in database: Database) throws -> Bool {
        switch entry {
        case .granted(let warehouse, let lease):
            return try insert(lease, of: warehouse, in: database)
        case .closed(let warehouse, let lease, let kept):
            _ = try insert(lease, of: warehouse, in: database)
            try run(
                "UPDATE lease SET state = 'closed', kept = ? WHERE id = ? AND state = 'open'",
                [kept.units, lease.id.description],
                in: database
            )
        case .writtenOff(let warehouse, let lease, let writeOff, let conflict):
            _ = try insert(lease, of: warehouse, in: database)
            try run(
                """
                UPDATE lease SET state = 'written-off', who = ?, reason = ?, at = ?, conflict = ?
                WHERE id = ? AND state <> 'written-off'
                """,
                [
                    writeOff.who, writeOff.reason, writeOff.at.milliseconds, conflict.units,
                    lease.id.description,
                ],
                in: database
            )
        }
        return database.changesCount == 1
    }

    private static func insert(
        _ lease: Lease,
        of warehouse: Warehouse.ID,
        in database: Database
    ) throws -> Bool {
        try run(
            """
            INSERT INTO lease (id, warehouse, sku, quantity) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                lease.id.description, warehouse.rawValue, lease.sku.code, lease.quantity.units,
            ],
            in: database
        )
        return database.changesCount == 1
    }

    /// Keeps a site's mark where it is further than the one that is kept.
    static func mark(
        _ warehouse: Warehouse.ID,
        _ mark: HistoryMark,
        in database: Database
    ) throws -> Bool {
        try run(
            """
            INSERT INTO site_mark (warehouse, entry, chain) VALUES (?, ?, ?)
            ON CONFLICT (warehouse) DO UPDATE SET entry = excluded.entry, chain = excluded.chain
            WHERE excluded.entry > entry
            """,
            [warehouse.rawValue, mark.entry, Int64(bitPattern: mark.chain)],
            in: database
        )
        return database.changesCount == 1
    }

    /// Takes a site's history for what it is now.
    static func adopt(
        _ warehouse: Warehouse.ID,
        incarnation: Int64,
        _ mark: HistoryMark,
        in database: Database
    ) throws -> Bool {
        try run(
            """
            INSERT INTO site_mark (warehouse, entry, chain, incarnation) VALUES (?, ?, ?, ?)
            ON CONFLICT (warehouse) DO UPDATE SET
                entry = excluded.entry, chain = excluded.chain, incarnation = excluded.incarnation
            """,
            [warehouse.rawValue, mark.entry, Int64(bitPattern: mark.chain), incarnation],
            in: database
        )
        return true
    }

    static func override(_ forced: SiteOverride, in database: Database) throws -> Bool {
        let override = forced.override
        try run(
            """
            INSERT INTO site_override (tx, warehouse, choice, who, reason, at, is_conflict)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                override.transaction.number, forced.warehouse.rawValue, override.choice.rawValue,
                override.who, override.reason, override.at.milliseconds, forced.isConflict,
            ],
            in: database
        )
        return database.changesCount == 1
    }

    static func ship(_ shipment: SiteShipment, in database: Database) throws -> Bool {
        try run(
            """
            INSERT INTO shipment (tx, warehouse, who, at) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                shipment.report.transaction.number, shipment.warehouse.rawValue,
                shipment.report.who, shipment.report.at.milliseconds,
            ],
            in: database
        )
        return database.changesCount == 1
    }

    static func refuse(_ refused: SitePickRefusal, in database: Database) throws -> Bool {
        let refusal = refused.refusal
        try run(
            """
            INSERT INTO pick_refusal (tx, warehouse, at, sku, lot, quantity, reason, who)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                refusal.transaction.number, refused.warehouse.rawValue, refusal.at.milliseconds,
                refusal.sku.code, refusal.lot?.rawValue ?? "", refusal.quantity.units,
                refusal.reason.rawValue, refusal.who,
            ],
            in: database
        )
        return database.changesCount == 1
    }

    // What happens where the log itself was lost.

    static func doubt(_ reason: String, in database: Database) throws -> Bool {
        try run(
            "UPDATE meta SET recovery = 'needed', recovery_reason = ? WHERE recovery = ''",
            [reason],
            in: database
        )
        return database.changesCount == 1
    }

    /// Begins `epoch` in the start that is under way.
    static func raise(_ epoch: Int64, in database: Database) throws -> Bool {
        try run("UPDATE meta SET epoch = ? WHERE epoch < ?", [epoch, epoch], in: database)
        guard database.changesCount == 1 else { return false }
        try run(
            """
            INSERT INTO start (epoch, id, decisions_before)
            SELECT ?, id, decisions_before FROM start ORDER BY epoch DESC LIMIT 1
            """,
            [epoch],
            in: database
        )
        return true
    }

    /// Writes a decision that the sites have told of, unless it is known.
    ///
    /// Where the log knows it as confirmed and it was cancelled, it is cancelled. Where the log
    /// has an earlier decision of the order in force, it takes that one's place; who asked for
    /// that, and why, went with the log. Any other way in which the log knows the order to be
    /// decided otherwise stays as it is: then this is not news.
    static func rebuild(
        _ entry: ConfirmedEntry,
        isCancelled: Bool,
        keeping kept: [Warehouse.ID],
        in database: Database
    ) throws -> Bool {
        let transaction = entry.transaction.number
        let isKnown = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM decision WHERE tx = ?)",
            arguments: [transaction]
        )
        var isNews = false
        if isKnown != true {
            isNews = try rebuildUnknown(entry, keeping: kept, in: database)
            guard isNews else { return false }
        }
        let status = try String.fetchOne(
            database,
            sql: """
                SELECT o.status FROM customer_order o JOIN decision d ON d.order_number = o.number
                WHERE d.tx = ? AND d.superseded_by IS NULL
                """,
            arguments: [transaction]
        )
        if isCancelled, let status, status != OrderStatus.cancelled.rawValue {
            _ = try cancel(
                CancelledEntry(
                    transaction: entry.transaction,
                    outcome: entry.order.outcome,
                    cancelledAt: entry.order.decidedAt
                ),
                in: database
            )
        }
        return isNews
    }

    /// Writes a decision that the log does not know; says whether it could.
    private static func rebuildUnknown(
        _ entry: ConfirmedEntry,
        keeping kept: [Warehouse.ID],
        in database: Database
    ) throws -> Bool {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT d.tx, o.status FROM customer_order AS o
                LEFT JOIN decision AS d ON d.order_number = o.number AND d.superseded_by IS NULL
                WHERE o.id = ?
                """,
            arguments: [entry.order.id.rawValue]
        )
        guard let row else {
            _ = try confirm(entry, in: database)
            try run(
                "UPDATE customer_order SET is_rebuilt = 1 WHERE id = ?",
                [entry.order.id.rawValue],
                in: database
            )
            return true
        }
        let number: Int64? = row[0]
        let status: String = row[1]
        guard let number, number < entry.transaction.number,
            let before = TransactionID(
                coordinator: entry.transaction.coordinator,
                number: number
            ),
            status == OrderStatus.confirmed.rawValue
                || status == OrderStatus.backordered.rawValue
        else { return false }
        return try resource(
            ResourcedEntry(
                confirmation: entry,
                replaced: before,
                wish: ResourcingWish(who: "unknown", reason: "the log was lost since"),
                kept: kept
            ),
            in: database
        )
    }

    /// Ends the recovery; every decision in the log is told again to the sites that share it.
    static func recover(in database: Database) throws -> Bool {
        try run(
            "UPDATE meta SET recovery = '', recovery_reason = '', recovered_epoch = epoch",
            [],
            in: database
        )
        // What was drawn from them and lost with the log, nobody knows.
        try run("UPDATE lease SET state = 'lost' WHERE state = 'open'", [], in: database)
        return true
    }

    static func refuse(_ entry: RefusedEntry, in database: Database) throws -> Bool {
        _ = try insert(entry.order, status: .refused, cost: nil, in: database)
        return true
    }

    static func cancel(_ entry: CancelledEntry, in database: Database) throws -> Bool {
        let transaction = entry.transaction.number
        try run(
            """
            UPDATE decision SET state = 'cancelling'
            WHERE tx = ? AND state <> 'cancelling' AND superseded_by IS NULL
            """,
            [transaction],
            in: database
        )
        guard database.changesCount == 1 else {
            throw DecisionLogError.noSuchDecision(entry.transaction)
        }
        try record(.cancel, of: transaction, in: database)
        try run(
            """
            UPDATE customer_order SET status = 'cancelled', outcome = ?, cancelled_at = ?
            WHERE number = (
                SELECT order_number FROM decision WHERE tx = ? AND superseded_by IS NULL)
            """,
            [entry.outcome.database, entry.cancelledAt.milliseconds, transaction],
            in: database
        )
        return true
    }

    static func end(_ transaction: TransactionID, in database: Database) throws -> Bool {
        try run(
            "UPDATE decision SET state = 'ended' WHERE tx = ? AND state <> 'ended'",
            [transaction.number],
            in: database
        )
        guard database.changesCount == 1 else {
            throw DecisionLogError.noSuchDecision(transaction)
        }
        try record(.ended, of: transaction.number, in: database)
        return true
    }

    /// Writes what has happened to an attempt.
    private static func record(
        _ entry: CommitHistory.Entry,
        of transaction: Int64,
        in database: Database
    ) throws {
        try run(
            "INSERT INTO decision_record (tx, entry) VALUES (?, ?)",
            [transaction, entry.rawValue],
            in: database
        )
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
