import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// Reno has leased twelve valves to the office, and is cut off.
struct `An office with leases` {
    private static let lease = Lease(
        id: LeaseID(high: 1, low: 2),
        sku: "VALVE-3IN",
        quantity: 12
    )
    private static let mark = HistoryMark(entry: 9, chain: 9)

    private static func offer(_ wish: LeaseOffer.Wish = .use) -> LeaseOffer {
        LeaseOffer(
            lease: lease,
            unitWeight: Weight(grams: 450),
            unitBillableWeight: Weight(grams: 450),
            freightClass: .class70,
            multiple: 1,
            wish: wish
        )
    }

    private static let ground = StandingService(
        code: "ups-ground",
        carrier: "UPS",
        level: .ground,
        tariff: ParcelTableTariff(
            steps: [ParcelTableTariff.Step(weightMaximum: 70_000, charge: Cost(300_000))],
            packagesMaximum: 9
        ),
        currency: .usd,
        handling: .zero,
        daysToLeave: 3,
        daysToArrive: 8,
        reach: StandingService.Reach(countries: [], prefixes: [0...999])
    )

    private static func hello(_ warehouse: Warehouse.ID) -> Answer {
        .hello(Hello(boot: Bench.boot(of: warehouse), epochMaximum: 1, incarnation: 1))
    }

    /// Tells the office of the lease, with a heartbeat.
    @discardableResult
    private static func lease(
        _ bench: inout Bench,
        _ wish: LeaseOffer.Wish = .use
    ) -> Office.Effects {
        bench.answer(
            Example.reno,
            [.greet],
            [hello(Example.reno)],
            leasing: [offer(wish)],
            by: [ground],
            at: mark
        )
    }

    private static func cutOff() -> Bench {
        var bench = Bench([Example.dallas, Example.reno])
        lease(&bench)
        _ = bench.tell(.linkLost(Example.reno))
        return bench
    }

    @Test func `writes a lease down with the site's history before it notes it`() {
        var bench = Bench([Example.dallas, Example.reno])
        let effects = Self.lease(&bench)

        #expect(effects.words == ["RNO note lease"])
        guard effects.keepings.count == 2,
            case .lease(.granted(Example.reno, Self.lease)) = effects.keepings[0],
            case .mark(Example.reno, Self.mark) = effects.keepings[1]
        else {
            Issue.record("\(effects.keepings)")
            return
        }
        #expect(Self.lease(&bench).keepings.isEmpty, "told again, it is no news")
    }

    @Test func `hears of no lease outside the session`() {
        var bench = Bench([Example.dallas, Example.reno])
        _ = bench.tell(.linkLost(Example.reno))
        let effects = Self.lease(&bench)

        #expect(effects.keepings.isEmpty)
        let bidding = bench.submit()
        #expect(bench.solve(bench.bid(bidding)).submissions.count == 1, "nobody can fill it")
    }

    @Test func `promises the site's units without asking, and has them drained when it is back`()
        throws
    {
        var bench = Self.cutOff()
        let decided = bench.confirm()

        #expect(decided.recordWords == ["confirmed 4711 [DAL, RNO]"])
        #expect(decided.words == ["DAL confirm"])
        guard case .confirmed(let confirmation)? = decided.records.first?.content else {
            Issue.record("nothing is decided")
            return
        }
        let drawn = Lease.Draw(lease: Self.lease.id, sku: "VALVE-3IN", quantity: 12)
        #expect(confirmation.shares.map(\.draws) == [[], [drawn]])
        #expect(
            confirmation.plan.shipments.last?.arrives == CivilDate(year: 2026, month: 3, day: 10)
        )

        _ = bench.acknowledge(decided)
        let back = bench.attach(Example.reno, at: Self.mark)
        #expect(back.words == ["RNO drain [12]"])
        #expect(bench.acknowledge(back).recordWords == ["ended 4711"])
    }

    @Test func `decides at once where all of an order is leased`() {
        var bench = Self.cutOff()
        let bidding = bench.submit(Example.order("4712", 10))
        let decided = bench.solve(bench.bid(bidding, valves: [:]))

        #expect(decided.recordWords == ["confirmed 4712 [RNO]"])
        #expect(decided.submissions.count == 1)
        #expect(decided.words.isEmpty, "the site cannot be told yet")
    }

    // At the worst it leaves on Thursday the 5th and arrives on the 10th.
    @Test func `promises by a lease for a day on which the order may arrive, or not at all`() throws
    {
        let day = { (text: String) in try CivilDate(parsing: text) }
        for (terms, leaves, arrives) in [
            (try DeliveryTerms(notBefore: nil, by: day("2026-03-09")), nil, nil),
            (
                try DeliveryTerms(notBefore: nil, by: day("2026-03-10")),
                try day("2026-03-05"), try day("2026-03-10")
            ),
            (
                try DeliveryTerms(notBefore: day("2026-03-20")),
                try day("2026-03-20"), try day("2026-03-25")
            ),
            // At which hour its carrier comes is not known.
            (
                try DeliveryTerms(
                    checkingReceiving: .everyDay,
                    notBefore: day("2026-03-20"),
                    notBeforeTime: TimeOfDay(parsing: "13:00")
                ),
                try day("2026-03-21"), try day("2026-03-26")
            ),
            (
                try DeliveryTerms(
                    checkingReceiving: .everyDay,
                    by: day("2026-03-10"),
                    byTime: TimeOfDay(parsing: "12:00")
                ),
                nil, nil
            ),
            (
                try DeliveryTerms(
                    checkingReceiving: .everyDay,
                    by: day("2026-03-11"),
                    byTime: TimeOfDay(parsing: "12:00")
                ),
                try day("2026-03-05"), try day("2026-03-10")
            ),
            (
                try DeliveryTerms(
                    checkingReceiving: .everyDay,
                    hours: HoursOfDay(parsing: "07:00-15:00")
                ),
                nil, nil
            ),
            (
                try DeliveryTerms(checkingReceiving: [.monday]),
                try day("2026-03-05"), try day("2026-03-16")
            ),
        ] as [(DeliveryTerms, CivilDate?, CivilDate?)] {
            var bench = Self.cutOff()
            let order = Order(
                id: "4712",
                lines: Example.order("4712", 10).lines,
                destination: Destination(country: .us, postalCode: "75001", delivery: terms)
            )

            let decided = bench.solve(bench.bid(bench.submit(order), valves: [:]))

            guard case .confirmed(let confirmation)? = decided.records.first?.content else {
                #expect(leaves == nil, "\(terms)")
                continue
            }
            #expect(confirmation.plan.shipments.map(\.leaves) == [leaves])
            #expect(confirmation.plan.shipments.map(\.arrives) == [arrives])
        }
    }

    @Test func `is drawn on for what a parcel carrier does, and for nothing that it does not`() {
        for (needs, isDrawn) in [
            (Set<Accessorial>([.liftgate, .limitedAccess]), true), ([.inside], false),
            ([.liftgate, .appointment], false),
        ] {
            var bench = Self.cutOff()
            let order = Order(
                id: "4712",
                lines: Example.order("4712", 10).lines,
                destination: Destination(country: .us, postalCode: "75001", accessorials: needs)
            )
            let decided = bench.solve(bench.bid(bench.submit(order), valves: [:]))
            if case .confirmed? = decided.records.first?.content {
                #expect(isDrawn, "\(needs)")
            } else {
                #expect(!isDrawn, "\(needs)")
            }
        }
    }

    @Test func `never draws a unit twice`() {
        var bench = Self.cutOff()
        let first = bench.submit(Example.order("4712", 10), by: 1)
        let second = bench.submit(Example.order("4713", 10), by: 2)
        let firstSolved = bench.bid(first, valves: [:])
        let secondSolved = bench.bid(second, valves: [:])

        #expect(bench.solve(firstSolved).recordWords == ["confirmed 4712 [RNO]"])
        let turnedAway = bench.solve(bench.solve(secondSolved))
        #expect(turnedAway.recordWords.isEmpty)
    }

    @Test func `frees what an attempt took that came to nothing`() {
        var bench = Self.cutOff()
        let reserving = bench.reserve()
        guard case .reserve(let asked)? = reserving.requests.first?.request else {
            Issue.record("nobody is asked to reserve")
            return
        }
        _ = bench.answer(
            Example.dallas,
            reserving.requests.map(\.request),
            [.vote(asked.transaction, .refuse(.ledgerUnavailable, nil))]
        )
        let bidding = bench.submit(Example.order("4712", 12))
        #expect(
            bench.solve(bench.bid(bidding, valves: [:])).recordWords == ["confirmed 4712 [RNO]"]
        )
    }

    @Test func `closes a lease that is asked back, and draws no more`() {
        var bench = Self.cutOff()
        _ = bench.confirm(Example.order("4712", 15))
        bench.attach(Example.reno, at: Self.mark)
        let closed = Self.lease(&bench, .giveBack)

        #expect(closed.words == ["RNO close lease at 7"])
        #expect(Self.lease(&bench).words == ["RNO close lease at 7"], "however often it is told")
        _ = bench.tell(.linkLost(Example.reno))
        let bidding = bench.submit(Example.order("4713", 1))
        #expect(bench.solve(bench.bid(bidding, valves: [:])).recordWords.isEmpty)
    }

    @Test func `gives up an attempt whose lease is closed under it`() {
        var bench = Self.cutOff()
        let reserving = bench.reserve()
        #expect(reserving.requests.map(\.warehouse) == [Example.dallas])
        bench.attach(Example.reno, at: Self.mark)
        let closed = Self.lease(&bench, .giveBack)

        #expect(closed.words.contains("RNO close lease at 0"))
        #expect(closed.words.contains("DAL release"))
        #expect(bench.vote(reserving).recordWords.isEmpty, "the vote comes too late")
    }

    @Test func `says where orders had drawn on what was written off`() {
        var bench = Self.cutOff()
        _ = bench.confirm()
        bench.attach(Example.reno, at: Self.mark)
        let word = LeaseWriteOff(who: "ana", reason: "counter is full", at: Example.monday)
        let effects = Self.lease(&bench, .writtenOff(word, drained: 2))

        #expect(effects.words == ["RNO note lease"])
        #expect(
            effects.notes.contains(
                .lease(.writtenOff(Example.reno, Self.lease, word, conflict: 10))
            )
        )
    }

    /// It would keep the units aside for ever, and nobody could give them back.
    @Test func `closes what was written off at a site that has forgotten that`() {
        var bench = Self.cutOff()
        _ = bench.confirm()
        bench.attach(Example.reno, at: Self.mark)
        let word = LeaseWriteOff(who: "ana", reason: "counter is full", at: Example.monday)
        _ = Self.lease(&bench, .writtenOff(word, drained: 2))

        for wish in [LeaseOffer.Wish.use, .giveBack] {
            #expect(Self.lease(&bench, wish).words == ["RNO close lease at 12"])
        }
    }

    @Test func `draws on nothing once another coordinator has replaced it`() {
        var bench = Self.cutOff()
        let reserving = bench.reserve()
        #expect(reserving.requests.map(\.warehouse) == [Example.dallas])
        let replaced = bench.answer(
            Example.dallas,
            [.greet],
            [.refused(.staleEpoch(epochMaximum: 9))]
        )

        #expect(replaced.words.contains("DAL release"))
        #expect(bench.vote(reserving).recordWords.isEmpty, "the other one may draw now")
        let bidding = bench.submit(Example.order("4712", 10), by: 2)
        #expect(bench.solve(bench.bid(bidding, valves: [:])).recordWords.isEmpty)
    }

    @Test func `draws on nothing that a site has not told of since the start`() {
        var bench = Bench([Example.dallas, Example.reno], attached: [Example.dallas])
        let known = LeaseBook.Known(
            warehouse: Example.reno,
            lease: Self.lease,
            state: .open,
            drawn: .zero
        )
        bench.office = Office(
            desk: OrderDesk(
                coordinator: Example.office,
                epoch: 1,
                warehouses: [Example.dallas, Example.reno],
                policy: SourcingPolicy(),
                timing: .local,
                leases: LeaseBook([known])
            )
        )
        bench.attach(Example.dallas)
        let bidding = bench.submit(Example.order("4712", 10))
        #expect(bench.solve(bench.bid(bidding, valves: [:])).recordWords.isEmpty)

        bench.attach(Example.reno)
        Self.lease(&bench)
        _ = bench.tell(.linkLost(Example.reno))
        let again = bench.submit(Example.order("4713", 10))
        #expect(
            bench.solve(bench.bid(again, valves: [:])).recordWords == ["confirmed 4713 [RNO]"]
        )
    }
}
