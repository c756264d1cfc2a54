/// Something that has happened to an order or an alert, in the order in which the office wrote it.
///
/// It says what to look at again and not what is there: the record has that, as of now.
package struct OfficeEvent: Hashable, Sendable {
    /// What has happened.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case orderConfirmed = "order.confirmed"
        case orderBackordered = "order.backordered"
        case orderRefused = "order.refused"
        case orderCancelled = "order.cancelled"
        /// Its plan is another, and its status the same.
        case orderChanged = "order.changed"
        /// A warehouse has shipped its part.
        case orderShipped = "order.shipped"
        /// A warehouse cannot pick a part.
        case orderPickRefused = "order.pick-refused"
        /// The day by which a line is expected that waits for stock has changed.
        case orderDated = "order.dated"
        case alertOpened = "alert.opened"
        case alertAcknowledged = "alert.acknowledged"
        case alertResolved = "alert.resolved"
    }

    /// What it is about.
    package enum Subject: Hashable, Sendable {
        case order(Order.ID)
        case alert(Int64)
    }

    /// Rises from one to the next.
    package let number: Int64
    package let kind: Kind
    package let subject: Subject
    /// The warehouse that did it, where one did.
    package let warehouse: Warehouse.ID?

    package init(
        number: Int64,
        kind: Kind,
        subject: Subject,
        warehouse: Warehouse.ID? = nil
    ) {
        self.number = number
        self.kind = kind
        self.subject = subject
        self.warehouse = warehouse
    }
}
