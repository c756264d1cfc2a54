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
    /// What it is packed in; nil where that is not known.
    package let box: PackageBox?

    package init(
        origin: Place,
        destination: Place,
        isResidential: Bool,
        pounds: Int,
        box: PackageBox? = nil
    ) {
        self.origin = origin
        self.destination = destination
        self.isResidential = isResidential
        self.pounds = pounds
        self.box = box
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
    ///   - goods: What may ride.
    /// - Returns: The rater's where it has a price of every weight that is needed.
    package func tariff(
        by card: ParcelRateCard,
        offering offer: ParcelRateCard.Offer,
        to destination: Destination,
        carrying goods: [PackageLadder.Goods]
    ) -> (tariff: ParcelTableTariff, pricing: Bid.Service.Pricing) {
        guard services.contains(card.service) else { return (offer.tariff, .card) }
        let ladder = PackageLadder.rungs(
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
        let prices = ladder.map { rung in
            price(
                of: RatedPackage(
                    origin: origin,
                    destination: place,
                    isResidential: destination.isResidential,
                    pounds: rung.pounds,
                    box: rung.box
                ),
                by: card
            )
        }
        do throws(RaterFailure) {
            var steps: [ParcelTableTariff.Step] = []
            var dearest = Cost.zero
            for (rung, price) in zip(ladder, prices) {
                // A tariff never falls: who may send ten pounds for less sends nine for that.
                dearest = max(dearest, try price.get().cost)
                steps.append(
                    ParcelTableTariff.Step(
                        weightMaximum: Weight(pounds: Int64(rung.pounds)).grams,
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
