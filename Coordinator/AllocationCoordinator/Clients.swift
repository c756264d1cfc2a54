internal import AllocationModel
internal import OrderDesk
internal import Synchronization

/// Whoever waits for an answer of the office; each is answered once, also when it closes.
final class Clients: Sendable {
    private let state = Mutex(State())

    private struct State {
        var count: Office.ClientID = 0
        var submissions: [Office.ClientID: CheckedContinuation<Submission, Never>] = [:]
        var cancellations: [Office.ClientID: CheckedContinuation<Cancellation, Never>] = [:]
        var resourcings: [Office.ClientID: CheckedContinuation<ResourcingAnswer, Never>] = [:]
        var surveys: [Office.ClientID: CheckedContinuation<[SiteAvailability], Never>] = [:]
        var quotes: [Office.ClientID: CheckedContinuation<QuoteAnswer, Never>] = [:]
        var isClosed = false
    }

    private static let closing = "the coordinator is stopping"

    func ask(_ put: (Office.ClientID) -> Void) async -> Submission {
        await withCheckedContinuation { continuation in
            let client = state.withLock { state -> Office.ClientID? in
                guard !state.isClosed else { return nil }
                state.count += 1
                state.submissions[state.count] = continuation
                return state.count
            }
            guard let client else {
                return continuation.resume(
                    returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1)
                )
            }
            put(client)
        }
    }

    func askToCancel(_ put: (Office.ClientID) -> Void) async -> Cancellation {
        await withCheckedContinuation { continuation in
            let client = state.withLock { state -> Office.ClientID? in
                guard !state.isClosed else { return nil }
                state.count += 1
                state.cancellations[state.count] = continuation
                return state.count
            }
            guard let client else {
                return continuation.resume(
                    returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1)
                )
            }
            put(client)
        }
    }

    func askToResource(_ put: (Office.ClientID) -> Void) async -> ResourcingAnswer {
        await withCheckedContinuation { continuation in
            let client = state.withLock { state -> Office.ClientID? in
                guard !state.isClosed else { return nil }
                state.count += 1
                state.resourcings[state.count] = continuation
                return state.count
            }
            guard let client else {
                return continuation.resume(
                    returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1)
                )
            }
            put(client)
        }
    }

    func askForAvailability(_ put: (Office.ClientID) -> Void) async -> [SiteAvailability] {
        await withCheckedContinuation { continuation in
            let client = state.withLock { state -> Office.ClientID? in
                guard !state.isClosed else { return nil }
                state.count += 1
                state.surveys[state.count] = continuation
                return state.count
            }
            guard let client else { return continuation.resume(returning: []) }
            put(client)
        }
    }

    func askForQuote(_ put: (Office.ClientID) -> Void) async -> QuoteAnswer {
        await withCheckedContinuation { continuation in
            let client = state.withLock { state -> Office.ClientID? in
                guard !state.isClosed else { return nil }
                state.count += 1
                state.quotes[state.count] = continuation
                return state.count
            }
            guard let client else {
                return continuation.resume(
                    returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1)
                )
            }
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
            state.isClosed = true
            defer { (state.submissions, state.cancellations, state.surveys) = ([:], [:], [:]) }
            return (state.submissions, state.cancellations, state.surveys)
        }
        let resourcings = state.withLock { state in
            defer { state.resourcings = [:] }
            return state.resourcings
        }
        for waiting in resourcings.values {
            waiting.resume(returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1))
        }
        let quotes = state.withLock { state in
            defer { state.quotes = [:] }
            return state.quotes
        }
        for waiting in quotes.values {
            waiting.resume(returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1))
        }
        for waiting in left.0.values {
            waiting.resume(returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1))
        }
        for waiting in left.1.values {
            waiting.resume(returning: .unavailable(reason: Self.closing, retryAfterSeconds: 1))
        }
        for waiting in left.2.values { waiting.resume(returning: []) }
    }
}
