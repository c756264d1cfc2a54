import AllocationModel
import AllocationProtocol

/// A warehouse small enough to think through: units for one reservation, and a journal.
struct ModelSite {
    let warehouse: Warehouse.ID
    private let hasStock: Bool
    private let mutant: ProtocolModel.Mutant?

    private(set) var status: Reservation.Status?
    /// What a crash leaves; behind `status` only where a mutant answers before it writes.
    private var durable: Reservation.Status?
    /// Times the units were taken for good and not given back.
    private(set) var allocations = 0
    /// Asked to confirm what it has no record of, though it never lost history.
    private(set) var hasRaisedAlarm = false
    private var journal: [UInt64] = []
    private var epochMaximum: Int64 = 0
    private var boots: UInt64 = 1
    private var session: AgentSession

    init(_ warehouse: Warehouse.ID, hasStock: Bool, mutant: ProtocolModel.Mutant?) {
        self.warehouse = warehouse
        self.hasStock = hasStock
        self.mutant = mutant
        session = AgentSession(boot: BootID(high: 0, low: 1), incarnation: 1, epochMaximum: 0)
    }

    private var boot: BootID { BootID(high: 0, low: boots) }
    private var mark: HistoryMark {
        HistoryMark(entry: Int64(journal.count), chain: journal.last ?? 0)
    }

    /// Whether it has voted, has not heard, and asks as it should.
    var isAsking: Bool { status == .voted && mutant != .neverAsks }

    mutating func crash() {
        if status != durable, status == .confirmed { allocations -= 1 }
        status = durable
        boots += 1
        session = AgentSession(boot: boot, incarnation: 1, epochMaximum: epochMaximum)
    }

    mutating func sync() {
        durable = status
    }

    /// What only a mutant does: a timer on a voted reservation.
    mutating func expireVoted() {
        guard status == .voted else { return }
        write(nil)
    }

    mutating func answer(
        _ request: Request,
        epoch: Int64,
        in session: SessionID?
    ) -> Answer? {
        let admission = self.session.admit(epoch: epoch)
        if let refusal = admission.refusal { return .refused(refusal) }
        epochMaximum = admission.epochToStore ?? epochMaximum
        switch request {
        case .greet:
            return .hello(self.session.hello)
        case .challenge(let boot, let offered, let known):
            if let refusal = self.session.accept(offered, for: boot) { return .refused(refusal) }
            return .attach(attachment(in: offered, known: known))
        case .report, .restore, .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease,
            .closeLease,
            .drain:
            return nil
        case .activate(let offered):
            return self.session.activate(offered).map { .refused($0) } ?? .ready(offered)
        case .reserve:
            guard self.session.mayVote(in: session) else { return .refused(.staleSession) }
            return carryOut(.reserve)
        case .confirm: return carryOut(.confirm)
        case .release: return carryOut(.release)
        case .cancel: return carryOut(.cancel)
        case .bid: return nil
        }
    }

    private func attachment(in session: SessionID, known: HistoryMark) -> Attachment {
        let entry = Int(known.entry)
        return Attachment(
            session: session,
            latest: mark,
            chainAtKnown: journal.indices.contains(entry - 1) ? journal[entry - 1] : nil,
            inDoubt: isAsking ? [Example.transaction] : []
        )
    }

    private mutating func carryOut(_ event: CommitParticipant.Event) -> Answer {
        switch CommitParticipant.step(after: event, given: status) {
        case .attempt:
            guard hasStock else {
                return .vote(Example.transaction, .refuse(Example.dallasShort, nil))
            }
            write(.voted)
            return answer(for: .votedAlready)
        case .apply(let transitions, let reply):
            var next = status
            for transition in transitions {
                if transition == .confirm { allocations += 1 }
                if transition == .release, next == .confirmed { allocations -= 1 }
                next = try? next?.next(after: transition)
            }
            guard let next else { return answer(for: .late) }
            write(isForgotten(next, after: event) ? nil : next)
            return answer(for: reply)
        case .reply(let reply):
            return answer(for: reply)
        }
    }

    /// A released vote leaves no record; what a cancellation gave back keeps one.
    private func isForgotten(
        _ status: Reservation.Status,
        after event: CommitParticipant.Event
    ) -> Bool {
        switch status {
        case .released: event == .release || mutant == .leavesNoRecordOfACancellation
        case .confirmed: mutant == .forgetsWhatItConfirmed
        case .held, .voted, .expired, .shipped: false
        }
    }

    private mutating func write(_ next: Reservation.Status?) {
        status = next
        journal.append((journal.last ?? 0xDA1) &* 0x100_0000_01B3 ^ UInt64(journal.count))
        let isLate =
            (mutant == .votesBeforeTheSync && next == .voted)
            || (mutant == .acknowledgesBeforeTheSync && next == .confirmed)
        if !isLate { durable = next }
    }

    private mutating func answer(for reply: CommitParticipant.Reply) -> Answer {
        switch reply {
        case .votedAlready: return .vote(Example.transaction, .reserve(mark))
        case .confirmed: return .confirmed(Example.transaction)
        case .released: return .released(Example.transaction)
        case .late: return .vote(Example.transaction, .refuse(.late, nil))
        case .unknownTransaction:
            hasRaisedAlarm = true
            return .refused(.unknownTransaction(Example.transaction))
        case .overridden: return .refused(.overridden(Example.transaction))
        case .beingReplaced: return .refused(.beingReplaced(Example.transaction))
        case .unlawful(let transition):
            return .refused(.unlawful(Example.transaction, transition))
        }
    }
}
