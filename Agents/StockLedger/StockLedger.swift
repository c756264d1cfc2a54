package import AllocationModel
import DatabaseThread
import Foundation
import GRDB
import Synchronization

/// The site's database: stock, reservations, calendar and rate cards.
///
/// No other code touches it.
///
/// One file, one connection, one thread: Debian's SQLite 3.40.1 can lose
/// transactions when a second connection checkpoints, so the file is locked for
/// as long as it is open. Every change is durable when the call that made it
/// returns. The file, its `-wal` and its `-reserve` must not be opened by other means.
package final class StockLedger: Sendable {
    /// How much is set aside and cached; tests make it small.
    package struct Options: Hashable, Sendable {
        /// Bytes kept aside beside the database for a full disk; 0 for none.
        package var reserveBytes = Limits.reserveBytes
        package var cacheKibibytes = Limits.cacheKibibytes
        /// Whether the file is looked for in the file system; not where a test keeps it beneath SQLite.
        package var isFileSought = true

        package init() {}
    }

    /// Empty where the ledger is in memory.
    package let path: String
    private let queue: DatabaseQueue
    private let thread: DatabaseThread
    private let cache = LedgerCache()
    private let reserve: DiskReserve
    private let failure = Mutex<LedgerFault?>(nil)

    private init(queue: DatabaseQueue, path: String, options: Options) {
        self.queue = queue
        self.path = path
        thread = DatabaseThread(
            name: "stock-ledger",
            workWaitingMaximum: Limits.workWaitingMaximum
        )
        reserve = DiskReserve(
            path: path.isEmpty ? nil : path + "-reserve",
            bytes: options.reserveBytes
        )
        reserve.fill()
    }

    /// Makes a new ledger for `site`, with no stock in it.
    ///
    /// - Throws: `LedgerFault.exists` where there is a file at `path`.
    package static func create(
        at path: String,
        site: Site,
        options: Options = Options()
    ) throws -> StockLedger {
        guard !options.isFileSought || !FileManager.default.fileExists(atPath: path) else {
            throw LedgerFault.exists(path: path)
        }
        do {
            let queue = try connect(to: path, options: options)
            try install(site, in: queue)
            return StockLedger(queue: queue, path: path, options: options)
        } catch {
            let fault = LedgerFault(error, path: path) ?? error
            // Half a ledger would be in the way of the next attempt; another's file stays.
            if options.isFileSought, fault as? LedgerFault != .inUse(path: path) {
                for suffix in ["", "-wal", "-journal"] {
                    try? FileManager.default.removeItem(atPath: path + suffix)
                }
            }
            throw fault
        }
    }

    /// Makes a ledger that ends with the process, for tests and the simulator.
    package static func inMemory(site: Site) throws -> StockLedger {
        let options = Options()
        let queue = try DatabaseQueue(configuration: configuration(options))
        // Copied, because a thousand tests would spend most of their time on migrations.
        try migrated.get().backup(to: queue)
        try install(site, in: queue)
        return StockLedger(queue: queue, path: "", options: options)
    }

    private static let migrated = Result {
        let queue = try DatabaseQueue(configuration: configuration(Options()))
        try queue.inTransaction(.immediate) { db in
            try Schema.migrate(db)
            return .commit
        }
        return queue
    }

    /// Copies a ledger in memory as a snapshot of its disk would, unmarked: for the simulator.
    package func copyInMemory() throws -> StockLedger {
        let copy = try DatabaseQueue(configuration: Self.configuration(Options()))
        try queue.backup(to: copy)
        return StockLedger(queue: copy, path: "", options: Options())
    }

    /// Opens the ledger at `path`, completing its schema where an older program wrote it.
    ///
    /// A file that `backUp` made becomes a ledger that has lost history: its
    /// incarnation rises.
    ///
    /// - Throws: `LedgerFault`, saying what to do.
    package static func open(
        at path: String,
        options: Options = Options()
    ) throws -> StockLedger {
        guard !options.isFileSought || FileManager.default.fileExists(atPath: path) else {
            throw LedgerFault.missing(path: path)
        }
        let queue = try connect(to: path, options: options)
        try adopt(queue, path: path)
        return StockLedger(queue: queue, path: path, options: options)
    }

    /// Runs `work` in one transaction that is durable when this returns.
    ///
    /// Where `work` throws, nothing is changed. The work runs on the ledger's
    /// thread, in the order in which it was asked for.
    ///
    /// - Throws: what `work` throws, or `LedgerFault`: after one that `mustStop`, the process must end.
    package func perform<Value: Sendable>(
        at now: Timestamp,
        _ work: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        try await onThread { [self] in try performAndWait(at: now, work) }
    }

    /// Runs `work` on one snapshot, in which it cannot write.
    ///
    /// - Throws: what `work` throws, or `LedgerFault`.
    package func read<Value: Sendable>(
        at now: Timestamp,
        _ work: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        try await onThread { [self] in try readAndWait(at: now, work) }
    }

    /// As `perform`, on the calling thread: for a command that does one thing, and the simulator.
    package func performAndWait<Value>(
        at now: Timestamp,
        _ work: (Books) throws -> Value
    ) throws -> Value {
        try checkUsable()
        do {
            return try queue.writeWithoutTransaction { db in
                try transact(in: db) {
                    let books = try Books(db, at: now, cache: cache)
                    let value = try work(books)
                    try books.sealIfWritten()
                    return value
                }
            }
        } catch {
            // What was read in the transaction may never have been.
            cache.removeAll()
            throw noting(error)
        }
    }

    /// As `read`, on the calling thread.
    package func readAndWait<Value>(
        at now: Timestamp,
        _ work: (Books) throws -> Value
    ) throws -> Value {
        try checkUsable()
        do {
            return try queue.writeWithoutTransaction { db in
                // GRDB's `read` turns `query_only` on and off, and each time
                // SQLite prepares every statement anew: ten times the cost of a
                // bid. Here `Books` refuses to write, and nothing is committed.
                try db.run("BEGIN DEFERRED")
                defer { if db.isInsideTransaction { try? db.run("ROLLBACK") } }
                return try work(Books(db, at: now, cache: cache, isReading: true))
            }
        } catch {
            throw noting(error)
        }
    }

    /// Finishes what was asked for and lets the file go.
    package func close() async throws {
        try await onThread { [queue] in try queue.close() }
        thread.stop()
    }

    private func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await thread.run(work)
        } catch let refusal as DatabaseThread.Refusal {
            switch refusal {
            case .busy: throw LedgerFault.busy
            case .stopped: throw LedgerFault.closed
            }
        }
    }

    /// Whether the disk was full and still is, as far as setting space aside can tell.
    ///
    /// While it is, an agent votes no, and confirms and releases in the space
    /// that was set aside for it.
    package func isDiskFull() async throws -> Bool {
        try await onThread { [self] in isDiskFullAndWait() }
    }

    /// As `isDiskFull`, on the calling thread: for the simulator.
    package func isDiskFullAndWait() -> Bool { !reserve.fill() }

    /// Moves the write-ahead log into the database: for when nothing else is to do.
    package func checkpoint() async throws {
        try await onThread { [self] in
            do {
                _ = try queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            } catch {
                throw noting(error)
            }
        }
    }

    /// Writes a copy of the ledger to a new file, which knows that it is a copy.
    ///
    /// The only lawful copy: a file copied by other means may lack the last
    /// transactions, and is not marked.
    ///
    /// - Throws: `LedgerFault.exists` where there is a file at `path`.
    package func backUp(to path: String) async throws {
        try await onThread { [self] in try writeBackUp(to: path) }
    }

    private func writeBackUp(to path: String) throws {
        let partial = path + ".partial"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw LedgerFault.exists(path: path)
        }
        try? FileManager.default.removeItem(atPath: partial)
        do {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [partial])
            }
            let copy = try DatabaseQueue(path: partial)
            try copy.write { try $0.execute(sql: "UPDATE meta SET is_backup = 1") }
            try copy.close()
            try FileManager.default.moveItem(atPath: partial, toPath: path)
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            // Another file's disk may have failed: the ledger itself has not.
            throw LedgerFault(error, path: path) == .full ? LedgerFault.full : error
        }
    }

    /// Bytes of the write-ahead log, without opening it.
    package var logBytes: Int64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
    }

    /// `BEGIN IMMEDIATE` to `COMMIT` by cached statements, or nothing at all.
    private func transact<Value>(in db: Database, _ work: () throws -> Value) throws -> Value {
        try db.run("BEGIN IMMEDIATE")
        do {
            let value = try work()
            try db.run("COMMIT")
            return value
        } catch {
            // SQLite has rolled back already after some errors; the first error counts.
            if db.isInsideTransaction { try? db.rollback() }
            throw error
        }
    }

    private func checkUsable() throws {
        if let fault = failure.withLock({ $0 }) { throw fault }
    }

    /// Turns SQLite's error into the ledger's, and keeps to it where the process must stop.
    private func noting(_ error: any Error) -> any Error {
        guard let fault = LedgerFault(error, path: path) else { return error }
        if fault == .full { reserve.free() }
        if fault.mustStop { failure.withLock { $0 = fault } }
        return fault
    }
}

extension StockLedger {
    private static func connect(to path: String, options: Options) throws -> DatabaseQueue {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration(options))
            // Takes the lock now, so that a second opener hears of it here.
            try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE; COMMIT") }
            return queue
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            throw LedgerFault.notWritable(path: path)
        } catch {
            throw LedgerFault(error, path: path) ?? error
        }
    }

    private static func configuration(_ options: Options) -> Configuration {
        var configuration = Configuration()
        configuration.label = "stock-ledger"
        // `perform` begins and ends transactions by cached statements.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            // The lock before WAL: then there is no shared memory to map. FULL,
            // because NORMAL forgets acknowledged votes when the power fails.
            // Temporary storage in memory, because what undoes one statement
            // went to a new file each time: four times the cost of a confirm.
            try db.execute(
                sql: """
                    PRAGMA page_size = 4096;
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA mmap_size = 0;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA journal_size_limit = \(Limits.journalBytesMaximum);
                    PRAGMA cache_size = -\(options.cacheKibibytes);
                    PRAGMA trusted_schema = OFF;
                    """
            )
        }
        return configuration
    }

    private static func install(_ site: Site, in queue: DatabaseQueue) throws {
        try queue.inTransaction(.immediate) { db in
            try Schema.migrate(db)
            try db.execute(sql: "INSERT INTO meta (id, incarnation) VALUES (1, 1)")
            try Books.insert(site, into: db)
            return .commit
        }
    }

    private static func adopt(_ queue: DatabaseQueue, path: String) throws {
        do {
            try queue.inTransaction(.immediate) { db in
                let id = try Int32.fetchOne(db, sql: "PRAGMA application_id")
                guard id == Schema.applicationID else { throw LedgerFault.notALedger(path: path) }
                // Before anything is read of it: a column of a damaged file may hold what it cannot.
                if try Books.isSoonProved(db) {
                    let health = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
                    guard health == "ok" else { throw LedgerFault.damaged(path: path, health) }
                }
                try Schema.migrate(db)
                try db.execute(
                    sql: """
                        UPDATE coordinator SET incarnation = incarnation + 1
                        WHERE (SELECT is_backup FROM meta) = 1;
                        UPDATE meta SET incarnation = incarnation + 1, is_backup = 0
                        WHERE is_backup = 1
                        """
                )
                return .commit
            }
        } catch let error as DatabaseError {
            // Where every statement is sound, any other error is the file's.
            throw LedgerFault(error, path: path)
                ?? LedgerFault.damaged(path: path, error.message ?? "\(error.resultCode)")
        }
    }
}

extension Database {
    /// Runs a statement that is prepared once for the connection's life.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first value of a statement that is prepared once for the connection's life.
    ///
    /// Far cheaper than `row`, for which GRDB makes a dictionary of the columns.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ sql: String,
        _ arguments: StatementArguments = []
    ) throws -> Value? {
        try Value.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The first row of a statement that is prepared once for the connection's life.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }
}
