import AllocationModel
import Freight
import SeededGenerator
import Testing

struct `Truckload rate card` {
    // Dallas to Phoenix, 752 to 850: 885 miles in a straight line, times 1.18, are 1044.3.
    @Test func `charges miles or a minimum, fuel and accessorials, for each truck`() throws {
        let card = try card(
            """
            dest_zip,per_mile,minimum,flat,miles,transit_days
            850-853,2.75,950,,,
            750-759,3.10,650,,,
            100,,,4200,,4
            891,2.50,900,,1219,
            """,
            fuel: 1000,
            fuelPerMile: "0.42",
            accessorials: [.limitedAccess: try usd("110")],
            trucks: 3
        )
        let needing = Destination(
            country: .us,
            postalCode: "85001",
            accessorials: [.limitedAccess, .inside]
        )
        #expect(
            card.tariff(to: needing, carrying: []) == .declined(.accessorialNotOffered(.inside))
        )
        let straight = Distance.miles(from: card.origin, to: try destination("85001")) ?? 0
        #expect(straight == 885)

        // 1045 × 2.75 = 2873.75; ten percent 287.38; 1045 × 0.42 = 438.90; 110.
        try expect(
            card,
            to: "85001",
            asking: [.limitedAccess],
            pounds: 30_000,
            is: [
                "1045 miles at 2.75: 2873.75", "fuel 10 % and 1045 miles at 0.42: 726.28",
                "limited-access: 110.00",
            ]
        )
        // The same prefix is no distance: the minimum, and ten percent of it.
        try expect(
            card,
            to: "75201",
            pounds: 44_000,
            is: ["minimum charge: 650.00", "fuel 10 % and 0 miles at 0.42: 65.00"]
        )
        // The file's miles, 1219 × 2.50, and three trucks.
        try expect(
            card,
            to: "89101",
            pounds: 88_001,
            is: [
                "3 trucks, 1219 miles at 2.50: 9142.50",
                "3 trucks, fuel 10 % and 1219 miles at 0.42: 2450.19",
            ]
        )
        #expect(try card.offer(to: "75201").transitDays == 1, "one day at the least")
        #expect(try card.offer(to: "85001").transitDays == 3, "1045 miles at 500 a day")
        #expect(try card.offer(to: "10001").transitDays == 4)
    }

    @Test func `declines where it does not go, boxes, and prices whose miles nobody knows`() throws
    {
        let card = try card("dest_zip,per_mile,minimum\n300-310,2.75,950\n000-099,2,900\n")

        #expect(card.tariff(to: try destination("90001"), carrying: []) == .declined(.notServed))
        #expect(
            card.tariff(to: try destination("30301", isPostOfficeBox: true), carrying: [])
                == .declined(.addressNotReached(.postOfficeBox))
        )
        // 001 is a prefix that nobody has.
        #expect(
            card.tariff(to: try destination("00101"), carrying: [])
                == .declined(.noRate(zone: "000-099"))
        )
    }

    @Test func `is full by weight or by pallets, whichever comes first`() throws {
        let card = try card("dest_zip,flat\n300-310,2000\n", trucks: 2)
        let pounds = { (count: Int64) in Weight(pounds: count) }
        let capacity = { (goods: [FTLRateCard.Goods]) in card.terms.capacity(carrying: goods) }
        let foam = FTLRateCard.Goods(units: 400, unitWeight: pounds(10), unitsPerPallet: 10)
        let steel = FTLRateCard.Goods(units: 20, unitWeight: pounds(2000), unitsPerPallet: 1)

        // 26 pallets of ten at 10 lb each, of the 40 that there are.
        #expect(capacity([foam]) == 260 * pounds(10).grams)
        // 20 pallets stand on one truck: it is full by weight.
        #expect(capacity([steel]) == pounds(44_000).grams)
        // Together 30 pallets of 10 and 20: the lightest 26 are ten of foam and 16 of steel.
        let some = FTLRateCard.Goods(units: 100, unitWeight: pounds(10), unitsPerPallet: 10)
        #expect(capacity([steel, some]) == 100 * pounds(10).grams + 16 * pounds(2000).grams)
        #expect(FTLRateCard.Goods.pallets(of: [steel, some]) == 30)
        // Of what nobody knows how it is stacked, the weight counts.
        let loose = FTLRateCard.Goods(units: 4000, unitWeight: pounds(10), unitsPerPallet: nil)
        #expect(capacity([loose]) == pounds(44_000).grams)
    }

    // Pallets are counted over a common denominator, without any rounding.
    @Test func `never puts more weight or pallets on trucks than they carry`() throws {
        var random = SeededGenerator(seed: 26)
        var full = 0
        for _ in 0..<3000 {
            let terms = try FTLRateCard.Terms(
                currency: .usd,
                weightMaximum: Weight(grams: .random(in: 10_000...2_000_000, using: &random)),
                palletsMaximum: .random(in: 1...30, using: &random)
            )
            let goods = (0..<Int.random(in: 1...5, using: &random))
                .map { _ in
                    FTLRateCard.Goods(
                        units: .random(in: 1...300, using: &random),
                        unitWeight: Weight(grams: .random(in: 1...9000, using: &random)),
                        unitsPerPallet: .random(in: 1...12, using: &random)
                    )
                }
            let capacity = terms.capacity(carrying: goods)
            #expect(capacity <= terms.weightMaximum.grams)
            for _ in 0..<20 {
                let part = goods.map { Int64.random(in: 0...$0.units, using: &random) }
                let weight = zip(part, goods).reduce(Int64(0)) { $0 + $1.0 * $1.1.unitWeight.grams }
                let trucks = (weight + capacity - 1) / capacity
                // 27720 is a multiple of one to twelve.
                let shares = zip(part, goods)
                    .reduce(Int64(0)) { $0 + $1.0 * 27_720 / ($1.1.unitsPerPallet ?? 1) }
                #expect(shares <= trucks * Int64(terms.palletsMaximum) * 27_720)
                if shares > (trucks - 1) * Int64(terms.palletsMaximum) * 27_720 { full += 1 }
            }
            // Of one SKU it is exact: one unit more is too many pallets or too heavy.
            if let only = goods.first {
                let units = terms.capacity(carrying: [only]) / only.unitWeight.grams
                let byPallet = Int64(terms.palletsMaximum) * (only.unitsPerPallet ?? 1)
                let byWeight = terms.weightMaximum.grams / only.unitWeight.grams
                #expect(min(units, only.units) == min(byPallet, byWeight, only.units))
            }
        }
        #expect(full > 1000, "the bound is met, and not only kept")
    }

    @Test func `names every row that cannot stand`() throws {
        let report = #expect(throws: RowReport.self) {
            try rateFile(
                """
                dest_zip,per_mile,minimum,flat,miles,transit_days
                750,2.75,,,,
                751,2.75,900,2000,,
                752,,,,,
                753,0,900,,,
                754,2.75,900,,0,
                CA,2.75,900,,,
                755,2.755,900,,,
                """
            )
        }
        #expect(
            report?.faults.map(\.description) == [
                "line 2, minimum: is missing; a truck to the next street costs something, so "
                    + "give it",
                "line 3, flat: is given beside a price by the mile; keep one of them",
                "line 4, per_mile: is missing; give per_mile and minimum, or flat",
                "line 5, per_mile: is 0.00; write more than 0 and at most 1000.00",
                "line 6, miles: ‘0’ is not a number of miles; write 1 to 10000, whole",
                "line 7, miles: are missing; a country is no place to measure to, so give them",
                "line 7, transit_days: are missing; give them for a country",
                "line 8, per_mile: ‘2.755’ has more decimals than USD, which has 2",
            ]
        )
        let twice = #expect(throws: RowReport.self) {
            try rateFile("dest_zip,flat\n750-754,900\n752,800\n")
        }
        #expect(
            twice?.faults.map(\.description) == [
                "line 3, dest_zip: names a ZIP prefix a second time; line 2 does too"
            ]
        )
    }

    @Test func `refuses terms that no truck has`() throws {
        for (terms, words) in [
            ({ try FTLRateCard.Terms(currency: .usd, palletsMaximum: 0) }, "not 0"),
            ({ try FTLRateCard.Terms(currency: .usd, trucksMaximum: 51) }, "1 to 50 trucks"),
            ({ try FTLRateCard.Terms(currency: .usd, circuityPercent: 99) }, "not 99"),
            ({ try FTLRateCard.Terms(currency: .usd, milesPerDay: 0) }, "not 0"),
            ({ try FTLRateCard.Terms(currency: .usd, transitDays: -1) }, "not -1"),
            ({ try FTLRateCard.Terms(currency: .usd, weightMaximum: .zero) }, "1 to 200000 lb"),
        ] as [(() throws -> FTLRateCard.Terms, String)] {
            let error = #expect(throws: ParseError.self) { _ = try terms() }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }

    private func card(
        _ text: String,
        fuel: Int64 = 0,
        fuelPerMile: String = "0",
        accessorials: [FTLRateCard.Accessorial: Money] = [:],
        trucks: Int = 1
    ) throws -> FTLRateCard {
        guard case .trucks(let rates) = try rateFile(text) else {
            throw ParseError("is no file of trucks")
        }
        return try FTLRateCard(
            service: "schneider-ftl",
            carrier: "Schneider",
            level: .ground,
            terms: try FTLRateCard.Terms(
                currency: .usd,
                trucksMaximum: trucks,
                fuelBasisPoints: fuel,
                fuelPerMile: try usd(fuelPerMile),
                accessorials: accessorials
            ),
            rates: rates,
            origin: try destination("75201")
        )
    }

    private func expect(
        _ card: FTLRateCard,
        to postalCode: String,
        asking accessorials: Set<FTLRateCard.Accessorial> = [],
        pounds: Int64,
        is lines: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let offer = try card.offer(to: postalCode, asking: accessorials)
        let load = Load(weight: Weight(pounds: pounds).grams)
        let found = try #require(card.breakdown(of: load, by: offer))
        #expect(
            found.map { "\($0.text): \($0.amount.decimal)" } == lines,
            sourceLocation: sourceLocation
        )
        let sum = found.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
        #expect(
            offer.tariff.charge(forWeight: load.weight)?.money(in: .usd).minorUnits == sum,
            sourceLocation: sourceLocation
        )
    }
}

extension FTLRateCard {
    fileprivate func offer(
        to postalCode: String,
        asking accessorials: Set<Accessorial> = []
    ) throws -> Offer {
        let answer = tariff(
            to: try destination(postalCode),
            carrying: [],
            accessorials: accessorials
        )
        guard case .offered(let offer) = answer else { throw ParseError("is declined: \(answer)") }
        return offer
    }
}
