import AllocationModel
import AllocationProtocol

extension ProtoBid {
    init(_ bid: Bid, in context: inout EncodingContext) {
        warehouse = context.name(of: bid.warehouse)
        offers = bid.offers.map(ProtoOffer.init)
        services = bid.services.map { ProtoService($0, in: &context) }
        fixedCost = bid.fixedCost.tenThousandths
        declines = bid.declines.map(ProtoDecline.init)
        incoming = bid.incoming.map(ProtoIncoming.init)
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Bid {
        try within(field) { () throws(DecodingFault) in try decoded(in: context) }
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> Bid {
        let offers = try offers.decoded("offers") { (proto) throws(DecodingFault) in
            try proto.decoded()
        }
        guard zip(offers, offers.dropFirst()).allSatisfy({ $0.line < $1.line }) else {
            throw .unlawful(field: "offers", why: "is not in rising order of lines")
        }
        let services = try services.decoded("services") { (proto) throws(DecodingFault) in
            try proto.decoded(in: context)
        }
        let departures = services.map { "\($0.leaves.daysSinceEpoch) \($0.code)" }
        guard Set(departures).count == services.count else {
            throw .unlawful(field: "services", why: "has one code twice for one day")
        }
        for (index, service) in services.enumerated() {
            try within("services[\(index)]") { () throws(DecodingFault) in
                try Self.check(service.packings, of: offers)
            }
        }
        let incoming = try incoming.decoded("incoming") { (proto) throws(DecodingFault) in
            try proto.decoded()
        }
        guard zip(incoming, incoming.dropFirst()).allSatisfy({ $0.line <= $1.line }) else {
            throw .unlawful(field: "incoming", why: "is not in rising order of lines")
        }
        return Bid(
            warehouse: try context.warehouse(warehouse),
            offers: offers,
            services: services,
            fixedCost: try Check.cost(fixedCost, "fixed_cost"),
            declines: try declines.decoded("declines") { (proto) throws(DecodingFault) in
                try proto.decoded()
            },
            incoming: incoming
        )
    }

    /// Holds what a service says of lines against what is offered of them.
    private static func check(
        _ packings: [Bid.Packing],
        of offers: [Bid.Offer]
    ) throws(DecodingFault) {
        guard zip(packings, packings.dropFirst()).allSatisfy({ $0.line < $1.line }) else {
            throw .unlawful(field: "packings", why: "is not in rising order of lines")
        }
        for (index, packing) in packings.enumerated() {
            let field = "packings[\(index)]"
            guard let offer = offers.first(where: { $0.line == packing.line }) else {
                throw .unlawful(
                    field: "\(field).line",
                    why: "is \(packing.line), which is not offered"
                )
            }
            let units = offer.quantity.units
            try Check.product(
                packing.unitBillableWeight.grams,
                units,
                atMost: Limits.loadWeightMaximum,
                "\(field).unit_billable_weight",
                "makes the offer heavier than any load may be"
            )
            try Check.product(
                packing.unitCharge.tenThousandths,
                units,
                atMost: Limits.costMaximum,
                "\(field).unit_charge",
                "makes the offer dearer than any cost may be"
            )
        }
    }
}

extension ProtoIncoming {
    init(_ incoming: Bid.Incoming) {
        line = Int32(clamping: incoming.line)
        receipt = incoming.receipt.rawValue
        quantity = incoming.quantity.units
        let day = incoming.expected.daysSinceEpoch
        expected = Int32(clamping: day)
        if let leaves = incoming.leaves {
            leavesAfter = Int32(clamping: leaves.daysSinceEpoch - day)
        }
        if let arrives = incoming.arrives {
            arrivesAfter = Int32(clamping: arrives.daysSinceEpoch - day)
        }
    }

    func decoded() throws(DecodingFault) -> Bid.Incoming {
        let day = try Check.date(expected, "expected")
        let units = try Check.quantity(quantity, "quantity")
        guard !units.isZero else { throw .missing("quantity") }
        let leaves = hasLeavesAfter ? leavesAfter : nil
        let arrives = hasArrivesAfter ? arrivesAfter : nil
        return Bid.Incoming(
            line: try Check.lineIndex(line, "line"),
            receipt: try Check.name(receipt, "receipt"),
            quantity: units,
            expected: day,
            leaves: try leaves.map { (days) throws(DecodingFault) in
                try Self.day(day, after: days, "leaves_after")
            },
            arrives: try arrives.map { (days) throws(DecodingFault) in
                try Self.day(day, after: days, "arrives_after")
            }
        )
    }

    private static func day(
        _ day: CivilDate,
        after days: Int32,
        _ field: String
    ) throws(DecodingFault) -> CivilDate {
        let last = Limits.daysSinceEpoch.upperBound - Int64(day.daysSinceEpoch)
        let most = min(Limits.standingDaysMaximum, last)
        return day.adding(days: Int(try Check.number(Int64(days), in: 0...most, field)))
    }
}

extension ProtoPacking {
    init(_ packing: Bid.Packing) {
        line = Int32(clamping: packing.line)
        unitBillableWeight = packing.unitBillableWeight.grams
        unitCharge = packing.unitCharge.tenThousandths
    }

    func decoded() throws(DecodingFault) -> Bid.Packing {
        let weight = try Check.number(
            unitBillableWeight,
            in: 0...Limits.unitWeightMaximum,
            "unit_billable_weight"
        )
        return Bid.Packing(
            line: try Check.lineIndex(line, "line"),
            unitBillableWeight: Weight(grams: weight),
            unitCharge: try Check.cost(unitCharge, "unit_charge")
        )
    }
}

extension ProtoOffer {
    init(_ offer: Bid.Offer) {
        line = Int32(clamping: offer.line)
        tierQuantities = offer.tiers.map(\.quantity.units)
        if offer.tiers.contains(where: { $0.scarcityCost != .zero }) {
            tierScarcityCosts = offer.tiers.map(\.scarcityCost.tenThousandths)
        }
        lots = offer.lots.map(ProtoLotOffer.init)
        pickCost = offer.pickCost.tenThousandths
        unitWeight = offer.unitWeight.grams
        unitBillableExcess = offer.unitBillableWeight.grams - offer.unitWeight.grams
        freightClass = ProtoFreightClass(offer.freightClass)
        segregationGroup = Int32(clamping: offer.segregationGroup)
        multiple = offer.multiple == 1 ? 0 : offer.multiple
        if let units = offer.available?.units { available = units }
    }

    func decoded() throws(DecodingFault) -> Bid.Offer {
        let weight = try Check.number(
            unitWeight,
            in: 0...Limits.unitWeightMaximum,
            "unit_weight"
        )
        // Both bounds are known to fit: the weight is small.
        let excess = try Check.number(
            unitBillableExcess,
            in: -weight...Limits.unitWeightMaximum - weight,
            "unit_billable_excess"
        )
        let tiers = try decodedTiers()
        let units = tiers.reduce(0) { $0 + $1.quantity.units }
        try Check.product(
            max(weight, weight + excess),
            units,
            atMost: Limits.loadWeightMaximum,
            "unit_weight",
            "makes the offer heavier than any load may be"
        )
        return Bid.Offer(
            line: try Check.lineIndex(line, "line"),
            tiers: tiers,
            lots: try lots.decoded("lots") { (proto) throws(DecodingFault) in
                try proto.decoded()
            },
            pickCost: try Check.cost(pickCost, "pick_cost"),
            unitWeight: Weight(grams: weight),
            unitBillableWeight: Weight(grams: weight + excess),
            freightClass: try freightClass.decoded(),
            segregationGroup: Int(
                try Check.number(
                    Int64(segregationGroup),
                    in: 0...Limits.segregationGroupMaximum,
                    "segregation_group"
                )
            ),
            multiple: max(
                1,
                try Check.number(multiple, in: 0...Limits.quantityMaximum, "multiple")
            ),
            available: hasAvailable ? try Check.quantity(available, "available") : nil
        )
    }

    private func decodedTiers() throws(DecodingFault) -> [Bid.Tier] {
        let quantities = try tierQuantities.orFault(ifEmpty: "tier_quantities")
        guard tierScarcityCosts.isEmpty || tierScarcityCosts.count == quantities.count else {
            throw .unlawful(
                field: "tier_scarcity_costs",
                why: "has \(tierScarcityCosts.count) costs for \(quantities.count) tiers"
            )
        }
        var tiers: [Bid.Tier] = []
        tiers.reserveCapacity(quantities.count)
        for index in quantities.indices {
            let quantity = try Check.quantity(quantities[index], "tier_quantities[\(index)]")
            let cost =
                tierScarcityCosts.isEmpty
                ? Cost.zero
                : try Check.cost(tierScarcityCosts[index], "tier_scarcity_costs[\(index)]")
            try Check.product(
                cost.tenThousandths,
                quantity.units,
                atMost: Limits.costMaximum,
                "tier_scarcity_costs[\(index)]",
                "makes the tier dearer than any cost may be"
            )
            tiers.append(Bid.Tier(quantity: quantity, scarcityCost: cost))
        }
        return tiers
    }
}

extension ProtoLotOffer {
    init(_ offer: Bid.LotOffer) {
        lot = offer.lot.rawValue
        quantity = offer.quantity.units
        if let date = offer.expires { expires = Int32(clamping: date.daysSinceEpoch) }
        certificates = offer.certificates
    }

    func decoded() throws(DecodingFault) -> Bid.LotOffer {
        Bid.LotOffer(
            lot: try Check.name(lot, "lot"),
            quantity: try Check.quantity(quantity, "quantity"),
            expires: hasExpires ? try Check.date(expires, "expires") : nil,
            certificates: try certificates.decoded("certificates") {
                (text) throws(DecodingFault) in try Check.text(text, "")
            }
        )
    }
}

extension ProtoService {
    init(_ service: Bid.Service, in context: inout EncodingContext) {
        code = service.code
        carrier = service.carrier
        level = ProtoServiceLevel(service.level)
        tariff = Int32(clamping: context.index(of: service.tariff))
        handling = service.handling.tenThousandths
        zone = service.zone
        leaves = Int32(clamping: service.leaves.daysSinceEpoch)
        arrives = Int32(clamping: service.arrives.daysSinceEpoch)
        if let time = service.arrivesFrom { arrivesFrom = time.minute32 }
        if let time = service.arrivesBy { arrivesBy = time.minute32 }
        cutoff = Int32(clamping: service.cutoff.minutesSinceMidnight)
        cutoffDaysBefore = Int32(
            clamping: service.leaves.daysSinceEpoch - service.cutoffDate.daysSinceEpoch
        )
        if let time = service.leavesBy {
            leaving = [ProtoLeaving(time, last: service.lastCutoff, unlike: service.cutoff)]
        }
        blockedLines = service.blockedLines.map { Int32(clamping: $0) }
        packings = service.packings.map(ProtoPacking.init)
        pricing = Pricing(service.pricing)
    }

    func decoded(in context: DecodingContext) throws(DecodingFault) -> Bid.Service {
        let code: Identifier<Bid.Service> = try Check.name(code, "code")
        let leaves = try Check.date(leaves, "leaves")
        let daysBefore = try Check.number(
            Int64(cutoffDaysBefore),
            in: Limits.cutoffDaysBefore,
            "cutoff_days_before"
        )
        let cutoff = try Check.minute(cutoff, "cutoff")
        let left =
            try leaving.decoded("leaving") { (proto) throws(DecodingFault) in
                try proto.decoded(on: leaves, or: cutoff)
            }
            .last
        return Bid.Service(
            code: code.rawValue,
            carrier: try Check.text(carrier, "carrier"),
            level: try level.decoded("level"),
            tariff: try context.tariff(tariff),
            handling: try Check.cost(handling, "handling"),
            zone: try Check.text(zone, "zone"),
            leaves: leaves,
            arrives: try Check.date(arrives, "arrives"),
            arrivesFrom: hasArrivesFrom ? try Check.minute(arrivesFrom, "arrives_from") : nil,
            arrivesBy: hasArrivesBy ? try Check.minute(arrivesBy, "arrives_by") : nil,
            cutoff: cutoff,
            cutoffDate: leaves.adding(days: -Int(daysBefore)),
            leavesBy: left?.leavesBy,
            lastCutoff: left?.lastCutoff,
            blockedLines: try blockedLines.decoded("blocked_lines") {
                (line) throws(DecodingFault) in try Check.lineIndex(line, "")
            },
            packings: try packings.decoded("packings") { (proto) throws(DecodingFault) in
                try proto.decoded()
            },
            pricing: try pricing.decoded()
        )
    }
}

extension ProtoLeaving {
    init(_ time: LocalTime, last: LocalTime?, unlike cutoff: TimeOfDay? = nil) {
        utcOffset = Int32(clamping: time.utcOffset)
        if time.time != cutoff { leavesBy = time.time.minute32 }
        guard let last else { return }
        lastCutoffDays = Int32(clamping: last.date.daysSinceEpoch - time.date.daysSinceEpoch)
        lastCutoff = last.time.minute32
        lastCutoffShift = Int32(clamping: last.utcOffset - time.utcOffset)
    }

    /// Reads until when goods must be on their way on a day, and may be at the last.
    func decoded(
        on leaves: CivilDate,
        or cutoff: TimeOfDay? = nil
    ) throws(DecodingFault) -> (leavesBy: LocalTime, lastCutoff: LocalTime?) {
        let said = hasLeavesBy ? try Check.minute(leavesBy, "leaves_by") : cutoff
        guard let said else { throw .missing("leaves_by") }
        let first = LocalTime(
            date: leaves,
            time: said,
            utcOffset: try Check.utcOffset(utcOffset, "utc_offset")
        )
        return (first, hasLastCutoffDays ? try decodedLastCutoff(after: first) : nil)
    }

    private func decodedLastCutoff(after first: LocalTime) throws(DecodingFault) -> LocalTime {
        let days = try Check.number(
            Int64(lastCutoffDays),
            in: 0...Limits.standingDaysMaximum,
            "last_cutoff_days"
        )
        let day = first.date.daysSinceEpoch + Int(days)
        let shift = try Check.utcOffset(lastCutoffShift, "last_cutoff_shift")
        return LocalTime(
            date: try Check.date(Int32(clamping: day), "last_cutoff_days"),
            time: try Check.minute(lastCutoff, "last_cutoff"),
            utcOffset: first.utcOffset + shift
        )
    }
}

extension ProtoService.Pricing {
    init(_ pricing: Bid.Service.Pricing) {
        self =
            switch pricing {
            case .card: .card
            case .rater: .rater
            case .cardFor(.late): .cardRaterLate
            case .cardFor(.unreachable): .cardRaterUnreachable
            case .cardFor(.refused): .cardRaterRefused
            case .cardFor(.malformed): .cardRaterMalformed
            case .cardFor(.notOffered): .cardRaterNotOffered
            case .cardFor(.otherCurrency): .cardRaterOtherCurrency
            case .cardFor(.absurd): .cardRaterAbsurd
            case .cardFor(.suspended): .cardRaterSuspended
            case .cardFor(.notAsked): .cardRaterNotAsked
            }
    }

    func decoded() throws(DecodingFault) -> Bid.Service.Pricing {
        switch self {
        case .card: .card
        case .rater: .rater
        case .cardRaterLate: .cardFor(.late)
        case .cardRaterUnreachable: .cardFor(.unreachable)
        case .cardRaterRefused: .cardFor(.refused)
        case .cardRaterMalformed: .cardFor(.malformed)
        case .cardRaterNotOffered: .cardFor(.notOffered)
        case .cardRaterOtherCurrency: .cardFor(.otherCurrency)
        case .cardRaterAbsurd: .cardFor(.absurd)
        case .cardRaterSuspended: .cardFor(.suspended)
        case .cardRaterNotAsked: .cardFor(.notAsked)
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: "pricing", why: "is \(value), which is unknown")
        }
    }
}

extension ProtoDecline {
    init(_ decline: Decline) {
        switch decline.subject {
        case .order: order = ProtoNothing()
        case .line(let index): line = Int32(clamping: index)
        case .service(let code): service = code
        case .lines(let indices, let code):
            // One that does not know of lines reads the service.
            service = code
            lines = indices.map { Int32(clamping: $0) }
        }
        switch decline.reason {
        case .unknownSKU: unknownSku = ProtoNothing()
        case .noStock: noStock = ProtoNothing()
        case .partialStock(let available): partialStock = available.units
        case .offeredElsewhere(let available): offeredElsewhere = available.units
        case .notAMultiple(let below, let above):
            notAMultiple = ProtoMultiples(below: below, above: above)
        case .notServed: notServed = ProtoNothing()
        case .tooSlow: tooSlow = ProtoNothing()
        case .noRate(let zone): noRate = zone
        case .otherCurrency(let code): otherCurrency = code
        case .noWorkingDay: noWorkingDay = ProtoNothing()
        case .tooHeavy: tooHeavy = ProtoNothing()
        case .noUsableLot: noUsableLot = ProtoNothing()
        case .tooLarge: tooLarge = ProtoNothing()
        case .weightUnknown: weightUnknown = ProtoNothing()
        case .forbiddenByAir: forbiddenByAir = ProtoNothing()
        case .tooLate(let day): tooLate = Int32(clamping: day.daysSinceEpoch)
        case .addressNotReached(let kind): addressNotReached = ProtoAddressKind(kind)
        case .accessorialNotOffered(let needed):
            accessorialNotOffered = ProtoAccessorial(needed)
        case .dayFull(let day): dayFull = Int32(clamping: day.daysSinceEpoch)
        }
    }

    func decoded() throws(DecodingFault) -> Decline {
        Decline(try decodedSubject(), try decodedReason())
    }

    private func decodedSubject() throws(DecodingFault) -> Decline.Subject {
        if case .service(let text) = subject {
            let code: Identifier<Bid.Service> = try Check.name(text, "service")
            guard !lines.isEmpty else { return .service(code.rawValue) }
            let indices = try lines.decoded("lines") { (line) throws(DecodingFault) in
                try Check.lineIndex(line, "")
            }
            return .lines(indices, code.rawValue)
        }
        guard lines.isEmpty else {
            throw .unlawful(field: "lines", why: "are given, and no service that declines them")
        }
        switch subject {
        case .order: return .order
        case .line(let index): return .line(try Check.lineIndex(index, "line"))
        case .service: throw .missing("service")
        case nil: throw .missing("subject")
        }
    }

    private func decodedReason() throws(DecodingFault) -> Decline.Reason {
        switch reason {
        case .unknownSku: return .unknownSKU
        case .noStock: return .noStock
        case .partialStock(let units):
            return .partialStock(available: try Check.quantity(units, "partial_stock"))
        case .offeredElsewhere(let units):
            return .offeredElsewhere(available: try Check.quantity(units, "offered_elsewhere"))
        case .notAMultiple(let proto):
            let (below, above) = try proto.decoded("not_a_multiple")
            return .notAMultiple(below: below, above: above)
        case .notServed: return .notServed
        case .tooSlow: return .tooSlow
        case .noRate(let zone): return .noRate(zone: try Check.text(zone, "no_rate"))
        case .otherCurrency(let code):
            return .otherCurrency(try Check.text(code, "other_currency"))
        case .noWorkingDay: return .noWorkingDay
        case .tooHeavy: return .tooHeavy
        case .noUsableLot: return .noUsableLot
        case .tooLarge: return .tooLarge
        case .weightUnknown: return .weightUnknown
        case .forbiddenByAir: return .forbiddenByAir
        case .tooLate(let day): return .tooLate(try Check.date(day, "too_late"))
        case .addressNotReached(let kind):
            return .addressNotReached(try kind.decoded("address_not_reached"))
        case .accessorialNotOffered(let needed):
            return .accessorialNotOffered(try needed.decoded("accessorial_not_offered"))
        case .dayFull(let day): return .dayFull(try Check.date(day, "day_full"))
        case nil: throw .missing("reason")
        }
    }
}

extension ProtoMultiples {
    init(below: Quantity, above: Quantity) {
        self.below = below.units
        self.above = above.units
    }

    func decoded(_ field: String) throws(DecodingFault) -> (below: Quantity, above: Quantity) {
        (
            try Check.quantity(below, "\(field).below"),
            try Check.quantity(above, "\(field).above")
        )
    }
}

extension ProtoFreightClass {
    /// The classes by their number in the contract: 70, the default, and then the others rising.
    private static let classes =
        [FreightClass.class70] + FreightClass.allCases.filter { $0 != .class70 }

    init(_ freightClass: FreightClass) {
        let number = Self.classes.firstIndex(of: freightClass)
        self = number.flatMap(Self.init(rawValue:)) ?? .freightClass70
    }

    func decoded() throws(DecodingFault) -> FreightClass {
        guard Self.classes.indices.contains(rawValue) else {
            throw .unlawful(field: "freight_class", why: "is \(rawValue), which is unknown")
        }
        return Self.classes[rawValue]
    }
}

extension ProtoServiceLevel {
    init(_ level: ServiceLevel) {
        self =
            switch level {
            case .ground: .ground
            case .threeDay: .threeDay
            case .twoDay: .twoDay
            case .nextDay: .nextDay
            }
    }

    func decoded(_ field: String) throws(DecodingFault) -> ServiceLevel {
        switch self {
        case .ground: .ground
        case .threeDay: .threeDay
        case .twoDay: .twoDay
        case .nextDay: .nextDay
        case .UNRECOGNIZED(let value):
            throw .unlawful(field: field, why: "is \(value), which is unknown")
        }
    }
}
