import AllocationModel
import ArgumentParser
import SiteConsole

/// `capacity`: how much can leave on one day.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "Set how much can leave on one day: orders, lines or weight.",
        discussion: """
            An order that would go beyond it leaves on the next day that has room, and is
            priced and promised for that day. ‘holdfast-agent calendar show’ says what each
            day has taken.

            EXAMPLES
              holdfast-agent capacity
              holdfast-agent capacity set --orders 120
              holdfast-agent capacity clear
            """,
        subcommands: [Show.self, Set.self, Clear.self],
        defaultSubcommand: Show.self
    )

    /// `capacity show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how much can leave on each weekday.",
            discussion: """
                EXAMPLES
                  holdfast-agent capacity
                  holdfast-agent capacity show --json
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.showCapacity) }
            guard case .capacity(let rows) = reply else { throw reply.unexpected }
            let words = "nothing bounds what can leave on a day"
            try listing.show(rows, { table(of: rows) }, ifEmpty: words)
        }

        private func table(of rows: [CapacityRow]) -> Table {
            var table = Table("DAY", "ORDERS>", "LINES>", "KG>")
            for row in rows {
                table.add(
                    row.weekday.abbreviation,
                    row.capacity.orders.map { "\($0)" } ?? "-",
                    row.capacity.lines.map { "\($0)" } ?? "-",
                    row.capacity.grams.map { Kilograms(grams: $0).description } ?? "-"
                )
            }
            return table
        }
    }

    /// `capacity set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set how much can leave on one day, in place of what was set before.",
            discussion: """
                A day is full as soon as one of the numbers is reached; what is not named is
                not bounded. A line is a SKU to pick, counted order by order. Orders count on
                the day on which they are to leave, from the site's vote on; what is cancelled
                gives its place back. What is promised already stays, also where it is more.
                An order that is larger than a whole day leaves on the first empty one.

                EXAMPLES
                  holdfast-agent capacity set --orders 120
                  holdfast-agent capacity set --lines 800 --weight 4500
                  holdfast-agent capacity set --day sat --orders 20
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "Orders that leave on one day.") var orders: Int64?
        @Option(help: "SKUs that are picked for one day, order by order.") var lines: Int64?
        @Option(
            help: "Kilograms that leave on one day: 4500.",
            transform: { try Kilograms(parsing: $0) }
        )
        var weight: Kilograms?
        @Option(
            help: "mon to sun, weekdays, all, or several with commas.",
            transform: { try DaysOfWeek(parsing: $0) }
        )
        var day: DaysOfWeek = .all

        func validate() throws {
            guard orders != nil || lines != nil || weight != nil else {
                throw ValidationError("give --orders, --lines or --weight, or several of them")
            }
        }

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(
                    .setCapacity(
                        days: day.days,
                        orders: orders,
                        lines: lines,
                        grams: weight?.grams
                    )
                )
            }
        }
    }

    /// `capacity clear`.
    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let anything leave on the days again.",
            discussion: """
                EXAMPLES
                  holdfast-agent capacity clear
                  holdfast-agent capacity clear --day sat,sun
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(
            help: "mon to sun, weekdays, all, or several with commas.",
            transform: { try DaysOfWeek(parsing: $0) }
        )
        var day: DaysOfWeek = .all

        func run() async throws {
            _ = try await site.withSite { try await $0.send(.clearCapacity(days: day.days)) }
        }
    }
}
