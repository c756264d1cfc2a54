/// Builds a first plan line by line, each unit where it costs least more.
struct Construction {
    let model: SearchModel
    let tables: SearchTables
    /// Lines with fewest sources first, for they have the least choice.
    private let linesHardestFirst: [Int]

    init(_ model: SearchModel, _ tables: SearchTables) {
        self.model = model
        self.tables = tables
        linesHardestFirst = model.lines.indices.sorted { left, right in
            let leftPiles = model.lines[left].piles.count
            let rightPiles = model.lines[right].piles.count
            return leftPiles != rightPiles ? leftPiles < rightPiles : left < right
        }
    }

    /// Fills what a draft lacks by the slots that are allowed, lawfully where that comes easily.
    func complete(_ draft: inout Draft, by isAllowed: Row<Bool>) {
        useForcedSites(of: &draft, isAllowed)
        for line in linesHardestFirst { fill(line, of: &draft, isAllowed) }
    }

    private func useForcedSites(of draft: inout Draft, _ isAllowed: Row<Bool>) {
        for (index, site) in model.sites.enumerated() where site.isForced {
            for pile in site.piles where !draft.isUsed(site: index) {
                _ = takeBest(
                    of: [pile],
                    upTo: model.piles[pile].minimum,
                    in: &draft,
                    isAllowed
                )
            }
        }
    }

    private func fill(_ index: Int, of draft: inout Draft, _ isAllowed: Row<Bool>) {
        let line = model.lines[index]
        if draft.shipped(of: index) >= line.quantity { return }
        if line.noSplit {
            let whole = line.piles.filter { model.piles[$0].capacity >= line.quantity }
            let missing = line.quantity - draft.shipped(of: index)
            let pile =
                best(of: whole, upTo: missing, lot: nil, in: draft, isAllowed)
                ?? best(of: line.piles, upTo: missing, lot: nil, in: draft, isAllowed)
            if let pile {
                draft.stage(pile.arc, pile.units)
                _ = draft.apply()
            }
            return
        }
        if !line.lots.isEmpty { return fillFromOneLot(line, index, of: &draft, isAllowed) }
        while draft.shipped(of: index) < line.quantity {
            let missing = line.quantity - draft.shipped(of: index)
            guard takeBest(of: line.piles, upTo: missing, in: &draft, isAllowed) != nil else {
                break
            }
        }
    }

    /// Takes the line from the lot of which most is held.
    private func fillFromOneLot(
        _ line: SearchModel.Line,
        _ index: Int,
        of draft: inout Draft,
        _ isAllowed: Row<Bool>
    ) {
        let held = line.lots.indices.map { lot in
            line.piles.reduce(0) { $0 + model.piles[$1].lotQuantities[lot] }
        }
        guard let most = held.max(), let lot = held.firstIndex(of: most) else { return }
        var piles = line.piles
        while let best = takeBest(
            of: piles,
            upTo: line.quantity - draft.shipped(of: index),
            lot: lot,
            in: &draft,
            isAllowed
        ) {
            piles.removeAll { $0 == best }
        }
    }

    /// Takes units by the arc that makes them cheapest each; returns the pile, or nil if none can.
    private func takeBest(
        of piles: [Int],
        upTo missing: Int64,
        lot: Int? = nil,
        in draft: inout Draft,
        _ isAllowed: Row<Bool>
    ) -> Int? {
        guard let best = best(of: piles, upTo: missing, lot: lot, in: draft, isAllowed) else {
            return nil
        }
        draft.stage(best.arc, best.units)
        return draft.apply() ? tables.arcPile[best.arc] : nil
    }

    private func best(
        of piles: [Int],
        upTo missing: Int64,
        lot: Int?,
        in draft: borrowing Draft,
        _ isAllowed: Row<Bool>
    ) -> (arc: Int, units: Int64)? {
        var best: (arc: Int, units: Int64)?
        var bestPrice = Double.infinity
        let leastRest = piles.reduce(Int64.max) { min($0, tables.pileMinimum[$1]) }
        for pile in piles {
            let capacity = tables.pileCapacity[pile]
            let held = lot.map { min(capacity, model.piles[pile].lotQuantities[$0]) } ?? capacity
            let room = min(missing, held - draft.taken(from: pile))
            if room <= 0 { continue }
            for index in tables.pileArcs[pile] {
                let arc = tables.arcsByPile[index]
                if !isAllowed[tables.arcSlot[arc]] { continue }
                let multiple = tables.pileMultiple[pile]
                var units = min(room, roomInSlot(of: arc, in: draft)) / multiple * multiple
                // Fewer than the least that another gives would be left behind.
                if units < missing && missing - units < leastRest {
                    units = (missing - leastRest) / multiple * multiple
                    if units < tables.pileMinimum[pile] { continue }
                }
                if units <= 0 { continue }
                guard let rank = draft.rank(adding: units, to: arc) else { continue }
                let price = (rank.score - draft.rank.score).approximate / Double(units)
                if price < bestPrice {
                    best = (arc, units)
                    bestPrice = price
                }
            }
        }
        return best
    }

    private func roomInSlot(of arc: Int, in draft: borrowing Draft) -> Int64 {
        let unitLoad = tables.arcUnitLoad[arc]
        if unitLoad == 0 { return .max }
        let slot = tables.arcSlot[arc]
        return (tables.slotLoadMaximum[slot] - draft.load(of: slot)) / unitLoad
    }
}
