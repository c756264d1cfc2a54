import AllocationModel
import Freight
import Testing

struct `Dimensional weight` {
    private static let cube = Dimensions(length: 254, width: 254, height: 254)

    @Test func `is volume over the divisor, rounded up to the gram`() throws {
        // Ten inches cubed: 1000 / 139 = 7.19425 lb = 3263.25 g; by 166, 6.02410 lb = 2732.48 g.
        let contract = try DimensionalDivisor(checking: 166)

        #expect(
            DimensionalDivisor.standard.dimensionalWeight(of: Self.cube) == Weight(grams: 3264)
        )
        #expect(contract.dimensionalWeight(of: Self.cube) == Weight(grams: 2733))
    }

    @Test func `counts only where it is more than the actual weight`() {
        let divisor = DimensionalDivisor.standard

        for (actual, dimensions, expected) in [
            (Weight(grams: 3000), Self.cube, Weight(grams: 3264)),
            (Weight(grams: 3264), Self.cube, Weight(grams: 3264)),
            (Weight(grams: 9000), Self.cube, Weight(grams: 9000)),
            (Weight(grams: 3000), nil, Weight(grams: 3000)),
        ] as [(Weight, Dimensions?, Weight)] {
            #expect(divisor.billableWeight(actual: actual, dimensions: dimensions) == expected)
        }
    }

    @Test func `takes inches a tenth at a time, up to the next millimetre`() throws {
        // 10.0 in = 254 mm; 1.5 in = 38.1 mm, up to 39; 0.1 in = 2.54 mm, up to 3.
        let box = try Dimensions(lengthInchTenths: 100, widthInchTenths: 15, heightInchTenths: 1)

        #expect(box == Dimensions(length: 254, width: 39, height: 3))
        #expect(throws: ParseError.self) {
            try Dimensions(lengthInchTenths: -1, widthInchTenths: 1, heightInchTenths: 1)
        }
        #expect(throws: ParseError.self) {
            try Dimensions(lengthInchTenths: .max, widthInchTenths: 1, heightInchTenths: 1)
        }
    }

    @Test func `survives sides of any number`() {
        for side in [Int64.min, -1, 0, 1, .max] {
            let box = Dimensions(length: side, width: .max, height: .max)
            let weight = DimensionalDivisor.standard.dimensionalWeight(of: box)

            #expect(weight.grams <= Limits.unitWeightMaximum)
        }
    }

    @Test func `refuses a divisor that no carrier uses`() {
        for value in [Int64.min, 0, 49, 1001, .max] {
            #expect(throws: ParseError.self) { try DimensionalDivisor(checking: value) }
        }
    }
}
