import AllocationModel
import AllocationProtocol
import Testing

/// Every state of the coordinator's machine against every event, as one reads it.
struct `Table of the commit coordinator` {
    private static let dallas = Example.dallas
    private static let reno = Example.reno

    private static func machine(after events: CommitCoordinator.Event...) -> CommitCoordinator {
        var machine =
            CommitCoordinator.begin(
                Example.transaction,
                with: Example.participants,
                timing: Example.timing
            )
            .0
        for event in events { _ = machine.handle(event, timing: Example.timing) }
        return machine
    }

    private static let votes: [CommitCoordinator.Event] = [
        .vote(dallas, Example.sessionOfDallas, .reserve(Example.markOfDallas)),
        .vote(reno, Example.sessionOfReno, .reserve(Example.markOfReno)),
    ]

    /// One column for each state.
    private static let states: [CommitCoordinator] = [
        machine(),
        machine(after: votes[0], votes[1]),
        machine(after: votes[0], votes[1], .cancel),
        machine(after: .deadline),
        machine(after: votes[0], votes[1], .confirmed(dallas), .confirmed(reno)),
        machine(after: votes[0], votes[1], .cancel, .released(dallas), .released(reno)),
    ]

    private static let events: [(String, CommitCoordinator.Event)] = [
        ("DAL votes for it", votes[0]),
        (
            "DAL votes against it",
            .vote(dallas, Example.sessionOfDallas, .refuse(Example.dallasShort, nil))
        ),
        (
            "DAL votes in another session",
            .vote(dallas, Example.sessionBefore, .reserve(Example.markOfDallas))
        ),
        ("EWR votes for it", .vote(Example.newark, Example.sessionOfDallas, .reserve(.empty))),
        ("DAL's session is lost", .sessionLost(dallas)),
        ("EWR's session is lost", .sessionLost(Example.newark)),
        ("the time is over", .deadline),
        ("DAL has confirmed", .confirmed(dallas)),
        ("DAL has released", .released(dallas)),
        ("DAL has shipped", .shipped(dallas)),
        ("DAL was forced to release", .overridden(dallas)),
        ("EWR has confirmed", .confirmed(Example.newark)),
        ("DAL's lease is closed", .leaseClosed(dallas)),
        ("DAL asks", .inquiry(dallas)),
        ("EWR asks", .inquiry(Example.newark)),
        ("the customer withdraws", .cancel),
        ("another decision takes its place", .supersede(keeping: [])),
        ("another does, and RNO had shipped", .supersede(keeping: [reno])),
        ("another does, and both had shipped", .supersede(keeping: [dallas, reno])),
    ]

    private static func word(for request: Request) -> String {
        switch request {
        case .confirm: "confirm"
        case .release: "release"
        case .cancel: "cancel"
        case .greet, .challenge, .report, .restore, .activate, .bid, .reserve, .noteOverride,
            .noteShipment, .noteRefusal, .noteCounts,
            .noteLease, .closeLease, .drain:
            "?"
        }
    }

    private static func name(of machine: CommitCoordinator) -> String {
        switch (machine.isFinished, machine.isDecided, machine.isCancelled) {
        case (false, false, _): "voting"
        case (false, true, false): "confirming"
        case (false, true, true): "cancelling"
        case (true, false, _): "released"
        case (true, true, false): "confirmed"
        case (true, true, true): "cancelled"
        }
    }

    private static func cell(_ start: CommitCoordinator, _ event: CommitCoordinator.Event) -> String
    {
        var machine = start
        let effects = machine.handle(event, timing: Example.timing)
        var words: [String] = []
        switch effects.record {
        case .confirm?: words.append("write confirm")
        case .cancel?: words.append("write cancel")
        case .ended?: words.append("write ended")
        case nil: break
        }
        words += effects.messages.map { "\($0.warehouse) \(word(for: $0.request))" }
        switch effects.result {
        case .confirmed?: words.append("say confirmed")
        case .refused?: words.append("say refused")
        case .lost?: words.append("say lost")
        case .timedOut?: words.append("say late")
        case .cancelled?: words.append("say cancelled")
        case nil: break
        }
        if effects.deadline != nil { words.append("again") }
        for note in effects.notes {
            switch note {
            case .lateVote: words.append("late")
            case .voteOfOtherSession: words.append("void")
            case .stranger: words.append("stranger")
            case .shippedBeforeCancelled: words.append("alert")
            case .nothingToDo: words.append("-")
            }
        }
        let before = name(of: start)
        let after = name(of: machine)
        if before != after { words.append("-> \(after)") }
        return words.joined(separator: ", ")
    }

    /// One row for each event.
    ///
    /// Columns are voting, confirming, cancelling, released, confirmed, cancelled. `->` names the state that follows, where it is another.
    private static let table: [[String]] = [
        // DAL votes for it
        [
            "", "DAL confirm", "DAL cancel", "DAL release, late", "DAL confirm, late",
            "DAL cancel, late",
        ],
        // DAL votes against it
        [
            "DAL release, RNO release, say refused, -> released", "late", "late", "late", "late",
            "late",
        ],
        // DAL votes in another session
        [
            "void", "DAL confirm", "DAL cancel", "DAL release, late", "DAL confirm, late",
            "DAL cancel, late",
        ],
        // EWR votes for it
        [
            "stranger", "stranger", "stranger", "EWR release, late", "stranger",
            "EWR cancel, late",
        ],
        // DAL's session is lost
        ["DAL release, RNO release, say lost, -> released", "-", "-", "-", "-", "-"],
        // EWR's session is lost
        ["stranger", "-", "-", "-", "-", "-"],
        // the time is over
        [
            "DAL release, RNO release, say late, -> released", "DAL confirm, RNO confirm, again",
            "DAL cancel, RNO cancel, again", "-", "-", "-",
        ],
        // DAL has confirmed
        ["stranger", "", "-", "-", "-", "-"],
        // DAL has released
        ["stranger", "-", "", "-", "-", "-"],
        // DAL has shipped
        ["stranger", "-", "alert", "-", "-", "-"],
        // DAL was forced to release
        ["stranger", "", "-", "-", "-", "-"],
        // EWR has confirmed
        ["stranger", "stranger", "stranger", "-", "-", "-"],
        // DAL's lease is closed
        ["-", "-", "-", "-", "-", "-"],
        // DAL asks
        ["-", "DAL confirm", "DAL cancel", "DAL release", "DAL confirm", "DAL cancel"],
        // EWR asks
        ["-", "stranger", "stranger", "EWR release", "stranger", "EWR cancel"],
        // the customer withdraws
        [
            "DAL release, RNO release, say cancelled, -> released",
            "write cancel, DAL cancel, RNO cancel, say cancelled, again, -> cancelling", "-", "-",
            "write cancel, DAL cancel, RNO cancel, say cancelled, again, -> cancelling", "-",
        ],
        // another decision takes its place
        [
            "-", "DAL cancel, RNO cancel, again, -> cancelling", "-", "-",
            "DAL cancel, RNO cancel, again, -> cancelling", "-",
        ],
        // another does, and RNO had shipped
        [
            "-", "DAL cancel, again, -> cancelling", "-", "-", "DAL cancel, again, -> cancelling",
            "-",
        ],
        // another does, and both had shipped
        ["-", "write ended, -> cancelled", "-", "-", "write ended, -> cancelled", "-"],
    ]

    @Test func `is what the machine does`() {
        #expect(Self.table.count == Self.events.count)
        for (row, (name, event)) in zip(Self.table, Self.events) {
            #expect(Self.states.map { Self.cell($0, event) } == row, "\(name)")
        }
    }
}

struct `Table of the site session` {
    private static let boot = BootID(high: 1, low: 1)
    private static let other = BootID(high: 1, low: 2)
    private static let known = HistoryMark(entry: 41, chain: 0xDA1)
    private static let session = SessionID(epoch: 3, number: 1)

    private static func hello(_ boot: BootID = boot, epochMaximum: Int64 = 3) -> SiteSession.Event {
        .hello(Hello(boot: boot, epochMaximum: epochMaximum, incarnation: 1))
    }

    private static func attached(
        chain: UInt64? = 0xDA1,
        in session: SessionID = Self.session
    ) -> SiteSession.Event {
        .attached(
            Attachment(session: session, latest: known, chainAtKnown: chain, inDoubt: [])
        )
    }

    private static func site(
        isReportWanted: Bool = false,
        after events: SiteSession.Event...
    ) -> SiteSession {
        var site = SiteSession(
            warehouse: "DAL",
            epoch: 3,
            known: known,
            incarnation: 1,
            isReportWanted: isReportWanted
        )
        for event in events { _ = site.handle(event) }
        return site
    }

    private static let page = Holdings(holdings: [], isLast: true)

    private static let states: [SiteSession] = [
        site(),
        site(after: hello()),
        site(isReportWanted: true, after: hello(), attached()),
        site(isReportWanted: true, after: hello(), attached(), .reported(session, page)),
        site(after: hello(), attached(chain: nil)),
        site(after: hello(), attached(chain: nil), .rulings(session, [], isLast: true)),
        site(after: hello(), attached()),
        site(after: hello(), attached(), .ready(session)),
        site(
            after: hello(),
            hello(other),
            hello(),
            hello(other),
            hello(),
            hello(other),
            hello()
        ),
    ]

    private static let events: [(String, SiteSession.Event)] = [
        ("it is time to look", .probe),
        ("the same process says hello", hello()),
        ("another process says hello", hello(other)),
        ("a hello from under a newer coordinator", hello(epochMaximum: 4)),
        ("it attaches, with all its history", attached()),
        ("it attaches, without", attached(chain: nil)),
        ("it attaches in another session", attached(in: SessionID(epoch: 2, number: 9))),
        ("it has told all it holds", .reported(session, page)),
        ("the log is rebuilt", .logRebuilt),
        ("the last decisions it shares", .rulings(session, [], isLast: true)),
        (
            "decisions for another session",
            .rulings(SessionID(epoch: 2, number: 9), [], isLast: true)
        ),
        ("it has them", .restored(session, Restored(mark: known, shortfall: 0))),
        (
            "it does not keep a SKU of them",
            .restored(session, Restored(mark: known, shortfall: 0, unknownSKU: "PUMP"))
        ),
        ("it is ready", .ready(session)),
        ("it is ready in another session", .ready(SessionID(epoch: 2, number: 9))),
        ("it says that the session is stale", .refusedStaleSession),
        ("the link is lost", .lost),
    ]

    private static func cell(_ start: SiteSession, _ event: SiteSession.Event) -> String {
        var site = start
        let effects = site.handle(event)
        var words: [String] = []
        if effects.adoption != nil { words.append("write its mark") }
        switch effects.change {
        case .activated?: words.append("in session")
        case .deactivated?: words.append("out of session")
        case nil: break
        }
        for request in effects.requests {
            switch request {
            case .greet: words.append("greet")
            case .challenge: words.append("challenge")
            case .report: words.append("ask for more")
            case .restore: words.append("restore")
            case .activate: words.append("activate")
            case .bid, .reserve, .confirm, .release, .cancel, .noteOverride, .noteShipment,
                .noteRefusal, .noteCounts,
                .noteLease,
                .closeLease, .drain:
                words.append("?")
            }
        }
        if effects.query != nil { words.append("read the log") }
        if effects.report != nil { words.append("note what it holds") }
        for note in effects.notes {
            switch note {
            case .fenced: words.append("fenced")
            case .amnesia: words.append("alert")
            case .restored: words.append("say restored")
            case .cannotRestore: words.append("name the SKU")
            case .duplicateIdentity: words.append("alert of two")
            case .ignored: words.append("-")
            }
        }
        if start.stage != site.stage { words.append("-> \(site.stage)") }
        return words.joined(separator: ", ")
    }

    /// One row for each event; columns are silent, challenged, reporting, waiting, restoring (with
    /// the log being read), restoring (with a page sent), activating, active, quarantined.
    private static let table: [[String]] = [
        // it is time to look
        ["greet", "greet", "greet", "greet", "greet", "greet", "greet", "greet", "greet"],
        // the same process says hello
        [
            "challenge, -> challenged", "challenge", "", "", "", "", "challenge, -> challenged", "",
            "",
        ],
        // another process says hello
        [
            "challenge, -> challenged", "challenge", "challenge, -> challenged",
            "challenge, -> challenged", "challenge, -> challenged", "challenge, -> challenged",
            "challenge, -> challenged", "out of session, challenge, -> challenged", "",
        ],
        // a hello from under a newer coordinator
        [
            "fenced", "fenced, -> silent", "fenced, -> silent", "fenced, -> silent",
            "fenced, -> silent", "fenced, -> silent", "fenced, -> silent",
            "out of session, fenced, -> silent", "fenced, -> silent",
        ],
        // it attaches, with all its history
        ["-", "activate, -> activating", "-", "-", "-", "-", "-", "-", "-"],
        // it attaches, without
        ["-", "read the log, alert, -> restoring", "-", "-", "-", "-", "-", "-", "-"],
        // it attaches in another session
        ["-", "-", "-", "-", "-", "-", "-", "-", "-"],
        // it has told all it holds
        ["-", "-", "note what it holds, -> waiting", "-", "-", "-", "-", "-", "-"],
        // the log is rebuilt
        ["", "", "greet, -> silent", "read the log, -> restoring", "-", "-", "-", "-", ""],
        // the last decisions it shares
        ["-", "-", "-", "-", "restore", "-", "-", "-", "-"],
        // decisions for another session
        ["-", "-", "-", "-", "-", "-", "-", "-", "-"],
        // it has them
        [
            "-", "-", "-", "-", "-", "write its mark, activate, say restored, -> activating", "-",
            "-", "-",
        ],
        // it does not keep a SKU of them
        ["-", "-", "-", "-", "-", "name the SKU, -> silent", "-", "-", "-"],
        // it is ready
        ["-", "-", "-", "-", "-", "-", "in session, -> active", "-", "-"],
        // it is ready in another session
        ["-", "-", "-", "-", "-", "-", "-", "-", "-"],
        // it says that the session is stale
        [
            "-", "greet, -> silent", "greet, -> silent", "greet, -> silent", "greet, -> silent",
            "greet, -> silent", "greet, -> silent", "out of session, greet, -> silent", "-",
        ],
        // the link is lost
        [
            "", "-> silent", "-> silent", "-> silent", "-> silent", "-> silent", "-> silent",
            "out of session, -> silent", "",
        ],
    ]

    @Test func `is what the machine does`() {
        #expect(Self.table.count == Self.events.count)
        for (row, (name, event)) in zip(Self.table, Self.events) {
            #expect(Self.states.map { Self.cell($0, event) } == row, "\(name)")
        }
    }
}

/// Every state of the agent's session against every request that belongs to it.
struct `Table of the agent's session` {
    private static let boot = BootID(high: 1, low: 1)
    private static let first = SessionID(epoch: 3, number: 1)
    private static let second = SessionID(epoch: 3, number: 2)

    private static func agent(_ steps: (inout AgentSession) -> Void) -> AgentSession {
        var agent = AgentSession(boot: boot, incarnation: 1, epochMaximum: 3)
        steps(&agent)
        return agent
    }

    /// Unattached, offered the first session, active in it.
    private static let states = [
        agent { _ in },
        agent { _ = $0.accept(first, for: boot) },
        agent {
            _ = $0.accept(first, for: boot)
            _ = $0.activate(first)
        },
    ]

    private static func word(_ refusal: Refusal?) -> String {
        switch refusal {
        case nil: "yes"
        case .staleSession?: "stale"
        case .otherBoot?: "other"
        case .staleEpoch?: "fenced"
        case .unknownTransaction?, .overridden?, .unlawful?, .beingReplaced?, .expired?,
            .ledgerUnavailable?:
            "?"
        }
    }

    private static func word(_ step: AgentSession.AttachmentStep) -> String {
        switch step {
        case .underWay: "yes"
        case .over: "again"
        case .refused(let refusal): word(refusal)
        }
    }

    private static let requests: [(String, @Sendable (inout AgentSession) -> String)] = [
        ("the first session is offered", { word($0.accept(first, for: boot)) }),
        ("the second session is offered", { word($0.accept(second, for: boot)) }),
        (
            "a session of an older epoch is offered",
            { word($0.accept(SessionID(epoch: 2, number: 9), for: boot)) }
        ),
        (
            "a session is offered to another process",
            { word($0.accept(second, for: BootID(high: 9, low: 9))) }
        ),
        ("the first session is activated", { word($0.activate(first)) }),
        ("the second session is activated", { word($0.activate(second)) }),
        ("it is restored in the first session", { word($0.attachment(in: first)) }),
        ("it is restored in the second session", { word($0.attachment(in: second)) }),
        ("it is asked to vote in the first session", { $0.mayVote(in: first) ? "yes" : "no" }),
        ("it is asked to vote in the second session", { $0.mayVote(in: second) ? "yes" : "no" }),
        ("it is asked to vote in none", { $0.mayVote(in: nil) ? "yes" : "no" }),
        ("a batch of an older epoch comes", { word($0.admit(epoch: 2).refusal) }),
        (
            "a batch of another start of the epoch comes",
            { word($0.admit(epoch: 3, start: 7).refusal) }
        ),
        (
            "it votes after a batch of a newer epoch",
            {
                _ = $0.admit(epoch: 4)
                return $0.mayVote(in: first) ? "yes" : "no"
            }
        ),
    ]

    /// One row for each request, in the same order.
    private static let table = [
        ["yes", "yes", "yes"],
        ["yes", "yes", "yes"],
        ["yes", "stale", "stale"],
        ["other", "other", "other"],
        ["stale", "yes", "yes"],
        ["stale", "stale", "stale"],
        ["stale", "yes", "again"],
        ["stale", "stale", "stale"],
        ["no", "no", "yes"],
        ["no", "no", "no"],
        ["no", "no", "no"],
        ["fenced", "fenced", "fenced"],
        ["fenced", "fenced", "fenced"],
        ["no", "no", "no"],
    ]

    @Test func `is what the machine does`() {
        #expect(Self.table.count == Self.requests.count)
        for (row, (name, request)) in zip(Self.table, Self.requests) {
            let cells = Self.states.map { state in
                var agent = state
                return request(&agent)
            }
            #expect(cells == row, "\(name)")
        }
    }
}

struct `History of an attempt` {
    private typealias History = CommitHistory

    /// One column for each record: confirm, cancel, ended; nil where it cannot follow.
    private let table: [(History, [History?])] = [
        (.undecided, [.confirming, nil, nil]),
        (.confirming, [nil, .cancelling, .confirmed]),
        (.confirmed, [nil, .cancelling, nil]),
        (.cancelling, [nil, nil, .cancelled]),
        (.cancelled, [nil, nil, nil]),
    ]

    @Test func `follows the table for every state and record`() {
        #expect(table.map(\.0) == History.allCases)
        for (history, row) in table {
            for (entry, expected) in zip(History.Entry.allCases, row) {
                #expect((try? history.next(after: entry)) == expected, "\(entry) of \(history)")
            }
        }
    }

    @Test func `is the fold of its records`() throws {
        #expect(try History.fold([]) == .undecided)
        #expect(try History.fold([.confirm, .ended, .cancel, .ended]) == .cancelled)
        #expect(try History.fold([.confirm, .cancel]).isOpen)
    }

    @Test(arguments: [
        ([CommitHistory.Entry.cancel], "it is cancelled where it was undecided"),
        ([.ended], "it has ended where it was undecided"),
        ([.confirm, .confirm], "it is confirmed where it was confirming"),
        ([.confirm, .cancel, .cancel], "it is cancelled where it was cancelling"),
        ([.confirm, .ended, .ended], "it has ended where it was confirmed"),
        ([.confirm, .cancel, .ended, .confirm], "it is confirmed where it was cancelled"),
    ])
    func `names the first record that cannot follow`(
        _ entries: [CommitHistory.Entry],
        _ why: String
    ) {
        do {
            Issue.record("it takes them for \(try CommitHistory.fold(entries))")
        } catch {
            #expect("\(error)" == why)
        }
    }

    @Test func `is what the coordinator's machine writes`() {
        for entries in [[Event.cancel], []] {
            var machine =
                CommitCoordinator.begin(
                    Example.transaction,
                    with: Example.participants,
                    timing: Example.timing
                )
                .0
            var written: [CommitHistory.Entry] = []
            let votes: [Event] = [
                .vote("DAL", Example.sessionOfDallas, .reserve(Example.markOfDallas)),
                .vote("RNO", Example.sessionOfReno, .reserve(Example.markOfReno)),
            ]
            let words: [Event] = [
                .confirmed("DAL"), .confirmed("RNO"), .released("DAL"), .released("RNO"),
            ]
            for event in votes + entries + words + [.cancel] + words {
                let record = machine.handle(event, timing: Example.timing).record
                written += record.map { [$0.entry] } ?? []
            }
            #expect((try? CommitHistory.fold(written)) == .cancelled, "\(written)")
        }
    }

    private typealias Event = CommitCoordinator.Event
}
