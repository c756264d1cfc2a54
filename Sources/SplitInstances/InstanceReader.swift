internal import AllocationModel
internal import SplitSolver

/// Reads lines and warehouses in the order of the document, giving numbers to lots.
struct InstanceReader {
    private var lines: [SplitProblem.Line] = []
    private var goods: [Goods] = []
    private(set) var warehouses: [SplitProblem.Site] = []
    private var lineNames: [String] = []
    private var warehouseNames: [String] = []
    private var serviceNames: [[String]] = []
    private var lotNames: [String] = []
    /// Asked for numbers only, so that its order is never seen.
    private var lotNumbers: [String: Int] = [:]

    var problem: SplitProblem { SplitProblem(lines: lines, warehouses: warehouses) }

    var names: SplitInstance.Names {
        SplitInstance.Names(
            lines: lineNames,
            warehouses: warehouseNames,
            services: serviceNames,
            lots: lotNames
        )
    }

    /// How a unit weighs and is classed.
    private struct Goods {
        let weight: Int64
        let billableWeight: Int64
        let freightClass: FreightClass
        let group: Int
    }

    // Lines.

    mutating func readLines(_ field: InstanceField) throws(SplitInstanceFault) {
        for element in try field.array(of: "the lines", 1...Limits.orderLinesMaximum) {
            try readLine(element)
        }
    }

    private mutating func readLine(_ field: InstanceField) throws(SplitInstanceFault) {
        try field.object(
            "a line",
            of: [
                "id", "qty", "weight", "dim", "class", "group", "backorder", "noSplit", "minQty",
                "lot",
            ]
        )
        lineNames.append(try Self.distinctName(field["id"], among: lineNames))
        goods.append(
            Goods(
                weight: try field["weight"].integer(.unitWeight),
                billableWeight: try field["dim"].integer(.unitWeight),
                freightClass: try field["class"].freightClass(),
                group: Int(try field["group"].integer(.group))
            )
        )
        lines.append(
            SplitProblem.Line(
                quantity: try field["qty"].integer(.quantity),
                backorderCost: try field["backorder"].cost(),
                noSplit: try field["noSplit"].flag("one warehouse ships all of the line"),
                minimumQuantity: try field["minQty"].integer(.minimumQuantity),
                singleLot: try field["lot"].flag("all of the line comes from one lot")
            )
        )
    }

    private static func distinctName(
        _ field: InstanceField,
        among names: [String]
    ) throws(SplitInstanceFault) -> String {
        let name = try field.name()
        guard let other = names.firstIndex(of: name) else { return name }
        throw field.fault("‘\(name)’ is the id of number \(other) too", hint: "give each its own")
    }

    // Warehouses.

    mutating func readWarehouses(_ field: InstanceField) throws(SplitInstanceFault) {
        for element in try field.array(of: "the warehouses", 1...Limits.warehousesMaximum) {
            try readWarehouse(element)
        }
    }

    private mutating func readWarehouse(_ field: InstanceField) throws(SplitInstanceFault) {
        try field.object("a warehouse", of: ["id", "fixed", "stock", "services"])
        warehouseNames.append(try Self.distinctName(field["id"], among: warehouseNames))
        serviceNames.append([])
        let fixed = try field["fixed"].cost()
        let stock = try readStock(field["stock"])
        var services: [SplitProblem.Service] = []
        let maximum = Limits.bidServicesMaximum
        for element in try field["services"].array(of: "the services", 0...maximum) {
            services.append(try readService(element, carrying: stock))
        }
        warehouses.append(SplitProblem.Site(fixedCost: fixed, stock: stock, services: services))
    }

    private mutating func readStock(
        _ field: InstanceField
    ) throws(SplitInstanceFault) -> [SplitProblem.Stock] {
        var entries: [SplitProblem.Stock] = []
        var taken = DistinctIndices(of: "line", below: lines.count)
        for element in try field.array(of: "the stock", 0...Limits.orderLinesMaximum) {
            try element.object(
                "a stock entry",
                of: [
                    "line", "tiers", "pick", "lots", "multiple", "weight", "dim", "class", "group",
                ]
            )
            let line = try taken.add(element["line"])
            entries.append(try readStock(element, of: line))
        }
        return entries
    }

    private mutating func readStock(
        _ field: InstanceField,
        of line: Int
    ) throws(SplitInstanceFault) -> SplitProblem.Stock {
        let own = goods[line]
        return SplitProblem.Stock(
            line: line,
            tiers: try readTiers(field["tiers"]),
            pickCost: try field["pick"].cost(),
            lots: try readLots(field["lots"]),
            unitWeight: try field["weight"].value == nil
                ? own.weight : field["weight"].integer(.unitWeight),
            unitBillableWeight: try field["dim"].value == nil
                ? own.billableWeight : field["dim"].integer(.unitWeight),
            freightClass: try field["class"].value == nil
                ? own.freightClass : field["class"].freightClass(),
            segregationGroup: try field["group"].value == nil
                ? own.group : Int(field["group"].integer(.group)),
            multiple: try field["multiple"].value == nil
                ? 1 : field["multiple"].integer(.multiple)
        )
    }

    private func readTiers(
        _ field: InstanceField
    ) throws(SplitInstanceFault) -> [SplitProblem.Tier] {
        var tiers: [SplitProblem.Tier] = []
        for element in try field.array(of: "tiers", 0...Limits.bidTiersMaximum) {
            let (quantity, cost) = try element.pair(of: "[quantity, scarcity cost per unit]")
            tiers.append(
                SplitProblem.Tier(
                    quantity: try quantity.integer(.stock),
                    scarcityCost: try cost.cost()
                )
            )
        }
        return tiers
    }

    private mutating func readLots(
        _ field: InstanceField
    ) throws(SplitInstanceFault) -> [SplitProblem.LotQuantity] {
        if field.value == nil { return [] }
        var lots: [SplitProblem.LotQuantity] = []
        for element in try field.array(of: "lots", 0...Limits.bidLotsMaximum) {
            let (name, quantity) = try element.pair(of: "[lot, quantity]")
            let lot = number(ofLot: try name.lotName())
            guard !lots.contains(where: { $0.lot == lot }) else {
                throw name.fault(
                    "lot ‘\(lotNames[lot])’ is named already",
                    hint: "give each lot once, with all its units"
                )
            }
            lots.append(
                SplitProblem.LotQuantity(lot: lot, quantity: try quantity.integer(.stock))
            )
        }
        return lots
    }

    private mutating func number(ofLot name: String) -> Int {
        if let number = lotNumbers[name] { return number }
        lotNumbers[name] = lotNames.count
        lotNames.append(name)
        return lotNames.count - 1
    }

    // Services.

    private mutating func readService(
        _ field: InstanceField,
        carrying stock: [SplitProblem.Stock]
    ) throws(SplitInstanceFault) -> SplitProblem.Service {
        try field.object(
            "a service",
            of: ["id", "eta", "handling", "tariff", "blocked", "late", "packings"]
        )
        let site = serviceNames.count - 1
        serviceNames[site].append(try Self.distinctName(field["id"], among: serviceNames[site]))
        let eta = Int(try field["eta"].integer(.day))
        let handling = try field["handling"].cost()
        var blocked = DistinctIndices(of: "line", below: lines.count)
        for element in try field["blocked"].array(of: "lines", 0...lines.count) {
            try blocked.add(element)
        }
        let carried = stock.filter { !blocked.indices.contains($0.line) }
        return SplitProblem.Service(
            etaDay: eta,
            handling: handling,
            tariff: try Tariff(field["tariff"], carrying: carried),
            blockedLines: blocked.indices,
            lateLines: try readLateLines(field["late"]),
            packings: try readPackings(field["packings"])
        )
    }

    private func readPackings(
        _ field: InstanceField
    ) throws(SplitInstanceFault) -> [SplitProblem.Packing] {
        if field.value == nil { return [] }
        var packings: [SplitProblem.Packing] = []
        var taken = DistinctIndices(of: "line", below: lines.count)
        for element in try field.array(of: "packings", 0...lines.count) {
            try element.object("a packing", of: ["line", "dim", "charge"])
            packings.append(
                SplitProblem.Packing(
                    line: try taken.add(element["line"]),
                    unitBillableWeight: try element["dim"].integer(.unitWeight),
                    unitCharge: try element["charge"].value == nil
                        ? .zero : element["charge"].cost()
                )
            )
        }
        return packings
    }

    private func readLateLines(
        _ field: InstanceField
    ) throws(SplitInstanceFault) -> [SplitProblem.LateLine] {
        var late: [SplitProblem.LateLine] = []
        var taken = DistinctIndices(of: "line", below: lines.count)
        for element in try field.array(of: "late lines", 0...lines.count) {
            let (line, penalty) = try element.pair(of: "[line, penalty per unit]")
            late.append(
                SplitProblem.LateLine(
                    line: try taken.add(line),
                    penalty: try penalty.cost("a penalty")
                )
            )
        }
        return late
    }
}
