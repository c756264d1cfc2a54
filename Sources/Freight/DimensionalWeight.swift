package import AllocationModel

/// Cubic inches that a carrier counts as one pound: 139 unless a contract says otherwise.
package struct DimensionalDivisor: Hashable, Sendable {
    package let cubicInchesPerPound: Int64

    /// UPS's and FedEx's published divisor.
    package static let standard = DimensionalDivisor(trusted: 139)

    private init(trusted value: Int64) {
        cubicInchesPerPound = value
    }

    /// Checks a divisor that came from outside.
    package init(checking value: Int64) throws(ParseError) {
        guard Limits.dimensionalDivisors.contains(value) else {
            throw ParseError("is \(value); a divisor is in cubic inches to the pound, such as 139")
        }
        self.init(trusted: value)
    }

    /// Returns the weight that a carrier bills for one unit: the greater of actual and dimensional.
    ///
    /// For each unit by itself, as if it were a package; the volume that several
    /// save or waste in one box is not known until they are packed. Dimensional
    /// weight is length × width × height ÷ divisor, rounded up to the gram; no
    /// side is rounded to the inch, for that happens to boxes.
    package func billableWeight(actual: Weight, dimensions: Dimensions?) -> Weight {
        guard let dimensions else { return actual }
        return max(actual, dimensionalWeight(of: dimensions))
    }

    /// Returns the weight that the volume alone stands for.
    package func dimensionalWeight(of dimensions: Dimensions) -> Weight {
        let sides = [dimensions.length, dimensions.width, dimensions.height]
        let volume = sides.reduce(Int128(1)) { product, side in
            product * Int128(min(max(side, 0), Limits.sideMillimetresMaximum))
        }
        // An inch is 25.4 mm, so a cubic inch 16 387.064 mm³; a pound is
        // 453.592 37 g. Both scaled by 100 000 to be whole.
        let perGram = Int128(cubicInchesPerPound) * 1_638_706_400
        let grams = (volume * Int128(Weight.poundHundredThousandths) + perGram - 1) / perGram
        return Weight(grams: Int64(min(grams, Int128(Limits.unitWeightMaximum))))
    }
}

extension Dimensions {
    /// Converts tenths of an inch, each side rounded up to the millimetre.
    ///
    /// - Throws: `ParseError` where a side is negative or longer than any trailer.
    package init(
        lengthInchTenths: Int64,
        widthInchTenths: Int64,
        heightInchTenths: Int64
    ) throws(ParseError) {
        let bound = Limits.sideMillimetresMaximum
        for side in [lengthInchTenths, widthInchTenths, heightInchTenths]
        where !(0...bound / 3).contains(side) {
            throw ParseError("is \(side) tenths of an inch; a side is 0 to \(bound / 3)")
        }
        // A tenth of an inch is 2.54 mm.
        self.init(
            length: (lengthInchTenths * 254 + 99) / 100,
            width: (widthInchTenths * 254 + 99) / 100,
            height: (heightInchTenths * 254 + 99) / 100
        )
    }
}
