package import AllocationModel

/// One fan-out of one order: who was asked, who has answered, and when to stop waiting.
package struct SourcingRound: Hashable, Sendable {
    package let id: RoundID
    private var asked: [Warehouse.ID]
    private var absent: [Absence]
    private var bids: [Bid]
    private var isClosed: Bool

    /// A site whose bid the round does without, and why.
    package struct Absence: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let reason: Reason

        package init(warehouse: Warehouse.ID, reason: Reason) {
            self.warehouse = warehouse
            self.reason = reason
        }

        /// Why a site's bid is missing.
        package enum Reason: Int, CaseIterable, Hashable, Sendable {
            /// It was not in session when the round began, or its link failed.
            case unreachable = 0
            /// It was asked and did not answer in time.
            case silent = 1
        }
    }

    /// Something that happened outside.
    package enum Event: Hashable, Sendable {
        case bid(Bid)
        case lost(Warehouse.ID)
        case deadline
    }

    /// What the round found, once: every bid by rising warehouse, and who is missing.
    package struct Result: Hashable, Sendable {
        package let bids: [Bid]
        package let absences: [Absence]

        package init(bids: [Bid], absences: [Absence]) {
            self.bids = bids
            self.absences = absences
        }
    }

    /// Opens a round that asks `warehouses` and does without `absent`.
    package init(id: RoundID, asking warehouses: [Warehouse.ID], without absent: [Warehouse.ID]) {
        self.id = id
        asked = warehouses.sorted()
        self.absent = absent.sorted().map { Absence(warehouse: $0, reason: .unreachable) }
        bids = []
        isClosed = false
    }

    /// Returns the result when this event was the one it waited for.
    ///
    /// A bid after the close, a second bid of one site and a bid of a site that
    /// was not asked are ignored.
    package mutating func handle(_ event: Event) -> Result? {
        guard !isClosed else { return nil }
        switch event {
        case .bid(let bid):
            guard remove(bid.warehouse) else { return nil }
            bids.append(bid)
        case .lost(let warehouse):
            guard remove(warehouse) else { return nil }
            absent.append(Absence(warehouse: warehouse, reason: .unreachable))
        case .deadline:
            absent += asked.map { Absence(warehouse: $0, reason: .silent) }
            asked = []
        }
        return asked.isEmpty ? close() : nil
    }

    /// Closes a round that has nobody to ask.
    package mutating func closeIfNobodyIsAsked() -> Result? {
        asked.isEmpty && !isClosed ? close() : nil
    }

    private mutating func remove(_ warehouse: Warehouse.ID) -> Bool {
        guard let index = asked.firstIndex(of: warehouse) else { return false }
        asked.remove(at: index)
        return true
    }

    private mutating func close() -> Result {
        isClosed = true
        return Result(
            bids: bids.sorted { $0.warehouse < $1.warehouse },
            absences: absent.sorted { $0.warehouse < $1.warehouse }
        )
    }
}
