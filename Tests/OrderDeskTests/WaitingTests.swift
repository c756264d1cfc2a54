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
        let (first, bidding) = try bid(
            &bench,
            bench.submit(Example.order("4711", 20, completeness)),
            left
        )
        let waiting = bench.solve(bidding)

        #expect(!first.insists)
        #expect(waiting.records.isEmpty && waiting.requests.isEmpty && waiting.answers.isEmpty)
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
        let timer = try #require(bench.solve(bidding).timers.first)
        let asking = bench.tell(.timer("4711", timer.token))

        let (_, bids) = try bid(&bench, asking, left)

        let decided = bench.vote(bench.solve(bids))
        #expect(decided.recordWords == ["confirmed 4711 [DAL]"])
        #expect(decided.submissions.first?.outcomePlan?.backorders.map(\.quantity) == [12])
    }

    @Test func `does not wait where what is left is enough`() throws {
        var bench = Bench([Example.dallas])
        let (_, bidding) = try bid(&bench, bench.submit(Example.order("4711", 8)), left)

        #expect(bench.solve(bidding).words == ["DAL reserve [8]"])
    }

    @Test func `withdraws an order that waits`() throws {
        var bench = Bench([Example.dallas])
        let (_, bidding) = try bid(&bench, bench.submit(Example.order("4711", 20)), left)
        let timer = try #require(bench.solve(bidding).timers.first)

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
