internal import AllocationModel

/// Text with the line it stands on.
struct RuleWord {
    let value: String
    let line: Int
}

extension RuleReading {
    /// Reads a block of keys; a key that is not known is a fault that names the nearest.
    mutating func entries(of node: RuleNode, known: [String]) -> [String: RuleNode] {
        guard case .map(let entries, _) = node else {
            fault(
                node.line,
                "is \(node.kind)",
                hint: "write keys: \(known.joined(separator: ", "))"
            )
            return [:]
        }
        var found: [String: RuleNode] = [:]
        for entry in entries {
            if known.contains(entry.key) {
                found[entry.key] = entry.value
            } else {
                fault(
                    entry.line,
                    "‘\(entry.key)’ means nothing here",
                    hint: NearestWord.hint(for: entry.key, among: known)
                )
            }
        }
        return found
    }

    mutating func list(of node: RuleNode) -> [RuleNode] {
        switch node {
        case .list(let elements, _): return elements
        case .nothing: return []
        case .scalar, .map:
            fault(node.line, "is \(node.kind) and not a list", hint: "begin each element with ‘- ’")
            return []
        }
    }

    mutating func readText(_ node: RuleNode) -> String? {
        if case .scalar(let text, _) = node { return text }
        fault(node.line, "is \(node.kind)", hint: "write one value")
        return nil
    }

    /// Reads one word or a list of them.
    mutating func texts(of node: RuleNode) -> [RuleWord] {
        let words: [RuleWord]
        switch node {
        case .scalar(let text, let line): words = [RuleWord(value: text, line: line)]
        case .list(let elements, _):
            words = elements.compactMap { element in
                readText(element).map { RuleWord(value: $0, line: element.line) }
            }
        case .map, .nothing: words = []
        }
        if words.isEmpty || words.count > RuleLimits.wordsMaximum {
            fault(
                node.line,
                words.isEmpty ? "names nothing" : "names \(words.count) things",
                hint: "write 1 to \(RuleLimits.wordsMaximum) words, as [one, another]"
            )
        }
        return words
    }

    mutating func readName(_ node: RuleNode) -> String? {
        guard let text = readText(node) else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard text.utf8.count <= RuleLimits.nameBytesMaximum, isPlain else {
            fault(
                node.line,
                "has a name that no table has room for",
                hint: "use at most \(RuleLimits.nameBytesMaximum) bytes on one line"
            )
            return nil
        }
        return text
    }

    mutating func parsed<Value>(
        _ node: RuleNode,
        by parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        guard let text = readText(node) else { return nil }
        do throws(ParseError) {
            return try parse(text)
        } catch {
            let parts = error.description.split(separator: ";", maxSplits: 1)
            fault(
                node.line,
                String(parts[0]),
                hint: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "correct it"
            )
            return nil
        }
    }

    mutating func date(_ node: RuleNode) -> CivilDate? {
        parsed(node) { (text) throws(ParseError) in try CivilDate(parsing: text) }
    }

    mutating func money(_ node: RuleNode) -> Money? {
        let currency = currency
        let amount = parsed(node) { (text) throws(ParseError) in
            try Money(parsing: text, in: currency)
        }
        if let amount, amount.minorUnits < 0 {
            fault(node.line, "is less than nothing", hint: "write an amount such as 100.00")
            return nil
        }
        return amount
    }

    mutating func integer(_ node: RuleNode, in range: ClosedRange<Int>) -> Int? {
        guard let text = readText(node) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            fault(
                node.line,
                "‘\(text)’ does not fit here",
                hint: "write a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return value
    }

    mutating func flag(_ node: RuleNode) -> Bool? {
        guard let text = readText(node) else { return nil }
        switch text {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            fault(node.line, "‘\(text)’ is neither yes nor no", hint: "write yes or no")
            return nil
        }
    }

    mutating func word<Value: RawRepresentable & CaseIterable>(
        _ word: RuleWord,
        of type: Value.Type
    ) -> Value? where Value.RawValue == String {
        if let value = Value(rawValue: word.value.lowercased()) { return value }
        fault(
            word.line,
            "‘\(word.value)’ is not known",
            hint: NearestWord.hint(for: word.value, among: Value.allCases.map(\.rawValue))
        )
        return nil
    }

    mutating func warehouses(_ node: RuleNode) -> [Warehouse.ID] {
        texts(of: node)
            .compactMap { word in
                do throws(ParseError) {
                    return try Warehouse.ID(parsing: word.value)
                } catch {
                    fault(word.line, "is no warehouse: \(error)", hint: "use its name, as DAL")
                    return nil
                }
            }
    }
}
