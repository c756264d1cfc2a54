import AllocationModel
import Freight
import SeededGenerator
import Testing

private func material(
    _ number: Int,
    _ group: Hazmat.PackingGroup? = nil,
    isLimited: Bool = false
) -> Hazmat {
    Hazmat(number: number, packingGroup: group, isLimitedQuantity: isLimited)
}

struct `Hazardous materials` {
    private static let gasoline = material(1203, .two)
    private static let chlorine = material(1017)
    private static let nitricAcid = material(2031, .one)
    private static let phosphorus = material(1381, .one)
    private static let sodium = material(1428, .one)
    private static let acrolein = material(1092, .one)
    private static let ammoniumNitrate = material(1942, .three)
    private static let potassiumCyanide = material(1680, .one)
    private static let hydrochloricAcid = material(1789, .two)
    private static let oxygen = material(1072)
    private static let acetylene = material(1001)
    private static let batteries = material(3480)
    private static let cartridges = material(12)
    private static let fuses = material(101)

    // Rows and columns of 49 CFR 177.848(d), read by hand.
    @Test(arguments: [
        // 3 and 2.3: X. 3 and 5.1: O. 3 and 8: blank.
        (gasoline, chlorine, true), (gasoline, ammoniumNitrate, false),
        (gasoline, hydrochloricAcid, false),
        // 8 liquids and 4.2: X; and 4.3: O. But this acid oxidizes too, and 5.1 is free of 4.3.
        (nitricAcid, phosphorus, true), (nitricAcid, sodium, false),
        // A poison of group I with anything flammable, itself among it by a subsidiary risk.
        (acrolein, gasoline, true), (acrolein, potassiumCyanide, false),
        // 2.2 with 2.1: blank; 2.1 with 2.3: X, by chlorine's own hazard and no subsidiary.
        (oxygen, acetylene, false), (acetylene, chlorine, true),
        // Class 9 is in no row.
        (batteries, chlorine, false), (batteries, cartridges, false),
        // (c): cyanides with acids, though a solid poison is in no row.
        (potassiumCyanide, hydrochloricAcid, true), (potassiumCyanide, gasoline, false),
        // Explosives of one number ride together, of two not.
        (cartridges, cartridges, false), (cartridges, fuses, true),
    ])
    func `ride apart where the grid has an X`(one: Hazmat, other: Hazmat, apart: Bool) {
        #expect(HazardousMaterials.isKnown(one) && HazardousMaterials.isKnown(other))
        #expect(HazardousMaterials.mustRideApart(one, other) == apart)
        #expect(HazardousMaterials.mustRideApart(other, one) == apart)
    }

    @Test func `are outside the grid as limited quantities`() {
        let paint = material(1263, .two, isLimited: true)

        #expect(HazardousMaterials.mustRideApart(material(1263, .two), Self.chlorine))
        #expect(!HazardousMaterials.mustRideApart(paint, Self.chlorine))
        #expect(HazardousMaterials.allowsLimitedQuantity(paint))
        #expect(!HazardousMaterials.allowsLimitedQuantity(Self.chlorine))
    }

    // Columns 9A and 9B of 49 CFR 172.101.
    @Test(arguments: [
        (gasoline, false, false), (material(1089, .one), true, false), (chlorine, true, true),
        (acetylene, true, false), (batteries, true, false), (material(9999), true, true),
        // Of a number with several groups, the strictest where nobody says which.
        (material(2031), true, false), (material(1263), false, false),
    ])
    func `fly where the table lets them`(hazmat: Hazmat, passenger: Bool, cargo: Bool) {
        #expect(HazardousMaterials.isForbidden(hazmat, by: .passenger) == passenger)
        #expect(HazardousMaterials.isForbidden(hazmat, by: .cargo) == cargo)
        #expect(!HazardousMaterials.isForbidden(hazmat, by: .no))
    }

    /// Material, what a unit holds and weighs, and the most of a package with passengers and without.
    private static let amounts: [(Hazmat, grams: Int64, passenger: String?, cargo: String?)] = [
        // Acetone: 5 L and 60 L. By its volume, or by what could be in so heavy a can.
        (holding(1090, .two, "5 L"), 90_000, nil, nil),
        (holding(1090, .two, "5.001 L"), 1000, "5 L", nil),
        (holding(1090, .two, "60.5 L"), 1000, "5 L", "60 L"),
        (material(1090, .two), 3000, nil, nil), (material(1090, .two), 3001, "5 L", nil),
        (material(1090, .two), 0, "5 L", "60 L"),
        // Oxygen: 75 kg and 150 kg, by what it weighs in its cylinder where nobody says.
        (material(1072), 75_000, nil, nil), (material(1072), 75_001, "75 kg", nil),
        (holding(1072, nil, "75 kg"), 95_000, nil, nil),
        // Antimony trichloride comes as a liquid and as a solid: 1 L or 15 kg.
        (holding(1733, .two, "10 kg"), 11_000, nil, nil),
        (holding(1733, .two, "2 L"), 11_000, "1 L", nil),
        (material(1733, .two), 500, nil, nil), (material(1733, .two), 20_000, "1 L", "30 L"),
    ]

    private static func holding(
        _ number: Int,
        _ group: Hazmat.PackingGroup?,
        _ text: String
    ) -> Hazmat {
        Hazmat(
            number: number,
            packingGroup: group,
            content: try? Hazmat.Content(parsing: text)
        )
    }

    // Columns 9A and 9B of 49 CFR 172.101.
    @Test func `fly in no larger amounts than the table has for a package`() {
        for (hazmat, grams, passenger, cargo) in Self.amounts {
            let entry = CatalogEntry(
                sku: "GOODS",
                unitWeight: Weight(grams: grams),
                hazmat: hazmat
            )
            for (flight, most) in [
                (HazardousMaterials.Flight.passenger, passenger), (.cargo, cargo), (.no, nil),
            ] {
                let fault = HazardousMaterials.airFault(of: entry, by: flight)
                let said: String? = if case .tooMuch(let most)? = fault { "\(most)" } else { nil }
                #expect(said == most, "\(hazmat) of \(grams) g, \(flight)")
                #expect(fault == nil || said != nil)
            }
        }
        let chlorine = CatalogEntry(sku: "CL", unitWeight: Weight(grams: 1), hazmat: Self.chlorine)
        #expect(HazardousMaterials.airFault(of: chlorine, by: .passenger) == .material)
        let valve = CatalogEntry(sku: "VALVE", unitWeight: .zero)
        #expect(HazardousMaterials.airFault(of: valve, by: .passenger) == nil)
    }

    // A box of 20 x 20 x 10 cm holds four litres, however heavy it is.
    @Test func `hold no more of a liquid than their box does`() {
        let can = CatalogEntry(
            sku: "CAN",
            unitWeight: Weight(grams: 9000),
            dimensions: Dimensions(length: 200, width: 200, height: 100),
            hazmat: material(1090, .two)
        )
        #expect(HazardousMaterials.airFault(of: can, by: .passenger) == nil)
    }

    @Test func `hold so much as is written of them, in litres or by mass`() throws {
        for (text, said) in [
            ("5 L", "5 L"), ("0.5L", "0.5 L"), ("500 mL", "0.5 L"), ("2.25 kg", "2.25 kg"),
            ("400 g", "0.4 kg"), ("5 l", "5 L"),
        ] {
            #expect(try Hazmat.Content(parsing: text).description == said)
        }
        for text in ["", "5", "L", "5 gal", "-5 L", "0 L", "0.0001 L", "0.5 mL", "1e3 L", "5. L"] {
            #expect(throws: ParseError.self, "\(text)") { try Hazmat.Content(parsing: text) }
        }
    }

    @Test func `are grouped so that no two that must ride apart share a group`() {
        #expect(
            HazardousMaterials.groups(of: [nil, Self.gasoline, Self.oxygen, Self.chlorine, nil])
                == [0, 0, 0, 1, 0]
        )
        let all = (1...3600).map { material($0) }.filter(HazardousMaterials.isKnown)
        #expect(all.count > 2000)
        var random = SeededGenerator(seed: 848)
        var separated = 0
        for _ in 0..<300 {
            let goods = (0..<Int.random(in: 1...40, using: &random))
                .map { _ in Bool.random(using: &random) ? all.randomElement(using: &random) : nil }
            let groups = HazardousMaterials.groups(of: goods)
            for first in goods.indices {
                #expect(goods[first] != nil || groups[first] == 0)
                for second in goods.indices where groups[first] == groups[second] {
                    guard let one = goods[first], let other = goods[second] else { continue }
                    #expect(first == second || !HazardousMaterials.mustRideApart(one, other))
                }
                // Each is in the first group that takes it: there is none without a reason.
                for lower in 0..<groups[first] {
                    let reason = goods[..<first].indices
                        .contains { other in
                            guard groups[other] == lower, let one = goods[first] else {
                                return false
                            }
                            return goods[other].map { HazardousMaterials.mustRideApart($0, one) }
                                ?? false
                        }
                    #expect(reason)
                }
            }
            separated += groups.max() ?? 0
        }
        #expect(separated > 300)
    }

    @Test(arguments: [
        ("UN1203", 1203), ("un1203", 1203), ("1203", 1203), ("NA1993", 1993), ("0012", 12),
    ])
    func `are named by four digits`(text: String, number: Int) throws {
        #expect(try Hazmat.number(parsing: text) == number)
        #expect(material(12).name == "UN0012")
        #expect(throws: ParseError.self) { try Hazmat.number(parsing: "UN120") }
        #expect(try Hazmat.PackingGroup(parsing: "PG II") == .two)
        #expect(try Hazmat.PackingGroup(parsing: "3") == .three)
        #expect(throws: ParseError.self) { try Hazmat.PackingGroup(parsing: "IV") }
    }
}
