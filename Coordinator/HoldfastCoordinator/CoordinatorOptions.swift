import ArgumentParser
import Foundation

/// What every command at the office takes that reads its configuration.
struct CoordinatorOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The configuration: HOLDFAST_COORDINATOR_CONFIG, or ./coordinator.yaml."
    )
    var config: String?

    /// Reads the configuration, or says what is wrong with it and exits.
    func settings() async throws -> CoordinatorSettings {
        let path =
            config ?? ProcessInfo.processInfo.environment["HOLDFAST_COORDINATOR_CONFIG"]
            ?? "coordinator.yaml"
        do {
            return try await CoordinatorSettings.read(path)
        } catch let fault as SettingsFault {
            complain("\(path): \(fault)")
            throw ExitCode(Exit.configuration)
        }
    }
}
