internal import AllocationModel

/// Adds up a plan from nothing but the problem, refusing what is unlawful.
///
/// Knows nothing of the search: what it returns is what a plan costs.
struct SplitEvaluation {
    let problem: SplitProblem
    let policy: SplitPolicy

    typealias Fault = SplitProblem.Fault

    /// - Precondition: the problem and the policy are valid.
    func costs(of assignments: [SplitAssignment]) throws(Fault) -> SplitCosts {
        let entries = try resolved(assignments)
        let shipments = try shipments(of: entries)
        let sites = try siteCosts(of: entries)
        let shorts = try backorderedUnits(of: sites)
        try checkLots(of: entries)
        try checkCounts(shipments: shipments.count, sites: sites.map(\.warehouse))
        let backorder = shorts.enumerated()
            .reduce(Cost.zero) {
                isLexicographic
                    ? $0 : $0 + problem.lines[$1.offset].backorderCost * $1.element
            }
        let total = [
            backorder,
            shipments.reduce(.zero) { $0 + $1.freight + $1.handling + $1.late },
            sites.reduce(.zero) { $0 + $1.fixed + $1.preference },
            sites.flatMap(\.picks).reduce(.zero) { $0 + $1.pick + $1.scarcity },
        ]
        .reduce(Cost.zero, +)
        return SplitCosts(
            shipments: shipments,
            warehouses: sites,
            backorderedUnits: shorts,
            backorder: backorder,
            total: total
        )
    }

    private var isLexicographic: Bool { policy.objective == .lexicographic }

    /// An assignment with the stock entry it takes from.
    private struct Entry {
        let assignment: SplitAssignment
        let stock: SplitProblem.Stock

        var shipmentKey: [Int] {
            [assignment.warehouse, assignment.service, stock.segregationGroup, assignment.line]
        }
        var pickKey: [Int] { [assignment.warehouse, assignment.line, assignment.service] }
    }

    private func resolved(_ assignments: [SplitAssignment]) throws(Fault) -> [Entry] {
        var entries: [Entry] = []
        var seen: Set<[Int]> = []
        for (index, one) in assignments.enumerated() {
            guard problem.lines.indices.contains(one.line),
                problem.warehouses.indices.contains(one.warehouse),
                problem.warehouses[one.warehouse].services.indices.contains(one.service)
            else { throw .badIndex(.assignment(index), field: "an index") }
            guard seen.insert([one.line, one.warehouse, one.service]).inserted else {
                throw .badIndex(.assignment(index), field: "its line, warehouse and service")
            }
            guard (1...problem.lines[one.line].quantity).contains(one.quantity) else {
                throw .outOfBounds(.assignment(index), field: "quantity")
            }
            entries.append(Entry(assignment: one, stock: try stock(for: one)))
        }
        return entries
    }

    private func stock(for one: SplitAssignment) throws(Fault) -> SplitProblem.Stock {
        let site = problem.warehouses[one.warehouse]
        guard !policy.forbidden.contains(one.warehouse) else {
            throw .unlawful(.forbidden(warehouse: one.warehouse))
        }
        guard !site.services[one.service].blockedLines.contains(one.line) else {
            throw .unlawful(
                .blocked(line: one.line, warehouse: one.warehouse, service: one.service)
            )
        }
        guard let stock = site.stock.first(where: { $0.line == one.line }) else {
            throw .unlawful(.noStock(line: one.line, warehouse: one.warehouse))
        }
        guard one.quantity % stock.multiple == 0 else {
            throw .unlawful(.notAMultiple(line: one.line, warehouse: one.warehouse))
        }
        return stock
    }

    private func shipments(of entries: [Entry]) throws(Fault) -> [SplitCosts.Shipment] {
        var shipments: [SplitCosts.Shipment] = []
        let sorted = entries.sorted { $0.shipmentKey.lexicographicallyPrecedes($1.shipmentKey) }
        var start = 0
        while start < sorted.count {
            let key = sorted[start].shipmentKey.prefix(3)
            let end =
                sorted[start...].firstIndex { $0.shipmentKey.prefix(3) != key } ?? sorted.count
            shipments.append(try shipment(of: sorted[start..<end]))
            start = end
        }
        return shipments
    }

    private func shipment(of entries: ArraySlice<Entry>) throws(Fault) -> SplitCosts.Shipment {
        let first = entries[entries.startIndex]
        let site = first.assignment.warehouse
        let number = first.assignment.service
        let service = problem.warehouses[site].services[number]
        var load = Load(weightByClass: Array(repeating: 0, count: FreightClass.allCases.count))
        var late = Cost.zero
        var lateUnits: Int64 = 0
        var unitCharges = Cost.zero
        for entry in entries {
            let units = entry.assignment.quantity
            load.weight += units * entry.stock.unitWeight
            load.billableWeight += units * service.unitBillableWeight(of: entry.stock)
            load.weightByClass[entry.stock.freightClass.index] += units * entry.stock.unitWeight
            let line = entry.assignment.line
            if let packing = service.packing(ofLine: line) {
                unitCharges += packing.unitCharge * units
            }
            if let lateness = service.lateLines.first(where: { $0.line == line }) {
                lateUnits += units
                if !isLexicographic { late += lateness.penalty * units }
            }
        }
        guard let freight = service.tariff.charge(for: load) else {
            throw .unlawful(.aboveCarrier(warehouse: site, service: number))
        }
        return SplitCosts.Shipment(
            warehouse: site,
            service: number,
            segregationGroup: first.stock.segregationGroup,
            contents: entries.map {
                SplitCosts.Content(line: $0.assignment.line, quantity: $0.assignment.quantity)
            },
            load: load,
            freight: freight + unitCharges,
            handling: service.handling,
            late: late,
            lateUnits: lateUnits,
            etaDay: service.etaDay
        )
    }

    private func siteCosts(of entries: [Entry]) throws(Fault) -> [SplitCosts.SiteCosts] {
        var picksBySite = problem.warehouses.map { _ in [SplitCosts.Pick]() }
        let sorted = entries.sorted { $0.pickKey.lexicographicallyPrecedes($1.pickKey) }
        var start = 0
        while start < sorted.count {
            let key = sorted[start].pickKey.prefix(2)
            let end = sorted[start...].firstIndex { $0.pickKey.prefix(2) != key } ?? sorted.count
            let pick = try pick(of: sorted[start..<end])
            picksBySite[sorted[start].assignment.warehouse].append(pick)
            start = end
        }
        return picksBySite.indices.filter { !picksBySite[$0].isEmpty }
            .map { site in
                SplitCosts.SiteCosts(
                    warehouse: site,
                    fixed: problem.warehouses[site].fixedCost,
                    preference: policy.preferences.first { $0.warehouse == site }?.reluctance
                        ?? .zero,
                    picks: picksBySite[site]
                )
            }
    }

    private func pick(of entries: ArraySlice<Entry>) throws(Fault) -> SplitCosts.Pick {
        let stock = entries[entries.startIndex].stock
        let site = entries[entries.startIndex].assignment.warehouse
        let units = entries.reduce(0) { $0 + $1.assignment.quantity }
        // Before the sums below, whose products are checked for no more than the line's quantity.
        guard units <= problem.lines[stock.line].quantity else {
            throw .unlawful(.aboveOrder(line: stock.line))
        }
        guard units >= problem.lines[stock.line].minimumQuantity else {
            throw .unlawful(.belowMinimum(line: stock.line, warehouse: site))
        }
        var rest = units
        var scarcity = Cost.zero
        for tier in stock.tiers {
            let taken = min(rest, tier.quantity)
            scarcity += tier.scarcityCost * taken
            rest -= taken
        }
        guard rest == 0 else {
            throw .unlawful(.aboveStock(line: stock.line, warehouse: site))
        }
        return SplitCosts.Pick(
            line: stock.line,
            quantity: units,
            pick: stock.pickCost,
            scarcity: scarcity
        )
    }

    private func backorderedUnits(of sites: [SplitCosts.SiteCosts]) throws(Fault) -> [Int64] {
        var shipped = problem.lines.map { _ in Int64(0) }
        var sitesOfLine = problem.lines.map { _ in 0 }
        for pick in sites.flatMap(\.picks) {
            shipped[pick.line] += pick.quantity
            sitesOfLine[pick.line] += 1
        }
        for (index, line) in problem.lines.enumerated() {
            guard shipped[index] <= line.quantity else {
                throw .unlawful(.aboveOrder(line: index))
            }
            let isWhole = shipped[index] == line.quantity
            let isEnough =
                switch policy.completeness {
                case .complete: isWhole
                case .lineComplete: isWhole || shipped[index] == 0
                case .partial: true
                }
            guard isEnough else { throw .unlawful(.incomplete(line: index)) }
            guard !line.noSplit || sitesOfLine[index] <= 1 else {
                throw .unlawful(.split(line: index))
            }
        }
        return zip(problem.lines, shipped).map { $0.quantity - $1 }
    }

    private func checkLots(of entries: [Entry]) throws(Fault) {
        for (index, line) in problem.lines.enumerated() where line.singleLot {
            let ofLine = entries.filter { $0.assignment.line == index }
            guard let first = ofLine.first else { continue }
            let hasLot = first.stock.lots.contains { candidate in
                ofLine.allSatisfy { entry in
                    let site = entry.assignment.warehouse
                    let units = ofLine.filter { $0.assignment.warehouse == site }
                        .reduce(0) { $0 + $1.assignment.quantity }
                    let held = entry.stock.lots.first { $0.lot == candidate.lot }?.quantity ?? 0
                    return units <= held
                }
            }
            guard hasLot else { throw .unlawful(.mixedLots(line: index)) }
        }
    }

    private func checkCounts(shipments: Int, sites: [Int]) throws(Fault) {
        guard sites.count <= policy.warehousesMaximum ?? .max else {
            throw .unlawful(.tooManyWarehouses)
        }
        guard shipments <= policy.shipmentsMaximum ?? .max else {
            throw .unlawful(.tooManyShipments)
        }
        for site in policy.forced where !sites.contains(site) {
            throw .unlawful(.forcedUnused(warehouse: site))
        }
    }
}
