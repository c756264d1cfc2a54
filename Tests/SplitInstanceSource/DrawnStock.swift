internal import AllocationModel
internal import SplitSolver

/// What the sites hold of each line.
struct DrawnStock {
    private let order: DrawnOrder
    private let rules: SiteRules
    /// Units by site, then line; whole boxes where boxes stay closed.
    private(set) var units: [[Int64]]
    /// Units in a closed box by site, then line; 1 where units are sold singly.
    private let multiples: [[Int64]]

    init(of order: DrawnOrder, sites: Int, under rules: SiteRules, by dice: inout Dice) {
        self.order = order
        self.rules = rules
        units = Array(repeating: Array(repeating: 0, count: order.lines.count), count: sites)
        multiples = units.map { site in
            site.indices.map { dice.chance(50) ? order.lines[$0].boxUnits : 1 }
        }
        for line in order.lines.indices {
            let isHardToFind = dice.chance(15)
            for site in units.indices {
                put(amount(of: line, isHardToFind, sites, by: &dice), of: line, at: site)
            }
        }
        if order.family.completeness == .complete { completeAnchors(by: &dice) }
        for site in rules.forced where units[site].allSatisfy({ $0 == 0 }) {
            put(order.lines[0].quantity, of: 0, at: site)
        }
    }

    private mutating func put(_ amount: Int64, of line: Int, at site: Int) {
        let box = multiples[site][line]
        units[site][line] = (units[site][line] + amount) / box * box
    }

    /// Draws what one site holds of a line, as the family's scarcity has it.
    private func amount(
        of line: Int,
        _ isHardToFind: Bool,
        _ sites: Int,
        by dice: inout Dice
    ) -> Int64 {
        let asked = order.lines[line].quantity
        switch order.family.scarcity {
        case .typical where isHardToFind:
            return dice.chance(50) ? dice.roundedPart(of: asked, 150...900) : 0
        case .typical:
            if dice.chance(70) { return dice.roundedPart(of: asked, 1000...6000) }
            return dice.chance(40) ? dice.part(of: asked, 200...900) : 0
        case .ample:
            return dice.chance(80) ? dice.roundedPart(of: asked, 700...4000) : 0
        case .mixed:
            guard dice.chance(55) else { return 0 }
            let thousandths = dice.amount(LogNormal(median: 905, spread: 700))
            return dice.roundedPart(of: asked, thousandths...thousandths)
        case .scarce:
            let most = min(900, 320_000 / max(300, 42 * Int64(sites)) + 150)
            return dice.chance(42) ? dice.roundedPart(of: asked, 80...most) : 0
        }
    }

    /// Adds stock until the anchors alone could fill every line.
    private mutating func completeAnchors(by dice: inout Dice) {
        for (index, line) in order.lines.enumerated() {
            while rules.anchors.reduce(0, { $0 + units[$1][index] }) < line.quantity {
                let site = dice.any(of: rules.anchors)
                let more = max(1, dice.part(of: line.quantity, 200...700))
                put(more + multiples[site][index] - 1, of: index, at: site)
            }
            let isWhole = rules.anchors.contains { units[$0][index] >= line.quantity }
            if line.condition.wantsOneSource && !isWhole {
                let site = rules.forced.first ?? dice.any(of: rules.anchors)
                put(line.quantity + dice.whole(0...line.quantity), of: index, at: site)
            }
        }
    }

    /// Whether the anchors can deliver all of `line` by its firm deadline.
    ///
    /// A deadline that would make an order unfillable is not one a customer can insist on.
    func meetsDeadline(of line: Int, from sites: [DrawnSite]) -> Bool {
        let drawn = order.lines[line]
        guard let lastDay = drawn.lastDay else { return true }
        let inTime = rules.anchors.filter { sites[$0].delivers(drawn, by: lastDay) }
            .map {
                units[$0][line]
            }
        let found = drawn.condition.wantsOneSource ? inTime.max() ?? 0 : inTime.reduce(0, +)
        return found >= drawn.quantity
    }

    /// Returns what `site` offers of `line`, or nil where it has none.
    func offer(of line: Int, at site: Int, by dice: inout Dice) -> SplitProblem.Stock? {
        let drawn = order.lines[line]
        let held = units[site][line]
        guard held > 0 else { return nil }
        let hasPicks = order.family.features.contains(.lineConditions)
        let pick = hasPicks ? dice.any(of: [6000, 8000, 10_000, 14_000] as [Int64]) : 0
        let lots = drawn.condition == .singleLot ? lots(of: drawn, holding: held, by: &dice) : []
        return SplitProblem.Stock(
            line: line,
            tiers: lots.isEmpty
                ? tiers(of: drawn, holding: held, by: &dice)
                : [SplitProblem.Tier(quantity: lots.map(\.quantity).max() ?? 0)],
            pickCost: Cost(pick),
            lots: lots,
            unitWeight: drawn.weight,
            unitBillableWeight: drawn.billableWeight,
            freightClass: drawn.freightClass,
            segregationGroup: drawn.goods.segregationGroup,
            multiple: multiples[site][line]
        )
    }

    /// Draws how much is free, and what the part costs that is kept for better customers.
    private func tiers(
        of line: DrawnLine,
        holding held: Int64,
        by dice: inout Dice
    ) -> [SplitProblem.Tier] {
        let isProtected = dice.chance(order.family.scarcity == .ample ? 20 : 35)
        let protected = isProtected ? dice.part(of: held, 150...600) : 0
        let free = min(held - protected, line.quantity)
        let rest = min(protected, line.quantity - free)
        let scarcityCost = Cost(max(1, dice.part(of: line.price, 10...80)))
        return [
            SplitProblem.Tier(quantity: free),
            SplitProblem.Tier(quantity: rest, scarcityCost: scarcityCost),
        ]
        .filter { $0.quantity > 0 }
    }

    static let lotNames = ["A", "B", "C", "D", "E", "F", "G", "H"]

    /// Divides what is held among lots, one of them large enough where the site must be.
    private func lots(
        of line: DrawnLine,
        holding held: Int64,
        by dice: inout Dice
    ) -> [SplitProblem.LotQuantity] {
        var units = Self.lotNames.map { _ in Int64(0) }
        var rest = min(held, 2 * line.quantity)
        for _ in 0..<dice.any(of: [0, 1, 1, 2]) {
            let part = dice.whole(0...rest)
            units[dice.any(of: Array(units.indices))] += part
            rest -= part
        }
        units[dice.any(of: Array(units.indices))] += rest
        let isComplete = order.family.completeness == .complete
        if isComplete && held >= line.quantity && units.allSatisfy({ $0 < line.quantity }) {
            units[units.firstIndex { $0 > 0 } ?? 0] = line.quantity
        }
        return units.enumerated().filter { $0.element > 0 }
            .map {
                SplitProblem.LotQuantity(
                    lot: $0.offset,
                    quantity: min($0.element, line.quantity)
                )
            }
    }
}
