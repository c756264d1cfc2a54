import AllocationModel
import GRDB
import Testing

@testable import StockLedger

struct `Counts in the ledger` {
    /// Twelve valves on record, and a coordinator that was heard.
    private func makeSite() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: office) }
        return ledger
    }

    @Test func `that find other than what was recorded are told, with both numbers`() throws {
        let ledger = try makeSite()
        #expect(try ledger.toTell() == [], "what was never recorded before is no drift")

        try ledger.count("VALVE-3IN", 10)

        let report = try #require(try ledger.toTell().first)
        #expect(report.sku == "VALVE-3IN" && report.lot == nil)
        #expect(report.recorded == 12 && report.counted == 10)
        #expect(report.who == "ana" && report.at == monday)
        #expect(!report.agrees)
        #expect(try ledger.findings() == [])
    }

    @Test func `that agree are told where the last one did not, once`() throws {
        let ledger = try makeSite()
        try ledger.count("VALVE-3IN", 12)
        #expect(try ledger.toTell() == [])

        try ledger.count("VALVE-3IN", 10)
        try ledger.count("VALVE-3IN", 10)
        try ledger.count("VALVE-3IN", 10)

        #expect(try ledger.toTell().map(\.agrees) == [false, true])
    }

    @Test func `are told lot by lot`() throws {
        let ledger = try makeLedger()
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: office) }
        try ledger.stockLots("RESIN-A", [("L1", 4, nil), ("L2", 9, nil)])

        for (lot, counted): (Lot.ID, Int64) in [("L1", 3), ("L2", 9)] {
            try ledger.performAndWait(at: monday) {
                _ = try $0.count("RESIN-A", lot: lot, counted: counted, who: "ana")
            }
        }

        #expect(try ledger.toTell().map(\.lot) == ["L1"])
    }

    @Test func `are told to each coordinator until it has noted them`() throws {
        let ledger = try makeSite()
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: "branch") }
        try ledger.count("VALVE-3IN", 10)
        try ledger.count("VALVE-3IN", 9)
        let first = try #require(try ledger.toTell().first)

        try ledger.performAndWait(at: monday) {
            try $0.markCountsNoted(through: first.entry, of: office)
        }
        #expect(try ledger.toTell().map(\.counted) == [9])
        #expect(try ledger.toTell("branch").map(\.counted) == [10, 9])

        // A word that comes late takes nothing back; one that says too much is held to what is there.
        try ledger.performAndWait(at: monday) { books in
            try books.markCountsNoted(through: .max, of: office)
            try books.markCountsNoted(through: first.entry, of: office)
        }
        #expect(try ledger.toTell() == [])
        try ledger.count("VALVE-3IN", 8)
        #expect(try ledger.toTell().map(\.counted) == [8])
    }
}

extension StockLedger {
    fileprivate func count(_ sku: SKU, _ counted: Int64) throws {
        try performAndWait(at: monday) { _ = try $0.count(sku, counted: counted, who: "ana") }
    }

    fileprivate func toTell(_ coordinator: Coordinator.ID = office) throws -> [CountReport] {
        try readAndWait(at: monday) { try $0.countsToTell(coordinator, limit: 100) }
    }
}
