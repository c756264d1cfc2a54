import AllocationModel
import SeededGenerator
import Testing

@testable import OrderDesk

/// Which receipt brings which units to whom.
struct `An allotment of what is on its way` {
    private static let valve: SKU = "VALVE-3IN"
    private static let hose: SKU = "HOSE-1IN"
    private static let monday = CivilDate(daysSinceEpoch: 20_514)

    private func receipt(
        _ name: Receipt.ID,
        _ quantity: Quantity,
        on day: Int,
        at warehouse: Warehouse.ID = Example.dallas
    ) -> SiteReceipt {
        SiteReceipt(
            warehouse: warehouse,
            receipt: name,
            sku: Self.valve,
            quantity: quantity,
            expected: Self.monday.adding(days: day)
        )
    }

    private func waiting(
        _ order: Order.ID,
        _ quantity: Quantity,
        sites: [Warehouse.ID]? = nil
    ) -> WaitingOrder {
        WaitingOrder(
            order: order,
            lines: [Plan.Backorder(line: 0, sku: Self.valve, quantity: quantity)],
            rank: .last,
            wantedBy: nil,
            since: Timestamp(milliseconds: 0),
            sites: sites
        )
    }

    private func words(_ parts: [BackorderPart]?) -> [String] {
        (parts ?? []).map { "\($0.quantity) of \($0.receipt) on day \($0.expected.daysSinceEpoch)" }
    }

    @Test func `gives the soonest to whose turn is first, and the rest to the next`() {
        let given = Allotment.allot(
            [receipt("PO-2", 10, on: 7), receipt("PO-1", 5, on: 1)],
            to: [waiting("4711", 8), waiting("4712", 9)],
            of: Self.valve
        )
        #expect(
            words(given["4711"]) == ["5 of PO-1 on day 20515", "3 of PO-2 on day 20521"]
        )
        // Of nine, two have no day.
        #expect(words(given["4712"]) == ["7 of PO-2 on day 20521"])
    }

    @Test func `passes by a site that may not ship to a buyer`() {
        let given = Allotment.allot(
            [receipt("PO-1", 5, on: 1), receipt("TR-1", 5, on: 3, at: Example.reno)],
            to: [waiting("4711", 5, sites: [Example.reno]), waiting("4712", 5)],
            of: Self.valve
        )
        #expect(words(given["4711"]) == ["5 of TR-1 on day 20517"])
        #expect(words(given["4712"]) == ["5 of PO-1 on day 20515"])
    }

    @Test func `goes by the day on which goods would leave, where the sites say it`() {
        let late = SiteReceipt(
            warehouse: Example.dallas,
            receipt: "PO-1",
            sku: Self.valve,
            quantity: 5,
            expected: Self.monday,
            leaves: Self.monday.adding(days: 9)
        )
        let given = Allotment.allot(
            [late, receipt("PO-2", 5, on: 2, at: Example.reno)],
            to: [waiting("4711", 5)],
            of: Self.valve
        )
        #expect(words(given["4711"]) == ["5 of PO-2 on day 20516"])
    }

    /// A random book: who waits, in their turn, and what is on its way.
    private struct Draft {
        var receipts: [SiteReceipt] = []
        var waiting: [WaitingOrder] = []

        init(_ seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            let sites = Example.warehouses
            for number in 0..<Int.random(in: 0...12, using: &random) {
                receipts.append(
                    SiteReceipt(
                        warehouse: sites[Int.random(in: 0..<sites.count, using: &random)],
                        receipt: Receipt.ID(trusted: "PO-\(number)"),
                        sku: Bool.random(using: &random) ? "VALVE-3IN" : "HOSE-1IN",
                        quantity: Quantity(Int64.random(in: 1...9, using: &random)),
                        expected: CivilDate(daysSinceEpoch: 20_514)
                            .adding(days: Int.random(in: 0...5, using: &random))
                    )
                )
            }
            for number in 0..<Int.random(in: 0...9, using: &random) {
                let lines = (0..<Int.random(in: 1...3, using: &random))
                    .map { line in
                        Plan.Backorder(
                            line: line,
                            sku: Bool.random(using: &random) ? "VALVE-3IN" : "HOSE-1IN",
                            quantity: Quantity(Int64.random(in: 1...7, using: &random))
                        )
                    }
                waiting.append(
                    WaitingOrder(
                        order: Order.ID(trusted: "order-\(number)"),
                        lines: lines,
                        rank: BuyerRank(number: Int.random(in: 0...2, using: &random), rule: ""),
                        wantedBy: Bool.random(using: &random)
                            ? nil
                            : CivilDate(daysSinceEpoch: 20_514)
                                .adding(days: Int.random(in: 0...3, using: &random)),
                        since: Timestamp(milliseconds: Int64.random(in: 0...3, using: &random)),
                        sites: Bool.random(using: &random)
                            ? nil : sites.filter { _ in Bool.random(using: &random) }
                    )
                )
            }
            waiting.sort { $0.precedes($1) }
        }
    }

    @Test func `never gives a unit twice, nor more than waits, nor out of turn`() {
        for seed in UInt64(1)...2000 {
            let draft = Draft(seed)
            for sku in [Self.valve, Self.hose] {
                let given = Allotment.allot(draft.receipts, to: draft.waiting, of: sku)
                var left: [Receipt.ID: Int64] = [:]
                for receipt in draft.receipts where receipt.sku == sku {
                    left[receipt.receipt] = receipt.quantity.units
                }
                for order in draft.waiting {
                    let parts = given[order.order] ?? []
                    for line in order.lines where line.sku == sku {
                        let mine = parts.filter { $0.line == line.line }
                        let units = mine.reduce(0) { $0 + $1.quantity.units }
                        #expect(units <= line.quantity.units, "seed \(seed)")
                        for part in mine { left[part.receipt, default: 0] -= part.quantity.units }
                        guard units < line.quantity.units else { continue }
                        // Nothing that it could have had is left for who comes after it.
                        for receipt in draft.receipts
                        where receipt.sku == sku && order.takes(from: receipt.warehouse) {
                            #expect(left[receipt.receipt] == 0, "seed \(seed)")
                        }
                    }
                    #expect(parts.allSatisfy { order.takes(from: $0.warehouse) }, "seed \(seed)")
                }
                #expect(left.values.allSatisfy { $0 >= 0 }, "seed \(seed)")
            }
        }
    }

    @Test func `is the same however the receipts are listed`() {
        for seed in UInt64(1)...300 {
            let draft = Draft(seed)
            var random = SeededGenerator(seed: ~seed)
            #expect(
                Allotment.allot(draft.receipts, to: draft.waiting, of: Self.valve)
                    == Allotment.allot(
                        draft.receipts.shuffled(using: &random),
                        to: draft.waiting,
                        of: Self.valve
                    ),
                "seed \(seed)"
            )
        }
    }

    /// Days with so many units, now and before, and whether some unit is later now.
    private static let moves: [(now: [Run], before: [Run], isLater: Bool)] = [
        ([Run(5, 9)], [Run(5, 9)], false), ([Run(5, 9)], [Run(5, 8)], true),
        ([Run(5, 9)], [Run(5, 10)], false), ([Run(5, 9)], [Run(4, 9)], false),
        // The last of them had a day.
        ([Run(4, 9)], [Run(5, 9)], true), ([], [Run(1, 9)], true),
        ([Run(2, 3), Run(3, 9)], [Run(5, 9)], false),
        ([Run(2, 10), Run(3, 10)], [Run(5, 9)], true),
        ([Run(1, 3), Run(4, 9)], [Run(2, 3), Run(3, 9)], true), ([], [], false),
    ]

    private struct Run {
        let units: Int64
        let day: Int

        init(_ units: Int64, _ day: Int) {
            self.units = units
            self.day = day
        }
    }

    @Test func `is later where any unit is`() {
        func schedule(_ runs: [Run]) -> Schedule {
            Schedule(
                runs.map { run in
                    BackorderPart(
                        line: 0,
                        sku: Self.valve,
                        quantity: Quantity(run.units),
                        warehouse: Example.dallas,
                        receipt: "PO",
                        expected: Self.monday.adding(days: run.day)
                    )
                },
                waiting: 5
            )
        }
        for (now, before, isLater) in Self.moves {
            #expect(
                schedule(now).isLater(than: schedule(before)) == isLater,
                "\(now) after \(before)"
            )
        }
    }
}
