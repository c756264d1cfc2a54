import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Order 4711 is for 20 valves: 8 come from Dallas, and 12 wait for PO-1001 at Reno.
struct `A backorder with a date` {
    private static let tick = Office.Event.timer("follow-ups", -1)
    private static let wednesday = CivilDate(daysSinceEpoch: 20_516)
    private static let slipped = Alert.Subject(.backorderSlipped, "4711")

    private static func incoming(
        _ units: Quantity,
        on day: CivilDate = wednesday,
        arrives: CivilDate? = nil
    ) -> Bid.Incoming {
        Bid.Incoming(
            line: 0,
            receipt: "PO-1001",
            quantity: units,
            expected: day,
            leaves: day.adding(days: 1),
            arrives: arrives
        )
    }

    /// Answers each request for a bid; Reno tells of what is on its way to it.
    private func bid(
        _ bench: inout Bench,
        _ effects: Office.Effects,
        valves: [Warehouse.ID: Quantity] = [:],
        _ incoming: [Bid.Incoming]
    ) -> Office.Effects {
        var last = Office.Effects()
        for outgoing in effects.requests {
            guard case .bid(let asked) = outgoing.request else { continue }
            let plain = Example.bid(outgoing.warehouse, valves[outgoing.warehouse] ?? .zero)
            let told = Bid(
                warehouse: plain.warehouse,
                offers: plain.offers,
                services: plain.services,
                declines: plain.declines,
                incoming: outgoing.warehouse == Example.reno ? incoming : []
            )
            last = bench.answer(
                outgoing.warehouse,
                [outgoing.request],
                [.bid(round: asked.round, told)]
            )
        }
        return last
    }

    private func place(
        _ bench: inout Bench,
        _ id: Order.ID = "4711",
        _ units: Quantity = 20,
        valves: [Warehouse.ID: Quantity] = [Example.dallas: 8],
        telling incoming: [Bid.Incoming]
    ) -> Office.Effects {
        let bidding = bench.submit(Example.order(id, units, .partial))
        return bench.vote(bench.solve(bid(&bench, bidding, valves: valves, incoming)))
    }

    private func placed(
        _ incoming: [Bid.Incoming] = [incoming(40, arrives: wednesday.adding(days: 3))]
    ) -> (Bench, Office.Effects) {
        var bench = Bench(followingUpEvery: .seconds(2))
        let decided = place(&bench, telling: incoming)
        _ = bench.acknowledge(decided)
        return (bench, decided)
    }

    private func dates(_ effects: Office.Effects) -> [OrderDates] {
        effects.keepings.flatMap { keeping -> [OrderDates] in
            if case .dates(let dates) = keeping { dates.orders } else { [] }
        }
    }

    private func changes(_ effects: Office.Effects) -> [DateChange] {
        effects.keepings.flatMap { keeping -> [DateChange] in
            if case .dates(let dates) = keeping { dates.changes } else { [] }
        }
    }

    private func survey(
        _ bench: inout Bench,
        valves: [Warehouse.ID: Quantity] = [:],
        _ incoming: [Bid.Incoming]
    ) -> Office.Effects {
        let asked = bench.tell(Self.tick)
        return bid(&bench, asked, valves: valves, incoming)
    }

    private func found(_ decided: Office.Effects) throws -> Office.Found {
        let record = try #require(decided.records.first)
        guard case .confirmed(let decision) = record.content else {
            throw ParseError("is not confirmed")
        }
        return Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: .confirmed(decision.plan),
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: decision.transaction,
                isSettled: true
            ),
            warehouses: [Example.dallas]
        )
    }

    @Test func `is told to whoever places the order, and written with the decision`() throws {
        let (_, decided) = placed()

        guard case .placed(let record)? = decided.submissions.first else {
            Issue.record("it is not placed")
            return
        }
        let part = try #require(record.dates?.expected.first)
        #expect(part.quantity == 12 && part.warehouse == Example.reno)
        #expect(part.receipt == "PO-1001" && part.expected == Self.wednesday)
        #expect(part.leaves == Self.wednesday.adding(days: 1))
        #expect(part.arrives == Self.wednesday.adding(days: 3))
        #expect(dates(decided).map(\.expected) == [[part]])
        #expect(decided.signs.allSatisfy { $0.subject != Self.slipped })
    }

    @Test func `has none where an older agent says nothing`() {
        let (_, decided) = placed([])
        guard case .placed(let record)? = decided.submissions.first else { return }
        #expect(record.dates == nil)
        #expect(dates(decided).isEmpty)
    }

    @Test func `gets one when a receipt is announced later, and moves sooner without alarm`() {
        var (bench, _) = placed([])
        let told = survey(&bench, [Self.incoming(12, on: Self.wednesday.adding(days: 2))])
        #expect(dates(told).first?.expected.map(\.quantity) == [12])
        #expect(changes(told).map(\.isLater) == [false])

        let sooner = survey(&bench, [Self.incoming(12)])
        #expect(changes(sooner).first?.before == Self.wednesday.adding(days: 2))
        #expect(changes(sooner).first?.after == Self.wednesday)
        #expect(sooner.signs.isEmpty)
        #expect(dates(survey(&bench, [Self.incoming(12)])).isEmpty, "nothing has changed")
    }

    @Test func `raises an alert when it slips, and ends it when it is on time again`() {
        var (bench, _) = placed()
        let later = Self.wednesday.adding(days: 7)
        let moved = survey(&bench, [Self.incoming(40, on: later)])

        #expect(
            moved.signs == [
                .raised(
                    Self.slipped,
                    "order 4711 waits longer: 12 x VALVE-3IN, told for 2026-03-04, now for "
                        + "2026-03-11 (PO-1001 at RNO)"
                )
            ]
        )
        let now = dates(moved).first
        #expect(now?.expected.map(\.expected) == [later])
        #expect(now?.told.map(\.expected) == [Self.wednesday])
        #expect(changes(moved).map(\.isLater) == [true])

        let better = survey(&bench, [Self.incoming(40, on: later.adding(days: -2))])
        #expect(better.signs.isEmpty, "it is still later than was told")
        let back = survey(&bench, [Self.incoming(40)])
        #expect(back.signs == [.cleared(Self.slipped, "it is expected as the customer was told")])
        #expect(dates(back).first?.isLate == false)
    }

    @Test(arguments: [[], [incoming(5)]])
    func `has none any more where the receipt is taken back or cut short`(
        _ incoming: [Bid.Incoming]
    ) {
        var (bench, _) = placed()
        let moved = survey(&bench, incoming)
        #expect(moved.signs.map(\.subject) == [Self.slipped])
        #expect(changes(moved).map(\.undated) == [incoming.isEmpty ? 12 : 7])
    }

    @Test func `has none once the day has passed and nobody says a new one`() {
        var (bench, _) = placed()
        var effects = Office.Effects()
        let friday = Timestamp(milliseconds: Example.monday.milliseconds + 4 * 86_400_000)
        bench.office.handle(.probe(Example.dallas), now: friday, into: &effects)
        #expect(effects.signs.map(\.subject).contains(Self.slipped))
    }

    // The receipt is no more on its way, and its goods are in stock: nothing has slipped.
    @Test func `stays as it is while what came is being sourced, and ends with it`() throws {
        var (bench, decided) = placed()
        let came = survey(&bench, valves: [Example.reno: 40], [])
        #expect(came.lookups == ["4711"])
        #expect(dates(came).isEmpty && came.signs.isEmpty)

        let found = try found(decided)
        let bidding = bench.tell(.found("4711", found))
        let sourced = bench.vote(
            bench.solve(bid(&bench, bidding, valves: [Example.reno: 40], []))
        )
        #expect(sourced.recordWords == ["resourced 4711 [DAL, RNO] for [DAL], keeping []"])
        #expect(sourced.signs.allSatisfy { $0.subject != Self.slipped })
        #expect(changes(sourced).isEmpty)
    }

    @Test func `is over with its alert when the order is cancelled`() throws {
        var (bench, decided) = placed()
        #expect(survey(&bench, []).signs.map(\.subject) == [Self.slipped])
        #expect(bench.tell(.cancelAsked("4711", by: 7)).lookups == ["4711"])

        let cancelled = bench.tell(.found("4711", try found(decided)))

        #expect(cancelled.recordWords == ["cancelled 4711"])
        #expect(
            cancelled.signs.contains(
                .cleared(Self.slipped, "nothing of the order waits any more")
            )
        )
    }

    @Test func `is given to one order alone, the one whose turn is first`() {
        var (bench, _) = placed()
        let second = place(
            &bench,
            "4712",
            31,
            valves: [Example.dallas: 1],
            telling: [Self.incoming(40)]
        )
        guard case .placed(let record)? = second.submissions.first else {
            Issue.record("it is not placed")
            return
        }
        #expect(record.dates?.expected.map(\.quantity) == [28])
    }

    @Test func `is known again when the office starts anew, before any site is heard`() throws {
        let (_, decided) = placed()
        let record = try #require(decided.records.first)
        guard case .confirmed(let decision) = record.content else { return }
        var known = BackorderDates()
        for case .dates(let dates) in decided.keepings {
            known.receipts += dates.receipts
            known.orders += dates.orders
        }
        var bench = Bench(attached: [], followingUpEvery: .seconds(2))
        let waiting = try #require(decision.waiting)
        let unfinished = Office.Unfinished(waiting: [waiting], dates: known)
        _ = bench.office.recover([], unfinished: unfinished, now: Example.monday)

        #expect(bench.attach(Example.reno).signs.isEmpty)
        let same = survey(&bench, [Self.incoming(40)])
        #expect(dates(same).isEmpty && same.signs.isEmpty)
        let moved = survey(&bench, [Self.incoming(40, on: Self.wednesday.adding(days: 1))])
        #expect(moved.signs.map(\.subject) == [Self.slipped])
        // When it would arrive was said of another day.
        #expect(dates(moved).first?.expected.map(\.arrives) == [nil])
    }

    @Test func `is not promised from a site that the office has no more`() throws {
        let (_, decided) = placed()
        guard case .confirmed(let decision)? = decided.records.first?.content,
            let waiting = decision.waiting
        else { return }
        var known = BackorderDates()
        for case .dates(let dates) in decided.keepings {
            known.receipts += dates.receipts
            known.orders += dates.orders
        }
        var bench = Bench([Example.dallas], attached: [], followingUpEvery: .seconds(2))
        let unfinished = Office.Unfinished(waiting: [waiting], dates: known)
        _ = bench.office.recover([], unfinished: unfinished, now: Example.monday)
        let told = bench.tell(.probe(Example.dallas))

        #expect(told.signs.map(\.subject) == [Self.slipped])
        #expect(dates(told).first?.expected.isEmpty == true)
    }
}
