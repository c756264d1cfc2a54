package import AllocationModel
package import AllocationProtocol
package import Freight
package import ShippingCalendar
package import StockLedger

/// What a site bids for an order, given one reading of its ledger.
///
/// Pure: the time and the stock come in with the question.
package struct BiddingRule: Sendable {
    private let warehouse: Warehouse.ID
    private let calendar: SiteCalendar
    private let cards: [ParcelRateCard]
    private let ltlCards: [LTLRateCard]

    /// Makes the rule of a site; a bid names the services in the order of `cards`, then `ltlCards`.
    package init(
        warehouse: Warehouse.ID,
        calendar: SiteCalendar,
        cards: [ParcelRateCard],
        ltlCards: [LTLRateCard] = []
    ) {
        self.warehouse = warehouse
        self.calendar = calendar
        self.cards = cards
        self.ltlCards = ltlCards
    }

    /// Returns the bid on `request` at `now`.
    ///
    /// `stock` says what the ledger has of a SKU, or nil where it keeps none.
    package func bid(
        on request: BidRequest,
        at now: Timestamp,
        stock: (SKU) throws -> SKUStock?
    ) rethrows -> Bid {
        var declines: [Decline] = []
        var found: [Offered] = []
        for (line, asked) in request.lines.enumerated() {
            guard let stock = try stock(asked.sku) else {
                declines.append(Decline(.line(line), .unknownSKU))
                continue
            }
            // Two lines of one SKU share what there is, the earlier line first.
            let taken = found.filter { $0.stock.entry.sku == asked.sku }
                .reduce(Quantity.zero) { $0 + $1.quantity }
            switch Self.offer(
                of: stock,
                lessTaken: taken,
                for: asked.quantity,
                purpose: request.purpose
            )
            {
            case .declined(let reason):
                declines.append(Decline(.line(line), reason))
            case .offered(let quantity):
                if quantity < asked.quantity && request.purpose == .order {
                    declines.append(Decline(.line(line), .partialStock(available: quantity)))
                }
                found.append(Offered(line: line, quantity: quantity, taken: taken, stock: stock))
            }
        }
        let services =
            found.isEmpty ? [] : services(for: found, on: request, at: now, into: &declines)
        return Bid(
            warehouse: warehouse,
            offers: found.map { offer(of: $0) },
            services: services,
            declines: declines
        )
    }

    /// A line of which something can be shipped.
    struct Offered {
        let line: Int
        let quantity: Quantity
        /// What earlier lines of the same SKU take.
        let taken: Quantity
        let stock: SKUStock
    }

    private enum Share {
        case offered(Quantity)
        case declined(Decline.Reason)
    }

    private static func offer(
        of stock: SKUStock,
        lessTaken taken: Quantity,
        for asked: Quantity,
        purpose: BidRequest.Purpose
    ) -> Share {
        let unit = stock.entry.sellingUnit
        if purpose == .order, let nearest = unit.nearestLawful(to: asked) {
            return .declined(.notAMultiple(below: nearest.below, above: nearest.above))
        }
        let free = stock.available.lessAtMost(taken).units
        let sellable = Quantity(free - free % unit.multiple)
        guard !sellable.isZero else {
            let isUnusable = stock.onHand > stock.held + stock.allocated + stock.safetyStock
            return .declined(
                isUnusable && stock.entry.isLotTracked && stock.available.isZero
                    ? .noUsableLot : .noStock
            )
        }
        return .offered(purpose == .availability ? sellable : min(sellable, asked))
    }

    private func offer(of found: Offered) -> Bid.Offer {
        let entry = found.stock.entry
        return Bid.Offer(
            line: found.line,
            tiers: [Bid.Tier(quantity: found.quantity)],
            lots: entry.isLotTracked ? lots(of: found) : [],
            unitWeight: entry.unitWeight,
            unitBillableWeight: divisor.billableWeight(
                actual: entry.unitWeight,
                dimensions: entry.dimensions
            ),
            freightClass: entry.freightClass,
            multiple: entry.sellingUnit.multiple,
            // As rules count what a site has: after what earlier lines of the order take.
            available: found.stock.available.lessAtMost(found.taken)
        )
    }

    /// The lots that the offered quantity would come from, after what earlier lines take.
    private func lots(of found: Offered) -> [Bid.LotOffer] {
        var skipped = found.taken.units
        var wanted = found.quantity.units
        var lots: [Bid.LotOffer] = []
        for pick in found.stock.availableByLot where wanted > 0 {
            let passed = min(skipped, pick.quantity.units)
            skipped -= passed
            let quantity = min(pick.quantity.units - passed, wanted)
            guard quantity > 0, let lot = pick.lot.lot else { continue }
            wanted -= quantity
            lots.append(
                Bid.LotOffer(
                    lot: lot,
                    quantity: Quantity(quantity),
                    expires: pick.lot.expires,
                    certificates: pick.lot.certificates
                )
            )
        }
        return lots
    }

    private var divisor: DimensionalDivisor { ParcelRateCard.divisor(of: cards) }

    private func services(
        for found: [Offered],
        on request: BidRequest,
        at now: Timestamp,
        into declines: inout [Decline]
    ) -> [Bid.Service] {
        if cards.isEmpty && ltlCards.isEmpty { declines.append(Decline(.order, .notServed)) }
        let answers =
            cards.map { ($0.service, service(of: $0, for: found, on: request, at: now)) }
            + ltlCards.map { ($0.service, service(of: $0, for: found, on: request, at: now)) }
        return answers.compactMap { code, answer in
            switch answer {
            case .offered(let service):
                return service
            case .declined(let reason):
                declines.append(Decline(.service(code), reason))
                return nil
            }
        }
    }

    enum Serving {
        case offered(Bid.Service)
        case declined(Decline.Reason)
    }

    private func service(
        of card: ParcelRateCard,
        for found: [Offered],
        on request: BidRequest,
        at now: Timestamp
    ) -> Serving {
        guard card.currency == request.currency else {
            return .declined(.otherCurrency(card.currency.code))
        }
        guard card.level >= request.serviceLevel else { return .declined(.tooSlow) }
        switch card.tariff(to: request.destination) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let heaviest = offer.tariff.packageWeightMaximum
            let blocked =
                found.filter { item in
                    divisor.billableWeight(
                        actual: item.stock.entry.unitWeight,
                        dimensions: item.stock.entry.dimensions
                    )
                    .grams > heaviest
                }
                .map(\.line)
            guard blocked.count < found.count else { return .declined(.tooHeavy) }
            guard
                let delivery = delivery(
                    by: card.service,
                    transitDays: offer.transitDays,
                    at: now
                )
            else { return .declined(.noWorkingDay) }
            return .offered(
                Bid.Service(
                    code: card.service,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .parcelTable(offer.tariff),
                    handling: offer.handling,
                    zone: offer.zone.name,
                    leaves: delivery.departure.leaves,
                    arrives: delivery.arrives,
                    cutoff: delivery.departure.cutoff,
                    blockedLines: blocked
                )
            )
        }
    }

    func delivery(
        by service: String,
        transitDays: Int,
        at now: Timestamp
    ) -> SiteCalendar.Delivery? {
        calendar.delivery(at: now, service: service, transitDays: transitDays)
    }

    // Beforehand, for whoever cannot ask.

    /// Returns what a site tells of a lease.
    func offer(
        of lease: Lease,
        entry: CatalogEntry,
        wish: LeaseOffer.Wish
    ) -> LeaseOffer {
        LeaseOffer(
            lease: lease,
            unitWeight: entry.unitWeight,
            unitBillableWeight: divisor.billableWeight(
                actual: entry.unitWeight,
                dimensions: entry.dimensions
            ),
            freightClass: entry.freightClass,
            multiple: entry.sellingUnit.multiple,
            wish: wish
        )
    }

    /// Returns how each service would carry goods at the worst, wherever it goes and whenever.
    ///
    /// The days are the longest that an order of the next four weeks would wait
    /// and travel; one more, because nobody knows which day it is where the question is asked.
    package func standingServices(at now: Timestamp) -> [StandingService] {
        cards.compactMap { card in
            guard let terms = card.standingTerms() else { return nil }
            var daysToLeave = 0
            var daysToArrive = 0
            for quarter in 0..<Self.quartersLookedAt {
                let instant = Timestamp(
                    milliseconds: now.milliseconds + Int64(quarter) * Self.quarterMilliseconds
                )
                guard
                    let delivery = calendar.delivery(
                        at: instant,
                        service: card.service,
                        transitDays: terms.transitDays
                    )
                else { return nil }
                let day = Int(instant.milliseconds / 86_400_000)
                daysToLeave = max(daysToLeave, delivery.departure.leaves.daysSinceEpoch - day)
                daysToArrive = max(daysToArrive, delivery.arrives.daysSinceEpoch - day)
            }
            return StandingService(
                code: card.service,
                carrier: card.carrier,
                level: card.level,
                tariff: terms.tariff,
                currency: card.currency,
                handling: card.terms.handling.cost,
                daysToLeave: daysToLeave + 1,
                daysToArrive: daysToArrive + 1,
                reach: terms.reach
            )
        }
    }

    /// Quarters of a day in four weeks.
    private static let quartersLookedAt = 112
    private static let quarterMilliseconds: Int64 = 21_600_000
}
