/// Which ways of a cell gain most together.
extension SiteChoices {
    /// Returns what the ways of a cell gain together at best, or a little more.
    mutating func chooseWays(of cell: Int) -> Double {
        let forced = start(cell)
        bestGain = -.infinity
        extend(cell, from: table.cellWays[cell].lowerBound, depth: forced.count, gain: forced.gain)
        if steps < Self.stepsMaximum { return bestGain }
        return sumOfBest(of: cell)
    }

    /// Begins a set with the ways that must be in it.
    mutating func start(_ cell: Int) -> (count: Int, gain: Double) {
        bestCount = 0
        steps = 0
        var (count, gain) = (0, 0.0)
        for (index, position) in table.cellPiles[cell].enumerated() {
            levels[index] = unsold(table.pilesByCell[position])
            gain += levels[index]
        }
        nothing = gain
        for way in table.cellWays[cell] where isForced[way] {
            gain += more(way, at: count, cell)
            tried[count] = way
            count += 1
        }
        return (count, gain)
    }

    private func unsold(_ pile: Int) -> Double { pileLow[pile] > 0 ? forfeit : 0 }

    /// Returns what a way adds to the set tried, and notes the piles' gains with it.
    func more(_ way: Int, at depth: Int, _ cell: Int) -> Double {
        let (old, new) = (depth * widest, (depth + 1) * widest)
        let entries = table.wayEntries[way]
        var more = -wayCosts[way]
        for index in 0..<table.cellPiles[cell].count {
            let (before, here) = (levels[old + index], profits[entries + index])
            levels[new + index] = max(before, here)
            if here > before { more += here - before }
        }
        return more
    }

    /// No less than any set gains: what each slot's best way adds alone.
    func sumOfBest(of cell: Int) -> Double {
        var sum = nothing
        var slot = -1
        var best = 0.0
        for way in table.cellWays[cell] where !isClosed[way] {
            if table.waySlot[way] != slot {
                sum += best
                best = 0
                slot = table.waySlot[way]
            }
            best = max(best, wayGains[way] - nothing)
        }
        return sum + best
    }

    mutating func extend(_ cell: Int, from: Int, depth: Int, gain: Double) {
        mostCharged = max(mostCharged, gain)
        if gain > bestGain { refine(cell, depth, gain) }
        if depth == Self.depthMaximum {
            steps = Self.stepsMaximum
            return
        }
        for way in from..<table.cellWays[cell].upperBound {
            if isClosed[way] || wayGains[way] <= nothing || isSlotTried(of: way, depth) { continue }
            steps += 1
            if steps >= Self.stepsMaximum { return }
            let more = more(way, at: depth, cell)
            if more <= 0 { continue }
            tried[depth] = way
            extend(cell, from: way + 1, depth: depth + 1, gain: gain + more)
        }
    }

    private func isSlotTried(of way: Int, _ depth: Int) -> Bool {
        for level in 0..<depth where table.waySlot[tried[level]] == table.waySlot[way] {
            return true
        }
        return false
    }

    /// Notes what a cell would sell by the ways chosen last; returns what that costs.
    func offer(_ cell: Int) -> Double {
        let piles = table.cellPiles[cell]
        for way in table.cellWays[cell] { isTaken[way] = false }
        for position in piles { offered[table.pilesByCell[position]] = 0 }
        var cost = 0.0
        for level in 0..<bestCount {
            mixes[best[level]] = bestMixes[level]
            capacityPrices[best[level]] = bestPrices[level]
            if bestCount > 1 { sell(best[level]) }
        }
        for level in 0..<bestCount {
            isTaken[best[level]] = true
            cost += fill(best[level]) { index in
                for other in 0..<bestCount where other != level {
                    let rival = profits[table.wayEntries[best[other]] + index]
                    let own = profits[table.wayEntries[best[level]] + index]
                    if rival > own || (rival == own && other < level) { return false }
                }
                return true
            }
        }
        for level in 0..<bestCount { chargeAlone(best[level]) }
        return cost
    }

    func offerAlone(_ way: Int) -> Double {
        isTaken[way] = true
        return fill(way) { _ in true }
    }

    /// Has the ways of a set be charged as suits them together; keeps the set if it is the best.
    ///
    /// Alone, a way may be paid for room that in the set another's goods leave empty.
    private mutating func refine(_ cell: Int, _ depth: Int, _ gain: Double) {
        var refined = gain
        if depth > 1 {
            for _ in 0..<2 {
                let before = refined
                for level in 0..<depth { refined = min(refined, recharge(level, of: depth, cell)) }
                if refined <= bestGain || before - refined < 1e-3 * before.magnitude { break }
            }
        }
        if refined > bestGain {
            bestGain = refined
            bestCount = depth
            for level in 0..<depth {
                best[level] = tried[level]
                bestMixes[level] = mixes[tried[level]]
                bestPrices[level] = capacityPrices[tried[level]]
            }
        }
        if depth > 1 { for level in 0..<depth { chargeAlone(tried[level]) } }
    }

    /// Charges one way of the set tried as suits it beside the others; returns what all gain.
    private mutating func recharge(_ level: Int, of depth: Int, _ cell: Int) -> Double {
        var sum = 0.0
        for index in 0..<table.cellPiles[cell].count {
            base[index] = levels[index]
            for other in 0..<depth where other != level {
                base[index] = max(base[index], profits[table.wayEntries[tried[other]] + index])
            }
            sum += base[index]
        }
        for other in 0..<depth where other != level { sum -= wayCosts[tried[other]] }
        return sum + gain(of: tried[level], isBased: true)
    }

    private func chargeAlone(_ way: Int) {
        if mixes[way] == ownMixes[way] && capacityPrices[way] == ownPrices[way] { return }
        mixes[way] = ownMixes[way]
        capacityPrices[way] = ownPrices[way]
        sell(way)
    }
}
