internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    /// Carries out what is asked of the receipts that are on their way.
    func carryOut(_ command: InboundCommand, _ asker: Asker) async throws -> SiteReply {
        switch command {
        case .add(let notice): .inbound([try await add(notice, asker)])
        case .list(let sku, let all, let limit):
            .inbound(try await inbound(of: sku, all: all, limit: limit, at: asker.now))
        case .history(let reference, let limit):
            .inboundHistory(
                try await ledger.read(at: asker.now) { books in
                    let events = try books.inboundEvents(of: reference, limit: limit)
                    guard !events.isEmpty else { throw InboundRefusal.unknown(reference, nil) }
                    return events.map(InboundHistoryRow.init)
                }
            )
        case .change(let reference, let sku, let expected, let quantity, let reason):
            .inbound([
                try await change(reference, sku, expected, quantity, reason: reason, asker)
            ])
        case .remove(let reference, let sku, let reason):
            .inbound(
                try await ledger.perform(at: asker.now) { books in
                    let today = try books.today()
                    return
                        try books.removeInbound(
                            reference,
                            of: sku,
                            reason: reason,
                            who: asker.who
                        )
                        .map { InboundRow($0, today: today) }
                }
            )
        case .receive(let delivery): .received(try await receive(delivery, asker))
        case .import(let csv, let isSnapshot, let isDryRun):
            .inboundImported(
                try await importInbound(csv, isSnapshot: isSnapshot, isDryRun: isDryRun, asker)
            )
        }
    }

    private func add(_ notice: InboundCommand.Notice, _ asker: Asker) async throws -> InboundRow {
        guard let kind = InboundReceipt.Kind(rawValue: notice.kind) else {
            throw SiteFault(
                .badInput,
                "kind is ‘\(notice.kind)’",
                hint: "write purchase or transfer"
            )
        }
        let announced = InboundNotice(
            reference: notice.reference,
            sku: notice.sku,
            kind: kind,
            origin: notice.origin,
            expected: notice.expected,
            quantity: try Quantity(checking: notice.quantity)
        )
        return try await ledger.perform(at: asker.now) { books in
            InboundRow(
                try books.addInbound(announced, who: asker.who),
                today: try books.today()
            )
        }
    }

    private func inbound(
        of sku: SKU?,
        all: Bool,
        limit: Int,
        at now: Timestamp
    ) async throws -> [InboundRow] {
        try await ledger.read(at: now) { books in
            if let sku, try books.availability(of: sku) == nil {
                throw StockRefusal.unknownSKU(sku)
            }
            let today = try books.today()
            let most = min(max(1, limit), ConsoleLimits.inboundListedMaximum)
            return try books.inbound(of: sku, onlyOpen: !all, limit: most)
                .map { InboundRow($0, today: today) }
        }
    }

    private func change(
        _ reference: Receipt.ID,
        _ sku: SKU?,
        _ expected: CivilDate?,
        _ quantity: Int64?,
        reason: String,
        _ asker: Asker
    ) async throws -> InboundRow {
        let all = try quantity.map { try Quantity(checking: $0) }
        return try await ledger.perform(at: asker.now) { books in
            InboundRow(
                try books.changeInbound(
                    reference,
                    of: sku,
                    expected: expected,
                    quantity: all,
                    reason: reason,
                    who: asker.who
                ),
                today: try books.today()
            )
        }
    }

    private func receive(
        _ delivery: InboundCommand.Delivery,
        _ asker: Asker
    ) async throws -> [ReceivedRow] {
        guard delivery.expires == nil || delivery.lot != nil else {
            throw SiteFault(.badInput, "expires is of no lot", hint: "say which with --lot")
        }
        return try await ledger.perform(at: asker.now) { books in
            let today = try books.today()
            return
                try books.receiveInbound(
                    delivery.reference,
                    of: delivery.sku,
                    units: delivery.quantity,
                    lot: delivery.lot.map { ($0, delivery.expires) },
                    closing: delivery.closes,
                    who: asker.who
                )
                .map { arrival in
                    ReceivedRow(
                        receipt: InboundRow(arrival.receipt, today: today),
                        units: arrival.units.units,
                        change: arrival.change.map {
                            ChangeReport(
                                sku: arrival.receipt.sku,
                                lot: delivery.lot,
                                before: $0.before.units,
                                after: $0.after.units,
                                available: $0.available.units,
                                shortfall: $0.shortfall.units
                            )
                        }
                    )
                }
        }
    }

    private func importInbound(
        _ csv: String,
        isSnapshot: Bool,
        isDryRun: Bool,
        _ asker: Asker
    ) async throws -> InboundOutcome {
        guard csv.utf8.count <= ConsoleLimits.rateFileBytesMaximum else {
            throw SiteFault(
                .badInput,
                "the file is larger than \(ConsoleLimits.rateFileBytesMaximum) bytes",
                hint: "split it, and give the parts one after the other"
            )
        }
        let rows: [CSVRow]
        do {
            rows = try CSVReader.rows(of: Array(csv.utf8))
        } catch {
            throw RowReport(error)
        }
        do {
            return try await ledger.perform(at: asker.now) { books in
                let summary = try books.importInbound(
                    rows,
                    isSnapshot: isSnapshot,
                    who: asker.who
                )
                let outcome = InboundOutcome(summary, isDryRun: isDryRun)
                // Undone whole: what it would have come to is known then.
                if isDryRun { throw DryRun(outcome: outcome) }
                return outcome
            }
        } catch let dry as DryRun {
            return dry.outcome
        }
    }

    /// Ends the transaction of an import that is to change nothing.
    private struct DryRun: Error {
        let outcome: InboundOutcome
    }
}
