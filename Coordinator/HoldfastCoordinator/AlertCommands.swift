import AllocationModel
import ArgumentParser
import Foundation

struct AlertCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Shows what people should know of, and notes what they do about it.",
        discussion: """
            Examples:
              holdfast-coordinator alerts
              holdfast-coordinator alerts list --state all --json
              holdfast-coordinator alerts acknowledge 7
              holdfast-coordinator alerts resolve 7 --comment "recounted: 12 on the shelf"
            """,
        subcommands: [List.self, Acknowledge.self, Resolve.self, Redeliver.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what is not over, the newest first.",
            discussion: "Example:\n  holdfast-coordinator alerts list --state all"
        )

        @Option(help: "open, acknowledged, resolved or all.")
        var state: String?
        @Option(help: "At most so many.")
        var limit: Int = 50
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let filter = state.map { "&state=\(OfficeClient.pathPart($0))" } ?? ""
            let answer = try await office.client.ask("GET", "/v1/alerts?limit=\(limit)\(filter)")
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let rows = answer.rows("alerts")
                .map { alert in
                    [
                        "\(alert["number"] as? Int ?? 0)", alert["state"] as? String ?? "",
                        alert["kind"] as? String ?? "", alert["openedAt"] as? String ?? "",
                        "\(alert["timesSeen"] as? Int ?? 0)", told(alert),
                        alert["detail"] as? String ?? "",
                    ]
                }
            printTable(["NUMBER", "STATE", "KIND", "SINCE", "SEEN", "TOLD BY", "WHAT"], rows)
        }

        /// The channels that tell of it; with a mark where they have not, or could not.
        private func told(_ alert: [String: Any]) -> String {
            let marks = (alert["deliveries"] as? [[String: Any]] ?? [])
                .filter { $0["event"] as? String == "opened" }
                .map { delivery in
                    let channel = delivery["channel"] as? String ?? ""
                    return switch delivery["state"] as? String {
                    case "done": channel
                    case "dead": channel + " (failed)"
                    default: channel + " (waits)"
                    }
                }
            return marks.isEmpty ? "-" : marks.joined(separator: ", ")
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that somebody has taken an alert up.",
            discussion: "Example:\n  holdfast-coordinator alerts acknowledge 7 --by ana"
        )

        @Argument(help: "Its number; ‘alerts’ shows them.")
        var number: Int64
        @Option(help: "What is being done.")
        var comment: String?
        @OptionGroup var step: Step

        func run() async throws { try await step.take("acknowledge", number, comment) }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that an alert is over, and how.",
            discussion: "Example:\n  holdfast-coordinator alerts resolve 7 --comment \"recounted\""
        )

        @Argument(help: "Its number; ‘alerts’ shows them.")
        var number: Int64
        @Option(help: "How.")
        var comment: String
        @OptionGroup var step: Step

        func run() async throws { try await step.take("resolve", number, comment) }
    }

    struct Redeliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends again what of an alert could not be told.",
            discussion: "Example:\n  holdfast-coordinator alerts redeliver 7"
        )

        @Argument(help: "Its number; ‘alerts’ shows them.")
        var number: Int64
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask("POST", "/v1/alerts/\(number)/redeliver")
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            print("\(answer.document?["deliveries"] as? Int ?? 0) messages wait to be sent again")
        }
    }

    /// What every step with an alert needs.
    struct Step: ParsableArguments {
        @Option(help: "Who says so; the name of your account where left out.")
        var by: String?
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func take(_ step: String, _ number: Int64, _ comment: String?) async throws {
            var members = [JSONMember("by", .string(by ?? NSUserName()))]
            if let comment { members.append(JSONMember("comment", .string(comment))) }
            let answer = try await office.client.ask(
                "POST",
                "/v1/alerts/\(number)/\(step)",
                body: Data(JSONValue.object(members).bytes)
            )
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let alert = answer.document
            print("alert \(number) is \(alert?["state"] as? String ?? "")")
        }
    }
}
