package import AllocationModel

/// Something to do with what is on its way to the site.
package enum InboundCommand: Hashable, Sendable, Codable {
    case add(Notice)
    /// What is open, or all; of one SKU, where one is given.
    case list(sku: SKU?, all: Bool, limit: Int)
    /// What was done with a receipt, the latest last.
    case history(reference: Receipt.ID, limit: Int)
    /// Nil leaves as it is what was said before; a quantity is all of the receipt.
    case change(
        reference: Receipt.ID,
        sku: SKU?,
        expected: CivilDate?,
        quantity: Int64?,
        reason: String
    )
    case remove(reference: Receipt.ID, sku: SKU?, reason: String)
    case receive(Delivery)
    /// Takes a file of receipts whole, or not at all.
    case `import`(csv: String, isSnapshot: Bool, isDryRun: Bool)

    /// What is announced.
    package struct Notice: Hashable, Sendable, Codable {
        package let reference: Receipt.ID
        package let sku: SKU
        package let quantity: Int64
        package let expected: CivilDate
        /// `purchase` or `transfer`.
        package let kind: String
        /// Where from; empty where nobody says.
        package let origin: String

        package init(
            reference: Receipt.ID,
            sku: SKU,
            quantity: Int64,
            expected: CivilDate,
            kind: String = "purchase",
            origin: String = ""
        ) {
            self.reference = reference
            self.sku = sku
            self.quantity = quantity
            self.expected = expected
            self.kind = kind
            self.origin = origin
        }
    }

    /// What has come of a receipt.
    package struct Delivery: Hashable, Sendable, Codable {
        package let reference: Receipt.ID
        /// Nil for all of it, or for its only one.
        package let sku: SKU?
        /// Nil for all that was open.
        package let quantity: Int64?
        package let lot: Lot.ID?
        package let expires: CivilDate?
        /// Whether no more of it is to come.
        package let closes: Bool

        package init(
            reference: Receipt.ID,
            sku: SKU? = nil,
            quantity: Int64? = nil,
            lot: Lot.ID? = nil,
            expires: CivilDate? = nil,
            closes: Bool = false
        ) {
            self.reference = reference
            self.sku = sku
            self.quantity = quantity
            self.lot = lot
            self.expires = expires
            self.closes = closes
        }
    }
}
