import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Dallas has all twenty valves, and is offering twelve of them to another order.
struct `Office where others are being offered the stock` {
    private let left = Bid(
        warehouse: Example.dallas,
        offers: Example.bid(Example.dallas, 8).offers,
        services: Example.bid(Example.dallas, 8).services,
        declines: [Decline(.line(0), .offeredElsewhere(available: 8))]
    )

    /// Answers with a bid each request for one, and returns what was asked and what follows.
    private func bid(
        _ bench: inout Bench,
        _ effects: Office.Effects,
        _ bid: Bid
    ) throws -> (asked: BidRequest, Office.Effects) {
        let outgoing = try #require(effects.requests.first)
        guard case .bid(let asked) = outgoing.request else {
            throw ParseError("asked \(effects.words)")
        }
        let next = bench.answer(
            bid.warehouse,
            [outgoing.request],
            [.bid(round: asked.round, bid)]
        )
        return (asked, next)
    }

    @Test(arguments: [Completeness.complete, .partial])
    func `waits a moment, and then asks for what the others have not taken`(
        _ completeness: Completeness
    ) throws {
        var bench = Bench([Example.dallas])
        let (first, waiting) = try bid(
            &bench,
            bench.submit(Example.order("4711", 20, completeness)),
            left
        )

        #expect(!first.insists)
        #expect(waiting.records.isEmpty && waiting.requests.isEmpty && waiting.answers.isEmpty)
        #expect(waiting.tasks.isEmpty)
        let timer = try #require(waiting.timers.first)
        #expect(timer.after == .milliseconds(250))

        let asking = bench.tell(.timer("4711", timer.token))
        let (second, bids) = try bid(&bench, asking, Example.bid(Example.dallas, 20))

        #expect(second.insists)
        #expect(second.round != first.round)
        let decided = bench.vote(bench.solve(bids))
        #expect(decided.recordWords == ["confirmed 4711 [DAL]"])
        #expect(decided.submissions.first?.outcomePlan?.backorders == [])
    }

    @Test func `takes the second answer for the last`() throws {
        var bench = Bench([Example.dallas])
        let (_, bidding) = try bid(
            &bench,
            bench.submit(Example.order("4711", 20, .partial)),
            left
        )
        let timer = try #require(bidding.timers.first)
        let asking = bench.tell(.timer("4711", timer.token))

        let (_, bids) = try bid(&bench, asking, left)

        let decided = bench.vote(bench.solve(bids))
        #expect(decided.recordWords == ["confirmed 4711 [DAL]"])
        #expect(decided.submissions.first?.outcomePlan?.backorders.map(\.quantity) == [12])
    }

    /// Elsewhere there is enough, and it would cost more: the other order may go there instead.
    @Test func `waits also where others have what it lacks`() throws {
        var bench = Bench([Example.dallas, Example.newark])
        let asking = bench.submit(Example.order("4711", 10))
        var effects = Office.Effects()
        for outgoing in asking.requests {
            guard case .bid(let asked) = outgoing.request else { continue }
            let bid =
                outgoing.warehouse == Example.dallas
                ? left : Example.bid(outgoing.warehouse, 10)
            effects = bench.answer(
                outgoing.warehouse,
                [outgoing.request],
                [.bid(round: asked.round, bid)]
            )
        }
        #expect(effects.tasks.isEmpty)
        let timer = try #require(effects.timers.first)

        let again = bench.tell(.timer("4711", timer.token))
        let plan = bench.solve(bench.bid(again, valves: [Example.dallas: 10, Example.newark: 10]))

        #expect(plan.words == ["DAL reserve [10]"])
    }

    @Test func `withdraws an order that waits`() throws {
        var bench = Bench([Example.dallas])
        let (_, bidding) = try bid(&bench, bench.submit(Example.order("4711", 20)), left)
        let timer = try #require(bidding.timers.first)

        let cancelled = bench.tell(.cancelAsked("4711", by: 2))

        #expect(cancelled.records.isEmpty && cancelled.requests.isEmpty)
        #expect(cancelled.cancellations.count == 1)
        guard case .unavailable? = cancelled.submissions.first else {
            Issue.record("answered \(cancelled.answers)")
            return
        }
        #expect(bench.office.ordersUnderWay == 0)
        #expect(bench.tell(.timer("4711", timer.token)).isEmpty)
    }
}
