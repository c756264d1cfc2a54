import AllocationModel
import AllocationProtocol
import Foundation
import Freight
import ShippingCalendar
import StockLedger
import WarehouseDesk
import WireFormat

/// How long one agent takes for a bid, from the bytes of a request to those of the answer.
///
/// Its ledger is a file with so many SKUs, of which each request names others; one
/// service of each kind is priced for it: parcel, two-day, class tariff, whole trucks.
struct BidTimes {
    /// One size of order.
    struct Row {
        let lines: Int
        let bids: Int
        let time: Duration
        let requestBytes: Int
        let bidBytes: Int

        var line: String {
            let rate = Double(bids) / (time / .seconds(1))
            return "\(lines) lines: \(String(format: "%.0f", rate)) bids/s, "
                + "a request of \(requestBytes) and a bid of \(bidBytes) bytes"
        }
    }

    let skus: Int
    let rows: [Row]
    /// Of one evaluation, by what is evaluated.
    let evaluations: [(name: String, time: Duration)]

    private static let coordinator = Coordinator.ID(trusted: "office")
    private static let dallas = Warehouse.ID(trusted: "DAL")
    private static let monday = Timestamp(milliseconds: 1_772_463_600_000)

    /// Fills a new file in `folder`, and asks for `lines` times as many bids as fit `requests` lines.
    init(skus: Int, sizes: [Int] = [1, 20, 200], requests: Int, in folder: URL) async throws {
        self.skus = skus
        let ledger = try await Self.ledger(of: skus, in: folder)
        rows = try sizes.map { lines in
            try Self.measure(lines, max(1, requests / lines), of: skus, from: ledger)
        }
        evaluations = try ledger.readAndWait(at: Self.monday) { books in
            try Self.evaluations(of: books, times: requests * 10)
        }
        try await ledger.close()
    }

    var lines: [String] {
        ["One agent, \(skus) SKUs"] + rows.map { "  " + $0.line }
            + evaluations.map { name, time in
                "  \(name): \(String(format: "%.0f", time / .nanoseconds(1))) ns"
            }
    }

    private static func sku(_ number: Int) -> String { "SKU-\(1_000_000 + number)" }

    // MARK: The site

    private static func ledger(of skus: Int, in folder: URL) async throws -> StockLedger {
        let ledger = try StockLedger.create(
            at: folder.appendingPathComponent("bids.db").path,
            site: Site(
                warehouse: dallas,
                name: "Dallas",
                timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                postalCode: "75201"
            )
        )
        try await ledger.perform(at: monday) { books in
            for day in Weekdays.mondayToFriday.days {
                try books.setCutoff(Cutoffs.Entry(day, try TimeOfDay(parsing: "14:30")))
            }
            try books.addHoliday(.init(try CivilDate(parsing: "2026-05-25"), name: "Memorial Day"))
            try importRates(into: books)
            var next = 0
            let options = StockImportOptions(who: "erp")
            _ = try books.importStock(options) {
                defer { next += 1000 }
                if next >= skus { return nil }
                let rows = (next..<min(skus, next + 1000))
                    .map { "\(sku($0)),1000,\(50 + $0 % 9000),\($0 % 2 == 0 ? "70" : "85"),48" }
                let head =
                    next == 0 ? "sku,on_hand,weight_g,freight_class,units_per_pallet\n" : ""
                return Array((head + rows.joined(separator: "\n") + "\n").utf8)
            }
        }
        return ledger
    }

    private static func importRates(into books: Books) throws {
        let day = try CivilDate(parsing: "2026-01-01")
        let weights = (1...150).map { "\($0),\($0 + 8).25,\($0 * 2 + 9).50" }
        let table = (["weight_lb,2,5"] + weights).joined(separator: "\n") + "\n"
        for (service, level) in [("ground", ServiceLevel.ground), ("two-day", .twoDay)] {
            _ = try books.importRates(
                RateCardSource(
                    service: service,
                    carrier: "Example Parcel",
                    level: level,
                    effective: day,
                    terms: try ParcelRateCard.Terms(
                        currency: .usd,
                        fuelBasisPoints: 1850,
                        transitDaysDefault: 3
                    ),
                    chart: "dest_zip,zone\n000-499,5\n500-999,2\n",
                    rates: table
                )
            )
        }
        _ = try books.importLTLRates(
            LTLRateCardSource(
                service: "ltl",
                carrier: "Example Freight",
                level: .ground,
                effective: day,
                terms: try LTLRateCard.Terms(
                    currency: .usd,
                    discountBasisPoints: 6200,
                    fuelBasisPoints: 2850,
                    transitDays: 3
                ),
                rates: """
                    dest_zip,class,mc,l5c,m5c,m1m,m2m,m5m,m10m,m20m
                    000-999,70,118.00,49.90,40.60,31.30,24.20,18.50,14.00,10.50
                    000-999,85,118.00,58.10,47.20,36.40,28.20,21.50,16.30,12.20
                    """
            )
        )
        _ = try books.importFTLRates(
            FTLRateCardSource(
                service: "truck",
                carrier: "Example Truckload",
                level: .ground,
                effective: day,
                terms: try FTLRateCard.Terms(currency: .usd, trucksMaximum: 2),
                rates: "dest_zip,per_mile,minimum\n000-999,2.75,950\n"
            )
        )
    }

    // MARK: Bids

    private struct NoBid: Error {}

    private static func measure(
        _ lines: Int,
        _ bids: Int,
        of skus: Int,
        from ledger: StockLedger
    ) throws -> Row {
        let desk = WarehouseDesk(
            ledger: ledger,
            warehouse: dallas,
            boot: BootID(high: 1, low: UInt64(lines)),
            incarnation: 1,
            timing: .local
        )
        // A step that is coprime to the count visits every SKU before it returns to one.
        let requests = (0..<bids)
            .map { number in
                Wire.encode(
                    RequestBatch(
                        coordinator: coordinator,
                        epoch: 1,
                        requests: [.bid(request(number, lines, of: skus))]
                    )
                )
            }
        var bytes = 0
        let time = try ContinuousClock()
            .measure {
                for request in requests {
                    let batch = try Wire.decodeRequests(request)
                    let answer = try desk.answerAndWait(batch, now: monday, uptime: .zero)
                    guard case .bid(_, let bid)? = answer.answers.first, bid.services.count == 4
                    else { throw NoBid() }
                    bytes += Wire.encode(answer).count
                }
            }
        return Row(
            lines: lines,
            bids: bids,
            time: time,
            requestBytes: requests.reduce(0) { $0 + $1.count } / bids,
            bidBytes: bytes / bids
        )
    }

    private static func request(_ number: Int, _ lines: Int, of skus: Int) -> BidRequest {
        BidRequest(
            round: RoundID(order: Order.ID(trusted: "\(number)"), attempt: 1),
            lines: (0..<lines)
                .map { line in
                    let place = (number * lines + line) * 7919 % skus
                    return BidRequest.Line(sku: SKU(trusted: sku(place)), quantity: 5)
                },
            destination: Destination(country: .us, postalCode: "75001"),
            serviceLevel: .ground,
            currency: .usd,
            remainingMilliseconds: 500
        )
    }

    // MARK: Evaluations

    private static func evaluations(
        of books: Books,
        times: Int
    ) throws -> [(name: String, time: Duration)] {
        let destination = Destination(country: .us, postalCode: "75001")
        let pounds = Weight(pounds: 900)
        var load = Load(weight: pounds.grams, billableWeight: pounds.grams)
        load.weightByClass = FreightClass.allCases.map { $0 == .class70 ? pounds.grams : 0 }
        let goods = [FTLRateCard.Goods(units: 60, unitWeight: pounds, unitsPerPallet: 2)]
        var tariffs: [(String, Tariff)] = []
        if case .offered(let offer)? = try books.rateCards().first?.tariff(to: destination) {
            tariffs.append(("parcel tariff", .parcelTable(offer.tariff)))
        }
        if case .offered(let offer)? = try books.ltlRateCards().first?
            .tariff(to: destination, carrying: [.class70, .class85])
        {
            tariffs.append(("LTL tariff", .lessThanTruckload(offer.tariff)))
        }
        if case .offered(let offer)? = try books.ftlRateCards().first?
            .tariff(to: destination, carrying: goods)
        {
            tariffs.append(("truckload tariff", .fullTruckload(offer.tariff)))
        }
        var found = tariffs.map { name, tariff in
            (
                name: name,
                time: time(of: times) { number in
                    load.weight = pounds.grams + Int64(number % 1000)
                    load.billableWeight = load.weight
                    return tariff.charge(for: load)?.tenThousandths ?? 0
                }
            )
        }
        let calendar = try books.calendar()
        let instant = { (number: Int) in
            Timestamp(milliseconds: monday.milliseconds + Int64(number % 8760) * 3_600_000)
        }
        found.append(
            (
                name: "leaving and arriving",
                time: time(of: times) { number in
                    let delivery = calendar.delivery(
                        at: instant(number),
                        service: "ground",
                        transitDays: 3
                    )
                    return Int64(delivery?.arrives.day ?? 0)
                }
            )
        )
        found.append(
            (
                name: "last cutoff to arrive by a day",
                time: time(of: times) { number in
                    let last = calendar.lastDeparture(
                        toArriveBy: CivilDate(daysSinceEpoch: 20_600 + number % 300),
                        service: "ground",
                        transitDays: 3
                    )
                    return Int64(last?.leaves.day ?? 0)
                }
            )
        )
        return found
    }

    /// Returns what one of so many evaluations takes; their results are added up so that all are made.
    private static func time(of times: Int, _ evaluate: (Int) -> Int64) -> Duration {
        var sum: Int64 = 0
        let time = ContinuousClock()
            .measure { for number in 0..<times { sum &+= evaluate(number) } }
        precondition(sum != 0, "an evaluation has a result")
        return time / times
    }
}
