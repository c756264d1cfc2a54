import ArgumentParser
import Foundation

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Solves a decided order again from its record, and says whether the same comes of it.",
        discussion: """
            Uses the bids, the rules and the bounds that are on record. Exits with 1 where another
            answer comes of them: then the record was changed, or the solver was.

            Example:
              holdfast-coordinator replay 4711
            """
    )

    @Argument(help: "The order's id.")
    var order: String
    @OptionGroup var format: OrderCommands.Format
    @OptionGroup var office: OfficeOptions

    func run() async throws {
        let path = "/v1/orders/\(OfficeClient.pathPart(order))/replay"
        let answer = try await office.client.ask("GET", path)
        guard answer.isSuccess else { throw report(answer) }
        if format.json {
            print(answer.body)
        } else {
            try await fetch(path, as: format, from: office)
        }
        guard answer.document?["same"] as? Bool == true else { throw ExitCode(Exit.failure) }
    }
}
