package import AllocationModel
import GRDB

/// What is known of a lot besides how many there are.
package struct LotFacts: Hashable, Sendable {
    /// The last day on which it may be shipped; nil where it keeps.
    package let expires: CivilDate?
    package let certificates: [String]

    package init(expires: CivilDate? = nil, certificates: [String] = []) {
        self.expires = expires
        self.certificates = certificates
    }

    package static let none = LotFacts()

    init(_ stock: LotStock) {
        self.init(expires: stock.expires, certificates: stock.certificates)
    }

    /// Reads certificates with semicolons between them, each once.
    package static func certificates(parsing text: String) throws(ParseError) -> [String] {
        var names: [String] = []
        for part in text.split(separator: ";") {
            let trimmed = part.drop { $0 == " " }
            let name = try LotCertificate.name(
                parsing: String(trimmed.reversed().drop { $0 == " " }.reversed())
            )
            if !LotCertificate.missing([name], among: names).isEmpty { names.append(name) }
        }
        guard names.count <= Limits.certificatesMaximum else {
            throw ParseError(
                "names \(names.count) certificates; at most \(Limits.certificatesMaximum) are kept"
            )
        }
        return names
    }
}

/// What was known of a lot before and after an entry of the journal.
package struct LotChange: Hashable, Sendable {
    package let before: LotFacts
    package let after: LotFacts
}

/// A lot of one SKU, as it is on a day at the site.
package struct LotRecord: Hashable, Sendable {
    package let sku: SKU
    package let description: String
    package let lot: Lot.ID
    package let stock: LotStock
    package let today: CivilDate

    package var isExpired: Bool { Lot.isExpired(stock.expires, on: today) }

    /// Days until its last; nil where it keeps.
    package var daysLeft: Int? { Lot.daysLeft(until: stock.expires, on: today) }
}

/// Which lots a listing is to show.
package struct LotFilter: Hashable, Sendable {
    /// What is to be true of a lot.
    package enum Condition: Hashable, Sendable {
        case any
        /// Its last day has gone by.
        case expired
        /// It has expired, or will have so many days from now.
        case expiring(withinDays: Int)
        case quarantined
    }

    /// Nil for all SKUs.
    package let sku: SKU?
    package let condition: Condition
    /// Whether lots of which nothing is there and nothing promised are shown too.
    package let includesEmpty: Bool

    package init(sku: SKU? = nil, condition: Condition = .any, includesEmpty: Bool = false) {
        self.sku = sku
        self.condition = condition
        self.includesEmpty = includesEmpty
    }

    func admits(_ record: LotRecord) -> Bool {
        let stock = record.stock
        let isEmpty = stock.onHand.isZero && stock.held.isZero && stock.allocated.isZero
        if isEmpty && !includesEmpty { return false }
        return switch condition {
        case .any: true
        case .expired: record.isExpired
        case .expiring(let days):
            Lot.isExpired(stock.expires, on: record.today.adding(days: days + 1))
        case .quarantined: stock.isQuarantined
        }
    }
}

/// The row of a lot, and what is known of it.
struct LotRow {
    let sku: Int64
    let lot: String
    let facts: LotFacts
}

extension Books {
    /// Returns the lots that a filter admits, first to expire first, at most `limit`.
    ///
    /// - Throws: `StockRefusal.unknownSKU` where the filter names one that is not kept here.
    package func lots(
        _ filter: LotFilter = LotFilter(),
        limit: Int = Limits.pageRowsMaximum
    ) throws -> [LotRecord] {
        if let sku = filter.sku, try skuID(of: sku) == nil { throw StockRefusal.unknownSKU(sku) }
        let today = try today()
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT s.code, s.description, k.lot, k.on_hand, k.held, k.allocated, k.expires,
                        k.is_quarantined, k.certificates
                    FROM stock AS k JOIN sku AS s ON s.id = k.sku
                    WHERE k.lot <> '' AND (?1 IS NULL OR s.code = ?1)
                    ORDER BY k.expires IS NULL, k.expires, s.code, k.lot
                    """
            ),
            arguments: [filter.sku?.code]
        )
        var found: [LotRecord] = []
        while found.count < min(limit, Limits.pageRowsMaximum), let row = try rows.next() {
            let name = Lot.ID(trusted: row[2])
            let record = LotRecord(
                sku: SKU(trusted: row[0]),
                description: row[1],
                lot: name,
                stock: LotStock(
                    lot: name,
                    onHand: Quantity(row[3]),
                    held: Quantity(row[4]),
                    allocated: Quantity(row[5]),
                    expires: (row[6] as Int?).map { CivilDate(daysSinceEpoch: $0) },
                    isQuarantined: row[7],
                    certificates: Self.certificates(row[8])
                ),
                today: today
            )
            if filter.admits(record) { found.append(record) }
        }
        return found
    }

    /// Returns one lot.
    ///
    /// - Throws: `StockRefusal` where the site has no such lot.
    package func lot(_ lot: Lot.ID, of sku: SKU) throws -> LotRecord {
        guard let (_, stock) = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        guard stock.entry.isLotTracked else { throw StockRefusal.lotNotKept(sku) }
        guard let found = stock.lots.first(where: { $0.lot == lot }) else {
            throw StockRefusal.unknownLot(sku, lot)
        }
        return LotRecord(
            sku: sku,
            description: stock.entry.description,
            lot: lot,
            stock: found,
            today: stock.today
        )
    }

    /// Enters a lot, or changes what is known of it.
    ///
    /// - Throws: `StockRefusal.lotNotKept` where the SKU is not kept by lot.
    package func setLot(
        _ lot: Lot.ID,
        of sku: SKU,
        expires: CivilDate?,
        certificates: [String] = [],
        reason: String? = nil,
        who: String = "unknown"
    ) throws {
        guard let found = try stockRow(of: sku) else { throw StockRefusal.unknownSKU(sku) }
        guard found.stock.entry.isLotTracked else { throw StockRefusal.lotNotKept(sku) }
        let facts = LotFacts(expires: expires, certificates: certificates)
        try check(facts)
        guard let known = found.stock.lots.first(where: { $0.lot == lot }) else {
            try insertLot(lot.rawValue, of: found.id, facts)
            return
        }
        try change(
            LotRow(sku: found.id, lot: lot.rawValue, facts: LotFacts(known)),
            to: facts,
            reason: reason,
            who: who
        )
    }

    /// Sets the last day of a lot, or that it keeps for ever; what is promised of it stays so.
    ///
    /// - Throws: `StockRefusal`; nothing is changed.
    @discardableResult
    package func setExpiry(
        of lot: Lot.ID,
        of sku: SKU,
        to expires: CivilDate?,
        reason: String,
        who: String
    ) throws -> LotRecord {
        let known = try self.lot(lot, of: sku)
        try setLot(
            lot,
            of: sku,
            expires: expires,
            certificates: known.stock.certificates,
            reason: reason,
            who: who
        )
        return try self.lot(lot, of: sku)
    }

    /// Adds certificates to those of a lot, or takes them away.
    ///
    /// - Throws: `StockRefusal`; nothing is changed. What a lot does not have cannot be taken away.
    @discardableResult
    package func certify(
        _ lot: Lot.ID,
        of sku: SKU,
        with certificates: [String],
        isWithdrawn: Bool = false,
        reason: String,
        who: String
    ) throws -> LotRecord {
        let known = try self.lot(lot, of: sku).stock
        let missing = LotCertificate.missing(certificates, among: known.certificates)
        if isWithdrawn, let first = missing.first {
            let kept = known.certificates.joined(separator: "; ")
            throw StockRefusal.unlawful(
                field: "certificate",
                "‘\(first)’ is none of the lot’s; it has " + (kept.isEmpty ? "none" : kept)
            )
        }
        try setLot(
            lot,
            of: sku,
            expires: known.expires,
            certificates: isWithdrawn
                ? LotCertificate.missing(known.certificates, among: certificates)
                : known.certificates + missing,
            reason: reason,
            who: who
        )
        return try self.lot(lot, of: sku)
    }

    /// Keeps a lot from being promised, or lets it be again; what is promised of it stays so.
    ///
    /// - Throws: `StockRefusal`; nothing is changed.
    package func setQuarantine(
        _ isQuarantined: Bool,
        of lot: Lot.ID,
        of sku: SKU,
        reason: String,
        who: String
    ) throws {
        let row = try changeable(sku, lot)
        try append(
            isQuarantined ? .quarantine : .clear,
            of: row,
            delta: 0,
            reason: reason,
            who: who
        )
        try db.run(
            "UPDATE stock SET is_quarantined = ? WHERE sku = ? AND lot = ?",
            [isQuarantined, row.sku, row.lot]
        )
    }

    // MARK: Parts

    private func check(_ facts: LotFacts) throws {
        guard facts.certificates.count <= Limits.certificatesMaximum else {
            throw StockRefusal.unlawful(
                field: "certificates",
                "are more than \(Limits.certificatesMaximum)"
            )
        }
        for certificate in facts.certificates {
            do throws(ParseError) {
                _ = try LotCertificate.name(parsing: certificate)
            } catch {
                throw StockRefusal.unlawful(field: "certificate", error.description)
            }
        }
    }

    /// Changes what is known of a lot: an entry of the journal for each thing that differs.
    func change(
        _ row: LotRow,
        to facts: LotFacts,
        reason: String?,
        who: String
    ) throws {
        let between = LotFacts(expires: facts.expires, certificates: row.facts.certificates)
        try change(row, .expiry, from: row.facts, to: between, reason: reason, who: who)
        try change(row, .certificates, from: between, to: facts, reason: reason, who: who)
    }

    private func change(
        _ row: LotRow,
        _ kind: JournalKind,
        from before: LotFacts,
        to after: LotFacts,
        reason: String?,
        who: String
    ) throws {
        guard before != after else { return }
        try check(who, field: "who")
        if let reason { try check(reason, field: "reason") }
        try willWrite()
        try db.run(
            """
            INSERT INTO journal_entry (batch, sku, lot, kind, on_hand_delta, held_delta,
                allocated_delta, previous, who, reason)
            SELECT ?, sku, lot, 'adjust', 0, 0, 0, entry, ?, ? FROM stock
            WHERE sku = ? AND lot = ?
            """,
            [batch, who, reason, row.sku, row.lot]
        )
        let certificates = after.certificates.joined(separator: "\n")
        try db.run(
            """
            INSERT INTO lot_event (
                entry, sku, lot, kind, expires_before, expires, certificates_before, certificates)
            SELECT entry, sku, lot, ?, expires, ?, certificates, ? FROM stock
            WHERE sku = ? AND lot = ?
            """,
            [kind.rawValue, after.expires?.daysSinceEpoch, certificates, row.sku, row.lot]
        )
        try db.run(
            "UPDATE stock SET expires = ?, certificates = ? WHERE sku = ? AND lot = ?",
            [after.expires?.daysSinceEpoch, certificates, row.sku, row.lot]
        )
    }
}
