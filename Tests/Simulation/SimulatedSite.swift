import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger
import Synchronization
import WarehouseDesk

/// A real desk over a real ledger on a disk that fails.
///
/// A crash loses the desk, and of the ledger what was not synced.
struct SimulatedSite {
    let warehouse: Warehouse.ID
    private(set) var ledger: StockLedger
    private(set) var drive: SimulatedDrive
    /// An older copy of its disk.
    private var snapshot: SimulatedDrive?
    /// Whether its disk was put back to an older state and it has not been in session since.
    var isBehind = false
    /// Whether its disk was ever put back.
    private(set) var wasRestored = false
    /// What was on hand at the start: nothing but orders changes it.
    private(set) var onHand: [SKU: Int64]
    private let timing: ProtocolTiming
    private let centsPerPackage: Int64
    /// How many orders can leave on one day; nil for all that come.
    let ordersADay: Int64?
    /// What its ledger holds it to.
    private let capacity: ShippingCapacity?
    private var desk: WarehouseDesk?
    private var starts: UInt64 = 0
    private var startedAt: Int64 = 0
    /// Whether no message comes through to it.
    var isDeaf = false
    /// Whether no answer of it comes through.
    var isMute = false
    /// Until when it takes its time.
    var slowUntil: Int64 = 0
    /// Whether its disk was ever full.
    var wasFull = false
    /// How far its wall clock is off, in milliseconds.
    var clockError: Int64 = 0
    /// How many thousandths its clocks run too fast.
    var clockDrift: Int64 = 0
    /// Whether all that goes to it and comes from it goes twice.
    var isEchoing = false
    /// Whether what concerns attempts is kept on its way to it.
    var isHeldBack = false
    var heldBack: [Simulation.Letter] = []
    /// A second process under its name, on a copy of its disk.
    private var twin: (desk: WarehouseDesk, ledger: StockLedger, drive: SimulatedDrive)?
    private var answersGiven = 0
    /// What it has said of each attempt and must keep to: its votes and acknowledgements.
    var said: [TransactionID: Reservation.Status] = [:]
    /// What it has ever leased, also where its disk has lost that.
    var granted: [LeaseID: Lease] = [:]
    /// The attempts that it was told to cancel.
    var cancelled: Set<TransactionID> = []

    init(
        _ warehouse: Warehouse.ID,
        onHand: [SKU: Int64],
        centsPerPackage: Int64,
        ordersADay: Int64? = nil,
        isHeldToDays: Bool = true,
        timing: ProtocolTiming
    ) throws {
        self.warehouse = warehouse
        self.onHand = onHand
        self.timing = timing
        self.centsPerPackage = centsPerPackage
        self.ordersADay = ordersADay
        capacity = isHeldToDays ? ordersADay.map { ShippingCapacity(orders: $0) } : nil
        drive = try Self.newDrive(for: warehouse)
        ledger = try Self.openNewLedger(on: drive, onHand, centsPerPackage, capacity)
        start(at: 0)
    }

    var boot: BootID { BootID(high: 0xB007, low: starts) }

    var isUp: Bool { desk != nil }

    /// - Parameters:
    ///   - time: When.
    ///   - keepsItsBoot: Whether it says that it is the same process, as a mutant does.
    mutating func start(at time: Int64, keepsItsBoot: Bool = false) {
        if !keepsItsBoot || starts == 0 { starts += 1 }
        startedAt = time
        desk = WarehouseDesk(
            ledger: ledger,
            warehouse: warehouse,
            boot: boot,
            incarnation: 1,
            timing: timing
        )
    }

    /// Ends the process; what is on the disk then is what the ledger says from here on.
    mutating func crash(_ ending: SimulatedDrive.Ending) throws {
        desk = nil
        drive.end(ending)
        // Who starts an agent again sees that there is room to.
        drive.leave(bytes: nil)
        ledger = try StockLedger.open(at: drive.path(of: Self.fileName), options: Self.options)
    }

    /// Copies the disk, as whoever makes snapshots of machines does.
    mutating func copyDisk() {
        snapshot = drive.copy()
    }

    /// Puts the last copy in the disk's place, or a new ledger that was filled by a count.
    ///
    /// - Parameters:
    ///   - anew: Whether it is a new one.
    ///   - counted: What the count found, where that is not what was there at the start.
    /// - Throws: What a ledger throws that cannot be opened.
    mutating func restore(anew: Bool, having counted: [SKU: Int64]? = nil) throws {
        if !anew, snapshot == nil { return }
        drive.end(.killed)
        if anew {
            drive = try Self.newDrive(for: warehouse)
            ledger = try Self.openNewLedger(
                on: drive,
                counted ?? onHand,
                centsPerPackage,
                capacity
            )
        } else {
            guard let snapshot else { return }
            // Copied, because it may be put back again.
            drive = snapshot.copy()
            ledger = try StockLedger.open(
                at: drive.path(of: Self.fileName),
                options: Self.options
            )
        }
        desk = nil
        said = [:]
        isBehind = true
        wasRestored = true
    }

    /// Carries a batch out, all of it durable; nil while the site is down.
    mutating func answer(
        _ batch: RequestBatch,
        at time: Int64,
        after age: Int64 = 0
    ) throws -> AnswerBatch? {
        answersGiven += 1
        // By fours, because a handshake takes three.
        let answering = (answersGiven / 4).isMultiple(of: 2) ? desk : twin?.desk ?? desk
        return try answering?
            .answerAndWait(
                batch,
                now: now(at: time),
                uptime: .milliseconds((time - startedAt) * (1000 + clockDrift) / 1000),
                age: .milliseconds(age)
            )
    }

    /// What its wall clock says.
    func now(at time: Int64) -> Timestamp {
        Example.instant(time + clockError + time * clockDrift / 1000)
    }

    /// Starts another process under the same name, on a copy of the disk; it takes turns with the first.
    mutating func startTwin(at time: Int64) throws {
        let copy = drive.copy()
        let other = try StockLedger.open(at: copy.path(of: Self.fileName), options: Self.options)
        let second = WarehouseDesk(
            ledger: other,
            warehouse: warehouse,
            boot: BootID(high: 0x7219, low: starts),
            incarnation: 1,
            timing: timing
        )
        twin = (second, other, copy)
    }

    mutating func stopTwin() {
        twin = nil
    }

    /// What it keeps of each SKU.
    func stock() throws -> [SKUStock] {
        try ledger.readAndWait(at: Example.monday) { books in
            try Example.skus.compactMap { try books.availability(of: $0) }
        }
    }

    /// Begins to keep a SKU, with what a count has found of it.
    mutating func keep(_ sku: SKU, _ units: Int64, at time: Int64) throws {
        // More than there was has come.
        onHand[sku] = max(onHand[sku] ?? 0, units)
        try ledger.performAndWait(at: now(at: time)) { books in
            try books.setCatalogEntry(CatalogEntry(sku: sku, unitWeight: Weight(grams: 450)))
            try books.count(sku, counted: units, who: "ana")
        }
    }

    /// Counts what is on hand, which changes nothing but the journal.
    func countStock(at time: Int64) throws {
        try ledger.performAndWait(at: now(at: time)) { books in
            for sku in onHand.keys.sorted() {
                let counted = try books.availability(of: sku)?.onHand.units ?? 0
                try books.count(sku, counted: counted + 1, who: "ana")
                try books.count(sku, counted: counted, who: "ana")
            }
        }
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

    private static let fileName = "site.sqlite"
    private static let options = {
        var options = StockLedger.Options()
        options.reserveBytes = 0
        options.cacheKibibytes = 512
        options.isFileSought = false
        return options
    }()

    /// Drives with a new ledger, by site: to make one takes as long as a third of a run.
    private static let newDrives = Mutex<[Warehouse.ID: SimulatedDrive]>([:])

    private static func newDrive(for warehouse: Warehouse.ID) throws -> SimulatedDrive {
        try newDrives.withLock { drives in
            if let made = drives[warehouse] { return made.copy() }
            let drive = SimulatedDrive()
            _ = try StockLedger.create(
                at: drive.path(of: fileName),
                site: Site(
                    warehouse: warehouse,
                    name: warehouse.rawValue,
                    timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                    postalCode: "75201"
                ),
                options: options
            )
            drives[warehouse] = drive
            return drive.copy()
        }
    }

    /// Opens the ledger of a new drive and fills it.
    private static func openNewLedger(
        on drive: SimulatedDrive,
        _ onHand: [SKU: Int64],
        _ centsPerPackage: Int64,
        _ capacity: ShippingCapacity?
    ) throws -> StockLedger {
        let ledger = try StockLedger.open(at: drive.path(of: fileName), options: options)
        let price = Money(minorUnits: centsPerPackage, currency: .usd).decimal
        try ledger.performAndWait(at: Example.monday) { books in
            try books.setCutoff(Cutoffs.Entry(.monday, try TimeOfDay(parsing: "14:00")))
            if let capacity { try books.setCapacity(capacity, on: .monday) }
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
