/// What makes a SKU a hazardous material of the United States' transport rules.
package struct Hazmat: Hashable, Sendable {
    /// The number after `UN` or `NA`: 1203.
    package let number: Int
    /// How dangerous; nil where the material has no groups, or nobody says.
    package let packingGroup: PackingGroup?
    /// Whether it is packed as a limited quantity, which needs no labels.
    package let isLimitedQuantity: Bool

    package init(number: Int, packingGroup: PackingGroup?, isLimitedQuantity: Bool = false) {
        self.number = number
        self.packingGroup = packingGroup
        self.isLimitedQuantity = isLimitedQuantity
    }

    /// How dangerous a material is: great, medium or minor danger.
    package enum PackingGroup: Int, CaseIterable, Hashable, Sendable {
        case one = 1
        case two
        case three

        /// `I`, `II` or `III`.
        package var numeral: String { String(repeating: "I", count: rawValue) }

        /// Reads `II`, `PG II` or `2`.
        package init(parsing text: String) throws(ParseError) {
            var word = text.uppercased()
            if word.hasPrefix("PG") { word = String(word.dropFirst(2).drop { $0 == " " }) }
            guard
                let group = Self.allCases.first(where: {
                    $0.numeral == word || String($0.rawValue) == word
                })
            else { throw ParseError("‘\(text)’ is not a packing group; write I, II or III") }
            self = group
        }
    }

    /// Reads `UN1203`, `NA1993` or `1203`, with leading zeros.
    package static func number(parsing text: String) throws(ParseError) -> Int {
        var digits = text.uppercased()[...]
        if digits.hasPrefix("UN") || digits.hasPrefix("NA") || digits.hasPrefix("ID") {
            digits = digits.dropFirst(2)
        }
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits)
        else { throw ParseError("‘\(text)’ is not a UN number; write it as UN1203") }
        return number
    }

    /// `UN1203`; a number is written with four digits.
    package var name: String {
        let digits = String(number)
        return "UN" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
