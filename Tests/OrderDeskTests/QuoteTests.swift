import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Dallas ships by ground for 9.00, and by air for 90.00 a day sooner.
struct `Office that is asked for a quote` {
    private func bid(_ valves: Quantity, air cents: Int64 = 90_00) -> Bid {
        let ground = Example.bid(Example.dallas, valves)
        guard let service = ground.services.first else { return ground }
        let tariff = ParcelTableTariff(
            steps: [
                ParcelTableTariff.Step(
                    weightMaximum: 70_000,
                    charge: Money(minorUnits: cents, currency: .usd).cost
                )
            ],
            packagesMaximum: 9
        )
        let air = Bid.Service(
            code: "ups-air",
            carrier: "UPS",
            level: .nextDay,
            tariff: .parcelTable(tariff),
            leaves: service.leaves,
            arrives: service.leaves.adding(days: 1),
            cutoff: service.cutoff
        )
        return Bid(
            warehouse: ground.warehouse,
            offers: ground.offers,
            services: [service, air],
            declines: ground.declines
        )
    }

    /// Asks for a quote, has Dallas bid, and returns what was asked and what is answered.
    private func quote(
        _ bench: inout Bench,
        _ order: Order,
        _ bid: Bid
    ) throws -> (asked: BidRequest, answers: [Office.ClientAnswer]) {
        let asking = bench.tell(.quoteAsked(order, by: 5))
        let request = try #require(asking.requests.first { $0.warehouse == "DAL" }?.request)
        guard case .bid(let asked) = request else { throw ParseError("asked \(asking.words)") }
        var last = bench.answer("DAL", [request], [.bid(round: asked.round, bid)])
        if let timer = asking.timers.first, last.tasks.isEmpty {
            last = bench.tell(.timer(timer.order, timer.token))
        }
        return (asked, bench.solve(last).answers)
    }

    private func found(_ answers: [Office.ClientAnswer]) throws -> Quote {
        guard case .quote(5, .quoted(let quote))? = answers.first, answers.count == 1 else {
            throw ParseError("answered \(answers)")
        }
        return quote
    }

    @Test func `answers with a plan for each service level, and writes nothing`() throws {
        var bench = Bench([Example.dallas])
        let (asked, answers) = try quote(&bench, Example.order("4711", 8), bid(8))

        #expect(asked.purpose == .quote)
        let quote = try found(answers)
        #expect(quote.options.map(\.level) == [.ground, .nextDay])
        #expect(quote.options.map(\.shipping.decimal) == ["9.00", "90.00"])
        let days = quote.options.compactMap(\.lastArrival)
        #expect(days.first.map { $0.adding(days: -1) } == days.last)
        #expect(quote.refusals.isEmpty && quote.absent.isEmpty)
        #expect(bench.office.ordersUnderWay == 0)
        // The order itself may come at any time.
        let order = bench.bid(bench.submit(Example.order("4711", 8)), valves: ["DAL": 8])
        #expect(bench.vote(bench.solve(order)).recordWords == ["confirmed 4711 [DAL]"])
    }

    @Test func `leaves out what nobody would choose`() throws {
        var bench = Bench([Example.dallas])
        // Air is no dearer than ground, and sooner.
        let (_, answers) = try quote(&bench, Example.order("4711", 8), bid(8, air: 9_00))

        #expect(try found(answers).options.map(\.plan.shipments.first?.service) == ["ups-air"])
    }

    @Test func `says why nobody can ship it, once everybody has been asked`() throws {
        var bench = Bench([Example.dallas])
        let (_, answers) = try quote(&bench, Example.order("4711", 8), bid(5))

        let quote = try found(answers)
        #expect(quote.options.isEmpty)
        #expect(quote.refusals.map(\.available) == [5])
    }

    @Test func `does not say so of a site that did not answer`() throws {
        var bench = Bench([Example.dallas, Example.newark])
        let (_, answers) = try quote(&bench, Example.order("4711", 8), bid(5))

        guard case .quote(5, .unavailable(let reason, _))? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(reason.contains("EWR"))

        let (_, others) = try quote(&bench, Example.order("4711", 8), bid(8))
        #expect(try found(others).absent == ["EWR"])
    }

    @Test func `asks for no more than it can have under way`() throws {
        var bench = Bench([Example.dallas])
        for _ in 0..<Quotes.underWayMaximum {
            #expect(bench.tell(.quoteAsked(Example.order("4711", 8), by: 5)).answers.isEmpty)
        }
        let last = bench.tell(.quoteAsked(Example.order("4711", 8), by: 5))

        guard case .quote(5, .unavailable)? = last.answers.first else {
            Issue.record("answered \(last.answers)")
            return
        }
        #expect(last.requests.isEmpty)
    }

    @Test func `takes a bid that no plan could hold for none`() throws {
        var bench = Bench([Example.dallas])
        let asking = bench.tell(.quoteAsked(Example.order("4711", 8), by: 5))
        let request = try #require(asking.requests.first?.request)
        guard case .bid(let asked) = request else { return }
        let usual = bid(8)
        let absurd = Bid(
            warehouse: "DAL",
            offers: [
                Bid.Offer(
                    line: 7,
                    tiers: [Bid.Tier(quantity: 8)],
                    unitWeight: Weight(grams: 450),
                    unitBillableWeight: Weight(grams: 450)
                )
            ],
            services: usual.services
        )

        let effects = bench.answer("DAL", [request], [.bid(round: asked.round, absurd)])

        #expect(effects.notes.contains(.misfit("DAL")))
        guard case .quote(5, .unavailable)? = bench.solve(effects).answers.first else {
            Issue.record("answered \(effects.answers)")
            return
        }
    }
}
