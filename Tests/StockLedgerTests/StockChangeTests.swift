import AllocationModel
import Freight
import ShippingCalendar
import Testing

@testable import StockLedger

struct `A site manager's change` {
    private func change(
        _ ledger: StockLedger,
        _ work: (Books) throws -> StockChange
    ) throws -> StockChange {
        try ledger.performAndWait(at: monday, work)
    }

    @Test func `is in the very next reading`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)

        let result = try change(ledger) {
            try $0.adjust("VALVE-3IN", by: -2, reason: "damaged", who: "bo")
        }

        #expect(result == StockChange(before: 12, after: 10, available: 10, shortfall: 0))
        #expect(try ledger.available("VALVE-3IN") == 10)
        try ledger.performAndWait(at: monday) { try $0.setSafetyStock(of: "VALVE-3IN", to: 4) }
        #expect(try ledger.available("VALVE-3IN") == 6)
    }

    // The goods are where they are: a count below what is promised is taken,
    // shows, and stops new promises until somebody has mended it.
    @Test func `that finds less than is promised leaves a shortfall and nothing to promise`()
        throws
    {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])

        let result = try change(ledger) { try $0.count("VALVE-3IN", counted: 5, who: "ana") }

        #expect(result == StockChange(before: 12, after: 5, available: 0, shortfall: 3))
        #expect(try ledger.findings().map(\.kind) == [.shortfall])
        #expect(
            try ledger.reserve(2, [("VALVE-3IN", 1)])
                == .insufficient(sku: "VALVE-3IN", requested: 1, available: 0)
        )
        #expect(try ledger.apply(.confirm, 1) == .confirmed)
        #expect(try ledger.apply(.release, 1) == .released)
        #expect(try ledger.findings() == [])
    }

    @Test func `of safety stock above what there is promises nothing more`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12, safety: 50)

        #expect(try ledger.available("VALVE-3IN") == 0)
    }

    @Test func `is refused with what would be lawful`() throws {
        let ledger = try makeLedger()
        try ledger.stock("BOLT", 24, multiple: 12)
        try ledger.stockLots("GLUE", [("L-1", 5, nil)])

        for (refusal, work): (StockRefusal, (Books) throws -> StockChange) in [
            (.unknownSKU("PUMP"), { try $0.count("PUMP", counted: 1, who: "ana") }),
            (.lotNeeded("GLUE"), { try $0.count("GLUE", counted: 1, who: "ana") }),
            (
                .unknownLot("GLUE", "L-9"),
                { try $0.count("GLUE", lot: "L-9", counted: 1, who: "ana") }
            ),
            (.lotNotKept("BOLT"), { try $0.count("BOLT", lot: "L-9", counted: 12, who: "ana") }),
            (
                .notAMultiple("BOLT", of: 12, below: 24, above: 36),
                { try $0.count("BOLT", counted: 30, who: "ana") }
            ),
            (
                .notAMultiple("BOLT", of: 12, below: 0, above: 12),
                { try $0.adjust("BOLT", by: -17, reason: "lost", who: "ana") }
            ),
            (
                .belowZero("BOLT", onHand: 24, delta: -36),
                { try $0.adjust("BOLT", by: -36, reason: "lost", who: "ana") }
            ),
            (
                .aboveMaximum("BOLT"),
                { try $0.adjust("BOLT", by: .max, reason: "found", who: "ana") }
            ),
            (
                .unlawful(field: "reason", "is empty"),
                { try $0.adjust("BOLT", by: 12, reason: "", who: "ana") }
            ),
            (
                .unlawful(field: "who", "contains a control character"),
                { try $0.count("BOLT", counted: 12, who: "a\nb") }
            ),
            (
                .unlawful(field: "counted", "is -1; count 0 or more"),
                { try $0.count("BOLT", counted: -1, who: "ana") }
            ),
        ] {
            #expect(throws: refusal) { _ = try change(ledger, work) }
        }
        #expect(throws: StockRefusal.lotTrackingKept("BOLT")) {
            try ledger.performAndWait(at: monday) {
                try $0.setCatalogEntry(
                    CatalogEntry(sku: "BOLT", unitWeight: .zero, isLotTracked: true)
                )
            }
        }
        #expect(try ledger.numbers("BOLT") == [24, 0, 0])
        #expect(try ledger.findings() == [])
    }

    @Test func `may turn lots on while a SKU has no history`() throws {
        let ledger = try makeLedger()
        try ledger.performAndWait(at: monday) { books in
            for isLotTracked in [false, true, false, true] {
                try books.setCatalogEntry(
                    CatalogEntry(sku: "GLUE", unitWeight: .zero, isLotTracked: isLotTracked)
                )
            }
            try books.setLot("L-1", of: "GLUE", expires: nil, certificates: ["ISO 9001", "MTR"])
            try books.setCatalogEntry(
                CatalogEntry(sku: "GLUE", unitWeight: .zero, isLotTracked: true)
            )
        }

        let stock = try ledger.readAndWait(at: monday) { try $0.availability(of: "GLUE") }

        #expect(stock?.lots.map(\.lot) == ["L-1"])
        #expect(stock?.lots.first?.certificates == ["ISO 9001", "MTR"])
    }

    @Test func `lists SKUs page by page`() throws {
        let ledger = try makeLedger()
        for sku: SKU in ["A-1", "A-2", "B-1", "B-2"] { try ledger.stock(sku, 10) }
        try ledger.reserve(1, [("A-2", 4), ("B-2", 10)])
        try ledger.performAndWait(at: monday) { _ = try $0.count("A-2", counted: 3, who: "ana") }

        func list(
            _ filter: StockFilter = StockFilter(),
            after: SKU? = nil,
            limit: Int = 10
        ) throws
            -> [SKU]
        {
            try ledger.readAndWait(at: monday) {
                try $0.list(filter, after: after, limit: limit).map(\.entry.sku)
            }
        }
        #expect(try list(limit: 3) == ["A-1", "A-2", "B-1"])
        #expect(try list(after: "B-1", limit: 3) == ["B-2"])
        #expect(try list(StockFilter(text: "b-")) == ["B-1", "B-2"])
        #expect(try list(StockFilter(condition: .promised)) == ["A-2", "B-2"])
        #expect(try list(StockFilter(condition: .short)) == ["A-2"])
        #expect(try list(StockFilter(condition: .exhausted)) == ["A-2", "B-2"])
        #expect(try list(limit: -1) == [])
    }

    @Test func `of a cutoff or a holiday moves the next departure`() throws {
        let ledger = try makeLedger()
        func departure() throws -> CivilDate? {
            try ledger.readAndWait(at: monday) { try $0.calendar().departure(at: monday)?.leaves }
        }
        #expect(try departure() == nil)

        try ledger.performAndWait(at: monday) { books in
            for day in [Weekday.monday, .tuesday, .wednesday] {
                try books.setCutoff(.init(day, try TimeOfDay(parsing: "14:00")))
            }
        }
        #expect(try departure() == CivilDate(parsing: "2026-03-02"))

        try ledger.performAndWait(at: monday) { books in
            try books.setCutoff(.init(.monday, try TimeOfDay(parsing: "08:00")))
            try books.addHoliday(.init(try CivilDate(parsing: "2026-03-03"), name: "Inventory"))
        }
        #expect(try departure() == CivilDate(parsing: "2026-03-04"))

        let wasThere = try ledger.performAndWait(at: monday) { books in
            [
                try books.removeHoliday(on: CivilDate(parsing: "2026-03-03")),
                try books.removeHoliday(on: CivilDate(parsing: "2026-03-03")),
                try books.removeCutoff(.wednesday), try books.removeCutoff(.wednesday),
            ]
        }
        #expect(wasThere == [true, false, true, false])
        #expect(try departure() == CivilDate(parsing: "2026-03-03"))
    }

    @Test func `of a service's days and hours is what its calendar says, until it is cleared`()
        throws
    {
        let ledger = try makeLedger()
        let week = { (hours: String?) in
            CarrierCalendars.Week(
                pickup: [.monday],
                transit: .mondayToFriday,
                deliveryOnly: [.saturday],
                hours: try hours.map { try HoursOfDay(parsing: $0) }
            )
        }
        for hours in ["09:00-17:00", nil, "00:00-23:59"] {
            try ledger.performAndWait(at: monday) {
                try $0.setCarrierWeek(week(hours), of: "ground")
            }
            let found = try ledger.readAndWait(at: monday) { try $0.carrierCalendars() }
            #expect(try found.weeks == ["ground": week(hours)])
        }
        let cleared = try ledger.performAndWait(at: monday) {
            [
                try $0.clearCarrierWeek(of: "ground"), try $0.clearCarrierWeek(of: "ground"),
            ]
        }
        #expect(cleared == [true, false])
        #expect(try ledger.readAndWait(at: monday) { try $0.carrierCalendars().weeks.isEmpty })
    }

    @Test func `that is rolled back is not remembered`() throws {
        struct Refused: Error {}
        let ledger = try makeLedger()

        #expect(throws: Refused.self) {
            try ledger.performAndWait(at: monday) { books in
                try books.setCutoff(.init(.monday, try TimeOfDay(parsing: "14:00")))
                guard try books.calendar().departure(at: monday) == nil else { throw Refused() }
            }
        }

        #expect(
            try ledger.readAndWait(at: monday) { try $0.calendar().departure(at: monday) } == nil
        )
    }

    @Test func `of rates is refused where a bid could not name the service`() throws {
        let ledger = try makeLedger()
        func source(_ service: String) throws -> RateCardSource {
            RateCardSource(
                service: service,
                carrier: "UPS",
                level: .ground,
                effective: try CivilDate(parsing: "2026-01-01"),
                terms: try ParcelRateCard.Terms(currency: .usd, transitDaysDefault: 4),
                rates: "weight_lb,2,3,4,5,6,7,8,9\n1,9,9,9,9,9,9,9,9\n"
            )
        }
        try ledger.performAndWait(at: monday) { books in
            for number in 1...AllocationModel::Limits.bidServicesMaximum {
                _ = try books.importRates(source("service-\(number)"))
            }
        }

        let refusal = #expect(throws: StockRefusal.self) {
            try ledger.performAndWait(at: monday) { _ = try $0.importRates(source("another")) }
        }
        let again = try ledger.performAndWait(at: monday) {
            try $0.importRates(source("service-7"))
        }

        #expect(refusal?.description.contains("one more than the 64") == true)
        #expect(again == 2)
    }

    @Test func `of rates counts from its day on`() throws {
        let ledger = try makeLedger()
        func source(_ price: String, from day: String) throws -> RateCardSource {
            RateCardSource(
                service: "ups-ground",
                carrier: "UPS",
                level: .ground,
                effective: try CivilDate(parsing: day),
                terms: try ParcelRateCard.Terms(
                    currency: .usd,
                    fuelBasisPoints: 1850,
                    transitDaysByZone: [Zone(parsing: "5"): 3],
                    transitDaysDefault: 4
                ),
                rates:
                    "weight_lb,2,3,4,5,6,7,8,9\n1,\(Array(repeating: price, count: 8).joined(separator: ","))\n"
            )
        }
        let versions = try ledger.performAndWait(at: monday) { books in
            [
                try books.importRates(source("9.50", from: "2026-01-01")),
                try books.importRates(source("10.50", from: "2026-03-03")),
            ]
        }
        #expect(versions == [1, 2])

        let tuesday = Timestamp(milliseconds: monday.milliseconds + 86_400_000)
        let prices = try [monday, tuesday]
            .map { now in
                try ledger.readAndWait(at: now) { books in
                    try books.rateCards().map { $0.rates.columns[0].steps[0].price.decimal }
                }
            }
        #expect(prices == [["9.50"], ["10.50"]])
        let listed = try ledger.readAndWait(at: monday) { try $0.rateCardVersions() }
        #expect(listed.map(\.version) == [2, 1])
        #expect(
            try listed.map(\.source) == [
                source("10.50", from: "2026-03-03"), source("9.50", from: "2026-01-01"),
            ]
        )
        #expect(throws: RowReport.self) {
            try ledger.performAndWait(at: monday) {
                _ = try $0.importRates(source("a lot", from: "2026-01-01"))
            }
        }
    }
}
