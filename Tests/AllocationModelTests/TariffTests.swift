import AllocationModel
import SeededGenerator
import Testing

struct `Parcel tariff` {
    private let ground = ParcelTariff(
        base: Cost(85_000),
        rate: Cost(12),
        packageWeightMaximum: 68_038,
        packagesMaximum: 3
    )

    @Test func `charges a base for each package begun and a rate for all the weight`() {
        for (weight, cost): (Int64, Int64) in [
            (0, 0), (1, 85_012), (68_038, 901_456), (68_039, 986_468), (136_076, 1_802_912),
            (204_114, 2_704_368),
        ] {
            #expect(ground.charge(forBillableWeight: weight) == Cost(cost), "\(weight) g")
        }
    }

    @Test func `carries no more than its packages hold`() {
        #expect(ground.charge(forBillableWeight: 204_114) != nil)
        #expect(ground.charge(forBillableWeight: 204_115) == nil)
    }

    @Test func `bills billable and not actual weight`() {
        let load = Load(weight: 10, billableWeight: 68_039)

        #expect(Tariff.parcel(ground).charge(for: load) == Cost(986_468))
    }

    @Test func `agrees with packing one unit of weight after the other`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let tariff = ParcelTariff(
                base: Cost(.random(in: 0...500, using: &generator)),
                rate: Cost(.random(in: 0...50, using: &generator)),
                packageWeightMaximum: .random(in: 1...20, using: &generator),
                packagesMaximum: .random(in: 1...5, using: &generator)
            )
            var packages: Int64 = 0
            var room: Int64 = 0
            for weight: Int64 in 0...120 {
                if weight > 0 {
                    if room == 0 {
                        packages += 1
                        room = tariff.packageWeightMaximum
                    }
                    room -= 1
                }
                let expected =
                    packages > tariff.packagesMaximum
                    ? nil : tariff.base * packages + tariff.rate * weight

                #expect(tariff.charge(forBillableWeight: weight) == expected, "\(weight)")
            }
        }
    }
}

struct `Parcel table tariff` {
    private let table = ParcelTableTariff(
        steps: [
            ParcelTableTariff.Step(weightMaximum: 454, charge: Cost(98_500)),
            ParcelTableTariff.Step(weightMaximum: 907, charge: Cost(107_200)),
            ParcelTableTariff.Step(weightMaximum: 1361, charge: Cost(107_200)),
        ],
        packagesMaximum: 2
    )

    @Test func `charges what the first row at or above the weight says`() {
        for (weight, cost): (Int64, Int64) in [
            (0, 0), (1, 98_500), (454, 98_500), (455, 107_200), (907, 107_200),
            (1361, 107_200), (1362, 205_700), (1815, 205_700), (1816, 214_400), (2722, 214_400),
        ] {
            #expect(table.charge(forBillableWeight: weight) == Cost(cost), "\(weight) g")
        }
        #expect(table.charge(forBillableWeight: 2723) == nil)
        #expect(table.packageWeightMaximum == 1361)
        #expect(
            Tariff.parcelTable(table).charge(for: Load(weight: 1, billableWeight: 455))
                == Cost(107_200)
        )
    }

    @Test func `agrees with reading the table row by row`() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<200 {
            var steps: [ParcelTableTariff.Step] = []
            var weight: Int64 = 0
            var charge: Int64 = .random(in: 0...100, using: &generator)
            for _ in 0..<Int.random(in: 1...9, using: &generator) {
                weight += .random(in: 1...7, using: &generator)
                charge += .random(in: 0...40, using: &generator)
                steps.append(
                    ParcelTableTariff.Step(weightMaximum: weight, charge: Cost(charge))
                )
            }
            let tariff = ParcelTableTariff(steps: steps, packagesMaximum: 3)
            for load: Int64 in 0...200 {
                #expect(
                    tariff.charge(forBillableWeight: load) == naive(load, steps, most: 3),
                    "\(load) by \(steps)"
                )
            }
        }
    }

    private func naive(
        _ load: Int64,
        _ steps: [ParcelTableTariff.Step],
        most packagesMaximum: Int
    ) -> Cost? {
        guard let last = steps.last else { return nil }
        var rest = load
        var sum = Cost.zero
        var packages = 0
        while rest > 0 {
            let package = min(rest, last.weightMaximum)
            for step in steps where step.weightMaximum >= package {
                sum += step.charge
                break
            }
            rest -= package
            packages += 1
        }
        return packages > packagesMaximum ? nil : sum
    }

    @Test func `is made only of rising weights and charges that do not fall`() {
        func areLawful(_ rows: (Int64, Int64)...) -> Bool {
            ParcelTableTariff.areLawful(
                rows.map { ParcelTableTariff.Step(weightMaximum: $0.0, charge: Cost($0.1)) }
            )
        }

        #expect(areLawful((1, 0)))
        #expect(areLawful((1, 5), (2, 5), (3, 6)))
        #expect(!areLawful())
        #expect(!areLawful((0, 5)))
        #expect(!areLawful((-1, 5)))
        #expect(!areLawful((1, -5)))
        #expect(!areLawful((1, 5), (1, 6)))
        #expect(!areLawful((2, 5), (1, 6)))
        #expect(!areLawful((1, 5), (2, 4)))
    }
}

struct `LTL tariff` {
    /// Dollars and cents for each hundredweight, in ten-thousandths for each pound: no rest.
    private static func perPound(centsPerHundredweight cents: Int64) -> Cost { Cost(cents) }

    /// The worked table of minimaxexpress: a minimum of 57.00 and dollars for each hundredweight.
    private let minimax: LTLTariff = {
        let rows: [(from: Int64, cents: Int64)] = [
            (0, 2346), (500, 2039), (1000, 1436), (2000, 1038), (5000, 680), (10_000, 459),
            (20_000, 344),
        ]
        let breaks = rows.map { row in
            let rate = perPound(centsPerHundredweight: row.cents)
            return LTLTariff.Break(
                from: row.from,
                rates: FreightClass.allCases.map { _ in rate },
                deficit: rate
            )
        }
        return LTLTariff(
            minimumCharge: Cost(570_000),
            accessorial: .zero,
            weightMaximum: 44_000,
            breaks: breaks
        )
    }()

    private func load(_ pounds: Int64, of freightClass: FreightClass = .class70) -> Load {
        var byClass = [Int64](repeating: 0, count: FreightClass.allCases.count)
        byClass[freightClass.index] = pounds
        return Load(weight: pounds, billableWeight: pounds, weightByClass: byClass)
    }

    // 900 lb at its own break is 183.51; as 1,000 lb it is 143.60.
    @Test func `bills 900 lb as 1,000 lb where that is cheaper`() throws {
        let charge = try #require(minimax.charge(for: load(900)))

        #expect(charge.money(in: .usd).decimal == "143.60")
    }

    @Test func `charges the worked table`() throws {
        for (pounds, dollars): (Int64, String) in [
            (1, "57.00"), (200, "57.00"), (242, "57.00"), (243, "57.01"), (300, "70.38"),
            (434, "101.82"), (435, "101.95"), (500, "101.95"), (704, "143.55"),
            (705, "143.60"), (1000, "143.60"), (1445, "207.51"), (1446, "207.60"),
            (2000, "207.60"), (5000, "340.00"), (10_000, "459.00"), (20_000, "688.00"),
            (44_000, "1513.60"),
        ] {
            let charge = try #require(minimax.charge(for: load(pounds)), "\(pounds) lb")

            #expect(charge.money(in: .usd).decimal == dollars, "\(pounds) lb")
        }
    }

    @Test func `carries no more than its weight`() {
        #expect(minimax.charge(for: load(44_000)) != nil)
        #expect(minimax.charge(for: load(44_001)) == nil)
    }

    @Test func `adds accessorials on top of the minimum charge`() {
        let tariff = LTLTariff(
            minimumCharge: minimax.minimumCharge,
            accessorial: Cost(850_000),
            weightMaximum: 44_000,
            breaks: minimax.breaks
        )

        #expect(tariff.charge(for: load(100)) == Cost(570_000 + 850_000))
        #expect(
            Tariff.lessThanTruckload(tariff).charge(for: load(900)) == Cost(1_436_000 + 850_000)
        )
    }

    // Class 50 at 10 and class 500 at 100 a pound: 30 + 20 lb own weight is 300 + 2,000; as the
    // 100 lb break at 8 and 60 with 50 lb short at 8 it is 240 + 1,200 + 400.
    @Test func `rates each class by itself and the missing pounds at the deficit rate`() {
        func rates(_ light: Int64, _ heavy: Int64) -> [Cost] {
            FreightClass.allCases.map { $0 == .class50 ? Cost(light) : Cost(heavy) }
        }
        let tariff = LTLTariff(
            minimumCharge: .zero,
            accessorial: .zero,
            weightMaximum: 1000,
            breaks: [
                LTLTariff.Break(from: 0, rates: rates(10, 100), deficit: .zero),
                LTLTariff.Break(from: 100, rates: rates(8, 60), deficit: Cost(8)),
            ]
        )
        var byClass = [Int64](repeating: 0, count: 18)
        byClass[FreightClass.class50.index] = 30
        byClass[FreightClass.class500.index] = 20

        let charge = tariff.charge(for: Load(weight: 50, weightByClass: byClass))

        #expect(charge == Cost(1840))
    }

    @Test func `agrees with naive deficit rating of a single class`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var thresholds: [Int64] = [0]
            var rates: [Int64] = [.random(in: 50...90, using: &generator)]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                thresholds.append(
                    (thresholds.last ?? 0) + .random(in: 1...60, using: &generator)
                )
                rates.append(max(1, (rates.last ?? 1) - .random(in: 0...20, using: &generator)))
            }
            let floor = Int64.random(in: 0...900, using: &generator)
            let tariff = LTLTariff(
                minimumCharge: Cost(floor),
                accessorial: Cost(7),
                weightMaximum: 250,
                breaks: zip(thresholds, rates)
                    .map { from, rate in
                        LTLTariff.Break(
                            from: from,
                            rates: FreightClass.allCases.map { _ in Cost(rate) },
                            deficit: Cost(rate)
                        )
                    }
            )
            for pounds: Int64 in 1...250 {
                // max(floor, min over breaks of max(W, T) x rate), of ecosystem's formula.
                let cheapest = zip(thresholds, rates).map { max(pounds, $0) * $1 }.min() ?? 0

                #expect(
                    tariff.charge(for: load(pounds, of: .class92h))
                        == Cost(max(floor, cheapest) + 7),
                    "\(pounds) lb, breaks \(thresholds), rates \(rates)"
                )
            }
        }
    }

    @Test func `has a break, and each rates every class`() async {
        await #expect(processExitsWith: .failure) {
            _ = LTLTariff(
                minimumCharge: .zero,
                accessorial: .zero,
                weightMaximum: 1,
                breaks: []
            )
        }
        await #expect(processExitsWith: .failure) {
            _ = LTLTariff(
                minimumCharge: .zero,
                accessorial: .zero,
                weightMaximum: 1,
                breaks: [LTLTariff.Break(from: 0, rates: [Cost(1)], deficit: .zero)]
            )
        }
    }
}

struct `FTL tariff` {
    @Test func `charges each truck begun, up to the most trucks`() {
        let truck = FTLTariff(flat: Cost(18_500_000), capacity: 20_000, trucksMaximum: 2)
        for (weight, cost): (Int64, Int64?) in [
            (0, 0), (1, 18_500_000), (20_000, 18_500_000), (20_001, 37_000_000),
            (40_000, 37_000_000), (40_001, nil),
        ] {
            #expect(truck.charge(forWeight: weight) == cost.map { Cost($0) }, "\(weight)")
        }
        // Dimensional weight does not fill a truck.
        #expect(
            Tariff.fullTruckload(truck).charge(for: Load(weight: 1, billableWeight: 40_001))
                == Cost(18_500_000)
        )
    }
}

struct `Freight class` {
    @Test func `is one of eighteen, written as carriers write it`() throws {
        let names = [
            "50", "55", "60", "65", "70", "77.5", "85", "92.5", "100", "110", "125", "150",
            "175", "200", "250", "300", "400", "500",
        ]

        #expect(FreightClass.allCases.map(\.name) == names)
        for (index, name) in names.enumerated() {
            #expect(try FreightClass(parsing: name).index == index)
        }
        #expect(FreightClass.allCases == FreightClass.allCases.sorted())
    }

    @Test func `refuses any other`() {
        for text in ["", "77", "77.50", "050", "class70", "45", "501", "92,5", " 70"] {
            #expect(throws: ParseError.self, "\(text)") { try FreightClass(parsing: text) }
        }
    }
}
