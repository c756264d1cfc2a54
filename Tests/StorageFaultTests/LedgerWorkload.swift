import AllocationModel
import Freight
import ShippingCalendar
import Simulation

@testable import StockLedger

/// What a site writes in a day, a transaction each, over a ledger on a simulated drive.
enum LedgerWorkload {
    static let office = Coordinator.ID(trusted: "office")
    static let dallas = Warehouse.ID(trusted: "DAL")
    static let reno = Warehouse.ID(trusted: "RNO")
    /// 2026-03-02T15:00:00Z.
    static let monday = Timestamp(milliseconds: 1_772_463_600_000)
    static let file = "DAL.sqlite"

    static let options = {
        var options = StockLedger.Options()
        options.reserveBytes = 0
        // So few pages that many are read again.
        options.cacheKibibytes = 64
        options.isFileSought = false
        return options
    }()

    /// Opens the ledger; the drive is gone once nobody holds it.
    static func open(on drive: SimulatedDrive) throws -> StockLedger {
        try StockLedger.open(at: drive.path(of: file), options: options)
    }

    /// A new ledger on a new drive, filled and let go.
    static func made() async throws -> SimulatedDrive {
        let drive = SimulatedDrive()
        let ledger = try StockLedger.create(
            at: drive.path(of: file),
            site: Site(
                warehouse: dallas,
                name: "Dallas",
                timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                postalCode: "75201"
            ),
            options: options
        )
        try perform(ledger) { books in
            for index in 0..<12 {
                let sku = SKU(trusted: "FITTING-\(index)")
                try books.setCatalogEntry(CatalogEntry(sku: sku, unitWeight: Weight(grams: 450)))
                try books.count(sku, counted: 500, who: "ana")
            }
        }
        try await ledger.close()
        return drive
    }

    private static func perform<Value>(
        _ ledger: StockLedger,
        _ work: (Books) throws -> Value
    ) throws -> Value {
        try ledger.performAndWait(at: monday, work)
    }

    static func transaction(_ counter: Int64) -> TransactionID {
        TransactionID(coordinator: office, epoch: 1, counter: counter)
    }

    private static func reserve(
        _ counter: Int64,
        _ sku: Int,
        _ quantity: Quantity,
        in books: Books
    ) throws -> ReserveOutcome {
        try books.reserve(
            Reservation(
                transaction: transaction(counter),
                order: Order.ID(trusted: "order-\(counter)"),
                lines: [Reservation.Line(sku: SKU(trusted: "FITTING-\(sku)"), quantity: quantity)]
            ),
            participants: [dallas, reno]
        )
    }

    /// The steps, each all or nothing.
    static let steps: [@Sendable (StockLedger) async throws -> Void] = [
        { ledger in
            try perform(ledger) { _ = try reserve(1, 0, 8, in: $0) }
        },
        { ledger in
            try perform(ledger) { books in
                try books.storeEpoch(7, start: 0xA11, of: office)
                for counter in Int64(2)...9 {
                    _ = try books.savepoint { try reserve(counter, Int(counter), 3, in: books) }
                }
                // More than there is: refused, and the others stand.
                _ = try books.savepoint { try reserve(10, 1, 501, in: books) }
                try books.apply(.confirm, to: transaction(1))
            }
        },
        { try await $0.checkpoint() },
        { ledger in
            try perform(ledger) { books in
                try books.adjust("FITTING-3", by: -4, reason: "dropped", who: "ana")
                try books.setSafetyStock(of: "FITTING-4", to: 12)
                try books.setCutoff(Cutoffs.Entry(.monday, try TimeOfDay(parsing: "14:00")))
            }
        },
        { ledger in
            try perform(ledger) { books in
                for counter in Int64(2)...5 { try books.apply(.confirm, to: transaction(counter)) }
                try books.apply(.release, to: transaction(6))
            }
        },
        { ledger in
            try perform(ledger) { books in
                _ = try books.force(transaction(7), .confirm, reason: "the van waits", who: "ana")
            }
        },
        // More pages than are cached: some are written before the transaction ends.
        { ledger in
            try perform(ledger) { books in
                for counter in Int64(100)..<130 {
                    _ = try reserve(counter, Int(counter) % 12, 1, in: books)
                }
            }
        },
        { ledger in
            try perform(ledger) { books in
                try books.apply(.ship, to: transaction(1))
                try books.apply(.release, to: transaction(2))
                try books.storeWitness(of: office, epoch: 7, start: 0xA11, decisions: 4)
            }
        },
        { try await $0.checkpoint() },
        { ledger in
            try perform(ledger) { books in
                try books.end(below: transaction(3).number, of: office)
                try books.apply(.confirm, to: transaction(100))
            }
        },
    ]

    /// What the ledger says after so many steps, for every number of them.
    static func states(from base: SimulatedDrive) async throws -> [[String]] {
        let drive = base.copy()
        defer { withExtendedLifetime(drive) {} }
        let ledger = try open(on: drive)
        var states = [try contents(of: ledger)]
        for step in steps {
            try await step(ledger)
            states.append(try contents(of: ledger))
        }
        return states
    }

    static func contents(of ledger: StockLedger) throws -> [String] {
        try ledger.readAndWait(at: monday) { try StorageFaultTests.contents(of: $0.db) }
    }
}
