/// Which ways of a cell gain most together.
extension SiteChoices {
    /// Returns what the ways of a cell gain together at best, or a little more.
    mutating func chooseWays(of cell: Int) -> Double {
        let forced = start(cell)
        bestGain = -.infinity
        extend(cell, depth: forced.count, gain: forced.gain, after: -1)
        return max(bestGain, leftOpen)
    }

    /// Begins a set with the ways that must be in it.
    mutating func start(_ cell: Int) -> (count: Int, gain: Double) {
        bestCount = 0
        steps = 0
        leftOpen = -.infinity
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

    /// Returns what a way adds to the set tried.
    private func margin(_ way: Int, at depth: Int, _ cell: Int) -> Double {
        let (old, entries) = (depth * widest, table.wayEntries[way])
        var margin = -wayCosts[way]
        for index in 0..<table.cellPiles[cell].count {
            let more = profits[entries + index] - levels[old + index]
            if more > 0 { margin += more }
        }
        return margin
    }

    /// Tries sets of the one tried and more ways, those that add most first.
    ///
    /// One way more adds no more to a set than to a part of it, and a pile gains no more by
    /// all of them than by the one that pays it best: what neither allows is not tried.
    /// `place` is that of the way tried last among those that could have been.
    mutating func extend(_ cell: Int, depth: Int, gain: Double, after place: Int) {
        mostCharged = max(mostCharged, gain)
        if gain > bestGain { refine(cell, depth, gain) }
        let first = depth * mostWays
        let count = findCandidates(cell, depth, after: place)
        for index in 0..<count {
            let most = gain + rests[first + index]
            if most <= bestGain { return }
            steps += 1
            if steps >= Self.stepsMaximum || depth == Self.depthMaximum {
                leftOpen = max(leftOpen, most)
                mostCharged = max(mostCharged, most)
                return
            }
            let way = candidates[first + index]
            tried[depth] = way
            let more = more(way, at: depth, cell)
            extend(cell, depth: depth + 1, gain: gain + more, after: index)
        }
    }

    /// Lists the ways that add to the set tried, and what each and all that follow may add.
    private mutating func findCandidates(_ cell: Int, _ depth: Int, after place: Int) -> Int {
        let (first, before) = (depth * mostWays, (depth - 1) * mostWays)
        var count = 0
        if place < 0 {
            for way in table.cellWays[cell] {
                if isClosed[way] || wayGains[way] <= nothing || isSlotTried(of: way, depth) {
                    continue
                }
                add(way, &count, depth, cell)
            }
            candidateCounts[depth] = count
        } else {
            let slot = table.waySlot[candidates[before + place]]
            for index in (place + 1)..<max(place + 1, candidateCounts[depth - 1]) {
                let way = candidates[before + index]
                if table.waySlot[way] != slot { add(way, &count, depth, cell) }
            }
            candidateCounts[depth] = count
        }
        sumUp(cell, depth, first, count)
        return count
    }

    private func add(_ way: Int, _ count: inout Int, _ depth: Int, _ cell: Int) {
        let margin = margin(way, at: depth, cell)
        if margin <= 0 { return }
        let first = depth * mostWays
        var hole = first + count
        while hole > first, margins[hole - 1] < margin {
            margins[hole] = margins[hole - 1]
            candidates[hole] = candidates[hole - 1]
            hole -= 1
        }
        margins[hole] = margin
        candidates[hole] = way
        count += 1
    }

    /// Notes the most that each candidate and those that follow may add together.
    private func sumUp(_ cell: Int, _ depth: Int, _ first: Int, _ count: Int) {
        let piles = table.cellPiles[cell].count
        tops.fill(0, upTo: piles)
        var (bySlot, byPile, leastCost) = (0.0, 0.0, Double.infinity)
        for index in stride(from: first + count - 1, through: first, by: -1) {
            let way = candidates[index]
            var next = index + 1
            while next < first + count, table.waySlot[candidates[next]] != table.waySlot[way] {
                next += 1
            }
            bySlot += margins[index] - (next < first + count ? margins[next] : 0)
            leastCost = min(leastCost, wayCosts[way])
            let entries = table.wayEntries[way]
            for pile in 0..<piles {
                let more = profits[entries + pile] - levels[depth * widest + pile]
                if more > tops[pile] {
                    byPile += more - tops[pile]
                    tops[pile] = more
                }
            }
            rests[index] = min(bySlot, max(margins[index], byPile - leastCost))
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
