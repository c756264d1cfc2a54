package import AllocationModel

/// How large a package a carrier takes, beside how heavy.
package struct ParcelSize: Hashable, Sendable {
    /// Whole inches of the longest side.
    package let lengthInchesMaximum: Int64
    /// Whole inches of the longest side and twice the other two together.
    package let girthInchesMaximum: Int64

    /// What UPS and FedEx publish.
    package static let standard = ParcelSize(trusted: 108, 165)

    private init(trusted length: Int64, _ girth: Int64) {
        lengthInchesMaximum = length
        girthInchesMaximum = girth
    }

    /// Checks limits that came from outside.
    package init(checkingLength length: Int64, girth: Int64) throws(ParseError) {
        let most = Limits.parcelInchesMaximum
        guard (1...most).contains(length), (length...most).contains(girth) else {
            throw ParseError(
                "\(length) in long, and \(girth) in with the girth, are no limits of a package; "
                    + "write --max-length 108 --max-girth 165, at most \(most)"
            )
        }
        self.init(trusted: length, girth)
    }

    /// Whether one unit by itself is no larger; one without dimensions is not.
    ///
    /// Sides are kept in millimetres, rounded up: what that adds is taken off again.
    package func takes(_ dimensions: Dimensions?) -> Bool {
        guard let dimensions else { return true }
        let sides = dimensions.sidesFromLongest
        // An inch is 25.4 mm. The longest counts once and the others twice.
        let girth = sides[0] + 2 * (sides[1] + sides[2])
        return (sides[0] - 1) * 10 < lengthInchesMaximum * 254
            && (girth - 5) * 10 < girthInchesMaximum * 254
    }
}
