import AllocationModel
import ArgumentParser
import SiteConsole

/// `lot`: the lots of what is kept by lot.
struct LotCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lot",
        abstract: "Show lots, and set their last days, certificates and quarantine.",
        discussion: """
            Lots come with a file (‘stock import’) or with a receipt (‘inbound receive’). The one
            that expires first is picked first. A lot that has expired, by the site's own calendar,
            or is in quarantine is not promised. Each change is in the very next bid, and stays in
            the lot's history with who made it and why.
            """,
        subcommands: [
            List.self, Show.self, SetExpiry.self, Certify.self, Quarantine.self, Release.self,
        ]
    )

    /// What stands after a command: which lot is meant.
    struct Name: ParsableArguments {
        @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
        @Argument(transform: { try Lot.ID(parsing: $0) }) var lot: Lot.ID
    }

    /// `lot list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show lots, the first to expire first.",
            discussion: """
                EXAMPLES
                  holdfast-agent lot list
                  holdfast-agent lot list --sku SEAL-KIT --empty
                  holdfast-agent lot list --within-days 30
                  holdfast-agent lot list --expired --json
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "Only of this SKU.", transform: { try SKU(parsing: $0) }) var sku: SKU?
        @Flag(help: "Only those that have expired.") var expired = false
        @Option(help: "Only those that have expired, or will have so many days from now.")
        var withinDays: Int?
        @Flag(help: "Only those in quarantine.") var quarantined = false
        @Flag(help: "Also those of which nothing is here.") var empty = false
        @Option(help: "At most so many.") var limit = 100
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
        }

        func run() async throws {
            let query = LotQuery(
                sku: sku,
                isExpired: expired,
                expiringWithinDays: withinDays,
                isQuarantined: quarantined,
                includesEmpty: empty
            )
            let reply = try await site.withSite {
                try await $0.send(.lots(.list(query, limit: limit)))
            }
            guard case .lots(let list) = reply else { throw reply.unexpected }
            try listing.show(
                list.rows,
                { LotStateRow.table(of: list.rows) },
                ifEmpty: "no lot is like that"
            )
            if list.isCutShort { Terminal.say("there are more; ask for them with --limit") }
        }
    }

    /// `lot show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a lot, and what was done with it, the latest first.",
            discussion: """
                EXAMPLE
                  holdfast-agent lot show SEAL-KIT L-2207 --limit 20
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var name: Name
        @Option(help: "The latest so many entries.") var limit = 50
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
        }

        func run() async throws {
            let reply = try await site.withSite {
                try await $0.send(.lots(.show(sku: name.sku, lot: name.lot, limit: limit)))
            }
            guard case .lot(let report) = reply else { throw reply.unexpected }
            try listing.show(report, { LotStateRow.table(of: [report.lot]) }, ifEmpty: "")
            guard !listing.json, !report.history.isEmpty else { return }
            Terminal.show("\n" + HistoryRow.table(of: report.history).text)
        }
    }

    /// `lot set-expiry`.
    struct SetExpiry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the last day on which a lot may be shipped.",
            discussion: """
                EXAMPLES
                  holdfast-agent lot set-expiry SEAL-KIT L-2207 2027-06-30 --reason "retested"
                  holdfast-agent lot set-expiry ANCHOR-BOLT H-88 never --reason "keeps for ever"
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var name: Name
        @Argument(
            help: "The day, as 2027-06-30, or never.",
            transform: { try LastDay(parsing: $0) }
        )
        var day: LastDay
        @Option(help: "Why, for the history.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await change(
                .setExpiry(sku: name.sku, lot: name.lot, expires: day.expires, reason: reason),
                at: site,
                listing
            )
        }
    }

    /// `lot certify`.
    struct Certify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add certificates to a lot, or take them away.",
            discussion: """
                Buyers ask for them by these names; upper and lower case are alike.

                EXAMPLES
                  holdfast-agent lot certify SEAL-KIT L-2207 "EN 10204 3.1" COA --reason "papers came"
                  holdfast-agent lot certify SEAL-KIT L-2207 COA --withdraw --reason "for another lot"
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var name: Name
        @Argument(
            help: "One or more.",
            transform: { try LotCertificate.name(parsing: $0) }
        )
        var certificates: [String]
        @Flag(help: "Take them away.") var withdraw = false
        @Option(help: "Why, for the history.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await change(
                .certify(
                    sku: name.sku,
                    lot: name.lot,
                    certificates: certificates,
                    isWithdrawn: withdraw,
                    reason: reason
                ),
                at: site,
                listing
            )
        }
    }

    /// `lot quarantine`.
    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a lot from being promised.",
            discussion: """
                What is promised of it already stays so: refuse those picks with ‘pick refuse’.

                EXAMPLE
                  holdfast-agent lot quarantine SEAL-KIT L-2207 --reason "supplier recall 118"
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var name: Name
        @Option(help: "Why, for the history.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await change(
                .quarantine(sku: name.sku, lot: name.lot, reason: reason),
                at: site,
                listing
            )
        }
    }

    /// `lot release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a lot out of quarantine.",
            discussion: """
                EXAMPLE
                  holdfast-agent lot release SEAL-KIT L-2207 --reason "recall was for L-2270"
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var name: Name
        @Option(help: "Why, for the history.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await change(
                .release(sku: name.sku, lot: name.lot, reason: reason),
                at: site,
                listing
            )
        }
    }
}

/// The last day of a lot as a person writes it.
struct LastDay {
    /// Nil for a lot that keeps for ever.
    let expires: CivilDate?

    init(parsing text: String) throws {
        expires = text.lowercased() == "never" ? nil : try CivilDate(parsing: text)
    }
}

/// Sends a change of a lot, and shows what the lot then is.
private func change(
    _ command: LotCommand,
    at site: SiteOptions,
    _ listing: ListingOptions
) async throws {
    let reply = try await site.withSite { try await $0.send(.lots(command)) }
    guard case .lot(let report) = reply else { throw reply.unexpected }
    try listing.show(report, { LotStateRow.table(of: [report.lot]) }, ifEmpty: "")
    let lot = report.lot
    guard lot.promised > 0, lot.isExpired || lot.isQuarantined else { return }
    Terminal.warn(
        "\(lot.promised) units of lot \(lot.lot) are promised; see ‘holdfast-agent hold list’ for"
            + " which orders"
    )
}

extension LotStateRow {
    static func table(of rows: [LotStateRow]) -> Table {
        var table = Table(
            "SKU",
            "LOT",
            "ON HAND>",
            "HELD>",
            "ALLOCATED>",
            "EXPIRES",
            "DAYS>",
            "STATE",
            "CERTIFICATES"
        )
        for row in rows {
            table.add(
                row.sku.code,
                row.lot.rawValue,
                "\(row.onHand)",
                "\(row.held)",
                "\(row.allocated)",
                row.expires?.description ?? "never",
                row.daysLeft.map { "\($0)" } ?? "",
                [row.isExpired ? "expired" : nil, row.isQuarantined ? "quarantined" : nil]
                    .compactMap(\.self).joined(separator: ", "),
                row.certificates.joined(separator: "; ")
            )
        }
        return table
    }
}
