import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Order 4711, of 8 valves from Dallas and 12 from Reno: Dallas cannot pick three.
struct `An order of which a site cannot pick a part` {
    private static let transaction = TransactionID(
        coordinator: Example.office,
        epoch: 1,
        counter: 1
    )
    private static let refused = refusal(3)
    private static let subject = Alert.Subject(.pickRefused, "4711")

    private static func refusal(
        _ quantity: Quantity,
        at milliseconds: Int64 = 7
    )
        -> SitePickRefusal
    {
        SitePickRefusal(
            warehouse: Example.dallas,
            refusal: PickRefusal(
                transaction: transaction,
                sku: "VALVE-3IN",
                lot: nil,
                quantity: quantity,
                reason: .damaged,
                who: "kim",
                at: Timestamp(milliseconds: milliseconds)
            )
        )
    }

    /// What the log says of the order.
    private static func found(
        _ decided: Office.Effects,
        refusedPicks: [SitePickRefusal] = [],
        isCancelled: Bool = false,
        shippedBy shippers: [Warehouse.ID] = []
    ) throws -> Office.Found {
        let record = try #require(decided.records.first)
        guard case .confirmed(let confirmation) = record.content else {
            throw ParseError("is not confirmed")
        }
        return Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: isCancelled
                    ? .cancelled(confirmation.plan) : .confirmed(confirmation.plan),
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: confirmation.transaction,
                isSettled: true,
                shipments: shippers.map {
                    SiteShipment(
                        warehouse: $0,
                        report: ShipmentReport(
                            transaction: confirmation.transaction,
                            who: "ana",
                            at: Example.monday
                        )
                    )
                },
                refusedPicks: refusedPicks
            ),
            warehouses: confirmation.shares.map(\.warehouse)
        )
    }

    private func settled(
        _ completeness: Completeness = .complete
    ) throws -> (Bench, Office.Found) {
        var bench = Bench(followingUpEvery: .seconds(2))
        let decided = bench.confirm(Example.order("4711", 20, completeness))
        _ = bench.acknowledge(decided)
        return (bench, try Self.found(decided))
    }

    /// Has Dallas say so, and the log.
    private func hear(
        _ bench: inout Bench,
        _ found: Office.Found?,
        _ refused: SitePickRefusal = refused
    ) -> Office.Effects {
        let pulse = Hello(boot: Bench.boot(of: Example.dallas), epochMaximum: 1, incarnation: 1)
        let heard = bench.answer(
            Example.dallas,
            [.greet],
            [.hello(pulse)],
            refusing: [refused.refusal],
            at: HistoryMark(entry: 12, chain: 12)
        )
        #expect(heard.refusalLookups == [refused])
        return bench.tell(.refusalFound(Office.RefusalFound(refused, found)))
    }

    private func kept(_ effects: Office.Effects) -> [SitePickRefusal] {
        effects.keepings.compactMap { if case .refusal(let it) = $0 { it } else { nil } }
    }

    @Test func `has that written down, an alert raised, and the site told`() throws {
        var (bench, found) = try settled()

        let judged = hear(&bench, found)

        #expect(kept(judged) == [Self.refused])
        #expect(judged.words == ["DAL note refusal"])
        #expect(judged.notes == [.pickRefused("4711", Self.refused)])
        #expect(
            judged.signs == [
                .raised(
                    Self.subject,
                    "order 4711 cannot be picked (DAL: 3 x VALVE-3IN damaged); it is sourced again"
                )
            ]
        )
        // A site that is put back to before would have the damaged ones picked.
        #expect(
            judged.keepings.contains { keeping in
                if case .mark(Example.dallas, HistoryMark(entry: 12, chain: 12)) = keeping {
                    true
                } else {
                    false
                }
            }
        )
        #expect(judged.lookups == ["4711"])
    }

    @Test func `is sourced again from what is left there and elsewhere`() throws {
        var (bench, found) = try settled()
        _ = hear(&bench, found)

        let bidding = bench.tell(.found("4711", found))
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.lines.map(\.quantity) == [20])
            #expect(asked.replacing == Self.transaction.number, "what is left of its own is free")
        }
        let reserving = bench.solve(
            bench.bid(
                bidding,
                valves: [Example.dallas: 5, Example.reno: 12, Example.newark: 15]
            )
        )
        let decided = bench.vote(reserving)

        guard case .resourced(let decision, let second)? = decided.records.first?.content else {
            Issue.record("it is not sourced again: \(decided.words)")
            return
        }
        #expect(decision.plan.backorders.isEmpty)
        #expect(second.replaced == Self.transaction)
        #expect(second.wish.who == "kim" && !second.wish.isFollowUp)
        #expect(second.wish.reason == "DAL: 3 x VALVE-3IN damaged")
        #expect(decided.signs.contains(.cleared(Self.subject, "the order is sourced otherwise")))
        #expect(decided.resourcings.isEmpty, "nobody outside asked for it")
    }

    @Test func `waits for what nobody has, where it may`() throws {
        var (bench, found) = try settled(.partial)
        _ = hear(&bench, found)

        let bidding = bench.tell(.found("4711", found))
        let decided = bench.vote(
            bench.solve(
                bench.bid(bidding, valves: [Example.dallas: 5, Example.reno: 12])
            )
        )

        guard case .resourced(let decision, _)? = decided.records.first?.content else {
            Issue.record("it is not sourced again")
            return
        }
        #expect(decision.plan.backorders.map(\.quantity) == [3])
        #expect(decision.waiting != nil, "and is followed up")
    }

    @Test func `stays as it is where there is no plan, with an alert, and is tried again`() throws {
        var (bench, found) = try settled()
        _ = hear(&bench, found)
        let few: [Warehouse.ID: Quantity] = [Example.dallas: 5, Example.reno: 12]

        let failed = bench.solve(
            bench.bid(bench.tell(.found("4711", found)), valves: few)
        )

        #expect(failed.records.isEmpty)
        #expect(
            failed.signs == [
                .raised(
                    Self.subject,
                    "order 4711 cannot be picked (DAL: 3 x VALVE-3IN damaged), and no lawful plan is "
                        + "left: 20 x VALVE-3IN, 17 to be had"
                )
            ]
        )
        // After two ticks; and then, when stock has come, it is had.
        let tick = Office.Event.timer("follow-ups", -1)
        #expect(bench.tell(tick).lookups.isEmpty)
        #expect(bench.tell(tick).lookups == ["4711"])
        let again = bench.tell(.found("4711", found))
        let decided = bench.vote(
            bench.solve(
                bench.bid(again, valves: [Example.dallas: 5, Example.reno: 15])
            )
        )
        #expect(decided.recordWords == ["resourced 4711 [DAL, RNO] for [DAL, RNO], keeping []"])
        #expect(bench.tell(tick).lookups.isEmpty)
    }

    @Test func `is sourced again by what was refused in the meantime, at once`() throws {
        var (bench, found) = try settled()
        _ = hear(&bench, found)
        let bidding = bench.tell(.found("4711", found))

        _ = hear(&bench, found, Self.refusal(2, at: 9))
        let failed = bench.solve(
            bench.bid(bidding, valves: [Example.dallas: 3, Example.reno: 12])
        )

        #expect(failed.lookups == ["4711"])
    }

    @Test func `only tells the site so where the log has it already`() throws {
        var (bench, found) = try settled()
        let decided = Office.Found(
            record: OrderRecord(
                order: found.record.order,
                outcome: found.record.outcome,
                receivedAt: found.record.receivedAt,
                decidedAt: found.record.decidedAt,
                transaction: found.record.transaction,
                isSettled: true,
                refusedPicks: [Self.refused]
            ),
            warehouses: found.warehouses
        )

        let judged = hear(&bench, decided)

        #expect(judged.words == ["DAL note refusal"])
        #expect(judged.keepings.isEmpty && judged.signs.isEmpty && judged.lookups.isEmpty)
    }

    @Test func `is left alone where it was cancelled or has shipped, and that is written down`()
        throws
    {
        for (isCancelled, shippers) in [(true, []), (false, [Example.dallas])] {
            var bench = Bench()
            let decided = bench.confirm(Example.order("4711", 20))
            _ = bench.acknowledge(decided)
            let found = try Self.found(
                decided,
                isCancelled: isCancelled,
                shippedBy: shippers
            )

            let judged = hear(&bench, found)

            #expect(kept(judged) == [Self.refused])
            #expect(judged.signs.isEmpty && judged.lookups.isEmpty)
        }
    }

    @Test func `that nobody decided is told to people, and to the site`() throws {
        var bench = Bench()

        let judged = hear(&bench, nil)

        #expect(judged.notes == [.pickRefusedUndecided(Self.refused)])
        #expect(judged.words == ["DAL note refusal"])
        #expect(judged.keepings.isEmpty)
    }

    // Nothing was reserved before the crash: the next start goes on.
    @Test func `is sourced again after a restart`() throws {
        let (_, found) = try settled()
        var bench = Bench(epoch: 2)
        let unfinished = Office.Unfinished(refusals: ["4711": [Self.refused]])
        _ = bench.office.recover([], unfinished: unfinished, now: Example.monday)

        #expect(bench.tell(.timer("follow-ups", -1)).lookups == ["4711"])
        let bidding = bench.tell(.found("4711", found))
        #expect(bidding.words == ["DAL bid", "EWR bid", "RNO bid"])
    }

    @Test func `is forgotten where another decision is in force by then`() throws {
        var (bench, found) = try settled()
        _ = hear(&bench, found)
        let other = Office.Found(
            record: OrderRecord(
                order: found.record.order,
                outcome: found.record.outcome,
                receivedAt: found.record.receivedAt,
                decidedAt: found.record.decidedAt,
                transaction: TransactionID(coordinator: Example.office, epoch: 1, counter: 2),
                isSettled: true
            ),
            warehouses: found.warehouses
        )

        let left = bench.tell(.found("4711", other))

        #expect(left.requests.isEmpty)
        #expect(left.signs == [.cleared(Self.subject, "nothing of it is to be picked")])
        #expect(bench.tell(.timer("follow-ups", -1)).lookups.isEmpty)
    }

    @Test func `that then ships all the same is not sourced again`() throws {
        var (bench, found) = try settled()
        _ = hear(&bench, found)
        let bidding = bench.tell(.found("4711", found))
        _ = bench.bid(bidding, valves: [Example.dallas: 5])
        let shipment = SiteShipment(
            warehouse: Example.dallas,
            report: ShipmentReport(
                transaction: Self.transaction,
                who: "ana",
                at: Example.monday
            )
        )

        let shipped = bench.tell(
            .shipmentFound(Office.ShipmentFound(shipment, found))
        )

        #expect(shipped.signs.contains(.cleared(Self.subject, "it has shipped all the same")))
    }
}
