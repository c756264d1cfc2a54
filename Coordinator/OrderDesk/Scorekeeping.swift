package import AllocationModel
package import AllocationProtocol

/// Adds decided orders and resolved alerts up to a scorecard.
package struct Scorekeeping {
    private let grouping: Scorecard.Grouping
    private var tallies: [String: Tally] = [:]
    private var total = Tally()

    package init(by grouping: Scorecard.Grouping) {
        self.grouping = grouping
    }

    /// Takes in a decided order.
    ///
    /// One that was rebuilt from what the sites hold says nothing of how it was decided.
    package mutating func add(_ record: OrderRecord, from evidence: Evidence) {
        guard let outcome = record.outcome, Replaying.isPossible(from: evidence) else { return }
        let plan = outcome.plan
        total.add(record, plan, evidence)
        for name in names(of: record, plan, evidence) {
            tallies[name, default: Tally()].add(record, plan, evidence)
        }
    }

    private func names(
        of record: OrderRecord,
        _ plan: Plan?,
        _ evidence: Evidence
    ) -> [String] {
        switch grouping {
        case .day: [record.receivedAt.utcDay.description]
        case .site: (plan?.warehouses ?? []).map(\.rawValue)
        case .segment:
            [evidence.customer.map { $0.segment.isEmpty ? "none" : $0.segment } ?? "guest"]
        }
    }

    /// Takes in an alert, where it is of books that did not agree and do again.
    package mutating func add(_ alert: Alert) {
        guard let end = alert.resolved?.at, alert.subject.kind.isDiscrepancy else { return }
        let milliseconds = max(0, end.milliseconds - alert.openedAt.milliseconds)
        total.add(milliseconds)
        switch grouping {
        case .day: tallies[end.utcDay.description, default: Tally()].add(milliseconds)
        case .site:
            let site = alert.subject.name.split(separator: " ").first.map(String.init) ?? ""
            tallies[site, default: Tally()].add(milliseconds)
        case .segment: return
        }
    }

    /// What has come together.
    package var scorecard: Scorecard {
        Scorecard(
            groups: tallies.sorted { $0.key < $1.key }.map { $0.value.group(named: $0.key) },
            total: total.group(named: "all")
        )
    }

    private struct Tally {
        private var orders = 0
        private var shipped = 0
        private var split = 0
        private var short = 0
        private var milliseconds: [Int64] = []
        private var freight: [Currency: (total: Money, orders: Int)] = [:]
        private var discrepancies = 0
        private var discrepancyMilliseconds: Int64 = 0

        mutating func add(_ record: OrderRecord, _ plan: Plan?, _ evidence: Evidence) {
            orders += 1
            // The decision in force is of a later day where the order was sourced again.
            if record.resourcings.isEmpty, let decidedAt = record.decidedAt {
                milliseconds.append(
                    max(0, decidedAt.milliseconds - record.receivedAt.milliseconds)
                )
            }
            guard let plan else { return }
            if evidence.attempts > 1, !plan.backorders.isEmpty { short += 1 }
            guard !plan.shipments.isEmpty else { return }
            shipped += 1
            guard plan.warehouses.count > 1 else { return }
            split += 1
            let currency = plan.cost.currency
            let before = freight[currency] ?? (.zero(currency), 0)
            freight[currency] = (before.total + plan.freight, before.orders + 1)
        }

        mutating func add(_ milliseconds: Int64) {
            discrepancies += 1
            discrepancyMilliseconds += milliseconds
        }

        func group(named name: String) -> Scorecard.Group {
            let sorted = milliseconds.sorted()
            return Scorecard.Group(
                name: name,
                orders: orders,
                shipped: shipped,
                split: split,
                medianMilliseconds: Self.rank(50, of: sorted),
                percentile95Milliseconds: Self.rank(95, of: sorted),
                shortOfOffered: short,
                splitFreight: freight.values
                    .map { Scorecard.Freight(total: $0.total, orders: $0.orders) }
                    .sorted { $0.total.currency.code < $1.total.currency.code },
                discrepancies: discrepancies,
                discrepancySeconds: discrepancies == 0
                    ? nil : discrepancyMilliseconds / Int64(discrepancies) / 1000
            )
        }

        /// The nearest rank: the least value that so many hundredths do not exceed.
        private static func rank(_ percent: Int, of sorted: [Int64]) -> Int64? {
            guard !sorted.isEmpty else { return nil }
            return sorted[(sorted.count * percent + 99) / 100 - 1]
        }
    }
}

extension Alert.Kind {
    /// Whether it says that what is written somewhere and what is so, or written elsewhere, differ.
    fileprivate var isDiscrepancy: Bool {
        switch self {
        case .overrideConflict, .shippedCancelled, .leaseConflict, .historyLost, .duplicateSite,
            .pickRefused, .stockDrift:
            true
        case .belowReorderPoint, .backorder, .backorderSlipped, .promiseAtRisk, .missedCutoff,
            .slaMissed, .siteSilent, .orderStuck,
            .holdInDoubt, .orderPlaced, .orderRefused:
            false
        }
    }
}
