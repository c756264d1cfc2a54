import AllocationModel
import SplitSolver

/// Makes problems with every feature, each from its seed alone.
struct ProblemSource {
    private var random: SplitMix64
    private let sites: Int
    private let lines: Int
    private let units: Int

    /// Up to so many sites and lines, with up to so many units a line.
    init(seed: Int, sites: Int, lines: Int, units: Int) {
        random = SplitMix64(seed: seed)
        self.sites = random.pick(1...sites)
        self.lines = random.pick(1...lines)
        self.units = units
    }

    /// Exactly so many sites and lines.
    init(seed: Int, exactly sites: Int, by lines: Int, units: Int) {
        random = SplitMix64(seed: seed)
        self.sites = sites
        self.lines = lines
        self.units = units
    }

    mutating func problem() -> SplitProblem {
        let asked = (0..<lines).map { _ in line() }
        let hasGroups = random.chance(30)
        let groups = asked.map { _ in hasGroups ? random.pick(0...1) : 0 }
        return SplitProblem(
            lines: asked,
            warehouses: (0..<sites).map { _ in site(asked, groups) }
        )
    }

    mutating func policy() -> SplitPolicy {
        var forced: [Int] = []
        var forbidden: [Int] = []
        var preferences: [SplitPolicy.Preference] = []
        for site in 0..<sites {
            switch random.pick(0...29) {
            case 0: forced.append(site)
            case 1: forbidden.append(site)
            case 2...4:
                preferences.append(.init(warehouse: site, reluctance: cost(0...300)))
            default: break
            }
        }
        let completeness: [Completeness] = [.complete, .complete, .lineComplete, .partial]
        return SplitPolicy(
            completeness: completeness[random.pick(0...3)],
            warehousesMaximum: random.chance(20) ? random.pick(1...3) : nil,
            shipmentsMaximum: random.chance(15) ? random.pick(1...4) : nil,
            objective: random.chance(20) ? .lexicographic : .weighted,
            forced: forced,
            forbidden: forbidden,
            preferences: preferences
        )
    }

    private mutating func cost(_ range: ClosedRange<Int>) -> Cost {
        Cost(Int64(random.pick(range)))
    }

    private mutating func line() -> SplitProblem.Line {
        let feature = random.pick(0...9)
        return SplitProblem.Line(
            quantity: Int64(random.pick(1...units)),
            backorderCost: cost(0...400),
            noSplit: feature == 0,
            minimumQuantity: feature == 1 ? Int64(random.pick(1...3)) : 0,
            singleLot: feature == 2
        )
    }

    private mutating func site(
        _ lines: [SplitProblem.Line],
        _ groups: [Int]
    ) -> SplitProblem.Site {
        var stocks: [SplitProblem.Stock] = []
        for (index, line) in lines.enumerated() where random.chance(80) {
            stocks.append(stock(of: line, index, groups[index]))
        }
        let count = random.pick(1...(lines.count > 2 ? 2 : 3))
        return SplitProblem.Site(
            fixedCost: random.chance(70) ? cost(0...150) : .zero,
            stock: stocks,
            services: (0..<count).map { _ in service(lines.count) }
        )
    }

    private mutating func stock(
        of line: SplitProblem.Line,
        _ index: Int,
        _ group: Int
    ) -> SplitProblem.Stock {
        var tiers = [
            SplitProblem.Tier(
                quantity: Int64(random.pick(0...units)),
                scarcityCost: random.chance(30) ? cost(0...30) : .zero
            )
        ]
        if random.chance(30) {
            tiers.append(
                SplitProblem.Tier(
                    quantity: Int64(random.pick(1...units)),
                    scarcityCost: cost(0...60)
                )
            )
        }
        var lots: [SplitProblem.LotQuantity] = []
        if line.singleLot {
            for lot in 0..<3 where random.chance(60) {
                lots.append(.init(lot: lot, quantity: Int64(random.pick(0...units))))
            }
        }
        let weight = random.pick(random.chance(5) ? 0...1 : 1...12)
        let classes = FreightClass.allCases
        return SplitProblem.Stock(
            line: index,
            tiers: tiers,
            pickCost: random.chance(40) ? cost(0...60) : .zero,
            lots: lots,
            unitWeight: Int64(weight),
            unitBillableWeight: Int64(weight + (random.chance(30) ? random.pick(0...6) : 0)),
            freightClass: classes[random.pick(0...(classes.count - 1))],
            segregationGroup: group,
            multiple: random.chance(10) ? Int64(random.pick(2...3)) : 1
        )
    }

    private mutating func service(_ lines: Int) -> SplitProblem.Service {
        var blocked: [Int] = []
        var late: [SplitProblem.LateLine] = []
        for line in 0..<lines {
            if random.chance(10) { blocked.append(line) }
            if random.chance(20) { late.append(.init(line: line, penalty: cost(0...50))) }
        }
        return SplitProblem.Service(
            etaDay: random.pick(1...5),
            handling: random.chance(70) ? cost(0...80) : .zero,
            tariff: tariff(),
            blockedLines: blocked,
            lateLines: late,
            packings: (0..<lines)
                .compactMap { line in
                    guard random.chance(15) else { return nil }
                    return SplitProblem.Packing(
                        line: line,
                        unitBillableWeight: Int64(random.pick(0...16)),
                        unitCharge: random.chance(50) ? cost(0...25) : .zero
                    )
                }
        )
    }

    private mutating func tariff() -> Tariff {
        switch random.pick(0...3) {
        case 0:
            return .parcel(
                ParcelTariff(
                    base: cost(0...200),
                    rate: cost(0...15),
                    packageWeightMaximum: Int64(random.pick(5...40)),
                    packagesMaximum: Int64(random.pick(1...6))
                )
            )
        case 1: return .parcelTable(table())
        case 2: return .lessThanTruckload(classTariff())
        default:
            return .fullTruckload(
                FTLTariff(
                    flat: cost(50...700),
                    capacity: Int64(random.pick(20...200)),
                    trucksMaximum: Int64(random.pick(1...2))
                )
            )
        }
    }

    private mutating func table() -> ParcelTableTariff {
        var weight: Int64 = 0
        var charge = Cost.zero
        let steps = (0..<random.pick(1...6))
            .map { _ in
                weight += Int64(random.pick(1...12))
                charge += cost(0...90)
                return ParcelTableTariff.Step(weightMaximum: weight, charge: charge)
            }
        return ParcelTableTariff(steps: steps, packagesMaximum: Int64(random.pick(1...6)))
    }

    private mutating func classTariff() -> LTLTariff {
        var from: Int64 = 0
        var top = random.pick(8...30)
        let breaks = (0..<random.pick(1...3))
            .map { _ in
                let low = max(0, top - random.pick(0...8))
                let rates = FreightClass.allCases.map { _ in cost(low...top) }
                let entry = LTLTariff.Break(
                    from: from,
                    rates: rates,
                    deficit: random.chance(70) ? rates.min() ?? .zero : cost(0...40)
                )
                from += Int64(random.pick(5...60))
                top = max(2, top * random.pick(50...100) / 100)
                return entry
            }
        // Rates of a carrier's table are for a hundredweight, and its charges whole cents.
        let isRounded = random.chance(40)
        let unit = isRounded ? Int64(random.pick(1...20)) : 1
        return LTLTariff(
            minimumCharge: Cost(cost(0...300).tenThousandths / unit * unit),
            accessorial: random.chance(30) ? cost(0...100) : .zero,
            weightMaximum: Int64(random.pick(40...400)),
            rateWeight: isRounded ? Int64(random.pick(1...7)) : 1,
            chargeUnit: Cost(unit),
            breaks: breaks
        )
    }
}
