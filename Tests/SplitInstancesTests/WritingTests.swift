import AllocationModel
import SeededGenerator
import SplitInstances
import SplitSolver
import Testing

struct `An instance written down` {
    @Test func `reads as itself again, from one line or from many`() throws {
        let instance = try Document.instance(Document.full)

        #expect(try SplitInstance(instance.json) == instance)
        #expect(try Document.instance(instance.json.text) == instance)
        #expect(try Document.instance(instance.text) == instance)
    }

    @Test func `reads as itself again, whatever it holds`() throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            var draw = Draw(seed: seed)
            let instance = draw.instance()

            #expect(try Document.instance(instance.text) == instance, "seed \(seed)")
        }
    }

    @Test func `has a line of text for each thing that fits one`() throws {
        let lines = try Document.instance(Document.full).text.split(separator: "\n")

        #expect(lines.allSatisfy { $0.utf8.count <= 122 })
        #expect(
            lines.contains(#"        { "line": 0, "tiers": [[8, 0], [4, 7000]], "pick": 9000 },"#)
        )
        #expect(lines.contains(#"  "units": { "currency": "USD", "weight": "0.1 lb" },"#))
    }

    /// A rate that nobody asks for must not change what a class without one is given.
    @Test func `keeps rates of classes that no line has`() throws {
        let text = try Document.changing(
            #""rates": { "85": 430, "77.5": 400 }"#,
            to: #""rates": { "85": 430, "77.5": 400, "500": 2000, "50": 100 }"#
        )
        let instance = try Document.instance(text)

        #expect(try SplitInstance(instance.json) == instance)
    }
}

/// Draws instances with every feature of the format, solvable or not.
private struct Draw {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &generator)
    }

    private mutating func count(_ range: ClosedRange<Int64>) -> Int { Int(pick(range)) }

    private mutating func cost() -> Cost { Cost(pick(0...900_000)) }

    private mutating func freightClass() -> FreightClass {
        FreightClass.allCases[count(0...17)]
    }

    mutating func instance() -> SplitInstance {
        let lines = count(1...4)
        let sites = count(1...3)
        let problem = SplitProblem(
            lines: (0..<lines)
                .map { _ in
                    SplitProblem.Line(
                        quantity: pick(1...99),
                        backorderCost: cost(),
                        noSplit: pick(0...1) == 1,
                        minimumQuantity: pick(0...3),
                        singleLot: pick(0...1) == 1
                    )
                },
            warehouses: (0..<sites).map { _ in site(lines: lines) }
        )
        return SplitInstance(
            id: "drawn",
            units: SplitInstance.Units(weight: pick(0...1) == 0 ? .grams : .tenthsOfPound),
            problem: problem,
            policy: policy(sites: sites),
            names: SplitInstance.Names(
                lines: (0..<lines).map { "SKU-\($0)" },
                warehouses: (0..<sites).map { "SITE \($0)" },
                services: problem.warehouses.map { $0.services.indices.map { "by \($0)" } },
                lots: lots(of: problem)
            )
        )
    }

    /// Names for the lots that occur, which reading numbers from 0 as they appear.
    private func lots(of problem: SplitProblem) -> [String] {
        let numbers = problem.warehouses.flatMap(\.stock).flatMap(\.lots).map(\.lot)
        return (0..<(numbers.max().map { $0 + 1 } ?? 0)).map { "LOT/\($0)" }
    }

    private mutating func policy(sites: Int) -> SplitPolicy {
        SplitPolicy(
            completeness: [.complete, .lineComplete, .partial][count(0...2)],
            warehousesMaximum: pick(0...1) == 0 ? nil : count(1...3),
            shipmentsMaximum: pick(0...1) == 0 ? nil : count(1...9),
            objective: pick(0...1) == 0 ? .weighted : .lexicographic,
            forced: pick(0...2) == 0 ? [count(0...Int64(sites - 1))] : [],
            forbidden: pick(0...2) == 0 ? [count(0...Int64(sites - 1))] : [],
            preferences: (0..<sites).filter { _ in pick(0...1) == 0 }
                .map { SplitPolicy.Preference(warehouse: $0, reluctance: cost()) }
        )
    }

    private mutating func site(lines: Int) -> SplitProblem.Site {
        SplitProblem.Site(
            fixedCost: cost(),
            stock: (0..<lines).filter { _ in pick(0...3) > 0 }.map { stock(of: $0) },
            services: (0..<count(0...3)).map { _ in service(lines: lines) }
        )
    }

    private mutating func stock(of line: Int) -> SplitProblem.Stock {
        SplitProblem.Stock(
            line: line,
            tiers: (0..<count(0...2))
                .map { _ in SplitProblem.Tier(quantity: pick(0...50), scarcityCost: cost()) },
            pickCost: cost(),
            // The one lot of all: numbers as they appear.
            lots: pick(0...1) == 0
                ? [] : [SplitProblem.LotQuantity(lot: 0, quantity: pick(0...50))],
            unitWeight: pick(0...2) * 100,
            unitBillableWeight: pick(0...2) * 100,
            freightClass: freightClass(),
            segregationGroup: count(0...1),
            multiple: pick(1...2)
        )
    }

    private mutating func service(lines: Int) -> SplitProblem.Service {
        let tariff = tariff()
        return SplitProblem.Service(
            etaDay: count(-2...9),
            handling: cost(),
            tariff: tariff,
            blockedLines: (0..<lines).filter { _ in pick(0...3) == 0 },
            lateLines: (0..<lines).filter { _ in pick(0...3) == 0 }
                .map { SplitProblem.LateLine(line: $0, penalty: cost()) },
            packings: (0..<lines).filter { _ in pick(0...3) == 0 }
                .map {
                    SplitProblem.Packing(
                        line: $0,
                        unitBillableWeight: pick(0...300),
                        unitCharge: cost()
                    )
                }
        )
    }

    private mutating func tariff() -> Tariff {
        switch pick(0...3) {
        case 0:
            return .parcel(
                ParcelTariff(
                    base: cost(),
                    rate: cost(),
                    packageWeightMaximum: pick(1...1500),
                    packagesMaximum: pick(1...30)
                )
            )
        case 1:
            let charges = [cost(), cost()].sorted()
            let steps = [
                ParcelTableTariff.Step(weightMaximum: pick(1...100), charge: charges[0]),
                ParcelTableTariff.Step(weightMaximum: pick(101...200), charge: charges[1]),
            ]
            return .parcelTable(ParcelTableTariff(steps: steps, packagesMaximum: pick(1...30)))
        case 2:
            return .fullTruckload(
                FTLTariff(flat: cost(), capacity: pick(1...9999), trucksMaximum: pick(1...3))
            )
        default:
            let unit = pick(1...3)
            return .lessThanTruckload(
                LTLTariff(
                    minimumCharge: Cost(cost().tenThousandths * unit),
                    accessorial: cost(),
                    weightMaximum: pick(0...99_999),
                    rateWeight: pick(1...3),
                    chargeUnit: Cost(unit),
                    breaks: (0..<count(1...3)).map { _ in ltlBreak() }
                )
            )
        }
    }

    private mutating func ltlBreak() -> LTLTariff.Break {
        LTLTariff.Break(
            from: pick(0...9999),
            rates: FreightClass.allCases.map { _ in Cost(pick(0...5)) },
            deficit: cost()
        )
    }
}
