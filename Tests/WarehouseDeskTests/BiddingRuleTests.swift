import AllocationModel
import AllocationProtocol
import Freight
import SeededGenerator
import ShippingCalendar
import StockLedger
import Testing
import WarehouseDesk

struct `Bidding rule` {
    private let calendar: SiteCalendar
    private let ground: ParcelRateCard
    private let nextDay: ParcelRateCard

    init() throws {
        calendar = try Self.calendar()
        ground = try Self.card("ups-ground", .ground, rated: ["2", "5"])
        nextDay = try Self.card("ups-next-day", .nextDay, rated: ["2"])
    }

    private static func calendar(
        holidays: [String] = [],
        leadTimes: LeadTimes = LeadTimes()
    ) throws -> SiteCalendar {
        SiteCalendar(
            timeZone: try SiteTimeZone(parsing: "America/Chicago"),
            cutoffs: Cutoffs(at: try TimeOfDay(parsing: "14:00")),
            holidays: try holidays.map { SiteCalendar.Holiday(try day($0), name: "closed") },
            leadTimes: leadTimes
        )
    }

    private static func card(
        _ service: String,
        _ level: ServiceLevel,
        rated zones: [String],
        addressKinds: Set<AddressKind> = [],
        size: ParcelSize? = nil,
        flight: HazardousMaterials.Flight? = nil
    ) throws -> ParcelRateCard {
        var steps: [(zone: Zone, step: RateTable.Step)] = []
        for name in zones {
            for (pounds, cents) in [(1, 999), (10, 1420), (150, 6000)] {
                let price = Money(minorUnits: Int64(cents), currency: .usd)
                steps.append(
                    (try Zone(parsing: name), RateTable.Step(pounds: pounds, price: price))
                )
            }
        }
        return try ParcelRateCard(
            service: service,
            carrier: "UPS",
            level: level,
            terms: try ParcelRateCard.Terms(
                currency: .usd,
                size: size,
                addressKinds: addressKinds,
                flight: flight,
                transitDaysDefault: 1
            ),
            chart: try ZoneChart([
                ZoneChart.Row(.prefixes(750...754), zone: try Zone(parsing: "2")),
                ZoneChart.Row(.prefixes(70...89), zone: try Zone(parsing: "5"), transitDays: 4),
            ]),
            rates: try RateTable(steps, currency: .usd)
        )
    }

    private func stock(
        _ sku: SKU,
        _ onHand: Int64,
        held: Int64 = 0,
        allocated: Int64 = 0,
        safety: Int64 = 0,
        multiple: Int64 = 1,
        weight: Weight = Weight(grams: 450),
        dimensions: Dimensions? = nil,
        freightClass: FreightClass = .class70,
        handling: String = "",
        hazmat: Hazmat? = nil
    ) throws -> SKUStock {
        SKUStock(
            entry: CatalogEntry(
                sku: sku,
                sellingUnit: SellingUnit(multiple: multiple),
                unitWeight: weight,
                dimensions: dimensions,
                freightClass: freightClass,
                handling: handling,
                hazmat: hazmat
            ),
            safetyStock: Quantity(safety),
            lots: [
                LotStock(
                    lot: nil,
                    onHand: Quantity(onHand),
                    held: Quantity(held),
                    allocated: Quantity(allocated)
                )
            ],
            today: try day("2026-03-02")
        )
    }

    private func stockByLot(_ lots: [LotStock]) throws -> SKUStock {
        SKUStock(
            entry: CatalogEntry(
                sku: "RESIN-1L",
                unitWeight: Weight(grams: 900),
                isLotTracked: true
            ),
            safetyStock: .zero,
            lots: lots,
            today: try day("2026-03-02")
        )
    }

    private func bid(
        on request: BidRequest,
        from stock: [SKUStock],
        at now: Timestamp = monday,
        calendar: SiteCalendar? = nil,
        cards: [ParcelRateCard]? = nil,
        ltlCards: [LTLRateCard] = [],
        ftlCards: [FTLRateCard] = [],
        carriers: CarrierCalendars = .usual
    ) -> Bid {
        BiddingRule(
            warehouse: dallas,
            calendar: calendar ?? self.calendar,
            carriers: carriers,
            cards: cards ?? [ground, nextDay],
            ltlCards: ltlCards,
            ftlCards: ftlCards
        )
        .bid(on: request, at: now) { sku in stock.first { $0.entry.sku == sku } }
    }

    // Lines.

    /// What one stock row answers to one line.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var onHand: Int64 = 20
        var held: Int64 = 0
        var allocated: Int64 = 0
        var safety: Int64 = 0
        var multiple: Int64 = 1
        let asked: Quantity
        let offered: Quantity?
        let decline: Decline.Reason?
    }

    @Test(arguments: [
        Row(testDescription: "enough", asked: 8, offered: 8, decline: nil),
        Row(testDescription: "all there is", asked: 20, offered: 20, decline: nil),
        Row(
            testDescription: "some",
            asked: 21,
            offered: 20,
            decline: .partialStock(available: 20)
        ),
        Row(testDescription: "none", onHand: 0, asked: 1, offered: nil, decline: .noStock),
        Row(
            testDescription: "all promised",
            held: 12,
            allocated: 8,
            asked: 1,
            offered: nil,
            decline: .noStock
        ),
        Row(
            testDescription: "safety stock kept back",
            held: 4,
            safety: 10,
            asked: 8,
            offered: 6,
            decline: .partialStock(available: 6)
        ),
        Row(
            testDescription: "only safety stock",
            safety: 30,
            asked: 1,
            offered: nil,
            decline: .noStock
        ),
        Row(
            testDescription: "between two multiples",
            multiple: 12,
            asked: 20,
            offered: nil,
            decline: .notAMultiple(below: 12, above: 24)
        ),
        Row(
            testDescription: "below the first multiple",
            multiple: 12,
            asked: 5,
            offered: nil,
            decline: .notAMultiple(below: 12, above: 12)
        ),
        Row(
            testDescription: "whole multiples of what there is",
            onHand: 30,
            multiple: 12,
            asked: 36,
            offered: 24,
            decline: .partialStock(available: 24)
        ),
        Row(
            testDescription: "less than one multiple",
            onHand: 11,
            multiple: 12,
            asked: 12,
            offered: nil,
            decline: .noStock
        ),
        Row(
            testDescription: "a recount below what is promised",
            onHand: 5,
            allocated: 8,
            asked: 1,
            offered: nil,
            decline: .noStock
        ),
    ])
    func `offers what the stock allows`(_ row: Row) throws {
        let valves = try stock(
            "VALVE-3IN",
            row.onHand,
            held: row.held,
            allocated: row.allocated,
            safety: row.safety,
            multiple: row.multiple
        )
        let bid = bid(on: bidRequest([("VALVE-3IN", row.asked)]), from: [valves])
        #expect(bid.offers.map(\.quantity) == [row.offered].compactMap(\.self))
        let ofLine = bid.declines.filter { $0.subject == .line(0) }
        #expect(ofLine.map(\.reason) == [row.decline].compactMap(\.self))
        #expect(bid.services.isEmpty == bid.offers.isEmpty)
    }

    @Test func `declines a SKU that it does not carry`() throws {
        let bid = bid(
            on: bidRequest([("VALVE-9IN", 1), ("VALVE-3IN", 1)]),
            from: [try stock("VALVE-3IN", 20)]
        )
        #expect(bid.offers.map(\.line) == [1])
        #expect(bid.declines == [Decline(.line(0), .unknownSKU)])
    }

    @Test func `lets two lines of one SKU share its stock, the earlier first`() throws {
        let bid = bid(
            on: bidRequest([
                ("VALVE-3IN", 8), ("HOSE-1IN", 1), ("VALVE-3IN", 5), ("VALVE-3IN", 4),
            ]),
            from: [try stock("VALVE-3IN", 10), try stock("HOSE-1IN", 9)]
        )
        #expect(bid.offers.map(\.line) == [0, 1, 2])
        #expect(bid.offers.map(\.quantity) == [8, 1, 2])
        #expect(
            bid.declines == [
                Decline(.line(2), .partialStock(available: 2)), Decline(.line(3), .noStock),
            ]
        )
    }

    @Test func `takes the lots that expire first, and none that may not be shipped`() throws {
        let resin = try stockByLot([
            LotStock(lot: "A", onHand: 50, expires: try day("2026-03-01")),
            LotStock(lot: "B", onHand: 6, held: 2, expires: try day("2026-03-02")),
            LotStock(lot: "C", onHand: 50, expires: try day("2026-04-01"), isQuarantined: true),
            LotStock(lot: "D", onHand: 9, expires: try day("2026-05-01"), certificates: ["CoA"]),
            LotStock(lot: "E", onHand: 9),
        ])
        let bid = bid(on: bidRequest([("RESIN-1L", 7), ("RESIN-1L", 8)]), from: [resin])
        #expect(
            bid.offers.map(\.lots) == [
                [
                    Bid.LotOffer(lot: "B", quantity: 4, expires: try day("2026-03-02")),
                    Bid.LotOffer(
                        lot: "D",
                        quantity: 3,
                        expires: try day("2026-05-01"),
                        certificates: ["CoA"]
                    ),
                ],
                [
                    Bid.LotOffer(
                        lot: "D",
                        quantity: 6,
                        expires: try day("2026-05-01"),
                        certificates: ["CoA"]
                    ),
                    Bid.LotOffer(lot: "E", quantity: 2),
                ],
            ]
        )
    }

    @Test func `says that the lots it has may not be shipped`() throws {
        let resin = try stockByLot([
            LotStock(lot: "A", onHand: 50, expires: try day("2026-03-01")),
            LotStock(lot: "C", onHand: 50, isQuarantined: true),
        ])
        let bid = bid(on: bidRequest([("RESIN-1L", 7)]), from: [resin])
        #expect(bid.declines == [Decline(.line(0), .noUsableLot)])
    }

    @Test func `shows all there is where nobody orders`() throws {
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)], purpose: .availability),
            from: [try stock("VALVE-3IN", 40, multiple: 12)]
        )
        #expect(bid.offers.map(\.quantity) == [36])
        #expect(bid.declines.isEmpty)
    }

    // Services.

    @Test func `offers each service with its tariff and its dates`() throws {
        let bid = bid(on: bidRequest([("VALVE-3IN", 1)]), from: [try stock("VALVE-3IN", 20)])
        #expect(bid.services.map(\.code) == ["ups-ground", "ups-next-day"])
        let first = try #require(bid.services.first)
        #expect(first.zone == "2")
        #expect(first.level == .ground)
        #expect(first.leaves == (try day("2026-03-02")))
        #expect(first.arrives == (try day("2026-03-03")))
        #expect(first.cutoff == (try TimeOfDay(parsing: "14:00")))
        let charge = first.tariff.charge(for: Load(weight: 450, billableWeight: 450))
        #expect(charge?.money(in: .usd) == Money(minorUnits: 999, currency: .usd))
    }

    // 30 x 10 x 10 in are 3000 in³: 21.6 lb by 139, and 18.1 by 166. 11 lb are too heavy for
    // one person at the second carrier.
    @Test func `says how each carrier bills what it bills otherwise`() throws {
        let card = { (service: String, divisor: Int64, oversize: [OversizeCharge]) in
            try ParcelRateCard(
                service: service,
                carrier: "UPS",
                level: .ground,
                terms: ParcelRateCard.Terms(
                    currency: .usd,
                    divisor: DimensionalDivisor(checking: divisor),
                    oversize: oversize,
                    fuelBasisPoints: 1000,
                    transitDaysDefault: 1
                ),
                chart: ground.chart,
                rates: ground.rates
            )
        }
        let heavy = try OversizeCharge(
            checking: Money(minorUnits: 2500, currency: .usd),
            over: .init(pounds: 10)
        )
        let duct = SKUStock(
            entry: CatalogEntry(
                sku: "DUCT",
                unitWeight: Weight(pounds: 11),
                dimensions: Dimensions(length: 762, width: 254, height: 254)
            ),
            safetyStock: .zero,
            lots: [LotStock(lot: nil, onHand: 50)],
            today: try day("2026-03-02")
        )
        let valve = try stock("VALVE-3IN", 20)

        let bid = bid(
            on: bidRequest([("VALVE-3IN", 20), ("DUCT", 2)]),
            from: [valve, duct],
            cards: [try card("first", 139, []), try card("second", 166, [heavy])]
        )

        #expect(bid.offers.map(\.unitBillableWeight.grams) == [450, 9790])
        #expect(bid.services.map(\.code) == ["first", "second"])
        #expect(
            bid.services.map(\.packings) == [
                [],
                [
                    Bid.Packing(
                        line: 1,
                        unitBillableWeight: Weight(grams: 8198),
                        unitCharge: Money(minorUnits: 2750, currency: .usd).cost
                    )
                ],
            ]
        )
    }

    @Test func `offers freight by class, and blocks the lines whose class is not rated`() throws {
        let saia = try Rates.ltlCard()
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 20), ("HOSE-50FT", 2)]),
            from: [
                try stock("VALVE-3IN", 20, weight: Weight(grams: 20_412)),
                try stock("HOSE-50FT", 2, weight: Weight(grams: 9000), freightClass: .class125),
            ],
            ltlCards: [saia]
        )

        let service = try #require(bid.services.last)
        #expect(service.code == "saia-ltl")
        #expect(service.blockedLines == [1])
        #expect(service.arrives == (try day("2026-03-04")))
        // 900 lb at class 70, billed as 1000 lb at 14.36: ecosystem's worked example.
        var load = Load(weight: 408_240, weightByClass: FreightClass.allCases.map { _ in 0 })
        load.weightByClass[FreightClass.class70.index] = 408_240
        #expect(
            service.tariff.charge(for: load)?.money(in: .usd)
                == Money(minorUnits: 14_360, currency: .usd)
        )
    }

    @Test func `declines freight by class where nothing is rated, or there is too much`() throws {
        let saia = try Rates.ltlCard()
        let hose = try stock(
            "HOSE-50FT",
            2,
            weight: Weight(grams: 9000),
            freightClass: .class125
        )
        #expect(
            bid(on: bidRequest([("HOSE-50FT", 2)]), from: [hose], cards: [], ltlCards: [saia])
                .declines == [Decline(.service("saia-ltl"), .noRate(zone: "750-754"))]
        )
        let anvil = try stock("ANVIL", 9, weight: Weight(grams: 50_000_000))
        #expect(
            bid(on: bidRequest([("ANVIL", 9)]), from: [anvil], cards: [], ltlCards: [saia])
                .declines == [Decline(.service("saia-ltl"), .tooHeavy)]
        )
        let valves = try stock("VALVE-3IN", 20, weight: Weight(grams: 20_412))
        #expect(
            bid(
                on: bidRequest([("VALVE-3IN", 900_000_000)]),
                from: [valves],
                cards: [],
                ltlCards: [saia]
            )
            .declines.last == Decline(.service("saia-ltl"), .tooHeavy)
        )
    }

    @Test func `declines a service in another currency than the order's`() throws {
        let euro = try Currency(parsing: "EUR")
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)], in: euro),
            from: [try stock("VALVE-3IN", 20)],
            cards: [ground]
        )
        #expect(bid.services.isEmpty)
        #expect(bid.declines == [Decline(.service("ups-ground"), .otherCurrency("USD"))])
    }

    @Test func `declines a service slower than promised`() throws {
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)], by: .twoDay),
            from: [try stock("VALVE-3IN", 20)]
        )
        #expect(bid.services.map(\.code) == ["ups-next-day"])
        #expect(bid.declines == [Decline(.service("ups-ground"), .tooSlow)])
    }

    @Test func `declines a destination that no row of the chart names`() throws {
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)], to: "96701"),
            from: [try stock("VALVE-3IN", 20)]
        )
        #expect(bid.services.isEmpty)
        #expect(
            bid.declines == [
                Decline(.service("ups-ground"), .notServed),
                Decline(.service("ups-next-day"), .notServed),
            ]
        )
    }

    @Test func `declines a zone that has no rate`() throws {
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)], to: "07001"),
            from: [try stock("VALVE-3IN", 20)]
        )
        #expect(bid.services.map(\.code) == ["ups-ground"])
        #expect(bid.services.first?.arrives == (try day("2026-03-06")))
        #expect(bid.declines == [Decline(.service("ups-next-day"), .noRate(zone: "5"))])
    }

    @Test func `declines a service that cannot carry the only line`() throws {
        let pump = try stock("PUMP-10HP", 2, weight: Weight(pounds: 151))
        let bid = bid(on: bidRequest([("PUMP-10HP", 1)]), from: [pump], cards: [ground])
        #expect(bid.services.isEmpty)
        #expect(bid.declines == [Decline(.service("ups-ground"), .tooHeavy)])
    }

    @Test func `blocks the lines that a service cannot carry`() throws {
        let pump = try stock("PUMP-10HP", 2, weight: Weight(pounds: 151))
        let bid = bid(
            on: bidRequest([("PUMP-10HP", 1), ("VALVE-3IN", 1)]),
            from: [pump, try stock("VALVE-3IN", 20)],
            cards: [ground]
        )
        #expect(bid.services.map(\.blockedLines) == [[0]])
    }

    @Test func `carries a unit of exactly the heaviest weight`() throws {
        let pump = try stock("PUMP-9HP", 2, weight: Weight(pounds: 150))
        let bid = bid(on: bidRequest([("PUMP-9HP", 1)]), from: [pump], cards: [ground])
        #expect(bid.services.map(\.blockedLines) == [[]])
    }

    @Test func `declines everything without a rate card`() throws {
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)]),
            from: [try stock("VALVE-3IN", 20)],
            cards: []
        )
        #expect(bid.services.isEmpty)
        #expect(bid.declines == [Decline(.order, .notServed)])
    }

    // Dates. The cutoff is at 14:00 in Dallas, 20:00 UTC.

    /// When an order comes, and when it leaves and arrives by ground to zone 2.
    struct Departure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var hours: Int64 = 0
        var minutes: Int64 = 0
        var holidays: [String] = []
        let leaves: String
        let arrives: String
    }

    @Test(arguments: [
        Departure(
            testDescription: "a minute before the cutoff",
            hours: 4,
            minutes: 59,
            leaves: "2026-03-02",
            arrives: "2026-03-03"
        ),
        Departure(
            testDescription: "at the cutoff",
            hours: 5,
            leaves: "2026-03-03",
            arrives: "2026-03-04"
        ),
        Departure(
            testDescription: "on Friday after the cutoff",
            hours: 4 * 24 + 6,
            leaves: "2026-03-09",
            arrives: "2026-03-10"
        ),
        Departure(
            testDescription: "on a holiday",
            holidays: ["2026-03-02"],
            leaves: "2026-03-03",
            arrives: "2026-03-04"
        ),
        Departure(
            testDescription: "late on the eve of two holidays",
            hours: 5,
            holidays: ["2026-03-03", "2026-03-04"],
            leaves: "2026-03-05",
            arrives: "2026-03-06"
        ),
    ])
    func `promises the day on which goods would leave`(_ departure: Departure) throws {
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)]),
            from: [try stock("VALVE-3IN", 20)],
            at: after(monday, hours: departure.hours, minutes: departure.minutes),
            calendar: try Self.calendar(holidays: departure.holidays),
            cards: [ground]
        )
        let service = try #require(bid.services.first)
        #expect(service.leaves == (try day(departure.leaves)))
        #expect(service.arrives == (try day(departure.arrives)))
    }

    @Test func `keeps what is too long or too thick from a service, and says so`() throws {
        let limited = try Self.card("ups-ground", .ground, rated: ["2"], size: .standard)
        let rail = SKUStock(
            entry: CatalogEntry(
                sku: "RAIL-10FT",
                unitWeight: Weight(grams: 4500),
                // 120 in long: longer than any parcel.
                dimensions: Dimensions(length: 3048, width: 50, height: 50)
            ),
            safetyStock: .zero,
            lots: [LotStock(lot: nil, onHand: 5)],
            today: try day("2026-03-02")
        )

        let alone = bid(on: bidRequest([("RAIL-10FT", 1)]), from: [rail], cards: [limited])
        let both = bid(
            on: bidRequest([("RAIL-10FT", 1), ("VALVE-3IN", 1)]),
            from: [rail, try stock("VALVE-3IN", 20)],
            cards: [limited]
        )

        #expect(alone.services.isEmpty)
        #expect(alone.declines == [Decline(.service("ups-ground"), .tooLarge)])
        #expect(both.services.map(\.blockedLines) == [[0]])
        #expect(both.declines == [Decline(.lines([0], "ups-ground"), .tooLarge)])
    }

    // Monday morning; ground is picked up on Tuesdays, and no UPS moves on Wednesday the 4th.
    @Test func `goes by the days of each service and the holidays of its carrier`() throws {
        let carriers = CarrierCalendars(
            weeks: ["ups-ground": .init(pickup: [.tuesday])],
            holidays: ["UPS": [.init(try day("2026-03-04"), name: "strike")]]
        )

        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)]),
            from: [try stock("VALVE-3IN", 20)],
            ltlCards: [try Rates.ltlCard()],
            carriers: carriers
        )

        #expect(bid.services.map(\.code) == ["ups-ground", "ups-next-day", "saia-ltl"])
        let leaves = ["2026-03-03", "2026-03-02", "2026-03-02"]
        #expect(bid.services.map(\.leaves.description) == leaves)
        // One day on the way for UPS, two for Saia, which works on Wednesday.
        let arrives = ["2026-03-05", "2026-03-03", "2026-03-04"]
        #expect(bid.services.map(\.arrives.description) == arrives)
    }

    // Chlorine may not fly at all, and not ride with gasoline, which may do both.
    @Test func `keeps hazardous goods from the air, and apart from each other`() throws {
        let gasoline = Hazmat(
            number: 1203,
            packingGroup: .two,
            content: Hazmat.Content(1000, thousandthsOf: .litres)
        )
        let chlorine = Hazmat(number: 1017, packingGroup: nil)
        let stock = [
            try stock("GASOLINE", 5, hazmat: gasoline), try stock("VALVE-3IN", 5),
            try stock("CHLORINE", 5, hazmat: chlorine),
        ]

        let all = bid(
            on: bidRequest([("GASOLINE", 1), ("VALVE-3IN", 1), ("CHLORINE", 1)]),
            from: stock
        )
        let alone = bid(on: bidRequest([("CHLORINE", 1)]), from: stock)

        #expect(all.offers.map(\.segregationGroup) == [0, 0, 1])
        #expect(all.services.map(\.code) == ["ups-ground", "ups-next-day"])
        #expect(all.services.map(\.blockedLines) == [[], [2]])
        #expect(all.declines == [Decline(.lines([2], "ups-next-day"), .forbiddenByAir)])
        #expect(alone.offers.map(\.segregationGroup) == [0])
        #expect(alone.services.map(\.code) == ["ups-ground"])
        #expect(alone.declines == [Decline(.service("ups-next-day"), .forbiddenByAir)])
    }

    // A pipe has a side of eight feet; a rod is shorter by a millimetre.
    @Test func `carries goods with a fee by a service that has it, and by no other`() throws {
        let plain = try Rates.ltlCard()
        func card(
            _ prices: [Accessorial: String],
            named service: String = "saia-ltl"
        ) throws
            -> LTLRateCard
        {
            try LTLRateCard(
                service: service,
                carrier: plain.carrier,
                level: plain.level,
                terms: try LTLRateCard.Terms(
                    currency: .usd,
                    accessorials: try prices.mapValues { try Money(parsing: $0, in: .usd) },
                    transitDays: 2
                ),
                rates: plain.rates
            )
        }
        let stock = [
            try stock("GASOLINE", 5, hazmat: Hazmat(number: 1203, packingGroup: .two)),
            try stock("VALVE-3IN", 5),
            try stock(
                "PIPE",
                5,
                dimensions: Dimensions(length: 50, width: 2438, height: 50)
            ),
            try stock("ROD", 5, dimensions: Dimensions(length: 2437, width: 50, height: 50)),
            try stock(
                "PAINT",
                5,
                hazmat: Hazmat(number: 1263, packingGroup: .two, isLimitedQuantity: true)
            ),
        ]
        func offered(
            _ card: LTLRateCard,
            _ skus: [SKU],
            beside cards: [LTLRateCard] = []
        ) -> [String] {
            bid(
                on: bidRequest(skus.map { ($0, 1) }),
                from: stock,
                cards: [],
                ltlCards: [card] + cards
            )
            .services
            .map { service in
                guard case .lessThanTruckload(let tariff) = service.tariff else { return "?" }
                let fee = tariff.accessorial.money(in: .usd).decimal
                return "\(service.code) \(fee) \(service.blockedLines)"
            }
        }
        let both = try card([.hazmat: "30.00", .excessiveLength: "100.00"])
        #expect(
            offered(both, ["GASOLINE", "VALVE-3IN", "PIPE", "ROD"]) == [
                "saia-ltl 0.00 [0, 2]", "saia-ltl+hazmat 30.00 [2]",
                "saia-ltl+excessive-length 100.00 [0]",
                "saia-ltl+hazmat+excessive-length 130.00 []",
            ]
        )
        #expect(offered(both, ["GASOLINE"]) == ["saia-ltl+hazmat 30.00 []"])
        // A limited quantity needs neither labels nor papers.
        #expect(offered(both, ["VALVE-3IN", "ROD", "PAINT"]) == ["saia-ltl 0.00 []"])
        #expect(
            offered(both, ["GASOLINE", "PIPE"]) == [
                "saia-ltl+hazmat 30.00 [1]", "saia-ltl+excessive-length 100.00 [0]",
                "saia-ltl+hazmat+excessive-length 130.00 []",
            ]
        )
        // A card without a price asks for nothing, as ever; nor does one whose price is nothing.
        let all: [SKU] = ["GASOLINE", "VALVE-3IN", "PIPE"]
        #expect(offered(plain, all) == ["saia-ltl 0.00 []"])
        #expect(offered(try card([.hazmat: "0.00"]), all) == ["saia-ltl 0.00 []"])
        // Where there is no room for more services, or for longer codes, all of it has the fees.
        let many = try (1...40).map { try card([.hazmat: "30.00"], named: "ltl-\($0)") }
        #expect(offered(both, all, beside: many).first == "saia-ltl 130.00 []")
        #expect(offered(both, all, beside: many).count == 41)
        let other = try card([:], named: "saia-ltl+hazmat")
        #expect(
            offered(both, ["GASOLINE", "VALVE-3IN"], beside: [other]) == [
                "saia-ltl 30.00 []", "saia-ltl+hazmat 0.00 []",
            ]
        )
        let long = String(repeating: "x", count: 64)
        #expect(offered(try card([.hazmat: "30.00"], named: long), all) == ["\(long) 30.00 []"])
    }

    // Acetone of packing group II: five litres a package with passengers, sixty without.
    @Test func `keeps from the air what a package may not hold so much of`() throws {
        func acetone(_ sku: SKU, _ litres: Int64?) throws -> SKUStock {
            try stock(
                sku,
                5,
                weight: Weight(grams: 9000),
                hazmat: Hazmat(
                    number: 1090,
                    packingGroup: .two,
                    content: litres.map { .init($0 * 1000, thousandthsOf: .litres) }
                )
            )
        }
        let found = bid(
            on: bidRequest([("CAN-5L", 1), ("CAN-10L", 1), ("CAN", 1)]),
            from: [try acetone("CAN-5L", 5), try acetone("CAN-10L", 10), try acetone("CAN", nil)],
            cards: [
                ground,
                try Self.card("ups-next-day", .nextDay, rated: ["2"]),
                try Self.card("cargo", .nextDay, rated: ["2"], flight: .cargo),
            ]
        )
        #expect(found.services.map(\.code) == ["ups-ground", "ups-next-day", "cargo"])
        // What nobody says the content of could be fifteen litres, if nothing were lighter.
        #expect(found.services.map(\.blockedLines) == [[], [1, 2], []])
        #expect(found.declines == [Decline(.lines([1, 2], "ups-next-day"), .forbiddenByAir)])
    }

    // A pole of thirteen feet is asked for what twelve cost, which has no price of sixteen; a pipe
    // of nine feet rides beside it for nothing more.
    @Test func `asks a shipment for the length of its longest goods`() throws {
        let plain = try Rates.ltlCard()
        let card = try LTLRateCard(
            service: plain.service,
            carrier: plain.carrier,
            level: plain.level,
            terms: try LTLRateCard.Terms(
                currency: .usd,
                accessorials: [
                    .excessiveLength: try Money(parsing: "85.00", in: .usd),
                    .excessiveLength12: try Money(parsing: "150.00", in: .usd),
                    .excessiveLength20: try Money(parsing: "300.00", in: .usd),
                ],
                transitDays: 2
            ),
            rates: plain.rates
        )
        func goods(_ sku: String, feet: Int64) throws -> SKUStock {
            try stock(
                SKU(trusted: sku),
                5,
                dimensions: Dimensions(length: feet * 305, width: 50, height: 50)
            )
        }
        let shelf = [
            try goods("ROD", feet: 7), try goods("PIPE", feet: 9), try goods("POLE", feet: 13),
            try goods("MAST", feet: 18),
        ]
        let found = bid(
            on: bidRequest([("ROD", 1), ("PIPE", 1), ("POLE", 1), ("MAST", 1)]),
            from: shelf,
            cards: [],
            ltlCards: [card]
        )
        let offered = found.services.map { service in
            guard case .lessThanTruckload(let tariff) = service.tariff else { return "?" }
            return "\(service.code) \(tariff.accessorial.money(in: .usd).decimal) "
                + "\(service.blockedLines)"
        }
        #expect(
            offered == [
                "saia-ltl 0.00 [1, 2, 3]", "saia-ltl+excessive-length 85.00 [2, 3]",
                "saia-ltl+excessive-length-12 150.00 []",
            ]
        )
        #expect(found.services.map(\.cardCode) == ["saia-ltl", "saia-ltl", "saia-ltl"])
        // They ride by another service of the card: nobody declines them.
        #expect(found.declines == [])
    }

    // Hazardous materials cost 250.00 a truck; what is not hazardous has a truck without them.
    @Test func `asks trucks for the fees of their goods`() throws {
        let card = try truck(accessorials: [.hazmat: try Money(parsing: "250.00", in: .usd)])
        let found = bid(
            on: bidRequest([("GASOLINE", 1), ("VALVE-3IN", 1)]),
            from: [
                try stock("GASOLINE", 5, hazmat: Hazmat(number: 1203, packingGroup: .two)),
                try stock("VALVE-3IN", 5),
            ],
            cards: [],
            ftlCards: [card]
        )
        var flats: [Cost] = []
        for service in found.services {
            guard case .fullTruckload(let tariff) = service.tariff else { continue }
            flats.append(tariff.flat)
        }
        #expect(found.services.map(\.code) == ["schneider-ftl", "schneider-ftl+hazmat"])
        #expect(found.services.map(\.blockedLines) == [[0], []])
        #expect(flats == [Cost(9_000_000), Cost(11_500_000)])
    }

    // Monday morning; ground takes one day.
    @Test func `arrives on a day on which the destination takes goods in, not before its first`()
        throws
    {
        for (delivery, leaves, arrives) in [
            (try DeliveryTerms(notBefore: day("2026-03-06")), "2026-03-05", "2026-03-06"),
            (try DeliveryTerms(notBefore: day("2026-03-07")), "2026-03-06", "2026-03-09"),
            (try DeliveryTerms(checkingReceiving: [.thursday]), "2026-03-02", "2026-03-05"),
            (
                try DeliveryTerms(checkingReceiving: [.tuesday], notBefore: day("2026-03-04")),
                "2026-03-03", "2026-03-10"
            ),
            (
                try DeliveryTerms(notBefore: day("2026-03-06"), by: day("2026-03-06")),
                "2026-03-05", "2026-03-06"
            ),
        ] {
            let bid = bid(
                on: bidRequest([("VALVE-3IN", 1)], delivery: delivery),
                from: [try stock("VALVE-3IN", 20)],
                cards: [ground]
            )
            #expect(bid.services.map(\.leaves.description) == [leaves], "\(delivery)")
            #expect(bid.services.map(\.arrives.description) == [arrives], "\(delivery)")
            #expect(bid.services.map(\.cutoffDate.description) == [leaves])
        }
    }

    @Test func `declines a service that comes after the last day, and says when it would`() throws {
        let by = try DeliveryTerms(notBefore: nil, by: day("2026-03-03"))
        let late = after(monday, hours: 6)
        let request = bidRequest([("VALVE-3IN", 1)], delivery: by)
        let stock = [try stock("VALVE-3IN", 20)]

        let morning = bid(on: request, from: stock, cards: [ground])
        let afternoon = bid(on: request, from: stock, at: late, cards: [ground])

        #expect(morning.services.map(\.arrives) == [try day("2026-03-03")])
        #expect(afternoon.services.isEmpty)
        #expect(
            afternoon.declines
                == [Decline(.service("ups-ground"), .tooLate(try day("2026-03-04")))]
        )
    }

    // Monday morning, one day on the way; the carrier comes until five in the afternoon.
    @Test func `counts what may come after the hours as the day after, and says by when it comes`()
        throws
    {
        let weeks = [
            "ups-ground": CarrierCalendars.Week(hours: try HoursOfDay(parsing: "09:00-17:00"))
        ]
        for (hours, by, time, arrives, latest) in [
            (nil, nil, nil, "2026-03-03", "17:00"),
            ("08:00-17:00", nil, nil, "2026-03-03", "17:00"),
            ("08:00-15:00", nil, nil, "2026-03-04", "15:00"),
            (nil, "2026-03-03", "17:00", "2026-03-03", "17:00"),
            (nil, "2026-03-03", "16:00", nil, nil),
            ("08:00-15:00", "2026-03-03", nil, nil, nil),
            ("08:00-15:00", "2026-03-04", "15:00", "2026-03-04", "15:00"),
        ] as [(String?, String?, String?, String?, String?)] {
            let delivery = try DeliveryTerms(
                checkingReceiving: .everyDay,
                hours: hours.map { try HoursOfDay(parsing: $0) },
                by: by.map { try day($0) },
                byTime: time.map { try TimeOfDay(parsing: $0) }
            )
            let bid = bid(
                on: bidRequest([("VALVE-3IN", 1)], delivery: delivery),
                from: [try stock("VALVE-3IN", 20)],
                cards: [ground],
                carriers: CarrierCalendars(weeks: weeks)
            )
            #expect(bid.services.first?.arrives.description == arrives, "\(delivery)")
            #expect(bid.services.first?.arrivesBy?.description == latest, "\(delivery)")
            #expect(delivery.kept(by: bid) == bid)
            if arrives == nil {
                let reason = Decline.Reason.tooLate(try day("2026-03-04"))
                #expect(bid.declines == [Decline(.service("ups-ground"), reason)])
            }
        }
    }

    // Monday morning, one day on the way: what may come on Thursday at nine comes too early for
    // ten, and leaves a day later.
    @Test func `leaves later where its carrier may come before the time of the first day`() throws {
        let weeks = [
            "ups-ground": CarrierCalendars.Week(hours: try HoursOfDay(parsing: "09:00-17:00"))
        ]
        for (time, last, leaves, from) in [
            (nil, nil, "2026-03-04", nil), ("09:00", nil, "2026-03-04", "09:00"),
            ("10:00", nil, "2026-03-05", "09:00"), ("10:00", "2026-03-05", nil, nil),
        ] as [(String?, String?, String?, String?)] {
            let delivery = try DeliveryTerms(
                checkingReceiving: .everyDay,
                notBefore: day("2026-03-05"),
                notBeforeTime: time.map { try TimeOfDay(parsing: $0) },
                by: last.map { try day($0) }
            )
            let bid = bid(
                on: bidRequest([("VALVE-3IN", 1)], delivery: delivery),
                from: [try stock("VALVE-3IN", 20)],
                cards: [ground],
                carriers: CarrierCalendars(weeks: weeks)
            )
            #expect(bid.services.first?.leaves.description == leaves, "\(delivery)")
            #expect(bid.services.first?.arrivesFrom?.description == from, "\(delivery)")
            #expect(delivery.kept(by: bid) == bid)
            if leaves == nil {
                let reason = Decline.Reason.tooLate(try day("2026-03-06"))
                #expect(bid.declines == [Decline(.service("ups-ground"), reason)])
            }
        }
    }

    // Monday morning in Chicago, cutoff 14:00; one day on the way. Summer time begins on the 8th.
    @Test func `says until when goods must leave, and may at the last where they must arrive`()
        throws
    {
        for (by, last) in [
            (nil, nil), ("2026-03-03", "2026-03-02T14:00-06:00"),
            ("2026-03-08", "2026-03-05T14:00-06:00"), ("2026-03-10", "2026-03-09T14:00-05:00"),
        ] as [(String?, String?)] {
            let delivery = try DeliveryTerms(notBefore: nil, by: by.map { try day($0) })
            let bid = bid(
                on: bidRequest([("VALVE-3IN", 1)], delivery: delivery),
                from: [try stock("VALVE-3IN", 20)],
                cards: [ground]
            )
            #expect(bid.services.first?.leavesBy?.description == "2026-03-02T14:00-06:00")
            #expect(bid.services.first?.lastCutoff?.description == last, "\(by ?? "never")")
        }
    }

    // Two working days of cutting: in by Monday's cutoff, it leaves on Wednesday by Wednesday's.
    @Test func `says until when goods must leave by the day of leaving, not of ordering`() throws {
        let leads = LeadTimes(usual: try LeadTime(checkingDays: 2, minutes: 60))
        let bid = bid(
            on: bidRequest(
                [("VALVE-3IN", 1)],
                delivery: try DeliveryTerms(notBefore: nil, by: day("2026-03-06"))
            ),
            from: [try stock("VALVE-3IN", 20)],
            calendar: try Self.calendar(leadTimes: leads),
            cards: [ground]
        )
        let service = try #require(bid.services.first)
        #expect(service.cutoffDate == (try day("2026-03-02")))
        #expect(service.cutoff.description == "13:00")
        #expect(service.leavesBy?.description == "2026-03-04T14:00-06:00")
        #expect(service.lastCutoff?.description == "2026-03-05T14:00-06:00")
        #expect(service.leavesBy?.timestamp == after(monday, hours: 53))
    }

    // Held against looking at each day in turn.
    @Test func `finds the soonest day that the destination's terms allow`() throws {
        var random = SeededGenerator(seed: 11)
        var (offered, declined) = (0, 0)
        for _ in 0..<2000 {
            let first = try day("2026-03-02")
            let start = first.adding(days: .random(in: 0...12, using: &random))
            let delivery = try DeliveryTerms(
                checkingReceiving: Weekdays(bits: .random(in: 1...127, using: &random))
                    ?? .everyDay,
                notBefore: Bool.random(using: &random) ? start : nil,
                by: Bool.random(using: &random)
                    ? start.adding(days: .random(in: 0...6, using: &random)) : nil
            )
            let pickup = Weekdays(bits: .random(in: 1...127, using: &random)) ?? .everyDay
            let carriers = CarrierCalendars(weeks: ["ups-ground": .init(pickup: pickup)])
            let bid = bid(
                on: bidRequest([("VALVE-3IN", 1)], delivery: delivery),
                from: [try stock("VALVE-3IN", 20)],
                cards: [ground],
                carriers: carriers
            )
            // The site ships Monday to Friday; one day on the way, Monday to Friday too.
            var soonest: CivilDate?
            for leaving in (0..<60).map(first.adding(days:)) where soonest == nil {
                let ships = leaving.weekday < .saturday && pickup.contains(leaving.weekday)
                let arrives = (1..<30).map(leaving.adding(days:))
                    .first { $0.weekday < .saturday && delivery.receiving.contains($0.weekday) }
                guard ships, let arrives, arrives >= delivery.notBefore ?? arrives else { continue }
                soonest = arrives
            }
            if let found = bid.services.first {
                #expect(found.arrives == soonest)
                #expect(delivery.takes(on: found.arrives))
                offered += 1
            } else if case .tooLate(let day)? = bid.declines.first?.reason {
                #expect(day == soonest)
                #expect(day > delivery.by ?? day)
                declined += 1
            } else {
                #expect(soonest == nil)
            }
        }
        #expect(offered > 500 && declined > 100)
    }

    // Monday morning, and two working days of cutting.
    @Test func `leaves with the slowest line that rides, and before it without`() throws {
        let cutting = try LeadTime(checkingDays: 2)
        let calendar = try Self.calendar(leadTimes: LeadTimes(byClass: ["cut-to-length": cutting]))
        let limited = try Self.card("ups-small", .ground, rated: ["2"], size: .standard)
        let cable = SKUStock(
            entry: CatalogEntry(
                sku: "CABLE",
                unitWeight: Weight(grams: 4500),
                dimensions: Dimensions(length: 3048, width: 50, height: 50),
                handling: "cut-to-length"
            ),
            safetyStock: .zero,
            lots: [LotStock(lot: nil, onHand: 5)],
            today: try day("2026-03-02")
        )

        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1), ("CABLE", 1)]),
            from: [try stock("VALVE-3IN", 20), cable],
            calendar: calendar,
            cards: [ground, limited]
        )

        // The cable is too long for the second, which therefore need not wait for it.
        let (early, late) = (try day("2026-03-02"), try day("2026-03-04"))
        #expect(bid.services.map(\.code) == ["ups-ground", "ups-small", "ups-ground"])
        #expect(bid.services.map(\.blockedLines) == [[], [1], [1]])
        #expect(bid.services.map(\.leaves) == [late, early, early])
        #expect(bid.services.map(\.arrives) == [late, early, early].map { $0.adding(days: 1) })
        #expect(bid.declines == [Decline(.lines([1], "ups-small"), .tooLarge)])

        // By Tuesday only the valve can be there.
        let hurried = self.bid(
            on: bidRequest(
                [("VALVE-3IN", 1), ("CABLE", 1)],
                delivery: try DeliveryTerms(notBefore: nil, by: early.adding(days: 1))
            ),
            from: [try stock("VALVE-3IN", 20), cable],
            calendar: calendar,
            cards: [ground]
        )
        #expect(hurried.services.map(\.blockedLines) == [[1]])
        #expect(hurried.services.map(\.leaves) == [early])
        #expect(
            hurried.declines
                == [Decline(.service("ups-ground"), .tooLate(late.adding(days: 1)))]
        )
    }

    @Test func `offers no more than a few days of one service, the quickest of them`() throws {
        let words = ["a", "b", "c", "d", "e", "f"]
        let calendar = try Self.calendar(
            leadTimes: LeadTimes(
                byClass: Dictionary(
                    uniqueKeysWithValues: try words.enumerated()
                        .map { ($1, try LeadTime(checkingDays: $0)) }
                )
            )
        )
        let goods = try words.map { word in
            SKUStock(
                entry: CatalogEntry(
                    sku: SKU(trusted: "SKU-\(word)"),
                    unitWeight: Weight(grams: 450),
                    handling: word
                ),
                safetyStock: .zero,
                lots: [LotStock(lot: nil, onHand: 5)],
                today: try day("2026-03-02")
            )
        }

        let bid = bid(
            on: bidRequest(words.map { (SKU(trusted: "SKU-\($0)"), 1) }),
            from: goods,
            calendar: calendar,
            cards: [ground]
        )

        #expect(
            bid.services.map(\.blockedLines) == [[], [3, 4, 5], [2, 3, 4, 5], [1, 2, 3, 4, 5]]
        )
        // Monday the ninth is five working days from Monday the second.
        #expect(
            bid.services.map(\.leaves)
                == ["2026-03-09", "2026-03-04", "2026-03-03", "2026-03-02"]
                .map { try? CivilDate(parsing: $0) }
        )
    }

    private func truck(
        pallets: Int = 2,
        pounds: Int64 = 10_000,
        accessorials: [Accessorial: Money] = [:]
    ) throws -> FTLRateCard {
        let lane = FTLRateTable.Lane(
            area: .prefixes(750...754),
            price: .flat(Money(minorUnits: 90_000, currency: .usd))
        )
        return try FTLRateCard(
            service: "schneider-ftl",
            carrier: "Schneider",
            level: .ground,
            terms: try FTLRateCard.Terms(
                currency: .usd,
                weightMaximum: Weight(pounds: pounds),
                palletsMaximum: pallets,
                trucksMaximum: 3,
                accessorials: accessorials
            ),
            rates: try FTLRateTable(lanes: [lane], currency: .usd),
            origin: destination("75201")
        )
    }

    @Test func `offers whole trucks, full at their weight or their pallets`() throws {
        let pump = SKUStock(
            entry: CatalogEntry(
                sku: "PUMP",
                unitWeight: Weight(pounds: 100),
                unitsPerPallet: 10
            ),
            safetyStock: .zero,
            lots: [LotStock(lot: nil, onHand: 50)],
            today: try day("2026-03-02")
        )
        let request = bidRequest([("PUMP", 30), ("VALVE-3IN", 1)])
        let light = try stock("VALVE-3IN", 1)

        let byPallet = bid(on: request, from: [pump, light], cards: [], ftlCards: [try truck()])
        let byWeight = bid(
            on: request,
            from: [pump, light],
            cards: [],
            ftlCards: [try truck(pallets: 3, pounds: 1500)]
        )

        // Two pallets of ten pumps; what the valve is stacked on nobody knows.
        #expect(
            byPallet.services.map(\.tariff) == [
                .fullTruckload(
                    FTLTariff(
                        flat: Cost(9_000_000),
                        capacity: 20 * Weight(pounds: 100).grams,
                        trucksMaximum: 3
                    )
                )
            ]
        )
        #expect(
            byWeight.services.map(\.tariff) == [
                .fullTruckload(
                    FTLTariff(
                        flat: Cost(9_000_000),
                        capacity: Weight(pounds: 1500).grams,
                        trucksMaximum: 3
                    )
                )
            ]
        )
        #expect(byPallet.services.map(\.arrives) == [try day("2026-03-03")])
        #expect(byPallet.declines.isEmpty)
    }

    @Test func `keeps from a truck what weighs nothing or too much, and says so`() throws {
        let plate = try stock("PLATE", 5, weight: .zero)
        let press = try stock("PRESS", 5, weight: Weight(pounds: 10_001))
        let both = bid(
            on: bidRequest([("PLATE", 1), ("VALVE-3IN", 1)]),
            from: [plate, try stock("VALVE-3IN", 20)],
            cards: [],
            ftlCards: [try truck()]
        )
        #expect(both.services.map(\.blockedLines) == [[0]])
        #expect(both.declines == [Decline(.lines([0], "schneider-ftl"), .weightUnknown)])
        // None for one reason, and none for another: each is said.
        let neither = bid(
            on: bidRequest([("PLATE", 1), ("PRESS", 1)]),
            from: [plate, press],
            cards: [try Self.card("ups-air", .nextDay, rated: ["2"], size: .standard)],
            ftlCards: [try truck()]
        )
        #expect(
            neither.declines == [
                Decline(.lines([1], "ups-air"), .tooHeavy),
                Decline(.service("schneider-ftl"), .tooHeavy),
            ]
        )
        for (item, reason) in [
            (plate, Decline.Reason.weightUnknown), (press, .tooHeavy),
        ] {
            let alone = bid(
                on: bidRequest([(item.entry.sku, 1)]),
                from: [item],
                cards: [],
                ftlCards: [try truck()]
            )
            #expect(alone.services.isEmpty)
            #expect(alone.declines == [Decline(.service("schneider-ftl"), reason)])
        }
    }

    // Whoever sent it slower would not be reached either: it says what keeps the order.
    @Test func `offers a post office box only by the services that reach one`() throws {
        let post = try Self.card(
            "usps",
            .threeDay,
            rated: ["2", "5"],
            addressKinds: [.postOfficeBox, .military]
        )
        let stock = [try stock("VALVE-3IN", 20)]

        let box = bid(
            on: bidRequest([("VALVE-3IN", 1)], isPostOfficeBox: true, by: .twoDay),
            from: stock,
            cards: [ground, nextDay, post],
            ltlCards: [try Rates.ltlCard()]
        )

        #expect(box.services.isEmpty)
        #expect(
            box.declines == [
                Decline(.service("ups-ground"), .addressNotReached(.postOfficeBox)),
                Decline(.service("ups-next-day"), .addressNotReached(.postOfficeBox)),
                Decline(.service("usps"), .tooSlow),
                Decline(.service("saia-ltl"), .addressNotReached(.postOfficeBox)),
            ]
        )
        let slower = bid(
            on: bidRequest([("VALVE-3IN", 1)], isPostOfficeBox: true),
            from: stock,
            cards: [ground, nextDay, post]
        )
        #expect(slower.services.map(\.code) == ["usps"])
    }

    @Test func `declines a service where the site never ships`() throws {
        let never = SiteCalendar(
            timeZone: try SiteTimeZone(parsing: "America/Chicago"),
            cutoffs: Cutoffs([])
        )
        let bid = bid(
            on: bidRequest([("VALVE-3IN", 1)]),
            from: [try stock("VALVE-3IN", 20)],
            calendar: never,
            cards: [ground]
        )
        #expect(bid.declines == [Decline(.service("ups-ground"), .noWorkingDay)])
    }
}
