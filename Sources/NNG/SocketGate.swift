internal import CNNG
internal import Synchronization

/// Who uses a socket, so that it is closed when nobody does.
///
/// nng 1.5.2 aborts or hangs when a socket closes under a context in use, be it
/// a call that waits or one that is just being made. So everybody passes here.
final class SocketGate: Sendable {
    private enum Phase {
        /// Next: `draining`.
        case open
        /// Nobody enters, and those inside are told to leave. Next: `closed`.
        case draining
        case closed
    }

    private struct State {
        var phase = Phase.open
        var operations: [ObjectIdentifier: Operation] = [:]
        var isEmpty: Latch?
    }

    private let state = Mutex(State())

    /// Registers `operation`, so that closing ends it and waits for it.
    ///
    /// - Throws: `closed`.
    func enter(_ operation: Operation) throws(NNGError) {
        try state.withLock { state throws(NNGError) in
            guard state.phase == .open else { throw .closed }
            state.operations[ObjectIdentifier(operation)] = operation
        }
    }

    /// Strikes off `operation`, whose aio is freed.
    func leave(_ operation: Operation) {
        state.withLock { state in
            state.operations[ObjectIdentifier(operation)] = nil
            if state.operations.isEmpty { state.isEmpty?.open() }
        }
    }

    /// Opens a context of the socket `id`.
    ///
    /// - Throws: `closed`, `outOfMemory`.
    func openContext(of id: nng_socket) throws(NNGError) -> nng_ctx {
        try state.withLock { state throws(NNGError) in
            guard state.phase == .open else { throw .closed }
            var context = nng_ctx()
            // SAFETY: nng writes one nng_ctx.
            try check(unsafe nng_ctx_open(&context, id))
            return context
        }
    }

    /// Closes a context that no operation uses.
    func closeContext(_ context: nng_ctx) {
        state.withLock { state in
            // nng_close takes the contexts along, and must not meet this call.
            if state.phase != .closed { _ = nng_ctx_close(context) }
        }
    }

    /// Ends every operation, waits until all have left, and closes for good.
    ///
    /// Returns whether the caller is the one to close the socket now. It
    /// blocks: those who leave are tasks, and need a thread to do it on.
    func drain() -> Bool {
        let first = state.withLock { state -> Latch?? in
            guard state.phase == .open else { return .none }
            state.phase = .draining
            if state.operations.isEmpty { return .some(nil) }
            let isEmpty = Latch()
            state.isEmpty = isEmpty
            // In any order: each ends by itself.
            for operation in state.operations.values { operation.abort(.closed) }
            return isEmpty
        }
        guard let isEmpty = first else { return false }
        isEmpty?.wait()
        state.withLock { $0.phase = .closed }
        return true
    }
}
