/// A site manager's own word on a reservation that was in doubt, given for want of the coordinator's.
///
/// It stands whatever the order's decision is; where the two differ, that is
/// reported on both sides and never mended silently.
package struct HoldOverride: Hashable, Sendable {
    package let transaction: TransactionID
    package let choice: Choice
    /// Who forced it.
    package let who: String
    package let reason: String
    package let at: Timestamp

    package init(
        transaction: TransactionID,
        choice: Choice,
        who: String,
        reason: String,
        at: Timestamp
    ) {
        self.transaction = transaction
        self.choice = choice
        self.who = who
        self.reason = reason
        self.at = at
    }

    /// What the site manager chose.
    package enum Choice: String, CaseIterable, Hashable, Sendable {
        /// The units are kept for the order.
        case confirm
        /// The units went back to stock.
        case release
    }
}

/// An override at one site, in the record of the order that it concerns.
package struct SiteOverride: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let override: HoldOverride
    /// Whether the order was decided the other way.
    package let isConflict: Bool

    package init(warehouse: Warehouse.ID, override: HoldOverride, isConflict: Bool) {
        self.warehouse = warehouse
        self.override = override
        self.isConflict = isConflict
    }
}
