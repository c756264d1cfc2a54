package import AllocationModel
package import AsyncHTTPClient
internal import Foundation
package import Freight
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Asks a live rater over HTTP for the prices of packages, and gives up in time.
///
/// Whatever the other side does - nothing, noise, too much, half of it - the answer is a
/// value and comes within the time given. After failures in a row it is left alone for a
/// while. What it says of a package is believed for some minutes. The key is in
/// the request's header and nowhere else.
package final class LiveRater: Sendable {
    /// What the site's configuration says of the rater.
    package struct Settings: Sendable {
        package let url: String
        package let key: String
        package let adapter: EasyPostRates
        /// The most that a bid waits for it.
        package let timeout: Duration
        /// Calls that fail in a row before it is left alone.
        package let failures: Int
        /// For how long it is.
        package let pause: Duration
        /// For how long a price is believed.
        package let kept: Duration

        package init(
            url: String,
            key: String,
            adapter: EasyPostRates,
            timeout: Duration = .milliseconds(800),
            failures: Int = 3,
            pause: Duration = .seconds(30),
            kept: Duration = .seconds(600)
        ) {
            self.url = url
            self.key = key
            self.adapter = adapter
            self.timeout = timeout
            self.failures = failures
            self.pause = pause
            self.kept = kept
        }
    }

    /// What has come of asking since the start.
    package struct Counters: Hashable, Sendable {
        /// Requests that were sent.
        package var calls = 0
        /// Of those, answers with prices.
        package var priced = 0
        /// Packages whose price was known from before.
        package var known = 0
        /// Calls without a price, by why.
        package var failed: [RaterFailure: Int] = [:]
        /// Times that the rater was found failing, and was left alone.
        package var opened = 0
    }

    private let settings: Settings
    private let client: HTTPClient
    private let logger: Logger
    private let start: ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var breaker: CircuitBreaker
        var cache: RateCache
        var counters = Counters()
    }

    /// - Parameters:
    ///   - settings: What is asked, where, and how patiently.
    ///   - client: Whoever makes it shuts it down; `makeClient` makes one that fits.
    ///   - logger: Told when the rater fails and when it is back.
    package init(_ settings: Settings, client: HTTPClient, logger: Logger) {
        self.settings = settings
        self.client = client
        self.logger = logger
        start = .now
        state = Mutex(
            State(
                breaker: CircuitBreaker(failures: settings.failures, pause: settings.pause),
                cache: RateCache(age: settings.kept)
            )
        )
    }

    /// Returns a client that tells nobody else the key, and does not try again by itself.
    package static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            Limits.raterCallsMaximum
        return HTTPClient(configuration: configuration)
    }

    /// The codes of the site's cards that it prices.
    package var services: Set<String> { Set(settings.adapter.services.keys) }
    /// The most that a bid waits for it.
    package var timeout: Duration { settings.timeout }
    /// Where it is, without a query: for people to read.
    package var place: String { String(settings.url.prefix { $0 != "?" }) }
    package var counters: Counters { state.withLock { $0.counters } }
    /// Whether it is left alone for now.
    package var isSuspended: Bool { state.withLock { !$0.breaker.isClosed } }

    private var uptime: Duration { ContinuousClock.now - start }

    /// Returns what it has said of a package, without asking it.
    package func known(_ package: RatedPackage) -> PackageAnswer {
        let now = uptime
        return state.withLock { state in
            guard let prices = state.cache.prices(of: package, at: now) else {
                return .failure(state.breaker.isClosed ? .notAsked : .suspended)
            }
            return .success(prices)
        }
    }

    private enum Event: Sendable {
        case answered(RatedPackage, PackageAnswer)
        case timeIsUp
    }

    /// Asks for the prices of packages, some at once, and returns what came within `patience`.
    ///
    /// - Returns: An answer for each package that is asked about, be it why there is none.
    package func ask(
        _ packages: [RatedPackage],
        within patience: Duration
    ) async -> [RatedPackage: PackageAnswer] {
        var answers: [RatedPackage: PackageAnswer] = [:]
        var waiting = known(packages, into: &answers)[...]
        guard !waiting.isEmpty else { return answers }
        let patience = min(patience, settings.timeout)
        guard patience > .zero else {
            for package in waiting { answers[package] = .failure(.late) }
            return answers
        }
        await withTaskGroup(of: Event.self) { group in
            group.addTask {
                try? await Task.sleep(for: patience)
                return .timeIsUp
            }
            var isOver = false
            var asked = 0
            func askNext() {
                guard !isOver, let next = waiting.popFirst() else { return }
                asked += 1
                group.addTask { .answered(next, await self.call(for: next, within: patience)) }
            }
            for _ in 0..<Limits.raterCallsMaximum { askNext() }
            while asked > 0, let event = await group.next() {
                switch event {
                case .answered(let package, let answer):
                    answers[package] = answer
                    asked -= 1
                    askNext()
                case .timeIsUp:
                    isOver = true
                    group.cancelAll()
                }
            }
            group.cancelAll()
        }
        for package in waiting { answers[package] = .failure(.late) }
        return answers
    }

    /// Fills in what need not be asked, and returns the rest, each once.
    private func known(
        _ packages: [RatedPackage],
        into answers: inout [RatedPackage: PackageAnswer]
    ) -> [RatedPackage] {
        let now = uptime
        return state.withLock { state in
            var waiting: [RatedPackage] = []
            var seen: Set<RatedPackage> = []
            for package in packages where seen.insert(package).inserted {
                if let prices = state.cache.prices(of: package, at: now) {
                    answers[package] = .success(prices)
                    state.counters.known += 1
                } else {
                    waiting.append(package)
                }
            }
            return waiting
        }
    }

    /// One request, within the time left and by the breaker's leave.
    private func call(for package: RatedPackage, within patience: Duration) async -> PackageAnswer {
        let asked = uptime
        let leave = state.withLock { state in
            let leave = state.breaker.leave(at: asked)
            if leave != nil { state.counters.calls += 1 }
            return leave
        }
        guard let leave else { return .failure(.suspended) }
        let (answer, isAlive) = await exchange(package, within: patience)
        note(answer, isAlive: isAlive, of: package, leave)
        return answer
    }

    private func note(
        _ answer: PackageAnswer,
        isAlive: Bool,
        of package: RatedPackage,
        _ leave: CircuitBreaker.Leave
    ) {
        let now = uptime
        let change = state.withLock { state in
            switch answer {
            case .success(let prices):
                state.counters.priced += 1
                state.cache.keep(prices, of: package, at: now)
            case .failure(let failure):
                state.counters.failed[failure, default: 0] += 1
            }
            let change = state.breaker.note(isSuccess: isAlive, for: leave, at: now)
            if change == .opened { state.counters.opened += 1 }
            return change
        }
        switch (change, answer) {
        case (.opened, .failure(let failure)):
            logger.warning(
                "the live rater \(failure.words); bids are priced by the cards",
                metadata: [
                    "rater": "\(place)", "pause": "\(settings.pause)",
                    "hint": "see ‘holdfast-agent doctor’",
                ]
            )
        case (.closed, _):
            logger.info("the live rater answers again", metadata: ["rater": "\(place)"])
        case (.opened, .success), (nil, _): break
        }
    }

    /// Sends one request, and says whether the rater did its part of it.
    private func exchange(
        _ package: RatedPackage,
        within patience: Duration
    ) async -> (answer: PackageAnswer, isAlive: Bool) {
        var request = HTTPClientRequest(url: settings.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: "Holdfast")
        // HTTP's basic scheme, with the key as the user and no password.
        let credentials = Data("\(settings.key):".utf8).base64EncodedString()
        request.headers.add(name: "authorization", value: "Basic \(credentials)")
        request.body = .bytes(settings.adapter.body(for: package))
        do {
            let response = try await client.execute(
                request,
                timeout: .nanoseconds(Int64(patience / .nanoseconds(1)))
            )
            let status = Int(response.status.code)
            guard (200..<300).contains(status) else {
                // A fault in what was asked (a ZIP code that is none) is not the rater's own.
                let isOurs = (400..<500).contains(status) && ![401, 403, 408, 429].contains(status)
                return (.failure(.refused), isOurs)
            }
            let body = try await response.body.collect(upTo: Limits.raterAnswerBytesMaximum)
            let answer = settings.adapter.prices(in: Array(body.readableBytesView))
            if case .failure = answer { return (answer, false) }
            return (answer, true)
        } catch is NIOTooManyBytesError {
            return (.failure(.malformed), false)
        } catch let error as HTTPParserError {
            return (.failure(error == .invalidEOFState ? .unreachable : .malformed), false)
        } catch let error as HTTPClientError where Self.isLate(error) {
            return (.failure(.late), false)
        } catch {
            return (.failure(Task.isCancelled ? .late : .unreachable), false)
        }
    }

    private static func isLate(_ error: HTTPClientError) -> Bool {
        [
            .deadlineExceeded, .connectTimeout, .readTimeout, .tlsHandshakeTimeout, .cancelled,
            .getConnectionFromPoolTimeout,
        ]
        .contains(error)
    }

    /// Asks for the price of one light package within the site's own town, past the breaker.
    ///
    /// For whoever looks whether the rater answers: it changes nothing of what bids do.
    package func probe(
        from place: RatedPackage.Place
    ) async -> (answer: PackageAnswer, took: Duration) {
        let begin = uptime
        let package = RatedPackage(
            origin: place,
            destination: place,
            isResidential: false,
            pounds: 1
        )
        let answer = await withTaskGroup(of: PackageAnswer?.self) { group in
            group.addTask { await self.exchange(package, within: self.settings.timeout).answer }
            group.addTask {
                try? await Task.sleep(for: self.settings.timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failure(.late)
        }
        return (answer, uptime - begin)
    }
}
