package import AllocationModel

/// One service's card as a site manager looks at it.
package struct RateCardReport: Hashable, Sendable, Codable {
    /// The version that counts on the day asked about.
    package let card: RateRow
    /// The site's other versions of it too, the latest first.
    package let versions: [RateRow]
    /// Carrier days on the way where nothing else says.
    ///
    /// Nil for a truckload service whose days go by the miles.
    package let transitDays: Int?
    /// A parcel service's rules and prices; nil for another.
    package let parcel: Parcel?
    /// A less-than-truckload service's; nil for another.
    package let ltl: LTL?
    /// A truckload service's; nil for another.
    package let ftl: FTL?

    /// What a parcel service charges from here.
    package struct Parcel: Hashable, Sendable, Codable {
        /// Cubic inches to the pound.
        package let divisor: Int64
        package let packagesMaximum: Int
        /// Addresses that it delivers to beside those in a street: `po-box`, `military`.
        package let addressKinds: [String]
        /// Whether it flies: `no`, `passenger` or `cargo`.
        package let flight: String
        /// Inches of the longest side of one unit; nil for any.
        package let lengthInchesMaximum: Int64?
        /// Inches of the longest side and twice the other two; nil for any.
        package let girthInchesMaximum: Int64?
        /// What heavy and large packages cost more.
        package let oversize: [RateCardFiles.Oversize]
        /// Places to which a package costs more, by rising surcharge.
        package let deliveryAreas: [DeliveryArea]
        /// Carrier days by zone, before the card's.
        package let transitDaysByZone: [String: Int]
        /// By rising zone; one that is not served is not among them.
        package let zones: [Zone]
        /// By rising weight.
        package let rates: [Rate]
    }

    /// What a package costs more to some places.
    package struct DeliveryArea: Hashable, Sendable, Codable {
        package let commercial: String
        package let residential: String
        /// ZIP prefixes, ZIP codes and countries, as the file writes them.
        package let destinations: [String]
    }

    /// Where a zone is.
    package struct Zone: Hashable, Sendable, Codable {
        package let zone: String
        /// ZIP prefixes, ZIP codes and countries, as the chart writes them.
        package let destinations: [String]
        /// Of those destinations, by rising number: the carrier days on the way.
        package let transitDays: [Int]
    }

    /// What a package costs up to a weight.
    package struct Rate: Hashable, Sendable, Codable {
        package let pounds: Int
        /// A decimal by zone; a zone without one does not carry that weight at a price of its own.
        package let prices: [String: String]
    }

    /// What a less-than-truckload service charges from here.
    package struct LTL: Hashable, Sendable, Codable {
        /// The least that the discount leaves.
        package let floor: String
        /// Decimals by name.
        package let accessorials: [String: String]
        package let poundsMaximum: Int64
        /// The pounds from which each price of a lane's holds.
        package let breaks: [Int]
        package let lanes: [Lane]
    }

    /// What a truckload service charges from here, for each truck.
    package struct FTL: Hashable, Sendable, Codable {
        package let poundsMaximum: Int64
        package let palletsMaximum: Int
        package let trucksMaximum: Int
        package let fuelPerMile: String
        /// Decimals by name.
        package let accessorials: [String: String]
        /// Miles by road for a hundred in a straight line.
        package let circuityPercent: Int
        package let milesPerDay: Int
        package let lanes: [TruckLane]
    }

    /// What a truck costs to one destination: by the mile with a minimum, or flat.
    package struct TruckLane: Hashable, Sendable, Codable {
        package let destination: String
        package let perMile: String?
        package let minimum: String?
        package let flat: String?
        /// Nil for the straight line and its circuity.
        package let miles: Int?
        /// Nil for the card's.
        package let transitDays: Int?
    }

    /// One destination's prices of a hundredweight.
    package struct Lane: Hashable, Sendable, Codable {
        package let destination: String
        package let minimum: String
        package let transitDays: Int
        /// By rising class.
        package let classes: [ClassPrices]
    }

    /// The prices of one class, in the order of the breaks.
    package struct ClassPrices: Hashable, Sendable, Codable {
        package let freightClass: String
        package let prices: [String]
    }
}

/// Goods and where they would go.
package struct QuoteRequest: Hashable, Sendable, Codable {
    package let postalCode: String
    /// An ISO 3166 code; nil for the site's own country.
    package let country: String?
    /// State or province code; empty where nobody says.
    package let region: String
    package let isResidential: Bool
    package let isPostOfficeBox: Bool
    package let goods: [Goods]
    /// The day by whose cards it is priced, from whose morning it would leave; nil for now.
    package let on: CivilDate?
    /// What else is asked of a less-than-truckload carrier, by name.
    package let accessorials: [String]
    /// The days on which the destination takes goods in; empty for all.
    package let receiving: [Weekday]
    package let notBefore: CivilDate?
    /// From when on that day; nil for all of it.
    package let notBeforeTime: TimeOfDay?
    package let deliverBy: CivilDate?
    /// Until when on that day; nil for all of it.
    package let deliverByTime: TimeOfDay?
    /// The hours in which the destination takes goods in; nil for all day.
    package let receivingHours: HoursOfDay?

    /// Makes a request that asks no more than it says.
    package init(
        postalCode: String,
        country: String? = nil,
        region: String = "",
        isResidential: Bool = false,
        isPostOfficeBox: Bool = false,
        goods: [Goods],
        on day: CivilDate? = nil,
        accessorials: [String] = [],
        receiving: [Weekday] = [],
        notBefore: CivilDate? = nil,
        notBeforeTime: TimeOfDay? = nil,
        deliverBy: CivilDate? = nil,
        deliverByTime: TimeOfDay? = nil,
        receivingHours: HoursOfDay? = nil
    ) {
        self.postalCode = postalCode
        self.country = country
        self.region = region
        self.isResidential = isResidential
        self.isPostOfficeBox = isPostOfficeBox
        self.goods = goods
        on = day
        self.accessorials = accessorials
        self.receiving = receiving
        self.notBefore = notBefore
        self.notBeforeTime = notBeforeTime
        self.deliverBy = deliverBy
        self.deliverByTime = deliverByTime
        self.receivingHours = receivingHours
    }

    /// So many units of one SKU.
    package struct Goods: Hashable, Sendable, Codable {
        package let sku: SKU
        package let quantity: Int64

        package init(sku: SKU, quantity: Int64) {
            self.sku = sku
            self.quantity = quantity
        }
    }
}

/// What every service of the site makes of some goods.
package struct QuoteReport: Hashable, Sendable, Codable {
    package let currency: String
    package let on: CivilDate
    package let goods: [Goods]
    /// Those that carry it by rising total, then those that do not by code.
    package let services: [Service]

    /// One SKU as freight looks at it.
    package struct Goods: Hashable, Sendable, Codable {
        package let sku: SKU
        package let quantity: Int64
        /// Grams of one unit.
        package let grams: Int64
        /// Units of a full carton; nil for what comes in none.
        package let unitsPerCarton: Int64?
        package let freightClass: String
        /// Nil where the site does not know: trucks count such goods by weight alone.
        package let unitsPerPallet: Int64?
        /// Its handling class; empty for none.
        package let handling: String
        /// `UN1203`; nil for what is not hazardous.
        package let unNumber: String?
        /// Working days that pick and pack take.
        package let leadDays: Int
        /// Minutes before the cutoff that they take besides.
        package let leadMinutes: Int
    }

    /// One service's answer.
    package struct Service: Hashable, Sendable, Codable {
        package let service: String
        package let carrier: String
        package let level: ServiceLevel
        /// `parcel`, `ltl` or `ftl`.
        package let mode: String
        /// Nil where the service cannot carry the goods.
        package let offer: Offer?
        /// Why it cannot; nil where it can.
        package let decline: String?
    }

    /// A price and its dates.
    package struct Offer: Hashable, Sendable, Codable {
        /// Nil where the service has no zones.
        package let zone: String?
        /// Grams that a parcel carrier bills for all of it; nil for another.
        package let billableGrams: Int64?
        /// `card`, or `rater` where a live rater's prices are used.
        package let pricing: String
        /// Why the live rater's are not; nil where they are, or where there is none.
        package let raterFailure: String?
        /// What the freight is made of; they add up to it.
        package let charges: [Charge]
        /// What a bid's tariff charges for it.
        package let freight: String
        /// Charged once for each shipment.
        package let handling: String
        package let total: String
        package let leaves: CivilDate
        package let arrives: CivilDate
        /// From when on that day, by the destination's clock; nil where no such time is asked for.
        package let arrivesFrom: TimeOfDay?
        /// By when on that day, by the destination's clock; nil where nothing is known of hours.
        package let arrivesBy: TimeOfDay?
        /// Until when an order must be in for that, and on which day, in the warehouse's own time.
        package let cutoff: TimeOfDay
        package let cutoffDate: CivilDate
        /// Until when an order may be in to arrive by the day that was asked for; nil for none.
        package let lastCutoff: TimeOfDay?
        package let lastCutoffDate: CivilDate?
    }

    /// One line of a price.
    package struct Charge: Hashable, Sendable, Codable {
        /// What is charged for.
        ///
        /// One of `packages`, `residential`, `linehaul`, `minimum`, `discount`, `floor`, `fuel`,
        /// `rounding` and `accessorial`.
        package let kind: String
        package let text: String
        /// Less than nothing for a discount.
        package let amount: String
    }
}
