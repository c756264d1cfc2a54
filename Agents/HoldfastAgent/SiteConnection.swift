import AllocationModel
import AsyncHTTPClient
import Foundation
import LiveRating
import LogLines
import NIOCore
import NIOHTTP1
import SiteConsole
import StockLedger

/// The way to a site's ledger: through the agent that has it open, or to the file itself.
struct SiteConnection: Sendable {
    private enum Way: Sendable {
        case agent(HTTPClient, SocketPath)
        /// With the client of its live rater, where it has one.
        case file(SiteDesk, StockLedger, HTTPClient?)
    }

    private let way: Way

    /// Looks whether an agent listens, and opens the file where none does.
    static func open(_ configuration: AgentConfiguration) async throws -> SiteConnection {
        if configuration.socket.exists {
            let client = makeClient()
            do {
                _ = try await get(CommandRouter.probePath, configuration.socket, client)
                return SiteConnection(way: .agent(client, configuration.socket))
            } catch {
                // Left behind by an agent that was killed; the ledger's lock decides.
                try await client.shutdown()
            }
        }
        let ledger = try openLedger(configuration)
        do {
            if let settings = try configuration.rater?.settings() {
                let client = LiveRater.makeClient()
                let logger = LogLines.logger(
                    "holdfast-agent",
                    level: configuration.logLevel,
                    format: configuration.logFormat
                )
                let rater = LiveRater(settings, client: client, logger: logger)
                let desk = SiteDesk(
                    ledger: ledger,
                    rater: rater,
                    dropFolder: configuration.drop?.path
                )
                return SiteConnection(way: .file(desk, ledger, client))
            }
        } catch let failure as Failure {
            // Most commands need no prices: they go on.
            Terminal.say("the live rater is left out: \(failure.message)")
        }
        let desk = SiteDesk(ledger: ledger, dropFolder: configuration.drop?.path)
        return SiteConnection(way: .file(desk, ledger, nil))
    }

    /// Opens the ledger, and says as a failure of the command why it cannot be.
    static func openLedger(_ configuration: AgentConfiguration) throws -> StockLedger {
        guard let ledger = try openIfFree(configuration) else {
            let path = configuration.database
            throw Failure(
                .tryAgain,
                "\(path) is in use, and nobody listens at \(configuration.socket)",
                hint: "another command has it for the moment, or an agent runs with another"
                    + " ‘socket’; try again, or see ‘fuser \(path)’"
            )
        }
        return ledger
    }

    /// Opens the ledger; returns nil where another process has it.
    static func openIfFree(_ configuration: AgentConfiguration) throws -> StockLedger? {
        let path = configuration.database
        let files = FileManager.default
        if files.fileExists(atPath: path) && !files.isWritableFile(atPath: path) {
            throw Failure(
                .noPermission,
                "\(path) may not be written by \(Login.name)",
                hint: "give the command as the user that runs the agent"
            )
        }
        do {
            return try StockLedger.open(at: path)
        } catch LedgerFault.inUse {
            return nil
        } catch let fault as LedgerFault {
            throw Failure(fault)
        }
    }

    /// Whether an agent takes the commands.
    var isAgent: Bool {
        if case .agent = way { true } else { false }
    }

    /// Sends a command.
    ///
    /// - Throws: `Failure` where it was not carried out.
    func send(_ command: SiteCommand) async throws -> SiteReply {
        let reply: SiteReply
        switch way {
        case .agent(let client, let socket):
            reply = try await Self.post(command, socket, client)
        case .file(let desk, _, _):
            reply = await desk.carryOut(command, now: .now, who: Login.name)
        }
        if case .failed(let fault) = reply { throw Failure(fault) }
        return reply
    }

    func close() async throws {
        switch way {
        case .agent(let client, _): try await client.shutdown()
        case .file(_, let ledger, let client):
            try? await client?.shutdown()
            try await ledger.close()
        }
    }

    private static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        // On one machine a connection is there at once or not at all.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }

    private static func get(
        _ path: String,
        _ socket: SocketPath,
        _ client: HTTPClient
    ) async throws -> HTTPClientResponse {
        try await client.execute(
            HTTPClientRequest(url: try url(path, socket)),
            timeout: .seconds(5)
        )
    }

    private static func post(
        _ command: SiteCommand,
        _ socket: SocketPath,
        _ client: HTTPClient
    ) async throws -> SiteReply {
        var request = HTTPClientRequest(url: try url(CommandRouter.commandsPath, socket))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(try SiteJSON.bytes(of: SiteRequest(command, who: Login.name)))
        let bytes: Data
        do {
            // A large import or an audit takes minutes.
            let response = try await client.execute(request, timeout: .hours(1))
            let body = try await response.body.collect(upTo: replyBytesMaximum)
            bytes = Data(body.readableBytesView)
        } catch {
            throw Failure(
                .unavailable,
                "the agent ended before it answered: \(error)",
                hint: "it may have carried the command out; look before you repeat it"
            )
        }
        do throws(ParseError) {
            return try SiteJSON.read(SiteReply.self, from: bytes)
        } catch {
            throw Failure(
                .unavailable,
                "the agent's answer cannot be understood: \(error)",
                hint: "restart the agent after an upgrade"
            )
        }
    }

    /// A page of a thousand SKUs with their lots.
    private static let replyBytesMaximum = 67_108_864

    private static func url(_ path: String, _ socket: SocketPath) throws -> String {
        guard let url = URL(httpURLWithSocketPath: socket.path, uri: path) else {
            throw Failure(
                .configuration,
                "‘socket’ is \(socket), which cannot be connected to",
                hint: "give a path of letters and digits"
            )
        }
        return url.absoluteString
    }
}

extension SiteReply {
    /// That a command got another command's reply: only a program of another version gives one.
    var unexpected: Failure {
        Failure(
            .unavailable,
            "the agent answered something else",
            hint: "restart the agent after an upgrade"
        )
    }
}
