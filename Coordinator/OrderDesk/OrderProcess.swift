package import AllocationModel
package import AllocationProtocol

/// One order from submission to outcome: ask, solve, have the sites reserve, decide, see it through.
///
/// It composes a sourcing round, a solution and a two-phase commit, and adds
/// what lies between them: a refusal's fresh bid is solved again without
/// another fan-out, a lost site is planned around, and an order is refused only
/// on the word of every site.
package struct OrderProcess: Sendable {
    package let order: Order
    private let receivedAt: Timestamp
    /// What the rules in force when it began say of it.
    private let ruling: BuyerRuling
    private var state: State
    private var attempts = 0
    /// Whether sites are to offer also what they are offering others.
    private var insists = false
    /// What the attempt that was begun last takes from leases, by site.
    private var draws: [Warehouse.ID: [Lease.Draw]] = [:]
    /// What it is to take the place of; nil for an order's first decision.
    let second: SecondAttempt?

    private enum State: Sendable {
        /// Waiting for bids. Next: `solving`, `waiting`, `over`.
        case sourcing(SourcingRound, timer: Int)
        /// Waiting for the solver. Next: `voting`, `over`, or `sourcing` anew.
        case solving(Findings)
        /// Waiting for others to take what they are being offered, or not. Next: `sourcing`.
        case waiting(timer: Int)
        /// Waiting for votes. Next: `settling`, or `solving` with what was learned.
        case voting(Voting)
        /// Decided; sites are being told. Next: `over`.
        case settling(Plan, CommitCoordinator, timer: Int)
        /// Nothing left to do, unless a confirmed order is cancelled. Next: `settling`.
        case over(Ending)
    }

    private enum Ending: Sendable {
        case confirmed(Plan, CommitCoordinator)
        /// All of it is on backorder: no site had to agree.
        case confirmedWithoutSites(Plan, TransactionID)
        case refused
        case cancelled(Plan, TransactionID)
        case undecided
    }

    /// An attempt that is being voted on, and what it came from.
    private struct Voting: Sendable {
        let findings: Findings
        let solution: Solution
        var machine: CommitCoordinator
        let timer: Int
    }

    /// Something that happened outside.
    package enum Event: Sendable {
        case bid(RoundID, Bid)
        /// The request for a bid could not be delivered, or its answer was lost.
        case bidLost(RoundID, Warehouse.ID)
        case solved(RoundID, Solution.Result)
        case commit(TransactionID, CommitCoordinator.Event)
        /// The site's session has ended.
        case siteLost(Warehouse.ID)
        /// Nothing is drawn from what the site has leased any more.
        case leasesClosed(Warehouse.ID)
        case timer(Int)
        case cancel
        /// Another decision has taken its place, but for what these sites have shipped.
        case supersede(keeping: [Warehouse.ID])
    }

    /// What the outside must now do, in the order of the fields.
    package struct Effects: Sendable {
        /// Durable before anything below leaves.
        package var records: [Record] = []
        package var bids: [BidMessage] = []
        package var messages: [CommitCoordinator.Message] = []
        /// To be solved, and answered with `solved`.
        package var task: SolveTask?
        /// What to tell whoever submitted or cancelled.
        package var answer: Answer?
        package var timers: [Timer] = []
        package var notes: [CommitCoordinator.Note] = []
        /// Durable with the records.
        package var signs: [AlertSign] = []
    }

    /// A request for a bid to one site.
    package struct BidMessage: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let request: BidRequest
    }

    /// A wish to be told `timer(token)` after a while.
    package struct Timer: Hashable, Sendable {
        package let token: Int
        package let after: Duration
    }

    /// What must be written down.
    package enum Record: Sendable {
        /// The order is confirmed at every warehouse of its plan: the decision of two-phase commit.
        case confirmed(Confirmation)
        case refused([LineRefusal], Evidence)
        /// The confirmed order is withdrawn at every site.
        case cancelled(TransactionID, Plan)
        /// A decision takes another's place, which is given back: both, in one.
        case resourced(Confirmation, SecondAttempt)
        /// Every site has acknowledged; the attempt may be forgotten.
        case ended(TransactionID)
    }

    /// A decision to confirm.
    package struct Confirmation: Sendable {
        package let transaction: TransactionID
        package let plan: Plan
        package let shares: [Share]
        package let evidence: Evidence
        /// What of it waits for stock; nil where nothing does.
        package let waiting: WaitingOrder?
    }

    /// What one site promised.
    package struct Share: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let lines: [Reservation.Line]
        /// Where the site's history stood when it voted: evidence against amnesia.
        package let mark: HistoryMark
        /// What of its leases the units are drawn from; then it has not voted.
        package let draws: [Lease.Draw]

        package init(
            warehouse: Warehouse.ID,
            lines: [Reservation.Line],
            mark: HistoryMark,
            draws: [Lease.Draw] = []
        ) {
            self.warehouse = warehouse
            self.lines = lines
            self.mark = mark
            self.draws = draws
        }
    }

    /// What to tell the client.
    package enum Answer: Hashable, Sendable {
        case decided(OrderOutcome, TransactionID?)
        case unavailable(String)
        /// It was cancelled before it was decided: nothing was promised.
        case withdrawn
        /// So a second attempt would be made.
        case previewed(Plan)
        /// A second attempt has no lawful plan: why, by the lines of the whole order.
        case unfillable([LineRefusal])
    }

    /// What the round under way has found.
    private struct Findings: Sendable {
        let round: RoundID
        var bids: [Bid]
        var absences: [SourcingRound.Absence]
        /// Whether a bid has been changed or dropped since the sites were asked.
        var isStale = false
        /// The sites that have not bid themselves: their leases stand for them.
        var standing: Set<Warehouse.ID> = []

        /// The bids that sites have made themselves.
        var ownBids: [Bid] { bids.filter { !standing.contains($0.warehouse) } }

        mutating func replace(_ bid: Bid?, of warehouse: Warehouse.ID) {
            isStale = true
            guard let index = bids.firstIndex(where: { $0.warehouse == warehouse }) else { return }
            if let bid { bids[index] = bid } else { bids.remove(at: index) }
        }

        mutating func drop(_ warehouse: Warehouse.ID, because reason: SourcingRound.Absence.Reason)
        {
            replace(nil, of: warehouse)
            guard !absences.contains(where: { $0.warehouse == warehouse }) else { return }
            absences.append(SourcingRound.Absence(warehouse: warehouse, reason: reason))
            absences.sort { $0.warehouse < $1.warehouse }
        }
    }

    // Beginnings.

    /// Starts on a new order.
    package static func begin(
        _ order: Order,
        receivedAt: Timestamp,
        at desk: inout OrderDesk
    ) -> (OrderProcess, Effects) {
        var process = OrderProcess(
            order: order,
            receivedAt: receivedAt,
            ruling: desk.rules.ruling(on: order, receivedAt: receivedAt),
            state: .over(.undecided)
        )
        let effects = process.survey(at: &desk)
        return (process, effects)
    }

    /// Starts to source what has not shipped of a decided order again.
    ///
    /// `order` is that part of it, as an order of its own.
    package static func begin(
        _ second: SecondAttempt,
        of order: Order,
        at desk: inout OrderDesk
    ) -> (OrderProcess, Effects) {
        var process = OrderProcess(
            order: order,
            receivedAt: second.at,
            ruling: desk.rules.ruling(on: order, receivedAt: second.at),
            second: second,
            state: .over(.undecided)
        )
        let effects = process.survey(at: &desk)
        return (process, effects)
    }

    /// Decides that nothing is left to ship of a decided order beside what has shipped.
    ///
    /// Nobody is asked: what the decision in force has set aside otherwise is given back.
    package static func close(
        _ second: SecondAttempt,
        at desk: inout OrderDesk
    ) -> (OrderProcess, Effects) {
        let order = second.order
        let free = Money.zero(order.currency)
        let plan = Plan(
            order: order.id,
            shipments: [],
            backorders: [],
            cost: free,
            bound: free,
            isProved: true
        )
        var process = OrderProcess(
            order: order,
            receivedAt: second.at,
            ruling: desk.rules.ruling(on: order, receivedAt: second.at),
            second: second,
            state: .over(.undecided)
        )
        guard !second.isPreview else { return (process, Effects(answer: .previewed(plan))) }
        let transaction = desk.nextTransaction()
        process.state = .over(.confirmedWithoutSites(plan, transaction))
        let decision = Confirmation(
            transaction: transaction,
            plan: plan,
            shares: [],
            evidence: Evidence(
                bids: [],
                silent: [],
                unreachable: [],
                attempts: 0,
                nodes: 0,
                solverVersion: Solution.solverVersion
            ),
            waiting: nil
        )
        let effects = Effects(
            records: [.resourced(decision, second), .ended(transaction)],
            answer: .decided(.confirmed(plan), transaction),
            signs: process.alerts.signsOfResourcing(by: plan, from: [])
        )
        return (process, effects)
    }

    /// Takes up a decision found in the log after a restart.
    package static func recover(
        _ order: Order,
        plan: Plan,
        transaction: TransactionID,
        warehouses: [Warehouse.ID],
        draws: [Warehouse.ID: [Lease.Draw]] = [:],
        isCancelled: Bool,
        receivedAt: Timestamp,
        at desk: inout OrderDesk
    ) -> (OrderProcess, Effects) {
        let (machine, commit) = CommitCoordinator.recover(
            transaction,
            at: warehouses,
            isCancelled: isCancelled,
            timing: desk.timing
        )
        var process = OrderProcess(
            order: order,
            receivedAt: receivedAt,
            state: .settling(plan, machine, timer: 0)
        )
        process.draws = draws
        let effects = process.continueSettling(plan, machine, commit, timer: 0, at: &desk)
        return (process, effects)
    }

    /// Takes up a confirmed order that every site has acknowledged, to cancel it.
    ///
    /// Or one that was cancelled, of which a decision before it is still being given back.
    package static func ended(
        _ order: Order,
        plan: Plan,
        transaction: TransactionID,
        warehouses: [Warehouse.ID],
        isCancelled: Bool = false,
        receivedAt: Timestamp
    ) -> OrderProcess {
        let ending: Ending =
            if isCancelled {
                .cancelled(plan, transaction)
            } else if warehouses.isEmpty {
                .confirmedWithoutSites(plan, transaction)
            } else {
                .confirmed(plan, CommitCoordinator.ended(transaction, at: warehouses))
            }
        return OrderProcess(order: order, receivedAt: receivedAt, state: .over(ending))
    }

    private init(
        order: Order,
        receivedAt: Timestamp,
        ruling: BuyerRuling = .none,
        second: SecondAttempt? = nil,
        state: State
    ) {
        self.second = second
        self.ruling = ruling
        self.order = order
        self.receivedAt = receivedAt
        self.state = state
    }

    /// Whether nothing is left to send or to wait for.
    package var isFinished: Bool {
        switch state {
        case .over: true
        case .sourcing, .solving, .waiting, .voting, .settling: false
        }
    }

    /// The attempt that inquiries and acknowledgements would name.
    package var transaction: TransactionID? {
        switch state {
        case .voting(let voting): voting.machine.transaction
        case .settling(_, let machine, _): machine.transaction
        case .over(.confirmed(_, let machine)): machine.transaction
        case .sourcing, .solving, .waiting, .over: nil
        }
    }

    /// The attempt that was decided, also when everything about it is over.
    var lastTransaction: TransactionID? {
        switch state {
        case .settling(_, let machine, _), .over(.confirmed(_, let machine)): machine.transaction
        case .over(.cancelled(_, let transaction)): transaction
        case .over(.confirmedWithoutSites(_, let transaction)): transaction
        case .sourcing, .solving, .waiting, .voting, .over: nil
        }
    }

    /// The sites that share the decision, once there is one.
    package var warehouses: [Warehouse.ID] {
        switch state {
        case .settling(let plan, _, _), .over(.confirmed(let plan, _)),
            .over(.cancelled(let plan, _)):
            plan.warehouses
        case .sourcing, .solving, .waiting, .voting, .over: []
        }
    }

    /// The sites that have not acknowledged the last word.
    var owing: [Warehouse.ID] {
        switch state {
        case .settling(_, let machine, _): machine.owing
        case .sourcing, .solving, .waiting, .voting, .over: []
        }
    }

    /// The round whose bids it waits for, or was decided on.
    var round: RoundID? {
        switch state {
        case .sourcing(let round, _): round.id
        case .solving(let findings): findings.round
        case .voting(let voting): voting.findings.round
        case .waiting, .settling, .over: nil
        }
    }

    /// Whether its decision is being given back, or was.
    var isGivenBack: Bool {
        switch state {
        case .settling(_, let machine, _): machine.isCancelled
        case .over(.cancelled): true
        case .sourcing, .solving, .waiting, .voting, .over: false
        }
    }

    /// Whether the order's outcome is in the log.
    package var isDecided: Bool {
        switch state {
        case .settling, .over: true
        case .sourcing, .solving, .waiting, .voting: false
        }
    }

    // Events.

    /// Takes one event and returns what must now be done.
    package mutating func handle(_ event: Event, at desk: inout OrderDesk) -> Effects {
        switch (state, event) {
        case (.sourcing(var round, let timer), .bid(let id, let bid)):
            guard id == round.id else { return Effects() }
            return advance(&round, .bid(bid), timer: timer, at: &desk)
        case (.sourcing(var round, let timer), .bidLost(let id, let warehouse)):
            guard id == round.id else { return Effects() }
            return advance(&round, .lost(warehouse), timer: timer, at: &desk)
        case (.sourcing(var round, let timer), .siteLost(let warehouse)):
            return advance(&round, .lost(warehouse), timer: timer, at: &desk)
        case (.sourcing(var round, let timer), .timer(let token)):
            guard token == timer else { return Effects() }
            return advance(&round, .deadline, timer: timer, at: &desk)
        case (.solving(let findings), .solved(let round, let result)):
            guard round == findings.round else { return Effects() }
            return conclude(result, from: findings, at: &desk)
        case (.waiting(let timer), .timer(let token)):
            guard token == timer else { return Effects() }
            return survey(at: &desk)
        case (.voting(let voting), .commit(let id, let event)):
            guard id == voting.machine.transaction else { return Effects() }
            return step(voting, event, at: &desk)
        case (.voting(let voting), .siteLost(let site)):
            return step(voting, .sessionLost(site), at: &desk)
        case (.voting(let voting), .leasesClosed(let site)):
            return step(voting, .leaseClosed(site), at: &desk)
        case (.voting(let voting), .timer(let token)):
            guard token == voting.timer else { return Effects() }
            return step(voting, .deadline, at: &desk)
        case (.voting(let voting), .cancel):
            return step(voting, .cancel, at: &desk)

        case (.sourcing, .cancel), (.solving, .cancel), (.waiting, .cancel):
            state = .over(.undecided)
            return Effects(answer: .withdrawn)
        case (.settling, _), (.over, _):
            return handleDecided(event, at: &desk)

        // A bid, a solution or an acknowledgement of an attempt that is over.
        case (.sourcing, .solved), (.sourcing, .commit), (.sourcing, .leasesClosed),
            (.solving, .bid), (.solving, .bidLost), (.solving, .commit), (.solving, .siteLost),
            (.solving, .timer), (.solving, .leasesClosed),
            (.waiting, .bid), (.waiting, .bidLost), (.waiting, .solved), (.waiting, .commit),
            (.waiting, .siteLost), (.waiting, .leasesClosed),
            (.voting, .bid), (.voting, .bidLost), (.voting, .solved), (.sourcing, .supersede),
            (.solving, .supersede), (.waiting, .supersede), (.voting, .supersede):
            return Effects()
        }
    }

    /// The same once the order's outcome is in the log.
    private mutating func handleDecided(_ event: Event, at desk: inout OrderDesk) -> Effects {
        switch (state, event) {
        case (.settling(let plan, var machine, let timer), .commit(let id, let event)):
            guard id == machine.transaction else { return Effects() }
            let commit = machine.handle(event, timing: desk.timing)
            return continueSettling(plan, machine, commit, timer: timer, at: &desk)
        case (.settling(let plan, var machine, let timer), .timer(let token)):
            guard token == timer else { return Effects() }
            let commit = machine.handle(.deadline, timing: desk.timing)
            return continueSettling(plan, machine, commit, timer: timer, at: &desk)
        case (.settling(let plan, let machine, _), .cancel) where machine.isCancelled:
            return Effects(answer: .decided(.cancelled(plan), machine.transaction))
        case (.settling(let plan, var machine, let timer), .cancel):
            let commit = machine.handle(.cancel, timing: desk.timing)
            return continueSettling(plan, machine, commit, timer: timer, at: &desk)

        case (.settling, .supersede(let kept)), (.over, .supersede(let kept)):
            return giveBack(but: kept, at: &desk)
        case (.over(.confirmed(let plan, var machine)), .cancel):
            let commit = machine.handle(.cancel, timing: desk.timing)
            return continueSettling(plan, machine, commit, timer: 0, at: &desk)
        case (.over(.confirmedWithoutSites(let plan, let transaction)), .cancel):
            return withdrawWithoutSites(plan, transaction)
        case (.over(.confirmed(let plan, var machine)), .commit(let id, let event)):
            guard id == machine.transaction else { return Effects() }
            let commit = machine.handle(event, timing: desk.timing)
            state = .over(.confirmed(plan, machine))
            return Effects(messages: told(commit.messages, of: plan))

        // A bid, a solution or an acknowledgement of an attempt that is over.
        case (.settling, .bid), (.settling, .bidLost), (.settling, .solved), (.settling, .siteLost),
            (.settling, .leasesClosed), (.over, .bid), (.over, .bidLost), (.over, .solved),
            (.over, .siteLost), (.over, .timer), (.over, .cancel), (.over, .commit),
            (.over, .leasesClosed):
            return Effects()
        case (.sourcing, _), (.solving, _), (.waiting, _), (.voting, _):
            preconditionFailure("the order is decided")
        }
    }

    /// Has all that was decided given back, but for what these sites have shipped.
    private mutating func giveBack(
        but kept: [Warehouse.ID],
        at desk: inout OrderDesk
    ) -> Effects {
        switch state {
        case .settling(let plan, var machine, let timer):
            let commit = machine.handle(.supersede(keeping: kept), timing: desk.timing)
            return continueSettling(plan, machine, commit, timer: timer, at: &desk)
        case .over(.confirmed(let plan, var machine)):
            let commit = machine.handle(.supersede(keeping: kept), timing: desk.timing)
            return continueSettling(plan, machine, commit, timer: 0, at: &desk)
        case .over(.confirmedWithoutSites(let plan, let transaction)):
            state = .over(.cancelled(plan, transaction))
            return Effects(records: [.ended(transaction)])
        case .sourcing, .solving, .waiting, .voting, .over(.refused), .over(.cancelled),
            .over(.undecided):
            return Effects()
        }
    }

    // Sourcing.

    private mutating func survey(at desk: inout OrderDesk) -> Effects {
        let timer = desk.nextTimer()
        let sites = desk.sites.filter { second?.wish.allows($0.warehouse) ?? true }
        let eligible = sites.filter(\.mayBid).map(\.warehouse)
        let absent = sites.filter { !$0.mayBid }.map(\.warehouse)
        var round = SourcingRound(
            id: RoundID(order: order.id, attempt: desk.nextRound()),
            asking: eligible,
            without: absent
        )
        if let result = round.closeIfNobodyIsAsked() {
            return take(result, of: round.id, at: &desk)
        }
        let request = desk.bidRequest(
            for: order,
            round: round.id,
            insists: insists,
            // What stays where it is, is not free for what waits.
            replacing: second.flatMap { $0.wish.isFollowUp ? nil : $0.replaced },
            naming: lotFitting.skus
        )
        state = .sourcing(round, timer: timer)
        return Effects(
            bids: eligible.map { BidMessage(warehouse: $0, request: request) },
            timers: [Timer(token: timer, after: desk.timing.bidDeadline)]
        )
    }

    private mutating func advance(
        _ round: inout SourcingRound,
        _ event: SourcingRound.Event,
        timer: Int,
        at desk: inout OrderDesk
    ) -> Effects {
        guard let result = round.handle(event) else {
            state = .sourcing(round, timer: timer)
            return Effects()
        }
        return take(result, of: round.id, at: &desk)
    }

    private mutating func take(
        _ result: SourcingRound.Result,
        of round: RoundID,
        at desk: inout OrderDesk
    ) -> Effects {
        // The other order may not take them, and they may be what is cheapest: after a short wait
        // they are asked for.
        if !insists, result.bids.contains(where: \.keepsUnitsForOthers) {
            insists = true
            let timer = desk.nextTimer()
            state = .waiting(timer: timer)
            return Effects(timers: [Timer(token: timer, after: desk.timing.insistence)])
        }
        let unreachable = result.absences.filter { $0.reason == .unreachable }.map(\.warehouse)
        // What is leased to stand in for a site is not drawn on to source an order again.
        let standing =
            second == nil
            ? desk.standingBids(on: order).filter { unreachable.contains($0.warehouse) } : []
        let bids = (result.bids + standing).sorted { $0.warehouse < $1.warehouse }
        guard !bids.isEmpty else {
            state = .over(.undecided)
            return Effects(answer: .unavailable("no warehouse answered in time"))
        }
        return solve(
            Findings(
                round: round,
                bids: bids,
                absences: result.absences,
                standing: Set(standing.map(\.warehouse))
            ),
            at: desk
        )
    }

    private mutating func solve(_ findings: Findings, at desk: OrderDesk) -> Effects {
        attempts += 1
        state = .solving(findings)
        return Effects(
            task: SolveTask(
                order: order,
                round: findings.round,
                bids: findings.bids,
                policy: desk.policy,
                ruling: ruling
            )
        )
    }

    // From a solution to an attempt.

    private mutating func conclude(
        _ result: Solution.Result,
        from findings: Findings,
        at desk: inout OrderDesk
    ) -> Effects {
        switch result {
        case .plan(let solution):
            if let shortfall = second?.shortfall(of: solution.plan, for: order) {
                state = .over(.undecided)
                return Effects(answer: .unfillable(shortfall))
            }
            if second?.isPreview == true || second?.relievesNobody(by: solution.plan) == true {
                state = .over(.undecided)
                return Effects(answer: .previewed(inWholeOrder(solution.plan)))
            }
            return attempt(solution, from: findings, at: &desk)
        case .unfillable(let refusals, let nodes):
            return refuse(refusals, nodes: nodes, from: findings, at: &desk)
        case .undecided:
            // A refusal is final, so it is never given for want of a proof.
            state = .over(.undecided)
            return Effects(
                answer: .unavailable("no plan was found within the solver's budget of nodes")
            )
        }
    }

    private mutating func refuse(
        _ refusals: [LineRefusal],
        nodes: Int64,
        from findings: Findings,
        at desk: inout OrderDesk
    ) -> Effects {
        // Others' attempts may have held, for a moment, what they then gave
        // back: before an order is refused on a bid that an attempt has
        // changed, every site is asked once more.
        if findings.isStale && attempts <= desk.attemptsMaximum {
            return survey(at: &desk)
        }
        // An order is refused on the word of every site, never for want of it:
        // a refusal is final, and a site that is cut off may have the stock.
        if !findings.absences.isEmpty {
            state = .over(.undecided)
            let names = findings.absences.map(\.warehouse.rawValue).joined(separator: ", ")
            return Effects(
                answer: .unavailable(
                    "the warehouses that answered cannot fill the order, and \(names) did not answer"
                )
            )
        }
        if let second {
            state = .over(.undecided)
            let asked = second.asked(order)
            return Effects(answer: .unfillable(asked.inWholeOrder(refusals)))
        }
        state = .over(.refused)
        return Effects(
            records: [.refused(refusals, evidence(from: findings, nodes: nodes, at: desk))],
            answer: .decided(.refused(refusals), nil),
            signs: alerts.signs(of: refusals)
        )
    }

    private mutating func attempt(
        _ solution: Solution,
        from findings: Findings,
        at desk: inout OrderDesk
    ) -> Effects {
        let plan = inWholeOrder(solution.plan)
        let demands = demands(of: plan, by: solution, from: findings.bids)
        let transaction = desk.nextTransaction()
        guard !demands.isEmpty else {
            return confirmWithoutSites(solution, transaction, from: findings, at: desk)
        }
        draws = [:]
        for demand in demands where findings.standing.contains(demand.warehouse) {
            guard let taken = desk.leases.take(demand.lines, of: demand.warehouse) else {
                return attemptAgain(without: demand.warehouse, findings, at: &desk)
            }
            draws[demand.warehouse] = taken
        }
        var participants: [CommitCoordinator.Participant] = []
        for demand in demands where !findings.standing.contains(demand.warehouse) {
            guard let session = desk.session(of: demand.warehouse) else {
                return attemptAgain(without: demand.warehouse, findings, at: &desk)
            }
            participants.append(
                CommitCoordinator.Participant(
                    warehouse: demand.warehouse,
                    session: session,
                    request: ReserveRequest(
                        transaction: transaction,
                        lines: demand.lines,
                        participants: demands.map(\.warehouse),
                        bid: desk.bidRequest(
                            for: second?.unshipped ?? order,
                            round: findings.round,
                            replacing: second?.replaced(at: demand.warehouse),
                            naming: lotFitting.skus
                        ),
                        completeness: order.completeness,
                        carriage: Rebuilding.carriage(from: demand.warehouse, in: plan)
                    )
                )
            )
        }
        let (machine, commit) = CommitCoordinator.begin(
            transaction,
            with: participants,
            drawing: draws.keys.sorted(),
            timing: desk.timing
        )
        let timer = desk.nextTimer()
        let voting = Voting(
            findings: findings,
            solution: solution,
            machine: machine,
            timer: timer
        )
        // All of it is drawn from leases: there is nobody to ask.
        if commit.result == .confirmed { return confirm(voting, commit, at: &desk) }
        state = .voting(voting)
        return Effects(
            messages: commit.messages,
            timers: commit.deadline.map { [Timer(token: timer, after: $0)] } ?? []
        )
    }

    /// Decides where nothing ships now: there is nobody to agree with.
    private mutating func confirmWithoutSites(
        _ solution: Solution,
        _ transaction: TransactionID,
        from findings: Findings,
        at desk: OrderDesk
    ) -> Effects {
        let decision = confirmation(
            transaction,
            solution,
            shares: [],
            from: findings,
            at: desk
        )
        state = .over(.confirmedWithoutSites(decision.plan, transaction))
        return Effects(
            records: [record(of: decision), .ended(transaction)],
            answer: .decided(.confirmed(decision.plan), transaction),
            signs: signs(of: solution.plan, from: findings)
        )
    }

    /// Solves again without a site that has become unable to ship what it was planned to.
    private mutating func attemptAgain(
        without warehouse: Warehouse.ID,
        _ findings: Findings,
        at desk: inout OrderDesk
    ) -> Effects {
        endDraws(isDecided: false, at: &desk)
        if isFollowUp { return comeAgain(after: "\(warehouse) is out of reach") }
        var findings = findings
        let left = desk.standingBids(on: order).first { $0.warehouse == warehouse }
        if findings.standing.contains(warehouse), let left {
            findings.replace(left, of: warehouse)
        } else {
            findings.drop(warehouse, because: .unreachable)
        }
        return solveAgain(findings, at: &desk)
    }

    /// Ends what the attempt has taken from leases: drawn for good, or free again.
    private mutating func endDraws(isDecided: Bool, at desk: inout OrderDesk) {
        for warehouse in draws.keys.sorted() {
            desk.leases.end(draws[warehouse] ?? [], isDecided: isDecided)
        }
        if !isDecided { draws = [:] }
    }

    private mutating func step(
        _ voting: Voting,
        _ event: CommitCoordinator.Event,
        at desk: inout OrderDesk
    ) -> Effects {
        var voting = voting
        let commit = voting.machine.handle(event, timing: desk.timing)
        guard let result = commit.result else {
            state = .voting(voting)
            return Effects(messages: commit.messages)
        }
        var findings = voting.findings
        if result != .confirmed { endDraws(isDecided: false, at: &desk) }
        if isFollowUp, result != .confirmed, result != .cancelled {
            var effects = comeAgain(after: "a warehouse did not vote for it")
            effects.messages = commit.messages
            return effects
        }
        switch result {
        case .confirmed:
            return confirm(voting, commit, at: &desk)
        case .cancelled:
            state = .over(.undecided)
            return Effects(messages: commit.messages, answer: .withdrawn)
        case .refused(let warehouse, _, let bid):
            if let bid, bid.warehouse == warehouse,
                SourcingProblem.isSound(bid, for: order, under: desk.policy)
            {
                findings.replace(order.destination.delivery.kept(by: bid), of: warehouse)
            } else {
                findings.drop(warehouse, because: .unreachable)
            }
        case .lost(let warehouse):
            findings.drop(warehouse, because: .unreachable)
        case .timedOut(let warehouses):
            for warehouse in warehouses { findings.drop(warehouse, because: .silent) }
        }
        var effects = solveAgain(findings, at: &desk)
        effects.messages = commit.messages + effects.messages
        return effects
    }

    /// Whether it is of what waits alone, beside what stays where it is.
    private var isFollowUp: Bool { second?.wish.isFollowUp ?? false }

    /// Ends a follow-up without a plan: its turn comes again.
    private mutating func comeAgain(after reason: String) -> Effects {
        state = .over(.undecided)
        return Effects(answer: .unavailable(reason))
    }

    private mutating func solveAgain(_ findings: Findings, at desk: inout OrderDesk) -> Effects {
        guard attempts < desk.attemptsMaximum else {
            state = .over(.undecided)
            return Effects(
                answer: .unavailable(
                    "others took the stock, or its place on a day, \(attempts) times while it was placed"
                )
            )
        }
        guard !findings.bids.isEmpty else { return survey(at: &desk) }
        return solve(findings, at: desk)
    }

    private mutating func confirm(
        _ voting: Voting,
        _ commit: CommitCoordinator.Effects,
        at desk: inout OrderDesk
    ) -> Effects {
        guard case .confirm(let voters)? = commit.record else {
            preconditionFailure("a confirmed attempt has a decision to write")
        }
        let plan = inWholeOrder(voting.solution.plan)
        let transaction = voting.machine.transaction
        endDraws(isDecided: true, at: &desk)
        let shares = plan.demands.map { demand in
            Share(
                warehouse: demand.warehouse,
                lines: demand.lines,
                mark: voters.first { $0.warehouse == demand.warehouse }?.mark ?? .empty,
                draws: draws[demand.warehouse] ?? []
            )
        }
        let confirmation = confirmation(
            transaction,
            voting.solution,
            shares: shares,
            from: voting.findings,
            at: desk
        )
        var effects = Effects(
            records: [record(of: confirmation)],
            answer: .decided(.confirmed(plan), transaction),
            signs: signs(of: voting.solution.plan, from: voting.findings)
        )
        settle(plan, voting.machine, commit, timer: 0, at: &desk, into: &effects)
        return effects
    }

    // Settling.

    private mutating func continueSettling(
        _ plan: Plan,
        _ machine: CommitCoordinator,
        _ commit: CommitCoordinator.Effects,
        timer: Int,
        at desk: inout OrderDesk
    ) -> Effects {
        var effects = Effects()
        switch commit.record {
        case .cancel:
            effects.records = [.cancelled(machine.transaction, plan)]
            effects.answer = .decided(.cancelled(plan), machine.transaction)
            effects.signs = alerts.signsOfCancelling
        case .ended:
            effects.records = [.ended(machine.transaction)]
        case .confirm, nil:
            break
        }
        settle(plan, machine, commit, timer: timer, at: &desk, into: &effects)
        return effects
    }

    /// Goes on telling the sites; `timer` is under way, unless `commit` asks for another.
    private mutating func settle(
        _ plan: Plan,
        _ machine: CommitCoordinator,
        _ commit: CommitCoordinator.Effects,
        timer: Int,
        at desk: inout OrderDesk,
        into effects: inout Effects
    ) {
        effects.messages += told(commit.messages, of: plan)
        effects.notes += commit.notes
        guard !machine.isFinished else {
            state = .over(
                machine.isCancelled
                    ? .cancelled(plan, machine.transaction) : .confirmed(plan, machine)
            )
            return
        }
        guard let deadline = commit.deadline else {
            state = .settling(plan, machine, timer: timer)
            return
        }
        let next = desk.nextTimer()
        effects.timers.append(Timer(token: next, after: deadline))
        state = .settling(plan, machine, timer: next)
    }

    /// Has a site that was not asked take its part out of its leases, where another is told a word.
    private func told(
        _ messages: [CommitCoordinator.Message],
        of plan: Plan
    ) -> [CommitCoordinator.Message] {
        messages.map { message in
            guard let draws = draws[message.warehouse],
                let demand = plan.demands.first(where: { $0.warehouse == message.warehouse })
            else { return message }
            let isCancelled: Bool
            let transaction: TransactionID
            switch message.request {
            case .confirm(let id): (transaction, isCancelled) = (id, false)
            case .cancel(let id): (transaction, isCancelled) = (id, true)
            case .greet, .challenge, .report, .restore, .activate, .bid, .reserve, .release,
                .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease,
                .drain:
                return message
            }
            let ruling = Rebuilding.ruling(
                on: order,
                transaction,
                lines: demand.lines,
                participants: plan.warehouses,
                isCancelled: isCancelled,
                draws: draws,
                carriage: Rebuilding.carriage(from: message.warehouse, in: plan)
            )
            return CommitCoordinator.Message(message.warehouse, .drain(ruling))
        }
    }

    private mutating func withdrawWithoutSites(
        _ plan: Plan,
        _ transaction: TransactionID
    ) -> Effects {
        state = .over(.cancelled(plan, transaction))
        return Effects(
            records: [.cancelled(transaction, plan), .ended(transaction)],
            answer: .decided(.cancelled(plan), transaction),
            signs: alerts.signsOfCancelling
        )
    }

    private var alerts: OrderAlerts { OrderAlerts(order: order, ruling: ruling) }

    private func signs(of plan: Plan, from findings: Findings) -> [AlertSign] {
        guard isFollowUp else {
            return second == nil
                ? alerts.signs(of: plan, from: findings.ownBids)
                : alerts.signsOfResourcing(by: plan, from: findings.ownBids)
        }
        return alerts.signsOfFollowUp(
            by: plan,
            leaving: inWholeOrder(plan).backorders,
            from: findings.ownBids
        )
    }

    /// Returns what is to be written of a decision: by itself, or with the one it replaces.
    private func record(of decision: Confirmation) -> Record {
        second.map { .resourced(decision, $0) } ?? .confirmed(decision)
    }

    private var lotFitting: LotFitting { LotFitting(order, under: ruling.policy) }

    /// Returns what each site is to set aside, and what its lots must be.
    ///
    /// What stays where it is keeps its lots.
    private func demands(
        of plan: Plan,
        by solution: Solution,
        from bids: [Bid]
    ) -> [Plan.Demand] {
        var terms: [LotPlace: LotTerms] = [:]
        for (place, lots) in lotFitting.terms(of: solution.plan, from: bids) {
            let line = second.map { $0.lines[place.line] } ?? place.line
            terms[LotPlace(warehouse: place.warehouse, line: line)] = lots
        }
        return plan.demands { terms[$0] ?? .any }
    }

    /// Returns a plan with its lines named as in the order as it was placed.
    private func inWholeOrder(_ plan: Plan) -> Plan {
        second?.whole(plan, of: order) ?? plan
    }

    private func confirmation(
        _ transaction: TransactionID,
        _ solution: Solution,
        shares: [Share],
        from findings: Findings,
        at desk: OrderDesk
    ) -> Confirmation {
        let plan = inWholeOrder(solution.plan)
        return Confirmation(
            transaction: transaction,
            plan: plan,
            shares: shares,
            evidence: evidence(from: findings, nodes: solution.nodes, at: desk),
            waiting: WaitingOrder(
                of: order,
                in: plan,
                rank: ruling.rank,
                since: second?.receivedAt ?? receivedAt,
                sites: ruling.sites(
                    for: plan.backorders,
                    of: order,
                    among: desk.sites.map(\.warehouse).filter { second?.wish.allows($0) ?? true },
                    all: desk.sites.count
                )
            )
        )
    }

    private func evidence(
        from findings: Findings,
        nodes: Int64,
        at desk: OrderDesk
    ) -> Evidence {
        Evidence(
            bids: findings.bids,
            silent: findings.absences.filter { $0.reason == .silent }.map(\.warehouse),
            unreachable: findings.absences.filter { $0.reason == .unreachable }.map(\.warehouse),
            attempts: attempts,
            nodes: nodes,
            solverVersion: Solution.solverVersion,
            rulesVersion: ruling.version,
            customer: ruling.customer,
            profiles: ruling.knownProfiles,
            policy: desk.policy,
            asked: second?.asked(order)
        )
    }
}

extension Bid {
    /// Whether more is there, and is being offered to other orders.
    fileprivate var keepsUnitsForOthers: Bool {
        declines.contains { decline in
            if case .offeredElsewhere = decline.reason { true } else { false }
        }
    }
}
