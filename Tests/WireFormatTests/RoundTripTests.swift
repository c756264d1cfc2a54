import AllocationModel
import AllocationProtocol
import Testing
import WireFormat

struct `Wire format` {
    @Test func `gives back every batch of requests`() throws {
        for seed in 0..<1000 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let batch = dice.requestBatch()

            let decoded = try Wire.decodeRequests(Wire.encode(batch))

            try #require(decoded == batch, "seed \(seed)")
        }
    }

    @Test func `gives back every batch of answers`() throws {
        for seed in 0..<1000 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let batch = dice.answerBatch()

            let decoded = try Wire.decodeAnswers(Wire.encode(batch))

            try #require(decoded == batch, "seed \(seed)")
        }
    }

    @Test func `gives back what the decision log stores`() throws {
        for seed in 0..<400 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let order = dice.storedOrder()
            let outcome = dice.outcome()
            let evidence = dice.evidence()

            try #require(try Wire.decodeOrder(Wire.encode(order)) == order, "seed \(seed)")
            try #require(
                try Wire.decodeOutcome(Wire.encode(outcome)) == outcome,
                "seed \(seed)"
            )
            try #require(
                try Wire.decodeEvidence(Wire.encode(evidence)) == evidence,
                "seed \(seed)"
            )
        }
    }

    @Test func `gives back a batch at its limits`() throws {
        var dice = Dice(seed: 7)
        let request = dice.request()
        let requests = RequestBatch(
            coordinator: "office",
            epoch: TransactionID.epochMaximum,
            endedBelow: .max,
            requests: Array(repeating: request, count: Limits.batchRequestsMaximum)
        )
        let offers = (0..<Limits.orderLinesMaximum).map { dice.offer(of: $0) }
        let bid = Bid(
            warehouse: "DAL",
            offers: offers,
            services: (0..<Limits.bidServicesMaximum).map { dice.service(code: "s\($0)") }
        )
        let answers = AnswerBatch(
            warehouse: "DAL",
            boot: dice.boot(),
            answers: [.bid(round: dice.round(), bid)]
        )

        #expect(try Wire.decodeRequests(Wire.encode(requests)) == requests)
        #expect(try Wire.decodeAnswers(Wire.encode(answers)) == answers)
    }

    // A round that ended while its request waited must not spoil the batch it rides in.
    @Test func `sends a request whose time is over as one with none left`() throws {
        var dice = Dice(seed: 1)
        let request = dice.bidRequest()
        let late = BidRequest(
            round: request.round,
            lines: request.lines,
            destination: request.destination,
            serviceLevel: request.serviceLevel,
            currency: request.currency,
            remainingMilliseconds: -3
        )

        let decoded = try Wire.decodeRequests(
            Wire.encode(RequestBatch(coordinator: "office", epoch: 1, requests: [.bid(late)]))
        )

        guard case .bid(let bid) = decoded.requests[0] else {
            Issue.record("the request to bid became \(decoded.requests[0])")
            return
        }
        #expect(bid.remainingMilliseconds == 0)
    }

    // The orders of one batch mostly share a few tables, which are most of its bytes.
    @Test func `sends a rate table once, however many bids use it`() throws {
        let one = Wire.encode(Sample.answers(bids: 1, lines: 1, tables: 4))
        let fifty = Wire.encode(Sample.answers(bids: 50, lines: 1, tables: 4))

        // Four tables of 150 rows are over 600 bytes; a bid without them is under 200.
        #expect(one.count > 600)
        #expect(fifty.count < one.count + 49 * 200)
    }

    @Test func `sends a table of 150 pounds in little more than a byte a row`() throws {
        let without = Wire.encode(Sample.answers(bids: 1, lines: 1, tables: 1, rows: 1))
        let with = Wire.encode(Sample.answers(bids: 1, lines: 1, tables: 1, rows: 150))

        #expect(with.count - without.count < 160)
    }

    @Test func `names a coordinator and a warehouse once in a batch`() throws {
        let ids = (1...20)
            .map {
                TransactionID(coordinator: "office-of-houston", epoch: 3, counter: $0)
            }
        let answers = AnswerBatch(
            warehouse: "DAL",
            boot: BootID(high: 1, low: 2),
            answers: ids.map { .confirmed($0) }
        )
        let bytes = Wire.encode(answers)

        #expect(bytes.count < 20 * 8 + 60)
        #expect(try Wire.decodeAnswers(bytes) == answers)
    }
}
