import AllocationModel
import Freight
import SeededGenerator
import Testing

/// The worked table of reference minimaxexpress: one class, a minimum of 57.00.
private let minimax = """
    dest_zip,class,mc,l5c,m5c,m1m,m2m,m5m,m10m,m20m
    750-754,70,57.00,23.46,20.39,14.36,10.38,6.80,4.59,3.44
    """

struct `LTL rate card` {
    /// Pounds and what the tariff asks of them, worked by hand from the table above.
    private static let charges: [(Int64, String)] = [
        // 23.46 × 1.00 is less than the minimum.
        (100, "57.00"),
        // 23.46 × 3.00.
        (300, "70.38"),
        // 500 lb at 20.39 are 101.95; 434 lb at 23.46 are 101.82, and 435 lb 102.05.
        (434, "101.82"),
        (435, "101.95"),
        (500, "101.95"),
        // 900 × 20.39 = 183.51, and 1000 × 14.36 = 143.60 is less.
        (900, "143.60"),
        (704, "143.55"),
        (705, "143.60"),
        (1000, "143.60"),
        (1500, "207.60"),
        (4000, "340.00"),
        (20_000, "688.00"),
    ]

    @Test func `rates by weight breaks, with deficit weight and a minimum charge`() throws {
        let card = try card(minimax)
        for (pounds, expected) in Self.charges {
            let load = load([(.class70, Weight(pounds: pounds).grams)])
            let charge = try #require(card.tariff(for: load).charge(for: load))

            #expect(charge.money(in: .usd) == (try usd(expected)), "\(pounds) lb")
            #expect(charge == (try usd(expected).cost), "whole cents, so nothing is rounded")
        }
    }

    @Test func `takes discount, floor, fuel and accessorials in this order`() throws {
        let card = try card(
            minimax,
            discount: 4000,
            floor: "48.00",
            fuel: 2850,
            accessorials: [.residential: try usd("85.00"), .liftgate: try usd("62.50")]
        )
        // 143.60 × 0.6 = 86.16; 28.5 percent of that is 24.5556: 110.7156.
        try expect(card, pounds: 900, is: "110.72")
        // 57.00 × 0.6 = 34.20, below the floor of 48.00; with fuel 61.68.
        try expect(card, pounds: 100, is: "61.68")
        let home = try destination("75001", isResidential: true)
        let load = load([(.class70, Weight(pounds: 900).grams)])
        let tariff = card.tariff(for: load, to: home, accessorials: [.liftgate])
        #expect(tariff.charge(for: load)?.money(in: .usd) == (try usd("258.22")))
    }

    @Test func `charges what the destination needs, and declines what it has no price of`() throws {
        let priced = try card(
            minimax,
            accessorials: [
                .liftgate: try usd("62.50"), .limitedAccess: try usd("0.00"),
                .residential: try usd("85.00"),
            ]
        )
        let load = load([(.class70, Weight(pounds: 900).grams)])
        func answer(_ needs: Set<Accessorial>) -> LTLRateCard.Answer {
            priced.tariff(
                to: Destination(country: .us, postalCode: "75001", accessorials: needs),
                carrying: [.class70]
            )
        }
        let plain = priced.tariff(for: load)
        for (needs, more) in [
            (Set<Accessorial>([]), "0.00"), ([.liftgate], "62.50"),
            ([.liftgate, .limitedAccess], "62.50"),
        ] {
            guard case .offered(let offer) = answer(needs) else {
                Issue.record("\(needs) is declined")
                continue
            }
            let charge = offer.tariff.charge(for: load)
            #expect(charge == plain.charge(for: load).map { $0 + (try! usd(more).cost) })
            let lines = try #require(priced.breakdown(of: load, by: offer))
            let sum = lines.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
            #expect(charge?.money(in: .usd).minorUnits == sum)
        }
        #expect(answer([.inside]) == .declined(.accessorialNotOffered(.inside)))
        #expect(
            answer([.liftgate, .inside, .appointment])
                == .declined(.accessorialNotOffered(.appointment))
        )
        // A residence is no wish: without a price it costs nothing, as ever.
        let bare = try card(minimax)
        let home = bare.tariff(
            to: try destination("75001", isResidential: true),
            carrying: [.class70]
        )
        guard case .offered = home else {
            Issue.record("a residence is declined")
            return
        }
    }

    @Test func `names the card whose service has fees in its code`() {
        func service(_ code: String) -> Bid.Service {
            Bid.Service(
                code: code,
                carrier: "",
                level: .ground,
                tariff: .fullTruckload(FTLTariff(flat: .zero, capacity: 1, trucksMaximum: 1)),
                leaves: CivilDate(daysSinceEpoch: 0),
                arrives: CivilDate(daysSinceEpoch: 0),
                cutoff: .midnight
            )
        }
        for fees in [[], [.hazmat], [.excessiveLength], [.hazmat, .excessiveLength]]
            as [Set<Accessorial>]
        {
            for card in ["ltl", "a+b"] {
                #expect(service(Bid.Service.code(card, with: fees)).cardCode == card)
            }
        }
    }

    @Test func `rates what lacks to a break at the lowest class that rides`() throws {
        let card = try card(
            """
            dest_zip,class,mc,l5c,m5c,m1m
            75001,50,10.00,20.00,15.00,10.00
            75001,100,10.00,40.00,30.00,20.00
            """
        )
        // 200 lb of class 50 and 600 of class 100. At 500 lb: 30.00 + 180.00. As 1000 lb:
        // 20.00 + 120.00, and 200 lb more at 10.00, which is 160.00.
        let mixed = load([
            (.class50, Weight(pounds: 200).grams), (.class100, Weight(pounds: 600).grams),
        ])
        #expect(
            card.tariff(for: mixed).charge(for: mixed)?.money(in: .usd) == (try usd("160.00"))
        )
        // Alone, class 100 lacks 400 lb at its own rate: 200.00 against 180.00.
        let alone = load([(.class100, Weight(pounds: 600).grams)])
        #expect(
            card.tariff(for: alone).charge(for: alone)?.money(in: .usd) == (try usd("180.00"))
        )
    }

    // Who pays for thirteen feet pays for nine beside it, and nobody pays for both.
    @Test func `asks a shipment for one length, the longest of its goods`() throws {
        let all: Set<Accessorial> = [.hazmat, .excessiveLength, .excessiveLength12]
        #expect(all.ofOneShipment == [.hazmat, .excessiveLength12])
        #expect(Set<Accessorial>([.excessiveLength12]).covers([.excessiveLength]))
        #expect(!Set<Accessorial>([.excessiveLength]).covers([.excessiveLength12]))
        #expect(!Set<Accessorial>([.excessiveLength12]).covers([.hazmat, .excessiveLength]))
        #expect(Set<Accessorial>([.hazmat]).covers([]))

        let card = try card(
            minimax,
            accessorials: [
                .excessiveLength: try usd("85.00"), .excessiveLength12: try usd("150.00"),
            ]
        )
        let offer = card.offer(
            to: Destination(country: .us, postalCode: "75001"),
            carrying: [.class70],
            accessorials: [.excessiveLength, .excessiveLength12]
        )
        let load = load([(.class70, Weight(pounds: 300).grams)])
        #expect(offer.tariff.accessorial == (try usd("150.00").cost))
        #expect(card.breakdown(of: load, by: offer)?.map(\.text).last == "excessive-length-12")

        #expect(throws: ParseError.self) {
            try LTLRateCard.Terms(
                currency: .usd,
                accessorials: [
                    .excessiveLength: try usd("85.00"), .excessiveLength20: try usd("84.99"),
                ],
                transitDays: 2
            )
        }
    }

    @Test func `declines a lane it does not serve and a class it does not rate`() throws {
        let card = try card(minimax)

        #expect(
            card.tariff(to: try destination("10001"), carrying: [.class70])
                == .declined(.notServed)
        )
        #expect(
            card.tariff(to: try destination("75001"), carrying: [.class125])
                == .declined(.noRate(zone: "750-754"))
        )
        guard
            case .offered(let offer) = card.tariff(
                to: try destination("75001"),
                carrying: [.class70, .class125]
            )
        else {
            Issue.record("class 70 is rated")
            return
        }
        #expect(offer.unratedClasses == [.class125])
        #expect(offer.tariff.charge(for: Load(weight: 20_411_658)) == nil, "above 45 000 lb")
    }

    @Test func `breaks a price down into lines that add up to it`() throws {
        let card = try card(
            minimax,
            discount: 4000,
            floor: "48.00",
            fuel: 2850,
            accessorials: [.limitedAccess: try usd("110.00")]
        )
        let lines = try #require(
            card.breakdown(
                of: load([(.class70, Weight(pounds: 900).grams)]),
                by: card.offer(carrying: [.class70], accessorials: [.limitedAccess])
            )
        )
        #expect(
            lines.map { "\($0.text): \($0.amount.decimal)" } == [
                "900 lb class 70 at 14.36/cwt, billed as 1000 lb: 143.60", "discount 40 %: -57.44",
                "fuel 28.5 %: 24.56", "limited-access: 110.00",
            ]
        )
        let small = try #require(
            card.breakdown(
                of: load([(.class70, Weight(pounds: 100).grams)]),
                by: card.offer(carrying: [.class70])
            )
        )
        #expect(
            small.map { "\($0.text): \($0.amount.decimal)" } == [
                "minimum charge: 57.00", "discount 40 %: -22.80",
                "up to the absolute minimum: 13.80", "fuel 28.5 %: 13.68",
            ]
        )
    }

    @Test func `rates what lacks to a break at the lowest rate that was offered to ride`() throws {
        let card = try card(
            """
            dest_zip,class,mc,l5c,m5c
            750,50,1.00,20.00,10.00
            750,125,1.00,40.00,30.00
            """
        )
        let load = load([(.class125, Weight(pounds: 400).grams)])

        let alone = try #require(card.breakdown(of: load, by: card.offer(carrying: [.class125])))
        let offered = try #require(
            card.breakdown(of: load, by: card.offer(carrying: [.class50, .class125]))
        )

        #expect(
            alone.map { "\($0.text): \($0.amount.decimal)" } == [
                "400 lb class 125 at 30.00/cwt, billed as 500 lb: 150.00"
            ]
        )
        #expect(
            offered.map { "\($0.text): \($0.amount.decimal)" } == [
                "400 lb class 125 at 30.00/cwt, billed as 500 lb: 130.00"
            ]
        )
    }

    // Another formula: every break in turn, in floating point, rounded once.
    @Test func `charges and explains the same cents over 100,000 random shipments`() throws {
        var random = SeededGenerator(seed: 497)
        for _ in 0..<100 {
            let sample = try SampleTariff(using: &random)
            let offer = sample.card.offer(carrying: Set(sample.offered))
            for _ in 0..<1000 {
                let load = sample.load(using: &random)
                let charge = offer.tariff.charge(for: load) ?? .zero
                let cents = charge.money(in: .usd).minorUnits
                let lines = sample.card.breakdown(of: load, by: offer) ?? []

                let explained = lines.reduce(0) { $0 + $1.amount.minorUnits }
                let exact = sample.cents(for: load)
                // Half a cent, and less than a gram by which a break is rounded down.
                let isSame =
                    charge.tenThousandths == cents * 100 && explained == cents
                    && abs(Double(cents) - exact) < 0.95
                // A hundred thousand expectations would take a minute.
                if !isSame { Issue.record("\(cents), explained as \(explained), for \(exact)") }
            }
        }
    }

    private func expect(_ card: LTLRateCard, pounds: Int64, is expected: String) throws {
        let load = load([(.class70, Weight(pounds: pounds).grams)])
        let charge = card.tariff(for: load).charge(for: load)?.money(in: .usd)
        #expect(charge == (try usd(expected)), "\(pounds) lb")
    }
}

struct `Class by density` {
    // Docket 2025-1 of the NMFTA: pounds in a cubic foot, at and just below each bound.
    @Test func `follows the thirteen tiers of 2025, each from its lower bound on`() throws {
        let tiers: [(Double, FreightClass)] = [
            (1, .class300), (2, .class250), (4, .class175), (6, .class125), (8, .class100),
            (10, .class92h), (12, .class85), (15, .class70), (22.5, .class65), (30, .class60),
            (35, .class55), (50, .class50),
        ]
        // Two feet each way are 610 mm, 8.016 cubic feet.
        let cube = Dimensions(length: 610, width: 610, height: 610)
        let feet = 610.0 * 610 * 610 / 28_316_846.592
        var below = FreightClass.class400
        for (density, expected) in tiers {
            let grams = Int64((density * feet * 453.592_37).rounded(.up))

            #expect(FreightClass(byDensityOf: Weight(grams: grams), in: cube) == expected)
            #expect(FreightClass(byDensityOf: Weight(grams: grams - 1), in: cube) == below)
            below = expected
        }
    }

    @Test func `has no class without a volume`() {
        let flat = Dimensions(length: 610, width: 610, height: 0)

        #expect(FreightClass(byDensityOf: Weight(grams: 1000), in: flat) == nil)
    }
}

struct `LTL rate file` {
    private func faults(_ text: String) -> [String] {
        do {
            _ = try rateFile(text)
            return []
        } catch let report as RowReport {
            return report.faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `reads lanes, classes, breaks and transit days`() throws {
        guard
            case .classes(let table) = try rateFile(
                """
                dest_zip,class,MC,L5C,M5C,M1M,transit_days
                750-754,50,57,23.46,20.39,14.36,1
                750-754,77.5,57,33.46,30.39,24.36,1
                99501,50,157,123.46,120.39,114.36,
                """
            )
        else {
            Issue.record("is a class tariff")
            return
        }
        #expect(table.breaks == [0, 500, 1000])
        #expect(table.lanes.map(\.area) == [.prefixes(750...754), .codes(99_501...99_501)])
        #expect(table.lanes.map(\.transitDays) == [1, nil])
        #expect(table.lanes[0].minimumCharge == (try usd("57.00")))
        #expect(table.lanes[0].prices[.class77h]?.map(\.decimal) == ["33.46", "30.39", "24.36"])
        #expect(table.lanes[1].prices.keys.count == 1)
    }

    @Test func `reports every row that cannot stand`() {
        let found = faults(
            """
            dest_zip,class,mc,l5c,m5c
            750,70,57.00,23.46,20.39
            750,70,57.00,23.46,20.39
            750,85,58.00,23.46,20.39
            751,71,57.00,23.46,20.39
            752,85,57.00,,-1
            """
        )
        #expect(found.count == 5)
        #expect(found.first?.contains("is rated a second time on the lane of line 2") == true)
        #expect(found.contains { $0.contains("is 58.00, and 57.00 on line 2") })
        #expect(found.contains { $0.contains("‘71’ is not a freight class") })
        #expect(found.contains { $0.contains("l5c") })
        #expect(found.contains { $0.contains("‘-1.00’ is no price of a hundredweight") })
    }

    @Test func `refuses lanes that overlap`() {
        let found = faults(
            """
            dest_zip,class,mc,l5c
            750-754,70,57.00,23.46
            752,70,57.00,23.46
            """
        )
        #expect(found.count == 1)
        #expect(found.first?.contains("names a ZIP prefix a second time") == true)
    }
}

private func load(_ weights: [(FreightClass, Int64)]) -> Load {
    var load = Load(weightByClass: FreightClass.allCases.map { _ in 0 })
    for (freightClass, grams) in weights {
        load.weight += grams
        load.weightByClass[freightClass.index] += grams
    }
    return load
}

private func card(
    _ text: String,
    discount: Int64 = 0,
    floor: String = "0",
    fuel: Int64 = 0,
    accessorials: [LTLRateCard.Accessorial: Money] = [:]
) throws -> LTLRateCard {
    guard case .classes(let rates) = try rateFile(text) else {
        throw ParseError("is no class tariff")
    }
    return try LTLRateCard(
        service: "saia-ltl",
        carrier: "Saia",
        level: .ground,
        terms: try LTLRateCard.Terms(
            currency: .usd,
            discountBasisPoints: discount,
            floor: try usd(floor),
            fuelBasisPoints: fuel,
            accessorials: accessorials,
            transitDays: 3
        ),
        rates: rates
    )
}

extension LTLRateCard {
    fileprivate func tariff(
        for load: Load,
        to destination: Destination = Destination(country: .us, postalCode: "75001"),
        accessorials: Set<Accessorial> = []
    ) -> LTLTariff {
        let classes = FreightClass.allCases.filter { load.weightByClass[$0.index] > 0 }
        return offer(to: destination, carrying: Set(classes), accessorials: accessorials).tariff
    }

    fileprivate func offer(
        to destination: Destination = Destination(country: .us, postalCode: "75001"),
        carrying classes: Set<FreightClass>,
        accessorials: Set<Accessorial> = []
    ) -> Offer {
        guard
            case .offered(let offer) = tariff(
                to: destination,
                carrying: classes,
                accessorials: accessorials
            )
        else { preconditionFailure("the lane is rated") }
        return offer
    }
}

/// A random tariff of three classes, and its price computed another way.
private struct SampleTariff {
    let card: LTLRateCard
    private static let classes: [FreightClass] = [.class50, .class77h, .class125]
    /// Those of the classes that may ride.
    let offered: [FreightClass]
    private let prices: [[Int64]]
    private let minimum: Int64
    private let discount: Int64
    private let floor: Int64
    private let fuel: Int64

    init(using random: inout SeededGenerator) throws {
        var top = Int64.random(in: 1500...9000, using: &random)
        var prices: [[Int64]] = []
        for _ in 0..<7 {
            prices.append([top, top * 14 / 10, top * 2])
            top = top * .random(in: 60...100, using: &random) / 100
        }
        self.prices = prices
        minimum = .random(in: 0...15_000, using: &random)
        discount = .random(in: 0...8000, using: &random)
        floor = .random(in: 0...9000, using: &random)
        fuel = .random(in: 0...4500, using: &random)
        var text = "dest_zip,class,mc,l5c,m5c,m1m,m2m,m5m,m10m,m20m\n"
        for (index, freightClass) in Self.classes.enumerated() {
            let row = try prices.map { try decimal($0[index]) }.joined(separator: ",")
            text += "750,\(freightClass.name),\(try decimal(minimum)),\(row)\n"
        }
        offered = Array(Self.classes.dropFirst(.random(in: 0...2, using: &random)))
        card = try FreightTests.card(
            text,
            discount: discount,
            floor: try decimal(floor),
            fuel: fuel
        )

        func decimal(_ cents: Int64) throws -> String {
            Money(minorUnits: cents, currency: .usd).decimal
        }
    }

    func load(using random: inout SeededGenerator) -> Load {
        let heaviest = Int64.random(in: 1000...6_000_000, using: &random)
        let weights = offered.map {
            ($0, Bool.random(using: &random) ? Int64.random(in: 1...heaviest, using: &random) : 0)
        }
        return FreightTests.load(weights + [(.class125, weights.allSatisfy { $0.1 == 0 } ? 1 : 0)])
    }

    func cents(for load: Load) -> Double {
        let weights = Self.classes.map { Double(load.weightByClass[$0.index]) / 45_359.237 }
        let hundredweights = weights.reduce(0, +)
        let thresholds: [Double] = [0, 5, 10, 20, 50, 100, 200]
        var best = Double.infinity
        for (row, threshold) in zip(prices, thresholds) {
            // The classes rise, and so do their prices.
            let lowest = Double(row[Self.classes.count - offered.count])
            let sum = zip(row, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
            best = min(best, sum + max(0, threshold - hundredweights) * lowest)
        }
        let share = 1 - Double(discount) / 10_000
        let withFuel = 1 + Double(fuel) / 10_000
        // The least charge is a price by itself, and rounded at each step.
        let net = max((Double(minimum) * share + 1e-9).rounded(), Double(floor))
        return max((net * withFuel + 1e-9).rounded(), best * share * withFuel)
    }
}
