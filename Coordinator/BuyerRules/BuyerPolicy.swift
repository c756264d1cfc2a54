package import AllocationModel

/// All that rules may look at.
package struct BuyerFacts: Hashable, Sendable {
    package let order: Order
    /// As the directory has them; nil for a guest.
    package let customer: Customer?
    /// One for each line of the order, nil where the directory has none.
    package let profiles: [SKUProfile?]
    /// The day of the order.
    package let day: CivilDate

    /// - Precondition: `profiles` has one element for each line of the order.
    package init(
        order: Order,
        customer: Customer? = nil,
        profiles: [SKUProfile?],
        day: CivilDate
    ) {
        precondition(profiles.count == order.lines.count, "one profile for each line")
        self.order = order
        self.customer = customer
        self.profiles = profiles
        self.day = day
    }
}

/// How one order is to be filled, and which rule says so.
package struct BuyerPolicy: Hashable, Sendable {
    /// At most one of each kind but `forbid`, in the order of the kinds.
    package let effects: [Applied]
    /// What is given up, in this order, where there is no plan; empty where nothing is soft.
    package let steps: [RuleSet.Relaxation]
    /// Units that are kept from this order, by line and warehouse.
    package let kept: [Kept]
    /// The only warehouses that may ship a line, where not all may; none where it may not go there.
    package let eligible: [Int: [Warehouse.ID]]
    /// What the SKU directory asks of the lots of a line, where it asks anything.
    package let profileLots: [Int: LotNeeds]
    /// Before whom the buyer is served where several wait.
    package let rank: BuyerRank

    init(
        effects: [Applied],
        steps: [RuleSet.Relaxation],
        kept: [Kept],
        eligible: [Int: [Warehouse.ID]],
        profileLots: [Int: LotNeeds] = [:],
        rank: BuyerRank = .last
    ) {
        self.profileLots = profileLots
        self.effects = effects
        self.steps = steps
        self.kept = kept
        self.eligible = eligible
        self.rank = rank
    }

    /// An effect and the rule it comes from.
    package struct Applied: Hashable, Sendable {
        package let effect: RuleEffect
        package let rule: String
        package let line: Int
        package let level: RuleLevel
        package let isSoft: Bool
        /// The only lines of the order that it is about; nil for all.
        package let lines: [Int]?

        init(
            effect: RuleEffect,
            rule: String,
            line: Int,
            level: RuleLevel,
            isSoft: Bool,
            lines: [Int]? = nil
        ) {
            self.effect = effect
            self.rule = rule
            self.line = line
            self.level = level
            self.isSoft = isSoft
            self.lines = lines
        }
    }

    /// Units of a line's SKU that are kept for others.
    package struct Kept: Hashable, Sendable {
        package let line: Int
        package let warehouse: Warehouse.ID
        package let units: Quantity
    }

    /// The policy where no rule says anything.
    package static let none = BuyerPolicy(effects: [], steps: [], kept: [], eligible: [:])

    /// Returns what still holds after so many steps of relaxation.
    package func effects(afterSteps count: Int) -> [RuleEffect] {
        let given = Set(steps.prefix(count).flatMap(\.kinds))
        return effects.filter { !($0.isSoft && given.contains($0.effect.kind)) }.map(\.effect)
    }

    /// Returns the policy without one of its effects.
    package func without(effectAt index: Int) -> BuyerPolicy {
        var rest = effects
        rest.remove(at: index)
        return with(effects: rest)
    }

    /// The policy with every unit free for this order.
    package var withoutProtection: BuyerPolicy { with(kept: []) }

    /// The policy with every line free to ship from, and go, anywhere.
    package var withoutEligibility: BuyerPolicy { with(eligible: [:]) }

    /// The policy where the SKU directory asks nothing of lots.
    package var withoutProfileLots: BuyerPolicy { with(profileLots: [:]) }

    private func with(
        effects: [Applied]? = nil,
        kept: [Kept]? = nil,
        eligible: [Int: [Warehouse.ID]]? = nil,
        profileLots: [Int: LotNeeds]? = nil
    ) -> BuyerPolicy {
        BuyerPolicy(
            effects: effects ?? self.effects,
            steps: steps,
            kept: kept ?? self.kept,
            eligible: eligible ?? self.eligible,
            profileLots: profileLots ?? self.profileLots,
            rank: rank
        )
    }

    /// Returns what the directory and all rules together ask of the lots of a line.
    package func lots(ofLine line: Int) -> LotNeeds {
        effects.reduce(profileLots[line] ?? .none) { needs, applied in
            guard case .lots(let lots) = applied.effect, applied.lines?.contains(line) ?? true
            else { return needs }
            return needs.joined(with: lots.needs)
        }
    }

    /// Returns the one effect of a kind, if any rule says it.
    package func applied(_ kind: EffectKind) -> Applied? {
        effects.first { $0.effect.kind == kind }
    }
}
