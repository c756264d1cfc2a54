package import AllocationModel
import GRDB

extension Books {
    /// Returns the counts that a coordinator has not noted yet, the earliest first, at most `limit`.
    ///
    /// Those that found other than what was recorded, and those that then agreed.
    package func countsToTell(
        _ coordinator: Coordinator.ID,
        limit: Int
    ) throws -> [CountReport] {
        guard let id = try knownCoordinatorID(of: coordinator) else { return [] }
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT r.entry, s.code, r.lot, r.recorded, r.counted, r.who, r.at
                    FROM count_report AS r JOIN sku AS s ON s.id = r.sku
                    WHERE r.entry > (SELECT counts_noted FROM coordinator WHERE id = ?)
                    ORDER BY r.entry LIMIT ?
                    """
            ),
            arguments: [id, limit]
        )
        return rows.map { row in
            let lot: String = row[2]
            return CountReport(
                entry: row[0],
                sku: SKU(trusted: row[1]),
                lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
                recorded: Quantity(row[3]),
                counted: Quantity(row[4]),
                who: row[5],
                at: Timestamp(milliseconds: row[6])
            )
        }
    }

    /// Remembers that a coordinator has seen to all counts up to an entry of the journal.
    package func markCountsNoted(through entry: Int64, of coordinator: Coordinator.ID) throws {
        guard let id = try knownCoordinatorID(of: coordinator) else { return }
        let last: Int64? = try db.value(
            """
            SELECT max(entry) FROM count_report
            WHERE entry <= ? AND entry > (SELECT counts_noted FROM coordinator WHERE id = ?)
            """,
            [entry, id]
        )
        guard let last else { return }
        try willWrite()
        try db.run("UPDATE coordinator SET counts_noted = ? WHERE id = ?", [last, id])
    }

    /// Enters a count that is news: it differs from the record, or agrees after one that did not.
    ///
    /// What was never recorded before is no drift.
    func reportCount(
        of row: ChangeableRow,
        after previous: Int64?,
        counted: Int64,
        who: String
    ) throws {
        guard previous != nil else { return }
        let lastDiffers: Bool? = try db.value(
            """
            SELECT recorded <> counted FROM count_report WHERE sku = ? AND lot = ?
            ORDER BY entry DESC LIMIT 1
            """,
            [row.sku, row.lot]
        )
        guard counted != row.onHand || lastDiffers == true else { return }
        try willWrite()
        try db.run(
            """
            INSERT INTO count_report (entry, sku, lot, recorded, counted, who, at)
            SELECT entry, sku, lot, ?, ?, ?, ? FROM stock WHERE sku = ? AND lot = ?
            """,
            [row.onHand, counted, who, now.milliseconds, row.sku, row.lot]
        )
    }

    /// The last entry of a row of stock; nil where nothing was ever recorded of it.
    func lastEntry(of row: ChangeableRow) throws -> Int64? {
        try db.value("SELECT entry FROM stock WHERE sku = ? AND lot = ?", [row.sku, row.lot])
    }
}
