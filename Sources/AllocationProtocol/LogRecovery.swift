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
        /// Sites that have shipped their parts of the decision whose place it has taken.
        package let kept: [Share]

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
        // begun, the earlier ones had been given up, or decided and to be replaced.
        var latest: [Order.ID: TransactionID] = [:]
        for transaction in attempts.keys.sorted() {
            guard let found = attempts[transaction] else { continue }
            latest[found[0].order] = transaction
        }
        var rebuilt: [Rebuilt] = []
        var decisions: [Order.ID: Int] = [:]
        for transaction in attempts.keys.sorted() {
            guard let found = attempts[transaction] else { continue }
            let order = found[0].order
            let before = decisions[order].map { rebuilt[$0] }
            let shipped = before.map { shares(of: $0, shippedIn: attempts) } ?? []
            let isForTheRest = before.map { asksForTheRest(found, of: $0, after: shipped) } ?? true
            guard
                let decision = conclude(
                    found,
                    mayBeOpen: latest[order] == transaction && isForTheRest,
                    keeping: isForTheRest ? shipped : []
                )
            else { continue }
            // What was given back of the one before says that another took its place.
            if let index = decisions[order] { rebuilt[index] = rebuilt[index].superseded }
            decisions[order] = rebuilt.count
            rebuilt.append(decision)
        }
        return rebuilt
    }

    /// Whether an attempt asks for no more than what had not left of the decision before it.
    ///
    /// One that asks again for what has left was begun before that left: where it was decided, that
    /// is to be called back; where it was voted for alone, the decision before stands.
    private func asksForTheRest(
        _ found: [Found],
        of before: Rebuilt,
        after shipped: [Share]
    ) -> Bool {
        let asked = found[0].holding.request.bid.lines.reduce(0) { $0 + $1.quantity.units }
        let whole = before.request.bid.lines.reduce(0) { $0 + $1.quantity.units }
        let gone = shipped.flatMap(\.lines).reduce(0) { $0 + $1.quantity.units }
        return gone == 0 || asked + gone <= whole
    }

    private func shares(
        of decision: Rebuilt,
        shippedIn attempts: [TransactionID: [Found]]
    ) -> [Share] {
        (attempts[decision.transaction] ?? []).filter { $0.holding.status == .shipped }
            .map { Share(warehouse: $0.warehouse, lines: $0.holding.request.lines) }
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

    private func conclude(
        _ found: [Found],
        mayBeOpen: Bool,
        keeping kept: [Share]
    ) -> Rebuilt? {
        let request = found[0].holding.request
        let bound = found.filter { $0.wasDecided || $0.holding.status == .voted }
        let missing = request.participants.sorted()
            .filter { site in !bound.contains { $0.warehouse == site } }
        let isDecided = found.contains(where: \.wasDecided)
        guard isDecided || (mayBeOpen && missing.isEmpty) else { return nil }
        // A released reservation keeps a record only where its order was cancelled; whoever has
        // nothing of that any more has forgotten it.
        let isCancelled = found.contains { $0.holding.status == .released }
        return Rebuilt(
            request: request,
            shares: bound.map { Share(warehouse: $0.warehouse, lines: $0.holding.request.lines) },
            isCancelled: isCancelled,
            missing: isCancelled ? [] : missing,
            kept: kept
        )
    }
}

extension LogRecovery.Rebuilt {
    /// The same decision where another has taken its place.
    ///
    /// Its order was not cancelled by it, and whoever has nothing of it any more has given it back.
    fileprivate var superseded: Self {
        Self(
            request: request,
            shares: shares,
            isCancelled: false,
            missing: [],
            kept: kept
        )
    }
}
