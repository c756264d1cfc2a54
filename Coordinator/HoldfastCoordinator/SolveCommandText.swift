import AllocationModel
import SplitInstances
import SplitSolver

/// What became of one problem, to be shown.
struct SolveAnswer {
    let instance: SplitInstance
    let solution: SplitSolution
    /// Where one was asked for.
    let explanation: SolveExplanation?
    let gap: GapPercent
    let microseconds: Int64

    /// Whether the plan is certainly within the gap that was asked for.
    ///
    /// A lexicographic plan's bound is zero while its units are not proved to
    /// be the fewest, and then says nothing of its cost.
    static func isProven(
        _ plan: SplitPlan,
        of objective: SplitPolicy.Objective,
        within gap: GapPercent
    ) -> Bool {
        if plan.isProved { return true }
        if objective == .lexicographic && plan.bound == .zero { return false }
        let excess = Int128(plan.gap.tenThousandths) * 1_000_000
        return excess <= Int128(plan.cost.tenThousandths) * Int128(gap.millionths)
    }

    private func isProven(_ plan: SplitPlan) -> Bool {
        Self.isProven(plan, of: instance.policy.objective, within: gap)
    }
}

// As JSON.

extension SolveAnswer {
    /// One object, of indices and integers as in the problem's file.
    var json: JSONValue {
        let members =
            switch solution {
            case .plan(let plan): members(of: plan)
            case .unfillable(let refusal): members(of: refusal)
            }
        return .object(
            members + (told.map { [JSONMember("explanation", $0.json)] } ?? [])
        )
    }

    /// The explanation, ready to be told.
    private var told: ExplanationText? {
        explanation.map {
            ExplanationText(instance: instance, solution: solution, explanation: $0)
        }
    }

    /// Rows of line, warehouse, service and quantity.
    static func json(of assignments: [SplitAssignment]) -> JSONValue {
        .array(
            assignments.map { one in
                [
                    .number(JSONNumber(Int64(one.line))),
                    .number(JSONNumber(Int64(one.warehouse))),
                    .number(JSONNumber(Int64(one.service))),
                    .number(JSONNumber(one.quantity)),
                ]
            }
        )
    }

    private func members(of plan: SplitPlan) -> [JSONMember] {
        [
            JSONMember("id", .string(instance.id)),
            JSONMember("cost", .number(JSONNumber(plan.cost.tenThousandths))),
            JSONMember("bound", .number(JSONNumber(plan.bound.tenThousandths))),
            JSONMember("proven", .boolean(isProven(plan))),
            JSONMember("nodes", number(plan.nodes)),
            JSONMember("microseconds", .number(JSONNumber(microseconds))),
            JSONMember("backorderUnits", .number(JSONNumber(plan.costs.backorderUnits))),
            JSONMember("lateUnits", .number(JSONNumber(plan.costs.lateUnits))),
            JSONMember("plan", Self.json(of: plan.assignments)),
        ]
    }

    private func members(of refusal: SplitRefusal) -> [JSONMember] {
        let lines = shortLines(of: refusal)
            .map { line -> JSONValue in
                [
                    number(line), .number(JSONNumber(instance.problem.lines[line].quantity)),
                    .number(JSONNumber(refusal.unitsMaximum[line])),
                ]
            }
        return [
            JSONMember("id", .string(instance.id)),
            JSONMember("cost", nil),
            JSONMember("bound", nil),
            JSONMember("proven", .boolean(refusal.isProved)),
            JSONMember("nodes", number(refusal.nodes)),
            JSONMember("microseconds", .number(JSONNumber(microseconds))),
            JSONMember("backorderUnits", nil),
            JSONMember("lateUnits", nil),
            JSONMember("plan", nil),
            JSONMember(
                "refusal",
                ["reason": .string(reason(for: refusal)), "lines": .array(lines)]
            ),
        ]
    }

    private func number(_ integer: Int) -> JSONValue { .number(JSONNumber(Int64(integer))) }

    /// Lines that no lawful plan ships in full, though it must.
    private func shortLines(of refusal: SplitRefusal) -> [Int] {
        guard instance.policy.completeness == .complete else { return [] }
        return instance.problem.lines.indices.filter {
            refusal.unitsMaximum[$0] < instance.problem.lines[$0].quantity
        }
    }

    private func reason(for refusal: SplitRefusal) -> String {
        if !shortLines(of: refusal).isEmpty {
            return "no lawful plan ships all that is asked for of some lines"
        }
        guard refusal.isProved else {
            return "none was found before the budget ended; raise --budget-ms or --nodes"
        }
        return instance.policy.completeness == .complete
            ? "each line can be shipped alone, but not all together under this policy"
            : "the policy's warehouses and maxima leave none"
    }
}

// As words.

extension SolveAnswer {
    /// Some lines that end with an empty one, so that answers stand apart.
    var text: String {
        let lines =
            switch solution {
            case .plan(let plan): lines(of: plan)
            case .unfillable(let refusal): lines(of: refusal)
            }
        let all = lines + (told?.lines ?? [])
        return ([instance.id] + all.map { $0.isEmpty ? "" : "  " + $0 } + [""])
            .joined(separator: "\n")
    }

    private func lines(of plan: SplitPlan) -> [String] {
        let places = places(for: plan)
        let summary = [
            ["cost", instance.units.text(of: plan.cost)],
            ["bound", instance.units.text(of: plan.bound)],
            ["proven", proof(of: plan)],
            ["nodes", "\(plan.nodes)"],
            ["microseconds", "\(microseconds)"],
        ]
        let parts = [
            TextTable(rows: summary).lines,
            shipmentTable(of: plan.costs, places: places).lines,
            shortages(in: plan.costs),
            headingTable(of: plan.costs, places: places).lines,
        ]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func proof(of plan: SplitPlan) -> String {
        if plan.isProved { return "yes; no lawful plan is better" }
        if isProven(plan) { return "yes, to \(gap) %" }
        return plan.bound == .zero
            ? "no; nothing is known of better plans"
            : "no; a lawful plan may cost \(instance.units.text(of: plan.gap)) less"
    }

    private func places(for plan: SplitPlan) -> Int {
        let shown = plan.costs.shipments.flatMap { [$0.freight, $0.handling, $0.late] }
        return instance.units.places(for: shown + headings(of: plan.costs).map(\.cost))
    }

    private func shipmentTable(of costs: SplitCosts, places: Int) -> TextTable {
        let headings = [
            "WAREHOUSE", "SERVICE", "DAY", "LINE", "QUANTITY", "WEIGHT", "FREIGHT", "HANDLING",
        ]
        let rows = costs.shipments.flatMap { shipment in
            shipment.contents.enumerated()
                .map { number, content in
                    let what = [
                        instance.names.lines[content.line], "\(content.quantity)",
                    ]
                    guard number == 0 else { return ["", "", ""] + what + ["", "", ""] }
                    return [
                        instance.names.warehouses[shipment.warehouse],
                        instance.names.services[shipment.warehouse][shipment.service],
                        "\(shipment.etaDay)",
                    ] + what + [
                        weight(shipment.load.weight),
                        instance.units.decimal(shipment.freight, places: places),
                        instance.units.decimal(shipment.handling, places: places),
                    ]
                }
        }
        return TextTable(rows: rows.isEmpty ? [] : [headings] + rows, numeric: [2, 4, 5, 6, 7])
    }

    private func weight(_ weight: Int64) -> String {
        switch instance.units.weight {
        case .tenthsOfPound: "\(weight / 10).\(weight % 10) lb"
        case .grams: "\(weight) g"
        }
    }

    private func shortages(in costs: SplitCosts) -> [String] {
        let short = instance.problem.lines.indices.filter { costs.backorderedUnits[$0] > 0 }
            .map { "not shipped: \(costs.backorderedUnits[$0]) x \(instance.names.lines[$0])" }
        let late = costs.lateUnits > 0 ? ["late: \(costs.lateUnits) units"] : []
        return short + late
    }

    /// The costs under their headings, none of which is counted in another.
    private func headings(of costs: SplitCosts) -> [(name: String, cost: Cost)] {
        let picks = costs.warehouses.flatMap(\.picks)
        return [
            ("freight", sum(costs.shipments.map(\.freight))),
            ("handling", sum(costs.shipments.map(\.handling))),
            ("late", sum(costs.shipments.map(\.late))),
            ("fixed", sum(costs.warehouses.map(\.fixed))),
            ("preference", sum(costs.warehouses.map(\.preference))),
            ("pick", sum(picks.map(\.pick))),
            ("scarcity", sum(picks.map(\.scarcity))),
            ("backorder", costs.backorder),
        ]
    }

    private func sum(_ costs: [Cost]) -> Cost { costs.reduce(.zero, +) }

    private func headingTable(of costs: SplitCosts, places: Int) -> TextTable {
        let shown = headings(of: costs).filter { $0.cost > .zero } + [("total", costs.total)]
        return TextTable(
            rows: shown.map { [$0.name, instance.units.decimal($0.cost, places: places)] },
            numeric: [1]
        )
    }

    private func lines(of refusal: SplitRefusal) -> [String] {
        let summary = [
            ["plan", "none; \(reason(for: refusal))"],
            ["proven", refusal.isProved ? "yes" : "no"],
            ["nodes", "\(refusal.nodes)"],
            ["microseconds", "\(microseconds)"],
        ]
        let short = shortLines(of: refusal)
            .map { line in
                [
                    instance.names.lines[line], "\(instance.problem.lines[line].quantity)",
                    "\(refusal.unitsMaximum[line])",
                ]
            }
        let table = TextTable(rows: [["LINE", "ASKED FOR", "AT MOST"]] + short, numeric: [1, 2])
        return TextTable(rows: summary).lines + (short.isEmpty ? [] : [""] + table.lines)
    }
}

/// Rows of cells, each column as wide as its widest, numbers to the right.
struct TextTable {
    let rows: [[String]]
    var numeric: Set<Int> = []

    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns)
            .map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated()
                .map { column, cell in
                    let space = String(repeating: " ", count: widths[column] - cell.count)
                    return numeric.contains(column) ? space + cell : cell + space
                }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
