import AllocationModel
import AllocationProtocol

/// A seeded source of lawful messages of every kind, SplitMix64 underneath.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Small numbers mostly, and now and then one of any size up to the bound.
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(range.upperBound &- range.lowerBound)
        let scale = bits() % 64
        let value = bits() & (scale == 63 ? UInt64.max : (1 << scale) - 1)
        return range.lowerBound + Int64(span == UInt64(Int64.max) ? value >> 1 : value % (span + 1))
    }

    mutating func count(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(bits() % UInt64(range.count))
    }

    mutating func coin() -> Bool { bits() & 1 == 0 }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int(bits() % UInt64(choices.count))]
    }

    mutating func list<Element>(
        _ range: ClosedRange<Int>,
        _ make: (inout Dice) -> Element
    ) -> [Element] {
        let count = count(range)
        return (0..<count).map { _ in make(&self) }
    }

    mutating func optional<Element>(_ make: (inout Dice) -> Element) -> Element? {
        coin() ? make(&self) : nil
    }

    mutating func name() -> String {
        pick([
            "VALVE-3IN", "PIPE-SCH40-2", "Ø12 Rohr", "4711", "HX-9000/B", "ボルト M8",
            String(repeating: "X", count: 64),
        ])
    }

    mutating func warehouse() -> Warehouse.ID { pick(["DAL", "RNO", "EWR", "ATL"]) }
    mutating func coordinator() -> Coordinator.ID { pick(["office", "office", "office-2"]) }
    mutating func sku() -> SKU { SKU(trusted: name()) }
    mutating func order() -> Order.ID { Order.ID(trusted: name()) }
    mutating func quantity() -> Quantity { Quantity(number(0...Limits.quantityMaximum)) }
    mutating func cost() -> Cost { Cost(number(0...1_000_000)) }
    mutating func date() -> CivilDate {
        CivilDate(daysSinceEpoch: Int(number(-719_162...2_932_896)))
    }
    mutating func epoch() -> Int64 { number(0...TransactionID.epochMaximum) }
    mutating func boot() -> BootID { BootID(high: bits(), low: bits()) }
    mutating func session() -> SessionID {
        SessionID(epoch: epoch(), number: number(0...Int64.max))
    }
    mutating func mark() -> HistoryMark {
        HistoryMark(entry: number(0...Int64.max), chain: bits())
    }
    mutating func transaction() -> TransactionID {
        TransactionID(
            coordinator: coordinator(),
            epoch: epoch(),
            counter: number(0...TransactionID.counterMaximum)
        )
    }
    mutating func round() -> RoundID {
        RoundID(order: order(), attempt: number(0...Int64.max))
    }
    mutating func destination() -> Destination {
        coin()
            ? Destination(
                country: .us,
                postalCode: pick(["75001", "89501-1234"]),
                region: pick(["TX", "NV", ""]),
                isResidential: coin(),
                isPostOfficeBox: coin(),
                accessorials: Set(list(0...3) { $0.pick(Accessorial.askedFor) }),
                delivery: delivery()
            )
            : Destination(country: .us, postalCode: "07101")
    }
    mutating func delivery() -> DeliveryTerms {
        let (one, other) = (date(), date())
        return coin()
            ? .any
            : (try? DeliveryTerms(
                checkingReceiving: Weekdays(bits: count(1...127)) ?? .everyDay,
                hours: coin() ? hours() : nil,
                notBefore: coin() ? min(one, other) : nil,
                notBeforeTime: coin() ? TimeOfDay(minutes: count(0...600)) : nil,
                by: max(one, other),
                byTime: coin() ? TimeOfDay(minutes: count(720...1439)) : nil
            ))
                ?? (try? DeliveryTerms(
                    checkingReceiving: .mondayToFriday,
                    notBefore: coin() ? one : nil
                )) ?? .any
    }
    mutating func localTime(on date: CivilDate) -> LocalTime {
        LocalTime(
            date: date,
            time: TimeOfDay(minutes: count(0...1439)) ?? .midnight,
            utcOffset: Int(number(-720...720))
        )
    }
    mutating func hours() -> HoursOfDay? {
        guard let from = TimeOfDay(minutes: count(0...719)),
            let until = TimeOfDay(minutes: count(720...1439))
        else { return nil }
        return try? HoursOfDay(checking: from, until: until)
    }
    mutating func currency() -> Currency {
        (try? Currency(parsing: pick(["USD", "JPY", "KWD"]))) ?? .usd
    }
}

// Requests.

extension Dice {
    mutating func requestBatch() -> RequestBatch {
        RequestBatch(
            coordinator: coordinator(),
            epoch: epoch(),
            session: optional { $0.session() },
            endedBelow: number(0...Int64.max),
            start: coin() ? bits() : 0,
            decisions: number(0...Int64.max),
            requests: list(0...4) { $0.request() }
        )
    }

    mutating func request() -> Request {
        switch count(0...16) {
        case 16: .noteCounts(through: number(0...Int64.max))
        case 14: .noteShipment(transaction())
        case 15:
            .noteRefusal(
                transaction(),
                at: Timestamp(milliseconds: number(0...4_000_000_000_000))
            )
        case 10: .noteOverride(transaction())
        case 11: .noteLease(lease(), isWrittenOff: coin())
        case 12: .closeLease(lease(), kept: quantity())
        case 13:
            .drain(
                Ruling(
                    request: reserveRequest(),
                    isCancelled: coin(),
                    draws: list(1...3) {
                        Lease.Draw(lease: $0.lease(), sku: $0.sku(), quantity: $0.quantity())
                    }
                )
            )
        case 8: .report(session(), after: optional { $0.transaction() })
        case 9: .restore(session(), restoration())
        case 0: .greet
        case 1: .challenge(boot: boot(), session: session(), known: mark())
        case 2: .activate(session())
        case 3: .bid(bidRequest())
        case 4: .reserve(reserveRequest())
        case 5: .confirm(transaction())
        case 6: .release(transaction())
        default: .cancel(transaction())
        }
    }

    mutating func bidRequest(mayInsist: Bool = true) -> BidRequest {
        BidRequest(
            round: round(),
            lines: list(1...4) {
                BidRequest.Line(
                    sku: $0.sku(),
                    quantity: $0.quantity(),
                    namesEveryLot: $0.coin()
                )
            },
            destination: destination(),
            serviceLevel: pick(ServiceLevel.allCases),
            currency: currency(),
            purpose: pick(BidRequest.Purpose.allCases),
            insists: mayInsist && coin(),
            remainingMilliseconds: number(0...86_400_000),
            replacing: optional { $0.number(1...Int64.max) }
        )
    }

    mutating func reserveRequest() -> ReserveRequest {
        let bid = bidRequest(mayInsist: false)
        return ReserveRequest(
            transaction: transaction(),
            lines: list(1...3) {
                Reservation.Line(
                    sku: $0.sku(),
                    quantity: $0.quantity(),
                    lots: $0.coin() ? .any : $0.lotTerms()
                )
            },
            participants: list(1...3) { $0.warehouse() },
            bid: bid,
            // A look at what there is has no order to be complete.
            completeness: bid.purpose == .order ? pick(Completeness.allCases) : .complete,
            carriage: optional { Carriage(service: $0.pick(["ground", nil]), leaves: $0.date()) }
        )
    }

    private mutating func shipment(of id: TransactionID) -> ShipmentReport {
        ShipmentReport(
            transaction: id,
            who: pick(["ana", String(repeating: "x", count: 500)]),
            at: Timestamp(milliseconds: number(0...4_000_000_000_000))
        )
    }

    mutating func restoration() -> Restoration {
        let rulings = list(0...3) {
            let request = $0.reserveRequest()
            return Ruling(
                request: request,
                isCancelled: $0.coin(),
                shipment: $0.optional { $0.shipment(of: request.transaction) }
            )
        }
        return Restoration(
            incarnation: number(0...Int64.max),
            rulings: rulings.sorted { $0.request.transaction < $1.request.transaction }
        )
    }

    mutating func holdings() -> Holdings {
        let holdings = list(0...3) {
            Holding(
                request: $0.reserveRequest(),
                status: $0.pick([.voted, .confirmed, .released, .shipped])
            )
        }
        return Holdings(
            holdings: holdings.sorted { $0.request.transaction < $1.request.transaction },
            isLast: coin()
        )
    }
}

// Answers.

extension Dice {
    mutating func answerBatch() -> AnswerBatch {
        AnswerBatch(
            warehouse: warehouse(),
            boot: boot(),
            answers: list(0...4) { $0.answer() },
            inquiries: list(0...3) { $0.transaction() },
            mark: optional { $0.mark() },
            overrides: list(0...2) {
                HoldOverride(
                    transaction: $0.transaction(),
                    choice: $0.pick(HoldOverride.Choice.allCases),
                    who: "ana",
                    reason: $0.pick(["cut off since noon", String(repeating: "x", count: 500)]),
                    at: Timestamp(milliseconds: $0.number(0...4_000_000_000_000))
                )
            },
            shipments: list(0...2) {
                let id = $0.transaction()
                return $0.shipment(of: id)
            },
            refusals: list(0...2) { $0.pickRefusal() },
            counts: list(0...2) { $0.countReport() },
            leases: list(0...2) { $0.leaseOffer() },
            standing: list(0...2) { $0.standingService() }
        )
    }

    private mutating func countReport() -> CountReport {
        CountReport(
            entry: number(1...Int64.max),
            sku: sku(),
            lot: coin() ? Lot.ID(trusted: "L\(count(1...99))") : nil,
            recorded: quantity(),
            counted: quantity(),
            who: pick(["ana", String(repeating: "x", count: 500)]),
            at: Timestamp(milliseconds: number(0...4_000_000_000_000))
        )
    }

    private mutating func pickRefusal() -> PickRefusal {
        PickRefusal(
            transaction: transaction(),
            sku: sku(),
            lot: coin() ? Lot.ID(trusted: "L\(count(1...99))") : nil,
            quantity: Quantity(number(1...1_000_000_000)),
            reason: pick(PickRefusal.Reason.allCases),
            who: pick(["kim", String(repeating: "x", count: 500)]),
            at: Timestamp(milliseconds: number(0...4_000_000_000_000))
        )
    }

    mutating func lease() -> LeaseID { LeaseID(high: bits(), low: bits()) }

    private mutating func leaseOffer() -> LeaseOffer {
        let wish: LeaseOffer.Wish =
            switch count(0...2) {
            case 0: .use
            case 1: .giveBack
            default:
                .writtenOff(
                    LeaseWriteOff(
                        who: "ana",
                        reason: pick(["cut off since noon", String(repeating: "x", count: 500)]),
                        at: Timestamp(milliseconds: number(0...4_000_000_000_000))
                    ),
                    drained: quantity()
                )
            }
        return LeaseOffer(
            lease: Lease(
                id: lease(),
                sku: sku(),
                quantity: Quantity(number(1...1_000_000))
            ),
            unitWeight: Weight(grams: number(0...100_000)),
            unitBillableWeight: Weight(grams: number(0...100_000)),
            freightClass: pick(FreightClass.allCases),
            multiple: number(1...12),
            wish: wish
        )
    }

    private mutating func standingService() -> StandingService {
        let first = Int(number(0...400))
        let next = Int(number(600...998))
        return StandingService(
            code: pick(["ups-ground", "regional"]),
            carrier: pick(["UPS", ""]),
            level: pick(ServiceLevel.allCases),
            tariff: ParcelTableTariff(
                steps: [
                    ParcelTableTariff.Step(weightMaximum: 454, charge: Cost(number(0...100_000))),
                    ParcelTableTariff.Step(weightMaximum: 70_000, charge: Cost(2_000_000)),
                ],
                packagesMaximum: number(1...99)
            ),
            currency: currency(),
            handling: cost(),
            daysToLeave: Int(number(0...3660)),
            daysToArrive: Int(number(0...3660)),
            hours: coin() ? hours() : nil,
            reach: StandingService.Reach(
                countries: coin() ? [.us] : [],
                prefixes: coin() ? [first...first + 20, next...999] : []
            )
        )
    }

    mutating func answer() -> Answer {
        switch count(0...12) {
        case 10: .noted(transaction())
        case 11: .leaseNoted(lease())
        case 12: .countsNoted(through: number(0...Int64.max))
        case 8: .holdings(session(), holdings())
        case 9:
            .restored(
                session(),
                Restored(
                    mark: mark(),
                    shortfall: number(0...Int64.max),
                    unknownSKU: optional { $0.sku() }
                )
            )
        case 0:
            .hello(
                Hello(
                    boot: boot(),
                    epochMaximum: epoch(),
                    incarnation: number(0...9),
                    witness: LogWitness(
                        epoch: epoch(),
                        start: bits(),
                        decisions: number(0...Int64.max)
                    )
                )
            )
        case 1: .attach(attachment())
        case 2: .ready(session())
        case 3: .bid(round: round(), bid())
        case 4: .vote(transaction(), vote())
        case 5: .confirmed(transaction())
        case 6: .released(transaction())
        default: .refused(refusal())
        }
    }

    mutating func attachment() -> Attachment {
        Attachment(
            session: session(),
            latest: mark(),
            chainAtKnown: optional { $0.pick([0, $0.bits()]) },
            inDoubt: list(0...3) { $0.transaction() },
            confirmed: list(0...3) { $0.transaction() }
        )
    }

    mutating func vote() -> Vote {
        if coin() { return .reserve(mark()) }
        let reason: VoteRefusal =
            switch count(0...5) {
            case 0:
                .insufficientStock(sku: sku(), requested: quantity(), available: quantity())
            case 1: .unknownSKU(sku())
            case 2: .late
            case 3: .dayFull(date())
            case 4: .shipped
            default: .ledgerUnavailable
            }
        return .refuse(reason, optional { $0.bid() })
    }

    mutating func refusal() -> Refusal {
        switch count(0...8) {
        case 8: .beingReplaced(transaction())
        case 7: .overridden(transaction())
        case 0: .staleEpoch(epochMaximum: epoch())
        case 1: .staleSession
        case 2: .otherBoot
        case 3: .unknownTransaction(transaction())
        case 4:
            .unlawful(
                transaction(),
                Reservation.UnlawfulTransition(
                    status: pick(Reservation.Status.allCases),
                    event: pick(Reservation.Event.allCases)
                )
            )
        case 5: .expired
        default: .ledgerUnavailable
        }
    }
}

// Bids.

extension Dice {
    mutating func bid() -> Bid {
        let lines = (0..<500).filter { _ in bits() % 200 == 0 }
        let offers = lines.map { offer(of: $0) }
        return Bid(
            warehouse: warehouse(),
            offers: offers,
            services: (0..<count(0...3)).map { service(code: "ups-\($0)", carrying: offers) },
            fixedCost: cost(),
            declines: list(0...3) { Decline($0.subject(), $0.declineReason()) },
            incoming: lines.flatMap { line in list(0...2) { $0.incoming(of: line) } }
        )
    }

    mutating func incoming(of line: Int) -> Bid.Incoming {
        let expected = CivilDate(daysSinceEpoch: Int(number(0...40_000)))
        return Bid.Incoming(
            line: line,
            receipt: Receipt.ID(trusted: name()),
            quantity: Quantity(number(1...10_000)),
            expected: expected,
            leaves: optional { expected.adding(days: Int($0.number(0...30))) },
            arrives: optional { expected.adding(days: Int($0.number(0...60))) }
        )
    }

    mutating func offer(of line: Int) -> Bid.Offer {
        Bid.Offer(
            line: line,
            tiers: list(1...3) {
                Bid.Tier(
                    quantity: Quantity($0.number(0...10_000)),
                    scarcityCost: $0.coin() ? .zero : $0.cost()
                )
            },
            lots: list(0...2) { dice in
                Bid.LotOffer(
                    lot: Lot.ID(trusted: dice.name()),
                    quantity: dice.quantity(),
                    expires: dice.optional { $0.coin() ? $0.date() : CivilDate(daysSinceEpoch: 0) },
                    certificates: dice.list(0...2) { $0.pick(["EN 10204 3.1", "NSF-61", ""]) }
                )
            },
            pickCost: cost(),
            unitWeight: Weight(grams: number(0...Limits.unitWeightMaximum)),
            unitBillableWeight: Weight(grams: number(0...Limits.unitWeightMaximum)),
            freightClass: pick(FreightClass.allCases),
            segregationGroup: Int(number(0...65_535)),
            multiple: number(1...Limits.quantityMaximum),
            available: optional { $0.quantity() }
        )
    }

    mutating func service(code: String, carrying offers: [Bid.Offer] = []) -> Bid.Service {
        let minutes = count(0...1439)
        let leaves = date()
        let leavesBy = coin() ? localTime(on: leaves) : nil
        let lastCutoff =
            leavesBy == nil || coin()
            ? nil
            : localTime(
                on: CivilDate(
                    daysSinceEpoch: min(leaves.daysSinceEpoch + count(0...400), 2_932_896)
                )
            )
        return Bid.Service(
            code: code,
            carrier: pick(["UPS", "FedEx", "Saia", ""]),
            level: pick(ServiceLevel.allCases),
            tariff: tariff(),
            handling: cost(),
            zone: pick(["2", "302", ""]),
            leaves: leaves,
            arrives: date(),
            arrivesFrom: coin() ? TimeOfDay(minutes: count(0...1439)) : nil,
            arrivesBy: coin() ? TimeOfDay(minutes: count(0...1439)) : nil,
            cutoff: TimeOfDay(hour: minutes / 60, minute: minutes % 60) ?? .midnight,
            cutoffDate: leaves.adding(days: -Int(number(0...366))),
            leavesBy: leavesBy,
            lastCutoff: lastCutoff,
            blockedLines: list(0...3) { $0.count(0...499) },
            packings: offers.filter { _ in coin() }
                .map { offer in
                    // What all that is offered comes to is bounded.
                    let units = max(1, offer.quantity.units)
                    let dearest = Limits.costMaximum / units
                    return Bid.Packing(
                        line: offer.line,
                        unitBillableWeight: Weight(grams: number(0...Limits.unitWeightMaximum)),
                        unitCharge: coin() ? .zero : Cost(number(0...dearest))
                    )
                },
            pricing: pick([.card, .rater] + RaterFailure.allCases.map { .cardFor($0) })
        )
    }

    mutating func subject() -> Decline.Subject {
        switch count(0...3) {
        case 0: .order
        case 1: .line(count(0...499))
        case 2: .lines(list(1...3) { $0.count(0...499) }, "ups-ground")
        default: .service("ups-ground")
        }
    }

    mutating func declineReason() -> Decline.Reason {
        switch count(0...19) {
        case 0: .unknownSKU
        case 1: .noStock
        case 2: .partialStock(available: quantity())
        case 3: .notAMultiple(below: quantity(), above: quantity())
        case 4: .notServed
        case 5: .tooSlow
        case 6: .noRate(zone: pick(["8", ""]))
        case 7: .otherCurrency("CAD")
        case 8: .noWorkingDay
        case 9: .tooHeavy
        case 10: .noUsableLot
        case 11: .dayFull(date())
        case 12: .addressNotReached(pick(AddressKind.allCases))
        case 13: .tooLarge
        case 14: .weightUnknown
        case 15: .tooLate(date())
        case 16: .forbiddenByAir
        case 17: .offeredElsewhere(available: quantity())
        case 18: .accessorialNotOffered(pick(Accessorial.allCases))
        default: .noStock
        }
    }

    mutating func tariff() -> Tariff {
        switch count(0...3) {
        case 0:
            .parcel(
                ParcelTariff(
                    base: cost(),
                    rate: cost(),
                    packageWeightMaximum: number(1...70_000),
                    packagesMaximum: number(1...1000)
                )
            )
        case 1: .parcelTable(parcelTable())
        case 2:
            .lessThanTruckload(
                LTLTariff(
                    minimumCharge: Cost(number(0...10_000_000) * 100),
                    accessorial: cost(),
                    weightMaximum: number(0...10_000_000),
                    rateWeight: number(0...1) == 0 ? 1 : 45_359_237,
                    chargeUnit: Cost(number(0...1) == 0 ? 1 : 100),
                    breaks: list(1...3) { dice in
                        LTLTariff.Break(
                            from: dice.number(0...10_000_000),
                            rates: (0..<18).map { _ in dice.cost() },
                            deficit: dice.cost()
                        )
                    }
                )
            )
        default:
            .fullTruckload(
                FTLTariff(
                    flat: Cost(number(0...10_000_000)),
                    capacity: number(1...20_000_000),
                    trucksMaximum: number(1...100)
                )
            )
        }
    }

    /// In whole pounds or odd grams, in whole cents or finer.
    mutating func parcelTable() -> ParcelTableTariff {
        let isPounds = coin()
        let unit = pick([1, 100, 10_000] as [Int64])
        var weight: Int64 = 0
        var charge: Int64 = 0
        let steps = list(1...40) { dice in
            weight += isPounds ? 1 : dice.number(1...10_000)
            charge += dice.number(0...200) * unit
            return ParcelTableTariff.Step(
                weightMaximum: isPounds ? Weight(pounds: weight).grams : weight,
                charge: Cost(charge)
            )
        }
        return ParcelTableTariff(steps: steps, packagesMaximum: number(1...200))
    }
}

// What the decision log stores.

extension Dice {
    mutating func storedOrder() -> Order {
        let currency = currency()
        return Order(
            id: order(),
            lines: list(1...5) {
                Order.Line(
                    id: Identifier(trusted: $0.name()),
                    sku: $0.sku(),
                    quantity: Quantity($0.number(1...Limits.quantityMaximum)),
                    lots: $0.coin() ? .none : $0.lotNeeds()
                )
            },
            destination: destination(),
            serviceLevel: pick(ServiceLevel.allCases),
            completeness: pick(Completeness.allCases),
            currency: currency,
            terms: coin() ? OrderTerms() : terms(in: currency)
        )
    }

    mutating func terms(in currency: Currency) -> OrderTerms {
        OrderTerms(
            customer: optional { Identifier(trusted: $0.name()) },
            value: optional { Money(minorUnits: $0.number(0...1_000_000), currency: currency) },
            payment: optional { $0.pick(PaymentMethod.allCases) },
            type: optional { $0.pick(OrderType.allCases) },
            urgency: pick(Urgency.allCases),
            requestedBy: optional { $0.date() },
            tags: list(0...3) { $0.name() }
        )
    }

    mutating func customer() -> Customer {
        Customer(
            id: Identifier(trusted: name()),
            company: coin() ? "" : name(),
            segment: coin() ? "" : name(),
            contract: coin() ? "" : name(),
            tags: list(0...3) { $0.name() }
        )
    }

    mutating func profile() -> SKUProfile {
        SKUProfile(
            sku: sku(),
            eligibleWarehouses: list(0...2) { $0.warehouse() },
            regions: list(0...2) { $0.name() },
            handling: list(0...2) { $0.name() },
            isHazardous: coin(),
            freightClass: optional { $0.pick(FreightClass.allCases) },
            reorderPoint: optional { $0.quantity() },
            lots: coin() ? .none : lotNeeds()
        )
    }

    mutating func outcome() -> OrderOutcome {
        switch count(0...2) {
        case 0: .confirmed(plan())
        case 1: .cancelled(plan())
        default: .refused(list(0...3) { $0.lineRefusal() })
        }
    }

    mutating func lotTerms() -> LotTerms {
        LotTerms(
            keepsUntil: optional { $0.date() },
            certificates: list(0...2) { $0.name() },
            approved: optional { $0.list(0...3) { Lot.ID(trusted: $0.name()) } }
        )
    }

    mutating func lotNeeds() -> LotNeeds {
        LotNeeds(
            lifeDays: optional { Int($0.number(0...36_500)) },
            certificates: list(0...2) { $0.name() },
            isSingleLot: coin(),
            approved: optional { $0.list(0...3) { Lot.ID(trusted: $0.name()) } }
        )
    }

    mutating func lineRefusal() -> LineRefusal {
        let reason: LineRefusal.Reason =
            switch count(0...9) {
            case 0: .unknownSKU
            case 8: .lotsUnfit
            case 1: .notAMultiple(below: quantity(), above: quantity())
            case 2: .notServed
            case 3: .insufficientStock
            case 4: .contended
            case 5: .addressNotReached(pick(AddressKind.allCases))
            case 6: .tooLate(date())
            case 7: .accessorialNotOffered(pick(Accessorial.allCases))
            default: .noLawfulPlan
            }
        return LineRefusal(
            line: count(0...499),
            sku: sku(),
            requested: quantity(),
            available: quantity(),
            reason: reason
        )
    }

    mutating func plan() -> Plan {
        let currency = currency()
        return Plan(
            order: order(),
            shipments: list(0...3) { $0.shipment(in: currency) },
            backorders: list(0...2) {
                Plan.Backorder(line: $0.count(0...499), sku: $0.sku(), quantity: $0.quantity())
            },
            cost: money(currency),
            bound: money(currency),
            isProved: coin()
        )
    }

    mutating func shipment(in currency: Currency) -> Plan.Shipment {
        let leaves = date()
        return Plan.Shipment(
            warehouse: warehouse(),
            service: "ups-ground",
            carrier: pick(["UPS", ""]),
            lines: list(0...3) {
                Plan.ShipmentLine(line: $0.count(0...499), sku: $0.sku(), quantity: $0.quantity())
            },
            freight: money(currency),
            handling: money(currency),
            leaves: leaves,
            arrives: date(),
            arrivesBy: optional { TimeOfDay(minutes: $0.count(0...1439)) ?? .midnight },
            leavesBy: coin() ? localTime(on: leaves) : nil
        )
    }

    mutating func money(_ currency: Currency) -> Money {
        Money(
            minorUnits: number(0...Limits.moneyMinorUnitsMaximum) * (coin() ? 1 : -1),
            currency: currency
        )
    }

    mutating func evidence() -> Evidence {
        Evidence(
            bids: list(0...3) { $0.bid() },
            silent: list(0...2) { $0.warehouse() },
            unreachable: list(0...2) { $0.warehouse() },
            attempts: count(0...9),
            nodes: number(0...Int64.max),
            solverVersion: count(0...9),
            rulesVersion: number(0...Int64.max),
            customer: optional { $0.customer() },
            profiles: list(0...2) { $0.profile() },
            policy: optional { $0.sourcingPolicy() },
            asked: optional { $0.asked() }
        )
    }

    mutating func asked() -> Evidence.Asked {
        let order = storedOrder()
        return Evidence.Asked(
            order: order,
            lines: order.lines.map { _ in count(0...499) },
            at: Timestamp(milliseconds: number(0...4_102_444_800_000))
        )
    }

    mutating func sourcingPolicy() -> SourcingPolicy {
        SourcingPolicy(
            warehousesMaximum: optional { $0.count(0...200) },
            backorderCost: cost(),
            nodesMaximum: count(0...1_000_000)
        )
    }
}

extension TimeOfDay {
    fileprivate static let midnight: TimeOfDay = {
        guard let time = TimeOfDay(hour: 0, minute: 0) else { preconditionFailure("a day begins") }
        return time
    }()
}
