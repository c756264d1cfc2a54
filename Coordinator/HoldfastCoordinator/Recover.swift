import AllocationModel
import ArgumentParser
import DecisionLog
import Foundation

struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Has the decision log rebuilt from what the warehouses hold.",
        discussion: """
            For a log that is lost or was restored from a backup: decisions taken since are not in
            it, and to release what it does not know would break promises. The next ‘run’ takes an
            epoch that no warehouse has heard, waits until every warehouse of the configuration has
            told what it holds, writes the decisions that follow from it, and only then takes
            orders. Take a warehouse that is gone for good out of the configuration first.

            Stop every coordinator of this name before: nothing else may decide meanwhile.

            Example:
              holdfast-coordinator recover --config coordinator.yaml
              holdfast-coordinator run --config coordinator.yaml
            """
    )

    @OptionGroup var options: CoordinatorOptions

    func run() async throws {
        let settings = try await options.settings()
        do {
            try DecisionLog.askForRecovery(of: settings.database, coordinator: settings.name)
        } catch let error as DecisionLogError {
            complain("\(error)")
            throw ExitCode(Exit.unavailable)
        }
        let warehouses = settings.agents.map(\.warehouse.rawValue).joined(separator: ", ")
        print("the next run rebuilds \(settings.database) from \(warehouses)")
    }
}
