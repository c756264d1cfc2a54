import AllocationModel
import AllocationProtocol
import ShippingCalendar
import Testing
import WarehouseDesk

@testable import StockLedger

struct `Warehouse desk` {
    private let offered = SessionID(epoch: 1, number: 1)

    // The handshake.

    @Test func `says who it is`() async throws {
        let ledger = try makeLedger()
        let talk = Conversation(ledger: ledger)
        let hello = Hello(boot: talk.boot, epochMaximum: 1, incarnation: 1)
        #expect(try await talk.ask(.greet) == [.hello(hello)])
    }

    @Test func `attaches with the evidence of its history`() async throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 20)
        let talk = Conversation(ledger: ledger)
        _ = try await talk.ask(.greet)
        let mark = try ledger.mark()
        let past = HistoryMark(
            entry: mark.entry - 1,
            chain: try #require(
                try ledger.readAndWait(at: monday) { books in
                    try books.chain(at: mark.entry - 1)
                }
            )
        )

        let answers = try await talk.ask(
            .challenge(boot: talk.boot, session: offered, known: past)
        )
        let attachment = Attachment(
            session: offered,
            latest: mark,
            chainAtKnown: past.chain,
            inDoubt: []
        )
        #expect(answers == [.attach(attachment)])
    }

    @Test func `owns up to a history that is too short`() async throws {
        let talk = Conversation(ledger: try makeLedger())
        let known = HistoryMark(entry: 1_000_000, chain: 7)
        let answers = try await talk.ask(
            .challenge(boot: talk.boot, session: offered, known: known)
        )
        guard case .attach(let attachment)? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(attachment.chainAtKnown == nil)
    }

    @Test func `reports what it is in doubt about when it attaches`() async throws {
        var talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]), reserve(2, [("HOSE-1IN", 1)]))
        _ = try await talk.ask(.confirm(transaction(2)))

        talk = Conversation(ledger: talk.ledger, boot: 2)
        let answers = try await talk.ask(
            .challenge(boot: talk.boot, session: SessionID(epoch: 1, number: 2), known: .empty)
        )
        guard case .attach(let attachment)? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(attachment.inDoubt == [transaction(1)])
    }

    @Test func `refuses a session meant for another process`() async throws {
        let talk = Conversation(ledger: try makeLedger())
        let other = BootID(high: 1, low: 1)
        #expect(
            try await talk.ask(.challenge(boot: other, session: offered, known: .empty))
                == [.refused(.otherBoot)]
        )
    }

    @Test func `refuses to activate what it was not offered`() async throws {
        let talk = Conversation(ledger: try makeLedger())
        #expect(try await talk.ask(.activate(offered)) == [.refused(.staleSession)])
    }

    @Test func `repeats the handshake where an answer was lost`() async throws {
        let talk = try await Conversation.inSession()
        #expect(try await talk.ask(.activate(offered)) == [.ready(offered)])
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))
        #expect(try await talk.ask(reserve(1, [("VALVE-3IN", 8)])).first?.isVoteToReserve == true)
    }

    // Epochs and sessions.

    @Test func `refuses everything of an older epoch, also after a restart`() async throws {
        var talk = try await Conversation.inSession()
        talk.epoch = 2
        _ = try await talk.ask(.greet)
        let mark = try talk.ledger.mark()

        talk.epoch = 1
        let refusal = Answer.refused(.staleEpoch(epochMaximum: 2))
        let requests: [Request] = [
            .greet, reserve(1, [("VALVE-3IN", 8)]), .confirm(transaction(1)),
            .release(transaction(1)), .cancel(transaction(1)),
        ]
        #expect(try await talk.batch(requests).answers == Array(repeating: refusal, count: 5))

        var restarted = Conversation(ledger: talk.ledger, boot: 2)
        restarted.epoch = 1
        #expect(try await restarted.ask(.greet) == [refusal])
        #expect(try talk.ledger.mark() == mark)
    }

    @Test func `votes for a newer epoch only in a session of that epoch`() async throws {
        var talk = try await Conversation.inSession()
        talk.epoch = 2
        let answers = try await talk.ask(reserve(1, [("VALVE-3IN", 8)], epoch: 2))
        #expect(answers == [.refused(.staleSession)])
        try await talk.attach()
        #expect(
            try await talk.ask(reserve(2, [("VALVE-3IN", 8)], epoch: 2)).first?.isVoteToReserve
                == true
        )
    }

    @Test func `votes only inside an active session`() async throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 20)
        var talk = Conversation(ledger: ledger)
        let stale = [Answer.refused(.staleSession)]
        let asked = reserve(1, [("VALVE-3IN", 8)])

        #expect(try await talk.ask(asked) == stale, "no session")
        talk.session = offered
        #expect(try await talk.ask(asked) == stale, "none accepted")
        _ = try await talk.ask(.challenge(boot: talk.boot, session: offered, known: .empty))
        #expect(try await talk.ask(asked) == stale, "none active")
        _ = try await talk.ask(.activate(offered))
        #expect(try await talk.ask(asked).first?.isVoteToReserve == true)

        let next = SessionID(epoch: 1, number: 2)
        _ = try await talk.ask(.challenge(boot: talk.boot, session: next, known: .empty))
        #expect(try await talk.ask(reserve(2, [("VALVE-3IN", 1)])) == stale, "replaced")
        #expect(try ledger.numbers("VALVE-3IN") == [20, 8, 0])
    }

    @Test func `votes for nobody else's attempts`() async throws {
        let talk = try await Conversation.inSession()
        let foreign = TransactionID(coordinator: "branch", epoch: 1, counter: 1)
        let asked = Request.reserve(
            ReserveRequest(
                transaction: foreign,
                lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 1)],
                participants: [dallas],
                bid: bidRequest([("VALVE-3IN", 1)])
            )
        )
        #expect(try await talk.ask(asked) == [.refused(.staleSession)])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
    }

    // Reservations.

    @Test func `reserves, and says where its history then stands`() async throws {
        let talk = try await Conversation.inSession()
        let answers = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        #expect(answers == [.vote(transaction(1), .reserve(try talk.ledger.mark()))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 8, 0])
        #expect(try talk.ledger.status(1) == .voted)
    }

    @Test func `votes again for what is reserved, and holds it once`() async throws {
        let talk = try await Conversation.inSession()
        let asked = reserve(1, [("VALVE-3IN", 8)])
        let first = try await talk.ask(asked)
        #expect(try await talk.ask(asked) == first)
        #expect(try await talk.ask(asked, asked) == first + first)
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 8, 0])
    }

    @Test func `confirms, as often as it is told`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        let confirm = Request.confirm(transaction(1))
        #expect(try await talk.ask(confirm) == [.confirmed(transaction(1))])
        let mark = try talk.ledger.mark()
        #expect(
            try await talk.ask(confirm, reserve(1, [("VALVE-3IN", 8)]))
                == [.confirmed(transaction(1)), .confirmed(transaction(1))]
        )
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
        #expect(try talk.ledger.mark() == mark, "what is repeated writes nothing")
    }

    @Test func `releases, and remembers nothing of it`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        let release = Request.release(transaction(1))
        #expect(try await talk.ask(release) == [.released(transaction(1))])
        #expect(try await talk.ask(release) == [.released(transaction(1))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.status(1) == nil)
    }

    @Test func `never releases what is confirmed without a cancellation`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        _ = try await talk.ask(.confirm(transaction(1)))
        let why = Reservation.UnlawfulTransition(status: .confirmed, event: .release)
        #expect(
            try await talk.ask(.release(transaction(1)))
                == [.refused(.unlawful(transaction(1), why))]
        )
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])

        #expect(try await talk.ask(.cancel(transaction(1))) == [.released(transaction(1))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
    }

    @Test func `raises the alarm when told to confirm what it has no record of`() async throws {
        let talk = try await Conversation.inSession()
        #expect(
            try await talk.ask(.confirm(transaction(9)))
                == [.refused(.unknownTransaction(transaction(9)))]
        )
    }

    @Test(arguments: [false, true])
    func `lets nothing late revive a cancelled order`(isConfirmedFirst: Bool) async throws {
        let talk = try await Conversation.inSession()
        let asked = reserve(1, [("VALVE-3IN", 8)])
        _ = try await talk.ask(asked)
        if isConfirmedFirst { _ = try await talk.ask(.confirm(transaction(1))) }
        _ = try await talk.ask(.cancel(transaction(1)))

        #expect(try await talk.ask(asked) == [.vote(transaction(1), .refuse(.late, nil))])
        #expect(try await talk.ask(.confirm(transaction(1))) == [.confirmed(transaction(1))])
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `refuses what it has too little of, with a fresh bid, and changes nothing`()
        async throws
    {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 15)]))
        let mark = try talk.ledger.mark()

        let answers = try await talk.ask(reserve(2, [("HOSE-1IN", 2), ("VALVE-3IN", 8)]))
        guard case .vote(transaction(2), .refuse(let refusal, let bid?))? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(refusal == .insufficientStock(sku: "VALVE-3IN", requested: 8, available: 5))
        #expect(bid.warehouse == dallas)
        #expect(bid.offers.map(\.quantity) == [2, 5])
        #expect(bid.services.map(\.code) == ["ups-ground", "ups-next-day"])
        #expect(try talk.ledger.mark() == mark)
        #expect(try talk.ledger.numbers("HOSE-1IN") == [5, 0, 0])
    }

    @Test func `refuses a SKU that it does not carry`() async throws {
        let talk = try await Conversation.inSession()
        let answers = try await talk.ask(reserve(1, [("VALVE-3IN", 1), ("VALVE-9IN", 1)]))
        guard case .vote(_, .refuse(let refusal, let bid?))? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(refusal == .unknownSKU("VALVE-9IN"))
        #expect(bid.declines.contains(Decline(.line(1), .unknownSKU)))
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 0])
    }

    // Batches.

    @Test func `writes one entry of history for a batch of any size`() async throws {
        let talk = try await Conversation.inSession()
        let before = try talk.ledger.mark()
        let answers = try await talk.ask(
            reserve(1, [("VALVE-3IN", 8)]),
            reserve(2, [("HOSE-1IN", 1)]),
            .confirm(transaction(1)),
            reserve(3, [("VALVE-3IN", 2)]),
            .release(transaction(3))
        )
        let now = try talk.ledger.mark()
        #expect(now.entry == before.entry + 1)
        #expect(answers[0] == .vote(transaction(1), .reserve(now)))
        #expect(answers[1] == .vote(transaction(2), .reserve(now)))
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 0, 8])
    }

    @Test func `writes nothing for a batch that changes nothing`() async throws {
        let talk = try await Conversation.inSession()
        let before = try talk.ledger.mark()
        _ = try await talk.ask(
            .greet,
            .bid(bidRequest([("VALVE-3IN", 1)])),
            .release(transaction(9))
        )
        #expect(try talk.ledger.mark() == before)
    }

    @Test func `keeps what succeeds of a batch in which one request fails`() async throws {
        let talk = try await Conversation.inSession()
        let answers = try await talk.ask(
            reserve(1, [("VALVE-3IN", 8)]),
            reserve(2, [("VALVE-3IN", 99)]),
            .confirm(transaction(9)),
            reserve(3, [("VALVE-3IN", 12)])
        )
        #expect(answers.map(\.isVoteToReserve) == [true, false, false, true])
        #expect(answers[2] == .refused(.unknownTransaction(transaction(9))))
        #expect(try talk.ledger.numbers("VALVE-3IN") == [20, 20, 0])
        #expect(try talk.ledger.findings().isEmpty)
    }

    @Test func `answers the same on the calling thread`() async throws {
        let talk = try await Conversation.inSession()
        let requests = [reserve(1, [("VALVE-3IN", 8)]), .bid(bidRequest([("VALVE-3IN", 99)]))]
        let batch = RequestBatch(
            coordinator: office,
            epoch: 1,
            session: talk.session,
            requests: requests
        )
        let waited = try talk.desk.answerAndWait(batch, now: monday, uptime: .zero)
        #expect(try await talk.batch(requests) == waited)
    }

    // Bids.

    @Test func `bids from one reading of its ledger`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 15)]))
        let answers = try await talk.ask(
            .bid(bidRequest([("VALVE-3IN", 8)])),
            .bid(bidRequest([("HOSE-1IN", 2)]))
        )
        let offers = answers.map { answer -> [Quantity] in
            guard case .bid(_, let bid) = answer else { return [] }
            return bid.offers.map(\.quantity)
        }
        #expect(offers == [[5], [2]])
    }

    @Test func `bids without a session`() async throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 20)
        let answers = try await Conversation(ledger: ledger)
            .ask(
                .bid(bidRequest([("VALVE-3IN", 8)]))
            )
        guard case .bid(let round, let bid)? = answers.first else {
            Issue.record("answered \(answers)")
            return
        }
        #expect(round == RoundID(order: "4711", attempt: 1))
        #expect(bid.offers.map(\.quantity) == [8])
    }

    @Test func `drops a bid whose time is over when its turn comes`() async throws {
        let talk = try await Conversation.inSession()
        let asked = Request.bid(bidRequest([("VALVE-3IN", 8)]))
        #expect(try await talk.ask(asked, age: .milliseconds(500)) == [.refused(.expired)])
        let inTime = try await talk.ask(asked, age: .milliseconds(499))
        #expect(inTime != [.refused(.expired)])
    }

    // Doubts.

    @Test func `asks about a vote after a while, and then less and less often`() async throws {
        var talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        var asked: [Int64] = []
        for second in Int64(0)...100 {
            talk.uptime = .seconds(second)
            let inquiries = try await talk.batch([.greet]).inquiries
            if inquiries == [transaction(1)] { asked.append(second) }
        }
        #expect(asked == [4, 12, 28, 58, 88])
    }

    @Test func `asks about so many votes at once, and about the others the next time`()
        async throws
    {
        var talk = try await Conversation.inSession(stock: 1000)
        let most = Int64(ProtocolLimits.inquiriesMaximum)
        for number in 1...(most + 1) {
            _ = try await talk.ask(reserve(number, [("VALVE-3IN", 1)]))
        }
        #expect(try await talk.batch([.greet]).inquiries.isEmpty)

        talk.uptime = .seconds(4)
        let first = try await talk.batch([.greet]).inquiries
        let second = try await talk.batch([.greet]).inquiries

        #expect(first.count == ProtocolLimits.inquiriesMaximum)
        #expect(second.count == 1)
        #expect(Set(first + second) == Set((1...(most + 1)).map { transaction($0) }))
        #expect(try await talk.batch([.greet]).inquiries.isEmpty)
    }

    @Test func `keeps asking one coordinator while another greets it too`() async throws {
        var talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        var asked: [Int64] = []
        for second in Int64(0)...30 {
            talk.uptime = .seconds(second)
            let other = RequestBatch(coordinator: "branch", epoch: 1, requests: [.greet])
            _ = try await talk.desk.answer(other, now: monday, uptime: talk.uptime) { .zero }
            if try await talk.batch([.greet]).inquiries == [transaction(1)] { asked.append(second) }
        }
        #expect(asked == [4, 12, 28])
    }

    @Test func `asks no more once it has heard`() async throws {
        var talk = try await Conversation.inSession()
        _ = try await talk.ask(
            reserve(1, [("VALVE-3IN", 8)]),
            reserve(2, [("VALVE-3IN", 1)]),
            reserve(3, [("VALVE-3IN", 1)])
        )
        _ = try await talk.ask(.greet)
        _ = try await talk.ask(.confirm(transaction(1)), .release(transaction(2)))
        talk.uptime = .seconds(4)
        #expect(try await talk.batch([.greet]).inquiries == [transaction(3)])
    }

    @Test func `asks only the coordinator that it voted for`() async throws {
        let talk = try await Conversation.inSession()
        _ = try await talk.ask(reserve(1, [("VALVE-3IN", 8)]))
        let desk = talk.desk
        for seconds in [Int64(0), 4, 100] {
            let batch = RequestBatch(coordinator: "branch", epoch: 1, requests: [.greet])
            let answers = try await desk.answer(batch, now: monday, uptime: .seconds(seconds)) {
                .zero
            }
            #expect(answers.inquiries.isEmpty)
        }
    }

    // A full disk.

    @Test func `votes no while the disk is full, changes nothing, and goes on bidding`()
        async throws
    {
        let talk = try await Conversation.inSession()
        try talk.ledger.stock("BOLT-M8", 1000)
        let mark = try talk.ledger.mark()
        try talk.ledger.fillDisk(true)

        let many = (Int64(1)...250).map { reserve($0, [("BOLT-M8", 1)]) }
        let answers = try await talk.batch(many).answers
        #expect(answers.count == 250)
        #expect(answers.allSatisfy { $0 == .refused(.ledgerUnavailable) })
        #expect(try talk.ledger.mark() == mark)
        #expect(try talk.ledger.numbers("BOLT-M8") == [1000, 0, 0])
        let bids = try await talk.ask(.bid(bidRequest([("VALVE-3IN", 8)])))
        guard case .bid? = bids.first else {
            Issue.record("answered \(bids)")
            return
        }

        try talk.ledger.fillDisk(false)
        #expect(try await talk.ask(reserve(1, [("VALVE-3IN", 8)])).first?.isVoteToReserve == true)
        #expect(try talk.ledger.findings().isEmpty)
    }
}

extension Answer {
    var isVoteToReserve: Bool {
        if case .vote(_, .reserve) = self { true } else { false }
    }
}
