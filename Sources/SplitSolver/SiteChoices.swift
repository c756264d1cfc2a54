internal import AllocationModel

/// What every site would ship by itself, were each unit of a line paid a price: a bound on plans.
///
/// For any prices, no plan costs less than the price of the order's units minus
/// what each site, choosing alone, gains by selling to them (Lagrange's relaxation
/// of the lines' quantities; Geoffrion, 1974). A site's gain is found over its
/// *ways*: of a set of ways each pile takes the one that pays best, and one way
/// more adds no more to a set than it gains alone.
struct SiteChoices: ~Copyable {
    enum Verdict: UInt8 { case free, open, closed }

    /// What a tree of verdicts branches on.
    enum Question {
        /// Whether a site ships.
        case site(Int)
        /// Whether a way is used.
        case way(Int)
    }

    let model: SearchModel
    let table: PricedWays
    /// By line: what one unit is paid.
    let prices: Row<Double>
    let verdicts: Row<Verdict>
    /// By way: whether no plan worth having uses it.
    let isClosed: Row<Bool>
    /// By way: whether its site must use it.
    let isForced: Row<Bool>
    /// By entry: whether the pile may not ride, or in no plan worth having does.
    let isShut: Row<Bool>
    /// By site: what it gains, its opening paid; below zero it stays away if it may.
    let gains: Row<Double>
    /// By way: what it gains alone in its cell.
    let wayGains: Row<Double>
    /// By site: what the units offered cost it, all told.
    let offerCosts: Row<Double>
    /// By way: whether its site would use it, if it ships.
    let isTaken: Row<Bool>
    /// By site: whether it ships at these prices.
    let isChosen: Row<Bool>
    /// By pile: units its site would sell of it, if it ships.
    let offered: Row<Double>
    /// Of the sites chosen, what the least gains; zero where more may ship.
    private(set) var leastChosen = 0.0
    /// Of the sites that may not ship too, what the best would gain.
    private(set) var bestLeftOut = 0.0
    /// By way: how its pieces are mixed; 1.5 is half of the second and half of the third.
    let mixes: Row<Double>
    /// By way: what one unit of load pays for the way's capacity.
    let capacityPrices: Row<Double>
    /// By entry: what the pile gains by the way.
    let profits: Row<Double>
    /// By way: the mix and the price of room at which it gains least alone.
    let ownMixes: Row<Double>
    let ownPrices: Row<Double>
    /// By pile of the cell: what it gains by other ways of the set tried.
    let base: Row<Double>
    /// By way: what it costs to use it at all, at its mix.
    let wayCosts: Row<Double>
    let cellGains: Row<Double>
    let siteOpening: Row<Double>
    let pileLine: Row<Int>
    /// By pile: the fewest and the most units that a plan worth having takes.
    let pileLow: Row<Double>
    let pileHigh: Row<Double>
    /// By pile: the fewest units that it gives, if any.
    let pileLeast: Row<Double>
    /// By line: the units that could be shipped at all, and what the others cost.
    let lineQuantity: Row<Double>
    let certainShortage: Double
    /// What a pile that must be taken from gains where it is not.
    let forfeit: Double
    /// By pile: its profit by the best way of the set tried, one level for each way of it.
    let levels: Row<Double>
    let tried: Row<Int>
    /// The best set of ways, and how each is charged in it.
    let best: Row<Int>
    let bestMixes: Row<Double>
    let bestPrices: Row<Double>
    var bestCount = 0
    var bestGain = 0.0
    var steps = 0
    /// The most that sets which were not tried for their number might gain.
    var leftOpen = -Double.infinity
    /// By number of ways tried: the ways that add to those, what each adds, and each and all after.
    let candidates: Row<Int>
    let margins: Row<Double>
    let rests: Row<Double>
    let candidateCounts: Row<Int>
    /// By pile of the cell: the most it gains by any of the candidates.
    let tops: Row<Double>
    let mostWays: Int
    /// The most that a set of the cell gains with each way charged as suits it alone.
    var mostCharged = 0.0
    /// By pile of the cell: units more than the least and less than the most that there may be.
    let rises: Row<Double>
    let falls: Row<Double>
    /// What the cell tried gains without any way.
    var nothing = 0.0
    let widest: Int

    /// Sets of ways tried in one cell, beyond which only the most they might gain counts.
    static let stepsMaximum = 400
    /// Ways by piles of a cell, beyond which its ways are not tried one by one beside others.
    static let entriesMaximum = 4000
    /// Ways of one set.
    static let depthMaximum = 12
    /// Ways that a cell may be made to use; room for others stays.
    static let forcedMaximum = 8

    init(_ model: SearchModel, _ table: PricedWays, forfeit: Double, in arena: Arena) {
        self.forfeit = forfeit
        self.model = model
        self.table = table
        prices = arena.row(model.lines.count, of: 0)
        verdicts = arena.row(model.sites.map { $0.isForced ? .open : .free })
        isClosed = arena.copy(of: table.wayIsDominated)
        isForced = arena.row(table.ways, of: false)
        isShut = arena.row(table.entryArc.count, of: false)
        for entry in 0..<table.entryArc.count where table.entryArc[entry] < 0 {
            isShut[entry] = true
        }
        gains = arena.row(model.sites.count, of: 0)
        wayGains = arena.row(table.ways, of: 0)
        offerCosts = arena.row(model.sites.count, of: 0)
        isTaken = arena.row(table.ways, of: false)
        isChosen = arena.row(model.sites.count, of: false)
        offered = arena.row(model.piles.count, of: 0)
        mixes = arena.row((0..<table.ways).map { table.wayIsRing[$0] ? 1 : 0 })
        capacityPrices = arena.row(table.ways, of: 0)
        profits = arena.row(table.entryArc.count, of: 0)
        ownMixes = arena.row((0..<table.ways).map { table.wayIsRing[$0] ? 1 : 0 })
        ownPrices = arena.row(table.ways, of: 0)
        wayCosts = arena.row(table.ways, of: 0)
        cellGains = arena.row(table.cells, of: 0)
        siteOpening = arena.row(model.sites.map { model.scale.costBelow($0.opening) })
        pileLine = arena.row(model.piles.map(\.line))
        pileLow = arena.row(model.piles.count, of: 0)
        pileHigh = arena.row(
            model.piles.indices.map { pile in
                table.pileTiers[pile].reduce(0) { $0 + table.tierLength[$1] }
            }
        )
        pileLeast = arena.row(model.piles.map { Double(max($0.minimum, $0.multiple)) })
        lineQuantity = arena.row(
            model.lines.indices.map { Double(model.mostShipped(of: $0)) }
        )
        certainShortage = model.lines.indices.reduce(0) {
            let short = model.lines[$1].quantity - model.mostShipped(of: $1)
            return $0 + model.scale.costBelow(model.lines[$1].backorder * Int128(short))
        }
        widest = (0..<table.cells).map { table.cellPiles[$0].count }.max() ?? 0
        levels = arena.row(widest * (Self.depthMaximum + 1), of: 0)
        mostWays = (0..<table.cells).map { table.cellWays[$0].count }.max() ?? 0
        candidates = arena.row(mostWays * (Self.depthMaximum + 1), of: 0)
        margins = arena.row(mostWays * (Self.depthMaximum + 1), of: 0)
        rests = arena.row(mostWays * (Self.depthMaximum + 1), of: 0)
        candidateCounts = arena.row(Self.depthMaximum + 1, of: 0)
        tops = arena.row(widest, of: 0)
        tried = arena.row(Self.depthMaximum, of: 0)
        best = arena.row(Self.depthMaximum, of: 0)
        bestMixes = arena.row(Self.depthMaximum, of: 0)
        bestPrices = arena.row(Self.depthMaximum, of: 0)
        base = arena.row(widest, of: 0)
        rises = arena.row(widest, of: 0)
        falls = arena.row(widest, of: 0)
    }

    // MARK: All sites

    /// Returns what no plan within the verdicts costs less than, at the prices.
    mutating func bound() -> Double {
        isChosen.fill(false)
        var sum = certainShortage
        for line in 0..<model.lines.count { sum += prices[line] * lineQuantity[line] }
        var magnitude = sum.magnitude + forfeit.magnitude
        var open = 0
        for site in 0..<model.sites.count where verdicts[site] != .closed {
            let gain = gain(of: site)
            gains[site] = gain
            if verdicts[site] == .open {
                // It must ship, and has no way to.
                if gain == -.infinity { return .infinity }
                open += 1
            }
            if verdicts[site] == .open || gain > 0 { isChosen[site] = true }
        }
        guard leaveOut(room: model.warehousesMaximum - open) else { return .infinity }
        for site in 0..<model.sites.count where isChosen[site] {
            sum -= gains[site]
            magnitude += gains[site].magnitude
        }
        // Covers all rounding of these sums many times over.
        return sum - magnitude * 1e-11
    }

    /// Leaves out sites beyond as many as may ship; returns whether there are few enough.
    private mutating func leaveOut(room: Int) -> Bool {
        leastChosen = 0
        bestLeftOut = 0
        if room < 0 { return false }
        if room >= model.sites.count { return true }
        var candidates: [Int] = []
        for site in 0..<model.sites.count where verdicts[site] == .free && isChosen[site] {
            candidates.append(site)
        }
        if candidates.count < room { return true }
        candidates.sort { gains[$0] != gains[$1] ? gains[$0] > gains[$1] : $0 < $1 }
        leastChosen = room > 0 ? gains[candidates[room - 1]] : .infinity
        if candidates.count > room { bestLeftOut = gains[candidates[room]] }
        for site in candidates[room...] { isChosen[site] = false }
        return true
    }

    /// Returns what a site gains if it ships, its opening paid.
    private mutating func gain(of site: Int) -> Double {
        var sum = 0.0
        var cost = siteOpening[site]
        var isAnyTaken = false
        var bestWay = -1
        var mostOfOne = -Double.infinity
        for cell in table.siteCells[site] {
            for way in table.cellWays[cell] where !isClosed[way] {
                let gain = gain(of: way, isBased: false)
                wayGains[way] = gain
                ownMixes[way] = mixes[way]
                ownPrices[way] = capacityPrices[way]
                if gain > mostOfOne { (bestWay, mostOfOne) = (way, gain) }
            }
            let gain = chooseWays(of: cell)
            cellGains[cell] = gain
            cost += offer(cell)
            sum += gain
            if bestCount > 0 { isAnyTaken = true }
        }
        // A site that ships uses some way, though none pays.
        if !isAnyTaken {
            sum = mostOfOne
            if bestWay >= 0 { cost += offerAlone(bestWay) }
        }
        offerCosts[site] = cost
        return sum - siteOpening[site]
    }

    // MARK: Verdicts

    /// Whether a cell could be made to use a way, or not to.
    func isUndecided(_ way: Int) -> Bool {
        if isClosed[way] || isForced[way] { return false }
        var forced = 0
        for other in table.cellWays[table.wayCell[way]] where isForced[other] { forced += 1 }
        return forced < Self.forcedMaximum
    }

    /// Answers a question for what follows.
    mutating func answer(_ question: Question, _ answer: Bool) {
        switch question {
        case .site(let site): verdicts[site] = answer ? .open : .closed
        case .way(let way):
            if !answer {
                isClosed[way] = true
                return
            }
            isForced[way] = true
            verdicts[table.cellSite[table.wayCell[way]]] = .open
            for other in table.cellWays[table.wayCell[way]]
            where other != way && table.waySlot[other] == table.waySlot[way] {
                isClosed[other] = true
            }
        }
    }
}
