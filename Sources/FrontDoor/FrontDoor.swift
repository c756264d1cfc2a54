package import AllocationModel
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Mutual TLS in front of the coordinator's sockets: one certificate, one site.
///
/// A site dials here. The door takes its key off the verified certificate, looks
/// up whose it is, and joins the connection to that site's path at the
/// coordinator and no other: what a site cannot name it cannot speak for. What
/// is not let through is told why where it has shown a certificate of the
/// office's, and is otherwise only counted.
///
/// libnng's own TLS listener must not face a network: a hundred connections
/// that send a greeting and go leave it accepting nobody.
package final class FrontDoor: PassageHost {
    /// A site and the word that stands for it on the coordinator's own socket.
    package struct Entrance: Sendable {
        package let warehouse: Warehouse.ID
        package let token: String

        package init(warehouse: Warehouse.ID, token: String) {
            self.warehouse = warehouse
            self.token = token
        }
    }

    /// What has come to the door since it opened.
    package struct Counters: Hashable, Sendable {
        /// Lines opened.
        package var opened = 0
        /// Connections not let through, by why.
        package var refused: [Refusal: Int] = [:]
        /// Lines cut because their key was revoked.
        package var cut = 0
        /// Connections now.
        package var connections = 0
    }

    private struct Guest {
        let channel: any Channel
        let address: String
        var far: (any Channel)?
        var identity: (warehouse: Warehouse.ID, key: KeyFingerprint)?
        var line = ""
    }

    private struct State {
        var credentials: DoorCredentials
        var admission = Admission()
        var restraint = Restraint()
        var guests: [Admission.ID: Guest] = [:]
        var counters = Counters()
        var listener: (any Channel)?
    }

    private let tokens: [Warehouse.ID: String]
    private let office: (host: String, port: Int)
    private let group: MultiThreadedEventLoopGroup
    private let state: Mutex<State>
    private let notice: @Sendable (DoorNotice) -> Void
    private let start = ContinuousClock.now
    let awaitsHandshake = true
    var farHost: String { "\(office.host):\(office.port)" }

    /// - Parameters:
    ///   - entrances: The sites that the coordinator knows.
    ///   - officeHost: Where the coordinator's own sockets listen, as their URL says it.
    ///   - officePort: Their port.
    ///   - credentials: What it shows, and whom it believes.
    ///   - notice: Told what an operator should read; on the door's thread, so it must not wait.
    package init(
        for entrances: [Entrance],
        officeHost: String = "127.0.0.1",
        officePort: Int,
        credentials: DoorCredentials,
        notice: @escaping @Sendable (DoorNotice) -> Void
    ) {
        tokens = Dictionary(
            entrances.map { ($0.warehouse, $0.token) },
            uniquingKeysWith: { first, _ in first }
        )
        office = (officeHost, officePort)
        self.notice = notice
        state = Mutex(State(credentials: credentials))
        // A thread of its own: a flood of handshakes slows nothing else.
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// What has come to the door since it opened.
    package var counters: Counters {
        state.withLock { state in
            var counters = state.counters
            counters.connections = state.admission.count
            return counters
        }
    }

    /// Listens, and returns the port: the one given, or one that was free for 0.
    package func open(at host: String, port: Int) async throws -> Int {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try admit(channel) }
            }
        for (option, value) in ChannelOptions.Types.SocketOption.lifeSigns {
            _ = bootstrap.childChannelOption(option, value: value)
        }
        _ = bootstrap.childChannelOption(.writeBufferWaterMark, value: .line)
        let listener = try await bootstrap.bind(host: host, port: port).get()
        state.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? port
    }

    /// Lets nobody in any more and cuts every line.
    package func close() async throws {
        let (listener, guests) = state.withLock { ($0.listener, Array($0.guests.values)) }
        for guest in guests { cut(guest) }
        try? await listener?.close().get()
        try await group.shutdownGracefully()
    }

    /// Takes other certificates and another list, for everyone from now on.
    ///
    /// Lines whose key is no longer enrolled are cut at once; all others go on.
    package func update(_ credentials: DoorCredentials) {
        let expelled = state.withLock { state -> [Guest] in
            state.credentials = credentials
            let expelled = state.guests.values.filter { guest in
                guard let identity = guest.identity else { return false }
                return credentials.enrolment.standing(of: identity.key)
                    != .enrolled(identity.warehouse)
            }
            state.counters.cut += expelled.count
            return expelled
        }
        for guest in expelled { cut(guest) }
        let sites = Dictionary(grouping: expelled.compactMap { $0.identity?.warehouse }) { $0 }
        for (warehouse, lines) in sites.sorted(by: { $0.key < $1.key }) {
            notice(.cut(warehouse, lines: lines.count))
        }
    }

    /// The coordinator's side first: what the site still says reaches nobody.
    private func cut(_ guest: Guest) {
        guest.far?.close(promise: nil)
        guest.channel.close(promise: nil)
    }

    // One connection.

    private func admit(_ channel: any Channel) throws {
        let address = channel.remoteAddress?.ipAddress ?? ""
        let (context, id, crowded) = state.withLock {
            state -> (NIOSSLContext, Admission.ID?, Guest?) in
            switch state.admission.arrive(from: address, at: ContinuousClock.now - start) {
            case .refused: return (state.credentials.context, nil, nil)
            case .admitted(let id, let cut):
                state.guests[id] = Guest(channel: channel, address: address)
                return (state.credentials.context, id, cut.flatMap { state.guests[$0] })
            }
        }
        if let crowded {
            crowded.channel.close(promise: nil)
            tell(Turned(.crowded, "others came"), crowded.address, nil)
        }
        guard let id else {
            let turned = Turned(.crowded, "its address has made too many connections")
            tell(turned, address, nil)
            throw turned
        }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in
                state.admission.depart(id)
                state.guests[id] = nil
            }
        }
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        try channel.pipeline.syncOperations.addHandler(PassageHandler(self, id))
    }

    func recognise(_ id: Admission.ID, key: KeyFingerprint?) throws(Turned) {
        let (standing, replaced) = state.withLock { state -> (Enrolment.Standing, Guest?) in
            let standing = key.map { state.credentials.enrolment.standing(of: $0) } ?? .unknown
            guard case .enrolled(let warehouse) = standing, let key else { return (standing, nil) }
            state.guests[id]?.identity = (warehouse, key)
            let replaced = state.admission.recognise(id, as: warehouse)
            return (standing, replaced.flatMap { state.guests[$0] })
        }
        if let replaced { cut(replaced) }
        switch standing {
        case .enrolled: break
        case .revoked(let warehouse):
            // Under its name: what it tries is not drowned by others.
            throw Turned(
                .revoked,
                "key \(key?.short ?? "") of \(warehouse) is revoked",
                of: warehouse
            )
        case .unknown:
            throw Turned(.notEnrolled, "key \(key?.short ?? "") is on no list")
        }
    }

    func path(for request: UpgradeRequest, of id: Admission.ID) throws(Turned) -> String {
        let asked: LinePath
        do {
            asked = try LinePath(parsing: request.path)
        } catch {
            throw Turned(.malformed, "\(error)")
        }
        guard let warehouse = state.withLock({ $0.guests[id]?.identity?.warehouse }) else {
            throw Turned(.notEnrolled, "its certificate names nobody")
        }
        guard asked.caller == warehouse.rawValue else {
            throw Turned(.otherSite, "\(warehouse) asked to speak for ‘\(asked.caller)’")
        }
        guard let token = tokens[warehouse] else {
            throw Turned(.unknownSite, "the configuration does not name \(warehouse)")
        }
        state.withLock { $0.guests[id]?.line = asked.line }
        return LinePath(caller: token, line: asked.line).text
    }

    func connect(
        _ id: Admission.ID,
        on loop: any EventLoop,
        _ initializer: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: loop)
            .connectTimeout(DoorLimits.patience)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .line)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try initializer(channel) }
            }
            .connect(host: office.host, port: office.port)
    }

    func turned(byAnswer head: String) -> Turned {
        Turned(.unavailable, "the coordinator answered ‘\(head.prefix { !$0.isNewline })’")
    }

    func opened(_ id: Admission.ID, far: any Channel) {
        let guest = state.withLock { state -> Guest? in
            state.counters.opened += 1
            state.guests[id]?.far = far
            return state.guests[id]
        }
        guard let guest, let identity = guest.identity else { return far.close(promise: nil) }
        notice(
            .opened(
                identity.warehouse,
                line: guest.line,
                address: guest.address,
                key: identity.key
            )
        )
        // Revoked while it was being let in.
        let standing = state.withLock { $0.credentials.enrolment.standing(of: identity.key) }
        if standing != .enrolled(identity.warehouse) { cut(guest) }
    }

    func refused(_ id: Admission.ID, _ turned: Turned) {
        let guest = state.withLock { $0.guests[id] }
        tell(turned, guest?.address ?? "", turned.warehouse ?? guest?.identity?.warehouse)
    }

    private func tell(_ turned: Turned, _ address: String, _ warehouse: Warehouse.ID?) {
        let kind = Restraint.Kind(refusal: turned.refusal, warehouse: warehouse)
        let repeated = state.withLock { state -> Int? in
            state.counters.refused[turned.refusal, default: 0] += 1
            return state.restraint.say(kind, at: ContinuousClock.now - start)
        }
        guard let repeated else { return }
        notice(
            .refused(
                turned.refusal,
                address: address,
                warehouse: warehouse,
                detail: turned.detail,
                repeated: repeated
            )
        )
    }
}

extension ChannelOptions.Types.WriteBufferWaterMark {
    /// Of every line: what may wait for a slow reader.
    static let line = Self(low: DoorLimits.waitingBytes / 2, high: DoorLimits.waitingBytes)
}
