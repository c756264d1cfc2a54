internal import AllocationModel
internal import Freight
internal import LiveRating
internal import ShippingCalendar
internal import StockLedger
internal import Synchronization

extension SiteDesk {
    /// Prices goods by every service of the site, as a bid of that day would.
    func quote(_ request: QuoteRequest, _ asker: Asker) async throws -> QuoteReport {
        // What a rater says is of today.
        guard let rater, request.on == nil else {
            return try await ledger.read(at: asker.now) { try Quoting(request, by: $0).report() }
        }
        let services = rater.services
        let packages = try await ledger.read(at: asker.now) { books in
            try Quoting(request, by: books).packagesToRate(by: services)
        }
        let answers = await rater.ask(packages, within: rater.timeout)
        return try await ledger.read(at: asker.now) { books in
            var quoting = try Quoting(request, by: books)
            quoting.rate(by: services) { answers[$0] ?? .failure(.notAsked) }
            return quoting.report()
        }
    }
}

/// One quote, from one reading of the ledger.
private struct Quoting {
    private let day: CivilDate
    private let instant: Timestamp
    private let calendar: SiteCalendar
    private let carriers: CarrierCalendars
    private let book: ShippingBook
    private let cards: RateCards
    private let currency: Currency
    private let destination: Destination
    private let accessorials: Set<Accessorial>
    private let goods: [Goods]
    private let origin: RatedPackage.Place
    private var live: LivePricing?

    private struct Goods {
        let entry: CatalogEntry
        let units: Int64

        /// As parcel carriers look at them.
        var parcel: ParcelGoods { ParcelGoods(entry, units: units) }

        /// Why it may not fly so, as the end of a sentence; nil where it may.
        func words(against flight: HazardousMaterials.Flight) -> String? {
            HazardousMaterials.airFault(of: entry, by: flight)
                .map { fault in
                    let named = "flies, and \(entry.sku) (\(entry.hazmat?.name ?? "")) may not"
                    return switch fault {
                    case .material: "\(named) (49 CFR 172.101)"
                    case .tooMuch(let most):
                        "\(named) beyond \(most) a package (49 CFR 172.101); "
                            + (entry.hazmat?.content.map { "a unit holds \($0)" }
                                ?? "import what a unit holds as net_content")
                    }
                }
        }
    }

    /// - Throws: `ParseError` or `StockRefusal` for what of the request means nothing here.
    init(_ request: QuoteRequest, by books: Books) throws {
        let site = try books.site()
        origin = RatedPackage.Place(country: site.country, postalCode: site.postalCode)
        let today = try books.today()
        day = request.on ?? today
        calendar = try books.calendar()
        carriers = try books.carrierCalendars()
        book = try books.shippingBook()
        instant = day == today ? books.now : site.timeZone.instant(of: day, at: .midnight)
        cards = try books.rateCards(on: day)
        currency = site.currency
        let asked = Set(
            try request.accessorials.map { text throws(ParseError) in
                try Accessorial(parsing: text)
            }
        )
        // Those of the goods, or of a residence, are asked of freight carriers by hand.
        accessorials = asked.subtracting(Accessorial.askedFor)
        destination = try Destination(
            country: request.country.map { text throws(ParseError) in try Country(parsing: text) }
                ?? site.country,
            parsingPostalCode: request.postalCode,
            region: request.region,
            isResidential: request.isResidential,
            isPostOfficeBox: request.isPostOfficeBox,
            accessorials: asked.intersection(Accessorial.askedFor),
            delivery: DeliveryTerms(
                checkingReceiving: request.receiving.isEmpty
                    ? .everyDay : Weekdays(request.receiving),
                hours: request.receivingHours,
                notBefore: request.notBefore,
                notBeforeTime: request.notBeforeTime,
                by: request.deliverBy,
                byTime: request.deliverByTime
            )
        )
        guard (1...Limits.orderLinesMaximum).contains(request.goods.count) else {
            throw ParseError("a quote is for 1 to \(Limits.orderLinesMaximum) SKUs")
        }
        goods = try request.goods.map { try Self.goods($0, by: books) }
        let parcel = cards.parcel
        let weight = goods.reduce(Int128(0)) { sum, item in
            let billed = parcel.map { $0.worstBilling(of: item.parcel).unitBillableWeight }
            let unit = max(item.entry.unitWeight, billed.max() ?? .zero)
            return sum + Int128(item.units) * Int128(unit.grams)
        }
        guard weight <= ConsoleLimits.quotedGramsMaximum else {
            throw ParseError("the goods weigh more than any ship carries; correct a quantity")
        }
        try checkMayRideTogether()
    }

    private static func goods(
        _ asked: QuoteRequest.Goods,
        by books: Books
    ) throws -> Goods {
        guard let entry = try books.availability(of: asked.sku)?.entry else {
            throw StockRefusal.unknownSKU(asked.sku)
        }
        let quantity: Quantity
        do throws(ParseError) {
            quantity = try Quantity(checking: asked.quantity)
        } catch {
            throw StockRefusal.unlawful(field: "quantity", error.description)
        }
        guard !quantity.isZero else {
            throw StockRefusal.unlawful(field: "quantity", "is 0; ask for one unit or more")
        }
        if let nearest = entry.sellingUnit.nearestLawful(to: quantity) {
            throw StockRefusal.notAMultiple(
                asked.sku,
                of: entry.sellingUnit.multiple,
                below: nearest.below.units,
                above: nearest.above.units
            )
        }
        return Goods(entry: entry, units: quantity.units)
    }

    /// A quote is for one shipment; a bid puts such goods into several.
    private func checkMayRideTogether() throws(ParseError) {
        let hazardous = goods.compactMap { item in item.entry.hazmat.map { (item.entry.sku, $0) } }
        for (index, (sku, hazmat)) in hazardous.enumerated() {
            for (other, another) in hazardous.dropFirst(index + 1)
            where HazardousMaterials.mustRideApart(hazmat, another) {
                throw ParseError(
                    "\(sku) (\(hazmat.name)) and \(other) (\(another.name)) may not ride together "
                        + "(49 CFR 177.848); quote them one by one"
                )
            }
        }
    }

    /// Takes the prices of some services from what a live rater has answered.
    mutating func rate(
        by services: Set<String>,
        _ answer: @escaping (RatedPackage) -> PackageAnswer
    ) {
        live = LivePricing(services: services, origin: origin, answer: answer)
    }

    /// The packages whose prices the quote hangs on: it is made, for its questions.
    func packagesToRate(by services: Set<String>) -> [RatedPackage] {
        let asked = Mutex<[RatedPackage]>([])
        var noting = self
        noting.rate(by: services) { package in
            asked.withLock { $0.append(package) }
            return .failure(.notAsked)
        }
        _ = noting.report()
        return asked.withLock { $0 }
    }

    func report() -> QuoteReport {
        let services = cards.parcel.map(answer) + cards.ltl.map(answer) + cards.ftl.map(answer)
        let offered = services.filter { $0.total != nil }
            .sorted {
                ($0.total ?? 0, $0.service.service) < ($1.total ?? 0, $1.service.service)
            }
        let declined = services.filter { $0.total == nil }
            .sorted { $0.service.service < $1.service.service }
        return QuoteReport(
            currency: currency.code,
            on: day,
            goods: goods.map {
                QuoteReport.Goods(
                    sku: $0.entry.sku,
                    quantity: $0.units,
                    grams: $0.entry.unitWeight.grams,
                    unitsPerCarton: $0.entry.carton?.units,
                    freightClass: $0.entry.freightClass.name,
                    unitsPerPallet: $0.entry.unitsPerPallet,
                    handling: $0.entry.handling,
                    unNumber: $0.entry.hazmat?.name,
                    leadDays: calendar.leadTimes.time(for: $0.entry.handling).days,
                    leadMinutes: calendar.leadTimes.time(for: $0.entry.handling).minutes
                )
            },
            services: (offered + declined).map(\.service)
        )
    }

    /// A service's answer, and its total in minor units where it carries the goods.
    private struct Answer {
        let service: QuoteReport.Service
        let total: Int64?
    }

    // What each kind of service makes of the goods.

    private func answer(_ card: ParcelRateCard) -> Answer {
        let named = Named(card.service, card.carrier, card.level, mode: "parcel")
        switch card.tariff(to: destination) {
        case .declined(let reason): return named.declined(words(for: reason))
        case .offered(let offer):
            let most = Weight(grams: offer.tariff.packageWeightMaximum)
            for item in goods {
                let billed = card.looseBilling(of: item.parcel).unitBillableWeight
                guard billed > most else { continue }
                return named.declined(
                    "one \(item.entry.sku) is billed as \(billed.poundsBilled)"
                        + " lb, and a package has at most \(most.poundsBilled) lb"
                )
            }
            if let words = goods.lazy.compactMap({ $0.words(against: card.flight) }).first {
                return named.declined(words)
            }
            if let size = card.terms.size,
                let large = goods.first(where: { !size.takes($0.entry.dimensions) })
            {
                return named.declined(
                    "one \(large.entry.sku) is larger than \(size.lengthInchesMaximum) in long, or "
                        + "\(size.girthInchesMaximum) in with its girth"
                )
            }
            let billings = goods.map { card.billing(of: $0.parcel, heaviest: most.grams) }
            let (tariff, pricing) =
                live?
                .tariff(
                    by: card,
                    offering: offer,
                    to: destination,
                    carrying: goods.map {
                        PackageLadder.Goods(
                            $0.parcel,
                            units: $0.units,
                            billed: card.worstBilling(of: $0.parcel).unitBillableWeight
                        )
                    }
                ) ?? (offer.tariff, .card)
            var load = load
            load.billableWeight = zip(goods, billings)
                .reduce(0) { $0 + $1.0.units * $1.1.unitBillableWeight.grams }
            let lines =
                pricing == .rater
                ? tariff.breakdown(forBillableWeight: load.billableWeight, in: currency)
                : card.breakdown(of: load, by: offer)
            guard let lines,
                let freight = tariff.charge(forBillableWeight: load.billableWeight)
            else {
                return named.declined("is more than \(card.terms.packagesMaximum) packages")
            }
            let oversize =
                pricing == .rater
                ? []
                : zip(goods, billings)
                    .compactMap { card.oversizeLine(for: $0.entry.sku, $0.parcel, $1) }
            return priced(
                named,
                oversize.reduce(freight) { $0 + $1.amount.cost },
                offer.handling,
                lines + oversize,
                offer.transitDays,
                (offer.zone, load.billableWeight),
                pricing
            )
        }
    }

    private func answer(_ card: LTLRateCard) -> Answer {
        let named = Named(card.service, card.carrier, card.level, mode: "ltl")
        let classes = Set(goods.map(\.entry.freightClass))
        switch card.tariff(to: destination, carrying: classes, accessorials: fees(by: card)) {
        case .declined(let reason): return named.declined(words(for: reason))
        case .offered(let offer):
            if let unrated = offer.unratedClasses.min() {
                return named.declined("has no rate for class \(unrated.name)")
            }
            guard let lines = card.breakdown(of: load, by: offer),
                let freight = offer.tariff.charge(for: load)
            else {
                let most = card.terms.weightMaximum.poundsBilled
                return named.declined("weighs more than the \(most) lb of one shipment")
            }
            return priced(named, freight, offer.handling, lines, offer.transitDays, nil)
        }
    }

    /// What a carrier is asked for: all of the goods ride in this shipment, so it is known.
    private func fees(by card: some FreightCard) -> Set<Accessorial> {
        goods.reduce(into: accessorials) { $0.formUnion(card.fees(on: $1.entry)) }.ofOneShipment
    }

    private func answer(_ card: FTLRateCard) -> Answer {
        let named = Named(card.service, card.carrier, card.level, mode: "ftl")
        if let unweighed = goods.first(where: { $0.entry.unitWeight == .zero }) {
            return named.declined(
                "goes by weight, and \(unweighed.entry.sku) has none; import it with a weight"
            )
        }
        let freight = goods.map {
            FTLRateCard.Goods(
                units: $0.units,
                unitWeight: $0.entry.unitWeight,
                unitsPerPallet: $0.entry.unitsPerPallet
            )
        }
        switch card.tariff(to: destination, carrying: freight, accessorials: fees(by: card)) {
        case .declined(.noRate(let lane)):
            return named.declined("knows no miles to \(destination.postalCode), of lane \(lane)")
        case .declined(let reason): return named.declined(words(for: reason))
        case .offered(let offer):
            if let heavy = goods.first(where: {
                $0.entry.unitWeight.grams > offer.tariff.capacity
            }) {
                return named.declined(
                    "one \(heavy.entry.sku) weighs \(heavy.entry.unitWeight.poundsBilled) lb, "
                        + "and a truck carries \(Weight(grams: offer.tariff.capacity).poundsBilled)"
                )
            }
            guard let lines = card.breakdown(of: load, by: offer),
                let charge = offer.tariff.charge(forWeight: load.weight)
            else { return named.declined(excess(of: freight, over: card.terms)) }
            return priced(named, charge, offer.handling, lines, offer.transitDays, nil)
        }
    }

    /// Says of what there is too much for the trucks of a shipment.
    private func excess(of freight: [FTLRateCard.Goods], over terms: FTLRateCard.Terms) -> String {
        let trucks = terms.trucksMaximum == 1 ? "one truck" : "\(terms.trucksMaximum) trucks"
        let most = Int64(terms.trucksMaximum) * terms.weightMaximum.grams
        let pallets = FTLRateCard.Goods.pallets(of: freight)
        guard load.weight <= most, pallets > 0 else {
            return "weighs \(Weight(grams: load.weight).poundsBilled) lb, and \(trucks) "
                + "carry at most \(Int64(terms.trucksMaximum) * terms.weightMaximum.poundsBilled)"
        }
        return "is \(pallets) pallets, and \(trucks) carry at most "
            + "\(terms.trucksMaximum * terms.palletsMaximum)"
    }

    /// The sum of all goods, but for what parcel carriers bill.
    private var load: Load {
        var load = Load(weightByClass: FreightClass.allCases.map { _ in 0 })
        for item in goods {
            load.weight += item.units * item.entry.unitWeight.grams
            load.weightByClass[item.entry.freightClass.index] +=
                item.units * item.entry.unitWeight.grams
        }
        return load
    }

    private func priced(
        _ named: Named,
        _ freight: Cost,
        _ handling: Cost,
        _ lines: [ChargeLine],
        _ transitDays: Int,
        _ parcel: (zone: Zone, billableGrams: Int64)?,
        _ pricing: Bid.Service.Pricing = .card
    ) -> Answer {
        let carried = ShippingLoad(
            ofOrderWith: goods.map { ($0.entry.sku, Quantity($0.units), $0.entry.unitWeight) }
        )
        let way = Way(
            named,
            transitDays: transitDays,
            carrier: carriers.calendar(of: named.service, by: named.carrier),
            lead: calendar.leadTimes.time(forAll: goods.lazy.map(\.entry.handling))
        )
        guard let delivery = delivery(by: way, carrying: carried) else {
            return named.declined(
                way.carrier.sharesAnHour(with: destination.delivery)
                    ? "has no working day with room in a year; see calendar show"
                    : "delivers at no hour at which anybody is there; see carrier list"
            )
        }
        let last = destination.delivery.by.flatMap { lastDeparture(by: way, toArriveBy: $0) }
        if let by = destination.delivery.by, delivery.arrives > by {
            let words = last.map { "; an order had to be in by \($0.cutoffDate) \($0.cutoff)" }
            return named.declined("would arrive on \(delivery.arrives)" + (words ?? ""))
        }
        let total = (freight + handling).money(in: currency)
        let offer = QuoteReport.Offer(
            zone: parcel?.zone.name,
            billableGrams: parcel?.billableGrams,
            pricing: pricing == .rater ? "rater" : "card",
            raterFailure: pricing.failure?.rawValue,
            charges: lines.map {
                QuoteReport.Charge(
                    kind: $0.kind.rawValue,
                    text: $0.text,
                    amount: $0.amount.decimal
                )
            },
            freight: freight.money(in: currency).decimal,
            handling: handling.money(in: currency).decimal,
            total: total.decimal,
            leaves: delivery.departure.leaves,
            arrives: delivery.arrives,
            arrivesFrom: delivery.arrivesFrom,
            arrivesBy: delivery.arrivesBy,
            cutoff: delivery.departure.cutoff,
            cutoffDate: delivery.departure.cutoffDate,
            lastCutoff: last?.cutoff,
            lastCutoffDate: last?.cutoffDate
        )
        return Answer(service: named.service(offer, nil), total: total.minorUnits)
    }

    /// How a service would carry the goods.
    private struct Way {
        let service: String
        let transitDays: Int
        let carrier: CarrierCalendar
        let lead: LeadTime

        init(_ named: Named, transitDays: Int, carrier: CarrierCalendar, lead: LeadTime) {
            service = named.service
            self.transitDays = transitDays
            self.carrier = carrier
            self.lead = lead
        }
    }

    /// When they would leave and arrive, not before the day on which they are wanted.
    private func delivery(by way: Way, carrying load: ShippingLoad) -> SiteCalendar.Delivery? {
        calendar.delivery(
            at: instant,
            service: way.service,
            transitDays: way.transitDays,
            carrier: way.carrier,
            to: destination.delivery,
            lead: way.lead,
            hasRoom: { book.admits(load, on: $0) }
        )
    }

    private func lastDeparture(
        by way: Way,
        toArriveBy date: CivilDate
    ) -> SiteCalendar.Departure? {
        calendar.lastDeparture(
            toArriveBy: date,
            service: way.service,
            transitDays: way.transitDays,
            carrier: way.carrier,
            to: destination.delivery,
            lead: way.lead
        )
    }

    private func words(for reason: Decline.Reason) -> String {
        switch reason {
        case .notServed: "does not reach \(destination.postalCode) (\(destination.country))"
        case .noRate(let zone): "has no rate for \(zone)"
        case .addressNotReached(let kind): "does not deliver to \(kind.words)"
        case .accessorialNotOffered(let needed): "has no price of \(needed.words)"
        case .unknownSKU, .noStock, .partialStock, .offeredElsewhere, .notAMultiple, .tooSlow,
            .otherCurrency, .noWorkingDay, .tooHeavy, .tooLarge, .weightUnknown, .forbiddenByAir,
            .noUsableLot, .dayFull, .tooLate:
            "cannot carry it: \(reason)"
        }
    }

    /// What a service is called, whatever it answers.
    private struct Named {
        let service: String
        let carrier: String
        let level: ServiceLevel
        let mode: String

        init(_ service: String, _ carrier: String, _ level: ServiceLevel, mode: String) {
            self.service = service
            self.carrier = carrier
            self.level = level
            self.mode = mode
        }

        func declined(_ words: String) -> Answer {
            Answer(service: service(nil, words), total: nil)
        }

        func service(_ offer: QuoteReport.Offer?, _ decline: String?) -> QuoteReport.Service {
            QuoteReport.Service(
                service: service,
                carrier: carrier,
                level: level,
                mode: mode,
                offer: offer,
                decline: decline
            )
        }
    }
}
