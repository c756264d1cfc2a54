import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

struct `Office at work` {
    private let transaction = TransactionID(coordinator: Example.office, epoch: 1, counter: 1)
    private let both = [Example.dallas, Example.reno]

    private func refused(
        _ available: Quantity,
        at warehouse: Warehouse.ID,
        fresh bid: Bid?
    )
        -> Answer
    {
        .vote(
            transaction,
            .refuse(
                .insufficientStock(sku: "VALVE-3IN", requested: 8, available: available),
                bid
            )
        )
    }

    private func found(
        _ order: Order,
        _ outcome: OrderOutcome,
        _ transaction: TransactionID?,
        at warehouses: [Warehouse.ID] = []
    ) -> Office.Found {
        Office.Found(
            record: OrderRecord(
                order: order,
                outcome: outcome,
                receivedAt: Example.monday,
                decidedAt: Example.monday,
                transaction: transaction,
                isSettled: true
            ),
            warehouses: warehouses
        )
    }

    // From submission to outcome.

    @Test func `takes an order from submission to the last acknowledgement`() throws {
        var bench = Bench()
        #expect(bench.tell(.submitted(Example.order(), by: 1)).lookups == ["4711"])

        let asking = bench.tell(.found("4711", nil))
        #expect(asking.words == ["DAL bid", "EWR bid", "RNO bid"])
        #expect(asking.timers.map(\.after) == [.milliseconds(500)])
        let solving = bench.bid(asking)
        #expect(solving.tasks.count == 1)
        #expect(solving.requests.isEmpty)

        let reserving = bench.solve(solving)
        #expect(reserving.words == ["DAL reserve [8]", "RNO reserve [12]"])
        #expect(reserving.records.isEmpty && reserving.answers.isEmpty)
        #expect(reserving.timers.map(\.after) == [.seconds(2)])

        let decided = bench.vote(reserving)
        #expect(decided.recordWords == ["confirmed 4711 \(both)"])
        #expect(decided.words == ["DAL confirm", "RNO confirm"])
        #expect(
            decided.timers.map(\.after) == [bench.timing.resendDelay(after: 0, of: transaction)]
        )
        guard case .placed(let record)? = decided.submissions.first else {
            Issue.record("answered \(decided.answers)")
            return
        }
        #expect(record.status == .confirmed)
        #expect(record.transaction == transaction)
        #expect(record.outcome?.plan?.cost == Money(minorUnits: 2000, currency: .usd))
        #expect(record.outcome?.plan?.isProved == true)

        let ended = bench.acknowledge(decided)
        #expect(ended.recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `decides nothing before the last vote`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        let first = try #require(reserving.requests.first)
        let effects = bench.answer(
            first.warehouse,
            [first.request],
            [.vote(transaction, .reserve(HistoryMark(entry: 7, chain: 7)))]
        )
        #expect(effects.isEmpty)
    }

    @Test func `records with each share where its site's history stood`() throws {
        var bench = Bench()
        let decided = bench.confirm()
        guard case .confirmed(let confirmation)? = decided.records.first?.content else {
            Issue.record("recorded \(decided.recordWords)")
            return
        }
        let mark = HistoryMark(entry: 7, chain: 7)
        #expect(confirmation.shares.map(\.mark) == [mark, mark])
        #expect(confirmation.shares.map(\.lines.first?.quantity) == [8, 12])
        #expect(confirmation.evidence.bids.map(\.warehouse) == ["DAL", "EWR", "RNO"])
        #expect(confirmation.evidence.attempts == 1)
    }

    @Test func `repeats a confirmation until it is acknowledged, at growing intervals`() throws {
        var bench = Bench()
        var effects = bench.confirm()
        for tries in 1...3 {
            let timer = try #require(effects.timers.last)
            effects = bench.tell(.timer(timer.order, timer.token))
            #expect(effects.words == ["DAL confirm", "RNO confirm"])
            let pause = bench.timing.resendDelay(after: tries, of: transaction)
            #expect(effects.timers.map(\.after) == [pause])
        }
    }

    // The same order again.

    @Test func `joins an order that is under way`() throws {
        var bench = Bench()
        let asking = bench.submit(by: 1)
        #expect(bench.tell(.submitted(Example.order(), by: 2)).isEmpty)
        let decided = bench.vote(bench.solve(bench.bid(asking)))
        #expect(decided.records.count == 1)
        #expect(decided.answers.count == 2)
        guard case .placed(let first) = decided.submissions[0],
            case .alreadyPlaced(let second) = decided.submissions[1]
        else {
            Issue.record("answered \(decided.answers)")
            return
        }
        #expect(first == second)
    }

    @Test func `asks the log once for all who wait`() {
        var bench = Bench()
        let effects = bench.tell(
            .submitted(Example.order(), by: 1),
            .submitted(Example.order(), by: 2)
        )
        #expect(effects.lookups == ["4711"])
        #expect(bench.tell(.found("4711", nil)).words.count == 3)
    }

    @Test func `repeats what the log says`() throws {
        var bench = Bench()
        let known = found(Example.order(), .refused([]), nil)
        _ = bench.tell(.submitted(Example.order(), by: 1))
        let effects = bench.tell(.found("4711", known))
        #expect(effects.submissions == [.alreadyPlaced(known.record)])
        #expect(effects.requests.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `answers a retry while the decision settles from the log`() throws {
        var bench = Bench()
        let decided = bench.confirm()
        let plan = try #require(decided.submissions.first?.record?.outcome?.plan)
        #expect(bench.tell(.submitted(Example.order(), by: 2)).lookups == ["4711"])
        let known = found(Example.order(), .confirmed(plan), transaction, at: both)
        #expect(bench.tell(.found("4711", known)).submissions == [.alreadyPlaced(known.record)])
        #expect(bench.office.ordersUnderWay == 1, "it goes on settling")
    }

    @Test func `names the field in which a retry differs`() throws {
        var bench = Bench()
        _ = bench.submit()
        let other = bench.tell(.submitted(Example.order("4711", 21), by: 2))
        guard case .alreadyPlacedDifferently(.lines, let record)? = other.submissions.first else {
            Issue.record("answered \(other.answers)")
            return
        }
        #expect(record.status == .pending)

        _ = bench.tell(.submitted(Example.order("4712"), by: 3))
        let known = found(Example.order("4712", 20, .partial), .refused([]), nil)
        let late = bench.tell(.found("4712", known))
        #expect(late.submissions == [.alreadyPlacedDifferently(.completeness, known.record)])
    }

    @Test func `turns away who differs from another while the log is asked`() {
        var bench = Bench()
        let waiting = bench.tell(
            .submitted(Example.order(), by: 1),
            .submitted(Example.order("4711", 21), by: 2)
        )
        #expect(waiting.answers.isEmpty, "the log may know the second and not the first")
        let effects = bench.tell(.found("4711", nil))
        #expect(effects.words.count == 3)
        guard case .submission(2, .alreadyPlacedDifferently(.lines, _))? = effects.answers.first
        else {
            Issue.record("answered \(effects.answers)")
            return
        }
    }

    @Test func `begins no order on a word that is older than its decision`() {
        var bench = Bench()
        _ = bench.reserve()
        // A retry's look-up is under way while the order is decided and ends.
        var effects = bench.tell(
            .timer("4711", 2),
            .submitted(Example.order(), by: 2)
        )
        effects = bench.tell(.found("4711", nil))
        #expect(effects.records.isEmpty)

        var second = Bench()
        let decided = second.confirm()
        _ = second.tell(.submitted(Example.order(), by: 2))
        _ = second.acknowledge(decided)
        let again = second.tell(.found("4711", nil))
        #expect(again.lookups == ["4711"], "it was read before the end was written")
        #expect(again.requests.isEmpty)
    }

    @Test func `takes nothing of an order's former life for its new one`() throws {
        var bench = Bench()
        let solving = bench.bid(bench.submit(by: 1))
        let stale = try #require(solving.tasks.first)
        _ = bench.tell(.cancelAsked("4711", by: 2))
        // Withdrawn, it comes again with other lines, while the first is still being solved.
        let again = bench.bid(bench.submit(Example.order("4711", 5), by: 3))
        #expect(bench.tell(.solved(stale, stale.run())).isEmpty)
        #expect(bench.solve(again).words == ["DAL reserve [5]"])
    }

    // When sites are missing or refuse.

    @Test func `refuses an order on the word of every site`() throws {
        var bench = Bench()
        let effects = bench.solve(bench.bid(bench.submit(Example.order("4711", 99))))
        #expect(effects.recordWords == ["refused 4711"])
        guard case .placed(let record)? = effects.submissions.first,
            case .refused(let refusals)? = record.outcome
        else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(
            refusals == [
                LineRefusal(
                    line: 0,
                    sku: "VALVE-3IN",
                    requested: 99,
                    available: 35,
                    reason: .insufficientStock
                )
            ]
        )
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `says that no service delivers to a post office box, where that is why`() throws {
        var bench = Bench()
        let destination = Destination(
            country: .us,
            postalCode: "75001",
            isPostOfficeBox: true
        )
        let order = Order(
            id: "4711",
            lines: Example.order().lines,
            destination: destination
        )
        func declining(_ warehouse: Warehouse.ID, _ reason: Decline.Reason) -> Bid {
            let usual = Example.bid(warehouse, 20)
            return Bid(
                warehouse: warehouse,
                offers: usual.offers,
                services: [],
                declines: [Decline(.service("ups-ground"), reason)]
            )
        }
        for (last, expected) in [
            (
                Decline.Reason.addressNotReached(.postOfficeBox),
                LineRefusal.Reason.addressNotReached(.postOfficeBox)
            ),
            // The third site reaches boxes, and is too slow: another order may help.
            (.tooSlow, .notServed),
            // It reaches them in time for a later day: that is what another order can change.
            (
                .tooLate(CivilDate(daysSinceEpoch: 20_514)),
                .tooLate(CivilDate(daysSinceEpoch: 20_514))
            ),
        ] {
            bench = Bench()
            let asking = bench.submit(order)
            var effects = Office.Effects()
            for outgoing in asking.requests {
                guard case .bid(let asked) = outgoing.request else { continue }
                #expect(asked.destination == destination)
                let reason =
                    outgoing.warehouse == "RNO" ? last : .addressNotReached(.postOfficeBox)
                effects = bench.answer(
                    outgoing.warehouse,
                    [outgoing.request],
                    [.bid(round: asked.round, declining(outgoing.warehouse, reason))]
                )
            }
            let refused = bench.solve(effects)
            guard case .placed(let record)? = refused.submissions.first,
                case .refused(let refusals)? = record.outcome
            else {
                Issue.record("answered \(refused.answers)")
                return
            }
            #expect(refusals.map(\.reason) == [expected])
        }
    }

    // As one that was installed before an order could say so would bid.
    @Test func `plans nothing that arrives on a day on which the order may not`() throws {
        for (terms, reason) in [
            (
                try DeliveryTerms(notBefore: nil, by: CivilDate(parsing: "2026-03-03")),
                LineRefusal.Reason.tooLate(try CivilDate(parsing: "2026-03-04"))
            ),
            (try DeliveryTerms(checkingReceiving: [.sunday]), .notServed),
            // It does not say by which hour of the 4th.
            (
                try DeliveryTerms(
                    checkingReceiving: .everyDay,
                    by: CivilDate(parsing: "2026-03-04"),
                    byTime: TimeOfDay(parsing: "12:00")
                ),
                .tooLate(try CivilDate(parsing: "2026-03-05"))
            ),
        ] {
            var bench = Bench()
            let order = Order(
                id: "4711",
                lines: Example.order().lines,
                destination: Destination(country: .us, postalCode: "75001", delivery: terms)
            )
            let refused = bench.solve(bench.bid(bench.submit(order)))
            guard case .placed(let record)? = refused.submissions.first,
                case .refused(let refusals)? = record.outcome
            else {
                Issue.record("answered \(refused.answers)")
                return
            }
            #expect(refusals.map(\.reason) == [reason])
        }
    }

    @Test func `decides nothing where a site is absent that might have the stock`() {
        var bench = Bench(attached: both)
        let effects = bench.solve(bench.bid(bench.submit(Example.order("4711", 30))))
        #expect(effects.records.isEmpty)
        guard case .unavailable(let reason, let seconds)? = effects.submissions.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(reason.contains("EWR"))
        #expect(seconds > 0)
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `goes on without a site that does not answer in time`() throws {
        var bench = Bench()
        let asking = bench.submit()
        let timer = try #require(asking.timers.first)
        for warehouse in both {
            let request = try #require(asking.requests.first { $0.warehouse == warehouse })
            guard case .bid(let asked) = request.request else { continue }
            let bid = Example.bid(warehouse, Example.valves[warehouse] ?? .zero)
            _ = bench.answer(warehouse, [request.request], [.bid(round: asked.round, bid)])
        }
        let decided = bench.vote(bench.solve(bench.tell(.timer("4711", timer.token))))
        guard case .confirmed(let confirmation)? = decided.records.first?.content else {
            Issue.record("recorded \(decided.recordWords)")
            return
        }
        #expect(confirmation.evidence.silent == ["EWR"])
    }

    @Test func `answers unavailable where no site is in session`() {
        var bench = Bench(attached: [])
        let effects = bench.submit()
        guard case .unavailable? = effects.submissions.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `solves a refusal's fresh bid again without another fan-out`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        let dallas = try #require(reserving.requests.first)
        let effects = bench.answer(
            "DAL",
            [dallas.request],
            [refused(5, at: "DAL", fresh: Example.bid("DAL", 5))]
        )
        #expect(effects.words == ["DAL release", "RNO release"])
        let again = bench.solve(effects)
        #expect(again.words == ["DAL reserve [5]", "EWR reserve [15]"])
        let decided = bench.vote(again)
        #expect(decided.recordWords == ["confirmed 4711 [DAL, EWR]"])
        guard case .confirmed(let confirmation)? = decided.records.first?.content else { return }
        #expect(confirmation.transaction.counter == 2)
        #expect(confirmation.evidence.attempts == 2)
    }

    @Test func `promises the day of the fresh bid where the first had no room left`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        let dallas = try #require(reserving.requests.first)
        let monday = try CivilDate(parsing: "2026-03-02")
        let effects = bench.answer(
            "DAL",
            [dallas.request],
            [
                .vote(
                    transaction,
                    .refuse(.dayFull(monday), Example.bid("DAL", 8, daysLater: 1))
                )
            ]
        )
        #expect(effects.words == ["DAL release", "RNO release"])

        let again = bench.solve(effects)

        #expect(again.words == ["DAL reserve [8]", "RNO reserve [12]"])
        let days = again.requests.compactMap { outgoing in
            if case .reserve(let asked) = outgoing.request { asked.carriage?.leaves } else { nil }
        }
        #expect(days == [monday.adding(days: 1), monday])
        let plan = bench.vote(again).submissions.first?.outcomePlan
        #expect(plan?.shipments.map(\.leaves) == days)
    }

    @Test func `plans around a site that is lost before it votes`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        let dallas = try #require(reserving.requests.first)
        let effects = bench.tell(.failed("DAL", [dallas.request]))
        #expect(effects.words == ["DAL release", "RNO release"])
        #expect(bench.solve(effects).words.contains { $0.hasPrefix("EWR reserve") })
    }

    @Test func `gives up an attempt that is not voted on in time`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        let timer = try #require(reserving.timers.first)
        let effects = bench.tell(.timer("4711", timer.token))
        #expect(effects.words.prefix(2) == ["DAL release", "RNO release"])
        #expect(effects.records.isEmpty)
    }

    @Test func `gives an order up after so many attempts`() throws {
        var bench = Bench([Example.dallas, Example.reno])
        var effects = bench.reserve()
        var attempts = 0
        while effects.submissions.isEmpty, attempts < 100 {
            attempts += 1
            guard let first = effects.requests.first(where: { $0.word == "reserve" }),
                case .reserve(let asked) = first.request
            else { break }
            // It has the stock, and each time another takes it first.
            let refusal = VoteRefusal.insufficientStock(
                sku: "VALVE-3IN",
                requested: 8,
                available: 7
            )
            let valves = Example.valves[first.warehouse] ?? .zero
            let answer = Answer.vote(
                asked.transaction,
                .refuse(refusal, Example.bid(first.warehouse, valves))
            )
            let refused = bench.answer(first.warehouse, [first.request], [answer])
            effects = refused.tasks.isEmpty ? refused : bench.solve(refused)
        }
        #expect(attempts == 2 * 2 + 4)
        guard case .unavailable? = effects.submissions.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
    }

    @Test func `asks every site once more before it refuses on a bid that an attempt changed`()
        throws
    {
        var bench = Bench([Example.dallas, Example.reno])
        let reserving = bench.reserve()
        let dallas = try #require(reserving.requests.first)
        let effects = bench.answer(
            "DAL",
            [dallas.request],
            [refused(0, at: "DAL", fresh: Example.bid("DAL", 0))]
        )
        let again = bench.solve(effects)
        #expect(again.words == ["DAL bid", "RNO bid"])
        #expect(again.records.isEmpty)
        let refusal = bench.solve(bench.bid(again, valves: [Example.reno: 12]))
        #expect(refusal.recordWords == ["refused 4711"])
    }

    // Backorders.

    @Test func `accepts an order of backorders alone without asking a site to agree`() throws {
        var bench = Bench()
        let order = Example.order("4711", 20, .partial)
        let effects = bench.solve(bench.bid(bench.submit(order), valves: [:]))
        #expect(effects.recordWords == ["confirmed 4711 []", "ended 4711"])
        #expect(effects.requests.isEmpty)
        guard case .placed(let record)? = effects.submissions.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(record.status == .backordered)
        #expect(bench.office.ordersUnderWay == 0)

        let known = found(order, try #require(record.outcome), record.transaction)
        _ = bench.tell(.cancelAsked("4711", by: 2))
        let cancelled = bench.tell(.found("4711", known))
        #expect(cancelled.recordWords == ["cancelled 4711", "ended 4711"])
        #expect(cancelled.cancellations.map(\.word) == ["cancelled"])
    }

    // Cancelling.

    @Test func `knows no order to cancel`() {
        var bench = Bench()
        #expect(bench.tell(.cancelAsked("4711", by: 1)).lookups == ["4711"])
        #expect(bench.tell(.found("4711", nil)).cancellations == [.unknownOrder])
    }

    @Test func `never begins an order that is cancelled while the log is asked`() {
        var bench = Bench()
        _ = bench.tell(.submitted(Example.order(), by: 1), .cancelAsked("4711", by: 2))
        let effects = bench.tell(.found("4711", nil))
        #expect(effects.requests.isEmpty)
        #expect(effects.cancellations.map(\.word) == ["cancelled"])
        #expect(effects.submissions.map(\.word) == ["unavailable"])
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `withdraws an order that is not decided, at each step of it`() {
        for step in 0..<3 {
            var bench = Bench()
            var effects = bench.submit()
            if step > 0 { effects = bench.bid(effects) }
            if step > 1 { effects = bench.solve(effects) }
            let cancelled = bench.tell(.cancelAsked("4711", by: 2))
            #expect(cancelled.records.isEmpty)
            #expect(cancelled.words == (step > 1 ? ["DAL release", "RNO release"] : []))
            #expect(cancelled.submissions.map(\.word) == ["unavailable"])
            #expect(cancelled.cancellations.map(\.word) == ["cancelled"])
            #expect(bench.office.ordersUnderWay == 0)
            // What is still under way for it is nobody's.
            #expect(bench.solve(effects).isEmpty)
        }
    }

    @Test func `cancels what is confirmed at every site, and writes it down first`() {
        var bench = Bench()
        let decided = bench.confirm()
        let cancelled = bench.tell(.cancelAsked("4711", by: 2))
        #expect(cancelled.recordWords == ["cancelled 4711"])
        #expect(cancelled.words == ["DAL cancel", "RNO cancel"])
        #expect(cancelled.cancellations.map(\.word) == ["cancelled"])
        #expect(bench.acknowledge(decided).isEmpty, "a confirmation acknowledged says nothing")
        #expect(bench.tell(.cancelAsked("4711", by: 3)).records.isEmpty, "twice is once")
        #expect(bench.acknowledge(cancelled).recordWords == ["ended 4711"])
    }

    @Test func `cancels what has long been settled`() throws {
        var bench = Bench()
        let decided = bench.confirm()
        let plan = try #require(decided.submissions.first?.record?.outcome?.plan)
        _ = bench.acknowledge(decided)
        #expect(bench.tell(.cancelAsked("4711", by: 2)).lookups == ["4711"])
        let known = found(Example.order(), .confirmed(plan), transaction, at: both)
        let cancelled = bench.tell(.found("4711", known))
        #expect(cancelled.recordWords == ["cancelled 4711"])
        #expect(cancelled.words == ["DAL cancel", "RNO cancel"])
        #expect(bench.acknowledge(cancelled).recordWords == ["ended 4711"])
    }

    @Test func `has nothing to cancel of a refused or cancelled order`() {
        var bench = Bench()
        let turnedAway = found(Example.order(), .refused([]), nil)
        _ = bench.tell(.cancelAsked("4711", by: 1))
        #expect(
            bench.tell(.found("4711", turnedAway)).cancellations
                == [.nothingToCancel(turnedAway.record)]
        )
        let plan = Plan(
            order: "4712",
            shipments: [],
            backorders: [],
            cost: .zero(.usd),
            bound: .zero(.usd),
            isProved: true
        )
        let gone = found(Example.order("4712"), .cancelled(plan), transaction)
        _ = bench.tell(.cancelAsked("4712", by: 1))
        #expect(
            bench.tell(.found("4712", gone)).cancellations == [.alreadyCancelled(gone.record)]
        )
    }

    // Recovery and inquiries.

    @Test func `tells every site again after a restart`() throws {
        var first = Bench()
        let plan = try #require(first.confirm().submissions.first?.record?.outcome?.plan)
        var bench = Bench(attached: [], epoch: 2)
        let recovered = bench.office.recover(
            [
                found(Example.order(), .confirmed(plan), transaction, at: both),
                found(Example.order("4712"), .cancelled(plan), other, at: [Example.dallas]),
            ],
            now: Example.monday
        )
        // Nothing is said outside a session, and everything at its start.
        #expect(recovered.words.isEmpty)
        #expect(recovered.timers.count == 2)
        #expect(recovered.records.isEmpty && recovered.answers.isEmpty)
        let dallas = bench.attach("DAL")
        let reno = bench.attach("RNO")
        #expect(dallas.words == ["DAL confirm", "DAL cancel"])
        #expect(reno.words == ["RNO confirm"])
        #expect(bench.acknowledge(dallas).recordWords == ["ended 4712"])
        #expect(bench.acknowledge(reno).recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 0)
    }

    private var other: TransactionID {
        TransactionID(coordinator: Example.office, epoch: 1, counter: 9)
    }

    @Test func `answers no inquiry while an attempt is voting`() {
        var bench = Bench()
        _ = bench.reserve()
        let hello = Hello(boot: Bench.boot(of: "DAL"), epochMaximum: 1, incarnation: 1)
        let effects = bench.answer("DAL", [.greet], [.hello(hello)], asking: [transaction])
        #expect(effects.isEmpty)
    }

    @Test(arguments: [
        (Office.AttemptFound.absent, "DAL release"), (.confirmed, "DAL confirm"),
        (.cancelled, "DAL cancel"),
    ])
    func `answers an inquiry from the log`(_ found: Office.AttemptFound, _ word: String) {
        var bench = Bench()
        let effects = bench.attach("DAL", boot: BootID(high: 9, low: 9), inDoubt: [other])
        #expect(
            effects.attemptLookups == [Office.Inquiry(transaction: other, warehouse: "DAL")]
        )
        #expect(bench.tell(.attemptFound(other, "DAL", found)).words == [word])
    }

    @Test func `answers an inquiry about a decision that settles without the log`() {
        var bench = Bench()
        _ = bench.confirm()
        let hello = Hello(boot: Bench.boot(of: "DAL"), epochMaximum: 1, incarnation: 1)
        let effects = bench.answer("DAL", [.greet], [.hello(hello)], asking: [transaction])
        #expect(effects.words == ["DAL confirm"])
        #expect(effects.attemptLookups.isEmpty)
    }

    @Test func `looks up a vote that comes when its attempt is over`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        _ = bench.tell(.cancelAsked("4711", by: 2))
        let late = bench.vote(reserving)
        #expect(late.attemptLookups == [Office.Inquiry(transaction: transaction, warehouse: "RNO")])
    }

    @Test func `asks nothing of another coordinator's attempts`() {
        var bench = Bench()
        let foreign = TransactionID(coordinator: "branch", epoch: 1, counter: 1)
        let hello = Hello(boot: Bench.boot(of: "DAL"), epochMaximum: 1, incarnation: 1)
        #expect(bench.answer("DAL", [.greet], [.hello(hello)], asking: [foreign]).isEmpty)
    }

    // Sites.

    @Test func `gives attempts up where a site says hello from another process`() {
        var bench = Bench()
        _ = bench.reserve()
        let hello = Hello(boot: BootID(high: 9, low: 9), epochMaximum: 1, incarnation: 1)
        let effects = bench.answer("DAL", [.greet], [.hello(hello)])
        #expect(effects.notes == [.deactivated("DAL")])
        #expect(effects.words.contains("RNO release"))
        #expect(effects.tasks.count == 1)
    }

    @Test func `notes answers that do not fit, and goes on as if there were none`() {
        var bench = Bench()
        let asking = bench.submit()
        let effects = bench.answer("DAL", [asking.requests[0].request], [])
        #expect(effects.notes == [.misfit("DAL")])
        let wrong = bench.answer(
            "RNO",
            [asking.requests[2].request],
            [.ready(SessionID(epoch: 1, number: 1))]
        )
        #expect(wrong.notes == [.misfit("RNO")])
    }

    @Test func `is fenced by a site that has heard a higher epoch`() {
        var bench = Bench(attached: [])
        let hello = Hello(boot: Bench.boot(of: "DAL"), epochMaximum: 2, incarnation: 1)
        let effects = bench.answer("DAL", [.greet], [.hello(hello)])
        #expect(effects.notes == [.session("DAL", .fenced(epochMaximum: 2))])
        #expect(effects.requests.isEmpty)
    }

    // Availability.

    @Test func `shows what each site that answers has`() throws {
        var bench = Bench()
        let asking = bench.tell(
            .availabilityAsked("VALVE-3IN", Example.destination, .usd, by: 5)
        )
        #expect(asking.words == ["DAL bid", "EWR bid", "RNO bid"])
        _ = bench.bid(asking, valves: [Example.dallas: 8])
        let timer = try #require(asking.timers.first)
        #expect(bench.tell(.timer(timer.order, timer.token)).isEmpty, "all have answered")
    }

    @Test func `shows who answered in time, and why there is nothing`() throws {
        var bench = Bench()
        let asking = bench.tell(
            .availabilityAsked("VALVE-3IN", Example.destination, .usd, by: 5)
        )
        var part = asking
        part.requests.removeAll { $0.warehouse == Example.newark }
        #expect(bench.bid(part, valves: [Example.dallas: 8]).answers.isEmpty)
        let timer = try #require(asking.timers.first)
        let effects = bench.tell(.timer(timer.order, timer.token))
        guard case .availability(5, let sites)? = effects.answers.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(sites.map(\.warehouse) == ["DAL", "RNO"])
        #expect(sites.map(\.available) == [8, 0])
        #expect(sites.map(\.decline) == [nil, .noStock])
        #expect(sites.map(\.service) == ["ups-ground", nil])
    }

    @Test func `shows no reason where a service only leaves on a later day`() throws {
        var bench = Bench([Example.dallas])
        let asking = bench.tell(
            .availabilityAsked("VALVE-3IN", Example.destination, .usd, by: 5)
        )
        let request = try #require(asking.requests.first?.request)
        guard case .bid(let asked) = request else { return }
        let usual = Example.bid("DAL", 8, daysLater: 1)
        let monday = try CivilDate(parsing: "2026-03-02")
        let full = Bid(
            warehouse: "DAL",
            offers: usual.offers,
            services: usual.services,
            declines: [Decline(.service("ups-ground"), .dayFull(monday))]
        )

        let effects = bench.answer("DAL", [request], [.bid(round: asked.round, full)])

        guard case .availability(5, let sites)? = effects.answers.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(sites.map(\.leaves) == [monday.adding(days: 1)])
        #expect(sites.map(\.decline) == [nil])
    }

    @Test func `shows nothing where nobody is in session`() {
        var bench = Bench(attached: [])
        let effects = bench.tell(
            .availabilityAsked("VALVE-3IN", Example.destination, .usd, by: 5)
        )
        guard case .availability(5, let sites)? = effects.answers.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
        #expect(sites.isEmpty)
    }
}

extension Submission {
    fileprivate var word: String {
        switch self {
        case .placed: "placed"
        case .alreadyPlaced: "alreadyPlaced"
        case .alreadyPlacedDifferently: "alreadyPlacedDifferently"
        case .unavailable: "unavailable"
        }
    }

    fileprivate var record: OrderRecord? {
        switch self {
        case .placed(let record), .alreadyPlaced(let record),
            .alreadyPlacedDifferently(_, let record):
            record
        case .unavailable: nil
        }
    }
}

extension Cancellation {
    fileprivate var word: String {
        switch self {
        case .cancelled: "cancelled"
        case .alreadyCancelled: "alreadyCancelled"
        case .nothingToCancel: "nothingToCancel"
        case .alreadyShipped: "alreadyShipped"
        case .unknownOrder: "unknownOrder"
        case .unavailable: "unavailable"
        }
    }
}

extension Office.Outgoing {
    fileprivate var word: String {
        if case .reserve = request { "reserve" } else { "other" }
    }
}
