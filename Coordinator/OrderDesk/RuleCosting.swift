internal import AllocationModel
internal import BuyerRules

/// What each thing that rules say of one order costs it: the order solved again without it.
struct RuleCosting {
    let solving: RuledSolving
    /// The plan under all of them; nil where the order was refused.
    let plan: Plan?
    let isCancelled: () -> Bool

    /// Returns what rules, protections and the SKU directory say of the order, and what it costs.
    func applied() -> [Explanation.Rules.Applied] {
        let policy = solving.ruling.policy
        var applied = policy.effects.enumerated()
            .map { index, one in
                Explanation.Rules.Applied(
                    rule: one.rule,
                    effect: one.effect.words,
                    isSoft: one.isSoft,
                    cost: one.effect.kind.shapesPlans
                        ? cost(under: policy.without(effectAt: index)) : nil
                )
            }
        applied += stated(
            "stock kept for others",
            policy.kept.map { "\($0.units) x \(name(of: $0.line)) at \($0.warehouse)" },
            without: policy.withoutProtection
        )
        applied += stated(
            "SKU directory",
            policy.eligible.sorted { $0.key < $1.key }
                .map { line, sites in
                    let names = sites.map(\.rawValue).joined(separator: ", ")
                    return sites.isEmpty
                        ? "\(name(of: line)) may not go there"
                        : "\(name(of: line)) from \(names) only"
                },
            without: policy.withoutEligibility
        )
        applied += stated(
            "SKU directory",
            policy.profileLots.sorted { $0.key < $1.key }
                .map { "\(name(of: $0.key)) with \($0.value.words)" },
            without: policy.withoutProfileLots
        )
        let asked = solving.order.lines.filter { $0.lots != .none }
        applied += stated(
            "the order itself",
            asked.map { "\($0.sku) with \($0.lots.words)" },
            without: policy,
            of: solving.order.withoutLots
        )
        return applied
    }

    /// Rules that were given no cost, for want of time.
    static func unasked(in applied: [Explanation.Rules.Applied]) -> Int {
        applied.count { $0.cost == .undetermined }
    }

    private func stated(
        _ rule: String,
        _ facts: [String],
        without policy: BuyerPolicy,
        of order: Order? = nil
    ) -> [Explanation.Rules.Applied] {
        guard !facts.isEmpty else { return [] }
        return [
            Explanation.Rules.Applied(
                rule: rule,
                effect: facts.joined(separator: "; "),
                isSoft: false,
                cost: cost(under: policy, of: order)
            )
        ]
    }

    private func name(of line: Int) -> String { solving.order.lines[line].sku.code }

    private func cost(
        under policy: BuyerPolicy,
        of order: Order? = nil
    ) -> Explanation.Rules.Cost {
        guard !isCancelled() else { return .undetermined }
        let other = RuledSolving(
            order: order ?? solving.order,
            bids: solving.bids,
            policy: solving.policy,
            ruling: solving.ruling.with(policy)
        )
        switch other.run() {
        case .plan(let answer, _, _):
            return plan.map { $0.cost(over: answer.plan) }
                ?? .order(answer.plan.cost)
        case .unfillable: return plan == nil ? .nothing : .undetermined
        case .undecided: return .undetermined
        }
    }
}

extension BuyerRuling {
    /// Returns the ruling with another policy on the same facts.
    func with(_ policy: BuyerPolicy) -> BuyerRuling {
        BuyerRuling(
            version: version,
            policy: policy,
            customer: customer,
            profiles: profiles,
            day: day,
            miles: miles
        )
    }
}

extension Order {
    /// The same order, asking nothing of lots.
    fileprivate var withoutLots: Order {
        Order(
            id: id,
            lines: lines.map { Line(id: $0.id, sku: $0.sku, quantity: $0.quantity) },
            destination: destination,
            serviceLevel: serviceLevel,
            completeness: completeness,
            currency: currency,
            terms: terms
        )
    }
}

extension Plan {
    /// Returns what this plan takes more than `other`.
    fileprivate func cost(over other: Plan) -> Explanation.Rules.Cost {
        if shipments == other.shipments && backorders == other.backorders { return .nothing }
        let (last, otherLast) = (lastArrival, other.lastArrival)
        let days = last.flatMap { last in
            otherLast.map { last.daysSinceEpoch - $0.daysSinceEpoch }
        }
        return .difference(
            cost - other.cost,
            days: days ?? 0,
            unitsShort: unitsShort - other.unitsShort
        )
    }

    private var lastArrival: CivilDate? { shipments.map(\.arrives).max() }
}
