import AllocationModel
import AllocationProtocol

extension ProtoAnswerBatch {
    init(_ batch: AnswerBatch) {
        var context = EncodingContext(warehouse: batch.warehouse)
        versionMajor = Wire.versionMajor
        versionMinor = Wire.versionMinor
        warehouse = batch.warehouse.rawValue
        bootHigh = batch.boot.high
        bootLow = batch.boot.low
        answers = batch.answers.map { ProtoAnswer($0, in: &context) }
        inquiries = batch.inquiries.map { ProtoTransaction($0, in: &context) }
        if let mark = batch.mark { self.mark = ProtoHistoryMark(mark) }
        overrides = batch.overrides.map { ProtoOverride($0, in: &context) }
        shipments = batch.shipments.map { ProtoShipmentReport($0, in: &context) }
        var report = ProtoSiteReport()
        report.refusals = batch.refusals.map { ProtoPickRefusal($0, in: &context) }
        report.counts = batch.counts.map { ProtoCountReport($0) }
        if report != ProtoSiteReport() { reports = [report] }
        leases = batch.leases.map { ProtoLeaseOffer($0) }
        standing = batch.standing.map { ProtoStandingService($0) }
        tariffs = context.tariffs.map(ProtoTariff.init)
        coordinator = context.coordinator?.rawValue ?? ""
    }

    func decoded() throws(DecodingFault) -> AnswerBatch {
        var context = DecodingContext()
        let warehouse: Warehouse.ID = try Check.name(warehouse, "warehouse")
        context.warehouse = warehouse
        if !coordinator.isEmpty {
            context.coordinator = try Check.name(coordinator, "coordinator")
        }
        context.tariffs = try tariffs.decoded("tariffs") { (proto) throws(DecodingFault) in
            try proto.decoded()
        }
        let report = try reports.decoded("reports") { (proto) throws(DecodingFault) in
            try proto.decoded(in: context)
        }
        return AnswerBatch(
            warehouse: warehouse,
            boot: BootID(high: bootHigh, low: bootLow),
            answers: try answers.decoded("answers") { (proto) throws(DecodingFault) in
                try proto.decoded(in: context)
            },
            inquiries: try inquiries.decoded("inquiries") { (proto) throws(DecodingFault) in
                try proto.decoded("", in: context)
            },
            mark: hasMark ? try mark.decoded("mark") : nil,
            overrides: try overrides.decoded("overrides") { (proto) throws(DecodingFault) in
                try proto.decoded(in: context)
            },
            shipments: try shipments.decoded("shipments") { (proto) throws(DecodingFault) in
                try proto.decoded(in: context)
            },
            refusals: report.flatMap(\.refusals),
            counts: report.flatMap(\.counts),
            leases: try leases.decoded("leases") { (proto) throws(DecodingFault) in
                try proto.decoded()
            },
            standing: try standing.decoded("standing") { (proto) throws(DecodingFault) in
                try proto.decoded()
            }
        )
    }
}

extension ProtoAnswer {
    init(_ answer: Answer, in context: inout EncodingContext) {
        switch answer {
        case .hello(let hello): self.hello = ProtoHello(hello)
        case .attach(let attachment): attach = ProtoAttachment(attachment, in: &context)
        case .holdings(let session, let page):
            holdings = ProtoHoldings(page, in: session, context: &context)
        case .restored(let session, let restored):
            self.restored = ProtoRestored(restored, in: session)
        case .ready(let session): ready = ProtoSession(session)
        case .bid(let round, let bid):
            self.bid = ProtoBidAnswer(bid, in: round, context: &context)
        case .vote(let id, let vote): self.vote = ProtoVoteAnswer(vote, on: id, in: &context)
        case .confirmed(let id): confirmed = ProtoTransaction(id, in: &context)
        case .released(let id): released = ProtoTransaction(id, in: &context)
        case .noted(let id): noted = ProtoTransaction(id, in: &context)
        case .leaseNoted(let lease): leaseNoted = ProtoLeaseName(lease)
        case .countsNoted(let entry): countsNoted = ProtoCountMark(through: entry)
        case .refused(let refusal): refused = ProtoRefusal(refusal, in: &context)
        }
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> Answer {
        switch kind {
        case .hello(let proto): return .hello(try proto.decoded("hello"))
        case .attach(let proto): return .attach(try proto.decoded("attach", in: context))
        case .ready(let proto): return .ready(try proto.decoded("ready"))
        case .bid(let proto): return try proto.decoded("bid", in: context)
        case .vote(let proto): return try proto.decoded("vote", in: context)
        case .confirmed(let proto):
            return .confirmed(try proto.decoded("confirmed", in: context))
        case .released(let proto): return .released(try proto.decoded("released", in: context))
        case .refused(let proto): return .refused(try proto.decoded("refused", in: context))
        case .holdings(let proto): return try proto.decoded("holdings", in: context)
        case .restored(let proto): return try proto.decoded("restored")
        case .noted(let proto): return .noted(try proto.decoded("noted", in: context))
        case .leaseNoted(let proto): return .leaseNoted(proto.decoded())
        case .countsNoted(let proto):
            return .countsNoted(through: try proto.decoded("counts_noted"))
        case nil: throw .missing("kind")
        }
    }
}

extension ProtoHello {
    init(_ hello: Hello) {
        bootHigh = hello.boot.high
        bootLow = hello.boot.low
        epochMaximum = hello.epochMaximum
        incarnation = hello.incarnation
        witnessEpoch = hello.witness.epoch
        witnessStart = hello.witness.start
        witnessDecisions = hello.witness.decisions
    }

    func decoded(_ field: String) throws(DecodingFault) -> Hello {
        try within(field) { () throws(DecodingFault) in
            Hello(
                boot: BootID(high: bootHigh, low: bootLow),
                epochMaximum: try Check.epoch(epochMaximum, "epoch_maximum"),
                incarnation: try Check.natural(incarnation, "incarnation"),
                witness: LogWitness(
                    epoch: try Check.epoch(witnessEpoch, "witness_epoch"),
                    start: witnessStart,
                    decisions: try Check.natural(witnessDecisions, "witness_decisions")
                )
            )
        }
    }
}

extension ProtoAttachment {
    init(_ attachment: Attachment, in context: inout EncodingContext) {
        session = ProtoSession(attachment.session)
        latest = ProtoHistoryMark(attachment.latest)
        if let chain = attachment.chainAtKnown { chainAtKnown = chain }
        inDoubt = attachment.inDoubt.map { ProtoTransaction($0, in: &context) }
        confirmed = attachment.confirmed.map { ProtoTransaction($0, in: &context) }
    }

    func decoded(
        _ field: String,
        in context: DecodingContext
    ) throws(DecodingFault) -> Attachment {
        try within(field) { () throws(DecodingFault) in
            guard hasSession else { throw .missing("session") }
            guard hasLatest else { throw .missing("latest") }
            return Attachment(
                session: try session.decoded("session"),
                latest: try latest.decoded("latest"),
                chainAtKnown: hasChainAtKnown ? chainAtKnown : nil,
                inDoubt: try inDoubt.decoded("in_doubt") { (proto) throws(DecodingFault) in
                    try proto.decoded("", in: context)
                },
                confirmed: try confirmed.decoded("confirmed") {
                    (proto) throws(DecodingFault) in try proto.decoded("", in: context)
                }
            )
        }
    }
}

extension ProtoHoldings {
    init(_ page: Holdings, in session: SessionID, context: inout EncodingContext) {
        self.session = ProtoSession(session)
        isLast = page.isLast
        for holding in page.holdings {
            let proto = ProtoReserveRequest(holding.request, in: &context)
            switch holding.status {
            case .voted: voted.append(proto)
            case .confirmed: confirmed.append(proto)
            case .released: released.append(proto)
            case .shipped: shipped.append(proto)
            case .held, .expired:
                preconditionFailure("a report names what a vote or a decision has left")
            }
        }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Answer {
        try within(field) { () throws(DecodingFault) in
            guard hasSession else { throw .missing("session") }
            var holdings = try Self.decoded(voted, as: .voted, "voted", in: context)
            holdings += try Self.decoded(confirmed, as: .confirmed, "confirmed", in: context)
            holdings += try Self.decoded(released, as: .released, "released", in: context)
            holdings += try Self.decoded(shipped, as: .shipped, "shipped", in: context)
            holdings.sort { $0.request.transaction < $1.request.transaction }
            return .holdings(
                try session.decoded("session"),
                Holdings(holdings: holdings, isLast: isLast)
            )
        }
    }

    private static func decoded(
        _ protos: [ProtoReserveRequest],
        as status: Reservation.Status,
        _ field: String,
        in context: DecodingContext
    ) throws(DecodingFault) -> [Holding] {
        try protos.decoded(field) { (proto) throws(DecodingFault) in
            Holding(request: try proto.decoded(in: context), status: status)
        }
    }
}

extension ProtoRestored {
    init(_ restored: Restored, in session: SessionID) {
        self.session = ProtoSession(session)
        mark = ProtoHistoryMark(restored.mark)
        shortfall = restored.shortfall
        unknownSku = restored.unknownSKU?.code ?? ""
    }

    func decoded(_ field: String) throws(DecodingFault) -> Answer {
        try within(field) { () throws(DecodingFault) in
            guard hasSession else { throw .missing("session") }
            guard hasMark else { throw .missing("mark") }
            return .restored(
                try session.decoded("session"),
                Restored(
                    mark: try mark.decoded("mark"),
                    shortfall: try Check.natural(shortfall, "shortfall"),
                    unknownSKU: unknownSku.isEmpty
                        ? nil : try Check.sku(unknownSku, "unknown_sku")
                )
            )
        }
    }
}

extension ProtoBidAnswer {
    init(_ bid: Bid, in round: RoundID, context: inout EncodingContext) {
        order = round.order.rawValue
        attempt = round.attempt
        self.bid = ProtoBid(bid, in: &context)
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Answer {
        try within(field) { () throws(DecodingFault) in
            guard hasBid else { throw .missing("bid") }
            let round = RoundID(
                order: try Check.name(order, "order"),
                attempt: try Check.natural(attempt, "attempt")
            )
            return .bid(round: round, try bid.decoded("bid", in: context))
        }
    }
}

extension ProtoVoteAnswer {
    init(_ vote: Vote, on id: TransactionID, in context: inout EncodingContext) {
        transaction = ProtoTransaction(id, in: &context)
        switch vote {
        case .reserve(let mark): reserve = ProtoHistoryMark(mark)
        case .refuse(let reason, let bid):
            refuse = ProtoVoteRefusal(reason, bid: bid, in: &context)
        }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Answer {
        try within(field) { () throws(DecodingFault) in
            guard hasTransaction else { throw .missing("transaction") }
            let id = try transaction.decoded("transaction", in: context)
            switch vote {
            case .reserve(let proto): return .vote(id, .reserve(try proto.decoded("reserve")))
            case .refuse(let proto):
                return .vote(id, try proto.decoded("refuse", in: context))
            case nil: throw .missing("vote")
            }
        }
    }
}

extension ProtoVoteRefusal {
    init(_ refusal: VoteRefusal, bid: Bid?, in context: inout EncodingContext) {
        switch refusal {
        case .insufficientStock(let sku, let requested, let available):
            var proto = ProtoInsufficientStock()
            proto.sku = sku.code
            proto.requested = requested.units
            proto.available = available.units
            insufficientStock = proto
        case .unknownSKU(let sku): unknownSku = sku.code
        case .late: late = ProtoNothing()
        case .dayFull(let day): dayFull = Int32(clamping: day.daysSinceEpoch)
        case .shipped: shipped = ProtoNothing()
        case .ledgerUnavailable: ledgerUnavailable = ProtoNothing()
        }
        if let bid { self.bid = ProtoBid(bid, in: &context) }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Vote {
        try within(field) { () throws(DecodingFault) in
            .refuse(try decodedReason(), hasBid ? try bid.decoded("bid", in: context) : nil)
        }
    }

    private func decodedReason() throws(DecodingFault) -> VoteRefusal {
        switch reason {
        case .insufficientStock(let proto):
            try within("insufficient_stock") { () throws(DecodingFault) in
                .insufficientStock(
                    sku: try Check.sku(proto.sku, "sku"),
                    requested: try Check.quantity(proto.requested, "requested"),
                    available: try Check.quantity(proto.available, "available")
                )
            }
        case .unknownSku(let sku): .unknownSKU(try Check.sku(sku, "unknown_sku"))
        case .late: .late
        case .dayFull(let day): .dayFull(try Check.date(day, "day_full"))
        case .shipped: .shipped
        case .ledgerUnavailable: .ledgerUnavailable
        case nil: throw .missing("reason")
        }
    }
}

extension ProtoRefusal {
    init(_ refusal: Refusal, in context: inout EncodingContext) {
        switch refusal {
        case .staleEpoch(let epochMaximum): staleEpoch = epochMaximum
        case .staleSession: staleSession = ProtoNothing()
        case .otherBoot: otherBoot = ProtoNothing()
        case .unknownTransaction(let id):
            unknownTransaction = ProtoTransaction(id, in: &context)
        case .unlawful(let id, let transition):
            unlawful = ProtoUnlawfulTransition(transition, of: id, in: &context)
        case .expired: expired = ProtoNothing()
        case .ledgerUnavailable: ledgerUnavailable = ProtoNothing()
        case .overridden(let id): overridden = ProtoTransaction(id, in: &context)
        case .beingReplaced(let id): beingReplaced = ProtoTransaction(id, in: &context)
        }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Refusal {
        try within(field) { () throws(DecodingFault) in
            switch reason {
            case .staleEpoch(let epoch):
                return .staleEpoch(epochMaximum: try Check.epoch(epoch, "stale_epoch"))
            case .staleSession: return .staleSession
            case .otherBoot: return .otherBoot
            case .unknownTransaction(let proto):
                return .unknownTransaction(
                    try proto.decoded("unknown_transaction", in: context)
                )
            case .unlawful(let proto): return try proto.decoded("unlawful", in: context)
            case .expired: return .expired
            case .ledgerUnavailable: return .ledgerUnavailable
            case .overridden(let proto):
                return .overridden(try proto.decoded("overridden", in: context))
            case .beingReplaced(let proto):
                return .beingReplaced(try proto.decoded("being_replaced", in: context))
            case nil: throw .missing("reason")
            }
        }
    }
}

extension ProtoOverride {
    init(_ override: HoldOverride, in context: inout EncodingContext) {
        transaction = ProtoTransaction(override.transaction, in: &context)
        choice =
            switch override.choice {
            case .confirm: .confirm
            case .release: .release
            }
        who = override.who
        reason = override.reason
        atMilliseconds = override.at.milliseconds
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> HoldOverride {
        guard hasTransaction else { throw .missing("transaction") }
        return HoldOverride(
            transaction: try transaction.decoded("transaction", in: context),
            choice: try choice.decoded(),
            who: try Check.words(who, "who"),
            reason: try Check.words(reason, "reason"),
            at: try Check.instant(atMilliseconds)
        )
    }
}

extension ProtoSiteReport {
    func decoded(
        in context: DecodingContext
    ) throws(DecodingFault) -> (refusals: [PickRefusal], counts: [CountReport]) {
        (
            try refusals.decoded("refusals") { (proto) throws(DecodingFault) in
                try proto.decoded(in: context)
            },
            try counts.decoded("counts") { (proto) throws(DecodingFault) in
                try proto.decoded()
            }
        )
    }
}

extension ProtoCountReport {
    init(_ report: CountReport) {
        entry = report.entry
        sku = report.sku.code
        lot = report.lot?.rawValue ?? ""
        recorded = report.recorded.units
        counted = report.counted.units
        who = report.who
        atMilliseconds = report.at.milliseconds
    }

    func decoded() throws(DecodingFault) -> CountReport {
        CountReport(
            entry: try Check.number(entry, in: 1...Int64.max, "entry"),
            sku: try Check.sku(sku, "sku"),
            lot: lot.isEmpty ? nil : try Check.name(lot, "lot"),
            recorded: try Check.quantity(recorded, "recorded"),
            counted: try Check.quantity(counted, "counted"),
            who: try Check.words(who, "who"),
            at: try Check.instant(atMilliseconds)
        )
    }
}

extension ProtoPickRefusal {
    init(_ refusal: PickRefusal, in context: inout EncodingContext) {
        transaction = ProtoTransaction(refusal.transaction, in: &context)
        sku = refusal.sku.code
        lot = refusal.lot?.rawValue ?? ""
        quantity = refusal.quantity.units
        reason =
            switch refusal.reason {
            case .damaged: .damaged
            case .notFound: .notFound
            case .expired: .expired
            }
        who = refusal.who
        atMilliseconds = refusal.at.milliseconds
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> PickRefusal {
        guard hasTransaction else { throw .missing("transaction") }
        let reason: PickRefusal.Reason =
            switch self.reason {
            case .damaged: .damaged
            case .notFound: .notFound
            case .expired: .expired
            case .unspecified: throw .missing("reason")
            case .UNRECOGNIZED(let value):
                throw .unlawful(field: "reason", why: "is \(value), which is unknown")
            }
        return PickRefusal(
            transaction: try transaction.decoded("transaction", in: context),
            sku: try Check.sku(sku, "sku"),
            lot: lot.isEmpty ? nil : try Check.name(lot, "lot"),
            quantity: Quantity(
                try Check.number(
                    quantity,
                    in: 1...Limits.quantityMaximum,
                    "quantity"
                )
            ),
            reason: reason,
            who: try Check.words(who, "who"),
            at: try Check.instant(atMilliseconds)
        )
    }
}

extension ProtoShipmentReport {
    init(_ report: ShipmentReport, in context: inout EncodingContext) {
        transaction = ProtoTransaction(report.transaction, in: &context)
        who = report.who
        atMilliseconds = report.at.milliseconds
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> ShipmentReport {
        guard hasTransaction else { throw .missing("transaction") }
        return ShipmentReport(
            transaction: try transaction.decoded("transaction", in: context),
            who: try Check.words(who, "who"),
            at: try Check.instant(atMilliseconds)
        )
    }
}

extension ProtoOverride.Choice {
    func decoded() throws(DecodingFault) -> HoldOverride.Choice {
        switch self {
        case .confirm: .confirm
        case .release: .release
        case .unspecified: throw .missing("choice")
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "choice", why: "is \(value), which is unknown")
        }
    }
}

extension ProtoUnlawfulTransition {
    init(
        _ transition: Reservation.UnlawfulTransition,
        of id: TransactionID,
        in context: inout EncodingContext
    ) {
        transaction = ProtoTransaction(id, in: &context)
        status = Status(transition.status)
        event = Event(transition.event)
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Refusal {
        try within(field) { () throws(DecodingFault) in
            guard hasTransaction else { throw .missing("transaction") }
            return .unlawful(
                try transaction.decoded("transaction", in: context),
                Reservation.UnlawfulTransition(
                    status: try status.decoded(),
                    event: try event.decoded()
                )
            )
        }
    }
}

extension ProtoUnlawfulTransition.Status {
    init(_ status: Reservation.Status) {
        self =
            switch status {
            case .held: .held
            case .voted: .voted
            case .confirmed: .confirmed
            case .released: .released
            case .expired: .expired
            case .shipped: .shipped
            }
    }

    func decoded() throws(DecodingFault) -> Reservation.Status {
        switch self {
        case .held: .held
        case .voted: .voted
        case .confirmed: .confirmed
        case .released: .released
        case .expired: .expired
        case .shipped: .shipped
        case .unspecified: throw .missing("status")
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "status", why: "is \(value), which is unknown")
        }
    }
}

extension ProtoUnlawfulTransition.Event {
    init(_ event: Reservation.Event) {
        self =
            switch event {
            case .vote: .vote
            case .confirm: .confirm
            case .release: .release
            case .expire: .expire
            case .ship: .ship
            }
    }

    func decoded() throws(DecodingFault) -> Reservation.Event {
        switch self {
        case .vote: .vote
        case .confirm: .confirm
        case .release: .release
        case .expire: .expire
        case .ship: .ship
        case .unspecified: throw .missing("event")
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "event", why: "is \(value), which is unknown")
        }
    }
}
