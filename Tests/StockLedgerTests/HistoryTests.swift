import AllocationModel
import GRDB
import Testing

@testable import StockLedger

struct `History of the ledger` {
    @Test func `explains why on-hand is 47`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 60)
        try ledger.reserve(1, [("VALVE-3IN", 8)])
        try ledger.apply(.confirm, 1)
        try ledger.apply(.ship, 1)
        try ledger.performAndWait(at: monday) {
            _ = try $0.adjust("VALVE-3IN", by: -5, reason: "forklift", who: "bo")
        }

        let history = try ledger.readAndWait(at: monday) { try $0.history(of: "VALVE-3IN") } ?? []

        #expect(history.map(\.kind) == [.adjust, .ship, .confirm, .hold, .count])
        #expect(history.map(\.onHand) == [47, 52, 60, 60, 60])
        #expect(history.map(\.held) == [0, 0, 0, 8, 0])
        #expect(history.map(\.allocated) == [0, 0, 8, 0, 0])
        #expect(history.map(\.order) == [nil, "order-1", "order-1", "order-1", nil])
        #expect(history[0].who == "bo")
        #expect(history[0].reason == "forklift")
        #expect(history[1].transaction == transaction(1))
    }

    @Test func `shows the latest first over all lots, as many as are asked for`() throws {
        let ledger = try makeLedger()
        try ledger.stockLots("GLUE", [("L-1", 10, nil), ("L-2", 20, nil), ("L-3", 30, nil)])
        try ledger.performAndWait(at: monday) {
            _ = try $0.count("GLUE", lot: "L-1", counted: 11, who: "ana")
        }

        let history =
            try ledger.readAndWait(at: monday) { try $0.history(of: "GLUE", limit: 3) } ?? []

        #expect(history.map(\.lot) == ["L-1", "L-3", "L-2"])
        #expect(history.map(\.onHand) == [11, 30, 20])
        #expect(try ledger.readAndWait(at: monday) { try $0.history(of: "PUMP") } == nil)
    }

    @Test func `moves its mark with every transaction that writes and with no other`() throws {
        let ledger = try makeLedger()
        #expect(try ledger.mark() == .empty)
        try ledger.stock("VALVE-3IN", 12)
        let first = try ledger.mark()
        #expect(first.entry == 1)

        _ = try ledger.performAndWait(at: monday) { try $0.availability(of: "VALVE-3IN") }
        #expect(try ledger.mark() == first)

        let sealed = try ledger.performAndWait(at: monday) { books in
            _ = try books.reserve(reservation(1, [("VALVE-3IN", 1)]), participants: [dallas])
            return try books.seal()
        }
        #expect(sealed.entry == 2)
        #expect(try ledger.mark() == sealed)
        let chains = try ledger.readAndWait(at: monday) { books in
            try (0...3).map { try books.chain(at: $0) }
        }
        #expect(chains == [0, first.chain, sealed.chain, nil])
    }

    // Two copies of one history that went on apart: the numbers agree, the chains do not.
    @Test func `tells two ledgers apart that wrote different things`() throws {
        let one = try makeLedger()
        let other = try makeLedger()
        try one.stock("VALVE-3IN", 12)
        try other.stock("VALVE-3IN", 12)
        #expect(try one.mark() == other.mark())

        try one.reserve(1, [("VALVE-3IN", 1)])
        try other.reserve(1, [("VALVE-3IN", 2)])

        #expect(try one.mark().entry == other.mark().entry)
        #expect(try one.mark().chain != other.mark().chain)
    }

    // The published vectors of FNV-1a 64: http://www.isthe.com/chongo/tech/comp/fnv
    @Test func `hashes as FNV-1a does`() {
        #expect(JournalHash().value == 0xcbf2_9ce4_8422_2325)
        var hash = JournalHash()
        hash.combine(UInt64(0))
        #expect(hash.value == 0xa8c7_f832_281a_39c5)
    }

    @Test func `remembers the highest epoch of each coordinator`() throws {
        let ledger = try makeLedger()
        try ledger.performAndWait(at: monday) { books in
            try books.storeEpoch(4, of: office)
            try books.storeEpoch(2, of: office)
            try books.storeEpoch(9, of: "other-office")
        }

        let epochs = try ledger.readAndWait(at: monday) { books in
            try [office, "other-office", "never-heard"].map { try books.epochMaximum(of: $0) }
        }
        #expect(epochs == [4, 9, 0])
    }

    @Test func `is found broken by the audit where somebody edited it`() throws {
        for (trigger, sql, kind) in [
            (
                "stock_follows_the_journal", "UPDATE stock SET on_hand = 13",
                Finding.Kind.stockApartFromJournal
            ),
            (
                "journal_entry_is_never_changed",
                "UPDATE journal_entry SET on_hand_delta = 11, kind = 'import' WHERE id = 1",
                .stockApartFromJournal
            ),
            (
                "reservation_line_is_never_changed",
                "UPDATE reservation_line SET quantity = 7", .stockApartFromReservations
            ),
            ("batch_is_never_changed", "UPDATE batch SET at = 1 WHERE lsn = 1", .brokenChain),
            ("batch_is_never_deleted", "DELETE FROM batch WHERE lsn = 2", .brokenChain),
        ] {
            let ledger = try makeLedger()
            try ledger.stock("VALVE-3IN", 12)
            try ledger.reserve(1, [("VALVE-3IN", 8)])
            #expect(try ledger.findings() == [])

            try ledger.execute("DROP TRIGGER \(trigger); \(sql)")

            #expect(try ledger.findings().contains { $0.kind == kind }, "\(sql)")
        }
    }

    // What happened to each reservation is folded from its entries, by the only law of it.
    @Test func `is found unlawful by the audit where a reservation cannot have come so far`()
        throws
    {
        for (sql, why) in [
            (
                "UPDATE reservation SET status = 'confirmed' WHERE status = 'shipped'",
                "is confirmed, and its entries say shipped"
            ),
            (
                "DELETE FROM journal_entry WHERE kind = 'confirm'",
                "is entered as ‘ship’ where it was held or voted"
            ),
            (
                "DELETE FROM journal_entry WHERE kind = 'hold' "
                    + "AND tx = (SELECT min(tx) FROM journal_entry)",
                "is entered as ‘confirm’ where it was none"
            ),
            (
                "UPDATE journal_entry SET kind = 'vote', held_delta = 0, allocated_delta = 0 "
                    + "WHERE kind = 'ship'",
                "is entered as ‘vote’ where it was confirmed"
            ),
        ] {
            let ledger = try makeLedger()
            try ledger.stock("VALVE-3IN", 12)
            try ledger.reserve(1, [("VALVE-3IN", 8)])
            try ledger.apply(.confirm, 1)
            try ledger.apply(.ship, 1)
            try ledger.reserve(2, [("VALVE-3IN", 1)])
            try ledger.apply(.release, 2)
            try ledger.reserve(2, [("VALVE-3IN", 2)])
            #expect(try ledger.findings() == [])

            try ledger.execute(
                """
                PRAGMA ignore_check_constraints = ON;
                DROP TRIGGER journal_entry_is_never_changed;
                DROP TRIGGER journal_entry_is_never_deleted;
                DROP TRIGGER reservation_keeps_its_law; DROP TRIGGER reservation_moves_its_stock;
                \(sql)
                """
            )

            let found = try ledger.findings().filter { $0.kind == .unlawfulHistory }
            #expect(found.map(\.description) == ["reservation office-1-1 \(why)"], "\(sql)")
        }
    }
}
