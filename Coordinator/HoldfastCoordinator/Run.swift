import AllocationCoordinator
import AllocationModel
import ArgumentParser
import DecisionLog
import Foundation
import FrontDoor
import Hummingbird
import LogLines
import Logging
import OrderDesk
import ServiceLifecycle
import StorefrontAPI
import UnixSignals

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the coordinator until it is told to stop.",
        discussion: """
            SIGTERM and SIGINT end it after what is under way; a second one at once. It may be
            killed at any instant: what it has promised is in its log.

            Example:
              holdfast-coordinator run --config coordinator.yaml
            """
    )

    @OptionGroup var options: CoordinatorOptions

    func run() async throws {
        _ = signal(SIGPIPE, SIG_IGN)
        let settings = try await options.settings()
        let logger = LogLines.logger(
            "coordinator",
            level: settings.logLevel,
            format: settings.logFormat
        )
        let log: DecisionLog
        do {
            log = try DecisionLog.open(at: settings.database, coordinator: settings.name)
        } catch let error as DecisionLogError {
            complain("\(error)")
            throw ExitCode(error.isOfTheDisk ? Exit.inputOutput : Exit.unavailable)
        }
        if case .doubted(let why) = log.standing {
            log.close()
            complain(
                "the decision log lacks decisions: \(why); stop every other coordinator, then run "
                    + "‘holdfast-coordinator recover’"
            )
            throw ExitCode(Exit.unavailable)
        }
        let services = try await assemble(settings, log, logger)
        var group = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup
                )
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            logger.critical("stopped", metadata: ["why": "\(error)"])
            throw ExitCode(Exit.inputOutput)
        }
        log.close()
    }

    private func assemble(
        _ settings: CoordinatorSettings,
        _ log: DecisionLog,
        _ logger: Logger
    ) async throws -> [any Service] {
        let driver = driver(settings, log, logger)
        var desk = OrderDesk(
            coordinator: log.coordinator,
            epoch: log.epoch,
            warehouses: settings.agents.map(\.warehouse),
            policy: settings.policy,
            timing: settings.timing,
            leases: try await log.leaseBook()
        )
        desk.rules = try await rulesInForce(in: log)
        let office = Office(
            desk: desk,
            evidence: try await log.sites()
                .mapValues { Office.Evidence(mark: $0.mark, incarnation: $0.incarnation) },
            history: log.history,
            isRecovering: log.standing == .recovering
        )
        let entrances = settings.agents.map {
            AgentLines.Entrance(warehouse: $0.warehouse, token: $0.token ?? Self.newToken())
        }
        let lines = try lines(settings, for: entrances, to: driver)
        let door = try await door(settings, before: entrances, logger)
        let webhooks = WebhookDesk(
            log: log,
            logger: logger,
            now: wallClock,
            interpret: ShopifyDesk.interpret,
            submit: { await driver.submit($0) },
            cancel: { await driver.cancel($0) }
        )
        return [
            DriverService(driver: driver, office: office, lines: lines),
            WebhookService(desk: webhooks),
            AlertService(log: log, driver: driver, settings: settings.alerts, logger: logger),
            try server(settings, driver, log, door, webhooks, logger),
        ]
            + (door.map {
                [DoorService(door: $0, folder: settings.door.identity, logger: logger)]
            } ?? [])
    }

    /// Orders are not filled without the rules that the office thinks are in force.
    private func rulesInForce(in log: DecisionLog) async throws -> OfficeRules {
        do {
            return try await RuleDesk.rules(in: log)
        } catch let error as RuleDesk.UnreadableRules {
            complain("\(error)")
            throw ExitCode(Exit.unavailable)
        }
    }

    /// What nobody but the front door of this run knows: 192 bits, as hexadecimal digits.
    private static func newToken() -> String {
        var chance = SystemRandomNumberGenerator()
        return (0..<3).map { _ in String(chance.next() | 1 << 63, radix: 16) }.joined()
    }

    private func door(
        _ settings: CoordinatorSettings,
        before entrances: [AgentLines.Entrance],
        _ logger: Logger
    ) async throws -> FrontDoor? {
        guard let listen = settings.door.listen else { return nil }
        let office = URLComponents(string: settings.agentsURL)
        do {
            let door = FrontDoor(
                for: entrances.map {
                    FrontDoor.Entrance(warehouse: $0.warehouse, token: $0.token)
                },
                officeHost: office?.host ?? "127.0.0.1",
                officePort: office?.port ?? 0,
                credentials: try settings.door.identity.credentials(),
                notice: { logger.say($0) }
            )
            let port = try await door.open(at: listen.host, port: listen.port)
            logger.info(
                "the front door is open",
                metadata: ["address": "\(listen.host)", "port": "\(port)"]
            )
            return door
        } catch {
            complain("the front door cannot be opened at \(listen): \(error)")
            throw ExitCode(Exit.unavailable)
        }
    }

    private func driver(
        _ settings: CoordinatorSettings,
        _ log: DecisionLog,
        _ logger: Logger
    ) -> CoordinatorDriver {
        // For fault tests alone: the milestone at which this process is to die.
        let failpoint = ProcessInfo.processInfo.environment["HOLDFAST_FAILPOINT"]
        return CoordinatorDriver(
            log: log,
            warehouses: settings.agents.map(\.warehouse),
            logger: logger,
            alertChannels: settings.alerts.channels,
            now: wallClock,
            reached: { milestone in
                guard milestone.rawValue == failpoint else { return }
                kill(getpid(), SIGKILL)
            }
        )
    }

    private func lines(
        _ settings: CoordinatorSettings,
        for entrances: [AgentLines.Entrance],
        to driver: CoordinatorDriver
    ) throws -> AgentLines {
        do {
            return try AgentLines(
                at: settings.agentsURL,
                for: entrances,
                connectionChanged: { driver.noteConnection($0, $1, isUp: $2) }
            )
        } catch {
            complain("cannot listen for agents at \(settings.agentsURL): \(error)")
            throw ExitCode(Exit.unavailable)
        }
    }

    private func server(
        _ settings: CoordinatorSettings,
        _ driver: CoordinatorDriver,
        _ log: DecisionLog,
        _ door: FrontDoor?,
        _ webhooks: WebhookDesk,
        _ logger: Logger
    ) throws -> any Service {
        let shopify = try ShopifyDesk(
            secrets: settings.shopifySecrets,
            webhooks: webhooks,
            takesUnsignedRates: settings.takesUnsignedRates,
            now: wallClock
        )
        let measures = Measures(driver: driver, door: door)
        let whatIf = WhatIfDesk(driver: driver, log: log, policy: settings.policy)
        let office = OrderOffice.serving(
            driver: driver,
            shopify: shopify,
            measures: measures,
            log: log,
            whatIf: whatIf,
            rules: RuleDesk(
                log: log,
                driver: driver,
                whatIf: whatIf,
                warehouses: settings.agents.map(\.warehouse),
                now: wallClock
            )
        )
        return StorefrontAPI.application(
            router: StorefrontAPI.router(office: office, didAnswer: { measures.note($0) }),
            address: .hostname(settings.httpHost, port: settings.httpPort),
            onServerRunning: { address in
                let port = address.port ?? settings.httpPort
                logger.info(
                    "serving",
                    metadata: [
                        "http": "\(settings.httpHost):\(port)", "agents": "\(settings.agentsURL)",
                    ]
                )
            },
            logger: logger
        )
    }
}

/// The wall clock: for people to read, and for nothing else.
@Sendable func wallClock() -> Timestamp {
    .now
}

/// Runs the driver as a service of the process.
private struct DriverService: Service {
    let driver: CoordinatorDriver
    let office: Office
    let lines: AgentLines

    func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await driver.run(office, over: lines)
        } onCancelOrGracefulShutdown: {
            driver.stop()
        }
        await lines.close()
    }
}

/// Runs the webhooks' second half as a service of the process.
private struct WebhookService: Service {
    let desk: WebhookDesk

    func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await desk.run()
        } onCancelOrGracefulShutdown: {
            desk.stop()
        }
    }
}
