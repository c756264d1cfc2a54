import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Order 4711, 20 valves: decided as 8 from Dallas and 12 from Reno, and then changed.
struct `An order that is changed` {
    private static let wish = ResourcingWish(who: "ana", reason: "asked by phone")
    private static let valves: [Warehouse.ID: Quantity] = [
        Example.dallas: 8, Example.reno: 12, Example.newark: 15,
    ]

    private static func to(_ quantity: Quantity?) -> OrderChange {
        OrderChange(
            quantities: [OrderChange.LineQuantity(line: "VALVE-3IN", quantity: quantity)]
        )
    }

    /// What the log says of it, once it is decided and settled.
    private static func found(
        _ bench: inout Bench,
        shipped: [Warehouse.ID] = []
    ) throws -> Office.Found {
        let decided = bench.confirm(Example.order("4711", 20))
        guard let record = decided.records.first, case .confirmed(let decision) = record.content
        else { throw ParseError("is not confirmed") }
        _ = bench.acknowledge(decided)
        return Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: .confirmed(decision.plan),
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: decision.transaction,
                isSettled: true,
                shipments: shipped.map {
                    SiteShipment(
                        warehouse: $0,
                        report: ShipmentReport(
                            transaction: decision.transaction,
                            who: "ana",
                            at: Example.monday
                        )
                    )
                }
            ),
            warehouses: decision.shares.map(\.warehouse)
        )
    }

    private func placed(shipped: [Warehouse.ID] = []) throws -> (Bench, Office.Found) {
        var bench = Bench()
        let found = try Self.found(&bench, shipped: shipped)
        #expect(bench.office.ordersUnderWay == 0)
        return (bench, found)
    }

    private func ask(
        _ bench: inout Bench,
        _ found: Office.Found,
        _ change: OrderChange,
        _ wish: ResourcingWish = wish,
        isPreview: Bool = false
    ) -> Office.Effects {
        let asked = bench.tell(
            .changeAsked("4711", change, wish, isPreview: isPreview, by: 9)
        )
        #expect(asked.lookups == ["4711"])
        return bench.tell(.found("4711", found))
    }

    @Test func `is sourced as it then is, and given back as it was`() throws {
        var (bench, found) = try placed()

        let bidding = ask(&bench, found, Self.to(7))
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.lines.map(\.quantity) == [7])
            #expect(asked.replacing == found.record.transaction?.number)
        }
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))

        #expect(decided.recordWords == ["resourced 4711 [DAL] for [DAL, RNO], keeping []"])
        #expect(decided.records.first?.order.lines.map(\.quantity) == [7])
        guard case .resourced(let record, let comparison)? = decided.resourcings.first else {
            Issue.record("whoever asked is not told")
            return
        }
        #expect(record.order.lines.map(\.quantity) == [7])
        #expect(record.placed == found.record.order)
        #expect(comparison.changed == record.order)
    }

    @Test func `goes to another address from then on`() throws {
        var (bench, found) = try placed()
        let place = Destination(country: .us, postalCode: "10001")

        let bidding = ask(&bench, found, OrderChange(destination: place))
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.destination == place)
        }
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))
        #expect(decided.records.first?.order.destination == place)
    }

    @Test func `is shown as it would be, and stays as it was`() throws {
        var (bench, found) = try placed()
        let bidding = ask(&bench, found, Self.to(7), isPreview: true)
        let shown = bench.solve(bench.bid(bidding, valves: Self.valves))
        guard case .previewed(let comparison)? = shown.resourcings.first else {
            Issue.record("nothing is shown")
            return
        }
        #expect(comparison.changed?.lines.map(\.quantity) == [7])
        #expect(comparison.record == found.record)
        #expect(shown.records.isEmpty && shown.requests.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `asks for no more of what has shipped`() throws {
        var (bench, found) = try placed(shipped: [Example.reno])
        let bidding = ask(&bench, found, Self.to(15))
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.lines.map(\.quantity) == [3])
        }
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))
        #expect(decided.records.first?.order.lines.map(\.quantity) == [15])
        let cancelled = decided.requests.filter { outgoing in
            if case .cancel = outgoing.request { true } else { false }
        }
        #expect(cancelled.map(\.warehouse) == [Example.dallas])
    }

    // All that is left of it has shipped: there is nobody to ask, and one site to be told.
    @Test func `is closed with what has shipped where the rest is cancelled`() throws {
        var (bench, found) = try placed(shipped: [Example.reno])

        let decided = ask(&bench, found, Self.to(nil))

        #expect(
            decided.recordWords == [
                "resourced 4711 [] for [DAL, RNO], keeping [RNO]", "ended 4711",
            ]
        )
        #expect(decided.words == ["DAL cancel"])
        guard case .resourced(let record, _)? = decided.resourcings.first else {
            Issue.record("whoever asked is not told")
            return
        }
        #expect(record.order.lines.map(\.quantity) == [12])
        #expect(record.status == .shipped)
        #expect(bench.acknowledge(decided).recordWords == ["ended 4711"])
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `says so where it cannot be, and stays as it was`() throws {
        var (bench, found) = try placed(shipped: [Example.reno])
        func answer(_ change: OrderChange) -> ResourcingAnswer? {
            let told = ask(&bench, found, change)
            #expect(told.records.isEmpty && told.requests.isEmpty)
            return told.resourcings.first
        }
        #expect(answer(Self.to(11)) == .unlawfulChange(.shipped(0, 12), found.record))
        #expect(answer(Self.to(20)) == .unlawfulChange(.nothingChanged, found.record))
        #expect(
            answer(
                OrderChange(quantities: [OrderChange.LineQuantity(line: "PUMP", quantity: 1)])
            ) == .unlawfulChange(.unknownLine(0), found.record)
        )
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `is cancelled as a whole by a cancellation alone`() throws {
        var (bench, found) = try placed()
        let told = ask(&bench, found, Self.to(0))
        #expect(told.resourcings == [.unlawfulChange(.nothingLeft, found.record)])
    }

    @Test func `leaves no more waiting than did, unless somebody says that it may`() throws {
        var (bench, _) = try placed()
        var other = Bench()
        let order = Example.order("4711", 20)
        let partial = Order(
            id: order.id,
            lines: order.lines,
            destination: order.destination,
            completeness: .partial
        )
        let decided = other.confirm(partial)
        guard let record = decided.records.first, case .confirmed(let decision) = record.content
        else { throw ParseError("is not confirmed") }
        let found = Office.Found(
            record: OrderRecord(
                order: partial,
                outcome: .confirmed(decision.plan),
                receivedAt: Example.monday,
                decidedAt: Example.monday,
                transaction: decision.transaction,
                isSettled: true
            ),
            warehouses: decision.shares.map(\.warehouse)
        )

        let refused = bench.solve(
            bench.bid(ask(&bench, found, Self.to(40)), valves: Self.valves)
        )
        guard case .unfillable? = refused.resourcings.first else {
            Issue.record("it is not said to have no plan")
            return
        }
        let patient = ResourcingWish(mayWait: true, who: "ana", reason: "asked by phone")
        let bidding = ask(&bench, found, Self.to(40), patient)
        let taken = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))
        guard case .resourced(let grown, _)? = taken.resourcings.first else {
            Issue.record("it is not changed")
            return
        }
        #expect(grown.outcome?.plan?.backorders.map(\.quantity) == [5])
    }

    @Test func `is the same order to whoever sends it again as it was placed, or as it is`() throws
    {
        var (bench, found) = try placed()
        let bidding = ask(&bench, found, Self.to(7))
        let decided = bench.vote(bench.solve(bench.bid(bidding, valves: Self.valves)))
        _ = bench.acknowledge(decided)
        guard case .resourced(let record, _)? = decided.resourcings.first else {
            throw ParseError("is not changed")
        }
        let known = Office.Found(record: record, warehouses: [Example.dallas])

        func answer(_ quantity: Quantity) -> Submission? {
            _ = bench.tell(.submitted(Example.order("4711", quantity), by: 5))
            let told = bench.tell(.found("4711", known))
            return told.answers
                .compactMap { answer in
                    if case .submission(_, let submission) = answer { submission } else { nil }
                }
                .first
        }
        #expect(answer(20) == .alreadyPlaced(record))
        #expect(answer(7) == .alreadyPlaced(record))
        #expect(answer(8) == .alreadyPlacedDifferently(.lines, record))
    }

    @Test func `keeps to what a person last said of warehouses`() throws {
        var (bench, found) = try placed()
        let before = try #require(found.record.outcome?.plan)
        let record = found.record
        let bound = Office.Found(
            record: OrderRecord(
                order: record.order,
                outcome: record.outcome,
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: record.transaction,
                isSettled: true,
                resourcings: [
                    Resourcing(
                        wish: ResourcingWish(
                            excluded: [Example.reno],
                            serviceLevel: .twoDay,
                            who: "ana",
                            reason: "flood"
                        ),
                        at: Example.monday,
                        replaced: TransactionID(
                            coordinator: Example.office,
                            epoch: 1,
                            counter: 1
                        ),
                        before: before,
                        kept: [],
                        former: record.order
                    )
                ]
            ),
            warehouses: found.warehouses
        )
        let bidding = ask(&bench, bound, Self.to(7))
        #expect(bidding.words == ["DAL bid", "EWR bid"])
        for case .bid(let asked) in bidding.requests.map(\.request) {
            #expect(asked.serviceLevel == .twoDay)
        }
    }
}

struct `An order that is rebuilt from what its sites hold` {
    private static let whole = Order(
        id: "4711",
        lines: [
            Order.Line(id: "1", sku: "VALVE-3IN", quantity: 20),
            Order.Line(id: "2", sku: "HOSE-1IN", quantity: 5),
            Order.Line(id: "3", sku: "HOSE-1IN", quantity: 4),
        ],
        destination: Destination(country: .us, postalCode: "75001")
    )

    private func rest(_ lines: (SKU, Quantity)..., to code: String = "75001") -> Order {
        Order(
            id: "4711",
            lines: lines.enumerated()
                .map { Order.Line(id: .init(trusted: "\($0 + 1)"), sku: $1.0, quantity: $1.1) },
            destination: Destination(country: .us, postalCode: code)
        )
    }

    private func quantities(_ rest: Order, gone: [Reservation.Line] = []) -> [Quantity] {
        Rebuilding.order(
            Self.whole,
            asOf: rest,
            after: [LogRecovery.Share(warehouse: "RNO", lines: gone)]
        )
        .lines.map(\.quantity)
    }

    @Test func `is as it was where a later decision asks for all that had not shipped`() {
        let gone = [Reservation.Line(sku: "VALVE-3IN", quantity: 12)]
        #expect(quantities(rest(("VALVE-3IN", 8), ("HOSE-1IN", 9)), gone: gone) == [20, 5, 4])
    }

    @Test func `lacks what was cancelled, and goes where it was sent last`() {
        let gone = [Reservation.Line(sku: "VALVE-3IN", quantity: 12)]
        #expect(quantities(rest(("HOSE-1IN", 9)), gone: gone) == [12, 5, 4])
        #expect(quantities(rest(("VALVE-3IN", 30))) == [30, 0, 0])
        #expect(quantities(rest(("HOSE-1IN", 7))) == [0, 5, 2])
        #expect(quantities(rest(("HOSE-1IN", 11))) == [0, 5, 6])
        let moved = Rebuilding.order(
            Self.whole,
            asOf: rest(("VALVE-3IN", 20), to: "10001"),
            after: []
        )
        #expect(moved.destination.postalCode == "10001")
    }
}
