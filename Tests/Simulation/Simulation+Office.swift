import AllocationModel
import AllocationProtocol
import OrderDesk

/// What the coordinator's driver does: records first, then what leaves, in the order of the effects.
extension Simulation {
    mutating func startOffice() throws {
        guard office == nil else { return }
        officeStarts += 1
        let epoch = mutant == .keepsItsEpoch ? max(1, store.epoch) : store.epoch + 1
        if storeCopy == nil { storeCopy = store }
        store.forgetsDraws = mutant == .forgetsDraws
        store.isKeyless = mutant == .forgetsWhoseOrderItIs
        store.begin(epoch: epoch, id: UInt64(officeStarts))
        let desk = OrderDesk(
            coordinator: Example.office,
            epoch: epoch,
            warehouses: sites.map(\.warehouse),
            policy: SourcingPolicy(nodesMaximum: 300),
            timing: timing,
            leases: LeaseBook(store.leases.keys.sorted().compactMap { store.known($0) })
        )
        let isRecovering = store.isLost && mutant != .trustsALostLog
        var started = Office(
            desk: desk,
            evidence: store.sites,
            history: mutant == .trustsALostLog ? LogHistory() : store.history,
            isRecovering: isRecovering
        )
        let effects =
            isRecovering
            ? Office.Effects()
            : started.recover(
                store.takenUp.map { store.found($0, isForRecovery: true) },
                unfinished: store.unfinished,
                now: officeNow
            )
        office = started
        heading = started.heading
        inbox = sites.map { .probe($0.warehouse) }
        try carryOut(effects)
    }

    private var officeNow: Timestamp { Example.instant(time + officeClockError) }

    /// Loses all that is not in the store: what waits, what is under way, who has asked.
    mutating func crashOffice() {
        guard office != nil else { return }
        office = nil
        inbox = []
        asks = [:]
        for index in lines.indices { lines[index] = [Line(), Line()] }
        for index in clients.indices { clients[index].isWaiting = false }
        guard narration == nil else { return }
        plan(.officeStart, in: Int64.random(in: 20...700, using: &random))
    }

    /// Steps the office through all that waits, and carries out what it wants, once.
    mutating func stepOffice() throws {
        guard office != nil, !inbox.isEmpty else { return }
        var effects = Office.Effects()
        let events = inbox
        let now = officeNow
        inbox = []
        for event in events {
            trace.note("\(time) \(Self.words(for: event))")
            narrate(event)
            office?.handle(event, now: now, into: &effects)
        }
        try carryOut(effects)
    }

    private mutating func carryOut(_ effects: Office.Effects) throws {
        if mutant == .sendsBeforeRecords {
            send(effects.requests)
            tell(effects.answers)
            if strikes(.officeCrashBeforeRecords, effects.records.isEmpty ? 0 : 1, in: 6) {
                return crashOffice()
            }
            try write(effects)
        } else {
            let isDecision = !effects.records.isEmpty || !effects.keepings.isEmpty
            if stopsOffice(.officeCrashBeforeRecords, at: effects)
                || strikes(.officeCrashBeforeRecords, isDecision ? 1 : 0, in: 12)
            {
                return crashOffice()
            }
            try write(effects)
            heading = office?.heading ?? heading
            guard office != nil else { return }
            if stopsOffice(.officeCrashBetweenRecordsAndSends, at: effects)
                || strikes(.officeCrashBetweenRecordsAndSends, isDecision ? 1 : 0, in: 12)
            {
                if effects.records.contains(where: \.isResourcing) {
                    faults.insert(.resourcingCrash)
                    if areBackordersFollowedUp { faults.insert(.followUpCrash) }
                }
                return crashOffice()
            }
            send(effects.requests)
            if strikes(.officeCrashBetweenSendsAndAnswers, isDecision ? 1 : 0, in: 12) {
                return crashOffice()
            }
            tell(effects.answers)
        }
        for task in effects.tasks {
            planOffice(.solved(task, task.run()), in: pause(1...60))
        }
        lookUp(effects)
        for timer in effects.timers {
            planOffice(.timer(timer.order, timer.token), in: timer.after.milliseconds)
        }
        for note in effects.notes { judge(note) }
    }

    /// Ends the office's process here, once, where a story says so.
    private mutating func stopsOffice(_ point: Fault, at effects: Office.Effects) -> Bool {
        guard officeCrashPoint == point, effects.records.contains(where: \.isConfirmation) else {
            return false
        }
        officeCrashPoint = nil
        narrate("coordinator", "stops")
        return true
    }

    private mutating func write(_ effects: Office.Effects) throws {
        let records =
            mutant == .forgetsChanges ? effects.records.map(\.unchanged) : effects.records
        guard !records.isEmpty || !effects.keepings.isEmpty else { return }
        if mutant == .turnsOverBeforeDeciding {
            for case .resourced(_, let second) in records.map(\.content) {
                store.turnOver(second)
                if chance(1, in: 2) { return crashOffice() }
            }
        }
        do {
            try store.append(records, effects.keepings)
        } catch let contradiction as RecordStore.Contradiction {
            return report("\(contradiction)")
        }
        for case .recovered in effects.keepings { isLogStale = false }
        for case .dates(let dates) in effects.keepings { note(dates) }
        for record in records {
            trace.note("\(time) writes \(record.order.id)")
            narrate(record)
            switch record.content {
            case .confirmed(let confirmation):
                noteDraws(of: confirmation, for: record.order.id)
                try audit(confirmation, of: record.order)
            case .resourced(let confirmation, let second):
                try note(confirmation, over: second, of: record.order)
            case .ended(let transaction): try audit(shareholdersOf: transaction)
            case .cancelled: everCancelled.insert(record.order.id)
            case .refused: break
            }
        }
    }

    private mutating func planOffice(_ event: Office.Event, in pause: Int64) {
        plan(.office(start: officeStarts, event), in: pause)
    }

    /// Reads the store now; the office hears of it a little later.
    private mutating func lookUp(_ effects: Office.Effects) {
        for id in effects.lookups {
            planOffice(
                .found(id, store.isKeyless ? nil : store[id].map { store.found($0) }),
                in: pause(0...40)
            )
        }
        for inquiry in effects.attemptLookups {
            let standing = store.standing(of: inquiry.transaction, at: inquiry.warehouse)
            planOffice(
                .attemptFound(inquiry.transaction, inquiry.warehouse, standing),
                in: pause(0...40)
            )
        }
        for proof in effects.proofs {
            planOffice(
                .proofFound(
                    proof.transaction,
                    proof.warehouse,
                    store.standing(of: proof.transaction, at: proof.warehouse)
                ),
                in: pause(0...40)
            )
        }
        for lookup in effects.rulingLookups {
            // Pages of two, so that a few decisions take several.
            let (page, isLast) = store.rulings(
                for: lookup.warehouse,
                after: lookup.query.after,
                limit: 2,
                withoutDrawn: mutant == .adoptsWithoutDraws,
                withoutShipped: mutant == .restoresWhatHasLeft
            )
            if page.contains(where: { $0.shipment != nil }) { faults.insert(.shipmentRestored) }
            planOffice(
                .rulingsFound(lookup.warehouse, lookup.query.session, page, isLast: isLast),
                in: pause(0...40)
            )
        }
        lookUpWhatSitesSay(effects)
        if effects.rereadsLog {
            planOffice(
                .recovered(
                    store.takenUp.map { store.found($0, isForRecovery: true) },
                    store.history,
                    unfinished: store.unfinished
                ),
                in: 0
            )
        }
    }

    /// Reads what is known of what people at the sites have said.
    private mutating func lookUpWhatSitesSay(_ effects: Office.Effects) {
        for lookup in effects.overrideLookups {
            let transaction = lookup.override.transaction
            planOffice(
                .overrideFound(
                    lookup.override,
                    lookup.warehouse,
                    store.standing(of: transaction, at: lookup.warehouse),
                    isKnown: store.override(of: transaction, at: lookup.warehouse) != nil
                ),
                in: pause(0...40)
            )
        }
        for shipment in effects.shipmentLookups {
            let found = Office.ShipmentFound(
                shipment,
                store[shipment.report.transaction].map { store.found($0) }
            )
            if found.isKnown { faults.insert(.shipmentToldAgain) }
            planOffice(.shipmentFound(found), in: pause(0...40))
        }
        for refusal in effects.refusalLookups {
            let found = Office.RefusalFound(
                refusal,
                store[refusal.refusal.transaction].map { store.found($0) }
            )
            if found.isKnown { faults.insert(.refusalToldAgain) }
            planOffice(.refusalFound(found), in: pause(0...40))
        }
    }

    /// Nobody says that history was lost but where it was.
    private mutating func judge(_ note: Office.Note) {
        guard narration == nil else { return narrate(note) }
        switch note {
        case .activated, .deactivated, .session(_, .ignored), .recoveryWaits, .logRebuilt,
            .followedUp, .cutoffMissed:
            break
        case .session(let warehouse, .amnesia), .session(let warehouse, .restored(0)):
            let wasRestored = sites.contains { $0.warehouse == warehouse && $0.wasRestored }
            if !wasRestored && !wasLogLost { report("\(warehouse) is said to have lost history") }
        case .session(let warehouse, .restored) where areSitesShipping || arePicksRefused:
            // A vote of its copy that was released since holds the units a moment longer; at the
            // end nothing may be short but what cannot be picked.
            let wasRestored = sites.contains { $0.warehouse == warehouse && $0.wasRestored }
            if !wasRestored && !wasLogLost { report("\(warehouse) is said to be short") }
        case .session(_, .fenced) where wasLogLost:
            break
        case .session(let warehouse, let note):
            report("\(warehouse): \(note)")
        case .overridden(let forced):
            audit(forced)
        case .lease(let change):
            audit(change)
        case .rebuiltWithout where areSitesLeasing:
            // What was drawn and had not come, only the lost log knew.
            break
        case .rebuiltWithout where !everLeftWaiting.isEmpty:
            // Of what was given back and left to wait, some sites have nothing any more.
            break
        case .shipped(_, let shipment, _): audit(shipment)
        case .shippedBeforeCancelled(_, let transaction, let warehouse)
        where hasShipped(transaction, from: warehouse):
            faults.insert(.shippedBeforeCancelled)
        case .shippedUndecided(let shipment) where wasLogLost:
            // Cancelled everywhere, and gone with the log.
            audit(shipment)
        case .pickRefused: break
        case .pickRefusedUndecided where wasLogLost: break
        case .shippedBeforeCancelled, .shippedUndecided, .pickRefusedUndecided, .logDoubted,
            .rebuiltWithout, .notRebuilt:
            report("\(note)")
        case .refused(let warehouse, let refusal):
            switch refusal {
            // A word of before the restoration that came late.
            case .unknownTransaction
            where sites.contains { $0.warehouse == warehouse && $0.wasRestored }:
                break
            case .overridden(let transaction) where isForced(transaction, at: warehouse):
                break
            case .ledgerUnavailable
            where sites.contains { $0.warehouse == warehouse && $0.wasFull }:
                break
            case .beingReplaced:
                faults.insert(.replacedAskedBack)
            case .unknownTransaction, .overridden, .unlawful, .ledgerUnavailable:
                report("\(warehouse) refuses: \(refusal)")
            case .staleEpoch, .staleSession, .otherBoot, .expired:
                break
            }
        case .misfit(let warehouse):
            report("the answers of \(warehouse) do not fit")
        }
    }

    /// One line of the event log.
    func words(for happening: Happening) -> String {
        switch happening {
        case .client(let index): "client \(clients[index].order.id) looks whether to ask"
        case .office(let start, let event): "office \(start): \(Self.words(for: event))"
        case .arrival(let letter), .slowArrival(let letter, _):
            "letter \(letter.number) reaches \(sites[letter.site].warehouse): "
                + "\(letter.batch.requests.map(\.word))"
        case .answer(let letter, let batch):
            "answer to \(letter.number) from \(batch.warehouse): \(batch.answers.map(\.word))"
                + (batch.inquiries.isEmpty ? "" : ", asks about \(batch.inquiries)")
        case .patience(let letter): "letter \(letter.number) has waited long enough"
        case .probe(let index): "time to probe \(sites[index].warehouse)"
        case .mishap: "a mishap"
        case .officeStart: "the office starts"
        case .siteStart(let index): "\(sites[index].warehouse) starts"
        case .siteHeals(let index): "\(sites[index].warehouse) is connected again"
        case .siteHasRoom(let index): "\(sites[index].warehouse) has room on its disk again"
        case .siteExpiresVotes(let index): "\(sites[index].warehouse) lets its votes lapse"
        case .leaseDealing(let index): "\(sites[index].warehouse) deals with its leases"
        case .shipping(let index): "\(sites[index].warehouse) hands goods to the carrier"
        case .resourcing: "somebody has an order sourced again"
        case .changing: "somebody has an order changed"
        case .stockComing: "a site has more to promise"
        case .pickRefusal: "a site finds that it cannot pick something"
        }
    }

    private static func words(for event: Office.Event) -> String {
        switch event {
        case .submitted(let order, let client): "submitted \(order.id) by \(client)"
        case .cancelAsked(let id, let client): "cancel \(id) by \(client)"
        case .resourcingAsked(let id, let wish, let isPreview, let client):
            "source \(id) again by \(client): \(wish.excluded) \(wish.forced) \(isPreview)"
        case .changeAsked(let id, let change, _, let isPreview, let client):
            "change \(id) by \(client): "
                + change.quantities.map { "\($0.line)=\($0.quantity?.description ?? "none")" }
                .joined(separator: " ")
                + " \(change.destination?.postalCode ?? "") \(isPreview)"
        case .availabilityAsked: "availability"
        case .quoteAsked: "quote"
        case .found(let id, let found): "found \(id) \(found?.record.status.rawValue ?? "nothing")"
        case .attemptFound(let transaction, let site, let found):
            "found \(transaction) for \(site) \(found)"
        case .probe(let site): "probe \(site)"
        case .answered(let site, _, let requests, let batch):
            "answered \(site) \(requests.count) \(batch.answers.map(\.word))"
        case .failed(let site, let requests): "failed \(site) \(requests.count)"
        case .linkLost(let site): "lost \(site)"
        case .solved(let task, .plan(let solution)):
            "solved \(task.order.id) \(solution.plan.cost)"
        case .solved(let task, .unfillable): "solved \(task.order.id) without a plan"
        case .solved(let task, .undecided): "solved \(task.order.id) undecided"
        case .timer(let id, let token): "timer \(id) \(token)"
        case .rulingsFound(let site, _, let page, let isLast):
            "rulings for \(site) \(page.count) \(isLast)"
        case .proofFound(let transaction, let site, let found):
            "proof of \(transaction) for \(site) \(found)"
        case .overrideFound(let override, let site, let found, let isKnown):
            "forced \(override.transaction) at \(site) \(found) \(isKnown)"
        case .shipmentFound(let found):
            "shipped \(found.shipment.report.transaction) at \(found.shipment.warehouse) "
                + "\(found.isKnown)"
        case .refusalFound(let found):
            "refused \(found.refusal.refusal.transaction) \(found.refusal.words) "
                + "\(found.isKnown) \(found.isOver)"
        case .recovered(let found, _, let unfinished):
            "recovered \(found.count), waiting \(unfinished.waiting.count), "
                + "refused \(unfinished.refusals.count)"
        case .rulesChanged(let rules): "rules \(rules.version)"
        }
    }
}

extension Office.Record {
    /// The same, of the order as it was before, as a mutant has it.
    fileprivate var unchanged: Self {
        guard case .resourced(_, let second) = content else { return self }
        return Self(
            order: second.former,
            receivedAt: receivedAt,
            decidedAt: decidedAt,
            content: content
        )
    }

    /// Whether it is a decision that takes another's place.
    fileprivate var isResourcing: Bool {
        if case .resourced = content { true } else { false }
    }
}

extension Request {
    /// The request's case, for the event log.
    var word: String {
        switch self {
        case .greet: "greet"
        case .challenge(_, let session, _): "challenge \(session.number)"
        case .report: "report"
        case .restore(_, let restoration): "restore \(restoration.rulings.count)"
        case .activate(let session): "activate \(session.number)"
        case .bid(let asked):
            "bid on \(asked.round.order) \(asked.lines.map(\.quantity))"
        case .reserve(let asked): "reserve \(asked.transaction)"
        case .confirm(let transaction): "confirm \(transaction)"
        case .release(let transaction): "release \(transaction)"
        case .cancel(let transaction): "cancel \(transaction)"
        case .noteOverride(let transaction): "note override of \(transaction)"
        case .noteShipment(let transaction): "note shipment of \(transaction)"
        case .noteRefusal(let transaction, _): "note what was refused of \(transaction)"
        case .noteCounts(let entry): "note counts through \(entry)"
        case .noteLease: "note lease"
        case .closeLease(_, let kept): "close lease at \(kept)"
        case .drain(let ruling):
            "drain \(ruling.request.transaction)\(ruling.isCancelled ? " cancelled" : "")"
        }
    }
}

extension Answer {
    /// The answer's case, for the trace.
    var word: String {
        switch self {
        case .hello: "hello"
        case .attach: "attach"
        case .holdings: "holdings"
        case .restored: "restored"
        case .noted: "noted"
        case .leaseNoted: "lease noted"
        case .countsNoted(let entry): "counts noted through \(entry)"
        case .ready: "ready"
        case .bid(_, let bid):
            "bid of \(bid.offers.map { "\($0.quantity) of line \($0.line)" }.joined(separator: ", "))"
                + " by \(bid.services.count) services"
        case .vote(let transaction, .reserve): "votes for \(transaction)"
        case .vote(let transaction, .refuse): "votes against \(transaction)"
        case .confirmed(let transaction): "confirmed \(transaction)"
        case .released(let transaction): "released \(transaction)"
        case .refused: "refused"
        }
    }

    var isVoteToReserve: Bool {
        if case .vote(_, .reserve) = self { true } else { false }
    }

    var isReady: Bool {
        if case .ready = self { true } else { false }
    }

    /// Whether it may come with a change of a reservation.
    var speaksOfAnAttempt: Bool {
        switch self {
        case .vote, .confirmed, .released: true
        case .hello, .attach, .holdings, .restored, .ready, .bid, .noted, .leaseNoted, .countsNoted,
            .refused:
            false
        }
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
