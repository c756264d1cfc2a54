internal import AllocationModel

extension RuleReading {
    /// Reads what stands under `then`.
    mutating func readEffects(_ node: RuleNode) -> [RuleEffect] {
        let parts = entries(of: node, known: EffectKind.allCases.map(\.rawValue))
        return EffectKind.allCases.compactMap { kind in
            parts[kind.rawValue].flatMap { effect(kind, $0) }
        }
    }

    private mutating func effect(_ kind: EffectKind, _ node: RuleNode) -> RuleEffect? {
        switch kind {
        case .force: .force(warehouses(node))
        case .forbid: .forbid(warehouses(node))
        case .prefer: .prefer(preferences(node))
        case .objective: objective(node).map { .objective($0) }
        case .unless: exception(node).map { .unless($0) }
        case .leadTimeDays: integer(node, in: 0...RuleLimits.daysMaximum).map { .leadTimeDays($0) }
        case .freight: money(node).map { .freight($0) }
        case .shipments: integer(node, in: 1...Limits.orderLinesMaximum).map { .shipments($0) }
        case .warehouses: integer(node, in: 1...Limits.warehousesMaximum).map { .warehouses($0) }
        case .slaHours: integer(node, in: 1...RuleLimits.daysMaximum * 24).map { .slaHours($0) }
        case .completeness: completeness(node).map { .completeness($0) }
        case .noSplitUnder: money(node).map { .noSplitUnder($0) }
        case .onlyWhereMoreThan:
            integer(node, in: 0...Int(Limits.quantityMaximum))
                .map { .onlyWhereMoreThan(Quantity(Int64($0))) }
        case .withinMiles: integer(node, in: 0...RuleLimits.milesMaximum).map { .withinMiles($0) }
        case .noAir: flag(node).map { .noAir($0) }
        case .forbidServices: .forbidServices(texts(of: node).map(\.value))
        case .freeExpeditedFrom: money(node).map { .freeExpeditedFrom($0) }
        case .splitFreight: splitFreight(node).map { .splitFreight($0) }
        case .customsPapers: flag(node).map { .customsPapers($0) }
        case .contractPricing: flag(node).map { .contractPricing($0) }
        case .missedCutoff:
            readText(node)
                .flatMap { word(RuleWord(value: $0, line: node.line), of: MissedCutoff.self) }
                .map { .missedCutoff($0) }
        case .alerts:
            .alerts(texts(of: node).compactMap { word($0, of: AlertChannel.self) })
        case .lots: lots(node).map { .lots($0) }
        }
    }

    private mutating func lots(_ node: RuleNode) -> RuleLots? {
        let keys = ["life-days", "certificates", "single-lot", "approved"]
        let parts = entries(of: node, known: keys + ["skus"])
        guard keys.contains(where: { parts[$0] != nil }) else {
            fault(
                node.line,
                "asks nothing of lots",
                hint: "say some of \(keys.joined(separator: ", "))"
            )
            return nil
        }
        let days = parts["life-days"].flatMap { integer($0, in: 0...LotNeeds.lifeDaysMaximum) }
        let certificates = parts["certificates"]
            .map { node in
                names(node, atMost: LotNeeds.certificatesMaximum) { (text) throws(ParseError) in
                    try LotCertificate.name(parsing: text)
                }
            }
        let approved = parts["approved"]
            .map { node in
                names(node, atMost: LotNeeds.approvedMaximum) { (text) throws(ParseError) in
                    try Lot.ID(parsing: text)
                }
            }
        let skus = parts["skus"]
            .map { node in
                names(node, atMost: RuleLimits.wordsMaximum) { (text) throws(ParseError) in
                    try SKU(parsing: text)
                }
            }
        return RuleLots(
            LotNeeds(
                lifeDays: days,
                certificates: certificates ?? [],
                isSingleLot: parts["single-lot"].flatMap { flag($0) } ?? false,
                approved: approved
            ),
            of: skus ?? []
        )
    }

    /// Reads one name or a list of them, each once.
    private mutating func names<Value: Hashable>(
        _ node: RuleNode,
        atMost most: Int,
        by parse: (String) throws(ParseError) -> Value
    ) -> [Value] {
        var found: [Value] = []
        for word in texts(of: node) {
            do throws(ParseError) {
                let value = try parse(word.value)
                if !found.contains(value) { found.append(value) }
            } catch {
                fault(word.line, "is no name: \(error)", hint: "correct it")
            }
        }
        if found.count > most {
            fault(node.line, "names \(found.count) things", hint: "at most \(most) are allowed")
        }
        return Array(found.prefix(most))
    }

    private mutating func preferences(_ node: RuleNode) -> [RuleEffect.Preference] {
        guard case .map(let entries, _) = node else {
            fault(
                node.line,
                "is \(node.kind)",
                hint: "write what others must save for each warehouse, as {DAL: 5.00}"
            )
            return []
        }
        return entries.compactMap { entry in
            guard let warehouse = try? Warehouse.ID(parsing: entry.key) else {
                fault(entry.line, "‘\(entry.key)’ is no warehouse", hint: "use its name, as DAL")
                return nil
            }
            return money(entry.value)
                .map { RuleEffect.Preference(warehouse: warehouse, worth: $0) }
        }
    }

    private mutating func objective(_ node: RuleNode) -> RuleObjective? {
        guard let text = readText(node) else { return nil }
        if let objective = RuleObjective.named.first(where: { $0.word == text }) {
            return objective
        }
        if let mix = mixes[text] { return .mix(mix) }
        fault(
            node.line,
            "‘\(text)’ is no objective",
            hint: NearestWord.hint(
                for: text,
                among: RuleObjective.named.compactMap(\.word) + mixes.keys.sorted()
            )
        )
        return nil
    }

    private mutating func exception(_ node: RuleNode) -> RuleException? {
        let parts = entries(of: node, known: ["lead-time-days", "freight", "shipments", "use"])
        let bounds = ["lead-time-days", "freight", "shipments"]
        guard bounds.contains(where: { parts[$0] != nil }) else {
            fault(
                node.line,
                "never happens",
                hint: "give a bound: \(bounds.joined(separator: ", "))"
            )
            return nil
        }
        guard let use = parts["use"] else {
            fault(
                node.line,
                "does not say what holds instead",
                hint: "add ‘use:’ and an objective, such as least-cost or fastest"
            )
            return nil
        }
        guard let then = objective(use) else { return nil }
        return RuleException(
            leadTimeDays: parts["lead-time-days"]
                .flatMap { integer($0, in: 0...RuleLimits.daysMaximum) },
            freight: parts["freight"].flatMap { money($0) },
            shipments: parts["shipments"].flatMap { integer($0, in: 1...Limits.orderLinesMaximum) },
            then: then
        )
    }

    private mutating func completeness(_ node: RuleNode) -> RuleCompleteness? {
        if case .map = node {
            let parts = entries(of: node, known: ["at-least-percent"])
            return parts["at-least-percent"].flatMap { integer($0, in: 1...100) }
                .map { .atLeastPercent($0) }
        }
        guard let text = readText(node) else { return nil }
        switch text {
        case "whole": return .whole
        case "lines": return .lines
        case "partial": return .partial
        default:
            fault(
                node.line,
                "‘\(text)’ is no completeness",
                hint: NearestWord.hint(for: text, among: ["whole", "lines", "partial"])
            )
            return nil
        }
    }

    private mutating func splitFreight(_ node: RuleNode) -> SplitFreight? {
        if case .map = node {
            let parts = entries(of: node, known: ["buyer-percent"])
            return parts["buyer-percent"].flatMap { integer($0, in: 1...99) }
                .map { .shared(buyerPercent: $0) }
        }
        guard let text = readText(node) else { return nil }
        switch text {
        case "seller": return .seller
        case "buyer": return .buyer
        default:
            fault(
                node.line,
                "‘\(text)’ pays nothing",
                hint: "write seller, buyer or {buyer-percent: 50}"
            )
            return nil
        }
    }
}
