import AllocationModel
import Configuration
import Foundation
import LogLines
import Logging
import SiteConsole

/// What the agent is told by its file and by `HOLDFAST_AGENT_` variables, which come first.
///
/// Paths are relative to the file's directory, so that a command means the same
/// wherever it is given.
struct AgentConfiguration: Sendable {
    let database: String
    let socket: SocketPath
    let office: Office
    let httpHost: String
    /// Zero for none.
    let httpPort: Int
    /// Where stock files are put to be imported; nil where nowhere.
    let drop: DropFolder.Settings?
    let logLevel: Logger.Level
    let logFormat: LogLines.Format
    /// Nil where cards alone price.
    let rater: RaterConfiguration?
    private let token: String?
    private let tokenFile: String?
    private let identityFile: String?

    /// Where the coordinator is.
    enum Office: Sendable, CustomStringConvertible {
        /// On this machine, or on a network where nobody listens.
        case plain(url: String)
        /// Behind its front door, under TLS.
        case door(host: String, port: Int)

        var description: String {
            switch self {
            case .plain(let url): url
            case .door(let host, let port):
                "tls://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            }
        }
    }

    /// Reads the YAML file at `path`, which must be there where a person chose it by name.
    ///
    /// - Throws: `Failure` naming the key, what is wrong with it and the remedy.
    static func load(from path: String, isChosen: Bool) async throws -> AgentConfiguration {
        let exists = FileManager.default.fileExists(atPath: path)
        guard exists || !isChosen else { throw missing(path) }
        do {
            let place: [AbsoluteConfigKey: ConfigValue] = [
                "filePath": ConfigValue(stringLiteral: path), "allowMissing": true,
            ]
            let file = try await FileProvider<YAMLSnapshot>(
                config: ConfigReader(provider: InMemoryProvider(values: place))
            )
            let environment = EnvironmentVariablesProvider()
                .prefixKeys(with: ["holdfast", "agent"])
            return try AgentConfiguration(
                Fields(
                    reader: ConfigReader(providers: [environment, file]),
                    file: exists ? path : nil,
                    directory: URL(fileURLWithPath: path).deletingLastPathComponent().path
                )
            )
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .configuration,
                "\(path) cannot be read: \(error)",
                hint: "see that it is YAML, with names and colons: ‘database: DAL.holdfast’"
            )
        }
    }

    private init(_ fields: Fields) throws {
        guard let database = fields.path("database") else {
            throw fields.file.map {
                Failure(
                    .configuration,
                    "‘database’ is missing in \($0)",
                    hint: "give the path of the site's ledger: ‘database: DAL.holdfast’"
                )
            } ?? Self.missing("agent.yaml")
        }
        self.database = database
        do throws(ParseError) {
            if let path = fields.path("socket") {
                socket = try SocketPath(path)
            } else {
                socket = try SocketPath(besideDatabase: database)
            }
        } catch {
            throw Failure(.configuration, error)
        }
        office = try fields.office("coordinator.url") ?? .plain(url: "ws://127.0.0.1:8470")
        token = fields.text("coordinator.token")
        tokenFile = fields.path("coordinator.tokenFile")
        identityFile = fields.path("coordinator.identityFile")
        rater = try RaterConfiguration(fields)
        httpHost = fields.text("http.host") ?? "127.0.0.1"
        httpPort = try fields.port("http.port") ?? 8490
        drop = try fields.path("drop.folder")
            .map { path in
                DropFolder.Settings(
                    path: path,
                    isSnapshot: try fields.truth("drop.snapshot") ?? false,
                    stillness: .seconds(try fields.seconds("drop.stillSeconds") ?? 5)
                )
            }
        logLevel = try fields.choice("log.level", of: Logger.Level.allCases) ?? .info
        logFormat =
            try fields.choice("log.format", of: LogLines.Format.allCases)
            ?? (Terminal.errorIsTerminal ? .text : .json)
    }

    /// What the agent shows the coordinator, from the configuration or from a file that holds it alone.
    func coordinatorToken() throws -> String {
        if let token { return token }
        guard let tokenFile else {
            throw Failure(
                .configuration,
                "‘coordinator.tokenFile’ is missing",
                hint: "save the token that the office's configuration has for this warehouse in a"
                    + " file, and give the file's path"
            )
        }
        let text: String
        do {
            text = try String(contentsOfFile: tokenFile, encoding: .utf8)
        } catch {
            throw Failure(
                .configuration,
                "‘coordinator.tokenFile’ names \(tokenFile), which cannot be read",
                hint: "save the token there, readable by the agent's user"
            )
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else {
            throw Failure(
                .configuration,
                "‘coordinator.tokenFile’ names \(tokenFile), which is empty",
                hint: "save the token that the office has for this warehouse there"
            )
        }
        return token
    }

    /// The file with the site's certificate, which an office behind a front door wants.
    func identityPath() throws -> String {
        guard let identityFile else {
            throw Failure(
                .configuration,
                "‘coordinator.identityFile’ is missing",
                hint: "save the identity.pem that the office made for this warehouse, and give its"
                    + " path"
            )
        }
        return identityFile
    }

    private static func missing(_ path: String) -> Failure {
        Failure(
            .configuration,
            "there is no configuration at \(path)",
            hint: "run ‘holdfast-agent init’, or name another file with --config"
        )
    }
}

/// The configuration's values by name: every one a text until it has been parsed.
struct Fields {
    let reader: ConfigReader
    /// Nil where there is none and the environment says it all.
    let file: String?
    let directory: String

    func text(_ name: String) -> String? {
        let isSecret = name.hasSuffix("token") || name.hasSuffix("apiKey")
        let text = reader.string(forKey: ConfigKey(name), isSecret: isSecret)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    func path(_ name: String) -> String? {
        text(name).map { URL(fileURLWithPath: $0, relativeTo: base).standardizedFileURL.path }
    }

    func port(_ name: String) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’, which is no port",
                hint: "write a number up to 65535, or 0 for no HTTP"
            )
        }
        return port
    }

    func truth(_ name: String) throws -> Bool? {
        switch text(name)?.lowercased() {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let text?:
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’",
                hint: "write true or false"
            )
        }
    }

    func seconds(_ name: String) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let seconds = Int(text), (1...3600).contains(seconds) else {
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’",
                hint: "write a number of seconds from 1 to 3600"
            )
        }
        return seconds
    }

    func office(_ name: String) throws -> AgentConfiguration.Office? {
        guard let text = text(name) else { return nil }
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            let port = parts.port, parts.path.isEmpty || parts.path == "/",
            parts.scheme == "ws" || parts.scheme == "tls"
        else {
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’, which is no address of a coordinator",
                hint: "write it as the office gave it, such as tls://office.example:8471"
            )
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if parts.scheme == "tls" { return .door(host: bare, port: port) }
        let isHere = ["127.0.0.1", "localhost", "::1"].contains(bare)
        guard isHere || reader.bool(forKey: "coordinator.allowPlain") == true else {
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’, which is not encrypted and leaves this machine",
                hint: "let the office enrol this site and dial its front door, as"
                    + " tls://office.example:8471; or, on a network where nobody listens, say"
                    + " ‘allowPlain: true’ beside it"
            )
        }
        return .plain(url: text.hasSuffix("/") ? String(text.dropLast()) : text)
    }

    func choice<Choice: RawRepresentable<String>>(
        _ name: String,
        of choices: [Choice]
    ) throws -> Choice? {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            let words = choices.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .configuration,
                "‘\(name)’ is ‘\(text)’",
                hint: "write one of \(words)"
            )
        }
        return choice
    }

    private var base: URL { URL(fileURLWithPath: directory, isDirectory: true) }
}
