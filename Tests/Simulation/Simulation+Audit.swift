import AllocationModel
import AllocationProtocol
import OrderDesk
import StockLedger

/// What must be true, after each step and at the end, from books of its own.
extension Simulation {
    /// Checks one site against its stock and against every decision that it shares.
    mutating func audit(site index: Int) throws {
        let site = sites[index]
        // What it lacks it is given back before it is asked anything; and what a
        // lost log had decided is not known until it is rebuilt.
        guard !site.isBehind, !store.isLost, !isLogStale else { return }
        var promised: [SKU: Int64] = [:]
        var statuses: [TransactionID: Reservation.Status] = [:]
        // What has left was there in the beginning too.
        for record in try site.reservations([.held, .voted, .confirmed, .shipped]) {
            let transaction = record.reservation.transaction
            statuses[transaction] = record.status
            // A vote of an older copy that was released since promises nobody anything.
            let isStale =
                areSitesShipping && site.wasRestored && record.status == .voted
                && store[transaction] == nil
            for pick in record.picks where !isStale {
                promised[pick.sku, default: 0] += pick.quantity.units
            }
            let isSoleWord = mutant?.isOnePhase == true
            if record.status == .shipped, !hasShipped(transaction, from: site.warehouse) {
                report("\(site.warehouse) has shipped \(transaction) by itself")
            }
            if record.status == .confirmed, store[transaction] == nil, !isSoleWord,
                choice(for: transaction, at: site.warehouse) != .confirm
            {
                report("\(site.warehouse) has confirmed \(transaction), which nobody decided")
            }
            if let share = share(of: site.warehouse, in: transaction),
                share.lines.sorted(by: { $0.sku < $1.sku })
                    != record.reservation.lines.sorted(by: { $0.sku < $1.sku })
            {
                report("\(site.warehouse) holds other lines for \(transaction) than decided")
            }
        }
        if areSitesLeasing {
            let known = try Set(
                site.reservations(Reservation.Status.allCases).map(\.reservation.transaction)
            )
            for (sku, units) in undrained(at: site.warehouse, having: known) {
                promised[sku, default: 0] += units
            }
        }
        for sku in promised.keys.sorted() {
            let units = promised[sku] ?? 0
            // What cannot be picked is gone, and stays promised until something else ships.
            let (gone, promised) = try refused(of: sku, at: site)
            let there = (site.onHand[sku] ?? 0) - gone + promised
            guard units > there else { continue }
            let excused = try writtenOffAndDrawn(of: sku, at: site)
            if units - excused > there {
                report("\(site.warehouse) has promised \(units) of \(sku)")
            }
        }
        for entry in store.entries {
            guard let transaction = entry.transaction,
                entry.shares.contains(where: { $0.warehouse == site.warehouse })
            else { continue }
            audit(entry, transaction, at: site.warehouse, having: statuses[transaction])
        }
    }

    /// Checks that a site votes for no order beyond what can leave on its day (I10).
    ///
    /// By what its reservations say, and not by what it counts. What it is given back or takes
    /// out of a lease is promised already, and may be more.
    mutating func auditDays(
        of index: Int,
        after batch: RequestBatch,
        _ answers: AnswerBatch
    ) throws {
        guard let most = sites[index].ordersADay, !batch.requests.contains(where: \.isDraining)
        else { return }
        let records = try sites[index].reservations([.voted, .confirmed, .shipped])
        for case .vote(let transaction, .reserve) in answers.answers
        where sites[index].said[transaction] == nil {
            guard let own = records.first(where: { $0.reservation.transaction == transaction }),
                let day = own.carriage?.leaves
            else { continue }
            let others = records.filter {
                $0.carriage?.leaves == day && $0.reservation.order != own.reservation.order
            }
            if Int64(others.count) >= max(most, 1) {
                report("\(sites[index].warehouse) votes for more than \(most) orders on \(day)")
            }
        }
    }

    private func share(
        of warehouse: Warehouse.ID,
        in transaction: TransactionID
    ) -> OrderProcess.Share? {
        store[transaction]?.shares.first { $0.warehouse == warehouse }
    }

    /// Atomicity, seen from one site: a decided order is bound there, a forgotten decision done.
    private mutating func audit(
        _ entry: RecordStore.Entry,
        _ transaction: TransactionID,
        at warehouse: Warehouse.ID,
        having status: Reservation.Status?
    ) {
        let name = "\(warehouse), \(transaction)"
        if entry.resourcing != nil, !entry.isInForce(at: warehouse) {
            if entry.isEnded && status != nil && status != .shipped {
                report("\(name): superseded and ended, and still \(status?.rawValue ?? "")")
            }
            return
        }
        switch entry.outcome {
        case .confirmed where choice(for: transaction, at: warehouse) == .release:
            if let status { report("\(name): holds \(status) of what was forced back") }
        case .confirmed:
            let isDrawn = entry.shares.contains {
                $0.warehouse == warehouse && !$0.draws.isEmpty
            }
            let isBound = status == .voted || status == .confirmed || status == .shipped
            if !isBound && !(isDrawn && !entry.isEnded) {
                report("\(name): holds nothing for a confirmed order")
            }
            if entry.isEnded && status != .confirmed && status != .shipped {
                report("\(name): ended, and not carried out")
            }
        case .cancelled:
            if entry.isEnded && status != nil && status != .shipped {
                report("\(name): cancelled and ended, and still \(status?.rawValue ?? "")")
            }
        case .refused:
            report("\(name): refused, and shared")
        }
    }

    /// Checks a decision at the moment at which it is written.
    mutating func audit(_ confirmation: OrderProcess.Confirmation, of order: Order) throws {
        let plan = confirmation.plan
        let kept = store.keptShipments(of: order.id)
        for (line, asked) in order.lines.enumerated() {
            let shipped = (kept + plan.shipments).flatMap(\.lines).filter { $0.line == line }
                .reduce(Quantity.zero) { $0 + $1.quantity }
            let waiting = plan.backorders.filter { $0.line == line }
                .reduce(Quantity.zero) { $0 + $1.quantity }
            if shipped + waiting != asked.quantity {
                report("\(order.id), line \(line): \(shipped) + \(waiting) of \(asked.quantity)")
            }
            if order.completeness == .complete && !waiting.isZero {
                report("\(order.id) must be complete and is not")
            }
        }
        let decisions = store.entries.filter { entry in
            guard case .confirmed = entry.outcome, entry.resourcing == nil else { return false }
            return entry.order.id == order.id
        }
        if decisions.count > 1 { report("\(order.id) is confirmed twice") }
        if confirmation.shares.map(\.warehouse) != plan.warehouses {
            report("\(order.id) is confirmed by other sites than its plan names")
        }
        try audit(shareholdersOf: confirmation.transaction)
    }

    /// Checks every site that shares a decision.
    mutating func audit(shareholdersOf transaction: TransactionID) throws {
        let warehouses = store[transaction]?.shares.map(\.warehouse) ?? []
        for index in sites.indices where warehouses.contains(sites[index].warehouse) {
            try audit(site: index)
        }
    }

    /// Checks what a client is told: it is written down, and it is his order.
    mutating func audit(_ record: OrderRecord, toldTo index: Int) {
        let order = clients[index].order
        // A log that was lost knows an order as its sites do, which is as it was last.
        let isHis = record.placed == order || (wasLogLost && everChanged.contains(order.id))
        guard isHis, let outcome = record.outcome else {
            return report("\(order.id): told of another order, or of nothing")
        }
        guard let entry = store[order.id] else {
            return report("\(order.id): told \(record.status), and nobody wrote it down")
        }
        let before = clients[index].told
        let isForgotten =
            (wasLogLost && everDrawn.contains(order.id)) || everResourced.contains(order.id)
        if let before, !before.promisesTheSame(as: outcome), !isForgotten {
            guard case .cancelled = outcome else {
                return report("\(order.id): told two outcomes")
            }
        }
        // A look-up may be a little older than the store.
        if outcome != entry.outcome, case .refused = outcome {
            return report("\(order.id): told refused, and it is not")
        }
        clients[index].told = outcome
    }

    // The end.

    /// Whether nothing is under way, anywhere.
    func isAtRest() throws -> Bool {
        guard let office, !store.isLost, !isLogStale, office.ordersUnderWay == 0,
            clients.allSatisfy(\.isSatisfied), !sites.contains(where: \.isBehind),
            store.open.isEmpty, sites.allSatisfy(\.isUp)
        else { return false }
        return try sites.allSatisfy { try $0.reservations([.held, .voted]).isEmpty }
            && areOverridesTold() && areLeasesTold() && areShipmentsTold()
            && areRefusedPicksSourced()
            && !isStockWaitedFor()
    }

    /// What is still under way, for the report.
    func unrest() -> String {
        let waiting = clients.filter { !$0.isSatisfied }.map { "\($0.order.id)" }
        let open = store.open.compactMap { $0.transaction?.description }
        let active = office?.sites.filter { $0.session != nil }.count ?? 0
        let doubts = sites.compactMap { site -> String? in
            let records = (try? site.reservations([.held, .voted])) ?? []
            return records.isEmpty ? nil : "\(site.warehouse): \(records.count)"
        }
        let leases = sites.flatMap { site in
            ((try? site.leases()) ?? []).filter { !isTold($0) }
                .map { "\(site.warehouse): \($0.status)" }
        }
        let backorders = store.waiting.map { order in
            "\(order.order): \(order.lines.map { "\($0.quantity) \($0.sku)" }), "
                + "\(store[order.order]?.order.completeness.rawValue ?? "")"
        }
        let free = sites.flatMap { site in
            ((try? site.stock()) ?? []).map { "\(site.warehouse) \($0.available) \($0.entry.sku)" }
        }
        return "\(office?.ordersUnderWay ?? -1) under way; waiting: \(waiting); open: \(open); "
            + "in doubt: \(doubts); leases untold: \(leases); \(active) of \(sites.count) sites in session; "
            + "backorders: \(backorders), free: \(free)"
    }

    mutating func auditAtTheEnd() throws {
        for index in sites.indices { try audit(site: index) }
        for site in sites {
            let findings = try site.ledger.readAndWait(at: Example.monday) { try $0.audit() }
            // What conflicts is a finding until somebody mends it.
            let isExcused = try Example.skus.contains { sku in
                try writtenOffAndDrawn(of: sku, at: site) > 0
                    || refused(of: sku, at: site).promised > 0
            }
            let expected: Set<Finding.Kind> =
                isExcused
                ? [.overrideConflict, .leaseConflict, .leaseShortfall, .shortfall]
                : [.overrideConflict]
            if let finding = findings.first(where: { !expected.contains($0.kind) }) {
                report("\(site.warehouse): \(finding)")
            }
        }
        for client in clients {
            let outcome = store[client.order.id]?.outcome
            // What was cancelled everywhere goes with the log that was lost.
            let isGone =
                client.told?.isKnownToTheLogAlone == true
                || everLeftWaiting.contains(client.order.id)
                || everCancelled.contains(client.order.id)
                || everDrawn.contains(client.order.id)
            if wasLogLost, isGone, outcome == nil { continue }
            // As ARCHITECTURE.md says: to votes that were not released in time, an order that was
            // withdrawn looks like one that was decided, once nothing else tells of it.
            if wasLogLost, client.told == nil, client.hasGivenUp, case .confirmed? = outcome {
                continue
            }
            // What was given back when nothing shipped in its place looks cancelled to a lost log.
            if wasLogLost, everLeftWaiting.contains(client.order.id) { continue }
            switch (client.told, outcome) {
            case (.confirmed, .confirmed), (.confirmed, .cancelled), (.refused, .refused),
                (.cancelled, .cancelled), (nil, .cancelled), (nil, nil), (nil, .refused):
                break
            case (nil, .confirmed), (.confirmed, _), (.refused, _), (.cancelled, _):
                let told = client.told?.status.rawValue ?? "nothing"
                let decided = outcome?.status.rawValue ?? "nothing"
                report("\(client.order.id): told \(told), and decided \(decided)")
            }
        }
        try auditOverrides()
        try auditLeases()
        try auditShipments()
        try auditRefusedPicks()
        try auditSales()
    }

    /// What was sold, over all decisions, is at the sites, and no more than they had.
    private mutating func auditSales() throws {
        for sku in Example.skus {
            var sold: Int64 = 0
            for entry in store.entries {
                guard case .confirmed(let plan) = entry.outcome else { continue }
                for shipment in plan.shipments where entry.isInForce(at: shipment.warehouse) {
                    sold += shipment.lines.filter { $0.sku == sku }
                        .reduce(0) { $0 + $1.quantity.units }
                }
            }
            let allocated = try sites.reduce(Int64(0)) { sum, site in
                try site.reservations([.confirmed, .shipped]).flatMap(\.picks)
                    .filter { $0.sku == sku }.reduce(sum) { $0 + $1.quantity.units }
            }
            let recalled = try shippedForNobody(of: sku)
            let stocked = sites.reduce(Int64(0)) { $0 + ($1.onHand[sku] ?? 0) }
            let owed = try forcedBalance(of: sku)
            let excused = try sites.reduce(Int64(0)) {
                try $0 + writtenOffAndDrawn(of: sku, at: $1)
            }
            let (gone, promised) = try sites.reduce(into: (Int64(0), Int64(0))) { sum, site in
                let units = try refused(of: sku, at: site)
                sum = (sum.0 + units.gone, sum.1 + units.promised)
            }
            if sold + owed + recalled != allocated
                || allocated - promised - excused > stocked - gone
            {
                report("\(sku): \(sold) sold, \(allocated) allocated, \(stocked) in stock")
            }
        }
    }
}

extension OrderOutcome {
    /// Whether the same sites ship the same; how and for how much a rebuilt log does not know.
    fileprivate func promisesTheSame(as other: OrderOutcome) -> Bool {
        switch (self, other) {
        case (.confirmed(let plan), .confirmed(let next)),
            (.cancelled(let plan), .cancelled(let next)):
            plan.promises == next.promises
        case (.refused, .refused): true
        case (.confirmed, .cancelled), (.confirmed, .refused), (.cancelled, .confirmed),
            (.cancelled, .refused), (.refused, .confirmed), (.refused, .cancelled):
            false
        }
    }

    /// Whether no site was ever told, or none remembers, so that it goes with the log.
    fileprivate var isKnownToTheLogAlone: Bool {
        switch self {
        case .refused, .cancelled: true
        case .confirmed(let plan): plan.warehouses.isEmpty
        }
    }
}

extension Plan {
    /// Units by warehouse and SKU.
    fileprivate var promises: [String: Int64] {
        var promises: [String: Int64] = [:]
        for shipment in shipments {
            for line in shipment.lines {
                promises["\(shipment.warehouse) \(line.sku)", default: 0] += line.quantity.units
            }
        }
        return promises
    }
}
