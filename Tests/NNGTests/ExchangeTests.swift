import NNG
import Testing

struct `An exchange` {
    @Test func `returns the answer to its request`() async throws {
        for transport in Transport.allCases {
            try await withEcho(at: address("answer", over: transport)) { coordinator in
                let answer = try await coordinator.ask(Array("VALVE-3IN x12".utf8))
                let empty = try await coordinator.ask([])

                #expect(answer == Array("VALVE-3IN x12".utf8))
                #expect(empty == [])
            }
        }
    }

    @Test func `carries a message of many frames`() async throws {
        let bytes = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

        try await withEcho(at: address("frames", over: .ws)) { coordinator in
            let answer = try await coordinator.ask(bytes)

            #expect(answer == bytes)
        }
    }

    // The answer is awaited from the callback of the send (nng #1702).
    @Test func `waits for a connection before it awaits an answer`() async throws {
        for transport in Transport.allCases {
            let coordinator = try Socket(.request, options: eager)
            let agent = try Socket(.reply, options: eager)
            let listener = try coordinator.listen(address("waits", over: transport))

            try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                for order in UInt8(0)..<50 {
                    group.addTask { try await coordinator.ask([order]) }
                }
                await Task.yield()
                try agent.dial(listener.url)
                group.addTask {
                    try await echo(on: agent)
                    return nil
                }

                var answers: [UInt8] = []
                while answers.count < 50, let answer = try await group.next() {
                    answers += answer ?? []
                }
                #expect(answers.sorted() == Array(0..<50))
                await agent.close()
                await coordinator.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func `goes on beside many others, each with its own answer`() async throws {
        for transport in Transport.allCases {
            let url = address("many", over: transport)
            try await withEcho(at: url, contexts: 8) { coordinator in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in UInt8(0)..<64 {
                        group.addTask {
                            var context = try coordinator.requestContext()
                            for round in UInt8(0)..<20 {
                                let answer = try await context.exchange(
                                    Message([worker, round]),
                                    timeout: patience
                                )
                                #expect(answer.copyBytes() == [worker, round])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `ends at its deadline when nobody answers`() async throws {
        let coordinator = try Socket(.request, options: eager)
        let agent = try Socket(.reply, options: eager)
        try agent.dial(try coordinator.listen(address("deadline", over: .ws)).url)

        let unanswered = await fault { () throws(NNGError) in
            _ = try await coordinator.ask([1], timeout: .milliseconds(50))
        }
        let unasked = await fault { () throws(NNGError) in
            _ = try await coordinator.ask([1], timeout: .seconds(-1))
        }

        #expect(unanswered == .timedOut)
        #expect(unasked == .timedOut)
    }

    @Test func `ends at its deadline when nobody is there`() async throws {
        let coordinator = try Socket(.request, options: eager)
        try coordinator.listen(address("nobody", over: .ws))

        let fault = await fault { () throws(NNGError) in
            _ = try await coordinator.ask([1], timeout: .milliseconds(20))
        }

        #expect(fault == .timedOut)
    }

    // 1.5.2 can deliver a time-out late, into a reused aio; and an answer to a
    // request that was given up may still come.
    @Test func `is neither ended nor answered by the one before that timed out`() async throws {
        var random = SplitMix64(seed: 1)
        for transport in Transport.allCases {
            try await withEcho(at: address("stale", over: transport)) { coordinator in
                var context = try coordinator.requestContext()
                for round in 0..<400 {
                    let hurried = Message([0, UInt8(truncatingIfNeeded: round)])
                    let wait = Duration.microseconds(Int.random(in: 0...1500, using: &random))
                    _ = try? await context.exchange(hurried, timeout: wait)

                    let bytes = [1, UInt8(truncatingIfNeeded: round)]
                    let answer = try await context.exchange(Message(bytes), timeout: patience)
                    #expect(answer.copyBytes() == bytes, "\(transport), round \(round)")
                }
            }
        }
    }

    // So every request carries how long it is still wanted.
    @Test func `that was given up is still delivered to an agent that wakes`() async throws {
        let coordinator = try Socket(.request, options: eager)
        let agent = try Socket(.reply, options: eager)
        try agent.dial(try coordinator.listen(address("given-up", over: .ws)).url)
        var stalled = try agent.replyContext()
        // Once to be sure of the connection.
        async let answer = coordinator.ask([1])
        try await stalled.send(try await stalled.receive(timeout: patience))
        _ = try await answer

        let fault = await fault { () throws(NNGError) in
            _ = try await coordinator.ask([2], timeout: .milliseconds(20))
        }

        #expect(fault == .timedOut)
        #expect(try await stalled.receive(timeout: patience).copyBytes() == [2])
    }

    // Resending is off: the protocol repeats, with the same transaction id.
    @Test func `ends with an unknown outcome when its connection does`() async throws {
        for transport in Transport.allCases {
            let coordinator = try Socket(.request, options: eager)
            let agent = try Socket(.reply, options: eager)
            try agent.dial(try coordinator.listen(address("unknown", over: transport)).url)
            var context = try agent.replyContext()

            async let answer = coordinator.ask([4], timeout: nil)
            let request = try await context.receive(timeout: patience)
            await agent.close()

            #expect(request.copyBytes() == [4], "it was received, and could be carried out")
            do {
                _ = try await answer
                Issue.record("an agent that closed has answered")
            } catch {
                #expect(error as? NNGError == .connectionReset)
            }
        }
    }

    @Test func `does not begin in a task that is cancelled`() async throws {
        try await withEcho(at: address("cancelled", over: .inproc)) { coordinator in
            let outcome = await withTaskGroup(of: NNGError?.self) { group in
                group.cancelAll()
                group.addTask {
                    await fault { () throws(NNGError) in _ = try await coordinator.ask([1]) }
                }
                return await group.next() ?? nil
            }

            #expect(outcome == .canceled)
        }
    }

    @Test func `may be cancelled at any moment`() async throws {
        for transport in Transport.allCases {
            try await withEcho(at: address("cancel", over: transport)) { coordinator in
                for seed in UInt64(0)..<400 {
                    let outcome = await cancelledAtRandom(seed) { () throws(NNGError) in
                        #expect(
                            try await coordinator.ask([UInt8(seed & 0xff)], timeout: nil) == [
                                UInt8(seed & 0xff)
                            ]
                        )
                    }
                    #expect(outcome == nil || outcome == .canceled, "seed \(seed)")
                }

                let answer = try await coordinator.ask([9])
                #expect(answer == [9])
            }
        }
    }

    // As often as it takes to hit the moment between the begin of a call and
    // its place in the queue, where 1.5.2 loses an abort: one lost hangs here.
    @Test func `may be cancelled at any moment while it waits for a connection`() async throws {
        let coordinator = try Socket(.request, options: eager)
        let agent = try Socket(.reply, options: eager)
        for seed in UInt64(0)..<4000 {
            let asking = await cancelledAtRandom(seed) { () throws(NNGError) in
                _ = try await coordinator.ask([1], timeout: nil)
            }
            let waiting = await cancelledAtRandom(seed) { () throws(NNGError) in
                var context = try agent.replyContext()
                _ = try await context.receive()
            }
            #expect(asking == .canceled, "seed \(seed)")
            #expect(waiting == .canceled, "seed \(seed)")
        }
    }

    private func cancelledAtRandom(
        _ seed: UInt64,
        _ body: @escaping @Sendable () async throws(NNGError) -> Void
    ) async -> NNGError? {
        var random = SplitMix64(seed: seed)
        return await withTaskGroup(of: NNGError?.self) { group in
            group.addTask { await fault(body) }
            await dawdle(using: &random)
            group.cancelAll()
            return await group.next() ?? nil
        }
    }
}

struct `A reply context` {
    @Test func `answers nothing without a request`() async throws {
        let agent = try Socket(.reply, options: eager)
        var context = try agent.replyContext()

        let fault = await fault { () throws(NNGError) in
            var context = try agent.replyContext()
            try await context.send(Message([1]))
        }

        #expect(fault == .wrongState)
        await #expect(throws: NNGError.timedOut) {
            _ = try await context.receive(timeout: .milliseconds(1))
        }
    }
}
