internal import AllocationModel

/// A plan in the making: a quantity for each arc, and its rank kept up to date.
///
/// Always within stock, multiples, minima and what carriers take. It may still
/// be too little, too much or spread too wide; `Rank.violations` counts by how
/// much, so that a search can walk through unlawful plans towards a lawful one.
struct Candidate {
    /// How good a candidate is: lawful before unlawful, then by score.
    struct Rank: Comparable {
        var violations: Int64
        var score: Int128

        static func < (left: Self, right: Self) -> Bool {
            left.violations != right.violations
                ? left.violations < right.violations : left.score < right.score
        }
    }

    /// More or less of one arc.
    struct Change {
        let arc: Int
        let difference: Int64
    }

    let model: SearchModel
    private(set) var quantities: [Int64]
    private(set) var rank = Rank(violations: 0, score: 0)
    private var pileUnits: [Int64]
    private var lineUnits: [Int64]
    private var slotUnits: [Int64]
    private var slotScores: [Int128]
    private var isCounted: [Bool]
    private var pileScores: [Int128]
    private var lineRanks: [Rank]
    /// Shipments of each site.
    private var siteShipments: [Int]
    private var sitesUsed = 0
    private var shipments = 0
    private var forcedUnused: Int
    private var countViolations: Int64 = 0
    private var load: Load

    /// The plan that ships nothing.
    init(_ model: SearchModel) {
        self.model = model
        quantities = Array(repeating: 0, count: model.arcs.count)
        pileUnits = Array(repeating: 0, count: model.piles.count)
        lineUnits = Array(repeating: 0, count: model.lines.count)
        slotUnits = Array(repeating: 0, count: model.slots.count)
        slotScores = Array(repeating: 0, count: model.slots.count)
        isCounted = Array(repeating: false, count: model.slots.count)
        pileScores = Array(repeating: 0, count: model.piles.count)
        lineRanks = Array(repeating: Rank(violations: 0, score: 0), count: model.lines.count)
        siteShipments = Array(repeating: 0, count: model.sites.count)
        forcedUnused = model.sites.filter(\.isForced).count
        load = Load(weightByClass: Array(repeating: 0, count: FreightClass.allCases.count))
        for line in model.lines.indices { updateLine(line) }
        updateCounts()
    }

    var isLawful: Bool { rank.violations == 0 }

    /// Returns the units shipped of a line.
    func shipped(of line: Int) -> Int64 { lineUnits[line] }

    /// Returns the units taken from a pile.
    func taken(from pile: Int) -> Int64 { pileUnits[pile] }

    func isUsed(slot: Int) -> Bool { slotUnits[slot] > 0 }

    func isUsed(site: Int) -> Bool { siteShipments[site] > 0 }

    /// Makes the changes, or makes none and returns false where no candidate may be so.
    mutating func apply(_ changes: [Change]) -> Bool {
        for change in changes { move(change.arc, by: change.difference) }
        guard update(changes) else {
            for change in changes { move(change.arc, by: -change.difference) }
            let isRestored = update(changes)
            precondition(isRestored, "what was a candidate is one again")
            return false
        }
        return true
    }

    /// Makes the changes if that improves the rank; otherwise makes none and returns false.
    mutating func improve(by changes: [Change]) -> Bool {
        let before = rank
        guard apply(changes) else { return false }
        if rank < before { return true }
        undo(changes)
        return false
    }

    /// Takes changes back that `apply` made.
    mutating func undo(_ changes: [Change]) {
        for change in changes { move(change.arc, by: -change.difference) }
        let isRestored = update(changes)
        precondition(isRestored, "what was a candidate is one again")
    }

    private mutating func move(_ arc: Int, by units: Int64) {
        let data = model.arcs[arc]
        quantities[arc] += units
        pileUnits[data.pile] += units
        lineUnits[data.line] += units
        slotUnits[data.slot] += units
    }

    /// Brings everything the changes touch up to date; what comes twice changes once.
    private mutating func update(_ changes: [Change]) -> Bool {
        // Piles first: their bounds keep the loads of the slots within what was checked.
        for change in changes where !updatePile(model.arcs[change.arc].pile) { return false }
        for change in changes where !updateSlot(model.arcs[change.arc].slot) { return false }
        for change in changes { updateLine(model.arcs[change.arc].line) }
        updateCounts()
        return true
    }

    private mutating func updatePile(_ index: Int) -> Bool {
        var rest = pileUnits[index]
        var score: Int128 = 0
        if rest > 0 {
            guard rest >= model.piles[index].minimum, rest <= model.piles[index].capacity else {
                return false
            }
            score = model.piles[index].pick
            for tier in model.piles[index].tiers {
                let units = min(rest, tier.length)
                score += Int128(units) * tier.slope
                rest -= units
            }
        }
        rank.score += score - pileScores[index]
        pileScores[index] = score
        return true
    }

    private mutating func updateSlot(_ index: Int) -> Bool {
        let isUsed = slotUnits[index] > 0
        var score: Int128 = 0
        if isUsed {
            guard let own = self.score(ofSlot: index) else { return false }
            score = own
        }
        rank.score += score - slotScores[index]
        slotScores[index] = score
        if isCounted[index] != isUsed { count(isUsed ? 1 : -1, at: model.slots[index].site) }
        isCounted[index] = isUsed
        return true
    }

    /// Counts a shipment more or less at a site.
    private mutating func count(_ difference: Int, at site: Int) {
        let wasUsed = siteShipments[site] > 0
        shipments += difference
        siteShipments[site] += difference
        let isUsed = siteShipments[site] > 0
        if wasUsed == isUsed { return }
        let sign = isUsed ? 1 : -1
        rank.score += Int128(sign) * model.sites[site].opening
        sitesUsed += sign
        if model.sites[site].isForced { forcedUnused -= sign }
    }

    private mutating func score(ofSlot index: Int) -> Int128? {
        load.weight = 0
        load.billableWeight = 0
        for index in load.weightByClass.indices { load.weightByClass[index] = 0 }
        var score = model.slots[index].opening
        for arc in model.slots[index].arcs where quantities[arc] > 0 {
            let pile = model.arcs[arc].pile
            let weight = quantities[arc] * model.piles[pile].unitWeight
            load.weight += weight
            load.billableWeight += quantities[arc] * model.piles[pile].unitBillableWeight
            load.weightByClass[model.piles[pile].classIndex] += weight
            score += Int128(quantities[arc]) * model.arcs[arc].late
        }
        guard let charge = model.slots[index].tariff.charge(for: load) else { return nil }
        return score + model.scale.score(charge)
    }

    private mutating func updateLine(_ index: Int) {
        let quantity = model.lines[index].quantity
        let missing = quantity - lineUnits[index]
        var new = Rank(violations: 0, score: 0)
        if missing < 0 {
            new.violations -= missing
        } else if missing > 0 {
            new.score = Int128(missing) * model.lines[index].backorder
            let mayBeShort =
                !model.lines[index].mustBeWhole
                || (missing == quantity && model.lines[index].mayBeEmpty)
            if !mayBeShort { new.violations += missing }
        }
        if model.lines[index].noSplit {
            let used = model.lines[index].piles.filter { pileUnits[$0] > 0 }.count
            new.violations += max(0, Int64(used) - 1) * quantity
        }
        if !model.lines[index].lots.isEmpty { new.violations += unitsOfOtherLots(index) }
        rank.score += new.score - lineRanks[index].score
        rank.violations += new.violations - lineRanks[index].violations
        lineRanks[index] = new
    }

    /// Returns the fewest units of the line that one lot does not cover.
    private func unitsOfOtherLots(_ index: Int) -> Int64 {
        let line = model.lines[index]
        return line.lots.indices
            .map { lot in
                line.piles.reduce(0) {
                    $0 + max(0, pileUnits[$1] - model.piles[$1].lotQuantities[lot])
                }
            }
            .min() ?? 0
    }

    private mutating func updateCounts() {
        let new = Int64(
            forcedUnused + max(0, sitesUsed - model.warehousesMaximum)
                + max(0, shipments - model.shipmentsMaximum)
        )
        rank.violations += new - countViolations
        countViolations = new
    }
}
