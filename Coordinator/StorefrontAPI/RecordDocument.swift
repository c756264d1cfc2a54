package import AllocationModel

// Answers as JSON. Money is a decimal string in the order's currency, an
// instant ISO 8601 in UTC, a day `2026-03-04`; a field that has nothing to say
// is null and not left out.

extension OrderRecord {
    /// The order and what became of it, as the API answers it.
    package var document: JSONValue {
        [
            "id": .string(order.id.rawValue), "status": .string(status.rawValue),
            "currency": .string(order.currency.code),
            "serviceLevel": .string(order.serviceLevel.word),
            "completeness": .string(order.completeness.rawValue),
            "destination": order.destination.document,
            "lines": .array(
                order.lines.map {
                    [
                        "id": .string($0.id.rawValue), "sku": .string($0.sku.code),
                        "quantity": .quantity($0.quantity), "lots": $0.lots.document,
                    ]
                }
            ),
            "plan": outcome?.plan?.document(in: self) ?? .null,
            "refusals": .array(refusals.map { $0.document(for: order) }),
            "transaction": .text(transaction?.description), "settled": .boolean(isSettled),
            "overrides": .array(overrides.map(\.document)),
            "refusedPicks": .array(refusedPicks.map(\.document)),
            "resourcings": .array(revisions.map { $0.of.document(in: self, to: $0.to) }),
            "dateChanges": .array(dateChanges.map { $0.document(in: order) }),
            "receivedAt": .string(receivedAt.iso8601), "decidedAt": .text(decidedAt?.iso8601),
        ]
    }

    /// Why the order was refused, line by line; empty where it was not.
    var refusals: [LineRefusal] {
        if case .refused(let refusals) = outcome { refusals } else { [] }
    }
}

extension LogAudit {
    /// The audit as the API answers it.
    var document: JSONValue {
        [
            "findings": .array(findings.map { .string($0) }),
            "conflicts": .array(
                conflicts.map { forced in
                    [
                        "transaction": .text(forced.override.transaction.description),
                        "override": forced.document,
                    ]
                }
            ),
            "lease_conflicts": .array(leaseConflicts.map { .string($0) }),
        ]
    }
}

extension SiteOverride {
    fileprivate var document: JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "choice": .string(override.choice.rawValue),
            "by": .string(override.who), "reason": .string(override.reason),
            "at": .string(override.at.iso8601), "conflict": .boolean(isConflict),
        ]
    }
}

extension SitePickRefusal {
    fileprivate var document: JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "sku": .string(refusal.sku.code),
            "lot": .text(refusal.lot?.rawValue), "quantity": .quantity(refusal.quantity),
            "reason": .string(refusal.reason.rawValue), "by": .string(refusal.who),
            "at": .string(refusal.at.iso8601),
        ]
    }
}

extension Explanation {
    /// The explanation as the API answers it.
    package var document: JSONValue {
        let order = record.order
        return [
            "order": .string(order.id.rawValue), "status": .string(record.status.rawValue),
            "currency": .string(order.currency.code),
            "plan": record.outcome?.plan?.document(in: record) ?? .null,
            "refusals": .array(record.refusals.map { $0.document(for: order) }),
            "sites": .array(sites.map { $0.document(for: asked) }),
            "runnerUp": runnerUp?.document ?? .null, "attempts": .integer(Int64(attempts)),
            "nodes": .integer(nodes), "rules": rules.document,
            "stockLevels": .array(stockLevels.map { $0.document(for: asked) }),
            "unasked": .integer(Int64(unasked)),
        ]
    }
}

extension Explanation.Rules {
    fileprivate var document: JSONValue {
        [
            "version": .integer(version),
            "applied": .array(
                applied.map {
                    [
                        "rule": .string($0.rule), "effect": .string($0.effect),
                        "soft": .boolean($0.isSoft), "cost": $0.cost?.document ?? .null,
                    ]
                }
            ),
            "relaxed": .array(relaxed.map { .string($0) }),
        ]
    }
}

extension Explanation.Rules.Cost {
    fileprivate var document: JSONValue {
        switch self {
        case .nothing: ["verdict": "nothing"]
        case .difference(let money, let days, let unitsShort):
            [
                "verdict": "binds", "money": .string(money.decimal), "days": .integer(Int64(days)),
                "unitsShort": .integer(unitsShort),
            ]
        case .order(let money): ["verdict": "refuses", "money": .string(money.decimal)]
        case .undetermined: ["verdict": "undetermined"]
        }
    }
}

extension Explanation.StockLevel {
    fileprivate func document(for order: Order) -> JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "line": .string(order.lineName(line)),
            "sku": .text(order.lines.indices.contains(line) ? order.lines[line].sku.code : nil),
            "available": .quantity(available), "level": .quantity(level),
            "warehouses": .array(warehouses.map { .string($0.rawValue) }),
            "difference": .text(difference?.decimal),
        ]
    }
}

extension Destination {
    var document: JSONValue {
        [
            "country": .string(country.code), "postalCode": .string(postalCode),
            "region": .text(region.isEmpty ? nil : region), "residential": .boolean(isResidential),
            "postOfficeBox": .boolean(isPostOfficeBox),
            "accessorials": .array(accessorials.sorted().map { .string($0.rawValue) }),
            "receivingDays": .array(delivery.receiving.days.map { .string($0.abbreviation) }),
            "receivingHours": .text(delivery.hours?.description),
            "notBefore": .text(delivery.notBeforeText),
            "deliverBy": .text(delivery.byText),
        ]
    }
}

extension Plan {
    func document(in record: OrderRecord) -> JSONValue {
        [
            "shipments": .array(shipments.map { $0.document(in: record) }),
            "backorders": .array(
                backorders.map { record.order.document(waiting: $0, record.dates) }
            ),
            "cost": .string(cost.decimal), "bound": .string(bound.decimal),
            "proved": .boolean(isProved),
        ]
    }
}

extension Plan.Shipment {
    fileprivate func document(in record: OrderRecord) -> JSONValue {
        let shipped = record.shipment(from: warehouse)?.report
        return [
            "warehouse": .string(warehouse.rawValue), "carrier": .string(carrier),
            "service": .string(service), "leaves": .string(leaves.description),
            "arrives": .string(arrives.description), "arrivesBy": .text(arrivesBy?.description),
            "leavesBy": .text(leavesBy?.description),
            "lastCutoff": .text(lastCutoff?.description), "freight": .string(freight.decimal),
            "handling": .string(handling.decimal), "shippedAt": .text(shipped?.at.iso8601),
            "shippedBy": .text(shipped?.who),
            "lines": .array(
                lines.map { record.order.document(line: $0.line, sku: $0.sku, $0.quantity) }
            ),
        ]
    }

    /// As one of an earlier plan that stays, because it had shipped.
    fileprivate func document(
        in record: OrderRecord,
        shippedIn attempt: TransactionID
    ) -> JSONValue {
        let shipped = record.shipments
            .first { $0.warehouse == warehouse && $0.report.transaction == attempt }?
            .report
        return [
            "warehouse": .string(warehouse.rawValue), "carrier": .string(carrier),
            "service": .string(service), "shippedAt": .text(shipped?.at.iso8601),
            "shippedBy": .text(shipped?.who),
            "lines": .array(
                lines.map { record.order.document(line: $0.line, sku: $0.sku, $0.quantity) }
            ),
        ]
    }
}

extension Resourcing {
    fileprivate func document(in record: OrderRecord, to order: Order) -> JSONValue {
        [
            "by": .string(wish.who), "reason": .string(wish.reason), "at": .string(at.iso8601),
            "change": former.changesDocument(to: order),
            "excluded": .array(wish.excluded.map { .string($0.rawValue) }),
            "forced": .array(wish.forced.map { .string($0.rawValue) }),
            "serviceLevel": .text(wish.serviceLevel?.word),
            "followUp": .boolean(wish.isFollowUp),
            "transaction": .string(replaced.description),
            "warehouses": .array(before.warehouses.map { .string($0.rawValue) }),
            "cost": .string(before.cost.decimal),
            "kept": .array(
                keptShipments.map { $0.document(in: record, shippedIn: replaced) }
            ),
        ]
    }
}

extension LineRefusal {
    func document(for order: Order) -> JSONValue {
        [
            "line": .string(order.lineName(line)), "sku": .string(sku.code),
            "requested": .quantity(requested), "available": .quantity(available),
            "reason": .string(reason.word), "detail": .string(sentence), "hint": .string(hint),
        ]
    }
}

extension Explanation.Site {
    fileprivate func document(for order: Order) -> JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "verdict": .string(verdict.word),
            "difference": .text(verdict.difference?.decimal),
            "sentence": .string("\(warehouse) \(verdict.sentence)"),
            "answered": .boolean(bid != nil),
            "offers": .array((bid?.offers ?? []).map { $0.document(for: order) }),
            "services": .array((bid?.services ?? []).map { $0.document(for: order) }),
            "declines": .array((bid?.declines ?? []).flatMap { $0.documents(for: order) }),
            "rejectedLots": .array(rejections.map { $0.document(for: order) }),
        ]
    }
}

extension Explanation.RunnerUp {
    fileprivate var document: JSONValue {
        [
            "warehouses": .array(warehouses.map { .string($0.rawValue) }),
            "cost": .string(cost.decimal),
        ]
    }
}

extension Bid.Offer {
    fileprivate func document(for order: Order) -> JSONValue {
        [
            "line": .string(order.lineName(line)), "quantity": .quantity(quantity),
            "lots": .array(
                lots.map {
                    [
                        "lot": .string($0.lot.rawValue), "quantity": .quantity($0.quantity),
                        "expires": .text($0.expires?.description),
                        "certificates": .array($0.certificates.map { .string($0) }),
                    ]
                }
            ),
        ]
    }
}

extension Bid.Service {
    fileprivate func document(for order: Order) -> JSONValue {
        [
            "service": .string(code), "carrier": .string(carrier), "level": .string(level.word),
            "zone": .text(zone.isEmpty ? nil : zone),
            "handling": .string(handling.money(in: order.currency).decimal),
            "leaves": .string(leaves.description), "arrives": .string(arrives.description),
            "arrivesBy": .text(arrivesBy?.description),
            "cutoff": .string(cutoff.description), "cutoffDate": .string(cutoffDate.description),
            "leavesBy": .text(leavesBy?.description),
            "lastCutoff": .text(lastCutoff?.description),
            "blockedLines": .array(blockedLines.map { .string(order.lineName($0)) }),
            "packings": .array(
                packings.map {
                    [
                        "line": .string(order.lineName($0.line)),
                        "billableGrams": .integer($0.unitBillableWeight.grams),
                        "charge": .string($0.unitCharge.money(in: order.currency).decimal),
                    ]
                }
            ),
            "pricing": .string(pricing.word), "raterFailure": .text(pricing.failure?.rawValue),
        ]
    }
}

extension Decline {
    /// One for each line, where it is of some lines by a service.
    fileprivate func documents(for order: Order) -> [JSONValue] {
        let subjects: [(line: String?, service: String?)] =
            switch subject {
            case .order: [(nil, nil)]
            case .line(let index): [(order.lineName(index), nil)]
            case .service(let code): [(nil, code)]
            case .lines(let indices, let code): indices.map { (order.lineName($0), code) }
            }
        return subjects.map {
            [
                "line": .text($0.line), "service": .text($0.service),
                "reason": .string(reason.word), "sentence": .string(sentence(in: order)),
            ]
        }
    }
}

extension SiteAvailability {
    var document: JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "available": .quantity(available),
            "service": .text(service), "leaves": .text(leaves?.description),
            "arrives": .text(arrives?.description), "reason": .text(decline?.word),
            "detail": .text(decline?.words),
        ]
    }
}

extension AgentStanding {
    var document: JSONValue {
        [
            "warehouse": .string(warehouse.rawValue), "state": .string(state.rawValue),
            "queued": .integer(Int64(queued)), "unacknowledged": .integer(Int64(unacknowledged)),
            "lastHeard": .text(lastHeard?.iso8601),
        ]
    }
}

extension Order {
    /// The client's name of a line; its place where a stored plan names one that is not there.
    func lineName(_ index: Int) -> String {
        lines.indices.contains(index) ? lines[index].id.rawValue : "\(index + 1)"
    }

    func document(line: Int, sku: SKU, _ quantity: Quantity) -> JSONValue {
        [
            "line": .string(lineName(line)), "sku": .string(sku.code),
            "quantity": .quantity(quantity),
        ]
    }
}

extension JSONValue {
    /// The text, or null.
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    static func integer(_ integer: Int64) -> JSONValue { .number(JSONNumber(integer)) }

    static func quantity(_ quantity: Quantity) -> JSONValue { .integer(quantity.units) }
}
