import AllocationModel
import ArgumentParser
import Foundation
import Glibc

/// The program at a warehouse: keeps its stock, and bids for orders with it.
@main
struct HoldfastAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-agent",
        abstract: "Keeps a warehouse's stock, and bids for orders with it.",
        discussion: """
            Commands go to the running agent, or to the file where none runs. Data is written
            to stdout and words to stderr; exit codes are those of sysexits.h.

            EXAMPLES
              holdfast-agent init --warehouse DAL --name Dallas \\
                  --time-zone America/Chicago --postal-code 75201
              holdfast-agent stock import stock.csv --dry-run
              holdfast-agent stock adjust VALVE-3IN --by -3 --reason "dropped by the forklift"
              holdfast-agent cutoff set --day weekdays --time 14:30
              holdfast-agent run
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, RunCommand.self, StockCommand.self, SafetyCommand.self,
            LotCommands.self, InboundCommands.self, CutoffCommand.self, HolidayCommand.self,
            CapacityCommand.self,
            CalendarCommand.self,
            RatesCommand.self, HoldCommand.self, PickCommand.self, ShipCommand.self,
            LeadCommand.self, CarrierCommands.self, LeaseCommand.self, DoctorCommand.self,
            AuditCommand.self,
        ]
    )

    static func main() async {
        prepareProcess()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            failure.report()
            Foundation.exit(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }

    /// What must be so before the first thread starts.
    private static func prepareProcess() {
        // A reader that went away is an error of the write, not the end of the agent.
        _ = signal(SIGPIPE, SIG_IGN)
        // What a site has in stock is nobody else's business on this machine.
        _ = umask(0o077)
    }
}
