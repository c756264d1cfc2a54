internal import AllocationModel
internal import BuyerRules

/// What people should know of the decision on one order.
struct OrderAlerts {
    let order: Order
    let ruling: BuyerRuling

    /// Returns what a plan gives people to know; `bids` are those that sites made themselves.
    func signs(of plan: Plan, from bids: [Bid]) -> [AlertSign] {
        var signs: [AlertSign] = []
        if !plan.backorders.isEmpty {
            signs.append(waits(for: plan.backorders))
        }
        if let late = lateness(of: plan) { signs.append(.raised(subject(.slaMissed), late)) }
        if let channels = channels {
            let sites = plan.warehouses.map(\.rawValue).joined(separator: ", ")
            let wares = order.lines.map { "\($0.quantity) x \($0.sku)" }.joined(separator: ", ")
            signs.append(
                .raised(
                    subject(.orderPlaced),
                    "order \(order.id): \(wares) from \(sites.isEmpty ? "backorder" : sites)",
                    channels: channels
                )
            )
        }
        return signs + stockSigns(of: plan, from: bids)
    }

    /// Returns what a plan gives people to know that has taken another's place.
    func signsOfResourcing(by plan: Plan, from bids: [Bid]) -> [AlertSign] {
        let signs = signs(of: plan, from: bids).filter { $0.subject.kind != .orderPlaced }
        let raised = signs.map(\.subject.kind)
        return [Alert.Kind.backorder, .slaMissed, .promiseAtRisk].filter { !raised.contains($0) }
            .map { .cleared(subject($0), "the order is sourced otherwise") } + signs
    }

    /// Returns what a follow-up's plan gives people to know, which leaves so much waiting.
    ///
    /// That it is late, or at risk, is as true as before of what stays where it is.
    func signsOfFollowUp(
        by plan: Plan,
        leaving backorders: [Plan.Backorder],
        from bids: [Bid]
    ) -> [AlertSign] {
        let part = signs(of: plan, from: bids)
            .filter { $0.subject.kind != .orderPlaced && $0.subject.kind != .backorder }
        guard !backorders.isEmpty else {
            return [.cleared(subject(.backorder), "stock has come for all that waited")] + part
        }
        return [waits(for: backorders)] + part
    }

    private func waits(for backorders: [Plan.Backorder]) -> AlertSign {
        let units = backorders.map { "\($0.quantity) x \($0.sku)" }.joined(separator: ", ")
        return .raised(subject(.backorder), "order \(order.id) waits for \(units)")
    }

    /// Returns what a refusal gives people to know.
    func signs(of refusals: [LineRefusal]) -> [AlertSign] {
        guard let channels else { return [] }
        let lines = refusals.map { "\($0.requested) x \($0.sku), \($0.available) to be had" }
        return [
            .raised(
                subject(.orderRefused),
                "order \(order.id) is refused: \(lines.joined(separator: "; "))",
                channels: channels
            )
        ]
    }

    /// What is over when the order is cancelled.
    var signsOfCancelling: [AlertSign] {
        [Alert.Kind.backorder, .slaMissed, .promiseAtRisk]
            .map { .cleared(subject($0), "the order is cancelled") }
    }

    private func subject(_ kind: Alert.Kind) -> Alert.Subject {
        Alert.Subject(kind, order.id.rawValue)
    }

    /// The channels that rules name for this order; nil where they name none.
    private var channels: [AlertChannel]? {
        guard case .alerts(let channels)? = ruling.policy.applied(.alerts)?.effect else {
            return nil
        }
        return channels
    }

    private func lateness(of plan: Plan) -> String? {
        guard case .slaHours(let hours)? = ruling.policy.applied(.slaHours)?.effect,
            let last = plan.shipments.map(\.arrives).max(),
            last > ruling.day.adding(days: hours / 24)
        else { return nil }
        return "order \(order.id) arrives \(last), and \(hours) hours are agreed"
    }

    // Stock.

    /// Returns which sites are short of the order's SKUs once it has shipped, and which are not.
    private func stockSigns(of plan: Plan, from bids: [Bid]) -> [AlertSign] {
        var points: [(sku: SKU, point: Quantity)] = []
        for case (let line, let profile?) in zip(order.lines, ruling.profiles) {
            guard let point = profile.reorderPoint, !points.contains(where: { $0.sku == line.sku })
            else { continue }
            points.append((line.sku, point))
        }
        return points.flatMap { sku, point in
            bids.compactMap { sign(of: sku, at: $0, below: point, after: plan) }
        }
    }

    private func sign(
        of sku: SKU,
        at bid: Bid,
        below point: Quantity,
        after plan: Plan
    ) -> AlertSign? {
        guard let free = free(sku, at: bid) else { return nil }
        let shipped = plan.shipments.filter { $0.warehouse == bid.warehouse }.flatMap(\.lines)
            .filter { $0.sku == sku }.reduce(Quantity.zero) { $0 + $1.quantity }
        let left = free.lessAtMost(shipped)
        let subject = Alert.Subject(.belowReorderPoint, "\(bid.warehouse) \(sku)")
        let detail = "\(bid.warehouse) has \(left) x \(sku) left; it is reordered below \(point)"
        return left < point
            ? .raised(subject, detail)
            : .cleared(subject, "\(bid.warehouse) has \(left) x \(sku) again")
    }

    /// What a site has to promise of a SKU; nil where it does not say.
    private func free(_ sku: SKU, at bid: Bid) -> Quantity? {
        let lines = order.lines.indices.filter { order.lines[$0].sku == sku }
        let offers = bid.offers.filter { lines.contains($0.line) }
        if let most = offers.map({ $0.available ?? $0.quantity }).max() { return most }
        let isOut = bid.declines.contains { decline in
            lines.contains { decline.subject == .line($0) } && decline.reason == .noStock
        }
        return isOut ? .zero : nil
    }
}
