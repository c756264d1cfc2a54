internal import AllocationModel

/// What a box costs at least, by pricing its lines.
///
/// Lagrangian relaxation of “so many units of each line are shipped”: with a
/// price paid for each unit, every slot decides alone whether and what to ship.
/// Each slot's problem is bounded by duality once more, with a price on its
/// load. Any prices give a valid bound: floating point chooses them and integers
/// compute the bound from them.
struct Relaxation {
    /// What the slots decided at some prices.
    struct Answer {
        /// No plan of the box scores less.
        var bound: Int128 = 0
        /// Units shipped by arc.
        var units: [Double]
        var isSlotUsed: [Bool]
        var isSiteUsed: [Bool]
        /// Units wanted less units shipped, by line.
        var shortage: [Double]
    }

    /// Some units of one arc, alike in cost.
    private struct Item {
        let arc: Int
        let line: Int
        let forced: Int64
        let free: Int64
        let cost: Int128
        let unitLoad: Int64
    }

    /// One way the tariff may charge: a rate for each item, and an envelope.
    private struct Option {
        let rates: [Int128]
        let corners: [(load: Int64, charge: Int128)]
        let minimum: Int128
    }

    private struct Slot {
        let opening: Int128
        let items: [Item]
        let options: [Option]
    }

    private struct SlotAnswer {
        var value: Int128
        var units: [Double]
    }

    private let model: SearchModel
    private let box: SearchBox
    private var slots: [Slot?]
    private let picks: Int128
    private let priceMaximum: Double
    private let loadPriceMaximum: Double

    init(_ model: SearchModel, _ box: SearchBox) {
        self.model = model
        self.box = box
        // Prices times units, and load prices times loads, stay far below the limit of Int128.
        let units =
            box.arcHigh.reduce(1.0) { $0 + Double($1) }
            + model.lines.reduce(0.0) { $0 + Double($1.quantity) }
        let loads = model.arcs.indices.reduce(1.0) {
            $0 + Double(box.arcHigh[$1]) * Double(model.arcs[$1].unitLoad)
        }
        priceMaximum = SplitLimits.scoreMaximum.approximate * 64 / units
        loadPriceMaximum = SplitLimits.scoreMaximum.approximate * 64 / loads
        picks = model.piles.indices.reduce(0) {
            box.pileLow[$1] > 0 ? $0 + model.piles[$1].pick : $0
        }
        slots = []
        let segments = model.piles.indices.map { Self.segments(ofPile: $0, model, box) }
        slots = model.slots.indices.map { slot(at: $0, segments) }
    }

    /// Returns the bound at `prices`, one for a unit of each line.
    func answer(at prices: [Double]) -> Answer {
        let prices = prices.map { Int128(approximating: max(-priceMaximum, min(priceMaximum, $0))) }
        var answer = Answer(
            units: Array(repeating: 0, count: model.arcs.count),
            isSlotUsed: Array(repeating: false, count: model.slots.count),
            isSiteUsed: Array(repeating: false, count: model.sites.count),
            shortage: Array(repeating: 0, count: model.lines.count)
        )
        answer.bound = picks
        for line in model.lines.indices { price(line, prices[line], &answer) }
        let slotAnswers = slots.map { slot in slot.map { self.answer(of: $0, at: prices) } }
        var gains: [(gain: Int128, site: Int)] = []
        var places = model.warehousesMaximum
        for site in model.sites.indices where box.siteUses[site] != .closed {
            let value = siteValue(site, slotAnswers, &answer)
            if box.siteUses[site] == .open {
                answer.bound += value
                answer.isSiteUsed[site] = true
                places -= 1
            } else if value < 0 {
                gains.append((value, site))
            }
        }
        gains.sort { ($0.gain, $0.site) < ($1.gain, $1.site) }
        for entry in gains.prefix(max(0, places)) {
            answer.bound += entry.gain
            answer.isSiteUsed[entry.site] = true
        }
        ship(slotAnswers, &answer)
        return answer
    }

    /// Adds what the line itself costs when its units are bought at `price`.
    private func price(_ index: Int, _ price: Int128, _ answer: inout Answer) {
        let line = model.lines[index]
        let most = min(line.quantity, line.piles.reduce(0) { $0 + box.pileHigh[$1] })
        let least =
            line.mustBeWhole && !line.mayBeEmpty
            ? line.quantity : line.piles.reduce(0) { $0 + box.pileLow[$1] }
        let wanted = price < line.backorder ? max(least, most) : least
        answer.bound +=
            price * Int128(wanted) + line.backorder * Int128(line.quantity - wanted)
        answer.shortage[index] = Double(wanted)
    }

    /// Returns what the site adds if it is used, marking the slots it would then use.
    private func siteValue(
        _ site: Int,
        _ slotAnswers: [SlotAnswer?],
        _ answer: inout Answer
    ) -> Int128 {
        var value = model.sites[site].opening
        var hasUsed = false
        var cheapest: (value: Int128, slot: Int)?
        for slot in model.sites[site].slots {
            guard let one = slotAnswers[slot] else { continue }
            if box.slotUses[slot] == .open || one.value < 0 {
                value += one.value
                answer.isSlotUsed[slot] = true
                hasUsed = true
            }
            if cheapest.map({ one.value < $0.value }) ?? true { cheapest = (one.value, slot) }
        }
        // A site that is used has a shipment, even where each one loses.
        if let cheapest, !hasUsed {
            value += cheapest.value
            answer.isSlotUsed[cheapest.slot] = true
        }
        return value
    }

    private func ship(_ slotAnswers: [SlotAnswer?], _ answer: inout Answer) {
        for index in model.slots.indices {
            guard answer.isSlotUsed[index], let slot = slots[index],
                let one = slotAnswers[index]
            else { continue }
            answer.isSlotUsed[index] = answer.isSiteUsed[model.slots[index].site]
            guard answer.isSlotUsed[index] else { continue }
            for (item, units) in zip(slot.items, one.units) {
                answer.units[item.arc] += units
                answer.shortage[item.line] -= units
            }
        }
    }

    private func answer(of slot: Slot, at prices: [Int128]) -> SlotAnswer {
        var best: SlotAnswer?
        for option in slot.options {
            let costs = slot.items.indices.map { index in
                slot.items[index].cost + option.rates[index] - prices[slot.items[index].line]
            }
            let one = answer(of: slot, costs, option)
            if best.map({ one.value < $0.value }) ?? true { best = one }
        }
        guard var best else { return SlotAnswer(value: 0, units: []) }
        best.value += slot.opening
        return best
    }

    private func answer(
        of slot: Slot,
        _ costs: [Int128],
        _ option: Option
    ) -> SlotAnswer {
        let (loadPrice, units) = loadPrice(slot, costs, option)
        let exact = Int128(
            approximating: max(-loadPriceMaximum, min(loadPriceMaximum, loadPrice))
        )
        var value = value(of: slot, costs, option, at: exact)
        if option.minimum > 0 {
            // The minimum charge instead of the rates.
            var rest = option.minimum
            for (index, item) in slot.items.enumerated() {
                let cost = costs[index] - option.rates[index]
                rest += Int128(item.forced) * cost
                if cost < 0 { rest += Int128(item.free) * cost }
            }
            value = max(value, rest)
        }
        return SlotAnswer(value: value, units: units)
    }

    /// Returns the least of charge and items when a unit of load is worth `loadPrice`.
    private func value(
        of slot: Slot,
        _ costs: [Int128],
        _ option: Option,
        at loadPrice: Int128
    ) -> Int128 {
        var value = option.corners[0].charge + loadPrice * Int128(option.corners[0].load)
        for corner in option.corners.dropFirst() {
            value = min(value, corner.charge + loadPrice * Int128(corner.load))
        }
        for (index, item) in slot.items.enumerated() {
            let cost = costs[index] - loadPrice * Int128(item.unitLoad)
            value += Int128(item.forced) * cost
            if cost < 0 { value += Int128(item.free) * cost }
        }
        return value
    }

    /// Returns the load price at which the items just make the load that the envelope wants.
    ///
    /// As it rises, more items ride and the envelope wants less; the price at
    /// which the two meet maximises the bound. Also returns what then rides.
    private func loadPrice(
        _ slot: Slot,
        _ costs: [Int128],
        _ option: Option
    ) -> (price: Double, units: [Double]) {
        var units = slot.items.map { Double($0.forced) }
        var load = 0.0
        var order: [(ratio: Double, item: Int)] = []
        for (index, item) in slot.items.enumerated() {
            load += Double(item.forced) * Double(item.unitLoad)
            if item.free == 0 { continue }
            if item.unitLoad == 0 {
                if costs[index] < 0 { units[index] += Double(item.free) }
            } else {
                order.append((costs[index].approximate / Double(item.unitLoad), index))
            }
        }
        order.sort { $0 < $1 }
        var corner = option.corners.count - 1
        var next = 0
        var price = 0.0
        while true {
            let itemPrice = next < order.count ? order[next].ratio : .infinity
            let cornerPrice = corner > 0 ? Self.price(option.corners, corner) : .infinity
            if itemPrice == .infinity && cornerPrice == .infinity { break }
            let wanted = Double(option.corners[corner].load)
            if itemPrice <= cornerPrice {
                price = itemPrice
                let item = slot.items[order[next].item]
                let room = max(0, (wanted - load) / Double(item.unitLoad))
                units[order[next].item] += min(Double(item.free), room)
                load += Double(item.free) * Double(item.unitLoad)
                next += 1
            } else {
                price = cornerPrice
                corner -= 1
            }
            if Double(option.corners[corner].load) <= load { break }
        }
        return (price, units)
    }

    /// Returns the load price from which on the corner before is as good as the corner.
    private static func price(
        _ corners: [(load: Int64, charge: Int128)],
        _ corner: Int
    ) -> Double {
        (corners[corner - 1].charge - corners[corner].charge).approximate
            / Double(corners[corner].load - corners[corner - 1].load)
    }

    private func slot(at index: Int, _ segments: [[SearchModel.Segment]]) -> Slot? {
        guard box.slotUses[index] != .closed else { return nil }
        let slot = model.slots[index]
        var items: [Item] = []
        var leastLoad = Int64.max
        for arc in slot.arcs where box.arcHigh[arc] > 0 {
            let data = model.arcs[arc]
            let step = max(box.arcLow[arc], model.piles[data.pile].multiple)
            leastLoad = min(leastLoad, step * data.unitLoad)
            add(arc, segments[data.pile], to: &items)
        }
        if items.isEmpty { return nil }
        let high = box.slotHigh[index]
        let range = min(max(box.slotLow[index], leastLoad), high)...high
        var opening = slot.opening
        if case .lessThanTruckload(let ltl) = slot.tariff {
            opening += model.scale.score(ltl.accessorial)
        }
        return Slot(
            opening: opening,
            items: items,
            options: options(of: slot.tariff, items, range)
        )
    }

    private func add(_ arc: Int, _ segments: [SearchModel.Segment], to items: inout [Item]) {
        var position: Int64 = 0
        let low = box.arcLow[arc]
        let high = box.arcHigh[arc]
        for segment in segments where position < high {
            let end = min(position + segment.length, high)
            let forced = max(0, min(end, low) - position)
            items.append(
                Item(
                    arc: arc,
                    line: model.arcs[arc].line,
                    forced: forced,
                    free: end - position - forced,
                    cost: segment.slope + model.arcs[arc].late,
                    unitLoad: model.arcs[arc].unitLoad
                )
            )
            position = end
        }
    }

    private func options(
        of tariff: Tariff,
        _ items: [Item],
        _ range: ClosedRange<Int64>
    ) -> [Option] {
        guard case .lessThanTruckload(let ltl) = tariff else {
            let envelope = Envelope(of: tariff, on: range)
            return [option(envelope, rates: items.map { _ in 0 }, minimum: 0)]
        }
        let minimum = model.scale.score(ltl.minimumCharge)
        return ltl.breaks.map { entry in
            let rates = items.map { item in
                let pile = model.piles[model.arcs[item.arc].pile]
                return model.scale.score(entry.rates[pile.classIndex]) * Int128(pile.unitWeight)
            }
            return option(Envelope(deficitOf: entry, on: range), rates: rates, minimum: minimum)
        }
    }

    private func option(_ envelope: Envelope, rates: [Int128], minimum: Int128) -> Option {
        Option(
            rates: rates,
            corners: envelope.corners.map { ($0.load, model.scale.score($0.charge)) },
            minimum: minimum
        )
    }

    /// Returns a convex function below what units of a pile cost, by stretches from zero on.
    ///
    /// Of a pile that may stay untouched, the pick is spread over its units.
    private static func segments(
        ofPile index: Int,
        _ model: SearchModel,
        _ box: SearchBox
    ) -> [SearchModel.Segment] {
        let pile = model.piles[index]
        let high = box.pileHigh[index]
        var points: [(units: Int64, cost: Int128)] = [(0, 0)]
        var cost = box.pileLow[index] > 0 ? 0 : pile.pick
        var units: Int64 = 0
        for tier in pile.tiers where units < high && tier.length > 0 {
            let taken = min(tier.length, high - units)
            units += taken
            cost += Int128(taken) * tier.slope
            while points.count > 1 && !isConvex(points, (units, cost)) { points.removeLast() }
            points.append((units, cost))
        }
        return zip(points, points.dropFirst())
            .map { first, second in
                // Rounded down, so that the bound holds.
                SearchModel.Segment(
                    length: second.units - first.units,
                    slope: (second.cost - first.cost) / Int128(second.units - first.units)
                )
            }
    }

    /// Whether the last point is below the straight way around it; close calls may be either.
    private static func isConvex(
        _ points: [(units: Int64, cost: Int128)],
        _ new: (units: Int64, cost: Int128)
    ) -> Bool {
        let last = points[points.count - 1]
        let before = points[points.count - 2]
        return (last.cost - before.cost) / Int128(last.units - before.units)
            < (new.cost - last.cost) / Int128(new.units - last.units)
    }
}
