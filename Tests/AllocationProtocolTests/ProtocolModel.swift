import AllocationModel
import AllocationProtocol
import SeededGenerator

/// One order over a channel that loses, repeats and reorders, between machines that crash.
///
/// The machines are the product's; the log, the ledgers and the wire are the
/// smallest that could be. Everything follows from the seed.
struct ProtocolModel {
    /// A rule of PROTOCOL.md, broken.
    enum Mutant: CaseIterable {
        case sendsBeforeTheLog
        case forgetsAfterTheFirstAcknowledgement
        case answersReleaseWhileVoting
        case votesBeforeTheSync
        case acknowledgesBeforeTheSync
        case expiresVoted
        case neverAsks
        case forgetsWhatItConfirmed
        case leavesNoRecordOfACancellation
    }

    /// Something that went wrong, or was bound to be tried.
    enum Fault: CaseIterable {
        case loss
        case repetition
        case reordering
        case coordinatorCrash
        case crashBetweenWriteAndSend
        case agentCrash
        case brokenLink
        case earlyInquiry
        case earlyDeadline
        case cancellation
        case refusal
    }

    private enum Envelope {
        case request(Warehouse.ID, epoch: Int64, session: SessionID?, Request)
        /// With the session of the request it answers.
        case answer(Warehouse.ID, session: SessionID?, Answer)
        case inquiry(Warehouse.ID)
    }

    private var random: SeededGenerator
    private let mutant: Mutant?
    private var isFaulty = true
    private(set) var faults: Set<Fault> = []

    private(set) var sites: [ModelSite]
    private var channel: [Envelope] = []

    /// Durable.
    private var log: [CommitCoordinator.Record] = []
    private var epoch: Int64 = Example.transaction.epoch
    /// Whether the log could not be folded.
    private var isLogUnlawful = false
    /// A record that a mutant has sent before it wrote.
    private var unwritten: CommitCoordinator.Record?

    /// Volatile.
    private var isUp = true
    private var sessions: [SiteSession] = []
    private var machine: CommitCoordinator?
    private var isDeadlineSet = false

    private(set) var results: [CommitCoordinator.Result] = []

    init(seed: UInt64, mutant: Mutant? = nil) {
        var random = SeededGenerator(seed: seed)
        let names = [Example.dallas, Example.reno, Example.newark]
            .prefix(Int.random(in: 2...3, using: &random))
        sites = names.map {
            ModelSite($0, hasStock: Int.random(in: 0..<12, using: &random) > 0, mutant: mutant)
        }
        self.random = random
        self.mutant = mutant
        openSessions()
        begin()
    }

    var isConfirmed: Bool { standing.isConfirmed }
    var isCancelled: Bool { standing.isCancelled }

    /// Runs to the first violation, or through `steps` with faults and then until all is quiet.
    mutating func run(steps: Int) -> String? {
        for _ in 0..<steps {
            step()
            if let violation { return violation }
        }
        return settle()
    }

    private mutating func chance(_ one: Int, in all: Int) -> Bool {
        Int.random(in: 0..<all, using: &random) < one
    }

    // The coordinator's driver.

    private mutating func openSessions() {
        let voters =
            log.compactMap { record in
                if case .confirm(let voters) = record { voters } else { nil }
            }
            .first
        sessions = sites.map { site in
            SiteSession(
                warehouse: site.warehouse,
                epoch: epoch,
                known: voters?.first { $0.warehouse == site.warehouse }?.mark ?? .empty
            )
        }
        for index in sessions.indices { pass(.probe, to: index) }
    }

    private mutating func begin() {
        drain()
        let names = sites.map(\.warehouse)
        let participants = sessions.compactMap { session in
            session.active.map {
                CommitCoordinator.Participant(
                    warehouse: session.warehouse,
                    session: $0,
                    request: Example.reserve(8, at: names)
                )
            }
        }
        let (begun, effects) = CommitCoordinator.begin(
            Example.transaction,
            with: participants,
            timing: Example.timing
        )
        machine = begun
        perform(effects)
    }

    private mutating func pass(_ event: SiteSession.Event, to index: Int) {
        let effects = sessions[index].handle(event)
        let warehouse = sessions[index].warehouse
        if effects.change == .deactivated { tell(.sessionLost(warehouse)) }
        for request in effects.requests { send(request, to: warehouse) }
        if case .activated = effects.change { tell(.inquiry(warehouse)) }
    }

    private mutating func send(_ request: Request, to warehouse: Warehouse.ID) {
        let session = sessions.first { $0.warehouse == warehouse }?.active
        // What concerns an attempt is said in session alone.
        guard session != nil || !request.concernsAnAttempt else { return }
        channel.append(.request(warehouse, epoch: epoch, session: session, request))
    }

    private mutating func tell(_ event: CommitCoordinator.Event) {
        guard isUp else { return }
        if broke(tell: event) { return }
        guard var told = machine else {
            // What the coordinator does not know is released when asked about.
            switch event {
            case .inquiry(let warehouse), .vote(let warehouse, _, .reserve):
                send(.release(Example.transaction), to: warehouse)
            case .vote, .sessionLost, .deadline, .confirmed, .released, .shipped,
                .overridden, .leaseClosed, .cancel, .supersede:
                break
            }
            return
        }
        let effects = told.handle(event, timing: Example.timing)
        machine = told
        perform(effects)
    }

    /// Does what a mutant does instead of asking the machine.
    private mutating func broke(tell event: CommitCoordinator.Event) -> Bool {
        guard let machine, !machine.isFinished else { return false }
        switch (mutant, event) {
        case (.answersReleaseWhileVoting, .inquiry(let warehouse)) where !machine.isDecided:
            send(.release(Example.transaction), to: warehouse)
            return true
        case (.forgetsAfterTheFirstAcknowledgement, .confirmed) where machine.isDecided:
            log.append(.ended)
            self.machine = nil
            return true
        default:
            return false
        }
    }

    private mutating func perform(_ effects: CommitCoordinator.Effects) {
        if let record = effects.record {
            if mutant == .sendsBeforeTheLog { unwritten = record } else { log.append(record) }
            if isFaulty, mutant != .sendsBeforeTheLog, chance(1, in: 12) {
                faults.insert(.crashBetweenWriteAndSend)
                crash()
                return
            }
        }
        for message in effects.messages { send(message.request, to: message.warehouse) }
        if let result = effects.result {
            results.append(result)
            if case .refused = result { faults.insert(.refusal) }
        }
        if effects.deadline != nil { isDeadlineSet = true }
        if effects.record == .ended { machine = nil }
    }

    private mutating func crash() {
        isUp = false
        machine = nil
        unwritten = nil
        isDeadlineSet = false
    }

    private mutating func restart() {
        isUp = true
        epoch += 1
        let names = sites.map(\.warehouse)
        guard let history = try? CommitHistory.fold(log.map(\.entry)) else {
            isLogUnlawful = true
            return
        }
        if history.isOpen {
            let (found, effects) = CommitCoordinator.recover(
                Example.transaction,
                at: names,
                isCancelled: history.isCancelled,
                timing: Example.timing
            )
            machine = found
            openSessions()
            perform(effects)
        } else {
            openSessions()
        }
    }

    private mutating func cancel() {
        if machine == nil, isUp, standing.isConfirmed, !standing.isCancelled {
            machine = .ended(Example.transaction, at: sites.map(\.warehouse))
        }
        faults.insert(.cancellation)
        tell(.cancel)
    }

    /// What the log says, with what a mutant is about to write.
    private var standing: (isConfirmed: Bool, isCancelled: Bool, isOpen: Bool) {
        var standing = (isConfirmed: false, isCancelled: false, isOpen: false)
        for record in log + [unwritten].compactMap(\.self) {
            switch record {
            case .confirm: standing = (true, false, true)
            case .cancel: standing = (true, true, true)
            case .ended: standing.isOpen = false
            }
        }
        return standing
    }

    // The wire.

    private mutating func deliver(_ envelope: Envelope) {
        switch envelope {
        case .request(let warehouse, let epoch, let session, let request):
            guard let index = sites.firstIndex(where: { $0.warehouse == warehouse }),
                let answer = sites[index].answer(request, epoch: epoch, in: session)
            else { return }
            channel.append(.answer(warehouse, session: session, answer))
        case .answer(let warehouse, let session, let answer):
            guard isUp else { return }
            receive(answer, from: warehouse, in: session)
        case .inquiry(let warehouse):
            tell(.inquiry(warehouse))
        }
    }

    private mutating func receive(
        _ answer: Answer,
        from warehouse: Warehouse.ID,
        in session: SessionID?
    ) {
        guard let index = sessions.firstIndex(where: { $0.warehouse == warehouse }) else { return }
        switch answer {
        case .hello(let hello): pass(.hello(hello), to: index)
        case .attach(let attachment): pass(.attached(attachment), to: index)
        case .ready(let ready): pass(.ready(ready), to: index)
        case .vote(_, let vote):
            guard let session else { return }
            if case .reserve(let mark) = vote { sessions[index].learn(mark) }
            tell(.vote(warehouse, session, vote))
        // An acknowledgement counts, like a vote, only within its session.
        case .confirmed:
            if session == sessions[index].active { tell(.confirmed(warehouse)) }
        case .released:
            if session == sessions[index].active { tell(.released(warehouse)) }
        case .refused(.staleSession):
            guard session == sessions[index].active else { return }
            pass(.refusedStaleSession, to: index)
        case .refused, .bid, .holdings, .restored, .noted, .leaseNoted, .countsNoted: break
        }
    }

    private mutating func drain() {
        var patience = 500
        while !channel.isEmpty, patience > 0 {
            deliver(channel.removeFirst())
            patience -= 1
        }
    }

    // What may happen next.

    private mutating func step() {
        if let unwritten, chance(1, in: 2) {
            log.append(unwritten)
            self.unwritten = nil
        }
        for index in sites.indices where chance(1, in: 3) { sites[index].sync() }
        let site = Int.random(in: sites.indices, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<70: disturbTheChannel()
        case 70..<75: fireDeadline()
        case 75..<83: inquire(site)
        case 83..<86:
            guard isUp else { break }
            faults.insert(.coordinatorCrash)
            crash()
        case 86..<91:
            if !isUp { restart() }
        case 91..<94:
            faults.insert(.agentCrash)
            sites[site].crash()
        case 94..<96:
            if isUp { pass(.probe, to: site) }
        case 96..<97:
            guard isUp else { break }
            faults.insert(.brokenLink)
            pass(.lost, to: site)
            pass(.probe, to: site)
        case 97..<98:
            if mutant == .expiresVoted { sites[site].expireVoted() }
        default:
            if isUp, chance(1, in: 4) { cancel() }
        }
    }

    private mutating func disturbTheChannel() {
        guard !channel.isEmpty else { return }
        let index = Int.random(in: channel.indices, using: &random)
        if index > 0 { faults.insert(.reordering) }
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            faults.insert(.loss)
            channel.remove(at: index)
        case 1..<3:
            faults.insert(.repetition)
            deliver(channel[index])
        default:
            deliver(channel.remove(at: index))
        }
    }

    private mutating func fireDeadline() {
        guard isDeadlineSet else { return }
        if machine?.isDecided == false { faults.insert(.earlyDeadline) }
        isDeadlineSet = false
        tell(.deadline)
    }

    private mutating func inquire(_ index: Int) {
        guard sites[index].isAsking else { return }
        if machine?.isDecided == false { faults.insert(.earlyInquiry) }
        channel.append(.inquiry(sites[index].warehouse))
    }

    // What must be true.

    /// What is wrong at this moment, if anything is.
    private var violation: String? {
        let standing = standing
        if isLogUnlawful { return "what the log says cannot have come about" }
        for site in sites {
            let name = site.warehouse
            if site.hasRaisedAlarm { return "\(name) is told to confirm what it has no record of" }
            if site.allocations > 1 { return "\(name) has given its units twice" }
            if site.allocations > 0, !standing.isConfirmed {
                return "\(name) is confirmed without a record"
            }
            let isBound = site.status == .voted || site.allocations > 0
            if standing.isConfirmed, !standing.isCancelled, !isBound {
                return "\(name) holds nothing for a confirmed order"
            }
            if standing.isConfirmed, !standing.isOpen,
                (site.allocations > 0) == standing.isCancelled
            {
                return "the decision is forgotten, and \(name) has not carried it out"
            }
        }
        if results.contains(.confirmed), !standing.isConfirmed {
            return "the client heard of a confirmation that nobody has written down"
        }
        return nil
    }

    /// Ends the faults, lets everybody hear everything, and says what is still wrong.
    private mutating func settle() -> String? {
        isFaulty = false
        for _ in 0..<20 {
            if let unwritten {
                log.append(unwritten)
                self.unwritten = nil
            }
            if !isUp { restart() }
            for index in sites.indices {
                sites[index].sync()
                if sessions[index].active == nil { pass(.probe, to: index) }
            }
            drain()
            for index in sites.indices { inquire(index) }
            fireDeadline()
            drain()
            if let violation { return violation }
        }
        return unsettled
    }

    private var unsettled: String? {
        let standing = standing
        if let machine, !machine.isFinished { return "the coordinator is not finished" }
        if standing.isOpen { return "the decision was never ended" }
        for (site, session) in zip(sites, sessions) {
            if session.active == nil { return "\(site.warehouse) is not in session" }
            if site.status == .voted { return "\(site.warehouse) is in doubt for ever" }
            let isBound = standing.isConfirmed && !standing.isCancelled
            if (site.allocations > 0) != isBound {
                return "\(site.warehouse) does not follow the decision"
            }
        }
        return nil
    }
}

extension Request {
    fileprivate var concernsAnAttempt: Bool {
        switch self {
        case .reserve, .confirm, .release, .cancel: true
        case .greet, .challenge, .report, .restore, .activate, .bid, .noteOverride, .noteShipment,
            .noteRefusal, .noteCounts,
            .noteLease,
            .closeLease, .drain:
            false
        }
    }
}
