package import AllocationModel

/// The coordinator's half of the handshake with one site.
///
/// HELLO, CHALLENGE, ATTACH, READY: a site is eligible only while its session
/// is active, and every vote of an older session is void. A site whose history
/// does not contain what the coordinator has evidence of was restored from a
/// backup or made anew: before it is activated it is told every decision that
/// it shares. Where the coordinator's own log was lost, each site first reports
/// what it holds, and waits until the log is rebuilt from all of them.
package struct SiteSession: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    private let epoch: Int64
    private var known: HistoryMark
    /// The life of the site's ledger that `known` belongs to; zero where none is known.
    private var incarnation: Int64
    private var lastNumber: Int64
    private var state: State
    /// Whether the site lacks history and has not been given it back yet.
    private var isBehind = false
    /// What keeps it from being given back, as it was last noted.
    private var obstacle: SKU?
    private var isReportWanted: Bool
    private var identity = Identity()

    private enum State: Hashable, Sendable {
        /// Nobody has answered. Next: `challenged` on hello.
        case silent
        /// A session was offered and a mark asked about. Next: what the attachment shows.
        case challenged(Peer, SessionID, HistoryMark)
        /// The log was lost: it tells what it holds. Next: `waiting` after the last page.
        case reporting(Candidate)
        /// It has told everything. Next: `restoring` when the log is rebuilt.
        case waiting(Candidate)
        /// It is being told what it must hold. Next: `activating` after the last page.
        case restoring(Candidate, incarnation: Int64, Page)
        /// Nothing is missing. Next: `active` on ready, `silent` on loss.
        case activating(Candidate)
        /// Eligible. Next: `silent` on loss, `challenged` when another process says hello.
        case active(BootID, SessionID)
        /// Two processes answer under one name. Next: `challenged` when one has long been alone.
        case quarantined
    }

    /// Who said hello.
    private struct Peer: Hashable, Sendable {
        let boot: BootID
        let incarnation: Int64
    }

    /// Who has attached.
    private struct Candidate: Hashable, Sendable {
        let peer: Peer
        let attachment: Attachment

        var session: SessionID { attachment.session }
    }

    /// How far a restoration has come.
    private enum Page: Hashable, Sendable {
        /// The log is being read.
        case read
        /// A page was sent; the next begins after its last transaction, unless it was the last.
        case sent(last: TransactionID?, isLast: Bool)
    }

    /// Which processes have answered under the site's name.
    private struct Identity: Hashable, Sendable {
        var last: BootID?
        /// Those that another has taken over from, at most `formerMaximum`.
        var former: [BootID] = []
        /// How often a process came back that another had taken over from.
        var returns = 0
        /// Greetings in succession that `last` answered.
        var calm = 0

        /// A process that comes back so often is not alone.
        static let returnsMaximum = 3
        static let formerMaximum = 8
        /// Answered pulses after which a return is forgotten: ten seconds of heartbeats.
        static let calmForgets = 2
        /// Answered greetings after which one process is alone again.
        static let calmLiftsQuarantine = 10

        /// Takes note of who says hello.
        mutating func note(_ boot: BootID) {
            guard let last, last != boot else {
                self.last = boot
                calm += 1
                if calm >= Self.calmForgets && returns < Self.returnsMaximum { returns = 0 }
                return
            }
            if former.contains(boot) { returns += 1 }
            if !former.contains(last) { former.append(last) }
            if former.count > Self.formerMaximum { former.removeFirst() }
            self.last = boot
            calm = 0
        }

        var isTwofold: Bool {
            returns >= Self.returnsMaximum && calm < Self.calmLiftsQuarantine
        }
    }

    /// Something that happened on the link to the site.
    package enum Event: Hashable, Sendable {
        /// A connection was made, or it is time to see whether anybody is there.
        case probe
        case hello(Hello)
        case attached(Attachment)
        /// A page of what the site holds.
        case reported(SessionID, Holdings)
        /// Every site has reported, and the log is what it was.
        case logRebuilt
        /// A page of the decisions that the site shares, from the log.
        case rulings(SessionID, [Ruling], isLast: Bool)
        case restored(SessionID, Restored)
        case ready(SessionID)
        /// It answered that a session is not the active one.
        case refusedStaleSession
        /// The link broke or did not answer.
        case lost
    }

    /// What the driver must do, in this order.
    package struct Effects: Hashable, Sendable {
        /// Durable before any request leaves.
        package var adoption: Adoption?
        /// What this changed in who may be asked.
        package var change: Change?
        package var requests: [Request]
        /// A page of decisions to be read from the log, and answered with `rulings`.
        package var query: RulingQuery?
        /// A page of what the site holds, for the log to be rebuilt from.
        package var report: Holdings?
        /// In-doubt reservations the site reported: each is to be answered.
        package var inDoubt: [TransactionID]
        /// Confirmed ones it reported: the log must know each.
        package var confirmed: [TransactionID]
        package var notes: [Note]

        package init(
            adoption: Adoption? = nil,
            change: Change? = nil,
            requests: [Request] = [],
            query: RulingQuery? = nil,
            report: Holdings? = nil,
            inDoubt: [TransactionID] = [],
            confirmed: [TransactionID] = [],
            notes: [Note] = []
        ) {
            self.adoption = adoption
            self.change = change
            self.requests = requests
            self.query = query
            self.report = report
            self.inDoubt = inDoubt
            self.confirmed = confirmed
            self.notes = notes
        }
    }

    /// The history that the coordinator holds a site to from now on.
    package struct Adoption: Hashable, Sendable {
        package let incarnation: Int64
        package let mark: HistoryMark

        package init(incarnation: Int64, mark: HistoryMark) {
            self.incarnation = incarnation
            self.mark = mark
        }
    }

    /// A page of the decisions that the site shares, by rising transaction.
    package struct RulingQuery: Hashable, Sendable {
        package let session: SessionID
        package let after: TransactionID?

        package init(session: SessionID, after: TransactionID?) {
            self.session = session
            self.after = after
        }
    }

    /// A change in whether the site may be asked.
    package enum Change: Hashable, Sendable {
        case activated(SessionID)
        /// Undecided votes of the site are void.
        case deactivated
    }

    /// Something understood that an operator should be able to read.
    package enum Note: Hashable, Sendable {
        /// The site has heard a higher epoch: another coordinator has replaced this one.
        case fenced(epochMaximum: Int64)
        /// The site's history does not contain what it told us before; it is being restored.
        case amnesia(known: HistoryMark)
        /// It has all its reservations again; of so many units it has too few.
        case restored(shortfall: Int64)
        /// It does not keep a SKU that it has promised, so it stays out.
        case cannotRestore(SKU)
        /// Two processes answer under the site's name; neither is asked anything.
        case duplicateIdentity
        /// An answer that belongs to no session under way.
        case ignored
    }

    /// Knows of the site what the decision log does.
    ///
    /// - Parameters:
    ///   - warehouse: The site.
    ///   - epoch: The coordinator's.
    ///   - known: The last mark of the site's history in the log.
    ///   - incarnation: The life of its ledger that the mark belongs to.
    ///   - isReportWanted: Whether the log was lost, so that the site must tell what it holds.
    package init(
        warehouse: Warehouse.ID,
        epoch: Int64,
        known: HistoryMark,
        incarnation: Int64 = 0,
        isReportWanted: Bool = false
    ) {
        self.warehouse = warehouse
        self.epoch = epoch
        self.known = known
        self.incarnation = incarnation
        self.isReportWanted = isReportWanted
        lastNumber = 0
        state = .silent
    }

    /// How far the handshake has come, without what it carries.
    package enum Stage: String, CaseIterable, Hashable, Sendable {
        case silent
        case challenged
        case reporting
        case waiting
        case restoring
        case activating
        case active
        case quarantined
    }

    package var stage: Stage {
        switch state {
        case .silent: .silent
        case .challenged: .challenged
        case .reporting: .reporting
        case .waiting: .waiting
        case .restoring: .restoring
        case .activating: .activating
        case .active: .active
        case .quarantined: .quarantined
        }
    }

    /// The active session, if there is one.
    package var active: SessionID? {
        switch state {
        case .active(_, let session): session
        case .silent, .challenged, .reporting, .waiting, .restoring, .activating, .quarantined:
            nil
        }
    }

    /// Whether the site lacks history that it has not been given back yet.
    package var isAmnesiac: Bool { isBehind }

    /// Whether two processes answer under the site's name.
    package var isQuarantined: Bool {
        switch state {
        case .quarantined: true
        case .silent, .challenged, .reporting, .waiting, .restoring, .activating, .active: false
        }
    }

    /// The last mark of the site's history that there is evidence of.
    package var mark: HistoryMark { known }

    /// Takes note of a mark that came with a vote or an acknowledgement.
    package mutating func learn(_ mark: HistoryMark) {
        if mark.entry > known.entry { known = mark }
    }

    /// Takes note of `event` and returns what must now be done, in the order of the fields.
    package mutating func handle(_ event: Event) -> Effects {
        switch event {
        // Whatever it is, it says so.
        case .probe: Effects(requests: [.greet])
        case .hello(let hello): hear(hello)
        case .attached(let attachment): hear(attachment)
        case .reported(let session, let page): hear(page, in: session)
        case .logRebuilt: takeUpTheLog()
        case .rulings(let session, let page, let isLast): tell(page, in: session, isLast: isLast)
        case .restored(let session, let restored): hear(restored, in: session)
        case .ready(let session): activate(session)
        case .refusedStaleSession: beginAnew()
        case .lost: lose()
        }
    }

    private mutating func hear(_ hello: Hello) -> Effects {
        switch state {
        case .silent, .challenged, .activating, .quarantined:
            return meet(hello, losing: nil)
        // What takes several exchanges is not begun anew by a greeting.
        case .reporting(let candidate), .waiting(let candidate), .restoring(let candidate, _, _):
            return pulse(hello, of: candidate.peer.boot) ?? meet(hello, losing: nil)
        case .active(let boot, _):
            return pulse(hello, of: boot) ?? meet(hello, losing: .deactivated)
        }
    }

    /// Takes the hello of the process that is known for a pulse: the probe was a ping.
    private mutating func pulse(_ hello: Hello, of boot: BootID) -> Effects? {
        guard boot == hello.boot && hello.epochMaximum <= epoch else { return nil }
        identity.note(hello.boot)
        return Effects()
    }

    private mutating func hear(_ attachment: Attachment) -> Effects {
        switch state {
        case .challenged(let peer, let session, let asked):
            guard attachment.session == session else { return Effects(notes: [.ignored]) }
            return judge(Candidate(peer: peer, attachment: attachment), askedAbout: asked)
        case .silent, .reporting, .waiting, .restoring, .activating, .active, .quarantined:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func hear(_ page: Holdings, in session: SessionID) -> Effects {
        switch state {
        case .reporting(let candidate):
            guard candidate.session == session else { return Effects(notes: [.ignored]) }
            return proceed(with: candidate, after: page)
        case .silent, .challenged, .waiting, .restoring, .activating, .active, .quarantined:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func takeUpTheLog() -> Effects {
        switch state {
        case .waiting(let candidate):
            isReportWanted = false
            return restore(candidate)
        case .silent, .challenged, .quarantined:
            isReportWanted = false
            return Effects()
        case .reporting:
            // It had told everything, and began anew when the last one told it.
            isReportWanted = false
            state = .silent
            return Effects(requests: [.greet])
        case .restoring, .activating, .active:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func tell(
        _ page: [Ruling],
        in session: SessionID,
        isLast: Bool
    ) -> Effects {
        switch state {
        case .restoring(let candidate, let life, .read):
            guard candidate.session == session else { return Effects(notes: [.ignored]) }
            let sent = Page.sent(last: page.last?.request.transaction, isLast: isLast)
            state = .restoring(candidate, incarnation: life, sent)
            let restoration = Restoration(incarnation: life, rulings: page)
            return Effects(requests: [.restore(session, restoration)])
        case .restoring(_, _, .sent), .silent, .challenged, .reporting, .waiting, .activating,
            .active, .quarantined:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func hear(_ restored: Restored, in session: SessionID) -> Effects {
        switch state {
        case .restoring(let candidate, let life, .sent(let last, let isLast)):
            guard candidate.session == session else { return Effects(notes: [.ignored]) }
            return goOn(candidate, life, after: last, isLast: isLast, restored)
        case .restoring(_, _, .read), .silent, .challenged, .reporting, .waiting, .activating,
            .active, .quarantined:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func activate(_ ready: SessionID) -> Effects {
        switch state {
        case .activating(let candidate):
            guard ready == candidate.session else { return Effects(notes: [.ignored]) }
            state = .active(candidate.peer.boot, ready)
            isBehind = false
            obstacle = nil
            return Effects(
                change: .activated(ready),
                inDoubt: candidate.attachment.inDoubt,
                confirmed: candidate.attachment.confirmed
            )
        case .silent, .challenged, .reporting, .waiting, .restoring, .active, .quarantined:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func beginAnew() -> Effects {
        switch state {
        case .active:
            state = .silent
            return Effects(change: .deactivated, requests: [.greet])
        case .challenged, .reporting, .waiting, .restoring, .activating:
            state = .silent
            return Effects(requests: [.greet])
        case .silent, .quarantined:
            return Effects(notes: [.ignored])
        }
    }

    private mutating func lose() -> Effects {
        switch state {
        case .active:
            state = .silent
            return Effects(change: .deactivated)
        case .silent, .challenged, .reporting, .waiting, .restoring, .activating:
            state = .silent
            return Effects()
        case .quarantined:
            return Effects()
        }
    }

    // Who is there.

    private mutating func meet(_ hello: Hello, losing change: Change?) -> Effects {
        guard hello.epochMaximum <= epoch else {
            state = .silent
            return Effects(change: change, notes: [.fenced(epochMaximum: hello.epochMaximum)])
        }
        identity.note(hello.boot)
        if identity.isTwofold {
            let isNews = !isQuarantined
            state = .quarantined
            return Effects(change: change, notes: isNews ? [.duplicateIdentity] : [])
        }
        if isQuarantined { identity = Identity(last: hello.boot) }
        lastNumber += 1
        let session = SessionID(epoch: epoch, number: lastNumber)
        let peer = Peer(boot: hello.boot, incarnation: hello.incarnation)
        state = .challenged(peer, session, known)
        return Effects(
            change: change,
            requests: [.challenge(boot: hello.boot, session: session, known: known)]
        )
    }

    private mutating func judge(
        _ candidate: Candidate,
        askedAbout asked: HistoryMark
    ) -> Effects {
        // A vote that was still under way has told of more than was asked about.
        guard asked == known else {
            state = .silent
            return Effects(requests: [.greet])
        }
        if isReportWanted {
            state = .reporting(candidate)
            return Effects(requests: [.report(candidate.session, after: nil)])
        }
        let chain = candidate.attachment.chainAtKnown
        let isWhole = asked.entry == 0 || chain == asked.chain
        let isSameLife = incarnation == 0 || candidate.peer.incarnation == incarnation
        guard isWhole && isSameLife else {
            let isNews = !isBehind
            isBehind = true
            var effects = restore(candidate)
            if isNews { effects.notes.append(.amnesia(known: asked)) }
            return effects
        }
        learn(candidate.attachment.latest)
        state = .activating(candidate)
        var effects = Effects(requests: [.activate(candidate.session)])
        if incarnation == 0 {
            incarnation = candidate.peer.incarnation
            effects.adoption = Adoption(incarnation: incarnation, mark: known)
        }
        return effects
    }

    // Where the log was lost.

    private mutating func proceed(with candidate: Candidate, after page: Holdings) -> Effects {
        guard let last = page.holdings.last, !page.isLast else {
            state = .waiting(candidate)
            return Effects(report: page)
        }
        return Effects(
            requests: [.report(candidate.session, after: last.request.transaction)],
            report: page
        )
    }

    // Where the site has lost history.

    private mutating func restore(_ candidate: Candidate) -> Effects {
        // Above both, so that no older copy of the ledger can have it too.
        let life = max(incarnation, candidate.peer.incarnation) + 1
        state = .restoring(candidate, incarnation: life, .read)
        return Effects(query: RulingQuery(session: candidate.session, after: nil))
    }

    private mutating func goOn(
        _ candidate: Candidate,
        _ life: Int64,
        after last: TransactionID?,
        isLast: Bool,
        _ restored: Restored
    ) -> Effects {
        if let sku = restored.unknownSKU {
            state = .silent
            isBehind = true
            let isNews = obstacle != sku
            obstacle = sku
            return Effects(notes: isNews ? [.cannotRestore(sku)] : [])
        }
        guard isLast else {
            state = .restoring(candidate, incarnation: life, .read)
            return Effects(query: RulingQuery(session: candidate.session, after: last))
        }
        incarnation = life
        known = restored.mark
        state = .activating(candidate)
        return Effects(
            adoption: Adoption(incarnation: life, mark: restored.mark),
            requests: [.activate(candidate.session)],
            notes: [.restored(shortfall: restored.shortfall)]
        )
    }
}
