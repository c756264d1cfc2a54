internal import AllocationModel

extension RuleReading {
    private static let otherKeys = [
        "destination", "value", "requested-within-days", "hazmat",
    ]

    /// Reads what stands under `when`.
    mutating func readCondition(_ node: RuleNode) -> RuleCondition {
        let dimensions = RuleCondition.Dimension.allCases
        let parts = entries(of: node, known: dimensions.map(\.rawValue) + Self.otherKeys)
        var condition = RuleCondition()
        for dimension in dimensions {
            guard let part = parts[dimension.rawValue] else { continue }
            let words = texts(of: part).compactMap { checked($0, in: dimension) }
            condition.words[dimension] = Set(words)
        }
        if let part = parts["destination"] {
            condition.isInternational = isInternational(part)
        }
        if let part = parts["value"] { readValue(part, into: &condition) }
        if let part = parts["requested-within-days"] {
            condition.requestedWithinDays = integer(part, in: 0...RuleLimits.daysMaximum)
        }
        if let part = parts["hazmat"] { condition.isHazardous = flag(part) }
        return condition
    }

    /// Returns the word as facts are compared with it, where the dimension has such a word.
    private mutating func checked(
        _ word: RuleWord,
        in dimension: RuleCondition.Dimension
    ) -> String? {
        switch dimension {
        case .type: return self.word(word, of: OrderType.self)?.rawValue
        case .payment: return self.word(word, of: PaymentMethod.self)?.rawValue
        case .urgency: return self.word(word, of: Urgency.self)?.rawValue
        case .freightClass:
            guard let found = try? FreightClass(parsing: word.value) else {
                fault(
                    word.line,
                    "‘\(word.value)’ is not a freight class",
                    hint: "the eighteen run from 50 to 500"
                )
                return nil
            }
            return found.name
        case .country:
            guard let found = try? Country(parsing: word.value.uppercased()) else {
                fault(
                    word.line,
                    "‘\(word.value)’ is not a country",
                    hint: "give its ISO 3166 code, such as US"
                )
                return nil
            }
            return found.code.lowercased()
        case .region:
            let parts = word.value.split(separator: "-", maxSplits: 1).map(String.init)
            guard parts.count == 2, (try? Country(parsing: parts[0].uppercased())) != nil else {
                fault(
                    word.line,
                    "‘\(word.value)’ is not a region",
                    hint: "write country and region, as US-TX"
                )
                return nil
            }
            return word.value.lowercased()
        case .contract, .customer, .company, .tag, .segment, .sku, .handling, .lotNeeds:
            return word.value.lowercased()
        }
    }

    private mutating func isInternational(_ node: RuleNode) -> Bool? {
        guard let text = readText(node) else { return nil }
        let words = ["international", "domestic"]
        guard words.contains(text) else {
            fault(
                node.line,
                "‘\(text)’ is no kind of destination",
                hint: NearestWord.hint(for: text, among: words)
            )
            return nil
        }
        return text == words[0]
    }

    private mutating func readValue(_ node: RuleNode, into condition: inout RuleCondition) {
        let parts = entries(of: node, known: ["at-least", "below"])
        condition.valueMinimum = parts["at-least"].flatMap { money($0) }
        condition.valueEnd = parts["below"].flatMap { money($0) }
        if let minimum = condition.valueMinimum, let end = condition.valueEnd,
            end.minorUnits <= minimum.minorUnits
        {
            fault(
                node.line,
                "is met by no value: at least \(minimum.decimal) and below \(end.decimal)",
                hint: "swap the two"
            )
        }
    }
}
