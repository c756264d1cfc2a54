import Foundation
import Synchronization

/// The one thread on which a ledger does its work, outside Swift's cooperative pool.
///
/// SQLite blocks while it waits for the disk. On the pool's threads, of which a
/// small site has two, that would stop everything else the agent does.
final class LedgerThread: Sendable {
    private let queue = Queue()

    /// - Parameter name: Shown by debuggers and `top -H`.
    init(name: String) {
        // The thread holds the queue and not this object, so that the object's
        // end can end the thread.
        let thread = Thread { [queue] in queue.run() }
        thread.start()
        // On Linux a name that is set before the start is not heard.
        thread.name = name
    }

    deinit {
        queue.stop()
    }

    /// Runs `work` on the thread, after whatever was asked before.
    ///
    /// - Throws: `LedgerFault.busy` at the bound, `LedgerFault.closed` after `stop`; else what `work` throws.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let fault = queue.add { continuation.resume(with: Result(catching: work)) }
            if let fault { continuation.resume(throwing: fault) }
        }
    }

    /// Lets what was asked before finish and takes nothing new.
    func stop() {
        queue.stop()
    }

    /// Work in the order in which it came.
    private final class Queue: Sendable {
        private struct State {
            var work: [@Sendable () -> Void] = []
            var isStopped = false
        }

        private let state = Mutex(State())
        private let ready = DispatchSemaphore(value: 0)

        /// Returns why the work was not taken, or nil.
        func add(_ work: @escaping @Sendable () -> Void) -> LedgerFault? {
            let fault: LedgerFault? = state.withLock { state in
                if state.isStopped { return .closed }
                if state.work.count >= Limits.workWaitingMaximum { return .busy }
                state.work.append(work)
                return nil
            }
            if fault == nil { ready.signal() }
            return fault
        }

        func stop() {
            state.withLock { $0.isStopped = true }
            ready.signal()
        }

        func run() {
            while true {
                ready.wait()
                let (work, isStopped) = state.withLock { state in
                    defer { state.work = [] }
                    return (state.work, state.isStopped)
                }
                for item in work { item() }
                if isStopped { return }
            }
        }
    }
}
