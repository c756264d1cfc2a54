/// What the sites have been seen to choose, and the prices that would suit them best together.
///
/// A proximal bundle with a part for each site (Lemaréchal, Nemirovskii and
/// Nesterov, 1995; Frangioni, 2002): each choice seen, an *offer*, bounds its
/// site's gain from below at all prices. Shares of the offers are moved, site by
/// site, to where the prices they imply value them alike. Guides only: what is
/// proved is proved by `SiteChoices`.
struct PriceModel: ~Copyable {
    static let offersMaximum = 8
    /// Ways that are remembered of an offer.
    private static let waysMaximum = 8

    private let sites: Int
    private let lines: Int
    /// By site: its piles.
    private let sitePiles: Spans
    private let pileOfPosition: Row<Int>
    private let lineOfPile: Row<Int>
    private let demand: Row<Double>
    /// What the bound has besides prices and gains.
    private let constant: Double
    private let priceMaximum: Row<Double>
    /// By line: how far a price moves for each unit that lacks; then, for a site too many.
    private let paces: Row<Double>
    /// By line: where prices were best; beyond the lines, the price of being one of the sites.
    let centre: Row<Double>
    let prices: Row<Double>
    /// By line: units that lack at the shares; beyond the lines, sites too many.
    private let lack: Row<Double>
    private let units: Row<Double>
    private let costs: Row<Double>
    private let shares: Row<Double>
    private let ages: Row<Int>
    /// By offer: the ways it takes, -1 where there are fewer.
    private let ways: Row<Int>
    private let counts: Row<Int>
    private let shareAway: Row<Double>
    private let offerStart: Row<Int>
    private let mustShip: Row<Bool>
    private let sitesMaximum: Double?
    private var clock = 0
    /// How far from the centre it pays to go.
    var stride = 1.0

    init(
        _ model: SearchModel,
        from start: [Double],
        _ priceMaximum: Row<Double>,
        constant: Double,
        in arena: Arena
    ) {
        self.constant = constant
        sites = model.sites.count
        lines = model.lines.count
        sitePiles = Spans(model.sites.map { $0.piles.count }, in: arena)
        pileOfPosition = arena.row(model.sites.flatMap(\.piles))
        lineOfPile = arena.row(model.sites.flatMap { $0.piles.map { model.piles[$0].line } })
        demand = arena.row(model.lines.indices.map { Double(model.mostShipped(of: $0)) })
        self.priceMaximum = priceMaximum
        centre = arena.row(lines + 1, of: 0)
        prices = arena.row(lines + 1, of: 0)
        paces = arena.row(lines + 1, of: 0)
        lack = arena.row(lines + 1, of: 0)
        let total = model.lines.indices.reduce(0.0) {
            $0 + start[$1] * Double(model.lines[$1].quantity)
        }
        for line in 0..<lines {
            let value = max(
                start[line] * Double(model.lines[line].quantity),
                0.05 * total / Double(lines) + 1
            )
            let units = max(1, demand[line])
            paces[line] = value / (units * units)
            centre[line] = start[line]
        }
        paces[lines] = max(1, total * 0.1)
        offerStart = arena.row(sites + 1, of: 0)
        for site in 0..<sites {
            offerStart[site + 1] = offerStart[site] + Self.offersMaximum * sitePiles[site].count
        }
        units = arena.row(offerStart[sites], of: 0)
        costs = arena.row(sites * Self.offersMaximum, of: 0)
        shares = arena.row(sites * Self.offersMaximum, of: 0)
        ages = arena.row(sites * Self.offersMaximum, of: 0)
        ways = arena.row(sites * Self.offersMaximum * Self.waysMaximum, of: -1)
        counts = arena.row(sites, of: 0)
        shareAway = arena.row(sites, of: 1)
        mustShip = arena.row(sites, of: false)
        sitesMaximum = model.warehousesMaximum < sites ? Double(model.warehousesMaximum) : nil
        restart()
    }

    /// How much of a site the shares use, 0 to 1.
    func use(of site: Int) -> Double { 1 - shareAway[site] }

    /// How much of a site's way the shares use, 0 to 1.
    func use(of way: Int, at site: Int) -> Double {
        var sum = 0.0
        for offer in 0..<counts[site] {
            let index = site * Self.offersMaximum + offer
            for place in 0..<Self.waysMaximum where ways[index * Self.waysMaximum + place] == way {
                sum += shares[index]
            }
        }
        return sum
    }

    /// Returns the ways of the offer that has most of a site's shares.
    func mainWays(of site: Int) -> [Int] {
        let first = site * Self.offersMaximum
        var main = -1
        for offer in 0..<counts[site] where main < 0 || shares[first + offer] > shares[main] {
            main = first + offer
        }
        if main < 0 { return [] }
        return (0..<Self.waysMaximum).map { ways[main * Self.waysMaximum + $0] }.filter { $0 >= 0 }
    }

    private func restart() {
        for line in 0..<lines { lack[line] = demand[line] }
        lack[lines] = -(sitesMaximum ?? .infinity)
    }

    // MARK: Offers

    /// Takes an offer in: what the site sells of each of its piles, and what that costs it.
    mutating func add(
        _ sold: Row<Double>,
        costing cost: Double,
        by taken: some Sequence<Int>,
        of site: Int
    ) {
        clock += 1
        let width = sitePiles[site].count
        let first = site * Self.offersMaximum
        for offer in 0..<counts[site] {
            let row = offerStart[site] + offer * width
            var isSame = true
            for pile in 0..<width where units[row + pile] != sold[pile] { isSame = false }
            if isSame {
                costs[first + offer] = max(costs[first + offer], cost)
                ages[first + offer] = clock
                return
            }
        }
        var place = counts[site]
        if place == Self.offersMaximum {
            place = 0
            for offer in 1..<Self.offersMaximum where isStaler(first + offer, first + place) {
                place = offer
            }
            let row = offerStart[site] + place * width
            move(shares[first + place], of: site, from: row, to: -1)
            shareAway[site] += shares[first + place]
        } else {
            counts[site] += 1
        }
        for pile in 0..<width { units[offerStart[site] + place * width + pile] = sold[pile] }
        costs[first + place] = cost
        shares[first + place] = 0
        ages[first + place] = clock
        for index in 0..<Self.waysMaximum { ways[(first + place) * Self.waysMaximum + index] = -1 }
        for (index, way) in taken.enumerated() where index < Self.waysMaximum {
            ways[(first + place) * Self.waysMaximum + index] = way
        }
    }

    private func isStaler(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (shares[left] > 1e-9, shares[right] > 1e-9)
        return a != b ? b : ages[left] < ages[right]
    }

    /// Takes a share from an offer's row, or from staying away (-1), to another.
    private func move(_ share: Double, of site: Int, from: Int, to: Int) {
        if share == 0 { return }
        for (pile, position) in sitePiles[site].enumerated() {
            let before = from < 0 ? 0 : units[from + pile]
            let after = to < 0 ? 0 : units[to + pile]
            if before != after { lack[lineOfPile[position]] -= share * (after - before) }
        }
        if from < 0 { lack[lines] += share }
        if to < 0 { lack[lines] -= share }
    }

    // MARK: Shares

    private func price(at line: Int) -> Double {
        let price = centre[line] + stride * paces[line] * lack[line]
        return line == lines ? max(0, price) : min(max(0, price), priceMaximum[line])
    }

    /// Moves shares about until the offers of each site are worth alike; the prices follow.
    func settle(sweeps: Int, within tolerance: Double) {
        for line in 0..<lines { prices[line] = price(at: line) }
        prices[lines] = sitesMaximum == nil ? 0 : price(at: lines)
        for _ in 0..<sweeps {
            var moved = 0.0
            for site in 0..<sites where counts[site] > 0 { moved += shift(site) }
            if moved < tolerance { break }
        }
    }

    /// Moves share from a site's worst offer to its best; returns what that is worth.
    private func shift(_ site: Int) -> Double {
        let width = sitePiles[site].count
        let positions = sitePiles[site].lowerBound
        let first = site * Self.offersMaximum
        // Staying away costs nothing.
        var (bestRow, bestLoss, bestOffer) = (-1, mustShip[site] ? Double.infinity : 0, -1)
        var (worstRow, worstLoss, worstOffer) = (-1, -Double.infinity, -1)
        if shareAway[site] > 1e-12 { worstLoss = 0 }
        for offer in 0..<counts[site] {
            let row = offerStart[site] + offer * width
            var loss = costs[first + offer] + prices[lines]
            for pile in 0..<width {
                loss -= prices[lineOfPile[positions + pile]] * units[row + pile]
            }
            if loss < bestLoss { (bestRow, bestLoss, bestOffer) = (row, loss, offer) }
            if shares[first + offer] > 1e-12 && loss > worstLoss {
                (worstRow, worstLoss, worstOffer) = (row, loss, offer)
            }
        }
        if bestRow == worstRow || worstLoss - bestLoss <= 1e-9 { return 0 }
        var curvature = 0.0
        for pile in 0..<width {
            let before = worstRow < 0 ? 0 : units[worstRow + pile]
            let after = bestRow < 0 ? 0 : units[bestRow + pile]
            let change = after - before
            curvature += paces[lineOfPile[positions + pile]] * change * change
        }
        if sitesMaximum != nil && (bestRow < 0) != (worstRow < 0) { curvature += paces[lines] }
        curvature *= stride
        let room = worstOffer < 0 ? shareAway[site] : shares[first + worstOffer]
        let share = curvature > 1e-30 ? min(room, (worstLoss - bestLoss) / curvature) : room
        if worstOffer < 0 { shareAway[site] -= share } else { shares[first + worstOffer] -= share }
        if bestOffer < 0 { shareAway[site] += share } else { shares[first + bestOffer] += share }
        move(share, of: site, from: worstRow, to: bestRow)
        for pile in 0..<width {
            let line = lineOfPile[positions + pile]
            prices[line] = price(at: line)
        }
        if sitesMaximum != nil { prices[lines] = price(at: lines) }
        return share * (worstLoss - bestLoss)
    }

    /// Returns what the offers seen say of the bound at the prices: no less than it is.
    func value() -> Double {
        var sum = constant
        for line in 0..<lines { sum += prices[line] * demand[line] }
        if let sitesMaximum { sum -= sitesMaximum * prices[lines] }
        for site in 0..<sites where counts[site] > 0 {
            let width = sitePiles[site].count
            let positions = sitePiles[site].lowerBound
            var best = mustShip[site] ? -Double.infinity : 0
            for offer in 0..<counts[site] {
                let row = offerStart[site] + offer * width
                var gain = -costs[site * Self.offersMaximum + offer] - prices[lines]
                for pile in 0..<width {
                    gain += prices[lineOfPile[positions + pile]] * units[row + pile]
                }
                best = max(best, gain)
            }
            sum -= best
        }
        return sum
    }

    // MARK: Verdicts

    /// Makes a site one that must ship, need not, or is out of the question.
    mutating func rule(_ site: Int, _ verdict: SiteChoices.Verdict) {
        mustShip[site] = verdict == .open
        if verdict == .closed { drop(of: site) { _ in true } }
    }

    /// Drops offers by ways that are out of the question, or outside the piles' windows.
    mutating func drop(by isClosed: Row<Bool>, outside low: Row<Double>, _ high: Row<Double>) {
        let (ways, units, sitePiles) = (self.ways, self.units, self.sitePiles)
        let (offerStart, pileOfPosition) = (self.offerStart, self.pileOfPosition)
        for site in 0..<sites {
            let first = site * Self.offersMaximum
            drop(of: site) { offer in
                for place in 0..<Self.waysMaximum {
                    let way = ways[offer * Self.waysMaximum + place]
                    if way >= 0 && isClosed[way] { return true }
                }
                let row = offerStart[site] + (offer - first) * sitePiles[site].count
                for (index, position) in sitePiles[site].enumerated() {
                    let pile = pileOfPosition[position]
                    if units[row + index] < low[pile] || units[row + index] > high[pile] {
                        return true
                    }
                }
                return false
            }
        }
    }

    private mutating func drop(of site: Int, _ isDropped: (Int) -> Bool) {
        let first = site * Self.offersMaximum
        let width = sitePiles[site].count
        var offer = 0
        while offer < counts[site] {
            if !isDropped(first + offer) {
                offer += 1
                continue
            }
            move(shares[first + offer], of: site, from: offerStart[site] + offer * width, to: -1)
            shareAway[site] += shares[first + offer]
            let last = counts[site] - 1
            if offer < last {
                for pile in 0..<width {
                    units[offerStart[site] + offer * width + pile] =
                        units[offerStart[site] + last * width + pile]
                }
                costs[first + offer] = costs[first + last]
                shares[first + offer] = shares[first + last]
                ages[first + offer] = ages[first + last]
                for index in 0..<Self.waysMaximum {
                    ways[(first + offer) * Self.waysMaximum + index] =
                        ways[(first + last) * Self.waysMaximum + index]
                }
            }
            counts[site] = last
        }
    }
}
