/// How well orders were filled over a period, by group.
package struct Scorecard: Hashable, Sendable {
    /// By rising name.
    package let groups: [Group]
    /// All of them together.
    package let total: Group

    package init(groups: [Group], total: Group) {
        self.groups = groups
        self.total = total
    }

    /// What orders are put together by.
    package enum Grouping: String, CaseIterable, Hashable, Sendable {
        /// The day on which the order came, in UTC.
        case day
        /// Each site that ships part of the order; an order counts at every one.
        case site
        /// The buyer's segment in the directory, as it was; `guest` for those not in it.
        case segment
    }

    /// The measures of one group of orders.
    package struct Group: Hashable, Sendable {
        package let name: String
        /// Decided orders.
        package let orders: Int
        /// Those of which something ships.
        package let shipped: Int
        /// Those that ship from more than one warehouse.
        package let split: Int
        /// Milliseconds from the order to its decision: half of them took no longer.
        package let medianMilliseconds: Int64?
        /// Nineteen of twenty took no longer.
        package let percentile95Milliseconds: Int64?
        /// Orders left short after a site could not reserve what it had offered.
        package let shortOfOffered: Int
        /// Freight of the orders that are split, by currency in order of code.
        package let splitFreight: [Freight]
        /// Alerts of books that did not agree, resolved in the period.
        package let discrepancies: Int
        /// How long they were open, on average.
        package let discrepancySeconds: Int64?

        package init(
            name: String,
            orders: Int,
            shipped: Int,
            split: Int,
            medianMilliseconds: Int64?,
            percentile95Milliseconds: Int64?,
            shortOfOffered: Int,
            splitFreight: [Freight],
            discrepancies: Int,
            discrepancySeconds: Int64?
        ) {
            self.name = name
            self.orders = orders
            self.shipped = shipped
            self.split = split
            self.medianMilliseconds = medianMilliseconds
            self.percentile95Milliseconds = percentile95Milliseconds
            self.shortOfOffered = shortOfOffered
            self.splitFreight = splitFreight
            self.discrepancies = discrepancies
            self.discrepancySeconds = discrepancySeconds
        }
    }

    /// Freight in one currency.
    package struct Freight: Hashable, Sendable {
        package let total: Money
        /// For each split order in that currency, to the nearest minor unit.
        package let perOrder: Money

        package init(total: Money, orders: Int) {
            self.total = total
            let count = Int64(max(1, orders))
            perOrder = Money(
                minorUnits: (total.minorUnits + count / 2) / count,
                currency: total.currency
            )
        }
    }
}

/// What measures are held against.
package enum ScorecardTarget {
    /// Split orders of those that ship, in thousandths: at most.
    package static let splitThousandths = 300
    /// Milliseconds from an order to its decision, for nineteen of twenty: at most.
    package static let milliseconds: Int64 = 600_000
    /// Orders left short of what was offered, in thousandths: less than.
    package static let shortThousandths = 30
    /// Freight of a split order, in cents: less than.
    package static let freightCents: Int64 = 1200
    /// Seconds until books agree again: less than.
    package static let discrepancySeconds: Int64 = 1800
}

extension Scorecard.Group {
    /// Split orders of those that ship, in thousandths, rounded.
    package var splitThousandths: Int? { Self.thousandths(split, of: shipped) }

    /// Orders left short of what was offered, in thousandths, rounded.
    package var shortThousandths: Int? { Self.thousandths(shortOfOffered, of: orders) }

    private static func thousandths(_ part: Int, of all: Int) -> Int? {
        all == 0 ? nil : (part * 2000 + all) / (2 * all)
    }

    /// Whether a target was met; nil where nothing was measured.
    package var meetsSplit: Bool? {
        splitThousandths.map { $0 <= ScorecardTarget.splitThousandths }
    }
    package var meetsTime: Bool? {
        percentile95Milliseconds.map { $0 <= ScorecardTarget.milliseconds }
    }
    package var meetsShort: Bool? { shortThousandths.map { $0 < ScorecardTarget.shortThousandths } }
    package var meetsDiscrepancy: Bool? {
        discrepancySeconds.map { $0 < ScorecardTarget.discrepancySeconds }
    }
    /// Dollars alone have a target.
    package var meetsFreight: Bool? {
        splitFreight.first { $0.total.currency == .usd }
            .map { $0.perOrder.minorUnits < ScorecardTarget.freightCents }
    }
}
