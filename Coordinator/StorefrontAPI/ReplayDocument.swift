import AllocationModel

// Orders that were solved again, as JSON and as words.

extension Replay {
    /// The replay as the API answers it.
    var document: JSONValue {
        [
            "order": .string(record.order.id.rawValue), "same": .boolean(isSame),
            "currency": .string(record.order.currency.code),
            "recorded": SourcingAnswer(record.outcome)?.document ?? .null,
            "repeated": answer.document,
            "recordedEffort": recorded.document, "repeatedEffort": repeated.document,
            "policyRecorded": .boolean(hasPolicy),
        ]
    }

    /// The replay for a person.
    var text: String {
        let order = record.order
        var lines = [
            isSame
                ? "Order \(order.id): the record leads to the same answer."
                : "Order \(order.id): the record leads to ANOTHER answer."
        ]
        lines += [
            "", "  recorded  \(SourcingAnswer(record.outcome)?.words ?? "nothing")",
            "  repeated  \(answer.words)", "",
            "Recorded: solver \(recorded.solverVersion), \(recorded.nodes) nodes. "
                + "Now: solver \(repeated.solverVersion), \(repeated.nodes) nodes.",
        ]
        if !hasPolicy {
            lines.append(
                "The record is older than the office's bounds in it; today's were taken."
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Replay.Effort {
    fileprivate var document: JSONValue {
        ["nodes": .integer(nodes), "solver": .integer(Int64(solverVersion))]
    }
}

extension [RuleTryoutAnswer.Result] {
    /// A page of trials: what changes, what could not be tried, and where to go on.
    func document(isComplete: Bool) -> JSONValue {
        [
            "trials": .array(compactMap(\.trialDocument)),
            "passedOver": .array(compactMap(\.passedOverDocument)),
            // Where there may be more, the next page begins after the last one here.
            "last": .text(last?.order.rawValue), "complete": .boolean(isComplete),
        ]
    }
}

extension RuleTryoutAnswer.Result {
    fileprivate var trialDocument: JSONValue? {
        guard case .trial(let trial) = self else { return nil }
        return [
            "order": .string(trial.record.order.id.rawValue),
            "currency": .string(trial.record.order.currency.code),
            "changed": .boolean(trial.isChanged),
            "before": SourcingAnswer(trial.record.outcome)?.document ?? .null,
            "after": trial.answer.document,
            "rules": .array(trial.rules.map { .string($0) }),
            "relaxed": .array(trial.relaxed.map { .string($0) }),
        ]
    }

    fileprivate var passedOverDocument: JSONValue? {
        let why: String? =
            switch self {
            case .trial: nil
            case .unknown: "it is not decided, or unknown"
            case .withoutEvidence: "what the sites offered is not on record"
            }
        return why.map { ["order": .string(order.rawValue), "reason": .string($0)] }
    }
}

extension SourcingAnswer {
    /// An answer in a few numbers, for comparing.
    var document: JSONValue {
        let plan = plan
        return [
            "status": .string(word),
            "warehouses": .array((plan?.warehouses ?? []).map { .string($0.rawValue) }),
            "shipments": .array((plan?.shipments ?? []).map(\.summary)),
            "cost": .text(plan?.cost.decimal), "freight": .text(plan?.freightTotal.decimal),
            "lastArrival": .text(plan?.lastArrival?.description),
            "unitsShort": .integer(plan?.unitsBackordered ?? 0),
        ]
    }

    private var word: String {
        switch self {
        case .plan(let plan):
            (plan.backorders.isEmpty ? OrderStatus.confirmed : .backordered).rawValue
        case .refused: OrderStatus.refused.rawValue
        case .undecided: "undecided"
        }
    }

    /// The answer on one line.
    fileprivate var words: String {
        switch self {
        case .plan(let plan):
            let sites = plan.shipments.map {
                "\($0.units) from \($0.warehouse) by \($0.service)"
            }
            let short = plan.unitsBackordered == 0 ? [] : ["\(plan.unitsBackordered) on backorder"]
            return (sites + short).joined(separator: ", ") + "; \(plan.cost)"
        case .refused(let refusals):
            return "refused: "
                + refusals.map { "\($0.sku) \($0.reason.word)" }
                .joined(separator: ", ")
        case .undecided: return "no plan within the budget of nodes"
        }
    }
}

extension Plan.Shipment {
    fileprivate var units: Quantity { lines.reduce(.zero) { $0 + $1.quantity } }

    fileprivate var summary: JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "service": .string(service),
            "units": .quantity(units),
        ]
    }
}

extension Plan {
    fileprivate var freightTotal: Money {
        shipments.reduce(.zero(cost.currency)) { $0 + $1.freight }
    }

    fileprivate var lastArrival: CivilDate? { shipments.map(\.arrives).max() }

    fileprivate var unitsBackordered: Int64 {
        backorders.reduce(0) { $0 + $1.quantity.units }
    }
}
