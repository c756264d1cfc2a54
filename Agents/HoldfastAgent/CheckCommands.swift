import AllocationModel
import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import SiteConsole

/// `doctor`: what an operator looks at first.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong, and say what to do about it.",
        discussion: """
            Looks at the configuration, the socket, the ledger, the disk, the clock and the way to
            the coordinator. Exits with 1 where something is wrong, and 0 with warnings alone.

            EXAMPLES
              holdfast-agent doctor
              holdfast-agent doctor --full
              holdfast-agent doctor --json | jq -e 'all(.grade != "fault")'
            """
    )

    @OptionGroup var site: SiteOptions
    @Flag(help: "Prove the ledger against its journal too; bids wait meanwhile.") var full = false
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let configuration = try await site.load()
        var findings = [
            Diagnosis("configuration", .fine, "read, with the ledger \(configuration.database)")
        ]
        findings += await Self.lookAtSite(configuration, inFull: full)
        findings.append(await Self.lookAtCoordinator(configuration))
        try listing.show(findings, { Self.table(of: findings) }, ifEmpty: "")
        if findings.contains(where: { $0.grade == .fault }) { throw ExitCode(1) }
    }

    private static func lookAtSite(
        _ configuration: AgentConfiguration,
        inFull: Bool
    ) async -> [Diagnosis] {
        do {
            let connection = try await SiteConnection.open(configuration)
            let agent =
                connection.isAgent
                ? Diagnosis("agent", .fine, "runs, and listens at \(configuration.socket)")
                : Diagnosis(
                    "agent",
                    .warning,
                    "does not run; the file was opened directly",
                    hint: "start it: holdfast-agent run"
                )
            do {
                let reply = try await connection.send(.examine(inFull: inFull))
                try await connection.close()
                guard case .examined(let findings) = reply else { throw reply.unexpected }
                return [agent] + findings
            } catch {
                try? await connection.close()
                return [agent, fault("ledger", error)]
            }
        } catch {
            return [fault("ledger", error)]
        }
    }

    private static func fault(_ subject: String, _ error: any Error) -> Diagnosis {
        guard let failure = error as? Failure else {
            return Diagnosis(subject, .fault, "\(error)", hint: "report this")
        }
        return Diagnosis(subject, .fault, failure.message, hint: failure.hint)
    }

    private static func lookAtCoordinator(
        _ configuration: AgentConfiguration
    ) async -> Diagnosis {
        let subject = "coordinator"
        do {
            switch configuration.office {
            case .plain: _ = try configuration.coordinatorToken()
            case .door: _ = try OfficeTunnel.identity(at: try configuration.identityPath())
            }
        } catch {
            return fault(subject, error)
        }
        let address = "\(configuration.office)"
        guard let url = URL(string: address), let host = url.host, let port = url.port else {
            return Diagnosis(
                subject,
                .warning,
                "\(address) names no host and port that could be tried"
            )
        }
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(3)).connect(host: host, port: port).get()
            try await channel.close()
            return Diagnosis(subject, .fine, "somebody listens at \(address)")
        } catch {
            return Diagnosis(
                subject,
                .fault,
                "nobody can be reached at \(address)",
                hint: "see that the coordinator runs, and that this machine may connect to it"
            )
        }
    }

    private static func table(of findings: [Diagnosis]) -> Table {
        var table = Table("", "WHAT", "FOUND")
        for finding in findings {
            let mark =
                switch finding.grade {
                case .fine: "ok"
                case .warning: "warn"
                case .fault: "BAD"
                }
            table.add(mark, finding.subject, finding.text)
            if !finding.hint.isEmpty { table.add("", "", "-> " + finding.hint) }
        }
        return table
    }
}

/// `audit`: the ledger against its own journal.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove the ledger against its own journal.",
        discussion: """
            Adds up every entry of the journal and compares the sums with the stock. Reads all of
            it: a large ledger takes a while, in which no bid is answered.

            EXAMPLE
              holdfast-agent audit
            """
    )

    @OptionGroup var site: SiteOptions
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let reply = try await site.withSite { try await $0.send(.audit) }
        guard case .audited(let outcome) = reply else { throw reply.unexpected }
        try listing.show(
            outcome,
            {
                var table = Table("KIND", "FOUND")
                for finding in outcome.findings { table.add(finding.kind, finding.text) }
                return table
            },
            ifEmpty: "all is as the journal says"
        )
        if outcome.isDamaged {
            throw Failure(
                .failure,
                "the ledger does not agree with its journal",
                hint: "stop the agent, keep the file as it is, and restore the last backup"
            )
        }
    }
}
