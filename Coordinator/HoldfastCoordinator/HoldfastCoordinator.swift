import ArgumentParser

@main
struct HoldfastCoordinator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-coordinator",
        abstract: "Takes orders and splits them over the warehouses, each unit promised once.",
        discussion: """
            Start it with ‘run’; the other commands speak to the one that runs, but for ‘solve’,
            which needs nothing but a file.

            Examples:
              holdfast-coordinator run --config coordinator.yaml
              holdfast-coordinator order submit order.json
              holdfast-coordinator order explain 4711
              holdfast-coordinator agents list
              holdfast-coordinator solve order.json
            """,
        version: "0.1.0",
        subcommands: [
            Run.self, OrderCommands.self, BackorderCommands.self, ReplayCommand.self,
            RuleCommands.self,
            DirectoryCommands.self,
            AgentCommands.self, AlertCommands.self, ScorecardCommand.self, Solve.self, Doctor.self,
            Audit.self, Recover.self,
        ]
    )
}
