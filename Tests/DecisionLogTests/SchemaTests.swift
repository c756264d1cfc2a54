import AllocationModel
import AllocationProtocol
import DecisionLog
import GRDB
import Testing

/// What the file holds true against whoever opens it by other means.
struct `Decision log's schema` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func fill() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), refused("4712"), confirmed("4713", 3), cancelled(3),
                confirmed("4714", 4), .ended(transaction(4)), .webhook(webhook("a")),
            ])
        }
    }

    private static let order = """
        INSERT INTO customer_order (id, request, status, outcome, evidence, cost_minor_units,
            currency, received_at, decided_at, cancelled_at)
        VALUES
        """

    @Test(arguments: [
        (
            "INSERT INTO meta (coordinator, epoch, only_row) VALUES ('branch', 1, 2)",
            "only_row = 1"
        ),
        ("UPDATE meta SET epoch = -1", "epoch >= 0"),
        ("UPDATE meta SET is_backup = 2", "is_backup IN (0, 1)"),
        ("UPDATE meta SET epoch = 'three'", "cannot store TEXT"),
        (order + "('', x'', 'refused', x'', x'', NULL, 'USD', 1, 1, NULL)", "length(id)"),
        (
            order + "('\(String(repeating: "x", count: 65))', x'', 'refused', x'', x'', NULL, "
                + "'USD', 1, 1, NULL)", "length(id)"
        ),
        (order + "('4711', x'', 'refused', x'', x'', NULL, 'USD', 1, 1, NULL)", "UNIQUE"),
        (order + "('9', x'', 'lost', x'', x'', 1, 'USD', 1, 1, NULL)", "status IN"),
        (order + "('9', x'', 'refused', x'', x'', 1, 'USD', 1, 1, NULL)", "cost_minor_units"),
        (order + "('9', x'', 'confirmed', x'', x'', NULL, 'USD', 1, 1, NULL)", "cost_minor_units"),
        (order + "('9', x'', 'confirmed', x'', x'', 1, 'USD', 1, 1, 5)", "cancelled_at"),
        (order + "('9', x'', 'cancelled', x'', x'', 1, 'USD', 1, 1, NULL)", "cancelled_at"),
        ("UPDATE customer_order SET cancelled_at = 5 WHERE id = '4711'", "cancelled_at"),
    ])
    func `holds a check`(_ sql: String, _ objection: String) async throws {
        try await fill()
        let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
        #expect(said.contains(objection))
    }

    @Test(arguments: [
        ("INSERT INTO decision (tx, order_number, state) VALUES (-1, 2, 'confirming')", "tx >= 0"),
        ("INSERT INTO decision (tx, order_number, state) VALUES (99, 2, 'maybe')", "state IN"),
        ("INSERT INTO decision (tx, order_number, state) VALUES (99, 1, 'confirming')", "UNIQUE"),
        (
            "INSERT INTO decision (tx, order_number, state) VALUES (99, 77, 'confirming')",
            "FOREIGN KEY"
        ),
        ("INSERT INTO decision_share VALUES (99, 'DAL', 1, 1, 0)", "FOREIGN KEY"),
        (
            "INSERT INTO decision_share SELECT tx, 'EWR', -1, 1, 0 FROM decision",
            "mark_entry >= 0"
        ),
        ("INSERT INTO decision_line SELECT tx, 'EWR', 'HOSE', 1 FROM decision", "FOREIGN KEY"),
        (
            "INSERT INTO decision_line SELECT tx, 'DAL', 'HOSE', 0 FROM decision", "quantity > 0"
        ),
        ("UPDATE site_mark SET entry = -1", "entry >= 0"),
        (
            "INSERT INTO webhook (id, topic, shop, body, received_at, state) "
                + "VALUES ('', 't', 's', x'', 1, 'waiting')", "length(id)"
        ),
        (
            "INSERT INTO webhook (id, topic, shop, body, received_at, state) "
                + "VALUES ('a', 't', 's', x'', 1, 'waiting')", "UNIQUE"
        ),
        ("UPDATE webhook SET state = 'lost'", "state IN"),
        ("UPDATE webhook SET tries = -1", "tries >= 0"),
    ])
    func `holds a check on decisions and webhooks`(
        _ sql: String,
        _ objection: String
    ) async throws {
        try await fill()
        let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
        #expect(said.contains(objection))
    }

    @Test(arguments: [
        ("DELETE FROM decision WHERE state = 'ended'", "never deleted"),
        ("UPDATE decision SET state = 'confirming' WHERE state = 'ended'", "moves forward"),
        ("UPDATE decision SET state = 'confirming' WHERE state = 'cancelling'", "moves forward"),
        ("UPDATE decision SET tx = 77 WHERE state = 'confirming'", "moves forward"),
        ("UPDATE decision SET order_number = 2 WHERE state = 'confirming'", "moves forward"),
        ("UPDATE customer_order SET id = '4799' WHERE id = '4711'", "only be cancelled"),
        ("UPDATE customer_order SET request = x'00' WHERE id = '4711'", "only be cancelled"),
        ("UPDATE customer_order SET evidence = x'00' WHERE id = '4711'", "only be cancelled"),
        ("UPDATE customer_order SET outcome = x'00' WHERE id = '4711'", "only be cancelled"),
        (
            "UPDATE customer_order SET status = 'backordered' WHERE id = '4711'",
            "only be cancelled"
        ),
        (
            "UPDATE customer_order SET status = 'confirmed', cancelled_at = NULL "
                + "WHERE id = '4713'", "only be cancelled"
        ),
        (
            "UPDATE customer_order SET status = 'cancelled', cost_minor_units = 1, "
                + "cancelled_at = 5 WHERE id = '4712'", "only be cancelled"
        ),
        ("DELETE FROM customer_order WHERE id = '4712'", "never deleted"),
        ("UPDATE decision_share SET mark_entry = 1", "never changed"),
        ("DELETE FROM decision_line", "never deleted"),
        ("DELETE FROM decision_share", "never deleted"),
        ("UPDATE decision_line SET quantity = 1", "never changed"),
    ])
    func `lets nobody rewrite a decision`(_ sql: String, _ objection: String) async throws {
        try await fill()
        let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
        #expect(said.contains(objection))
    }

    @Test func `lets a decision move forward`() async throws {
        try await fill()
        let first = transaction(1).number
        try folder.execute("UPDATE decision SET state = 'ended' WHERE tx = \(first)")
        try folder.execute("UPDATE decision SET state = 'cancelling' WHERE tx = \(first)")
        try folder.execute("UPDATE decision SET state = 'ended' WHERE tx = \(first)")
    }

    // The audit.

    @Test func `audits clean what the log wrote`() async throws {
        try await fill()
        let findings = try await folder.using { try await $0.audit() }
        #expect(findings.isEmpty)
    }

    @Test(arguments: [
        (
            "DROP TRIGGER decision_stays; PRAGMA defer_foreign_keys = ON;"
                + "DROP TRIGGER share_is_kept; DROP TRIGGER line_is_kept;"
                + "DROP TRIGGER record_is_kept; DELETE FROM decision_record;"
                + "DELETE FROM decision_line; DELETE FROM decision_share; DELETE FROM decision",
            "order 4711 is confirmed without a decision"
        ),
        (
            "INSERT INTO decision (tx, order_number, state) VALUES (99, 2, 'confirming')",
            "order 4712 was refused and has a decision"
        ),
        (
            "DROP TRIGGER share_is_kept; DROP TRIGGER line_is_kept;"
                + "DELETE FROM decision_line; DELETE FROM decision_share",
            "order 4711 is confirmed and no warehouse has a share"
        ),
        (
            "DROP TRIGGER line_is_kept; DELETE FROM decision_line WHERE warehouse = 'RNO'",
            "has nothing of RNO"
        ),
        (
            "UPDATE decision SET state = 'cancelling' WHERE state = 'confirming'",
            "is being cancelled and order 4711 is not"
        ),
        (
            "DROP TRIGGER decision_moves_forward; UPDATE decision SET state = 'confirming'",
            "order 4713 is cancelled and decision"
        ),
        ("UPDATE site_mark SET entry = 40", "the mark of DAL is older than its vote"),
        ("DELETE FROM site_mark", "the mark of RNO is older than its vote"),
        (
            "PRAGMA ignore_check_constraints = ON; UPDATE webhook SET tries = -1",
            "CHECK constraint failed in webhook"
        ),
    ])
    func `finds a planted contradiction`(_ sql: String, _ finding: String) async throws {
        try await fill()
        try folder.execute(sql)
        let findings = try await folder.using(raisingEpoch: false) { try await $0.audit() }
        #expect(findings.contains { $0.contains(finding) }, "found only: \(findings)")
    }
}
