import AllocationModel
import GRDB
import Testing

@testable import StockLedger

struct `Shipments in the ledger` {
    private let later = Timestamp(milliseconds: monday.milliseconds + 60_000)

    /// Orders 1 and 2 are confirmed, for eight and three of twelve valves; 3 is in doubt.
    private func makeBusyLedger() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])
        try ledger.reserve(2, [("VALVE-3IN", 3)])
        try ledger.reserve(3, [("VALVE-3IN", 1)])
        try ledger.apply(.confirm, 1)
        try ledger.apply(.confirm, 2)
        return ledger
    }

    @Test func `take the units out of what is allocated and what is on hand at once`() throws {
        let ledger = try makeBusyLedger()
        let before = try ledger.mark()

        let outcome = try ledger.ship(1, at: later)

        guard case .shipped(let records) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(records.map(\.order) == ["order-1"])
        #expect(
            records.map(\.report)
                == [ShipmentReport(transaction: transaction(1), who: "ana", at: later)]
        )
        #expect(records.map(\.isNoted) == [false])
        #expect(records[0].picks.map(\.quantity) == [8])
        #expect(try ledger.numbers("VALVE-3IN") == [4, 1, 3])
        #expect(try ledger.mark().entry == before.entry + 1)
        #expect(try ledger.findings() == [])
    }

    @Test func `that are told of twice change nothing the second time`() throws {
        let ledger = try makeBusyLedger()
        try ledger.ship(1)
        let before = try ledger.mark()

        guard case .shippedBefore(let records) = try ledger.ship(1, at: later) else {
            Issue.record("shipped twice")
            return
        }

        #expect(records.map(\.report.at) == [monday])
        #expect(try ledger.mark() == before)
        #expect(try ledger.numbers("VALVE-3IN") == [4, 1, 3])
    }

    @Test func `that are told of again long after the attempt has ended change nothing`() throws {
        let ledger = try makeBusyLedger()
        try ledger.ship(1)
        try ledger.performAndWait(at: monday) {
            try $0.end(below: transaction(9).number, of: office)
        }

        guard case .shippedBefore(let records) = try ledger.ship(1) else {
            Issue.record("shipped twice")
            return
        }

        #expect(records[0].picks.map(\.quantity) == [8])
        #expect(try ledger.status(1) == .shipped)
        #expect(try ledger.findings() == [])
    }

    @Test func `are refused of what is in doubt, withdrawn or unknown, and nothing changes`() throws
    {
        let ledger = try makeBusyLedger()
        try ledger.apply(.release, 2)
        let before = try ledger.mark()

        #expect(throws: ShipmentRefusal.notConfirmed("order-3", .voted)) { try ledger.ship(3) }
        #expect(throws: ShipmentRefusal.notConfirmed("order-2", .released)) { try ledger.ship(2) }
        #expect(throws: ShipmentRefusal.unknownOrder("order-9")) { try ledger.ship(9) }

        #expect(try ledger.mark() == before)
    }

    @Test func `are refused of more than is on hand, until it is counted`() throws {
        let ledger = try makeBusyLedger()
        try ledger.performAndWait(at: monday) {
            _ = try $0.count("VALVE-3IN", counted: 7, who: "ana")
        }

        #expect(
            throws: ShipmentRefusal.notOnHand(
                "order-1",
                sku: "VALVE-3IN",
                lot: nil,
                needed: 8,
                onHand: 7
            )
        ) { try ledger.ship(1) }
        #expect(try ledger.numbers("VALVE-3IN") == [7, 1, 11])

        // Three of seven leave, though all of them together are promised to more.
        try ledger.ship(2)
        #expect(try ledger.numbers("VALVE-3IN") == [4, 1, 8])
        #expect(try ledger.findings().map(\.kind) == [.shortfall])
    }

    @Test func `are refused as one where a line of the order is not there`() throws {
        let ledger = try makeLedger()
        try ledger.stock("HOSE-1IN", 5)
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("HOSE-1IN", 5), ("VALVE-3IN", 8)])
        try ledger.apply(.confirm, 1)
        try ledger.performAndWait(at: monday) {
            _ = try $0.count("VALVE-3IN", counted: 0, who: "ana")
        }

        #expect(throws: ShipmentRefusal.self) { try ledger.ship(1) }

        #expect(try ledger.numbers("HOSE-1IN") == [5, 0, 5])
        #expect(try ledger.status(1) == .confirmed)
    }

    @Test func `are picked first to leave first, by lot, until they have left`() throws {
        let ledger = try makeLedger()
        try ledger.stockLots("GLUE", [("L-1", 5, "2026-12-31"), ("L-2", 50, nil)])
        try ledger.performAndWait(at: monday) { books in
            for (counter, leaves) in [(Int64(1), "2026-03-05"), (2, "2026-03-03"), (3, nil)] {
                _ = try books.reserve(
                    reservation(counter, [("GLUE", 6)]),
                    participants: [dallas],
                    by: try leaves.map {
                        Carriage(service: "ground", leaves: try CivilDate(parsing: $0))
                    }
                )
                try books.apply(.confirm, to: transaction(counter))
            }
        }

        let picks = try ledger.readAndWait(at: monday) { try $0.picks() }
        #expect(picks.map(\.reservation.order) == ["order-2", "order-1", "order-3"])
        #expect(picks.map { $0.carriage?.service } == ["ground", "ground", nil])
        #expect(picks[1].picks.map { $0.lot } == ["L-1", "L-2"])
        #expect(picks[1].picks.map(\.quantity) == [5, 1])

        try ledger.ship(2)
        let rest = try ledger.readAndWait(at: monday) { try $0.picks() }
        #expect(rest.map(\.reservation.order) == ["order-1", "order-3"])
    }

    @Test(arguments: [false, true])
    func `are picked for the address that was told, a post office box, days and needs too`(
        isBox: Bool
    ) throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        let order = Order(
            id: "order-1",
            lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: 2)],
            destination: Destination(
                country: .us,
                postalCode: "75001",
                isResidential: true,
                isPostOfficeBox: isBox,
                accessorials: isBox ? [] : [.appointment, .limitedAccess],
                delivery: isBox
                    ? .any
                    : try DeliveryTerms(
                        checkingReceiving: .mondayToFriday,
                        hours: HoursOfDay(parsing: "07:00-15:00"),
                        notBefore: CivilDate(parsing: "2026-03-04"),
                        notBeforeTime: TimeOfDay(parsing: "13:00"),
                        by: CivilDate(parsing: "2026-03-09"),
                        byTime: TimeOfDay(parsing: "12:00")
                    )
            )
        )

        try ledger.performAndWait(at: monday) { books in
            _ = try books.reserve(
                reservation(1, [("VALVE-3IN", 2)]),
                participants: [dallas],
                of: order
            )
        }

        #expect(try ledger.record(1)?.asked == order)
    }

    @Test func `are told until the coordinator has noted them, and again once its log is lost`()
        throws
    {
        let ledger = try makeBusyLedger()
        try ledger.ship(1)
        try ledger.ship(2)
        #expect(try ledger.toTell() == [transaction(1), transaction(2)])
        #expect(try ledger.toTell(limit: 1) == [transaction(1)])

        try ledger.performAndWait(at: monday) { try $0.markShipmentNoted(transaction(1)) }
        #expect(try ledger.toTell() == [transaction(2)])
        let before = try ledger.mark()
        try ledger.performAndWait(at: monday) { try $0.markShipmentNoted(transaction(1)) }
        #expect(try ledger.mark() == before, "noted twice, and nothing was written")

        try ledger.performAndWait(at: monday) { try $0.tellShipmentsAgain(office) }
        #expect(try ledger.toTell() == [transaction(1), transaction(2)])
    }

    // What was kept by force proves no decision, also once it has left.
    @Test func `of what was kept by force are told once the coordinator agrees`() throws {
        let ledger = try makeBusyLedger()
        try ledger.performAndWait(at: monday) {
            _ = try $0.force(transaction(3), .confirm, reason: "by phone", who: "ana")
        }
        try ledger.ship(3)
        #expect(try ledger.toTell() == [])

        try ledger.performAndWait(at: monday) { try $0.note(.confirm, onForced: transaction(3)) }

        #expect(try ledger.toTell() == [transaction(3)])
    }

    @Test func `of what was kept by force for an order that never was are refused`() throws {
        let ledger = try makeBusyLedger()
        try ledger.performAndWait(at: monday) { books in
            _ = try books.force(transaction(3), .confirm, reason: "by phone", who: "ana")
            try books.note(.release, onForced: transaction(3))
        }

        #expect(throws: ShipmentRefusal.decidedOtherwise("order-3", transaction(3))) {
            try ledger.ship(3)
        }
        let picks = try ledger.readAndWait(at: monday) { try $0.picks() }
        #expect(picks.map(\.reservation.order) == ["order-1", "order-2"])
    }

    private func restoreShipped(
        _ counter: Int64,
        _ quantity: Quantity,
        in ledger: StockLedger
    ) throws {
        let outcome = try ledger.performAndWait(at: later) {
            try $0.restoreShipped(
                reservation(counter, [("VALVE-3IN", quantity)]),
                ShipmentReport(transaction: transaction(counter), who: "bo", at: monday),
                participants: [dallas, reno]
            )
        }
        guard case .unknownSKU = outcome else { return }
        Issue.record("\(outcome)")
    }

    // An agent restored from a copy that was made before the goods left.
    @Test func `that were forgotten leave the stock again, and are not picked twice`() throws {
        let ledger = try makeBusyLedger()

        try restoreShipped(1, 8, in: ledger)
        try restoreShipped(3, 1, in: ledger)

        #expect(try ledger.numbers("VALVE-3IN") == [3, 0, 3])
        let picks = try ledger.readAndWait(at: monday) { try $0.picks() }
        #expect(picks.map(\.reservation.order) == ["order-2"])
        guard case .shippedBefore(let records) = try ledger.ship(1) else {
            Issue.record("shipped twice")
            return
        }
        #expect(records.map(\.report.at) == [monday])
        #expect(try ledger.toTell() == [], "the office has told of it")
        #expect(try ledger.findings() == [])
    }

    @Test func `that were forgotten together with their goods are remembered all the same`() throws
    {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 5)

        try restoreShipped(1, 8, in: ledger)

        #expect(try ledger.numbers("VALVE-3IN") == [5, 0, 0])
        guard case .shippedBefore(let records) = try ledger.ship(1) else {
            Issue.record("shipped twice")
            return
        }
        #expect(records[0].picks == [])
        #expect(try ledger.findings() == [])
    }

    // A copy from after that is put back: what left once does not leave again.
    @Test func `of orders that were cancelled leave the stock once, however often told`() throws {
        let ledger = try makeBusyLedger()
        try ledger.ship(1)
        try ledger.performAndWait(at: later) { books in
            try books.noteCancelled(transaction(1))
            try books.end(below: transaction(9).number, of: office)
        }
        let before = try ledger.numbers("VALVE-3IN")
        #expect(try ledger.status(1) == nil)

        try restoreShipped(1, 8, in: ledger)

        #expect(try ledger.numbers("VALVE-3IN") == before)
        #expect(try ledger.findings() == [])
    }

    // Cancelled while the goods left: the log forgets the attempt, the site its reservation.
    @Test func `of orders that were cancelled are remembered when the attempt is forgotten`() throws
    {
        let ledger = try makeBusyLedger()
        try ledger.ship(1)
        try ledger.ship(2)
        try ledger.performAndWait(at: monday) { books in
            try books.noteCancelled(transaction(1))
            try books.noteCancelled(transaction(3))
            try books.end(below: transaction(9).number, of: office)
        }

        #expect(try ledger.status(1) == nil)
        #expect(try ledger.status(2) == .shipped)
        guard case .shippedBefore(let records) = try ledger.ship(1) else {
            Issue.record("shipped twice")
            return
        }
        #expect(records.map(\.isCancelled) == [true])
        #expect(try ledger.findings() == [])
    }

    @Test func `stay as they are, whoever reaches for the file`() throws {
        for (sql, why) in [
            ("DELETE FROM shipment", "a shipment is never deleted"),
            ("UPDATE shipment SET at = 0", "a shipment is never changed"),
            ("UPDATE shipment SET who = 'bo'", "a shipment is never changed"),
            (
                "UPDATE reservation SET status = 'shipped', batch = 99 WHERE order_id = 'order-2'",
                "what has left the building is on record as a shipment"
            ),
        ] {
            let ledger = try makeBusyLedger()
            try ledger.ship(1)

            let error = #expect(throws: DatabaseError.self) { try ledger.execute(sql) }

            #expect(error?.message == why)
            #expect(try ledger.findings() == [])
        }
    }

    @Test func `that are missing are found by the audit`() throws {
        let ledger = try makeBusyLedger()
        try ledger.ship(1)

        try ledger.execute("DROP TRIGGER shipment_is_kept; DELETE FROM shipment")

        #expect(try ledger.findings().map(\.kind) == [.shipmentNotOnRecord])
    }
}

extension StockLedger {
    @discardableResult
    fileprivate func ship(_ counter: Int64, at now: Timestamp = monday) throws -> ShipOutcome {
        try performAndWait(at: now) {
            try $0.ship(Order.ID(trusted: "order-\(counter)"), who: "ana")
        }
    }

    fileprivate func toTell(limit: Int = 100) throws -> [TransactionID] {
        try readAndWait(at: monday) {
            try $0.shipmentsToTell(office, limit: limit).map(\.transaction)
        }
    }
}
