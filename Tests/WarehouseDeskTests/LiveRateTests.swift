import AllocationModel
import AllocationProtocol
import Freight
import StockLedger
import Synchronization
import Testing
import WarehouseDesk

struct `Bids by a live rater` {
    private func batch(_ requests: [Request], _ session: SessionID? = nil) -> RequestBatch {
        RequestBatch(coordinator: office, epoch: 1, session: session, requests: requests)
    }

    private func rates(
        _ answer: @escaping @Sendable (RatedPackage) -> PackageAnswer
    ) -> LiveRates {
        LiveRates(services: ["ups-ground"], answer: answer)
    }

    private static func price(_ cents: Int64) -> PackageAnswer {
        .success(["ups-ground": .success(Money(minorUnits: cents, currency: .usd))])
    }

    @Test func `ask first for the packages that they hang on, each once`() async throws {
        let conversation = try await Conversation.inSession()
        // A valve weighs 450 g: 1, 2 and 3 of them are 1, 2 and 3 lb.
        let asked = bidRequest([("VALVE-3IN", 3)])
        let packages = try await conversation.desk.packagesToRate(
            for: batch([.bid(asked), .bid(asked), .greet]),
            by: ["ups-ground"],
            now: monday
        )
        #expect(packages.map(\.pounds) == [1, 2, 3])
        #expect(Set(packages.map(\.origin.postalCode)) == ["75201"])
        #expect(Set(packages.map(\.destination.postalCode)) == ["75001"])

        for (purpose, services) in [
            (BidRequest.Purpose.availability, Set(["ups-ground"])), (.order, []),
            (.order, ["no-such-card"]),
        ] {
            let none = try await conversation.desk.packagesToRate(
                for: batch([.bid(bidRequest([("VALVE-3IN", 3)], purpose: purpose))]),
                by: services,
                now: monday
            )
            #expect(none.isEmpty, "\(purpose) \(services)")
        }
    }

    @Test func `carry the rater's tariff, the card's days, and the word of which it was`()
        async throws
    {
        let conversation = try await Conversation.inSession()
        let asked = bidRequest([("VALVE-3IN", 3)])
        func bid(_ live: LiveRates?) async throws -> Bid {
            let answers = try await conversation.desk
                .answer(batch([.bid(asked)]), now: monday, uptime: .zero, live: live) { .zero }
                .answers
            guard case .bid(_, let bid) = answers.first else { throw ParseError("\(answers)") }
            return bid
        }
        let plain = try await bid(nil)
        let live = try await bid(rates { Self.price(300 + Int64($0.pounds)) })
        let failing = try await bid(rates { _ in .failure(.late) })

        #expect(plain.services.map(\.pricing) == [.card, .card])
        #expect(live.services.map(\.pricing) == [.rater, .card])
        #expect(failing.services.map(\.pricing) == [.cardFor(.late), .card])
        #expect(failing.services.map(\.tariff) == plain.services.map(\.tariff))
        #expect(live.services.map(\.arrives) == plain.services.map(\.arrives))
        #expect(live.services.map(\.handling) == plain.services.map(\.handling))
        let load = Load(weight: 1350, billableWeight: 1350)
        #expect(live.services[0].tariff.charge(for: load) == Cost(30_300))
    }

    @Test func `are priced by what is known where a vote is refused`() async throws {
        let conversation = try await Conversation.inSession(stock: 2)
        let known = Mutex<[Int]>([])
        let live = rates { package in
            known.withLock { $0.append(package.pounds) }
            return Self.price(300)
        }
        let answers = try await conversation.desk
            .answer(
                batch([reserve(1, [("VALVE-3IN", 3)])], conversation.session),
                now: monday,
                uptime: .zero,
                live: live
            ) { .zero }
            .answers
        guard case .vote(_, .refuse(.insufficientStock, let bid)) = answers.first else {
            Issue.record("\(answers)")
            return
        }
        // By what is asked for, not by the two that are there: as it was asked the first time.
        #expect(known.withLock { $0 } == [1, 2, 3])
        #expect(bid?.services.first?.pricing == .rater)
    }
}
