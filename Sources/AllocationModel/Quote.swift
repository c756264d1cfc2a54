/// What an order would cost, and when it would arrive, if it were placed now.
///
/// Nothing is set aside for it: an order that is placed a moment later may find less.
package struct Quote: Hashable, Sendable {
    /// By rising service level, each dearer or sooner than the one before.
    package let options: [Option]
    /// Why nothing can be offered, by line; empty where there is an option.
    package let refusals: [LineRefusal]
    /// The warehouses that did not answer, by rising name.
    package let absent: [Warehouse.ID]

    package init(options: [Option], refusals: [LineRefusal], absent: [Warehouse.ID]) {
        self.options = options
        self.refusals = refusals
        self.absent = absent
    }

    /// The plan that an order for a service level would have.
    package struct Option: Hashable, Sendable {
        package let level: ServiceLevel
        package let plan: Plan

        package init(level: ServiceLevel, plan: Plan) {
            self.level = level
            self.plan = plan
        }

        /// What carriers charge and what is charged for each shipment.
        package var shipping: Money {
            plan.shipments.reduce(.zero(plan.cost.currency)) { $0 + $1.freight + $1.handling }
        }

        /// The day on which the last of it arrives; nil where nothing ships.
        package var lastArrival: CivilDate? { plan.shipments.map(\.arrives).max() }

        private var unitsShort: Int64 {
            plan.backorders.reduce(0) { $0 + $1.quantity.units }
        }

        /// Whether whoever may have `other` for the asking has no use for this.
        func isWorse(than other: Option) -> Bool {
            let (units, otherUnits) = (unitsShort, other.unitsShort)
            guard let arrives = lastArrival, let otherArrives = other.lastArrival else {
                return otherUnits < units
            }
            let isNoBetter =
                otherUnits <= units && other.shipping.minorUnits <= shipping.minorUnits
                && otherArrives <= arrives
            let isSame =
                otherUnits == units && other.shipping == shipping && otherArrives == arrives
            return isNoBetter && (!isSame || other.level < level)
        }
    }

    /// Returns the options that somebody could want, by rising service level.
    package static func worthHaving(_ options: [Option]) -> [Option] {
        options.filter { option in !options.contains { option.isWorse(than: $0) } }
            .sorted { $0.level < $1.level }
    }
}

/// The answer to who asks for a quote.
package enum QuoteAnswer: Hashable, Sendable {
    case quoted(Quote)
    case unavailable(reason: String, retryAfterSeconds: Int)
}
