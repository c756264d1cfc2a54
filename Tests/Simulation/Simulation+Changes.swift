import AllocationModel
import OrderDesk
import SeededGenerator

/// People at the office who have orders changed, whatever else goes on.
extension Simulation {
    /// Has a confirmed order changed, or looks how it would be; and plans the next.
    mutating func changeSomething() {
        guard isFaulty else { return }
        plan(.changing, in: Int64.random(in: 60...350, using: &changersRandom))
        let confirmed = clients.indices.filter { index in
            if case .confirmed? = clients[index].told { true } else { false }
        }
        guard office != nil, let index = confirmed.randomElement(using: &changersRandom) else {
            return
        }
        let order = clients[index].order
        let isPreview = Int.random(in: 0..<5, using: &changersRandom) == 0
        change(index, as: drawnChange(of: order), isPreview: isPreview)
    }

    private mutating func drawnChange(of order: Order) -> OrderChange {
        let kind = Int.random(in: 0..<8, using: &changersRandom)
        let count = kind < 6 ? Int.random(in: 1...order.lines.count, using: &changersRandom) : 0
        let quantities = order.lines.shuffled(using: &changersRandom).prefix(count)
            .map { line in
                OrderChange.LineQuantity(
                    line: line.id.rawValue,
                    quantity: kind == 5
                        ? nil : Quantity(Int64.random(in: 0...20, using: &changersRandom))
                )
            }
        let code = ["75001", "10001"].randomElement(using: &changersRandom) ?? "75001"
        return OrderChange(
            quantities: quantities,
            destination: kind < 5 ? nil : Destination(country: .us, postalCode: code)
        )
    }

    /// Asks the office to make the order of a client another.
    mutating func change(_ index: Int, as change: OrderChange, isPreview: Bool) {
        lastClient += 1
        let wish = ResourcingWish(
            mayWait: lastClient.isMultiple(of: 2),
            who: "ana",
            reason: Self.reason
        )
        asks[lastClient] = Ask(
            client: index,
            isCancellation: false,
            wish: wish,
            change: change
        )
        let id = clients[index].order.id
        if !isPreview { changesAsked[id, default: []].append(change) }
        plan(
            .office(
                start: officeStarts,
                .changeAsked(id, change, wish, isPreview: isPreview, by: lastClient)
            ),
            in: 0
        )
    }

    /// Checks an order that is written as another: somebody asked for that, and for all of it.
    ///
    /// What was asked comes from what people asked, and what was there from what was written before.
    mutating func audit(change second: SecondAttempt, to order: Order) {
        guard let before = store[second.replaced]?.order, before != order else { return }
        let isAsked = (changesAsked[order.id] ?? [])
            .contains { change in
                let isSo = zip(before.lines, order.lines)
                    .allSatisfy { was, line in
                        let wanted = change.quantities.first {
                            $0.line == was.id.rawValue || $0.line == was.sku.code
                        }
                        guard let wanted else { return was == line }
                        // What is cancelled may have shipped in part: the sums tell.
                        return was.sku == line.sku
                            && wanted.quantity.map { $0 == line.quantity } ?? true
                    }
                return isSo && before.lines.count == order.lines.count
                    && change.destination ?? before.destination == order.destination
            }
        if !isAsked { report("\(order.id) is another order than anybody asked for") }
        faults.insert(.change)
        if !second.kept.isEmpty { faults.insert(.changeInPart) }
        everChanged.insert(order.id)
    }

    /// Checks what whoever had an order changed is told of how it now is.
    mutating func audit(_ record: OrderRecord, changedBy change: OrderChange) {
        let shipped = record.shippedQuantities
        for wanted in change.quantities {
            let line = record.order.lines.firstIndex {
                $0.id.rawValue == wanted.line || $0.sku.code == wanted.line
            }
            guard let line, let quantity = wanted.quantity else { continue }
            if record.order.lines[line].quantity != quantity {
                report("\(record.order.id): told that it is changed, and \(wanted.line) is not")
            }
            if quantity < shipped[line] {
                report("\(record.order.id): fewer of \(wanted.line) are asked for than shipped")
            }
        }
        if store.entries.first(where: { $0.transaction == record.transaction })?.order
            != record.order
        {
            report("\(record.order.id): told that it is changed, and nobody wrote that down")
        }
    }
}
