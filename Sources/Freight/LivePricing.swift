package import AllocationModel

/// One package from a site to a place: what a live rater is asked the price of.
///
/// No name and no street: a price needs neither, and so nobody is told.
package struct RatedPackage: Hashable, Sendable {
    package let origin: Place
    package let destination: Place
    package let isResidential: Bool
    /// As it is billed: bulky goods weigh what they displace.
    package let pounds: Int

    package init(origin: Place, destination: Place, isResidential: Bool, pounds: Int) {
        self.origin = origin
        self.destination = destination
        self.isResidential = isResidential
        self.pounds = pounds
    }

    /// One end of the way.
    package struct Place: Hashable, Sendable {
        package let country: Country
        /// State or province code; empty where nobody says.
        package let region: String
        /// Of the US five digits: nobody's price differs by the block.
        package let postalCode: String

        /// Makes a place from a postal code, shortened to what prices go by.
        package init(country: Country, region: String = "", postalCode: String) {
            self.country = country
            self.region = region
            self.postalCode = country == .us ? String(postalCode.prefix(5)) : postalCode
        }
    }
}

/// What a live rater says of one package: a price for each service of the site's cards, by code.
///
/// A service that is not among them has no price of the rater's.
package typealias PackageAnswer = Result<[String: Result<Money, RaterFailure>], RaterFailure>

/// The weights at which a rater is asked for prices, so that they make a tariff for an order.
package enum PackageLadder {
    /// Returns whole pounds, rising: those of every package that the goods could make.
    ///
    /// A load fills packages of `most` and puts the rest into one more. Where the rests
    /// are more than `Limits.ladderRowsMaximum`, some of them are left out, and a package
    /// costs what the next weight above it does; the heaviest is always there.
    ///
    /// - Parameters:
    ///   - goods: Units that may ride, none, some or all, and what one is billed as.
    ///   - most: What one package may weigh: whole pounds.
    /// - Returns: No more than the limit; empty where nothing may ride.
    package static func pounds(
        for goods: [(units: Int64, weight: Weight)],
        packageWeightMaximum most: Weight
    ) -> [Int] {
        let riding = goods.filter { $0.units > 0 && $0.weight > .zero && $0.weight <= most }
        guard let lightest = riding.map(\.weight).min() else { return [] }
        let total = riding.reduce(Int128(0)) { $0 + Int128($1.units) * Int128($1.weight.grams) }
        let isFilled = total >= Int128(most.grams)
        let top = isFilled ? most : Weight(grams: Int64(total))
        guard var rests = rests(of: riding, packageWeightMaximum: most) else {
            return thinned(Array(Int(lightest.poundsBilled)...Int(top.poundsBilled)))
        }
        if isFilled { rests.insert(most.grams) }
        return thinned(Set(rests.map { Int(Weight(grams: $0).poundsBilled) }).sorted())
    }

    /// What could be left beside full packages; nil where that is too much to write down.
    private static func rests(
        of goods: [(units: Int64, weight: Weight)],
        packageWeightMaximum most: Weight
    ) -> Set<Int64>? {
        var sums: Set<Int64> = [0]
        for (units, weight) in goods {
            guard units <= Int64(Limits.ladderSumsMaximum / sums.count) else { return nil }
            var next = sums
            for sum in sums {
                var rest = sum
                for _ in 0..<units {
                    rest = (rest + weight.grams) % most.grams
                    next.insert(rest)
                }
            }
            sums = next
        }
        return sums.subtracting([0])
    }

    /// So many of them at equal distances, the last among them.
    private static func thinned(_ pounds: [Int]) -> [Int] {
        let rows = Limits.ladderRowsMaximum
        guard pounds.count > rows else { return pounds }
        return (1...rows).map { pounds[($0 * pounds.count + rows - 1) / rows - 1] }
    }
}

/// A live rater's prices in the place of a card's, as far as it has answered.
///
/// The card gives zone, transit days and limits, and the prices where the rater gives
/// none. What the rater says of a package is all that it costs: nothing of the card's
/// surcharges is added to it.
package struct LivePricing {
    private let services: Set<String>
    private let origin: RatedPackage.Place
    private let answer: (RatedPackage) -> PackageAnswer

    /// Takes the site's prices from what was answered.
    ///
    /// - Parameters:
    ///   - services: The codes of the cards that the rater prices.
    ///   - origin: Where the site's parcels start.
    ///   - answer: What the rater has said of a package.
    package init(
        services: Set<String>,
        origin: RatedPackage.Place,
        answer: @escaping (RatedPackage) -> PackageAnswer
    ) {
        self.services = services
        self.origin = origin
        self.answer = answer
    }

    /// Returns the tariff by which goods are carried, and where it is from.
    ///
    /// - Parameters:
    ///   - card: The service's.
    ///   - offer: What the card says of the destination.
    ///   - destination: Where the goods go.
    ///   - goods: The units that may ride, and what one is billed as.
    /// - Returns: The rater's where it has a price of every weight that is needed.
    package func tariff(
        by card: ParcelRateCard,
        offering offer: ParcelRateCard.Offer,
        to destination: Destination,
        carrying goods: [(units: Int64, weight: Weight)]
    ) -> (tariff: ParcelTableTariff, pricing: Bid.Service.Pricing) {
        guard services.contains(card.service) else { return (offer.tariff, .card) }
        let ladder = PackageLadder.pounds(
            for: goods,
            packageWeightMaximum: Weight(grams: offer.tariff.packageWeightMaximum)
        )
        guard !ladder.isEmpty else { return (offer.tariff, .card) }
        let place = RatedPackage.Place(
            country: destination.country,
            region: destination.region,
            postalCode: destination.postalCode
        )
        // Every weight is asked about before any answer is looked at.
        let prices = ladder.map { pounds in
            price(
                of: RatedPackage(
                    origin: origin,
                    destination: place,
                    isResidential: destination.isResidential,
                    pounds: pounds
                ),
                by: card
            )
        }
        do throws(RaterFailure) {
            var steps: [ParcelTableTariff.Step] = []
            var dearest = Cost.zero
            for (pounds, price) in zip(ladder, prices) {
                // A tariff never falls: who may send ten pounds for less sends nine for that.
                dearest = max(dearest, try price.get().cost)
                steps.append(
                    ParcelTableTariff.Step(
                        weightMaximum: Weight(pounds: Int64(pounds)).grams,
                        charge: dearest
                    )
                )
            }
            let tariff = ParcelTableTariff(
                steps: steps,
                packagesMaximum: offer.tariff.packagesMaximum
            )
            return (tariff, .rater)
        } catch {
            return (offer.tariff, .cardFor(error))
        }
    }

    private func price(
        of package: RatedPackage,
        by card: ParcelRateCard
    ) -> Result<Money, RaterFailure> {
        answer(package)
            .flatMap { prices in
                guard let price = prices[card.service] else { return .failure(.notOffered) }
                return price.flatMap { money in
                    guard money.currency == card.currency else { return .failure(.otherCurrency) }
                    let isPossible = (1...Limits.packageChargeMaximum).contains(money.minorUnits)
                    return isPossible ? .success(money) : .failure(.absurd)
                }
            }
    }
}

extension ParcelTableTariff {
    /// Returns what a load costs by a live rater's prices, package by package.
    ///
    /// The lines add up to `charge(forBillableWeight:)`; nil where that is nil.
    package func breakdown(
        forBillableWeight weight: Int64,
        in currency: Currency
    ) -> [ChargeLine]? {
        guard charge(forBillableWeight: weight) != nil else { return nil }
        let (full, rest) = weight.quotientAndRemainder(dividingBy: packageWeightMaximum)
        var lines: [ChargeLine] = []
        for (count, each) in [(full, packageWeightMaximum), (1, rest)] where count > 0 && each > 0 {
            guard let charge = charge(forBillableWeight: each) else { return nil }
            let pounds = Weight(grams: each).poundsBilled
            let packages = count == 1 ? "1 package" : "\(count) packages"
            lines.append(
                ChargeLine(
                    .packages,
                    "\(packages) of \(pounds) lb, by the live rater",
                    (charge * count).money(in: currency)
                )
            )
        }
        return lines
    }
}
