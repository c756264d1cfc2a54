/// A subproblem: what is still possible of every arc, pile, slot and site.
///
/// Holds every lawful plan that the decisions so far allow, and after
/// `tighten` little else.
struct SearchBox {
    enum Use {
        case undecided
        case open
        case closed
    }

    /// One step down the tree.
    enum Decision {
        case lot(line: Int, lot: Int)
        case site(Int, Use)
        case slot(Int, Use)
        case load(slot: Int, ClosedRange<Int64>)
        case pile(Int, ClosedRange<Int64>)
        case arc(Int, ClosedRange<Int64>)
    }

    private(set) var arcLow: [Int64]
    private(set) var arcHigh: [Int64]
    private(set) var pileLow: [Int64]
    private(set) var pileHigh: [Int64]
    private(set) var slotLow: [Int64]
    private(set) var slotHigh: [Int64]
    private(set) var slotUses: [Use]
    private(set) var siteUses: [Use]
    private(set) var lots: [Int?]
    private var hasChanged = false
    private var isEmpty = false

    /// All plans.
    init(_ model: SearchModel) {
        arcLow = Array(repeating: 0, count: model.arcs.count)
        arcHigh = model.arcs.map { model.piles[$0.pile].capacity }
        pileLow = Array(repeating: 0, count: model.piles.count)
        pileHigh = model.piles.map(\.capacity)
        slotLow = Array(repeating: 0, count: model.slots.count)
        slotHigh = model.slots.map(\.tariff.loadMaximum)
        slotUses = Array(repeating: .undecided, count: model.slots.count)
        siteUses = model.sites.map { $0.isForced ? .open : .undecided }
        lots = Array(repeating: nil, count: model.lines.count)
    }

    mutating func apply(_ decision: Decision, in model: SearchModel) {
        switch decision {
        case .lot(let line, let lot):
            lots[line] = lot
            for pile in model.lines[line].piles {
                lowerPile(pile, to: model.piles[pile].lotQuantities[lot])
            }
        case .site(let site, let use): decide(site: site, use)
        case .slot(let slot, let use): decide(slot: slot, use)
        case .load(let slot, let range):
            raiseSlot(slot, to: range.lowerBound)
            lowerSlot(slot, to: range.upperBound)
        case .pile(let pile, let range):
            raisePile(pile, to: range.lowerBound)
            lowerPile(pile, to: range.upperBound)
        case .arc(let arc, let range):
            raiseArc(arc, to: range.lowerBound)
            lowerArc(arc, to: range.upperBound)
        }
    }

    /// Removes what no lawful plan of the box uses; returns false if there is no such plan.
    mutating func tighten(_ model: SearchModel) -> Bool {
        hasChanged = true
        // Bounds only move inwards; the rounds are bounded because the last steps gain little.
        for _ in 0..<16 where hasChanged && !isEmpty {
            hasChanged = false
            for arc in model.arcs.indices { alignArc(arc, model) }
            for slot in model.slots.indices { tightenSlot(slot, model) }
            for pile in model.piles.indices { tightenPile(pile, model) }
            for line in model.lines.indices { tightenLine(line, model) }
            for site in model.sites.indices { tightenSite(site, model) }
            tightenCounts(model)
        }
        return !isEmpty
    }

    private mutating func alignArc(_ arc: Int, _ model: SearchModel) {
        let multiple = model.piles[model.arcs[arc].pile].multiple
        if multiple == 1 { return }
        raiseArc(arc, to: arcLow[arc].rounded(upToMultipleOf: multiple))
        lowerArc(arc, to: arcHigh[arc] / multiple * multiple)
    }

    private mutating func tightenSlot(_ slot: Int, _ model: SearchModel) {
        let arcs = model.slots[slot].arcs
        if slotUses[slot] == .closed {
            for arc in arcs { lowerArc(arc, to: 0) }
            return
        }
        var least: Int64 = 0
        var most: Int64 = 0
        var mayShip = false
        var mustShip = false
        for arc in arcs {
            least += arcLow[arc] * model.arcs[arc].unitLoad
            most += arcHigh[arc] * model.arcs[arc].unitLoad
            if arcHigh[arc] > 0 { mayShip = true }
            if arcLow[arc] > 0 { mustShip = true }
        }
        if mustShip { decide(slot: slot, .open) }
        if !mayShip { decide(slot: slot, .closed) }
        if slotUses[slot] == .closed { return }
        if least > slotHigh[slot] || (slotUses[slot] == .open && most < slotLow[slot]) {
            isEmpty = true
            return
        }
        lowerSlot(slot, to: most)
        if slotUses[slot] == .open { raiseSlot(slot, to: least) }
        for arc in arcs where model.arcs[arc].unitLoad > 0 {
            let unitLoad = model.arcs[arc].unitLoad
            lowerArc(arc, to: arcLow[arc] + (slotHigh[slot] - least) / unitLoad)
            if slotUses[slot] == .open {
                raiseArc(arc, to: arcHigh[arc] - (most - slotLow[slot]) / unitLoad)
            }
        }
    }

    private mutating func tightenPile(_ pile: Int, _ model: SearchModel) {
        let arcs = model.piles[pile].arcs
        let least = arcs.reduce(0) { $0 + arcLow[$1] }
        let most = arcs.reduce(0) { $0 + arcHigh[$1] }
        raisePile(pile, to: least)
        lowerPile(pile, to: most)
        if pileHigh[pile] < model.piles[pile].minimum { lowerPile(pile, to: 0) }
        if pileLow[pile] > 0 { raisePile(pile, to: model.piles[pile].minimum) }
        if isEmpty { return }
        for arc in arcs {
            lowerArc(arc, to: arcLow[arc] + pileHigh[pile] - least)
            raiseArc(arc, to: arcHigh[arc] - (most - pileLow[pile]))
        }
    }

    private mutating func tightenLine(_ index: Int, _ model: SearchModel) {
        let line = model.lines[index]
        if line.noSplit { keepOnePile(of: line) }
        let least = line.piles.reduce(0) { $0 + pileLow[$1] }
        let most = line.piles.reduce(0) { $0 + pileHigh[$1] }
        if least > line.quantity { isEmpty = true }
        let mustShip = line.mustBeWhole && (!line.mayBeEmpty || least > 0)
        if mustShip && most < line.quantity { isEmpty = true }
        if isEmpty { return }
        if line.mustBeWhole && most < line.quantity {
            for pile in line.piles { lowerPile(pile, to: 0) }
            return
        }
        for pile in line.piles {
            lowerPile(pile, to: pileLow[pile] + line.quantity - least)
            if mustShip { raisePile(pile, to: pileHigh[pile] - (most - line.quantity)) }
        }
    }

    private mutating func keepOnePile(of line: SearchModel.Line) {
        if line.mustBeWhole {
            for pile in line.piles where pileHigh[pile] < line.quantity { lowerPile(pile, to: 0) }
        }
        guard let used = line.piles.first(where: { pileLow[$0] > 0 }) else { return }
        for pile in line.piles where pile != used { lowerPile(pile, to: 0) }
    }

    private mutating func tightenSite(_ site: Int, _ model: SearchModel) {
        let slots = model.sites[site].slots
        if siteUses[site] == .closed {
            for slot in slots { decide(slot: slot, .closed) }
            return
        }
        if slots.contains(where: { slotUses[$0] == .open }) { decide(site: site, .open) }
        let left = slots.filter { slotUses[$0] != .closed }
        if left.isEmpty { decide(site: site, .closed) }
        if siteUses[site] == .open && left.count == 1 { decide(slot: left[0], .open) }
    }

    private mutating func tightenCounts(_ model: SearchModel) {
        let sites = siteUses.reduce(0) { $0 + ($1 == .open ? 1 : 0) }
        let shipments = slotUses.reduce(0) { $0 + ($1 == .open ? 1 : 0) }
        if sites > model.warehousesMaximum || shipments > model.shipmentsMaximum { isEmpty = true }
        if sites == model.warehousesMaximum {
            for site in siteUses.indices where siteUses[site] == .undecided {
                decide(site: site, .closed)
            }
        }
        if shipments == model.shipmentsMaximum {
            for slot in slotUses.indices where slotUses[slot] == .undecided {
                decide(slot: slot, .closed)
            }
        }
    }

    private mutating func decide(site: Int, _ use: Use) {
        if siteUses[site] == use { return }
        if siteUses[site] != .undecided { isEmpty = true }
        siteUses[site] = use
        hasChanged = true
    }

    private mutating func decide(slot: Int, _ use: Use) {
        if slotUses[slot] == use { return }
        if slotUses[slot] != .undecided { isEmpty = true }
        slotUses[slot] = use
        hasChanged = true
    }

    private mutating func raiseArc(_ arc: Int, to units: Int64) {
        note(Self.raise(&arcLow[arc], to: units), arcLow[arc] <= arcHigh[arc])
    }

    private mutating func lowerArc(_ arc: Int, to units: Int64) {
        note(Self.lower(&arcHigh[arc], to: units), arcLow[arc] <= arcHigh[arc])
    }

    private mutating func raisePile(_ pile: Int, to units: Int64) {
        note(Self.raise(&pileLow[pile], to: units), pileLow[pile] <= pileHigh[pile])
    }

    private mutating func lowerPile(_ pile: Int, to units: Int64) {
        note(Self.lower(&pileHigh[pile], to: units), pileLow[pile] <= pileHigh[pile])
    }

    private mutating func raiseSlot(_ slot: Int, to load: Int64) {
        note(Self.raise(&slotLow[slot], to: load), slotLow[slot] <= slotHigh[slot])
    }

    private mutating func lowerSlot(_ slot: Int, to load: Int64) {
        note(Self.lower(&slotHigh[slot], to: load), slotLow[slot] <= slotHigh[slot])
    }

    private mutating func note(_ isChange: Bool, _ isOrdered: Bool) {
        if isChange { hasChanged = true }
        if !isOrdered { isEmpty = true }
    }

    private static func raise(_ low: inout Int64, to value: Int64) -> Bool {
        if value <= low { return false }
        low = value
        return true
    }

    private static func lower(_ high: inout Int64, to value: Int64) -> Bool {
        if value >= high { return false }
        high = value
        return true
    }
}
