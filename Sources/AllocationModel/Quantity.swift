/// A count of a SKU's smallest sellable increments, never negative.
package struct Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let units: Int64

    package static let zero = Quantity(0)

    /// Wraps a count that is known to be lawful.
    ///
    /// - Precondition: `units` is between zero and `Limits.quantityMaximum` times the lines of an order.
    package init(_ units: Int64) {
        precondition(units >= 0, "a quantity is never negative")
        self.units = units
    }

    /// Reads a count that came from outside.
    package init(checking units: Int64) throws(ParseError) {
        if units < 0 {
            throw ParseError("is \(units); a quantity cannot be negative")
        }
        if units > Limits.quantityMaximum {
            throw ParseError("is \(units); at most \(Limits.quantityMaximum) units are allowed")
        }
        self.units = units
    }

    package var description: String { String(units) }
    package var isZero: Bool { units == 0 }

    package static func < (left: Self, right: Self) -> Bool { left.units < right.units }

    package static func + (left: Self, right: Self) -> Self { Quantity(left.units + right.units) }

    /// Returns the difference, or zero where `other` is the larger.
    package func lessAtMost(_ other: Quantity) -> Quantity {
        Quantity(max(0, units - other.units))
    }
}

extension Quantity: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        self.init(value)
    }
}

/// What a SKU is counted in, and the steps in which it is sold.
///
/// A `Quantity` counts increments: hose sold by the half foot has the unit `ft`
/// and 5 tenths to the increment; a bolt sold singly but only by the dozen has
/// an increment of one and is sold in multiples of 12.
package struct SellingUnit: Hashable, Sendable {
    /// The unit's name on paper: `each`, `ft`, `box`.
    package let name: String
    /// Quantities must be a multiple of this many increments.
    package let multiple: Int64

    /// - Precondition: `multiple` is positive.
    package init(name: String = "each", multiple: Int64 = 1) {
        precondition(multiple > 0, "a selling multiple is positive")
        self.name = name
        self.multiple = multiple
    }

    /// Returns the lawful quantities next below and next above `quantity`, or nil if it is lawful.
    ///
    /// Zero is not a lawful order; below the first multiple both neighbours are that multiple.
    package func nearestLawful(to quantity: Quantity) -> (below: Quantity, above: Quantity)? {
        let remainder = quantity.units % multiple
        if remainder == 0 && quantity.units > 0 { return nil }
        let below = quantity.units - remainder
        let above = below + multiple
        return (Quantity(below == 0 ? above : below), Quantity(above))
    }
}

/// A mass in whole grams.
package struct Weight: Hashable, Comparable, Sendable {
    package let grams: Int64

    package static let zero = Weight(grams: 0)
    /// The international avoirdupois pound is 453.592 37 g exactly (1959 agreement).
    package static let poundHundredThousandths: Int64 = 45_359_237

    /// - Precondition: `grams` is not negative.
    package init(grams: Int64) {
        precondition(grams >= 0, "a weight is never negative")
        self.grams = grams
    }

    /// Returns a weight of whole pounds, rounded up to the gram.
    package init(pounds: Int64) {
        self.init(grams: (pounds * Self.poundHundredThousandths + 99_999) / 100_000)
    }

    /// Pounds, rounded up to the next whole one, as carriers bill.
    package var poundsRoundedUp: Int64 {
        // Whole multiples first: the product of the heaviest line would not fit.
        let pound = Self.poundHundredThousandths
        return grams / pound * 100_000 + (grams % pound * 100_000 + pound - 1) / pound
    }

    package static func < (left: Self, right: Self) -> Bool { left.grams < right.grams }
    package static func + (left: Self, right: Self) -> Self {
        Weight(grams: left.grams + right.grams)
    }
}
