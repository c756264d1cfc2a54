import AllocationModel
import GRDB
import Testing

@testable import StockLedger

struct `Requests under a key` {
    @Test func `are answered the same again, and are not taken for another`() throws {
        let ledger = try StockLedger.inMemory(site: makeSite())

        try ledger.performAndWait(at: monday) { books in
            let unknown = try books.answer(to: "k-1", asked: "A by 3")
            #expect(unknown == nil)
            try books.keep("done", to: "k-1", asked: "A by 3")
        }

        try ledger.readAndWait(at: monday) { books in
            let again = try books.answer(to: "k-1", asked: "A by 3")
            #expect(again == "done")
            let other = try books.answer(to: "k-2", asked: "A by 3")
            #expect(other == nil)
            #expect(throws: KeyedRequestRefusal.askedOtherwise(key: "k-1")) {
                try books.answer(to: "k-1", asked: "A by 4")
            }
            for key in ["", "two words", "é", String(repeating: "k", count: 201)] {
                #expect(throws: KeyedRequestRefusal.notAKey) {
                    try books.answer(to: key, asked: "A by 3")
                }
            }
        }
    }

    @Test func `are forgotten when nobody asks again so late`() throws {
        let ledger = try StockLedger.inMemory(site: makeSite())
        let later = { (days: Int64) in
            Timestamp(milliseconds: monday.milliseconds + days * 86_400_000)
        }
        try ledger.performAndWait(at: monday) { try $0.keep("1", to: "k-1", asked: "") }

        try ledger.performAndWait(at: later(30)) { try $0.keep("2", to: "k-2", asked: "") }
        #expect(try ledger.readAndWait(at: monday) { try $0.answer(to: "k-1", asked: "") } == "1")
        try ledger.performAndWait(at: later(31)) { try $0.keep("3", to: "k-3", asked: "") }
        #expect(try ledger.readAndWait(at: monday) { try $0.answer(to: "k-1", asked: "") } == nil)
        #expect(try ledger.readAndWait(at: monday) { try $0.answer(to: "k-2", asked: "") } == "2")
    }

    @Test func `are never rewritten, whoever writes to the file`() throws {
        let ledger = try StockLedger.inMemory(site: makeSite())
        try ledger.performAndWait(at: monday) { try $0.keep("1", to: "k-1", asked: "") }

        for sql in [
            "UPDATE keyed_request SET answer = '2'",
            "INSERT OR REPLACE INTO keyed_request (key, asked, answer, at) "
                + "VALUES ('k-1', '', '2', 0)",
            "INSERT INTO keyed_request (key, asked, answer, at) VALUES ('', '', '2', 0)",
        ] {
            #expect(throws: (any Error).self, "\(sql)") { try ledger.execute(sql) }
        }
        #expect(try ledger.readAndWait(at: monday) { try $0.answer(to: "k-1", asked: "") } == "1")
    }
}
