import AllocationModel
import AllocationProtocol
import Freight
import ShippingCalendar
import StockLedger

extension BiddingRule {
    /// What a truckload carrier offers for the lines that can be shipped.
    func service(
        of card: FTLRateCard,
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
        let weighed = found.filter { $0.stock.entry.unitWeight > .zero }
        guard !weighed.isEmpty else { return .declined(.weightUnknown) }
        let light = weighed.filter { $0.stock.entry.unitWeight <= card.terms.weightMaximum }
        switch card.tariff(to: request.destination, carrying: light.map(\.freight)) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let riding = light.filter {
                $0.stock.entry.unitWeight.grams <= offer.tariff.capacity
            }
            guard !riding.isEmpty else { return .declined(.tooHeavy) }
            let lines = Set(riding.map(\.line))
            let blocked = found.map(\.line).filter { !lines.contains($0) }
            return serving(
                Way(
                    service: card.service,
                    code: card.service,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .fullTruckload(offer.tariff),
                    handling: offer.handling,
                    transitDays: offer.transitDays,
                    blocked: blocked
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
