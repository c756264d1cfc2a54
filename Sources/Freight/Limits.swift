package import AllocationModel

extension Limits {
    /// Pounds that a parcel carrier takes in one package: UPS and FedEx.
    package static let packagePoundsMaximum = 150
    /// Packages of one shipment: more ride on a pallet.
    package static let packagesMaximum = 200
    /// Minor units for one package: ten thousand dollars, so that every sum fits.
    package static let packageChargeMaximum: Int64 = 1_000_000
    /// Fuel in hundredths of a percent: ten times the highest ever published.
    package static let fuelBasisPointsMaximum: Int64 = 50_000
    /// Cubic inches to the pound: published and contract divisors are 110 to 300.
    package static let dimensionalDivisors: ClosedRange<Int64> = 50...1000
    /// Millimetres of one side: longer than any trailer.
    package static let sideMillimetresMaximum: Int64 = 30_000
    /// Bytes of a zone's name: `302`, `9`.
    package static let zoneBytesMaximum = 8
    /// Rows of a zone chart: all prefixes, and the exceptions of Alaska and Hawaii.
    package static let zoneRowsMaximum = 20_000
    /// Minor units for a hundredweight: a thousand dollars, above the dearest class anywhere.
    package static let hundredweightPriceMaximum: Int64 = 100_000
    /// LTL fuel in hundredths of a percent: twice the highest published, so that every sum fits.
    package static let ltlFuelBasisPointsMaximum: Int64 = 10_000
    /// What rides as less than a truckload: the heaviest break of any tariff, and some more.
    package static let ltlWeightMaximum = Weight(pounds: 45_000)
    /// Inches of a package, its girth included: twice what any parcel carrier takes.
    package static let parcelInchesMaximum: Int64 = 400
    /// Charges of one card for oversize packages: UPS has three.
    package static let oversizeChargesMaximum = 8
    /// Distinct surcharges of one card's delivery areas: UPS has four.
    package static let deliverySurchargesMaximum = 16
    /// Zones of one card.
    package static let zonesMaximum = 64
    /// What a 53-foot dry van carries: 44 000 lb, on 26 pallets side by side.
    package static let truckWeightDefault = Weight(pounds: 44_000)
    /// Pallets of a 53-foot dry van, not stacked.
    package static let truckPalletsDefault = 26
    /// What any one truck carries: heavier than roads allow without a permit.
    package static let truckWeightMaximum = Weight(pounds: 200_000)
    /// Pallets of one truck: two decks, stacked.
    package static let truckPalletsMaximum = 200
    /// Trucks of one shipment: more are a project.
    package static let trucksMaximum = 50
    /// Minor units for one truck: ten million dollars, so that every sum fits.
    package static let truckChargeMaximum: Int64 = 1_000_000_000
    /// Minor units for a mile: a thousand dollars.
    package static let milePriceMaximum: Int64 = 100_000
    /// Miles of one lane: further than any two places of a continent.
    package static let truckMilesMaximum = 10_000
    /// Miles by road for a hundred in a straight line, where nobody says: the usual in America.
    package static let circuityPercentDefault = 118
    /// Roads are never so much longer than the straight line.
    package static let circuityPercentMaximum = 300
    /// Weights that a live rater is asked about for one order: each is a request of its own.
    package static let ladderRowsMaximum = 10
    /// Weights of packages that are told apart, beyond which every whole pound may occur.
    package static let ladderSumsMaximum = 1024
    /// Miles that one driver drives in a day, within the hours of service.
    package static let truckMilesPerDayDefault = 500
}
