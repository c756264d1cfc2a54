internal import AllocationModel

extension RuleSet {
    /// Reads a rule file.
    ///
    /// Every fault is reported, not the first alone; with one, there is no rule set.
    package static func reading(_ text: String) -> (set: RuleSet?, faults: [RuleFault]) {
        do {
            var reading = RuleReading()
            let set = reading.ruleSet(try RuleNode.reading(text))
            return (reading.faults.isEmpty ? set : nil, reading.faults)
        } catch {
            return (nil, [error])
        }
    }
}

/// One reading of one file, with what was found wrong so far.
struct RuleReading {
    private(set) var faults: [RuleFault] = []
    var currency = Currency.usd
    var mixes: [String: ObjectiveMix] = [:]

    mutating func fault(_ line: Int, _ detail: String, hint: String) {
        guard faults.count < RuleLimits.faultsMaximum else { return }
        faults.append(RuleFault(line: line, detail, hint: hint))
    }

    mutating func ruleSet(_ root: RuleNode) -> RuleSet {
        let entries = entries(
            of: root,
            known: ["currency", "home", "mixes", "places", "relax", "protect", "rules"]
        )
        if let node = entries["currency"] {
            currency =
                parsed(node) { (text) throws(ParseError) in try Currency(parsing: text) } ?? .usd
        }
        let home = entries["home"]
            .flatMap { node in
                parsed(node) { (text) throws(ParseError) in try Country(parsing: text) }
            }
        if let node = entries["mixes"] { mixes = readMixes(node) }
        let rules = entries["rules"].map { list(of: $0) } ?? []
        if entries["rules"] == nil {
            fault(root.line, "has no ‘rules’", hint: "write ‘rules:’ and a list below it")
        }
        if rules.count > RuleLimits.rulesMaximum {
            fault(
                root.line,
                "has \(rules.count) rules",
                hint: "at most \(RuleLimits.rulesMaximum) are allowed"
            )
        }
        return RuleSet(
            currency: currency,
            home: home ?? .us,
            rules: rules.prefix(RuleLimits.rulesMaximum).compactMap { readRule($0) },
            relaxations: (entries["relax"].map { list(of: $0) } ?? [])
                .compactMap { readRelaxation($0) },
            protections: (entries["protect"].map { list(of: $0) } ?? [])
                .compactMap { readProtection($0) },
            places: entries["places"].map { readPlaces($0) } ?? []
        )
    }

    // One rule.

    private mutating func readRule(_ node: RuleNode) -> Rule? {
        let parts = entries(of: node, known: ["rule", "when", "then", "soft", "from", "until"])
        let name = parts["rule"].flatMap { readName($0) }
        if parts["rule"] == nil {
            fault(node.line, "is a rule without a name", hint: "begin it with ‘- rule: a name’")
        }
        let condition = parts["when"].map { readCondition($0) } ?? RuleCondition()
        let effects = parts["then"].map { readEffects($0) } ?? []
        if parts["then"] == nil {
            fault(node.line, "is a rule that says nothing", hint: "say what holds under ‘then:’")
        }
        let soft = parts["soft"].map { kinds($0) } ?? []
        for kind in soft where !effects.contains(where: { $0.kind == kind }) {
            fault(
                parts["soft"]?.line ?? node.line,
                "calls ‘\(kind.rawValue)’ soft, which the rule does not say",
                hint: "say it under ‘then:’ or remove it here"
            )
        }
        let from = parts["from"].flatMap { date($0) }
        let until = parts["until"].flatMap { date($0) }
        if let from, let until, until < from {
            fault(
                parts["until"]?.line ?? node.line,
                "ends on \(until), before it begins on \(from)",
                hint: "swap the two dates"
            )
        }
        guard let name else { return nil }
        return Rule(
            name: name,
            line: node.line,
            condition: condition,
            effects: effects,
            soft: soft,
            from: from,
            until: until
        )
    }

    private mutating func readRelaxation(_ node: RuleNode) -> RuleSet.Relaxation? {
        let parts = entries(of: node, known: ["step", "give-up"])
        guard let step = parts["step"], let given = parts["give-up"] else {
            fault(
                node.line,
                "is no step of relaxation",
                hint: "write ‘- step: a name’ and ‘give-up: [force]’"
            )
            return nil
        }
        let givenUp = kinds(given)
        guard let name = readName(step) else { return nil }
        return RuleSet.Relaxation(name: name, kinds: givenUp)
    }

    /// Reads constraints, which are what can be soft.
    private mutating func kinds(_ node: RuleNode) -> [EffectKind] {
        let constraints = EffectKind.allCases.filter(\.isConstraint)
        return texts(of: node)
            .compactMap { text in
                if let kind = constraints.first(where: { $0.rawValue == text.value }) {
                    return kind
                }
                fault(
                    text.line,
                    "‘\(text.value)’ is nothing that can be given up",
                    hint: NearestWord.hint(for: text.value, among: constraints.map(\.rawValue))
                )
                return nil
            }
    }

    private mutating func readProtection(_ node: RuleNode) -> Protection? {
        let parts = entries(
            of: node,
            known: ["sku", "warehouse", "units", "for", "until", "release-days"]
        )
        for key in ["sku", "warehouse", "units", "for"] where parts[key] == nil {
            fault(
                node.line,
                "is a protection without ‘\(key)’",
                hint: "say sku, warehouse, units and for whom"
            )
        }
        let sku = parts["sku"]
            .flatMap { parsed($0) { (text) throws(ParseError) in try SKU(parsing: text) } }
        let warehouse = parts["warehouse"].flatMap { warehouses($0).first }
        let units = parts["units"].flatMap { integer($0, in: 1...Int(Limits.quantityMaximum)) }
        let buyers = parts["for"].map { texts(of: $0).map { $0.value.lowercased() } } ?? []
        let until = parts["until"].flatMap { date($0) }
        let days = parts["release-days"].flatMap { integer($0, in: 0...RuleLimits.daysMaximum) }
        if days != nil, until == nil {
            fault(node.line, "is released before no day", hint: "say ‘until:’ as well")
        }
        guard let sku, let warehouse, let units else { return nil }
        return Protection(
            line: node.line,
            sku: sku,
            warehouse: warehouse,
            units: Quantity(Int64(units)),
            buyers: buyers,
            until: until,
            releaseDays: days ?? 0
        )
    }

    private mutating func readPlaces(_ node: RuleNode) -> [RuleSet.Place] {
        guard case .map(let entries, _) = node else {
            fault(node.line, "is \(node.kind)", hint: "write ‘DAL: 75201’, one to a line")
            return []
        }
        return entries.compactMap { entry in
            guard let warehouse = try? Warehouse.ID(parsing: entry.key) else {
                fault(entry.line, "‘\(entry.key)’ is no warehouse", hint: "use its name, as DAL")
                return nil
            }
            let place = parsed(entry.value) { (text) throws(ParseError) in
                try Destination(country: .us, parsingPostalCode: text)
            }
            return place.map {
                RuleSet.Place(
                    warehouse: warehouse,
                    postalCode: $0.postalCode,
                    line: entry.line
                )
            }
        }
    }

    private mutating func readMixes(_ node: RuleNode) -> [String: ObjectiveMix] {
        guard case .map(let named, _) = node else {
            fault(node.line, "is \(node.kind)", hint: "write a name and its weights below it")
            return [:]
        }
        var mixes: [String: ObjectiveMix] = [:]
        for entry in named {
            let parts = entries(
                of: entry.value,
                known: ["per-unit-day", "per-mile", "per-warehouse"]
            )
            if RuleObjective.named.contains(where: { $0.word == entry.key }) {
                fault(
                    entry.line,
                    "‘\(entry.key)’ is an objective already",
                    hint: "name it otherwise"
                )
            }
            mixes[entry.key] = ObjectiveMix(
                name: entry.key,
                perUnitDay: parts["per-unit-day"].flatMap { money($0) } ?? .zero(currency),
                perMile: parts["per-mile"].flatMap { money($0) } ?? .zero(currency),
                perWarehouse: parts["per-warehouse"].flatMap { money($0) } ?? .zero(currency)
            )
        }
        return mixes
    }
}
