import AllocationModel
import ShippingCalendar
import SiteConsole
import StockLedger
import Testing

let dallas = Warehouse.ID(trusted: "DAL")
let reno = Warehouse.ID(trusted: "RNO")
let office = Coordinator.ID(trusted: "office")
let valve = SKU(trusted: "VALVE-3IN")
/// 2026-03-02T15:00:00Z, a Monday morning in Dallas.
let monday = Timestamp(milliseconds: 1_772_463_600_000)

/// A site of one test: its ledger in memory, and its desk.
struct TestSite {
    let ledger: StockLedger
    let desk: SiteDesk

    init() throws {
        ledger = try StockLedger.inMemory(
            site: Site(
                warehouse: dallas,
                name: "Dallas",
                timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                postalCode: "75201"
            )
        )
        desk = SiteDesk(ledger: ledger)
    }

    /// Enters a SKU with so much on hand.
    func stock(_ sku: SKU, _ onHand: Int64, multiple: Int64 = 1) throws {
        try ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(
                    sku: sku,
                    description: "gate valve",
                    sellingUnit: SellingUnit(multiple: multiple),
                    unitWeight: Weight(grams: 450)
                )
            )
            try books.count(sku, counted: onHand, who: "ana")
        }
    }

    /// Enters a SKU that is kept by lot, with one lot of it.
    func stockLot(_ lot: Lot.ID, of sku: SKU, _ onHand: Int64, expires: String?) throws {
        try ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(sku: sku, unitWeight: Weight(grams: 20), isLotTracked: true)
            )
            try books.setLot(
                lot,
                of: sku,
                expires: try expires.map { try CivilDate(parsing: $0) }
            )
            try books.count(sku, lot: lot, counted: onHand, who: "ana")
        }
    }

    /// Reserves for an order, as the coordinator would; the reservation has voted then.
    func reserve(
        _ counter: Int64,
        _ sku: SKU,
        _ quantity: Quantity,
        leaving day: CivilDate? = nil
    ) throws {
        let outcome = try ledger.performAndWait(at: monday) { books in
            try books.reserve(
                Reservation(
                    transaction: TransactionID(coordinator: office, epoch: 1, counter: counter),
                    order: Order.ID(trusted: "order-\(counter)"),
                    lines: [Reservation.Line(sku: sku, quantity: quantity)]
                ),
                participants: [dallas, reno],
                by: day.map { Carriage(service: "ups-ground", leaves: $0) }
            )
        }
        try #require(outcome == .reserved)
    }

    func ask(_ command: SiteCommand, at now: Timestamp = monday) async -> SiteReply {
        await desk.carryOut(command, now: now, who: "ana")
    }

    /// The fault that a command is refused with.
    func fault(_ command: SiteCommand) async throws -> SiteFault {
        let reply = await ask(command)
        guard case .failed(let fault) = reply else {
            throw Unexpected(description: "carried out: \(reply)")
        }
        return fault
    }

    func onHand(_ sku: SKU) throws -> Int64? {
        try ledger.readAndWait(at: monday) { try $0.availability(of: sku)?.onHand.units }
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

extension Timestamp {
    func adding(seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + seconds * 1000)
    }
}
