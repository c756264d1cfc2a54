import AllocationModel
import AllocationProtocol
import StockLedger
import Testing
import WarehouseDesk

/// What a site tells of the receipts that are on their way to it.
struct `A bid of what is on its way` {
    private let later: CivilDate

    init() throws {
        later = try day("2026-03-06")
    }

    private func conversation(stock units: Int64 = 8) async throws -> Conversation {
        let talk = try await Conversation.inSession(stock: units)
        try talk.ledger.performAndWait(at: monday) { books in
            for (name, units, day) in [("PO-2", Int64(5), later), ("PO-1", 40, monday.utcDay)] {
                _ = try books.addInbound(
                    InboundNotice(
                        reference: Receipt.ID(trusted: name),
                        sku: "VALVE-3IN",
                        expected: day,
                        quantity: Quantity(units)
                    ),
                    who: "ana"
                )
            }
        }
        return talk
    }

    private func bid(_ talk: inout Conversation, _ request: BidRequest) async throws -> Bid {
        guard case .bid(_, let bid)? = try await talk.ask(.bid(request)).first else {
            throw ParseError("is no bid")
        }
        return bid
    }

    @Test func `names the soonest first, with the day on which it would leave and arrive`()
        async throws
    {
        var talk = try await conversation()
        let bid = try await bid(&talk, bidRequest([("VALVE-3IN", 20)]))

        #expect(bid.offers.first?.quantity == 8)
        #expect(bid.incoming.map(\.receipt) == ["PO-1", "PO-2"])
        #expect(bid.incoming.map(\.quantity) == [40, 5])
        // What comes on Monday leaves on Tuesday; what comes on Friday, after the weekend.
        #expect(bid.incoming.map(\.leaves) == [try day("2026-03-03"), try day("2026-03-09")])
        #expect(bid.incoming.allSatisfy { ($0.arrives ?? $0.expected) > ($0.leaves ?? later) })
    }

    @Test func `says nothing of what the site can fill, nor in a quote`() async throws {
        var talk = try await conversation()
        #expect(try await bid(&talk, bidRequest([("VALVE-3IN", 8)])).incoming.isEmpty)
        let quote = bidRequest([("VALVE-3IN", 20)], purpose: .quote)
        #expect(try await bid(&talk, quote).incoming.isEmpty)
    }

    @Test func `says it of whatever the office asks about, without a day of arriving`()
        async throws
    {
        var talk = try await conversation()
        let survey = bidRequest([("VALVE-3IN", 1)], purpose: .availability)
        let told = try await bid(&talk, survey).incoming
        #expect(told.map(\.receipt) == ["PO-1", "PO-2"])
        #expect(told.allSatisfy { $0.leaves != nil && $0.arrives == nil })
    }

    @Test func `names a SKU of several lines once`() async throws {
        var talk = try await conversation()
        let both = bidRequest([("VALVE-3IN", 20), ("VALVE-3IN", 20)])
        #expect(try await bid(&talk, both).incoming.map(\.line) == [0, 0])
    }

    @Test func `passes by what is overdue, what has come, and what no service takes there`()
        async throws
    {
        var talk = try await conversation()
        let nowhere = bidRequest([("VALVE-3IN", 20)], to: "99950")
        #expect(try await bid(&talk, nowhere).incoming.isEmpty)
        try talk.ledger.performAndWait(at: monday) { books in
            _ = try books.receiveInbound("PO-1", units: 30, who: "ben")
        }
        let rest = try await bid(&talk, bidRequest([("VALVE-3IN", 60)]))
        #expect(rest.offers.first?.quantity == 38)
        #expect(rest.incoming.map(\.quantity) == [10, 5])
        talk.now = after(monday, hours: 24)
        let next = try await bid(&talk, bidRequest([("VALVE-3IN", 60)]))
        #expect(next.incoming.map(\.receipt) == ["PO-2"])
    }
}
