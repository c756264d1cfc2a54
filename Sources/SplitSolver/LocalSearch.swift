internal import AllocationModel

/// Improves a draft by small moves until none helps or the moves are spent.
///
/// Moves units of a line between arcs, a whole shipment to another service, all
/// of one site to others, and units onto and off the backorder.
struct LocalSearch {
    let model: SearchModel
    let tables: SearchTables
    /// Whether a slot may be used.
    let isAllowed: Row<Bool>
    /// Moves that may still be tried.
    var moves: Int
    private let amounts: Row<Int64>
    /// By line: whether units of it were taken off the plan to be shipped otherwise.
    private let isLoose: Row<Bool>
    private let sources: Row<Int>
    private var closedSite = -1
    private var closedSlot = -1
    private var shunnedSlot = -1

    init(
        _ model: SearchModel,
        _ tables: SearchTables,
        in arena: Arena,
        isAllowed: Row<Bool>,
        moves: Int
    ) {
        self.model = model
        self.tables = tables
        self.isAllowed = isAllowed
        self.moves = moves
        amounts = arena.row(8, of: 0)
        isLoose = arena.row(model.lines.count, of: false)
        sources = arena.row(model.lines.indices.map { tables.lineArcs[$0].count }.max() ?? 0, of: 0)
    }

    /// Improves a draft; tries sites that are not used too if asked, which is thorough and slow.
    ///
    /// Once cancelled, no move counts any more.
    mutating func improve(
        _ draft: inout Draft,
        opensSites: Bool,
        _ isCancelled: () -> Bool
    ) {
        draft.forgetJournal()
        var hasImproved = true
        while hasImproved && moves > 0 {
            hasImproved = false
            for isUsed in [true, false] where !hasImproved {
                for line in model.lines.indices {
                    if isCancelled() { moves = 0 }
                    if shiftUnits(of: line, toUsed: isUsed, in: &draft) { hasImproved = true }
                }
                for slot in model.slots.indices where switchService(slot, in: &draft) {
                    hasImproved = true
                }
            }
            if hasImproved { continue }
            for line in model.lines.indices where fill(line, in: &draft) { hasImproved = true }
            for site in model.sites.indices {
                if isCancelled() { moves = 0 }
                if closeSite(site, in: &draft) { hasImproved = true }
            }
            for slot in model.slots.indices {
                if isCancelled() { moves = 0 }
                if closeSlot(slot, in: &draft) { hasImproved = true }
            }
            if hasImproved || !opensSites { continue }
            for slot in model.slots.indices {
                if isCancelled() { moves = 0 }
                if openSlot(slot, in: &draft) { hasImproved = true }
            }
        }
        draft.forgetJournal()
    }

    /// Improves a draft without a shipment of it, and then with it again if it may be.
    mutating func improve(_ draft: inout Draft, without slot: Int, _ isCancelled: () -> Bool) {
        draft.forgetJournal()
        guard empty(tables.slotArcs[slot], tables.arcsBySlot, in: &draft) else { return }
        shunnedSlot = slot
        for line in model.lines.indices where isLoose[line] { refill(line, in: &draft) }
        improve(&draft, opensSites: false, isCancelled)
        shunnedSlot = -1
        improve(&draft, opensSites: false, isCancelled)
    }

    /// Moves units to earlier sites and services of the input wherever that costs nothing.
    ///
    /// Decides what score leaves open, as far as moves between two arcs or two sites can.
    mutating func settleTies(of draft: inout Draft) {
        for later in model.sites.indices where draft.isUsed(site: later) {
            for earlier in model.sites.indices.prefix(later)
            where !draft.isUsed(site: earlier) {
                guard stageAll(of: later, toSite: earlier, in: &draft) else { continue }
                if keep(&draft) { break }
            }
        }
        for line in model.lines.indices {
            let arcs = tables.lineArcs[line].map { tables.arcsByLine[$0] }
                .sorted { (tables.arcSlot[$0], $0) < (tables.arcSlot[$1], $1) }
            for (index, target) in arcs.enumerated() {
                for source in arcs[(index + 1)...] where draft.quantity[source] > 0 {
                    let count = collectAmounts(from: source, to: target, in: draft)
                    for choice in 0..<count {
                        draft.stage(source, -amounts[choice])
                        draft.stage(target, amounts[choice])
                        if keep(&draft) { break }
                    }
                }
            }
        }
        draft.forgetJournal()
    }

    /// Makes the changes prepared unless they make the rank worse.
    private func keep(_ draft: inout Draft) -> Bool {
        let before = draft.rank
        let length = draft.appliedCount
        guard draft.apply() else { return false }
        if draft.rank <= before { return true }
        draft.rollBack(to: length)
        return false
    }

    /// Prepares the move of each line of a site to the service of the same index at another.
    private func stageAll(
        of site: Int,
        toSite other: Int,
        in draft: inout Draft
    ) -> Bool {
        var changes: [(arc: Int, units: Int64)] = []
        for index in tables.siteArcs[site] {
            let arc = tables.arcsBySite[index]
            let units = draft.quantity[arc]
            if units == 0 { continue }
            let service = model.slots[tables.arcSlot[arc]].service
            let target = tables.siteArcs[other].map { tables.arcsBySite[$0] }
                .first {
                    tables.arcLine[$0] == tables.arcLine[arc]
                        && model.slots[tables.arcSlot[$0]].service == service
                }
            guard let target, units % tables.pileMultiple[tables.arcPile[target]] == 0 else {
                return false
            }
            changes.append((arc, -units))
            changes.append((target, units))
        }
        draft.forgetJournal()
        for change in changes { draft.stage(change.arc, change.units) }
        return !changes.isEmpty
    }

    // MARK: Units of a line

    /// Moves units of a line to shipments that there are, or to others.
    private mutating func shiftUnits(
        of line: Int,
        toUsed isUsed: Bool,
        in draft: inout Draft
    ) -> Bool {
        var hasImproved = false
        var count = 0
        for index in tables.lineArcs[line] where draft.quantity[tables.arcsByLine[index]] > 0 {
            sources[count] = tables.arcsByLine[index]
            count += 1
        }
        for index in tables.lineArcs[line] {
            let target = tables.arcsByLine[index]
            if draft.isUsed(slot: tables.arcSlot[target]) != isUsed || !allows(target) { continue }
            var hasMoved = add(to: target, in: &draft)
            for place in 0..<count where sources[place] != target {
                if draft.quantity[sources[place]] > 0
                    && shift(line, sources[place], target, in: &draft)
                {
                    hasMoved = true
                }
            }
            if !hasMoved { continue }
            hasImproved = true
            var isKnown = false
            for place in 0..<count where sources[place] == target { isKnown = true }
            if !isKnown {
                sources[count] = target
                count += 1
            }
        }
        for place in 0..<count where draft.quantity[sources[place]] > 0 {
            if remove(from: sources[place], in: &draft) { hasImproved = true }
        }
        return hasImproved
    }

    @inline(__always)
    private func allows(_ arc: Int) -> Bool {
        let slot = tables.arcSlot[arc]
        return allows(slot: slot) && slot != closedSlot && tables.slotSite[slot] != closedSite
    }

    @inline(__always)
    private func allows(slot: Int) -> Bool { isAllowed[slot] && slot != shunnedSlot }

    /// Ships all that a line lacks, where that is better.
    private mutating func fill(_ line: Int, in draft: inout Draft) -> Bool {
        guard draft.shipped(of: line) < tables.lineQuantity[line], moves > 0 else { return false }
        let before = draft.rank
        draft.forgetJournal()
        refill(line, in: &draft)
        if draft.rank < before { return true }
        draft.rollBack(to: 0)
        return false
    }

    /// Moves units from one arc to another by the first amount that helps.
    private mutating func shift(
        _ line: Int,
        _ source: Int,
        _ target: Int,
        in draft: inout Draft
    ) -> Bool {
        let count = collectAmounts(from: source, to: target, in: draft)
        for choice in 0..<count {
            moves -= 1
            if moves < 0 { return false }
            let units = amounts[choice]
            if !draft.isIntricate(line: line) {
                guard let rank = draft.rank(moving: units, from: source, to: target),
                    rank < draft.rank
                else { continue }
            }
            draft.stage(source, -units)
            draft.stage(target, units)
            if draft.improve() { return true }
        }
        return false
    }

    private mutating func add(to arc: Int, in draft: inout Draft) -> Bool {
        let pile = tables.arcPile[arc]
        let line = tables.pileLine[pile]
        let missing = tables.lineQuantity[line] - draft.shipped(of: line)
        let room = tables.pileCapacity[pile] - draft.taken(from: pile)
        let multiple = tables.pileMultiple[pile]
        let most = min(missing, room) / multiple * multiple
        if most <= 0 { return false }
        var count = 0
        collect(most, &count)
        if tables.pileMinimum[pile] <= most { collect(tables.pileMinimum[pile], &count) }
        collect(multiple, &count)
        return change(arc, line, count, sign: 1, in: &draft)
    }

    private mutating func remove(from arc: Int, in draft: inout Draft) -> Bool {
        let pile = tables.arcPile[arc]
        let line = tables.pileLine[pile]
        let excess = draft.shipped(of: line) - tables.lineQuantity[line]
        let multiple = tables.pileMultiple[pile]
        let most = draft.quantity[arc]
        let surplus = (excess + multiple - 1) / multiple * multiple
        var count = 0
        if surplus <= most { collect(surplus, &count) }
        collect(most, &count)
        collect(multiple, &count)
        return change(arc, line, count, sign: -1, in: &draft)
    }

    private mutating func change(
        _ arc: Int,
        _ line: Int,
        _ count: Int,
        sign: Int64,
        in draft: inout Draft
    ) -> Bool {
        for choice in 0..<count {
            moves -= 1
            if moves < 0 { return false }
            let units = amounts[choice] * sign
            if !draft.isIntricate(line: line) {
                guard let rank = draft.rank(adding: units, to: arc), rank < draft.rank else {
                    continue
                }
            }
            draft.stage(arc, units)
            if draft.improve() { return true }
        }
        return false
    }

    /// Notes a positive number of units that is not there yet.
    @inline(__always)
    private func collect(_ units: Int64, _ count: inout Int) {
        if units <= 0 { return }
        for index in 0..<count where amounts[index] == units { return }
        amounts[count] = units
        count += 1
    }

    /// Collects the numbers of units worth moving: all, up to a boundary, a step.
    private func collectAmounts(
        from source: Int,
        to target: Int,
        in draft: borrowing Draft
    ) -> Int {
        let (from, into) = (tables.arcPile[source], tables.arcPile[target])
        let step = leastCommonMultiple(tables.pileMultiple[from], tables.pileMultiple[into])
        let room =
            from == into ? Int64.max : tables.pileCapacity[into] - draft.taken(from: into)
        let most = min(draft.quantity[source], room)
        var count = 0
        if most <= 0 { return 0 }
        collect(most / step * step, &count)
        let upTo = units(of: target, upToBoundaryAbove: true, in: draft)
        collect(min(upTo, most) / step * step, &count)
        let downTo = units(of: source, upToBoundaryAbove: false, in: draft)
        collect(min(downTo, most) / step * step, &count)
        let spare = draft.quantity[source] - tables.pileMinimum[from]
        collect(min(spare, most) / step * step, &count)
        collect(min(tables.pileMinimum[into], most) / step * step, &count)
        collect(min(step, most) / step * step, &count)
        return count
    }

    /// Returns how many units of the arc separate its slot's load from a step of the tariff.
    @inline(__always)
    private func units(
        of arc: Int,
        upToBoundaryAbove isAbove: Bool,
        in draft: borrowing Draft
    ) -> Int64 {
        let unitLoad = tables.arcUnitLoad[arc]
        if unitLoad == 0 { return 0 }
        let slot = tables.arcSlot[arc]
        let load = draft.load(of: slot)
        if isAbove {
            guard let boundary = tables.boundary(of: slot, atOrAbove: load + unitLoad) else {
                return 0
            }
            return (boundary - load) / unitLoad
        }
        guard let boundary = tables.boundary(of: slot, below: load) else { return 0 }
        return (load - boundary + unitLoad - 1) / unitLoad
    }

    // MARK: Whole shipments and sites

    private mutating func switchService(_ slot: Int, in draft: inout Draft) -> Bool {
        guard draft.isUsed(slot: slot) else { return false }
        for other in tables.siteSlots[tables.slotSite[slot]]
        where other != slot && allows(slot: other) {
            moves -= 1
            if moves < 0 { return false }
            draft.forgetJournal()
            for index in tables.slotArcs[slot] {
                let arc = tables.arcsBySlot[index]
                if draft.quantity[arc] == 0 { continue }
                for otherIndex in tables.slotArcs[other]
                where tables.arcPile[tables.arcsBySlot[otherIndex]] == tables.arcPile[arc] {
                    let units = draft.quantity[arc]
                    draft.stage(arc, -units)
                    draft.stage(tables.arcsBySlot[otherIndex], units)
                }
            }
            if draft.journalCount > 0 && draft.improve() { return true }
        }
        return false
    }

    /// Empties a site and lets the others take over; keeps that if it is better.
    private mutating func closeSite(_ site: Int, in draft: inout Draft) -> Bool {
        guard draft.isUsed(site: site), moves > 0 else { return false }
        closedSite = site
        defer { closedSite = -1 }
        return close(tables.siteArcs[site], tables.arcsBySite, in: &draft)
    }

    /// Empties a shipment and lets the others take over; keeps that if it is better.
    private mutating func closeSlot(_ slot: Int, in draft: inout Draft) -> Bool {
        guard draft.isUsed(slot: slot), moves > 0 else { return false }
        closedSlot = slot
        defer { closedSlot = -1 }
        return close(tables.slotArcs[slot], tables.arcsBySlot, in: &draft)
    }

    private mutating func close(
        _ places: Range<Int>,
        _ arcs: Row<Int>,
        in draft: inout Draft
    ) -> Bool {
        let before = draft.rank
        draft.forgetJournal()
        guard empty(places, arcs, in: &draft) else { return false }
        for line in model.lines.indices where isLoose[line] { refill(line, in: &draft) }
        for line in model.lines.indices where isLoose[line] {
            _ = shiftUnits(of: line, toUsed: true, in: &draft)
        }
        if draft.rank < before { return true }
        draft.rollBack(to: 0)
        return false
    }

    /// Moves all that a shipment can take to it; keeps that if it is better.
    private mutating func openSlot(_ slot: Int, in draft: inout Draft) -> Bool {
        guard allows(slot: slot), !draft.isUsed(slot: slot), moves > 0 else { return false }
        let before = draft.rank
        draft.forgetJournal()
        for index in tables.slotArcs[slot] { pull(to: tables.arcsBySlot[index], in: &draft) }
        if draft.isUsed(slot: slot) {
            for index in tables.slotArcs[slot] {
                shiftBack(from: tables.arcsBySlot[index], in: &draft)
            }
            if draft.rank < before { return true }
            handOver(to: slot, in: &draft)
            if draft.rank < before { return true }
        }
        draft.rollBack(to: 0)
        return false
    }

    /// Closes what is not worth its costs any more, now that another shipment is there.
    private mutating func handOver(to slot: Int, in draft: inout Draft) {
        for other in model.sites.indices
        where other != tables.slotSite[slot] && draft.isUsed(site: other) {
            closedSite = other
            tryWithout(tables.siteArcs[other], tables.arcsBySite, in: &draft)
            closedSite = -1
        }
        for other in model.slots.indices where other != slot && draft.isUsed(slot: other) {
            closedSlot = other
            tryWithout(tables.slotArcs[other], tables.arcsBySlot, in: &draft)
            closedSlot = -1
        }
    }

    private mutating func tryWithout(
        _ places: Range<Int>,
        _ arcs: Row<Int>,
        in draft: inout Draft
    ) {
        if moves <= 0 { return }
        let before = draft.rank
        let length = draft.appliedCount
        guard empty(places, arcs, in: &draft) else { return }
        for line in model.lines.indices where isLoose[line] { refill(line, in: &draft) }
        if before <= draft.rank { draft.rollBack(to: length) }
    }

    /// Takes all that some arcs ship off the plan, and notes of which lines that was.
    private func empty(_ places: Range<Int>, _ arcs: Row<Int>, in draft: inout Draft) -> Bool {
        isLoose.fill(false)
        for index in places {
            let arc = arcs[index]
            if draft.quantity[arc] == 0 { continue }
            isLoose[tables.arcLine[arc]] = true
            draft.stage(arc, -draft.quantity[arc])
        }
        return draft.apply()
    }

    /// Adds what a line lacks where it costs least a unit, by shipments there are if they can.
    private mutating func refill(_ line: Int, in draft: inout Draft) {
        var opensSlots = false
        while draft.shipped(of: line) < tables.lineQuantity[line] {
            let missing = tables.lineQuantity[line] - draft.shipped(of: line)
            var best = (arc: -1, units: Int64(0))
            var bestPrice = Double.infinity
            for index in tables.lineArcs[line] {
                let arc = tables.arcsByLine[index]
                if !allows(arc) || draft.isUsed(slot: tables.arcSlot[arc]) == opensSlots {
                    continue
                }
                let pile = tables.arcPile[arc]
                let multiple = tables.pileMultiple[pile]
                let room = tables.pileCapacity[pile] - draft.taken(from: pile)
                let units = min(missing, room) / multiple * multiple
                if units <= 0 { continue }
                moves -= 1
                guard let rank = draft.rank(adding: units, to: arc) else { continue }
                let price = (rank.score - draft.rank.score).approximate / Double(units)
                if price < bestPrice {
                    best = (arc, units)
                    bestPrice = price
                }
            }
            if best.units == 0 {
                if opensSlots { return }
                opensSlots = true
                continue
            }
            draft.stage(best.arc, best.units)
            if !draft.apply() { return }
        }
    }

    /// Returns units of an arc to shipments there already are, where that is better.
    private mutating func shiftBack(from source: Int, in draft: inout Draft) {
        let line = tables.arcLine[source]
        for index in tables.lineArcs[line] {
            if draft.quantity[source] == 0 { return }
            let target = tables.arcsByLine[index]
            if target != source && allows(target) && draft.isUsed(slot: tables.arcSlot[target]) {
                _ = shift(line, source, target, in: &draft)
            }
        }
    }

    /// Takes as much as fits by this arc, from where the line is taken now.
    private mutating func pull(to arc: Int, in draft: inout Draft) {
        for index in tables.lineArcs[tables.arcLine[arc]] {
            let source = tables.arcsByLine[index]
            if source == arc || draft.quantity[source] == 0 { continue }
            moves -= 1
            if collectAmounts(from: source, to: arc, in: draft) == 0 { continue }
            draft.stage(source, -amounts[0])
            draft.stage(arc, amounts[0])
            _ = draft.apply()
        }
    }
}

/// Returns the least common multiple, or what no quantity reaches where that is less.
private func leastCommonMultiple(_ left: Int64, _ right: Int64) -> Int64 {
    if left == right { return left }
    var (greater, lesser) = (max(left, right), min(left, right))
    while lesser > 0 { (greater, lesser) = (lesser, greater % lesser) }
    let (product, hasOverflowed) = (left / greater).multipliedReportingOverflow(by: right)
    return hasOverflowed ? .max : product
}
