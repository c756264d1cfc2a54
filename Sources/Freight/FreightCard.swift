package import AllocationModel

/// What the cards of carriers of freight have in common: by class and weight, or by the truck.
package protocol FreightCard: Sendable {
    associatedtype Agreement: FreightTerms
    /// The service's code, unique in the warehouse.
    var service: String { get }
    var carrier: String { get }
    var level: ServiceLevel { get }
    var terms: Agreement { get }
}

extension FreightCard {
    package var currency: Currency { terms.currency }

    /// Returns what is asked for goods like these besides, where the card has a price of it.
    ///
    /// For hazardous materials, unless they are packed as limited quantities and need neither
    /// labels nor papers; and for length, by the longest that a side reaches and that has a price.
    package func fees(on entry: CatalogEntry) -> Set<Accessorial> {
        var fees: Set<Accessorial> = []
        if entry.hazmat?.isLimitedQuantity == false { fees.insert(.hazmat) }
        let longest = entry.dimensions.map { max($0.length, $0.width, $0.height) } ?? 0
        let length = Accessorial.lengths.last {
            longest >= $0.feet.millimetres && terms.charge(for: $0.fee) > 0
        }
        if let length { fees.insert(length.fee) }
        return fees.filter { terms.charge(for: $0) > 0 }
    }
}

/// What was agreed with a carrier of freight beside its rates.
package protocol FreightTerms: Sendable {
    var currency: Currency { get }
    /// What each accessorial costs; one that is not named is not offered.
    var accessorials: [Accessorial: Money] { get }
    var fuelBasisPoints: Int64 { get }
    /// For each shipment.
    var handling: Money { get }
}

/// What is asked of a carrier beside the way, and what that costs together.
struct Extras {
    /// In order, a residence's among them.
    let asked: [Accessorial]
    /// In minor units.
    let charge: Int64
}

extension FreightTerms {
    func charge(for accessorial: Accessorial) -> Int64 {
        accessorials[accessorial]?.minorUnits ?? 0
    }

    /// Returns what the destination and the goods need that has no price; nil where all has one.
    func unpriced(at destination: Destination, beside fees: Set<Accessorial>) -> Accessorial? {
        fees.union(destination.accessorials).subtracting(accessorials.keys).min()
    }

    /// Returns what a shipment is asked for, to a destination, with fees of its goods.
    func extras(at destination: Destination, beside fees: Set<Accessorial>) -> Extras {
        let asked = fees.union(destination.accessorials)
            .union(destination.isResidential ? [.residential] : []).ofOneShipment.sorted()
        return Extras(asked: asked, charge: asked.reduce(0) { $0 + charge(for: $1) })
    }

    /// - Throws: `ParseError` for what is no charge, and for lengths that cost less than shorter ones.
    func checkCharges(beside others: [Money]) throws(ParseError) {
        let amounts = others + accessorials.sorted { $0.key < $1.key }.map(\.value)
        for amount in amounts
        where amount.currency != currency
            || !(0...Limits.packageChargeMaximum).contains(amount.minorUnits)
        {
            throw ParseError("‘\(amount)’ is not a charge in \(currency)")
        }
        let lengths = Accessorial.lengths.compactMap { length in
            accessorials[length.fee].map { (length.fee, $0) }
        }
        for (shorter, longer) in zip(lengths, lengths.dropFirst())
        where shorter.1.minorUnits > longer.1.minorUnits {
            throw ParseError(
                "\(longer.0.rawValue) costs \(longer.1.decimal), less than "
                    + "\(shorter.0.rawValue) at \(shorter.1.decimal); correct one of them"
            )
        }
    }
}

extension Int64 {
    /// So many feet, which are 304.8 mm each, rounded down as sides are rounded up.
    fileprivate var millimetres: Int64 { self * 3048 / 10 }
}
