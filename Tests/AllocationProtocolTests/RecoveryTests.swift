import AllocationModel
import AllocationProtocol
import Testing

private let boot = BootID(high: 1, low: 1)
private let other = BootID(high: 1, low: 2)
private let offered = SessionID(epoch: 3, number: 1)
private let known = HistoryMark(entry: 41, chain: 0xDA1)
private let restoredMark = HistoryMark(entry: 30, chain: 0xDA9)

private func attempt(_ counter: Int64, epoch: Int64 = 3) -> TransactionID {
    TransactionID(coordinator: "office", epoch: epoch, counter: counter)
}

private func request(
    _ counter: Int64,
    _ quantity: Quantity = 8,
    of whole: Quantity = 20,
    order: Order.ID = "4711",
    at sites: [Warehouse.ID] = ["DAL", "RNO"]
) -> ReserveRequest {
    ReserveRequest(
        transaction: attempt(counter),
        lines: [Reservation.Line(sku: "VALVE-3IN", quantity: quantity)],
        participants: sites,
        bid: BidRequest(
            round: RoundID(order: order, attempt: 0),
            lines: [BidRequest.Line(sku: "VALVE-3IN", quantity: whole)],
            destination: Destination(country: .us, postalCode: "75001"),
            serviceLevel: .ground,
            currency: .usd,
            remainingMilliseconds: 0
        )
    )
}

private func ruling(_ counter: Int64) -> Ruling {
    Ruling(request: request(counter), isCancelled: false)
}

struct `Site that has lost history` {
    private typealias Effects = SiteSession.Effects

    private func site(incarnation: Int64 = 1) -> SiteSession {
        SiteSession(warehouse: "DAL", epoch: 3, known: known, incarnation: incarnation)
    }

    private func hello(_ boot: BootID = boot, incarnation: Int64 = 1) -> SiteSession.Event {
        .hello(Hello(boot: boot, epochMaximum: 3, incarnation: incarnation))
    }

    private func attached(_ session: SessionID = offered, chain: UInt64? = nil) -> SiteSession.Event
    {
        .attached(
            Attachment(
                session: session,
                latest: HistoryMark(entry: 12, chain: 0xBAD),
                chainAtKnown: chain,
                inDoubt: []
            )
        )
    }

    @Test func `is told every decision it shares, page by page, before it may vote`() {
        var site = site()
        _ = site.handle(hello())
        let behind = site.handle(attached())
        #expect(behind.requests.isEmpty)
        #expect(behind.query == SiteSession.RulingQuery(session: offered, after: nil))

        let first = site.handle(.rulings(offered, [ruling(1), ruling(2)], isLast: false))
        let page = Restoration(incarnation: 2, rulings: [ruling(1), ruling(2)])
        #expect(first == Effects(requests: [.restore(offered, page)]))
        let restored = Restored(mark: restoredMark, shortfall: 0)
        let more = site.handle(.restored(offered, restored))
        #expect(
            more == Effects(query: SiteSession.RulingQuery(session: offered, after: attempt(2)))
        )
        #expect(site.active == nil)

        _ = site.handle(.rulings(offered, [ruling(3)], isLast: true))
        let last = site.handle(.restored(offered, restored))
        #expect(
            last
                == Effects(
                    adoption: SiteSession.Adoption(incarnation: 2, mark: restoredMark),
                    requests: [.activate(offered)],
                    notes: [.restored(shortfall: 0)]
                )
        )
        #expect(site.isAmnesiac && site.active == nil)
        _ = site.handle(.ready(offered))
        #expect(!site.isAmnesiac && site.active == offered)
        #expect(site.mark == restoredMark, "its history goes on from there")
    }

    // Restored from a copy taken after the last vote: the chain holds all that was voted.
    @Test func `is known by the life of its ledger, also where its chain is whole`() {
        var site = site(incarnation: 4)
        _ = site.handle(hello(incarnation: 3))
        let effects = site.handle(attached(chain: known.chain))
        #expect(effects.notes == [.amnesia(known: known)])

        let restoring = site.handle(.rulings(offered, [], isLast: true))
        #expect(
            restoring.requests == [.restore(offered, Restoration(incarnation: 5, rulings: []))],
            "no older copy has had that life"
        )
    }

    @Test func `is told of once, and not at every greeting`() {
        var site = site()
        var notes: [SiteSession.Note] = []
        for number in Int64(1)...5 {
            notes += site.handle(.probe).notes
            notes += site.handle(hello()).notes
            notes += site.handle(attached(SessionID(epoch: 3, number: number))).notes
            notes += site.handle(.lost).notes
        }
        #expect(notes == [.amnesia(known: known)])
    }

    @Test func `stays out while it does not keep what it has promised, and says so once`() {
        var site = site()
        var notes: [SiteSession.Note] = []
        for number in Int64(1)...3 {
            let session = SessionID(epoch: 3, number: number)
            _ = site.handle(hello())
            _ = site.handle(attached(session))
            _ = site.handle(.rulings(session, [ruling(1)], isLast: true))
            let restored = Restored(mark: .empty, shortfall: 0, unknownSKU: "VALVE-3IN")
            let effects = site.handle(.restored(session, restored))
            #expect(effects.requests.isEmpty && effects.adoption == nil)
            notes += effects.notes
        }
        #expect(notes == [.cannotRestore("VALVE-3IN")])
        #expect(site.isAmnesiac && site.active == nil)
    }

    @Test func `is not restored in a session that is over`() {
        var site = site()
        _ = site.handle(hello())
        _ = site.handle(attached())
        _ = site.handle(.lost)
        let late = site.handle(.rulings(offered, [ruling(1)], isLast: true))
        #expect(late == Effects(notes: [.ignored]))
        #expect(
            site.handle(.restored(offered, Restored(mark: .empty, shortfall: 0)))
                == Effects(notes: [.ignored])
        )
    }
}

struct `Two processes under one name` {
    private func meet(
        _ boots: [BootID],
        _ site: inout SiteSession
    ) -> [SiteSession.Effects] {
        boots.map { site.handle(.hello(Hello(boot: $0, epochMaximum: 3, incarnation: 1))) }
    }

    @Test func `are kept out when one has come back three times, and are told of once`() {
        var site = SiteSession(warehouse: "DAL", epoch: 3, known: .empty)
        let effects = meet([boot, other, boot, other, boot, other, boot], &site)

        #expect(site.isQuarantined && site.active == nil)
        #expect(effects.flatMap(\.notes) == [.duplicateIdentity])
        #expect(effects.dropLast(3).allSatisfy { !$0.requests.isEmpty })
        #expect(effects.suffix(2).allSatisfy { $0.requests.isEmpty })
    }

    @Test func `are one again when it alone has answered ten greetings`() {
        var site = SiteSession(warehouse: "DAL", epoch: 3, known: .empty)
        _ = meet([boot, other, boot, other, boot, other], &site)
        #expect(site.isQuarantined)
        _ = meet(Array(repeating: other, count: 9), &site)
        #expect(site.isQuarantined)
        let last = meet([other], &site)
        #expect(!site.isQuarantined)
        #expect(last[0].requests.count == 1)
    }

    // A process that restarts over and over never comes back as what it was.
    @Test func `are not seen in an agent that restarts over and over`() {
        var site = SiteSession(warehouse: "DAL", epoch: 3, known: .empty)
        let boots = (1...50).map { BootID(high: 2, low: $0) }
        #expect(meet(boots, &site).allSatisfy { $0.notes.isEmpty && $0.requests.count == 1 })
    }

    @Test func `are not seen in a late word of a process that was replaced`() {
        var site = SiteSession(warehouse: "DAL", epoch: 3, known: .empty)
        _ = meet([boot, other, boot, other, other, other, boot, other], &site)
        #expect(!site.isQuarantined)
    }
}

struct `Log of a coordinator` {
    private let history = LogHistory(
        starts: [
            LogHistory.Start(epoch: 1, id: 0xA, decisionsBefore: 0),
            LogHistory.Start(epoch: 2, id: 0xB, decisionsBefore: 40),
            LogHistory.Start(epoch: 4, id: 0xD, decisionsBefore: 90),
        ],
        decisions: 100
    )

    @Test(arguments: [
        (LogWitness.none, true),
        (LogWitness(epoch: 1, start: 0xA, decisions: 40), true),
        // More decisions of the first start than there were before the second.
        (LogWitness(epoch: 1, start: 0xA, decisions: 41), false),
        (LogWitness(epoch: 2, start: 0xB, decisions: 90), true),
        (LogWitness(epoch: 2, start: 0xC, decisions: 50), false),
        // An epoch that this file never had.
        (LogWitness(epoch: 3, start: 0xC, decisions: 50), false),
        (LogWitness(epoch: 4, start: 0xD, decisions: 100), true),
        (LogWitness(epoch: 4, start: 0xD, decisions: 101), false),
        (LogWitness(epoch: 9, start: 0xD, decisions: 1), false),
    ])
    func `contains what it told, and nothing that another copy told`(
        _ witness: LogWitness,
        _ isContained: Bool
    ) {
        #expect(history.contains(witness) == isContained)
    }

    @Test func `that is new contains nothing but an agent that never heard one`() {
        #expect(LogHistory().contains(.none))
        #expect(!LogHistory().contains(LogWitness(epoch: 1, start: 0, decisions: 0)))
    }
}

struct `Recovery of a log` {
    private func report(_ holdings: (ReserveRequest, Reservation.Status)...) -> Holdings {
        Holdings(
            holdings: holdings.map { Holding(request: $0.0, status: $0.1) },
            isLast: true
        )
    }

    private func rebuilt(
        _ dallas: (ReserveRequest, Reservation.Status)...,
        reno: (ReserveRequest, Reservation.Status)...
    ) -> [LogRecovery.Rebuilt] {
        var recovery = LogRecovery(of: ["RNO", "DAL"])
        for (site, holdings) in [("DAL" as Warehouse.ID, dallas), ("RNO", reno)] {
            recovery.note(
                Holdings(
                    holdings: holdings.map { Holding(request: $0.0, status: $0.1) },
                    isLast: true
                ),
                of: site
            )
        }
        return recovery.rebuilt()
    }

    @Test func `waits for every site`() {
        var recovery = LogRecovery(of: ["RNO", "DAL", "EWR"])
        recovery.note(report(), of: "DAL")
        recovery.note(Holdings(holdings: [], isLast: false), of: "EWR")
        #expect(recovery.missing == ["EWR", "RNO"])
        recovery.note(report(), of: "RNO")
        recovery.note(report(), of: "EWR")
        #expect(recovery.missing.isEmpty)
        recovery.restart("DAL")
        #expect(recovery.missing == ["DAL"])
    }

    @Test func `confirms what any site has confirmed`() throws {
        let decision = try #require(
            rebuilt((request(1, 8), .confirmed), reno: (request(1, 12), .voted)).first
        )
        #expect(decision.transaction == attempt(1))
        #expect(decision.shares.map(\.warehouse) == ["DAL", "RNO"])
        #expect(decision.shares.map { $0.lines.map(\.quantity) } == [[8], [12]])
        #expect(!decision.isCancelled && decision.missing.isEmpty)
    }

    @Test func `takes goods that were shipped for a decision`() {
        #expect(rebuilt((request(1), .shipped), reno: (request(1), .voted)).count == 1)
    }

    // It may have been promised to the customer: nobody can say that it was not.
    @Test func `confirms what every site of the plan has voted for`() {
        #expect(rebuilt((request(1), .voted), reno: (request(1), .voted)).count == 1)
    }

    @Test func `leaves out what a site of the plan has not voted for`() {
        #expect(rebuilt((request(1), .voted), reno: (request(2, order: "4712"), .voted)).isEmpty)
    }

    @Test func `leaves out an attempt that a later one of its order has replaced`() {
        let found = rebuilt(
            (request(1), .voted),
            (request(2), .voted),
            reno: (request(1), .voted),
            (request(2), .voted)
        )
        #expect(found.map(\.transaction) == [attempt(2)])
        let given = rebuilt(
            (request(1), .voted),
            (request(2), .voted),
            reno: (request(1), .voted)
        )
        #expect(given.isEmpty, "the later one was begun, so the earlier had been given up")
    }

    // Whoever had the order sourced again may have been told so: nobody can say that he was not.
    @Test func `takes a second attempt that all have voted for for the one in force`() {
        let found = rebuilt(
            (request(1), .confirmed),
            (request(2), .voted),
            reno: (request(1), .confirmed),
            (request(2), .voted)
        )
        #expect(found.map(\.transaction) == [attempt(1), attempt(2)])
    }

    @Test func `leaves out a second attempt that a site has not voted for`() {
        let found = rebuilt(
            (request(1), .confirmed),
            (request(2), .voted),
            reno: (request(1), .confirmed)
        )
        #expect(found.map(\.transaction) == [attempt(1)])
    }

    // Dallas has given back its part of the first decision, and forgotten that it had one.
    @Test func `does not take for cancelled what another decision has taken the place of`() {
        let found = rebuilt(
            (request(1), .released),
            reno: (request(1), .confirmed),
            (request(2, 20, at: ["RNO"]), .confirmed)
        )
        #expect(found.map(\.transaction) == [attempt(1), attempt(2)])
        #expect(found.map(\.isCancelled) == [false, false])
        #expect(found.map(\.missing) == [[], []])
    }

    @Test func `keeps what had shipped where another decision is for the rest`() {
        let found = rebuilt(
            (request(1), .shipped),
            reno: (request(1, 12), .confirmed),
            (request(2, 12, of: 12, at: ["RNO"]), .confirmed)
        )
        #expect(found.map(\.transaction) == [attempt(1), attempt(2)])
        #expect(found[1].kept.map(\.warehouse) == ["DAL"])
    }

    // Sent twice it would be for nobody: the first decision covers all of the order.
    @Test func `leaves out a second attempt, voted for alone, for what has left`() {
        let found = rebuilt(
            (request(1), .shipped),
            reno: (request(1, 12), .confirmed),
            (request(2, 20, at: ["RNO"]), .voted)
        )
        #expect(found.map(\.transaction) == [attempt(1)])
    }

    @Test func `cancels what a site has given back by a decision`() throws {
        let decision = try #require(
            rebuilt((request(1), .released), reno: (request(1), .confirmed)).first
        )
        #expect(decision.isCancelled)
        #expect(decision.shares.map(\.warehouse) == ["DAL", "RNO"])
    }

    @Test func `names the sites that have no record of what another confirmed`() throws {
        let decision = try #require(rebuilt((request(1), .confirmed)).first)
        #expect(decision.missing == ["RNO"])
        #expect(decision.shares.map(\.warehouse) == ["DAL"])
    }

    @Test func `counts an attempt of a site once, whatever its pages say`() throws {
        var recovery = LogRecovery(of: ["DAL"])
        let holding = Holding(request: request(1, at: ["DAL"]), status: .confirmed)
        recovery.note(Holdings(holdings: [holding, holding], isLast: false), of: "DAL")
        recovery.note(Holdings(holdings: [holding], isLast: true), of: "DAL")
        #expect(try #require(recovery.rebuilt().first).shares.count == 1)
    }
}

struct `Site session where the log was lost` {
    private typealias Effects = SiteSession.Effects

    private func site() -> SiteSession {
        var site = SiteSession(
            warehouse: "DAL",
            epoch: 3,
            known: known,
            incarnation: 1,
            isReportWanted: true
        )
        _ = site.handle(.hello(Hello(boot: boot, epochMaximum: 2, incarnation: 1)))
        return site
    }

    private var attached: SiteSession.Event {
        .attached(
            Attachment(
                session: offered,
                latest: HistoryMark(entry: 50, chain: 0xDA2),
                chainAtKnown: known.chain,
                inDoubt: [attempt(1)]
            )
        )
    }

    @Test func `tells all it holds, waits for the others, and is told what was decided`() {
        var site = site()
        #expect(site.handle(attached) == Effects(requests: [.report(offered, after: nil)]))
        let page = Holdings(
            holdings: [Holding(request: request(1), status: .voted)],
            isLast: false
        )
        #expect(
            site.handle(.reported(offered, page))
                == Effects(requests: [.report(offered, after: attempt(1))], report: page)
        )
        let rest = Holdings(holdings: [], isLast: true)
        #expect(site.handle(.reported(offered, rest)) == Effects(report: rest))
        // It waits, and its pulse is taken.
        #expect(
            site.handle(.hello(Hello(boot: boot, epochMaximum: 3, incarnation: 1))) == Effects()
        )
        #expect(site.active == nil)
        #expect(
            site.handle(.logRebuilt)
                == Effects(query: SiteSession.RulingQuery(session: offered, after: nil))
        )
        _ = site.handle(.rulings(offered, [ruling(1)], isLast: true))
        _ = site.handle(.restored(offered, Restored(mark: restoredMark, shortfall: 0)))
        let ready = site.handle(.ready(offered))
        #expect(ready == Effects(change: .activated(offered), inDoubt: [attempt(1)]))
    }

    @Test func `tells it anew where it attaches anew`() {
        var site = site()
        _ = site.handle(attached)
        _ = site.handle(.reported(offered, Holdings(holdings: [], isLast: true)))
        let again = SessionID(epoch: 3, number: 2)
        let challenge = site.handle(.hello(Hello(boot: other, epochMaximum: 3, incarnation: 1)))
        #expect(challenge.requests == [.challenge(boot: other, session: again, known: known)])
    }
}
