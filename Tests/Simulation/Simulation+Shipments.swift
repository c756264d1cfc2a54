import AllocationModel
import AllocationProtocol
import OrderDesk
import StockLedger

/// Goods that leave while orders are cancelled, sites forget and logs are lost.
extension Simulation {
    /// One part of one order.
    struct Shipped: Hashable {
        let warehouse: Warehouse.ID
        let transaction: TransactionID
    }

    func hasShipped(_ transaction: TransactionID, from warehouse: Warehouse.ID) -> Bool {
        everShipped.contains(Shipped(warehouse: warehouse, transaction: transaction))
    }

    /// Hands one order's goods at one site to the carrier, if any wait; and plans the next.
    mutating func shipSomething(at index: Int) {
        guard isFaulty else { return }
        let next = Int.random(in: sites.indices, using: &shippersRandom)
        plan(.shipping(next), in: Int64.random(in: 40...250, using: &shippersRandom))
        guard sites[index].isUp, !sites[index].isBehind else { return }
        do {
            let records = try sites[index].reservations([.confirmed])
            guard let record = records.randomElement(using: &shippersRandom) else { return }
            let transaction = record.reservation.transaction
            // A site that is asked to ship what may be another's says so.
            if try isBeingReplaced(record.reservation.order, at: index) {
                return shipWhatIsReplaced(record.reservation.order, at: index)
            }
            // What is not there does not leave.
            guard try sites[index].hasOnHand(record) else { return }
            // Whether or not its disk takes it: the goods are on the lorry.
            let shipped = Shipped(warehouse: sites[index].warehouse, transaction: transaction)
            everShipped.insert(shipped)
            try sites[index].ship(record.reservation.order, at: time)
            faults.insert(.shipment)
            try audit(site: index)
        } catch {
            survive(error, at: index)
        }
    }

    /// Tries to ship what a vote is to take over: the site keeps it.
    private mutating func shipWhatIsReplaced(_ order: Order.ID, at index: Int) {
        do {
            try sites[index].ship(order, at: time)
            report("\(sites[index].warehouse) ships what a vote of its own is to take over")
        } catch ShipmentRefusal.beingResourced(order) {
            faults.insert(.replacedNotShipped)
        } catch {
            survive(error, at: index)
        }
    }

    /// Checks what the office says of a shipment: it happened.
    mutating func audit(_ said: SiteShipment) {
        if !hasShipped(said.report.transaction, from: said.warehouse) {
            report("\(said.warehouse), \(said.report.transaction): nobody shipped what is said")
        }
    }

    /// Whether the office has every shipment that a site remembers.
    func areShipmentsTold() throws -> Bool {
        try sites.allSatisfy { site in
            try site.ledger.readAndWait(at: Example.monday) { try $0.shipmentsUntold() } == 0
        }
    }

    /// Checks that both sides have the same shipments, and that nothing waits that has left.
    mutating func auditShipments() throws {
        for site in sites {
            let remembered = try site.shipments(among: everShipped)
            for transaction in remembered {
                // Given back by then, and forgotten there: a lost log does not know of that part.
                let isKnown = store[transaction]?.shares
                    .contains { $0.warehouse == site.warehouse }
                let isGone = wasLogLost && isKnown != true
                if store.shipment(of: transaction, at: site.warehouse) == nil, !isGone {
                    report("\(site.warehouse), \(transaction): the office lost a shipment")
                }
            }
            for said in store.shipments where said.warehouse == site.warehouse {
                let transaction = said.report.transaction
                if !remembered.contains(transaction) {
                    report("\(site.warehouse), \(transaction): the site lost a shipment")
                }
                if try site.status(of: transaction) == .confirmed {
                    report("\(site.warehouse), \(transaction): is picked again, and has left")
                }
            }
        }
    }

    /// Units that have left for orders that were cancelled.
    func shippedForNobody(of sku: SKU) throws -> Int64 {
        try sites
            .flatMap { site in
                try site.reservations([.shipped])
                    .filter { record in
                        let entry = store[record.reservation.transaction]
                        return entry?.isInForce(at: site.warehouse) != true
                    }
            }
            .flatMap(\.picks).filter { $0.sku == sku }.reduce(0) { $0 + $1.quantity.units }
    }
}

extension SimulatedSite {
    /// Hands all that waits of an order to the carrier.
    func ship(_ order: Order.ID, at time: Int64) throws {
        _ = try ledger.performAndWait(at: now(at: time)) { books in
            try books.ship(order, who: "ana")
        }
    }

    /// Whether all that a reservation takes is on record as being there.
    func hasOnHand(_ record: ReservationRecord) throws -> Bool {
        try ledger.readAndWait(at: Example.monday) { books in
            try record.picks.allSatisfy { pick in
                let lots = try books.availability(of: pick.sku)?.lots ?? []
                let isRefused = try books.refusals(of: record.reservation.transaction)
                    .contains { $0.sku == pick.sku }
                return lots.contains {
                    $0.lot == pick.lot && $0.onHand >= pick.quantity
                        && !(isRefused && $0.onHand < $0.held + $0.allocated)
                }
            }
        }
    }

    /// Those of `all` that the site remembers, by rising transaction.
    func shipments(among all: Set<Simulation.Shipped>) throws -> [TransactionID] {
        try ledger.readAndWait(at: Example.monday) { books in
            try all.filter { $0.warehouse == warehouse }.map(\.transaction).sorted()
                .filter { try books.shipment(of: $0) != nil }
        }
    }
}
