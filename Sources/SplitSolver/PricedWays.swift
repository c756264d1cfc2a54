internal import AllocationModel

/// How each shipment that could be may be charged, as sums of straight lines from below.
///
/// A *way* is one manner of charging a slot: an LTL break, one package, two
/// packages, more, a parcel table. Whatever is loaded, a slot that ships is charged
/// by one of its ways, and a way charges at least each of its *pieces*: a constant,
/// a share of the rates and a share of the load. A *cell* is what one site could
/// ship together: slots and the piles that ride in them.
final class PricedWays {
    let ways: Int
    let cells: Int
    let waySlot: Row<Int>
    let wayCell: Row<Int>
    /// What is paid whatever is loaded, but for the pieces' constants.
    let wayOpening: Row<Double>
    /// The most load, or infinity where no load of the cell is more.
    let wayCapacity: Row<Double>
    let wayPieces: Spans
    /// Whether any two of the way's three pieces may be mixed: the first is there again, last.
    let wayIsRing: Row<Bool>
    /// Whether another way of the cell costs less whatever is loaded.
    let wayIsDominated: Row<Bool>
    let pieceConstant: Row<Double>
    let pieceRates: Row<Double>
    let pieceLoad: Row<Double>
    /// Where the way's entries begin: one for each pile of its cell, in the cell's order.
    let wayEntries: Row<Int>
    /// The arc of a way and a pile, or -1 where the pile may not ride.
    let entryArc: Row<Int>
    /// What one unit costs by the way besides the pieces.
    let entryCost: Row<Double>
    let entryRate: Row<Double>
    let entryLoad: Row<Double>
    let cellSite: Row<Int>
    let cellPiles: Spans
    let pilesByCell: Row<Int>
    let cellWays: Spans
    let siteCells: Spans
    let pileTiers: Spans
    let tierLength: Row<Double>
    let tierSlope: Row<Double>
    let pilePick: Row<Double>

    init(_ model: SearchModel, in arena: Arena) {
        var draft = PricedWaysDraft(model)
        for site in model.sites.indices { draft.add(site: site) }
        ways = draft.ways.count
        cells = draft.cells.count
        waySlot = arena.row(draft.ways.map { $0.slot })
        wayCell = arena.row(draft.ways.map { $0.cell })
        wayOpening = arena.row(draft.ways.map { $0.opening })
        wayCapacity = arena.row(draft.ways.map { $0.capacity })
        wayIsDominated = arena.row(draft.dominated())
        wayIsRing = arena.row(draft.ways.map { $0.isRing })
        wayPieces = Spans(draft.ways.map { $0.pieces.count }, in: arena)
        let pieces = draft.ways.flatMap(\.pieces)
        pieceConstant = arena.row(pieces.map { $0.constant })
        pieceRates = arena.row(pieces.map { $0.rates })
        pieceLoad = arena.row(pieces.map { $0.load })
        let entries = draft.ways.reduce(0) { $0 + $1.entries.count }
        wayEntries = arena.row(ways, of: 0)
        entryArc = arena.row(entries, of: -1)
        entryCost = arena.row(entries, of: 0)
        entryRate = arena.row(entries, of: 0)
        entryLoad = arena.row(entries, of: 0)
        var next = 0
        for (index, way) in draft.ways.enumerated() {
            wayEntries[index] = next
            for entry in way.entries {
                entryArc[next] = entry.arc
                entryCost[next] = entry.cost
                entryRate[next] = entry.rate
                entryLoad[next] = entry.load
                next += 1
            }
        }
        cellSite = arena.row(draft.cells.map { $0.site })
        cellPiles = Spans(draft.cells.map { $0.piles.count }, in: arena)
        pilesByCell = arena.row(draft.cells.flatMap(\.piles))
        cellWays = Spans(draft.cells.map { $0.ways }, in: arena)
        siteCells = Spans(draft.cellsOfSites, in: arena)
        let tiers = model.piles.map { PricedWaysDraft.tiers(of: $0, model) }
        pileTiers = Spans(tiers.map { $0.count }, in: arena)
        tierLength = arena.row(tiers.flatMap { $0.map { $0.length } })
        tierSlope = arena.row(tiers.flatMap { $0.map { $0.slope } })
        pilePick = arena.row(model.piles.map { model.scale.costBelow($0.pick) })
    }
}

/// The ways of a model in the making.
struct PricedWaysDraft {
    struct Piece {
        var constant = 0.0
        var rates = 0.0
        var load = 0.0
    }

    struct Entry {
        var arc = -1
        var cost = Double.infinity
        var rate = 0.0
        var load = 0.0
    }

    struct Way {
        let slot: Int
        let cell: Int
        let opening: Double
        let capacity: Double
        let pieces: [Piece]
        let isRing: Bool
        /// Pieces of which the greatest is no less than the charge, or none where that is not known.
        let ceiling: [Piece]
        /// What the charge is more than that at most, by rounding.
        let roundedUp: Double
        let entries: [Entry]
    }

    struct Cell {
        let site: Int
        let piles: [Int]
        var ways = 0
    }

    private let model: SearchModel
    private(set) var ways: [Way] = []
    private(set) var cells: [Cell] = []
    private(set) var cellsOfSites: [Int] = []

    init(_ model: SearchModel) { self.model = model }

    mutating func add(site: Int) {
        let groups = connected(model.sites[site].slots)
        cellsOfSites.append(groups.count)
        for slots in groups {
            let arcs = slots.flatMap { model.slots[$0].arcs }
            let piles = Set(arcs.map { model.arcs[$0].pile }).sorted()
            cells.append(Cell(site: site, piles: piles))
            let before = ways.count
            for slot in slots { add(slot: slot, piles) }
            cells[cells.count - 1].ways = ways.count - before
        }
    }

    /// Returns the slots in sets of which no two share a pile.
    private func connected(_ slots: [Int]) -> [[Int]] {
        var groups: [(slots: [Int], piles: Set<Int>)] = []
        for slot in slots {
            var joined = (
                slots: [slot], piles: Set(model.slots[slot].arcs.map { model.arcs[$0].pile })
            )
            groups.removeAll { group in
                if group.piles.isDisjoint(with: joined.piles) { return false }
                joined = (group.slots + joined.slots, group.piles.union(joined.piles))
                return true
            }
            groups.append(joined)
        }
        return groups.map { $0.slots.sorted() }
    }

    /// Returns the pile's units by what they cost, cheapest first: no more than they do.
    static func tiers(
        of pile: SearchModel.Pile,
        _ model: SearchModel
    ) -> [(length: Double, slope: Double)] {
        let line = model.lines[pile.line]
        let capacity = min(pile.capacity, model.mostShipped(of: pile.line))
        if capacity == 0 { return [] }
        if line.noSplit && line.mustBeWhole && capacity < line.quantity { return [] }
        guard pile.isConvex else {
            let least = pile.tiers.map { $0.slope }.min() ?? 0
            return [(Double(capacity), model.scale.costBelow(least))]
        }
        var rest = capacity
        var tiers: [(length: Double, slope: Double)] = []
        for tier in pile.tiers where rest > 0 {
            tiers.append((Double(min(rest, tier.length)), model.scale.costBelow(tier.slope)))
            rest -= tier.length
        }
        return tiers
    }

    // MARK: Dominance

    /// Returns which ways cost more than another of their cell whatever they carry.
    ///
    /// The other must be of the same slot, or have room for all of the cell: then what
    /// rode by both rides by one, which costs no more than the two did.
    func dominated() -> [Bool] {
        var isDominated = ways.map { _ in false }
        var first = 0
        for cell in cells {
            let range = first..<(first + cell.ways)
            first = range.upperBound
            for index in range {
                isDominated[index] = range.contains { other in
                    other != index && !isDominated[other] && dominates(ways[other], ways[index])
                }
            }
        }
        return isDominated
    }

    private func dominates(_ way: Way, _ other: Way) -> Bool {
        if way.ceiling.isEmpty { return false }
        let hasRoom =
            way.slot == other.slot
            ? way.capacity >= other.capacity : way.capacity == .infinity && mayGrow(way)
        guard hasRoom, zip(way.entries, other.entries).allSatisfy({ $0.arc >= 0 || $1.arc < 0 })
        else { return false }
        return way.ceiling.allSatisfy { piece in
            other.pieces.contains { excess(of: way, at: piece, over: other, at: $0) < -1e-6 }
        }
    }

    /// Whether goods may join what rides by a way's slot for no more than they cost by the way.
    ///
    /// So they may by each break that rates all of them less, or all of them more.
    private func mayGrow(_ way: Way) -> Bool {
        ways.allSatisfy { other in
            let rates = zip(way.entries, other.entries)
            return other.slot != way.slot || rates.allSatisfy { $0.rate <= $1.rate }
                || rates.allSatisfy { $0.rate >= $1.rate }
        }
    }

    /// The most that one way's piece is more than another's, whatever is loaded.
    private func excess(
        of way: Way,
        at piece: Piece,
        over other: Way,
        at otherPiece: Piece
    ) -> Double {
        var sum = way.opening + way.roundedUp + piece.constant
        sum -= other.opening + otherPiece.constant
        for (index, pile) in cells[way.cell].piles.enumerated() {
            let (entry, otherEntry) = (way.entries[index], other.entries[index])
            if otherEntry.arc < 0 { continue }
            let each = entry.cost + piece.rates * entry.rate + piece.load * entry.load
            let otherEach =
                otherEntry.cost + otherPiece.rates * otherEntry.rate
                + otherPiece.load * otherEntry.load
            sum += max(0, each - otherEach) * Double(model.piles[pile].capacity)
        }
        return sum
    }

    // MARK: Ways of a slot

    private mutating func add(slot index: Int, _ piles: [Int]) {
        switch model.slots[index].tariff {
        case .parcel(let tariff):
            addPackages(
                index,
                piles,
                base: Double(tariff.base.tenThousandths),
                rate: Double(tariff.rate.tenThousandths),
                capacity: tariff.packageWeightMaximum,
                most: tariff.packagesMaximum
            )
        case .fullTruckload(let tariff):
            addPackages(
                index,
                piles,
                base: Double(tariff.flat.tenThousandths),
                rate: 0,
                capacity: tariff.capacity,
                most: tariff.trucksMaximum
            )
        case .lessThanTruckload(let tariff): addBreaks(index, piles, tariff)
        case .parcelTable(let tariff): addTable(index, piles, tariff)
        }
    }

    private func fullLoad(_ slot: Int) -> Int64 {
        model.slots[slot].arcs
            .reduce(0) {
                $0 + model.arcs[$1].unitLoad * model.piles[model.arcs[$1].pile].capacity
            }
    }

    private func entries(
        _ slot: Int,
        _ piles: [Int],
        ratePerLoad: Double = 0,
        rate: (SearchModel.Pile) -> Double = { _ in 0 }
    ) -> [Entry] {
        var next = 0
        let arcs = model.slots[slot].arcs.sorted { model.arcs[$0].pile < model.arcs[$1].pile }
        return piles.map { index in
            guard next < arcs.count, model.arcs[arcs[next]].pile == index else { return Entry() }
            let (arc, pile) = (arcs[next], model.piles[index])
            next += 1
            let load = Double(model.arcs[arc].unitLoad)
            return Entry(
                arc: arc,
                cost: model.scale.costBelow(model.arcs[arc].perUnit) + ratePerLoad * load,
                rate: rate(pile),
                load: load
            )
        }
    }

    private mutating func addWay(
        _ slot: Int,
        opening: Double = 0,
        capacity: Double,
        _ pieces: [Piece],
        isRing: Bool = false,
        ceiling: [Piece] = [],
        roundedUp: Double = 0,
        _ entries: [Entry]
    ) {
        ways.append(
            Way(
                slot: slot,
                cell: cells.count - 1,
                opening: model.scale.costBelow(model.slots[slot].opening) + opening,
                capacity: capacity < Double(fullLoad(slot)) ? capacity : .infinity,
                pieces: pieces,
                isRing: isRing,
                ceiling: ceiling,
                roundedUp: roundedUp,
                entries: entries
            )
        )
    }

    /// One package, two packages, and more: the last at what each unit of a full one costs.
    private mutating func addPackages(
        _ slot: Int,
        _ piles: [Int],
        base: Double,
        rate: Double,
        capacity: Int64,
        most: Int64
    ) {
        let number = max(1, min(most, (fullLoad(slot) + capacity - 1) / capacity))
        let entries = entries(slot, piles, ratePerLoad: rate)
        for count in 1...min(2, number) {
            let constant = Double(count) * base
            // What weighs nothing rides in no package.
            let least = count == 1 && model.mayWeighNothing(slot) ? 0 : constant
            addWay(
                slot,
                capacity: Double(count) * Double(capacity),
                [Piece(constant: least)],
                ceiling: [Piece(constant: constant)],
                entries
            )
        }
        if number < 3 { return }
        let pieces = [Piece(constant: 3 * base), Piece(load: base / Double(capacity))]
        // The last package is full at best and empty at worst.
        let ceiling = [Piece(constant: base, load: base / Double(capacity))]
        let most = Double(number) * Double(capacity)
        addWay(slot, capacity: most, pieces, ceiling: ceiling, entries)
    }

    private mutating func addBreaks(_ slot: Int, _ piles: [Int], _ tariff: LTLTariff) {
        let divisor = Double(tariff.rateWeight)
        let least = Double(tariff.minimumCharge.tenThousandths)
        let opening =
            Double(tariff.accessorial.tenThousandths) - model.slots[slot].tariff.roundedOffMaximum
        for entry in Formulation.usefulBreaks(of: model.slots[slot].arcs, tariff, model) {
            let rated = entries(slot, piles) { pile in
                Double(entry.rates[pile.classIndex].tenThousandths * pile.unitWeight) / divisor
            }
            let deficit = Double(entry.deficit.tenThousandths) / divisor
            let lacking = deficit * Double(entry.from)
            let all = Piece(rates: 1)
            let short = Piece(constant: lacking, rates: 1, load: -deficit)
            let minimum = Piece(constant: least)
            let isRing = entry.from > 0 && lacking < least
            var pieces = entry.from > 0 ? [all, short] : [minimum, all]
            if isRing { pieces = [minimum, all, short, minimum] }
            addWay(
                slot,
                opening: opening,
                capacity: Double(tariff.weightMaximum),
                pieces,
                isRing: isRing,
                ceiling: entry.from > 0 ? [minimum, all, short] : [minimum, all],
                roundedUp: 2 * model.slots[slot].tariff.roundedOffMaximum,
                rated
            )
        }
    }

    /// The lines below a table's steps that no other line is above throughout.
    private mutating func addTable(_ slot: Int, _ piles: [Int], _ tariff: ParcelTableTariff) {
        let end = max(1, min(fullLoad(slot), model.slots[slot].tariff.loadMaximum))
        var hull: [(load: Double, charge: Double)] = []
        if model.mayWeighNothing(slot) { hull.append((0, 0)) }
        var from: Int64 = 1
        while from <= end {
            let charge = Double((tariff.charge(forBillableWeight: from) ?? .zero).tenThousandths)
            let edge = min(end, model.slots[slot].tariff.boundary(atOrAbove: from) ?? end)
            for load in Set([from, edge]).sorted() {
                let point = (load: Double(load), charge: charge)
                while hull.count >= 2 {
                    let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
                    let turn =
                        (b.charge - a.charge) * (point.load - a.load)
                        - (point.charge - a.charge) * (b.load - a.load)
                    guard turn >= 0 else { break }
                    hull.removeLast()
                }
                hull.append(point)
            }
            from = max(edge, from) + 1
        }
        var pieces = [Piece(constant: hull[0].charge)]
        for (a, b) in zip(hull, hull.dropFirst()) where b.charge > a.charge {
            let slope = (b.charge - a.charge) / (b.load - a.load)
            // A hair lower, for the division may have rounded up.
            let constant = (a.charge - slope * a.load) - a.charge.magnitude * 1e-12
            pieces.append(Piece(constant: constant, load: slope))
        }
        addWay(slot, capacity: Double(end), pieces, entries(slot, piles))
    }
}

extension SearchModel {
    /// Returns no fewer units of a line than any plan ships.
    func mostShipped(of index: Int) -> Int64 {
        let line = lines[index]
        let held = mostHeld(of: index)
        return held < line.quantity && line.mustBeWhole ? 0 : held
    }

    /// Returns as many units of a line, up to what is asked, as there are where it may come from.
    func mostHeld(of index: Int) -> Int64 {
        let line = lines[index]
        let held: Int64
        if !line.lots.isEmpty {
            held =
                line.lots.indices
                .map { lot in
                    line.piles.reduce(0) {
                        $0 + min(piles[$1].capacity, piles[$1].lotQuantities[lot])
                    }
                }
                .max() ?? 0
        } else if line.noSplit {
            held = line.piles.map { piles[$0].capacity }.max() ?? 0
        } else {
            held = line.piles.reduce(0) { $0 + piles[$1].capacity }
        }
        return min(line.quantity, held)
    }
}
