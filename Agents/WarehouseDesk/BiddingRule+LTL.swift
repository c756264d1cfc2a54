import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger

extension BiddingRule {
    /// What a less-than-truckload carrier offers for the lines that can be shipped.
    func service(
        of card: LTLRateCard,
        for question: Question
    ) -> Serving {
        let request = question.request
        let found = question.found
        guard card.currency == request.currency else {
            return .declined(.otherCurrency(card.currency.code))
        }
        let kind = request.destination.addressKind
        guard kind == .street else { return .declined(.addressNotReached(kind)) }
        guard card.level >= request.serviceLevel else { return .declined(.tooSlow) }
        let classes = Set(found.map(\.stock.entry.freightClass))
        switch card.tariff(to: request.destination, carrying: classes) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let blocked = found.filter {
                offer.unratedClasses.contains($0.stock.entry.freightClass)
                    || $0.stock.entry.unitWeight.grams > offer.tariff.weightMaximum
            }
            guard blocked.count < found.count,
                offer.tariff.canBeSummed(overGrams: asked(in: found, of: request))
            else { return .declined(.tooHeavy) }
            return serving(
                Way(
                    code: card.service,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .lessThanTruckload(offer.tariff),
                    handling: offer.handling,
                    transitDays: offer.transitDays,
                    blocked: blocked.map(\.line)
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
