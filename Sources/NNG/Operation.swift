internal import CNNG
internal import Synchronization

/// One asynchronous call into libnng, awaited once.
///
/// What keeps it sound on 1.5.2:
/// - Each operation has an `nng_aio` of its own: a reused one can be ended by
///   the time-out of the call before. The two steps of an exchange share one,
///   and share one deadline, so that a late time-out tells the truth.
/// - One lock orders the start, the abort and the completion of each step, and
///   is never held across a start. libnng loses an abort between the moment a
///   call begins and the moment it is queued, so an abort that comes in between
///   is kept and carried out when the start has returned.
/// - An answer is awaited only after its request was sent, from the callback
///   of the send: the other order crashes (nng #1702).
/// - The aio is freed by the task that awaited it. Freeing waits for a callback
///   that is still running, and so must not happen in one.
// SAFETY of `@unchecked Sendable`: `aio` is set once in `init` and freed in
// `free()`, when the awaiting task holds the only use of it; everything else
// that changes is behind the mutex.
@safe final class Operation: @unchecked Sendable {
    /// The calls that an operation makes, one after the other.
    enum Plan {
        case send
        case receive
        /// Sends, then receives.
        case exchange
    }

    private enum Call {
        case send
        case receive
    }

    private enum Phase {
        /// Next: `starting`, or `finished` if aborted before.
        case idle
        /// A call has been entered.
        ///
        /// Next: `running` or `finished`, or `starting` with the second call.
        case starting
        /// The call is queued, and can be aborted. As `starting`.
        case running
        case finished
    }

    private struct State {
        var phase = Phase.idle
        /// Calls entered; tells a start that returns late that another began.
        var calls = 0
        var abortCode: Int32?
        var code: Int32 = 0
        var continuation: CheckedContinuation<Void, Never>?
    }

    /// Set at the end of `init`, `nil` after `free()`.
    private var aio: OpaquePointer?
    private let context: nng_ctx
    private let plan: Plan
    /// On libnng's own clock, which never steps, in milliseconds.
    private let deadline: nng_time?
    private let state = Mutex(State())

    /// - Throws: `outOfMemory`.
    init(_ plan: Plan, on context: nng_ctx, timeout: Duration?) throws(NNGError) {
        self.context = context
        self.plan = plan
        deadline = timeout.map { nng_clock() + nng_time($0.nngMilliseconds) }
        // SAFETY: the object outlives the aio, for the task that awaits the
        // operation holds it until `free()` has returned.
        let argument = unsafe Unmanaged.passUnretained(self).toOpaque()
        try check(unsafe nng_aio_alloc(&aio, operationCompleted, argument))
    }

    /// Runs the calls of the plan, and returns the message received, if any.
    ///
    /// A message whose request could not be sent is freed. Cancelling the task
    /// ends the operation with `canceled`.
    func run(sending message: consuming Message?) async throws(NNGError) -> Message? {
        if let message { unsafe nng_aio_set_msg(aio, message.release()) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                begin(continuation)
            }
        } onCancel: {
            abort(.canceled)
        }
        return try outcome()
    }

    /// Ends the operation with `reason`, unless it has ended already.
    func abort(_ reason: NNGError) {
        state.withLock { state in
            if state.abortCode != nil { return }
            state.abortCode = reason.code
            // SAFETY: running, so the aio is not freed before `completed()`
            // has taken this lock. libnng only queues the callback.
            if state.phase == .running { unsafe nng_aio_abort(aio, reason.code) }
        }
    }

    /// Gives the aio back; only by the task that awaited it, after `run`.
    func free() {
        // SAFETY: no call is queued any more; nng waits here for a callback
        // that is about to return.
        unsafe nng_aio_free(aio)
        unsafe aio = nil
    }

    private func begin(_ continuation: CheckedContinuation<Void, Never>) {
        let isAborted = state.withLock { state in
            if let code = state.abortCode {
                state.phase = .finished
                state.code = code
                return true
            }
            state.phase = .starting
            state.calls = 1
            state.continuation = continuation
            return false
        }
        if isAborted {
            continuation.resume()
            return
        }
        switch plan {
        case .send, .exchange: enter(.send, count: 1)
        case .receive: enter(.receive, count: 1)
        }
    }

    /// Makes one call, then carries out an abort that came while it was made.
    ///
    /// The aio outlives this even if the call ends meanwhile: before the first
    /// call has returned, the task cannot go on to free it; from the callback,
    /// which makes the second, freeing waits.
    private func enter(_ call: Call, count: Int) {
        unsafe nng_aio_set_timeout(aio, remainingMilliseconds)
        switch call {
        case .send: unsafe nng_ctx_send(context, aio)
        case .receive: unsafe nng_ctx_recv(context, aio)
        }
        state.withLock { state in
            // Otherwise the call has ended, and the next may have begun.
            guard state.calls == count, state.phase == .starting else { return }
            state.phase = .running
            if let code = state.abortCode { unsafe nng_aio_abort(aio, code) }
        }
    }

    private var remainingMilliseconds: nng_duration {
        guard let deadline else { return nng_duration(NNG_DURATION_INFINITE) }
        let now = nng_clock()
        return deadline > now ? nng_duration(clamping: deadline - now) : 0
    }

    /// On a thread of libnng's: begins the second call or wakes the task.
    fileprivate func completed() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>?? in
            let code = unsafe nng_aio_result(aio)
            if code == 0, plan == .exchange, state.calls == 1, state.abortCode == nil {
                state.calls = 2
                state.phase = .starting
                return nil
            }
            state.phase = .finished
            state.code = code
            defer { state.continuation = nil }
            return .some(state.continuation)
        }
        if let waiting {
            waiting?.resume()
        } else {
            enter(.receive, count: 2)
        }
    }

    private func outcome() throws(NNGError) -> Message? {
        let (code, calls, abortCode) = state.withLock { ($0.code, $0.calls, $0.abortCode) }
        let isReceived = plan == .receive || calls == 2
        // SAFETY: nng gives back the message it could not send, and gives away
        // the one it received; in every other case the aio holds none.
        if code == 0, isReceived, let raw = unsafe nng_aio_get_msg(aio) {
            return unsafe Message(adopting: raw)
        }
        if code != 0, !isReceived, let raw = unsafe nng_aio_get_msg(aio) {
            unsafe nng_msg_free(raw)
        }
        if code != 0 { throw NNGError(code: code) }
        // The request was sent, and the task or the socket gave up before its
        // answer was awaited.
        if let abortCode, plan == .exchange { throw NNGError(code: abortCode) }
        return nil
    }
}

@c(holdfast_nng_operation_completed)
private func operationCompleted(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { return }
    // SAFETY: `init` passed the object, and `free()` waits for this call.
    unsafe Unmanaged<Operation>.fromOpaque(argument).takeUnretainedValue().completed()
}
