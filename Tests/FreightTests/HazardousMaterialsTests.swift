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
