import AllocationModel
import ArgumentParser
import SiteConsole

/// `hold`: what is set aside for orders.
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Show what is set aside for orders, and force what is in doubt.",
        subcommands: [List.self, Force.self, Forced.self, Settle.self]
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

    /// `hold force`.
    struct Force: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide a reservation that is in doubt while the site is cut off.",
            discussion: """
                Only what has voted and not heard can be forced, and only while the coordinator
                cannot be reached: it knows what was decided. Who forced it and why is recorded for
                good. If the order turns out to have been decided the other way, both sides report
                the conflict; nothing is mended by itself.

                EXAMPLES
                  holdfast-agent hold force office-3-17 --release --reason "goods needed for a walk-in"
                  holdfast-agent hold force office-3-17 --confirm --reason "office confirmed by phone"
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The transaction, as ‘hold list --in-doubt’ shows it.") var transaction:
            String
        @Flag(help: "Keep the units for the order.") var confirm = false
        @Flag(help: "Give the units back to stock.") var release = false
        @Option(help: "Why: kept with the record.") var reason: String
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard confirm != release else {
                throw ValidationError("say either --confirm or --release")
            }
        }

        func run() async throws {
            let command = SiteCommand.forceHold(
                transaction: transaction,
                choice: confirm ? .confirm : .release,
                reason: reason
            )
            let reply = try await site.withSite { try await $0.send(command) }
            guard case .forced(let rows) = reply else { throw reply.unexpected }
            try listing.show(rows, { Forced.table(of: rows) }, ifEmpty: "")
        }
    }

    /// `hold forced`.
    struct Forced: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what was forced, and whether it was decided otherwise.",
            discussion: """
                EXAMPLE
                  holdfast-agent hold forced --json | jq '.[] | select(.isConflict and .settled == null)'
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "At most so many.") var limit = 100
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
        }

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.listForced(limit: limit)) }
            guard case .forced(let rows) = reply else { throw reply.unexpected }
            try listing.show(rows, { Self.table(of: rows) }, ifEmpty: "nothing was forced")
        }

        static func table(of rows: [ForcedRow]) -> Table {
            var table = Table(
                "ORDER",
                "FORCED TO",
                "DECIDED",
                "BY",
                "WHEN (UTC)",
                "TRANSACTION",
                "WHY"
            )
            for row in rows {
                table.add(
                    row.order,
                    row.choice.rawValue,
                    (row.decision ?? "not heard") + standing(of: row),
                    row.who,
                    row.at,
                    row.transaction,
                    row.reason
                )
            }
            return table
        }

        private static func standing(of row: ForcedRow) -> String {
            guard row.isConflict else { return "" }
            return row.settled.map { ": settled by \($0.who), \($0.reason)" } ?? ": CONFLICT"
        }
    }

    /// `hold settle`.
    struct Settle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close the conflict of a reservation that was decided otherwise than forced.",
            discussion: """
                Units that were kept for an order that never was go back to stock. Units that were
                given back, and that the order was promised, are for people to mend first: send them
                from elsewhere, or agree with the customer. How it was mended is kept for good.

                EXAMPLE
                  holdfast-agent hold settle office-3-17 --reason "customer took the blue ones"
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The transaction, as ‘hold forced’ shows it.") var transaction: String
        @Option(help: "How it was mended: kept with the record.") var reason: String
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let command = SiteCommand.settleHold(transaction: transaction, reason: reason)
            let reply = try await site.withSite { try await $0.send(command) }
            guard case .forced(let rows) = reply else { throw reply.unexpected }
            try listing.show(rows, { Forced.table(of: rows) }, ifEmpty: "")
        }
    }
}
