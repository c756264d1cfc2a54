import NNG
import Testing

struct `A closing socket` {
    // Undrained, 1.5.2 aborts or hangs within some dozens of these.
    @Test func `drains its operations first, two hundred times of two hundred`() async throws {
        for transport in Transport.allCases {
            for seed in UInt64(0)..<100 {
                try await closeInMidstream(seed, at: address("drain-\(seed)", over: transport))
            }
        }
    }

    /// Closes both ends, in either order, while eight callers ask all the time.
    private func closeInMidstream(_ seed: UInt64, at url: String) async throws {
        var random = SplitMix64(seed: seed)
        let coordinator = try Socket(.request, options: eager)
        let agent = try Socket(.reply, options: eager)
        try agent.dial(try coordinator.listen(url).url)
        await withTaskGroup(of: NNGError?.self) { group in
            for _ in 0..<4 {
                group.addTask { await fault { () throws(NNGError) in try await echoOnly(agent) } }
            }
            for _ in 0..<8 {
                group.addTask {
                    await fault { () throws(NNGError) in try await askOnly(coordinator) }
                }
            }
            _ = await fault { () throws(NNGError) in _ = try await coordinator.ask([1]) }
            await dawdle(using: &random)
            let isAgentFirst = Bool.random(using: &random)
            await (isAgentFirst ? agent : coordinator).close()
            await dawdle(using: &random)
            await (isAgentFirst ? coordinator : agent).close()
            for await fault in group { #expect(fault == .closed, "seed \(seed)") }
        }
    }

    @Test func `ends what waits on it with closed`() async throws {
        let coordinator = try Socket(.request, options: eager)
        let agent = try Socket(.reply, options: eager)
        await withTaskGroup(of: NNGError?.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await fault { () throws(NNGError) in
                        _ = try await coordinator.ask([1], timeout: nil)
                    }
                }
                group.addTask {
                    await fault { () throws(NNGError) in
                        var context = try agent.replyContext()
                        _ = try await context.receive()
                    }
                }
            }
            await Task.yield()
            await coordinator.close()
            await agent.close()
            for await fault in group { #expect(fault == .closed) }
        }
    }

    @Test func `answers everything with closed afterwards`() async throws {
        let coordinator = try Socket(.request, options: eager)
        var context = try coordinator.requestContext()

        await coordinator.close()

        #expect(throws: NNGError.closed) { try coordinator.listen("inproc://DAL") }
        #expect(throws: NNGError.closed) { try coordinator.dial("inproc://DAL") }
        #expect(throws: NNGError.closed) { try coordinator.receiveSizeMaximum() }
        await #expect(throws: NNGError.closed) { try await coordinator.ask([1]) }
        do {
            _ = try await context.exchange(Message([1]), timeout: nil)
            Issue.record("a closed socket exchanged something")
        } catch {
            #expect(error == .closed)
        }
    }

    @Test func `closes once, however often it is told`() async throws {
        let coordinator = try Socket(.request, options: eager)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { await coordinator.close() } }
        }

        coordinator.closeBlocking()

        #expect(throws: NNGError.closed) { try coordinator.listen("inproc://DAL") }
    }

    @Test func `frees its address when it is dropped`() throws {
        let url = try Socket(.request, options: eager).listen("inproc://dropped").url

        let next = try Socket(.request, options: eager)

        #expect(try next.listen(url).url == "inproc://dropped")
    }
}

/// Answers until something ends it.
private func echoOnly(_ agent: Socket) async throws(NNGError) {
    var context = try agent.replyContext()
    while true {
        try await context.send(try await context.receive())
    }
}

/// Asks until the socket closes; the agent may do so earlier.
private func askOnly(_ coordinator: Socket) async throws(NNGError) {
    var context = try coordinator.requestContext()
    while true {
        do {
            _ = try await context.exchange(
                Message([UInt8](repeating: 12, count: 300)),
                timeout: nil
            )
        } catch {
            guard error == .connectionReset else { throw error }
        }
    }
}
