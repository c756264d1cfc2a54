import AllocationModel
import AllocationProtocol
import Freight
import SeededGenerator
import ShippingCalendar
import StockLedger
import Testing
import WarehouseDesk
import WireFormat

@testable import OrderDesk
@testable import SplitSolver

struct `One price` {
    // DESIGN.md, section 7: the price that a bid implies, that the solver counts and that an
    // explanation shows. A hundred thousand expectations would take a minute, hence `isSame`.
    @Test func `is the carrier's, the bid's, the solver's and the plan's, to the cent`() throws {
        var random = SeededGenerator(seed: 4711)
        var priced = 0
        var refused = 0
        while priced < 100_000 {
            let world = try World(using: &random)
            for _ in 0..<100 {
                let cargoes = world.cargoes(using: &random)
                let prices = cargoes.map(world.itemised)
                if cargoes.map(world.carried) != prices {
                    Issue.record("the bids of \(cargoes) are not what the cards say, \(prices)")
                }
                let lawful = zip(cargoes, prices).filter { $0.1 != nil }
                let plan = try world.plan(of: lawful.map(\.0))
                let isSame = plan.solved == lawful.map(\.1) && plan.shown == lawful.map(\.1)
                if !isSame { Issue.record("\(lawful): \(plan)") }
                refused += cargoes.count - lawful.count
                priced += lawful.count
            }
        }
        #expect(refused > 1000, "what no service carries is a part of the claim")
    }
}

/// What rides in one shipment: units by line of the order.
private struct Cargo {
    let warehouse: Int
    let service: Int
    let units: [Int64]
    /// Worked out from the catalog, but for what a parcel carrier bills.
    let load: Load

    func billed(_ grams: [Int64]) -> Load {
        var load = load
        load.billableWeight = zip(units, grams).reduce(0) { $0 + $1.0 * $1.1 }
        return load
    }
}

/// Six warehouses with cards of their own, their bids for one order as they came over the wire.
private struct World {
    private let order: Order
    private let goods: [CatalogEntry]
    /// The cards of each warehouse by service, with what they offer to the destination.
    private let parcel: [[String: (ParcelRateCard, ParcelRateCard.Offer)]]
    private let ltl: [[String: (LTLRateCard, LTLRateCard.Offer)]]
    private let ftl: [[String: (FTLRateCard, FTLRateCard.Offer)]]
    /// As the coordinator decoded them.
    private let bids: [Bid]
    private let problem: SourcingProblem

    init(using random: inout SeededGenerator) throws {
        let currency = try Currency(
            parsing: ["USD", "JPY", "KWD"].randomElement(using: &random) ?? "USD"
        )
        let destination = Destination(
            country: .us,
            postalCode: "75001",
            isResidential: Bool.random(using: &random)
        )
        let goods = (0..<3).map { Chance.entry($0, using: &random) }
        let order = Order(
            id: "4711",
            lines: goods.map {
                Order.Line(id: Identifier(trusted: $0.sku.code), sku: $0.sku, quantity: 10_000)
            },
            destination: destination,
            completeness: .partial,
            currency: currency
        )
        var parcel: [[ParcelRateCard]] = []
        var ltl: [[LTLRateCard]] = []
        var ftl: [[FTLRateCard]] = []
        for _ in 0..<6 {
            parcel.append([
                try Chance.parcelCard("ground", currency, using: &random),
                try Chance.parcelCard("air", currency, using: &random),
            ])
            ltl.append([
                try Chance.ltlCard("saia-ltl", currency, using: &random),
                try Chance.ltlCard("xpo-ltl", currency, using: &random),
            ])
            ftl.append([try Chance.ftlCard("schneider-ftl", currency, using: &random)])
        }
        self.order = order
        self.goods = goods
        self.parcel = parcel.map { cards in
            Dictionary(
                uniqueKeysWithValues: cards.compactMap { card in
                    guard case .offered(let offer) = card.tariff(to: destination) else {
                        return nil
                    }
                    return (card.service, (card, offer))
                }
            )
        }
        let classes = Set(goods.map(\.freightClass))
        self.ltl = ltl.map { cards in
            Dictionary(
                uniqueKeysWithValues: cards.compactMap { card in
                    guard case .offered(let offer) = card.tariff(to: destination, carrying: classes)
                    else { return nil }
                    return (card.service, (card, offer))
                }
            )
        }
        let freight = goods.map {
            FTLRateCard.Goods(
                units: Self.stocked,
                unitWeight: $0.unitWeight,
                unitsPerPallet: $0.unitsPerPallet
            )
        }
        self.ftl = ftl.map { cards in
            Dictionary(
                uniqueKeysWithValues: cards.compactMap { card in
                    guard case .offered(let offer) = card.tariff(to: destination, carrying: freight)
                    else { return nil }
                    return (card.service, (card, offer))
                }
            )
        }
        bids = try (0..<6)
            .map {
                try Self.bid(
                    of: $0,
                    (parcel[$0], ltl[$0], ftl[$0]),
                    on: order,
                    stocked: goods
                )
            }
        problem = SourcingProblem(order: order, bids: bids, policy: SourcingPolicy())
        try SplitValidation(problem: problem.split, policy: problem.policy).check()
    }

    /// Units of each SKU that every warehouse has, and that the order asks for.
    private static let stocked: Int64 = 10_000

    /// What a site bids, once it has been to bytes and back.
    private static func bid(
        of number: Int,
        _ cards: (parcel: [ParcelRateCard], ltl: [LTLRateCard], ftl: [FTLRateCard]),
        on order: Order,
        stocked goods: [CatalogEntry]
    ) throws -> Bid {
        let warehouse = Warehouse.ID(trusted: "W\(number)")
        let round = RoundID(order: order.id, attempt: 1)
        let rule = BiddingRule(
            warehouse: warehouse,
            calendar: SiteCalendar(
                timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                cutoffs: Cutoffs(at: try TimeOfDay(parsing: "14:30"))
            ),
            cards: cards.parcel,
            ltlCards: cards.ltl,
            ftlCards: cards.ftl
        )
        let bid = rule.bid(
            on: BidRequest(
                round: round,
                lines: order.lines.map { BidRequest.Line(sku: $0.sku, quantity: $0.quantity) },
                destination: order.destination,
                serviceLevel: .ground,
                currency: order.currency,
                remainingMilliseconds: 500
            ),
            at: Timestamp(milliseconds: 1_772_463_600_000)
        ) { sku in
            goods.first { $0.sku == sku }
                .map {
                    SKUStock(
                        entry: $0,
                        safetyStock: .zero,
                        lots: [LotStock(lot: nil, onHand: 10_000)],
                        today: CivilDate(daysSinceEpoch: 20_514)
                    )
                }
        }
        let bytes = Wire.encode(
            AnswerBatch(
                warehouse: warehouse,
                boot: BootID(high: 1, low: 2),
                answers: [.bid(round: round, bid)]
            )
        )
        guard case .bid(_, let decoded)? = try Wire.decodeAnswers(bytes).answers.first else {
            throw ParseError("no bid came back")
        }
        return decoded
    }

    /// One cargo for each service of each warehouse, of lines that may ride by it.
    func cargoes(using random: inout SeededGenerator) -> [Cargo] {
        var cargoes: [Cargo] = []
        for (warehouse, bid) in bids.enumerated() {
            for (service, offered) in bid.services.enumerated() {
                // Most are small; some are more than any service carries.
                let most: Int64 = [2, 12, 60, 400].randomElement(using: &random) ?? 2
                let units = goods.indices.map { line in
                    offered.blockedLines.contains(line) || Bool.random(using: &random)
                        ? 0 : Int64.random(in: 1...most, using: &random)
                }
                guard units.contains(where: { $0 > 0 }) else { continue }
                cargoes.append(
                    Cargo(
                        warehouse: warehouse,
                        service: service,
                        units: units,
                        load: load(of: units)
                    )
                )
            }
        }
        return cargoes
    }

    // What a cargo costs, asked in four places.

    /// The card's lines, added up.
    func itemised(_ cargo: Cargo) -> Money? {
        let code = bids[cargo.warehouse].services[cargo.service].code
        let lines: [ChargeLine]? =
            if let (card, offer) = parcel[cargo.warehouse][code] {
                itemised(cargo, by: card, offer)
            } else if let (card, offer) = ltl[cargo.warehouse][code] {
                card.breakdown(of: cargo.load, by: offer)
            } else if let (card, offer) = ftl[cargo.warehouse][code] {
                card.breakdown(of: cargo.load, by: offer)
            } else { nil }
        return lines?.reduce(Money.zero(order.currency)) { $0 + $1.amount }
    }

    private func itemised(
        _ cargo: Cargo,
        by card: ParcelRateCard,
        _ offer: ParcelRateCard.Offer
    ) -> [ChargeLine]? {
        let billings = goods.map {
            card.billing(
                of: ParcelGoods($0, units: Self.stocked),
                heaviest: offer.tariff.packageWeightMaximum
            )
        }
        let load = cargo.billed(billings.map(\.unitBillableWeight.grams))
        guard let lines = card.breakdown(of: load, by: offer) else { return nil }
        return lines
            + goods.indices.filter { cargo.units[$0] > 0 }
            .compactMap { line in
                let packed = ParcelGoods(goods[line], units: cargo.units[line])
                return card.oversizeLine(for: goods[line].sku, packed, billings[line])
            }
    }

    /// The tariff and the units' own charges in the bid that came over the wire.
    func carried(_ cargo: Cargo) -> Money? {
        let bid = bids[cargo.warehouse]
        let service = bid.services[cargo.service]
        let packings = goods.indices.map { line in
            service.packings.first { $0.line == line }
        }
        let grams = zip(bid.offers, packings)
            .map { ($1?.unitBillableWeight ?? $0.unitBillableWeight).grams }
        let charges = zip(cargo.units, packings)
            .reduce(Cost.zero) { $0 + ($1.1?.unitCharge ?? .zero) * $1.0 }
        return service.tariff.charge(for: cargo.billed(grams))
            .map { ($0 + charges).money(in: order.currency) }
    }

    /// What the solver counts for a plan of these cargoes, and the office then shows.
    func plan(of cargoes: [Cargo]) throws -> (solved: [Money?], shown: [Money?]) {
        let assignments = cargoes.flatMap { cargo in
            cargo.units.indices.filter { cargo.units[$0] > 0 }
                .map {
                    SplitAssignment(
                        line: $0,
                        warehouse: cargo.warehouse,
                        service: cargo.service,
                        quantity: cargo.units[$0]
                    )
                }
        }
        // As `SplitSolver.evaluate`, which checks the problem every time.
        let costs = try SplitEvaluation(problem: problem.split, policy: problem.policy)
            .costs(of: assignments)
        let plan = problem.plan(from: costs, gap: .zero, isProved: false)
        return (
            // Not rounded: a charge that is no whole number of minor units is another.
            costs.shipments.map { shipment in
                let money = shipment.freight.money(in: order.currency)
                return money.cost == shipment.freight ? money : nil
            },
            plan.shipments.map(\.freight)
        )
    }

    private func load(of units: [Int64]) -> Load {
        var load = Load(weightByClass: FreightClass.allCases.map { _ in 0 })
        for (entry, units) in zip(goods, units) {
            load.weight += units * entry.unitWeight.grams
            load.weightByClass[entry.freightClass.index] += units * entry.unitWeight.grams
        }
        return load
    }
}

/// Goods and cards as chance would have them.
private enum Chance {
    private static let classes: [FreightClass] = [.class50, .class70, .class77h, .class125]

    static func entry(_ number: Int, using random: inout SeededGenerator) -> CatalogEntry {
        let side = { (random: inout SeededGenerator) in
            Int64.random(in: 20...600, using: &random)
        }
        return CatalogEntry(
            sku: SKU(trusted: "SKU-\(number)"),
            unitWeight: Weight(grams: .random(in: 1...20_000, using: &random)),
            dimensions: Bool.random(using: &random)
                ? Dimensions(length: side(&random), width: side(&random), height: side(&random))
                : nil,
            carton: Bool.random(using: &random)
                ? Carton(
                    units: .random(in: 2...30, using: &random),
                    dimensions: Bool.random(using: &random)
                        ? Dimensions(
                            length: side(&random),
                            width: side(&random),
                            height: side(&random)
                        ) : nil
                ) : nil,
            freightClass: classes.randomElement(using: &random) ?? .class70,
            unitsPerPallet: Bool.random(using: &random) ? .random(in: 1...200, using: &random) : nil
        )
    }

    /// One zone, three to twelve weights.
    static func parcelCard(
        _ service: String,
        _ currency: Currency,
        using random: inout SeededGenerator
    ) throws -> ParcelRateCard {
        let zone = try Zone(parsing: "2")
        var pounds = 0
        var price = Int64.random(in: 0...1500, using: &random)
        var steps: [(zone: Zone, step: RateTable.Step)] = []
        for _ in 0..<Int.random(in: 3...12, using: &random) {
            pounds += .random(in: 1...12, using: &random)
            price += .random(in: 0...900, using: &random)
            let money = Money(minorUnits: price, currency: currency)
            steps.append((zone, RateTable.Step(pounds: pounds, price: money)))
        }
        return try ParcelRateCard(
            service: service,
            carrier: "UPS",
            level: .ground,
            terms: ParcelRateCard.Terms(
                currency: currency,
                divisor: try DimensionalDivisor(checking: .random(in: 110...200, using: &random)),
                packagesMaximum: .random(in: 1...40, using: &random),
                size: ParcelSize(
                    checkingLength: .random(in: 12...24, using: &random),
                    girth: .random(in: 30...100, using: &random)
                ),
                oversize: (0..<Int.random(in: 0...2, using: &random))
                    .map { _ in
                        try OversizeCharge(
                            checking: Money(
                                minorUnits: .random(in: 1...3000, using: &random),
                                currency: currency
                            ),
                            over: OversizeCharge.Bounds(
                                pounds: .random(in: 5...40, using: &random),
                                length: Bool.random(using: &random)
                                    ? .random(in: 8...24, using: &random) : nil
                            )
                        )
                    },
                fuelBasisPoints: .random(in: 0...3000, using: &random),
                residentialSurcharge: money(upTo: 900, currency, using: &random),
                handling: money(upTo: 400, currency, using: &random),
                transitDaysDefault: 3
            ),
            chart: try ZoneChart([ZoneChart.Row(.prefixes(750...754), zone: zone)]),
            rates: try RateTable(steps, currency: currency),
            deliveryAreas: try deliveryAreas(currency, using: &random)
        )
    }

    /// By code, by prefix, or somewhere else.
    private static func deliveryAreas(
        _ currency: Currency,
        using random: inout SeededGenerator
    ) throws -> DeliveryAreas {
        let areas: [ZoneChart.Area] = [
            .codes(75_001...75_001), .prefixes(750...750), .codes(1...9),
        ]
        return try DeliveryAreas(
            areas.dropFirst(.random(in: 0...2, using: &random))
                .map {
                    DeliveryAreas.Row(
                        $0,
                        DeliveryAreas.Surcharge(
                            commercial: money(upTo: 500, currency, using: &random),
                            residential: money(upTo: 700, currency, using: &random)
                        )
                    )
                }
        )
    }

    /// One lane of three or four classes, one to seven breaks.
    static func ltlCard(
        _ service: String,
        _ currency: Currency,
        using random: inout SeededGenerator
    ) throws -> LTLRateCard {
        let breaks = [0, 500, 1000, 2000, 5000, 10_000, 20_000]
            .prefix(.random(in: 1...7, using: &random))
        var prices: [FreightClass: [Money]] = [:]
        for freightClass in classes.dropLast(.random(in: 0...1, using: &random)) {
            var price = Int64.random(in: 900...6000, using: &random)
            prices[freightClass] = breaks.map { _ in
                price = price * .random(in: 55...101, using: &random) / 100
                return Money(minorUnits: price, currency: currency)
            }
        }
        let lane = LTLRateTable.Lane(
            area: .prefixes(750...754),
            minimumCharge: money(upTo: 15_000, currency, using: &random),
            transitDays: nil,
            prices: prices
        )
        return try LTLRateCard(
            service: service,
            carrier: "Saia",
            level: .ground,
            terms: LTLRateCard.Terms(
                currency: currency,
                discountBasisPoints: .random(in: 0...8000, using: &random),
                floor: money(upTo: 12_000, currency, using: &random),
                fuelBasisPoints: [0, 1, 2850, 4425].randomElement(using: &random) ?? 0,
                accessorials: [.residential: money(upTo: 11_000, currency, using: &random)],
                weightMaximum: Weight(grams: .random(in: 200_000...9_000_000, using: &random)),
                transitDays: 3
            ),
            rates: try LTLRateTable(breaks: Array(breaks), lanes: [lane], currency: currency)
        )
    }

    /// By the mile or flat, one to four trucks.
    static func ftlCard(
        _ service: String,
        _ currency: Currency,
        using random: inout SeededGenerator
    ) throws -> FTLRateCard {
        let charge = { (most: Int64, random: inout SeededGenerator) in
            Money(minorUnits: .random(in: 1...most, using: &random), currency: currency)
        }
        let lane = FTLRateTable.Lane(
            area: .prefixes(750...754),
            price: Bool.random(using: &random)
                ? .flat(charge(400_000, &random))
                : .perMile(charge(500, &random), minimum: charge(90_000, &random)),
            miles: Bool.random(using: &random) ? .random(in: 1...3000, using: &random) : nil
        )
        return try FTLRateCard(
            service: service,
            carrier: "Schneider",
            level: .ground,
            terms: FTLRateCard.Terms(
                currency: currency,
                weightMaximum: Weight(grams: .random(in: 200_000...20_000_000, using: &random)),
                palletsMaximum: .random(in: 1...30, using: &random),
                trucksMaximum: .random(in: 1...4, using: &random),
                fuelBasisPoints: [0, 1, 1850].randomElement(using: &random) ?? 0,
                fuelPerMile: money(upTo: 90, currency, using: &random),
                accessorials: [.residential: money(upTo: 11_000, currency, using: &random)]
            ),
            rates: try FTLRateTable(lanes: [lane], currency: currency),
            origin: Destination(country: .us, postalCode: "89502")
        )
    }

    private static func money(
        upTo most: Int64,
        _ currency: Currency,
        using random: inout SeededGenerator
    ) -> Money {
        Money(minorUnits: .random(in: 0...most, using: &random), currency: currency)
    }
}
