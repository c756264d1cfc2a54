import AllocationModel
import ArgumentParser
import DecisionLog
import Foundation
import FrontDoor

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the configuration, the log and the agents, and says what to mend.",
        discussion: """
            Where the coordinator runs, it is asked; where not, its log is opened and audited.

            Example:
              holdfast-coordinator doctor --config coordinator.yaml
            """
    )

    @OptionGroup var options: CoordinatorOptions

    func run() async throws {
        let settings = try await options.settings()
        print("configuration: \(settings.agents.count) warehouses, database \(settings.database)")
        if settings.door.listen != nil { try Self.lookAtDoor(settings.door.identity) }
        let client = OfficeClient(base: "http://\(settings.httpHost):\(settings.httpPort)")
        do {
            let log = try DecisionLog.open(
                at: settings.database,
                coordinator: settings.name,
                raisingEpoch: false
            )
            defer { log.close() }
            let findings = try await log.audit()
            for finding in findings { print("decision log: \(finding)") }
            let counts = try await log.counts()
            let words = counts.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
            let open = try await log.openDecisions().count
            print("decision log: \(words.isEmpty ? "no orders" : words); \(open) not settled")
            for forced in try await log.conflicts() { print(forced.sentence) }
            print("coordinator: not running")
            if !findings.isEmpty { throw ExitCode(Exit.failure) }
        } catch DecisionLogError.inUse {
            let answer = try await client.ask("GET", "/readyz?verbose", accepting: "text/plain")
            print("coordinator: running")
            print(answer.body)
            if !answer.isSuccess { throw ExitCode(Exit.failure) }
        } catch let error as DecisionLogError {
            complain("\(error)")
            throw ExitCode(Exit.unavailable)
        }
    }

    /// Says whether the front door's files can be used, and what of them ends soon.
    private static func lookAtDoor(_ identity: IdentityFolder) throws {
        do {
            _ = try identity.credentials()
            let entries = try identity.enrolment().entries
            let revoked = entries.filter { $0.revoked != nil }.count
            print("front door: \(entries.count - revoked) keys enrolled, \(revoked) revoked")
            for what in try identity.expiring(by: wallClock().utcDay.adding(days: warningDays)) {
                print("front door: \(what)")
            }
        } catch {
            complain("front door: \(error)")
            throw ExitCode(Exit.failure)
        }
    }

    /// Days before an expiry from which it is told of.
    private static let warningDays = 90
}
