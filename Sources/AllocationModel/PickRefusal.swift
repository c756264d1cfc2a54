/// A site's word that units which it had set aside for an order cannot be picked.
///
/// Told again until the coordinator has it in its log. Two of one attempt differ in `at`.
package struct PickRefusal: Hashable, Sendable {
    /// The attempt under which the units were set aside.
    package let transaction: TransactionID
    package let sku: SKU
    /// The lot that they were to come from; nil where the SKU is not kept by lot.
    package let lot: Lot.ID?
    package let quantity: Quantity
    package let reason: Reason
    /// Who said so at the site.
    package let who: String
    package let at: Timestamp

    package init(
        transaction: TransactionID,
        sku: SKU,
        lot: Lot.ID?,
        quantity: Quantity,
        reason: Reason,
        who: String,
        at: Timestamp
    ) {
        self.transaction = transaction
        self.sku = sku
        self.lot = lot
        self.quantity = quantity
        self.reason = reason
        self.who = who
        self.at = at
    }

    /// Why the units cannot be picked.
    package enum Reason: String, CaseIterable, Hashable, Sendable, Codable {
        /// They are there, and cannot be sold.
        case damaged
        /// They are not where they are recorded.
        case notFound = "not-found"
        /// Their lot has expired while they were set aside: the site says so by itself.
        case expired

        /// The reason in words, as in `3 x VALVE-3IN damaged`.
        package var words: String {
            switch self {
            case .damaged: "damaged"
            case .notFound: "not found"
            case .expired: "expired"
            }
        }
    }

    /// What it comes to, as `3 x VALVE-3IN of lot L1 damaged`.
    package var words: String {
        "\(quantity) x \(sku)" + (lot.map { " of lot \($0)" } ?? "") + " \(reason.words)"
    }
}

/// A pick that one site has refused, in the record of its order.
package struct SitePickRefusal: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let refusal: PickRefusal

    package init(warehouse: Warehouse.ID, refusal: PickRefusal) {
        self.warehouse = warehouse
        self.refusal = refusal
    }

    /// What it comes to, as `DAL: 3 x VALVE-3IN damaged`.
    package var words: String { "\(warehouse): \(refusal.words)" }
}
