import AllocationModel
import AllocationProtocol
import OrderDesk
import SeededGenerator
import StockLedger

/// Goods that cannot be picked, whatever else goes on.
extension Simulation {
    /// Has the office try again what it could not source.
    mutating func dealWithRefusals(_ seed: UInt64) {
        pickersRandom = SeededGenerator(seed: ~(seed << 48))
        timing.followUps = .milliseconds(150)
    }

    /// Has a site refuse a part of what it is to pick, if there is any; and plans the next.
    mutating func refuseSomething() {
        guard isFaulty else { return }
        plan(.pickRefusal, in: Int64.random(in: 60...400, using: &pickersRandom))
        let index = Int.random(in: sites.indices, using: &pickersRandom)
        guard sites[index].isUp, !sites[index].isBehind else { return }
        do {
            let records = try sites[index].reservations([.confirmed])
            guard let record = records.randomElement(using: &pickersRandom),
                let pick = record.picks.randomElement(using: &pickersRandom)
            else { return }
            let most = pick.quantity.units
            try sites[index]
                .refuse(
                    Int64.random(in: 1...most, using: &pickersRandom),
                    of: pick.sku,
                    for: record.reservation.order,
                    at: time,
                    keepingItInStock: mutant == .offersWhatCannotBePicked
                )
            faults.insert(.pickRefused)
            try audit(site: index)
        } catch is PickRefusalFault {
            // A vote is to take it over, or all of it was refused before.
            faults.insert(.refusalRefused)
        } catch {
            survive(error, at: index)
        }
    }

    /// Units of a SKU that a site has found missing, and those of them that are still promised.
    func refused(of sku: SKU, at site: SimulatedSite) throws -> (gone: Int64, promised: Int64) {
        guard arePicksRefused else { return (0, 0) }
        let refusals = try site.refusals().filter { $0.refusal.sku == sku }
        let promised = refusals.filter { $0.status == .confirmed }
        return (Self.units(of: refusals), Self.units(of: promised))
    }

    private static func units(of refusals: [SimulatedSite.Refused]) -> Int64 {
        refusals.reduce(0) { $0 + $1.refusal.quantity.units }
    }

    /// Whether the office has every refusal that matters, and has sourced what it can.
    func areRefusedPicksSourced() throws -> Bool {
        guard arePicksRefused else { return true }
        for site in sites {
            for refused in try site.refusals() where refused.status == .confirmed {
                let told = SitePickRefusal(warehouse: site.warehouse, refusal: refused.refusal)
                guard store.refusedPicks.contains(told) else { return false }
                if try isToBeSourced(refused.refusal.transaction) { return false }
            }
        }
        return true
    }

    /// Whether a decision with a part that cannot be picked has a lawful plan left, plainly.
    ///
    /// Where some may wait it always has. Otherwise where the sites have all of it.
    private func isToBeSourced(_ transaction: TransactionID) throws -> Bool {
        guard let entry = store[transaction], entry.resourcing == nil,
            case .confirmed(let plan) = entry.outcome,
            sites.allSatisfy({ $0.hasRates(at: time) })
        else { return false }
        let hasShipped = plan.warehouses.contains {
            store.shipment(of: transaction, at: $0) != nil
        }
        guard !hasShipped else { return false }
        if entry.order.completeness == .partial { return true }
        return try entry.order.lines.allSatisfy { line in
            let units = try sites.reduce(Int64(0)) { sum, site in
                let free = try site.stock().first { $0.entry.sku == line.sku }?.available.units ?? 0
                let own = try site.reservations([.confirmed])
                    .filter { $0.reservation.transaction == transaction }.flatMap(\.picks)
                    .filter { $0.sku == line.sku }.reduce(Int64(0)) { $0 + $1.quantity.units }
                let (_, promised) = try refused(of: line.sku, at: site)
                return sum + free + max(0, own - promised)
            }
            return units >= line.quantity.units
        }
    }

    /// Checks that every refusal of what is still to be picked is in the office's log.
    mutating func auditRefusedPicks() throws {
        for site in sites {
            let remembered = try site.refusals()
            for refused in remembered where refused.status == .confirmed {
                let told = SitePickRefusal(warehouse: site.warehouse, refusal: refused.refusal)
                if !store.refusedPicks.contains(told) {
                    report("\(site.warehouse): the office lost a pick that it refused")
                }
            }
        }
    }
}

extension SimulatedSite {
    /// A refusal, and what has become of what it is of.
    struct Refused {
        let refusal: PickRefusal
        let status: Reservation.Status?
    }

    /// Finds that units of an order are damaged; a mutant's site goes on having them.
    func refuse(
        _ units: Int64,
        of sku: SKU,
        for order: Order.ID,
        at time: Int64,
        keepingItInStock isMutant: Bool
    ) throws {
        try ledger.performAndWait(at: now(at: time)) { books in
            let outcome = try books.refusePick(
                of: order,
                sku,
                quantity: Quantity(units),
                because: .damaged,
                who: "kim"
            )
            let taken = outcome.change.before.units - outcome.change.after.units
            if isMutant { try books.adjust(sku, by: taken, reason: "mutant", who: "kim") }
        }
    }

    /// All that was refused here, as far as the site remembers.
    func refusals() throws -> [Refused] {
        try ledger.readAndWait(at: Example.monday) { books in
            try books.refusals()
                .map { Refused(refusal: $0, status: try books.status(of: $0.transaction)) }
        }
    }
}
