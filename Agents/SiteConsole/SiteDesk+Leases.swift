internal import AllocationModel
internal import StockLedger

extension SiteDesk {
    /// Lets the coordinator promise units while the site is cut off.
    func grantLease(
        of sku: SKU,
        _ units: Int64,
        to coordinator: String?,
        _ asker: Asker
    ) async throws -> LeaseRow {
        let quantity = try Quantity(checking: units)
        let name = try coordinator.map { try Coordinator.ID(parsing: $0) }
        let id = LeaseID(
            high: UInt64.random(in: 0...UInt64.max),
            low: UInt64.random(in: 0...UInt64.max)
        )
        return LeaseRow(
            try await ledger.perform(at: asker.now) { books in
                try books.grant(id, of: sku, quantity, to: name, who: asker.who)
            }
        )
    }

    func leases(all: Bool, at now: Timestamp) async throws -> [LeaseRow] {
        try await ledger.read(at: now) { try $0.leases(onlyCurrent: !all) }.map(LeaseRow.init)
    }

    /// Has the coordinator close a lease, or writes it off while the coordinator cannot be asked.
    ///
    /// What the coordinator has lost, it cannot close: that is written off at once.
    func revokeLease(
        _ text: String,
        reason: String,
        _ asker: Asker
    ) async throws -> LeaseRow {
        let id = try LeaseID(parsing: text)
        let isReachable = isCoordinatorReachable()
        return LeaseRow(
            try await ledger.perform(at: asker.now) { books in
                let isUnsettled = try books.lease(id)?.status == .unsettled
                guard isReachable && !isUnsettled else {
                    return try books.writeOff(id, reason: reason, who: asker.who)
                }
                return try books.askBack(id, reason: reason, who: asker.who)
            }
        )
    }

    /// Closes the conflict of a lease that was written off when orders had drawn on it.
    func settleLease(
        _ text: String,
        reason: String,
        _ asker: Asker
    ) async throws -> LeaseRow {
        let id = try LeaseID(parsing: text)
        return LeaseRow(
            try await ledger.perform(at: asker.now) { books in
                try books.settleLease(id, reason: reason, who: asker.who)
            }
        )
    }
}

extension SiteDesk {
    func carryOut(_ command: LeaseRuleCommand, _ asker: Asker) async throws -> SiteReply {
        switch command {
        case .set(let handling, let percent):
            let name = try handling.map { text throws(ParseError) in
                try HandlingClass.name(parsing: text)
            }
            try await ledger.perform(at: asker.now) {
                try $0.setLeaseRule(LeaseRule(handling: name, percent: percent))
            }
            return .done
        case .remove(let handling):
            let found = try await ledger.perform(at: asker.now) {
                try $0.removeLeaseRule(of: handling)
            }
            guard found else {
                throw SiteFault(
                    .refused,
                    handling.map { "‘\($0)’ has no lease rule of its own" }
                        ?? "no lease rule is usual here",
                    hint: "see lease rule"
                )
            }
            return .done
        case .list:
            let (rules, counts) = try await ledger.read(at: asker.now) { books in
                (try books.leaseRules(), try books.handlingCounts())
            }
            let own = rules.compactMap(\.handling)
            let others = counts.filter { !own.contains($0.key) }.values.reduce(0, +)
            return .leaseRules(
                rules.map { rule in
                    LeaseRuleRow(
                        handling: rule.handling,
                        percent: rule.percent,
                        skus: rule.handling.map { counts[$0] ?? 0 } ?? others
                    )
                }
            )
        }
    }
}

extension LeaseRow {
    fileprivate init(_ record: LeaseRecord) {
        lease = record.lease.id.description
        sku = record.lease.sku
        coordinator = record.coordinator.rawValue
        status = record.status.rawValue
        quantity = record.lease.quantity.units
        setAside = record.setAside.units
        drawn = record.drained.units
        conflict = record.conflict.units
        grantedBy = record.grantedBy
        grantedAt = record.grantedAt.iso8601
        writtenOff = record.writeOff.map {
            WriteOff(who: $0.who, reason: $0.reason, at: $0.at.iso8601)
        }
    }
}
