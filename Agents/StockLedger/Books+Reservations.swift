package import AllocationModel
import GRDB
import ShippingCalendar

/// What became of a request to set stock aside.
package enum ReserveOutcome: Hashable, Sendable {
    /// The units are set aside, once the transaction is durable.
    case reserved
    /// Fewer are available than one line asks for; nothing was changed.
    case insufficient(sku: SKU, requested: Quantity, available: Quantity)
    /// The site does not keep the SKU; nothing was changed.
    case unknownSKU(SKU)
    /// The attempt is over: its coordinator's watermark has passed it; nothing was changed.
    case late
    /// As much leaves on the day as the site can have leave; nothing was changed.
    case dayFull(CivilDate)
    /// What it is to replace has left the building; nothing was changed.
    case shipped
}

/// What became of a confirmed reservation that the ledger had lost.
package enum RestoreOutcome: Hashable, Sendable {
    /// It is allocated; so many units of it are not there.
    case restored(shortfall: Quantity)
    /// The ledger had it, or has it now: nothing was changed but its status.
    case known(Reservation.Status)
    /// A SKU of it is not kept here: nothing was changed, and somebody must look.
    case unknownSKU(SKU)
}

/// A reservation as the ledger keeps it.
package struct ReservationRecord: Hashable, Sendable {
    /// Its lines, with all of one SKU in one.
    package let reservation: Reservation
    package let status: Reservation.Status
    /// Every warehouse of the plan.
    package let participants: [Warehouse.ID]
    /// The whole order, as far as the coordinator told of it.
    package let asked: Order?
    /// When its status last changed.
    package let changed: Timestamp
    /// What it takes, lot by lot, by rising SKU and lot.
    ///
    /// Without what it is to take over.
    package let picks: [Pick]
    /// How it is to leave, as far as the coordinator told of it.
    package let carriage: Carriage?
    /// What a vote is to take over of the reservation that it replaces; nil where it replaces none.
    package let takeover: Takeover?

    /// What is set aside under another reservation, until a vote is confirmed.
    package struct Takeover: Hashable, Sendable {
        package let replaced: TransactionID
        package let picks: [Pick]
    }

    /// So many units of one SKU from one lot.
    package struct Pick: Hashable, Sendable {
        package let sku: SKU
        package let lot: Lot.ID?
        package let quantity: Quantity

        /// Returns the pick with so many units fewer.
        func less(_ units: Quantity) -> Pick {
            Pick(sku: sku, lot: lot, quantity: quantity.lessAtMost(units))
        }
    }
}

extension Books {
    /// Returns how far a reservation has come, or nil where the ledger has no record of it.
    package func status(of transaction: TransactionID) throws -> Reservation.Status? {
        try statusRow(of: transaction)?.status
    }

    /// Sets stock aside for an attempt and votes: the units are held until the coordinator's word.
    ///
    /// Takes the lots that expire first, and a place on the day on which the goods are to leave.
    /// All lines or none. What the reservation that it replaces has, it takes over when it is
    /// confirmed, and holds only what it takes beyond that.
    ///
    /// - Precondition: `status(of:)` is nil for the transaction: what is repeated is the desk's to answer.
    package func reserve(
        _ reservation: Reservation,
        participants: [Warehouse.ID],
        of asked: Order? = nil,
        by carriage: Carriage? = nil,
        replacing replaced: TransactionID? = nil
    ) throws -> ReserveOutcome {
        let terms = Terms(participants: participants, asked: asked, carriage: carriage)
        // An attempt takes the place of an earlier one.
        let replaced = replaced.flatMap { $0 < reservation.transaction ? $0 : nil }
        if let replaced, let record = try self.reservation(replaced), record.status == .shipped,
            record.reservation.order == reservation.order
        {
            return .shipped
        }
        return try open(reservation, terms, status: .voted, replacing: replaced)
    }

    /// Sets stock aside for a quote, which may still expire: see `reserve`.
    package func hold(
        _ reservation: Reservation,
        participants: [Warehouse.ID]
    ) throws -> ReserveOutcome {
        let terms = Terms(participants: participants, asked: nil, carriage: nil)
        return try open(reservation, terms, status: .held)
    }

    /// Moves a reservation along its law, and its stock with it.
    ///
    /// A vote that is released or a hold that expires leaves no record. What ships goes on record
    /// as a shipment, by `who`.
    ///
    /// - Returns: The new status, or nil where the ledger has no record.
    /// - Throws: `Reservation.UnlawfulTransition` where the law forbids it; nothing is changed.
    @discardableResult
    package func apply(
        _ event: Reservation.Event,
        to transaction: TransactionID,
        who: String = "unknown"
    ) throws -> Reservation.Status? {
        guard let found = try statusRow(of: transaction) else { return nil }
        let (status, coordinator) = (found.status, found.coordinator)
        let next = try status.next(after: event)
        if event == .confirm, found.isReplacing, let record = try reservation(transaction) {
            return try takeOver(record)
        }
        try willWrite()
        if next == .shipped { try enterShipment(of: transaction, who: who) }
        try db.run(
            "UPDATE reservation SET status = ?, batch = ? WHERE tx = ? AND coordinator = ?",
            [next.rawValue, batch, transaction.number, coordinator]
        )
        if status != .confirmed && (next == .released || next == .expired) {
            try db.run(
                "DELETE FROM reservation WHERE tx = ? AND coordinator = ?",
                [transaction.number, coordinator]
            )
        }
        return next
    }

    /// Installs a confirmed reservation that the ledger has lost, whether or not the stock is there.
    ///
    /// The order is promised, so this may not be refused: what is missing shows
    /// as a shortfall, and nothing new is promised of the SKU until it is mended.
    package func restore(
        _ reservation: Reservation,
        participants: [Warehouse.ID],
        of asked: Order? = nil,
        by carriage: Carriage? = nil
    ) throws -> RestoreOutcome {
        if let status = try status(of: reservation.transaction) {
            guard status == .held || status == .voted else { return .known(status) }
            if status == .held { try apply(.vote, to: reservation.transaction) }
            try apply(.confirm, to: reservation.transaction)
            return .known(.confirmed)
        }
        var parts = Parts()
        for (sku, quantity) in Self.totals(of: reservation.lines) {
            guard let found = try stockRow(of: sku) else { return .unknownSKU(sku) }
            parts.picks += try picksWhateverThereIs(of: quantity, from: found.stock, id: found.id)
            parts.goods.append((sku, quantity, found.stock.entry.unitWeight))
        }
        let terms = Terms(participants: participants, asked: asked, carriage: carriage)
        try insert(reservation, terms, status: .confirmed, parts)
        let shortfall = try Self.totals(of: reservation.lines)
            .reduce(Quantity.zero) { sum, line in
                try sum + (availability(of: line.sku)?.shortfall ?? .zero)
            }
        return .restored(shortfall: shortfall)
    }

    /// Returns the voted reservations that have waited since `before` or earlier, the oldest first.
    ///
    /// All of them where `before` is nil.
    package func inDoubt(votedBefore before: Timestamp? = nil) throws -> [TransactionID] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT c.name, r.tx FROM reservation AS r
                    JOIN coordinator AS c ON c.id = r.coordinator
                    JOIN batch AS b ON b.lsn = r.batch
                    WHERE r.status = 'voted' AND b.at <= ?
                    ORDER BY r.batch, r.tx, c.name
                    """
            ),
            arguments: [before?.milliseconds ?? Int64.max]
        )
        var found: [TransactionID] = []
        while let row = try rows.next() {
            found += Self.transactionID(row[0], row[1]).map { [$0] } ?? []
        }
        return found
    }

    /// Returns one reservation in full, or nil.
    package func reservation(_ transaction: TransactionID) throws -> ReservationRecord? {
        try records(
            where: "r.tx = ? AND c.name = ?",
            [transaction.number, transaction.coordinator.rawValue],
            limit: 1
        )
        .first
    }

    /// Returns the reservations that are in any of `statuses`, the longest in it first.
    ///
    /// At most `Limits.pageRowsMaximum`, whatever `limit` says.
    package func reservations(
        in statuses: [Reservation.Status] = [.held, .voted, .confirmed],
        limit: Int = Limits.pageRowsMaximum
    ) throws -> [ReservationRecord] {
        let marks = statuses.map { _ in "?" }.joined(separator: ", ")
        return try records(
            where: "r.status IN (\(marks))",
            StatementArguments(statuses.map(\.rawValue)),
            limit: limit
        )
    }

    /// Returns the reservations of one coordinator with their lines, by rising attempt, a page.
    ///
    /// Those that only a decision or a vote can have left: quotes' holds are nobody's business.
    package func reservations(
        of coordinator: Coordinator.ID,
        after number: Int64,
        limit: Int
    ) throws -> [ReservationRecord] {
        try records(
            where: """
                c.name = ? AND r.tx > ? AND r.status IN ('voted', 'confirmed', 'released', 'shipped')
                AND (EXISTS (SELECT 1 FROM reservation_line AS l
                        WHERE l.tx = r.tx AND l.coordinator = r.coordinator)
                    OR EXISTS (SELECT 1 FROM replacement AS p
                        WHERE p.tx = r.tx AND p.coordinator = r.coordinator))
                """,
            [coordinator.rawValue, number],
            orderedBy: "r.tx",
            limit: limit
        )
    }

    /// Returns the confirmed reservations of one coordinator that may not have ended everywhere.
    ///
    /// What has left was confirmed too.
    package func confirmedAndOpen(
        of coordinator: Coordinator.ID,
        limit: Int
    ) throws -> [TransactionID] {
        let numbers = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT r.tx FROM reservation AS r JOIN coordinator AS c ON c.id = r.coordinator
                    WHERE c.name = ? AND r.tx >= c.ended_below
                        AND r.status IN ('confirmed', 'shipped')
                        AND NOT EXISTS (
                            SELECT 1 FROM override_log AS o
                            WHERE o.tx = r.tx AND o.coordinator = r.coordinator
                                AND o.decision IS NOT 'confirm')
                    ORDER BY r.tx LIMIT ?
                    """
            ),
            arguments: [coordinator.rawValue, limit]
        )
        return numbers.compactMap { TransactionID(coordinator: coordinator, number: $0) }
    }

    /// The first SKU of `lines` that the site does not keep.
    package func unknownSKU(among lines: [Reservation.Line]) throws -> SKU? {
        for line in lines where try skuID(of: line.sku) == nil { return line.sku }
        return nil
    }

    /// Units promised at the site that are not there.
    package func shortfall() throws -> Int64 {
        try db.value(
            "SELECT sum(held + allocated - on_hand) FROM stock WHERE held + allocated > on_hand"
        ) ?? 0
    }

    /// Remembers that every attempt of `coordinator` below `number` has ended.
    ///
    /// Of what is below, the released are forgotten: no message about them can come
    /// that would not be late. What has shipped is kept, like what is confirmed: a
    /// log that is lost is rebuilt from it. But where its order was cancelled, only
    /// the shipment is.
    package func end(below number: Int64, of coordinator: Coordinator.ID) throws {
        guard try number > endedBelow(of: coordinator) else { return }
        let id = try coordinatorID(of: coordinator)
        try willWrite()
        try db.run("UPDATE coordinator SET ended_below = ? WHERE id = ?", [number, id])
        try db.run(
            """
            DELETE FROM reservation
            WHERE coordinator = ? AND tx < ? AND status = 'released'
            """,
            [id, number]
        )
        try db.run(
            """
            DELETE FROM reservation
            WHERE status = 'shipped' AND (tx, coordinator) IN (
                SELECT tx, coordinator FROM shipment
                WHERE coordinator = ? AND tx < ? AND is_cancelled = 1)
            """,
            [id, number]
        )
    }

    /// The number below which every attempt of `coordinator` has ended.
    package func endedBelow(of coordinator: Coordinator.ID) throws -> Int64 {
        try db.value(
            "SELECT ended_below FROM coordinator WHERE name = ?",
            [coordinator.rawValue]
        ) ?? 0
    }

    // MARK: Parts

    /// What a reservation takes: from which rows of stock, and of its day.
    private struct Parts {
        var picks: [SKUPick] = []
        /// What is set aside under the reservation that is replaced.
        var taken: [SKUPick] = []
        var goods: [(sku: SKU, quantity: Quantity, unitWeight: Weight)] = []

        var load: ShippingLoad { ShippingLoad(ofOrderWith: goods) }

        /// Adds what is picked of a lot: held as far as it goes beyond what is set aside already.
        ///
        /// What it takes of that is taken off `own`.
        mutating func add(
            _ pick: SKUStock.Pick,
            of sku: Int64,
            beyond own: inout [ReservationRecord.Pick],
            _ keepsUntil: CivilDate
        ) {
            let lot = pick.lot.lot?.rawValue ?? ""
            var held = pick.quantity.units
            if let index = own.firstIndex(where: { $0.lot == pick.lot.lot }) {
                let units = min(own[index].quantity.units, held)
                own[index] = own[index].less(Quantity(units))
                held -= units
                Self.add(SKUPick(sku: sku, lot: lot, quantity: units), to: &taken)
            }
            add(SKUPick(sku: sku, lot: lot, quantity: held, keepsUntil: keepsUntil))
        }

        /// Adds units of a lot to those that are picked of it.
        mutating func add(_ pick: SKUPick) { Self.add(pick, to: &picks) }

        private static func add(_ pick: SKUPick, to picks: inout [SKUPick]) {
            guard pick.quantity > 0 else { return }
            if let index = picks.firstIndex(where: { $0.sku == pick.sku && $0.lot == pick.lot }) {
                picks[index].quantity += pick.quantity
                picks[index].keepsUntil = [picks[index].keepsUntil, pick.keepsUntil]
                    .compactMap(\.self).max()
            } else {
                picks.append(pick)
            }
        }
    }

    /// A pick by the row of its SKU.
    private struct SKUPick {
        let sku: Int64
        let lot: String
        var quantity: Int64
        /// The day on which the lot may not have expired; nil where it was promised before.
        var keepsUntil: CivilDate?
    }

    /// What is kept with a reservation besides its units.
    private struct Terms {
        let participants: [Warehouse.ID]
        let asked: Order?
        let carriage: Carriage?
    }

    private func open(
        _ reservation: Reservation,
        _ terms: Terms,
        status: Reservation.Status,
        replacing replaced: TransactionID? = nil
    ) throws -> ReserveOutcome {
        let transaction = reservation.transaction
        if try transaction.number < endedBelow(of: transaction.coordinator) { return .late }
        let before = try picksToTakeOver(of: replaced, for: reservation.order)
        var parts = Parts()
        for (sku, quantity) in Self.totals(of: reservation.lines) {
            guard let (id, found) = try stockRow(of: sku) else { return .unknownSKU(sku) }
            let own = before.filter { $0.sku == sku }
            var left = own
            var stock = found.freeing(own)
            for wanted in Self.wants(of: sku, among: reservation.lines) {
                let (units, terms) = (wanted.quantity, wanted.lots)
                guard let chosen = stock.picks(of: units, first: left, fitting: terms) else {
                    return .insufficient(
                        sku: sku,
                        requested: units,
                        available: stock.available(fitting: terms)
                    )
                }
                let keepsUntil = max(stock.today, terms.keepsUntil ?? stock.today)
                for pick in chosen { parts.add(pick, of: id, beyond: &left, keepsUntil) }
                stock = stock.holding(chosen)
            }
            parts.goods.append((sku, quantity, found.entry.unitWeight))
        }
        if let day = terms.carriage?.leaves,
            try !shippingBook(without: reservation.order, on: day).admits(parts.load, on: day)
        {
            return .dayFull(day)
        }
        try insert(reservation, terms, status: status, parts)
        if let replaced, try confirmed(replaced, for: reservation.order) != nil {
            try enterTakeover(
                by: transaction.number,
                try coordinatorID(of: transaction.coordinator),
                of: replaced,
                parts.taken.map { ($0.sku, $0.lot, $0.quantity) }
            )
        }
        return .reserved
    }

    /// Confirms a vote that replaces a reservation: gives that back, and takes its units over.
    ///
    /// All units were set aside before, under one of the two: nothing is promised that was not.
    private func takeOver(_ record: ReservationRecord) throws -> Reservation.Status {
        guard let takeover = record.takeover else {
            preconditionFailure("only a vote that replaces takes over")
        }
        let transaction = record.reservation.transaction
        try apply(.release, to: transaction)
        try endReplaced(takeover.replaced)
        var parts = Parts()
        for pick in record.picks + takeover.picks {
            guard let id = try skuID(of: pick.sku) else { continue }
            parts.add(
                SKUPick(sku: id, lot: pick.lot?.rawValue ?? "", quantity: pick.quantity.units)
            )
        }
        for (sku, quantity) in Self.totals(of: record.reservation.lines) {
            let weight = try availability(of: sku)?.entry.unitWeight ?? Weight(grams: 0)
            parts.goods.append((sku, quantity, weight))
        }
        let terms = Terms(
            participants: record.participants,
            asked: record.asked,
            carriage: record.carriage
        )
        try insert(record.reservation, terms, status: .confirmed, parts)
        return .confirmed
    }

    private func insert(
        _ reservation: Reservation,
        _ terms: Terms,
        status: Reservation.Status,
        _ parts: Parts
    ) throws {
        let transaction = reservation.transaction
        let load = parts.load
        let coordinator = try coordinatorID(of: transaction.coordinator)
        try willWrite()
        try db.run(
            """
            INSERT INTO reservation (
                tx, coordinator, order_id, status, participants, batch, asked, service, leaves,
                lines, grams)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                transaction.number, coordinator, reservation.order.rawValue, status.rawValue,
                terms.participants.map(\.rawValue).joined(separator: "\n"), batch,
                terms.asked.map { AskedOrder.text(of: $0) } ?? "", terms.carriage?.service ?? "",
                terms.carriage?.leaves.daysSinceEpoch, load.lines, load.grams,
            ]
        )
        for pick in parts.picks {
            try db.run(
                """
                INSERT INTO reservation_line (tx, coordinator, sku, lot, quantity, keeps_until)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    transaction.number, coordinator, pick.sku, pick.lot, pick.quantity,
                    pick.keepsUntil?.daysSinceEpoch,
                ]
            )
        }
    }

    /// Takes what is free, first to expire first, and the rest from the first lot although it is not there.
    private func picksWhateverThereIs(
        of quantity: Quantity,
        from stock: SKUStock,
        id: Int64
    ) throws -> [SKUPick] {
        var rest = quantity.units
        var picks = stock.lots.compactMap { lot -> SKUPick? in
            let taken = min(rest, max(0, lot.free))
            rest -= taken
            return taken > 0
                ? SKUPick(sku: id, lot: lot.lot?.rawValue ?? "", quantity: taken) : nil
        }
        guard rest > 0 else { return picks }
        if let first = picks.first {
            picks[0] = SKUPick(sku: id, lot: first.lot, quantity: first.quantity + rest)
        } else if let lot = stock.lots.first {
            picks = [SKUPick(sku: id, lot: lot.lot?.rawValue ?? "", quantity: rest)]
        } else {
            // A SKU kept by lot, none of which was ever here.
            try insertLot("unknown", of: id)
            picks = [SKUPick(sku: id, lot: "unknown", quantity: rest)]
        }
        return picks
    }

    private func statusRow(
        of transaction: TransactionID
    ) throws -> (status: Reservation.Status, coordinator: Int64, isReplacing: Bool)? {
        guard let coordinator = try knownCoordinatorID(of: transaction.coordinator) else {
            return nil
        }
        let row = try db.row(
            """
            SELECT status, EXISTS (
                SELECT 1 FROM replacement AS p
                WHERE p.tx = r.tx AND p.coordinator = r.coordinator)
            FROM reservation AS r WHERE tx = ? AND coordinator = ?
            """,
            [transaction.number, coordinator]
        )
        guard let row, let status = Reservation.Status(rawValue: row[0]) else { return nil }
        return (status, coordinator, row[1])
    }

    /// All of one SKU in one line, in the order in which they first come.
    private static func totals(
        of lines: [Reservation.Line]
    ) -> [(sku: SKU, quantity: Quantity)] {
        var totals: [(sku: SKU, quantity: Quantity)] = []
        var positions: [SKU: Int] = [:]
        for line in lines where !line.quantity.isZero {
            if let position = positions[line.sku] {
                totals[position].quantity = totals[position].quantity + line.quantity
            } else {
                positions[line.sku] = totals.count
                totals.append((line.sku, line.quantity))
            }
        }
        return totals
    }

    /// What is wanted of one SKU, once for all terms of its lots, what asks for most of them first.
    private static func wants(
        of sku: SKU,
        among lines: [Reservation.Line]
    ) -> [Reservation.Line] {
        var wants: [Reservation.Line] = []
        for line in lines where line.sku == sku && !line.quantity.isZero {
            if let index = wants.firstIndex(where: { $0.lots == line.lots }) {
                let all = wants[index].quantity + line.quantity
                wants[index] = Reservation.Line(sku: sku, quantity: all, lots: line.lots)
            } else {
                wants.append(line)
            }
        }
        func strictness(_ line: Reservation.Line) -> (Int, Int, Int) {
            let day = line.lots.keepsUntil?.daysSinceEpoch ?? .min
            return (line.lots.approved == nil ? 0 : 1, line.lots.certificates.count, day)
        }
        return wants.sorted { strictness($0) > strictness($1) }
    }

    static func transactionID(_ coordinator: String, _ number: Int64) -> TransactionID? {
        TransactionID(coordinator: Coordinator.ID(trusted: coordinator), number: number)
    }

    func records(
        where condition: String,
        _ arguments: StatementArguments,
        orderedBy order: String = "r.batch, r.tx, c.name",
        limit: Int
    ) throws -> [ReservationRecord] {
        let bounded = max(0, min(limit, Limits.pageRowsMaximum))
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.name, r.tx, r.order_id, r.status, r.participants, b.at, r.coordinator,
                        r.asked, r.service, r.leaves
                    FROM reservation AS r
                    JOIN coordinator AS c ON c.id = r.coordinator
                    LEFT JOIN batch AS b ON b.lsn = r.batch
                    WHERE \(condition)
                    ORDER BY \(order) LIMIT \(bounded)
                    """
            ),
            arguments: arguments
        )
        return try rows.compactMap(record)
    }

    /// What one reservation takes, lot by lot, by rising SKU and lot.
    func picks(of number: Int64, _ coordinator: Int64) throws -> [ReservationRecord.Pick] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.code, l.lot, l.quantity FROM reservation_line AS l
                    JOIN sku AS s ON s.id = l.sku
                    WHERE l.tx = ? AND l.coordinator = ? ORDER BY s.code, l.lot
                    """
            ),
            arguments: [number, coordinator]
        )
        .map { line in
            let lot: String = line[1]
            return ReservationRecord.Pick(
                sku: SKU(trusted: line[0]),
                lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
                quantity: Quantity(line[2])
            )
        }
    }

    private func record(_ row: Row) throws -> ReservationRecord? {
        guard let transaction = Self.transactionID(row[0], row[1]),
            let status = Reservation.Status(rawValue: row[3])
        else { return nil }
        let picks = try picks(of: transaction.number, row[6])
        let takeover =
            status == .voted
            ? try takeover(of: transaction.number, row[6], transaction.coordinator) : nil
        let lines = Self.totals(
            of: (picks + (takeover?.picks ?? []))
                .map { Reservation.Line(sku: $0.sku, quantity: $0.quantity) }
        )
        return ReservationRecord(
            reservation: Reservation(
                transaction: transaction,
                order: Order.ID(trusted: row[2]),
                lines: lines.map { Reservation.Line(sku: $0.sku, quantity: $0.quantity) }
            ),
            status: status,
            participants: (row[4] as String).split(separator: "\n")
                .map {
                    Warehouse.ID(trusted: String($0))
                },
            asked: AskedOrder.order(Order.ID(trusted: row[2]), from: row[7]),
            changed: (row[5] as Int64?).map { Timestamp(milliseconds: $0) } ?? now,
            picks: picks,
            carriage: (row[9] as Int?)
                .map {
                    let service: String = row[8]
                    return Carriage(
                        service: service.isEmpty ? nil : service,
                        leaves: CivilDate(daysSinceEpoch: $0)
                    )
                },
            takeover: takeover
        )
    }
}
