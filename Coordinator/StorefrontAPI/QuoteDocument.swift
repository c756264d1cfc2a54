import AllocationModel

extension Quote {
    /// The quote as the API answers it.
    func document(of order: Order) -> JSONValue {
        let record = order.unplaced
        return [
            "currency": .string(order.currency.code),
            "options": .array(
                options.map { option in
                    [
                        "serviceLevel": .string(option.level.word),
                        "shipping": .string(option.shipping.decimal),
                        "arrives": .text(option.lastArrival?.description),
                        "plan": option.plan.document(in: record),
                    ]
                }
            ),
            "refusals": .array(refusals.map { $0.document(for: order) }),
            "absent": .array(absent.map { .string($0.rawValue) }),
        ]
    }

    /// The quote for people.
    func text(of order: Order) -> String {
        var lines = order.lines.map { "\($0.quantity) x \($0.sku)" }
        if options.isEmpty {
            lines += ["", "Nobody can ship this."]
            lines += refusals.map { "  \($0.sku): \($0.sentence) \($0.hint)" }
        }
        for option in options {
            let arrives = option.lastArrival.map { ", arrives by \($0.words)" } ?? ""
            lines += ["", "\(option.level.word): \(option.shipping) for shipping\(arrives)"]
            lines += option.plan.textLines(in: nil).map { $0.isEmpty ? "" : "  " + $0 }
        }
        if !absent.isEmpty {
            lines += ["", "Did not answer: \(absent.map(\.rawValue).joined(separator: ", "))."]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Order {
    /// The order as one of which nothing is known, for what documents look up in records.
    fileprivate var unplaced: OrderRecord {
        OrderRecord(
            order: self,
            outcome: nil,
            receivedAt: Timestamp(milliseconds: 0),
            decidedAt: nil,
            transaction: nil,
            isSettled: false
        )
    }
}
