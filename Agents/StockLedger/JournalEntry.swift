/// What an entry of the journal records.
package enum JournalKind: String, CaseIterable, Hashable, Sendable {
    /// What a file said is on hand.
    case `import`
    /// A correction, with its reason.
    case adjust
    /// A physical count.
    case count
    /// Goods that came in.
    case receive
    /// A lot may not be promised.
    case quarantine
    /// A lot may be promised again.
    case clear
    /// A lot's last day was set: in the journal an `adjust` of nothing.
    case expiry
    /// A lot's certificates were set: in the journal an `adjust` of nothing.
    case certificates
    /// Set aside for an order.
    case hold
    /// A quote's hold became a vote.
    case vote
    /// Held units became allocated.
    case confirm
    /// Held or allocated units went back to stock.
    case release
    /// A quote's hold lapsed.
    case expire
    /// Allocated units left the building.
    case ship
    /// An allocation that the ledger had lost was installed again.
    case restore
}
