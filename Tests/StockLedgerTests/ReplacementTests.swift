import AllocationModel
import Testing

@testable import StockLedger

/// Order 4711 is confirmed here with eight of ten valves, and is sourced again.
struct `A vote that is to take a reservation's place` {
    private let ledger: StockLedger
    private let valve = SKU(trusted: "VALVE-3IN")

    init() throws {
        ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 10)
        try ledger.replace(1, [("VALVE-3IN", 8)], nil)
        try ledger.apply(.confirm, 1)
    }

    @Test func `counts as free what the other has set aside`() throws {
        let stock = try ledger.readAndWait(at: monday) {
            try $0.availability(of: valve, replacing: transaction(1), for: "4711")
        }
        #expect(stock?.available == 10)
        let other = try ledger.readAndWait(at: monday) {
            try $0.availability(of: valve, replacing: transaction(1), for: "4712")
        }
        #expect(other?.available == 2, "nobody else's order frees it")
        #expect(try ledger.available("VALVE-3IN") == 2)
    }

    @Test func `holds what it takes beyond that alone, until it is confirmed`() throws {
        #expect(try ledger.replace(2, [("VALVE-3IN", 9)], 1) == .reserved)

        #expect(try ledger.numbers("VALVE-3IN") == [10, 1, 8])
        #expect(try ledger.record(2)?.reservation.lines.map(\.quantity) == [9])
        #expect(try ledger.findings() == [])

        #expect(try ledger.apply(.confirm, 2) == .confirmed)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 9])
        #expect(try ledger.status(1) == .released)
        #expect(try ledger.record(2)?.picks.map(\.quantity) == [9])
        #expect(try ledger.findings() == [])
    }

    @Test func `holds nothing where it takes less, and gives the rest back when it is confirmed`()
        throws
    {
        #expect(try ledger.replace(2, [("VALVE-3IN", 5)], 1) == .reserved)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])
        #expect(try ledger.findings() == [])

        try ledger.apply(.confirm, 2)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 5])
        #expect(try ledger.findings() == [])
    }

    @Test func `leaves the other as it was where it is released`() throws {
        try ledger.replace(2, [("VALVE-3IN", 10)], 1)
        try ledger.apply(.release, 2)

        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])
        #expect(try ledger.status(1) == .confirmed)
        #expect(try ledger.findings() == [])
        _ = try ledger.performAndWait(at: monday) { try $0.ship("4711", who: "ana") }
        #expect(try ledger.status(1) == .shipped)
    }

    @Test func `is refused where even both together have too little`() throws {
        #expect(
            try ledger.replace(2, [("VALVE-3IN", 11)], 1)
                == .insufficient(sku: "VALVE-3IN", requested: 11, available: 10)
        )
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])
    }

    @Test func `keeps what the other has, though all is kept back since`() throws {
        try ledger.performAndWait(at: monday) { try $0.setSafetyStock(of: valve, to: 10) }
        #expect(
            try ledger.replace(2, [("VALVE-3IN", 9)], 1)
                == .insufficient(sku: "VALVE-3IN", requested: 9, available: 0)
        )
        #expect(try ledger.replace(3, [("VALVE-3IN", 8)], 1) == .reserved)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])

        #expect(try ledger.apply(.confirm, 3) == .confirmed)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])
        #expect(try ledger.status(1) == .released)
        #expect(try ledger.findings() == [])
    }

    @Test func `is refused where the goods of the other are gone`() throws {
        try ledger.performAndWait(at: monday) {
            _ = try $0.count(valve, counted: 5, who: "ana")
        }
        #expect(
            try ledger.replace(2, [("VALVE-3IN", 8)], 1)
                == .insufficient(sku: "VALVE-3IN", requested: 8, available: 5)
        )
    }

    @Test func `is refused where the other has left`() throws {
        _ = try ledger.performAndWait(at: monday) { try $0.ship("4711", who: "ana") }
        #expect(try ledger.replace(2, [("VALVE-3IN", 1)], 1) == .shipped)
    }

    // What a vote counts on may neither leave the building nor go back to stock.
    @Test func `keeps the other from being shipped or given back`() throws {
        try ledger.replace(2, [("VALVE-3IN", 8)], 1)

        #expect(throws: ShipmentRefusal.beingResourced("4711")) {
            try ledger.performAndWait(at: monday) { try $0.ship("4711", who: "ana") }
        }
        #expect(throws: (any Error).self) { try ledger.apply(.release, 1) }
        #expect(throws: (any Error).self) { try ledger.apply(.ship, 1) }
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])
        #expect(
            try ledger.readAndWait(at: monday) { try $0.voteReplacing(transaction(1)) }
                == transaction(2)
        )
    }

    // A vote that was given up may not have heard that: its units are not taken over twice.
    @Test func `takes over nothing that another vote is to have, and ends that when confirmed`()
        throws
    {
        try ledger.replace(2, [("VALVE-3IN", 8)], 1)

        #expect(
            try ledger.replace(3, [("VALVE-3IN", 8)], 1)
                == .insufficient(sku: "VALVE-3IN", requested: 8, available: 2)
        )
        #expect(try ledger.replace(3, [("VALVE-3IN", 2)], 1) == .reserved)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 2, 8])
        try ledger.apply(.confirm, 3)

        #expect(try ledger.status(2) == nil)
        #expect(try ledger.status(1) == .released)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 2])
        #expect(try ledger.findings() == [])
    }

    @Test func `takes its own lots over first, and no quarantined one`() throws {
        let ledger = try makeLedger()
        try ledger.stockLots("GLUE", [("A", 6, "2026-06-01"), ("B", 6, "2026-09-01")])
        try ledger.replace(1, [("GLUE", 8)], nil)
        try ledger.apply(.confirm, 1)
        #expect(try ledger.record(1)?.picks.map(\.quantity) == [6, 2])

        try ledger.performAndWait(at: monday) {
            try $0.setQuarantine(true, of: "A", of: "GLUE", reason: "leaks", who: "ana")
        }
        #expect(
            try ledger.replace(2, [("GLUE", 7)], 1)
                == .insufficient(sku: "GLUE", requested: 7, available: 6)
        )
        #expect(try ledger.replace(3, [("GLUE", 6)], 1) == .reserved)
        try ledger.apply(.confirm, 3)

        #expect(try ledger.record(3)?.picks.map(\.lot) == ["B"])
        #expect(try ledger.findings() == [])
    }

    // Kept by force it would give back what the order has for certain.
    @Test func `cannot be forced to be kept, and can be given back`() throws {
        try ledger.replace(2, [("VALVE-3IN", 9)], 1)

        #expect(throws: OverrideRefusal.wouldReplace(transaction(2), transaction(1))) {
            try ledger.force(2, .confirm)
        }
        try ledger.force(2, .release)
        #expect(try ledger.status(1) == .confirmed)
        #expect(try ledger.numbers("VALVE-3IN") == [10, 0, 8])
    }

    @Test(arguments: [
        "INSERT INTO replacement VALUES (2, 1, 2)",
        "INSERT INTO replacement VALUES (7, 1, 1)",
        "UPDATE replacement SET replaced = 0",
        "UPDATE replacement_line SET quantity = 9",
        "UPDATE reservation SET status = 'released' WHERE status = 'confirmed'",
        "UPDATE reservation SET status = 'confirmed' WHERE status = 'voted'",
    ])
    func `is held to it by the database`(_ sql: String) throws {
        try ledger.replace(2, [("VALVE-3IN", 9)], 1)
        #expect(throws: (any Error).self, "\(sql)") { try ledger.execute(sql) }
    }
}

extension StockLedger {
    /// Reserves for order 4711, in the place of what an earlier attempt of it has.
    @discardableResult
    fileprivate func replace(
        _ counter: Int64,
        _ lines: [(SKU, Quantity)],
        _ replaced: Int64?
    ) throws -> ReserveOutcome {
        try performAndWait(at: monday) {
            try $0.reserve(
                Reservation(
                    transaction: transaction(counter),
                    order: "4711",
                    lines: lines.map { Reservation.Line(sku: $0.0, quantity: $0.1) }
                ),
                participants: [dallas],
                replacing: replaced.map { transaction($0) }
            )
        }
    }

    fileprivate func force(_ counter: Int64, _ choice: HoldOverride.Choice) throws {
        _ = try performAndWait(at: monday) {
            try $0.force(transaction(counter), choice, reason: "cut off", who: "ana")
        }
    }
}
