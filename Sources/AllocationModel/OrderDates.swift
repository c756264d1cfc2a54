/// Units of a waiting line that a receipt on its way is to bring.
package struct BackorderPart: Hashable, Sendable {
    /// Index in the order's lines.
    package let line: Int
    package let sku: SKU
    package let quantity: Quantity
    package let warehouse: Warehouse.ID
    package let receipt: Receipt.ID
    /// The day on which they are to be at the warehouse.
    package let expected: CivilDate
    /// The day on which they would leave; nil where the warehouse does not say.
    package let leaves: CivilDate?
    /// The day on which they would arrive; nil where that is not known.
    package let arrives: CivilDate?

    package init(
        line: Int,
        sku: SKU,
        quantity: Quantity,
        warehouse: Warehouse.ID,
        receipt: Receipt.ID,
        expected: CivilDate,
        leaves: CivilDate? = nil,
        arrives: CivilDate? = nil
    ) {
        self.line = line
        self.sku = sku
        self.quantity = quantity
        self.warehouse = warehouse
        self.receipt = receipt
        self.expected = expected
        self.leaves = leaves
        self.arrives = arrives
    }

    /// Returns the same units, fewer of them.
    package func of(_ quantity: Quantity) -> BackorderPart {
        BackorderPart(
            line: line,
            sku: sku,
            quantity: quantity,
            warehouse: warehouse,
            receipt: receipt,
            expected: expected,
            leaves: leaves,
            arrives: arrives
        )
    }
}

/// By which days what waits of an order is expected; what no part names has no day.
package struct OrderDates: Hashable, Sendable {
    package let order: Order.ID
    /// By rising line, then day.
    package let expected: [BackorderPart]
    /// As the customer was told it, of the lines that are later than that now.
    package let told: [BackorderPart]

    package init(order: Order.ID, expected: [BackorderPart], told: [BackorderPart] = []) {
        self.order = order
        self.expected = expected
        self.told = told
    }

    /// Whether something of it is later than the customer was told.
    package var isLate: Bool { !told.isEmpty }

    /// Returns what is expected of a line.
    package func parts(of line: Int) -> [BackorderPart] { expected.filter { $0.line == line } }

    /// Returns the day by which all of a line's waiting units are here; nil where some have none.
    package func day(of line: Int, waiting: Quantity) -> CivilDate? {
        let parts = parts(of: line)
        let units = parts.reduce(Quantity.zero) { $0 + $1.quantity }
        return units >= waiting ? parts.map(\.expected).max() : nil
    }
}

/// How the day of a waiting line moved.
package struct DateChange: Hashable, Sendable {
    package let order: Order.ID
    package let line: Int
    package let sku: SKU
    package let at: Timestamp
    /// The last day on which some of it was expected; nil where none had a day.
    package let before: CivilDate?
    package let after: CivilDate?
    /// Units that have no day now.
    package let undated: Quantity
    /// Whether some of it is later than before.
    package let isLater: Bool
    /// What it is expected from now; nil where nothing is.
    package let warehouse: Warehouse.ID?
    package let receipt: Receipt.ID?

    package init(
        order: Order.ID,
        line: Int,
        sku: SKU,
        at: Timestamp,
        before: CivilDate?,
        after: CivilDate?,
        undated: Quantity,
        isLater: Bool,
        warehouse: Warehouse.ID?,
        receipt: Receipt.ID?
    ) {
        self.order = order
        self.line = line
        self.sku = sku
        self.at = at
        self.before = before
        self.after = after
        self.undated = undated
        self.isLater = isLater
        self.warehouse = warehouse
        self.receipt = receipt
    }
}

/// A receipt on its way, as its site has told of it.
package struct SiteReceipt: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let receipt: Receipt.ID
    package let sku: SKU
    /// What has still to come.
    package let quantity: Quantity
    package let expected: CivilDate
    /// The day on which goods that come then would leave; nil where the site does not say.
    package let leaves: CivilDate?

    package init(
        warehouse: Warehouse.ID,
        receipt: Receipt.ID,
        sku: SKU,
        quantity: Quantity,
        expected: CivilDate,
        leaves: CivilDate? = nil
    ) {
        self.warehouse = warehouse
        self.receipt = receipt
        self.sku = sku
        self.quantity = quantity
        self.expected = expected
        self.leaves = leaves
    }
}

/// What is expected for orders that wait, and the receipts that it is expected from.
package struct BackorderDates: Hashable, Sendable {
    /// The SKUs of which `receipts` has all that is known.
    package var skus: [SKU] = []
    package var receipts: [SiteReceipt] = []
    /// Orders whose dates are these now, in place of what they were.
    package var orders: [OrderDates] = []
    package var changes: [DateChange] = []

    package init() {}

    package var isEmpty: Bool { skus.isEmpty && orders.isEmpty && changes.isEmpty }
}
