internal import CNNG

/// One end of request and reply, with all its connections.
///
/// A class, because its contexts are used by many tasks at once. Everything
/// goes through a context: `RequestContext` or `ReplyContext`, by its kind.
package final class Socket: Sendable {
    /// Which end of request and reply a socket is.
    package enum Kind: Sendable {
        /// Asks, and matches answers to questions.
        case request
        /// Answers.
        case reply
    }

    package let kind: Kind
    package let options: SocketOptions
    private let id: nng_socket
    private let watcher: PipeWatcher
    private let gate = SocketGate()

    /// Opens a socket that is neither listening nor dialling.
    ///
    /// `onPipeEvent` is called on a thread of libnng's with its locks held: it
    /// may read its pipe's address or close a pipe, and must not call anything
    /// else of this module, nor wait.
    ///
    /// - Throws: `outOfMemory`, or what libnng says of an option.
    package init(
        _ kind: Kind,
        options: SocketOptions,
        connections: ConnectionPolicy = .all,
        onPipeEvent: @escaping @Sendable (PipeEvent, Pipe) -> Void = { _, _ in }
    ) throws(NNGError) {
        var opened = nng_socket()
        // SAFETY: nng writes one nng_socket.
        switch kind {
        case .request: try check(unsafe nng_req0_open(&opened))
        case .reply: try check(unsafe nng_rep0_open(&opened))
        }
        self.kind = kind
        self.options = options
        id = opened
        watcher = PipeWatcher(connections, observer: onPipeEvent)
        try apply(options)
        try watchPipes()
    }

    deinit {
        closeBlocking()
    }

    private func apply(_ options: SocketOptions) throws(NNGError) {
        let minimum = options.reconnectMinimum.nngMilliseconds
        let maximum = options.reconnectMaximum.nngMilliseconds
        let size = options.receiveSizeMaximum
        // SAFETY, for options here and below: nng reads the name in the call.
        try check(unsafe nng_socket_set_size(id, OptionName.receiveSizeMaximum, size))
        try check(unsafe nng_socket_set_ms(id, OptionName.reconnectMinimum, minimum))
        try check(unsafe nng_socket_set_ms(id, OptionName.reconnectMaximum, maximum))
        switch kind {
        case .request:
            let infinite = nng_duration(NNG_DURATION_INFINITE)
            try check(unsafe nng_socket_set_ms(id, OptionName.resendTime, infinite))
        case .reply: break
        }
    }

    private func watchPipes() throws(NNGError) {
        // SAFETY: the watcher is this socket's, and whoever calls nng_close, as
        // `deinit` makes sure of, keeps it until the last callback has returned.
        let argument = unsafe Unmanaged.passUnretained(watcher).toOpaque()
        for event in [NNG_PIPE_EV_ADD_PRE, NNG_PIPE_EV_ADD_POST, NNG_PIPE_EV_REM_POST] {
            try check(unsafe nng_pipe_notify(id, event, pipeChanged, argument))
        }
    }

    // MARK: - Reading options back

    /// The limit in force on the socket, in bytes.
    package func receiveSizeMaximum() throws(NNGError) -> Int {
        var size = 0
        // SAFETY: nng writes one size_t.
        try check(unsafe nng_socket_get_size(id, OptionName.receiveSizeMaximum, &size))
        return size
    }

    /// The wait before a second attempt to dial, as in force on the socket.
    package func reconnectMinimum() throws(NNGError) -> Duration {
        .milliseconds(try milliseconds(OptionName.reconnectMinimum))
    }

    /// The longest wait between attempts to dial, as in force on the socket.
    package func reconnectMaximum() throws(NNGError) -> Duration {
        .milliseconds(try milliseconds(OptionName.reconnectMaximum))
    }

    /// When libnng would repeat a request by itself; `nil` is never.
    ///
    /// - Throws: `notSupported` for a reply socket.
    package func resendTime() throws(NNGError) -> Duration? {
        Duration(nngMilliseconds: try milliseconds(OptionName.resendTime))
    }

    private func milliseconds(_ option: String) throws(NNGError) -> nng_duration {
        var value: nng_duration = 0
        // SAFETY: nng writes one int.
        try check(unsafe nng_socket_get_ms(id, option, &value))
        return value
    }

    // MARK: - Connections

    /// Accepts connections at `url`.
    ///
    /// `ws://127.0.0.1:PORT/PATH` or, within a process, `inproc://NAME`.
    /// Sockets may share a port if their paths differ. Port 0 lets the system
    /// choose; the listener's `url` and `port` say what it chose, and further
    /// sockets listen at that one.
    ///
    /// - Throws: `addressInUse`, `addressInvalid`, `closed`.
    @discardableResult
    package func listen(_ url: String) throws(NNGError) -> Listener {
        var listener = nng_listener()
        // SAFETY: nng writes one nng_listener and copies the text.
        try check(unsafe nng_listener_create(&listener, id, url))
        do throws(NNGError) {
            let size = options.receiveSizeMaximum
            try check(unsafe nng_listener_set_size(listener, OptionName.receiveSizeMaximum, size))
            try check(nng_listener_start(listener, 0))
        } catch {
            _ = nng_listener_close(listener)
            throw error
        }
        return Listener(listener, askedFor: url)
    }

    /// Keeps dialling `url` in the background until the socket closes.
    ///
    /// It returns before there is a connection, and a connection says little:
    /// only an answered request shows that the right peer is there.
    ///
    /// - Throws: `addressInvalid`, `closed`.
    @discardableResult
    package func dial(_ url: String) throws(NNGError) -> Dialer {
        var dialer = nng_dialer()
        // SAFETY: nng writes one nng_dialer and copies the text.
        try check(unsafe nng_dialer_create(&dialer, id, url))
        let minimum = options.reconnectMinimum.nngMilliseconds
        let maximum = options.reconnectMaximum.nngMilliseconds
        do throws(NNGError) {
            let size = options.receiveSizeMaximum
            try check(unsafe nng_dialer_set_size(dialer, OptionName.receiveSizeMaximum, size))
            try check(unsafe nng_dialer_set_ms(dialer, OptionName.reconnectMinimum, minimum))
            try check(unsafe nng_dialer_set_ms(dialer, OptionName.reconnectMaximum, maximum))
            try check(nng_dialer_start(dialer, Int32(NNG_FLAG_NONBLOCK)))
        } catch {
            _ = nng_dialer_close(dialer)
            throw error
        }
        return Dialer(id: dialer)
    }

    // MARK: - Contexts

    /// Opens a context for one request at a time.
    ///
    /// - Throws: `closed`, `outOfMemory`.
    /// - Precondition: the socket is a request socket.
    package func requestContext() throws(NNGError) -> RequestContext {
        precondition(kind == .request, "a reply socket asks nothing")
        let context = try gate.openContext(of: id)
        do throws(NNGError) {
            // A context does not take this over from its socket.
            let infinite = nng_duration(NNG_DURATION_INFINITE)
            try check(unsafe nng_ctx_set_ms(context, OptionName.resendTime, infinite))
        } catch {
            gate.closeContext(context)
            throw error
        }
        return RequestContext(context, of: self)
    }

    /// Opens a context for one question and its answer at a time.
    ///
    /// - Throws: `closed`, `outOfMemory`.
    /// - Precondition: the socket is a reply socket.
    package func replyContext() throws(NNGError) -> ReplyContext {
        precondition(kind == .reply, "a request socket answers nothing")
        return ReplyContext(try gate.openContext(of: id), of: self)
    }

    /// Closes a context that no operation uses.
    func closeContext(_ context: nng_ctx) {
        gate.closeContext(context)
    }

    /// Runs one operation of a context of this socket.
    func perform(
        _ plan: Operation.Plan,
        on context: nng_ctx,
        sending message: consuming Message? = nil,
        timeout: Duration?
    ) async throws(NNGError) -> Message? {
        let operation = try Operation(plan, on: context, timeout: timeout)
        do throws(NNGError) {
            try gate.enter(operation)
        } catch {
            operation.free()
            throw error
        }
        defer {
            operation.free()
            gate.leave(operation)
        }
        let received = try await operation.run(sending: message)
        guard let received else { return nil }
        return try admit(received)
    }

    /// Returns `message`, unless it is larger than the options allow.
    ///
    /// A listener refuses such a message on the wire. A dialer of 1.5.2 takes
    /// the same option, reads it back and ignores it over `ws`, and `inproc`
    /// never looks: so it is looked at here, and answered the same way.
    private func admit(_ message: consuming Message) throws(NNGError) -> Message {
        if message.count + Message.headerSize <= options.receiveSizeMaximum { return message }
        message.pipe.close()
        throw .messageTooLarge
    }

    // MARK: - Closing

    /// Ends every operation with `closed`, then closes the socket.
    ///
    /// It blocks until the last operation has ended in its task, and must not
    /// be called on the pool those tasks need: see `close()`. A second call
    /// returns at once. An answer just handed over may not have left yet.
    ///
    /// A `ws` listener of 1.5.2 that closes while a peer is in the middle of
    /// its handshake can wait for that handshake, and the handshake for the
    /// listener's lock: for good. So libnng is left to itself after
    /// `closingMaximum`; what it then still holds is lost to the process, which
    /// goes on.
    package func closeBlocking() {
        guard gate.drain() else { return }
        let closing = ClosingSocket(id, watcher)
        var thread: OpaquePointer?
        let argument = unsafe Unmanaged.passRetained(closing).toOpaque()
        guard unsafe nng_thread_create(&thread, closeSocketForGood, argument) == 0 else {
            // No thread is to be had: better here than not at all.
            return unsafe closeSocketForGood(argument)
        }
        guard closing.isClosed.wait(atMost: Self.closingMaximum) else { return }
        // SAFETY: the thread has nothing left to do but to end; nng joins it.
        if let thread = unsafe thread { unsafe nng_thread_destroy(thread) }
    }

    /// Many times what closing takes on a busy machine.
    private static let closingMaximum = Duration.seconds(5)

    /// Closes as `closeBlocking()` does, on a thread of its own.
    package func close() async {
        var thread: OpaquePointer?
        await withCheckedContinuation { continuation in
            let closing = unsafe Unmanaged.passRetained(Closing(self, continuation))
            guard unsafe nng_thread_create(&thread, closeSocket, closing.toOpaque()) != 0 else {
                return
            }
            // No thread is to be had: better here than not at all.
            unsafe closeSocket(closing.toOpaque())
        }
        // SAFETY: the thread has nothing left to do but to end; nng joins it.
        if let thread = unsafe thread { unsafe nng_thread_destroy(thread) }
    }
}

/// A socket on its way to the thread that closes it.
private final class Closing: Sendable {
    private let socket: Socket
    private let continuation: CheckedContinuation<Void, Never>

    init(_ socket: Socket, _ continuation: CheckedContinuation<Void, Never>) {
        self.socket = socket
        self.continuation = continuation
    }

    func run() {
        socket.closeBlocking()
        continuation.resume()
    }
}

@c(holdfast_nng_close_socket)
private func closeSocket(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { return }
    // SAFETY: `close()` retained it for this one call.
    unsafe Unmanaged<Closing>.fromOpaque(argument).takeRetainedValue().run()
}

/// A socket that nobody uses any more, and what its last callbacks need.
private final class ClosingSocket: Sendable {
    private let id: nng_socket
    private let watcher: PipeWatcher
    let isClosed = Latch()

    init(_ id: nng_socket, _ watcher: PipeWatcher) {
        self.id = id
        self.watcher = watcher
    }

    func run() {
        _ = nng_close(id)
        isClosed.open()
    }
}

@c(holdfast_nng_close_socket_for_good)
private func closeSocketForGood(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { return }
    // SAFETY: `closeBlocking()` retained it for this one call.
    unsafe Unmanaged<ClosingSocket>.fromOpaque(argument).takeRetainedValue().run()
}

@c(holdfast_nng_pipe_changed)
private func pipeChanged(
    _ pipe: nng_pipe,
    _ event: nng_pipe_ev,
    _ argument: UnsafeMutableRawPointer?
) {
    guard let argument = unsafe argument else { return }
    let change: PipeEvent =
        switch event {
        case NNG_PIPE_EV_ADD_PRE: .adding
        case NNG_PIPE_EV_ADD_POST: .added
        default: .removed
        }
    // SAFETY: the watcher lives until nng_close has returned, be that never.
    let watcher = unsafe Unmanaged<PipeWatcher>.fromOpaque(argument).takeUnretainedValue()
    watcher.handle(change, of: Pipe(id: pipe.id))
}
