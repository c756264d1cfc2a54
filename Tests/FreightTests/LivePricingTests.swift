import AllocationModel
import Freight
import SeededGenerator
import Testing

struct `Package ladder` {
    private func pounds(
        _ goods: [(units: Int64, pounds: Int64)],
        most: Int64 = 150
    ) -> [Int] {
        PackageLadder.rungs(
            for: goods.map {
                PackageLadder.Goods(units: $0.units, billed: Weight(pounds: $0.pounds))
            },
            packageWeightMaximum: Weight(pounds: most)
        )
        .map(\.pounds)
    }

    /// Units and pounds of each, the most of a package, and the weights that are asked about.
    private static let ladders: [(goods: [(Int64, Int64)], most: Int64, pounds: [Int])] = [
        ([], 150, []),
        ([(1, 15)], 150, [15]),
        ([(3, 15)], 150, [15, 30, 45]),
        ([(1, 15), (1, 4)], 150, [4, 15, 19]),
        ([(2, 15), (1, 4)], 150, [4, 15, 19, 30, 34]),
        // Full packages, and every rest beside them: 1 to 4 times 15 is all that 60 leaves.
        ([(20, 15)], 60, [15, 30, 45, 60]),
        // What is too heavy for a package rides in none.
        ([(1, 61), (2, 10)], 60, [10, 20]),
        ([(1, 61)], 60, []),
        ([(0, 5)], 60, []),
    ]

    @Test func `has the weight of every package that the goods could make`() {
        for (goods, most, expected) in Self.ladders {
            #expect(pounds(goods, most: most) == expected, "\(goods)")
        }
    }

    @Test func `is no longer than its limit, and ends with the heaviest package`() {
        let rows = Limits.ladderRowsMaximum
        for goods: [(Int64, Int64)] in [
            [(30, 1)], [(1_000_000_000, 1)], [(100, 7), (100, 11)], [(500, 149)],
            (1...500).map { (1, Int64($0 % 149 + 1)) },
        ] {
            let ladder = pounds(goods)
            #expect(ladder.count == rows, "\(goods.prefix(3))")
            #expect(ladder == ladder.sorted() && Set(ladder).count == rows)
            // Thirty pounds of a pound each, kept as 454 g, are billed as 31.
            let total = goods.reduce(Int64(0)) { $0 + $1.0 * Weight(pounds: $1.1).grams }
            let heaviest = min(Weight(pounds: 150), Weight(grams: total))
            #expect(ladder.last == Int(heaviest.poundsBilled))
        }
    }

    @Test func `carries every part of the goods in packages of its weights`() throws {
        var chance = SeededGenerator(seed: 23)
        for _ in 0..<500 {
            let goods = (0..<Int.random(in: 1...4, using: &chance))
                .map { _ in
                    PackageLadder.Goods(
                        units: Int64.random(in: 1...12, using: &chance),
                        billed: Weight(grams: Int64.random(in: 1...30_000, using: &chance)),
                        dimensions: Bool.random(using: &chance)
                            ? Dimensions(length: 300, width: 200, height: 100) : nil
                    )
                }
            let most = Weight(pounds: Int64.random(in: 10...150, using: &chance))
            let ladder = PackageLadder.rungs(for: goods, packageWeightMaximum: most)
                .map(\.pounds)
            let riding = goods.filter { $0.billed <= most }
            guard let last = ladder.last else {
                #expect(riding.isEmpty)
                continue
            }
            let heaviest = Weight(pounds: Int64(last))
            #expect(heaviest <= most)
            let whole = riding.reduce(Int64(0)) { $0 + $1.units * $1.billed.grams }
            // A load that fills packages fills those of the card, not lighter ones.
            #expect(heaviest == most || whole <= heaviest.grams)
        }
    }
}

extension `Package ladder` {
    private func boxes(
        _ goods: [PackageLadder.Goods],
        most: Int64 = 150
    ) -> [String] {
        PackageLadder.rungs(for: goods, packageWeightMaximum: Weight(pounds: most))
            .map { rung in
                let box = rung.box.map { "\($0.inches) \($0.weight.poundsBilled)" }
                return "\(rung.pounds): \(box ?? "?")"
            }
    }

    // A pump is a cube of six inches, and bulky; a rod is sixty inches long. Twelve pumps do not
    // make a rod of seventy-two inches: they are packed in as short a box as takes them. Weights are
    // kept rounded up to the gram, so that two of four pounds are billed as nine.
    @Test func `tells the size of a package of goods whose sizes are known`() {
        func pumps(_ units: Int64, billed pounds: Int64 = 4) -> PackageLadder.Goods {
            PackageLadder.Goods(
                units: units,
                billed: Weight(pounds: pounds),
                weight: Weight(pounds: 2),
                dimensions: Dimensions(length: 153, width: 153, height: 153)
            )
        }
        let rod = PackageLadder.Goods(
            units: 1,
            billed: Weight(pounds: 5),
            dimensions: Dimensions(length: 51, width: 1524, height: 51)
        )
        #expect(boxes([pumps(2)]) == ["4: [6, 6, 6] 2", "9: [8, 8, 7] 5"])
        #expect(boxes([pumps(12)]).suffix(1) == ["49: [14, 14, 14] 25"])
        #expect(
            boxes([pumps(1), rod]) == ["4: [6, 6, 6] 2", "5: [60, 2, 2] 5", "9: [60, 6, 6] 7"]
        )
        // Of two ways to come to five pounds, the bulkier; and none where one is not known.
        let crate = PackageLadder.Goods(
            units: 1,
            billed: Weight(pounds: 5),
            dimensions: Dimensions(length: 254, width: 254, height: 254)
        )
        #expect(boxes([rod, crate]).first == "5: [10, 10, 10] 5")
        #expect(boxes([rod, .init(units: 1, billed: Weight(pounds: 5))]) == ["5: ?", "10: ?"])
        // What is left beside full packages is packed anyhow.
        #expect(
            boxes([pumps(5, billed: 15)], most: 60)
                == ["15: ?", "30: [8, 8, 7] 5", "45: [9, 9, 8] 7", "60: ?"]
        )
    }
}

struct `Live pricing` {
    private let origin = RatedPackage.Place(country: .us, postalCode: "75201")

    private func live(
        _ answer: @escaping (RatedPackage) -> PackageAnswer
    ) -> LivePricing {
        LivePricing(services: ["ups-ground"], origin: origin, answer: answer)
    }

    private func priced(_ text: String, in currency: Currency = .usd) throws -> PackageAnswer {
        .success(["ups-ground": .success(try Money(parsing: text, in: currency))])
    }

    private func tariff(
        _ goods: [PackageLadder.Goods] = [.init(units: 2, billed: Weight(pounds: 15))],
        _ answer: @escaping (RatedPackage) -> PackageAnswer
    ) throws -> (tariff: ParcelTableTariff, pricing: Bid.Service.Pricing, card: ParcelTableTariff) {
        let card = try dallasGround()
        let place = try destination("07102-1234", isResidential: true)
        let offer = try #require(card.offer(to: place))
        let (tariff, pricing) = live(answer)
            .tariff(by: card, offering: offer, to: place, carrying: goods)
        return (tariff, pricing, offer.tariff)
    }

    @Test func `takes the rater's price of each weight for all that it costs`() throws {
        let found = try tariff { package in
            #expect(package.origin == origin)
            #expect(package.destination.postalCode == "07102")
            #expect(package.isResidential)
            return package.pounds == 15 ? try! priced("9.10") : try! priced("14.00")
        }
        #expect(found.pricing == .rater)
        #expect(found.tariff.packagesMaximum == found.card.packagesMaximum)
        // Neither the card's fuel nor its four dollars to a residence are added.
        for (grams, text) in [
            (Int64(1), "9.10"), (6804, "9.10"), (6805, "14.00"), (13_608, "14.00"),
        ] {
            #expect(found.tariff.charge(forBillableWeight: grams) == (try usd(text).cost))
        }
    }

    @Test func `never lets a heavier package cost less`() throws {
        let found = try tariff { package in
            package.pounds == 15 ? try! priced("9.10") : try! priced("8.00")
        }
        #expect(found.tariff.charge(forBillableWeight: 13_608) == (try usd("9.10").cost))
    }

    /// What one of two weights gets for an answer, and why the card prices then.
    private static func failures() throws -> [(PackageAnswer, RaterFailure)] {
        [
            (.failure(.late), .late), (.failure(.suspended), .suspended),
            (.success([:]), .notOffered),
            (.success(["ups-2day": .success(try usd("5.00"))]), .notOffered),
            (.success(["ups-ground": .failure(.absurd)]), .absurd),
            (.success(["ups-ground": .success(try usd("-1.00"))]), .absurd),
            (.success(["ups-ground": .success(try usd("0.00"))]), .absurd),
            (.success(["ups-ground": .success(try usd("10000.01"))]), .absurd),
            (
                .success([
                    "ups-ground": .success(
                        Money(minorUnits: 500, currency: try Currency(parsing: "CAD"))
                    )
                ]), .otherCurrency
            ),
        ]
    }

    @Test func `leaves all to the card where one price is missing, and says why`() throws {
        for (answer, failure) in try Self.failures() {
            for failing in [15, 30] {
                var asked: [Int] = []
                let found = try tariff { package in
                    asked.append(package.pounds)
                    return package.pounds == failing ? answer : try! priced("9.10")
                }
                #expect(found.pricing == .cardFor(failure))
                #expect(found.tariff == found.card)
                #expect(asked == [15, 30], "every weight is asked about")
            }
        }
    }

    @Test func `leaves services alone that the rater does not price`() throws {
        let card = try dallasGround()
        let place = try destination("07102")
        let offer = try #require(card.offer(to: place))
        let other = LivePricing(services: ["ups-2day"], origin: origin) { _ in
            Issue.record("nobody is asked")
            return .failure(.late)
        }
        let found = other.tariff(
            by: card,
            offering: offer,
            to: place,
            carrying: [PackageLadder.Goods(units: 1, billed: Weight(pounds: 1))]
        )
        #expect(found.tariff == offer.tariff)
        #expect(found.pricing == .card)
    }

    @Test func `is broken down into packages that add up`() throws {
        let found = try tariff([.init(units: 40, billed: Weight(pounds: 15))]) { package in
            let price = Money(minorUnits: 500 + Int64(package.pounds) * 7, currency: .usd)
            return .success(["ups-ground": .success(price)])
        }
        for grams: Int64 in [1, 6804, 68_039, 68_040, 136_078, 200_000] {
            let lines = try #require(
                found.tariff.breakdown(forBillableWeight: grams, in: .usd)
            )
            let sum = lines.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
            let charge = try #require(found.tariff.charge(forBillableWeight: grams))
            #expect(charge.money(in: .usd).minorUnits == sum, "\(grams) g: \(lines)")
        }
        #expect(found.tariff.breakdown(forBillableWeight: 204_118, in: .usd) == nil)
        let text = found.tariff.breakdown(forBillableWeight: 136_079, in: .usd)?.map(\.text)
        #expect(
            text == [
                "2 packages of 150 lb, by the live rater", "1 package of 1 lb, by the live rater",
            ]
        )
    }
}
