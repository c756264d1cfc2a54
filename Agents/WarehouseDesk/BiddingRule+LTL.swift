import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger

extension BiddingRule {
    /// What a less-than-truckload carrier offers for the lines that can be shipped.
    func service(of card: LTLRateCard, asked asking: Asking) -> Serving {
        let question = asking.question
        let request = question.request
        let found = asking.found
        let classes = Set(found.map(\.stock.entry.freightClass))
        switch card.tariff(to: request.destination, carrying: classes, accessorials: asking.fees) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let unrated = found.filter {
                offer.unratedClasses.contains($0.stock.entry.freightClass)
            }
            let heavy = found.filter {
                $0.stock.entry.unitWeight.grams > offer.tariff.weightMaximum
            }
            let stopped = Stopped(
                [
                    (unrated, .noRate(zone: card.laneName(of: offer))), (heavy, .tooHeavy),
                ]
            )
            guard stopped.lines.count < found.count else { return stopped.serving(of: found) }
            guard offer.tariff.canBeSummed(overGrams: asked(in: found, of: request))
            else { return .declined(.tooHeavy) }
            return serving(
                Way(
                    service: card.service,
                    code: asking.code,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .lessThanTruckload(offer.tariff),
                    handling: offer.handling,
                    transitDays: offer.transitDays,
                    blocked: Set(asking.excluded + stopped.lines).sorted(),
                    stopped: stopped.declines
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
