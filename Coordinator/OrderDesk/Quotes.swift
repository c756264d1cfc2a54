internal import AllocationModel
internal import AllocationProtocol
internal import BuyerRules

/// What orders would cost that nobody has placed: one round each, and one plan for each level.
///
/// Sites set nothing aside for a quote, not even for a moment: a storefront asks for many more
/// than it places.
struct Quotes: Sendable {
    /// Quotes under way at once; who asks beyond them is told to come again.
    static let underWayMaximum = 64

    private var quotes: [Order.ID: Pending] = [:]
    private var count = 0

    private struct Pending: Sendable {
        let order: Order
        let ruling: BuyerRuling
        let client: Office.ClientID
        var stage: Stage
    }

    private enum Stage: Sendable {
        case asking(SourcingRound)
        case solving(Solving)
    }

    /// What has been found, and for which levels it is still looked.
    private struct Solving: Sendable {
        let absent: [Warehouse.ID]
        var awaited: [ServiceLevel]
        var options: [Quote.Option] = []
        /// Of the slowest level that has no plan.
        var refusals: [LineRefusal] = []
        var isUndecided = false
    }

    mutating func begin(
        _ order: Order,
        for client: Office.ClientID,
        at desk: OrderDesk,
        now: Timestamp,
        into effects: inout Office.Effects
    ) {
        guard quotes.count < Self.underWayMaximum else {
            effects.answers.append(
                .quote(
                    client,
                    .unavailable(reason: "too many quotes are under way", retryAfterSeconds: 1)
                )
            )
            return
        }
        count += 1
        let id = Order.ID(trusted: "quote-\(count)")
        let asked = desk.sites.filter { $0.session != nil }
        var round = SourcingRound(
            id: RoundID(order: id, attempt: AvailabilitySurveys.attempt),
            asking: asked.map(\.warehouse),
            without: desk.sites.filter { $0.session == nil }.map(\.warehouse)
        )
        let ruling = desk.rules.ruling(on: order, receivedAt: now)
        quotes[id] = Pending(
            order: order.under(id),
            ruling: ruling,
            client: client,
            stage: .asking(round)
        )
        if let result = round.closeIfNobodyIsAsked() {
            return solve(result, of: id, under: desk.policy, into: &effects)
        }
        let request = BidRequest(
            round: round.id,
            lines: order.bidLines(naming: LotFitting(order, under: ruling.policy).skus),
            destination: order.destination,
            serviceLevel: order.serviceLevel,
            currency: order.currency,
            purpose: .quote,
            remainingMilliseconds: desk.timing.bidDeadline.wholeMilliseconds
        )
        effects.requests += asked.map {
            Office.Outgoing(
                warehouse: $0.warehouse,
                session: $0.session,
                request: .bid(request)
            )
        }
        effects.timers.append(
            Office.Timer(
                order: id,
                token: AvailabilitySurveys.token,
                after: desk.timing.bidDeadline
            )
        )
    }

    /// The order that a quote under way is for.
    func order(of id: Order.ID) -> Order? { quotes[id]?.order }

    mutating func handle(
        _ event: SourcingRound.Event,
        of id: Order.ID,
        under policy: SourcingPolicy,
        into effects: inout Office.Effects
    ) {
        guard let quote = quotes[id], case .asking(var round) = quote.stage else { return }
        let result = round.handle(event)
        quotes[id]?.stage = .asking(round)
        if let result { solve(result, of: id, under: policy, into: &effects) }
    }

    /// Has one plan made for each level that some site offers.
    private mutating func solve(
        _ result: SourcingRound.Result,
        of id: Order.ID,
        under policy: SourcingPolicy,
        into effects: inout Office.Effects
    ) {
        guard let quote = quotes[id] else { return }
        let asked = quote.order.serviceLevel
        let bids = result.bids.map(quote.order.destination.delivery.kept)
        let offered = Set(bids.flatMap { $0.services.map(\.level) }.filter { $0 > asked })
        let levels = [asked] + offered.sorted()
        quotes[id]?.stage = .solving(
            Solving(absent: result.absences.map(\.warehouse).sorted(), awaited: levels)
        )
        effects.tasks += levels.map { level in
            SolveTask(
                order: quote.order,
                round: Self.round(of: id, level),
                bids: bids.map { $0.from(level) },
                policy: policy,
                ruling: quote.ruling
            )
        }
    }

    /// Tells a level's plan from an order's, whose rounds count from one.
    private static func round(of id: Order.ID, _ level: ServiceLevel) -> RoundID {
        RoundID(order: id, attempt: -1 - Int64(level.rawValue))
    }

    /// Whether a task was a quote's.
    static func owns(_ round: RoundID) -> Bool { round.attempt < 0 }

    mutating func take(
        _ result: Solution.Result,
        of round: RoundID,
        into effects: inout Office.Effects
    ) {
        let id = round.order
        guard let quote = quotes[id], case .solving(var solving) = quote.stage,
            let level = solving.awaited.first(where: { Self.round(of: id, $0) == round })
        else { return }
        solving.awaited.removeAll { $0 == level }
        switch result {
        case .plan(let solution):
            // A plan that ships nothing is nothing to offer.
            if !solution.plan.shipments.isEmpty {
                solving.options.append(Quote.Option(level: level, plan: solution.plan))
            }
        case .unfillable(let refusals, _):
            if level == quote.order.serviceLevel { solving.refusals = refusals }
        case .undecided:
            solving.isUndecided = true
        }
        quotes[id]?.stage = .solving(solving)
        guard solving.awaited.isEmpty else { return }
        quotes[id] = nil
        effects.answers.append(.quote(quote.client, Self.answer(solving)))
    }

    private static func answer(_ solving: Solving) -> QuoteAnswer {
        let options = Quote.worthHaving(solving.options)
        // Who could not be asked might have had it.
        if options.isEmpty, solving.isUndecided || !solving.absent.isEmpty {
            let names = solving.absent.map(\.rawValue).joined(separator: ", ")
            return .unavailable(
                reason: solving.isUndecided
                    ? "no plan was found in time"
                    : "nobody else has it, and \(names) cannot be asked",
                retryAfterSeconds: 2
            )
        }
        return .quoted(
            Quote(
                options: options,
                refusals: options.isEmpty ? solving.refusals : [],
                absent: solving.absent
            )
        )
    }
}

extension Bid {
    /// Returns the bid with the services that are as fast as a level, or faster.
    fileprivate func from(_ level: ServiceLevel) -> Bid {
        Bid(
            warehouse: warehouse,
            offers: offers,
            services: services.filter { $0.level >= level },
            fixedCost: fixedCost,
            declines: declines
        )
    }
}

extension Order {
    /// Returns the same order under another id.
    fileprivate func under(_ id: ID) -> Order {
        Order(
            id: id,
            lines: lines,
            destination: destination,
            serviceLevel: serviceLevel,
            completeness: completeness,
            currency: currency,
            terms: terms
        )
    }
}
