/// What one warehouse offers for one order now, from one reading of its ledger.
///
/// It holds no stock: only a reservation does. A decline is part of the offer,
/// so that the explanation can show it.
package struct Bid: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    /// What it can ship of the order, at most one offer for each line, by rising line.
    package let offers: [Offer]
    /// The carrier services that reach this destination.
    package let services: [Service]
    /// Charged once if the warehouse is used at all.
    package let fixedCost: Cost
    /// Every line or service it does not offer, and why.
    package let declines: [Decline]
    /// What is on its way to it of lines that it cannot fill, by rising line and day.
    package let incoming: [Incoming]

    package init(
        warehouse: Warehouse.ID,
        offers: [Offer],
        services: [Service],
        fixedCost: Cost = .zero,
        declines: [Decline] = [],
        incoming: [Incoming] = []
    ) {
        self.warehouse = warehouse
        self.offers = offers
        self.services = services
        self.fixedCost = fixedCost
        self.declines = declines
        self.incoming = incoming
    }

    /// Units of a line's SKU that a receipt is to bring: nothing that can be reserved yet.
    ///
    /// A SKU of several lines is told of once, with the first that cannot be filled.
    package struct Incoming: Hashable, Sendable {
        /// Index in the order's lines.
        package let line: Int
        package let receipt: Receipt.ID
        package let quantity: Quantity
        /// The day on which it is to be at the warehouse.
        package let expected: CivilDate
        /// The day on which the goods would then leave; nil where that is not known.
        package let leaves: CivilDate?
        /// The day on which they would arrive; nil where that is not known.
        package let arrives: CivilDate?

        package init(
            line: Int,
            receipt: Receipt.ID,
            quantity: Quantity,
            expected: CivilDate,
            leaves: CivilDate? = nil,
            arrives: CivilDate? = nil
        ) {
            self.line = line
            self.receipt = receipt
            self.quantity = quantity
            self.expected = expected
            self.leaves = leaves
            self.arrives = arrives
        }
    }

    /// What a warehouse can ship of one line.
    package struct Offer: Hashable, Sendable {
        /// Index in the order's lines.
        package let line: Int
        /// Quantities at rising scarcity cost; the first is taken first.
        package let tiers: [Tier]
        /// The lots the quantity would come from, first to expire first; empty where none are kept.
        package let lots: [LotOffer]
        /// Charged once if anything of the line is picked.
        package let pickCost: Cost
        /// Grams of one unit.
        package let unitWeight: Weight
        /// Grams of one unit as parcel carriers bill it: the greater of actual and dimensional.
        package let unitBillableWeight: Weight
        package let freightClass: FreightClass
        /// Goods of different groups may not ride in one shipment.
        package let segregationGroup: Int
        /// What a plan may take is a multiple of this.
        package let multiple: Int64
        /// What the site could promise in all, asked for or not; nil where it does not say.
        package let available: Quantity?

        package init(
            line: Int,
            tiers: [Tier],
            lots: [LotOffer] = [],
            pickCost: Cost = .zero,
            unitWeight: Weight,
            unitBillableWeight: Weight,
            freightClass: FreightClass = .class70,
            segregationGroup: Int = 0,
            multiple: Int64 = 1,
            available: Quantity? = nil
        ) {
            self.line = line
            self.tiers = tiers
            self.lots = lots
            self.pickCost = pickCost
            self.unitWeight = unitWeight
            self.unitBillableWeight = unitBillableWeight
            self.freightClass = freightClass
            self.segregationGroup = segregationGroup
            self.multiple = multiple
            self.available = available
        }

        /// All that is offered, over the tiers.
        package var quantity: Quantity {
            tiers.reduce(.zero) { $0 + $1.quantity }
        }
    }

    /// So many units at so much scarcity cost each.
    package struct Tier: Hashable, Sendable {
        package let quantity: Quantity
        package let scarcityCost: Cost

        package init(quantity: Quantity, scarcityCost: Cost = .zero) {
            self.quantity = quantity
            self.scarcityCost = scarcityCost
        }
    }

    /// Units of one lot.
    package struct LotOffer: Hashable, Sendable {
        package let lot: Lot.ID
        package let quantity: Quantity
        package let expires: CivilDate?
        package let certificates: [String]

        package init(
            lot: Lot.ID,
            quantity: Quantity,
            expires: CivilDate? = nil,
            certificates: [String] = []
        ) {
            self.lot = lot
            self.quantity = quantity
            self.expires = expires
            self.certificates = certificates
        }
    }

    /// One way the goods could travel.
    package struct Service: Hashable, Sendable {
        /// The service's code in the warehouse's rate card: `ups-ground`.
        ///
        /// It comes again for lines that could leave on an earlier day without the slower ones.
        package let code: String
        package let carrier: String
        package let level: ServiceLevel
        package let tariff: Tariff
        /// Charged once for each shipment.
        package let handling: Cost
        /// The zone the tariff was taken from; empty where the card has none.
        package let zone: String
        /// The day the goods would leave, in the warehouse's calendar.
        package let leaves: CivilDate
        /// The day they would arrive, in the destination's.
        package let arrives: CivilDate
        /// From when on that day, by the destination's clock; nil where the order does not ask.
        package let arrivesFrom: TimeOfDay?
        /// By when on that day, by the destination's clock; nil where nobody has said.
        package let arrivesBy: TimeOfDay?
        /// The day until which that holds: `leaves`, or before it by what pick and pack take.
        package let cutoffDate: CivilDate
        /// The warehouse's time on that day.
        package let cutoff: TimeOfDay
        /// Until when the goods must be on their way to leave on `leaves`; nil where nobody says.
        package let leavesBy: LocalTime?
        /// Until when they may leave at the last and still arrive in time.
        ///
        /// Nil where they need not arrive by any day, and where the site does not say.
        package let lastCutoff: LocalTime?
        /// Lines that may not ride, by index.
        package let blockedLines: [Int]
        /// Offered lines that it bills otherwise than their offer says, by rising line.
        package let packings: [Packing]
        /// Where the tariff is from.
        package let pricing: Pricing

        package init(
            code: String,
            carrier: String,
            level: ServiceLevel,
            tariff: Tariff,
            handling: Cost = .zero,
            zone: String = "",
            leaves: CivilDate,
            arrives: CivilDate,
            arrivesFrom: TimeOfDay? = nil,
            arrivesBy: TimeOfDay? = nil,
            cutoff: TimeOfDay,
            cutoffDate: CivilDate? = nil,
            leavesBy: LocalTime? = nil,
            lastCutoff: LocalTime? = nil,
            blockedLines: [Int] = [],
            packings: [Packing] = [],
            pricing: Pricing = .card
        ) {
            self.code = code
            self.carrier = carrier
            self.level = level
            self.tariff = tariff
            self.handling = handling
            self.zone = zone
            self.leaves = leaves
            self.arrives = arrives
            self.arrivesFrom = arrivesFrom
            self.arrivesBy = arrivesBy
            self.cutoff = cutoff
            self.cutoffDate = cutoffDate ?? leaves
            self.leavesBy = leavesBy
            self.lastCutoff = lastCutoff
            self.blockedLines = blockedLines
            self.packings = packings
            self.pricing = pricing
        }
    }

    /// How one service bills the units of a line, where the offer does not say it.
    package struct Packing: Hashable, Sendable {
        /// Index in the order's lines.
        package let line: Int
        /// Grams of one unit as this carrier bills it.
        package let unitBillableWeight: Weight
        /// Freight of each unit beside the tariff's, in whole minor units.
        package let unitCharge: Cost

        package init(line: Int, unitBillableWeight: Weight, unitCharge: Cost = .zero) {
            self.line = line
            self.unitBillableWeight = unitBillableWeight
            self.unitCharge = unitCharge
        }
    }
}

/// Something a warehouse does not offer, and why.
package struct Decline: Hashable, Sendable {
    package let subject: Subject
    package let reason: Reason

    package init(_ subject: Subject, _ reason: Reason) {
        self.subject = subject
        self.reason = reason
    }

    /// What is declined.
    package enum Subject: Hashable, Sendable {
        /// The whole order.
        case order
        /// A line, by index.
        case line(Int)
        /// A service, by its code.
        case service(String)
        /// Some lines, by index, by a service that is offered for others.
        case lines([Int], String)
    }

    /// Why.
    package enum Reason: Hashable, Sendable {
        /// The warehouse does not carry the SKU.
        case unknownSKU
        /// Nothing is available to promise.
        case noStock
        /// Less is available than was asked for; the offer says how much.
        case partialStock(available: Quantity)
        /// No more is left for now: another order is being offered the rest.
        case offeredElsewhere(available: Quantity)
        /// Not a lawful quantity of this SKU; the two nearest that are.
        case notAMultiple(below: Quantity, above: Quantity)
        /// No service of the rate card reaches the destination.
        case notServed
        /// Slower than the order's service level.
        case tooSlow
        /// The card has no rate for the zone.
        case noRate(zone: String)
        /// The warehouse's rate card is in another currency.
        case otherCurrency(String)
        /// No working day within the horizon.
        case noWorkingDay
        /// A unit is heavier than the service carries.
        case tooHeavy
        /// The lots in stock expire or are quarantined.
        case noUsableLot
        /// A unit is longer, or longer and thicker, than the service carries.
        case tooLarge
        /// The site does not know what a unit weighs, and the service goes by weight.
        case weightUnknown
        /// The material may not fly as the service does.
        case forbiddenByAir
        /// It would arrive on this day at the soonest, and the order wants it before.
        case tooLate(CivilDate)
        /// It does not deliver to addresses of this kind.
        case addressNotReached(AddressKind)
        /// It has no price of what the destination needs.
        case accessorialNotOffered(Accessorial)
        /// As much leaves on the day as the site can have leave.
        ///
        /// Where the service is offered nevertheless, it leaves on a later one.
        case dayFull(CivilDate)
    }
}
