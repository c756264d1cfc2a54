import AllocationModel
import AllocationProtocol
import DecisionLog
import GRDB
import Testing

struct `Decision log that may be an older copy` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func rebuilt(_ id: String, _ counter: Int64, isCancelled: Bool = false) -> LogEntry {
        guard case .confirmed(let entry) = confirmed(id, counter) else {
            preconditionFailure("a confirmed entry is one")
        }
        return .rebuilt(entry, isCancelled: isCancelled, keeping: [])
    }

    @Test func `knows each of its starts, and what it held when each began`() async throws {
        let first = try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), confirmed("4712", 2), cancelled(2), refused("4713"),
            ])
            return log.start
        }
        try await folder.using { log in
            #expect(log.epoch == 2 && log.start != first)
            // Two confirmed, one of them cancelled: a refusal promises nothing.
            #expect(log.history.decisions == 3)
            let seen = LogWitness(epoch: 1, start: first, decisions: 3)
            #expect(log.history.contains(seen))
            #expect(
                !log.history.contains(LogWitness(epoch: 1, start: first, decisions: 4))
            )
            #expect(!log.history.contains(LogWitness(epoch: 1, start: 7, decisions: 0)))
        }
    }

    @Test func `is looked at without a start`() async throws {
        try await folder.using { _ in }
        try await folder.using(raisingEpoch: false) { log in #expect(log.epoch == 1) }
        try await folder.using { log in #expect(log.epoch == 2) }
    }

    @Test func `stays in doubt until it is recovered`() async throws {
        try await folder.using { log in
            #expect(log.standing == .whole)
            let news = try await log.append([
                .doubted("DAL has seen more"), .doubted("RNO too"),
            ])
            #expect(news == [true, false])
        }
        try await folder.using { log in
            #expect(log.standing == .doubted("DAL has seen more"))
        }
        try DecisionLog.askForRecovery(of: folder.path, coordinator: office)
        try await folder.using { log in
            #expect(log.standing == .recovering)
            _ = try await log.append([rebuilt("4711", 1), .recovered])
        }
        try await folder.using { log in
            #expect(log.standing == .whole)
            // What a site had seen of the file that is gone is in this one.
            let before = LogWitness(epoch: 1, start: 9, decisions: 77)
            #expect(log.history.contains(before))
            let findings = try await log.audit()
            #expect(findings.isEmpty)
        }
    }

    @Test func `is recovered from a backup's copy, and from nothing`() async throws {
        try DecisionLog.askForRecovery(of: folder.path, coordinator: office)
        try await folder.using { log in
            #expect(log.standing == .recovering && log.epoch == 1)
            _ = try await log.append([.recovered])
        }
        try folder.execute("UPDATE meta SET is_backup = 1")
        #expect(throws: DecisionLogError.isBackup) { try folder.open() }
        #expect(throws: DecisionLogError.otherCoordinator("office")) {
            try DecisionLog.askForRecovery(of: folder.path, coordinator: "branch")
        }
        try DecisionLog.askForRecovery(of: folder.path, coordinator: office)
        try await folder.using { log in #expect(log.standing == .recovering) }
    }

    @Test func `begins an epoch that no site has heard without another start`() async throws {
        try await folder.using { log in
            #expect(try await log.append([.epochRaised(9)]) == [true])
            #expect(try await log.append([.epochRaised(8)]) == [false])
            let history = try await log.currentHistory()
            #expect(
                history.contains(LogWitness(epoch: 9, start: log.start, decisions: 0))
            )
        }
        try await folder.using { log in #expect(log.epoch == 10) }
    }

    @Test func `takes what the sites tell of only where it does not know it`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), .ended(transaction(1)), refused("4713"),
            ])
            let news = try await log.append([
                rebuilt("4711", 1), rebuilt("4712", 2), rebuilt("4712", 2),
                rebuilt("4713", 3),
            ])
            #expect(news == [false, true, false, false])
            #expect(try await log.order("4713")?.status == .refused)
            #expect(try await log.order("4711")?.transaction == transaction(1))
            #expect(try await log.openDecisions().map(\.transaction) == [transaction(2)])
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `cancels what the sites tell of as cancelled`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), .ended(transaction(1))])
            _ = try await log.append([
                rebuilt("4711", 1, isCancelled: true), rebuilt("4712", 2, isCancelled: true),
                rebuilt("4712", 2, isCancelled: true),
            ])
            #expect(try await log.order("4711")?.status == .cancelled)
            #expect(try await log.openDecisions().map(\.isCancelled) == [true, true])
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `tells a site all that it shares, by rising attempt and in pages`() async throws {
        try await folder.using { log in
            let dallasAlone = [eightAndTwelve[0]]
            _ = try await log.append([
                confirmed("4713", 3), confirmed("4711", 1),
                confirmed("4712", 2, shares: dallasAlone), cancelled(1), refused("4714"),
            ])
            let first = try await log.shares(of: dallas, after: nil, limit: 2)
            #expect(first.map(\.transaction) == [transaction(1), transaction(2)])
            #expect(first.map(\.isCancelled) == [true, false])
            #expect(first.map(\.participants) == [[dallas, reno], [dallas]])
            #expect(first[0].lines == eightAndTwelve[0].lines)
            #expect(first[0].request == decided("4711").request)
            let rest = try await log.shares(of: dallas, after: transaction(2), limit: 2)
            #expect(rest.map(\.transaction) == [transaction(3)])
            let others = try await log.shares(of: reno, after: nil, limit: 9)
            #expect(others.map(\.transaction) == [transaction(1), transaction(3)])
        }
    }

    @Test func `takes a site's new history for what it is, also where it is shorter`()
        async throws
    {
        let shorter = HistoryMark(entry: 3, chain: 0x3)
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            _ = try await log.append([
                .siteMark(dallas, HistoryMark(entry: 50, chain: 0x50)),
                .siteMark(dallas, shorter),
            ])
            #expect(try await log.sites()[dallas]?.mark.entry == 50)
            _ = try await log.append([.siteAdopted(dallas, incarnation: 2, shorter)])
            let site = try #require(try await log.sites()[dallas])
            #expect(site.mark == shorter && site.incarnation == 2)
            #expect(try await log.audit().isEmpty, "its vote was of another life")
        }
    }
}

struct `Decision log that contradicts itself` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func fill() async throws {
        try await folder.using { log in
            _ = try await log.append([
                confirmed("4711", 1), confirmed("4712", 2), cancelled(2), confirmed("4713", 3),
                .ended(transaction(3)), refused("4714"),
            ])
        }
    }

    private static let unlock =
        "DROP TRIGGER record_is_kept; DROP TRIGGER record_stays; "
        + "DROP TRIGGER decision_moves_forward; DROP TRIGGER order_stays_decided;"

    @Test func `writes each step of a decision, and takes up what is open as their fold`()
        async throws
    {
        try await fill()
        try await folder.using { log in
            let open = try await log.openDecisions()
            #expect(open.map(\.transaction.counter) == [1, 2])
            #expect(open.map(\.isCancelled) == [false, true])
            let findings = try await log.audit()
            #expect(findings.isEmpty)
        }
        let entries = try folder.raw { database in
            try String.fetchAll(
                database,
                sql: "SELECT (tx % 8) || ' ' || entry FROM decision_record ORDER BY number"
            )
        }
        #expect(
            entries == ["1 confirm", "2 confirm", "2 cancel", "3 confirm", "3 ended"]
        )
    }

    @Test(arguments: [
        (
            "DELETE FROM decision_record WHERE entry = 'confirm' AND tx % 8 = 2",
            "it is cancelled where it was undecided"
        ),
        (
            "INSERT INTO decision_record (tx, entry) SELECT tx, 'confirm' FROM decision LIMIT 1",
            "it is confirmed where it was confirming"
        ),
        (
            "DELETE FROM decision_record WHERE tx % 8 = 1",
            "it is confirming, and its records say undecided"
        ),
        (
            "UPDATE decision SET state = 'cancelling' WHERE tx % 8 = 1",
            "it is cancelling, and its records say confirming"
        ),
        (
            "UPDATE customer_order SET status = 'cancelled', cancelled_at = 1 WHERE id = '4711'",
            "it is confirming, and its order is cancelled"
        ),
        (
            "DROP TRIGGER share_is_kept; DROP TRIGGER line_is_kept; "
                + "DELETE FROM decision_line; DELETE FROM decision_share",
            "no warehouse has a share in it"
        ),
    ])
    func `is not taken up, and says of which attempt and why`(
        _ sql: String,
        _ why: String
    ) async throws {
        try await fill()
        try folder.execute("\(Self.unlock) \(sql)")
        try await folder.using { log in
            do {
                let open = try await log.openDecisions()
                Issue.record("it takes up \(open.map(\.transaction))")
            } catch let error as DecisionLogError {
                guard case .unlawfulHistory(_, let found) = error else { throw error }
                #expect(found == why)
                #expect("\(error)".contains("holdfast-coordinator recover"))
            }
        }
    }

    @Test func `is found out by the audit also where the attempt has ended`() async throws {
        try await fill()
        try folder.execute(
            "\(Self.unlock) UPDATE decision_record SET entry = 'cancel' WHERE entry = 'ended'"
        )
        let findings = try await folder.using { try await $0.audit() }
        #expect(findings.contains { $0.contains("is ended, and its records say cancelling") })
    }

    @Test(arguments: [
        ("UPDATE decision_record SET entry = 'ended'", "never changed"),
        ("DELETE FROM decision_record", "never deleted"),
        ("INSERT INTO decision_record (tx, entry) VALUES (99, 'confirm')", "FOREIGN KEY"),
        ("INSERT INTO decision_record (tx, entry) SELECT tx, 'x' FROM decision", "CHECK"),
    ])
    func `lets nobody rewrite what was written`(_ sql: String, _ objection: String) async throws {
        try await fill()
        let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
        #expect(said.contains(objection))
    }
}

struct `Decision log of what was forced` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func forced(_ counter: Int64, isConflict: Bool) -> SiteOverride {
        SiteOverride(
            warehouse: dallas,
            override: HoldOverride(
                transaction: transaction(counter),
                choice: .release,
                who: "ana",
                reason: "walk-in",
                at: monday
            ),
            isConflict: isConflict
        )
    }

    @Test func `keeps it once, with the order it concerns and without one`() async throws {
        try await folder.using { log in
            let news = try await log.append([
                confirmed("4711", 1), .overridden(forced(1, isConflict: true)),
                .overridden(forced(1, isConflict: false)),
                .overridden(forced(7, isConflict: false)),
            ])
            #expect(news == [true, true, false, true])
            #expect(try await log.order("4711")?.overrides == [forced(1, isConflict: true)])
            #expect(try await log.conflicts() == [forced(1, isConflict: true)])
            #expect(try await log.hasOverride(of: transaction(7), at: dallas))
            #expect(try await !log.hasOverride(of: transaction(8), at: dallas))
            #expect(try await !log.hasOverride(of: transaction(7), at: "RNO"))
            #expect(try await log.audit().isEmpty)
        }
        #expect(try folder.objection(to: "DELETE FROM site_override") != nil)
        #expect(try folder.objection(to: "UPDATE site_override SET who = 'bo'") != nil)
    }
}
