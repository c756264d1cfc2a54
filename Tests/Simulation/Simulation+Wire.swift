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
        if sites[letter.site].isHeldBack, letter.batch.requests.contains(where: \.concernsAnAttempt)
        {
            sites[letter.site].heldBack.append(letter)
            return
        }
        if sites[letter.site].isEchoing { plan(.arrival(letter), in: 40) }
        let isForTheMutant =
            mutant == .ignoresUndrained && letter.batch.requests.contains(where: \.isDraining)
        let losses = isForTheMutant ? (one: 9, in: 10) : (one: 1, in: lossesOneIn)
        if !strikes(.requestLost, losses.one, in: losses.in) {
            plan(.arrival(letter), in: latency(letter.site))
        }
        if strikes(.requestRepeated, 1, in: 12) {
            plan(.arrival(letter), in: Int64.random(in: 1...1500, using: &random))
        }
    }

    private mutating func latency(_ site: Int) -> Int64 {
        // In a story the sites answer one after another, so that it can stop between two.
        if narration != nil { return 5 + Int64(site) }
        return strikes(.slow, 1, in: 12)
            ? Int64.random(in: 100...500, using: &random) : Int64.random(in: 1...30, using: &random)
    }

    /// A message reaches a site: its answer leaves after its transaction.
    mutating func arrive(_ letter: Letter, after age: Int64 = 0) throws {
        let index = letter.site
        let isLost = sites[index].isDeaf || !sites[index].isUp
        narrate(letter, isLost: isLost)
        guard !isLost, !stopsHere(letter, isBefore: true) else { return }
        if age == 0, time < sites[index].slowUntil {
            let wait = Int64.random(in: 50...400, using: &random)
            return plan(.slowArrival(letter, age: wait), in: wait)
        }
        if strikes(.siteCrashBeforeItsTransaction, 1, in: 50) { return crashSite(index) }
        guard let answers = try carryOut(letter, after: age) else { return }
        if sites[index].isBehind, answers.answers.contains(where: \.isVoteToReserve) {
            report("\(sites[index].warehouse) votes before it has its history again")
        }
        if answers.answers.contains(where: \.isReady) { sites[index].isBehind = false }
        if answers.answers.contains(where: { $0.speaksOfAnAttempt || $0.isReady }) {
            try audit(site: index)
        }
        noteRefusals(in: answers)
        try auditDays(of: index, after: letter.batch, answers)
        if areManagersRash, isFaulty, answers.answers.contains(where: \.isVoteToReserve),
            Bool.random(using: &managersRandom)
        {
            forceHold(at: index)
        }
        try breakRule(with: answers, at: index)
        try sellLeases(noted: letter.batch, at: index)
        if stopsHere(letter, isBefore: false) { return }
        if strikes(.siteCrashAfterItsTransaction, 1, in: 50) { return crashSite(index) }
        note(answers, from: index)
        if !strikes(.answerLost, 1, in: lossesOneIn) {
            plan(.answer(letter, answers), in: latency(letter.site))
        }
        if sites[index].isEchoing { plan(.answer(letter, answers), in: 45) }
        if strikes(.answerRepeated, 1, in: 25) {
            plan(.answer(letter, answers), in: Int64.random(in: 1...600, using: &random))
        }
        if liesAbout(letter), strikes(.sitePowerLoss, 1, in: 4) {
            crashSite(index, .powerLost(random.next()))
        }
    }

    /// Has a site's desk answer, on a disk that may fail; nil where the process ended.
    private mutating func carryOut(_ letter: Letter, after age: Int64) throws -> AnswerBatch? {
        let index = letter.site
        let failure = endangerDisk(of: index)
        noteReleases(in: letter.batch, to: index)
        if liesAbout(letter) { sites[index].drive.setLying(true) }
        defer { sites[index].drive.setLying(false) }
        do {
            try giveBackEarly(letter)
            let answers = try sites[index].answer(misheard(letter), at: time, after: age)
            noteFullDisk(of: index)
            return hasFailed(failure, at: index) ? nil : answers.map { broken($0, to: letter) }
        } catch {
            if !hasFailed(failure, at: index) { survive(error, at: index) }
            return nil
        }
    }

    private mutating func noteRefusals(in answers: AnswerBatch) {
        for case .vote(_, .refuse(let refusal, _)) in answers.answers {
            faults.insert(.refusedVote)
            if case .dayFull = refusal { faults.insert(.dayFull) }
        }
    }

    mutating func receive(_ answers: AnswerBatch, to letter: Letter) {
        if letter.start != officeStarts {
            narrate(answers, to: letter, isLost: true)
        } else if office != nil {
            narrate(answers, to: letter, isLost: sites[letter.site].isMute)
        }
        guard letter.start == officeStarts, office != nil, !sites[letter.site].isMute else {
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
        overhear(answers, to: letter)
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
}

extension Request {
    /// Whether it has an order taken out of a lease.
    var isDraining: Bool { if case .drain = self { true } else { false } }

    /// Whether it speaks of a reservation.
    var concernsAnAttempt: Bool {
        switch self {
        case .reserve, .confirm, .release, .cancel, .drain: true
        case .greet, .challenge, .report, .restore, .activate, .bid, .noteOverride, .noteShipment,
            .noteRefusal, .noteCounts,
            .noteLease,
            .closeLease:
            false
        }
    }
}
