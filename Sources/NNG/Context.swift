internal import CNNG

/// One request at a time on a request socket.
///
/// Not copyable, and asking is `mutating`: two requests at once on one context,
/// which libnng would confuse, do not compile. A socket has as many contexts as
/// it has requests under way.
package struct RequestContext: ~Copyable, Sendable {
    private let id: nng_ctx
    /// Kept open as long as a context lives.
    private let socket: Socket

    init(_ id: nng_ctx, of socket: Socket) {
        self.id = id
        self.socket = socket
    }

    deinit {
        socket.closeContext(id)
    }

    /// Sends `message` and returns the answer.
    ///
    /// Without a connection it waits for one. The timeout covers both ways;
    /// `nil` is without end. A request that was given up, or whose connection
    /// ended, may have been carried out, and may still be: a stalled peer finds
    /// it when it wakes.
    ///
    /// - Throws: `timedOut`, `connectionReset`, `canceled` when the task is
    ///   cancelled, `closed` when the socket is; `messageTooLarge` for an
    ///   answer that a dialled connection brought and lost its life for.
    package mutating func exchange(
        _ message: consuming Message,
        timeout: Duration?
    ) async throws(NNGError) -> Message {
        let answer = try await socket.perform(
            .exchange,
            on: id,
            sending: message,
            timeout: timeout
        )
        guard let answer else { throw .wrongState }
        return answer
    }

    /// When libnng would repeat a request by itself; `nil` is never.
    package func resendTime() throws(NNGError) -> Duration? {
        var milliseconds: nng_duration = 0
        // SAFETY: nng writes one int.
        try check(unsafe nng_ctx_get_ms(id, OptionName.resendTime, &milliseconds))
        return Duration(nngMilliseconds: milliseconds)
    }
}

/// One question and its answer at a time on a reply socket.
///
/// As many contexts as a socket has, so many questions are answered at once.
package struct ReplyContext: ~Copyable, Sendable {
    private let id: nng_ctx
    /// Kept open as long as a context lives.
    private let socket: Socket

    init(_ id: nng_ctx, of socket: Socket) {
        self.id = id
        self.socket = socket
    }

    deinit {
        socket.closeContext(id)
    }

    /// Returns the next request; one that was not answered before is dropped.
    ///
    /// - Throws: `timedOut`, `canceled` when the task is cancelled, `closed`
    ///   when the socket is; `messageTooLarge` for a request whose connection
    ///   has been ended for it, after which the next may be received.
    package mutating func receive(timeout: Duration? = nil) async throws(NNGError) -> Message {
        let request = try await socket.perform(.receive, on: id, timeout: timeout)
        guard let request else { throw .wrongState }
        return request
    }

    /// Sends `message` to whoever sent the request received last.
    ///
    /// Success says that it was handed to the connection, not that it arrived:
    /// a peer that is gone by now is no error.
    ///
    /// - Throws: `wrongState` if no request waits for an answer, and as
    ///   `receive(timeout:)`.
    package mutating func send(
        _ message: consuming Message,
        timeout: Duration? = nil
    ) async throws(NNGError) {
        _ = try await socket.perform(.send, on: id, sending: message, timeout: timeout)
    }
}
