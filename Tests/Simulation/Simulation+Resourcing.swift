import AllocationModel
import AllocationProtocol
import OrderDesk
import StockLedger

/// People at the office who have orders sourced again, whatever else goes on.
extension Simulation {
    /// Has a confirmed order sourced again, or looks how it would be; and plans the next.
    mutating func resourceSomething() {
        guard isFaulty else { return }
        plan(.resourcing, in: Int64.random(in: 60...350, using: &resourcersRandom))
        let confirmed = clients.indices.filter { index in
            if case .confirmed? = clients[index].told { true } else { false }
        }
        guard office != nil, let index = confirmed.randomElement(using: &resourcersRandom) else {
            return
        }
        let isPreview = Int.random(in: 0..<5, using: &resourcersRandom) == 0
        resource(index, by: drawnWish(), isPreview: isPreview)
    }

    private mutating func drawnWish() -> ResourcingWish {
        let names = sites.map(\.warehouse).shuffled(using: &resourcersRandom)
        let kind = Int.random(in: 0..<8, using: &resourcersRandom)
        return ResourcingWish(
            excluded: kind < 5 ? [names[0]] : [],
            forced: kind == 5 ? names.suffix(2).sorted() : [],
            serviceLevel: kind == 6 ? .nextDay : nil,
            mayWait: Int.random(in: 0..<4, using: &resourcersRandom) == 0,
            who: "ana",
            reason: Self.reason
        )
    }

    /// Asks the office to source the order of a client again.
    mutating func resource(_ index: Int, by wish: ResourcingWish, isPreview: Bool) {
        lastClient += 1
        asks[lastClient] = Ask(client: index, isCancellation: false, wish: wish)
        planResourcing(of: clients[index].order.id, wish, isPreview, by: lastClient)
    }

    private mutating func planResourcing(
        of id: Order.ID,
        _ wish: ResourcingWish,
        _ isPreview: Bool,
        by client: Office.ClientID
    ) {
        let event = Office.Event.resourcingAsked(id, wish, isPreview: isPreview, by: client)
        plan(.office(start: officeStarts, event), in: 0)
    }

    /// Checks what whoever asked is told: it is so, and as he wished.
    mutating func tell(_ id: Office.ClientID, _ answer: ResourcingAnswer) {
        guard let ask = asks.removeValue(forKey: id), let wish = ask.wish else {
            return report("client \(id) is answered what he did not ask")
        }
        narrate(answer, to: ask.client)
        switch answer {
        case .previewed(let comparison):
            faults.insert(ask.change == nil ? .resourcingPreviewed : .changePreviewed)
            audit(comparison.plan, as: wish)
        case .resourced(let record, let comparison):
            if let change = ask.change {
                audit(record, changedBy: change)
            } else {
                faults.insert(.resourcing)
            }
            if !comparison.kept.isEmpty { faults.insert(.resourcingInPart) }
            audit(comparison.plan, as: wish)
            let entry = store.entries.first { $0.transaction == record.transaction }
            if entry?.order.id != record.order.id {
                report(
                    "\(record.order.id): told that it is sourced again, and nobody wrote it down"
                )
            }
            clients[ask.client].told = record.outcome
        case .unfillable(_, let record):
            faults.insert(.resourcingUnfillable)
            if store[record.order.id] == nil {
                report("\(record.order.id): has no plan any more, and is not as it was")
            }
        case .nothingToResource(let record):
            if case .confirmed? = store[record.order.id]?.outcome, record.status != .shipped {
                report("\(record.order.id): waits, and is said not to")
            }
        case .unknownWarehouses, .unknownOrder:
            // A log that was put back may not know the order; every site is known to it.
            if !wasLogLost { report("\(clients[ask.client].order.id) is said to be unknown") }
        case .unlawfulChange(let fault, let record):
            faults.insert(.changeUnlawful)
            if case .shipped(_, let quantity) = fault,
                !record.shippedQuantities.contains(quantity)
            {
                report("\(record.order.id): said to have shipped \(quantity), and has not")
            }
        case .unavailable: break
        }
    }

    private mutating func audit(_ plan: Plan, as wish: ResourcingWish) {
        for warehouse in plan.warehouses where !wish.allows(warehouse) {
            report("\(plan.order) is sourced from \(warehouse) against what was asked")
        }
    }

    /// Takes note of a second decision, and checks it like a first one.
    mutating func note(
        _ confirmation: OrderProcess.Confirmation,
        over second: SecondAttempt,
        of order: Order
    ) throws {
        everResourced.insert(order.id)
        if confirmation.shares.isEmpty { everLeftWaiting.insert(order.id) }
        for warehouse in second.kept
        where store.shipment(of: second.replaced, at: warehouse) == nil {
            report("\(order.id): \(warehouse) is said to have shipped, and has not")
        }
        if store.refusedPicks.contains(where: { $0.refusal.transaction == second.replaced }) {
            faults.insert(.refusalSourced)
        }
        if second.lines.isEmpty { faults.insert(.changeToWhatShipped) }
        audit(change: second, to: order)
        audit(confirmation, followingUp: second, of: order.id)
        try audit(confirmation, of: order)
        try audit(shareholdersOf: second.replaced)
    }

    /// Whether a site is to take over, once it is confirmed, what it has confirmed for an order.
    func isBeingReplaced(_ order: Order.ID, at index: Int) throws -> Bool {
        try sites[index].reservations([.voted])
            .contains { $0.reservation.order == order && $0.takeover != nil }
    }
}

extension SimulatedSite {
    /// What a vote is to take the place of; nil where it replaces nothing.
    func replaced(by transaction: TransactionID) throws -> TransactionID? {
        try ledger.readAndWait(at: Example.monday) { books in
            try books.reservation(transaction)?.takeover?.replaced
        }
    }
}
