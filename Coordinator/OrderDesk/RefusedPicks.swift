internal import AllocationModel

/// The orders of which a site cannot pick a part, until something else ships in its place.
///
/// Each is sourced again as soon as its refusal is in the log, and where no lawful plan is left,
/// again after pauses that grow: stock may come. Time is counted in ticks.
struct RefusedPicks: Sendable {
    private var orders: [Order.ID: Entry] = [:]
    private var tick = 0

    private struct Entry: Sendable {
        var refusals: [SitePickRefusal]
        /// From which tick on it may be sourced again.
        var due: Int
        /// The pause before that, in ticks.
        var pause = 0
        var isUnderWay = false
        /// Whether something was refused since it was last sourced again.
        var isNews = true
    }

    /// An order that is to be sourced again now.
    struct Turn: Hashable, Sendable {
        let order: Order.ID
        /// The attempt under which the refused units were set aside.
        let transaction: TransactionID
        let who: String
        let reason: String
    }

    /// Orders that are sourced again at once, so that new ones find the sites' ears.
    static let underWayMaximum = 8
    /// The longest pause before an order without a plan is tried again, in ticks.
    static let pauseMaximum = 450
    /// Refusals that a reason names; it says that there are others.
    private static let namedMaximum = 3

    var isEmpty: Bool { orders.isEmpty }

    /// Goes on to the next tick.
    mutating func advance() { tick += 1 }

    /// Takes note of a refusal that is in the log.
    ///
    /// A later attempt's takes the place of what was refused of an earlier one.
    mutating func note(_ refusal: SitePickRefusal, of order: Order.ID) {
        let before = (orders[order]?.refusals ?? [])
            .filter {
                $0.refusal.transaction == refusal.refusal.transaction && $0 != refusal
            }
        let isUnderWay = orders[order]?.isUnderWay ?? false
        orders[order] = Entry(refusals: before + [refusal], due: tick, isUnderWay: isUnderWay)
    }

    /// Forgets an order, where something else ships or nothing does; returns whether it knew it.
    mutating func remove(_ order: Order.ID) -> Bool { orders.removeValue(forKey: order) != nil }

    /// Forgets what a site had refused, where it has shipped all the same.
    ///
    /// Returns whether nothing is left of the order.
    mutating func remove(_ order: Order.ID, at warehouse: Warehouse.ID) -> Bool {
        guard orders[order] != nil else { return false }
        orders[order]?.refusals.removeAll { $0.warehouse == warehouse }
        return orders[order]?.refusals.isEmpty == true && remove(order)
    }

    /// What is refused of an order, in words; nil where nothing is.
    func words(of order: Order.ID) -> String? {
        orders[order].map { Self.words($0.refusals) }
    }

    /// Returns the orders that are to be sourced again now, by rising id.
    mutating func nextTurns() -> [Turn] {
        var free = Self.underWayMaximum - orders.values.count { $0.isUnderWay }
        var turns: [Turn] = []
        for order in orders.keys.sorted() where free > 0 {
            guard let entry = orders[order], !entry.isUnderWay, entry.due <= tick,
                let last = entry.refusals.last
            else { continue }
            orders[order]?.isUnderWay = true
            orders[order]?.isNews = false
            free -= 1
            turns.append(
                Turn(
                    order: order,
                    transaction: last.refusal.transaction,
                    who: last.refusal.who,
                    reason: Self.words(entry.refusals)
                )
            )
        }
        return turns
    }

    /// Takes note that an order could not be sourced again: later, perhaps.
    mutating func postpone(_ order: Order.ID) {
        guard let entry = orders[order] else { return }
        orders[order]?.isUnderWay = false
        // What was refused meanwhile is due at once.
        guard !entry.isNews else { return }
        let pause = min(entry.pause * 2 + 2, Self.pauseMaximum)
        orders[order]?.pause = pause
        orders[order]?.due = tick + pause
    }

    private static func words(_ refusals: [SitePickRefusal]) -> String {
        let named = refusals.prefix(namedMaximum).map(\.words).joined(separator: ", ")
        return refusals.count > namedMaximum ? named + " and others" : named
    }
}
