import AllocationModel
import Foundation
import GRDB
import ShippingCalendar

@testable import StockLedger

let dallas = Warehouse.ID(trusted: "DAL")
let reno = Warehouse.ID(trusted: "RNO")
let office = Coordinator.ID(trusted: "office")
/// 2026-03-02T15:00:00Z, a Monday morning in Dallas.
let monday = Timestamp(milliseconds: 1_772_463_600_000)

func makeSite() throws -> Site {
    Site(
        warehouse: dallas,
        name: "Dallas",
        timeZone: try SiteTimeZone(parsing: "America/Chicago"),
        postalCode: "75201"
    )
}

func makeLedger() throws -> StockLedger {
    try StockLedger.inMemory(site: makeSite())
}

func transaction(_ counter: Int64, epoch: Int64 = 1) -> TransactionID {
    TransactionID(coordinator: office, epoch: epoch, counter: counter)
}

func reservation(_ counter: Int64, _ lines: [(SKU, Quantity)]) -> Reservation {
    Reservation(
        transaction: transaction(counter),
        order: Order.ID(trusted: "order-\(counter)"),
        lines: lines.map { Reservation.Line(sku: $0.0, quantity: $0.1) }
    )
}

/// Makes of a file one of before lots had entries of their own: schema 20.
let undoingLots = """
    DROP TABLE keyed_request;
    DROP INDEX stock_promised_by_expiry; DROP INDEX reservation_held;
    DROP TRIGGER reservation_line_keeps;
    ALTER TABLE reservation_line DROP COLUMN keeps_until;
    DROP TRIGGER lot_follows_its_events; DROP TRIGGER quarantine_follows_its_entries;
    DROP TABLE lot_event; DROP INDEX stock_by_expiry;
    PRAGMA user_version = 21;

    """

extension StockLedger {
    /// Enters a SKU with so much on hand.
    func stock(
        _ sku: SKU,
        _ onHand: Int64,
        safety: Int64 = 0,
        multiple: Int64 = 1
    ) throws {
        try performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(
                    sku: sku,
                    sellingUnit: SellingUnit(multiple: multiple),
                    unitWeight: Weight(grams: 450)
                )
            )
            try books.count(sku, counted: onHand, who: "ana")
            if safety > 0 { try books.setSafetyStock(of: sku, to: Quantity(safety)) }
        }
    }

    /// Enters lots of a SKU: name, units, expiry.
    func stockLots(_ sku: SKU, _ lots: [(Lot.ID, Int64, String?)]) throws {
        try performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(sku: sku, unitWeight: Weight(grams: 450), isLotTracked: true)
            )
            for (lot, units, expires) in lots {
                try books.setLot(
                    lot,
                    of: sku,
                    expires: try expires.map { try CivilDate(parsing: $0) }
                )
                try books.count(sku, lot: lot, counted: units, who: "ana")
            }
        }
    }

    @discardableResult
    func reserve(_ counter: Int64, _ lines: [(SKU, Quantity)]) throws -> ReserveOutcome {
        try performAndWait(at: monday) {
            try $0.reserve(reservation(counter, lines), participants: [dallas, reno])
        }
    }

    @discardableResult
    func apply(_ event: Reservation.Event, _ counter: Int64) throws -> Reservation.Status? {
        try performAndWait(at: monday) { try $0.apply(event, to: transaction(counter)) }
    }

    func status(_ counter: Int64) throws -> Reservation.Status? {
        try readAndWait(at: monday) { try $0.status(of: transaction(counter)) }
    }

    func record(_ counter: Int64) throws -> ReservationRecord? {
        try readAndWait(at: monday) { try $0.reservation(transaction(counter)) }
    }

    func mark() throws -> JournalMark {
        try readAndWait(at: monday) { $0.mark }
    }

    func findings() throws -> [Finding] {
        try readAndWait(at: monday) { try $0.audit() }
    }

    func available(_ sku: SKU) throws -> Quantity? {
        try readAndWait(at: monday) { try $0.availability(of: sku)?.available }
    }

    func numbers(_ sku: SKU) throws -> [Int64] {
        try readAndWait(at: monday) { books in
            guard let stock = try books.availability(of: sku) else { return [] }
            return [stock.onHand.units, stock.held.units, stock.allocated.units]
        }
    }

    /// Runs SQL past all of the ledger's own code, as somebody with a shell could.
    func execute(_ sql: String) throws {
        try performAndWait(at: monday) { try $0.db.execute(sql: sql) }
    }
}

/// A folder that is gone after the test.
struct TemporaryFolder: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "holdfast-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
