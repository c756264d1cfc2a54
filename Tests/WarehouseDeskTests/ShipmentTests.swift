import AllocationModel
import AllocationProtocol
import StockLedger
import Testing

@testable import WarehouseDesk

struct `Desk of a site that ships` {
    /// Order 4711 takes eight of twenty valves and is confirmed.
    private func confirmed() async throws -> Conversation {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        _ = try await talk.ask(.confirm(transaction(1)))
        return talk
    }

    private func shipped() async throws -> Conversation {
        let talk = try await confirmed()
        try talk.ship()
        return talk
    }

    private let report = ShipmentReport(transaction: transaction(1), who: "ana", at: monday)

    @Test func `tells of what has left with each heartbeat, until it is noted`() async throws {
        let talk = try await shipped()

        // The office may not have heard it the first time, or have crashed before it wrote it down.
        for _ in 0..<2 {
            #expect(try await talk.batch([.greet]).shipments == [report])
        }
        #expect(
            try await talk.ask(.noteShipment(transaction(1))) == [.noted(transaction(1))]
        )
        #expect(try await talk.batch([.greet]).shipments.isEmpty)
        #expect(
            try await talk.ask(.noteShipment(transaction(1))) == [.noted(transaction(1))]
        )
    }

    @Test func `goes on telling after a restart`() async throws {
        let talk = try await shipped()
        var other = Conversation(ledger: talk.ledger, boot: 2)
        try await other.attach(number: 2)

        #expect(try await other.batch([.greet]).shipments == [report])
    }

    @Test func `says that it has confirmed what has left, and cannot give it back`() async throws {
        let talk = try await shipped()

        #expect(try await talk.ask(.confirm(transaction(1))) == [.confirmed(transaction(1))])
        let unlawful = Reservation.UnlawfulTransition(status: .shipped, event: .release)
        #expect(
            try await talk.ask(.cancel(transaction(1)))
                == [.refused(.unlawful(transaction(1), unlawful))]
        )
        #expect(try talk.ledger.numbers("VALVE-3IN") == [12, 0, 0])
        let known = try talk.ledger.readAndWait(at: monday) {
            try $0.shipment(of: transaction(1))
        }
        #expect(known?.isCancelled == true, "somebody must get it back")
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `refuses to note another coordinator's`() async throws {
        let talk = try await shipped()
        let foreign = TransactionID(coordinator: "branch", epoch: 1, counter: 1)

        #expect(
            try await talk.ask(.noteShipment(foreign)) == [.refused(.unknownTransaction(foreign))]
        )
    }

    @Test func `keeps with a reservation how it is to leave`() async throws {
        let talk = try await Conversation.inSession()
        guard case .reserve(let asked) = reserve(1, [("VALVE-3IN", 8)]) else { return }
        let carriage = Carriage(service: "ups-ground", leaves: try day("2026-03-04"))
        _ = try await talk.ask(
            .reserve(
                ReserveRequest(
                    transaction: asked.transaction,
                    lines: asked.lines,
                    participants: asked.participants,
                    bid: asked.bid,
                    carriage: carriage
                )
            ),
            .confirm(transaction(1))
        )

        let picks = try talk.ledger.readAndWait(at: monday) { try $0.picks() }
        #expect(picks.map(\.carriage) == [carriage])
        #expect(picks.map { $0.asked?.destination.postalCode } == ["75001"])
    }

    /// A desk over a copy that was made before the goods left, told what it must hold.
    private func restored(
        _ ledger: StockLedger,
        isCancelled: Bool = false
    ) async throws -> Conversation {
        let talk = Conversation(ledger: ledger, boot: 2)
        let offered = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.greet)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))
        guard case .reserve(let asked) = reserve(1, [("VALVE-3IN", 8)]) else {
            preconditionFailure("a request to reserve is one")
        }
        let ruling = Ruling(request: asked, isCancelled: isCancelled, shipment: report)
        _ = try await talk.ask(
            .restore(offered, Restoration(incarnation: 7, rulings: [ruling]))
        )
        return talk
    }

    @Test(arguments: [false, true])
    func `does not hold again what had left when its copy was made`(
        _ isCancelled: Bool
    ) async throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 20)

        let talk = try await restored(ledger, isCancelled: isCancelled)

        #expect(try talk.ledger.status(1) == .shipped)
        #expect(try talk.ledger.numbers("VALVE-3IN") == [12, 0, 0])
        let (picks, known) = try ledger.readAndWait(at: monday) { books in
            (try books.picks(), try books.shipment(of: transaction(1)))
        }
        #expect(picks.isEmpty)
        #expect(known?.isCancelled == isCancelled)
        #expect(try await talk.batch([.greet]).shipments.isEmpty, "the office knows")
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `does not hold again what its copy still has on the shelf`() async throws {
        let talk = try await confirmed()

        let after = try await restored(talk.ledger)

        #expect(try after.ledger.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try after.ledger.status(1) == .shipped)
    }

    // The log is lost: whoever asks for a report has forgotten the shipment too.
    @Test func `reports what has left, and tells of it again`() async throws {
        let talk = try await shipped()
        _ = try await talk.ask(.noteShipment(transaction(1)))
        let offered = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))

        guard
            case .holdings(_, let page)? =
                try await talk.ask(.report(offered, after: nil)).first
        else {
            Issue.record("no report")
            return
        }

        #expect(page.holdings.map(\.status) == [.shipped])
        #expect(try await talk.batch([.greet]).shipments == [report])
    }

    @Test func `reports a cancelled order that has left as cancelled`() async throws {
        let talk = try await shipped()
        _ = try await talk.ask(.cancel(transaction(1)))
        let offered = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))

        guard
            case .holdings(_, let page)? =
                try await talk.ask(.report(offered, after: nil)).first
        else {
            Issue.record("no report")
            return
        }

        #expect(page.holdings.map(\.status) == [.released])
    }

    // What was kept by force proves no decision, also once it has left.
    @Test func `reports what was kept by force and has left as a vote`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        try talk.ledger.performAndWait(at: monday) { books in
            _ = try books.force(transaction(1), .confirm, reason: "by phone", who: "ana")
        }
        try talk.ship()
        #expect(try await talk.batch([.greet]).shipments.isEmpty)
        let offered = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))

        guard
            case .holdings(_, let page)? =
                try await talk.ask(.report(offered, after: nil)).first
        else {
            Issue.record("no report")
            return
        }

        #expect(page.holdings.map(\.status) == [.voted])
    }
}

extension Conversation {
    /// Ships order 4711.
    func ship() throws {
        _ = try ledger.performAndWait(at: monday) { try $0.ship("4711", who: "ana") }
    }
}
