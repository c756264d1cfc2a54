package import AllocationModel
import GRDB
import ShippingCalendar

/// The ledger, open for one piece of work at one time.
///
/// Everything done through it is one transaction: all of it is durable when
/// `StockLedger.perform` returns, or none of it ever was. A value of this type
/// must not outlive the work it was given to.
package struct Books {
    /// What one transaction has come to so far.
    final class Transaction {
        /// Whether a batch must be written at the end.
        var isWritten = false
        /// Set by `seal`: after it, nothing more may be written.
        var sealed: JournalMark?
        /// Worked out once, because every SKU asks.
        var today: CivilDate?
    }

    let db: Database
    let cache: LedgerCache
    let transaction = Transaction()
    /// Whether this is a reading, in which nothing may be written.
    private let isReading: Bool
    /// The time at which all of this happens.
    package let now: Timestamp
    /// Where the history stood before this transaction.
    package let markBefore: JournalMark
    /// The journal's last entry before this transaction.
    private let lastEntry: Int64

    init(
        _ db: Database,
        at now: Timestamp,
        cache: LedgerCache,
        isReading: Bool = false
    ) throws {
        self.isReading = isReading
        self.db = db
        self.now = now
        self.cache = cache
        let row = try db.row(
            """
            SELECT lsn, chain, (SELECT max(id) FROM journal_entry)
            FROM batch ORDER BY lsn DESC LIMIT 1
            """
        )
        markBefore =
            row.map { JournalMark(entry: $0[0], chain: UInt64(bitPattern: $0[1])) } ?? .empty
        lastEntry = row.flatMap { $0[2] } ?? 0
    }

    /// The number of the batch that this transaction would write.
    var batch: Int64 { markBefore.entry + 1 }

    /// Says that something is about to be written.
    ///
    /// - Precondition: the transaction is not sealed.
    /// - Throws: `LedgerFault.readingOnly` in a reading.
    func willWrite() throws {
        if isReading { throw LedgerFault.readingOnly }
        // After a full disk, say. What came next would be a transaction of its own.
        guard db.isInsideTransaction else { throw LedgerFault.rolledBack }
        precondition(transaction.sealed == nil, "a sealed transaction writes nothing more")
        transaction.isWritten = true
    }

    /// Whether this transaction has changed anything so far.
    package var isWritten: Bool { transaction.isWritten }

    /// Runs `work`, and undoes what it wrote where it throws.
    package func savepoint<Value>(_ work: () throws -> Value) throws -> Value {
        guard db.isInsideTransaction else { throw LedgerFault.rolledBack }
        let wasWritten = transaction.isWritten
        try db.run("SAVEPOINT request")
        do {
            let value = try work()
            try db.run("RELEASE request")
            return value
        } catch {
            if db.isInsideTransaction {
                try db.run("ROLLBACK TO request")
                try db.run("RELEASE request")
                transaction.isWritten = wasWritten
                cache.removeAll()
            }
            throw error
        }
    }

    // MARK: History

    /// Where the history stands, with this transaction once it is sealed.
    package var mark: JournalMark { transaction.sealed ?? markBefore }

    /// Ends the writing of this transaction and returns the mark it will have when durable.
    ///
    /// For an answer that is composed in the transaction and speaks of it. Where
    /// nothing was written the mark is the one before.
    package func seal() throws -> JournalMark {
        try sealIfWritten()
        let mark = mark
        transaction.sealed = mark
        return mark
    }

    func sealIfWritten() throws {
        guard transaction.isWritten, transaction.sealed == nil else { return }
        let chain = try JournalChain.next(
            after: markBefore.chain,
            batch: batch,
            at: now.milliseconds,
            entriesAfter: lastEntry,
            in: db
        )
        try db.run(
            "INSERT INTO batch (lsn, chain, at) VALUES (?, ?, ?)",
            [batch, Int64(bitPattern: chain), now.milliseconds]
        )
        transaction.sealed = JournalMark(entry: batch, chain: chain)
    }

    /// The version of SQLite, and whether the connection is set as durability and soundness need.
    package func engine() throws -> Engine {
        let row = try db.row(
            "SELECT sqlite_version(), (SELECT synchronous FROM pragma_synchronous)"
        )
        let mode: String? = try db.row("SELECT journal_mode FROM pragma_journal_mode").map { $0[0] }
        let locking: String? = try db.row("SELECT locking_mode FROM pragma_locking_mode")
            .map {
                $0[0]
            }
        return Engine(
            version: row.map { $0[0] } ?? "unknown",
            isDurable: mode == "wal" && row.map { $0[1] as Int64 } == 2,
            isExclusive: locking == "exclusive"
        )
    }

    /// What keeps the ledger's bytes.
    package struct Engine: Hashable, Sendable {
        package let version: String
        /// Whether what was committed survives a power cut: WAL, and a sync for each commit.
        package let isDurable: Bool
        /// Whether no other connection can open the file.
        ///
        /// SQLite from 3.7.0 to 3.51.2 can lose committed transactions where a
        /// second connection checkpoints (the WAL-reset bug): this is the cure.
        package let isExclusive: Bool
    }

    /// Returns the chain at a past batch, or nil where the history is shorter.
    package func chain(at entry: Int64) throws -> UInt64? {
        if entry == 0 { return JournalMark.empty.chain }
        let chain: Int64? = try db.value("SELECT chain FROM batch WHERE lsn = ?", [entry])
        return chain.map { UInt64(bitPattern: $0) }
    }

    /// Rises whenever the ledger finds that it is a copy and may have lost history.
    package func incarnation() throws -> Int64 {
        try db.value("SELECT incarnation FROM meta") ?? 1
    }

    /// The life of this ledger as `coordinator` knows it: rises where it has lost history.
    package func incarnation(of coordinator: Coordinator.ID) throws -> Int64 {
        try db.value(
            "SELECT incarnation FROM coordinator WHERE name = ?",
            [coordinator.rawValue]
        ) ?? incarnation()
    }

    /// Begins the life of this ledger that `coordinator` has named: it found that history was lost.
    package func begin(incarnation: Int64, for coordinator: Coordinator.ID) throws {
        guard try incarnation > self.incarnation(of: coordinator) else { return }
        let id = try coordinatorID(of: coordinator)
        try willWrite()
        try db.run("UPDATE coordinator SET incarnation = ? WHERE id = ?", [incarnation, id])
        try adoptLeases(of: coordinator)
    }

    // MARK: Coordinators

    /// The highest epoch of `coordinator` that was stored; zero for one never heard.
    package func epochMaximum(of coordinator: Coordinator.ID) throws -> Int64 {
        try db.value(
            "SELECT epoch_maximum FROM coordinator WHERE name = ?",
            [coordinator.rawValue]
        ) ?? 0
    }

    /// Remembers that `coordinator` has reached `epoch`; a lower one than known changes nothing.
    ///
    /// `start` are the random bits of the start that reached it.
    package func storeEpoch(
        _ epoch: Int64,
        start: UInt64 = 0,
        of coordinator: Coordinator.ID
    ) throws {
        guard try epoch > epochMaximum(of: coordinator) else { return }
        let id = try coordinatorID(of: coordinator)
        try willWrite()
        try db.run(
            "UPDATE coordinator SET epoch_maximum = ?, start = ? WHERE id = ?",
            [epoch, Int64(bitPattern: start), id]
        )
    }

    /// What is kept of a coordinator's starts and of its log.
    package struct CoordinatorNotes: Hashable, Sendable {
        package let epochMaximum: Int64
        package let start: UInt64
        package let incarnation: Int64
        package let witnessEpoch: Int64
        package let witnessStart: UInt64
        package let witnessDecisions: Int64
    }

    /// Returns what is kept of `coordinator`; nil for one never heard.
    package func notes(of coordinator: Coordinator.ID) throws -> CoordinatorNotes? {
        try db.row(
            """
            SELECT epoch_maximum, start, incarnation, witness_epoch, witness_start,
                witness_decisions
            FROM coordinator WHERE name = ?
            """,
            [coordinator.rawValue]
        )
        .map { row in
            CoordinatorNotes(
                epochMaximum: row[0],
                start: UInt64(bitPattern: row[1]),
                incarnation: row[2],
                witnessEpoch: row[3],
                witnessStart: UInt64(bitPattern: row[4]),
                witnessDecisions: row[5]
            )
        }
    }

    /// Remembers how far the log of `coordinator` had come in the session of `epoch`.
    package func storeWitness(
        of coordinator: Coordinator.ID,
        epoch: Int64,
        start: UInt64,
        decisions: Int64
    ) throws {
        let id = try coordinatorID(of: coordinator)
        try willWrite()
        try db.run(
            """
            UPDATE coordinator SET witness_epoch = ?, witness_start = ?, witness_decisions = ?
            WHERE id = ?
            """,
            [epoch, Int64(bitPattern: start), decisions, id]
        )
    }

    /// The row of a coordinator, made where it is new.
    func coordinatorID(of coordinator: Coordinator.ID) throws -> Int64 {
        let name = coordinator.rawValue
        return try cache.value {
            $0.coordinatorIDs[name]
        } keep: {
            $0.coordinatorIDs[name] = $1
        } or: {
            let known: Int64? = try db.value(
                "SELECT id FROM coordinator WHERE name = ?",
                [coordinator.rawValue]
            )
            if let known { return known }
            try willWrite()
            try db.run(
                "INSERT INTO coordinator (name, incarnation) SELECT ?, incarnation FROM meta",
                [coordinator.rawValue]
            )
            return db.lastInsertedRowID
        }
    }

    /// The row of a coordinator, or nil for one never heard.
    func knownCoordinatorID(of coordinator: Coordinator.ID) throws -> Int64? {
        let name = coordinator.rawValue
        if let kept = cache.read({ $0.coordinatorIDs[name] }) { return kept }
        let known: Int64? = try db.value(
            "SELECT id FROM coordinator WHERE name = ?",
            [coordinator.rawValue]
        )
        cache.change { $0.coordinatorIDs[name] = known }
        return known
    }

    // MARK: Site

    /// The site that the ledger belongs to.
    package func site() throws -> Site {
        try cache.value {
            $0.site
        } keep: {
            $0.site = $1
        } or: {
            guard
                let row = try db.row(
                    """
                    SELECT warehouse, name, time_zone, currency, country, postal_code, lead_days
                    FROM site
                    """
                )
            else { throw LedgerFault.notALedger(path: "") }
            return Site(
                warehouse: Warehouse.ID(trusted: row[0]),
                name: row[1],
                timeZone: try SiteTimeZone(parsing: row[2]),
                currency: try Currency(parsing: row[3]),
                country: try Country(parsing: row[4]),
                postalCode: row[5],
                leadDays: row[6]
            )
        }
    }

    /// The day at the site.
    package func today() throws -> CivilDate {
        if let today = transaction.today { return today }
        let today = try site().timeZone.civilDate(of: now)
        transaction.today = today
        return today
    }

    static func insert(_ site: Site, into db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO site
                    (id, warehouse, name, time_zone, currency, country, postal_code, lead_days)
                VALUES (1, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                site.warehouse.rawValue, site.name, site.timeZone.name, site.currency.code,
                site.country.code, site.postalCode, site.leadDays,
            ]
        )
    }
}
