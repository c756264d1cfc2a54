package import AllocationModel
internal import StockLedger

/// Units of one SKU that are on their way, or were.
package struct InboundRow: Hashable, Sendable, Codable {
    package let reference: Receipt.ID
    package let sku: SKU
    /// `purchase` or `transfer`.
    package let kind: String
    /// Where from; nil where nobody said.
    package let from: String?
    package let expected: CivilDate
    /// All that was announced.
    package let quantity: Int64
    package let received: Int64
    /// What has still to come.
    package let open: Int64
    /// `open`, `closed` or `removed`.
    package let status: String
    /// Whether the day has passed: then nothing is promised of it.
    package let isOverdue: Bool
}

/// Something that was done with a receipt.
package struct InboundHistoryRow: Hashable, Sendable, Codable {
    package let sku: SKU
    /// `add`, `change`, `receive`, `close` or `remove`.
    package let what: String
    /// The day before; nil where it was not announced yet.
    package let expectedBefore: CivilDate?
    package let expected: CivilDate
    package let quantityBefore: Int64?
    package let quantity: Int64
    /// Units that came with it.
    package let received: Int64
    package let who: String
    package let reason: String?
    /// ISO 8601, in UTC.
    package let at: String
}

/// What came of one SKU of a receipt, and what is still to come.
package struct ReceivedRow: Hashable, Sendable, Codable {
    package let receipt: InboundRow
    /// Units booked now.
    package let units: Int64
    /// On hand and available of the SKU after it; nil where nothing came.
    package let change: ChangeReport?
}

/// What a file of receipts came to, or would.
package struct InboundOutcome: Hashable, Sendable, Codable {
    package let isDryRun: Bool
    package let rows: Int
    package let rowsElsewhere: Int
    package let added: Int
    package let changed: Int
    package let removed: Int
    /// Rows of receipts that have come already, or were taken back.
    package let over: Int
    package let ignoredColumns: [String]
}

extension InboundRow {
    init(_ receipt: InboundReceipt, today: CivilDate) {
        self.init(
            reference: receipt.reference,
            sku: receipt.sku,
            kind: receipt.kind.rawValue,
            from: receipt.origin.isEmpty ? nil : receipt.origin,
            expected: receipt.expected,
            quantity: receipt.quantity.units,
            received: receipt.received.units,
            open: receipt.open.units,
            status: receipt.status.rawValue,
            isOverdue: receipt.status == .open && receipt.expected < today
        )
    }
}

extension InboundHistoryRow {
    init(_ event: InboundEvent) {
        self.init(
            sku: event.sku,
            what: event.kind.rawValue,
            expectedBefore: event.expectedBefore,
            expected: event.expected,
            quantityBefore: event.quantityBefore?.units,
            quantity: event.quantity.units,
            received: event.received.units,
            who: event.who,
            reason: event.reason.isEmpty ? nil : event.reason,
            at: event.at.iso8601
        )
    }
}

extension InboundOutcome {
    init(_ summary: InboundImportSummary, isDryRun: Bool) {
        self.init(
            isDryRun: isDryRun,
            rows: summary.rows,
            rowsElsewhere: summary.rowsElsewhere,
            added: summary.added,
            changed: summary.changed,
            removed: summary.removed,
            over: summary.over,
            ignoredColumns: summary.ignoredColumns
        )
    }
}
