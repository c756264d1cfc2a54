import Glibc
import NNG
import Synchronization

/// Long enough for a loaded machine; nothing here waits it out unless broken.
let patience = Duration.seconds(60)

/// Dials again so soon that no test waits for it.
let eager = SocketOptions(
    receiveSizeMaximum: 1 << 20,
    reconnectMinimum: .milliseconds(5),
    reconnectMaximum: .milliseconds(20)
)

/// The listening address of a transport, of which there are two.
func address(_ name: String, over transport: Transport) -> String {
    switch transport {
    case .inproc: "inproc://\(name)"
    case .ws: "ws://127.0.0.1:0/agents/\(name)"
    }
}

enum Transport: CaseIterable {
    case inproc
    case ws
}

/// Answers each request with its own bytes until the socket closes.
func echo(on socket: Socket) async throws {
    var context = try socket.replyContext()
    while true {
        do {
            try await context.send(try await context.receive())
        } catch {
            // A task that is cancelled never waits again, and would keep a thread to itself.
            if error == .closed || error == .canceled { return }
            guard error.isOrdinary || error == .messageTooLarge else { throw error }
        }
    }
}

/// Runs `body` with a coordinator's socket whose agent echoes, then closes both.
func withEcho(
    at url: String,
    contexts: Int = 1,
    options: SocketOptions = eager,
    _ body: (Socket) async throws -> Void
) async throws {
    let coordinator = try Socket(.request, options: options)
    let agent = try Socket(.reply, options: options)
    try agent.dial(try coordinator.listen(url).url)
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<contexts { group.addTask { try await echo(on: agent) } }
        let result: Result<Void, any Error>
        do { result = .success(try await body(coordinator)) } catch { result = .failure(error) }
        await agent.close()
        await coordinator.close()
        try await group.waitForAll()
        try result.get()
    }
}

extension Socket {
    /// Sends `bytes` by a new context and returns the answer's.
    func ask(_ bytes: [UInt8], timeout: Duration? = patience) async throws(NNGError) -> [UInt8] {
        var context = try requestContext()
        return try await context.exchange(Message(bytes), timeout: timeout).copyBytes()
    }

    /// Asks until an answer comes, through connections that end in between.
    func askUntilAnswered(_ bytes: [UInt8]) async throws(NNGError) -> [UInt8] {
        while true {
            do { return try await ask(bytes) } catch {
                guard error == .connectionReset else { throw error }
            }
        }
    }
}

/// Returns what `body` throws of libnng's errors, or `nil`.
func fault(_ body: () async throws(NNGError) -> Void) async -> NNGError? {
    do { try await body() } catch { return error }
    return nil
}

/// The events of a socket's connections, in the order they came.
struct PipeLog: Sendable {
    struct Entry: Sendable, Equatable {
        let event: PipeEvent
        let pipe: Pipe
        let address: String?
    }

    private let stream: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
    }

    func record(_ event: PipeEvent, _ pipe: Pipe) {
        continuation.yield(Entry(event: event, pipe: pipe, address: pipe.remoteAddress))
    }

    /// Returns the next entry of `event`, passing over the others.
    func next(_ event: PipeEvent) async -> Entry? {
        for await entry in stream where entry.event == event { return entry }
        return nil
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// Lets other tasks and threads run for a length of time that `random` chooses.
func dawdle(using random: inout SplitMix64) async {
    for _ in 0..<Int.random(in: 0...8, using: &random) { await Task.yield() }
    let spins = Atomic(0)
    for _ in 0..<Int.random(in: 0...4000, using: &random) {
        spins.add(1, ordering: .relaxed)
    }
}

/// A connection that speaks bytes, and none of the protocols.
final class Stranger {
    private let descriptor: Int32

    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        // SAFETY: both structures are passed with their own size.
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe connect(descriptor, general, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        if !isConnected { return nil }
    }

    /// Shakes hands as an agent's WebSocket does, and says no more.
    convenience init?(port: Int, upgradingTo path: String) {
        self.init(port: port)
        let lines = [
            "GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: req.sp.nanomsg.org",
        ]
        write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        guard String(decoding: read(), as: UTF8.self).hasPrefix("HTTP/1.1 101") else { return nil }
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    func write(_ bytes: [UInt8]) {
        // SAFETY: the buffer and its length belong together.
        _ = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.send(
                descriptor,
                buffer.baseAddress,
                buffer.count,
                Int32(MSG_NOSIGNAL)
            )
        }
    }

    /// Returns the next bytes; empty when the other side has closed or reset.
    func read() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        // SAFETY: as above.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        return Array(bytes.prefix(max(0, count)))
    }
}
