internal import AllocationModel

/// A policy whose conditions can be changed one by one.
struct PolicyDraft {
    var completeness: Completeness
    var warehousesMaximum: Int?
    var shipmentsMaximum: Int?
    var forced: [Int]
    var forbidden: [Int]
    private let original: SplitPolicy

    init(_ policy: SplitPolicy) {
        completeness = policy.completeness
        warehousesMaximum = policy.warehousesMaximum
        shipmentsMaximum = policy.shipmentsMaximum
        forced = policy.forced
        forbidden = policy.forbidden
        original = policy
    }

    var policy: SplitPolicy {
        SplitPolicy(
            completeness: completeness,
            warehousesMaximum: warehousesMaximum,
            shipmentsMaximum: shipmentsMaximum,
            objective: original.objective,
            forced: forced,
            forbidden: forbidden,
            preferences: original.preferences
        )
    }
}
