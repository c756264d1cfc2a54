import AllocationModel
import AllocationProtocol
import OrderDesk
import SeededGenerator
import StockLedger

/// Stock that comes, whatever else goes on, and what waits for it.
extension Simulation {
    /// Has most of the stock kept back at first, and the office follow up.
    mutating func keepStockBack(_ seed: UInt64) throws {
        arrivalsRandom = SeededGenerator(seed: ~(seed << 40))
        receiptsRandom = SeededGenerator(seed: ~(seed << 41))
        timing.followUps = .milliseconds(150)
        for index in sites.indices {
            for sku in Example.skus where Int.random(in: 0..<3, using: &arrivalsRandom) > 0 {
                try sites[index].keepBack(sku)
            }
        }
    }

    /// Has a site announce, move or take back a receipt of one SKU; nothing ever comes of it.
    private mutating func haveReceiptsMove() {
        let index = Int.random(in: sites.indices, using: &receiptsRandom)
        let sku = Example.skus.randomElement(using: &receiptsRandom) ?? "VALVE-3IN"
        let draw = (
            number: Int.random(in: 1...3, using: &receiptsRandom),
            units: Int64.random(in: 1...6, using: &receiptsRandom),
            days: Int.random(in: 0...9, using: &receiptsRandom)
        )
        guard sites[index].isUp, !sites[index].isBehind else { return }
        do {
            try sites[index]
                .moveReceipt(
                    Receipt.ID(trusted: "PO-\(draw.number)"),
                    of: sku,
                    units: Quantity(draw.units),
                    days: draw.days,
                    at: time
                )
        } catch {
            survive(error, at: index)
        }
    }

    /// Takes note of days that backorders were given, and of those that slipped.
    mutating func note(_ dates: BackorderDates) {
        if dates.orders.contains(where: { !$0.expected.isEmpty }) { faults.insert(.backorderDated) }
        if dates.orders.contains(where: \.isLate) { faults.insert(.backorderSlipped) }
    }

    /// Has a site free what it keeps back of one SKU, or a part; and plans the next.
    mutating func haveStockCome() {
        guard isFaulty else { return }
        haveReceiptsMove()
        plan(.stockComing, in: Int64.random(in: 150...600, using: &arrivalsRandom))
        let index = Int.random(in: sites.indices, using: &arrivalsRandom)
        guard let sku = Example.skus.randomElement(using: &arrivalsRandom) else { return }
        let isAll = Bool.random(using: &arrivalsRandom)
        guard sites[index].isUp, !sites[index].isBehind else { return }
        do {
            if try sites[index].freeSafetyStock(of: sku, isAll: isAll, at: time) {
                faults.insert(.stockComing)
            }
        } catch {
            survive(error, at: index)
        }
    }

    /// Takes note of what was written of a follow-up, and checks it beyond any second decision.
    ///
    /// What was allocated is still where it was, to the unit.
    mutating func audit(
        _ confirmation: OrderProcess.Confirmation,
        followingUp second: SecondAttempt,
        of order: Order.ID
    ) {
        guard second.wish.isFollowUp else { return }
        faults.insert(.followUp)
        let next = Self.units(of: confirmation.shares)
        let before = store[second.replaced]?.shares ?? []
        for (place, units) in Self.units(of: before.filter { !second.kept.contains($0.warehouse) })
        where next[place, default: 0] < units {
            report("\(order): sourced again, and \(place) has fewer than \(units)")
        }
        let waited = second.before.backorders.reduce(Int64(0)) { $0 + $1.quantity.units }
        let waits = confirmation.plan.backorders.reduce(Int64(0)) { $0 + $1.quantity.units }
        if waits >= waited { report("\(order): sourced again, and \(waits) of \(waited) wait") }
    }

    private static func units(of shares: [OrderProcess.Share]) -> [String: Int64] {
        var units: [String: Int64] = [:]
        for share in shares {
            for line in share.lines {
                units["\(share.warehouse) \(line.sku)", default: 0] += line.quantity.units
            }
        }
        return units
    }

    /// Whether an order waits for what the sites have, which its customer would take.
    func isStockWaitedFor() throws -> Bool {
        guard areBackordersFollowedUp else { return false }
        let shipping = try sites.filter { $0.hasRates(at: time) }
            .map { (warehouse: $0.warehouse, stock: try $0.stock()) }
        return store.waiting.contains { order in
            let wish = store.lastWish(of: order.order)
            var free: [SKU: Int64] = [:]
            for site in shipping where wish?.allows(site.warehouse) ?? true {
                for stock in site.stock {
                    free[stock.entry.sku, default: 0] += stock.available.units
                }
            }
            let isWholeLines = store[order.order]?.order.completeness == .lineComplete
            return order.lines.contains { line in
                free[line.sku, default: 0] >= (isWholeLines ? line.quantity.units : 1)
            }
        }
    }

    /// What a site hears where it is asked for the new units of a follow-up alone.
    func withoutWhatStays(_ letter: Letter) -> RequestBatch {
        let batch = letter.batch
        let warehouse = sites[letter.site].warehouse
        return RequestBatch(
            coordinator: batch.coordinator,
            epoch: batch.epoch,
            session: batch.session,
            endedBelow: batch.endedBelow,
            start: batch.start,
            decisions: batch.decisions,
            requests: batch.requests.map { request in
                guard case .reserve(let asked) = request,
                    let share = asked.replacing.flatMap({ store[$0] })?.shares
                        .first(where: { $0.warehouse == warehouse })
                else { return request }
                let lines = asked.lines.compactMap { line -> Reservation.Line? in
                    let had = share.lines.first { $0.sku == line.sku }?.quantity ?? .zero
                    let more = line.quantity.lessAtMost(had)
                    return more.isZero ? nil : Reservation.Line(sku: line.sku, quantity: more)
                }
                guard !lines.isEmpty else { return request }
                return .reserve(
                    ReserveRequest(
                        transaction: asked.transaction,
                        lines: lines,
                        participants: asked.participants,
                        bid: asked.bid,
                        completeness: asked.completeness,
                        carriage: asked.carriage
                    )
                )
            }
        )
    }
}

extension SimulatedSite {
    /// Announces a receipt, or moves one that is on its way, or takes it back.
    func moveReceipt(
        _ reference: Receipt.ID,
        of sku: SKU,
        units: Quantity,
        days: Int,
        at time: Int64
    ) throws {
        try ledger.performAndWait(at: now(at: time)) { books in
            guard try books.availability(of: sku) != nil else { return }
            let expected = try books.today().adding(days: days)
            guard try books.inbound(reference, of: sku)?.status == .open else {
                let notice = InboundNotice(
                    reference: reference,
                    sku: sku,
                    expected: expected,
                    quantity: units
                )
                _ = try books.addInbound(notice, who: "dock")
                return
            }
            if days % 3 == 0 {
                _ = try books.removeInbound(reference, of: sku, who: "dock")
            } else {
                _ = try books.changeInbound(
                    reference,
                    of: sku,
                    expected: expected,
                    quantity: units,
                    who: "dock"
                )
            }
        }
    }

    /// Promises what was kept back, or a half of it; says whether there was any.
    func freeSafetyStock(of sku: SKU, isAll: Bool, at time: Int64) throws -> Bool {
        try ledger.performAndWait(at: now(at: time)) { books in
            guard let kept = try books.availability(of: sku)?.safetyStock, !kept.isZero else {
                return false
            }
            try books.setSafetyStock(of: sku, to: isAll ? .zero : Quantity(kept.units / 2))
            return true
        }
    }

    /// Whether its rates hold on the day that its clock says; without any it ships nothing.
    func hasRates(at time: Int64) -> Bool { now(at: time) > Self.ratesBegin }

    /// 2026-01-02T06:00:00Z, the day after its rates begin in Dallas.
    private static let ratesBegin = Timestamp(milliseconds: 1_767_333_600_000)

    /// Keeps back all of a SKU that there is.
    func keepBack(_ sku: SKU) throws {
        try ledger.performAndWait(at: Example.monday) { books in
            try books.setSafetyStock(of: sku, to: Quantity(onHand[sku] ?? 0))
        }
    }
}
