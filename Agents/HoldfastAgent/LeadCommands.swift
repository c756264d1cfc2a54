import AllocationModel
import ArgumentParser
import SiteConsole

/// `lead`: what pick and pack take.
struct LeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lead",
        abstract: "Set how long goods take to pick and pack, by their handling class.",
        discussion: """
            A SKU's class is in the stock file, as handling: cut-to-length, say. What leaves
            together leaves with the slowest of it. Bids, ‘rates quote’ and ‘calendar show’ go by
            it at once.

            EXAMPLES
              holdfast-agent lead
              holdfast-agent lead set --handling cut-to-length --days 2
              holdfast-agent lead remove --handling cut-to-length
            """,
        subcommands: [List.self, Set.self, Remove.self],
        defaultSubcommand: List.self
    )

    /// `lead list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what each handling class takes, and how many SKUs are of it.",
            discussion: """
                EXAMPLES
                  holdfast-agent lead
                  holdfast-agent lead list --json
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.leadTimes(.list)) }
            guard case .leadTimes(let rows) = reply else { throw reply.unexpected }
            try listing.show(rows, { table(of: rows) }, ifEmpty: "")
        }

        private func table(of rows: [LeadTimeRow]) -> Table {
            var table = Table("HANDLING", "DAYS>", "BEFORE CUTOFF>", "SKUS>", "")
            for row in rows {
                let rest = row.minutes % 60
                table.add(
                    row.handling ?? "(usual)",
                    "\(row.days)",
                    "\(row.minutes / 60):\(rest < 10 ? "0" : "")\(rest)",
                    "\(row.skus)",
                    row.handling != nil && row.isUsual ? "as usual" : ""
                )
            }
            return table
        }
    }

    /// `lead set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set what a handling class takes, or with none what is usual.",
            discussion: """
                Days are the site's working days, between the cutoff by which the order must be in
                and the day on which it leaves. Hours and minutes are before that cutoff: with 3
                hours and a cutoff at 16:00, it must be in by 13:00.

                EXAMPLES
                  holdfast-agent lead set --handling cut-to-length --days 2
                  holdfast-agent lead set --handling kitting --hours 3 --minutes 30
                  holdfast-agent lead set --days 1
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The class, as the stock file has it. Default: all others.")
        var handling: String?
        @Option(help: "Working days.") var days = 0
        @Option(help: "Hours before the cutoff.") var hours = 0
        @Option(help: "Minutes before the cutoff, beside the hours.") var minutes = 0

        func validate() throws {
            guard (0...23).contains(hours), (0...59).contains(minutes) else {
                throw ValidationError("give --hours 0 to 23 and --minutes 0 to 59")
            }
        }

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(
                    .leadTimes(
                        .set(handling: handling, days: days, minutes: hours * 60 + minutes)
                    )
                )
            }
        }
    }

    /// `lead remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a handling class take what is usual.",
            discussion: """
                EXAMPLE
                  holdfast-agent lead remove --handling cut-to-length
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The class.") var handling: String

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.leadTimes(.remove(handling: handling)))
            }
        }
    }
}
