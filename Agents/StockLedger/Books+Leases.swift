package import AllocationModel
import GRDB

/// A lease as the ledger keeps it.
package struct LeaseRecord: Hashable, Sendable {
    package let lease: Lease
    package let coordinator: Coordinator.ID
    package let status: Status
    /// How many of its units the site sets aside or has set aside for the coordinator's orders.
    package let kept: Quantity
    /// How many have come as reservations.
    package let drained: Quantity
    package let grantedBy: String
    package let grantedAt: Timestamp
    /// Who wrote it off, and why; nil where nobody has.
    package let writeOff: LeaseWriteOff?

    /// How far a lease has come.
    package enum Status: String, CaseIterable, Hashable, Sendable {
        /// The coordinator may draw on it.
        case open
        /// The coordinator is asked to close it; until it has, it may draw.
        case returning
        /// The coordinator draws no more; what it had drawn comes, or has come.
        case closed
        /// The coordinator has lost what it knew of it: nobody knows what was drawn.
        case unsettled
        /// The site manager has said that it counts no more.
        case writtenOff = "written-off"
        /// The same, and the coordinator knows.
        case reported
        /// A conflict over it has been mended.
        case settled
    }

    /// Units that nobody else may have now.
    package var setAside: Quantity { kept.lessAtMost(drained) }

    /// Units that may still come for orders.
    ///
    /// Where history was lost and given back, they have come in another way;
    /// where it was written off, they come nevertheless.
    fileprivate var room: Quantity {
        switch status {
        case .open, .returning, .closed, .unsettled: setAside
        case .writtenOff, .reported, .settled: lease.quantity.lessAtMost(drained)
        }
    }

    /// Units that came for orders after the site manager had written the lease off.
    package var conflict: Quantity { drained.lessAtMost(kept) }
}

/// Why nothing was done about a lease; nothing was changed.
package enum LeaseRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Lots go bad, and a lease has no end.
    case keptByLot(SKU)
    case insufficient(SKU, available: Quantity)
    case empty
    case tooMany
    case noCoordinator
    case severalCoordinators
    case unknownLease(LeaseID)
    /// Its status does not allow that.
    case notNow(LeaseID, LeaseRecord.Status)
    case noConflict(LeaseID)

    package var description: String {
        switch self {
        case .keptByLot(let sku):
            "\(sku) is kept by lot, and lots go bad; a lease has no end, so none is granted of it"
        case .insufficient(let sku, let available):
            "\(available) of \(sku) are available to promise; lease no more than that"
        case .empty: "a lease of nothing is none; give a quantity"
        case .tooMany:
            "\(Limits.leasesOpenMaximum) leases are open; revoke some, or lease more at a time"
        case .noCoordinator: "no coordinator has been heard yet; connect the site first"
        case .severalCoordinators:
            "several coordinators have been heard; say which with --coordinator"
        case .unknownLease(let id): "no lease \(id) is here; see lease list"
        case .notNow(let id, let status): "lease \(id) is \(status.rawValue); see lease list"
        case .noConflict(let id): "lease \(id) is in no conflict that is open; see lease list"
        }
    }
}

extension Books {
    /// Lets the coordinator promise units while the site is cut off.
    ///
    /// - Parameters:
    ///   - id: 128 bits of chance.
    ///   - sku: Not one that is kept by lot.
    ///   - quantity: Units that are available to promise now.
    ///   - coordinator: Nil for the only one that was ever heard.
    ///   - who: Who grants it.
    /// - Returns: The lease.
    /// - Throws: `LeaseRefusal` or `StockRefusal`; nothing is changed.
    @discardableResult
    package func grant(
        _ id: LeaseID,
        of sku: SKU,
        _ quantity: Quantity,
        to coordinator: Coordinator.ID? = nil,
        who: String
    ) throws -> LeaseRecord {
        try check(who, field: "who")
        guard let (row, stock) = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        guard !quantity.isZero else { throw LeaseRefusal.empty }
        guard !stock.entry.isLotTracked else { throw LeaseRefusal.keptByLot(sku) }
        try checkMultiple(quantity.units, of: stock.entry)
        guard quantity <= stock.available else {
            throw LeaseRefusal.insufficient(sku, available: stock.available)
        }
        let open: Int = try db.value("SELECT count(*) FROM lease WHERE kept > drained") ?? 0
        guard open < Limits.leasesOpenMaximum else { throw LeaseRefusal.tooMany }
        let owner = try coordinatorID(of: try coordinator ?? onlyCoordinator())
        try willWrite()
        try db.run(
            "INSERT INTO lease (id, coordinator, sku, quantity) VALUES (?, ?, ?, ?)",
            [id.description, owner, row, quantity.units]
        )
        try enter(.grant, id, .open, kept: quantity.units, who: who)
        guard let record = try lease(id) else { throw LeaseRefusal.unknownLease(id) }
        return record
    }

    /// Asks the coordinator to close a lease and say what was drawn; till then it stays as it is.
    ///
    /// - Throws: `LeaseRefusal`, or `StockRefusal` for an unlawful text; nothing is changed.
    package func askBack(_ id: LeaseID, reason: String, who: String) throws -> LeaseRecord {
        let record = try changeable(id, reason: reason, who: who)
        switch record.status {
        case .open:
            try enter(.askBack, id, .returning, who: who, reason: reason)
        case .returning:
            break
        case .closed, .unsettled, .writtenOff, .reported, .settled:
            throw LeaseRefusal.notNow(id, record.status)
        }
        return try lease(id) ?? record
    }

    /// Frees what is left of a lease without the coordinator's word, on the record, for good.
    ///
    /// - Throws: `LeaseRefusal`, or `StockRefusal` for an unlawful text; nothing is changed.
    package func writeOff(_ id: LeaseID, reason: String, who: String) throws -> LeaseRecord {
        let record = try changeable(id, reason: reason, who: who)
        switch record.status {
        case .open, .returning, .unsettled:
            break
        // What the coordinator says was drawn comes: it is not the site's to free.
        case .closed, .writtenOff, .reported, .settled:
            throw LeaseRefusal.notNow(id, record.status)
        }
        let kept = record.drained.units - record.kept.units
        try enter(.writeOff, id, .writtenOff, kept: kept, who: who, reason: reason)
        return try lease(id) ?? record
    }

    /// Records how people mended that orders had drawn on a lease that was written off.
    ///
    /// - Throws: `LeaseRefusal`, or `StockRefusal` for an unlawful text; nothing is changed.
    package func settleLease(
        _ id: LeaseID,
        reason: String,
        who: String
    ) throws -> LeaseRecord {
        let record = try changeable(id, reason: reason, who: who)
        guard record.status == .reported, !record.conflict.isZero else {
            throw LeaseRefusal.noConflict(id)
        }
        try enter(.settle, id, .settled, who: who, reason: reason)
        return try lease(id) ?? record
    }

    // What the coordinator says.

    /// Closes a lease of which the coordinator has drawn `kept` units and will draw no more.
    ///
    /// What has not come yet stays set aside until it does.
    package func close(_ id: LeaseID, keeping kept: Quantity) throws {
        guard let record = try lease(id) else { return }
        switch record.status {
        case .open, .returning:
            // More has come than the coordinator knows of: what has come stays.
            let rest = min(max(kept, record.drained), record.kept)
            try enter(.close, id, .closed, kept: rest.units - record.kept.units)
        case .closed, .unsettled, .writtenOff, .reported, .settled:
            break
        }
    }

    /// Remembers that the coordinator knows of a lease that was written off.
    package func markReported(_ id: LeaseID) throws {
        guard let record = try lease(id), record.status == .writtenOff else { return }
        try enter(.report, id, .reported)
    }

    /// Remembers that `coordinator` has lost what it knew of its leases.
    ///
    /// What was drawn and has not come, nobody knows: all of it stays set aside.
    package func unsettleLeases(of coordinator: Coordinator.ID) throws {
        for record in try leases(of: coordinator) {
            switch record.status {
            // What is kept of a closed one has been drawn, and may never come now.
            case .open, .returning, .closed:
                if !record.setAside.isZero { try enter(.lose, record.lease.id, .unsettled) }
            case .unsettled, .writtenOff, .reported, .settled: break
            }
        }
    }

    /// Closes the leases of a ledger that has lost history.
    ///
    /// The coordinator has closed them before it says so; what was drawn comes
    /// back as reservations before the site promises anything.
    func adoptLeases(of coordinator: Coordinator.ID) throws {
        for record in try leases(of: coordinator) where !record.setAside.isZero {
            switch record.status {
            case .open, .returning, .closed:
                let kept = record.drained.units - record.kept.units
                try enter(.adopt, record.lease.id, .closed, kept: kept)
            case .unsettled, .writtenOff, .reported, .settled:
                break
            }
        }
    }

    /// Takes an order's units out of the leases that the coordinator drew them from.
    ///
    /// A draw on a lease that is not here changes nothing: a ledger that has lost
    /// history does not know it.
    package func draw(_ draws: [Lease.Draw], for transaction: TransactionID) throws {
        for draw in draws {
            guard let record = try lease(draw.lease),
                record.coordinator == transaction.coordinator, record.lease.sku == draw.sku
            else { continue }
            let isKnown: Bool? = try db.value(
                "SELECT 1 FROM lease_entry WHERE lease = ? AND tx = ?",
                [draw.lease.description, transaction.number]
            )
            let room = record.room
            guard isKnown == nil, !min(room, draw.quantity).isZero else { continue }
            try enter(
                .draw,
                draw.lease,
                record.status,
                drained: min(room, draw.quantity).units,
                transaction: transaction
            )
        }
    }

    // Reading.

    /// Returns one lease, or nil where the ledger has none of that name.
    package func lease(_ id: LeaseID) throws -> LeaseRecord? {
        try leases(where: "l.id = ?", [id.description]).first
    }

    /// Returns the leases, by the order in which they were granted, at most a page.
    ///
    /// Where `onlyCurrent`, those are left out of which nothing is left to be done.
    package func leases(onlyCurrent: Bool = false) throws -> [LeaseRecord] {
        try leases(
            where: onlyCurrent
                ? "l.kept > l.drained OR l.status IN ('written-off', 'returning')"
                    + " OR (l.status = 'reported' AND l.drained > l.kept)"
                : "1",
            []
        )
    }

    /// Returns the leases of a coordinator of which it may have something to say.
    package func leases(of coordinator: Coordinator.ID) throws -> [LeaseRecord] {
        try leases(
            where:
                "c.name = ? AND (l.kept > l.drained OR l.status IN ('returning', 'written-off'))",
            [coordinator.rawValue]
        )
    }

    /// Units that are leased, leases in a conflict that nobody has mended, and those nobody can close.
    package func leaseCounts() throws -> (units: Int64, conflicts: Int64, unsettled: Int64) {
        let row = try db.row(
            """
            SELECT ifnull(sum(max(kept - drained, 0)), 0),
                ifnull(sum(drained > kept AND status <> 'settled'), 0),
                ifnull(sum(status = 'unsettled' AND kept > drained), 0)
            FROM lease
            """
        )
        return (row?[0] ?? 0, row?[1] ?? 0, row?[2] ?? 0)
    }

    /// Units that are leased and not there, by SKU: what is on hand was counted or adjusted away.
    private func uncoveredLeases() throws -> [(sku: String, units: Int64)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT s.code, sum(l.kept - l.drained) - max(0, (
                    SELECT ifnull(sum(on_hand - held - allocated), 0) FROM stock
                    WHERE sku = s.id)) AS missing
                FROM lease AS l JOIN sku AS s ON s.id = l.sku WHERE l.kept > l.drained
                GROUP BY s.id HAVING missing > 0 ORDER BY s.code LIMIT ?
                """,
            arguments: [Limits.findingsMaximum]
        )
        .map { ($0[0], $0[1]) }
    }

    /// What the audit finds of leases.
    func leaseFindings() throws -> [Finding] {
        let apart =
            try String.fetchAll(
                db,
                sql: """
                    SELECT l.id FROM lease AS l LEFT JOIN (
                        SELECT lease, sum(kept_delta) AS kept, sum(drained_delta) AS drained,
                            max(id) AS entry FROM lease_entry GROUP BY lease
                    ) AS e ON e.lease = l.id
                    WHERE l.kept <> ifnull(e.kept, 0) OR l.drained <> ifnull(e.drained, 0)
                        OR l.entry IS NOT e.entry
                    ORDER BY l.id LIMIT ?
                    """,
                arguments: [Limits.findingsMaximum]
            )
            .map {
                Finding(
                    kind: .leaseApartFromJournal,
                    description: "lease \($0) is not the sum of its entries"
                )
            }
        let missing = try uncoveredLeases()
            .map {
                Finding(
                    kind: .leaseShortfall,
                    description: "\($0.sku) has \($0.units) units leased that are not there"
                )
            }
        let conflicts = try leases(where: "l.drained > l.kept AND l.status <> 'settled'", [])
            .map { record in
                Finding(
                    kind: .leaseConflict,
                    description:
                        "lease \(record.lease.id) of \(record.lease.sku) was written off by "
                        + "\(record.writeOff?.who ?? ""), and orders had drawn \(record.conflict) "
                        + "of it"
                )
            }
        return apart + missing + conflicts
    }

    // Parts.

    private enum EntryKind: String {
        case grant
        case draw
        case askBack = "ask-back"
        case close
        case adopt
        case lose
        case writeOff = "write-off"
        case report
        case settle
    }

    private func enter(
        _ kind: EntryKind,
        _ id: LeaseID,
        _ status: LeaseRecord.Status,
        kept: Int64 = 0,
        drained: Int64 = 0,
        transaction: TransactionID? = nil,
        who: String? = nil,
        reason: String? = nil
    ) throws {
        try willWrite()
        try db.run(
            """
            INSERT INTO lease_entry
                (batch, lease, kind, status, kept_delta, drained_delta, tx, at, who, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                batch, id.description, kind.rawValue, status.rawValue, kept, drained,
                transaction?.number, now.milliseconds, who, reason,
            ]
        )
    }

    private func changeable(
        _ id: LeaseID,
        reason: String,
        who: String
    ) throws -> LeaseRecord {
        try check(reason, field: "reason")
        try check(who, field: "who")
        guard let record = try lease(id) else { throw LeaseRefusal.unknownLease(id) }
        return record
    }

    private func onlyCoordinator() throws -> Coordinator.ID {
        let names = try String.fetchAll(db, sql: "SELECT name FROM coordinator LIMIT 2")
        guard let name = names.first else { throw LeaseRefusal.noCoordinator }
        guard names.count == 1 else { throw LeaseRefusal.severalCoordinators }
        return Coordinator.ID(trusted: name)
    }

    private func leases(
        where condition: String,
        _ arguments: StatementArguments
    ) throws -> [LeaseRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT l.id, s.code, l.quantity, c.name, l.status, l.kept, l.drained, g.who, g.at,
                        w.who, w.reason, w.at
                    FROM lease AS l JOIN sku AS s ON s.id = l.sku
                    JOIN coordinator AS c ON c.id = l.coordinator
                    JOIN lease_entry AS g ON g.lease = l.id AND g.kind = 'grant'
                    LEFT JOIN lease_entry AS w ON w.lease = l.id AND w.kind = 'write-off'
                    WHERE \(condition) ORDER BY g.id LIMIT \(Limits.pageRowsMaximum)
                    """
            ),
            arguments: arguments
        )
        .compactMap { row in
            guard let id = try? LeaseID(parsing: row[0]),
                let status = LeaseRecord.Status(rawValue: row[4])
            else { return nil }
            return LeaseRecord(
                lease: Lease(id: id, sku: SKU(trusted: row[1]), quantity: Quantity(row[2])),
                coordinator: Coordinator.ID(trusted: row[3]),
                status: status,
                kept: Quantity(row[5]),
                drained: Quantity(row[6]),
                grantedBy: row[7],
                grantedAt: Timestamp(milliseconds: row[8]),
                writeOff: (row[9] as String?)
                    .map {
                        LeaseWriteOff(
                            who: $0,
                            reason: row[10],
                            at: Timestamp(milliseconds: row[11])
                        )
                    }
            )
        }
    }
}
