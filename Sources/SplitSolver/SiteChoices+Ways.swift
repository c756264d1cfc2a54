extension SiteChoices {
    /// What a way gains at one mix of its pieces, and the rates and load of what it sells.
    private struct Sale {
        var gain = 0.0
        var rates = 0.0
        var load = 0.0
    }

    /// The lowest point of a convex line that is looked for between two places.
    private struct Bracket {
        var low: (at: Double, gain: Double, slope: Double)?
        var high: (at: Double, gain: Double, slope: Double)?

        /// Where the tangents at both ends meet, and what is there at least.
        var crossing: (at: Double, gain: Double)? {
            guard let low, let high, high.slope > low.slope else { return nil }
            let width = high.at - low.at
            let step = (high.gain - low.gain - high.slope * width) / (low.slope - high.slope)
            guard step > 0, step < width else { return nil }
            return (low.at + step, low.gain + low.slope * step)
        }
    }

    private static let triesMaximum = 14

    /// Returns what a way gains, alone or on top of the base, at the mix that says most.
    ///
    /// Every mix overstates the gain. The least is looked for, by its slopes, from
    /// where the last prices had it.
    func gain(of way: Int, isBased: Bool) -> Double {
        let last = Double(table.wayPieces[way].count - 1)
        let start = min(mixes[way], last)
        var best: (mix: Double, sale: Sale)
        if table.wayIsRing[way] {
            let edge = min(2, start.rounded(.down))
            best = lowest(way, isBased, from: start, within: (edge, edge + 1))
            // Where the third piece charges more, another two may say more.
            if isBeaten(way, Int(edge + 2) % 3, best) {
                for other in [0.0, 1, 2] where other != edge {
                    let found = lowest(way, isBased, from: other, within: (other, other + 1))
                    if found.sale.gain < best.sale.gain { best = found }
                }
                best.sale = sell(way, isBased, best.mix, capacityPrices[way])
            }
        } else {
            best = lowest(way, isBased, from: start, within: (0, last))
        }
        mixes[way] = best.mix
        if table.wayCapacity[way] < .infinity {
            best.sale = payForCapacity(way, isBased, best.sale)
        }
        return best.sale.gain
    }

    /// Whether a piece charges more for what is sold than the mix does.
    private func isBeaten(_ way: Int, _ piece: Int, _ best: (mix: Double, sale: Sale)) -> Bool {
        let index = table.wayPieces[way].lowerBound + piece
        let mixed = terms(way, best.mix)
        let more =
            table.pieceConstant[index] - mixed.constant
            + (table.pieceRates[index] - mixed.rates) * best.sale.rates
            + (table.pieceLoad[index] - mixed.load) * best.sale.load
        return more > 1e-6 * (1 + best.sale.gain.magnitude)
    }

    /// Finds the lowest gain over mixes between two, and leaves the sale at it.
    private func lowest(
        _ way: Int,
        _ isBased: Bool,
        from start: Double,
        within range: (low: Double, high: Double)
    ) -> (mix: Double, sale: Sale) {
        var mix = start
        var sale = sell(way, isBased, mix, capacityPrices[way])
        if range.low == range.high { return (mix, sale) }
        var best = (mix: mix, sale: sale)
        var bracket = Bracket()
        var stride = 1.0
        for _ in 0..<Self.triesMaximum {
            let right = mix < range.high ? slope(way, edge: Int(mix), sale) : 1
            if right < 0 {
                bracket.low = (mix, sale.gain, right)
            } else {
                let edge = Int(mix.rounded(.up)) - 1
                let left = mix > range.low ? slope(way, edge: edge, sale) : -1
                if left <= 0 { break }
                bracket.high = (mix, sale.gain, left)
            }
            guard let next = place(in: bracket, range, &stride, best.sale.gain) else { break }
            mix = next
            sale = sell(way, isBased, mix, capacityPrices[way])
            if sale.gain < best.sale.gain { best = (mix, sale) }
        }
        if mix != best.mix { best.sale = sell(way, isBased, best.mix, capacityPrices[way]) }
        return best
    }

    /// Returns where to look next, or nil where looking on is not worth it.
    private func place(
        in bracket: Bracket,
        _ range: (low: Double, high: Double),
        _ stride: inout Double,
        _ best: Double
    ) -> Double? {
        guard let low = bracket.low else {
            guard let high = bracket.high else { return nil }
            defer { stride *= 2 }
            return max(range.low, high.at.rounded(.up) - stride)
        }
        guard let high = bracket.high else {
            defer { stride *= 2 }
            return min(range.high, low.at.rounded(.down) + stride)
        }
        if high.at.rounded(.up) - low.at.rounded(.down) > 1 {
            return ((low.at + high.at) / 2).rounded(.down) > low.at
                ? ((low.at + high.at) / 2).rounded(.down) : ((low.at + high.at) / 2).rounded(.up)
        }
        guard let crossing = bracket.crossing, best - crossing.gain > 1e-9 * (1 + best.magnitude)
        else {
            return nil
        }
        return crossing.at
    }

    /// How the gain changes as the mix goes from one piece to the next.
    private func slope(_ way: Int, edge: Int, _ sale: Sale) -> Double {
        let piece = table.wayPieces[way].lowerBound + edge
        return (table.pieceConstant[piece] - table.pieceConstant[piece + 1])
            + (table.pieceRates[piece] - table.pieceRates[piece + 1]) * sale.rates
            + (table.pieceLoad[piece] - table.pieceLoad[piece + 1]) * sale.load
    }

    /// Returns what a pile gains, and the units it sells, where a unit is worth so much.
    private func sold(of pile: Int, at worth: Double) -> (profit: Double, units: Double) {
        var profit = -table.pilePick[pile]
        var units = 0.0
        var room = pileHigh[pile]
        var must = pileLow[pile]
        for tier in table.pileTiers[pile] where room > 0 {
            let each = worth - table.tierSlope[tier]
            if each <= 0 && must <= 0 { break }
            let length = min(room, table.tierLength[tier])
            let sold = each > 0 ? length : min(length, must)
            profit += each * sold
            units += sold
            room -= length
            must -= sold
        }
        return (profit, units)
    }

    /// Has load pay for room where more would be sold than there is room for.
    private func payForCapacity(
        _ way: Int,
        _ isBased: Bool,
        _ first: Sale
    ) -> Sale {
        let capacity = table.wayCapacity[way]
        var price = capacityPrices[way]
        var sale = first
        if sale.load <= capacity && price == 0 { return sale }
        var best = (price: price, gain: sale.gain)
        var bracket = Bracket()
        for _ in 0..<Self.triesMaximum {
            let slope = capacity - sale.load
            if slope < 0 {
                bracket.low = (price, sale.gain, slope)
            } else if slope == 0 || price == 0 {
                break
            } else {
                bracket.high = (price, sale.gain, slope)
            }
            let next: Double
            if bracket.low == nil {
                next = 0
            } else if bracket.high == nil {
                next = dearestLoad(way)
                if next <= price { break }
            } else {
                guard let crossing = bracket.crossing,
                    best.gain - crossing.gain > 1e-9 * (1 + best.gain.magnitude)
                else { break }
                next = crossing.at
            }
            price = next
            sale = sell(way, isBased, mixes[way], price)
            if sale.gain < best.gain { best = (price, sale.gain) }
        }
        capacityPrices[way] = best.price
        return price == best.price ? sale : sell(way, isBased, mixes[way], best.price)
    }

    /// The price of room at which nothing is sold, and what must be is rather forfeited.
    private func dearestLoad(_ way: Int) -> Double {
        let terms = terms(way, mixes[way])
        let entries = table.wayEntries[way]
        var most = 0.0
        for (index, position) in table.cellPiles[table.wayCell[way]].enumerated() {
            let entry = entries + index
            let load = table.entryLoad[entry]
            if table.entryArc[entry] < 0 || load <= 0 { continue }
            let pile = table.pilesByCell[position]
            let cost = table.entryCost[entry] + terms.rates * table.entryRate[entry]
            var worth = prices[pileLine[pile]] - cost
            if pileLow[pile] > 0 { worth -= forfeit / pileLow[pile] }
            most = max(most, worth / load - terms.load)
        }
        return most + 1e-9
    }

    private func terms(_ way: Int, _ mix: Double) -> PricedWaysDraft.Piece {
        let piece = table.wayPieces[way].lowerBound + Int(mix)
        let share = mix - mix.rounded(.down)
        var result = PricedWaysDraft.Piece(
            constant: table.pieceConstant[piece],
            rates: table.pieceRates[piece],
            load: table.pieceLoad[piece]
        )
        if share > 0 {
            result.constant += share * (table.pieceConstant[piece + 1] - result.constant)
            result.rates += share * (table.pieceRates[piece + 1] - result.rates)
            result.load += share * (table.pieceLoad[piece + 1] - result.load)
        }
        return result
    }

    /// Notes what each pile gains by the way as it is charged.
    func sell(_ way: Int) { _ = sell(way, false, mixes[way], capacityPrices[way]) }

    /// Sells what pays by the way at the mix, and notes it pile by pile.
    private func sell(
        _ way: Int,
        _ isBased: Bool,
        _ mix: Double,
        _ capacityPrice: Double
    ) -> Sale {
        let terms = terms(way, mix)
        let perLoad = terms.load + capacityPrice
        var opening = table.wayOpening[way] + terms.constant
        if capacityPrice > 0 { opening -= capacityPrice * table.wayCapacity[way] }
        wayCosts[way] = opening
        var sale = Sale(gain: -opening)
        var entry = table.wayEntries[way]
        for position in table.cellPiles[table.wayCell[way]] {
            let pile = table.pilesByCell[position]
            profits[entry] = pileLow[pile] > 0 ? forfeit : 0
            defer { entry += 1 }
            if isShut[entry] || pileHigh[pile] == 0 {
                if !isBased { sale.gain += profits[entry] }
                continue
            }
            let rate = table.entryRate[entry]
            let load = table.entryLoad[entry]
            let worth =
                prices[pileLine[pile]] - table.entryCost[entry] - terms.rates * rate
                - perLoad * load
            let (profit, units) = sold(of: pile, at: worth)
            if profit <= profits[entry] {
                if !isBased { sale.gain += profits[entry] }
                continue
            }
            profits[entry] = profit
            if isBased {
                let more = profit - base[entry - table.wayEntries[way]]
                if more <= 0 { continue }
                sale.gain += more
            } else {
                sale.gain += profit
            }
            sale.rates += rate * units
            sale.load += load * units
        }
        return sale
    }

    /// Returns what a unit gains by the way, before what the stock asks for it.
    func worth(_ entry: Int, _ pile: Int, by way: Int) -> Double {
        let terms = terms(way, mixes[way])
        return prices[pileLine[pile]] - table.entryCost[entry]
            - terms.rates * table.entryRate[entry]
            - (terms.load + capacityPrices[way]) * table.entryLoad[entry]
    }

    /// Fills a way with what pays, and with what just does as far as its charge asks; returns the cost.
    ///
    /// At the best mix of two pieces both charge the same, and at a price of room it
    /// is full: what neither gains nor loses is loaded until that is so.
    func fill(_ way: Int, _ isRidden: (Int) -> Bool) -> Double {
        let isFull = capacityPrices[way] > 0
        let mix = mixes[way]
        let isMixed = mix > mix.rounded(.down)
        let first = table.wayPieces[way].lowerBound + Int(mix)
        func pull(_ entry: Int) -> Double {
            if isFull { return table.entryLoad[entry] }
            if !isMixed { return 0 }
            return (table.pieceRates[first + 1] - table.pieceRates[first]) * table.entryRate[entry]
                + (table.pieceLoad[first + 1] - table.pieceLoad[first]) * table.entryLoad[entry]
        }
        var missing = 0.0
        if isFull { missing = table.wayCapacity[way] }
        if isMixed && !isFull {
            missing = table.pieceConstant[first] - table.pieceConstant[first + 1]
        }
        var loose = 0.0
        visit(way, isRidden) { entry, _, units, isLoose in
            if isLoose { loose += pull(entry) * units } else { missing -= pull(entry) * units }
        }
        let share = loose != 0 ? min(1, max(0, missing / loose)) : 0
        var (cost, rates, load) = (table.wayOpening[way], 0.0, 0.0)
        visit(way, isRidden) { entry, each, units, isLoose in
            let sold = isLoose ? share * units : units
            offered[table.pilesByCell[entryPosition(entry, way)]] += sold
            cost += sold * each
            rates += sold * table.entryRate[entry]
            load += sold * table.entryLoad[entry]
        }
        var charge = -Double.infinity
        for piece in table.wayPieces[way] {
            let line =
                table.pieceConstant[piece] + table.pieceRates[piece] * rates
                + table.pieceLoad[piece] * load
            charge = max(charge, line)
        }
        return cost + charge
    }

    private func entryPosition(_ entry: Int, _ way: Int) -> Int {
        table.cellPiles[table.wayCell[way]].lowerBound + entry - table.wayEntries[way]
    }

    /// Tells of the units that pay, or just do, and what each costs besides the pieces.
    private func visit(
        _ way: Int,
        _ isRidden: (Int) -> Bool,
        _ body: (_ entry: Int, _ each: Double, _ units: Double, _ isLoose: Bool) -> Void
    ) {
        let isLoosened = capacityPrices[way] > 0 || mixes[way] > mixes[way].rounded(.down)
        for (index, position) in table.cellPiles[table.wayCell[way]].enumerated() {
            let entry = table.wayEntries[way] + index
            if isShut[entry] || !isRidden(index) { continue }
            let pile = table.pilesByCell[position]
            if profits[entry] <= 0 && !isLoosened && pileLow[pile] == 0 { continue }
            let worth = worth(entry, pile, by: way)
            let tolerance = 1e-7 * (1 + prices[pileLine[pile]])
            if table.pilePick[pile] > 0 && pileLow[pile] == 0 {
                visitPicked(entry, pile, worth, isLoosened ? tolerance : 0, body)
                continue
            }
            var room = pileHigh[pile]
            var must = pileLow[pile]
            let pick = must > 0 ? table.pilePick[pile] / must : 0
            for tier in table.pileTiers[pile] where room > 0 {
                let gain = worth - table.tierSlope[tier]
                let length = min(room, table.tierLength[tier])
                let each = table.entryCost[entry] + table.tierSlope[tier]
                let forced = min(length, must)
                if forced > 0 { body(entry, each + pick, forced, false) }
                room -= length
                must -= forced
                if gain < -tolerance || length == forced { continue }
                let isLoose = isLoosened && gain <= tolerance
                if isLoose || gain > 0 { body(entry, each, length - forced, isLoose) }
            }
        }
    }

    /// The same of a pile that costs something to be taken from at all: all of it, or nothing.
    private func visitPicked(
        _ entry: Int,
        _ pile: Int,
        _ worth: Double,
        _ tolerance: Double,
        _ body: (_ entry: Int, _ each: Double, _ units: Double, _ isLoose: Bool) -> Void
    ) {
        var (units, cost) = (0.0, table.pilePick[pile])
        for tier in table.pileTiers[pile] {
            if worth <= table.tierSlope[tier] || units >= pileHigh[pile] { break }
            let length = min(pileHigh[pile] - units, table.tierLength[tier])
            units += length
            cost += length * table.tierSlope[tier]
        }
        let gain = worth * units - cost
        let isLoose = gain.magnitude <= tolerance * units
        if units == 0 || (gain <= 0 && !isLoose) { return }
        body(entry, table.entryCost[entry] + cost / units, units, isLoose)
    }
}
