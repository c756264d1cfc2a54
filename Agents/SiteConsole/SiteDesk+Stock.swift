internal import AllocationModel
internal import Foundation
internal import StockLedger

extension SiteDesk {
    /// Adds to or takes from what is on hand; under a key, once.
    func adjust(
        _ sku: SKU,
        _ lot: Lot.ID?,
        by delta: Int64,
        reason: String,
        key: String?,
        _ asker: Asker
    ) async throws -> SiteReply {
        let request = key.map {
            KeyedRequest($0, "adjust", sku.code, lot?.rawValue ?? "", "\(delta)", reason)
        }
        return try await change(sku, lot, once: request, asker) { books, who in
            try books.adjust(sku, lot: lot, by: delta, reason: reason, who: who)
        }
    }

    func count(
        _ sku: SKU,
        _ lot: Lot.ID?,
        counted: Int64,
        _ asker: Asker
    ) async throws -> SiteReply {
        try await change(sku, lot, once: nil, asker) { books, who in
            try books.count(sku, lot: lot, counted: counted, who: who)
        }
    }

    /// Makes one change of stock and tells what it came to.
    func change(
        _ sku: SKU,
        _ lot: Lot.ID?,
        once request: KeyedRequest?,
        _ asker: Asker,
        _ work: @escaping @Sendable (Books, _ who: String) throws -> StockChange
    ) async throws -> SiteReply {
        try await ledger.perform(at: asker.now) { books in
            try Self.once(request, in: books) {
                let change = try work(books, asker.who)
                return .changed(
                    ChangeReport(
                        sku: sku,
                        lot: lot,
                        before: change.before.units,
                        after: change.after.units,
                        available: change.available.units,
                        shortfall: change.shortfall.units
                    )
                )
            }
        }
    }

    /// Does what a request asks, unless it was done under its key before.
    ///
    /// What it came to is kept in the same transaction, so it is kept if and only if it was done.
    static func once(
        _ request: KeyedRequest?,
        in books: Books,
        _ work: () throws -> SiteReply
    ) throws -> SiteReply {
        guard let request else { return try work() }
        if let answer = try books.answer(to: request.key, asked: request.asked) {
            return .repeated(try SiteJSON.read(SiteReply.self, from: Data(answer.utf8)))
        }
        let reply = try work()
        let answer = String(decoding: try SiteJSON.bytes(of: reply), as: UTF8.self)
        try books.keep(answer, to: request.key, asked: request.asked)
        return reply
    }

    func setSafetyStock(
        of sku: SKU,
        to quantity: Int64,
        _ asker: Asker
    ) async throws -> SiteReply {
        let lawful: Quantity
        do throws(ParseError) {
            lawful = try Quantity(checking: quantity)
        } catch {
            throw ParseError("safety stock " + error.description)
        }
        try await ledger.perform(at: asker.now) { try $0.setSafetyStock(of: sku, to: lawful) }
        return .done
    }

    func holds(inDoubt: Bool, limit: Int, at now: Timestamp) async throws -> HoldList {
        let limit = min(max(limit, 1), ConsoleLimits.holdsListedMaximum)
        let statuses: [Reservation.Status] = inDoubt ? [.voted] : [.held, .voted, .confirmed]
        let records = try await ledger.read(at: now) { books in
            // One more than is shown tells whether there are more.
            try books.reservations(in: statuses, limit: limit + 1)
        }
        return HoldList(
            rows: records.prefix(limit).map { HoldRow($0, at: now) },
            isCutShort: records.count > limit
        )
    }
}

/// A request that counts once, however often it comes: its key, and what it asks.
struct KeyedRequest: Sendable {
    let key: String
    let asked: String

    /// What it asks, part by part: a line each, because none of them can hold a line end.
    init(_ key: String, _ asked: String...) {
        self.key = key
        self.asked = asked.joined(separator: "\n")
    }
}

extension HoldRow {
    fileprivate init(_ record: ReservationRecord, at now: Timestamp) {
        transaction = record.reservation.transaction.description
        order = record.reservation.order.rawValue
        status = record.status.rawValue
        since = record.changed.iso8601
        seconds = max(0, now.milliseconds - record.changed.milliseconds) / 1000
        picks = record.picks.map(HoldPick.init)
    }
}

extension HoldPick {
    init(_ pick: ReservationRecord.Pick) {
        self.init(sku: pick.sku, lot: pick.lot, quantity: pick.quantity.units)
    }
}
