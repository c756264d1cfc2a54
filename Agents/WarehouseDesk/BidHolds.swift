internal import AllocationModel
internal import AllocationProtocol

/// Scarce units that bids have offered, kept from the bids on other orders for a moment.
///
/// In memory alone, and no more than a courtesy: it lowers what is offered, and a
/// reservation takes what is there. Without it, orders that come together are all
/// offered the last unit, and all but one are refused it.
struct BidHolds {
    /// Whom units have been offered to.
    struct Holder: Hashable {
        let coordinator: Coordinator.ID
        let order: Order.ID
    }

    private struct Hold {
        let quantity: Quantity
        let until: Duration
    }

    private var holdsBySKU: [SKU: [Holder: Hold]] = [:]
    private var skusByHolder: [Holder: Set<SKU>] = [:]
    private var uptime = Duration.zero

    /// Where less than this many times what is asked for is available, it is scarce.
    private static let scarceBelow: Int64 = 4
    /// Orders that may hold at once; what is offered to more is not kept.
    static let holdersMaximum = 1000

    /// Moves the clock, which only runs forward.
    mutating func advance(to uptime: Duration) { self.uptime = max(self.uptime, uptime) }

    /// Units of a SKU that others are being offered.
    func units(of sku: SKU, heldByOthersThan holder: Holder) -> Quantity {
        guard let holds = holdsBySKU[sku] else { return .zero }
        return holds.reduce(Quantity.zero) { sum, entry in
            entry.key == holder || entry.value.until <= uptime ? sum : sum + entry.value.quantity
        }
    }

    /// Keeps what is scarce of a bid for its order, instead of what it was offered before.
    mutating func keep(
        _ bid: Bid,
        on request: BidRequest,
        for holder: Holder,
        lasting life: Duration
    ) {
        drop(holder)
        guard request.purpose == .order, !bid.services.isEmpty else { return }
        var offered: [SKU: Quantity] = [:]
        for offer in bid.offers {
            let line = request.lines[offer.line]
            let quantity = offer.tiers.reduce(Quantity.zero) { $0 + $1.quantity }
            guard let available = offer.available,
                available.units / Self.scarceBelow < line.quantity.units
            else { continue }
            offered[line.sku] = (offered[line.sku] ?? .zero) + quantity
        }
        if offered.isEmpty { return }
        if skusByHolder.count >= Self.holdersMaximum { dropLapsed() }
        guard skusByHolder.count < Self.holdersMaximum else { return }
        let until = uptime + life
        for (sku, quantity) in offered {
            holdsBySKU[sku, default: [:]][holder] = Hold(quantity: quantity, until: until)
        }
        skusByHolder[holder] = Set(offered.keys)
    }

    /// Ends what an order holds: it has reserved, or tried to.
    mutating func drop(_ holder: Holder) {
        for sku in skusByHolder.removeValue(forKey: holder) ?? [] {
            holdsBySKU[sku]?[holder] = nil
            if holdsBySKU[sku]?.isEmpty == true { holdsBySKU[sku] = nil }
        }
    }

    private mutating func dropLapsed() {
        for (holder, skus) in skusByHolder {
            let isOver = skus.allSatisfy { (holdsBySKU[$0]?[holder]?.until ?? .zero) <= uptime }
            if isOver { drop(holder) }
        }
    }
}
