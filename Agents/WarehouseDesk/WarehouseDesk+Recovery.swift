internal import AllocationModel
internal import AllocationProtocol
internal import StockLedger

/// What gives lost history back: the coordinator's to the site, and the site's to the coordinator.
extension WarehouseDesk {
    /// Tells a page of what the site holds for a coordinator that has lost its log.
    func report(
        _ offered: SessionID,
        _ after: TransactionID?,
        _ coordinator: Coordinator.ID,
        in books: Books,
        _ session: AgentSession
    ) throws -> Answer {
        switch session.attachment(in: offered) {
        case .refused(let refusal): return .refused(refusal)
        case .underWay, .over: break
        }
        // What it has drawn from leases and not told of, it has forgotten.
        try books.unsettleLeases(of: coordinator)
        // And what has left the building: that is told again once it has a log.
        try books.tellShipmentsAgain(coordinator)
        try books.tellRefusalsAgain(coordinator)
        let limit = ProtocolLimits.pageMaximum
        // One more than is told tells whether there are more.
        let records = try books.reservations(
            of: coordinator,
            after: after?.number ?? -1,
            limit: limit + 1
        )
        let site = try books.site()
        return .holdings(
            offered,
            Holdings(
                holdings: try records.prefix(limit).map { try holding($0, at: site, in: books) },
                isLast: records.count <= limit
            )
        )
    }

    private func holding(
        _ record: ReservationRecord,
        at site: Site,
        in books: Books
    ) throws -> Holding {
        let reservation = record.reservation
        // A row of an older release lacks the order: then what the site set
        // aside stands for it, and the site's own place for where it went.
        let lines =
            record.asked?.lines.map { BidRequest.Line(sku: $0.sku, quantity: $0.quantity) }
            ?? reservation.lines.map { BidRequest.Line(sku: $0.sku, quantity: $0.quantity) }
        let destination = Destination(country: site.country, postalCode: site.postalCode)
        let request = ReserveRequest(
            transaction: reservation.transaction,
            lines: reservation.lines,
            participants: record.participants,
            bid: BidRequest(
                round: RoundID(order: reservation.order, attempt: 0),
                lines: lines,
                destination: record.asked?.destination ?? destination,
                serviceLevel: record.asked?.serviceLevel ?? .ground,
                currency: record.asked?.currency ?? site.currency,
                remainingMilliseconds: 0
            ),
            completeness: record.asked?.completeness ?? .partial,
            carriage: record.carriage
        )
        // What was forced proves no decision: to the coordinator it is a vote still.
        let isProof = try books.override(of: reservation.transaction)?.standing == nil
        // What had left when its order was cancelled proves the cancellation, as units do that
        // were given back.
        let isCancelled = try books.shipment(of: reservation.transaction)?.isCancelled == true
        let status = record.status == .shipped && isCancelled ? .released : record.status
        let isKept = status == .confirmed || status == .shipped
        return Holding(request: request, status: isKept && !isProof ? .voted : status)
    }

    /// Installs what the ledger has lost: all of the page, or nothing of it.
    func restore(
        _ restoration: Restoration,
        _ offered: SessionID,
        of batch: RequestBatch,
        in books: Books,
        session: inout AgentSession
    ) throws -> Draft {
        switch session.attachment(in: offered) {
        case .refused(let refusal): return .ready(.refused(refusal))
        case .over:
            return .restored(offered, shortfall: try books.shortfall(), unknownSKU: nil)
        case .underWay: break
        }
        // A coordinator speaks for its own attempts alone.
        let rulings = restoration.rulings.filter {
            $0.request.transaction.coordinator == batch.coordinator
        }
        for ruling in rulings where !ruling.isCancelled || ruling.shipment != nil {
            if try books.override(of: ruling.request.transaction) != nil { continue }
            guard try books.status(of: ruling.request.transaction) == nil,
                let sku = try books.unknownSKU(among: ruling.request.lines)
            else { continue }
            return .restored(offered, shortfall: try books.shortfall(), unknownSKU: sku)
        }
        try books.begin(incarnation: restoration.incarnation, for: batch.coordinator)
        session.begin(
            incarnation: max(
                restoration.incarnation,
                try books.incarnation(of: batch.coordinator)
            )
        )
        for ruling in rulings { try carryOut(ruling, in: books) }
        return .restored(offered, shortfall: try books.shortfall(), unknownSKU: nil)
    }

    private func carryOut(_ ruling: Ruling, in books: Books) throws {
        let request = ruling.request
        try books.note(ruling.isCancelled ? .cancel : .confirm, onForced: request.transaction)
        guard ruling.isCancelled && ruling.shipment == nil else {
            try install(ruling, in: books)
            if ruling.isCancelled { try books.noteCancelled(request.transaction) }
            return
        }
        try books.noteCancelled(request.transaction)
        // A vote of before the loss is void: what it was to have, if it was decided, follows.
        while let vote = try books.voteReplacing(request.transaction) {
            try books.apply(.release, to: vote)
        }
        let status = try books.status(of: request.transaction)
        switch CommitParticipant.step(after: .cancel, given: status) {
        case .apply(let changes, _):
            for change in changes { _ = try books.apply(change, to: request.transaction) }
        case .attempt, .reply: break
        }
    }

    /// Installs what the site must hold, or what has left it.
    private func install(_ ruling: Ruling, in books: Books) throws {
        let request = ruling.request
        // What was given back stays so: it is reported, and never mended silently.
        let forced = try books.override(of: request.transaction)?.override.choice
        if forced == .release { return }
        let reservation = Reservation(
            transaction: request.transaction,
            order: request.order,
            lines: request.lines
        )
        guard let shipment = ruling.shipment else {
            _ = try books.restore(
                reservation,
                participants: request.participants,
                of: request.wholeOrder,
                by: request.carriage
            )
            return
        }
        _ = try books.restoreShipped(
            reservation,
            shipment,
            participants: request.participants,
            of: request.wholeOrder,
            by: request.carriage
        )
    }
}

extension ReserveRequest {
    /// The order that the request is for, as far as it tells of it; nil where it asks for nothing.
    var wholeOrder: Order? {
        let lines = bid.lines.enumerated().filter { !$0.element.quantity.isZero }
            .map { index, line in
                Order.Line(
                    id: Identifier(trusted: "\(index + 1)"),
                    sku: line.sku,
                    quantity: line.quantity
                )
            }
        guard !lines.isEmpty, lines.count <= AllocationModel::Limits.orderLinesMaximum else {
            return nil
        }
        return Order(
            id: order,
            lines: lines,
            destination: bid.destination,
            serviceLevel: bid.serviceLevel,
            completeness: completeness,
            currency: bid.currency
        )
    }
}
