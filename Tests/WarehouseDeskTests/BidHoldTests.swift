import AllocationModel
import AllocationProtocol
import StockLedger
import Testing
import WarehouseDesk

struct `Warehouse desk on scarce stock` {
    private func request(
        _ order: String,
        _ units: Quantity,
        of sku: SKU = "VALVE-3IN",
        insists: Bool = false,
        purpose: BidRequest.Purpose = .order
    ) -> BidRequest {
        BidRequest(
            round: RoundID(order: Order.ID(trusted: order), attempt: 1),
            lines: [BidRequest.Line(sku: sku, quantity: units)],
            destination: destination(),
            serviceLevel: .ground,
            currency: .usd,
            purpose: purpose,
            insists: insists,
            remainingMilliseconds: 500
        )
    }

    private func bid(_ talk: Conversation, on request: BidRequest) async throws -> Bid {
        let answers = try await talk.ask(.bid(request))
        guard case .bid(_, let bid)? = answers.first else {
            throw ParseError("answered \(answers)")
        }
        return bid
    }

    private func reserving(_ counter: Int64, _ order: String, _ units: Quantity) -> Request {
        .reserve(
            ReserveRequest(
                transaction: transaction(counter),
                lines: [Reservation.Line(sku: "VALVE-3IN", quantity: units)],
                participants: [dallas],
                bid: request(order, units)
            )
        )
    }

    private func units(_ bid: Bid) -> [Quantity] { bid.offers.flatMap { $0.tiers.map(\.quantity) } }

    @Test func `keeps what it offers one order from the bid on another`() async throws {
        let talk = try await Conversation.inSession()

        #expect(try await units(bid(talk, on: request("one", 18))) == [18])
        let other = try await bid(talk, on: request("two", 6))

        #expect(units(other) == [2])
        #expect(other.declines == [Decline(.line(0), .offeredElsewhere(available: 2))])
        // The order itself is offered the same again.
        #expect(try await units(bid(talk, on: request("one", 18))) == [18])
        // What the rules count of a site is what it has.
        #expect(other.offers.first?.available == 20)
    }

    @Test func `says that nothing is left for now where another is offered all of it`() async throws
    {
        let talk = try await Conversation.inSession()
        _ = try await bid(talk, on: request("one", 20))

        let other = try await bid(talk, on: request("two", 1))

        #expect(other.offers.isEmpty)
        #expect(other.declines == [Decline(.line(0), .offeredElsewhere(available: 0))])
    }

    @Test func `offers all of it to who insists, and to who only looks`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await bid(talk, on: request("one", 20))

        #expect(try await units(bid(talk, on: request("two", 6, insists: true))) == [6])
        #expect(
            try await units(bid(talk, on: request("look", 1, purpose: .availability))) == [20]
        )
    }

    /// Four times what is asked for is there: then nobody is in another's way.
    @Test(arguments: [(5, 6), (6, 14)] as [(Quantity, Quantity)])
    func `keeps only what is scarce`(_ asked: Quantity, _ left: Quantity) async throws {
        let talk = try await Conversation.inSession()
        _ = try await bid(talk, on: request("one", asked))

        let other = try await bid(talk, on: request("two", 20))

        #expect(units(other) == [asked == 5 ? 20 : left])
    }

    @Test func `keeps it for two seconds of a clock that only runs forward`() async throws {
        var talk = try await Conversation.inSession()
        talk.uptime = .seconds(100)
        _ = try await bid(talk, on: request("one", 20))

        talk.uptime = .milliseconds(101_999)
        #expect(try await units(bid(talk, on: request("two", 6))) == [])
        // A clock that is set back changes nothing.
        talk.uptime = .seconds(1)
        #expect(try await units(bid(talk, on: request("two", 6))) == [])
        talk.uptime = .seconds(102)
        #expect(try await units(bid(talk, on: request("two", 6))) == [6])
    }

    @Test func `keeps it no longer than until its order reserves`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await bid(talk, on: request("one", 20))

        _ = try await talk.ask(reserving(1, "one", 4))

        let other = try await bid(talk, on: request("two", 16))
        #expect(units(other) == [16])
        #expect(other.declines.isEmpty)
    }

    /// It is a courtesy between bids: a reservation asks the ledger alone.
    @Test func `reserves what it is offering another`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await bid(talk, on: request("one", 20))

        let answers = try await talk.ask(reserving(1, "two", 20))

        guard case .vote(_, .reserve)? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 20, 0])
    }

    @Test func `keeps nothing back from the fresh bid of who was refused`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserving(1, "one", 12))
        _ = try await bid(talk, on: request("two", 8))

        let answers = try await talk.ask(reserving(2, "three", 10))

        guard case .vote(_, .refuse(.insufficientStock, let fresh?))? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(units(fresh) == [8])
        #expect(fresh.declines == [Decline(.line(0), .partialStock(available: 8))])
    }

    @Test func `offers the lots that come after those another is offered`() async throws {
        let talk = try await Conversation.inSession()
        try talk.ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(sku: "GLUE", unitWeight: Weight(grams: 900), isLotTracked: true)
            )
            for (lot, expires) in [("A", "2026-06-01"), ("B", "2026-09-01")] {
                try books.setLot(
                    Lot.ID(trusted: lot),
                    of: "GLUE",
                    expires: day(expires),
                    certificates: []
                )
                try books.count("GLUE", lot: Lot.ID(trusted: lot), counted: 5, who: "ana")
            }
        }
        _ = try await bid(talk, on: request("one", 6, of: "GLUE"))

        let other = try await bid(talk, on: request("two", 3, of: "GLUE"))

        #expect(other.offers.first?.lots.map(\.lot) == ["B"])
        #expect(other.offers.first?.lots.map(\.quantity) == [3])
    }

    /// Whoever asks for bids without end does not fill the site's memory, nor keep its stock.
    @Test func `keeps for a thousand orders at once and no more`() async throws {
        var talk = try await Conversation.inSession()
        for number in 0..<999 {
            _ = try await bid(talk, on: request("n\(number)", 20, insists: true))
        }
        _ = try await bid(talk, on: request("the thousandth", 5, of: "HOSE-1IN"))
        #expect(try await units(bid(talk, on: request("other", 1, of: "HOSE-1IN"))) == [])
        _ = try await talk.ask(reserving(1, "the thousandth", 1))
        _ = try await bid(talk, on: request("n999", 20, insists: true))

        _ = try await bid(talk, on: request("one more", 5, of: "HOSE-1IN"))
        #expect(try await units(bid(talk, on: request("other", 1, of: "HOSE-1IN"))) == [1])

        // Those of whom the time is over make room.
        talk.uptime = .seconds(3)
        _ = try await bid(talk, on: request("one more", 5, of: "HOSE-1IN"))
        #expect(try await units(bid(talk, on: request("other", 1, of: "HOSE-1IN"))) == [])
    }
}
