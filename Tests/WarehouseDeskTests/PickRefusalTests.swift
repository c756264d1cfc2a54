import AllocationModel
import AllocationProtocol
import StockLedger
import Testing

@testable import WarehouseDesk

struct `Desk of a site that cannot pick a part` {
    /// Order 4711 takes eight of twenty valves, and three of them are damaged.
    private func refused() async throws -> (Conversation, PickRefusal) {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        _ = try await talk.ask(.confirm(transaction(1)))
        let refusal = try talk.ledger.performAndWait(at: monday) { books in
            try books.refusePick(
                of: "4711",
                "VALVE-3IN",
                quantity: 3,
                because: .damaged,
                who: "kim"
            )
            .refusal
        }
        return (talk, refusal)
    }

    @Test func `tells of it with each heartbeat, until it is noted`() async throws {
        let (talk, refusal) = try await refused()

        for _ in 0..<2 {
            #expect(try await talk.batch([.greet]).refusals == [refusal])
        }
        let note = Request.noteRefusal(transaction(1), at: refusal.at)
        #expect(try await talk.ask(note) == [.noted(transaction(1))])
        #expect(try await talk.batch([.greet]).refusals.isEmpty)
        #expect(try await talk.ask(note) == [.noted(transaction(1))])
    }

    @Test func `tells again of what the office notes of another time`() async throws {
        let (talk, refusal) = try await refused()
        let other = Timestamp(milliseconds: refusal.at.milliseconds - 1)

        _ = try await talk.ask(.noteRefusal(transaction(1), at: other))

        #expect(try await talk.batch([.greet]).refusals == [refusal])
    }

    @Test func `refuses to note another coordinator's`() async throws {
        let (talk, refusal) = try await refused()
        let foreign = TransactionID(coordinator: "branch", epoch: 1, counter: 1)

        #expect(
            try await talk.ask(.noteRefusal(foreign, at: refusal.at))
                == [.refused(.unknownTransaction(foreign))]
        )
    }

    // Seventeen are left: what the order has of them it keeps, and three others make it whole.
    @Test func `offers the order what is left, and what is free`() async throws {
        let (talk, _) = try await refused()
        let plain = bidRequest([("VALVE-3IN", 20)])
        let asked = BidRequest(
            round: plain.round,
            lines: plain.lines,
            destination: plain.destination,
            serviceLevel: plain.serviceLevel,
            currency: plain.currency,
            remainingMilliseconds: plain.remainingMilliseconds,
            replacing: transaction(1).number
        )

        let answers = try await talk.ask(.bid(asked))
        guard case .bid(_, let bid)? = answers.first else {
            Issue.record("no bid: \(answers)")
            return
        }
        #expect(bid.offers.map(\.quantity) == [17])

        let vote = Request.reserve(
            ReserveRequest(
                transaction: transaction(2),
                lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 8)],
                participants: [dallas],
                bid: asked
            )
        )
        guard case .vote(transaction(2), .reserve)? = try await talk.ask(vote).first else {
            Issue.record("it does not vote")
            return
        }
        _ = try await talk.ask(.confirm(transaction(2)))
        #expect(try talk.ledger.numbers("VALVE-3IN") == [17, 0, 8])
        #expect(try await talk.batch([.greet]).refusals.isEmpty, "that attempt is over")
        #expect(try talk.ledger.findings().isEmpty)
    }
}
