internal import AllocationModel
internal import Foundation
internal import StockLedger
internal import Synchronization

extension SiteDesk {
    func beginImport(_ options: ImportOptions, _ asker: Asker) throws -> SiteReply {
        let receiving = try imports.withLock { desk in
            try desk.begin(options, who: asker.who, now: asker.now) {
                try ImportSpool(besideLedger: ledger.path)
            }
        }
        return .importUnderWay(receiving.progress)
    }

    func appendImport(_ id: ImportID, _ piece: Data, _ asker: Asker) throws -> SiteReply {
        .importUnderWay(
            try imports.withLock { try $0.append(piece, to: id, now: asker.now) }
        )
    }

    func abandonImport(_ id: ImportID) -> SiteReply {
        // One that is being written ends by itself.
        imports.withLock { desk in
            if case .receiving = desk.state { desk.end(id) }
        }
        return .done
    }

    /// Has the ledger take the file in one transaction.
    func finishImport(_ id: ImportID, _ asker: Asker) async throws -> SiteReply {
        let file = try imports.withLock { try $0.beginWriting(id) }
        defer {
            file.spool.close()
            imports.withLock { $0.end(id) }
        }
        try file.spool.rewind()
        var options = StockImportOptions(who: file.who)
        options.isDryRun = file.options.isDryRun
        options.zeroesMissing = file.options.isSnapshot
        return try await ledger.perform(at: asker.now) { [options] books in
            try Self.once(file.request, in: books) {
                let summary = try books.importStock(options) { try file.spool.next() }
                let shortfalls = try books.list(
                    StockFilter(condition: .short),
                    limit: ConsoleLimits.shortfallsNamedMaximum
                )
                return .imported(
                    ImportOutcome(
                        summary,
                        isDryRun: options.isDryRun,
                        shortfalls: shortfalls.map(\.entry.sku)
                    )
                )
            }
        }
    }
}

extension ImportOutcome {
    fileprivate init(_ summary: StockImportSummary, isDryRun: Bool, shortfalls: [SKU]) {
        self.isDryRun = isDryRun
        rows = summary.rows
        rowsElsewhere = summary.rowsElsewhere
        created = summary.created
        changed = summary.changed
        zeroed = summary.zeroed
        changes = summary.changes.map {
            ImportChange(
                sku: $0.sku,
                lot: $0.lot,
                before: $0.before.units,
                after: $0.after.units
            )
        }
        ignoredColumns = summary.ignoredColumns
        self.shortfalls = shortfalls
    }
}
