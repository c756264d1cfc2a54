package import AllocationModel
package import Foundation

/// What a site manager, a script or a warehouse system asks of the site's ledger.
///
/// The same whether it goes to the running agent over its socket or to the file
/// directly: `SiteDesk` carries it out in both places.
package enum SiteCommand: Hashable, Sendable, Codable {
    /// Adds to or takes from what is on hand, for a reason; once for each key, where one is given.
    case adjustStock(sku: SKU, lot: Lot.ID?, by: Int64, reason: String, key: String? = nil)
    /// Records a physical count.
    case countStock(sku: SKU, lot: Lot.ID?, counted: Int64)
    /// One page of the SKUs that `filter` lets through, after `after`.
    case listStock(filter: ListFilter, after: SKU?, limit: Int)
    /// The latest entries of one SKU's journal, latest first.
    case showHistory(sku: SKU, limit: Int)
    case setSafetyStock(sku: SKU, quantity: Int64)

    /// Sets until when an order must be in to leave that day; without a service, for all.
    case setCutoff(days: [Weekday], service: String?, time: TimeOfDay)
    /// Makes days no shipping days, or a service follow the default on them.
    case removeCutoff(days: [Weekday], service: String?)
    case listCutoffs
    /// Makes a day one that does not ship, or with a cutoff one that ships until then.
    ///
    /// With `through` also every day up to that one, and with `years` the same days of so many years.
    case addHoliday(
        date: CivilDate,
        name: String,
        cutoff: TimeOfDay? = nil,
        through: CivilDate? = nil,
        years: Int? = nil
    )
    /// Adds the days of an iCalendar file from today on, or only says which.
    ///
    /// Without `through`, to the end of next year.
    case importHolidays(calendar: String, through: CivilDate?, isDryRun: Bool)
    case removeHoliday(date: CivilDate)
    case listHolidays
    /// Bounds what can leave on each of the days, in place of what did; grams of weight.
    case setCapacity(days: [Weekday], orders: Int64?, lines: Int64?, grams: Int64?)
    /// Lets anything leave on the days again.
    case clearCapacity(days: [Weekday])
    case showCapacity
    /// What pick and pack take.
    case leadTimes(LeadTimeCommand)
    /// Carriers' days and holidays.
    case carriers(CarrierCommand)
    /// Each of so many days: its cutoff, or why there is none; by when goods of a class must be in.
    case showCalendar(from: CivilDate?, days: Int, service: String?, handling: String? = nil)

    /// Takes one service's rate card whole, in place of an earlier one.
    case importRates(RateCardFiles)
    case importLTLRates(LTLRateFile)
    case importFTLRates(FTLRateFile)
    case listRates
    /// The card of one service that counts on a day, or today; of one destination's prices alone.
    case showRates(service: String, on: CivilDate?, to: String?)
    /// What each service would charge for goods, line by line, and when they would arrive.
    case quoteRates(QuoteRequest)

    /// The open reservations, or those alone that have voted and not heard.
    case listHolds(inDoubt: Bool, limit: Int)
    /// Decides a reservation that is in doubt, for want of the coordinator's word.
    case forceHold(transaction: String, choice: ForcedChoice, reason: String)
    /// Closes the conflict of one that was forced and decided otherwise.
    case settleHold(transaction: String, reason: String)
    /// What was forced, the latest first.
    case listForced(limit: Int)

    /// What is confirmed and has not left, first to leave first.
    case listPicks(limit: Int)
    /// Takes what is confirmed for an order out of stock: it has left the building.
    case ship(order: Order.ID)
    /// Says that units set aside for an order cannot be picked: they are on hand no more.
    case refusePick(PickToRefuse)

    /// Lets the coordinator promise units while the site is cut off; nil for the only coordinator.
    case grantLease(sku: SKU, quantity: Int64, coordinator: String?)
    /// The leases that are not over, or all.
    case listLeases(all: Bool)
    /// Has the coordinator close a lease, or writes it off where it cannot be asked.
    case revokeLease(lease: String, reason: String)
    /// Closes the conflict of one that was written off and had been drawn on.
    case settleLease(lease: String, reason: String)
    case leaseRules(LeaseRuleCommand)

    /// What is on its way to the site.
    case inbound(InboundCommand)
    /// Lots: their last days, certificates and quarantine.
    case lots(LotCommand)

    /// Begins to take a stock file, piece by piece; nothing changes before its end.
    case beginImport(ImportOptions)
    case appendImport(ImportID, piece: Data)
    /// Ends the file and takes it whole, or not at all.
    case finishImport(ImportID)
    case abandonImport(ImportID)

    /// What an operator checks first when something is wrong; in full, with the audit.
    case examine(inFull: Bool)
    /// Proves the ledger against its own journal, row by row.
    case audit
}

/// Units set aside for an order that cannot be picked, and why.
package struct PickToRefuse: Hashable, Sendable, Codable {
    package let order: Order.ID
    package let sku: SKU
    /// Needed where the order takes the SKU from several.
    package let lot: Lot.ID?
    package let quantity: Int64
    package let reason: PickRefusal.Reason

    package init(
        order: Order.ID,
        sku: SKU,
        lot: Lot.ID? = nil,
        quantity: Int64,
        reason: PickRefusal.Reason
    ) {
        self.order = order
        self.sku = sku
        self.lot = lot
        self.quantity = quantity
        self.reason = reason
    }
}

/// What a site manager makes of a reservation that is in doubt.
package enum ForcedChoice: String, CaseIterable, Hashable, Sendable, Codable {
    /// Its units are kept for the order.
    case confirm
    /// Its units go back to stock.
    case release
}

/// A command, and who gives it.
package struct SiteRequest: Hashable, Sendable, Codable {
    /// A login or a program's name, for the journal.
    package let who: String
    package let command: SiteCommand

    package init(_ command: SiteCommand, who: String) {
        self.command = command
        self.who = who
    }
}

/// Which SKUs a listing is to show.
package struct ListFilter: Hashable, Sendable, Codable {
    /// What is to be true of a SKU's numbers.
    package enum Condition: String, CaseIterable, Hashable, Sendable, Codable {
        case any
        /// Something of it is held or allocated.
        case promised
        /// More of it is promised than is on hand.
        case short
        /// Its safety stock leaves nothing to promise.
        case exhausted
    }

    /// Part of the code or the description, in any case; empty for all.
    package let text: String
    package let condition: Condition

    package init(text: String = "", condition: Condition = .any) {
        self.text = text
        self.condition = condition
    }
}

/// How a stock file is to be taken.
package struct ImportOptions: Hashable, Sendable, Codable {
    /// Whether to say what would change, and change nothing.
    package let isDryRun: Bool
    /// Whether the file names all there is, so that a SKU it leaves out has none on hand.
    package let isSnapshot: Bool
    /// The file's key, under which it is taken once; nil where its sender does not ask again.
    package let key: String?

    package init(isDryRun: Bool = false, isSnapshot: Bool = false, key: String? = nil) {
        self.isDryRun = isDryRun
        self.isSnapshot = isSnapshot
        self.key = key
    }
}

/// One import under way, so that a sender given up on cannot add to the next.
package struct ImportID: Hashable, Sendable, Codable {
    package let number: Int64

    package init(_ number: Int64) {
        self.number = number
    }

    package init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// One parcel service as its carrier publishes it: two files, and what the files do not say.
package struct RateCardFiles: Hashable, Sendable, Codable {
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts; nil for today.
    package let effective: CivilDate?
    /// `dest_zip,zone[,transit_days]`; nil for zones by distance from the site.
    package let chart: String?
    /// The chart's column of zones.
    package let zoneColumn: String
    /// `weight_lb,2,3,4`, or `service,zone,weight_lb,price`.
    package let rates: String
    /// `dest_zip,commercial,residential`; nil where no place costs more.
    package let deliveryAreas: String?
    package let terms: Terms

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate? = nil,
        chart: String?,
        zoneColumn: String = "zone",
        rates: String,
        deliveryAreas: String? = nil,
        terms: Terms
    ) {
        self.service = service
        self.carrier = carrier
        self.level = level
        self.effective = effective
        self.chart = chart
        self.zoneColumn = zoneColumn
        self.rates = rates
        self.deliveryAreas = deliveryAreas
        self.terms = terms
    }

    /// What the service adds to its table, and allows.
    package struct Terms: Hashable, Sendable, Codable {
        /// Cubic inches to the pound.
        package let divisor: Int64
        /// Inches of the longest side of one unit.
        package let lengthInchesMaximum: Int64
        /// Inches of the longest side and twice the other two.
        package let girthInchesMaximum: Int64
        /// What heavy and large packages cost more.
        package let oversize: [Oversize]
        package let fuelBasisPoints: Int64
        /// A decimal in the site's currency, for each package to a residence.
        package let residentialSurcharge: String
        /// A decimal in the site's currency, for each shipment.
        package let handling: String
        /// Addresses that it delivers to beside those in a street: `po-box`, `military`.
        package let addressKinds: [String]
        /// `no`, `passenger` or `cargo`; nil for what is usual for its level.
        package let flight: String?
        /// Carrier days where the chart gives none.
        package let transitDays: Int
        /// Carrier days by zone, before `transitDays`.
        package let transitDaysByZone: [String: Int]

        package init(
            divisor: Int64 = 139,
            lengthInchesMaximum: Int64 = 108,
            girthInchesMaximum: Int64 = 165,
            oversize: [Oversize] = [],
            fuelBasisPoints: Int64 = 0,
            residentialSurcharge: String = "0",
            handling: String = "0",
            addressKinds: [String] = [],
            flight: String? = nil,
            transitDays: Int,
            transitDaysByZone: [String: Int] = [:]
        ) {
            self.divisor = divisor
            self.lengthInchesMaximum = lengthInchesMaximum
            self.girthInchesMaximum = girthInchesMaximum
            self.oversize = oversize
            self.fuelBasisPoints = fuelBasisPoints
            self.residentialSurcharge = residentialSurcharge
            self.handling = handling
            self.addressKinds = addressKinds
            self.flight = flight
            self.transitDays = transitDays
            self.transitDaysByZone = transitDaysByZone
        }
    }

    /// What a package costs more that is above one of some bounds.
    package struct Oversize: Hashable, Sendable, Codable {
        /// A decimal in the site's currency.
        package let amount: String
        /// `pounds=50,length=48,width=30,girth=130`, in whole pounds and inches.
        package let over: String

        package init(amount: String, over: String) {
            self.amount = amount
            self.over = over
        }
    }
}

/// One less-than-truckload service: its class tariff, and what was agreed beside it.
package struct LTLRateFile: Hashable, Sendable, Codable {
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts; nil for today.
    package let effective: CivilDate?
    /// `dest_zip,class,mc,l5c,m5c,m1m,m2m`.
    package let rates: String
    package let terms: Terms

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate? = nil,
        rates: String,
        terms: Terms
    ) {
        self.service = service
        self.carrier = carrier
        self.level = level
        self.effective = effective
        self.rates = rates
        self.terms = terms
    }

    /// What the carrier takes off its tariff and adds to it.
    package struct Terms: Hashable, Sendable, Codable {
        package let discountBasisPoints: Int64
        /// A decimal in the site's currency: the least that the discount leaves.
        package let floor: String
        package let fuelBasisPoints: Int64
        /// Decimals in the site's currency, by the accessorial's name.
        package let accessorials: [String: String]
        /// A decimal in the site's currency, for each shipment.
        package let handling: String
        /// The most pounds of one shipment; nil for what the program allows.
        package let poundsMaximum: Int64?
        /// Carrier days where the lane gives none.
        package let transitDays: Int

        package init(
            discountBasisPoints: Int64 = 0,
            floor: String = "0",
            fuelBasisPoints: Int64 = 0,
            accessorials: [String: String] = [:],
            handling: String = "0",
            poundsMaximum: Int64? = nil,
            transitDays: Int
        ) {
            self.discountBasisPoints = discountBasisPoints
            self.floor = floor
            self.fuelBasisPoints = fuelBasisPoints
            self.accessorials = accessorials
            self.handling = handling
            self.poundsMaximum = poundsMaximum
            self.transitDays = transitDays
        }
    }
}

/// One truckload service: what a truck costs by destination, and what was agreed beside it.
package struct FTLRateFile: Hashable, Sendable, Codable {
    package let service: String
    package let carrier: String
    package let level: ServiceLevel
    /// The first day at the site on which it counts; nil for today.
    package let effective: CivilDate?
    /// `dest_zip,per_mile,minimum,flat`.
    package let rates: String
    package let terms: Terms

    package init(
        service: String,
        carrier: String,
        level: ServiceLevel,
        effective: CivilDate? = nil,
        rates: String,
        terms: Terms = Terms()
    ) {
        self.service = service
        self.carrier = carrier
        self.level = level
        self.effective = effective
        self.rates = rates
        self.terms = terms
    }

    /// What a truck carries, and what is charged beside the way; nil for what the program takes.
    package struct Terms: Hashable, Sendable, Codable {
        package let poundsMaximum: Int64?
        package let palletsMaximum: Int?
        package let trucksMaximum: Int
        package let fuelBasisPoints: Int64
        /// A decimal in the site's currency.
        package let fuelPerMile: String
        /// Decimals in the site's currency for each truck, by the accessorial's name.
        package let accessorials: [String: String]
        /// A decimal in the site's currency, for each shipment.
        package let handling: String
        /// Miles by road for a hundred in a straight line.
        package let circuityPercent: Int?
        /// Carrier days where the lane gives none; nil for the miles of a day.
        package let transitDays: Int?
        package let milesPerDay: Int?

        package init(
            poundsMaximum: Int64? = nil,
            palletsMaximum: Int? = nil,
            trucksMaximum: Int = 1,
            fuelBasisPoints: Int64 = 0,
            fuelPerMile: String = "0",
            accessorials: [String: String] = [:],
            handling: String = "0",
            circuityPercent: Int? = nil,
            transitDays: Int? = nil,
            milesPerDay: Int? = nil
        ) {
            self.poundsMaximum = poundsMaximum
            self.palletsMaximum = palletsMaximum
            self.trucksMaximum = trucksMaximum
            self.fuelBasisPoints = fuelBasisPoints
            self.fuelPerMile = fuelPerMile
            self.accessorials = accessorials
            self.handling = handling
            self.circuityPercent = circuityPercent
            self.transitDays = transitDays
            self.milesPerDay = milesPerDay
        }
    }
}

/// Something to do with what a site leases by itself.
package enum LeaseRuleCommand: Hashable, Sendable, Codable {
    /// Leases so much of each SKU of a handling class; nil for those of classes without a rule.
    case set(handling: String?, percent: Int)
    case remove(handling: String?)
    case list
}

/// Something to do with what pick and pack take.
package enum LeadTimeCommand: Hashable, Sendable, Codable {
    /// Sets what goods of a handling class take; nil for what is usual.
    case set(handling: String?, days: Int, minutes: Int)
    /// Lets a handling class take what is usual.
    case remove(handling: String)
    case list
}

/// Something to do with the calendars of carriers.
package enum CarrierCommand: Hashable, Sendable, Codable {
    /// Each service with its carrier and its days.
    case list
    /// Sets the days of a service, in place of Monday to Friday or what was set before.
    ///
    /// With the hours in which it delivers; nil where they are not known.
    case setDays(
        service: String,
        pickup: [Weekday],
        transit: [Weekday],
        deliveryOnly: [Weekday],
        hours: HoursOfDay? = nil
    )
    /// Makes them Monday to Friday again.
    case clearDays(service: String)
    case addHoliday(carrier: String, date: CivilDate, name: String)
    /// Adds the days of an iCalendar file from today on, or only says which.
    case importHolidays(carrier: String, calendar: String, through: CivilDate?, isDryRun: Bool)
    case removeHoliday(carrier: String, date: CivilDate)
    /// Of one carrier, or of all.
    case listHolidays(carrier: String?)
}
