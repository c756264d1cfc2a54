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
    let calendar: SiteCalendar
    private let carriers: CarrierCalendars
    private let cards: [ParcelRateCard]
    private let ltlCards: [LTLRateCard]
    private let ftlCards: [FTLRateCard]

    /// Makes the rule of a site; a bid names the services in the order of the cards.
    package init(
        warehouse: Warehouse.ID,
        calendar: SiteCalendar,
        carriers: CarrierCalendars = .usual,
        cards: [ParcelRateCard],
        ltlCards: [LTLRateCard] = [],
        ftlCards: [FTLRateCard] = []
    ) {
        self.warehouse = warehouse
        self.calendar = calendar
        self.carriers = carriers
        self.cards = cards
        self.ltlCards = ltlCards
        self.ftlCards = ftlCards
    }

    /// Returns the bid on `request` at `now`.
    ///
    /// It leaves on the first day that has room for all that is offered: the plan may
    /// take less of it, and never more.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - now: The time of asking.
    ///   - book: What leaves on each day beside it.
    ///   - held: What other orders are being offered of a SKU.
    ///   - live: A live rater's prices, where the site has one.
    ///   - incoming: What is on its way of a SKU, the soonest first, without what is overdue.
    ///   - stock: What the ledger has of a SKU, or nil where it keeps none.
    /// - Returns: The bid, with a reason for whatever it declines.
    package func bid(
        on request: BidRequest,
        at now: Timestamp,
        book: ShippingBook = .unbounded,
        held: (SKU) -> Quantity = { _ in .zero },
        live: LivePricing? = nil,
        incoming: (SKU) throws -> [InboundReceipt],
        stock: (SKU) throws -> SKUStock?
    ) rethrows -> Bid {
        var declines: [Decline] = []
        var short: [Short] = []
        var found: [Offered] = []
        for (line, asked) in request.lines.enumerated() {
            guard let stock = try stock(asked.sku) else {
                declines.append(Decline(.line(line), .unknownSKU))
                continue
            }
            // Two lines of one SKU share what there is, the earlier line first.
            let taken = found.filter { $0.stock.entry.sku == asked.sku }
                .reduce(Quantity.zero) { $0 + $1.quantity }
            let isKept = request.purpose == .order && !request.insists
            let elsewhere = isKept ? held(asked.sku) : .zero
            let share = Self.share(
                of: stock,
                lessTaken: taken,
                lessHeld: elsewhere,
                for: asked.quantity,
                purpose: request.purpose
            )
            if let reason = share.decline { declines.append(Decline(.line(line), reason)) }
            let isShort = request.purpose == .availability || share.quantity < asked.quantity
            if isShort, !short.contains(where: { $0.stock.entry.sku == asked.sku }) {
                short.append(Short(line: line, stock: stock))
            }
            guard !share.quantity.isZero else { continue }
            found.append(
                Offered(
                    line: line,
                    quantity: share.quantity,
                    taken: taken,
                    held: elsewhere,
                    namesEveryLot: asked.namesEveryLot,
                    stock: stock
                )
            )
        }
        let question = Question(request: request, found: found, now: now, book: book, live: live)
        let services = found.isEmpty ? [] : services(for: question, into: &declines)
        let groups = HazardousMaterials.groups(of: found.map(\.stock.entry.hazmat))
        return Bid(
            warehouse: warehouse,
            offers: zip(found, groups).map { offer(of: $0, in: $1) },
            services: services,
            declines: declines,
            incoming: try coming(to: short, for: question, incoming)
        )
    }

    /// What each service is asked.
    struct Question {
        let request: BidRequest
        let found: [Offered]
        let now: Timestamp
        let book: ShippingBook
        let live: LivePricing?

        /// What would leave at most, without the lines that may not ride.
        func load(without blocked: [Int]) -> ShippingLoad {
            ShippingLoad(
                ofOrderWith: found.filter { !blocked.contains($0.line) }
                    .map {
                        // A look at what there is offers more than anybody asked for.
                        let quantity = min($0.quantity, request.lines[$0.line].quantity)
                        return ($0.stock.entry.sku, quantity, $0.stock.entry.unitWeight)
                    }
            )
        }
    }

    /// A line of which something can be shipped.
    struct Offered {
        let line: Int
        let quantity: Quantity
        /// What earlier lines of the same SKU take.
        let taken: Quantity
        /// What other orders are being offered.
        let held: Quantity
        /// Whether every lot is named that it could come from.
        var namesEveryLot = false
        let stock: SKUStock

        /// Whether it is a material that may not fly so.
        func isForbidden(by flight: HazardousMaterials.Flight) -> Bool {
            HazardousMaterials.airFault(of: stock.entry, by: flight) != nil
        }
    }

    /// What of a line is offered, and why no more is.
    private static func share(
        of stock: SKUStock,
        lessTaken taken: Quantity,
        lessHeld held: Quantity,
        for asked: Quantity,
        purpose: BidRequest.Purpose
    ) -> (quantity: Quantity, decline: Decline.Reason?) {
        let unit = stock.entry.sellingUnit
        if purpose != .availability, let nearest = unit.nearestLawful(to: asked) {
            return (.zero, .notAMultiple(below: nearest.below, above: nearest.above))
        }
        func sellable(_ free: Quantity) -> Quantity {
            let sellable = Quantity(free.units - free.units % unit.multiple)
            return purpose == .availability ? sellable : min(sellable, asked)
        }
        let free = stock.available.lessAtMost(taken)
        let whole = sellable(free)
        guard !whole.isZero else {
            let isUnusable = stock.onHand > stock.held + stock.allocated + stock.safetyStock
            let isLotless = stock.entry.isLotTracked && stock.available.isZero
            return (.zero, isUnusable && isLotless ? .noUsableLot : .noStock)
        }
        let left = sellable(free.lessAtMost(held))
        if left < whole { return (left, .offeredElsewhere(available: left)) }
        let isPart = left < asked && purpose != .availability
        return (left, isPart ? .partialStock(available: left) : nil)
    }

    private func offer(of found: Offered, in group: Int) -> Bid.Offer {
        let entry = found.stock.entry
        return Bid.Offer(
            line: found.line,
            tiers: [Bid.Tier(quantity: found.quantity)],
            lots: entry.isLotTracked ? lots(of: found) : [],
            unitWeight: entry.unitWeight,
            unitBillableWeight: unitBillableWeight(of: entry),
            freightClass: entry.freightClass,
            segregationGroup: group,
            multiple: entry.sellingUnit.multiple,
            // As rules count what a site has: after what earlier lines of the order take.
            available: found.stock.available.lessAtMost(found.taken)
        )
    }

    /// The lots that the offered quantity would come from, after what earlier lines take.
    ///
    /// Where the buyer asks something of lots, all that it could come from: what he asks, and when
    /// the goods arrive, is held against them by whoever makes the plan.
    private func lots(of found: Offered) -> [Bid.LotOffer] {
        var skipped = found.taken.units + found.held.units
        var wanted = found.quantity.units
        var lots: [Bid.LotOffer] = []
        let picks = found.namesEveryLot ? found.stock.openLots : found.stock.availableByLot
        for pick in picks where wanted > 0 && lots.count < AllocationModel::Limits.bidLotsMaximum {
            let passed = min(skipped, pick.quantity.units)
            skipped -= passed
            let quantity = min(pick.quantity.units - passed, wanted)
            guard quantity > 0, let lot = pick.lot.lot else { continue }
            if !found.namesEveryLot { wanted -= quantity }
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

    /// What a unit by itself is billed as by the first card; others say where they differ.
    private func unitBillableWeight(of entry: CatalogEntry) -> Weight {
        let divisor = cards.first?.terms.divisor ?? .standard
        return divisor.billableWeight(actual: entry.unitWeight, dimensions: entry.dimensions)
    }

    /// Says of which offered lines a card bills units otherwise than their offers do, and how.
    ///
    /// Nothing that the card asks for more is added to a live rater's prices.
    private func packings(
        by card: ParcelRateCard,
        at pricing: Bid.Service.Pricing,
        heaviest: Int64,
        of found: [Offered],
        without blocked: [Int]
    ) -> [Bid.Packing] {
        found.compactMap { item in
            if blocked.contains(item.line) { return nil }
            let entry = item.stock.entry
            let goods = ParcelGoods(entry, units: item.quantity.units)
            let billing = card.billing(of: goods, heaviest: heaviest)
            let charge = pricing == .rater ? 0 : billing.unitCharge
            guard
                charge > 0
                    || billing.unitBillableWeight != unitBillableWeight(of: entry)
            else { return nil }
            return Bid.Packing(
                line: item.line,
                unitBillableWeight: billing.unitBillableWeight,
                unitCharge: Money(minorUnits: charge, currency: card.currency).cost
            )
        }
    }

    func services(
        for question: Question,
        into declines: inout [Decline]
    ) -> [Bid.Service] {
        // What a bid may name beside one service for each card, shared out among freight's.
        let codes =
            cards.map(\.service) + ltlCards.map(\.service) + ftlCards.map(\.service)
        let spare =
            (AllocationModel::Limits.bidServicesMaximum - codes.count)
            / max(1, ltlCards.count + ftlCards.count)
        let answers =
            cards.map { ($0.service, service(of: $0, for: question)) }
            + ltlCards.flatMap { card in
                services(of: card, for: question, besides: spare, unlike: codes) {
                    service(of: card, asked: $0)
                }
            }
            + ftlCards.flatMap { card in
                services(of: card, for: question, besides: spare, unlike: codes) {
                    service(of: card, asked: $0)
                }
            }
        if answers.isEmpty { declines.append(Decline(.order, .notServed)) }
        var offered: [Bid.Service] = []
        var earlier: [Bid.Service] = []
        for (code, serving) in answers {
            declines += serving.declines.map { Decline(.service(code), $0) }
            declines += serving.stopped.map { Decline(.lines($0.lines, code), $0.reason) }
            offered += serving.departures.prefix(1)
            earlier += serving.departures.dropFirst()
        }
        // What leaves earlier for some lines alone is left out where a bid has too many.
        let room = max(0, AllocationModel::Limits.bidServicesMaximum - offered.count)
        return offered + earlier.prefix(room)
    }

    /// What a service answers.
    struct Serving {
        /// It once for all lines that may ride, and once more for those that could leave earlier.
        let departures: [Bid.Service]
        /// Why not, or why not on an earlier day.
        let declines: [Decline.Reason]
        /// Why not for some lines.
        var stopped: [(lines: [Int], reason: Decline.Reason)] = []

        static func declined(_ reason: Decline.Reason) -> Serving {
            Serving(departures: [], declines: [reason])
        }
    }

    /// What a service offers whenever it leaves.
    struct Way {
        /// The card's service, by which calendars know it.
        let service: String
        /// What a bid calls it: the card's service, or one of several that it is offered as.
        let code: String
        let carrier: String
        let level: ServiceLevel
        let tariff: Tariff
        var pricing = Bid.Service.Pricing.card
        let handling: Cost
        var zone = ""
        let transitDays: Int
        /// Lines that may not ride.
        let blocked: [Int]
        /// Why not, but for those that ride by another service of the card.
        let stopped: [(lines: [Int], reason: Decline.Reason)]
        var packings: [Bid.Packing] = []
    }

    /// Lines that a service does not carry, for one reason or several.
    struct Stopped {
        /// Those of each reason, none without lines.
        let declines: [(lines: [Int], reason: Decline.Reason)]
        /// All of them, each once.
        let lines: [Int]

        init(_ groups: [(found: [Offered], reason: Decline.Reason)]) {
            declines = groups.filter { !$0.found.isEmpty }
                .map { ($0.found.map(\.line), $0.reason) }
            lines = Set(declines.flatMap(\.lines)).sorted()
        }

        /// What a service answers that carries none of what was `found`.
        func serving(of found: [Offered]) -> Serving {
            if let common = declines.first(where: { $0.lines.count == found.count }) {
                return .declined(common.reason)
            }
            return Serving(departures: [], declines: [], stopped: declines)
        }
    }

    /// Returns when goods leave by a way: with the slowest to pick and pack, and before it.
    ///
    /// What leaves together leaves with the slowest of it. Lines that take less time are offered
    /// once more without the slower ones, where that is an earlier day: whether to wait for one
    /// another or to pay for two shipments is the plan's to choose.
    func serving(_ way: Way, on question: Question) -> Serving {
        let riding = question.found.filter { !way.blocked.contains($0.line) }
        let leads = riding.map { calendar.leadTimes.time(for: $0.stock.entry.handling) }
        let slowestFirst = Set(leads).sorted(by: >)
        var departures: [Bid.Service] = []
        var declines: [Decline.Reason] = []
        for lead in slowestFirst.prefix(1) + slowestFirst.dropFirst().suffix(Self.earlierDays) {
            let slower = zip(riding, leads).filter { $0.1 > lead }.map(\.0.line)
            let blocked = (way.blocked + slower).sorted()
            switch leaving(by: way, lead: lead, without: blocked, on: question) {
            case .none(let reason):
                declines.append(reason)
            case .found(let delivery, let fullDay):
                if let fullDay { declines.append(.dayFull(fullDay)) }
                let leaves = delivery.departure.leaves
                if let last = departures.last, last.leaves <= leaves { continue }
                departures.append(
                    Bid.Service(
                        code: way.code,
                        carrier: way.carrier,
                        level: way.level,
                        tariff: way.tariff,
                        handling: way.handling,
                        zone: way.zone,
                        leaves: leaves,
                        arrives: delivery.arrives,
                        arrivesFrom: delivery.arrivesFrom,
                        arrivesBy: delivery.arrivesBy,
                        cutoff: delivery.departure.cutoff,
                        cutoffDate: delivery.departure.cutoffDate,
                        leavesBy: calendar.leavesBy(on: leaves, service: way.service),
                        lastCutoff: lastCutoff(of: way, on: question),
                        blockedLines: blocked,
                        packings: way.packings.filter { !blocked.contains($0.line) },
                        pricing: way.pricing
                    )
                )
            }
        }
        return Serving(
            departures: departures,
            declines: declines.uniqued(),
            stopped: departures.isEmpty ? [] : way.stopped
        )
    }

    /// Until when what is ready may leave by a way, where the order must arrive by a day.
    private func lastCutoff(of way: Way, on question: Question) -> LocalTime? {
        let wish = question.request.destination.delivery
        return wish.by.flatMap { last in
            calendar.lastCutoff(
                toArriveBy: last,
                service: way.service,
                transitDays: way.transitDays,
                carrier: carriers.calendar(of: way.service, by: way.carrier),
                to: wish
            )
        }
    }

    /// Days before the slowest goods' that a service is offered for once more.
    private static let earlierDays = 3

    func service(of card: ParcelRateCard, for question: Question) -> Serving {
        let request = question.request
        let found = question.found
        guard card.currency == request.currency else {
            return .declined(.otherCurrency(card.currency.code))
        }
        // Before the level: a slower one would not reach it either.
        let kind = request.destination.addressKind
        guard card.terms.reaches(kind) else { return .declined(.addressNotReached(kind)) }
        guard card.level >= request.serviceLevel else { return .declined(.tooSlow) }
        switch card.tariff(to: request.destination) {
        case .declined(let reason):
            return .declined(reason)
        case .offered(let offer):
            let heaviest = offer.tariff.packageWeightMaximum
            let stopped = stopped(by: card, packagesUpTo: heaviest, of: found)
            guard stopped.lines.count < found.count else { return stopped.serving(of: found) }
            let blocked = stopped.lines
            let (tariff, pricing) = price(offer, of: card, without: Set(blocked), for: question)
            return serving(
                Way(
                    service: card.service,
                    code: card.service,
                    carrier: card.carrier,
                    level: card.level,
                    tariff: .parcelTable(tariff),
                    pricing: pricing,
                    handling: offer.handling,
                    zone: offer.zone.name,
                    transitDays: offer.transitDays,
                    blocked: blocked,
                    stopped: stopped.declines,
                    packings: packings(
                        by: card,
                        at: pricing,
                        heaviest: heaviest,
                        of: found,
                        without: blocked
                    )
                ),
                on: question
            )
        }
    }

    /// What a parcel carrier does not take, and why.
    private func stopped(
        by card: ParcelRateCard,
        packagesUpTo heaviest: Int64,
        of found: [Offered]
    ) -> Stopped {
        Stopped(
            [
                (found.filter { $0.isForbidden(by: card.flight) }, .forbiddenByAir),
                (
                    found.filter { item in
                        let goods = ParcelGoods(item.stock.entry, units: item.quantity.units)
                        return card.looseBilling(of: goods).unitBillableWeight.grams > heaviest
                    },
                    .tooHeavy
                ),
                (found.filter { !card.terms.takes($0.stock.entry.dimensions) }, .tooLarge),
            ]
        )
    }

    /// When goods leave, and arrive.
    private enum Leaving {
        /// With the day on which they would leave, if that were not full.
        case found(SiteCalendar.Delivery, insteadOf: CivilDate?)
        case none(Decline.Reason)
    }

    private func leaving(
        by way: Way,
        lead: LeadTime,
        without blocked: [Int],
        on question: Question
    ) -> Leaving {
        let load = question.load(without: blocked)
        let transitDays = way.transitDays
        let carrier = carriers.calendar(of: way.service, by: way.carrier)
        let wish = question.request.destination.delivery
        let soonest = calendar.delivery(
            at: question.now,
            service: way.service,
            transitDays: transitDays,
            carrier: carrier,
            to: wish,
            lead: lead
        )
        guard let soonest else { return .none(.noWorkingDay) }
        if let last = wish.by, soonest.arrives > last {
            return .none(.tooLate(soonest.arrives))
        }
        let day = soonest.departure.leaves
        if question.book.admits(load, on: day) { return .found(soonest, insteadOf: nil) }
        let later = calendar.delivery(
            at: question.now,
            service: way.service,
            transitDays: transitDays,
            carrier: carrier,
            to: wish,
            lead: lead,
            hasRoom: { question.book.admits(load, on: $0) }
        )
        guard let later, later.arrives <= wish.by ?? later.arrives else {
            return .none(.dayFull(day))
        }
        return .found(later, insteadOf: day)
    }

    // Beforehand, for whoever cannot ask.

    /// Returns what a site tells of a lease.
    func offer(
        of lease: Lease,
        entry: CatalogEntry,
        wish: LeaseOffer.Wish
    ) -> LeaseOffer {
        // Whoever draws on it knows weights, and neither sizes nor hazards: what one service is
        // too small for or charges more for, and what may have to ride apart, is told as heavier
        // than any package, and so is asked for and not drawn.
        let goods = ParcelGoods(entry, units: lease.quantity.units)
        let worst = cards.map { $0.worstBilling(of: goods) }
        let isTaken =
            entry.hazmat == nil && worst.allSatisfy { $0.unitCharge == 0 }
            && cards.allSatisfy { $0.terms.takes(entry.dimensions) }
        let tooHeavy = Weight(pounds: Int64(AllocationModel::Limits.packagePoundsMaximum)).grams + 1
        let billed = worst.map(\.unitBillableWeight).max() ?? unitBillableWeight(of: entry)
        return LeaseOffer(
            lease: lease,
            unitWeight: entry.unitWeight,
            unitBillableWeight: isTaken ? billed : max(billed, Weight(grams: tooHeavy)),
            freightClass: entry.freightClass,
            multiple: entry.sellingUnit.multiple,
            wish: wish
        )
    }

    /// Returns how each service would carry goods at the worst, wherever it goes and whenever.
    ///
    /// The days are the longest that an order of the next four weeks would wait
    /// and travel; one more, because nobody knows which day it is where the question is asked.
    /// Pick and pack take as long as for the slowest goods of the site.
    /// Days that are full in `book` are passed over, and those that fill up later are not.
    package func standingServices(
        at now: Timestamp,
        book: ShippingBook = .unbounded
    ) -> [StandingService] {
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
                        transitDays: terms.transitDays,
                        carrier: carriers.calendar(of: card.service, by: card.carrier),
                        lead: calendar.leadTimes.slowest,
                        hasRoom: { !book.isFull(on: $0) }
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
                hours: carriers.calendar(of: card.service, by: card.carrier).deliveryHours,
                reach: terms.reach
            )
        }
    }

    /// Quarters of a day in four weeks.
    private static let quartersLookedAt = 112
    private static let quarterMilliseconds: Int64 = 21_600_000
}

extension Array where Element: Hashable {
    /// The elements in their order, each once.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
