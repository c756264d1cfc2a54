import AllocationModel

/// What the journal says of one reservation: the fold of its entries by the only law of it.
struct ReservationHistory {
    /// What it may be by now; nil stands for no reservation.
    ///
    /// An entry `hold` opens a quote's hold and a vote alike: which it was shows later.
    private var statuses: Set<Reservation.Status?> = [nil]
    private var last: (kind: String, batch: Int64)?
    private(set) var fault: String?

    /// Takes the next entry; a reservation has one for each of its lots in one batch.
    mutating func add(kind word: String, batch: Int64) {
        guard fault == nil, last?.kind != word || last?.batch != batch else { return }
        last = (word, batch)
        guard let kind = JournalKind(rawValue: word) else {
            fault = "has an entry ‘\(word)’, which is none"
            return
        }
        let next = Set(statuses.flatMap { Self.statuses(after: kind, from: $0) })
        if next.isEmpty {
            let before = statuses.map { $0?.rawValue ?? "none" }.sorted().joined(separator: " or ")
            fault = "is entered as ‘\(word)’ where it was \(before)"
        }
        statuses = next
    }

    /// Returns what is wrong of it where its row has `status`, or nil for no row.
    func fault(status word: String?) -> String? {
        if let fault { return fault }
        let status = word.flatMap { Reservation.Status(rawValue: $0) }
        if statuses.contains(status) { return nil }
        let isForgotten = status == nil && statuses.contains { $0?.isFinal == true }
        if isForgotten { return nil }
        let told = statuses.map { $0?.rawValue ?? "none" }.sorted().joined(separator: " or ")
        return "is \(word ?? "none"), and its entries say \(told)"
    }

    private static func statuses(
        after kind: JournalKind,
        from status: Reservation.Status?
    ) -> [Reservation.Status?] {
        // A released vote leaves no record, so that it may be asked for again.
        let isFree = status == nil || status == .released || status == .expired
        return switch kind {
        case .hold: isFree ? [.held, .voted] : []
        case .restore: isFree ? [.confirmed] : []
        case .vote: next(after: .vote, from: status)
        case .confirm: next(after: .confirm, from: status)
        case .release: next(after: .release, from: status)
        case .expire: next(after: .expire, from: status)
        case .ship: next(after: .ship, from: status)
        case .import, .adjust, .count, .receive, .quarantine, .clear, .expiry, .certificates: []
        }
    }

    private static func next(
        after event: Reservation.Event,
        from status: Reservation.Status?
    ) -> [Reservation.Status?] {
        guard let next = try? status?.next(after: event) else { return [] }
        return [next]
    }
}

extension Reservation.Status {
    /// Whether nothing can follow, so that its record may be gone.
    fileprivate var isFinal: Bool {
        switch self {
        case .released, .expired, .shipped: true
        case .held, .voted, .confirmed: false
        }
    }
}
