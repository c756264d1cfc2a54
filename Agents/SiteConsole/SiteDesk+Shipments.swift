internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    /// What is confirmed and has not left, first to leave first.
    func picks(limit: Int, at now: Timestamp) async throws -> PickList {
        let limit = min(max(limit, 1), ConsoleLimits.holdsListedMaximum)
        // One more than is shown tells whether there are more.
        return try await ledger.read(at: now) { books in
            let found = try books.picks(limit: limit + 1)
            let times = try PickTimes(books)
            return PickList(
                rows: try found.prefix(limit)
                    .map { record in
                        let refused = try books.refusals(of: record.reservation.transaction)
                        return PickRow(record, refused: refused, times)
                    },
                isCutShort: found.count > limit
            )
        }
    }

    /// Takes what is confirmed for an order out of stock; of what has left before, only says so.
    func ship(_ order: Order.ID, _ asker: Asker) async throws -> ShippedReport {
        let outcome = try await ledger.perform(at: asker.now) { books in
            try books.ship(order, who: asker.who)
        }
        let (records, isRepeated) =
            switch outcome {
            case .shipped(let records): (records, false)
            case .shippedBefore(let records): (records, true)
            }
        return ShippedReport(
            order: order.rawValue,
            isRepeated: isRepeated,
            shipments: records.map(ShipmentRow.init)
        )
    }
}

extension SiteDesk {
    /// Records that units cannot be picked, and corrects the stock.
    func refuse(_ pick: PickToRefuse, _ asker: Asker) async throws -> RefusedPickReport {
        let quantity: Quantity
        do throws(ParseError) {
            quantity = try Quantity(checking: pick.quantity)
        } catch {
            throw ParseError("quantity " + error.description)
        }
        let outcome = try await ledger.perform(at: asker.now) { books in
            try books.refusePick(
                of: pick.order,
                pick.sku,
                lot: pick.lot,
                quantity: quantity,
                because: pick.reason,
                who: asker.who
            )
        }
        let change = outcome.change
        return RefusedPickReport(
            order: outcome.order.rawValue,
            refused: RefusedPickRow(outcome.refusal),
            stock: ChangeReport(
                sku: outcome.refusal.sku,
                lot: outcome.refusal.lot,
                before: change.before.units,
                after: change.after.units,
                available: change.available.units,
                shortfall: change.shortfall.units
            )
        )
    }
}

extension RefusedPickRow {
    fileprivate init(_ refusal: PickRefusal) {
        sku = refusal.sku
        lot = refusal.lot
        quantity = refusal.quantity.units
        reason = refusal.reason
        who = refusal.who
        at = refusal.at.iso8601
    }
}

extension PickRow {
    fileprivate init(
        _ record: ReservationRecord,
        refused: [PickRefusal],
        _ times: PickTimes
    ) {
        self.refused = refused.map(RefusedPickRow.init)
        order = record.reservation.order.rawValue
        transaction = record.reservation.transaction.description
        picks = record.picks.map(HoldPick.init)
        service = record.carriage?.service
        leaves = record.carriage?.leaves
        let service = record.carriage?.service
        cutoff = record.carriage.flatMap { times.cutoff(of: service, on: $0.leaves) }
        isLate = record.carriage.map { times.hasPassed($0.leaves, of: service) } ?? false
        lastLeaves = times.lastDay(for: record.asked, by: service)
        level = record.asked?.serviceLevel
        destination = record.asked.map { order in
            let place = order.destination
            return [place.postalCode, place.region, place.country.code]
                .filter { !$0.isEmpty }.joined(separator: " ")
        }
        since = record.changed.iso8601
    }
}

extension ShipmentRow {
    fileprivate init(_ record: ShipmentRecord) {
        transaction = record.report.transaction.description
        at = record.report.at.iso8601
        who = record.report.who
        isKnownToOffice = record.isNoted
        isCancelled = record.isCancelled
        picks = record.picks.map(HoldPick.init)
    }
}
