package import AllocationModel
import GRDB

// Of an order that is sourced again the same site may ship both before and after, and have no more
// than what is allocated to it already. The vote then holds only what it takes beyond that, and
// takes the rest over when it is confirmed: in one transaction with giving the other back.

extension Books {
    /// Returns all that there is of one SKU for an attempt that is to take another's place.
    ///
    /// What the other has set aside for that order counts as free, unless another vote is to take
    /// it over.
    package func availability(
        of sku: SKU,
        replacing replaced: TransactionID?,
        for order: Order.ID
    ) throws -> SKUStock? {
        guard let stock = try availability(of: sku) else { return nil }
        let picks = try picksToTakeOver(of: replaced, for: order)
        return stock.freeing(picks.filter { $0.sku == sku })
    }

    /// Returns the first vote that is to take the place of a confirmed reservation, if one is.
    package func voteReplacing(_ replaced: TransactionID) throws -> TransactionID? {
        guard let id = try knownCoordinatorID(of: replaced.coordinator) else { return nil }
        let number: Int64? = try db.value(
            "SELECT min(tx) FROM replacement WHERE replaced = ? AND coordinator = ?",
            [replaced.number, id]
        )
        return number.flatMap { TransactionID(coordinator: replaced.coordinator, number: $0) }
    }

    /// What an attempt that takes the place of `replaced` may take over, lot by lot.
    ///
    /// Nothing as long as another vote, which may have been given up, is to have it.
    func picksToTakeOver(
        of replaced: TransactionID?,
        for order: Order.ID
    ) throws -> [ReservationRecord.Pick] {
        guard let replaced, let record = try confirmed(replaced, for: order),
            try voteReplacing(replaced) == nil
        else { return [] }
        return record.picks
    }

    /// A reservation of that order, where it is confirmed.
    func confirmed(
        _ replaced: TransactionID,
        for order: Order.ID
    ) throws -> ReservationRecord? {
        guard let record = try reservation(replaced), record.status == .confirmed,
            record.reservation.order == order
        else { return nil }
        return record
    }

    /// What a vote is to take over, and of which reservation; nil where it replaces none.
    func takeover(
        of number: Int64,
        _ coordinator: Int64,
        _ name: Coordinator.ID
    ) throws -> ReservationRecord.Takeover? {
        let replaced: Int64? = try db.value(
            "SELECT replaced FROM replacement WHERE tx = ? AND coordinator = ?",
            [number, coordinator]
        )
        guard let replaced, let id = TransactionID(coordinator: name, number: replaced) else {
            return nil
        }
        let picks =
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT s.code, l.lot, l.quantity FROM replacement_line AS l
                        JOIN sku AS s ON s.id = l.sku
                        WHERE l.tx = ? AND l.coordinator = ? ORDER BY s.code, l.lot
                        """
                ),
                arguments: [number, coordinator]
            )
            .map { row in
                let lot: String = row[1]
                return ReservationRecord.Pick(
                    sku: SKU(trusted: row[0]),
                    lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
                    quantity: Quantity(row[2])
                )
            }
        return ReservationRecord.Takeover(replaced: id, picks: picks)
    }

    /// Gives back what a vote that is now confirmed takes the place of.
    ///
    /// Other votes for that place have been given up: one attempt is decided.
    func endReplaced(_ replaced: TransactionID) throws {
        while let vote = try voteReplacing(replaced) { try apply(.release, to: vote) }
        if try status(of: replaced) == .confirmed { try apply(.release, to: replaced) }
    }

    /// Enters which reservation a vote takes the place of, and what it is to take over of it.
    func enterTakeover(
        by number: Int64,
        _ coordinator: Int64,
        of replaced: TransactionID,
        _ lines: [(sku: Int64, lot: String, quantity: Int64)]
    ) throws {
        try willWrite()
        try db.run(
            "INSERT INTO replacement (tx, coordinator, replaced) VALUES (?, ?, ?)",
            [number, coordinator, replaced.number]
        )
        for line in lines {
            try db.run(
                """
                INSERT INTO replacement_line (tx, coordinator, sku, lot, quantity)
                VALUES (?, ?, ?, ?, ?)
                """,
                [number, coordinator, line.sku, line.lot, line.quantity]
            )
        }
    }
}

extension SKUStock {
    /// Returns the same stock as if these units of it were not allocated.
    func freeing(_ picks: [ReservationRecord.Pick]) -> SKUStock {
        guard !picks.isEmpty else { return self }
        return SKUStock(
            entry: entry,
            safetyStock: safetyStock,
            leased: leased,
            lots: lots.map { lot in
                let freed = picks.filter { $0.lot == lot.lot }
                    .reduce(Quantity.zero) { $0 + $1.quantity }
                return lot.with(held: lot.held, allocated: lot.allocated.lessAtMost(freed))
            },
            today: today
        )
    }

    /// What would be taken of `quantity`: of `own` lots first, as far as they may be given.
    ///
    /// Where no more is asked for than it has, it may keep that, however much is kept back
    /// since: nothing new is promised. What is barred since, or does not meet the terms, it may not.
    ///
    /// - Returns: Nil where fewer are available; no lot is named twice.
    func picks(
        of quantity: Quantity,
        first own: [ReservationRecord.Pick],
        fitting terms: LotTerms = .any
    ) -> [Pick]? {
        guard !own.isEmpty else { return picks(of: quantity, fitting: terms) }
        guard quantity <= available(fitting: terms) else {
            return keeping(quantity, of: own, fitting: terms)
        }
        var rest = quantity.units
        var taken: [Int64] = lots.map { _ in 0 }
        for (index, lot) in lots.enumerated() where lot.free > 0 && isOpen(lot, to: terms) {
            let ownUnits = own.filter { $0.lot == lot.lot }.reduce(0) { $0 + $1.quantity.units }
            taken[index] = min(rest, min(lot.free, ownUnits))
            rest -= taken[index]
        }
        for (index, lot) in lots.enumerated() where isOpen(lot, to: terms) {
            let more = min(rest, max(0, lot.free - taken[index]))
            taken[index] += more
            rest -= more
        }
        return zip(lots, taken).filter { $0.1 > 0 }
            .map { Pick(lot: $0.0, quantity: Quantity($0.1)) }
    }

    /// So many units of what is set aside already; nil where it is fewer, or the goods are gone.
    private func keeping(
        _ quantity: Quantity,
        of own: [ReservationRecord.Pick],
        fitting terms: LotTerms
    ) -> [Pick]? {
        var rest = quantity.units
        var picks: [Pick] = []
        for lot in lots where rest > 0 && isOpen(lot, to: terms) {
            let ownUnits = own.filter { $0.lot == lot.lot }.reduce(0) { $0 + $1.quantity.units }
            let kept = min(rest, min(lot.free, ownUnits))
            guard kept > 0 else { continue }
            picks.append(Pick(lot: lot, quantity: Quantity(kept)))
            rest -= kept
        }
        return rest == 0 ? picks : nil
    }
}
