import AllocationModel
import AllocationProtocol
import Configuration
import Foundation
import LogLines
import Logging
import OrderDesk
import SystemPackage

/// What `coordinator.yaml` says, checked.
struct CoordinatorSettings: Sendable {
    let name: Coordinator.ID
    let database: String
    let httpHost: String
    let httpPort: Int
    /// Where agents connect, without a path: `ws://127.0.0.1:8470`.
    let agentsURL: String
    let agents: [Agent]
    let door: DoorSettings
    let shopifySecrets: [String]
    /// Whether a checkout's question for rates is answered without a signature.
    let takesUnsignedRates: Bool
    let alerts: AlertSettings
    let logLevel: Logger.Level
    let logFormat: LogLines.Format
    let policy: SourcingPolicy
    let timing: ProtocolTiming

    /// A site that may connect.
    struct Agent: Sendable {
        let warehouse: Warehouse.ID
        /// What its path must carry where it connects without the front door; nil where it may not.
        let token: String?
    }

    /// Reads the file at `path`; the environment (`HOLDFAST_HTTP_PORT` for `http.port`) goes before it.
    ///
    /// - Throws: `SettingsFault` naming the key, what is wrong with it, and the remedy.
    static func read(_ path: String) async throws -> CoordinatorSettings {
        guard FileManager.default.fileExists(atPath: path) else {
            throw SettingsFault(
                "there is no configuration at \(path); give its path with --config"
            )
        }
        let file: FileProvider<YAMLSnapshot>
        do {
            file = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch {
            throw SettingsFault("\(path) is not YAML that can be read: \(error)")
        }
        let environment = ProcessInfo.processInfo.environment.filter {
            $0.key.hasPrefix("HOLDFAST_")
        }
        let reader = ConfigReader(providers: [
            KeyMappingProvider(
                upstream: EnvironmentVariablesProvider(environmentVariables: environment)
            ) { key in AbsoluteConfigKey(["holdfast"] + key.components, context: key.context) },
            file,
        ])
        return try CoordinatorSettings(
            reader,
            folder: URL(fileURLWithPath: path).deletingLastPathComponent()
        )
    }

    private init(_ reader: ConfigReader, folder: URL) throws {
        let keys = KeyReader(reader: reader, folder: folder)
        name = try keys.parsed("name", default: "main") { try Coordinator.ID(parsing: $0) }
        database = try keys.path("database", default: "coordinator.sqlite")
        httpHost = keys.string("http.host", default: "127.0.0.1")
        httpPort = try keys.int("http.port", default: 8480, in: 0...65_535)
        agentsURL = try Self.plain(
            keys.string("agents.listen", default: "ws://127.0.0.1:8470"),
            mayLeaveMachine: keys.flag("agents.allowPlain")
        )
        door = try DoorSettings(keys)
        agents = try Self.agents(keys, hasDoor: door.listen != nil)
        shopifySecrets = try keys.secrets("shopify.secret")
        takesUnsignedRates = keys.flag("shopify.unsignedRates")
        alerts = try AlertSettings(keys)
        logLevel = try keys.word("log.level", default: .info)
        logFormat = try keys.word("log.format", default: .text)
        let warehousesMaximum = try keys.int("policy.warehousesMaximum", default: 0, in: 0...200)
        policy = SourcingPolicy(
            warehousesMaximum: warehousesMaximum == 0 ? nil : warehousesMaximum,
            nodesMaximum: try keys.int(
                "solver.nodes",
                default: SourcingPolicy.nodesDefault,
                in: 1...10_000_000
            )
        )
        var timing = ProtocolTiming.local
        timing.bidDeadline = .milliseconds(
            try keys.int("timing.bidDeadlineMilliseconds", default: 500, in: 10...60_000)
        )
        timing.voteDeadline = .milliseconds(
            try keys.int("timing.voteDeadlineMilliseconds", default: 2000, in: 10...60_000)
        )
        let followUps = try keys.int(
            "timing.followUpMilliseconds",
            default: 2000,
            in: 0...3_600_000
        )
        timing.followUps = followUps == 0 ? nil : .milliseconds(followUps)
        let missedCutoffs = try keys.int(
            "timing.missedCutoffMilliseconds",
            default: 3_600_000,
            in: 0...604_800_000
        )
        timing.missedCutoffs = missedCutoffs == 0 ? nil : .milliseconds(missedCutoffs)
        self.timing = timing
    }

    private static func agents(_ keys: KeyReader, hasDoor: Bool) throws -> [Agent] {
        let names = try keys.strings("agents.warehouses")
        guard !names.isEmpty else {
            throw SettingsFault(
                "agents.warehouses is missing; list the sites, such as [DAL, RNO]"
            )
        }
        guard names.count <= Limits.warehousesMaximum else {
            throw SettingsFault(
                "agents.warehouses has \(names.count) sites; "
                    + "at most \(Limits.warehousesMaximum) are allowed"
            )
        }
        guard Set(names).count == names.count else {
            throw SettingsFault("agents.warehouses names a site twice; remove one")
        }
        return try names.map { name in
            do {
                let warehouse = try Warehouse.ID(parsing: name)
                let token = try keys.secrets("agents.tokens.\(name)").first
                if token == nil, hasDoor { return Agent(warehouse: warehouse, token: nil) }
                guard let token, isToken(token) else {
                    throw SettingsFault(
                        "agents.tokens.\(name) is missing or not 16 to 128 letters, digits, - and _; "
                            + "make one with: openssl rand -hex 24; or let sites in through a "
                            + "front door: door.listen"
                    )
                }
                return Agent(warehouse: warehouse, token: token)
            } catch let error as ParseError {
                throw SettingsFault("agents.warehouses: \(error)")
            }
        }
    }

    /// A token becomes part of a URL's path.
    private static func isToken(_ text: String) -> Bool {
        (16...128).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || $0 == 45 || $0 == 95
            }
    }

    private static func plain(_ url: String, mayLeaveMachine: Bool) throws -> String {
        guard let parts = URLComponents(string: url), parts.scheme == "ws", let host = parts.host,
            parts.port != nil, parts.path.isEmpty || parts.path == "/"
        else {
            throw SettingsFault(
                "agents.listen is ‘\(url)’; give ws://127.0.0.1 and a port, without a path"
            )
        }
        guard mayLeaveMachine || ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else {
            throw SettingsFault(
                "agents.listen is ‘\(url)’, which other machines can reach, and it is not "
                    + "encrypted; let sites in through a front door (door.listen), or, on a network "
                    + "where nobody listens, say agents.allowPlain: true"
            )
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}

/// What `door` says: where sites connect across networks, under TLS.
struct DoorSettings: Sendable {
    /// A host and a port, as `office.example:8471` or `[::1]:8471`.
    struct Address: Sendable, CustomStringConvertible {
        let host: String
        let port: Int

        var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"),
                let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
            else { return nil }
            var host = text[..<colon]
            if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty else { return nil }
            self.host = String(host)
            self.port = port
        }
    }

    /// Where the front door listens; nil for none.
    let listen: Address?
    /// Where sites dial it.
    let address: Address?
    let identity: IdentityFolder

    init(_ keys: KeyReader) throws {
        listen = try Self.address(keys, "door.listen", such: "0.0.0.0:8471")
        address = try Self.address(keys, "door.address", such: "office.example:8471")
        identity = IdentityFolder(
            url: URL(fileURLWithPath: try keys.path("door.identity", default: "identity"))
        )
    }

    private static func address(
        _ keys: KeyReader,
        _ key: ConfigKey,
        such example: String
    ) throws -> Address? {
        let text = keys.string(key, default: "")
        guard !text.isEmpty else { return nil }
        guard let address = Address(text) else {
            throw SettingsFault("\(key) is ‘\(text)’; write a host and a port, as \(example)")
        }
        return address
    }
}

/// What is wrong with a configuration, and what to do.
struct SettingsFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Reads keys, and says which one is at fault.
struct KeyReader {
    let reader: ConfigReader
    /// Relative paths are the configuration's, not the shell's.
    let folder: URL

    func string(_ key: ConfigKey, default fallback: String) -> String {
        reader.string(forKey: key) ?? fallback
    }

    func flag(_ key: ConfigKey) -> Bool {
        reader.bool(forKey: key) ?? false
    }

    func strings(_ key: ConfigKey) throws -> [String] {
        reader.stringArray(forKey: key) ?? []
    }

    func int(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = reader.string(forKey: ConfigKey(key)) else {
            let value = reader.int(forKey: ConfigKey(key)) ?? fallback
            return try check(value, key, range)
        }
        guard let value = Int(text) else {
            throw SettingsFault("\(key) is ‘\(text)’; give a whole number")
        }
        return try check(value, key, range)
    }

    private func check(_ value: Int, _ key: String, _ range: ClosedRange<Int>) throws -> Int {
        guard range.contains(value) else {
            throw SettingsFault(
                "\(key) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    func word<Value: RawRepresentable & CaseIterable>(
        _ key: String,
        default fallback: Value
    ) throws -> Value where Value.RawValue == String {
        guard let text = reader.string(forKey: ConfigKey(key)) else { return fallback }
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsFault("\(key) is ‘\(text)’; write one of \(words)")
        }
        return value
    }

    func parsed<Value>(
        _ key: String,
        default fallback: String,
        _ parse: (String) throws -> Value
    ) throws -> Value {
        do {
            return try parse(reader.string(forKey: ConfigKey(key)) ?? fallback)
        } catch {
            throw SettingsFault("\(key): \(error)")
        }
    }

    func path(_ key: String, default fallback: String) throws -> String {
        let text = reader.string(forKey: ConfigKey(key)) ?? fallback
        return URL(fileURLWithPath: text, relativeTo: folder).standardizedFileURL.path
    }

    /// The secrets under `key`, or one to a line in the file that `keyFile` names.
    func secrets(_ key: String) throws -> [String] {
        if let secret = reader.string(forKey: ConfigKey(key), isSecret: true) { return [secret] }
        guard let text = reader.string(forKey: ConfigKey(key + "File")) else { return [] }
        let path = URL(fileURLWithPath: text, relativeTo: folder).path
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsFault("\(key)File names \(path), which cannot be read")
        }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
