import AllocationModel
import DecisionLog
import GRDB
import Testing

struct `Decision log's alerts` {
    private let folder: LogFolder
    private let low = Alert.Subject(.belowReorderPoint, "DAL VALVE-3IN")

    init() throws {
        folder = try LogFolder()
    }

    private func later(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: monday.milliseconds + seconds * 1000)
    }

    private func raised(
        _ detail: String = "DAL has 3 left",
        by channels: [AlertChannel] = [.mail],
        at seconds: Int64 = 0
    ) -> LogEntry {
        .alert(.raised(low, detail), by: channels, at: later(seconds))
    }

    private func cleared(at seconds: Int64) -> LogEntry {
        .alert(.cleared(low, "DAL has 30 again"), by: [.mail], at: later(seconds))
    }

    @Test func `are one for a subject as long as it is not over, and counted`() async throws {
        try await folder.using { log in
            let news = try await log.append([
                raised(), raised("DAL has 2 left", at: 60), cleared(at: 90), cleared(at: 95),
                raised("DAL has 1 left", at: 99),
            ])
            #expect(news == [true, false, true, false, true])

            let alerts = try await log.alerts(in: [], limit: 9)
            #expect(alerts.map(\.number) == [2, 1])
            #expect(alerts.map(\.state) == [.open, .resolved])
            #expect(alerts.map(\.timesSeen) == [1, 2])
            #expect(alerts[1].detail == "DAL has 2 left")
            #expect(alerts[1].openedAt == monday)
            #expect(alerts[1].seenAt == later(60))
            #expect(
                alerts[1].resolved
                    == Alert.Remark(who: "", comment: "DAL has 30 again", at: later(90))
            )
            #expect(try await log.alerts(in: [.open], limit: 9).map(\.number) == [2])
            #expect(try await log.alerts(in: [], limit: 9, before: 2).map(\.number) == [1])
            #expect(try await log.alertCounts() == [.belowReorderPoint: 1])
        }
    }

    @Test func `are told once by each channel, that they are over after that they began`()
        async throws
    {
        try await folder.using { log in
            let loud = AlertSign.raised(low, "DAL has 3 left", channels: [.sms, .mail])
            _ = try await log.append([.alert(loud, by: [.mail, .log], at: monday), raised(at: 1)])
            let due = try await log.dueDeliveries(at: monday, limit: 9)
            #expect(due.map(\.delivery.channel) == [.sms, .mail, .log])
            #expect(due.allSatisfy { $0.delivery.event == .opened && $0.alert.number == 1 })

            try await log.close(due[0].delivery.number, .done("200"))
            try await log.close(due[1].delivery.number, .failed("busy", again: later(300)))
            try await log.close(due[2].delivery.number, .dead("no such channel"))
            _ = try await log.append([cleared(at: 10)])

            // By mail nothing is told to be over that was not told to have begun.
            let then = try await log.dueDeliveries(at: later(10), limit: 9)
            #expect(then.map(\.delivery.channel) == [.sms, .log])
            #expect(then.allSatisfy { $0.delivery.event == .resolved })
            let much = try await log.dueDeliveries(at: later(300), limit: 9)
            #expect(much.filter { $0.delivery.channel == .mail }.map(\.delivery.event) == [.opened])
            #expect(much.first { $0.delivery.channel == .mail }?.delivery.tries == 1)
        }
    }

    @Test func `wait for their channels across a restart`() async throws {
        try await folder.using { log in _ = try await log.append([raised()]) }
        try await folder.using { log in
            let due = try await log.dueDeliveries(at: monday, limit: 9)
            #expect(due.count == 1)
        }
    }

    @Test func `are sent again where they were given up and a person says so`() async throws {
        try await folder.using { log in
            _ = try await log.append([raised(by: [.mail, .log])])
            for due in try await log.dueDeliveries(at: monday, limit: 9) {
                try await log.close(due.delivery.number, .dead("away"))
            }
            #expect(try await log.dueDeliveries(at: later(9999), limit: 9).isEmpty)

            #expect(try await log.redeliver(1, at: later(20)) == 2)
            #expect(try await log.redeliver(1, at: later(20)) == 0)
            let due = try await log.dueDeliveries(at: later(20), limit: 9)
            #expect(due.map(\.delivery.tries) == [0, 0])
        }
    }

    @Test func `are taken up and ended by people, each once`() async throws {
        try await folder.using { log in
            _ = try await log.append([raised()])
            let ana = Alert.Remark(who: "ana", comment: "", at: later(5))
            let bob = Alert.Remark(who: "bob", comment: "bought", at: later(9))

            #expect(try await log.take(.acknowledge, of: 1, remark: ana)?.state == .acknowledged)
            #expect(try await log.take(.acknowledge, of: 1, remark: bob)?.acknowledged == ana)
            #expect(try await log.take(.resolve, of: 1, remark: bob)?.resolved == bob)
            let again = try await log.take(.resolve, of: 1, remark: ana)
            #expect(again?.resolved == bob)
            #expect(again?.state == .resolved)
            #expect(try await log.take(.resolve, of: 2, remark: ana) == nil)
        }
    }

    @Test func `that are news are over as they begin, and told all the same`() async throws {
        try await folder.using { log in
            let news = AlertSign.raised(
                Alert.Subject(.orderPlaced, "4711"),
                "order 4711",
                channels: [.sms]
            )
            _ = try await log.append([.alert(news, by: [], at: monday)])

            #expect(try await log.alerts(in: [.open], limit: 9).isEmpty)
            #expect(try await log.dueDeliveries(at: monday, limit: 9).count == 1)
        }
    }

    @Test func `never go back, whoever writes the file`() async throws {
        try await folder.using { log in
            _ = try await log.append([raised(), cleared(at: 3)])
        }
        for (sql, objection) in [
            ("UPDATE alert SET state = 'open', resolved_at = NULL", "only moves forward"),
            ("DELETE FROM alert", "never deleted"),
            ("UPDATE alert SET name = 'RNO'", "only moves forward"),
        ] {
            let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
            #expect(said.contains(objection))
        }
    }

    @Test func `can be raised of orders that lag, until every site has acknowledged`() async throws
    {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), confirmed("4712", 2)])
            _ = try await log.append([.ended(transaction(2))])

            #expect(try await log.lagging(decidedBefore: monday, limit: 9).isEmpty)
            let lagging = try await log.lagging(decidedBefore: later(1), limit: 9)
            #expect(lagging.map(\.id) == ["4711"])
            #expect(lagging[0].warehouses == [dallas, reno])

            let doubt = { (id: String) in
                LogEntry.alert(
                    .raised(Alert.Subject(.holdInDoubt, id), "it lags"),
                    by: [],
                    at: monday
                )
            }
            _ = try await log.append([doubt("4711"), doubt("4712")])
            #expect(try await log.settled(amongAlertsOf: .holdInDoubt) == ["4712"])
            _ = try await log.append([.ended(transaction(1))])
            #expect(try await log.settled(amongAlertsOf: .holdInDoubt) == ["4711", "4712"])
        }
    }

    @Test func `can be raised of webhooks that wait, until they are dealt with`() async throws {
        try await folder.using { log in
            _ = try await log.append([.webhook(webhook("w1")), .webhookTried("w1")])
            let stuck = Alert.Subject(.orderStuck, "w1")
            _ = try await log.append([.alert(.raised(stuck, "it waits"), by: [], at: monday)])

            #expect(try await log.waitingWebhooks(receivedBefore: monday, limit: 9).isEmpty)
            let waiting = try await log.waitingWebhooks(receivedBefore: later(1), limit: 9)
            #expect(waiting.map(\.id) == ["w1"])
            #expect(waiting.map(\.tries) == [1])
            #expect(try await log.webhooksDone() == [])
            let closing = WebhookClosing(id: "w1", state: .done, order: "4711", note: "")
            _ = try await log.append([.webhookClosed(closing)])
            #expect(try await log.webhooksDone() == ["w1"])
        }
    }
}
