package import AllocationModel

/// One order and what every eligible warehouse offers for it, as numbers only.
///
/// Lines, sites and services are named by their index; the caller keeps the
/// names. Weights are in whatever unit the tariffs are in: grams in the product.
/// What may not be shipped (a deadline, a hazard, a service ruled out) arrives
/// as a service's blocked lines or is left out.
package struct SplitProblem: Hashable, Sendable {
    package let lines: [Line]
    package let warehouses: [Site]

    package init(lines: [Line], warehouses: [Site]) {
        self.lines = lines
        self.warehouses = warehouses
    }

    /// What the customer asked for of one SKU.
    package struct Line: Hashable, Sendable {
        /// Units asked for; positive.
        package let quantity: Int64
        /// Counted for each unit that is not shipped.
        package let backorderCost: Cost
        /// Whether one site must ship all that is shipped of the line.
        package let noSplit: Bool
        /// The fewest units taken from a site that ships any; 0 or 1 where that does not matter.
        package let minimumQuantity: Int64
        /// Whether all that is shipped must carry one lot key, whichever sites it comes from.
        package let singleLot: Bool

        package init(
            quantity: Int64,
            backorderCost: Cost = .zero,
            noSplit: Bool = false,
            minimumQuantity: Int64 = 0,
            singleLot: Bool = false
        ) {
            self.quantity = quantity
            self.backorderCost = backorderCost
            self.noSplit = noSplit
            self.minimumQuantity = minimumQuantity
            self.singleLot = singleLot
        }
    }

    /// One warehouse that bids.
    package struct Site: Hashable, Sendable {
        /// Charged once if the site ships anything.
        package let fixedCost: Cost
        /// At most one entry for each line.
        package let stock: [Stock]
        package let services: [Service]

        package init(fixedCost: Cost = .zero, stock: [Stock], services: [Service]) {
            self.fixedCost = fixedCost
            self.stock = stock
            self.services = services
        }
    }

    /// What one site can ship of one line, and how it weighs there.
    ///
    /// Weight, class and group are the site's own records, because those price
    /// its freight.
    package struct Stock: Hashable, Sendable {
        package let line: Int
        /// Used up in this order.
        package let tiers: [Tier]
        /// Charged once if anything of the line is taken here.
        package let pickCost: Cost
        /// Units by lot; asked only where the line must come from a single lot.
        package let lots: [LotQuantity]
        package let unitWeight: Int64
        /// What a parcel carrier bills a unit as.
        package let unitBillableWeight: Int64
        package let freightClass: FreightClass
        /// Goods of different groups never share a shipment.
        package let segregationGroup: Int
        /// What goes into one shipment is a multiple of this: a box is not opened.
        package let multiple: Int64

        package init(
            line: Int,
            tiers: [Tier],
            pickCost: Cost = .zero,
            lots: [LotQuantity] = [],
            unitWeight: Int64,
            unitBillableWeight: Int64,
            freightClass: FreightClass = .class70,
            segregationGroup: Int = 0,
            multiple: Int64 = 1
        ) {
            self.line = line
            self.tiers = tiers
            self.pickCost = pickCost
            self.lots = lots
            self.unitWeight = unitWeight
            self.unitBillableWeight = unitBillableWeight
            self.freightClass = freightClass
            self.segregationGroup = segregationGroup
            self.multiple = multiple
        }
    }

    /// So many units at so much scarcity cost each.
    package struct Tier: Hashable, Sendable {
        package let quantity: Int64
        package let scarcityCost: Cost

        package init(quantity: Int64, scarcityCost: Cost = .zero) {
            self.quantity = quantity
            self.scarcityCost = scarcityCost
        }
    }

    /// Units of one lot at one site.
    package struct LotQuantity: Hashable, Sendable {
        /// The caller's number of the lot: the same at every site that holds it.
        package let lot: Int
        package let quantity: Int64

        package init(lot: Int, quantity: Int64) {
            self.lot = lot
            self.quantity = quantity
        }
    }

    /// One way goods can travel from a site.
    package struct Service: Hashable, Sendable {
        /// The day of arrival, counted from any day common to the problem.
        package let etaDay: Int
        /// Charged once for each shipment.
        package let handling: Cost
        package let tariff: Tariff
        /// Lines that may not ride.
        package let blockedLines: [Int]
        /// Lines that would arrive late, and what each unit of them then costs.
        package let lateLines: [LateLine]
        /// Lines that ride by this service otherwise than their stock says, each once.
        package let packings: [Packing]

        package init(
            etaDay: Int,
            handling: Cost = .zero,
            tariff: Tariff,
            blockedLines: [Int] = [],
            lateLines: [LateLine] = [],
            packings: [Packing] = []
        ) {
            self.etaDay = etaDay
            self.handling = handling
            self.tariff = tariff
            self.blockedLines = blockedLines
            self.lateLines = lateLines
            self.packings = packings
        }

        /// Returns what the carrier bills a unit of the site's stock as.
        func unitBillableWeight(of stock: Stock) -> Int64 {
            packing(ofLine: stock.line)?.unitBillableWeight ?? stock.unitBillableWeight
        }

        func packing(ofLine line: Int) -> Packing? {
            packings.first { $0.line == line }
        }
    }

    /// How one service bills a line, where that is not as its stock says.
    package struct Packing: Hashable, Sendable {
        package let line: Int
        /// What a unit is billed as by a tariff that goes by billable weight.
        package let unitBillableWeight: Int64
        /// Freight of each unit beside the tariff's.
        package let unitCharge: Cost

        package init(line: Int, unitBillableWeight: Int64, unitCharge: Cost = .zero) {
            self.line = line
            self.unitBillableWeight = unitBillableWeight
            self.unitCharge = unitCharge
        }
    }

    /// A line that a service brings late.
    package struct LateLine: Hashable, Sendable {
        package let line: Int
        package let penalty: Cost

        package init(line: Int, penalty: Cost) {
            self.line = line
            self.penalty = penalty
        }
    }
}
