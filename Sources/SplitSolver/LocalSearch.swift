internal import AllocationModel

/// Improves a candidate by small moves until none helps or the moves are spent.
///
/// Moves units of a line between arcs, a whole shipment to another service, all
/// of one site to others, and units onto and off the backorder.
struct LocalSearch {
    let model: SearchModel
    /// Whether a slot may be used.
    let isAllowed: [Bool]
    /// Moves that may still be tried.
    var moves: Int

    mutating func improve(_ candidate: inout Candidate) {
        var hasImproved = true
        while hasImproved && moves > 0 {
            hasImproved = false
            for line in model.lines.indices where shiftUnits(of: line, in: &candidate) {
                hasImproved = true
            }
            for slot in model.slots.indices where switchService(slot, in: &candidate) {
                hasImproved = true
            }
            if !hasImproved {
                for site in model.sites.indices where closeSite(site, in: &candidate) {
                    hasImproved = true
                }
                for site in model.sites.indices where openSite(site, in: &candidate) {
                    hasImproved = true
                }
            }
        }
    }

    /// Moves units to earlier sites and services of the input wherever that costs nothing.
    ///
    /// Decides what score leaves open, as far as moves between two arcs or two sites can.
    func settleTies(of candidate: inout Candidate) {
        for later in model.sites.indices where candidate.isUsed(site: later) {
            for earlier in model.sites.indices.prefix(later)
            where !candidate.isUsed(site: earlier) {
                let changes = self.changes(movingAllOf: later, toSite: earlier, in: candidate)
                if keep(changes, on: &candidate) { break }
            }
        }
        for line in model.lines.indices {
            let arcs = model.lines[line].piles.flatMap { model.piles[$0].arcs }
                .sorted {
                    (model.arcs[$0].slot, $0) < (model.arcs[$1].slot, $1)
                }
            for (index, target) in arcs.enumerated() {
                for source in arcs[(index + 1)...] where candidate.quantities[source] > 0 {
                    for units in amounts(from: source, to: target, in: candidate) {
                        let changes = [
                            Candidate.Change(arc: source, difference: -units),
                            Candidate.Change(arc: target, difference: units),
                        ]
                        if keep(changes, on: &candidate) { break }
                    }
                }
            }
        }
    }

    /// Makes the changes unless they make the rank worse.
    private func keep(_ changes: [Candidate.Change], on candidate: inout Candidate) -> Bool {
        let before = candidate.rank
        guard !changes.isEmpty, candidate.apply(changes) else { return false }
        if candidate.rank <= before { return true }
        candidate.undo(changes)
        return false
    }

    /// Returns the changes that move each line of a site to the service of the same index at another.
    private func changes(
        movingAllOf site: Int,
        toSite other: Int,
        in candidate: Candidate
    ) -> [Candidate.Change] {
        var changes: [Candidate.Change] = []
        for arc in model.sites[site].slots.flatMap({ model.slots[$0].arcs })
        where candidate.quantities[arc] > 0 {
            let service = model.slots[model.arcs[arc].slot].service
            let targets = model.sites[other].slots.filter { model.slots[$0].service == service }
                .flatMap { model.slots[$0].arcs }
            guard let target = targets.first(where: { model.arcs[$0].line == model.arcs[arc].line })
            else { return [] }
            let multiple = model.piles[model.arcs[target].pile].multiple
            if candidate.quantities[arc] % multiple != 0 { return [] }
            changes.append(Candidate.Change(arc: arc, difference: -candidate.quantities[arc]))
            changes.append(Candidate.Change(arc: target, difference: candidate.quantities[arc]))
        }
        return changes
    }

    private mutating func attempt(
        _ changes: [Candidate.Change],
        on candidate: inout Candidate
    ) -> Bool {
        moves -= 1
        return moves >= 0 && candidate.improve(by: changes)
    }

    private mutating func shiftUnits(of line: Int, in candidate: inout Candidate) -> Bool {
        var hasImproved = false
        let arcs = model.lines[line].piles.flatMap { model.piles[$0].arcs }
        for target in arcs where isAllowed[model.arcs[target].slot] {
            if add(to: target, in: &candidate) { hasImproved = true }
            for source in arcs where source != target && candidate.quantities[source] > 0 {
                for units in amounts(from: source, to: target, in: candidate) {
                    let changes = [
                        Candidate.Change(arc: source, difference: -units),
                        Candidate.Change(arc: target, difference: units),
                    ]
                    if attempt(changes, on: &candidate) {
                        hasImproved = true
                        break
                    }
                }
            }
        }
        for source in arcs where candidate.quantities[source] > 0 {
            if remove(from: source, in: &candidate) { hasImproved = true }
        }
        return hasImproved
    }

    private mutating func add(to arc: Int, in candidate: inout Candidate) -> Bool {
        let pile = model.piles[model.arcs[arc].pile]
        let line = model.lines[pile.line]
        let missing = line.quantity - candidate.shipped(of: pile.line)
        let room = pile.capacity - candidate.taken(from: model.arcs[arc].pile)
        let most = min(missing, room) / pile.multiple * pile.multiple
        for units in distinct([most, pile.minimum, pile.multiple]) where units <= most {
            let change = Candidate.Change(arc: arc, difference: units)
            if attempt([change], on: &candidate) { return true }
        }
        return false
    }

    private mutating func remove(from arc: Int, in candidate: inout Candidate) -> Bool {
        let pile = model.piles[model.arcs[arc].pile]
        for units in distinct([candidate.quantities[arc], pile.multiple])
        where units <= candidate.quantities[arc] {
            let change = Candidate.Change(arc: arc, difference: -units)
            if attempt([change], on: &candidate) { return true }
        }
        return false
    }

    /// Returns the numbers of units worth moving: all, up to a boundary, a step.
    private func amounts(from source: Int, to target: Int, in candidate: Candidate) -> [Int64] {
        let from = model.piles[model.arcs[source].pile]
        let into = model.piles[model.arcs[target].pile]
        let isSamePile = model.arcs[source].pile == model.arcs[target].pile
        let step = leastCommonMultiple(from.multiple, into.multiple)
        let room =
            isSamePile ? Int64.max : into.capacity - candidate.taken(from: model.arcs[target].pile)
        let most = min(candidate.quantities[source], room)
        let choices = [
            most, units(of: target, upToBoundaryAbove: true, in: candidate),
            units(of: source, upToBoundaryAbove: false, in: candidate),
            candidate.quantities[source] - from.minimum, into.minimum, step,
        ]
        return distinct(choices.map { min($0, most) / step * step })
    }

    /// Returns how many units of the arc separate its slot's load from a step of the tariff.
    private func units(
        of arc: Int,
        upToBoundaryAbove isAbove: Bool,
        in candidate: Candidate
    ) -> Int64 {
        let unitLoad = model.arcs[arc].unitLoad
        if unitLoad == 0 { return 0 }
        let slot = model.slots[model.arcs[arc].slot]
        let load = slot.arcs.reduce(0) { $0 + candidate.quantities[$1] * model.arcs[$1].unitLoad }
        if isAbove {
            guard let boundary = slot.tariff.boundary(atOrAbove: load + unitLoad) else { return 0 }
            return (boundary - load) / unitLoad
        }
        guard let boundary = slot.tariff.boundary(below: load) else { return 0 }
        return (load - boundary + unitLoad - 1) / unitLoad
    }

    private mutating func switchService(_ slot: Int, in candidate: inout Candidate) -> Bool {
        guard candidate.isUsed(slot: slot) else { return false }
        for other in model.sites[model.slots[slot].site].slots
        where other != slot && isAllowed[other] {
            let changes = self.changes(movingAllOf: slot, to: other, in: candidate)
            if !changes.isEmpty && attempt(changes, on: &candidate) { return true }
        }
        return false
    }

    private func changes(
        movingAllOf slot: Int,
        to other: Int,
        in candidate: Candidate
    ) -> [Candidate.Change] {
        var changes: [Candidate.Change] = []
        for arc in model.slots[slot].arcs where candidate.quantities[arc] > 0 {
            let units = candidate.quantities[arc]
            guard
                let target = model.slots[other].arcs
                    .first(where: {
                        model.arcs[$0].pile == model.arcs[arc].pile
                    })
            else { continue }
            changes.append(Candidate.Change(arc: arc, difference: -units))
            changes.append(Candidate.Change(arc: target, difference: units))
        }
        return changes
    }

    /// Empties a site and lets the others take over; keeps that if it is better.
    private mutating func closeSite(_ site: Int, in candidate: inout Candidate) -> Bool {
        guard candidate.isUsed(site: site), moves > 0 else { return false }
        var trial = candidate
        let arcs = model.sites[site].slots.flatMap { model.slots[$0].arcs }
        let changes = arcs.filter { trial.quantities[$0] > 0 }
            .map {
                Candidate.Change(arc: $0, difference: -trial.quantities[$0])
            }
        guard trial.apply(changes) else { return false }
        var allowed = isAllowed
        for slot in model.sites[site].slots { allowed[slot] = false }
        var inner = LocalSearch(model: model, isAllowed: allowed, moves: moves)
        for line in Set(changes.map { model.arcs[$0.arc].line }).sorted() {
            _ = inner.shiftUnits(of: line, in: &trial)
        }
        moves = inner.moves
        guard trial.rank < candidate.rank else { return false }
        candidate = trial
        return true
    }

    /// Moves all an unused site can take to one of its services; keeps that if it is better.
    private mutating func openSite(_ site: Int, in candidate: inout Candidate) -> Bool {
        guard !candidate.isUsed(site: site) else { return false }
        for slot in model.sites[site].slots where isAllowed[slot] && moves > 0 {
            var trial = candidate
            for arc in model.slots[slot].arcs { pull(to: arc, in: &trial) }
            guard trial.isUsed(site: site) else { continue }
            for line in Set(model.slots[slot].arcs.map { model.arcs[$0].line }).sorted() {
                _ = shiftUnits(of: line, in: &trial)
            }
            if trial.rank < candidate.rank {
                candidate = trial
                return true
            }
        }
        return false
    }

    /// Takes as much as fits by this arc, from where the line is taken now.
    private mutating func pull(to arc: Int, in candidate: inout Candidate) {
        let line = model.arcs[arc].line
        for source in model.lines[line].piles.flatMap({ model.piles[$0].arcs })
        where source != arc && candidate.quantities[source] > 0 {
            moves -= 1
            guard let units = amounts(from: source, to: arc, in: candidate).first else { continue }
            _ = candidate.apply([
                Candidate.Change(arc: source, difference: -units),
                Candidate.Change(arc: arc, difference: units),
            ])
        }
    }

    /// Returns the positive numbers, each once, in their order.
    private func distinct(_ numbers: [Int64]) -> [Int64] {
        var result: [Int64] = []
        for number in numbers where number > 0 && !result.contains(number) {
            result.append(number)
        }
        return result
    }
}

/// Returns the least common multiple, or what no quantity reaches where that is less.
private func leastCommonMultiple(_ left: Int64, _ right: Int64) -> Int64 {
    var (greater, lesser) = (max(left, right), min(left, right))
    while lesser > 0 { (greater, lesser) = (lesser, greater % lesser) }
    let (product, hasOverflowed) = (left / greater).multipliedReportingOverflow(by: right)
    return hasOverflowed ? .max : product
}
