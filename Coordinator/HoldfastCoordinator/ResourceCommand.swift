import AllocationModel
import ArgumentParser
import Foundation

extension OrderCommands {
    struct Resource: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sources what has not shipped of an order again.",
            discussion: """
                The new plan takes the place of the one in force in one step: what the old one has
                set aside is given back once every warehouse of the new one has reserved. What has
                shipped stays. Who asked, and why, is kept with the order.

                Examples:
                  holdfast-coordinator order resource 4711 --exclude DAL --reason "flood" --dry-run
                  holdfast-coordinator order resource 4711 --exclude DAL --reason "flood"
                  holdfast-coordinator order resource 4711 --force RNO --force EWR --reason "..."
                  holdfast-coordinator order resource 4711 --service two-day --reason "promised"
                """
        )

        @Argument(help: "The order's id.")
        var id: String
        @Option(help: "A warehouse that may ship nothing of it; may be given several times.")
        var exclude: [String] = []
        @Option(help: "The only warehouse that may ship it; may be given several times.")
        var force: [String] = []
        @Option(
            help: "The service level in place of the order's: ground, three-day, two-day, next-day."
        )
        var service: String?
        @Flag(help: "More of it may then be on backorder than is now.")
        var backorder = false
        @Option(help: "Why; it is kept with the order.")
        var reason: String
        @Option(help: "Who says so; the name of your account where left out.")
        var by: String?
        @Flag(help: "Show the plan and its cost beside the one in force, and change nothing.")
        var dryRun = false
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            var members = [
                JSONMember("by", .string(by ?? NSUserName())),
                JSONMember("reason", .string(reason)),
                JSONMember("exclude", .array(exclude.map { .string($0) })),
                JSONMember("force", .array(force.map { .string($0) })),
                JSONMember("dryRun", .boolean(dryRun)),
                JSONMember("backorder", .boolean(backorder)),
            ]
            if let service { members.append(JSONMember("serviceLevel", .string(service))) }
            let answer = try await office.client.ask(
                "POST",
                "/v1/orders/\(OfficeClient.pathPart(id))/resource",
                accepting: format.mediaType,
                body: Data(JSONValue.object(members).bytes)
            )
            guard answer.isSuccess else { throw report(answer) }
            print(answer.body)
        }
    }
}
