package import AllocationModel

/// Units of one SKU that are on their way to the site, or were.
package struct InboundReceipt: Hashable, Sendable {
    /// The number of the purchase order, or of the transfer.
    package let reference: Receipt.ID
    package let sku: SKU
    package let kind: Kind
    /// Where it comes from: a supplier, a warehouse; empty where nobody said.
    package let origin: String
    /// The day on which it is to be here.
    package let expected: CivilDate
    /// All that was announced, what has come of it included.
    package let quantity: Quantity
    package let received: Quantity
    package let status: Status

    /// What has still to come.
    package var open: Quantity {
        status == .open ? quantity.lessAtMost(received) : .zero
    }

    /// What it is.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case purchase
        case transfer
    }

    /// How far it has come.
    package enum Status: String, CaseIterable, Hashable, Sendable {
        case open
        /// All of it has come, or nothing more will.
        case closed
        /// Nobody expects it any more.
        case removed
    }
}

/// What is said of a receipt that is announced.
package struct InboundNotice: Hashable, Sendable {
    package let reference: Receipt.ID
    package let sku: SKU
    package let kind: InboundReceipt.Kind
    package let origin: String
    package let expected: CivilDate
    package let quantity: Quantity

    package init(
        reference: Receipt.ID,
        sku: SKU,
        kind: InboundReceipt.Kind = .purchase,
        origin: String = "",
        expected: CivilDate,
        quantity: Quantity
    ) {
        self.reference = reference
        self.sku = sku
        self.kind = kind
        self.origin = origin
        self.expected = expected
        self.quantity = quantity
    }
}

/// Something that was done with a receipt.
package struct InboundEvent: Hashable, Sendable {
    package let sku: SKU
    package let kind: Kind
    /// The day before and after; nil before it was announced.
    package let expectedBefore: CivilDate?
    package let expected: CivilDate
    /// All that was announced, before and after.
    package let quantityBefore: Quantity?
    package let quantity: Quantity
    /// Units that came with it.
    package let received: Quantity
    package let who: String
    package let reason: String
    package let at: Timestamp

    /// What was done.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case add
        case change
        case receive
        case close
        case remove
    }
}

/// Why nothing was done with a receipt; nothing was written.
package enum InboundRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is on its way already.
    case known(InboundReceipt)
    /// Nothing of that name is on its way.
    case unknown(Receipt.ID, SKU?)
    /// It has several SKUs, and the change names none.
    case severalSKUs(Receipt.ID, [SKU])
    /// The day has passed.
    case passed(CivilDate, today: CivilDate)
    /// So few would be less than have come.
    case fewerThanReceived(InboundReceipt)
    /// Neither a day nor a quantity.
    case nothingToChange
    /// None came, and it is not to be closed.
    case noneReceived
    /// More than the ledger keeps at a time.
    case tooMany

    package var description: String {
        switch self {
        case .known(let receipt):
            "\(receipt.reference) of \(receipt.sku) is on its way already, \(receipt.open) by "
                + "\(receipt.expected); change it with ‘inbound change’"
        case .unknown(let reference, nil):
            "nothing of ‘\(reference)’ is on its way; see ‘inbound list’"
        case .unknown(let reference, let sku?):
            "no \(sku) of ‘\(reference)’ is on its way; see ‘inbound list’"
        case .severalSKUs(let reference, let skus):
            "\(reference) has \(skus.map(\.code).joined(separator: ", ")); say which with --sku"
        case .passed(let day, let today):
            "day is \(day), and today is \(today); give the day on which it is expected now"
        case .fewerThanReceived(let receipt):
            "\(receipt.received) of \(receipt.reference) have come; give more than that in all, or "
                + "close it with ‘inbound receive --quantity 0 --close’"
        case .nothingToChange: "nothing is said to have changed; give a day, a quantity or both"
        case .noneReceived: "none have come; count 1 or more, or close the receipt with --close"
        case .tooMany:
            "\(Limits.inboundOpenMaximum) receipts are on their way; remove those that will not come"
        }
    }
}

/// What a receipt that came in has come to.
package struct InboundArrival: Hashable, Sendable {
    package let receipt: InboundReceipt
    /// Units booked now.
    package let units: Quantity
    /// What that did to the stock; nil where nothing came.
    package let change: StockChange?
}
