import AllocationModel
import AllocationProtocol
import Freight
import GRDB
import ShippingCalendar
import WarehouseDesk

@testable import StockLedger

let dallas = Warehouse.ID(trusted: "DAL")
let reno = Warehouse.ID(trusted: "RNO")
let office = Coordinator.ID(trusted: "office")
/// 2026-03-02T15:00:00Z: 09:00 of a Monday in Dallas.
let monday = Timestamp(milliseconds: 1_772_463_600_000)

func after(_ start: Timestamp, hours: Int64 = 0, minutes: Int64 = 0) -> Timestamp {
    Timestamp(milliseconds: start.milliseconds + (hours * 60 + minutes) * 60_000)
}

func day(_ text: String) throws -> CivilDate { try CivilDate(parsing: text) }

func transaction(_ counter: Int64, epoch: Int64 = 1) -> TransactionID {
    TransactionID(coordinator: office, epoch: epoch, counter: counter)
}

func destination(
    _ postalCode: String = "75001",
    isPostOfficeBox: Bool = false,
    delivery: DeliveryTerms = .any
) -> Destination {
    Destination(
        country: .us,
        postalCode: postalCode,
        isPostOfficeBox: isPostOfficeBox,
        delivery: delivery
    )
}

func bidRequest(
    _ lines: [(SKU, Quantity)],
    to postalCode: String = "75001",
    isPostOfficeBox: Bool = false,
    delivery: DeliveryTerms = .any,
    by level: ServiceLevel = .ground,
    in currency: Currency = .usd,
    purpose: BidRequest.Purpose = .order
) -> BidRequest {
    BidRequest(
        round: RoundID(order: "4711", attempt: 1),
        lines: lines.map { BidRequest.Line(sku: $0.0, quantity: $0.1) },
        destination: destination(
            postalCode,
            isPostOfficeBox: isPostOfficeBox,
            delivery: delivery
        ),
        serviceLevel: level,
        currency: currency,
        purpose: purpose,
        remainingMilliseconds: 500
    )
}

func reserve(
    _ counter: Int64,
    _ lines: [(SKU, Quantity)],
    epoch: Int64 = 1
) -> Request {
    .reserve(
        ReserveRequest(
            transaction: transaction(counter, epoch: epoch),
            lines: lines.map { Reservation.Line(sku: $0.0, quantity: $0.1) },
            participants: [dallas, reno],
            bid: bidRequest(lines)
        )
    )
}

/// What Dallas charges: zone 2 around it, zone 5 in New Jersey.
enum Rates {
    static let chart = """
        dest_zip,zone
        750-754,2
        070-089,5
        """
    static let ground = """
        weight_lb,2,5
        1,9.99,12.05
        10,14.20,21.33
        150,60.00,118.75
        """
    /// No price for zone 5.
    static let nextDay = """
        weight_lb,2
        1,31.00
        150,280.00
        """

    static func source(
        _ service: String,
        _ level: ServiceLevel,
        rates: String,
        days: Int
    ) throws -> RateCardSource {
        RateCardSource(
            service: service,
            carrier: "UPS",
            level: level,
            effective: try day("2026-01-01"),
            terms: try ParcelRateCard.Terms(
                currency: .usd,
                handling: Money(minorUnits: 150, currency: .usd),
                transitDaysDefault: days
            ),
            chart: chart,
            rates: rates
        )
    }

    /// The reference's worked table of one class, from Dallas, in two days.
    static let ltl = """
        dest_zip,class,mc,l5c,m5c,m1m,m2m,m5m,m10m,m20m
        750-754,70,57.00,23.46,20.39,14.36,10.38,6.80,4.59,3.44
        """

    static func ltlSource() throws -> LTLRateCardSource {
        LTLRateCardSource(
            service: "saia-ltl",
            carrier: "Saia",
            level: .ground,
            effective: try day("2026-01-01"),
            terms: try LTLRateCard.Terms(currency: .usd, transitDays: 2),
            rates: ltl
        )
    }

    static func ltlCard() throws -> LTLRateCard {
        let file = try RateFile(
            parsing: CSVReader.rows(of: Array(ltl.utf8)),
            currency: .usd
        )
        guard case .classes(let rates) = file else { throw ParseError("is no class tariff") }
        let source = try ltlSource()
        return try LTLRateCard(
            service: source.service,
            carrier: source.carrier,
            level: source.level,
            terms: source.terms,
            rates: rates
        )
    }
}

func makeSite() throws -> Site {
    Site(
        warehouse: dallas,
        name: "Dallas",
        timeZone: try SiteTimeZone(parsing: "America/Chicago"),
        postalCode: "75201"
    )
}

/// Dallas with rate cards, cutoffs at 14:00 and no stock.
func makeLedger() throws -> StockLedger {
    let ledger = try StockLedger.inMemory(site: makeSite())
    try ledger.performAndWait(at: monday) { books in
        for weekday in [Weekday.monday, .tuesday, .wednesday, .thursday, .friday] {
            try books.setCutoff(Cutoffs.Entry(weekday, try TimeOfDay(parsing: "14:00")))
        }
        _ = try books.importRates(
            Rates.source("ups-ground", .ground, rates: Rates.ground, days: 1)
        )
        _ = try books.importRates(
            Rates.source("ups-next-day", .nextDay, rates: Rates.nextDay, days: 1)
        )
    }
    return ledger
}

extension StockLedger {
    func stock(_ sku: SKU, _ onHand: Int64, safety: Int64 = 0, multiple: Int64 = 1) throws {
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

    func mark() throws -> HistoryMark {
        let mark = try readAndWait(at: monday) { $0.mark }
        return HistoryMark(entry: mark.entry, chain: mark.chain)
    }

    func status(_ counter: Int64, epoch: Int64 = 1) throws -> Reservation.Status? {
        try readAndWait(at: monday) { try $0.status(of: transaction(counter, epoch: epoch)) }
    }

    /// On hand, held, allocated.
    func numbers(_ sku: SKU) throws -> [Int64] {
        try readAndWait(at: monday) { books in
            guard let stock = try books.availability(of: sku) else { return [] }
            return [stock.onHand.units, stock.held.units, stock.allocated.units]
        }
    }

    func findings() throws -> [Finding] {
        try readAndWait(at: monday) { try $0.audit() }
    }

    /// Leaves the database no page more than it has, as a full disk would.
    func fillDisk(_ isFull: Bool) throws {
        try readAndWait(at: monday) { books in
            let pages = try Int.fetchOne(books.db, sql: "PRAGMA page_count") ?? 0
            let most = isFull ? pages : 1_000_000
            _ = try Int.fetchOne(books.db, sql: "PRAGMA max_page_count = \(most)")
        }
    }
}

/// A desk and the coordinator that talks to it.
struct Conversation {
    let ledger: StockLedger
    let desk: WarehouseDesk
    let boot: BootID
    var epoch: Int64 = 1
    var session: SessionID?
    var uptime: Duration = .zero
    var now = monday

    init(ledger: StockLedger, boot low: UInt64 = 1) {
        self.ledger = ledger
        boot = BootID(high: 0xB007, low: low)
        desk = WarehouseDesk(
            ledger: ledger,
            warehouse: dallas,
            boot: boot,
            incarnation: 1,
            timing: .local
        )
    }

    /// A desk over a new ledger, in session, with 20 valves and 5 hoses.
    static func inSession(stock units: Int64 = 20) async throws -> Conversation {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", units)
        try ledger.stock("HOSE-1IN", 5)
        var conversation = Conversation(ledger: ledger)
        try await conversation.attach()
        return conversation
    }

    /// Greets, challenges and activates a session of the epoch in force.
    mutating func attach(number: Int64 = 1) async throws {
        let offered = SessionID(epoch: epoch, number: number)
        _ = try await ask(.greet)
        _ = try await ask(.challenge(boot: boot, session: offered, known: .empty))
        _ = try await ask(.activate(offered))
        session = offered
    }

    func ask(_ requests: Request..., age: Duration = .zero) async throws -> [Answer] {
        try await batch(requests, age: age).answers
    }

    func batch(_ requests: [Request], age: Duration = .zero) async throws -> AnswerBatch {
        let batch = RequestBatch(
            coordinator: office,
            epoch: epoch,
            session: session,
            requests: requests
        )
        return try await desk.answer(batch, now: now, uptime: uptime) { age }
    }
}
