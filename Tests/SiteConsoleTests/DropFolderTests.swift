import AllocationModel
import Foundation
import StockLedger
import Testing

@testable import SiteConsole

struct `Drop folder` {
    /// A folder of one test, gone after it.
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("drop-\(UUID().uuidString)").path

        init() throws {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        }

        deinit {
            try? FileManager.default.removeItem(atPath: path)
        }

        func put(_ text: String, _ name: String = "stock.csv") throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        }

        func names(in part: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: path + "/" + part).sorted()
        }

        func report(in part: String) throws -> String {
            let name = try #require(try names(in: part).first { $0.hasSuffix(".txt") })
            return try String(contentsOfFile: "\(path)/\(part)/\(name)", encoding: .utf8)
        }
    }

    private let folder: Folder
    private let site: TestSite
    private let start = ContinuousClock.now

    init() throws {
        folder = try Folder()
        site = try TestSite()
        try site.stock(valve, 12)
    }

    private func drop(isSnapshot: Bool = false) -> DropFolder {
        DropFolder(
            DropFolder.Settings(path: folder.path, isSnapshot: isSnapshot, stillness: .seconds(5)),
            desk: site.desk
        )
    }

    /// Looks now and when what lies there has been still.
    private func looks(_ drop: inout DropFolder) async -> [DropFolder.Note] {
        await drop.look(at: start, now: monday)
            + drop.look(at: start.advanced(by: .seconds(5)), now: monday)
    }

    @Test func `takes a file once it is still, and keeps it with its report`() async throws {
        var drop = drop()
        try folder.put("sku,on_hand\nVALVE-3IN,9\n")
        #expect(await drop.look(at: start, now: monday) == [])
        try folder.put("sku,on_hand\nVALVE-3IN,9\nHOSE-2M,4\n")
        #expect(await drop.look(at: start.advanced(by: .seconds(4)), now: monday) == [])
        // It grew meanwhile, so it waits from then.
        #expect(await drop.look(at: start.advanced(by: .seconds(8)), now: monday) == [])
        #expect(try site.onHand(valve) == 12)

        let notes = await drop.look(at: start.advanced(by: .seconds(9)), now: monday)

        #expect(notes == [.imported(name: "stock.csv", rows: 2, changed: 2)])
        #expect(try site.onHand(valve) == 9 && site.onHand("HOSE-2M") == 4)
        #expect(try folder.names(in: "") == ["done", "failed", "taking"])
        #expect(try folder.names(in: "taking") == [])
        let done = try folder.names(in: "done")
        #expect(done.count == 2 && done.allSatisfy { $0.contains("-stock.csv") })
        #expect(try folder.report(in: "done").contains("new SKUs        1"))
        let history = try site.ledger.readAndWait(at: monday) { try $0.history(of: valve) }
        #expect(history?.first?.who == "drop folder")
    }

    @Test func `puts a file that is wrong aside, with every line and the remedy`() async throws {
        var drop = drop()
        try folder.put("sku,on_hand\nVALVE-3IN,9\nHOSE-2M,many\n,1\n")

        let notes = await looks(&drop)

        #expect(
            notes == [.failed(name: "stock.csv", reason: "2 things in the file are wrong")]
        )
        #expect(try site.onHand(valve) == 12)
        #expect(try folder.names(in: "done") == [])
        #expect(try folder.names(in: "failed").count == 2)
        let report = try folder.report(in: "failed")
        #expect(report.contains("  line 3, on_hand: "))
        #expect(report.contains("  line 4, sku: is empty; give the SKU"))
        #expect(report.hasSuffix("Mend the file and put it into the folder again.\n"))

        let desk = SiteDesk(ledger: site.ledger, dropFolder: folder.path)
        guard
            case .examined(let checks) = await desk.carryOut(
                .examine(inFull: false),
                now: monday,
                who: "ana"
            )
        else {
            Issue.record("no examination")
            return
        }
        let check = checks.first { $0.subject == "drop folder" }
        #expect(check?.grade == .warning)
        #expect(check?.text == "one file in \(folder.path)/failed was not imported")

        try folder.put("sku,on_hand\nVALVE-3IN,9\n")
        _ = await looks(&drop)
        #expect(try site.onHand(valve) == 9)
    }

    // Its counts are old by then: what has been sold since would be there again.
    @Test func `does not import again what was imported when the agent ended`() async throws {
        var drop = drop()
        try folder.put("sku,on_hand\nVALVE-3IN,9\n")
        _ = await looks(&drop)
        // As a crash between the two leaves it: in the ledger, and not yet moved.
        let names = try folder.names(in: "done")
        let claim = try #require(names.first { $0.hasSuffix(".csv") })
        try FileManager.default.moveItem(
            atPath: folder.path + "/done/" + claim,
            toPath: folder.path + "/taking/" + claim
        )
        try FileManager.default.removeItem(atPath: folder.path + "/done/" + claim + ".txt")
        _ = await site.ask(.adjustStock(sku: valve, lot: nil, by: -4, reason: "sold"))

        var next = self.drop()
        let notes = await next.look(at: start, now: monday)

        #expect(notes == [.importedBefore(name: "stock.csv")])
        #expect(try site.onHand(valve) == 5)
        #expect(try folder.names(in: "taking") == [])
        #expect(try folder.names(in: "done") == names)
        // The same file that a person puts there again is news.
        try FileManager.default.moveItem(
            atPath: folder.path + "/done/" + claim,
            toPath: folder.path + "/" + "stock.csv"
        )
        _ = await looks(&next)
        #expect(try site.onHand(valve) == 9)
    }

    @Test func `imports what it had claimed when the agent ended before`() async throws {
        var drop = drop()
        _ = await looks(&drop)
        let claim = DropFolder.claim(for: "stock.csv", at: monday)
        try folder.put("sku,on_hand\nVALVE-3IN,9\n", "taking/" + claim)

        #expect(
            await drop.look(at: start, now: monday)
                == [.imported(name: "stock.csv", rows: 1, changed: 1)]
        )
        #expect(try site.onHand(valve) == 9)
    }

    @Test func `waits while another import is under way, and for a ledger that cannot be had`()
        async throws
    {
        var drop = drop()
        let id = try await site.begin()
        try folder.put("sku,on_hand\nVALVE-3IN,9\n")

        #expect(
            await looks(&drop)
                == [
                    .obstacle(
                        "stock.csv: an import by ana is under way; try again when it has ended"
                    )
                ]
        )
        #expect(try folder.names(in: "taking").count == 1)
        _ = await site.ask(.abandonImport(id))
        _ = await drop.look(at: start, now: monday)
        #expect(try site.onHand(valve) == 9)

        try await site.ledger.close()
        try folder.put("sku,on_hand\nVALVE-3IN,7\n")
        let notes = await looks(&drop)
        guard case .obstacle? = notes.first else {
            Issue.record("\(notes)")
            return
        }
        #expect(try folder.names(in: "failed") == [])
    }

    @Test func `leaves alone what is half written, no file or no CSV, and follows no link`()
        async throws
    {
        var drop = drop()
        try folder.put("sku,on_hand\nVALVE-3IN,1\n", ".stock.csv")
        try folder.put("sku,on_hand\nVALVE-3IN,1\n", "stock.csv.part")
        try folder.put("sku,on_hand\nVALVE-3IN,1\n", "stock.xlsx")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.csv",
            withDestinationPath: "/etc/hostname"
        )
        try FileManager.default.createDirectory(
            atPath: folder.path + "/folder.csv",
            withIntermediateDirectories: true
        )

        let notes = await looks(&drop)

        // Each is told of once.
        #expect(
            notes
                == ["folder.csv", "link.csv", "stock.csv.part", "stock.xlsx"]
                .map { .leftAlone(name: $0) }
        )
        #expect(try site.onHand(valve) == 12)
        #expect(try folder.names(in: "taking") == [])
    }

    @Test func `takes each file as all there is where it is told so`() async throws {
        try site.stock("HOSE-2M", 4)
        var drop = drop(isSnapshot: true)
        try folder.put("sku,on_hand\nVALVE-3IN,9\n", "FULL COUNT.CSV")

        _ = await looks(&drop)

        #expect(try site.onHand(valve) == 9 && site.onHand("HOSE-2M") == 0)
    }

    @Test func `says what stands in its way, and goes on when it does no more`() async throws {
        try FileManager.default.removeItem(atPath: folder.path)
        try Data().write(to: URL(fileURLWithPath: folder.path))
        var drop = drop()
        guard case .obstacle? = await drop.look(at: start, now: monday).first else {
            Issue.record("no obstacle")
            return
        }

        try FileManager.default.removeItem(atPath: folder.path)
        #expect(await drop.look(at: start, now: monday) == [])
        #expect(try folder.names(in: "") == ["done", "failed", "taking"])
    }

    @Test func `gives every claim a name of its own that fits a disk`() {
        let long = String(repeating: "é", count: 120) + ".csv"
        let claims = (0..<100).map { _ in DropFolder.claim(for: long, at: monday) }

        #expect(Set(claims).count == 100)
        #expect(claims.allSatisfy { $0.utf8.count <= 240 && $0.hasSuffix(".csv") })
        #expect(claims.allSatisfy { $0.hasPrefix("20260302T150000Z-") })
    }
}
