import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger

extension BiddingRule {
    /// What a less-than-truckload carrier offers: as several services where goods have fees.
    ///
    /// No tariff says “more where line 3 rides”. So goods with a fee ride by a service that
    /// has the fee in it, `ltl+hazmat`, and by no other; what has none may ride along. What a
    /// shipment is charged is then exact, however the order is split.
    ///
    /// Where that would be more services than one and `spare` besides, or the code would be
    /// too long or another card's, all goods have the fees of some: dearer at times, and never
    /// too cheap.
    func services(
        of card: LTLRateCard,
        for question: Question,
        besides spare: Int,
        unlike taken: [String]
    ) -> [(code: String, serving: Serving)] {
        let fees = question.found.map { card.fees(on: $0.stock.entry) }
        let all = fees.reduce(into: Set<Accessorial>()) { $0.formUnion($1) }
        // Each set of fees by which goods ride that no smaller set takes all of.
        let sets = Accessorial.ofGoods.reduce(into: [Set<Accessorial>()]) { sets, fee in
            if all.contains(fee) { sets += sets.map { $0.union([fee]) } }
        }
        let needed = sets.filter { set in
            fees.contains { $0.isSubset(of: set) }
                && set.allSatisfy { fee in
                    fees.contains { $0.isSubset(of: set) && $0.contains(fee) }
                }
        }
        let codes = needed.map { Bid.Service.code(card.service, with: $0) }
        let isTooMuch =
            needed.count - 1 > spare
            || codes.contains { code in
                code.utf8.count > AllocationModel::Limits.identifierBytesMaximum
                    || code != card.service && taken.contains(code)
            }
        if isTooMuch {
            return [(card.service, service(of: card, for: question, asking: all))]
        }
        return zip(codes, needed)
            .map { code, set in
                let excluded = zip(question.found, fees)
                    .filter { !$1.isSubset(of: set) }.map(\.0.line)
                return (
                    code,
                    service(of: card, as: code, for: question, without: excluded, asking: set)
                )
            }
    }

    private func service(
        of card: LTLRateCard,
        as code: String? = nil,
        for question: Question,
        without excluded: [Int] = [],
        asking fees: Set<Accessorial>
    ) -> Serving {
        let request = question.request
        let found = question.found.filter { !excluded.contains($0.line) }
        guard card.currency == request.currency else {
            return .declined(.otherCurrency(card.currency.code))
        }
        let kind = request.destination.addressKind
        guard kind == .street else { return .declined(.addressNotReached(kind)) }
        guard card.level >= request.serviceLevel else { return .declined(.tooSlow) }
        let classes = Set(found.map(\.stock.entry.freightClass))
        switch card.tariff(to: request.destination, carrying: classes, accessorials: fees) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let unfit = found.filter {
                offer.unratedClasses.contains($0.stock.entry.freightClass)
                    || $0.stock.entry.unitWeight.grams > offer.tariff.weightMaximum
            }
            let blocked = (unfit.map(\.line) + excluded).sorted()
            guard unfit.count < found.count,
                offer.tariff.canBeSummed(overGrams: asked(in: found, of: request))
            else { return .declined(.tooHeavy) }
            return serving(
                Way(
                    service: card.service,
                    code: code ?? card.service,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .lessThanTruckload(offer.tariff),
                    handling: offer.handling,
                    transitDays: offer.transitDays,
                    blocked: blocked
                ),
                on: question
            )
        }
    }

    /// The weight of all that the order asks for of these lines, offered or not.
    private func asked(in found: [Offered], of request: BidRequest) -> Int128 {
        found.reduce(Int128(0)) {
            let units = max(request.lines[$1.line].quantity, $1.quantity).units
            return $0 + Int128(units) * Int128($1.stock.entry.unitWeight.grams)
        }
    }
}

extension LTLTariff {
    /// Whether the sum of rates over such a load fits, before it is divided.
    ///
    /// The solver adds it up for the whole order, before it knows what will ride.
    fileprivate func canBeSummed(overGrams weight: Int128) -> Bool {
        breaks.allSatisfy { entry in
            let dearest = entry.rates.max()?.tenThousandths ?? 0
            let sum =
                weight * Int128(dearest)
                + Int128(entry.deficit.tenThousandths) * Int128(entry.from)
            return sum <= Int128(Limits.rateSumMaximum)
        }
    }
}
