package import AllocationModel

/// What a package is packed in, as a rater is told: its outside, and what it weighs.
package struct PackageBox: Hashable, Sendable {
    /// Whole inches, the longest first.
    package let inches: [Int64]
    /// What is in it by weight, whatever it is billed as.
    package let weight: Weight

    package init(inches: [Int64], weight: Weight) {
        self.inches = inches
        self.weight = weight
    }
}

/// The weights at which a rater is asked for prices, so that they make a tariff for an order.
package enum PackageLadder {
    /// Units of one SKU that may ride, none, some or all.
    package struct Goods: Hashable, Sendable {
        package let units: Int64
        /// What one is billed as.
        package let billed: Weight
        /// What one weighs.
        package let weight: Weight
        /// Nil where nobody knows.
        package let dimensions: Dimensions?

        package init(
            units: Int64,
            billed: Weight,
            weight: Weight? = nil,
            dimensions: Dimensions? = nil
        ) {
            self.units = units
            self.billed = billed
            self.weight = weight ?? billed
            self.dimensions = dimensions
        }

        /// Takes what a parcel carrier knows of a SKU.
        package init(_ goods: ParcelGoods, units: Int64, billed: Weight) {
            self.init(
                units: units,
                billed: billed,
                weight: goods.unitWeight,
                dimensions: goods.dimensions
            )
        }
    }

    /// One package that is asked about.
    package struct Rung: Hashable, Sendable {
        /// As it is billed.
        package let pounds: Int
        /// Nil where it could be packed of goods whose sizes nobody knows.
        package let box: PackageBox?
    }

    /// Returns whole pounds, rising: those of every package that the goods could make.
    ///
    /// A load fills packages of `most` and puts the rest into one more. Where the rests
    /// are more than `Limits.ladderRowsMaximum`, some of them are left out, and a package
    /// costs what the next weight above it does; the heaviest is always there.
    ///
    /// What fits into one package is boxed; of several ways to come to a weight, the bulkiest.
    /// A package beside full ones, or among more weights than can be written down, has no size.
    ///
    /// - Parameters:
    ///   - goods: What may ride.
    ///   - most: What one package may weigh: whole pounds.
    /// - Returns: No more than the limit; empty where nothing may ride.
    package static func rungs(
        for goods: [Goods],
        packageWeightMaximum most: Weight
    ) -> [Rung] {
        let riding = goods.filter { $0.units > 0 && $0.billed > .zero && $0.billed <= most }
        guard let lightest = riding.map(\.billed).min() else { return [] }
        let total = riding.reduce(Int128(0)) { $0 + Int128($1.units) * Int128($1.billed.grams) }
        let isFilled = total >= Int128(most.grams)
        let top = isFilled ? most : Weight(grams: Int64(total))
        guard let rests = rests(of: riding, packageWeightMaximum: most) else {
            let pounds = Array(Int(lightest.poundsBilled)...Int(top.poundsBilled))
            return thinned(pounds.map { Rung(pounds: $0, box: nil) })
        }
        var packings: [Int: Packing] = [:]
        for (grams, packing) in rests {
            let pounds = Int(Weight(grams: grams).poundsBilled)
            packings[pounds] = packings[pounds].map { $0.bulkier(packing) } ?? packing
        }
        // Full ones are packed anyhow.
        if isFilled { packings[Int(most.poundsBilled)] = .unknown }
        return thinned(
            packings.sorted { $0.key < $1.key }
                .map { Rung(pounds: $0.key, box: $0.value.box) }
        )
    }

    /// What could be left beside full packages; nil where that is too much to write down.
    private static func rests(
        of goods: [Goods],
        packageWeightMaximum most: Weight
    ) -> [Int64: Packing]? {
        var sums: [Int64: Packing] = [0: .empty]
        for item in goods {
            guard item.units <= Int64(Limits.ladderSumsMaximum / sums.count) else { return nil }
            var next = sums
            for (sum, packing) in sums {
                var (rest, packed) = (sum, packing)
                for _ in 0..<item.units {
                    rest += item.billed.grams
                    packed = rest < most.grams ? packed.adding(item) : .unknown
                    rest %= most.grams
                    next[rest] = next[rest].map { $0.bulkier(packed) } ?? packed
                }
            }
            sums = next
        }
        sums[0] = nil
        return sums
    }

    /// So many of them at equal distances, the last among them.
    private static func thinned(_ rungs: [Rung]) -> [Rung] {
        let rows = Limits.ladderRowsMaximum
        guard rungs.count > rows else { return rungs }
        return (1...rows).map { rungs[($0 * rungs.count + rows - 1) / rows - 1] }
    }
}

extension PackageLadder {
    /// What is in one package, as far as its size goes.
    private enum Packing {
        /// The longest of each side in inches, the cubic inches of all, and the grams.
        case known(sides: [Int64], volume: Int64, grams: Int64)
        case unknown

        static let empty = Packing.known(sides: [0, 0, 0], volume: 0, grams: 0)

        func adding(_ goods: Goods) -> Packing {
            guard case .known(let sides, let volume, let grams) = self,
                let added = goods.dimensions?.inchesRoundedUp
            else { return .unknown }
            return .known(
                sides: zip(sides, added).map { max($0, $1) },
                volume: volume + added[0] * added[1] * added[2],
                grams: grams + goods.weight.grams
            )
        }

        /// The one that no carrier charges less for, as far as its size tells.
        func bulkier(_ other: Packing) -> Packing {
            guard case .known(let sides, let volume, let grams) = self,
                case .known(let otherSides, let otherVolume, let otherGrams) = other
            else { return .unknown }
            let isBulkier = [volume] + sides + [grams]
            let other = [otherVolume] + otherSides + [otherGrams]
            return isBulkier.lexicographicallyPrecedes(other)
                ? .known(sides: otherSides, volume: otherVolume, grams: otherGrams) : self
        }

        /// A box that takes the longest of each side and all of the volume, as little long as may be.
        var box: PackageBox? {
            guard case .known(var sides, let volume, let grams) = self, grams > 0, sides[2] > 0
            else { return nil }
            while sides[0] * sides[1] * sides[2] < volume {
                // The shortest grows; of equal ones the last.
                if sides[2] < sides[1] {
                    sides[2] += 1
                } else if sides[1] < sides[0] {
                    sides[1] += 1
                } else {
                    sides[0] += 1
                }
            }
            return PackageBox(inches: sides, weight: Weight(grams: grams))
        }
    }
}

extension Dimensions {
    /// The sides in whole inches, the longest first; nil for one that is nothing, or endless.
    ///
    /// Sides are kept in millimetres, rounded up: what that adds is taken off again.
    fileprivate var inchesRoundedUp: [Int64]? {
        let sides = sidesFromLongest
        guard sides[2] > 0, sides[0] <= Limits.sideMillimetresMaximum else { return nil }
        // An inch is 25.4 mm.
        return sides.map { ($0 - 1) * 10 / 254 + 1 }
    }
}
