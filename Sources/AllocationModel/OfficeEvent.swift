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

    /// Which event of which log it is, for whoever asks for what came after it.
    ///
    /// The number alone would not do: a log that was put back or rebuilt counts from there again.
    package struct Mark: Hashable, Sendable, CustomStringConvertible {
        /// Names the start of the coordinator in which it was written.
        package let start: UInt64
        /// Rises from one event to the next.
        package let number: Int64

        package init(start: UInt64, number: Int64) {
            self.start = start
            self.number = number
        }

        /// Reads what `description` says: sixteen hexadecimal digits, a hyphen and the number.
        package init(parsing text: String) throws(ParseError) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == 16,
                let start = UInt64(parts[0], radix: 16), let number = Int64(parts[1]), number > 0
            else { throw ParseError("‘\(text.prefix(64))’ is not the id of an event") }
            self.init(start: start, number: number)
            guard description == text else {
                throw ParseError("‘\(text.prefix(64))’ is not the id of an event")
            }
        }

        package var description: String {
            let digits = String(start, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits + "-\(number)"
        }
    }

    package let mark: Mark
    package let kind: Kind
    package let subject: Subject
    /// The warehouse that did it, where one did.
    package let warehouse: Warehouse.ID?

    package init(
        mark: Mark,
        kind: Kind,
        subject: Subject,
        warehouse: Warehouse.ID? = nil
    ) {
        self.mark = mark
        self.kind = kind
        self.subject = subject
        self.warehouse = warehouse
    }
}
