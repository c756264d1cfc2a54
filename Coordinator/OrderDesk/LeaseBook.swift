package import AllocationModel
package import AllocationProtocol

/// What sites have leased to the coordinator, and what of it orders have drawn.
///
/// A lease is drawn on only while its site is out of session, and only where the
/// site has told of it since the coordinator started: one that runs on an older
/// copy of the log has not been told, and draws nothing.
package struct LeaseBook: Sendable {
    private var entries: [LeaseID: Entry] = [:]
    private var services: [Warehouse.ID: [StandingService]] = [:]
    /// Whether another coordinator has replaced this one: it may draw, and this one may not.
    private(set) var isReplaced = false

    /// A lease as the log knows it.
    package struct Known: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let lease: Lease
        package let state: State
        /// What decisions have drawn.
        package let drawn: Quantity

        package init(
            warehouse: Warehouse.ID,
            lease: Lease,
            state: State,
            drawn: Quantity
        ) {
            self.warehouse = warehouse
            self.lease = lease
            self.state = state
            self.drawn = drawn
        }
    }

    /// How far a lease has come.
    package enum State: String, CaseIterable, Hashable, Sendable {
        case open
        /// Nothing more is drawn.
        case closed
        /// The log was lost since: what was drawn may be more than it knows.
        case lost
        /// The site manager has said that it counts no more.
        case writtenOff = "written-off"
    }

    private struct Entry: Sendable {
        let warehouse: Warehouse.ID
        let lease: Lease
        var state: State
        var drawn: Quantity
        /// What attempts that are being voted on would draw.
        var taken = Quantity.zero
        /// As the site told of it in this start.
        var offer: LeaseOffer?

        var left: Quantity {
            state == .open ? lease.quantity.lessAtMost(drawn + taken) : .zero
        }
    }

    /// What must be written of a lease before anything follows from it.
    package enum Change: Hashable, Sendable {
        case granted(Warehouse.ID, Lease)
        /// Nothing more is drawn; so many units were.
        case closed(Warehouse.ID, Lease, kept: Quantity)
        case writtenOff(Warehouse.ID, Lease, LeaseWriteOff, conflict: Quantity)
    }

    package init(_ known: [Known] = []) {
        for item in known {
            entries[item.lease.id] = Entry(
                warehouse: item.warehouse,
                lease: item.lease,
                state: item.state,
                drawn: item.drawn
            )
        }
    }

    /// What follows from what a site says of a lease.
    package struct Consequence: Hashable, Sendable {
        package let change: Change?
        package let request: Request?
    }

    /// Takes note of how a site would carry what it has leased.
    package mutating func note(_ standing: [StandingService], of warehouse: Warehouse.ID) {
        if !standing.isEmpty { services[warehouse] = standing }
    }

    /// Takes what a site says of a lease; a lease of another site's name says nothing.
    package mutating func hear(
        _ offer: LeaseOffer,
        from warehouse: Warehouse.ID
    ) -> Consequence {
        let lease = offer.lease
        let known = entries[lease.id]
        guard known.map({ $0.warehouse == warehouse && $0.lease == lease }) ?? true else {
            return Consequence(change: nil, request: nil)
        }
        if known == nil, openCount(of: warehouse) >= ProtocolLimits.leasesOpenMaximum {
            return Consequence(change: nil, request: nil)
        }
        var entry =
            known ?? Entry(warehouse: warehouse, lease: lease, state: .open, drawn: .zero)
        defer { entries[lease.id] = entry }
        switch (offer.wish, entry.state) {
        case (.use, .open):
            entry.offer = offer
            return Consequence(
                change: known == nil ? .granted(warehouse, lease) : nil,
                request: .noteLease(lease.id, isWrittenOff: false)
            )
        case (.giveBack, .open):
            entry.state = .closed
            return Consequence(
                change: .closed(warehouse, lease, kept: entry.drawn),
                request: .closeLease(lease.id, kept: entry.drawn)
            )
        // A site that was put back to before it wrote a lease off, or gave it back, has it again.
        case (.use, .closed), (.giveBack, .closed), (.use, .writtenOff), (.giveBack, .writtenOff):
            return Consequence(
                change: nil,
                request: .closeLease(lease.id, kept: entry.drawn)
            )
        case (.writtenOff(let writeOff, let drained), .open),
            (.writtenOff(let writeOff, let drained), .closed),
            (.writtenOff(let writeOff, let drained), .lost):
            entry.state = .writtenOff
            let conflict = entry.drawn.lessAtMost(drained)
            return Consequence(
                change: .writtenOff(warehouse, lease, writeOff, conflict: conflict),
                request: .noteLease(lease.id, isWrittenOff: true)
            )
        case (.writtenOff, .writtenOff):
            return Consequence(change: nil, request: .noteLease(lease.id, isWrittenOff: true))
        // Nobody knows what was drawn: its manager has to say.
        case (.use, .lost), (.giveBack, .lost):
            return Consequence(change: nil, request: nil)
        }
    }

    /// Closes what a site has leased: it has lost history, and may not know of it.
    package mutating func close(of warehouse: Warehouse.ID) -> [Change] {
        entries.keys.sorted()
            .compactMap { id in
                guard var entry = entries[id], entry.warehouse == warehouse, entry.state == .open
                else { return nil }
                entry.state = .closed
                entries[id] = entry
                return .closed(warehouse, entry.lease, kept: entry.drawn)
            }
    }

    /// Takes over what a log that was rebuilt knows: none of it is drawn on any more.
    package mutating func loseAll() {
        for id in entries.keys where entries[id]?.state == .open { entries[id]?.state = .lost }
    }

    /// Draws on nothing any more: another coordinator has replaced this one, with a log of its own.
    package mutating func yield() { isReplaced = true }

    private func openCount(of warehouse: Warehouse.ID) -> Int {
        entries.values.count { $0.warehouse == warehouse && $0.state == .open }
    }

    // Drawing.

    /// Returns what a site that cannot be asked is known to be able to ship of an order.
    ///
    /// Nil where that is nothing.
    package func standingBid(
        of warehouse: Warehouse.ID,
        on order: Order,
        at day: CivilDate
    ) -> Bid? {
        var left: [SKU: Int64] = [:]
        var offers: [Bid.Offer] = []
        for (index, line) in order.lines.enumerated() {
            guard let sample = usable(line.sku, at: warehouse).first?.offer,
                line.quantity.units.isMultiple(of: sample.multiple)
            else { continue }
            let free = left[line.sku] ?? units(of: line.sku, at: warehouse)
            let units = min(free - free % sample.multiple, line.quantity.units)
            guard units > 0 else { continue }
            left[line.sku] = free - units
            offers.append(
                Bid.Offer(
                    line: index,
                    tiers: [Bid.Tier(quantity: Quantity(units))],
                    unitWeight: sample.unitWeight,
                    unitBillableWeight: sample.unitBillableWeight,
                    freightClass: sample.freightClass,
                    multiple: sample.multiple
                )
            )
        }
        let found = (services[warehouse] ?? [])
            .compactMap { service(for: offers, of: order, by: $0, at: day) }
        guard !offers.isEmpty, !found.isEmpty else { return nil }
        return Bid(warehouse: warehouse, offers: offers, services: found)
    }

    /// Takes what a site is to ship of an order for an attempt; nil where that is not there any more.
    mutating func take(
        _ lines: [Reservation.Line],
        of warehouse: Warehouse.ID
    ) -> [Lease.Draw]? {
        var draws: [Lease.Draw] = []
        for line in lines {
            var rest = line.quantity
            for entry in usable(line.sku, at: warehouse) where !rest.isZero {
                let quantity = min(rest, entry.left)
                rest = rest.lessAtMost(quantity)
                draws.append(
                    Lease.Draw(lease: entry.lease.id, sku: line.sku, quantity: quantity)
                )
            }
            guard rest.isZero else { return nil }
        }
        for draw in draws { take(draw) }
        return draws
    }

    private mutating func take(_ draw: Lease.Draw) {
        guard let entry = entries[draw.lease] else { return }
        entries[draw.lease]?.taken = entry.taken + draw.quantity
    }

    /// Ends what an attempt has taken: it is drawn for good, or free again.
    mutating func end(_ draws: [Lease.Draw], isDecided: Bool) {
        for draw in draws {
            guard var entry = entries[draw.lease] else { continue }
            entry.taken = entry.taken.lessAtMost(draw.quantity)
            if isDecided { entry.drawn = entry.drawn + draw.quantity }
            entries[draw.lease] = entry
        }
    }

    private func usable(_ sku: SKU, at warehouse: Warehouse.ID) -> [Entry] {
        guard !isReplaced else { return [] }
        return entries.keys.sorted()
            .compactMap { entries[$0] }
            .filter {
                $0.warehouse == warehouse && $0.lease.sku == sku && $0.offer != nil
                    && !$0.left.isZero
            }
    }

    private func units(of sku: SKU, at warehouse: Warehouse.ID) -> Int64 {
        usable(sku, at: warehouse).reduce(0) { $0 + $1.left.units }
    }

    private func service(
        for offers: [Bid.Offer],
        of order: Order,
        by standing: StandingService,
        at day: CivilDate
    ) -> Bid.Service? {
        let heaviest = standing.tariff.packageWeightMaximum
        let blocked = offers.filter { $0.unitBillableWeight.grams > heaviest }.map(\.line)
        // What reaches other addresses is not told beforehand.
        guard standing.currency == order.currency, standing.level >= order.serviceLevel,
            order.destination.addressKind == .street,
            order.destination.accessorials.allSatisfy(\.isMootForParcels),
            standing.reach.includes(order.destination),
            blocked.count < offers.count
        else { return nil }
        // The days are the worst: what may not come before a day had better not leave before it.
        let wish = order.destination.delivery
        // Which day a carrier would try again on is not told beforehand.
        guard wish.hours?.contains(standing.hours ?? .all) ?? true else { return nil }
        let latest = (standing.hours ?? .all).until
        let isEarly = wish.notBeforeTime.map { (standing.hours ?? .all).from < $0 } ?? false
        let firstDay = wish.notBefore.map { isEarly ? $0.adding(days: 1) : $0 }
        let soonest = day.adding(days: standing.daysToLeave)
        let leaves = max(soonest, firstDay ?? soonest)
        let first = leaves.adding(days: standing.daysToArrive - standing.daysToLeave)
        guard let arrives = (0..<7).map(first.adding(days:)).first(where: wish.takes(on:)),
            wish.isInTime(on: arrives, by: latest)
        else { return nil }
        return Bid.Service(
            code: standing.code,
            carrier: standing.carrier,
            level: standing.level,
            tariff: .parcelTable(standing.tariff),
            handling: standing.handling,
            zone: Self.zone,
            leaves: leaves,
            arrives: arrives,
            arrivesFrom: wish.notBeforeTime == nil ? nil : (standing.hours ?? .all).from,
            arrivesBy: latest == .endOfDay ? nil : latest,
            cutoff: .endOfDay,
            blockedLines: blocked
        )
    }

    /// What stands for the zone in what is explained: the dearest was taken.
    private static let zone = "dearest"
}
