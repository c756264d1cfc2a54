package import AllocationModel

/// How much more one best plan comes to than another, as far as both are proved.
package struct SplitDifference: Hashable, Sendable {
    /// Units more that are not shipped; before the cost in a lexicographic order.
    package let backorderUnits: Int64
    /// Units more that arrive late; before the cost in a lexicographic order.
    package let lateUnits: Int64
    /// Of the plans that were found.
    package let cost: Cost
    /// The least that the costs of the two best plans can differ by, or nil where nothing is known.
    package let costMinimum: Cost?
    /// The most that the costs of the two best plans can differ by, or nil where nothing is known.
    package let costMaximum: Cost?

    /// Compares what was found, and what the bounds leave open.
    ///
    /// In a lexicographic order a bound of the cost says nothing until the units
    /// are proved to be the fewest, so both limits are nil unless both plans are proved.
    package init(of plan: SplitPlan, over other: SplitPlan, under policy: SplitPolicy) {
        backorderUnits = plan.costs.backorderUnits - other.costs.backorderUnits
        lateUnits = plan.costs.lateUnits - other.costs.lateUnits
        cost = plan.cost - other.cost
        switch policy.objective {
        case .weighted:
            costMinimum = plan.bound - other.cost
            costMaximum = plan.cost - other.bound
        case .lexicographic:
            let areProved = plan.isProved && other.isProved
            costMinimum = areProved ? cost : nil
            costMaximum = areProved ? cost : nil
        }
    }

    /// Compares where the first plan is known to come to no less, as one under a rule more.
    init(of plan: SplitPlan, overRelaxed other: SplitPlan, under policy: SplitPolicy) {
        let difference = SplitDifference(of: plan, over: other, under: policy)
        let isWeighted = policy.objective == .weighted
        backorderUnits = difference.backorderUnits
        lateUnits = difference.lateUnits
        cost = difference.cost
        costMinimum = difference.costMinimum.map { isWeighted ? max(.zero, $0) : $0 }
        costMaximum = difference.costMaximum
    }

    /// Whether the two best plans differ by exactly `cost`.
    package var isExact: Bool { costMinimum == cost && costMaximum == cost }
}

extension SplitPlan {
    /// Whether its policy would rather have this plan than the other, by what they come to.
    func isBetter(than other: SplitPlan, under policy: SplitPolicy) -> Bool {
        let isLexicographic = policy.objective == .lexicographic
        let units = { (plan: SplitPlan) -> (Int64, Int64) in
            isLexicographic ? (plan.costs.backorderUnits, plan.costs.lateUnits) : (0, 0)
        }
        return units(self) != units(other) ? units(self) < units(other) : cost < other.cost
    }
}
