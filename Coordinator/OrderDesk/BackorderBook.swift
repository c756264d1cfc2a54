internal import AllocationModel

/// The orders that wait for stock, what the sites have of it, and whose turn it is.
///
/// A *pass* goes through the orders that wait for one SKU, in their turn and one at a time, as long
/// as units are left: no later order takes what an earlier one could have had. It begins when a
/// site has more of the SKU than it had, and again after a pause where units were left over.
/// Time is counted in ticks, so that no clock that jumps matters.
struct BackorderBook: Sendable {
    private var waiting: [Order.ID: WaitingOrder] = [:]
    private var bySKU: [SKU: Set<Order.ID>] = [:]
    /// What each site last said that it has, less what orders here have taken since.
    private var levels: [SKU: [Warehouse.ID: Int64]] = [:]
    private var passes: [SKU: Pass] = [:]
    private var pauses: [SKU: Pause] = [:]
    /// The orders that are being sourced again, and for what.
    private var underWay: [Order.ID: [SKU]] = [:]
    /// How often in a row an order could not be sourced again for reasons that pass.
    private var stumbles: [Order.ID: Int] = [:]
    /// When a turn for a SKU last began or ended.
    private var touched: [SKU: Int] = [:]
    private var tick = 0
    private var lastAsked: SKU?

    private struct Pass: Sendable {
        /// Those who have not had their turn; the next one last.
        var queue: [Order.ID]
        /// Units that the sites have, as far as is known.
        var left: Int64
    }

    private struct Pause: Sendable {
        let until: Int
        let ticks: Int
    }

    /// An order whose turn it is, and what of it is to be sourced.
    struct Turn: Hashable, Sendable {
        let order: Order.ID
        let skus: [SKU]
        /// The sites that have some of that.
        let warehouses: [Warehouse.ID]
    }

    /// How a turn ended.
    enum Ending: Hashable, Sendable {
        /// It has taken these units.
        case took([Taken])
        /// What is there is not for it, by its policy: others may have it.
        case cannot
        /// Something came between that will pass.
        case stumbled
    }

    /// Units of one SKU that an order has been given at one site.
    struct Taken: Hashable, Sendable {
        let warehouse: Warehouse.ID
        let sku: SKU
        let units: Int64
    }

    /// SKUs that sites are asked about at once: a bid as large as a large order's.
    static let askedMaximum = 64
    /// Orders that are sourced again at once, so that new ones find the sites' ears.
    static let underWayMaximum = 8
    /// How often an order may stumble before those behind it are let by.
    static let stumblesMaximum = 3
    /// The longest pause before what was left over is offered again, in ticks.
    static let pauseMaximum = 450
    /// Orders that are followed up; what waits beyond is, when the office starts again.
    static let ordersMaximum = 100_000

    var isEmpty: Bool { waiting.isEmpty }

    // What waits.

    /// Takes note of what an order waits for now.
    mutating func note(_ order: WaitingOrder) {
        guard waiting[order.order] != nil || waiting.count < Self.ordersMaximum else { return }
        let before = waiting.updateValue(order, forKey: order.order)?.skus ?? []
        for sku in before where !order.skus.contains(sku) { leave(order.order, sku) }
        for sku in order.skus { bySKU[sku, default: []].insert(order.order) }
    }

    /// Takes note that an order waits no more.
    mutating func remove(_ order: Order.ID) {
        guard let known = waiting.removeValue(forKey: order) else { return }
        stumbles[order] = nil
        for sku in known.skus { leave(order, sku) }
    }

    private mutating func leave(_ order: Order.ID, _ sku: SKU) {
        bySKU[sku]?.remove(order)
        passes[sku]?.queue.removeAll { $0 == order }
        guard bySKU[sku]?.isEmpty == true else { return }
        bySKU[sku] = nil
        levels[sku] = nil
        passes[sku] = nil
        pauses[sku] = nil
        touched[sku] = nil
    }

    // What there is.

    /// Goes on to the next tick, and returns what the sites are to be asked about in it.
    ///
    /// All that is waited for comes up in turn.
    mutating func nextAsked() -> [SKU] {
        tick += 1
        let all = bySKU.keys.sorted()
        let later = all.filter { sku in lastAsked.map { $0 < sku } ?? true }
        let asked = Array((later + all.prefix(all.count - later.count)).prefix(Self.askedMaximum))
        lastAsked = asked.last
        return asked
    }

    /// Takes in what a site has of what it was asked about; passes begin where it is more.
    ///
    /// Not what votes for an order of here may hold or have just given back: that is no news.
    mutating func hear(_ found: [(sku: SKU, units: Int64)], at warehouse: Warehouse.ID) {
        for (sku, units) in found where bySKU[sku] != nil && !wasTouched(sku) {
            let before = levels[sku, default: [:]].updateValue(units, forKey: warehouse) ?? 0
            if units > before { pauses[sku] = nil }
            let left = levels[sku, default: [:]].values.reduce(0, +)
            if passes[sku] != nil {
                passes[sku]?.left = left
            } else if left > 0, pauses[sku].map({ $0.until <= tick }) ?? (units > before) {
                passes[sku] = Pass(queue: turns(for: sku).reversed(), left: left)
            }
        }
    }

    /// Whether a turn for it began or ended a moment ago, so that what is heard of it is no news.
    func wasTouched(_ sku: SKU) -> Bool { touched[sku].map { $0 >= tick - 1 } ?? false }

    /// Forgets what a site has: it comes back with other stock, perhaps.
    mutating func forget(_ warehouse: Warehouse.ID) {
        for sku in levels.keys.sorted() { levels[sku]?[warehouse] = nil }
    }

    private func turns(for sku: SKU) -> [Order.ID] { waiting(for: sku).map(\.order) }

    /// Returns who waits for a SKU, the one whose turn is first first.
    func waiting(for sku: SKU) -> [WaitingOrder] {
        (bySKU[sku] ?? []).compactMap { waiting[$0] }.sorted { $0.precedes($1) }
    }

    subscript(order: Order.ID) -> WaitingOrder? { waiting[order] }

    /// Whether orders that wait for it are being sourced again, or are about to be.
    func isMoving(_ sku: SKU) -> Bool {
        if passes[sku] != nil || underWay.values.contains(where: { $0.contains(sku) }) {
            return true
        }
        return stumbles.contains { order, times in
            times < Self.stumblesMaximum && bySKU[sku]?.contains(order) == true
        }
    }

    // Whose turn it is.

    /// Returns the orders that are to be sourced now, and takes their turns for had.
    ///
    /// An order is next where it is for all that it waits for and there is some of, so that it
    /// goes before nobody.
    mutating func nextTurns() -> [Turn] {
        var turns: [Turn] = []
        var busy = Set(underWay.values.joined())
        let heads = Set(passes.values.compactMap(\.queue.last)).compactMap { waiting[$0] }
            .sorted { $0.precedes($1) }
        for head in heads where underWay.count < Self.underWayMaximum {
            let skus = head.skus.filter { passes[$0]?.queue.contains(head.order) ?? false }
            guard underWay[head.order] == nil, busy.isDisjoint(with: skus),
                skus.allSatisfy({ passes[$0]?.queue.last == head.order })
            else { continue }
            for sku in skus {
                passes[sku]?.queue.removeLast()
                touched[sku] = tick
            }
            busy.formUnion(skus)
            underWay[head.order] = skus
            let sites = skus.flatMap { sku in
                (levels[sku] ?? [:]).filter { $0.value > 0 }.map(\.key)
            }
            turns.append(Turn(order: head.order, skus: skus, warehouses: Set(sites).sorted()))
        }
        return turns
    }

    /// Takes note of how an order's turn ended.
    mutating func end(_ order: Order.ID, _ ending: Ending) {
        let skus = underWay.removeValue(forKey: order) ?? []
        for sku in skus where bySKU[sku] != nil { touched[sku] = tick }
        switch ending {
        case .took(let units):
            stumbles[order] = nil
            for taken in units {
                levels[taken.sku]?[taken.warehouse]? -= taken.units
                passes[taken.sku]?.left -= taken.units
            }
        case .cannot:
            stumbles[order] = nil
        case .stumbled:
            stumbles[order, default: 0] += 1
            if stumbles[order, default: 0] < Self.stumblesMaximum {
                // It is to be the first to try again.
                for sku in skus { passes[sku]?.queue = [] }
            }
        }
        for sku in skus { close(sku) }
    }

    /// Ends a pass that is over; what it has left is offered again after a while.
    private mutating func close(_ sku: SKU) {
        guard let pass = passes[sku], pass.left <= 0 || pass.queue.isEmpty else { return }
        passes[sku] = nil
        guard pass.left > 0, bySKU[sku] != nil else {
            pauses[sku] = nil
            return
        }
        let ticks = min((pauses[sku]?.ticks ?? 0) * 2 + 2, Self.pauseMaximum)
        pauses[sku] = Pause(until: tick + ticks, ticks: ticks)
    }
}
