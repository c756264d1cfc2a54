internal import AllocationModel

/// The split problem as a mixed-integer program.
///
/// Every shipment that could be has a yes or no of its own for each way it can
/// be charged (an LTL break, a count of packages), so that its cost, from
/// nothing to full, is described exactly where the yes or no is one. The rows
/// that tie goods to shipments are many and few of them bind: they wait in
/// `lazyRows` until a point violates them.
struct Formulation {
    /// Units of a pile by one way of charging: `units = step * column * 2^shift`.
    struct Flow {
        let column: Int
        let arc: Int
        /// What must be 1 for anything to flow.
        let switchColumn: Int
        /// The most units, in steps.
        let limit: Double
    }

    /// A charge that is not linear in a load: underestimated by lines that fit the bounds known.
    struct Curve {
        let load: Int
        let charge: Int
        let switchColumn: Int?
        /// The least load there is where the switch is on.
        let lightest: Double
        /// Loads and charges of the corners that a line below must not pass above.
        let corners: [(load: Double, charge: Double)]
        let loadScale: Double
        let chargeScale: Double
    }

    let model: SearchModel
    let reach: Reach
    private(set) var program = LinearProgram()
    private(set) var lazyRows: [LinearProgram.Constraint] = []
    private(set) var isInteger: [Bool] = []
    /// What one unit of the underlying quantity is in the column.
    private(set) var step: [Double] = []
    private(set) var shortCosts: [Double] = []
    private(set) var lateCosts: [Double] = []
    private(set) var moneyCosts: [Double] = []
    private(set) var flows: [Flow] = []
    private(set) var flowsOfPile: [[Int]]
    private(set) var curves: [Curve] = []
    private(set) var siteColumns: [Int] = []
    /// For each slot, its yes or no columns.
    private(set) var switches: [[Int]]
    /// Whether some charge may be less than what the rows say of it, by what is rounded off.
    let hasRoundedCharges: Bool
    /// For each parcel or truck slot, the column that counts packages, if not the switch.
    private(set) var counts: [Int?]
    private(set) var shorts: [Int] = []
    /// For each pile, the column that must be 1 for anything to be taken.
    private(set) var gates: [Int] = []
    private(set) var isFlow: [Bool] = []
    /// Loads of curves: whole numbers, that follow from the flows and are split last.
    private(set) var isLoad: [Bool] = []
    private var loadColumns: [Int] = []
    private let isLexicographic: Bool
    /// By slot: the arcs within reach.
    private let arcsOfSlot: [[Int]]

    init(_ model: SearchModel, within reach: Reach, isLexicographic: Bool) {
        self.model = model
        self.reach = reach
        arcsOfSlot = model.slots.map { slot in slot.arcs.filter { reach.arcs[$0] } }
        self.isLexicographic = isLexicographic
        flowsOfPile = model.piles.map { _ in [] }
        hasRoundedCharges = model.slots.contains { $0.tariff.roundedOffMaximum > 0 }
        switches = model.slots.map { _ in [] }
        counts = model.slots.map { _ in nil }
        for site in model.sites {
            siteColumns.append(
                addColumn(cost: site.opening, upTo: 1, from: site.isForced ? 1 : 0)
            )
        }
        for slot in model.slots.indices { addSlot(slot) }
        for pile in model.piles.indices { addPile(pile) }
        for line in model.lines.indices { addLine(line) }
        addCounts()
        isFlow = isInteger.map { _ in false }
        isLoad = isFlow
        for column in loadColumns { isLoad[column] = true }
        for flow in flows { isFlow[flow.column] = true }
    }

    mutating func addLazy(_ rows: [LinearProgram.Constraint]) {
        lazyRows += rows
    }

    /// Drops columns that are zero in every plan worth having.
    ///
    /// `number` gives the columns that stay their new places. What names a dropped
    /// column hereafter names `zero`, which stays, and is zero.
    mutating func keep(_ number: [Int?], zero: Int) {
        func at(_ column: Int) -> Int { number[column] ?? zero }
        func kept<Element>(_ elements: [Element]) -> [Element] {
            elements.indices.filter { number[$0] != nil }.map { elements[$0] }
        }
        lazyRows = lazyRows.map { $0.keeping(number) }.filter { !$0.columns.isEmpty }
        isInteger = kept(isInteger)
        step = kept(step)
        shortCosts = kept(shortCosts)
        lateCosts = kept(lateCosts)
        moneyCosts = kept(moneyCosts)
        isFlow = kept(isFlow)
        isLoad = kept(isLoad)
        flows = flows.filter { number[$0.column] != nil }
            .map {
                Flow(
                    column: at($0.column),
                    arc: $0.arc,
                    switchColumn: at($0.switchColumn),
                    limit: $0.limit
                )
            }
        flowsOfPile = model.piles.map { _ in [] }
        for (index, flow) in flows.enumerated() {
            flowsOfPile[model.arcs[flow.arc].pile].append(index)
        }
        curves = curves.filter { number[$0.load] != nil && number[$0.charge] != nil }
            .map {
                Curve(
                    load: at($0.load),
                    charge: at($0.charge),
                    switchColumn: $0.switchColumn.map(at),
                    lightest: $0.lightest,
                    corners: $0.corners,
                    loadScale: $0.loadScale,
                    chargeScale: $0.chargeScale
                )
            }
        siteColumns = siteColumns.map(at)
        switches = switches.map { $0.compactMap { number[$0] } }
        for slot in counts.indices where switches[slot].isEmpty { counts[slot] = nil }
        counts = counts.map { $0.map(at) }
        shorts = shorts.map(at)
        gates = gates.map(at)
    }

    // MARK: Columns and rows

    private mutating func addColumn(
        cost: Int128 = 0,
        short: Double = 0,
        late: Double = 0,
        upTo high: Double,
        from low: Double = 0,
        isInteger: Bool = true,
        step: Double = 1
    ) -> Int {
        self.isInteger.append(isInteger)
        self.step.append(step)
        moneyCosts.append(model.scale.costBelow(cost) / step)
        shortCosts.append(short / step)
        lateCosts.append(late / step)
        return program.addColumn(cost: 0, lower: low * step, upper: high * step)
    }

    /// Adds a row over quantities: each term counts a column's underlying number.
    private mutating func addRow(
        _ terms: [(column: Int, factor: Double)],
        from low: Double = -.infinity,
        to high: Double = .infinity,
        isLazy: Bool = false
    ) {
        let row = constraint(terms, from: low, to: high, isPermanent: !isLazy)
        if isLazy { lazyRows.append(row) } else { program.addRow(row) }
    }

    /// Returns the row in the program's scale; powers of two change no digit.
    func constraint(
        _ terms: [(column: Int, factor: Double)],
        from low: Double,
        to high: Double,
        isPermanent: Bool = false
    ) -> LinearProgram.Constraint {
        let values = terms.map { $0.factor / step[$0.column] }
        let largest = values.reduce(0) { max($0, $1.magnitude) }
        let scale = largest > 0 ? powerOfTwo(atLeast: largest) : 1
        return LinearProgram.Constraint(
            columns: terms.map(\.column),
            values: values.map { $0 / scale },
            low: low / scale,
            high: high / scale,
            isPermanent: isPermanent
        )
    }

    // MARK: Shipments

    private mutating func addSlot(_ index: Int) {
        if arcsOfSlot[index].isEmpty { return }
        let slot = model.slots[index]
        let site = siteColumns[slot.site]
        switch slot.tariff {
        case .parcel(let tariff):
            addPackages(
                index,
                base: model.scale.score(tariff.base),
                rate: model.scale.score(tariff.rate),
                capacity: tariff.packageWeightMaximum,
                most: tariff.packagesMaximum
            )
        case .fullTruckload(let tariff):
            addPackages(
                index,
                base: model.scale.score(tariff.flat),
                rate: 0,
                capacity: tariff.capacity,
                most: tariff.trucksMaximum
            )
        case .lessThanTruckload(let tariff): addBreaks(index, tariff)
        case .parcelTable(let tariff): addTable(index, tariff)
        }
        addRow(switches[index].map { ($0, 1) } + [(site, -1)], to: 0)
    }

    private func fullLoad(_ slot: Int) -> Int64 {
        arcsOfSlot[slot]
            .reduce(0) {
                $0 + model.arcs[$1].unitLoad * capacity(of: model.arcs[$1].pile)
            }
    }

    /// The most units that a pile gives within reach.
    func capacity(of index: Int) -> Int64 {
        let pile = model.piles[index]
        return min(pile.capacity, reach.most[index] / pile.multiple * pile.multiple)
    }

    private mutating func addFlow(_ arc: Int, switch column: Int, cost: Int128) {
        let pile = model.piles[model.arcs[arc].pile]
        let limit = Double(capacity(of: model.arcs[arc].pile) / pile.multiple)
        let (late, charge) = (model.arcs[arc].late, model.arcs[arc].charge)
        let slope = pile.tiers.map(\.slope).min() ?? 0
        let first = pile.isConvex ? (pile.tiers.first?.slope ?? 0) : slope
        let perUnit = cost + charge + (isLexicographic ? 0 : late) + first
        let flow = addColumn(
            cost: perUnit * Int128(pile.multiple),
            late: isLexicographic && late > 0 ? Double(pile.multiple) : 0,
            upTo: limit,
            step: 1 / powerOfTwo(atLeast: limit)
        )
        flowsOfPile[model.arcs[arc].pile].append(flows.count)
        flows.append(Flow(column: flow, arc: arc, switchColumn: column, limit: limit))
        addRow([(flow, 1), (column, -limit)], to: 0, isLazy: true)
    }

    private mutating func addPackages(
        _ index: Int,
        base: Int128,
        rate: Int128,
        capacity: Int64,
        most: Int64
    ) {
        let slot = model.slots[index]
        let full = fullLoad(index)
        let range = packageCounts(index, most: max(1, min(most, (full + capacity - 1) / capacity)))
        let number = range.upperBound
        // A load of nothing is a shipment without a package.
        let mayBeNone = model.mayWeighNothing(index)
        let isSingle = number == 1 && !mayBeNone
        let column = addColumn(cost: slot.opening + (isSingle ? base : 0), upTo: 1)
        switches[index] = [column]
        var count = column
        if !isSingle {
            count = addColumn(cost: base, upTo: Double(number))
            counts[index] = count
            if !mayBeNone || range.lowerBound > 1 {
                addRow([(column, Double(range.lowerBound)), (count, -1)], to: 0)
            }
            addRow([(count, 1), (column, -Double(number))], to: 0, isLazy: true)
        }
        var load: [(column: Int, factor: Double)] = []
        for arc in arcsOfSlot[index] {
            let unit = model.arcs[arc].unitLoad
            addFlow(arc, switch: column, cost: rate * Int128(unit))
            let multiple = model.piles[model.arcs[arc].pile].multiple
            load.append((flows[flows.count - 1].column, Double(unit * multiple)))
        }
        if full > capacity || !isSingle { addRow(load + [(count, -Double(capacity))], to: 0) }
    }

    /// How many packages a shipment may be: one, two and more are the ways it is charged.
    private func packageCounts(_ slot: Int, most: Int64) -> ClosedRange<Int64> {
        let ways = reach.ways[slot]
        guard let first = ways.firstIndex(of: true), let last = ways.lastIndex(of: true) else {
            return 1...most
        }
        let high = last == 2 ? most : min(most, Int64(last) + 1)
        return min(high, Int64(first) + 1)...high
    }

    private mutating func addTable(_ index: Int, _ tariff: ParcelTableTariff) {
        let slot = model.slots[index]
        let column = addColumn(cost: slot.opening, upTo: 1)
        switches[index] = [column]
        var load: [(column: Int, factor: Double)] = []
        for arc in arcsOfSlot[index] {
            addFlow(arc, switch: column, cost: 0)
            let multiple = model.piles[model.arcs[arc].pile].multiple
            load.append(
                (flows[flows.count - 1].column, Double(model.arcs[arc].unitLoad * multiple))
            )
        }
        let end = min(fullLoad(index), slot.tariff.loadMaximum)
        var corners: [(load: Double, charge: Double)] = []
        var from: Int64 = 1
        while from <= end {
            let charge = tariff.charge(forBillableWeight: from) ?? .zero
            corners.append((Double(from), model.scale.costBelow(model.scale.score(charge))))
            let edge = slot.tariff.boundary(atOrAbove: from) ?? end
            corners.append(
                (Double(min(edge, end)), corners[corners.count - 1].charge)
            )
            from = max(edge, from) + 1
        }
        addCurve(
            load,
            corners,
            switch: column,
            from: model.mayWeighNothing(index) ? 0 : 1,
            end: Double(max(1, end))
        )
    }

    private mutating func addCurve(
        _ load: [(column: Int, factor: Double)],
        _ corners: [(load: Double, charge: Double)],
        switch column: Int?,
        from lightest: Double = 0,
        end: Double
    ) {
        let loadStep = 1 / powerOfTwo(atLeast: end)
        let most = corners.map(\.charge).max() ?? 0
        let loadColumn = addColumn(upTo: end, step: loadStep)
        loadColumns.append(loadColumn)
        let chargeStep = 1 / powerOfTwo(atLeast: max(1, most))
        let chargeColumn = addColumn(upTo: most * 1.001, isInteger: false, step: chargeStep)
        moneyCosts[chargeColumn] = 1 / chargeStep
        addRow(load + [(loadColumn, -1)], from: 0, to: 0)
        curves.append(
            Curve(
                load: loadColumn,
                charge: chargeColumn,
                switchColumn: column,
                lightest: lightest,
                corners: corners,
                loadScale: loadStep,
                chargeScale: chargeStep
            )
        )
    }

    private mutating func addBreaks(_ index: Int, _ tariff: LTLTariff) {
        let slot = model.slots[index]
        let full = fullLoad(index)
        let breaks = Self.usefulBreaks(of: slot.arcs, tariff, model)
        for (way, entry) in breaks.enumerated() where reach.allows(way: way, of: index) {
            let rates = arcsOfSlot[index]
                .map { arc in
                    entry.rates[model.piles[model.arcs[arc].pile].classIndex].tenThousandths
                }
            let present = Set(rates)
            let isFlat = present.count == 1 && present.first == entry.deficit.tenThousandths
            let deficit = tariff.charge(forRated: entry.deficit.tenThousandths * entry.from)
            let least =
                isFlat
                ? max(tariff.minimumCharge.tenThousandths, deficit)
                : tariff.minimumCharge.tenThousandths
            let column = addColumn(
                cost: slot.opening + model.scale.score(tariff.accessorial)
                    + model.scale.score(least),
                upTo: 1
            )
            switches[index].append(column)
            let firstFlow = flows.count
            for arc in arcsOfSlot[index] { addFlow(arc, switch: column, cost: 0) }
            // From here on in sums of rates. The charge is no less than `least`, and no
            // less than its sum but for half a unit.
            let half = tariff.rateWeight * tariff.chargeUnit.tenThousandths / 2
            addPieces(
                index,
                entry,
                rates,
                (least: least * tariff.rateWeight + half, divisor: tariff.rateWeight),
                firstFlow,
                column,
                isFlat
            )
            if full > tariff.weightMaximum {
                let load = arcsOfSlot[index].enumerated()
                    .map { offset, arc in
                        let pile = model.piles[model.arcs[arc].pile]
                        return (
                            column: flows[firstFlow + offset].column,
                            factor: Double(pile.unitWeight * pile.multiple)
                        )
                    }
                addRow(load + [(column, -Double(tariff.weightMaximum))], to: 0)
            }
        }
    }

    /// The charge above the least one: rates times weight, or that with what lacks to the break.
    private mutating func addPieces(
        _ index: Int,
        _ entry: LTLTariff.Break,
        _ rates: [Int64],
        _ base: (least: Int64, divisor: Int64),
        _ firstFlow: Int,
        _ column: Int,
        _ isFlat: Bool
    ) {
        let least = base.least
        var full: Int64 = 0
        for (offset, arc) in arcsOfSlot[index].enumerated() {
            let pile = model.piles[model.arcs[arc].pile]
            full += rates[offset] * pile.unitWeight * capacity(of: model.arcs[arc].pile)
        }
        let deficit = entry.deficit.tenThousandths * entry.from
        let most = max(1, Double(max(full, deficit + full)))
        let above = addColumn(
            upTo: most,
            isInteger: false,
            step: 1 / powerOfTwo(atLeast: most)
        )
        moneyCosts[above] = powerOfTwo(atLeast: most) / Double(base.divisor)
        func row(_ rate: (Int) -> Int64, _ constant: Int64) -> [(column: Int, factor: Double)] {
            var terms = arcsOfSlot[index].enumerated()
                .map { offset, arc in
                    let pile = model.piles[model.arcs[arc].pile]
                    return (
                        column: flows[firstFlow + offset].column,
                        factor: Double(rate(offset) * pile.unitWeight * pile.multiple)
                    )
                }
            terms.append((column, Double(constant - least)))
            terms.append((above, -1))
            return terms.filter { $0.factor != 0 }
        }
        addRow(row({ rates[$0] }, 0), to: 0, isLazy: true)
        if entry.from > 0 && !isFlat {
            addRow(
                row({ rates[$0] - entry.deficit.tenThousandths }, deficit),
                to: 0,
                isLazy: true
            )
        }
    }

    /// Returns the breaks that some load of the arcs could be billed at.
    static func usefulBreaks(
        of arcs: [Int],
        _ tariff: LTLTariff,
        _ model: SearchModel
    ) -> [LTLTariff.Break] {
        let minimum = tariff.minimumCharge.tenThousandths * tariff.rateWeight
        func sum(_ rate: (Int) -> Int64) -> Int64 {
            arcs.reduce(0) { sum, arc in
                let pile = model.piles[model.arcs[arc].pile]
                return sum + rate(pile.classIndex) * pile.unitWeight * pile.capacity
            }
        }
        var kept: [LTLTariff.Break] = []
        for entry in tariff.breaks {
            let least =
                entry.deficit.tenThousandths * entry.from
                + sum { min(0, entry.rates[$0].tenThousandths - entry.deficit.tenThousandths) }
            let isBeaten = kept.contains { other in
                let most = max(
                    minimum,
                    sum { other.rates[$0].tenThousandths },
                    other.from == 0
                        ? 0
                        : other.deficit.tenThousandths * other.from
                            + sum {
                                max(
                                    0,
                                    other.rates[$0].tenThousandths
                                        - other.deficit.tenThousandths
                                )
                            }
                )
                return least >= most
            }
            if isBeaten { continue }
            let classes = Set(arcs.map { model.piles[model.arcs[$0].pile].classIndex })
            let always =
                max(0, entry.deficit.tenThousandths * entry.from)
                + sum { max(0, entry.rates[$0].tenThousandths - entry.deficit.tenThousandths) }
            if always <= minimum {
                kept.removeAll { other in
                    classes.allSatisfy { other.rates[$0] >= entry.rates[$0] }
                }
            }
            kept.append(entry)
        }
        return kept
    }

    // MARK: Stock

    private mutating func addPile(_ index: Int) {
        let pile = model.piles[index]
        let line = model.lines[pile.line]
        let capacity = capacity(of: index)
        let limit = Double(capacity / pile.multiple)
        if flowsOfPile[index].isEmpty { return gates.append(siteColumns[pile.site]) }
        let own = flowsOfPile[index].map { (column: flows[$0].column, factor: 1.0) }
        let site = siteColumns[pile.site]
        var gate = site
        if pile.pick > 0 || pile.minimum > pile.multiple || line.noSplit || !line.lots.isEmpty {
            gate = addColumn(cost: pile.pick, upTo: 1)
            addRow([(gate, 1), (site, -1)], to: 0, isLazy: true)
            addRow(own + [(gate, -limit)], to: 0)
            if pile.minimum > pile.multiple {
                addRow(own + [(gate, -Double(pile.minimum / pile.multiple))], from: 0)
            }
        } else {
            addRow(own + [(gate, -limit)], to: 0, isLazy: true)
        }
        gates.append(gate)
        let fewest = reach.fewest[index]
        if fewest > 0 {
            addRow(own, from: Double((fewest + pile.multiple - 1) / pile.multiple))
        }
        addTiers(pile, upTo: capacity, own, gate)
    }

    private mutating func addTiers(
        _ pile: SearchModel.Pile,
        upTo capacity: Int64,
        _ own: [(column: Int, factor: Double)],
        _ gate: Int
    ) {
        if pile.tiers.count < 2 { return }
        let units = own.map { ($0.column, Double(pile.multiple)) }
        if pile.isConvex {
            var before = pile.tiers[0].length
            var columns: [(column: Int, factor: Double)] = []
            for tier in pile.tiers.dropFirst() where before < capacity {
                let length = Double(min(tier.length, capacity - before))
                let column = addColumn(
                    cost: tier.slope - pile.tiers[0].slope,
                    upTo: length,
                    isInteger: false,
                    step: 1 / powerOfTwo(atLeast: max(1, length))
                )
                columns.append((column, -1))
                before += tier.length
            }
            if columns.isEmpty { return }
            let first = Double(min(pile.tiers[0].length, capacity))
            addRow(units + columns + [(gate, -first)], to: 0)
            return
        }
        let least = pile.tiers.map(\.slope).min() ?? 0
        var corners: [(load: Double, charge: Double)] = [(0, 0)]
        var taken: Int64 = 0
        var charge: Int128 = 0
        for tier in pile.tiers where taken < capacity {
            let length = min(tier.length, capacity - taken)
            taken += length
            charge += (tier.slope - least) * Int128(length)
            corners.append((Double(taken), model.scale.costBelow(charge)))
        }
        addCurve(
            units.map { (column: $0.0, factor: $0.1) },
            corners,
            switch: nil,
            end: Double(capacity)
        )
    }

    // MARK: Lines and counts

    private mutating func addLine(_ index: Int) {
        let line = model.lines[index]
        let quantity = Double(line.quantity)
        let mayBeShort = !line.mustBeWhole || line.mayBeEmpty
        let short = addColumn(
            cost: isLexicographic ? 0 : line.backorder,
            short: 1,
            upTo: mayBeShort ? quantity : 0,
            isInteger: false,
            step: 1 / powerOfTwo(atLeast: quantity)
        )
        shorts.append(short)
        let shipped = line.piles.flatMap { pile in
            flowsOfPile[pile]
                .map {
                    (
                        column: flows[$0].column,
                        factor: Double(model.piles[pile].multiple)
                    )
                }
        }
        addRow(shipped + [(short, 1)], from: quantity, to: quantity)
        if line.mustBeWhole && line.mayBeEmpty {
            let whole = addColumn(upTo: 1)
            addRow([(short, 1), (whole, quantity)], from: quantity, to: quantity)
        }
        let inReach = line.piles.filter { !flowsOfPile[$0].isEmpty }
        if line.noSplit { addRow(inReach.map { (gates[$0], 1) }, to: 1) }
        if !line.lots.isEmpty { addLots(line) }
    }

    private mutating func addLots(_ line: SearchModel.Line) {
        let lots = line.lots.map { _ in addColumn(upTo: 1) }
        addRow(lots.map { ($0, 1) }, to: 1)
        for pile in line.piles where !flowsOfPile[pile].isEmpty {
            let units = flowsOfPile[pile]
                .map {
                    (
                        column: flows[$0].column,
                        factor: Double(model.piles[pile].multiple)
                    )
                }
            let held = lots.enumerated()
                .map { offset, column in
                    (
                        column: column,
                        factor: -Double(
                            min(
                                model.piles[pile].lotQuantities[offset],
                                line.quantity
                            )
                        )
                    )
                }
            addRow(units + held.filter { $0.factor != 0 }, to: 0)
        }
    }

    private mutating func addCounts() {
        if model.warehousesMaximum < model.sites.count {
            addRow(siteColumns.map { ($0, 1) }, to: Double(model.warehousesMaximum))
        }
        if model.shipmentsMaximum < model.slots.count {
            addRow(
                switches.flatMap { $0 }.map { ($0, 1) },
                to: Double(model.shipmentsMaximum)
            )
        }
        for (index, site) in model.sites.enumerated() where site.isForced {
            let own = model.sites[index].piles.flatMap { flowsOfPile[$0] }
            addRow(own.map { (flows[$0].column, 1) }, from: 1)
        }
    }
}

/// - Precondition: `value` is positive and finite.
func powerOfTwo(atLeast value: Double) -> Double {
    var power = 1.0
    while power < value { power *= 2 }
    while power / 2 >= value { power /= 2 }
    return power
}
