package import AllocationModel

/// The names that the office knows; nil where it has no list, and then any name will do.
package struct RuleVocabulary: Sendable {
    package let warehouses: [Warehouse.ID]?
    package let customers: [Customer]?
    package let profiles: [SKUProfile]?

    package init(
        warehouses: [Warehouse.ID]? = nil,
        customers: [Customer]? = nil,
        profiles: [SKUProfile]? = nil
    ) {
        self.warehouses = warehouses
        self.customers = customers
        self.profiles = profiles
    }
}

extension RuleSet {
    /// Returns what a person should look at before the rules are published, by line.
    package func faults(knowing vocabulary: RuleVocabulary, on day: CivilDate) -> [RuleFault] {
        var check = RuleCheck(set: self, vocabulary: vocabulary, day: day)
        check.run()
        return check.faults.sorted { ($0.line, $0.detail) < ($1.line, $1.detail) }
    }
}

/// One examination of one rule set.
private struct RuleCheck {
    let set: RuleSet
    let day: CivilDate
    private(set) var faults: [RuleFault] = []
    private let warehouses: [String]?
    private let names: [RuleCondition.Dimension: Set<String>]
    private let customers: CustomerIndex?

    init(set: RuleSet, vocabulary: RuleVocabulary, day: CivilDate) {
        self.set = set
        self.day = day
        warehouses = vocabulary.warehouses.map { $0.map(\.rawValue) }
        customers = vocabulary.customers.map { CustomerIndex($0) }
        var names = customers?.names ?? [:]
        if let profiles = vocabulary.profiles {
            names[.sku] = Set(profiles.map { $0.sku.code.lowercased() })
            names[.handling] = Set(profiles.flatMap(\.handling).map { $0.lowercased() })
            names[.lotNeeds] = Set(
                LotNeeds.kinds + profiles.flatMap(\.lots.conditionWords)
            )
        }
        self.names = names
    }

    private mutating func add(
        _ line: Int,
        _ detail: String,
        hint: String,
        _ severity: RuleFault.Severity = .error
    ) {
        guard faults.count < RuleLimits.faultsMaximum else { return }
        faults.append(RuleFault(line: line, detail, hint: hint, severity: severity))
    }

    mutating func run() {
        checkNames()
        for rule in set.rules {
            checkWords(of: rule)
            checkPossible(rule)
            checkEffects(of: rule)
        }
        for protection in set.protections {
            checkWarehouse(protection.warehouse, protection.line)
            if protection.kept(on: day).isZero {
                add(
                    protection.line,
                    "the protection of \(protection.sku) is over",
                    hint: "remove it, or give a later day",
                    .warning
                )
            }
        }
        for place in set.places { checkWarehouse(place.warehouse, place.line) }
        checkShadows()
    }

    private mutating func checkNames() {
        var lines: [String: Int] = [:]
        for rule in set.rules {
            if let first = lines[rule.name] {
                add(
                    rule.line,
                    "‘\(rule.name)’ is the name of the rule on line \(first) too",
                    hint: "explanations use the name; choose another"
                )
            } else {
                lines[rule.name] = rule.line
            }
        }
    }

    private mutating func checkWarehouse(_ warehouse: Warehouse.ID, _ line: Int) {
        guard let warehouses, !warehouses.contains(warehouse.rawValue) else { return }
        add(
            line,
            "there is no warehouse ‘\(warehouse)’",
            hint: NearestWord.hint(for: warehouse.rawValue, among: warehouses)
        )
    }

    // Conditions.

    private mutating func checkWords(of rule: Rule) {
        for dimension in RuleCondition.Dimension.allCases {
            guard let known = names[dimension] else { continue }
            for word in rule.condition.words[dimension, default: []].sorted()
            where !known.contains(word) {
                let nearest = NearestWord.of(word, among: known)
                add(
                    rule.line,
                    "no \(dimension.rawValue) ‘\(word)’ is known",
                    hint: nearest.map { "did you mean ‘\($0)’?" }
                        ?? "import the directory, or correct the name",
                    // A name that nobody has yet may be meant; one near another is a slip.
                    nearest == nil ? .warning : .error
                )
            }
        }
    }

    private mutating func checkPossible(_ rule: Rule) {
        if let until = rule.until, until < day {
            add(
                rule.line,
                "‘\(rule.name)’ ended on \(until)",
                hint: "remove it, or give a later day",
                .warning
            )
        }
        guard let why = impossibility(of: rule.condition) else { return }
        add(
            rule.line,
            "‘\(rule.name)’ can never match: \(why)",
            hint: "remove one of the two conditions, or the rule"
        )
    }

    private func impossibility(of condition: RuleCondition) -> String? {
        let home = set.home.code.lowercased()
        let regions = condition.words[.region].map { $0.map { String($0.prefix(2)) } }
        if let countries = condition.words[.country] ?? regions.map(Set.init) {
            if condition.isInternational == false, !countries.contains(home) {
                return "none of its countries is \(set.home), where domestic orders go"
            }
            if condition.isInternational == true, countries == [home] {
                return "no order to \(set.home) is international"
            }
            if let regions, !regions.contains(where: countries.contains) {
                return "none of its regions is in its countries"
            }
        }
        let buyers: [RuleCondition.Dimension] = [.contract, .customer, .company]
        if condition.words[.segment] == [FactWords.guest],
            let buyer = buyers.first(where: { condition.words[$0] != nil })
        {
            return "a guest has no \(buyer.rawValue)"
        }
        if let customers, !customers.hasOne(meeting: condition) {
            return "the directory has no customer who meets all of it"
        }
        return nil
    }

    // Effects.

    private mutating func checkSKUs(_ skus: [SKU], of rule: Rule) {
        guard let known = names[.sku] else { return }
        for sku in skus where !known.contains(sku.code.lowercased()) {
            let nearest = NearestWord.of(sku.code.lowercased(), among: known)
            add(
                rule.line,
                "no SKU ‘\(sku)’ is known",
                hint: nearest.map { "did you mean ‘\($0)’?" }
                    ?? "import the directory, or correct the name",
                nearest == nil ? .warning : .error
            )
        }
    }

    private mutating func checkEffects(of rule: Rule) {
        if rule.effects.isEmpty {
            add(rule.line, "‘\(rule.name)’ says nothing", hint: "say what holds, or remove it")
        }
        var forced: [Warehouse.ID] = []
        var objective = RuleObjective.leastCost
        for effect in rule.effects {
            switch effect {
            case .force(let sites):
                forced = sites
                for site in sites { checkWarehouse(site, rule.line) }
            case .forbid(let sites):
                for site in sites { checkWarehouse(site, rule.line) }
            case .prefer(let preferences):
                for preference in preferences { checkWarehouse(preference.warehouse, rule.line) }
            case .objective(let wanted):
                objective = wanted
                checkPlaces(for: wanted, rule)
            case .unless(let exception): checkPlaces(for: exception.then, rule)
            case .withinMiles: checkPlaces(rule)
            case .lots(let lots): checkSKUs(lots.skus, of: rule)
            case .leadTimeDays, .freight, .shipments, .warehouses, .slaHours, .completeness,
                .noSplitUnder, .onlyWhereMoreThan, .noAir, .forbidServices, .freeExpeditedFrom,
                .splitFreight, .customsPapers, .contractPricing, .missedCutoff, .alerts:
                break
            }
        }
        checkContradictions(in: rule, forced: forced, objective: objective)
    }

    private mutating func checkContradictions(
        in rule: Rule,
        forced: [Warehouse.ID],
        objective: RuleObjective
    ) {
        for effect in rule.effects {
            if case .forbid(let forbidden) = effect,
                let both = forced.first(where: forbidden.contains)
            {
                add(
                    rule.line,
                    "‘\(rule.name)’ forces and forbids \(both)",
                    hint: "remove it from one of the two"
                )
            }
            if case .unless(let exception) = effect, exception.then == objective,
                rule.effects.contains(where: { $0.kind == .objective })
            {
                add(
                    rule.line,
                    "‘\(rule.name)’ gives up its objective for the same one",
                    hint: "use another after ‘use:’"
                )
            }
        }
    }

    private mutating func checkPlaces(for objective: RuleObjective, _ rule: Rule) {
        switch objective {
        case .closest: checkPlaces(rule)
        case .mix(let mix): if mix.perMile.minorUnits > 0 { checkPlaces(rule) }
        case .leastCost, .fastest, .fewestShipments: break
        }
    }

    private mutating func checkPlaces(_ rule: Rule) {
        let placed = Set(set.places.map(\.warehouse.rawValue))
        let missing = (warehouses ?? []).filter { !placed.contains($0) }
        guard placed.isEmpty || !missing.isEmpty else { return }
        let sites = missing.isEmpty ? "any warehouse" : missing.joined(separator: ", ")
        add(
            rule.line,
            "‘\(rule.name)’ asks how far, and nobody said where \(sites) is",
            hint: "give postal codes under ‘places:’"
        )
    }

    // Rules that others make void.

    /// Finds rules whose every order an earlier rule of the same rank answers first.
    private mutating func checkShadows() {
        var earlier: [Rank: [Int]] = [:]
        for (number, rule) in set.rules.enumerated() {
            let ranks = Rank.all(of: rule.condition)
            let fewest = ranks.map { earlier[$0, default: []] }.min { $0.count < $1.count } ?? []
            for other in fewest {
                let first = set.rules[other]
                if first.answersAll(of: rule) { report(rule, after: first) }
            }
            for rank in ranks { earlier[rank, default: []].append(number) }
        }
    }

    /// Rules of the same parts that share a word: one can only hide another of its rank.
    private struct Rank: Hashable {
        let parts: [RuleCondition.Dimension]
        let dimension: RuleCondition.Dimension?
        let word: String

        static func all(of condition: RuleCondition) -> [Rank] {
            let parts = RuleCondition.Dimension.allCases.filter { condition.words[$0] != nil }
            guard !parts.isEmpty else { return [Rank(parts: [], dimension: nil, word: "")] }
            return parts.flatMap { dimension in
                condition.words[dimension, default: []].sorted()
                    .map { Rank(parts: parts, dimension: dimension, word: $0) }
            }
        }
    }

    private mutating func report(_ rule: Rule, after first: Rule) {
        for effect in rule.effects where effect.kind != .forbid {
            guard let said = first.effects.first(where: { $0.kind == effect.kind }) else {
                continue
            }
            let kind = effect.kind.rawValue
            add(
                rule.line,
                said == effect
                    ? "‘\(rule.name)’ repeats ‘\(kind)’ of ‘\(first.name)’ on line \(first.line)"
                    : "‘\(kind)’ of ‘\(rule.name)’ never counts: ‘\(first.name)’ on line "
                        + "\(first.line) is for the same orders and says otherwise",
                hint: "keep one of the two",
                said == effect ? .warning : .error
            )
        }
    }
}

extension Rule {
    /// Whether this rule is for every order that `other` is for.
    fileprivate func answersAll(of other: Rule) -> Bool {
        let (mine, theirs) = (condition, other.condition)
        guard mine.partCount == theirs.partCount,
            mine.isInternational == theirs.isInternational,
            mine.isHazardous == theirs.isHazardous,
            mine.words.allSatisfy({ theirs.words[$0]?.isSubset(of: $1) ?? false })
        else { return false }
        let minimum = theirs.valueMinimum?.minorUnits ?? 0
        let isFromFewer = mine.valueMinimum.map { $0.minorUnits <= minimum } ?? true
        let isToMore =
            mine.valueEnd.map { end in
                theirs.valueEnd.map { $0.minorUnits <= end.minorUnits } ?? false
            } ?? true
        let isEarlier =
            mine.requestedWithinDays.map { days in
                theirs.requestedWithinDays.map { $0 <= days } ?? false
            } ?? true
        let begins = from.map { day in other.from.map { day <= $0 } ?? false } ?? true
        let ends = until.map { day in other.until.map { $0 <= day } ?? false } ?? true
        return isFromFewer && isToMore && isEarlier && begins && ends
    }
}

/// Customers by the words that rules name them with.
private struct CustomerIndex {
    let names: [RuleCondition.Dimension: Set<String>]
    private let customers: [Customer]
    private let byWord: [RuleCondition.Dimension: [String: [Int]]]

    /// What the directory alone decides: an order may add tags.
    private static let dimensions: [RuleCondition.Dimension] = [
        .contract, .customer, .company, .segment,
    ]

    init(_ customers: [Customer]) {
        self.customers = customers
        var byWord: [RuleCondition.Dimension: [String: [Int]]] = [:]
        var tags: Set<String> = []
        for (number, customer) in customers.enumerated() {
            for dimension in Self.dimensions {
                let word = Self.word(dimension, of: customer)
                if !word.isEmpty {
                    byWord[dimension, default: [:]][word, default: []].append(number)
                }
            }
            for tag in customer.tags { tags.insert(tag.lowercased()) }
        }
        self.byWord = byWord
        var names = Dictionary(
            uniqueKeysWithValues: Self.dimensions.map { ($0, Set(byWord[$0, default: [:]].keys)) }
        )
        names[.segment, default: []].insert(FactWords.guest)
        names[.tag] = tags
        self.names = names
    }

    /// Whether any customer is in all of the condition's parts that name customers.
    ///
    /// A part with a name that nobody has is reported as such, and not here.
    func hasOne(meeting condition: RuleCondition) -> Bool {
        let parts = Self.dimensions.filter { condition.words[$0] != nil }
        guard parts.count > 1 else { return true }
        let found = parts.map { part in
            condition.words[part, default: []].flatMap { byWord[part]?[$0] ?? [] }
        }
        guard let fewest = found.min(by: { $0.count < $1.count }), !fewest.isEmpty else {
            return true
        }
        return fewest.contains { number in
            parts.allSatisfy { part in
                let word = Self.word(part, of: customers[number])
                return condition.words[part, default: []].contains(word)
            }
        }
    }

    private static func word(_ dimension: RuleCondition.Dimension, of customer: Customer) -> String
    {
        switch dimension {
        case .contract: customer.contract.lowercased()
        case .customer: customer.id.rawValue.lowercased()
        case .company: customer.company.lowercased()
        case .segment: customer.segment.lowercased()
        case .tag, .sku, .handling, .freightClass, .lotNeeds, .region, .country, .type, .payment,
            .urgency:
            ""
        }
    }
}
