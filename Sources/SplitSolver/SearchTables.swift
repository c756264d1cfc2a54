internal import AllocationModel

/// The search model as rows of numbers: what the inner loops read.
///
/// Lives as long as the arena it was made in.
final class SearchTables {
    enum TariffKind: UInt8 { case parcel, truck, breaks, table }

    let arcs: Int
    let arcLine: Row<Int>
    let arcPile: Row<Int>
    let arcSlot: Row<Int>
    let arcUnitLoad: Row<Int64>
    let arcPerUnit: Row<Int128>
    /// Where the arc's rates by break begin in `rates`.
    let arcRates: Row<Int>
    /// What one unit of an arc adds to the charge of a break.
    let rates: Row<Int64>

    let pileLine: Row<Int>
    let pileSite: Row<Int>
    let pileCapacity: Row<Int64>
    let pileMinimum: Row<Int64>
    let pileMultiple: Row<Int64>
    let pilePick: Row<Int128>
    let pileTiers: Spans
    let tierLength: Row<Int64>
    let tierSlope: Row<Int128>
    let pileArcs: Spans
    let arcsByPile: Row<Int>

    let slotSite: Row<Int>
    let slotOpening: Row<Int128>
    let slotKind: Row<TariffKind>
    /// The base of a package, the price of a truck, or an LTL shipment's accessorials.
    let slotBase: Row<Int64>
    /// The rate of a parcel's weight, or an LTL shipment's least charge.
    let slotRate: Row<Int64>
    /// What an LTL shipment's sum of rates is divided by, and is then a multiple of.
    let slotDivisor: Row<Int64>
    let slotUnit: Row<Int64>
    /// What a package or truck holds.
    let slotCapacity: Row<Int64>
    let slotLoadMaximum: Row<Int64>
    let slotSteps: Spans
    /// Breaks of LTL, rows of a parcel table.
    let stepWeight: Row<Int64>
    /// What lacks to a break costs for each unit of weight; what a row of a table costs.
    let stepCharge: Row<Int64>
    let slotArcs: Spans
    let arcsBySlot: Row<Int>

    let lineQuantity: Row<Int64>
    let lineBackorder: Row<Int128>
    let lineMustBeWhole: Row<Bool>
    let lineMayBeEmpty: Row<Bool>
    let lineArcs: Spans
    let arcsByLine: Row<Int>
    let linePiles: Spans
    let pilesByLine: Row<Int>

    let siteOpening: Row<Int128>
    let siteIsForced: Row<Bool>
    let siteSlots: Spans
    let siteArcs: Spans
    let arcsBySite: Row<Int>

    let scoreUnit: Int128

    init(_ model: SearchModel, in arena: Arena) {
        arcs = model.arcs.count
        scoreUnit = model.scale.unit
        arcLine = arena.row(model.arcs.map { $0.line })
        arcPile = arena.row(model.arcs.map { $0.pile })
        arcSlot = arena.row(model.arcs.map { $0.slot })
        arcUnitLoad = arena.row(model.arcs.map { $0.unitLoad })
        arcPerUnit = arena.row(model.arcs.map { $0.perUnit })

        pileLine = arena.row(model.piles.map { $0.line })
        pileSite = arena.row(model.piles.map { $0.site })
        pileCapacity = arena.row(model.piles.map { $0.capacity })
        pileMinimum = arena.row(model.piles.map { $0.minimum })
        pileMultiple = arena.row(model.piles.map { $0.multiple })
        pilePick = arena.row(model.piles.map { $0.pick })
        pileTiers = Spans(model.piles.map { $0.tiers.count }, in: arena)
        tierLength = arena.row(model.piles.flatMap { $0.tiers.map { $0.length } })
        tierSlope = arena.row(model.piles.flatMap { $0.tiers.map { $0.slope } })
        pileArcs = Spans(model.piles.map { $0.arcs.count }, in: arena)
        arcsByPile = arena.row(model.piles.flatMap(\.arcs))

        slotSite = arena.row(model.slots.map { $0.site })
        slotOpening = arena.row(model.slots.map { $0.opening })
        let prices = model.slots.map { Prices($0.tariff) }
        slotKind = arena.row(prices.map { $0.kind })
        slotBase = arena.row(prices.map { $0.base })
        slotRate = arena.row(prices.map { $0.rate })
        slotDivisor = arena.row(prices.map { $0.divisor })
        slotUnit = arena.row(prices.map { $0.unit })
        slotCapacity = arena.row(prices.map { $0.capacity })
        slotLoadMaximum = arena.row(model.slots.map { $0.tariff.loadMaximum })
        slotSteps = Spans(prices.map { $0.steps.count }, in: arena)
        stepWeight = arena.row(prices.flatMap { $0.steps.map { $0.weight } })
        stepCharge = arena.row(prices.flatMap { $0.steps.map { $0.charge } })
        slotArcs = Spans(model.slots.map { $0.arcs.count }, in: arena)
        arcsBySlot = arena.row(model.slots.flatMap(\.arcs))
        let arcRates = model.arcs.map { model.rates(of: $0) }
        self.arcRates = Spans(arcRates.map { $0.count }, in: arena).start
        rates = arena.row(arcRates.flatMap { $0 })

        lineQuantity = arena.row(model.lines.map { $0.quantity })
        lineBackorder = arena.row(model.lines.map { $0.backorder })
        lineMustBeWhole = arena.row(model.lines.map { $0.mustBeWhole })
        lineMayBeEmpty = arena.row(model.lines.map { $0.mayBeEmpty })
        let ofLine = model.lines.map { $0.piles.flatMap { model.piles[$0].arcs } }
        lineArcs = Spans(ofLine.map { $0.count }, in: arena)
        arcsByLine = arena.row(ofLine.flatMap { $0 })
        linePiles = Spans(model.lines.map { $0.piles.count }, in: arena)
        pilesByLine = arena.row(model.lines.flatMap(\.piles))

        siteOpening = arena.row(model.sites.map { $0.opening })
        siteIsForced = arena.row(model.sites.map { $0.isForced })
        siteSlots = Spans(model.sites.map { $0.slots.count }, in: arena)
        let ofSite = model.sites.map { $0.slots.flatMap { model.slots[$0].arcs } }
        siteArcs = Spans(ofSite.map { $0.count }, in: arena)
        arcsBySite = arena.row(ofSite.flatMap { $0 })
    }

    // MARK: Steps of tariffs

    /// Returns the least boundary at or above `load`, or nil beyond the last.
    ///
    /// A boundary is the most load before the charge jumps, or where its rate changes.
    func boundary(of slot: Int, atOrAbove load: Int64) -> Int64? {
        let end = slotLoadMaximum[slot]
        if load > end { return nil }
        let capacity = slotCapacity[slot]
        switch slotKind[slot] {
        case .parcel, .truck:
            return min(end, load.rounded(upToMultipleOf: capacity))
        case .table:
            let full = load / capacity * capacity
            if load == full { return load }
            for step in slotSteps[slot] where stepWeight[step] >= load - full {
                return min(end, full + stepWeight[step])
            }
            return end
        case .breaks:
            var least = end
            for step in slotSteps[slot] where stepWeight[step] >= load {
                least = min(least, stepWeight[step])
            }
            return least
        }
    }

    /// Returns the greatest boundary below `load`, or nil at none.
    func boundary(of slot: Int, below load: Int64) -> Int64? {
        if load <= 0 { return nil }
        let capacity = slotCapacity[slot]
        switch slotKind[slot] {
        case .parcel, .truck:
            return (load - 1) / capacity * capacity
        case .table:
            let full = (load - 1) / capacity * capacity
            for step in slotSteps[slot].reversed() where stepWeight[step] < load - full {
                return full + stepWeight[step]
            }
            return full
        case .breaks:
            var greatest: Int64 = 0
            for step in slotSteps[slot] where stepWeight[step] < load {
                greatest = max(greatest, stepWeight[step])
            }
            return greatest
        }
    }

    /// Returns what a load costs by a parcel or truck tariff, or nil where it is too much.
    func charge(of slot: Int, forLoad load: Int64) -> Int64? {
        if load > slotLoadMaximum[slot] { return nil }
        let capacity = slotCapacity[slot]
        switch slotKind[slot] {
        case .parcel:
            return (load + capacity - 1) / capacity * slotBase[slot] + load * slotRate[slot]
        case .truck:
            return (load + capacity - 1) / capacity * slotBase[slot]
        case .table:
            let steps = slotSteps[slot]
            let full = load / capacity
            let rest = load - full * capacity
            var sum = full * stepCharge[steps.upperBound - 1]
            if rest > 0 {
                for step in steps where stepWeight[step] >= rest {
                    sum += stepCharge[step]
                    break
                }
            }
            return sum
        case .breaks:
            return nil
        }
    }
}

/// Where each of several runs of elements begins and ends in one row.
struct Spans {
    let start: Row<Int>

    init(_ counts: [Int], in arena: Arena) {
        start = arena.row(counts.count + 1, of: 0)
        for (index, count) in counts.enumerated() { start[index + 1] = start[index] + count }
    }

    subscript(index: Int) -> Range<Int> {
        @inline(__always) get { start[index]..<start[index + 1] }
    }
}

/// A tariff's numbers, in the shape of the tables.
private struct Prices {
    let kind: SearchTables.TariffKind
    var base: Int64 = 0
    var rate: Int64 = 0
    var capacity: Int64 = 1
    var divisor: Int64 = 1
    var unit: Int64 = 1
    var steps: [(weight: Int64, charge: Int64)] = []

    init(_ tariff: Tariff) {
        switch tariff {
        case .parcel(let parcel):
            kind = .parcel
            base = parcel.base.tenThousandths
            rate = parcel.rate.tenThousandths
            capacity = parcel.packageWeightMaximum
        case .fullTruckload(let truck):
            kind = .truck
            base = truck.flat.tenThousandths
            capacity = truck.capacity
        case .lessThanTruckload(let ltl):
            kind = .breaks
            base = ltl.accessorial.tenThousandths
            rate = ltl.minimumCharge.tenThousandths
            unit = ltl.chargeUnit.tenThousandths
            divisor = ltl.rateWeight * unit
            steps = ltl.breaks.map { ($0.from, $0.deficit.tenThousandths) }
        case .parcelTable(let table):
            kind = .table
            capacity = table.packageWeightMaximum
            steps = table.steps.map { ($0.weightMaximum, $0.charge.tenThousandths) }
        }
    }
}

extension SearchModel {
    /// Returns what one unit of an arc costs in each break, if its tariff has any.
    fileprivate func rates(of arc: Arc) -> [Int64] {
        guard case .lessThanTruckload(let tariff) = slots[arc.slot].tariff else { return [] }
        let pile = piles[arc.pile]
        return tariff.breaks.map { $0.rates[pile.classIndex].tenThousandths * pile.unitWeight }
    }
}
