/// What a buyer asks of the lots that a line is shipped from.
package struct LotNeeds: Hashable, Sendable {
    /// Days that a lot must still have on the day on which it arrives; nil where nobody asks.
    package let lifeDays: Int?
    /// Papers that a lot must have, each once.
    package let certificates: [String]
    /// Whether all of the line is to be of one lot, wherever it ships from.
    package let isSingleLot: Bool
    /// The only lots that the buyer takes, each once; nil where he takes any.
    package let approved: [Lot.ID]?

    /// - Precondition: `lifeDays` is no less than 0.
    package init(
        lifeDays: Int? = nil,
        certificates: [String] = [],
        isSingleLot: Bool = false,
        approved: [Lot.ID]? = nil
    ) {
        precondition(lifeDays ?? 0 >= 0, "a lot cannot be asked to have expired")
        self.lifeDays = lifeDays
        self.certificates = certificates
        self.isSingleLot = isSingleLot
        self.approved = approved
    }

    /// Nothing is asked.
    package static let none = LotNeeds()

    /// The most that may be asked of a lot's life: a century.
    package static let lifeDaysMaximum = 36_500
    /// Certificates that a line may ask for: as many as a lot may have.
    package static let certificatesMaximum = 16
    /// Lots that a line may be restricted to: as many as a bid may name.
    package static let approvedMaximum = 256

    /// Returns what meets both: the longer life, all certificates, the lots that both take.
    package func joined(with other: LotNeeds) -> LotNeeds {
        if other == .none { return self }
        if self == .none { return other }
        var lots = approved ?? other.approved
        if let approved, let others = other.approved { lots = approved.filter(others.contains) }
        return LotNeeds(
            lifeDays: [lifeDays, other.lifeDays].compactMap(\.self).max(),
            certificates: certificates
                + LotCertificate.missing(other.certificates, among: certificates),
            isSingleLot: isSingleLot || other.isSingleLot,
            approved: lots
        )
    }

    /// Returns what a lot must be for goods that arrive on a day.
    package func terms(arriving day: CivilDate) -> LotTerms {
        LotTerms(
            keepsUntil: lifeDays.map { day.adding(days: $0) },
            certificates: certificates,
            approved: approved
        )
    }

    /// Whether only a lot with a name can meet it.
    package var needsLots: Bool { isSingleLot || approved != nil || !certificates.isEmpty }

    /// What is asked, in words: `30 days of life on arrival, certificate COA`.
    package var words: String {
        let papers = certificates.map { "certificate \($0)" }
        let lots = approved.map { lots in
            lots.isEmpty
                ? "no lot at all" : "lot " + lots.map(\.rawValue).joined(separator: " or ")
        }
        let life = lifeDays.map { $0 == 1 ? "1 day" : "\($0) days" }
        return
            ([life.map { "\($0) of life on arrival" }] + papers + [lots]
            + [isSingleLot ? "one lot" : nil])
            .compactMap(\.self).joined(separator: ", ")
    }
}

/// What a lot must be to be set aside for a line.
package struct LotTerms: Hashable, Sendable {
    /// The day on which it may not have expired; nil for the day of setting aside alone.
    package let keepsUntil: CivilDate?
    package let certificates: [String]
    /// The only lots that may be taken; nil where any may.
    package let approved: [Lot.ID]?

    package init(
        keepsUntil: CivilDate? = nil,
        certificates: [String] = [],
        approved: [Lot.ID]? = nil
    ) {
        self.keepsUntil = keepsUntil
        self.certificates = certificates
        self.approved = approved
    }

    /// Any lot will do that may be shipped.
    package static let any = LotTerms()

    /// Returns why a lot may not be taken, or nil where it may.
    ///
    /// Of goods that are kept without lots nothing is known but that they keep.
    package func misfit(
        of lot: Lot.ID?,
        expires: CivilDate?,
        certificates known: [String]
    ) -> LotMisfit? {
        guard let lot else {
            return certificates.isEmpty && approved == nil ? nil : .keptWithoutLots
        }
        if let approved, !approved.contains(lot) { return .notApproved }
        if let missing = LotCertificate.missing(certificates, among: known).first {
            return .noCertificate(missing)
        }
        if let keepsUntil, Lot.isExpired(expires, on: keepsUntil) { return .tooOld }
        return nil
    }
}

/// Why a lot is not taken for a line.
package enum LotMisfit: Hashable, Sendable {
    /// It would have fewer days left on arrival than the buyer asks for.
    case tooOld
    /// It has no such certificate.
    case noCertificate(String)
    /// The buyer takes other lots.
    case notApproved
    /// The site keeps the SKU without lots, and so cannot show what is asked for.
    case keptWithoutLots
}

/// A lot that a site offered and that was not taken for a line, and why.
package struct LotRejection: Hashable, Sendable {
    /// Index in the order's lines.
    package let line: Int
    /// Nil where the site keeps the SKU without lots.
    package let lot: Lot.ID?
    package let quantity: Quantity
    package let misfit: LotMisfit
    /// Days that it would have left if it came as soon as the site can bring it.
    package let daysLeft: Int?

    package init(
        line: Int,
        lot: Lot.ID?,
        quantity: Quantity,
        misfit: LotMisfit,
        daysLeft: Int? = nil
    ) {
        self.line = line
        self.lot = lot
        self.quantity = quantity
        self.misfit = misfit
        self.daysLeft = daysLeft
    }
}
