import AllocationModel
import AllocationProtocol
import OrderDesk

/// What a story tells of a run, in the words of the trade.
extension Simulation {
    mutating func narrate(_ who: String, _ what: String) {
        narration?.say(who, what)
    }

    /// Tells of a message that has come to a site, or has not.
    mutating func narrate(_ letter: Letter, isLost: Bool) {
        guard narration != nil else { return }
        let site = sites[letter.site].warehouse
        for request in letter.batch.requests {
            if case .reserve(let asked) = request {
                orderNames[asked.transaction.number] = asked.order
            }
            if case .drain(let ruling) = request {
                orderNames[ruling.request.transaction.number] = ruling.request.order
            }
            guard let words = words(for: request) else { continue }
            narrate("coordinator -> \(site)", words + (isLost ? "   (lost)" : ""))
        }
    }

    /// Tells of an answer that has come to the coordinator, or has not.
    mutating func narrate(_ answers: AnswerBatch, to letter: Letter, isLost: Bool) {
        guard narration != nil else { return }
        let site = sites[letter.site].warehouse
        for (request, answer) in zip(letter.batch.requests, answers.answers) {
            guard let words = words(for: answer, to: request) else { continue }
            narrate("\(site) -> coordinator", words + (isLost ? "   (lost)" : ""))
        }
        for forced in answers.overrides {
            narrate(
                "\(site) -> coordinator",
                "\(forced.who) forced \(forced.choice) of \(name(forced.transaction))"
                    + (isLost ? "   (lost)" : "")
            )
        }
        for offer in answers.leases {
            narrate("\(site) -> coordinator", Self.words(for: offer) + (isLost ? "   (lost)" : ""))
        }
        for transaction in answers.inquiries {
            narrate(
                "\(site) -> coordinator",
                "what became of \(name(transaction))?" + (isLost ? "   (lost)" : "")
            )
        }
    }

    /// The order that an attempt is for.
    func name(_ transaction: TransactionID) -> String {
        orderNames[transaction.number]?.rawValue ?? "an attempt of before"
    }

    private func words(for request: Request) -> String? {
        switch request {
        case .greet, .challenge, .activate, .noteLease, .noteCounts: nil
        case .closeLease(_, let kept): "the lease is closed; \(kept) units of it are drawn"
        case .drain(let ruling):
            "\(ruling.isCancelled ? "no longer ship" : "ship") "
                + "\(Self.words(for: ruling.request.lines)) of your lease for "
                + "\(ruling.request.order)"
        case .report: "the log is lost: what do you hold?"
        case .restore(_, let restoration):
            restoration.rulings.isEmpty
                ? nil
                : "hold again: "
                    + restoration.rulings
                    .map { ruling in
                        "\(ruling.request.order) \(Self.words(for: ruling.request.lines))"
                            + (ruling.isCancelled ? " (cancelled)" : "")
                    }
                    .joined(separator: "; ")
        case .bid(let asked) where asked.purpose == .availability: nil
        case .bid(let asked):
            "what could you ship of \(asked.round.order)?"
        case .reserve(let asked):
            "reserve \(Self.words(for: asked.lines)) for \(asked.order)"
        case .confirm(let transaction): "confirm \(name(transaction))"
        case .release(let transaction): "release \(name(transaction))"
        case .cancel(let transaction) where store[transaction]?.resourcing != nil:
            "give back what you had for \(name(transaction))"
        case .cancel(let transaction): "cancel \(name(transaction))"
        case .noteOverride(let transaction): "noted what was forced of \(name(transaction))"
        case .noteRefusal(let transaction, _):
            "noted what you cannot pick of \(name(transaction))"
        case .noteShipment(let transaction): "noted what has left of \(name(transaction))"
        }
    }

    private func words(for answer: Answer, to request: Request) -> String? {
        switch answer {
        case .hello, .attach, .ready, .noted, .leaseNoted, .countsNoted: nil
        case .holdings(_, let page):
            page.holdings.isEmpty
                ? "I hold nothing"
                : "I hold "
                    + page.holdings
                    .map { holding in
                        "\(holding.request.order) \(Self.words(for: holding.request.lines)), "
                            + holding.status.rawValue
                    }
                    .joined(separator: "; ")
        case .restored(_, let restored):
            restored.unknownSKU.map { "I do not keep \($0)" }
                ?? (restored.shortfall == 0
                    ? nil : "done, and \(restored.shortfall) units are not there")
        case .bid(_, let bid): isLook(request) ? nil : Self.words(for: bid)
        case .vote(let transaction, .reserve): "reserved for \(name(transaction))"
        case .vote(let transaction, .refuse(let refusal, _)):
            "not reserved for \(name(transaction)): \(Self.words(for: refusal))"
        case .confirmed(let transaction): "confirmed \(name(transaction))"
        case .released(let transaction) where store[transaction]?.resourcing != nil:
            "gave back what I had for \(name(transaction))"
        case .released(let transaction): "released \(name(transaction))"
        case .refused(let refusal): words(for: refusal, of: request)
        }
    }

    /// Whether it asks what there is, for no order.
    private func isLook(_ request: Request) -> Bool {
        if case .bid(let asked) = request { asked.purpose == .availability } else { false }
    }

    private func words(for refusal: Refusal, of request: Request) -> String? {
        switch refusal {
        case .staleEpoch: "I answer to a newer coordinator"
        case .staleSession, .otherBoot, .expired: nil
        case .unknownTransaction: "I have no record of that"
        case .overridden(let transaction):
            "\(name(transaction)) was forced otherwise by the site manager"
        case .unlawful(let transaction, let law): "\(name(transaction)): \(law)"
        case .beingReplaced(let transaction):
            "not before I hear what becomes of the new vote for \(name(transaction))"
        case .ledgerUnavailable: words(for: request).map { "I cannot write; not done: \($0)" }
        }
    }

    private static func words(for refusal: VoteRefusal) -> String {
        switch refusal {
        case .insufficientStock(let sku, let requested, let available):
            "\(requested) \(sku) asked, \(available) available"
        case .unknownSKU(let sku): "\(sku) is not kept"
        case .late: "the attempt is over"
        case .shipped: "it has shipped"
        case .dayFull(let day): "as much leaves on \(day) as can"
        case .ledgerUnavailable: "the disk is full"
        }
    }

    private static func words(for offer: LeaseOffer) -> String {
        let lease = "\(offer.lease.quantity) \(offer.lease.sku)"
        return switch offer.wish {
        case .use: "you may promise \(lease) while I am cut off"
        case .giveBack: "close the lease of \(lease)"
        case .writtenOff(let word, _):
            "\(word.who) has written off the lease of \(lease): \(word.reason)"
        }
    }

    private static func words(for bid: Bid) -> String {
        let isKept = bid.declines.contains { decline in
            if case .offeredElsewhere = decline.reason { true } else { false }
        }
        let rest = isKept ? "; another order is being offered the rest" : ""
        guard !bid.offers.isEmpty else { return "nothing" + rest }
        let offers = bid.offers.map { offer in
            "\(offer.tiers.reduce(Quantity.zero) { $0 + $1.quantity }) of line \(offer.line + 1)"
        }
        let arrival = bid.services.map(\.arrives).min().map { ", arriving \($0)" } ?? ""
        return offers.joined(separator: ", ") + arrival + rest
    }

    private static func words(for lines: [Reservation.Line]) -> String {
        lines.map { "\($0.quantity) \($0.sku)" }.joined(separator: ", ")
    }

    static func words(for plan: Plan) -> String {
        let shipped = plan.shipments.map { shipment in
            "\(shipment.warehouse) "
                + shipment.lines.map { "\($0.quantity) \($0.sku)" }.joined(separator: ", ")
        }
        let waiting = plan.backorders.map { "backorder \($0.quantity) \($0.sku)" }
        let parts = shipped + waiting
        return parts.isEmpty ? "what has shipped, and no more" : parts.joined(separator: " + ")
    }

    static func words(for outcome: OrderOutcome) -> String {
        switch outcome {
        case .confirmed(let plan): "confirmed: \(words(for: plan)), \(plan.cost)"
        case .cancelled(let plan): "cancelled: \(words(for: plan))"
        case .refused(let refusals):
            "refused: "
                + refusals.map { "\($0.sku) \($0.requested) asked, \($0.available) to be had" }
                .joined(separator: "; ")
        }
    }

    mutating func narrate(_ record: Office.Record) {
        guard narration != nil else { return }
        let id = record.order.id
        switch record.content {
        case .confirmed(let confirmation):
            narrate("coordinator", "writes: \(id) confirmed, \(Self.words(for: confirmation.plan))")
        case .resourced(let confirmation, let second):
            let plan = Self.words(for: confirmation.plan)
            let lines = record.order.lines.map { "\($0.sku) x\($0.quantity)" }
            let changed = second.changed.map { _ in "\(lines.joined(separator: ", ")), " } ?? ""
            narrate(
                "coordinator",
                "writes: \(id) confirmed as \(changed)\(plan), in place of \(Self.words(for: second.before))"
            )
        case .refused: narrate("coordinator", "writes: \(id) refused")
        case .cancelled: narrate("coordinator", "writes: \(id) cancelled")
        case .ended: narrate("coordinator", "writes: \(id) is settled everywhere")
        }
    }

    mutating func narrate(_ event: Office.Event) {
        guard narration != nil, case .solved(let task, let result) = event else { return }
        switch result {
        case .plan(let solution):
            let proof = solution.plan.isProved ? "no cheaper way" : "not proved"
            narrate(
                "coordinator",
                "plans \(task.order.id): \(Self.words(for: solution.plan)), "
                    + "\(solution.plan.cost) (\(proof))"
            )
        case .unfillable: narrate("coordinator", "finds no lawful plan for \(task.order.id)")
        case .undecided: narrate("coordinator", "comes to no plan for \(task.order.id)")
        }
    }

    /// Tells of what an operator would be told.
    mutating func narrate(_ note: Office.Note) {
        let words: String? =
            switch note {
            case .activated(let site): "\(site) is in session"
            case .deactivated(let site): "\(site) is out of session"
            case .session(let site, .fenced): "ALERT: replaced by a newer coordinator, says \(site)"
            case .session(let site, .amnesia): "ALERT: \(site) lacks history; count its stock"
            case .session(let site, .restored(0)): "\(site) has its reservations again"
            case .session(let site, .restored(let units)):
                "ALERT: \(site) has its reservations again, and lacks \(units) units"
            case .session(let site, .cannotRestore(let sku)):
                "ALERT: \(site) stays out until it keeps \(sku)"
            case .session(let site, .duplicateIdentity):
                "ALERT: two agents answer as \(site); both are kept out"
            case .session(_, .ignored), .refused: nil
            case .misfit(let site): "ALERT: the answers of \(site) do not fit"
            case .shippedBeforeCancelled(let id, _, let site):
                "ALERT: \(site) had shipped its part of \(id) before it was cancelled"
            case .shipped(let id, let shipment, isCancelled: false):
                "has in its log that \(shipment.warehouse) has shipped its part of \(id)"
            case .shipped(let id, let shipment, isCancelled: true):
                "ALERT: \(shipment.warehouse) has shipped its part of \(id), which is cancelled"
            case .shippedUndecided(let shipment):
                "ALERT: \(shipment.warehouse) has shipped what it was never asked to"
            case .pickRefused(let id, let refused):
                "has in its log that \(refused.warehouse) cannot pick \(refused.refusal.words) of \(id)"
            case .pickRefusedUndecided(let refused):
                "ALERT: \(refused.warehouse) cannot pick what it was never asked to"
            case .overridden(let said) where said.isConflict:
                "ALERT: \(said.override.who) at \(said.warehouse) has forced "
                    + "\(said.override.choice) of \(name(said.override.transaction)), which was decided "
                    + "otherwise: \(said.override.reason)"
            case .overridden(let said):
                "\(said.override.who) at \(said.warehouse) has forced \(said.override.choice) of "
                    + "\(name(said.override.transaction)), as it was decided"
            case .lease(.granted(let site, let lease)):
                "may promise \(lease.quantity) \(lease.sku) while \(site) is cut off"
            case .lease(.closed(let site, let lease, let kept)):
                "draws no more on the lease of \(lease.quantity) \(lease.sku) at \(site); "
                    + "\(kept) are drawn"
            case .lease(.writtenOff(let site, let lease, let word, let conflict)):
                conflict.isZero
                    ? "\(word.who) at \(site) has written off \(lease.quantity) \(lease.sku)"
                    : "ALERT: \(word.who) at \(site) has written off \(lease.quantity) "
                        + "\(lease.sku), and orders had drawn \(conflict): \(word.reason)"
            case .cutoffMissed(let id, let sites, let isSourcedAgain):
                "misses \(sites.map(\.rawValue).joined(separator: ", ")) in \(id)"
                    + (isSourcedAgain ? ", and sources it again" : "")
            case .followedUp(let id, let reason): "sources \(id) again: \(reason)"
            case .logDoubted: "ALERT: the log lacks decisions that sites have seen"
            case .recoveryWaits(let sites):
                "waits for \(sites.map(\.rawValue).joined(separator: ", ")) to tell what they hold"
            case .logRebuilt(let count):
                "has rebuilt its log; decisions that sites told of: \(count)"
            case .rebuiltWithout(_, let sites):
                "ALERT: \(sites.map(\.rawValue).joined(separator: ", ")) hold nothing of a decision"
            case .notRebuilt: "ALERT: sites told of an attempt that names no order"
            }
        if let words { narrate("coordinator", words) }
    }

    mutating func narrate(_ submission: Submission, to client: Int) {
        guard narration != nil else { return }
        let id = clients[client].order.id
        let words =
            switch submission {
            case .placed(let record), .alreadyPlaced(let record):
                record.outcome.map { Self.words(for: $0) } ?? "pending"
            case .alreadyPlacedDifferently: "another order has that number"
            case .unavailable(let reason, _): "send it again: \(reason)"
            }
        narrate("coordinator -> client", "\(id) \(words)")
    }

    mutating func narrate(_ answer: ResourcingAnswer, to client: Int) {
        guard narration != nil else { return }
        let id = clients[client].order.id
        let words =
            switch answer {
            case .previewed(let comparison):
                "would be \(Self.words(for: comparison.plan)), \(comparison.plan.cost) in place of "
                    + "\(comparison.costBefore)"
            case .resourced(_, let comparison):
                "is now \(Self.words(for: comparison.plan)), \(comparison.plan.cost) in place of "
                    + "\(comparison.costBefore)"
            case .unfillable: "stands as it was: there is no other plan"
            case .nothingToResource(let record): "is \(record.status.rawValue): nothing of it waits"
            case .unknownWarehouses(let names):
                "\(names.map(\.rawValue).joined(separator: ", ")): no such warehouse"
            case .unlawfulChange(.shipped(_, let quantity), _):
                "cannot be changed so: \(quantity) have shipped"
            case .unlawfulChange(let fault, _): "cannot be changed so: \(fault)"
            case .unknownOrder: "is not known"
            case .unavailable(let reason, _): "ask again: \(reason)"
            }
        narrate("coordinator -> office", "\(id) \(words)")
    }

    mutating func narrate(_ cancellation: Cancellation, to client: Int) {
        guard narration != nil else { return }
        let id = clients[client].order.id
        let words =
            switch cancellation {
            case .cancelled: "is cancelled"
            case .alreadyCancelled: "was cancelled before"
            case .alreadyShipped(let record):
                "cannot be cancelled: "
                    + record.shipments.map(\.warehouse.rawValue).joined(separator: ", ")
                    + " had shipped"
            case .nothingToCancel: "was refused; there is nothing to cancel"
            case .unknownOrder: "is not known"
            case .unavailable(let reason, _): "ask again: \(reason)"
            }
        narrate("coordinator -> client", "\(id) \(words)")
    }
}
