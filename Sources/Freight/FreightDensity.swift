package import AllocationModel

extension FreightClass {
    /// The class of goods by how much a cubic foot of them weighs, where no item number says.
    ///
    /// The thirteen tiers of the National Motor Freight Classification since
    /// 2025-07-19 (docket 2025-1): each begins at its lower bound. The weight and
    /// the outside are those of the handling unit, pallet included.
    ///
    /// - Returns: Nil where a side is nothing, so that there is no volume.
    package init?(byDensityOf weight: Weight, in dimensions: Dimensions) {
        let sides = [dimensions.length, dimensions.width, dimensions.height]
        guard sides.allSatisfy({ (1...Limits.sideMillimetresMaximum).contains($0) }) else {
            return nil
        }
        // A pound is 453.592 37 g and a cubic foot 28 316 846.592 mm³; so that w grams in
        // v mm³ are at least t tenths of a pound to the cubic foot where
        // w × 28 316 846.592 × 10 >= t × 453.592 37 × v. Both scaled by 100 000.
        let heavy = Int128(weight.grams) * 28_316_846_592_000
        let volume = sides.reduce(Int128(Weight.poundHundredThousandths)) { $0 * Int128($1) }
        let tier = Self.densityTiers.last { heavy >= Int128($0.tenthPounds) * volume }
        self = tier?.freightClass ?? .class400
    }

    /// By rising density: tenths of a pound to the cubic foot, from which on it is this class.
    private static let densityTiers: [(tenthPounds: Int64, freightClass: FreightClass)] = [
        (10, .class300), (20, .class250), (40, .class175), (60, .class125), (80, .class100),
        (100, .class92h), (120, .class85), (150, .class70), (225, .class65), (300, .class60),
        (350, .class55), (500, .class50),
    ]
}
