import AllocationModel
import Freight
import SeededGenerator
import Testing

struct `Parcel rate card` {
    @Test func `offers the tariff, zone, transit and handling of a destination`() throws {
        let offer = try #require(try dallasGround().offer(to: try destination("75001")))

        #expect(offer.zone == (try zone("2")))
        #expect(offer.transitDays == 1)
        #expect(offer.handling == (try usd("1.50").cost))
        #expect(offer.tariff.packagesMaximum == 3)
    }

    /// Grams, whether to a residence, and the freight to zone 5 with 10 percent fuel.
    private static let charges: [(Int64, Bool, String)] = [
        // 12.05 + 1.205 rounded half up to 1.21.
        (1, false, "13.26"),
        // One pound as a SKU stores it, 453.59237 rounded up: still one pound.
        (454, false, "13.26"),
        // 21.33 + 2.133, down to 2.13.
        (455, false, "23.46"),
        (4536, false, "23.46"),
        // 118.75 + 11.875, up to 11.88.
        (4537, false, "130.63"),
        // 150 lb are 68,038.8555 g.
        (68_039, false, "130.63"),
        // A second package of one gram: 130.63 + 13.26.
        (68_040, false, "143.89"),
        // Three full packages: 391.89.
        (204_117, false, "391.89"),
        // (12.05 + 4.00) + 1.605, up to 1.61.
        (454, true, "17.66"),
        // Two packages to a residence: (118.75 + 4.00) + 12.275, up to 12.28; and 17.66.
        (68_040, true, "152.69"),
    ]

    @Test func `charges price, residence and fuel for each package, to the cent`() throws {
        let card = try dallasGround()
        for (grams, isResidential, expected) in Self.charges {
            let offer = try #require(
                card.offer(to: try destination("07102", isResidential: isResidential))
            )
            let charge = try #require(offer.tariff.charge(forBillableWeight: grams))

            #expect(charge.money(in: .usd) == (try usd(expected)), "\(grams) g")
            #expect(charge == (try usd(expected).cost), "whole cents, so nothing is rounded")
        }
    }

    @Test func `carries nothing beyond its packages`() throws {
        let offer = try #require(try dallasGround().offer(to: try destination("07102")))

        #expect(offer.tariff.charge(forBillableWeight: 204_117) != nil)
        #expect(offer.tariff.charge(forBillableWeight: 204_118) == nil)
    }

    @Test func `reaches boxes and military mail only where it says so`() throws {
        let military = try Destination(country: .us, parsingPostalCode: "75001", region: "AE")
        let box = try destination("75001", isPostOfficeBox: true)

        let ups = try dallasGround()
        #expect(ups.tariff(to: box) == .declined(.addressNotReached(.postOfficeBox)))
        #expect(ups.tariff(to: military) == .declined(.addressNotReached(.military)))
        let boxes = try dallasGround(addressKinds: [.postOfficeBox])
        #expect(boxes.tariff(to: box) == ups.tariff(to: try destination("75001")))
        #expect(boxes.tariff(to: military) == .declined(.addressNotReached(.military)))
        let all = try dallasGround(addressKinds: [.postOfficeBox, .military])
        #expect(all.tariff(to: military) == ups.tariff(to: try destination("75001")))
    }

    @Test func `comes to any door without a liftgate, and neither inside nor by appointment`()
        throws
    {
        let card = try dallasGround()
        func answer(_ needs: Set<Accessorial>) -> ParcelRateCard.Answer {
            card.tariff(to: Destination(country: .us, postalCode: "75001", accessorials: needs))
        }
        #expect(answer([.liftgate, .limitedAccess]) == answer([]))
        #expect(answer([.liftgate, .inside]) == .declined(.accessorialNotOffered(.inside)))
        #expect(answer([.appointment]) == .declined(.accessorialNotOffered(.appointment)))
    }

    @Test func `declines where it does not go and where it has no price`() throws {
        let card = try dallasGround()

        #expect(card.tariff(to: try destination("10001")) == .declined(.notServed))
        #expect(card.tariff(to: try destination("99501")) == .declined(.notServed))
        #expect(card.tariff(to: try destination("89101")) == .declined(.noRate(zone: "7")))
        let berlin = Destination(country: try Country(parsing: "DE"), postalCode: "10115")
        #expect(card.tariff(to: berlin) == .declined(.notServed))
    }

    @Test func `takes the transit days of the chart's row before those of the zone`() throws {
        let card = try dallasGround()
        let ottawa = Destination(country: try Country(parsing: "CA"), postalCode: "K2P 1L4")

        #expect(card.offer(to: try destination("75001"))?.transitDays == 1)
        #expect(card.offer(to: try destination("07102"))?.transitDays == 4)
        #expect(card.offer(to: try destination("89501"))?.transitDays == 3)
        #expect(card.offer(to: ottawa)?.transitDays == 6)
    }

    @Test func `says how heavy one unit may be`() throws {
        let card = try dallasGround()

        #expect(card.packageWeightMaximum(in: try zone("5")) == Weight(grams: 68_039))
        #expect(card.packageWeightMaximum(in: try zone("7")) == nil)
    }

    // The tariff fills packages and searches in steps; this walks, a package at a time.
    @Test func `charges what a naive count of packages does`() throws {
        var random = SeededGenerator(seed: 150)
        for _ in 0..<40 {
            let sample = try SampleCard(using: &random)
            for _ in 0..<250 {
                let grams = Int64.random(in: 1...400_000, using: &random)
                let isResidential = Bool.random(using: &random)
                let code = ["75001", "75002", "75101"].randomElement(using: &random) ?? "75001"
                let offer = try #require(
                    sample.card.offer(to: try destination(code, isResidential: isResidential))
                )
                let charge = offer.tariff.charge(forBillableWeight: grams)
                let lines = sample.card.breakdown(of: Load(billableWeight: grams), by: offer)

                let expected = sample.cents(
                    forGrams: grams,
                    toResidence: isResidential,
                    in: code
                )
                #expect(charge?.money(in: .usd).minorUnits == expected, "\(grams) g to \(code)")
                #expect(charge == charge?.money(in: .usd).cost, "whole cents")
                let sum = lines?.reduce(0) { $0 + $1.amount.minorUnits }
                #expect(sum == expected, "\(grams) g to \(code), line by line")
            }
        }
    }

    @Test func `never charges less for more`() throws {
        var random = SeededGenerator(seed: 151)
        for _ in 0..<40 {
            let sample = try SampleCard(using: &random)
            let offer = try #require(sample.card.offer(to: try destination("75001")))
            var last = Cost.zero
            for grams in stride(from: Int64(1), to: 300_000, by: 97) {
                guard let charge = offer.tariff.charge(forBillableWeight: grams) else { break }
                #expect(charge >= last)
                last = charge
            }
            #expect(last > .zero)
        }
    }

    @Test func `refuses surcharges in another currency than its rates`() throws {
        let euro = try Currency(parsing: "EUR")
        let terms = try ParcelRateCard.Terms(currency: euro, transitDaysDefault: 1)
        let card = try dallasGround()

        let fault = #expect(throws: ParseError.self) {
            try ParcelRateCard(
                service: "ups-ground",
                carrier: "UPS",
                level: .ground,
                terms: terms,
                chart: card.chart,
                rates: card.rates
            )
        }
        #expect(
            fault?.description
                == "the rates are in USD and the surcharges in EUR; give one currency"
        )
    }

    @Test func `refuses terms that are out of range`() throws {
        for (expected, make) in [
            (
                "a shipment has 1 to 200 packages",
                { () throws(ParseError) in
                    try ParcelRateCard.Terms(
                        currency: .usd,
                        packagesMaximum: 0,
                        transitDaysDefault: 1
                    )
                }
            ),
            (
                "a fuel surcharge is 0 to 500 percent",
                { () throws(ParseError) in
                    try ParcelRateCard.Terms(
                        currency: .usd,
                        fuelBasisPoints: -1,
                        transitDaysDefault: 1
                    )
                }
            ),
            (
                "‘-0.01 USD’ is not a surcharge in USD",
                { () throws(ParseError) in
                    try ParcelRateCard.Terms(
                        currency: .usd,
                        handling: Money(minorUnits: -1, currency: .usd),
                        transitDaysDefault: 1
                    )
                }
            ),
            (
                "transit takes 0 to 60 carrier days, not 61",
                { () throws(ParseError) in
                    try ParcelRateCard.Terms(currency: .usd, transitDaysDefault: 61)
                }
            ),
        ] {
            let fault = #expect(throws: ParseError.self) { try make() }
            #expect(fault?.description == expected)
        }
    }
}

/// A random card to one zone with two delivery areas in it, and its price computed another way.
private struct SampleCard {
    let card: ParcelRateCard
    private let prices: [(pounds: Int, cents: Int64)]
    private let fuel: Int64
    private let residential: Int64
    private let packages: Int
    /// By ZIP code, to a company and to a residence.
    private let areas: [String: (commercial: Int64, residential: Int64)]

    init(using random: inout SeededGenerator) throws {
        var cents = Int64.random(in: 0...2000, using: &random)
        var prices: [(pounds: Int, cents: Int64)] = []
        for pounds in 1...150 where Bool.random(using: &random) || pounds == 150 {
            cents += Int64.random(in: 0...150, using: &random)
            prices.append((pounds, cents))
        }
        fuel = Int64.random(in: 0...3000, using: &random)
        residential = Int64.random(in: 0...900, using: &random)
        packages = Int.random(in: 1...6, using: &random)
        self.prices = prices
        let amounts = (0..<4).map { _ in Int64.random(in: 0...900, using: &random) }
        let (single, prefix) = ((amounts[0], amounts[1]), (amounts[2], amounts[3]))
        areas = ["75001": single, "75002": prefix]
        card = try ParcelRateCard(
            service: "sample",
            carrier: "sample",
            level: .ground,
            terms: try ParcelRateCard.Terms(
                currency: .usd,
                packagesMaximum: packages,
                fuelBasisPoints: fuel,
                residentialSurcharge: Money(minorUnits: residential, currency: .usd),
                transitDaysDefault: 3
            ),
            chart: try ZoneChart([.init(.prefixes(750...751), zone: try zone("2"))]),
            rates: try RateTable(
                prices.map {
                    (
                        zone: try zone("2"),
                        step: .init(
                            pounds: $0.pounds,
                            price: Money(minorUnits: $0.cents, currency: .usd)
                        )
                    )
                },
                currency: .usd
            ),
            deliveryAreas: try DeliveryAreas([
                .init(.prefixes(750...750), Self.surcharge(prefix)),
                .init(.codes(75_001...75_001), Self.surcharge(single)),
            ])
        )
    }

    private static func surcharge(_ amounts: (Int64, Int64)) -> DeliveryAreas.Surcharge {
        DeliveryAreas.Surcharge(
            commercial: Money(minorUnits: amounts.0, currency: .usd),
            residential: Money(minorUnits: amounts.1, currency: .usd)
        )
    }

    func cents(forGrams grams: Int64, toResidence: Bool, in code: String) -> Int64? {
        let area = areas[code].map { toResidence ? $0.residential : $0.commercial } ?? 0
        var left = grams
        var count = 0
        var total: Int64 = 0
        while left > 0 {
            count += 1
            let package = min(left, 68_039)
            left -= package
            for (pounds, cents) in prices {
                // A pound is 453.59237 g; a step ends at the next whole gram.
                let end = (Double(pounds) * 453.592_37).rounded(.up)
                guard Double(package) <= end else { continue }
                let base = cents + area + (toResidence ? residential : 0)
                let exact = Double(base) * Double(fuel) / 10_000
                total += base + Int64((exact + 1e-9).rounded(.toNearestOrAwayFromZero))
                break
            }
        }
        return count <= packages ? total : nil
    }
}

struct `Parcel price, line by line` {
    // Zone 5 to 07001: 12.05 to 1 lb, 21.33 to 10 lb, 118.75 to 150 lb; 10 percent fuel on price
    // and residence, rounded for each package.
    @Test func `names each package, the surcharges and the fuel`() throws {
        let card = try dallasGround()
        let load = Load(billableWeight: 2 * Weight(pounds: 150).grams + Weight(pounds: 7).grams)

        let lines = try #require(
            card.breakdown(of: load, by: try offer(of: card, to: "07001", isResidential: true))
        )

        #expect(
            lines.map { "\($0.text): \($0.amount.decimal)" } == [
                "2 packages of 150 lb, zone 5: 237.50",
                "1 package of 7 lb, billed as 10 lb, zone 5: 21.33",
                "residence, 3 packages: 12.00", "fuel 10 %: 27.09",
            ]
        )
        #expect(lines.map(\.kind) == [.packages, .packages, .residential, .fuel])
    }

    @Test func `counts the last package among the full ones where it weighs as many pounds`()
        throws
    {
        let card = try dallasGround(fuelBasisPoints: 0)
        let load = Load(billableWeight: 2 * Weight(pounds: 150).grams - 100)

        let lines = try #require(card.breakdown(of: load, by: try offer(of: card, to: "07001")))

        #expect(lines.map(\.text) == ["2 packages of 150 lb, zone 5"])
        #expect(lines.map(\.amount.decimal) == ["237.50"])
    }

    @Test func `is none for more packages than the service carries`() throws {
        let card = try dallasGround(packagesMaximum: 1)
        let load = Load(billableWeight: Weight(pounds: 151).grams)

        #expect(card.breakdown(of: load, by: try offer(of: card, to: "07001")) == nil)
    }

    private func offer(
        of card: ParcelRateCard,
        to postalCode: String,
        isResidential: Bool = false
    ) throws -> ParcelRateCard.Offer {
        let destination = try destination(postalCode, isResidential: isResidential)
        guard case .offered(let offer) = card.tariff(to: destination) else {
            throw ParseError("\(postalCode) is not served")
        }
        return offer
    }
}

struct `Pounds as carriers bill them` {
    @Test func `are those that a weight was given in, and the next above any other`() {
        for pounds in [0, 1, 2, 10, 150, 45_000, 100_000] as [Int64] {
            #expect(Weight(pounds: pounds).poundsBilled == pounds)
            #expect(Weight(grams: Weight(pounds: pounds).grams + 1).poundsBilled == pounds + 1)
        }
    }
}
