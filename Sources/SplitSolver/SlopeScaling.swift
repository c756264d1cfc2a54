/// Finds plans as if each shipment cost so much for each unit of its load.
///
/// What a shipment costs is shared out by what it carries; at those shares each
/// line is filled where that is cheapest, whatever the other lines do, which
/// changes the shares, and so on (dynamic slope scaling; Kim and Pardalos,
/// 1999). Guides only: a draft says what a plan costs and whether it is lawful.
struct SlopeScaling {
    private let tables: SearchTables
    private let model: SearchModel
    /// By arc: the units of the plan in the making.
    private let units: Row<Int64>
    /// By arc: the units of the plan that seemed best.
    let bestUnits: Row<Int64>
    /// By line: what its units cost each in that plan.
    let prices: Row<Double>
    private let linePrices: Row<Double>
    private(set) var bestCost = Double.infinity
    private let arcCost: Row<Double>
    private let tierCost: Row<Double>
    private let pickCost: Row<Double>
    private let pileWeight: Row<Double>
    private let slotOpening: Row<Double>
    private let siteOpening: Row<Double>
    private let backorder: Row<Double>
    /// By slot: what one unit of its measure costs: of load, or of a break's rates.
    private let slopes: Row<Double>
    /// By arc: what one unit has of its slot's measure.
    private let measures: Row<Double>
    /// By slot: the same if all that could ride did.
    private let leastSlopes: Row<Double>
    /// By slot: the break by whose rates its cost is shared, 0 where it has none.
    private let slotBreak: Row<Int>
    private let loads: Row<Int64>
    private let used: Row<Int64>
    private let breakSums: Row<Double>
    /// By site: what one unit of weight pays for its opening.
    private let siteSlopes: Row<Double>
    private let siteWeights: Row<Double>
    private let choices: Row<Choice>
    private let taken: Row<Int64>
    /// What each shipment and each site more than may be costs besides.
    private var shipmentPrice = 0.0
    private var sitePrice = 0.0

    /// How much nearer its least share a shipment without a load comes in each round.
    private static let forgetting = 0.03
    /// How much of the cost each shipment or site too many adds to the price of one, shared out.
    private static let pricing = 0.02

    /// A stretch of a pile's units by its cheapest arc.
    private struct Choice: BitwiseCopyable {
        var cost = 0.0
        /// What of that is the units' own, and no share of anything.
        var own = 0.0
        var arc = 0
        var pile = 0
        var length: Int64 = 0
    }

    init(_ model: SearchModel, _ tables: SearchTables, in arena: Arena) {
        self.model = model
        self.tables = tables
        let scale = model.scale
        units = arena.row(model.arcs.count, of: 0)
        bestUnits = arena.row(model.arcs.count, of: 0)
        prices = arena.row(model.lines.count, of: 0)
        linePrices = arena.row(model.lines.count, of: 0)
        arcCost = arena.row(model.arcs.count, of: 0)
        for (arc, value) in model.arcs.enumerated() {
            arcCost[arc] = scale.costBelow(value.perUnit)
        }
        tierCost = arena.row(tables.tierSlope.count, of: 0)
        for tier in 0..<tables.tierSlope.count {
            tierCost[tier] = scale.costBelow(tables.tierSlope[tier])
        }
        pickCost = arena.row(model.piles.map { scale.costBelow($0.pick) })
        pileWeight = arena.row(model.piles.map { Double($0.unitWeight) })
        slotOpening = arena.row(model.slots.map { scale.costBelow($0.opening) })
        siteOpening = arena.row(model.sites.map { scale.costBelow($0.opening) })
        backorder = arena.row(model.lines.map { scale.costBelow($0.backorder) })
        slopes = arena.row(model.slots.count, of: 0)
        measures = arena.row(model.arcs.count, of: 0)
        leastSlopes = arena.row(model.slots.count, of: 0)
        slotBreak = arena.row(model.slots.count, of: 0)
        loads = arena.row(model.slots.count, of: 0)
        used = arena.row(model.slots.count, of: 0)
        breakSums = arena.row(tables.slotSteps.start[model.slots.count], of: 0)
        siteSlopes = arena.row(model.sites.count, of: 0)
        siteWeights = arena.row(model.sites.count, of: 0)
        let most = model.lines
            .map { line in line.piles.reduce(0) { $0 + tables.pileTiers[$1].count } }
            .max()
        choices = arena.row(most ?? 0, of: Choice())
        taken = arena.row(model.piles.count, of: 0)
    }

    /// Fills every line again and again by the slots that are allowed, and keeps what seems best.
    mutating func run(rounds: Int, by isAllowed: Row<Bool>, _ isCancelled: () -> Bool) {
        bestCost = .infinity
        begin(isAllowed)
        for _ in 0..<rounds {
            if isCancelled() { return }
            clear()
            var cost = 0.0
            for line in model.lines.indices { cost += fill(line) }
            cost += share()
            if cost < bestCost {
                bestCost = cost
                bestUnits.copy(from: units, count: units.count)
                prices.copy(from: linePrices, count: model.lines.count)
            }
        }
    }

    /// Shares costs out as if all that could ride did.
    private mutating func begin(_ isAllowed: Row<Bool>) {
        clear()
        slopes.fill(0)
        siteSlopes.fill(0)
        shipmentPrice = 0
        sitePrice = 0
        for slot in model.slots.indices { measure(slot) }
        for arc in model.arcs.indices {
            let pile = tables.arcPile[arc]
            load(arc, min(tables.pileCapacity[pile], tables.lineQuantity[tables.arcLine[arc]]))
        }
        for site in model.sites.indices {
            siteWeights[site] = model.sites[site].piles
                .reduce(0) { $0 + pileWeight[$1] * Double(tables.pileCapacity[$1]) }
        }
        _ = share()
        for slot in model.slots.indices where !isAllowed[slot] { slopes[slot] = .infinity }
        leastSlopes.copy(from: slopes, count: slopes.count)
        shipmentPrice = 0
        sitePrice = 0
    }

    private func clear() {
        units.fill(0)
        loads.fill(0)
        used.fill(0)
        breakSums.fill(0)
        siteWeights.fill(0)
        taken.fill(0)
    }

    /// Notes that so many units ride by an arc.
    @inline(__always)
    private func load(_ arc: Int, _ count: Int64) {
        let slot = tables.arcSlot[arc]
        loads[slot] += count * tables.arcUnitLoad[arc]
        used[slot] += count
        if tables.slotKind[slot] == .breaks {
            var rate = tables.arcRates[arc]
            for step in tables.slotSteps[slot] {
                breakSums[step] += Double(count) * Double(tables.rates[rate])
                rate += 1
            }
        }
    }

    /// Returns how many units more an arc's shipment can take.
    @inline(__always)
    private func room(of arc: Int) -> Int64 {
        let unitLoad = tables.arcUnitLoad[arc]
        if unitLoad == 0 { return .max }
        let slot = tables.arcSlot[arc]
        return (tables.slotLoadMaximum[slot] - loads[slot]) / unitLoad
    }

    // MARK: Shares

    /// Shares out what the shipments and sites cost now; returns what that is together.
    private mutating func share() -> Double {
        var sum = 0.0
        var (shipments, sites) = (0, 0)
        for slot in model.slots.indices {
            if used[slot] == 0 {
                if slopes[slot] < .infinity {
                    slopes[slot] -= (slopes[slot] - leastSlopes[slot]) * Self.forgetting
                }
                continue
            }
            shipments += 1
            let charge = charge(of: slot) + slotOpening[slot]
            sum += charge
            let measure =
                tables.slotKind[slot] == .breaks
                ? breakSums[tables.slotSteps[slot].lowerBound + slotBreak[slot]]
                : Double(loads[slot])
            slopes[slot] = measure > 0 ? (charge + shipmentPrice) / measure : 0
        }
        for site in model.sites.indices {
            if siteWeights[site] == 0 { continue }
            sites += 1
            sum += siteOpening[site]
            siteSlopes[site] = (siteOpening[site] + sitePrice) / siteWeights[site]
        }
        let (moreShipments, moreSites) = (
            shipments - model.shipmentsMaximum, sites - model.warehousesMaximum
        )
        if moreShipments > 0 {
            shipmentPrice += sum * Self.pricing / Double(model.shipmentsMaximum)
        }
        if moreSites > 0 { sitePrice += sum * Self.pricing / Double(model.warehousesMaximum) }
        return sum + sum * Double(max(0, moreShipments) + max(0, moreSites))
    }

    /// Returns what a slot's load costs, and notes the break that it is charged by.
    private func charge(of slot: Int) -> Double {
        // All that could ride may be more than the carrier takes.
        let load = min(loads[slot], tables.slotLoadMaximum[slot])
        guard tables.slotKind[slot] == .breaks else {
            return Double(tables.charge(of: slot, forLoad: load) ?? 0)
        }
        let steps = tables.slotSteps[slot]
        var best = (sum: Double.infinity, step: steps.lowerBound)
        for step in steps {
            let lack = Double(max(0, tables.stepWeight[step] - load))
            let sum = breakSums[step] + lack * Double(tables.stepCharge[step])
            if sum < best.sum { best = (sum, step) }
        }
        if best.step - steps.lowerBound != slotBreak[slot] {
            slotBreak[slot] = best.step - steps.lowerBound
            measure(slot)
        }
        let sum = best.sum / Double(tables.slotDivisor[slot]) * Double(tables.slotUnit[slot])
        return max(sum, Double(tables.slotRate[slot])) + Double(tables.slotBase[slot])
    }

    /// Notes what the units of a slot's arcs have of its measure.
    private func measure(_ slot: Int) {
        let isByBreak = tables.slotKind[slot] == .breaks
        for place in tables.slotArcs[slot] {
            let arc = tables.arcsBySlot[place]
            measures[arc] =
                isByBreak
                ? Double(tables.rates[tables.arcRates[arc] + slotBreak[slot]])
                : Double(tables.arcUnitLoad[arc])
        }
    }

    // MARK: Lines

    /// Fills a line where it is cheapest; returns what of that no shipment and no site costs.
    private func fill(_ index: Int) -> Double {
        let line = model.lines[index]
        linePrices[index] = 0
        let count = listChoices(line)
        var cost = 0.0
        if line.noSplit {
            cost = fillFromOne(index, line, count)
        } else if !line.lots.isEmpty {
            cost = fillFromOneLot(index, line, count)
        } else {
            cost = fill(index, line, count, lot: -1)
        }
        linePrices[index] /= Double(line.quantity)
        return cost
    }

    /// Lists what a line could be filled of, cheapest first.
    private func listChoices(_ line: SearchModel.Line) -> Int {
        var count = 0
        for pile in line.piles {
            if tables.pileCapacity[pile] == 0 { continue }
            var best = (cost: Double.infinity, arc: -1)
            let usual = min(tables.pileCapacity[pile], line.quantity)
            for place in tables.pileArcs[pile] {
                let arc = tables.arcsByPile[place]
                let slope = slopes[tables.arcSlot[arc]]
                if slope == .infinity { continue }
                let cost = arcCost[arc] + slope * measures[arc]
                let least = line.noSplit ? usual : min(usual, tables.pileMinimum[pile])
                if cost < best.cost && room(of: arc) >= least { best = (cost, arc) }
            }
            if best.arc < 0 { continue }
            best.cost += siteSlopes[tables.pileSite[pile]] * pileWeight[pile]
            best.cost += pickCost[pile] / Double(usual)
            var rest = min(usual, room(of: best.arc))
            for tier in tables.pileTiers[pile] where rest > 0 {
                let length = min(rest, tables.tierLength[tier])
                rest -= length
                let cost = best.cost + tierCost[tier]
                var hole = count
                while hole > 0, choices[hole - 1].cost > cost {
                    choices[hole] = choices[hole - 1]
                    hole -= 1
                }
                choices[hole] = Choice(
                    cost: cost,
                    own: arcCost[best.arc] + tierCost[tier],
                    arc: best.arc,
                    pile: pile,
                    length: length
                )
                count += 1
            }
        }
        return count
    }

    private func fill(
        _ index: Int,
        _ line: SearchModel.Line,
        _ count: Int,
        lot: Int
    ) -> Double {
        var missing = line.quantity
        var sum = 0.0
        let leastRest = line.piles.reduce(Int64.max) { min($0, tables.pileMinimum[$1]) }
        for place in 0..<count where missing > 0 {
            let choice = choices[place]
            if !line.mustBeWhole && choice.cost > backorder[index] { break }
            var length = min(choice.length, missing)
            if lot >= 0 {
                let held = model.piles[choice.pile].lotQuantities[lot]
                length = min(length, held - taken[choice.pile])
            }
            // Fewer than the least that any pile gives would be left behind.
            if length < missing && missing - length < leastRest {
                length = max(0, missing - leastRest)
            }
            sum += take(index, choice, length, &missing)
        }
        return sum + settle(index, missing)
    }

    /// Takes so many units of a choice, or as many as its multiples allow.
    private func take(
        _ index: Int,
        _ choice: Choice,
        _ length: Int64,
        _ missing: inout Int64
    ) -> Double {
        let pile = choice.pile
        let multiple = tables.pileMultiple[pile]
        var length = length / multiple * multiple
        let minimum = tables.pileMinimum[pile]
        if taken[pile] + length < minimum {
            length = minimum - taken[pile]
            if length > missing { return 0 }
        }
        length = min(length, tables.pileCapacity[pile] - taken[pile])
        if length <= 0 { return 0 }
        let isFirst = taken[pile] == 0
        taken[pile] += length
        missing -= length
        units[choice.arc] += length
        load(choice.arc, length)
        let site = tables.pileSite[pile]
        siteWeights[site] += max(1e-3, pileWeight[pile] * Double(length))
        linePrices[index] += choice.cost * Double(length)
        return choice.own * Double(length) + (isFirst ? pickCost[pile] : 0)
    }

    /// Returns what the units that lack cost.
    private func settle(_ index: Int, _ missing: Int64) -> Double {
        if missing <= 0 { return 0 }
        linePrices[index] += Double(missing) * backorder[index]
        return Double(missing) * backorder[index]
    }

    private func fillFromOne(_ index: Int, _ line: SearchModel.Line, _ count: Int) -> Double {
        var best = (cost: Double.infinity, pile: -1)
        for pile in line.piles where tables.pileCapacity[pile] >= line.quantity {
            var (cost, held) = (0.0, Int64(0))
            for place in 0..<count where choices[place].pile == pile {
                cost += choices[place].cost * Double(choices[place].length)
                held += choices[place].length
            }
            if held >= line.quantity && cost < best.cost { best = (cost, pile) }
        }
        var missing = line.quantity
        if best.pile < 0 || (line.mayBeEmpty && best.cost > backorder[index] * Double(missing)) {
            return settle(index, missing)
        }
        var sum = 0.0
        for place in 0..<count where choices[place].pile == best.pile {
            sum += take(index, choices[place], min(choices[place].length, missing), &missing)
        }
        return sum + settle(index, missing)
    }

    private func fillFromOneLot(_ index: Int, _ line: SearchModel.Line, _ count: Int) -> Double {
        var best = (cost: Double.infinity, lot: -1)
        for lot in line.lots.indices {
            var missing = line.quantity
            var cost = 0.0
            for place in 0..<count where missing > 0 {
                let held = model.piles[choices[place].pile].lotQuantities[lot]
                let length = min(missing, choices[place].length, held)
                cost += choices[place].cost * Double(length)
                missing -= length
            }
            cost += Double(missing) * max(backorder[index], 1e9)
            if cost < best.cost { best = (cost, lot) }
        }
        return fill(index, line, count, lot: max(0, best.lot))
    }
}
