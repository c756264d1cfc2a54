import AllocationModel
import AllocationProtocol
import Testing

@testable import StockLedger
@testable import WarehouseDesk

struct `Desk that has lost history` {
    private let offered = SessionID(epoch: 1, number: 1)
    private let next = SessionID(epoch: 1, number: 2)

    private func ruling(
        _ counter: Int64,
        _ lines: [(SKU, Quantity)],
        isCancelled: Bool = false
    ) -> Ruling {
        guard case .reserve(let request) = reserve(counter, lines) else {
            preconditionFailure("a request to reserve is one")
        }
        return Ruling(request: request, isCancelled: isCancelled)
    }

    private func restoration(_ incarnation: Int64, _ rulings: Ruling...) -> Restoration {
        Restoration(incarnation: incarnation, rulings: rulings)
    }

    /// A desk over a new ledger that was offered a session.
    private func challenged() async throws -> Conversation {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 20)
        try ledger.stock("HOSE-1IN", 5)
        let talk = Conversation(ledger: ledger)
        _ = try await talk.ask(.greet)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))
        return talk
    }

    private func restored(_ answers: [Answer]) -> Restored? {
        if case .restored(_, let restored)? = answers.first { restored } else { nil }
    }

    @Test func `installs what it is told of before it may vote`() async throws {
        var talk = try await challenged()
        let page = restoration(7, ruling(1, [("VALVE-3IN", 8)]), ruling(2, [("HOSE-1IN", 1)]))
        let answer = restored(try await talk.ask(.restore(offered, page)))

        #expect(answer?.shortfall == 0 && answer?.unknownSKU == nil)
        let mark = try talk.ledger.mark()
        #expect(answer?.mark == mark)
        #expect(try talk.ledger.status(1) == .confirmed)
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
        talk.session = offered
        #expect(
            try await talk.ask(reserve(3, [("VALVE-3IN", 1)])) == [.refused(.staleSession)]
        )
        _ = try await talk.ask(.activate(offered))
        #expect(try await talk.ask(reserve(3, [("VALVE-3IN", 1)])).first?.isVoteToReserve == true)
        #expect(try talk.ledger.findings().isEmpty)
    }

    // The coordinator gave the ledger a life that no older copy of it has had.
    @Test func `says from then on what life of its ledger it is in, also after a restart`()
        async throws
    {
        let talk = try await challenged()
        _ = try await talk.ask(.restore(offered, restoration(7)))
        for boot in [UInt64(1), 2] {
            let later = boot == 1 ? talk : Conversation(ledger: talk.ledger, boot: boot)
            guard case .hello(let hello)? = try await later.ask(.greet).first else {
                Issue.record("it says no hello")
                return
            }
            #expect(hello.incarnation == 7)
        }
    }

    @Test func `keeps what it has of what it is told, and confirms what it had voted for`()
        async throws
    {
        var talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]), reserve(2, [("HOSE-1IN", 2)]))
        _ = try await talk.ask(.confirm(transaction(2)))
        talk = Conversation(ledger: talk.ledger, boot: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: next, known: .empty))

        let page = restoration(2, ruling(1, [("VALVE-3IN", 8)]), ruling(2, [("HOSE-1IN", 2)]))
        for _ in 0..<2 { _ = try await talk.ask(.restore(next, page)) }

        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
        #expect(try talk.ledger.numbers("HOSE-1IN") == [5, 0, 2])
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `gives back what was cancelled while it did not know`() async throws {
        var talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        _ = try await talk.ask(.confirm(transaction(1)))
        talk = Conversation(ledger: talk.ledger, boot: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: next, known: .empty))

        let page = restoration(
            2,
            ruling(1, [("VALVE-3IN", 8)], isCancelled: true),
            ruling(9, [("VALVE-3IN", 3)], isCancelled: true)
        )
        _ = try await talk.ask(.restore(next, page))

        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.status(1) == .released)
        #expect(try talk.ledger.status(9) == nil)
    }

    @Test func `tells how many units it lacks, and promises nothing of them`() async throws {
        var talk = try await challenged()
        let page = restoration(2, ruling(1, [("VALVE-3IN", 26)]))
        #expect(restored(try await talk.ask(.restore(offered, page)))?.shortfall == 6)
        _ = try await talk.ask(.activate(offered))
        talk.session = offered
        guard
            case .vote(_, .refuse(.insufficientStock, _))? =
                try await talk.ask(reserve(2, [("VALVE-3IN", 1)])).first
        else {
            Issue.record("it promises what it does not have")
            return
        }
        #expect(try talk.ledger.findings().map(\.kind) == [.shortfall])
    }

    @Test func `changes nothing where it does not keep a SKU of the page, and names it`()
        async throws
    {
        let talk = try await challenged()
        let mark = try talk.ledger.mark()
        let page = restoration(2, ruling(1, [("VALVE-3IN", 8)]), ruling(2, [("PUMP", 1)]))
        let answer = restored(try await talk.ask(.restore(offered, page)))
        #expect(answer == Restored(mark: mark, shortfall: 0, unknownSKU: "PUMP"))
        #expect(try talk.ledger.status(1) == nil)

        try talk.ledger.stock("PUMP", 4)
        _ = try await talk.ask(.restore(offered, page))
        #expect(try talk.ledger.status(2) == .confirmed)
    }

    @Test func `is not restored outside the session it was offered, nor in one that is active`()
        async throws
    {
        let talk = try await challenged()
        let page = restoration(2, ruling(1, [("VALVE-3IN", 8)]))
        #expect(try await talk.ask(.restore(next, page)) == [.refused(.staleSession)])
        _ = try await talk.ask(.activate(offered))
        // A page that was delayed: the order may have been cancelled since.
        #expect(restored(try await talk.ask(.restore(offered, page))) != nil)
        #expect(try talk.ledger.status(1) == nil)
    }

    @Test func `installs nothing of another coordinator's`() async throws {
        let talk = try await challenged()
        let foreign = ReserveRequest(
            transaction: TransactionID(coordinator: "branch", epoch: 1, counter: 1),
            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 8)],
            participants: [dallas],
            bid: bidRequest([("VALVE-3IN", 8)])
        )
        let page = restoration(2, Ruling(request: foreign, isCancelled: false))
        _ = try await talk.ask(.restore(offered, page))
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
    }

    // It ended everywhere long ago, and the coordinator's watermark has passed it.
    @Test func `installs what ended long ago`() async throws {
        let talk = try await challenged()
        try talk.ledger.performAndWait(at: monday) { try $0.end(below: 1 << 41, of: office) }
        _ = try await talk.ask(
            .restore(offered, restoration(2, ruling(1, [("VALVE-3IN", 8)])))
        )
        #expect(try talk.ledger.status(1) == .confirmed)
    }

    // A raw copy of the file has the mark; the one that the product makes knows what it is.
    @Test func `counts a life of its ledger for each copy that was opened`() async throws {
        let ledger = try makeLedger()
        let talk = Conversation(ledger: ledger)
        _ = try await talk.ask(.greet)
        let copy = try ledger.copyInMemory()
        let mark = try ledger.mark()
        #expect(try copy.mark() == mark)
        try ledger.performAndWait(at: monday) { try $0.begin(incarnation: 5, for: office) }
        try ledger.performAndWait(at: monday) { try $0.begin(incarnation: 3, for: office) }
        #expect(try ledger.readAndWait(at: monday) { try $0.incarnation(of: office) } == 5)
        #expect(try copy.readAndWait(at: monday) { try $0.incarnation(of: office) } == 1)
    }
}

struct `Desk of a site that was cut off` {
    private func forced(_ choice: HoldOverride.Choice) async throws -> Conversation {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        try talk.ledger.performAndWait(at: monday) { books in
            _ = try books.force(transaction(1), choice, reason: "walk-in", who: "ana")
        }
        return talk
    }

    @Test func `asks on about what was forced, and tells of it until it is noted`() async throws {
        var talk = try await forced(.release)
        talk.uptime = .zero
        _ = try await talk.batch([.greet])
        talk.uptime = .seconds(60)
        let heartbeat = try await talk.batch([.greet])
        #expect(heartbeat.inquiries == [transaction(1)])
        #expect(heartbeat.overrides.map(\.choice) == [.release])
        #expect(heartbeat.overrides.map(\.who) == ["ana"])

        _ = try await talk.ask(.release(transaction(1)))
        #expect(
            try await talk.ask(.noteOverride(transaction(1))) == [.noted(transaction(1))]
        )
        talk.uptime = .seconds(600)
        let after = try await talk.batch([.greet])
        #expect(after.inquiries.isEmpty && after.overrides.isEmpty)
    }

    @Test func `does not take back what was given back, and reports the conflict`() async throws {
        let talk = try await forced(.release)
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        let overridden = [Answer.refused(.overridden(transaction(1)))]
        #expect(try await talk.ask(.confirm(transaction(1))) == overridden)
        #expect(try await talk.ask(.confirm(transaction(1))) == overridden)
        #expect(
            try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
                == [.vote(transaction(1), .refuse(.late, nil))]
        )
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.findings().map(\.kind) == [.overrideConflict])
    }

    @Test func `does not give back what was kept, and reports the conflict`() async throws {
        let talk = try await forced(.confirm)
        #expect(
            try await talk.ask(.release(transaction(1)))
                == [.refused(.overridden(transaction(1)))]
        )
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
        #expect(try talk.ledger.findings().map(\.kind) == [.overrideConflict])
    }

    @Test func `closes a conflict once, and gives back what nobody was promised`() async throws {
        let talk = try await forced(.confirm)
        let settle = { (who: String) in
            try talk.ledger.performAndWait(at: monday) { books in
                try books.settle(transaction(1), reason: "back on the shelf", who: who)
            }
        }
        // Not before the decision is known.
        #expect(throws: OverrideRefusal.noConflict(transaction(1))) { try settle("ana") }
        _ = try await talk.ask(.release(transaction(1)))
        let settled = try settle("ana")

        #expect(settled.settlement?.who == "ana")
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.findings().isEmpty)
        #expect(throws: OverrideRefusal.noConflict(transaction(1))) { try settle("bo") }
        #expect(
            try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
                == [.vote(transaction(1), .refuse(.late, nil))]
        )
        // A lost log must not take it for an order that was confirmed and cancelled.
        let report = try await talk.ask(.report(SessionID(epoch: 1, number: 1), after: nil))
        guard case .holdings(_, let page)? = report.first else {
            Issue.record("\(report)")
            return
        }
        #expect(page.holdings.isEmpty)
    }

    @Test func `closes a conflict that people have mended, and moves no stock`() async throws {
        let talk = try await forced(.release)
        _ = try await talk.ask(.confirm(transaction(1)))
        try talk.ledger.performAndWait(at: monday) { books in
            _ = try books.settle(transaction(1), reason: "sent from Reno", who: "ana")
        }
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.findings().isEmpty)
        #expect(
            try await talk.ask(.confirm(transaction(1)))
                == [.refused(.overridden(transaction(1)))]
        )
    }

    @Test func `agrees with a decision that is the same`() async throws {
        let kept = try await forced(.confirm)
        #expect(try await kept.ask(.confirm(transaction(1))) == [.confirmed(transaction(1))])
        #expect(try await kept.ask(.cancel(transaction(1))) == [.released(transaction(1))])
        #expect(try kept.ledger.findings().isEmpty)
        let given = try await forced(.release)
        #expect(try await given.ask(.release(transaction(1))) == [.released(transaction(1))])
        #expect(try given.ledger.findings().isEmpty)
    }

    // What was forced proves no decision: neither to a log that is whole nor to one that is lost.
    @Test func `does not pass what was kept for a decision`() async throws {
        let talk = try await forced(.confirm)
        let session = SessionID(epoch: 1, number: 1)
        guard case .holdings(_, let page)? = try await talk.ask(.report(session, after: nil)).first
        else {
            Issue.record("it does not report")
            return
        }
        #expect(page.holdings.map(\.status) == [.voted])
        let next = Request.challenge(
            boot: talk.boot,
            session: SessionID(epoch: 1, number: 2),
            known: .empty
        )
        guard case .attach(let attachment)? = try await talk.ask(next).first else {
            Issue.record("it does not attach")
            return
        }
        #expect(attachment.confirmed.isEmpty && attachment.inDoubt == [transaction(1)])
    }

    @Test func `is not made to keep what was given back when it is restored`() async throws {
        let talk = try await forced(.release)
        let session = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: session, known: .empty))
        guard case .reserve(let request) = reserve(1, [("VALVE-3IN", 8)]) else { return }
        _ = try await talk.ask(
            .restore(
                session,
                Restoration(
                    incarnation: 2,
                    rulings: [Ruling(request: request, isCancelled: false)]
                )
            )
        )
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.findings().map(\.kind) == [.overrideConflict])
    }
}

struct `Desk whose coordinator has lost its log` {
    private func talk() async throws -> Conversation {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(
            reserve(1, [("VALVE-3IN", 8)]),
            reserve(2, [("VALVE-3IN", 2)]),
            reserve(3, [("HOSE-1IN", 1)]),
            reserve(4, [("HOSE-1IN", 1)])
        )
        _ = try await talk.ask(
            .confirm(transaction(2)),
            .release(transaction(3)),
            .confirm(transaction(4))
        )
        _ = try await talk.ask(.cancel(transaction(4)))
        return talk
    }

    private func holdings(_ answers: [Answer]) -> Holdings? {
        if case .holdings(_, let page)? = answers.first { page } else { nil }
    }

    @Test func `tells what a vote or a decision has left, with the order it was for`()
        async throws
    {
        let talk = try await talk()
        let session = SessionID(epoch: 1, number: 1)
        let page = try #require(holdings(try await talk.ask(.report(session, after: nil))))

        #expect(page.isLast)
        #expect(page.holdings.map(\.status) == [.voted, .confirmed, .released])
        #expect(page.holdings.map(\.request.transaction.counter) == [1, 2, 4])
        let first = page.holdings[0].request
        #expect(first.lines == [Reservation.Line(sku: "VALVE-3IN", quantity: 8)])
        #expect(first.participants == [dallas, reno])
        #expect(first.bid.destination == destination())
        #expect(first.bid.lines == [BidRequest.Line(sku: "VALVE-3IN", quantity: 8)])
    }

    @Test func `tells it in pages, each after the last of the one before`() async throws {
        var talk = try await Conversation.inSession()
        try talk.ledger.stock("PIPE", 10_000)
        let count = Int64(ProtocolLimits.pageMaximum) + 3
        for counter in 1...count { _ = try await talk.ask(reserve(counter, [("PIPE", 1)])) }
        talk = Conversation(ledger: talk.ledger, boot: 2)
        let session = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: session, known: .empty))

        let first = try #require(holdings(try await talk.ask(.report(session, after: nil))))
        #expect(first.holdings.count == ProtocolLimits.pageMaximum && !first.isLast)
        let last = first.holdings.last?.request.transaction
        let rest = try #require(holdings(try await talk.ask(.report(session, after: last))))
        #expect(rest.holdings.count == 3 && rest.isLast)
    }

    @Test func `tells it only in the session that was offered`() async throws {
        let talk = try await talk()
        let stranger = SessionID(epoch: 1, number: 9)
        #expect(
            try await talk.ask(.report(stranger, after: nil)) == [.refused(.staleSession)]
        )
    }

    @Test func `attaches with what it has confirmed and may not have ended everywhere`()
        async throws
    {
        var talk = try await talk()
        talk = Conversation(ledger: talk.ledger, boot: 2)
        let session = SessionID(epoch: 1, number: 2)
        let challenge = Request.challenge(boot: talk.boot, session: session, known: .empty)
        func confirmed() async throws -> [TransactionID]? {
            guard case .attach(let attachment)? = try await talk.ask(challenge).first else {
                return nil
            }
            return attachment.confirmed
        }
        #expect(try await confirmed() == [transaction(2)])
        try talk.ledger.performAndWait(at: monday) {
            try $0.end(below: transaction(3).number, of: office)
        }
        #expect(try await confirmed() == [])
    }

    @Test func `witnesses how far the log had come, also after a restart`() async throws {
        let ledger = try makeLedger()
        let desk = WarehouseDesk(
            ledger: ledger,
            warehouse: dallas,
            boot: BootID(high: 1, low: 1),
            incarnation: 1,
            timing: .local
        )
        let session = SessionID(epoch: 4, number: 1)
        func ask(_ request: Request, epoch: Int64 = 4, decisions: Int64) throws -> Answer? {
            try desk.answerAndWait(
                RequestBatch(
                    coordinator: office,
                    epoch: epoch,
                    session: session,
                    start: UInt64(epoch) * 0x11,
                    decisions: decisions,
                    requests: [request]
                ),
                now: monday,
                uptime: .zero
            )
            .answers.first
        }
        _ = try ask(.greet, decisions: 40)
        _ = try ask(
            .challenge(boot: BootID(high: 1, low: 1), session: session, known: .empty),
            decisions: 41
        )
        _ = try ask(.activate(session), decisions: 42)

        var talk = Conversation(ledger: ledger, boot: 2)
        talk.epoch = 5
        guard case .hello(let hello)? = try await talk.ask(.greet).first else {
            Issue.record("it says no hello")
            return
        }
        #expect(hello.witness == LogWitness(epoch: 4, start: 0x44, decisions: 42))
        #expect(hello.epochMaximum == 5, "a newer epoch does not wipe out what it has seen")
    }

    @Test func `takes a late word on what has ended everywhere for nothing`() async throws {
        let talk = try await talk()
        try talk.ledger.performAndWait(at: monday) {
            try $0.end(below: transaction(10).number, of: office)
        }
        #expect(try await talk.ask(.confirm(transaction(4))) == [.refused(.expired)])
        #expect(
            try await talk.ask(.confirm(transaction(11)))
                == [.refused(.unknownTransaction(transaction(11)))]
        )
    }

    // Its log may be a copy in which less has ended, or another's altogether.
    @Test func `believes outside a session nothing of what has ended`() async throws {
        let ledger = try makeLedger()
        let desk = WarehouseDesk(
            ledger: ledger,
            warehouse: dallas,
            boot: BootID(high: 1, low: 1),
            incarnation: 1,
            timing: .local
        )
        let batch = RequestBatch(
            coordinator: office,
            epoch: 1,
            endedBelow: 1 << 41,
            requests: [.greet]
        )
        _ = try desk.answerAndWait(batch, now: monday, uptime: .zero)
        #expect(try ledger.readAndWait(at: monday) { try $0.endedBelow(of: office) } == 0)
    }
}
