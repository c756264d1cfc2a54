import AllocationModel
import AllocationProtocol

/// Messages as the business sends them, the same in every run.
enum Sample {
    static let transaction = TransactionID(coordinator: "office", epoch: 5, counter: 1234)
    static let session = SessionID(epoch: 5, number: 2)
    static let mark = HistoryMark(entry: 98_765, chain: 0x0123_4567_89AB_CDEF)
    static let boot = BootID(high: 0x1111_2222_3333_4444, low: 0x5555_6666_7777_8888)
    static let round = RoundID(order: "4711", attempt: 1)
    static let leaves = CivilDate(daysSinceEpoch: 20_516)

    static let bidRequest = BidRequest(
        round: round,
        lines: [
            BidRequest.Line(sku: "VALVE-3IN", quantity: 20),
            BidRequest.Line(sku: "GASKET-3IN", quantity: 40),
        ],
        destination: Destination(country: .us, postalCode: "75001", region: "TX"),
        serviceLevel: .twoDay,
        currency: .usd,
        remainingMilliseconds: 480
    )

    static let requests = RequestBatch(
        coordinator: "office",
        epoch: 5,
        session: session,
        endedBelow: 5_497_558_140_000,
        requests: [
            .greet,
            .challenge(boot: boot, session: session, known: mark),
            .activate(session),
            .bid(bidRequest),
            .reserve(
                ReserveRequest(
                    transaction: transaction,
                    lines: [
                        Reservation.Line(sku: "VALVE-3IN", quantity: 8),
                        Reservation.Line(sku: "BOLT-M8", quantity: 12),
                    ],
                    participants: ["DAL", "RNO"],
                    bid: bidRequest
                )
            ),
            .confirm(transaction),
            .release(TransactionID(coordinator: "office-2", epoch: 1, counter: 9)),
            .cancel(transaction),
        ]
    )

    static let answers = AnswerBatch(
        warehouse: "DAL",
        boot: boot,
        answers: [
            .hello(Hello(boot: boot, epochMaximum: 5, incarnation: 1)),
            .attach(
                Attachment(
                    session: session,
                    latest: mark,
                    chainAtKnown: 0,
                    inDoubt: [transaction]
                )
            ),
            .ready(session),
            .bid(round: round, bid),
            .vote(transaction, .reserve(mark)),
            .vote(
                transaction,
                .refuse(
                    .insufficientStock(sku: "VALVE-3IN", requested: 12, available: 9),
                    bid
                )
            ),
            .vote(transaction, .refuse(.unknownSKU("BOLT-M8"), nil)),
            .vote(transaction, .refuse(.late, nil)),
            .vote(transaction, .refuse(.ledgerUnavailable, nil)),
            .confirmed(transaction),
            .released(transaction),
            .refused(.staleEpoch(epochMaximum: 6)),
            .refused(.staleSession),
            .refused(.otherBoot),
            .refused(.unknownTransaction(transaction)),
            .refused(
                .unlawful(
                    transaction,
                    Reservation.UnlawfulTransition(status: .shipped, event: .release)
                )
            ),
            .refused(.expired),
            .refused(.ledgerUnavailable),
        ],
        inquiries: [transaction]
    )

    /// A bid with a tariff of each kind, an offer with and without lots, and every decline.
    static let bid = Bid(
        warehouse: "DAL",
        offers: [
            Bid.Offer(
                line: 0,
                tiers: [Bid.Tier(quantity: 8)],
                unitWeight: Weight(grams: 4200),
                unitBillableWeight: Weight(grams: 4200)
            ),
            Bid.Offer(
                line: 1,
                tiers: [
                    Bid.Tier(quantity: 10),
                    Bid.Tier(quantity: 30, scarcityCost: Cost(2500)),
                ],
                lots: [
                    Bid.LotOffer(
                        lot: "L-2209",
                        quantity: 40,
                        expires: CivilDate(daysSinceEpoch: 20_900),
                        certificates: ["EN 10204 3.1"]
                    )
                ],
                pickCost: Cost(7500),
                unitWeight: Weight(grams: 90),
                unitBillableWeight: Weight(grams: 120),
                freightClass: .class92h,
                segregationGroup: 3,
                multiple: 10
            ),
        ],
        services: [
            service("ups-ground", .parcelTable(table(zone: 4, rows: 5))),
            service("regional", .parcel(parcel)),
            service("saia", .lessThanTruckload(classRates)),
            service("flatbed", .fullTruckload(truck)),
        ],
        fixedCost: Cost(10_000),
        declines: declines
    )

    static let parcel = ParcelTariff(
        base: Cost(52_500),
        rate: Cost(3),
        packageWeightMaximum: 31_500,
        packagesMaximum: 20
    )

    static let classRates = LTLTariff(
        minimumCharge: Cost(1_250_000),
        accessorial: Cost(350_000),
        weightMaximum: 9_000_000,
        breaks: [
            LTLTariff.Break(from: 0, rates: (0..<18).map { Cost(60 + 9 * $0) }, deficit: .zero),
            LTLTariff.Break(
                from: 226_796,
                rates: (0..<18).map { Cost(45 + 7 * $0) },
                deficit: Cost(45)
            ),
        ]
    )

    static let truck = FTLTariff(
        flat: Cost(18_500_000),
        capacity: 19_958_064,
        trucksMaximum: 4
    )

    static let declines = [
        Decline(.order, .notServed),
        Decline(.line(2), .unknownSKU),
        Decline(.line(3), .noStock),
        Decline(.line(0), .partialStock(available: 8)),
        Decline(.line(4), .notAMultiple(below: 12, above: 24)),
        Decline(.line(5), .noUsableLot),
        Decline(.service("ups-next-day"), .tooSlow),
        Decline(.service("fedex-ground"), .noRate(zone: "8")),
        Decline(.service("canpar"), .otherCurrency("CAD")),
        Decline(.service("ltl"), .noWorkingDay),
        Decline(.service("post"), .tooHeavy),
    ]

    static func service(_ code: String, _ tariff: Tariff) -> Bid.Service {
        Bid.Service(
            code: code,
            carrier: "UPS",
            level: .twoDay,
            tariff: tariff,
            handling: Cost(15_000),
            zone: "4",
            leaves: leaves,
            arrives: leaves.adding(days: 2),
            cutoff: cutoff,
            blockedLines: [1]
        )
    }

    /// Half past two.
    static var cutoff: TimeOfDay {
        guard let time = TimeOfDay(hour: 14, minute: 30) else {
            preconditionFailure("there is a half past two every day")
        }
        return time
    }

    /// Ground rates as UPS shapes them: by the pound, in cents, some 40 cents a pound.
    static func table(zone: Int64, rows: Int64) -> ParcelTableTariff {
        var cents = 950 + zone * 70
        let steps = (1...rows)
            .map { pounds in
                cents += 20 + zone * 5 + (pounds * 7 + zone) % 23
                return ParcelTableTariff.Step(
                    weightMaximum: Weight(pounds: pounds).grams,
                    charge: Cost(cents * 100)
                )
            }
        return ParcelTableTariff(steps: steps, packagesMaximum: 200)
    }

    static func answers(
        bids: Int,
        lines: Int,
        tables: Int,
        rows: Int64 = 150,
        lots: Int = 0
    ) -> AnswerBatch {
        let bid = Bid(
            warehouse: "DAL",
            offers: (0..<lines)
                .map { line in
                    Bid.Offer(
                        line: line,
                        tiers: [Bid.Tier(quantity: Quantity(Int64(line) * 13 + 8))],
                        lots: (0..<lots)
                            .map {
                                Bid.LotOffer(
                                    lot: Lot.ID(trusted: "L-22\(line)\($0)"),
                                    quantity: 40,
                                    expires: leaves.adding(days: 300 + line)
                                )
                            },
                        unitWeight: Weight(grams: Int64(line) * 310 + 90),
                        unitBillableWeight: Weight(grams: Int64(line) * 310 + 90)
                    )
                },
            services: (0..<tables)
                .map {
                    service("ups-\($0)", .parcelTable(table(zone: Int64($0) + 2, rows: rows)))
                }
        )
        return AnswerBatch(
            warehouse: "DAL",
            boot: boot,
            answers: (0..<bids)
                .map {
                    .bid(round: RoundID(order: Order.ID(trusted: "\(4711 + $0)"), attempt: 1), bid)
                }
        )
    }

    static let order = Order(
        id: "4711",
        lines: [
            Order.Line(id: "1", sku: "VALVE-3IN", quantity: 20),
            Order.Line(id: "2", sku: "GASKET-3IN", quantity: 40),
        ],
        destination: bidRequest.destination,
        serviceLevel: .twoDay,
        completeness: .lineComplete
    )

    static let plan = Plan(
        order: "4711",
        shipments: [
            Plan.Shipment(
                warehouse: "DAL",
                service: "ups-ground",
                carrier: "UPS",
                lines: [Plan.ShipmentLine(line: 0, sku: "VALVE-3IN", quantity: 8)],
                freight: usd(4120),
                handling: usd(150),
                leaves: leaves,
                arrives: leaves.adding(days: 2)
            ),
            Plan.Shipment(
                warehouse: "RNO",
                service: "ups-ground",
                carrier: "UPS",
                lines: [Plan.ShipmentLine(line: 0, sku: "VALVE-3IN", quantity: 12)],
                freight: usd(6075),
                handling: usd(150),
                leaves: leaves,
                arrives: leaves.adding(days: 4)
            ),
        ],
        backorders: [Plan.Backorder(line: 1, sku: "GASKET-3IN", quantity: 40)],
        cost: usd(10_495),
        bound: usd(10_200),
        isProved: false
    )

    static let refusals = [
        LineRefusal(line: 0, sku: "A", requested: 3, available: 0, reason: .unknownSKU),
        LineRefusal(
            line: 1,
            sku: "B",
            requested: 13,
            available: 99,
            reason: .notAMultiple(below: 12, above: 24)
        ),
        LineRefusal(line: 2, sku: "C", requested: 3, available: 9, reason: .notServed),
        LineRefusal(line: 3, sku: "D", requested: 3, available: 2, reason: .insufficientStock),
        LineRefusal(line: 4, sku: "E", requested: 3, available: 3, reason: .contended),
        LineRefusal(line: 5, sku: "F", requested: 3, available: 9, reason: .noLawfulPlan),
    ]

    static let evidence = Evidence(
        bids: [bid],
        silent: ["EWR"],
        unreachable: ["ATL"],
        attempts: 2,
        nodes: 1234,
        solverVersion: 1
    )

    private static func usd(_ cents: Int64) -> Money {
        Money(minorUnits: cents, currency: .usd)
    }
}
