package import AllocationModel
package import AllocationProtocol
internal import DatabaseThread
internal import GRDB
internal import Synchronization

/// Where the coordinator writes each decision, durably, before telling anyone.
///
/// One file, one connection, one thread. `append` makes a batch durable in one
/// transaction and one sync, however many orders are in it; what it returns
/// after may be told. After a failed write the process must stop: the write may
/// have reached the disk all the same, and only recovery can say.
package final class DecisionLog: Sendable {
    private let path: String
    private let queue: DatabaseQueue
    private let thread: DatabaseThread
    /// Why nothing more may be written or said, once it is so.
    private let failure = Mutex<DecisionLogError?>(nil)
    let listeners = Listeners()
    package let coordinator: Coordinator.ID
    /// Risen by one with this start; every transaction id and session carries it.
    package let epoch: Int64
    /// 64 random bits that no start of an older copy of this file has.
    package let start: UInt64
    /// The starts before this one, and what the log held when it began.
    package let history: LogHistory
    /// Whether the log could be trusted when it was opened.
    package let standing: LogStanding

    /// Opens the log, or makes a new one, and raises the epoch.
    ///
    /// A look at the log that sends nothing need not raise it.
    /// - Throws: `DecisionLogError` where the file is in use, newer than this
    ///   program, another coordinator's, a backup's copy, or cannot be read or written.
    package static func open(
        at path: String,
        coordinator: Coordinator.ID,
        raisingEpoch: Bool = true
    ) throws -> DecisionLog {
        try DecisionLogError.naming(path) {
            let queue = try openQueue(at: path)
            let start = UInt64.random(in: 1...UInt64.max)
            return try queue.write { database in
                let epoch = try raiseEpoch(
                    by: raisingEpoch ? 1 : 0,
                    start: start,
                    for: coordinator,
                    in: database
                )
                return DecisionLog(
                    queue: queue,
                    path: path,
                    coordinator: coordinator,
                    epoch: epoch,
                    start: start,
                    history: try Reading.history(in: database),
                    standing: try standing(in: database)
                )
            }
        }
    }

    /// Asks for the log to be rebuilt from what the sites hold, at the next start.
    ///
    /// Also of a backup's copy. The operator vouches that no other coordinator
    /// of this name runs, and that this file is the best there is.
    package static func askForRecovery(
        of path: String,
        coordinator: Coordinator.ID
    ) throws {
        try DecisionLogError.naming(path) { try askForRecovery(in: path, for: coordinator) }
    }

    private static func askForRecovery(
        in path: String,
        for coordinator: Coordinator.ID
    ) throws {
        let queue = try openQueue(at: path)
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO meta (coordinator, epoch, only_row) VALUES (?, 0, 1)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [coordinator.rawValue]
            )
            let owner = try String.fetchOne(database, sql: "SELECT coordinator FROM meta")
            guard owner == coordinator.rawValue else {
                throw DecisionLogError.otherCoordinator(owner ?? "")
            }
            try database.execute(sql: "UPDATE meta SET recovery = 'asked', is_backup = 0")
        }
        try queue.close()
    }

    private init(
        queue: DatabaseQueue,
        path: String,
        coordinator: Coordinator.ID,
        epoch: Int64,
        start: UInt64,
        history: LogHistory,
        standing: LogStanding
    ) {
        self.queue = queue
        self.path = path
        self.coordinator = coordinator
        self.epoch = epoch
        self.start = start
        self.history = history
        self.standing = standing
        thread = DatabaseThread(
            name: "decision-log",
            workWaitingMaximum: Self.workWaitingMaximum
        )
    }

    private static func openQueue(at path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "decision-log"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .immediateError
        configuration.prepareDatabase { database in
            // Exclusive before WAL: no shared memory, and no second connection,
            // without which SQLite 3.40's WAL-reset bug cannot happen.
            try database.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA mmap_size = 0;
                    PRAGMA journal_size_limit = 67108864;
                    """
            )
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            let applicationID = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            // Another program's database often has no application id.
            guard (applicationID == 0 && tables == 0) || applicationID == Schema.applicationID
            else { throw DecisionLogError.notADecisionLog(path) }
            try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            guard try !Schema.migrator.hasBeenSuperseded(database) else {
                throw DecisionLogError.newerThanProgram(path)
            }
        }
        try Schema.migrator.migrate(queue)
        return queue
    }

    private static func standing(in database: Database) throws -> LogStanding {
        let row = try Row.fetchOne(database, sql: "SELECT recovery, recovery_reason FROM meta")
        let recovery: String = row?["recovery"] ?? ""
        switch recovery {
        case "needed": return .doubted(row?["recovery_reason"] ?? "")
        case "asked": return .recovering
        default: return .whole
        }
    }

    private static func raiseEpoch(
        by step: Int64,
        start: UInt64,
        for coordinator: Coordinator.ID,
        in database: Database
    ) throws -> Int64 {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT coordinator, epoch, is_backup FROM meta"
        )
        guard let row else {
            try database.execute(
                sql: "INSERT INTO meta (coordinator, epoch, only_row) VALUES (?, 1, 1)",
                arguments: [coordinator.rawValue]
            )
            try note(start, at: 1, in: database)
            return 1
        }
        let owner: String = row["coordinator"]
        guard owner == coordinator.rawValue else {
            throw DecisionLogError.otherCoordinator(owner)
        }
        guard row["is_backup"] == 0 else { throw DecisionLogError.isBackup }
        let epoch: Int64 = row["epoch"] + step
        guard step > 0 else { return epoch }
        try database.execute(sql: "UPDATE meta SET epoch = ?", arguments: [epoch])
        try note(start, at: epoch, in: database)
        return epoch
    }

    private static func note(
        _ start: UInt64,
        at epoch: Int64,
        in database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO start (epoch, id, decisions_before) VALUES (?, ?, ?)",
            arguments: [epoch, Int64(bitPattern: start), try Reading.decisions(in: database)]
        )
    }

    // Writing.

    /// Makes `entries` durable, all or none, in one transaction.
    ///
    /// Returns for each whether it was news: a webhook delivered twice is not.
    package func append(_ entries: [LogEntry]) async throws -> [Bool] {
        let coordinator = coordinator
        // Also where nothing came of it: who hears it looks, and finds nothing new.
        defer { listeners.tell() }
        return try await perform { database in
            try entries.map { entry in
                switch entry {
                case .confirmed(let entry): try Writing.confirm(entry, in: database)
                case .refused(let entry): try Writing.refuse(entry, in: database)
                case .cancelled(let entry): try Writing.cancel(entry, in: database)
                case .resourced(let entry): try Writing.resource(entry, in: database)
                case .waiting(let waiting): try Writing.wait(waiting, in: database)
                case .dates(let dates): try DateWriting.write(dates, in: database)
                case .ended(let transaction): try Writing.end(transaction, in: database)
                case .webhook(let entry): try Writing.receive(entry, in: database)
                case .webhookClosed(let closing): try Writing.close(closing, in: database)
                case .webhookTried(let id): try Writing.retry(id, in: database)
                case .siteAdopted(let warehouse, let incarnation, let mark):
                    try Writing.adopt(warehouse, incarnation: incarnation, mark, in: database)
                case .siteMark(let warehouse, let mark):
                    try Writing.mark(warehouse, mark, in: database)
                case .overridden(let forced): try Writing.override(forced, in: database)
                case .shipped(let shipment): try Writing.ship(shipment, in: database)
                case .pickRefused(let refusal): try Writing.refuse(refusal, in: database)
                case .lease(let entry): try Writing.lease(entry, in: database)
                case .alert(let sign, let channels, let now):
                    try AlertWriting.write(sign, by: channels, at: now, in: database)
                case .doubted(let reason): try Writing.doubt(reason, in: database)
                case .epochRaised(let epoch): try Writing.raise(epoch, in: database)
                case .rebuilt(let entry, let isCancelled, let kept):
                    try Writing.rebuild(
                        entry,
                        isCancelled: isCancelled,
                        keeping: kept,
                        in: database
                    )
                case .recovered: try Writing.recover(in: database)
                }
            }
        } check: {
            entries.allSatisfy { $0.belongs(to: coordinator) }
        }
    }

    // Reading.

    /// Returns what was decided of an order, if it was.
    package func order(_ id: Order.ID) async throws -> LoggedOrder? {
        let coordinator = coordinator
        return try await perform { try Reading.order(id, of: coordinator, in: $0) }
    }

    /// Returns what was decided of each order, in the order asked.
    package func orders(_ ids: [Order.ID]) async throws -> [LookedUp] {
        let coordinator = coordinator
        return try await perform { database in
            try ids.map {
                LookedUp(id: $0, order: try Reading.order($0, of: coordinator, in: database))
            }
        }
    }

    /// An order that was looked up, and what was found.
    package struct LookedUp: Sendable {
        package let id: Order.ID
        package let order: LoggedOrder?
    }

    /// Returns the order that an attempt was decided for, if it was.
    package func order(decidedBy transaction: TransactionID) async throws -> LoggedOrder? {
        let coordinator = coordinator
        return try await perform {
            try Reading.order(decidedBy: transaction, of: coordinator, in: $0)
        }
    }

    /// Returns every decision that some site may not have acknowledged, oldest first.
    package func openDecisions() async throws -> [OpenDecision] {
        let coordinator = coordinator
        return try await perform { try Reading.openDecisions(of: coordinator, in: $0) }
    }

    /// Returns what sites have leased, by rising lease, also what is over.
    package func leases() async throws -> [LoggedLease] {
        try await perform { try Reading.leases(in: $0) }
    }

    /// Returns the leases that were written off when orders had drawn on them, a sentence each.
    package func leaseConflicts() async throws -> [String] {
        try await perform {
            try Reading.leaseConflicts(limit: Self.conflictsMaximum, in: $0)
        }
    }

    /// Returns what the log has evidence of, of each site's history.
    package func sites() async throws -> [Warehouse.ID: SiteHistory] {
        try await perform { try Reading.sites(in: $0) }
    }

    /// Returns what site managers have forced and was decided otherwise, the latest first.
    ///
    /// At most `conflictsMaximum`.
    package func conflicts() async throws -> [SiteOverride] {
        let coordinator = coordinator
        return try await perform {
            try Reading.conflicts(limit: Self.conflictsMaximum, of: coordinator, in: $0)
        }
    }

    /// Conflicts that are listed at once: whoever has more has one, that nobody mends them.
    package static let conflictsMaximum = 100

    /// Whether the log has what a site manager has forced of an attempt.
    package func hasOverride(
        of transaction: TransactionID,
        at warehouse: Warehouse.ID
    ) async throws -> Bool {
        let coordinator = coordinator
        return try await perform {
            try transaction.coordinator == coordinator
                && Reading.overrides(of: transaction, in: $0).contains { $0.warehouse == warehouse }
        }
    }

    /// Returns the starts so far, and what the log holds now.
    package func currentHistory() async throws -> LogHistory {
        try await perform { try Reading.history(in: $0) }
    }

    /// Returns the decisions that a site shares, by rising transaction, at most `limit`.
    package func shares(
        of warehouse: Warehouse.ID,
        after transaction: TransactionID?,
        limit: Int
    ) async throws -> [LoggedShare] {
        let coordinator = coordinator
        return try await perform {
            try Reading.shares(
                of: warehouse,
                after: transaction,
                limit: limit,
                of: coordinator,
                in: $0
            )
        }
    }

    /// Returns the newest orders first, at most `limit`, of those received before `before`.
    package func orders(
        status: OrderStatus?,
        limit: Int,
        before: Order.ID?
    ) async throws -> [LoggedOrder] {
        let coordinator = coordinator
        return try await perform {
            try Reading.orders(
                status: status,
                limit: limit,
                before: before,
                of: coordinator,
                in: $0
            )
        }
    }

    /// Returns webhooks that were acknowledged and not yet processed: least tried, then oldest, first.
    package func waitingWebhooks(limit: Int) async throws -> [WebhookEntry] {
        try await perform { try Reading.waitingWebhooks(limit: limit, in: $0) }
    }

    /// Returns what sites could not pick of decisions in force and have not shipped, by order.
    ///
    /// The earliest first, at most `limit`.
    package func openPickRefusals(limit: Int) async throws -> [Order.ID: [SitePickRefusal]] {
        let coordinator = coordinator
        return try await perform {
            try Reading.openPickRefusals(limit: limit, of: coordinator, in: $0)
        }
    }

    /// Compares the log with itself, and returns a sentence for each contradiction.
    package func audit() async throws -> [String] {
        try await perform { try Reading.audit(in: $0) + DateReading.amiss(in: $0) }
    }

    /// How many orders the log holds, by status.
    package func counts() async throws -> [OrderStatus: Int] {
        try await perform { try Reading.counts(in: $0) }
    }

    /// Lets the file go, after what was asked before: when this returns, another may open it.
    package func close() {
        listeners.end()
        thread.runAndWait { [queue] in try? queue.close() }
        thread.stop()
    }

    /// Pieces of work that may wait: each order under way has a few.
    private static let workWaitingMaximum = 65_536

    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value,
        check: () -> Bool = { true }
    ) async throws -> Value {
        precondition(check(), "an entry belongs to the coordinator whose log this is")
        do {
            return try await thread.run { [self] in try performAndWait(work) }
        } catch is DatabaseThread.Refusal {
            throw DecisionLogError.closed
        }
    }

    /// Works on the database, and no more once it has failed.
    ///
    /// A failed sync must not be tried again: the kernel may have dropped the
    /// pages, and the next one would say that all is well.
    private func performAndWait<Value>(_ work: (Database) throws -> Value) throws -> Value {
        if let fault = failure.withLock({ $0 }) { throw fault }
        do {
            return try queue.write(work)
        } catch {
            guard let fault = DecisionLogError(error, path: path) else { throw error }
            failure.withLock { $0 = fault }
            throw fault
        }
    }
}

extension LogEntry {
    fileprivate func belongs(to coordinator: Coordinator.ID) -> Bool {
        switch self {
        case .confirmed(let entry): entry.transaction.coordinator == coordinator
        case .cancelled(let entry): entry.transaction.coordinator == coordinator
        case .ended(let transaction): transaction.coordinator == coordinator
        case .resourced(let entry):
            entry.replaced.coordinator == coordinator
                && entry.confirmation.transaction.coordinator == coordinator
        case .rebuilt(let entry, _, _): entry.transaction.coordinator == coordinator
        case .overridden(let forced): forced.override.transaction.coordinator == coordinator
        case .shipped(let shipment): shipment.report.transaction.coordinator == coordinator
        case .pickRefused(let refusal): refusal.refusal.transaction.coordinator == coordinator
        case .refused, .waiting, .dates, .webhook, .webhookClosed, .webhookTried, .siteAdopted,
            .siteMark,
            .lease,
            .alert, .doubted, .epochRaised, .recovered:
            true
        }
    }
}
