import AllocationModel
import Foundation
import FrontDoor
import Logging
import ServiceLifecycle

/// Keeps the front door open, and its certificates and list as the files have them.
struct DoorService: Service {
    let door: FrontDoor
    let folder: IdentityFolder
    let logger: Logger

    /// How long a revocation may go unnoticed.
    private static let interval = Duration.seconds(1)
    /// Looks between two warnings of what expires: a day.
    private static let looksBetweenWarnings = 86_400
    /// Days before an expiry from which it is warned of.
    private static let warningDays = 30

    func run() async throws {
        var taken = folder.stamp
        var failed: [String] = []
        var looks = 0
        repeat {
            if looks % Self.looksBetweenWarnings == 0 { warn() }
            looks += 1
            let stamp = folder.stamp
            guard stamp != taken else { continue }
            do {
                door.update(try folder.credentials())
                taken = stamp
                logger.notice("the front door's certificates and list are read again")
            } catch {
                // What was read before stays in force: nobody revoked comes back by it.
                if stamp != failed {
                    logger.critical(
                        "the front door's files cannot be read; the last ones stay in force",
                        metadata: ["why": "\(error)"]
                    )
                }
                failed = stamp
            }
        } while await rest()
        try await door.close()
    }

    private func warn() {
        do {
            let day = wallClock().utcDay.adding(days: Self.warningDays)
            for what in try folder.expiring(by: day) { logger.warning("\(what)") }
        } catch {
            logger.error("what expires cannot be told", metadata: ["why": "\(error)"])
        }
    }

    /// Waits, and returns whether the coordinator goes on.
    private func rest() async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: Self.interval)) != nil
        }
    }
}

extension Logger {
    /// What an operator reads of the front door.
    func say(_ notice: DoorNotice) {
        switch notice {
        case .opened(let warehouse, let line, let address, let key):
            info(
                "a site's line is open",
                metadata: [
                    "warehouse": "\(warehouse)", "line": "\(line)", "address": "\(address)",
                    "key": "\(key.short)",
                ]
            )
        case .cut(let warehouse, let lines):
            warning(
                "a site is shut out; its lines are cut",
                metadata: ["warehouse": "\(warehouse)", "lines": "\(lines)"]
            )
        case .refused(let refusal, let address, let warehouse, let detail, let repeated):
            let level: Level =
                refusal.isAlarming ? .critical : warehouse == nil ? .notice : .error
            log(
                level: level,
                refusal.isAlarming
                    ? "somebody tried to speak for a site and may not; see who it is"
                    : "a connection was not let through",
                metadata: [
                    "why": "\(refusal.rawValue)", "address": "\(address)",
                    "warehouse": "\(warehouse?.rawValue ?? "-")", "detail": "\(detail)",
                    "repeated": "\(repeated)",
                ]
            )
        }
    }
}
