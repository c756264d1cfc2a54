import AllocationModel
import AllocationProtocol
import ShippingCalendar
import StockLedger
import Testing
import WarehouseDesk

struct `Warehouse desk on a full day` {
    private let today: CivilDate
    private let tomorrow: CivilDate

    init() throws {
        today = try day("2026-03-02")
        tomorrow = try day("2026-03-03")
    }

    /// A site with 20 valves and 5 hoses that has so much leave on a Monday.
    private func open(_ capacity: ShippingCapacity) async throws -> Conversation {
        let talk = try await Conversation.inSession()
        try talk.ledger.performAndWait(at: monday) { try $0.setCapacity(capacity, on: .monday) }
        return talk
    }

    private func order(
        _ counter: Int64,
        _ lines: [(SKU, Quantity)] = [("VALVE-3IN", 1)],
        by service: String? = "ups-ground",
        leaving day: CivilDate
    ) -> Request {
        let asked = bidRequest(lines)
        return .reserve(
            ReserveRequest(
                transaction: transaction(counter),
                lines: lines.map { Reservation.Line(sku: $0.0, quantity: $0.1) },
                participants: [dallas],
                bid: BidRequest(
                    round: RoundID(order: Order.ID(trusted: "order-\(counter)"), attempt: 1),
                    lines: asked.lines,
                    destination: asked.destination,
                    serviceLevel: asked.serviceLevel,
                    currency: asked.currency,
                    remainingMilliseconds: 500
                ),
                carriage: Carriage(service: service, leaves: day)
            )
        )
    }

    private func bid(
        _ talk: Conversation,
        on lines: [(SKU, Quantity)] = [("VALVE-3IN", 1)],
        purpose: BidRequest.Purpose = .order
    ) async throws -> Bid {
        let answers = try await talk.ask(.bid(bidRequest(lines, purpose: purpose)))
        guard case .bid(_, let bid)? = answers.first else {
            throw ParseError("answered \(answers)")
        }
        return bid
    }

    @Test func `bids the next day that has room, and says which is full`() async throws {
        let talk = try await open(ShippingCapacity(orders: 1))
        #expect(try await bid(talk).services.map(\.leaves) == [today, today])

        _ = try await talk.ask(order(1, leaving: today))

        let later = try await bid(talk)
        #expect(later.services.map(\.leaves) == [tomorrow, tomorrow])
        #expect(later.services.map(\.arrives) == (try [day("2026-03-04"), day("2026-03-04")]))
        #expect(
            later.declines == [
                Decline(.service("ups-ground"), .dayFull(today)),
                Decline(.service("ups-next-day"), .dayFull(today)),
            ]
        )
    }

    @Test func `gives one of two orders the last place, and the other a bid for tomorrow`()
        async throws
    {
        let talk = try await open(ShippingCapacity(orders: 2))
        _ = try await talk.ask(order(1, leaving: today))

        let answers = try await talk.ask(order(2, leaving: today), order(3, leaving: today))

        guard case .vote(transaction(2), .reserve) = answers[0],
            case .vote(transaction(3), .refuse(let refusal, let bid?)) = answers[1]
        else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(refusal == .dayFull(today))
        #expect(bid.offers.map(\.quantity) == [1])
        #expect(bid.services.map(\.leaves) == [tomorrow, tomorrow])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 2, 0])
        // Asked again for the day that the fresh bid named, it votes.
        let again = try await talk.ask(order(4, leaving: tomorrow))
        guard case .vote(transaction(4), .reserve)? = again.first else {
            Issue.record("answered \(again)")
            return
        }
    }

    @Test func `bids the day again that an order has given back`() async throws {
        let talk = try await open(ShippingCapacity(orders: 1))
        _ = try await talk.ask(order(1, leaving: today))
        _ = try await talk.ask(.release(transaction(1)))

        #expect(try await bid(talk).services.first?.leaves == today)
        #expect(try await bid(talk).declines.isEmpty)
    }

    @Test func `repeats its vote for a day that has become full since`() async throws {
        let talk = try await open(ShippingCapacity(orders: 1))
        _ = try await talk.ask(order(1, leaving: today))

        let again = try await talk.ask(order(1, leaving: today))
        guard case .vote(transaction(1), .reserve)? = again.first else {
            Issue.record("answered \(again)")
            return
        }
        #expect(try await talk.ask(.confirm(transaction(1))) == [.confirmed(transaction(1))])
    }

    // What is voted may be less than was bid, and is then counted as it is.
    @Test func `bids on all that it offers, and counts what is taken`() async throws {
        let talk = try await open(ShippingCapacity(lines: 2))
        _ = try await talk.ask(order(1, leaving: today))

        let both: [(SKU, Quantity)] = [("VALVE-3IN", 1), ("HOSE-1IN", 1)]
        #expect(try await bid(talk, on: both).services.first?.leaves == tomorrow)
        #expect(try await bid(talk, on: [("HOSE-1IN", 1)]).services.first?.leaves == today)
        let vote = try await talk.ask(order(2, [("HOSE-1IN", 1)], leaving: today))
        guard case .vote(transaction(2), .reserve)? = vote.first else {
            Issue.record("answered \(vote)")
            return
        }
    }

    @Test func `weighs what is asked for, not all there is, where somebody only looks`()
        async throws
    {
        // 450 g a valve: 20 would fill the day ten times over.
        let talk = try await open(ShippingCapacity(weight: Weight(grams: 900)))
        _ = try await talk.ask(order(1, leaving: today))

        let look = try await bid(talk, purpose: .availability)

        #expect(look.offers.map(\.quantity) == [19])
        #expect(look.services.first?.leaves == today)
    }

    @Test func `does not count an order's own vote against its next attempt`() async throws {
        let talk = try await open(ShippingCapacity(orders: 1))
        guard case .reserve(let first) = order(1, leaving: today) else { return }
        _ = try await talk.ask(.reserve(first))

        let asked = BidRequest(
            round: RoundID(order: first.order, attempt: 2),
            lines: first.bid.lines,
            destination: first.bid.destination,
            serviceLevel: .ground,
            currency: .usd,
            remainingMilliseconds: 500
        )
        let answers = try await talk.ask(.bid(asked))

        guard case .bid(_, let bid)? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(bid.services.first?.leaves == today)
    }

    @Test func `counts a part that leaves by several services on the day of the first`()
        async throws
    {
        let talk = try await open(ShippingCapacity(orders: 1))
        _ = try await talk.ask(order(1, by: nil, leaving: today))

        let vote = try await talk.ask(order(2, leaving: today))
        guard case .vote(_, .refuse(.dayFull(today), _))? = vote.first else {
            Issue.record("answered \(vote)")
            return
        }
        let picks = try talk.ledger.readAndWait(at: monday) {
            try $0.reservation(transaction(1))?.carriage
        }
        #expect(picks == Carriage(service: nil, leaves: today))
    }

    @Test func `declines a service all of whose days are full`() async throws {
        let talk = try await open(ShippingCapacity(orders: 1))
        // It ships on Mondays alone, and each of the year's is taken.
        try talk.ledger.performAndWait(at: monday) { books in
            for weekday in [Weekday.tuesday, .wednesday, .thursday, .friday] {
                _ = try books.removeCutoff(weekday)
            }
            try books.stock("PUMP-2HP", 100)
            for week in 0...53 {
                _ = try books.restore(
                    Reservation(
                        transaction: transaction(Int64(100 + week)),
                        order: Order.ID(trusted: "week-\(week)"),
                        lines: [Reservation.Line(sku: "PUMP-2HP", quantity: 1)]
                    ),
                    participants: [dallas],
                    by: Carriage(service: "ups-ground", leaves: today.adding(days: 7 * week))
                )
            }
        }

        let bid = try await bid(talk)

        #expect(bid.services.isEmpty)
        #expect(bid.declines.map(\.reason) == [.dayFull(today), .dayFull(today)])
    }
}

extension Books {
    fileprivate func stock(_ sku: SKU, _ onHand: Int64) throws {
        try setCatalogEntry(CatalogEntry(sku: sku, unitWeight: Weight(grams: 450)))
        try count(sku, counted: onHand, who: "ana")
    }
}
