import AllocationModel
import ArgumentParser
import SiteConsole

/// `cutoff`: until when an order must be in to leave that day.
struct CutoffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cutoff",
        abstract: "Set until when an order must be in to leave that day.",
        subcommands: [Set.self, List.self, Remove.self]
    )

    /// `cutoff set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a cutoff, in the warehouse's own time.",
            discussion: """
                A weekday without a cutoff is no shipping day. A service's own cutoff takes the
                place of the default one on the days it names.

                EXAMPLES
                  holdfast-agent cutoff set --day weekdays --time 14:30
                  holdfast-agent cutoff set --day mon,fri --time 16:00 --service ups-ground
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var days: DaysOption
        @Option(help: "The warehouse's clock: 14:30.", transform: { try TimeOfDay(parsing: $0) })
        var time: TimeOfDay
        @Option(help: "One carrier service alone: ups-ground.") var service: String?

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.setCutoff(days: days.day.days, service: service, time: time))
            }
        }
    }

    /// `cutoff list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the cutoffs.")

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.listCutoffs) }
            guard case .cutoffs(let rows) = reply else { throw reply.unexpected }
            let words = "no cutoff is set, so nothing ships; see ‘holdfast-agent cutoff set --help’"
            try listing.show(rows, { table(of: rows) }, ifEmpty: words)
        }

        private func table(of rows: [CutoffRow]) -> Table {
            var table = Table("DAY", "TIME", "SERVICE")
            for row in rows {
                table.add(
                    row.weekday.abbreviation,
                    row.time.description,
                    row.service ?? "(default)"
                )
            }
            return table
        }
    }

    /// `cutoff remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a cutoff away: the days ship no more, or the service as by default.",
            discussion: """
                EXAMPLES
                  holdfast-agent cutoff remove --day sat
                  holdfast-agent cutoff remove --day all --service ups-ground
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var days: DaysOption
        @Option(help: "One carrier service alone: ups-ground.") var service: String?

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.removeCutoff(days: days.day.days, service: service))
            }
        }
    }
}

/// `--day`.
struct DaysOption: ParsableArguments {
    @Option(
        help: "mon to sun, weekdays, all, or several with commas.",
        transform: { try DaysOfWeek(parsing: $0) }
    )
    var day: DaysOfWeek
}

/// Days of the week, as the command line names them.
struct DaysOfWeek: Sendable {
    /// In the order of the week, each once.
    let days: [Weekday]

    init(parsing text: String) throws(ParseError) {
        var named: [Weekday] = []
        for word in text.lowercased().split(separator: ",", omittingEmptySubsequences: false) {
            switch word {
            case "all": named += Weekday.allCases
            case "weekdays": named += Weekday.allCases.filter { $0 < .saturday }
            default: named.append(try Self.weekday(String(word)))
            }
        }
        days = Weekday.allCases.filter(named.contains)
    }

    private static func weekday(_ word: String) throws(ParseError) -> Weekday {
        do {
            return try Weekday(parsing: word)
        } catch {
            throw ParseError(error.description + ", weekdays or all")
        }
    }
}

/// `holiday`: days on which the warehouse does not ship.
struct HolidayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holiday",
        abstract: "Set days on which the warehouse does not ship.",
        subcommands: [Add.self, List.self, Remove.self]
    )

    /// `holiday add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a day on which the warehouse does not ship.",
            discussion: """
                EXAMPLE
                  holdfast-agent holiday add 2026-11-26 Thanksgiving
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try CivilDate(parsing: $0) }) var date: CivilDate
        @Argument var name: String

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.addHoliday(date: date, name: name))
            }
        }
    }

    /// `holiday list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the holidays.")

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.listHolidays) }
            guard case .holidays(let rows) = reply else { throw reply.unexpected }
            try listing.show(rows, { table(of: rows) }, ifEmpty: "no holiday is set")
        }

        private func table(of rows: [HolidayRow]) -> Table {
            var table = Table("DATE", "DAY", "NAME")
            for row in rows {
                table.add(row.date.description, row.date.weekday.abbreviation, row.name)
            }
            return table
        }
    }

    /// `holiday remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a holiday away: the warehouse ships on that day."
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try CivilDate(parsing: $0) }) var date: CivilDate

        func run() async throws {
            _ = try await site.withSite { try await $0.send(.removeHoliday(date: date)) }
        }
    }
}

/// `safety`: units kept back from promising.
struct SafetyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "safety",
        abstract: "Set how many units are kept back from promising.",
        subcommands: [Set.self]
    )

    /// `safety set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a SKU's safety stock.",
            discussion: """
                EXAMPLE
                  holdfast-agent safety set VALVE-3IN 4
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
        @Argument(help: "Units kept back.") var quantity: Int64

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.setSafetyStock(sku: sku, quantity: quantity))
            }
        }
    }
}
