import AllocationModel
import Foundation
import FrontDoor
import Logging
import ServiceLifecycle

/// The way to an office behind its front door, under the site's certificate.
///
/// A certificate that is replaced in its file is taken up within a second.
struct OfficeTunnel: Service {
    let port: Int
    /// What only this agent knows of the way, so that nobody else on the machine uses it.
    let token: String
    private let tunnel: Tunnel
    private let identityPath: String
    private let logger: Logger

    private static let interval = Duration.seconds(1)

    /// Opens the way; nothing is dialled yet.
    static func open(
        to host: String,
        port: Int,
        as warehouse: Warehouse.ID,
        identityPath: String,
        logger: Logger
    ) async throws -> OfficeTunnel {
        var chance = SystemRandomNumberGenerator()
        let token = (0..<3).map { _ in String(chance.next() | 1 << 63, radix: 16) }.joined()
        let tunnel = Tunnel(
            to: host,
            port: port,
            as: warehouse,
            token: token,
            identity: try identity(at: identityPath),
            notice: { logger.say($0) }
        )
        return OfficeTunnel(
            port: try await tunnel.open(),
            token: token,
            tunnel: tunnel,
            identityPath: identityPath,
            logger: logger
        )
    }

    private init(
        port: Int,
        token: String,
        tunnel: Tunnel,
        identityPath: String,
        logger: Logger
    ) {
        self.port = port
        self.token = token
        self.tunnel = tunnel
        self.identityPath = identityPath
        self.logger = logger
    }

    /// Reads the site's certificate.
    ///
    /// - Throws: `Failure` with the file and the remedy.
    static func identity(at path: String) throws -> SiteIdentity {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .configuration,
                "‘coordinator.identityFile’ names \(path), which cannot be read",
                hint: "save the identity.pem that the office made for this warehouse there,"
                    + " readable by the agent's user"
            )
        }
        do throws(ParseError) {
            return try SiteIdentity(pem: Array(data))
        } catch {
            throw Failure(
                .configuration,
                "\(path): \(error)",
                hint: "install the identity.pem that the office made, as it is"
            )
        }
    }

    func run() async throws {
        var known = stamp
        var failed = ""
        while await rest() {
            let now = stamp
            guard now != known, now != failed else { continue }
            do {
                let identity = try Self.identity(at: identityPath)
                tunnel.update(identity)
                known = now
                logger.notice(
                    "the site's new identity is in use",
                    metadata: ["key": "\(identity.key.short)"]
                )
            } catch {
                failed = now
                logger.error(
                    "the site's new identity cannot be used; the last one stays in use",
                    metadata: ["why": "\((error as? Failure)?.message ?? "\(error)")"]
                )
            }
        }
        try await tunnel.close()
    }

    /// Changes whenever the file has been replaced.
    private var stamp: String {
        let found = try? FileManager.default.attributesOfItem(atPath: identityPath)
        let date = (found?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(found?[.systemFileNumber] as? Int ?? 0) \(found?[.size] as? Int ?? 0) \(date)"
    }

    /// Waits, and returns whether the agent goes on.
    private func rest() async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: Self.interval)) != nil
        }
    }
}

extension Logger {
    /// What a site manager reads of the way to the office.
    fileprivate func say(_ notice: DoorNotice) {
        switch notice {
        case .opened, .cut: break
        case .refused(let refusal, let address, _, let detail, let repeated):
            error(
                "the way to the office is not open",
                metadata: [
                    "office": "\(address)", "why": "\(refusal.rawValue)", "detail": "\(detail)",
                    "hint": "\(refusal.hint)", "repeated": "\(repeated)",
                ]
            )
        }
    }
}
