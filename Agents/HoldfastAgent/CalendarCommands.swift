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
struct DaysOfWeek: Sendable, CustomStringConvertible {
    /// In the order of the week, each once.
    let days: [Weekday]

    static let all = DaysOfWeek(days: Weekday.allCases)

    private init(days: [Weekday]) {
        self.days = days
    }

    var description: String {
        days == Weekday.allCases ? "all" : days.map(\.abbreviation).joined(separator: ",")
    }

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
        abstract: "Set days on which the warehouse does not ship, or only for a part.",
        subcommands: [Add.self, Import.self, List.self, Remove.self]
    )

    /// `holiday add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a day on which the warehouse does not ship, or only for a part.",
            discussion: """
                With a cutoff it is a half day: it ships until then, by every service whose own
                cutoff is not earlier. A day that is set already is named again.

                EXAMPLES
                  holdfast-agent holiday add 2026-11-26 Thanksgiving
                  holdfast-agent holiday add 2026-12-24 "Christmas Eve" --cutoff 11:30
                  holdfast-agent holiday add 2026-12-25 Christmas --years 5
                  holdfast-agent holiday add 2027-07-05 "Works closed" --through 2027-07-16
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try CivilDate(parsing: $0) }) var date: CivilDate
        @Argument var name: String
        @Option(
            help: "Until when a half day ships: 11:30.",
            transform: { try TimeOfDay(parsing: $0) }
        )
        var cutoff: TimeOfDay?
        @Option(
            help: "The last of several days: 2027-07-16.",
            transform: { try CivilDate(parsing: $0) }
        )
        var through: CivilDate?
        @Option(help: "The same days of so many years, the first one counted.") var years: Int?

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(
                    .addHoliday(
                        date: date,
                        name: name,
                        cutoff: cutoff,
                        through: through,
                        years: years
                    )
                )
            }
        }
    }

    /// `holiday import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the days of an iCalendar file (.ics).",
            discussion: """
                All-day events, with yearly rules by month, day of the month and weekday
                (BYDAY=4TH). Other rules are refused. Days that are set already stay as they are.

                EXAMPLES
                  holdfast-agent holiday import us-holidays.ics --dry-run
                  holdfast-agent holiday import us-holidays.ics --through 2028-12-31
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions
        @Argument(help: "The file.") var file: String
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
                    .importHolidays(calendar: text, through: through, isDryRun: dryRun)
                )
            }
            guard case .holidays(let rows) = reply else { throw reply.unexpected }
            let words = "the file has no day that is not set already"
            try listing.show(rows, { HolidayCommand.table(of: rows) }, ifEmpty: words)
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
            try listing.show(
                rows,
                { HolidayCommand.table(of: rows) },
                ifEmpty: "no holiday is set"
            )
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

    private static func table(of rows: [HolidayRow]) -> Table {
        var table = Table("DATE", "DAY", "SHIPS", "NAME")
        for row in rows {
            table.add(
                row.date.description,
                row.date.weekday.abbreviation,
                row.cutoff.map { "until \($0)" } ?? "no",
                row.name
            )
        }
        return table
    }
}

/// `calendar`: what the cutoffs and holidays come to.
struct CalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Show which days ship, until when, and why others do not.",
        subcommands: [Show.self]
    )

    /// `calendar show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each day's cutoff, whether it ships, and what it has taken.",
            discussion: """
                TAKEN is what is to leave on the day by any service, or was to and has, of
                what ‘holdfast-agent capacity’ lets leave. A full day takes nothing more.
                ORDER BY is by when an order must be in to leave on the day, where pick and pack
                take time (‘holdfast-agent lead’).

                EXAMPLES
                  holdfast-agent calendar show
                  holdfast-agent calendar show --from 2026-12-21 --days 14 --service ground
                  holdfast-agent calendar show --handling cut-to-length
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions
        @Option(help: "The first day. Default: today.", transform: { try CivilDate(parsing: $0) })
        var from: CivilDate?
        @Option(help: "How many days.") var days = 14
        @Option(help: "One carrier service, which may have cutoffs of its own.")
        var service: String?
        @Option(help: "The handling class of the goods. Default: what is usual.")
        var handling: String?

        func run() async throws {
            let reply = try await site.withSite {
                try await $0.send(
                    .showCalendar(from: from, days: days, service: service, handling: handling)
                )
            }
            guard case .calendar(let rows) = reply else { throw reply.unexpected }
            try listing.show(rows, { table(of: rows) }, ifEmpty: "no days")
        }

        private func table(of rows: [CalendarRow]) -> Table {
            // Where everything leaves by its day's cutoff, that says it all.
            let isLed =
                rows.contains { $0.orderByDate != ($0.ships ? $0.date : nil) }
                || rows.contains { $0.orderByTime != $0.cutoff }
            var table = Table(
                columns: ["DATE", "DAY", "CUTOFF"] + (isLed ? ["ORDER BY"] : [])
                    + ["SHIPS", "TAKEN", ""]
            )
            for row in rows {
                let orderBy = row.orderByDate.flatMap { date in
                    row.orderByTime.map { "\(date.weekday.abbreviation) \(date) \($0)" }
                }
                table.add(
                    row: [
                        row.date.description, row.weekday.abbreviation,
                        row.cutoff?.description ?? "",
                    ] + (isLed ? [orderBy ?? ""] : []) + [
                        row.ships ? row.isFull ? "full" : "yes" : "no", row.takenInWords,
                        row.remarkInWords,
                    ]
                )
            }
            return table
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
