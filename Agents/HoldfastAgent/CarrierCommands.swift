import AllocationModel
import ArgumentParser
import SiteConsole

/// `carrier`: when carriers pick up, move and deliver.
struct CarrierCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carrier",
        abstract: "Set on which days carriers pick up, move and deliver, and at which hours.",
        discussion: """
            A carrier's calendar is its own: it works on holidays that the warehouse keeps, and
            the reverse. What nobody has set is Monday to Friday, without holidays, and comes at
            any hour until the end of the day.

            EXAMPLES
              holdfast-agent carrier
              holdfast-agent carrier set ups-2day-sat --also-delivers sat
              holdfast-agent carrier set milk-run --delivers 07:00-11:00
              holdfast-agent carrier add-holiday 2026-12-25 Christmas --carrier UPS
            """,
        subcommands: [
            List.self, Set.self, Clear.self, Holidays.self, AddHoliday.self, ImportHolidays.self,
            RemoveHoliday.self,
        ],
        defaultSubcommand: List.self
    )

    /// `carrier list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the days and hours of every service.",
            discussion: """
                EXAMPLES
                  holdfast-agent carrier
                  holdfast-agent carrier list --json
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.carriers(.list)) }
            guard case .carriers(let rows) = reply else { throw reply.unexpected }
            let words = "no rates, and so no services; see ‘holdfast-agent rates import --help’"
            try listing.show(rows, { table(of: rows) }, ifEmpty: words)
        }

        private func table(of rows: [CarrierRow]) -> Table {
            var table = Table(
                "SERVICE",
                "CARRIER",
                "PICKS UP",
                "MOVES",
                "DELIVERS TOO",
                "HOURS",
                "NEXT HOLIDAY"
            )
            for row in rows {
                table.add(
                    row.service,
                    row.carrier ?? "(no rates)",
                    words(row.pickup),
                    words(row.transit),
                    words(row.deliveryOnly),
                    row.hours?.description ?? "any",
                    row.nextHoliday?.description ?? ""
                )
            }
            return table
        }

        private func words(_ days: [Weekday]) -> String {
            days == Weekday.allCases.filter { $0 < .saturday }
                ? "mon-fri" : days.map(\.abbreviation).joined(separator: ",")
        }
    }

    /// `carrier set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the days and hours of one service, in place of what was set before.",
            discussion: """
                A day on which it delivers besides counts only for what is due: with Saturday
                delivery, what is two days on the way and leaves on Thursday arrives on Saturday,
                and what leaves on Friday on Tuesday.

                The hours are the destination's. Of an order with hours in which goods are
                received, or by which they must be there, they are held against those: what may
                come at another hour counts as arriving the next time that the service delivers.

                EXAMPLES
                  holdfast-agent carrier set home-delivery --moves mon,tue,wed,thu,fri,sat
                  holdfast-agent carrier set ups-2day-sat --also-delivers sat
                  holdfast-agent carrier set milk-run --pickup mon,thu --delivers 07:00-11:00
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The service's code: ups-2day-sat.") var service: String
        @Option(
            help: "When it picks up here. Default: weekdays.",
            transform: { try DaysOfWeek(parsing: $0) }
        )
        var pickup: DaysOfWeek?
        @Option(
            help: "When it moves and delivers. Default: weekdays.",
            transform: { try DaysOfWeek(parsing: $0) }
        )
        var moves: DaysOfWeek?
        @Option(
            help: "When it delivers what is due, and does not move.",
            transform: { try DaysOfWeek(parsing: $0) }
        )
        var alsoDelivers: DaysOfWeek?
        @Option(
            help: "Between which hours it delivers: 09:00-17:00. Default: any.",
            transform: { try HoursOfDay(parsing: $0) }
        )
        var delivers: HoursOfDay?

        func run() async throws {
            let usual = Weekday.allCases.filter { $0 < .saturday }
            _ = try await site.withSite {
                try await $0.send(
                    .carriers(
                        .setDays(
                            service: service,
                            pickup: pickup?.days ?? usual,
                            transit: moves?.days ?? usual,
                            deliveryOnly: alsoDelivers?.days ?? [],
                            hours: delivers
                        )
                    )
                )
            }
        }
    }

    /// `carrier clear`.
    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a service's days Monday to Friday again, at any hour.",
            discussion: """
                EXAMPLE
                  holdfast-agent carrier clear ups-2day-sat
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The service's code.") var service: String

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.carriers(.clearDays(service: service)))
            }
        }
    }

    /// `carrier holidays`.
    struct Holidays: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the days on which carriers neither pick up nor move.",
            discussion: """
                EXAMPLES
                  holdfast-agent carrier holidays
                  holdfast-agent carrier holidays --carrier UPS --json
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions
        @Option(help: "One carrier alone, as its rates name it.") var carrier: String?

        func run() async throws {
            let reply = try await site.withSite {
                try await $0.send(.carriers(.listHolidays(carrier: carrier)))
            }
            guard case .carrierHolidays(let rows) = reply else { throw reply.unexpected }
            try listing.show(
                rows,
                { CarrierCommands.table(of: rows) },
                ifEmpty: "no holiday of a carrier is set"
            )
        }
    }

    /// `carrier add-holiday`.
    struct AddHoliday: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-holiday",
            abstract: "Add a day on which a carrier neither picks up nor moves.",
            discussion: """
                EXAMPLE
                  holdfast-agent carrier add-holiday 2026-12-25 Christmas --carrier UPS
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try CivilDate(parsing: $0) }) var date: CivilDate
        @Argument var name: String
        @Option(help: "The carrier, as its rates name it.") var carrier: String

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(
                    .carriers(.addHoliday(carrier: carrier, date: date, name: name))
                )
            }
        }
    }

    /// `carrier import-holidays`.
    struct ImportHolidays: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import-holidays",
            abstract: "Add the days of an iCalendar file (.ics) to a carrier's holidays.",
            discussion: """
                What it reads is what ‘holiday import’ reads.

                EXAMPLE
                  holdfast-agent carrier import-holidays ups.ics --carrier UPS --dry-run
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions
        @Argument(help: "The file.") var file: String
        @Option(help: "The carrier, as its rates name it.") var carrier: String
        @Option(
            help: "The last day to add. Default: 31 December of next year.",
            transform: { try CivilDate(parsing: $0) }
        )
        var through: CivilDate?
        @Flag(help: "Say what would be added, and add nothing.") var dryRun = false

        func run() async throws {
            let text = try RatesCommand.contents(of: file)
            let reply = try await site.withSite {
                try await $0.send(
                    .carriers(
                        .importHolidays(
                            carrier: carrier,
                            calendar: text,
                            through: through,
                            isDryRun: dryRun
                        )
                    )
                )
            }
            guard case .carrierHolidays(let rows) = reply else { throw reply.unexpected }
            let words = "the file has no day that is not set already"
            try listing.show(rows, { CarrierCommands.table(of: rows) }, ifEmpty: words)
        }
    }

    /// `carrier remove-holiday`.
    struct RemoveHoliday: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-holiday",
            abstract: "Take a carrier's holiday away: it picks up and moves on that day.",
            discussion: """
                EXAMPLE
                  holdfast-agent carrier remove-holiday 2026-11-11 --carrier UPS
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try CivilDate(parsing: $0) }) var date: CivilDate
        @Option(help: "The carrier, as its rates name it.") var carrier: String

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.carriers(.removeHoliday(carrier: carrier, date: date)))
            }
        }
    }

    private static func table(of rows: [CarrierHolidayRow]) -> Table {
        var table = Table("CARRIER", "DATE", "DAY", "NAME")
        for row in rows {
            table.add(row.carrier, "\(row.date)", row.date.weekday.abbreviation, row.name)
        }
        return table
    }
}
