import AllocationModel
import AllocationProtocol
import Testing

private let boot = BootID(high: 1, low: 1)
private let otherBoot = BootID(high: 1, low: 2)

private func session(_ epoch: Int64, _ number: Int64) -> SessionID {
    SessionID(epoch: epoch, number: number)
}

struct `Agent session` {
    private func agent() -> AgentSession {
        AgentSession(boot: boot, incarnation: 1, epochMaximum: 3)
    }

    private func active(in session: SessionID) -> AgentSession {
        var agent = agent()
        _ = agent.accept(session, for: boot)
        _ = agent.activate(session)
        return agent
    }

    @Test func `votes only inside the active session`() {
        var agent = agent()
        #expect(!agent.mayVote(in: session(3, 1)))

        #expect(agent.accept(session(3, 1), for: boot) == nil)
        #expect(!agent.mayVote(in: session(3, 1)))

        #expect(agent.activate(session(3, 1)) == nil)
        #expect(agent.mayVote(in: session(3, 1)))
        #expect(!agent.mayVote(in: session(3, 2)))
        #expect(!agent.mayVote(in: session(2, 1)))
        #expect(!agent.mayVote(in: nil))
    }

    @Test func `does not vote in a session that was offered and not activated`() {
        var agent = active(in: session(3, 1))

        #expect(agent.accept(session(3, 2), for: boot) == nil)

        #expect(!agent.mayVote(in: session(3, 1)))
        #expect(!agent.mayVote(in: session(3, 2)))
        #expect(agent.activate(session(3, 1)) == .staleSession)
        #expect(agent.activate(session(3, 2)) == nil)
        #expect(agent.mayVote(in: session(3, 2)))
    }

    @Test func `activates nothing that was not offered`() {
        var agent = agent()

        #expect(agent.activate(session(3, 1)) == .staleSession)
        #expect(!agent.mayVote(in: session(3, 1)))
        var busy = active(in: session(3, 1))
        #expect(busy.activate(session(3, 2)) == .staleSession)
        #expect(busy.mayVote(in: session(3, 1)))
    }

    @Test func `accepts no session meant for another process`() {
        var agent = agent()

        #expect(agent.accept(session(3, 1), for: otherBoot) == .otherBoot)
        #expect(agent.activate(session(3, 1)) == .staleSession)
    }

    @Test func `accepts no session older than the last`() {
        var agent = active(in: session(3, 5))
        for old in [session(3, 4), session(2, 9)] {
            #expect(agent.accept(old, for: boot) == .staleSession)
        }
        #expect(agent.mayVote(in: session(3, 5)))
        #expect(agent.accept(session(3, 6), for: boot) == nil)
        #expect(agent.accept(session(3, 5), for: boot) == .staleSession)
    }

    @Test func `answers a repeated challenge or activation as it did the first`() {
        var agent = agent()
        for _ in 0..<2 {
            #expect(agent.accept(session(3, 1), for: boot) == nil)
        }
        for _ in 0..<2 {
            #expect(agent.activate(session(3, 1)) == nil)
        }
        // The challenge once more, late: the session stays active.
        #expect(agent.accept(session(3, 1), for: boot) == nil)
        #expect(agent.mayVote(in: session(3, 1)))
    }

    @Test func `refuses a batch of an older epoch and takes note of a newer one`() {
        var agent = active(in: session(3, 1))

        let stale = agent.admit(epoch: 2)
        #expect(stale.refusal == .staleEpoch(epochMaximum: 3))
        #expect(stale.epochToStore == nil)

        let known = agent.admit(epoch: 3)
        #expect(known.refusal == nil)
        #expect(known.epochToStore == nil)
        #expect(agent.mayVote(in: session(3, 1)))

        let news = agent.admit(epoch: 4)
        #expect(news.refusal == nil)
        #expect(news.epochToStore == 4)
        #expect(agent.hello == Hello(boot: boot, epochMaximum: 4, incarnation: 1))
        #expect(agent.admit(epoch: 3).refusal == .staleEpoch(epochMaximum: 4))
    }

    @Test func `leaves the session of a coordinator that was replaced`() {
        var agent = active(in: session(3, 1))

        _ = agent.admit(epoch: 4)

        #expect(!agent.mayVote(in: session(3, 1)))
        #expect(agent.activate(session(3, 1)) == .staleSession)
        #expect(agent.accept(session(4, 1), for: boot) == nil)
    }

    @Test func `believes the first of two starts that claim one epoch`() {
        var agent = agent()
        #expect(agent.admit(epoch: 4, start: 0xA).refusal == nil)
        #expect(agent.admit(epoch: 4, start: 0xB).refusal == .staleEpoch(epochMaximum: 4))
        #expect(agent.admit(epoch: 4, start: 0xA).refusal == nil)
        #expect(agent.admit(epoch: 5, start: 0xB).epochToStore == 5)
    }

    @Test func `remembers of the log only what it heard in session`() {
        var agent = agent()
        _ = agent.admit(epoch: 4, start: 0xA)
        #expect(agent.witness(decisions: 7) == nil)
        _ = agent.accept(session(4, 1), for: boot)
        _ = agent.activate(session(4, 1))

        let seen = LogWitness(epoch: 4, start: 0xA, decisions: 7)
        #expect(agent.witness(decisions: 7) == seen)
        #expect(agent.witness(decisions: 6) == nil, "it has seen more")
        // A newer epoch does not wipe out what its predecessor's log held.
        _ = agent.admit(epoch: 5, start: 0xB)
        #expect(agent.hello.witness == seen)
    }

    @Test func `is restored in the session that was offered, and only before it is active`() {
        var agent = agent()
        #expect(agent.attachment(in: session(3, 1)) == .refused(.staleSession))
        _ = agent.accept(session(3, 1), for: boot)
        #expect(agent.attachment(in: session(3, 1)) == .underWay)
        #expect(agent.attachment(in: session(3, 2)) == .refused(.staleSession))
        _ = agent.activate(session(3, 1))
        #expect(agent.attachment(in: session(3, 1)) == .over)
    }
}

struct `Site session` {
    private typealias Effects = SiteSession.Effects
    private typealias Event = SiteSession.Event

    private let known = HistoryMark(entry: 41, chain: 0xDA1)
    private let latest = HistoryMark(entry: 44, chain: 0xDA4)
    private let inDoubt = [Example.transaction]

    private func hello(_ boot: BootID = boot, epochMaximum: Int64 = 3) -> Event {
        .hello(Hello(boot: boot, epochMaximum: epochMaximum, incarnation: 1))
    }

    private func attached(_ session: SessionID, chain: UInt64? = 0xDA1) -> Event {
        .attached(
            Attachment(session: session, latest: latest, chainAtKnown: chain, inDoubt: inDoubt)
        )
    }

    private func site(
        after events: Event...,
        known: HistoryMark? = nil,
        incarnation: Int64 = 1
    ) -> SiteSession {
        var site = SiteSession(
            warehouse: "DAL",
            epoch: 3,
            known: known ?? self.known,
            incarnation: incarnation
        )
        for event in events {
            _ = site.handle(event)
        }
        return site
    }

    private var challenged: SiteSession { site(after: hello()) }
    private var activating: SiteSession { site(after: hello(), attached(session(3, 1))) }
    private var active: SiteSession {
        site(after: hello(), attached(session(3, 1)), .ready(session(3, 1)))
    }
    private var amnesiac: SiteSession { site(after: hello(), attached(session(3, 1), chain: 0)) }

    private func expect(
        _ event: Event,
        from start: SiteSession,
        gives effects: Effects,
        location: SourceLocation = #_sourceLocation
    ) -> SiteSession {
        var site = start
        let answer = site.handle(event)

        #expect(answer == effects, "\(event)", sourceLocation: location)
        return site
    }

    private func expectUnmoved(
        by event: Event,
        from start: SiteSession,
        giving effects: Effects,
        location: SourceLocation = #_sourceLocation
    ) {
        let site = expect(event, from: start, gives: effects, location: location)

        #expect(site == start, "\(event)", sourceLocation: location)
    }

    private func challenge(_ session: SessionID, to boot: BootID = boot) -> Request {
        .challenge(boot: boot, session: session, known: known)
    }

    @Test func `becomes eligible only by the whole handshake`() {
        var site = site()
        site = expect(.probe, from: site, gives: Effects(requests: [.greet]))
        #expect(site.active == nil)
        site = expect(hello(), from: site, gives: Effects(requests: [challenge(session(3, 1))]))
        #expect(site.active == nil)
        site = expect(
            attached(session(3, 1)),
            from: site,
            gives: Effects(requests: [.activate(session(3, 1))])
        )
        #expect(site.active == nil)
        // Whoever is in doubt is answered in session.
        site = expect(
            .ready(session(3, 1)),
            from: site,
            gives: Effects(change: .activated(session(3, 1)), inDoubt: inDoubt)
        )
        #expect(site.active == session(3, 1))
        #expect(!site.isAmnesiac)
    }

    @Test func `greets whenever it is time to see whether anybody is there`() {
        for start in [site(), challenged, activating, active, amnesiac] {
            expectUnmoved(by: .probe, from: start, giving: Effects(requests: [.greet]))
        }
    }

    @Test func `takes the hello of the process in session for a pulse`() {
        for pulse in [hello(), hello(epochMaximum: 2)] {
            let same = expect(pulse, from: active, gives: Effects())
            #expect(same.active == session(3, 1))
        }
    }

    @Test func `offers every hello a newer session than the last`() {
        _ = expect(
            hello(),
            from: challenged,
            gives: Effects(requests: [challenge(session(3, 2))])
        )
        // What takes several exchanges goes on.
        _ = expect(hello(), from: amnesiac, gives: Effects())
        // The attachment told of more than was known when the first was offered.
        _ = expect(
            hello(),
            from: activating,
            gives: Effects(requests: [
                .challenge(boot: boot, session: session(3, 2), known: latest)
            ])
        )
    }

    @Test func `voids the votes of a process that was replaced`() {
        let site = expect(
            hello(otherBoot),
            from: active,
            gives: Effects(
                change: .deactivated,
                requests: [
                    .challenge(boot: otherBoot, session: session(3, 2), known: latest)
                ]
            )
        )

        #expect(site.active == nil)
    }

    @Test func `activates only the newest session it issued`() {
        let again = site(after: hello(), hello())

        expectUnmoved(
            by: attached(session(3, 1)),
            from: again,
            giving: Effects(notes: [.ignored])
        )
        _ = expect(
            attached(session(3, 2)),
            from: again,
            gives: Effects(requests: [.activate(session(3, 2))])
        )
        expectUnmoved(
            by: .ready(session(3, 9)),
            from: activating,
            giving: Effects(notes: [.ignored])
        )
    }

    @Test func `ignores an answer that belongs to no step under way`() {
        let ignored = Effects(notes: [.ignored])
        for start in [site(), activating, active, amnesiac] {
            expectUnmoved(by: attached(session(3, 1)), from: start, giving: ignored)
        }
        for start in [site(), challenged, active, amnesiac] {
            expectUnmoved(by: .ready(session(3, 1)), from: start, giving: ignored)
        }
        expectUnmoved(by: .refusedStaleSession, from: site(), giving: ignored)
    }

    @Test func `greets anew where the site says that the session is stale`() {
        for (start, change): (SiteSession, SiteSession.Change?) in [
            (challenged, nil), (activating, nil), (amnesiac, nil), (active, .deactivated),
        ] {
            let silent = expect(
                .refusedStaleSession,
                from: start,
                gives: Effects(change: change, requests: [.greet])
            )

            #expect(silent.active == nil)
        }
    }

    @Test func `is no longer eligible when the link is lost`() {
        for (start, change): (SiteSession, SiteSession.Change?) in [
            (site(), nil), (challenged, nil), (activating, nil), (active, .deactivated),
            (amnesiac, nil),
        ] {
            let silent = expect(.lost, from: start, gives: Effects(change: change))

            #expect(silent.active == nil)
            // It lacks history until it has it again.
            #expect(silent.isAmnesiac == start.isAmnesiac)
        }
    }

    @Test func `stands back where the site has heard a higher epoch`() {
        let fenced = SiteSession.Note.fenced(epochMaximum: 4)
        for start in [site(), challenged, activating, amnesiac] {
            let silent = expect(
                hello(epochMaximum: 4),
                from: start,
                gives: Effects(notes: [fenced])
            )

            #expect(silent.active == nil)
        }
        _ = expect(
            hello(epochMaximum: 4),
            from: active,
            gives: Effects(change: .deactivated, notes: [fenced])
        )
    }

    // Restored from a backup: the journal is shorter, or went another way after the lost point.
    @Test func `does not activate a site whose history lacks what it once told`() {
        for chain in [nil, 0xBAD] as [UInt64?] {
            let site = expect(
                attached(session(3, 1), chain: chain),
                from: challenged,
                gives: Effects(
                    query: SiteSession.RulingQuery(session: session(3, 1), after: nil),
                    notes: [.amnesia(known: known)]
                )
            )

            #expect(site.isAmnesiac)
            #expect(site.active == nil)
        }
    }

    @Test func `asks nothing of the history of a site it has never heard of`() {
        let fresh = site(after: hello(), known: .empty, incarnation: 0)

        _ = expect(
            attached(session(3, 1), chain: nil),
            from: fresh,
            gives: Effects(
                adoption: SiteSession.Adoption(incarnation: 1, mark: latest),
                requests: [.activate(session(3, 1))]
            )
        )
    }

    @Test func `asks at the next attachment about the furthest mark it has evidence of`() {
        var site = active
        site.learn(HistoryMark(entry: 50, chain: 0xDB0))
        site.learn(HistoryMark(entry: 47, chain: 0xDA7))
        _ = site.handle(.lost)

        _ = expect(
            hello(),
            from: site,
            gives: Effects(requests: [
                .challenge(
                    boot: boot,
                    session: session(3, 2),
                    known: HistoryMark(entry: 50, chain: 0xDB0)
                )
            ])
        )
    }

    // The answer of the process before, still under way when its successor was challenged.
    @Test func `does not mistake a vote that arrives during the handshake for amnesia`() {
        var site = challenged
        let vote = HistoryMark(entry: 43, chain: 0xDA3)
        site.learn(vote)

        site = expect(
            attached(session(3, 1)),
            from: site,
            gives: Effects(requests: [.greet])
        )
        site = expect(
            hello(),
            from: site,
            gives: Effects(requests: [
                .challenge(boot: boot, session: session(3, 2), known: vote)
            ])
        )
        _ = expect(
            attached(session(3, 2), chain: 0xDA3),
            from: site,
            gives: Effects(requests: [.activate(session(3, 2))])
        )
    }
}
