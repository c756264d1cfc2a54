import AllocationModel
import AllocationProtocol

extension ProtoStoredOrder {
    init(_ order: Order) {
        versionMajor = Wire.versionMajor
        versionMinor = Wire.versionMinor
        id = order.id.rawValue
        lines = order.lines.map { line in
            var proto = Line()
            proto.id = line.id.rawValue
            proto.sku = line.sku.code
            proto.quantity = line.quantity.units
            if line.lots != .none { proto.lots = [ProtoLotNeeds(line.lots)] }
            return proto
        }
        destination = ProtoDestination(order.destination)
        serviceLevel = ProtoServiceLevel(order.serviceLevel)
        completeness = Completeness(order.completeness)
        currency = order.currency.code
        if order.terms != OrderTerms() { terms = [Terms(order.terms)] }
    }

    func decoded() throws(DecodingFault) -> Order {
        guard hasDestination else { throw .missing("destination") }
        let currency = try Check.currency(currency, "currency")
        let lines = try lines.orFault(ifEmpty: "lines")
            .decoded("lines") { (proto) throws(DecodingFault) in try proto.decoded() }
        guard lines.contains(where: { !$0.quantity.isZero }) else {
            throw .unlawful(field: "lines", why: "ask for nothing; an order asks for something")
        }
        return Order(
            id: try Check.name(id, "id"),
            lines: lines,
            destination: try destination.decoded("destination"),
            serviceLevel: try serviceLevel.decoded("service_level"),
            completeness: try completeness.decoded(),
            currency: currency,
            terms: try terms
                .decoded("terms") { (proto) throws(DecodingFault) in
                    try proto.decoded(in: currency)
                }
                .first ?? OrderTerms()
        )
    }
}

extension ProtoStoredOrder.Line {
    func decoded() throws(DecodingFault) -> Order.Line {
        Order.Line(
            id: try Check.name(id, "id"),
            sku: try Check.sku(sku, "sku"),
            // Zero where the line was cancelled.
            quantity: try Check.quantity(quantity, "quantity"),
            lots: try lots.decodedNeeds()
        )
    }
}

extension ProtoStoredOrder.Completeness {
    init(_ completeness: Completeness) {
        self =
            switch completeness {
            case .complete: .complete
            case .lineComplete: .lineComplete
            case .partial: .partial
            }
    }

    func decoded() throws(DecodingFault) -> Completeness {
        switch self {
        case .complete: .complete
        case .lineComplete: .lineComplete
        case .partial: .partial
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "completeness", why: "is \(value), which is unknown")
        }
    }
}

extension ProtoStoredOutcome {
    init(_ outcome: OrderOutcome) {
        versionMajor = Wire.versionMajor
        versionMinor = Wire.versionMinor
        switch outcome {
        case .confirmed(let plan): confirmed = ProtoPlan(plan)
        case .refused(let lines):
            var proto = ProtoRefusedLines()
            proto.lines = lines.map(ProtoRefusedLine.init)
            refused = proto
        case .cancelled(let plan): cancelled = ProtoPlan(plan)
        }
    }

    func decoded() throws(DecodingFault) -> OrderOutcome {
        switch outcome {
        case .confirmed(let proto): return .confirmed(try proto.decoded("confirmed"))
        case .refused(let proto):
            return try within("refused") { () throws(DecodingFault) in
                .refused(
                    try proto.lines.decoded("lines") { (line) throws(DecodingFault) in
                        try line.decoded()
                    }
                )
            }
        case .cancelled(let proto): return .cancelled(try proto.decoded("cancelled"))
        case nil: throw .missing("outcome")
        }
    }
}

extension ProtoPlan {
    init(_ plan: Plan) {
        let amounts = [plan.bound] + plan.shipments.flatMap { [$0.freight, $0.handling] }
        precondition(
            amounts.allSatisfy { $0.currency == plan.cost.currency },
            "a plan's amounts are of one currency"
        )
        order = plan.order.rawValue
        currency = plan.cost.currency.code
        shipments = plan.shipments.map(ProtoShipment.init)
        backorders = plan.backorders.map {
            ProtoPlanLine(line: $0.line, sku: $0.sku, quantity: $0.quantity)
        }
        cost = plan.cost.minorUnits
        bound = plan.bound.minorUnits
        isProved = plan.isProved
    }

    func decoded(_ field: String) throws(DecodingFault) -> Plan {
        try within(field) { () throws(DecodingFault) in
            let currency = try Check.currency(currency, "currency")
            return Plan(
                order: try Check.name(order, "order"),
                shipments: try shipments.decoded("shipments") { (proto) throws(DecodingFault) in
                    try proto.decoded(in: currency)
                },
                backorders: try backorders.decoded("backorders") {
                    (proto) throws(DecodingFault) in
                    let (line, sku, quantity) = try proto.decoded()
                    return Plan.Backorder(line: line, sku: sku, quantity: quantity)
                },
                cost: try Check.money(cost, in: currency, "cost"),
                bound: try Check.money(bound, in: currency, "bound"),
                isProved: isProved
            )
        }
    }
}

extension ProtoShipment {
    init(_ shipment: Plan.Shipment) {
        warehouse = shipment.warehouse.rawValue
        service = shipment.service
        carrier = shipment.carrier
        lines = shipment.lines.map {
            ProtoPlanLine(line: $0.line, sku: $0.sku, quantity: $0.quantity)
        }
        freight = shipment.freight.minorUnits
        handling = shipment.handling.minorUnits
        leaves = Int32(clamping: shipment.leaves.daysSinceEpoch)
        arrives = Int32(clamping: shipment.arrives.daysSinceEpoch)
        if let time = shipment.arrivesBy { arrivesBy = time.minute32 }
        if let time = shipment.leavesBy {
            leaving = [ProtoLeaving(time, last: shipment.lastCutoff)]
        }
    }

    func decoded(in currency: Currency) throws(DecodingFault) -> Plan.Shipment {
        let service: Identifier<Bid.Service> = try Check.name(service, "service")
        let leaves = try Check.date(leaves, "leaves")
        let left =
            try leaving.decoded("leaving") { (proto) throws(DecodingFault) in
                try proto.decoded(on: leaves)
            }
            .last
        return Plan.Shipment(
            warehouse: try Check.name(warehouse, "warehouse"),
            service: service.rawValue,
            carrier: try Check.text(carrier, "carrier"),
            lines: try lines.decoded("lines") { (proto) throws(DecodingFault) in
                let (line, sku, quantity) = try proto.decoded()
                return Plan.ShipmentLine(line: line, sku: sku, quantity: quantity)
            },
            freight: try Check.money(freight, in: currency, "freight"),
            handling: try Check.money(handling, in: currency, "handling"),
            leaves: leaves,
            arrives: try Check.date(arrives, "arrives"),
            arrivesBy: hasArrivesBy ? try Check.minute(arrivesBy, "arrives_by") : nil,
            leavesBy: left?.leavesBy,
            lastCutoff: left?.lastCutoff
        )
    }
}

extension ProtoPlanLine {
    init(line: Int, sku: SKU, quantity: Quantity) {
        self.line = Int32(clamping: line)
        self.sku = sku.code
        self.quantity = quantity.units
    }

    func decoded() throws(DecodingFault) -> (line: Int, sku: SKU, quantity: Quantity) {
        (
            try Check.lineIndex(line, "line"), try Check.sku(sku, "sku"),
            try Check.quantity(quantity, "quantity")
        )
    }
}

extension ProtoRefusedLine {
    init(_ refusal: LineRefusal) {
        line = Int32(clamping: refusal.line)
        sku = refusal.sku.code
        requested = refusal.requested.units
        available = refusal.available.units
        switch refusal.reason {
        case .unknownSKU: unknownSku = ProtoNothing()
        case .lotsUnfit: lotsUnfit = ProtoNothing()
        case .notAMultiple(let below, let above):
            notAMultiple = ProtoMultiples(below: below, above: above)
        case .notServed: notServed = ProtoNothing()
        case .insufficientStock: insufficientStock = ProtoNothing()
        case .contended: contended = ProtoNothing()
        case .noLawfulPlan: noLawfulPlan = ProtoNothing()
        case .addressNotReached(let kind): addressNotReached = ProtoAddressKind(kind)
        case .accessorialNotOffered(let needed):
            accessorialNotOffered = ProtoAccessorial(needed)
        case .tooLate(let day): tooLate = Int32(clamping: day.daysSinceEpoch)
        }
    }

    func decoded() throws(DecodingFault) -> LineRefusal {
        LineRefusal(
            line: try Check.lineIndex(line, "line"),
            sku: try Check.sku(sku, "sku"),
            requested: try Check.quantity(requested, "requested"),
            available: Quantity(
                try Check.number(available, in: 0...Limits.quantityOfferedMaximum, "available")
            ),
            reason: try decodedReason()
        )
    }

    private func decodedReason() throws(DecodingFault) -> LineRefusal.Reason {
        switch reason {
        case .unknownSku: return .unknownSKU
        case .lotsUnfit: return .lotsUnfit
        case .notAMultiple(let proto):
            let (below, above) = try proto.decoded("not_a_multiple")
            return .notAMultiple(below: below, above: above)
        case .notServed: return .notServed
        case .insufficientStock: return .insufficientStock
        case .contended: return .contended
        case .noLawfulPlan: return .noLawfulPlan
        case .addressNotReached(let kind):
            return .addressNotReached(try kind.decoded("address_not_reached"))
        case .accessorialNotOffered(let needed):
            return .accessorialNotOffered(try needed.decoded("accessorial_not_offered"))
        case .tooLate(let day): return .tooLate(try Check.date(day, "too_late"))
        case nil: throw .missing("reason")
        }
    }
}

extension ProtoEvidence {
    init(_ evidence: Evidence) {
        var context = EncodingContext()
        versionMajor = Wire.versionMajor
        versionMinor = Wire.versionMinor
        bids = evidence.bids.map { ProtoBid($0, in: &context) }
        tariffs = context.tariffs.map(ProtoTariff.init)
        silent = evidence.silent.map(\.rawValue)
        unreachable = evidence.unreachable.map(\.rawValue)
        attempts = Int32(clamping: evidence.attempts)
        nodes = evidence.nodes
        solverVersion = Int32(clamping: evidence.solverVersion)
        rulesVersion = evidence.rulesVersion
        buyer = evidence.customer.map { [ProtoBuyer($0)] } ?? []
        profiles = evidence.profiles.map(ProtoProfile.init)
        sourcing = evidence.policy.map { [ProtoSourcing($0)] } ?? []
        guard let part = evidence.asked else { return }
        asked = [ProtoStoredOrder(part.order)]
        askedLines = part.lines.map { Int32(clamping: $0) }
        askedAt = part.at.milliseconds
    }

    func decoded() throws(DecodingFault) -> Evidence {
        var context = DecodingContext()
        context.tariffs = try tariffs.decoded("tariffs") { (proto) throws(DecodingFault) in
            try proto.decoded()
        }
        return Evidence(
            bids: try bids.decoded("bids") { (proto) throws(DecodingFault) in
                try proto.decoded(in: context)
            },
            silent: try silent.decoded("silent") { (text) throws(DecodingFault) in
                try Check.name(text, "")
            },
            unreachable: try unreachable.decoded("unreachable") {
                (text) throws(DecodingFault) in try Check.name(text, "")
            },
            attempts: Int(try Check.natural(Int64(attempts), "attempts")),
            nodes: try Check.natural(nodes, "nodes"),
            solverVersion: Int(try Check.natural(Int64(solverVersion), "solver_version")),
            rulesVersion: try Check.natural(rulesVersion, "rules_version"),
            customer:
                try buyer.decoded("buyer") { (proto) throws(DecodingFault) in
                    try proto.decoded()
                }
                .first,
            profiles: try profiles.decoded("profiles") { (proto) throws(DecodingFault) in
                try proto.decoded()
            },
            policy:
                try sourcing.decoded("sourcing") { (proto) throws(DecodingFault) in
                    try proto.decoded()
                }
                .first,
            asked: try decodedAsked()
        )
    }

    private func decodedAsked() throws(DecodingFault) -> Evidence.Asked? {
        let orders = try asked.decoded("asked") { (proto) throws(DecodingFault) in
            try proto.decoded()
        }
        guard let order = orders.first else { return nil }
        guard order.lines.allSatisfy({ !$0.quantity.isZero }) else {
            throw .unlawful(field: "asked", why: "has a line that asks for nothing")
        }
        let lines = try askedLines.decoded("asked_lines") { (line) throws(DecodingFault) in
            try Check.lineIndex(line, "")
        }
        guard lines.count == order.lines.count else {
            throw .unlawful(
                field: "asked_lines",
                why: "names \(lines.count) lines; ‘asked’ has \(order.lines.count)"
            )
        }
        return Evidence.Asked(
            order: order,
            lines: lines,
            at: Timestamp(milliseconds: askedAt)
        )
    }
}

extension ProtoSourcing {
    init(_ policy: SourcingPolicy) {
        if let count = policy.warehousesMaximum { warehousesMaximum = Int32(clamping: count) }
        backorderCost = policy.backorderCost.tenThousandths
        nodesMaximum = Int64(policy.nodesMaximum)
    }

    func decoded() throws(DecodingFault) -> SourcingPolicy {
        SourcingPolicy(
            warehousesMaximum: hasWarehousesMaximum
                ? Int(try Check.natural(Int64(warehousesMaximum), "warehouses_maximum")) : nil,
            backorderCost: try Check.cost(backorderCost, "backorder_cost"),
            nodesMaximum: Int(try Check.natural(nodesMaximum, "nodes_maximum"))
        )
    }
}
