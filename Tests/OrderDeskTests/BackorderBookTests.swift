import AllocationModel
import Testing

@testable import OrderDesk

/// Who is sourced again when stock comes, and who waits for whom.
struct `A book of what waits` {
    private let valve: SKU = "VALVE-3IN"
    private let hose: SKU = "HOSE-1IN"

    private func waiting(
        _ order: Order.ID,
        _ skus: [SKU] = ["VALVE-3IN"],
        rank: Int = 9,
        wantedBy: Int? = nil,
        since: Int64 = 0
    ) -> WaitingOrder {
        WaitingOrder(
            order: order,
            lines: skus.enumerated().map { Plan.Backorder(line: $0, sku: $1, quantity: 4) },
            rank: BuyerRank(number: rank, rule: ""),
            wantedBy: wantedBy.map { CivilDate(daysSinceEpoch: $0) },
            since: Timestamp(milliseconds: since)
        )
    }

    private func book(_ orders: WaitingOrder...) -> BackorderBook {
        var book = BackorderBook()
        for order in orders { book.note(order) }
        _ = book.nextAsked()
        return book
    }

    private func orders(_ turns: [BackorderBook.Turn]) -> [Order.ID] { turns.map(\.order) }

    @Test func `has nobody's turn come before a site has some of it`() {
        var book = book(waiting("4711"))
        #expect(book.nextTurns().isEmpty)
        book.hear([(valve, 0)], at: Example.dallas)
        #expect(book.nextTurns().isEmpty)
        book.hear([(valve, 4)], at: Example.reno)
        #expect(
            book.nextTurns() == [
                BackorderBook.Turn(order: "4711", skus: [valve], warehouses: [Example.reno])
            ]
        )
        #expect(book.nextTurns().isEmpty)
    }

    @Test func `goes by rank, then by the day it is wanted, then by age, one at a time`() {
        var book = book(
            waiting("young", since: 9),
            waiting("old", since: 1),
            waiting("wanted", wantedBy: 20_000, since: 9),
            waiting("gold", rank: 1, since: 9)
        )
        book.hear([(valve, 40)], at: Example.dallas)
        var turns: [Order.ID] = []
        while let turn = book.nextTurns().first {
            #expect(book.nextTurns().isEmpty, "one at a time")
            turns.append(turn.order)
            book.end(turn.order, .cannot)
        }
        #expect(turns == ["gold", "wanted", "old", "young"])
    }

    @Test func `sources at once what waits for different things`() {
        var book = book(waiting("4711"), waiting("4712", [hose]))
        book.hear([(valve, 4), (hose, 4)], at: Example.dallas)
        #expect(Set(orders(book.nextTurns())) == ["4711", "4712"])
    }

    // 4712 waits for both; it may not take the hoses while an order before it is at the valves.
    @Test func `lets no order by that waits behind another for any of what it wants`() {
        var book = book(
            waiting("4711", since: 1),
            waiting("4712", [hose, valve], since: 2),
            waiting("4713", [hose], since: 3)
        )
        book.hear([(hose, 9), (valve, 9)], at: Example.dallas)
        #expect(orders(book.nextTurns()) == ["4711"])
        book.end("4711", .took([]))
        #expect(
            book.nextTurns() == [
                BackorderBook.Turn(
                    order: "4712",
                    skus: [hose, valve],
                    warehouses: [Example.dallas]
                )
            ]
        )
        book.end("4712", .cannot)
        #expect(orders(book.nextTurns()) == ["4713"])
    }

    @Test func `asks nobody once the units that came are gone`() {
        var book = book(waiting("4711", since: 1), waiting("4712", since: 2))
        book.hear([(valve, 4)], at: Example.dallas)
        #expect(orders(book.nextTurns()) == ["4711"])
        let taken = BackorderBook.Taken(warehouse: Example.dallas, sku: valve, units: 4)
        book.remove("4711")
        book.end("4711", .took([taken]))
        #expect(book.nextTurns().isEmpty)

        // What comes next is more than was left, though no more than there was before.
        for _ in 0..<2 { _ = book.nextAsked() }
        book.hear([(valve, 4)], at: Example.dallas)
        #expect(orders(book.nextTurns()) == ["4712"])
    }

    @Test func `tries first again who stumbled, and lets the others by at the third time`() {
        var book = book(waiting("4711", since: 1), waiting("4712", since: 2))
        book.hear([(valve, 4)], at: Example.dallas)
        var tried: [Order.ID] = []
        for _ in 0..<40 where !tried.contains("4712") {
            for turn in book.nextTurns() {
                tried.append(turn.order)
                book.end(turn.order, .stumbled)
            }
            _ = book.nextAsked()
            book.hear([(valve, 4)], at: Example.dallas)
        }
        #expect(tried == ["4711", "4711", "4711", "4712"])
    }

    @Test func `offers again what was left over, after longer and longer pauses`() {
        var book = book(waiting("4711"))
        var ticks: [Int] = []
        for tick in 0..<60 {
            book.hear([(valve, 4)], at: Example.dallas)
            for turn in book.nextTurns() {
                ticks.append(tick)
                book.end(turn.order, .cannot)
            }
            _ = book.nextAsked()
        }
        #expect(ticks == [0, 2, 8, 22, 52])

        // More of it ends the pause.
        book.hear([(valve, 5)], at: Example.dallas)
        #expect(orders(book.nextTurns()) == ["4711"])
    }

    // It would otherwise find what its own votes gave back, and begin again at once, for ever.
    @Test func `is not woken by what its own votes hold and give back`() {
        var book = book(waiting("4711"))
        book.hear([(valve, 4)], at: Example.dallas)
        var turns = 0
        for _ in 0..<60 {
            for turn in book.nextTurns() {
                turns += 1
                book.hear([(valve, 0)], at: Example.dallas)
                book.end(turn.order, .stumbled)
            }
            _ = book.nextAsked()
            book.hear([(valve, 4)], at: Example.dallas)
        }
        #expect(turns == 5, "the pauses grow")
    }

    @Test func `takes what a site has anew when that comes back`() {
        var book = book(waiting("4711"))
        book.hear([(valve, 4)], at: Example.dallas)
        for turn in book.nextTurns() { book.end(turn.order, .cannot) }
        book.forget(Example.dallas)
        for _ in 0..<2 { _ = book.nextAsked() }
        book.hear([(valve, 4)], at: Example.dallas)
        #expect(orders(book.nextTurns()) == ["4711"])
    }

    @Test func `asks in turn about all that is waited for`() {
        var book = BackorderBook()
        for number in 0..<150 {
            book.note(waiting(Identifier(trusted: "\(number)"), [SKU(trusted: "S-\(number)")]))
        }
        var asked: Set<SKU> = []
        for _ in 0..<3 {
            let page = book.nextAsked()
            #expect(page.count == BackorderBook.askedMaximum)
            asked.formUnion(page)
        }
        #expect(asked.count == 150)
    }

    @Test func `forgets who waits no more`() {
        var book = book(waiting("4711"))
        book.hear([(valve, 4)], at: Example.dallas)
        book.remove("4711")
        #expect(book.nextTurns().isEmpty)
        #expect(book.isEmpty)
        #expect(book.nextAsked().isEmpty)
    }
}
