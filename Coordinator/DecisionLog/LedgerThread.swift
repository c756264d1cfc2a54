internal import Foundation
internal import Synchronization

/// One thread that owns a database connection and runs what it is given, in order.
///
/// SQLite blocks while the disk syncs. On Swift's cooperative pool, which has
/// as many threads as the machine has cores, that would hold up everything else.
final class LedgerThread: Sendable {
    private let state = Mutex(Inbox())
    private let wake = DispatchSemaphore(value: 0)

    private struct Inbox {
        var jobs: [@Sendable () -> Void] = []
        var isClosed = false
    }

    init(name: String) {
        let thread = Thread { [self] in runLoop() }
        thread.name = name
        thread.start()
    }

    /// Runs `job` after everything that was given before it, unless the thread has been closed.
    func enqueue(_ job: @escaping @Sendable () -> Void) -> Bool {
        let accepted = state.withLock { inbox in
            guard !inbox.isClosed else { return false }
            inbox.jobs.append(job)
            return true
        }
        if accepted { wake.signal() }
        return accepted
    }

    /// Lets the thread end once it has run what it was given.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    private func runLoop() {
        while true {
            wake.wait()
            let (jobs, isClosed) = state.withLock { inbox in
                defer { inbox.jobs = [] }
                return (inbox.jobs, inbox.isClosed)
            }
            for job in jobs { job() }
            if isClosed && state.withLock({ $0.jobs.isEmpty }) { return }
        }
    }
}
