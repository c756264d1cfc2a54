import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger

extension BiddingRule {
    /// What a truckload carrier offers for the lines that can be shipped.
    func service(of card: FTLRateCard, asked asking: Asking) -> Serving {
        let question = asking.question
        let request = question.request
        let found = asking.found
        let weighed = found.filter { $0.stock.entry.unitWeight > .zero }
        guard !weighed.isEmpty else { return .declined(.weightUnknown) }
        let light = weighed.filter { $0.stock.entry.unitWeight <= card.terms.weightMaximum }
        let goods = light.map(\.freight)
        switch card.tariff(to: request.destination, carrying: goods, accessorials: asking.fees) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let unweighed = found.filter { $0.stock.entry.unitWeight == .zero }
            let heavy = weighed.filter {
                $0.stock.entry.unitWeight.grams > offer.tariff.capacity
            }
            guard heavy.count < weighed.count else { return .declined(.tooHeavy) }
            let stopped = Stopped([(unweighed, .weightUnknown), (heavy, .tooHeavy)])
            return serving(
                Way(
                    service: card.service,
                    code: asking.code,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .fullTruckload(offer.tariff),
                    handling: offer.handling,
                    transitDays: offer.transitDays,
                    blocked: Set(asking.excluded + stopped.lines).sorted(),
                    stopped: stopped.declines
                ),
                on: question
            )
        }
    }
}

extension BiddingRule.Offered {
    /// The most that a plan may take of it, as a truck looks at it.
    fileprivate var freight: FTLRateCard.Goods {
        FTLRateCard.Goods(
            units: quantity.units,
            unitWeight: stock.entry.unitWeight,
            unitsPerPallet: stock.entry.unitsPerPallet
        )
    }
}
