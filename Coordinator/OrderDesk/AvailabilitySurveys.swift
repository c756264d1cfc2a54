internal import AllocationModel
internal import AllocationProtocol

/// Looks at what the sites have, without an order: of one SKU for a client, of many for the office.
struct AvailabilitySurveys: Sendable {
    /// Tells a survey's rounds from an order's, whose attempts count from one.
    static let attempt: Int64 = 0
    /// Tells a survey's timers from an order's, whose tokens count from one.
    static let token = 0

    private var surveys: [Order.ID: Survey] = [:]
    private var count = 0

    private struct Survey: Sendable {
        var round: SourcingRound
        let asker: Asker
    }

    private enum Asker: Sendable {
        case client(Office.ClientID)
        /// The office itself, about these SKUs.
        case office([SKU])
    }

    mutating func begin(
        _ sku: SKU,
        to destination: Destination,
        in currency: Currency,
        for client: Office.ClientID,
        at desk: OrderDesk,
        into effects: inout Office.Effects
    ) {
        let result = begin(
            [sku],
            to: destination,
            in: currency,
            for: .client(client),
            desk,
            &effects
        )
        if let result { answer(client, result, into: &effects) }
    }

    /// Asks what the sites have of these SKUs, wherever it is to go.
    ///
    /// Returns what was found where nobody can be asked.
    mutating func begin(
        _ skus: [SKU],
        at desk: OrderDesk,
        into effects: inout Office.Effects
    ) -> SourcingRound.Result? {
        begin(skus, to: Self.anywhere, in: .usd, for: .office(skus), desk, &effects)
    }

    /// What there is does not hang on where it is to go.
    private static let anywhere = Destination(country: .us, postalCode: "10001")

    private mutating func begin(
        _ skus: [SKU],
        to destination: Destination,
        in currency: Currency,
        for asker: Asker,
        _ desk: OrderDesk,
        _ effects: inout Office.Effects
    ) -> SourcingRound.Result? {
        count += 1
        let id = Order.ID(trusted: "availability-\(count)")
        let asked = desk.sites.filter { $0.session != nil }
        var round = SourcingRound(
            id: RoundID(order: id, attempt: Self.attempt),
            asking: asked.map(\.warehouse),
            without: desk.sites.filter { $0.session == nil }.map(\.warehouse)
        )
        if let result = round.closeIfNobodyIsAsked() { return result }
        let request = BidRequest(
            round: round.id,
            lines: skus.map { BidRequest.Line(sku: $0, quantity: 1) },
            destination: destination,
            serviceLevel: .ground,
            currency: currency,
            purpose: .availability,
            remainingMilliseconds: desk.timing.bidDeadline.wholeMilliseconds
        )
        surveys[id] = Survey(round: round, asker: asker)
        effects.requests += asked.map {
            Office.Outgoing(
                warehouse: $0.warehouse,
                session: $0.session,
                request: .bid(request)
            )
        }
        effects.timers.append(
            Office.Timer(order: id, token: Self.token, after: desk.timing.bidDeadline)
        )
        return nil
    }

    /// Goes on with a survey; with its end, the office hears what it has asked itself.
    mutating func handle(
        _ event: SourcingRound.Event,
        of id: Order.ID,
        into effects: inout Office.Effects
    ) -> (skus: [SKU], SourcingRound.Result)? {
        guard let result = surveys[id]?.round.handle(event), let survey = surveys[id] else {
            return nil
        }
        surveys[id] = nil
        switch survey.asker {
        case .client(let client):
            answer(client, result, into: &effects)
            return nil
        case .office(let skus): return (skus, result)
        }
    }

    private func answer(
        _ client: Office.ClientID,
        _ result: SourcingRound.Result,
        into effects: inout Office.Effects
    ) {
        effects.answers.append(.availability(client, result.bids.map(Self.availability)))
    }

    private static func availability(in bid: Bid) -> SiteAvailability {
        let soonest = bid.services.min {
            ($0.arrives, $0.leaves, $0.code) < ($1.arrives, $1.leaves, $1.code)
        }
        let lineDecline = bid.declines.first { $0.subject == .line(0) }
        // A service may decline a day that is full and be offered for a later one.
        let others = bid.declines.filter { decline in
            !bid.services.contains { decline.subject == .service($0.code) }
        }
        return SiteAvailability(
            warehouse: bid.warehouse,
            available: bid.offers.first { $0.line == 0 }?.quantity ?? .zero,
            leaves: soonest?.leaves,
            arrives: soonest?.arrives,
            service: soonest?.code,
            decline: (lineDecline ?? others.first)?.reason
        )
    }
}
