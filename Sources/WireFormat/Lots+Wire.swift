import AllocationModel

extension ProtoLotTerms {
    init(_ terms: LotTerms) {
        if let day = terms.keepsUntil { keepsUntil = Int32(clamping: day.daysSinceEpoch) }
        certificates = terms.certificates
        approved = terms.approved?.map(\.rawValue) ?? []
        isRestricted = terms.approved != nil
    }

    func decoded() throws(DecodingFault) -> LotTerms {
        LotTerms(
            keepsUntil: hasKeepsUntil ? try Check.date(keepsUntil, "keeps_until") : nil,
            certificates: try certificates.decodedCertificates(),
            approved: try approved.decodedLots(where: isRestricted)
        )
    }
}

extension ProtoLotNeeds {
    init(_ needs: LotNeeds) {
        if let days = needs.lifeDays { lifeDays = Int32(clamping: days) }
        certificates = needs.certificates
        isSingleLot = needs.isSingleLot
        approved = needs.approved?.map(\.rawValue) ?? []
        isRestricted = needs.approved != nil
    }

    func decoded() throws(DecodingFault) -> LotNeeds {
        let most = Int64(LotNeeds.lifeDaysMaximum)
        return LotNeeds(
            lifeDays: hasLifeDays
                ? Int(try Check.number(Int64(lifeDays), in: 0...most, "life_days")) : nil,
            certificates: try certificates.decodedCertificates(),
            isSingleLot: isSingleLot,
            approved: try approved.decodedLots(where: isRestricted)
        )
    }
}

extension [ProtoLotNeeds] {
    /// What is asked, where anything is.
    func decodedNeeds() throws(DecodingFault) -> LotNeeds {
        try decoded("lots") { (proto) throws(DecodingFault) in try proto.decoded() }.first ?? .none
    }
}

extension [String] {
    fileprivate func decodedCertificates() throws(DecodingFault) -> [String] {
        try decoded("certificates") { (text) throws(DecodingFault) in try Check.text(text, "") }
    }

    fileprivate func decodedLots(where isRestricted: Bool) throws(DecodingFault) -> [Lot.ID]? {
        guard isRestricted else {
            guard isEmpty else {
                throw .unlawful(field: "approved", why: "names lots, and does not restrict them")
            }
            return nil
        }
        return try decoded("approved") { (text) throws(DecodingFault) in try Check.name(text, "") }
    }
}
