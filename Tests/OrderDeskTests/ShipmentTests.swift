import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

struct `Office that hears of shipments` {
    private let transaction = TransactionID(coordinator: Example.office, epoch: 1, counter: 1)
    private var report: ShipmentReport {
        ShipmentReport(transaction: transaction, who: "ana", at: Example.monday)
    }

    private func shipment(_ warehouse: Warehouse.ID) -> SiteShipment {
        SiteShipment(warehouse: warehouse, report: report)
    }

    /// What the log says of order 4711, of which these sites have shipped their parts.
    private func found(
        _ plan: Plan,
        shippedBy warehouses: [Warehouse.ID] = [],
        isCancelled: Bool = false
    ) -> Office.Found {
        Office.Found(
            record: OrderRecord(
                order: Example.order(),
                outcome: isCancelled ? .cancelled(plan) : .confirmed(plan),
                receivedAt: Example.monday,
                decidedAt: Example.monday,
                transaction: transaction,
                isSettled: true,
                shipments: warehouses.map(shipment)
            ),
            warehouses: [Example.dallas, Example.reno]
        )
    }

    private func hear(
        _ bench: inout Bench,
        at warehouse: Warehouse.ID = "DAL",
        in session: SessionID? = nil,
        marked mark: HistoryMark? = nil
    ) -> Office.Effects {
        let pulse = Hello(boot: Bench.boot(of: warehouse), epochMaximum: 1, incarnation: 1)
        return bench.answer(
            warehouse,
            [.greet],
            [.hello(pulse)],
            shipping: [report],
            in: session,
            at: mark
        )
    }

    private func settled() throws -> (Bench, Plan) {
        var bench = Bench()
        let decided = bench.confirm()
        _ = bench.acknowledge(decided)
        return (bench, try #require(decided.submissions.first?.outcomePlan))
    }

    private func kept(_ effects: Office.Effects) -> [SiteShipment] {
        effects.keepings.compactMap { if case .shipment(let it) = $0 { it } else { nil } }
    }

    @Test func `writes one down, and tells the site so`() throws {
        var (bench, plan) = try settled()
        #expect(hear(&bench).shipmentLookups == [shipment("DAL")])

        let judged = bench.tell(
            .shipmentFound(Office.ShipmentFound(shipment("DAL"), found(plan)))
        )

        #expect(kept(judged) == [shipment("DAL")])
        #expect(judged.notes == [.shipped("4711", shipment("DAL"), isCancelled: false)])
        #expect(judged.words == ["DAL note shipment"])
    }

    /// A site that is put back to before the goods left would have them picked again.
    @Test func `writes down with one how far the site's history then was`() throws {
        var (bench, plan) = try settled()
        let mark = HistoryMark(entry: 12, chain: 12)
        _ = hear(&bench, marked: mark)

        let judged = bench.tell(
            .shipmentFound(Office.ShipmentFound(shipment("DAL"), found(plan)))
        )

        let marks = judged.keepings.compactMap { keeping in
            if case .mark("DAL", let mark) = keeping { mark } else { nil }
        }
        #expect(marks == [mark])
    }

    // Its answer was lost, or the office crashed after it had written: the site may stop.
    @Test func `only tells the site so where the log has it already`() throws {
        var (bench, plan) = try settled()
        _ = hear(&bench)

        let judged = bench.tell(
            .shipmentFound(
                Office.ShipmentFound(shipment("DAL"), found(plan, shippedBy: ["DAL"]))
            )
        )

        #expect(judged.words == ["DAL note shipment"])
        #expect(judged.notes.isEmpty && judged.keepings.isEmpty)
    }

    // Nothing was written before the crash: the next start hears of it again.
    @Test func `hears of it again after a restart`() throws {
        let (_, plan) = try settled()
        var other = Bench(epoch: 2)
        #expect(hear(&other).shipmentLookups == [shipment("DAL")])
        let judged = other.tell(
            .shipmentFound(Office.ShipmentFound(shipment("DAL"), found(plan)))
        )
        #expect(kept(judged) == [shipment("DAL")])
    }

    @Test func `does not believe one of a session that is over`() throws {
        var (bench, _) = try settled()
        let old = SessionID(epoch: 1, number: 999)

        #expect(hear(&bench, in: old).shipmentLookups.isEmpty)
    }

    @Test func `writes nothing of what a site has no share in`() throws {
        var (bench, plan) = try settled()
        let foreign = shipment("EWR")

        for found in [Office.ShipmentFound(foreign, found(plan)), .init(foreign, nil)] {
            let judged = bench.tell(.shipmentFound(found))
            #expect(judged.keepings.isEmpty)
            #expect(judged.notes == [.shippedUndecided(foreign)])
            #expect(judged.words == ["EWR note shipment"], "it need not be said again")
        }
    }

    @Test func `says that an order was cancelled when its goods had left`() throws {
        var (bench, plan) = try settled()
        let late = Office.ShipmentFound(shipment("DAL"), found(plan, isCancelled: true))

        let judged = bench.tell(.shipmentFound(late))

        #expect(kept(judged) == [shipment("DAL")])
        #expect(judged.notes == [.shipped("4711", shipment("DAL"), isCancelled: true)])
    }

    @Test func `refuses to cancel an order of which something has shipped`() throws {
        var (bench, plan) = try settled()
        let asked = bench.tell(.cancelAsked("4711", by: 2))
        #expect(asked.lookups == ["4711"])

        let answered = bench.tell(.found("4711", found(plan, shippedBy: ["RNO"])))

        guard case .alreadyShipped(let record)? = answered.cancellations.first else {
            Issue.record("\(answered.cancellations)")
            return
        }
        #expect(record.shipments.map(\.warehouse) == ["RNO"])
        #expect(record.status == .partlyShipped)
        #expect(answered.records.isEmpty && answered.requests.isEmpty, "nothing is decided")
        #expect(bench.office.ordersUnderWay == 0)
    }

    // Reno has not acknowledged, so the order is under way still.
    @Test func `refuses it also while the order is being told to its sites`() throws {
        var bench = Bench()
        let plan = try #require(bench.confirm().submissions.first?.outcomePlan)
        _ = bench.answer("DAL", [.confirm(transaction)], [.confirmed(transaction)])
        _ = bench.tell(.shipmentFound(Office.ShipmentFound(shipment("DAL"), found(plan))))
        #expect(bench.office.ordersUnderWay == 1)

        let asked = bench.tell(.cancelAsked("4711", by: 2))
        #expect(asked.records.isEmpty)
        #expect(asked.lookups == ["4711"])
        let answered = bench.tell(.found("4711", found(plan, shippedBy: ["DAL"])))

        #expect(answered.records.isEmpty)
        guard case .alreadyShipped? = answered.cancellations.first else {
            Issue.record("\(answered.cancellations)")
            return
        }
        // The others go on as if nobody had asked.
        let last = bench.answer("RNO", [.confirm(transaction)], [.confirmed(transaction)])
        #expect(last.recordWords == ["ended 4711"])
    }

    // The log was read before the shipment was written, and is heard after.
    @Test func `reads the log again where a shipment has come meanwhile`() throws {
        var (bench, plan) = try settled()
        _ = bench.tell(.cancelAsked("4711", by: 2))
        _ = bench.tell(.shipmentFound(Office.ShipmentFound(shipment("DAL"), found(plan))))

        let stale = bench.tell(.found("4711", found(plan)))

        #expect(stale.answers.isEmpty && stale.records.isEmpty)
        #expect(stale.lookups == ["4711"])
        let fresh = bench.tell(.found("4711", found(plan, shippedBy: ["DAL"])))
        guard case .alreadyShipped? = fresh.cancellations.first else {
            Issue.record("\(fresh.cancellations)")
            return
        }
    }

    @Test func `tells whoever picks by which service the goods leave, and when`() throws {
        var bench = Bench()
        let asked = bench.reserve().requests
            .compactMap { outgoing in
                if case .reserve(let request) = outgoing.request { request.carriage } else { nil }
            }
        let decided = bench.vote(bench.reserve(Example.order("4712")))
        let plan = try #require(decided.submissions.first?.outcomePlan)

        #expect(asked.count == 2)
        for shipment in plan.shipments {
            #expect(
                Rebuilding.carriage(from: shipment.warehouse, in: plan)
                    == Carriage(service: shipment.service, leaves: shipment.leaves)
            )
        }
        #expect(Rebuilding.carriage(from: "EWR", in: plan) == nil)
    }
}
