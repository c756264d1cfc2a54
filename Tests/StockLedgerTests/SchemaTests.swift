import AllocationModel
import GRDB
import Testing

@testable import StockLedger

// Each rule is attacked with raw SQL: the file outlives the program.
struct `Ledger schema` {
    private func makeBusyLedger() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12, safety: 2)
        try ledger.stockLots("GLUE", [("L-1", 5, nil)])
        try ledger.reserve(1, [("VALVE-3IN", 4)])
        try ledger.reserve(2, [("VALVE-3IN", 2)])
        try ledger.apply(.confirm, 2)
        return ledger
    }

    private func entry(
        _ kind: String,
        _ onHand: Int,
        _ held: Int,
        _ allocated: Int,
        tx: String = "NULL",
        previous: String = "(SELECT entry FROM stock WHERE sku = 1)",
        batch: Int = 0,
        sku: Int = 1,
        lot: String = ""
    ) -> String {
        """
        INSERT INTO journal_entry (batch, sku, lot, kind, on_hand_delta, held_delta,
            allocated_delta, previous, coordinator, tx)
        SELECT max(lsn) + 1 + \(batch), \(sku), '\(lot)', '\(kind)', \(onHand), \(held),
            \(allocated), \(previous), CASE WHEN \(tx) IS NULL THEN NULL ELSE 1 END, \(tx)
        FROM batch
        """
    }

    private func expectRefused(
        _ sql: String,
        _ reason: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let ledger = try makeBusyLedger()
        let error = #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) {
            try ledger.execute(sql)
        }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT, sourceLocation: sourceLocation)
        #expect(
            error?.message?.contains(reason) == true,
            "\(error?.message ?? "")",
            sourceLocation: sourceLocation
        )
        #expect(try ledger.findings() == [], sourceLocation: sourceLocation)
    }

    @Test func `lets an entry that is lawful change stock`() throws {
        let ledger = try makeBusyLedger()

        try ledger.execute(entry("adjust", 3, 0, 0))

        #expect(try ledger.numbers("VALVE-3IN") == [15, 4, 2])
    }

    @Test func `refuses a hold beyond what a lot has`() throws {
        // The safety stock does not show this: the other lot has plenty.
        let ledger = try makeLedger()
        try ledger.stockLots("GLUE", [("L-1", 5, nil), ("L-2", 50, nil)])
        try ledger.execute("INSERT INTO coordinator (id, name) VALUES (1, 'office')")

        let error = #expect(throws: DatabaseError.self) {
            try ledger.execute(
                entry(
                    "hold",
                    0,
                    6,
                    0,
                    tx: "9",
                    previous: "(SELECT entry FROM stock WHERE lot = 'L-1')",
                    lot: "L-1"
                )
            )
        }
        #expect(error?.message?.contains("I1") == true)
    }

    @Test func `refuses a hold that cuts into the safety stock`() throws {
        try expectRefused(entry("hold", 0, 5, 0, tx: "9"), "I3")
    }

    @Test func `refuses a hold of a quarantined lot`() throws {
        let ledger = try makeBusyLedger()
        try ledger.performAndWait(at: monday) {
            try $0.setQuarantine(true, of: "L-1", of: "GLUE", reason: "leaks", who: "ana")
        }

        let error = #expect(throws: DatabaseError.self) {
            try ledger.execute(
                entry(
                    "hold",
                    0,
                    1,
                    0,
                    tx: "9",
                    previous: "(SELECT entry FROM stock WHERE lot = 'L-1')",
                    sku: 2,
                    lot: "L-1"
                )
            )
        }
        #expect(error?.message?.contains("I1") == true)
    }

    @Test func `refuses to change stock without an entry`() throws {
        for sql in [
            "UPDATE stock SET on_hand = 99 WHERE sku = 1",
            "UPDATE stock SET held = 0 WHERE sku = 1",
            "UPDATE stock SET allocated = 0 WHERE sku = 1",
            "UPDATE stock SET entry = 1 WHERE sku = 1",
            "UPDATE stock SET lot = 'X' WHERE sku = 1",
            "UPDATE stock SET entry = NULL, on_hand = 0, held = 0, allocated = 0 WHERE sku = 1",
        ] {
            try expectRefused(sql, "I8")
        }
    }

    @Test func `refuses to apply an entry twice or out of turn`() throws {
        try expectRefused(entry("adjust", 1, 0, 0, previous: "NULL"), "I8")
        try expectRefused(entry("adjust", 1, 0, 0, previous: "1"), "I8")
        try expectRefused(
            "UPDATE stock SET on_hand = on_hand WHERE sku = 1 AND on_hand = 12",
            "I8"
        )
    }

    @Test func `refuses to rewrite the journal`() throws {
        try expectRefused("UPDATE journal_entry SET reason = 'x' WHERE id = 1", "I8")
        try expectRefused("DELETE FROM journal_entry WHERE id = 1", "I8")
        try expectRefused("UPDATE batch SET chain = 0", "never changed")
        try expectRefused("DELETE FROM batch", "never deleted")
        try expectRefused("INSERT INTO batch (lsn, chain, at) VALUES (99, 0, 0)", "gap")
        try expectRefused(entry("adjust", 1, 0, 0, batch: 1), "batch being written")
        try expectRefused(entry("adjust", 1, 0, 0, batch: -1), "batch being written")
    }

    @Test func `refuses entries whose numbers do not fit their kind`() throws {
        for (kind, onHand, held, allocated, tx) in [
            ("import", 0, 1, 0, "NULL"), ("adjust", 1, 0, 1, "NULL"), ("count", 1, 0, 0, "9"),
            ("quarantine", 1, 0, 0, "NULL"), ("clear", -1, 0, 0, "NULL"),
            ("hold", 1, 1, 0, "9"), ("hold", 0, -1, 0, "9"), ("hold", 0, 1, 0, "NULL"),
            ("vote", 0, 1, 0, "9"), ("confirm", 0, -1, 2, "9"), ("confirm", 0, 1, -1, "9"),
            ("release", 0, 1, -1, "9"), ("release", 0, 0, 0, "9"), ("release", 1, -1, 0, "9"),
            ("expire", 0, -1, -1, "9"), ("ship", -1, 0, 0, "9"), ("ship", -1, -1, 0, "9"),
            ("restore", 0, 0, -1, "9"), ("restore", 0, 1, 1, "9"), ("gift", 1, 0, 0, "NULL"),
        ] {
            try expectRefused(entry(kind, onHand, held, allocated, tx: tx), "CHECK")
        }
    }

    @Test func `refuses numbers below zero`() throws {
        try expectRefused(entry("adjust", -13, 0, 0), "CHECK")
        try expectRefused(entry("release", 0, -5, 0, tx: "9"), "CHECK")
        try expectRefused(entry("release", 0, 0, -3, tx: "9"), "CHECK")
        try expectRefused("UPDATE sku SET safety_stock = -1", "CHECK")
        try expectRefused("UPDATE sku SET multiple = 0", "CHECK")
    }

    @Test func `refuses stock that begins with something or by the wrong kind of lot`() throws {
        try expectRefused("INSERT INTO stock (sku, lot, on_hand) VALUES (2, 'L-9', 1)", "I8")
        try expectRefused("INSERT INTO stock (sku, lot) VALUES (1, 'L-9')", "I8")
        try expectRefused("INSERT INTO stock (sku, lot) VALUES (2, '')", "I8")
        try expectRefused("INSERT INTO stock (sku, lot) VALUES (77, '')", "FOREIGN KEY")
        try expectRefused("DELETE FROM stock WHERE sku = 1", "I8")
        try expectRefused("UPDATE sku SET is_lot_tracked = 1 WHERE id = 1", "lot tracking")
        try expectRefused("UPDATE sku SET code = 'PUMP' WHERE id = 1", "keeps its code")
    }

    // I4: after the vote, only the coordinator's word moves a reservation.
    @Test func `refuses what the law of a reservation forbids`() throws {
        let tx1 = "tx = \(transaction(1).number)"
        let tx2 = "tx = \(transaction(2).number)"
        for sql in [
            "UPDATE reservation SET status = 'expired' WHERE \(tx1)",
            "UPDATE reservation SET status = 'shipped' WHERE \(tx1)",
            "UPDATE reservation SET status = 'held' WHERE \(tx1)",
            "UPDATE reservation SET status = 'voted' WHERE \(tx2)",
            "UPDATE reservation SET status = 'confirmed' WHERE \(tx2)",
            "UPDATE reservation SET order_id = 'other' WHERE \(tx1)",
            "DELETE FROM reservation WHERE \(tx1)",
            "DELETE FROM reservation WHERE \(tx2)",
        ] {
            try expectRefused(sql, "I4")
        }
        for sql in [
            "UPDATE reservation_line SET quantity = 1 WHERE \(tx1)",
            "DELETE FROM reservation_line WHERE \(tx1)",
        ] {
            try expectRefused(sql, "I8")
        }
    }

    @Test func `refuses a reservation that begins closed or late`() throws {
        try expectRefused(
            """
            INSERT INTO reservation
            VALUES (77, 1, 'order-9', 'released', 'DAL', 1, '', '', NULL, 0, 0)
            """,
            "begins open"
        )
        try expectRefused(
            """
            UPDATE coordinator SET ended_below = 100;
            INSERT INTO reservation
            VALUES (77, 1, 'order-9', 'voted', 'DAL', 1, '', '', NULL, 0, 0)
            """,
            "begins open"
        )
        try expectRefused(
            """
            INSERT INTO reservation
            VALUES (77, 5, 'order-9', 'voted', 'DAL', 1, '', '', NULL, 0, 0)
            """,
            "FOREIGN KEY"
        )
    }

    @Test func `refuses to let a coordinator go back`() throws {
        try expectRefused(
            """
            UPDATE coordinator SET epoch_maximum = 5;
            UPDATE coordinator SET epoch_maximum = 4
            """,
            "only rise"
        )
    }

    @Test func `refuses text where a number belongs`() throws {
        try expectRefused("UPDATE sku SET multiple = 'dozen'", "cannot store TEXT")
        try expectRefused("INSERT INTO cutoff VALUES ('', 8, 0)", "CHECK")
        try expectRefused("INSERT INTO cutoff VALUES ('', 1, 1440)", "CHECK")
        for hours in ["NULL, 900", "420, NULL", "900, 420", "420, 420", "-1, 900", "420, 1440"] {
            try expectRefused(
                "INSERT INTO carrier_week VALUES ('ground', 31, 31, 0, \(hours))",
                "CHECK"
            )
        }
        try expectRefused("INSERT INTO shipping_capacity VALUES (1, 'ten', 1, 1)", "cannot store")
        for row in ["(8, 1, 1, 1)", "(1, 0, 1, 1)", "(1, 1, 0, 1)", "(1, 1, 1, 0)"] {
            try expectRefused("INSERT INTO shipping_capacity VALUES \(row)", "CHECK")
        }
        try expectRefused("INSERT INTO shipping_capacity VALUES (1, NULL, NULL, NULL)", "CHECK")
    }
}
