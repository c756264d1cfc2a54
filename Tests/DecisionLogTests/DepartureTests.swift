import AllocationModel
import AllocationProtocol
import DecisionLog
import Testing

/// Orders of which parts have yet to leave.
struct `A log with orders that have yet to leave` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func hours(_ count: Int64) -> Timestamp {
        Timestamp(milliseconds: monday.milliseconds + count * 3_600_000)
    }

    private func entry(_ id: String, _ counter: Int64, leavesBy: Timestamp?) -> ConfirmedEntry {
        ConfirmedEntry(
            order: decided(id, outcome: [UInt8(truncatingIfNeeded: counter)]),
            transaction: transaction(counter),
            leavesBy: leavesBy,
            cost: Money(minorUnits: 0, currency: .usd),
            shares: eightAndTwelve
        )
    }

    private func shipped(_ warehouse: Warehouse.ID, _ counter: Int64) -> LogEntry {
        .shipped(
            SiteShipment(
                warehouse: warehouse,
                report: ShipmentReport(transaction: transaction(counter), who: "ana", at: monday)
            )
        )
    }

    @Test func `lists them by when they are due, and none of which no site has said when`()
        async throws
    {
        try await folder.using { log in
            _ = try await log.append([
                .confirmed(entry("later", 1, leavesBy: hours(5))),
                .confirmed(entry("sooner", 2, leavesBy: hours(3))),
                .confirmed(entry("unsaid", 3, leavesBy: nil)),
            ])
            let all = [
                DueDeparture(order: "sooner", at: hours(3)),
                DueDeparture(order: "later", at: hours(5)),
            ]
            #expect(try await log.departures(limit: 9) == all)
            #expect(try await log.departures(limit: 1) == [all[0]])
        }
    }

    @Test func `lists one until all of its sites have shipped, or it is cancelled`() async throws {
        try await folder.using { log in
            _ = try await log.append([
                .confirmed(entry("4711", 1, leavesBy: hours(5))),
                .confirmed(entry("4712", 2, leavesBy: hours(5))),
                shipped(reno, 1),
            ])
            #expect(try await log.departures(limit: 9).map(\.order) == ["4711", "4712"])
            let dallas = try #require(eightAndTwelve.map(\.warehouse).first { $0 != reno })
            _ = try await log.append([shipped(dallas, 1)])
            #expect(try await log.departures(limit: 9).map(\.order) == ["4712"])
            _ = try await log.append([cancelled(2)])
            #expect(try await log.departures(limit: 9).isEmpty)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `lists what is sourced again by its new plan`() async throws {
        try await folder.using { log in
            _ = try await log.append([.confirmed(entry("4711", 1, leavesBy: hours(5)))])
            for (counter, due) in [(2, hours(29)), (3, nil)] as [(Int64, Timestamp?)] {
                let again = ResourcedEntry(
                    confirmation: entry("4711", counter, leavesBy: due),
                    replaced: transaction(counter - 1),
                    wish: ResourcingWish(who: "office", reason: "missed cutoff of DAL"),
                    kept: []
                )
                _ = try await log.append([.resourced(again)])
                #expect(try await log.departures(limit: 9).map(\.at) == [due].compactMap(\.self))
            }
        }
    }
}
