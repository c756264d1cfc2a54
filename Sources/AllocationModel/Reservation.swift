/// One attempt to place one order, named once and never again.
///
/// The epoch rises with every start of the coordinator, the counter with every
/// attempt within it, so ids rise with time and a late duplicate can revive nothing.
package struct TransactionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Epochs fit 23 bits, so that `number` stays positive.
    package static let epochMaximum: Int64 = (1 << 23) - 1
    package static let counterMaximum: Int64 = (1 << 40) - 1

    package let coordinator: Coordinator.ID
    package let epoch: Int64
    package let counter: Int64

    /// - Precondition: epoch and counter are within their maxima and not negative.
    package init(coordinator: Coordinator.ID, epoch: Int64, counter: Int64) {
        precondition((0...Self.epochMaximum).contains(epoch), "an epoch has 23 bits")
        precondition((0...Self.counterMaximum).contains(counter), "a counter has 40 bits")
        self.coordinator = coordinator
        self.epoch = epoch
        self.counter = counter
    }

    /// Reads the pair back from its integer key, or nil where it is negative.
    package init?(coordinator: Coordinator.ID, number: Int64) {
        guard number >= 0 else { return nil }
        self.init(
            coordinator: coordinator,
            epoch: number >> 40,
            counter: number & Self.counterMaximum
        )
    }

    /// Reads what `description` wrote, such as `office-3-17`.
    package init(parsing text: String) throws(ParseError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let counter = Int64(parts[parts.count - 1]),
            let epoch = Int64(parts[parts.count - 2]),
            (0...Self.counterMaximum).contains(counter), (0...Self.epochMaximum).contains(epoch)
        else {
            throw ParseError("‘\(text)’ is not a transaction; copy one from ‘hold list’")
        }
        let name = parts.dropLast(2).joined(separator: "-")
        let coordinator = try Coordinator.ID(parsing: name)
        self.init(coordinator: coordinator, epoch: epoch, counter: counter)
    }

    /// Epoch and counter in one integer that rises with time: the key in both databases.
    package var number: Int64 { epoch << 40 | counter }

    package var description: String { "\(coordinator)-\(epoch)-\(counter)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.number, left.coordinator) < (right.number, right.coordinator)
    }
}

/// Stock set aside at one warehouse for one order, until confirmed or released.
package struct Reservation: Hashable, Sendable {
    package let transaction: TransactionID
    package let order: Order.ID
    package let lines: [Line]

    package init(transaction: TransactionID, order: Order.ID, lines: [Line]) {
        self.transaction = transaction
        self.order = order
        self.lines = lines
    }

    /// A quantity of one SKU.
    package struct Line: Hashable, Sendable {
        package let sku: SKU
        package let quantity: Quantity
        /// What the lots must be that it is taken from.
        package let lots: LotTerms

        package init(sku: SKU, quantity: Quantity, lots: LotTerms = .any) {
            self.sku = sku
            self.quantity = quantity
            self.lots = lots
        }
    }

    /// How far a reservation has come.
    ///
    /// After an agent has voted to reserve, a hold may no longer expire: it is
    /// in doubt until it hears.
    package enum Status: String, CaseIterable, Hashable, Sendable {
        /// A quote's hold, with a life of its own. Next: `voted`, `released`, `expired`.
        case held
        /// Voted, and not yet told the outcome. Next: `confirmed`, `released`. Never `expired`.
        case voted
        /// Promised to the customer. Next: `shipped`, `released` by a logged decision.
        case confirmed
        /// The units are back in stock. Final.
        case released
        /// A hold that lapsed before its agent had voted. Final.
        case expired
        /// The units have left the building. Final.
        case shipped
    }

    /// What can happen to a reservation.
    package enum Event: String, CaseIterable, Hashable, Sendable {
        case vote
        case confirm
        case release
        case expire
        case ship
    }

    /// An event that the law of a reservation does not allow in its status.
    package struct UnlawfulTransition: Error, Hashable, Sendable, CustomStringConvertible {
        package let status: Status
        package let event: Event

        package init(status: Status, event: Event) {
            self.status = status
            self.event = event
        }

        package var description: String {
            "a reservation that is \(status.rawValue) cannot \(event.rawValue)"
        }
    }
}

extension Reservation.Status {
    /// Returns the status after `event`, or says that the event is unlawful here.
    ///
    /// The only law of a reservation: the ledger stores its results, recovery
    /// folds it, ARCHITECTURE.md draws it.
    package func next(
        after event: Reservation.Event
    ) throws(Reservation.UnlawfulTransition) -> Self {
        switch (self, event) {
        case (.held, .vote): return .voted
        case (.held, .release): return .released
        case (.held, .expire): return .expired
        case (.voted, .confirm): return .confirmed
        case (.voted, .release): return .released
        case (.confirmed, .release): return .released
        case (.confirmed, .ship): return .shipped
        case (.held, .confirm), (.held, .ship), (.voted, .vote), (.voted, .expire),
            (.voted, .ship), (.confirmed, .vote), (.confirmed, .confirm), (.confirmed, .expire),
            (.released, .vote), (.released, .confirm), (.released, .release),
            (.released, .expire), (.released, .ship), (.expired, .vote), (.expired, .confirm),
            (.expired, .release), (.expired, .expire), (.expired, .ship), (.shipped, .vote),
            (.shipped, .confirm), (.shipped, .release), (.shipped, .expire), (.shipped, .ship):
            throw Reservation.UnlawfulTransition(status: self, event: event)
        }
    }
}
