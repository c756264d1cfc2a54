import AllocationModel
import Testing

struct `Quantity of a SKU` {
    @Test func `accepts zero to the limit from outside`() throws {
        for units in [0, 1, 12, Limits.quantityMaximum] {
            #expect(try Quantity(checking: units).units == units)
        }
    }

    @Test func `refuses a negative or oversized count from outside`() {
        for units in [-1, .min, Limits.quantityMaximum + 1, .max] {
            #expect(throws: ParseError.self, "\(units)") { try Quantity(checking: units) }
        }
    }

    @Test func `is never negative`() async {
        await #expect(processExitsWith: .failure) {
            _ = Quantity(-1)
        }
    }

    @Test func `subtracts down to zero and no further`() {
        #expect(Quantity(12).lessAtMost(8) == 4)
        #expect(Quantity(8).lessAtMost(8) == .zero)
        #expect(Quantity(8).lessAtMost(12) == .zero)
    }

    @Test func `adds and compares as its count does`() {
        #expect(Quantity(8) + 12 == 20)
        #expect(Quantity(8) < 12)
        #expect(Quantity.zero.isZero)
        #expect(!Quantity(1).isZero)
        #expect(Quantity(20).description == "20")
    }
}

struct `Selling unit` {
    @Test func `names the two nearest lawful quantities`() throws {
        let dozen = SellingUnit(name: "each", multiple: 12)
        let cases: [(asked: Int64, below: Int64, above: Int64)] = [
            (1, 12, 12), (11, 12, 12), (13, 12, 24), (23, 12, 24), (25, 24, 36), (0, 12, 12),
            (999_999_999, 999_999_996, 1_000_000_008),
        ]
        for (asked, below, above) in cases {
            let nearest = try #require(dozen.nearestLawful(to: Quantity(asked)), "\(asked)")

            #expect(nearest.below == Quantity(below), "\(asked)")
            #expect(nearest.above == Quantity(above), "\(asked)")
        }
    }

    @Test func `finds a lawful quantity lawful`() {
        for asked: Int64 in [12, 24, 120, 999_999_996] {
            #expect(SellingUnit(multiple: 12).nearestLawful(to: Quantity(asked)) == nil)
        }
        #expect(SellingUnit().nearestLawful(to: 1) == nil)
    }

    @Test func `offers neighbours that are lawful and nearest, whatever was asked`() {
        for multiple: Int64 in 1...30 {
            let unit = SellingUnit(multiple: multiple)
            for asked: Int64 in 0...200 {
                let lawful = (1...300).filter { Int64($0) % multiple == 0 }.map { Int64($0) }
                let below = lawful.last { $0 <= asked } ?? multiple
                let above = lawful.first { $0 >= asked } ?? multiple
                guard let nearest = unit.nearestLawful(to: Quantity(asked)) else {
                    #expect(lawful.contains(asked), "\(asked) by \(multiple)")
                    continue
                }

                #expect(!lawful.contains(asked), "\(asked) by \(multiple)")
                #expect(nearest.below.units == below, "\(asked) by \(multiple)")
                #expect(nearest.above.units == above, "\(asked) by \(multiple)")
            }
        }
    }

    @Test func `is sold in a positive multiple`() async {
        await #expect(processExitsWith: .failure) {
            _ = SellingUnit(multiple: 0)
        }
    }
}

struct `Weight of goods` {
    @Test func `counts whole pounds up to the gram`() {
        #expect(Weight(pounds: 0) == .zero)
        #expect(Weight(pounds: 1).grams == 454)
        #expect(Weight(pounds: 100).grams == 45_360)
        #expect(Weight(pounds: 100_000).grams == 45_359_237)
    }

    @Test func `bills a part of a pound as a whole one`() {
        for (grams, pounds): (Int64, Int64) in [
            (0, 0), (1, 1), (453, 1), (454, 2), (907, 2), (908, 3), (45_359_237, 100_000),
            (45_359_238, 100_001),
        ] {
            #expect(Weight(grams: grams).poundsRoundedUp == pounds, "\(grams) g")
        }
    }

    // The heaviest line the limits allow: a billion units of a hundred tonnes each.
    @Test func `bills the heaviest line without overflow`() {
        let grams = Limits.quantityMaximum * Limits.unitWeightMaximum

        #expect(Weight(grams: grams).poundsRoundedUp == 220_462_262_184_878)
    }

    @Test func `adds and compares as its grams do`() {
        #expect(Weight(grams: 200) + Weight(grams: 254) == Weight(grams: 454))
        #expect(Weight(grams: 453) < Weight(pounds: 1))
    }

    @Test func `is never negative`() async {
        await #expect(processExitsWith: .failure) {
            _ = Weight(grams: -1)
        }
    }
}
