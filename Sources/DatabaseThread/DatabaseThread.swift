internal import Foundation
internal import Synchronization

/// The one thread on which a database does its work, outside Swift's cooperative pool.
///
/// SQLite blocks while it waits for the disk. On the pool's threads, of which a
/// small machine has two, that would stop everything else the program does. So
/// would solving past orders again, which has a thread of this kind too.
package final class DatabaseThread: Sendable {
    private let queue: Queue

    /// Why work was not taken.
    package enum Refusal: Error, Hashable, Sendable {
        /// Too much waits already.
        case busy
        /// The thread was stopped.
        case stopped
    }

    /// Starts the thread.
    ///
    /// `name` is shown by debuggers and `top -H`; more work than
    /// `workWaitingMaximum` is refused.
    package init(name: String, workWaitingMaximum: Int) {
        let queue = Queue(workWaitingMaximum: workWaitingMaximum)
        self.queue = queue
        // The thread holds the queue and not this object, so that the object's
        // end can end the thread.
        let thread = Thread { queue.run() }
        thread.start()
        // On Linux a name that is set before the start is not heard.
        thread.name = name
    }

    deinit {
        queue.stop()
    }

    /// Runs `work` on the thread, after whatever was asked before.
    ///
    /// - Throws: `Refusal`; else what `work` throws.
    package func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = queue.add { continuation.resume(with: Result(catching: work)) }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }

    /// Runs `work` on the thread and waits for it on this one, which it blocks.
    ///
    /// Does nothing where the thread takes no more work.
    package func runAndWait(_ work: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        let refusal = queue.add {
            work()
            done.signal()
        }
        if refusal == nil { done.wait() }
    }

    /// Lets what was asked before finish and takes nothing new.
    package func stop() {
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
        private let workWaitingMaximum: Int

        init(workWaitingMaximum: Int) {
            self.workWaitingMaximum = workWaitingMaximum
        }

        /// Returns why the work was not taken, or nil.
        func add(_ work: @escaping @Sendable () -> Void) -> Refusal? {
            let refusal: Refusal? = state.withLock { state in
                if state.isStopped { return .stopped }
                if state.work.count >= workWaitingMaximum { return .busy }
                state.work.append(work)
                return nil
            }
            if refusal == nil { ready.signal() }
            return refusal
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
