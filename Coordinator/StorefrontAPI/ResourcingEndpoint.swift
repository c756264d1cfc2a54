import AllocationModel
import Hummingbird
import HummingbirdCore

/// What an office's people do with an order that was decided: have it sourced again.
struct ResourcingEndpoint: Sendable {
    let office: OrderOffice

    @Sendable func answer(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let id = try OrderPath.id(context)
        let body = try await Wish(
            of: request,
            known: [
                "exclude", "force", "serviceLevel", "backorder", "reason", "by", "dryRun",
            ],
            orElse: .invalidResourcing
        )
        let wish = try wish(from: body)
        let isPreview = try body.flag("dryRun")
        switch await office.resource(id, wish, isPreview) {
        case .unknownWarehouses(let names): throw unknown(names, in: wish, body)
        case let answer: return try answer.response(to: request, about: id)
        }
    }

    private func wish(from body: Wish) throws(Problem) -> ResourcingWish {
        var faults = FieldFaults()
        let excluded = warehouses(body.document["exclude"], &faults)
        let forced = warehouses(body.document["force"], &faults)
        var level: ServiceLevel?
        if !body.document["serviceLevel"].isAbsent {
            level = body.document["serviceLevel"]
                .parsed(
                    hint: "Give ground, three-day, two-day or next-day.",
                    &faults,
                    by: ServiceLevel.init(parsing:)
                )
        }
        for both in excluded where forced.contains(both) {
            faults.add(
                FieldFault(
                    body.document["force"].pointer,
                    "names \(both), which is excluded",
                    hint: "Name it in one of the two."
                )
            )
        }
        guard faults.isEmpty else { throw body.invalid(faults) }
        return ResourcingWish(
            excluded: excluded,
            forced: forced,
            serviceLevel: level,
            mayWait: try body.flag("backorder"),
            who: try body.remark("by"),
            reason: try body.remark("reason")
        )
    }

    /// Reads names of warehouses, each once, by rising name; none where there are none.
    private func warehouses(_ field: JSONField, _ faults: inout FieldFaults) -> [Warehouse.ID] {
        if field.isAbsent { return [] }
        let hint = "Give an array of warehouses' names, such as [\"DAL\"]."
        let names = (field.elements(hint: hint, &faults) ?? [])
            .compactMap {
                $0.parsed(hint: hint, &faults, by: Warehouse.ID.init(parsing:))
            }
        if names.count > Limits.warehousesMaximum {
            faults.add(
                FieldFault(
                    field.pointer,
                    "names \(names.count) warehouses",
                    hint: "An office has at most \(Limits.warehousesMaximum)."
                )
            )
        }
        return Set(names).sorted()
    }

    private func unknown(
        _ names: [Warehouse.ID],
        in wish: ResourcingWish,
        _ body: Wish
    ) -> Problem {
        var faults = FieldFaults()
        for name in names {
            let field = wish.excluded.contains(name) ? "exclude" : "force"
            faults.add(
                FieldFault(
                    body.document[field].pointer,
                    "‘\(name)’ is no warehouse of the office",
                    hint: "GET /v1/warehouses lists them."
                )
            )
        }
        return body.invalid(faults)
    }
}

extension ResourcingAnswer {
    /// Returns what whoever asked is told, or throws what stands against it.
    func response(to request: Request, about id: Order.ID) throws(Problem) -> Response {
        switch self {
        case .previewed(let comparison):
            return request.prefersText
                ? Response(text: comparison.text(isDone: false))
                : Response(comparison.document(isDone: false, record: comparison.record))
        case .resourced(let record, let comparison):
            return request.prefersText
                ? Response(text: comparison.text(isDone: true))
                : Response(comparison.document(isDone: true, record: record))
        case .unfillable(let refusals, let record): throw Self.noPlan(refusals, record)
        case .nothingToResource(let record):
            throw Problem(
                .nothingToResource,
                "Nothing of order \(id) waits to be shipped: it is \(record.status.rawValue).",
                hint: "Nothing was changed. Place a new order for what is needed."
            )
        case .unknownOrder: throw Problem.unknownOrder(id.rawValue)
        case .unavailable(let reason, let seconds):
            throw Problem.unavailable(reason, retryAfterSeconds: seconds)
        case .unknownWarehouses, .unlawfulChange:
            preconditionFailure("only who named a warehouse, or a change, is told about it")
        }
    }

    private static func noPlan(_ refusals: [LineRefusal], _ record: OrderRecord) -> Problem {
        var faults = FieldFaults()
        for refusal in refusals {
            let pointer = JSONPointer.root.member("lines").element(refusal.line)
            faults.add(
                FieldFault(pointer, "\(refusal.sku): \(refusal.sentence)", hint: refusal.hint)
            )
        }
        return Problem(
            .noLawfulPlan,
            "No warehouse that may ship what is left of order \(record.order.id) has a plan for it.",
            hint: """
                The order stands as it was. Exclude less, force more, or say that it may wait \
                (‘backorder’) where its completeness allows that.
                """,
            faults: faults
        )
    }
}

extension ResourcingComparison {
    /// Both plans and what the new one costs more, for a person to read.
    func text(isDone: Bool) -> String {
        let verb = changed == nil ? "sourced" : "changed and sourced"
        var lines = [
            isDone
                ? "Order \(record.order.id) is \(verb) again."
                : "Order \(record.order.id) would be \(verb) so; nothing was changed."
        ]
        if let changes = changed.flatMap({ record.order.changes(to: $0) }) {
            lines += ["", "\(changes)."]
        }
        for shipment in before(keeping: true) {
            lines += ["", "\(shipment.sentence) It has shipped, and stays."]
        }
        for shipment in before(keeping: false) {
            lines += ["", "\(isDone ? "No more" : "Not"): \(shipment.sentence)"]
        }
        lines += plan.textLines(in: nil)
        lines += ["Before \(costBefore): \(difference.comparison)."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func before(keeping isKept: Bool) -> [Plan.Shipment] {
        (record.outcome?.plan?.shipments ?? []).filter { kept.contains($0.warehouse) == isKept }
    }

    /// The same for a program; `record` is the order as it stands after.
    func document(isDone: Bool, record: OrderRecord) -> JSONValue {
        [
            "resourced": .boolean(isDone), "costBefore": .string(costBefore.decimal),
            "costAfter": .string(plan.cost.decimal), "difference": .string(difference.decimal),
            "kept": .array(kept.map { .string($0.rawValue) }),
            "change": changed.map { self.record.order.changesDocument(to: $0) } ?? .null,
            "plan": plan.document(in: record), "order": record.document,
        ]
    }
}

extension Money {
    /// That what is to be paid is more, less, or as much.
    fileprivate var comparison: String {
        minorUnits == 0
            ? "that is as much" : "this is \(words("more", "less"))"
    }
}

extension Plan.Shipment {
    fileprivate var sentence: String {
        let goods = lines.map { "\($0.quantity) x \($0.sku)" }.joined(separator: ", ")
        return "\(warehouse) ships \(goods) by \(carrier) (\(service))."
    }
}

extension ResourcingWish {
    /// What was asked, in words: `without DAL, by two-day`.
    var words: String {
        let names = { (warehouses: [Warehouse.ID]) in
            warehouses.map(\.rawValue).joined(separator: " and ")
        }
        let parts =
            (excluded.isEmpty ? [] : ["without \(names(excluded))"])
            + (forced.isEmpty ? [] : ["from \(names(forced)) alone"])
            + (serviceLevel.map { ["by \($0.word)"] } ?? [])
        let way = isFollowUp ? ["with what is allocated left where it is"] : []
        return parts.isEmpty && way.isEmpty
            ? "by what there was then" : (way + parts).joined(separator: ", ")
    }
}
