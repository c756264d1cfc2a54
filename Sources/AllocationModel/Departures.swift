/// An order of which something should be on its way by an instant.
package struct DueDeparture: Hashable, Sendable {
    package let order: Order.ID
    /// Until when the first of its parts that has not left was to leave.
    package let at: Timestamp

    package init(order: Order.ID, at: Timestamp) {
        self.order = order
        self.at = at
    }
}

extension Plan {
    /// Until when one warehouse's part of a plan was to leave.
    package struct Departure: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        /// Until when the last of it was: a warehouse tells that all of its part has left.
        package let leavesBy: LocalTime

        package init(warehouse: Warehouse.ID, leavesBy: LocalTime) {
            self.warehouse = warehouse
            self.leavesBy = leavesBy
        }
    }

    /// Returns until when each warehouse's part was to leave, by rising warehouse.
    ///
    /// Those that have not said are not among them, nor are those that have left.
    package func departures(without left: [Warehouse.ID] = []) -> [Departure] {
        warehouses.filter { !left.contains($0) }
            .compactMap { warehouse in
                shipments.filter { $0.warehouse == warehouse }.compactMap(\.leavesBy)
                    .max { $0.timestamp < $1.timestamp }
                    .map { Departure(warehouse: warehouse, leavesBy: $0) }
            }
    }

    /// Until when the first part was to leave of those that have said.
    package var firstDeparture: Timestamp? { departures().map(\.leavesBy.timestamp).min() }
}
