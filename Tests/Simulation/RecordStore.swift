import AllocationModel
import AllocationProtocol
import OrderDesk

/// A decision log in memory: what the office writes, kept through its crashes.
///
/// It holds what `DecisionLog` holds true: an order's id and an attempt's number
/// once, a batch whole or not at all, an end only after a decision.
struct RecordStore {
    /// A record that the decision log's constraints would refuse.
    struct Contradiction: Error, CustomStringConvertible {
        let description: String
    }

    struct Entry {
        let order: Order
        var outcome: OrderOutcome
        let receivedAt: Timestamp
        let decidedAt: Timestamp
        let transaction: TransactionID?
        let shares: [OrderProcess.Share]
        let evidence: Evidence
        /// What of it waits for stock.
        let waiting: WaitingOrder?
        /// Whether every site has acknowledged the last word.
        var isEnded: Bool
        /// What has taken its place, and why; nil where it is in force.
        var resourcing: Resourcing?

        /// Whether the site's part of it stands.
        func isInForce(at warehouse: Warehouse.ID) -> Bool {
            if let resourcing { return resourcing.kept.contains(warehouse) }
            if case .confirmed = outcome { return true }
            return false
        }
    }

    /// What the log gives back of an order.
    ///
    /// Recovery tells those sites alone that have yet to give a superseded decision back.
    func found(_ entry: Entry, isForRecovery: Bool = false) -> Office.Found {
        Office.Found(
            record: OrderRecord(
                order: entry.order,
                outcome: entry.outcome,
                receivedAt: entry.receivedAt,
                decidedAt: entry.decidedAt,
                transaction: entry.transaction,
                isSettled: entry.isEnded,
                shipments: shipments.filter { shipment in
                    shipment.report.transaction == entry.transaction
                        || before(entry).contains { $0.hasKept(shipment) }
                },
                refusedPicks: refusedPicks.filter { refused in
                    self[refused.refusal.transaction]?.order.id == entry.order.id
                },
                resourcings: before(entry)
            ),
            warehouses: entry.shares.map(\.warehouse)
                .filter { !isForRecovery || !(entry.resourcing?.kept.contains($0) ?? false) },
            draws: Dictionary(
                uniqueKeysWithValues: entry.shares.filter { !$0.draws.isEmpty }
                    .map { ($0.warehouse, $0.draws) }
            ),
            isSuperseded: entry.resourcing != nil,
            kept: entry.resourcing?.kept ?? []
        )
    }

    /// What of an order was superseded before a decision, the earliest first.
    private func before(_ entry: Entry) -> [Resourcing] {
        entries.filter { $0.order.id == entry.order.id }
            .prefix { $0.transaction != entry.transaction }
            .compactMap(\.resourcing)
    }

    /// What was last said of the warehouses that an order is to come from.
    func lastWish(of order: Order.ID) -> ResourcingWish? {
        entries.filter { $0.order.id == order }.compactMap(\.resourcing).last?.wish
    }

    /// What of an order has shipped by decisions that were superseded, and stays.
    func keptShipments(of order: Order.ID) -> [Plan.Shipment] {
        entries.filter { $0.order.id == order }.compactMap(\.resourcing)
            .flatMap(\.keptShipments)
    }

    /// Decided orders, in the order of their decisions.
    private(set) var entries: [Entry] = []
    private(set) var sites: [Warehouse.ID: Office.Evidence] = [:]
    /// Every start of the office, and the decisions so far.
    private(set) var starts: [LogHistory.Start] = []
    private(set) var decisions: Int64 = 0
    /// Whether the log was lost, and is to be rebuilt from the sites.
    private(set) var isLost = false
    /// Why the office itself found that it lacks decisions.
    private(set) var doubt: String?
    /// What site managers have forced.
    private(set) var overrides: [SiteOverride] = []
    /// What sites have shipped.
    private(set) var shipments: [SiteShipment] = []
    /// What sites could not pick.
    private(set) var refusedPicks: [SitePickRefusal] = []

    /// What sites have leased, without what was drawn.
    private(set) var leases: [LeaseID: LeaseBook.Known] = [:]
    /// Whether draws are not written, as a mutant has it.
    var forgetsDraws = false

    /// A lease with what was drawn of it.
    func known(_ id: LeaseID) -> LeaseBook.Known? {
        leases[id]
            .map {
                LeaseBook.Known(
                    warehouse: $0.warehouse,
                    lease: $0.lease,
                    state: $0.state,
                    drawn: drawn(from: id)
                )
            }
    }

    private func drawn(from id: LeaseID) -> Quantity {
        entries.flatMap(\.shares).flatMap(\.draws).filter { $0.lease == id }
            .reduce(.zero) { $0 + $1.quantity }
    }

    /// By which days what waits is expected, as it was last written.
    private(set) var dates: [Order.ID: OrderDates] = [:]
    /// The receipts that it is expected from.
    private(set) var receipts: [SKU: [SiteReceipt]] = [:]

    /// What a start takes up of that.
    var datesTakenUp: BackorderDates {
        var known = BackorderDates()
        known.receipts = receipts.keys.sorted().flatMap { receipts[$0] ?? [] }
        known.orders = dates.keys.sorted().compactMap { dates[$0] }
        return known
    }

    /// Puts what is known of receipts and of orders in place of what was, as the log does.
    ///
    /// No unit of a receipt is promised twice, and no line more than waits of it.
    private mutating func take(_ told: BackorderDates) throws {
        for order in told.orders { dates[order.order] = nil }
        for sku in told.skus { receipts[sku] = told.receipts.filter { $0.sku == sku } }
        let waiting = Dictionary(uniqueKeysWithValues: self.waiting.map { ($0.order, $0) })
        for order in told.orders where waiting[order.order] != nil && !order.expected.isEmpty {
            dates[order.order] = order
        }
        var promised: [SiteReceipt: Int64] = [:]
        for order in dates.keys.sorted() {
            for part in dates[order]?.expected ?? [] {
                let receipt = receipts[part.sku]?
                    .first { $0.warehouse == part.warehouse && $0.receipt == part.receipt }
                guard let receipt else {
                    throw Contradiction(description: "\(order) is promised what nobody has told")
                }
                promised[receipt, default: 0] += part.quantity.units
                guard promised[receipt, default: 0] <= receipt.quantity.units else {
                    throw Contradiction(
                        description: "more of \(part.receipt) is promised than is to come"
                    )
                }
            }
        }
        for order in told.orders {
            for line in waiting[order.order]?.lines ?? [] {
                let units = order.parts(of: line.line).reduce(0) { $0 + $1.quantity.units }
                guard units <= line.quantity.units else {
                    throw Contradiction(
                        description: "\(order.order) is promised more than waits of it"
                    )
                }
            }
        }
    }

    /// Drops the dates of what was decided anew, as the log does.
    private mutating func dropDates(of record: Office.Record) {
        switch record.content {
        case .confirmed, .resourced, .cancelled: dates[record.order.id] = nil
        case .refused, .ended: break
        }
    }

    /// Whether an order may be decided twice, as a mutant has it.
    var isKeyless = false

    var epoch: Int64 { starts.last?.epoch ?? 0 }
    private var recovered: Int64 = 0
    var history: LogHistory {
        LogHistory(starts: starts, decisions: decisions, recovered: recovered)
    }

    /// Begins a start of the office, in a higher epoch unless a mutant keeps its own.
    mutating func begin(epoch: Int64, id: UInt64) {
        guard epoch > self.epoch else { return }
        starts.append(LogHistory.Start(epoch: epoch, id: id, decisionsBefore: decisions))
    }

    /// Takes what an older copy, or none, has kept in its place; the operator asks for recovery.
    mutating func lose(keeping copy: RecordStore?) {
        self = copy ?? RecordStore()
        isLost = true
    }

    /// What is in force of an order.
    subscript(id: Order.ID) -> Entry? {
        entries.first { $0.order.id == id && $0.resourcing == nil }
    }

    subscript(transaction: TransactionID) -> Entry? {
        entries.first { $0.transaction == transaction }
    }

    func override(
        of transaction: TransactionID,
        at warehouse: Warehouse.ID
    ) -> SiteOverride? {
        overrides.first { $0.override.transaction == transaction && $0.warehouse == warehouse }
    }

    var open: [Entry] { entries.filter { !$0.isEnded } }

    /// Until when the first part was to leave of each order in force of which one has not.
    var departures: [DueDeparture] {
        entries.filter { $0.resourcing == nil }
            .compactMap { entry in
                guard case .confirmed(let plan) = entry.outcome else { return nil }
                let left = shipments.filter { $0.report.transaction == entry.transaction }
                    .map(\.warehouse)
                guard !plan.warehouses.allSatisfy(left.contains) else { return nil }
                return plan.firstDeparture.map { DueDeparture(order: entry.order.id, at: $0) }
            }
    }

    /// What waits for stock of the orders in force.
    var waiting: [WaitingOrder] {
        entries.filter { entry in
            guard case .confirmed = entry.outcome else { return false }
            return entry.resourcing == nil
        }
        .compactMap(\.waiting)
    }

    /// What a start takes up: what is open, and what is in force where that is being given back.
    var takenUp: [Entry] {
        entries.filter { entry in
            !entry.isEnded
                || (entry.resourcing == nil
                    && open.contains { $0.order.id == entry.order.id })
        }
    }

    func standing(
        of transaction: TransactionID,
        at warehouse: Warehouse.ID
    ) -> Office.AttemptFound {
        guard let entry = self[transaction] else { return .absent }
        return entry.isInForce(at: warehouse) ? .confirmed : .cancelled
    }

    /// Forgets that a decision is in force, as a mutant writes it before the next one.
    mutating func turnOver(_ second: SecondAttempt) {
        guard let index = try? index(of: second.replaced) else { return }
        entries[index].resourcing = second.resourcing
        entries[index].isEnded = false
    }

    /// Writes all of `records` and what is kept, or none.
    mutating func append(
        _ records: [Office.Record],
        _ keepings: [Office.Keeping] = []
    ) throws {
        var next = self
        for keeping in keepings where keeping.precedesRecords { try next.append(keeping) }
        for record in records {
            next.dropDates(of: record)
            try next.append(record)
        }
        for keeping in keepings where !keeping.precedesRecords { try next.append(keeping) }
        self = next
    }

    private mutating func append(_ keeping: Office.Keeping) throws {
        switch keeping {
        case .site(let warehouse, let adoption):
            sites[warehouse] = Office.Evidence(
                mark: adoption.mark,
                incarnation: adoption.incarnation
            )
        case .mark(let warehouse, let mark): note(mark, of: warehouse)
        case .doubt(let why): doubt = why
        case .override(let forced):
            if override(of: forced.override.transaction, at: forced.warehouse) == nil {
                overrides.append(forced)
            }
        case .shipment(let shipment): try append(shipment)
        case .refusal(let refusal): try append(refusal)
        case .lease(let change): try append(change)
        case .epoch(let epoch): begin(epoch: epoch, id: starts.last?.id ?? 0)
        case .rebuilt(let record, let isCancelled, let kept):
            guard case .confirmed(let confirmation) = record.content else { return }
            if let known = self[confirmation.transaction] {
                guard isCancelled, case .confirmed(let plan) = known.outcome else { return }
                return try append(
                    Office.Record(
                        order: record.order,
                        receivedAt: record.receivedAt,
                        decidedAt: record.decidedAt,
                        content: .cancelled(confirmation.transaction, plan)
                    )
                )
            }
            if let known = self[record.order.id] {
                guard let number = known.transaction?.number,
                    number < confirmation.transaction.number,
                    case .confirmed = known.outcome
                else { return }
                try append(rebuilt: record, confirmation, over: known, keeping: kept)
            } else {
                try append(record)
            }
            if isCancelled {
                try append(
                    Office.Record(
                        order: record.order,
                        receivedAt: record.receivedAt,
                        decidedAt: record.decidedAt,
                        content: .cancelled(confirmation.transaction, confirmation.plan)
                    )
                )
            }
        case .dates(let told): try take(told)
        case .recovered:
            isLost = false
            doubt = nil
            recovered = epoch
            for (id, lease) in leases where lease.state == .open { set(id, .lost) }
        }
    }

    /// Writes a decision that was rebuilt in the place of an earlier one.
    private mutating func append(
        rebuilt record: Office.Record,
        _ confirmation: OrderProcess.Confirmation,
        over known: Entry,
        keeping kept: [Warehouse.ID]
    ) throws {
        guard let replaced = known.transaction, case .confirmed(let plan) = known.outcome else {
            return
        }
        let second = SecondAttempt(
            wish: ResourcingWish(who: "unknown", reason: "the log was lost since"),
            of: known.order,
            replaced: replaced,
            before: plan,
            kept: kept,
            lines: [],
            at: record.decidedAt,
            receivedAt: record.receivedAt,
            isPreview: false,
            changed: record.order
        )
        try append(
            Office.Record(
                order: record.order,
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                content: .resourced(confirmation, second)
            )
        )
    }

    private mutating func append(_ shipment: SiteShipment) throws {
        let transaction = shipment.report.transaction
        let shares = self[transaction]?.shares ?? []
        guard shares.contains(where: { $0.warehouse == shipment.warehouse }) else {
            throw Contradiction(
                description: "\(shipment.warehouse) has shipped \(transaction), and has no share"
            )
        }
        guard self.shipment(of: transaction, at: shipment.warehouse) == nil else { return }
        shipments.append(shipment)
    }

    private mutating func append(_ refused: SitePickRefusal) throws {
        let shares = self[refused.refusal.transaction]?.shares ?? []
        guard shares.contains(where: { $0.warehouse == refused.warehouse }) else {
            throw Contradiction(
                description:
                    "\(refused.words), and \(refused.refusal.transaction) has no share there"
            )
        }
        guard !refusedPicks.contains(refused) else { return }
        refusedPicks.append(refused)
    }

    /// What the office goes on with of decided orders.
    var unfinished: Office.Unfinished {
        Office.Unfinished(
            waiting: waiting,
            refusals: openPickRefusals,
            departures: departures,
            dates: datesTakenUp
        )
    }

    /// What could not be picked of decisions in force and has not shipped, by order.
    var openPickRefusals: [Order.ID: [SitePickRefusal]] {
        refusedPicks.reduce(into: [:]) { orders, refused in
            guard let entry = self[refused.refusal.transaction], entry.resourcing == nil,
                case .confirmed = entry.outcome,
                shipment(of: refused.refusal.transaction, at: refused.warehouse) == nil
            else { return }
            orders[entry.order.id, default: []].append(refused)
        }
    }

    func shipment(
        of transaction: TransactionID,
        at warehouse: Warehouse.ID
    ) -> SiteShipment? {
        shipments.first { $0.report.transaction == transaction && $0.warehouse == warehouse }
    }

    private mutating func append(_ change: LeaseBook.Change) throws {
        switch change {
        case .granted(let warehouse, let lease): add(lease, of: warehouse)
        case .closed(let warehouse, let lease, let kept):
            add(lease, of: warehouse)
            guard leases[lease.id]?.state == .open else { return }
            guard forgetsDraws || kept == drawn(from: lease.id) else {
                throw Contradiction(description: "lease \(lease.id) is closed at \(kept)")
            }
            set(lease.id, .closed)
        case .writtenOff(let warehouse, let lease, _, _):
            add(lease, of: warehouse)
            set(lease.id, .writtenOff)
        }
    }

    private mutating func add(_ lease: Lease, of warehouse: Warehouse.ID) {
        guard leases[lease.id] == nil else { return }
        leases[lease.id] = LeaseBook.Known(
            warehouse: warehouse,
            lease: lease,
            state: .open,
            drawn: .zero
        )
    }

    private mutating func set(_ id: LeaseID, _ state: LeaseBook.State) {
        guard let known = leases[id] else { return }
        leases[id] = LeaseBook.Known(
            warehouse: known.warehouse,
            lease: known.lease,
            state: state,
            drawn: .zero
        )
    }

    /// Refuses a draw on a lease that is not open, or of more than is left of it.
    private func check(_ shares: [OrderProcess.Share]) throws {
        for draw in shares.flatMap(\.draws) {
            guard let lease = leases[draw.lease], lease.state == .open,
                drawn(from: draw.lease) + draw.quantity <= lease.lease.quantity
            else {
                throw Contradiction(
                    description: "lease \(draw.lease) has not \(draw.quantity) left"
                )
            }
        }
    }

    private mutating func note(_ mark: HistoryMark, of warehouse: Warehouse.ID) {
        let known = sites[warehouse] ?? Office.Evidence(mark: .empty)
        guard mark.entry > known.mark.entry else { return }
        sites[warehouse] = Office.Evidence(mark: mark, incarnation: known.incarnation)
    }

    /// The decisions that a site shares, by rising transaction, a page.
    func rulings(
        for warehouse: Warehouse.ID,
        after transaction: TransactionID?,
        limit: Int,
        withoutDrawn: Bool = false,
        withoutShipped: Bool = false
    ) -> (page: [Ruling], isLast: Bool) {
        let shared =
            entries.compactMap { entry -> Ruling? in
                guard let attempt = entry.transaction,
                    attempt.number > transaction?.number ?? -1,
                    let share = entry.shares.first(where: { $0.warehouse == warehouse }),
                    !withoutDrawn || share.draws.isEmpty
                else { return nil }
                let isCancelled = !entry.isInForce(at: warehouse)
                return Rebuilding.ruling(
                    on: entry.order,
                    attempt,
                    lines: share.lines,
                    participants: entry.shares.map(\.warehouse),
                    isCancelled: isCancelled,
                    draws: share.draws,
                    shipment: withoutShipped
                        ? nil : shipment(of: attempt, at: warehouse)?.report
                )
            }
            .sorted { $0.request.transaction < $1.request.transaction }
        return (Array(shared.prefix(limit)), shared.count <= limit)
    }

    private mutating func append(_ record: Office.Record) throws {
        switch record.content {
        case .resourced(let confirmation, let second):
            let known = try index(of: second.replaced)
            guard entries[known].order.id == record.order.id else {
                throw Contradiction(description: "\(second.replaced) is another order's")
            }
            if entries[known].resourcing == nil { decisions += 1 }
            turnOver(second)
            try append(
                Office.Record(
                    order: record.order,
                    receivedAt: record.receivedAt,
                    decidedAt: record.decidedAt,
                    content: .confirmed(confirmation)
                )
            )
        case .confirmed(let confirmation):
            guard self[confirmation.transaction] == nil else {
                throw Contradiction(
                    description: "attempt \(confirmation.transaction) is decided twice"
                )
            }
            try check(confirmation.shares)
            try add(
                record,
                .confirmed(confirmation.plan),
                confirmation.transaction,
                confirmation.shares.map { share in
                    OrderProcess.Share(
                        warehouse: share.warehouse,
                        lines: share.lines,
                        mark: share.mark,
                        draws: forgetsDraws ? [] : share.draws
                    )
                },
                confirmation.evidence,
                confirmation.waiting
            )
            decisions += 1
            for share in confirmation.shares { note(share.mark, of: share.warehouse) }
        case .refused(let refusals, let evidence):
            try add(record, .refused(refusals), nil, [], evidence)
        case .cancelled(let transaction, let plan):
            let index = try index(of: transaction)
            guard case .confirmed = entries[index].outcome else {
                throw Contradiction(description: "attempt \(transaction) is cancelled twice")
            }
            entries[index].outcome = .cancelled(plan)
            decisions += 1
            entries[index].isEnded = false
        case .ended(let transaction):
            entries[try index(of: transaction)].isEnded = true
        }
    }

    private mutating func add(
        _ record: Office.Record,
        _ outcome: OrderOutcome,
        _ transaction: TransactionID?,
        _ shares: [OrderProcess.Share],
        _ evidence: Evidence,
        _ waiting: WaitingOrder? = nil
    ) throws {
        guard isKeyless || self[record.order.id] == nil else {
            throw Contradiction(description: "order \(record.order.id) is decided twice")
        }
        entries.append(
            Entry(
                order: record.order,
                outcome: outcome,
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: transaction,
                shares: shares,
                evidence: evidence,
                waiting: waiting,
                isEnded: transaction == nil
            )
        )
    }

    private func index(of transaction: TransactionID) throws -> Int {
        guard let index = entries.firstIndex(where: { $0.transaction == transaction }) else {
            throw Contradiction(description: "attempt \(transaction) was never decided")
        }
        return index
    }
}

extension Resourcing {
    /// Whether a shipment is of a part that stays.
    fileprivate func hasKept(_ shipment: SiteShipment) -> Bool {
        shipment.report.transaction == replaced && kept.contains(shipment.warehouse)
    }
}
