import GRDB

/// The hash that ties every batch to the one before, and so to the whole history.
enum JournalChain {
    /// Returns the chain after a batch that is complete in the journal.
    ///
    /// FNV-1a over the chain before, the batch's number and time, and its entries
    /// in order, which are the journal's last. A batch that wrote no entry - a new cutoff, say - moves it too.
    static func next(
        after chain: UInt64,
        batch: Int64,
        at milliseconds: Int64,
        entriesAfter last: Int64,
        in db: Database
    ) throws -> UInt64 {
        var hash = JournalHash()
        hash.combine(chain)
        hash.combine(batch)
        hash.combine(milliseconds)
        let entries = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT id, sku, lot, kind, on_hand_delta, held_delta, allocated_delta,
                        coordinator, tx
                    FROM journal_entry WHERE id > ? ORDER BY id
                    """
            ),
            arguments: [last]
        )
        while let entry = try entries.next() {
            absorb(entry, into: &hash)
        }
        return hash.value
    }

    static func absorb(_ entry: Row, into hash: inout JournalHash) {
        hash.combine(entry[0] as Int64)
        hash.combine(entry[1] as Int64)
        hash.combine(entry[2] as String)
        hash.combine(entry[3] as String)
        hash.combine(entry[4] as Int64)
        hash.combine(entry[5] as Int64)
        hash.combine(entry[6] as Int64)
        hash.combine(entry[7] as Int64? ?? -1)
        hash.combine(entry[8] as Int64? ?? -1)
    }
}
