import AllocationModel

extension ProtoStoredOrder.Terms {
    init(_ terms: OrderTerms) {
        customer = terms.customer?.rawValue ?? ""
        if let units = terms.value?.minorUnits { value = units }
        payment = terms.payment?.rawValue ?? ""
        type = terms.type?.rawValue ?? ""
        urgency = terms.urgency == .normal ? "" : terms.urgency.rawValue
        if let day = terms.requestedBy { requestedBy = Int32(clamping: day.daysSinceEpoch) }
        tags = terms.tags
    }

    func decoded(in currency: Currency) throws(DecodingFault) -> OrderTerms {
        OrderTerms(
            customer: customer.isEmpty ? nil : try Check.name(customer, "customer"),
            value: hasValue ? try Check.money(value, in: currency, "value") : nil,
            payment: try Check.word(payment, "payment"),
            type: try Check.word(type, "type"),
            urgency: try Check.word(urgency, "urgency") ?? .normal,
            requestedBy: hasRequestedBy ? try Check.date(requestedBy, "requested_by") : nil,
            tags: try tags.decodedTags("tags")
        )
    }
}

extension ProtoBuyer {
    init(_ customer: Customer) {
        id = customer.id.rawValue
        company = customer.company
        segment = customer.segment
        contract = customer.contract
        tags = customer.tags
    }

    func decoded() throws(DecodingFault) -> Customer {
        let maximum = Limits.tagBytesMaximum
        return Customer(
            id: try Check.name(id, "id"),
            company: try Check.text(company, "company", atMost: maximum),
            segment: try Check.text(segment, "segment", atMost: maximum),
            contract: try Check.text(contract, "contract", atMost: maximum),
            tags: try tags.decodedTags("tags")
        )
    }
}

extension ProtoProfile {
    init(_ profile: SKUProfile) {
        sku = profile.sku.code
        warehouses = profile.eligibleWarehouses.map(\.rawValue)
        regions = profile.regions
        handling = profile.handling
        isHazardous = profile.isHazardous
        if let found = profile.freightClass { freightClass = Int32(found.index) }
        if let units = profile.reorderPoint?.units { reorderPoint = units }
        if profile.lots != .none { lots = [ProtoLotNeeds(profile.lots)] }
    }

    func decoded() throws(DecodingFault) -> SKUProfile {
        SKUProfile(
            sku: try Check.sku(sku, "sku"),
            eligibleWarehouses: try warehouses.decoded("warehouses") {
                (text) throws(DecodingFault) in try Check.name(text, "")
            },
            regions: try regions.decodedTags("regions"),
            handling: try handling.decodedTags("handling"),
            isHazardous: isHazardous,
            freightClass: hasFreightClass ? try decodedClass() : nil,
            reorderPoint: hasReorderPoint
                ? try Check.quantity(reorderPoint, "reorder_point") : nil,
            lots: try lots.decodedNeeds()
        )
    }

    private func decodedClass() throws(DecodingFault) -> FreightClass {
        let last = Int64(FreightClass.allCases.count - 1)
        let index = try Check.number(Int64(freightClass), in: 0...last, "freight_class")
        return FreightClass.allCases[Int(index)]
    }
}

extension [String] {
    fileprivate func decodedTags(_ field: String) throws(DecodingFault) -> [String] {
        try decoded(field) { (text) throws(DecodingFault) in
            try Check.text(text, "", atMost: Limits.tagBytesMaximum)
        }
    }
}

extension Check {
    /// Reads one of our words; nothing where none is written.
    fileprivate static func word<Value: RawRepresentable>(
        _ text: String,
        _ field: String
    ) throws(DecodingFault) -> Value? where Value.RawValue == String {
        guard !text.isEmpty else { return nil }
        guard let value = Value(rawValue: text) else {
            throw .unlawful(field: field, why: "is ‘\(text.prefix(32))’, which is unknown")
        }
        return value
    }
}
