package import AllocationModel
internal import StockLedger

/// What became of a command: data for a program or a person, and no prose but a fault's.
package enum SiteReply: Hashable, Sendable, Codable {
    /// Done, and there is nothing to tell.
    case done
    case changed(ChangeReport)
    case stock(StockPage)
    case history([HistoryRow])
    case cutoffs([CutoffRow])
    case holidays([HolidayRow])
    case calendar([CalendarRow])
    case capacity([CapacityRow])
    case leadTimes([LeadTimeRow])
    case carriers([CarrierRow])
    case carrierHolidays([CarrierHolidayRow])
    case rates([RateRow])
    case ratesImported(version: Int64)
    case rateCard(RateCardReport)
    case quoted(QuoteReport)
    case holds(HoldList)
    case forced([ForcedRow])
    case picks(PickList)
    case shipped(ShippedReport)
    case pickRefused(RefusedPickReport)
    case leases([LeaseRow])
    case leaseRules([LeaseRuleRow])
    case inbound([InboundRow])
    case inboundHistory([InboundHistoryRow])
    case received([ReceivedRow])
    case inboundImported(InboundOutcome)
    case lots(LotList)
    case lot(LotReport)
    case importUnderWay(ImportProgress)
    case imported(ImportOutcome)
    case examined([Diagnosis])
    case audited(AuditOutcome)
    /// Was done before under the same key, and nothing more now: what was said then.
    indirect case repeated(SiteReply)
    /// Not carried out; nothing was changed.
    case failed(SiteFault)
}

/// What a change of stock came to.
package struct ChangeReport: Hashable, Sendable, Codable {
    package let sku: SKU
    package let lot: Lot.ID?
    /// On hand of the row that changed.
    package let before: Int64
    package let after: Int64
    /// What may be promised of the SKU now.
    package let available: Int64
    /// Units promised that are not there.
    package let shortfall: Int64
}

/// Rows of stock by rising SKU, and where the next page begins.
package struct StockPage: Hashable, Sendable, Codable {
    package let rows: [StockRow]
    /// Nil on the last page.
    package let next: SKU?
}

/// One SKU, all its lots together.
package struct StockRow: Hashable, Sendable, Codable {
    package let sku: SKU
    package let description: String
    package let onHand: Int64
    package let safetyStock: Int64
    package let held: Int64
    package let allocated: Int64
    package let available: Int64
    package let shortfall: Int64
    /// Empty where the SKU is not kept by lot.
    package let lots: [LotRow]
}

/// One lot, first to expire first.
package struct LotRow: Hashable, Sendable, Codable {
    package let lot: Lot.ID
    package let onHand: Int64
    package let held: Int64
    package let allocated: Int64
    package let expires: CivilDate?
    package let isQuarantined: Bool
    package let certificates: [String]
}

/// One entry of a SKU's journal, and what its row came to by it.
package struct HistoryRow: Hashable, Sendable, Codable {
    package let entry: Int64
    /// ISO 8601, in UTC.
    package let at: String
    package let kind: String
    package let lot: Lot.ID?
    package let onHandDelta: Int64
    package let heldDelta: Int64
    package let allocatedDelta: Int64
    package let onHand: Int64
    package let held: Int64
    package let allocated: Int64
    /// Nil where a reservation did it.
    package let who: String?
    package let reason: String?
    /// What else it changed of a lot: `expires 2027-06-30, before 2027-03-31`.
    package let lotChange: String?
    package let transaction: String?
    /// Nil where the reservation has been forgotten since.
    package let order: String?
}

/// Until when an order must be in on one weekday.
package struct CutoffRow: Hashable, Sendable, Codable {
    package let weekday: Weekday
    /// Nil for the default.
    package let service: String?
    package let time: TimeOfDay
}

/// A day on which the site does not ship, or only for a part.
package struct HolidayRow: Hashable, Sendable, Codable {
    package let date: CivilDate
    package let name: String
    /// Until when a half day ships; nil where the day does not ship.
    package let cutoff: TimeOfDay?
}

/// One day of the site's calendar.
package struct CalendarRow: Hashable, Sendable, Codable {
    package let date: CivilDate
    package let weekday: Weekday
    package let ships: Bool
    /// Until when an order must be in, in the warehouse's own time; nil where nothing leaves.
    package let cutoff: TimeOfDay?
    /// The day and time by which an order must be in to leave on it; nil where nothing leaves.
    package let orderByDate: CivilDate?
    package let orderByTime: TimeOfDay?
    /// What is unusual about the day, or why nothing leaves; nil on a usual one.
    ///
    /// One of `no-cutoff`, `closed`, `half-day` and `no-pickup`.
    package let remark: String?
    /// The holiday's name, where one is the reason.
    package let holiday: String?
    /// How much can leave; nil where nothing bounds it.
    package let capacity: DayAmount?
    /// What is to leave by any service, or was to and has.
    package let taken: DayAmount
    /// Whether nothing more may leave.
    package let isFull: Bool
}

/// The days of one carrier's service.
package struct CarrierRow: Hashable, Sendable, Codable {
    package let service: String
    /// Nil where the service has no rates today.
    package let carrier: String?
    /// Whether they are what every service has that nobody has set.
    package let isUsual: Bool
    package let pickup: [Weekday]
    /// The days that count as transit, and on which it delivers.
    package let transit: [Weekday]
    /// Days on which it delivers what is due, and which do not count as transit otherwise.
    package let deliveryOnly: [Weekday]
    /// Between which hours it delivers, by the destination's clock; nil where nobody has said.
    package let hours: HoursOfDay?
    /// The carrier's next holiday; nil where none is set.
    package let nextHoliday: CivilDate?
}

/// A day on which a carrier neither picks up nor moves.
package struct CarrierHolidayRow: Hashable, Sendable, Codable {
    package let carrier: String
    package let date: CivilDate
    package let name: String
}

/// What pick and pack take of one handling class.
package struct LeadTimeRow: Hashable, Sendable, Codable {
    /// Nil for SKUs without a class, and for classes without a time.
    package let handling: String?
    /// Whether it is what is usual at the site.
    package let isUsual: Bool
    /// Working days between the cutoff that an order must meet and its leaving.
    package let days: Int
    /// Minutes before that cutoff.
    package let minutes: Int
    /// SKUs of the class that the site keeps.
    package let skus: Int64
}

/// How much a site leases by itself of the SKUs of one handling class.
package struct LeaseRuleRow: Hashable, Sendable, Codable {
    /// Nil for SKUs of classes without a rule.
    package let handling: String?
    /// Of what is on hand of each SKU.
    package let percent: Int
    /// SKUs of the class that the site keeps.
    package let skus: Int64
}

/// How much can leave on one weekday.
package struct CapacityRow: Hashable, Sendable, Codable {
    package let weekday: Weekday
    package let capacity: DayAmount
}

/// An amount of what leaves on a day; of a capacity, what is nil is not bounded.
package struct DayAmount: Hashable, Sendable, Codable {
    package let orders: Int64?
    /// SKUs to pick, counted order by order.
    package let lines: Int64?
    package let grams: Int64?

    package init(orders: Int64?, lines: Int64?, grams: Int64?) {
        self.orders = orders
        self.lines = lines
        self.grams = grams
    }
}

/// One version of one service's rate card.
package struct RateRow: Hashable, Sendable, Codable {
    package let service: String
    package let version: Int64
    /// The first day at the site on which it counts.
    package let effective: CivilDate
    /// Whether it counts today.
    package let isInForce: Bool
    package let carrier: String
    package let level: ServiceLevel
    /// `parcel`, `ltl` or `ftl`.
    package let mode: String
    package let currency: String
    /// Whether zones go by distance, for want of a chart.
    package let isByDistance: Bool
    /// Off the tariff; nil for a parcel service.
    package let discountBasisPoints: Int64?
    package let fuelBasisPoints: Int64
    package let residentialSurcharge: String
    package let handling: String
}

/// Units that the coordinator may promise while the site is cut off.
package struct LeaseRow: Hashable, Sendable, Codable {
    /// 32 hexadecimal digits.
    package let lease: String
    package let sku: SKU
    package let coordinator: String
    package let status: String
    package let quantity: Int64
    /// Units that nobody else may have now.
    package let setAside: Int64
    /// Units that orders have taken, as far as the site has heard.
    package let drawn: Int64
    /// Those of them that were taken after it was written off.
    package let conflict: Int64
    package let grantedBy: String
    /// ISO 8601, in UTC.
    package let grantedAt: String
    package let writtenOff: WriteOff?

    /// Who has said that it counts no more, and why.
    package struct WriteOff: Hashable, Sendable, Codable {
        package let who: String
        package let reason: String
        package let at: String
    }
}

/// Reservations, the oldest first.
package struct HoldList: Hashable, Sendable, Codable {
    package let rows: [HoldRow]
    /// Whether there are more than the limit let through.
    package let isCutShort: Bool
}

/// One reservation.
package struct HoldRow: Hashable, Sendable, Codable {
    package let transaction: String
    package let order: String
    package let status: String
    /// ISO 8601, in UTC: when it came to this status.
    package let since: String
    package let seconds: Int64
    package let picks: [HoldPick]
}

/// What is to be picked, first to leave first.
package struct PickList: Hashable, Sendable, Codable {
    package let rows: [PickRow]
    /// Whether there are more than the limit let through.
    package let isCutShort: Bool
}

/// What one order takes from this site, and has not left.
package struct PickRow: Hashable, Sendable, Codable {
    package let order: String
    package let transaction: String
    package let picks: [HoldPick]
    /// What of it cannot be picked, as long as the office has not decided what ships instead.
    package let refused: [RefusedPickRow]
    /// The code of the carrier service; nil where the office did not say.
    package let service: String?
    /// The last day on which it leaves in time; nil where the office did not say.
    package let leaves: CivilDate?
    /// The site's time on that day by which it must be handed over; nil where nothing leaves then.
    package let cutoff: TimeOfDay?
    /// Whether that has passed: it leaves on a later day than was promised.
    package let isLate: Bool
    /// The last day on which it may leave and arrives by the day that the order must.
    ///
    /// Nil where the order need not arrive by any.
    package let lastLeaves: CivilDate?
    /// How fast the customer was told; nil where the office did not say.
    package let level: ServiceLevel?
    /// Where to: postal code, region and country; nil where the office did not say.
    package let destination: String?
    /// ISO 8601, in UTC: when it was confirmed.
    package let since: String
}

/// Units set aside for an order that cannot be picked.
package struct RefusedPickRow: Hashable, Sendable, Codable {
    package let sku: SKU
    package let lot: Lot.ID?
    package let quantity: Int64
    package let reason: PickRefusal.Reason
    package let who: String
    /// ISO 8601, in UTC.
    package let at: String
}

/// What a pick that was refused came to.
package struct RefusedPickReport: Hashable, Sendable, Codable {
    package let order: String
    package let refused: RefusedPickRow
    /// What it did to the stock: units that were known to be missing are not taken off again.
    package let stock: ChangeReport
}

/// What a request to ship an order came to.
package struct ShippedReport: Hashable, Sendable, Codable {
    package let order: String
    /// Whether it had shipped before, so that nothing was changed.
    package let isRepeated: Bool
    package let shipments: [ShipmentRow]
}

/// What has left the building for one order.
package struct ShipmentRow: Hashable, Sendable, Codable {
    package let transaction: String
    /// ISO 8601, in UTC.
    package let at: String
    package let who: String
    /// Whether the office has it in its log.
    package let isKnownToOffice: Bool
    /// Whether the order was cancelled when it had left: somebody must get it back.
    package let isCancelled: Bool
    package let picks: [HoldPick]
}

/// A reservation that a site manager has forced.
package struct ForcedRow: Hashable, Sendable, Codable {
    package let transaction: String
    package let order: String
    package let choice: ForcedChoice
    package let who: String
    package let reason: String
    /// ISO 8601, in UTC.
    package let at: String
    /// What the coordinator then said of the order; nil where it has not yet.
    package let decision: String?
    /// Whether that is the other way: somebody must act, unless it is settled.
    package let isConflict: Bool
    /// How the conflict was mended; nil where there is none, or nobody has yet.
    package let settled: Settlement?

    /// Who has mended a conflict, how and when.
    package struct Settlement: Hashable, Sendable, Codable {
        package let who: String
        package let reason: String
        /// ISO 8601, in UTC.
        package let at: String
    }
}

/// So many units of one SKU, from one lot.
package struct HoldPick: Hashable, Sendable, Codable {
    package let sku: SKU
    package let lot: Lot.ID?
    package let quantity: Int64
}

/// How far an import has come.
package struct ImportProgress: Hashable, Sendable, Codable {
    package let id: ImportID
    package let bytes: Int64
    /// Line ends seen.
    package let lines: Int
}

/// What a stock file came to, or would.
package struct ImportOutcome: Hashable, Sendable, Codable {
    package let isDryRun: Bool
    /// Rows read, without the header and blank ones.
    package let rows: Int
    /// Rows that name another warehouse.
    package let rowsElsewhere: Int
    /// SKUs that were new.
    package let created: Int
    /// Rows whose number on hand differed.
    package let changed: Int
    /// Rows of stock that a snapshot did not name, now with none on hand.
    package let zeroed: Int
    /// The first of the changes.
    package let changes: [ImportChange]
    /// Columns that were not used, by name.
    package let ignoredColumns: [String]
    /// The first SKUs of which more is promised than is on hand, after it.
    package let shortfalls: [SKU]
}

/// One difference that a file makes.
package struct ImportChange: Hashable, Sendable, Codable {
    package let sku: SKU
    package let lot: Lot.ID?
    package let before: Int64
    package let after: Int64
}

/// What an operator's check of one thing found.
package struct Diagnosis: Hashable, Sendable, Codable {
    /// How bad it is.
    package enum Grade: String, Hashable, Sendable, Codable {
        case fine
        /// The agent works, and somebody should look at it.
        case warning
        /// The agent does not work, or is about to stop.
        case fault
    }

    /// What was checked: `sqlite`, `disk`.
    package let subject: String
    package let grade: Grade
    package let text: String
    /// What to do; empty where all is fine.
    package let hint: String

    package init(_ subject: String, _ grade: Grade, _ text: String, hint: String = "") {
        self.subject = subject
        self.grade = grade
        self.text = text
        self.hint = hint
    }
}

/// Whether the ledger agrees with its own journal.
package struct AuditOutcome: Hashable, Sendable, Codable {
    /// Empty where all is well.
    package let findings: [AuditFinding]

    /// Whether the file itself is wrong: a shortfall is only true.
    package var isDamaged: Bool {
        findings.contains { $0.kind != Finding.Kind.shortfall.rawValue }
    }
}

/// One thing that an audit found.
package struct AuditFinding: Hashable, Sendable, Codable {
    /// As the ledger names it: `stockApartFromJournal`.
    package let kind: String
    package let text: String
}
