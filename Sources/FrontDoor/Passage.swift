internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// What front door and tunnel decide of a connection on its way through.
///
/// Called on the connection's event loop.
protocol PassageHost: AnyObject, Sendable {
    /// Whether the near side shows a certificate first.
    var awaitsHandshake: Bool { get }

    /// The far side as its own URL names it; libnng serves no other name.
    var farHost: String { get }

    /// Notes whose connection it is; `key` is its certificate's, verified.
    func recognise(_ id: Admission.ID, key: KeyFingerprint?) throws(Turned)

    /// Returns the path on the far side of what a caller asks for.
    func path(for request: UpgradeRequest, of id: Admission.ID) throws(Turned) -> String

    /// Connects the far side, with `initializer` at the end of its pipeline.
    func connect(
        _ id: Admission.ID,
        on loop: any EventLoop,
        _ initializer: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel>

    /// Returns what an answer means that opens no line.
    func turned(byAnswer head: String) -> Turned

    /// Notes that the line is open.
    func opened(_ id: Admission.ID, far: any Channel)

    /// Notes that a connection was not let through.
    func refused(_ id: Admission.ID, _ turned: Turned)
}

/// The near side of a connection until it is let through: who asks, for what, and whether it may.
///
/// From the first byte to the open line everything has one deadline and is
/// counted in bytes, so that whoever dawdles costs a socket for seconds.
final class PassageHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// TLS is under way. Next: `asking`, `over`.
        case greeting
        /// The caller is known, and its request not yet whole. Next: `calling`, `over`.
        case asking
        /// The far side is being asked, and nothing is read here. Next: `over`.
        case calling
        /// Let through, or turned away.
        case over
    }

    private let host: any PassageHost
    private let id: Admission.ID
    private var phase = Phase.greeting
    private var head = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var far: (any Channel)?
    private var deadline: Scheduled<Void>?
    private var isReadHeld = false

    init(_ host: any PassageHost, _ id: Admission.ID) {
        self.host = host
        self.id = id
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: DoorLimits.patience) {
            bound.value.turnAway(Turned(.slow, "it took too long to ask"))
        }
        if !host.awaitsHandshake { recognise(nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            recognise(Self.peerKey(of: context))
        }
        context.fireUserInboundEventTriggered(event)
    }

    private static func peerKey(of context: ChannelHandlerContext) -> KeyFingerprint? {
        let operations = context.pipeline.syncOperations
        guard let certificate = try? operations.nioSSL_peerCertificate(),
            let bytes = try? certificate.extractPublicKey().toSPKIBytes()
        else { return nil }
        return KeyFingerprint(ofKey: bytes)
    }

    private func recognise(_ key: KeyFingerprint?) {
        guard case .greeting = phase else { return }
        phase = .asking
        do throws(Turned) {
            try host.recognise(id, key: key)
        } catch {
            turnAway(error)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .greeting, .over: break
        case .calling: turnAway(Turned(.malformed, "it spoke before it was answered"))
        case .asking:
            var bytes = unwrapInboundIn(data)
            head.writeBuffer(&bytes)
            do throws(Turned) {
                guard let request = try headIfWhole() else { return }
                call(request, path: try host.path(for: request, of: id))
            } catch {
                turnAway(error)
            }
        }
    }

    private func headIfWhole() throws(Turned) -> UpgradeRequest? {
        guard let length = head.readableBytesView.endOfHead else {
            guard head.readableBytes < DoorLimits.headBytesMaximum else {
                throw Turned(.malformed, "its request is too long")
            }
            return nil
        }
        guard length <= DoorLimits.headBytesMaximum else {
            throw Turned(.malformed, "its request is too long")
        }
        guard length == head.readableBytes else {
            throw Turned(.malformed, "it spoke before it was answered")
        }
        do {
            return try UpgradeRequest(parsing: head.readableBytesView)
        } catch {
            throw Turned(.malformed, "\(error)")
        }
    }

    private func call(_ request: UpgradeRequest, path: String) {
        guard let context else { return }
        phase = .calling
        head.clear()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        host.connect(id, on: context.eventLoop) { channel in
            let text = request.text(for: path, host: bound.value.host.farHost)
            let answer = AnswerHandler(text, for: bound.value)
            try channel.pipeline.syncOperations.addHandler(answer)
        }
        .whenComplete { result in
            switch result {
            case .success(let channel): bound.value.connected(channel)
            case .failure(let error): bound.value.failed(error)
            }
        }
    }

    private func connected(_ channel: any Channel) {
        guard case .calling = phase else { return channel.close(promise: nil) }
        far = channel
    }

    /// Takes what went wrong on the far side.
    func failed(_ error: any Error) {
        guard case .calling = phase else { return }
        turnAway(error as? Turned ?? Turned(.unavailable, "\(error)"))
    }

    /// Takes the far side's answer: its head, and what already came after it.
    func answered(
        _ head: String,
        _ bytes: ByteBuffer,
        by answer: AnswerHandler,
        _ far: ChannelHandlerContext
    ) {
        guard case .calling = phase, let context else { return far.close(promise: nil) }
        guard head.hasPrefix("HTTP/1.1 101 ") else {
            return turnAway(host.turned(byAnswer: head))
        }
        phase = .over
        let (here, there) = SpliceHandler.pair()
        do {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            try context.pipeline.syncOperations.addHandler(here)
            try far.pipeline.syncOperations.addHandler(there)
            far.pipeline.syncOperations.removeHandler(answer, promise: nil)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            // One of the two has gone meanwhile, and takes the other along.
            far.close(promise: nil)
            return context.close(promise: nil)
        }
        host.opened(id, far: far.channel)
        // Through the whole pipeline: the two that are removed are in it no more.
        far.channel.read()
        context.channel.read()
    }

    private func turnAway(_ turned: Turned) {
        let hasGreeted = if case .greeting = phase { false } else { true }
        if case .over = phase { return }
        phase = .over
        deadline?.cancel()
        far?.close(promise: nil)
        host.refused(id, turned)
        guard let context else { return }
        if hasGreeted && host.awaitsHandshake {
            let answer = context.channel.allocator.buffer(string: turned.refusal.answer)
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
        // What is read no more is dropped: see `channelRead`.
        if isReadHeld { context.read() }
        context.close(promise: nil)
    }

    func read(context: ChannelHandlerContext) {
        if case .calling = phase {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch phase {
        case .greeting: turnAway(Turned(.handshake, "\(error)"))
        case .asking, .calling: turnAway(Turned(.malformed, "\(error)"))
        case .over: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .greeting: turnAway(Turned(.handshake, "it went away"))
        case .asking, .calling: turnAway(Turned(.slow, "it went away"))
        case .over: break
        }
        context.fireChannelInactive()
    }
}

/// The far side of a connection until it has answered.
final class AnswerHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let passage: PassageHandler
    private var answer = ByteBuffer()
    private var isDone = false

    init(_ request: String, for passage: PassageHandler) {
        self.request = request
        self.passage = passage
    }

    func channelActive(context: ChannelHandlerContext) {
        let bytes = context.channel.allocator.buffer(string: request)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        var bytes = unwrapInboundIn(data)
        answer.writeBuffer(&bytes)
        guard let length = answer.readableBytesView.endOfHead else {
            guard answer.readableBytes >= DoorLimits.headBytesMaximum else { return }
            return end(context, Turned(.unavailable, "the other side's answer is too long"))
        }
        isDone = true
        let head = String(decoding: answer.readableBytesView.prefix(length), as: UTF8.self)
        passage.answered(head, answer, by: self, context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(context, Turned(.unavailable, "\(error)"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context, Turned(.unavailable, "the other side went away"))
        context.fireChannelInactive()
    }

    private func end(_ context: ChannelHandlerContext, _ turned: Turned) {
        guard !isDone else { return }
        isDone = true
        passage.failed(turned)
        context.close(promise: nil)
    }
}

/// One side of an open line: what it reads, the other writes.
///
/// Nothing more is read while the other cannot write, so that a slow reader
/// holds its writer up and no memory fills.
final class SpliceHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: SpliceHandler?
    private var context: ChannelHandlerContext?
    private var isReadHeld = false

    private init() {}

    /// Returns the two sides of a line.
    static func pair() -> (SpliceHandler, SpliceHandler) {
        let (first, second) = (SpliceHandler(), SpliceHandler())
        first.partner = second
        second.partner = first
        return (first, second)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.write(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.flush()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that broke is ordinary: both ends dial and ask again.
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.readIfHeld() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if partner?.canWrite ?? true {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    private var canWrite: Bool { context?.channel.isWritable ?? false }

    private func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    private func flush() {
        context?.flush()
    }

    private func readIfHeld() {
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    /// Writes what is left, and closes.
    private func finish() {
        guard let context else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
            .whenComplete { _ in
                channel.close(promise: nil)
            }
    }
}

extension ByteBufferView {
    /// How many bytes a head takes with its empty line, where it is whole.
    var endOfHead: Int? {
        let end: [UInt8] = [13, 10, 13, 10]
        return firstRange(of: end).map { $0.upperBound - startIndex }
    }
}
