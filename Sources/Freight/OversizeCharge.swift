package import AllocationModel

/// What a carrier charges more for a package that is heavy, long, wide or thick.
///
/// Additional handling and large packages, as UPS and FedEx call them: of several that apply to
/// a package the dearest is charged, and fuel on it.
package struct OversizeCharge: Hashable, Sendable {
    /// For each package, before fuel.
    package let amount: Money
    /// Charged above any of these; at least one is there.
    package let over: Bounds

    /// What a package is measured against, in whole pounds and inches; nil for what does not count.
    package struct Bounds: Hashable, Sendable {
        package let pounds: Int64?
        /// Of the longest side.
        package let length: Int64?
        /// Of the second longest.
        package let width: Int64?
        /// Of the longest side and twice the other two together.
        package let girth: Int64?

        package init(
            pounds: Int64? = nil,
            length: Int64? = nil,
            width: Int64? = nil,
            girth: Int64? = nil
        ) {
            self.pounds = pounds
            self.length = length
            self.width = width
            self.girth = girth
        }

        var all: [Int64] { [pounds, length, width, girth].compactMap(\.self) }
    }

    /// Checks a charge that came from outside.
    package init(checking amount: Money, over: Bounds) throws(ParseError) {
        guard (1...Limits.packageChargeMaximum).contains(amount.minorUnits) else {
            throw ParseError("‘\(amount)’ is no charge for a package; give more than nothing")
        }
        let most = Limits.parcelInchesMaximum
        guard !over.all.isEmpty, over.all.allSatisfy({ (1...most).contains($0) }) else {
            throw ParseError(
                "says nothing of which packages it is for; write what they are above, in whole "
                    + "pounds or inches up to \(most), such as pounds=50,length=48,width=30"
            )
        }
        self.amount = amount
        self.over = over
    }

    /// Whether a package of this weight and size is charged.
    ///
    /// Sides are kept in millimetres, rounded up: what that adds is taken off again. What has no
    /// dimensions is charged by its weight alone.
    func applies(to weight: Weight, _ dimensions: Dimensions?) -> Bool {
        if let pounds = over.pounds, weight > Weight(pounds: pounds) { return true }
        guard let sides = dimensions?.sidesFromLongest else { return false }
        // An inch is 25.4 mm. The longest counts once and the others twice.
        let girth = sides[0] + 2 * (sides[1] + sides[2])
        let measured = [
            (sides[0] - 1, over.length), (sides[1] - 1, over.width), (girth - 5, over.girth),
        ]
        return measured.contains { millimetres, inches in
            inches.map { millimetres * 10 >= $0 * 254 } ?? false
        }
    }
}

extension OversizeCharge.Bounds {
    /// Reads `pounds=50,length=48,width=30,girth=130`.
    package init(parsing text: String) throws(ParseError) {
        var found: [String: Int64] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
                .map(String.init)
            guard pair.count == 2, Self.names.contains(pair[0]), let value = Int64(pair[1]),
                found.updateValue(value, forKey: pair[0]) == nil
            else {
                throw ParseError(
                    "‘\(part)’ is no bound; write each of \(Self.names.joined(separator: ", ")) "
                        + "once at most, such as pounds=50,length=48,width=30"
                )
            }
        }
        self.init(
            pounds: found["pounds"],
            length: found["length"],
            width: found["width"],
            girth: found["girth"]
        )
    }

    /// As it is read.
    package var text: String {
        zip(Self.names, [pounds, length, width, girth])
            .compactMap { name, value in value.map { "\(name)=\($0)" } }
            .joined(separator: ",")
    }

    private static let names = ["pounds", "length", "width", "girth"]
}

extension Dimensions {
    /// The three sides in millimetres, the longest first.
    var sidesFromLongest: [Int64] { [length, width, height].sorted(by: >) }
}
