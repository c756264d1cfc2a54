/// Chooses how to divide a box: on what the relaxation left most open.
struct Branching {
    private let model: SearchModel
    private let box: SearchBox
    private let averages: Averages

    init(_ model: SearchModel, _ box: SearchBox, _ averages: Averages) {
        self.model = model
        self.box = box
        self.averages = averages
    }

    /// Returns decisions of which every plan of the box obeys one, or nil if it holds one plan.
    func decisions() -> [SearchBox.Decision]? {
        onLot() ?? onSite(from: 0.02) ?? onSlot(from: 0.02) ?? onLoad() ?? onPile()
            ?? onSite(from: 0) ?? onSlot(from: 0) ?? onArc()
    }

    private func onLot() -> [SearchBox.Decision]? {
        for (index, line) in model.lines.enumerated()
        where !line.lots.isEmpty && box.lots[index] == nil
            && line.piles.contains(where: { box.pileHigh[$0] > 0 })
        {
            return line.lots.indices.map { .lot(line: index, lot: $0) }
        }
        return nil
    }

    private func onSite(from least: Double) -> [SearchBox.Decision]? {
        let undecided = model.sites.indices.filter { box.siteUses[$0] == .undecided }
        return mostOpen(undecided, averages.sites, from: least)
            .map {
                [.site($0, .open), .site($0, .closed)]
            }
    }

    private func onSlot(from least: Double) -> [SearchBox.Decision]? {
        let undecided = model.slots.indices.filter { box.slotUses[$0] == .undecided }
        return mostOpen(undecided, averages.slots, from: least)
            .map {
                [.slot($0, .open), .slot($0, .closed)]
            }
    }

    /// Returns the one whose use is nearest to one half and at least `least` from either end.
    private func mostOpen(_ candidates: [Int], _ uses: [Double], from least: Double) -> Int? {
        var best: Int?
        var bestOpenness = -1.0
        for one in candidates {
            let openness = min(uses[one], 1 - uses[one])
            if openness >= least && openness > bestOpenness {
                best = one
                bestOpenness = openness
            }
        }
        return best
    }

    /// Divides the load of an open slot at a boundary of its tariff.
    private func onLoad() -> [SearchBox.Decision]? {
        var best: [SearchBox.Decision]?
        var bestSpan: Int64 = 0
        for (index, slot) in model.slots.enumerated() where box.slotUses[index] == .open {
            let low = box.slotLow[index]
            let high = box.slotHigh[index]
            let load = slot.arcs.reduce(0.0) {
                $0 + averages.units[$1] * Double(model.arcs[$1].unitLoad)
            }
            let near = max(low, min(high, Int64(load)))
            guard let boundary = boundary(of: slot, near: near, low, high) else { continue }
            if high - low > bestSpan {
                bestSpan = high - low
                best = [
                    .load(slot: index, low...boundary), .load(slot: index, (boundary + 1)...high),
                ]
            }
        }
        return best
    }

    private func boundary(
        of slot: SearchModel.Slot,
        near load: Int64,
        _ low: Int64,
        _ high: Int64
    ) -> Int64? {
        let candidates = [
            slot.tariff.boundary(atOrAbove: load), slot.tariff.boundary(below: load),
            slot.tariff.boundary(atOrAbove: low), slot.tariff.boundary(below: high),
        ]
        return candidates.compactMap(\.self).first { low <= $0 && $0 < high }
    }

    private func onPile() -> [SearchBox.Decision]? {
        for (index, pile) in model.piles.enumerated()
        where box.pileLow[index] == 0 && box.pileHigh[index] > 0
            && (pile.pick > 0 || pile.minimum > pile.multiple || model.lines[pile.line].noSplit)
        {
            return [.pile(index, pile.minimum...box.pileHigh[index]), .pile(index, 0...0)]
        }
        return nil
    }

    private func onArc() -> [SearchBox.Decision]? {
        var best: Int?
        var bestSpan: Int64 = 0
        for arc in model.arcs.indices {
            let steps =
                (box.arcHigh[arc] - box.arcLow[arc]) / model.piles[model.arcs[arc].pile].multiple
            if steps > bestSpan {
                best = arc
                bestSpan = steps
            }
        }
        guard let arc = best else { return nil }
        let low = box.arcLow[arc]
        let high = box.arcHigh[arc]
        let middle = max(low, min(high - 1, Int64(averages.units[arc])))
        return [.arc(arc, low...middle), .arc(arc, (middle + 1)...high)]
    }
}
