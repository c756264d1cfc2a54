import AllocationModel
import ArgumentParser
import Foundation
import Hummingbird
import LiveRating
import LogLines
import Logging
import ServiceLifecycle
import SiteConsole
import StockLedger
import UnixSignals
import WarehouseAgent

/// `run`: the agent itself.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the agent: answer the coordinator and take commands.",
        discussion: """
            Runs until SIGTERM or SIGINT. Every answer it gave is on disk, so it may be killed at
            any time. Exits with 74 where the disk fails: start it again, and it recovers from what
            is there.

            EXAMPLE
              holdfast-agent run --config /etc/holdfast/DAL.yaml
            """
    )

    @OptionGroup var site: SiteOptions

    func run() async throws {
        let configuration = try await site.load()
        switch configuration.office {
        case .plain: _ = try configuration.coordinatorToken()
        case .door: _ = try OfficeTunnel.identity(at: try configuration.identityPath())
        }
        let ledger = try await open(configuration)
        let logger = LogLines.logger(
            "holdfast-agent",
            level: configuration.logLevel,
            format: configuration.logFormat
        )
        try await prove(ledger, at: configuration.database)
        try await configuration.withRater(logger) { rater in
            try await serve(configuration, ledger, rater, logger)
        }
    }

    private func serve(
        _ configuration: AgentConfiguration,
        _ ledger: StockLedger,
        _ rater: LiveRater?,
        _ logger: Logger
    ) async throws {
        let (failures, failed) = AsyncStream.makeStream(
            of: LedgerFault.self,
            bufferingPolicy: .bufferingOldest(1)
        )
        let responder = try await responder(ledger, rater, logger)
        let desk = SiteDesk(
            ledger: ledger,
            rater: rater,
            dropFolder: configuration.drop?.path,
            ledgerFailed: { failed.yield($0) },
            isCoordinatorReachable: {
                responder.silence < Self.silenceOfACutOff
            }
        )
        try configuration.socket.clear()
        var group = ServiceGroupConfiguration(
            services: [
                LedgerWatch(failures: failures), Upkeep(ledger: ledger, logger: logger),
                LeaseKeeping(ledger: ledger, logger: logger),
                commands(desk, configuration, logger),
            ] + (try await coordinatorLink(responder, ledger, configuration, logger))
                + observation(desk, configuration, logger)
                + dropFolder(desk, configuration, logger),
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = Self.grace
        group.maximumCancellationDuration = Self.grace
        try await run(ServiceGroup(configuration: group), ledger, logger)
        try? configuration.socket.clear()
    }

    /// Three heartbeats of the coordinator's: after it the site counts as cut off.
    private static let silenceOfACutOff = Duration.seconds(15)

    /// What a request under way has to finish before it is cut off: its sender asks again.
    private static let grace = Duration.seconds(10)

    private func run(
        _ group: ServiceGroup,
        _ ledger: StockLedger,
        _ logger: Logger
    ) async throws {
        do {
            try await group.run()
        } catch let fault as LedgerFault {
            logger.critical("the ledger failed: \(fault)", metadata: ["hint": "\(fault.hint)"])
            // Nothing more may be said or written: what is on disk decides.
            throw ExitCode(ExitStatus.ioError.rawValue)
        } catch {
            throw Failure(
                .unavailable,
                "the agent cannot run: \(error)",
                hint: "see that nobody else has its port; set another as ‘http.port’"
            )
        }
        try await ledger.close()
        logger.info("the agent has ended")
    }

    /// How often the ledger is tried for while another has it: a command keeps it for a moment.
    private static let openings = 20
    private static let pauseBetweenOpenings = Duration.milliseconds(100)

    private func open(_ configuration: AgentConfiguration) async throws -> StockLedger {
        for _ in 0..<Self.openings {
            if let ledger = try SiteConnection.openIfFree(configuration) { return ledger }
            try await Task.sleep(for: Self.pauseBetweenOpenings)
        }
        throw Failure(
            .tryAgain,
            "\(configuration.database) is in use; is the agent running already?",
            hint: "stop the other one first: two agents would promise the same stock"
        )
    }

    /// Refuses to serve from a ledger that contradicts itself: what it says of stock may be wrong.
    private func prove(_ ledger: StockLedger, at path: String) async throws {
        let findings: [Finding]
        do {
            findings = try await ledger.read(at: .now) { try $0.proof() }
        } catch let fault as LedgerFault {
            throw Failure(fault)
        }
        guard let first = findings.first else { return }
        throw Failure(
            .ioError,
            "\(path) contradicts itself",
            hint: LedgerFault.damaged(path: path, first.description).hint,
            details: findings.map(\.description)
        )
    }

    /// The local socket, through which every command comes.
    private func commands(
        _ desk: SiteDesk,
        _ configuration: AgentConfiguration,
        _ logger: Logger
    ) -> any Service {
        let socket = configuration.socket
        return Application(
            router: CommandRouter.router(for: desk) { .now },
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socket.path),
                serverName: "holdfast-agent"
            ),
            onServerRunning: { _ in
                do {
                    try socket.restrict()
                } catch {
                    // The mask has kept others out already.
                    logger.warning("the mode of \(socket) cannot be set: \(error)")
                }
                logger.info("commands are taken at \(socket)")
                await SystemdNotice.ready.send()
            },
            logger: quiet(logger)
        )
    }

    private func observation(
        _ desk: SiteDesk,
        _ configuration: AgentConfiguration,
        _ logger: Logger
    ) -> [any Service] {
        guard configuration.httpPort > 0 else { return [] }
        let address = "\(configuration.httpHost):\(configuration.httpPort)"
        let router = ObservationRouter.router(for: desk) { .now }
        // Whoever reaches it may ship, change stock and set calendars: so nobody from elsewhere does.
        let isHere = ["127.0.0.1", "localhost", "::1"].contains(configuration.httpHost)
        if isHere {
            ShipmentRouter.add(to: router, for: desk) { .now }
            StockRouter.add(to: router, for: desk) { .now }
            PageRouter.add(to: router, for: desk) { .now }
        }
        let served = "health and metrics" + (isHere ? ", the page, stock, picks and shipments" : "")
        return [
            Application(
                router: router,
                configuration: ApplicationConfiguration(
                    address: .hostname(configuration.httpHost, port: configuration.httpPort),
                    serverName: "holdfast-agent"
                ),
                onServerRunning: { _ in logger.info("\(served) are at \(address)") },
                logger: quiet(logger)
            )
        ]
    }

    private func dropFolder(
        _ desk: SiteDesk,
        _ configuration: AgentConfiguration,
        _ logger: Logger
    ) -> [any Service] {
        configuration.drop
            .map { settings in
                logger.info("stock files are taken from \(settings.path)")
                return [DropWatch(folder: DropFolder(settings, desk: desk), logger: logger)]
            } ?? []
    }

    /// Hummingbird says of each start and stop what we say ourselves.
    private func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// Ends the agent where its ledger has failed.
private struct LedgerWatch: Service {
    let failures: AsyncStream<LedgerFault>

    func run() async throws {
        for await fault in failures.cancelOnGracefulShutdown() {
            throw fault
        }
    }
}

/// Keeps the write-ahead log short and finds out when a full disk has space again.
private struct Upkeep: Service {
    let ledger: StockLedger
    let logger: Logger

    /// Twice a minute: how long a disk that was freed stays unnoticed.
    private static let interval = Duration.seconds(30)
    /// Longer than SQLite lets the log become by itself: an import has been.
    private static let logBytes: Int64 = 16_777_216

    func run() async throws {
        var wasFull = false
        while await rest() {
            let isFull = try await ledger.isDiskFull()
            if isFull != wasFull {
                logger.warning(isFull ? "the disk is full: votes are no" : "the disk has space")
            }
            wasFull = isFull
            if ledger.logBytes > Self.logBytes { try await ledger.checkpoint() }
        }
    }

    /// Waits, and returns whether the agent goes on.
    private func rest() async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: Self.interval)) != nil
        }
    }
}

/// Leases by itself what the site's rules say, and asks back what they lease no more.
private struct LeaseKeeping: Service {
    let ledger: StockLedger
    let logger: Logger

    /// What was sold at the counter is soon set aside again.
    private static let interval = Duration.seconds(5)
    /// Looks take one part in so many of the ledger's time, however many SKUs there are.
    private static let restsToALook = 100

    func run() async throws {
        let clock = ContinuousClock()
        var pause = Duration.seconds(1)
        var obstacle: LeaseRefusal?
        while await rest(pause) {
            let start = clock.now
            do {
                let done = try await ledger.perform(at: .now) { books in
                    try books.topUpLeases {
                        LeaseID(
                            high: UInt64.random(in: 0...UInt64.max),
                            low: UInt64.random(in: 0...UInt64.max)
                        )
                    }
                }
                say(done, after: obstacle)
                obstacle = done.obstacle
            } catch let fault as LedgerFault where !fault.mustStop {
                logger.warning("no lease rule is followed now: \(fault)")
            }
            pause = max(Self.interval, start.duration(to: clock.now) * Self.restsToALook)
        }
    }

    private func say(_ done: LeaseTopUp, after obstacle: LeaseRefusal?) {
        for lease in done.granted {
            logger.info("leased by the rules", metadata: Self.metadata(of: lease))
        }
        for lease in done.askedBack {
            logger.info("asked back by the rules", metadata: Self.metadata(of: lease))
        }
        if let now = done.obstacle, now != obstacle {
            logger.warning("the lease rules cannot all be followed: \(now)")
        }
    }

    private static func metadata(of record: LeaseRecord) -> Logger.Metadata {
        [
            "lease": "\(record.lease.id)", "sku": "\(record.lease.sku)",
            "quantity": "\(record.lease.quantity)",
        ]
    }

    /// Waits, and returns whether the agent goes on.
    private func rest(_ pause: Duration) async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: pause)) != nil
        }
    }
}
