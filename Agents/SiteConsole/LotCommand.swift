package import AllocationModel

/// Something to do with lots.
package enum LotCommand: Hashable, Sendable, Codable {
    /// First to expire first.
    case list(LotQuery, limit: Int)
    /// One lot, and the latest of what was done with it.
    case show(sku: SKU, lot: Lot.ID, limit: Int)
    /// Sets its last day; nil where it keeps for ever.
    case setExpiry(sku: SKU, lot: Lot.ID, expires: CivilDate?, reason: String)
    /// Adds certificates, or takes them away.
    case certify(
        sku: SKU,
        lot: Lot.ID,
        certificates: [String],
        isWithdrawn: Bool,
        reason: String
    )
    /// Keeps it from being promised.
    case quarantine(sku: SKU, lot: Lot.ID, reason: String)
    /// Lets it be promised again.
    case release(sku: SKU, lot: Lot.ID, reason: String)
}

/// Which lots are asked for.
package struct LotQuery: Hashable, Sendable, Codable {
    /// Nil for all SKUs.
    package let sku: SKU?
    package let isExpired: Bool
    /// That have expired, or will have so many days from now.
    package let expiringWithinDays: Int?
    package let isQuarantined: Bool
    /// Also those of which nothing is there and nothing is promised.
    package let includesEmpty: Bool

    package init(
        sku: SKU? = nil,
        isExpired: Bool = false,
        expiringWithinDays: Int? = nil,
        isQuarantined: Bool = false,
        includesEmpty: Bool = false
    ) {
        self.sku = sku
        self.isExpired = isExpired
        self.expiringWithinDays = expiringWithinDays
        self.isQuarantined = isQuarantined
        self.includesEmpty = includesEmpty
    }
}

/// Lots, first to expire first.
package struct LotList: Hashable, Sendable, Codable {
    package let rows: [LotStateRow]
    package let isCutShort: Bool
}

/// One lot, as it is on the day at the site.
package struct LotStateRow: Hashable, Sendable, Codable {
    package let sku: SKU
    package let lot: Lot.ID
    package let description: String
    package let onHand: Int64
    package let held: Int64
    package let allocated: Int64
    /// The last day on which it may be shipped; nil where it keeps.
    package let expires: CivilDate?
    /// Days until then, fewer than none once it has expired.
    package let daysLeft: Int?
    package let isExpired: Bool
    package let isQuarantined: Bool
    package let certificates: [String]

    /// Units that are promised of it.
    package var promised: Int64 { held + allocated }
}

/// One lot, and what was done with it.
package struct LotReport: Hashable, Sendable, Codable {
    package let lot: LotStateRow
    /// What may be promised of its SKU now, all lots together.
    package let available: Int64
    /// The latest first.
    package let history: [HistoryRow]
}
