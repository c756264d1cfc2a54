import AllocationModel
import AllocationProtocol
import StockLedger

/// A site manager who decides what is in doubt, and what must then be reported by both sides.
extension Simulation {
    struct Forced {
        let site: Int
        let warehouse: Warehouse.ID
        let choice: HoldOverride.Choice
        let record: ReservationRecord
        var transaction: TransactionID { record.reservation.transaction }
    }

    /// Forces what a site has in doubt, one way or the other, whatever is decided meanwhile.
    mutating func forceHold(at index: Int) {
        guard !wasLogLost, !sites[index].isBehind else { return }
        do {
            let records = try sites[index].reservations([.voted])
            guard let record = records.randomElement(using: &managersRandom) else { return }
            let choice =
                HoldOverride.Choice.allCases.randomElement(using: &managersRandom) ?? .release
            try sites[index].force(record.reservation.transaction, choice, at: time)
            // A site whose manager takes its word back has not broken it.
            if choice == .release { sites[index].said[record.reservation.transaction] = nil }
            forced.append(
                Forced(
                    site: index,
                    warehouse: sites[index].warehouse,
                    choice: choice,
                    record: record
                )
            )
            faults.insert(.holdForced)
            try audit(site: index)
        } catch OverrideRefusal.wouldReplace {
            // It has the order for certain already.
            return
        } catch {
            report("\(sites[index].warehouse) cannot be forced: \(error)")
        }
    }

    func choice(
        for transaction: TransactionID,
        at warehouse: Warehouse.ID
    ) -> HoldOverride.Choice? {
        forced.first { $0.transaction == transaction && $0.warehouse == warehouse }?.choice
    }

    func isForced(_ transaction: TransactionID, at warehouse: Warehouse.ID) -> Bool {
        choice(for: transaction, at: warehouse) != nil
    }

    /// Checks what the office says of an override: it happened, and was decided so.
    mutating func audit(_ said: SiteOverride) {
        let transaction = said.override.transaction
        guard choice(for: transaction, at: said.warehouse) == said.override.choice else {
            return report("\(said.warehouse), \(transaction): nobody forced what is said")
        }
        switch (said.override.choice, outcome(of: transaction, at: said.warehouse)) {
        // A cancellation ends every conflict, and may have come since.
        case (_, .cancelled): break
        case (.confirm, nil), (.release, .confirmed):
            faults.insert(.holdForcedOtherwise)
            if !said.isConflict { report("\(transaction): a conflict is said to be none") }
        case (.release, nil), (.confirm, .confirmed), (_, .refused):
            if said.isConflict { report("\(transaction): is said to be a conflict") }
        }
    }

    /// Whether every override is noted, and the site has heard what was decided.
    func areOverridesTold() throws -> Bool {
        try forced.allSatisfy { override in
            guard store.override(of: override.transaction, at: override.warehouse) != nil else {
                return false
            }
            let record = try sites[override.site].override(of: override.transaction)
            return record?.isNoted == true && record?.decision != nil
        }
    }

    /// Checks that both sides have each override, and agree with the order on whether it conflicts.
    mutating func auditOverrides() throws {
        for override in forced {
            let name = "\(override.warehouse), \(override.transaction)"
            guard let record = try sites[override.site].override(of: override.transaction),
                record.override.choice == override.choice, record.override.reason == Self.reason,
                let noted = store.override(of: override.transaction, at: override.warehouse),
                noted.override == record.override
            else {
                report("\(name): an override is lost")
                continue
            }
            let isConflict: Bool
            switch (override.choice, outcome(of: override.transaction, at: override.warehouse)) {
            case (_, .cancelled): isConflict = false
            case (.confirm, nil), (.release, .confirmed): isConflict = true
            case (.release, nil), (.confirm, .confirmed), (_, .refused): isConflict = false
            }
            if record.isConflict != isConflict {
                report("\(name): the site is wrong about whether it conflicts")
            }
        }
    }

    /// Units of `sku` that are allocated without an order, less those that an order lacks.
    func forcedBalance(of sku: SKU) throws -> Int64 {
        forced.reduce(0) { sum, override in
            // Also what it was to take over of the reservation whose place it was to take.
            let units = override.record.reservation.lines.filter { $0.sku == sku }
                .reduce(Int64(0)) { $0 + $1.quantity.units }
            return
                switch (override.choice, outcome(of: override.transaction, at: override.warehouse))
            {
            case (.confirm, nil): sum + units
            case (.release, .confirmed): sum - units
            case (.release, nil), (.confirm, .confirmed), (_, .cancelled), (_, .refused): sum
            }
        }
    }

    /// What was decided for a site; what another decision has taken the place of is given back.
    private func outcome(
        of transaction: TransactionID,
        at warehouse: Warehouse.ID
    ) -> OrderOutcome? {
        guard let entry = store[transaction] else { return nil }
        guard case .confirmed(let plan) = entry.outcome, !entry.isInForce(at: warehouse) else {
            return entry.outcome
        }
        return .cancelled(plan)
    }

    static let reason = "cut off since noon"

    /// Undoes, after a desk's answer, that its manager gave units back: as a desk would that
    /// carried the confirmation out.
    mutating func takeBackOverrides(named answers: AnswerBatch, at index: Int) throws {
        for case .refused(.overridden(let transaction)) in answers.answers {
            guard
                let override = forced.first(where: {
                    $0.transaction == transaction && $0.site == index && $0.choice == .release
                })
            else { continue }
            try sites[index].restore(override.record, at: time)
            try audit(site: index)
        }
    }
}

extension SimulatedSite {
    func force(
        _ transaction: TransactionID,
        _ choice: HoldOverride.Choice,
        at time: Int64
    ) throws {
        _ = try ledger.performAndWait(at: Example.instant(time)) { books in
            try books.force(transaction, choice, reason: Simulation.reason, who: "ana")
        }
    }

    func override(of transaction: TransactionID) throws -> OverrideRecord? {
        try ledger.readAndWait(at: Example.monday) { try $0.override(of: transaction) }
    }

    /// Allocates again what was given back.
    func restore(_ record: ReservationRecord, at time: Int64) throws {
        _ = try ledger.performAndWait(at: Example.instant(time)) { books in
            try books.restore(record.reservation, participants: record.participants)
        }
    }
}
