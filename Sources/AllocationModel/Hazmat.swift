/// What makes a SKU a hazardous material of the United States' transport rules.
package struct Hazmat: Hashable, Sendable {
    /// The number after `UN` or `NA`: 1203.
    package let number: Int
    /// How dangerous; nil where the material has no groups, or nobody says.
    package let packingGroup: PackingGroup?
    /// Whether it is packed as a limited quantity, which needs no labels.
    package let isLimitedQuantity: Bool
    /// How much of it one unit holds, without its packaging; nil where the site does not say.
    package let content: Content?

    package init(
        number: Int,
        packingGroup: PackingGroup?,
        isLimitedQuantity: Bool = false,
        content: Content? = nil
    ) {
        self.number = number
        self.packingGroup = packingGroup
        self.isLimitedQuantity = isLimitedQuantity
        self.content = content
    }

    /// So much of a material: liquids by volume, all else by mass.
    package struct Content: Hashable, Sendable, CustomStringConvertible {
        package let kind: Kind
        /// Millilitres or grams.
        package let thousandths: Int64

        /// What is measured.
        package enum Kind: String, CaseIterable, Hashable, Sendable {
            case litres = "L"
            case kilograms = "kg"
        }

        package init(_ thousandths: Int64, thousandthsOf kind: Kind) {
            self.kind = kind
            self.thousandths = thousandths
        }

        /// `5 L`, `0.25 kg`.
        package var description: String {
            let (whole, rest) = (thousandths / 1000, thousandths % 1000)
            var digits = rest == 0 ? "" : "." + String(rest + 1000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            return "\(whole)\(digits) \(kind.rawValue)"
        }
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

    /// Whether both are one material, however much there is of it.
    package func isSameMaterial(as other: Hazmat) -> Bool {
        number == other.number && packingGroup == other.packingGroup
    }

    /// `UN1203`; a number is written with four digits.
    package var name: String {
        let digits = String(number)
        return "UN" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}

extension Hazmat.Content {
    /// Reads `5 L`, `0.25 kg`, `500 mL` or `400 g`; of a liquid the volume, else the mass.
    package init(parsing text: String) throws(ParseError) {
        let digits = text.prefix { $0 == "." || $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        let known: [String: (kind: Kind, thousandths: Int64)] = [
            "l": (.litres, 1000), "ml": (.litres, 1), "kg": (.kilograms, 1000),
            "g": (.kilograms, 1),
        ]
        guard let unit = known[unit],
            let thousandths = Self.thousandths(digits, times: unit.thousandths)
        else {
            throw ParseError(
                "‘\(text)’ is not how much of the material a unit holds; write 5 L, 500 mL, "
                    + "2.5 kg or 400 g"
            )
        }
        self.init(thousandths, thousandthsOf: unit.kind)
    }

    /// At most nine digits before the point, and as many after it as make whole thousandths.
    private static func thousandths(_ text: Substring, times unit: Int64) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, (1...9).contains(first.count), let whole = Int64(first)
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || (1...3).contains(fraction.count) && unit == 1000 else {
            return nil
        }
        let padded = fraction + String(repeating: "0", count: 3 - fraction.count)
        guard let rest = Int64(padded) else { return nil }
        let sum = whole * unit + (unit == 1000 ? rest : 0)
        return (1...Limits.hazmatContentMaximum).contains(sum) ? sum : nil
    }
}
