import AllocationModel
import Hummingbird
import HummingbirdCore

/// What an office's people do with an order that was decided: have it changed.
struct ChangeEndpoint: Sendable {
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
                "lines", "destination", "notBefore", "deliverBy", "backorder", "reason", "by",
                "dryRun",
            ],
            orElse: .invalidChange
        )
        let change = try change(from: body)
        let wish = ResourcingWish(
            mayWait: try body.flag("backorder"),
            who: try body.remark("by"),
            reason: try body.remark("reason")
        )
        let isPreview = try body.flag("dryRun")
        switch await office.change(id, change, wish, isPreview) {
        case .unlawfulChange(let fault, let record):
            throw problem(fault, with: record, change, body)
        case .nothingToResource(let record):
            throw Problem(
                .nothingToResource,
                "Nothing of order \(id) can be changed any more: it is \(record.status.rawValue).",
                hint: "Nothing was changed. Place a new order for what is needed."
            )
        case let answer: return try answer.response(to: request, about: id)
        }
    }

    private func change(from body: Wish) throws(Problem) -> OrderChange {
        var faults = FieldFaults()
        let document = body.document
        let quantities = quantities(document["lines"], &faults)
        let dates = [document["notBefore"], document["deliverBy"]].filter { !$0.isAbsent }
        var destination: Destination?
        if !document["destination"].isAbsent {
            destination = OrderDocument.destination(in: document, &faults)
        } else {
            for date in dates {
                faults.add(
                    FieldFault(
                        date.pointer,
                        "has no destination beside it",
                        hint: "Give the destination with it, as of an order."
                    )
                )
            }
        }
        guard faults.isEmpty else { throw body.invalid(faults) }
        return OrderChange(
            quantities: quantities,
            destination: destination,
            keepsDates: dates.isEmpty
        )
    }

    private func quantities(
        _ field: JSONField,
        _ faults: inout FieldFaults
    ) -> [OrderChange.LineQuantity] {
        if field.isAbsent { return [] }
        let hint =
            "Give an array of at most \(Limits.orderLinesMaximum) lines, as "
            + "[{\"line\": \"1\", \"quantity\": 5}]."
        guard let elements = field.elements(hint: hint, &faults) else { return [] }
        guard elements.count <= Limits.orderLinesMaximum else {
            faults.add(FieldFault(field.pointer, "holds \(elements.count) lines", hint: hint))
            return []
        }
        return elements.compactMap { quantity($0, hint, &faults) }
    }

    private func quantity(
        _ field: JSONField,
        _ hint: String,
        _ faults: inout FieldFaults
    ) -> OrderChange.LineQuantity? {
        for member in field.members(hint: hint, &faults) ?? []
        where !["line", "quantity", "cancel"].contains(member.name) {
            faults.add(
                FieldFault(
                    field.pointer.member(member.name),
                    "is not a known field",
                    hint: "Known here are line, quantity, cancel."
                )
            )
        }
        let line = field["line"].name(hint: "Give the line's id, or its SKU.", &faults)
        if !field["cancel"].isAbsent, field["quantity"].isAbsent {
            let hint = "Give true, or a quantity in its place."
            guard let flag = field["cancel"].boolean(hint: hint, &faults), let line else {
                return nil
            }
            if flag { return OrderChange.LineQuantity(line: line, quantity: nil) }
            faults.add(FieldFault(field["cancel"].pointer, "is false", hint: hint))
            return nil
        }
        let most = Limits.quantityMaximum
        let hint = "Give a whole number from 0 to \(most): how many in all, with what has shipped."
        if !field["cancel"].isAbsent {
            faults.add(
                FieldFault(
                    field["cancel"].pointer,
                    "has a quantity beside it",
                    hint: "Give one of the two."
                )
            )
        }
        guard let units = field["quantity"].integer(hint: hint, &faults), let line else {
            return nil
        }
        guard (0...most).contains(units) else {
            faults.add(FieldFault(field["quantity"].pointer, "is \(units)", hint: hint))
            return nil
        }
        return OrderChange.LineQuantity(line: line, quantity: Quantity(units))
    }

    private func problem(
        _ fault: OrderChange.Fault,
        with record: OrderRecord,
        _ change: OrderChange,
        _ body: Wish
    ) -> Problem {
        func line(_ index: Int, _ member: String, _ detail: String, _ hint: String) -> FieldFault {
            let pointer = body.document["lines"].pointer.element(index).member(member)
            return FieldFault(pointer, detail, hint: hint)
        }
        let order = record.order
        let root = body.document.pointer
        let found: FieldFault =
            switch fault {
            case .unknownLine(let index):
                line(
                    index,
                    "line",
                    "‘\(change.quantities[index].line)’ is no line of order \(order.id)",
                    "Its lines are \(order.lineNames). Place a new order for another SKU."
                )
            case .ambiguousLine(let index, let ids):
                line(
                    index,
                    "line",
                    "several lines are of ‘\(change.quantities[index].line)’",
                    "Name one by its id: \(ids.map(\.rawValue).joined(separator: ", "))."
                )
            case .namedTwice(let index, let first):
                line(
                    index,
                    "line",
                    "is the same line as /lines/\(first)",
                    "Name each line once."
                )
            case .shipped(let index, let quantity):
                line(
                    index,
                    "quantity",
                    "is less than the \(quantity) that have shipped",
                    "Give \(quantity) at the least, or cancel what is left: {\"cancel\": true}."
                )
            case .dates(let why):
                FieldFault(
                    body.document["destination"].pointer,
                    "and the order's last day, which stays: \(why)",
                    hint: "Give deliverBy, notBefore, or both beside it."
                )
            case .nothingChanged:
                FieldFault(
                    root,
                    "is what the order is already",
                    hint: "Give a quantity in lines, or a destination, that is another."
                )
            case .nothingLeft:
                FieldFault(
                    root,
                    "leaves nothing of the order",
                    hint: "Cancel it: POST /v1/orders/\(order.id)/cancel."
                )
            }
        var faults = FieldFaults()
        faults.add(found)
        return Problem(
            .invalidChange,
            "Order \(order.id) cannot be changed so.",
            hint: "Nothing was changed. Correct what ‘errors’ lists and send it again.",
            faults: faults
        )
    }
}

extension Order {
    /// What its lines are called, in words: `1 (VALVE-3IN), 2 (GASKET-3IN)`.
    fileprivate var lineNames: String {
        let names = lines.prefix(8).map { "\($0.id) (\($0.sku))" }.joined(separator: ", ")
        return lines.count > 8 ? names + " and \(lines.count - 8) more" : names
    }

    /// What of it is another in `later`, in words; nil where nothing is.
    func changes(to later: Order) -> String? {
        let lines = changedLines(in: later)
            .map { before, after in
                after.isZero
                    ? "\(before.sku) cancelled, of which \(before.quantity) were ordered"
                    : "\(after) instead of \(before.quantity) x \(before.sku)"
            }
        let place = destination == later.destination ? [] : ["to \(later.destination.words)"]
        let parts = lines + place
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The same for a program.
    func changesDocument(to later: Order) -> JSONValue {
        guard changes(to: later) != nil else { return .null }
        return [
            "lines": .array(
                changedLines(in: later)
                    .map { before, after in
                        [
                            "line": .string(before.id.rawValue), "sku": .string(before.sku.code),
                            "before": .quantity(before.quantity), "after": .quantity(after),
                        ]
                    }
            ),
            "destination": destination == later.destination ? .null : destination.document,
        ]
    }

    private func changedLines(in later: Order) -> [(before: Line, after: Quantity)] {
        zip(lines, later.lines).filter { $0.quantity != $1.quantity }
            .map { (before: $0, after: $1.quantity) }
    }
}
