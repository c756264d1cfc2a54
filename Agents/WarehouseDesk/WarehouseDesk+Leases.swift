internal import AllocationModel
internal import AllocationProtocol
internal import StockLedger

/// What a site has leased to the coordinator, and what orders have drawn of it.
extension WarehouseDesk {
    /// What of the leases is to be told now: the open ones once in a session, the rest until heard.
    func leasesToTell(
        _ coordinator: Coordinator.ID,
        _ session: SessionID?,
        in books: Books
    ) throws -> (offers: [LeaseOffer], standing: [StandingService]) {
        guard let session else { return ([], []) }
        let records = try books.leases(of: coordinator)
        let noted = leasesNoted(by: coordinator, in: session)
        // The rule is read where there is something to tell, and not with every heartbeat.
        guard records.contains(where: { $0.isToBeTold(noted) }) else { return ([], []) }
        var offers: [LeaseOffer] = []
        let rule = try rule(in: books)
        for record in records
        where offers.count < ProtocolLimits.leasesMaximum {
            guard let wish = record.wish, record.isToBeTold(noted),
                let entry = try books.availability(of: record.lease.sku)?.entry
            else { continue }
            offers.append(rule.offer(of: record.lease, entry: entry, wish: wish))
        }
        let isUsed = offers.contains { $0.wish == .use }
        guard isUsed else { return (offers, []) }
        return (offers, rule.standingServices(at: books.now, book: try books.shippingBook()))
    }

    func isOwn(
        _ lease: LeaseID,
        _ coordinator: Coordinator.ID,
        in books: Books
    ) throws -> Bool {
        try books.lease(lease)?.coordinator == coordinator
    }

    /// Carries out what was decided on a lease while nobody could ask the site.
    ///
    /// The order is promised: its units come out of the lease, whatever was said
    /// of that since. One that was cancelled leaves a record, so that a word of
    /// before that comes late revives nothing.
    func drain(_ ruling: Ruling, in books: Books) throws -> Draft {
        let request = ruling.request
        let transaction = request.transaction
        // An order that had ended may be cancelled still: then its units came long ago.
        let isOver = try transaction.number < books.endedBelow(of: transaction.coordinator)
        if isOver && !ruling.isCancelled { return .ready(.refused(.expired)) }
        guard try books.status(of: transaction) == nil, !isOver,
            try books.unknownSKU(among: request.lines) == nil
        else {
            if ruling.isCancelled { try books.noteCancelled(transaction) }
            return try step(ruling.isCancelled ? .cancel : .confirm, transaction, nil, in: books)
        }
        try books.savepoint {
            try books.draw(ruling.draws, for: transaction)
            let reservation = Reservation(
                transaction: transaction,
                order: request.order,
                lines: request.lines
            )
            _ = try books.restore(
                reservation,
                participants: request.participants,
                of: request.wholeOrder,
                by: request.carriage
            )
            if ruling.isCancelled { try books.apply(.release, to: transaction) }
        }
        return .ready(ruling.isCancelled ? .released(transaction) : .confirmed(transaction))
    }
}

extension LeaseRecord {
    /// Whether there is something to tell of it that is not among what was `noted`.
    fileprivate func isToBeTold(_ noted: Set<LeaseID>) -> Bool {
        guard let wish else { return false }
        return wish != .use || !noted.contains(lease.id)
    }

    /// What the coordinator is to be told of it; nil where nothing is left to say.
    fileprivate var wish: LeaseOffer.Wish? {
        switch status {
        case .open: .use
        case .returning: .giveBack
        case .writtenOff: writeOff.map { .writtenOff($0, drained: kept) }
        case .closed, .unsettled, .reported, .settled: nil
        }
    }
}
