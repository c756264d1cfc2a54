import AllocationModel
import ArgumentParser
import SiteConsole

/// `lease`: what the coordinator may promise while the site is cut off.
struct LeaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease",
        abstract: "Let the coordinator promise units while the site is cut off.",
        subcommands: [Grant.self, List.self, Revoke.self, Settle.self, Rule.self]
    )

    /// `lease grant`.
    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set units aside for orders that come while nobody can ask the site.",
            discussion: """
                The site promises them to nobody else, and the coordinator draws on them only while
                it cannot reach the site. A lease has no end of its own: take it back with ‘lease
                revoke’.

                EXAMPLE
                  holdfast-agent lease grant VALVE-3IN 4
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
        @Argument(help: "Units, of those available to promise.") var quantity: Int64
        @Option(help: "Whom to, where several coordinators have been heard.") var coordinator:
            String?
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await show(
                .grantLease(sku: sku, quantity: quantity, coordinator: coordinator),
                at: site,
                listing
            )
        }
    }

    /// `lease list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the leases that are not over.",
            discussion: """
                EXAMPLES
                  holdfast-agent lease list
                  holdfast-agent lease list --all --json
                """
        )

        @OptionGroup var site: SiteOptions
        @Flag(help: "Also those that are over.") var all = false
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await show(.listLeases(all: all), at: site, listing)
        }
    }

    /// `lease revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a lease back, or write it off while the site is cut off.",
            discussion: """
                While the coordinator can be reached it closes the lease and says what orders have
                drawn; the rest is free a moment later. While it cannot, or has lost its log, the
                lease is written off: the rest is free at once, on the record, and if orders had
                drawn on it, both sides report the conflict.

                EXAMPLE
                  holdfast-agent lease revoke 5f0c…e1 --reason "line down a day, counter is full"
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The lease, as ‘lease list’ shows it.") var lease: String
        @Option(help: "Why: kept with the record.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await show(.revokeLease(lease: lease, reason: reason), at: site, listing)
        }
    }

    /// `lease settle`.
    struct Settle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close the conflict of a lease that was written off and had been drawn on.",
            discussion: """
                The orders stand, and their units may be gone: send them from elsewhere, or agree
                with the customers. How it was mended is kept for good.

                EXAMPLE
                  holdfast-agent lease settle 5f0c…e1 --reason "Reno ships both"
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The lease, as ‘lease list’ shows it.") var lease: String
        @Option(help: "How it was mended: kept with the record.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await show(.settleLease(lease: lease, reason: reason), at: site, listing)
        }
    }
}

extension LeaseCommand {
    /// `lease rule`.
    struct Rule: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have the site lease a share of its stock by itself, by handling class.",
            discussion: """
                The running agent looks at its stock every few seconds. Of a SKU of which half of
                its share or less is leased it leases the rest, as far as it is available to
                promise; of one of which twice its share is leased it has the office close what the
                rules had granted. A class is in the stock file, as handling. Nothing is leased of what
                is kept by lot.

                EXAMPLES
                  holdfast-agent lease rule
                  holdfast-agent lease rule set --percent 10
                  holdfast-agent lease rule set --handling fast-mover --percent 25
                  holdfast-agent lease rule remove --handling fast-mover
                """,
            subcommands: [ListRules.self, SetRule.self, RemoveRule.self],
            defaultSubcommand: ListRules.self
        )
    }

    /// `lease rule list`.
    struct ListRules: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show the rules, and how many SKUs go by each.",
            discussion: """
                EXAMPLES
                  holdfast-agent lease rule
                  holdfast-agent lease rule list --json
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.leaseRules(.list)) }
            guard case .leaseRules(let rows) = reply else { throw reply.unexpected }
            var table = Table("HANDLING", "LEASED>", "SKUS>")
            for row in rows {
                table.add(row.handling ?? "(others)", "\(row.percent)%", "\(row.skus)")
            }
            try listing.show(rows, { table }, ifEmpty: "nothing is leased by itself")
        }
    }

    /// `lease rule set`.
    struct SetRule: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Set which share of each SKU's stock is leased.",
            discussion: """
                EXAMPLES
                  holdfast-agent lease rule set --percent 10
                  holdfast-agent lease rule set --handling fast-mover --percent 25
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The class, as the stock file has it. Default: all others.")
        var handling: String?
        @Option(help: "Of what is on hand, 1 to 100.") var percent: Int

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.leaseRules(.set(handling: handling, percent: percent)))
            }
        }
    }

    /// `lease rule remove`.
    struct RemoveRule: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a rule; what it had leased is asked back.",
            discussion: """
                EXAMPLES
                  holdfast-agent lease rule remove
                  holdfast-agent lease rule remove --handling fast-mover
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The class. Default: the rule of all others.") var handling: String?

        func run() async throws {
            _ = try await site.withSite {
                try await $0.send(.leaseRules(.remove(handling: handling)))
            }
        }
    }
}

/// Sends a command about leases, and shows those that it answers with.
private func show(
    _ command: SiteCommand,
    at site: SiteOptions,
    _ listing: ListingOptions
) async throws {
    let reply = try await site.withSite { try await $0.send(command) }
    guard case .leases(let rows) = reply else { throw reply.unexpected }
    var table = Table("SKU", "LEASED>", "DRAWN>", "SET ASIDE>", "STATUS", "LEASE", "BY")
    for row in rows {
        let conflict = row.conflict > 0 && row.status != "settled" ? ": CONFLICT" : ""
        table.add(
            row.sku.code,
            "\(row.quantity)",
            "\(row.drawn)",
            "\(row.setAside)",
            row.status + conflict,
            row.lease,
            row.writtenOff.map { "\($0.who): \($0.reason)" } ?? row.grantedBy
        )
    }
    try listing.show(rows, { table }, ifEmpty: "nothing is leased")
}
