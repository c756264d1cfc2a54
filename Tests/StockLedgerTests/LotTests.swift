import AllocationModel
import GRDB
import Testing

@testable import StockLedger

/// What a site knows of its lots, who changed it, and what the file refuses.
struct `A site's lots` {
    private let glue: SKU = "GLUE"

    private func day(_ text: String) throws -> CivilDate { try CivilDate(parsing: text) }

    private func makeGlue() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stockLots(
            glue,
            [("L-OLD", 4, "2026-03-02"), ("L-NEW", 10, "2026-12-31"), ("L-KEEPS", 5, nil)]
        )
        return ledger
    }

    private func lots(
        _ ledger: StockLedger,
        _ filter: LotFilter,
        at now: Timestamp = monday
    ) throws -> [Lot.ID] {
        try ledger.readAndWait(at: now) { try $0.lots(filter).map(\.lot) }
    }

    // 05:59 UTC is a minute before midnight in Dallas, where it is still Monday.
    @Test func `expire when their last day ends by the site's clock`() throws {
        let ledger = try makeGlue()
        let midnight = Timestamp(milliseconds: monday.milliseconds + 15 * 3_600_000)
        let before = Timestamp(milliseconds: midnight.milliseconds - 1)

        for (now, isExpired, available): (Timestamp, Bool, Quantity) in [
            (before, false, 19), (midnight, true, 15),
        ] {
            let (lot, stock) = try ledger.readAndWait(at: now) {
                (try $0.lot("L-OLD", of: "GLUE"), try $0.availability(of: "GLUE"))
            }
            #expect(lot.isExpired == isExpired && stock?.available == available)
            #expect(try lots(ledger, LotFilter(condition: .expired), at: now).isEmpty != isExpired)
        }
    }

    @Test func `are listed first to expire first, and by what is asked of them`() throws {
        let ledger = try makeGlue()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.stockLots("TAPE", [("T-1", 0, "2026-03-20"), ("T-2", 9, "2026-04-01")])
        try ledger.performAndWait(at: monday) {
            try $0.setQuarantine(true, of: "L-NEW", of: "GLUE", reason: "leaks", who: "ana")
        }

        #expect(try lots(ledger, LotFilter()) == ["L-OLD", "T-2", "L-NEW", "L-KEEPS"])
        #expect(try lots(ledger, LotFilter(sku: "TAPE")) == ["T-2"])
        #expect(try lots(ledger, LotFilter(sku: "TAPE", includesEmpty: true)) == ["T-1", "T-2"])
        #expect(try lots(ledger, LotFilter(condition: .quarantined)) == ["L-NEW"])
        #expect(try lots(ledger, LotFilter(condition: .expiring(withinDays: 0))) == ["L-OLD"])
        #expect(try lots(ledger, LotFilter(condition: .expiring(withinDays: 29))) == ["L-OLD"])
        #expect(
            try lots(ledger, LotFilter(condition: .expiring(withinDays: 30))) == ["L-OLD", "T-2"]
        )
        #expect(throws: StockRefusal.unknownSKU("PUMP")) {
            try lots(ledger, LotFilter(sku: "PUMP"))
        }
    }

    @Test func `change by an entry that says who and why, and are so in the next reading`() throws {
        let ledger = try makeGlue()
        let expires = try day("2026-06-30")

        let changed = try ledger.performAndWait(at: monday) { books in
            try books.setExpiry(of: "L-OLD", of: "GLUE", to: expires, reason: "retested", who: "bo")
            return try books.certify(
                "L-OLD",
                of: "GLUE",
                with: ["COA", "EN 10204 3.1"],
                reason: "papers came",
                who: "cy"
            )
        }
        let history = try ledger.readAndWait(at: monday) {
            try $0.history(of: "GLUE", lot: "L-OLD") ?? []
        }

        #expect(changed.stock.expires == expires && changed.daysLeft == 120)
        #expect(changed.stock.certificates == ["COA", "EN 10204 3.1"])
        #expect(history.map(\.kind) == [.certificates, .expiry, .count])
        #expect(history.map(\.who) == ["cy", "bo", "ana"])
        #expect(history.map(\.reason) == ["papers came", "retested", nil])
        #expect(history.map(\.onHand) == [4, 4, 4])
        #expect(
            history.map(\.lotChange?.after)
                == [
                    LotFacts(expires: expires, certificates: ["COA", "EN 10204 3.1"]),
                    LotFacts(expires: expires), nil,
                ]
        )
        let before = try day("2026-03-02")
        #expect(history[1].lotChange?.before == LotFacts(expires: before))
        #expect(try ledger.findings() == [])
    }

    @Test func `lose the certificates that are withdrawn, and no others`() throws {
        let ledger = try makeGlue()
        func certify(_ names: [String], isWithdrawn: Bool = false) throws -> [String] {
            try ledger.performAndWait(at: monday) {
                try $0.certify(
                    "L-NEW",
                    of: "GLUE",
                    with: names,
                    isWithdrawn: isWithdrawn,
                    reason: "papers",
                    who: "bo"
                )
                .stock.certificates
            }
        }
        #expect(try certify(["COA", "RoHS"]) == ["COA", "RoHS"])
        #expect(try certify(["coa"]) == ["COA", "RoHS"])
        #expect(try certify(["coa"], isWithdrawn: true) == ["RoHS"])
        let why = "‘COA’ is none of the lot’s; it has RoHS"
        #expect(throws: StockRefusal.unlawful(field: "certificate", why)) {
            try certify(["COA"], isWithdrawn: true)
        }
    }

    @Test func `that are said again to be as they are leave no entry`() throws {
        let ledger = try makeGlue()
        let mark = try ledger.mark()

        try ledger.performAndWait(at: monday) {
            _ = try $0.setExpiry(of: "L-KEEPS", of: "GLUE", to: nil, reason: "checked", who: "bo")
        }

        #expect(try ledger.mark() == mark)
    }

    @Test func `are refused where they are not, or their SKU is kept otherwise`() throws {
        let ledger = try makeGlue()
        try ledger.stock("VALVE-3IN", 12)
        for (refusal, sku, lot): (StockRefusal, SKU, Lot.ID) in [
            (.unknownSKU("PUMP"), "PUMP", "L-1"), (.unknownLot("GLUE", "L-9"), "GLUE", "L-9"),
            (.lotNotKept("VALVE-3IN"), "VALVE-3IN", "L-1"),
        ] {
            #expect(throws: refusal) {
                try ledger.performAndWait(at: monday) {
                    _ = try $0.setExpiry(of: lot, of: sku, to: nil, reason: "why", who: "bo")
                }
            }
        }
    }

    // The constraint in SQL says the same as the function, on each day around the last.
    @Test func `are set aside by the file's own rule up to their last day`() throws {
        for number in 20_511...20_517 {
            let (last, today) = (
                CivilDate(daysSinceEpoch: 20_514), CivilDate(daysSinceEpoch: number)
            )
            let ledger = try makeLedger()
            try ledger.stockLots(glue, [("L-1", 4, last.description)])
            let sql = """
                INSERT INTO coordinator (id, name) VALUES (1, 'office');
                INSERT INTO reservation
                    SELECT 7, 1, 'order-7', 'voted', 'DAL', max(lsn) + 1, '', '', NULL, 1, 1
                    FROM batch;
                INSERT INTO reservation_line VALUES (7, 1, 1, 'L-1', 1, \(number))
                """
            if Lot.isExpired(last, on: today) {
                let error = #expect(throws: DatabaseError.self) { try ledger.execute(sql) }
                #expect(error?.message?.contains("I11") == true)
            } else {
                #expect(throws: Never.self) { try ledger.execute(sql) }
            }
        }
    }

    @Test func `change in the file by an entry of the journal alone`() throws {
        for sql in [
            "UPDATE stock SET expires = 30000 WHERE lot = 'L-NEW'",
            "UPDATE stock SET expires = NULL WHERE lot = 'L-NEW'",
            "UPDATE stock SET certificates = 'COA' WHERE lot = 'L-NEW'",
            "UPDATE stock SET is_quarantined = 1 WHERE lot = 'L-NEW'",
            """
            INSERT INTO lot_event
            SELECT entry, sku, lot, 'expiry', expires, 30000, certificates, certificates
            FROM stock WHERE lot = 'L-NEW'
            """,
        ] {
            let ledger = try makeGlue()
            let error = #expect(throws: DatabaseError.self) { try ledger.execute(sql) }
            #expect(error?.message?.contains("I8") == true, "\(sql)")
        }
        let ledger = try makeGlue()
        try ledger.performAndWait(at: monday) {
            _ = try $0.setExpiry(of: "L-NEW", of: "GLUE", to: nil, reason: "why", who: "bo")
        }
        for sql in ["UPDATE lot_event SET expires = 1", "DELETE FROM lot_event"] {
            #expect(throws: DatabaseError.self) { try ledger.execute(sql) }
        }
    }

    @Test func `come with a file, which says who changed them`() throws {
        let ledger = try makeGlue()
        let text = """
            sku,on_hand,lot,expiry,certificates
            GLUE,4,L-OLD,2026-05-31,COA; EN 10204 3.1
            GLUE,10,L-NEW,,
            GLUE,3,L-3,2027-01-31,RoHS

            """
        try ledger.performAndWait(at: monday) { books in
            var pieces = [Array(text.utf8)]
            _ = try books.importStock(StockImportOptions(who: "wms")) { pieces.popLast() }
        }

        let lots = try ledger.readAndWait(at: monday) {
            try $0.availability(of: "GLUE")?.lots ?? []
        }
        let history = try ledger.readAndWait(at: monday) {
            try $0.history(of: "GLUE", lot: "L-OLD") ?? []
        }

        #expect(lots.map(\.lot) == ["L-OLD", "L-NEW", "L-3", "L-KEEPS"])
        #expect(
            lots[0].certificates == ["COA", "EN 10204 3.1"] && lots[2].certificates == ["RoHS"]
        )
        #expect(lots[1].certificates == [])
        #expect(try lots[1].expires == day("2026-12-31"))
        #expect(history.map(\.who) == ["wms", "wms", "ana"])
        #expect(try ledger.findings() == [])
    }
}

/// Units set aside for buyers who ask something of their lots.
struct `Reservations of lots` {
    private let until = CivilDate(daysSinceEpoch: 20_544)

    private func makeGlue() throws -> StockLedger {
        let ledger = try makeLedger()
        // The first has 10 days left on Monday, 2 March 2026; the second 60.
        try ledger.stockLots(
            "GLUE",
            [("L-1", 8, "2026-03-12"), ("L-2", 12, "2026-05-01"), ("L-3", 5, nil)]
        )
        try ledger.performAndWait(at: monday) {
            _ = try $0.certify("L-2", of: "GLUE", with: ["COA"], reason: "papers", who: "bo")
        }
        return ledger
    }

    private func reserve(
        _ ledger: StockLedger,
        _ counter: Int64,
        _ lines: [(Quantity, LotTerms)]
    ) throws -> ReserveOutcome {
        try ledger.performAndWait(at: monday) {
            try $0.reserve(
                Reservation(
                    transaction: transaction(counter),
                    order: Order.ID(trusted: "order-\(counter)"),
                    lines: lines.map { Reservation.Line(sku: "GLUE", quantity: $0.0, lots: $0.1) }
                ),
                participants: [dallas]
            )
        }
    }

    private func picks(_ ledger: StockLedger, _ counter: Int64) throws -> [Lot.ID?: Quantity] {
        let picks = try ledger.record(counter)?.picks ?? []
        return Dictionary(uniqueKeysWithValues: picks.map { ($0.lot, $0.quantity) })
    }

    @Test func `take the first to expire of the lots that will do`() throws {
        for (terms, expected): (LotTerms, [Lot.ID?: Quantity]) in [
            (.any, ["L-1": 8, "L-2": 2]), (LotTerms(keepsUntil: until), ["L-2": 10]),
            (LotTerms(certificates: ["coa"]), ["L-2": 10]),
            (LotTerms(approved: ["L-3", "L-2"]), ["L-2": 10]),
        ] {
            let ledger = try makeGlue()
            #expect(try reserve(ledger, 1, [(10, terms)]) == .reserved)
            #expect(try picks(ledger, 1) == expected)
            #expect(try ledger.findings() == [])
        }
    }

    @Test func `are refused with what such lots have`() throws {
        for (terms, available): (LotTerms, Quantity) in [
            (.any, 25), (LotTerms(keepsUntil: until), 17), (LotTerms(certificates: ["COA"]), 12),
            (LotTerms(approved: ["L-1"]), 8), (LotTerms(approved: []), 0),
            (LotTerms(certificates: ["RoHS"]), 0),
        ] {
            let ledger = try makeGlue()
            let outcome = try reserve(ledger, 1, [(26, terms)])
            #expect(
                outcome == .insufficient(sku: "GLUE", requested: 26, available: available)
            )
            #expect(try ledger.status(1) == nil)
        }
    }

    // What asks for most is served first, so that what asks for nothing does not take it.
    @Test func `share the lots of one SKU among lines that differ in what they ask`() throws {
        let ledger = try makeGlue()
        let papers = LotTerms(certificates: ["COA"])

        #expect(try reserve(ledger, 1, [(13, .any), (12, papers)]) == .reserved)

        #expect(try picks(ledger, 1) == ["L-1": 8, "L-2": 12, "L-3": 5])
        #expect(
            try reserve(ledger, 2, [(1, .any)])
                == .insufficient(sku: "GLUE", requested: 1, available: 0)
        )
    }

    @Test func `keep safety stock of all lots together`() throws {
        let ledger = try makeGlue()
        try ledger.performAndWait(at: monday) { try $0.setSafetyStock(of: "GLUE", to: 13) }
        let papers = LotTerms(certificates: ["COA"])

        #expect(try ledger.available("GLUE") == 12)
        #expect(try reserve(ledger, 1, [(12, papers)]) == .reserved)
    }

    // A vote that replaces keeps its own lots, but none that will not do any more.
    @Test func `keep lots of what they replace only where those will do`() throws {
        let ledger = try makeGlue()
        #expect(try reserve(ledger, 1, [(8, .any)]) == .reserved)
        try ledger.apply(.confirm, 1)
        let terms = LotTerms(keepsUntil: until)

        let outcome = try ledger.performAndWait(at: monday) {
            try $0.reserve(
                Reservation(
                    transaction: transaction(2),
                    order: "order-1",
                    lines: [Reservation.Line(sku: "GLUE", quantity: 8, lots: terms)]
                ),
                participants: [dallas],
                replacing: transaction(1)
            )
        }
        #expect(outcome == .reserved)
        #expect(try ledger.apply(.confirm, 2) == .confirmed)
        #expect(try picks(ledger, 2) == ["L-2": 8])
        #expect(try ledger.findings() == [])
    }
}

/// A file that a program of before has written.
struct `Lots in a file of the version before` {
    @Test func `keep what is set aside, and what was refused of it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("dal.sqlite")
        do {
            let ledger = try StockLedger.create(at: path, site: makeSite())
            try ledger.stockLots("GLUE", [("L-1", 8, "2026-12-31")])
            try ledger.reserve(1, [("GLUE", 5)])
            try ledger.apply(.confirm, 1)
            try ledger.performAndWait(at: monday) {
                _ = try $0.refusePick(
                    of: "order-1",
                    "GLUE",
                    quantity: 2,
                    because: .damaged,
                    who: "bo"
                )
            }
            try ledger.execute(undoingLots)
        }

        let ledger = try StockLedger.open(at: path)

        let refused = try ledger.readAndWait(at: monday) { try $0.refusals() }
        #expect(refused.map(\.quantity) == [2] && refused.map(\.reason) == [.damaged])
        #expect(try ledger.numbers("GLUE") == [6, 0, 5])
        try ledger.performAndWait(at: monday) {
            _ = try $0.setExpiry(of: "L-1", of: "GLUE", to: nil, reason: "retested", who: "bo")
        }
        #expect(try ledger.reserve(2, [("GLUE", 1)]) == .reserved)
        #expect(try ledger.findings() == [])
    }
}

/// Lots that expire while something of them is set aside.
struct `A lot that expires while it is held` {
    private let later = Timestamp(milliseconds: monday.milliseconds + 11 * 86_400_000)

    private func makeGlue() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stockLots("GLUE", [("L-1", 8, "2026-03-12"), ("L-2", 12, nil)])
        return ledger
    }

    private func free(_ ledger: StockLedger, at now: Timestamp) throws -> [ExpiredPick] {
        try ledger.performAndWait(at: now) { try $0.freeExpired() }
    }

    @Test func `ends a quote's hold, and says so in its history`() throws {
        let ledger = try makeGlue()
        try ledger.performAndWait(at: monday) {
            _ = try $0.hold(reservation(1, [("GLUE", 10)]), participants: [dallas])
        }

        #expect(try free(ledger, at: monday).isEmpty)
        let freed = try free(ledger, at: later)

        #expect(freed.map(\.isFree) == [true] && freed.map(\.lot) == ["L-1"])
        #expect(try ledger.status(1) == nil)
        #expect(try ledger.numbers("GLUE") == [20, 0, 0])
        let history = try ledger.readAndWait(at: later) {
            try $0.history(of: "GLUE", lot: "L-1") ?? []
        }
        #expect(history.first?.reason == "expired on 2026-03-12, set aside for order order-1")
        #expect(history.first?.who == "site clock")
        #expect(history.contains { $0.kind == .expire })
        #expect(try ledger.findings() == [])
    }

    // I4: who has voted waits to be told, whatever the calendar says.
    @Test func `leaves a vote as it is, and refuses its pick once it is confirmed`() throws {
        let ledger = try makeGlue()
        try ledger.reserve(1, [("GLUE", 10)])

        #expect(try free(ledger, at: later).isEmpty)
        #expect(try ledger.status(1) == .voted)
        try ledger.apply(.confirm, 1)
        let found = try free(ledger, at: later)
        let again = try free(ledger, at: later)

        #expect(found.map(\.quantity) == [8] && found.map(\.isFree) == [false])
        #expect(again.isEmpty)
        let told = try ledger.readAndWait(at: later) {
            try $0.refusalsToTell(office, limit: 9)
        }
        #expect(told.map(\.reason) == [.expired] && told.map(\.lot) == ["L-1"])
        // They are there, and promised to nobody else.
        #expect(try ledger.numbers("GLUE") == [20, 0, 10])
        let stock = try ledger.readAndWait(at: later) { try $0.availability(of: "GLUE") }
        #expect(stock?.available == 10 && stock?.shortfall == 0)
        #expect(try ledger.findings() == [])
    }

    @Test func `refuses no more of a pick than was not refused before`() throws {
        let ledger = try makeGlue()
        try ledger.reserve(1, [("GLUE", 10)])
        try ledger.apply(.confirm, 1)
        try ledger.performAndWait(at: monday) {
            _ = try $0.refusePick(
                of: "order-1",
                "GLUE",
                lot: "L-1",
                quantity: 3,
                because: .damaged,
                who: "bo"
            )
        }

        #expect(try free(ledger, at: later).map(\.quantity) == [5])
        #expect(try ledger.numbers("GLUE") == [17, 0, 10])
        #expect(try free(ledger, at: later).isEmpty)
    }

    @Test func `is for the site alone to say`() throws {
        let ledger = try makeGlue()
        try ledger.reserve(1, [("GLUE", 10)])
        try ledger.apply(.confirm, 1)
        #expect(throws: StockRefusal.self) {
            try ledger.performAndWait(at: monday) {
                _ = try $0.refusePick(
                    of: "order-1",
                    "GLUE",
                    lot: "L-1",
                    quantity: 1,
                    because: .expired,
                    who: "bo"
                )
            }
        }
    }

    @Test func `leaves alone what has shipped, or been given back`() throws {
        let ledger = try makeGlue()
        try ledger.reserve(1, [("GLUE", 4)])
        try ledger.reserve(2, [("GLUE", 4)])
        for counter in [Int64(1), 2] { try ledger.apply(.confirm, counter) }
        try ledger.apply(.ship, 1)
        try ledger.apply(.release, 2)

        #expect(try free(ledger, at: later).isEmpty)
    }
}
