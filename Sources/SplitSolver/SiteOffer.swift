internal import AllocationModel

/// What one site could ship of an order, each line for itself.
struct SiteOffer {
    /// It holds a lawful quantity of some line.
    let hasStock: Bool
    /// Its services may and can carry a lawful quantity of some line.
    let hasService: Bool

    /// - Precondition: the problem is valid.
    init(of site: SplitProblem.Site, in problem: SplitProblem) {
        let lawful = site.stock.compactMap { stock in
            Self.lawfulQuantity(of: stock, in: problem).map { (stock: stock, least: $0) }
        }
        hasStock = !lawful.isEmpty
        hasService = lawful.contains { stock, least in
            let boxes = least.upperBound / stock.multiple
            let carried = site.services.filter { !$0.blockedLines.contains(stock.line) }
                .map { Self.boxes(upTo: boxes, of: stock, by: $0) * stock.multiple }
            return carried.reduce(0) { min(least.upperBound, $0 + $1) } >= least.lowerBound
        }
    }

    /// Returns the fewest and the most units that may be taken from a pile, or nil.
    private static func lawfulQuantity(
        of stock: SplitProblem.Stock,
        in problem: SplitProblem
    ) -> ClosedRange<Int64>? {
        let line = problem.lines[stock.line]
        var held = min(stock.tiers.reduce(0) { $0 + $1.quantity }, line.quantity)
        if line.singleLot { held = min(held, stock.lots.map(\.quantity).max() ?? 0) }
        let most = held / stock.multiple * stock.multiple
        let boxes = (max(1, line.minimumQuantity) + stock.multiple - 1) / stock.multiple
        let least = boxes * stock.multiple
        return least <= most ? least...most : nil
    }

    /// Returns how many boxes of a pile a service carries in one shipment.
    private static func boxes(
        upTo most: Int64,
        of stock: SplitProblem.Stock,
        by service: SplitProblem.Service
    ) -> Int64 {
        var carried: Int64 = 0
        var refused = most + 1
        while refused - carried > 1 {
            let boxes = carried + (refused - carried) / 2
            if carries(boxes * stock.multiple, of: stock, service) {
                carried = boxes
            } else {
                refused = boxes
            }
        }
        return carried
    }

    private static func carries(
        _ units: Int64,
        of stock: SplitProblem.Stock,
        _ service: SplitProblem.Service
    ) -> Bool {
        var load = Load(
            weight: units * stock.unitWeight,
            billableWeight: units * service.unitBillableWeight(of: stock),
            weightByClass: Array(repeating: 0, count: FreightClass.allCases.count)
        )
        load.weightByClass[stock.freightClass.index] = load.weight
        return service.tariff.charge(for: load) != nil
    }
}
