import AllocationModel
import AllocationProtocol
import DecisionLog
import GRDB
import Testing

/// Order 4711: eight from Dallas and twelve from Reno, and then all twenty from Newark.
struct `A log with an order that is sourced again` {
    private let folder: LogFolder
    private let newark = Warehouse.ID(trusted: "EWR")
    private static let wish = ResourcingWish(
        excluded: [dallas],
        forced: ["EWR", "RNO"],
        serviceLevel: .twoDay,
        who: "ana",
        reason: "the dock is flooded"
    )

    init() throws {
        folder = try LogFolder()
    }

    private func again(
        _ counter: Int64,
        for replaced: Int64,
        keeping kept: [Warehouse.ID] = [],
        outcome: [UInt8] = [0xC2],
        as request: String = "4711"
    ) -> LogEntry {
        .resourced(
            ResourcedEntry(
                confirmation: ConfirmedEntry(
                    order: DecidedOrder(
                        id: "4711",
                        request: Array(request.utf8),
                        outcome: outcome,
                        evidence: [0xEE, 0x02],
                        currency: .usd,
                        receivedAt: monday,
                        decidedAt: Timestamp(milliseconds: monday.milliseconds + 5000)
                    ),
                    transaction: transaction(counter),
                    cost: Money(minorUnits: 150_00, currency: .usd),
                    shares: [
                        ShareEntry(
                            warehouse: newark,
                            mark: HistoryMark(entry: 3, chain: 3),
                            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 20)]
                        )
                    ]
                ),
                replaced: transaction(replaced),
                wish: Self.wish,
                kept: kept
            )
        )
    }

    private func shipped(_ warehouse: Warehouse.ID, _ counter: Int64) -> LogEntry {
        .shipped(
            SiteShipment(
                warehouse: warehouse,
                report: ShipmentReport(transaction: transaction(counter), who: "ana", at: monday)
            )
        )
    }

    @Test func `has one decision in force, and knows what it was before`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), .ended(transaction(1)), again(2, for: 1),
            ])

            let order = try #require(try await log.order("4711"))
            #expect(order.transaction == transaction(2))
            #expect(order.warehouses == [newark])
            #expect(order.order.outcome == [0xC2] && order.order.evidence == [0xEE, 0x02])
            #expect(order.status == .confirmed && !order.isSettled && !order.isSuperseded)
            #expect(order.resourcings.map(\.wish) == [Self.wish])
            #expect(order.resourcings.map(\.outcome) == [[0xC0]])
            #expect(order.resourcings.map(\.replaced) == [transaction(1)])

            let before = try #require(try await log.order(decidedBy: transaction(1)))
            #expect(before.isSuperseded)
            #expect(before.warehouses == [dallas, reno])
            #expect(before.order.outcome == [0xC0] && before.order.evidence == [0xEE, 0x01])
            #expect(!before.isInForce(at: dallas) && !before.isInForce(at: reno))
            #expect(order.isInForce(at: newark))
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `has the order as it is now, and as it was with each decision before`() async throws
    {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), .ended(transaction(1)), again(2, for: 1),
                again(3, for: 2, outcome: [0xC3], as: "less"),
                again(4, for: 3, outcome: [0xC4], as: "moved"),
            ])
        }
        try await folder.using { log in
            let order = try #require(try await log.order("4711"))
            #expect(order.order.request == Array("moved".utf8))
            #expect(
                order.resourcings.map(\.request) == ["4711", "4711", "less"].map { Array($0.utf8) }
            )
            for (counter, request) in [(1, "4711"), (2, "4711"), (3, "less"), (4, "moved")] {
                let logged = try #require(
                    try await log.order(decidedBy: transaction(Int64(counter)))
                )
                #expect(logged.order.request == Array(request.utf8), "\(counter)")
            }
            // A site that has lost history is told of each as it was.
            let shares = try await log.shares(of: newark, after: nil, limit: 9)
            #expect(shares.map(\.request) == ["4711", "less", "moved"].map { Array($0.utf8) })
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `takes both up after a restart, each until it has ended`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), .ended(transaction(1)), again(2, for: 1),
            ])
        }
        try await folder.using { log in
            let open = try await log.openDecisions()
            #expect(open.map(\.transaction) == [transaction(1), transaction(2)])
            #expect(open.map(\.isCancelled) == [true, false])
            #expect(open.map(\.isSuperseded) == [true, false])
            #expect(open.map(\.warehouses) == [[dallas, reno], [newark]])

            // The new one has ended, and the old one is still being given back.
            _ = try await log.append([.ended(transaction(2))])
            let left = try await log.openDecisions()
            #expect(left.map(\.transaction) == [transaction(1), transaction(2)])
            #expect(left.map(\.isSettled) == [false, true])

            _ = try await log.append([.ended(transaction(1))])
            #expect(try await log.openDecisions().isEmpty)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `does not ask back what had shipped, and counts it as shipped`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), .ended(transaction(1))])
            _ = try await log.append([shipped(reno, 1), again(2, for: 1, keeping: [reno])])

            #expect(try await log.openDecisions().map(\.warehouses) == [[dallas], [newark]])
            let before = try #require(try await log.order(decidedBy: transaction(1)))
            #expect(before.isInForce(at: reno) && !before.isInForce(at: dallas))
            #expect(try await log.order("4711")?.status == .partlyShipped)
            #expect(try await log.counts() == [.partlyShipped: 1])
            #expect(
                try await log.orders(status: .partlyShipped, limit: 9, before: nil).count == 1
            )
            let rulings = try await log.shares(of: reno, after: nil, limit: 9)
            #expect(rulings.map(\.isCancelled) == [false])
            #expect(
                try await log.shares(of: dallas, after: nil, limit: 9).map(\.isCancelled) == [true]
            )

            _ = try await log.append([shipped(newark, 2)])
            let order = try #require(try await log.order("4711"))
            #expect(order.status == .shipped)
            #expect(order.shipments.map(\.warehouse) == [reno, newark])
            #expect(try await log.counts() == [.shipped: 1])
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `can be sourced again and again, and cancelled then`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), again(2, for: 1), again(3, for: 2, outcome: [0xC3]),
            ])
            let order = try #require(try await log.order("4711"))
            #expect(order.transaction == transaction(3))
            #expect(order.resourcings.map(\.replaced) == [transaction(1), transaction(2)])
            let history = try await log.currentHistory()
            #expect(history.decisions == 5)

            _ = try await log.append([cancelled(3)])
            #expect(try await log.order("4711")?.status == .cancelled)
            #expect(try await log.audit().isEmpty)
        }
    }

    // One write turns the old over and makes the new, or neither.
    @Test func `writes nothing where the decision is not in force any more`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), again(2, for: 1)])
            await #expect(throws: DecisionLogError.self) {
                _ = try await log.append([again(3, for: 1)])
            }
        }
        try await folder.using { log in
            let order = try await log.order("4711")
            #expect(order?.transaction == transaction(2))
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test(arguments: [
        (
            "INSERT INTO decision (tx, order_number, state) SELECT tx + 9, order_number, 'ended' "
                + "FROM decision WHERE superseded_by IS NULL", "UNIQUE"
        ),
        ("UPDATE decision SET superseded_by = NULL", "moves forward"),
        ("UPDATE decision SET superseded_by = tx + 1 WHERE superseded_by IS NULL", "moves forward"),
        ("UPDATE resourcing SET reason = 'none'", "never changed"),
        ("DELETE FROM resourcing", "never deleted"),
        ("DELETE FROM share_kept", "never deleted"),
        ("INSERT INTO share_kept SELECT replaced, 'EWR' FROM resourcing", "FOREIGN KEY"),
        ("UPDATE customer_order SET evidence = x'00'", "sourced again"),
    ])
    func `lets nobody rewrite what was superseded`(_ sql: String, _ objection: String) async throws
    {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), shipped(reno, 1), again(2, for: 1, keeping: [reno]),
            ])
        }
        let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
        #expect(said.contains(objection), "\(said)")
    }

    @Test func `puts a later decision that sites tell of in an earlier one's place`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), .ended(transaction(1))])
            guard case .resourced(let entry) = again(4, for: 1) else { return }
            let told = LogEntry.rebuilt(entry.confirmation, isCancelled: false, keeping: [reno])

            #expect(try await log.append([told, told]) == [true, false])

            let order = try #require(try await log.order("4711"))
            #expect(order.transaction == transaction(4))
            #expect(order.resourcings.map(\.kept) == [[reno]])
            #expect(try await log.openDecisions().map(\.warehouses) == [[dallas], [newark]])
        }
    }

    @Test func `makes a file of the version before one of its own`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), refused("4712"), confirmed("4713", 2)])
        }
        try folder.raw { database in
            // As the version before left it.
            try database.execute(
                sql: """
                    DELETE FROM grdb_migrations WHERE CAST(identifier AS INTEGER) >= 9;
                    DROP TRIGGER event_of_an_order; DROP TRIGGER event_of_a_change;
                    DROP TRIGGER event_of_a_shipment; DROP TRIGGER event_of_a_refused_pick;
                    DROP TRIGGER event_of_a_date; DROP TRIGGER event_of_an_alert;
                    DROP TRIGGER event_of_an_alerts_step; DROP TABLE event;
                    DROP TABLE date_change; DROP TABLE waiting_part; DROP TABLE inbound_receipt;
                    DROP TABLE pick_refusal;
                    ALTER TABLE sku_profile DROP COLUMN lot_life_days;
                    ALTER TABLE sku_profile DROP COLUMN lot_certificates;
                    ALTER TABLE sku_profile DROP COLUMN single_lot;
                    DROP TRIGGER departures_end; DROP TRIGGER all_has_left; DROP TABLE departure;
                    DROP TRIGGER waiting_ends; DROP TABLE waiting_line; DROP TABLE waiting_order;
                    DROP TABLE share_kept; DROP TRIGGER order_stays_decided;
                    DROP TABLE resourcing;
                    CREATE TRIGGER order_stays_decided BEFORE UPDATE ON customer_order
                    BEGIN SELECT RAISE(ABORT, 'the version before'); END;
                    """
            )
        }
        try await folder.using { log in
            #expect(
                try await log.openDecisions().map(\.transaction) == [
                    transaction(1), transaction(2),
                ]
            )
            _ = try await log.append([again(3, for: 1)])
            #expect(try await log.order("4711")?.transaction == transaction(3))
            #expect(try await log.audit().isEmpty)
            // Of what was before there are no events.
            #expect(try await log.events(after: 0, limit: 9).map(\.kind) == [.orderChanged])
        }
    }

    @Test func `is an event, of its status where that is another`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1, isBackordered: true)])
            _ = try await log.append([again(2, for: 1)])
            _ = try await log.append([again(3, for: 2, outcome: [0xC3])])
            let events = try await log.events(after: 0, limit: 9)
            #expect(events.map(\.mark.number) == [1, 2, 3])
            #expect(events.map(\.kind) == [.orderBackordered, .orderConfirmed, .orderChanged])
            #expect(events.allSatisfy { $0.subject == .order("4711") })
        }
    }
}
