import AllocationModel
import AllocationProtocol
import OrderDesk

/// Lines that lose, repeat, delay and reorder, between an office and sites that crash.
extension Simulation {
    /// Milliseconds after which an unanswered message is reported as failed.
    private static let patience: Int64 = 600

    mutating func send(_ requests: [Office.Outgoing]) {
        for outgoing in requests {
            guard let site = sites.firstIndex(where: { $0.warehouse == outgoing.warehouse })
            else { continue }
            let isForBids = if case .bid = outgoing.request { true } else { false }
            lines[site][isForBids ? 0 : 1].waiting.append(outgoing)
            pump(site, isForBids)
        }
    }

    /// Sends what waits, together, as far as the line allows.
    private mutating func pump(_ site: Int, _ isForBids: Bool) {
        let index = isForBids ? 0 : 1
        while lines[site][index].underWay.count < messagesUnderWayMaximum,
            let first = lines[site][index].waiting.first
        {
            let together = lines[site][index].waiting.prefix { $0.session == first.session }
            lines[site][index].waiting.removeFirst(together.count)
            lastLetter += 1
            lines[site][index].underWay.append(lastLetter)
            let letter = Letter(
                number: lastLetter,
                start: officeStarts,
                site: site,
                isForBids: isForBids,
                batch: RequestBatch(
                    coordinator: Example.office,
                    epoch: heading.epoch,
                    session: first.session,
                    endedBelow: heading.endedBelow,
                    start: UInt64(officeStarts),
                    decisions: heading.decisions,
                    requests: together.map(\.request)
                )
            )
            plan(.patience(letter), in: Self.patience)
            post(letter)
        }
    }

    private mutating func post(_ letter: Letter) {
        if !strikes(.requestLost, 1, in: lossesOneIn) { plan(.arrival(letter), in: latency()) }
        if strikes(.requestRepeated, 1, in: 12) {
            plan(.arrival(letter), in: Int64.random(in: 1...1500, using: &random))
        }
    }

    private mutating func latency() -> Int64 {
        strikes(.slow, 1, in: 12)
            ? Int64.random(in: 100...500, using: &random) : Int64.random(in: 1...30, using: &random)
    }

    /// A message reaches a site: its answer leaves after its transaction.
    mutating func arrive(_ letter: Letter) throws {
        let index = letter.site
        guard !sites[index].isCutOff, sites[index].isUp else { return }
        if mutant == .acknowledgesBeforeTheSync, let answers = acknowledgement(of: letter),
            strikes(.siteCrashBeforeItsTransaction, 1, in: 4)
        {
            plan(.answer(letter, answers), in: 1)
            return crashSite(index)
        }
        if strikes(.siteCrashBeforeItsTransaction, 1, in: 50) { return crashSite(index) }
        guard var answers = try sites[index].answer(letter.batch, at: time) else { return }
        if mutant == .overlooksLostHistory { answers = answers.claimingWholeHistory(to: letter) }
        if mutant == .concealsOverrides { answers = answers.withoutOverrides }
        if sites[index].isBehind, answers.answers.contains(where: \.isVoteToReserve) {
            report("\(sites[index].warehouse) votes before it has its history again")
        }
        if answers.answers.contains(where: \.isReady) { sites[index].isBehind = false }
        if answers.answers.contains(where: { $0.speaksOfAnAttempt || $0.isReady }) {
            try audit(site: index)
        }
        noteRefusals(in: answers)
        if areManagersRash, isFaulty, answers.answers.contains(where: \.isVoteToReserve),
            Bool.random(using: &managersRandom)
        {
            forceHold(at: index)
        }
        try breakRule(with: answers, at: index)
        if mutant == .votesBeforeTheSync, answers.answers.contains(where: \.isVoteToReserve),
            strikes(.siteCrashAfterItsTransaction, 1, in: 4)
        {
            try loseVotes(in: answers, at: index, letter)
            return crashSite(index)
        }
        if strikes(.siteCrashAfterItsTransaction, 1, in: 50) { return crashSite(index) }
        if !strikes(.answerLost, 1, in: lossesOneIn) {
            plan(.answer(letter, answers), in: latency())
        }
        if strikes(.answerRepeated, 1, in: 25) {
            plan(.answer(letter, answers), in: Int64.random(in: 1...600, using: &random))
        }
    }

    private mutating func noteRefusals(in answers: AnswerBatch) {
        for case .vote(_, .refuse) in answers.answers { faults.insert(.refusedVote) }
    }

    mutating func receive(_ answers: AnswerBatch, to letter: Letter) {
        guard letter.start == officeStarts, office != nil, !sites[letter.site].isCutOff else {
            return
        }
        let index = letter.isForBids ? 0 : 1
        lines[letter.site][index].underWay.removeAll { $0 == letter.number }
        // Also where patience was lost, or it came before: the office must bear it.
        inbox.append(
            .answered(
                sites[letter.site].warehouse,
                letter.batch.session,
                letter.batch.requests,
                answers
            )
        )
        pump(letter.site, letter.isForBids)
    }

    mutating func losePatience(with letter: Letter) {
        let index = letter.isForBids ? 0 : 1
        guard letter.start == officeStarts, office != nil,
            lines[letter.site][index].underWay.contains(letter.number)
        else { return }
        lines[letter.site][index].underWay.removeAll { $0 == letter.number }
        faults.insert(.outOfPatience)
        inbox.append(.failed(sites[letter.site].warehouse, letter.batch.requests))
        pump(letter.site, letter.isForBids)
    }

    // What mutants do.

    /// The answer to confirmations, as if the transaction had been kept that never was.
    private func acknowledgement(of letter: Letter) -> AnswerBatch? {
        let confirmed = letter.batch.requests.map { request -> Answer? in
            if case .confirm(let transaction) = request { .confirmed(transaction) } else { nil }
        }
        guard confirmed.allSatisfy({ $0 != nil }) else { return nil }
        return AnswerBatch(
            warehouse: sites[letter.site].warehouse,
            boot: BootID(high: 0, low: 0),
            answers: confirmed.compactMap(\.self)
        )
    }

    /// Sends the votes, and then loses what they speak of.
    private mutating func loseVotes(
        in answers: AnswerBatch,
        at index: Int,
        _ letter: Letter
    ) throws {
        plan(.answer(letter, answers), in: 1)
        for case .vote(let transaction, .reserve) in answers.answers {
            try sites[index].forget(transaction, at: time)
        }
    }

    private mutating func breakRule(with answers: AnswerBatch, at index: Int) throws {
        switch mutant {
        case .releasesWhileVoting:
            for transaction in answers.inquiries where store[transaction] == nil {
                send([
                    Office.Outgoing(
                        warehouse: sites[index].warehouse,
                        session: nil,
                        request: .release(transaction)
                    )
                ])
            }
        case .expiresVotes:
            if answers.answers.contains(where: \.isVoteToReserve) {
                plan(.siteExpiresVotes(index), in: 60)
            }
        case .takesBackOverrides:
            try takeBackOverrides(named: answers, at: index)
        case .sendsBeforeRecords, .votesBeforeTheSync, .acknowledgesBeforeTheSync,
            .keepsItsEpoch, .overlooksLostHistory, .trustsALostLog, .concealsOverrides, nil:
            break
        }
    }
}

extension AnswerBatch {
    /// The same, with the chain that was asked about wherever one was.
    fileprivate func claimingWholeHistory(to letter: Simulation.Letter) -> AnswerBatch {
        AnswerBatch(
            warehouse: warehouse,
            boot: boot,
            answers: zip(letter.batch.requests, answers)
                .map { request, answer in
                    guard case .challenge(_, _, let known) = request,
                        case .attach(let attachment) = answer
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
                },
            inquiries: inquiries,
            mark: mark,
            overrides: overrides
        )
    }
}
