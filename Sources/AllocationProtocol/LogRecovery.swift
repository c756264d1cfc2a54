package import AllocationModel

/// The decisions of a lost log, told again by the sites that carried them out.
///
/// Presumed abort is no use where the log is gone: absence would release what
/// was promised. So every site reports what it holds, and only when all have
/// done so is anything concluded: what any site has confirmed was decided; what
/// every site of the plan has voted for may have been promised, and is
/// confirmed too; the rest never was, and is released when asked about.
package struct LogRecovery: Hashable, Sendable {
    private var reports: [Warehouse.ID: Report]

    private struct Report: Hashable, Sendable {
        var holdings: [Holding] = []
        var isWhole = false
    }

    /// A decision that the sites' reports prove, or do not exclude.
    package struct Rebuilt: Hashable, Sendable {
        /// The order, as any of its sites was told of it.
        package let request: ReserveRequest
        /// What each site set aside, by rising warehouse.
        package let shares: [Share]
        package let isCancelled: Bool
        /// Sites of the plan that have no record of it: they have lost history too.
        package let missing: [Warehouse.ID]

        package var transaction: TransactionID { request.transaction }
    }

    /// What one site set aside.
    package struct Share: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let lines: [Reservation.Line]

        package init(warehouse: Warehouse.ID, lines: [Reservation.Line]) {
            self.warehouse = warehouse
            self.lines = lines
        }
    }

    /// Waits for a report of each of `warehouses`.
    package init(of warehouses: [Warehouse.ID]) {
        reports = [:]
        for warehouse in warehouses { reports[warehouse] = Report() }
    }

    /// The sites that have not reported everything, by rising warehouse.
    package var missing: [Warehouse.ID] {
        reports.keys.filter { reports[$0]?.isWhole == false }.sorted()
    }

    /// Begins a site's report anew: it has attached again.
    package mutating func restart(_ warehouse: Warehouse.ID) {
        guard reports[warehouse] != nil else { return }
        reports[warehouse] = Report()
    }

    /// Adds a page of a site's report; a page after the last says nothing.
    package mutating func note(_ page: Holdings, of warehouse: Warehouse.ID) {
        guard var report = reports[warehouse], !report.isWhole else { return }
        for holding in page.holdings {
            // Each attempt once, whatever a site says: pages rise.
            let last = report.holdings.last?.request.transaction
            if let last, holding.request.transaction <= last { continue }
            report.holdings.append(holding)
        }
        report.isWhole = page.isLast
        reports[warehouse] = report
    }

    /// Returns the decisions, by rising transaction.
    ///
    /// - Precondition: nobody is missing.
    package func rebuilt() -> [Rebuilt] {
        precondition(missing.isEmpty, "a log is rebuilt from the reports of every site")
        var attempts: [TransactionID: [Found]] = [:]
        for warehouse in reports.keys.sorted() {
            for holding in reports[warehouse]?.holdings ?? [] {
                attempts[holding.request.transaction, default: []]
                    .append(Found(warehouse: warehouse, holding: holding))
            }
        }
        // The attempts of one order follow each other: where a later one was
        // begun, the earlier ones had been given up.
        var latest: [Order.ID: TransactionID] = [:]
        var decided: Set<Order.ID> = []
        for transaction in attempts.keys.sorted() {
            guard let found = attempts[transaction] else { continue }
            latest[found[0].order] = transaction
            if found.contains(where: \.wasDecided) { decided.insert(found[0].order) }
        }
        return attempts.keys.sorted()
            .compactMap { transaction in
                guard let found = attempts[transaction] else { return nil }
                let isOpen =
                    latest[found[0].order] == transaction && !decided.contains(found[0].order)
                return conclude(found, mayBeOpen: isOpen)
            }
    }

    /// What one site has of one attempt.
    private struct Found {
        let warehouse: Warehouse.ID
        let holding: Holding

        var order: Order.ID { holding.request.order }

        /// Whether only a decision can have brought the site so far.
        var wasDecided: Bool {
            switch holding.status {
            case .confirmed, .shipped, .released: true
            case .held, .voted, .expired: false
            }
        }
    }

    private func conclude(_ found: [Found], mayBeOpen: Bool) -> Rebuilt? {
        let request = found[0].holding.request
        let bound = found.filter { $0.wasDecided || $0.holding.status == .voted }
        let missing = request.participants.sorted()
            .filter { site in !bound.contains { $0.warehouse == site } }
        let isDecided = found.contains(where: \.wasDecided)
        guard isDecided || (mayBeOpen && missing.isEmpty) else { return nil }
        return Rebuilt(
            request: request,
            shares: bound.map { Share(warehouse: $0.warehouse, lines: $0.holding.request.lines) },
            // A released reservation keeps a record only where its order was cancelled.
            isCancelled: found.contains { $0.holding.status == .released },
            missing: missing
        )
    }
}
