import AllocationModel
import Foundation
import GRDB
import Testing

@testable import StockLedger

struct `Ledger file` {
    private var small: StockLedger.Options {
        var options = StockLedger.Options()
        options.reserveBytes = 65_536
        return options
    }

    private func pragma(_ name: String, _ ledger: StockLedger) throws -> String? {
        try ledger.readAndWait(at: monday) { try String.fetchOne($0.db, sql: "PRAGMA \(name)") }
    }

    // DESIGN.md section 14 and reference/durability.md: each of these has a reason there.
    @Test func `is opened as durability demands`() throws {
        let folder = try TemporaryFolder()
        let ledger = try StockLedger.create(
            at: folder.path("stock.db"),
            site: makeSite(),
            options: small
        )

        for (name, value) in [
            ("journal_mode", "wal"), ("synchronous", "2"), ("locking_mode", "exclusive"),
            ("mmap_size", "0"), ("journal_size_limit", "67108864"), ("foreign_keys", "1"),
            ("page_size", "4096"), ("temp_store", "2"), ("cache_size", "-8192"),
            ("user_version", "24"),
        ] {
            #expect(try pragma(name, ledger) == value, "\(name)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("stock.db-shm")))
        let tables = try ledger.readAndWait(at: monday) {
            try Row.fetchAll($0.db, sql: "PRAGMA table_list")
                .filter {
                    ($0["type"] as String) == "table"
                        && !($0["name"] as String).hasPrefix("sqlite_")
                }
        }
        #expect(tables.count == 31)
        #expect(tables.allSatisfy { $0["strict"] == 1 })
    }

    @Test func `says how it keeps its bytes, and when it does not keep them`() throws {
        let folder = try TemporaryFolder()
        let ledger = try StockLedger.create(
            at: folder.path("stock.db"),
            site: makeSite(),
            options: small
        )

        let engine = try ledger.readAndWait(at: monday) { try $0.engine() }
        let fleeting = try StockLedger.inMemory(site: makeSite())
            .readAndWait(at: monday) { try $0.engine() }

        #expect(engine.isDurable && engine.isExclusive)
        #expect(engine.version.hasPrefix("3."))
        #expect(!fleeting.isDurable)
    }

    @Test func `is used by one at a time, and says so`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("stock.db")
        let ledger = try StockLedger.create(at: path, site: makeSite(), options: small)

        let fault = #expect(throws: LedgerFault.self) {
            _ = try StockLedger.open(at: path, options: small)
        }
        #expect(fault == .inUse(path: path))
        #expect(
            fault?.description == "\(path) is in use by another process; is the agent running?"
        )

        try await ledger.close()
        let again = try StockLedger.open(at: path, options: small)
        try await again.close()
        await #expect(throws: LedgerFault.closed) {
            _ = try await again.read(at: monday) { $0.mark }
        }
    }

    @Test func `is refused where it is missing, there already, newer or something else`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path("stock.db")
        #expect(throws: LedgerFault.missing(path: path)) {
            _ = try StockLedger.open(at: path, options: small)
        }
        let ledger = try StockLedger.create(at: path, site: makeSite(), options: small)
        #expect(throws: LedgerFault.exists(path: path)) {
            _ = try StockLedger.create(at: path, site: makeSite(), options: small)
        }
        try ledger.execute("PRAGMA user_version = 99")
        try await ledger.close()
        #expect(throws: LedgerFault.newerSchema(found: 99, known: 24)) {
            _ = try StockLedger.open(at: path, options: small)
        }

        let other = folder.path("other.db")
        try await DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        #expect(throws: LedgerFault.notALedger(path: other)) {
            _ = try StockLedger.open(at: other, options: small)
        }
        let text = folder.path("text.db")
        try Data("not a database, but long enough to look like one".utf8)
            .write(to: URL(fileURLWithPath: text))
        #expect(throws: LedgerFault.notALedger(path: text)) {
            _ = try StockLedger.open(at: text, options: small)
        }
    }

    // What a power cut leaves: the file and its log, as they were at one moment.
    @Test func `has everything that was acknowledged when it is opened after a crash`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("stock.db")
        let ledger = try StockLedger.create(at: path, site: makeSite(), options: small)
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])
        let mark = try ledger.mark()

        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: path + suffix,
                toPath: folder.path("crashed.db") + suffix
            )
        }
        let crashed = try StockLedger.open(at: folder.path("crashed.db"), options: small)

        #expect(try crashed.status(1) == .voted)
        #expect(try crashed.numbers("VALVE-3IN") == [12, 8, 0])
        #expect(try crashed.mark() == mark)
        #expect(try crashed.readAndWait(at: monday) { try $0.incarnation() } == 1)
        #expect(try crashed.readAndWait(at: monday) { try $0.site() } == makeSite())
        #expect(try crashed.findings() == [])
    }

    @Test func `knows when it is opened from a backup`() async throws {
        let folder = try TemporaryFolder()
        let ledger = try StockLedger.create(
            at: folder.path("stock.db"),
            site: makeSite(),
            options: small
        )
        try ledger.stock("VALVE-3IN", 12)
        try await ledger.backUp(to: folder.path("copy.db"))
        try ledger.reserve(1, [("VALVE-3IN", 8)])

        let copy = try StockLedger.open(at: folder.path("copy.db"), options: small)

        #expect(try copy.readAndWait(at: monday) { try $0.incarnation() } == 2)
        #expect(try copy.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try copy.findings() == [])
        #expect(try copy.mark().entry < ledger.mark().entry)
        #expect(try ledger.readAndWait(at: monday) { try $0.incarnation() } == 1)
        await #expect(throws: LedgerFault.exists(path: folder.path("copy.db"))) {
            try await ledger.backUp(to: folder.path("copy.db"))
        }
        try await copy.close()
        let again = try StockLedger.open(at: folder.path("copy.db"), options: small)
        #expect(try again.readAndWait(at: monday) { try $0.incarnation() } == 2)
    }

    @Test func `on a full disk changes nothing, reads on and gives up its reserve`() async throws {
        let folder = try TemporaryFolder()
        let ledger = try StockLedger.create(
            at: folder.path("stock.db"),
            site: makeSite(),
            options: small
        )
        try ledger.stock("VALVE-3IN", 12)
        let reserve = folder.path("stock.db-reserve")
        #expect(FileManager.default.fileExists(atPath: reserve))
        try ledger.execute("PRAGMA max_page_count = 1")

        await #expect(throws: LedgerFault.full) {
            try await ledger.perform(at: monday) { books in
                _ = try books.reserve(
                    reservation(1, [("VALVE-3IN", 8)]),
                    participants: [dallas]
                )
                for number in 0..<1000 {
                    try books.setCatalogEntry(
                        CatalogEntry(sku: SKU(trusted: "BULK-\(number)"), unitWeight: .zero)
                    )
                }
            }
        }

        #expect(!FileManager.default.fileExists(atPath: reserve))
        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try ledger.findings() == [])
        #expect(try await ledger.isDiskFull() == false)
        #expect(FileManager.default.fileExists(atPath: reserve))
        try ledger.execute("PRAGMA max_page_count = 100000")
        #expect(try ledger.reserve(1, [("VALVE-3IN", 8)]) == .reserved)
    }

    // Otherwise the next request's savepoint would be a transaction of its own,
    // durable although the batch was not.
    @Test func `writes no later request of a batch that SQLite has rolled back`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        let before = try ledger.mark()

        #expect(throws: LedgerFault.rolledBack) {
            try ledger.performAndWait(at: monday) { books in
                try books.db.execute(sql: "ROLLBACK")
                try books.savepoint {
                    _ = try books.reserve(
                        reservation(1, [("VALVE-3IN", 8)]),
                        participants: [dallas]
                    )
                }
            }
        }

        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try ledger.mark() == before)
    }

    @Test func `cannot be written by a reading`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)

        #expect(throws: LedgerFault.readingOnly) {
            try ledger.readAndWait(at: monday) {
                _ = try $0.count("VALVE-3IN", counted: 1, who: "ana")
            }
        }

        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 0])
    }

    @Test func `shrinks its log when nothing else is to do`() async throws {
        let folder = try TemporaryFolder()
        let ledger = try StockLedger.create(
            at: folder.path("stock.db"),
            site: makeSite(),
            options: small
        )
        try ledger.stock("VALVE-3IN", 12)
        #expect(ledger.logBytes > 0)

        try await ledger.checkpoint()

        #expect(ledger.logBytes == 0)
    }

    @Test func `does its work in order, on one thread of its own`() async throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 1000)

        let names = try await withThrowingTaskGroup(of: String?.self) { group in
            for counter in Int64(0)..<50 {
                group.addTask {
                    try await ledger.perform(at: monday) { books in
                        _ = try books.reserve(
                            reservation(counter, [("VALVE-3IN", 1)]),
                            participants: [dallas]
                        )
                        return Thread.current.name
                    }
                }
            }
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }

        #expect(names == Array(repeating: "stock-ledger", count: 50))
        #expect(try ledger.numbers("VALVE-3IN") == [1000, 50, 0])
        #expect(try ledger.findings() == [])
    }
}
