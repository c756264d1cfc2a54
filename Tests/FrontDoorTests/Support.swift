import AllocationModel
import CertificateAuthority
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import FrontDoor

/// A day in the middle of everybody's certificates: the real one, for TLS looks at the real clock.
let today = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

/// An office with its authority, its list, and what it gives its sites.
struct TestOffice {
    var authority: CertificateAuthority
    var enrolment = Enrolment()
    var believed: String
    var doorPEM: String

    init() throws {
        authority = try CertificateAuthority(for: "main", at: today)
        believed = try authority.certificatePEM
        doorPEM = try authority.door(at: today).pem
    }

    /// Enrols a site and returns its identity.
    mutating func enrol(_ warehouse: Warehouse.ID) throws -> SiteIdentity {
        let issued = try authority.site(warehouse, at: today)
        try enrolment.enrol(
            Enrolment.Entry(
                warehouse: warehouse,
                key: issued.key,
                authority: authority.fingerprint,
                enrolled: CivilDate(daysSinceEpoch: 20_000),
                expires: issued.expires
            )
        )
        return try SiteIdentity(pem: Array((issued.pem + authority.certificatePEM).utf8))
    }

    func credentials() throws -> DoorCredentials {
        try DoorCredentials(
            door: Array(doorPEM.utf8),
            authorities: Array(believed.utf8),
            enrolment: enrolment
        )
    }
}

/// What a door or a tunnel has said.
final class NoticeLog: Sendable {
    private let notices = Mutex<[DoorNotice]>([])

    func add(_ notice: DoorNotice) {
        notices.withLock { $0.append(notice) }
    }

    var all: [DoorNotice] { notices.withLock { $0 } }

    /// Why connections were refused, in order.
    var refusals: [Refusal] {
        all.compactMap { notice in
            guard case .refused(let refusal, _, _, _, _) = notice else { return nil }
            return refusal
        }
    }
}

/// The coordinator's sockets, as a server that opens every line and echoes what comes on it.
final class EchoOffice: Sendable {
    private let state = Mutex(State())
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    struct State {
        var paths: [String] = []
        var open = 0
        var bytes = 0
    }

    var paths: [String] { state.withLock { $0.paths } }
    var open: Int { state.withLock { $0.open } }
    var bytes: Int { state.withLock { $0.bytes } }

    /// Listens and returns the port.
    ///
    /// One that `pours` writes without end once a line is open.
    func start(pours: Bool = false) async throws -> Int {
        let listener = try await ServerBootstrap(group: group)
            .childChannelOption(.socketOption(.so_sndbuf), value: 65_536)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Echo(self, pours))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return listener.localAddress?.port ?? 0
    }

    func stop() async throws {
        try await group.shutdownGracefully()
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let office: EchoOffice
        private let pours: Bool
        private var head = ByteBuffer()
        private var isOpen = false

        init(_ office: EchoOffice, _ pours: Bool) {
            self.office = office
            self.pours = pours
        }

        func channelActive(context: ChannelHandlerContext) {
            office.state.withLock { $0.open += 1 }
        }

        func channelInactive(context: ChannelHandlerContext) {
            office.state.withLock { $0.open -= 1 }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            if isOpen {
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
                return
            }
            head.writeBuffer(&bytes)
            let text = String(buffer: head)
            guard text.hasSuffix("\r\n\r\n") else { return }
            isOpen = true
            let path = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            office.state.withLock { $0.paths.append(path) }
            let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            if pours { pour(context) }
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if pours && isOpen { pour(context) }
        }

        private func pour(_ context: ChannelHandlerContext) {
            let bytes = ByteBuffer(repeating: 7, count: 65_536)
            while context.channel.isActive && context.channel.isWritable {
                office.state.withLock { $0.bytes += bytes.readableBytes }
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            }
        }
    }
}

/// Asks for a line as libnng does.
func asking(_ path: String) -> String {
    "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:8471\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Key: RogHwBvg4XCfFA2kgfHSng==\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: req.sp.nanomsg.org\r\n\r\n"
}

/// A connection of a test's: what it sends is up to the test.
struct Caller {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, under TLS where a context is given; with or without the door's name checked.
    static func call(_ port: Int, as context: NIOSSLContext? = nil) async throws -> Caller {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let tls = try NIOSSLClientHandler(
                            context: context,
                            serverHostname: SiteIdentity.doorName
                        )
                        try channel.pipeline.syncOperations.addHandler(tls)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return Caller(channel: channel)
    }

    /// Sends `text`, and returns all that comes until the other side closes, or until it ends so.
    static func ask(
        _ port: Int,
        as context: NIOSSLContext? = nil,
        _ text: String,
        until end: String? = "\r\n\r\n"
    ) async throws -> String {
        try await call(port, as: context).channel
            .executeThenClose { inbound, outbound in
                var received = ByteBuffer()
                do {
                    // Who is turned away before he has asked is answered all the same.
                    if !text.isEmpty { try? await outbound.write(ByteBuffer(string: text)) }
                    for try await var bytes in inbound {
                        received.writeBuffer(&bytes)
                        if let end, String(buffer: received).hasSuffix(end) { break }
                    }
                } catch {
                    // Closed in the middle: what came until then is the answer.
                }
                return String(buffer: received)
            }
    }
}

/// Somebody who connects and has no certificate.
enum Stranger {
    static func connect(to port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Breaks off with a reset.
    static func reset(_ channel: any Channel) async throws {
        let atOnce = linger(l_onoff: 1, l_linger: 0)
        try await (channel as? any SocketOptionProvider)?.setSoLinger(atOnce).get()
        try? await channel.close().get()
    }
}

/// Waits until `condition` holds; twenty seconds are ample for all that is awaited here.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<1000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}

/// Runs `body` with a door before an echoing office.
func withDoor(
    _ office: TestOffice,
    entrances: [Warehouse.ID] = ["DAL", "RNO"],
    pours: Bool = false,
    _ body: (FrontDoor, Int, EchoOffice, NoticeLog) async throws -> Void
) async throws {
    let echo = EchoOffice()
    let notices = NoticeLog()
    let door = FrontDoor(
        for: entrances.map { FrontDoor.Entrance(warehouse: $0, token: "secret-\($0)") },
        officePort: try await echo.start(pours: pours),
        credentials: try office.credentials(),
        notice: { notices.add($0) }
    )
    let port = try await door.open(at: "127.0.0.1", port: 0)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(door, port, echo, notices))
    } catch {
        result = .failure(error)
    }
    try await door.close()
    try await echo.stop()
    try result.get()
}
