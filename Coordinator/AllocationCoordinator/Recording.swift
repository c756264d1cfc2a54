internal import AllocationModel
internal import AllocationProtocol
package import DecisionLog
package import OrderDesk
internal import WireFormat

/// Between what the office decides and what the log keeps.
enum Recording {
    static func entry(for record: Office.Record) -> LogEntry {
        switch record.content {
        case .confirmed(let confirmation):
            return .confirmed(
                confirmed(record, .confirmed(confirmation.plan), confirmation)
            )
        case .resourced(let confirmation, let second):
            return .resourced(
                ResourcedEntry(
                    confirmation: confirmed(record, .confirmed(confirmation.plan), confirmation),
                    replaced: second.replaced,
                    wish: second.wish,
                    kept: second.kept
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

    /// Returns what keeps what the office knows of a site, or of the log itself.
    static func entry(for keeping: Office.Keeping) -> LogEntry? {
        switch keeping {
        case .site(let warehouse, let adoption):
            return .siteAdopted(
                warehouse,
                incarnation: adoption.incarnation,
                adoption.mark
            )
        case .mark(let warehouse, let mark): return .siteMark(warehouse, mark)
        case .doubt(let why): return .doubted(why)
        case .override(let forced): return .overridden(forced)
        case .shipment(let shipment): return .shipped(shipment)
        case .refusal(let refusal): return .pickRefused(refusal)
        case .lease(.granted(let warehouse, let lease)): return .lease(.granted(warehouse, lease))
        case .lease(.closed(let warehouse, let lease, let kept)):
            return .lease(.closed(warehouse, lease, kept: kept))
        case .lease(.writtenOff(let warehouse, let lease, let writeOff, let conflict)):
            return .lease(.writtenOff(warehouse, lease, writeOff, conflict: conflict))
        case .dates(let dates): return .dates(dates)
        case .epoch(let epoch): return .epochRaised(epoch)
        case .recovered: return .recovered
        case .rebuilt(let record, let isCancelled, let kept):
            guard case .confirmed(let confirmation) = record.content else { return nil }
            let plan = confirmation.plan
            let outcome: OrderOutcome = isCancelled ? .cancelled(plan) : .confirmed(plan)
            return .rebuilt(
                confirmed(record, outcome, confirmation),
                isCancelled: isCancelled,
                keeping: kept
            )
        }
    }

    private static func confirmed(
        _ record: Office.Record,
        _ outcome: OrderOutcome,
        _ confirmation: OrderProcess.Confirmation
    ) -> ConfirmedEntry {
        ConfirmedEntry(
            order: decided(record, outcome, confirmation.evidence),
            transaction: confirmation.transaction,
            waiting: confirmation.waiting,
            leavesBy: confirmation.plan.firstDeparture,
            cost: confirmation.plan.cost,
            shares: confirmation.shares.map {
                ShareEntry(
                    warehouse: $0.warehouse,
                    mark: $0.mark,
                    lines: $0.lines,
                    draws: $0.draws
                )
            }
        )
    }

    /// Returns a decision as the site that shares it must know it.
    static func ruling(from share: LoggedShare) throws -> Ruling {
        let plan = try Wire.decodeOutcome(share.outcome).plan
        return Rebuilding.ruling(
            on: try Wire.decodeOrder(share.request),
            share.transaction,
            lines: share.lines,
            participants: share.participants,
            isCancelled: share.isCancelled,
            draws: share.draws,
            carriage: plan.flatMap { Rebuilding.carriage(from: share.warehouse, in: $0) },
            shipment: share.shipment?.report
        )
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
            isSettled: logged.isSettled,
            overrides: logged.overrides,
            shipments: logged.shipments,
            refusedPicks: logged.refusedPicks,
            resourcings: try logged.resourcings.compactMap { try resourcing(from: $0) },
            dates: logged.dates,
            dateChanges: logged.dateChanges
        )
    }

    private static func resourcing(from logged: LoggedResourcing) throws -> Resourcing? {
        try Wire.decodeOutcome(logged.outcome).plan
            .map { plan in
                Resourcing(
                    wish: logged.wish,
                    at: logged.at,
                    replaced: logged.replaced,
                    before: plan,
                    kept: logged.kept,
                    former: try Wire.decodeOrder(logged.request)
                )
            }
    }

    static func found(_ logged: LoggedOrder) throws -> Office.Found {
        Office.Found(
            record: try record(from: logged),
            warehouses: logged.warehouses,
            draws: logged.draws,
            isSuperseded: logged.isSuperseded,
            kept: logged.kept
        )
    }

    static func found(_ decision: OpenDecision) throws -> Office.Found {
        Office.Found(
            record: OrderRecord(
                order: try Wire.decodeOrder(decision.order.request),
                outcome: try Wire.decodeOutcome(decision.order.outcome),
                receivedAt: decision.order.receivedAt,
                decidedAt: decision.order.decidedAt,
                transaction: decision.transaction,
                isSettled: decision.isSettled,
                shipments: decision.shipments,
                resourcings: try decision.resourcings.compactMap { try resourcing(from: $0) }
            ),
            warehouses: decision.warehouses,
            draws: decision.draws,
            isSuperseded: decision.isSuperseded
        )
    }
}

extension DecisionLog {
    /// Returns what sites have leased, as the office goes on with it.
    package func leaseBook() async throws -> LeaseBook {
        LeaseBook(
            try await leases()
                .map { item in
                    let state: LeaseBook.State =
                        switch item.state {
                        case .open: .open
                        case .closed: .closed
                        case .lost: .lost
                        case .writtenOff: .writtenOff
                        }
                    return LeaseBook.Known(
                        warehouse: item.warehouse,
                        lease: item.lease,
                        state: state,
                        drawn: item.drawn
                    )
                }
        )
    }
}
