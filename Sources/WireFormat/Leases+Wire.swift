import AllocationModel
import AllocationProtocol

extension ProtoLeaseName {
    init(_ lease: LeaseID) {
        high = lease.high
        low = lease.low
    }

    func decoded() -> LeaseID { LeaseID(high: high, low: low) }
}

extension ProtoNoteLease {
    init(_ lease: LeaseID, isWrittenOff: Bool) {
        self.lease = ProtoLeaseName(lease)
        self.isWrittenOff = isWrittenOff
    }

    func decoded(_ field: String) throws(DecodingFault) -> Request {
        try within(field) { () throws(DecodingFault) in
            guard hasLease else { throw .missing("lease") }
            return .noteLease(lease.decoded(), isWrittenOff: isWrittenOff)
        }
    }
}

extension ProtoCloseLease {
    init(_ lease: LeaseID, kept: Quantity) {
        self.lease = ProtoLeaseName(lease)
        self.kept = kept.units
    }

    func decoded(_ field: String) throws(DecodingFault) -> Request {
        try within(field) { () throws(DecodingFault) in
            guard hasLease else { throw .missing("lease") }
            return .closeLease(lease.decoded(), kept: try Check.quantity(kept, "kept"))
        }
    }
}

extension ProtoDrainRequest {
    init(_ ruling: Ruling, in context: inout EncodingContext) {
        let request = ProtoReserveRequest(ruling.request, in: &context)
        if ruling.isCancelled { cancelled = [request] } else { confirmed = [request] }
        draws = ruling.draws.map { draw in
            var proto = ProtoLeaseDraw()
            proto.lease = ProtoLeaseName(draw.lease)
            proto.sku = draw.sku.code
            proto.quantity = draw.quantity.units
            return proto
        }
    }

    func decoded(_ field: String, in context: DecodingContext) throws(DecodingFault) -> Request {
        try within(field) { () throws(DecodingFault) in
            guard confirmed.count + cancelled.count == 1 else {
                throw .unlawful(
                    field: "confirmed",
                    why: "and cancelled have not one entry together"
                )
            }
            let requests = try (confirmed + cancelled)
                .decoded("confirmed") { (proto) throws(DecodingFault) in
                    try proto.decoded(in: context)
                }
            let draws = try draws.orFault(ifEmpty: "draws")
                .decoded("draws") { (proto) throws(DecodingFault) in
                    guard proto.hasLease else { throw .missing("lease") }
                    return Lease.Draw(
                        lease: proto.lease.decoded(),
                        sku: try Check.sku(proto.sku, "sku"),
                        quantity: try Check.quantity(proto.quantity, "quantity")
                    )
                }
            return .drain(
                Ruling(request: requests[0], isCancelled: confirmed.isEmpty, draws: draws)
            )
        }
    }
}

extension ProtoLeaseOffer {
    init(_ offer: LeaseOffer) {
        lease = ProtoLeaseName(offer.lease.id)
        sku = offer.lease.sku.code
        quantity = offer.lease.quantity.units
        unitWeight = offer.unitWeight.grams
        unitBillableExcess = offer.unitBillableWeight.grams - offer.unitWeight.grams
        freightClass = ProtoFreightClass(offer.freightClass)
        multiple = offer.multiple == 1 ? 0 : offer.multiple
        switch offer.wish {
        case .use: break
        case .giveBack: givesBack = true
        case .writtenOff(let word, let drained):
            var proto = ProtoLeaseWriteOff()
            proto.who = word.who
            proto.reason = word.reason
            proto.atMilliseconds = word.at.milliseconds
            proto.drained = drained.units
            writeOff = proto
        }
    }

    func decoded() throws(DecodingFault) -> LeaseOffer {
        guard hasLease else { throw .missing("lease") }
        let units = try Check.number(quantity, in: 1...Limits.quantityMaximum, "quantity")
        let weight = try Check.number(
            unitWeight,
            in: 0...Limits.unitWeightMaximum,
            "unit_weight"
        )
        let excess = try Check.number(
            unitBillableExcess,
            in: -weight...Limits.unitWeightMaximum - weight,
            "unit_billable_excess"
        )
        try Check.product(
            max(weight, weight + excess),
            units,
            atMost: Limits.loadWeightMaximum,
            "unit_weight",
            "makes the lease heavier than any load may be"
        )
        return LeaseOffer(
            lease: Lease(
                id: lease.decoded(),
                sku: try Check.sku(sku, "sku"),
                quantity: Quantity(units)
            ),
            unitWeight: Weight(grams: weight),
            unitBillableWeight: Weight(grams: weight + excess),
            freightClass: try freightClass.decoded(),
            multiple: max(
                1,
                try Check.number(multiple, in: 0...Limits.quantityMaximum, "multiple")
            ),
            wish: try decodedWish()
        )
    }

    private func decodedWish() throws(DecodingFault) -> LeaseOffer.Wish {
        guard hasWriteOff else { return givesBack ? .giveBack : .use }
        let proto = writeOff
        return try within("write_off") { () throws(DecodingFault) in
            .writtenOff(
                LeaseWriteOff(
                    who: try Check.words(proto.who, "who"),
                    reason: try Check.words(proto.reason, "reason"),
                    at: try Check.instant(proto.atMilliseconds)
                ),
                drained: try Check.quantity(proto.drained, "drained")
            )
        }
    }
}

extension ProtoStandingService {
    init(_ service: StandingService) {
        code = service.code
        carrier = service.carrier
        level = ProtoServiceLevel(service.level)
        tariff = ProtoParcelTable(service.tariff)
        currency = service.currency.code
        handling = service.handling.tenThousandths
        daysToLeave = Int32(clamping: service.daysToLeave)
        daysToArrive = Int32(clamping: service.daysToArrive)
        if let hours = service.hours {
            fromMinute = hours.from.minute32
            untilMinute = hours.until.minute32
        }
        countries = service.reach.countries.map(\.code)
        prefixes = service.reach.prefixes.flatMap { [Int32($0.lowerBound), Int32($0.upperBound)] }
    }

    func decoded() throws(DecodingFault) -> StandingService {
        guard hasTariff else { throw .missing("tariff") }
        let code: Identifier<StandingService> = try Check.name(code, "code")
        let tariff = tariff
        return StandingService(
            code: code.rawValue,
            carrier: try Check.text(carrier, "carrier"),
            level: try level.decoded("level"),
            tariff: try within("tariff") { () throws(DecodingFault) in try tariff.decoded() },
            currency: try Check.currency(currency, "currency"),
            handling: try Check.cost(handling, "handling"),
            daysToLeave: try Self.days(daysToLeave, "days_to_leave"),
            daysToArrive: try Self.days(daysToArrive, "days_to_arrive"),
            hours: try Check.hours(
                from: hasFromMinute ? fromMinute : nil,
                until: hasUntilMinute ? untilMinute : nil
            ),
            reach: StandingService.Reach(
                countries: try countries.decoded("countries") { (text) throws(DecodingFault) in
                    try Check.country(text, "")
                },
                prefixes: try decodedPrefixes()
            )
        )
    }

    private static func days(_ days: Int32, _ field: String) throws(DecodingFault) -> Int {
        Int(try Check.number(Int64(days), in: 0...Limits.standingDaysMaximum, field))
    }

    private func decodedPrefixes() throws(DecodingFault) -> [ClosedRange<Int>] {
        guard prefixes.count.isMultiple(of: 2) else {
            throw .unlawful(field: "prefixes", why: "has a range without an end")
        }
        var ranges: [ClosedRange<Int>] = []
        for index in stride(from: 0, to: prefixes.count, by: 2) {
            let first = Int(prefixes[index])
            let last = Int(prefixes[index + 1])
            guard first > (ranges.last?.upperBound ?? -1), first <= last, last <= 999 else {
                throw .unlawful(field: "prefixes", why: "are not rising ranges of 0 to 999")
            }
            ranges.append(first...last)
        }
        return ranges
    }
}
