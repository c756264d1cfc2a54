import AllocationModel
import AllocationProtocol
import Foundation
import LiveRating
import LogLines
import Logging
import ServiceLifecycle
import StockLedger
import WarehouseAgent
import WarehouseDesk

extension RunCommand {
    /// Returns what answers the coordinator from `ledger`.
    func responder(
        _ ledger: StockLedger,
        _ rater: LiveRater?,
        _ logger: Logger
    ) async throws -> AgentResponder {
        let (site, incarnation) = try await ledger.read(at: .now) {
            (try $0.site(), try $0.incarnation())
        }
        var chance = SystemRandomNumberGenerator()
        let boot = BootID(high: chance.next(), low: chance.next())
        let desk = WarehouseDesk(
            ledger: ledger,
            warehouse: site.warehouse,
            boot: boot,
            incarnation: incarnation,
            timing: .local
        )
        // For fault tests alone: the milestone at which this process is to die.
        let failpoint = ProcessInfo.processInfo.environment["HOLDFAST_FAILPOINT"]
        return AgentResponder(
            desk: desk,
            warehouse: site.warehouse,
            boot: boot,
            rater: rater,
            logger: logger,
            now: { .now },
            reached: { milestone in
                guard milestone.rawValue == failpoint else { return }
                kill(getpid(), SIGKILL)
            }
        )
    }

    /// Returns the services that bring the coordinator's messages to `responder`.
    func coordinatorLink(
        _ responder: AgentResponder,
        _ ledger: StockLedger,
        _ configuration: AgentConfiguration,
        _ logger: Logger
    ) async throws -> [any Service] {
        switch configuration.office {
        case .plain(let url):
            return [
                WarehouseAgent(
                    responder: responder,
                    coordinatorURL: url,
                    token: try configuration.coordinatorToken(),
                    logger: logger
                )
            ]
        case .door(let host, let port):
            let warehouse = try await ledger.read(at: .now) { try $0.site().warehouse }
            let tunnel = try await OfficeTunnel.open(
                to: host,
                port: port,
                as: warehouse,
                identityPath: try configuration.identityPath(),
                logger: logger
            )
            let agent = WarehouseAgent(
                responder: responder,
                coordinatorURL: "ws://127.0.0.1:\(tunnel.port)",
                token: tunnel.token,
                logger: logger
            )
            return [tunnel, agent]
        }
    }
}
