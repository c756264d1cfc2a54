import AllocationModel
import GRDB
import Testing

@testable import StockLedger

struct `A pick that is refused` {
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

    @Test func `takes the units off what is on hand, and leaves the reservation`() throws {
        let ledger = try makeBusyLedger()

        let outcome = try ledger.refuse(1, "VALVE-3IN", 3, at: later)

        #expect(
            outcome.refusal
                == PickRefusal(
                    transaction: transaction(1),
                    sku: "VALVE-3IN",
                    lot: nil,
                    quantity: 3,
                    reason: .damaged,
                    who: "kim",
                    at: later
                )
        )
        #expect(outcome.order == "order-1")
        #expect(outcome.change.before == 12 && outcome.change.after == 9)
        #expect(outcome.change.shortfall == 3)
        #expect(try ledger.numbers("VALVE-3IN") == [9, 1, 11])
        #expect(try ledger.status(1) == .confirmed)
        #expect(try ledger.toTell() == [outcome.refusal])
        #expect(try ledger.findings().map(\.kind) == [.shortfall], "true, until it is mended")
    }

    @Test func `is in the history of the SKU, with the order and the reason`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 3, because: .notFound)

        let last = try ledger.readAndWait(at: monday) {
            try $0.history(of: "VALVE-3IN", limit: 1)?.first
        }
        #expect(last?.reason == "pick of order order-1 refused: not found")
        #expect(last?.who == "kim")
    }

    // The attempt that takes the place of order 1's has what is left of its own.
    @Test func `frees for its own order only what is there`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 3)

        let own = try ledger.readAndWait(at: monday) {
            try $0.availability(of: "VALVE-3IN", replacing: transaction(1), for: "order-1")?
                .available
        }
        #expect(own == 5)
        #expect(try ledger.available("VALVE-3IN") == 0)
    }

    @Test func `leaves the stock right once something else ships`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 3)

        try ledger.apply(.release, 1)

        #expect(try ledger.numbers("VALVE-3IN") == [9, 1, 3])
        #expect(try ledger.findings() == [])
        #expect(try ledger.toTell() == [], "nobody has to source it otherwise any more")
    }

    @Test func `does not take off again what a count has found missing`() throws {
        let ledger = try makeBusyLedger()
        try ledger.performAndWait(at: monday) {
            _ = try $0.count("VALVE-3IN", counted: 10, who: "ana")
        }

        // Two are known to be missing; the third is news.
        let outcome = try ledger.refuse(1, "VALVE-3IN", 3)

        #expect(outcome.change.before == 10 && outcome.change.after == 9)
        #expect(try ledger.numbers("VALVE-3IN") == [9, 1, 11])
    }

    @Test func `takes off what another refusal does not explain`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 3)

        // Those three were order 1's: that order 2 lacks two more is another thing.
        let outcome = try ledger.refuse(2, "VALVE-3IN", 2)

        #expect(outcome.change.before == 9 && outcome.change.after == 7)
    }

    @Test func `is of no more than the order takes, all refusals together`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 3)
        let before = try ledger.mark()

        #expect(
            throws: PickRefusalFault.tooMany("order-1", "VALVE-3IN", asked: 6, left: 5)
        ) { try ledger.refuse(1, "VALVE-3IN", 6) }
        #expect(try ledger.mark() == before)

        // Twice within a millisecond: each is told apart.
        let second = try ledger.refuse(1, "VALVE-3IN", 5)
        #expect(second.refusal.at.milliseconds == monday.milliseconds + 1)
        #expect(try ledger.toTell().map(\.quantity) == [3, 5])
        #expect(
            throws: PickRefusalFault.tooMany("order-1", "VALVE-3IN", asked: 1, left: 0)
        ) { try ledger.refuse(1, "VALVE-3IN", 1) }
        #expect(try ledger.numbers("VALVE-3IN") == [4, 1, 11])
    }

    @Test func `is not taken of what nobody is to pick`() throws {
        let ledger = try makeBusyLedger()
        try ledger.stock("HOSE-2M", 5)
        try ledger.performAndWait(at: monday) { _ = try $0.ship("order-2", who: "ana") }
        let before = try ledger.mark()

        #expect(throws: PickRefusalFault.unknownOrder("order-9")) {
            try ledger.refuse(9, "VALVE-3IN", 1)
        }
        #expect(throws: PickRefusalFault.notConfirmed("order-3", .voted)) {
            try ledger.refuse(3, "VALVE-3IN", 1)
        }
        #expect(throws: PickRefusalFault.notConfirmed("order-2", .shipped)) {
            try ledger.refuse(2, "VALVE-3IN", 1)
        }
        #expect(throws: PickRefusalFault.notPicked("order-1", "HOSE-2M", nil)) {
            try ledger.refuse(1, "HOSE-2M", 1)
        }
        #expect(throws: StockRefusal.self) { try ledger.refuse(1, "VALVE-3IN", 0) }
        #expect(throws: StockRefusal.self) { try ledger.refuse(1, "VALVE-3IN", 1, who: "") }
        #expect(try ledger.mark() == before)
    }

    @Test func `names its lot where the order takes several`() throws {
        let ledger = try makeLedger()
        try ledger.stockLots("RESIN-A", [("L1", 4, "2026-06-01"), ("L2", 9, "2026-09-01")])
        try ledger.reserve(1, [("RESIN-A", 6)])
        try ledger.apply(.confirm, 1)

        #expect(throws: PickRefusalFault.lotNeeded("order-1", "RESIN-A", ["L1", "L2"])) {
            try ledger.refuse(1, "RESIN-A", 1)
        }
        #expect(throws: PickRefusalFault.notPicked("order-1", "RESIN-A", "L9")) {
            try ledger.refuse(1, "RESIN-A", 1, lot: "L9")
        }
        let outcome = try ledger.refuse(1, "RESIN-A", 2, lot: "L2")

        #expect(outcome.refusal.lot == "L2")
        #expect(outcome.change.before == 9 && outcome.change.after == 7)
        #expect(try ledger.findings() == [], "of the second lot there was more than it takes")
    }

    @Test func `is of whole selling units`() throws {
        let ledger = try makeLedger()
        try ledger.stock("BOLT-M8", 60, multiple: 12)
        try ledger.reserve(1, [("BOLT-M8", 24)])
        try ledger.apply(.confirm, 1)

        #expect(throws: StockRefusal.self) { try ledger.refuse(1, "BOLT-M8", 5) }
        try ledger.refuse(1, "BOLT-M8", 12)
        #expect(try ledger.numbers("BOLT-M8") == [48, 0, 24])
    }

    @Test func `may ship all the same, if the goods turn up`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 8)
        #expect(throws: ShipmentRefusal.self) {
            try ledger.performAndWait(at: monday) { _ = try $0.ship("order-1", who: "ana") }
        }

        try ledger.performAndWait(at: monday) { books in
            _ = try books.adjust("VALVE-3IN", by: 8, reason: "behind the rack", who: "kim")
            _ = try books.ship("order-1", who: "ana")
        }

        #expect(try ledger.toTell() == [])
        #expect(try ledger.findings() == [])
    }

    // Order 1 would take what orders 2 and 3 were promised, and nobody would source those otherwise.
    @Test func `does not ship what others were promised in its place`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 1)
        #expect(throws: ShipmentRefusal.pickRefused("order-1", "VALVE-3IN")) {
            try ledger.performAndWait(at: monday) { _ = try $0.ship("order-1", who: "ana") }
        }
        #expect(try ledger.numbers("VALVE-3IN") == [11, 1, 11])

        // Once one more is there, nobody goes short.
        try ledger.performAndWait(at: monday) { books in
            _ = try books.adjust("VALVE-3IN", by: 1, reason: "behind the rack", who: "kim")
            _ = try books.ship("order-1", who: "ana")
        }
        #expect(try ledger.findings() == [])
    }

    @Test func `is told until it is noted, and again to a coordinator that has lost its log`()
        throws
    {
        let ledger = try makeBusyLedger()
        let first = try ledger.refuse(1, "VALVE-3IN", 3).refusal
        let second = try ledger.refuse(1, "VALVE-3IN", 1, at: later).refusal

        try ledger.performAndWait(at: monday) {
            try $0.markRefusalNoted(transaction(1), at: first.at)
        }
        #expect(try ledger.toTell() == [second])

        try ledger.performAndWait(at: monday) { try $0.tellRefusalsAgain(office) }
        #expect(try ledger.toTell() == [first, second])
    }

    @Test func `is never changed, forgotten or made up, whoever has a shell`() throws {
        let ledger = try makeBusyLedger()
        try ledger.refuse(1, "VALVE-3IN", 3)

        for sql in [
            "UPDATE pick_refusal SET quantity = 1", "UPDATE pick_refusal SET who = 'nobody'",
            "DELETE FROM pick_refusal",
            // More than the order takes; and of one that is in doubt.
            "INSERT INTO pick_refusal SELECT tx, coordinator, at + 9, order_id, sku, lot, 6, "
                + "reason, who, 0 FROM pick_refusal",
            "INSERT INTO pick_refusal SELECT r.tx, f.coordinator, f.at, r.order_id, f.sku, f.lot, "
                + "1, f.reason, f.who, 0 FROM pick_refusal AS f, reservation AS r "
                + "WHERE r.status = 'voted'",
        ] {
            #expect(throws: DatabaseError.self, "\(sql)") { try ledger.execute(sql) }
        }
    }
}

extension StockLedger {
    @discardableResult
    fileprivate func refuse(
        _ counter: Int64,
        _ sku: SKU,
        _ quantity: Quantity,
        lot: Lot.ID? = nil,
        because reason: PickRefusal.Reason = .damaged,
        who: String = "kim",
        at instant: Timestamp = monday
    ) throws -> PickRefusalOutcome {
        try performAndWait(at: instant) {
            try $0.refusePick(
                of: Order.ID(trusted: "order-\(counter)"),
                sku,
                lot: lot,
                quantity: quantity,
                because: reason,
                who: who
            )
        }
    }

    fileprivate func toTell() throws -> [PickRefusal] {
        try readAndWait(at: monday) { try $0.refusalsToTell(office, limit: 100) }
    }
}
