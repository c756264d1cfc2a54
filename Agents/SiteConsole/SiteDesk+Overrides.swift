internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    /// Decides a reservation in doubt, and records who did so and why.
    ///
    /// Not while the coordinator can be reached: it knows what was decided.
    func force(
        _ text: String,
        _ choice: ForcedChoice,
        reason: String,
        _ asker: Asker
    ) async throws -> ForcedRow {
        let transaction = try TransactionID(parsing: text)
        guard !isCoordinatorReachable() else {
            throw SiteFault(
                .refused,
                "the coordinator can be reached, and will say what became of \(transaction)",
                hint: "wait for it; force a reservation only while the site is cut off"
            )
        }
        let record = try await ledger.perform(at: asker.now) { books in
            try books.force(transaction, choice.override, reason: reason, who: asker.who)
        }
        return ForcedRow(record)
    }

    /// Closes the conflict of a reservation that was forced and decided otherwise.
    func settle(_ text: String, reason: String, _ asker: Asker) async throws -> ForcedRow {
        let transaction = try TransactionID(parsing: text)
        return ForcedRow(
            try await ledger.perform(at: asker.now) { books in
                try books.settle(transaction, reason: reason, who: asker.who)
            }
        )
    }

    /// What was forced, the latest first.
    func forced(limit: Int, at now: Timestamp) async throws -> [ForcedRow] {
        let limit = min(max(limit, 1), ConsoleLimits.holdsListedMaximum)
        return try await ledger.read(at: now) { try $0.overrides(limit: limit) }.map(ForcedRow.init)
    }

    /// Whether anything forced was decided otherwise.
    func conflicts(at now: Timestamp) async throws -> (all: Int64, conflicts: Int64) {
        try await ledger.read(at: now) { try $0.overrideCounts() }
    }
}

extension ForcedChoice {
    fileprivate var override: HoldOverride.Choice {
        switch self {
        case .confirm: .confirm
        case .release: .release
        }
    }
}

extension ForcedRow {
    fileprivate init(_ record: OverrideRecord) {
        transaction = record.override.transaction.description
        order = record.order.rawValue
        choice =
            switch record.override.choice {
            case .confirm: .confirm
            case .release: .release
            }
        who = record.override.who
        reason = record.override.reason
        at = record.override.at.iso8601
        decision = record.decision?.rawValue
        isConflict = record.isConflict
        settled = record.settlement.map {
            Settlement(who: $0.who, reason: $0.reason, at: $0.at.iso8601)
        }
    }
}
