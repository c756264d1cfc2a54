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
        start = batch.start
        decisions = batch.decisions
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
            start: start,
            decisions: try Check.natural(decisions, "decisions"),
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
        case .report(let session, let after):
            report = ProtoReportRequest(session, after: after, in: &context)
        case .restore(let session, let restoration):
            restore = ProtoRestoreRequest(restoration, in: session, context: &context)
        case .activate(let session): activate = ProtoSession(session)
        case .bid(let request): bid = ProtoBidRequest(request)
        case .reserve(let request): reserve = ProtoReserveRequest(request, in: &context)
        case .confirm(let id): confirm = ProtoTransaction(id, in: &context)
        case .release(let id): release = ProtoTransaction(id, in: &context)
        case .cancel(let id): cancel = ProtoTransaction(id, in: &context)
        case .noteOverride(let id): noteOverride = ProtoTransaction(id, in: &context)
        case .noteShipment(let id): noteShipment = ProtoTransaction(id, in: &context)
        case .noteRefusal(let id, let instant):
            noteRefusal = ProtoNoteRefusal(id, at: instant, in: &context)
        case .noteCounts(let entry): noteCounts = ProtoCountMark(through: entry)
        case .noteLease(let lease, let isWrittenOff):
            noteLease = ProtoNoteLease(lease, isWrittenOff: isWrittenOff)
        case .closeLease(let lease, let kept): closeLease = ProtoCloseLease(lease, kept: kept)
        case .drain(let ruling): drain = ProtoDrainRequest(ruling, in: &context)
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
        case .report(let proto): return try proto.decoded("report", in: context)
        case .restore(let proto): return try proto.decoded("restore", in: context)
        case .noteOverride(let proto):
            return .noteOverride(try proto.decoded("note_override", in: context))
        case .noteShipment(let proto):
            return .noteShipment(try proto.decoded("note_shipment", in: context))
        case .noteRefusal(let proto): return try proto.decoded("note_refusal", in: context)
        case .noteCounts(let proto): return .noteCounts(through: try proto.decoded("note_counts"))
        case .noteLease(let proto): return try proto.decoded("note_lease")
        case .closeLease(let proto): return try proto.decoded("close_lease")
        case .drain(let proto): return try proto.decoded("drain", in: context)
        case nil: throw .missing("kind")
        }
    }
}

extension ProtoCountMark {
    init(through entry: Int64) {
        through = entry
    }

    func decoded(_ field: String) throws(DecodingFault) -> Int64 {
        try within(field) { () throws(DecodingFault) in try Check.natural(through, "through") }
    }
}

extension ProtoNoteRefusal {
    init(_ id: TransactionID, at instant: Timestamp, in context: inout EncodingContext) {
        transaction = ProtoTransaction(id, in: &context)
        atMilliseconds = instant.milliseconds
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Request {
        try within(field) { () throws(DecodingFault) in
            guard hasTransaction else { throw .missing("transaction") }
            return .noteRefusal(
                try transaction.decoded("transaction", in: context),
                at: try Check.instant(atMilliseconds)
            )
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

extension ProtoReportRequest {
    init(
        _ session: SessionID,
        after: TransactionID?,
        in context: inout EncodingContext
    ) {
        self.session = ProtoSession(session)
        if let after { self.after = ProtoTransaction(after, in: &context) }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Request {
        try within(field) { () throws(DecodingFault) in
            guard hasSession else { throw .missing("session") }
            return .report(
                try session.decoded("session"),
                after: hasAfter ? try after.decoded("after", in: context) : nil
            )
        }
    }
}

extension ProtoRestoreRequest {
    init(
        _ restoration: Restoration,
        in session: SessionID,
        context: inout EncodingContext
    ) {
        self.session = ProtoSession(session)
        incarnation = restoration.incarnation
        confirmed = restoration.rulings.filter { !$0.isCancelled }
            .map { ProtoReserveRequest($0.request, in: &context) }
        cancelled = restoration.rulings.filter(\.isCancelled)
            .map { ProtoReserveRequest($0.request, in: &context) }
        shipped = restoration.rulings.compactMap(\.shipment)
            .map { ProtoShipmentReport($0, in: &context) }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Request {
        try within(field) { () throws(DecodingFault) in
            guard hasSession else { throw .missing("session") }
            return .restore(
                try session.decoded("session"),
                Restoration(
                    incarnation: try Check.natural(incarnation, "incarnation"),
                    rulings: try decodedRulings(in: context)
                )
            )
        }
    }

    private func decodedRulings(in context: DecodingContext) throws(DecodingFault) -> [Ruling] {
        let reports = try shipped.decoded("shipped") { (proto) throws(DecodingFault) in
            try proto.decoded(in: context)
        }
        var shipped: [TransactionID: ShipmentReport] = [:]
        for report in reports { shipped[report.transaction] = report }
        let confirmed = try confirmed.decoded("confirmed") { (proto) throws(DecodingFault) in
            try proto.ruling(isCancelled: false, shipped, in: context)
        }
        let cancelled = try cancelled.decoded("cancelled") { (proto) throws(DecodingFault) in
            try proto.ruling(isCancelled: true, shipped, in: context)
        }
        return (confirmed + cancelled)
            .sorted { $0.request.transaction < $1.request.transaction }
    }
}

extension ProtoReserveRequest {
    fileprivate func ruling(
        isCancelled: Bool,
        _ shipped: [TransactionID: ShipmentReport],
        in context: DecodingContext
    ) throws(DecodingFault) -> Ruling {
        let request = try decoded(in: context)
        return Ruling(
            request: request,
            isCancelled: isCancelled,
            shipment: shipped[request.transaction]
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
            proto.everyLot = line.namesEveryLot
            return proto
        }
        destination = [ProtoDestination(request.destination)]
        serviceLevel = ProtoServiceLevel(request.serviceLevel)
        currency = request.currency.code
        purpose = request.insists ? .orderInsisting : Purpose(request.purpose)
        // A round that ended while this waited has nothing left; its receiver drops it.
        remainingMilliseconds = min(
            max(0, request.remainingMilliseconds),
            Limits.remainingMillisecondsMaximum
        )
        replacing = request.replacing ?? 0
    }

    func decoded(_ field: String) throws(DecodingFault) -> BidRequest {
        try within(field) { () throws(DecodingFault) in try decoded() }
    }

    private func decoded() throws(DecodingFault) -> BidRequest {
        guard let destination = destination.last else { throw .missing("destination") }
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
                        quantity: try Check.quantity(proto.quantity, "quantity"),
                        namesEveryLot: proto.everyLot
                    )
                },
            destination: try destination.decoded("destination"),
            serviceLevel: try serviceLevel.decoded("service_level"),
            currency: try Check.currency(currency, "currency"),
            purpose: try purpose.decoded(),
            insists: purpose == .orderInsisting,
            remainingMilliseconds: try Check.number(
                remainingMilliseconds,
                in: 0...Limits.remainingMillisecondsMaximum,
                "remaining_milliseconds"
            ),
            replacing: replacing == 0 ? nil : try Check.natural(replacing, "replacing")
        )
    }
}

extension ProtoBidRequest.Purpose {
    init(_ purpose: BidRequest.Purpose) {
        self =
            switch purpose {
            case .order: .order
            case .availability: .availability
            case .quote: .quote
            }
    }

    init(_ completeness: Completeness) {
        self =
            switch completeness {
            case .complete: .order
            case .lineComplete: .orderByLine
            case .partial: .orderInPart
            }
    }

    /// How much of an order must be found; all of it where nothing is said.
    var completeness: Completeness {
        switch self {
        case .orderByLine: .lineComplete
        case .orderInPart: .partial
        case .order, .orderInsisting, .availability, .quote, .UNRECOGNIZED: .complete
        }
    }

    func decoded() throws(DecodingFault) -> BidRequest.Purpose {
        switch self {
        case .order, .orderInsisting, .orderByLine, .orderInPart: .order
        case .availability: .availability
        case .quote: .quote
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
        isPostOfficeBox = destination.isPostOfficeBox
        accessorials = UInt32(destination.accessorials.bits)
        if destination.delivery != .any { delivery = [ProtoDeliveryTerms(destination.delivery)] }
    }

    func decoded(_ field: String) throws(DecodingFault) -> Destination {
        try within(field) { () throws(DecodingFault) in
            let country = try Check.country(country, "country")
            let region = try Check.text(region, "region")
            guard let needed = Set<Accessorial>(bits: Int(accessorials)) else {
                throw .unlawful(field: "accessorials", why: "is \(accessorials), which is unknown")
            }
            let delivery =
                try delivery
                .decoded("delivery") { (proto) throws(DecodingFault) in
                    try proto.decoded()
                }
                .last ?? .any
            return try Check.parsed("postal_code") { () throws(ParseError) in
                try Destination(
                    country: country,
                    parsingPostalCode: postalCode,
                    region: region,
                    isResidential: isResidential,
                    isPostOfficeBox: isPostOfficeBox,
                    accessorials: needed,
                    delivery: delivery
                )
            }
        }
    }
}

extension ProtoDeliveryTerms {
    init(_ delivery: DeliveryTerms) {
        receivingDays = delivery.receiving == .everyDay ? 0 : UInt32(delivery.receiving.bits)
        if let day = delivery.notBefore { notBefore = Int32(clamping: day.daysSinceEpoch) }
        if let day = delivery.by { deliverBy = Int32(clamping: day.daysSinceEpoch) }
        if let hours = delivery.hours {
            fromMinute = hours.from.minute32
            untilMinute = hours.until.minute32
        }
        if let time = delivery.notBeforeTime { notBeforeMinute = time.minute32 }
        if let time = delivery.byTime { byMinute = time.minute32 }
    }

    func decoded() throws(DecodingFault) -> DeliveryTerms {
        let bits = receivingDays == 0 ? 127 : Int(receivingDays)
        guard let receiving = Weekdays(bits: bits) else {
            throw .unlawful(field: "receiving_days", why: "is \(bits); seven days have seven bits")
        }
        let first = hasNotBefore ? try Check.date(notBefore, "not_before") : nil
        let last = hasDeliverBy ? try Check.date(deliverBy, "deliver_by") : nil
        let hours = try Check.hours(
            from: hasFromMinute ? fromMinute : nil,
            until: hasUntilMinute ? untilMinute : nil
        )
        let from = hasNotBeforeMinute ? try Check.minute(notBeforeMinute, "not_before_minute") : nil
        let time = hasByMinute ? try Check.minute(byMinute, "by_minute") : nil
        return try Check.parsed("deliver_by") { () throws(ParseError) in
            try DeliveryTerms(
                checkingReceiving: receiving,
                hours: hours,
                notBefore: first,
                notBeforeTime: from,
                by: last,
                byTime: time
            )
        }
    }
}

extension ProtoAccessorial {
    init(_ accessorial: Accessorial) {
        self =
            switch accessorial {
            case .residential: .residential
            case .limitedAccess: .limitedAccess
            case .liftgate: .liftgate
            case .inside: .inside
            case .appointment: .appointment
            case .hazmat: .hazmat
            case .excessiveLength: .excessiveLength
            case .excessiveLength12: .excessiveLength12
            case .excessiveLength16: .excessiveLength16
            case .excessiveLength20: .excessiveLength20
            case .excessiveLength28: .excessiveLength28
            }
    }

    func decoded(_ field: String) throws(DecodingFault) -> Accessorial {
        switch self {
        case .residential: .residential
        case .limitedAccess: .limitedAccess
        case .liftgate: .liftgate
        case .inside: .inside
        case .appointment: .appointment
        case .hazmat: .hazmat
        case .excessiveLength: .excessiveLength
        case .excessiveLength12: .excessiveLength12
        case .excessiveLength16: .excessiveLength16
        case .excessiveLength20: .excessiveLength20
        case .excessiveLength28: .excessiveLength28
        case .unspecified:
            throw .unlawful(field: field, why: "is 0, which is nothing")
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: field, why: "is \(value), which is unknown")
        }
    }
}

extension ProtoAddressKind {
    init(_ kind: AddressKind) {
        self =
            switch kind {
            case .street: .street
            case .postOfficeBox: .postOfficeBox
            case .military: .military
            }
    }

    func decoded(_ field: String) throws(DecodingFault) -> AddressKind {
        switch self {
        case .street: .street
        case .postOfficeBox: .postOfficeBox
        case .military: .military
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: field, why: "is \(value), which is unknown")
        }
    }
}

extension ProtoReserveRequest {
    init(_ request: ReserveRequest, in context: inout EncodingContext) {
        transaction = [ProtoTransaction(request.transaction, in: &context)]
        lines = request.lines.map { ProtoReserveLine($0, among: request.bid.lines) }
        participants = request.participants.map(\.rawValue)
        var asked = ProtoBidRequest(request.bid)
        if request.bid.purpose == .order { asked.purpose = .init(request.completeness) }
        bid = [asked]
        if let carriage = request.carriage { self.carriage = [ProtoCarriage(carriage)] }
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> ReserveRequest {
        guard let transaction = transaction.last else { throw .missing("transaction") }
        guard let asked = bid.last else { throw .missing("bid") }
        let completeness = asked.purpose.completeness
        let bid = try asked.decoded("bid")
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
            bid: bid,
            completeness: completeness,
            carriage:
                try carriage.decoded("carriage") { (proto) throws(DecodingFault) in
                    try proto.decoded()
                }
                .first
        )
    }
}

extension ProtoCarriage {
    init(_ carriage: Carriage) {
        service = carriage.service ?? ""
        leaves = Int32(clamping: carriage.leaves.daysSinceEpoch)
    }

    func decoded() throws(DecodingFault) -> Carriage {
        let leaves = try Check.date(leaves, "leaves")
        guard !service.isEmpty else { return Carriage(service: nil, leaves: leaves) }
        let service: Identifier<Bid.Service> = try Check.name(service, "service")
        return Carriage(service: service.rawValue, leaves: leaves)
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
        if line.lots != .any { lots = [ProtoLotTerms(line.lots)] }
    }

    func decoded(among bidLines: [BidRequest.Line]) throws(DecodingFault) -> Reservation.Line {
        Reservation.Line(
            sku: try decodedSKU(among: bidLines),
            quantity: try Check.quantity(quantity, "quantity"),
            lots: try lots
                .decoded("lots") { (proto) throws(DecodingFault) in try proto.decoded() }
                .first ?? .any
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
