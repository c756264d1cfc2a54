import NNG
import Synchronization
import Testing

struct `A listener` {
    @Test func `says which port the system chose`() throws {
        let coordinator = try Socket(.request, options: eager)

        let listener = try coordinator.listen("ws://127.0.0.1:0/agents/DAL")

        let port = try #require(listener.port)
        #expect(port > 0)
        #expect(listener.url == "ws://127.0.0.1:\(port)/agents/DAL")
    }

    @Test func `keeps its address where no port was left open`() throws {
        let coordinator = try Socket(.request, options: eager)
        let listener = try coordinator.listen("inproc://DAL:0")

        #expect(listener.port == nil)
        #expect(listener.url == "inproc://DAL:0")
    }

    @Test func `shares its port with other sockets on other paths`() async throws {
        let sites = (0..<20).map { UInt8($0) }
        let coordinators = try sites.map { _ in try Socket(.request, options: eager) }
        let agents = try sites.map { _ in try Socket(.reply, options: eager) }
        let port = try #require(try coordinators[0].listen("ws://127.0.0.1:0/agents/0").port)
        for site in 1..<20 {
            try coordinators[site].listen("ws://127.0.0.1:\(port)/agents/\(site)")
        }
        for site in 0..<20 { try agents[site].dial("ws://127.0.0.1:\(port)/agents/\(site)") }

        try await withThrowingTaskGroup(of: Void.self) { group in
            for site in 0..<20 {
                group.addTask {
                    // Each agent says who it is, whatever it is asked.
                    var context = try agents[site].replyContext()
                    _ = try await context.receive(timeout: patience)
                    try await context.send(Message([sites[site]]))
                }
            }
            for site in 0..<20 { #expect(try await coordinators[site].ask([]) == [sites[site]]) }
            try await group.waitForAll()
        }
        for socket in coordinators + agents { await socket.close() }
    }

    @Test func `refuses a path that is taken, until it is free`() async throws {
        let first = try Socket(.request, options: eager)
        let second = try Socket(.request, options: eager)
        let url = try first.listen("ws://127.0.0.1:0/agents/DAL").url

        #expect(throws: NNGError.addressInUse) { try second.listen(url) }
        await first.close()

        #expect(try second.listen(url).url == url)
    }

    @Test func `refuses an address that means nothing`() throws {
        let coordinator = try Socket(.request, options: eager)

        for url in ["", "DAL", "carrier-pigeon://DAL", "ws://127.0.0.1:99999/agents"] {
            #expect(throws: NNGError.self, "\(url)") { try coordinator.listen(url) }
        }
    }

    @Test func `survives strangers who speak no protocol`() async throws {
        let coordinator = try Socket(.request, options: eager)
        let agent = try Socket(.reply, options: eager)
        let listener = try coordinator.listen(address("strangers", over: .ws))
        let port = try #require(listener.port)
        let junk: [[UInt8]] = [
            [], [0], Array("GET / HTTP/1.1\r\n\r\n".utf8), Array("\r\n\r\n\r\n\r\n".utf8),
            [UInt8](repeating: 0xff, count: 70_000),
            Array("POST /agents/strangers HTTP/9.9\r\nContent-Length: -1\r\n\r\n".utf8),
        ]
        for bytes in junk {
            let stranger = try #require(Stranger(port: port))
            stranger.write(bytes)
        }

        try agent.dial(listener.url)
        async let answering: Void = echo(on: agent)
        #expect(try await coordinator.ask([7]) == [7])
        await agent.close()
        try await answering
    }

    @Test func `ends the connection of a peer whose messages have no header`() async throws {
        let log = PipeLog()
        let coordinator = try Socket(.request, options: eager, onPipeEvent: log.record)
        let port = try #require(try coordinator.listen(address("header", over: .ws)).port)
        let stranger = try #require(Stranger(port: port, upgradingTo: "/agents/header"))
        let pipe = try #require(await log.next(.added)).pipe

        // A final binary frame, masked with zeros, of two bytes.
        stranger.write([0x82, 0x82, 0, 0, 0, 0, 4, 7])

        #expect(await log.next(.removed)?.pipe == pipe)
    }
}

struct `A connection` {
    @Test func `is made again after the peer's socket closed`() async throws {
        for transport in Transport.allCases {
            let agent = try Socket(.reply, options: eager)
            var coordinator = try Socket(.request, options: eager)
            let url = try coordinator.listen(address("again", over: transport)).url
            try agent.dial(url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await echo(on: agent) }
                for restart in UInt8(0)..<5 {
                    #expect(try await coordinator.ask([restart]) == [restart])
                    await coordinator.close()
                    coordinator = try Socket(.request, options: eager)
                    try coordinator.listen(url)
                }
                #expect(try await coordinator.ask([5]) == [5])
                await agent.close()
                try await group.waitForAll()
            }
            await coordinator.close()
        }
    }

    @Test func `ends when a request is larger than its agent allows`() async throws {
        try await withOversize("large-request", agent: small, coordinator: eager)
    }

    @Test func `ends when an answer is larger than its coordinator allows`() async throws {
        try await withOversize("large-answer", agent: eager, coordinator: small)
    }

    private let small = SocketOptions(
        receiveSizeMaximum: 1000,
        reconnectMinimum: .milliseconds(5),
        reconnectMaximum: .milliseconds(20)
    )

    /// Asks for 996 bytes, which fit, for 997, which do not, and once more;
    /// whoever dials, for libnng itself looks only where it listens.
    private func withOversize(
        _ name: String,
        agent: SocketOptions,
        coordinator: SocketOptions
    ) async throws {
        let fitting = [UInt8](repeating: 3, count: 996)
        let oversize = [UInt8](repeating: 3, count: 997)
        for (transport, isAgentDialling) in [
            (Transport.ws, true), (.ws, false), (.inproc, true), (.inproc, false),
        ] {
            let agent = try Socket(.reply, options: agent)
            let coordinator = try Socket(.request, options: coordinator)
            let (server, client) = isAgentDialling ? (coordinator, agent) : (agent, coordinator)
            try client.dial(try server.listen(address(name, over: transport)).url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await echo(on: agent) }

                #expect(try await coordinator.askUntilAnswered(fitting) == fitting)
                let fault = await fault { () throws(NNGError) in
                    _ = try await coordinator.ask(oversize)
                }
                #expect(fault == .connectionReset || fault == .messageTooLarge)
                #expect(try await coordinator.askUntilAnswered(fitting) == fitting)

                await agent.close()
                await coordinator.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func `proves nothing about the peer: an agent that dials an agent hears no error`()
        async throws
    {
        let agent = try Socket(.reply, options: eager)
        let other = try Socket(.reply, options: eager)
        try agent.dial(try other.listen(address("REP", over: .inproc)).url)
        var context = try agent.replyContext()

        await #expect(throws: NNGError.timedOut) {
            _ = try await context.receive(timeout: .milliseconds(50))
        }
    }

    @Test func `is dialled again and again where nobody listens yet`() async throws {
        let coordinator = try Socket(.request, options: eager)
        let free = try Socket(.request, options: eager)
        let url = try free.listen(address("later", over: .ws)).url
        await free.close()
        let agent = try Socket(.reply, options: eager)
        try agent.dial(url)
        await fault { () throws(NNGError) in
            _ = try await coordinator.ask([1], timeout: .milliseconds(50))
        }
        .map { #expect($0 == .timedOut) }

        try coordinator.listen(url)

        async let answering: Void = echo(on: agent)
        #expect(try await coordinator.ask([1]) == [1])
        await agent.close()
        try await answering
    }
}

struct `A pipe event` {
    @Test func `tells of a connection before, when and after it is in use`() async throws {
        let log = PipeLog()
        let coordinator = try Socket(.request, options: eager, onPipeEvent: log.record)
        let agent = try Socket(.reply, options: eager)
        try agent.dial(try coordinator.listen(address("events", over: .ws)).url)

        let adding = try #require(await log.next(.adding))
        let added = try #require(await log.next(.added))
        await agent.close()
        let removed = try #require(await log.next(.removed))

        #expect(adding.pipe == added.pipe && added.pipe == removed.pipe)
        #expect(added.address?.hasPrefix("127.0.0.1:") == true)
        #expect(added.pipe.remoteAddress == nil, "it is gone")
    }

    @Test func `may refuse the connection`() async throws {
        let log = PipeLog()
        let isRefusing = Flag(true)
        let coordinator = try Socket(.request, options: eager) { event, pipe in
            if event == .adding && isRefusing.isSet { pipe.close() }
            log.record(event, pipe)
        }
        let agent = try Socket(.reply, options: eager)
        try agent.dial(try coordinator.listen(address("refused", over: .ws)).url)

        #expect(await log.next(.removed) != nil)
        await #expect(throws: NNGError.timedOut) {
            try await coordinator.ask([1], timeout: .milliseconds(50))
        }
        // Let in at last: neither libnng's dialer nor its listener closes well while one knocks.
        isRefusing.isSet = false
        #expect(await log.next(.added) != nil)
        await agent.close()
        await coordinator.close()
    }

    // Strangers, because they do not dial again; an agent whose connection
    // ends does so at once half the time, whatever its back-off.
    @Test func `closes the older of two connections where only the newest may stay`() async throws {
        let log = PipeLog()
        let coordinator = try Socket(
            .request,
            options: eager,
            connections: .newestOnly,
            onPipeEvent: log.record
        )
        let listener = try coordinator.listen(address("newest", over: .ws))
        let port = try #require(listener.port)
        var strangers: [Stranger] = []
        var newest: Pipe?

        for _ in 0..<20 {
            strangers.append(try #require(Stranger(port: port, upgradingTo: "/agents/newest")))
            let pipe = try #require(await log.next(.added)).pipe
            if let older = newest { #expect(await log.next(.removed)?.pipe == older) }
            newest = pipe
        }
        let agent = try Socket(.reply, options: eager)
        try agent.dial(listener.url)
        #expect(await log.next(.removed)?.pipe == newest)

        async let answering: Void = echo(on: agent)
        #expect(try await coordinator.ask([12]) == [12])
        await agent.close()
        try await answering
        #expect(strangers.count == 20)
    }

    @Test func `leaves all connections be where all may stay`() async throws {
        let log = PipeLog()
        let coordinator = try Socket(.request, options: eager, onPipeEvent: log.record)
        let port = try #require(try coordinator.listen(address("all", over: .ws)).port)

        let first = try #require(Stranger(port: port, upgradingTo: "/agents/all"))
        let older = try #require(await log.next(.added)).pipe
        let second = try #require(Stranger(port: port, upgradingTo: "/agents/all"))
        let newer = try #require(await log.next(.added)).pipe

        #expect(older.remoteAddress != nil && newer.remoteAddress != nil)
        #expect(older != newer && first !== second)
    }
}

/// Something that is so until it is said otherwise.
private final class Flag: Sendable {
    private let state: Mutex<Bool>

    init(_ isSet: Bool) { state = Mutex(isSet) }

    var isSet: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
