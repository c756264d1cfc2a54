import AllocationModel
import Foundation
import StockLedger
import Testing

@testable import SiteConsole

struct `Stock import` {
    @Test func `changes nothing before its end, and everything then`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let id = try await site.begin()

        try await site.append("sku,on_hand\nVALVE-3IN,9\nPUM", to: id)
        #expect(try site.onHand(valve) == 12)
        try await site.append("P-2HP,4\n", to: id)
        let outcome = try await site.finish(id)

        #expect(outcome.rows == 2)
        #expect(outcome.created == 1)
        #expect(outcome.changed == 2)
        #expect(try site.onHand(valve) == 9)
        #expect(try site.onHand("PUMP-2HP") == 4)
    }

    @Test func `with a fault in the middle changes nothing, and names the line`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let id = try await site.begin()
        try await site.append("sku,on_hand\nVALVE-3IN,9\n", to: id)
        try await site.append("PUMP-2HP,several\nBOLT-M8,24\n", to: id)

        let fault = try await site.fault(.finishImport(id))

        #expect(fault.kind == .badInput)
        #expect(fault.message == "one line of the file is wrong")
        #expect(fault.hint == "nothing was changed; mend the file and import again")
        #expect(fault.details.count == 1)
        #expect(fault.details.first?.hasPrefix("line 3, on_hand:") == true)
        #expect(try site.onHand(valve) == 12)
        #expect(try site.onHand("BOLT-M8") == nil)
    }

    @Test func `lists every line at fault, so that a file is mended once`() async throws {
        let site = try TestSite()
        let id = try await site.begin()
        try await site.append("sku,on_hand\n,1\nVALVE-3IN,-2\nPUMP-2HP,x\n", to: id)

        let fault = try await site.fault(.finishImport(id))

        #expect(fault.message == "3 things in the file are wrong")
        #expect(fault.details.count == 3)
    }

    @Test func `is refused while another is under way`() async throws {
        let site = try TestSite()
        let first = try await site.begin()

        let fault = try await site.fault(.beginImport(ImportOptions()))

        #expect(fault.kind == .busy)
        #expect(fault.message == "an import by ana is under way")
        #expect(fault.hint == "try again when it has ended")
        try await site.append("sku,on_hand\nVALVE-3IN,9\n", to: first)
        _ = try await site.finish(first)
        #expect(try site.onHand(valve) == 9)
    }

    @Test func `takes the place of one whose sender has died`() async throws {
        let site = try TestSite()
        let first = try await site.begin()
        try await site.append("sku,on_hand\nVALVE-3IN,9\n", to: first)

        let reply = await site.ask(
            .beginImport(ImportOptions()),
            at: monday.adding(seconds: 31)
        )
        guard case .importUnderWay(let second) = reply else {
            Issue.record("\(reply)")
            return
        }
        let fault = try await site.fault(.appendImport(first, piece: Data("X,1\n".utf8)))
        try await site.append("sku,on_hand\nPUMP-2HP,4\n", to: second.id)
        _ = try await site.finish(second.id)

        #expect(fault.kind == .busy)
        #expect(try site.onHand(valve) == nil)
        #expect(try site.onHand("PUMP-2HP") == 4)
    }

    @Test func `gives the desk back when it is abandoned or refused`() async throws {
        let site = try TestSite()
        let abandoned = try await site.begin()
        #expect(await site.ask(.abandonImport(abandoned)) == .done)

        let refused = try await site.begin()
        try await site.append("what\n", to: refused)
        _ = try await site.fault(.finishImport(refused))

        let third = try await site.begin()
        #expect(third != refused)
    }

    @Test func `says what a dry run would change, and changes nothing`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let id = try await site.begin(ImportOptions(isDryRun: true))
        try await site.append("sku,on_hand\nVALVE-3IN,9\nPUMP-2HP,4\n", to: id)

        let outcome = try await site.finish(id)

        #expect(outcome.isDryRun)
        #expect(outcome.changes.map(\.before) == [12, 0])
        #expect(outcome.changes.map(\.after) == [9, 4])
        #expect(try site.onHand(valve) == 12)
        #expect(try site.onHand("PUMP-2HP") == nil)
    }

    @Test func `sets what a snapshot leaves out to none on hand`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.stock("PUMP-2HP", 4)
        let id = try await site.begin(ImportOptions(isSnapshot: true))
        try await site.append("sku,on_hand\nPUMP-2HP,4\n", to: id)

        let outcome = try await site.finish(id)

        #expect(outcome.zeroed == 1)
        #expect(try site.onHand(valve) == 0)
        #expect(try site.onHand("PUMP-2HP") == 4)
    }

    @Test func `names the SKUs that it leaves short of what is promised`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 10)
        let id = try await site.begin()
        try await site.append("sku,on_hand\nVALVE-3IN,7\n", to: id)

        let outcome = try await site.finish(id)

        #expect(outcome.shortfalls == [valve])
    }

    @Test func `counts the lines as they come`() async throws {
        let site = try TestSite()
        let id = try await site.begin()

        try await site.append("sku,on_hand\nVAL", to: id)
        let reply = await site.ask(.appendImport(id, piece: Data("VE-3IN,9\n".utf8)))

        #expect(
            reply == .importUnderWay(ImportProgress(id: id, bytes: 24, lines: 2))
        )
    }
}

extension TestSite {
    func begin(_ options: ImportOptions = ImportOptions()) async throws -> ImportID {
        let reply = await ask(.beginImport(options))
        guard case .importUnderWay(let progress) = reply else {
            throw Unexpected(description: "\(reply)")
        }
        return progress.id
    }

    func append(_ text: String, to id: ImportID) async throws {
        let reply = await ask(.appendImport(id, piece: Data(text.utf8)))
        guard case .importUnderWay = reply else { throw Unexpected(description: "\(reply)") }
    }

    func finish(_ id: ImportID) async throws -> ImportOutcome {
        let reply = await ask(.finishImport(id))
        guard case .imported(let outcome) = reply else {
            throw Unexpected(description: "\(reply)")
        }
        return outcome
    }
}
