import AllocationModel
import SplitInstances
import SplitSolver

/// Why a plan is as it is, and what it hangs on.
struct SolveExplanation {
    let sites: SplitExplanation
    let sensitivity: SplitSensitivity

    /// Asks about a solution until `deadline`, for the sites no longer than half of the time.
    ///
    /// One hard question about a site would otherwise leave nothing for rules and stock.
    init(
        of solution: SplitSolution,
        to instance: SplitInstance,
        gap: GapPercent,
        milliseconds: Int
    ) throws(SplitProblem.Fault) {
        let clock = ContinuousClock()
        let start = clock.now
        let half = start.advanced(by: .milliseconds(milliseconds / 2))
        let deadline = start.advanced(by: .milliseconds(milliseconds))
        let budget = ExplanationLimits.budget(for: solution, gapMillionths: gap.millionths)
        sites = try SplitSolver.explain(
            solution,
            of: instance.problem,
            under: instance.policy,
            within: budget,
            isCancelled: { clock.now >= half }
        )
        sensitivity = try SplitSolver.sensitivity(
            of: solution,
            to: instance.problem,
            under: instance.policy,
            within: budget,
            isCancelled: { clock.now >= deadline }
        )
    }
}

/// An explanation together with what is needed to tell it in words or in JSON.
struct ExplanationText {
    let instance: SplitInstance
    let solution: SplitSolution
    let explanation: SolveExplanation

    private typealias Alternative = SplitExplanation.Alternative

    /// The plan that alternatives are compared with.
    private var plan: SplitPlan? {
        switch solution {
        case .plan(let plan): plan
        case .unfillable: nil
        }
    }

    private func difference(to other: SplitPlan) -> SplitDifference? {
        plan.map { SplitDifference(of: other, over: $0, under: instance.policy) }
    }
}

// As words.

extension ExplanationText {
    /// Tables, each under an empty line.
    var lines: [String] {
        let tables = [siteTable, ruleTable, gainTable, lossTable]
            .filter { $0.rows.count > 1 }
        let unasked = explanation.sensitivity.unasked
        let left =
            unasked == 0
            ? [] : ["", "not answered: \(unasked) questions; raise --explain-budget-ms"]
        return tables.flatMap { [""] + $0.lines } + runnerUp + left
    }

    private var siteTable: TextTable {
        let rows = explanation.sites.warehouses.enumerated()
            .map { index, site in
                [instance.names.warehouses[index]] + words(for: site)
            }
        return TextTable(rows: [["WAREHOUSE", "SHIPS", "OTHERWISE"]] + rows)
    }

    private func words(for site: SplitExplanation.Site) -> [String] {
        switch site {
        case .used(.none): ["yes", "no lawful plan is without it"]
        case .used(let without): ["yes", "without it " + words(for: without)]
        case .forbidden: ["no", "the policy forbids it"]
        case .noStock: ["no", "it has too little of every line"]
        case .noService: ["no", "none of its services may or can carry what it has"]
        case .unused(.none): ["no", "no lawful plan is with it"]
        case .unused(let using): ["no", "with it " + words(for: using)]
        }
    }

    /// What an alternative is, after `without it` or the like.
    private func words(for alternative: Alternative) -> String {
        switch alternative {
        case .none: "no plan"
        case .unknown: "is not known; raise --explain-budget-ms"
        case .plan(let other, _): words(for: other)
        }
    }

    private func words(for other: SplitPlan) -> String {
        let sites = list(other.warehouses)
        guard let difference = difference(to: other) else {
            return "\(sites) for \(instance.units.text(of: other.cost))"
        }
        return "\(words(for: difference, "more", "less")): \(sites)"
    }

    private func list(_ sites: [Int]) -> String {
        sites.isEmpty
            ? "nothing ships"
            : sites.map { instance.names.warehouses[$0] }.joined(separator: ", ")
    }

    private var runnerUp: [String] {
        guard case .plan(let other, _) = explanation.sites.runnerUp else { return [] }
        return ["", "runner-up: \(words(for: other))"]
    }

    /// Says a difference, and between which limits it is known to be.
    private func words(
        for difference: SplitDifference,
        _ more: String,
        _ less: String
    ) -> String {
        let isExact = difference.isExact
        let amount = signed(difference.cost, more, less)
        let cost =
            switch (difference.costMinimum, difference.costMaximum) {
            case _ where isExact: amount
            case (let low?, let high?) where low <= .zero && difference.cost == high:
                "at most \(amount)"
            case (let low?, let high?) where low <= .zero:
                "at most \(signed(high, more, less))"
            case (let low?, let high?) where difference.cost == low && high > low:
                "at least \(amount), at most \(signed(high, more, less))"
            case (let low?, let high?):
                "\(signed(low, more, less)) to \(signed(high, more, less))"
            case (nil, _), (_, nil): "\(amount) (not proved)"
            }
        let units = [
            (difference.backorderUnits, "short"), (difference.lateUnits, "late"),
        ]
        .filter { $0.0 != 0 }
        .map { count, fate in
            let units = abs(count) == 1 ? "unit" : "units"
            return "\(abs(count)) \(units) \(count > 0 ? "more" : "fewer") \(fate)"
        }
        return ([cost] + units).joined(separator: ", ")
    }

    private func signed(_ cost: Cost, _ more: String, _ less: String) -> String {
        let magnitude = cost < .zero ? .zero - cost : cost
        let places = instance.units.places(for: [magnitude])
        return "\(instance.units.decimal(magnitude, places: places)) "
            + (cost < .zero ? less : more)
    }

    private var ruleTable: TextTable {
        let rows = explanation.sensitivity.rules.map { cost in
            [
                name(of: cost.rule),
                cost.difference.map { words(for: $0, "more", "less") } ?? "every plan",
                "\(list(cost.without.warehouses)) for \(instance.units.text(of: cost.without.cost))",
            ]
        }
        return TextTable(rows: [["RULE", "COSTS", "WITHOUT IT"]] + rows)
    }

    private func name(of rule: SplitRule) -> String {
        let policy = instance.policy
        switch rule {
        case .completeness:
            return policy.completeness == .complete ? "ship everything" : "ship whole lines"
        case .warehousesMaximum: return "at most \(policy.warehousesMaximum ?? 0) warehouses"
        case .shipmentsMaximum: return "at most \(policy.shipmentsMaximum ?? 0) shipments"
        case .forced(let site): return "\(instance.names.warehouses[site]) must ship"
        case .forbidden(let site): return "\(instance.names.warehouses[site]) may not ship"
        case .noSplit(let line): return "\(instance.names.lines[line]) from one warehouse"
        case .minimumQuantity(let line):
            let least = instance.problem.lines[line].minimumQuantity
            return "\(instance.names.lines[line]) at least \(least) from each"
        case .singleLot(let line): return "\(instance.names.lines[line]) of one lot"
        case .multiple(let line): return "\(instance.names.lines[line]) in full boxes"
        case .blocked(let line): return "\(instance.names.lines[line]) not by every service"
        case .lateness(let line): return "\(instance.names.lines[line]) on time"
        }
    }

    private var gainTable: TextTable {
        let rows = explanation.sensitivity.gains.map { gain in
            [
                instance.names.lines[gain.line], instance.names.warehouses[gain.warehouse],
                "\(gain.available)", "\(gain.level)\(gain.isLeast ? "" : " or fewer")",
                words(for: gain.plan),
            ]
        }
        return TextTable(
            rows: [["MORE OF", "AT", "HAS", "WITH", "THEN"]] + rows,
            numeric: [2]
        )
    }

    private var lossTable: TextTable {
        let rows = explanation.sensitivity.losses.map { loss in
            [
                instance.names.lines[loss.line], instance.names.warehouses[loss.warehouse],
                "\(loss.available)", "\(loss.taken)",
                "\(loss.taken - 1): \(words(for: loss.next))", words(for: loss.flip),
            ]
        }
        return TextTable(
            rows: [["LESS OF", "AT", "HAS", "TAKES", "WITH ONE FEWER", "OTHER SITES"]] + rows,
            numeric: [2, 3]
        )
    }

    private func words(for flip: SplitSensitivity.Flip) -> String {
        switch flip {
        case .below(let level, let best): "with \(level): \(words(for: best))"
        case .never: "never"
        case .unknown: "not known"
        }
    }
}

// As JSON.

extension ExplanationText {
    /// Everything by index and in integers, as the answer itself.
    var json: JSONValue {
        let sensitivity = explanation.sensitivity
        return [
            "warehouses": .array(explanation.sites.warehouses.map(json)),
            "runnerUp": json(of: explanation.sites.runnerUp),
            "rules": .array(sensitivity.rules.map(json)),
            "stockGains": .array(sensitivity.gains.map(json)),
            "stockLosses": .array(sensitivity.losses.map(json)),
            "unanswered": .number(JSONNumber(Int64(sensitivity.unasked))),
        ]
    }

    private func json(of site: SplitExplanation.Site) -> JSONValue {
        let (part, otherwise): (String, JSONValue) =
            switch site {
            case .used(let without): ("used", json(of: without))
            case .unused(let using): ("unused", json(of: using))
            case .forbidden: ("forbidden", nil)
            case .noStock: ("noStock", nil)
            case .noService: ("noService", nil)
            }
        return ["part": .string(part), "otherwise": otherwise]
    }

    private func json(of alternative: Alternative) -> JSONValue {
        switch alternative {
        case .plan(let other, _): json(of: other, difference(to: other))
        case .none: ["status": "none"]
        case .unknown: ["status": "unknown"]
        }
    }

    private func json(of other: SplitPlan, _ difference: SplitDifference?) -> JSONValue {
        [
            "status": "plan",
            "cost": .number(JSONNumber(other.cost.tenThousandths)),
            "bound": .number(JSONNumber(other.bound.tenThousandths)),
            "difference": difference.map(json) ?? .null,
            "plan": SolveAnswer.json(of: other.assignments),
        ]
    }

    private func json(of difference: SplitDifference) -> JSONValue {
        let limit = { (cost: Cost?) -> JSONValue in
            cost.map { .number(JSONNumber($0.tenThousandths)) } ?? .null
        }
        return [
            "cost": limit(difference.cost),
            "costMinimum": limit(difference.costMinimum),
            "costMaximum": limit(difference.costMaximum),
            "backorderUnits": .number(JSONNumber(difference.backorderUnits)),
            "lateUnits": .number(JSONNumber(difference.lateUnits)),
        ]
    }

    private func json(of cost: SplitSensitivity.RuleCost) -> JSONValue {
        let (name, subject) = key(of: cost.rule)
        let index = subject.map { [JSONMember($0, .number(JSONNumber(Int64($1))))] } ?? []
        return .object(
            [JSONMember("rule", .string(name))] + index
                + [JSONMember("without", json(of: cost.without, cost.difference))]
        )
    }

    /// A rule's name in the format, and which line or warehouse it is about.
    private func key(of rule: SplitRule) -> (name: String, subject: (String, Int)?) {
        switch rule {
        case .completeness: ("completeness", nil)
        case .warehousesMaximum: ("maxWarehouses", nil)
        case .shipmentsMaximum: ("maxShipments", nil)
        case .forced(let site): ("forced", ("warehouse", site))
        case .forbidden(let site): ("forbidden", ("warehouse", site))
        case .noSplit(let line): ("noSplit", ("line", line))
        case .minimumQuantity(let line): ("minQty", ("line", line))
        case .singleLot(let line): ("lot", ("line", line))
        case .multiple(let line): ("multiple", ("line", line))
        case .blocked(let line): ("blocked", ("line", line))
        case .lateness(let line): ("late", ("line", line))
        }
    }

    private func json(of gain: SplitSensitivity.StockGain) -> JSONValue {
        [
            "line": .number(JSONNumber(Int64(gain.line))),
            "warehouse": .number(JSONNumber(Int64(gain.warehouse))),
            "available": .number(JSONNumber(gain.available)),
            "level": .number(JSONNumber(gain.level)),
            "isLeast": .boolean(gain.isLeast),
            "then": json(of: gain.plan, gain.difference),
        ]
    }

    private func json(of loss: SplitSensitivity.StockLoss) -> JSONValue {
        let flip: JSONValue =
            switch loss.flip {
            case .below(let level, let best):
                ["level": .number(JSONNumber(level)), "then": json(of: best)]
            case .never: ["level": nil, "then": ["status": "same"]]
            case .unknown: ["level": nil, "then": ["status": "unknown"]]
            }
        return [
            "line": .number(JSONNumber(Int64(loss.line))),
            "warehouse": .number(JSONNumber(Int64(loss.warehouse))),
            "available": .number(JSONNumber(loss.available)),
            "taken": .number(JSONNumber(loss.taken)),
            "next": json(of: loss.next),
            "flip": flip,
        ]
    }
}
