internal import AllocationModel

/// A plan in the making: a quantity for each arc, and its rank kept up to date.
///
/// Always within stock, multiples, minima and what carriers take. It may still
/// be too little, too much or spread too wide; `Rank.violations` counts by how
/// much, so that a search can walk through unlawful plans towards a lawful one.
/// Nothing here allocates but the first few changes of a search.
struct Draft: ~Copyable {
    let model: SearchModel
    let tables: SearchTables
    private let arena: Arena
    private(set) var rank = Rank(violations: 0, score: 0)
    let quantity: Row<Int64>
    private let pileUnits: Row<Int64>
    private let lineUnits: Row<Int64>
    private let slotUnits: Row<Int64>
    private let slotLoad: Row<Int64>
    /// What the load costs at each step of its tariff, if that has breaks.
    private let breakCharge: Row<Int64>
    private let slotCharge: Row<Int64>
    private let slotScore: Row<Int128>
    private let pileScore: Row<Int128>
    private let lineRank: Row<Rank>
    private let isCounted: Row<Bool>
    private let siteShipments: Row<Int>
    private var sitesUsed = 0
    private var shipments = 0
    private var forcedUnused = 0
    private var countViolations: Int64 = 0
    /// Changes made since the journal was last emptied.
    private var journalArc: Row<Int>
    private var journalUnits: Row<Int64>
    private(set) var journalCount = 0
    private var stagedFrom = 0
    private let isIntricate: Row<Bool>

    /// The plan that ships nothing.
    init(_ model: SearchModel, _ tables: SearchTables) {
        self.model = model
        self.tables = tables
        let arena = Arena()
        self.arena = arena
        quantity = arena.row(model.arcs.count, of: 0)
        pileUnits = arena.row(model.piles.count, of: 0)
        lineUnits = arena.row(model.lines.count, of: 0)
        slotUnits = arena.row(model.slots.count, of: 0)
        slotLoad = arena.row(model.slots.count, of: 0)
        breakCharge = arena.row(tables.slotSteps.start[model.slots.count], of: 0)
        slotCharge = arena.row(model.slots.count, of: 0)
        slotScore = arena.row(model.slots.count, of: 0)
        pileScore = arena.row(model.piles.count, of: 0)
        lineRank = arena.row(model.lines.count, of: Rank(violations: 0, score: 0))
        isCounted = arena.row(model.slots.count, of: false)
        siteShipments = arena.row(model.sites.count, of: 0)
        journalArc = arena.row(1024, of: 0)
        journalUnits = arena.row(1024, of: 0)
        isIntricate = arena.row(model.lines.map { $0.noSplit || !$0.lots.isEmpty })
        clear()
    }

    var isLawful: Bool { rank.violations == 0 }

    /// The length of the journal without what is only prepared.
    var appliedCount: Int { stagedFrom }

    var plan: RankedPlan {
        RankedPlan(quantities: model.arcs.indices.map { quantity[$0] }, rank: rank)
    }

    /// Returns the units shipped of a line.
    func shipped(of line: Int) -> Int64 { lineUnits[line] }

    /// Returns the units taken from a pile.
    func taken(from pile: Int) -> Int64 { pileUnits[pile] }

    /// Returns what the slot's tariff bounds: weight or billable weight.
    func load(of slot: Int) -> Int64 { slotLoad[slot] }

    func isUsed(slot: Int) -> Bool { slotUnits[slot] > 0 }

    func isUsed(site: Int) -> Bool { siteShipments[site] > 0 }

    /// Empties the plan and its journal.
    mutating func clear() {
        quantity.fill(0)
        pileUnits.fill(0)
        lineUnits.fill(0)
        slotUnits.fill(0)
        slotLoad.fill(0)
        breakCharge.fill(0)
        slotScore.fill(0)
        pileScore.fill(0)
        isCounted.fill(false)
        siteShipments.fill(0)
        lineRank.fill(Rank(violations: 0, score: 0))
        sitesUsed = 0
        shipments = 0
        forcedUnused = model.sites.filter(\.isForced).count
        countViolations = 0
        rank = Rank(violations: 0, score: 0)
        journalCount = 0
        stagedFrom = 0
        for line in model.lines.indices { updateLine(line) }
        updateCounts()
    }

    /// Becomes `plan`, which was made by a draft of the same model.
    mutating func restore(_ plan: RankedPlan) {
        clear()
        for (arc, units) in plan.quantities.enumerated() where units > 0 { stage(arc, units) }
        let isRestored = apply()
        precondition(isRestored, "what was a plan is one again")
        journalCount = 0
        stagedFrom = 0
    }

    // MARK: Changes

    /// Prepares a change that `apply` makes together with the others prepared.
    mutating func stage(_ arc: Int, _ units: Int64) {
        if journalCount == journalArc.count { growJournal() }
        journalArc[journalCount] = arc
        journalUnits[journalCount] = units
        journalCount += 1
    }

    private mutating func growJournal() {
        let (arcs, units) = (journalArc, journalUnits)
        journalArc = arena.row(arcs.count * 2, of: 0)
        journalUnits = arena.row(arcs.count * 2, of: 0)
        journalArc.copy(from: arcs, count: arcs.count)
        journalUnits.copy(from: units, count: arcs.count)
    }

    /// Makes the changes prepared, or makes none and returns false where no plan may be so.
    mutating func apply() -> Bool {
        let range = stagedFrom..<journalCount
        for index in range { move(journalArc[index], by: journalUnits[index]) }
        guard update(range) else {
            take(back: range)
            return false
        }
        stagedFrom = journalCount
        return true
    }

    /// Makes the changes prepared if that improves the rank; otherwise makes none.
    mutating func improve() -> Bool {
        let before = rank
        let start = stagedFrom
        guard apply() else { return false }
        if rank < before { return true }
        rollBack(to: start)
        return false
    }

    /// Takes changes back until the journal is as long as it was.
    mutating func rollBack(to length: Int) {
        if length < journalCount { take(back: length..<journalCount) }
    }

    /// Forgets how the plan came to be: it cannot be taken back from here.
    mutating func forgetJournal() {
        journalCount = 0
        stagedFrom = 0
    }

    private mutating func take(back range: Range<Int>) {
        for index in range { move(journalArc[index], by: -journalUnits[index]) }
        let isRestored = update(range)
        precondition(isRestored, "what was a plan is one again")
        journalCount = range.lowerBound
        stagedFrom = range.lowerBound
    }

    private func move(_ arc: Int, by units: Int64) {
        let slot = tables.arcSlot[arc]
        quantity[arc] += units
        pileUnits[tables.arcPile[arc]] += units
        lineUnits[tables.arcLine[arc]] += units
        slotUnits[slot] += units
        slotLoad[slot] += units * tables.arcUnitLoad[arc]
        if tables.slotKind[slot] == .breaks {
            var rate = tables.arcRates[arc]
            for step in tables.slotSteps[slot] {
                breakCharge[step] += units * tables.rates[rate]
                rate += 1
            }
        }
    }

    /// Brings everything the changes touch up to date; what comes twice changes once.
    private mutating func update(_ range: Range<Int>) -> Bool {
        // Piles first: their bounds keep the loads of the slots within what was checked.
        for index in range where !updatePile(tables.arcPile[journalArc[index]]) { return false }
        for index in range where !updateSlot(tables.arcSlot[journalArc[index]]) { return false }
        for index in range { updateLine(tables.arcLine[journalArc[index]]) }
        updateCounts()
        return true
    }

    private mutating func updatePile(_ pile: Int) -> Bool {
        guard let score = score(ofPile: pile, holding: pileUnits[pile]) else { return false }
        rank.score += score - pileScore[pile]
        pileScore[pile] = score
        return true
    }

    /// Returns picking and scarcity, or nil where a pile cannot give so much or so little.
    @inline(__always)
    private func score(ofPile pile: Int, holding units: Int64) -> Int128? {
        if units == 0 { return 0 }
        if units < tables.pileMinimum[pile] || units > tables.pileCapacity[pile] { return nil }
        var rest = units
        var score = tables.pilePick[pile]
        for tier in tables.pileTiers[pile] {
            let taken = min(rest, tables.tierLength[tier])
            score += Int128(taken) &* tables.tierSlope[tier]
            rest -= taken
            if rest == 0 { break }
        }
        return score
    }

    private mutating func updateSlot(_ slot: Int) -> Bool {
        var score: Int128 = 0
        let isUsed = slotUnits[slot] > 0
        if isUsed {
            guard let own = self.score(ofSlot: slot) else { return false }
            score = own
        }
        rank.score += score - slotScore[slot]
        slotScore[slot] = score
        if isCounted[slot] != isUsed { count(isUsed ? 1 : -1, at: tables.slotSite[slot]) }
        isCounted[slot] = isUsed
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
        rank.score += isUsed ? tables.siteOpening[site] : -tables.siteOpening[site]
        sitesUsed += sign
        if tables.siteIsForced[site] { forcedUnused -= sign }
    }

    /// Returns opening, freight and lateness of what rides in a slot.
    private func score(ofSlot slot: Int) -> Int128? {
        guard let charge = charge(of: slot, load: slotLoad[slot], with: -1, units: 0) else {
            return nil
        }
        slotCharge[slot] = charge
        var score = tables.slotOpening[slot] + Int128(charge) &* tables.scoreUnit
        for index in tables.slotArcs[slot] {
            let arc = tables.arcsBySlot[index]
            let perUnit = tables.arcPerUnit[arc]
            if perUnit != 0 { score += Int128(quantity[arc]) &* perUnit }
        }
        return score
    }

    /// Returns the freight of a slot if so many units more came by an arc.
    ///
    /// The formulas are those of `Tariff.charge(for:)`, with the sums of each break kept.
    @inline(__always)
    private func charge(of slot: Int, load: Int64, with arc: Int, units: Int64) -> Int64? {
        guard tables.slotKind[slot] == .breaks else {
            return tables.charge(of: slot, forLoad: load)
        }
        if load > tables.slotLoadMaximum[slot] { return nil }
        var best = Int64.max
        var rate = arc < 0 ? 0 : tables.arcRates[arc]
        for step in tables.slotSteps[slot] {
            var sum = breakCharge[step]
            if arc >= 0 {
                sum += units * tables.rates[rate]
                rate += 1
            }
            let lack = tables.stepWeight[step] - load
            if lack > 0 { sum += tables.stepCharge[step] * lack }
            best = min(best, sum)
        }
        let divisor = tables.slotDivisor[slot]
        if divisor > 1 { best = (best + divisor / 2) / divisor * tables.slotUnit[slot] }
        return max(best, tables.slotRate[slot]) + tables.slotBase[slot]
    }

    private mutating func updateLine(_ line: Int) {
        let quantity = tables.lineQuantity[line]
        let missing = quantity - lineUnits[line]
        var new = Rank(violations: 0, score: 0)
        if missing < 0 {
            new.violations -= missing
        } else if missing > 0 {
            new.score = Int128(missing) &* tables.lineBackorder[line]
            let mayBeShort =
                !tables.lineMustBeWhole[line]
                || (missing == quantity && tables.lineMayBeEmpty[line])
            if !mayBeShort { new.violations += missing }
        }
        if isIntricate[line] { new.violations += intricacies(of: line, quantity) }
        rank.score += new.score - lineRank[line].score
        rank.violations += new.violations - lineRank[line].violations
        lineRank[line] = new
    }

    /// Returns by how much a line is spread over more sites or lots than it may be.
    private func intricacies(of line: Int, _ quantity: Int64) -> Int64 {
        var sum: Int64 = 0
        if model.lines[line].noSplit {
            var used: Int64 = 0
            for index in tables.linePiles[line] where pileUnits[tables.pilesByLine[index]] > 0 {
                used += 1
            }
            sum += max(0, used - 1) * quantity
        }
        if !model.lines[line].lots.isEmpty { sum += unitsOfOtherLots(line) }
        return sum
    }

    /// Returns the fewest units of the line that one lot does not cover.
    private func unitsOfOtherLots(_ line: Int) -> Int64 {
        var fewest = Int64.max
        for lot in model.lines[line].lots.indices {
            var sum: Int64 = 0
            for index in tables.linePiles[line] {
                let pile = tables.pilesByLine[index]
                sum += max(0, pileUnits[pile] - model.piles[pile].lotQuantities[lot])
            }
            fewest = min(fewest, sum)
        }
        return fewest == .max ? 0 : fewest
    }

    private mutating func updateCounts() {
        let new = violations(forced: forcedUnused, sites: sitesUsed, shipments: shipments)
        rank.violations += new - countViolations
        countViolations = new
    }

    @inline(__always)
    private func violations(forced: Int, sites: Int, shipments: Int) -> Int64 {
        Int64(
            forced + max(0, sites - model.warehousesMaximum)
                + max(0, shipments - model.shipmentsMaximum)
        )
    }

    // MARK: What a change would do

    /// Returns the rank with so many units moved from one arc of a line to another.
    ///
    /// Nil where no plan may be so. - Precondition: the arcs differ.
    func rank(moving units: Int64, from source: Int, to target: Int) -> Rank? {
        let (from, into) = (tables.arcPile[source], tables.arcPile[target])
        var result = rank
        if from != into {
            guard let left = score(ofPile: from, holding: pileUnits[from] - units),
                let more = score(ofPile: into, holding: pileUnits[into] + units)
            else { return nil }
            result.score += left - pileScore[from] + more - pileScore[into]
        }
        guard let less = change(ofSlotWith: source, by: -units),
            let more = change(ofSlotWith: target, by: units)
        else { return nil }
        result.score += less + more
        let closes = slotUnits[tables.arcSlot[source]] == units
        let opens = slotUnits[tables.arcSlot[target]] == 0
        if closes || opens {
            addCounts(
                &result,
                closing: closes ? tables.slotSite[tables.arcSlot[source]] : -1,
                opening: opens ? tables.slotSite[tables.arcSlot[target]] : -1
            )
        }
        return result
    }

    /// Returns the rank with so many units more, or fewer, by one arc; nil where no plan may be so.
    func rank(adding units: Int64, to arc: Int) -> Rank? {
        let pile = tables.arcPile[arc]
        guard let score = score(ofPile: pile, holding: pileUnits[pile] + units),
            let change = change(ofSlotWith: arc, by: units)
        else { return nil }
        var result = rank
        result.score += score - pileScore[pile] + change
        let line = tables.arcLine[arc]
        let quantity = tables.lineQuantity[line]
        let missing = quantity - lineUnits[line] - units
        result.score -= lineRank[line].score
        result.violations -= lineRank[line].violations
        if missing < 0 {
            result.violations -= missing
        } else if missing > 0 {
            result.score += Int128(missing) &* tables.lineBackorder[line]
            let mayBeShort =
                !tables.lineMustBeWhole[line]
                || (missing == quantity && tables.lineMayBeEmpty[line])
            if !mayBeShort { result.violations += missing }
        }
        let slot = tables.arcSlot[arc]
        let closes = slotUnits[slot] + units == 0
        let opens = slotUnits[slot] == 0
        if closes || opens {
            let site = tables.slotSite[slot]
            addCounts(&result, closing: closes ? site : -1, opening: opens ? site : -1)
        }
        return result
    }

    /// Whether a line's rank depends on more than its sum: then nothing but `apply` tells.
    func isIntricate(line: Int) -> Bool { isIntricate[line] }

    @inline(__always)
    private func change(ofSlotWith arc: Int, by units: Int64) -> Int128? {
        let slot = tables.arcSlot[arc]
        if slotUnits[slot] + units == 0 { return -slotScore[slot] }
        let load = slotLoad[slot] + units * tables.arcUnitLoad[arc]
        guard let charge = charge(of: slot, load: load, with: arc, units: units) else { return nil }
        let isNew = slotUnits[slot] == 0
        var score = Int128(isNew ? charge : charge - slotCharge[slot]) &* tables.scoreUnit
        if isNew { score += tables.slotOpening[slot] }
        if tables.arcPerUnit[arc] != 0 { score += Int128(units) &* tables.arcPerUnit[arc] }
        return score
    }

    private func addCounts(_ result: inout Rank, closing: Int, opening: Int) {
        var (forced, sites, shipments) = (forcedUnused, sitesUsed, shipments)
        if closing >= 0 { shipments -= 1 }
        if opening >= 0 { shipments += 1 }
        if closing != opening {
            if closing >= 0, siteShipments[closing] == 1 {
                sites -= 1
                result.score -= tables.siteOpening[closing]
                if tables.siteIsForced[closing] { forced += 1 }
            }
            if opening >= 0, siteShipments[opening] == 0 {
                sites += 1
                result.score += tables.siteOpening[opening]
                if tables.siteIsForced[opening] { forced -= 1 }
            }
        }
        result.violations +=
            violations(forced: forced, sites: sites, shipments: shipments) - countViolations
    }
}
