import Glibc
import NIOCore
import NIOPosix

/// The line between one agent and the coordinator, with a hand on it: a TCP proxy on loopback.
///
/// What is held back in one direction is not lost, for TCP loses nothing: it
/// comes late, or the connection ends before it comes.
final class Cable: @unchecked Sendable {
    /// Which way bytes go.
    enum Direction: CaseIterable {
        case toCoordinator
        case toAgent
    }

    /// What was done to bytes and connections so far.
    struct Tally: Sendable {
        var bytesCarried = 0
        var bytesHeld = 0
        var bytesDelayed = 0
        var resets = 0
    }

    let port: Int
    private let target: Int
    private let server: any Channel
    // All below is touched on one event loop alone.
    private let loop: any EventLoop
    private var pairs: [ObjectIdentifier: Pair] = [:]
    private var held: Set<Direction> = []
    private var delay = TimeAmount.zero
    private var tally = Tally()

    /// Opens a line that carries everything at once.
    init(to target: Int) throws {
        self.target = target
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        self.loop = loop
        let owner = Owner()
        server = try ServerBootstrap(group: loop, childGroup: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { agent in
                owner.cable?.connect(agent)
                return agent.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = server.localAddress?.port ?? 0
        owner.cable = self
    }

    /// The line, for a bootstrap that is made before it.
    private final class Owner: @unchecked Sendable {
        weak var cable: Cable?
    }

    /// One connection of the agent's, and its other half.
    private final class Pair {
        let agent: any Channel
        let coordinator: any Channel
        var waiting: [Direction: [(bytes: ByteBuffer, due: NIODeadline)]] = [:]

        init(agent: any Channel, coordinator: any Channel) {
            self.agent = agent
            self.coordinator = coordinator
        }

        func end(of direction: Direction) -> any Channel {
            switch direction {
            case .toCoordinator: coordinator
            case .toAgent: agent
            }
        }
    }

    private func connect(_ agent: any Channel) {
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .whenComplete { [self] result in
                guard case .success(let coordinator) = result else {
                    return agent.close(promise: nil)
                }
                let pair = Pair(agent: agent, coordinator: coordinator)
                let id = ObjectIdentifier(pair)
                pairs[id] = pair
                for (channel, direction) in [
                    (agent, Direction.toCoordinator), (coordinator, .toAgent),
                ] {
                    let end = End(cable: self, pair: id, direction: direction)
                    try? channel.pipeline.syncOperations.addHandler(end)
                    channel.setOption(.autoRead, value: true).whenSuccess { channel.read() }
                }
            }
    }

    fileprivate func take(_ bytes: ByteBuffer, _ id: ObjectIdentifier, _ direction: Direction) {
        guard let pair = pairs[id] else { return }
        if held.contains(direction) { tally.bytesHeld += bytes.readableBytes }
        if delay > .zero { tally.bytesDelayed += bytes.readableBytes }
        pair.waiting[direction, default: []].append((bytes, .now() + delay))
        pump(id, direction)
    }

    /// Passes on whatever is due.
    private func pump(_ id: ObjectIdentifier, _ direction: Direction) {
        guard let pair = pairs[id] else { return }
        while !held.contains(direction), let next = pair.waiting[direction]?.first {
            guard next.due <= .now() else {
                loop.scheduleTask(deadline: next.due) { [self] in pump(id, direction) }
                return
            }
            pair.waiting[direction]?.removeFirst()
            tally.bytesCarried += next.bytes.readableBytes
            pair.end(of: direction).writeAndFlush(next.bytes, promise: nil)
        }
    }

    fileprivate func end(_ id: ObjectIdentifier) {
        guard let pair = pairs.removeValue(forKey: id) else { return }
        pair.agent.close(promise: nil)
        pair.coordinator.close(promise: nil)
    }

    /// Holds back what goes in these directions, and lets go of what was held in others.
    func hold(_ directions: Set<Direction>) async throws {
        try await loop.submit { [self] in
            held = directions
            for id in pairs.keys {
                for direction in Direction.allCases { pump(id, direction) }
            }
        }
        .get()
    }

    /// Has everything take so much longer from now on.
    func delay(by delay: TimeAmount) async throws {
        try await loop.submit { [self] in self.delay = delay }.get()
    }

    /// Ends every connection as a failing device on the way does: with resets, at both ends.
    func reset() async throws {
        try await loop.submit { [self] in
            let cut = pairs
            pairs = [:]
            for pair in cut.values {
                tally.resets += 1
                for channel in [pair.agent, pair.coordinator] {
                    // With no time to linger, closing is a reset.
                    (channel as? any SocketOptionProvider)?
                        .setSoLinger(linger(l_onoff: 1, l_linger: 0))
                        .whenComplete { _ in channel.close(promise: nil) }
                }
            }
        }
        .get()
    }

    func tallied() async throws -> Tally {
        try await loop.submit { [self] in tally }.get()
    }

    func close() {
        server.close(promise: nil)
        loop.execute { [self] in
            for id in pairs.keys { end(id) }
        }
    }
}

/// One end of one connection.
private final class End: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let cable: Cable
    private let pair: ObjectIdentifier
    private let direction: Cable.Direction

    init(cable: Cable, pair: ObjectIdentifier, direction: Cable.Direction) {
        self.cable = cable
        self.pair = pair
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        cable.take(unwrapInboundIn(data), pair, direction)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cable.end(pair)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
