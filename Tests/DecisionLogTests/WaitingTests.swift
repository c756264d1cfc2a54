import AllocationModel
import AllocationProtocol
import DecisionLog
import Testing

/// Orders of which units wait for stock.
struct `A log with orders that wait` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func placed(_ waiting: WaitingOrder, _ counter: Int64) -> LogEntry {
        .confirmed(
            ConfirmedEntry(
                order: decided(waiting.order.rawValue),
                transaction: transaction(counter),
                waiting: waiting,
                cost: Money(minorUnits: 0, currency: .usd),
                shares: []
            )
        )
    }

    private func again(_ waiting: WaitingOrder?, _ counter: Int64, for replaced: Int64) -> LogEntry
    {
        .resourced(
            ResourcedEntry(
                confirmation: ConfirmedEntry(
                    order: decided("4711", outcome: [0xC2]),
                    transaction: transaction(counter),
                    waiting: waiting,
                    cost: Money(minorUnits: 0, currency: .usd),
                    shares: eightAndTwelve
                ),
                replaced: transaction(replaced),
                wish: ResourcingWish(who: "office", reason: "stock has come"),
                kept: []
            )
        )
    }

    private func listed(_ log: DecisionLog, _ query: WaitingQuery) async throws -> [Order.ID] {
        try await log.waiting(query).map(\.waiting.order)
    }

    @Test func `lists them by rank, by the day they are wanted, by age, page by page`() async throws
    {
        let gold = BuyerRank(number: 3, rule: "gold")
        let soon = CivilDate(daysSinceEpoch: 20_000)
        let waiting = [
            waiting("late", after: 9), waiting("early", after: 1),
            waiting("wanted", wantedBy: soon.adding(days: 7), after: 5),
            waiting("sooner", wantedBy: soon, after: 7),
            waiting("gold", rank: gold, after: 8),
        ]
        try await folder.using { log in
            _ = try await log.append(
                waiting.enumerated().map { placed($0.element, Int64($0.offset + 1)) }
            )
            let turns: [Order.ID] = ["gold", "sooner", "wanted", "early", "late"]
            #expect(try await listed(log, WaitingQuery(limit: 9)) == turns)
            #expect(waiting.sorted { $0.precedes($1) }.map(\.order) == turns)
            #expect(try await listed(log, WaitingQuery(limit: 2)) == ["gold", "sooner"])
            #expect(
                try await listed(log, WaitingQuery(limit: 2, after: "sooner"))
                    == ["wanted", "early"]
            )
            #expect(try await listed(log, WaitingQuery(sku: "HOSE-1IN", limit: 9)).isEmpty)
            #expect(try await listed(log, WaitingQuery(sku: "VALVE-3IN", limit: 9)) == turns)
            let first = try await log.waiting(WaitingQuery(limit: 1)).first
            #expect(first?.waiting == waiting[4])
            #expect(first?.request == Array("gold".utf8))
        }
    }

    @Test func `lists what is left to wait when it is sourced again, until nothing is`()
        async throws
    {
        try await folder.using { log in
            _ = try await log.append([placed(waiting("4711"), 1), .ended(transaction(1))])
            let fewer = WaitingOrder(
                order: "4711",
                lines: [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 1)],
                rank: .last,
                wantedBy: nil,
                since: monday
            )
            _ = try await log.append([again(fewer, 2, for: 1)])
            #expect(try await log.waiting(WaitingQuery(limit: 9)).map(\.waiting) == [fewer])
            #expect(try await log.order("4711")?.status == .backordered)

            _ = try await log.append([.ended(transaction(2)), .ended(transaction(1))])
            _ = try await log.append([again(nil, 3, for: 2)])
            #expect(try await listed(log, WaitingQuery(limit: 9)).isEmpty)
            #expect(try await log.order("4711")?.status == .confirmed)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `lists none that is cancelled`() async throws {
        try await folder.using { log in
            _ = try await log.append([placed(waiting("4711"), 1), cancelled(1)])
            #expect(try await listed(log, WaitingQuery(limit: 9)).isEmpty)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `takes in what an older program did not list, once`() async throws {
        try await folder.using { log in
            _ = try await log.append([placed(waiting("4711"), 1), confirmed("4712", 2)])
        }
        try folder.execute("DELETE FROM waiting_order")
        try await folder.using { log in
            #expect(try await log.audit().count == 1)
            #expect(try await log.unlistedBackorders(limit: 9).map(\.order.id) == ["4711"])

            let news = try await log.append([
                .waiting(waiting("4711")), .waiting(waiting("4711")), .waiting(waiting("4712")),
            ])
            #expect(news == [true, false, false])
            #expect(try await listed(log, WaitingQuery(limit: 9)) == ["4711"])
            #expect(try await log.unlistedBackorders(limit: 9).isEmpty)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `holds nothing that waits of an order that is whole`() async throws {
        try await folder.using { log in _ = try await log.append([confirmed("4711", 1)]) }
        #expect(throws: (any Error).self) {
            try folder.execute("INSERT INTO waiting_order VALUES (1, 0, '', 0, 0, NULL)")
        }
    }
}
