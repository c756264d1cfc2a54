import AllocationModel
import AsyncHTTPClient
import Foundation
import Freight
import LiveRating
import Logging
import RaterStub
import Synchronization
import Testing

/// A real client against a real socket.
@Suite(.serialized)
struct `Live rater` {
    private static let key = "EZTKsecret0123456789"

    private func package(_ pounds: Int, to postalCode: String = "75001") -> RatedPackage {
        RatedPackage(
            origin: RatedPackage.Place(country: .us, postalCode: "75201"),
            destination: RatedPackage.Place(country: .us, postalCode: postalCode),
            isResidential: false,
            pounds: pounds
        )
    }

    private func settings(
        _ url: String,
        timeout: Duration = .seconds(5),
        failures: Int = 3,
        pause: Duration = .seconds(60),
        kept: Duration = .seconds(60)
    ) throws -> LiveRater.Settings {
        LiveRater.Settings(
            url: url,
            key: Self.key,
            adapter: EasyPostRates(
                services: ["ups-ground": try EasyPostRates.Service(parsing: "UPS/Ground")]
            ),
            timeout: timeout,
            failures: failures,
            pause: pause,
            kept: kept
        )
    }

    /// Runs `work` with a rater, and returns what it logged.
    @discardableResult
    private func withRater(
        _ settings: LiveRater.Settings,
        _ work: (LiveRater) async throws -> Void
    ) async throws -> [String] {
        let client = LiveRater.makeClient()
        let lines = Lines()
        let rater = LiveRater(
            settings,
            client: client,
            logger: Logger(label: "test") { _ in lines }
        )
        do {
            try await work(rater)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return lines.all
    }

    private func cents(_ answer: PackageAnswer?) -> Result<Int64, RaterFailure>? {
        answer?
            .flatMap { prices in
                prices["ups-ground"]?.map(\.minorUnits) ?? .failure(.notOffered)
            }
    }

    @Test func `asks once for each weight, with the key, and believes the answer`() async throws {
        let stub = try await RaterStub(.prices(base: 500, perPound: 10))
        let lines = try await withRater(settings(stub.url)) { rater in
            let packages = [package(1), package(7), package(150), package(7)]
            let answers = await rater.ask(packages, within: .seconds(5))

            #expect(answers.count == 3)
            #expect(cents(answers[package(1)]) == .success(510))
            #expect(cents(answers[package(7)]) == .success(570))
            #expect(cents(answers[package(150)]) == .success(2000))
            #expect(stub.requests.count == 3)
            let credentials = Data("\(Self.key):".utf8).base64EncodedString()
            for request in stub.requests {
                #expect(request.hasPrefix("POST /beta/rates HTTP/1.1\r\n"), "\(request)")
                #expect(request.contains("authorization: Basic \(credentials)"), "\(request)")
            }
            _ = await rater.ask(packages + [package(2)], within: .seconds(5))
            #expect(stub.requests.count == 4)
            #expect(cents(rater.known(package(7))) == .success(570))
            #expect(cents(rater.known(package(3))) == .failure(.notAsked))
            #expect(rater.counters.known == 3)
        }
        #expect(lines.isEmpty, "\(lines)")
        try await stub.close()
    }

    @Test func `asks for many more weights than it asks for at once`() async throws {
        let stub = try await RaterStub(.prices(base: 500, perPound: 10))
        try await withRater(settings(stub.url)) { rater in
            let answers = await rater.ask((1...100).map { package($0) }, within: .seconds(20))
            for pounds in 1...100 {
                let price = Int64(500 + 10 * pounds)
                #expect(cents(answers[package(pounds)]) == .success(price))
            }
        }
        try await stub.close()
    }

    /// What the other side does, and what that is called.
    private static let faults: [(RaterStub.Behaviour, RaterFailure)] = [
        (.stalls, .late), (.hangsMidway, .late), (.breaksOff, .unreachable),
        (.closes, .unreachable), (.floods, .malformed),
        (.raw("complete nonsense\r\n\r\n"), .malformed),
        (.raw("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"), .malformed),
        (.body("<html>Bad gateway</html>"), .malformed), (.body(""), .malformed),
        (.body("{}", status: 500), .refused), (.body("{}", status: 401), .refused),
        (.body("{}", status: 422), .refused), (.body("{}", status: 302), .refused),
        (.body(RaterStub.answer("9.00", service: "2ndDayAir")), .notOffered),
        (.body(RaterStub.answer("0.00")), .absurd),
    ]

    @Test func `calls every misbehaviour by its name, in time, and does not wait for it again`()
        async throws
    {
        for (behaviour, failure) in Self.faults {
            let stub = try await RaterStub(behaviour)
            let isItsFault =
                ![.notOffered, .absurd].contains(failure)
                && behaviour != .body("{}", status: 422)
            // Long where an answer comes: a busy machine is not what is to be called by its name.
            let timeout: Duration = failure == .late ? .milliseconds(300) : .seconds(4)
            let lines = try await withRater(
                settings(stub.url, timeout: timeout, failures: 1)
            ) { rater in
                let begin = ContinuousClock.now
                let answers = await rater.ask([package(1)], within: .seconds(5))
                #expect(cents(answers[package(1)]) == .failure(failure), "\(behaviour)")
                // Far beyond what it takes: only that it ends is claimed.
                #expect(ContinuousClock.now - begin < .seconds(5), "\(behaviour)")

                let again = await rater.ask([package(2)], within: .seconds(5))
                let expected = isItsFault ? RaterFailure.suspended : failure
                #expect(cents(again[package(2)]) == .failure(expected), "\(behaviour)")
                #expect(rater.isSuspended == isItsFault, "\(behaviour)")
            }
            #expect(lines.count == (isItsFault ? 1 : 0), "\(behaviour) \(lines)")
            #expect(lines.allSatisfy { !$0.contains(Self.key) })
            if behaviour == .floods {
                // What the kernel's buffers hold beyond the limit, and no more.
                #expect(stub.flooded < 64_000_000)
            }
            try await stub.close()
        }
    }

    @Test func `asks nobody where nobody listens, and is back when somebody does`() async throws {
        let gone = try await RaterStub(.stalls)
        let url = gone.url
        try await gone.close()
        let lines = try await withRater(
            settings(url, failures: 2, pause: .milliseconds(50))
        ) { rater in
            let packages = (1...6).map { package($0) }
            let answers = await rater.ask(packages, within: .seconds(5))
            for package in packages {
                let found = cents(answers[package])
                #expect([.failure(.unreachable), .failure(.suspended)].contains(found))
            }
            #expect(rater.counters.opened == 1)
        }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("could not be reached") == true, "\(lines)")
    }

    @Test func `tries one call after the pause, and goes on where that is answered`() async throws {
        let stub = try await RaterStub(.body("{}", status: 503))
        let lines = try await withRater(
            settings(stub.url, failures: 1, pause: .seconds(2))
        ) { rater in
            _ = await rater.ask([package(1)], within: .seconds(5))
            stub.behave(.prices(base: 500, perPound: 10))
            let before = stub.requests.count
            let left = await rater.ask([package(1)], within: .seconds(5))
            #expect(cents(left[package(1)]) == .failure(.suspended))
            #expect(stub.requests.count == before)

            try await Task.sleep(for: .milliseconds(2_050))
            let probe = await rater.ask([package(1)], within: .seconds(5))
            #expect(cents(probe[package(1)]) == .success(510))
            #expect(!rater.isSuspended)
        }
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.last?.hasPrefix("info: the live rater answers again") == true)
        try await stub.close()
    }

    @Test func `follows nobody elsewhere with the key`() async throws {
        let other = try await RaterStub(.prices(base: 1, perPound: 1))
        let stub = try await RaterStub(
            .raw("HTTP/1.1 307 Elsewhere\r\nlocation: \(other.url)\r\ncontent-length: 0\r\n\r\n")
        )
        try await withRater(settings(stub.url)) { rater in
            let answers = await rater.ask([package(1)], within: .seconds(5))
            #expect(cents(answers[package(1)]) == .failure(.refused))
        }
        #expect(other.requests.isEmpty)
        try await stub.close()
        try await other.close()
    }

    @Test func `asks nothing where no time is left`() async throws {
        let stub = try await RaterStub(.prices(base: 500, perPound: 10))
        try await withRater(settings(stub.url)) { rater in
            let answers = await rater.ask([package(1)], within: .milliseconds(-3))
            #expect(cents(answers[package(1)]) == .failure(.late))
            #expect(!rater.isSuspended)
        }
        #expect(stub.requests.isEmpty)
        try await stub.close()
    }
}

/// What was logged, with its metadata.
private final class Lines: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func log(event: LogEvent) {
        let words = event.metadata.map { " \($0)" } ?? ""
        lines.withLock { $0.append("\(event.level): \(event.message)\(words)") }
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
}
