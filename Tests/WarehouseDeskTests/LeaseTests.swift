import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import Testing

@testable import StockLedger
@testable import WarehouseDesk

struct `Desk that leases stock` {
    private static let lease = LeaseID(high: 1, low: 2)

    private func leasing() async throws -> Conversation {
        let talk = try await Conversation.inSession()
        _ = try talk.ledger.performAndWait(at: monday) { books in
            try books.grant(Self.lease, of: "VALVE-3IN", 5, who: "ana")
        }
        return talk
    }

    private func told(_ talk: Conversation) async throws -> [LeaseOffer.Wish] {
        try await talk.batch([.greet]).leases.map(\.wish)
    }

    private func drain(
        _ counter: Int64,
        _ units: Quantity,
        isCancelled: Bool = false
    ) -> Request {
        guard case .reserve(let request) = reserve(counter, [("VALVE-3IN", units)]) else {
            preconditionFailure("a request to reserve is one")
        }
        let draw = Lease.Draw(lease: Self.lease, sku: "VALVE-3IN", quantity: units)
        return .drain(Ruling(request: request, isCancelled: isCancelled, draws: [draw]))
    }

    private func setAside(_ talk: Conversation) throws -> Quantity? {
        try talk.ledger.readAndWait(at: monday) { try $0.lease(Self.lease)?.setAside }
    }

    @Test func `tells of a lease with each heartbeat until it is noted, and once in a session`()
        async throws
    {
        var talk = try await leasing()
        #expect(try await told(talk) == [.use])
        #expect(try await told(talk) == [.use])
        #expect(try await talk.batch([.greet]).standing.isEmpty == false)
        #expect(
            try await talk.ask(.noteLease(Self.lease, isWrittenOff: false))
                == [.leaseNoted(Self.lease)]
        )
        #expect(try await told(talk) == [])

        try await talk.attach(number: 2)
        #expect(try await told(talk) == [.use], "a coordinator that was restarted must hear it")
        talk.session = nil
        #expect(try await told(talk) == [], "outside a session nothing is leased")
    }

    // The office draws on weights alone: 120 in are too long for one of the two services.
    @Test func `tells what a service is too small for as too heavy for any package`() throws {
        let cards = try [nil, ParcelSize.standard]
            .map { size in
                try ParcelRateCard(
                    service: size == nil ? "courier" : "ups-ground",
                    carrier: "UPS",
                    level: .ground,
                    terms: ParcelRateCard.Terms(currency: .usd, size: size, transitDaysDefault: 1),
                    chart: ZoneChart([
                        ZoneChart.Row(.prefixes(0...999), zone: try Zone(parsing: "2"))
                    ]),
                    rates: RateTable(
                        [
                            (
                                zone: try Zone(parsing: "2"),
                                step: RateTable.Step(
                                    pounds: 150,
                                    price: Money(minorUnits: 1000, currency: .usd)
                                )
                            )
                        ],
                        currency: .usd
                    )
                )
            }
        let lease = Lease(id: Self.lease, sku: "RAIL-10FT", quantity: 5)
        let offer = { (length: Int64, cards: [ParcelRateCard]) in
            BiddingRule(
                warehouse: dallas,
                calendar: SiteCalendar(
                    timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                    cutoffs: Cutoffs(at: try TimeOfDay(parsing: "14:00"))
                ),
                cards: cards
            )
            .offer(
                of: lease,
                entry: CatalogEntry(
                    sku: "RAIL-10FT",
                    unitWeight: Weight(grams: 4500),
                    dimensions: Dimensions(length: length, width: 50, height: 50)
                ),
                wish: .use
            )
        }
        let heaviest = try #require(cards[0].packageWeightMaximum(in: try Zone(parsing: "2")))

        #expect(try offer(3048, cards).unitBillableWeight > heaviest)
        #expect(try offer(3048, [cards[0]]).unitBillableWeight < heaviest)
        #expect(try offer(2000, cards).unitBillableWeight < heaviest)
    }

    @Test func `tells what a service charges more for as too heavy for any package`() throws {
        let card = { (pounds: Int64) in
            let plain = try Rates.source("ups-ground", .ground, rates: Rates.ground, days: 1)
            return try ParcelRateCard(
                service: plain.service,
                carrier: plain.carrier,
                level: plain.level,
                terms: ParcelRateCard.Terms(
                    currency: .usd,
                    oversize: [
                        OversizeCharge(
                            checking: Money(minorUnits: 2500, currency: .usd),
                            over: .init(pounds: pounds)
                        )
                    ],
                    transitDaysDefault: 1
                ),
                chart: ZoneChart([ZoneChart.Row(.prefixes(0...999), zone: Zone(parsing: "2"))]),
                rates: RateTable(
                    [
                        (
                            zone: Zone(parsing: "2"),
                            step: RateTable.Step(
                                pounds: 150,
                                price: Money(minorUnits: 1000, currency: .usd)
                            )
                        )
                    ],
                    currency: .usd
                )
            )
        }
        let grams = { (pounds: Int64) in
            BiddingRule(
                warehouse: dallas,
                calendar: SiteCalendar(
                    timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                    cutoffs: Cutoffs(at: try TimeOfDay(parsing: "14:00"))
                ),
                cards: [try card(pounds)]
            )
            .offer(
                of: Lease(id: Self.lease, sku: "PUMP", quantity: 5),
                entry: CatalogEntry(sku: "PUMP", unitWeight: Weight(grams: 4500)),
                wish: .use
            )
            .unitBillableWeight.grams
        }

        #expect(try grams(10) == 4500)
        #expect(try grams(9) > Weight(pounds: 150).grams)
    }

    @Test func `bids without what it has leased`() async throws {
        let talk = try await leasing()
        let answers = try await talk.ask(.bid(bidRequest([("VALVE-3IN", 20)])))
        guard case .bid(_, let bid)? = answers.first else {
            Issue.record("it does not bid")
            return
        }
        #expect(bid.offers.map(\.quantity) == [15])
    }

    @Test func `takes an order out of its lease, once`() async throws {
        let talk = try await leasing()
        for _ in 0..<2 {
            #expect(try await talk.ask(drain(7, 3)) == [.confirmed(transaction(7))])
        }
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 3])
        #expect(try setAside(talk) == 2)
        #expect(try talk.ledger.findings().isEmpty)
    }

    // The cancellation may overtake what it cancels.
    @Test func `frees the units of an order that was cancelled, whatever comes late`() async throws
    {
        let talk = try await leasing()
        #expect(
            try await talk.ask(drain(7, 3, isCancelled: true)) == [.released(transaction(7))]
        )
        #expect(try await talk.ask(drain(7, 3)) == [.confirmed(transaction(7))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try setAside(talk) == 2)
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `frees the units of an order that is cancelled after it has ended`() async throws {
        let talk = try await leasing()
        _ = try await talk.ask(drain(7, 3))
        try talk.ledger.performAndWait(at: monday) {
            try $0.end(below: transaction(8).number, of: office)
        }

        for _ in 0..<2 {
            #expect(
                try await talk.ask(drain(7, 3, isCancelled: true)) == [.released(transaction(7))]
            )
        }

        #expect(try await talk.ask(drain(7, 3)) == [.refused(.expired)], "a word of before")
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try setAside(talk) == 2)
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `asks for a lease back until it is closed`() async throws {
        let talk = try await leasing()
        _ = try await talk.ask(.noteLease(Self.lease, isWrittenOff: false))
        try talk.ledger.performAndWait(at: monday) { books in
            _ = try books.askBack(Self.lease, reason: "sale", who: "ana")
        }
        #expect(try await told(talk) == [.giveBack])
        #expect(try await told(talk) == [.giveBack])

        _ = try await talk.ask(.closeLease(Self.lease, kept: 2))
        #expect(try await told(talk) == [])
        #expect(try setAside(talk) == 2, "two were drawn and have not come")
        _ = try await talk.ask(drain(7, 2))
        #expect(try setAside(talk) == 0)
    }

    @Test func `takes in what was drawn on a lease that is written off, and says what it was`()
        async throws
    {
        let talk = try await leasing()
        try talk.ledger.performAndWait(at: monday) { books in
            _ = try books.writeOff(Self.lease, reason: "counter is full", who: "ana")
        }
        let word = LeaseWriteOff(who: "ana", reason: "counter is full", at: monday)
        #expect(try await told(talk) == [.writtenOff(word, drained: .zero)])
        #expect(try await talk.ask(drain(7, 3)) == [.confirmed(transaction(7))])
        _ = try await talk.ask(.noteLease(Self.lease, isWrittenOff: false))
        #expect(
            try await told(talk) == [.writtenOff(word, drained: .zero)],
            "that was said of the lease, and came late"
        )
        _ = try await talk.ask(.noteLease(Self.lease, isWrittenOff: true))
        #expect(try await told(talk) == [])
        #expect(try talk.ledger.findings().map(\.kind) == [.leaseConflict])
    }

    @Test func `keeps what a coordinator without its log can have drawn`() async throws {
        let talk = try await leasing()
        let offered = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))
        _ = try await talk.ask(.report(offered, after: nil))
        _ = try await talk.ask(.closeLease(Self.lease, kept: .zero))

        #expect(try setAside(talk) == 5)
        #expect(try await told(talk) == [])
    }

    @Test func `drains nothing outside its session, and nothing for another coordinator`()
        async throws
    {
        var talk = try await leasing()
        talk.session = nil
        #expect(try await talk.ask(drain(7, 3)) == [.refused(.staleSession)])
        #expect(try setAside(talk) == 5)
    }
}
