import AllocationModel
import AllocationProtocol
import StockLedger
import Testing

@testable import WarehouseDesk

struct `Desk of a site of which an order is sourced again` {
    /// Order 4711 has eight of twenty valves.
    private func confirmed() async throws -> Conversation {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        _ = try await talk.ask(.confirm(transaction(1)))
        return talk
    }

    private func reserveInPlace(_ counter: Int64, _ units: Quantity) -> Request {
        .reserve(
            ReserveRequest(
                transaction: transaction(counter),
                lines: [Reservation.Line(sku: "VALVE-3IN", quantity: units)],
                participants: [dallas, reno],
                bid: asked(units)
            )
        )
    }

    private func asked(_ units: Quantity) -> BidRequest {
        let plain = bidRequest([("VALVE-3IN", units)])
        return BidRequest(
            round: plain.round,
            lines: plain.lines,
            destination: plain.destination,
            serviceLevel: plain.serviceLevel,
            currency: plain.currency,
            remainingMilliseconds: plain.remainingMilliseconds,
            replacing: transaction(1).number
        )
    }

    private func offered(_ answers: [Answer]) -> [Quantity] {
        answers.compactMap { answer in
            guard case .bid(_, let bid) = answer else { return nil }
            return bid.offers.first?.quantity ?? .zero
        }
    }

    @Test func `bids as if what the order has here were free`() async throws {
        let talk = try await confirmed()

        let plain = bidRequest([("VALVE-3IN", 20)])
        #expect(offered(try await talk.ask(.bid(plain))) == [12])
        #expect(offered(try await talk.ask(.bid(asked(20)))) == [20])
        // In a batch with others too, each by itself.
        let both = try await talk.ask(.bid(plain), .bid(asked(20)), .bid(plain))
        #expect(offered(both) == [12, 20, 12])
    }

    @Test func `votes for all of it, and has both until it hears`() async throws {
        let talk = try await confirmed()

        let vote = try await talk.ask(reserveInPlace(2, 20))
        guard case .vote(transaction(2), .reserve)? = vote.first else {
            Issue.record("it does not vote: \(vote)")
            return
        }
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 12, 8])
        #expect(
            try await talk.ask(.cancel(transaction(1)))
                == [.refused(.beingReplaced(transaction(1)))]
        )

        #expect(try await talk.ask(.confirm(transaction(2))) == [.confirmed(transaction(2))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 20])
        // Both words come again, in any order, and change nothing.
        #expect(try await talk.ask(.cancel(transaction(1))) == [.released(transaction(1))])
        #expect(try await talk.ask(.confirm(transaction(1))) == [.confirmed(transaction(1))])
        #expect(try await talk.ask(.confirm(transaction(2))) == [.confirmed(transaction(2))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 20])
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `keeps what it has where the new attempt is released`() async throws {
        let talk = try await confirmed()
        _ = try await talk.ask(reserveInPlace(2, 20))

        #expect(try await talk.ask(.release(transaction(2))) == [.released(transaction(2))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
        #expect(try await talk.ask(.cancel(transaction(1))) == [.released(transaction(1))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
    }

    // The word on the first decision may still be on its way.
    @Test func `takes the request for a proof that the first was decided`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))

        let vote = try await talk.ask(reserveInPlace(2, 8))

        guard case .vote(transaction(2), .reserve)? = vote.first else {
            Issue.record("it does not vote: \(vote)")
            return
        }
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
        #expect(try await talk.ask(.confirm(transaction(1))) == [.confirmed(transaction(1))])
    }

    @Test func `refuses where its part has left`() async throws {
        let talk = try await confirmed()
        try talk.ship()

        let vote = try await talk.ask(reserveInPlace(2, 12))

        guard case .vote(transaction(2), .refuse(.shipped, _))? = vote.first else {
            Issue.record("it does not refuse: \(vote)")
            return
        }
    }

    // A copy from before the decision comes back with a vote that is void.
    @Test func `is given back the new part where it lost the confirmation`() async throws {
        let talk = try await confirmed()
        _ = try await talk.ask(reserveInPlace(2, 20))
        let lines = [Reservation.Line(sku: "VALVE-3IN", quantity: 8)]
        let more = [Reservation.Line(sku: "VALVE-3IN", quantity: 20)]
        let rulings = [(1, lines, true), (2, more, false)]
            .map { counter, lines, isCancelled in
                Ruling(
                    request: ReserveRequest(
                        transaction: transaction(Int64(counter)),
                        lines: lines,
                        participants: [dallas, reno],
                        bid: bidRequest([("VALVE-3IN", 20)])
                    ),
                    isCancelled: isCancelled
                )
            }
        let session = SessionID(epoch: 1, number: 9)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: session, known: .empty))

        let restored = try await talk.ask(
            .restore(session, Restoration(incarnation: 2, rulings: rulings))
        )

        guard case .restored(session, let word)? = restored.first else {
            Issue.record("it is not restored: \(restored)")
            return
        }
        #expect(word.shortfall == 0)
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 20])
        #expect(try talk.ledger.findings().isEmpty)
    }
}
