import AllocationModel
import AsyncHTTPClient
import Configuration
import Foundation
import Freight
import LiveRating
import Logging

/// What `rater` in the agent's configuration says: who prices which services live.
struct RaterConfiguration: Sendable {
    let url: String
    let adapter: EasyPostRates
    let timeout: Duration
    let failures: Int
    let pause: Duration
    let kept: Duration
    private let key: String?
    private let keyFile: String?

    /// - Throws: `Failure` naming the key, what is wrong with it and the remedy.
    init?(_ fields: Fields) throws {
        guard let url = fields.text("rater.url") else {
            guard fields.list("rater.services").isEmpty else {
                throw Failure(
                    .configuration,
                    "‘rater.url’ is missing",
                    hint: "write where the rater is: url: https://api.easypost.com/beta/rates"
                )
            }
            return nil
        }
        try Self.check(url)
        self.url = url
        adapter = EasyPostRates(services: try Self.services(fields), box: try Self.box(fields))
        let defaults = LiveRater.Settings(url: "", key: "", adapter: adapter)
        timeout =
            try fields
            .number(
                "rater.timeoutMilliseconds",
                in: Limits.raterTimeoutMilliseconds
            )
            .map { .milliseconds($0) } ?? defaults.timeout
        failures =
            try fields.number("rater.failures", in: 1...100).map { Int($0) } ?? defaults.failures
        pause =
            try fields.number("rater.pauseSeconds", in: 1...86_400).map { .seconds($0) }
            ?? defaults.pause
        kept =
            try fields.number("rater.keepSeconds", in: Limits.raterKeptSeconds)
            .map { .seconds($0) } ?? defaults.kept
        key = fields.text("rater.apiKey")
        keyFile = fields.path("rater.apiKeyFile")
    }

    private static func check(_ url: String) throws {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            parts.scheme == "https" || parts.scheme == "http", parts.user == nil
        else {
            throw Failure(
                .configuration,
                "‘rater.url’ is no address of a rater",
                hint: "write it as https://api.easypost.com/beta/rates, without the key"
            )
        }
        guard parts.scheme == "https" || ["127.0.0.1", "localhost", "[::1]", "::1"].contains(host)
        else {
            throw Failure(
                .configuration,
                "‘rater.url’ is ‘\(url)’, which would send the key unencrypted",
                hint: "write it with https"
            )
        }
    }

    private static func services(_ fields: Fields) throws -> [String: EasyPostRates.Service] {
        let entries = fields.list("rater.services")
        let example = "list card and service of the rater: services: [ups-ground=UPS/Ground]"
        guard (1...Limits.raterServicesMaximum).contains(entries.count) else {
            throw Failure(
                .configuration,
                "‘rater.services’ lists \(entries.count) services, not 1 to "
                    + "\(Limits.raterServicesMaximum)",
                hint: example
            )
        }
        var services: [String: EasyPostRates.Service] = [:]
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1)
                .map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(
                    .configuration,
                    "‘rater.services’ has ‘\(entry)’",
                    hint: example
                )
            }
            guard services[parts[0]] == nil else {
                throw Failure(
                    .configuration,
                    "‘rater.services’ names ‘\(parts[0])’ twice",
                    hint: "keep one of the two"
                )
            }
            do throws(ParseError) {
                services[parts[0]] = try EasyPostRates.Service(parsing: parts[1])
            } catch {
                throw Failure(.configuration, error)
            }
        }
        return services
    }

    private static func box(_ fields: Fields) throws -> EasyPostRates.Box? {
        do throws(ParseError) {
            return try fields.text("rater.box")
                .map { text throws(ParseError) in
                    try EasyPostRates.Box(parsing: text)
                }
        } catch {
            throw Failure(.configuration, error)
        }
    }

    /// Everything that the rater is told, with its key.
    ///
    /// - Throws: `Failure` where the key cannot be had.
    func settings() throws -> LiveRater.Settings {
        LiveRater.Settings(
            url: url,
            key: try secret(),
            adapter: adapter,
            timeout: timeout,
            failures: failures,
            pause: pause,
            kept: kept
        )
    }

    private func secret() throws -> String {
        if let key { return key }
        guard let keyFile else {
            throw Failure(
                .configuration,
                "‘rater.apiKeyFile’ is missing",
                hint: "save the rater's API key in a file, and give the file's path"
            )
        }
        guard let text = try? String(contentsOfFile: keyFile, encoding: .utf8) else {
            throw Failure(
                .configuration,
                "‘rater.apiKeyFile’ names \(keyFile), which cannot be read",
                hint: "save the rater's API key there, readable by the agent's user"
            )
        }
        let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !key.isEmpty, key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw Failure(
                .configuration,
                "‘rater.apiKeyFile’ names \(keyFile), which holds no key",
                hint: "save the rater's API key there, alone on one line"
            )
        }
        return key
    }
}

extension AgentConfiguration {
    /// Runs `work` with the site's live rater, where it has one, and closes its lines afterwards.
    func withRater<Value>(
        _ logger: Logger,
        _ work: (LiveRater?) async throws -> Value
    ) async throws -> Value {
        guard let settings = try rater?.settings() else { return try await work(nil) }
        let client = LiveRater.makeClient()
        do {
            let value = try await work(LiveRater(settings, client: client, logger: logger))
            try? await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

extension Fields {
    func list(_ name: String) -> [String] {
        reader.stringArray(forKey: ConfigKey(name)) ?? []
    }

    func number(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = text(name) ?? reader.int(forKey: ConfigKey(name)).map(String.init) else {
            return nil
        }
        guard let number = Int64(text), range.contains(number) else {
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’",
                hint: "write a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}
