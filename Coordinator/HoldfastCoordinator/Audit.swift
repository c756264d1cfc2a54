import AllocationModel
import ArgumentParser
import DecisionLog
import NIOCore

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Proves the decision log against itself.",
        discussion: """
            Folds the records of every decision, and compares what came of them with the orders and
            the shares. Where the coordinator runs, it is asked, and decides nothing meanwhile;
            where not, its log is opened. What site managers have forced and was decided otherwise
            is listed, and is no fault of the log's.

            Each agent's ledger has an audit of its own; Scripts/audit holds the files of all of
            them against each other.

            Example:
              holdfast-coordinator audit --config coordinator.yaml
            """
    )

    @OptionGroup var options: CoordinatorOptions

    func run() async throws {
        let settings = try await options.settings()
        do {
            let log = try DecisionLog.open(
                at: settings.database,
                coordinator: settings.name,
                raisingEpoch: false
            )
            defer { log.close() }
            try show(
                try await log.audit(),
                try await log.conflicts().map(\.sentence)
                    + log.leaseConflicts().map { "conflict: \($0)" }
            )
        } catch DecisionLogError.inUse {
            try await ask(OfficeClient(base: "http://\(settings.httpHost):\(settings.httpPort)"))
        } catch let error as DecisionLogError {
            complain("\(error)")
            throw ExitCode(Exit.unavailable)
        }
    }

    private func ask(_ office: OfficeClient) async throws {
        let answer = try await office.ask("GET", "/v1/audit", patience: Self.patience)
        guard answer.isSuccess else { throw report(answer) }
        let conflicts = answer.rows("conflicts")
            .map { row in
                let forced = row["override"] as? [String: Any] ?? [:]
                return Self.sentence(
                    who: forced["by"] as? String ?? "",
                    warehouse: forced["warehouse"] as? String ?? "",
                    transaction: row["transaction"] as? String ?? "",
                    choice: forced["choice"] as? String ?? "",
                    reason: forced["reason"] as? String ?? ""
                )
            }
        let leases = answer.document?["lease_conflicts"] as? [String] ?? []
        try show(
            answer.document?["findings"] as? [String] ?? [],
            conflicts + leases.map { "conflict: \($0)" }
        )
    }

    private func show(_ findings: [String], _ conflicts: [String]) throws {
        for finding in findings { print(finding) }
        for conflict in conflicts { print(conflict) }
        guard findings.isEmpty else {
            complain(
                "the log contradicts itself; stop the coordinator, keep the file as it is, and "
                    + "restore the last backup"
            )
            throw ExitCode(Exit.failure)
        }
        print("the log agrees with itself")
    }

    /// A log of ten million orders is read in less.
    private static let patience = TimeAmount.minutes(10)

    static func sentence(
        who: String,
        warehouse: String,
        transaction: String,
        choice: String,
        reason: String
    ) -> String {
        "conflict: \(who) at \(warehouse) has forced \(transaction) to \(choice) (\(reason)), "
            + "and it was decided otherwise"
    }
}

extension SiteOverride {
    /// What somebody must mend, for a person to read.
    var sentence: String {
        Audit.sentence(
            who: override.who,
            warehouse: warehouse.rawValue,
            transaction: override.transaction.description,
            choice: override.choice.rawValue,
            reason: override.reason
        )
    }
}
