internal import AllocationModel

/// By which days what waits is expected, from what the sites have told of their receipts.
///
/// What it says of a SKU follows from who waits and what is on its way (`Allotment`). It is
/// worked out anew when either has changed, and written down, because customers are told of it;
/// while orders that wait for the SKU are being sourced again it is left as it is: what came of a
/// receipt is no more on its way, and not yet theirs.
struct DateBook: Sendable {
    /// What each site last told, also one that is out of reach: its receipts come all the same.
    private var receipts: [SKU: [Warehouse.ID: [SiteReceipt]]] = [:]
    /// What of that is written down.
    private var written: [SKU: [SiteReceipt]] = [:]
    private var dates: [Order.ID: OrderDates] = [:]
    /// When goods of a receipt would arrive, as a site said in its bid on an order.
    fileprivate var arrivals: [Order.ID: [Way: CivilDate]] = [:]
    /// SKUs of which something has changed.
    private var unsettled: Set<SKU> = []
    /// Orders of which the log has dropped the dates with what they waited for.
    private var unwritten: Set<Order.ID> = []
    private var today: CivilDate?

    fileprivate struct Way: Hashable, Sendable {
        let warehouse: Warehouse.ID
        let receipt: Receipt.ID
        let expected: CivilDate
        let sku: SKU
    }

    /// What came of working it out.
    struct Settled: Sendable {
        var dates = BackorderDates()
        var signs: [AlertSign] = []
    }

    /// Returns by which days an order's backorders are expected; nil where nothing is known.
    subscript(order: Order.ID) -> OrderDates? { dates[order] }

    // What waits.

    /// Takes note of what an order waits for now; what of it has come is no more expected.
    mutating func note(_ waiting: WaitingOrder) {
        unsettled.formUnion(waiting.skus)
        guard let known = dates[waiting.order] else { return }
        unsettled.formUnion(known.expected.map(\.sku))
        dates[waiting.order] = known.left(of: waiting)
        unwritten.insert(waiting.order)
    }

    /// Takes note that an order waits no more; returns whether it was later than was told.
    mutating func remove(_ order: Order.ID) -> Bool {
        arrivals[order] = nil
        guard let known = dates.removeValue(forKey: order) else { return false }
        unsettled.formUnion(known.expected.map(\.sku))
        unwritten.insert(order)
        return known.isLate
    }

    /// Takes up what was written down before the office started, of the sites that it has.
    mutating func restore(
        _ known: BackorderDates,
        of warehouses: [Warehouse.ID],
        for book: BackorderBook
    ) {
        for receipt in known.receipts {
            written[receipt.sku, default: []].append(receipt)
            guard warehouses.contains(receipt.warehouse) else { continue }
            receipts[receipt.sku, default: [:]][receipt.warehouse, default: []].append(receipt)
        }
        for order in known.orders {
            guard book[order.order] != nil else {
                unwritten.insert(order.order)
                continue
            }
            dates[order.order] = order
            for part in order.expected {
                guard let arrives = part.arrives else { continue }
                arrivals[order.order, default: [:]][Way(part)] = arrives
            }
        }
        unsettled.formUnion(written.keys)
    }

    // What is on its way.

    /// Takes in what a site says is on its way of SKUs that it was asked about.
    mutating func hear(
        _ incoming: [Bid.Incoming],
        of skus: [(line: Int, sku: SKU)],
        at warehouse: Warehouse.ID
    ) {
        for (line, sku) in skus {
            var told: [SiteReceipt] = []
            for one in incoming where one.line == line {
                // A site that names one twice is believed once.
                guard !told.contains(where: { $0.receipt == one.receipt }) else { continue }
                told.append(
                    SiteReceipt(
                        warehouse: warehouse,
                        receipt: one.receipt,
                        sku: sku,
                        quantity: one.quantity,
                        expected: one.expected,
                        leaves: one.leaves
                    )
                )
            }
            guard told != receipts[sku]?[warehouse] ?? [] else { continue }
            receipts[sku, default: [:]][warehouse] = told
            unsettled.insert(sku)
        }
    }

    /// Takes in what the bids on an order say: when it would arrive, and what nobody has told yet.
    mutating func learn(from bids: [Bid], on order: Order) {
        for bid in bids {
            for one in bid.incoming where order.lines.indices.contains(one.line) {
                let sku = order.lines[one.line].sku
                if let arrives = one.arrives {
                    let way = Way(
                        warehouse: bid.warehouse,
                        receipt: one.receipt,
                        expected: one.expected,
                        sku: sku
                    )
                    arrivals[order.id, default: [:]][way] = arrives
                }
            }
            for line in Set(bid.incoming.map(\.line)).sorted()
            where order.lines.indices.contains(line) {
                let sku = order.lines[line].sku
                // What it was asked about by itself is newer, or will be in a moment.
                guard receipts[sku]?[bid.warehouse] == nil else { continue }
                hear(bid.incoming, of: [(line, sku)], at: bid.warehouse)
            }
        }
    }

    // What follows.

    /// Works out anew what has changed, and returns what is to be written down and told.
    ///
    /// What was expected before the day before `day`, which is UTC's, is overdue wherever its site
    /// is: it counts no more.
    mutating func settle(
        _ book: BackorderBook,
        at now: Timestamp,
        on day: CivilDate
    ) -> Settled {
        if today != day {
            today = day
            unsettled.formUnion(receipts.keys)
        }
        guard !unsettled.isEmpty || !unwritten.isEmpty else { return Settled() }
        var settled = Settled()
        var changed: [Order.ID: OrderDates] = [:]
        for order in unwritten {
            changed[order] = dates[order] ?? OrderDates(order: order, expected: [])
        }
        unwritten = []
        for sku in unsettled.sorted() where !book.isMoving(sku) {
            unsettled.remove(sku)
            settle(sku, book, on: day, into: &settled, &changed)
        }
        for order in changed.keys.sorted() {
            guard let next = changed[order] else { continue }
            guard let waiting = book[order] else {
                settled.dates.orders.append(OrderDates(order: order, expected: []))
                continue
            }
            let before = dates[order] ?? OrderDates(order: order, expected: [])
            finish(before, next, waiting, at: now, into: &settled)
        }
        return settled
    }

    private mutating func settle(
        _ sku: SKU,
        _ book: BackorderBook,
        on day: CivilDate,
        into settled: inout Settled,
        _ changed: inout [Order.ID: OrderDates]
    ) {
        let waiting = book.waiting(for: sku)
        if waiting.isEmpty { receipts[sku] = nil }
        let known = receipts[sku] ?? [:]
        let live = known.keys.sorted().flatMap { known[$0] ?? [] }
            .filter { $0.expected.adding(days: 1) >= day }
        guard !live.isEmpty || written[sku] != nil else { return }
        let given = Allotment.allot(live, to: waiting, of: sku)
        var isChanged = live != written[sku] ?? []
        for order in waiting {
            let before =
                changed[order.order] ?? dates[order.order]
                ?? OrderDates(order: order.order, expected: [])
            let parts = (given[order.order] ?? [])
                .map { part in
                    part.arriving(arrivals[order.order]?[Way(part)])
                }
            let next = before.expecting(parts, of: sku)
            guard next.expected != before.expected else { continue }
            changed[order.order] = next
            isChanged = true
        }
        guard isChanged else { return }
        written[sku] = live.isEmpty ? nil : live
        settled.dates.skus.append(sku)
        settled.dates.receipts += live
    }

    /// Holds an order's dates against what they were, and against what the customer was told.
    private mutating func finish(
        _ before: OrderDates,
        _ next: OrderDates,
        _ waiting: WaitingOrder,
        at now: Timestamp,
        into settled: inout Settled
    ) {
        var told: [BackorderPart] = []
        var isLater = false
        for line in waiting.lines {
            let was = before.told.filter { $0.line == line.line }
            let baseline = was.isEmpty ? before.parts(of: line.line) : was
            let schedule = Schedule(next.parts(of: line.line), waiting: line.quantity)
            if schedule.isLater(than: Schedule(baseline, waiting: line.quantity)) {
                told += BackorderPart.left(baseline, waiting: line.quantity)
            }
            let old = Schedule(before.parts(of: line.line), waiting: line.quantity)
            guard old != schedule else { continue }
            let change = DateChange(
                order: next.order,
                line: line.line,
                sku: line.sku,
                at: now,
                before: old.lastDay,
                after: schedule.lastDay,
                undated: schedule.undated,
                isLater: schedule.isLater(than: old),
                warehouse: next.parts(of: line.line).last?.warehouse,
                receipt: next.parts(of: line.line).last?.receipt
            )
            isLater = isLater || change.isLater
            settled.dates.changes.append(change)
        }
        let dates = OrderDates(order: next.order, expected: next.expected, told: told)
        self.dates[next.order] = dates.expected.isEmpty && told.isEmpty ? nil : dates
        settled.dates.orders.append(dates)
        let subject = Alert.Subject(.backorderSlipped, next.order.rawValue)
        if dates.isLate && isLater {
            settled.signs.append(.raised(subject, dates.lateness(waiting)))
        } else if before.isLate && !dates.isLate {
            settled.signs.append(.cleared(subject, "it is expected as the customer was told"))
        }
    }
}

extension DateBook.Way {
    fileprivate init(_ part: BackorderPart) {
        self.init(
            warehouse: part.warehouse,
            receipt: part.receipt,
            expected: part.expected,
            sku: part.sku
        )
    }
}

extension BackorderPart {
    /// Returns the same, with the day on which it would arrive.
    fileprivate func arriving(_ day: CivilDate?) -> BackorderPart {
        BackorderPart(
            line: line,
            sku: sku,
            quantity: quantity,
            warehouse: warehouse,
            receipt: receipt,
            expected: expected,
            leaves: leaves,
            arrives: day
        )
    }
}

extension OrderDates {
    /// Returns what is left of it where an order waits for less.
    fileprivate func left(of waiting: WaitingOrder) -> OrderDates {
        func left(_ parts: [BackorderPart]) -> [BackorderPart] {
            waiting.lines.flatMap { line in
                BackorderPart.left(
                    parts.filter { $0.line == line.line && $0.sku == line.sku },
                    waiting: line.quantity
                )
            }
        }
        return OrderDates(order: order, expected: left(expected), told: left(told))
    }

    /// Returns it with other parts of one SKU.
    fileprivate func expecting(_ parts: [BackorderPart], of sku: SKU) -> OrderDates {
        let all = expected.filter { $0.sku != sku } + parts
        let sorted = all.enumerated()
            .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
            .map(\.element)
        return OrderDates(order: order, expected: sorted, told: told)
    }

    /// What is later than was told, in words.
    fileprivate func lateness(_ waiting: WaitingOrder) -> String {
        let lines = waiting.lines.filter { line in told.contains { $0.line == line.line } }
        let words = lines.map { line in
            let was = told.filter { $0.line == line.line }.map(\.expected).max()
            let parts = parts(of: line.line)
            let undated = Schedule(parts, waiting: line.quantity).undated
            let now = parts.last.map { "\($0.expected) (\($0.receipt) at \($0.warehouse))" }
            let standing: String =
                switch (now, undated.isZero) {
                case (let now?, true): "now for \(now)"
                case (let now?, false): "now for \(now), and \(undated) of them for no day"
                case (nil, _): "and no day is known now"
                }
            return "\(line.quantity) x \(line.sku), told for \(was?.description ?? ""), \(standing)"
        }
        return "order \(order) waits longer: " + words.joined(separator: "; ")
    }
}
