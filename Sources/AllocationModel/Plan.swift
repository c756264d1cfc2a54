/// The complete answer to an order: which warehouse ships what, and at what cost.
///
/// Immutable, with nothing left to choose later.
package struct Plan: Hashable, Sendable {
    package let order: Order.ID
    /// By rising warehouse, then service, then segregation group.
    package let shipments: [Shipment]
    /// Quantity accepted without stock, by rising line.
    package let backorders: [Backorder]
    package let cost: Money
    /// The most that any lawful plan could save is `cost - bound`.
    package let bound: Money
    /// Whether no lawful plan is cheaper.
    package let isProved: Bool

    package init(
        order: Order.ID,
        shipments: [Shipment],
        backorders: [Backorder],
        cost: Money,
        bound: Money,
        isProved: Bool
    ) {
        self.order = order
        self.shipments = shipments
        self.backorders = backorders
        self.cost = cost
        self.bound = bound
        self.isProved = isProved
    }

    /// The warehouses that ship something, in order, each once.
    package var warehouses: [Warehouse.ID] {
        var seen: [Warehouse.ID] = []
        for shipment in shipments where seen.last != shipment.warehouse {
            seen.append(shipment.warehouse)
        }
        return seen
    }

    /// What leaves one warehouse by one service for one order.
    package struct Shipment: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let service: String
        package let carrier: String
        package let lines: [ShipmentLine]
        package let freight: Money
        package let handling: Money
        package let leaves: CivilDate
        package let arrives: CivilDate
        /// By when on that day, by the destination's clock; nil where nobody has said.
        package let arrivesBy: TimeOfDay?
        /// Until when it must be on its way to leave on `leaves`; nil where nobody has said.
        package let leavesBy: LocalTime?
        /// Until when it may leave at the last and still arrive in time.
        ///
        /// Nil where the order need not arrive by any day, and where the site has not said.
        package let lastCutoff: LocalTime?

        package init(
            warehouse: Warehouse.ID,
            service: String,
            carrier: String,
            lines: [ShipmentLine],
            freight: Money,
            handling: Money,
            leaves: CivilDate,
            arrives: CivilDate,
            arrivesBy: TimeOfDay? = nil,
            leavesBy: LocalTime? = nil,
            lastCutoff: LocalTime? = nil
        ) {
            self.warehouse = warehouse
            self.service = service
            self.carrier = carrier
            self.lines = lines
            self.freight = freight
            self.handling = handling
            self.leaves = leaves
            self.arrives = arrives
            self.arrivesBy = arrivesBy
            self.leavesBy = leavesBy
            self.lastCutoff = lastCutoff
        }
    }

    /// A quantity of one order line in a shipment.
    package struct ShipmentLine: Hashable, Sendable {
        package let line: Int
        package let sku: SKU
        package let quantity: Quantity

        package init(line: Int, sku: SKU, quantity: Quantity) {
            self.line = line
            self.sku = sku
            self.quantity = quantity
        }
    }

    /// A quantity of one order line that nobody can ship yet.
    package struct Backorder: Hashable, Sendable {
        package let line: Int
        package let sku: SKU
        package let quantity: Quantity

        package init(line: Int, sku: SKU, quantity: Quantity) {
            self.line = line
            self.sku = sku
            self.quantity = quantity
        }
    }
}
