package import AllocationModel
internal import SplitSolver

extension SplitInstance {
    /// The document that reads as this instance again.
    ///
    /// Beside a line stands how its first stock entry weighs and is classed; an
    /// entry that differs has its own. Lots are written by name, and numbered
    /// anew as they appear.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema),
            "id": .string(id),
            "units": [
                "currency": .string(units.currency.code), "weight": .string(units.weight.rawValue),
            ],
            "policy": policy.json,
            "lines": .array(problem.lines.indices.map(lineJSON)),
            "warehouses": .array(problem.warehouses.indices.map(warehouseJSON)),
        ]
    }

    /// The document in lines that people can read, ending with a line's end.
    package var text: String {
        var output = ""
        json.write(to: &output, indentation: "")
        return output + "\n"
    }

    /// What stands beside the line: nothing weighs anything where no site has it.
    private func goods(ofLine line: Int) -> SplitProblem.Stock {
        for site in problem.warehouses {
            if let entry = site.stock.first(where: { $0.line == line }) { return entry }
        }
        return SplitProblem.Stock(line: line, tiers: [], unitWeight: 0, unitBillableWeight: 0)
    }

    private func lineJSON(_ index: Int) -> JSONValue {
        let line = problem.lines[index]
        let goods = goods(ofLine: index)
        return [
            "id": .string(names.lines[index]),
            "qty": .number(line.quantity),
            "weight": .number(goods.unitWeight),
            "dim": .number(goods.unitBillableWeight),
            "class": goods.freightClass.json,
            "group": .number(goods.segregationGroup),
            "backorder": .number(line.backorderCost),
            "noSplit": line.noSplit ? 1 : 0,
            "minQty": .number(line.minimumQuantity),
            "lot": line.singleLot ? 1 : 0,
        ]
    }

    private func warehouseJSON(_ index: Int) -> JSONValue {
        let site = problem.warehouses[index]
        return [
            "id": .string(names.warehouses[index]),
            "fixed": .number(site.fixedCost),
            "stock": .array(site.stock.map(stockJSON)),
            "services": .array(
                site.services.enumerated()
                    .map {
                        serviceJSON($0.element, called: names.services[index][$0.offset], of: site)
                    }
            ),
        ]
    }

    private func stockJSON(_ stock: SplitProblem.Stock) -> JSONValue {
        var members = [
            JSONMember("line", .number(stock.line)),
            JSONMember(
                "tiers",
                .array(stock.tiers.map { [.number($0.quantity), .number($0.scarcityCost)] })
            ),
            JSONMember("pick", .number(stock.pickCost)),
        ]
        if !stock.lots.isEmpty || problem.lines[stock.line].singleLot {
            let lots = stock.lots.map { lot -> JSONValue in
                [.string(names.lots[lot.lot]), .number(lot.quantity)]
            }
            members.append(JSONMember("lots", .array(lots)))
        }
        if stock.multiple != 1 {
            members.append(JSONMember("multiple", .number(stock.multiple)))
        }
        return .object(members + ownGoods(of: stock))
    }

    /// What differs from the line's.
    private func ownGoods(of stock: SplitProblem.Stock) -> [JSONMember] {
        let line = goods(ofLine: stock.line)
        var members: [JSONMember] = []
        if stock.unitWeight != line.unitWeight {
            members.append(JSONMember("weight", .number(stock.unitWeight)))
        }
        if stock.unitBillableWeight != line.unitBillableWeight {
            members.append(JSONMember("dim", .number(stock.unitBillableWeight)))
        }
        if stock.freightClass != line.freightClass {
            members.append(JSONMember("class", stock.freightClass.json))
        }
        if stock.segregationGroup != line.segregationGroup {
            members.append(JSONMember("group", .number(stock.segregationGroup)))
        }
        return members
    }

    private func serviceJSON(
        _ service: SplitProblem.Service,
        called name: String,
        of site: SplitProblem.Site
    ) -> JSONValue {
        var members = [
            JSONMember("id", .string(name)),
            JSONMember("eta", .number(service.etaDay)),
            JSONMember("handling", .number(service.handling)),
            JSONMember(
                "tariff",
                service.tariff.json(naming: Set(site.stock.map(\.freightClass)))
            ),
            JSONMember("blocked", .array(service.blockedLines.map { .number($0) })),
            JSONMember(
                "late",
                .array(service.lateLines.map { [.number($0.line), .number($0.penalty)] })
            ),
        ]
        if !service.packings.isEmpty {
            let packings = service.packings.map { packing -> JSONValue in
                [
                    "line": .number(packing.line), "dim": .number(packing.unitBillableWeight),
                    "charge": .number(packing.unitCharge),
                ]
            }
            members.append(JSONMember("packings", .array(packings)))
        }
        return .object(members)
    }
}

extension SplitPolicy {
    fileprivate var json: JSONValue {
        var members = [
            JSONMember("completeness", Self.word(for: completeness, of: Self.completenessWords)),
            JSONMember("maxWarehouses", warehousesMaximum.map { .number($0) } ?? .null),
            JSONMember("maxShipments", shipmentsMaximum.map { .number($0) } ?? .null),
            JSONMember("objective", Self.word(for: objective, of: Self.objectiveWords)),
        ]
        if !forced.isEmpty {
            members.append(JSONMember("forced", .array(forced.map { .number($0) })))
        }
        if !forbidden.isEmpty {
            members.append(JSONMember("forbidden", .array(forbidden.map { .number($0) })))
        }
        if !preferences.isEmpty {
            let pairs = preferences.map { preference -> JSONValue in
                [.number(preference.warehouse), .number(preference.reluctance)]
            }
            members.append(JSONMember("preferences", .array(pairs)))
        }
        return .object(members)
    }

    private static func word<Value: Equatable>(
        for value: Value,
        of words: [(String, Value)]
    ) -> JSONValue {
        guard let word = words.first(where: { $0.1 == value }) else {
            preconditionFailure("every value of a policy has a word")
        }
        return .string(word.0)
    }
}

extension Tariff {
    /// The tariff, with rates for `classes` and those that differ from what reading fills in.
    fileprivate func json(naming classes: Set<FreightClass>) -> JSONValue {
        switch self {
        case .parcel(let parcel):
            [
                "kind": "parcel", "base": .number(parcel.base), "rate": .number(parcel.rate),
                "cap": .number(parcel.packageWeightMaximum),
                "maxPackages": .number(parcel.packagesMaximum),
            ]
        case .parcelTable(let table):
            [
                "kind": "parcelTable",
                "steps": .array(
                    table.steps.map { [.number($0.weightMaximum), .number($0.charge)] }
                ),
                "maxPackages": .number(table.packagesMaximum),
            ]
        case .lessThanTruckload(let ltl):
            ltl.json(naming: classes)
        case .fullTruckload(let truck):
            [
                "kind": "ftl", "flat": .number(truck.flat), "capacity": .number(truck.capacity),
                "maxTrucks": .number(truck.trucksMaximum),
            ]
        }
    }
}

extension LTLTariff {
    fileprivate func json(naming classes: Set<FreightClass>) -> JSONValue {
        var members = [
            JSONMember("kind", "ltl"), JSONMember("minCharge", .number(minimumCharge)),
            JSONMember("accessorial", .number(accessorial)),
            JSONMember("maxWeight", .number(weightMaximum)),
        ]
        if rateWeight != 1 { members.append(JSONMember("per", .number(rateWeight))) }
        if chargeUnit != Cost(1) { members.append(JSONMember("unit", .number(chargeUnit))) }
        members.append(
            JSONMember("breaks", .array(breaks.map { $0.json(naming: classes) }))
        )
        return .object(members)
    }
}

extension LTLTariff.Break {
    fileprivate func json(naming classes: Set<FreightClass>) -> JSONValue {
        let dearest = rates.max()
        // Reading fills in the dearest, so one class must carry it.
        let first = rates.firstIndex { $0 == dearest }
        let written = FreightClass.allCases.filter {
            classes.contains($0) || rates[$0.index] != dearest || $0.index == first
        }
        return [
            "from": .number(from),
            "rates": .object(written.map { JSONMember($0.name, .number(rates[$0.index])) }),
            "deficit": .number(deficit),
        ]
    }
}

extension FreightClass {
    /// A whole number where it is one: the format has no fractions.
    fileprivate var json: JSONValue {
        rawValue % 10 == 0 ? .number(rawValue / 10) : .string(name)
    }
}

extension JSONValue {
    fileprivate static func number(_ integer: Int64) -> JSONValue { .number(JSONNumber(integer)) }
    fileprivate static func number(_ integer: Int) -> JSONValue { .number(Int64(integer)) }
    fileprivate static func number(_ cost: Cost) -> JSONValue { .number(cost.tenThousandths) }

    /// Columns within which an object or array stays on one line.
    private static let lineColumnsMaximum = 120

    fileprivate func write(to output: inout String, indentation: String) {
        let line = line
        let fits = indentation.count + line.count <= Self.lineColumnsMaximum
        // The document itself is always broken up: its keys are what is looked for.
        if fits && !indentation.isEmpty {
            output += line
            return
        }
        let inner = indentation + "  "
        switch self {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                output += (index == 0 ? "[\n" : ",\n") + inner
                element.write(to: &output, indentation: inner)
            }
            output += "\n\(indentation)]"
        case .object(let members):
            for (index, member) in members.enumerated() {
                output += (index == 0 ? "{\n" : ",\n") + inner
                output += JSONValue.string(member.name).text + ": "
                member.value.write(to: &output, indentation: inner)
            }
            output += "\n\(indentation)}"
        case .null, .boolean, .number, .string:
            output += line
        }
    }

    /// The document on one line, with spaces between what it lists.
    private var line: String {
        switch self {
        case .array(let elements):
            "[" + elements.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            "{ "
                + members.map { "\(JSONValue.string($0.name).text): \($0.value.line)" }
                .joined(separator: ", ") + " }"
        case .null, .boolean, .number, .string: text
        }
    }
}
