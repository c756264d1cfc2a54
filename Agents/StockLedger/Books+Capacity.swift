package import AllocationModel
import GRDB
package import ShippingCalendar

extension Books {
    /// How much can leave on each weekday; one that nothing bounds is not named.
    package func capacities() throws -> [Weekday: ShippingCapacity] {
        try cache.value {
            $0.capacities
        } keep: {
            $0.capacities = $1
        } or: {
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT weekday, orders, lines, grams FROM shipping_capacity"
                )
            )
            return rows.reduce(into: [:]) { found, row in
                guard let weekday = Weekday(rawValue: row[0]) else { return }
                found[weekday] = ShippingCapacity(
                    orders: row[1],
                    lines: row[2],
                    weight: (row[3] as Int64?).map { Weight(grams: $0) }
                )
            }
        }
    }

    /// Bounds what can leave on a weekday, in place of what bounded it before.
    ///
    /// What is to leave already stays, also where it is more.
    ///
    /// - Throws: `StockRefusal.unlawful` for a bound that is none.
    package func setCapacity(_ capacity: ShippingCapacity, on weekday: Weekday) throws {
        let most = AllocationModel::Limits.capacityCountMaximum
        for (field, count) in [("orders", capacity.orders), ("lines", capacity.lines)] {
            guard let count, !(1...most).contains(count) else { continue }
            throw StockRefusal.unlawful(
                field: field,
                "is \(count); give 1 to \(most), or take the weekday's cutoff away"
            )
        }
        let heaviest = AllocationModel::Limits.loadGramsMaximum
        if let grams = capacity.weight?.grams, !(1...heaviest).contains(grams) {
            throw StockRefusal.unlawful(
                field: "weight",
                "is \(grams) g; give more than nothing, up to \(heaviest / 1000) kg"
            )
        }
        guard capacity != ShippingCapacity() else {
            throw StockRefusal.unlawful(field: "capacity", "needs orders, lines or weight")
        }
        try willWriteCapacity()
        try db.run(
            """
            INSERT INTO shipping_capacity (weekday, orders, lines, grams) VALUES (?, ?, ?, ?)
            ON CONFLICT (weekday) DO UPDATE SET
                orders = excluded.orders, lines = excluded.lines, grams = excluded.grams
            """,
            [weekday.rawValue, capacity.orders, capacity.lines, capacity.weight?.grams]
        )
    }

    /// Lets anything leave on a weekday again.
    ///
    /// - Returns: Whether something bounded it.
    package func clearCapacity(on weekday: Weekday) throws -> Bool {
        try willWriteCapacity()
        try db.run("DELETE FROM shipping_capacity WHERE weekday = ?", [weekday.rawValue])
        return db.changesCount > 0
    }

    /// Returns what each day can take, and what is to leave on it already.
    ///
    /// Counted is whatever has a vote, whatever is confirmed, and what has left: on
    /// the day on which it was to leave.
    ///
    /// - Parameters:
    ///   - order: One whose own reservations are not counted: it is being tried again.
    ///   - day: The only day that is asked about; nil for today and all that come.
    /// - Returns: A book of the days that are asked about.
    /// - Throws: What the database throws.
    package func shippingBook(
        without order: Order.ID? = nil,
        on day: CivilDate? = nil
    ) throws -> ShippingBook {
        let capacities = try capacities()
        guard !capacities.isEmpty else { return .unbounded }
        let first = try day ?? today()
        return ShippingBook(
            capacities: capacities,
            taken: try loads(from: first, through: day, without: order)
        )
    }

    /// Returns what is to leave on each day, or was to and has; without `last`, on all that come.
    package func loads(
        from first: CivilDate,
        through last: CivilDate?,
        without order: Order.ID? = nil
    ) throws -> [CivilDate: ShippingLoad] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT leaves, count(*), sum(lines), sum(grams) FROM reservation
                    WHERE status IN ('voted', 'confirmed', 'shipped') AND leaves IS NOT NULL
                        AND leaves BETWEEN ? AND ? AND order_id <> ?
                    GROUP BY leaves
                    """
            ),
            arguments: [
                first.daysSinceEpoch, last?.daysSinceEpoch ?? Int.max, order?.rawValue ?? "",
            ]
        )
        return rows.reduce(into: [:]) { loads, row in
            loads[CivilDate(daysSinceEpoch: row[0])] = ShippingLoad(
                orders: row[1],
                lines: row[2],
                grams: row[3]
            )
        }
    }

    /// What the audit finds of reservations that take another share of their day than their lines.
    func loadsApartFromLines() throws -> [Finding] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT c.name, r.tx, r.lines, (
                    SELECT count(*) FROM (
                        SELECT l.sku FROM reservation_line AS l
                        WHERE l.tx = r.tx AND l.coordinator = r.coordinator
                        UNION SELECT p.sku FROM replacement_line AS p
                        WHERE p.tx = r.tx AND p.coordinator = r.coordinator)) AS found
                FROM reservation AS r JOIN coordinator AS c ON c.id = r.coordinator
                WHERE r.lines <> found ORDER BY r.tx, c.name LIMIT ?
                """,
            arguments: [Limits.findingsMaximum]
        )
        .map { row in
            let name = Self.transactionID(row[0], row[1]).map { "\($0)" } ?? "\(row[1] as Int64)"
            return Finding(
                kind: .loadApartFromLines,
                description:
                    "\(name) counts \(row[2] as Int64) lines of its day and has \(row[3] as Int64)"
            )
        }
    }

    private func willWriteCapacity() throws {
        try willWrite()
        cache.change { $0.capacities = nil }
    }
}
