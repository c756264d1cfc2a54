internal import AllocationModel
internal import OrderDesk
internal import Synchronization

/// Whoever waits for an answer of the office; each is answered once, also when it closes.
final class Clients: Sendable {
    private let state = Mutex(State())

    private typealias Waiting<Answer> = [Office.ClientID: CheckedContinuation<Answer, Never>]

    private struct State {
        var count: Office.ClientID = 0
        var submissions: Waiting<Submission> = [:]
        var cancellations: Waiting<Cancellation> = [:]
        var resourcings: Waiting<ResourcingAnswer> = [:]
        var surveys: Waiting<[SiteAvailability]> = [:]
        var quotes: Waiting<QuoteAnswer> = [:]
        var isClosed = false
    }

    private static let closing = "the coordinator is stopping"

    func ask(_ put: (Office.ClientID) -> Void) async -> Submission {
        await wait({ $0.submissions[$1] = $2 }, ifClosed: Self.closedSubmission, put)
    }

    func askToCancel(_ put: (Office.ClientID) -> Void) async -> Cancellation {
        await wait({ $0.cancellations[$1] = $2 }, ifClosed: Self.closedCancellation, put)
    }

    func askToResource(_ put: (Office.ClientID) -> Void) async -> ResourcingAnswer {
        await wait({ $0.resourcings[$1] = $2 }, ifClosed: Self.closedResourcing, put)
    }

    func askForAvailability(_ put: (Office.ClientID) -> Void) async -> [SiteAvailability] {
        await wait({ $0.surveys[$1] = $2 }, ifClosed: [], put)
    }

    func askForQuote(_ put: (Office.ClientID) -> Void) async -> QuoteAnswer {
        await wait({ $0.quotes[$1] = $2 }, ifClosed: Self.closedQuote, put)
    }

    private static var closedSubmission: Submission {
        .unavailable(reason: closing, retryAfterSeconds: 1)
    }

    private static var closedCancellation: Cancellation {
        .unavailable(reason: closing, retryAfterSeconds: 1)
    }

    private static var closedResourcing: ResourcingAnswer {
        .unavailable(reason: closing, retryAfterSeconds: 1)
    }

    private static var closedQuote: QuoteAnswer {
        .unavailable(reason: closing, retryAfterSeconds: 1)
    }

    /// Has the office asked under a number of its own, and waits for what it answers to that.
    private func wait<Answer: Sendable>(
        _ enter: (inout State, Office.ClientID, CheckedContinuation<Answer, Never>) -> Void,
        ifClosed answer: Answer,
        _ put: (Office.ClientID) -> Void
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            let client = state.withLock { state -> Office.ClientID? in
                guard !state.isClosed else { return nil }
                state.count += 1
                enter(&state, state.count, continuation)
                return state.count
            }
            guard let client else { return continuation.resume(returning: answer) }
            put(client)
        }
    }

    func answer(_ answer: Office.ClientAnswer) {
        switch answer {
        case .submission(let client, let submission):
            state.withLock { $0.submissions.removeValue(forKey: client) }?
                .resume(returning: submission)
        case .cancellation(let client, let cancellation):
            state.withLock { $0.cancellations.removeValue(forKey: client) }?
                .resume(returning: cancellation)
        case .resourcing(let client, let answer):
            state.withLock { $0.resourcings.removeValue(forKey: client) }?
                .resume(returning: answer)
        case .availability(let client, let sites):
            state.withLock { $0.surveys.removeValue(forKey: client) }?.resume(returning: sites)
        case .quote(let client, let answer):
            state.withLock { $0.quotes.removeValue(forKey: client) }?.resume(returning: answer)
        }
    }

    /// Answers everyone that the coordinator is stopping, now and later.
    func close() {
        let left = state.withLock { state in
            let left = state
            state = State()
            state.count = left.count
            state.isClosed = true
            return left
        }
        for one in left.submissions.values { one.resume(returning: Self.closedSubmission) }
        for one in left.cancellations.values { one.resume(returning: Self.closedCancellation) }
        for one in left.resourcings.values { one.resume(returning: Self.closedResourcing) }
        for one in left.surveys.values { one.resume(returning: []) }
        for one in left.quotes.values { one.resume(returning: Self.closedQuote) }
    }
}
