import AllocationModel
import AllocationProtocol
import OrderDesk
import StockLedger

/// How the rules are broken: around machines, desks and disks, which know nothing of it.
extension Simulation {
    /// What a mutant's site is made to hear.
    func misheard(_ letter: Letter) -> RequestBatch {
        let batch = letter.batch
        if mutant == .ignoresUndrained { return keepingNothing(letter) }
        if mutant == .followsUpWithoutWhatStays { return withoutWhatStays(letter) }
        guard mutant?.isOnePhase == true else { return batch }
        var requests = batch.requests
        for case .reserve(let asked) in batch.requests where asked.participants.count == 1 {
            requests.append(.confirm(asked.transaction))
        }
        return RequestBatch(
            coordinator: batch.coordinator,
            epoch: batch.epoch,
            session: batch.session,
            endedBelow: batch.endedBelow,
            start: batch.start,
            decisions: batch.decisions,
            requests: requests
        )
    }

    /// Has a site give back what a vote is to replace before it is asked for that vote.
    mutating func giveBackEarly(_ letter: Letter) throws {
        guard mutant == .givesBackBeforeConfirming else { return }
        let batch = letter.batch
        for case .reserve(let asked) in batch.requests {
            guard let replaced = asked.replacing else { continue }
            let early = RequestBatch(
                coordinator: batch.coordinator,
                epoch: batch.epoch,
                session: batch.session,
                endedBelow: batch.endedBelow,
                start: batch.start,
                decisions: batch.decisions,
                requests: [.cancel(replaced)]
            )
            noteReleases(in: early, to: letter.site)
            _ = try sites[letter.site].answer(early, at: time)
        }
    }

    /// The same, where each lease that comes back is closed with what has come of it.
    private func keepingNothing(_ letter: Letter) -> RequestBatch {
        let batch = letter.batch
        let leases = (try? sites[letter.site].leases()) ?? []
        return RequestBatch(
            coordinator: batch.coordinator,
            epoch: batch.epoch,
            session: batch.session,
            endedBelow: batch.endedBelow,
            start: batch.start,
            decisions: batch.decisions,
            requests: batch.requests.map { request in
                guard case .closeLease(let id, _) = request,
                    let record = leases.first(where: { $0.lease.id == id })
                else { return request }
                return .closeLease(id, kept: record.drained)
            }
        )
    }

    /// Frees, without a word, what a site has leased and the office has noted.
    mutating func sellLeases(noted batch: RequestBatch, at index: Int) throws {
        guard mutant == .sellsLeasedStock else { return }
        for case .noteLease(let id, _) in batch.requests
        where try sites[index].leases().contains(where: { $0.lease.id == id && $0.status == .open })
        {
            try sites[index].writeOff(id, at: time)
        }
    }

    /// What a mutant's site says instead.
    func broken(_ answers: AnswerBatch, to letter: Letter) -> AnswerBatch {
        let count = letter.batch.requests.count
        return switch mutant {
        case .overlooksLostHistory: answers.claiming(to: letter) { _, _ in true }
        case .countsItsHistory:
            answers.claiming(to: letter) { known, latest in latest.entry >= known.entry }
        case .neverAsks: answers.askingNothing
        case .concealsOverrides: answers.concealingOverrides
        case .concealsShipments: answers.concealingShipments
        case .concealsRefusedPicks: answers.concealingRefusedPicks
        case .sellsLeasedStock: answers.concealingWriteOffs
        default: answers.answers.count > count ? answers.first(count) : answers
        }
    }

    /// Whether a mutant's disk only says that it keeps what this message has written.
    func liesAbout(_ letter: Letter) -> Bool {
        letter.batch.requests.contains { request in
            switch (mutant, request) {
            case (.votesBeforeTheSync, .reserve), (.acknowledgesBeforeTheSync, .confirm): true
            default: false
            }
        }
    }

    /// Starts a site again, if it does not run.
    mutating func startSite(_ index: Int) throws {
        guard !sites[index].isUp else { return }
        sites[index].start(at: time, keepsItsBoot: mutant == .keepsItsSession)
        if mutant == .countsItsHistory, sites[index].isBehind {
            for _ in 0..<20 { try sites[index].countStock(at: time) }
        }
        guard mutant == .keepsItsSession else { return }
        // It says that nothing has happened to it, and is taken at its word.
        sites[index].isBehind = false
        guard
            let session = office?.sites.first(where: { $0.warehouse == sites[index].warehouse })?
                .session
        else { return }
        let batch = RequestBatch(
            coordinator: Example.office,
            epoch: heading.epoch,
            start: UInt64(officeStarts),
            decisions: heading.decisions,
            requests: [
                .challenge(boot: sites[index].boot, session: session, known: .empty),
                .activate(session),
            ]
        )
        _ = try sites[index].answer(batch, at: time)
    }

    /// Has the office believe that all sites have acknowledged what one has.
    mutating func overhear(_ answers: AnswerBatch, to letter: Letter) {
        guard mutant == .forgetsAfterTheFirstAcknowledgement else { return }
        for case .confirmed(let transaction) in answers.answers {
            for share in store[transaction]?.shares ?? [] {
                let site = office?.sites.first { $0.warehouse == share.warehouse }
                guard let session = site?.session else { continue }
                inbox.append(
                    .answered(
                        share.warehouse,
                        session,
                        [.confirm(transaction)],
                        AnswerBatch(
                            warehouse: share.warehouse,
                            boot: answers.boot,
                            answers: [.confirmed(transaction)]
                        )
                    )
                )
            }
        }
    }

    mutating func breakRule(with answers: AnswerBatch, at index: Int) throws {
        if mutant == .releasesWhileVoting {
            for transaction in answers.inquiries where store[transaction] == nil {
                send([
                    Office.Outgoing(
                        warehouse: sites[index].warehouse,
                        session: nil,
                        request: .release(transaction)
                    )
                ])
            }
        }
        if mutant == .expiresVotes, answers.answers.contains(where: \.isVoteToReserve) {
            plan(.siteExpiresVotes(index), in: 60)
        }
        if mutant == .takesBackOverrides { try takeBackOverrides(named: answers, at: index) }
    }
}

extension AnswerBatch {
    /// The same, with the chain that was asked about wherever a site claims to have it.
    fileprivate func claiming(
        to letter: Simulation.Letter,
        where claims: (_ known: HistoryMark, _ latest: HistoryMark) -> Bool
    ) -> AnswerBatch {
        replacing(
            zip(letter.batch.requests, answers)
                .map { request, answer in
                    guard case .challenge(_, _, let known) = request,
                        case .attach(let attachment) = answer, claims(known, attachment.latest)
                    else { return answer }
                    return .attach(
                        Attachment(
                            session: attachment.session,
                            latest: attachment.latest,
                            chainAtKnown: known.chain,
                            inDoubt: attachment.inDoubt,
                            confirmed: attachment.confirmed
                        )
                    )
                }
        )
    }

    fileprivate var askingNothing: AnswerBatch {
        replacing(
            answers.map { answer in
                guard case .attach(let attachment) = answer else { return answer }
                return .attach(
                    Attachment(
                        session: attachment.session,
                        latest: attachment.latest,
                        chainAtKnown: attachment.chainAtKnown,
                        inDoubt: [],
                        confirmed: attachment.confirmed
                    )
                )
            },
            inquiries: []
        )
    }

    /// The same, without what has left.
    fileprivate var concealingShipments: AnswerBatch { replacing(shipments: []) }

    fileprivate var concealingRefusedPicks: AnswerBatch { replacing(refusals: []) }

    fileprivate var concealingOverrides: AnswerBatch { replacing(overrides: []) }

    fileprivate var concealingWriteOffs: AnswerBatch {
        replacing(leases: leases.filter { if case .writtenOff = $0.wish { false } else { true } })
    }

    fileprivate func first(_ count: Int) -> AnswerBatch { replacing(Array(answers.prefix(count))) }

    /// The same but for what is given: a mutant breaks one rule, and says the rest as it is.
    private func replacing(
        _ answers: [Answer]? = nil,
        inquiries: [TransactionID]? = nil,
        overrides: [HoldOverride]? = nil,
        shipments: [ShipmentReport]? = nil,
        refusals: [PickRefusal]? = nil,
        leases: [LeaseOffer]? = nil
    ) -> AnswerBatch {
        AnswerBatch(
            warehouse: warehouse,
            boot: boot,
            answers: answers ?? self.answers,
            inquiries: inquiries ?? self.inquiries,
            mark: mark,
            overrides: overrides ?? self.overrides,
            shipments: shipments ?? self.shipments,
            refusals: refusals ?? self.refusals,
            counts: counts,
            leases: leases ?? self.leases,
            standing: standing
        )
    }
}
