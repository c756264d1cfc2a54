internal import AllocationModel

/// A rule set made ready to answer quickly.
///
/// Each rule is filed under the words of the part that the fewest rules share,
/// so that an order looks at those only that name its customer, its contract,
/// its SKUs or nothing in particular.
package struct CompiledRules: Hashable, Sendable {
    package let set: RuleSet
    private let index: [Key: [Int]]
    /// Rules that name no words at all.
    private let unfiled: [Int]
    private let protections: [SKU: [Int]]
    /// For each rule, how many come before it: all are in order once, and not for every order.
    private let places: [Int]
    private let levels: [RuleLevel]

    private struct Key: Hashable {
        let dimension: RuleCondition.Dimension
        let word: String
    }

    package init(_ set: RuleSet) {
        self.set = set
        let mentions = Self.mentions(in: set.rules)
        var index: [Key: [Int]] = [:]
        var unfiled: [Int] = []
        for (number, rule) in set.rules.enumerated() {
            let parts = RuleCondition.Dimension.allCases.map { Self.keys(of: rule, in: $0) }
                .filter { !$0.isEmpty }
            let rarest = parts.min { left, right in
                Self.total(mentions, left) < Self.total(mentions, right)
            }
            if rarest == nil { unfiled.append(number) }
            for key in rarest ?? [] { index[key, default: []].append(number) }
        }
        levels = set.rules.map(\.condition.level)
        places = Self.places(of: set.rules)
        self.index = index
        self.unfiled = unfiled
        protections = Dictionary(grouping: set.protections.indices) { set.protections[$0].sku }
    }

    private static func keys(of rule: Rule, in dimension: RuleCondition.Dimension) -> [Key] {
        rule.condition.words[dimension, default: []].map { Key(dimension: dimension, word: $0) }
    }

    /// How many rules name each word.
    private static func mentions(in rules: [Rule]) -> [Key: Int] {
        var mentions: [Key: Int] = [:]
        for rule in rules {
            for dimension in rule.condition.words.keys {
                for key in keys(of: rule, in: dimension) { mentions[key, default: 0] += 1 }
            }
        }
        return mentions
    }

    private static func total(_ mentions: [Key: Int], _ keys: [Key]) -> Int {
        keys.reduce(0) { $0 + mentions[$1, default: 0] }
    }

    /// Returns how the order is to be filled.
    package func policy(for facts: BuyerFacts) -> BuyerPolicy {
        answer(for: facts).policy
    }

    /// Returns the policy, and how many rules were looked at to find it.
    package func answer(for facts: BuyerFacts) -> (policy: BuyerPolicy, rulesExamined: Int) {
        let matching = FactWords(facts, home: set.home)
        let candidates = candidates(for: matching)
        let matched = candidates.filter { matches(set.rules[$0], matching, facts) }
            .sorted { places[$0] < places[$1] }
        let effects = effects(of: matched, for: facts)
        let policy = BuyerPolicy(
            effects: effects,
            steps: steps(for: effects),
            kept: kept(from: matching, facts),
            eligible: eligible(for: facts),
            profileLots: profileLots(for: facts),
            rank: rank(by: matched)
        )
        return (policy, candidates.count)
    }

    /// The rank of a buyer whom these rules are for.
    ///
    /// Those with a rule for their contract come before those with one of their own, and those
    /// before a segment's; within each, whose rule stands first in the file.
    private func rank(by matched: [Int]) -> BuyerRank {
        let buyers = matched.filter { levels[$0] < .standard }
            .map { (level: levels[$0].rawValue, rule: $0) }
        guard let first = buyers.min(by: { $0 < $1 }) else { return .last }
        return BuyerRank(
            number: first.level * set.rules.count + first.rule,
            rule: set.rules[first.rule].name
        )
    }

    /// Before all the level; then the rule that asks for more; then the earlier one.
    private static func places(of rules: [Rule]) -> [Int] {
        let keys = rules.indices.map { rule in
            let condition = rules[rule].condition
            return (condition.level.rawValue, -condition.partCount, rule)
        }
        var places = Array(repeating: 0, count: rules.count)
        for (place, rule) in rules.indices.sorted(by: { keys[$0] < keys[$1] }).enumerated() {
            places[rule] = place
        }
        return places
    }

    /// Rules that could match, each once.
    private func candidates(for matching: FactWords) -> [Int] {
        var found = unfiled
        for dimension in RuleCondition.Dimension.allCases {
            for word in matching[dimension] {
                found += index[Key(dimension: dimension, word: word)] ?? []
            }
        }
        return Array(Set(found))
    }

    private func matches(_ rule: Rule, _ matching: FactWords, _ facts: BuyerFacts) -> Bool {
        let condition = rule.condition
        guard rule.holds(on: facts.day),
            condition.words.allSatisfy({ dimension, words in
                matching[dimension].contains { words.contains($0) }
            })
        else { return false }
        if let wanted = condition.isInternational, wanted != matching.isInternational {
            return false
        }
        if let wanted = condition.isHazardous, wanted != matching.isHazardous { return false }
        if let days = condition.requestedWithinDays {
            guard let requested = facts.order.terms.requestedBy,
                requested <= facts.day.adding(days: days)
            else { return false }
        }
        return isValueMet(condition, facts.order.terms.value)
    }

    /// An order that does not say what it is worth meets no condition on it.
    private func isValueMet(_ condition: RuleCondition, _ value: Money?) -> Bool {
        guard condition.valueMinimum != nil || condition.valueEnd != nil else { return true }
        guard let value, value.currency == set.currency else { return false }
        let isEnough = condition.valueMinimum.map { $0.minorUnits <= value.minorUnits } ?? true
        return isEnough && condition.valueEnd.map { value.minorUnits < $0.minorUnits } ?? true
    }

    /// The effects of the rules that match, the most specific rule of each kind.
    ///
    /// What is asked of lots adds up. What is forbidden does too; but where a more specific rule forces a
    /// warehouse, a less specific one does not take it away.
    private func effects(of matched: [Int], for facts: BuyerFacts) -> [BuyerPolicy.Applied] {
        var found: [EffectKind: BuyerPolicy.Applied] = [:]
        var forbidding: [BuyerPolicy.Applied] = []
        var asking: [BuyerPolicy.Applied] = []
        for number in matched {
            let rule = set.rules[number]
            for effect in rule.effects {
                let kind = effect.kind
                // Of the others an earlier rule's counts.
                guard kind == .forbid || kind == .lots || found[kind] == nil else { continue }
                if effect.isMoney && facts.order.currency != set.currency { continue }
                let applied = BuyerPolicy.Applied(
                    effect: effect,
                    rule: rule.name,
                    line: rule.line,
                    level: levels[number],
                    isSoft: rule.soft.contains(kind),
                    lines: lines(of: effect, in: rule, for: facts)
                )
                switch kind {
                case .forbid: forbidding.append(applied)
                case .lots: asking.append(applied)
                default: found[kind] = applied
                }
            }
        }
        let order = EffectKind.allCases
        return order.flatMap { kind -> [BuyerPolicy.Applied] in
            if kind == .lots { return asking }
            guard kind == .forbid else { return found[kind].map { [$0] } ?? [] }
            return forbidding.compactMap { Self.without($0, forcedBy: found[.force]) }
        }
    }

    /// The lines whose lots an effect is about; nil where it is about no lots.
    ///
    /// Those of its SKUs, or else those that meet what its rule says of SKUs.
    private func lines(
        of effect: RuleEffect,
        in rule: Rule,
        for facts: BuyerFacts
    ) -> [Int]? {
        guard case .lots(let lots) = effect else { return nil }
        return facts.order.lines.indices.filter { index in
            let sku = facts.order.lines[index].sku
            if !lots.skus.isEmpty { return lots.skus.contains(sku) }
            return FactWords.skuDimensions.allSatisfy { dimension in
                guard let wanted = rule.condition.words[dimension] else { return true }
                let words = FactWords.words(of: sku, facts.profiles[index], in: dimension)
                return words.contains { wanted.contains($0) }
            }
        }
    }

    private func profileLots(for facts: BuyerFacts) -> [Int: LotNeeds] {
        var needs: [Int: LotNeeds] = [:]
        for case (let line, let profile?) in facts.profiles.enumerated()
        where profile.lots != .none {
            needs[line] = profile.lots
        }
        return needs
    }

    private static func without(
        _ forbid: BuyerPolicy.Applied,
        forcedBy force: BuyerPolicy.Applied?
    ) -> BuyerPolicy.Applied? {
        guard let force, force.level < forbid.level, case .force(let forced) = force.effect,
            case .forbid(let sites) = forbid.effect
        else { return forbid }
        let left = sites.filter { !forced.contains($0) }
        guard !left.isEmpty else { return nil }
        return BuyerPolicy.Applied(
            effect: .forbid(left),
            rule: forbid.rule,
            line: forbid.line,
            level: forbid.level,
            isSoft: forbid.isSoft
        )
    }

    /// The file's steps as far as they give up anything here, then one for each kind left over.
    private func steps(for effects: [BuyerPolicy.Applied]) -> [RuleSet.Relaxation] {
        var soft = Set(effects.filter(\.isSoft).map(\.effect.kind).filter(\.isConstraint))
        var steps: [RuleSet.Relaxation] = []
        for step in set.relaxations {
            let kinds = step.kinds.filter { soft.remove($0) != nil }
            if !kinds.isEmpty { steps.append(RuleSet.Relaxation(name: step.name, kinds: kinds)) }
        }
        for kind in EffectKind.allCases where soft.contains(kind) {
            steps.append(RuleSet.Relaxation(name: "without \(kind.rawValue)", kinds: [kind]))
        }
        return steps
    }

    private func kept(from matching: FactWords, _ facts: BuyerFacts) -> [BuyerPolicy.Kept] {
        guard !protections.isEmpty else { return [] }
        return facts.order.lines.enumerated()
            .flatMap { number, line in
                (protections[line.sku] ?? []).map { set.protections[$0] }
                    .filter { protection in
                        !protection.buyers.contains(where: matching.isBuyer)
                    }
                    .map { ($0.warehouse, $0.kept(on: facts.day)) }
                    .filter { !$0.1.isZero }
                    .map { BuyerPolicy.Kept(line: number, warehouse: $0.0, units: $0.1) }
            }
    }

    private func eligible(for facts: BuyerFacts) -> [Int: [Warehouse.ID]] {
        var eligible: [Int: [Warehouse.ID]] = [:]
        for case (let line, let profile?) in facts.profiles.enumerated() {
            if !profile.mayGo(to: facts.order.destination) {
                eligible[line] = []
            } else if !profile.eligibleWarehouses.isEmpty {
                eligible[line] = profile.eligibleWarehouses
            }
        }
        return eligible
    }
}

/// The words by which an order's facts are looked up, in lower case.
struct FactWords {
    let isInternational: Bool
    let isHazardous: Bool
    private let words: [[String]]

    subscript(dimension: RuleCondition.Dimension) -> [String] {
        words[Self.place[dimension, default: 0]]
    }

    private static let place = Dictionary(
        uniqueKeysWithValues: zip(
            RuleCondition.Dimension.allCases,
            RuleCondition.Dimension.allCases.indices
        )
    )

    /// The segment of an order without a customer in the directory.
    static let guest = "guest"

    init(_ facts: BuyerFacts, home: Country) {
        let destination = facts.order.destination
        isInternational = destination.country != home
        isHazardous = facts.profiles.contains { $0?.isHazardous ?? false }
        let skus = Array(zip(facts.order.lines.map(\.sku), facts.profiles))
        words = RuleCondition.Dimension.allCases.map { dimension -> [String] in
            let customer = facts.customer
            switch dimension {
            case .contract: return Self.words(customer?.contract)
            case .customer: return Self.words(customer?.id.rawValue)
            case .company: return Self.words(customer?.company)
            case .tag:
                return ((customer?.tags ?? []) + facts.order.terms.tags).map { $0.lowercased() }
            case .segment:
                return customer == nil ? [Self.guest] : Self.words(customer?.segment)
            case .sku, .handling, .freightClass, .lotNeeds:
                return skus.flatMap { Self.words(of: $0.0, $0.1, in: dimension) }
            case .region: return Self.words("\(destination.country.code)-\(destination.region)")
            case .country: return Self.words(destination.country.code)
            case .type: return Self.words(facts.order.terms.type?.rawValue)
            case .payment: return Self.words(facts.order.terms.payment?.rawValue)
            case .urgency: return [facts.order.terms.urgency.rawValue]
            }
        }
    }

    /// What may be said of SKUs.
    static let skuDimensions: [RuleCondition.Dimension] = [
        .sku, .handling, .freightClass, .lotNeeds,
    ]

    /// The words of one line in a dimension of SKUs; none in any other.
    static func words(
        of sku: SKU,
        _ profile: SKUProfile?,
        in dimension: RuleCondition.Dimension
    ) -> [String] {
        switch dimension {
        case .sku: [sku.code.lowercased()]
        case .handling: (profile?.handling ?? []).map { $0.lowercased() }
        case .freightClass: profile?.freightClass.map { [$0.name] } ?? []
        case .lotNeeds: profile?.lots.conditionWords ?? []
        case .contract, .customer, .company, .tag, .segment, .region, .country, .type, .payment,
            .urgency:
            []
        }
    }

    /// Whether a protection for `word` is for this order.
    func isBuyer(_ word: String) -> Bool {
        self[.segment].contains(word) || self[.contract].contains(word)
            || self[.tag].contains(word)
    }

    private static func words(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return [text.lowercased()]
    }
}

extension LotNeeds {
    /// The words by which a condition may name what is asked, whatever it is of.
    static let kinds = ["life", "single-lot", "approved", "certificate"]

    /// The words by which a condition may name what is asked, in lower case.
    var conditionWords: [String] {
        [
            lifeDays == nil ? nil : "life", isSingleLot ? "single-lot" : nil,
            approved == nil ? nil : "approved", certificates.isEmpty ? nil : "certificate",
        ]
        .compactMap(\.self) + certificates.map { $0.lowercased() }
    }
}
