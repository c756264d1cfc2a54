import AllocationModel
import Foundation
import StockLedger
import Testing

@testable import SiteConsole

struct `Site desk` {
    @Test func `adjusts what is on hand and tells what came of it`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let reply = await site.ask(
            .adjustStock(sku: valve, lot: nil, by: -3, reason: "dropped by the forklift")
        )

        guard case .changed(let change) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(change.before == 12)
        #expect(change.after == 9)
        #expect(change.available == 9)
        #expect(change.shortfall == 0)
        #expect(try site.onHand(valve) == 9)
    }

    @Test func `refuses to take more than are on hand, and changes nothing`() async throws {
        let site = try TestSite()
        try site.stock(valve, 2)

        let fault = try await site.fault(
            .adjustStock(sku: valve, lot: nil, by: -3, reason: "dropped by the forklift")
        )

        #expect(fault.kind == .refused)
        #expect(fault.message == "VALVE-3IN has 2 on hand")
        #expect(fault.hint == "a change of -3 would leave fewer than none")
        #expect(try site.onHand(valve) == 2)
    }

    @Test func `suggests the SKU that a mistyped one was meant to be`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.stock("VALVE-4IN-BRASS", 12)

        let fault = try await site.fault(.countStock(sku: "VALVE-3NI", lot: nil, counted: 4))

        #expect(fault.message == "no SKU ‘VALVE-3NI’ is kept here")
        #expect(fault.hint == "did you mean ‘VALVE-3IN’?")
    }

    @Test func `says to import a SKU that resembles none`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let fault = try await site.fault(.setSafetyStock(sku: "PUMP", quantity: 4))

        #expect(fault.hint == "import it first: stock import FILE")
    }

    @Test func `asks for the lot of a SKU that is kept by lot`() async throws {
        let site = try TestSite()
        try site.stockLot("L-1", of: "SEAL-KIT", 40, expires: "2026-09-01")

        let missing = try await site.fault(.countStock(sku: "SEAL-KIT", lot: nil, counted: 4))
        let unknown = try await site.fault(.countStock(sku: "SEAL-KIT", lot: "L-9", counted: 4))

        #expect(missing.description == "SEAL-KIT is kept by lot; say which lot")
        #expect(unknown.message == "SEAL-KIT has no lot ‘L-9’")
    }

    @Test func `refuses a lot of a SKU that is kept without`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let fault = try await site.fault(.countStock(sku: valve, lot: "L-1", counted: 4))

        #expect(fault.description == "VALVE-3IN is not kept by lot; leave the lot out")
    }

    @Test func `names the two nearest lawful counts of a SKU sold by the dozen`() async throws {
        let site = try TestSite()
        try site.stock("BOLT-M8", 24, multiple: 12)

        let fault = try await site.fault(.countStock(sku: "BOLT-M8", lot: nil, counted: 31))

        #expect(fault.message == "BOLT-M8 is kept in multiples of 12")
        #expect(fault.hint == "the nearest are 24 and 36")
    }

    @Test func `records a count below what is promised as a shortfall`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 10)

        let reply = await site.ask(.countStock(sku: valve, lot: nil, counted: 7))

        guard case .changed(let change) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(change.after == 7)
        #expect(change.available == 0)
        #expect(change.shortfall == 3)
    }

    @Test func `keeps safety stock back from the next bid`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        #expect(await site.ask(.setSafetyStock(sku: valve, quantity: 4)) == .done)

        let stock = try site.ledger.readAndWait(at: monday) { try $0.availability(of: valve) }
        #expect(stock?.available == 8)
    }

    @Test func `refuses a safety stock below zero`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let fault = try await site.fault(.setSafetyStock(sku: valve, quantity: -1))

        #expect(fault.kind == .badInput)
        #expect(fault.description == "safety stock is -1; a quantity cannot be negative")
    }

    @Test func `refuses a change that nobody gave a reason for`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let fault = try await site.fault(
            .adjustStock(sku: valve, lot: nil, by: 1, reason: "")
        )

        #expect(fault.description == "reason is empty")
        #expect(try site.onHand(valve) == 12)
    }

    @Test func `lists what is set aside, the oldest first, and says that there is more`()
        async throws
    {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)
        try site.reserve(2, valve, 3)
        try site.reserve(3, valve, 4)

        let reply = await site.ask(
            .listHolds(inDoubt: true, limit: 2),
            at: monday.adding(seconds: 90)
        )

        guard case .holds(let list) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(list.rows.map(\.order) == ["order-1", "order-2"])
        #expect(list.rows.map(\.status) == ["voted", "voted"])
        #expect(list.rows.first?.seconds == 90)
        #expect(list.rows.first?.since == "2026-03-02T15:00:00.000Z")
        #expect(list.rows.first?.picks.map(\.quantity) == [2])
        #expect(list.isCutShort)
    }

    @Test func `forces what is in doubt once, and says by whom and why`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)
        let command = SiteCommand.forceHold(
            transaction: "office-1-1",
            choice: .release,
            reason: "walk-in"
        )

        guard case .forced(let rows) = await site.ask(command) else {
            Issue.record("it is not forced")
            return
        }
        let again = try await site.fault(command)
        let unknown = try await site.fault(
            .forceHold(transaction: "office-1-9", choice: .confirm, reason: "x")
        )

        #expect(rows.map(\.who) == ["ana"] && rows.map(\.reason) == ["walk-in"])
        #expect(rows.map(\.order) == ["order-1"] && rows.map(\.decision) == [nil])
        #expect(again.description.contains("was forced to release by ana"))
        #expect(unknown.description.contains("no reservation office-1-9"))
        #expect(await site.ask(.listForced(limit: 9)) == .forced(rows))
    }

    @Test(arguments: [("", "reason is empty"), ("a\nb", "reason contains a control character")])
    func `forces nothing without a reason`(_ reason: String, _ why: String) async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)

        let fault = try await site.fault(
            .forceHold(transaction: "office-1-1", choice: .confirm, reason: reason)
        )

        #expect(fault.description == why)
    }

    @Test(arguments: ["", "office", "office-1", "office-1-x", "office--1", "-1-1"])
    func `forces nothing that is no transaction`(_ text: String) async throws {
        let site = try TestSite()
        let fault = try await site.fault(
            .forceHold(transaction: text, choice: .confirm, reason: "x")
        )
        #expect(fault.kind == .badInput)
    }

    @Test func `forces nothing while the coordinator can be reached`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)
        let desk = SiteDesk(ledger: site.ledger, isCoordinatorReachable: { true })

        let reply = await desk.carryOut(
            .forceHold(transaction: "office-1-1", choice: .release, reason: "walk-in"),
            now: monday,
            who: "ana"
        )

        guard case .failed(let fault) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(fault.kind == .refused)
        #expect(fault.message.contains("can be reached"))
    }

    @Test func `says that the ledger is closed and what to do`() async throws {
        let site = try TestSite()
        try await site.ledger.close()

        let fault = try await site.fault(.listHolds(inDoubt: false, limit: 10))

        #expect(fault.kind == .unavailable)
        #expect(fault.message == "the ledger is closed")
        #expect(fault.hint == "start the agent again")
    }

    @Test func `gives each fault of the ledger its kind`() {
        let kinds: [(LedgerFault, SiteFault.Kind)] = [
            (.inUse(path: "DAL"), .unavailable), (.missing(path: "DAL"), .unavailable),
            (.exists(path: "DAL"), .unavailable), (.notALedger(path: "DAL"), .unavailable),
            (.newerSchema(found: 2, known: 1), .unavailable), (.full, .busy),
            (.storageFailed("EIO"), .storageFailed), (.closed, .unavailable), (.busy, .busy),
        ]

        for (fault, kind) in kinds {
            #expect(SiteFault(fault).kind == kind)
            #expect(SiteFault(fault).message == fault.description)
            #expect(SiteFault(fault).hint == fault.hint)
        }
    }
}

struct `Suggestions of SKUs` {
    @Test func `count a swap of neighbours as one slip`() {
        #expect(EditDistance.between(Array("VALVE".utf8), Array("VAVLE".utf8), atMost: 2) == 1)
        #expect(EditDistance.between(Array("VALVE".utf8), Array("VALVE".utf8), atMost: 2) == 0)
        #expect(EditDistance.between(Array("VALVE".utf8), Array("VLVES".utf8), atMost: 2) == 2)
        #expect(EditDistance.between([], Array("AB".utf8), atMost: 2) == 2)
    }

    @Test func `come nearest first and never more than three`() {
        let near = Suggestions.nearest(
            to: "ab-1",
            among: ["AB-9", "AB-12", "AB-1", "AB-3", "ZZ-99", "AB-2"]
        )

        #expect(near == ["AB-1", "AB-12", "AB-2"])
    }
}
