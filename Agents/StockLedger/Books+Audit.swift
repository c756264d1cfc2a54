import AllocationModel
import GRDB

/// Something that the audit found and a person must look at.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// SQLite finds the file damaged.
        case damagedFile
        /// A row of stock is not the sum of its entries (I8).
        case stockApartFromJournal
        /// Held or allocated units are not those of the open reservations (I8).
        case stockApartFromReservations
        /// The chain of batches does not hash to what it says.
        case brokenChain
        /// What the journal says of a reservation cannot have come about.
        case unlawfulHistory
        /// A reservation has shipped, and no shipment is on record.
        case shipmentNotOnRecord
        /// A reservation takes another share of its day than its lines: days are counted wrongly.
        case loadApartFromLines
        /// What a site manager forced is not what was decided: true, and somebody must mend it.
        case overrideConflict
        /// What has come of a receipt is not what the journal says of it.
        case receiptApartFromJournal
        /// A lease is not the sum of its entries, or was drawn beyond what it is.
        case leaseApartFromJournal
        /// A lease was written off, and orders had drawn on it: true, and somebody must mend it.
        case leaseConflict
        /// More is leased than is there: true, and somebody must mend it.
        case leaseShortfall
        /// More is promised than is on hand: true, and somebody must mend it.
        case shortfall

        /// Whether the file cannot be believed, and not only the warehouse be in trouble.
        package var isDamage: Bool {
            switch self {
            case .damagedFile, .stockApartFromJournal, .stockApartFromReservations, .brokenChain,
                .unlawfulHistory, .shipmentNotOnRecord, .leaseApartFromJournal, .loadApartFromLines,
                .receiptApartFromJournal:
                true
            case .overrideConflict, .leaseConflict, .leaseShortfall, .shortfall: false
            }
        }
    }

    package let kind: Kind
    package let description: String
}

extension Books {
    /// Checks everything that must be true of the ledger, from its own rows.
    ///
    /// - Returns: At most `Limits.findingsMaximum`; none where all is well.
    /// - Complexity: Reads the whole file.
    package func audit() throws -> [Finding] {
        var findings = try damage()
        // Of a damaged file nothing can be read safely: a column may hold what it cannot.
        guard findings.isEmpty else { return findings }
        findings += try found(
            .stockApartFromJournal,
            Self.stockAgainstJournalSQL,
            "is not the sum of its entries in the journal"
        )
        findings += try found(
            .stockApartFromReservations,
            Self.stockAgainstReservationsSQL,
            "has other units held or allocated than its open reservations"
        )
        findings += try brokenChain()
        findings += try unlawfulHistories()
        findings += try shipmentsNotOnRecord()
        findings += try loadsApartFromLines()
        findings += try found(
            .shortfall,
            """
            SELECT s.code, k.lot FROM stock AS k JOIN sku AS s ON s.id = k.sku
            WHERE k.held + k.allocated > k.on_hand ORDER BY s.code, k.lot LIMIT ?
            """,
            "has more promised than is on hand"
        )
        findings += try found(
            .receiptApartFromJournal,
            """
            SELECT r.reference || ' of ' || s.code, '' FROM inbound_receipt AS r
            JOIN sku AS s ON s.id = r.sku
            WHERE r.received <> (
                SELECT ifnull(sum(j.on_hand_delta), 0) FROM inbound_event AS e
                JOIN journal_entry AS j ON j.id = e.entry AND j.sku = e.sku
                    AND j.kind = 'receive'
                WHERE e.reference = r.reference AND e.sku = r.sku)
            ORDER BY 1 LIMIT ?
            """,
            "has come in otherwise than the journal says"
        )
        findings += try leaseFindings()
        findings += try overrides().filter(\.isOpenConflict)
            .map { record in
                let forced = record.override
                return Finding(
                    kind: .overrideConflict,
                    description: "\(forced.transaction), order \(record.order), was forced to "
                        + "\(forced.choice.rawValue) by \(forced.who), and was decided otherwise"
                )
            }
        return Array(findings.prefix(Limits.findingsMaximum))
    }

    /// Proves the ledger before it is served from, where that takes no more than a moment.
    ///
    /// - Returns: What makes the file unfit to be believed; nothing of one that is too large.
    package func proof() throws -> [Finding] {
        guard try Self.isSoonProved(db) else { return [] }
        return try audit().filter(\.kind.isDamage)
    }

    static func isSoonProved(_ db: Database) throws -> Bool {
        let bytes = try Int64.fetchOne(
            db,
            sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        )
        return (bytes ?? 0) <= Limits.provedBytesMaximum
    }

    private func damage() throws -> [Finding] {
        var findings =
            try String.fetchAll(
                db,
                sql: "PRAGMA integrity_check(\(Limits.findingsMaximum))"
            )
            .filter { $0 != "ok" }.map { Finding(kind: .damagedFile, description: $0) }
        do {
            if let row = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") {
                let table: String = row[0]
                findings.append(
                    Finding(kind: .damagedFile, description: "a row of \(table) is orphaned")
                )
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // The statement is sound: what it found of the schema is not.
            findings.append(
                Finding(kind: .damagedFile, description: error.message ?? "its schema is damaged")
            )
        }
        return findings
    }

    private func found(
        _ kind: Finding.Kind,
        _ sql: String,
        _ predicate: String
    ) throws -> [Finding] {
        try Row.fetchAll(db, sql: sql, arguments: [Limits.findingsMaximum])
            .map { row in
                let lot: String = row[1]
                let name = lot.isEmpty ? "\(row[0] as String)" : "\(row[0] as String), lot \(lot),"
                return Finding(kind: kind, description: "\(name) \(predicate)")
            }
    }

    private func brokenChain() throws -> [Finding] {
        let batches = try Row.fetchCursor(
            db,
            sql: "SELECT lsn, chain, at FROM batch ORDER BY lsn"
        )
        let entries = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, sku, lot, kind, on_hand_delta, held_delta, allocated_delta,
                    coordinator, tx, batch
                FROM journal_entry ORDER BY id
                """
        )
        var chain = JournalMark.empty.chain
        var entry = try entries.next()
        while let batch = try batches.next() {
            let lsn: Int64 = batch[0]
            var hash = JournalHash()
            hash.combine(chain)
            hash.combine(lsn)
            hash.combine(batch[2] as Int64)
            while let current = entry, current[9] as Int64 == lsn {
                JournalChain.absorb(current, into: &hash)
                entry = try entries.next()
            }
            chain = UInt64(bitPattern: batch[1])
            if hash.value != chain {
                return [
                    Finding(
                        kind: .brokenChain,
                        description: "batch \(lsn) does not follow from the ones before"
                    )
                ]
            }
        }
        guard let entry else { return [] }
        return [
            Finding(
                kind: .brokenChain,
                description: "entry \(entry[0] as Int64) of the journal belongs to no batch"
            )
        ]
    }

    /// Folds the journal of every reservation, and says which cannot have come about.
    private func unlawfulHistories() throws -> [Finding] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.coordinator, e.tx, e.kind, e.batch, r.status, c.name
                FROM journal_entry AS e JOIN coordinator AS c ON c.id = e.coordinator
                LEFT JOIN reservation AS r ON r.tx = e.tx AND r.coordinator = e.coordinator
                ORDER BY e.coordinator, e.tx, e.id
                """
        )
        var findings: [Finding] = []
        var row = try rows.next()?.copy()
        while let first = row, findings.count < Limits.findingsMaximum {
            let coordinator: Int64 = first[0]
            let number: Int64 = first[1]
            var history = ReservationHistory()
            while let next = row, next[0] == coordinator, next[1] == number {
                history.add(kind: next[2], batch: next[3])
                row = try rows.next()?.copy()
            }
            if let why = history.fault(status: first[4]) {
                let transaction = TransactionID(
                    coordinator: Coordinator.ID(trusted: first[5]),
                    number: number
                )
                let name = transaction.map { "\($0)" } ?? "\(number)"
                findings.append(
                    Finding(kind: .unlawfulHistory, description: "reservation \(name) \(why)")
                )
            }
        }
        return findings
    }

    private static let stockAgainstJournalSQL = """
        SELECT s.code, k.lot FROM stock AS k JOIN sku AS s ON s.id = k.sku
        LEFT JOIN (
            SELECT sku, lot, sum(on_hand_delta) AS on_hand, sum(held_delta) AS held,
                sum(allocated_delta) AS allocated, max(id) AS entry
            FROM journal_entry GROUP BY sku, lot
        ) AS j ON j.sku = k.sku AND j.lot = k.lot
        WHERE k.on_hand <> ifnull(j.on_hand, 0) OR k.held <> ifnull(j.held, 0)
            OR k.allocated <> ifnull(j.allocated, 0) OR k.entry IS NOT j.entry
        ORDER BY s.code, k.lot LIMIT ?
        """

    private static let stockAgainstReservationsSQL = """
        SELECT s.code, k.lot FROM stock AS k JOIN sku AS s ON s.id = k.sku
        LEFT JOIN (
            SELECT l.sku, l.lot,
                sum(CASE WHEN r.status IN ('held', 'voted') THEN l.quantity ELSE 0 END) AS held,
                sum(CASE WHEN r.status = 'confirmed' THEN l.quantity ELSE 0 END) AS allocated
            FROM reservation_line AS l
            JOIN reservation AS r ON r.tx = l.tx AND r.coordinator = l.coordinator
            GROUP BY l.sku, l.lot
        ) AS j ON j.sku = k.sku AND j.lot = k.lot
        WHERE k.held <> ifnull(j.held, 0) OR k.allocated <> ifnull(j.allocated, 0)
        ORDER BY s.code, k.lot LIMIT ?
        """
}
