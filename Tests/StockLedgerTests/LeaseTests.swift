import AllocationModel
import GRDB
import Testing

@testable import StockLedger

struct `Leases in the ledger` {
    private static let lease = LeaseID(high: 1, low: 2)

    /// Twelve valves, of which the office may promise five.
    private func leasing(_ units: Quantity = 5) throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12, safety: 1)
        try ledger.performAndWait(at: monday) { books in
            try books.storeEpoch(1, of: office)
            try books.grant(Self.lease, of: "VALVE-3IN", units, who: "ana")
        }
        return ledger
    }

    private func record(_ ledger: StockLedger) throws -> LeaseRecord? {
        try ledger.readAndWait(at: monday) { try $0.lease(Self.lease) }
    }

    private func draw(_ ledger: StockLedger, _ counter: Int64, _ units: Quantity) throws {
        try ledger.performAndWait(at: monday) { books in
            try books.draw(
                [Lease.Draw(lease: Self.lease, sku: "VALVE-3IN", quantity: units)],
                for: transaction(counter)
            )
            _ = try books.restore(
                reservation(counter, [("VALVE-3IN", units)]),
                participants: [dallas]
            )
        }
    }

    @Test func `keep their units from everybody else`() throws {
        let ledger = try leasing()

        #expect(try ledger.available("VALVE-3IN") == 6)
        #expect(
            try ledger.reserve(1, [("VALVE-3IN", 7)])
                == .insufficient(sku: "VALVE-3IN", requested: 7, available: 6)
        )
        #expect(try ledger.reserve(2, [("VALVE-3IN", 6)]) == .reserved)
        #expect(try ledger.available("VALVE-3IN") == 0)
        #expect(try ledger.findings() == [])
    }

    @Test func `are kept from whoever writes past the ledger's code`() throws {
        let ledger = try leasing()

        #expect(throws: DatabaseError.self) {
            try ledger.execute(
                """
                INSERT INTO reservation (tx, coordinator, order_id, status, participants, batch)
                    VALUES (7, 1, 'x', 'voted', 'DAL', (SELECT max(lsn) + 1 FROM batch));
                INSERT INTO reservation_line VALUES (7, 1, 1, '', 7, NULL);
                """
            )
        }
        for sql in [
            "UPDATE lease SET kept = 0", "UPDATE lease SET drained = 1",
            "UPDATE lease SET status = 'closed'", "DELETE FROM lease",
            "UPDATE lease_entry SET kept_delta = 9", "DELETE FROM lease_entry",
        ] {
            #expect(throws: DatabaseError.self, "\(sql)") { try ledger.execute(sql) }
        }
        #expect(try record(ledger)?.setAside == 5)
    }

    @Test func `become the orders that have drawn on them, once each`() throws {
        let ledger = try leasing()

        try draw(ledger, 1, 3)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 3])
        #expect(try record(ledger)?.setAside == 2)
        #expect(try ledger.available("VALVE-3IN") == 6, "what came had been set aside")

        try draw(ledger, 1, 3)
        #expect(try record(ledger)?.drained == 3)
        #expect(try ledger.findings() == [])
    }

    @Test func `give back what nobody has drawn, and keep what has not come`() throws {
        let ledger = try leasing()
        try draw(ledger, 1, 1)
        try ledger.performAndWait(at: monday) { books in
            let record = try books.askBack(Self.lease, reason: "sale", who: "ana")
            #expect(record.status == .returning)
        }
        #expect(try record(ledger)?.setAside == 4, "till the coordinator has closed it")

        try ledger.performAndWait(at: monday) { try $0.close(Self.lease, keeping: 3) }
        #expect(try record(ledger)?.status == .closed)
        #expect(try record(ledger)?.setAside == 2)

        try draw(ledger, 2, 2)
        #expect(try record(ledger)?.setAside == 0)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 3])
        #expect(try ledger.findings() == [])
    }

    @Test func `are written off on the record, and show what orders had drawn`() throws {
        let ledger = try leasing()
        try draw(ledger, 1, 1)
        try ledger.performAndWait(at: monday) { books in
            _ = try books.writeOff(Self.lease, reason: "counter is full", who: "ana")
        }
        #expect(try ledger.available("VALVE-3IN") == 10)
        #expect(throws: LeaseRefusal.notNow(Self.lease, .writtenOff)) {
            try ledger.performAndWait(at: monday) { books in
                _ = try books.writeOff(Self.lease, reason: "again", who: "ana")
            }
        }

        try draw(ledger, 2, 4)
        let found = try record(ledger)
        #expect(found?.conflict == 4)
        #expect(found?.writeOff?.reason == "counter is full")
        #expect(try ledger.findings().map(\.kind) == [.leaseConflict])

        try ledger.performAndWait(at: monday) { books in
            try books.markReported(Self.lease)
            _ = try books.settleLease(Self.lease, reason: "Reno ships", who: "ana")
        }
        #expect(try ledger.findings() == [])
    }

    @Test func `stay set aside where the coordinator has lost what it drew`() throws {
        let ledger = try leasing()
        try ledger.performAndWait(at: monday) { try $0.unsettleLeases(of: office) }
        try ledger.performAndWait(at: monday) { try $0.close(Self.lease, keeping: 0) }

        #expect(try record(ledger)?.status == .unsettled)
        #expect(try record(ledger)?.setAside == 5, "no word of its can free them")
        try ledger.performAndWait(at: monday) { books in
            _ = try books.writeOff(Self.lease, reason: "asked the office", who: "ana")
        }
        #expect(try record(ledger)?.setAside == 0)
    }

    @Test func `can be written off where what a closed one keeps was lost with the log`() throws {
        let ledger = try leasing()
        try ledger.performAndWait(at: monday) { try $0.close(Self.lease, keeping: 3) }
        #expect(throws: LeaseRefusal.notNow(Self.lease, .closed)) {
            try ledger.performAndWait(at: monday) { books in
                _ = try books.writeOff(Self.lease, reason: "counter is full", who: "ana")
            }
        }

        try ledger.performAndWait(at: monday) { try $0.unsettleLeases(of: office) }
        #expect(try record(ledger)?.status == .unsettled)
        #expect(try record(ledger)?.setAside == 3)
        try ledger.performAndWait(at: monday) { books in
            _ = try books.writeOff(Self.lease, reason: "asked the office", who: "ana")
        }
        #expect(try ledger.available("VALVE-3IN") == 11)
        #expect(try ledger.findings() == [])
    }

    @Test func `are closed where the ledger has lost history`() throws {
        let ledger = try leasing()
        try draw(ledger, 1, 2)
        try ledger.performAndWait(at: monday) { try $0.begin(incarnation: 2, for: office) }

        #expect(try record(ledger)?.status == .closed)
        #expect(try record(ledger)?.setAside == 0)
        try draw(ledger, 2, 1)
        #expect(try record(ledger)?.drained == 2, "what comes now was given back already")
        #expect(try ledger.findings() == [])
    }

    @Test func `name what is wrong with a grant`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12, multiple: 4)
        try ledger.stockLots("RESIN", [("A1", 5, nil)])
        func grant(_ sku: SKU, _ units: Quantity) throws {
            _ = try ledger.performAndWait(at: monday) { books in
                try books.grant(LeaseID(high: 7, low: 7), of: sku, units, who: "ana")
            }
        }

        #expect(throws: LeaseRefusal.noCoordinator) { try grant("VALVE-3IN", 4) }
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: office) }
        #expect(throws: LeaseRefusal.empty) { try grant("VALVE-3IN", 0) }
        #expect(throws: LeaseRefusal.keptByLot("RESIN")) { try grant("RESIN", 1) }
        #expect(throws: StockRefusal.unknownSKU("PUMP")) { try grant("PUMP", 1) }
        #expect(throws: StockRefusal.notAMultiple("VALVE-3IN", of: 4, below: 4, above: 8)) {
            try grant("VALVE-3IN", 5)
        }
        #expect(throws: LeaseRefusal.insufficient("VALVE-3IN", available: 12)) {
            try grant("VALVE-3IN", 16)
        }
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: "branch") }
        #expect(throws: LeaseRefusal.severalCoordinators) { try grant("VALVE-3IN", 4) }
    }

    @Test func `are missed where a count finds fewer than were leased`() throws {
        let ledger = try leasing()
        _ = try ledger.performAndWait(at: monday) { books in
            try books.count("VALVE-3IN", counted: 3, who: "ana")
        }
        #expect(try ledger.available("VALVE-3IN") == 0)
        #expect(try ledger.findings().map(\.kind) == [.leaseShortfall])
    }
}
