import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

/// A site with a lawful session that says what it likes: the others' orders go on.
struct `An office with a hostile site` {
    private let early = CivilDate(year: 1, month: 1, day: 1)

    /// Newark's bid with another offer or service than its own.
    private func bid(
        _ change: (Bid.Offer, Bid.Service) -> (offers: [Bid.Offer], services: [Bid.Service])
    ) throws -> Bid {
        let honest = Example.bid(Example.newark, 15)
        let offer = try #require(honest.offers.first)
        let service = try #require(honest.services.first)
        let (offers, services) = change(offer, service)
        return Bid(warehouse: Example.newark, offers: offers, services: services)
    }

    private func offer(
        _ line: Int,
        like other: Bid.Offer,
        pickCost: Cost = .zero,
        lots: [Bid.LotOffer] = []
    ) -> Bid.Offer {
        Bid.Offer(
            line: line,
            tiers: other.tiers,
            lots: lots,
            pickCost: pickCost,
            unitWeight: other.unitWeight,
            unitBillableWeight: other.unitBillableWeight
        )
    }

    private func service(
        like other: Bid.Service,
        arriving day: CivilDate? = nil,
        tariff: Tariff? = nil,
        blocking lines: [Int] = []
    ) -> Bid.Service {
        Bid.Service(
            code: other.code,
            carrier: other.carrier,
            level: other.level,
            tariff: tariff ?? other.tariff,
            leaves: other.leaves,
            arrives: day ?? other.arrives,
            cutoff: other.cutoff,
            blockedLines: lines
        )
    }

    /// Places the order of twenty valves with `bid` for Newark's.
    private func place(_ bid: Bid) throws -> (misfits: Int, reserving: [String]) {
        var bench = Bench()
        let asking = bench.submit()
        let newark = try #require(asking.requests.first { $0.warehouse == Example.newark })
        guard case .bid(let asked) = newark.request else { return (0, []) }
        let heard = bench.answer(
            Example.newark,
            [newark.request],
            [.bid(round: asked.round, bid)]
        )
        var others = asking
        others.requests.removeAll { $0.warehouse == Example.newark }
        let solving = bench.bid(others)
        let misfits = heard.notes.count {
            if case .misfit(Example.newark) = $0 { true } else { false }
        }
        return (misfits, bench.solve(solving).words)
    }

    @Test func `plans without a bid that no plan of the order could hold`() throws {
        let dear = Cost(Limits.costMaximum)
        let dearest = ParcelTableTariff(
            steps: [ParcelTableTariff.Step(weightMaximum: 1, charge: dear)],
            packagesMaximum: 1_000_000
        )
        let lot = Bid.LotOffer(lot: "L1", quantity: 1)
        for (name, bid) in [
            ("a line the order lacks", try bid { ([offer(499, like: $0)], [$1]) }),
            ("one line twice", try bid { ([$0, $0], [$1]) }),
            ("one lot twice", try bid { ([offer(0, like: $0, lots: [lot, lot])], [$1]) }),
            ("a line blocked that is none", try bid { ([$0], [service(like: $1, blocking: [9])]) }),
            (
                "a cost that no sum holds",
                try bid { ([$0], [service(like: $1, tariff: .parcelTable(dearest))]) }
            ),
        ] {
            let (misfits, reserving) = try place(bid)

            #expect(misfits == 1, "\(name)")
            #expect(reserving == ["DAL reserve [8]", "RNO reserve [12]"], "\(name)")
        }
    }

    @Test func `plans with the others when one says that it delivers in the year 1`() throws {
        let day = try #require(early)

        let (misfits, reserving) = try place(
            try bid { ([$0], [service(like: $1, arriving: day)]) }
        )

        #expect(misfits == 0)
        #expect(reserving == ["DAL reserve [8]", "RNO reserve [12]"])
    }

    @Test func `plans without a site whose fresh bid, in its refusal, is no bid`() throws {
        var bench = Bench()
        let reserving = bench.reserve()
        let dallas = try #require(reserving.requests.first { $0.warehouse == Example.dallas })
        guard case .reserve(let asked) = dallas.request else { return }
        let honest = Example.bid(Example.dallas, 8)
        let unsound = Bid(
            warehouse: Example.dallas,
            offers: honest.offers + honest.offers,
            services: honest.services
        )

        let solving = bench.answer(
            Example.dallas,
            [dallas.request],
            [
                .vote(
                    asked.transaction,
                    .refuse(
                        .insufficientStock(sku: "VALVE-3IN", requested: 8, available: 1),
                        unsound
                    )
                )
            ]
        )

        #expect(bench.solve(solving).words == ["EWR reserve [15]", "RNO reserve [5]"])
    }

    @Test func `ends an order with a site that offers a billion and never has one`() throws {
        var bench = Bench()
        var effects = bench.bid(
            bench.submit(),
            valves: [Example.dallas: 1_000_000_000, Example.reno: 12, Example.newark: 15]
        )
        var rounds = 0
        while effects.submissions.isEmpty, rounds < 100 {
            rounds += 1
            effects = bench.solve(effects)
            guard
                let lie = effects.requests.first(where: { $0.warehouse == Example.dallas }),
                case .reserve(let asked) = lie.request
            else { break }
            // It refuses, and offers a billion again.
            effects = bench.answer(
                Example.dallas,
                [lie.request],
                [
                    .vote(
                        asked.transaction,
                        .refuse(
                            .insufficientStock(sku: "VALVE-3IN", requested: 20, available: 0),
                            Example.bid(Example.dallas, 1_000_000_000)
                        )
                    )
                ]
            )
        }

        #expect(effects.submissions.count == 1)
        #expect(rounds < 20)
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `counts what each site has not acknowledged, whatever became of the order`() throws {
        var bench = Bench()
        var decided: [Office.Effects] = []
        for id in ["a", "b", "c"] as [Order.ID] {
            decided.append(bench.confirm(Example.order(id)))
            // Reno acknowledges each; Dallas none.
            var renos = try #require(decided.last)
            renos.requests.removeAll { $0.warehouse == Example.dallas }
            _ = bench.acknowledge(renos)
        }
        func owing() -> [Int] { bench.office.sites.map(\.owing) }

        #expect(owing() == [3, 0, 0], "DAL, EWR, RNO")
        _ = bench.acknowledge(decided[1])
        #expect(owing() == [2, 0, 0])
        let cancelling = bench.tell(.cancelAsked("a", by: 9))
        #expect(owing() == [2, 0, 1], "a withdrawal is to be acknowledged by both")
        _ = bench.acknowledge(cancelling)
        #expect(owing() == [1, 0, 0])
        _ = bench.acknowledge(decided[2])
        #expect(owing() == [0, 0, 0])
        #expect(bench.office.ordersUnderWay == 0)
    }

    @Test func `asks a site for no more bids once it owes as many acknowledgements as it may`() {
        var desk = OrderDesk(
            coordinator: Example.office,
            epoch: 1,
            warehouses: [Example.dallas, Example.reno],
            policy: SourcingPolicy(),
            timing: .local
        )
        for _ in 1..<OrderDesk.owingMaximum { desk.note(owing: [Example.dallas], insteadOf: []) }
        func asked(by desk: OrderDesk) -> [String] {
            var bench = Bench()
            bench.office = Office(desk: desk)
            bench.attach(Example.dallas)
            bench.attach(Example.reno)
            return bench.submit().words
        }

        #expect(asked(by: desk) == ["DAL bid", "RNO bid"])
        desk.note(owing: [Example.dallas], insteadOf: [])
        #expect(asked(by: desk) == ["RNO bid"])
        desk.note(owing: [], insteadOf: [Example.dallas])
        #expect(asked(by: desk) == ["DAL bid", "RNO bid"])
    }
}
