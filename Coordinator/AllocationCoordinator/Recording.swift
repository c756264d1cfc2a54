internal import AllocationModel
internal import AllocationProtocol
internal import DecisionLog
internal import OrderDesk
internal import WireFormat

/// Between what the office decides and what the log keeps.
enum Recording {
    static func entry(for record: Office.Record) -> LogEntry {
        switch record.content {
        case .confirmed(let confirmation):
            let plan = confirmation.plan
            return .confirmed(
                ConfirmedEntry(
                    order: decided(record, .confirmed(plan), confirmation.evidence),
                    transaction: confirmation.transaction,
                    isBackordered: !plan.backorders.isEmpty,
                    cost: plan.cost,
                    shares: confirmation.shares.map {
                        ShareEntry(warehouse: $0.warehouse, mark: $0.mark, lines: $0.lines)
                    }
                )
            )
        case .refused(let refusals, let evidence):
            return .refused(RefusedEntry(order: decided(record, .refused(refusals), evidence)))
        case .cancelled(let transaction, let plan):
            return .cancelled(
                CancelledEntry(
                    transaction: transaction,
                    outcome: Wire.encode(OrderOutcome.cancelled(plan)),
                    cancelledAt: record.decidedAt
                )
            )
        case .ended(let transaction):
            return .ended(transaction)
        }
    }

    private static func decided(
        _ record: Office.Record,
        _ outcome: OrderOutcome,
        _ evidence: Evidence
    ) -> DecidedOrder {
        DecidedOrder(
            id: record.order.id,
            request: Wire.encode(record.order),
            outcome: Wire.encode(outcome),
            evidence: Wire.encode(evidence),
            currency: record.order.currency,
            receivedAt: record.receivedAt,
            decidedAt: record.decidedAt
        )
    }

    static func record(from logged: LoggedOrder) throws -> OrderRecord {
        OrderRecord(
            order: try Wire.decodeOrder(logged.order.request),
            outcome: try Wire.decodeOutcome(logged.order.outcome),
            receivedAt: logged.order.receivedAt,
            decidedAt: logged.order.decidedAt,
            transaction: logged.transaction,
            isSettled: logged.isSettled
        )
    }

    static func found(_ logged: LoggedOrder) throws -> Office.Found {
        Office.Found(record: try record(from: logged), warehouses: logged.warehouses)
    }

    static func found(_ decision: OpenDecision) throws -> Office.Found {
        Office.Found(
            record: OrderRecord(
                order: try Wire.decodeOrder(decision.order.request),
                outcome: try Wire.decodeOutcome(decision.order.outcome),
                receivedAt: decision.order.receivedAt,
                decidedAt: decision.order.decidedAt,
                transaction: decision.transaction,
                isSettled: false
            ),
            warehouses: decision.warehouses
        )
    }
}
