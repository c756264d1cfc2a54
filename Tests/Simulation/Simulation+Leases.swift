import AllocationModel
import AllocationProtocol
import OrderDesk
import StockLedger

/// Sites that lease units to the office, are cut off, ask for them back, and write them off.
extension Simulation {
    /// Lets a site do something about its leases, or cuts it off for a while.
    mutating func deal(withLeasesOf index: Int) {
        guard isFaulty, mutant?.isOnePhase != true else { return }
        plan(
            .leaseDealing(Int.random(in: sites.indices, using: &leasesRandom)),
            in: Int64.random(in: 40...160, using: &leasesRandom)
        )
        do {
            switch Int.random(in: 0..<24, using: &leasesRandom) {
            case 0..<10: try grantLease(at: index)
            case 10: try askForLease(at: index)
            case 11 where mutant == nil: try writeOffLease(at: index)
            case 12..<24: try cutOff(index)
            default: break
            }
        } catch {
            survive(error, at: index)
        }
    }

    private mutating func grantLease(at index: Int) throws {
        guard sites[index].isUp, !sites[index].isBehind,
            let sku = Example.skus.randomElement(using: &leasesRandom),
            let stock = try sites[index].stock().first(where: { $0.entry.sku == sku }),
            stock.leased.isZero, stock.available.units > 1
        else { return }
        let id = LeaseID(high: leasesRandom.next(), low: leasesRandom.next())
        let units = Int64.random(in: 1...stock.available.units, using: &leasesRandom)
        guard try sites[index].grant(id, of: sku, atMost: units, at: time) else { return }
        faults.insert(.leaseGranted)
    }

    private mutating func askForLease(at index: Int) throws {
        let open = try sites[index].leases().filter { $0.status == .open }
        guard sites[index].isUp, let lease = open.randomElement(using: &leasesRandom) else {
            return
        }
        try sites[index].askBack(lease.lease.id, at: time)
        faults.insert(.leaseAskedBack)
    }

    private mutating func writeOffLease(at index: Int) throws {
        let open = try sites[index].leases()
            .filter { $0.status == .open || $0.status == .returning }
        guard sites[index].isUp, !sites[index].isBehind, !wasLogLost,
            let lease = open.randomElement(using: &leasesRandom)
        else { return }
        try sites[index].writeOff(lease.lease.id, at: time)
        writtenOff.insert(lease.lease.id)
        faults.insert(.leaseWrittenOff)
    }

    /// Cuts a site off of which the office may draw something.
    private mutating func cutOff(_ index: Int) throws {
        guard sites[index].isUp, !sites[index].isDeaf,
            try sites[index].leases()
                .contains(where: { $0.status == .open && store.leases[$0.lease.id] != nil })
        else { return }
        sites[index].isDeaf = true
        sites[index].isMute = true
        plan(.siteHeals(index), in: Int64.random(in: 300...1200, using: &leasesRandom))
        if office != nil { inbox.append(.linkLost(sites[index].warehouse)) }
        // What was drawn meanwhile has not come when the lease comes back.
        let wantsItBack = Int.random(in: 0..<4, using: &leasesRandom) == 0
        if wantsItBack || mutant == .ignoresUndrained { try askForLease(at: index) }
    }

    // Books of the auditor's own.

    /// Takes note of what a decision draws; a unit is drawn once, also where the log was lost since.
    mutating func noteDraws(of confirmation: OrderProcess.Confirmation, for order: Order.ID) {
        for share in confirmation.shares where !share.draws.isEmpty {
            faults.insert(.leaseDrawn)
            everDrawn.insert(order)
            for draw in share.draws {
                let key = draw.lease
                drawnEver[key, default: 0] += draw.quantity.units
                let site = sites.first { $0.warehouse == share.warehouse }
                let granted = site?.granted[key]
                if granted?.sku != draw.sku || drawnEver[key] ?? 0 > granted?.quantity.units ?? 0 {
                    report("\(order) draws \(draw.quantity) more of \(draw.sku) than was leased")
                }
            }
            let drawn = share.draws.reduce(Quantity.zero) { $0 + $1.quantity }
            let shipped = share.lines.reduce(Quantity.zero) { $0 + $1.quantity }
            if drawn != shipped { report("\(order): \(drawn) drawn, \(shipped) promised") }
        }
    }

    /// Units that orders have drawn on a site's leases and that have not come to it yet.
    func undrained(
        at warehouse: Warehouse.ID,
        having statuses: Set<TransactionID>
    ) -> [SKU: Int64] {
        var units: [SKU: Int64] = [:]
        for entry in store.entries {
            guard case .confirmed = entry.outcome, let transaction = entry.transaction,
                !statuses.contains(transaction),
                let share = entry.shares.first(where: { $0.warehouse == warehouse }),
                !share.draws.isEmpty
            else { continue }
            for line in share.lines { units[line.sku, default: 0] += line.quantity.units }
        }
        return units
    }

    /// Units of `sku` that a site manager has written off and that orders had drawn.
    func writtenOffAndDrawn(of sku: SKU, at site: SimulatedSite) throws -> Int64 {
        try site.leases().filter { $0.lease.sku == sku && writtenOff.contains($0.lease.id) }
            .reduce(0) { sum, record in
                sum + max(0, (drawnEver[record.lease.id] ?? 0) - record.kept.units)
            }
    }

    /// Checks that what is said of a lease is so.
    mutating func audit(_ change: LeaseBook.Change) {
        switch change {
        case .granted(let warehouse, let lease):
            let site = sites.first { $0.warehouse == warehouse }
            if site?.granted[lease.id] != lease { report("\(lease.id) was never granted") }
        case .closed(let warehouse, let lease, let kept):
            if kept.units != drawnEver[lease.id] ?? 0, !wasLogLost {
                report("\(lease.id) is closed with \(kept) units, and more or fewer were drawn")
            }
            let isBehind = sites.contains { $0.warehouse == warehouse && $0.isBehind }
            faults.insert(isBehind ? .leaseAdopted : .leaseGivenBack)
        case .writtenOff(_, let lease, let writeOff, let conflict):
            if !writtenOff.contains(lease.id) || writeOff.reason != Self.reason {
                report("\(lease.id): nobody wrote off what is said")
            }
            if !conflict.isZero { faults.insert(.leaseWrittenOffDrawn) }
        }
    }

    /// Whether every wish of a site about its leases has been heard.
    func areLeasesTold() throws -> Bool {
        try sites.allSatisfy { try $0.leases().allSatisfy(isTold) }
    }

    /// Whether nothing but a person's word is waited for.
    func isTold(_ record: LeaseRecord) -> Bool {
        let isForgotten = store.leases[record.lease.id]?.state == .lost
        return (record.status != .returning || isForgotten)
            && (record.status != .writtenOff || mutant == .sellsLeasedStock)
    }

    /// Checks that both sides agree on what was drawn and has come.
    mutating func auditLeases() throws {
        for site in sites {
            for record in try site.leases() {
                let id = record.lease.id
                let drawn = drawnEver[id] ?? 0
                let name = "\(site.warehouse), lease \(id)"
                switch record.status {
                case .open where !wasLogLost && !site.wasRestored,
                    .closed where !wasLogLost && !site.wasRestored:
                    if record.drained.units != drawn {
                        report("\(name): \(record.drained) came, and \(drawn) were drawn")
                    }
                    if record.status == .closed && !record.setAside.isZero {
                        report("\(name): \(record.setAside) units are kept of a closed lease")
                    }
                case .reported where !wasLogLost && !site.wasRestored:
                    let noted = store.leases[id]
                    if noted?.state != .writtenOff { report("\(name): its end is not noted") }
                    if record.drained.units != drawn {
                        report("\(name): \(record.drained) came, and \(drawn) were drawn")
                    }
                case .unsettled: faults.insert(.leaseLost)
                case .open, .closed, .reported, .returning, .writtenOff, .settled: break
                }
            }
        }
    }
}

extension SimulatedSite {
    /// Leases at most so many units, if any are available; says whether it did.
    mutating func grant(
        _ id: LeaseID,
        of sku: SKU,
        atMost units: Int64,
        at time: Int64
    ) throws -> Bool {
        let lease: Lease? = try ledger.performAndWait(at: Example.instant(time)) { books in
            guard try books.notes(of: Example.office) != nil,
                let available = try books.availability(of: sku)?.available, !available.isZero
            else { return nil }
            let quantity = min(available, Quantity(units))
            return try books.grant(id, of: sku, quantity, who: "ana").lease
        }
        if let lease { granted[id] = lease }
        return lease != nil
    }

    func leases() throws -> [LeaseRecord] {
        try ledger.readAndWait(at: Example.monday) { try $0.leases() }
    }

    func askBack(_ id: LeaseID, at time: Int64) throws {
        _ = try ledger.performAndWait(at: Example.instant(time)) { books in
            try books.askBack(id, reason: Simulation.reason, who: "ana")
        }
    }

    func writeOff(_ id: LeaseID, at time: Int64) throws {
        _ = try ledger.performAndWait(at: Example.instant(time)) { books in
            try books.writeOff(id, reason: Simulation.reason, who: "ana")
        }
    }
}
