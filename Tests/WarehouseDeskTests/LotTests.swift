import AllocationModel
import AllocationProtocol
import StockLedger
import Testing

@testable import WarehouseDesk

/// What a desk offers, sets aside and tells of goods that are kept by lot.
struct `Desk of a site with lots` {
    /// Five that expire on Friday, 6 March 2026, and seven with papers that expire in June.
    private func started(safety: Int64 = 0) async throws -> Conversation {
        let talk = try await Conversation.inSession()
        try talk.ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(sku: "GLUE", unitWeight: Weight(grams: 900), isLotTracked: true)
            )
            try books.setLot("A", of: "GLUE", expires: day("2026-03-06"))
            try books.setLot("B", of: "GLUE", expires: day("2026-06-01"), certificates: ["COA"])
            try books.count("GLUE", lot: "A", counted: 5, who: "ana")
            try books.count("GLUE", lot: "B", counted: 7, who: "ana")
            try books.setSafetyStock(of: "GLUE", to: Quantity(safety))
        }
        return talk
    }

    private func request(_ units: Quantity, everyLot: Bool) -> BidRequest {
        let plain = bidRequest([("GLUE", units)])
        return BidRequest(
            round: plain.round,
            lines: [BidRequest.Line(sku: "GLUE", quantity: units, namesEveryLot: everyLot)],
            destination: plain.destination,
            serviceLevel: plain.serviceLevel,
            currency: plain.currency,
            remainingMilliseconds: 500
        )
    }

    private func bid(_ talk: Conversation, _ asked: BidRequest) async throws -> Bid {
        let answers = try await talk.ask(.bid(asked))
        guard case .bid(_, let bid)? = answers.first else { throw ParseError("\(answers)") }
        return bid
    }

    private func reserving(_ units: Quantity, _ terms: LotTerms) -> Request {
        .reserve(
            ReserveRequest(
                transaction: transaction(1),
                lines: [Reservation.Line(sku: "GLUE", quantity: units, lots: terms)],
                participants: [dallas],
                bid: request(units, everyLot: true)
            )
        )
    }

    @Test func `names the lots it would take first, or every one where that is asked`()
        async throws
    {
        let talk = try await started()
        for (everyLot, lots): (Bool, [Lot.ID: Quantity]) in [
            (false, ["A": 4]), (true, ["A": 4, "B": 4]),
        ] {
            let offer = try await bid(talk, request(4, everyLot: everyLot)).offers.first
            #expect(offer?.quantity == 4)
            let named = (offer?.lots ?? []).map { ($0.lot, $0.quantity) }
            #expect(Dictionary(uniqueKeysWithValues: named) == lots)
        }
    }

    @Test func `offers no more of its lots together than it may promise`() async throws {
        let talk = try await started(safety: 6)

        let offer = try await bid(talk, request(20, everyLot: true)).offers.first

        #expect(offer?.quantity == 6)
        #expect(offer?.lots.map(\.quantity) == [5, 6])
    }

    @Test func `sets aside of the lots alone that will do`() async throws {
        let talk = try await started()
        let until = try day("2026-04-01")

        let vote = try await talk.ask(reserving(7, LotTerms(keepsUntil: until)))

        guard case .vote(_, .reserve)? = vote.first else {
            Issue.record("answered \(vote)")
            return
        }
        let picks = try talk.ledger.readAndWait(at: monday) {
            try $0.reservation(transaction(1))?.picks
        }
        #expect(picks?.map(\.lot) == ["B"])
    }

    @Test func `refuses with what such lots have, and a bid that names them all`() async throws {
        let talk = try await started()

        let vote = try await talk.ask(reserving(8, LotTerms(certificates: ["COA"])))

        guard case .vote(_, .refuse(let reason, let fresh?))? = vote.first else {
            Issue.record("answered \(vote)")
            return
        }
        #expect(reason == .insufficientStock(sku: "GLUE", requested: 8, available: 7))
        #expect(fresh.offers.first?.lots.map(\.lot) == ["A", "B"])
    }

    @Test func `tells with its heartbeat that a lot has expired that was set aside`() async throws {
        var talk = try await started()
        _ = try await talk.ask(reserving(6, .any))
        talk.now = after(monday, hours: 5 * 24)
        #expect(try await talk.batch([.greet]).refusals.isEmpty, "in doubt, it waits to be told")
        _ = try await talk.ask(.confirm(transaction(1)))

        let told = try await talk.batch([.greet]).refusals

        #expect(told.map(\.reason) == [.expired] && told.map(\.quantity) == [5])
        #expect(told.map(\.lot) == ["A"] && told.map(\.who) == ["site clock"])
        #expect(try await talk.batch([.greet]).refusals == told)
        let note = Request.noteRefusal(transaction(1), at: told[0].at)
        _ = try await talk.ask(note)
        let mark = try talk.ledger.mark()
        #expect(try await talk.batch([.greet]).refusals.isEmpty)
        #expect(try talk.ledger.mark() == mark, "a heartbeat without news writes nothing")
        #expect(try talk.ledger.findings() == [])
    }
}
