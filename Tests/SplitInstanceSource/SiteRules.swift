internal import AllocationModel
internal import SplitSolver

/// What the policy asks of the sites, drawn before their stock so that it can be met.
struct SiteRules {
    let forced: [Int]
    let forbidden: [Int]
    let preferences: [SplitPolicy.Preference]
    /// The sites that are given enough of everything where an order must be complete.
    let anchors: [Int]

    /// How many sites and shipments a limit leaves, at most.
    private static let anchorsMaximum = 3

    init(sites: Int, with features: Set<InstanceFamily.Feature>, by dice: inout Dice) {
        var order = dice.shuffled(Array(0..<sites))
        let hasRules = features.contains(.siteRules)
        forbidden = hasRules ? Array(order.suffix(sites / 5)).sorted() : []
        order.removeLast(forbidden.count)
        forced = hasRules && dice.chance(50) ? Array(order.prefix(1)) : []
        let unloved = hasRules ? Array(order.suffix(sites / 4)).sorted() : []
        preferences = unloved.map {
            SplitPolicy.Preference(
                warehouse: $0,
                reluctance: Cost(dice.whole(5...40) * 10_000)
            )
        }
        let isLimited = features.contains(.siteLimit) || features.contains(.shipmentLimit)
        // Forced sites come first and are never cut off.
        anchors = isLimited ? Array(order.prefix(Self.anchorsMaximum)) : order
    }

    /// Returns the policy for an order whose goods make so many segregation groups.
    func policy(of family: InstanceFamily, groups: Int) -> SplitPolicy {
        let features = family.features
        return SplitPolicy(
            completeness: family.completeness,
            warehousesMaximum: features.contains(.siteLimit) ? anchors.count : nil,
            shipmentsMaximum: features.contains(.shipmentLimit) ? anchors.count * groups : nil,
            objective: features.contains(.lexicographic) ? .lexicographic : .weighted,
            forced: forced,
            forbidden: forbidden,
            preferences: preferences
        )
    }
}
