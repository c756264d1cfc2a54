import AllocationModel
import AllocationProtocol

@testable import OrderDesk

/// An office that a test tells, one after the other, what happened outside.
struct Bench {
    var office: Office
    let timing = ProtocolTiming.local
    /// What the office's clock says.
    var now = Example.monday

    /// Opens an office; the sites that are not `attached` stay away.
    init(
        _ warehouses: [Warehouse.ID] = [Example.dallas, Example.reno, Example.newark],
        attached: [Warehouse.ID]? = nil,
        epoch: Int64 = 1,
        history: LogHistory = LogHistory(),
        isRecovering: Bool = false,
        followingUpEvery pause: Duration? = nil,
        missingCutoffsAfter grace: Duration? = nil
    ) {
        var timing = ProtocolTiming.local
        timing.followUps = pause
        timing.missedCutoffs = grace
        office = Office(
            desk: OrderDesk(
                coordinator: Example.office,
                epoch: epoch,
                warehouses: warehouses,
                policy: SourcingPolicy(),
                timing: timing
            ),
            history: history,
            isRecovering: isRecovering
        )
        for warehouse in attached ?? warehouses { attach(warehouse) }
    }

    mutating func tell(_ events: Office.Event...) -> Office.Effects {
        var effects = Office.Effects()
        for event in events {
            office.handle(event, now: now, into: &effects)
        }
        return effects
    }

    // Sites.

    static func boot(of warehouse: Warehouse.ID) -> BootID {
        BootID(high: 1, low: UInt64(warehouse.rawValue.utf8.reduce(0) { $0 * 31 + Int($1) }))
    }

    func session(of warehouse: Warehouse.ID) -> SessionID? {
        office.sites.first { $0.warehouse == warehouse }?.session
    }

    /// Takes a site through the whole handshake.
    @discardableResult
    mutating func attach(
        _ warehouse: Warehouse.ID,
        boot: BootID? = nil,
        inDoubt: [TransactionID] = [],
        confirmed: [TransactionID] = [],
        witness: LogWitness = .none,
        at mark: HistoryMark = .empty
    ) -> Office.Effects {
        let hello = Hello(
            boot: boot ?? Self.boot(of: warehouse),
            epochMaximum: 1,
            incarnation: 1,
            witness: witness
        )
        let challenge = answer(warehouse, [.greet], [.hello(hello)]).requests
        guard case .challenge(_, let session, _)? = challenge.first?.request else {
            return Office.Effects()
        }
        let attachment = Attachment(
            session: session,
            latest: mark,
            chainAtKnown: mark.chain,
            inDoubt: inDoubt,
            confirmed: confirmed
        )
        _ = answer(warehouse, challenge.map(\.request), [.attach(attachment)])
        return answer(warehouse, [.activate(session)], [.ready(session)])
    }

    mutating func answer(
        _ warehouse: Warehouse.ID,
        _ requests: [Request],
        _ answers: [Answer],
        asking inquiries: [TransactionID] = [],
        telling overrides: [HoldOverride] = [],
        shipping shipments: [ShipmentReport] = [],
        refusing refusals: [PickRefusal] = [],
        counting counts: [CountReport] = [],
        in session: SessionID? = nil,
        leasing leases: [LeaseOffer] = [],
        by standing: [StandingService] = [],
        at mark: HistoryMark? = nil
    ) -> Office.Effects {
        tell(
            .answered(
                warehouse,
                session ?? self.session(of: warehouse),
                requests,
                AnswerBatch(
                    warehouse: warehouse,
                    boot: Self.boot(of: warehouse),
                    answers: answers,
                    inquiries: inquiries,
                    mark: mark,
                    overrides: overrides,
                    shipments: shipments,
                    refusals: refusals,
                    counts: counts,
                    leases: leases,
                    standing: standing
                )
            )
        )
    }

    // Orders.

    /// Submits an order that the log does not know, and returns what it wants then.
    mutating func submit(
        _ order: Order = Example.order(),
        by client: Office.ClientID = 1
    )
        -> Office.Effects
    {
        let asked = tell(.submitted(order, by: client))
        guard asked.lookups == [order.id] else { return asked }
        return tell(.found(order.id, nil))
    }

    /// Answers each request for a bid with what `valves` says of its site.
    mutating func bid(
        _ effects: Office.Effects,
        valves: [Warehouse.ID: Quantity] = Example.valves
    ) -> Office.Effects {
        var last = Office.Effects()
        for outgoing in effects.requests {
            guard case .bid(let asked) = outgoing.request else { continue }
            let bid = Example.bid(outgoing.warehouse, valves[outgoing.warehouse] ?? .zero)
            last = answer(
                outgoing.warehouse,
                [outgoing.request],
                [.bid(round: asked.round, bid)]
            )
        }
        return last
    }

    /// Runs the tasks of `effects` and tells the office what came of them.
    mutating func solve(_ effects: Office.Effects) -> Office.Effects {
        var last = Office.Effects()
        for task in effects.tasks { last = tell(.solved(task, task.run())) }
        return last
    }

    /// Has each site that is asked to reserve do so.
    mutating func vote(_ effects: Office.Effects) -> Office.Effects {
        var last = Office.Effects()
        for outgoing in effects.requests {
            guard case .reserve(let asked) = outgoing.request else { continue }
            last = answer(
                outgoing.warehouse,
                [outgoing.request],
                [.vote(asked.transaction, .reserve(HistoryMark(entry: 7, chain: 7)))]
            )
        }
        return last
    }

    /// Has each site that is told to confirm or cancel acknowledge it.
    mutating func acknowledge(_ effects: Office.Effects) -> Office.Effects {
        var last = Office.Effects()
        for outgoing in effects.requests {
            switch outgoing.request {
            case .confirm(let transaction):
                last = answer(
                    outgoing.warehouse,
                    [outgoing.request],
                    [.confirmed(transaction)]
                )
            case .cancel(let transaction):
                last = answer(outgoing.warehouse, [outgoing.request], [.released(transaction)])
            case .drain(let ruling):
                let transaction = ruling.request.transaction
                last = answer(
                    outgoing.warehouse,
                    [outgoing.request],
                    [ruling.isCancelled ? .released(transaction) : .confirmed(transaction)]
                )
            case .greet, .challenge, .report, .restore, .activate, .bid, .reserve, .release,
                .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease:
                continue
            }
        }
        return last
    }

    /// Places the order of twenty valves up to the point where its sites are asked to reserve.
    mutating func reserve(
        _ order: Order = Example.order(),
        by client: Office.ClientID = 1
    )
        -> Office.Effects
    {
        let bidding = submit(order, by: client)
        return solve(bid(bidding))
    }

    /// Places the order of twenty valves up to the point where it is decided.
    mutating func confirm(
        _ order: Order = Example.order(),
        by client: Office.ClientID = 1
    )
        -> Office.Effects
    {
        vote(reserve(order, by: client))
    }
}

extension Office.Effects {
    var submissions: [Submission] {
        answers.compactMap { if case .submission(_, let answer) = $0 { answer } else { nil } }
    }
    var cancellations: [Cancellation] {
        answers.compactMap { if case .cancellation(_, let answer) = $0 { answer } else { nil } }
    }
    var resourcings: [ResourcingAnswer] {
        answers.compactMap { if case .resourcing(_, let answer) = $0 { answer } else { nil } }
    }
    /// Whom it tells what, but for bids and reservations, whose contents are long.
    var words: [String] {
        requests.map { outgoing in
            let verb =
                switch outgoing.request {
                case .greet: "greet"
                case .challenge: "challenge"
                case .report: "report"
                case .restore: "restore"
                case .activate: "activate"
                case .bid: "bid"
                case .reserve(let asked): "reserve \(asked.lines.map(\.quantity))"
                case .confirm: "confirm"
                case .release: "release"
                case .cancel: "cancel"
                case .noteOverride: "note override"
                case .noteShipment: "note shipment"
                case .noteRefusal: "note refusal"
                case .noteCounts: "note counts"
                case .noteLease: "note lease"
                case .closeLease(_, let kept): "close lease at \(kept)"
                case .drain(let ruling):
                    "drain \(ruling.draws.map(\.quantity))"
                        + (ruling.isCancelled ? ", cancelled" : "")
                }
            return "\(outgoing.warehouse) \(verb)"
        }
    }
    var recordWords: [String] {
        records.map { record in
            switch record.content {
            case .confirmed(let it): "confirmed \(record.order.id) \(it.shares.map(\.warehouse))"
            case .resourced(let it, let second):
                "resourced \(record.order.id) \(it.shares.map(\.warehouse)) for "
                    + "\(second.before.warehouses), keeping \(second.kept)"
            case .refused: "refused \(record.order.id)"
            case .cancelled: "cancelled \(record.order.id)"
            case .ended: "ended \(record.order.id)"
            }
        }
    }
    var isEmpty: Bool {
        records.isEmpty && keepings.isEmpty && requests.isEmpty && tasks.isEmpty && lookups.isEmpty
            && attemptLookups.isEmpty && answers.isEmpty && timers.isEmpty
    }
}
