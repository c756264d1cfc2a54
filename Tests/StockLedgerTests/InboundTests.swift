import AllocationModel
import GRDB
import Testing

@testable import StockLedger

/// Forty valves of PO-1001 are to be in Dallas a week from Monday.
struct `Receipts on their way` {
    private let valve: SKU = "VALVE-3IN"
    private let order: Receipt.ID = "PO-1001"
    private let nextMonday = CivilDate(daysSinceEpoch: 20_521)

    private func announced() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock(valve, 8)
        _ = try ledger.performAndWait(at: monday) { books in
            try books.addInbound(notice(40), who: "ana")
        }
        return ledger
    }

    private func notice(_ units: Int64, of sku: SKU = "VALVE-3IN") -> InboundNotice {
        InboundNotice(
            reference: order,
            sku: sku,
            origin: "Acme",
            expected: nextMonday,
            quantity: Quantity(units)
        )
    }

    private func receipt(_ ledger: StockLedger) throws -> InboundReceipt? {
        try ledger.readAndWait(at: monday) { try $0.inbound(order, of: valve) }
    }

    private func events(_ ledger: StockLedger) throws -> [InboundEvent] {
        try ledger.readAndWait(at: monday) { try $0.inboundEvents(of: order, limit: 99) }
    }

    @Test func `change no stock before they come`() throws {
        let ledger = try announced()

        #expect(nextMonday.description == "2026-03-09")
        #expect(try ledger.numbers(valve) == [8, 0, 0])
        let found = try #require(try receipt(ledger))
        #expect(found.open == 40 && found.origin == "Acme" && found.status == .open)
    }

    @Test func `are in stock and no more on their way with one write`() throws {
        let ledger = try announced()
        let arrival = try ledger.performAndWait(at: monday) {
            try $0.receiveInbound(order, who: "ben")
        }

        #expect(arrival.map(\.units) == [40])
        #expect(arrival.first?.change?.after == 48)
        #expect(try ledger.numbers(valve) == [48, 0, 0])
        #expect(try receipt(ledger)?.status == .closed)
        #expect(try ledger.findings().isEmpty)
        let history = try ledger.readAndWait(at: monday) { try $0.history(of: valve, limit: 1) }
        #expect(history?.first?.kind == .receive)
        #expect(history?.first?.reason == "receipt PO-1001")
    }

    @Test func `leave neither stock nor receipt changed where the booking fails`() throws {
        let ledger = try announced()
        #expect(throws: StockRefusal.lotNotKept(valve)) {
            try ledger.performAndWait(at: monday) {
                try $0.receiveInbound(order, lot: ("L-1", nil), who: "ben")
            }
        }
        #expect(try ledger.numbers(valve) == [8, 0, 0])
        #expect(try receipt(ledger)?.received == 0)
        #expect(try events(ledger).map(\.kind) == [.add])
    }

    @Test func `keep the rest open where fewer come, until it comes or is closed`() throws {
        let ledger = try announced()
        _ = try ledger.performAndWait(at: monday) {
            try $0.receiveInbound(order, units: 25, who: "ben")
        }
        #expect(try receipt(ledger)?.open == 15)

        _ = try ledger.performAndWait(at: monday) {
            try $0.receiveInbound(order, units: 10, closing: true, who: "ben")
        }
        #expect(try receipt(ledger)?.status == .closed)
        #expect(try receipt(ledger)?.open == 0)
        #expect(try ledger.numbers(valve) == [43, 0, 0])
    }

    @Test func `are booked as they came where more come than were announced`() throws {
        let ledger = try announced()
        _ = try ledger.performAndWait(at: monday) {
            try $0.receiveInbound(order, units: 44, who: "ben")
        }
        #expect(try ledger.numbers(valve) == [52, 0, 0])
        #expect(try receipt(ledger)?.status == .closed)
    }

    @Test func `are closed without any where none came, and only where that is said`() throws {
        let ledger = try announced()
        #expect(throws: InboundRefusal.noneReceived) {
            try ledger.performAndWait(at: monday) {
                try $0.receiveInbound(order, units: 0, who: "ben")
            }
        }
        _ = try ledger.performAndWait(at: monday) {
            try $0.receiveInbound(order, units: 0, closing: true, who: "ben")
        }
        #expect(try receipt(ledger)?.status == .closed)
        #expect(try ledger.numbers(valve) == [8, 0, 0])
        #expect(try events(ledger).map(\.kind) == [.add, .close])
    }

    @Test func `say who moved their day, when, and from which to which`() throws {
        let ledger = try announced()
        let later = nextMonday.adding(days: 7)
        _ = try ledger.performAndWait(at: monday) {
            try $0.changeInbound(
                order,
                of: nil,
                expected: later,
                quantity: 30,
                reason: "port strike",
                who: "ben"
            )
        }
        let moved = try #require(try events(ledger).last)
        #expect(moved.kind == .change && moved.who == "ben" && moved.reason == "port strike")
        #expect(moved.expectedBefore == nextMonday && moved.expected == later)
        #expect(moved.quantityBefore == 40 && moved.quantity == 30)
        #expect(moved.at == monday)
    }

    @Test func `come in by lot, with the day on which it expires`() throws {
        let ledger = try makeLedger()
        try ledger.stockLots("GLUE", [("L-1", 5, nil)])
        try ledger.performAndWait(at: monday) { books in
            try books.addInbound(notice(6, of: "GLUE"), who: "ana")
            #expect(throws: StockRefusal.lotNeeded("GLUE")) {
                try books.savepoint { try books.receiveInbound(order, who: "ben") }
            }
            let expires = CivilDate(daysSinceEpoch: 21_000)
            try books.receiveInbound(order, lot: ("L-2", expires), who: "ben")
            let lots = try books.availability(of: "GLUE")?.lots ?? []
            #expect(lots.first { $0.lot == "L-2" }?.onHand == 6)
            #expect(lots.first { $0.lot == "L-2" }?.expires == expires)
        }
    }

    @Test func `are expected anew under the same number, beside what has come`() throws {
        let ledger = try announced()
        try ledger.performAndWait(at: monday) { books in
            try books.receiveInbound(order, units: 25, closing: true, who: "ben")
            try books.addInbound(notice(15), who: "ana")
        }
        #expect(try receipt(ledger)?.open == 15)
        #expect(try receipt(ledger)?.quantity == 40)
    }

    @Test(arguments: [
        ("known", "is on its way already, 40 by 2026-03-09"),
        ("passed", "day is 2026-03-01, and today is 2026-03-02"),
        ("unknown", "nothing of ‘PO-9’ is on its way"),
        ("severed", "PO-1001 has BOLT, VALVE-3IN; say which with --sku"),
        ("nothing", "nothing is said to have changed"),
        ("fewer", "25 of PO-1001 have come"),
    ])
    func `are refused, with the remedy`(_ what: String, _ words: String) throws {
        let ledger = try announced()
        try ledger.stock("BOLT", 1)
        let refusal = #expect(throws: InboundRefusal.self) {
            try ledger.performAndWait(at: monday) { books in
                switch what {
                case "known": try books.addInbound(notice(1), who: "ana")
                case "passed":
                    let sunday = CivilDate(daysSinceEpoch: 20_513)
                    let late = InboundNotice(
                        reference: "PO-2",
                        sku: valve,
                        expected: sunday,
                        quantity: 1
                    )
                    try books.addInbound(late, who: "ana")
                case "unknown": try books.receiveInbound("PO-9", who: "ana")
                case "severed":
                    try books.addInbound(notice(2, of: "BOLT"), who: "ana")
                    try books.receiveInbound(order, units: 1, who: "ana")
                case "fewer":
                    try books.receiveInbound(order, units: 25, who: "ana")
                    try books.changeInbound(
                        order,
                        of: nil,
                        expected: nil,
                        quantity: 20,
                        who: "ana"
                    )
                default:
                    try books.changeInbound(
                        order,
                        of: nil,
                        expected: nil,
                        quantity: nil,
                        who: "ana"
                    )
                }
            }
        }
        #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "")")
        #expect(try receipt(ledger)?.received == 0)
    }

    // The file outlives the program: its rules are attacked with raw SQL.
    @Test(arguments: [
        ("UPDATE inbound_receipt SET received = 5", "what was booked of it"),
        ("DELETE FROM inbound_receipt", "never deleted"),
        ("UPDATE inbound_event SET expected = 0", "never changed"),
        ("DELETE FROM inbound_event", "never deleted"),
        (
            """
            INSERT INTO inbound_event (reference, sku, kind, expected, quantity, received, entry,
                who, at)
            SELECT reference, sku, 'receive', expected, 40, 5, 1, 'eve', 0 FROM inbound_receipt
            """, "booked by the same write"
        ),
        ("UPDATE inbound_receipt SET quantity = 0, status = 'closed'", "quantity"),
    ])
    func `obey the file's own rules`(_ sql: String, _ reason: String) throws {
        let ledger = try announced()
        let error = #expect(throws: DatabaseError.self) { try ledger.execute(sql) }
        #expect(error?.message?.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func `are found where the journal says otherwise of what has come`() throws {
        let ledger = try announced()
        _ = try ledger.performAndWait(at: monday) {
            try $0.receiveInbound(order, units: 25, who: "ben")
        }
        #expect(try ledger.findings().isEmpty)
        try ledger.execute(
            """
            DROP TRIGGER inbound_follows_its_events;
            UPDATE inbound_receipt SET received = 26
            """
        )
        #expect(
            try ledger.findings().map(\.description) == [
                "PO-1001 of VALVE-3IN has come in otherwise than the journal says"
            ]
        )
    }

    @Test func `are opened in a file of the version before`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("dal.sqlite")
        do {
            let ledger = try StockLedger.create(at: path, site: makeSite())
            try ledger.stock(valve, 8)
            try ledger.execute(
                undoingLots
                    + """
                    DROP TABLE inbound_event;
                    DROP TABLE inbound_receipt;
                    ALTER TABLE sku DROP COLUMN content; ALTER TABLE sku DROP COLUMN content_unit;
                    PRAGMA user_version = 19
                    """
            )
        }
        let ledger = try StockLedger.open(at: path)
        try ledger.performAndWait(at: monday) { _ = try $0.addInbound(notice(4), who: "ana") }
        #expect(try ledger.numbers(valve) == [8, 0, 0])
        #expect(try receipt(ledger)?.open == 4)
    }
}

/// Files of receipts, as a purchasing system writes them.
struct `A file of receipts` {
    private let valve: SKU = "VALVE-3IN"

    private func ledger() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock(valve, 8)
        try ledger.stock("BOLT", 100, multiple: 10)
        return ledger
    }

    private func take(
        _ text: String,
        isSnapshot: Bool = false,
        into ledger: StockLedger
    ) throws -> InboundImportSummary {
        let rows = try CSVReader.rows(of: Array(text.utf8))
        return try ledger.performAndWait(at: monday) {
            try $0.importInbound(rows, isSnapshot: isSnapshot, who: "erp")
        }
    }

    private func open(_ ledger: StockLedger) throws -> [String] {
        try ledger.readAndWait(at: monday) { books in
            try books.inbound(of: nil, onlyOpen: true, limit: 99)
                .map { "\($0.reference) \($0.sku) \($0.open) \($0.expected)" }
        }
    }

    private let file = """
        PO Number,SKU,Qty,ETA,Supplier,Buyer
        PO-1,VALVE-3IN,40,2026-03-09,Acme,kim
        PO-1,BOLT,500,2026-03-09,Acme,kim
        PO-2,VALVE-3IN,10,2026-03-16,Acme,kim
        """

    @Test func `is taken whole, and again without a change`() throws {
        let ledger = try ledger()
        let first = try take(file, into: ledger)
        #expect(first.rows == 3 && first.added == 3 && first.ignoredColumns == ["Buyer"])
        let again = try take(file, into: ledger)
        #expect(again.added == 0 && again.changed == 0)
        #expect(
            try open(ledger) == [
                "PO-1 BOLT 500 2026-03-09", "PO-1 VALVE-3IN 40 2026-03-09",
                "PO-2 VALVE-3IN 10 2026-03-16",
            ]
        )
    }

    // The purchasing system has not heard of it: its units would count twice.
    @Test func `does not expect again what has come already`() throws {
        let ledger = try ledger()
        _ = try take(file, into: ledger)
        try ledger.performAndWait(at: monday) { books in
            try books.receiveInbound("PO-1", of: valve, units: 25, who: "ben")
            try books.receiveInbound("PO-2", who: "ben")
        }
        let again = try take(file, into: ledger)
        #expect(again.over == 1 && again.changed == 0)
        #expect(
            try open(ledger) == ["PO-1 BOLT 500 2026-03-09", "PO-1 VALVE-3IN 15 2026-03-09"]
        )
    }

    @Test func `moves days, and takes back what it leaves out where it names all`() throws {
        let ledger = try ledger()
        _ = try take(file, into: ledger)
        let next = "reference,sku,quantity,expected\nPO-2,VALVE-3IN,10,2026-03-20\n"
        let summary = try take(next, isSnapshot: true, into: ledger)
        #expect(summary.changed == 1 && summary.removed == 2)
        #expect(try open(ledger) == ["PO-2 VALVE-3IN 10 2026-03-20"])
    }

    @Test func `changes nothing where anything is wrong with it, and says all of it`() throws {
        let ledger = try ledger()
        let report = #expect(throws: RowReport.self) {
            try take(
                """
                reference,sku,quantity,expected,kind
                PO-1,VALVE-3IN,40,2026-03-09,purchase
                PO-1,VALVE-3IN,1,2026-03-09,
                PO-2,HOSE,1,2026-03-09,
                PO-3,BOLT,5,2026-03-09,
                PO-4,BOLT,10,soon,
                PO-5,BOLT,ten,2026-03-09,gift
                PO-6,BOLT,10,2026-03-01,
                """,
                into: ledger
            )
        }
        #expect(report?.faults.map(\.line) == [3, 4, 5, 6, 7, 7, 8])
        let words = report?.description ?? ""
        for part in [
            "as line 2 does", "no SKU ‘HOSE’", "multiples of 10", "‘soon’ is not a date",
            "is ‘ten’", "write purchase or transfer", "today is 2026-03-02",
        ] {
            #expect(words.contains(part), "\(part): \(words)")
        }
        #expect(try open(ledger).isEmpty)
    }

    @Test func `is passed over where it is another warehouse's`() throws {
        let ledger = try ledger()
        let summary = try take(
            """
            po,sku,qty,due,warehouse
            PO-1,VALVE-3IN,40,2026-03-09,DAL
            PO-1,VALVE-3IN,40,2026-03-09,RNO
            """,
            into: ledger
        )
        #expect(summary.rowsElsewhere == 1 && summary.added == 1)
    }
}
