import AllocationModel
import AllocationProtocol

extension ProtoRequestBatch {
    init(_ batch: RequestBatch) {
        var context = EncodingContext(coordinator: batch.coordinator)
        versionMajor = Wire.versionMajor
        versionMinor = Wire.versionMinor
        coordinator = batch.coordinator.rawValue
        epoch = batch.epoch
        if let session = batch.session { self.session = ProtoSession(session) }
        endedBelow = batch.endedBelow
        requests = batch.requests.map { ProtoRequest($0, in: &context) }
    }

    func decoded() throws(DecodingFault) -> RequestBatch {
        var context = DecodingContext()
        let coordinator: Coordinator.ID = try Check.name(coordinator, "coordinator")
        context.coordinator = coordinator
        return RequestBatch(
            coordinator: coordinator,
            epoch: try Check.epoch(epoch, "epoch"),
            session: hasSession ? try session.decoded("session") : nil,
            endedBelow: try Check.natural(endedBelow, "ended_below"),
            requests: try requests.decoded("requests") { (proto) throws(DecodingFault) in
                try proto.decoded(in: context)
            }
        )
    }
}

extension ProtoRequest {
    init(_ request: Request, in context: inout EncodingContext) {
        switch request {
        case .greet: greet = ProtoNothing()
        case .challenge(let boot, let session, let known):
            challenge = ProtoChallenge(boot: boot, session: session, known: known)
        case .activate(let session): activate = ProtoSession(session)
        case .bid(let request): bid = ProtoBidRequest(request)
        case .reserve(let request): reserve = ProtoReserveRequest(request, in: &context)
        case .confirm(let id): confirm = ProtoTransaction(id, in: &context)
        case .release(let id): release = ProtoTransaction(id, in: &context)
        case .cancel(let id): cancel = ProtoTransaction(id, in: &context)
        }
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> Request {
        switch kind {
        case .greet: return .greet
        case .challenge(let proto):
            return try within("challenge") { () throws(DecodingFault) in try proto.decoded() }
        case .activate(let proto): return .activate(try proto.decoded("activate"))
        case .bid(let proto): return .bid(try proto.decoded("bid"))
        case .reserve(let proto):
            return .reserve(
                try within("reserve") { () throws(DecodingFault) in
                    try proto.decoded(in: context)
                }
            )
        case .confirm(let proto): return .confirm(try proto.decoded("confirm", in: context))
        case .release(let proto): return .release(try proto.decoded("release", in: context))
        case .cancel(let proto): return .cancel(try proto.decoded("cancel", in: context))
        case nil: throw .missing("kind")
        }
    }
}

extension ProtoChallenge {
    init(boot: BootID, session: SessionID, known: HistoryMark) {
        bootHigh = boot.high
        bootLow = boot.low
        self.session = ProtoSession(session)
        self.known = ProtoHistoryMark(known)
    }

    func decoded() throws(DecodingFault) -> Request {
        guard hasSession else { throw .missing("session") }
        guard hasKnown else { throw .missing("known") }
        return .challenge(
            boot: BootID(high: bootHigh, low: bootLow),
            session: try session.decoded("session"),
            known: try known.decoded("known")
        )
    }
}

extension ProtoBidRequest {
    init(_ request: BidRequest) {
        order = request.round.order.rawValue
        attempt = request.round.attempt
        lines = request.lines.map { line in
            var proto = ProtoBidLine()
            proto.sku = line.sku.code
            proto.quantity = line.quantity.units
            return proto
        }
        destination = ProtoDestination(request.destination)
        serviceLevel = ProtoServiceLevel(request.serviceLevel)
        currency = request.currency.code
        purpose = Purpose(request.purpose)
        // A round that ended while this waited has nothing left; its receiver drops it.
        remainingMilliseconds = min(
            max(0, request.remainingMilliseconds),
            Limits.remainingMillisecondsMaximum
        )
    }

    func decoded(_ field: String) throws(DecodingFault) -> BidRequest {
        try within(field) { () throws(DecodingFault) in try decoded() }
    }

    private func decoded() throws(DecodingFault) -> BidRequest {
        guard hasDestination else { throw .missing("destination") }
        return BidRequest(
            round: RoundID(
                order: try Check.name(order, "order"),
                attempt: try Check.natural(attempt, "attempt")
            ),
            lines: try lines.orFault(ifEmpty: "lines")
                .decoded("lines") {
                    (proto) throws(DecodingFault) in
                    BidRequest.Line(
                        sku: try Check.sku(proto.sku, "sku"),
                        quantity: try Check.quantity(proto.quantity, "quantity")
                    )
                },
            destination: try destination.decoded("destination"),
            serviceLevel: try serviceLevel.decoded("service_level"),
            currency: try Check.currency(currency, "currency"),
            purpose: try purpose.decoded(),
            remainingMilliseconds: try Check.number(
                remainingMilliseconds,
                in: 0...Limits.remainingMillisecondsMaximum,
                "remaining_milliseconds"
            )
        )
    }
}

extension ProtoBidRequest.Purpose {
    init(_ purpose: BidRequest.Purpose) {
        self =
            switch purpose {
            case .order: .order
            case .availability: .availability
            }
    }

    func decoded() throws(DecodingFault) -> BidRequest.Purpose {
        switch self {
        case .order: .order
        case .availability: .availability
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "purpose", why: "is \(value), which is unknown")
        }
    }
}

extension ProtoDestination {
    init(_ destination: Destination) {
        country = destination.country.code
        postalCode = destination.postalCode
        region = destination.region
        isResidential = destination.isResidential
    }

    func decoded(_ field: String) throws(DecodingFault) -> Destination {
        try within(field) { () throws(DecodingFault) in
            let country = try Check.country(country, "country")
            let region = try Check.text(region, "region")
            return try Check.parsed("postal_code") { () throws(ParseError) in
                try Destination(
                    country: country,
                    parsingPostalCode: postalCode,
                    region: region,
                    isResidential: isResidential
                )
            }
        }
    }
}

extension ProtoReserveRequest {
    init(_ request: ReserveRequest, in context: inout EncodingContext) {
        transaction = ProtoTransaction(request.transaction, in: &context)
        lines = request.lines.map { ProtoReserveLine($0, among: request.bid.lines) }
        participants = request.participants.map(\.rawValue)
        bid = ProtoBidRequest(request.bid)
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> ReserveRequest {
        guard hasTransaction else { throw .missing("transaction") }
        guard hasBid else { throw .missing("bid") }
        let bid = try bid.decoded("bid")
        return ReserveRequest(
            transaction: try transaction.decoded("transaction", in: context),
            lines: try lines.orFault(ifEmpty: "lines")
                .decoded("lines") {
                    (proto) throws(DecodingFault) in try proto.decoded(among: bid.lines)
                },
            participants: try participants.orFault(ifEmpty: "participants")
                .decoded(
                    "participants"
                ) { (text) throws(DecodingFault) in try Check.name(text, "") },
            bid: bid
        )
    }
}

extension ProtoReserveLine {
    init(_ line: Reservation.Line, among bidLines: [BidRequest.Line]) {
        if let index = bidLines.firstIndex(where: { $0.sku == line.sku }) {
            bidLine = Int32(clamping: index + 1)
        } else {
            sku = line.sku.code
        }
        quantity = line.quantity.units
    }

    func decoded(among bidLines: [BidRequest.Line]) throws(DecodingFault) -> Reservation.Line {
        Reservation.Line(
            sku: try decodedSKU(among: bidLines),
            quantity: try Check.quantity(quantity, "quantity")
        )
    }

    private func decodedSKU(among bidLines: [BidRequest.Line]) throws(DecodingFault) -> SKU {
        if bidLine == 0 { return try Check.sku(sku, "sku") }
        guard (1...Int32(clamping: bidLines.count)).contains(bidLine) else {
            throw .unlawful(
                field: "bid_line",
                why: "is \(bidLine); the bid has \(bidLines.count) lines"
            )
        }
        return bidLines[Int(bidLine) - 1].sku
    }
}

extension ProtoTransaction {
    init(_ id: TransactionID, in context: inout EncodingContext) {
        epoch = id.epoch
        counter = id.counter
        coordinator = context.name(of: id.coordinator)
    }

    func decoded(
        _ field: String,
        in context: DecodingContext
    ) throws(DecodingFault) -> TransactionID {
        try within(field) { () throws(DecodingFault) in
            TransactionID(
                coordinator: try context.coordinator(coordinator),
                epoch: try Check.epoch(epoch, "epoch"),
                counter: try Check.number(
                    counter,
                    in: 0...TransactionID.counterMaximum,
                    "counter"
                )
            )
        }
    }
}

extension ProtoSession {
    init(_ session: SessionID) {
        epoch = session.epoch
        number = session.number
    }

    func decoded(_ field: String) throws(DecodingFault) -> SessionID {
        try within(field) { () throws(DecodingFault) in
            SessionID(
                epoch: try Check.epoch(epoch, "epoch"),
                number: try Check.natural(number, "number")
            )
        }
    }
}

extension ProtoHistoryMark {
    init(_ mark: HistoryMark) {
        entry = mark.entry
        chain = mark.chain
    }

    func decoded(_ field: String) throws(DecodingFault) -> HistoryMark {
        try within(field) { () throws(DecodingFault) in
            HistoryMark(entry: try Check.natural(entry, "entry"), chain: chain)
        }
    }
}
