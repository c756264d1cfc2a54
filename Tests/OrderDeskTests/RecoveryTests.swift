import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

struct `Office whose log may be an older copy` {
    private let transaction = TransactionID(coordinator: Example.office, epoch: 1, counter: 1)
    private let history = LogHistory(
        starts: [LogHistory.Start(epoch: 1, id: 0xA, decisionsBefore: 0)],
        decisions: 3
    )

    private func doubts(_ effects: Office.Effects) -> [String] {
        effects.keepings.compactMap { if case .doubt(let why) = $0 { why } else { nil } }
    }

    @Test func `goes on where a site has seen no more than it holds`() {
        var bench = Bench(attached: [], history: history)
        let seen = LogWitness(epoch: 1, start: 0xA, decisions: 3)
        let effects = bench.attach("DAL", witness: seen)
        #expect(effects.notes == [.activated("DAL")])
        #expect(bench.office.obstacle == nil)
    }

    @Test(arguments: [
        LogWitness(epoch: 1, start: 0xA, decisions: 4),
        LogWitness(epoch: 1, start: 0xB, decisions: 0),
    ])
    func `decides nothing more where a site has seen what it does not hold`(
        _ seen: LogWitness
    ) throws {
        var bench = Bench(history: history)
        let reserving = bench.reserve()
        let hello = Hello(
            boot: BootID(high: 7, low: 7),
            epochMaximum: 1,
            incarnation: 1,
            witness: seen
        )
        let effects = bench.answer("EWR", [.greet], [.hello(hello)])

        #expect(doubts(effects).count == 1)
        #expect(effects.requests.isEmpty, "it is not even attached")
        guard case .unavailable? = effects.submissions.first else {
            Issue.record("the client is told \(effects.answers)")
            return
        }
        // The last vote comes, and is not counted; who asks is not released.
        #expect(bench.vote(reserving).isEmpty)
        let pulse = Hello(boot: Bench.boot(of: "DAL"), epochMaximum: 1, incarnation: 1)
        #expect(bench.answer("DAL", [.greet], [.hello(pulse)], asking: [transaction]).isEmpty)
        let next = bench.tell(.submitted(Example.order("4712"), by: 9))
        #expect(next.lookups.isEmpty && next.submissions.count == 1)
        #expect(bench.office.heading.endedBelow == 0)
    }

    @Test func `decides nothing more where a site has confirmed what it does not know`() {
        var bench = Bench(attached: ["EWR"])
        let unknown = TransactionID(coordinator: Example.office, epoch: 1, counter: 77)
        let effects = bench.attach("DAL", confirmed: [unknown])
        #expect(effects.proofs == [Office.Inquiry(transaction: unknown, warehouse: "DAL")])
        #expect(doubts(bench.tell(.proofFound(unknown, "DAL", .confirmed))).isEmpty)
        // It missed the cancellation: that is told again.
        #expect(bench.tell(.proofFound(unknown, "DAL", .cancelled)).words == ["DAL cancel"])
        #expect(doubts(bench.tell(.proofFound(unknown, "DAL", .absent))).count == 1)
    }

    @Test func `tells every message how far the log has come and what has ended`() {
        var bench = Bench()
        let first = transaction.number
        #expect(
            bench.office.heading == Office.Heading(epoch: 1, endedBelow: first, decisions: 0)
        )
        let decided = bench.confirm()
        #expect(
            bench.office.heading == Office.Heading(epoch: 1, endedBelow: first, decisions: 1)
        )
        _ = bench.acknowledge(decided)
        #expect(
            bench.office.heading == Office.Heading(epoch: 1, endedBelow: first + 1, decisions: 1)
        )
    }

    @Test func `keeps what each site told with its acknowledgement when an order has ended`() {
        var bench = Bench()
        let decided = bench.confirm()
        var kept: [Warehouse.ID: Int64] = [:]
        for (index, outgoing) in decided.requests.enumerated() {
            let mark = HistoryMark(entry: 100 + Int64(index), chain: 1)
            let effects = bench.tell(
                .answered(
                    outgoing.warehouse,
                    outgoing.session,
                    [outgoing.request],
                    AnswerBatch(
                        warehouse: outgoing.warehouse,
                        boot: Bench.boot(of: outgoing.warehouse),
                        answers: [.confirmed(transaction)],
                        mark: mark
                    )
                )
            )
            for case .mark(let site, let mark) in effects.keepings { kept[site] = mark.entry }
        }
        #expect(kept == [Example.dallas: 100, Example.reno: 101])
    }

    // What was said in the session before says nothing of what a restored site holds.
    @Test func `counts an acknowledgement only within its session`() {
        var bench = Bench()
        let decided = bench.confirm()
        let before = decided.requests[0]
        bench.attach("DAL", boot: BootID(high: 8, low: 8))
        let late = bench.tell(
            .answered(
                before.warehouse,
                before.session,
                [before.request],
                AnswerBatch(
                    warehouse: before.warehouse,
                    boot: Bench.boot(of: "DAL"),
                    answers: [.confirmed(transaction)]
                )
            )
        )
        #expect(late.isEmpty)
        let reno = Office.Outgoing(
            warehouse: "RNO",
            session: bench.session(of: "RNO"),
            request: .confirm(transaction)
        )
        #expect(bench.answer("RNO", [reno.request], [.confirmed(transaction)]).isEmpty)
        #expect(bench.office.ordersUnderWay == 1, "Dallas has not acknowledged")
    }

    @Test func `ends a cancellation at a site that has shipped, and says so`() throws {
        var bench = Bench()
        let decided = bench.confirm()
        _ = bench.acknowledge(decided)
        let plan = try #require(decided.submissions.first?.outcomePlan)
        let found = Office.Found(
            record: OrderRecord(
                order: Example.order(),
                outcome: .confirmed(plan),
                receivedAt: Example.monday,
                decidedAt: Example.monday,
                transaction: transaction,
                isSettled: true
            ),
            warehouses: [Example.dallas, Example.reno]
        )
        _ = bench.tell(.cancelAsked("4711", by: 2))
        let cancelling = bench.tell(.found("4711", found))
        #expect(cancelling.words == ["DAL cancel", "RNO cancel"])
        let shipped = Refusal.unlawful(
            transaction,
            Reservation.UnlawfulTransition(status: .shipped, event: .release)
        )
        let first = bench.answer("DAL", [.cancel(transaction)], [.refused(shipped)])
        #expect(first.notes == [.shippedBeforeCancelled("4711", transaction, "DAL")])
        let last = bench.answer("RNO", [.cancel(transaction)], [.released(transaction)])
        #expect(last.recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 0)
    }
}

struct `Office that hears what was forced` {
    private let transaction = TransactionID(coordinator: Example.office, epoch: 1, counter: 1)

    private func forced(_ choice: HoldOverride.Choice) -> HoldOverride {
        HoldOverride(
            transaction: transaction,
            choice: choice,
            who: "ana",
            reason: "cut off since noon",
            at: Example.monday
        )
    }

    private func hear(_ override: HoldOverride, _ bench: inout Bench) -> Office.Effects {
        let pulse = Hello(boot: Bench.boot(of: "DAL"), epochMaximum: 1, incarnation: 1)
        return bench.answer("DAL", [.greet], [.hello(pulse)], telling: [override])
    }

    @Test(arguments: [
        (HoldOverride.Choice.confirm, Office.AttemptFound.absent, true),
        (.confirm, .confirmed, false), (.confirm, .cancelled, false),
        (.release, .absent, false), (.release, .confirmed, true), (.release, .cancelled, false),
    ])
    func `writes it down, says whether it was decided otherwise, and tells the site so`(
        _ choice: HoldOverride.Choice,
        _ found: Office.AttemptFound,
        _ isConflict: Bool
    ) {
        var bench = Bench()
        let override = forced(choice)
        let heard = hear(override, &bench)
        #expect(
            heard.overrideLookups
                == [Office.OverrideLookup(override: override, warehouse: "DAL")]
        )
        let judged = bench.tell(.overrideFound(override, "DAL", found, isKnown: false))
        let site = SiteOverride(warehouse: "DAL", override: override, isConflict: isConflict)
        #expect(judged.notes == [.overridden(site)])
        guard case .override(site)? = judged.keepings.first else {
            Issue.record("kept \(judged.keepings)")
            return
        }
        #expect(judged.words == ["DAL note override"])
    }

    // Its answer was lost, or came late: the site may stop, and nobody is alarmed again.
    @Test func `only tells the site so where the log has it already`() {
        var bench = Bench()
        let override = forced(.release)
        _ = hear(override, &bench)
        let judged = bench.tell(.overrideFound(override, "DAL", .confirmed, isKnown: true))
        #expect(judged.words == ["DAL note override"])
        #expect(judged.notes.isEmpty && judged.keepings.isEmpty)
    }

    @Test func `waits for the decision of an attempt that is voting`() {
        var bench = Bench()
        _ = bench.reserve()
        #expect(hear(forced(.release), &bench).overrideLookups.isEmpty)
    }

    @Test func `ends a decision that a site was forced to give back`() {
        var bench = Bench()
        _ = bench.confirm()
        let dallas = bench.answer(
            "DAL",
            [.confirm(transaction)],
            [.refused(.overridden(transaction))]
        )
        #expect(dallas.isEmpty)
        let reno = bench.answer("RNO", [.confirm(transaction)], [.confirmed(transaction)])
        #expect(reno.recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 0)
    }
}

struct `Office that rebuilds its log` {
    private let transaction = TransactionID(coordinator: Example.office, epoch: 1, counter: 5)

    private func holding(
        _ quantity: Quantity,
        _ status: Reservation.Status
    ) -> Holding {
        let ruling = Rebuilding.ruling(
            on: Example.order(),
            transaction,
            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: quantity)],
            participants: [Example.dallas, Example.reno],
            isCancelled: false
        )
        return Holding(request: ruling.request, status: status)
    }

    private func bench() -> Bench {
        Bench([Example.dallas, Example.reno], attached: [], epoch: 2, isRecovering: true)
    }

    /// Takes a site through the handshake up to its report.
    private func report(
        _ holdings: [Holding],
        from warehouse: Warehouse.ID,
        to bench: inout Bench
    ) -> Office.Effects {
        let hello = Hello(boot: Bench.boot(of: warehouse), epochMaximum: 2, incarnation: 1)
        let challenge = bench.answer(warehouse, [.greet], [.hello(hello)]).requests
        guard case .challenge(_, let session, _)? = challenge.first?.request else {
            return Office.Effects()
        }
        let attachment = Attachment(
            session: session,
            latest: .empty,
            chainAtKnown: 0,
            inDoubt: [transaction]
        )
        let asked = bench.answer(warehouse, challenge.map(\.request), [.attach(attachment)])
        return bench.answer(
            warehouse,
            asked.requests.map(\.request),
            [.holdings(session, Holdings(holdings: holdings, isLast: true))]
        )
    }

    @Test func `waits for every site, and takes no order meanwhile`() {
        var bench = bench()
        let waiting = report([holding(8, .confirmed)], from: "DAL", to: &bench)
        #expect(waiting.notes == [.recoveryWaits([Example.reno])])
        #expect(bench.office.obstacle?.contains("RNO") == true)
        let turnedAway = bench.tell(.submitted(Example.order("4712"), by: 1))
        #expect(turnedAway.lookups.isEmpty && turnedAway.submissions.count == 1)
    }

    @Test func `writes what the sites tell, tells it again, and only then serves`() throws {
        var bench = bench()
        _ = report([holding(8, .confirmed)], from: "DAL", to: &bench)
        let rebuilt = report([holding(12, .voted)], from: "RNO", to: &bench)
        #expect(rebuilt.notes == [.logRebuilt(decisions: 1)])
        #expect(rebuilt.rereadsLog)
        var record: Office.Record?
        for case .rebuilt(let told, false, _) in rebuilt.keepings { record = told }
        guard case .confirmed(let confirmation)? = record?.content else {
            Issue.record("kept \(rebuilt.keepings)")
            return
        }
        #expect(record?.order == Example.order())
        #expect(confirmation.transaction == transaction)
        #expect(confirmation.plan.warehouses == [Example.dallas, Example.reno])
        #expect(confirmation.shares.map { $0.lines.map(\.quantity) } == [[8], [12]])
        #expect(!confirmation.plan.isProved)

        let found = Office.Found(
            record: OrderRecord(
                order: Example.order(),
                outcome: .confirmed(confirmation.plan),
                receivedAt: Example.monday,
                decidedAt: Example.monday,
                transaction: transaction,
                isSettled: false
            ),
            warehouses: [Example.dallas, Example.reno]
        )
        let going = bench.tell(.recovered([found], LogHistory()))
        #expect(bench.office.obstacle == nil)
        #expect(going.rulingLookups.map(\.warehouse) == [Example.dallas, Example.reno])
        #expect(going.requests.isEmpty, "nobody is in session yet")
        let lookup = going.rulingLookups[1]
        let ruling = Ruling(request: holding(12, .voted).request, isCancelled: false)
        let restoring = bench.tell(
            .rulingsFound("RNO", lookup.query.session, [ruling], isLast: true)
        )
        #expect(restoring.words == ["RNO restore"])
        let restored = Restored(mark: HistoryMark(entry: 9, chain: 9), shortfall: 0)
        let activating = bench.answer(
            "RNO",
            restoring.requests.map(\.request),
            [.restored(lookup.query.session, restored)]
        )
        #expect(activating.words == ["RNO activate"])
        #expect(activating.keepings.count == 1)
        let active = bench.answer(
            "RNO",
            activating.requests.map(\.request),
            [.ready(lookup.query.session)]
        )
        #expect(active.words == ["RNO confirm"])
    }

    @Test func `begins an epoch above every one that a site has heard`() {
        var bench = bench()
        let effects = bench.answer(
            "DAL",
            [.greet],
            [.refused(.staleEpoch(epochMaximum: 9))]
        )
        #expect(bench.office.heading.epoch == 10)
        #expect(effects.words == ["DAL greet", "RNO greet"])
        var epochs: [Int64] = []
        for case .epoch(let epoch) in effects.keepings { epochs.append(epoch) }
        #expect(epochs == [10])
        let again = bench.answer("RNO", [.greet], [.refused(.staleEpoch(epochMaximum: 7))])
        #expect(again.keepings.isEmpty && bench.office.heading.epoch == 10)
    }
}

extension Submission {
    var outcomePlan: Plan? {
        switch self {
        case .placed(let record), .alreadyPlaced(let record),
            .alreadyPlacedDifferently(_, let record):
            record.outcome?.plan
        case .unavailable: nil
        }
    }
}
