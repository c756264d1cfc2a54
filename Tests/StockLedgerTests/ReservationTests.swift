import AllocationModel
import Testing

@testable import StockLedger

struct `Reservations in the ledger` {
    @Test func `set stock aside, allocate it and ship it`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)

        #expect(try ledger.reserve(1, [("VALVE-3IN", 8)]) == .reserved)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 8, 0])
        #expect(try ledger.available("VALVE-3IN") == 4)

        #expect(try ledger.apply(.confirm, 1) == .confirmed)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 8])

        #expect(try ledger.apply(.ship, 1) == .shipped)
        #expect(try ledger.numbers("VALVE-3IN") == [4, 0, 0])
        #expect(try ledger.findings() == [])
    }

    @Test func `refuse a hold below safety stock`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12, safety: 3)

        #expect(
            try ledger.reserve(1, [("VALVE-3IN", 10)])
                == .insufficient(sku: "VALVE-3IN", requested: 10, available: 9)
        )
        #expect(try ledger.reserve(2, [("VALVE-3IN", 9)]) == .reserved)
        #expect(try ledger.available("VALVE-3IN") == 0)
    }

    @Test func `take all lines of an order or none`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.stock("HOSE-1IN", 2)
        let before = try ledger.mark()

        #expect(
            try ledger.reserve(1, [("VALVE-3IN", 8), ("HOSE-1IN", 3)])
                == .insufficient(sku: "HOSE-1IN", requested: 3, available: 2)
        )
        #expect(try ledger.reserve(2, [("VALVE-3IN", 8), ("PUMP", 1)]) == .unknownSKU("PUMP"))

        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try ledger.mark() == before)
    }

    @Test func `count two lines of one SKU together`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)

        #expect(
            try ledger.reserve(1, [("VALVE-3IN", 8), ("VALVE-3IN", 5)])
                == .insufficient(sku: "VALVE-3IN", requested: 13, available: 12)
        )
        #expect(try ledger.reserve(2, [("VALVE-3IN", 8), ("VALVE-3IN", 4)]) == .reserved)

        let record = try ledger.record(2)
        #expect(record?.reservation.lines == [.init(sku: "VALVE-3IN", quantity: 12)])
        #expect(record?.participants == [dallas, reno])
        #expect(record?.status == .voted)
        #expect(record?.changed == monday)
    }

    // Presumed abort: a released vote leaves no tombstone, so a late release
    // finds nothing; a released allocation keeps its record, so that a late
    // confirm cannot revive it.
    @Test func `leave no record of a released vote and keep one of a cancelled allocation`() throws
    {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])
        try ledger.reserve(2, [("VALVE-3IN", 4)])
        try ledger.apply(.confirm, 2)

        #expect(try ledger.apply(.release, 1) == .released)
        #expect(try ledger.apply(.release, 2) == .released)

        #expect(try ledger.status(1) == nil)
        #expect(try ledger.status(2) == .released)
        #expect(try ledger.apply(.release, 1) == nil)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try ledger.findings() == [])
    }

    @Test func `never expire once voted`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])

        #expect(throws: Reservation.UnlawfulTransition(status: .voted, event: .expire)) {
            try ledger.apply(.expire, 1)
        }

        #expect(try ledger.status(1) == .voted)
    }

    @Test func `let a quote's hold lapse, or become a vote`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.performAndWait(at: monday) { books in
            for counter in [Int64(1), 2] {
                let outcome = try books.hold(
                    reservation(counter, [("VALVE-3IN", 4)]),
                    participants: [dallas]
                )
                #expect(outcome == .reserved)
            }
        }

        #expect(try ledger.apply(.expire, 1) == .expired)
        #expect(try ledger.apply(.vote, 2) == .voted)

        #expect(try ledger.status(1) == nil)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 4, 0])
        #expect(try ledger.findings() == [])
    }

    @Test func `take the lots that expire first and pass over what is expired or quarantined`()
        throws
    {
        let ledger = try makeLedger()
        try ledger.stockLots(
            "GLUE",
            [
                ("L-NEW", 10, "2026-12-31"), ("L-OLD", 4, "2026-03-02"),
                ("L-PAST", 9, "2026-03-01"), ("L-BAD", 9, "2026-06-01"), ("L-KEEPS", 5, nil),
            ]
        )
        try ledger.performAndWait(at: monday) {
            try $0.setQuarantine(true, of: "L-BAD", of: "GLUE", reason: "leaks", who: "ana")
        }
        #expect(try ledger.available("GLUE") == 19)

        #expect(try ledger.reserve(1, [("GLUE", 15)]) == .reserved)

        let picks = try ledger.record(1)?.picks ?? []
        #expect(picks.map(\.lot) == ["L-KEEPS", "L-NEW", "L-OLD"])
        #expect(picks.map(\.quantity) == [1, 10, 4])
        #expect(try ledger.available("GLUE") == 4)
    }

    @Test func `are late below the coordinator's watermark, which forgets what is withdrawn`()
        throws
    {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        for counter in [Int64(0), 1, 2, 3] { try ledger.reserve(counter, [("VALVE-3IN", 1)]) }
        for counter in [Int64(0), 1, 2] { try ledger.apply(.confirm, counter) }
        try ledger.apply(.release, 0)
        try ledger.apply(.ship, 1)

        try ledger.performAndWait(at: monday) { books in
            try books.end(below: transaction(5).number, of: office)
            try books.end(below: transaction(4).number, of: office)
            #expect(try books.endedBelow(of: office) == transaction(5).number)
        }

        #expect(try ledger.status(0) == nil)
        #expect(try ledger.status(1) == .shipped)
        #expect(try ledger.status(2) == .confirmed)
        #expect(try ledger.status(3) == .voted)
        #expect(try ledger.reserve(4, [("VALVE-3IN", 1)]) == .late)
        #expect(try ledger.reserve(5, [("VALVE-3IN", 1)]) == .reserved)
        #expect(try ledger.findings() == [])
    }

    @Test func `list those in doubt, the oldest first`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        let later = Timestamp(milliseconds: monday.milliseconds + 60_000)
        try ledger.reserve(2, [("VALVE-3IN", 1)])
        try ledger.performAndWait(at: later) { books in
            for counter in [Int64(1), 3] {
                _ = try books.reserve(
                    reservation(counter, [("VALVE-3IN", 1)]),
                    participants: [dallas]
                )
            }
        }
        try ledger.apply(.confirm, 3)

        let all = try ledger.readAndWait(at: later) { try $0.inDoubt() }
        let old = try ledger.readAndWait(at: later) { try $0.inDoubt(votedBefore: monday) }
        let open = try ledger.readAndWait(at: later) { try $0.reservations(limit: 2) }

        #expect(all == [transaction(2), transaction(1)])
        #expect(old == [transaction(2)])
        #expect(open.map(\.reservation.transaction) == [transaction(2), transaction(1)])
    }

    // An agent restored from a copy: the office confirmed what the copy never
    // saw. The promise stands; what is missing shows.
    @Test func `are restored whether or not the stock is there`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 5)

        let outcome = try ledger.performAndWait(at: monday) {
            try $0.restore(reservation(1, [("VALVE-3IN", 8)]), participants: [dallas, reno])
        }

        #expect(outcome == .restored(shortfall: 3))
        #expect(try ledger.status(1) == .confirmed)
        #expect(try ledger.numbers("VALVE-3IN") == [5, 0, 8])
        #expect(try ledger.available("VALVE-3IN") == 0)
        #expect(try ledger.findings().map(\.kind) == [.shortfall])
        let again = try ledger.performAndWait(at: monday) {
            try $0.restore(reservation(1, [("VALVE-3IN", 8)]), participants: [dallas, reno])
        }
        #expect(again == .known(.confirmed))
    }

    @Test func `that were voted are confirmed by a restore`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])

        let outcome = try ledger.performAndWait(at: monday) {
            try $0.restore(reservation(1, [("VALVE-3IN", 8)]), participants: [dallas, reno])
        }

        #expect(outcome == .known(.confirmed))
        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 8])
    }

    @Test func `undo one request of a batch and keep the others`() throws {
        struct Refused: Error {}
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)

        try ledger.performAndWait(at: monday) { books in
            try books.savepoint {
                _ = try books.reserve(
                    reservation(1, [("VALVE-3IN", 1)]),
                    participants: [dallas]
                )
            }
            #expect(throws: Refused.self) {
                try books.savepoint {
                    _ = try books.reserve(
                        reservation(2, [("VALVE-3IN", 2)]),
                        participants: [dallas]
                    )
                    throw Refused()
                }
            }
        }

        #expect(try ledger.status(1) == .voted)
        #expect(try ledger.status(2) == nil)
        #expect(try ledger.numbers("VALVE-3IN") == [12, 1, 0])
        #expect(try ledger.findings() == [])
    }
}
