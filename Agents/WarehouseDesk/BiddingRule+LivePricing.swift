package import AllocationModel
package import AllocationProtocol
package import Freight
package import StockLedger
import Synchronization

extension BiddingRule {
    /// The tariff of a parcel service, a live rater's where the site has one for it.
    ///
    /// By what the order asks for and not by what is offered of it: so an order that is
    /// bid on again, with other stock, is priced by the same answers.
    func price(
        _ offer: ParcelRateCard.Offer,
        of card: ParcelRateCard,
        without stopped: Set<Int>,
        for question: Question
    ) -> (tariff: ParcelTableTariff, pricing: Bid.Service.Pricing) {
        // A look at what there is has no bounds to ask prices for.
        guard let live = question.live, question.request.purpose != .availability else {
            return (offer.tariff, .card)
        }
        let goods = question.found.filter { !stopped.contains($0.line) }
            .map { item in
                let units = question.request.lines[item.line].quantity.units
                let goods = ParcelGoods(item.stock.entry, units: units)
                return PackageLadder.Goods(
                    goods,
                    units: units,
                    billed: card.worstBilling(of: goods).unitBillableWeight
                )
            }
        return live.tariff(
            by: card,
            offering: offer,
            to: question.request.destination,
            carrying: goods
        )
    }

    /// Returns the packages whose prices a bid on `request` at `now` hangs on.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - now: The time of asking.
    ///   - services: The codes of the cards that a live rater prices.
    ///   - origin: Where the site's parcels start.
    ///   - stock: What the ledger has of a SKU, or nil where it keeps none.
    /// - Returns: Each package once, in the order in which the bid asks for them.
    package func packagesToRate(
        for request: BidRequest,
        at now: Timestamp,
        by services: Set<String>,
        from origin: RatedPackage.Place,
        stock: (SKU) throws -> SKUStock?
    ) rethrows -> [RatedPackage] {
        // The bid itself, made for its questions: there is no second way to them.
        let asked = Mutex<[RatedPackage]>([])
        let noting = LivePricing(services: services, origin: origin) { package in
            asked.withLock { if !$0.contains(package) { $0.append(package) } }
            return .failure(.notAsked)
        }
        _ = try bid(on: request, at: now, live: noting, stock: stock)
        return asked.withLock { $0 }
    }
}

/// A live rater as the desk sees it: what it prices, and what it has said already.
package struct LiveRates: Sendable {
    /// The codes of the site's cards that it prices.
    package let services: Set<String>
    /// What it has said of a package; never waits.
    package let answer: @Sendable (RatedPackage) -> PackageAnswer

    package init(
        services: Set<String>,
        answer: @escaping @Sendable (RatedPackage) -> PackageAnswer
    ) {
        self.services = services
        self.answer = answer
    }

    /// The prices from where the site is.
    func pricing(in books: Books) throws -> LivePricing {
        LivePricing(services: services, origin: try Self.origin(in: books), answer: answer)
    }

    static func origin(in books: Books) throws -> RatedPackage.Place {
        let site = try books.site()
        return RatedPackage.Place(country: site.country, postalCode: site.postalCode)
    }
}

extension WarehouseDesk {
    /// Returns the packages whose prices the bids of a batch hang on, each once.
    ///
    /// - Throws: `LedgerFault` where the process must stop.
    package func packagesToRate(
        for batch: RequestBatch,
        by services: Set<String>,
        now: Timestamp
    ) async throws -> [RatedPackage] {
        let asked = batch.requests.compactMap { request in
            if case .bid(let asked) = request, asked.purpose != .availability { asked } else { nil }
        }
        guard !asked.isEmpty, !services.isEmpty else { return [] }
        do {
            return try await ledger.read(at: now) { [self] books in
                let rule = try rule(in: books)
                let origin = try LiveRates.origin(in: books)
                var packages: [RatedPackage] = []
                var seen: Set<RatedPackage> = []
                for request in asked {
                    let replaced = request.replaced(by: batch.coordinator)
                    let needed = try rule.packagesToRate(
                        for: request,
                        at: now,
                        by: services,
                        from: origin,
                        stock: {
                            try books.availability(
                                of: $0,
                                replacing: replaced,
                                for: request.round.order
                            )
                        }
                    )
                    packages += needed.filter { seen.insert($0).inserted }
                }
                return packages
            }
        } catch let fault as LedgerFault where !fault.mustStop {
            // The answer says what is wrong; there is nothing to price.
            return []
        }
    }
}
