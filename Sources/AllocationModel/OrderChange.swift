/// What somebody wants other of a decided order than it was placed.
///
/// What has shipped stays as it is; what has not is sourced again as the order then is.
package struct OrderChange: Hashable, Sendable {
    /// The quantities that take others' places; lines that it does not name stay as they are.
    package let quantities: [LineQuantity]
    /// Where to, and when, what has not shipped is to go; nil where that stays.
    package let destination: Destination?
    /// Whether the order's first and last day hold for another destination too.
    package let keepsDates: Bool

    package init(
        quantities: [LineQuantity] = [],
        destination: Destination? = nil,
        keepsDates: Bool = false
    ) {
        self.quantities = quantities
        self.destination = destination
        self.keepsDates = keepsDates
    }

    /// How many a line of an order is to ask for in all, with what of it has shipped.
    package struct LineQuantity: Hashable, Sendable {
        /// The line's id, or its SKU where no other line is of that.
        package let line: String
        /// Nil where what of the line has not shipped is cancelled, however much that is.
        package let quantity: Quantity?

        package init(line: String, quantity: Quantity?) {
            self.line = line
            self.quantity = quantity
        }
    }

    /// Why an order cannot be changed so; indices are those of `quantities`.
    package enum Fault: Error, Hashable, Sendable {
        /// No line has that id or that SKU.
        case unknownLine(Int)
        /// Several lines are of that SKU, and none has it for an id.
        case ambiguousLine(Int, [Identifier<Order.Line>])
        /// An earlier one names the same line.
        case namedTwice(Int, first: Int)
        /// So much of the line has shipped already.
        case shipped(Int, Quantity)
        /// The order's last day, which stays, and the hours of its new destination: why not both.
        case dates(String)
        /// It asks for what the order is.
        case nothingChanged
        /// Nothing of the order would be left, and nothing of it has shipped.
        case nothingLeft
    }
}

extension Order {
    /// Returns the order as a change leaves it, where so much of each line has shipped.
    ///
    /// Its lines stay the same ones, in the same places; one that is cancelled asks for nothing.
    ///
    /// - Precondition: `shipped` has a quantity for each line.
    /// - Throws: `OrderChange.Fault`, the first that is found.
    package func changed(
        by change: OrderChange,
        shipped: [Quantity]
    ) throws(OrderChange.Fault) -> Order {
        precondition(shipped.count == lines.count, "every line has shipped so much, or nothing")
        var quantities = lines.map(\.quantity)
        var named: [Int: Int] = [:]
        for (index, wanted) in change.quantities.enumerated() {
            let line = try self.line(wanted.line, index)
            if let first = named[line] { throw .namedTwice(index, first: first) }
            named[line] = index
            let quantity = wanted.quantity ?? shipped[line]
            guard quantity >= shipped[line] else { throw .shipped(index, shipped[line]) }
            quantities[line] = quantity
        }
        let destination = try self.destination(after: change)
        guard quantities != lines.map(\.quantity) || destination != self.destination else {
            throw .nothingChanged
        }
        guard quantities.contains(where: { !$0.isZero }) else { throw .nothingLeft }
        return with(quantities, to: destination)
    }

    private func destination(
        after change: OrderChange
    ) throws(OrderChange.Fault) -> Destination {
        guard let destination = change.destination else { return self.destination }
        guard change.keepsDates else { return destination }
        do throws(ParseError) {
            return try destination.withDates(of: self.destination)
        } catch {
            throw .dates("\(error)")
        }
    }

    /// Returns the index of the line that somebody calls so.
    private func line(_ name: String, _ index: Int) throws(OrderChange.Fault) -> Int {
        if let line = lines.firstIndex(where: { $0.id.rawValue == name }) { return line }
        let same = lines.indices.filter { lines[$0].sku.code == name }
        guard let line = same.first else { throw .unknownLine(index) }
        guard same.count == 1 else { throw .ambiguousLine(index, same.map { lines[$0].id }) }
        return line
    }

    /// Returns the same order with other quantities, line by line, and to another place.
    ///
    /// - Precondition: there is one for each line, and one that is not zero.
    package func with(_ quantities: [Quantity], to destination: Destination) -> Order {
        Order(
            id: id,
            lines: zip(lines, quantities)
                .map { Line(id: $0.id, sku: $0.sku, quantity: $1, lots: $0.lots) },
            destination: destination,
            serviceLevel: serviceLevel,
            completeness: completeness,
            currency: currency,
            terms: terms
        )
    }
}
