import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// An order that was decided, and is sourced again by hand.
struct `An order that is sourced again` {
    private static let flood = ResourcingWish(
        excluded: [Example.dallas],
        who: "ana",
        reason: "the dock is flooded"
    )

    /// What the log says of the order, once it is decided and settled.
    private static func found(
        _ decided: Office.Effects,
        isSettled: Bool = true,
        shipped: [Warehouse.ID] = []
    ) throws -> Office.Found {
        let record = try #require(decided.records.first)
        guard case .confirmed(let confirmation) = record.content else {
            throw ParseError("is not confirmed")
        }
        return Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: .confirmed(confirmation.plan),
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: confirmation.transaction,
                isSettled: isSettled,
                shipments: shipped.map {
                    SiteShipment(
                        warehouse: $0,
                        report: ShipmentReport(
                            transaction: confirmation.transaction,
                            who: "ana",
                            at: Example.monday
                        )
                    )
                }
            ),
            warehouses: confirmation.shares.map(\.warehouse)
        )
    }

    /// An office with order 4711 decided and acknowledged: 8 from Dallas, 12 from Reno.
    private func settled() throws -> (Bench, Office.Found) {
        var bench = Bench()
        let decided = bench.confirm(Example.order("4711", 20))
        let found = try Self.found(decided)
        _ = bench.acknowledge(decided)
        #expect(bench.office.ordersUnderWay == 0)
        return (bench, found)
    }

    private func ask(
        _ bench: inout Bench,
        _ found: Office.Found,
        _ wish: ResourcingWish = flood,
        isPreview: Bool = false
    ) -> Office.Effects {
        let asked = bench.tell(
            .resourcingAsked("4711", wish, isPreview: isPreview, by: 9)
        )
        #expect(asked.lookups == ["4711"])
        return bench.tell(.found("4711", found))
    }

    private static let valves: [Warehouse.ID: Quantity] = [
        Example.dallas: 8, Example.reno: 12, Example.newark: 15,
    ]

    @Test func `asks all but the excluded sites, as if what it has there were free`() throws {
        var (bench, found) = try settled()

        let bidding = ask(&bench, found)

        #expect(bidding.words == ["EWR bid", "RNO bid"])
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.replacing == found.record.transaction?.number)
        }
    }

    @Test func `is shown with its cost beside the plan in force, and stays as it is`() throws {
        var (bench, found) = try settled()

        let bidding = ask(&bench, found, isPreview: true)
        let shown = bench.solve(bench.bid(bidding, valves: Self.valves))

        guard case .previewed(let comparison)? = shown.resourcings.first else {
            Issue.record("nothing is shown")
            return
        }
        #expect(comparison.plan.warehouses == [Example.newark, Example.reno])
        #expect(comparison.costBefore == found.record.outcome?.plan?.cost)
        #expect(comparison.difference == comparison.plan.cost - comparison.costBefore)
        #expect(shown.records.isEmpty && shown.requests.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
    }

    // The heart of it: nothing is given back before the record that stands for it is written.
    @Test func `gives back what it had in the step that writes what it has, and not before`() throws
    {
        var (bench, found) = try settled()
        let bidding = ask(&bench, found)

        let reserving = bench.solve(bench.bid(bidding, valves: Self.valves))
        #expect(reserving.words == ["EWR reserve [15]", "RNO reserve [5]"])
        #expect(reserving.records.isEmpty)

        let decided = bench.vote(reserving)
        #expect(
            decided.recordWords == [
                "resourced 4711 [EWR, RNO] for [DAL, RNO], keeping []"
            ]
        )
        #expect(
            decided.words.sorted() == [
                "DAL cancel", "EWR confirm", "RNO cancel", "RNO confirm",
            ]
        )
        guard case .resourced(let record, _)? = decided.resourcings.first else {
            Issue.record("it is not said to be sourced again")
            return
        }
        #expect(record.outcome?.plan?.warehouses == [Example.newark, Example.reno])
        #expect(record.resourcings.map(\.wish) == [Self.flood])
        #expect(record.resourcings.map(\.replaced) == [found.record.transaction])
    }

    @Test func `is over when every site of both decisions has acknowledged`() throws {
        var (bench, found) = try settled()
        let bidding = ask(&bench, found)
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))
        let first = decided.requests.filter { $0.request.isConfirm }
        let last = decided.requests.filter { !$0.request.isConfirm }

        var effects = Office.Effects()
        effects.requests = first
        let confirmed = bench.acknowledge(effects)
        #expect(confirmed.recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 1)

        effects.requests = last
        let givenBack = bench.acknowledge(effects)
        #expect(givenBack.recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `stands as it was where nobody else has enough`() throws {
        var (bench, found) = try settled()
        let bidding = ask(&bench, found)

        let last = bench.solve(bench.bid(bidding, valves: [Example.reno: 12]))

        guard case .unfillable(let refusals, let record)? = last.resourcings.first else {
            Issue.record("it is not said to have no plan")
            return
        }
        #expect(refusals.map(\.available) == [12])
        #expect(record == found.record)
        #expect(last.records.isEmpty && last.requests.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `stands as it was where a site is lost while it votes`() throws {
        var (bench, found) = try settled()
        let bidding = ask(&bench, found)
        let reserving = bench.solve(bench.bid(bidding, valves: Self.valves))

        let lost = bench.tell(.linkLost(Example.newark))
        // Before it is given up, whoever is left is asked once more.
        let asked = bench.solve(lost)
        let over = bench.solve(bench.bid(asked, valves: Self.valves))

        #expect(lost.words.contains("RNO release"))
        #expect(reserving.records.isEmpty && lost.records.isEmpty && over.records.isEmpty)
        guard case .unavailable? = over.resourcings.first else {
            Issue.record("whoever asked is not told")
            return
        }
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `keeps what has shipped, and sources the rest alone`() throws {
        var (bench, _) = try settled()
        var other = Bench()
        let found = try Self.found(
            other.confirm(Example.order("4711", 20)),
            shipped: [Example.reno]
        )

        let bidding = ask(&bench, found)
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.lines.map(\.quantity) == [8])
        }
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))

        #expect(
            decided.recordWords == ["resourced 4711 [RNO] for [DAL, RNO], keeping [RNO]"]
                || decided.recordWords == ["resourced 4711 [EWR] for [DAL, RNO], keeping [RNO]"]
        )
        // Reno's first part has left: it is not asked to give that back.
        let cancelled = decided.requests.filter { outgoing in
            if case .cancel = outgoing.request { true } else { false }
        }
        #expect(cancelled.map(\.warehouse) == [Example.dallas])
    }

    @Test func `is given up where something of it ships while it is sourced`() throws {
        var (bench, found) = try settled()
        let bidding = ask(&bench, found)
        let reserving = bench.solve(bench.bid(bidding, valves: Self.valves))
        let transaction = try #require(found.record.transaction)
        let shipment = SiteShipment(
            warehouse: Example.dallas,
            report: ShipmentReport(transaction: transaction, who: "ana", at: Example.monday)
        )

        let shipped = bench.tell(.shipmentFound(Office.ShipmentFound(shipment, found)))

        #expect(reserving.words == ["EWR reserve [15]", "RNO reserve [5]"])
        #expect(shipped.words == ["DAL note shipment", "EWR release", "RNO release"])
        #expect(shipped.records.isEmpty)
        guard case .unavailable? = shipped.resourcings.first else {
            Issue.record("whoever asked is not told")
            return
        }
    }

    @Test func `is cancelled as it was where the customer withdraws meanwhile`() throws {
        var (bench, found) = try settled()
        let bidding = ask(&bench, found)
        _ = bench.solve(bench.bid(bidding, valves: Self.valves))

        let cancelled = bench.tell(.cancelAsked("4711", by: 4))

        #expect(cancelled.recordWords == ["cancelled 4711"])
        #expect(
            cancelled.words == ["EWR release", "RNO release", "DAL cancel", "RNO cancel"]
        )
        #expect(cancelled.cancellations.count == 1)
        #expect(cancelled.resourcings.count == 1)
    }

    @Test func `goes on giving back, and on confirming, after a restart`() throws {
        let (bench, found) = try settled()
        var before = bench
        let bidding = ask(&before, found)
        let decided = before.vote(before.solve(before.bid(bidding, valves: Self.valves)))
        guard case .resourced(let record, _)? = decided.resourcings.first else {
            throw ParseError("is not sourced again")
        }

        var after = Bench(epoch: 2)
        let effects = after.office.recover(
            [
                Office.Found(
                    record: found.record,
                    warehouses: [Example.dallas, Example.reno],
                    isSuperseded: true
                ),
                Office.Found(record: record, warehouses: [Example.newark, Example.reno]),
            ],
            now: Example.monday
        )

        #expect(
            effects.words.sorted() == ["DAL cancel", "EWR confirm", "RNO cancel", "RNO confirm"]
        )
        #expect(effects.records.isEmpty)
        #expect(after.office.ordersUnderWay == 1)
    }

    @Test func `goes on giving back after a restart where the new sites have acknowledged`() throws
    {
        let (bench, found) = try settled()
        var before = bench
        let bidding = ask(&before, found)
        let decided = before.vote(before.solve(before.bid(bidding, valves: Self.valves)))
        guard case .resourced(let record, _)? = decided.resourcings.first else {
            throw ParseError("is not sourced again")
        }
        let isSettled = OrderRecord(
            order: record.order,
            outcome: record.outcome,
            receivedAt: record.receivedAt,
            decidedAt: record.decidedAt,
            transaction: record.transaction,
            isSettled: true
        )

        var after = Bench(epoch: 2)
        let effects = after.office.recover(
            [
                Office.Found(
                    record: found.record,
                    warehouses: [Example.dallas, Example.reno],
                    isSuperseded: true
                ),
                Office.Found(record: isSettled, warehouses: [Example.newark, Example.reno]),
            ],
            now: Example.monday
        )

        #expect(effects.words.sorted() == ["DAL cancel", "RNO cancel"])
        let last = after.acknowledge(effects)
        #expect(last.recordWords == ["ended 4711"])
        #expect(after.office.ordersUnderWay == 0)
    }

    @Test func `is refused where the order is not decided, unknown, cancelled or all shipped`()
        throws
    {
        var (bench, found) = try settled()
        let unknown = bench.tell(.resourcingAsked("4712", Self.flood, isPreview: false, by: 9))
        #expect(bench.tell(.found("4712", nil)).resourcings == [.unknownOrder])
        #expect(unknown.lookups == ["4712"])

        let shipped = try Self.found(
            {
                var other = Bench()
                return other.confirm(Example.order("4711", 20))
            }(),
            shipped: [Example.dallas, Example.reno]
        )
        #expect(ask(&bench, shipped).resourcings == [.nothingToResource(shipped.record)])

        let stranger = ResourcingWish(excluded: ["XYZ"], who: "ana", reason: "a slip")
        let asked = bench.tell(.resourcingAsked("4711", stranger, isPreview: false, by: 9))
        #expect(asked.resourcings == [.unknownWarehouses(["XYZ"])])
        _ = found
    }

    @Test func `counts as two decisions of the log`() throws {
        var (bench, found) = try settled()
        let before = bench.office.heading.decisions
        let bidding = ask(&bench, found)
        _ = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))

        #expect(bench.office.heading.decisions == before + 2)
    }
}

extension Request {
    fileprivate var isConfirm: Bool { if case .confirm = self { true } else { false } }
}
