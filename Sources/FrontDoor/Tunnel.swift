package import AllocationModel
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// The site's end of the way to the office: from the agent's sockets to the front door.
///
/// libnng dials it on loopback, without TLS, at a path with a word that only
/// the agent knows: other users of the machine can reach the port too. Each
/// connection goes on to the office under the site's certificate and name.
package final class Tunnel: PassageHost {
    private struct State {
        var identity: SiteIdentity
        var guests: [Admission.ID: Guest] = [:]
        var next: Admission.ID = 0
        var listener: (any Channel)?
        var restraint = Restraint()
    }

    private struct Guest {
        let channel: any Channel
        var far: (any Channel)?
    }

    private let warehouse: Warehouse.ID
    private let token: String
    private let office: (host: String, port: Int)
    private let group: MultiThreadedEventLoopGroup
    private let state: Mutex<State>
    private let notice: @Sendable (DoorNotice) -> Void
    private let start = ContinuousClock.now
    let awaitsHandshake = false
    let farHost = SiteIdentity.doorName

    /// - Parameters:
    ///   - host: The office's front door.
    ///   - port: Its port.
    ///   - warehouse: The site.
    ///   - token: What a connection must have in its path to be the agent's own.
    ///   - identity: The site's certificate.
    ///   - notice: Told what an operator should read; on the tunnel's thread, so it must not wait.
    package init(
        to host: String,
        port: Int,
        as warehouse: Warehouse.ID,
        token: String,
        identity: SiteIdentity,
        notice: @escaping @Sendable (DoorNotice) -> Void
    ) {
        office = (host, port)
        self.warehouse = warehouse
        self.token = token
        self.notice = notice
        state = Mutex(State(identity: identity))
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// Listens on loopback and returns the port.
    package func open() async throws -> Int {
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .line)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        state.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? 0
    }

    /// Ends the way to the office.
    package func close() async throws {
        let (listener, guests) = state.withLock { ($0.listener, Array($0.guests.values)) }
        for guest in guests { cut(guest) }
        try? await listener?.close().get()
        try await group.shutdownGracefully()
    }

    /// Takes another certificate: the open lines end, and are opened anew with it.
    package func update(_ identity: SiteIdentity) {
        let guests = state.withLock { state in
            state.identity = identity
            return Array(state.guests.values)
        }
        for guest in guests { cut(guest) }
    }

    private func cut(_ guest: Guest) {
        guest.channel.close(promise: nil)
        guest.far?.close(promise: nil)
    }

    private func admit(_ channel: any Channel) throws {
        let id = state.withLock { state -> Admission.ID? in
            guard state.guests.count < DoorLimits.tunnelConnectionsMaximum else { return nil }
            state.next += 1
            state.guests[state.next] = Guest(channel: channel)
            return state.next
        }
        guard let id else { throw Turned(.crowded, "too many connections of this machine") }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { $0.guests[id] = nil }
        }
        try channel.pipeline.syncOperations.addHandler(PassageHandler(self, id))
    }

    func recognise(_ id: Admission.ID, key: KeyFingerprint?) throws(Turned) {}

    func path(for request: UpgradeRequest, of id: Admission.ID) throws(Turned) -> String {
        do {
            let asked = try LinePath(parsing: request.path)
            guard asked.caller == token else { throw ParseError("the path has another token") }
            return LinePath(caller: warehouse.rawValue, line: asked.line).text
        } catch {
            throw Turned(.malformed, "a stranger on this machine: \(error)")
        }
    }

    func connect(
        _ id: Admission.ID,
        on loop: any EventLoop,
        _ initializer: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let context = state.withLock { $0.identity.context }
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(DoorLimits.patience)
            .channelOption(.writeBufferWaterMark, value: .line)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: SiteIdentity.doorName
                    )
                    try channel.pipeline.syncOperations.addHandler(tls)
                    try initializer(channel)
                }
            }
        for (option, value) in ChannelOptions.Types.SocketOption.lifeSigns {
            _ = bootstrap.channelOption(option, value: value)
        }
        return bootstrap.connect(host: office.host, port: office.port)
    }

    func turned(byAnswer head: String) -> Turned {
        guard let refusal = Refusal.told(by: head) else {
            return Turned(.unavailable, "the office answered ‘\(head.prefix { !$0.isNewline })’")
        }
        return Turned(refusal, "the office refuses this site")
    }

    func opened(_ id: Admission.ID, far: any Channel) {
        let isOpen = state.withLock { state in
            state.guests[id]?.far = far
            return state.guests[id] != nil
        }
        if !isOpen { far.close(promise: nil) }
    }

    func refused(_ id: Admission.ID, _ turned: Turned) {
        let kind = Restraint.Kind(refusal: turned.refusal, warehouse: nil)
        let repeated = state.withLock { state in
            state.restraint.say(kind, at: ContinuousClock.now - start)
        }
        guard let repeated else { return }
        notice(
            .refused(
                turned.refusal,
                address: "\(office.host):\(office.port)",
                warehouse: warehouse,
                detail: turned.detail,
                repeated: repeated
            )
        )
    }
}
