import AllocationModel
import ArgumentParser
import Foundation
import Glibc
import SiteConsole

/// What every command takes: which site is meant.
struct SiteOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The agent's configuration.",
            discussion: "Default: HOLDFAST_AGENT_CONFIG, or ./agent.yaml.",
            valueName: "file"
        )
    )
    var config: String?

    private static var fromEnvironment: String? {
        ProcessInfo.processInfo.environment["HOLDFAST_AGENT_CONFIG"]
            .flatMap {
                $0.isEmpty ? nil : $0
            }
    }

    /// The file that is meant, whether or not it is there.
    var path: String { config ?? Self.fromEnvironment ?? "agent.yaml" }

    func load() async throws -> AgentConfiguration {
        try await AgentConfiguration.load(
            from: path,
            isChosen: config != nil || Self.fromEnvironment != nil
        )
    }

    /// Sends commands to the site that is meant, and lets it go afterwards.
    func withSite<Value>(
        _ work: (SiteConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await SiteConnection.open(load())
        do {
            let value = try await work(connection)
            try await connection.close()
            return value
        } catch {
            // The first failure counts.
            try? await connection.close()
            throw error
        }
    }
}

/// What every listing takes.
struct ListingOptions: ParsableArguments {
    @Flag(name: .long, help: "Write JSON instead of a table.")
    var json = false

    /// Writes the data: JSON for a program, or a table for a person.
    func show(_ data: some Encodable, _ table: () -> Table, ifEmpty words: String) throws {
        if json {
            Terminal.show(String(decoding: try SiteJSON.bytes(of: data), as: UTF8.self))
            return
        }
        let table = table()
        if table.isEmpty { Terminal.say(words) } else { Terminal.show(table.text) }
    }
}

/// Who gives commands, for the journal: the login, cut to what the journal takes.
enum Login {
    static var name: String {
        let environment = ProcessInfo.processInfo.environment
        let name = environment["USER"] ?? environment["LOGNAME"] ?? ""
        return name.isEmpty ? "uid \(getuid())" : String(name.prefix(64))
    }
}
