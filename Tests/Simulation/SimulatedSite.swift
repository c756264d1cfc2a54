import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger
import WarehouseDesk

/// A real desk over a real ledger; a crash loses the one and keeps the other.
struct SimulatedSite {
    let warehouse: Warehouse.ID
    private(set) var ledger: StockLedger
    /// An older copy of its disk.
    private var snapshot: StockLedger?
    /// Whether its disk was put back to an older state and it has not been in session since.
    var isBehind = false
    /// Whether its disk was ever put back.
    private(set) var wasRestored = false
    /// What was on hand at the start: nothing but orders changes it.
    let onHand: [SKU: Int64]
    private let timing: ProtocolTiming
    private let centsPerPackage: Int64
    private var desk: WarehouseDesk?
    private var starts: UInt64 = 0
    private var startedAt: Int64 = 0
    /// Whether no message comes through.
    var isCutOff = false

    init(
        _ warehouse: Warehouse.ID,
        onHand: [SKU: Int64],
        centsPerPackage: Int64,
        timing: ProtocolTiming
    ) throws {
        self.warehouse = warehouse
        self.onHand = onHand
        self.timing = timing
        self.centsPerPackage = centsPerPackage
        ledger = try Self.makeLedger(warehouse, onHand, centsPerPackage)
        start(at: 0)
    }

    var isUp: Bool { desk != nil }

    mutating func start(at time: Int64) {
        starts += 1
        startedAt = time
        desk = WarehouseDesk(
            ledger: ledger,
            warehouse: warehouse,
            boot: BootID(high: 0xB007, low: starts),
            incarnation: 1,
            timing: timing
        )
    }

    mutating func crash() {
        desk = nil
    }

    /// Copies the disk, as whoever makes snapshots of machines does.
    mutating func copyDisk() throws {
        snapshot = try ledger.copyInMemory()
    }

    /// Puts the last copy in the disk's place, or a new ledger that was filled by a count.
    mutating func restore(anew: Bool) throws {
        if anew {
            ledger = try Self.makeLedger(warehouse, onHand, centsPerPackage)
        } else {
            guard let snapshot else { return }
            // Copied, because it may be put back again.
            ledger = try snapshot.copyInMemory()
        }
        isBehind = true
        wasRestored = true
    }

    /// Carries a batch out, all of it durable; nil while the site is down.
    func answer(_ batch: RequestBatch, at time: Int64) throws -> AnswerBatch? {
        try desk?
            .answerAndWait(
                batch,
                now: Example.instant(time),
                uptime: .milliseconds(time - startedAt)
            )
    }

    func reservations(_ statuses: [Reservation.Status]) throws -> [ReservationRecord] {
        try ledger.readAndWait(at: Example.monday) { try $0.reservations(in: statuses) }
    }

    func status(of transaction: TransactionID) throws -> Reservation.Status? {
        try ledger.readAndWait(at: Example.monday) { try $0.status(of: transaction) }
    }

    /// Loses what the site has just reserved, as if its vote had left before the sync.
    func forget(_ transaction: TransactionID, at time: Int64) throws {
        try ledger.performAndWait(at: Example.instant(time)) { books in
            guard try books.status(of: transaction) == .voted else { return }
            try books.apply(.release, to: transaction)
        }
    }

    private static func makeLedger(
        _ warehouse: Warehouse.ID,
        _ onHand: [SKU: Int64],
        _ centsPerPackage: Int64
    ) throws -> StockLedger {
        let ledger = try StockLedger.inMemory(
            site: Site(
                warehouse: warehouse,
                name: warehouse.rawValue,
                timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                postalCode: "75201"
            )
        )
        let price = Money(minorUnits: centsPerPackage, currency: .usd).decimal
        try ledger.performAndWait(at: Example.monday) { books in
            try books.setCutoff(Cutoffs.Entry(.monday, try TimeOfDay(parsing: "14:00")))
            _ = try books.importRates(
                RateCardSource(
                    service: "ups-ground",
                    carrier: "UPS",
                    level: .ground,
                    effective: try CivilDate(parsing: "2026-01-01"),
                    terms: try ParcelRateCard.Terms(currency: .usd, transitDaysDefault: 2),
                    chart: "dest_zip,zone\n000-999,2\n",
                    rates: "weight_lb,2\n150,\(price)\n"
                )
            )
            for sku in onHand.keys.sorted() {
                try books.setCatalogEntry(CatalogEntry(sku: sku, unitWeight: Weight(grams: 450)))
                try books.count(sku, counted: onHand[sku] ?? 0, who: "ana")
            }
        }
        return ledger
    }
}
