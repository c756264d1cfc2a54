/// Units of one SKU that a site lets the coordinator promise while the two cannot talk.
///
/// The site itself promises none of them meanwhile. No clock ends a lease: its
/// units are drawn, given back by the coordinator, or written off by the site
/// manager on the record.
package struct Lease: Hashable, Sendable {
    package let id: LeaseID
    package let sku: SKU
    package let quantity: Quantity

    package init(id: LeaseID, sku: SKU, quantity: Quantity) {
        self.id = id
        self.sku = sku
        self.quantity = quantity
    }

    /// Units of one lease that one order takes.
    package struct Draw: Hashable, Sendable {
        package let lease: LeaseID
        package let sku: SKU
        package let quantity: Quantity

        package init(lease: LeaseID, sku: SKU, quantity: Quantity) {
            self.lease = lease
            self.sku = sku
            self.quantity = quantity
        }
    }
}

/// 128 random bits that name a lease: no copy of a ledger can grant another under them.
package struct LeaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads what `description` wrote: 32 hexadecimal digits.
    package init(parsing text: String) throws(ParseError) {
        let digits = Array(text.utf8)
        guard digits.count == 32, let high = Self.number(digits[..<16]),
            let low = Self.number(digits[16...])
        else {
            throw ParseError("‘\(text)’ is not a lease; copy one from ‘lease list’")
        }
        self.init(high: high, low: low)
    }

    package var description: String { Self.digits(of: high) + Self.digits(of: low) }

    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        digits.reduce(UInt64?(0)) { number, digit in
            guard let number else { return nil }
            switch digit {
            case 48...57: return number << 4 | UInt64(digit - 48)
            case 97...102: return number << 4 | UInt64(digit - 87)
            default: return nil
            }
        }
    }

    private static func digits(of number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

/// A site manager's word that a lease counts no more, given for want of the coordinator's.
///
/// It stands. What was drawn meanwhile is a conflict: reported on both sides,
/// and mended by people.
package struct LeaseWriteOff: Hashable, Sendable {
    package let who: String
    package let reason: String
    package let at: Timestamp

    package init(who: String, reason: String, at: Timestamp) {
        self.who = who
        self.reason = reason
        self.at = at
    }
}

/// How one carrier service would carry what a site has leased, wherever it goes.
///
/// Nobody can ask the site, so it says beforehand what holds for every
/// destination that it serves: the dearest zone, to a residence, and the longest
/// that an order waits for a cutoff and travels.
package struct StandingService: Hashable, Sendable {
    /// The service's code in the site's rate card.
    package let code: String
    package let carrier: String
    package let level: ServiceLevel
    package let tariff: ParcelTableTariff
    package let currency: Currency
    /// Charged once for each shipment.
    package let handling: Cost
    /// Days from the order to leaving, and to arriving, at the most.
    package let daysToLeave: Int
    package let daysToArrive: Int
    /// Between which hours it delivers, by the destination's clock; nil where that is not known.
    package let hours: HoursOfDay?
    package let reach: Reach

    package init(
        code: String,
        carrier: String,
        level: ServiceLevel,
        tariff: ParcelTableTariff,
        currency: Currency,
        handling: Cost,
        daysToLeave: Int,
        daysToArrive: Int,
        hours: HoursOfDay? = nil,
        reach: Reach
    ) {
        self.code = code
        self.carrier = carrier
        self.level = level
        self.tariff = tariff
        self.currency = currency
        self.handling = handling
        self.daysToLeave = daysToLeave
        self.daysToArrive = daysToArrive
        self.hours = hours
        self.reach = reach
    }

    /// Where a service goes: whole countries, and ZIP codes by their first three digits.
    package struct Reach: Hashable, Sendable {
        package let countries: [Country]
        /// Of 0 to 999, rising and apart.
        package let prefixes: [ClosedRange<Int>]

        package init(countries: [Country], prefixes: [ClosedRange<Int>]) {
            self.countries = countries
            self.prefixes = prefixes
        }

        /// Whether it certainly goes there.
        package func includes(_ destination: Destination) -> Bool {
            if countries.contains(destination.country) { return true }
            let digits = destination.postalCode.utf8.prefix(3)
            guard destination.country.code == "US", digits.count == 3,
                digits.allSatisfy({ (48...57).contains($0) })
            else { return false }
            let prefix = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
            return prefixes.contains { $0.contains(prefix) }
        }
    }
}

/// A lease as its site tells of it, with all that an order needs to be priced on it.
package struct LeaseOffer: Hashable, Sendable {
    package let lease: Lease
    package let unitWeight: Weight
    package let unitBillableWeight: Weight
    package let freightClass: FreightClass
    /// What a plan may take is a multiple of this.
    package let multiple: Int64
    package let wish: Wish

    package init(
        lease: Lease,
        unitWeight: Weight,
        unitBillableWeight: Weight,
        freightClass: FreightClass,
        multiple: Int64,
        wish: Wish
    ) {
        self.lease = lease
        self.unitWeight = unitWeight
        self.unitBillableWeight = unitBillableWeight
        self.freightClass = freightClass
        self.multiple = multiple
        self.wish = wish
    }

    /// What the site would have the coordinator do with it.
    package enum Wish: Hashable, Sendable {
        /// Promise its units while the site is cut off.
        case use
        /// Close it, and say how many units orders have drawn.
        case giveBack
        /// Know that it counts no more.
        ///
        /// With how many units had come for orders when that was said.
        case writtenOff(LeaseWriteOff, drained: Quantity)
    }
}
