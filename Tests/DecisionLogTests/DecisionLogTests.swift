import AllocationModel
import AllocationProtocol
import DecisionLog
import Foundation
import GRDB
import Testing

struct `Decision log` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    // Opening.

    @Test func `keeps a write-ahead log in the file itself`() async throws {
        try await folder.using { _ in }

        let journal = try folder.raw { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(journal == "wal")
        let application = try folder.raw { try Int64.fetchOne($0, sql: "PRAGMA application_id") }
        #expect(application == 0x4846_646C)
    }

    @Test func `raises the epoch with each start`() async throws {
        for expected in Int64(1)...3 {
            let epoch = try await folder.using { $0.epoch }
            #expect(epoch == expected)
        }
    }

    @Test func `keeps the epoch for a look that sends nothing`() async throws {
        try await folder.using { _ in }
        let seen = try await folder.using(raisingEpoch: false) { $0.epoch }
        #expect(seen == 1)
        let next = try await folder.using { $0.epoch }
        #expect(next == 2)
    }

    @Test func `is in use while another has it open`() throws {
        let first = try folder.open()
        #expect(throws: DecisionLogError.inUse(folder.path)) { try folder.open() }
        first.close()
        let second = try folder.open()
        #expect(second.epoch == 2)
        second.close()
    }

    @Test func `lets nobody read beside it`() throws {
        let log = try folder.open()
        #expect(throws: DatabaseError.self) {
            try folder.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM meta") }
        }
        log.close()
    }

    @Test func `refuses to work once it is closed`() async throws {
        let log = try folder.open()
        log.close()
        log.close()
        await #expect(throws: DecisionLogError.closed) { try await log.append([refused("4711")]) }
    }

    @Test func `belongs to one coordinator`() async throws {
        try await folder.using { _ in }
        #expect(throws: DecisionLogError.otherCoordinator("office")) {
            try DecisionLog.open(at: folder.path, coordinator: "branch")
        }
        let epoch = try await folder.using { $0.epoch }
        #expect(epoch == 2, "the stranger raised nothing")
    }

    @Test func `refuses a backup's copy`() async throws {
        try await folder.using { _ in }
        try folder.execute("UPDATE meta SET is_backup = 1")
        #expect(throws: DecisionLogError.isBackup) { try folder.open() }
    }

    @Test func `refuses what a newer release wrote`() async throws {
        try await folder.using { _ in }
        try folder.execute("INSERT INTO grdb_migrations VALUES ('99 the future')")
        #expect(throws: DecisionLogError.newerThanProgram(folder.path)) { try folder.open() }
    }

    @Test func `refuses another program's database and leaves it as it was`() throws {
        try folder.execute("CREATE TABLE till (coins INTEGER)")
        #expect(throws: DecisionLogError.notADecisionLog(folder.path)) { try folder.open() }
        let tables = try folder.raw {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema ORDER BY name")
        }
        #expect(tables == ["till"])

        try folder.execute("DROP TABLE till; PRAGMA application_id = 7")
        #expect(throws: DecisionLogError.notADecisionLog(folder.path)) { try folder.open() }
    }

    @Test func `refuses a file that is no database`() throws {
        try Data("id,sku\n4711,VALVE-3IN\n4712,VALVE-4IN\n".utf8)
            .write(to: URL(fileURLWithPath: folder.path))
        #expect(throws: DecisionLogError.notADecisionLog(folder.path)) { try folder.open() }
    }

    @Test func `says that a folder is missing`() {
        let path = folder.path + "/nowhere/decisions.db"
        #expect(throws: DecisionLogError.cannotOpen(path)) {
            try DecisionLog.open(at: path, coordinator: office)
        }
    }

    // Decisions.

    @Test func `gives back what was decided, after a restart`() async throws {
        try await folder.using { log in
            let news = try await log.append([confirmed("4711", 1), refused("4712")])
            #expect(news == [true, true])
        }
        try await folder.using { log in
            let placed = try #require(try await log.order("4711"))
            #expect(placed.order == decided("4711"))
            #expect(placed.status == .confirmed)
            #expect(placed.transaction == transaction(1))
            #expect(placed.warehouses == [dallas, reno])
            #expect(!placed.isSettled)
            #expect(try await log.order(decidedBy: transaction(1)) == placed)

            let turnedAway = try #require(try await log.order("4712"))
            #expect(turnedAway.status == .refused)
            #expect(turnedAway.transaction == nil)
            #expect(turnedAway.warehouses.isEmpty)
            #expect(turnedAway.isSettled)

            #expect(try await !log.knows("4713"))
            #expect(try await !log.knows(decidedBy: transaction(2)))
        }
    }

    @Test func `answers look-ups in the order asked`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), refused("4712")])
            let found = try await log.orders(["4712", "4713", "4711"])
            #expect(found.map(\.id) == ["4712", "4713", "4711"])
            #expect(found.map { $0.order?.status } == [.refused, nil, .confirmed])
        }
    }

    @Test func `refuses an order's id a second time, and all that came with it`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            for again in [confirmed("4711", 2), refused("4711")] {
                await #expect(throws: DatabaseError.self) {
                    try await log.append([confirmed("4712", 3), again])
                }
            }
            #expect(try await log.order("4711")?.transaction == transaction(1))
            #expect(try await !log.knows("4712"), "all or nothing")
            #expect(try await log.openDecisions().count == 1)
        }
    }

    @Test func `refuses an attempt's number a second time`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            await #expect(throws: DatabaseError.self) {
                try await log.append([confirmed("4712", 1)])
            }
            #expect(try await !log.knows("4712"))
        }
    }

    @Test func `keeps a decision open until every site has acknowledged`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4712", 2), confirmed("4711", 1)])
            _ = try await log.append([.ended(transaction(2))])
        }
        try await folder.using { log in
            let open = try await log.openDecisions()
            #expect(open.map(\.transaction) == [transaction(1)])
            #expect(open.first?.isCancelled == false)
            #expect(open.first?.warehouses == [dallas, reno])
            #expect(open.first?.order == decided("4711"))
            #expect(try await log.order("4712")?.isSettled == true)
        }
    }

    @Test func `lists open decisions oldest first`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("C", 3), confirmed("A", 1), confirmed("B", 2)])
            let open = try await log.openDecisions()
            #expect(open.map(\.transaction) == [1, 2, 3].map { transaction($0) })
        }
    }

    @Test func `opens a decision again where it is cancelled`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), .ended(transaction(1))])
            _ = try await log.append([cancelled(1)])
            let open = try await log.openDecisions()
            #expect(open.map(\.isCancelled) == [true])
            let order = try #require(try await log.order("4711"))
            #expect(order.status == .cancelled)
            #expect(order.order.outcome == [0xCA])
            #expect(!order.isSettled)

            _ = try await log.append([.ended(transaction(1))])
            #expect(try await log.openDecisions().isEmpty)
            #expect(try await log.order("4711")?.isSettled == true)
        }
    }

    @Test func `refuses to cancel or end what was never decided`() async throws {
        try await folder.using { log in
            for entry in [cancelled(9), .ended(transaction(9))] {
                await #expect(throws: DecisionLogError.noSuchDecision(transaction(9))) {
                    try await log.append([refused("4711"), entry])
                }
            }
            let isKnown = try await log.knows("4711")
            #expect(!isKnown)
        }
    }

    @Test func `refuses to cancel twice`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), cancelled(1)])
            await #expect(throws: DecisionLogError.noSuchDecision(transaction(1))) {
                try await log.append([cancelled(1)])
            }
        }
    }

    @Test func `takes an order of backorders alone, which no site shares`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1, shares: [], isBackordered: true), .ended(transaction(1)),
            ])
            let order = try #require(try await log.order("4711"))
            #expect(order.status == .backordered)
            #expect(order.warehouses.isEmpty)
            #expect(order.isSettled)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `remembers the newest mark of each site`() async throws {
        let older = [
            ShareEntry(
                warehouse: dallas,
                mark: HistoryMark(entry: 40, chain: 1),
                lines: eightAndTwelve[0].lines
            )
        ]
        try await folder.using { log in
            #expect(try await log.sites().isEmpty)
            _ = try await log.append([confirmed("4711", 1), confirmed("4712", 2, shares: older)])
        }
        try await folder.using { log in
            let marks = try await log.sites().mapValues(\.mark)
            #expect(
                marks == [dallas: eightAndTwelve[0].mark, reno: eightAndTwelve[1].mark]
            )
        }
    }

    // Listings.

    @Test func `lists the newest first, by status and by page`() async throws {
        try await folder.using { log in
            for counter in Int64(1)...5 {
                _ = try await log.append([
                    counter == 3 ? refused("O-3") : confirmed("O-\(counter)", counter)
                ])
            }
            let all = try await log.orders(status: nil, limit: 3, before: nil)
            #expect(all.map(\.order.id) == ["O-5", "O-4", "O-3"])
            let rest = try await log.orders(status: nil, limit: 3, before: "O-3")
            #expect(rest.map(\.order.id) == ["O-2", "O-1"])
            let turnedAway = try await log.orders(status: .refused, limit: 3, before: nil)
            #expect(turnedAway.map(\.order.id) == ["O-3"])
            let counts = try await log.counts()
            #expect(counts == [.confirmed: 4, .refused: 1])
        }
    }

    // Webhooks.

    @Test func `takes a webhook once, however often it is delivered`() async throws {
        try await folder.using { log in
            let first = try await log.append([.webhook(webhook("a")), .webhook(webhook("b"))])
            #expect(first == [true, true])
        }
        try await folder.using { log in
            let again = try await log.append([.webhook(webhook("b")), .webhook(webhook("c"))])
            #expect(again == [false, true])
            #expect(try await log.waitingWebhooks(limit: 9).map(\.id) == ["a", "b", "c"])
        }
    }

    @Test func `gives back a webhook as it came`() async throws {
        try await folder.using { log in
            _ = try await log.append([.webhook(webhook("a", at: 3))])
            #expect(try await log.waitingWebhooks(limit: 1) == [webhook("a", at: 3)])
        }
    }

    @Test func `lets a webhook that was tried wait behind the others`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                .webhook(webhook("a")), .webhook(webhook("b")), .webhookTried("a"),
            ])
            #expect(try await log.waitingWebhooks(limit: 9).map(\.id) == ["b", "a"])
            #expect(try await log.waitingWebhooks(limit: 1).map(\.id) == ["b"])
        }
    }

    @Test func `closes a webhook for good, even where it is delivered again`() async throws {
        try await folder.using { log in
            let closing = WebhookClosing(id: "a", state: .done, order: "4711", note: "confirmed")
            let news = try await log.append([
                .webhook(webhook("a")), .webhookClosed(closing), .webhook(webhook("a")),
            ])
            #expect(news == [true, true, false])
            #expect(try await log.waitingWebhooks(limit: 9).isEmpty)
        }
    }

    @Test func `takes a decision and its webhook's end together`() async throws {
        try await folder.using { log in
            _ = try await log.append([.webhook(webhook("a")), confirmed("4711", 1)])
            let closing = WebhookClosing(id: "a", state: .done, order: "4711", note: "")
            await #expect(throws: DatabaseError.self) {
                try await log.append([.webhookClosed(closing), confirmed("4711", 2)])
            }
            #expect(try await log.waitingWebhooks(limit: 9).map(\.id) == ["a"])
        }
    }
}

extension DecisionLog {
    fileprivate func knows(_ id: Order.ID) async throws -> Bool { try await order(id) != nil }

    fileprivate func knows(decidedBy transaction: TransactionID) async throws -> Bool {
        try await order(decidedBy: transaction) != nil
    }
}
