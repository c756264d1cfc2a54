import AllocationModel
import GRDB
import ShippingCalendar
import Testing

@testable import StockLedger

struct `Shipping capacity in the ledger` {
    private let tuesday: CivilDate
    private let wednesday: CivilDate

    init() throws {
        tuesday = try CivilDate(parsing: "2026-03-03")
        wednesday = try CivilDate(parsing: "2026-03-04")
    }

    /// Enough of two SKUs, of 450 g each, and so much of a Tuesday.
    private func makeLedger(_ capacity: ShippingCapacity) throws -> StockLedger {
        let ledger = try StockLedgerTests.makeLedger()
        try ledger.stock("VALVE-3IN", 100)
        try ledger.stock("HOSE-1IN", 100)
        try ledger.performAndWait(at: monday) { try $0.setCapacity(capacity, on: .tuesday) }
        return ledger
    }

    @Test func `refuses the vote that would go beyond it, and takes one for another day`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 2))

        #expect(try ledger.reserve(1, on: tuesday) == .reserved)
        #expect(try ledger.reserve(2, on: tuesday) == .reserved)
        let before = try ledger.mark()
        #expect(try ledger.reserve(3, on: tuesday) == .dayFull(tuesday))
        #expect(try ledger.mark() == before)
        #expect(try ledger.numbers("VALVE-3IN") == [100, 2, 0])
        #expect(try ledger.reserve(3, on: wednesday) == .reserved)
        #expect(try ledger.findings() == [])
    }

    @Test func `gives one of two orders in one batch the last place`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 2))
        try ledger.reserve(1, on: tuesday)

        let outcomes = try ledger.performAndWait(at: monday) { books in
            try [2, 3].map { try books.reserve($0, [("VALVE-3IN", 1)], on: tuesday) }
        }

        #expect(outcomes == [.reserved, .dayFull(tuesday)])
    }

    @Test func `counts each SKU of an order once, and weighs all of it`() throws {
        let ledger = try makeLedger(ShippingCapacity(lines: 3, weight: Weight(grams: 4500)))

        // Two lines of one SKU are one line here: 1 + 2 lines, 1350 + 2700 g.
        #expect(
            try ledger.reserve(1, [("VALVE-3IN", 1), ("VALVE-3IN", 2)], on: tuesday) == .reserved
        )
        #expect(
            try ledger.reserve(2, [("VALVE-3IN", 5), ("HOSE-1IN", 1)], on: tuesday) == .reserved
        )
        #expect(try ledger.reserve(3, on: tuesday) == .dayFull(tuesday))

        let loads = try ledger.readAndWait(at: monday) { try $0.loads(from: tuesday, through: nil) }
        #expect(loads == [tuesday: ShippingLoad(orders: 2, lines: 3, grams: 4050)])
    }

    @Test func `takes by weight what fits to the gram`() throws {
        let ledger = try makeLedger(ShippingCapacity(weight: Weight(grams: 4500)))
        try ledger.reserve(1, [("VALVE-3IN", 4)], on: tuesday)

        #expect(try ledger.reserve(2, [("VALVE-3IN", 7)], on: tuesday) == .dayFull(tuesday))
        #expect(try ledger.reserve(3, [("VALVE-3IN", 6)], on: tuesday) == .reserved)
    }

    @Test func `lets an order that is larger than a day have an empty one`() throws {
        let ledger = try makeLedger(ShippingCapacity(lines: 1, weight: Weight(grams: 1000)))
        let large: [(SKU, Quantity)] = [("VALVE-3IN", 50), ("HOSE-1IN", 50)]

        #expect(try ledger.reserve(1, large, on: tuesday) == .reserved)
        #expect(try ledger.reserve(2, on: tuesday) == .dayFull(tuesday))
        try ledger.apply(.release, 1)
        #expect(try ledger.reserve(2, on: tuesday) == .reserved)
        #expect(try ledger.reserve(3, large, on: tuesday) == .dayFull(tuesday))
    }

    @Test func `takes the place back of what is released or cancelled`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 1))
        for (counter, events) in [
            (Int64(1), [Reservation.Event.release]), (2, [.confirm, .release]), (3, []),
        ] {
            #expect(try ledger.reserve(counter, on: tuesday) == .reserved, "order \(counter)")
            for event in events { try ledger.apply(event, counter) }
        }
        #expect(try ledger.reserve(4, on: tuesday) == .dayFull(tuesday))
    }

    // It had its place when it left: the day has been worked.
    @Test func `keeps the place of what is confirmed, forced or shipped`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 1))
        try ledger.reserve(1, on: tuesday)
        _ = try ledger.performAndWait(at: monday) {
            try $0.force(transaction(1), .confirm, reason: "the line is cut", who: "ana")
        }
        #expect(try ledger.reserve(2, on: tuesday) == .dayFull(tuesday))

        _ = try ledger.performAndWait(at: monday) { try $0.ship("order-1", who: "ana") }
        #expect(try ledger.reserve(2, on: tuesday) == .dayFull(tuesday))
        #expect(try ledger.findings() == [])
    }

    @Test func `takes the place back of what is forced to be released`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 1))
        try ledger.reserve(1, on: tuesday)
        _ = try ledger.performAndWait(at: monday) {
            try $0.force(transaction(1), .release, reason: "the line is cut", who: "ana")
        }

        #expect(try ledger.reserve(2, on: tuesday) == .reserved)
    }

    // The order is promised: a vote is refused, a promise never is.
    @Test func `restores what was confirmed on a full day, and counts it`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 1))
        try ledger.reserve(1, on: tuesday)

        let outcome = try ledger.performAndWait(at: monday) {
            try $0.restore(
                reservation(2, [("VALVE-3IN", 1)]),
                participants: [dallas],
                by: Carriage(service: "ground", leaves: tuesday)
            )
        }

        #expect(outcome == .restored(shortfall: .zero))
        let loads = try ledger.readAndWait(at: monday) { try $0.loads(from: tuesday, through: nil) }
        #expect(loads[tuesday]?.orders == 2)
        #expect(try ledger.findings() == [])
    }

    // What an attempt held that was given up comes back a message later.
    @Test func `does not count an order against itself when it is tried again`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 1))
        let again = Reservation(
            transaction: transaction(2),
            order: "order-1",
            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 1)]
        )
        try ledger.reserve(1, on: tuesday)

        let outcome = try ledger.performAndWait(at: monday) {
            try $0.reserve(
                again,
                participants: [dallas],
                by: Carriage(service: "ground", leaves: tuesday)
            )
        }

        #expect(outcome == .reserved)
        let seen = try ledger.readAndWait(at: monday) { books in
            try [nil, "order-1"].map { try books.shippingBook(without: $0).taken(on: tuesday) }
        }
        #expect(seen.map(\.orders) == [2, 0])
    }

    @Test func `leaves what is promised where it is lowered`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 5))
        for counter in 1...3 { try ledger.reserve(Int64(counter), on: tuesday) }

        try ledger.performAndWait(at: monday) {
            try $0.setCapacity(ShippingCapacity(lines: 2), on: .tuesday)
        }

        #expect(try ledger.apply(.confirm, 1) == .confirmed)
        #expect(try ledger.reserve(4, on: tuesday) == .dayFull(tuesday))
        #expect(try ledger.findings() == [])
        let isCleared = try ledger.performAndWait(at: monday) {
            [try $0.clearCapacity(on: .tuesday), try $0.clearCapacity(on: .tuesday)]
        }
        #expect(isCleared == [true, false])
        #expect(try ledger.reserve(4, on: tuesday) == .reserved)
    }

    @Test func `refuses a bound that is none, naming it`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 1))
        for (capacity, field) in [
            (ShippingCapacity(orders: 0), "orders"), (ShippingCapacity(lines: -1), "lines"),
            (ShippingCapacity(orders: 1_000_001), "orders"),
            (ShippingCapacity(weight: .zero), "weight"), (ShippingCapacity(), "capacity"),
        ] {
            let error = #expect(throws: StockRefusal.self) {
                try ledger.performAndWait(at: monday) { try $0.setCapacity(capacity, on: .friday) }
            }
            #expect(error?.description.hasPrefix(field) == true, "\(error?.description ?? "")")
        }
        #expect(
            try ledger.readAndWait(at: monday) { try $0.capacities() }
                == [.tuesday: ShippingCapacity(orders: 1)]
        )
    }

    // The file outlives the program.

    @Test func `is held by the database itself, whatever the program does`() throws {
        let ledger = try makeLedger(ShippingCapacity(orders: 2, lines: 3))
        try ledger.reserve(1, [("VALVE-3IN", 1), ("HOSE-1IN", 1)], on: tuesday)
        func vote(_ number: Int, lines: Int, on day: CivilDate) -> String {
            """
            INSERT INTO reservation (tx, coordinator, order_id, status, participants, batch,
                leaves, lines) VALUES (\(number), 1, 'raw-\(number)', 'voted', 'DAL', 1,
                \(day.daysSinceEpoch), \(lines))
            """
        }

        for sql in [
            vote(70, lines: 2, on: tuesday), "UPDATE reservation SET leaves = leaves + 1",
            "UPDATE reservation SET lines = 0", "UPDATE reservation SET grams = 0",
        ] {
            let error = #expect(throws: DatabaseError.self, "\(sql)") { try ledger.execute(sql) }
            #expect(error?.message?.hasPrefix("I") == true, "\(error?.message ?? "")")
        }
        try ledger.execute(vote(71, lines: 2, on: wednesday))
        // One that takes another share of its day than its lines is found.
        #expect(try ledger.findings().map(\.kind) == [.loadApartFromLines])
    }

    // What was reserved before there were capacities takes its place too.
    @Test func `counts what a ledger of the version before had promised`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("stock.db")
        var options = StockLedger.Options()
        options.reserveBytes = 0
        let old = try StockLedger.create(at: path, site: makeSite(), options: options)
        try old.stock("VALVE-3IN", 100)
        try old.stock("HOSE-1IN", 100)
        try old.reserve(1, [("VALVE-3IN", 4), ("HOSE-1IN", 1)], on: tuesday)
        try old.reserve(2, on: wednesday)
        try old.apply(.confirm, 2)
        try old.execute(
            undoingLots
                + """
                DROP TABLE pick_refusal; DROP TABLE lease_rule;
                DROP TABLE count_report; ALTER TABLE coordinator DROP COLUMN counts_noted;
                DROP TRIGGER reservation_being_replaced_stays; DROP TRIGGER replacement_ends_first;
                DROP TABLE replacement_line; DROP TABLE replacement;
                DROP TRIGGER reservation_finds_room; DROP TRIGGER reservation_keeps_its_law;
                DROP INDEX reservation_by_day; DROP TABLE shipping_capacity;
                ALTER TABLE reservation DROP COLUMN lines; ALTER TABLE reservation DROP COLUMN grams;
                CREATE TRIGGER reservation_keeps_its_law BEFORE UPDATE ON reservation
                BEGIN SELECT RAISE(ABORT, 'the version before'); END;
                ALTER TABLE rate_card DROP COLUMN address_kinds;
                ALTER TABLE rate_card DROP COLUMN delivery_areas;
                ALTER TABLE rate_card DROP COLUMN girth_maximum;
                ALTER TABLE rate_card DROP COLUMN length_maximum;
                DROP TABLE ftl_rate_card; DROP TRIGGER rate_card_is_no_truckload;
                DROP TRIGGER ltl_rate_card_is_no_truckload;
                ALTER TABLE sku DROP COLUMN units_per_pallet;
                ALTER TABLE sku DROP COLUMN handling; DROP TABLE lead_time;
                DROP TABLE carrier_week; DROP TABLE carrier_holiday;
                ALTER TABLE sku DROP COLUMN un_number; ALTER TABLE sku DROP COLUMN packing_group;
                ALTER TABLE sku DROP COLUMN is_limited_quantity;
                ALTER TABLE sku DROP COLUMN content; ALTER TABLE sku DROP COLUMN content_unit;
                ALTER TABLE rate_card DROP COLUMN flight;
                ALTER TABLE sku DROP COLUMN units_per_carton; ALTER TABLE sku DROP COLUMN carton_length;
                ALTER TABLE sku DROP COLUMN carton_width; ALTER TABLE sku DROP COLUMN carton_height;
                ALTER TABLE rate_card DROP COLUMN oversize;
                DROP TABLE inbound_event; DROP TABLE inbound_receipt;
                PRAGMA user_version = 6
                """
        )
        try await old.close()

        let ledger = try StockLedger.open(at: path, options: options)

        let loads = try ledger.readAndWait(at: monday) { try $0.loads(from: tuesday, through: nil) }
        #expect(
            loads == [
                tuesday: ShippingLoad(orders: 1, lines: 2, grams: 2250),
                wednesday: ShippingLoad(orders: 1, lines: 1, grams: 450),
            ]
        )
        #expect(try ledger.findings() == [])
        #expect(try ledger.apply(.confirm, 1) == .confirmed)
    }
}

extension Books {
    @discardableResult
    fileprivate func reserve(
        _ counter: Int64,
        _ lines: [(SKU, Quantity)],
        on day: CivilDate
    ) throws -> ReserveOutcome {
        try reserve(
            StockLedgerTests.reservation(counter, lines),
            participants: [dallas],
            by: Carriage(service: "ground", leaves: day)
        )
    }
}

extension StockLedger {
    /// Has an order vote for goods that are to leave on `day`.
    @discardableResult
    fileprivate func reserve(
        _ counter: Int64,
        _ lines: [(SKU, Quantity)] = [("VALVE-3IN", 1)],
        on day: CivilDate
    ) throws -> ReserveOutcome {
        try performAndWait(at: monday) { try $0.reserve(counter, lines, on: day) }
    }
}
