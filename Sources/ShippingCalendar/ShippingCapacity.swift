package import AllocationModel

/// How much a site can have leave on one day; what is nil is not bounded.
package struct ShippingCapacity: Hashable, Sendable {
    /// Orders, whatever part of them the site ships.
    package let orders: Int64?
    /// SKUs to pick, counted order by order.
    package let lines: Int64?
    package let weight: Weight?

    package init(orders: Int64? = nil, lines: Int64? = nil, weight: Weight? = nil) {
        self.orders = orders
        self.lines = lines
        self.weight = weight
    }

    /// Whether `load` may leave beside what has been `taken` of the day.
    ///
    /// An empty day takes any one order: else one that is larger than a whole day
    /// would never leave.
    package func admits(_ load: ShippingLoad, beside taken: ShippingLoad) -> Bool {
        guard taken.orders > 0 else { return true }
        let sum = taken + load
        return orders.map { sum.orders <= $0 } ?? true
            && lines.map { sum.lines <= $0 } ?? true
            && weight.map { sum.grams <= $0.grams } ?? true
    }

    /// Whether nothing more may leave beside what has been `taken` of the day.
    package func isReached(by taken: ShippingLoad) -> Bool {
        orders.map { taken.orders >= $0 } ?? false
            || lines.map { taken.lines >= $0 } ?? false
            || weight.map { taken.grams >= $0.grams } ?? false
    }
}

/// What leaves a site together, in the three ways in which a day can be full.
package struct ShippingLoad: Hashable, Sendable {
    package let orders: Int64
    package let lines: Int64
    package let grams: Int64

    package static let zero = ShippingLoad(orders: 0, lines: 0, grams: 0)

    package init(orders: Int64, lines: Int64, grams: Int64) {
        self.orders = orders
        self.lines = lines
        self.grams = grams
    }

    /// Weighs one order's part: its lines, those of one SKU counted once.
    ///
    /// What weighs more than `Limits.loadGramsMaximum` is said to weigh that.
    package init(ofOrderWith goods: [(sku: SKU, quantity: Quantity, unitWeight: Weight)]) {
        let shipped = goods.filter { !$0.quantity.isZero }
        let grams = shipped.reduce(Int128(0)) {
            $0 + Int128($1.quantity.units) * Int128($1.unitWeight.grams)
        }
        self.init(
            orders: 1,
            lines: Int64(Set(shipped.map(\.sku)).count),
            grams: Int64(min(grams, Int128(Limits.loadGramsMaximum)))
        )
    }

    package static func + (left: Self, right: Self) -> Self {
        ShippingLoad(
            orders: left.orders + right.orders,
            lines: left.lines + right.lines,
            grams: left.grams + right.grams
        )
    }
}

/// What each day of a site can take, and what is to leave on it already.
package struct ShippingBook: Hashable, Sendable {
    /// Monday first.
    private let capacities: [ShippingCapacity?]
    private let taken: [CivilDate: ShippingLoad]

    /// A site that can have anything leave on any day.
    package static let unbounded = ShippingBook(capacities: [:], taken: [:])

    package init(
        capacities: [Weekday: ShippingCapacity],
        taken: [CivilDate: ShippingLoad]
    ) {
        self.capacities = Weekday.allCases.map { capacities[$0] }
        self.taken = taken
    }

    /// How much can leave on a day; nil where nothing bounds it.
    package func capacity(on date: CivilDate) -> ShippingCapacity? {
        capacities[date.weekday.rawValue - 1]
    }

    /// What is to leave on a day, or has left of what was to.
    package func taken(on date: CivilDate) -> ShippingLoad { taken[date] ?? .zero }

    /// Whether `load` may leave on a day beside what does already.
    package func admits(_ load: ShippingLoad, on date: CivilDate) -> Bool {
        capacity(on: date)?.admits(load, beside: taken(on: date)) ?? true
    }

    /// Whether a day takes nothing more.
    package func isFull(on date: CivilDate) -> Bool {
        capacity(on: date)?.isReached(by: taken(on: date)) ?? false
    }
}
