/// A site's word that a physical count found other than what was recorded, or agrees again.
///
/// Told again until the coordinator has seen to it.
package struct CountReport: Hashable, Sendable {
    /// The count's entry in the site's journal: of two, the later has the higher.
    package let entry: Int64
    package let sku: SKU
    /// Nil where the SKU is not kept by lot.
    package let lot: Lot.ID?
    /// On hand by the record, before the count.
    package let recorded: Quantity
    package let counted: Quantity
    /// Who counted.
    package let who: String
    package let at: Timestamp

    package init(
        entry: Int64,
        sku: SKU,
        lot: Lot.ID?,
        recorded: Quantity,
        counted: Quantity,
        who: String,
        at: Timestamp
    ) {
        self.entry = entry
        self.sku = sku
        self.lot = lot
        self.recorded = recorded
        self.counted = counted
        self.who = who
        self.at = at
    }

    /// Whether the count found what was recorded.
    package var agrees: Bool { counted == recorded }
}
