package import AllocationModel
internal import GRDB

/// A message that is to be sent.
package struct DueDelivery: Hashable, Sendable {
    package let delivery: Alert.Delivery
    /// As it stands now.
    package let alert: Alert

    package init(delivery: Alert.Delivery, alert: Alert) {
        self.delivery = delivery
        self.alert = alert
    }
}

/// What has become of a message that was to be sent.
package enum DeliveryResult: Hashable, Sendable {
    case done(String)
    /// Not yet: to be tried again, not before then.
    case failed(String, again: Timestamp)
    /// Given up.
    case dead(String)
}

/// What a person may do with an alert.
package enum AlertStep: Hashable, Sendable {
    case acknowledge
    case resolve
}

/// An order that a site has not acknowledged, for longer than it should take.
package struct LaggingOrder: Hashable, Sendable {
    package let id: Order.ID
    package let decidedAt: Timestamp
    package let warehouses: [Warehouse.ID]
    /// The outcome, in the wire format.
    package let outcome: [UInt8]

    package init(
        id: Order.ID,
        decidedAt: Timestamp,
        warehouses: [Warehouse.ID],
        outcome: [UInt8]
    ) {
        self.id = id
        self.decidedAt = decidedAt
        self.warehouses = warehouses
        self.outcome = outcome
    }
}

extension DecisionLog {
    // Alerts.

    /// Returns the newest alerts first, at most `limit`, with a lower number than `before`.
    ///
    /// Of all states where none is given.
    package func alerts(
        in states: [Alert.State],
        limit: Int,
        before: Int64? = nil
    ) async throws -> [Alert] {
        try await perform { database in
            let marks = states.isEmpty ? Alert.State.allCases : states
            let words = marks.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            return
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT * FROM alert WHERE state IN (\(words)) AND number < ?
                        ORDER BY number DESC LIMIT ?
                        """,
                    arguments: [before ?? Int64.max, limit]
                )
                .compactMap { try AlertReading.alert(from: $0, in: database) }
        }
    }

    /// Returns one alert, if there is such a one.
    package func alert(_ number: Int64) async throws -> Alert? {
        try await perform { try AlertReading.alert(number, in: $0) }
    }

    /// Takes a person's step with an alert, and returns it as it stands then.
    ///
    /// A step that was taken before changes nothing. Nil where there is no such alert.
    package func take(
        _ step: AlertStep,
        of number: Int64,
        remark: Alert.Remark
    ) async throws -> Alert? {
        defer { listeners.tell() }
        return try await perform { database in
            switch step {
            case .acknowledge:
                try database.execute(
                    sql: """
                        UPDATE alert SET state = 'acknowledged', acknowledged_by = ?,
                            acknowledged_why = ?, acknowledged_at = ?
                        WHERE number = ? AND state = 'open'
                        """,
                    arguments: [remark.who, remark.comment, remark.at.milliseconds, number]
                )
            case .resolve: try AlertWriting.resolve(number, remark, in: database)
            }
            return try AlertReading.alert(number, in: database)
        }
    }

    /// Returns the messages that are due, the longest due first, at most `limit`.
    package func dueDeliveries(at now: Timestamp, limit: Int) async throws -> [DueDelivery] {
        try await perform { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM alert_delivery AS d WHERE state = 'waiting' AND due_at <= ?
                        -- That something is over is told after that it began.
                        AND NOT EXISTS (
                            SELECT 1 FROM alert_delivery AS e WHERE e.alert = d.alert
                                AND e.channel = d.channel AND e.number < d.number
                                AND e.state = 'waiting')
                    ORDER BY due_at, number LIMIT ?
                    """,
                arguments: [now.milliseconds, limit]
            )
            .compactMap { row in
                guard let delivery = AlertReading.delivery(from: row),
                    let alert = try AlertReading.alert(row["alert"], in: database)
                else { return nil }
                return DueDelivery(delivery: delivery, alert: alert)
            }
        }
    }

    /// Writes down what has become of a message.
    package func close(_ delivery: Int64, _ result: DeliveryResult) async throws {
        try await perform { database in
            let (state, note, due): (Alert.Delivery.State, String, Timestamp?) =
                switch result {
                case .done(let note): (.done, note, nil)
                case .failed(let note, let again): (.waiting, note, again)
                case .dead(let note): (.dead, note, nil)
                }
            try database.execute(
                sql: """
                    UPDATE alert_delivery SET state = ?, tries = tries + 1, note = ?,
                        due_at = ifnull(?, due_at)
                    WHERE number = ? AND state = 'waiting'
                    """,
                arguments: [state.rawValue, note, due?.milliseconds, delivery]
            )
        }
    }

    /// Has every message of an alert that was given up sent again; returns how many.
    package func redeliver(_ alert: Int64, at now: Timestamp) async throws -> Int {
        try await perform { database in
            try database.execute(
                sql: """
                    UPDATE alert_delivery SET state = 'waiting', tries = 0, due_at = ?
                    WHERE alert = ? AND state = 'dead'
                    """,
                arguments: [now.milliseconds, alert]
            )
            return database.changesCount
        }
    }

    // What a watch looks at.

    /// Returns orders decided before then that some site has not acknowledged, oldest first.
    package func lagging(
        decidedBefore instant: Timestamp,
        limit: Int
    ) async throws -> [LaggingOrder] {
        try await perform { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT o.id, o.decided_at, o.outcome, d.tx FROM decision AS d
                    JOIN customer_order AS o ON o.number = d.order_number
                    WHERE d.state <> 'ended' AND o.decided_at < ? ORDER BY d.tx LIMIT ?
                    """,
                arguments: [instant.milliseconds, limit]
            )
            .map { row in
                LaggingOrder(
                    id: Order.ID(trusted: row["id"]),
                    decidedAt: Timestamp(milliseconds: row["decided_at"]),
                    warehouses:
                        try String.fetchAll(
                            database,
                            sql:
                                "SELECT warehouse FROM decision_share WHERE tx = ? ORDER BY warehouse",
                            arguments: [row["tx"] as Int64]
                        )
                        .map { Warehouse.ID(trusted: $0) },
                    outcome: Reading.bytes(row["outcome"])
                )
            }
        }
    }

    /// Returns the orders that alerts of this kind are about and that every site has acknowledged.
    package func settled(amongAlertsOf kind: Alert.Kind) async throws -> [String] {
        try await perform { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT a.name FROM alert AS a
                    WHERE a.kind = ? AND a.state <> 'resolved' AND NOT EXISTS (
                        SELECT 1 FROM customer_order AS o
                        JOIN decision AS d ON d.order_number = o.number
                        WHERE o.id = a.name AND d.state <> 'ended')
                    """,
                arguments: [kind.rawValue]
            )
        }
    }

    /// Returns webhooks that came before then and still wait, oldest first.
    package func waitingWebhooks(
        receivedBefore instant: Timestamp,
        limit: Int
    ) async throws -> [(id: String, tries: Int64)] {
        try await perform { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, tries FROM webhook WHERE state = 'waiting' AND received_at < ?
                    ORDER BY number LIMIT ?
                    """,
                arguments: [instant.milliseconds, limit]
            )
            .map { (id: $0["id"], tries: $0["tries"]) }
        }
    }

    /// Returns the webhooks that alerts are about and that wait no more.
    package func webhooksDone() async throws -> [String] {
        try await perform { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT a.name FROM alert AS a
                    WHERE a.kind = ? AND a.state <> 'resolved' AND NOT EXISTS (
                        SELECT 1 FROM webhook WHERE id = a.name AND state = 'waiting')
                    """,
                arguments: [Alert.Kind.orderStuck.rawValue]
            )
        }
    }

    /// How many alerts are not over, by kind.
    package func alertCounts() async throws -> [Alert.Kind: Int] {
        try await perform { database in
            var counts: [Alert.Kind: Int] = [:]
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, count(*) AS count FROM alert WHERE state <> 'resolved' GROUP BY kind
                    """
            )
            for row in rows {
                if let kind = Alert.Kind(rawValue: row["kind"]) { counts[kind] = row["count"] }
            }
            return counts
        }
    }
}

/// The statements that begin, count and end alerts.
enum AlertWriting {
    /// Returns whether it is news.
    static func write(
        _ sign: AlertSign,
        by channels: [AlertChannel],
        at now: Timestamp,
        in database: Database
    ) throws -> Bool {
        switch sign {
        case .raised(let subject, let detail, let own):
            try run(
                """
                UPDATE alert SET detail = ?, seen_at = ?, times_seen = times_seen + 1
                WHERE kind = ? AND name = ? AND state <> 'resolved'
                """,
                [detail, now.milliseconds, subject.kind.rawValue, subject.name],
                in: database
            )
            guard database.changesCount == 0 else { return false }
            let number = try insert(subject, detail, at: now, in: database)
            for channel in AlertChannel.allCases
            where channels.contains(channel) || own.contains(channel) {
                try send(.opened, of: number, by: channel, at: now, in: database)
            }
            return true
        case .cleared(let subject, let why):
            let statement = try database.cachedStatement(
                sql: "SELECT number FROM alert WHERE kind = ? AND name = ? AND state <> 'resolved'"
            )
            let found = try Int64.fetchOne(
                statement,
                arguments: [subject.kind.rawValue, subject.name]
            )
            guard let found else { return false }
            try resolve(found, Alert.Remark(who: "", comment: why, at: now), in: database)
            return true
        }
    }

    private static func insert(
        _ subject: Alert.Subject,
        _ detail: String,
        at now: Timestamp,
        in database: Database
    ) throws -> Int64 {
        // What is news alone is over once it is told.
        let isNews = subject.kind.isNews
        try run(
            """
            INSERT INTO alert (kind, name, detail, state, opened_at, seen_at,
                resolved_by, resolved_why, resolved_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6, ?7)
            """,
            [
                subject.kind.rawValue, subject.name, detail,
                (isNews ? Alert.State.resolved : .open).rawValue, now.milliseconds,
                isNews ? "" : nil, isNews ? now.milliseconds : nil,
            ],
            in: database
        )
        return database.lastInsertedRowID
    }

    /// Ends an alert that is not over, and tells whoever was told that it began.
    static func resolve(
        _ number: Int64,
        _ remark: Alert.Remark,
        in database: Database
    ) throws {
        try run(
            """
            UPDATE alert SET state = 'resolved', resolved_by = ?, resolved_why = ?, resolved_at = ?
            WHERE number = ? AND state <> 'resolved'
            """,
            [remark.who, remark.comment, remark.at.milliseconds, number],
            in: database
        )
        guard database.changesCount == 1 else { return }
        try run(
            """
            INSERT INTO alert_delivery (alert, event, channel, due_at)
            SELECT alert, 'resolved', channel, ?2 FROM alert_delivery
            WHERE alert = ?1 AND event = 'opened' ORDER BY number
            """,
            [number, remark.at.milliseconds],
            in: database
        )
    }

    private static func send(
        _ event: Alert.Event,
        of alert: Int64,
        by channel: AlertChannel,
        at now: Timestamp,
        in database: Database
    ) throws {
        try run(
            "INSERT INTO alert_delivery (alert, event, channel, due_at) VALUES (?, ?, ?, ?)",
            [alert, event.rawValue, channel.rawValue, now.milliseconds],
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

/// The statements that read alerts.
enum AlertReading {
    static func alert(_ number: Int64, in database: Database) throws -> Alert? {
        try Row.fetchOne(
            database,
            sql: "SELECT * FROM alert WHERE number = ?",
            arguments: [number]
        )
        .flatMap { try alert(from: $0, in: database) }
    }

    /// Returns an alert; nil where a later program has written a kind that this one does not know.
    static func alert(from row: Row, in database: Database) throws -> Alert? {
        guard let kind = Alert.Kind(rawValue: row["kind"]),
            let state = Alert.State(rawValue: row["state"])
        else { return nil }
        let number: Int64 = row["number"]
        let deliveries = try Row.fetchAll(
            database,
            sql: "SELECT * FROM alert_delivery WHERE alert = ? ORDER BY number",
            arguments: [number]
        )
        return Alert(
            number: number,
            subject: Alert.Subject(kind, row["name"]),
            detail: row["detail"],
            state: state,
            openedAt: Timestamp(milliseconds: row["opened_at"]),
            seenAt: Timestamp(milliseconds: row["seen_at"]),
            timesSeen: row["times_seen"],
            acknowledged: remark("acknowledged", in: row),
            resolved: remark("resolved", in: row),
            deliveries: deliveries.compactMap { delivery(from: $0) }
        )
    }

    private static func remark(_ step: String, in row: Row) -> Alert.Remark? {
        let at: Int64? = row[step + "_at"]
        return at.map {
            Alert.Remark(
                who: row[step + "_by"] ?? "",
                comment: row[step + "_why"] ?? "",
                at: Timestamp(milliseconds: $0)
            )
        }
    }

    static func delivery(from row: Row) -> Alert.Delivery? {
        guard let event = Alert.Event(rawValue: row["event"]),
            let channel = AlertChannel(rawValue: row["channel"]),
            let state = Alert.Delivery.State(rawValue: row["state"])
        else { return nil }
        return Alert.Delivery(
            number: row["number"],
            event: event,
            channel: channel,
            state: state,
            tries: row["tries"],
            note: row["note"]
        )
    }
}
