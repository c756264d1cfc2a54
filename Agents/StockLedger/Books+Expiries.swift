package import AllocationModel
import GRDB

/// Units that were set aside of a lot that has expired since, and what became of them.
package struct ExpiredPick: Hashable, Sendable {
    package let transaction: TransactionID
    package let order: Order.ID
    package let sku: SKU
    package let lot: Lot.ID
    package let quantity: Quantity
    /// Whether the units are free again: a quote's hold has ended.
    ///
    /// What is confirmed stays set aside until the office has decided what ships instead.
    package let isFree: Bool
}

extension Books {
    /// Who says that a lot has expired, where nobody did.
    package static let clockName = "site clock"

    /// Frees what is set aside of lots that have expired by today, as far as the site may.
    ///
    /// A hold of a quote's ends. A pick of a confirmed order is refused, so that the office sources
    /// the order again; the units stay on hand, and are not promised. A vote waits to be told (I4),
    /// and is seen to once it is confirmed. Each is an entry of the lot's history, and is made once.
    ///
    /// - Returns: What was found that was not found before.
    @discardableResult
    package func freeExpired() throws -> [ExpiredPick] {
        try expiredPicks()
            .compactMap { found in
                switch found.status {
                case .held: return try end(found)
                case .confirmed: return try refuse(found)
                case .voted, .released, .expired, .shipped: return nil
                }
            }
    }

    // MARK: Parts

    /// A reservation's units of one lot that has expired.
    private struct Expired {
        let transaction: TransactionID
        let order: Order.ID
        let status: Reservation.Status
        let sku: SKU
        let skuID: Int64
        let lot: Lot.ID
        let expires: CivilDate
        let quantity: Quantity

        func pick(_ quantity: Quantity, isFree: Bool) -> ExpiredPick {
            ExpiredPick(
                transaction: transaction,
                order: order,
                sku: sku,
                lot: lot,
                quantity: quantity,
                isFree: isFree
            )
        }
    }

    /// What is set aside of expired lots and not in doubt, by rising attempt, SKU and lot.
    ///
    /// - Complexity: Asked with every heartbeat, and answered at once where no such lot is promised.
    private func expiredPicks() throws -> [Expired] {
        let today = try today()
        let lots = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.code, k.sku, k.lot, k.expires
                    FROM stock AS k INDEXED BY stock_promised_by_expiry
                    CROSS JOIN sku AS s ON s.id = k.sku
                    WHERE k.lot <> '' AND (k.held > 0 OR k.allocated > 0) AND k.expires < ?
                    ORDER BY s.code, k.lot
                    """
            ),
            arguments: [today.daysSinceEpoch]
        )
        let found = try lots.flatMap { row -> [Expired] in
            let expires = CivilDate(daysSinceEpoch: row[3])
            guard Lot.isExpired(expires, on: today) else { return [] }
            return try ["held", "confirmed"].flatMap { try picks(of: row, expires, in: $0) }
        }
        return found.sorted {
            ($0.transaction, $0.sku, $0.lot) < ($1.transaction, $1.sku, $1.lot)
        }
    }

    private func picks(
        of lot: Row,
        _ expires: CivilDate,
        in status: String
    ) throws -> [Expired] {
        // The status stands in the text, so that its own index is used.
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.name, r.tx, r.order_id, r.status, l.quantity
                    FROM reservation AS r
                    CROSS JOIN reservation_line AS l ON l.tx = r.tx
                        AND l.coordinator = r.coordinator AND l.sku = ? AND l.lot = ?
                    JOIN coordinator AS c ON c.id = r.coordinator
                    WHERE r.status = '\(status)'
                    """
            ),
            arguments: [lot[1] as Int64, lot[2] as String]
        )
        return rows.compactMap { row in
            guard let transaction = Self.transactionID(row[0], row[1]),
                let status = Reservation.Status(rawValue: row[3])
            else { return nil }
            return Expired(
                transaction: transaction,
                order: Order.ID(trusted: row[2]),
                status: status,
                sku: SKU(trusted: lot[0]),
                skuID: lot[1],
                lot: Lot.ID(trusted: lot[2]),
                expires: expires,
                quantity: Quantity(row[4])
            )
        }
    }

    /// Ends a quote's hold; that of several lots ends with the first.
    private func end(_ found: Expired) throws -> ExpiredPick? {
        guard try status(of: found.transaction) == .held else { return nil }
        try apply(.expire, to: found.transaction)
        try note(found)
        return found.pick(found.quantity, isFree: true)
    }

    /// Refuses what was not refused before of a confirmed pick, unless a vote is to take its place.
    private func refuse(_ found: Expired) throws -> ExpiredPick? {
        let before = try refusals(of: found.transaction)
            .filter { $0.sku == found.sku && $0.lot == found.lot }
            .reduce(Quantity.zero) { $0 + $1.quantity }
        let left = found.quantity.lessAtMost(before)
        guard !left.isZero, try voteReplacing(found.transaction) == nil,
            try override(of: found.transaction)?.decision != .release
        else { return nil }
        try note(found)
        try enter(
            PickRefusal(
                transaction: found.transaction,
                sku: found.sku,
                lot: found.lot,
                quantity: left,
                reason: .expired,
                who: Self.clockName,
                at: try nextInstant(of: found.transaction)
            ),
            of: found.order,
            found.skuID
        )
        return found.pick(left, isFree: false)
    }

    /// Enters in the lot's history that it has expired while it was set aside.
    private func note(_ found: Expired) throws {
        try append(
            .adjust,
            of: try changeable(found.sku, found.lot),
            delta: 0,
            reason: "expired on \(found.expires), set aside for order \(found.order)",
            who: Self.clockName
        )
    }
}
