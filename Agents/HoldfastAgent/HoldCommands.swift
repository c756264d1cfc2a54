import AllocationModel
import ArgumentParser
import SiteConsole

/// `hold`: what is set aside for orders.
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Show what is set aside for orders.",
        subcommands: [List.self]
    )

    /// `hold list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the open reservations, the oldest first.",
            discussion: """
                One that has voted and not heard is in doubt: its units stay set aside until the
                coordinator says what became of the order, however long that takes.

                EXAMPLES
                  holdfast-agent hold list
                  holdfast-agent hold list --in-doubt --json
                """
        )

        @OptionGroup var site: SiteOptions
        @Flag(help: "Only those that have voted and not heard.") var inDoubt = false
        @Option(help: "At most so many.") var limit = 100
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
        }

        func run() async throws {
            let reply = try await site.withSite {
                try await $0.send(.listHolds(inDoubt: inDoubt, limit: limit))
            }
            guard case .holds(let list) = reply else { throw reply.unexpected }
            try listing.show(
                list.rows,
                { table(of: list.rows) },
                ifEmpty: inDoubt ? "nothing is in doubt" : "nothing is set aside"
            )
            if list.isCutShort { Terminal.say("there are more; ask for them with --limit") }
        }

        private func table(of rows: [HoldRow]) -> Table {
            var table = Table("ORDER", "STATUS", "FOR>", "SINCE (UTC)", "UNITS", "TRANSACTION")
            for row in rows {
                let units = row.picks.map { pick in
                    "\(pick.quantity) \(pick.sku)" + (pick.lot.map { " of \($0)" } ?? "")
                }
                table.add(
                    row.order,
                    row.status,
                    age(row.seconds),
                    row.since,
                    units.joined(separator: ", "),
                    row.transaction
                )
            }
            return table
        }

        private func age(_ seconds: Int64) -> String {
            switch seconds {
            case ..<120: "\(seconds) s"
            case ..<7200: "\(seconds / 60) min"
            case ..<172_800: "\(seconds / 3600) h"
            default: "\(seconds / 86_400) d"
            }
        }
    }
}
