package import AllocationModel
import GRDB

/// What a site manager has forced, and what has been heard of it since.
package struct OverrideRecord: Hashable, Sendable {
    package let override: HoldOverride
    package let order: Order.ID
    /// What the coordinator then said of the order; nil where it has not yet.
    package let decision: Decision?
    /// Whether the coordinator has it in its log.
    package let isNoted: Bool
    /// How the conflict was mended; nil where there is none, or nobody has yet.
    package let settlement: Settlement?

    /// Who has mended a conflict, and how.
    package struct Settlement: Hashable, Sendable {
        package let who: String
        package let reason: String
        package let at: Timestamp
    }

    /// The coordinator's word on an order.
    package enum Decision: String, CaseIterable, Hashable, Sendable {
        case confirm
        case release
        case cancel
    }

    /// Whether somebody must act: the order was decided the other way, and nobody has mended it.
    package var isOpenConflict: Bool { isConflict && settlement == nil }

    /// What of the override the coordinator's word has not come to agree with.
    ///
    /// Units that were kept, and that the order was then decided to have, are
    /// confirmed like any other.
    package var standing: HoldOverride.Choice? {
        switch (override.choice, decision) {
        case (.confirm, .confirm), (.confirm, .cancel): nil
        case (.confirm, .release), (.confirm, nil), (.release, _): override.choice
        }
    }

    /// Whether the order was decided the other way.
    package var isConflict: Bool {
        switch (override.choice, decision) {
        case (.confirm, .release), (.release, .confirm): true
        case (.confirm, .confirm), (.confirm, .cancel), (.release, .release), (.release, .cancel),
            (_, nil):
            false
        }
    }
}

/// Why a reservation was not forced; nothing was changed.
package enum OverrideRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownReservation(TransactionID)
    /// It is not in doubt: nobody waits for a word on it.
    case notInDoubt(TransactionID, Reservation.Status)
    /// It was forced before.
    case forcedBefore(OverrideRecord)
    /// It was not forced, or not decided otherwise, or is settled already.
    case noConflict(TransactionID)
    /// It is to take the place of what is confirmed for the order: kept, it would give that back.
    case wouldReplace(TransactionID, TransactionID)

    package var description: String {
        switch self {
        case .unknownReservation(let id): "no reservation \(id) is here; see hold list --in-doubt"
        case .notInDoubt(let id, let status):
            "\(id) is \(status.rawValue), not in doubt; only what has voted and not heard is forced"
        case .forcedBefore(let record):
            "\(record.override.transaction) was forced to \(record.override.choice.rawValue) by "
                + "\(record.override.who): \(record.override.reason)"
        case .wouldReplace(let id, let confirmed):
            "\(id) would take the place of \(confirmed), which is confirmed for the same order; "
                + "force it to release, and that stays as it is"
        case .noConflict(let id):
            "\(id) is in no conflict that is open; see hold forced"
        }
    }
}

extension Books {
    /// Decides a reservation that is in doubt, for want of the coordinator's word.
    ///
    /// The override is recorded in the same transaction and stands, whatever the
    /// coordinator says later.
    ///
    /// - Throws: `OverrideRefusal`, or `StockRefusal` for an unlawful text; nothing is changed.
    package func force(
        _ transaction: TransactionID,
        _ choice: HoldOverride.Choice,
        reason: String,
        who: String
    ) throws -> OverrideRecord {
        try check(reason, field: "reason")
        try check(who, field: "who")
        if let known = try override(of: transaction) { throw OverrideRefusal.forcedBefore(known) }
        guard let held = try reservation(transaction) else {
            throw OverrideRefusal.unknownReservation(transaction)
        }
        guard held.status == .voted else {
            throw OverrideRefusal.notInDoubt(transaction, held.status)
        }
        if choice == .confirm, let takeover = held.takeover {
            throw OverrideRefusal.wouldReplace(transaction, takeover.replaced)
        }
        let id = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            """
            INSERT INTO override_log (tx, coordinator, order_id, choice, who, reason, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                transaction.number, id, held.reservation.order.rawValue, choice.rawValue, who,
                reason, now.milliseconds,
            ]
        )
        switch choice {
        case .confirm: try apply(.confirm, to: transaction)
        case .release: try apply(.release, to: transaction)
        }
        return OverrideRecord(
            override: HoldOverride(
                transaction: transaction,
                choice: choice,
                who: who,
                reason: reason,
                at: now
            ),
            order: held.reservation.order,
            decision: nil,
            isNoted: false,
            settlement: nil
        )
    }

    /// Closes a conflict, and records how it was mended.
    ///
    /// What was kept for an order that never was goes back to stock. What was given back and promised all the same is mended by people: it may
    /// have left the building. The record says what they did.
    ///
    /// - Throws: `OverrideRefusal`, or `StockRefusal` for an unlawful text; nothing is changed.
    package func settle(
        _ transaction: TransactionID,
        reason: String,
        who: String
    ) throws -> OverrideRecord {
        try check(reason, field: "reason")
        try check(who, field: "who")
        guard let known = try override(of: transaction), known.isOpenConflict else {
            throw OverrideRefusal.noConflict(transaction)
        }
        let id = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            """
            UPDATE override_log SET settled_by = ?, settled_reason = ?, settled_at = ?
            WHERE tx = ? AND coordinator = ?
            """,
            [who, reason, now.milliseconds, transaction.number, id]
        )
        if known.override.choice == .confirm, try status(of: transaction) == .confirmed {
            try apply(.release, to: transaction)
            // No decision gave it back: it must not be told of as one.
            try db.run(
                "DELETE FROM reservation WHERE tx = ? AND coordinator = ?",
                [transaction.number, id]
            )
        }
        return try override(of: transaction) ?? known
    }

    /// Returns what was forced of a reservation, if anything was.
    package func override(of transaction: TransactionID) throws -> OverrideRecord? {
        try overrides(
            where: "o.tx = ? AND c.name = ?",
            [transaction.number, transaction.coordinator.rawValue],
            limit: 1
        )
        .first
    }

    /// Returns what was forced, the latest first, at most `limit`.
    package func overrides(limit: Int = Limits.pageRowsMaximum) throws -> [OverrideRecord] {
        try overrides(where: "1", [], limit: limit)
    }

    /// Returns what the coordinator has not noted yet, at most `limit`.
    package func overridesToTell(
        _ coordinator: Coordinator.ID,
        limit: Int
    ) throws -> [HoldOverride] {
        try overrides(
            where: "c.name = ? AND o.is_noted = 0",
            [coordinator.rawValue],
            limit: limit
        )
        .map(\.override)
    }

    /// Returns what was forced and is not known to be decided: it is asked about like a vote.
    package func forcedAndUnheard(
        of coordinator: Coordinator.ID
    ) throws -> [TransactionID] {
        try overrides(
            where: "c.name = ? AND o.decision IS NULL",
            [coordinator.rawValue],
            limit: Limits.pageRowsMaximum
        )
        .map(\.override.transaction)
    }

    /// Remembers what the coordinator says of a reservation that was forced; its first word counts.
    package func note(
        _ decision: OverrideRecord.Decision,
        onForced transaction: TransactionID
    ) throws {
        guard let known = try override(of: transaction), known.decision != decision else { return }
        // A cancellation follows a confirmation; nothing else follows anything.
        guard known.decision == nil || (known.decision == .confirm && decision == .cancel) else {
            return
        }
        let id = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            "UPDATE override_log SET decision = ? WHERE tx = ? AND coordinator = ?",
            [decision.rawValue, transaction.number, id]
        )
    }

    /// Remembers that the coordinator has an override in its log.
    package func markNoted(_ transaction: TransactionID) throws {
        guard let known = try override(of: transaction), !known.isNoted else { return }
        let id = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            "UPDATE override_log SET is_noted = 1 WHERE tx = ? AND coordinator = ?",
            [transaction.number, id]
        )
    }

    /// Overrides at the site, and those of them that the order's decision contradicts, unmended.
    package func overrideCounts() throws -> (all: Int64, conflicts: Int64) {
        let row = try db.row(
            """
            SELECT count(*), ifnull(sum(settled_at IS NULL
                AND ((choice = 'confirm' AND decision = 'release')
                    OR (choice = 'release' AND decision = 'confirm'))), 0)
            FROM override_log
            """
        )
        return (row?[0] ?? 0, row?[1] ?? 0)
    }

    private func overrides(
        where condition: String,
        _ arguments: StatementArguments,
        limit: Int
    ) throws -> [OverrideRecord] {
        let bounded = max(0, min(limit, Limits.pageRowsMaximum))
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.name, o.tx, o.order_id, o.choice, o.who, o.reason, o.at, o.decision,
                        o.is_noted, o.settled_by, o.settled_reason, o.settled_at
                    FROM override_log AS o JOIN coordinator AS c ON c.id = o.coordinator
                    WHERE \(condition) ORDER BY o.at DESC, o.tx DESC LIMIT \(bounded)
                    """
            ),
            arguments: arguments
        )
        return rows.compactMap { row in
            guard
                let transaction = TransactionID(
                    coordinator: Coordinator.ID(trusted: row[0]),
                    number: row[1]
                ), let choice = HoldOverride.Choice(rawValue: row[3])
            else { return nil }
            return OverrideRecord(
                override: HoldOverride(
                    transaction: transaction,
                    choice: choice,
                    who: row[4],
                    reason: row[5],
                    at: Timestamp(milliseconds: row[6])
                ),
                order: Order.ID(trusted: row[2]),
                decision: (row[7] as String?).flatMap { OverrideRecord.Decision(rawValue: $0) },
                isNoted: row[8] == 1,
                settlement: (row[11] as Int64?)
                    .map {
                        OverrideRecord.Settlement(
                            who: row[9],
                            reason: row[10],
                            at: Timestamp(milliseconds: $0)
                        )
                    }
            )
        }
    }
}
