import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Order 4711 is for 20 valves: 8 come from Dallas, and 12 wait.
struct `An order that waits` {
    private static let tick = Office.Event.timer("follow-ups", -1)
    private static let arrival: [Warehouse.ID: Quantity] = [Example.reno: 12]

    private static func found(
        _ decided: Office.Effects,
        isSettled: Bool = true,
        resourcings: [Resourcing] = []
    ) throws -> Office.Found {
        let record = try #require(decided.records.first)
        let confirmation: OrderProcess.Confirmation
        switch record.content {
        case .confirmed(let decision): confirmation = decision
        case .resourced(let decision, _): confirmation = decision
        case .refused, .cancelled, .ended: throw ParseError("is not confirmed")
        }
        return Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: .confirmed(confirmation.plan),
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: confirmation.transaction,
                isSettled: isSettled,
                resourcings: resourcings
            ),
            warehouses: confirmation.shares.map(\.warehouse)
        )
    }

    /// An office that has placed 4711, and what its log says of it.
    private func placed() throws -> (Bench, Office.Found) {
        var bench = Bench(followingUpEvery: .seconds(2))
        let bidding = bench.submit(Example.order("4711", 20, .partial))
        let reserving = bench.solve(bench.bid(bidding, valves: [Example.dallas: 8]))
        let decided = bench.vote(reserving)
        let found = try Self.found(decided)
        _ = bench.acknowledge(decided)
        #expect(bench.office.ordersUnderWay == 0)
        return (bench, found)
    }

    /// Has the sites asked what they have, and tells what comes of that.
    private func arrive(
        _ bench: inout Bench,
        _ valves: [Warehouse.ID: Quantity] = arrival
    ) -> Office.Effects {
        let asked = bench.tell(Self.tick)
        #expect(asked.words == ["DAL bid", "EWR bid", "RNO bid"])
        return bench.bid(asked, valves: valves)
    }

    @Test func `has the sites asked from time to time what they have, and only then`() throws {
        var quiet = Bench(followingUpEvery: .seconds(2))
        #expect(quiet.confirm(Example.order()).timers.allSatisfy { $0.order != "follow-ups" })

        var bench = Bench(followingUpEvery: .seconds(2))
        let bidding = bench.submit(Example.order("4711", 20, .partial))
        let decided = bench.vote(
            bench.solve(bench.bid(bidding, valves: [Example.dallas: 8]))
        )
        let ticks = decided.timers.filter { $0.order == "follow-ups" }
        #expect(ticks == [Office.Timer(order: "follow-ups", token: -1, after: .seconds(2))])
        let asked = bench.tell(Self.tick)
        for case .bid(let request) in asked.requests.map(\.request) {
            #expect(request.purpose == .availability)
            #expect(request.lines.map(\.sku) == ["VALVE-3IN"])
        }
        #expect(asked.timers.contains(ticks[0]))
    }

    @Test func `is sourced again when stock has come, and what it has stays where it is`() throws {
        var (bench, found) = try placed()

        #expect(arrive(&bench).lookups == ["4711"])
        let bidding = bench.tell(.found("4711", found))
        for case .bid(let request) in bidding.requests.map(\.request) {
            #expect(request.lines.map(\.quantity) == [12])
            #expect(request.replacing == nil, "what Dallas has set aside is not free")
        }
        let reserving = bench.solve(bench.bid(bidding, valves: Self.arrival))
        #expect(reserving.words == ["DAL reserve [8]", "RNO reserve [12]"])
        for case .reserve(let asked) in reserving.requests.map(\.request) {
            #expect(asked.replacing == found.record.transaction)
            #expect(asked.bid.lines.map(\.quantity) == [20], "a lost log is rebuilt from it")
        }
        let decided = bench.vote(reserving)

        #expect(decided.recordWords == ["resourced 4711 [DAL, RNO] for [DAL], keeping []"])
        guard case .resourced(let decision, let second)? = decided.records.first?.content else {
            return
        }
        let before = try #require(found.record.outcome?.plan)
        #expect(decision.plan.shipments.first == before.shipments.first)
        #expect(decision.plan.backorders.isEmpty && decision.waiting == nil)
        #expect(second.wish.isFollowUp && second.wish.who == "office")
        #expect(second.wish.reason == "stock of VALVE-3IN at RNO")
        #expect(
            decided.signs.contains(
                .cleared(
                    Alert.Subject(.backorder, "4711"),
                    "stock has come for all that waited"
                )
            )
        )
        // Nobody asked for it, and nothing waits any more.
        #expect(decided.resourcings.isEmpty)
        #expect(bench.tell(Self.tick).requests.isEmpty)
    }

    @Test func `gives the same plan again from its record`() throws {
        var (bench, found) = try placed()
        _ = arrive(&bench)
        let bidding = bench.tell(.found("4711", found))
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: [Example.reno: 5])))
        guard case .resourced(let decision, let second)? = decided.records.first?.content else {
            Issue.record("it is not sourced again")
            return
        }
        let record = try Self.found(decided, resourcings: [second.resourcing]).record

        let replay = Replaying.replay(
            record,
            from: decision.evidence,
            under: SourcingPolicy(),
            by: .none
        )

        #expect(replay.answer == .plan(decision.plan))
        #expect(decision.plan.backorders.map(\.quantity) == [7])
        #expect(decision.waiting?.lines.map(\.quantity) == [7])
        #expect(decision.waiting?.since == found.record.receivedAt)
    }

    @Test func `waits for its turn, though more is there than the first one takes`() throws {
        var (bench, found) = try placed()
        let bidding = bench.submit(Example.order("4712", 5, .partial))
        let other = bench.vote(bench.solve(bench.bid(bidding, valves: [Example.dallas: 1])))
        _ = bench.acknowledge(other)
        let valves: [Warehouse.ID: Quantity] = [Example.reno: 14]

        #expect(arrive(&bench, valves).lookups == ["4711"])
        let first = bench.tell(.found("4711", found))
        #expect(first.lookups.isEmpty)
        let decided = bench.vote(bench.solve(bench.bid(first, valves: valves)))
        #expect(decided.recordWords == ["resourced 4711 [DAL, RNO] for [DAL], keeping []"])
        #expect(decided.lookups == ["4712"])
    }

    @Test func `stands as it was where a site is lost, and its turn comes again`() throws {
        var (bench, found) = try placed()
        _ = arrive(&bench)
        let bidding = bench.tell(.found("4711", found))
        let reserving = bench.solve(bench.bid(bidding, valves: Self.arrival))
        #expect(reserving.words.count == 2)

        let lost = bench.tell(.linkLost(Example.reno))
        #expect(lost.records.isEmpty)
        #expect(lost.words.contains("DAL release"))
        #expect(bench.office.ordersUnderWay == 0)

        bench.attach(Example.reno)
        #expect(arrive(&bench).lookups == [])
        #expect(arrive(&bench).lookups == ["4711"])
    }

    @Test func `is not touched while a site that has a part of it is out of reach`() throws {
        var (bench, found) = try placed()
        _ = bench.tell(.linkLost(Example.dallas))
        let asked = bench.tell(Self.tick)
        #expect(bench.bid(asked, valves: Self.arrival).lookups == ["4711"])

        let refused = bench.tell(.found("4711", found))

        #expect(refused.requests.isEmpty && refused.records.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `is not touched before all have acknowledged what was decided`() throws {
        var (bench, _) = try placed()
        var other = Bench()
        let bidding = other.submit(Example.order("4711", 20, .partial))
        let decided = other.vote(other.solve(other.bid(bidding, valves: [Example.dallas: 8])))
        _ = arrive(&bench)

        let refused = bench.tell(.found("4711", try Self.found(decided, isSettled: false)))

        #expect(refused.requests.isEmpty)
    }

    // Its old reservation there is over: there is nothing to take over.
    @Test func `may be had from a site that has shipped its part`() throws {
        var (bench, found) = try placed()
        let record = found.record
        let shipped = Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: record.outcome,
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: record.transaction,
                isSettled: true,
                shipments: [
                    SiteShipment(
                        warehouse: Example.dallas,
                        report: ShipmentReport(
                            transaction: try #require(record.transaction),
                            who: "ana",
                            at: Example.monday
                        )
                    )
                ]
            ),
            warehouses: found.warehouses
        )
        let arrival: [Warehouse.ID: Quantity] = [Example.dallas: 12]
        _ = arrive(&bench, arrival)
        let bidding = bench.tell(.found("4711", shipped))
        let reserving = bench.solve(bench.bid(bidding, valves: arrival))

        #expect(reserving.words == ["DAL reserve [12]"])
        for case .reserve(let asked) in reserving.requests.map(\.request) {
            #expect(asked.replacing == nil)
            #expect(asked.bid.lines.map(\.quantity) == [12])
        }
        #expect(
            bench.vote(reserving).recordWords == [
                "resourced 4711 [DAL] for [DAL], keeping [DAL]", "ended 4711",
            ]
        )
    }

    @Test func `keeps to what a person has said of warehouses`() throws {
        var (bench, found) = try placed()
        let said = Resourcing(
            wish: ResourcingWish(excluded: [Example.reno], who: "ana", reason: "flood"),
            at: Example.monday,
            replaced: TransactionID(coordinator: Example.office, epoch: 1, counter: 1),
            before: try #require(found.record.outcome?.plan),
            kept: [],
            former: found.record.order
        )
        let record = found.record
        let bound = Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: record.outcome,
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: record.transaction,
                isSettled: true,
                resourcings: [said]
            ),
            warehouses: found.warehouses
        )
        _ = arrive(&bench)

        #expect(bench.tell(.found("4711", bound)).words == ["DAL bid", "EWR bid"])
    }

    @Test func `is not sourced again once it is cancelled, nor while that is decided`() throws {
        var (bench, found) = try placed()
        _ = arrive(&bench)
        let bidding = bench.tell(.found("4711", found))
        let reserving = bench.solve(bench.bid(bidding, valves: Self.arrival))
        #expect(reserving.words.count == 2)

        let cancelled = bench.tell(.cancelAsked("4711", by: 7))

        #expect(cancelled.recordWords == ["cancelled 4711"])
        #expect(
            cancelled.words.filter { $0.hasSuffix("release") } == ["DAL release", "RNO release"]
        )
        #expect(bench.tell(Self.tick).requests.isEmpty)
    }

    @Test func `is known again when the office starts anew`() throws {
        let (_, found) = try placed()
        var bench = Bench(followingUpEvery: .seconds(2))
        let waiting = try #require(bench.office.waiting(found.record))
        #expect(waiting.lines.map(\.quantity) == [12])

        let started = bench.office.recover(
            [],
            unfinished: Office.Unfinished(waiting: [waiting]),
            now: Example.monday
        )

        #expect(started.timers.map(\.order) == ["follow-ups"])
        #expect(arrive(&bench).lookups == ["4711"])
    }
}
