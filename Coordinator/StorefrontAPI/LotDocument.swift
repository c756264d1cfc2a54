import AllocationModel

// What is asked of lots, and why some were not taken, in JSON and in words.

extension LotNeeds {
    /// Null where nothing is asked.
    var document: JSONValue {
        guard self != .none else { return .null }
        return [
            "lifeDays": lifeDays.map { .integer(Int64($0)) } ?? .null,
            "certificates": .array(certificates.map { .string($0) }),
            "singleLot": .boolean(isSingleLot),
            "approved": approved.map { .array($0.map { .string($0.rawValue) }) } ?? .null,
        ]
    }
}

extension LotMisfit {
    /// The word used in JSON.
    var word: String {
        switch self {
        case .tooOld: "lotTooOld"
        case .noCertificate: "noCertificate"
        case .notApproved: "lotNotApproved"
        case .keptWithoutLots: "keptWithoutLots"
        }
    }
}

extension LotRejection {
    /// `lot L-2207 of SEAL-KIT is not taken: it would have 12 days left on arrival`.
    func sentence(in order: Order) -> String {
        let sku = order.lines.indices.contains(line) ? order.lines[line].sku.code : "a line"
        guard let lot else {
            return "\(sku) is not taken: it is kept there without lots, and nothing can be shown"
        }
        return "lot \(lot) of \(sku) is not taken: \(words)"
    }

    private var words: String {
        switch misfit {
        case .tooOld:
            "it would have \(daysLeft.map { "\(max(0, $0))" } ?? "too few") days left on arrival"
        case .noCertificate(let name): "it has no certificate \(name)"
        case .notApproved: "the buyer takes other lots"
        case .keptWithoutLots: "it is kept without lots"
        }
    }

    func document(for order: Order) -> JSONValue {
        let lacking: String? = if case .noCertificate(let name) = misfit { name } else { nil }
        return [
            "line": .string(order.lineName(line)), "lot": .text(lot?.rawValue),
            "quantity": .quantity(quantity), "reason": .string(misfit.word),
            "certificate": .text(lacking),
            "daysLeft": daysLeft.map { .integer(Int64($0)) } ?? .null,
            "sentence": .string(sentence(in: order)),
        ]
    }
}
