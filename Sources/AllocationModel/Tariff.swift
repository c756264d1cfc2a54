/// The freight of one shipment, as a function of what rides in it.
///
/// A bid carries functions and not prices, because the split is not known when
/// it is made. The bid, the solver and the explanation all call `charge(for:)`:
/// there is no second formula. Weights are in whatever unit the tariff's maker
/// and its caller share: grams in the product, tenths of a pound in the
/// solver's instance files.
package enum Tariff: Hashable, Sendable {
    case parcel(ParcelTariff)
    case parcelTable(ParcelTableTariff)
    case lessThanTruckload(LTLTariff)
    case fullTruckload(FTLTariff)

    /// Returns the freight, or nil where the load exceeds what the service carries.
    ///
    /// - Complexity: The rows of the tariff times the classes of the load; allocates nothing.
    package func charge(for load: borrowing Load) -> Cost? {
        switch self {
        case .parcel(let tariff): tariff.charge(forBillableWeight: load.billableWeight)
        case .parcelTable(let tariff): tariff.charge(forBillableWeight: load.billableWeight)
        case .lessThanTruckload(let tariff): tariff.charge(for: load)
        case .fullTruckload(let tariff): tariff.charge(forWeight: load.weight)
        }
    }
}

/// What rides in one shipment, summed the way tariffs ask for it.
package struct Load: Hashable, Sendable {
    /// Actual weight.
    package var weight: Int64
    /// The greater of actual and dimensional weight of each unit, summed.
    package var billableWeight: Int64
    /// Actual weight by LTL class index, in the order of `FreightClass.allCases`; empty without LTL.
    package var weightByClass: [Int64]

    package init(weight: Int64 = 0, billableWeight: Int64 = 0, weightByClass: [Int64] = []) {
        self.weight = weight
        self.billableWeight = billableWeight
        self.weightByClass = weightByClass
    }
}

/// Packages of at most `packageWeightMaximum`, each at a base and a rate per unit of weight.
///
/// `parcel` of the solver's instance format: `ceil(D / cap) * base + rate * D`.
package struct ParcelTariff: Hashable, Sendable {
    package let base: Cost
    package let rate: Cost
    package let packageWeightMaximum: Int64
    package let packagesMaximum: Int64

    /// - Precondition: costs are not negative and the maxima are positive.
    package init(base: Cost, rate: Cost, packageWeightMaximum: Int64, packagesMaximum: Int64) {
        precondition(base >= .zero && rate >= .zero, "freight is never negative")
        precondition(packageWeightMaximum > 0 && packagesMaximum > 0, "a package holds something")
        self.base = base
        self.rate = rate
        self.packageWeightMaximum = packageWeightMaximum
        self.packagesMaximum = packagesMaximum
    }

    /// Returns the freight of so much billable weight, or nil above the most packages.
    package func charge(forBillableWeight weight: Int64) -> Cost? {
        let packages = (weight + packageWeightMaximum - 1) / packageWeightMaximum
        guard packages <= packagesMaximum else { return nil }
        return base * packages + rate * weight
    }
}

/// Packages priced from a table of billable weights, as parcel carriers publish it.
///
/// A load fills packages of the table's largest weight; the rest rides in one
/// more. A package costs what the first row at or above its weight says.
package struct ParcelTableTariff: Hashable, Sendable {
    /// One row: a package up to this weight costs this much.
    package struct Step: Hashable, Sendable {
        package let weightMaximum: Int64
        package let charge: Cost

        package init(weightMaximum: Int64, charge: Cost) {
            self.weightMaximum = weightMaximum
            self.charge = charge
        }
    }

    package let steps: [Step]
    package let packagesMaximum: Int64

    /// - Precondition: at least one step; weights positive and rising, charges never falling nor negative.
    package init(steps: [Step], packagesMaximum: Int64) {
        precondition(
            Self.areLawful(steps) && packagesMaximum > 0,
            "a rate table has rising weights and charges that do not fall"
        )
        self.steps = steps
        self.packagesMaximum = packagesMaximum
    }

    /// Whether `steps` can make a tariff: what an importer or decoder asks first.
    package static func areLawful(_ steps: [Step]) -> Bool {
        guard let first = steps.first, first.weightMaximum > 0, first.charge >= .zero else {
            return false
        }
        return zip(steps, steps.dropFirst())
            .allSatisfy { lower, upper in
                lower.weightMaximum < upper.weightMaximum && lower.charge <= upper.charge
            }
    }

    /// The most one package may weigh.
    package var packageWeightMaximum: Int64 { steps[steps.count - 1].weightMaximum }

    /// Returns the freight of so much billable weight, or nil above the most packages.
    package func charge(forBillableWeight weight: Int64) -> Cost? {
        let full = weight / packageWeightMaximum
        let rest = weight % packageWeightMaximum
        guard full + (rest > 0 ? 1 : 0) <= packagesMaximum else { return nil }
        let last = steps[steps.count - 1].charge
        return last * full + (rest > 0 ? charge(forPackageOf: rest) : .zero)
    }

    private func charge(forPackageOf weight: Int64) -> Cost {
        var low = 0
        var high = steps.count - 1
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].weightMaximum < weight { low = middle + 1 } else { high = middle }
        }
        return steps[low].charge
    }
}

/// Less than truckload: rates by class and weight break, deficit rating, a minimum charge.
///
/// Of the breaks, the cheapest that the load can be billed at: at its own
/// weight, or as the minimum weight of a heavier break (deficit rating). Rates
/// are for `rateWeight` units of weight, because a hundredweight's share of a
/// gram is no whole number of anything; the sum is divided once, and rounded
/// half up to a multiple of `chargeUnit`.
package struct LTLTariff: Hashable, Sendable {
    /// One weight break.
    package struct Break: Hashable, Sendable {
        package let from: Int64
        /// For `rateWeight`, by class index in the order of `FreightClass.allCases`.
        package let rates: [Cost]
        /// For `rateWeight` short of `from`.
        package let deficit: Cost

        package init(from: Int64, rates: [Cost], deficit: Cost) {
            self.from = from
            self.rates = rates
            self.deficit = deficit
        }
    }

    package let minimumCharge: Cost
    package let accessorial: Cost
    package let weightMaximum: Int64
    /// The weight that a rate is for: 1, or in the product a hundredweight in thousandths.
    package let rateWeight: Int64
    /// What the charge before `accessorial` is a multiple of: a cent in the product.
    package let chargeUnit: Cost
    package let breaks: [Break]

    /// - Precondition: at least one break, each with a rate for every class; nothing negative;
    ///   `minimumCharge` is a multiple of `chargeUnit`, and `isInReach` of the numbers.
    package init(
        minimumCharge: Cost,
        accessorial: Cost,
        weightMaximum: Int64,
        rateWeight: Int64 = 1,
        chargeUnit: Cost = Cost(1),
        breaks: [Break]
    ) {
        precondition(!breaks.isEmpty, "a class tariff has at least one break")
        precondition(
            Self.isInReach(rateWeight: rateWeight, chargeUnit: chargeUnit)
                && minimumCharge.tenThousandths % chargeUnit.tenThousandths == 0,
            "rates are for some weight, and charges are multiples of something"
        )
        precondition(
            breaks.allSatisfy { $0.rates.count == FreightClass.allCases.count },
            "a break rates every class"
        )
        self.minimumCharge = minimumCharge
        self.accessorial = accessorial
        self.weightMaximum = weightMaximum
        self.rateWeight = rateWeight
        self.chargeUnit = chargeUnit
        self.breaks = breaks
    }

    /// Whether sums of rates can be divided by these, and their product is in bounds.
    package static func isInReach(rateWeight: Int64, chargeUnit: Cost) -> Bool {
        (1...Limits.rateWeightMaximum).contains(rateWeight)
            && (1...Limits.chargeUnitMaximum).contains(chargeUnit.tenThousandths)
    }

    /// Returns a sum of rates times weights as the multiple of `chargeUnit` that is charged.
    package func charge(forRated sum: Int64) -> Int64 {
        let unit = chargeUnit.tenThousandths
        let divisor = rateWeight * unit
        return divisor == 1 ? sum : (sum + divisor / 2) / divisor * unit
    }

    /// Returns the freight of `load`, or nil above the most weight.
    package func charge(for load: borrowing Load) -> Cost? {
        guard load.weight <= weightMaximum else { return nil }
        var best: Int64 = .max
        for entry in breaks {
            var sum = entry.deficit.tenThousandths * max(0, entry.from - load.weight)
            for index in load.weightByClass.indices where load.weightByClass[index] > 0 {
                sum += entry.rates[index].tenThousandths * load.weightByClass[index]
            }
            best = min(best, sum)
        }
        return max(Cost(charge(forRated: best)), minimumCharge) + accessorial
    }
}

/// Whole trucks at a flat price each.
package struct FTLTariff: Hashable, Sendable {
    package let flat: Cost
    package let capacity: Int64
    package let trucksMaximum: Int64

    /// - Precondition: the price is not negative and the maxima are positive.
    package init(flat: Cost, capacity: Int64, trucksMaximum: Int64) {
        precondition(flat >= .zero && capacity > 0 && trucksMaximum > 0, "a truck holds something")
        self.flat = flat
        self.capacity = capacity
        self.trucksMaximum = trucksMaximum
    }

    /// Returns the freight of so much weight, or nil above the most trucks.
    package func charge(forWeight weight: Int64) -> Cost? {
        trucks(forWeight: weight).map { flat * $0 }
    }

    /// Returns the trucks that carry so much weight, or nil where they are too many.
    package func trucks(forWeight weight: Int64) -> Int64? {
        let trucks = (weight + capacity - 1) / capacity
        return trucks <= trucksMaximum ? trucks : nil
    }
}

/// The eighteen freight classes of the National Motor Freight Classification.
package enum FreightClass: Int, CaseIterable, Hashable, Comparable, Sendable {
    case class50 = 500
    case class55 = 550
    case class60 = 600
    case class65 = 650
    case class70 = 700
    case class77h = 775
    case class85 = 850
    case class92h = 925
    case class100 = 1000
    case class110 = 1100
    case class125 = 1250
    case class150 = 1500
    case class175 = 1750
    case class200 = 2000
    case class250 = 2500
    case class300 = 3000
    case class400 = 4000
    case class500 = 5000

    /// The class as carriers write it: `77.5`.
    package var name: String {
        rawValue % 10 == 0 ? String(rawValue / 10) : "\(rawValue / 10).\(rawValue % 10)"
    }

    /// The position among all classes: the index of `Load.weightByClass`.
    package var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Reads `77.5` or `85`.
    package init(parsing text: String) throws(ParseError) {
        guard let found = Self.allCases.first(where: { $0.name == text }) else {
            throw ParseError("‘\(text)’ is not a freight class; the eighteen run from 50 to 500")
        }
        self = found
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
