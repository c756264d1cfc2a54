import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Order 4711 is for 20 valves: 8 leave Dallas and 12 leave Reno on Monday by 14:00 in Chicago.
struct `An order that should have left` {
    private static let look = Office.Event.timer("departures", -2)
    private static let valves: [Warehouse.ID: Quantity] = [
        Example.dallas: 8, Example.reno: 12, Example.newark: 15,
    ]
    /// An hour after the cutoff, which is five hours after the order.
    private static let missed = Example.instant(6 * 3_600_000)
    private static let reroute = "rules:\n- {rule: strict, then: {missed-cutoff: reroute}}"

    private static func bid(
        _ warehouse: Warehouse.ID,
        _ valves: Quantity,
        daysLater: Int,
        isTooLate: Bool = false
    ) -> Bid {
        let bid = Example.bid(warehouse, valves, daysLater: daysLater)
        return Bid(
            warehouse: warehouse,
            offers: bid.offers,
            services: isTooLate
                ? []
                : bid.services.map { service in
                    Bid.Service(
                        code: service.code,
                        carrier: service.carrier,
                        level: service.level,
                        tariff: service.tariff,
                        leaves: service.leaves,
                        arrives: service.arrives,
                        cutoff: service.cutoff,
                        leavesBy: LocalTime(
                            date: service.leaves,
                            time: service.cutoff,
                            utcOffset: -360
                        )
                    )
                },
            declines: bid.declines
        )
    }

    /// Answers each request for a bid; those `late` have nothing that comes in time any more.
    private func bid(
        _ bench: inout Bench,
        _ effects: Office.Effects,
        daysLater: Int = 0,
        late: [Warehouse.ID] = []
    ) -> Office.Effects {
        var last = Office.Effects()
        for outgoing in effects.requests {
            guard case .bid(let asked) = outgoing.request else { continue }
            let bid = Self.bid(
                outgoing.warehouse,
                Self.valves[outgoing.warehouse] ?? .zero,
                daysLater: daysLater,
                isTooLate: late.contains(outgoing.warehouse)
            )
            last = bench.answer(
                outgoing.warehouse,
                [outgoing.request],
                [.bid(round: asked.round, bid)]
            )
        }
        return last
    }

    private func found(
        _ decided: Office.Effects,
        shipped: [Warehouse.ID] = [],
        isSettled: Bool = true
    ) throws -> Office.Found {
        let record = try #require(decided.records.first)
        let decision: OrderProcess.Confirmation
        switch record.content {
        case .confirmed(let confirmation), .resourced(let confirmation, _): decision = confirmation
        case .refused, .cancelled, .ended: throw ParseError("is not confirmed")
        }
        return Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: .confirmed(decision.plan),
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: decision.transaction,
                isSettled: isSettled,
                shipments: shipped.map { Self.shipment(of: $0, decision.transaction) }
            ),
            warehouses: decision.shares.map(\.warehouse)
        )
    }

    private static func shipment(
        of warehouse: Warehouse.ID,
        _ transaction: TransactionID
    ) -> SiteShipment {
        SiteShipment(
            warehouse: warehouse,
            report: ShipmentReport(transaction: transaction, who: "ana", at: Example.monday)
        )
    }

    /// An office that has placed 4711, and what it decided.
    private func placed(_ rules: String = "rules: []") throws -> (Bench, Office.Effects) {
        var bench = Bench(missingCutoffsAfter: .seconds(3600))
        _ = bench.tell(.rulesChanged(try Ruled.office(rules)))
        let bidding = bench.submit(Example.order())
        let decided = bench.vote(bench.solve(bid(&bench, bidding)))
        _ = bench.acknowledge(decided)
        #expect(bench.office.ordersUnderWay == 0)
        return (bench, decided)
    }

    private func words(_ effects: Office.Effects) -> [String] {
        effects.signs.filter { $0.subject.kind == .missedCutoff }
            .map { sign in
                switch sign {
                case .raised(let subject, let detail, _): "+\(subject.name): \(detail)"
                case .cleared(let subject, let why): "-\(subject.name): \(why)"
                }
            }
    }

    private func missing(_ site: String, _ more: String = "") -> String {
        "+4711 \(site): \(site) should have shipped its part of order 4711 by "
            + "2026-03-02T14:00-06:00, and has not told that it has\(more)"
    }

    @Test func `is looked at an hour after its cutoff and told of, once, for each of its sites`()
        throws
    {
        var (bench, decided) = try placed()
        let order = try found(decided)
        #expect(decided.timers.contains { $0.order == "departures" && $0.after == .seconds(60) })

        bench.now = Example.instant(6 * 3_600_000 - 1)
        #expect(bench.tell(Self.look).lookups.isEmpty)
        bench.now = Self.missed
        #expect(bench.tell(Self.look).lookups == ["4711"])
        let told = bench.tell(.found("4711", order))
        #expect(words(told) == [missing("DAL"), missing("RNO")])
        #expect(told.requests.isEmpty, "no rule says that anything is done about it")

        bench.now = Example.instant(12 * 3_600_000)
        #expect(bench.tell(Self.look).lookups.isEmpty)
        let transaction = try #require(order.record.transaction)
        let shipment = Self.shipment(of: Example.dallas, transaction)
        let left = bench.tell(.shipmentFound(.init(shipment, order)))
        #expect(words(left) == ["-4711 DAL: it has left"])
        let gone = bench.tell(
            .cancelAsked("4711", by: 3),
            .found("4711", order)
        )
        #expect(
            words(gone) == [
                "-4711 DAL: the order is cancelled", "-4711 RNO: the order is cancelled",
            ]
        )
        bench.now = Example.instant(48 * 3_600_000)
        #expect(bench.tell(Self.look).lookups.isEmpty)
    }

    @Test func `is told of nothing that left in time`() throws {
        var (bench, decided) = try placed()
        let transaction = try #require(found(decided).record.transaction)
        let shipped = bench.tell(
            .shipmentFound(
                .init(Self.shipment(of: Example.dallas, transaction), try found(decided))
            )
        )
        #expect(words(shipped).isEmpty)

        bench.now = Self.missed
        _ = bench.tell(Self.look)
        let told = bench.tell(.found("4711", try found(decided, shipped: [Example.dallas])))
        #expect(words(told) == [missing("RNO")])
    }

    // Dallas has shipped. Reno could be in time no more, and Newark can.
    @Test func `is sourced again without the site that comes too late, and what has left stays`()
        throws
    {
        var (bench, decided) = try placed(Self.reroute)
        bench.now = Self.missed
        _ = bench.tell(Self.look)
        let bidding = bench.tell(.found("4711", try found(decided, shipped: [Example.dallas])))
        #expect(words(bidding) == [missing("RNO")])
        #expect(bidding.words == ["DAL bid", "EWR bid", "RNO bid"])
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.lines.map(\.quantity) == [12])
        }
        let reserving = bench.solve(
            bid(&bench, bidding, daysLater: 1, late: [Example.reno, Example.dallas])
        )
        #expect(reserving.words == ["EWR reserve [12]"])
        let again = bench.vote(reserving)

        #expect(again.recordWords == ["resourced 4711 [EWR] for [DAL, RNO], keeping [DAL]"])
        #expect(words(again) == ["-4711 RNO: it is sourced otherwise"])
        guard case .resourced(_, let second)? = again.records.first?.content else { return }
        #expect(second.wish.who == "office" && second.wish.reason == "missed cutoff of RNO")
        #expect(again.resourcings.isEmpty, "nobody outside has asked")

        // Newark is to ship on Tuesday: that is looked at then, and nothing before.
        #expect(bench.tell(Self.look).lookups.isEmpty)
        bench.now = Example.instant(30 * 3_600_000)
        #expect(bench.tell(Self.look).lookups == ["4711"])
    }

    @Test func `stays where it is if no plan is better, and is tried once more a day later`() throws
    {
        var (bench, decided) = try placed(Self.reroute)
        let order = try found(decided)
        bench.now = Self.missed
        _ = bench.tell(Self.look)
        let bidding = bench.tell(.found("4711", order))
        let stayed = bench.solve(bid(&bench, bidding, daysLater: 1))

        let why = "; no other plan is better, and it would leave by 2026-03-03T14:00-06:00"
        #expect(words(stayed) == [missing("DAL", why), missing("RNO", why)])
        #expect(stayed.records.isEmpty && stayed.requests.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
        // No look until the new day's cutoff.
        bench.now = Example.instant(29 * 3_600_000)
        #expect(bench.tell(Self.look).lookups.isEmpty)

        bench.now = Example.instant(30 * 3_600_000)
        #expect(bench.tell(Self.look).lookups == ["4711"])
        #expect(bench.tell(.found("4711", order)).words == ["DAL bid", "EWR bid", "RNO bid"])
    }

    @Test func `stays where no other plan is lawful, and the alert says so`() throws {
        var (bench, decided) = try placed(Self.reroute)
        bench.now = Self.missed
        _ = bench.tell(Self.look)
        let bidding = bench.tell(.found("4711", try found(decided)))
        let all = Array(Self.valves.keys)
        let refused = bench.solve(bid(&bench, bidding, daysLater: 1, late: all))

        let why = "; no other plan is lawful, so this one stays"
        #expect(words(refused) == [missing("DAL", why), missing("RNO", why)])
        #expect(refused.records.isEmpty)
        #expect(bench.tell(Self.look).lookups.isEmpty)
    }

    @Test func `is not sourced again while a site that may have shipped is out of reach`() throws {
        var (bench, decided) = try placed(Self.reroute)
        let order = try found(decided)
        _ = bench.tell(.linkLost(Example.reno))
        bench.now = Self.missed
        _ = bench.tell(Self.look)
        let told = bench.tell(.found("4711", order))
        #expect(words(told) == [missing("DAL"), missing("RNO")])
        #expect(told.requests.isEmpty)

        bench.now = Example.instant(6 * 3_600_000 + 60_000)
        #expect(bench.tell(Self.look).lookups == ["4711"])
        #expect(bench.tell(.found("4711", order)).signs.isEmpty, "it is told once")
        bench.attach(Example.reno, at: HistoryMark(entry: 7, chain: 7))
        bench.now = Example.instant(6 * 3_600_000 + 120_000)
        _ = bench.tell(Self.look)
        #expect(bench.tell(.found("4711", order)).words == ["DAL bid", "EWR bid", "RNO bid"])
    }

    @Test func `is looked at after a restart too, and only where somebody looks`() throws {
        let (_, decided) = try placed()
        guard case .confirmed(let decision)? = decided.records.first?.content else { return }
        let due = DueDeparture(order: "4711", at: try #require(decision.plan.firstDeparture))
        #expect(due.at == Example.instant(5 * 3_600_000))

        for grace in [Duration.seconds(3600), nil] {
            var bench = Bench(epoch: 2, missingCutoffsAfter: grace)
            let started = bench.office.recover(
                [],
                unfinished: Office.Unfinished(departures: [due]),
                now: Self.missed
            )
            #expect(started.timers.map(\.order) == (grace == nil ? [] : ["departures"]))
            bench.now = Self.missed
            #expect(bench.tell(Self.look).lookups == (grace == nil ? [] : ["4711"]))
        }
    }
}
