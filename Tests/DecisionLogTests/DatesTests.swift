import AllocationModel
import AllocationProtocol
import DecisionLog
import Testing

/// By which days what waits is expected, as the log keeps it.
struct `A log with dates of backorders` {
    private let folder: LogFolder
    private let day = CivilDate(daysSinceEpoch: 20_516)

    init() throws {
        folder = try LogFolder()
    }

    private func part(_ units: Quantity, on day: CivilDate? = nil) -> BackorderPart {
        BackorderPart(
            line: 0,
            sku: "VALVE-3IN",
            quantity: units,
            warehouse: dallas,
            receipt: "PO-1",
            expected: day ?? self.day,
            leaves: self.day.adding(days: 1)
        )
    }

    private func dates(
        _ parts: [(Order.ID, Quantity)],
        of total: Quantity = 6,
        on day: CivilDate? = nil,
        told: [BackorderPart] = []
    ) -> BackorderDates {
        var dates = BackorderDates()
        dates.skus = ["VALVE-3IN"]
        dates.receipts = [
            SiteReceipt(
                warehouse: dallas,
                receipt: "PO-1",
                sku: "VALVE-3IN",
                quantity: total,
                expected: day ?? self.day,
                leaves: self.day.adding(days: 1)
            )
        ]
        dates.orders = parts.map { order, units in
            OrderDates(order: order, expected: [part(units, on: day)], told: told)
        }
        return dates
    }

    private func placed() -> [LogEntry] {
        [confirmed("4711", 1, isBackordered: true), confirmed("4712", 2, isBackordered: true)]
    }

    @Test func `gives them back with the order, with what waits, and at the start`() async throws {
        var written = dates([("4711", 4), ("4712", 2)], told: [part(4, on: day.adding(days: -1))])
        written.changes = [
            DateChange(
                order: "4711",
                line: 0,
                sku: "VALVE-3IN",
                at: monday,
                before: day.adding(days: -1),
                after: day,
                undated: 0,
                isLater: true,
                warehouse: dallas,
                receipt: "PO-1"
            )
        ]
        try await folder.using { [written] log in
            _ = try await log.append(placed() + [.dates(written)])
        }
        try await folder.using { [written] log in
            #expect(try await log.order("4711")?.dates == written.orders.first)
            #expect(try await log.order("4711")?.dateChanges == written.changes)
            #expect(try await log.waiting(WaitingQuery(limit: 9)).map(\.dates) == written.orders)
            let all = try await log.dates()
            #expect(all.receipts == written.receipts && all.orders == written.orders)
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `lets units go from one order to another in one write`() async throws {
        try await folder.using { log in
            _ = try await log.append(placed() + [.dates(dates([("4711", 4), ("4712", 2)]))])
            _ = try await log.append([.dates(dates([("4712", 4), ("4711", 2)]))])
            #expect(try await log.order("4712")?.dates?.expected.map(\.quantity) == [4])
            #expect(try await log.audit().isEmpty)
        }
    }

    @Test func `holds no unit of a receipt that is promised twice`() async throws {
        try await folder.using { log in
            _ = try await log.append(placed())
            await #expect(throws: (any Error).self) {
                try await log.append([.dates(dates([("4711", 4), ("4712", 3)]))])
            }
            #expect(try await log.order("4711")?.dates == nil)
        }
    }

    @Test func `drops them with what waited, and keeps how they moved`() async throws {
        var moved = dates([("4711", 4)])
        moved.changes = [
            DateChange(
                order: "4711",
                line: 0,
                sku: "VALVE-3IN",
                at: monday,
                before: nil,
                after: day,
                undated: 0,
                isLater: false,
                warehouse: dallas,
                receipt: "PO-1"
            )
        ]
        try await folder.using { [moved] log in
            _ = try await log.append(placed() + [.dates(moved), cancelled(1)])
            #expect(try await log.order("4711")?.dates == nil)
            #expect(try await log.order("4711")?.dateChanges.count == 1)
            // What was worked out before it was cancelled comes too late.
            _ = try await log.append([.dates(moved)])
            #expect(try await log.order("4711")?.dates == nil)
            #expect(try await log.audit().isEmpty)
        }
        let objection = try folder.objection(to: "DELETE FROM date_change")
        #expect(objection?.contains("never deleted") == true)
    }

    @Test func `finds what was changed behind its back`() async throws {
        try await folder.using { log in
            _ = try await log.append(placed() + [.dates(dates([("4711", 4)]))])
        }
        try folder.execute("UPDATE inbound_receipt SET quantity = 3")
        try await folder.using { log in
            let findings = try await log.audit()
            #expect(
                findings == ["more is promised of receipt PO-1 at DAL than comes of VALVE-3IN"]
            )
        }
        try folder.execute("UPDATE waiting_part SET quantity = 5")
        try folder.execute("UPDATE inbound_receipt SET quantity = 9")
        try await folder.using { log in
            let findings = try await log.audit()
            #expect(findings == ["order 4711 is promised more of line 0 than waits of it"])
        }
    }

    @Test func `keeps which sites may ship what waits`() async throws {
        let bound = WaitingOrder(
            order: "4711",
            lines: [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 4)],
            rank: .last,
            wantedBy: nil,
            since: monday,
            sites: [reno]
        )
        try await folder.using { log in
            _ = try await log.append([
                .confirmed(
                    ConfirmedEntry(
                        order: decided("4711"),
                        transaction: transaction(1),
                        waiting: bound,
                        cost: Money(minorUnits: 0, currency: .usd),
                        shares: []
                    )
                ),
                confirmed("4712", 2, isBackordered: true),
            ])
            let listed = try await log.waiting(WaitingQuery(limit: 9)).map(\.waiting.sites)
            #expect(listed == [[reno], nil])
        }
    }
}
