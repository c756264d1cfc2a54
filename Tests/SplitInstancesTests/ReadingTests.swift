import AllocationModel
import SplitInstances
import SplitSolver
import Testing

struct `An instance on file` {
    @Test func `reads its lines, with the names apart`() throws {
        let instance = try Document.instance(Document.full)

        #expect(instance.id == "valves-and-paint")
        #expect(instance.units == SplitInstance.Units(currency: .usd, weight: .tenthsOfPound))
        #expect(
            instance.names
                == SplitInstance.Names(
                    lines: ["VALVE-3IN", "PAINT-GRAY"],
                    warehouses: ["DAL", "RNO"],
                    services: [["ground", "freight"], ["table", "truck"]],
                    lots: ["A7", "B2"]
                )
        )
        #expect(
            instance.problem.lines == [
                SplitProblem.Line(
                    quantity: 20,
                    backorderCost: Cost(900_000),
                    minimumQuantity: 2
                ),
                SplitProblem.Line(
                    quantity: 6,
                    backorderCost: Cost(800_000),
                    noSplit: true,
                    singleLot: true
                ),
            ]
        )
    }

    @Test func `reads stock as the line weighs, or as the site's own record says`() throws {
        let dallas = try Document.instance(Document.full).problem.warehouses[0]

        #expect(dallas.fixedCost == Cost(100_000))
        #expect(
            dallas.stock == [
                SplitProblem.Stock(
                    line: 0,
                    tiers: [
                        SplitProblem.Tier(quantity: 8),
                        SplitProblem.Tier(quantity: 4, scarcityCost: Cost(7000)),
                    ],
                    pickCost: Cost(9000),
                    unitWeight: 150,
                    unitBillableWeight: 160,
                    freightClass: .class85,
                    segregationGroup: 0
                ),
                SplitProblem.Stock(
                    line: 1,
                    tiers: [SplitProblem.Tier(quantity: 6)],
                    pickCost: Cost(9001),
                    lots: [
                        SplitProblem.LotQuantity(lot: 0, quantity: 6),
                        SplitProblem.LotQuantity(lot: 1, quantity: 3),
                    ],
                    unitWeight: 390,
                    unitBillableWeight: 395,
                    freightClass: .class77h,
                    segregationGroup: 2,
                    multiple: 2
                ),
            ]
        )
    }

    @Test func `reads every kind of tariff`() throws {
        let problem = try Document.instance(Document.full).problem
        let services = problem.warehouses.flatMap(\.services)

        #expect(
            services.map(\.tariff) == [
                .parcel(
                    ParcelTariff(
                        base: Cost(80_000),
                        rate: Cost(91),
                        packageWeightMaximum: 1500,
                        packagesMaximum: 30
                    )
                ),
                .lessThanTruckload(
                    LTLTariff(
                        minimumCharge: Cost(900_000),
                        accessorial: Cost(480_000),
                        weightMaximum: 200_000,
                        breaks: [
                            LTLTariff.Break(
                                from: 0,
                                rates: rates(of85: 430, of77h: 400),
                                deficit: Cost(399)
                            ),
                            LTLTariff.Break(
                                from: 5000,
                                rates: rates(of85: 330, of77h: 300),
                                deficit: Cost(301)
                            ),
                        ]
                    )
                ),
                .parcelTable(
                    ParcelTableTariff(
                        steps: [
                            ParcelTableTariff.Step(weightMaximum: 700, charge: Cost(110_000)),
                            ParcelTableTariff.Step(weightMaximum: 1490, charge: Cost(190_000)),
                        ],
                        packagesMaximum: 20
                    )
                ),
                .fullTruckload(
                    FTLTariff(flat: Cost(6_200_000), capacity: 440_000, trucksMaximum: 3)
                ),
            ]
        )
        #expect(services.map(\.etaDay) == [1, 3, 4, 2])
        #expect(services.map(\.blockedLines) == [[1], [], [], []])
        #expect(services[1].lateLines == [SplitProblem.LateLine(line: 0, penalty: Cost(1200))])
        let packing = SplitProblem.Packing(
            line: 0,
            unitBillableWeight: 170,
            unitCharge: Cost(25_000)
        )
        #expect(services.map(\.packings) == [[], [], [packing], []])
    }

    /// Classes without a rate of their own have the dearest.
    private func rates(of85 dearest: Int64, of77h cheaper: Int64) -> [Cost] {
        FreightClass.allCases.map { Cost($0 == .class77h ? cheaper : dearest) }
    }

    @Test func `reads its policy`() throws {
        let policy = try Document.instance(Document.full).policy

        #expect(
            policy
                == SplitPolicy(
                    completeness: .partial,
                    warehousesMaximum: 2,
                    objective: .weighted,
                    forced: [0],
                    preferences: [SplitPolicy.Preference(warehouse: 1, reluctance: Cost(25_000))]
                )
        )
    }

    @Test func `may leave out what the plain format does not have`() throws {
        let text =
            try Document.changing(
                #""units": { "currency": "USD", "weight": "0.1 lb" },"#,
                to: ""
            )
            .replacing(#", "forced": [0], "forbidden": [], "preferences": [[1, 25000]]"#, with: "")
            .replacing(#", "lots": []"#, with: "")
            .replacing(#""maxWarehouses": 2, "maxShipments": null,"#, with: "")
        let instance = try Document.instance(text)

        #expect(instance.units == SplitInstance.Units(currency: .usd, weight: .tenthsOfPound))
        #expect(instance.policy == SplitPolicy(completeness: .partial))
    }

    @Test func `names a lot with an integer as with a word`() throws {
        let text = try Document.changing(#"["A7", 6]"#, to: "[7, 6]")

        #expect(try Document.instance(text).names.lots == ["7", "B2"])
    }

    @Test func `counts weights in grams where it says so`() throws {
        let text = try Document.changing(
            #"{ "currency": "USD", "weight": "0.1 lb" }"#,
            to: #"{ "currency": "EUR", "weight": "g" }"#
        )
        let units = try Document.instance(text).units

        #expect(units.weight == .grams)
        #expect(units.text(of: Cost(1_821_000)) == "182.10 EUR")
        #expect(units.text(of: Cost(1_821_001)) == "182.1001 EUR")
        #expect(units.text(of: Cost(-50)) == "-0.0050 EUR")
        #expect(
            units.decimal(Cost(30_000), places: units.places(for: [Cost(1), Cost(30_000)]))
                == "3.0000"
        )
    }

    /// By hand: 8 by ground, one package at 1280 (1500); 12 by table, which bills each as 170: one
    /// package full and one of 550, and 25,000 more for each.
    @Test func `costs what the formulas of the format say`() throws {
        let instance = try Document.instance(Document.full)
        let plan = [
            SplitAssignment(line: 0, warehouse: 0, service: 0, quantity: 8),
            SplitAssignment(line: 0, warehouse: 1, service: 0, quantity: 12),
        ]
        let costs = try SplitSolver.evaluate(
            plan,
            of: instance.problem,
            under: instance.policy
        )

        #expect(
            costs.shipments.map(\.freight)
                == [Cost(80_000 + 91 * 1280), Cost(190_000 + 110_000 + 12 * 25_000)]
        )
        #expect(costs.warehouses.map(\.fixed) == [Cost(100_000), Cost(80_000)])
        #expect(costs.warehouses.map(\.preference) == [.zero, Cost(25_000)])
        #expect(costs.backorder == Cost(6 * 800_000))
        #expect(
            costs.total
                == Cost(
                    196_480 + 600_000 + 15_000 + 15_001 + 180_000 + 25_000 + 9000 + 4_800_000
                )
        )
    }
}
