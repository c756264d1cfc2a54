internal import AllocationModel
internal import ShippingCalendar
internal import StockLedger

extension SiteDesk {
    /// Bounds what can leave on each of `days`, in place of what did.
    func setCapacity(
        on days: [Weekday],
        orders: Int64?,
        lines: Int64?,
        grams: Int64?,
        _ asker: Asker
    ) async throws -> SiteReply {
        guard grams ?? 0 >= 0 else {
            throw StockRefusal.unlawful(field: "weight", "is less than nothing")
        }
        let capacity = ShippingCapacity(
            orders: orders,
            lines: lines,
            weight: grams.map { Weight(grams: $0) }
        )
        try await ledger.perform(at: asker.now) { books in
            for day in days { try books.setCapacity(capacity, on: day) }
        }
        return .done
    }

    /// Lets anything leave on `days` again; on days that nothing bounds there is nothing to do.
    func clearCapacity(on days: [Weekday], _ asker: Asker) async throws -> SiteReply {
        let found = try await ledger.perform(at: asker.now) { books in
            var found = false
            for day in days { found = try books.clearCapacity(on: day) || found }
            return found
        }
        guard found else {
            let named = days.map(\.abbreviation).joined(separator: ", ")
            throw SiteFault(.refused, "no capacity is set on \(named)", hint: "see capacity")
        }
        return .done
    }

    /// The weekdays on which something bounds what can leave, Monday first.
    func capacity(at now: Timestamp) async throws -> [CapacityRow] {
        let found = try await ledger.read(at: now) { try $0.capacities() }
        return Weekday.allCases.compactMap { weekday in
            found[weekday].map { CapacityRow(weekday: weekday, capacity: DayAmount($0)) }
        }
    }
}

extension DayAmount {
    init(_ capacity: ShippingCapacity) {
        self.init(
            orders: capacity.orders,
            lines: capacity.lines,
            grams: capacity.weight?.grams
        )
    }

    init(_ load: ShippingLoad) {
        self.init(orders: load.orders, lines: load.lines, grams: load.grams)
    }
}
