package import AllocationModel

/// One line of what a shipment costs, as an invoice shows it.
package struct ChargeLine: Hashable, Sendable {
    /// What is charged for.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Parcels of one weight, from the table.
        case packages
        case residential
        /// What a package costs more for where it goes.
        case deliveryArea
        /// What a heavy or large package costs more, with fuel on it.
        case oversize
        /// Weight by class, before anything agreed.
        case linehaul
        /// The lane's least charge, in place of the weight's.
        case minimum
        /// Less than nothing.
        case discount
        /// What the discount may not take away.
        case floor
        case fuel
        /// What rounding once, at the end, leaves over.
        case rounding
        case accessorial
    }

    package let kind: Kind
    package let text: String
    package let amount: Money

    package init(_ kind: Kind, _ text: String, _ amount: Money) {
        self.kind = kind
        self.text = text
        self.amount = amount
    }
}

/// Hundredths of a percent, as people write them.
enum Percent {
    /// Returns `18.5 %` for 1850.
    static func text(basisPoints: Int64) -> String {
        let (whole, rest) = (basisPoints / 100, basisPoints % 100)
        if rest == 0 { return "\(whole) %" }
        return rest % 10 == 0
            ? "\(whole).\(rest / 10) %" : "\(whole).\(rest < 10 ? "0" : "")\(rest) %"
    }
}
