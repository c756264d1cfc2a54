package import AllocationModel
package import AllocationProtocol

/// Between an order as the log keeps it and as a site is told of it, both ways.
package enum Rebuilding {
    /// Returns the decision on an order as one site that shares it must know it.
    package static func ruling(
        on order: Order,
        _ transaction: TransactionID,
        lines: [Reservation.Line],
        participants: [Warehouse.ID],
        isCancelled: Bool,
        draws: [Lease.Draw] = [],
        carriage: Carriage? = nil,
        shipment: ShipmentReport? = nil
    ) -> Ruling {
        let bid = BidRequest(
            round: RoundID(order: order.id, attempt: 0),
            lines: order.lines.filter { !$0.quantity.isZero }
                .map { BidRequest.Line(sku: $0.sku, quantity: $0.quantity) },
            destination: order.destination,
            serviceLevel: order.serviceLevel,
            currency: order.currency,
            remainingMilliseconds: 0
        )
        return Ruling(
            request: ReserveRequest(
                transaction: transaction,
                lines: lines,
                participants: participants,
                bid: bid,
                completeness: order.completeness,
                carriage: carriage
            ),
            isCancelled: isCancelled,
            draws: draws,
            shipment: shipment
        )
    }

    /// Returns how a plan has the units of one site leave; nil where nobody knows.
    ///
    /// Where they leave by several services, the day of the first: the site counts the whole part on it.
    package static func carriage(from warehouse: Warehouse.ID, in plan: Plan) -> Carriage? {
        let shipments = plan.shipments.filter { $0.warehouse == warehouse }
        guard let first = shipments.min(by: { $0.leaves < $1.leaves }), first.service != unknown
        else { return nil }
        let isOneWay = shipments.allSatisfy { $0.service == first.service }
        return Carriage(service: isOneWay ? first.service : nil, leaves: first.leaves)
    }

    /// The service and the carrier of a plan that was rebuilt.
    private static let unknown = "unknown"

    /// Returns the order that a site was told of; nil where it asks for nothing.
    ///
    /// Its lines are named by their number: what the client called them is lost.
    static func order(_ request: ReserveRequest) -> Order? {
        let lines = request.bid.lines.enumerated().filter { !$0.element.quantity.isZero }
            .map { index, line in
                Order.Line(
                    id: Identifier(trusted: "\(index + 1)"),
                    sku: line.sku,
                    quantity: line.quantity
                )
            }
        guard !lines.isEmpty, lines.count <= AllocationModel::Limits.orderLinesMaximum else {
            return nil
        }
        return Order(
            id: request.order,
            lines: lines,
            destination: request.bid.destination,
            serviceLevel: request.bid.serviceLevel,
            completeness: request.completeness,
            currency: request.bid.currency
        )
    }

    /// Returns the order as a later decision has it, which asks for `rest` of it alone.
    ///
    /// What sites have shipped by then (`gone`) is of it too. It may have been changed: what is in
    /// neither was cancelled, what is in both is as much as they say, and goes where `rest` does.
    static func order(
        _ whole: Order,
        asOf rest: Order,
        after gone: [LogRecovery.Share]
    ) -> Order {
        var left: [SKU: Int64] = [:]
        for line in rest.lines { left[line.sku, default: 0] += line.quantity.units }
        for line in gone.flatMap(\.lines) { left[line.sku, default: 0] += line.quantity.units }
        let quantities = whole.lines.indices.map { index in
            let line = whole.lines[index]
            let isLast = !whole.lines[(index + 1)...].contains { $0.sku == line.sku }
            let units = left[line.sku] ?? 0
            let taken = isLast ? units : min(units, line.quantity.units)
            left[line.sku] = units - taken
            return Quantity(taken)
        }
        guard quantities.contains(where: { !$0.isZero }) else { return whole }
        return whole.with(quantities, to: rest.destination)
    }

    /// Returns a plan of what the sites hold: who ships what is known, how and for how much is not.
    ///
    /// What sites have shipped before in another decision of the order (`gone`) is no part of it.
    static func plan(
        for order: Order,
        _ shares: [LogRecovery.Share],
        without gone: [LogRecovery.Share] = [],
        at now: Timestamp
    ) -> Plan {
        var left = order.lines.map(\.quantity.units)
        for reserved in gone.flatMap(\.lines) {
            var units = reserved.quantity.units
            for (index, line) in order.lines.enumerated() where line.sku == reserved.sku {
                let taken = min(units, left[index])
                units -= taken
                left[index] -= taken
            }
        }
        let day = CivilDate(daysSinceEpoch: Int(now.milliseconds / 86_400_000))
        let shipments = shares.map { share in
            var lines: [Plan.ShipmentLine] = []
            for reserved in share.lines {
                var units = reserved.quantity.units
                for (index, line) in order.lines.enumerated() where line.sku == reserved.sku {
                    let taken = min(units, left[index])
                    guard taken > 0 else { continue }
                    units -= taken
                    left[index] -= taken
                    lines.append(
                        Plan.ShipmentLine(line: index, sku: line.sku, quantity: Quantity(taken))
                    )
                }
            }
            return Plan.Shipment(
                warehouse: share.warehouse,
                service: unknown,
                carrier: unknown,
                lines: lines,
                freight: .zero(order.currency),
                handling: .zero(order.currency),
                leaves: day,
                arrives: day
            )
        }
        let backorders = order.lines.enumerated()
            .compactMap { index, line in
                left[index] > 0
                    ? Plan.Backorder(line: index, sku: line.sku, quantity: Quantity(left[index]))
                    : nil
            }
        return Plan(
            order: order.id,
            shipments: shipments,
            backorders: backorders,
            cost: .zero(order.currency),
            bound: .zero(order.currency),
            isProved: false
        )
    }
}
