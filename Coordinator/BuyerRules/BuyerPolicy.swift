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
    /// Before whom the buyer is served where several wait.
    package let rank: BuyerRank

    init(
        effects: [Applied],
        steps: [RuleSet.Relaxation],
        kept: [Kept],
        eligible: [Int: [Warehouse.ID]],
        rank: BuyerRank = .last
    ) {
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
        return BuyerPolicy(
            effects: rest,
            steps: steps,
            kept: kept,
            eligible: eligible,
            rank: rank
        )
    }

    /// The policy with every unit free for this order.
    package var withoutProtection: BuyerPolicy {
        BuyerPolicy(effects: effects, steps: steps, kept: [], eligible: eligible, rank: rank)
    }

    /// The policy with every line free to ship from, and go, anywhere.
    package var withoutEligibility: BuyerPolicy {
        BuyerPolicy(effects: effects, steps: steps, kept: kept, eligible: [:], rank: rank)
    }

    /// Returns the one effect of a kind, if any rule says it.
    package func applied(_ kind: EffectKind) -> Applied? {
        effects.first { $0.effect.kind == kind }
    }
}
