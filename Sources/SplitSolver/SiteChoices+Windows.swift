/// What no plan better than a cutoff uses: sites, ways, piles, and units of those.
extension SiteChoices {
    /// Rules out what would bring the bound above `cutoff`.
    ///
    /// - Precondition: `bound` is what the last call of `bound()` returned.
    mutating func ruleOut(above cutoff: Double, at bound: Double) {
        for site in 0..<model.sites.count where verdicts[site] != .closed {
            var used = bound
            if isChosen[site] {
                let without = bound + gains[site] - max(0, bestLeftOut)
                if verdicts[site] == .free && without > cutoff { verdicts[site] = .open }
            } else {
                used = bound - gains[site] + leastChosen
                if used > cutoff {
                    verdicts[site] = .closed
                    continue
                }
            }
            // Where no way pays, what its cells gain is more than what the site was said to.
            var sum = 0.0
            for cell in table.siteCells[site] { sum += cellGains[cell] }
            used += gains[site] + siteOpening[site] - sum
            for cell in table.siteCells[site] { ruleOut(cell, above: cutoff, at: used) }
        }
    }

    /// Closes ways of a cell, and narrows the windows of its piles.
    private mutating func ruleOut(_ cell: Int, above cutoff: Double, at used: Double) {
        // One way more adds no more to a set than it gains alone, above `nothing`: what `start`
        // finds the cell to gain without any.
        _ = start(cell)
        for way in table.cellWays[cell] where !isClosed[way] && !isForced[way] {
            if used + nothing - wayGains[way] > cutoff { isClosed[way] = true }
        }
        if table.cellPiles[cell].count * table.cellWays[cell].count > Self.entriesMaximum { return }
        rises.fill(0, upTo: widest)
        falls.fill(0, upTo: widest)
        for way in table.cellWays[cell] where !isClosed[way] {
            let least = used + cellGains[cell] - gain(of: cell, with: way)
            if least > cutoff && !isForced[way] {
                isClosed[way] = true
            } else {
                widen(by: way, max(0, cutoff - used - cellGains[cell] + mostCharged))
            }
        }
        let site = table.cellSite[cell]
        let mustShip = verdicts[site] == .open && used + cellGains[cell] > cutoff
        for (index, position) in table.cellPiles[cell].enumerated() {
            let pile = table.pilesByCell[position]
            let (low, high) = (pileLow[pile], pileHigh[pile])
            if low == high { continue }
            let (rise, fall) = (whole(rises[index]), whole(falls[index]))
            if rise < high - low { pileHigh[pile] = low + rise }
            if mustShip && fall < high - low { pileLow[pile] = min(pileHigh[pile], high - fall) }
        }
    }

    /// Returns the units that so many leave room for, and one that only rounding has taken.
    private func whole(_ units: Double) -> Double { (units + 1e-6).rounded(.down) }

    /// Notes how far below its most and above its least each pile may be, were the way used.
    ///
    /// A unit that does not pay, or one less that does, costs at least what it is worth
    /// with the way charged as it is alone; so `room` must be what is left of that.
    private func widen(by way: Int, _ room: Double) {
        for (index, position) in table.cellPiles[table.wayCell[way]].enumerated() {
            let entry = table.wayEntries[way] + index
            let pile = table.pilesByCell[position]
            if isShut[entry] {
                falls[index] = .infinity
                continue
            }
            let tiers = table.pileTiers[pile]
            if tiers.isEmpty {
                rises[index] = .infinity
                falls[index] = .infinity
                continue
            }
            let worth = self.worth(entry, pile, by: way)
            let first = worth - table.tierSlope[tiers.lowerBound]
            let last = worth - table.tierSlope[tiers.upperBound - 1]
            rises[index] = max(rises[index], first < 0 ? room / -first : .infinity)
            let isDropped = table.pilePick[pile] > 0 && room >= profits[entry]
            falls[index] = max(falls[index], last > 0 && !isDropped ? room / last : .infinity)
            if pileLow[pile] == 0 && first < 0 && -first * pileLeast[pile] > room {
                isShut[entry] = true
            }
        }
    }

    /// Returns the most that ways of the cell gain together if one of them must be used.
    private mutating func gain(of cell: Int, with way: Int) -> Double {
        var (count, gain) = start(cell)
        bestGain = -.infinity
        mostCharged = -.infinity
        if !isForced[way] {
            gain += more(way, at: count, cell)
            tried[count] = way
            count += 1
        }
        extend(cell, depth: count, gain: gain, after: -1)
        return max(bestGain, leftOpen)
    }

    /// Has quantities follow from what is closed; returns false where no plan is left.
    mutating func tighten() -> Bool {
        for site in 0..<model.sites.count {
            for cell in table.siteCells[site] { closePiles(of: cell, verdicts[site] == .closed) }
        }
        for line in 0..<model.lines.count {
            guard tighten(line) else { return false }
        }
        for pile in 0..<model.piles.count where pileLow[pile] > 0 {
            let site = model.piles[pile].site
            if verdicts[site] == .closed { return false }
            verdicts[site] = .open
        }
        return true
    }

    /// Takes what no open way carries out.
    private func closePiles(of cell: Int, _ isSiteClosed: Bool) {
        for (index, position) in table.cellPiles[cell].enumerated() {
            let pile = table.pilesByCell[position]
            if pileHigh[pile] == 0 { continue }
            let isCarried = table.cellWays[cell]
                .contains { way in
                    !isClosed[way] && !isShut[table.wayEntries[way] + index]
                }
            if isSiteClosed || !isCarried { pileHigh[pile] = 0 }
        }
    }

    private func tighten(_ index: Int) -> Bool {
        let line = model.lines[index]
        let isWhole = line.mustBeWhole && !line.mayBeEmpty
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            var (low, high) = (0.0, 0.0)
            for pile in line.piles {
                low += pileLow[pile]
                high += pileHigh[pile]
            }
            let demand = lineQuantity[index]
            if low > demand || (isWhole && high < demand) { return false }
            for pile in line.piles where pileHigh[pile] > 0 {
                var least = pileLow[pile]
                var most = min(pileHigh[pile], demand - (low - least))
                if isWhole { least = max(least, demand - (high - pileHigh[pile])) }
                if least > 0 {
                    least = max(least, line.noSplit && isWhole ? demand : pileLeast[pile])
                }
                if most < pileLeast[pile] || (line.noSplit && isWhole && most < demand) { most = 0 }
                if least > most { return false }
                if least > pileLow[pile] || most < pileHigh[pile] {
                    low += least - pileLow[pile]
                    high += most - pileHigh[pile]
                    pileLow[pile] = least
                    pileHigh[pile] = most
                    hasChanged = true
                }
            }
        }
        return true
    }
}
