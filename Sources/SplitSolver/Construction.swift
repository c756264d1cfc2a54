/// Builds a first plan line by line, each unit where it costs least more.
struct Construction {
    let model: SearchModel
    /// Whether a slot may be used.
    let isAllowed: [Bool]

    /// Returns a candidate, lawful where that comes easily.
    func candidate() -> Candidate {
        var candidate = Candidate(model)
        useForcedSites(of: &candidate)
        for line in linesHardestFirst() { fill(line, of: &candidate) }
        return candidate
    }

    /// Lines with fewest sources first, for they have the least choice.
    private func linesHardestFirst() -> [Int] {
        model.lines.indices.sorted { left, right in
            let leftPiles = model.lines[left].piles.count
            let rightPiles = model.lines[right].piles.count
            return leftPiles != rightPiles ? leftPiles < rightPiles : left < right
        }
    }

    private func useForcedSites(of candidate: inout Candidate) {
        for (index, site) in model.sites.enumerated() where site.isForced {
            for pile in site.piles where !candidate.isUsed(site: index) {
                _ = takeBest(of: [pile], upTo: model.piles[pile].minimum, in: &candidate)
            }
        }
    }

    private func fill(_ index: Int, of candidate: inout Candidate) {
        let line = model.lines[index]
        var piles = line.piles
        if line.noSplit {
            if let whole = bestWhole(line, of: candidate) { piles = [whole] }
        } else if !line.lots.isEmpty {
            piles = []
        }
        while candidate.shipped(of: index) < line.quantity {
            let missing = line.quantity - candidate.shipped(of: index)
            guard let pile = takeBest(of: piles, upTo: missing, in: &candidate) else { break }
            if line.noSplit { piles = [pile] }
        }
        if !line.lots.isEmpty && !line.noSplit { fillFromOneLot(line, index, of: &candidate) }
    }

    /// Takes the line from the lot of which most is held.
    private func fillFromOneLot(
        _ line: SearchModel.Line,
        _ index: Int,
        of candidate: inout Candidate
    ) {
        let held = line.lots.indices.map { lot in
            line.piles.reduce(0) { $0 + model.piles[$1].lotQuantities[lot] }
        }
        guard let most = held.max(), let lot = held.firstIndex(of: most) else { return }
        var piles = line.piles
        while let best = takeBest(
            of: piles,
            upTo: line.quantity - candidate.shipped(of: index),
            lot: lot,
            in: &candidate
        ) {
            piles.removeAll { $0 == best }
        }
    }

    private func bestWhole(_ line: SearchModel.Line, of candidate: Candidate) -> Int? {
        let whole = line.piles.filter { model.piles[$0].capacity >= line.quantity }
        var trial = candidate
        return takeBest(of: whole, upTo: line.quantity, in: &trial)
    }

    /// Takes units by the arc that makes them cheapest each; returns the pile, or nil if none can.
    private func takeBest(
        of piles: [Int],
        upTo missing: Int64,
        lot: Int? = nil,
        in candidate: inout Candidate
    ) -> Int? {
        var best: Candidate.Change?
        var bestPrice = Double.infinity
        for pile in piles {
            for arc in model.piles[pile].arcs where isAllowed[model.arcs[arc].slot] {
                guard let change = largestChange(arc, upTo: missing, lot: lot, in: candidate)
                else { continue }
                let before = candidate.rank.score
                guard candidate.apply([change]) else { continue }
                let price = (candidate.rank.score - before).approximate / Double(change.difference)
                candidate.undo([change])
                if price < bestPrice {
                    best = change
                    bestPrice = price
                }
            }
        }
        guard let best, candidate.apply([best]) else { return nil }
        return model.arcs[best.arc].pile
    }

    private func largestChange(
        _ arc: Int,
        upTo missing: Int64,
        lot: Int?,
        in candidate: Candidate
    ) -> Candidate.Change? {
        let pile = model.piles[model.arcs[arc].pile]
        let taken = candidate.taken(from: model.arcs[arc].pile)
        let held = lot.map { min(pile.capacity, pile.lotQuantities[$0]) } ?? pile.capacity
        let room = roomInSlot(of: arc, in: candidate)
        let units = min(missing, held - taken, room) / pile.multiple * pile.multiple
        return units > 0 ? Candidate.Change(arc: arc, difference: units) : nil
    }

    private func roomInSlot(of arc: Int, in candidate: Candidate) -> Int64 {
        let unitLoad = model.arcs[arc].unitLoad
        if unitLoad == 0 { return .max }
        let slot = model.slots[model.arcs[arc].slot]
        let load = slot.arcs.reduce(0) { $0 + candidate.quantities[$1] * model.arcs[$1].unitLoad }
        return (slot.tariff.loadMaximum - load) / unitLoad
    }
}
