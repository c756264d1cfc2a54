import AllocationModel
import AllocationProtocol
import OrderDesk

/// A decision log in memory: what the office writes, kept through its crashes.
///
/// It holds what `DecisionLog` holds true: an order's id and an attempt's number
/// once, a batch whole or not at all, an end only after a decision.
struct RecordStore {
    /// A record that the decision log's constraints would refuse.
    struct Contradiction: Error, CustomStringConvertible {
        let description: String
    }

    struct Entry {
        let order: Order
        var outcome: OrderOutcome
        let receivedAt: Timestamp
        let decidedAt: Timestamp
        let transaction: TransactionID?
        let shares: [OrderProcess.Share]
        let evidence: Evidence
        /// Whether every site has acknowledged the last word.
        var isEnded: Bool

        var record: OrderRecord {
            OrderRecord(
                order: order,
                outcome: outcome,
                receivedAt: receivedAt,
                decidedAt: decidedAt,
                transaction: transaction,
                isSettled: isEnded
            )
        }

        var found: Office.Found {
            Office.Found(record: record, warehouses: shares.map(\.warehouse))
        }
    }

    /// Decided orders, in the order of their decisions.
    private(set) var entries: [Entry] = []
    private(set) var marks: [Warehouse.ID: HistoryMark] = [:]

    subscript(id: Order.ID) -> Entry? { entries.first { $0.order.id == id } }

    subscript(transaction: TransactionID) -> Entry? {
        entries.first { $0.transaction == transaction }
    }

    var open: [Entry] { entries.filter { !$0.isEnded } }

    func standing(of transaction: TransactionID) -> Office.AttemptFound {
        switch self[transaction]?.outcome {
        case nil: .absent
        case .cancelled: .cancelled
        case .confirmed, .refused: .confirmed
        }
    }

    /// Writes all of `records`, or none.
    mutating func append(_ records: [Office.Record]) throws {
        var next = self
        for record in records { try next.append(record) }
        self = next
    }

    private mutating func append(_ record: Office.Record) throws {
        switch record.content {
        case .confirmed(let confirmation):
            guard self[confirmation.transaction] == nil else {
                throw Contradiction(
                    description: "attempt \(confirmation.transaction) is decided twice"
                )
            }
            try add(
                record,
                .confirmed(confirmation.plan),
                confirmation.transaction,
                confirmation.shares,
                confirmation.evidence
            )
            for share in confirmation.shares {
                let known = marks[share.warehouse] ?? .empty
                if share.mark.entry > known.entry { marks[share.warehouse] = share.mark }
            }
        case .refused(let refusals, let evidence):
            try add(record, .refused(refusals), nil, [], evidence)
        case .cancelled(let transaction, let plan):
            let index = try index(of: transaction)
            guard case .confirmed = entries[index].outcome else {
                throw Contradiction(description: "attempt \(transaction) is cancelled twice")
            }
            entries[index].outcome = .cancelled(plan)
            entries[index].isEnded = false
        case .ended(let transaction):
            entries[try index(of: transaction)].isEnded = true
        }
    }

    private mutating func add(
        _ record: Office.Record,
        _ outcome: OrderOutcome,
        _ transaction: TransactionID?,
        _ shares: [OrderProcess.Share],
        _ evidence: Evidence
    ) throws {
        guard self[record.order.id] == nil else {
            throw Contradiction(description: "order \(record.order.id) is decided twice")
        }
        entries.append(
            Entry(
                order: record.order,
                outcome: outcome,
                receivedAt: record.receivedAt,
                decidedAt: record.decidedAt,
                transaction: transaction,
                shares: shares,
                evidence: evidence,
                isEnded: transaction == nil
            )
        )
    }

    private func index(of transaction: TransactionID) throws -> Int {
        guard let index = entries.firstIndex(where: { $0.transaction == transaction }) else {
            throw Contradiction(description: "attempt \(transaction) was never decided")
        }
        return index
    }
}
